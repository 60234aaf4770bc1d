"""Change a copy of the tree, run the tests that run the changed line, and see whether one fails."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from mutants.places import COMPILED, ROOT, Mutant
from mutants.results import NO_PROGRAM
from mutants.tracing import EXAMPLES, REFERENCE, WORK, arguments, prepare, suite_of, traced, with_examples

ENOUGH_SECONDS = 15.0
"""After so long the tests that are left are not run: a mutant that they alone notice counts as survived for now.
[seconds of processor time]"""
WAITING = 4.0
"""A mutant ends after so many times the processor time that its tests may take, for it may wait for ever. [seconds]"""
FIRST_FILES = 4
"""So many files of tests are tried before the others are imported."""
GRACE_SECONDS = {"plain": 6.0, "whole": 60.0}
"""On a mutant a test may take so much longer than when it was traced, with few examples. [seconds of processor time]"""
ENGINE = (REFERENCE, "tests/engine")
"""Tests of compiled packages in compiled code."""
LIBRARIES = (
    *("numpy", "pandas", "scipy.stats", "scipy.optimize", "pyarrow.parquet", "pydantic", "ruamel.yaml", "numba"),
    *("hypothesis", "hypothesis.extra.numpy", "jinja2", "click", "rich.console", "psutil", "simpy", "threadpoolctl"),
)
"""Imported once; sencosim itself is imported in a new process for each mutant."""


class _TooLongError(BaseException):
    """A test takes much longer than it does on the program as it is."""


class _Chosen:
    """Runs chosen tests alone, in their order, up to the first that fails."""

    def __init__(self, tests: Sequence[str], seconds: dict[str, float], grace: float) -> None:
        self.order = {test: number for number, test in enumerate(tests)}
        self.seconds, self.grace = seconds, grace
        self.failed = self.broken = self.late = self.enough = ""
        self.began = time.process_time()
        signal.signal(signal.SIGPROF, self._stop)

    def _stop(self, *_: object) -> None:
        self.late = self.late or self._now
        raise _TooLongError

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Let no test go on for ever."""
        if time.process_time() - self.began > ENOUGH_SECONDS:
            item.session.shouldstop = self.enough = "enough"
        self._now = item.nodeid
        signal.setitimer(signal.ITIMER_PROF, self.seconds[item.nodeid] + self.grace, 1.0)
        result = yield
        signal.setitimer(signal.ITIMER_PROF, 0.0)
        return result

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Choose and sort."""
        items[:] = sorted((one for one in items if one.nodeid in self.order), key=lambda one: self.order[one.nodeid])
        with_examples(items, EXAMPLES)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remember what failed."""
        if report.failed:
            self.failed = self.failed or report.nodeid

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Remember what could not be imported."""
        if report.failed:
            self.broken = self.broken or report.nodeid


def _stages(tests: Sequence[str]) -> Iterator[list[str]]:
    """The files with the shortest tests first, then the others."""
    files = list(dict.fromkeys(test.partition("::")[0] for test in tests))
    for chosen in (files[:FIRST_FILES], files[FIRST_FILES:]):
        if chosen:
            yield [test for test in tests if test.partition("::")[0] in chosen]


def _verdict(root: Path, stages: Iterable[list[str]], seconds: dict[str, float], grace: float) -> tuple[str, str]:
    """Run tests in this process: what became of the mutant, and what said so."""
    for tests in stages:
        chosen = _Chosen(tests, seconds, grace)
        files = dict.fromkeys(test.partition("::")[0] for test in tests)
        code = pytest.main([*arguments(root), "-x", *(str(root / file) for file in files)], plugins=[chosen])
        if chosen.late:
            return "time out", chosen.late
        if chosen.failed:
            return "killed", chosen.failed
        if chosen.broken:
            return "incompetent", chosen.broken
        if chosen.enough:
            break
        if code != pytest.ExitCode.OK:
            return "incompetent", f"exit code {int(code)}"
    return "survived", ""


def _in_a_child(work: Callable[[], tuple[str, str]], limit: float) -> tuple[str, str]:
    """Do it in a process of its own, which ends after so many seconds with all that it started."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.setsid()
        os.close(reading)
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):
            os.dup2(nowhere, stream)
        try:
            found = work()
        except BaseException as error:  # a mutant may end in anything
            found = ("incompetent", repr(error)[:200])
        os.write(writing, json.dumps(found).encode())
        os._exit(0)
    os.close(writing)
    deadline = time.monotonic() + limit
    while time.monotonic() < deadline and not os.waitpid(child, os.WNOHANG)[0]:
        time.sleep(0.05)
    said = b""
    if time.monotonic() < deadline:
        said = os.read(reading, 10_000)
    os.close(reading)
    try:
        os.killpg(child, signal.SIGKILL)
        os.waitpid(child, 0)
    except (ProcessLookupError, ChildProcessError):
        pass
    if time.monotonic() >= deadline:
        return "time out", ""
    return tuple(json.loads(said)) if said else ("killed", "the process died")


def judge(mutant: Mutant, root: Path, importers: dict[str, set[str]]) -> dict[str, Any]:
    """Change the copy of the tree, run the tests, and change it back."""
    path = root / mutant.file
    source = path.read_text(encoding="utf-8")
    suite = suite_of(mutant)
    lines, grace = traced(suite), GRACE_SECONDS[suite]
    tests = lines.tests_of(mutant, source)
    expected = sum(lines.seconds[test] for test in tests)
    changed = mutant.code(source)
    began = time.monotonic()

    def work() -> tuple[str, str]:
        _forget(mutant, importers)
        return _verdict(root, _stages(tests), lines.seconds, grace)

    verdict, by = "no test" if _is_program(changed) else NO_PROGRAM, ""
    if tests and verdict == "no test":
        path.write_text(changed, encoding="utf-8")
        try:
            verdict, by = _in_a_child(work, WAITING * (expected + grace * len(tests)))
        finally:
            path.write_text(source, encoding="utf-8")
    before, after = _difference(source, changed)
    return {
        "mutant": mutant.key,
        "package": mutant.package,
        "file": mutant.file,
        "line": mutant.line,
        "before": before,
        "after": after,
        "verdict": verdict,
        "by": by,
        "tests": len(tests),
        "seconds": round(time.monotonic() - began, 1),
    }


