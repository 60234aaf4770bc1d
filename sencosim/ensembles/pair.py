"""Where two inputs together bring the net result to nought: a line in their plane, found by running the model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from sencosim.decisions.breakeven import EvidenceRange, SwitchingValue, joint_switch, switching_value
from sencosim.ensembles.answer import Answer
from sencosim.ensembles.breakeven import MEASURES, Measure
from sencosim.ensembles.search import Model, all_runs, allowed, evidence_of, today_of
from sencosim.ensembles.space import titles_and_units
from sencosim.errors import InputError
from sencosim.report.charts.pair import Axis, pair_chart
from sencosim.report.charts.style import Wording
from sencosim.report.words import money

LINE_POINTS = 5
"""Values of the first input at which the second one is searched, and values of the second that are scanned."""
CONFIRMED_POINTS = 3
"""Points of the line that are run again with other schools and chance."""


@dataclass(frozen=True)
class PairFound:
    """The line.

    Attributes
    ----------
    first, second
        The inputs.
    table
        One row a value of the first input: ``first``, ``second`` (where the net result is nought; NaN if nowhere),
        ``low``, ``high`` (80 % interval), ``status``, ``place`` (of the second in its evidence), ``confirmed``.
    grid
        Mean net benefit at every pair that was scanned: ``first``, ``second``, ``net_benefit_gbp``.
    runs
        Every run.
    """

    first: Axis
    second: Axis
    table: pd.DataFrame
    grid: pd.DataFrame
    runs: pd.DataFrame


def search_pair(
    model: Model, confirm: Model, first: str, seed: int, limits: tuple[tuple[float, float] | None, ...] = (None, None)
) -> PairFound:
    """Find the line on which two inputs together bring the net result to nought.

    At each of a few values of the first input the second is searched as :func:`sencosim.ensembles.search.search` does,
    with the same schools and chance at every run; some of the points found are run again with others.

    Parameters
    ----------
    model, confirm
        The second input's, in different replications.
    first
        Name of the first input.
    seed
        For the bootstrap.
    limits
        Ranges of the first and the second. ``None``: for the first what its evidence allows (2.5 % to 97.5 %), for the
        second where the model allows it.

    Raises
    ------
    InputError
        If an input does not exist, or a setting has no range.
    """
    scenario, second = model.scenario, model.name
    if first == second:
        raise InputError(f"A pair needs two inputs; {first} is named twice.")
    evidence = evidence_of(scenario, first)
    own = limits[0] or (None if evidence is None else (evidence.low, evidence.high))
    one = _axis(model, first, allowed(scenario, first, own))
    other = _axis(model, second, allowed(scenario, second, limits[1]))
    values = np.linspace(*one.limits, LINE_POINTS)
    again = {int(i) for i in np.linspace(0, LINE_POINTS - 1, CONFIRMED_POINTS).round()}
    rows = []
    for number, value in enumerate(values):
        at = replace(model, fixed={first: float(value)})
        there = replace(confirm, fixed={first: float(value)}) if number in again else None
        rows.append(_row(float(value), _root(at, there, other, seed)))
    table = pd.DataFrame(rows)
    return PairFound(one, other, table, _grid(model, one, other), all_runs(model, confirm))


def _root(at: Model, there: Model | None, axis: Axis, seed: int) -> SwitchingValue:
    start = None if np.isnan(axis.today) else axis.today
    return switching_value(
        at, axis.limits, seed=seed, start=start, points=LINE_POINTS, evidence=axis.evidence, rerun=there
    )


def _row(first: float, found: SwitchingValue) -> dict[str, object]:
    return {
        "first": first,
        "second": found.value,
        "low": found.low,
        "high": found.high,
        "status": found.status,
        "place": found.place if found.roots else "",
        "confirmed": found.confirmed,
        "rerun_net_gbp": found.rerun_net,
        "rerun_standard_error_gbp": found.rerun_se,
        "n": found.n,
    }


def _axis(model: Model, name: str, limits: tuple[float, float]) -> Axis:
    titles, units = titles_and_units([name])
    evidence: EvidenceRange | None = evidence_of(model.scenario, name)
    return Axis(name, titles[name], units[name], limits, today_of(model.scenario, name), evidence)


def _grid(model: Model, one: Axis, other: Axis) -> pd.DataFrame:
    """Mean net benefit at the scanned pairs; values between them that Brent's method looked at are left out."""
    first, second = one.name, other.name
    means = pd.DataFrame(model.runs).groupby([first, second])["net_benefit_gbp"].mean().reset_index()
    scanned = np.linspace(*other.limits, LINE_POINTS)
    kept = means[means[second].isin(scanned.tolist())]
    return kept.rename(columns={first: "first", second: "second"}).reset_index(drop=True)


