"""Sentences, tables and charts on how large an effect would pay."""

from __future__ import annotations

import math
from dataclasses import replace

import pandas as pd
import pytest

from sencosim.outcomes.columns import EVENTS
from sencosim.outcomes.needed import GROUPS, GROUPS_NEEDED, MAIN_GROUP, MONTHS, NEEDED, PAIRS
from sencosim.report.charts.needed import purse_pair_chart, society_pair_chart
from sencosim.report.findings import Findings
from sencosim.report.inputs import ReportInputs
from sencosim.report.needed import (
    NO_NUMBER,
    events_table,
    months_in_words,
    months_sentences,
    months_table,
    needed_in_words,
    needed_lines,
    pupils_table,
    sheet_frame,
    spread_in_words,
    trials_sentence,
)

pytestmark = pytest.mark.unit
VIEWS = ("campaign", "central", "sceptic")


def event(measure: str, name: str, title: str, view: str, needed: float = 500.0) -> dict[str, object]:
    return {
        "measure": measure,
        "event": name,
        "title": title,
        "view": view,
        "net_cost_gbp": 1e6,
        "spared_by_one_gbp": 2e3,
        "avoided_in_run": 3.0,
        "needed": needed,
        "needed_low": 400.0,
        "needed_high": 600.0,
        "today": 1000.0,
        "share_of_today": needed / 1000.0,
        "pays": 0.0,
        "n_draws": 40,
        "draws_in_all": 40,
        "among": MAIN_GROUP,
        "per_thousand": 5.0,
    }


def group(name: str, title: str, phase: str, view: str, months: float = 0.5) -> dict[str, object]:
    nothing = phase == "primary"
    exams = {"leavers": 10.0, "month_price_gbp": 9e3, "month_gbp": 9e6, "months": months}
    exams |= {"months_low": 0.3, "months_high": 0.8}
    told = {
        "group": name,
        "title": title,
        "phase": phase,
        "view": view,
        "pupils": 100.0,
        "pays": 0.0,
        "n_draws": 40,
        "draws_in_all": 40,
    }
    told |= {f"{measure}{end}": 120.0 for measure in ("public", "social") for end in ("", "_p10", "_p90")}
    return told | (dict.fromkeys(exams, math.nan) if nothing else exams)


def line(measure: str, second: str, view: str) -> list[dict[str, object]]:
    return [
        {
            "measure": measure,
            "first": "new_plans",
            "second": second,
            "view": view,
            "at": 100.0 * place,
            "needed": 5.0 - place,
            "needed_low": 4.0 - place,
            "needed_high": 6.0 - place,
            "first_in_run": 0.0,
            "second_in_run": 0.0,
        }
        for place in range(11)
    ]


def with_needed(inputs: ReportInputs, needed: float = 500.0, months: float = 0.5) -> Findings:
    events = [
        event(m, one.name, one.title, view, needed) for view in VIEWS for m in ("public", "social") for one in EVENTS
    ]
    groups = [
        group(one.name, one.title, phase, view, months)
        for view in VIEWS
        for one in GROUPS
        for phase in ("", "primary", "secondary")
    ]
    lines = [
        row
        for view in VIEWS
        for row in (*line("social", MONTHS, view), *line("public", "independent_placements", view))
    ]
    tables = {NEEDED: events, GROUPS_NEEDED: groups, PAIRS: lines}
    return Findings(replace(inputs, appraisal={name: pd.DataFrame(rows) for name, rows in tables.items()}))


@pytest.fixture
def findings(inputs: ReportInputs) -> Findings:
    return with_needed(inputs)


def test_sentences_say_months_for_whom_and_what_trials_found(findings: Findings) -> None:
    told = months_sentences(findings)
    assert "raise the progress of all pupils on SEN Support by about 0.5 months" in told[0]
    assert "80 % of the draws: 0.3 to 0.8" in told[0]
    assert "sceptic view 0.5" in told[0]
    assert "very low security" in told[1]
    assert "no public saving" in told[2]
    lines = needed_lines(findings)
    assert len(lines) == 4
    assert all("new EHC plans" in one for one in lines)


def test_pays_already_and_no_number_are_said_plainly(inputs: ReportInputs) -> None:
    already, never = with_needed(inputs, 0.0, 0.0), with_needed(inputs, math.inf, math.inf)
    assert "pays already" in months_sentences(already)[0]
    assert "no months of progress would pay" in months_sentences(never)[0]
    for made, column in ((months_table, 4), (events_table, 3)):
        assert {row[column] for row in made(already).rows} == {"none: it pays already"}
        assert {row[column] for row in made(never).rows} == {NO_NUMBER}
    assert NO_NUMBER in set(sheet_frame(never.inputs.appraisal[NEEDED])["needed"])


def test_tables_have_a_row_for_each_group_and_event(findings: Findings) -> None:
    assert len(months_table(findings).rows) == len(GROUPS)
    assert len(pupils_table(findings).rows) == 3 * len(GROUPS)
    assert len(events_table(findings).rows) == 2 * len(EVENTS)
    for table in (months_table(findings), pupils_table(findings), events_table(findings)):
        assert {len(row) for row in table.shown} == {len(table.columns)}


def test_a_run_that_changes_nothing_shows_nothing(findings: Findings) -> None:
    tables = dict(findings.inputs.appraisal)
    tables[NEEDED] = tables[NEEDED].assign(net_cost_gbp=0.0)
    assert not events_table(Findings(replace(findings.inputs, appraisal=tables))).rows


def test_a_run_without_them_says_nothing(inputs: ReportInputs) -> None:
    bare = Findings(inputs)
    assert months_sentences(bare) == needed_lines(bare) == ()
    assert not events_table(bare).rows
    assert society_pair_chart(bare, "source") is None


def test_charts_hold_the_line_and_what_trials_found(findings: Findings) -> None:
    society, purse = society_pair_chart(findings, "source"), purse_pair_chart(findings, "source")
    assert society is not None
    assert purse is not None
    assert "in English alone" in society.svg
    assert "in English alone" not in purse.svg
    assert "500 new plans avoided" in purse.title
    assert "5 months of progress" in society.title
    assert len(society.data) == len(purse.data) == 11


def test_a_policy_that_may_add_some_events_is_said_to(findings: Findings) -> None:
    row = event("public", "appeals", "appeals", "central", -20.0)
    assert "added no more than 20 appeals" in needed_in_words(row)
    assert spread_in_words(row) == ""


def test_more_than_there_are_cannot_do_it() -> None:
    row = event("public", "appeals", "appeals", "central", 2000.0)
    assert "cannot do it alone" in needed_in_words(row)
    assert "That is most of them" in spread_in_words(event("public", "appeals", "appeals", "central", 700.0))
    assert "There are none in the base year" in needed_in_words(row | {"today": 0.0})


def test_one_draw_has_no_range() -> None:
    rows = {
        view: group(MAIN_GROUP, "pupils on SEN Support", "", view) | {"n_draws": 1, "draws_in_all": 1}
        for view in ("central",)
    }
    assert "(central view; one draw)" in months_in_words(rows, "central", "Hours")[0]


def test_what_trials_found_comes_from_the_register() -> None:
    assert "found 1 month in one subject, English: about 0.11 over 9 subjects" in trials_sentence()
