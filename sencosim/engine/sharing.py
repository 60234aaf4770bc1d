"""M16: which small schools share one SENCO, and how many hours of the post each gets."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sencosim.engine.inputs import BoolArray, FloatArray, IntArray
from sencosim.engine.reach import Reach
from sencosim.population.schools import Population
from sencosim.randomness import uniform_array
from sencosim.rules.sharing import shared_post_hours
from sencosim.scenario.levers import SharedSenco


def shared_posts(
    population: Population, lever: SharedSenco, active: BoolArray, numbers: Mapping[str, float], reach: Reach
) -> tuple[IntArray, FloatArray]:
    """Groups of schools that share, and each school's part of the hours of the shared post.

    The small primary schools of a council that the lever ever reaches are put in an order by a keyed draw and cut into
    groups; the model holds no map. A group shares from the year in which the lever has reached all its schools. Where
    the SENCO of its largest school is a head teacher, it does not share, if the lever says so.

    Returns
    -------
        Group of each school, -1 if none [shape (n_schools,)], and hours a week [shape (n_schools, n_years)].
    """
    keys = np.asarray(population.school_id, dtype=np.int64)
    u = uniform_array(reach.seed, reach.replication, "cluster", keys)
    is_head = reach.school_lot("head_senco", 0, numbers["head_senco_share"])
    small = np.asarray((population.phase == 0) & (population.pupils <= lever.roll_max))
    small &= active.max(axis=1)
    cluster = np.full(population.n_schools, -1, dtype=np.int64)
    hours = np.zeros(active.shape)
    sen = (population.sen_support + population.ehc_plans).astype(float)
    number = 0
    for council in np.unique(population.la_code[small]).tolist():
        line = np.flatnonzero(small & (population.la_code == council))
        line = line[np.lexsort((keys[line], u[line]))]
        for first in range(0, line.size - lever.cluster_size + 1, lever.cluster_size):
            group = line[first : first + lever.cluster_size]
            largest = group[np.lexsort((keys[group], -population.pupils[group]))][0]
            if lever.no_head_teacher and is_head[largest]:
                continue
            cluster[group] = number
            number += 1
            parts = _parts(population, lever, group, sen, numbers)
            hours[group] = parts[:, None] * active[group].min(axis=0)[None, :]
    return cluster, hours


def _parts(
    population: Population, lever: SharedSenco, group: IntArray, sen: FloatArray, numbers: Mapping[str, float]
) -> FloatArray:
    total = 0.0
    for pupils in sorted(population.pupils[group].tolist()):
        total += pupils
    post = shared_post_hours(total, lever.hours_per_100_pupils, numbers["full_time_hours_per_week"])
    weights = sen[group] + 1.0
    return np.asarray(post * weights / float(np.sort(weights).sum()))
