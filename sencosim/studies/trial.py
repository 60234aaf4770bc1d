"""``sencosim trial``: design a trial in the simulator: what it counts, would find, costs and is worth."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, get_args

import click
import numpy as np
import pandas as pd
import scipy

from sencosim.decisions.ensemble import Ensemble
from sencosim.decisions.information import evsi_normal_study, most_where_nothing_reverses
from sencosim.decisions.trial_design import Analysis, Simulator, resampled, thinned
from sencosim.decisions.trial_power import (
    Power,
    SizeFound,
    SmallestEffect,
    power_by_simulation,
    smallest_effect,
)
from sencosim.errors import InputError
from sencosim.names import listed
from sencosim.outcomes.catalogue import OUTCOME
from sencosim.report.charts.style import Chart
from sencosim.report.showing import FACT
from sencosim.report.words import in_a_sentence, money
from sencosim.studies.answer import Answer, source_line
from sencosim.studies.options import (
    compiled,
    draws_of,
    draws_options,
    enough_draws,
    ensemble_options,
    hand_over,
    run_options,
    stored_option,
    where_of,
)
from sencosim.studies.trial_plan import Counted, TrialPlan, check_clusters, check_outcome, check_years
from sencosim.studies.trial_size import best_size_sentence, by_size, size_chart, size_of, size_sentence, to_log
from sencosim.studies.trial_worth import (
    ASSUMED_COSTS,
    Worths,
    best,
    parse_costs,
    screen,
    screen_sentence,
    share_of_decision,
    trial_cost,
    with_worth,
    worth_of_trial,
)
from sencosim.studies.voi import net_benefits, parse_worths, price_chart, price_curve
from sencosim.terminal.console import Console
from sencosim.terminal.options import Command
from sencosim.terminal.progress import progress_for

EFFECTS = (0.05, 0.1, 0.2, 0.3, 0.45, 0.6, 0.8)
"""Changes, as shares of events, at which power is simulated, to find the smallest that is found as often as wanted."""
DEFAULT_CLUSTERS = 100
"""Where no number is given, and none that is enough was found."""
FALLBACK = "suspensions"
"""Counted where no outcome is moved enough to be found."""


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
    smallest: SmallestEffect  # smallest change, as a share of events, that is found with the wanted power
    wanted: float  # power that the smallest effect is for [share]
    rate: float  # events per pupil-year without the policy, in the periods that are compared
    rate_with: float  # the same with the policy
    falls_in: float  # draws in which the policy lowers the rate [share]
    assurance: float  # chance of finding a difference over the draws, each with its own effect [share]


def power_of(plan: TrialPlan, n_clusters: int, counted: Counted, n_trials: int, wanted: float) -> Powered:
    """Simulate the trial with the modelled effect, with none, and with effects of stated size.

    Effects of stated size go the way that most draws go.
    """
    seed, schedule = plan.scenario.run.seed, plan.schedule(n_clusters)
    courses, effects = counted.courses[plan.outcome], counted.effects[plan.outcome]
    simulate, falls = resampled(courses, n_clusters, seed), float((effects < 0.0).mean())
    how: dict[str, Any] = {"n_trials": n_trials, "seed": seed}
    sign = -1.0 if falls >= 0.5 else 1.0

    def with_effect(size: float) -> Simulator:
        return thinned(simulate, 1.0 + sign * size, seed)

    modelled = power_by_simulation(simulate, schedule, plan.method, **how)
    compared = np.asarray(schedule.any(axis=0))
    rate, rate_with = courses.events[:, compared].sum(axis=(0, 1)) / courses.exposure[:, compared].sum()
    error = modelled.mean_standard_error * to_log(plan, courses)
    normal = scipy.special
    return Powered(
        n_clusters,
        modelled,
        power_by_simulation(simulate, schedule, plan.method, no_effect=True, **how),
        smallest_effect(with_effect, EFFECTS, schedule, plan.method, wanted_power=wanted, **how),
        wanted,
        float(rate),
        float(rate_with),
        falls,
        float(normal.ndtr(np.abs(effects) / error - normal.ndtri(0.975)).mean()) if error > 0.0 else math.nan,
    )


# -- words ------------------------------------------------------------------------------------------------------------


def trial_answer(plan: TrialPlan, powered: Powered, given: Worths, size: SizeFound, place: Path) -> Answer:
    """The trial in words and tables.

    Parameters
    ----------
    plan, powered
        The trial, and what it would find.
    given
        What its worth is reckoned from.
    size
        What it takes to find the modelled effect.
    place
        Where its draws are kept.
    """
    schedule = plan.schedule(powered.n_clusters)
    lines, source = trial_cost(schedule, given.costs_with_policy()), source_line(given.ensemble, place)
    error = powered.as_modelled.mean_standard_error * to_log(plan, given.counted.courses[plan.outcome])
    worth = worth_of_trial(plan, powered.n_clusters, error, given) if error > 0.0 else None
    worths = by_size(plan, size, size.most, given, powered.wanted)
    found = [*_findings(plan, powered)]
    found.insert(2, size_sentence(plan, size, powered.wanted))
    found += _cost_and_worth(plan, lines, worth, given)
    powers = {"as modelled": powered.as_modelled, "no effect": powered.false_alarms}
    tables = {
        "power_by_effect": powered.smallest.powers,
        "power": pd.DataFrame([{"effect": what, **vars(power)} for what, power in powers.items()]),
        "power_by_clusters": size.tried,
        "costs": lines,
        "schedule": pd.DataFrame(schedule.astype(int)),
    }
    charts: tuple[Chart, ...] = ()
    if worth is not None and not worths.empty:
        tables |= {"worth": pd.DataFrame([worth]), "worth_by_clusters": worths}
        charts = (size_chart(plan, worths, source),)
        found.append(best_size_sentence(plan, worths))
        curve = _by_price(plan, error, given)
        if not curve.empty:
            tables["price_curve"] = curve
            charts = (*charts, price_chart(curve, given.prices, "evsi_by_price", source))
    facts: dict[str, Any] = {"arm": plan.scenario.name, "outcome": plan.outcome, "cluster": plan.cluster}
    facts |= {"design": plan.kind, "analysis": plan.method}
    facts |= {"worths": dict(given.worths), "share_of_decision": share_of_decision(plan)}
    return Answer("trial", "\n".join(found), tables, charts, facts)


def _by_price(plan: TrialPlan, error: float, given: Worths) -> pd.DataFrame:
    """Worth of everything known, and of the trial's result, by the price of an outcome."""
    effects, seed, share = given.counted.effects[plan.outcome], plan.scenario.run.seed, share_of_decision(plan)
    measures = {"this trial": lambda benefit: share * evsi_normal_study(benefit, effects, error, seed=seed).value}
    return price_curve(given.ensemble, plan.scenario, given.prices, measures)


