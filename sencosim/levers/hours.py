"""Amounts of SENCO time, which several levers ask for: as they are written, in words, and in hours a week."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Protocol

import numpy as np
from pydantic import field_validator, model_validator

from sencosim.levers.fields import Setting, WeeklyDays, WeeklyHours, WeeklyHoursPerSenPupil, check_one_form
from sencosim.levers.lever import Asked, Phase
from sencosim.levers.schools import BoolArray, Counts, FloatArray, IntArray, RunSchools
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
        check_one_form(self, self.forms, "how much time")
        return self

    def hours(self, counts: Counts) -> FloatArray:
        """Hours of each school, in the shape of its pupils with SEN. [hours per week, >= 0]

        Examples
        --------
        >>> float(Amount(hours_per_sen_pupil_per_week=0.2).hours(Counts(0, 280, 50.0, 6.5, 32.4)))
        10.0
        """
        sen = np.asarray(counts.sen_pupils, dtype=float)
        if self.hours_per_sen_pupil_per_week is not None:
            return np.minimum(counts.full_time_hours, self.hours_per_sen_pupil_per_week * sen)
        if self.full_time:
            hours = counts.full_time_hours
        elif self.days_per_week is not None:
            hours = self.days_per_week * counts.hours_per_day
        else:
            hours = self.hours_per_week or 0.0
        return np.full(sen.shape, hours)

    def words(self) -> str:
        """Say the amount.

        Examples
        --------
        >>> Amount(hours_per_week=9.75).words()
        'at least 9.75 hours a week'
        """
        if self.full_time:
            return "full time"
        if self.days_per_week is not None:
            return f"at least {self.days_per_week:g} days a week"
        if self.hours_per_week is not None:
            return f"at least {self.hours_per_week:g} hours a week"
        return f"at least {self.hours_per_sen_pupil_per_week or 0:g} hours a week for each SEN pupil"


def hours_by_formula(
    sen_pupils: FloatArray | float,
    each: FloatArray | float,
    least: FloatArray | float,
    most: FloatArray | float,
    fixed: FloatArray | float = 0.0,
) -> FloatArray:
    """Hours for each pupil with SEN and a fixed part, between a least and a most; shapes broadcast. [hours per week]

    Examples
    --------
    >>> hours_by_formula(np.array([10.0, 50.0, 500.0]), 0.2, 6.5, 32.4).tolist()
    [6.5, 10.0, 32.4]
    """
    return np.clip(fixed + each * np.asarray(sen_pupils, dtype=float), least, most)


class Hours(Protocol):
    """Anything that says hours of schools."""

    def hours(self, counts: Counts) -> FloatArray:
        """Hours of each school. [hours per week, >= 0]"""

    def words(self) -> str:
        """Say how many."""


def hours_by_phase(by_phase: Mapping[Phase, Hours], counts: Counts) -> FloatArray:
    """Hours of each school's phase; not a number where the phase has none. [hours per week]"""
    hours = np.full(np.broadcast_shapes(np.shape(counts.phase), np.shape(counts.sen_pupils)), np.nan)
    for name, one in by_phase.items():
        hours = np.where(np.asarray(counts.phase) == PHASES.index(name), one.hours(counts), hours)
    return hours


def phase_words(by_phase: Mapping[Phase, Hours]) -> str:
    """Say the hours of each phase."""
    return "; ".join(f"{phase} {one.words()}" for phase, one in by_phase.items())


def hours_by_row(
    rows: Sequence[Amount], limits: Sequence[int | None], numbers: FloatArray | IntArray | float, counts: Counts
) -> FloatArray:
    """Hours of the first row whose limit a school does not pass. [hours per week]"""
    hours = rows[-1].hours(counts)
    for row, limit in zip(reversed(rows[:-1]), reversed(limits[:-1]), strict=True):
        hours = np.where(np.asarray(numbers) <= (np.inf if limit is None else limit), row.hours(counts), hours)
    return hours


def row_words(rows: Sequence[Amount], limits: Sequence[int | None], of: str, last: str) -> str:
    """Say a table: ``of`` is what its limits count, ``last`` the name of the row without one."""
    names = [last if limit is None else f"up to {limit} {of}" for limit in limits]
    return ", ".join(f"{name} {row.words()}" for name, row in zip(names, rows, strict=True))


def ask_for_time(
    asked: Asked, at: RunSchools, active: BoolArray, hours: FloatArray, used_share: float | None, drift: float | None
) -> None:
    """Ask for the larger of several floors; a school whose phase has none neither gives more nor comes down.

    ``used_share`` and ``drift`` (to the floor) are what a lever says of schools, ``None`` if it leaves it to evidence.
    """
    holds = active & ~np.isnan(hours)
    asked["protected_time"] = np.maximum(asked["protected_time"], np.where(holds, hours, 0.0))
    drifts = at.school_drawn("drift_to_floor") < at.given(drift, "drift_to_floor_share")
    asked["comes_down"] = asked["comes_down"] | (holds & drifts[:, None])
    if used_share is not None:
        asked["used_share_added"] = float(used_share)
