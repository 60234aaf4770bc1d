"""The policies that a scenario can switch on.

To add a lever: write one class that inherits from :class:`Lever`, give it one field in :class:`Levers`, take its
name out of :data:`LATER_LEVERS`, and write its words in ``diff.py``. Reading, checking, showing, the JSON Schema and
the suggestions for misspelt names follow from the class.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Annotated, ClassVar, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from sencosim.scenario.fields import (
    CONTRACT_WEEK_HOURS,
    AcademicYear,
    Pupils,
    Setting,
    Share,
    WeeklyDays,
    WeeklyHours,
    WeeklyHoursPerSenPupil,
)
from sencosim.units import PHASES, parse_year

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
Funder = Literal["schools", "national_grant"]

LATER_LEVERS = (
    "team",
    "shared_senco",
    "supervision",
    "training",
    "consistent_ehc_process",
    "la_capacity",
    "tribunal_capacity",
    "specialist_places",
    "isp_duty",
    "delay",
)
"""Levers of the model document that this version does not have yet."""

BEHAVIOUR = {
    "compliance": "legal_floor_compliance",
    "used_share": "used_share_added",
    "drift_to_floor": "drift_to_floor_share",
}
"""Settings of a lever that say how schools behave, not what the policy is; and the parameter behind each."""


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
    phase_in: dict[AcademicYear, Share] | None = None
    """Share of the covered schools that have the policy from each September on, counted together. Leave out: all
    schools at the start."""
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


class Amount(Setting):
    """An amount of protected time, in exactly one of its forms."""

    forms: ClassVar[tuple[str, ...]] = ("hours_per_week", "days_per_week", "hours_per_sen_pupil_per_week", "full_time")

    hours_per_week: WeeklyHours | None = None
    """Hours per school week."""
    days_per_week: WeeklyDays | None = None
    """Days per school week, at hours_per_day (6.5) hours each."""
    hours_per_sen_pupil_per_week: WeeklyHoursPerSenPupil | None = None
    """Hours per school week for each pupil with SEN, up to a full-time post."""
    full_time: bool | None = None
    """true: the whole week of a full-time teacher, full_time_hours_per_week (32.4) hours."""

    @field_validator("full_time")
    @classmethod
    def _never_false(cls, full_time: bool | None) -> bool | None:
        if full_time is False:
            raise ValueError("This can only be true. For less than full time give hours_per_week or days_per_week.")
        return full_time

    @model_validator(mode="after")
    def _exactly_one_form(self) -> Amount:
        given = [form for form in self.forms if getattr(self, form) is not None]
        if len(given) != 1:
            found = f"Found {' and '.join(given)}." if given else "Found none of them."
            raise ValueError(f"Say how much time in exactly one way: {', '.join(self.forms)}. {found}")
        return self


class SizeRow(Amount):
    """One row of a table by school size."""

    up_to_pupils: Pupils | None = None
    """The row holds for schools with at most so many pupils. The last row has none: it holds for all larger schools."""


class Floor(Amount):
    """The least time that a covered school must give, in exactly one form."""

    forms: ClassVar[tuple[str, ...]] = (*Amount.forms, "by_phase", "by_size")

    by_phase: dict[Phase, Amount] | None = None
    """An amount for primary, for secondary, or for both. A phase that is left out has no floor."""
    by_size: Annotated[tuple[SizeRow, ...], Field(strict=False)] | None = None
    """A table by pupils on roll, smallest schools first."""

    @field_validator("by_phase")
    @classmethod
    def _some_phase(cls, by_phase: dict[str, Amount] | None) -> dict[str, Amount] | None:
        if by_phase is not None and not by_phase:
            raise ValueError(f"There are no phases under by_phase. Give {' or '.join(PHASES)}, or both.")
        return by_phase

    @field_validator("by_size")
    @classmethod
    def _sizes_ascend(cls, by_size: tuple[SizeRow, ...] | None) -> tuple[SizeRow, ...] | None:
        if by_size is None:
            return None
        if not by_size or by_size[-1].up_to_pupils is not None:
            raise ValueError("The last row must have no up_to_pupils, so that every school finds its row.")
        sizes = [row.up_to_pupils for row in by_size[:-1]]
        known = [size for size in sizes if size is not None]
        if len(known) < len(sizes):
            raise ValueError("Only the last row may leave out up_to_pupils.")
        if any(larger <= smaller for smaller, larger in pairwise(known)):
            raise ValueError("The rows must have rising up_to_pupils: smallest schools first.")
        return by_size


class ProtectedTime(Lever):
    """Every covered school must give its SENCO at least so much time for the role."""

    floor: Floor
    """The least time. Schools that give more keep it, unless they drift to the floor."""
    used_share: Share | None = None
    """Share of the added hours that reach SENCO work. Leave out: the evidence decides (used_share_added)."""
    drift_to_floor: Share | None = None
    """Share of schools above the floor that come down to it. Leave out: the evidence decides (drift_to_floor_share)."""


class SltSeat(Lever):
    """Every covered school's SENCO is a member of the senior leadership team (SLT)."""

    pay_uplift: bool = True
    """true: SENCOs who join the team move to leadership pay. false: a seat without a pay rise."""


class AdminSupport(Lever):
    """Every covered school gives its SENCO an administrator for so many hours, beside any it has."""

    hours_per_week: (
        Annotated[
            float,
            Field(ge=0, le=2 * CONTRACT_WEEK_HOURS, allow_inf_nan=False, json_schema_extra={"unit": "hours per week"}),
        ]
        | None
    ) = None
    """Administrator hours per school week."""
    hours_per_sen_pupil_per_week: WeeklyHoursPerSenPupil | None = None
    """Administrator hours per school week for each pupil with SEN."""

    @model_validator(mode="after")
    def _exactly_one_form(self) -> AdminSupport:
        if (self.hours_per_week is None) == (self.hours_per_sen_pupil_per_week is None):
            found = "none of them" if self.hours_per_week is None else "both"
            raise ValueError(
                f"Say how many hours in exactly one way: hours_per_week or hours_per_sen_pupil_per_week. Found {found}."
            )
        return self


class Levers(Setting):
    """The policies that are switched on. A lever that is not named is off."""

    protected_time: ProtectedTime | None = None
    """A floor of protected time for every SENCO."""
    slt_seat: SltSeat | None = None
    """A seat on the senior leadership team for every SENCO."""
    admin_support: AdminSupport | None = None
    """Administrator hours for every SENCO."""

    def active(self) -> Iterator[tuple[str, Lever]]:
        """Name and settings of each lever that is on, in the order of the model document."""
        for name in type(self).model_fields:
            lever: Lever | None = getattr(self, name)
            if lever is not None:
                yield name, lever
