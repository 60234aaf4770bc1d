"""What was fitted to the past is an input like any other: worth knowing alone and as a group, and moved in designs."""

from __future__ import annotations

import pytest
from studies.conftest import Run, draws, points
from studies.made_up import MILLION

from sencosim.decisions.designs import saltelli
from sencosim.decisions.ensemble import Ensemble
from sencosim.scenario.schema import Scenario
from sencosim.studies import voi
from sencosim.studies.draws import design_in
from sencosim.studies.question import with_values
from sencosim.studies.sensitivity import sobol_answer, tornado_answer, tornado_design, varied_apart
from sencosim.studies.space import CALIBRATION_ROW, choose, together, uncertain
from sencosim.studies.voi import groups_of, voi_answer

pytestmark = pytest.mark.unit
GROUP = "group: What was fitted to the past"
PAIR = ("request_rate_primary", "need_growth_past")


def paying_by_what_was_fitted(whole: Ensemble) -> Ensemble:
    """The same ensemble, but a policy pays where two fitted parameters are high."""
    drawn = whole.inputs.set_index("draw")
    sizes = sum((drawn[name] - drawn[name].mean()) / drawn[name].std() for name in PAIR)
    policy = whole.outcomes["arm"] != "baseline"
    gains = whole.outcomes["draw"].map(sizes) * 10.0 * MILLION * policy
    return Ensemble(whole.inputs, whole.outcomes.assign(npsv=gains), whole.units, whole.arms, whole.about)


def test_knowing_the_calibration_is_worth_at_least_what_its_parts_are(
    policy: Scenario, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, place = run(draws(policy, 120))
    moved = paying_by_what_was_fitted(whole)
    groups = groups_of(moved, "central")
    assert set(PAIR) < set(groups[GROUP])
    few = {name: groups[name] for name in (GROUP, *PAIR)}
    monkeypatch.setattr(voi, "groups_of", lambda *_: few)
    table = voi_answer(moved, place, {"full_time": policy}, {}).tables["evppi"].set_index("group")
    assert table.loc[[GROUP, *PAIR], "survives"].all()
    assert (table.loc[list(PAIR), "value"] <= table.loc[GROUP, "value"]).all()
    assert table["value"].max() == table.loc["everything", "value"]


def test_a_tornado_moves_fitted_parameters_alone_and_together(policy: Scenario, run: Run) -> None:
    space = choose(uncertain(policy, "central"), ["calibration"])
    whole, place = run(points(policy, tornado_design(policy, space), replications=2))
    answer = tornado_answer(whole, place, policy, "full_time", "net_public_cost")
    table = answer.tables["tornado"]
    assert set(table["input"]) == {*space, CALIBRATION_ROW}
    assert set(table["group"]) == {"calibration"}
    assert (table["input_low"] < table["input_high"]).all()
    assert "leaves what the calibration found likely" in answer.text


def test_what_is_drawn_together_and_varied_apart_is_said(policy: Scenario) -> None:
    pair = ["effect_appeals", "effect_suspensions"]
    (said,) = varied_apart(policy, pair)
    assert "What SENCO time does" in said
    assert varied_apart(policy, pair[:1]) == []
    ended = with_values(policy, {"correlations.effects_of_senco_time": {"correlation": 0.0, "why": "test"}})
    assert varied_apart(ended, pair) == []


def test_sobol_takes_the_calibration_as_one_input(policy: Scenario, run: Run) -> None:
    space = together(choose(uncertain(policy, "central"), ["calibration", "senco_leaving_rate"]))
    whole, place = run(points(policy, saltelli(space, 8, 1)))
    table = sobol_answer(whole, design_in(place), policy, "full_time", "net_public_cost").tables["sobol"]
    assert set(table["input"]) == {"senco_leaving_rate", CALIBRATION_ROW}
    assert "Fitted parameters, all together" in set(table["title"])
