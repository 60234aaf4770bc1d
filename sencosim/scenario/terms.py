"""What every lever says: which schools it covers, from when, how fast, how well kept, and who pays."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from sencosim.scenario.fields import AcademicYear, Pupils, Setting, Share
from sencosim.units import format_year, parse_year
from sencosim.vocabulary import Funder

Phase = Literal["primary", "secondary"]
Region = Literal[
    "East Midlands",
    "East of England",
    "London",
    "North East",
    "North West",
    "South East",
    "South West",
    "West Midlands",
    "Yorkshire and The Humber",
]


class Covers(Setting):
    """Which schools a lever covers. A school is covered if it meets every line that is given; no lines: all schools."""

    phases: Annotated[tuple[Phase, ...], Field(strict=False, min_length=1)] | None = None
    """Phases covered: primary, secondary. An all-through school counts as secondary."""
    councils: Annotated[tuple[str, ...], Field(strict=False, min_length=1)] | None = None
    """Local authorities covered, by name (Norfolk), three-digit code ("926", in quotes) or ONS code (E10000020)."""
    regions: Annotated[tuple[Region, ...], Field(strict=False, min_length=1)] | None = None
    """Regions of England covered."""
    pupils_min: Pupils | None = None
    """Smallest school covered, by pupils on roll."""
    pupils_max: Pupils | None = None
    """Largest school covered, by pupils on roll."""
    sen_pupils_min: Pupils | None = None
    """Fewest pupils with SEN (SEN Support and EHC plans) that a covered school has."""
    sen_pupils_max: Pupils | None = None
    """Most pupils with SEN (SEN Support and EHC plans) that a covered school has."""
    fsm_min: Share | None = None
    """Smallest share of pupils eligible for free school meals that a covered school has."""
    fsm_max: Share | None = None
    """Largest share of pupils eligible for free school meals that a covered school has."""

    trust: bool | None = None
    """true: only academies, which belong to a trust. false: only schools that a council maintains."""
    rural: bool | None = None
    """true: only schools in rural places. false: only schools in towns and cities."""
    share: Share | None = None
    """Arms of a pilot: the share of the schools that meet the other lines which draws the policy by lot. The lot of a
    school is the same for all levers, so that levers with the same share meet in the same schools."""
    lot: Literal["schools", "councils"] = "schools"
    """What is drawn by lot: single schools, or whole councils."""

    @model_validator(mode="after")
    def _limits_in_order(self) -> Covers:
        for name in ("pupils", "sen_pupils", "fsm"):
            low, high = getattr(self, f"{name}_min"), getattr(self, f"{name}_max")
            if low is not None and high is not None and low > high:
                raise ValueError(
                    f"No school can be covered: {name}_min is {low:g} and {name}_max is {high:g}. "
                    "The first must not be above the second."
                )
        return self


class Lever(Setting):
    """What all levers have in common: when, how fast, how well kept, who pays, who is covered."""

    start: AcademicYear = "2027/28"
    """Academic year at whose September the policy begins."""
    end: AcademicYear | None = None
    """First academic year without the policy. Leave out if it stays."""
    phase_in_years: Annotated[int, Field(ge=1, le=20, json_schema_extra={"unit": "years"})] = 3
    """Years over which the covered schools join, in equal steps each September from start on. 1: all at the start."""
    phase_in: dict[AcademicYear, Share] | None = None
    """Share of the covered schools that have the policy from each September on, counted together, where the steps are
    not equal. Takes the place of phase_in_years."""
    compliance: Share | None = None
    """Share of covered schools that keep to the policy. Leave out: the evidence decides (legal_floor_compliance)."""
    funded_by: Funder = "schools"
    """Who pays: schools out of their own budgets, or a national grant to schools."""
    covers: Covers = Covers()
    """Which schools the policy covers. Leave out: all mainstream schools."""

    @field_validator("end")
    @classmethod
    def _ends_after_start(cls, end: str | None, info: ValidationInfo) -> str | None:
        start = info.data.get("start")
        if end is not None and start is not None and parse_year(end) <= parse_year(start):
            raise ValueError(f"The policy would end before it began: start is {start}. Write a later year here.")
        return end

    @field_validator("phase_in")
    @classmethod
    def _phases_in_forwards(cls, phase_in: dict[str, float] | None, info: ValidationInfo) -> dict[str, float] | None:
        if phase_in is None:
            return None
        if not phase_in:
            raise ValueError("There are no years under phase_in. Give at least one, such as 2027/28: 0.33.")
        steps = sorted(phase_in.items())
        start = info.data.get("start")
        if start is not None and steps[0][0] < start:
            raise ValueError(f"The first year of phase_in, {steps[0][0]}, is before start, {start}. Move one of them.")
        for (year, share), (later, larger) in pairwise(steps):
            if larger < share:
                raise ValueError(
                    f"The share falls from {share:g} in {year} to {larger:g} in {later}. Shares are counted together, "
                    "so they never fall: 0.33, 0.67, 1 means one third of the schools each year."
                )
        return dict(steps)

    def steps(self) -> dict[int, float]:
        """Share of the covered schools from each September on, by first calendar year.

        Examples
        --------
        >>> Lever(start="2027/28").steps()
        {2027: 0.33, 2028: 0.67, 2029: 1.0}
        """
        if self.phase_in is not None:
            return {parse_year(year): share for year, share in self.phase_in.items()}
        first, years = parse_year(self.start), self.phase_in_years
        return {first + done: round((done + 1) / years, 2) for done in range(years)}

    def delayed(self, years: int) -> Any:
        """The same policy so many years later: start, end and every step of the phase-in.

        Examples
        --------
        >>> Lever(start="2027/28", phase_in={"2028/29": 0.5}).delayed(2).phase_in
        {'2030/31': 0.5}
        """
        steps = None if self.phase_in is None else {_later(year, years): n for year, n in self.phase_in.items()}
        end = None if self.end is None else _later(self.end, years)
        return self.model_copy(update={"start": _later(self.start, years), "end": end, "phase_in": steps})


def _later(year: str, years: int) -> str:
    return format_year(parse_year(year) + years)
