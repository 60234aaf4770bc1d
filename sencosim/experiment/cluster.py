"""Run an experiment on Dask, where a machine is too small: the same jobs, the same results, its own retries."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import CancelledError, Executor
from contextlib import contextmanager
from functools import partial
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from sencosim.errors import InputError
from sencosim.experiment.pool import Where, WorkersLostError
from sencosim.extras import need

RETRIES = 2
"""Times that Dask gives a failed piece of work to a worker again."""
SECONDS_TO_CONNECT = 15
SECONDS_TO_CLOSE = 5
LOCAL = "local"
"""Address that means: a cluster of threads in this process, to try it out."""


def on_cluster(address: str) -> Where:
    """Where to run: a Dask scheduler.

    Parameters
    ----------
    address
        Such as ``tcp://scheduler:8786``, or ``local``. The workers need the same sencosim, with its engine compiled on
        first use. All of them are trusted: they run what they are sent, and what they return is taken.

    Raises
    ------
    InputError
        If Dask is not installed, nobody answers, or there is no worker.
    """
    client = _client(address)
    try:
        workers = sum(client.nthreads().values())
        own = str(client.scheduler_info()["address"])
        if workers == 0:
            raise InputError(f"The cluster at {address} has no workers yet. Start some with:  dask worker {address}")
    finally:
        client.close()
    return Where(workers, partial(_pool, address), trusted(address, own))


def trusted(address: str, own: str) -> str:
    """Who can send work to a cluster and read it, in words.

    Parameters
    ----------
    address, own
        Of its scheduler: as it was asked for, and where it listens by its own word.

    Examples
    --------
    >>> trusted("tcp://127.0.0.1:8786", "tcp://127.0.0.1:8786")[:67]
    'The cluster at tcp://127.0.0.1:8786 has no TLS: every program of th'
    """
    if address == LOCAL:
        return "The cluster is threads of this process. It listens on no address."
    if own.startswith("tls"):
        return f"The cluster at {address} has TLS: whoever has its key can send it work, and nobody else can read it."
    if _is_loopback(own):
        return f"The cluster at {address} has no TLS: every program of this machine can send it work and read it."
    return (
        f"The cluster at {address} has no TLS and listens on {own}: everybody who can reach that address can send it "
        "work, which runs with the rights of its workers, and can read and change results. Use it in a network that "
        "you trust alone. On one machine, start it with  dask scheduler --host 127.0.0.1 ; else use TLS, as "
        "SECURITY.md says."
    )


def _is_loopback(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _client(address: str) -> Any:
    distributed = need("distributed")
    if address == LOCAL:
        return distributed.Client(processes=False, n_workers=1, threads_per_worker=1, dashboard_address=None)
    try:
        return distributed.Client(address, timeout=SECONDS_TO_CONNECT)
    except (OSError, ValueError, TimeoutError) as error:
        raise InputError(
            f"Nobody answers at {address}. Start a scheduler there, such as  dask scheduler --host 127.0.0.1 , "
            "and give its address, such as tcp://127.0.0.1:8786 (with TLS, tls://…)."
        ) from error


@contextmanager
def _pool(address: str) -> Iterator[Executor]:
    distributed = need("distributed")
    client = _client(address)
    executor = client.get_executor(retries=RETRIES)
    try:
        yield executor
        executor.shutdown()
    except (CancelledError, OSError, TimeoutError, distributed.KilledWorker) as error:
        killed = isinstance(error, distributed.KilledWorker)
        who = "Workers of the cluster died again and again" if killed else "The scheduler of the cluster is gone"
        raise WorkersLostError(f"{who} ({address}).") from error
    finally:
        executor.shutdown(wait=False)
        client.close(SECONDS_TO_CLOSE)
