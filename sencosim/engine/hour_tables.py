"""How long things take, as tables of quantiles: a uniform number finds its hours or weeks in one step."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from sencosim.engine.inputs import FloatArray
from sencosim.evidence.distributions import pert_table
from sencosim.evidence.register import load_register

WEEK_TABLES = ("decision", "decision_delay", "advice", "late_advice", "drafting", "appeal_registration", "tribunal")
TABLE_POINTS = 257


def hour_tables(values: Mapping[str, float]) -> dict[str, FloatArray]:
    """Quantile tables of work hours by task and of weeks by step. [hours or weeks, shape (257,)].

    A drawn mean other than the register's scales the whole distribution of the task.
    """
    tables: dict[str, FloatArray] = {}
    register = load_register()
    for name in register.names():
        event = register.get(name).event_distribution
        if not name.startswith("task_hours_") or event is None:
            continue
        low, mode, high = event.number("min"), event.number("mode"), event.number("max")
        table = np.array(_pert(low, mode, high))
        tables[name.removeprefix("task_hours_")] = table * (values[name] / register.number(name))
    for step in WEEK_TABLES:
        low, mode, high = (values[f"{step}_weeks_{end}"] for end in ("min", "mode", "max"))
        tables[step] = np.array(_pert(low, mode, high))
    return tables


@lru_cache(maxsize=256)
def _pert(low: float, mode: float, high: float) -> tuple[float, ...]:
    return tuple(pert_table(low, mode, high, TABLE_POINTS))
