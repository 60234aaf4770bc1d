"""Roots that are known are found, with intervals that hold them; where there is none, that is said."""

from __future__ import annotations

import numpy as np
import pytest
from decisions.synthetic import Floats
from hypothesis import given, settings
from hypothesis import strategies as st

from sencosim.decisions.breakeven import (
    EvidenceRange,
    evidence_range,
    switching_value,
    switching_value_of_curve,
    zero_lines,
)
from sencosim.decisions.resampling import keyed_normals
from sencosim.errors import InputError
from sencosim.evidence.distributions import Distribution
from sencosim.studies.breakeven_search import switch_in_words

KNOWN = EvidenceRange(0.0, 2.0, 4.0, 6.0)


class Model:
    """Net benefit ``slope * (x - root)`` plus noise that does not depend on x; counts its calls."""

    def __init__(self, root: float, slope: float = 1.0, noise: float = 0.5, n: int = 40, seed: int = 1) -> None:
        self.root, self.slope, self.calls = root, slope, 0
        self.noise = noise * keyed_normals(n, seed, "net")

    def __call__(self, x: float) -> Floats:
        self.calls += 1
        return np.asarray(self.slope * (x - self.root) + self.noise, np.float64)


@pytest.mark.property
@given(st.floats(0.5, 9.5), st.sampled_from([-3.0, 0.5, 2.0]))
@settings(max_examples=25)
def test_a_root_is_found_where_it_is(root: float, slope: float) -> None:
    model = Model(root, slope)
    found = switching_value(model, (0.0, 10.0), seed=1)
    exact = root - model.noise.mean() / slope
    if 0.0 < exact < 10.0:
        assert found.status == "found"
        assert found.value == pytest.approx(exact, abs=0.01)
        assert found.low <= found.value <= found.high


@pytest.mark.unit
def test_interval_has_the_width_that_theory_gives() -> None:
    model = Model(5.0, slope=2.0, noise=1.0, n=100)
    found = switching_value(model, (0.0, 10.0), seed=1)
    half_width = 1.2816 * model.noise.std(ddof=1) / np.sqrt(100) / 2.0
    assert (found.high - found.low) / 2.0 == pytest.approx(half_width, rel=0.2)
    assert model.calls < 15


@pytest.mark.unit
def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    hits = 0
    for seed in range(200):
        found = switching_value(Model(5.0, n=60, seed=seed), (0.0, 10.0), seed=seed)
        hits += found.low <= 5.0 <= found.high
    assert 0.72 <= hits / 200 <= 0.87  # 80 % within chance and the known shortness of the percentile interval


@pytest.mark.parametrize(
    ("root", "place"),
    [
        (3.0, "inside the likely range"),
        (5.0, "inside the evidence, outside the likely range"),
        (9.0, "not within the evidence"),
    ],
)
@pytest.mark.unit
def test_place_in_the_evidence_is_said(root: float, place: str) -> None:
    found = switching_value(Model(root, noise=0.1), (0.0, 10.0), seed=1, evidence=KNOWN)
    assert found.place == place
    assert place in switch_in_words(found, "the fee", "GBP")


@pytest.mark.unit
def test_no_root_is_no_number() -> None:
    found = switching_value(Model(20.0), (0.0, 10.0), seed=1, evidence=KNOWN)
    assert found.status == "no root in range"
    assert np.isnan(found.value)
    assert found.place == ""
    assert switch_in_words(found, "the fee", "GBP") == (
        "Nothing between 0 and 10 GBP for the fee changes the answer: the policy costs money throughout."
    )
    assert "saves money throughout" in switch_in_words(switching_value(Model(-5.0), (0.0, 10.0), seed=1), "the fee")


@pytest.mark.unit
def test_an_interval_can_leave_the_range() -> None:
    found = switching_value(Model(9.9, noise=3.0), (0.0, 10.0), seed=3)
    if found.status == "no root in range":
        pytest.fail("the seed must give a root near the end")
    assert found.high == np.inf
    assert 0.0 < found.low < 10.0
    assert "above the range searched" in switch_in_words(found, "the fee")


@pytest.mark.unit
def test_several_roots_are_all_named_and_the_nearest_taken() -> None:
    found = switching_value(lambda x: np.array([(x - 2.0) * (x - 7.0)] * 3), (0.0, 10.0), seed=1, start=6.0, points=9)
    assert found.status == "several roots"
    assert found.roots == pytest.approx((2.0, 7.0), abs=0.02)
    assert found.value == pytest.approx(7.0, abs=0.02)
    assert "changes more than once" in switch_in_words(found, "the fee", today=6.0)


