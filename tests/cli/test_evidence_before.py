"""Evidence that a calibration writes is written whole, or is as it was before."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import Result

from sencosim.cli.evidence_before import BEFORE, all_or_as_before, check_whole
from sencosim.errors import EvidenceError, InputError, OutputError
from sencosim.evidence import posterior, register
from sencosim.evidence.register import BEING_WRITTEN, evidence_folder

pytestmark = pytest.mark.unit

Call = Callable[..., Result]
KILLED = """
import os, signal, sys
from pathlib import Path
from sencosim.cli.evidence_before import all_or_as_before
evidence = Path(sys.argv[1])
with all_or_as_before(evidence, Path(sys.argv[2])):
    (evidence / "effects.yaml").write_text("new")
    (evidence / "posterior" / "dynamics.csv").write_text("new")
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    """A folder of evidence that a calibration might write."""
    folder = tmp_path / "evidence"
    (folder / "posterior").mkdir(parents=True)
    for name in ("effects.yaml", "sources.yaml", "councils.csv", "posterior/sample.csv", "posterior/made_by.json"):
        (folder / name).write_bytes(f"{name}\r\nof the old calibration\n".encode())
    return folder


def files(folder: Path) -> dict[str, bytes]:
    """Every file below a folder but code."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def write_half(folder: Path) -> None:
    (folder / "effects.yaml").write_text("of the new calibration\n", encoding="utf-8")
    (folder / "posterior" / "sample.csv").unlink()
    (folder / "posterior" / "dynamics.csv").write_text("a new file\n", encoding="utf-8")


@pytest.mark.parametrize("stop", [KeyboardInterrupt(), ValueError("of the fit"), SystemExit(3)])
def test_a_stop_or_an_error_leaves_the_evidence_as_before(evidence: Path, tmp_path: Path, stop: BaseException) -> None:
    before, runs = files(evidence), tmp_path / "runs"

    def stopped() -> None:
        with all_or_as_before(evidence, runs):
            write_half(evidence)
            raise stop

    with pytest.raises(type(stop)):
        stopped()
    assert files(evidence) == before
    assert not list(runs.iterdir())
    check_whole(evidence)


def test_what_is_written_to_its_end_stays(evidence: Path, tmp_path: Path) -> None:
    with all_or_as_before(evidence, tmp_path / "runs"):
        write_half(evidence)
        whole = files(evidence)
    assert files(evidence) == {name: content for name, content in whole.items() if name != BEING_WRITTEN}
    assert "posterior/dynamics.csv" in files(evidence)
    assert not list((tmp_path / "runs").iterdir())


@pytest.fixture
def killed(evidence: Path, tmp_path: Path) -> dict[str, bytes]:
    """The files before a calibration that was killed while it wrote them."""
    if not hasattr(signal, "SIGKILL"):
        pytest.skip("no process can be killed so")
    before = files(evidence)
    command = [sys.executable, "-c", KILLED, str(evidence), str(tmp_path / "runs")]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    assert files(evidence) != before
    return before


def test_after_a_kill_the_next_start_puts_the_evidence_back(
    evidence: Path, tmp_path: Path, killed: dict[str, bytes]
) -> None:
    with pytest.raises(InputError, match="Another calibration writes"), all_or_as_before(evidence, tmp_path / "other"):
        pass
    with pytest.raises(InputError, match="Give the command once more"):
        check_whole(evidence)
    assert files(evidence) == killed
    assert not list((tmp_path / "runs").glob("evidence_before_*"))
    check_whole(evidence)


@pytest.mark.usefixtures("killed")
def test_files_put_over_those_of_a_killed_calibration_are_set_aside(evidence: Path, tmp_path: Path) -> None:
    newer = next(path for path in sorted(evidence.glob("*.yaml")))
    newer.write_text("# pulled since\n", encoding="utf-8")
    with pytest.raises(InputError, match="in case you have put newer files there"):
        check_whole(evidence)
    (aside,) = (tmp_path / "runs").glob("evidence_found_*")
    assert (aside / newer.name).read_text(encoding="utf-8") == "# pulled since\n"
    assert newer.read_text(encoding="utf-8") != "# pulled since\n"


def test_the_command_puts_the_evidence_back_before_it_reads_any(
    call: Call, evidence: Path, killed: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sencosim.evidence.register.evidence_folder", lambda: evidence)
    result = call("calibrate", "--folder", "kept")
    assert result.exit_code == 2
    assert "Give the command once more" in " ".join(result.stderr.split())
    assert files(evidence) == killed
    assert not Path("kept").exists()


@pytest.mark.usefixtures("killed")
@pytest.mark.parametrize("lost", ["moved away", "damaged", "a copy"])
def test_evidence_that_cannot_be_put_back_is_said_and_nothing_is_lost(
    evidence: Path, tmp_path: Path, lost: str
) -> None:
    asked = evidence
    if lost == "moved away":
        (tmp_path / "runs").rename(tmp_path / "away")
    elif lost == "damaged":
        (evidence / BEING_WRITTEN).write_text("[", encoding="utf-8")
    else:
        asked = Path(shutil.copytree(evidence, tmp_path / "copy"))
    everything = files(tmp_path)
    with pytest.raises(InputError, match="then delete"):
        check_whole(asked)
    assert files(tmp_path) == everything


def test_evidence_that_is_being_written_is_neither_put_back_nor_read(
    evidence: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (register, posterior):
        monkeypatch.setattr(module, "evidence_folder", lambda: evidence)
    with all_or_as_before(evidence, tmp_path / "runs"):
        register.check_written(evidence)  # the writer and those that it starts
        write_half(evidence)
        half = files(evidence)
        with pytest.raises(InputError, match="goes on already"):
            check_whole(evidence)
        assert files(evidence) == half
        monkeypatch.delenv(register.WRITER_VARIABLE)
        for read in (register.load_register.__wrapped__, posterior.load_posterior.__wrapped__):
            with pytest.raises(EvidenceError, match="may be of two calibrations"):
                read()
        monkeypatch.setenv(register.WRITER_VARIABLE, str(evidence))
    register.check_written(evidence)


def test_evidence_of_which_no_copy_can_be_made_is_not_written(evidence: Path, tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("no folder\n", encoding="utf-8")
    before = files(evidence)
    with pytest.raises(OutputError, match="is left as it was"), all_or_as_before(evidence, tmp_path / "runs"):
        write_half(evidence)
    assert files(evidence) == before


def test_calibrate_that_is_stopped_while_it_writes_leaves_evidence_and_runs(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(shutil.copytree(evidence_folder(), tmp_path / "copy", ignore=shutil.ignore_patterns("*.py", "__*")))
    before, posts = files(folder), SimpleNamespace(units=(), r_hat=1.0, effective=900.0)

    def fit(runs: Path, told: Callable[[str, int, int], None]) -> object:
        (runs / "wave_1.csv").write_text("a row of the design\n", encoding="utf-8")
        told("wave_1", 1, 1)
        return SimpleNamespace(frozen=posts, shipped=posts)

    def ship(*_: object) -> None:
        write_half(folder)
        raise KeyboardInterrupt

    monkeypatch.setattr("sencosim.calibration.calibrate.calibrate", fit)
    monkeypatch.setattr("sencosim.calibration.design.intervals_of", lambda _: [])
    monkeypatch.setattr("sencosim.calibration.shipping.ship", ship)
    monkeypatch.setattr("sencosim.evidence.register.evidence_folder", lambda: folder)
    for _ in range(2):
        result = call("calibrate", "--write", "--folder", "kept")
        assert result.exit_code == 130, result.stderr
        assert files(folder) == before
        assert {path.name for path in Path("kept").iterdir()} == {"made_with.json", "wave_1.csv"}
    assert not list(Path("kept").glob(f"{BEFORE}*"))
