"""``sencosim trial``: design a trial in the simulator: what it counts, would find, costs and is worth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, get_args

import click
import numpy as np
import pandas as pd

from sencosim.decisions.trial_design import Analysis, Flags, Simulator, thinned
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
from sencosim.errors import InputError
from sencosim.outcomes.catalogue import OUTCOME
from sencosim.report.charts.decisions import detectable_chart
from sencosim.report.charts.style import Chart, Wording
from sencosim.report.words import in_a_sentence, money
from sencosim.studies.answer import Answer
from sencosim.studies.options import (
    draws_of,
    draws_options,
    enough_draws,
    ensemble_options,
    hand_over,
    run_options,
    stored_option,
    where_of,
)
from sencosim.studies.trial_courses import Counted, TrialPlan, check_outcome, check_years, count_clusters, simulator_of
from sencosim.studies.trial_worth import (
    ASSUMED_COSTS,
    Worths,
    best,
    parse_costs,
    policy_cost_a_cluster,
    screen,
    screen_sentence,
    share_of_decision,
    trial_cost,
    with_worth,
    worth_of_trial,
)
from sencosim.studies.voi import parse_worths
from sencosim.terminal.console import Console
from sencosim.terminal.options import Command

EFFECTS = (0.05, 0.1, 0.2, 0.3, 0.45, 0.6, 0.8)
"""Shares of events avoided at which power is simulated, to find the smallest that is found four times in five."""
DEFAULT_CLUSTERS = 100
"""Where no number is given, and none that is enough was found or looked for."""
FALLBACK = "suspensions"
"""Counted where no outcome is moved enough to be found."""
FEWEST = 20
"""Clusters that a search begins with."""
SIZES = (50, 200, 1000, 5000)
"""Numbers of clusters at which the smallest effect found is simulated, as far as there are so many."""
EFFECTS_BY_SIZE = (0.02, 0.04, 0.08, 0.15, 0.3, 0.6)
"""Shares of events avoided that are tried there."""
PILOT = 100
"""Clusters that a projection begins with, as far as there are so many."""
SLOW_CLUSTERS, FEWEST_SLOW = 60_000, 20
"""Of a slow analysis: clusters analysed in all at one size, and fewest trials. A minute or so on one core."""
TRIALS_OF_A_CURVE = 60
"""Simulated trials for each point of the curve at most: it is a drawing, the search is what is quoted."""


def analysis_of(kind: str, method: str | None) -> Analysis:
    """Analysis that is named, or the usual one of a design."""
    name = method or ("mixed_model" if kind == "stepped_wedge" else "cluster_means")
    known: dict[str, Analysis] = {one: one for one in get_args(Analysis)}
    if name not in known:
        raise InputError(f"There is no analysis {name}. There is {', '.join(known)}.")
    return known[name]


@dataclass(frozen=True)
class Powered:
    """What a trial would find."""

    n_clusters: int
    as_modelled: Power  # with the effect that the model makes of the evidence at its point values
    false_alarms: Power  # with no effect at all
    smallest: SmallestEffect  # smallest share of events avoided that is found with the wanted power
    wanted: float  # power that the smallest effect is for [share]
    rate: float  # events per pupil-year without the policy, in the periods that are compared
    rate_with: float  # the same with the policy


def power_of(plan: TrialPlan, n_clusters: int, counted: list[Counted], n_trials: int, wanted: float) -> Powered:
    """Simulate the trial with the modelled effect, with none, and with effects of stated size.

    Clusters are drawn without replacement where the runs hold enough of them, and else with.
    """
    seed, schedule = plan.scenario.run.seed, plan.schedule(n_clusters)
    simulate = simulator_of(counted, n_clusters, seed, again=False)
    how: dict[str, Any] = {"n_trials": n_trials, "seed": seed}
    smallest = _smallest(plan, simulate, schedule, EFFECTS, n_trials, wanted)
    return Powered(
        n_clusters,
        power_by_simulation(simulate, schedule, plan.method, **how),
        power_by_simulation(simulate, schedule, plan.method, no_effect=True, **how),
        smallest,
        wanted,
        *_rates(np.asarray(schedule.any(axis=0)), simulate, n_trials),
    )


def _smallest(
    plan: TrialPlan, simulate: Simulator, schedule: Flags, effects: Sequence[float], n_trials: int, wanted: float
) -> SmallestEffect:
    seed = plan.scenario.run.seed

    def with_effect(size: float) -> Simulator:
        return thinned(simulate, 1.0 - size, seed)

    how: dict[str, Any] = {"n_trials": n_trials, "seed": seed, "wanted_power": wanted}
    return smallest_effect(with_effect, effects, schedule, plan.method, **how)


def _rates(periods: Flags, simulate: Simulator, n_trials: int) -> tuple[float, float]:
    some = [simulate(trial) for trial in range(min(n_trials, 50))]
    below = sum(float(one.exposure[:, periods].sum()) for one in some)
    without, policy = (sum(float(one.events[:, periods, arm].sum()) for one in some) / below for arm in (0, 1))
    return without, policy


def log_error(plan: TrialPlan, powered: Powered) -> float:
    """Standard error of the trial's estimate, as the log of a relative rate."""
    error = powered.as_modelled.mean_standard_error
    return error if plan.method == "gee_poisson" or powered.rate <= 0.0 else error / powered.rate


