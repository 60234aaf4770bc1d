"""M14 against the 21 schools of North Lincolnshire, from which its elasticity comes: in-sample, not a validation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from sencosim.evidence.register import load_register
from sencosim.evidence.series import load_north_lincolnshire
from sencosim.randomness import uniforms
from sencosim.rules.chance import normal_quantile
from sencosim.rules.workforce import allocated_hours
from sencosim.vocabulary import STREAM

pytestmark = pytest.mark.unit

INTERCEPT_2016 = -0.34
"""Of the regression of ln hours on ln SEN pupils among the 21 schools; the register's intercepts are of 2025."""
PUBLISHED_BANDS = {"spearman": (0.10, 0.69), "cv": (0.66, 1.14), "mean": (5.7, 10.6)}
"""Posterior predictive, 5 to 95 per cent, from the evidence note on the SENCO workforce."""


def _summary(sen, hours):
    return {
        "spearman": stats.spearmanr(sen, hours).statistic,
        "cv": np.std(hours, ddof=1) / np.mean(hours),
        "mean": np.mean(hours),
    }


@pytest.fixture(scope="module")
def predicted():
    register = load_register()
    slope, sd = register.number("hours_elasticity"), register.number("hours_log_sd_primary")
    full_time = register.number("full_time_hours_per_week")
    sen = [school.sen_support + school.ehc_plans for school in load_north_lincolnshire()]
    schools = np.arange(len(sen), dtype=np.int64)
    found = []
    for replication in range(500):
        z = [normal_quantile(u) for u in uniforms(11, replication, STREAM["allocated_hours"], schools, 0)]
        hours = [
            min(full_time, allocated_hours(a, INTERCEPT_2016, slope, float(n), sd)) for a, n in zip(z, sen, strict=True)
        ]
        found.append(_summary(sen, hours))
    return {name: np.array([one[name] for one in found]) for name in PUBLISHED_BANDS}


@pytest.mark.parametrize("statistic", list(PUBLISHED_BANDS))
def test_in_sample_north_lincolnshire_lies_within_what_the_rule_predicts(predicted, statistic):
    schools = load_north_lincolnshire()
    observed = _summary([s.sen_support + s.ehc_plans for s in schools], [s.hours_per_week for s in schools])[statistic]
    low, high = np.percentile(predicted[statistic], [5, 95])
    assert low <= observed <= high
    published_low, published_high = PUBLISHED_BANDS[statistic]
    assert published_low <= observed <= published_high


@pytest.mark.parametrize("statistic", list(PUBLISHED_BANDS))
def test_in_sample_north_lincolnshire_prediction_agrees_with_the_published_one(predicted, statistic):
    low, high = PUBLISHED_BANDS[statistic]
    assert low <= np.median(predicted[statistic]) <= high
