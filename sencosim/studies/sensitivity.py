"""``sencosim sensitivity``: which inputs move the answer, by the emulator of draws and by runs made for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np
import pandas as pd

from sencosim.decisions.designs import Design, morris_trajectories, ordered_values, saltelli
from sencosim.decisions.ensemble import Ensemble
from sencosim.decisions.resampling import Floats
from sencosim.decisions.sensitivity import morris as elementary_effects
from sencosim.decisions.sensitivity import sobol as indices
from sencosim.decisions.sensitivity import sobol_convergence
from sencosim.decisions.sensitivity import tornado as swings
from sencosim.decisions.shares import REST
from sencosim.evidence.distributions import Distribution
from sencosim.outcomes.columns import MONEY, outcome_titles, outcome_units
from sencosim.report.charts.decisions import ranked_chart, tornado_chart
from sencosim.report.charts.style import Wording
from sencosim.scenario.assumed import register_of
from sencosim.scenario.schema import Scenario
from sencosim.studies.answer import (
    Answer,
    amount,
    check_outcome,
    outcome_in_words,
    outcome_of,
    source_line,
    unknown_outcome,
    with_titles,
)
from sencosim.studies.emulated import emulate, moves_in_words, what_moves
from sencosim.studies.options import (
    draws_of,
    draws_options,
    ensemble_of,
    ensemble_options,
    hand_over,
    outcome_option,
    run_options,
    scenarios_of,
    stored_option,
)
from sencosim.studies.prim import prim
from sencosim.studies.space import centre, choose, group_of, quality_of, together, uncertain
from sencosim.terminal.console import Console
from sencosim.terminal.options import Command

Space = Mapping[str, Distribution]
SHARES = (0.1, 0.9)
"""Ends of a tornado's bars: points of each input's own distribution."""
SMALLEST_PART = 8
"""Base points of the smallest part of a design whose Sobol' indices are shown."""


def varied_apart(scenario: Scenario, names: Sequence[str]) -> list[str]:
    """Say which inputs of a design are drawn together elsewhere; nothing if none are.

    A design varies its inputs independently, as its method assumes.
    """
    groups = [one for one in register_of(scenario).correlations if one.correlation > 0.0]
    tied = [one.title for one in groups if len(set(one.parameters) & set(names)) > 1]
    if not tied:
        return []
    return ["Varied on their own here, though draws of the evidence take them together: " + "; ".join(tied) + "."]


# -- one at a time ----------------------------------------------------------------------------------------------------


def tornado_design(scenario: Scenario, space: Space) -> Design:
    """The point values, then each input alone at both ends."""
    values, space = centre(scenario, scenario.view), together(space, also_alone=True)
    middle = {name: values[name] for name in space}
    rows = [middle]
    for name, distribution in space.items():
        rows += [middle | {name: float(x)} for x in ordered_values(distribution, np.asarray(SHARES))]
    points = pd.DataFrame(rows)
    return Design("tornado", np.zeros(points.shape), points, scenario.run.seed)


def tornado_answer(ensemble: Ensemble, place: Path, scenario: Scenario, arm: str, outcome: str) -> Answer:
    """Tornado: same schools and chance at both ends of every bar.

    Parameters
    ----------
    ensemble, place
        A finished run of :func:`tornado_design`, and where it is kept.
    scenario, arm
        The policy and its name in the ensemble.
    outcome
        What is explained.
    """
    table = with_titles(_swings(ensemble, scenario, arm, outcome), units=True)
    table["quality"] = table["input"].map(lambda name: quality_of(str(name)))
    table["group"] = table["input"].map(lambda name: group_of(str(name)))
    words = outcome_in_words(outcome)
    unit = "GBP" if outcome in MONEY else outcome_units()[outcome]
    of = "" if outcome in MONEY or outcome.startswith("payer_net") else f" ({unit})"
    crossing = table.loc[table["crosses"], "title"].tolist()
    first = table.iloc[0]
    none = (
        f"None of the {len(table)} inputs changes the sign of the {words} alone, within the 80 % of its distribution."
    )
    lines = [
        f"The input that moves the {words} most is: {first['title']}. Between its 10 % and 90 % points "
        f"({first['input_low']:,.4g} and {first['input_high']:,.4g} {first['unit']}) the {words} goes from "
        f"{amount(first['outcome_low'], outcome)} to {amount(first['outcome_high'], outcome)}{of}.",
        "Inputs that change the answer alone: " + ", ".join(crossing) + "." if crossing else none,
        "One input at a time, the others at their point values: what inputs do together is in `sensitivity sobol`.",
    ]
    if (table["group"] == "calibration").any():
        lines.append("Fitted parameters belong together: moved alone, one leaves what the calibration found likely.")
    lines += varied_apart(scenario, list(table["input"]))
    weak = table[table["quality"].isin(["D", "E"])].head(5)
    if len(weak):
        lines.append("Of those on weak evidence (quality D or E) these move it most: " + "; ".join(weak["title"]) + ".")
    chart = tornado_chart(table, words, unit, source_line(ensemble, place))
    return Answer("tornado", "\n".join(lines), {"tornado": table}, (chart,), {"arm": arm, "outcome": outcome})


