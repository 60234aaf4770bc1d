"""The line on which two inputs together change the answer, on a model whose line is known."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from studies.conftest import RUTLAND
from studies.made_up import made_up_rows, position

from sencosim.cli import main
from sencosim.errors import InputError
from sencosim.experiment.pool import Where
from sencosim.model import RunOptions
from sencosim.population.synthetic import synthetic_england
from sencosim.scenario.schema import Scenario
from sencosim.studies import breakeven_search as searching
from sencosim.studies.breakeven_search import POINTS, Model, pair_answer, search, search_pair
from sencosim.studies.question import Point

pytestmark = pytest.mark.unit
FIRST, SECOND = "used_share_added", "senco_leaving_rate"


@pytest.fixture
def models(policy: Scenario, monkeypatch: pytest.MonkeyPatch) -> tuple[Model, Model]:
    monkeypatch.setattr(searching, "run_now", lambda question, *_: list(made_up_rows(question, None)))
    one, other = (
        Model(policy, RUTLAND, 0.02, SECOND, "public", part, Where(1), lambda _: None)
        for part in (range(2), range(2, 4))
    )
    return one, other


def test_the_line_is_where_the_net_cost_is_nought(models: tuple[Model, Model]) -> None:
    found = search_pair(*models, FIRST)
    line = found.table[found.table["status"] == "found"]
    assert len(found.table) == POINTS
    assert len(line) >= 2
    for row in line.to_dict(orient="records"):
        point = Point("central", 1, {FIRST: row["first"], SECOND: row["second"]}, {})
        assert 80.0 * position(point, SECOND) + 40.0 * position(point, FIRST) == pytest.approx(-100.25, abs=0.6)
        assert row["low"] <= row["second"] <= row["high"]
    assert line["second"].is_monotonic_decreasing
    assert set(found.grid.columns) == {"first", "second", "net_benefit_gbp"}
    assert len(found.grid) == POINTS**2
    assert set(found.runs["purpose"]) == {"search", "rerun"}


def test_points_are_run_again_with_other_chance(models: tuple[Model, Model]) -> None:
    found = search_pair(*models, FIRST)
    again = found.runs[found.runs["purpose"] == "rerun"]
    assert set(again["replication"]) == {2, 3}
    checked = found.table[found.table["confirmed"].notna()]
    assert len(again) == 2 * len(checked)
    # Replications 2 and 3 of the made-up model cost a million more than 0 and 1, with a quarter of a million of error:
    # of two replications not enough to refute anything (Student's t with one degree of freedom).
    assert checked["confirmed"].all()
    assert np.allclose(checked["rerun_net_gbp"], -1e6, atol=5e5)


def test_it_is_told_and_drawn(models: tuple[Model, Model]) -> None:
    answer = pair_answer(search_pair(*models, FIRST), models[0], "Source: a test.")
    assert answer.text.startswith("In Rutland, measured by the")
    assert "In Rutland; central view" in answer.charts[0].subtitle
    assert "The answer changes where" in answer.text
    assert "run again with other schools and chance agree" in answer.text
    assert {"line", "grid", "runs"} == set(answer.tables)
    chart = answer.charts[0]
    assert "<title" in chart.svg
    assert "at which the answer changes" in chart.text
    assert answer.name == f"breakeven-{FIRST}-{SECOND}"


@pytest.mark.parametrize("setting", ["run.sample", "run.draws", "structure.beyond_list.zero"])
def test_a_setting_that_no_search_reads_is_refused(models: tuple[Model, Model], setting: str) -> None:
    one, other = (replace(model, name=setting) for model in models)
    with pytest.raises(InputError, match=f"{setting} is read by `sencosim run` alone"):
        search(one, other, (0.1, 0.5))
    with pytest.raises(InputError, match=f"{setting} is read by `sencosim run` alone"):
        search_pair(*models, setting, ((0.1, 0.5), None))


def test_a_setting_of_whole_numbers_is_swept_and_not_searched(models: tuple[Model, Model]) -> None:
    one, other = (replace(model, name="horizon.years") for model in models)
    with pytest.raises(InputError, match="sweep a setting that takes whole numbers"):
        search(one, other, (5.0, 10.0))
    assert not one.runs


@pytest.mark.parametrize("names", [(SECOND,), (FIRST, SECOND)])
def test_a_search_says_whose_schools_it_ran_and_keeps_those_of_others_apart(
    names: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "run_now", lambda question, *_: list(made_up_rows(question, None)))
    inputs = [word for name in names for word in ("--parameter", name)]
    folders = set()
    for council in ("Rutland", "Norfolk"):
        asked = ["breakeven", "full_time", *inputs, "--council", council, "--out", str(tmp_path), "--json"]
        found = CliRunner().invoke(main, asked)
        assert found.exit_code == 0, found.output
        told = json.loads(found.stdout.splitlines()[-1])
        assert told["text"].startswith(f"In {council}, measured by")
        facts = json.loads((Path(told["folder"]) / "manifest.json").read_text(encoding="utf-8"))
        assert (facts["area"], facts["councils"]) == (council, [council])
        assert (facts["view"], facts["law"], facts["sample_share"]) == ("central", "current_law", None)
        assert facts["population_fingerprint"]
        folders.add(Path(told["folder"]).parent.name)
    assert len(folders) == 2


def test_a_search_on_a_sample_says_so_and_other_schools_have_another_folder(models: tuple[Model, Model]) -> None:
    england = replace(models[0], options=RunOptions())
    assert england.place == "2 % of England in whole councils"
    schools = synthetic_england()
    own = replace(england, options=RunOptions(population=schools.take(np.arange(0, schools.n_schools, 2))))
    assert "of a list of one's own" in own.place
    assert len({one.search_id for one in (england, own, models[0], replace(england, share=0.03))}) == 4


def test_no_line_is_said_plainly(models: tuple[Model, Model]) -> None:
    found = search_pair(*models, FIRST, (None, (0.2, 0.3)))
    answer = pair_answer(found, models[0], "Source: a test.")
    assert "No pair changes the answer" in answer.text
    assert "Not within the evidence." in answer.text
    assert set(found.table["status"]) == {"no root in range"}


def test_a_pair_of_one_is_refused(models: tuple[Model, Model]) -> None:
    with pytest.raises(InputError, match="named twice"):
        search_pair(*models, SECOND)
    with pytest.raises(InputError, match="say which range"):
        search_pair(*models, "levers.protected_time.floor.hours_per_week")
