"""The size of trial that would find what the model has: searched for, drawn, and said plainly where there is none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sencosim.decisions.trial_analysis import Analysis
from sencosim.decisions.trial_design import thinned
from sencosim.decisions.trial_power import Power, SmallestEffect, power_by_simulation, smallest_effect
from sencosim.decisions.trial_size import SizeFound, clusters_needed, clusters_projected, detectable_by_size
from sencosim.ensembles.trial_courses import Counted, TrialPlan, resampler_of
from sencosim.report.charts.style import Chart, Wording
from sencosim.report.charts.trial import detectable_chart

Flags = npt.NDArray[np.bool_]
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
_NO_CURVE = detectable_by_size(lambda _: SmallestEffect(0.0, 0.0, 0.0, pd.DataFrame()), ())
"""No curve is drawn of a slow analysis."""


@dataclass(frozen=True)
class Sized:
    """What it takes.

    Attributes
    ----------
    found
        Of the search for the modelled effect.
    detectable
        Smallest effect found, by number of clusters.
    wanted
        Power. [share]
    """

    found: SizeFound
    detectable: pd.DataFrame
    wanted: float


@dataclass(frozen=True)
class Sizing:
    """How trials of any size are simulated.

    Attributes
    ----------
    schedule
        From a number of clusters to who has the policy when.
    method
        The analysis.
    multiple
        A number of clusters must be one of this.
    most
        Clusters that there are.
    """

    schedule: Callable[[int], Flags]
    method: Analysis
    multiple: int
    most: int


def size_of(sizing: Sizing, counted: list[Counted], n_trials: int, seed: int, wanted: float) -> Sized:
    """Search for the number of clusters that finds the modelled effect, and draw what others would find.

    Clusters are drawn with replacement from those that were run, so a trial may be larger than the sample.
    """

    def power_at(n: int) -> Power:
        fewer = n_trials if sizing.method == "cluster_means" else min(n_trials, max(FEWEST_SLOW, SLOW_CLUSTERS // n))
        return power_by_simulation(
            resampler_of(counted, n, seed), sizing.schedule(n), sizing.method, n_trials=fewer, seed=seed
        )

    def smallest_at(n: int) -> SmallestEffect:
        simulate = resampler_of(counted, n, seed)
        return smallest_effect(
            lambda size: thinned(simulate, 1.0 - size, seed),
            EFFECTS,
            sizing.schedule(n),
            sizing.method,
            n_trials=min(n_trials, TRIALS_OF_A_CURVE),
            seed=seed,
            wanted_power=wanted,
        )

    among: dict[str, Any] = {"wanted": wanted, "most": sizing.most, "multiple": sizing.multiple}
    if sizing.method != "cluster_means":
        return Sized(
            clusters_projected(power_at, least=min(PILOT, sizing.most - sizing.most % sizing.multiple), **among),
            _NO_CURVE,
            wanted,
        )
    found = clusters_needed(power_at, least=FEWEST, **among)
    sizes = [n - n % sizing.multiple for n in SIZES if n <= sizing.most]
    return Sized(found, detectable_by_size(smallest_at, sizes), wanted)


def size_sentences(plan: TrialPlan, size: Sized) -> tuple[str, ...]:
    """What it takes to find the modelled effect, and that the default has it or cannot."""
    found = size.found
    if found.clusters is None:
        return (
            f"No trial of this kind finds the modelled effect in {size.wanted:.0%} of cases: with {found.most:,} "
            f"{plan.cluster}s, all that there are, it would in {found.best_power:.0%}. Count something that the policy "
            "moves more, or count for longer.",
        )
    if found.projected:
        last = found.tried[found.tried["monte_carlo_error"].notna()].iloc[-1]
        return (
            f"To find the modelled effect in {size.wanted:.0%} of cases takes about {found.clusters:,} "
            f"{plan.cluster}s, projected from the error of the estimate in smaller and larger trials; "
            f"{last['clusters']:,.0f} {plan.cluster}s, simulated, find it in {last['power']:.0%} (simulation error "
            f"{last['monte_carlo_error']:.0%}).",
        )
    return (
        f"To find the modelled effect in {size.wanted:.0%} of cases takes about {found.clusters:,} {plan.cluster}s "
        "(found by search; smaller and larger trials are in power_by_clusters.csv).",
    )


def size_chart(plan: TrialPlan, modelled: float, size: Sized) -> Chart:
    """Smallest effect found by number of clusters."""
    known = size.detectable.dropna()
    last = known.iloc[-1]
    words = Wording(
        "smallest_effect_by_clusters",
        f"With {last['clusters']:,.0f} {plan.cluster}s the smallest effect found is {last['effect']:.0%} of events",
        f"Smallest share of {plan.outcome.replace('_', ' ')} avoided that a trial finds in {size.wanted:.0%} of cases, "
        f"by number of {plan.cluster}s; band: 95 % for the number of simulated trials. Orange: the effect that the "
        "model makes of the evidence at its point values",
        "Source: sencosim, trials simulated from runs of this ensemble's policy.",
    )
    return detectable_chart(words, size.detectable, modelled, plan.cluster)
