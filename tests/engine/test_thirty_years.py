"""Thirty years: trends run out, and no stock runs away or collapses after the ten years of the shipped scenarios."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np
import pytest

from sencosim.experiment.jobs import REFERENCE, Job, horizon_variant
from sencosim.experiment.plan import LONG_YEARS
from sencosim.experiment.totals import PairTotals
from sencosim.model import RunOptions, simulate_pair
from sencosim.population.sampling import only_councils
from sencosim.population.synthetic import synthetic_england
from sencosim.scenario.laws import Law
from sencosim.scenario.load import load_scenario
from sencosim.scenario.schema import Override
from sencosim.vocabulary import COLUMN, PARTS_OF_ALLOCATED_HOURS, Quantity

COUNCILS = ("Rutland", "Reading", "Darlington", "Bury")
STATE = ("pupil_years.state_special", "pupil_years.over_capacity")
STOCKS = {one.key: (one.key,) for one in Quantity if one.kind == "stock" or one.key.startswith("pupil_years.")}
STOCKS = {key: of for key, of in STOCKS.items() if key not in STATE} | {"in state special schools": STATE}
"""Quantities of each stock. Pupils above the places of a school are in it."""
REPLACED = ("pupil_years.independent_special", "pupil_years.waiting_special", "special_queue")
"""Stocks that new places each year are meant to empty."""
LEAST, MOST = 0.4, 1.6
"""Allowed part and multiple of a stock's level at the end of the ten years. [ratio]"""
ANY = 2.0
"""Allowed multiple of anything that is counted. [ratio]"""
SMALL = 25.0
"""What chance may add to a stock of a few councils, or take from it: of few, a ratio says nothing. [units]"""
MOST_WITH_PLANS, MOST_WITH_NEED = 0.2, 0.5
"""Allowed share of mainstream pupils with plans, and with these, SEN Support or a need that is waiting. [share]"""
MOST_HOURS_GAP = 2e-3
LAWS: tuple[Law, ...] = ("current_law", "announced")
Arms = Mapping[str, np.ndarray]


@lru_cache(maxsize=8)
def run(
    policy: str, law: Law = "current_law", draw: int = 0, share: float = 1.0, years: int = LONG_YEARS, **values: float
) -> PairTotals:
    scenario = load_scenario(policy).scenario
    changes = {name: Override(value=value) for name, value in values.items()}
    scenario = scenario.model_copy(update={"overrides": scenario.overrides | changes})
    options = RunOptions(councils=COUNCILS if share == 1.0 else (), workers=1)
    variant = horizon_variant(years) if years != scenario.horizon.years else REFERENCE
    return simulate_pair(scenario, options, Job("central", draw, 0, share, law, variant), "england")


def arms(totals: PairTotals) -> Arms:
    """Counts by year from the first of the horizon. [shape (n_years, n_quantities)]"""
    return {"baseline": totals.baseline.sum(axis=0)[5:], "policy": totals.policy.sum(axis=0)[5:]}


def in_threes(counts: np.ndarray) -> np.ndarray:
    """Means of three years, so that one year's chance decides nothing."""
    sums = np.cumsum(np.insert(counts, 0, 0.0, axis=0), axis=0)
    return (sums[3:] - sums[:-3]) / 3.0


def outside(
    totals: PairTotals, stocks: Mapping[str, tuple[str, ...]], least: float, most: float, small: float
) -> list[str]:
    """Stocks that leave their bounds, each with the arm and how far it goes."""
    found = []
    for arm, counts in arms(totals).items():
        means = in_threes(counts)
        for name, of in stocks.items():
            stock = means[:, [COLUMN[key] for key in of]].sum(axis=1)
            level, later = stock[7], stock[8:]  # that of years eight to ten, and all after them
            if later.max() > most * level + small or later.min() < least * level - small:
                found.append(f"{arm} {name}: {level:.4g} became {later.min():.4g} to {later.max():.4g}")
    return found


def check(totals: PairTotals, pupils: float) -> None:
    for counts in arms(totals).values():
        plans = counts[:, COLUMN["pupils_ehc_plan"]]
        need = plans + counts[:, COLUMN["pupils_sen_support"]] + counts[:, COLUMN["pupils_waiting_identification"]]
        assert plans.min() > 0.0
        assert plans.max() < MOST_WITH_PLANS * pupils
        assert need.max() < MOST_WITH_NEED * pupils
        parts = sum(counts[:, part] for part in PARTS_OF_ALLOCATED_HOURS)
        assert np.abs(parts / counts[:, Quantity.ALLOCATED_HOURS] - 1.0).max() < MOST_HOURS_GAP
    assert totals.smallest >= 0


@pytest.mark.engine
def test_no_stock_runs_away_or_collapses_in_either_arm() -> None:
    schools = only_councils(synthetic_england(), COUNCILS)
    totals = run("full_time")
    assert outside(totals, STOCKS, LEAST, MOST, SMALL) == []
    assert outside(totals, {one.key: (one.key,) for one in Quantity}, 0.0, ANY, 4.0 * SMALL) == []
    check(totals, float(schools.pupils.sum()))


@pytest.mark.engine
def test_without_damping_independent_schools_would_empty() -> None:
    """The bounds of the test above are such that trends without an end leave them."""
    left = outside(run("full_time", trend_damping=1.0), STOCKS, LEAST, MOST, SMALL)
    assert any(one.startswith("baseline pupil_years.independent_special") for one in left)


@pytest.mark.engine
def test_the_first_years_are_those_of_a_run_without_the_others() -> None:
    """But for the last one: a policy arm reads requests that the no-policy arm files after it, if it goes on so far."""
    long, short = arms(run("full_time")), arms(run("full_time", years=10))
    np.testing.assert_array_equal(long["baseline"][:10], short["baseline"])
    np.testing.assert_array_equal(long["policy"][:9], short["policy"][:9])
    np.testing.assert_allclose(long["policy"][9], short["policy"][9], rtol=0.02, atol=SMALL)


@pytest.mark.engine
def test_the_announced_fall_in_plans_ends() -> None:
    """Entries that are fitted to a fall would leave no plans in the end; those that hold the rest do not."""
    plans = {law: arms(run("full_time", law))["baseline"][:, COLUMN["pupils_ehc_plan"]] for law in LAWS}
    announced, current = plans["announced"], plans["current_law"]
    assert announced[7] < 0.5 * announced[0]
    assert announced[-1] > 0.35 * announced[0]
    assert (announced[3:] < current[3:]).all()


@pytest.mark.study
@pytest.mark.parametrize("policy", ["full_time", "hours_by_need", "everything"])
@pytest.mark.parametrize("draw", [0, 1, 2, 3])
def test_no_stock_of_a_sample_of_england_runs_away_in_any_draw(policy: str, draw: int) -> None:
    """Wider bounds, for growth rates are drawn. A policy that opens places each year is to empty independent ones."""
    totals = run(policy, draw=draw, share=0.02)
    stocks = {key: of for key, of in STOCKS.items() if policy != "everything" or key not in REPLACED}
    assert outside(totals, stocks, 0.25, 2.0, 3000.0) == []
    check(totals, float(synthetic_england().pupils.sum()))
