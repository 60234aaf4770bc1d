"""Net cost of every option in every view, against both baselines: one table of numbers for a table and a chart."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import count
from typing import Any

import pandas as pd

from sencosim.report.findings import Findings, cell_number
from sencosim.report.inputs import NET_PUBLIC_COST
from sencosim.report.laws import LAW_WORDS, TODAY, baseline_words
from sencosim.report.table import Cell, Estimate, Interval, Number, Table, table_of
from sencosim.report.words import MILLION, rounding_step, sentence_case

_OWN = {
    "area": "each option's own area",
    "period": "each option's own years",
    "basis": "each option's own price base",
    "view": "each option's own",
}
COLUMNS = ("option", "title", "law", "view", "difference", "p10", "p90")


def titles_of(options: Sequence[Findings]) -> list[str]:
    """Titles of options, numbered where two runs have the same."""
    return numbered(option.inputs.scenario.title for option in options)


def names_of(options: Sequence[Findings]) -> list[str]:
    """What each option is called in tables of data: its scenario, numbered where two runs are of the same."""
    return numbered(option.inputs.scenario.name for option in options)


def shared_baseline(options: Sequence[Findings]) -> str:
    """What options are set against, in words; without a law where theirs differ."""
    told = {option.law for option in options}
    return baseline_words(told.pop() if len(told) == 1 else TODAY)


def words_of_all(options: Sequence[Findings]) -> dict[str, Any]:
    """Words for titles of tables in place of the first option's, where those of the options differ."""
    told = [option.words() for option in options]
    return {name: words for name, words in _OWN.items() if len({one[name] for one in told}) > 1}


def numbered(words: Iterable[str]) -> list[str]:
    """Words that differ: what is said again gets a number.

    Examples
    --------
    >>> numbered(["a post", "a day", "a post"])
    ['a post', 'a day', 'a post (2)']
    """
    made: list[str] = []
    for word in words:
        tries = (f"{word} ({number})" if number > 1 else word for number in count(1))
        made.append(next(one for one in tries if one not in made))
    return made


def net_costs(options: Sequence[Findings]) -> pd.DataFrame:
    """Net cost to the public purse of each option, by law and view.

    Returns
    -------
    pandas.DataFrame
        :data:`COLUMNS`; ends of the 80 % interval are NaN where it is not known. The law of the headline comes first.
        [GBP, as the headline is stated]
    """
    rows: list[dict[str, Any]] = []
    for option, name, title in zip(options, names_of(options), titles_of(options), strict=True):
        told = {"option": name, "title": title}
        frame = option.inputs.baselines
        law = option.law
        for view in option.inputs.views:
            net = option.headline(view)
            low, high = net.ends or (float("nan"), float("nan"))
            rows.append(told | {"law": law, "view": view, "difference": net.difference, "p10": low, "p90": high})
        others = frame[(frame["law"] != law) & (frame["outcome"] == NET_PUBLIC_COST)] if len(frame) else frame
        for row in others.to_dict("records"):
            known = {name: cell_number(row[name]) for name in ("difference", "p10", "p90")}
            rows.append(told | {"law": str(row["law"]), "view": str(row["view"])} | known)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def views_comparison(options: Sequence[Findings]) -> Table:
    """A row for each baseline and view, a column for each option."""
    frame, titles = net_costs(options), titles_of(options)
    laws, views = (list(dict.fromkeys(frame[name])) for name in ("law", "view"))
    rows: list[tuple[Cell, ...]] = []
    for law, view in ((law, view) for law in laws for view in views):
        own = frame[(frame["law"] == law) & (frame["view"] == view)].set_index("title")
        cells = [_cell(own, title) for title in titles]
        if any(cell is not None for cell in cells):
            rows.append((f"{sentence_case(view)} view, against {LAW_WORDS[law]}", *cells))
    return table_of(options[0], "compared_views", rows, options=titles, **words_of_all(options))


def _cell(own: pd.DataFrame, title: str) -> Cell:
    if title not in own.index:
        return None
    mean, low, high = (float(own[name][title]) / MILLION for name in ("difference", "p10", "p90"))
    step = rounding_step(mean, low, high)
    middle = Number(mean, step, signed=True)
    return middle if math.isnan(low) else Estimate(middle, Interval(low, high, step))
