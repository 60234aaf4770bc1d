"""The decision log: every fault with its line, nothing of a person's overwritten, a sign-off for one run alone."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from docx import Document
from hypothesis import given
from hypothesis import strategies as st
from packs.checklist import read_xlsx

from sencosim.cli import main
from sencosim.errors import InputError
from sencosim.report.findings import Findings
from sencosim.report.pack.decision_log import NO_OWNER, ROLES, DecisionLog, Person, SignOff, read_log, write_template
from sencosim.report.pack.signing import Signing, log_beside, weightiest
from sencosim.report.pack.write import status_line, write_pack
from sencosim.report.stored import StoredRun

WHOLE = """\
roles:
  commissioner: {{name: Ada Cole, organisation: DfE}}
  analyst: {{name: Ben Day, organisation: ""}}
  assurer: {{name: Cy Eve, organisation: ""}}
  approver: {{name: "", organisation: ""}}
owners:
  teacher_employment_cost: Ben Day
  no_such_parameter: Dee Fox
decisions:
  - date: 2026-11-29
    decision: The sceptic view is the planning case.
    why: No study measures what SENCO time causes.
    by: Ada Cole
    reviewer: Cy Eve
    assumptions: [provision_worth, dropped_parameter]
sign_offs:
  - {{role: analyst, name: Ben Day, date: 2026-11-28, run: {run}, digest: {digest}}}
  - {{role: assurer, name: Cy Eve, date: 2026-10-01, run: 2026-10-01T00-00-00Z-0000, digest: "{other}"}}
"""
FAULTY = """\
roles:
  assurrer: {name: Ann}
  analyst: Bob
owners:
  teacher_employment_cost: 3
decisions:
  - date: 29 November
    decision: "Yes"
sign_offs:
  - role: boss
    name: ""
    date: 2026-11-29
    run: any
    digest: abc
