"""A run that is stopped in any way and resumed equals one that was never stopped, in every byte of its files."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner
from experiment.commands import NO_COMMIT, start
from experiment.same_bytes import differences, the_run

from sencosim.cli import main
from sencosim.experiment.store import Store
from sencosim.model import RunResult
from sencosim.randomness import uniform
from sencosim.report.manifest import write_manifest

pytestmark = pytest.mark.engine

RUN = ("run", "full_time", "--council", "Rutland", "--years", "1", "--engine", "reference", "--view", "central", "-q")
RUN += ("--headline-only",)
SMALL = (*RUN, "--workers", "2", "--replications", "4", "--draws", "2", "--set", "run.warm_up_years=1")
TABLES = ("summary", "runs", "ledger", "priced", "areas", "draws")


def finish(process: subprocess.Popen[str]) -> tuple[int, str]:
    _, said = process.communicate(timeout=180)
    return process.returncode, said


def wait_for_pairs(folder: Path, n: int, process: subprocess.Popen[str]) -> Path:
    """Folder of the run, once it holds so many finished pairs."""
    end = time.monotonic() + 120.0
    while time.monotonic() < end and process.poll() is None:
        for working in folder.glob("outputs/full_time/.*.running"):
            if kept_in(working) >= n:
                return working
        time.sleep(0.01)
    raise AssertionError(process.communicate()[1])


def kept_in(working: Path) -> int:
    return Store(working, "looked at").count()


def run_id(working: Path) -> str:
    return working.name.removeprefix(".").removesuffix(".running")


def results(folder: Path) -> dict[str, pd.DataFrame]:
    run = the_run(folder / "outputs")
    return {name: pd.read_parquet(run / f"{name}.parquet") for name in TABLES}


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("uninterrupted")
    code, said = finish(start(*SMALL, folder=folder))
    assert code == 0, said
    return folder


def test_killed_and_resumed_equals_uninterrupted(tmp_path: Path, uninterrupted: Path) -> None:
    process = start(*SMALL, folder=tmp_path)
    working = wait_for_pairs(tmp_path, 1, process)
    time.sleep(2.0 * uniform(time.time_ns() % 2**32, 0, 0, 0, 0))
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    if working.exists():
        code, said = finish(start("run", "--resume", run_id(working), "-q", "--workers", "1", folder=tmp_path))
        assert code == 0, said
    for half_written in tmp_path.glob("outputs/full_time/.*.partial"):
        shutil.rmtree(half_written)
    assert not differences(the_run(uninterrupted / "outputs"), the_run(tmp_path / "outputs"))


def test_a_full_disk_at_the_report_keeps_the_pairs_and_says_how_to_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, uninterrupted: Path
) -> None:
    def full(path: Path, text: str) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["sencosim", *SMALL])
    for name, value in NO_COMMIT.items():
        monkeypatch.setenv(name, value)
    with monkeypatch.context() as while_full:
        while_full.setattr("sencosim.report.outputs.write_text", full)
        failed = CliRunner().invoke(main, SMALL)
    assert failed.exit_code == 4
    (working,) = tmp_path.glob("outputs/full_time/.*")
    said = " ".join(failed.stderr.split())
    assert "The results could not be written to outputs: No space left on device." in said
    assert f"{kept_in(working)} finished pairs of runs are kept in {working.relative_to(tmp_path).as_posix()}." in said
    assert said.endswith(f"Go on with: sencosim run --resume {run_id(working)}")
    resumed = CliRunner().invoke(main, ["run", "--resume", run_id(working), "-q"])
    assert resumed.exit_code == 0, resumed.stderr
    assert not differences(the_run(uninterrupted / "outputs"), the_run(tmp_path / "outputs"))


def test_a_resumed_run_adds_draws_until_its_ends_hold_if_that_was_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = list[int]()

    def with_more_draws(result: RunResult, _: object) -> RunResult:
        asked.append(result.plan.draws)
        if len(asked) == 1:
            raise KeyboardInterrupt
        return result

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sencosim.outcomes.ends.with_more_draws", with_more_draws)
    stopped = CliRunner().invoke(main, [*SMALL, "--until-ends-hold"])
    assert stopped.exit_code == 130
    (working,) = tmp_path.glob("outputs/full_time/.*")
    resumed = CliRunner().invoke(main, ["run", "--resume", run_id(working), "-q"])
    assert resumed.exit_code == 0, resumed.stderr
    assert asked == [2, 2]


def test_an_extension_keeps_draws_that_were_added_until_ends_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, uninterrupted: Path
) -> None:
    """The scenario of such a run says how many it began with; its manifest, how many it has."""
    run = the_run(uninterrupted / "outputs")
    copy = shutil.copytree(run, tmp_path / "outputs" / "full_time" / run.name)
    facts = json.loads((copy / "manifest.json").read_text(encoding="utf-8"))
    write_manifest(copy, {**facts, "draws": 66, "files": None})
    asked = list[int | None]()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        "sencosim.cli.run.run_one", lambda _, resolved, *__, **___: asked.append(resolved.scenario.run.draws)
    )
    result = CliRunner().invoke(main, ["run", "--extend", "full_time", "--replications", "50"])
    assert result.exit_code == 0, result.stderr
    assert asked == [66]


def test_a_stopped_extension_goes_on_when_what_it_extends_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, uninterrupted: Path
) -> None:
    run = the_run(uninterrupted / "outputs")
    more = ("run", "--extend", "full_time", "--draws", "3", "-q", "--workers", "1")
    for place, is_stopped in ((tmp_path / "one", False), (tmp_path / "other", True)):
        source = shutil.copytree(run, place / "outputs" / "full_time" / run.name)
        monkeypatch.chdir(place)
        if is_stopped:
            with monkeypatch.context() as here:
                here.setattr("sencosim.cli.run.hand_over", stop)
                assert CliRunner().invoke(main, [*more]).exit_code == 130
            shutil.rmtree(source)
            (working,) = place.glob("outputs/full_time/.*")
            resumed = CliRunner().invoke(main, ["run", "--resume", run_id(working), "-q"])
            assert resumed.exit_code == 0, resumed.stderr
        else:
            extended = CliRunner().invoke(main, [*more])
            assert extended.exit_code == 0, extended.stderr
            shutil.rmtree(source)
    assert not differences(*(the_run(tmp_path / name / "outputs") for name in ("one", "other")))


def stop(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_an_extended_run_equals_one_made_with_as_many_draws(tmp_path: Path, uninterrupted: Path) -> None:
    fewer = [word if word != "2" else "1" for word in SMALL]
    fewer[fewer.index("4")] = "2"
    code, said = finish(start(*fewer, folder=tmp_path))
    assert code == 0, said
    (before,) = tmp_path.glob("outputs/full_time/*")
    kept = {path: path.read_bytes() for path in before.rglob("*") if path.is_file()}
    more = ("run", "--extend", "full_time", "--draws", "2", "--replications", "4", "-q", "--workers", "1")
    code, said = finish(start(*more, folder=tmp_path))
    assert code == 0, said
    assert kept == {path: path.read_bytes() for path in before.rglob("*") if path.is_file()}
    (after,) = (folder for folder in tmp_path.glob("outputs/full_time/*") if folder != before)
    expected = results(uninterrupted)
    for name, table in expected.items():
        pd.testing.assert_frame_equal(pd.read_parquet(after / f"{name}.parquet"), table, check_exact=True)
    cited = json.loads((after / "manifest.json").read_text(encoding="utf-8"))["extends"]
    assert cited["run_id"] == before.name
    assert cited["manifest_sha256"] == sha256((before / "manifest.json").read_bytes()).hexdigest()
    assert len(Store(after, "x").jobs()) > len(Store(before, "x").jobs())
    code, said = finish(start("run", "--extend", before.name, "--draws", "1", folder=tmp_path))
    assert code == 2
    assert "not fewer" in said


def test_ctrl_c_says_what_was_kept_and_another_question_is_refused(tmp_path: Path) -> None:
    scenario = tmp_path / "mine.yaml"
    scenario.write_text("schema: 1\nname: full_time\ntitle: Mine\nextends: full_time\n", encoding="utf-8")
    words = [word if word != "full_time" else "mine.yaml" for word in SMALL]
    words[words.index("--draws") + 1] = (
        "60"  # enough that it cannot end before it is stopped, however slow this machine
    )
    process = start(*words, folder=tmp_path)
    working = wait_for_pairs(tmp_path, 1, process)
    os.killpg(process.pid, signal.SIGINT)
    code, said = finish(process)
    assert code == 130, said
    kept = kept_in(working)
    assert kept >= 1
    assert not list(working.rglob("*.tmp"))
    assert f"{kept} finished pair" in said
    assert f"sencosim run --resume {run_id(working)}" in said
    assert "Traceback" not in said

    code, said = finish(start("run", "--resume", run_id(working), "--draws", "9", folder=tmp_path))
    assert code == 2
    assert "leave out --draws" in said
    with scenario.open("a", encoding="utf-8") as stream:
        stream.write("horizon:\n  first_year: 2028/29\n")
    code, said = finish(start("run", "--resume", run_id(working), folder=tmp_path))
    assert code == 2
    assert "cannot go on: the scenario changed" in said
    facts = json.loads((working / "run.json").read_text(encoding="utf-8"))
    assert facts["started"]["scenario"] == str(scenario)
