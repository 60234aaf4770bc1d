"""Random scenarios, random faults, both schedulers: what a run comes to depends on its question alone.

Every world comes from one number. One that fails says which; it is run again, alone, with
``SENCOSIM_WORLD=<number> python -m pytest -m study tests/experiment/test_random_worlds.py``.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import psutil
import pytest
from engine.small_worlds import BRACKNELL, HARTLEPOOL, NORFOLK, RUTLAND, schools_of
from engine.test_conservation import Audit, check_schools_know_their_pupils, everyone_in
from experiment.same_bytes import pairs_that_differ
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from pydantic import ValidationError
from scenario.strategies import scenarios

from sencosim.compilation.folders import FOLDER as COMPILED
from sencosim.compilation.folders import compiled_folder
from sencosim.costing.cost import journal, trial_balance
from sencosim.engine.baselines import FOLDER as BASELINES
from sencosim.engine.choose import EngineName
from sencosim.errors import InputError, OutputError, ScenarioError
from sencosim.experiment.dataset import LEVELS
from sencosim.experiment.lock import only_here
from sencosim.experiment.store import Store, new_store
from sencosim.experiment.totals import PairTotals, same_pair
from sencosim.model import (
    RunOptions,
    RunResult,
    baseline_of,
    plan_run,
    price_book,
    price_pair,
    run_scenario,
    simulate_planned,
)
from sencosim.randomness import uniform
from sencosim.report.assemble import report_inputs, self_checks
from sencosim.report.inputs import check_inputs
from sencosim.scenario.load import Resolved, load_scenario
from sencosim.scenario.schema import Scenario
from sencosim.scenario.show import show

SEED = int(os.environ.get("SENCOSIM_WORLDS_SEED", "2311"))
WORLDS = int(os.environ.get("SENCOSIM_WORLDS", "100"))
ONE = os.environ.get("SENCOSIM_WORLD")
REPORTED = 8
"""Of so many worlds the tables of one report are made too: they take longer than all else."""
LAST = 2030
"""Latest beginning of a horizon: late enough for most levers to act, early enough to be simulated soon."""
FEW = 1
"""Worlds in the tests of every day."""
COUNCILS = ((HARTLEPOOL,), (RUTLAND,), (HARTLEPOOL, BRACKNELL), (NORFOLK, RUTLAND))
ENGINES: tuple[EngineName, ...] = ("compiled", "reference")
FAULTS = (
    *("killed", "asked to stop", "worker killed", "bit flipped", "cut off", "swapped", "full disk", "two at once"),
    *("compiled code damaged", "kept arms damaged"),
)
LONGEST = 8.0
"""Seconds until a process is killed, at most: longer than starting and a few pairs take."""
SCARCE = 0.001
"""Gap that terms counted in whole minutes leave in pounds of a balance. [GBP]"""
IDLE = 5
"""Of so many worlds one may have no lever at all."""
ALL = list(HealthCheck)
ATTEMPTS = 200
WORK = """
import sys
from pathlib import Path
sys.path.insert(0, "tests")
from experiment.test_random_worlds import go_on, world_in
go_on(world_in(Path(sys.argv[1]), int(sys.argv[2])), Path(sys.argv[3]), sys.argv[4], int(sys.argv[5]))
"""


@dataclass(frozen=True)
class World:
    """A question about a few schools, and what goes wrong while it is answered."""

    number: int
    file: Path
    resolved: Resolved
    options: RunOptions

    def chance(self, what: int) -> float:
        """A number of this world, the same whenever it is run. [0 to 1]"""
        return uniform(SEED, 31, self.number, what, 0)

    def one_of(self, what: int, things: tuple) -> object:  # type: ignore[type-arg]
        return things[int(self.chance(what) * len(things))]

    @property
    def fault(self) -> str:
        return FAULTS[self.number % len(FAULTS)]

    @property
    def engine(self) -> EngineName:
        """Of the run that the fault meets."""
        if self.fault == "compiled code damaged":
            return "compiled"
        return ENGINES[self.number // len(FAULTS) % 2 if self.number >= len(FAULTS) else self.number % 2]


def scenario_of(number: int, attempt: int) -> Scenario:
    """A scenario for a world: of any shape, cut to a few years and pairs of runs."""
    made: list[Scenario] = []

    @seeded((SEED * 100_003 + number) * ATTEMPTS + attempt)
    @settings(max_examples=3, database=None, derandomize=False, phases=(Phase.generate,), suppress_health_check=ALL)
    @given(scenarios())
    def note(one: Scenario) -> None:
        made.append(one)

    note()
    found = made[-1]
    starts = [int(lever.start[:4]) for _, lever in found.levers.active()]
    first = min([LAST, *starts])
    horizon = {"first_year": f"{first}/{(first + 1) % 100:02d}", "years": 1 + number % 4}
    run = {"replications": 1 + number % 2, "draws": 1 + number % 3, "warm_up_years": number % 3}
    told = found.model_dump(by_alias=True)
    told |= {"horizon": horizon, "run": {**told["run"], **run}}
    if number % 4:  # else most policies miss the few schools of a world, or its few years
        told["levers"] = {
            name: lever and as_soon_as(lever, horizon["first_year"]) for name, lever in told["levers"].items()
        }
    return Scenario.model_validate(told)


def as_soon_as(lever: dict[str, object], year: object) -> dict[str, object]:
    """A lever for all schools from a year on."""
    kept = {name: value for name, value in lever.items() if name != "covers"}
    return {**kept, "start": year} if "start" in lever else kept


def world_in(folder: Path, number: int) -> World:
    """A world whose scenario is in a folder."""
    file = folder / f"world{number}.yaml"
    resolved = load_scenario(file)
    population = schools_of(*COUNCILS[number % len(COUNCILS)])
    return World(
        number, file, resolved, RunOptions(population=population, workers=1, headline_only=number % REPORTED > 0)
    )


def world_of(folder: Path, number: int) -> World:
    """Write down the scenario of a world: the first of those made for it whose settings can go together."""
    for attempt in range(ATTEMPTS):
        with suppress(ScenarioError, ValidationError):
            made = scenario_of(number, attempt)
            if number % IDLE and not any(True for _ in made.levers.active()):
                continue
            text = show(Resolved(made, {}, (), made.fingerprint(), ("made.yaml",)))
            (folder / f"world{number}.yaml").write_text(text, encoding="utf-8")
            return world_in(folder, number)
    raise AssertionError(f"no scenario for world {number}")


def go_on(world: World, folder: Path, engine: str, workers: int) -> RunResult:
    """Run all of a world that is not finished in a folder."""
    options = replace(world.options, engine=engine, workers=workers)  # type: ignore[arg-type]
    store = Store(folder, "world")
    with only_here(folder, "world"):
        store.drop_damaged()
        plan = replace(plan_run(world.resolved, options), workers=workers)
        return run_scenario(world.resolved, options, plan=plan, store=store)


def elsewhere(world: World, folder: Path, root: Path, workers: int, **environment: str) -> subprocess.Popen[bytes]:
    words = [str(world.file.parent), str(world.number), str(folder), world.engine, str(workers)]
    environment = os.environ | environment
    return subprocess.Popen([sys.executable, "-c", WORK, *words], cwd=root, env=environment, start_new_session=True)


def disturb(world: World, folder: Path, root: Path) -> None:
    """Begin a run and let the fault of the world meet it, so that nothing of it still runs and all may go on."""
    if world.fault in ("killed", "asked to stop", "worker killed"):
        process = elsewhere(world, folder, root, 2 if world.fault == "worker killed" else 1 + world.number % 2)
        wait_until(lambda: process.poll() is not None, LONGEST * world.chance(0))
        workers = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
        if world.fault == "worker killed" and workers:
            workers[-1].kill()
        elif world.fault != "worker killed":
            process.send_signal(signal.SIGKILL if world.fault == "killed" else signal.SIGTERM)
        process.wait(120)
        assert not psutil.wait_procs(workers, timeout=20.0)[1]
    elif world.fault == "two at once":
        with only_here(folder, "world"), pytest.raises(InputError, match="goes on already"):
            go_on(world, folder, world.engine, 1)
    elif world.fault == "full disk":
        with full_after(int(7 * world.chance(0))), pytest.raises(OutputError, match="Free some space"):
            go_on(world, folder, world.engine, 1)
    elif world.fault == "compiled code damaged":
        code = shutil.copytree(compiled_folder(), folder.parent / "compiled" / compiled_folder().name)
        damage(world, sorted(code.iterdir()))
        assert elsewhere(world, folder, root, 1, **{COMPILED: str(code.parent)}).wait(900) == 0
    elif world.fault == "kept arms damaged":
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(BASELINES, str(folder.parent / "arms"))
            go_on(world, new_store(folder.parent / "before", "before", {}).folder, world.engine, 1)
            damage(world, sorted((folder.parent / "arms").glob("*")))
            go_on(world, folder, world.engine, 1)
    else:
        go_on(world, folder, world.engine, 1)
        damage(world, sorted((folder / "dataset" / str(world.one_of(1, LEVELS))).glob("*.parquet")))


def wait_until(done, seconds: float) -> None:  # type: ignore[no-untyped-def]
    end = time.monotonic() + seconds
    while time.monotonic() < end and not done():
        time.sleep(0.02)


@contextmanager
def full_after(parts: int) -> Iterator[None]:
    """No room for more than so many files of the dataset."""
    written = Counter[str]()
    plain = os.fsync

    def fsync(number: int) -> None:
        written["files"] += 1
        if written["files"] > parts:
            raise OSError(28, "No space left on device")
        plain(number)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", fsync)
        yield


def damage(world: World, files: Sequence[Path]) -> None:
    """Change one of some files, or swap two."""
    if not files:
        return
    first, last = files[0], files[-1]
    if world.fault == "swapped":
        content = first.read_bytes()
        first.write_bytes(last.read_bytes())
        last.write_bytes(content)
        return
    one = files[int(world.chance(4) * len(files))]
    content = bytearray(one.read_bytes())
    place = int(world.chance(2) * len(content))
    if world.fault == "cut off":
        del content[place:]
    else:
        content[place] ^= 1 << int(8 * world.chance(3))
    one.write_bytes(content)


def check_world(folder: Path, number: int, root: Path) -> str:
    """Run a world undisturbed on one scheduler, disturbed on one of the two, and look at both. [what was done]"""
    world = world_of(folder, number)
    whole = go_on(world, new_store(folder / "whole", f"{number}", {}).folder, "compiled", 1)
    disturbed = new_store(folder / "disturbed", f"{number}", {})
    disturb(world, disturbed.folder, root)
    go_on(world, disturbed.folder, world.engine, 1)
    assert not pairs_that_differ(whole.store, Store(disturbed.folder, "disturbed"))
    check_sums(whole)
    if number % REPORTED == 0:
        check_report(whole)
    check_neutral(world, whole)
    check_pupils(world)
    acts = any((totals.policy != totals.baseline).any() for totals in whole.pairs())
    return f"{world.fault} on the {world.engine} engine, the policy {'acts' if acts else 'does nothing'}"


def check_sums(result: RunResult) -> None:
    """Hours, money, councils and groups add up, and no number is missing."""
    for totals in result.pairs():
        check_finite(totals)
        lines = price_pair(result.scenario, totals)
        book = price_book(result.scenario, totals.job.view, totals.values)
        balance = trial_balance(journal(lines, book))
        size = float(lines["value_gbp"].abs().sum()) if len(lines) else 0.0
        assert abs(balance["net_cost_gbp"].sum()) <= SCARCE + 1e-9 * size
        for arm in ("baseline", "policy"):
            england = getattr(totals, arm).sum(axis=0)
            councils = np.tensordot(totals.council_weight, getattr(totals, f"council_{arm}"), 1)
            assert len(councils) == 0 or np.allclose(councils, england, rtol=1e-9, atol=1e-6)
    check_passed(self_checks(result))


def check_passed(checks: Iterable[tuple[str, bool, str]]) -> None:
    failed = [f"{name}: {detail}" for name, passed, detail in checks if not passed]
    assert not failed, failed


def check_report(result: RunResult) -> None:
    """The tables of the report have every row, and no number is missing but ratios to a cost or an hour that is not."""
    inputs = report_inputs(result)
    check_inputs(inputs)
    check_passed(inputs.checks)
    outcomes = inputs.summary["outcome"]
    figures = inputs.summary[(outcomes != "bcr") & ~outcomes.str.startswith("cost_per.")]
    assert np.isfinite(figures["difference"].to_numpy(np.float64)).all()
    assert not np.isinf(inputs.summary.select_dtypes("number").to_numpy(np.float64)).any()


def check_finite(totals: PairTotals) -> None:
    for name in ("baseline", "policy", "calendar", "council_baseline", "council_policy", "group_policy", "hours"):
        assert np.isfinite(getattr(totals, name)).all(), name
    assert np.isfinite(totals.headline)
    assert np.isfinite(list(totals.values.values())).all()


def check_neutral(world: World, whole: RunResult) -> None:
    """Without a lever a pair is two equal arms, and nothing costs anything."""
    job = whole.jobs()[-1]
    none = simulate_planned(baseline_of(world.resolved.scenario), world.options, whole.plan, job)
    assert none.headline == 0.0
    assert (none.policy == none.baseline).all()
    assert (none.council_policy == none.council_baseline).all()
    assert not price_pair(baseline_of(world.resolved.scenario), none)["value_gbp"].any()
    assert not none.moved.any()
    again = simulate_planned(baseline_of(world.resolved.scenario), world.options, whole.plan, job)
    assert same_pair(none, again)


def check_pupils(world: World) -> None:
    """Each pupil is in one place, and every school knows its own, at the end of a run of the readable scheduler."""
    schools = schools_of(*COUNCILS[world.number % len(COUNCILS)], primary=2, secondary=1)
    run = Audit(schools, world.resolved.scenario, years=4)
    everyone_in(run)
    check_schools_know_their_pupils(run.w)


@pytest.mark.engine
@pytest.mark.parametrize("number", range(FEW))
def test_a_few_random_worlds(number: int, tmp_path: Path, root: Path) -> None:
    check_world(tmp_path, number, root)


@pytest.mark.study
def test_random_worlds(tmp_path: Path, root: Path) -> None:
    done, failed = Counter[str](), []
    numbers = [int(ONE)] if ONE else range(WORLDS)
    for number in numbers:
        folder = tmp_path / str(number)
        folder.mkdir()
        began = time.monotonic()
        try:
            what = check_world(folder, number, root)
        except Exception as error:
            if ONE:
                raise
            failed.append(number)
            what = f"failed: {type(error).__name__} {error}"
        done[what.split(":")[0]] += 1
        sys.stdout.write(f"world {number} of seed {SEED}: {what} ({time.monotonic() - began:.0f} s)\n")
        sys.stdout.flush()
    sys.stdout.write(f"seed {SEED}: {dict(done)}\n")
    assert not failed, f"seed {SEED}, worlds {failed}"
