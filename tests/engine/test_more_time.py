"""More helpers never do less of what helps pupils, and more duties never do more of it: by what the queue does alone.

Every route to pupils is off, so that all doses meet the same pupils.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
import pytest
from engine.small_worlds import HARTLEPOOL, OFF, RUTLAND, england, scenario, small_inputs

from sencosim.engine.choose import Baseline, run_baseline
from sencosim.population.sampling import only_councils
from sencosim.population.schools import Population
from sencosim.vocabulary import COLUMN

pytestmark = pytest.mark.engine

YEARS = 10
LEAST = 0.98
"""What a larger dose must keep of identifications by the SENCO."""
FROM_SECOND_YEAR = {"start": "2023/24", "compliance": 1.0}


@lru_cache(maxsize=1)
def _schools() -> Population:
    return only_councils(england(), (RUTLAND, HARTLEPOOL))


@lru_cache(maxsize=1)
def _baseline() -> Baseline:
    inputs = small_inputs(_schools(), years=YEARS, changes=OFF)
    return run_baseline("compiled", replace(inputs, trace_all=False), 1)


def _policy(levers: dict[str, Any]) -> np.ndarray:
    """Totals of the years with a policy, by quantity."""
    base = _baseline()
    if not levers:
        return base.outcome.tally[:, 3:].sum(axis=(0, 1))
    inputs = small_inputs(_schools(), scenario(**levers), years=YEARS, changes=OFF)
    return base.policy(replace(inputs, trace_all=False, reference=base.outcome.reference)).tally[:, 3:].sum(axis=(0, 1))


def _doses(lever: str, setting: str, amounts: tuple[float, ...], **more: Any) -> dict[str, np.ndarray]:
    found = [_policy({})]
    found += [_policy({lever: {**FROM_SECOND_YEAR, **more, setting: amount}}) for amount in amounts]
    columns = ("done.identification", "support_hours", "hours_due.imposed_duties")
    return {name: np.array([total[COLUMN[name]] for total in found], dtype=float) for name in columns}


def _floors() -> dict[str, np.ndarray]:
    found = [_policy({})]
    for hours in (1.0, 3.0, 6.5, 9.75, 13.0, 19.5, 26.0, 32.4):
        floor = {"floor": {"hours_per_week": hours}, "drift_to_floor": 0.0}
        found.append(_policy({"protected_time": {**FROM_SECOND_YEAR, **floor}}))
    return {n: np.array([t[COLUMN[n]] for t in found], dtype=float) for n in ("done.identification", "support_hours")}


HELPERS = {
    "SENCO hours": _floors,
    "team": lambda: _doses("team", "hours_per_week", (1.0, 3.0, 6.0, 12.0, 20.0)),
    "administrators": lambda: _doses("admin_support", "hours_per_week", (1.0, 3.0, 6.0, 12.0, 20.0)),
}


@pytest.mark.parametrize("doses", HELPERS.values(), ids=HELPERS)
def test_more_helpers_never_lower_identifications_by_the_senco_or_support(doses) -> None:
    found = doses()
    for name in ("done.identification", "support_hours"):
        assert (found[name][1:] >= LEAST * found[name][:-1]).all(), (name, found[name])
        assert (found[name] >= LEAST * found[name][0]).all(), (name, found[name])
    assert found["support_hours"][-1] > 1.1 * found["support_hours"][0]


DUTIES = {
    "key worker": lambda: _doses("key_worker", "hours_per_plan_per_term", (1.0, 2.5, 5.0, 10.0)),
    "cascade": lambda: _doses(
        "training",
        "cascade_hours_per_term",
        (4.0, 10.0, 20.0),
        first_year_hours_per_term=0.0,
        first_year_loss_ratio=1.0,
    ),
}


@pytest.mark.parametrize("doses", DUTIES.values(), ids=DUTIES)
def test_more_imposed_duties_never_raise_support(doses) -> None:
    found = doses()
    assert (np.diff(found["hours_due.imposed_duties"]) > 0.0).all()
    assert (np.diff(found["support_hours"]) <= 0.0).all(), found["support_hours"]
    assert (found["done.identification"] <= found["done.identification"][0] / LEAST).all()
