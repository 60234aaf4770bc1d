"""The size of trial that would find what the model has: searched for, drawn, and said plainly where there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from sencosim.decisions.trial_design import thinned
from sencosim.decisions.trial_power import (
    Power,
    SizeFound,
    SmallestEffect,
    clusters_needed,
    clusters_projected,
    detectable_by_size,
    power_by_simulation,
    smallest_effect,
)
from sencosim.report.charts.decisions import detectable_chart
from sencosim.report.charts.style import Chart, Wording
from sencosim.studies.trial_courses import Counted, TrialPlan, simulator_of

FEWEST = 20
"""Clusters that a search begins with."""
SIZES = (50, 200, 1000, 5000)
"""Numbers of clusters at which the smallest effect found is simulated, as far as there are so many."""
EFFECTS = (0.02, 0.04, 0.08, 0.15, 0.3, 0.6)
"""Shares of events avoided that are tried there."""
PILOT = 100
"""Clusters that a projection begins with, as far as there are so many."""
SLOW_CLUSTERS, FEWEST_SLOW = 60_000, 20
"""Of a slow analysis: clusters analysed in all at one size, and fewest trials. A minute or so on one core."""
TRIALS_OF_A_CURVE = 60
"""Simulated trials for each point of the curve at most: it is a drawing, the search is what is quoted."""


@dataclass(frozen=True)
class Sized:
    """What it takes."""

    found: SizeFound  # of the search for the modelled effect
    detectable: pd.DataFrame  # smallest effect found, by number of clusters; empty of a slow analysis
    wanted: float  # power [share]


def size_of(plan: TrialPlan, counted: list[Counted], most: int, n_trials: int, seed: int, wanted: float) -> Sized:
    """Search for the number of clusters that finds the modelled effect, and draw what others would find.

    Clusters are drawn with replacement from those that were run, so a trial may be larger than the sample. Only cluster
    means are fast enough for a search: a mixed model of thousands of clusters takes seconds, and a search needs
    thousands of them. Sizes of the others are projected from a few.

    Parameters
    ----------
    plan
        The trial.
    counted
        Both courses of every cluster, replication by replication.
    most
        Clusters that there are.
    n_trials, seed, wanted
        Simulated trials of each size; seed; wanted power. [share]
    """

    def power_at(n: int) -> Power:
        fewer = n_trials if plan.method == "cluster_means" else min(n_trials, max(FEWEST_SLOW, SLOW_CLUSTERS // n))
        simulate = simulator_of(counted, n, seed)
        return power_by_simulation(simulate, plan.schedule(n), plan.method, n_trials=fewer, seed=seed)

    def smallest_at(n: int) -> SmallestEffect:
        simulate = simulator_of(counted, n, seed)
        return smallest_effect(
            lambda size: thinned(simulate, 1.0 - size, seed),
            EFFECTS,
            plan.schedule(n),
            plan.method,
            n_trials=min(n_trials, TRIALS_OF_A_CURVE),
            seed=seed,
            wanted_power=wanted,
        )

    among: dict[str, Any] = {"wanted": wanted, "most": most, "multiple": plan.multiple}
    if plan.method != "cluster_means":
        found = clusters_projected(power_at, least=min(PILOT, most - most % plan.multiple), **among)
        return Sized(found, detectable_by_size(smallest_at, ()), wanted)
    found = clusters_needed(power_at, least=FEWEST, **among)
    sizes = [n - n % plan.multiple for n in SIZES if n <= most]
    return Sized(found, detectable_by_size(smallest_at, sizes), wanted)


def size_sentence(plan: TrialPlan, size: Sized) -> str:
    """What it takes to find the modelled effect, or that no trial does."""
    found = size.found
    if found.clusters is None:
        return (
            f"No trial of this kind finds the modelled effect in {size.wanted:.0%} of cases: with {found.most:,} "
            f"{plan.cluster}s, all that there are, it would in {found.best_power:.0%}. Count something that the policy "
            "moves more, or count for longer."
        )
    takes = f"To find the modelled effect in {size.wanted:.0%} of cases takes about {found.clusters:,} {plan.cluster}s"
    if not found.projected:
        return f"{takes} (found by search; smaller and larger trials are in power_by_clusters.csv)."
    last = found.tried[found.tried["monte_carlo_error"].notna()].iloc[-1]
    return (
        f"{takes}, projected from the error of the estimate in smaller and larger trials; {last['clusters']:,.0f} "
        f"{plan.cluster}s, simulated, find it in {last['power']:.0%} (simulation error "
        f"{last['monte_carlo_error']:.0%})."
    )


def size_chart(plan: TrialPlan, modelled: float, size: Sized) -> Chart:
    """Smallest effect found by number of clusters, beside the modelled one. [share of events]"""
    last = size.detectable.dropna().iloc[-1]
    words = Wording(
        "smallest_effect_by_clusters",
        f"With {last['clusters']:,.0f} {plan.cluster}s the smallest effect found is {last['effect']:.0%} of events",
        f"Smallest share of {plan.outcome.replace('_', ' ')} avoided that a trial finds in {size.wanted:.0%} of cases, "
        f"by number of {plan.cluster}s; band: 95 % for the number of simulated trials. Orange: the effect that the "
        "model makes of the evidence at its point values",
        "Source: sencosim, trials simulated from runs of this ensemble's policy.",
    )
    return detectable_chart(words, size.detectable, modelled, plan.cluster)
