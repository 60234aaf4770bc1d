"""Effects of any strength leave the base year where the calibration put it, and the central ones change nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sencosim.arms.inputs import EXCLUSION, N_OUTCOMES, REQUEST, SUSPENSION, FloatArray
from sencosim.arms.prepare import Draw, neutral_feedback
from sencosim.engine.feedback import CENTRAL_EFFECTS, FEW, MOST_ROUNDS, levelled
from sencosim.engine.pair import Short, feedback_of, level_feedback_of, read_evidence, with_central_effects
from sencosim.model import baseline_of
from sencosim.population.sampling import sample_councils
from sencosim.population.synthetic import synthetic_england
from sencosim.scenario.load import load_scenario

BASELINE = baseline_of(load_scenario("full_time").scenario)
SEED = 2026


@pytest.fixture(scope="module")
def short() -> Short:
    return Short(sample_councils(synthetic_england(), 0.02, SEED), BASELINE, SEED, 0, "compiled")


def read(view: str, draw: int = 0) -> Draw:
    return read_evidence(BASELINE, view, draw, SEED)


@pytest.mark.engine
def test_the_central_effects_change_no_bit(short: Short) -> None:
    where = (short.population, BASELINE, read("central"), SEED, 0)
    plain, level = feedback_of(*where), level_feedback_of(*where)
    for name in ("elasticity", "normaliser", "amplification", "late_ratio", "late_share", "mean_log2_coverage"):
        assert np.array_equal(getattr(plain, name), getattr(level, name)), name


@pytest.mark.engine
@pytest.mark.parametrize(("view", "draw"), [("campaign", 0), ("sceptic", 0), ("central", 1)])
def test_the_base_year_stays_whatever_the_effects(short: Short, view: str, draw: int) -> None:
    own = read(view, draw)
    central = with_central_effects(own)
    where = (short.population, BASELINE)
    target = short.count(short.inputs(central), feedback_of(*where, central, SEED, 0))
    before = short.count(short.inputs(own), feedback_of(*where, own, SEED, 0)) / target
    after = short.count(short.inputs(own), level_feedback_of(*where, own, SEED, 0)) / target
    assert np.abs(after - 1.0).max() < 0.2
    assert np.abs(after[:, [REQUEST, SUSPENSION]] - 1.0).max() < 0.16
    assert np.abs(after - 1.0).sum() < 0.5 * np.abs(before - 1.0).sum() or np.abs(before - 1.0).max() < 0.1
    if view == "campaign":
        assert before[1, SUSPENSION] > 1.3, "this view shows what levelling is for"


@pytest.mark.unit
def test_only_effects_are_put_at_the_centre() -> None:
    own = read("campaign", 3)
    central = with_central_effects(own)
    changed = {name for name, value in own.values.items() if central.values[name] != value}
    assert changed
    assert changed <= set(CENTRAL_EFFECTS)
    assert with_central_effects(read("central")).values == read("central").values


@pytest.mark.unit
def test_levelling_divides_by_what_comes_out_too_often_and_stops() -> None:
    target = np.full((2, N_OUTCOMES), 1_000.0 + FEW)
    calls = []

    def count(feedback: object) -> FloatArray:
        calls.append(feedback)
        found = target.copy()
        found[1, EXCLUSION] *= 2.0 / feedback.normaliser[1, EXCLUSION]  # type: ignore[attr-defined]
        return found

    level = levelled(neutral_feedback(), target, count)
    assert level.normaliser[1, EXCLUSION] == pytest.approx(2.0)
    assert len(calls) == 2
    assert (np.delete(level.normaliser.ravel(), N_OUTCOMES + EXCLUSION) == 1.0).all()
    calls.clear()
    levelled(replace(neutral_feedback()), target, lambda one: 2.0 * count(one))
    assert len(calls) == MOST_ROUNDS
