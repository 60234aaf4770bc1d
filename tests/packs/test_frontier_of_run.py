"""A finished run alongside a frontier of its own area and years: in its folder, its pack, and by the command."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from openpyxl import load_workbook
from outcomes.made_up_frontier import write_frontier
from packs.conftest import SETTINGS, WHOLE

from sencosim.cli import main
from sencosim.experiment.finished import manifest_of
from sencosim.model import RunOptions, run_scenario
from sencosim.outcomes.frontier import Frontier
from sencosim.population.sampling import only_councils
from sencosim.population.synthetic import synthetic_england
from sencosim.report import assemble
from sencosim.report.assemble import report_inputs
from sencosim.report.findings import Findings
from sencosim.report.frontier import (
    frontier_told,
)
from sencosim.report.frontier_page import how_found
from sencosim.report.frontier_section import (
    headline_lines,
)
from sencosim.report.manifest import write_manifest
from sencosim.report.outputs import write_outputs
from sencosim.report.pack.write import write_pack
from sencosim.report.quoted import QUOTE_CHECK
from sencosim.report.showing import CAUTIONS
from sencosim.report.stored import StoredRun, read_run
from sencosim.terminal.settings import with_settings

pytestmark = pytest.mark.engine
FOUND_ON: dict[str, Any] = {"years": 2, "settings": {"run": {"warm_up_years": int(WHOLE["run.warm_up_years"])}}}
"""Years and settings of a frontier alongside which the runs here may stand."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_frontier(tmp_path_factory.mktemp("frontier") / "rutland", area="Rutland", **FOUND_ON)


@pytest.fixture(scope="module")
def run(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StoredRun]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(assemble, "shipped_frontier", lambda: Frontier.read(folder))
        resolved = with_settings("protected_time", SETTINGS | WHOLE)
        options = RunOptions(councils=("Rutland",), workers=1, headline_only=True)
        result = run_scenario(resolved, options)
        root = tmp_path_factory.mktemp("outputs")
        yield read_run(write_outputs(report_inputs(result), root, dataset=result.store.dataset))


def test_the_report_its_folder_and_its_pack_tell_the_same(run: StoredRun, tmp_path: Path) -> None:
    lines = headline_lines(Findings(run.inputs))
    assert len(lines) == 2
    page = (run.folder / "report.html").read_text(encoding="utf-8")
    assert 'id="table-frontier_aims"' in page
    pack = write_pack(run, tmp_path)
    assert headline_lines(Findings(read_run(pack).inputs)) == lines
    book = load_workbook(pack / "results.xlsx")
    kept = run.inputs.frontier
    assert book["Best_policy"].max_row == 4 + len(kept)
    assert book["Best_by_aim"].max_row == 4 + kept["aim"].nunique()
    own = kept[kept["kind"] == "this"]
    assert own["cost"].nunique() == 1


def test_the_summary_holds_what_the_section_says(run: StoredRun) -> None:
    findings = Findings(run.inputs)
    told = frontier_told(findings)
    assert told is not None
    found = told.answers[told.main]
    least, share = (
        findings.get("central", name, "present_value") for name in ("frontier_least_cost", "frontier_share")
    )
    assert least is not None
    assert share is not None
    assert least.difference == pytest.approx(found.cost_for_as_much)
    assert share.difference == pytest.approx(100.0 * found.gain / found.gain_for_as_much)
    assert not least.has_range
    assert all(passed for name, passed, _ in run.inputs.checks if name == QUOTE_CHECK)


def test_the_command_sets_it_beside_its_frontier_and_beside_no_other(
    run: StoredRun, folder: Path, tmp_path: Path
) -> None:
    found = CliRunner().invoke(main, ["frontier", str(folder), "--beside", str(run.folder)])
    assert found.exit_code == 0, found.output
    assert f"“{run.inputs.scenario.title}” alongside the frontier" in found.output
    england = write_frontier(tmp_path / "england")
    refused = CliRunner().invoke(main, ["frontier", str(england), "--beside", str(run.folder)])
    assert refused.exit_code == 2
    assert 'sencosim optimise --council "Rutland"' in " ".join(refused.output.split())


