"""Baseline laws, the structure table and the groups of routes: pure data that others run."""

from __future__ import annotations

import pytest
from hypothesis import given
from scenario.strategies import scenarios

from sencosim.errors import ScenarioError
from sencosim.evidence.distributions import quantile
from sencosim.evidence.register import load_register
from sencosim.evidence.routes import ROUTE_NAMES, ROUTES, neutral_routes
from sencosim.levers.catalogue import Levers
from sencosim.levers.isp_duty import IspDuty
from sencosim.levers.plan_reform import PlanReform
from sencosim.scenario.laws import ANNOUNCED, under_law
from sencosim.scenario.load import load_scenario
from sencosim.scenario.schema import Scenario
from sencosim.scenario.structure import (
    EffectChannel,
    FormWeights,
    Structure,
    departures,
    reference_row,
    rows_of,
    weights_of,
)


@pytest.mark.unit
def test_the_announced_law_is_background_of_every_scenario() -> None:
    scenario = load_scenario("full_time").scenario
    announced = under_law(scenario, "announced")
    assert announced.background == ANNOUNCED
    assert announced.levers == scenario.levers
    assert under_law(scenario, "current_law").background == Levers()
    assert (announced.baselines, scenario.baselines) == (("announced",), ("current_law", "announced"))
    assert announced.fingerprint() == load_scenario("full_time_announced").scenario.fingerprint()


@pytest.mark.unit
def test_a_policy_that_is_asked_about_is_not_announced_as_well() -> None:
    own = PlanReform(start="2031/32", variant="more_refusals")
    scenario = Scenario(levers=Levers(isp_duty=IspDuty()), background=Levers(plan_reform=own))
    announced = under_law(scenario, "announced")
    assert announced.background.isp_duty is None
    assert announced.background.plan_reform == own
    Scenario.model_validate(announced.model_dump(by_alias=True))


@pytest.mark.unit
def test_a_row_of_the_table_says_how_plans_fall() -> None:
    laws = tuple(row for row in departures() if row.law == "announced")
    assert [row.variant for row in laws] == ["fewer_requests", "more_refusals"]
    for row in laws:
        reform = under_law(Scenario(), row.law, row.variant).background.plan_reform
        assert reform is not None
        assert reform.variant == row.variant


@pytest.mark.unit
def test_every_weight_has_one_row_and_every_row_of_a_form_a_weight() -> None:
    for form, weights in weights_of(Scenario()).items():
        assert set(weights) == set(rows_of(form))
        assert sum(weights.values()) == pytest.approx(1.0)
    keys = [row.key for row in (reference_row(), *departures())]
    assert len(set(keys)) == len(keys)
    weighed = {f"{form}.{name}" for form, weights in weights_of(Scenario()).items() for name in weights}
    assert all((row.key in weighed) == (row.law == "current_law") for row in departures())


@pytest.mark.unit
def test_the_default_weights_are_those_of_the_model_document() -> None:
    assert [list(weights.values()) for weights in weights_of(Scenario()).values()] == [
        [0.6, 0.2, 0.2, 0.0],
        [1.0, 0.0],
        [0.75, 0.25],
        [0.5, 0.5, 0.0],
        [1.0, 0.0, 0.0],
    ]


@pytest.mark.unit
def test_a_departure_is_one_step_from_the_reference() -> None:
    reference = reference_row().settings
    for row in departures():
        changed = {name for name, one in row.settings.items() if reference.get(name) != one}
        assert changed == set(row.overrides), row.key
        assert len(changed) == (row.law == "current_law"), row.key


@pytest.mark.unit
def test_a_range_lies_around_its_point_value() -> None:
    drawn = [one for row in departures() for one in row.overrides.values() if one.distribution is not None]
    assert len(drawn) == 3
    for one in drawn:
        assert one.distribution is not None
        low, high = (quantile(one.distribution, share) for share in (0.05, 0.95))
        assert low < one.value < high


@pytest.mark.unit
def test_weights_of_a_scenario_are_shares_and_run_nothing_again() -> None:
    scenario = Scenario(structure=Structure(effect_channel=EffectChannel(support=1, hours=3)))
    assert weights_of(scenario)["effect_channel"] == {"support": 0.25, "hours": 0.75}
    assert scenario.fingerprint() == Scenario().fingerprint()


@pytest.mark.unit
@pytest.mark.parametrize("form", Structure.model_fields)
def test_weights_that_are_all_zero_are_refused(form: str) -> None:
    kind = Structure.model_fields[form].annotation
    assert isinstance(kind, type)
    assert issubclass(kind, FormWeights)
    with pytest.raises(ValueError, match="All weights are 0"):
        kind(**dict.fromkeys(kind.model_fields, 0.0))


@pytest.mark.unit
def test_each_group_of_routes_has_neutral_values_of_its_own() -> None:
    assert tuple(ROUTES) == ROUTE_NAMES
    names = [name for group in ROUTES.values() for name in group.neutral]
    assert len(set(names)) == len(names)
    assert neutral_routes(ROUTE_NAMES) == {
        name: value for one in ROUTES.values() for name, value in one.neutral.items()
    }


@pytest.mark.unit
def test_routes_and_rows_set_parameters_of_the_register() -> None:
    named = {name for row in (reference_row(), *departures()) for name in row.settings}
    named |= set(neutral_routes(ROUTE_NAMES))
    dials = ("entries_ratio", "refusal_shift", "transition_share", "outside_ratio")
    named |= {f"reform_{dial}" for dial in dials} | {
        "announced_fund_senco_share",
        "refusal_share_all",
        "experts_at_hand_days_primary",
        "experts_at_hand_days_secondary",
    }
    assert named <= set(load_register().names())


@pytest.mark.unit
def test_unshocked_needs_something_that_shocks() -> None:
    with pytest.raises(ValueError, match="nothing to leave out"):
        Scenario(reference="unshocked")
    assert Scenario(reference="unshocked", background=ANNOUNCED).reference == "unshocked"


@pytest.mark.unit
@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("high_needs_pressure_from: April 2028", "Expected a month such as 2028-04"),
        ("high_needs_pressure_funded_by: council", "Did you mean  councils"),
        ("routes_off: [conduct, conduct]", "named twice"),
        ("routes_off: [conducts]", "Did you mean  conduct ?"),
        ("baselines: []", "The list is empty"),
        ("reference: unshocked", "nothing to leave out"),
        ("structure: {effect_channel: {support: 0, hours: 0}}", "All weights are 0"),
        ("structure: {effect_channel: {support: -1}}", "below the lowest"),
    ],
)
def test_what_is_wrong_is_said(tmp_path, monkeypatch, references, line: str, words: str) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "mine.yaml"
    path.write_text(f"schema: 1\nextends: baseline\ntitle: Mine\n{line}\n", encoding="utf-8")
    with pytest.raises(ScenarioError) as refused:
        load_scenario(path, references)
    assert words in " ".join(problem.message for problem in refused.value.problems)


@pytest.mark.property
@given(scenario=scenarios())
def test_under_a_law_a_scenario_stays_valid_and_is_put_there_once(scenario: Scenario) -> None:
    for law in ("current_law", "announced"):
        once = under_law(scenario, law)
        assert once.baselines == (law,)
        assert under_law(once, law) == once
        Scenario.model_validate(once.model_dump(by_alias=True))
