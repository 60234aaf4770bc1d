"""The whole program on a page: load, populate, simulate, tally, cost.

A run answers one scenario. It is made of *pairs*: each pair reads the evidence under one view (point values, or one
draw of the priors), takes the schools, runs the no-policy arm on them, and lets the policy go on from its state with
the same chance. Every difference that is reported is a difference within a pair. Which pairs there are, on how many
processes they run and where they are kept is the business of :mod:`sencosim.experiment`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any

import pandas as pd

from sencosim.arms.replaceable import SHIPPED, Mechanisms
from sencosim.costing.cost import cost_of_difference
from sencosim.costing.discount import present_value
from sencosim.costing.money import money_by_year
from sencosim.costing.prices import PriceBook
from sencosim.costing.tariffs import terms_of
from sencosim.engine.choose import EngineName, compile_engine, engine_named, is_ready
from sencosim.engine.pair import PairResult, World, first_year_of, read_evidence, run_pair
from sencosim.errors import EngineError, InputError
from sencosim.evidence.base_year import BASE_YEAR_WORDS
from sencosim.evidence.routes import ROUTE_NAMES
from sencosim.experiment.finished import RESOLVED, manifest_of
from sencosim.experiment.jobs import REFERENCE, Job, asked, laws_for, rows_for
from sencosim.experiment.plan import DEFAULT_DRAWS, DRAW_SHARE, LONG_YEARS, Plan
from sencosim.experiment.pool import Progress, Step, conduct, here
from sencosim.experiment.precision import Precision, Rule, rule_for
from sencosim.experiment.probe import Estimate, estimate, probe
from sencosim.experiment.store import Store, new_store, read_all
from sencosim.experiment.totals import Level, PairTotals, england_totals, tidy_totals, totals_of
from sencosim.fingerprint import differing, made_with
from sencosim.population.describe import is_england
from sencosim.population.sampling import only_councils, sample_councils, sample_schools
from sencosim.population.schools import Population
from sencosim.population.synthetic import synthetic_england
from sencosim.scenario.load import Resolved, load_scenario
from sencosim.scenario.schema import Scenario

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
        A run for trying out: every file that it writes says so. It has neither structure table nor routes nor the
        longer horizon.
    headline_only
        Leave out the other law, the structure table, the routes and the longer horizon.
    engine
        ``compiled`` is fast, ``reference`` is written to be read. They give the same.
    mechanisms
        Rules, some of them perhaps a researcher's own: then only the reference engine runs, and everything that the
        run writes says so.
    """

    population: Population | None = None
    councils: tuple[str, ...] = ()
    workers: int | None = None
    quick: bool = False
    headline_only: bool = False
    engine: EngineName = "compiled"
    mechanisms: Mechanisms = SHIPPED


@dataclass(frozen=True)
class RunResult:
    """Everything that a run yields. Pairs stay on disk and are read one at a time, so many take no more memory.

    Attributes
    ----------
    store
        Finished pairs.
    precision
        How well the headline is known, after how many replications.
    """

    resolved: Resolved
    options: RunOptions
    plan: Plan
    store: Store
    precision: Precision

    @property
    def scenario(self) -> Scenario:
        """The scenario that was run."""
        return self.resolved.scenario

    @property
    def replications(self) -> int:
        """Replications at the point values of each view. [replications]"""
        return len(self.precision.values)

    def jobs(self) -> list[Job]:
        """Every pair of the headline, in a fixed order."""
        return self.plan.jobs(self.replications)

    def pairs(self, jobs: Iterable[Job] | None = None) -> Iterator[PairTotals]:
        """Totals of every pair of the headline, or of others of the run, one at a time."""
        return read_all(self.store, self.jobs() if jobs is None else jobs)

    def points(self, view: str) -> Iterator[PairTotals]:
        """Totals at the point values of a view, on all its schools, replications in order."""
        return read_all(self.store, [job for job in self.plan.point_jobs(self.replications) if job.view == view])

    def asked(self, job: Job) -> Scenario:
        """The scenario that a pair was run on."""
        return scenario_of(self.scenario, job)

    def ledgers(self) -> Iterator[pd.DataFrame]:
        """Ledger of every pair in turn: both arms side by side, and their difference in ``value``."""
        return (ledger_of(totals, self.scenario.start_year) for totals in self.pairs())

    def priced(self) -> Iterator[pd.DataFrame]:
        """Priced lines of the differences of every pair in turn, each with the prices of the pair itself."""
        return (price_pair(self.scenario, totals) for totals in self.pairs())


