"""The likelihood's correlation of errors, and what is printed of the chains."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from sencosim.calibration.fit import SAME_SERIES, mixing, whitening
from sencosim.calibration.targets import Target
from sencosim.decisions.resampling import keyed_normals
from sencosim.evidence.explain import explain_parameter
from sencosim.evidence.posterior import FEWEST_EFFECTIVE, Mixing, load_posterior

pytestmark = pytest.mark.property

TARGETS = [Target(key, 0.0, 1.0) for key in ("requests@2023", "requests@2024", "special@2023", "requests@2025")]
CORRELATION = np.array([[1, 0.5, 0, 0.5], [0.5, 1, 0, 0.5], [0, 0, 1, 0], [0.5, 0.5, 0, 1]])


def test_errors_of_one_series_are_correlated_and_of_two_are_not():
    assert SAME_SERIES == 0.5
    whiten = whitening(TARGETS)
    assert np.linalg.inv(whiten @ whiten.T) == pytest.approx(CORRELATION)


def test_the_log_density_is_that_of_the_correlated_normal():
    gaps = keyed_normals(4, 1, "gaps")
    z = gaps @ whitening(TARGETS)
    assert z @ z == pytest.approx(gaps @ np.linalg.solve(CORRELATION, gaps))


def test_the_same_miss_in_every_year_weighs_less_than_misses_that_change_sign():
    """A bias that lasts is one error of the model, not one a year."""
    whiten = whitening(TARGETS)
    lasting, changing = np.array([1.0, 1.0, 0.0, 1.0]), np.array([1.0, -1.0, 0.0, 1.0])
    assert ((lasting @ whiten) ** 2).sum() == pytest.approx(1.5)
    assert ((changing @ whiten) ** 2).sum() > 4.0


def test_chains_that_agree_have_an_r_hat_of_one_and_chains_that_do_not_have_more():
    chain = keyed_normals(400 * 6 * 2, 1, "chains").reshape(400, 6, 2)
    r_hat, effective = mixing(chain)
    assert r_hat == pytest.approx(1.0, abs=0.01)
    assert effective == pytest.approx(2400, rel=0.3)
    apart = chain + np.array([0.0, 0.0, 0.0, 3.0, 3.0, 3.0])[None, :, None]
    assert mixing(apart)[0] > 1.5


@pytest.mark.parametrize(
    ("r_hat", "effective", "words"),
    [
        (1.005, 900, "the chains have mixed"),
        (1.03, 900, "usable"),
        (1.15, 900, "have not mixed well"),
        (1.005, FEWEST_EFFECTIVE - 1, "have not mixed well"),
    ],
)
def test_the_words_follow_the_usual_rules(r_hat, effective, words):
    assert words in str(Mixing(r_hat, effective))


def test_whoever_asks_for_a_fitted_parameter_reads_how_well_its_chains_mixed():
    shipped = load_posterior().mixing()
    assert f"R-hat {shipped.r_hat:.3f}" in explain_parameter("request_rate_primary")
    assert "R-hat" not in explain_parameter("hours_per_day")
    made_by = json.loads(json.dumps(dict(load_posterior().made_by)))
    made_by["shipped"] |= {"r_hat": 1.002, "effective_draws": 5000}
    assert replace(load_posterior(), made_by=made_by).mixing() == Mixing(1.002, 5000.0)
