"""Figures of a policy: support where it is lowest."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sencosim.costing.discount import present_value
from sencosim.costing.money import money_by_year
from sencosim.model import RunResult, price_book
from sencosim.outcomes.catalogue import OUTCOME, quantities
from sencosim.outcomes.policy_figures import LOWEST_SHARE, WORTHS, _at_worths, _lowest, worth_name
from sencosim.outcomes.social import WORTH
from sencosim.vocabulary import COLUMN

SIZES, YEARS = 10, 3


@pytest.mark.property
@given(st.permutations(range(1, SIZES + 1)), st.floats(0.1, 10.0))
def test_support_where_it_is_lowest_is_that_of_the_fifth_of_need_that_has_least_in_the_baseline(
    ranks: list[int], factor: float
) -> None:
    intensity = OUTCOME["support_intensity"]
    (top,), (bottom,) = quantities(intensity.of), quantities(intensity.per)
    baseline = np.zeros((SIZES, YEARS, len(COLUMN)))
    baseline[:, :, bottom], baseline[:, :, top] = 1.0, np.array(ranks)[:, None]
    pair = cast(Any, SimpleNamespace(baseline=baseline))
    lowest = np.array(ranks) <= LOWEST_SHARE * SIZES
    policy = baseline.copy()
    policy[lowest, :, top] *= factor
    policy[~lowest, :, top] *= 3.0
    assert _lowest(policy, pair, YEARS) == pytest.approx(factor * _lowest(baseline, pair, YEARS))
    assert _lowest(baseline, pair, YEARS) > 0.0


@pytest.mark.engine
def test_social_value_at_a_worth_is_what_the_prices_of_that_worth_say(full_time: RunResult) -> None:
    scenario, view = full_time.scenario, "sceptic"
    pair = next(full_time.points(view))
    change = (pair.policy - pair.baseline).sum(axis=0)[-scenario.horizon.years :]
    change[:, COLUMN["pupil_years.independent_special"]] -= 3.0

    def npsv(values: dict[str, Any]) -> float:
        book = price_book(scenario, view, values)
        return float(present_value(money_by_year(change[None], book, scenario.horizon.first)["npsv"][0]))

    found = _at_worths(pair, scenario, view, change, npsv(dict(pair.values)))
    expected = {worth_name(worth): npsv({**pair.values, WORTH: worth}) for worth in WORTHS}
    assert found == pytest.approx(expected)
    assert len(set(found.values())) == len(WORTHS)
