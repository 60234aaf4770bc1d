"""``list``, ``explain`` and ``doctor``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from sencosim.cli import doctor
from sencosim.cli.look import KINDS, describe, find, items
from sencosim.errors import EvidenceError
from sencosim.evidence.glossary import glossary
from sencosim.vocabulary import PAYER

pytestmark = pytest.mark.unit

Call = Callable[..., Result]


def test_list_alone_says_what_can_be_listed(call: Call) -> None:
    assert {line.split()[0] for line in call("list").stdout.splitlines()} == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_list_prints_every_name_once_and_the_same_as_json(call: Call, kind: str) -> None:
    names = [item.name for item in items(kind)]
    assert names
    assert len(set(names)) == len(names)
    lines = call("list", kind, "-q").stdout.splitlines()
    assert [line.partition("  ")[0] for line in lines] == names
    assert [record["name"] for record in json.loads(call("list", kind, "--json").stdout)] == names


def test_titles_are_those_of_the_scenarios_that_ship_whatever_stands_in_the_folder(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name in ("full_time", "baseline"):
        (tmp_path / f"{name}.yaml").write_text("extends: slt_seat\ntitle: A mere seat\n", encoding="utf-8")
    (tmp_path / "team.yaml").write_text("levers: {nothing: 1}\n", encoding="utf-8")
    items.cache_clear()
    try:
        assert "A mere seat" not in call("list", "scenarios").stdout
        assert "A mere seat" not in call("explain", "full_time").stdout
    finally:
        items.cache_clear()
    assert doctor.check_scenarios().good
    assert doctor.check_simulation().good


def test_remarks_go_to_standard_error_and_quiet_drops_them(call: Call) -> None:
    assert "sencosim explain" in call("list", "views").stderr
    assert call("list", "views", "-q").stderr == ""
    assert call("list", "views", "-q").stdout == call("list", "views").stdout


def test_a_kind_that_is_none_is_refused_with_the_choices(call: Call) -> None:
    result = call("list", "levels")
    assert result.exit_code == 2
    assert "levers" in result.stderr


@pytest.mark.parametrize("kind", KINDS)
def test_everything_that_is_listed_is_explained(kind: str) -> None:
    for item in items(kind):
        assert item.title in " ".join(describe(item).split()) or item.name in describe(item)


def test_explain_gives_source_grade_and_limits_of_a_parameter(call: Call) -> None:
    shown = call("explain", "senco_leaving_rate").stdout
    for word in ("Value", "Source", "Quality", "Allowed", "Views", "Review by"):
        assert word in shown


def test_explain_says_all_that_a_name_stands_for(call: Call) -> None:
    shown = call("explain", "slt_seat").stdout
    assert "As a scenario:" in shown
    assert "As a lever:" in shown


@pytest.mark.parametrize("name", ["Norfolk", "norfolk", "926", "E10000020"])
def test_a_council_has_three_names(name: str) -> None:
    assert [item.name for item in find(name)] == ["926"]


@pytest.mark.parametrize(("name", "place"), [("seed", "run.seed"), ("run.seed", "run.seed")])
def test_a_setting_can_be_named_alone_or_with_its_place(name: str, place: str) -> None:
    assert [item.name for item in find(name)] == [place]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("senco_leaving_rat", "senco_leaving_rate"), ("slt_set", "slt_seat"), ("sede", "seed"), ("centrl", "central")],
)
def test_misspelt_name_gets_the_nearest(call: Call, typed: str, meant: str) -> None:
    result = call("explain", typed)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert meant in result.stderr


def test_explain_as_json_holds_the_same_text(call: Call) -> None:
    (record,) = json.loads(call("explain", "used_share_added", "--json").stdout)
    assert record["kind"] == "parameter"
    assert record["text"] == call("explain", "used_share_added").stdout.rstrip("\n")


def test_doctor_finds_nothing_wrong_here(call: Call) -> None:
    result = call("doctor")
    assert result.exit_code == 0, result.output
    assert len(result.stdout.splitlines()) == len(doctor.CHECKS)


def test_doctor_reports_a_fault_with_its_remedy_and_fails(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> doctor.Finding:
        raise EvidenceError("The registers have 1 fault.")

    monkeypatch.setitem(doctor.CHECKS, "evidence", broken)
    result = call("doctor")
    assert result.exit_code == 4
    assert "FAULT   evidence     The registers have 1 fault." in result.stdout
    assert "Install sencosim again" in result.stdout
    found = {finding["name"]: finding["good"] for finding in json.loads(call("doctor", "--json").stdout)}
    assert found["evidence"] is False
    assert found["Python"] is True


@pytest.mark.parametrize(
    ("requirement", "fault"),
    [("click>=8.0", ""), ("click>=999.0", "must be 999.0 or newer"), ("no-such-thing>=1", "is missing"), ("odd", "")],
)
def test_doctor_compares_versions(requirement: str, fault: str) -> None:
    assert fault in doctor.library_fault(requirement)


@pytest.mark.parametrize(
    ("asked", "meaning"),
    [
        (("SENCO",), "arranges help"),
        (("EHC", "plan"), "legal document"),
        (("ehcp",), "legal document"),
        (("sen", "support"), "without an EHC plan"),
        (("council_high_needs",), "Dedicated Schools Grant"),
        (("80 % interval",), "8 of 10 draws"),
    ],
)
def test_words_of_reports_are_explained(call: Call, asked: tuple[str, ...], meaning: str) -> None:
    result = call("explain", *asked)
    assert result.exit_code == 0, result.stderr
    assert meaning in " ".join(result.stdout.split())


def test_a_misspelt_word_gets_the_nearest(call: Call) -> None:
    result = call("explain", "SENC")
    assert result.exit_code == 2
    assert "SENCO" in result.stderr


def test_every_payer_has_a_meaning_under_the_name_that_tables_give_it() -> None:
    known = {word.payer: word.name for word in glossary() if word.payer}
    assert known == {key: payer.title for key, payer in PAYER.items()}


def test_no_word_is_explained_twice() -> None:
    names = [name for word in glossary() for name in {one.casefold() for one in word.names}]
    assert len(names) == len(set(names))
