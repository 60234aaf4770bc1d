"""Faulty files and the exact words they are answered with, one file for each row of the table of messages."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from sencosim.errors import ScenarioError
from sencosim.scenario.assumptions import References
from sencosim.scenario.load import load_scenario, validate_scenario
from sencosim.scenario.printing import format_problems

pytestmark = pytest.mark.unit

BROKEN = Path(__file__).parent / "broken"
FILES = sorted(path.name for path in BROKEN.glob("*.yaml"))
ONLY_WARNINGS = {"fte_or_headcount.yaml", "same_as_inherited.yaml", "stale.yaml"}
FORBIDDEN = ("Traceback", "pydantic", "NoneType", "ruamel", "http", "validation error", "Input should")


def answer(file: str, references: References) -> str:
    known = replace(references, today=date(2028, 2, 1)) if file == "stale.yaml" else references
    return format_problems(validate_scenario(file, known), file)


@pytest.mark.parametrize("file", FILES)
def test_the_message_is_exactly_as_expected(file: str, references: References, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(BROKEN)
    expected = (BROKEN / file).with_suffix(".txt").read_text(encoding="utf-8")
    assert answer(file, references) == expected


@pytest.mark.parametrize("file", FILES)
def test_no_message_names_a_library(file: str, references: References, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(BROKEN)
    text = answer(file, references)
    assert not [word for word in FORBIDDEN if word in text]


@pytest.mark.parametrize("file", FILES)
def test_a_plain_terminal_gets_plain_letters(
    file: str, references: References, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(BROKEN)
    text = format_problems(validate_scenario(file, references), file, ascii_only=True)
    assert text.isascii()


@pytest.mark.parametrize("file", FILES)
def test_errors_refuse_and_warnings_do_not(file: str, references: References, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(BROKEN)
    if file in ONLY_WARNINGS:
        resolved = load_scenario(file, references)
        assert {problem.severity for problem in resolved.warnings} <= {"warning"}
    else:
        with pytest.raises(ScenarioError) as refusal:
            load_scenario(file, references)
        severities = [problem.severity for problem in refusal.value.problems]
        assert severities == sorted(severities)
        assert severities[0] == "error"
        assert refusal.value.exit_code == 2


def test_every_expected_message_has_its_file() -> None:
    assert sorted(path.stem for path in BROKEN.glob("*.txt")) == [Path(file).stem for file in FILES]


def test_five_faults_in_one_pass(references: References, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(BROKEN)
    errors = [p for p in validate_scenario("five_faults.yaml", references) if p.severity == "error"]
    assert {(p.line, p.key) for p in errors} >= {
        (5, "levers.protected_time.flor"),
        (7, "levers.protected_time.start"),
        (8, "levers.protected_time.used_share"),
        (11, "levers.slt_seat.pay_uplift"),
        (13, "overrides.senco_leaving_rate"),
    }


def test_an_unknown_name_is_answered_with_near_names(references: References, tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="Did you mean  full_time") as refusal:
        load_scenario("full_tyme", references)
    assert len(refusal.value.problems) == 1
    with pytest.raises(ScenarioError):
        load_scenario(tmp_path / "none.yaml", references)
