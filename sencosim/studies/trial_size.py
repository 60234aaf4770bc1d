"""How many clusters a trial needs to find what the model has, and which number is worth most beyond its cost."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import scipy

from sencosim.decisions.trial_design import Courses, resampled
from sencosim.decisions.trial_power import (
    Power,
    SizeFound,
    clusters_needed,
    power_by_simulation,
    sizes_between,
)
from sencosim.outcomes.catalogue import OUTCOME
from sencosim.report.charts.decisions import lines_chart
from sencosim.report.charts.style import Chart, Wording
from sencosim.report.words import MILLION, in_a_sentence, money
from sencosim.studies.trial_plan import Counted, TrialPlan
from sencosim.studies.trial_worth import Worths, worth_by_size

FEWEST, SIZES = 20, 9
"""Clusters of the smallest size tried, and number of sizes up to all clusters that there are."""
SLOW_CLUSTERS, FEWEST_SLOW, MOST_SLOW, SLOW_SIZES = 20_000, 20, 400, 5
"""Of a slow analysis: clusters analysed in all at one size, fewest trials, clusters of the largest size tried, and
number of sizes. A minute or so on one core."""


def to_log(plan: TrialPlan, courses: Courses) -> float:
    """What turns the standard error of an analysis into that of the log of a relative rate."""
    if plan.method == "gee_poisson":
        return 1.0
    before = plan.baseline_years
    rates = courses.events[:, before:, 0].sum(axis=1) / courses.exposure[:, before:].sum(axis=1)
    return 1.0 / float(rates.mean()) if rates.mean() > 0.0 else math.nan


def size_of(plan: TrialPlan, counted: Counted, most: int, n_trials: int, wanted: float) -> SizeFound:
    """The number of clusters that finds the modelled effect, from power simulated at several sizes.

    Clusters are drawn with replacement from those that were run, so a trial may be larger than the sample. Cluster
    means are quick at every size; a mixed model of thousands of clusters takes seconds, so its curve is carried on from
    smaller trials.

    Parameters
    ----------
    plan, counted
        The trial, and its clusters.
    most
        Clusters that there are.
    n_trials, wanted
        Simulated trials of each size; wanted power. [share]
    """
    seed, quick = plan.scenario.run.seed, plan.method == "cluster_means"

    def power_at(n: int) -> Power:
        trials = n_trials if quick else min(n_trials, max(FEWEST_SLOW, SLOW_CLUSTERS // n))
        simulate = resampled(counted.courses[plan.outcome], n, seed)
        return power_by_simulation(simulate, plan.schedule(n), plan.method, n_trials=trials, seed=seed)

    sizes = sizes_of(plan, most) if quick else sizes_of(plan, min(most, MOST_SLOW), SLOW_SIZES)
    return clusters_needed(power_at, sizes, wanted=wanted, most=most, multiple=plan.multiple)


def sizes_of(plan: TrialPlan, most: int, number: int = SIZES) -> list[int]:
    """Numbers of clusters from a small trial to the most."""
    return sizes_between(min(FEWEST, most - most % plan.multiple), most, plan.multiple, number)


def by_size(plan: TrialPlan, size: SizeFound, most: int, given: Worths, wanted: float) -> pd.DataFrame:
    """Power, smallest effect, worth and cost by number of clusters: the worth less the cost has an optimum.

    Returns
    -------
        The columns of :func:`sencosim.studies.trial_worth.worth_by_size`, ``power`` by the probit curve, and
        ``smallest_effect``, which a normal test finds as often as wanted. [shares]
    """
    one = size.error_of_one * to_log(plan, given.counted.courses[plan.outcome])
    if not one > 0.0:
        return pd.DataFrame()
    table = worth_by_size(plan, sizes_of(plan, most), one, given)
    distance = float(scipy.special.ndtri(0.975) + scipy.special.ndtri(wanted))
    table.insert(2, "power", [size.power(n) for n in table["clusters"]])
    table.insert(3, "smallest_effect", 1.0 - np.exp(-distance * table["standard_error"]))
    return table


def size_sentence(plan: TrialPlan, size: SizeFound, wanted: float) -> str:
    """What it takes to find the modelled effect, or that no trial does."""
    if size.clusters is None:
        return (
            f"No trial of this kind finds the modelled effect in {wanted:.0%} of cases: with {size.most:,} "
            f"{plan.cluster}s, all that there are, it would in {size.power(size.most):.0%}. Count something that the "
            "policy moves more, or count for longer."
        )
    largest = int(size.tried["clusters"].max())
    beyond = f", beyond the largest size simulated, {largest:,}" if size.clusters > largest else ""
    interval = "" if math.isnan(size.low) else f" (95 % interval {size.low:,.0f} to {size.high:,.0f}{beyond})"
    needed = f"about {size.clusters:,} {plan.cluster}s{interval}"
    return (
        f"To find the modelled effect in {wanted:.0%} of cases takes {needed}, by one curve through the power at all "
        "sizes tried (power_by_clusters.csv)."
    )


def best_size_sentence(plan: TrialPlan, table: pd.DataFrame) -> str:
    """Which size of trial is worth most beyond its cost."""
    top = table.iloc[int(table["net_value_gbp"].argmax())]
    if not top["net_value_gbp"] > 0.0:
        return "A trial of no size is worth its cost (worth_by_clusters.csv)."
    return (
        f"Worth most beyond its cost is a trial of about {top['clusters']:,.0f} {plan.cluster}s: "
        f"{money(top['value_gbp'])} against {money(top['cost_gbp'])} (worth_by_clusters.csv)."
    )


def size_chart(plan: TrialPlan, table: pd.DataFrame, source: str) -> Chart:
    """Worth of the trial's result less its cost, by number of clusters."""
    top = table.iloc[int(table["net_value_gbp"].argmax())]
    pays = top["net_value_gbp"] > 0.0
    words = Wording(
        "worth_by_clusters",
        f"A trial of {top['clusters']:,.0f} {plan.cluster}s is worth most beyond its cost"
        if pays
        else "A trial of no size is worth its cost for the choice",
        f"Worth of the result for the choice, cost and what is left, GBP million, by number of {plan.cluster}s; "
        f"counted: {in_a_sentence(OUTCOME[plan.outcome].title)}",
        source,
    )
    names = {"net_value_gbp": "worth less cost", "value_gbp": "worth", "cost_gbp": "cost"}
    shown = table[["clusters", *names]].rename(columns=names)
    by = f"Number of {plan.cluster}s in the trial"
    return lines_chart(words, shown, "clusters", by, "GBP million", scale=MILLION, log=True)
