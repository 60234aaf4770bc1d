"""Is the trial worth its cost? Named unit costs, and what the result would be worth for the decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from sencosim.decisions.information import evsi_normal_study, net_value_of_study
from sencosim.errors import InputError, Problem

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Per = Literal["trial", "cluster", "cluster_period", "treated_cluster_period"]


@dataclass(frozen=True)
class TrialCost:
    """A unit cost of running a trial.

    Attributes
    ----------
    name
        What is paid for.
    amount_gbp
        Per unit, 0 or more.
    per
        ``trial``, ``cluster``, ``cluster_period`` or ``treated_cluster_period`` (a cluster that has the policy).
    kind
        ``evidence`` or ``assumption``.
    source
        Who says so; may be empty only for an assumption.
    """

    name: str
    amount_gbp: float
    per: Per
    kind: Literal["evidence", "assumption"]
    source: str = ""


def trial_cost(schedule: Flags, costs: Sequence[TrialCost]) -> pd.DataFrame:
    """Cost of a trial, line by line.

    Parameters
    ----------
    schedule
        Who has the policy when. [shape (n_clusters, n_periods)]
    costs
        Unit costs. None has a default: each must be given, with its source or as an assumption.

    Returns
    -------
        One row a cost: ``name``, ``per``, ``units``, ``amount_gbp``, ``cost_gbp``, ``kind``, ``source``; the sum of
        ``cost_gbp`` is the cost of the trial.

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


@dataclass(frozen=True)
class TrialOption:
    """A size of trial that is considered.

    Attributes
    ----------
    schedule
        Who has the policy when.
    standard_error
        Of its estimate of the effect, in the scale of the parameter: ``mean_standard_error`` of its simulated power.
    share_of_decision
        Part of the decision's value that is still open when it reports. [share, 0 to 1]
    """

    schedule: Flags
    standard_error: float
    share_of_decision: float = 1.0


def worth_of_trials(
    net_benefit: Floats, parameter: Floats, options: Mapping[str, TrialOption], costs: Sequence[TrialCost], *, seed: int
) -> pd.DataFrame:
    """Value of each trial's result for the decision, against its cost.

    Parameters
    ----------
    net_benefit
        Of each arm. [GBP, shape (n_draws, n_arms)]
    parameter
        What the trial estimates, in the scale of its standard error, for example the log of a relative rate.
        [shape (n_draws,)]
    options
        Trials by name.
    costs
        Unit costs.
    seed
        [whole number]

    Returns
    -------
        One row a trial, best first: ``trial``, ``clusters``, ``standard_error``, ``value_gbp`` (expected value of
        sample information times the share of the decision), ``value_se_gbp``, ``cost_gbp``, ``net_value_gbp``,
        ``assumed_share`` (part of the cost that rests on assumptions).
    """
    rows = []
    for name, option in options.items():
        worth = evsi_normal_study(net_benefit, parameter, option.standard_error, seed=seed)
        lines = trial_cost(option.schedule, costs)
        cost = float(lines["cost_gbp"].sum())
        assumed = float(lines.loc[lines["kind"] == "assumption", "cost_gbp"].sum())
        rows.append(
            (
                name,
                option.schedule.shape[0],
                option.standard_error,
                worth.value * option.share_of_decision,
                worth.standard_error * option.share_of_decision,
                cost,
                net_value_of_study(worth.value, cost, option.share_of_decision),
                assumed / cost if cost > 0.0 else np.nan,
            )
        )
    columns = ["trial", "clusters", "standard_error", "value_gbp", "value_se_gbp", "cost_gbp", "net_value_gbp"]
    frame = pd.DataFrame(rows, columns=[*columns, "assumed_share"])
    return frame.sort_values("net_value_gbp", ascending=False, kind="stable").reset_index(drop=True)
