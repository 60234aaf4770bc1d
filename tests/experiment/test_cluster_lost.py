"""Workers and schedulers that are killed in the middle of a run: it goes on, or ends in words and can be resumed."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from experiment.made_up import plan, slowly, totals

from sencosim.errors import EngineError, InputError
from sencosim.experiment.cluster import on_cluster, trusted
from sencosim.experiment.pool import Where, conduct
from sencosim.experiment.store import Store, new_store

pytestmark = pytest.mark.engine
DRAWS = 60
ENDS_WITHIN = 120.0


@dataclass
class Cluster:
    """A scheduler of this machine, and its workers."""

    address: str
    scheduler: subprocess.Popen[bytes]
    start: Callable[..., subprocess.Popen[bytes]]  # another worker, with variables of its own
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)


@pytest.fixture
def cluster(tmp_path: Path, root: Path) -> Iterator[Cluster]:
    """A scheduler that listens on this machine alone, and two workers."""
    pytest.importorskip("distributed", reason="NOT CHECKED: clusters, because distributed is not here")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(root), str(root / "tests")])}
    with ExitStack() as running:

        def start(*words: str, **own: str) -> subprocess.Popen[bytes]:
            quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            command = [sys.executable, "-m", *words, "--no-dashboard"]
            process = running.enter_context(subprocess.Popen(command, cwd=tmp_path, env=environment | own, **quiet))
            running.callback(process.kill)
            return process

        scheduler = start("distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", str(port))
        worker = ("distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny")
        yield Cluster(address, scheduler, lambda **own: start(*worker, **own), [start(*worker), start(*worker)])


def reached(cluster: Cluster, workers: int) -> Where:
    """The cluster when so many workers have come."""
    end = time.monotonic() + ENDS_WITHIN
    while time.monotonic() < end:
        try:
            where = on_cluster(cluster.address)
        except InputError:
            continue
        if where.workers >= workers:
            return where
    pytest.fail("The cluster did not start.")


def when_begun(store: Store, act: Callable[[], object]) -> threading.Thread:
    """Do something as soon as some pairs are kept."""

    def watch() -> None:
        while Store(store.folder, store.run_id).count() < 4:
            time.sleep(0.02)
        act()

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    return thread


def headlines(store: Store) -> dict[object, float]:
    return {job: store.headline(job) for job in store.jobs()}


def undisturbed(folder: Path) -> dict[object, float]:
    store = new_store(folder, "alone", {})
    conduct(plan(draws=DRAWS), lambda _: totals, store, Where(1), lambda _: None)
    return headlines(store)


def test_a_killed_worker_costs_no_pair(cluster: Cluster, tmp_path: Path) -> None:
    where, store = reached(cluster, 2), new_store(tmp_path, "run", {})
    when_begun(store, cluster.workers[0].kill)
    conduct(plan(draws=DRAWS), lambda _: slowly, store, where, lambda _: None)
    assert cluster.workers[0].wait(10) != 0
    assert headlines(Store(store.folder, "run")) == undisturbed(tmp_path)


def test_a_killed_scheduler_ends_the_run_in_words_and_it_resumes(cluster: Cluster, tmp_path: Path) -> None:
    where, store = reached(cluster, 2), new_store(tmp_path, "run", {})
    when_begun(store, cluster.scheduler.kill)
    began = time.monotonic()
    with pytest.raises(EngineError, match=r"(?s)scheduler of the cluster is gone.*are kept.*Go on with") as error:
        conduct(plan(draws=DRAWS), lambda _: slowly, store, where, lambda _: None)
    assert time.monotonic() - began < ENDS_WITHIN
    assert error.value.exit_code == 3
    kept = Store(store.folder, "run")
    assert kept.count() > 0
    conduct(plan(draws=DRAWS), lambda _: totals, kept, Where(1), lambda _: None)
    assert headlines(kept) == undisturbed(tmp_path)


def test_a_worker_with_other_evidence_does_no_work(cluster: Cluster, tmp_path: Path, other_evidence: Path) -> None:
    where, store = reached(cluster, 2), new_store(tmp_path, "run", {})
    cluster.start(SENCOSIM_EVIDENCE=str(other_evidence))
    for one in cluster.workers:
        one.kill()
    with pytest.raises(InputError, match=r"has other evidence than the one that gave it work.* Give every process"):
        conduct(plan(draws=DRAWS), lambda _: slowly, store, where, lambda _: None)
    assert not Store(store.folder, "run").count()


@pytest.mark.parametrize(
    ("address", "own", "said"),
    [
        ("local", "inproc://10.0.0.5/1/1", "listens on no address"),
        ("tls://host:8786", "tls://10.0.0.5:8786", "has TLS"),
        ("tcp://localhost:8786", "tcp://127.0.0.1:8786", "every program of this machine"),
        ("tcp://127.0.0.1:8786", "tcp://10.0.0.5:8786", "listens on tcp://10.0.0.5:8786: everybody who can reach"),
        ("tcp://[::1]:8786", "tcp://[::1]:8786", "every program of this machine"),
    ],
)
def test_whom_a_cluster_trusts_is_said(address: str, own: str, said: str) -> None:
    assert said in trusted(address, own)
