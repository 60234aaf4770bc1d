"""Two effects at once: the line on which together they pay for the policy, with its range and what is known."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sencosim.evidence.register import load_register
from sencosim.outcomes.needed import GROUP, MAIN_GROUP, MONTHS
from sencosim.report.charts import style
from sencosim.report.charts.lines import horizontal_grid
from sencosim.report.charts.style import Chart, beside, plain_numbers, sheet, wording_of
from sencosim.report.findings import Findings
from sencosim.report.needed import (
    EVENT_TITLES,
    OTHER_TRIAL,
    SUBJECTS,
    TRIAL,
    WHOSE,
    pair_in_words,
    pairs_of,
    rounded_count,
)
from sencosim.report.words import sentence_case

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NAMES = {"social": "two_effects_society", "public": "two_effects_public_purse"}
ROOM = 1.08
"""Height of the plot over what it holds. [ratio]"""


def society_pair_chart(findings: Findings, source: str) -> Chart | None:
    """New plans avoided and months of progress, for society; ``None`` where a run did not keep it."""
    return _pair_chart(findings, source, "social")


def purse_pair_chart(findings: Findings, source: str) -> Chart | None:
    """New plans and independent placements avoided, for the public purse; ``None`` where a run did not keep it."""
    return _pair_chart(findings, source, "public")


def _pair_chart(findings: Findings, source: str, measure: str) -> Chart | None:
    line = pairs_of(findings, findings.inputs.main_view).get(measure)
    if not line:
        return None
    table, point = pd.DataFrame(line), line[0]
    words = wording_of(findings, NAMES[measure], source, _title(line, measure))
    by_trials = point["second"] == MONTHS
    with sheet(words, 3.8) as page:
        axes = page.axes(0.12, 0.84, foot=0.55, head=0.1)
        top = ROOM * max(float(table["needed_high"].max()), _found()[1] if by_trials else 0.0)
        axes.set_ylim(ROOM * min(0.0, float(point["second_in_run"])), top if top > 0.0 else 1.0)
        axes.set_xlim(ROOM * min(0.0, float(point["first_in_run"])), _right(table))
        if by_trials:
            _trials(axes)
        _draw(axes, table)
        _run(axes, point)
        today = rounded_count(float(table["at"].iloc[-1]))
        axes.set_xlabel(f"{sentence_case(EVENT_TITLES[point['first']])} avoided a year, of {today} in the base year")
        axes.set_ylabel(_second(str(point["second"])))
        horizontal_grid(axes)
        for axis in (axes.xaxis, axes.yaxis):
            plain_numbers(axis)
        return page.chart(table, f"Line chart. {words.title}. {pair_in_words(line)}")


def _title(line: list[dict[Any, Any]], measure: str) -> str:
    """What either effect would have to be with the other as in the run: two points of the line."""
    start, end, whose = line[0], line[-1], WHOSE[measure]
    slope = (float(end["needed"]) - float(start["needed"])) / float(end["at"])
    second = float(start["needed"]) + slope * float(start["first_in_run"])
    if second <= float(start["second_in_run"]):
        return f"For {whose} the policy pays without more of either effect"
    first = (float(start["second_in_run"]) - float(start["needed"])) / slope if slope < 0.0 else math.inf
    what = (
        f"{rounded_count(second)} {'months of progress' if start['second'] == MONTHS else 'placements avoided a year'}"
    )
    if first > float(end["at"]):
        return f"For {whose} it takes {what}; avoiding every new plan would not be enough"
    return f"For {whose} it takes {what}, {rounded_count(first)} new plans avoided, or some of both"


def _second(name: str) -> str:
    if name == MONTHS:
        return f"Months of progress of all {GROUP[MAIN_GROUP].title},\nall subjects, by the exams"
    return "Pupil-years in independent special\nschools avoided a year"


def _right(table: pd.DataFrame) -> float:
    """Where the plot ends: where the first effect pays alone in nearly all draws, else at all of the base year."""
    enough = table[table["needed_high"] <= table["second_in_run"]]
    return float((table if enough.empty else enough)["at"].iloc[-1 if enough.empty else 0])


def _draw(axes: Axes, table: pd.DataFrame) -> None:
    at = table["at"].to_numpy(dtype=np.float64)
    axes.fill_between(at, table["needed_low"], table["needed_high"], color=style.LIGHT_BLUE, alpha=0.35, linewidth=0)
    axes.plot(at, table["needed"], color=style.DARK_BLUE)
    words = "above the line it pays"
    axes.annotate(words, (0.98, 0.96), xycoords="axes fraction", ha="right", va="top", color=style.DARK_BLUE)


def _found() -> tuple[float, float]:
    """Months that trials found, the fewest and the most."""
    register = load_register()
    low, high = sorted(register.number(name) for name in (OTHER_TRIAL, TRIAL))
    return low, high


def _trials(axes: Axes) -> None:
    """What trials found: over all subjects if no other subject moved, and if all moved as the one that was tested."""
    low, high = _found()
    alone = high / SUBJECTS
    axes.axhspan(low, alone, color=style.LIGHT_GREY, alpha=0.6, linewidth=0)
    axes.axhline(high, color=style.DARK_GREY, linewidth=1.0, linestyle=(0, (4, 3)))
    left = axes.get_xlim()[0]
    month = f"{rounded_count(high)} month in English"
    beside(axes, f"trials: {rounded_count(low)} to {month} alone", (left, alone), (22, 3), va="bottom", fontsize=9)
    beside(
        axes, f"if every subject moved by {month.partition(' in')[0]}", (left, high), (6, 3), va="bottom", fontsize=9
    )


def _run(axes: Axes, point: dict[Any, Any]) -> None:
    """What the run has already."""
    at = float(point["first_in_run"]), float(point["second_in_run"])
    axes.plot(*at, "D", color=style.ORANGE, markersize=7, clip_on=False, zorder=5)
    beside(axes, "this run", at, (9, 4), fontsize=9, color=style.DARK_GREY)
