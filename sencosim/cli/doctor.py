"""``sencosim doctor``: whether this machine and this installation can run it, one line a check."""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import click

from sencosim.cli.failure import CHECK_FAILED
from sencosim.errors import SencosimError
from sencosim.extras import install
from sencosim.terminal.console import Console
from sencosim.terminal.options import Command

LOWEST_PYTHON = (3, 11)
COMFORTABLE_MEMORY_GB = 2.0
COUNCILS_OF_ENGLAND = 153
INSTALL_AGAIN = "Install sencosim again from a clean copy."
SMALL_COUNCIL = 857
"""Rutland: 21 schools."""
OUTPUTS = Path("outputs")
UNTOUCHED = 3600.0
"""A half-written folder in which nothing has moved for so long is nobody's: writing one takes minutes. [seconds]"""


@dataclass(frozen=True)
class Finding:
    """What one check found, and if it is bad, what to do."""

    name: str
    good: bool
    text: str
    remedy: str = ""


@click.command(cls=Command)
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.option("--clean", is_flag=True, help="First delete what killed runs left half-written in outputs/.")
@click.pass_context
def doctor(ctx: click.Context, as_json: bool, clean: bool) -> None:
    """Check Python, libraries, write access, cores, memory, evidence, scenarios, compiled code, and a small simulation.

    It lists what killed runs left in outputs/: half-written results, which --clean deletes an hour after the last
    change, and stopped runs, which can go on.

    Example:  sencosim doctor
    """
    console = ctx.ensure_object(Console)
    if clean:
        for folder in half_written():
            shutil.rmtree(folder)
    findings = [examine(name, check) for name, check in CHECKS.items()]
    if as_json:
        console.json([vars(finding) for finding in findings])
    else:
        for finding in findings:
            console.data(line_of(finding))
    bad = [finding for finding in findings if not finding.good]
    if bad:
        console.alert(f"{len(bad)} of {len(findings)} checks failed.")
        ctx.exit(CHECK_FAILED)
    console.note("Everything is there.   sencosim run full_time --quick   is a first run.")


def line_of(finding: Finding) -> str:
    """Write one finding as a line, and its remedy under it.

    Examples
    --------
    >>> print(line_of(Finding("cores", True, "2")))
    ok      cores        2
    """
    line = f"{'ok' if finding.good else 'FAULT':<7} {finding.name:<12} {finding.text}"
    return f"{line}\n{'':<21}{finding.remedy}" if finding.remedy and not finding.good else line


def examine(name: str, check: Callable[[], Finding]) -> Finding:
    """Make one check; a failure inside it is a finding too."""
    try:
        return check()
    except Exception as error:
        text = error.message if isinstance(error, SencosimError) else f"{type(error).__name__}: {error}"
        return Finding(name, False, text, INSTALL_AGAIN)


def check_python() -> Finding:
    """Compare the running Python with the oldest that is supported."""
    found = ".".join(str(part) for part in sys.version_info[:3])
    lowest = ".".join(str(part) for part in LOWEST_PYTHON)
    return Finding("Python", sys.version_info >= LOWEST_PYTHON, found, f"Install Python {lowest} or newer.")


def check_libraries() -> Finding:
    """Compare the installed libraries with the oldest that are supported."""
    required = [need for need in metadata.requires("sencosim") or () if "extra ==" not in need]
    faults = [fault for fault in map(library_fault, required) if fault]
    text = "; ".join(faults) or f"all {len(required)} are installed"
    return Finding("libraries", not faults, text, install())


def library_fault(requirement: str) -> str:
    """Say what is wrong with one library, or nothing.

    Examples
    --------
    >>> library_fault("click>=1.0"), library_fault("no-such-library>=1.0")
    ('', 'no-such-library is missing')
    """
    matched = re.match(r"([A-Za-z0-9._-]+)\s*>=\s*([0-9.]+)", requirement)
    if matched is None:
        return ""
    name, lowest = matched.groups()
    try:
        found = metadata.version(name)
    except metadata.PackageNotFoundError:
        return f"{name} is missing"
    return "" if release(found) >= release(lowest) else f"{name} is {found}, and must be {lowest} or newer"


def release(version: str) -> tuple[int, ...]:
    """Split a version into the numbers it starts with.

    Examples
    --------
    >>> release("0.18.10"), release("3.0rc1")
    ((0, 18, 10), (3, 0))
    """
    return tuple(int(number) for number in re.findall(r"\d+", re.split(r"[a-z]", version)[0]))