# -- the size of trial that would find what the model has -------------------------------------------------------------


@dataclass(frozen=True)
class Sized:
    """What it takes."""

    found: SizeFound  # of the search for the modelled effect
    detectable: pd.DataFrame  # smallest effect found, by number of clusters; empty of a slow analysis
    wanted: float  # power [share]


def size_of(plan: TrialPlan, counted: list[Counted], most: int, n_trials: int, wanted: float) -> Sized:
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
    n_trials, wanted
        Simulated trials of each size; wanted power. [share]
    """
    seed = plan.scenario.run.seed

    def power_at(n: int) -> Power:
        fewer = n_trials if plan.method == "cluster_means" else min(n_trials, max(FEWEST_SLOW, SLOW_CLUSTERS // n))
        simulate = simulator_of(counted, n, seed)
        return power_by_simulation(simulate, plan.schedule(n), plan.method, n_trials=fewer, seed=seed)

    def smallest_at(n: int) -> SmallestEffect:
        fewer = min(n_trials, TRIALS_OF_A_CURVE)
        return _smallest(plan, simulator_of(counted, n, seed), plan.schedule(n), EFFECTS_BY_SIZE, fewer, wanted)

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


# -- words ------------------------------------------------------------------------------------------------------------


def trial_answer(plan: TrialPlan, powered: Powered, given: Worths, size: Sized | None = None) -> Answer:
    """The trial in words and tables.

    Parameters
    ----------
    plan, powered
        The trial, and what it would find.
    given
        What its worth is reckoned from.
    size
        What it would take to find the modelled effect, if that was searched.
    """
    schedule = plan.schedule(powered.n_clusters)
    lines = trial_cost(schedule, given.costs_with_policy())
    error = log_error(plan, powered)
    worth = worth_of_trial(plan, powered.n_clusters, error, given) if error > 0.0 else None
    found = [*_findings(plan, powered)]
    if size is not None:
        found.insert(2, size_sentence(plan, size))
    text = "\n".join([*found, *_cost_and_worth(plan, lines, worth)])
    powers = {"as modelled": powered.as_modelled, "no effect": powered.false_alarms}
    tables = {
        "power_by_effect": powered.smallest.powers,
        "power": pd.DataFrame([{"effect": what, **vars(power)} for what, power in powers.items()]),
        "costs": lines,
        "schedule": pd.DataFrame(schedule.astype(int)),
    }
    if worth is not None:
        tables["worth"] = pd.DataFrame([worth])
    charts: tuple[Chart, ...] = ()
    if size is not None:
        tables |= {"power_by_clusters": size.found.tried, "smallest_effect_by_clusters": size.detectable}
        if not size.detectable.dropna().empty:
            charts = (size_chart(plan, 1.0 - powered.rate_with / powered.rate, size),)
    facts: dict[str, Any] = {"outcome": plan.outcome, "cluster": plan.cluster}
    facts |= {"design": plan.kind, "analysis": plan.method}
    facts |= {"worths": given.worths, "share_of_decision": share_of_decision(plan)}
    return Answer("trial", text, tables, charts, facts)


def _findings(plan: TrialPlan, powered: Powered) -> Iterator[str]:
    power, alarms, least = powered.as_modelled, powered.false_alarms, powered.smallest
    change = powered.rate_with / powered.rate - 1.0 if powered.rate > 0.0 else float("nan")
    yield (
        f"A {plan.kind.replace('_', ' ')} trial of {powered.n_clusters} {plan.cluster}s over {plan.years} years, "
        f"counting {in_a_sentence(OUTCOME[plan.outcome].title)}, analysed by {plan.method.replace('_', ' ')}:"
    )
    yield (
        f"With the effect that the model makes of the evidence ({change:+.1%} on {1000.0 * powered.rate:.3g} per 1,000 "
        f"pupil-years) it finds a difference in {power.power:.0%} of {power.n_trials} simulated trials "
        f"(± {1.96 * power.monte_carlo_error:.0%}). With no effect it raises a false alarm in {alarms.power:.1%}."
    )
    if np.isnan(least.effect):
        tried = ", ".join(f"{share:.0%}" for share in least.powers["effect"])
        reached = least.powers["power"].max()
        yield f"No smallest effect can be given: at the effects tried ({tried}) power reaches {reached:.0%} at most."
    else:
        yield (
            f"The smallest effect that it finds in {powered.wanted:.0%} of cases is {least.effect:.0%} of events "
            f"avoided (95 % interval {least.low:.0%} to {least.high:.0%})."
        )


def _cost_and_worth(plan: TrialPlan, lines: pd.DataFrame, worth: Mapping[str, Any] | None) -> Iterator[str]:
    cost = float(lines["cost_gbp"].sum())
    assumed = float(lines.loc[lines["kind"] == "assumption", "cost_gbp"].sum())
    yield f"It costs {money(cost)}, of which {assumed / cost:.0%} rests on assumptions (costs.csv)."
    if worth is None:
        yield "Its result has no standard error, so no worth can be given."
        return
    net = "more" if worth["net_value_gbp"] > 0.0 else "less"
    yield (
        f"Its result is worth {money(worth['value_gbp'])} (standard error {money(worth['value_se_gbp'])}) for the "
        f"choice, {net} than it costs. Years until it reports are taken off the horizon."
    )
    if plan.kind == "stepped_wedge":
        yield "Clusters that start later show the effect of the years since the first start: late steps look kind."


# -- command ----------------------------------------------------------------------------------------------------------


@click.command(cls=Command)
@click.argument("scenario", required=False, default="")
@click.option(
    "--design", type=click.Choice(["parallel", "stepped_wedge"]), default="parallel", show_default=True, help="Design."
)
@click.option(
    "--cluster-of",
    type=click.Choice(["school", "council"]),
    default="school",
    show_default=True,
    help="What is randomised.",
)
@click.option(
    "--clusters",
    type=click.IntRange(4),
    help="Number of clusters. Default: as many as find the modelled effect with the wanted power, if there are any.",
)
@click.option("--trial-years", type=click.IntRange(1), default=3, show_default=True, help="Years in all.")
@click.option(
    "--baseline-years", type=click.IntRange(0), default=1, show_default=True, help="Of these, before the policy."
)
@click.option(
    "--count",
    "outcome",
    help="What the trial counts. Default: what is worth most beyond its cost, else what is easiest to find.",
)
@click.option("--analysis", help="cluster_means, mixed_model or gee_poisson. Default: the usual one of the design.")
@click.option("--trials", type=click.IntRange(20), default=200, show_default=True, help="Simulated trials.")
@click.option(
    "--power", "wanted", type=click.FloatRange(0.5, 0.99), default=0.8, show_default=True, help="Wanted power."
)
@click.option(
    "--cost",
    "costs",
    multiple=True,
    metavar="NAME=GBP:PER[:SOURCE]",
    help="Unit cost of the trial; may be given again.",
)
@click.option("--worth", "worths", multiple=True, metavar="OUTCOME=GBP", help="Price on an outcome that has none.")
@draws_options
@stored_option
@ensemble_options(replications=2)
@click.pass_context
def trial(ctx: click.Context, /, scenario: str, **options: Any) -> None:
    """Design a trial: power by simulation, smallest effect found, cost, and what its result is worth.

    Example:  sencosim trial full_time --count requests
    """
    console = ctx.ensure_object(Console)
    asked = check_outcome(options["outcome"]) if options["outcome"] else FALLBACK
    worths = parse_worths(options["worths"])
    costs = parse_costs(options["costs"]) or ASSUMED_COSTS
    enough_draws(options, "The worth of a trial")
    kind, n_trials, wanted = options["design"], options["trials"], options["wanted"]
    before = 1 if kind == "stepped_wedge" else options["baseline_years"]
    check_years(kind, options["trial_years"], before)
    method = analysis_of(kind, options["analysis"])
    drawn = draws_of(console, [scenario] if scenario else [], {**options, "replications": 1})
    policy = drawn.policy(scenario)
    plan = TrialPlan(policy, options["cluster_of"], asked, before, options["trial_years"], kind, method)
    there = _clusters_there(options)
    courses = _courses(console, plan, options)
    console.note("Looking at what the trial could count.")
    table = screen(courses, plan, most=there, n_trials=n_trials, wanted=wanted)
    given = Worths(drawn.ensemble, worths, costs, policy_cost_a_cluster(drawn.ensemble, policy, there))
    table = with_worth(table, plan, given)
    plan = replace(plan, outcome=options["outcome"] or best(table) or FALLBACK)
    counted = [one[plan.outcome] for one in courses]
    console.note("Looking for the number of clusters that finds the modelled effect.")
    size = size_of(plan, counted, there, n_trials, wanted)
    usual = min(DEFAULT_CLUSTERS, there) // plan.multiple * plan.multiple
    n = options["clusters"] or (usual if size.found.clusters is None else size.found.clusters)
    console.note(f"Simulating {n_trials} trials of each effect.")
    answer = trial_answer(plan, power_of(plan, n, counted, n_trials, wanted), given, size)
    said = f"{answer.text}\n{screen_sentence(table, plan, wanted)}"
    answer = replace(answer, text=said, tables={**answer.tables, "what_to_count": table})
    hand_over(console, answer, drawn.ensemble, drawn.place, options)


def _courses(console: Console, plan: TrialPlan, options: Mapping[str, Any]) -> list[dict[str, Counted]]:
    """Both courses of every cluster, replication by replication."""
    where, numbers = where_of(options), range(options["replications"])
    count = partial(count_clusters, plan, run_options(options), options["sample"])
    console.note(f"Running both courses of every {plan.cluster} in {len(numbers)} replications.")
    if where.is_here or (where.pool is None and len(numbers) == 1):
        return [count(number) for number in numbers]
    with where.executor() as executor:
        return list(executor.map(count, numbers))


def _clusters_there(options: Mapping[str, Any]) -> int:
    """Clusters that the policy's cost in the ensemble is spread over."""
    from sencosim.model import england
    from sencosim.population.sampling import only_councils

    chosen = run_options(options)
    schools = england(chosen)
    if chosen.councils:
        schools = only_councils(schools, chosen.councils)
    return int(schools.n_schools) if options["cluster_of"] == "school" else len(set(schools.council.tolist()))
