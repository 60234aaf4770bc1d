"""What a trial of a policy could count: by outcome, how large the modelled effect is and how many clusters find it."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from sencosim.analysis.outcomes import OUTCOME, OUTCOMES
from sencosim.decisions.trial_design import parallel
from sencosim.decisions.trial_power import Power, power_by_simulation
from sencosim.decisions.trial_size import clusters_projected
from sencosim.ensembles.trial import Worths, worth_of_trial
from sencosim.ensembles.trial_courses import Counted, TrialPlan, resampler_of
from sencosim.report.words import in_a_sentence, money

PILOT = 400
"""Clusters of the first simulated trials."""
SET_BY_POLICY = frozenset({"posts_full_time", "added_senco_hours"})
"""What a policy gives, not what comes of it: nobody needs a trial for that."""
OF_SENCOS = frozenset({"overtime_hours", "senco_leavers", "posts_vacant"})
"""What happens to SENCOs, not to pupils: it can be counted, but is not what a trial is for."""
WORTH_COLUMNS = ("worth_gbp", "worth_se_gbp", "cost_gbp", "net_worth_gbp")
COUNTABLE = tuple(one.name for one in OUTCOMES if not one.per and one.name not in SET_BY_POLICY)
"""Outcomes that are plain counts, so that a trial can count them by cluster."""
_SAID = 4
COLUMNS = ("outcome", "title", "rate", "change", "clusters", "power_of_all", "log_error")


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
        ``clusters`` that find the change (NaN if there are not so many), ``power_of_all``: power with all clusters
        that there are, where they are too few, and ``log_error``: standard error of the estimate with ``clusters`` of
        them, as the log of a relative rate.
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
    change = policy / without - 1.0 if without > 0.0 else math.nan
    known = (name, OUTCOME[name].title, without / exposure, change)
    if found.clusters is None:
        return *known, math.nan, float(found.tried["power"].iloc[-1]), math.nan
    return *known, found.clusters, math.nan, power_at(found.clusters).mean_standard_error / (without / exposure)


def with_worth(table: pd.DataFrame, plan: TrialPlan, given: Worths) -> pd.DataFrame:
    """The table with what a trial of ``clusters`` would be worth for the choice, and what it would cost.

    Returns
    -------
        With ``worth_gbp``, ``worth_se_gbp``, ``cost_gbp`` and ``net_worth_gbp``. [GBP, present value; NaN where there
        are not enough clusters]
    """
    rows = [_worth(one, plan, given) for one in table.to_dict("records")]
    return table.assign(**pd.DataFrame(rows, columns=list(WORTH_COLUMNS), index=table.index))


def _worth(row: Mapping[Hashable, Any], plan: TrialPlan, given: Worths) -> tuple[float, ...]:
    if math.isnan(row["clusters"]) or not row["log_error"] > 0.0:
        return (math.nan,) * len(WORTH_COLUMNS)
    schedule = parallel(int(row["clusters"]), plan.years, plan.baseline_years)
    found = worth_of_trial(replace(plan, outcome=str(row["outcome"])), "parallel", schedule, row["log_error"], given)
    return tuple(float(found[name].iloc[0]) for name in ("value_gbp", "value_se_gbp", "cost_gbp", "net_value_gbp"))


def best(table: pd.DataFrame) -> str | None:
    """What to count if nobody says: what is worth most beyond its cost; else, of pupils' outcomes, what is easiest.

    ``None`` if a trial can find none of them.
    """
    enough = table.dropna(subset="clusters")
    paying = enough[enough["net_worth_gbp"] > 0.0]
    if not paying.empty:
        return str(paying.sort_values("net_worth_gbp", ascending=False)["outcome"].iloc[0])
    of_pupils = enough[~enough["outcome"].isin(OF_SENCOS)]
    return None if of_pupils.empty else str(of_pupils["outcome"].iloc[0])


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
        f"comparison of cluster means: {listed}{rest} (what_to_count.csv).{none}{_worth_sentence(enough)}"
    )


def _worth_sentence(enough: pd.DataFrame) -> str:
    if "net_worth_gbp" not in enough or enough["worth_gbp"].isna().all():
        return ""
    top = enough.sort_values("net_worth_gbp", ascending=False).iloc[0]
    if not top["net_worth_gbp"] > 0.0:
        known = not enough["worth_gbp"].max() > 0.0
        why = ": the same choice is the best whatever they find" if known else ""
        return f" None of these trials is worth its cost for the choice{why}."
    return (
        f" Worth most for the choice beyond its cost: {in_a_sentence(str(top['title']))}, {money(top['worth_gbp'])} "
        f"(standard error {money(top['worth_se_gbp'])}) against {money(top['cost_gbp'])}. It is the best of "
        f"{len(enough)}, so it looks better than it is."
    )
