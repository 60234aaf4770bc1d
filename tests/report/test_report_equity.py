"""The section on groups says only what the table by group holds, and says when chance could have made a gap."""

from __future__ import annotations

import html as entities
import math
import re
from dataclasses import replace

import pandas as pd
import pytest
from report.test_report_page import rendered

from sencosim.report.charts.equity import equity_chart
from sencosim.report.equity import equity_section, told_apart
from sencosim.report.findings import Findings
from sencosim.report.inputs import ReportInputs
from sencosim.report.quoted import numbers_in, unsupported_figures

pytestmark = pytest.mark.unit

NAMES = ("1 (fewest)", "2", "3", "4", "5 (most)")
MADE_UP = {
    "added_hours": ("SENCO hours added", "hours a week per school", 14.2, 0.31),
    "support_intensity": ("Support intensity", "hours a pupil a year", 1.7, 0.13),
    "permanent_exclusions": ("Permanent exclusions", "a year per 1,000 pupils with SEN", -0.061, 0.0137),
    "school_cost": ("Net cost to schools, present value", "GBP per school", 153_000.0, 2_900.0),
    "need_share": ("Share of all pupils with SEN", "% of pupils with SEN", 18.3, 0.2),
    "hours_share": ("Share of all SENCO hours added", "% of hours added", 21.7, 0.2),
    "school_cost_per_pupil": ("Net cost to schools, present value", "GBP per pupil with SEN", 2_430.0, 71.0),
}


def _row(grouping: str, group: str, measure: str, factor: float, error: float, n: int) -> dict[str, object]:
    title, unit, difference, sd = MADE_UP[measure]
    return {
        "view": "central",
        "grouping": grouping,
        "group": group,
        "measure": measure,
        "title": title,
        "unit": unit,
        "favourable": "",
        "baseline": 0.0,
        "policy": factor * difference,
        "difference": factor * difference,
        "monte_carlo_error": error * sd if n > 1 else math.nan,
        "n_replications": n,
        "schools": 4_045.0,
        "pupils": 1_600_000.0,
    }


def by_group(n: int = 3, slope: float = 0.1) -> pd.DataFrame:
    """Made-up rows: a fifth's gain is 1 + slope x its number times the made-up figure."""
    rows = [_row("all", "All schools", measure, 1.0, 1.0, n) for measure in MADE_UP]
    for measure in MADE_UP:
        rows += [_row("fsm_fifth", name, measure, 1.0 + slope * i, 1.0, n) for i, name in enumerate(NAMES)]
        rows.append(_row("fsm_fifth", f"{NAMES[-1]} less {NAMES[0]}", measure, 4.0 * slope, 1.0, n))
        rows += [_row("place", name, measure, f, 1.0, n) for name, f in (("rural", 1.21), ("urban", 0.93))]
        rows += [_row("region", name, measure, f, 1.0, n) for name, f in (("London", 0.97), ("North East", 1.08))]
    derived = _row("derived", "All schools", "added_hours", 1.0, 1.0, n)
    rows.append({**derived, "measure": "looked_after", "title": "Looked after", "unit": "pupils", "baseline": 27_412.0})
    return pd.DataFrame(rows)


def section(inputs: ReportInputs, frame: pd.DataFrame) -> str:
    html = rendered(replace(inputs, by_group=frame))
    start = html.index('<details class="part" id="groups"')
    part = html[start : html.index('<details class="part"', start + 5)]
    part = re.sub(r"<svg.*?</svg>", " ", part, flags=re.DOTALL)
    return entities.unescape(re.sub(r"<[^>]+>", " ", part))


def test_every_figure_of_the_section_is_in_the_table(inputs: ReportInputs) -> None:
    frame = by_group()
    known = [*numbers_in(frame), 1.0, 2.0, 3.0, 4.0, 5.0, 1_000.0, 2.0]
    assert unsupported_figures(section(inputs, frame), known, slack_steps=1.0) == []
    other = frame.assign(difference=frame["difference"] * 1.37)
    assert unsupported_figures(section(inputs, frame), numbers_in(other.drop(columns="policy"))) != []


def test_a_run_without_the_table_has_no_section(inputs: ReportInputs) -> None:
    html = rendered(inputs)
    assert 'id="groups"' not in html
    assert "#groups" not in html
    assert equity_section(Findings(inputs)) is None
    assert equity_chart(Findings(inputs), "source") is None


@pytest.mark.parametrize(
    ("n", "slope", "words"),
    [
        (3, 1.0, "the gap is more than chance"),
        (3, 0.0001, "chance alone could make such a gap"),
        (1, 0.5, "with one replication nobody can say"),
    ],
)
def test_the_words_follow_the_error(inputs: ReportInputs, n: int, slope: float, words: str) -> None:
    found = equity_section(Findings(replace(inputs, by_group=by_group(n, slope))))
    assert found is not None
    assert words in found.sentences[1]
    assert "% of pupils with SEN and gets" in found.sentences[0]
    assert told_apart(0.0, 0.0, 3) is False


def test_the_chart_has_a_panel_for_each_measure_and_says_the_same_in_words(inputs: ReportInputs) -> None:
    frame = by_group()
    chart = equity_chart(Findings(replace(inputs, by_group=frame)), "Source: made up.")
    assert chart is not None
    assert chart.data["measure"].nunique() == 4
    assert unsupported_figures(chart.text, [*numbers_in(frame), 1.0, 2.0, 3.0, 4.0, 5.0, 1_000.0]) == []
    assert "14.2" in chart.title or "14" in chart.title


def test_synthetic_schools_are_said_to_be_synthetic(inputs: ReportInputs) -> None:
    frame = by_group()
    real = replace(inputs, by_group=frame, manifest={**inputs.manifest, "population_kind": "real"})
    texts = [equity_section(Findings(one)) for one in (replace(inputs, by_group=frame), real)]
    assert [any("synthetic" in line for line in one.cautions) for one in texts if one] == [True, False]
