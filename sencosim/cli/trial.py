"""``sencosim trial``: design a trial of a policy in the simulator."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from sencosim.cli.console import Console
from sencosim.cli.ensemble import draws_of, enough_draws
from sencosim.cli.ensembles import (
    draws_option,
    ensemble_options,
    hand_over,
    run_options,
    stored_option,
    where_of,
)
from sencosim.cli.group import Command

if TYPE_CHECKING:
    from sencosim.ensembles.trial_size import Sized, Sizing
    from sencosim.scenario.schema import Scenario

DEFAULT_CLUSTERS = 100
"""Where no number is given, and none that is enough was found or looked for."""
FALLBACK = "suspensions"
"""Counted where no outcome is moved enough to be found."""
COST_FORM = "NAME=GBP:PER[:SOURCE]"


@click.command(cls=Command)
@click.argument("scenario")
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
@click.option("--cost", "costs", multiple=True, metavar=COST_FORM, help="Unit cost of the trial; may be given again.")
@click.option("--worth", "worths", multiple=True, metavar="OUTCOME=GBP", help="Price on an outcome that has none.")
@draws_option
@click.option("--main-only", is_flag=True, help="Draw in the main view only: faster, but shared with nothing.")
@stored_option
@ensemble_options(replications=2)
@click.pass_context
def trial(ctx: click.Context, /, scenario: str, **options: Any) -> None:
    """Design a trial: power by simulation, smallest effect found, cost, and what its result is worth.

    Example:  sencosim trial full_time --count requests
    """
    from sencosim.ensembles import trial as trials
    from sencosim.ensembles.trial_courses import TrialPlan, check_outcome
    from sencosim.ensembles.trial_screen import best, screen, screen_sentence, with_worth
    from sencosim.ensembles.voi import parse_worths

    console = ctx.ensure_object(Console)
    asked = check_outcome(options["outcome"]) if options["outcome"] else FALLBACK
    worths = parse_worths(options["worths"])
    costs = trials.parse_costs(options["costs"]) or trials.ASSUMED_COSTS
    enough_draws(options, "The worth of a trial")
    stepped = options["design"] == "stepped_wedge"
    before = 1 if stepped else options["baseline_years"]
    kind = (options["design"], options["trial_years"], before, options["analysis"])
    trials.analysis_of(kind[0], kind[3])
    found = draws_of(console, [scenario], {**options, "replications": 1}, all_views=not options["main_only"])
    if found is None:
        return
    (whole, store), loaded = found
    policy = next(iter(loaded.values()))
    plan = TrialPlan(policy, options["cluster_of"], asked, before, options["trial_years"])
    there, seed = int(clusters_there(options)), policy.run.seed
    courses_of = courses(console, plan, options)
    console.note("Looking at what the trial could count.")
    table = screen(courses_of, plan, most=there, n_trials=options["trials"], seed=seed, wanted=options["wanted"])
    each = trials.policy_cost_a_cluster(whole, policy, float(there))
    given = trials.Worths(whole, worths, costs, each)
    table = with_worth(table, plan, given)
    plan = replace(plan, outcome=options["outcome"] or best(table) or FALLBACK)
    counted = [one[plan.outcome] for one in courses_of]
    sizing = trials.sizing_of(*kind, there)
    size = searched(console, sizing, counted, policy, options)
    n = options["clusters"] or chosen(size, there, sizing.multiple)
    design = trials.design_of(kind[0], n, *kind[1:])
    console.note(f"Simulating {options['trials']} trials of each effect.")
    powered = trials.power_of(design, counted, options["trials"], seed, options["wanted"])
    answer = trials.trial_answer(plan, design, powered, given, size)
    said = f"{answer.text}\n{screen_sentence(table, plan, options['wanted'])}"
    answer = replace(answer, text=said, tables={**answer.tables, "what_to_count": table})
    hand_over(console, answer, whole, store.folder, options)


def searched(console: Console, sizing: Sizing, counted: list[Any], policy: Scenario, options: dict[str, Any]) -> Sized:
    """Search for the number of clusters."""
    from sencosim.ensembles.trial_size import size_of

    console.note("Looking for the number of clusters that finds the modelled effect.")
    return size_of(sizing, counted, options["trials"], policy.run.seed, options["wanted"])


def chosen(size: Sized, there: int, multiple: int) -> int:
    """Number of clusters where none is given: what the search found, or a usual number, if there are so many."""
    if size.found.clusters is not None:
        return size.found.clusters
    return min(DEFAULT_CLUSTERS, there) // multiple * multiple


def courses(console: Console, plan: Any, options: dict[str, Any]) -> list[Any]:
    """Both courses of every cluster, replication by replication."""
    from functools import partial

    from sencosim.ensembles.conduct import executor_of
    from sencosim.ensembles.trial_courses import count_clusters

    where, numbers = where_of(options), range(options["replications"])
    count = partial(count_clusters, plan, run_options(options), options["sample"])
    console.note(f"Running both courses of every {plan.cluster} in {len(numbers)} replications.")
    if where.pool is None and (where.workers == 1 or len(numbers) == 1):
        return [count(number) for number in numbers]
    with executor_of(where) as executor:
        return list(executor.map(count, numbers))


def clusters_there(options: dict[str, Any]) -> float:
    """Clusters that the policy's cost in the ensemble is spread over."""
    from sencosim.model import england
    from sencosim.population.sampling import only_councils

    chosen = run_options(options)
    schools = england(chosen)
    if chosen.councils:
        schools = only_councils(schools, chosen.councils)
    return float(schools.n_schools if options["cluster_of"] == "school" else len(set(schools.council.tolist())))
