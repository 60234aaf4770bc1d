"""The frontier of policies as charts: one aim with names, every aim in small, and where the rule holds."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pandas as pd

from sencosim.outcomes.on_frontier import POINT, RULE, SHIPPED, THIS
from sencosim.report.charts import style
from sencosim.report.charts.labels import Label, Line, place_labels
from sencosim.report.charts.style import Chart, plain_numbers, sheet, wording_of
from sencosim.report.findings import Findings
from sencosim.report.frontier import Told, frontier_told, policy_name, times_words
from sencosim.report.laws import LAW_WORDS
from sencosim.report.table import words_in
from sencosim.report.words import in_a_sentence, money, plain, rounding_step, sentence_case

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BILLION = 1e9
COLUMNS = 3
MARKS: Mapping[str, Mapping[str, Any]] = {
    POINT: {"marker": "o", "markersize": 7, "color": style.DARK_BLUE},
    SHIPPED: {"marker": "s", "markersize": 6, "color": style.DARK_GREY, "markerfacecolor": style.WHITE},
    RULE: {"marker": "D", "markersize": 9, "color": style.ORANGE},
    THIS: {"marker": "*", "markersize": 15, "color": style.DARK_PINK},
}
"""Shapes tell the kinds apart without colour."""
HELD, FAILED = "holds", "fails"


def best_for_the_money_chart(findings: Findings, source: str) -> Chart | None:
    """The frontier of the main aim with the policy of a run on it; nothing where none stands alongside it."""
    told = frontier_told(findings)
    return None if told is None else frontier_chart(told, source)


def every_aim_chart(findings: Findings, source: str) -> Chart | None:
    """The frontier of every aim in small; nothing where none stands alongside the policy of a run."""
    told = frontier_told(findings)
    return None if told is None else aims_chart(told, source)


def frontier_chart(told: Told, source: str) -> Chart:
    """Cost across and gain up: the frontier as a line, its points, the rule, shipped policies and the one of a run."""
    name = told.main
    rows, words = told.of(name), told.aim(name)
    shown = _shown(rows)
    scale, unit = words.scale(*shown["gain"].tolist())
    below = {"aim": in_a_sentence(words.title), "way": words.direction, "marks": _marks(shown)}
    wording = wording_of(told.worded, "best_for_the_money", source, _title(told, name), **below)
    with sheet(wording, 5.2) as page:
        axes = page.axes(0.09, 0.89, foot=0.5, head=0.25)
        _draw(axes, rows, scale)
        axes.set_xlabel("Net public cost, £ billion")
        axes.text(
            0.0, 1.015, f"{sentence_case(words.direction)}: {unit}", transform=axes.transAxes, fontsize=9, va="bottom"
        )
        _roomy(axes)
        left_out = place_labels(axes, [*_labels(shown, scale)], 9, [*_lines(shown, scale)])
        text = _in_words(shown, scale, unit)
        more = f" Not labelled for lack of room: {', '.join(left_out)}." if left_out else ""
        return page.chart(_data(shown), f"Scatter chart. {wording.title}. {text}{more}")


def _shown(rows: pd.DataFrame) -> pd.DataFrame:
    """What a chart of one aim names: its frontier, the rule, shipped policies, the policy of the run."""
    return rows[rows["on_frontier"].astype(bool) | rows["kind"].isin([RULE, SHIPPED, THIS])].reset_index(drop=True)


def _marks(shown: pd.DataFrame) -> str:
    """What the marks mean that a chart has."""
    say = words_in("templates/charts.yaml")["frontier_marks"]
    known = bool(shown[["cost_error", "gain_error"]].notna().to_numpy().any())
    parts = {"plain": True, "star": bool((shown["kind"] == THIS).any()), "bars": known}
    return " ".join(say[name] for name, is_there in parts.items() if is_there)


def _data(shown: pd.DataFrame) -> pd.DataFrame:
    return shown[["aim", "kind", "name", "cost", "gain", "cost_error", "gain_error", "on_frontier"]]


def _draw(axes: Axes, rows: pd.DataFrame, scale: float, size: float = 1.0) -> None:
    """The line of the frontier from no policy on, a bar of two standard errors where they are known, and marks."""
    on = rows[rows["on_frontier"].astype(bool)].sort_values("cost", kind="stable")
    line = [*_frontier_line(on, scale)]
    axes.plot([across for across, _ in line], [up for _, up in line], color=style.MID_BLUE, linewidth=1.6, zorder=1)
    axes.axhline(0.0, color=style.DARK_GREY, linewidth=0.8, zorder=0)
    axes.axvline(0.0, color=style.DARK_GREY, linewidth=0.8, zorder=0)
    for kind in (SHIPPED, POINT, RULE, THIS):
        part = _shown(rows)
        part = part[part["kind"] == kind]
        for row in part.to_dict("records"):
            at, high = float(row["cost"]) / BILLION, float(row["gain"]) / scale
            wide, tall = _bars(row, scale)
            axes.errorbar(at, high, xerr=wide, yerr=tall, fmt="none", ecolor=style.LIGHT_GREY, elinewidth=1.2)
            mark = dict(MARKS[kind])
            axes.plot(at, high, linestyle="none", **(mark | {"markersize": size * float(mark["markersize"])}), zorder=3)
    for axis in (axes.xaxis, axes.yaxis):
        plain_numbers(axis)
    axes.grid(axis="both")
    axes.tick_params(length=0)


def _roomy(axes: Axes) -> None:
    """Leave room for words on all sides."""
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    axes.set_xlim(left - 0.02 * (right - left), right + 0.14 * (right - left))
    axes.set_ylim(low - 0.05 * (high - low), high + 0.08 * (high - low))


def _labels(shown: pd.DataFrame, scale: float) -> Iterator[Label]:
    """Words of points: this policy first, then the rule, then the frontier, then shipped ones."""
    order = {THIS: 0, RULE: 1, POINT: 2, SHIPPED: 3}
    for row in sorted(shown.to_dict("records"), key=lambda row: order[str(row["kind"])]):
        kind = str(row["kind"])
        words = policy_name(kind, str(row["name"]))
        yield Label(words, float(row["cost"]) / BILLION, float(row["gain"]) / scale, bold=kind in (THIS, RULE))


def _lines(shown: pd.DataFrame, scale: float) -> Iterator[Line]:
    """The frontier, from no policy on, and the bars of errors, by their ends."""
    on = shown[shown["on_frontier"].astype(bool)].sort_values("cost", kind="stable")
    yield from pairwise(_frontier_line(on, scale))
    for row in shown.to_dict("records"):
        at, high = float(row["cost"]) / BILLION, float(row["gain"]) / scale
        across, up = _bars(row, scale)
        yield (at - across, high), (at + across, high)
        yield (at, high - up), (at, high + up)


def _frontier_line(on: pd.DataFrame, scale: float) -> Iterator[tuple[float, float]]:
    """Points of a frontier, from no policy on unless one that gains something costs nothing."""
    if on.empty or float(on["cost"].min()) > 0.0:
        yield 0.0, 0.0
    yield from ((float(cost) / BILLION, float(gain) / scale) for cost, gain in zip(on["cost"], on["gain"], strict=True))


def _bars(row: Mapping[Any, Any], scale: float) -> tuple[float, float]:
    """Two standard errors of cost and gain, zero where they are not known. [GBP billion; unit of the axis]"""
    errors = (2.0 * float(row[key]) / per for key, per in (("cost_error", BILLION), ("gain_error", scale)))
    across, up = (0.0 if math.isnan(one) else one for one in errors)
    return across, up


def _in_words(shown: pd.DataFrame, scale: float, unit: str) -> str:
    rows = shown.sort_values("cost", kind="stable").to_dict("records")
    step = rounding_step(*(float(row["gain"]) / scale for row in rows)) if rows else 1.0
    told = [
        f"{policy_name(str(row['kind']), str(row['name']))} {money(float(row['cost']))} and "
        f"{plain(float(row['gain']) / scale, step)}"
        for row in rows
    ]
    return f"Net public cost and gain ({unit}) of each policy, from cheap to dear: {'; '.join(told)}."


def _title(told: Told, aim: str) -> str:
    """The finding: the rule alongside this policy, or alongside the dearest that ships."""
    rows = told.of(aim).sort_values("cost", kind="stable")
    rule, own, shipped = (rows[rows["kind"] == kind].to_dict("records") for kind in (RULE, THIS, SHIPPED))
    on = rows["on_frontier"].astype(bool).any()
    others = own or shipped[-1:]
    name = in_a_sentence(told.aim(aim).title)
    if not on:
        return f"No policy found moves the right way: {name}"
    if not rule or not others or not float(others[0]["gain"]) > 0.0 or not float(others[0]["cost"]) > 0.0:
        return f"What policies cost and do: {name}"
    gain, cost = (times_words(float(rule[0][key]), float(others[0][key])) for key in ("gain", "cost"))
    what = "this policy does" if own else f"“{others[0]['words']}” does"
    return f"The rule does {gain} what {what}, for {cost} the money"


def aims_chart(told: Told, source: str) -> Chart:
    """The frontier of every aim, a panel each, with the same marks."""
    aims = [name for name in told.facts["aims"] if len(told.of(name))]
    marks = _marks(told.table)
    wording = wording_of(told.worded, "frontier_of_every_aim", source, _aims_title(told), marks=marks)
    rows = math.ceil(len(aims) / COLUMNS)
    with sheet(wording, 2.5 * rows) as page:
        for number, name in enumerate(aims):
            across, down = number % COLUMNS, number // COLUMNS
            axes = page.axes(0.065 + across * 0.325, 0.265, foot=0.5, head=0.62, row=down, rows=rows)
            _panel(axes, told, name)
        shown = pd.concat([_shown(told.of(name)) for name in aims], ignore_index=True)
        return page.chart(_data(shown), f"Small scatter charts. {wording.title}. {' '.join(_aim_words(told, aims))}")


def _panel(axes: Axes, told: Told, name: str) -> None:
    rows, words = told.of(name), told.aim(name)
    scale, unit = words.scale(*_shown(rows)["gain"].tolist())
    _draw(axes, rows, scale, size=0.7)
    axes.locator_params(axis="both", nbins=4)
    axes.tick_params(labelsize=9)
    title = textwrap.fill(f"{words.title}: {words.direction}, {unit}", 40, max_lines=3, placeholder=" …")
    axes.text(-0.1, 1.03, title, transform=axes.transAxes, fontsize=9, fontweight="bold", va="bottom")
    axes.set_xlabel("£ billion", fontsize=9)


def _aims_title(told: Told) -> str:
    found = told.answers
    if not found:
        return f"Each of {len(told.facts['aims'])} aims has its own frontier of cost and gain"
    cheaper = sum(1 for one in found.values() if one.gain > 0.0 and one.cost_for_as_much < one.cost)
    return f"For {cheaper} of {len(found)} aims a cheaper policy, or mix of two, does as much as this policy"


def _aim_words(told: Told, aims: Sequence[str]) -> Iterator[str]:
    for name in aims:
        words, rows = told.aim(name), told.of(name)
        best = rows[rows["on_frontier"].astype(bool)]
        if best.empty:
            yield f"{words.title}: no policy found moves it the right way."
            continue
        most = best.sort_values("gain").to_dict("records")[-1]
        yield f"{words.title}: at most {words.amount(float(most['gain']))}, for {money(float(most['cost']))}."


def cases_chart(grid: pd.DataFrame, told: Told, source: str) -> Chart:
    """A grid of views, forms and laws: whether the rule holds in each, in words and marks as well as colour.

    Parameters
    ----------
    grid
        ``form`` (title), ``law``, ``view``, ``holds``, ``cheaper`` (share by which a mix of other options is cheaper).
    told, source
        The frontier, and the source line.
    """
    forms = list(dict.fromkeys(grid["form"]))
    heads = list(dict.fromkeys(zip(grid["law"], grid["view"], strict=True)))
    held, n = int(grid["holds"].astype(bool).sum()), len(grid)
    wording = wording_of(told.worded, "where_the_rule_holds", source, f"The rule holds in {held} of {n} cases")
    with sheet(wording, 0.46 * len(forms) + 0.75) as page:
        axes = page.axes(0.36, 0.63, foot=0.02, head=0.7)
        for row in grid.to_dict("records"):
            _cell(axes, heads.index((row["law"], row["view"])), forms.index(row["form"]), row)
        axes.set_xlim(-0.5, len(heads) - 0.5)
        axes.set_ylim(len(forms) - 0.5, -0.5)
        axes.set_yticks([])
        axes.set_xticks([])
        axes.spines["bottom"].set_visible(False)
        for number, form in enumerate(forms):
            axes.annotate(
                textwrap.fill(form, 46),
                (-0.555, number),
                xycoords=axes.get_yaxis_transform(),
                va="center",
                ha="left",
                fontsize=9,
                annotation_clip=False,
            )
        for number, (law, view) in enumerate(heads):
            words = f"{sentence_case(LAW_WORDS.get(law, law))}\n{view}"
            axes.text(number, -0.6, textwrap.fill(words, 14), fontsize=9, ha="center", va="bottom")
        lost = [
            f"{row['form']}, {LAW_WORDS.get(row['law'], row['law'])}, {row['view']}"
            for row in grid[~grid["holds"].astype(bool)].to_dict("records")
        ]
        text = f"It fails in: {'; '.join(lost)}." if lost else "It fails in none."
        return page.chart(grid, f"Grid. {wording.title}. {text}")


def _cell(axes: Axes, across: int, down: int, row: Mapping[Any, Any]) -> None:
    from matplotlib.patches import Rectangle

    is_held = bool(row["holds"])
    fill, ink = (style.DARK_BLUE, style.WHITE) if is_held else (style.WHITE, style.DARK_GREY)
    dashes = "solid" if is_held else "dashed"
    look: dict[str, Any] = {"facecolor": fill, "edgecolor": style.DARK_BLUE, "linestyle": dashes}
    axes.add_patch(Rectangle((across - 0.46, down - 0.42), 0.92, 0.84, **look))
    words = [HELD] if is_held else [FAILED, f"{plain(100.0 * float(row['cheaper']), 1.0)} % less"]
    weight = "bold" if is_held else "normal"
    for number, line in enumerate(words):
        rise = 0.22 * (2 * number - len(words) + 1)
        axes.text(across, down + rise, line, color=ink, fontsize=9, ha="center", va="center", fontweight=weight)
