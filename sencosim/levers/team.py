"""Assistant SENCOs alongside the SENCO."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

import numpy as np
from pydantic import AfterValidator, model_validator

from sencosim.levers.fields import CONTRACT_WEEK_HOURS, WeeklyHoursPerSenPupil, between, check_one_form, none_or_some
from sencosim.levers.lever import Asked, Lever
from sencosim.levers.schools import BoolArray, FloatArray, RunSchools
from sencosim.levers.tariff import HOUR_OF_A_TEACHER, Tariff, hour_of_a_teacher


class Team(Lever):
    """Every covered school has assistant SENCOs for so many hours, alongside any it has.

    They do support reviews and whole-school work other than training and coaching.
    """

    number: ClassVar[int] = 3
    forms: ClassVar[tuple[str, ...]] = ("hours_per_week", "hours_per_sen_pupil_per_week", "sen_pupils_per_post")

    tariffs: ClassVar[tuple[Tariff, ...]] = (
        Tariff(
            "team_hours_added",
            "assistant_hours",
            "team",
            ("assistant_hour_cost",),
            applies=lambda terms: not terms.qualified_team,
        ),
        Tariff(
            "team_hours_added",
            "assistant_hours",
            "team",
            HOUR_OF_A_TEACHER,
            hour_of_a_teacher,
            applies=lambda terms: terms.qualified_team,
        ),
    )

    hours_per_week: (
        Annotated[float, between(0, 5 * CONTRACT_WEEK_HOURS, "hours per week"), AfterValidator(none_or_some)] | None
    ) = None
    """Assistant hours per school week."""
    hours_per_sen_pupil_per_week: WeeklyHoursPerSenPupil | None = None
    """Assistant hours per school week for each pupil with SEN."""
    sen_pupils_per_post: Annotated[float, between(5, 10_000, "pupils per post")] | None = None
    """Pupils with SEN for each full-time assistant."""
    qualified: bool = False
    """true: assistants are teachers and paid as such. false: teaching assistants of a higher grade. What they may do is
    the same."""

    @model_validator(mode="after")
    def _exactly_one_form(self) -> Team:
        check_one_form(self, self.forms, "how many assistants")
        return self

    def hours(self, sen_pupils: FloatArray | float, full_time_hours: float) -> FloatArray:
        """Assistant time of a covered school alongside today's, in the shape of the numbers. [hours per week, >= 0]

        Parameters
        ----------
        sen_pupils
            Pupils on SEN Support or with an EHC plan. [pupils, >= 0]
        full_time_hours
            Hours in a full-time week. [hours per week, > 0]  ``staffing.full_time_hours_per_week``

        Examples
        --------
        >>> float(Team(sen_pupils_per_post=100).hours(50, 32.4)), float(Team(hours_per_week=5).hours(50, 32.4))
        (16.2, 5.0)
        """
        sen = np.asarray(sen_pupils, dtype=float)
        if self.sen_pupils_per_post is not None:
            return sen / self.sen_pupils_per_post * full_time_hours
        if self.hours_per_sen_pupil_per_week is not None:
            return self.hours_per_sen_pupil_per_week * sen
        return np.full(sen.shape, self.hours_per_week or 0.0)

    def words(self) -> str:
        who = "assistant teachers" if self.qualified else "assistants"
        if self.hours_per_week is not None:
            return f"{who} for {self.hours_per_week:g} hours a week"
        if self.sen_pupils_per_post is not None:
            return f"{who}, one for {self.sen_pupils_per_post:g} SEN pupils"
        return f"{who} for {self.hours_per_sen_pupil_per_week:g} hours a week for each SEN pupil"

    def ask(self, at: RunSchools, active: BoolArray, asked: Asked) -> None:
        asked["team_hours"] += active * self.hours(at.sen_by_year, at.values["full_time_hours_per_week"])

    def money(self) -> dict[str, Any]:
        return {"qualified_team": self.qualified}
