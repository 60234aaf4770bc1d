"""Hours schedule: protected time that follows each school's pupils with SEN."""

from __future__ import annotations

from typing import Annotated, ClassVar

import numpy as np
from pydantic import AfterValidator, Field, model_validator

from sencosim.levers.fields import (
    Pupils,
    Setting,
    Share,
    WeeklyHours,
    WeeklyHoursPerSenPupil,
    check_one_form,
    rising,
    some_phase,
)
from sencosim.levers.hours import (
    Amount,
    ask_for_time,
    hours_by_formula,
    hours_by_phase,
    hours_by_row,
    phase_words,
    row_words,
)
from sencosim.levers.lever import Asked, Lever, Phase
from sencosim.levers.schools import BoolArray, Counts, FloatArray, RunSchools


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

    def hours(self, counts: Counts) -> FloatArray:
        """Hours of each school, by year where its numbers are. [hours per week, >= 0]

        Examples
        --------
        >>> need = HoursFormula(hours_per_sen_pupil_per_week=0.2, least_hours_per_week=6.5)
        >>> need.hours(Counts(0, 280, np.array([10.0, 50.0, 500.0]), 6.5, 32.4)).tolist()
        [6.5, 10.0, 32.4]
        """
        most = counts.full_time_hours if self.most_hours_per_week is None else self.most_hours_per_week
        by_size = self.hours_per_100_pupils_per_week * np.asarray(counts.pupils, dtype=float) / 100.0
        fixed = self.fixed_hours_per_week + by_size
        return hours_by_formula(
            counts.sen_pupils, self.hours_per_sen_pupil_per_week, self.least_hours_per_week, most, fixed
        )

    def words(self) -> str:
        """Say the formula.

        Examples
        --------
        >>> HoursFormula(hours_per_sen_pupil_per_week=0.2, least_hours_per_week=6.5).words()
        '0.2 hours a week for each SEN pupil, at least 6.5 hours'
        """
        parts = [
            (self.fixed_hours_per_week, "{:g} hours a week"),
            (self.hours_per_sen_pupil_per_week, "{:g} hours a week for each SEN pupil"),
            (self.hours_per_100_pupils_per_week, "{:g} hours a week for each 100 pupils"),
        ]
        words = " and ".join(text.format(hours) for hours, text in parts if hours > 0.0) or "no hours"
        if self.least_hours_per_week > 0.0:
            words += f", at least {self.least_hours_per_week:g} hours"
        if self.most_hours_per_week is not None:
            words += f", at most {self.most_hours_per_week:g} hours"
        return words


class HoursByNeed(Setting):
    """SENCO hours by pupils with SEN, in exactly one form."""

    forms: ClassVar[tuple[str, ...]] = ("formula", "table")

    formula: HoursFormula | None = None
    """Hours by a formula."""
    table: Annotated[tuple[SenRow, ...], Field(strict=False), AfterValidator(rising("up_to_sen_pupils"))] | None = None
    """Hours by a table by pupils with SEN, fewest first."""

    @model_validator(mode="after")
    def _exactly_one_form(self) -> HoursByNeed:
        check_one_form(self, self.forms, "how hours follow need")
        return self

    def hours(self, counts: Counts) -> FloatArray:
        """SENCO hours that a covered school must give for its pupils with SEN. [hours per week, >= 0]"""
        if self.formula is not None:
            return self.formula.hours(counts)
        table = self.table or ()
        return hours_by_row(table, [row.up_to_sen_pupils for row in table], counts.sen_pupils, counts)

    def words(self) -> str:
        if self.formula is not None:
            return self.formula.words()
        table = self.table or ()
        return row_words(table, [row.up_to_sen_pupils for row in table], "SEN pupils", "more")


class Schedule(HoursByNeed):
    """SENCO hours by pupils with SEN, for all schools or by phase, in exactly one form."""

    forms: ClassVar[tuple[str, ...]] = (*HoursByNeed.forms, "by_phase")

    by_phase: Annotated[dict[Phase, HoursByNeed], AfterValidator(some_phase)] | None = None
    """A formula or a table for primary, for secondary, or for both. A phase that is left out has no hours by need."""

    def hours(self, counts: Counts) -> FloatArray:
        """As for one phase; not a number where the phase of a school has no hours by need. [hours per week, >= 0]"""
        return super().hours(counts) if self.by_phase is None else hours_by_phase(self.by_phase, counts)

    def words(self) -> str:
        return super().words() if self.by_phase is None else phase_words(self.by_phase)


class HoursSchedule(Lever):
    """Every covered school must give its SENCO hours that follow its pupils with SEN, as counted each January."""

    number: ClassVar[int] = 14

    hours: Schedule
    """How many hours at how many pupils with SEN. Schools that give more keep it, unless they drift down."""
    used_share: Share | None = None
    """Share of the added hours that reach SENCO work. Leave out: the evidence decides (used_share_added)."""
    drift_to_floor: Share | None = None
    """Share of schools above these hours that come down to them. Leave out: the evidence decides
    (drift_to_floor_share)."""

    def words(self) -> str:
        return self.hours.words()

    def ask(self, at: RunSchools, active: BoolArray, asked: Asked) -> None:
        ask_for_time(asked, at, active, self.hours.hours(at.counts), self.used_share, self.drift_to_floor)
