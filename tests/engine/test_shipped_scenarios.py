"""Every shipped scenario runs on a few schools, moves something, and can be priced."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest
from engine.small_worlds import england, schools_of

from sencosim.costing.cost import cost_of_difference
from sencosim.costing.prices import PriceBook
from sencosim.engine.pair import Pair, PairResult, run_pair
from sencosim.experiment.totals import ENGLAND, england_totals, tidy_totals
from sencosim.model import baseline_of, price_book
from sencosim.population.sampling import only_councils
from sencosim.population.schools import Population
from sencosim.report.assemble import MOST_HOURS_GAP, hours_gap
from sencosim.scenario.files import shipped_scenarios
from sencosim.scenario.load import load_scenario
from sencosim.scenario.schema import Scenario
from sencosim.vocabulary import COLUMN, Quantity

pytestmark = pytest.mark.engine

CORNWALL = 908
NO_QUESTION = ("baseline", "baseline_announced")
"""Scenarios that ask about no policy: both arms are the same."""
MOVED = {
    "protected_time": "added_hours",
    "hours_schedule": "added_hours",
    "slt_seat": "slt_seats_added",
    "admin_support": "admin_hours",
    "team": "team_hours_added",
    "supervision": "supervision_hours",
    "shared_senco": "posts_shared",
    "la_capacity": "ep_idle_hours",
    "tribunal_capacity": "appeal_capacity_added",
    "specialist_places": "special_places_added",
    "isp_duty": "due.support_plan",
    "training": "training_hours",
    "allowance": "posts_with_allowance",
    "key_worker": "hours_due.imposed_duties",
    "consistent_ehc_process": "hours.annual_review",
}
"""A quantity that each lever moves."""


def short(name: str) -> Scenario:
    """The scenario with results for five years of one view, and a seed with which the lot of a pilot falls here."""
    scenario = load_scenario(name).scenario
    horizon = scenario.horizon.model_copy(update={"years": 5})
    run = scenario.run.model_copy(update={"seed": 4, "warm_up_years": 0})
    return scenario.model_copy(update={"horizon": horizon, "run": run, "views": ("central",)})


@lru_cache(maxsize=1)
def few_schools() -> Population:
    """The three smallest primary schools of a council, which can share a SENCO, and two of more usual size."""
    council = only_councils(england(), (CORNWALL,))
    smallest = schools_of(CORNWALL, primary=3, secondary=0).school_id
    usual = [
        council.school_id[(council.phase == phase) & (council.pupils > pupils)][0]
        for phase, pupils in ((0, 250), (1, 800))
    ]
    return council.take(np.flatnonzero(np.isin(council.school_id, [*smallest, *usual])))


@lru_cache(maxsize=64)
def pair_of(name: str) -> PairResult:
    scenario = short(name)
    schools = few_schools()
    return run_pair(Pair("central", 0, 0), scenario, baseline_of(scenario), schools, "compiled")


def book_of(name: str) -> PriceBook:
    return price_book(short(name), "central", pair_of(name).values)


@pytest.mark.parametrize("name", shipped_scenarios())
def test_a_shipped_scenario_runs_moves_something_and_is_priced(name: str) -> None:
    scenario, pair = short(name), pair_of(name)
    moved = (pair.policy != pair.baseline).any(axis=(0, 1))
    assert moved.any() == (name not in NO_QUESTION and scenario.levers != type(scenario.levers)())
    unfilled = moved[COLUMN["policy_hours_unfilled"]] and not moved[COLUMN["added_hours"]]
    for lever, _ in scenario.levers.active():
        assert moved[COLUMN[MOVED[lever]]] or (unfilled and MOVED[lever] == "added_hours"), lever
    baseline, policy = england_totals(pair)
    ledger = tidy_totals(ENGLAND, {"value": (policy - baseline)[None]}, scenario.start_year, categories=False)
    lines = cost_of_difference(ledger, book_of(name))
    assert np.isfinite(lines["value_gbp"]).all()
    assert moved.any() or (lines["value_gbp"] == 0.0).all()


@pytest.mark.parametrize("name", shipped_scenarios())
def test_the_hours_of_a_shipped_scenario_pass_the_check_of_a_run_on_itself(name: str) -> None:
    pair = pair_of(name)
    assert hours_gap(pair.policy) < MOST_HOURS_GAP
    assert hours_gap(pair.baseline) < MOST_HOURS_GAP


def test_hours_that_are_lost_fail_the_check_of_a_run_on_itself() -> None:
    tally = pair_of("supervision").policy.copy()
    tally[:, :, Quantity.SUPERVISION_HOURS] = 0
    assert hours_gap(tally) > MOST_HOURS_GAP


def test_later_is_cheaper_within_the_same_years() -> None:
    now, later = (
        int((pair_of(name).policy - pair_of(name).baseline)[:, :, COLUMN["added_hours"]].sum())
        for name in ("full_time", "delayed")
    )
    assert now > later > 0


def test_a_grant_moves_who_pays_and_not_what_happens() -> None:
    assert (pair_of("full_time").policy == pair_of("national_grant").policy).all()
    books = [book_of(name) for name in ("full_time", "national_grant")]
    assert books[0].price("added_hours", "dfe") == 0.0 < books[1].price("added_hours", "dfe")


def test_time_given_with_the_duty_gets_more_plans_done() -> None:
    with_time, without = pair_of("isp_duty_with_time").policy, pair_of("isp_duty").policy
    done = [int(tally[:, :, COLUMN["done.support_review"]].sum()) for tally in (with_time, without)]
    assert done[0] > done[1]
