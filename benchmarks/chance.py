"""What keyed chance saves: the spread of a paired difference against that of independent runs, for shipped policies.

Every decision of both arms draws the same number, because numbers are keyed by what is decided, for whom and which
time. So the difference of two arms of one replication varies far less than that of two arms of unrelated replications,
whose variance is the sum of the two arms' own.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.stats import norm

from benchmarks.workload import SEED, VIEW, scenario_of
from sencosim.arms.inputs import FloatArray
from sencosim.engine.outcome import Outcome as Counts
from sencosim.engine.pair import World, read_evidence
from sencosim.ledger.table import yearly
from sencosim.model import baseline_of
from sencosim.outcomes.catalogue import OUTCOMES, Outcome
from sencosim.population.sampling import only_councils
from sencosim.population.schools import Population
from sencosim.population.synthetic import synthetic_england
from sencosim.scenario.schema import Scenario
from sencosim.vocabulary import COLUMN

POLICIES = ("protected_time", "slt_seat", "admin_support", "full_time", "combined", "race_to_bottom")
WATCHED = ("requests", "permanent_exclusions", "support_reviews_done", "plans_within_20_weeks", "appeals")
"""Outcomes of the table: work of schools, then crises, then waits that councils decide, then disputes."""
COVERS = 0.8
"""Share of the interval around a ratio."""


def outcomes_by_replication(council: str, years: int, count: int, scenarios: Sequence[str]) -> dict[str, Any]:
    """Run the baseline and the policies on one whole council, in many replications.

    Returns
    -------
        Number of schools, and a row for each scenario and outcome: see :func:`gain`.
    """
    schools = only_councils(synthetic_england(), [council])
    rows: list[dict[str, Any]] = []
    for name in scenarios:
        scenario = scenario_of(name, years)
        base, policy = _values(schools, scenario, count)
        rows += [
            {"scenario": name, "outcome": outcome.name} | gain(base[:, column], policy[:, column])
            for column, outcome in enumerate(watched())
        ]
    return {"schools": schools.n_schools, "rows": rows}


def _values(schools: Population, scenario: Scenario, count: int) -> tuple[FloatArray, FloatArray]:
    """The watched outcomes of both arms in each replication. [shape (n_replications, n_outcomes) each]"""
    draw = read_evidence(scenario, VIEW, 0, SEED)
    base, policy = [], []
    for replication in range(count):
        world = World(schools, baseline_of(scenario), draw, replication)
        one = world.run(scenario)
        base.append(_watched_of(one.outcome, scenario))
        policy.append(_watched_of(one.policy(world.policy_inputs(scenario, draw, one)), scenario))
    return np.array(base), np.array(policy)


def _watched_of(found: Counts, scenario: Scenario) -> list[float]:
    """The watched outcomes of one arm over the horizon."""
    first = scenario.horizon.first - scenario.start_year
    sums = yearly(found.tally)[:, first:, :].sum(axis=(0, 1)).astype(np.float64)
    return [outcome_of(sums, outcome) for outcome in watched()]


def watched() -> list[Outcome]:
    """The outcomes of the table, in its order."""
    by_name = {outcome.name: outcome for outcome in OUTCOMES}
    return [by_name[name] for name in WATCHED]


def outcome_of(sums: FloatArray, outcome: Outcome) -> float:
    """One outcome from counts of all quantities."""
    above = sum(sums[COLUMN[name]] for name in outcome.of)
    below = sum(sums[COLUMN[name]] for name in outcome.per) if outcome.per else 1.0
    return float(outcome.scale * above / below)


def gain(baseline: FloatArray, policy: FloatArray) -> dict[str, float]:
    """How much less the paired difference varies than one of independent runs would.

    The ratio is (var b + var p) / var (p - b). It rises with the correlation of the arms alone, so its interval is
    that of the correlation (Fisher's z), carried over at the observed variances. Zero stands for a ratio that cannot
    be told: the difference does not vary at all.

    Parameters
    ----------
    baseline, policy
        Values by replication. [shape (n,), n >= 4]
    """
    n = baseline.size
    var_b, var_p = float(baseline.var(ddof=1)), float(policy.var(ddof=1))
    paired = float((policy - baseline).var(ddof=1))
    found = {
        "replications": n,
        "mean_difference": float((policy - baseline).mean()),
        "variance_independent": var_b + var_p,
        "variance_paired": paired,
        "gain": 0.0,
        "gain_low": 0.0,
        "gain_high": 0.0,
    }
    if paired <= 0.0 or min(var_b, var_p) <= 0.0:
        return found
    spread = 2.0 * math.sqrt(var_b * var_p)
    correlation = (var_b + var_p - paired) / spread
    step = float(norm.ppf(0.5 + COVERS / 2.0)) / math.sqrt(n - 3)
    z = math.atanh(min(correlation, 1.0 - 1e-15))
    low, high = ((var_b + var_p) / (var_b + var_p - spread * math.tanh(z + sign * step)) for sign in (-1, 1))
    return found | {"gain": (var_b + var_p) / paired, "gain_low": low, "gain_high": high}
