"""Years until full time and until enough time, as a reader meets them."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import pandas as pd
import pytest

from sencosim.evidence.register import load_register
from sencosim.outcomes.years_until import COLUMNS, published_years
from sencosim.report.findings import Findings
from sencosim.report.inputs import ReportInputs
from sencosim.report.page import page_html
from sencosim.report.quoted import numbers_in, unsupported_figures
from sencosim.report.years import years_sentences, years_table

pytestmark = pytest.mark.unit

ROWS = [
    ("baseline", "primary", "full_time", 10.9, 32.4, 0.137, math.nan, 157.3),
    ("baseline", "primary", "enough", 10.9, 16.0, 0.137, math.nan, 36.9),
    ("baseline", "secondary", "full_time", 18.2, 32.4, -0.2, math.nan, math.inf),
    ("baseline", "secondary", "enough", 18.2, 37.2, -0.2, math.nan, math.inf),
    ("policy", "primary", "full_time", 32.4, 32.4, 6.0, 2029, 0.0),
    ("policy", "primary", "enough", 32.4, 16.5, 6.0, 2027, 0.0),
    ("policy", "secondary", "full_time", 29.5, 32.4, 4.5, math.nan, 0.6),
    ("policy", "secondary", "enough", 29.5, 37.9, 4.5, math.nan, 1.9),
]


@pytest.fixture
def told(inputs: ReportInputs) -> Findings:
    return Findings(replace(inputs, years_until=pd.DataFrame(ROWS, columns=list(COLUMNS))))


def test_the_table_has_a_row_for_each_phase_and_aim_and_says_when(told: Findings) -> None:
    table = years_table(told)
    assert [row[0] for row in table.rows] == [
        f"{phase}, {aim}"
        for phase in ("Primary", "Secondary")
        for aim in ("full time", "enough for the work that falls due")
    ]
    assert [(row[4], row[7]) for row in table.rows] == [
        ("Not within 100 years on this trend", "From 2029/30 on"),
        ("After 37 more years", "From 2027/28 on"),
        ("Never on this trend", "Within a year"),
        ("Never on this trend", "After 2 more years"),
    ]


def test_every_figure_is_in_the_table_of_the_run_or_published(told: Findings) -> None:
    known = [*numbers_in(told.inputs.years_until), *numbers_in(published_years(load_register()))]
    table = years_table(told)
    said = " ".join((*(cell for row in table.rows for cell in row), *years_sentences(told)))
    assert unsupported_figures(said.replace("2018 to 2020", ""), known) == []


def test_the_published_claims_stand_beside_with_their_words(told: Findings) -> None:
    said = years_sentences(told)[-1]
    assert "almost 150 years" in said
    assert re.search(r"more than 40 years.*more than 30 years", said)


def test_the_page_shows_it_and_a_run_without_it_shows_nothing(told: Findings, inputs: ReportInputs) -> None:
    assert "Not within 100 years on this trend" in shown(told)
    assert years_sentences(Findings(inputs)) == ()
    assert "Until SENCO time is full time" not in shown(Findings(inputs))


def shown(findings: Findings) -> str:
    manifest = {**findings.inputs.manifest, "software": {"sencosim": "0", "python": "3"}}
    return page_html(Findings(replace(findings.inputs, manifest=manifest)), [], "x", "2026-11-22T10:15:00Z")
