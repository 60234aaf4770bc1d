"""Finished pairs on disk: whole, exact, and only ever continued by the same run."""

from __future__ import annotations

import math
import os
from dataclasses import fields
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from experiment.made_up import plan, totals
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from sencosim.arms.inputs import Cell, Group
from sencosim.engine.pair import Pair, PairResult
from sencosim.errors import InputError, OutputError
from sencosim.experiment.dataset import part_names, write_part
from sencosim.experiment.jobs import Job
from sencosim.experiment.moments import Moments
from sencosim.experiment.store import MOST_PAIRS_KEPT, Store, check_same, find_store, new_store, stopped_runs
from sencosim.experiment.totals import ENGLAND, Level, PairTotals, totals_of, whole_of
from sencosim.vocabulary import COLUMN, Quantity

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
    store.add(totals(JOB))
    assert store.has(JOB)
    assert same(store.read(JOB), totals(JOB))
    store.flush()
    assert list(store.folder.glob("dataset/england/*.parquet"))
    store = Store(store.folder, "run")
    assert same(store.read(JOB), totals(JOB))
    assert store.headline(JOB) == totals(JOB).headline
    assert store.count() == 1


@pytest.mark.unit
def test_one_total_of_england_is_that_of_the_whole_pair_wherever_it_is_read_from(tmp_path: Path) -> None:
    jobs = [Job("central", draw, 0, 0.05) for draw in range(MOST_PAIRS_KEPT + 2)]
    store = new_store(tmp_path, "run", FACTS)
    for job in jobs:
        store.add(totals(job))
        assert same(store.whole(job), whole_of(totals(job)))
    store.flush()
    for _ in range(2):
        for job in reversed(jobs):
            assert same(store.read(job), totals(job))
            assert same(store.whole(job), whole_of(totals(job)))
    whole = store.whole(jobs[1])
    np.testing.assert_array_equal(whole.policy[0], totals(jobs[1]).policy.sum(axis=0))
    assert whole.strata == ENGLAND
    assert len(whole.groups) == whole.councils.size == whole.council_policy.size == whole.hours.size == 0


@pytest.mark.unit
def test_a_pair_that_cannot_be_written_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = new_store(tmp_path, "run", FACTS)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    store.add(totals(JOB))
    with pytest.raises(OutputError, match="No space left"):
        store.flush()
    assert Store(store.folder, "run").count() == 0
    assert not [path for path in store.dataset.rglob("*") if path.is_file()]


@pytest.mark.unit
def test_a_dataset_is_read_while_it_grows_by_any_tool(tmp_path: Path) -> None:
    store = new_store(tmp_path, "run", FACTS)
    reader = Store(store.folder, "run")
    for draw in (1, 2):
        job = Job("central", draw, 0, 0.05)
        store.add(totals(job))
        store.flush()
        reader.look()
        assert [one.draw for one in reader.jobs()] == [1, 2][:draw]
        assert same(reader.read(job), totals(job))
    table = pd.read_parquet(store.dataset / "england")
    assert set(table["arm"]) == {"baseline", "policy", "baseline by calendar year"}
    assert {"job", "phase", "size_band", "year", "requests.school_led"} <= set(table)
    kept = table[(table["job"] == "central-draw1-replication0-share0.05") & (table["arm"] == "policy")]
    assert (
        kept["requests.school_led"].sum()
        == totals(Job("central", 1, 0, 0.05)).policy[..., 0:].sum(axis=(0, 1))[COLUMN["requests.school_led"]]
    )


@pytest.mark.unit
def test_parts_stand_in_the_order_in_which_they_were_written_with_councils_or_without(tmp_path: Path) -> None:
    written = []
    for draw in range(12):
        pair = totals(Job("central", draw, 0, 0.05))
        written.append(write_part(tmp_path, [whole_of(pair) if draw % 4 else pair]))
    assert part_names(tmp_path) == written


