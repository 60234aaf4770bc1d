"""A no-policy arm found on disk gives the same policy arm, to the bit."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pytest

from sencosim.engine import pair as pairs
from sencosim.engine.baselines import ENDING, FOLDER, LIMIT, cache_of_baselines, none_kept
from sencosim.engine.pair import Pair, PairResult, run_pair
from sencosim.errors import InputError
from sencosim.evidence.register import Register, load_register
from sencosim.model import baseline_of
from sencosim.population.sampling import only_councils
from sencosim.population.synthetic import synthetic_england
from sencosim.scenario.load import load_scenario

pytestmark = pytest.mark.engine


def run(name: str, view: str = "central", replication: int = 0) -> PairResult:
    scenario = load_scenario(name).scenario.lasting(8)
    pairs._LAST.clear()
    return run_pair(
        Pair(view, 0, replication),
        scenario,
        baseline_of(scenario),
        only_councils(synthetic_england(), ["Rutland"]),
        "compiled",
    )


def same(one: PairResult, other: PairResult) -> bool:
    arrays = ("baseline", "policy", "baseline_calendar", "baseline_groups", "policy_groups")
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in arrays)


def test_a_found_baseline_serves_another_policy_and_view(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = [("full_time", "central"), ("full_time", "campaign"), ("protected_time", "central")]
    alone = [run(*one) for one in asked]
    monkeypatch.setenv(FOLDER, str(tmp_path))
    kept = run(*asked[0])
    (stored,) = tmp_path.glob(f"*{ENDING}")
    written = stored.read_bytes()
    found = [run(*one) for one in asked]
    assert same(alone[0], kept)
    assert all(same(one, other) for one, other in zip(alone, found, strict=True))
    assert (alone[0].policy != alone[0].baseline).any()
    assert [path.read_bytes() for path in tmp_path.glob(f"*{ENDING}")] == [written]


def test_an_arm_of_other_spreads_of_single_tasks_is_not_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every value is as it was: how far single tasks are spread is no value."""
    monkeypatch.setenv(FOLDER, str(tmp_path))
    before = run("full_time")
    shipped = load_register()
    spreads = {name: one.event_distribution for name, one in shipped.items() if name.startswith("task_hours_")}
    wider = {name: one.model_copy(update={"max": 3.0 * one.number("max")}) for name, one in spreads.items() if one}
    other = {name: one.model_copy(update={"event_distribution": wider.get(name)}) for name, one in shipped.items()}
    for place in ("sencosim.arms.prepare", "sencosim.fingerprint"):
        monkeypatch.setattr(f"{place}.load_register", lambda: Register(other, correlations=shipped.correlations))
    found = run("full_time")
    assert len(list(tmp_path.glob(f"*{ENDING}"))) == 2
    monkeypatch.setenv(FOLDER, "off")
    assert same(found, run("full_time"))
    assert not same(found, before)


def test_an_arm_that_ran_while_a_file_was_another_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def another() -> None:
        raise InputError("files were changed")

    monkeypatch.setenv(FOLDER, str(tmp_path))
    monkeypatch.setattr("sencosim.engine.pair.check_as_read", another)
    with pytest.raises(InputError, match="files were changed"):
        run("full_time")
    assert not list(tmp_path.iterdir())


def test_no_arm_is_kept_or_taken_for_a_while(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for before in (str(tmp_path), None):
        monkeypatch.setenv(FOLDER, before) if before else monkeypatch.delenv(FOLDER)
        with none_kept():
            assert cache_of_baselines() is None
        assert os.environ.get(FOLDER) == before


def test_nothing_is_kept_where_the_cache_is_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FOLDER, "off")
    monkeypatch.chdir(tmp_path)
    run("full_time")
    assert cache_of_baselines() is None
    assert not list(tmp_path.iterdir())


def test_a_full_cache_lets_go_of_what_was_used_longest_ago(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FOLDER, str(tmp_path))
    run("full_time")
    cache = cache_of_baselines()
    assert cache is not None
    (first,) = cache.entries()
    monkeypatch.setenv(LIMIT, str(1.5 * cache.size() / 1e9))
    run("full_time", replication=1)
    (second,) = cache.entries()
    assert second != first
    assert cache.empty() == 1
    assert cache.size() == 0


def test_a_damaged_arm_is_run_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = run("full_time")
    monkeypatch.setenv(FOLDER, str(tmp_path))
    run("full_time")
    (path,) = tmp_path.glob(f"*{ENDING}")
    whole = path.read_bytes()
    cut, flipped = whole[:1000], bytearray(whole)
    flipped[len(whole) // 2] ^= 1  # compressed numbers: most such bits give other numbers, and no error
    for damaged in (cut, flipped):
        path.write_bytes(damaged)
        assert same(run("full_time"), alone)
        assert path.read_bytes() == whole


def test_an_arm_under_the_name_of_another_is_run_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = run("full_time", replication=1)
    monkeypatch.setenv(FOLDER, str(tmp_path))
    run("full_time")
    (first,) = tmp_path.glob(f"*{ENDING}")
    run("full_time", replication=1)
    (second,) = (path for path in tmp_path.glob(f"*{ENDING}") if path != first)
    second.write_bytes(first.read_bytes())
    assert same(run("full_time", replication=1), alone)


def test_a_folder_that_others_can_write_to_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FOLDER, str(tmp_path))
    assert cache_of_baselines() is not None
    tmp_path.chmod(0o777)
    assert (cache_of_baselines() is None) == (sys.platform != "win32")


@pytest.mark.parametrize("named", ["kept", "./kept", "OFF"])
def test_no_arm_is_kept_in_the_current_folder(named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may be somebody else's."""
    monkeypatch.setenv(FOLDER, named)
    monkeypatch.chdir(tmp_path)
    run("full_time")
    assert cache_of_baselines() is None
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("limit", ["abc", "-1", "nan"])
def test_a_limit_that_is_no_room_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, limit: str) -> None:
    monkeypatch.setenv(FOLDER, str(tmp_path))
    monkeypatch.setenv(LIMIT, limit)
    with pytest.raises(InputError, match="number of GB"):
        cache_of_baselines()
