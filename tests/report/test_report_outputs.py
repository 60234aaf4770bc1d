"""The folder: all or nothing, never over another, and its manifest tells if a byte was changed."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from sencosim.errors import OutputError
from sencosim.report import outputs
from sencosim.report.inputs import ReportInputs
from sencosim.report.manifest import file_facts, manifest_problems
from sencosim.report.outputs import new_folder, partial_folders, write_outputs

pytestmark = pytest.mark.unit

NOW = datetime(2026, 11, 22, 10, 15, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def written(inputs: ReportInputs, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_outputs(inputs, tmp_path_factory.mktemp("outputs"), NOW)


def test_the_folder_holds_what_it_should(written: Path) -> None:
    names = set(file_facts(written)) | {"manifest.json"}
    expected = {
        *("manifest.json", "scenario.resolved.yaml", "report.html", "summary.csv", "reconciliation.csv", "payers.csv"),
        *(f"{name}.parquet" for name in ("summary", "runs", "ledger", "priced", "draws")),
        *("parameters.csv", "years_until.csv", "uses.csv", "report.json"),
        *("probability/chance_of_saving.csv", "probability/plane_quadrants.csv"),
    }
    charts = {name for name in names if name.startswith("charts/")}
    assert names - charts == expected
    stems = {name.rsplit(".", 1)[0] for name in charts}
    assert len(stems) == 6
    assert charts == {f"{stem}.{kind}" for stem in stems for kind in ("svg", "csv", "txt")}


def test_the_name_is_the_time_and_a_hash(written: Path) -> None:
    assert written.parent.name == "made_up"
    stamp, mark = written.name.rsplit("-", 1)
    assert stamp == "2026-11-22T10-15-00Z"
    assert len(mark) == 4
    int(mark, 16)


def test_the_manifest_says_what_ran(written: Path) -> None:
    told = json.loads((written / "manifest.json").read_text(encoding="utf-8"))
    assert told["seed"] == 2026
    assert told["run_id"] == written.name
    assert told["git"] == {"commit": "0" * 40, "dirty": True}
    assert set(told["software"]) == {"sencosim", "python", "system", "libraries"}
    assert told["warnings"]
    assert all(check["passed"] for check in told["checks"])
    assert told["files"] == file_facts(written)


def test_one_changed_byte_is_found(inputs: ReportInputs, tmp_path: Path) -> None:
    folder = write_outputs(inputs, tmp_path, NOW)
    assert manifest_problems(folder) == []
    target = folder / "summary.csv"
    target.write_bytes(target.read_bytes()[:-1] + b" ")
    (folder / "payers.csv").unlink()
    (folder / "extra.txt").write_text("x", encoding="utf-8")
    assert manifest_problems(folder) == [
        "payers.csv is missing.",
        "extra.txt is not in the manifest.",
        "summary.csv was changed.",
    ]
    (folder / "manifest.json").unlink()
    assert manifest_problems(folder) == ["There is no manifest.json in this folder."]


def test_same_run_same_bytes(inputs: ReportInputs, written: Path, tmp_path: Path) -> None:
    again = write_outputs(inputs, tmp_path, NOW)
    assert again.name == written.name
    assert file_facts(again) == file_facts(written)


def test_the_summary_can_be_read_back(inputs: ReportInputs, written: Path) -> None:
    frame = pd.read_parquet(written / "summary.parquet")
    assert len(frame) == len(inputs.summary)
    assert frame["difference"].tolist() == inputs.summary["difference"].tolist()
    assert "chance_below_zero" in frame.columns


def test_a_second_run_in_the_same_second_gets_its_own_folder(inputs: ReportInputs, tmp_path: Path) -> None:
    first, second = (write_outputs(inputs, tmp_path, NOW) for _ in range(2))
    assert second.name == f"{first.name}-2"
    assert manifest_problems(first) == manifest_problems(second) == []
    assert second.name in (second / "report.html").read_text(encoding="utf-8")


def test_many_writers_at_once_never_share_a_name(tmp_path: Path) -> None:
    gate = threading.Barrier(8)

    def write(number: int) -> None:
        gate.wait()
        with new_folder(tmp_path, "run") as (folder, _):
            (folder / "who.txt").write_text(str(number), encoding="utf-8")

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = sorted(path.name for path in tmp_path.iterdir())
    assert found == sorted(["run", *(f"run-{number}" for number in range(2, 9))])
    assert {(tmp_path / name / "who.txt").read_text(encoding="utf-8") for name in found} == set("01234567")


@pytest.mark.parametrize("error", [RuntimeError("in the middle"), KeyboardInterrupt()])
def test_an_interrupted_run_leaves_nothing(
    inputs: ReportInputs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    def fail(*arguments: object) -> str:
        raise error

    monkeypatch.setattr(outputs, "page_html", fail)
    with pytest.raises(type(error)):
        write_outputs(inputs, tmp_path, NOW)
    assert list((tmp_path / "made_up").iterdir()) == []


def test_a_full_disk_is_said_in_words(inputs: ReportInputs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(outputs, "page_html", fail)
    with pytest.raises(OutputError, match=r"No space left on device\. Nothing was left there"):
        write_outputs(inputs, tmp_path, NOW)


def test_a_killed_run_can_be_found(tmp_path: Path) -> None:
    (tmp_path / "made_up").mkdir()
    killed = tmp_path / "made_up" / ".2026-11-22T10-15-00Z-3f9a.partial"
    killed.mkdir()
    assert partial_folders(tmp_path) == [killed]


def test_faults_are_found_before_anything_is_written(inputs: ReportInputs, tmp_path: Path) -> None:
    with pytest.raises(OutputError):
        write_outputs(replace(inputs, main_view="fourth"), tmp_path, NOW)
    assert list(tmp_path.iterdir()) == []
