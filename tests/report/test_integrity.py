"""A folder that is not as it was written is found and not used, whatever was done to it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from sencosim.cli import main
from sencosim.errors import OutputError
from sencosim.experiment.finished import manifest_of
from sencosim.report.manifest import MANIFEST, check_unchanged, manifest_problems, write_manifest
from sencosim.studies.from_run import unchanged_run

pytestmark = pytest.mark.unit


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "run"
    (made / "charts").mkdir(parents=True)
    (made / "charts" / "fan.svg").write_text("<svg/>", encoding="utf-8")
    (made / "report.html").write_text("<p>£107,000</p>", encoding="utf-8")
    write_manifest(made, {"run_id": "run"})
    assert manifest_problems(made) == []
    return made


FAULTS: dict[str, tuple[Callable[[Path], object], str]] = {
    "a figure": (
        lambda at: (at / "report.html").write_text("<p>£999,000</p>", encoding="utf-8"),
        "report.html was changed",
    ),
    "an extra file": (lambda at: (at / "charts" / "new.svg").write_text("x", encoding="utf-8"), "not in the manifest"),
    "a file named like the manifest": (
        lambda at: (at / "charts" / MANIFEST).write_text("{}", encoding="utf-8"),
        "charts/manifest.json is not in the manifest",
    ),
    "a hidden file": (lambda at: (at / ".hidden").write_text("x", encoding="utf-8"), "not in the manifest"),
    "a missing file": (lambda at: (at / "report.html").unlink(), "report.html is missing"),
    "an empty folder": (lambda at: (at / "empty").mkdir(), "empty is an empty folder"),
    "no list of files": (lambda at: (at / MANIFEST).write_text("{}", encoding="utf-8"), "lists no files"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_changed_folder_is_found_and_refused(folder: Path, fault: str) -> None:
    spoil, said = FAULTS[fault]
    spoil(folder)
    assert any(said in problem for problem in manifest_problems(folder))
    with pytest.raises(OutputError, match="not as it was written"):
        check_unchanged(folder)


@pytest.mark.skipif(sys.platform == "win32", reason="needs links and pipes")
def test_links_and_devices_are_found(folder: Path) -> None:
    (folder / "report.html").rename(folder.parent / "elsewhere.html")
    (folder / "report.html").symlink_to(folder.parent / "elsewhere.html")
    os.mkfifo(folder / "pipe")
    said = " ".join(manifest_problems(folder))
    assert "report.html is a link" in said
    assert "pipe is neither a file nor a folder" in said


@pytest.mark.parametrize("text", ["", "{", "[]", "\x00", "[" * 100_000], ids=["", "{", "[]", "null", "deep"])
def test_a_damaged_manifest_gives_a_sentence(folder: Path, text: str) -> None:
    (folder / MANIFEST).write_text(text, encoding="utf-8")
    with pytest.raises(OutputError, match=r"manifest\.json is (damaged|no manifest)"):
        manifest_of(folder)


def test_verify_names_the_scenario_that_it_checked(folder: Path) -> None:
    (folder / "report.json").write_text('{"scenario": {"name": "full_time", "title": "All day"}}', encoding="utf-8")
    write_manifest(folder, {"run_id": "run", "scenario": "full_time"})
    told = CliRunner().invoke(main, ["verify", str(folder)])
    assert told.exit_code == 0, told.output
    assert "Scenario: All day (full_time)." in told.stdout.splitlines()


def test_verify_does_not_allow_quoting_where_it_cannot_judge(folder: Path) -> None:
    """As an analysis or an ensemble, whose manifests do not say draws, replications and simulation error."""
    enough = {"draws": 128, "replications": 3}
    for facts in ({"kind": "analysis", "analysis": "voi"}, enough):
        write_manifest(folder, facts)
        told = CliRunner().invoke(main, ["verify", str(folder)])
        assert told.exit_code == 0, told.output
        assert "is in order" in told.stdout
        assert "Whether it may be quoted was not judged" in told.stdout
        assert "nothing forbids" not in told.stdout
    write_manifest(folder, enough | {"precision": {}, "scenario": "full_time"})
    assert "nothing forbids quoting it" in CliRunner().invoke(main, ["verify", str(folder)]).stdout


@pytest.mark.skipif(
    shutil.which("ssh-keygen") is None, reason="NOT CHECKED: signatures, because ssh-keygen is not here"
)
def test_a_signature_is_no_extra_file_and_finds_a_forged_manifest(folder: Path, tmp_path: Path) -> None:
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    sign = ["ssh-keygen", "-q", "-Y", "sign", "-n", "sencosim", "-f", str(key), str(folder / MANIFEST)]
    subprocess.run(sign, check=True, capture_output=True)
    assert manifest_problems(folder) == []
    known = tmp_path / "known"
    known.write_text(f"me {key.with_suffix('.pub').read_text(encoding='utf-8')}", encoding="utf-8")
    check = [
        "ssh-keygen",
        "-Y",
        "verify",
        "-f",
        str(known),
        "-I",
        "me",
        "-n",
        "sencosim",
        "-s",
        f"{folder / MANIFEST}.sig",
    ]

    def is_signed() -> bool:
        text = (folder / MANIFEST).read_bytes()
        return subprocess.run(check, input=text, capture_output=True, check=False).returncode == 0

    assert is_signed()
    (folder / "report.html").write_text("<p>£999,000</p>", encoding="utf-8")
    facts = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    write_manifest(folder, {"run_id": facts["run_id"]})
    assert manifest_problems(folder) == []
    assert not is_signed()


def test_a_changed_folder_is_neither_extended_nor_analysed_and_its_page_is_shown_with_a_warning(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Path] = []
    monkeypatch.setattr("sencosim.cli.explore._browser_opens", lambda page: opened.append(page) or True)
    alone = CliRunner().invoke(main, ["open", str(folder)])
    assert (alone.exit_code, alone.stderr) == (0, "")
    (folder / "report.html").write_text("<p>£999,000</p>", encoding="utf-8")
    extended = CliRunner().invoke(main, ["run", "--extend", str(folder), "--draws", "99"])
    assert extended.exit_code == 4
    assert "not as it was written" in extended.stderr
    with pytest.raises(OutputError, match="not as it was written"):
        unchanged_run(folder)
    shown = CliRunner().invoke(main, ["open", str(folder)])
    assert "report.html was changed" in " ".join(shown.stderr.split())
    assert opened == [folder / "report.html"] * 2
