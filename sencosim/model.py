"""The whole program on a page: load, populate, simulate, tally, cost.

A run answers one scenario. It is made of *pairs*: each pair reads the evidence under one view (point values, or one
draw of the priors), draws a sample of schools, and runs the baseline and the policy on them with the same chance.
Every difference that is reported is a difference within a pair.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from multiprocessing import get_context
from typing import Any

import numpy as np
import pandas as pd

from sencosim.costing.cost import cost
from sencosim.costing.prices import PRICE_PARAMETERS, PriceBook
from sencosim.costing.tariffs import PolicyTerms
from sencosim.engine.arms import Pair, PairResult, feedback_of, read_evidence, run_pair
from sencosim.engine.choose import EngineName, engine_named, is_ready
from sencosim.engine.inputs import with_trace
from sencosim.engine.prepare import make_inputs, neutral_feedback
from sencosim.errors import EngineError
from sencosim.ledger.table import tidy_years
from sencosim.population.sampling import only_councils, sample_councils, sample_schools
from sencosim.population.schools import Population
from sencosim.population.synthetic import synthetic_england
from sencosim.scenario.load import Resolved
from sencosim.scenario.schema import Scenario

DEFAULT_SHARE = 0.05
"""Share of England simulated if neither scenario nor command line says: eight whole councils."""
DEFAULT_DRAWS = 8
"""Draws of the priors in the main view; the other views get half as many."""
DEFAULT_REPLICATIONS = 2
"""Replications at the point values of each view, from which the Monte Carlo error is read."""
PRICE_DRAWS = 25
"""Joint draws of prices for each simulated draw: prices are cheap to vary, runs are not."""
SECONDS_PER_SCHOOL_YEAR = {"compiled": 0.0004, "reference": 0.008}
"""What each engine needs on an ordinary processor; only the printed estimate uses it."""
SCHOOLS_IN_ENGLAND = 20_227


@dataclass(frozen=True)
class RunOptions:
    """What a user chooses that is not part of the scenario.

    Attributes
    ----------
    population
        Schools to use instead of synthetic England.
    councils
        Only these, by name or code; then nothing is sampled.
    workers
        Processes; ``None`` for one a core.
    quick
        A run for trying out: every file that it writes says so.
    engine
        ``compiled`` is fast, ``reference`` is written to be read. They give the same.
    """

    population: Population | None = None
    councils: tuple[str, ...] = ()
    workers: int | None = None
    quick: bool = False
    engine: EngineName = "compiled"


@dataclass(frozen=True)
class Plan:
    """What a run will do."""

    pairs: tuple[Pair, ...]
    share: float
    sampling: str
    workers: int
    n_years: int
    n_schools: int
    chosen: bool = False
    engine: EngineName = "compiled"

    def facts(self) -> dict[str, Any]:
        """Size of the run, as plain values."""
        return {
            "pairs": len(self.pairs),
            "sample_share": self.share,
            "sampling": self.sampling,
            "workers": self.workers,
            "years": self.n_years,
            "schools": self.n_schools,
            "estimated_seconds": round(self.seconds()),
        }

    def seconds(self) -> float:
        """Estimate of the time that the run takes. [seconds]."""
        arms = 2.0 + 2.0 * 3.0 / self.n_years
        return (
            len(self.pairs) * arms * self.n_years * self.n_schools * SECONDS_PER_SCHOOL_YEAR[self.engine] / self.workers
        )

    def in_words(self) -> str:
        """What will be run and how long it may take."""
        what = "whole councils" if self.sampling == "councils" else "schools in every council"
        share = "all schools of the chosen councils" if self.chosen else f"{self.share:.1%} of England, {what}"
        return (
            f"{len(self.pairs)} pairs of runs (baseline and policy), {self.n_years} years, "
            f"about {self.n_schools:,} schools each ({share}), {self.workers} processes: "
            f"about {max(1.0, self.seconds() / 60.0):.0f} min."
        )


@dataclass(frozen=True)
class RunResult:
    """Everything that a run yields.

    Attributes
    ----------
    pairs
        Counts of both arms, one entry a pair.
    ledger
        Paired differences and levels: view, draw, replication, year, council, phase, size band, quantity, unit,
        baseline, policy, value (the difference).
    priced
        Priced lines of the differences, summed over councils, with the prices of the pair itself.
    books
        Prices of each pair, by view and draw.
    """

    resolved: Resolved
    options: RunOptions
    plan: Plan
    pairs: tuple[PairResult, ...]
    ledger: pd.DataFrame
    priced: pd.DataFrame
    books: dict[tuple[str, int], PriceBook]

    @property
    def scenario(self) -> Scenario:
        """The scenario that was run."""
        return self.resolved.scenario


@dataclass(frozen=True)
class Step:
    """Progress in pairs of runs."""

    done: int
    total: int
    label: str
    note: str = ""


Progress = Callable[[Step], None]
Job = tuple[Pair, Scenario, Scenario, RunOptions]


def plan_run(resolved: Resolved, options: RunOptions) -> Plan:
    """Which pairs a run is made of, on how many schools, in what time."""
    scenario = resolved.scenario
    run = scenario.run
    draws = DEFAULT_DRAWS if run.draws is None else run.draws
    replications = DEFAULT_REPLICATIONS if run.replications is None else run.replications
    pairs = []
    for view in scenario.views:
        pairs += [Pair(view, 0, replication) for replication in range(replications)]
        n = draws if view == scenario.view else (draws + 1) // 2
        pairs += [Pair(view, draw, replications + draw - 1) for draw in range(1, n + 1)]
    share = DEFAULT_SHARE if run.sample is None else run.sample
    workers = min(len(pairs), options.workers or os.cpu_count() or 1)
    schools = sample(_england(options), scenario, options, 0).n_schools
    return Plan(
        tuple(pairs),
        share,
        run.sampling or "councils",
        workers,
        scenario.simulated_years,
        schools,
        bool(options.councils),
        options.engine,
    )


def run_scenario(resolved: Resolved, options: RunOptions | None = None, progress: Progress | None = None) -> RunResult:
    """Run a scenario against the baseline: load, populate, simulate, tally, cost."""
    options = RunOptions() if options is None else options
    plan = plan_run(resolved, options)
    baseline = baseline_of(resolved.scenario)
    pairs = tuple(sorted(simulate_pairs(plan, resolved.scenario, baseline, options, progress), key=_order))
    ledger = tally_pairs(pairs, resolved.scenario.start_year)
    books = {(p.pair.view, p.pair.draw): price_book(resolved.scenario, p) for p in pairs}
    priced = price_pairs(ledger, books)
    return RunResult(resolved, options, plan, pairs, ledger, priced, books)


def baseline_of(scenario: Scenario) -> Scenario:
    """What happens without the policy: the same question with no lever."""
    return scenario.model_copy(update={"levers": type(scenario.levers)()})


def sample(population: Population, scenario: Scenario, options: RunOptions, replication: int) -> Population:
    """The schools of one pair. Each replication draws its own, so that Monte Carlo error holds sampling error too."""
    if options.councils:
        return only_councils(population, options.councils)
    share = DEFAULT_SHARE if scenario.run.sample is None else scenario.run.sample
    if share >= 1.0:
        return population
    draw = sample_schools if scenario.run.sampling == "schools" else sample_councils
    return draw(population, share, scenario.run.seed + 7919 * replication)


def simulate_pairs(
    plan: Plan, scenario: Scenario, baseline: Scenario, options: RunOptions, progress: Progress | None
) -> Iterator[PairResult]:
    """Run all pairs, in this process or in several; the results do not depend on how many."""
    tell = progress if progress is not None else _silent
    jobs = [(pair, scenario, baseline, replace(options, workers=1)) for pair in plan.pairs]
    total = len(jobs)
    tell(Step(0, total, "starting"))
    if not is_ready(options.engine):
        tell(Step(0, total, "compiling the engine, once for this version: about two minutes"))
        compile_engine(scenario)
    results = map(_run_job, jobs) if plan.workers == 1 else _in_processes(jobs, plan.workers)
    for done, result in enumerate(results, 1):
        tell(Step(done, total, _label(result.pair)))
        yield result


def _silent(_: Step) -> None:
    """Say nothing."""


def _in_processes(jobs: Sequence[Job], workers: int) -> Iterator[PairResult]:
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        futures = [pool.submit(_run_job, job) for job in jobs]
        try:
            for future in as_completed(futures):
                yield future.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def compile_engine(scenario: Scenario) -> None:
    """Compile the engine here, so that worker processes find it on disk: two years of three schools."""
    schools = only_councils(synthetic_england(), ["Rutland"])
    few = schools.take(np.array([0, 1, schools.n_schools - 1]))
    draw = read_evidence(scenario, scenario.view, 0, scenario.run.seed)
    inputs = make_inputs(few, scenario, draw, neutral_feedback(), seed=scenario.run.seed, replication=0, n_years=2)
    engine_named("compiled")(inputs)


def _run_job(job: Job) -> PairResult:
    pair, scenario, baseline, options = job
    schools = sample(_england(options), scenario, options, pair.replication)
    if schools.n_schools == 0:
        raise EngineError("There is no school to simulate. Choose a larger sample or another council.")
    return run_pair(pair, scenario, baseline, schools, options.engine)


def _england(options: RunOptions) -> Population:
    return synthetic_england() if options.population is None else options.population


def _label(pair: Pair) -> str:
    return f"{pair.view}, point values" if pair.draw == 0 else f"{pair.view}, draw {pair.draw}"


def _order(result: PairResult) -> tuple[str, int, int]:
    return (result.pair.view, result.pair.draw, result.pair.replication)


def tally_pairs(pairs: Sequence[PairResult], start_year: int) -> pd.DataFrame:
    """Tidy ledger of all pairs: both arms side by side, and their difference in ``value``."""
    tables = []
    for result in pairs:
        keys = ["year", "council", "phase", "size_band", "quantity", "unit"]
        both = tidy_years(result.baseline, result.cells, start_year).merge(
            tidy_years(result.policy, result.cells, start_year), on=keys, how="outer", suffixes=("_b", "_p")
        )
        both = both.rename(columns={"value_b": "baseline", "value_p": "policy"}).fillna(
            {"baseline": 0.0, "policy": 0.0}
        )
        both["value"] = both["policy"] - both["baseline"]
        both.insert(0, "replication", result.pair.replication)
        both.insert(0, "draw", result.pair.draw)
        both.insert(0, "view", result.pair.view)
        tables.append(both)
    return pd.concat(tables, ignore_index=True)


def terms_of(scenario: Scenario) -> PolicyTerms:
    """Who funds each lever, for the price book."""
    levers = dict(scenario.policies())
    named = PolicyTerms.__dataclass_fields__
    funded: dict[str, Any] = {name: lever.funded_by for name, lever in levers.items() if name in named}
    seat, team = levers.get("slt_seat"), levers.get("team")
    uplift, qualified = getattr(seat, "pay_uplift", True), getattr(team, "qualified", False)
    return PolicyTerms(**funded, slt_pay_uplift=uplift, qualified_team=qualified)


def price_book(scenario: Scenario, result: PairResult) -> PriceBook:
    """Prices of a pair: those of its own reading of the evidence."""
    return PriceBook.from_values(result.values, result.pair.view, terms_of(scenario))


def price_books_of(scenario: Scenario, result: PairResult) -> Iterator[tuple[int, PriceBook]]:
    """Joint draws of prices beside one simulated draw. Draw 0, the point values, has only its own."""
    if result.pair.draw == 0:
        yield 0, price_book(scenario, result)
        return
    for number in range(PRICE_DRAWS):
        drawn = 1000 * (number + 1) + result.pair.draw
        prices = read_evidence(scenario, result.pair.view, drawn, scenario.run.seed).values  # noqa: PD011
        mixed = dict(result.values) | {name: prices[name] for name in PRICE_PARAMETERS if name in prices}
        yield number, PriceBook.from_values(mixed, result.pair.view, terms_of(scenario))


def price_pairs(ledger: pd.DataFrame, books: dict[tuple[str, int], PriceBook]) -> pd.DataFrame:
    """Price the paired differences, summed over councils and size bands, each with its own prices."""
    keys = ["view", "draw", "replication", "year", "phase", "quantity"]
    sums = ledger.groupby(keys, sort=False, as_index=False)["value"].sum()
    lines = []
    for (view, draw), book in books.items():
        part = sums[(sums["view"] == view) & (sums["draw"] == draw)]
        lines.append(cost(part, book))
    return pd.concat(lines, ignore_index=True)


def trace_school(
    resolved: Resolved, schools: Population, number: int, *, replication: int = 0, last_year: int | None = None
) -> tuple[tuple[int, int, int, int, int], ...]:
    """Events of one school in one replication at the point values, its council simulated whole.

    Parameters
    ----------
    resolved
        Scenario.
    schools
        Where the school is.
    number
        Of the school in that population.
    replication
        Key of chance.
    last_year
        Last academic year to simulate; the scenario's if ``None``. [first calendar year]
    """
    scenario = resolved.scenario
    row = int((schools.school_id == number).nonzero()[0][0])
    council = only_councils(schools, [int(schools.la_code[row])])
    years = scenario.simulated_years if last_year is None else last_year - scenario.start_year + 1
    draw = read_evidence(scenario, scenario.view, 0, scenario.run.seed)
    inputs = make_inputs(
        council,
        scenario,
        draw,
        feedback_of(council, baseline_of(scenario), draw, scenario.run.seed, replication, "reference"),
        seed=scenario.run.seed,
        replication=replication,
        n_years=years,
    )
    return engine_named("reference")(with_trace(inputs, frozenset({number}))).trace
