"""Levers of SENCO hours: a floor of protected time, and hours that follow the numbers of pupils with SEN."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, ClassVar

from pydantic import Field, field_validator, model_validator

from sencosim.scenario.fields import Pupils, Setting, Share, WeeklyDays, WeeklyHours, WeeklyHoursPerSenPupil
from sencosim.scenario.terms import Lever, Phase
from sencosim.units import PHASES


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


class PhaseFloor(Amount):
    """The least time in the schools of one phase, in exactly one form."""

    forms: ClassVar[tuple[str, ...]] = (*Amount.forms, "by_size")

    by_size: Annotated[tuple[SizeRow, ...], Field(strict=False)] | None = None
    """A table by pupils on roll, smallest schools first."""

    @field_validator("by_size")
    @classmethod
    def _sizes_ascend(cls, by_size: tuple[SizeRow, ...] | None) -> tuple[SizeRow, ...] | None:
        if by_size is not None:
            _check_rows([row.up_to_pupils for row in by_size], "up_to_pupils")
        return by_size


def _check_rows(limits: list[int | None], name: str) -> None:
    """Refuse a table in which a school could find no row, or two."""
    if not limits or limits[-1] is not None:
        raise ValueError(f"The last row must have no {name}, so that every school finds its row.")
    known = [limit for limit in limits[:-1] if limit is not None]
    if len(known) < len(limits) - 1:
        raise ValueError(f"Only the last row may leave out {name}.")
    if any(larger <= smaller for smaller, larger in pairwise(known)):
        raise ValueError(f"The rows must have rising {name}: smallest schools first.")


class Floor(PhaseFloor):
    """The least time that a covered school must give, in exactly one form."""

    forms: ClassVar[tuple[str, ...]] = (*PhaseFloor.forms, "by_phase")

    by_phase: dict[Phase, PhaseFloor] | None = None
    """An amount for primary, for secondary, or for both; each may be a table by size. A phase that is left out has no
    floor."""

    @field_validator("by_phase")
    @classmethod
    def _some_phase(cls, by_phase: dict[str, Amount] | None) -> dict[str, Amount] | None:
        if by_phase is not None and not by_phase:
            raise ValueError(f"There are no phases under by_phase. Give {' or '.join(PHASES)}, or both.")
        return by_phase


class ProtectedTime(Lever):
    """Every covered school must give its SENCO at least so much time for the role."""

    floor: Floor
    """The least time. Schools that give more keep it, unless they drift to the floor."""
    used_share: Share | None = None
    """Share of the added hours that reach SENCO work. Leave out: the evidence decides (used_share_added)."""
    drift_to_floor: Share | None = None
    """Share of schools above the floor that come down to it. Leave out: the evidence decides (drift_to_floor_share)."""


class SenRow(Amount):
    """One row of a table by pupils with SEN."""

    up_to_sen_pupils: Pupils | None = None
    """The row holds for schools with at most so many pupils with SEN. The last row has none: it is for all others."""


class HoursFormula(Setting):
    """Hours a week: a fixed part, a part for each pupil with SEN and a part by size, between a least and a most."""

    hours_per_sen_pupil_per_week: WeeklyHoursPerSenPupil
    """Hours per school week for each pupil with SEN."""
    fixed_hours_per_week: WeeklyHours = 0.0
    """Hours per school week that do not depend on numbers."""
    hours_per_100_pupils_per_week: WeeklyHours = 0.0
    """Hours per school week for each 100 pupils on roll."""
    least_hours_per_week: WeeklyHours = 0.0
    """Fewest hours per school week, whatever the numbers."""
    most_hours_per_week: WeeklyHours | None = None
    """Most hours per school week. Leave out: a full-time post (full_time_hours_per_week)."""

    @model_validator(mode="after")
    def _least_below_most(self) -> HoursFormula:
        if self.most_hours_per_week is not None and self.most_hours_per_week < self.least_hours_per_week:
            raise ValueError(
                f"least_hours_per_week, {self.least_hours_per_week:g}, is above most_hours_per_week, "
                f"{self.most_hours_per_week:g}. Change one of them."
            )
        return self


class HoursByNeed(Setting):
    """SENCO hours by pupils with SEN, in exactly one form."""

    forms: ClassVar[tuple[str, ...]] = ("formula", "table")

    formula: HoursFormula | None = None
    """Hours by a formula."""
    table: Annotated[tuple[SenRow, ...], Field(strict=False)] | None = None
    """Hours by a table by pupils with SEN, fewest first."""

    @field_validator("table")
    @classmethod
    def _numbers_ascend(cls, table: tuple[SenRow, ...] | None) -> tuple[SenRow, ...] | None:
        if table is not None:
            _check_rows([row.up_to_sen_pupils for row in table], "up_to_sen_pupils")
        return table

    @model_validator(mode="after")
    def _exactly_one_form(self) -> HoursByNeed:
        given = [form for form in self.forms if getattr(self, form) is not None]
        if len(given) != 1:
            found = f"Found {' and '.join(given)}." if given else "Found none of them."
            raise ValueError(f"Say how hours follow need in exactly one way: {', '.join(self.forms)}. {found}")
        return self


class Schedule(HoursByNeed):
    """SENCO hours by pupils with SEN, for all schools or by phase, in exactly one form."""

    forms: ClassVar[tuple[str, ...]] = (*HoursByNeed.forms, "by_phase")

    by_phase: dict[Phase, HoursByNeed] | None = None
    """A formula or a table for primary, for secondary, or for both. A phase that is left out has no hours by need."""

    @field_validator("by_phase")
    @classmethod
    def _some_phase(cls, by_phase: dict[str, HoursByNeed] | None) -> dict[str, HoursByNeed] | None:
        if by_phase is not None and not by_phase:
            raise ValueError(f"There are no phases under by_phase. Give {' or '.join(PHASES)}, or both.")
        return by_phase


class HoursSchedule(Lever):
    """Every covered school must give its SENCO hours that follow its pupils with SEN, as counted each January."""

    hours: Schedule
    """How many hours at how many pupils with SEN. Schools that give more keep it, unless they drift down."""
    used_share: Share | None = None
    """Share of the added hours that reach SENCO work. Leave out: the evidence decides (used_share_added)."""
    drift_to_floor: Share | None = None
    """Share of schools above these hours that come down to them. Leave out: the evidence decides
    (drift_to_floor_share)."""
