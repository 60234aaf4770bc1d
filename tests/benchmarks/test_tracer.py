"""The tracer: every engine gives the same result to the last bit, and no work is lost."""

from __future__ import annotations

from importlib import import_module

import pytest

from benchmarks.tracer import model as m
from benchmarks.tracer.compare import compare, run_alone, write
from benchmarks.tracer.engines import BY_NAME, ENGINES, FLOOR, STAGED, Engine

# Three councils of a dozen schools for two years: small, and yet reviews lapse, and cases come back from the tribunal.
SIZE = m.Size(councils=3, years=2, schools_per_council=12)
SEED = 7


@pytest.fixture(scope="module")
def modules():
    """All engines that can run here. cimba teaches numba its own kind of record, and has to be there before others."""
    names = sorted((engine.name for engine in ENGINES if not engine.missing()), key=lambda name: name != "cimba")
    found = {name: import_module(f"benchmarks.tracer.{BY_NAME[name].module}") for name in names}
    if "cimba" in found:
        found["cimba"].prepare(SIZE)
    return found


@pytest.fixture(scope="module")
def staged(modules) -> m.Result:
    return modules[STAGED].run(SIZE, SEED)


@pytest.fixture(scope="module")
def draws(modules):
    return import_module("benchmarks.tracer.draws")


@pytest.mark.engine
@pytest.mark.parametrize("name", [engine.name for engine in ENGINES if engine.name != STAGED])
def test_every_engine_gives_the_same_result_to_the_last_bit(name, modules, staged):
    engine = BY_NAME[name]
    if engine.missing():
        pytest.skip(engine.missing())
    assert modules[name].run(SIZE, SEED, **engine.options) == staged


@pytest.mark.engine
def test_threads_change_nothing(modules, staged):
    assert modules[STAGED].run(SIZE, SEED, threads=3) == staged


@pytest.mark.engine
def test_no_work_is_lost(staged):
    lapsed = [staged.lapsed if kind == m.SUPPORT_REVIEW else 0 for kind in range(m.N_KINDS)]
    ends = zip(staged.completed, lapsed, staged.unfinished, strict=True)
    assert list(staged.arrived) == [sum(end) for end in ends]
    for station in (staged.councils, staged.tribunal):
        assert station.joined == station.decided + station.in_process + station.waiting
    assert staged.councils.joined == staged.completed[m.REQUEST] + staged.remitted
    assert staged.tribunal.joined == staged.completed[m.PREPARATION]


@pytest.mark.engine
def test_everything_that_can_happen_happens(staged):
    assert min(*staged.arrived, *staged.completed, *staged.unfinished) > 0
    assert min(staged.lapsed, staged.remitted, staged.councils.waiting, staged.tribunal.waiting) > 0


@pytest.mark.engine
def test_a_replication_and_a_seed_are_runs_of_their_own(modules, staged):
    run = modules[STAGED].run
    assert len({staged, run(SIZE, SEED, 1), run(SIZE, SEED + 1)}) == 3


@pytest.mark.unit
def test_the_normal_quantile_is_that_of_the_project(draws):
    from sencosim.rules.chance import normal_quantile  # noqa: PLC0415 (compiles when imported)

    points = [10.0**-power for power in range(1, 300, 7)] + [0.075, 0.0751, 0.5, 0.6, 0.925, 0.99, 1.0 - 1e-13]
    assert [draws.normal_quantile(u) for u in points] == [normal_quantile(u) for u in points]


@pytest.mark.unit
def test_uniform_numbers_are_between_zero_and_one_and_differ(draws):
    key = m.run_key(SEED, 0)
    numbers = {
        draws.uniform(key, stream, entity, occurrence)
        for stream in range(m.N_STREAMS)
        for entity in (0, 1, m.case_of(20_195, 9))
        for occurrence in range(20)
    }
    assert len(numbers) == m.N_STREAMS * 3 * 20
    assert 0.0 < min(numbers) < 0.01
    assert 0.99 < max(numbers) < 1.0


@pytest.mark.unit
def test_the_table_says_what_it_leaves_out_and_what_disagrees(tmp_path, monkeypatch):
    engines = (
        Engine("right", "right", "plain_heapq", ""),
        Engine("wrong", "wrong", "plain_heapq", ""),
        Engine("absent", "absent", "absent", "no_such_package"),
    )

    def fake_run(engine, size, folder):
        pieces = 1010 if engine.name == "wrong" else 1000
        memory = {"mb_before": 20.0, "peak_mb": 25.0}
        return {
            "prepare_seconds": 0.1,
            "run_seconds": 0.003,
            "cpu_seconds": 0.001,
            "pieces": pieces,
            "result": {"completed": [pieces]},
        } | memory

    monkeypatch.setattr("benchmarks.tracer.compare.ENGINES", engines)
    monkeypatch.setattr("benchmarks.tracer.compare.run_alone", fake_run)
    rows, skipped = compare(quick=True, repeats=3)
    page = write(rows, skipped, tmp_path)
    assert [row.agreement for row in rows] == ["exactly", "NO: completed work differs by +1.000%"]
    assert [row.ns_per_piece for row in rows] == pytest.approx([1000.0, 990.1], rel=1e-4)
    assert "| right | Python" in page
    assert "- absent: no_such_package is not installed" in page
    assert (tmp_path / "tracer.csv").read_text(encoding="utf-8").count("\n") == 3


@pytest.mark.engine
def test_an_engine_runs_in_a_process_of_its_own(tmp_path):
    engine = BY_NAME[FLOOR]
    if engine.missing():
        pytest.skip(engine.missing())
    found = run_alone(engine, m.Size(1, 1), str(tmp_path))
    assert found["pieces"] == sum(found["result"]["completed"]) > 20_000
    assert found["run_seconds"] > 0.0
