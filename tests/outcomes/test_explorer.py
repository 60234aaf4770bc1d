"""The explorer's arithmetic: exact where it says so, nothing for nothing, and refused where the runs cannot say."""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sencosim.costing.discount import present_value
from sencosim.costing.money import money_by_year
from sencosim.costing.prices import PriceBook
from sencosim.costing.tariffs import PolicyTerms, terms_of
from sencosim.errors import InputError, OutputError
from sencosim.evidence import register
from sencosim.evidence.register import evidence_folder, load_register
from sencosim.evidence.views import VIEWS, load_view
from sencosim.evidence.yaml_files import is_table
from sencosim.outcomes import explorer_data
from sencosim.outcomes.explorer import DEFAULT, Explorer, Refused
from sencosim.outcomes.explorer_beliefs import rounded
from sencosim.outcomes.explorer_charges import PRICES, priced_charges, products
from sencosim.outcomes.explorer_controls import CONTROLS, FULL_TIME, HOURS_PER_DAY, OFF, controls_of, levers_of
from sencosim.outcomes.explorer_data import SHIPPED, page_data, read_stored, write_stored
from sencosim.outcomes.explorer_features import policy_features, shares_joined, time_functions
from sencosim.outcomes.explorer_why import breakeven, changes, in_a_hundred, shapley, what_changed
from sencosim.outcomes.frontier import ENGINE_TABLES, Frontier, shipped_frontier
from sencosim.outcomes.frontier import SHIPPED as FRONTIER
from sencosim.outcomes.on_frontier import frontier_facts
from sencosim.report.frontier_section import stale_sentence
from sencosim.scenario import load as loading
from sencosim.scenario.files import shipped_folder, shipped_scenarios
from sencosim.scenario.load import load_scenario
from sencosim.vocabulary import COLUMN, PAYERS

CENTRAL, TODAY = VIEWS.index("central"), 0


@pytest.fixture(scope="module")
def explorer() -> Explorer:
    """The data that ship."""
    return Explorer(page_data())


def _state(**told: Any) -> dict[str, Any]:
    return {**DEFAULT, **told}


_SHARES = st.fixed_dictionaries({name: st.floats(0.0, 1.0) for name in CONTROLS})


def _controls(shares: dict[str, float]) -> dict[str, float]:
    """Controls at whole steps of their ranges."""
    found = {}
    for name, one in CONTROLS.items():
        steps = round((one.high - one.low) / one.step * shares[name])
        found[name] = round(min(one.high, one.low + one.step * steps), 9)
    return found


# -- exact -------------------------------------------------------------------------------------------------------------


@pytest.mark.property
@given(st.lists(st.floats(0.3, 1.0), min_size=len(PRICES), max_size=len(PRICES)))
def test_charges_as_products_are_those_of_the_price_book_at_any_prices(shares: list[float]) -> None:
    values = load_view("central").values(load_register())
    values |= {name: float(str(values[name])) * share for name, share in zip(PRICES, shares, strict=True)}
    terms = PolicyTerms(protected_time="national_grant", la_capacity="national_grant", specialist_places="councils")
    book = {
        (one.quantity, one.item, one.payer, one.category): one
        for one in PriceBook.from_values(values, "", terms).charges
    }
    told = [one for one in priced_charges() if not one.lever or getattr(terms, one.lever) == one.funder]
    assert len(told) == len(book)
    numbers = {name: float(str(values[name])) for name in PRICES}
    for one in told:
        own = book[one.charge.quantity, one.charge.item, one.charge.payer, one.charge.category]
        for name in ("price_gbp", "labour_share", "cashable_share"):
            assert products(getattr(one.charge, name)).value(numbers) == pytest.approx(getattr(own, name), rel=1e-12)


