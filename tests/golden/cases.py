"""What is frozen: for each group its cases, and how each is run."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import numpy as np
from engine.small_worlds import COMBINED, EVERYTHING, HARTLEPOOL, NORFOLK, Arms, england, scenario, small_arms
from golden.engines import EngineName, Outcome, run_arms, run_world
from golden.frozen import Cases
from golden.prints import (
    Prints,
    digest,
    of_array,
    of_counts,
    of_evidence,
    of_fields,
    of_outcome,
    of_reference,
    sorted_trace,
)
from golden.worlds import GOLDEN_WORLDS, MORE_WORLDS, world

from sencosim.arms.inputs import Inputs
from sencosim.arms.prepare import make_inputs
from sencosim.cli.settings import with_settings
from sencosim.engine.pair import Pair, PairResult, read_evidence, run_pair
from sencosim.ensembles.conduct import Where, ensemble_of
from sencosim.ensembles.question import drawn
from sencosim.ensembles.store import store_for
from sencosim.model import RunOptions, baseline_of, run_scenario
from sencosim.population.sampling import only_councils
from sencosim.population.schools import Population
from sencosim.runs.totals import PairTotals
from sencosim.scenario.files import shipped_scenarios
from sencosim.scenario.load import load_scenario
from sencosim.scenario.schema import Scenario
from sencosim.units import TERMS_PER_YEAR, term_start

# -- worlds ---------------------------------------------------------------------------------------------------------


def world_prints(number: int, engine: EngineName = "compiled") -> Prints:
    """A small world by its number."""
    return of_outcome(run_world(world(number), engine))


def worlds() -> Cases:
    return {str(number): world_prints(number) for number in range(GOLDEN_WORLDS + MORE_WORLDS)}


# -- whole councils -------------------------------------------------------------------------------------------------

COUNCILS = {"Hartlepool": HARTLEPOOL, "Norfolk": NORFOLK}
POLICIES = {"combined": COMBINED, "everything": EVERYTHING}
COUNCIL_CASES = tuple(f"{council} {policy}" for council in COUNCILS for policy in POLICIES)
YEARS = 5


def council_arms(case: str) -> Arms:
    """A whole council for five years."""
    council, policy = case.split()
    schools = only_councils(england(), (COUNCILS[council],))
    return small_arms(schools, scenario(**POLICIES[policy]), years=YEARS)


def by_time(outcome: Outcome) -> Prints:
    """Tally and trace by term, groups by year, so that the first difference in time shows."""
    trace = sorted_trace(outcome.trace)
    found: Prints = {}
    for term in range(outcome.tally.shape[1]):
        first, last = np.searchsorted(trace[:, 0], (term_start(term), term_start(term + 1)))
        end = None if term + 1 == outcome.tally.shape[1] else last
        found[f"trace {term}"] = of_array(trace[first:end])
        found[f"tally {term}"] = of_counts(outcome.tally[:, term])
    for year in range(outcome.tally.shape[1] // TERMS_PER_YEAR):
        found[f"groups {year}"] = of_counts(outcome.groups[:, year])
    return found | of_reference(outcome)


def council_prints(case: str, engine: EngineName = "compiled") -> Prints:
    return by_time(run_world(council_arms(case), engine))


def councils() -> Cases:
    return {case: council_prints(case) for case in COUNCIL_CASES}


# -- all schools of England -----------------------------------------------------------------------------------------


def national() -> Cases:
    """Baseline and full time, as the first pair of a run has them."""
    policy = load_scenario("full_time").scenario
    schools, seed = england(), policy.run.seed
    draw = read_evidence(policy, policy.view, 0, seed)

    def inputs(arm: Scenario) -> Inputs:
        years = policy.simulated_years
        return make_inputs(schools, arm, draw, seed=seed, replication=0, n_years=years)

    arms = run_arms(Arms(inputs(baseline_of(policy)), inputs(policy)))
    return {name: by_time(arm) for name, arm in zip(("baseline", "full_time"), arms, strict=True)}


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
        result = run_pair(pair, short, baseline_of(short), _few_councils(), engine)
        found |= {f"{words}: {part}": one for part, one in pair_prints(result).items()}
    return found


def scenarios() -> Cases:
    return {name: scenario_prints(name) for name in shipped_scenarios()}


# -- what runs and ensembles store ----------------------------------------------------------------------------------

SETTINGS = {"horizon.years": "4", "run.draws": "2", "run.replications": "1", "views": "[central, sceptic]"}
SAMPLE = {"run.sample": "0.005", "run.sampling": "schools", "run.draws": "1", "views": "[central]"}
RUTLAND = RunOptions(councils=("Rutland",), workers=1)
RUNS: dict[str, tuple[dict[str, str], RunOptions]] = {
    "Rutland": (SETTINGS, RUTLAND),
    "a sample of schools": (SETTINGS | SAMPLE, RunOptions(workers=1)),
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
        store = store_for(question, Path(folder))
        ensemble_of(question, store, Where(1), lambda _: None)
        kept = store.read()
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
