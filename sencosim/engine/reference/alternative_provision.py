"""M12: after permanent exclusion, alternative provision, then reintegration or special."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sencosim.engine.reference.pupil import EHC_PLAN, PLACE_COUNTER, Pupil
from sencosim.engine.reference.world import STREAM, Q, World, added
from sencosim.rules.chance import exponential_threshold, minutes
from sencosim.units import N_YEAR_GROUPS, SEGMENT_WEEKS, WEEKS_PER_YEAR

if TYPE_CHECKING:
    from sencosim.engine.reference.council import Council

_STAY = STREAM["ap_stay"]
_REINTEGRATION = STREAM["reintegration"]


class AlternativeProvision:
    """Excluded pupils of one council. They come back, if they do, on 1 September."""

    def __init__(self, world: World, council: Council) -> None:
        self.world = world
        self.council = council
        self.pupils: list[tuple[Pupil, int, float]] = []

    def admit(self, pupil: Pupil, number: int, weight: float) -> None:
        """An excluded pupil arrives for a stay of random length."""
        world = self.world
        years = world.values["ap_stay_years"] * exponential_threshold(world.draw(_STAY, pupil.key, number))
        self.pupils.append((pupil, world.now + minutes(years * WEEKS_PER_YEAR), weight))

    def begin_year(self) -> list[Pupil]:
        """1 September: year groups move up; those whose stay is over leave. Returns who goes back to mainstream."""
        world = self.world
        stay: list[tuple[Pupil, int, float]] = []
        back: list[Pupil] = []
        for pupil, until, weight in self.pupils:
            pupil.year_group += 1
            if pupil.year_group >= N_YEAR_GROUPS:
                self.council.post16 += weight if pupil.stage == EHC_PLAN else 0.0
            elif until > world.now:
                stay.append((pupil, until, weight))
            elif world.draw(_REINTEGRATION, pupil.key, pupil.counts[3]) < world.values["reintegration_share"]:
                back.append(pupil)
            else:
                pupil.counts[PLACE_COUNTER] += 1
                self.council.places.decide(None, pupil.key, pupil.year_group, weight, pupil.counts[PLACE_COUNTER])
        self.pupils = stay
        return back

    def count_pupils(self) -> None:
        """Book pupil-years in alternative provision for the segment."""
        world = self.world
        weeks = SEGMENT_WEEKS[world.term % 3]
        total = added(weight for _, _, weight in self.pupils)
        world.row(self.council.cell)[Q["pupil_years.ap"]] += int(total * weeks)
