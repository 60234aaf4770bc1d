"""No value of the evidence moves without a fingerprint that moves too."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest

import sencosim
from sencosim.errors import InputError, OutputError
from sencosim.evidence.appraisal import APPRAISAL_FILE
from sencosim.fingerprint import _code_on_disk, check_still, check_unchanged, code_fingerprint, made_with

pytestmark = pytest.mark.unit
EVIDENCE = Path(sencosim.__file__).parent / "evidence"


@pytest.mark.parametrize("name", [APPRAISAL_FILE, "base_year.yaml", "views/central.yaml", "views/sceptic.yaml"])
def test_views_and_rates_are_part_of_what_computes(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / "evidence"
    shutil.copytree(EVIDENCE, copy, ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    monkeypatch.setattr("sencosim.fingerprint.evidence_folder", lambda: copy)
    before = _code_on_disk()
    (copy / name).write_text((copy / name).read_text(encoding="utf-8") + "# other\n", encoding="utf-8")
    assert _code_on_disk() != before


def test_nothing_is_written_by_files_that_changed_while_they_were_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of the modules of a run are read when it begins, and half when it is written."""
    facts = made_with()
    check_still(facts)
    monkeypatch.setattr("sencosim.fingerprint.LIBRARIES", ())
    with pytest.raises(OutputError, match=r"changed while this ran \(other code\)"):
        check_still(facts)
    check_still({**facts, "code_fingerprint": "of the run that is made again"})


def test_files_that_changed_since_a_process_began_make_it_no_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rates are read when the package is, and their fingerprint is taken when a run begins."""
    copy = tmp_path / "evidence"
    shutil.copytree(EVIDENCE, copy, ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    monkeypatch.setattr("sencosim.fingerprint.evidence_folder", lambda: copy)
    time.sleep(0.05)  # the system counts in steps of some hundredths of a second
    monkeypatch.setattr(sencosim, "BEGAN", time.time())
    assert code_fingerprint.__wrapped__() == _code_on_disk()
    time.sleep(0.05)
    for name in (APPRAISAL_FILE, "workload.yaml"):
        (copy / name).write_text((copy / name).read_text(encoding="utf-8") + "# other\n", encoding="utf-8")
        with pytest.raises(InputError, match=rf"changed since this process began: .*{name}.* start a new process"):
            code_fingerprint.__wrapped__()


@pytest.mark.parametrize("way", ["moved here", "put back", "dated ahead", "deleted"])
def test_a_file_that_was_another_for_a_while_is_noticed_whatever_its_date(
    way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    older, file, other = time.time() - 1000.0, tmp_path / "levels.csv", tmp_path / "other.csv"
    for path in (file, other):
        path.write_text(path.name, encoding="utf-8")
        os.utime(path, (older, older))
    monkeypatch.setattr("sencosim.fingerprint._watched", lambda _: (file,))
    time.sleep(0.05)
    monkeypatch.setattr(sencosim, "BEGAN", time.time())
    facts = made_with()
    check_unchanged()
    check_still(facts)
    time.sleep(0.05)
    if way == "moved here":
        shutil.move(other, file)
    elif way == "deleted":
        file.unlink()
    else:
        file.write_text("other", encoding="utf-8")
        file.write_text("levels.csv", encoding="utf-8")
        date = older if way == "put back" else time.time() + 1000.0
        os.utime(file, (date, date))
    with pytest.raises(InputError, match=r"since this process began: levels\.csv"):
        check_unchanged()
    with pytest.raises(OutputError, match=r"changed while this ran \(levels\.csv\)"):
        check_still(facts)