"""


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.unit
def test_every_fault_is_named_with_its_line_and_all_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"log\.yaml has 9 problems") as caught:
        read_log(written(tmp_path / "log.yaml", FAULTY))
    told = [problem.message for problem in caught.value.problems]
    assert [problem.line for problem in caught.value.problems] == [2, 3, 5, 7, 7, 7, 10, 11, 14]
    for words in ("Did you mean  assurer ?", "Put it in quotes", "a date such as", "why is missing", "no role boss"):
        assert any(words in one for one in told), words
    assert caught.value.exit_code == 2


@pytest.mark.unit
@pytest.mark.parametrize("text", ["- a\n", "roles:\n\tanalyst: x\n", "owners: {a: b, a: c}\n", "foo: 1\n"])
def test_what_yaml_would_change_in_silence_is_a_fault(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError, match="has one problem"):
        read_log(written(tmp_path / "log.yaml", text))


@pytest.mark.unit
def test_a_template_names_nobody_and_is_written_once(tmp_path: Path) -> None:
    path = tmp_path / "new" / "log.yaml"
    assert write_template(path, "a_run", "0" * 64, ["provision_worth"])
    log = read_log(path)
    assert replace(log, text="") == DecisionLog()
    assert "provision_worth" in log.text
    path.write_text("owners: {provision_worth: Ada}\n", encoding="utf-8")
    assert not write_template(path, "a_run", "0" * 64, [])
    assert read_log(path).owner_of("provision_worth") == "Ada"
    assert read_log(path).owner_of("another") == NO_OWNER


NAMES = st.text(st.characters(categories=["L"]), min_size=1, max_size=12)


@pytest.mark.property
@given(st.dictionaries(NAMES.map(lambda name: f"p_{name}"), NAMES, max_size=8), st.lists(NAMES, min_size=4, max_size=4))
def test_what_people_write_reads_back(
    tmp_path_factory: pytest.TempPathFactory, owners: dict[str, str], names: list[str]
) -> None:
    lines = ["roles:", *(f'  {role}: {{name: "{name}"}}' for role, name in zip(ROLES, names, strict=True)), "owners:"]
    lines += [f'  {name}: "{owner}"' for name, owner in owners.items()] or ["  {}"]
    log = read_log(written(tmp_path_factory.mktemp("log") / "log.yaml", "\n".join(lines) + "\n"))
    assert log.owners == owners
    assert log.roles == {role: Person(name) for role, name in zip(ROLES, names, strict=True)}


def log_of(run: StoredRun, folder: Path) -> DecisionLog:
    digest = hashlib.sha256((run.folder / "manifest.json").read_bytes()).hexdigest()
    text = WHOLE.format(run=run.run_id, digest=digest, other="0" * 64)
    return read_log(written(folder / "log.yaml", text))


@pytest.mark.engine
def test_a_sign_off_holds_for_its_run_and_for_no_other(
    full_time: StoredRun, protected_time: StoredRun, tmp_path: Path
) -> None:
    log = log_of(full_time, tmp_path)
    own, other = Signing(log, full_time), Signing(log, protected_time)
    assert own.of_role("analyst") == ("Ben Day", "2026-11-28", "signed this run")
    assert other.of_role("analyst")[2] == f"signed an earlier run, {full_time.run_id}"
    assert own.of_role("assurer")[2] == "signed an earlier run, 2026-10-01T00-00-00Z-0000"
    assert own.of_role("approver") == (NO_OWNER, "[z]", "not signed")
    forged = SignOff("assurer", "Cy Eve", "2026-11-30", full_time.run_id, "1" * 64)
    changed = Signing(replace(log, sign_offs=(forged,)), full_time)
    assert changed.of_role("assurer")[2] == "signed this run before its files were changed"
    findings = Findings(full_time.inputs)
    assert "not yet assured by a person" in status_line(findings, own)
    signed = replace(log, sign_offs=(replace(forged, digest=own.digest),))
    assert "assured by Cy Eve" in status_line(findings, Signing(signed, full_time))


@pytest.mark.engine
def test_what_makes_no_sense_is_told_and_stops_nothing(full_time: StoredRun, tmp_path: Path) -> None:
    log = log_of(full_time, tmp_path)
    told = list(Signing(log, full_time).notices())
    assert len(told) == 2
    assert told[0].startswith("no_such_parameter, owned by Dee Fox,")
    assert told[1].startswith("dropped_parameter,")
    same = replace(log, owners={}, decisions=(), roles={**log.roles, "assurer": log.roles["analyst"]})
    told = list(Signing(same, full_time).notices())
    assert told[0].startswith("Ben Day is analyst and assurer")
    assert "whose name in the log is Ben Day" in told[1]


@pytest.mark.engine
def test_the_log_reaches_sheets_note_and_pack(full_time: StoredRun, tmp_path: Path) -> None:
    log = log_of(full_time, tmp_path)
    folder = write_pack(full_time, tmp_path, log)
    assert (folder / "decision_log.yaml").read_text(encoding="utf-8") == log.text
    pages = {page.name: page for page in read_xlsx(folder / "results.xlsx").pages}
    owners = {row[0]: row[-1] for row in pages["Assumptions"].cells}
    assert owners["teacher_employment_cost"] == "Ben Day"
    assert owners["provision_worth"] == NO_OWNER
    states = [row[5] for row in pages["Decision_log"].cells if row[0] in ("Role", "Sign-off")]
    assert states.count("signed this run") == 2
    (decided,) = (row for row in pages["Decision_log"].cells if row[0] == "Decision")
    assert decided[2:5] == ["Ada Cole, reviewed by Cy Eve", "2026-11-29", "No study measures what SENCO time causes."]
    note = Document(str(folder / "note.docx"))
    block = [[cell.text for cell in row.cells] for row in note.tables[-1].rows]
    assert ["Analyst", "Ben Day", "2026-11-28", "signed this run"] in block
    assert "Ben Day, 2026-11-28: signed this run" in (folder / "QUALITY-LOG.md").read_text(encoding="utf-8")


@pytest.mark.engine
def test_the_command_makes_a_log_says_so_and_keeps_what_was_written(full_time: StoredRun, tmp_path: Path) -> None:
    path = tmp_path / "log.yaml"
    log, told = log_beside(full_time, path)
    assert told == [
        f"Made the decision log {path.as_posix()}: name roles and owners in it, and the next pack shows them."
    ]
    assert log.owners == {}
    assert all(name in log.text for name in weightiest(full_time))
    path.write_text(FAULTY, encoding="utf-8")
    found = CliRunner().invoke(main, ["pack", str(full_time.folder), "--log", str(path), "--out", str(tmp_path)])
    assert found.exit_code == 2
    assert "has 9 problems" in found.output
    assert "line 14" in found.output
    assert not (tmp_path / "packs").exists()
    assert path.read_text(encoding="utf-8") == FAULTY
