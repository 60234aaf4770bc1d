"""What is frozen: for each group its cases, and how each is run."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import numpy as np
from engine.small_worlds import england
from golden.engines import Arms, EngineName, Outcome, run_world
from golden.frozen import Cases
from golden.prints import (
    Prints,
    digest,
    of_arms,
    of_array,
    of_counts,
    of_evidence,
    of_fields,
    of_records,
    of_reference,
    sorted_trace,
)
from golden.worlds import COUNCIL_CASES, GOLDEN_WORLDS, MORE_WORLDS, council, keyed_evidence, world

from sencosim.engine.pair import Pair, PairResult, World, read_evidence, run_pair
from sencosim.experiment.jobs import REFERENCE, asked
from sencosim.experiment.pool import Where
from sencosim.experiment.totals import PairTotals
from sencosim.model import RunOptions, baseline_of, run_scenario
from sencosim.population.sampling import only_councils
from sencosim.population.schools import Population
from sencosim.scenario.files import shipped_scenarios
from sencosim.scenario.load import load_scenario
from sencosim.scenario.schema import Scenario
from sencosim.studies.draws import ensemble_of, folder_of
from sencosim.studies.question import drawn
from sencosim.terminal.settings import with_settings
from sencosim.units import TERMS_PER_YEAR, term_start

# -- worlds ---------------------------------------------------------------------------------------------------------


def world_prints(number: int, engine: EngineName = "compiled") -> Prints:
    """A small world by its number."""
    return of_arms(run_world(world(number), engine))


def worlds() -> Cases:
    return {str(number): world_prints(number) for number in range(GOLDEN_WORLDS + MORE_WORLDS)}


# -- whole councils -------------------------------------------------------------------------------------------------


def by_time(outcome: Outcome) -> Prints:
    """Trace, tally and the tables of a no-policy arm by term, groups by year: the first difference in time shows."""
    n_terms = outcome.tally.shape[1]
    found: Prints = {} if not outcome.trace else _trace_by_term(outcome, n_terms)
    for term in range(n_terms):
        found[f"tally {term}"] = of_counts(outcome.tally[:, term])
        if outcome.reference is not None:
            found[f"schools {term}"] = of_records(outcome.reference.schools.reshape(-1, n_terms)[:, term])
    for year in range(n_terms // TERMS_PER_YEAR):
        found[f"groups {year}"] = of_counts(outcome.groups[:, year])
    return found | of_reference(outcome.reference)


def _trace_by_term(outcome: Outcome, n_terms: int) -> Prints:
    trace = sorted_trace(outcome.trace)
    ends = [*np.searchsorted(trace[:, 0], [term_start(term) for term in range(n_terms)]).tolist(), len(trace)]
    return {f"trace {term}": of_array(trace[ends[term] : ends[term + 1]]) for term in range(n_terms)}


def of_arms_by_time(arms: Arms) -> Prints:
    return {f"{arm} {part}": one for arm, outcome in arms.named() for part, one in by_time(outcome).items()}


def council_prints(case: str, engine: EngineName = "compiled") -> Prints:
    return of_arms_by_time(run_world(council(case), engine))


def councils() -> Cases:
    return {case: council_prints(case) for case in COUNCIL_CASES}


# -- all schools of England -----------------------------------------------------------------------------------------


def national() -> Cases:
    """The no-policy arm and full time, as the first pair of a run has them."""
    policy = as_run(load_scenario("full_time").scenario, Pair("central", 0, 0))
    draw = read_evidence(policy, "central", 0, policy.run.seed)
    of_world = World(england(), baseline_of(policy), draw, 0)
    base = of_world.run(policy)
    arms = Arms(base.outcome, base.policy(of_world.policy_inputs(policy, draw, base)))
    return {arm: by_time(outcome) for arm, outcome in arms.named()}


def as_run(scenario: Scenario, pair: Pair) -> Scenario:
    """A scenario as the headline of a run asks it: under its first law, in the reference form of the model."""
    return asked(scenario, scenario.baselines[0], REFERENCE, drawn=pair.draw > 0)


# -- shipped scenarios ----------------------------------------------------------------------------------------------

SCENARIO_COUNCILS = ("Rutland", "Torbay")
SCENARIO_PAIRS = {"point values": Pair("central", 0, 0), "a draw": Pair("sceptic", 3, 1)}


@lru_cache(maxsize=1)
def _few_councils() -> Population:
    return only_councils(england(), SCENARIO_COUNCILS)


def pair_prints(result: PairResult) -> Prints:
    """Inputs of a pair and what came out of both arms."""
    school = of_fields(result, ("hours", "school_weight", "group_schools", "group_pupils"))
    weights = [np.array([one.weight for one in rows]) for rows in (result.cells, result.groups)]
    return {
        "evidence": of_evidence(result.values),
        "schools": digest(*(part.encode() for part in (*school.values(), *map(of_array, weights)))),
        "baseline": of_counts(result.baseline),
        "policy": of_counts(result.policy),
        "calendar": of_counts(result.baseline_calendar),
        "baseline groups": of_counts(result.baseline_groups),
        "policy groups": of_counts(result.policy_groups),
    }


def scenario_prints(name: str, engine: EngineName = "compiled") -> Prints:
    """A shipped scenario in two councils to 2031/32, in which the pilot has ended, prepared as a run does.

    The seed is one with which the lot of the pilot falls on a council that is simulated.
    """
    shipped = load_scenario(name).scenario
    horizon = shipped.horizon.model_copy(update={"years": 5})
    short = shipped.model_copy(update={"horizon": horizon, "run": shipped.run.model_copy(update={"seed": 4})})
    found: Prints = {}
    for words, pair in SCENARIO_PAIRS.items():
        whole = as_run(short, pair)
        reading = keyed_evidence(whole, pair.view, pair.draw, whole.run.seed) if pair.draw else None
        result = run_pair(pair, whole, baseline_of(whole), _few_councils(), engine, reading=reading)
        found |= {f"{words}: {part}": one for part, one in pair_prints(result).items()}
    return found


def scenarios() -> Cases:
    return {name: scenario_prints(name) for name in shipped_scenarios()}


# -- what runs and ensembles store ----------------------------------------------------------------------------------

SETTINGS = {"horizon.years": "4", "run.draws": "2", "run.replications": "1", "views": "[central, sceptic]"}
SAMPLE = {"run.sample": "0.005", "run.sampling": "schools", "run.draws": "1", "views": "[central]"}
RUTLAND = RunOptions(councils=("Rutland",), workers=1, headline_only=True)
RUNS: dict[str, tuple[dict[str, str], RunOptions]] = {
    "Rutland": (SETTINGS, RUTLAND),
    "a sample of schools": (SETTINGS | SAMPLE, RunOptions(workers=1, headline_only=True)),
}
"""Settings and options by the name of the run."""
COUNTED = ("baseline", "policy", "calendar", "council_baseline", "council_policy", "group_baseline", "group_policy")
OTHER = ("councils", "council_weight", "group_schools", "group_pupils", "moved", "hours")


def totals_prints(totals: PairTotals) -> Prints:
    """What the store of a run keeps of a pair, apart from the seconds that it took."""
    keys = repr((totals.strata, totals.groups, totals.n_schools, totals.smallest))
    counted = {name: of_counts(getattr(totals, name)) for name in COUNTED}
    numbers = {"evidence": of_evidence(totals.values), "headline": of_array(totals.headline)}
    return counted | of_fields(totals, OTHER) | numbers | {"keys": digest(keys.encode())}


def runs() -> Cases:
    """Pairs as they are read from the store of a finished run."""
    found: Cases = {}
    for name, (settings, options) in RUNS.items():
        result = run_scenario(with_settings("full_time", settings), options)
        found |= {f"{name}, {totals.job.name}": totals_prints(totals) for totals in result.pairs()}
    return found


def ensembles() -> Cases:
    """Columns of a stored ensemble of draws: three points of two policies."""
    policies = {name: with_settings(name, {"horizon.years": "4"}).scenario for name in ("full_time", "everything")}
    question = drawn(policies, RUTLAND, {"central": 2, "sceptic": 1}, 1, 0.02)
    with tempfile.TemporaryDirectory() as folder:
        kept = ensemble_of(question, folder_of(question, Path(folder)), Where(1), lambda _: None)
    keys = {"keys": digest(kept.outcomes[["view", "draw", "arm", "replication"]].to_csv(index=False).encode())}
    outcomes = keys | {name: of_array(kept.outcomes[name].to_numpy(np.float64)) for name in kept.outcome_names}
    inputs = {name: of_array(kept.inputs[name].to_numpy(np.float64)) for name in kept.input_names}
    return {"inputs": {"all": of_joined(inputs)}, "outcomes": outcomes}


def of_joined(prints: Prints) -> str:
    """One digest of many."""
    return digest(*(f"{name}={one}".encode() for name, one in sorted(prints.items())))


GROUPS: dict[str, Callable[[], Cases]] = {
    "worlds": worlds,
    "councils": councils,
    "scenarios": scenarios,
    "runs": runs,
    "ensembles": ensembles,
    "national": national,
}
