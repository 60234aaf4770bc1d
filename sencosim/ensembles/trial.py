"""Design a trial in the simulator: what it counts, what it would find, what it costs, what its result is worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from sencosim.analysis.outcomes import OUTCOME
from sencosim.decisions.ensemble import Ensemble
from sencosim.decisions.trial_analysis import Analysis
from sencosim.decisions.trial_design import Simulator, parallel, stepped_wedge, thinned
from sencosim.decisions.trial_power import Power, SmallestEffect, power_by_simulation, smallest_effect
from sencosim.decisions.trial_worth import Per, TrialCost, TrialOption, trial_cost, worth_of_trials
from sencosim.ensembles.answer import Answer
from sencosim.ensembles.question import BASELINE
from sencosim.ensembles.trial_courses import Counted, TrialPlan, resampler_of, simulator_of
from sencosim.ensembles.trial_size import Sized, Sizing, size_chart, size_sentences
from sencosim.ensembles.voi import net_benefits
from sencosim.errors import InputError
from sencosim.report.words import money
from sencosim.scenario.schema import Scenario

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
EFFECTS = (0.05, 0.1, 0.2, 0.3, 0.45, 0.6, 0.8)
"""Shares of events avoided at which power is simulated, to find the smallest that is found four times in five."""
ASSUMED_COSTS = (
    TrialCost("protocol, analysis and report", 300_000.0, "trial", "assumption"),
    TrialCost("recruiting a cluster and its data", 2_000.0, "cluster", "assumption"),
)
"""Used where no other is given. Nobody has priced such a trial: these are ours, and are shown as assumptions."""


@dataclass(frozen=True)
class Design:
    """Who gets the policy when, and how it is analysed."""

    kind: str
    schedule: Flags
    method: Analysis


def design_of(kind: str, n_clusters: int, years: int, baseline_years: int, method: str | None) -> Design:
    """Schedule and analysis of a trial.

    Parameters
    ----------
    kind
        ``parallel`` or ``stepped_wedge``.
    n_clusters
        [clusters]
    years, baseline_years
        In all, and before the policy. A stepped wedge has one step a year after the first.
    method
        Analysis; the usual one of the design if ``None``.
    """
    return Design(kind, _schedule(kind, n_clusters, years, baseline_years), analysis_of(kind, method))


def _schedule(kind: str, n_clusters: int, years: int, baseline_years: int) -> Flags:
    if kind == "stepped_wedge":
        return stepped_wedge(n_clusters, years - 1)
    return parallel(n_clusters, years, baseline_years)


def analysis_of(kind: str, method: str | None) -> Analysis:
    """Analysis that is named, or the usual one of a design.

    Raises
    ------
    InputError
        If there is none of that name.
    """
    return _method(method or ("mixed_model" if kind == "stepped_wedge" else "cluster_means"))


def sizing_of(kind: str, years: int, baseline_years: int, method: str | None, most: int) -> Sizing:
    """How trials of any size are simulated.

    Only cluster means are fast enough for a search: a mixed model of thousands of clusters takes seconds, and a search
    needs thousands of them. Sizes of the others are projected from a few.
    """
    analysis = analysis_of(kind, method)
    multiple = years - 1 if kind == "stepped_wedge" else 2
    return Sizing(lambda n: _schedule(kind, n, years, baseline_years), analysis, multiple, most)


def _method(name: str) -> Analysis:
    for known in get_args(Analysis):
        if name == known:
            return known  # type: ignore[no-any-return]
    raise InputError(f"There is no analysis {name}. There is {', '.join(get_args(Analysis))}.")


def parse_costs(texts: Sequence[str]) -> tuple[TrialCost, ...]:
    """Read unit costs, written as ``name=pounds:per`` or ``name=pounds:per:source``.

    Raises
    ------
    InputError
        If one is not of that form.
    """
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
        kind = "evidence" if source.strip() else "assumption"
        found.append(TrialCost(name.strip(), pounds_each, units[per], kind, source.strip()))  # type: ignore[arg-type]
    return tuple(found)


@dataclass(frozen=True)
class Powered:
    """What a trial would find.

    Attributes
    ----------
    as_modelled
        With the effect that the model makes of the evidence at its point values.
    false_alarms
        With no effect at all.
    smallest
        Smallest share of events avoided that is found with the wanted power.
    wanted
        Power that the smallest effect is for. [share]
    rate, rate_with
        Events per pupil-year without and with the policy, in the periods that are compared.
    """

    as_modelled: Power
    false_alarms: Power
    smallest: SmallestEffect
    wanted: float
    rate: float
    rate_with: float


def power_of(design: Design, counted: list[Counted], n_trials: int, seed: int, wanted: float) -> Powered:
    """Simulate the trial with the modelled effect, with none, and with effects of stated size.

    Clusters are drawn without replacement where the runs hold enough of them, and else with.
    """
    n = design.schedule.shape[0]
    draw = simulator_of if n <= min(len(one.exposure) for one in counted) else resampler_of
    simulate = draw(counted, n, seed)
    how: dict[str, Any] = {"n_trials": n_trials, "seed": seed}
    return Powered(
        power_by_simulation(simulate, design.schedule, design.method, **how),
        power_by_simulation(simulate, design.schedule, design.method, no_effect=True, **how),
        smallest_effect(
            lambda size: thinned(simulate, 1.0 - size, seed),
            EFFECTS,
            design.schedule,
            design.method,
            wanted_power=wanted,
            **how,
        ),
        wanted,
        *_rates(design, simulate, n_trials),
    )


def _rates(design: Design, simulate: Simulator, n_trials: int) -> tuple[float, float]:
    periods = design.schedule.any(axis=0)
    some = [simulate(trial) for trial in range(min(n_trials, 50))]
    below = sum(float(one.exposure[:, periods].sum()) for one in some)
    without, policy = (sum(float(one.events[:, periods, arm].sum()) for one in some) / below for arm in (0, 1))
    return without, policy


def log_error(power: Power, design: Design, rate: float) -> float:
    """Standard error of the trial's estimate, as the log of a relative rate."""
    if design.method == "gee_poisson" or rate <= 0.0:
        return power.mean_standard_error
    return power.mean_standard_error / rate


