"""What a process holds in memory, as Linux tells; zero where the system does not."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

_PROCESSES = Path("/proc")


def memory(what: str, process: str = "self") -> float:
    """Megabytes (of 2**20 bytes) that a process has (``VmRSS``) or had at most (``VmHWM``); 0 if not told."""
    try:
        lines = (_PROCESSES / process / "status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith(what)), 0.0)


def forget_peak() -> None:
    """Let the most that this process had be what it has now: the compiler's memory is not the run's."""
    with suppress(OSError):
        (_PROCESSES / "self" / "clear_refs").write_text("5", encoding="ascii")