@pytest.mark.unit
@pytest.mark.parametrize("name", ["full_time", "national_grant", "team", "everything", "isp_duty_with_time"])
@pytest.mark.parametrize("view", VIEWS)
def test_a_stored_policy_costs_what_the_price_book_says(explorer: Explorer, name: str, view: str) -> None:
    place = VIEWS.index(view)
    scenario = load_scenario(name).scenario
    book = PriceBook.from_values(load_view(view).values(load_register()), view, terms_of(scenario))
    stored = explorer.stored(name, place, TODAY)
    change = np.zeros((1, len(explorer.years), len(COLUMN)))
    change[0][:, [COLUMN[one["name"]] for one in explorer.data["quantities"]]] = stored
    own = {key: float(present_value(value[0])) for key, value in money_by_year(change, book, explorer.years[0]).items()}
    told = explorer.point(_state(scenario=name), place, TODAY)
    for figure in (
        "net_public_cost",
        "npsv",
        "policy_cost",
        "policy_benefit",
        "cashable_saving",
        "released_hours_worth",
    ):
        assert told[figure][0] == pytest.approx(own[figure], rel=1e-9, abs=1.0), figure
    for payer in PAYERS:
        assert told[f"payer_net.{payer}"][0] == pytest.approx(own[f"payer_net.{payer}"], rel=1e-9, abs=1.0), payer


@pytest.mark.property
@given(_SHARES, st.sampled_from(range(len(VIEWS))), st.sampled_from([0, 1]))
def test_payers_and_lines_add_up(explorer: Explorer, shares: dict[str, float], view: int, law: int) -> None:
    told = explorer.point(_state(scenario="", controls=_controls(shares)), view, law)
    public = [number for number, one in enumerate(explorer.data["payers"]) if one["is_public"]]
    size = 1e-9 * np.abs(told["waterfall"]).sum() + 1e-6
    assert told["waterfall"][0][public].sum() == pytest.approx(told["net_public_cost"][0], abs=size)
    assert told["npsv"][0] == pytest.approx(told["policy_benefit"][0] - told["policy_cost"][0], abs=size)
    flat = explorer.point(_state(scenario="", controls=_controls(shares), discount=0.0), view, law)
    assert flat["by_year"][0][0].sum() == pytest.approx(flat["net_public_cost"][0], abs=size)
    assert flat["by_year"][0][1].sum() == pytest.approx(flat["npsv"][0], abs=size)


@pytest.mark.property
@given(st.sampled_from([name for name in PRICES if name not in ("real_pay_growth", "released_hours_value")]))
def test_each_price_moves_social_value_in_a_straight_line(explorer: Explorer, name: str) -> None:
    own = next(one for one in explorer.data["beliefs"] if one["name"] == name)
    ends = [own["low"], own["high"], 0.5 * (own["low"] + own["high"])]
    low, high, middle = (float(explorer.point(_state(beliefs={name: end}), CENTRAL, TODAY)["npsv"][0]) for end in ends)
    assert middle == pytest.approx(0.5 * (low + high), rel=1e-9)


@pytest.mark.unit
def test_a_grant_moves_the_bill_from_schools_to_the_department(explorer: Explorer) -> None:
    own, granted = (explorer.point(_state(funder=one), CENTRAL, TODAY) for one in ("schools", "national_grant"))
    assert granted["net_public_cost"][0] == pytest.approx(own["net_public_cost"][0], rel=1e-9)
    assert granted["npsv"][0] == pytest.approx(own["npsv"][0], rel=1e-9)
    moved = own["payer_net.schools"][0] - granted["payer_net.schools"][0]
    assert moved > 1e9
    assert granted["payer_net.dfe"][0] - own["payer_net.dfe"][0] == pytest.approx(moved, rel=1e-9)


@pytest.mark.unit
def test_uses_of_hours_add_up_to_the_hours_added(explorer: Explorer) -> None:
    kept = [one["name"] for one in explorer.data["quantities"]]
    for name in ("full_time", "hours_by_need"):
        change = explorer.stored(name, CENTRAL, TODAY).mean(axis=0)
        told = explorer.point(_state(scenario=name), CENTRAL, TODAY)["uses"][0].sum()
        net = change[kept.index("added_hours")] - change[kept.index("removed_hours")]
        assert told == pytest.approx(net, rel=0.03)


# -- emulated ----------------------------------------------------------------------------------------------------------