def test_what_forbids_quoting_a_run_travels_with_it_beside_a_frontier(
    run: StoredRun, folder: Path, tmp_path: Path
) -> None:
    own = shutil.copytree(run.folder, tmp_path / "own")
    write_manifest(own, manifest_of(own) | {"quick": True, CAUTIONS: ["No study has seen so much time."]})
    title = run.inputs.scenario.title
    said = f"“{title}” is from a run of which nothing may be quoted."
    page, book, chart = (tmp_path / name for name in ("a.html", "a.xlsx", "a.svg"))
    files = ("--html", str(page), "--xlsx", str(book), "--svg", str(chart))

    def told(*more: str) -> str:
        found = CliRunner().invoke(main, ["frontier", str(folder), "--beside", str(own), *more])
        assert found.exit_code == 0, found.output
        return found.stdout

    assert told(*files) == ""
    for text in (" ".join(told().split()), " ".join(json.loads(told("--json"))["stamps"])):
        assert said in text
        assert "It is a quick run: for trying out, not for quoting." in text
        assert "No study has seen so much time." in text
    assert said in page.read_text(encoding="utf-8")
    cover = " ".join(str(row[0].value) for row in load_workbook(book).worksheets[0].iter_rows())
    assert said in " ".join(cover.split())
    lines = (line.strip() for line in re.findall(r">([^<>]+)<", chart.read_text(encoding="utf-8")))
    drawn = " ".join(reversed([line for line in lines if line]))  # the source line is drawn from below
    assert f"and “{title}”." in drawn.partition("Not to be quoted:")[2]


def test_a_finished_run_of_schools_of_its_own_stands_beside_a_frontier_of_these_alone(
    folder: Path, tmp_path: Path
) -> None:
    """A run that is read back holds no schools: their name and number are those of its folder."""
    rutland = only_councils(synthetic_england(), ["Rutland"])
    half = rutland.take(np.arange(0, rutland.n_schools, 2))
    options = RunOptions(population=half, workers=1, headline_only=True)
    result = run_scenario(with_settings("protected_time", SETTINGS | WHOLE), options)
    own = write_outputs(report_inputs(result), tmp_path, dataset=result.store.dataset)
    refused = CliRunner().invoke(main, ["frontier", str(folder), "--beside", str(own)])
    assert (refused.exit_code, refused.stdout) == (2, "")
    said = " ".join(refused.stderr.split())
    assert "The frontier is of Rutland, this run is of 11 schools of Rutland" in said
    assert "sencosim optimise --population FILE" in said
    area, found_on = "11 schools of Rutland", FOUND_ON | {"own_schools": True}
    other = write_frontier(tmp_path / "other", area=area, population_fingerprint="1" * 16, **found_on)
    refused = CliRunner().invoke(main, ["frontier", str(other), "--beside", str(own)])
    assert "The schools of this run are not those on which the frontier was found" in " ".join(refused.stderr.split())
    same = write_frontier(tmp_path / "same", area=area, population_fingerprint=half.fingerprint, **found_on)
    shown = CliRunner().invoke(main, ["frontier", str(same), "--beside", str(own)])
    assert shown.exit_code == 0, shown.output
    assert "England" not in " ".join(how_found(Frontier.read(same)))
    assert "run on all schools that were asked for (11 schools of Rutland)" in " ".join(how_found(Frontier.read(same)))


def test_a_run_made_without_a_frontier_is_read(run: StoredRun, tmp_path: Path) -> None:
    copy = tmp_path / run.folder.name
    shutil.copytree(run.folder, copy)
    (copy / "frontier.csv").unlink()
    write_manifest(copy, manifest_of(copy))
    assert read_run(copy).inputs.frontier.empty
