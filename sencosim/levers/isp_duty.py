"""An Individual Support Plan (ISP) for every pupil on SEN Support."""

from __future__ import annotations

from typing import Annotated, ClassVar

import numpy as np

from sencosim.levers.fields import between
from sencosim.levers.lever import Asked, Lever
from sencosim.levers.schools import BoolArray, RunSchools


class IspDuty(Lever):
    """Every pupil on SEN Support has an Individual Support Plan: a first plan, and a review each year.

    The plan itself changes nothing for the pupil in this model. It is SENCO work, and that is what the lever tests.
    """

    number: ClassVar[int] = 11

    request_ratio: Annotated[float, between(0, 3, "ratio")] = 1.0
    """Requests for EHC plans relative to the baseline where the duty holds. 1: no effect, because none is known."""

    def words(self) -> str:
        words = "a support plan for every pupil on SEN Support"
        return words if self.request_ratio == 1.0 else f"{words}, {self.request_ratio:g} times the requests"

    def ask(self, at: RunSchools, active: BoolArray, asked: Asked) -> None:
        asked["support_plans"] = active
        asked["request_ratio"] *= np.where(active, self.request_ratio, 1.0)
