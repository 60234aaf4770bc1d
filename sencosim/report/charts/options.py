"""Options side by side: net cost in every view, what an extra hour costs, and what becomes of each added pound."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from sencosim.report.charts import style
from sencosim.report.charts.rows import dot, label_rows, line_at, row_axis
from sencosim.report.charts.style import BEHIND, Chart, Sheet, beside, sheet, whole_labels, wording_of
from sencosim.report.findings import Figure, Findings
from sencosim.report.laws import LAW_WORDS
from sencosim.report.uses import part_title
from sencosim.report.words import in_a_sentence, joined, money, money_scale, plain, rounding_step, sentence_case

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NAME_CHARACTERS, NAME_SHARE = 27, 0.27  # of a line of the name of an option; of the width
HEAD_CHARACTERS = 66
"""Of the headings of all panels together, on one line."""
ROW_INCHES, LINE_INCHES, HEAD_INCHES, FOOT_INCHES, KEY_INCHES = 0.8, 0.2, 0.17, 0.35, 0.75
APART = 0.26
"""Of two dots of one option from the middle of its row. [rows]"""
FILLS = (
    *((style.DARK_BLUE, style.WHITE), (style.LIGHT_BLUE, style.BLACK), (style.LIGHT_GREY, style.BLACK)),
    *((style.DARK_GREY, style.WHITE), (style.LIGHT_PURPLE, style.BLACK)),
)
"""Fill and ink of the parts of an added pound, in their order."""
WIDE_ENOUGH = 6
"""Least pence whose number finds room in its part."""
NO_HOURS = "no extra hours"
Costs = Mapping[str, Mapping[str, Figure | None]]
"""By measure, then by option, both by title; ``None`` for an option that adds no hours. [GBP an hour]"""
Row = dict[Any, Any]


def net_costs_chart(worded: Findings, costs: pd.DataFrame, source: str) -> Chart:
    """Net cost of every option: a panel for each view, filled against the first law, hollow against the other.

    ``costs`` is what :func:`sencosim.report.compare.views.net_costs` gives. [GBP]
    """
    laws, views, titles = (list(dict.fromkeys(costs[name])) for name in ("law", "view", "title"))
    scale, word = money_scale(*costs[["difference", "p10", "p90"]].to_numpy(dtype=float).ravel())
    kinds = zip(("Filled", "Hollow"), laws, strict=False)
    marks = " ".join(f"{kind} dot: against {LAW_WORDS[law]}." for kind, law in kinds)
    title = _net_title(costs, worded.inputs.main_view, laws[0])
    words = wording_of(worded, "compared_net_cost", source, title, unit=f"£{word}", marks=marks)
    heads = [f"{view} view" for view in views]
    with sheet(words, _height(heads, titles)) as page:
        panels = dict(zip(views, _panels(page, heads, titles), strict=True))
        for row in costs.to_dict("records"):
            shift = 0.0 if len(laws) == 1 else APART if row["law"] == laws[0] else -APART
            place = shift - titles.index(row["title"])
            mean, *ends = (float(row[name]) / scale for name in ("difference", "p10", "p90"))
            known = [] if math.isnan(ends[0]) else ends
            told = plain(mean, rounding_step(mean, *known), signed=True)
            _dot(panels[row["view"]], place, mean, known, told, hollow=row["law"] != laws[0])
        _same_scale(panels.values(), len(titles))
        return page.chart(costs, f"Dot plot. {words.title}. {_net_words(costs)}")


def _net_title(costs: pd.DataFrame, view: str, law: str) -> str:
    own = costs[(costs["view"] == view) & (costs["law"] == law)].sort_values("difference")
    ends = [money(float(own["difference"].iloc[place]), signed=True) for place in (0, -1)]
    if len(own) == 1:
        return f"In the {view} view the net cost to the public purse is {ends[0]}"
    return f"In the {view} view the net cost of these {len(own)} options goes from {ends[0]} to {ends[1]}"


def _net_words(costs: pd.DataFrame) -> str:
    told = []
    for (title, law), rows in costs.groupby(["title", "law"], sort=False):
        values = joined([f"{row['view']} {money(row['difference'], signed=True)}" for row in rows.to_dict("records")])
        told.append(f"{title}, against {LAW_WORDS[str(law)]}: {values}.")
    return " ".join(told)


def hour_costs_chart(worded: Findings, costs: Costs, source: str) -> Chart | None:
    """What an extra hour costs, a panel for each measure with options as rows; ``None`` without any known cost."""
    rows = [_hour_row(measure, title, one) for measure, own in costs.items() for title, one in own.items()]
    if all(math.isnan(row["cost_gbp"]) for row in rows):
        return None
    heads, titles = list(costs), list(dict.fromkeys(row["option"] for row in rows))
    words = wording_of(worded, "compared_hours", source, _hour_title(rows, heads[0]))
    with sheet(words, _height(heads, titles)) as page:
        panels = dict(zip(heads, _panels(page, heads, titles), strict=True))
        for row in rows:
            axes, place, cost = panels[row["measure"]], -titles.index(row["option"]), row["cost_gbp"]
            if math.isnan(cost):
                words_there = NO_HOURS if row["note"] == NO_HOURS else "not shown"
                beside(axes, words_there, (0.0, place), (4, 0), va="center", fontsize=9)
                continue
            ends = [] if math.isnan(row["p10"]) else [row["p10"], row["p90"]]
            _dot(axes, place, cost, ends, f"£{plain(cost, rounding_step(cost, *ends))}")
        _same_scale(panels.values(), len(titles))
        told = (f"{row['measure']}, {row['option']}: {_pounds(row)}." for row in rows)
        return page.chart(pd.DataFrame(rows), f"Dot plot. {words.title}. {' '.join(told)}")


def _pounds(row: Row) -> str:
    return str(row["note"]) if math.isnan(row["cost_gbp"]) else money(row["cost_gbp"])


def _hour_row(measure: str, title: str, one: Figure | None) -> Row:
    nothing = {"measure": measure, "option": title, "cost_gbp": math.nan, "p10": math.nan, "p90": math.nan}
    if one is None or math.isnan(one.difference):
        return {**nothing, "note": NO_HOURS if one is None else one.note}
    low, high = one.ends or (math.nan, math.nan)
    return {**nothing, "cost_gbp": one.difference, "p10": low, "p90": high, "note": ""}


def _hour_title(rows: Sequence[Row], measure: str) -> str:
    known = sorted(row["cost_gbp"] for row in rows if row["measure"] == measure and not math.isnan(row["cost_gbp"]))
    if not known:
        return f"{sentence_case(measure)}: not shown for any of these options"
    return f"{sentence_case(measure)}: {' to '.join(dict.fromkeys(money(one) for one in (known[0], known[-1])))}"


def uses_chart(worded: Findings, pence: Mapping[str, Mapping[str, int]], source: str) -> Chart | None:
    """What becomes of each added pound of SENCO time, a bar for each option (title); ``None`` if none adds hours."""
    adding = {title: own for title, own in pence.items() if own}
    if not adding:
        return None
    parts = list(dict.fromkeys(part for own in adding.values() for part in own))
    most = max(own.get(parts[0], 0) for own in adding.values())
    title = f"Of each added £1 of SENCO time {'at most ' if len(adding) > 1 else ''}{most}p buys more SENCO work"
    words = wording_of(worded, "compared_uses", source, title)
    names, lines = whole_labels(adding, NAME_CHARACTERS)
    with sheet(words, KEY_INCHES + 0.2 + max(0.42, LINE_INCHES * lines) * len(adding)) as page:
        axes = page.axes(NAME_SHARE, 0.71, foot=0.02, head=KEY_INCHES)
        for number, own in enumerate(adding.values()):
            _pound(axes, -number, [own.get(part, 0) for part in parts])
        label_rows(axes, names, style.TEXT_POINTS)
        row_axis(axes, len(adding), 0.4, 0.5)
        axes.grid(visible=False)
        axes.set_xticks([])
        axes.set_xlim(0, 100)
        _key(axes, parts)
        rows = [(name, part_title(part), own.get(part, 0)) for name, own in adding.items() for part in parts]
        told = "; ".join(f"{name}: {_in_words(own)}" for name, own in adding.items())
        data = pd.DataFrame(rows, columns=["option", "part", "pence"])
        return page.chart(data, f"Stacked bars. {words.title}. {told}.")


def _in_words(own: Mapping[str, int]) -> str:
    return joined([f"{amount}p {in_a_sentence(part_title(part))}" for part, amount in own.items()])


def _pound(axes: Axes, row: float, pence: Sequence[int]) -> None:
    left = 0
    for amount, (fill, ink) in zip(pence, FILLS, strict=False):
        axes.barh(row, amount, left=left, height=0.62, color=fill, edgecolor=style.WHITE, linewidth=1.5)
        if amount >= WIDE_ENOUGH:
            axes.text(left + amount / 2, row, f"{amount}p", ha="center", va="center", color=ink, fontsize=10)
        left += amount


def _key(axes: Axes, parts: Sequence[str]) -> None:
    """What the fills mean, above the bars, three in a row."""
    for number, (part, (fill, _)) in enumerate(zip(parts, FILLS, strict=False)):
        across, up = number % 3 / 3.0, 72 * KEY_INCHES - 18 - 24 * (number // 3)
        at: dict[str, Any] = {"xycoords": "axes fraction", "va": "center", "annotation_clip": False}
        square = {"boxstyle": "square,pad=0.25", "facecolor": fill, "edgecolor": "none"}
        beside(axes, "   ", (across, 1.0), (4, up), bbox=square, fontsize=9, **at)
        beside(axes, textwrap.fill(part_title(part), 24), (across, 1.0), (22, up), fontsize=9, linespacing=0.95, **at)


# Panels side by side on one scale, with the options named at the left.


def _height(heads: Sequence[str], titles: Sequence[str]) -> float:
    """Of the plots. [inches]"""
    _, lines = whole_labels(titles, NAME_CHARACTERS)
    return max(ROW_INCHES, LINE_INCHES * lines) * len(titles) + FOOT_INCHES + _head(heads)[1]


def _head(heads: Sequence[str]) -> tuple[list[str], float]:
    """Headings of the panels broken into lines, and the room that they take. [inches]"""
    told, most = whole_labels(map(sentence_case, heads), HEAD_CHARACTERS // len(heads))
    return told, 0.12 + HEAD_INCHES * most


def _panels(page: Sheet, heads: Sequence[str], titles: Sequence[str]) -> list[Axes]:
    names, _ = whole_labels(titles, NAME_CHARACTERS)
    told, room = _head(heads)
    width = (1.0 - NAME_SHARE - 0.02) / len(heads)
    made = []
    for number, head in enumerate(told):
        axes = page.axes(NAME_SHARE + number * width, width - 0.025, FOOT_INCHES, room)
        axes.text(0.0, 1.01, head, transform=axes.transAxes, fontweight="bold", fontsize=9.5, va="bottom")
        label_rows(axes, [""] * len(names) if number else names, style.TEXT_POINTS)
        made.append(axes)
    return made


def _dot(axes: Axes, place: float, value: float, ends: Sequence[float], told: str, *, hollow: bool = False) -> None:
    """A value with its interval, and its number above it."""
    dot(axes, place, value, ends, 7, hollow=hollow)
    beside(axes, told, (value, place), (0, 5), ha="center", va="bottom", fontsize=9, bbox=BEHIND)


def _same_scale(panels: Iterable[Axes], rows: int) -> None:
    """One scale for all panels, with zero on it."""
    own = [*panels]
    ends = [axes.get_xlim() for axes in own if axes.has_data()]
    left, right = min(0.0, *(end[0] for end in ends)), max(0.0, *(end[1] for end in ends))
    pad = 0.1 * (right - left or 1.0)
    for axes in own:
        line_at(axes)
        row_axis(axes, rows, 0.5, 0.6)
        axes.set_xlim(left - pad, right + pad)
        axes.locator_params(axis="x", nbins=4)
