"""``sencosim frontier``: what it prints and writes, and how it refuses."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook
from outcomes.made_up_frontier import write_frontier
from packs.checklist import failures, read_xlsx
from report.test_report_page import outline

from sencosim.cli import main
from sencosim.errors import OutputError
from sencosim.experiment.finished import manifest_of
from sencosim.outcomes.frontier import Frontier, shipped_frontier
from sencosim.report.manifest import write_manifest
from sencosim.report.outputs import write_new
from sencosim.scenario.load import load_scenario, shipped_fingerprints, shipped_scenario
from sencosim.studies.frontier_answer import dials_of, scenario_of
from sencosim.studies.optimise_search import SHIPPED
from sencosim.studies.policy_space import levers_of

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_frontier(tmp_path_factory.mktemp("frontier") / "made_up")


def call(*words: str | Path) -> Result:
    return CliRunner().invoke(main, ["frontier", *map(str, words)])


def test_it_prints_the_frontier_the_rule_and_what_stands_beside_it(folder: Path) -> None:
    found = call(folder)
    assert found.exit_code == 0
    text = " ".join(found.output.split())
    frontier = Frontier.read(folder)
    assert all(sentence in text for sentence in frontier.facts["rule"])
    assert all(f"Point {number}" in text for number in range(1, 7))
    assert "The cheapest policy found that does as much costs £7.5 billion" in text


def test_a_shipped_policy_with_a_caution_has_it_on_every_output(folder: Path, tmp_path: Path) -> None:
    cautioned = [one for one in map(shipped_scenario, SHIPPED) if one.cautions]
    assert [one.name for one in cautioned] == ["team"]
    said = f"“{cautioned[0].title}” is not to be quoted. {cautioned[0].cautions[0]}"
    assert said in " ".join(call(folder).output.split())
    assert said in json.loads(call(folder, "--json").output)["stamps"]
    chart = tmp_path / "a.svg"
    assert call(folder, "--svg", chart).exit_code == 0
    assert "Not to be quoted:" in chart.read_text(encoding="utf-8")


def test_another_aim_has_another_table(folder: Path) -> None:
    text = " ".join(call(folder, "--aim", "weeks_to_file").output.split())
    assert "Policies by what they cost and do for weeks from point of request to filing" in text


def test_json_holds_the_same_policies(folder: Path) -> None:
    told = json.loads(call(folder, "--json").output)
    assert told["is_current"]
    assert {row["name"] for row in told["policies"]} == set(Frontier.read(folder).figures.index)


def test_a_frontier_that_was_changed_is_not_shown(tmp_path: Path) -> None:
    table = write_frontier(tmp_path / "changed") / "figures.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("7", "8"), encoding="utf-8")
    found = call(table.parent)
    assert found.exit_code == 4
    assert "figures.csv was changed" in found.output


def test_a_stale_frontier_says_so(tmp_path: Path) -> None:
    older = write_frontier(tmp_path / "older", point_values="0" * 64)
    assert "older evidence" in call(older).output
    assert "older evidence" not in call(write_frontier(tmp_path / "new")).output


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--aim", "weeks_to_fle"), "Did you mean  weeks_to_file"),
        (("--write", "x.yaml", "--point", "point_99"), "There is no point named point_99"),
        (("--beside", "nobody"), "No finished run is called 'nobody'"),
    ],
)
def test_what_is_not_there_is_said_and_nothing_written(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    found = call(folder, *options)
    assert found.exit_code == 2
    assert words in found.output
    assert list(tmp_path.iterdir()) == []


def test_no_frontier_is_a_sentence(tmp_path: Path) -> None:
    found = call(tmp_path)
    assert found.exit_code == 2
    assert "There is no frontier in" in found.output
    if shipped_frontier() is None:
        plain = call()
        assert plain.exit_code == 2
        assert "sencosim optimise" in plain.output


def test_a_policy_that_asks_something_else_now_is_left_out_and_said(tmp_path: Path) -> None:
    asked = shipped_fingerprints(("baseline", *SHIPPED)) | {"full_time": "0" * 64}
    folder = write_frontier(tmp_path / "before", policies=asked)
    text = " ".join(call(folder).stdout.split())
    assert "older evidence" in text
    assert "Left out, because they ask something else now than when they were run: full_time." in text
    assert "full-time SENCO" not in text
    told = json.loads(call(folder, "--json").stdout)
    assert "full_time" not in {row["name"] for row in told["policies"]}


def test_a_frontier_that_does_not_say_on_what_it_was_found_is_refused(folder: Path, tmp_path: Path) -> None:
    old = shutil.copytree(folder, tmp_path / "old")
    facts = manifest_of(old)
    del facts["settings"]
    write_manifest(old, facts)
    found = call(old)
    assert (found.exit_code, found.stdout) == (2, "")
    assert "its manifest does not say settings" in " ".join(found.stderr.split())


def test_every_point_written_is_the_policy_that_was_found(folder: Path, tmp_path: Path) -> None:
    frontier = Frontier.read(folder)
    assert len(frontier.points) == 8
    for point in map(str, frontier.points.index):
        path = tmp_path / f"{point}.yaml"
        assert call(folder, "--write", path, "--point", point).exit_code == 0
        scenario = load_scenario(path).scenario
        assert scenario.levers == levers_of(dials_of(frontier, point))
        assert scenario.name == point
        today = load_scenario("baseline").scenario
        own, its = (one.model_copy(update={"levers": today.levers}).fingerprint() for one in (scenario, today))
        assert own == its
        checked = CliRunner().invoke(main, ["validate", str(path)])
        assert (checked.exit_code, "can run" in checked.output) == (0, True)


def test_years_and_view_of_the_frontier_go_along(tmp_path: Path) -> None:
    frontier = Frontier.read(write_frontier(tmp_path / "short", years=5, view="sceptic"))
    path = tmp_path / "mine.yaml"
    path.write_text(scenario_of(frontier, "rule", "mine"), encoding="utf-8")
    scenario = load_scenario(path).scenario
    assert (scenario.horizon.years, scenario.view) == (5, "sceptic")


def test_no_point_is_written_where_it_would_build_on_another_baseline(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    short = Frontier.read(write_frontier(tmp_path / "short", years=5))
    own = tmp_path / "baseline.yaml"
    own.write_text("name: baseline\nhorizon: {years: 5}\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert "years: 5" in scenario_of(short, "rule", "mine")
    found = call(folder, "--write", tmp_path / "mine.yaml")
    assert (found.exit_code, (tmp_path / "mine.yaml").exists()) == (2, False)
    assert "builds on the baseline that ships" in " ".join(found.output.split())


def test_nothing_is_written_over(folder: Path, tmp_path: Path) -> None:
    for option, name in (("--write", "a.yaml"), ("--html", "a.html"), ("--xlsx", "a.xlsx"), ("--svg", "a.svg")):
        (tmp_path / name).write_text("mine", encoding="utf-8")
        found = call(folder, option, tmp_path / name)
        assert found.exit_code == OutputError.exit_code
        assert "is there already" in found.output
        assert (tmp_path / name).read_text(encoding="utf-8") == "mine"
    assert len(list(tmp_path.iterdir())) == 4


def test_a_file_that_cannot_be_made_leaves_nothing(tmp_path: Path) -> None:
    def fails(place: Path) -> None:
        place.write_text("half", encoding="utf-8")
        raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        write_new(tmp_path / "a.txt", fails)
    with pytest.raises(OutputError, match="cannot be written"):
        write_new(tmp_path / "nowhere" / "a.txt", lambda place: place.write_text("x", encoding="utf-8") and None)
    assert list(tmp_path.iterdir()) == []


def test_the_page_and_the_workbook_open(folder: Path, tmp_path: Path) -> None:
    page, book, chart = (tmp_path / name for name in ("a.html", "a.xlsx", "a.svg"))
    assert call(folder, "--html", page, "--xlsx", book, "--svg", chart).exit_code == 0
    html = page.read_text(encoding="utf-8")
    parsed = outline(html)
    assert parsed.open == []
    assert parsed.headings.count(1) == 1
    assert len(parsed.ids) == len(set(parsed.ids))
    assert all(target[1:] in parsed.ids for target in parsed.targets)
    assert all(table["caption"] == 1 and table["unscoped"] == 0 for table in parsed.tables)
    assert len(parsed.pictures) == 3
    assert "<script" not in html
    sheets = load_workbook(book).sheetnames
    assert {"Frontier", "Beside", "Points", "Figures", "Errors", "Cases", "Regret", "Who_gains", "Examples"} < set(
        sheets
    )
    assert failures(read_xlsx(book)) == []
    assert chart.read_text(encoding="utf-8").startswith("<svg")
