"""``sencosim sensitivity prim``: in which worlds the policy fails, in words (scenario discovery)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click
import numpy as np
import pandas as pd

from sencosim.decisions.ensemble import Ensemble
from sencosim.decisions.prim import Discovery, discover
from sencosim.report.words import in_a_sentence
from sencosim.scenario.schema import Scenario
from sencosim.studies.answer import Answer, amount, check_outcome, favourable_of, outcome_in_words, outcome_of
from sencosim.studies.emulated import emulate, emulated_points, told_apart
from sencosim.studies.options import draws_of, draws_options, ensemble_options, hand_over, outcome_option, stored_option
from sencosim.studies.space import titles_and_units
from sencosim.terminal.console import Console
from sencosim.terminal.options import Command


def prim_answer(
    ensemble: Ensemble, scenario: Scenario, arm: str, outcome: str, threshold: float | None = None
) -> Answer:
    """Scenario discovery: in which worlds the outcome is on the wrong side of a threshold, in words.

    Of an outcome that is plainly better neither way, in which worlds it is above the threshold.

    Parameters
    ----------
    ensemble
        Draws in the main view.
    scenario, arm
        The policy and its name in the ensemble.
    outcome
        What tells failure.
    threshold
        Outcome beyond which the policy fails; zero if ``None``, or the worst quarter if that tells no draws apart.
    """
    view = scenario.view
    y, inputs = outcome_of(ensemble, view, arm, outcome), ensemble.drawn(view)
    model = emulate(ensemble, scenario, arm, outcome)
    facts = {"arm": arm, "outcome": outcome, "view": view, "r_squared": model.emulator.r_squared}
    if model.refused:
        return Answer("prim", model.refused, {}, (), facts)
    better = favourable_of(outcome)
    sign = -1.0 if better == "up" else 1.0
    limit = 0.0 if threshold is None else threshold
    fails = sign * y > sign * limit
    what = "loses money" if limit == 0.0 and outcome == "net_public_cost" else _failure(outcome, limit, sign)
    if threshold is None and (fails.all() or not fails.any()):
        every = "all" if fails.all() else "none of the"
        side, end = ("on the losing side of", "worst") if better else ("above", "highest")
        limit = float(np.quantile(y, 0.5 + 0.25 * sign))
        fails = sign * y > sign * limit
        what = _failure(outcome, limit, sign)
        head = (
            f"In {every} {len(y)} draws the {outcome_in_words(outcome)} is {side} zero, so no "
            f"input tells the worlds apart there. The quarter of the draws with the {end} result is described instead."
        )
    else:
        head = f"It {what} in {fails.mean():.0%} of the {len(y)} draws."
    points, emulated = emulated_points(model)
    found = discover(
        points[told_apart(model)], sign * emulated > sign * limit, seed=scenario.run.seed, check=(inputs, fails)
    )
    titles, units = titles_and_units(list(inputs.columns))
    rule = in_words(found, what, {name: in_a_sentence(title) for name, title in titles.items()}, units)
    box = [(name, low, high, found.box.quasi_p[name]) for name, (low, high) in found.box.limits.items()]
    own = found.box
    worth = [("emulated", own.coverage, own.density), ("run", own.held_out_coverage, own.held_out_density)]
    tables = {
        "box": pd.DataFrame(box, columns=["input", "from", "to", "quasi_p"]),
        "worth_of_box": pd.DataFrame(worth, columns=["points", "coverage", "density"]),
        "trajectory": found.trajectory,
    }
    return Answer("prim", f"{head}\n{rule}", tables, (), facts | {"threshold": limit})


def _failure(outcome: str, limit: float, sign: float) -> str:
    side = "above" if sign > 0.0 else "below"
    return f"has a {outcome_in_words(outcome)} {side} {amount(limit, outcome)}"


def in_words(
    discovery: Discovery,
    failure: str = "loses money",
    titles: Mapping[str, str] | None = None,
    units: Mapping[str, str] | None = None,
) -> str:
    """The rule in a sentence, and what it is worth in a second one.

    Parameters
    ----------
    discovery
        What was found.
    failure
        What the policy does in the failing draws.
    titles, units
        Words for the inputs, and their units.

    Examples
    --------
    >>> from sencosim.decisions.prim import Box
    >>> box = Box({"cost": (120.0, float("inf"))}, 0.8, 0.9, 0.3, {"cost": 0.001}, 0.75, 0.88, 40)
    >>> in_words(Discovery(box, pd.DataFrame(), 0.35), titles={"cost": "the cost of a place"}).partition(".")[0]
    'It loses money when the cost of a place is 120 or more'
    """
    box = discovery.box
    if not box.limits:
        return f"No part of the ranges stands out: it {failure} in {discovery.base_rate:.0%} of all emulated worlds."
    parts = [_restriction(name, ends, titles or {}, units or {}) for name, ends in box.limits.items()]
    rule = f"It {failure} when {' and '.join(parts)}."
    worth = f"It does so in {box.density:.0%} of such emulated worlds (against {discovery.base_rate:.0%} of all)"
    worth += f", and the rule catches {box.coverage:.0%} of all in which it does."
    if box.held_out_draws == 0:
        return f"{rule} {worth} No draw that was run lies where the rule holds, so none could check it."
    check = f"Of the draws that were run: in {box.held_out_density:.0%} of {box.held_out_draws} such"
    return f"{rule} {worth} {check}, and {box.held_out_coverage:.0%} are caught."


def _restriction(name: str, ends: tuple[float, float], titles: Mapping[str, str], units: Mapping[str, str]) -> str:
    title, unit = titles.get(name, name), units.get(name, "")
    unit = f" {unit}" if unit else ""
    low, high = ends
    if np.isinf(low):
        return f"{title} is {high:,.4g}{unit} or less"
    if np.isinf(high):
        return f"{title} is {low:,.4g}{unit} or more"
    return f"{title} is between {low:,.4g} and {high:,.4g}{unit}"


@click.command(cls=Command)
@click.argument("scenario", required=False, default="")
@click.option("--threshold", type=float, help="Outcome beyond which the policy fails. Default: zero.")
@draws_options
@outcome_option
@stored_option
@ensemble_options()
@click.pass_context
def prim(ctx: click.Context, /, scenario: str, **options: Any) -> None:
    """Say in words in which worlds the policy fails (scenario discovery), from the draws of `sencosim ensemble`.

    Example:  sencosim sensitivity prim full_time --draws 200
    """
    console = ctx.ensure_object(Console)
    outcome = check_outcome(options["outcome"])
    drawn = draws_of(console, [scenario] if scenario else [], options)
    policy = drawn.policy(scenario)
    answer = prim_answer(drawn.ensemble, policy, policy.name, outcome, options["threshold"])
    hand_over(console, answer, drawn.ensemble, drawn.place, options)
