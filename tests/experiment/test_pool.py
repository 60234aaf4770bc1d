"""Processes in any number, ended in any way, come to the same results."""

from __future__ import annotations

import errno
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest
from experiment.made_up import HEADLINES, dies_at_third_replication, plan, slowly, stopped_at_third_replication, totals

import sencosim
from sencosim.errors import EngineError, InputError, OutputError, StoppedError
from sencosim.experiment.jobs import Job
from sencosim.experiment.plan import FIRST_DRAWS, Plan
from sencosim.experiment.pool import Agenda, Step, Where, conduct, deaf_to_ctrl_c
from sencosim.experiment.precision import Precision, replications_needed
from sencosim.experiment.store import Store, new_store
from sencosim.experiment.totals import PairTotals
from sencosim.fingerprint import made_with

pytestmark = pytest.mark.unit


def run(one: Plan, store: Store, work: Callable[[Job], PairTotals] = totals) -> tuple[Precision, list[Step]]:
    steps: list[Step] = []
    return conduct(one, lambda _: work, store, Where(one.workers), steps.append), steps


def stored(store: Store) -> list[Job]:
    return sorted(Store(store.folder, "again").jobs())


def test_replications_stop_where_the_rule_says(tmp_path: Path) -> None:
    """Half-widths of the made-up headlines: 5.2 %, 2.7 %, 1.8 % of 100 after 3, 4 and 5 replications."""
    precision, steps = run(plan(precision=0.02), new_store(tmp_path, "run", {}))
    assert len(precision.values) == 5
    assert precision.reached
    assert steps[-1].done == steps[-1].total == plan().work(5)
    assert steps[-1].so_far is None or steps[-1].so_far.is_whole


@pytest.mark.parametrize("workers", [1, 2])
def test_replications_stop_where_chance_is_small_against_the_range_of_all_draws(tmp_path: Path, workers: int) -> None:
    """Made-up draws move the headline by amounts of a range that is known when the last of them is."""
    ranged = plan(workers, precision=0.0001, draws=FIRST_DRAWS)
    ranged = replace(ranged, rule=replace(ranged.rule, of_range=0.1))
    store = new_store(tmp_path, "run", {})
    precision, _ = run(ranged, store)
    headlines = {job: store.headline(job) for job in store.jobs()}
    assert precision.enough == ranged.enough(headlines) == pytest.approx(1.0)
    assert precision.reached
    assert len(precision.values) == replications_needed(HEADLINES, ranged.rule, precision.enough) < 10
    last = next(job for job in ranged.draw_jobs() if job.draw == FIRST_DRAWS and job.view == ranged.main_view)
    assert ranged.enough({job: value for job, value in headlines.items() if job != last}) is None


def test_something_is_said_while_no_pair_is_finished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sencosim.experiment.pool.LONGEST_SILENCE", 0.01)
    precision, steps = run(plan(2, most=2, draws=1), new_store(tmp_path, "run", {}), slowly)
    assert len(precision.values) == 2
    beats = [step for step in steps if step.label.startswith("running ")]
    assert beats
    assert [step.done for step in steps] == sorted(step.done for step in steps)
    assert steps[-1] not in beats


def test_a_process_with_other_evidence_does_no_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, other_evidence: Path
) -> None:
    made_with()  # of this process: the variable is for those that it starts
    monkeypatch.setenv("SENCOSIM_EVIDENCE", str(other_evidence))
    with pytest.raises(InputError, match="has other evidence than the one that gave it work"):
        run(plan(2), store := new_store(tmp_path, "run", {}))
    assert store.count() == 0


@pytest.mark.parametrize("is_sent", [False, True])
def test_a_pair_that_ran_while_a_file_was_another_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_sent: bool
) -> None:
    """The file is what it was by the time that the pair is done, and as old: some tables are read when first needed."""
    file, older = tmp_path / "sample.csv", time.time() - 1000.0
    file.write_text("1", encoding="utf-8")
    monkeypatch.setattr("sencosim.fingerprint._watched", lambda _: (file,))
    time.sleep(0.05)  # the system counts in steps of some hundredths of a second
    monkeypatch.setattr(sencosim, "BEGAN", time.time())
    jobs = plan().all_jobs(2)

    def work(job: Job) -> PairTotals:
        if job == jobs[-1]:
            time.sleep(0.05)
            for text in ("2", "1"):
                file.write_text(text, encoding="utf-8")
            os.utime(file, (older, older))
        return totals(job)

    store = new_store(tmp_path, "run", {})
    with pytest.raises(InputError, match=r"changed since this process began: sample\.csv") as told:
        conduct(plan(), lambda _: work, store, Where(2, AtOnce) if is_sent else Where(1), lambda _: None)
    assert jobs[-1] not in stored(store)
    assert f"{len(stored(store))} finished pair" in told.value.__notes__[0]


def test_a_precision_out_of_reach_is_said_to_be(tmp_path: Path) -> None:
    precision, _ = run(plan(precision=0.0001, most=4), new_store(tmp_path, "run", {}))
    assert len(precision.values) == 4
    assert precision.reached is False


@pytest.mark.parametrize("workers", [3])
def test_the_number_of_processes_changes_nothing(tmp_path: Path, workers: int) -> None:
    alone, many = new_store(tmp_path, "alone", {}), new_store(tmp_path, "many", {})
    assert run(plan(1), alone)[0] == run(plan(workers), many)[0]
    assert stored(alone) == stored(many)
    for job in plan().jobs(5):
        assert (alone.read(job).policy == many.read(job).policy).all()


