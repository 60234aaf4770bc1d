"""Levels that change with the academic year, for moments that may lie in another year than the present."""

from __future__ import annotations

from typing import Any

from sencosim.engine.compiled.layout import number_at
from sencosim.engine.compiled.memory import fast
from sencosim.units import MINUTES_PER_YEAR


@fast
def request_level_at(w: Any, minute: int) -> float:
    """Requests at a clock time relative to the base year. [ratio]."""
    return number_at(w.levels, minute // MINUTES_PER_YEAR).x