def _swings(ensemble: Ensemble, scenario: Scenario, arm: str, outcome: str) -> pd.DataFrame:
    """The runs of the design, read back as a function of the inputs."""
    view = scenario.view
    runs = ensemble.outcomes[ensemble.outcomes["view"] == view]
    if unknown := int(runs[outcome].isna().sum()):
        raise unknown_outcome(outcome_titles()[outcome], f"in {unknown:,} of {len(runs):,} runs")
    wide = runs.pivot_table(index=["draw", "replication"], columns="arm", values=outcome)
    paired = (wide[arm] - wide[ensemble.arms[0]]).rename("difference").reset_index()
    difference = paired.pivot_table(index="draw", columns="replication", values="difference")
    drawn = ensemble.drawn(view)
    known = {tuple(row): draw for draw, *row in drawn.itertuples(name=None)}

    def run(values: Mapping[str, float]) -> Floats:
        draw = known[tuple(values[name] for name in drawn.columns)]
        found: Floats = difference.loc[draw].to_numpy(dtype=np.float64)
        return found

    middle = {str(name): float(x) for name, x in drawn.iloc[0].items()}
    inputs = together(uncertain(scenario, view), also_alone=True)
    space = {name: dist for name, dist in inputs.items() if name in middle}
    return swings(run, space, middle, 0.0, SHARES)


# -- designed samples -------------------------------------------------------------------------------------------------


def morris_answer(ensemble: Ensemble, design: Design, scenario: Scenario, arm: str, outcome: str) -> Answer:
    """Morris: means and spreads of elementary effects.

    Parameters
    ----------
    ensemble, design
        A finished run, and the trajectories behind its points.
    scenario, arm, outcome
        As in :func:`tornado_answer`.
    """
    y = outcome_of(ensemble, scenario.view, arm, outcome)
    table = with_titles(elementary_effects(design, y, scenario.run.seed))
    words, first = outcome_in_words(outcome), table.iloc[0]
    trajectories = len(design.points) // (len(design.names) + 1)
    text = (
        f"Screening by {trajectories} trajectories ({len(design.points)} points): {first['title']} moves the {words} "
        f"most (mean absolute effect over its range {amount(first['mu_star'], outcome)}, 95 % interval ± "
        f"{amount(first['mu_star_half_width'], outcome)}). Inputs in order: {'; '.join(table['title'].head(8))}."
    )
    text = " ".join([text, *varied_apart(scenario, design.names)])
    return Answer("morris", text, {"morris": table}, (), {"arm": arm, "outcome": outcome})


def sobol_answer(ensemble: Ensemble, design: Design, scenario: Scenario, arm: str, outcome: str) -> Answer:
    """Sobol' indices with their convergence.

    Parameters
    ----------
    ensemble, design
        A finished run, and Saltelli's design behind its points.
    scenario, arm, outcome
        As in :func:`tornado_answer`.
    """
    y = outcome_of(ensemble, scenario.view, arm, outcome)
    table = with_titles(indices(design, y, scenario.run.seed))
    growing = sobol_convergence(design, y, scenario.run.seed, SMALLEST_PART)
    words, first = outcome_in_words(outcome), table.iloc[0]
    steps = growing[growing["input"] == first["input"]].set_index("n_base")["total"].sort_index()
    path = ", ".join(f"{total:.2f} with {n}" for n, total in steps.items())
    cautioned = int((table["caution"] != "").sum())
    caution = (
        f" {cautioned} of {len(table)} indices have a fault that only more runs cure (column caution)."
        if cautioned
        else ""
    )
    text = (
        f"Of the variance of the {words} (standard deviation {amount(float(y.std(ddof=1)), outcome)}), "
        f"{first['title']} has a part in {first['total']:.0%} (total index, 95 % ± {first['total_half_width']:.2f}; "
        f"alone {first['first_order']:.0%}). As base points were added its total index was {path}.{caution} "
        f"First-order indices sum to {table['first_order'].sum():.2f}; what lacks to 1 is inputs acting "
        "together, the error of the indices, and chance in the simulation."
    )
    text = " ".join([text, *varied_apart(scenario, design.names)])
    tables = {"sobol": table, "sobol_convergence": growing}
    return Answer("sobol", text, tables, (), {"arm": arm, "outcome": outcome, "runs": len(y)})