def run_scenario(
    resolved: Resolved,
    options: RunOptions | None = None,
    progress: Progress | None = None,
    *,
    plan: Plan | None = None,
    store: Store | None = None,
) -> RunResult:
    """Run a scenario against the baseline.

    Parameters
    ----------
    resolved, options
        What is asked, and how it is run.
    progress
        Callback for each finished pair.
    plan
        What to run; by default what :func:`plan_run` makes of the scenario.
    store
        Where finished pairs are kept, those of an earlier start too; by default in a temporary folder.
    """
    options = RunOptions() if options is None else options
    plan = plan_run(resolved, options) if plan is None else plan
    store = new_store(None, "unnamed", run_facts(resolved, options)) if store is None else store
    tell = progress if progress is not None else _silent
    if not is_ready(options.engine):
        tell(Step(0, plan.work(plan.rule.fewest), "compiling the engine, once for this version"))
        compile_engine()
    work = partial(simulate_planned, resolved.scenario, options, plan)
    precision = conduct(plan, lambda _: work, store, here(plan.workers), tell)
    return RunResult(resolved, options, plan, store, precision)


def finished_run(folder: Path) -> RunResult:
    """A finished run as it was when it ended, from the pairs that it keeps: whatever is asked of a run can be asked.

    Raises
    ------
    InputError
        If the folder keeps no pairs, or they were made with other evidence or code than are read now.
    """
    store = Store(folder, folder.name)
    if not store.count():
        raise InputError(
            f"{folder.as_posix()} keeps no pairs of this run, so its draws cannot be analysed. Run the scenario again."
        )
    facts = manifest_of(folder)
    check_priced_alike(folder, facts)
    told = _Said(folder, facts)
    resolved = load_scenario(folder / RESOLVED)
    scenario = resolved.scenario
    kept = _Said(folder, told["precision"])
    routes = ROUTE_NAMES if told["route_share"] is not None else ()
    plan = Plan(
        views=scenario.views,
        main_view=scenario.view,
        draws=told["draws"],
        rule=Rule(kept["fewest"], kept["most"], kept["asked_share"], kept["asked_share_of_range"]),
        share=told["sample_share"],
        draw_share=told["draw_sample_share"],
        sampling=told["sampling"],
        n_schools=told["schools_per_run"],
        n_draw_schools=told["schools_per_run"],
        n_years=scenario.simulated_years,
        policy_years=max(0, scenario.simulated_years - first_year_of(scenario)),
        chosen=told["chosen_schools"],
        engine=told["engine"],
        laws=tuple(told["laws"]),
        rows=tuple(told["structure_rows"]),
        routes=tuple(name for name in routes if name not in scenario.routes_off),
        long_years=told["long_years"],
        years=scenario.horizon.years,
    )
    options = RunOptions(
        councils=tuple(told["councils"]),
        quick=told["quick"],
        headline_only=told["headline_only"],
        engine=told["engine"],
    )
    points = [store.headline(plan.point_job(plan.main_view, number)) for number in range(told["replications"])]
    return RunResult(resolved, options, plan, store, Precision(tuple(points), plan.rule, kept["enough_gbp"]))


class _Said(dict[str, Any]):
    """What a manifest says. What it does not say, a version wrote it that knew less of a run."""

    def __init__(self, folder: Path, facts: Mapping[str, Any]) -> None:
        super().__init__(facts)
        self._folder = folder

    def __missing__(self, name: str) -> Any:
        raise InputError(
            f"{self._folder.as_posix()} was written by another version of sencosim: its manifest does not say "
            f"{name!r}. Run the scenario again, or use the version that the manifest names."
        )


def simulate_planned(scenario: Scenario, options: RunOptions, plan: Plan, job: Job) -> PairTotals:
    """One pair of a run, kept as finely as the plan says."""
    return simulate_pair(scenario, options, job, plan.levels_of(job))


def simulate_pair(scenario: Scenario, options: RunOptions, job: Job, level: Level = "school") -> PairTotals:
    """One pair from schools to totals: populate, simulate, tally, cost.

    It needs nothing but its arguments, so any single replication can be run again alone, anywhere.
    """
    scenario = scenario_of(scenario, job)
    schools = sample(england(options), scenario, options, job.replication, job.share)
    result = run_pair(job.pair, scenario, baseline_of(scenario), schools, options.engine, options.mechanisms)
    return totals_of(job, result, headline_of(scenario, job.view, result), level)


