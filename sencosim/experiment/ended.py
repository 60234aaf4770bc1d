"""End a group of processes whose work is cut short: all of them, without waiting for what will never come.

A process that ends while it sends a result leaves half a message in the pipe. The thread of the pool that reads it
waits for the rest; since this process itself holds an end of that pipe to write to, it would wait for ever, and so
would whoever pressed Ctrl-C. Python has no public way to let go of that end, nor to say which processes are of a group.
"""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.process import BaseProcess

SECONDS_BETWEEN_LOOKS = 1.0


@contextmanager
def one_for_all(pool: ProcessPoolExecutor) -> Iterator[None]:
    """While the block goes on, end the whole group if one of its processes dies; if the block fails, end it too.

    Parameters
    ----------
    pool
        A group that has begun no process yet. It is shut down when the block is over.
    """
    others, over = set(multiprocessing.active_children()), threading.Event()

    def look() -> None:
        while not over.wait(SECONDS_BETWEEN_LOOKS):
            children = _processes_of(pool, others)
            if any(child.exitcode not in (None, 0) for child in children):
                _end(pool, children)
                return

    threading.Thread(target=look, daemon=True).start()
    try:
        yield
        pool.shutdown()
    except BaseException:
        _end(pool, _processes_of(pool, others))
        pool.shutdown(wait=True, cancel_futures=True)
        raise
    finally:
        over.set()


def _processes_of(pool: ProcessPoolExecutor, others: set[BaseProcess]) -> set[BaseProcess]:
    """Processes of a group; by a name that Python may change, else those that are not among the others."""
    named = getattr(pool, "_processes", None)
    return set(multiprocessing.active_children()) - others if named is None else set(named.copy().values())


def _end(pool: ProcessPoolExecutor, children: set[BaseProcess]) -> None:
    """End all processes of a group, and let go of the pipe by which they send results."""
    for child in children:
        child.terminate()
    results = getattr(pool, "_result_queue", None)  # a name that Python may change: then it is as it was without this
    writer = getattr(results, "_writer", None)
    if writer is not None:
        writer.close()
