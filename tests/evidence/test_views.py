"""The three views are complete, and mean what they say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sencosim.errors import EvidenceError
from sencosim.evidence import distributions
from sencosim.evidence.distributions import Distribution
from sencosim.evidence.register import Register, load_register
from sencosim.evidence.routes import ROUTE_NAMES, ROUTES, neutral_routes
from sencosim.evidence.views import VIEWS, Setting, gaps, load_view, view_dependent

pytestmark = pytest.mark.unit

MAY_DIFFER = frozenset(
    {
        *(name for group in ROUTES.values() for name in group.neutral),
        "few_cycles_causal_share",
        "effect_parent_job_kept",
        "effect_slt_seat",
        "effect_slt_seat_direct",
        "exclusion_lifetime_causal",
        "released_hours_value",
    }
)
"""Effects and causal prices in which views may differ."""
CONVENTIONS = {
    "provision_worth": (0.5, 1.0, 1.5),
    "unpaid_hour_value": (0.0, 9.5, 40.35),
    "teachers_kept_by_pay_share": (0.0, 0.5, 1.0),
    "class_cover_weeks": (17.0, 8.0, 1.0),
    "class_cover_loss_share": (0.5, 0.3, 0.1),
    "waiting_wellbeing_loss": (0.0, 0.083, 0.2),
}
"""Conventions that the sceptic and the campaigner set by number: sceptic, central, campaign."""
IMPLEMENTATION = ("used_share_baseline", "used_share_added", "legal_floor_compliance", "drift_to_floor_share")


def apart() -> Register:
    """The register with no correlation, so that each draw is the quantile of its own uniform number."""
    register = load_register()
    return register.correlated([group.model_copy(update={"correlation": 0.0}) for group in register.correlations])


@pytest.mark.parametrize("name", VIEWS)
def test_complete(name: str) -> None:
    assert gaps(load_view(name), load_register()) == ()


@pytest.mark.parametrize("name", VIEWS)
def test_every_effect_has_an_entry(name: str) -> None:
    effects = {parameter for parameter in load_register() if parameter.startswith("effect_")}
    assert effects
    assert effects <= set(load_view(name).settings)


def test_a_gap_is_said() -> None:
    view = load_view("central")
    settings = {name: setting for name, setting in view.settings.items() if name != "effect_slt_seat"}
    settings["senco_leaving_rate"] = Setting(use="value")
    found = gaps(view.model_copy(update={"settings": settings}), load_register())
    assert [problem.key for problem in found] == ["effect_slt_seat", "senco_leaving_rate"]


def test_campaign_is_the_favourable_end_of_every_effect() -> None:
    register = load_register()
    values = load_view("campaign").values(register)
    expected = {
        "effect_requests_need": 0.84,
        "effect_suspensions": 0.84,
        "effect_permanent_exclusion": 0.79,
        "effect_appeals": 0.85,
        "effect_home_education": 0.89,
        "effect_move_to_special": 0.88,
        "effect_absence_points": -0.35,
        "effect_slt_seat": 1.17,
        "effect_parent_job_kept": 0.04,
    }
    assert {name: values[name] for name in expected} == expected
    assert load_view("campaign").label == "All at once: far less likely than 1 in 40"


def test_sceptic_has_all_routes_off() -> None:
    register = load_register()
    values = load_view("sceptic").values(register)
    off = neutral_routes(ROUTE_NAMES)
    assert {name: values[name] for name in off} == off
    for name in (*off, "few_cycles_causal_share", "effect_slt_seat", "effect_slt_seat_direct"):
        assert values[name] == register.get(name).no_effect, name
    assert values["few_cycles_causal_share"] == 0.0
    assert values["released_hours_value"] == values["effect_parent_job_kept"] == 0.0
    assert values["few_cycles_extra_hours_share"] == register.number("few_cycles_extra_hours_share")


def test_central_is_the_mean_of_the_whole_prior_but_has_the_point_value_of_the_structure() -> None:
    register = load_register()
    view = load_view("central")
    values = view.values(register)
    for name in MAY_DIFFER:
        parameter = register.get(name)
        if view.settings[name].use == "prior":
            assert parameter.uncertainty is not None
            assert values[name] == distributions.mean(parameter.uncertainty)
    assert values["unidentified_request_ratio"] == 1.0
    assert (values["filing_route"], values["review_cycles_route"]) == (1.0, 1.0)
    assert values["released_hours_value"] == values["few_cycles_causal_share"] == 0.5


def test_views_differ_only_in_routes_and_in_what_is_said_to_differ() -> None:
    settings = [load_view(name).settings for name in VIEWS]
    differ = {name for name in settings[0] if len({one[name].use for one in settings}) > 1}
    assert {name for name in differ if not name.startswith("headline_")} <= MAY_DIFFER | set(CONVENTIONS)
    assert set(CONVENTIONS) <= differ
    for name in set(settings[0]) - differ - MAY_DIFFER:
        assert settings[0][name].use == "audited", name


def test_conventions_run_from_sceptic_to_campaign_within_their_ranges() -> None:
    register = load_register()
    views = [load_view(name) for name in ("sceptic", "central", "campaign")]
    values = [view.values(register) for view in views]
    for name, expected in CONVENTIONS.items():
        assert tuple(one[name] for one in values) == expected, name
        assert [view.settings[name].use for view in views] == ["number", "audited", "number"], name
        low, high = register[name].range
        assert all(low <= number <= high for number in expected), name
        assert register[name].uncertainty is not None, name


@pytest.mark.parametrize(
    "name",
    [
        "leaving_ratio_demand_met",
        "leaving_ratio_slt_seat",
        "leaving_ratio_supervision",
        "refusal_few_cycles_log_odds",
        "refusal_route_causal_share",
        "leaving_elasticity_of_pay",
        "first_year_loss_ratio_training",
        "consistent_process_ratio",
    ],
)
@given(u=st.floats(0.001, 0.999))
def test_what_touches_the_no_policy_arm_is_drawn_alike(name: str, u: float) -> None:
    register = apart()
    assert len({load_view(view).draw(register, lambda _: u)[name] for view in VIEWS}) == 1


def test_prices_are_audited_and_headlines_are_memoranda() -> None:
    register = load_register()
    headlines = {name for name in register if name.startswith("headline_")}
    assert set(load_view("campaign").memorandum) == headlines
    assert {register.number(name) for name in headlines} == {370000, 3500, 11000, 23000, 40000}
    assert load_view("central").memorandum == load_view("sceptic").memorandum == ()
    values = {name: load_view(name).values(register) for name in VIEWS}
    for name in view_dependent(register):
        if register.get(name).payer is not None and register.get(name).no_effect is None and name not in CONVENTIONS:
            assert values["campaign"][name] == values["central"][name] == values["sceptic"][name], name


@given(st.floats(0.001, 0.999))
def test_draws_agree_between_views_where_views_do_not_differ(u: float) -> None:
    register = apart()
    draws = {name: load_view(name).draw(register, lambda _: u) for name in VIEWS}
    dependent = set(view_dependent(register))
    for name in register:
        if name not in dependent:
            assert draws["campaign"][name] == draws["central"][name] == draws["sceptic"][name]
    for name in IMPLEMENTATION:
        uncertainty = register.get(name).uncertainty
        assert uncertainty is not None
        assert draws["sceptic"][name] == distributions.quantile(uncertainty, u)
    for name in MAY_DIFFER - {"exclusion_lifetime_causal"}:
        parameter = register.get(name)
        assert draws["campaign"][name] == parameter.favourable
        assert draws["sceptic"][name] == parameter.no_effect


@given(st.integers(0, 2**32 - 1))
def test_draws_stay_within_the_hard_range(salt: int) -> None:
    register = load_register()

    def uniform(name: str) -> float:
        return 0.0002 + 0.9996 * ((hash((salt, name)) % 1_000_003) / 1_000_003)

    for name, value in load_view("central").draw(register, uniform).items():
        low, high = register.get(name).range
        numbers = value if isinstance(value, list) else [value]
        assert all(low - 1e-9 <= number <= high + 1e-9 for number in numbers), name


@pytest.mark.parametrize("name", VIEWS)
def test_an_override_wins_over_every_view(name: str) -> None:
    view = load_view(name)
    fixed = load_register().override({"effect_suspensions": 0.9})
    assert view.values(fixed)["effect_suspensions"] == 0.9
    assert view.draw(fixed, lambda _: 0.3)["effect_suspensions"] == 0.9
    spread = apart().override({"effect_suspensions": Distribution(family="uniform", min=0.8, max=1.0)})
    assert view.draw(spread, lambda _: 0.25)["effect_suspensions"] == pytest.approx(0.85)


def test_values_are_copies() -> None:
    register = load_register()
    rates = load_view("central").values(register)["notice_rate_by_year_group"]
    assert isinstance(rates, list)
    rates[0] = 99.0
    assert load_view("central").values(register)["notice_rate_by_year_group"] != rates


def test_unknown_view() -> None:
    with pytest.raises(EvidenceError, match="The views are campaign, central, sceptic"):
        load_view("optimist")
