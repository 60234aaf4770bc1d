"""Runs of a list of schools of one's own: nothing is called England, or a council, of which it has but a part."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result
from packs.conftest import RUTLAND, SETTINGS, store
from packs.test_brief import england_run, quotable

from sencosim.cli import main
from sencosim.errors import InputError
from sencosim.evidence.councils import load_councils
from sencosim.model import RunOptions, plan_run, speaks_for_england
from sencosim.outcomes.areas import MODELLED, own_places, whole_regions
from sencosim.population.describe import is_england, whole_places
from sencosim.population.sampling import only_councils
from sencosim.population.schools import Population
from sencosim.population.synthetic import synthetic_england
from sencosim.report.assemble import area_of
from sencosim.report.brief.place import find_place, per_school
from sencosim.report.brief.write import make_brief
from sencosim.report.inputs import ENGLAND, NET_PUBLIC_COST, UNLIKE_REGISTER
from sencosim.report.stored import StoredRun
from sencosim.scenario.load import load_scenario
from sencosim.studies.optimise_search import sizes_of
from sencosim.studies.question import drawn
from sencosim.terminal.settings import with_settings

pytestmark = pytest.mark.engine
CODE = "E06000017"


def schools_of(*councils: str, without: int = 0) -> Population:
    """The schools of some councils, perhaps without the first few."""
    schools = only_councils(synthetic_england(), councils)
    return schools.take(np.arange(without, schools.n_schools))


def without_some(council: str, n: int) -> Population:
    """All England but some schools of a council."""
    schools = synthetic_england()
    (lost,) = np.nonzero(schools.la_code == schools_of(council).la_code[0])
    return schools.take(np.setdiff1d(np.arange(schools.n_schools), lost[:n]))


@pytest.fixture(scope="module")
def rutland(tmp_path_factory: pytest.TempPathFactory) -> StoredRun:
    """A run of a list of the schools of Rutland, no council named."""
    options = replace(RUTLAND, population=schools_of("Rutland", without=1), councils=())
    return store("full_time", tmp_path_factory.mktemp("rutland"), options=options)


@pytest.fixture(scope="module")
def eleven(tmp_path_factory: pytest.TempPathFactory) -> StoredRun:
    """A run of eleven of the 21 schools of Rutland, the council named."""
    options = replace(RUTLAND, population=schools_of("Rutland", without=10))
    return store("full_time", tmp_path_factory.mktemp("eleven"), options=options)


def test_a_list_is_england_if_it_has_every_council_and_nearly_all_schools() -> None:
    england = synthetic_england()
    assert is_england(england)
    assert is_england(without_some("Norfolk", 100))
    assert not is_england(without_some("Rutland", 21)), "a council is lacking"
    assert not is_england(england.take(np.arange(0, england.n_schools, 2))), "half of the schools are lacking"
    assert {one.ons_code for one in load_councils()} < whole_places(england)
    assert CODE in whole_places(without_some("Rutland", 1))
    assert CODE not in whole_places(without_some("Rutland", 2))
    assert "East Midlands" not in whole_places(schools_of("Rutland"))


def test_a_list_is_named_by_its_councils_or_as_a_list() -> None:
    def name(schools: Population, *councils: str) -> str:
        return area_of(RunOptions(population=schools, councils=councils))[1]

    assert area_of(RunOptions(population=schools_of("Rutland"))) == (CODE, "Rutland")
    assert name(schools_of("Rutland", "Norfolk")) == "Rutland and Norfolk"
    assert name(schools_of("Rutland", without=10)) == name(schools_of("Rutland", without=10), "Rutland")
    assert name(schools_of("Rutland", without=10)) == "11 schools of Rutland"
    many = schools_of(*(one.name for one in load_councils()[:20]))
    assert name(many) == f"{many.n_schools:,} schools of a list of one's own"
    assert name(synthetic_england()) == "England"


def test_nothing_of_a_list_is_sampled_as_if_it_were_england() -> None:
    resolved = with_settings("full_time", SETTINGS)
    plan = plan_run(resolved, RunOptions(population=schools_of("Rutland", "Norfolk", "Suffolk")))
    assert (plan.share, plan.draw_share, plan.chosen) == (1.0, 1.0, True)
    assert "England" not in plan.in_words() + plan.design_in_words()
    assert plan_run(resolved, RunOptions()).draw_share < 1.0


def test_a_run_of_a_list_says_nothing_of_england_or_of_other_councils(rutland: StoredRun) -> None:
    inputs = rutland.inputs
    assert inputs.area_code == CODE
    assert set(inputs.summary["area_name"]) == {"Rutland"}
    assert "change in Rutland" in inputs.question
    assert list(inputs.council_purses["area_code"]) == [CODE]
    assert inputs.incidence.empty, "budgets of all schools cannot be worked out for some"
    for place in ("England", "Norfolk", "East Midlands"):
        with pytest.raises(InputError, match="it simulated Rutland only"):
            make_brief(quotable(rutland), place)


def test_a_brief_divides_by_the_schools_of_the_run_and_says_how_many(rutland: StoredRun) -> None:
    made = make_brief(quotable(rutland), "Rutland")
    rows = made.summary[made.summary["view"] == "central"].drop_duplicates("outcome").set_index("outcome")
    net = made.summary.query("view == 'central' and outcome == @NET_PUBLIC_COST and year == 'present_value'")
    net = float(net.loc[net["payer"] == "", "difference"].iloc[0])
    assert rows.loc[per_school(NET_PUBLIC_COST), "difference"] * 20 * 2 == pytest.approx(net)
    assert "The list of schools has 20 there, the register 21." in made.basis


def test_a_brief_of_a_part_of_a_council_is_refused(eleven: StoredRun) -> None:
    assert eleven.inputs.area_code == f"part of {CODE}"
    assert set(eleven.inputs.summary["area_name"]) == {"11 schools of Rutland"}
    assert eleven.inputs.council_purses.empty, "its grant is for all of its schools"
    with pytest.raises(InputError, match=r"it simulated 11 schools of Rutland only.*with all its schools"):
        make_brief(quotable(eleven), "Rutland")


def test_a_council_that_england_has_a_part_of_is_not_modelled() -> None:
    options = RunOptions(population=without_some("Rutland", 10))
    assert speaks_for_england(options)
    found = places_of(options)
    assert CODE not in found
    assert ENGLAND in found


def test_a_council_of_which_schools_are_sampled_is_not_modelled() -> None:
    assert places_of(RunOptions(), share=0.06, sampling="schools") == {ENGLAND}
    assert CODE in places_of(RunOptions(), share=0.06)
    assert CODE in places_of(RunOptions(), sampling="schools"), "all schools are run"


def test_chosen_councils_speak_for_neither_england_nor_a_region_of_which_councils_are_lacking() -> None:
    east = [one for one in load_councils() if one.region == "North East"]
    names = tuple(one.name for one in east)
    codes = {one.ons_code for one in east}
    assert places_of(RunOptions(councils=("Rutland",))) == {CODE}
    assert places_of(RunOptions(councils=names)) == codes | {"North East"}
    assert places_of(RunOptions(councils=names[1:])) == codes - {east[0].ons_code}
    london = tuple(one.name for one in load_councils() if one.region == "London" and one.schools > 1)
    assert "London" not in places_of(RunOptions(councils=london)), "one council is lacking, of one school"


def test_a_run_of_one_council_has_no_group_called_by_its_region(full_time: StoredRun) -> None:
    inputs = full_time.inputs
    for table in (inputs.by_group, inputs.incidence, inputs.hours_cost):
        assert {"all", "phase"} <= set(table["grouping"])
        assert "region" not in set(table["grouping"])
    east: Any = SimpleNamespace(
        options=RunOptions(councils=tuple(one.name for one in load_councils() if one.region == "North East"))
    )
    assert whole_regions(east) == {"North East"}
    assert len(whole_regions(SimpleNamespace(options=RunOptions()))) == 9  # type: ignore[arg-type]


def places_of(options: RunOptions, share: float = 1.0, sampling: str = "councils") -> frozenset[str]:
    """Places that a run may speak for."""
    run: Any = SimpleNamespace(options=options, plan=SimpleNamespace(share=share, sampling=sampling))
    return own_places(run)


def test_only_a_modelled_place_has_the_schools_of_the_list(full_time: StoredRun) -> None:
    england = england_run(full_time)
    place = find_place("Norfolk")
    more = {**england.inputs.manifest, UNLIKE_REGISTER: {place.code: -10.0}}
    shared = replace(england, inputs=replace(england.inputs, manifest=more))
    summary = england.inputs.summary
    basis = summary["basis"].where(summary["area_code"] != place.code, MODELLED)
    modelled = replace(shared, inputs=replace(shared.inputs, summary=summary.assign(basis=basis)))
    each = [_each(make_brief(run, "Norfolk").summary, place.code) for run in (england, shared, modelled)]
    assert each[0] == each[1]
    assert each[2] * (place.schools - 10) == pytest.approx(each[0] * place.schools)


def _each(summary: pd.DataFrame, code: str) -> float:
    rows = summary[(summary["outcome"] == per_school(NET_PUBLIC_COST)) & (summary["area_code"] == code)]
    return float(rows.loc[rows["view"] == "central", "difference"].iloc[0])


# -- studies of a list -------------------------------------------------------------------------------------------------


def study(schools: Population, tmp_path: Path, *words: str) -> Result:
    """A dry run of a command on a list of schools."""
    file = tmp_path / "schools.parquet"
    schools.save(file)
    return CliRunner().invoke(main, [*words, "--population", str(file), "--workers", "1", "--dry-run"])


@pytest.mark.parametrize("words", [("voi", "full_time"), ("optimise",)], ids=" ".join)
def test_what_a_study_would_run_is_no_part_of_england_where_it_runs_a_list(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    done = study(schools_of("Rutland", "Norfolk", "Suffolk", without=1), tmp_path, *words)
    assert done.exit_code == 0, done.output
    assert "England" not in done.output
    assert "schools of a list of one's own" in " ".join(done.output.split())


def test_an_ensemble_runs_every_school_of_a_list_and_says_so() -> None:
    scenario = load_scenario("full_time").scenario
    many = schools_of("Rutland", "Norfolk", "Suffolk")
    question = drawn({"full_time": scenario}, RunOptions(population=many), {"central": 1}, 1, 0.02)
    assert (question.n_schools(), question.facts()["sample_share"]) == (many.n_schools, 1.0)
    assert drawn({"full_time": scenario}, RunOptions(), {"central": 1}, 1, 0.02).share == 0.02
    sizes = sizes_of(SIZES, scenario, RunOptions(population=many))
    assert (sizes.share, sizes.confirmed_share) == (1.0, 1.0)
    assert sizes_of(SIZES, scenario, RunOptions()).confirmed_share == 0.25


SIZES = {"sample": 0.02, "confirmed_share": 0.25, "points": 32, "replications": 1, "rounds": 1, "draws": 0}
SIZES |= {"timing": False}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("run", "full_time", "--sample", "0.2"), "leave out --sample."),
        (("run", "full_time", "--set", "run.draw_sample=0.2"), "leave out --set run.draw_sample."),
        (("voi", "full_time", "--sample", "0.2"), "leave out --sample."),
        (("optimise", "--confirm", "0.5"), "leave out --confirm."),
        (("run", "full_time", "--council", "Rutland", "--sampling", "schools"), "leave out --sampling."),
    ],
)
def test_a_part_of_england_is_refused_where_it_would_change_nothing(
    tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    done = study(schools_of("Rutland"), tmp_path, *words)
    assert done.exit_code == 2, done.output
    assert said in " ".join(done.output.split())
