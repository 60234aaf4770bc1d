"""Quantile functions: rising, within their support, with the mean that they state, and the spike's mass."""

from __future__ import annotations

import math
from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from sencosim.evidence.distributions import (
    PARAMETERS,
    Distribution,
    Spike,
    describe,
    limits,
    mean,
    ordered_quantile,
    pert_table,
    quantile,
    share_at_or_below,
)

pytestmark = pytest.mark.property

shares = st.floats(1e-6, 1.0 - 1e-6)
positive = st.floats(0.2, 20.0)
real = st.floats(-50.0, 50.0)


@st.composite
def three(draw: st.DrawFn) -> dict[str, float]:
    low, width = draw(real), draw(st.floats(0.1, 50.0))
    return {"min": low, "mode": low + width * draw(st.floats(0.0, 1.0)), "max": low + width}


@st.composite
def samples(draw: st.DrawFn) -> Distribution:
    steps = draw(st.lists(st.floats(0.01, 10.0), min_size=1, max_size=8))
    return Distribution(family="sample", values=tuple(accumulate(steps, initial=draw(real))))


@st.composite
def mixtures(draw: st.DrawFn) -> Distribution:
    parts = draw(st.lists(simple(), min_size=1, max_size=4))
    shares = draw(st.lists(st.floats(0.1, 1.0), min_size=len(parts), max_size=len(parts)))
    return Distribution(family="mixture", weights=[one / sum(shares) for one in shares], components=parts)


@st.composite
def simple(draw: st.DrawFn) -> Distribution:
    family = draw(st.sampled_from(sorted(set(PARAMETERS) - {"mixture"})))
    if family in {"pert", "triangular"}:
        return Distribution(family=family, **draw(three()))
    if family == "uniform":
        ends = draw(three())
        return Distribution(family=family, min=ends["min"], max=ends["max"])
    if family == "beta":
        return Distribution(family=family, a=draw(positive), b=draw(positive))
    if family == "lognormal":
        return Distribution(family=family, median=draw(positive), s=draw(st.floats(0.01, 1.0)))
    if family == "normal":
        return Distribution(family=family, mean=draw(real), sd=draw(positive))
    return draw(samples()) if family == "sample" else Distribution(family="fixed", value=draw(real))


def support(dist: Distribution) -> tuple[float, float]:
    if dist.family == "fixed":
        return dist.number("value"), dist.number("value")
    if dist.family in {"pert", "triangular", "uniform"}:
        return dist.number("min"), dist.number("max")
    if dist.values is not None:
        return dist.values[0], dist.values[-1]
    if dist.family == "beta":
        return 0.0, 1.0
    return (0.0 if dist.family == "lognormal" else -math.inf), math.inf


def with_spike(dist: Distribution, at: float, mass: float) -> Distribution:
    return dist.model_copy(update={"spike": Spike(at=at, mass=mass)})


@given(simple(), shares, shares)
def test_rises_and_stays_in_the_support(dist: Distribution, u: float, v: float) -> None:
    low, high = support(dist)
    first, second = quantile(dist, min(u, v)), quantile(dist, max(u, v))
    assert first <= second + 1e-9 * max(1.0, abs(second))
    slack = 1e-9 * max(1.0, abs(first), abs(second))
    assert low - slack <= first
    assert second <= high + slack


@given(simple(), st.floats(0.0, 0.9), real)
@settings(max_examples=40, deadline=None)
def test_mean_by_quadrature_equals_the_stated_mean(dist: Distribution, mass: float, at: float) -> None:
    spiked = with_spike(dist, at, mass)
    points = 1000
    average = math.fsum(quantile(spiked, (i + 0.5) / points) for i in range(points)) / points
    spread = max(1.0, *(abs(quantile(dist, u)) for u in (0.001, 0.5, 0.999)), abs(at))
    assert average == pytest.approx(mean(spiked), abs=1e-2 * spread)


@given(simple(), st.floats(0.05, 0.9), st.integers(1, 19))
def test_spike_comes_first_and_has_its_mass(dist: Distribution, mass: float, part: int) -> None:
    at = 1234.5
    spiked = with_spike(dist, at, mass)
    u = part / 20
    if u < mass:
        assert quantile(spiked, u) == at
    else:
        rest = max((u - mass) / (1.0 - mass), 1e-15)
        assert quantile(spiked, u) == pytest.approx(quantile(dist, rest))


@given(simple(), shares)
def test_share_is_the_inverse_of_the_quantile(dist: Distribution, u: float) -> None:
    value = quantile(dist, u)
    if dist.family == "fixed":
        assert share_at_or_below(dist, value) == 1.0
    else:
        assert share_at_or_below(dist, value) == pytest.approx(u, abs=1e-5)


