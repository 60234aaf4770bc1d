"""Faults that must not lose or change a result: killed parents, damaged files, two processes at once."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from multiprocessing import get_context
from pathlib import Path

import psutil
import pyarrow as pa
import pytest
from click.testing import CliRunner
from experiment.made_up import totals
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sencosim.cli import main
from sencosim.errors import InputError, OutputError
from sencosim.experiment.dataset import LEVELS
from sencosim.experiment.jobs import Job
from sencosim.experiment.lock import goes_on, only_here
from sencosim.experiment.store import FACTS, Store, new_store, pairs_of
from sencosim.experiment.totals import same_pair
from sencosim.stopping import ASKED_TO_STOP, stops_like_ctrl_c, undisturbed

JOB = Job("central", 3, 1, 0.05)
OTHER = Job("central", 4, 1, 0.05)
ENDS_WITHIN = 20.0
WORK = """
import signal, sys
from pathlib import Path
sys.path.insert(0, "tests")
from experiment.made_up import plan, slowly
from sencosim.experiment.pool import Where, conduct
from sencosim.experiment.store import Store
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # where the tests run in the background it is ignored
conduct(plan(draws=500), lambda _: slowly, Store(Path(sys.argv[1]), "run"), Where(2), lambda _: None)
"""
posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has other signals")


@pytest.fixture
def in_a_terminal() -> Iterator[None]:
    """No signal ignored, even where the tests run in the background."""
    before = {one: signal.getsignal(one) for one in ASKED_TO_STOP}
    for one in ASKED_TO_STOP:
        signal.signal(one, signal.default_int_handler if one == signal.SIGINT else signal.SIG_DFL)
    yield
    for one, handler in before.items():
        signal.signal(one, handler)


def stored(folder: Path, *jobs: Job) -> Store:
    store = new_store(folder, "run", {"engine": "compiled"})
    for job in jobs:
        store.add(totals(job))
        store.flush()
    return store


def same(store: Store, job: Job) -> bool:
    return same_pair(store.read(job), totals(job)) and store.read(job).seconds == totals(job).seconds


@posix
@pytest.mark.engine
@pytest.mark.parametrize("name", ["SIGKILL", "SIGTERM", "SIGHUP"])
def test_workers_end_with_their_parent(tmp_path: Path, root: Path, name: str) -> None:
    store = new_store(tmp_path, "run", {})
    parent = subprocess.Popen([sys.executable, "-c", WORK, str(store.folder)], cwd=root, start_new_session=True)
    end = time.monotonic() + 120.0
    while time.monotonic() < end and not Store(store.folder, "run").count():
        time.sleep(0.05)
    children = psutil.Process(parent.pid).children(recursive=True)
    assert len(children) >= 2
    parent.send_signal(getattr(signal, name))
    parent.wait(60)
    _, alive = psutil.wait_procs(children, timeout=ENDS_WITHIN)
    assert not alive
    assert Store(store.folder, "run").count() > 0


@posix
@pytest.mark.unit
@pytest.mark.usefixtures("in_a_terminal")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_request_to_stop_ends_a_command_like_ctrl_c_but_not_under_nohup(name: str) -> None:
    one = getattr(signal, name)
    with pytest.raises(KeyboardInterrupt), stops_like_ctrl_c():
        signal.raise_signal(one)
    before = signal.signal(one, signal.SIG_IGN)
    try:
        with stops_like_ctrl_c():
            os.kill(os.getpid(), one)
        assert signal.getsignal(one) is signal.SIG_IGN
    finally:
        signal.signal(one, before)


@posix
@pytest.mark.unit
@pytest.mark.usefixtures("in_a_terminal")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_what_is_being_written_is_finished_first(name: str) -> None:
    done = []

    def write() -> None:
        with undisturbed():
            os.kill(os.getpid(), getattr(signal, name))
            done.append("written")

    with pytest.raises(KeyboardInterrupt), stops_like_ctrl_c():
        write()
    assert done == ["written"]


@pytest.mark.unit
def test_a_run_goes_on_in_one_process_at_a_time(tmp_path: Path) -> None:
    store = stored(tmp_path, JOB)
    with only_here(store.folder, "run"):
        again = only_here(store.folder, "run")
        with pytest.raises(InputError, match=rf"goes on already: process {os.getpid()} on .*, since 20"):
            again.__enter__()
    with only_here(store.folder, "run"):
        pass


@posix
@pytest.mark.unit
def test_a_lock_ends_with_its_process(tmp_path: Path) -> None:
    takes = (
        "import sys, time; from pathlib import Path; from sencosim.experiment.lock import only_here\n"
        "with only_here(Path(sys.argv[1]), 'run'): print('taken', flush=True); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", takes, str(tmp_path)], stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == "taken\n"
        with pytest.raises(InputError, match=f"process {owner.pid}"), only_here(tmp_path, "run"):
            raise AssertionError
        owner.kill()
    with only_here(tmp_path, "run"):
        pass


def write_in_step(folder: Path, first: int, barrier: object) -> None:
    store = Store(folder, "run")
    for number in range(40):
        barrier.wait()  # type: ignore[attr-defined]
        store.add(totals(Job("central", first + number, 0, 0.05)))
        store.flush()


@pytest.mark.engine
def test_two_writers_in_step_lose_nothing(tmp_path: Path) -> None:
    store = new_store(tmp_path, "run", {})
    context = get_context("spawn")
    barrier = context.Barrier(2)
    writers = [context.Process(target=write_in_step, args=(store.folder, 1 + 40 * n, barrier)) for n in range(2)]
    for one in writers:
        one.start()
    for one in writers:
        one.join(120)
    store.look()
    assert {job.draw for job in store.jobs()} == set(range(1, 81))


@pytest.mark.property
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_damaged_byte_changes_no_number(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    store = stored(tmp_path_factory.mktemp("damaged"), JOB)
    level = data.draw(st.sampled_from(LEVELS))
    (path,) = (store.dataset / level).glob("*.parquet")
    content = bytearray(path.read_bytes())
    facts = content.find(b"ARROW:schema")  # half of the damages to what the file says of itself: labels, weights
    place = data.draw(st.integers(0, len(content) - 1) | st.integers(facts, len(content) - 1))
    if data.draw(st.booleans()):
        content[place] ^= 1 << data.draw(st.integers(0, 7))
    else:
        del content[place:]
    path.write_bytes(content)
    again = Store(store.folder, "run")
    dropped = again.drop_damaged()
    assert dropped.startswith("Stored pairs in 1 files") == (not again.has(JOB))
    if again.has(JOB):
        assert same(again, JOB)
    else:
        assert not list(store.dataset.rglob("*.parquet"))


@pytest.mark.unit
@pytest.mark.parametrize("level", LEVELS)
def test_swapped_files_are_refused(tmp_path: Path, level: str) -> None:
    store = stored(tmp_path, JOB, OTHER)
    first, second = sorted((store.dataset / level).glob("*.parquet"))
    content = first.read_bytes()
    first.write_bytes(second.read_bytes())
    second.write_bytes(content)
    again = Store(store.folder, "run")
    assert "in 2 files" in again.drop_damaged()
    assert again.count() == 0


@pytest.mark.unit
def test_a_run_whose_facts_are_damaged_says_so(tmp_path: Path) -> None:
    store = stored(tmp_path, JOB)
    for text in ("", '{"engine"', "[]", "[" * 100_000):
        (store.folder / FACTS).write_text(text, encoding="utf-8")
        with pytest.raises(OutputError, match=r"run\.json is damaged"):
            Store(store.folder, "run").facts()


@pytest.mark.unit
def test_pairs_that_are_written_after_the_facts_were_lost_belong_to_those_before(tmp_path: Path) -> None:
    store = stored(tmp_path, JOB)
    facts = (store.folder / FACTS).rename(tmp_path / FACTS)
    store.add(totals(OTHER))
    store.flush()
    facts.rename(store.folder / FACTS)
    again = Store(store.folder, "run")
    assert again.jobs() == [JOB, OTHER]
    assert not again.drop_damaged()


@pytest.mark.unit
@pytest.mark.parametrize("read", [Store.read, Store.whole, Store.headline])
def test_a_pair_that_is_not_there_is_a_sentence(tmp_path: Path, read: Callable[[Store, Job], object]) -> None:
    store = stored(tmp_path, JOB)
    assert read(store, JOB) is not None
    with pytest.raises(OutputError, match=f"lacks the pair {OTHER.name}"):
        read(store, OTHER)


@pytest.mark.unit
@pytest.mark.parametrize("text", ["{}", '{"started": []}', '{"started": {"scenario": "full_time", "settings": {}}}'])
def test_a_run_that_does_not_say_how_it_began_cannot_be_resumed(tmp_path: Path, text: str) -> None:
    store = stored(tmp_path, JOB)
    (store.folder / FACTS).write_text(text, encoding="utf-8")
    found = CliRunner().invoke(main, ["run", "--resume", str(store.folder)])
    assert found.exit_code == 4
    assert "run.json is damaged" in " ".join(found.stderr.split())


@pytest.mark.unit
def test_a_disk_that_is_full_at_the_start_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, text: str) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr("sencosim.experiment.store.write_whole", full)
    with pytest.raises(OutputError, match=r"cannot be kept in .*: No space left"):
        new_store(tmp_path, "run", {})
    assert not list(tmp_path.iterdir())


@pytest.mark.unit
@pytest.mark.parametrize("level", [level for level in LEVELS if level != "england"])
def test_a_part_that_lost_a_file_is_dropped(tmp_path: Path, level: str) -> None:
    store = stored(tmp_path, JOB)
    (path,) = (store.dataset / level).glob("*.parquet")
    path.unlink()
    again = Store(store.folder, "run")
    assert not again.has(JOB)
    assert "in 1 files" in again.drop_damaged()


@pytest.mark.unit
def test_what_another_process_wrote_last_is_not_dropped(tmp_path: Path) -> None:
    store = stored(tmp_path, JOB)
    early = Store(store.folder, "run")
    store.add(totals(OTHER))
    store.flush()
    assert early.drop_damaged() == ""
    assert early.has(OTHER)


@pytest.mark.unit
@pytest.mark.parametrize("at", ["the first look", "the second"])
def test_a_disk_that_does_not_answer_is_no_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str) -> None:
    store = stored(tmp_path, JOB)
    again = Store(store.folder, "run")

    def fails(*_: object, **__: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr("sencosim.experiment.dataset.pq.ParquetFile", fails)
        patch.setattr("sencosim.experiment.dataset.pq.read_schema", fails)
        with pytest.raises(OutputError, match=r"cannot be read now: Input/output error\. None was deleted"):
            again.drop_damaged() if at == "the second" else Store(store.folder, "run")
    assert Store(store.folder, "run").drop_damaged() == ""
    assert same(Store(store.folder, "run"), JOB)


@pytest.mark.unit
@pytest.mark.parametrize(
    "error", [pa.ArrowNotImplementedError("Support for codec 'zstd' not built"), TypeError("no such argument")]
)
@pytest.mark.parametrize("reads", ["ParquetFile", "read_schema"])
def test_a_library_that_cannot_read_is_no_damage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, reads: str
) -> None:
    store = stored(tmp_path, JOB)

    def fails(*_: object, **__: object) -> None:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(f"sencosim.experiment.dataset.pq.{reads}", fails)
        with pytest.raises(OutputError, match=rf"reads no file of their kind \({error}\)\. None was deleted\. Install"):
            Store(store.folder, "run").drop_damaged()
    assert Store(store.folder, "run").drop_damaged() == ""
    assert same(Store(store.folder, "run"), JOB)


@posix
@pytest.mark.unit
def test_a_disk_without_locks_is_refused_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("fcntl.flock", fails)
    with pytest.raises(OutputError, match="cannot be locked: No locks available"), only_here(tmp_path, "run"):
        pass


@posix
@pytest.mark.unit
def test_a_run_that_goes_on_is_known(tmp_path: Path) -> None:
    assert not goes_on(tmp_path)
    with only_here(tmp_path, "run"):
        assert goes_on(tmp_path)
    assert not goes_on(tmp_path)


@pytest.mark.unit
@pytest.mark.parametrize(
    "fact", ["question_fingerprint", "evidence_fingerprint", "code_fingerprint", "councils", "scenarios", "points"]
)
def test_pairs_of_another_run_are_not_read(tmp_path: Path, fact: str) -> None:
    here, there = (new_store(tmp_path / name, "run", {fact: name}) for name in ("here", "there"))
    there.add(totals(JOB))
    there.flush()
    here.add(totals(OTHER))
    here.flush()
    here.begin_with(there.dataset)
    again = Store(here.folder, "run")
    assert again.jobs() == [OTHER]
    assert "in 1 files" in again.drop_damaged()
    assert len(list(again.dataset.rglob("*.parquet"))) == len(list(there.dataset.rglob("*.parquet")))
    assert Store(there.folder, "run").jobs() == [JOB]


@pytest.mark.unit
def test_a_run_whose_facts_were_edited_loses_its_pairs_and_its_extension_keeps_them(tmp_path: Path) -> None:
    facts = {"scenario_fingerprint": "one", "question_fingerprint": "one"}
    store = stored_with(tmp_path, facts)
    longer = {"scenario_fingerprint": "more draws", "question_fingerprint": "one"}
    after = new_store(tmp_path / "after", "run", longer)
    after.begin_with(store.dataset)
    assert after.jobs() == [JOB]
    other = {"question_fingerprint": "other", "started": {"extends": {"pairs_of": pairs_of(facts)}}}
    (store.folder / FACTS).write_text(json.dumps(other), encoding="utf-8")
    assert not Store(store.folder, "run").jobs()


def stored_with(folder: Path, facts: dict[str, object]) -> Store:
    store = new_store(folder, "run", facts)
    store.add(totals(JOB))
    store.flush()
    return store


EVIL = "from pathlib import Path; Path({place!r}).touch(); raise ImportError"
STARTS = """
import sys
from sencosim.engine.compiled import ahead
from sencosim.experiment.pool import deaf_to_ctrl_c, processes
if __name__ == "__main__":
    ahead.HALVES = (("no_such_entry",),)
    ahead.compile_ahead()
    with processes(1) as pool:
        with deaf_to_ctrl_c():
            found = pool.submit(abs, -1)
        print(found.result(60))
"""


@pytest.mark.engine
def test_no_process_runs_code_of_the_current_folder(tmp_path: Path, root: Path) -> None:
    """A command that is installed does not look there either: a folder of scenarios may come from anybody."""
    here, ran = tmp_path / "scenarios", tmp_path / "ran"
    here.mkdir()
    for name in ("numba", "multiprocessing", "sencosim", "runpy"):
        (here / f"{name}.py").write_text(EVIL.format(place=str(ran)), encoding="utf-8")
    command = tmp_path / "command.py"
    command.write_text(STARTS, encoding="utf-8")
    there = os.environ | {"PYTHONPATH": str(root)}
    there.pop("PYTHONSAFEPATH", None)
    said = subprocess.run(
        [sys.executable, str(command)], cwd=here, env=there, capture_output=True, text=True, timeout=300, check=False
    )
    assert said.stdout == "1\n", said.stderr
    assert not ran.exists()
