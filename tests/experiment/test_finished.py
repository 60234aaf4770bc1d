"""Finished results are found by path, id and scenario, and a bare name never means anything but a run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sencosim.errors import InputError
from sencosim.experiment.finished import MANIFEST, find_finished, find_run, is_finished

pytestmark = pytest.mark.unit

OLD, NEW = "2026-01-01T00-00-00Z-aaaa", "2026-01-02T00-00-00Z-bbbb"


def folder(root: Path, place: str, **facts: str) -> Path:
    """Leave a folder that has only its manifest: of a run, which says its scenario and id, unless it says otherwise."""
    made = root / place
    facts = facts or {"scenario": made.parent.name, "run_id": made.name}
    made.mkdir(parents=True)
    (made / MANIFEST).write_text(json.dumps(facts), encoding="utf-8")
    return made


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Two runs of full_time, and all that can be made of them, under names of scenarios where that is possible."""
    for place in (f"full_time/{OLD}", f"full_time/{NEW}", f"full_time/.{NEW}-2.partial"):
        folder(tmp_path, place)
    for name in ("full_time", "slt_seat"):
        folder(tmp_path, f"comparisons/{name}", kind="comparison")
    folder(tmp_path, "ensembles/full_time", kind="draws")
    folder(tmp_path, f"packs/pack-{NEW}", kind="results pack", run_id=NEW)
    folder(tmp_path, "briefs/full_time", kind="brief", run_id=NEW)
    return tmp_path


@pytest.mark.parametrize("find", [find_run, find_finished])
def test_a_bare_name_means_the_newest_run_of_that_scenario(root: Path, find) -> None:
    assert find(root, "full_time") == root / "full_time" / NEW


def test_a_bare_name_means_the_run_where_a_folder_of_that_name_is_at_hand(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root / "comparisons")
    assert find_finished(root, "full_time") == root / "full_time" / NEW
    assert find_finished(root, "slt_seat").resolve() == root / "comparisons" / "slt_seat"


@pytest.mark.parametrize("find", [find_run, find_finished])
def test_a_run_is_found_by_its_id_and_by_its_folder(root: Path, find) -> None:
    for wanted in (OLD, f"full_time/{OLD}", str(root / "full_time" / OLD)):
        assert find(root, wanted) == root / "full_time" / OLD


@pytest.mark.parametrize(
    ("place", "kind"),
    [("comparisons/full_time", "comparison"), ("briefs/full_time", "brief"), (f"packs/pack-{NEW}", "results pack")],
)
def test_what_is_not_a_run_is_found_by_its_place_and_is_never_taken_for_one(root: Path, place: str, kind: str) -> None:
    for wanted in (place, str(root / place)):
        assert find_finished(root, wanted) == root / place
        with pytest.raises(InputError, match=f"is not a run: its {MANIFEST} says '{kind}'"):
            find_run(root, wanted)


@pytest.mark.parametrize("find", [find_run, find_finished])
def test_a_scenario_that_was_only_compared_is_not_found_by_its_name(root: Path, find) -> None:
    with pytest.raises(InputError) as caught:
        find(root, "slt_seat")
    for said in ("of that name: comparisons/slt_seat (comparison)", "of: full_time.", "sencosim run slt_seat"):
        assert said in caught.value.message


def test_nothing_is_found_where_nothing_is(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There is no finished run in"):
        find_run(tmp_path / "outputs", "full_time")


def test_only_a_run_is_finished_by_its_id(root: Path) -> None:
    assert is_finished(root, OLD)
    assert is_finished(root, str(root / "full_time" / OLD))
    assert not is_finished(root, "slt_seat")


def test_a_damaged_manifest_is_still_that_of_its_run(root: Path) -> None:
    (root / "full_time" / NEW / MANIFEST).write_text("{", encoding="utf-8")
    assert find_run(root, "full_time") == root / "full_time" / NEW


STRAYS = {
    "a run of another scenario, full_time": {"scenario": "full_time", "run_id": NEW},
    "a run of a scenario that it does not name": {"run_id": NEW},
    f"a copy of the run {OLD} under another name": {"scenario": "slt_seat", "run_id": OLD},
    "a run that does not say its id": {"scenario": "slt_seat"},
}


@pytest.mark.parametrize("find", [find_run, find_finished])
@pytest.mark.parametrize("words", STRAYS)
def test_a_run_that_is_not_of_a_scenario_is_not_found_by_its_name(root: Path, find, words: str) -> None:
    folder(root, f"slt_seat/{NEW}", **STRAYS[words])
    with pytest.raises(InputError) as caught:
        find(root, "slt_seat")
    assert f"slt_seat/{NEW} is {words}, so it is passed over." in caught.value.message
    assert "Finished runs are there of: full_time." in caught.value.message
    assert find(root, f"slt_seat/{NEW}") == root / "slt_seat" / NEW
    own = folder(root, f"slt_seat/{OLD}")
    assert find(root, "slt_seat") == own


@pytest.mark.parametrize("find", [find_run, find_finished])
def test_a_run_that_lies_as_the_folder_of_another_scenario_is_not_found_by_its_name(
    root: Path, find, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = root / "some" / "where" / "here"
    for place in (root, root / "slt", here):
        folder(place, "slt_seat", scenario="full_time", run_id=NEW)
    monkeypatch.chdir(here)
    with pytest.raises(InputError) as caught:
        find(root, "slt_seat")
    assert caught.value.message.count("slt_seat is a run of another scenario, full_time, so it is passed over.") == 3
    assert find(root, "./slt_seat").resolve() == here / "slt_seat"
    assert "give its path:  ./slt_seat ." in caught.value.message


def test_nothing_is_found_in_a_hidden_folder(root: Path) -> None:
    later = "2026-01-03T00-00-00Z-cccc"
    folder(root, f".half-written/{later}")
    with pytest.raises(InputError, match=later):
        find_run(root, later)
