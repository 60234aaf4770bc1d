"""Stated correlations: draws honour them, each parameter keeps its own distribution, and no other draw moves."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtri

from sencosim.costing.prices import PRICE_PARAMETERS
from sencosim.engine.pair import read_evidence
from sencosim.errors import EvidenceError
from sencosim.evidence.correlations import CorrelatedGroup, faults, joint_uniforms, read_correlations
from sencosim.evidence.distributions import Distribution, Spike, ordered_quantile, share_at_or_below
from sencosim.evidence.posterior import load_posterior
from sencosim.evidence.register import load_register
from sencosim.randomness import uniform
from sencosim.scenario.schema import Scenario

pytestmark = pytest.mark.property
EFFECTS = "effects_of_senco_time"
DRAWS = 600


def group(
    name: str = "pair", correlation: float = 0.5, *parameters: str, opposite: tuple[str, ...] = ()
) -> CorrelatedGroup:
    return CorrelatedGroup(
        name=name,
        title="Two of a kind",
        parameters=parameters or ("a", "b"),
        opposite=opposite,
        correlation=correlation,
        kind="assumption",
        quality="E",
        review_by="",
        note="",
    )


def deviates(stated: CorrelatedGroup, n: int = 4000) -> np.ndarray:
    keys = {name: number for number, name in enumerate((*stated.parameters, f"correlation:{stated.name}"))}

    def of(draw: int) -> list[float]:
        return list(joint_uniforms([stated], lambda name: uniform(3, draw, 1, keys[name], 0)).values())

    return np.array([of(draw) for draw in range(n)])


@pytest.mark.parametrize("wanted", [0.3, 0.7])
@pytest.mark.parametrize("opposite", [(), ("b",)])
def test_draws_have_the_correlation_that_is_stated(wanted: float, opposite: tuple[str, ...]) -> None:
    found = np.corrcoef(ndtri(deviates(group("pair", wanted, opposite=opposite))).T)[0, 1]
    assert found == pytest.approx(-wanted if opposite else wanted, abs=0.05)


def test_each_parameter_of_a_group_stays_uniform() -> None:
    for column in deviates(group("pair", 0.7, "a", "b", "c", opposite=("c",))).T:
        counts = np.histogram(column, bins=10, range=(0.0, 1.0))[0]
        assert ((counts - 400) ** 2 / 400).sum() < 27.9  # chi-squared with 9 degrees, one in a thousand


def test_a_correlation_of_nought_is_none() -> None:
    assert joint_uniforms([group("pair", 0.0)], lambda _: 0.5) == {}


@given(st.floats(0.001, 0.999), st.floats(0.05, 0.9))
def test_the_quantile_in_order_undoes_the_distribution(u: float, mass: float) -> None:
    spiked = Distribution(family="lognormal", median=0.95, s=0.1, spike=Spike(at=1.0, mass=mass))
    value = ordered_quantile(spiked, u)
    assert share_at_or_below(spiked, value) >= u - 1e-9
    assert share_at_or_below(spiked, value - 1e-6) <= u + 1e-4


def _drawn(scenario: Scenario) -> dict[str, np.ndarray]:
    rows = [read_evidence(scenario, "central", draw, 2026).values for draw in range(1, DRAWS + 1)]
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


@pytest.fixture(scope="module")
def shipped() -> dict[str, np.ndarray]:
    return _drawn(Scenario())


@pytest.fixture(scope="module")
def without_effects() -> dict[str, np.ndarray]:
    return _drawn(Scenario.model_validate({"correlations": {EFFECTS: {"correlation": 0.0, "why": "test"}}}))


def test_ending_a_group_moves_the_draws_that_it_names_and_no_other(
    shipped: dict[str, np.ndarray], without_effects: dict[str, np.ndarray]
) -> None:
    moved = {name for name, numbers in shipped.items() if not np.array_equal(numbers, without_effects[name])}
    named = next(one.parameters for one in load_register().correlations if one.name == EFFECTS)
    assert moved == set(named)


def test_a_group_of_a_scenario_moves_the_draws_that_it_names_and_no_other(shipped: dict[str, np.ndarray]) -> None:
    pair = ["need_growth_future", "request_growth_future"]
    stated = {"mine": {"parameters": pair, "opposite": pair[:1], "correlation": 0.6, "why": "test"}}
    own = _drawn(Scenario.model_validate({"correlations": stated}))
    assert {name for name, numbers in shipped.items() if not np.array_equal(numbers, own[name])} == set(pair)
    assert np.corrcoef(own[pair[0]], own[pair[1]])[0, 1] < -0.4


def test_every_group_that_ships_is_honoured_and_keeps_means(
    shipped: dict[str, np.ndarray], without_effects: dict[str, np.ndarray]
) -> None:
    for one in load_register().correlations:
        first, second = (shipped[name] for name in one.parameters[:2])
        assert np.corrcoef(first, second)[0, 1] > 0.6 * one.correlation, one.name
    for name in next(one.parameters for one in load_register().correlations if one.name == EFFECTS):
        spread = without_effects[name].std() / np.sqrt(DRAWS)
        assert shipped[name].mean() == pytest.approx(without_effects[name].mean(), abs=5.0 * spread), name


def test_point_values_do_not_know_of_correlations() -> None:
    ended = {one.name: {"correlation": 0.0, "why": "test"} for one in load_register().correlations}
    other = Scenario.model_validate({"correlations": ended})
    for view in ("campaign", "central", "sceptic"):
        assert read_evidence(other, view, 0, 1).values == read_evidence(Scenario(), view, 0, 1).values


def test_what_ships_is_labelled_and_can_be_honoured() -> None:
    groups, fitted = load_register().correlations, set(load_posterior().names)
    assert groups
    assert all(one.kind == "assumption" and one.note for one in groups)
    assert not fitted & {name for one in groups for name in one.parameters}
    for one in groups:
        prices = {name in PRICE_PARAMETERS for name in one.parameters}
        assert len(prices) == 1, f"{one.name}: prices are drawn more often than the rest"


def test_the_evidence_fingerprint_knows_of_correlations() -> None:
    register = load_register()
    changed = register.correlated([group("special_places", 0.4, "independent_special_place", "state_special_place")])
    assert changed.fingerprint() != register.fingerprint()
    assert changed.override({"npq_fee": 0.0}).correlations == changed.correlations


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        (("effect_appeals", "npq_terms"), "in effects_of_senco_time already"),
        (("need_growth_future", "nothing_of_that_name"), "no parameter named"),
        (("need_growth_future", "request_rate_primary"), "calibrated"),
        (("need_growth_future", "transport_share_ap"), "prices alone or none"),
        (("need_growth_future", "notice_weeks"), "no distribution"),
    ],
)
def test_what_cannot_be_honoured_is_refused(parameters: tuple[str, str], words: str) -> None:
    with pytest.raises(EvidenceError) as raised:
        load_register().correlated([group("mine", 0.5, *parameters)])
    assert any(words in problem.message for problem in raised.value.problems)


def test_all_faults_of_a_file_are_said_with_their_lines(tmp_path: Path) -> None:
    file = tmp_path / "correlations.yaml"
    file.write_text(
        "format: 1\none:\n  title: One\n  parameters: [a]\n  correlation: 2\ntwo:\n  title: Two\n", encoding="utf-8"
    )
    with pytest.raises(EvidenceError) as raised:
        read_correlations(file)
    assert [problem.line for problem in raised.value.problems] == [2, 6]
    assert list(faults([], {})) == []
