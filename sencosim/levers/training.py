"""Induction and training of new SENCOs, and training that SENCOs pass on to colleagues."""

from __future__ import annotations

from typing import Annotated, ClassVar

import numpy as np

from sencosim.levers.fields import Share, TermHours, whole
from sencosim.levers.lever import Asked, Lever
from sencosim.levers.schools import BoolArray, RunSchools
from sencosim.levers.tariff import Tariff
from sencosim.units import TERM_WEEKS


class Training(Lever):
    """New SENCOs are trained and supported in their first year, and SENCOs train their colleagues."""

    number: ClassVar[int] = 6
    # The SENCO's own hours are paid already (trap 7): here stands what is paid alongside them.
    tariffs: ClassVar[tuple[Tariff, ...]] = (
        Tariff(
            "training_hours", "training", "support_of_sencos", ("training_hour_cost",), labour_share="labour_share_fees"
        ),
    )

    first_year_hours_per_term: TermHours = 12.0
    """Hours of induction and training in each term of a SENCO's first year, taken from used hours, alongside the
    qualification."""
    first_year_loss_ratio: Share | None = None
    """Effectiveness lost in the first year relative to today. Leave out: the evidence decides
    (first_year_loss_ratio_training)."""
    award_within_terms: Annotated[int, whole(1, 9, "terms")] | None = None
    """Terms in which the qualification must be done: 9 are the three years of the law. The work is the same. Leave out:
    as today (npq_terms)."""
    cascade_hours_per_term: TermHours = 0.0
    """Hours of staff training in a term that SENCOs must give alongside today's, passing on what they have learnt."""

    def words(self) -> str:
        words = f"{self.first_year_hours_per_term:g} hours a term in the first year"
        if self.award_within_terms is not None:
            words += f", the award within {self.award_within_terms} terms"
        if self.cascade_hours_per_term > 0.0:
            words += f", {self.cascade_hours_per_term:g} hours a term passed on to colleagues"
        return words

    def ask(self, at: RunSchools, active: BoolArray, asked: Asked) -> None:
        ratio = at.given(self.first_year_loss_ratio, "first_year_loss_ratio_training")
        asked["first_year_hours"] = active * (self.first_year_hours_per_term / TERM_WEEKS)
        asked["first_year_loss_ratio"] = np.where(active, ratio, 1.0)
        asked["cascade_hours"] = active * float(self.cascade_hours_per_term)
        if self.award_within_terms is not None:
            asked["award_terms"] = np.where(active, float(self.award_within_terms), asked["award_terms"])
