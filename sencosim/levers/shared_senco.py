"""Small primary schools share one SENCO."""

from __future__ import annotations

from typing import Annotated, ClassVar

import numpy as np

from sencosim.levers.fields import Pupils, between, whole
from sencosim.levers.lever import Asked, Lever
from sencosim.levers.schools import BoolArray, FloatArray, IntArray, RunSchools


class SharedSenco(Lever):
    """Small primary schools of a council share one SENCO, under the conditions of the SEND Code of Practice."""

    number: ClassVar[int] = 4

    cluster_size: Annotated[int, whole(2, 8, "schools")] = 3
    """Schools that share one SENCO. Those left over when a council's schools are grouped keep their own."""
    roll_max: Pupils = 100
    """Only primary schools with at most so many pupils on roll share."""
    hours_per_100_pupils: Annotated[float, between(0, 40, "hours per week per 100 pupils")] = 8.0
    """Time away from teaching that the shared post must have for all pupils on roll of its schools together, up to full
    time. It is split by SEN numbers. A school that gives more today keeps it."""
    no_head_teacher: bool = True
    """true: a group whose SENCO would be a head teacher does not share, as the Code asks. false: it shares all the
    same."""
    review_support_ratio: Annotated[float, between(0, 2, "ratio")] = 0.8
    """Every September sharing is reviewed: a group whose mean support intensity relative to the baseline is below this
    in one review after another, as often as reviews_before_end says, ends for good. 0: never."""
    reviews_before_end: Annotated[int, whole(1, 10, "reviews")] = 2
    """Reviews in a row that must find provision too low."""

    def words(self) -> str:
        return (
            f"{self.cluster_size} primaries of at most {self.roll_max} pupils share one, "
            f"{self.hours_per_100_pupils:g} hours a week for 100 pupils"
        )

    def ask(self, at: RunSchools, active: BoolArray, asked: Asked) -> None:
        """M16: which small schools share one SENCO, and how many hours of the post each gets.

        The small primary schools of a council that the lever ever reaches are put in an order by a keyed draw and cut
        into groups; the model holds no map. A group shares from the year in which the lever has reached all its
        schools. Where the SENCO of its largest school is a head teacher, it does not share, if the lever says so.
        """
        population, group_number = at.population, 0
        cluster, hours = np.full(at.phase.size, -1, dtype=np.int64), np.zeros(active.shape)
        u, is_head = at.school_drawn("cluster"), at.school_drawn("head_senco") < at.values["head_senco_share"]
        small = (population.phase == 0) & (population.pupils <= self.roll_max) & active.max(axis=1)
        for council in np.unique(population.la_code[small]).tolist():
            line = np.flatnonzero(small & (population.la_code == council))
            line = line[np.lexsort((population.school_id[line], u[line]))]
            for first in range(0, line.size - self.cluster_size + 1, self.cluster_size):
                group = line[first : first + self.cluster_size]
                largest = group[np.lexsort((population.school_id[group], -population.pupils[group]))][0]
                if self.no_head_teacher and is_head[largest]:
                    continue
                cluster[group] = group_number
                group_number += 1
                hours[group] = self._parts(at, group) * active[group].min(axis=0)[None, :]
        asked["cluster"], asked["shared_hours"] = cluster, hours
        asked["review_support_ratio"] = float(self.review_support_ratio)
        asked["reviews_before_end"] = int(self.reviews_before_end)

    def _parts(self, at: RunSchools, group: IntArray) -> FloatArray:
        """Hours of a shared post at each of its schools, by year. [hours a week, shape (n_group, n_years)]."""
        from sencosim.rules.sharing import shared_post_hours

        pupils = float(at.population.pupils[group].sum())
        post = shared_post_hours(pupils, self.hours_per_100_pupils, at.values["full_time_hours_per_week"])
        weights = at.sen_by_year[group] + 1.0
        return np.asarray(post * weights / np.sort(weights, axis=0).sum(axis=0))
