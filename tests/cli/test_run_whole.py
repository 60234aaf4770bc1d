"""``run`` from scenario to folder, on one small council."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

import sencosim.model
import sencosim.report.assemble
from sencosim.experiment.pool import Step
from sencosim.report.manifest import manifest_problems

pytestmark = pytest.mark.engine

Call = Callable[..., Result]
SMALL = ("full_time", "--council", "Rutland", "--years", "1", "--replications", "2", "--draws", "1", "--workers", "1")
SMALLER = (*SMALL, "--view", "central", "--set", "run.warm_up_years=1")


def folders(out: Path) -> list[Path]:
    """Results under a folder, hidden ones too."""
    return sorted(path for path in out.glob("*/*") if path.is_dir()) if out.exists() else []


def test_a_run_prints_the_answer_and_leaves_one_whole_folder(call: Call) -> None:
    result = call("run", *SMALLER, "-o", "results")
    assert result.exit_code == 0, result.stderr
    (folder,) = folders(Path("results"))
    assert folder.parent.name == "full_time"
    assert manifest_problems(folder) == []
    for name in ("manifest.json", "report.html", "ledger.parquet", "summary.parquet", "scenario.resolved.yaml"):
        assert (folder / name).is_file(), name
    assert f"Report: {(folder / 'report.html').as_posix()}" in result.stdout
    assert "net" in result.stdout.lower()
    seconds = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["seconds"]
    assert f"The simulations took {seconds:,.1f} seconds of processor time" in result.stderr


def test_a_check_that_fails_is_printed_and_has_an_exit_code_of_its_own(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(_result: Any) -> list[tuple[str, bool, str]]:
        told = [("Twice two is five", False, "it is four"), ("Twice three is five", False, "it is six")]
        return [("Twice two is four", True, ""), *told]

    monkeypatch.setattr(sencosim.report.assemble, "self_checks", failing)
    result = call("run", *SMALLER, "--headline-only", "-q")
    assert result.exit_code == 5
    (folder,) = folders(Path("outputs"))
    assert manifest_problems(folder) == []
    assert "The results are written, but do not use them" in result.stderr
    assert f"{folder.as_posix()}: Twice two is five. it is four" in result.stderr
    assert f"{folder.as_posix()}: Twice three is five. it is six" in result.stderr
    assert "Twice two is four" not in result.stderr
    assert "! The run failed a check of itself: Twice two is five." in result.stdout
    assert "Twice three is five" in result.stdout


def test_json_is_one_event_a_line_and_ends_with_the_result(call: Call) -> None:
    result = call("run", *SMALLER, "--headline-only", "--json", "-q")
    assert result.exit_code == 0, result.stderr
    events = [json.loads(line) for line in result.stdout.splitlines()]
    assert {event["event"] for event in events[:-1]} == {"progress"}
    assert events[-1]["event"] == "result"
    assert events[-1]["failed_checks"] == []
    assert Path(events[-1]["folder"]).is_dir()


def test_a_dry_run_says_what_it_would_do_and_does_nothing(call: Call) -> None:
    result = call("run", *SMALL, "--dry-run", "--json", "-q")
    assert result.exit_code == 0
    plan = json.loads(result.stdout)
    assert plan["event"] == "plan"
    assert plan["schools"] == 21
    assert not Path("outputs").exists()


def test_a_postcode_stands_for_its_council_and_what_is_unknown_ends_with_code_2(call: Call) -> None:
    rest = [word for word in SMALL if word not in ("--council", "Rutland")]
    result = call("run", *rest, "--council", "LE15 6AA", "--dry-run", "--json")
    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout)["schools"] == 21
    assert "Postcode LE15" in result.stderr
    assert "in Rutland" in result.stderr
    wrong = call("run", *rest, "--council", "Norfolc", "--council", "CF10", "--dry-run")
    assert wrong.exit_code == 2
    assert "Nearest: Norfolk" in wrong.stderr
    assert "begins with CF10" in wrong.stderr
    assert "Traceback" not in wrong.stderr


def test_quick_is_said_aloud_even_if_quiet(call: Call) -> None:
    result = call("run", "full_time", "--quick", "--dry-run", "-q")
    assert "not for quoting" in result.stderr


@pytest.mark.parametrize(("error", "code"), [(KeyboardInterrupt(), 130), (MemoryError(), 3), (RuntimeError("lost"), 3)])
def test_a_run_that_ends_early_leaves_nothing(
    call: Call, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int
) -> None:
    def stopped(_resolved: Any, _options: Any, progress: Callable[[Step], None], **_how: Any) -> None:
        progress(Step(1, 3, "central"))
        raise error

    monkeypatch.setattr(sencosim.model, "run_scenario", stopped)
    result = call("run", *SMALL)
    assert result.exit_code == code
    assert folders(Path("outputs")) == []
    assert "Traceback" not in result.stderr


def test_trace_tells_three_terms_of_one_school(call: Call) -> None:
    result = call("trace", "full_time", "--school", "10690", "--year", "2024/25")
    assert result.exit_code == 0, result.stderr
    assert [line.split()[0] for line in result.stdout.splitlines() if " term 2024/25" in line] == [
        "Autumn",
        "Spring",
        "Summer",
    ]
    assert "no real school" in result.stderr
    again = call("trace", "full_time", "--school", "10690", "--year", "2024/25", "-q")
    assert again.stdout == result.stdout


def test_trace_as_json_holds_only_that_school(call: Call) -> None:
    result = call("trace", "--school", "10690", "--year", "2022/23", "--json", "-q")
    assert result.exit_code == 0, result.stderr
    minutes = [json.loads(line)["minute"] for line in result.stdout.splitlines()]
    assert minutes
    assert minutes == sorted(minutes)
