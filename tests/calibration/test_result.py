"""The verdict and what page one says of it: it follows the numbers, whatever they are."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sencosim.calibration.result import (
    AHEAD,
    BacktestResult,
    Row,
    Score,
    fingerprint,
    load_result,
    write_result,
)
from sencosim.calibration.scoring import FAMILIES, is_share
from sencosim.calibration.verdict import (
    HEADLINE_TEST,
    KNOWN,
    account,
    faults,
    naive_spreads,
    sentence_of,
    state_of,
)
from sencosim.engine.pair import read_evidence
from sencosim.evidence.posterior import load_posterior, row_of_draw
from sencosim.evidence.register import load_register
from sencosim.report.answer import UNPROVEN
from sencosim.scenario.schema import Scenario

pytestmark = pytest.mark.property

SERIES = tuple(names[0] for names in FAMILIES.values())


def _score(error, naive, covered, periods=10):
    return Score(HEADLINE_TEST, "s", "all", error, error, covered, periods, naive, naive)


def _row(series, came, naive=2.0):
    """A forecast of 100 (80 to 125), naive ones so many times the figure that came; shares are a tenth of all that."""
    part = 0.1 if is_share(series) else 1.0
    last = growth = naive * came * part
    return Row(
        HEADLINE_TEST, series, "all", "2024", 80 * part, 100 * part, 125 * part, came * part, last, growth, AHEAD
    )


def _result(came, naive=2.0):
    rows = tuple(_row(series, value, naive) for series, value in zip(SERIES, came, strict=True))
    return BacktestResult("2026-01-01", "now", rows, ())


MIXED = (90.0, 110.0) * 5 + (150.0,)
"""Figures on both sides of the median, one of them outside."""
ROW = _row(SERIES[0], 100.0)


def test_passes_when_unbiased_wide_enough_and_better_than_naive():
    for came in (MIXED, (60.0, *MIXED[1:])):
        result = _result(came)
        assert state_of(result, "now") == "passed"
        assert "failed" not in sentence_of(result, "passed")
        assert state_of(result, "later") == "stale"
        assert state_of(replace(result, rows=()), "now") == "missing"


def test_a_biased_forecast_fails_even_if_its_intervals_hold():
    for came, missed, side in ((110.0, 150.0, "low"), (90.0, 60.0, "high")):
        result = _result((came,) * 10 + (missed,))
        assert account(result, HEADLINE_TEST).coverage.holds
        assert faults(account(result, HEADLINE_TEST)) == [f"its forecasts are biased {side}"]
        assert state_of(result, "now") == "failed"
        assert f"biased {side}" in sentence_of(result, "failed")


@pytest.mark.parametrize(("ends", "word"), [((60.0, 150.0), "narrow"), ((99.0, 101.0), "wide")])
def test_fails_when_too_few_or_too_many_are_inside(ends, word):
    result = _result(ends * 5 + (90.0,))
    assert faults(account(result, HEADLINE_TEST)) == [f"its intervals are too {word}"]


def test_fails_when_a_naive_forecast_is_as_good():
    told = faults(account(_result(MIXED, naive=1.0), HEADLINE_TEST))
    assert told == ["the last value is as good", "the last growth is as good"]


@given(st.lists(st.sampled_from((60.0, 90.0, 110.0, 150.0)), min_size=11, max_size=11))
def test_the_sentence_quotes_the_counts_and_names_every_fault(came):
    result = _result(came)
    state, found = state_of(result, "now"), account(result, HEADLINE_TEST)
    told = sentence_of(result, state)
    above, below = came.count(150.0), came.count(60.0)
    assert f"held {len(came) - above - below} of 11 figures" in told
    assert found.missed == (above, below)
    if above + below:
        assert f"Of the {above + below} figures missed, {max(above, below)} " in told
    assert ("failed" in told) == (state == "failed") == bool(faults(found))
    assert all(fault in told for fault in faults(found))
    assert "must be made again" in sentence_of(result, "stale")


def test_the_shipped_back_test_failed_and_page_one_says_why():
    """The rows are frozen: the test was made once."""
    result = load_result()
    assert len(result.rows) == 306
    assert state_of(result, result.code) == "failed"
    told = sentence_of(result, "failed")
    assert "held 51 of 68 figures" in told
    assert "16 were above p90" in told
    assert "biased low" in told
    assert result.code == fingerprint(), "made by other code: make it again and compare its rows"


def test_naive_forecasts_of_short_series_take_the_width_of_their_family():
    rows = [row for row in load_result().rows if row.test == "from_2022" and row.when == AHEAD]
    spreads = dict(zip(rows, naive_spreads(rows, KNOWN["from_2022"]), strict=True))
    for row, spread in spreads.items():
        if not math.isnan(row.naive_last):
            assert spread["last"] >= 0.0
    short = next(row for row in rows if row.breakdown == "all_state|ehcp" and row.series == "suspensions")
    long = [
        spread["last"]
        for row, spread in spreads.items()
        if row.series == "suspension_rate" and row.period == short.period
    ]
    assert spreads[short]["last"] == pytest.approx(np.sqrt(np.mean(np.square(long))))


def test_a_series_without_naive_forecast_is_not_counted_as_beaten():
    alone = Score(HEADLINE_TEST, "s", "all", 1.0, 1.0, 1, 1, math.nan, math.nan)
    assert not alone.beats_naive
    assert BacktestResult("d", "c", (ROW,), (alone,)).beaten(HEADLINE_TEST) == (0, 0)


def test_every_state_but_passed_has_words_for_the_headline():
    assert set(UNPROVEN) == {"failed", "stale", "missing"}


def test_what_is_written_is_read(tmp_path, monkeypatch):
    path = tmp_path / "posterior" / "backtest.json"
    score = _score(3.0, math.nan, 5)
    write_result(BacktestResult("2026-02-03", fingerprint(), (ROW,), (score,)), path)
    monkeypatch.setattr("sencosim.calibration.result.evidence_folder", lambda: tmp_path)
    load_result.cache_clear()
    try:
        found = load_result()
    finally:
        load_result.cache_clear()
    assert (found.date, found.code, found.rows) == ("2026-02-03", fingerprint(), (ROW,))
    assert math.isnan(found.scores[0].naive_last)
    assert found.scores[0].error == 3.0


def test_registers_hold_the_means_of_the_posterior_sample():
    sample, register = load_posterior(), load_register()
    assert len(sample.rows) >= 100
    for column, mean in sample.means().items():
        name, _, position = column.partition(".")
        number = register.get(name).numbers[int(position) if position else 0]
        assert number == pytest.approx(mean, rel=2e-3, abs=1e-6)


def test_a_draw_takes_its_calibrated_parameters_together_from_one_row_unless_overridden():
    sample = load_posterior()
    drawn = read_evidence(Scenario(), "central", 3, 1)
    row = sample.rows[row_of_draw(1, 3)]
    for column, number in row.items():
        name, _, position = column.partition(".")
        assert (drawn.vectors[name][int(position)] if position else drawn.values[name]) == number
    changed = {"request_rate_primary": {"value": 0.2, "why": "a test"}}
    other = read_evidence(Scenario.model_validate({"overrides": changed}), "central", 3, 1)
    assert other.values["request_rate_primary"] == 0.2
