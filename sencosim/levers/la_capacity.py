"""More psychologists and case officers in councils."""

from __future__ import annotations

from typing import Annotated, ClassVar

import numpy as np

from sencosim.levers.fields import between
from sencosim.levers.lever import Asked, CouncilLever
from sencosim.levers.schools import BoolArray, RunSchools
from sencosim.levers.tariff import Tariff

Ratio = Annotated[float, between(0.1, 10, "ratio")]


class LaCapacity(CouncilLever):
    """Councils have more staff of their own for assessments, relative to what they would have had."""

    number: ClassVar[int] = 8
    # Added staff are paid whether they find work or not. Hours on cases are priced with the case, so only idle hours
    # are priced here.
    tariffs: ClassVar[tuple[Tariff, ...]] = tuple(
        Tariff(quantity, item, "system_capacity", (parameter,), payer="council_general_fund")
        for quantity, item, parameter in (
            ("ep_idle_hours", "psychologist_hours_idle", "ep_hour_cost"),
            ("officer_idle_hours", "officer_hours_idle", "council_officer_hour_cost"),
        )
    )

    psychologists: Ratio = 1.0
    """Hours of educational psychologists relative to the baseline: 1.2 is a fifth more."""
    officers: Ratio = 1.0
    """Hours of case officers relative to the baseline."""

    def words(self) -> str:
        return f"{self.psychologists:g} times the psychologists, {self.officers:g} times the officers"

    def ask(self, at: RunSchools, active: BoolArray, asked: Asked) -> None:
        asked["psychologist_ratio"] = np.where(active, self.psychologists, 1.0)
        asked["officer_ratio"] = np.where(active, self.officers, 1.0)
