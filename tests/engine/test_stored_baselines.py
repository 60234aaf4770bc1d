"""A no-policy arm found on disk gives the same policy arm, to the bit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sencosim.engine import pair as pairs
from sencosim.engine.pair import Pair, PairResult, run_pair
from sencosim.engine.stored import FOLDER
from sencosim.model import baseline_of
from sencosim.population.sampling import only_councils
from sencosim.population.synthetic import synthetic_england
from sencosim.scenario.load import load_scenario

pytestmark = pytest.mark.engine


def run(name: str, view: str = "central") -> PairResult:
    scenario = load_scenario(name).scenario.lasting(8)
    pairs._LAST.clear()
    return run_pair(
        Pair(view, 0, 0), scenario, baseline_of(scenario), only_councils(synthetic_england(), ["Rutland"]), "compiled"
    )


def same(one: PairResult, other: PairResult) -> bool:
    arrays = ("baseline", "policy", "baseline_calendar", "baseline_groups", "policy_groups")
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in arrays)


def test_a_found_baseline_serves_another_policy_and_view(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = [("full_time", "central"), ("full_time", "campaign"), ("protected_time", "central")]
    alone = [run(*one) for one in asked]
    monkeypatch.setenv(FOLDER, str(tmp_path))
    kept = run(*asked[0])
    (stored,) = tmp_path.glob("*.npz")
    written = stored.stat().st_mtime_ns
    found = [run(*one) for one in asked]
    assert same(alone[0], kept)
    assert all(same(one, other) for one, other in zip(alone, found, strict=True))
    assert (alone[0].policy != alone[0].baseline).any()
    assert [path.stat().st_mtime_ns for path in tmp_path.glob("*.npz")] == [written]


def test_nothing_is_kept_unless_a_folder_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(FOLDER, raising=False)
    monkeypatch.chdir(tmp_path)
    run("full_time")
    assert not list(tmp_path.iterdir())
