"""Every analysis of draws takes those of a finished run, which stays as it is."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import sencosim as ss
from sencosim.cli import main
from sencosim.engine.pair import read_evidence
from sencosim.errors import InputError
from sencosim.report.brief import write
from sencosim.studies import trial
from sencosim.studies.from_run import ensemble_of_run

pytestmark = pytest.mark.engine

SMALL = ("--council", "Rutland", "--years", "2", "--view", "central", "--headline-only", "--set", "run.warm_up_years=1")
COMMANDS = (
    ("breakeven",),
    ("voi", "--worth", "refusals=1000"),
    ("ensemble",),
    ("sensitivity", "prim"),
    ("sensitivity", "draws"),
    ("brief", "full_time", "--area", "Rutland"),
    ("compare", "full_time"),
)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("finished")
    words = ("run", "full_time", *SMALL, "--replications", "2", "--draws", "90", "--workers", "1", "-q")
    done = CliRunner().invoke(main, [*words, "-o", str(folder)])
    assert done.exit_code == 0, done.output
    return folder


def files_of(folder: Path) -> dict[Path, bytes]:
    (run,) = (folder / "full_time").iterdir()
    return {path: path.read_bytes() for path in run.rglob("*") if path.is_file()}


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_an_analysis_takes_the_draws_of_a_run(
    finished: Path, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write, "refuse_quoting", lambda *_: None)  # two replications of Rutland are no answer to quote
    before = files_of(finished)
    named = () if command[0] in ("brief", "compare") else ("--run", "full_time")
    done = CliRunner().invoke(main, [*command, *named, "-o", str(finished), "-q"])
    assert done.exit_code == 0, done.output
    assert files_of(finished) == before
    if named:
        assert "Run on: Rutland; 90 draws in the central view; 1 replication." in done.output


def test_a_trial_of_a_run_is_in_the_schools_of_the_run(finished: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def stop(*given: Any) -> None:
        asked.append(given[-1]["councils"])
        raise InputError("Stopped.")

    monkeypatch.setattr(trial, "_counted", stop)
    for words, said in (((), "Stopped."), (("--council", "Kent"), "These draws are of Rutland")):
        done = CliRunner().invoke(main, ["trial", "full_time", "--run", "full_time", *words, "-o", str(finished)])
        assert done.exit_code == 2, done.output
        assert said in done.output
    assert asked == [("Rutland",)]


def test_the_policy_of_a_run_is_given_as_its_draws_were_run(finished: Path) -> None:
    (run,) = (finished / "full_time").iterdir()
    _, policy = ensemble_of_run(run)
    assert policy.baselines == ("current_law",)
    readings = [read_evidence(policy, "central", draw, policy.run.seed).values for draw in range(1, 9)]
    assert {one["beyond_list"] for one in readings} == {0.25}


def test_a_wrong_policy_or_none_is_said(finished: Path) -> None:
    for words, said in (
        (("breakeven", "slt_seat", "--run", "full_time"), "holds full_time, not slt_seat"),
        (("voi",), "Name a scenario"),
    ):
        done = CliRunner().invoke(main, [*words, "-o", str(finished)])
        assert done.exit_code == 2, done.output
        assert said in done.output


@pytest.mark.parametrize(
    ("command", "asked", "said"),
    [
        ("breakeven", ("--council", "Norfolk", "--years", "3", "--view", "sceptic"), "--council, --years, --view"),
        ("breakeven", ("--set", "levers.protected_time.hours=5", "--draws", "500"), "--set, --draws"),
        ("breakeven", ("--ensemble", "."), "either --run or --ensemble"),
        ("breakeven", ("--measure", "social"), "--measure is for a search"),
        ("breakeven", ("--search", "0:1"), "--search is for a search"),
        ("breakeven", ("--parameter", "overtime_displacement"), "leave out --run"),
        ("voi", ("--seed", "99", "--replications", "3"), "--replications, --seed"),
        ("ensemble", ("--sample", "0.5", "--engine", "compiled", "--dry-run"), "--sample, --engine, --dry-run"),
        ("trial", ("--seed", "99", "--main-only"), "--seed, --main-only"),
    ],
)
def test_what_would_be_another_question_is_refused_where_draws_are_finished(
    finished: Path, command: str, asked: tuple[str, ...], said: str
) -> None:
    done = CliRunner().invoke(main, [command, "full_time", "--run", "full_time", "-o", str(finished), *asked])
    assert done.exit_code == 2, done.output
    assert said in " ".join(done.output.split())


def test_python_opens_a_run_at_once_and_reads_it_when_asked(finished: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(finished)
    (run,) = (finished / "full_time").iterdir()
    runs = ss.open_runs(run)
    assert "ensemble" not in vars(runs)
    assert len(runs.draws()) == 90
    assert runs.summary(by=["outcome"]).set_index("outcome").loc["net_public_cost", "n"] == 90
    assert set(runs.cube["area"]) == {"Rutland"}
    assert len(runs.summary(by=["area", "view"], outcome="net_public_cost", payer="")) == 1
    assert "phase: primary" in set(runs.cube["group"])
    by_group = runs.summary(by=["group"], outcome="added_senco_hours").set_index("group")["mean"]
    assert by_group["phase: primary"] + by_group["phase: secondary"] == pytest.approx(by_group["all"], rel=1e-6)
    there = runs.difference(outcome="requests", area="Rutland", year="total")
    assert len(there[there["draw"] > 0]) == 90
    assert runs.plot()._repr_png_().startswith(b"\x89PNG")
    assert "GBP million" in runs._repr_html_()
    assert runs.breakeven().tables
    for asked, said in (
        ({"by": ["colour"]}, "no column colour"),
        ({"by": "view", "outcome": "request"}, "Did you mean requests"),
        ({"by": "group", "group": "primary"}, "Did you mean phase: primary"),
        ({"by": []}, "Say by which columns"),
        ({"by": "view", "views": "central"}, "Did you mean view"),
    ):
        with pytest.raises(InputError, match=said):
            runs.summary(**asked)
    with pytest.raises(InputError, match="is that of one payer"):
        runs.plot("payer_net")


def test_a_run_of_another_version_is_refused_in_words(finished: Path, tmp_path: Path) -> None:
    (run,) = (finished / "full_time").iterdir()
    old = tmp_path / "full_time" / run.name
    shutil.copytree(run, old)
    facts = json.loads((old / "manifest.json").read_text(encoding="utf-8"))
    del facts["laws"]
    (old / "manifest.json").write_text(json.dumps(facts), encoding="utf-8")
    with pytest.raises(InputError, match="another version of sencosim: its manifest does not say 'laws'"):
        ss.open_runs(old).summary("outcome")
    done = CliRunner().invoke(main, ["breakeven", "--run", str(old)])
    assert done.exit_code == 2
    assert "another version of sencosim" in done.output
