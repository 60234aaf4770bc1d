"""Naive forecasts are as wide as they missed before, and the damping that served best is found."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sencosim.calibration import rolling_origin
from sencosim.calibration.forecast import DAMPING
from sencosim.calibration.published import FROZEN, year_of
from sencosim.calibration.result import load_result
from sencosim.calibration.rolling_origin import damping, errors, last_growth, last_value, naive_sd
from sencosim.decisions.resampling import keyed_normals
from sencosim.evidence.register import load_register

pytestmark = pytest.mark.property


def _made_up(monkeypatch, figures):
    """Let the register hold this series alone, by name and year."""
    monkeypatch.setattr(rolling_origin, "published", lambda *asked: figures.get((asked[0], asked[1], asked[3])))


def test_errors_come_from_every_origin_and_none_from_years_to_avoid():
    history = {year: float(np.exp(0.1 * (year - 2015))) for year in range(2015, 2023)}
    assert errors("suspensions", history, last_value, 2) == pytest.approx([0.2] * 6)
    assert errors("suspensions", history, last_growth, 2) == pytest.approx([0.0] * 5)
    assert len(errors("suspensions", history, last_value, 2, avoid=(2020,))) == 4


def test_the_width_of_a_random_walk_grows_with_the_root_of_the_years_ahead(monkeypatch):
    steps = 0.1 * keyed_normals(40, 1, "walk")
    figures = {("suspensions", "a", 1990 + year): float(np.exp(level)) for year, level in enumerate(np.cumsum(steps))}
    _made_up(monkeypatch, figures)
    monkeypatch.setattr(rolling_origin, "FIRST_YEAR", 1990)
    one, four = (naive_sd("suspensions", "a", "january", 2022, "last", ahead) for ahead in (1, 4))
    assert one == pytest.approx(0.1, rel=0.25)
    assert four == pytest.approx(2.0 * one, rel=0.4)
    beyond = naive_sd("suspensions", "a", "january", 2022, "last", 60)  # no origin is so far back: grown from 30 years
    assert beyond == pytest.approx(naive_sd("suspensions", "a", "january", 2022, "last", 30) * math.sqrt(2.0))


def test_a_series_that_is_too_short_has_no_width_of_its_own(monkeypatch):
    _made_up(monkeypatch, {("suspensions", "a", year): 1.0 + year for year in (2020, 2021, 2022)})
    assert math.isnan(naive_sd("suspensions", "a", "january", 2022, "last", 1))


def test_no_width_knows_a_year_that_its_test_did_not(monkeypatch):
    asked = []

    def published(series, breakdown, kind, year):
        asked.append((kind, year))
        return 1.0 + year % 3

    monkeypatch.setattr(rolling_origin, "published", published)
    for series, breakdown, kind in load_result().named:
        naive_sd(series, breakdown, kind, FROZEN.last(kind), "growth", 2)
    assert all(year <= FROZEN.last(kind) for kind, year in asked)


@pytest.mark.parametrize("truth", [0.3, 0.6, 0.9])
def test_the_damping_that_made_the_series_is_found(monkeypatch, truth):
    names = ["suspensions", "ehcp_caseload", "ehcp_new_plans", "tribunal_appeals_registered", "pupils_sen_support"]
    figures = {}
    for series in names:
        for breakdown in "abc":
            level, growth = 5.0, 0.1
            for year, noise in zip(range(2013, 2026), keyed_normals(13, 1, f"{series} {breakdown}"), strict=True):
                figures[series, breakdown, year] = float(np.exp(level + 0.002 * noise))
                growth = 0.1 if year < 2018 else growth * truth  # a steady trend until the first origin, damped after
                level += growth
    _made_up(monkeypatch, figures)
    monkeypatch.setattr(rolling_origin, "ORIGINS", range(2018, 2019))
    found = damping([(series, breakdown, "january") for series in names for breakdown in "abc"], 0.85)
    assert found.best == pytest.approx(truth, abs=0.06)
    assert found.low <= found.best <= found.high
    assert (found.series, found.families) == (15, 5)


def test_the_published_series_are_read_by_kind():
    assert {year_of(row.period)[0] for row in load_result().rows} == {"calendar", "january", "school_year"}


def test_the_register_holds_the_damping_that_the_published_series_show():
    known = load_register().get("fact_trend_damping_rolling_origin")
    found = damping(load_result().named, DAMPING)
    assert found.best == pytest.approx(known.value, abs=0.005)
    assert known.interval[0] < found.low < found.best < found.high <= known.interval[1]
    assert f"{found.figures} figures of {found.families} families" in known.note
