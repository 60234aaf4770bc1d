"""``sencosim sensitivity``: tornado, Morris, Sobol' and scenario discovery."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from sencosim.cli.console import Console
from sencosim.cli.ensemble import draws_of
from sencosim.cli.ensembles import (
    draws_option,
    ensemble_options,
    hand_over,
    run_options,
    scenarios_of,
    stored_ensemble,
    stored_option,
)
from sencosim.cli.group import Command

if TYPE_CHECKING:
    from sencosim.decisions.designs import Design
    from sencosim.evidence.distributions import Distribution
    from sencosim.scenario.schema import Scenario

MakeDesign = Callable[["Scenario", dict[str, "Distribution"]], "Design"]

inputs_option = click.option(
    "--inputs",
    "inputs",
    multiple=True,
    help="Only this input, or group: effects, behaviour, prices, process, calibration; may be given again.",
)
outcome_option = click.option("--outcome", default="net_public_cost", show_default=True, help="What is explained.")


@click.group()
def sensitivity() -> None:
    """Say which inputs move the answer: tornado, morris, sobol, prim.

    Example:  sencosim sensitivity tornado full_time
    """


def analyse(ctx: click.Context, name: str, scenario: str, options: dict[str, Any], make: MakeDesign) -> None:
    """Run the points of a design and hand over what the method makes of them."""
    from sencosim.ensembles import sensitivity as methods
    from sencosim.ensembles.question import designed
    from sencosim.ensembles.space import choose, uncertain

    console = ctx.ensure_object(Console)
    outcome = methods.check_outcome(options["outcome"])
    loaded = scenarios_of([scenario], options)
    policy = next(iter(loaded.values()))
    space = choose(uncertain(policy, policy.view), options["inputs"])
    question = designed(loaded, run_options(options), make(policy, space), options["replications"], options["sample"])
    found = stored_ensemble(console, question, options)
    if found is None:
        return
    answers = {"tornado": methods.tornado_answer, "morris": methods.morris_answer, "sobol": methods.sobol_answer}
    answer = answers[name](*found, policy, policy.name, outcome)
    hand_over(console, answer, found[0], found[1].folder, options)


@sensitivity.command(cls=Command)
@click.argument("scenario")
@inputs_option
@outcome_option
@ensemble_options(replications=2)
@click.pass_context
def tornado(ctx: click.Context, /, scenario: str, **options: Any) -> None:
    """Move each input alone to the 10 % and 90 % points of its own distribution.

    Example:  sencosim sensitivity tornado full_time --inputs effects
    """
    from sencosim.ensembles.sensitivity import tornado_design

    analyse(ctx, "tornado", scenario, options, tornado_design)


@sensitivity.command(cls=Command)
@click.argument("scenario")
@click.option("--trajectories", type=click.IntRange(2), default=8, show_default=True, help="Walks through the space.")
@inputs_option
@outcome_option
@ensemble_options()
@click.pass_context
def morris(ctx: click.Context, /, scenario: str, **options: Any) -> None:
    """Screen many inputs with few runs: elementary effects along random walks.

    Example:  sencosim sensitivity morris full_time --inputs behaviour
    """
    from sencosim.decisions.designs import morris_trajectories
    from sencosim.ensembles.space import together

    n = options["trajectories"]
    analyse(ctx, "morris", scenario, options, lambda one, space: morris_trajectories(together(space), n, one.run.seed))


@sensitivity.command(cls=Command)
@click.argument("scenario")
@click.option(
    "--points",
    type=click.IntRange(2),
    default=32,
    show_default=True,
    help="Base points, a power of two; runs are more.",
)
@inputs_option
@outcome_option
@ensemble_options()
@click.pass_context
def sobol(ctx: click.Context, /, scenario: str, **options: Any) -> None:
    """Share out the variance: first-order and total Sobol' indices, with their convergence.

    Example:  sencosim sensitivity sobol full_time --inputs effects --inputs behaviour
    """
    from sencosim.decisions.designs import saltelli
    from sencosim.ensembles.space import together

    n = options["points"]
    analyse(ctx, "sobol", scenario, options, lambda one, space: saltelli(together(space), n, one.run.seed))


@sensitivity.command(cls=Command)
@click.argument("scenario")
@click.option("--threshold", type=float, help="Outcome beyond which the policy fails. Default: nought.")
@draws_option
@click.option("--main-only", is_flag=True, help="Draw in the main view only: faster, but shared with nothing.")
@outcome_option
@stored_option
@ensemble_options()
@click.pass_context
def prim(ctx: click.Context, /, scenario: str, **options: Any) -> None:
    """Say in words in which worlds the policy fails (scenario discovery), from the draws of `sencosim ensemble`.

    Example:  sencosim sensitivity prim full_time --draws 200
    """
    from sencosim.ensembles.sensitivity import check_outcome, prim_answer

    console = ctx.ensure_object(Console)
    outcome = check_outcome(options["outcome"])
    found = draws_of(console, [scenario], options, all_views=not options["main_only"])
    if found is None:
        return
    (whole, store), loaded = found
    policy = next(iter(loaded.values()))
    answer = prim_answer(whole, policy, policy.name, outcome, options["threshold"])
    hand_over(console, answer, whole, store.folder, options)
