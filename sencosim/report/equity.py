"""Who gains: the section of the report on groups of schools, from the table ``by_group`` alone."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from scipy.stats import t as students_t

from sencosim.outcomes.catalogue import HOURS_SHARE, NEED_SHARE
from sencosim.report.charts.equity import PANELS
from sencosim.report.findings import Findings
from sencosim.report.inputs import TOTAL
from sencosim.report.table import Table, table_of
from sencosim.report.tables import difference_cell
from sencosim.report.words import DASH, in_a_sentence, plain, rounding_step, sentence_case

FIFTHS = "fsm_fifth"
CONTRAST = " less "
CONFIDENCE = 0.975  # upper end of a 95 % confidence interval [probability]
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
CAUTIONS = (
    "Fifths are of schools of each phase in England, by pupils eligible for free school meals. A deprived school is "
    "not a deprived pupil: gains of single pupils are not known.",
    "Rates differ between groups today because needs, sizes and councils do. The model gives schools of all groups the "
    "same rules, so it shows who gains by having more need or less time now, not by working differently.",
)
SYNTHETIC = (
    "The schools are synthetic: which are rural, academies or in a trust of several is drawn within each council and "
    "phase, so differences by who runs a school are differences between places."
)


@dataclass(frozen=True)
class Equity:
    """What the section holds."""

    sentences: tuple[str, ...]  # the answer
    fifths: Table
    across: Table
    derived: Table
    cautions: tuple[str, ...]  # what the figures are not


def equity_section(findings: Findings) -> Equity | None:
    """The section, or ``None`` if the run has no table by group."""
    frame = findings.inputs.by_group
    if frame.empty:
        return None
    main = frame[frame["view"] == findings.inputs.main_view]
    n = str(int(main["n_replications"].max()))
    made_up = (SYNTHETIC,) if findings.inputs.manifest.get("population_kind") == "synthetic" else ()
    return Equity(
        sentences=tuple(_sentences(main)),
        fifths=_fifths(findings, main, n),
        across=_across(findings, main, n),
        derived=_derived(findings, main),
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


def _groups(main: pd.DataFrame, grouping: str, measure: str | None = None) -> pd.DataFrame:
    """Rows of a grouping, contrasts between its ends left out."""
    rows = main[(main["grouping"] == grouping) & ~main["group"].str.contains(CONTRAST)]
    return rows if measure is None else rows[rows["measure"] == measure]


def _sentences(main: pd.DataFrame) -> list[str]:
    gaps = main[(main["grouping"] == FIFTHS) & main["group"].str.contains(CONTRAST)]
    found = _shares_sentence(main)
    found += [_fifth_sentence(main, row) for row in gaps.to_dict("records") if row["measure"] in PANELS]
    return [*found, *_extremes(main, "place", ("rural", "urban")), *_extremes(main, "region", ())]


def _shares_sentence(main: pd.DataFrame) -> list[str]:
    """Say what the ends have of all need, and what they get of all hours added."""
    need, hours = (
        _groups(main, FIFTHS, name).set_index("group")["policy"].to_dict() for name in (NEED_SHARE, HOURS_SHARE)
    )
    ends = [name for name in (list(need)[-1:] + list(need)[:1]) if name in hours]
    if len(need) < 2 or not any(hours.values()):
        return []
    told = [
        f"the fifth of schools with the {word} pupils on free school meals has {plain(need[name], 0.1)} % of pupils "
        f"with SEN and gets {plain(hours[name], 0.1)} % of the hours added"
        for word, name in zip(("most", "fewest"), ends, strict=True)
    ]
    return [f"{sentence_case(told[0])}; {told[1]}."]


def _fifth_sentence(main: pd.DataFrame, gap: Mapping[Any, Any]) -> str:
    ends = gap["group"].split(CONTRAST)
    found = _groups(main, FIFTHS, gap["measure"]).set_index("group")["difference"]
    step = rounding_step(*found[ends])
    words = {
        True: "the gap is more than chance",
        False: "chance alone could make such a gap",
        None: "with one replication nobody can say whether the gap is chance",
    }[told_apart(gap["difference"], gap["monte_carlo_error"], gap["n_replications"])]
    most, fewest = (plain(value, step, signed=True) for value in found[ends])
    return (
        f"{gap['title']} ({_unit(gap['unit'])}): {most} in the fifth of schools with the most pupils on free school "
        f"meals, {fewest} in the fifth with the fewest; {words}."
    )


def _extremes(main: pd.DataFrame, grouping: str, ends: Sequence[str]) -> list[str]:
    """Say the hours added at these ends of a grouping; without any, at those with the most and the least."""
    found = _groups(main, grouping, "added_hours").sort_values("difference", kind="stable")
    if len(found) < 2:
        return []
    hours = found.set_index("group")["difference"]
    chosen = hours[list(ends)] if ends else hours.iloc[[-1, 0]]
    step = rounding_step(*chosen)
    kind, most = (" schools", "") if ends else ("", "most and least by region, ")
    told = " and ".join(f"{plain(value, step, signed=True)} in {name}{kind}" for name, value in chosen.items())
    return [f"SENCO hours added a week per school: {most}{told}."]


def _fifths(findings: Findings, main: pd.DataFrame, n: str) -> Table:
    rows = main[main["grouping"] == FIFTHS]
    groups = [name for name in dict.fromkeys(rows["group"]) if CONTRAST not in name]
    contrasts = [name for name in dict.fromkeys(rows["group"]) if CONTRAST in name]
    cells = []
    for _, part in rows.groupby("measure", sort=False):
        by_group = part.set_index("group")
        first = part.iloc[0]
        if first["measure"] in (NEED_SHARE, HOURS_SHARE):
            levels = [plain(by_group["policy"][g], 0.1) if g in by_group.index else DASH for g in groups]
            cells.append((f"{first['title']}, %", *levels, *(DASH for _ in contrasts)))
            continue
        step = rounding_step(*(by_group["difference"][name] for name in groups if name in by_group.index))
        told = [plain(by_group["difference"][g], step, signed=True) if g in by_group.index else DASH for g in groups]
        gaps = [_with_error(by_group.loc[g], step) if g in by_group.index else DASH for g in contrasts]
        cells.append((f"{first['title']}, {_unit(first['unit'])}", *told, *gaps))
    return table_of(findings, "fifths", cells, groups=groups, gaps=["Most less fewest" for _ in contrasts], n=n)


def _across(findings: Findings, main: pd.DataFrame, n: str) -> Table:
    titles = [main[main["measure"] == name].iloc[0] for name in NARROW if (main["measure"] == name).any()]
    cells = []
    for grouping, words in ACROSS:
        for group, part in _groups(main, grouping).groupby("group", sort=False):
            own = part.set_index("measure")
            told = [_with_error(own.loc[row["measure"]]) if row["measure"] in own.index else DASH for row in titles]
            label = str(group) if grouping == "all" else f"{words}: {LABELS.get(str(group), group)}"
            cells.append((label, plain(own["schools"].iloc[0], 1.0), *told))
    measures = [f"{row['title']}, {_unit(row['unit'])}" for row in titles]
    beside = _beside(findings, titles)
    return table_of(findings, "groups", cells, strong_rows=(0,), measures=measures, n=n, beside=beside)


def _beside(findings: Findings, titles: Sequence[Mapping[Any, Any] | pd.Series[Any]]) -> str:
    """What the mean over draws is of measures that other tables state too; blank where there is none."""
    view = findings.inputs.main_view
    told = []
    for row in titles:
        figure = findings.get(view, str(row["measure"]), TOTAL)
        if figure is not None and figure.unit == row["unit"]:
            told.append(f"{in_a_sentence(figure.title)}, {_unit(figure.unit)}: {difference_cell(figure)}")
    return f"As in the other tables of this report, mean over draws, all schools: {'; '.join(told)}." if told else ""


def _derived(findings: Findings, main: pd.DataFrame) -> Table:
    rows = main[main["grouping"] == "derived"]
    cells = []
    for row in rows.to_dict("records"):
        step = rounding_step(row["baseline"], row["policy"])
        levels = [plain(row[name], step) for name in ("baseline", "policy")]
        cells.append((f"{row['title']}, {row['unit']}", *levels, _with_error(row)))
    return table_of(findings, "derived", cells)


def _with_error(row: Mapping[Any, Any] | pd.Series[Any], step: float | None = None) -> str:
    difference, error = float(row["difference"]), float(row["monte_carlo_error"])
    own = rounding_step(difference) if step is None else step
    told = plain(difference, own, signed=True)
    if not math.isfinite(error) or error == 0.0:
        return told
    return f"{told} ± {plain(error, min(own, rounding_step(error) * 10.0))}"


def _unit(unit: str) -> str:
    return unit.replace("GBP", "£")