def check_writing() -> Finding:
    """Try to write where results go."""
    place = Path("outputs") if Path("outputs").is_dir() else Path.cwd()
    try:
        with tempfile.NamedTemporaryFile(dir=place):
            pass
    except OSError as error:
        return Finding("writing", False, f"{place.name}: {error.strerror}", "Choose another place with --out.")
    return Finding("writing", True, f"results can be written in {place.name}")


def check_cores() -> Finding:
    """Count the processors."""
    return Finding("cores", True, str(os.cpu_count() or 1))


def check_memory() -> Finding:
    """Ask how much memory there is, where the system tells."""
    try:
        size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    except (AttributeError, ValueError, OSError):
        return Finding("memory", True, "this system does not say")
    remedy = "Use a smaller sample, such as --sample 0.02, and --workers 1."
    return Finding("memory", size >= COMFORTABLE_MEMORY_GB, f"{size:.1f} GB", remedy)


def check_evidence() -> Finding:
    """Load every register and the councils."""
    from sencosim.evidence.councils import load_councils
    from sencosim.evidence.register import load_register

    register, councils = load_register(), load_councils()
    text = f"{len(register)} parameters, {len(councils)} councils, fingerprint {register.fingerprint()[:12]}"
    return Finding("evidence", len(councils) == COUNCILS_OF_ENGLAND, text, INSTALL_AGAIN)


def check_scenarios() -> Finding:
    """Load every scenario that ships with the tool."""
    from sencosim.scenario.files import shipped_scenarios
    from sencosim.scenario.load import shipped_scenario

    names = shipped_scenarios()
    for name in names:
        shipped_scenario(name)
    return Finding("scenarios", bool(names), f"{len(names)} load", "Run it from a clone of the repository.")


def check_simulation() -> Finding:
    """Simulate one small council's schools twice: the same seed must give the same events."""
    from sencosim.model import trace_school
    from sencosim.population.synthetic import synthetic_england
    from sencosim.scenario.files import shipped_folder
    from sencosim.scenario.load import load_scenario

    england, baseline = synthetic_england(), load_scenario(shipped_folder() / "baseline.yaml")
    row = int((england.la_code == SMALL_COUNCIL).nonzero()[0][0])
    number, year = int(england.school_id[row]), baseline.scenario.start_year
    first, second = (trace_school(baseline, england, number, last_year=year) for _ in range(2))
    same = bool(first) and first == second
    text = f"{len(first)} events in a school's year, twice the same" if same else "the same seed gave two results"
    return Finding("simulation", same, text, f"Install the exact versions: {install()}")


def check_engine() -> Finding:
    """Say whether this version of the engine is compiled, and how much room compiled code takes."""
    from sencosim.compilation.folders import compiled_folder, size_of, versions
    from sencosim.engine.choose import is_ready
    from sencosim.user_cache import is_ours

    if not is_ours(compiled_folder()):
        text = f"{compiled_folder().as_posix()} is not used: other users can write there, and it holds machine code"
        return Finding("engine", False, text, "Take that right from them, or name another folder in SENCOSIM_COMPILED.")
    kept = versions(compiled_folder().parent)
    state = "compiled" if is_ready("compiled") else "the first run compiles it"
    room = f"{len(kept)} versions kept, {sum(map(size_of, kept)) / 1e6:.1f} MB"
    return Finding("engine", True, f"{state}; {room}, in {compiled_folder().parent.as_posix()}")


def half_written() -> list[Path]:
    """Folders of results that a killed process left unfinished."""
    from sencosim.report.outputs import partial_folders

    now = time.time()
    return [
        folder
        for folder in partial_folders(OUTPUTS)
        if all(now - path.lstat().st_mtime > UNTOUCHED for path in (folder, *folder.rglob("*")))
    ]


def check_leftovers() -> Finding:
    """List half-written results and stopped runs in the folder of results."""
    from sencosim.compilation.folders import size_of
    from sencosim.experiment.lock import goes_on
    from sencosim.experiment.store import stopped_runs

    parts = []
    if folders := half_written():
        size = sum(map(size_of, folders)) / 1e6
        parts.append(f"{len(folders)} half-written, {size:,.0f} MB (sencosim doctor --clean deletes them)")
    stopped = [store.run_id for store in stopped_runs(OUTPUTS) if not goes_on(store.folder)]
    parts += [f"{run} can go on (sencosim run --resume {run})" for run in stopped]
    return Finding("leftovers", True, "; ".join(parts) or "none")


CHECKS: dict[str, Callable[[], Finding]] = {
    "Python": check_python,
    "libraries": check_libraries,
    "writing": check_writing,
    "cores": check_cores,
    "memory": check_memory,
    "evidence": check_evidence,
    "scenarios": check_scenarios,
    "engine": check_engine,
    "leftovers": check_leftovers,
    "simulation": check_simulation,
}
"""All checks, cheapest first."""
