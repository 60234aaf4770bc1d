"""``sencosim sensitivity prim``: in which worlds the policy fails, in words (scenario discovery)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click
import numpy as np
import pandas as pd

from sencosim.decisions.ensemble import Ensemble
from sencosim.decisions.prim import Discovery, discover
from sencosim.decisions.resampling import Floats, keyed_uniforms
from sencosim.decisions.sensitivity import from_ensemble
from sencosim.report.words import in_a_sentence
from sencosim.scenario.schema import Scenario
from sencosim.studies.answer import Answer, amount, check_outcome, outcome_in_words, outcome_of
from sencosim.studies.options import draws_of, draws_options, ensemble_options, hand_over, outcome_option, stored_option
from sencosim.studies.space import titles_and_units
from sencosim.terminal.console import Console
from sencosim.terminal.options import Command

HELD_OUT = 0.3
"""Share of draws that judge a rule of scenario discovery."""
MOST_SCREENED = 8
"""Inputs that scenario discovery looks at."""
BETTER_WHEN_HIGH = ("npsv", "policy_benefit", "cashable_saving")


def prim_answer(
    ensemble: Ensemble, scenario: Scenario, arm: str, outcome: str, threshold: float | None = None
) -> Answer:
    """Scenario discovery: in which worlds the outcome is on the wrong side of a threshold, in words.

    Parameters
    ----------
    ensemble
        Draws in the main view.
    scenario, arm
        The policy and its name in the ensemble.
    outcome
        What tells failure.
    threshold
        Outcome beyond which the policy fails; nought if ``None``, or the worst quarter if that tells no draws apart.
    """
    view = scenario.view
    y, inputs = outcome_of(ensemble, view, arm, outcome), ensemble.drawn(view)
    sign = -1.0 if outcome in BETTER_WHEN_HIGH else 1.0
    limit = 0.0 if threshold is None else threshold
    fails = sign * y > sign * limit
    what = "loses money" if limit == 0.0 and outcome == "net_public_cost" else _failure(outcome, limit, sign)
    if threshold is None and (fails.all() or not fails.any()):
        every = "every" if fails.all() else "none"
        limit = float(np.quantile(y, 0.5 + 0.25 * sign))
        fails = sign * y > sign * limit
        what = _failure(outcome, limit, sign)
        head = (
            f"In {every} of the {len(y)} draws the {outcome_in_words(outcome)} is on the losing side of nought, so no "
            "input tells the worlds apart there. The quarter of the draws with the worst result is described instead."
        )
    else:
        head = f"It {what} in {fails.mean():.0%} of the {len(y)} draws."
    kept = screened(inputs, y, scenario.run.seed)
    found = discover(inputs[kept], fails, seed=scenario.run.seed, held_out=HELD_OUT)
    titles, units = titles_and_units(list(inputs.columns))
    rule = in_words(found, what, {name: in_a_sentence(title) for name, title in titles.items()}, units)
    varying = int((inputs.max() > inputs.min()).sum())
    weighed = inputs if len(y) >= varying + 2 else inputs[kept]  # a regression on all needs more draws than inputs
    box = [(name, low, high, found.box.quasi_p[name]) for name, (low, high) in found.box.limits.items()]
    tables = {
        "box": pd.DataFrame(box, columns=["input", "from", "to", "quasi_p"]),
        "trajectory": found.trajectory,
        "importance": from_ensemble(weighed, y, scenario.run.seed),
    }
    facts = {"arm": arm, "outcome": outcome, "threshold": limit, "view": view}
    return Answer("prim", f"{head}\n{rule}", tables, (), facts)


def screened(inputs: pd.DataFrame, outcome: Floats, seed: int) -> list[str]:
    """Inputs among which a box is looked for: those that go most with the outcome in rank.

    With as many inputs as draws any box can be found by chance. Draws that later judge the box are not looked at.
    """
    seen = keyed_uniforms(len(inputs), seed, "hold out") >= HELD_OUT
    own = inputs[seen].loc[:, inputs[seen].max() > inputs[seen].min()]
    together = own.corrwith(pd.Series(outcome[seen], index=own.index), method="spearman").abs()
    return [str(name) for name in together.sort_values(ascending=False, kind="stable").index[:MOST_SCREENED]]


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
        return f"No part of the ranges stands out: it {failure} in {discovery.base_rate:.0%} of all draws."
    parts = [_restriction(name, ends, titles or {}, units or {}) for name, ends in box.limits.items()]
    rule = f"It {failure} when {' and '.join(parts)}."
    worth = f"It does so in {box.density:.0%} of such draws (against {discovery.base_rate:.0%} of all draws)"
    worth += f", and the rule catches {box.coverage:.0%} of all draws in which it does."
    if box.held_out_draws == 0:
        return f"{rule} {worth} No draws were kept aside that could check the rule."
    check = f"On draws kept aside: {box.held_out_density:.0%} of {box.held_out_draws}"
    return f"{rule} {worth} {check}, and {box.held_out_coverage:.0%} caught."


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
@click.option("--threshold", type=float, help="Outcome beyond which the policy fails. Default: nought.")
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