def log_ratios(ensemble: Ensemble, view: str, arm: str, outcome: str) -> Floats:
    """What a trial estimates, by draw: log of events with the policy over events without."""
    counts = ensemble.by_arm(outcome, view)
    policy, without = (np.maximum(counts[name].to_numpy(dtype=np.float64), 1e-9) for name in (arm, BASELINE))
    result: Floats = np.log(policy / without)
    return result


@dataclass(frozen=True)
class Worths:
    """What the worth of a trial is reckoned from.

    Attributes
    ----------
    ensemble
        Draws of the evidence.
    worths
        Prices on outcomes that have none.
    costs
        Unit costs of the trial.
    policy_gbp
        Cost of the policy in one cluster and period, by the model. [GBP]
    """

    ensemble: Ensemble
    worths: dict[str, float]
    costs: tuple[TrialCost, ...]
    policy_gbp: float


def trial_answer(plan: TrialPlan, design: Design, powered: Powered, given: Worths, size: Sized | None = None) -> Answer:
    """The trial in words and tables, with what it would take to find the modelled effect, if that was searched."""
    lines = trial_cost(design.schedule, costs_with_policy(given))
    error = log_error(powered.as_modelled, design, powered.rate)
    worth = worth_of_trial(plan, design.kind, design.schedule, error, given) if error > 0.0 else pd.DataFrame()
    said = _sentences(plan, design, powered, lines, worth)
    text = "\n".join([*said[:2], *(size_sentences(plan, size) if size else ()), *said[2:]])
    tables = {
        "power_by_effect": powered.smallest.powers,
        "power": pd.DataFrame([_row("as modelled", powered.as_modelled), _row("no effect", powered.false_alarms)]),
        "costs": lines,
        "schedule": pd.DataFrame(design.schedule.astype(int)),
    }
    if not worth.empty:
        tables["worth"] = worth
    if size is not None:
        tables |= {"power_by_clusters": size.found.tried, "smallest_effect_by_clusters": size.detectable}
    charts = (
        ()
        if size is None or size.detectable.dropna().empty
        else (size_chart(plan, 1.0 - powered.rate_with / powered.rate, size),)
    )
    facts: dict[str, Any] = {
        "outcome": plan.outcome,
        "cluster": plan.cluster,
        "design": design.kind,
        "analysis": design.method,
    }
    facts |= {"worths": given.worths, "share_of_decision": share_of_decision(plan)}
    return Answer("trial", text, tables, charts, facts)


def share_of_decision(plan: TrialPlan) -> float:
    """Part of the horizon that is left once the trial has reported. [share]"""
    return max(0.0, 1.0 - plan.years / plan.scenario.horizon.years)