def test_order_of_finishing_cannot_change_what_is_asked_for(tmp_path: Path) -> None:
    """Replication 4 is known before 2: it says nothing until 2 and 3 are known."""
    store = new_store(tmp_path, "run", {})
    agenda = Agenda(plan(precision=0.02), store)
    for number in (0, 1, 4):
        agenda.finish(totals(Job("central", 0, number, 1.0)))
    assert len(agenda.headlines()) == 2
    assert agenda.replications() == 3


def test_a_dead_worker_is_told_with_what_was_kept_and_how_to_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    store = new_store(Path("outputs/full_time"), "run", {})
    with pytest.raises(EngineError) as told:
        run(plan(2), store, dies_at_third_replication)
    kept = store.count()
    assert 1 <= kept < len(plan().jobs(5))
    assert not list(store.folder.rglob("*.tmp"))
    for words in ("A worker process died", f"{kept} finished pair", "--resume run", "--workers 1"):
        assert words in told.value.message
    Path("spared").touch()
    resumed, _ = run(plan(2), store, dies_at_third_replication)
    assert resumed == run(plan(1), new_store(tmp_path, "again", {}))[0]


def test_a_full_disk_is_told_with_the_command_that_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("sencosim.experiment.store.write_part", full)
    store = new_store(tmp_path, "run", {})
    with pytest.raises(OutputError, match=r"could not be written .* Free some space, then go on\.") as told:
        run(plan(1), store)
    (note,) = told.value.__notes__
    assert note.startswith("Go on with:  sencosim run --resume")


MESSAGE = 1_000_000
"""Of a result: more than a pipe holds, so that whoever sends it waits for whoever reads it. [bytes]"""


@pytest.mark.parametrize("how", ["stopped", "killed"])
def test_a_process_that_ends_in_the_middle_of_a_result_keeps_nobody_waiting(
    monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """Half a message is in the pipe: who reads it would wait for the rest for ever, after Ctrl-C too."""
    reading, go_on = threading.Event(), threading.Event()
    plain = Connection._recv

    def slowly_read(self: Connection, size: int, *more: Any) -> Any:
        if size >= MESSAGE:
            reading.set()
            go_on.wait(60.0)
        return plain(self, size, *more)

    monkeypatch.setattr(Connection, "_recv", slowly_read)
    ended = KeyboardInterrupt if how == "stopped" else BrokenProcessPool

    def end_in_the_middle() -> None:
        with Where(2).executor() as executor:
            with deaf_to_ctrl_c():
                sent = executor.submit(bytes, MESSAGE)
            assert reading.wait(60.0)
            (worker,) = (one for one in multiprocessing.active_children() if one.name.startswith("SpawnProcess"))
            threading.Timer(0.5, go_on.set).start()
            if how == "stopped":
                raise KeyboardInterrupt
            os.kill(worker.pid or 0, signal.SIGKILL)
            sent.result(30.0)

    with pytest.raises(ended):
        end_in_the_middle()


class AtOnce(Executor):
    """Does what it is given before it has taken it."""

    def submit(self, work: Any, /, *args: Any, **_: Any) -> Future[Any]:
        told: Future[Any] = Future()
        try:
            told.set_result(work(*args))
        except MemoryError as error:
            told.set_exception(error)
        return told


def test_what_came_back_together_with_a_failure_is_kept(tmp_path: Path) -> None:
    agenda = Agenda(plan(), new_store(tmp_path, "looked_at", {}))
    worlds = [agenda.begin() for _ in range(4)]
    fails = min(worlds)  # the first whose result is read

    def work(job: Job) -> PairTotals:
        if job in fails:
            raise MemoryError
        return totals(job)

    store = new_store(tmp_path, "run", {})
    with pytest.raises(EngineError, match="finished pair"):
        conduct(plan(), lambda _: work, store, Where(len(worlds), AtOnce), lambda _: None)
    assert set(stored(store)) == {job for world in worlds if world != fails for job in world} != set()


def test_ctrl_c_keeps_what_is_finished_and_says_how_to_go_on(tmp_path: Path) -> None:
    store = new_store(tmp_path, "run", {})
    with pytest.raises(StoppedError) as told:
        run(plan(1), store, stopped_at_third_replication)
    assert told.value.exit_code == 130
    kept = store.count()
    assert 3 <= kept < len(plan().jobs(5))  # two of the main view, one of the other, and what came before
    assert f"{kept} finished pairs of runs are kept" in told.value.message
    assert f"--resume {store.folder.as_posix()}" in told.value.message
    begun: list[Job] = []

    def counted(job: Job) -> PairTotals:
        begun.append(job)
        return totals(job)

    assert run(plan(1), store, counted)[0].reached
    assert len(begun) == len(plan().jobs(5)) - kept


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals to hold up")
def test_ctrl_c_while_a_process_is_started_is_heard_afterwards_and_not_by_the_process() -> None:
    asks = "import signal; print(signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, ()))"
    said = []

    def press_and_start() -> None:
        with deaf_to_ctrl_c():
            os.kill(os.getpid(), signal.SIGINT)
            said.append(subprocess.check_output([sys.executable, "-c", asks], text=True).strip())

    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            press_and_start()
        assert said == ["True"]
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
        assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())
    finally:
        signal.signal(signal.SIGINT, before)
