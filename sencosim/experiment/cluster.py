"""Run an experiment on Dask, where a machine is too small: the same jobs, the same results, its own retries."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from functools import partial
from typing import Any

from sencosim.errors import InputError
from sencosim.experiment.pool import Where
from sencosim.extras import need

RETRIES = 2
"""Times that Dask gives a failed piece of work to a worker again."""
SECONDS_TO_CONNECT = 15
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
        if workers == 0:
            raise InputError(f"The cluster at {address} has no workers yet. Start some with:  dask worker {address}")
    finally:
        client.close()
    return Where(workers, partial(_pool, address))


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
    with _client(address) as client, client.get_executor(retries=RETRIES) as executor:
        yield executor
