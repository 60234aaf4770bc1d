"""Professional supervision for every SENCO."""

from __future__ import annotations

from typing import Annotated, ClassVar

import numpy as np

from sencosim.levers.fields import TermHours, between
from sencosim.levers.lever import Asked, Lever
from sencosim.levers.schools import BoolArray, RunSchools
from sencosim.levers.tariff import Tariff
from sencosim.units import TERM_WEEKS


class Supervision(Lever):
    """Every SENCO has professional supervision, in working time."""

    number: ClassVar[int] = 5
    # The SENCO's own hours are paid already (trap 7): here stands what is paid alongside them.
    tariffs: ClassVar[tuple[Tariff, ...]] = (
        Tariff(
            "supervision_hours",
            "supervision",
            "support_of_sencos",
            ("supervision_hour_cost",),
            labour_share="labour_share_fees",
        ),
    )

    hours_per_term: TermHours = 6.0
    """Hours of supervision in a term, taken from the SENCO's used hours."""
    leaving_ratio: Annotated[float, between(0, 5, "ratio")] | None = None
    """Leaving the post relative to SENCOs without supervision. Leave out: the evidence decides
    (leaving_ratio_supervision)."""

    def words(self) -> str:
        return f"{self.hours_per_term:g} hours a term"

    def ask(self, at: RunSchools, active: BoolArray, asked: Asked) -> None:
        asked["supervision_hours"] = active * (self.hours_per_term / TERM_WEEKS)
        asked["leaving_ratio"] *= np.where(active, at.given(self.leaving_ratio, "leaving_ratio_supervision"), 1.0)
