"""The verdict and what page one says of it: it follows the numbers, whatever they are."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sencosim.calibration.result import (
    AHEAD,
    COVERAGE_LIMITS,
    HEADLINE_TEST,
    BacktestResult,
    Row,
    Score,
    fingerprint,
    load_result,
    sentence_of,
    write_result,
)
from sencosim.engine.pair import read_evidence
from sencosim.evidence.posterior import load_posterior, row_of_draw
from sencosim.evidence.register import load_register
from sencosim.report.answer import UNPROVEN
from sencosim.scenario.schema import Scenario

pytestmark = pytest.mark.property

ROW = Row(HEADLINE_TEST, "s", "all", "2024", 1.0, 2.0, 3.0, 2.5, 1.0, 4.0, AHEAD)


def _score(error: float, naive: float, covered: int, periods: int = 10) -> Score:
    return Score(HEADLINE_TEST, "s", "all", error, error, covered, periods, naive, naive)


SCORES = st.lists(
    st.builds(_score, st.floats(0, 50), st.floats(0, 50), st.integers(0, 10)), min_size=1, max_size=20
).map(tuple)


@given(SCORES)
def test_passed_only_if_most_series_are_nearer_than_naive_and_intervals_cover_what_they_claim(scores):
    result = BacktestResult("2026-01-01", "now", (ROW,), scores)
    won = sum(score.error < score.naive_last for score in scores)
    share = sum(score.covered for score in scores) / sum(score.periods for score in scores)
    expected = won >= len(scores) / 2 and COVERAGE_LIMITS[0] <= share <= COVERAGE_LIMITS[1]
    assert (result.state("now") == "passed") is expected
    assert result.state("later") == "stale"
    assert replace(result, rows=()).state("now") == "missing"


@given(SCORES)
def test_the_sentence_quotes_the_counts_and_says_when_they_are_not_good_enough(scores):
    result = BacktestResult("2026-01-01", "now", (ROW,), scores)
    won, of = result.beaten()
    told = sentence_of(result, result.state("now"))
    assert f"{won} of {of} published series" in told
    assert ("failed" in told) == (result.state("now") == "failed")
    assert "must be made again" in sentence_of(result, "stale")


def test_a_series_without_naive_forecast_is_not_counted_as_beaten():
    alone = Score(HEADLINE_TEST, "s", "all", 1.0, 1.0, 1, 1, math.nan, math.nan)
    assert not alone.beats_naive
    assert BacktestResult("d", "c", (ROW,), (alone,)).beaten() == (0, 0)


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
