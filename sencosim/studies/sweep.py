"""``sencosim sweep``: the points that a person asks for, and one tidy table of all that came out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import click
import numpy as np
import pandas as pd

from sencosim.decisions.designs import Design, grid, latin_hypercube, sobol_points, uniform_range
from sencosim.decisions.ensemble import DRAW_KEYS, RUN_KEYS, WEIGHT, Ensemble
from sencosim.errors import InputError, Problem
from sencosim.report.words import money
from sencosim.studies.answer import Answer
from sencosim.studies.options import ensemble_of, ensemble_options, hand_over, run_options, scenarios_of
from sencosim.terminal.console import Console
from sencosim.terminal.options import Command

TIDY = "tidy"
"""Long table of a sweep."""
MOST_LINES = 12
ALLOWED = "Write key=low:high:points, such as fte_teaching=0.2:1:5, or key=a,b,c."
MOST_POINTS = 100_000


@dataclass(frozen=True)
class Over:
    """One axis of a sweep: the key of a setting or parameter, and the points on it, in order."""

    key: str
    points: tuple[float, ...]


def parse_over(text: str) -> Over:
    """Read one axis.

    Parameters
    ----------
    text
        ``key=lo:hi:n`` for ``n`` values from ``lo`` to ``hi``, both ends included, or ``key=a,b,c``.

    Raises
    ------
    InputError
        With a sentence that says what is wrong.

    Examples
    --------
    >>> parse_over("senco_leaving_rate=0.1:0.3:3")
    Over(key='senco_leaving_rate', points=(0.1, 0.2, 0.3))
    >>> parse_over("share=0.5,1")
    Over(key='share', points=(0.5, 1.0))
    """
    key, equals, right = (part.strip() for part in text.partition("="))
    if not (key and equals and right):
        raise InputError(f"The sweep {text!r} has no key and values. {ALLOWED}")
    values = _range(text, right) if ":" in right else tuple(_number(text, part) for part in right.split(","))
    if len(set(values)) < len(values):
        raise InputError(f"The sweep {text!r} has the same value twice.")
    return Over(key, values)


def _range(text: str, right: str) -> tuple[float, ...]:
    parts = right.split(":")
    if len(parts) != 3:
        raise InputError(f"The sweep {text!r} has {len(parts)} parts after the equals sign, not 3. {ALLOWED}")
    low, high = _number(text, parts[0]), _number(text, parts[1])
    if not parts[2].strip().isdigit() or not 2 <= int(parts[2]) <= MOST_POINTS:
        raise InputError(
            f"The sweep {text!r} asks for {parts[2]!r} points: give a whole number from 2 to {MOST_POINTS:,}."
        )
    if low >= high:
        raise InputError(f"The sweep {text!r} runs from {low:g} to {high:g}: the first must be the smaller one.")
    return tuple(round(float(x), 12) for x in np.linspace(low, high, int(parts[2])))


def _number(text: str, part: str) -> float:
    try:
        value = float(part)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise InputError(f"The sweep {text!r} holds {part.strip()!r}, which is not a number. {ALLOWED}")
    return value


def parse_overs(texts: Sequence[str]) -> tuple[Over, ...]:
    """Read several axes, all of different keys, and say every fault at once."""
    axes: list[Over] = []
    problems: list[Problem] = []
    for text in texts:
        try:
            axes.append(parse_over(text))
        except InputError as error:
            problems.append(Problem(error.message, found=text))
    keys = [axis.key for axis in axes]
    problems += [Problem(f"The key {k} is swept twice.", key=k) for k in dict.fromkeys(keys) if keys.count(k) > 1]
    if problems:
        raise InputError(" ".join(problem.message for problem in problems), tuple(problems))
    return tuple(axes)


def sweep_design(texts: Sequence[str], kind: str, n: int, seed: int) -> Design:
    """Points of a sweep.

    Parameters
    ----------
    texts
        Axes, such as ``senco_leaving_rate=0.1:0.3:5``. Other designs than a grid take their ends.
    kind
        ``grid``, ``latin_hypercube`` or ``sobol_points``.
    n, seed
        Points and seed of the latter two.

    Raises
    ------
    InputError
        If an axis cannot be read, or has one value where a range is needed.
    """
    axes = parse_overs(texts)
    if kind == "grid":
        return grid({axis.key: axis.points for axis in axes})
    single = [axis.key for axis in axes if len(axis.points) < 2]
    if single:
        raise InputError(f"A {kind} design needs a range for {', '.join(single)}: write key=low:high:2.")
    space = {axis.key: uniform_range(min(axis.points), max(axis.points)) for axis in axes}
    return latin_hypercube(space, n, seed) if kind == "latin_hypercube" else sobol_points(space, n, seed)


def tidy(ensemble: Ensemble) -> pd.DataFrame:
    """Long table: one row a point, arm, replication and outcome, the inputs alongside it.

    Returns
    -------
        ``view``, ``draw``, the inputs, ``arm``, ``replication``, ``outcome``, ``unit``, ``value`` (of the arm) and
        ``difference`` (from the baseline of the same point and replication).
    """
    long = ensemble.outcomes.melt(list(RUN_KEYS), var_name="outcome", value_name="value")
    keys = [*DRAW_KEYS, "replication", "outcome"]
    base = long[long["arm"] == ensemble.arms[0]].drop(columns="arm").rename(columns={"value": "baseline"})
    long = long.merge(base, on=keys, how="left", validate="many_to_one")
    long["difference"] = long["value"] - long["baseline"]
    long["unit"] = long["outcome"].map(dict(ensemble.units))
    inputs = ensemble.inputs.drop(columns=WEIGHT)
    wide = inputs.merge(long.drop(columns="baseline"), on=list(DRAW_KEYS), validate="one_to_many")
    return wide[[*inputs.columns, "arm", "replication", "outcome", "unit", "value", "difference"]]


def sweep_answer(ensemble: Ensemble) -> Answer:
    """Say the net cost at each point; every outcome is in the tidy table."""
    table = tidy(ensemble)
    names = list(ensemble.input_names)
    cost = table[(table["outcome"] == "net_public_cost") & (table["arm"] != ensemble.arms[0])]
    runs = cost.groupby(["arm", *names, "draw"], sort=False)["difference"]
    means = runs.agg(["mean", "std", "count"]).reset_index()
    means["standard_error"] = means.pop("std") / np.sqrt(means["count"])
    means = means.rename(columns={"mean": "net_public_cost_gbp", "count": "replications"})
    lines = [
        f"{len(ensemble.inputs):,} points, {len(ensemble.outcomes):,} runs. Net cost to the public purse, present "
        "value:"
    ]
    for row in means.head(MOST_LINES).to_dict(orient="records"):
        at = ", ".join(f"{name} {row[name]:.4g}" for name in names)
        lines.append(f"  {row['arm']}, {at}: {money(row['net_public_cost_gbp'])}")
    if len(means) > MOST_LINES:
        lines.append(f"  and {len(means) - MOST_LINES:,} more in net_public_cost.csv")
    lines.append(f"Every outcome, tidy, is in {TIDY}.parquet.")
    return Answer("sweep", "\n".join(lines), {"net_public_cost": means}, long_tables={TIDY: table})


@click.command(cls=Command)
@click.argument("scenarios", nargs=-1, required=True, metavar="SCENARIO...")
@click.option(
    "--over",
    "overs",
    multiple=True,
    required=True,
    metavar="KEY=LOW:HIGH:N",
    help="A parameter, or a setting with its dots, over N values (or KEY=a,b,c); may be given again.",
)
@click.option(
    "--design",
    type=click.Choice(["grid", "latin_hypercube", "sobol_points"]),
    default="grid",
    show_default=True,
    help="Every combination, or --points spread over the ranges.",
)
@click.option(
    "--points", type=click.IntRange(2), default=64, show_default=True, help="Points of the other two designs."
)
@ensemble_options()
@click.pass_context
def sweep(ctx: click.Context, /, scenarios: tuple[str, ...], **options: Any) -> None:
    """Run policies over ranges of settings and inputs; tidy parquet out; give the command again to go on.

    Example:  sencosim sweep full_time --over senco_leaving_rate=0.1:0.3:5
    """
    from sencosim.studies.question import designed

    console = ctx.ensure_object(Console)
    loaded = scenarios_of(scenarios, options)
    seed = next(iter(loaded.values())).run.seed
    design = sweep_design(options["overs"], options["design"], options["points"], seed)
    question = designed(loaded, run_options(options), design, options["replications"], options["sample"])
    ensemble, place = ensemble_of(console, question, options)
    hand_over(console, sweep_answer(ensemble), ensemble, place, options)
