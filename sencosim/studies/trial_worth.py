"""What a trial costs and what its result is worth for the choice; what a trial could count, and what it should."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
import scipy

from sencosim.decisions.ensemble import Ensemble
from sencosim.decisions.information import evsi_normal_study
from sencosim.decisions.resampling import Floats
from sencosim.decisions.trial_design import Flags
from sencosim.errors import InputError, Problem
from sencosim.report.words import in_a_sentence, money
from sencosim.studies.trial_plan import COUNTS, Counted, TrialPlan
from sencosim.studies.voi import middle, net_benefits

Per = Literal["trial", "cluster", "cluster_period", "treated_cluster_period"]
SET_BY_POLICY = frozenset({"posts_full_time", "added_senco_hours"})
"""What a policy gives, not what comes of it: nobody needs a trial for that."""
OF_SENCOS = frozenset({"overtime_hours", "senco_leavers", "posts_vacant"})
"""What happens to SENCOs, not to pupils: it can be counted, but is not what a trial is for."""
COUNTABLE = tuple(name for name in COUNTS if name not in SET_BY_POLICY)
WORTH_COLUMNS = ("worth_gbp", "worth_se_gbp", "cost_gbp", "net_worth_gbp")
COLUMNS = ("outcome", "title", "rate", "change", "falls_in", "clusters", "power_of_all", "log_error")
_SAID = 4


# -- cost -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TrialCost:
    """A unit cost of running a trial."""

    name: str  # what is paid for
    amount_gbp: float  # per unit, 0 or more
    per: Per  # a treated cluster is one that has the policy
    kind: Literal["evidence", "assumption"]
    source: str = ""  # who says so; may be empty only for an assumption


ASSUMED_COSTS = (
    TrialCost("protocol, analysis and report", 300_000.0, "trial", "assumption"),
    TrialCost("recruiting a cluster and its data", 2_000.0, "cluster", "assumption"),
)
"""Used where no other is given. Nobody has priced such a trial: these are ours, and are shown as assumptions."""


def parse_costs(texts: Sequence[str]) -> tuple[TrialCost, ...]:
    """Read unit costs, written as ``name=pounds:per`` or ``name=pounds:per:source``."""
    found = []
    for text in texts:
        name, _, rest = text.partition("=")
        amount, _, more = rest.partition(":")
        per, _, source = more.partition(":")
        units: dict[str, Per] = {unit: unit for unit in get_args(Per)}
        try:
            pounds_each = float(amount)
        except ValueError:
            pounds_each = float("nan")
        if not name.strip() or per not in units or not np.isfinite(pounds_each):
            raise InputError(
                f"The cost {text!r} is not of the form name=pounds:per or name=pounds:per:source, where per is "
                f"{', '.join(units)}."
            )
        kind: Literal["evidence", "assumption"] = "evidence" if source.strip() else "assumption"
        found.append(TrialCost(name.strip(), pounds_each, units[per], kind, source.strip()))
    return tuple(found)


def trial_cost(schedule: Flags, costs: Sequence[TrialCost]) -> pd.DataFrame:
    """Cost of a trial, line by line.

    Parameters
    ----------
    schedule
        Who has the policy when. [shape (n_clusters, n_periods)]
    costs
        Unit costs. None has a default: each must be given, with its source or as an assumption.

    Raises
    ------
    InputError
        If a cost is negative, or called evidence without a source.
    """
    problems = [Problem(f"{c.name} costs {c.amount_gbp:g}: a cost is 0 or more.") for c in costs if c.amount_gbp < 0.0]
    problems += [
        Problem(f"{c.name} is called evidence and has no source. Name one, or call it an assumption.")
        for c in costs
        if c.kind == "evidence" and not c.source.strip()
    ]
    if problems:
        raise InputError(" ".join(problem.message for problem in problems), tuple(problems))
    units = {
        "trial": 1,
        "cluster": schedule.shape[0],
        "cluster_period": schedule.size,
        "treated_cluster_period": int(schedule.sum()),
    }
    rows = [(c.name, c.per, units[c.per], c.amount_gbp, c.amount_gbp * units[c.per], c.kind, c.source) for c in costs]
    return pd.DataFrame(rows, columns=["name", "per", "units", "amount_gbp", "cost_gbp", "kind", "source"])


# -- worth ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Worths:
    """What the worth of a trial is reckoned from."""

    ensemble: Ensemble  # draws of the evidence, with the net benefit of the choice for England
    prices: Mapping[str, tuple[float, float]]  # lowest and highest on outcomes that have none [GBP]
    costs: tuple[TrialCost, ...]  # of the trial
    counted: Counted  # what happens in the trial's own years at each of these draws

    @property
    def worths(self) -> dict[str, float]:
        """Prices that hold: the middle of each range. [GBP]"""
        return middle(self.prices)

    def costs_with_policy(self) -> tuple[TrialCost, ...]:
        """Unit costs of the trial, and the policy itself in the clusters that have it."""
        source = "this model: mean cost of the policy over draws in the years of the trial, undiscounted"
        each = max(0.0, float(self.counted.policy_gbp.mean()))
        return (*self.costs, TrialCost("the policy itself", each, "treated_cluster_period", "evidence", source))


def share_of_decision(plan: TrialPlan) -> float:
    """Part of the horizon that is left once the trial has reported. [share]"""
    return max(0.0, 1.0 - plan.years / plan.scenario.horizon.years)


def worth_of_trial(plan: TrialPlan, n_clusters: int, error: float, given: Worths) -> dict[str, Any]:
    """What the result of a trial is worth for the choice, against its cost; years until it reports do not count.

    Parameters
    ----------
    plan, n_clusters
        The trial.
    error
        Standard error of the estimate, as the log of a relative rate. [above 0]
    given
        What its worth is reckoned from.
    """
    benefit = net_benefits(given.ensemble, plan.scenario, given.worths).to_numpy(dtype=np.float64)
    lines = trial_cost(plan.schedule(n_clusters), given.costs_with_policy())
    known = {"trial": plan.kind, "clusters": n_clusters, "standard_error": error}
    share, seed = share_of_decision(plan), plan.scenario.run.seed
    return known | value_against_cost(benefit, given.counted.effects[plan.outcome], error, lines, share, seed)


def worth_by_size(plan: TrialPlan, sizes: Sequence[int], error_of_one: float, given: Worths) -> pd.DataFrame:
    """Expected net benefit of sampling by number of clusters: what each size of trial is worth, less its cost.

    Parameters
    ----------
    plan, sizes
        The trial, and numbers of clusters.
    error_of_one
        Standard error of the estimate, as the log of a relative rate, times the root of the number of clusters.
    given
        What its worth is reckoned from.
    """
    return pd.DataFrame([worth_of_trial(plan, n, error_of_one / math.sqrt(n), given) for n in sizes])


def value_against_cost(
    net_benefit: Floats, parameter: Floats, error: float, lines: pd.DataFrame, share: float, seed: int
) -> dict[str, float]:
    """Value of a trial's result for the decision, against its cost.

    Parameters
    ----------
    net_benefit
        Of each arm. [GBP, shape (n_draws, n_arms)]
    parameter
        What the trial estimates, in the scale of its standard error. [shape (n_draws,)]
    error
        Standard error of its estimate. [above 0]
    lines
        Its cost, line by line: :func:`trial_cost`.
    share
        Part of the decision's value that is still open when it reports. [share, 0 to 1]
    seed
        [whole number]

    Returns
    -------
        ``value_gbp`` (expected value of sample information times the share), ``value_se_gbp``, ``cost_gbp``,
        ``net_value_gbp``, ``assumed_share`` (part of the cost that rests on assumptions; NaN if there is none).
    """
    worth = evsi_normal_study(net_benefit, parameter, error, seed=seed)
    cost = float(lines["cost_gbp"].sum())
    assumed = float(lines.loc[lines["kind"] == "assumption", "cost_gbp"].sum())
    return {
        "value_gbp": worth.value * share,
        "value_se_gbp": worth.standard_error * share,
        "cost_gbp": cost,
        "net_value_gbp": worth.value * share - cost,
        "assumed_share": assumed / cost if cost > 0.0 else math.nan,
    }


# -- what to count ----------------------------------------------------------------------------------------------------


def screen(given: Worths, plan: TrialPlan, *, most: int, wanted: float) -> pd.DataFrame:
    """Size a parallel trial, analysed by cluster means, for everything that could be counted.

    By the formula of a normal test, with the spread of the simulated clusters: the size of the trial that is chosen is
    then simulated.

    Parameters
    ----------
    given, plan
        What was simulated, and the trial.
    most
        Clusters that there are.
    wanted
        Power. [share]

    Returns
    -------
        One row an outcome, easiest first: ``rate`` without the policy [per pupil-year], ``change`` [share of it] at the
        point values, ``falls_in`` [share of draws], ``clusters`` that find the change (NaN if there are not so many),
        ``power_of_all``: power with all clusters that there are, where they are too few, and ``log_error``: standard
        error of the estimate with ``clusters`` of them, as the log of a relative rate.
    """
    rows = [_row(name, given, plan, most, wanted) for name in COUNTABLE]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    return table.sort_values(["clusters", "power_of_all"], ascending=[True, False], ignore_index=True)


def _row(name: str, given: Worths, plan: TrialPlan, most: int, wanted: float) -> tuple[object, ...]:
    courses, before = given.counted.courses[name], plan.baseline_years
    rates = courses.events[:, before:].sum(axis=1) / courses.exposure[:, before:].sum(axis=1)[:, None]
    without, policy = (float(rate) for rate in rates.mean(axis=0))
    in_all = courses.events[:, before:].sum(axis=(0, 1)) / courses.exposure[:, before:].sum()
    change = float(in_all[1] / in_all[0]) - 1.0 if in_all[0] > 0.0 else math.nan
    effect, error_of_one = policy - without, math.sqrt(2.0 * float(rates.var(axis=0, ddof=1).sum()))
    falls = float((given.counted.effects[name] < 0.0).mean())
    known = (name, COUNTS[name].title, float(in_all[0]), change, falls)
    normal = scipy.special
    distance = float(normal.ndtri(0.975) + normal.ndtri(wanted)) * error_of_one
    needed = (
        2 * math.ceil((distance / effect) ** 2 / 2.0) if abs(effect) * math.sqrt(most) >= distance > 0.0 else most + 1
    )
    if needed > most or not without > 0.0:
        reached = abs(effect) * math.sqrt(most) / error_of_one if error_of_one > 0.0 else 0.0
        return *known, math.nan, float(normal.ndtr(reached - normal.ndtri(0.975))), math.nan
    clusters = max(needed, 4)
    return *known, clusters, math.nan, error_of_one / math.sqrt(clusters) / without


def with_worth(table: pd.DataFrame, plan: TrialPlan, given: Worths) -> pd.DataFrame:
    """The table with what a parallel trial of ``clusters`` would be worth for the choice, and what it would cost.

    Returns
    -------
        With ``worth_gbp``, ``worth_se_gbp``, ``cost_gbp`` and ``net_worth_gbp``. [GBP, present value; NaN where there
        are not enough clusters]
    """
    rows = [_worth(one, replace(plan, kind="parallel"), given) for one in table.to_dict("records")]
    return table.assign(**pd.DataFrame(rows, columns=list(WORTH_COLUMNS), index=table.index))


def _worth(row: Mapping[Hashable, Any], plan: TrialPlan, given: Worths) -> tuple[float, ...]:
    if math.isnan(row["clusters"]) or not row["log_error"] > 0.0:
        return (math.nan,) * len(WORTH_COLUMNS)
    found = worth_of_trial(replace(plan, outcome=str(row["outcome"])), int(row["clusters"]), row["log_error"], given)
    return tuple(float(found[name]) for name in ("value_gbp", "value_se_gbp", "cost_gbp", "net_value_gbp"))


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
