"""Protected time: a floor of hours for every SENCO."""

from __future__ import annotations

from typing import Annotated, ClassVar

import numpy as np
from pydantic import AfterValidator, Field, field_validator

from sencosim.levers.fields import Pupils, Share, rising, some_phase
from sencosim.levers.hours import Amount, ask_for_time, hours_by_phase, hours_by_row, phase_words, row_words
from sencosim.levers.lever import Asked, Lever, Phase
from sencosim.levers.schools import BoolArray, Counts, FloatArray, RunSchools
from sencosim.levers.tariff import HOUR_OF_A_TEACHER, LeverTerms, Prices, Tariff, hour_of_a_teacher


class SizeRow(Amount):
    """One row of a table by school size."""

    forms: ClassVar[tuple[str, ...]] = (*Amount.forms, "no_duty")

    up_to_pupils: Pupils | None = None
    """The row holds for schools with at most so many pupils. The last row has none: it holds for all larger schools."""
    no_duty: bool | None = None
    """true: no duty on schools of this size, which keep what they give. At a floor of 0 hours some would give less."""

    @field_validator("no_duty")
    @classmethod
    def _only_true(cls, no_duty: bool | None) -> bool | None:
        if no_duty is False:
            raise ValueError("This can only be true. For a duty give hours_per_week, days_per_week or full_time.")
        return no_duty

    def hours(self, counts: Counts) -> FloatArray:
        """As for any amount; not a number where there is no duty. [hours per week, >= 0]"""
        return np.full(np.shape(counts.sen_pupils), np.nan) if self.no_duty else super().hours(counts)

    def words(self) -> str:
        """Say the row.

        Examples
        --------
        >>> SizeRow(up_to_pupils=1000, no_duty=True).words()
        'no duty'
        """
        return "no duty" if self.no_duty else super().words()


class PhaseFloor(Amount):
    """The least time in the schools of one phase, in exactly one form."""

    forms: ClassVar[tuple[str, ...]] = (*Amount.forms, "by_size")

    by_size: Annotated[tuple[SizeRow, ...], Field(strict=False), AfterValidator(rising("up_to_pupils"))] | None = None
    """A table by pupils on roll, smallest schools first."""

    def hours(self, counts: Counts) -> FloatArray:
        """Protected time that a covered school must give at least, in the shape of its pupils with SEN.

        A floor per SEN pupil stops at a full-time post. [hours per week, >= 0]

        Examples
        --------
        >>> float(PhaseFloor(days_per_week=1.5).hours(Counts(0, 280, 49, 6.5, 32.4)))
        9.75
        """
        if self.by_size is None:
            return super().hours(counts)
        return hours_by_row(self.by_size, [row.up_to_pupils for row in self.by_size], counts.pupils, counts)

    def words(self) -> str:
        if self.by_size is None:
            return super().words()
        return row_words(self.by_size, [row.up_to_pupils for row in self.by_size], "pupils", "larger")


class Floor(PhaseFloor):
    """The least time that a covered school must give, in exactly one form."""

    forms: ClassVar[tuple[str, ...]] = (*PhaseFloor.forms, "by_phase")

    by_phase: Annotated[dict[Phase, PhaseFloor], AfterValidator(some_phase)] | None = None
    """An amount for primary, for secondary, or for both; each may be a table by size. A phase that is left out has no
    floor."""

    def hours(self, counts: Counts) -> FloatArray:
        """As for one phase; not a number where the phase of a school has no floor. [hours per week, >= 0]"""
        return super().hours(counts) if self.by_phase is None else hours_by_phase(self.by_phase, counts)

    def words(self) -> str:
        """Say the floor.

        Examples
        --------
        >>> primary, secondary = PhaseFloor(days_per_week=1.5), PhaseFloor(full_time=True)
        >>> Floor(by_phase={"primary": primary, "secondary": secondary}).words()
        'primary at least 1.5 days a week; secondary full time'
        """
        return super().words() if self.by_phase is None else phase_words(self.by_phase)


def _spared(prices: Prices, terms: LeverTerms) -> float:
    return -hour_of_a_teacher(prices, terms)


class ProtectedTime(Lever):
    """Every covered school must give its SENCO at least so much time for the role."""

    number: ClassVar[int] = 0
    # Added hours, those that sharing adds too, are paid whether they are used or leak to other duties. Removed hours
    # are a saving of schools that came down to the floor; for vacant hours, allocated as they are, nobody was paid.
    tariffs: ClassVar[tuple[Tariff, ...]] = tuple(
        Tariff(
            quantity,
            item,
            "senco_time",
            HOUR_OF_A_TEACHER,
            price,
            insurance="employer_ni_share_of_teacher_cost",
            grant="pays_back" if quantity == "added_hours" else "none",
        )
        for quantity, item, price in (
            ("added_hours", "senco_hours_added", hour_of_a_teacher),
            ("removed_hours", "senco_hours_removed", _spared),
            ("vacant_hours", "senco_hours_vacant", _spared),
        )
    )

    floor: Floor
    """The least time. Schools that give more keep it, unless they drift to the floor."""
    used_share: Share | None = None
    """Share of the added hours that reach SENCO work. Leave out: the evidence decides (used_share_added)."""
    drift_to_floor: Share | None = None
    """Share of schools above the floor that come down to it. Leave out: the evidence decides (drift_to_floor_share)."""

    def words(self) -> str:
        """Say the floor.

        Examples
        --------
        >>> ProtectedTime(floor=Floor(days_per_week=1.5)).words()
        'at least 1.5 days a week'
        """
        return self.floor.words()

    def ask(self, at: RunSchools, active: BoolArray, asked: Asked) -> None:
        ask_for_time(asked, at, active, self.floor.hours(at.counts), self.used_share, self.drift_to_floor)
