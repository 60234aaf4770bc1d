"""Where the cost falls, as printed: every figure is in the tables, small counts are not shown, stocks stay stocks."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from report.test_report_equity import by_group
from report.test_report_page import rendered

from sencosim.outcomes.incidence import RULES
from sencosim.report.council_purses import CHANGES, MOST_ROWS, councils_table, place_sentence, with_low_left_out
from sencosim.report.findings import Findings
from sencosim.report.incidence import (
    SHARED_OUT,
    hours_cost_table,
    incidence_sentence,
    incidence_table,
    rules_table,
)
from sencosim.report.inputs import ReportInputs
from sencosim.report.outputs import write_outputs
from sencosim.report.quoted import numbers_in, unsupported_figures
from sencosim.report.showing import FEWEST, LOW
from sencosim.report.stored import read_run
from sencosim.report.words import DASH

pytestmark = pytest.mark.unit


def made_up(duty: float = 1.0) -> pd.DataFrame:
    groups = [("all", "All schools", 300.0, 3.2), ("size", "primary, under 100", 100.0, 7.4)]
    groups += [("size", "secondary, 1250 and over", 200.0, 0.6), ("kind", "primary, fifth 1 (fewest)", 300.0, 3.2)]
    rows = []
    for number, (grouping, group, schools, share) in enumerate(groups):
        row: dict[str, object] = {"grouping": grouping, "group": group, "schools": schools, "pupils": 90.0 * schools}
        row |= {
            "sen_pupils": 20.0 * schools,
            "budget_gbp": 1.4e6 * schools,
            "duty_gbp": duty * share * 14_000.0 * schools,
        }
        row |= {"duty_share": duty * share / 100.0, "monte_carlo_error": 0.0007, "net_share": duty * share / 101.0}
        for rule in RULES:
            gain = (
                0.0 if rule == "own_cost" or grouping in ("all", "kind") else duty * (0.021, -0.042, 0.021)[number - 1]
            )
            row[f"gain_{rule}_share"] = gain
        rows.append(row)
    return pd.DataFrame(rows)


def purses(pupil_years: float = 45.0) -> pd.DataFrame:
    row = {"area_code": "E06000063", "area_name": "Cumberland", "region": "North West", "fsm_share": 0.213}
    row |= {"high_needs_change_gbp": 613_000.0, "paid_by_council_gbp": 17_300.0, "monte_carlo_error": 29_000.0}
    row |= {"pupil_years_changed": pupil_years, "basis": "modelled for the area", "balance_pct": -3.57}
    row |= {"balance_of": "Cumbria", "balance_gbp": -9_150_420.0, "high_needs_2023_24_gbp": 38_664_270.0}
    return pd.DataFrame([row | {"change_of_block": 0.0159}])


def test_every_figure_of_the_sentence_is_in_the_table(inputs: ReportInputs) -> None:
    frame = made_up()
    told = incidence_sentence(Findings(replace(inputs, incidence=frame)))
    words = re.sub(r"with (under 100 pupils|1250 pupils and over)", "", told)
    shares_of_schools = [2.0 / 3.0, 1.0 / 3.0, 0.0]
    assert unsupported_figures(words, [*numbers_in(frame), *shares_of_schools]) == []
    assert told.index("0.6 %") < told.index("7.4 %")


def test_without_a_cost_no_sentence_is_made(inputs: ReportInputs) -> None:
    assert incidence_sentence(Findings(replace(inputs, incidence=made_up(duty=0.0)))) == ""
    assert incidence_sentence(Findings(inputs)) == ""
    assert incidence_table(Findings(inputs)).rows == ()


def test_tables_show_each_rule_that_moves_money_and_no_other(inputs: ReportInputs) -> None:
    findings = Findings(replace(inputs, incidence=made_up()))
    table, rules = incidence_table(findings), rules_table(findings)
    heads = [head for head in table.columns if head.startswith("Gain or loss")]
    assert len(heads) == len(SHARED_OUT) == len(rules.rows) == 3
    assert all(RULES[rule] in head for rule, head in zip(SHARED_OUT, heads, strict=True))
    assert len(table.rows) == 3  # kinds of school are counted, not listed
    assert [row[1] for row in rules.shown] == ["1 of 2", "1 of 2", "1 of 2"]
    assert [row[2] for row in rules.shown] == ["67", "67", "67"]


def test_a_group_without_extra_hours_has_a_dash(inputs: ReportInputs) -> None:
    rows = [("all", "All schools", 900.0, 41_700.0, 437.0), ("phase", "primary", 0.0, 0.0, math.nan)]
    frame = pd.DataFrame(rows, columns=["grouping", "group", "extra_hours", "paid_added", "cost_per_extra_hour_gbp"])
    table = hours_cost_table(Findings(replace(inputs, hours_cost=frame.assign(monte_carlo_error=math.nan))))
    assert [row[-1] for row in table.shown] == ["437", DASH]


@pytest.mark.parametrize(("pupil_years", "low"), [(FEWEST - 0.1, True), (float(FEWEST), False)])
def test_changes_of_few_pupils_are_not_shown_anywhere(
    inputs: ReportInputs, tmp_path: Path, pupil_years: float, low: bool
) -> None:
    frame = purses(pupil_years)
    told = with_low_left_out(frame)
    assert bool(told["is_low"].iloc[0]) is low
    assert bool(np.isnan(told[CHANGES].to_numpy(dtype=float)).all()) is low
    assert "pupil_years_changed" not in told.columns
    lines = {"lines": pd.DataFrame({"view": ["central"]})}
    given = replace(inputs, council_purses=frame, by_group=by_group(), appraisal=lines)
    findings = Findings(given)
    (row,) = councils_table(findings).shown
    assert (LOW in row) is low
    sentence = place_sentence(findings, "E06000063")
    assert ("613,000" in sentence or "610,000" in sentence) is not low
    folder = write_outputs(given, tmp_path)
    back = read_run(folder).inputs
    assert councils_table(Findings(back)).shown == councils_table(findings).shown
    assert place_sentence(Findings(back), "E06000063") == sentence
    for path, figure in ((folder / "council_purses.csv", "613000"), (folder / "report.html", "+0.61")):
        assert (figure in path.read_text(encoding="utf-8")) is not low


def test_the_line_on_a_council_says_whose_balance_and_of_when(inputs: ReportInputs) -> None:
    sentence = place_sentence(Findings(replace(inputs, council_purses=purses())), "E06000063")
    for words in ("Cumbria, of which it was part", "2021-22", "deficit of 3.6 %", "£9.2 million", "cannot be added"):
        assert words in sentence
    assert place_sentence(Findings(replace(inputs, council_purses=purses())), "E06000064") == ""
    surplus = purses().assign(balance_pct=1.2, balance_gbp=3.1e6, balance_of="")
    assert "Cumberland had a cumulative surplus" in place_sentence(
        Findings(replace(inputs, council_purses=surplus)), "E06000063"
    )


@pytest.mark.parametrize(
    ("error", "words"),
    [(29_000.0, "standard error by chance"), (400_000.0, "too little to tell from chance"), (math.nan, "no range")],
)
def test_the_line_says_how_well_the_change_is_known(inputs: ReportInputs, error: float, words: str) -> None:
    frame = purses().assign(monte_carlo_error=error)
    assert words in place_sentence(Findings(replace(inputs, council_purses=frame)), "E06000063")


def test_many_councils_are_cut_to_both_ends(inputs: ReportInputs) -> None:
    many = pd.concat([purses().assign(area_name=f"C{i}", change_of_block=float(i)) for i in range(60)])
    table = councils_table(Findings(replace(inputs, council_purses=many)))
    assert len(table.rows) == MOST_ROWS
    assert (table.rows[0][0], table.rows[-1][0]) == ("C59", "C0")
    assert f"{MOST_ROWS} of 60 councils" in table.notes[0]


def test_the_page_has_the_section_only_where_there_are_figures(inputs: ReportInputs) -> None:
    without = replace(inputs, by_group=by_group())
    assert 'id="falls"' not in rendered(without)
    assert 'id="falls"' in rendered(replace(without, incidence=made_up(), council_purses=purses()))
