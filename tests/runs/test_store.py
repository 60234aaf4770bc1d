"""Finished pairs on disk: whole, exact, and only ever continued by the same run."""

from __future__ import annotations

import math
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from runs.made_up import plan, totals

import sencosim.runs.store
from sencosim.errors import InputError, OutputError
from sencosim.runs.plan import Job
from sencosim.runs.store import Store, check_same, find_store, new_store, stopped_runs
from sencosim.runs.streaming import Moments
from sencosim.runs.totals import PairTotals

VALUES = arrays.arrays(np.float64, (4, 2), elements=st.floats(-9, 9))
JOB = Job("central", 3, 1, 0.05)
FACTS = {"scenario_fingerprint": "a", "evidence_fingerprint": "b", "code_fingerprint": "c", "councils": []}


def same(one: PairTotals, other: PairTotals) -> bool:
    for field in fields(one):
        left, right = getattr(one, field.name), getattr(other, field.name)
        if isinstance(left, np.ndarray):
            if left.dtype != right.dtype or not np.array_equal(left, right):
                return False
        elif left != right:
            return False
    return True


@pytest.mark.unit
def test_a_pair_comes_back_exactly(tmp_path: Path) -> None:
    store = new_store(tmp_path, "run", FACTS)
    assert not store.has(JOB)
    store.write(totals(JOB))
    assert store.has(JOB)
    assert same(store.read(JOB), totals(JOB))
    assert store.headline(JOB) == totals(JOB).headline
    assert store.count() == 1


@pytest.mark.unit
def test_a_pair_that_cannot_be_written_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = new_store(tmp_path, "run", FACTS)

    def full(_totals: PairTotals, path: Path) -> None:
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(sencosim.runs.store, "write_totals", full)
    with pytest.raises(OutputError, match="No space left"):
        store.write(totals(JOB))
    assert store.count() == 0
    assert not store.is_writing()


@pytest.mark.unit
def test_two_runs_never_share_a_folder(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    first, second = (new_store(tmp_path, "run", FACTS) for _ in range(2))
    assert [first.run_id, second.run_id] == ["run-2", "run-3"]
    assert {store.run_id for store in stopped_runs(tmp_path.parent) if store.folder.parent == tmp_path} == {
        "run-2",
        "run-3",
    }


@pytest.mark.unit
def test_a_stopped_run_is_found_by_its_id_and_by_its_folder(tmp_path: Path) -> None:
    store = new_store(tmp_path / "full_time", "run", FACTS)
    (store.folder / "x.npz.1.tmp").write_bytes(b"half")
    for words in ("run", str(store.folder)):
        assert find_store(tmp_path, words) == Store(store.folder, "run")
    assert not store.is_writing()
    with pytest.raises(InputError, match=r"no stopped run wrong.*can be resumed: run\."):
        find_store(tmp_path, "wrong")
    store.remove()
    done = tmp_path / "full_time" / "run"
    done.mkdir()
    (done / "manifest.json").write_text("{}", encoding="utf-8")
    with pytest.raises(InputError, match="is finished"):
        find_store(tmp_path, "run")


@pytest.mark.unit
def test_a_run_is_not_continued_as_another(tmp_path: Path) -> None:
    store = new_store(tmp_path, "run", FACTS)
    check_same(store, FACTS)
    with pytest.raises(InputError, match="cannot go on: the scenario and the evidence changed"):
        check_same(store, FACTS | {"scenario_fingerprint": "z", "evidence_fingerprint": "z"})
    with pytest.raises(InputError, match="the code of sencosim"):
        check_same(store, FACTS | {"code_fingerprint": "z"})


@pytest.mark.unit
def test_names_of_jobs_are_names_of_files() -> None:
    for job in plan(draws=40).jobs(12):
        assert set(job.name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-.")


@pytest.mark.property
@given(
    st.integers(1, 6).flatmap(
        lambda n: st.lists(
            st.tuples(
                st.sets(st.integers(0, 3), min_size=1), arrays.arrays(np.float64, (4, 2), elements=st.floats(-9, 9))
            ),
            min_size=n,
            max_size=n,
        )
    )
)
def test_streamed_moments_are_those_of_all_values_at_once(seen: list[tuple[set[int], np.ndarray]]) -> None:
    moments = Moments(4, (2,))
    for rows, values in seen:
        index = np.array(sorted(rows))
        moments.add(index, values[index])
    error = moments.standard_error()
    for row in range(4):
        values = np.array([values[row] for rows, values in seen if row in rows])
        assert moments.count[row] == len(values)
        if len(values):
            assert moments.mean[row] == pytest.approx(values.mean(axis=0), abs=1e-12)
        if len(values) > 1:
            assert error[row] == pytest.approx(values.std(axis=0, ddof=1) / math.sqrt(len(values)), abs=1e-9)
        else:
            assert np.isnan(error[row]).all()