def pair_answer(found: PairFound, measure: Measure, view: str, source: str) -> Answer:
    """The line in sentences, as a table, and as a picture.

    Parameters
    ----------
    found
        The line.
    measure
        ``public`` or ``social``.
    view
        Whose point values hold for everything else.
    source
        Line under the chart.
    """
    text = " ".join(_sentences(found, measure))
    rows = found.grid[["first", "second", "net_benefit_gbp"]].to_numpy(dtype=np.float64)
    nets = {(float(a), float(b)): float(net) for a, b, net in rows}
    joint = joint_switch(lambda a, b: nets[a, b], np.unique(rows[:, 0]), np.unique(rows[:, 1]))
    words = Wording(
        f"breakeven_{found.first.name}_{found.second.name}".replace(".", "_"),
        _finding(found, measure),
        f"Where the {MEASURES[measure]} is nought (line; bars: 80 % intervals). Dots: pairs that were run, filled "
        "where the policy pays. Grey: likely range of both (10 % to 90 % of their evidence). "
        f"{view.capitalize()} view, all else at its point value.",
        source,
    )
    chart = pair_chart(words, (found.first, found.second), found.table, found.grid, joint.lines)
    tables = {"line": found.table, "grid": found.grid, "runs": found.runs}
    facts = {"first": found.first.name, "second": found.second.name, "measure": measure, "view": view}
    return Answer(f"breakeven-{found.first.name}-{found.second.name}", text, tables, (chart,), facts)


def _finding(found: PairFound, measure: Measure) -> str:
    line = found.table[found.table["status"] != "no root in range"]
    if line.empty:
        return f"No pair of values in range brings the {MEASURES[measure]} to nought"
    inside = line["place"].isin(["inside the likely range", "inside the evidence, outside the likely range"])
    where = "inside" if inside.any() else "outside"
    return f"The answer changes on a line that lies {where} the evidence of {_lower(found.second.title)}"


def _sentences(found: PairFound, measure: Measure) -> Iterator[str]:
    first, second, line = found.first, found.second, found.table[found.table["status"] != "no root in range"]
    yield f"Measured by the {MEASURES[measure]}, all other inputs at their point values."
    if line.empty:
        near = found.grid.iloc[int(found.grid["net_benefit_gbp"].abs().to_numpy().argmin())]
        yield (
            f"No pair changes the answer: with {_lower(first.title)} from {first.limits[0]:,.4g} to "
            f"{first.limits[1]:,.4g} {first.unit} and {_lower(second.title)} from {second.limits[0]:,.4g} to "
            f"{second.limits[1]:,.4g} {second.unit} it stays on one side of nought. Nearest is "
            f"{money(float(near['net_benefit_gbp']))} of net benefit, at {near['first']:,.4g} and "
            f"{near['second']:,.4g}. Not within the evidence."
        )
        return
    told = "; ".join(_told(row, second) for row in line.to_dict(orient="records"))
    inputs = f"{_lower(first.title)} [{first.unit}] and {_lower(second.title)} [{second.unit}]"
    yield f"The answer changes where {inputs} are: {told}."
    if len(line) < len(found.table):
        yield f"At {len(found.table) - len(line)} of {len(found.table)} values of the first there is no such value."
    if second.evidence is not None and not line["place"].str.startswith("inside").any():
        yield f"None of them is within the evidence of {_lower(second.title)}."
    checked = line["confirmed"].dropna()
    if len(checked):
        agree = f"{int(checked.sum())} of {len(checked)} points"
        yield f"{agree} that were run again with other schools and chance agree."


def _told(row: dict[object, object], second: Axis) -> str:
    low, high = float(str(row["low"])), float(str(row["high"]))
    interval = "" if np.isnan(low) else f" (80 % interval {_end(low, second)} to {_end(high, second)})"
    place = f", {row['place']}" if row["place"] else ""
    return f"{row['first']:,.4g} and {row['second']:,.4g}{interval}{place}"


def _end(value: float, axis: Axis) -> str:
    if np.isinf(value):
        return f"below {axis.limits[0]:,.4g}" if value < 0.0 else f"above {axis.limits[1]:,.4g}"
    return f"{value:,.4g}"


def _lower(title: str) -> str:
    return title if title[:2].isupper() else title[:1].lower() + title[1:]
