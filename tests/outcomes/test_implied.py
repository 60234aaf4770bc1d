"""What came out is a rate per doubling of the hours really worked for each pupil."""

from __future__ import annotations

import math
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from experiment.made_up import totals

from sencosim.experiment.jobs import Job
from sencosim.outcomes.implied import EFFECTS, implied_effects, per_doubling, rows_of
from sencosim.vocabulary import COLUMN, Quantity

VALUES = {name: 0.9 for effect in EFFECTS for name in effect.priors}


def arms(policy: dict[str, float]) -> np.ndarray:
    counts = np.full((2, len(Quantity)), 100.0)
    counts[:, COLUMN["patience_lost"]] = 10.0
    for name, factor in policy.items():
        counts[1, COLUMN[name]] *= factor
    return counts


@pytest.mark.unit
def test_twice_the_hours_and_nine_tenths_of_the_suspensions_give_back_the_prior() -> None:
    worked = ("casework", "support_reviews", "duties", "listed_development", "open_development")
    hours = {f"paid_hours.{one}": 2.0 for one in worked} | {"overtime_hours": 2.0}
    fewer = {f"suspensions.{one}": 0.9 for one in ("noticed", "sen_support", "ehc_plan")}
    table = rows_of({"primary": arms(hours | fewer)}, VALUES).set_index("prior")
    assert table["hours_ratio"].to_numpy() == pytest.approx(2.0)
    assert table.loc["effect_suspensions", "came_out_per_doubling"] == pytest.approx(0.9)
    assert table.loc["effect_appeals", "came_out_per_doubling"] == pytest.approx(1.0)
    assert table.loc["effect_requests_need x effect_requests_release", "prior_value"] == pytest.approx(0.81)


@pytest.mark.unit
def test_evenings_given_back_are_no_more_hours() -> None:
    table = rows_of({"primary": arms({"paid_hours.casework": 1.5, "overtime_hours": 0.5})}, VALUES)
    assert table["hours_ratio"].to_numpy() == pytest.approx(1.0)
    assert table["came_out_per_doubling"].isna().all()


@pytest.mark.unit
def test_a_phase_without_schools_is_left_out_and_nothing_is_divided_by_nought() -> None:
    assert rows_of({"primary": np.zeros((2, len(Quantity)))}, VALUES).empty
    assert math.isnan(per_doubling(0.0, 2.0))
    assert math.isnan(per_doubling(0.9, 0.0))


@pytest.mark.unit
@pytest.mark.parametrize(("year", "counts"), [(2, False), (3, True), (5, True), (6, False)])
def test_rates_are_of_the_last_three_years_of_the_horizon(year: int, counts: bool) -> None:
    """A policy that halves suspensions in one of seven simulated years; the horizon ends before the last of them."""
    pair = totals(Job("central", 0, 0, 1.0))
    arm = np.full((2, 7, len(Quantity)), 10.0)
    fewer = arm.copy()
    fewer[:, year, [COLUMN[f"suspensions.{one}"] for one in ("noticed", "sen_support", "ehc_plan")]] /= 2.0
    made_up = replace(pair, baseline=arm, policy=fewer, values=VALUES)
    scenario = SimpleNamespace(start_year=2022, horizon=SimpleNamespace(last=2027))
    run: Any = SimpleNamespace(scenario=scenario, points=lambda _: iter([made_up]))
    table = implied_effects(run, "central").set_index("prior")
    assert table.loc["effect_suspensions", "came_out"] == pytest.approx(2.5 / 3.0 if counts else 1.0)