@pytest.mark.unit
def test_a_rerun_confirms_or_does_not() -> None:
    agrees = switching_value(Model(5.0), (0.0, 10.0), seed=1, rerun=Model(5.0, seed=2))
    differs = switching_value(Model(5.0), (0.0, 10.0), seed=1, rerun=Model(6.0, seed=2))
    assert agrees.confirmed is True
    assert differs.confirmed is False
    assert differs.rerun_net == pytest.approx(-1.0, abs=0.3)
    assert "does not confirm" in switch_in_words(differs, "the fee")
    with pytest.raises(InputError, match="two replications"):
        switching_value(Model(5.0), (0.0, 10.0), seed=1, rerun=Model(5.0, n=1))


@pytest.mark.unit
def test_bad_searches_are_refused() -> None:
    with pytest.raises(InputError, match="needs a range"):
        switching_value(Model(5.0), (3.0, 3.0), seed=1)
    with pytest.raises(InputError, match="not a finite number"):
        switching_value(lambda x: np.array([np.nan, x]), (0.0, 1.0), seed=1)


@pytest.mark.unit
def test_one_replication_has_no_interval() -> None:
    found = switching_value(Model(5.0, n=1), (0.0, 10.0), seed=1)
    assert np.isnan(found.low)
    assert "no interval" in switch_in_words(found, "the fee")


@pytest.mark.unit
def test_a_curve_with_errors_gives_its_root_and_what_is_not_told_from_it() -> None:
    x = np.linspace(0.0, 10.0, 11)
    found = switching_value_of_curve(x, 2.0 * (x - 4.3), np.full(11, 1.0), n=200, near=5.0, evidence=KNOWN)
    assert (found.status, found.n) == ("found", 200)
    assert found.value == pytest.approx(4.3)
    # Where twice the distance is 1.2816 standard errors, but for the straight lines about the root.
    assert found.low == pytest.approx(4.3 - 0.641, abs=0.1)
    assert found.high == pytest.approx(4.3 + 0.641, abs=0.1)
    assert switching_value_of_curve(x, x + 1.0, np.ones(11), n=50, near=5.0).status == "no root in range"
    vague = switching_value_of_curve(x, x - 4.3, np.full(11, 50.0), n=50, near=5.0)
    assert (vague.low, vague.high) == (-np.inf, np.inf)
    bent = switching_value_of_curve(x, (x - 2.5) * (x - 7.5), np.full(11, 1.0), n=50, near=7.0)
    assert bent.status == "several roots"
    assert bent.value == pytest.approx(7.5, abs=0.1)
    assert 2.5 < bent.low < 7.5


@pytest.mark.property
@given(st.floats(0.2, 0.9), st.floats(0.2, 0.9))
@settings(max_examples=20)
def test_zero_line_of_a_plane(a: float, b: float) -> None:
    first, second = np.linspace(0, 2, 9), np.linspace(0, 3, 7)
    (line,) = zero_lines(a * first[:, None] + b * second - 0.5, first, second)
    np.testing.assert_allclose(a * line[:, 0] + b * line[:, 1], 0.5, atol=1e-9)


@pytest.mark.unit
def test_no_zero_line_where_the_sign_never_changes() -> None:
    ends = np.linspace(0, 1, 3)
    assert zero_lines(1.0 + ends[:, None] + ends, ends, ends) == ()


@pytest.mark.unit
def test_range_of_evidence_comes_from_the_distribution() -> None:
    known = evidence_range(Distribution(family="uniform", min=0, max=1))
    assert (known.low, known.likely_low, known.likely_high, known.high) == (0.025, 0.1, 0.9, 0.975)


@pytest.mark.unit
@pytest.mark.parametrize("slope", [-1.0, 1.0])
@pytest.mark.parametrize("idle", [0.0, 10.0])
def test_an_input_that_takes_the_policy_out_of_action_does_not_change_the_answer(slope: float, idle: float) -> None:
    found = switching_value(lambda x: np.array([slope * abs(x - idle)] * 3), (0.0, 10.0), seed=1, rerun=Model(0.0))
    assert (found.status, found.roots, found.confirmed) == ("no root in range", (), None)
    verb = "costs" if slope < 0.0 else "saves"
    assert switch_in_words(found, "compliance") == (
        f"Nothing between 0 and 10 for compliance changes the answer: at {idle:g} the policy neither costs nor saves "
        f"anything, and elsewhere it {verb} money throughout."
    )


@pytest.mark.unit
def test_a_change_of_sign_at_a_point_that_is_scanned_is_found() -> None:
    found = switching_value(lambda x: np.array([x - 5.0] * 3), (0.0, 10.0), seed=1)
    assert (found.status, found.value) == ("found", 5.0)