@pytest.mark.property
@given(_SHARES, st.sampled_from(range(len(VIEWS))), st.sampled_from([0, 1]))
def test_a_policy_that_asks_for_nothing_changes_nothing(
    explorer: Explorer, shares: dict[str, float], view: int, law: int
) -> None:
    moved = {one["name"]: one["low"] + shares["start"] * (one["high"] - one["low"]) for one in explorer.engine}
    timing = {
        name: value for name, value in _controls(shares).items() if name in ("start", "phase_in_years", "primary")
    }
    told = explorer.point(_state(scenario="", controls={**OFF, **timing}, beliefs=moved), view, law)
    assert all(not np.any(value) for value in told.values())


@pytest.mark.property
@given(st.sampled_from(range(len(VIEWS))), st.sampled_from([0, 1]), st.data())
def test_controls_of_a_stored_policy_give_its_stored_result(
    explorer: Explorer, view: int, law: int, data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(explorer.data["anchors"]["scenarios"]))
    stored = explorer.point(_state(scenario=name), view, law)
    own = explorer.point(_state(scenario="", controls=explorer.scenarios[name]["controls"]), view, law)
    for figure in ("net_public_cost", "npsv", "payer_net.schools"):
        assert own[figure][0] == pytest.approx(stored[figure][0], rel=1e-3, abs=2e6), figure


@pytest.mark.property
@settings(max_examples=8)
@given(_SHARES)
def test_ends_of_a_range_are_in_order(explorer: Explorer, shares: dict[str, float]) -> None:
    cell = explorer.answer(_state(scenario="", controls=_controls(shares)))["cells"][CENTRAL][TODAY]
    assert all(cell["low"][name] <= cell["high"][name] for name in cell["low"] if name != "by_year")


@pytest.mark.unit
def test_the_figure_that_stands_first_is_the_mean_over_draws_and_else_that_of_the_runs(explorer: Explorer) -> None:
    covered = {one["covered"]: name for name, one in explorer.scenarios.items()}
    for is_covered, name in covered.items():
        cell = explorer.answer(_state(scenario=name))["cells"][CENTRAL][TODAY]
        first = cell["mean"] if is_covered else cell["point"]
        assert explorer.headline(_state(scenario=name), CENTRAL, TODAY, "npsv") == pytest.approx(first["npsv"])
    assert set(covered) == {True, False}


@pytest.mark.unit
def test_bands_hold_what_they_say_and_poor_figures_are_refused(explorer: Explorer) -> None:
    errors = explorer.data["errors"]
    for name, one in errors.items():
        assert one["n"] >= 700
        assert one["refused"] == (one["r2"] < 0.6), name
        assert 0.77 <= one["share_inside"] <= 0.83, name
        assert np.mean(one["noise"]) == pytest.approx(0.0, abs=1e-3)
        assert np.min(one["inside_by"]) >= 0.7, name
    assert not errors["net_public_cost"]["refused"]
    assert not errors["npsv"]["refused"]
    assert not errors["payer_net.schools"]["refused"]
    assert set(explorer.answer(DEFAULT)["refused"]) == {name for name, one in errors.items() if one["refused"]}


@pytest.mark.unit
def test_joiners_of_every_year_add_up() -> None:
    at_once, later = (
        time_functions(shares_joined({"start": start, "phase_in_years": 1}, 2027, 10), [0.0, 1.0, 4.0, 9.0])
        for start in (2027, 2029)
    )
    assert at_once[:-1].sum(axis=0) == pytest.approx(np.ones(10))
    assert later[:-1, 2:] == pytest.approx(at_once[:-1, :8])
    assert not later[:, :2].any()


@pytest.mark.property
@given(st.floats(0.01, 1.0), st.floats(1.0, 60.0), st.floats(0.0, 25.0))
def test_hours_for_each_pupil_ask_of_a_school_what_as_many_hours_for_the_school_do(
    each: float, sen: float, today: float
) -> None:
    """One school of each phase: asking by pupil, up to full time, is asking for the product."""
    told = {"phase": [0, 1], "low": [200, 900], "high": [200, 900], "weight": [0.5, 0.5]}
    schools = told | {"sen": [sen, sen], "today": [today, today]}
    alike = OFF | {"hours_per_sen_pupil": 0.0, "least_hours": 0.0, "most_hours": FULL_TIME}
    by_pupil, by_school = (
        policy_features(alike | asked, schools, np.ones((1, 2)), np.zeros((1, 2)))
        for asked in ({"hours_per_sen_pupil": each}, {"least_hours": min(each * sen, FULL_TIME)})
    )
    assert by_pupil == pytest.approx(by_school)


