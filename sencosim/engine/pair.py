"""One pair of arms: the baseline and the policy, on the same schools, with the same chance and the same evidence."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial

import numpy as np

from sencosim.arms.inputs import Cell, FloatArray, Group, Inputs, IntArray, Reference
from sencosim.arms.prepare import Draw, make_inputs
from sencosim.arms.replaceable import SHIPPED, Mechanisms
from sencosim.engine.baselines import cache_of_baselines
from sencosim.engine.choose import Baseline, EngineName, engine_named, run_baseline
from sencosim.evidence.posterior import load_posterior, row_of_draw
from sencosim.evidence.register import load_register
from sencosim.evidence.routes import ONLY_POLICY_READS, neutral_routes
from sencosim.evidence.sequence import FITTED, uniform_of, uniforms_of
from sencosim.evidence.views import load_view
from sencosim.fingerprint import check_as_read
from sencosim.ledger.table import yearly
from sencosim.population.schools import Population
from sencosim.scenario.assumed import register_of
from sencosim.scenario.mechanisms import neutral_values
from sencosim.scenario.schema import Scenario
from sencosim.units import parse_year


@dataclass(frozen=True)
class Pair:
    """What to run."""

    view: str  # how the evidence is read
    draw: int  # 0 for the point values of the view; from 1, draws of the priors
    replication: int  # key of chance and of the sample of schools, the same in every view: views differ by evidence


@dataclass(frozen=True)
class PairResult:
    """What came out. Counts are whole numbers, not weighted up, of shape (n_rows, n_years, n_quantities)."""

    pair: Pair
    cells: tuple[Cell, ...]  # where each row belongs, and its weight
    baseline: IntArray  # by cell and academic year
    policy: IntArray
    baseline_calendar: IntArray  # by calendar year, from the first January of the run
    groups: tuple[Group, ...]  # what each row of results by group is, and its weight
    baseline_groups: IntArray  # of schools, by group and academic year
    policy_groups: IntArray
    group_schools: IntArray  # schools of the run in each group, not weighted up [shape (n_groups,)]
    group_pupils: IntArray  # their pupils on roll, not weighted up [shape (n_groups,)]
    values: Mapping[str, float]  # reading of the evidence that was used
    hours: FloatArray  # allocated in the base-year baseline, by school [hours a week]
    is_secondary: np.ndarray  # by school
    school_weight: FloatArray  # schools of England that each stands for [ratio]
    n_schools: int
    seconds: float  # of processor time


def read_evidence(scenario: Scenario, view_name: str, draw: int, seed: int) -> Draw:
    """All parameter values of one draw under one view, with the scenario's overrides and correlations.

    Parameters
    ----------
    scenario : with its assumptions.
    view_name : ``campaign``, ``central`` or ``sceptic``.
    draw : 0 for point values; from 1, a point of the sequence of draws, the same in every view. Calibrated parameters
        come together from one row of the posterior sample, except those that the scenario overrides.
    seed : of the run.
    """
    register = register_of(scenario)
    view = load_view(view_name)
    off = neutral_values(scenario.mechanisms.off)
    if draw == 0:
        return Draw.of({**view.values(register), **off})

    drawn = view.draw(register, partial(uniform_of, seed, draw))
    fitted = load_posterior().values(row_of_draw(seed, draw), register)
    kept = {name: value for name, value in fitted.items() if name not in register.overridden}
    return Draw.of({**drawn, **kept, **off})


def read_inputs(scenario: Scenario, view_name: str, names: Sequence[str], n: int) -> dict[str, FloatArray]:
    """Some numbers of the first ``n`` draws at once, as :func:`read_evidence` has them. [shape (n,) each]"""
    register, seed, sample = register_of(scenario), scenario.run.seed, load_posterior()
    fitted = [name for name in names if name in sample.names and name not in register.overridden]
    others = [name for name in names if name not in fitted]
    found = load_view(view_name).draws(register, partial(uniforms_of, seed, n), others, n)
    rows = [sample.row_at(share) for share in uniforms_of(seed, n, FITTED).tolist()] if fitted else []
    found |= {name: np.array([sample.rows[row][name] for row in rows]) for name in fitted}
    off = neutral_values(scenario.mechanisms.off)
    return {name: np.full(n, off[name]) if name in off else found[name] for name in names}


def run_pair(
    pair: Pair,
    scenario: Scenario,
    baseline: Scenario,
    population: Population,
    engine: EngineName = "compiled",
    mechanisms: Mechanisms = SHIPPED,
    reading: Draw | None = None,
    *,
    keep: bool = True,
) -> PairResult:
    """Run the no-policy arm, unless it has just been run, and the policy on it.

    Parameters
    ----------
    pair : view, draw and replication.
    scenario, baseline : the arms. If the scenario has no lever in force, the baseline stands for both.
    population : the schools, already sampled.
    engine : which engine runs the arms. They give the same.
    mechanisms : rules of both arms; only SimPy takes replaced ones.
    reading : of the evidence, if not the one that view and draw stand for.
    keep : the no-policy arm, for later runs.
    """
    started = time.process_time()
    plain = read_evidence(scenario, pair.view, pair.draw, scenario.run.seed) if reading is None else reading
    draw = replace(plain, mechanisms=mechanisms)
    world = World(population, baseline, draw, pair.replication, engine, keep)
    one = world.run(scenario)
    policy_inputs = world.policy_inputs(scenario, draw, one)
    acts = policy_inputs.policy.first_year < policy_inputs.n_years
    other = one.policy(policy_inputs) if acts else one.outcome
    base_inputs, group = one.inputs, one.inputs.schools.group
    return PairResult(
        pair=pair,
        cells=base_inputs.cells,
        baseline=yearly(one.outcome.tally),
        policy=yearly(other.tally),
        baseline_calendar=yearly(one.outcome.tally, "calendar"),
        groups=base_inputs.groups,
        baseline_groups=one.outcome.groups,
        policy_groups=other.groups,
        group_schools=np.bincount(group, minlength=len(base_inputs.groups)),
        group_pupils=np.bincount(group, population.pupils, len(base_inputs.groups)).astype(np.int64),
        values=draw.values,
        hours=base_inputs.schools.base_hours,
        is_secondary=base_inputs.schools.is_secondary,
        school_weight=population.weight * population.council_weight,
        n_schools=population.n_schools,
        seconds=time.process_time() - started,
    )


@dataclass(frozen=True)
class World:
    """One world: a reading of the evidence, a replication, schools, a law and its shocks, without a policy."""

    population: Population
    baseline: Scenario
    draw: Draw
    replication: int
    engine: EngineName = "compiled"
    keep: bool = True  # its no-policy arm for later runs

    @property
    def key(self) -> tuple[object, ...]:
        """Everything that its no-policy arm depends on: not prices, and routes only where a shock acts on pupils."""
        unread = _prices() if self.is_stressed else ONLY_POLICY_READS | _prices()
        values = tuple(sorted((n, v) for n, v in self._stressed_draw().values.items() if n not in unread))
        vectors, paths = (tuple(sorted(found.items())) for found in (self.draw.vectors, self.draw.paths))
        rules = tuple(self.draw.mechanisms.facts().items())
        law = self.baseline.without_question().fingerprint()
        where = (self.population.fingerprint, self.replication, self.engine)
        return (*where, law, values, vectors, paths, str(rules))

    @property
    def is_stressed(self) -> bool:
        """Whether its no-policy arm is compared with one without its shocks and duties, like a policy."""
        return self.baseline.reference == "unshocked" and self.baseline != self.baseline.calm()

    def _stressed_draw(self) -> Draw:
        """The reading of the evidence of a stressed arm: what is off in the policy arm is off in it too."""
        off = neutral_routes(self.baseline.routes_off) if self.is_stressed else {}
        return self.draw.with_values(off)

    def run(self, scenario: Scenario) -> Baseline:
        """The no-policy arm, run once: the last one is kept, and the state from which a policy goes on.

        Parameters
        ----------
        scenario : whose first year of policy is where arms part.
        """
        year, key = first_year_of(scenario), self.key
        kept = _LAST.get(key)
        if kept is None or (kept.fork is not None and kept.first_year > year):  # a later policy goes on from it too
            _LAST.clear()
            kept = _LAST[key] = self._found_or_run(year)
        return kept

    def _found_or_run(self, year: int) -> Baseline:
        """The no-policy arm from the cache, if it holds it; else run, and kept there. Not those of replaced rules."""
        cache = cache_of_baselines() if self.keep and not self.draw.mechanisms.replaced else None
        if cache is None:
            return self._run(year)
        found = cache.find(self.key, self.engine, self.inputs(self.baseline), year)
        if found is None:
            found = self._run(year)
            check_as_read()  # nor is the pair kept
            cache.save(self.key, found)
        return found

    def _run(self, year: int) -> Baseline:
        if self.is_stressed:
            calm = World(self.population, self.baseline.calm(), self.draw, self.replication, self.engine)
            reference = run_baseline(self.engine, calm.inputs(calm.baseline), calm.baseline.simulated_years).outcome
            stressed = self.inputs(self.baseline, self._stressed_draw(), reference.reference)
            return Baseline(self.engine, stressed, engine_named(self.engine)(stressed), stressed.n_years)
        return run_baseline(self.engine, self.inputs(self.baseline), year)

    def inputs(
        self, arm: Scenario, draw: Draw | None = None, reference: Reference | None = None, years: int | None = None
    ) -> Inputs:
        """Inputs of an arm, over all its years or so many."""
        return make_inputs(
            self.population,
            arm,
            self.draw if draw is None else draw,
            reference=reference,
            seed=arm.run.seed,
            replication=self.replication,
            n_years=arm.simulated_years if years is None else years,
        )

    def policy_inputs(self, scenario: Scenario, draw: Draw, baseline: Baseline) -> Inputs:
        """Inputs of a policy arm, with the routes that the scenario switches off at their neutral values."""
        reference = baseline.outcome.reference or baseline.inputs.reference
        return self.inputs(scenario, draw.with_values(neutral_routes(scenario.routes_off)), reference)


_LAST: dict[tuple[object, ...], Baseline] = {}
"""The no-policy arm that this process ran last. One of England with the state at its fork takes a gigabyte."""


@lru_cache(maxsize=1)
def _prices() -> frozenset[str]:
    """Parameters that are prices: no arm reads them."""
    register = load_register()
    return frozenset(name for name in register.names() if register.get(name).payer is not None)


def first_year_of(scenario: Scenario) -> int:
    """First year of the run in which a lever of the question may act; the number of years if none does."""
    starts = [parse_year(lever.start) - scenario.start_year for _, lever in scenario.levers.active()]
    return min([max(0, start) for start in starts], default=scenario.simulated_years)
