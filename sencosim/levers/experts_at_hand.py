"""The announced days of specialists in schools, Experts at Hand."""

from __future__ import annotations

from typing import Annotated, ClassVar

import numpy as np

from sencosim.levers.fields import AcademicYear, Share, between
from sencosim.levers.lever import Asked, Lever
from sencosim.levers.schools import BoolArray, RunSchools, england_pupils_per_school
from sencosim.units import PHASES, SCHOOL_WEEKS_PER_YEAR
from sencosim.vocabulary import Funder

DaysPerYear = Annotated[float, between(0, 1000, "days per year")]


class ExpertsAtHand(Lever):
    """The announced days of specialists in schools. They are counted and change nothing, unless team_share says so."""

    number: ClassVar[int] = 17

    start: AcademicYear = "2026/27"
    """Academic year at whose September the days begin."""
    compliance: Share | None = 1.0
    """Share of schools that receive them. Leave out: all."""
    funded_by: Funder = "national_grant"
    """Who pays: a national grant."""
    days_per_year_primary: DaysPerYear | None = None
    """Days of specialists a year in an average primary school. Leave out: as announced
    (experts_at_hand_days_primary)."""
    days_per_year_secondary: DaysPerYear | None = None
    """Days of specialists a year in an average secondary school. Leave out: as announced
    (experts_at_hand_days_secondary)."""
    team_share: Share = 0.0
    """Share of these hours that does the work of assistants. 0: no effect, because none is known."""

    def words(self) -> str:
        days = (self.days_per_year_primary, self.days_per_year_secondary)
        words = "days of specialists in schools"
        if days != (None, None):
            said = " and ".join("as announced" if n is None else f"{n:g}" for n in days)
            words = f"days of specialists in an average primary and secondary school: {said} a year"
        return words if self.team_share > 0.0 else f"{words}, counted and without effect"

    def ask(self, at: RunSchools, active: BoolArray, asked: Asked) -> None:
        """M18: days of specialists in a school, by pupils. Counted; they help only if the scenario says so."""
        days = np.array([at.given(getattr(self, f"days_per_year_{p}"), f"experts_at_hand_days_{p}") for p in PHASES])
        average = np.array([england_pupils_per_school(phase) for phase in PHASES])
        pupils = at.population.pupils.astype(float) / average[at.phase]
        weekly = days[at.phase] * at.values["hours_per_day"] / SCHOOL_WEEKS_PER_YEAR
        asked["expert_hours"] = active * (weekly * pupils)[:, None]
        asked["team_hours"] += self.team_share * asked["expert_hours"]
