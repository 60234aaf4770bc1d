"""Time and memory before a long run: in proportion to the work, and never more processes than fit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from engine.small_worlds import england
from experiment.made_up import plan
from hypothesis import given
from hypothesis import strategies as st

import sencosim.experiment.probe
from sencosim.errors import EngineError
from sencosim.experiment.probe import Estimate, Probe, _council_of, estimate, is_long, measure, minutes, with_workers
from sencosim.population.schools import Population

FOUND = Probe(seconds_per_school_year=0.001, process_bytes=3e8, school_bytes=2e4)


@pytest.mark.property
@given(st.integers(1, 64), st.floats(1.0, 64.0))
def test_no_more_processes_than_asked_for_and_than_fit(workers: int, gigabytes: float) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sencosim.experiment.probe, "free_bytes", lambda: int(gigabytes * 1e9))
        found = estimate(replace(plan(), workers=workers), FOUND)
        assert 1 <= found.workers <= workers
        assert found.workers * found.bytes_a_worker < gigabytes * 1e9
        assert found.seconds <= found.most_seconds
        assert with_workers(plan(), found).workers == found.workers


@pytest.mark.unit
def test_a_run_that_cannot_fit_is_refused_with_a_size_that_can(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sencosim.experiment.probe, "free_bytes", lambda: int(5e8))
    with pytest.raises(EngineError, match=r"0\.5 GB are free.*--sample 0\.\d+"):
        estimate(plan(), FOUND)


@pytest.mark.unit
def test_time_goes_with_the_work_and_is_shared_by_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sencosim.experiment.probe, "free_bytes", lambda: int(1e12))
    one, two = (estimate(replace(plan(), workers=n), FOUND) for n in (1, 2))
    assert one.seconds == pytest.approx(0.001 * plan().work(3)) == pytest.approx(2.0 * two.seconds)
    assert one.facts()["estimated_seconds"] == round(one.seconds)
    assert "up to" in one.in_words()


@pytest.mark.property
@given(st.integers(1, 600), st.integers(2, 64))
def test_memory_is_said_in_gigabytes(tenths: int, asked: int) -> None:
    size = tenths / 10
    found = Estimate(600.0, 600.0, size * 1e9, 2 * size * 1e9, 1, asked)
    words = f"{size:.1f} GB of memory for each process. Only 1 of {asked} processes fit into the {2 * size:.1f} GB"
    assert words in found.in_words()


@pytest.mark.unit
def test_only_long_runs_are_measured() -> None:
    assert is_long(replace(plan(), n_schools=20_000))
    assert not is_long(replace(plan(), n_schools=20, n_draw_schools=20))


@pytest.mark.unit
def test_the_clock_runs_over_the_second_council_only() -> None:
    seen: list[int] = []

    def run_few(schools: Population) -> int:
        seen.append(schools.n_schools)
        return 1000 * schools.n_schools

    whole = england()
    small, middling = whole.take(whole.la_code == 857), whole.take(whole.la_code == 380)
    found = measure(run_few, small, middling)
    assert seen == [small.n_schools, middling.n_schools]
    assert 0.0 < found.seconds_per_school_year < 1e-3
    assert found.process_bytes > 1e7


@pytest.mark.property
@given(st.integers(2, 2000))
def test_whole_hours_are_said_whole(hours: int) -> None:
    assert minutes(3600.0 * hours) == f"{hours}.0 h"


@pytest.mark.property
@given(st.integers(0, 600))
def test_the_council_to_measure_on_is_one_of_the_size_that_is_nearest(wanted: int) -> None:
    schools = england()
    chosen = _council_of(schools, wanted)
    sizes = np.unique(schools.council, return_counts=True)[1]
    assert len(set(chosen.council)) == 1
    assert chosen.n_schools in sizes
    assert abs(chosen.n_schools - wanted) == np.abs(sizes - wanted).min()


@pytest.mark.unit
def test_memory_that_grew_is_shared_out_among_the_schools(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = england()
    small, middling = whole.take(whole.la_code == 857), whole.take(whole.la_code == 380)
    peaks = iter([100.0, 100.0 + 7.0 * middling.n_schools])
    monkeypatch.setattr(sencosim.experiment.probe, "peak_bytes", lambda: next(peaks))
    assert measure(run_few=lambda _: 1, small=small, middling=middling).school_bytes == pytest.approx(7.0)
