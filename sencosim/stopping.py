"""How a program is asked to stop: Ctrl-C, a request of the system (SIGTERM), a terminal that closes (SIGHUP).

All three end a command in the same way: what is finished is kept, and the command says how to go on.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

ASKED_TO_STOP = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
"""Signals that ask a program to stop. Windows has no SIGHUP."""
NOT_FOR_WORKERS = tuple(one for one in ASKED_TO_STOP if one != signal.SIGTERM)
"""Those that a terminal sends to every process, workers included. The first process alone answers them."""


@contextmanager
def stops_like_ctrl_c() -> Iterator[None]:
    """Let every request to stop raise ``KeyboardInterrupt``. One that is ignored, as under nohup, stays ignored."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    ours = [one for one in ASKED_TO_STOP if signal.getsignal(one) is signal.SIG_DFL]
    for one in ours:
        signal.signal(one, _stop)
    try:
        yield
    finally:
        for one in ours:
            signal.signal(one, signal.SIG_DFL)


def _stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
    raise KeyboardInterrupt


@contextmanager
def undisturbed() -> Iterator[None]:
    """Finish the block before a request to stop is answered."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    known = [one for one in ASKED_TO_STOP if signal.getsignal(one) is not None]  # None: not Python's to put back
    before = {one: signal.signal(one, lambda number, _: came.append(number)) for one in known}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
        for number in came[:1]:
            signal.raise_signal(number)
