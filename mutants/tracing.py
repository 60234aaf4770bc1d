"""Which test runs which line, and for how long: the tests are run once on the program as it is."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from coverage import Coverage
from hypothesis import settings

from mutants.places import COMPILED, ROOT, Mutant, Text

WORK = ROOT / "outputs" / "mutants"
REFERENCE = "tests/golden/test_golden_worlds.py"
"""Its worlds in the reference engine come with the suite of compiled packages."""
SUITES = {
    "plain": ("sencosim/rules", "tests/rules", REFERENCE),
    "whole": (
        *("sencosim/costing", "sencosim/outcomes", "sencosim/experiment"),
        *("tests/costing", "tests/outcomes", "tests/experiment"),
    ),
}
"""Tests of compiled packages, which run as plain Python, and of the others."""
TRACED_EXAMPLES, EXAMPLES = 3, 10
"""So many examples of a property are traced, for the lines that it runs hang little on their number, and tried on a
mutant at most. Mutants that survive meet all of them later."""
LONGEST_SECONDS = 12.0
"""Tests that took longer when they were traced are left out: a mutant that they alone notice counts as survived."""


class Tracer:
    """Keeps which test runs which line, and how long it takes, with the fixtures that it shares with others."""

    def __init__(self) -> None:
        self.coverage = Coverage(data_file=None, include=[str(ROOT / "sencosim" / "*")], config_file=False)
        self.seconds: dict[str, float] = {}
        self.fixtures: dict[str, list[str]] = {}
        self.failed: set[str] = set()
        self._at = ""

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Time a test."""
        self._switch(item.nodeid)
        self.fixtures[item.nodeid] = [f"fixture {name}" for name in getattr(item, "fixturenames", ())]
        before = time.perf_counter()
        result = yield
        self.seconds[item.nodeid] = time.perf_counter() - before
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Iterator[None]:
        """Whatever a shared fixture runs, it runs for all tests that ask for it."""
        if fixturedef.scope == "function":
            return (yield)
        before, began = self._at, time.perf_counter()
        name = f"fixture {fixturedef.argname}"
        self._switch(name)
        result = yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - began
        self._switch(before)
        return result

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Tests that fail on the program as it is say nothing of a mutant."""
        if report.failed or report.skipped:
            self.failed.add(report.nodeid)

    def _switch(self, context: str) -> None:
        self._at = context
        self.coverage.switch_context(context)

    def facts(self) -> dict[str, Any]:
        """Lines by file, then by line, of what runs them."""
        data = self.coverage.get_data()
        lines: dict[str, dict[str, list[str]]] = {}
        for path in sorted(data.measured_files()):
            file = Path(path).relative_to(ROOT).as_posix()
            by_line = data.contexts_by_lineno(path)
            lines[file] = {str(line): sorted(set(found) - {""}) for line, found in by_line.items()}
        tests = {name: kept for name, kept in self.fixtures.items() if name not in self.failed}
        return {"seconds": self.seconds, "fixtures": tests, "failed": sorted(self.failed), "lines": lines}


def trace(suite: str) -> None:
    """Run a suite and keep which test runs which line."""
    prepare(suite == "plain")
    tracer = Tracer()
    tracer.coverage.start()
    pytest.main([*arguments(ROOT), *(str(ROOT / name) for name in SUITES[suite])], plugins=[tracer, _Quick()])
    tracer.coverage.stop()
    facts = tracer.facts()
    WORK.mkdir(parents=True, exist_ok=True)
    (WORK / f"{suite}.json").write_text(json.dumps(facts), encoding="utf-8")
    print(f"{suite}: {len(facts['fixtures'])} tests; failed or skipped: {', '.join(facts['failed']) or 'none'}")


def arguments(root: Path) -> list[str]:
    """One process, nothing kept; a failure ends the run."""
    return [
        "-q",
        "-n",
        "0",
        "--tb=no",
        "-W",
        "ignore::pytest.PytestAssertRewriteWarning",
        "-m",
        "not study",
        "--rootdir",
        str(root),
        "-c",
        f"{root}/pyproject.toml",
    ]


class _Quick:
    """Leaves out what the golden worlds do in compiled code, and most examples."""

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Of the golden worlds only those in the reference engine."""
        items[:] = [one for one in items if "golden" not in one.nodeid or "reference_engine_gives" in one.nodeid]
        with_examples(items, TRACED_EXAMPLES)


def with_examples(items: Iterable[pytest.Item], most: int) -> None:
    """Let no property try more examples."""
    for one in items:
        own = getattr(getattr(one, "obj", None), "_hypothesis_internal_use_settings", None)
        if own is not None:
            one.obj._hypothesis_internal_use_settings = settings(own, max_examples=min(own.max_examples, most))


def prepare(plain: bool) -> None:
    """The settings of a process that runs tests."""
    os.environ["SENCOSIM_BASELINES"] = "off"
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    sys.dont_write_bytecode = True
    if plain:
        import numba  # noqa: PLC0415

        os.environ["NUMBA_DISABLE_JIT"] = "1"
        numba.config.DISABLE_JIT = 1


@dataclass(frozen=True)
class Traced:
    """What a suite runs."""

    seconds: dict[str, float]
    alone: dict[str, float]
    lines: dict[str, dict[str, set[str]]]

    @classmethod
    def of(cls, suite: str) -> Traced:
        """Read it, each test with the lines of its shared fixtures."""
        kept = json.loads((WORK / f"{suite}.json").read_text(encoding="utf-8"))
        users: dict[str, list[str]] = {}
        for test, fixtures in kept["fixtures"].items():
            for name in (test, *fixtures):
                users.setdefault(name, []).append(test)
        seconds = {
            test: kept["seconds"][test] + sum(kept["seconds"].get(name, 0.0) for name in fixtures)
            for test, fixtures in kept["fixtures"].items()
        }
        lines = {
            file: {line: {test for one in found for test in users.get(one, ())} for line, found in by_line.items()}
            for file, by_line in kept["lines"].items()
        }
        return cls(seconds, kept["seconds"], lines)

    def tests_of(self, mutant: Mutant, source: str) -> list[str]:
        """Tests that run the changed statement, shortest first; of one that runs at import, those of its module."""
        text, place = Text(source), (mutant.line, mutant.column)
        by_line = self.lines.get(mutant.file, {})
        wanted: Iterable[str] = by_line
        if text.in_a_function(place):
            wanted = [str(line) for line in text.lines(place)]
        found = {test for line in wanted for test in by_line.get(line, ()) if self.alone[test] <= LONGEST_SECONDS}
        return sorted(found, key=lambda test: (self.seconds[test], test))


@lru_cache(maxsize=2)
def traced(suite: str) -> Traced:
    """What a suite runs, read once."""
    return Traced.of(suite)


def suite_of(mutant: Mutant) -> str:
    """The suite that tests a mutant."""
    return "plain" if mutant.package in COMPILED else "whole"
