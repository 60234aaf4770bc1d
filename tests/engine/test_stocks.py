"""Principle 4: in the no-policy arm nothing hidden grows beyond what flows into it."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
from engine.small_worlds import HARTLEPOOL, RUTLAND, england, small_inputs

from sencosim.engine.compiled.run import simulate as compiled
from sencosim.ledger.table import yearly
from sencosim.population.sampling import only_councils
from sencosim.vocabulary import COLUMN, Activity

pytestmark = pytest.mark.engine

YEARS, MOST_DRIFT = 15, 1.5
"""Largest ratio of a stock to its inflow in the last years over that of the third to fifth year."""
CASES = [one.key for one in Activity if one != Activity.SUPPORT_REVIEW]


@lru_cache(maxsize=1)
def _counts() -> np.ndarray:
    """Counts of each year, by quantity."""
    inputs = small_inputs(only_councils(england(), (RUTLAND, HARTLEPOOL)), years=YEARS)
    return yearly(compiled(replace(inputs, trace_all=False)).tally).sum(axis=0)


def _of(*names: str) -> np.ndarray:
    return sum(_counts()[:, COLUMN[name]].astype(float) for name in names)


def _drift(stock: np.ndarray, inflow: np.ndarray) -> float:
    return float((stock[-3:].sum() / inflow[-3:].sum()) / (stock[2:5].sum() / inflow[2:5].sum()))


def test_the_pool_that_waits_for_identification_grows_no_faster_than_needs_are_noticed() -> None:
    assert _drift(_of("pupils_waiting_identification"), _of("noticed")) < MOST_DRIFT


def test_casework_that_waits_grows_no_faster_than_it_falls_due() -> None:
    due = _of(*(f"due.{one}" for one in CASES))
    ended = _of(*(f"{how}.{one}" for one in CASES for how in ("done", "done_without_senco")))
    backlog = np.cumsum(due - ended)
    assert (backlog >= 0.0).all()
    assert _drift(backlog, due) < MOST_DRIFT
    assert backlog[-1] < due[-1] / 4.0


@pytest.mark.parametrize(
    ("stock", "inflow"),
    [
        ("assessments_in_progress", "decisions"),
        ("special_queue", "pupils_ehc_plan"),
        ("pupils_waiting_identification", "pupils_sen_support"),
    ],
)
def test_other_queues_stay_in_proportion(stock: str, inflow: str) -> None:
    assert _drift(_of(stock), _of(inflow)) < MOST_DRIFT


def test_whoever_is_noticed_is_identified_or_leaves_within_the_run() -> None:
    """Nobody starves: of fifteen years' needs noticed, those who still wait are those of a few months."""
    assert _of("pupils_waiting_identification")[-1] < _of("noticed")[-1] / 3.0
    assert _of("sen_support_starts").sum() > 0.85 * _of("noticed").sum()