def costs_with_policy(given: Worths) -> tuple[TrialCost, ...]:
    """Unit costs of the trial, and the policy itself in the clusters that have it."""
    policy = TrialCost("the policy itself", given.policy_gbp, "treated_cluster_period", "evidence", _MODEL)
    return (*given.costs, policy)


def worth_of_trial(plan: TrialPlan, name: str, schedule: Flags, error: float, given: Worths) -> pd.DataFrame:
    """What the result of a trial is worth for the choice, against its cost; years until it reports do not count.

    Parameters
    ----------
    plan, given
        The trial, and what its worth is reckoned from.
    name
        Of the design.
    schedule
        Who has the policy when.
    error
        Standard error of the estimate, as the log of a relative rate. [above 0]

    Returns
    -------
        One row, as of :func:`sencosim.decisions.trial_worth.worth_of_trials`.
    """
    scenario, ensemble = plan.scenario, given.ensemble
    parameter = log_ratios(ensemble, scenario.view, scenario.name, plan.outcome)
    benefit = net_benefits(ensemble, scenario, given.worths).to_numpy(dtype=np.float64)
    options = {name: TrialOption(schedule, error, share_of_decision(plan))}
    return worth_of_trials(benefit, parameter, options, costs_with_policy(given), seed=scenario.run.seed)


_MODEL = "this model: mean cost of the policy to schools in the ensemble, by school and year"


def _row(what: str, power: Power) -> dict[str, Any]:
    return {"effect": what, **vars(power)}


def _sentences(
    plan: TrialPlan, design: Design, powered: Powered, lines: pd.DataFrame, worth: pd.DataFrame
) -> list[str]:
    n, outcome = design.schedule.shape[0], OUTCOME[plan.outcome]
    power, alarms, least = powered.as_modelled, powered.false_alarms, powered.smallest
    change = powered.rate_with / powered.rate - 1.0 if powered.rate > 0.0 else float("nan")
    found = [
        f"A {design.kind.replace('_', ' ')} trial of {n} {plan.cluster}s over {plan.years} years, counting "
        f"{outcome.title[:1].lower()}{outcome.title[1:]}, analysed by {design.method.replace('_', ' ')}:",
        f"With the effect that the model makes of the evidence ({change:+.1%} on {1000.0 * powered.rate:.3g} per 1,000 "
        f"pupil-years) it finds a difference in {power.power:.0%} of {power.n_trials} simulated trials "
        f"(± {1.96 * power.monte_carlo_error:.0%}). With no effect it raises a false alarm in {alarms.power:.1%}.",
    ]
    if np.isnan(least.effect):
        tried = ", ".join(f"{share:.0%}" for share in least.powers["effect"])
        reached = least.powers["power"].max()
        found.append(
            f"No smallest effect can be given: at the effects tried ({tried}) power reaches {reached:.0%} at most."
        )
    else:
        found.append(
            f"The smallest effect that it finds in {powered.wanted:.0%} of cases is {least.effect:.0%} of events "
            f"avoided (95 % interval {least.low:.0%} to {least.high:.0%})."
        )
    cost = float(lines["cost_gbp"].sum())
    assumed = float(lines.loc[lines["kind"] == "assumption", "cost_gbp"].sum())
    found.append(f"It costs {money(cost)}, of which {assumed / cost:.0%} rests on assumptions (costs.csv).")
    if worth.empty:
        found.append("Its result has no standard error, so no worth can be given.")
        return found
    row = worth.iloc[0]
    net = "more" if row["net_value_gbp"] > 0.0 else "less"
    found.append(
        f"Its result is worth {money(row['value_gbp'])} (standard error {money(row['value_se_gbp'])}) for the "
        "choice, "
        f"{net} than it costs. Years until it reports are taken off the horizon."
    )
    if design.kind == "stepped_wedge":
        found.append(
            "Clusters that start later show the effect of the years since the first start: late steps look kind."
        )
    return found


def policy_cost_a_cluster(ensemble: Ensemble, scenario: Scenario, n_clusters_in_england: float) -> float:
    """Cost of the policy in a cluster and year: mean present value over draws, spread over clusters and years. [GBP]"""
    cost = ensemble.against_first("policy_cost", scenario.view, scenario.name)
    return max(0.0, float(cost.mean()) / n_clusters_in_england / scenario.horizon.years)
