"""What a trial of a policy could count: by outcome, how large the modelled effect is and how many clusters find it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import pandas as pd

from sencosim.analysis.outcomes import OUTCOME, OUTCOMES
from sencosim.decisions.trial_design import parallel
from sencosim.decisions.trial_power import Power, power_by_simulation
from sencosim.decisions.trial_size import clusters_projected
from sencosim.ensembles.trial_courses import Counted, TrialPlan, resampler_of
from sencosim.report.words import in_a_sentence

PILOT = 400
"""Clusters of the first simulated trials."""
SET_BY_POLICY = frozenset({"posts_full_time", "added_senco_hours"})
"""What a policy gives, not what comes of it: nobody needs a trial for that."""
COUNTABLE = tuple(one.name for one in OUTCOMES if not one.per and one.name not in SET_BY_POLICY)
"""Outcomes that are plain counts, so that a trial can count them by cluster."""
_SAID = 4
COLUMNS = ("outcome", "title", "rate", "change", "clusters", "power_of_all")


def screen(
    counted: Sequence[Mapping[str, Counted]],
    plan: TrialPlan,
    *,
    most: int,
    n_trials: int,
    seed: int,
    wanted: float,
) -> pd.DataFrame:
    """Size a parallel trial, analysed by cluster means, for everything that could be counted.

    Parameters
    ----------
    counted
        Both courses of every cluster by outcome, replication by replication.
    plan
        The trial.
    most
        Clusters that there are.
    n_trials, seed, wanted
        Simulated trials of each size; seed; wanted power. [share]

    Returns
    -------
        One row an outcome, easiest first: ``rate`` without the policy [per pupil-year], ``change`` [share of it],
        ``clusters`` that find the change (NaN if there are not so many) and ``power_of_all``: power with all clusters
        that there are, where they are too few.
    """
    rows = [_row(name, [one[name] for one in counted], plan, most, n_trials, seed, wanted) for name in COUNTABLE]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    return table.sort_values(["clusters", "power_of_all"], ascending=[True, False], ignore_index=True)


def _row(
    name: str, counted: list[Counted], plan: TrialPlan, most: int, n_trials: int, seed: int, wanted: float
) -> tuple[object, ...]:
    before = plan.baseline_years

    def power_at(n: int) -> Power:
        schedule = parallel(n, plan.years, before)
        return power_by_simulation(
            resampler_of(counted, n, seed), schedule, "cluster_means", n_trials=n_trials, seed=seed
        )

    found = clusters_projected(power_at, wanted=wanted, least=min(PILOT, most - most % 2), most=most)
    exposure = sum(float(one.exposure[:, before:].sum()) for one in counted)
    without, policy = (sum(float(one.events[:, before:, arm].sum()) for one in counted) for arm in (0, 1))
    short = math.nan if found.clusters is not None else float(found.tried["power"].iloc[-1])
    clusters = math.nan if found.clusters is None else found.clusters
    change = policy / without - 1.0 if without > 0.0 else math.nan
    return name, OUTCOME[name].title, without / exposure, change, clusters, short


def easiest(table: pd.DataFrame) -> str | None:
    """Outcome that takes the fewest clusters; ``None`` if there are not enough for any."""
    enough = table.dropna(subset="clusters")
    return None if enough.empty else str(enough["outcome"].iloc[0])


def screen_sentence(table: pd.DataFrame, plan: TrialPlan, wanted: float) -> str:
    """What could be counted, in one sentence."""
    enough = table.dropna(subset="clusters")
    if enough.empty:
        return (
            f"Nothing that could be counted is moved enough for a trial to find it in {wanted:.0%} of cases with all "
            f"the {plan.cluster}s that there are (what_to_count.csv)."
        )
    listed = "; ".join(
        f"{in_a_sentence(title)} ({change:+.1%}: {clusters:,.0f} {plan.cluster}s)"
        for title, change, clusters in enough[["title", "change", "clusters"]].head(_SAID).to_numpy().tolist()
    )
    more = len(enough) - _SAID
    rest = f"; and {more} more" if more > 0 else ""
    short = len(table) - len(enough)
    none = f" For {short} others there are not enough {plan.cluster}s in England." if short else ""
    return (
        f"What a trial could find in {wanted:.0%} of cases, with the effect that the model makes of the evidence and a "
        f"comparison of cluster means: {listed}{rest} (what_to_count.csv).{none}"
    )
