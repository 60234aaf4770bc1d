"""Scores of forecasts: published vectors, uniformity under simulation, and what each rule can and cannot see."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, kstest

from sencosim.calibration.backtest import all_series
from sencosim.calibration.published import LATEST
from sencosim.calibration.result import load_result
from sencosim.calibration.scoring import (
    FAMILIES,
    LEVEL,
    Z80,
    Z_DOUBT,
    Interval,
    Judged,
    account_of,
    coverage_of,
    family_of,
    from_scale,
    interval_score,
    is_share,
    normal_interval,
    pit,
    sign_test,
    to_scale,
    weighted_interval_score,
)
from sencosim.decisions.acceptability import wilson
from sencosim.decisions.resampling import keyed_normals

pytestmark = pytest.mark.property

NUMBER = st.floats(-1e3, 1e3)
ONE_OF_EACH = tuple(names[0] for names in FAMILIES.values())
NOTHING = {"last": Interval(math.nan, math.nan, math.nan), "growth": Interval(math.nan, math.nan, math.nan)}


# -- a figure


def test_the_interval_score_of_a_published_vector():
    """Test vector of the interval of 50 % in the reference implementation of Bosse and others (2022)."""
    came, low, high = (1.0, -15.0, 22.0), (0.0, 1.0, 0.0), (2.0, 2.0, 3.0)
    expected = [0.5, 16.25, 19.75]
    found = [0.25 * interval_score(*one, 0.5) for one in zip(came, low, high, strict=True)]
    assert found == pytest.approx(expected)


@given(NUMBER, st.lists(NUMBER, min_size=5, max_size=5).map(sorted))
def test_the_weighted_interval_score_is_twice_the_mean_quantile_loss(came, quantiles):
    """Identity in the supporting text of Bracher and others (2021)."""
    levels = (0.1, 0.25, 0.5, 0.75, 0.9)
    intervals = {0.8: (quantiles[0], quantiles[4]), 0.5: (quantiles[1], quantiles[3])}
    losses = [2.0 * ((came <= q) - level) * (q - came) for q, level in zip(quantiles, levels, strict=True)]
    assert weighted_interval_score(came, quantiles[2], intervals) == pytest.approx(np.mean(losses), abs=1e-9)


@given(NUMBER, NUMBER)
def test_without_an_interval_the_score_is_the_absolute_error(came, median):
    assert weighted_interval_score(came, median, {}) == abs(came - median)


def _normal(series, centre, sd, z, truth_sd=None, shift=0.0):
    """A figure drawn from its forecast, or from a wider or shifted one."""
    came = from_scale(series, centre + shift + (truth_sd or sd) * z)
    found = normal_interval(series, from_scale(series, centre), sd)
    return Judged(series, "all", "2024", found, came, NOTHING)


@pytest.mark.parametrize("series", ["suspensions", "ehcp_refused_share"])
def test_figures_drawn_from_their_forecasts_have_uniform_pits_and_others_have_not(series):
    z = keyed_normals(2000, 1, f"pit {series}")
    right, narrow, low = (
        [pit(_normal(series, -1.0, 0.2, one, truth_sd=truth, shift=shift)) for one in z]
        for truth, shift in ((0.2, 0.0), (0.3, 0.0), (0.2, 0.05))
    )
    assert kstest(right, "uniform").pvalue > 0.05
    assert max(kstest(narrow, "uniform").pvalue, kstest(low, "uniform").pvalue) < 1e-4


def test_a_skew_forecast_has_the_probabilities_that_its_quantiles_claim():
    for came, level in ((50.0, 0.1), (100.0, 0.5), (400.0, 0.9)):
        assert pit(Judged("suspensions", "all", "2024", Interval(50.0, 100.0, 400.0), came, {})) == pytest.approx(level)


@given(st.floats(1.0, 99.0), st.floats(0.01, 1.0))
def test_the_normal_interval_is_as_wide_as_told_in_the_scale_of_the_series(centre, sd):
    for series in ("suspensions", "ehcp_refused_share"):
        found = normal_interval(series, centre, sd)
        ends = [to_scale(series, one) for one in (found.p10, found.p90)]
        assert ends[1] - ends[0] == pytest.approx(2.0 * Z80 * sd, rel=1e-3)
        assert found.p10 < found.p50 < found.p90


# -- families


def test_every_series_of_the_back_test_has_one_family_and_its_own_scale():
    every = all_series(LATEST)
    named = [name for names in FAMILIES.values() for name in names]
    assert len(FAMILIES) == 11
    assert sorted(named) == sorted({series.series for series in every})
    assert all(is_share(series.series) == series.share for series in every)
    assert {family_of(row.series) for row in load_result().rows} == set(FAMILIES)


@given(st.integers(1, 40), st.data())
def test_the_sign_test_is_that_of_the_library(n, data):
    above = data.draw(st.integers(0, n))
    found = sign_test([1.0] * above + [-1.0] * (n - above))
    assert found.chance == pytest.approx(binomtest(above, n).pvalue)


def test_wilson_agrees_with_the_library_where_both_can_speak():
    expected = binomtest(51, 68).proportion_ci(0.9, method="wilson")
    assert wilson(51 / 68, 68, Z_DOUBT) == pytest.approx((expected.low, expected.high))


@given(st.lists(st.lists(st.booleans(), min_size=1, max_size=12), min_size=2, max_size=12))
def test_figures_are_worth_between_the_families_and_themselves(inside):
    found = coverage_of(inside)
    sizes = np.array([len(family) for family in inside])
    assert sizes.sum() ** 2 / (sizes**2).sum() - 1e-9 <= found.effective <= sizes.sum() + 1e-9
    assert found.low <= found.share + 1e-9
    assert found.share <= found.high + 1e-9


def test_the_interval_of_coverage_holds_in_nine_of_ten_worlds_whose_families_miss_together():
    """With the number of figures in place of their worth it holds in far fewer."""
    sizes, held, naive = [2, 2, 2, 4, 4, 8, 8, 2, 24, 6, 6], [], []
    for world in range(400):
        z = keyed_normals(sum(sizes) + len(sizes), world, "coverage")
        common, own = iter(z[: len(sizes)]), iter(z[len(sizes) :])
        inside = [
            [abs(math.sqrt(0.6) * shared + math.sqrt(0.4) * next(own)) < Z80 for _ in range(size)]
            for shared, size in zip(common, sizes, strict=True)
        ]
        found = coverage_of(inside)
        low, high = wilson(found.share, found.figures, Z_DOUBT)
        held.append(found.holds)
        naive.append(low <= LEVEL <= high)
    assert 0.83 <= np.mean(held) <= 0.99
    assert np.mean(naive) < np.mean(held)


# -- the whole account


def _worlds(seed, bias, rival_sd):
    """Two years of two series in each family, correlated within it, beside a rival of its own error."""
    z = keyed_normals(8 * len(ONE_OF_EACH), seed, "account").reshape(-1, 8)
    judged = []
    for series, draws in zip(ONE_OF_EACH, z, strict=True):
        for number in range(4):
            error = 0.1 * (math.sqrt(0.5) * draws[0] + math.sqrt(0.5) * draws[1 + number] + bias)
            centre = 0.0 if is_share(series) else 5.0
            rival = normal_interval(series, from_scale(series, centre + error + rival_sd * draws[7]), rival_sd)
            found = normal_interval(series, from_scale(series, centre), 0.1)
            judged.append(
                Judged(
                    series=series,
                    breakdown="ab"[number % 2],
                    period=str(2023 + number // 2),
                    forecast=found,
                    published=from_scale(series, centre + error),
                    naive={"last": rival, "growth": rival},
                )
            )
    return judged


def test_unbiased_forecasts_are_seldom_called_biased_and_biased_ones_often():
    def called(bias):
        return np.mean([account_of(_worlds(seed, bias, 0.2)).biased for seed in range(60)])

    assert called(0.0) <= 0.15
    assert called(1.2) >= 0.8


def test_a_rival_that_is_exact_wins_and_one_that_is_far_off_loses():
    exact, far = (account_of(_worlds(3, 0.0, sd)).ratios["last"] for sd in (0.01, 0.5))
    assert exact.low > 1.0
    assert far.high < 1.0
    assert far.low < far.value < far.high


def test_series_of_one_family_do_not_count_more_because_there_are_more_of_them():
    judged = _worlds(5, 0.0, 0.2)
    many = [
        Judged(one.series, f"{one.breakdown}{copy}", one.period, one.forecast, one.published, one.naive)
        for one in judged
        for copy in range(6 if one.series == ONE_OF_EACH[0] else 1)
    ]
    few, more = account_of(judged), account_of(many)
    assert more.ratios["last"].value == pytest.approx(few.ratios["last"].value)
    assert more.by_family == few.by_family
    assert more.by_series != few.by_series
    assert more.coverage.effective < more.coverage.figures