def _findings(plan: TrialPlan, powered: Powered) -> Iterator[str]:
    power, alarms, least = powered.as_modelled, powered.false_alarms, powered.smallest
    change = powered.rate_with / powered.rate - 1.0 if powered.rate > 0.0 else float("nan")
    down = powered.falls_in >= 0.5
    yield (
        f"A {plan.kind.replace('_', ' ')} trial of {powered.n_clusters} {plan.cluster}s over {plan.years} years, "
        f"counting {in_a_sentence(OUTCOME[plan.outcome].title)}, analysed by {plan.method.replace('_', ' ')}:"
    )
    yield (
        f"With the effect that the model makes of the evidence ({change:+.1%} on {1000.0 * powered.rate:.3g} per 1,000 "
        f"pupil-years) it finds a difference in {power.power:.0%} of {power.n_trials} simulated trials "
        f"(± {1.96 * power.monte_carlo_error:.0%}). With no effect it raises a false alarm in {alarms.power:.1%}. Over "
        f"the draws of the evidence, each with its own effect, it finds a difference in {powered.assurance:.0%}; the "
        f"number {'falls' if down else 'rises'} in {max(powered.falls_in, 1.0 - powered.falls_in):.0%} of them."
    )
    if np.isnan(least.effect):
        tried = ", ".join(f"{share:.0%}" for share in least.powers["effect"])
        reached = least.powers["power"].max()
        yield f"No smallest effect can be given: at the effects tried ({tried}) power reaches {reached:.0%} at most."
    else:
        yield (
            f"The smallest effect that it finds in {powered.wanted:.0%} of cases is {least.effect:.0%} "
            f"{'fewer' if down else 'more'} events (95 % interval {least.low:.0%} to {least.high:.0%})."
        )


