"""The tracer in C, staged by windows: :file:`floor.c`, built when it is first needed, into a temporary folder."""

from __future__ import annotations

import ctypes
import math
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from benchmarks.tracer import model as m

_SOURCE = Path(__file__).with_name("floor.c")
_OPTIONS = ("-O3", "-std=c11", "-ffp-contract=off", "-shared", "-fPIC")
_KINDS_OF_COUNTS = ctypes.c_int64 * m.N_KINDS


class _SchoolReport(ctypes.Structure):
    _fields_ = (
        ("arrived", _KINDS_OF_COUNTS),
        ("begun", _KINDS_OF_COUNTS),
        ("completed", _KINDS_OF_COUNTS),
        ("in_hand", ctypes.c_int64),
        ("lapsed", ctypes.c_int64),
        ("weeks_waited", ctypes.c_double * m.N_KINDS),
    )


class _StationReport(ctypes.Structure):
    _fields_ = (
        ("joined", ctypes.c_int64),
        ("decided", ctypes.c_int64),
        ("in_process", ctypes.c_int64),
        ("waiting", ctypes.c_int64),
        ("remitted", ctypes.c_int64),
        ("weeks_waited", ctypes.c_double),
    )


def compiler() -> str | None:
    """The C compiler of this machine, if it has one."""
    return next(filter(None, map(shutil.which, (os.environ.get("CC", "gcc"), "gcc", "cc"))), None)


def compiler_version() -> str:
    """What the C compiler calls itself, shortened to name and number."""
    line = subprocess.run([str(compiler()), "--version"], check=True, capture_output=True, text=True).stdout.split(
        "\n"
    )[0]
    number = re.search(r"\d+\.\d+(\.\d+)?", line)
    return f"{line.split()[0]} {number.group() if number else ''}".strip()


def _definitions() -> Iterator[str]:
    """The constants of the model, in C."""
    for name, value in sorted(vars(m).items()):
        if not name.isupper() or name.startswith("_"):
            continue
        if isinstance(value, float):
            yield f"#define {name} ({value!r})"
        elif isinstance(value, int):
            yield f"#define {name} ({value}{'ULL' if value > 1 << 62 else 'LL' if value > 1 << 31 else ''})"
        elif all(isinstance(number, int | float) for number in value):
            yield f"static const double {name}[] __attribute__((unused)) = {{{', '.join(map(repr, value))}}};"
    yield f"#define N_TERMS ({len(m.TERM_WEEKS)})"


@lru_cache(maxsize=1)
def _library() -> Any:
    found = compiler()
    if found is None:
        raise ImportError("no C compiler")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        Path(folder, "numbers.h").write_text("\n".join(_definitions()) + "\n", encoding="utf-8")
        target = Path(folder, "floor.so")
        command = [found, *_OPTIONS, f"-I{folder}", str(_SOURCE), "-o", str(target), "-lm"]
        subprocess.run(command, check=True)
        library = ctypes.CDLL(str(target))
    library.simulate.argtypes = (*(ctypes.c_int64,) * 5, ctypes.c_double, ctypes.c_void_p, ctypes.c_void_p)
    return library


def prepare(size: m.Size) -> None:  # noqa: ARG001 (the same code for every size)
    """Build."""
    _library()


def run(size: m.Size, seed: int = 1, replication: int = 0) -> m.Result:
    """Simulate."""
    schools = (_SchoolReport * size.schools)()
    stations = (_StationReport * (size.councils + 1))()
    numbers = (size.councils, size.schools_per_council, size.council_places, size.tribunal_places)
    if _library().simulate(*numbers, m.run_key(seed, replication), size.weeks, schools, stations) != 0:
        raise MemoryError("not enough room for the C engine")
    return _result(list(schools), list(stations))


def _result(schools: list[Any], stations: list[Any]) -> m.Result:
    kinds = range(m.N_KINDS)
    in_hand = [sum(school.in_hand == kind for school in schools) for kind in kinds]
    return m.Result(
        arrived=tuple(sum(school.arrived[kind] for school in schools) for kind in kinds),
        completed=tuple(sum(school.completed[kind] for school in schools) for kind in kinds),
        lapsed=sum(school.lapsed for school in schools),
        unfinished=tuple(sum(s.arrived[kind] - s.begun[kind] for s in schools) + in_hand[kind] for kind in kinds),
        weeks_waited=tuple(math.fsum(school.weeks_waited[kind] for school in schools) for kind in kinds),
        councils=_station(stations[:-1]),
        tribunal=_station(stations[-1:]),
        remitted=sum(station.remitted for station in stations[:-1]),
    )


def _station(stations: list[Any]) -> m.Station:
    names = ("joined", "decided", "in_process", "waiting")
    counts = [sum(getattr(station, name) for station in stations) for name in names]
    return m.Station(*counts, math.fsum(station.weeks_waited for station in stations))
