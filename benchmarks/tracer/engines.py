"""The engines of the comparison, and how much each is given to do: slow ones get fewer years."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass, field
from importlib.metadata import version
from platform import python_version
from typing import Any

from benchmarks.tracer import c_floor
from benchmarks.tracer.model import Size

SMALL, LARGE, NATIONAL = 1, 8, 153
"""Councils of 132 schools: 132, 1,056 and 20,196 schools."""


@dataclass(frozen=True, slots=True)
class Engine:
    """One way to simulate the tracer."""

    name: str
    label: str
    module: str
    needs: str
    """Package to import, or nothing."""
    small: int = 10
    """Years at 132 schools."""
    large: int = 10
    """Years at 1,056 schools; none if it would take too long."""
    national: int = 0
    quick: int = 1
    """Years at 132 schools in the quick comparison."""
    options: dict[str, Any] = field(default_factory=dict)
    warning: str = ""
    """What a reader must know about how well the engine fits the model."""

    def sizes(self, quick: bool) -> list[Size]:
        """What it is given to do."""
        if quick:
            pairs = [(SMALL, self.quick)]
        else:
            pairs = [(SMALL, self.small), (LARGE, self.large), (NATIONAL, self.national)]
        return [Size(councils, years) for councils, years in pairs if years]

    def missing(self) -> str:
        """Why it cannot run here; empty if it can."""
        if self.module == "c_floor":
            return "" if c_floor.compiler() else "no C compiler here"
        return "" if not self.needs or importlib.util.find_spec(self.needs) else f"{self.needs} is not installed"

    def version(self) -> str:
        """Of what it is built on."""
        if self.module == "c_floor":
            return c_floor.compiler_version()
        return f"{self.needs} {version(self.needs)}" if self.needs else f"Python {python_version()}"


TEXTBOOK = "textbook_simpy"
STAGED = "compiled_staged"
FLOOR = "c_floor"

ENGINES = (
    Engine("textbook_salabim", "salabim, textbook", "textbook_salabim", "salabim", small=1, large=0, quick=0),
    Engine("ciw", "Ciw", "ciw_engine", "ciw", small=1, large=0, quick=0, warning="much of it by subclassing"),
    Engine(TEXTBOOK, "SimPy, textbook", "textbook_simpy", "simpy", small=3, large=1),
    Engine("salabim_lean", "salabim, lean", "salabim_lean", "salabim", small=1, large=0, quick=0),
    Engine("lean_asimpy", "asimpy, lean", "lean_asimpy", "asimpy", small=3, large=0),
    Engine("lean_simpy", "SimPy, lean", "lean_simpy", "simpy", small=3, large=1),
    Engine("plain_heapq", "plain Python, heapq", "plain_heapq", "", small=3, large=0),
    Engine(
        "cimba",
        "cimba, through Python",
        "cimba_engine",
        "cimba",
        quick=10,
        warning="a quarter of its time builds the model",
    ),
    Engine("compiled_heap", "numba, one binary heap", "compiled_heap", "numba", large=0),
    Engine(STAGED, "numba, staged", "compiled_staged", "numba", national=10, quick=10),
    Engine(
        "compiled_staged_2",
        "numba, staged, 2 threads",
        "compiled_staged",
        "numba",
        small=0,
        large=0,
        national=10,
        quick=0,
        options={"threads": 2},
    ),
    Engine(FLOOR, "C, staged: the floor", "c_floor", "", national=10, quick=10),
)
"""From slow to fast."""
BY_NAME = {engine.name: engine for engine in ENGINES}