@pytest.mark.unit
def test_a_damaged_part_counts_as_not_there(tmp_path: Path) -> None:
    store = new_store(tmp_path, "run", FACTS)
    store.add(totals(JOB))
    store.flush()
    (part,) = store.dataset.glob("england/*.parquet")
    part.write_bytes(part.read_bytes()[:200])
    assert not Store(store.folder, "run").has(JOB)


@pytest.mark.unit
def test_a_run_begins_with_the_pairs_of_another_and_leaves_them_alone(tmp_path: Path) -> None:
    first, second = (new_store(tmp_path, name, FACTS) for name in ("first", "second"))
    first.add(totals(JOB))
    first.flush()
    second.begin_with(first.dataset)
    assert same(second.read(JOB), totals(JOB))
    second.add(totals(Job("central", 4, 1, 0.05)))
    second.flush()
    assert (first.count(), Store(first.folder, "first").count(), second.count()) == (1, 1, 2)


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
    for words in ("run", str(store.folder)):
        found = find_store(tmp_path, words)
        assert (found.folder, found.run_id) == (store.folder, "run")
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
    check_same(store.run_id, store.facts(), FACTS)
    with pytest.raises(InputError, match="cannot go on: the scenario and the evidence changed"):
        check_same(store.run_id, store.facts(), FACTS | {"scenario_fingerprint": "z", "evidence_fingerprint": "z"})
    with pytest.raises(InputError, match="the code of sencosim"):
        check_same(store.run_id, store.facts(), FACTS | {"code_fingerprint": "z"})


@pytest.mark.unit
@pytest.mark.parametrize("level", ["whole", "england", "council", "school"])
def test_coarser_totals_are_finer_ones_of_which_less_is_kept(level: Level) -> None:
    """A made-up pair of two councils, whose policy moves one council in the last year alone."""
    cells = tuple(
        Cell(code, phase, band, weight)
        for code, weight in ((805, 1.5), (867, 1.0))
        for phase, band in (("none", "none"), ("primary", "under 100"))
    )
    groups = tuple(Group("primary", fifth, False, "maintained", 1.0) for fifth in (1, 2))
    baseline = np.arange(len(cells) * 3 * len(Quantity)).reshape(len(cells), 3, len(Quantity)) % 5
    policy = baseline.copy()
    policy[-1, -1] += 7
    tallies = (baseline, policy, baseline[:, 1:], groups, baseline[:2], policy[:2], np.array([3, 4]), np.array([5, 6]))
    pair = PairResult(
        Pair("central", 3, 1), cells, *tallies, {}, np.ones(7), np.zeros(7, dtype=bool), np.ones(7), 7, 0.0
    )
    found, finest = (totals_of(JOB, pair, 1.0, one) for one in (level, "school"))
    assert found.moved.tolist() == [0, 0, 7]
    coarse = whole_of(finest) if level == "whole" else finest
    assert found.strata == coarse.strata
    for name in ("baseline", "policy", "calendar"):
        np.testing.assert_allclose(getattr(found, name), getattr(coarse, name), rtol=1e-12)
    for kept_at, names in (
        (("council", "school"), ("councils", "council_weight", "council_baseline", "council_policy")),
        (("school",), ("group_schools", "group_pupils", "group_baseline", "group_policy", "hours", "school_weight")),
    ):
        for name in names:
            whole = getattr(finest, name)
            assert whole.size
            np.testing.assert_array_equal(getattr(found, name), whole if level in kept_at else whole[:0])
    assert finest.councils.tolist() == [805, 867]
    assert finest.council_weight.tolist() == [1.5, 1.0]


@pytest.mark.property
@given(st.floats(0.0, 1.0, exclude_min=True), st.floats(0.0, 1.0, exclude_min=True))
def test_jobs_on_different_shares_have_different_names(one: float, other: float) -> None:
    for share in (other, math.nextafter(one, 2.0)):
        assert (Job("central", 1, 0, one).name == Job("central", 1, 0, share).name) == (one == share)


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