def headline_of(scenario: Scenario, view: str, result: PairResult) -> float:
    """Net cost of a pair to the public purse over the horizon, at its own prices. [GBP, present value]"""
    baseline, policy = england_totals(result)
    purse = money_by_year(policy - baseline, price_book(scenario, view, result.values), scenario.start_year)
    return float(present_value(purse["net_public_cost"][-scenario.horizon.years :]))


def scenario_of(scenario: Scenario, job: Job) -> Scenario:
    """The scenario of a pair: on its law, in its form of the model, with its routes."""
    return asked(scenario, job.law, job.variant, drawn=job.draw > 0)


def plan_run(resolved: Resolved, options: RunOptions) -> Plan:
    """Which pairs a run is made of, on how many schools."""
    scenario = resolved.scenario
    run = scenario.run
    schools = england(options)
    chosen = not speaks_for_england(options)  # whole councils of some schools would be no sample of England
    share = 1.0 if chosen else run.sample
    draw_share = share if chosen else min(share, DRAW_SHARE if run.draw_sample is None else run.draw_sample)
    n_schools, n_draw_schools = (sample(schools, scenario, options, 0, part).n_schools for part in (share, draw_share))
    if n_schools == 0:
        raise EngineError("There is no school to simulate. Choose a larger sample or another council.")
    further = any(scenario.levers.active()) and not options.headline_only
    whole = further and not options.quick
    plan = Plan(
        views=scenario.views,
        main_view=scenario.view,
        draws=DEFAULT_DRAWS if run.draws is None else run.draws,
        rule=rule_for(run.replications, run.precision, n_schools, SCHOOLS_IN_ENGLAND),
        share=share,
        draw_share=draw_share,
        sampling=run.sampling or "councils",
        n_schools=n_schools,
        n_draw_schools=n_draw_schools,
        n_years=scenario.simulated_years,
        policy_years=max(0, scenario.simulated_years - first_year_of(scenario)),
        workers=options.workers or os.cpu_count() or 1,
        chosen=chosen,
        engine=options.engine,
        laws=laws_for(scenario) if further else scenario.baselines[:1],
        rows=rows_for(scenario) if whole else (),
        routes=tuple(name for name in ROUTE_NAMES if name not in scenario.routes_off) if whole else (),
        long_years=LONG_YEARS if whole and scenario.horizon.years < LONG_YEARS else 0,
        years=scenario.horizon.years,
    )
    return replace(plan, n_route_schools=sample(schools, scenario, options, 0, plan.route_share).n_schools)


def measure_machine(resolved: Resolved, options: RunOptions, plan: Plan) -> Estimate:
    """Time and memory of a plan on this machine, from a short run of two councils. Compile the engine before."""
    return estimate(plan, probe(partial(_run_few, resolved.scenario, options), england(options)))


def _run_few(scenario: Scenario, options: RunOptions, schools: Population) -> int:
    """Run the no-policy arm through the base year. [schools x years]"""
    base = Scenario.model_validate(
        {"horizon": {"first_year": BASE_YEAR_WORDS, "years": 1}, "run": {"warm_up_years": 1}}
    )
    short = baseline_of(scenario.model_copy(update={"horizon": base.horizon, "run": base.run}))
    run_pair(Job(short.view, 0, 0, 1.0).pair, short, short, schools, options.engine, options.mechanisms)
    return schools.n_schools * short.simulated_years


def run_facts(resolved: Resolved, options: RunOptions) -> dict[str, Any]:
    """What numbers depend on: a run may only be continued by one that has the same."""
    return {
        "scenario": resolved.scenario.name,
        "scenario_fingerprint": resolved.fingerprint,
        "question_fingerprint": resolved.scenario.question_fingerprint(),
        "population_fingerprint": england(options).fingerprint,
        **made_with(),
        "engine": options.engine,
        "councils": list(options.councils),
        "replaced_mechanisms": options.mechanisms.facts(),
    }


def check_priced_alike(folder: Path, facts: Mapping[str, Any]) -> None:
    """Refuse to price what is stored by other evidence or code than it was made with.

    Raises
    ------
    InputError
        If the facts of the folder name others, or none.
    """
    if changed := differing(facts, made_with()):
        raise InputError(
            f"{folder.as_posix()} was made with other {changed} than is read now, so other prices "
            "would be put on its counts. Use those that made it, or run it again."
        )


