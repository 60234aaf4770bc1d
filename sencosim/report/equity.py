"""Who gains: the section of the report on groups of schools, from the table ``by_group`` alone."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from scipy.stats import t as students_t

from sencosim.analysis.measures import HOURS_SHARE, NEED_SHARE
from sencosim.report.charts.equity import PANELS
from sencosim.report.findings import Findings
from sencosim.report.table import Table
from sencosim.report.words import DASH, plain, rounding_step, sentence_case

FIFTHS = "fsm_fifth"
CONTRAST = " less "
CONFIDENCE = 0.975
"""Upper end of a 95 % confidence interval. [probability]"""
ACROSS: tuple[tuple[str, str], ...] = (
    ("all", "All schools"),
    ("phase", "Phase"),
    ("place", "Place"),
    ("governance", "Run as"),
    ("size", "Pupils on roll"),
    ("region", "Region"),
)
"""Groupings of the second table and their words."""
LABELS = {"single academy": "academy alone in its trust, or trust not known"}
"""Longer names of groups, where a short one would mislead."""
NARROW = ("added_hours", "support_intensity", "requests", "permanent_exclusions", "school_cost")
"""Measures of the second table."""
NOTE = (
    "Differences that the policy makes, over the whole horizon, at the point values of the {view} view; what follows "
    "± is the standard error by chance alone over {n} replications, not the doubt about the evidence. Events are per "
    "pupil with SEN of the baseline."
)
CAUTIONS = (
    "Fifths are of schools of each phase in England, by pupils eligible for free school meals. A deprived school is "
    "not a deprived pupil: gains of single pupils are not known.",
    "Rates differ between groups today because needs, sizes and councils do. The model gives schools of all groups the "
    "same rules, so it shows who gains by having more need or less time now, not by working differently.",
)
MADE_UP = (
    "The schools are made up: which are rural, academies or in a trust of several is drawn within each council and "
    "phase, so differences by who runs a school are differences between places."
)


@dataclass(frozen=True)
class Equity:
    """What the section holds.

    Attributes
    ----------
    sentences
        The answer.
    fifths, across, derived
        Tables.
    cautions
        What the figures are not.
    """

    sentences: tuple[str, ...]
    fifths: Table
    across: Table
    derived: Table
    cautions: tuple[str, ...]


def equity_section(findings: Findings) -> Equity | None:
    """The section, or ``None`` if the run has no table by group.

    Parameters
    ----------
    findings
        The run.
    """
    frame = findings.inputs.by_group
    if frame.empty:
        return None
    main = frame[frame["view"] == findings.inputs.main_view]
    n = int(main["n_replications"].max())
    note = NOTE.format(view=findings.inputs.main_view, n=n)
    made_up = (MADE_UP,) if findings.inputs.manifest.get("population_kind") == "synthetic" else ()
    return Equity(
        sentences=tuple(_sentences(main)),
        fifths=_fifths(main, note),
        across=_across(main, note),
        derived=_derived(main),
        cautions=(*CAUTIONS, *made_up),
    )


def told_apart(difference: float, error: float, n: int) -> bool | None:
    """Whether chance alone would hardly give such a difference; ``None`` if there is one replication.

    Examples
    --------
    >>> told_apart(3.0, 0.5, 3), told_apart(1.0, 0.5, 3), told_apart(1.0, math.nan, 1)
    (True, False, None)
    """
    if n < 2 or not math.isfinite(error):
        return None
    return abs(difference) > float(students_t.ppf(CONFIDENCE, n - 1)) * error


def _sentences(main: pd.DataFrame) -> list[str]:
    gaps = main[(main["grouping"] == FIFTHS) & main["group"].str.contains(CONTRAST)]
    found = _shares_sentence(main)
    found += [_fifth_sentence(main, row) for row in gaps.to_dict("records") if row["measure"] in PANELS]
    for grouping, ends in (("place", ("rural", "urban")), ("region", ())):
        found += _extremes(main, grouping, ends)
    return found


def _shares_sentence(main: pd.DataFrame) -> list[str]:
    """Say what the ends have of all need, and what they get of all hours added."""
    rows = main[(main["grouping"] == FIFTHS) & ~main["group"].str.contains(CONTRAST)]
    need, hours = (
        rows[rows["measure"] == name].set_index("group")["policy"].to_dict() for name in (NEED_SHARE, HOURS_SHARE)
    )
    ends = [name for name in (list(need)[-1:] + list(need)[:1]) if name in hours]
    if len(need) < 2 or not any(hours.values()):
        return []
    words = ("the most", "the fewest")
    told = [
        f"the fifth of schools with {word} pupils on free school meals has {plain(need[name], 0.1)} % of pupils with "
        f"SEN and gets {plain(hours[name], 0.1)} % of the hours added"
        for word, name in zip(words, ends, strict=True)
    ]
    return [f"{sentence_case(told[0])}; {told[1]}."]


def _fifth_sentence(main: pd.DataFrame, gap: Mapping[Any, Any]) -> str:
    most, fewest = gap["group"].split(CONTRAST)
    rows = main[(main["grouping"] == FIFTHS) & (main["measure"] == gap["measure"])].set_index("group")["difference"]
    step = rounding_step(rows[most], rows[fewest])
    words = {
        True: "the gap is more than chance",
        False: "chance alone could make such a gap",
        None: "with one replication nobody can say whether the gap is chance",
    }[told_apart(gap["difference"], gap["monte_carlo_error"], gap["n_replications"])]
    both = [_number(float(rows[name]), step) for name in (most, fewest)]
    return (
        f"{gap['title']} ({_unit(gap['unit'])}): {both[0]} in the fifth of schools with the most pupils on free school "
        f"meals, {both[1]} in the fifth with the fewest; {words}."
    )


def _extremes(main: pd.DataFrame, grouping: str, ends: Sequence[str]) -> list[str]:
    rows = main[(main["grouping"] == grouping) & (main["measure"] == "added_hours")]
    rows = rows[~rows["group"].str.contains(CONTRAST)].sort_values("difference", kind="stable")
    if len(rows) < 2:
        return []
    chosen = [rows[rows["group"] == name].iloc[0] for name in ends] if ends else [rows.iloc[-1], rows.iloc[0]]
    step = rounding_step(*(float(row["difference"]) for row in chosen))
    told = " and ".join(f"{_number(float(row['difference']), step)} in {_named(row['group'], ends)}" for row in chosen)
    most = "" if ends else "most and least by region, "
    return [f"SENCO hours added a week per school: {most}{told}."]


def _named(group: str, ends: Sequence[str]) -> str:
    return f"{group} schools" if ends else group


def _fifths(main: pd.DataFrame, note: str) -> Table:
    rows = main[main["grouping"] == FIFTHS]
    groups = [name for name in dict.fromkeys(rows["group"]) if CONTRAST not in name]
    contrasts = [name for name in dict.fromkeys(rows["group"]) if CONTRAST in name]
    cells = []
    for _, part in rows.groupby("measure", sort=False):
        by_group = part.set_index("group")
        first = part.iloc[0]
        if first["measure"] in (NEED_SHARE, HOURS_SHARE):
            levels = [plain(float(by_group["policy"][g]), 0.1) if g in by_group.index else DASH for g in groups]
            cells.append((f"{first['title']}, %", *levels, *(DASH for _ in contrasts)))
            continue
        step = rounding_step(*(float(by_group["difference"][name]) for name in groups if name in by_group.index))
        told = [_number(float(by_group["difference"][g]), step) if g in by_group.index else DASH for g in groups]
        gaps = [_with_error(by_group.loc[g], step) if g in by_group.index else DASH for g in contrasts]
        cells.append((f"{first['title']}, {_unit(first['unit'])}", *told, *gaps))
    return Table(
        key="fifths",
        caption="What the policy changes in fifths of schools by free school meals",
        columns=("Difference", *groups, *("Most less fewest" for _ in contrasts)),
        rows=tuple(cells),
        notes=(note,),
    )


def _across(main: pd.DataFrame, note: str) -> Table:
    titles = [main[main["measure"] == name].iloc[0] for name in NARROW if (main["measure"] == name).any()]
    cells = []
    for grouping, words in ACROSS:
        part = main[main["grouping"] == grouping]
        for group in [name for name in dict.fromkeys(part["group"]) if CONTRAST not in name]:
            own = part[part["group"] == group].set_index("measure")
            told = [_with_error(own.loc[row["measure"]]) if row["measure"] in own.index else DASH for row in titles]
            label = group if grouping == "all" else f"{words}: {LABELS.get(group, group)}"
            schools = own["schools"].iloc[0]
            cells.append((label, plain(float(schools), 1.0), *told))
    return Table(
        key="groups",
        caption="What the policy changes by kind of school",
        columns=("Schools", "Number", *(f"{row['title']}, {_unit(row['unit'])}" for row in titles)),
        rows=tuple(cells),
        notes=(note,),
        strong_rows=(0,),
    )


def _derived(main: pd.DataFrame) -> Table:
    rows = main[main["grouping"] == "derived"]
    cells = []
    for row in rows.to_dict("records"):
        step = rounding_step(row["baseline"], row["policy"])
        levels = [plain(row[name], step) for name in ("baseline", "policy")]
        cells.append((f"{row['title']}, {row['unit']}", *levels, _with_error(row)))
    return Table(
        key="derived",
        caption="What follows from counts and one assumption each, yearly means",
        columns=("Figure", "Today's policy", "This policy", "Difference"),
        rows=tuple(cells),
        notes=("Shares and chances are in the table of parameters. None of these changes any other result.",),
    )


def _with_error(row: Mapping[Any, Any] | pd.Series[Any], step: float | None = None) -> str:
    difference, error = float(row["difference"]), float(row["monte_carlo_error"])
    own = rounding_step(difference) if step is None else step
    told = _number(difference, own)
    if not math.isfinite(error) or error == 0.0:
        return told
    return f"{told} ± {plain(error, min(own, rounding_step(error) * 10.0))}"


def _number(value: float, step: float) -> str:
    return plain(value, step, signed=True)


def _unit(unit: str) -> str:
    return unit.replace("GBP", "£")