def _cost_and_worth(
    plan: TrialPlan, lines: pd.DataFrame, worth: Mapping[str, Any] | None, given: Worths
) -> Iterator[str]:
    cost = float(lines["cost_gbp"].sum())
    assumed = float(lines.loc[lines["kind"] == "assumption", "cost_gbp"].sum())
    yield f"It costs {money(cost)}, of which {assumed / cost:.0%} rests on assumptions (costs.csv)."
    benefit = net_benefits(given.ensemble, plan.scenario, given.worths).to_numpy(dtype=np.float64)
    most = most_where_nothing_reverses(benefit)
    if worth is None:
        yield "Its result has no standard error, so no worth can be given."
    elif not math.isnan(most):
        yield (
            f"No draw reverses the choice, so no result of a trial does: knowing everything is worth {money(most)} at "
            "most (95 %, by the rule of three). --worth OUTCOME=POUNDS puts a price on an outcome that has none."
        )
    else:
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
@click.option("--worth", "worths", multiple=True, metavar="OUTCOME=GBP[:GBP]", help="Price on an outcome, or a range.")
@draws_options
@stored_option
@ensemble_options(replications=8)
@click.pass_context
def trial(ctx: click.Context, /, scenario: str, **options: Any) -> None:
    """Design a trial: power by simulation, smallest effect found, cost, and what its result is worth.

    Example:  sencosim trial full_time --count requests
    """
    console = ctx.ensure_object(Console)
    asked = check_outcome(options["outcome"]) if options["outcome"] else FALLBACK
    prices = parse_worths(options["worths"])
    costs = parse_costs(options["costs"]) or ASSUMED_COSTS
    enough_draws(options, "The worth of a trial")
    kind, n_trials, wanted = options["design"], options["trials"], options["wanted"]
    before = 1 if kind == "stepped_wedge" else options["baseline_years"]
    check_years(kind, options["trial_years"], before)
    method = analysis_of(kind, options["analysis"])
    asked_of_trial = ("population", "councils", "sample", "replications", "engine")
    check_clusters(kind, options["trial_years"], options["cluster_of"], _clusters_there(options))
    drawn = draws_of(console, [scenario] if scenario else [], {**options, "replications": 1}, asked_of_trial)
    options = on_schools_of(drawn.ensemble, options)
    policy = drawn.policy(scenario)
    plan = TrialPlan(policy, options["cluster_of"], asked, before, options["trial_years"], kind, method)
    there = _clusters_there(options)
    check_clusters(kind, plan.years, plan.cluster, there)
    given = Worths(drawn.ensemble, prices, costs, _counted(console, plan, drawn.ensemble, options))
    console.note("Looking at what the trial could count.")
    table = with_worth(screen(given, plan, most=there, wanted=wanted), plan, given)
    plan = replace(plan, outcome=options["outcome"] or best(table) or FALLBACK)
    console.note("Looking for the number of clusters that finds the modelled effect.")
    size = size_of(plan, given.counted, there, n_trials, wanted)
    usual = min(DEFAULT_CLUSTERS, there) // plan.multiple * plan.multiple
    n = options["clusters"] or size.clusters or usual
    console.note(f"Simulating {n_trials} trials of each effect.")
    answer = trial_answer(plan, power_of(plan, n, given.counted, n_trials, wanted), given, size, drawn.place)
    said = f"{answer.text}\n{screen_sentence(table, plan, wanted)}{shares_sentence(drawn.ensemble, options)}"
    answer = replace(answer, text=said, tables={**answer.tables, "what_to_count": table})
    hand_over(console, answer, drawn.ensemble, drawn.place, options)