# -- commands ---------------------------------------------------------------------------------------------------------

inputs_option = click.option(
    "--inputs",
    "inputs",
    multiple=True,
    help="Only this input, or group: effects, behaviour, prices, process, calibration; may be given again.",
)


@click.group()
def sensitivity() -> None:
    """Say which inputs move the answer: from draws (draws, prim), or by runs as a check (tornado, morris, sobol).

    Example:  sencosim sensitivity tornado full_time
    """


def _run(
    console: Console, scenario: str, options: Mapping[str, Any], make: Callable[[Scenario, Space], Design]
) -> tuple[Ensemble, Path, Design, Scenario]:
    """Run the points of a design over the inputs that are asked for."""
    from sencosim.studies.question import designed

    check_outcome(options["outcome"])
    loaded = scenarios_of([scenario], options)
    policy = next(iter(loaded.values()))
    design = make(policy, choose(uncertain(policy, policy.view), options["inputs"]))
    question = designed(loaded, run_options(options), design, options["replications"], options["sample"])
    return *ensemble_of(console, question, options), design, policy


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
    console = ctx.ensure_object(Console)
    ensemble, place, _, policy = _run(console, scenario, options, tornado_design)
    answer = tornado_answer(ensemble, place, policy, policy.name, options["outcome"])
    hand_over(console, answer, ensemble, place, options)


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

    def trajectories(policy: Scenario, space: Space) -> Design:
        return morris_trajectories(together(space), options["trajectories"], policy.run.seed)

    console = ctx.ensure_object(Console)
    ensemble, place, design, policy = _run(console, scenario, options, trajectories)
    answer = morris_answer(ensemble, design, policy, policy.name, options["outcome"])
    hand_over(console, answer, ensemble, place, options)


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

    def blocks(policy: Scenario, space: Space) -> Design:
        return saltelli(together(space), options["points"], policy.run.seed)

    console = ctx.ensure_object(Console)
    ensemble, place, design, policy = _run(console, scenario, options, blocks)
    answer = sobol_answer(ensemble, design, policy, policy.name, options["outcome"])
    hand_over(console, answer, ensemble, place, options)


sensitivity.add_command(prim)


def draws_answer(ensemble: Ensemble, place: Path, scenario: Scenario, arm: str, outcome: str) -> Answer:
    """What moves the answer, by the emulator of draws that are there: no run of its own.

    Parameters
    ----------
    ensemble, place
        Draws in the main view of the scenario, and where they are kept.
    scenario, arm, outcome
        The policy, its name in the ensemble, and what is explained.

    Raises
    ------
    InputError
        If there are too few draws.
    """
    found = emulate(ensemble, scenario, arm, outcome)
    facts: dict[str, Any] = {"arm": arm, "outcome": outcome, "r_squared": found.emulator.r_squared}
    if found.refused:
        return Answer("sensitivity-draws", found.refused, {}, (), facts)
    table, n = what_moves(found), found.emulator.outcome.size
    own = table[(table["input"] != REST) & table["told_apart"]].rename(columns={"shapley": "value"})
    words = Wording(
        "what_moves",
        f"{table['title'].iloc[0]} moves the {outcome_in_words(outcome)} most",
        f"Shapley effects with their 95 % intervals: shares of the variance over {n} draws, {scenario.view} view, by "
        f"an emulator that explains {found.emulator.r_squared:.0%} of draws held out. Inputs that may as well do "
        "nothing are left out.",
        source_line(ensemble, place),
    )
    charts = (
        () if own.empty else (ranked_chart(words, own[["title", "value", "low", "high"]], "share of the variance"),)
    )
    text = "\n".join(moves_in_words(table, outcome, scenario.view, n))
    return Answer("sensitivity-draws", text, {"what_moves": table}, charts, facts)


@sensitivity.command("draws", cls=Command)
@click.argument("scenario", required=False, default="")
@draws_options
@outcome_option
@stored_option
@ensemble_options()
@click.pass_context
def of_draws(ctx: click.Context, /, scenario: str, **options: Any) -> None:
    """Say what moves the answer from draws that are there (with --run, of a finished run): no run of its own.

    Example:  sencosim sensitivity draws --run full_time
    """
    console = ctx.ensure_object(Console)
    outcome = check_outcome(options["outcome"])
    drawn = draws_of(console, [scenario] if scenario else [], options)
    policy = drawn.policy(scenario)
    hand_over(
        console,
        draws_answer(drawn.ensemble, drawn.place, policy, policy.name, outcome),
        drawn.ensemble,
        drawn.place,
        options,
    )