# -- refused -----------------------------------------------------------------------------------------------------------


@pytest.mark.unit
def test_a_policy_that_the_controls_do_not_cover_is_shown_as_run_and_else_refused_with_its_command(
    explorer: Explorer,
) -> None:
    for name, one in explorer.scenarios.items():
        if one["covered"]:
            continue
        cell = explorer.answer(_state(scenario=name))["cells"][CENTRAL][TODAY]
        assert cell["basis"] == "stored"
        assert cell["mean"] is None
        with pytest.raises(Refused, match=f"sencosim run {name}"):
            explorer.point(_state(scenario=name, beliefs={"effect_appeals": 0.9}), CENTRAL, TODAY)
        priced = explorer.point(_state(scenario=name, beliefs={"provision_worth": 0.0}), CENTRAL, TODAY)
        assert np.isfinite(priced["npsv"][0])


@pytest.mark.unit
def test_an_unknown_belief_is_refused_by_name(explorer: Explorer) -> None:
    with pytest.raises(Refused, match="no_such_thing"):
        explorer.point(_state(beliefs={"no_such_thing": 1.0}), CENTRAL, TODAY)


@pytest.mark.unit
def test_every_shipped_policy_is_in_the_data(explorer: Explorer) -> None:
    wanted = {name for name in shipped_scenarios() if any(load_scenario(name).scenario.levers.active())}
    assert set(explorer.scenarios) == wanted


@pytest.mark.unit
def test_every_aim_of_the_frontier_is_in_the_data_and_each_point_costs_and_gains_more_than_the_last(
    explorer: Explorer,
) -> None:
    frontier = shipped_frontier()
    assert frontier is not None
    told = {one["aim"]: one["points"] for one in explorer.data["frontier"]["aims"]}
    assert list(told) == list(frontier.aims)
    for points in told.values():
        assert points
        assert all((np.diff([one[name] for one in points]) > 0.0).all() for name in ("cost", "gain"))


@pytest.mark.unit
def test_a_council_lacks_what_was_not_run_there_and_nothing_else(explorer: Explorer) -> None:
    facts, runs = read_stored(SHIPPED)
    names, tables = list(runs["councils"]["figures"]), runs["councils"]["figures"]
    gone = str(explorer.data["councils"]["rows"][0]["code"])
    del tables[names[0]][gone]
    first, *others = explorer_data.data_of(facts, runs)["councils"]["rows"]
    was, *were = explorer.data["councils"]["rows"]
    assert first["figures"] == {name: was["figures"][name] for name in names[1:]}
    assert others == were


@pytest.mark.unit
def test_stored_runs_of_another_model_are_refused_with_the_command_that_makes_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = explorer_data.made_by()
    monkeypatch.setattr(explorer_data, "made_by", lambda: {**now, "behaviour": "another"})
    with pytest.raises(InputError, match=r"the code that computes changed.*sencosim explore --remake"):
        read_stored(SHIPPED)


@pytest.mark.unit
def test_stored_runs_that_were_changed_are_refused(tmp_path: Path) -> None:
    folder = shutil.copytree(SHIPPED, tmp_path / "runs")
    facts, runs = read_stored(folder)
    assert facts["runs_sha256"]
    forged = json.dumps({**runs, "n_draws": runs["n_draws"] + 1}, separators=(",", ":"))
    (folder / "runs.json.gz").write_bytes(gzip.compress(forged.encode()))
    with pytest.raises(OutputError, match=r"not the file that facts\.json speaks of"):
        read_stored(folder)


@pytest.mark.unit
@pytest.mark.parametrize("name", sorted(json.loads((SHIPPED / "facts.json").read_text(encoding="utf-8"))))
def test_facts_of_stored_runs_that_were_changed_or_taken_out_are_refused(name: str, tmp_path: Path) -> None:
    folder = shutil.copytree(SHIPPED, tmp_path / "runs")
    facts = json.loads((folder / "facts.json").read_text(encoding="utf-8"))
    rest = {key: value for key, value in facts.items() if key != name}
    for forged in (rest, {**rest, name: "forged"}, {**facts, "cautions_of_none": []}):
        (folder / "facts.json").write_text(json.dumps(forged), encoding="utf-8")
        with pytest.raises(OutputError, match=r"facts\.json was changed since it was written"):
            read_stored(folder)