def on_schools_of(ensemble: Ensemble, options: Mapping[str, Any]) -> dict[str, Any]:
    """Options of the command with the councils of the draws: a trial is worth what it says of the schools it is in.

    Raises
    ------
    InputError
        If the options name other councils or other schools than the draws are of, or the draws are of other rules.
    """
    from sencosim.model import england

    told = {name: json.loads(ensemble.about.get(name, "null")) for name in (*SCHOOLS_OF, FACT)}
    if told[FACT]:
        raise InputError("These draws are of replaced mechanisms, without which a trial is run. Use draws without any.")
    asked, own = tuple(options["councils"]), tuple(told["councils"] or ())
    if asked and _codes(asked) != _codes(own):
        there = listed(own) or "all councils of England"
        raise InputError(
            f"These draws are of {there}, and --council names {listed(asked)}. The worth of a trial and what it counts "
            "must be of the same schools: leave --council out, or use draws of those councils."
        )
    same = {**options, "councils": own}
    if england(run_options(same)).fingerprint != told["population_fingerprint"]:
        raise InputError(
            "These draws are of another list of schools than the trial would be. Give the list that they were made "
            "with:  --population FILE , or leave it out if they were made without one."
        )
    return same


def shares_sentence(ensemble: Ensemble, options: Mapping[str, Any]) -> str:
    """On which parts of England draws and trial were run, after a line break; blank where these are the same."""
    from sencosim.model import speaks_for_england

    told = {name: json.loads(ensemble.about.get(name, "null")) for name in ("draw_sample_share", "sample_share")}
    of_draws, of_trial = told["draw_sample_share"] or told["sample_share"], options["sample"]
    if of_draws in (None, of_trial) or not speaks_for_england(run_options(options)):
        return ""
    return (
        f"\nThe draws that say what the result is worth were run on {100 * of_draws:g} % of England, the years of the "
        f"trial on {100 * of_trial:g} %. To run both on one part, give --sample {of_draws:g}."
    )


SCHOOLS_OF = ("councils", "population_fingerprint")
"""What draws say of their schools."""


def _codes(councils: Iterable[str]) -> set[int]:
    from sencosim.evidence.councils import find_council

    return {find_council(one).la_code for one in councils}


def _counted(console: Console, plan: TrialPlan, ensemble: Ensemble, options: Mapping[str, Any]) -> Counted:
    """Run the worlds of the trial, or find them run: its own years, at the point values and at every draw."""
    from sencosim.studies.draws import folder_of, run_kept
    from sencosim.studies.trial_courses import counted_in, worlds_of

    worlds = worlds_of(plan, ensemble, run_options(options), options["sample"], options["replications"])
    compiled(console, options)
    console.note(f"Running the {plan.years} years of the trial in {len(worlds.all_jobs(worlds.replications))} worlds.")
    with progress_for(console, as_json=options["as_json"]) as progress:
        store = run_kept(worlds, folder_of(worlds, options["out"]), where_of(options), progress)
    return counted_in(worlds, store, plan.baseline_years)


def _clusters_there(options: Mapping[str, Any]) -> int:
    """Clusters of all schools that there are, or of the chosen councils."""
    from sencosim.model import england
    from sencosim.population.sampling import only_councils

    chosen = run_options(options)
    schools = england(chosen)
    if chosen.councils:
        schools = only_councils(schools, chosen.councils)
    return int(schools.n_schools) if options["cluster_of"] == "school" else len(set(schools.council.tolist()))
