"""Administrator hours for every SENCO."""

from __future__ import annotations

from typing import Annotated, ClassVar

import numpy as np
from pydantic import AfterValidator, model_validator

from sencosim.levers.fields import CONTRACT_WEEK_HOURS, WeeklyHoursPerSenPupil, between, none_or_some
from sencosim.levers.lever import Asked, Lever
from sencosim.levers.schools import BoolArray, FloatArray, RunSchools
from sencosim.levers.tariff import Tariff


class AdminSupport(Lever):
    """Every covered school gives its SENCO an administrator for so many hours, alongside any it has."""

    number: ClassVar[int] = 2
    forms: ClassVar[tuple[str, ...]] = ("hours_per_week", "hours_per_sen_pupil_per_week")
    tariffs: ClassVar[tuple[Tariff, ...]] = (
        Tariff("admin_hours", "administrator_hours", "administrators", ("admin_hour_cost",)),
    )

    hours_per_week: (
        Annotated[float, between(0, 2 * CONTRACT_WEEK_HOURS, "hours per week"), AfterValidator(none_or_some)] | None
    ) = None
    """Administrator hours per school week."""
    hours_per_sen_pupil_per_week: WeeklyHoursPerSenPupil | None = None
    """Administrator hours per school week for each pupil with SEN."""

    @model_validator(mode="after")
    def _exactly_one_form(self) -> AdminSupport:
        if (self.hours_per_week is None) == (self.hours_per_sen_pupil_per_week is None):
            found = "none of them" if self.hours_per_week is None else "both"
            raise ValueError(f"Say how many hours in exactly one way: {' or '.join(self.forms)}. Found {found}.")
        return self

    def hours(self, sen_pupils: FloatArray | float) -> FloatArray:
        """Administrator time that a covered school gives its SENCO, in the shape of the numbers. [hours per week, >= 0]

        Parameters
        ----------
        sen_pupils
            Pupils on SEN Support or with an EHC plan. [pupils, >= 0]

        Examples
        --------
        >>> float(AdminSupport(hours_per_sen_pupil_per_week=0.1).hours(50))
        5.0
        """
        sen = np.asarray(sen_pupils, dtype=float)
        if self.hours_per_sen_pupil_per_week is not None:
            return self.hours_per_sen_pupil_per_week * sen
        return np.full(sen.shape, self.hours_per_week or 0.0)

    def words(self) -> str:
        if self.hours_per_week is not None:
            return f"{self.hours_per_week:g} administrator hours a week"
        return f"{self.hours_per_sen_pupil_per_week:g} administrator hours a week for each SEN pupil"

    def ask(self, at: RunSchools, active: BoolArray, asked: Asked) -> None:
        asked["admin_hours"] = active * self.hours(at.sen_by_year)
