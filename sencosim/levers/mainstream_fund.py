"""The announced Inclusive Mainstream Fund, as hours of assistants."""

from __future__ import annotations

from typing import ClassVar

from sencosim.levers.fields import AcademicYear, Share, WeeklyDays
from sencosim.levers.lever import Asked, Lever, Years
from sencosim.levers.schools import BoolArray, RunSchools, england_pupils_per_school
from sencosim.units import PHASES
from sencosim.vocabulary import Funder


class MainstreamFund(Lever):
    """The announced Inclusive Mainstream Fund: what schools are assumed to buy of it, as hours of assistants.

    The fund pays for many things. The share that buys help for the SENCO is an assumption without a source.
    """

    number: ClassVar[int] = 16

    start: AcademicYear = "2026/27"
    """Academic year at whose September the money arrives."""
    phase_in_years: Years = 1
    """Years over which schools receive it. The fund goes to all schools at once."""
    compliance: Share | None = 1.0
    """Share of schools that receive it. Leave out: all."""
    funded_by: Funder = "national_grant"
    """Who pays: a national grant to schools."""
    days_per_week: WeeklyDays = 1.36
    """Teacher days a week that the money could buy in an average school; more where there are more pupils: 400 million
    pounds a year are about 19,800 a school."""
    senco_share: Share | None = None
    """Share of those days that buys assistants of the SENCO. Leave out: our assumption (announced_fund_senco_share)."""

    def words(self) -> str:
        share = "a share" if self.senco_share is None else f"{self.senco_share:g}"
        return f"{share} of {self.days_per_week:g} days a week of assistants in an average school"

    def ask(self, at: RunSchools, active: BoolArray, asked: Asked) -> None:
        """M18: assistants whom schools buy with the announced money, in proportion to pupils."""
        share = at.given(self.senco_share, "announced_fund_senco_share")
        average = share * self.days_per_week * at.values["hours_per_day"]
        pupils = at.population.pupils.astype(float) / england_pupils_per_school(*PHASES)
        asked["team_hours"] += active * (average * pupils)[:, None]