def baseline_of(scenario: Scenario) -> Scenario:
    """What happens without the policy: the same question with no lever."""
    return scenario.model_copy(update={"levers": type(scenario.levers)()})


def england(options: RunOptions) -> Population:
    """The schools that there are."""
    return synthetic_england() if options.population is None else options.population


def speaks_for_england(options: RunOptions) -> bool:
    """Whether the schools of a run stand for England, not for chosen councils or a list of some schools."""
    return not options.councils and is_england(england(options))


def share_of(options: RunOptions, asked: float) -> float:
    """Share that an ensemble simulates: the one asked, but all of a list that is not of England. [share, 0 to 1]"""
    return asked if options.councils or speaks_for_england(options) else 1.0


def sample(
    population: Population, scenario: Scenario, options: RunOptions, replication: int, share: float
) -> Population:
    """The schools of one pair. Each replication draws its own, so that Monte Carlo error holds sampling error too."""
    if share >= 1.0 and not options.councils:
        return population
    by_school = scenario.run.sampling == "schools"
    seed = scenario.run.seed + 7919 * replication
    key = (population.fingerprint, options.councils, by_school, share, seed)
    found = _SAMPLES.get(key)
    if found is None:
        draw = sample_schools if by_school else sample_councils
        chosen = options.councils
        found = only_councils(population, chosen) if chosen else draw(population, share, seed)
        with _KEEPING:
            if len(_SAMPLES) >= MOST_SAMPLES_KEPT:
                _SAMPLES.pop(next(iter(_SAMPLES)))
            _SAMPLES[key] = found
    return found


MOST_SAMPLES_KEPT = 16
_SAMPLES: dict[tuple[object, ...], Population] = {}
"""Samples that this process drew last: every pair of a replication has the same."""
_KEEPING = Lock()
"""Held by whoever changes them: a worker of a cluster may have several threads."""


def _silent(_: Step) -> None:
    """Say nothing."""


def ledger_of(totals: PairTotals, start_year: int) -> pd.DataFrame:
    """Tidy ledger of a pair: what was run, both arms side by side, and their difference in ``value``."""
    table = tidy_totals(totals.strata, {"baseline": totals.baseline, "policy": totals.policy}, start_year)
    table["value"] = table["policy"] - table["baseline"]
    return _with_job(table, totals.job)


def _with_job(table: pd.DataFrame, job: Job) -> pd.DataFrame:
    for name, value in reversed(
        (("view", job.view), ("draw", job.draw), ("replication", job.replication), ("sample_share", job.share))
    ):
        table.insert(0, name, value)
    return table


def price_book(scenario: Scenario, view: str, values: Mapping[str, float]) -> PriceBook:
    """Prices of a pair: those of its own reading of the evidence."""
    return PriceBook.from_values(values, view, terms_of(scenario))


def price_pair(scenario: Scenario, totals: PairTotals) -> pd.DataFrame:
    """Price the difference of a pair by phase, summed over size bands, with its own prices."""
    ledger = ledger_of(totals, scenario.start_year)
    sums = ledger.groupby(["year", "phase", "quantity"], sort=False, as_index=False, observed=True)["value"].sum()
    return _with_job(
        cost_of_difference(pd.DataFrame(sums), price_book(scenario, totals.job.view, totals.values)), totals.job
    )


def trace_school(
    resolved: Resolved, schools: Population, number: int, *, replication: int = 0, last_year: int | None = None
) -> tuple[tuple[int, int, int, int, int], ...]:
    """Events of one school in one replication of a run's headline at the point values, its council simulated whole.

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
    scenario = asked(resolved.scenario, resolved.scenario.baselines[0], REFERENCE, drawn=False)
    row = int((schools.school_id == number).nonzero()[0][0])
    council = only_councils(schools, [int(schools.la_code[row])])
    years = scenario.simulated_years if last_year is None else last_year - scenario.start_year + 1
    draw = read_evidence(scenario, scenario.view, 0, scenario.run.seed)
    short = scenario.lasting(years)
    world = World(council, baseline_of(short), draw, replication, "reference")
    inputs = world.policy_inputs(short, draw, world.run(short))
    return engine_named("reference")(replace(inputs, trace_schools=frozenset({number}))).trace
