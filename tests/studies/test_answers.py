"""Answers from made-up runs whose truth is known: what moves most, what would have to be true, what is worth
knowing.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from studies.conftest import RUTLAND, Run, draws, points
from studies.made_up import MILLION

from sencosim.decisions.designs import morris_trajectories, saltelli
from sencosim.decisions.ensemble import Ensemble
from sencosim.decisions.shares import REST
from sencosim.errors import InputError
from sencosim.model import RunOptions
from sencosim.outcomes.columns import EVENTS
from sencosim.report.manifest import manifest_problems
from sencosim.report.needed import rounded_count
from sencosim.report.research import answers_in
from sencosim.report.words import money
from sencosim.scenario.load import load_scenario
from sencosim.scenario.schema import Scenario
from sencosim.studies import voi
from sencosim.studies.answer import Answer, check_outcome, marked_answer, marks_of, told_answer, write_answer
from sencosim.studies.breakeven import breakeven_answer, needed_of_ensemble, range_of, stored_effects
from sencosim.studies.draws import design_in, manifest_of, scenarios_in
from sencosim.studies.options import Drawn
from sencosim.studies.overview import overview_answer
from sencosim.studies.policy import Policy
from sencosim.studies.prim import prim_answer
from sencosim.studies.question import drawn
from sencosim.studies.runs import Runs
from sencosim.studies.sensitivity import draws_answer, morris_answer, sobol_answer, tornado_answer, tornado_design
from sencosim.studies.space import choose, uncertain
from sencosim.studies.sweep import sweep_answer, sweep_design, tidy
from sencosim.studies.voi import groups_of, net_benefits, parse_worths, voi_answer

pytestmark = pytest.mark.unit
SEED = 2026
COST = "net_public_cost"


def shifted(whole: Ensemble, amount: float) -> Ensemble:
    """The same ensemble with another net cost in every run of the policy."""
    policy = whole.outcomes["arm"] != "baseline"
    runs = whole.outcomes.assign(net_public_cost=whole.outcomes[COST] + policy * amount)
    return Ensemble(whole.inputs, runs, whole.units, whole.arms, whole.about)


def svg_is_whole(answer: Answer) -> None:
    for chart in answer.charts:
        assert "<title" in chart.svg
        assert "<desc" in chart.svg
        assert len(chart.text) > 20
        assert len(chart.data) > 0


def test_worth_by_draws_with_weights_says_what_the_weights_would_change(
    policy: Scenario, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(voi, "groups_of", lambda *asked: dict([*groups_of(*asked).items()][:2]))
    whole, place = run(draws(policy, 40))
    assert "weigh" not in voi_answer(whole, place, {"full_time": policy}, {}).text
    social = net_benefits(whole, policy, {})["full_time"]
    high = whole.inputs["draw"].map(social) > 0.0
    assert high.any()
    assert social.mean() < 0.0
    weighed = replace(whole, inputs=whole.inputs.assign(weight=np.where(high, 1.0, 1e-9)))
    text = voi_answer(weighed, place, {"full_time": policy}, {}).text
    by_weights = money(float(social[social > 0.0].mean()))
    assert f"Mean net benefit with its weights: full_time {by_weights}, here {money(float(social.mean()))}" in text
    assert "By these weights the best on average is another: full_time." in text


def test_events_to_avoid_are_net_cost_over_what_one_spares(policy: Scenario, run: Run) -> None:
    whole, _ = run(draws(policy, 4, views=("central", "sceptic")))
    table = needed_of_ensemble(whole, "full_time")
    assert len(table) == 2 * 2 * len(EVENTS)
    central = table[(table["view"] == "central") & (table["measure"] == "public")].iloc[0]
    cost = float(whole.against_first(COST, "central", "full_time").mean())
    assert central["needed"] == pytest.approx(cost / (50.0 * MILLION / 10.0))
    assert central["share_of_today"] == pytest.approx(central["needed"] / 1000.0)
    assert central["needed_low"] < central["needed"] < central["needed_high"]


def test_months_of_progress_need_a_run(policy: Scenario, run: Run) -> None:
    whole, place = run(draws(policy, 3))
    assert "sencosim breakeven --run RUN" in breakeven_answer(whole, place, policy, "full_time").text
    with pytest.raises(InputError, match="Run the scenario again"):
        stored_effects(place)


def test_switching_values_lie_where_the_net_cost_is_nought(policy: Scenario, run: Run) -> None:
    whole, place = run(draws(policy, 120))
    shifted = whole.outcomes.assign(
        net_public_cost=lambda runs: runs[COST] - (runs["arm"] != "baseline") * 90 * MILLION
    )
    moved = type(whole)(whole.inputs, shifted, whole.units, whole.arms, whole.about)
    answer = breakeven_answer(moved, place, policy, "full_time")
    table = answer.tables["switching_values_public"].set_index("input")
    drawn = whole.drawn("central")["senco_leaving_rate"]
    assert table.loc["senco_leaving_rate", "status"] == "found"
    assert table.loc["senco_leaving_rate", "low"] <= table.loc["senco_leaving_rate", "switching_value"]
    assert drawn.min() < table.loc["senco_leaving_rate", "switching_value"] < drawn.mean()
    assert "would have to avoid" in answer.text
    svg_is_whole(answer)


def test_no_switching_value_is_said_plainly(policy: Scenario, run: Run) -> None:
    whole, place = run(draws(policy, 40))
    shifted = whole.outcomes.assign(
        net_public_cost=lambda runs: runs[COST] + (runs["arm"] != "baseline") * 900 * MILLION
    )
    moved = type(whole)(whole.inputs, shifted, whole.units, whole.arms, whole.about)
    text = breakeven_answer(moved, place, policy, "full_time").text
    assert "No single input changes the answer" in text
    assert "Not within the evidence." in text


def test_few_draws_give_events_and_say_what_is_missing(policy: Scenario, run: Run) -> None:
    whole, place = run(draws(policy, 3))
    assert "need 30 draws" in breakeven_answer(whole, place, policy, "full_time").text


def test_a_tornado_ranks_by_true_swing(policy: Scenario, run: Run) -> None:
    space = choose(uncertain(policy, "central"), ["behaviour", "senco_leaving_rate", "transport_cost"])
    whole, place = run(points(policy, tornado_design(policy, space), replications=2))
    answer = tornado_answer(whole, place, policy, "full_time", COST)
    table = answer.tables["tornado"]
    assert table["input"].tolist()[:2] == ["senco_leaving_rate", "used_share_added"]
    assert table["swing"].tolist()[:2] == pytest.approx([80.0 * MILLION, 40.0 * MILLION], rel=1e-6)
    assert table["swing_se"].tolist()[:2] == pytest.approx([0.0, 0.0], abs=1.0)
    assert not table["crosses"].any()
    svg_is_whole(answer)


def test_a_tornado_looks_for_a_change_of_sign_of_every_outcome(policy: Scenario, run: Run) -> None:
    space = choose(uncertain(policy, "central"), ["senco_leaving_rate", "used_share_added"])
    whole, place = run(points(policy, tornado_design(policy, space)))
    years = whole.outcomes["years_waiting_identification"] + 2.0 * (whole.outcomes["arm"] != "baseline")
    moved = replace(whole, outcomes=whole.outcomes.assign(years_waiting_identification=years))
    answer = tornado_answer(moved, place, policy, "full_time", "years_waiting_identification")
    assert answer.tables["tornado"].set_index("input")["crosses"].to_dict() == {
        "used_share_added": True,
        "senco_leaving_rate": False,
    }
    assert "None of the" not in answer.text


def test_sobol_and_morris_find_the_inputs_that_move_it(policy: Scenario, run: Run) -> None:
    space = choose(uncertain(policy, "central"), ["used_share_added", "senco_leaving_rate", "transport_cost"])
    whole, place = run(points(policy, saltelli(space, 64, SEED)))
    answer = sobol_answer(whole, design_in(place), policy, "full_time", COST)
    total = answer.tables["sobol"].set_index("input")["total"]
    assert total["senco_leaving_rate"] > total["used_share_added"] > 0.05
    assert total["transport_cost"] == pytest.approx(0.0, abs=1e-9)
    assert total.sum() == pytest.approx(1.0, abs=0.15)
    assert sorted(answer.tables["sobol_convergence"]["n_base"].unique()) == [8, 16, 32, 64]
    whole, place = run(points(policy, morris_trajectories(space, 6, SEED)))
    table = morris_answer(whole, design_in(place), policy, "full_time", COST).tables["morris"]
    assert table["input"].tolist()[0] == "senco_leaving_rate"


def test_draws_say_what_moves_the_answer_without_a_run(policy: Scenario, run: Run) -> None:
    whole, place = run(draws(policy, 120))
    answer = draws_answer(whole, place, policy, "full_time", COST)
    table = answer.tables["what_moves"].set_index("input")
    assert table.index[:2].tolist() == ["senco_leaving_rate", "used_share_added"]
    assert table["told_apart"].tolist()[:2] == [True, True]
    assert table["shapley"].sum() == pytest.approx(1.0)
    assert table.loc[REST, "shapley"] < 0.05
    # From its 10 % to its 90 % point the cost moves by 80 and 40 million, as it was made.
    swing = (table["outcome_high"] - table["outcome_low"]).iloc[:2]
    assert swing.tolist() == pytest.approx([80.0 * MILLION, 40.0 * MILLION], rel=0.1)
    assert "held out" in answer.text
    svg_is_whole(answer)


def test_two_inputs_that_are_nearly_one_share_what_either_moves(policy: Scenario, run: Run) -> None:
    whole, place = run(draws(policy, 120))
    pair = ["hours_2018_2020_primary", "hours_intercept_primary"]  # drawn with a correlation of 0.95
    known = whole.inputs.set_index("draw")[pair[1]]
    moved = whole.outcomes["draw"].map(known) * (whole.outcomes["arm"] != "baseline")
    other = Ensemble(
        whole.inputs, whole.outcomes.assign(net_public_cost=1e9 * moved), whole.units, whole.arms, whole.about
    )
    table = draws_answer(other, place, policy, "full_time", COST).tables["what_moves"].set_index("input")
    assert set(table.index[:2]) == set(pair)
    # Of two normals that correlate by r, the one without an effect of its own gets half of r squared (Owen 2014).
    assert table.loc[pair, "shapley"].to_numpy() == pytest.approx([0.451, 0.549], abs=0.04)
    assert table.loc[pair[0], "total"] < 0.1
    assert set(prim_answer(other, policy, "full_time", COST).tables["box"]["input"]) <= set(pair)


def test_an_outcome_that_the_inputs_do_not_explain_is_refused(policy: Scenario, run: Run) -> None:
    whole, place = run(draws(policy, 60))
    answer = draws_answer(whole, place, policy, "full_time", "requests")  # made up to be the same in every draw
    assert "explain too little of the difference in requests" in answer.text
    assert not answer.tables
    assert prim_answer(whole, policy, "full_time", "requests").text == answer.text


def test_scenario_discovery_names_the_input_that_decides(policy: Scenario, run: Run) -> None:
    whole, _ = run(draws(policy, 200))
    answer = prim_answer(whole, policy, "full_time", COST, 110.0 * MILLION)
    assert "senco_leaving_rate" in set(answer.tables["box"]["input"])
    assert "of the 200 draws" in answer.text


def test_where_every_draw_loses_the_worst_quarter_is_described(policy: Scenario, run: Run) -> None:
    whole, _ = run(draws(policy, 120))
    shifted = whole.outcomes.assign(
        net_public_cost=lambda runs: runs[COST] + (runs["arm"] != "baseline") * 900 * MILLION
    )
    moved = type(whole)(whole.inputs, shifted, whole.units, whole.arms, whole.about)
    assert "In all 120 draws" in prim_answer(moved, policy, "full_time", COST).text


def test_worth_of_information_never_falls_as_a_group_grows(
    policy: Scenario, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, place = run(draws(policy, 120))
    groups, behaviour = groups_of(whole, "central"), "group: What schools do with the rule"
    few = ("senco_leaving_rate", "transport_cost", behaviour, *groups[behaviour])
    groups = {name: groups[name] for name in few}
    monkeypatch.setattr(voi, "groups_of", lambda *_: groups)
    answer = voi_answer(whole, place, {"full_time": policy}, {"suspensions": (8.0 * MILLION, 8.0 * MILLION)})
    table = answer.tables["evppi"].set_index("group")
    assert table.loc["everything", "value"] == table["value"].max()
    for name in groups[behaviour]:
        assert table.loc[name, "value"] <= table.loc[behaviour, "value"] or not table.loc[name, "survives"]
    assert table.loc["senco_leaving_rate", "survives"]
    assert "with its rows in another order" in answer.text
    assert table.loc["senco_leaving_rate", "value"] > table.loc["transport_cost", "value"]
    svg_is_whole(answer)


@pytest.mark.parametrize(
    ("outcome", "change", "head", "described"),
    [
        ("support_intensity", 1.0, "In none of the 120 draws the difference", "is on the losing side of zero"),
        ("support_intensity", -1.0, "In all 120 draws the difference", "is on the losing side of zero"),
        ("suspensions", -1.0, "In none of the 120 draws the difference", "with the worst result"),
        ("senco_work_hours", 1.0, "In all 120 draws the difference", "is above zero"),
        ("senco_work_hours", 1.0, "In all 120 draws the difference", "with the highest result"),
    ],
)
def test_the_catalogue_says_which_side_of_nought_loses(
    policy: Scenario, run: Run, outcome: str, change: float, head: str, described: str
) -> None:
    whole, _ = run(draws(policy, 120))
    moved = change * (whole.outcomes[COST] / MILLION + 900.0) * (whole.outcomes["arm"] != "baseline")
    other = replace(whole, outcomes=whole.outcomes.assign(**{outcome: 10.0 + moved}))
    text = prim_answer(other, policy, "full_time", outcome).text
    assert text.startswith(head)
    assert described in text
    side = "below" if outcome == "support_intensity" else "above"
    assert f" {side} " in text.partition("It has a ")[2].partition(" when ")[0]


def test_the_best_of_several_policies_is_called_by_its_own_title(policy: Scenario, run: Run) -> None:
    both = {"slt_seat": load_scenario("slt_seat").scenario, "full_time": policy}
    whole, place = run(drawn(both, RUTLAND, {"central": 40}, 1, 0.02))
    assert list(scenarios_in(place)) == list(both)
    gains = 900.0 * MILLION * (whole.outcomes["arm"] == "full_time")
    moved = replace(whole, outcomes=whole.outcomes.assign(npsv=whole.outcomes["npsv"] + gains))
    answer = voi_answer(moved, place, both, {})
    assert f"today's choice is {policy.title.rstrip('.')}, in every one of 40 draws" in answer.text


@pytest.mark.parametrize("text", ["nothing=3", "suspensions=0", "suspensions=many", "requests=5"])
def test_prices_on_outcomes_are_checked(text: str) -> None:
    with pytest.raises(InputError):
        parse_worths([text])


def test_the_overview_has_parts_chances_and_charts(policy: Scenario, run: Run) -> None:
    whole, place = run(draws(policy, 90, replications=2, views=("central", "sceptic")))
    answer = overview_answer(whole, place, policy, "full_time")
    parts = answer.tables["parts_of_variance"]
    cost = parts[parts["outcome"] == COST].set_index("part")
    assert cost["share"].sum() == pytest.approx(1.0)
    assert cost.loc["draw", "share"] > 0.99
    # Every draw has the same replications: half a million apart, and nothing together.
    assert cost.loc["replication", "variance"] == pytest.approx((0.5 * MILLION) ** 2 / 2.0, rel=1e-3)
    assert cost.loc["interaction", "share"] == pytest.approx(0.0, abs=1e-9)
    moves = answer.tables["importance"]
    assert moves["input"].tolist()[:2] == ["senco_leaving_rate", "used_share_added"]
    assert moves["told_apart"].tolist()[:2] == [True, True]
    chance = answer.tables["chance_of_saving"].set_index(["view", "payer"])["chance"]
    net = whole.against_first(COST, "central", "full_time")
    assert chance["central", "public purse"] == pytest.approx(float((net < 0.0).mean()))
    assert {chart.name for chart in answer.charts} == {"chance_of_saving", "plane", "acceptability"}
    svg_is_whole(answer)


@pytest.mark.parametrize(
    ("median", "shown"),
    [
        (-90.0, "save in most draws"),
        (40.0, "No payer saves in most draws. All public payers together save most often"),
        (900.0, "No payer saves in any draw"),
    ],
)
def test_a_chart_says_most_of_more_than_half_alone(policy: Scenario, run: Run, median: float, shown: str) -> None:
    whole, place = run(draws(policy, 30))
    cost = (whole.outcomes[COST] + (median - 100.0) * MILLION) * (whole.outcomes["arm"] != "baseline")
    moved = replace(whole, outcomes=whole.outcomes.assign(**{COST: cost}))
    payers = [name for name in moved.outcomes if name.startswith("payer_net.")]
    moved = replace(moved, outcomes=moved.outcomes.assign(**dict.fromkeys(payers, 0.0)))
    chart = next(one for one in overview_answer(moved, place, policy, "full_time").charts if "chance" in one.name)
    assert chart.title.partition(":")[0].endswith(shown)


SHARE = "plans_within_20_weeks"


def unknown_at(whole: Ensemble, draws: list[int]) -> Ensemble:
    """The same ensemble where the policy issues no plan in some draws, so that a share of plans is unknown."""
    nowhere = (whole.outcomes["arm"] != "baseline") & whole.outcomes["draw"].isin(draws)
    return replace(whole, outcomes=whole.outcomes.assign(**{SHARE: whole.outcomes[SHARE].mask(nowhere)}))


def test_a_spread_is_over_the_draws_in_which_it_is_known(policy: Scenario, run: Run) -> None:
    whole, place = run(draws(policy, 30))
    moved = whole.outcomes.assign(**{SHARE: 10.0 + 5.0 * (whole.outcomes["arm"] != "baseline")})
    some = unknown_at(replace(whole, outcomes=moved), [1, 2, 3])
    table = overview_answer(some, place, policy, "full_time").tables["spread"].set_index("outcome")
    assert table.loc[SHARE, ["mean", "p10", "p90", "n_draws"]].tolist() == [5.0, 5.0, 5.0, 27]
    none = unknown_at(whole, list(range(1, 31)))
    table = overview_answer(none, place, policy, "full_time").tables["spread"].set_index("outcome")
    assert table.loc[SHARE, ["mean", "draw_error", "p50"]].isna().all()
    assert table.loc[SHARE, "n_draws"] == 0
    assert table.loc[COST, "n_draws"] == 30


def test_what_is_unknown_somewhere_is_not_explained(policy: Scenario, run: Run) -> None:
    """None of these methods knows what to do with a point that has no value."""
    space = choose(uncertain(policy, "central"), ["used_share_added", "senco_leaving_rate"])
    whole, place = run(draws(policy, 90))
    known = unknown_at(whole, [4])
    for ask in (
        lambda: draws_answer(known, place, policy, "full_time", SHARE),
        lambda: prim_answer(known, policy, "full_time", SHARE, None),
        lambda: voi_answer(known, place, {"full_time": policy}, {SHARE: (1.0, 1.0)}),
    ):
        with pytest.raises(InputError, match="unknown at 1 of 90 points"):
            ask()
    for design, answer in (
        (saltelli(space, 8, SEED), sobol_answer),
        (morris_trajectories(space, 4, SEED), morris_answer),
    ):
        whole, place = run(points(policy, design))
        with pytest.raises(InputError, match="unknown at 1 of"):
            answer(unknown_at(whole, [1]), design_in(place), policy, "full_time", SHARE)
    whole, place = run(points(policy, tornado_design(policy, space), replications=2))
    with pytest.raises(InputError, match="unknown in 2 of 20 runs"):
        tornado_answer(unknown_at(whole, [1]), place, policy, "full_time", SHARE)


def test_a_sweep_is_tidy_and_says_its_points(policy: Scenario, run: Run) -> None:
    design = sweep_design(["senco_leaving_rate=0.1:0.3:3"], "grid", 0, SEED)
    whole, place = run(points(policy, design, replications=2))
    table = tidy(whole)
    assert len(table) == 3 * 2 * 2 * len(whole.outcome_names)
    base = table[table["arm"] == "baseline"]
    assert np.array_equal(base["difference"], np.zeros(len(base)))
    answer = sweep_answer(whole)
    kept = write_answer(answer, whole, place)
    pd.testing.assert_frame_equal(pd.read_parquet(kept / "tidy.parquet"), table)
    assert "tidy.parquet" in manifest_of(kept)["files"]
    assert write_answer(answer, whole, place) == kept


def test_spread_designs_need_ranges() -> None:
    assert len(sweep_design(["a=0:1:2", "b=5:6:2"], "latin_hypercube", 7, SEED).points) == 7
    assert len(sweep_design(["a=0:1:2"], "sobol_points", 8, SEED).points) == 8
    with pytest.raises(InputError, match="needs a range for b"):
        sweep_design(["a=0:1:2", "b=5"], "sobol_points", 8, SEED)


def test_an_answer_can_be_traced_to_its_ensemble(policy: Scenario, run: Run) -> None:
    whole, place = run(draws(policy, 30))
    answer = breakeven_answer(whole, place, policy, "full_time")
    ensemble_at, place = place, write_answer(answer, whole, place)
    told = json.loads((place / "manifest.json").read_text(encoding="utf-8"))
    assert told["ensemble_fingerprint"] == whole.fingerprint == manifest_of(ensemble_at)["fingerprint"]
    assert sorted(told["tables"]) == sorted(
        path.stem for path in place.glob("*.csv") if not path.stem.endswith("_chart")
    )
    assert re.search(r"would have to avoid", (place / "answer.txt").read_text(encoding="utf-8"))
    assert not manifest_problems(place)


@pytest.mark.parametrize(
    ("options", "share", "schools"),
    [
        (RUTLAND, 0.02, "Rutland"),
        (RunOptions(), 0.02, "2 % of England in whole councils, weighted up"),
        (RunOptions(), 1.0, "England"),
    ],
)
def test_every_answer_says_its_policy_schools_draws_and_replications(
    policy: Scenario, run: Run, options: RunOptions, share: float, schools: str
) -> None:
    other = load_scenario("slt_seat").scenario
    asked = {"slt_seat": other, "full_time": policy}
    whole, folder = run(drawn(asked, options, {"central": 4, "campaign": 2}, 2, share))
    answer = overview_answer(whole, folder, policy, "full_time")
    basis = f"Run on: {schools}; 4 draws in the central view, 2 in the campaign view; 2 replications."
    told = told_answer(answer, whole)
    assert told.text == f"Policy: {policy.title.rstrip('.')}. {basis}\n\n{answer.text}"
    assert told_answer(told, whole) == told
    assert (write_answer(answer, whole, folder) / "answer.txt").read_text(encoding="utf-8").startswith(told.text)
    assert all(f"Source: sencosim, {schools}, 6 points" in chart.source for chart in answer.charts)
    both = f"Policies: {other.title.rstrip('.')}, {policy.title.rstrip('.')}. {basis}"
    assert told_answer(Answer("voi", "The answer."), whole).text == f"{both}\n\nThe answer."


def test_an_answer_under_the_announced_law_says_so(policy: Scenario, run: Run) -> None:
    announced = policy.model_copy(update={"baselines": ("announced", "current_law")})
    whole, _ = run(drawn({"full_time": announced}, RUTLAND, {"central": 2}, 1, 0.02))
    told = told_answer(Answer("sweep", "The answer."), whole)
    assert "Run on: Rutland; 2 draws in the central view; 1 replication; under the announced law." in told.text


def test_the_points_of_a_design_are_called_points(policy: Scenario, run: Run) -> None:
    whole, _ = run(points(policy, sweep_design(["senco_leaving_rate=0.1:0.3:3"], "grid", 0, SEED)))
    told = told_answer(Answer("sweep", "The answer."), whole)
    assert "Run on: Rutland; 3 points in the central view; 1 replication." in told.text


def test_no_answer_is_written_over_another(policy: Scenario, run: Run) -> None:
    whole, folder = run(draws(policy, 30))
    first = breakeven_answer(whole, folder, policy, "full_time")
    place = write_answer(first, whole, folder)
    assert write_answer(first, whole, folder) == place
    text = (place / "answer.txt").read_text(encoding="utf-8")
    second = write_answer(replace(first, text="Another answer."), whole, folder)
    assert second.name == f"{place.name}-2"
    assert (place / "answer.txt").read_text(encoding="utf-8") == text
    assert answers_in(folder, first.name)[0] == second
    assert write_answer(first, whole, folder).name == f"{place.name}-3"


def test_the_caution_of_a_scenario_stands_on_every_answer(policy: Scenario, run: Run) -> None:
    cautioned = policy.model_copy(update={"title": "Teams", "cautions": ("No study has seen so many hours.",)})
    ensemble, _ = run(draws(cautioned, 4))
    answer = marked_answer(Answer("a", "The answer."), marks_of(ensemble))
    assert answer.text.startswith("! It is not to be quoted. “Teams”: No study has seen so many hours.")
    assert answer.text.endswith("The answer.")
    plain, _ = run(draws(policy, 4))
    assert marked_answer(Answer("a", "The answer."), marks_of(plain)).text == "The answer."


def test_an_unknown_outcome_is_refused() -> None:
    assert check_outcome("npsv") == "npsv"
    with pytest.raises(InputError, match="no outcome named profit"):
        check_outcome("profit")


@pytest.mark.parametrize(
    ("number", "words"),
    [(0.123, "0.12"), (7.0, "7"), (99.4, "99"), (123.0, "120"), (12_345.0, "12,000"), (1_250_000.0, "1,200,000")],
)
def test_counts_are_told_with_two_digits(number: float, words: str) -> None:
    assert rounded_count(number) == words


@pytest.mark.parametrize("text", ["5", "2:1", "1:1", "a:b"])
def test_a_range_has_two_ends_that_run_upwards(text: str) -> None:
    assert range_of("-0.5:1.5") == (-0.5, 1.5)
    with pytest.raises(InputError, match="range"):
        range_of(text)


def test_the_policy_of_draws_is_the_one_that_is_named_or_the_only_one(policy: Scenario, run: Run) -> None:
    whole, place = run(draws(policy, 2))
    other = policy.model_copy(update={"name": "other"})
    drawn = Drawn(whole, place, {"full_time": policy, "other": other})
    assert drawn.policy("other") is other
    assert drawn.policy("my/full_time.yaml") is policy
    assert replace(drawn, scenarios={"full_time": policy}).policy("") is policy
    with pytest.raises(InputError, match=r"holds full_time, other, and this is asked of one policy.*such as full_time"):
        drawn.policy("")
    named = {name: Policy(one) for name, one in drawn.scenarios.items()}
    runs = Runs(place, named, lambda: whole, lambda _: ())
    with pytest.raises(InputError, match="such as policy='full_time'"):
        runs.prim()
