"""One set of forms and steps for EHC plans in all councils."""

from __future__ import annotations

from typing import Annotated, ClassVar

import numpy as np

from sencosim.levers.fields import Share, between
from sencosim.levers.lever import Asked, Lever
from sencosim.levers.schools import BoolArray, RunSchools


class ConsistentEhcProcess(Lever):
    """All councils use one set of forms and steps for EHC plans."""

    number: ClassVar[int] = 7

    paperwork_ratio: Annotated[float, between(0, 2, "ratio")] | None = None
    """SENCO hours for a request, for advice, for an annual review and for a consultation, relative to an average
    council today. Leave out: the evidence decides (consistent_process_ratio)."""
    difference_removed: Share = 1.0
    """Share of the differences between councils in these hours that goes: 1 makes all councils alike."""

    def words(self) -> str:
        if self.paperwork_ratio is None:
            return "one process in all councils"
        return f"one process in all councils, {self.paperwork_ratio:g} times today's paperwork"

    def ask(self, at: RunSchools, active: BoolArray, asked: Asked) -> None:
        """M19: the common process in place of the council's own."""
        ratio, own = at.given(self.paperwork_ratio, "consistent_process_ratio"), asked["paperwork_ratio"]
        asked["paperwork_ratio"] = np.where(active, ratio * own ** (1.0 - self.difference_removed), own)