@pytest.mark.unit
@pytest.mark.parametrize("name", ENGINE_TABLES)
def test_stored_runs_of_other_tables_are_refused_and_a_frontier_of_them_is_old(
    name: str, tmp_path: Path, name_evidence: Callable[[Path], None]
) -> None:
    folder = tmp_path / "evidence"
    shutil.copytree(evidence_folder(), folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    name_evidence(folder)
    frontier = shipped_frontier()
    assert read_stored(SHIPPED)
    assert frontier is not None
    assert frontier.is_current
    with (folder / name).open("a", encoding="utf-8") as table:
        table.write("\n")
    with pytest.raises(InputError, match="tables of councils, years or routes changed"):
        read_stored(SHIPPED)
    assert not frontier.is_current


@pytest.fixture
def edited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of shipped scenarios, in which protected time is edited from 1.5 days a week to 4."""
    folder = shutil.copytree(shipped_folder(), tmp_path / "scenarios")
    file = folder / "protected_time.yaml"
    plain = file.read_text(encoding="utf-8")
    file.write_text(plain.replace("days_per_week: 1.5", "days_per_week: 4"), encoding="utf-8")
    assert file.read_text(encoding="utf-8") != plain
    monkeypatch.setattr(loading, "shipped_folder", lambda: folder)
    monkeypatch.setattr(loading, "_shipped", loading._shipped.__wrapped__)
    return folder


@pytest.mark.unit
def test_stored_runs_of_a_policy_that_asks_something_else_now_are_refused(edited: Path) -> None:
    with pytest.raises(InputError, match=r"asked by .*protected_time.* changed since.*sencosim explore --remake"):
        page_data()
    shutil.copy(shipped_folder() / "protected_time.yaml", edited)
    assert page_data()
    (edited / "team.yaml").unlink()
    with pytest.raises(InputError, match="what is asked by team changed"):
        page_data()


@pytest.mark.unit
def test_a_policy_that_asks_something_else_now_leaves_the_frontier_which_is_old(edited: Path) -> None:
    found = Frontier.read(FRONTIER)
    assert frontier_facts(found)["changed_policies"] == ["protected_time"]
    assert not found.is_current
    assert not {"protected_time"} & {*found.figures.index, *found.cases["policy"], *found.regret["policy"]}
    assert "full_time" in found.figures.index
    assert "run: protected_time." in stale_sentence(frontier_facts(found))
    shutil.copy(shipped_folder() / "protected_time.yaml", edited)
    assert Frontier.read(FRONTIER).is_current
    base = edited / "baseline.yaml"
    base.write_text(base.read_text(encoding="utf-8") + "high_needs_pressure_funded_by: councils\n", encoding="utf-8")
    assert not Frontier.read(FRONTIER).is_current


@pytest.mark.unit
def test_a_file_of_ones_own_with_the_name_of_a_shipped_policy_does_not_stand_for_it(
    explorer: Explorer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = (shipped_folder() / "full_time.yaml").read_text(encoding="utf-8").replace("title: ", "title: My ")
    (tmp_path / "full_time.yaml").write_text(mine, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert load_scenario("full_time").scenario.title.startswith("My ")
    assert page_data()["scenarios"] == explorer.data["scenarios"]


@pytest.mark.engine
def test_every_file_of_the_evidence_that_a_pair_reads_is_among_what_made_the_stored_runs() -> None:
    """Asked of Python itself, which says every file that is opened."""
    done = subprocess.run([sys.executable, "-c", READ_BY_A_PAIR], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    read = set(done.stdout.split())
    assert set(ENGINE_TABLES) <= read
    tables = {name for name in read if name.endswith(".csv") or is_table(evidence_folder() / name)}
    elsewhere = {"posterior/sample.csv", "correlations.yaml", "not_drawn.yaml", "appraisal.yaml"}  # the last: prices
    assert {name for name in tables if not name.startswith("views/")} - elsewhere == set(ENGINE_TABLES)


READ_BY_A_PAIR = """
import sys
from pathlib import Path
opened = set()
sys.addaudithook(lambda event, told: opened.add(str(told[0])) if event == "open" else None)
from sencosim.engine.pair import read_evidence
from sencosim.evidence.register import evidence_folder
from sencosim.model import trace_school
from sencosim.population.synthetic import synthetic_england
from sencosim.scenario.load import load_scenario
resolved, schools = load_scenario("full_time"), synthetic_england()
read_evidence(resolved.scenario, "central", 1, 1)
trace_school(resolved, schools, int(schools.school_id[schools.la_code == 857][0]), last_year=2027)
inside = (Path(name) for name in opened if Path(name).is_relative_to(evidence_folder()))
print(*(path.relative_to(evidence_folder()).as_posix() for path in inside if path.suffix in (".csv", ".yaml")))
"""


@pytest.mark.unit
def test_data_made_of_other_evidence_say_so_when_they_are_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(register, "cautions_of_evidence", lambda: ("Made of other councils.",))
        write_stored(tmp_path, *read_stored(SHIPPED))
    told = Explorer(page_data(tmp_path))
    assert told.answer(_state(scenario="", controls={"least_hours": 32.4}))["cautions"] == ["Made of other councils."]
    assert Explorer(page_data()).answer(DEFAULT)["cautions"] == []


@pytest.mark.unit
def test_a_price_that_changes_makes_no_run_old(monkeypatch: pytest.MonkeyPatch) -> None:
    register = load_register()
    now = explorer_data.made_by(register)
    cheaper = register["tribunal_cost_public"].model_copy(update={"value": 1.0})
    changed = {**dict(register.items()), "tribunal_cost_public": cheaper}
    hours = register["used_share_added"].model_copy(update={"value": 0.1})
    told = [
        explorer_data.made_by(_Changed(register, {**changed, **also}))  # type: ignore[arg-type]
        for also in ({}, {"used_share_added": hours})
    ]
    assert told[0] == now
    assert {name for name in now if told[1][name] != now[name]} == {"point_values"}


class _Changed:
    """A register with some entries changed."""

    def __init__(self, register: Any, entries: dict[str, Any]) -> None:
        self.correlations, self.items = register.correlations, entries.items
        self.overridden: frozenset[str] = frozenset()


@pytest.mark.unit
def test_what_is_stored_comes_back_and_the_same_content_is_the_same_bytes(tmp_path: Path) -> None:
    facts, runs = {"seed": 1, "errors": {"npsv": 0.5}, "scenarios": {}}, {"terms": [1, 2], "base": [0.1]}
    for name, in_order in (("one", facts), ("other", dict(reversed(facts.items())))):
        write_stored(tmp_path / name, in_order, runs)
    told, kept = read_stored(tmp_path / "one")
    assert (told | facts, kept) == (told, runs)
    one, other = ({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in ("one", "other"))
    assert one == other


@pytest.mark.unit
def test_a_folder_without_runs_is_refused(tmp_path: Any) -> None:
    with pytest.raises(InputError, match="no stored runs"):
        page_data(tmp_path)


@pytest.mark.unit
def test_the_stored_runs_are_small() -> None:
    assert sum(path.stat().st_size for path in SHIPPED.iterdir()) < 600_000


# -- controls ----------------------------------------------------------------------------------------------------------


@pytest.mark.property
@given(_SHARES)
def test_controls_say_the_levers_and_levers_the_controls(shares: dict[str, float]) -> None:
    told = _controls(shares)
    levers = levers_of(told)
    assert levers_of(told) == levers
    one_rule = controls_of(levers)
    if one_rule is not None:
        assert levers_of(one_rule) == levers
    assert "hours_schedule" in {name for name, _ in levers.active()} or one_rule is not None or not any(levers.active())


@pytest.mark.unit
@pytest.mark.parametrize("name", ["full_time", "protected_time", "hours_by_need", "team", "combined", "delayed"])
def test_shipped_policies_are_covered(name: str) -> None:
    scenario = load_scenario(name).scenario
    told = controls_of(scenario.levers)
    assert told is not None
    own = {lever: (one.start, one.phase_in_years) for lever, one in scenario.levers.active()}
    again = {lever: (one.start, one.phase_in_years) for lever, one in levers_of(told).active()}
    assert set(own.values()) == set(again.values())
    assert len(own) == len(again)


@pytest.mark.unit
def test_hours_of_a_week_and_a_day_are_those_of_the_register() -> None:
    register = load_register()
    assert register.number("full_time_hours_per_week") == FULL_TIME
    assert register.number("hours_per_day") == HOURS_PER_DAY


# -- why ---------------------------------------------------------------------------------------------------------------


@pytest.mark.property
@settings(max_examples=8)
@given(st.floats(0.65, 0.95), st.floats(0.0, 1.5), st.integers(1, 10))
def test_what_changed_adds_up(explorer: Explorer, compliance: float, worth: float, horizon: int) -> None:
    after = _state(horizon=horizon, beliefs={"legal_floor_compliance": compliance, "provision_worth": worth})
    parts = what_changed(DEFAULT, after, explorer, CENTRAL, TODAY, "npsv")
    whole = [explorer.headline(state, CENTRAL, TODAY, "npsv") for state in (DEFAULT, after)]
    assert sum(parts.values()) == pytest.approx(whole[1] - whole[0], rel=1e-6, abs=1.0)


@pytest.mark.unit
def test_few_changes_are_told_apart_and_many_are_told_by_kind(explorer: Explorer) -> None:
    read, prices = ([one["name"] for one in found] for found in (explorer.engine, explorer.prices))
    few, many = (dict.fromkeys((*read[:n], *prices[:n]), 1.0) for n in (2, 15))
    assert set(changes(DEFAULT, _state(beliefs=few, horizon=5), explorer)) == {*few, "horizon"}
    together = changes(DEFAULT, _state(beliefs=many, horizon=5), explorer)
    assert together == {
        "beliefs": {"beliefs": dict.fromkeys(read[:15], 1.0)},
        "prices": {"beliefs": dict.fromkeys(prices[:15], 1.0)},
        "account": {"horizon": 5},
    }


@pytest.mark.unit
def test_an_idle_change_gets_nothing_and_equal_ones_the_same() -> None:
    parts = shapley(lambda made: 6.0 * ({"a", "b"} <= made), ["a", "b", "idle"])
    assert parts == {"a": 3.0, "b": 3.0, "idle": 0.0}


@pytest.mark.unit
def test_at_a_break_even_the_figure_is_zero(explorer: Explorer) -> None:
    campaign = VIEWS.index("campaign")
    found = breakeven(DEFAULT, "provision_worth", explorer, campaign, TODAY, "npsv")
    assert found is not None
    told = explorer.headline(_state(beliefs={"provision_worth": found}), campaign, TODAY, "npsv")
    assert told == pytest.approx(0.0, abs=1e5)
    assert breakeven(DEFAULT, "mediation_fee", explorer, CENTRAL, TODAY, "npsv") is None


@pytest.mark.unit
def test_beliefs_in_the_middle_are_likely_and_all_at_one_end_are_not(explorer: Explorer) -> None:
    drawn = {one["name"]: one["quantiles"][CENTRAL] for one in explorer.engine if one["quantiles"][CENTRAL]}
    middle, end = ({name: table[place] for name, table in drawn.items()} for place in (4, 8))
    likely, unlikely = (in_a_hundred(_state(beliefs=told), explorer, CENTRAL) for told in (middle, end))
    assert likely is not None
    assert unlikely is not None
    assert likely > 99.0
    assert unlikely < 1.0
    assert in_a_hundred(DEFAULT, explorer, CENTRAL) is None


@pytest.mark.unit
def test_rounding_keeps_five_digits_and_whole_numbers() -> None:
    assert rounded([123456.7, 0.00123456, 2.0, [np.pi]]) == [123460, 0.0012346, 2, [3.1416]]


@pytest.mark.unit
def test_the_page_says_all_that_is_known_of_its_runs_and_discounts_as_the_green_book_does() -> None:
    facts, data = read_stored(SHIPPED)[0], page_data()
    assert data["made"] == {name: value for name, value in facts.items() if name != "errors"}
    assert len(data["made"]) > 1
    assert data["discount_default"] == 0.035