@given(simple(), st.floats(0.0, 0.8), real)
def test_limits_put_the_spike_in_its_place(dist: Distribution, mass: float, at: float) -> None:
    spiked = with_spike(dist, at, mass)
    low, high = limits(spiked)
    assert low <= high + 1e-12
    slack = 1e-6 * max(1.0, abs(low), abs(high))
    assert share_at_or_below(spiked, low + slack) >= 0.025 - 1e-3
    assert share_at_or_below(spiked, high + slack) >= 0.975 - 1e-3


@given(st.floats(0.0, 20.0), st.floats(0.1, 20.0), st.floats(0.0, 1.0))
def test_pert_table(low: float, width: float, lean: float) -> None:
    mode, high = low + lean * width, low + width
    table = pert_table(low, mode, high)
    assert len(table) == 257
    assert table == sorted(table)
    assert low <= table[0]
    assert table[-1] <= high
    assert math.fsum(table) / 257 == pytest.approx((low + 4 * mode + high) / 6, abs=0.005 * width)


@pytest.mark.parametrize("u", [0.0, 1.0, -0.1, math.nan])
def test_refuses_what_is_not_between_0_and_1(u: float) -> None:
    with pytest.raises(ValueError, match="strictly between"):
        quantile(Distribution(family="beta", a=1, b=1), u)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"family": "pert", "min": 1, "mode": 2}, "needs exactly min, mode, max"),
        ({"family": "beta", "a": 1, "b": 2, "max": 3}, "needs exactly a, b"),
        ({"family": "pert", "min": 1, "mode": 5, "max": 4}, "min <= mode <= max"),
        ({"family": "uniform", "min": 1, "max": 1}, "min below max"),
        ({"family": "lognormal", "median": -1, "s": 0.1}, "median of a lognormal"),
        ({"family": "beta", "a": 1, "b": 1, "spike": {"at": 0, "mass": 1.0}}, "share from 0 to below 1"),
        ({"family": "gamma", "a": 1}, "Input should be"),
        ({"family": "sample", "values": [2.0, 1.0]}, "in rising order"),
    ],
)
def test_refuses_impossible_distributions(fields: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Distribution.model_validate(fields)


@given(simple())
def test_words_name_every_parameter(dist: Distribution) -> None:
    words = describe(dist)
    ends = None if dist.values is None else (dist.values[0], dist.values[-1])
    numbers = ends or [dist.number(name) for name in PARAMETERS[dist.family]]
    assert all(f"{number:g}" in words for number in numbers)


THREE = Distribution(
    family="mixture",
    weights=(0.6, 0.2, 0.2),
    components=(
        Distribution(family="fixed", value=1.0),
        Distribution(family="uniform", min=0.2, max=1.0),
        Distribution(family="lognormal", median=1.5, s=0.4),
    ),
)


@pytest.mark.parametrize(("u", "value"), [(0.3, 1.0), (0.59, 1.0), (0.6, 0.2), (0.7, 0.6), (0.9, 1.5)])
def test_components_of_a_mixture_take_their_turns(u: float, value: float) -> None:
    assert quantile(THREE, u) == pytest.approx(value)


def test_a_mixture_in_order_keeps_its_atoms_exact() -> None:
    assert ordered_quantile(THREE, 0.5) == 1.0
    assert share_at_or_below(THREE, ordered_quantile(THREE, 0.1)) == pytest.approx(0.1)
    assert share_at_or_below(THREE, 1.0) == pytest.approx(0.831, abs=1e-3)
    assert mean(THREE) == pytest.approx(0.6 + 0.12 + 0.3 * math.exp(0.08))


@given(mixtures(), shares, shares)
def test_a_mixture_in_order_rises_and_undoes_its_distribution(dist: Distribution, u: float, v: float) -> None:
    first, second = ordered_quantile(dist, min(u, v)), ordered_quantile(dist, max(u, v))
    assert first <= second + 1e-9 * max(1.0, abs(second))
    slack = 1e-6 * max(1.0, abs(second))
    assert share_at_or_below(dist, second + slack) >= max(u, v) - 1e-6


@given(mixtures())
@settings(max_examples=40, deadline=None)
def test_the_mean_of_a_mixture_is_the_mean_of_its_draws(dist: Distribution) -> None:
    points = 2000
    average = math.fsum(quantile(dist, (i + 0.5) / points) for i in range(points)) / points
    spread = max(1.0, *(abs(quantile(dist, u)) for u in (0.001, 0.25, 0.5, 0.75, 0.999)), abs(mean(dist)))
    assert average == pytest.approx(mean(dist), abs=2e-2 * spread)


@given(mixtures())
def test_words_of_a_mixture_say_each_component(dist: Distribution) -> None:
    assert describe(dist).count("with weight") == len(dist.components or ())


@pytest.mark.parametrize("weights", [(0.5, 0.4, 0.2), (0.5, 0.5), (1.0, 0.5, -0.5)])
def test_refuses_weights_that_are_not_shares_of_one(weights: tuple[float, ...]) -> None:
    with pytest.raises(ValidationError, match="one weight above 0 for each component"):
        Distribution(family="mixture", weights=weights, components=THREE.components)