def _is_program(source: str) -> bool:
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True


def _difference(before: str, after: str) -> tuple[str, str]:
    old, new = before.splitlines(), after.splitlines()
    changed = [(a.strip(), b.strip()) for a, b in zip(old, new, strict=False) if a != b]
    return changed[0] if changed else ("", "")


def copy_of_tree(number: int) -> Path:
    """A tree of its own for a process."""
    target = WORK / f"tree{number}"
    shutil.rmtree(target, ignore_errors=True)
    kept_out = shutil.ignore_patterns("outputs", ".venv*", ".git", "*.pyc", "__pycache__", ".*_cache")
    shutil.copytree(ROOT, target, ignore=kept_out)
    return target


def run(mutants: Sequence[Mutant], workers: int, log: Path, plain: bool) -> None:
    """Judge mutants in so many processes; those that the log knows already are left as they are."""
    done = {one["mutant"] for one in known(log)}
    left = [mutant for mutant in mutants if mutant.key not in done]
    at_once([partial(_work, left[number::workers], number, log, plain) for number in range(workers)])


def at_once(tasks: Sequence[Callable[[], None]]) -> None:
    """Each in a process of its own, at once."""
    children = []
    for task in tasks:
        child = os.fork()
        if not child:
            task()
            os._exit(0)
        children.append(child)
    for child in children:
        os.waitpid(child, 0)


def known(log: Path) -> list[dict[str, Any]]:
    """What a log knows."""
    return [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()] if log.exists() else []


def _importers(root: Path) -> dict[str, set[str]]:
    """Modules of sencosim that import a module anywhere in their text, by its name."""
    found: dict[str, set[str]] = {}
    for path in (root / "sencosim").rglob("*.py"):
        name = _name_of(path.relative_to(root))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [one.name for one in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
            if isinstance(node, ast.ImportFrom):
                names = [str(node.module), *(f"{node.module}.{one}" for one in names)]
            for imported in names:
                found.setdefault(imported, set()).add(name)
    return found


def _name_of(path: Path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def _forget(mutant: Mutant, importers: dict[str, set[str]]) -> None:
    """Take the changed module, and all that import it, out of this process, which has imported the unchanged one."""
    waiting = [_name_of(Path(mutant.file))]
    gone: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in gone:
            gone.add(name)
            waiting += importers.get(name, ())
    for name in gone:
        module = sys.modules.pop(name, None)
        above, _, last = name.rpartition(".")
        if module is not None and above in sys.modules:
            vars(sys.modules[above]).pop(last, None)


def _warm(root: Path, plain: bool) -> None:
    """Import what the tests import, and read what no mutant changes."""
    os.chdir(root)
    sys.path.insert(0, str(root))
    prepare(plain=False)
    for name in LIBRARIES:
        import_module(name)
    import_module("sencosim.population.synthetic").synthetic_england(2025)
    import_module("sencosim.evidence.register").load_register()
    import_module("sencosim.compilation.functions").COMPILES = not plain  # but for random numbers, which are read above
    for name in ("sencosim.api", "sencosim.engine.simpy.run", "sencosim.engine.compiled.run"):
        import_module(name)


def _work(mutants: Sequence[Mutant], number: int, log: Path, plain: bool) -> None:
    root = copy_of_tree(number)
    importers = _importers(root)
    _warm(root, plain)
    for mutant in mutants:
        found = judge(mutant, root, importers)
        with log.open("a", encoding="utf-8") as file:
            file.write(json.dumps(found) + "\n")
        print(f"{found['verdict']:<11} {found['seconds']:>6} s  {found['mutant']}  {found['by']}")


def again(mutants: Sequence[Mutant], log: Path) -> None:
    """Run on mutants that survived what was left out: compiled code, and all files that name the module."""
    root = copy_of_tree(0)
    for mutant in mutants:
        path = root / mutant.file
        source = path.read_text(encoding="utf-8")
        path.write_text(mutant.code(source), encoding="utf-8")
        tests = ENGINE if mutant.package in COMPILED else _naming(path.stem)
        settled = {"PYTHONPATH": str(root), "SENCOSIM_COMPILED": str(root / "compiled"), "SENCOSIM_BASELINES": "off"}
        command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-x", "--tb=no", "-m", "not study", *tests]
        said = subprocess.run(command, cwd=root, env=os.environ | settled, capture_output=True, text=True, check=False)
        path.write_text(source, encoding="utf-8")
        failed = [line for line in said.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
        by = failed[0].split()[1] if failed else ""
        found = {"mutant": mutant.key, "verdict": "killed" if said.returncode else "survived", "by": by}
        with log.open("a", encoding="utf-8") as file:
            file.write(json.dumps(found) + "\n")
        print(f"{found['verdict']:<11} {found['mutant']}  {by}")


def _naming(module: str) -> list[str]:
    """Files of tests that name a module."""
    word = re.compile(rf"\b{module}\b")
    files = sorted((ROOT / "tests").rglob("test_*.py"))
    return [file.relative_to(ROOT).as_posix() for file in files if word.search(file.read_text(encoding="utf-8"))]
