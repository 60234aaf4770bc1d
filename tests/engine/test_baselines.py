"""A no-policy arm found on disk gives the same policy arm, to the bit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sencosim.engine import pair as pairs
from sencosim.engine.baselines import ENDING, FOLDER, LIMIT, cache_of_baselines
from sencosim.engine.pair import Pair, PairResult, run_pair
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
    path.write_bytes(path.read_bytes()[:1000])
    assert same(run("full_time"), alone)
    assert path.stat().st_size > 1000
