"""The answer and the tables: looked up in the summary, adding up, honest when there is no range."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from report.conftest import made_up_inputs

from sencosim.errors import OutputError
from sencosim.report.answer import (
    NAMED_FROM,
    answer_sentences,
    fair_quotes,
    how_sure,
    payer_sentence,
    question,
)
from sencosim.report.assemble import unlike_base_years
from sencosim.report.compare.table import comparison_table
from sencosim.report.evidence_tables import reconciliation_table
from sencosim.report.findings import Findings
from sencosim.report.inputs import ReportInputs, complete_summary
from sencosim.report.outputs import write_outputs
from sencosim.report.quoted import QUOTE_CHECK, figures_of, unsupported_figures, with_quote_check
from sencosim.report.showing import CAUTIONS, FEWEST_DRAWS, banners, obstacles, why_no_direction
from sencosim.report.tables import (
    Table,
    memorandum_table,
    payer_table,
    payers_frame,
    people_table,
    value_table,
    views_table,
)
from sencosim.report.terminal import answer_text, table_text
from sencosim.report.words import DASH, MINUS

pytestmark = pytest.mark.unit

RESULT_TABLES = (views_table, payer_table, people_table, value_table, memorandum_table)


def number(cell: str) -> float:
    """A printed cell as a number."""
    return float(cell.replace(MINUS, "-").replace(",", "").replace("+", ""))


def cells(table: Table) -> str:
    """All cells but the row headers, which hold no results."""
    return " ; ".join(cell for row in table.shown for cell in row[1:])


@pytest.mark.parametrize("build", RESULT_TABLES)
def test_every_figure_of_every_table_is_in_the_summary(inputs: ReportInputs, build) -> None:
    findings = Findings(inputs)
    # One unit in the last place is allowed where rows were moved so that a column adds up.
    assert unsupported_figures(cells(build(findings)), _with_column_sums(inputs), slack_steps=1.0) == []


def _with_column_sums(inputs: ReportInputs) -> list[float]:
    """The summary, and the sums of its costs and of its savings that the total row prints."""
    frame = payers_frame(Findings(inputs)).query("public and view == 'central'")
    return [*figures_of(inputs), frame["cost_gbp"].sum(), frame["saving_gbp"].sum()]


def test_every_figure_of_the_answer_is_in_the_summary(clean: ReportInputs) -> None:
    findings = Findings(clean)
    text = " ".join((*answer_sentences(findings), payer_sentence(findings), *fair_quotes(findings)))
    assert fair_quotes(findings)
    assert unsupported_figures(text, figures_of(clean)) == []


def test_every_figure_of_the_terminal_text_is_in_the_summary(inputs: ReportInputs) -> None:
    text = answer_text(inputs).replace("\nbillion", " billion").replace("\nmillion", " million")  # wrapped lines
    allowed = [*_with_column_sums(inputs), inputs.manifest["sample_share"], 20.0]
    assert unsupported_figures(text, allowed, slack_steps=1.0) == []


def test_the_check_of_quotes_passes_here_and_fails_on_an_invented_figure(inputs: ReportInputs) -> None:
    assert with_quote_check(inputs).checks[-1][:2] == (QUOTE_CHECK, True)
    invented = replace(inputs, what_would_change=("It breaks even at 43.7 million hours.",))
    assert with_quote_check(invented).checks[-1] == (QUOTE_CHECK, False, "Not found: 43.7 million")


def test_the_check_of_quotes_knows_the_figures_of_our_own_caution(inputs: ReportInputs) -> None:
    gaps = pd.DataFrame({"view": ["campaign"], "outcome": ["permanent_exclusions"], "relative": [54.321]})
    (caution,) = unlike_base_years(gaps, "central")
    warned = replace(inputs, what_would_change=(caution,))
    assert with_quote_check(warned, further=gaps["relative"]).checks[-1][:2] == (QUOTE_CHECK, True)
    assert with_quote_check(warned).checks[-1] == (QUOTE_CHECK, False, "Not found: 5,432 %")


def test_rows_of_the_table_by_payer_add_up_down_and_across(inputs: ReportInputs) -> None:
    table = payer_table(Findings(inputs))
    total = table.strong_rows[0]
    for column in (1, 2, 3):
        assert sum(number(row[column]) for row in table.shown[:total]) == number(table.shown[total][column])
    for row in table.shown[: total + 1]:
        assert number(row[1]) + number(row[2]) == number(row[3])


def test_payers_sum_to_the_net_in_every_view(inputs: ReportInputs) -> None:
    frame = payers_frame(Findings(inputs))
    for view in inputs.views:
        rows = frame[(frame["view"] == view) & frame["public"]]
        parts = rows[rows["payer"] != "public purse"]["net_gbp"].sum()
        assert parts == pytest.approx(rows[rows["payer"] == "public purse"]["net_gbp"].item(), rel=1e-9)


def test_the_answer_names_every_view_with_its_range(inputs: ReportInputs) -> None:
    text = " ".join(answer_sentences(Findings(inputs)))
    assert len(answer_sentences(Findings(inputs))) == 2
    for view in inputs.views:
        assert f"the {view} view" in text
    assert text.count(" to £") >= 3
    assert "present value, 2025-26 prices" in text
    assert "80 % interval" in text


def test_chance_comes_from_the_draws(inputs: ReportInputs) -> None:
    summary = complete_summary(inputs)
    row = summary.query("view == 'campaign' and outcome == 'net_public_cost' and year == 'present_value'").iloc[0]
    runs = inputs.runs.query("view == 'campaign' and outcome == 'net_public_cost' and year == 'present_value'")
    expected = (runs.groupby("draw")["difference"].mean() < 0).mean()
    assert row["chance_below_zero"] == pytest.approx(expected)
    assert len(summary) == len(inputs.summary)


def test_a_policy_that_changes_nothing_says_so(nothing: ReportInputs) -> None:
    text = answer_text(nothing)
    assert "changes nothing" in text
    assert "pay " not in payer_sentence(Findings(nothing))
    assert "no difference" in text


def test_everybody_who_pays_a_good_part_is_named(inputs: ReportInputs) -> None:
    findings = Findings(inputs)
    nets = [findings.over_the_run(inputs.main_view, "payer_net", payer) for payer in findings.public_payers()]
    paid = sum(max(0.0, net.difference) for net in nets)
    named = [net for net in nets if net.difference > 0.0 and net.difference >= NAMED_FROM * paid]
    assert named
    assert payer_sentence(findings).count(" more") == len(named)


def test_what_the_model_forecasts_badly_is_not_offered_for_quoting(
    clean: ReportInputs, monkeypatch: pytest.MonkeyPatch
) -> None:
    findings = Findings(clean)
    first = next(one for one in findings.outcomes("people", "time") if findings.has(clean.main_view, one))
    title = findings.over_the_run(clean.main_view, first).title
    assert any(quote.startswith(title) for quote in fair_quotes(findings))
    monkeypatch.setattr("sencosim.report.answer.UNQUOTED", frozenset({first}))
    assert not any(quote.startswith(title) for quote in fair_quotes(findings))


def test_one_draw_has_no_range_and_no_chance(one_draw: ReportInputs) -> None:
    text = answer_text(one_draw)
    assert "not known: one draw only" in text
    assert "likely to save" not in text
    assert "the chance that it saves money is unclear" in " ".join(text.split())


LIKELIHOOD = re.compile(r"likely to (save|lie)|unlikely|about as likely|very likely|likely range")


@pytest.mark.parametrize(("n_draws", "has_words"), [(FEWEST_DRAWS - 1, False), (FEWEST_DRAWS, True)])
def test_no_likelihood_word_from_too_few_draws(n_draws: int, has_words: bool, tmp_path: Path) -> None:
    few = made_up_inputs(n_draws=n_draws, n_replications=1)
    text = " ".join(answer_text(few).split())
    folder = write_outputs(few, tmp_path)
    page = (folder / "report.html").read_text(encoding="utf-8")
    table = table_text(comparison_table([Findings(few)]))
    assert [bool(LIKELIHOOD.search(one)) for one in (text, page, table)] == [has_words] * 3
    for one in (text, page, table):
        assert ("--draws" in one) != has_words
    assert (f"{n_draws} draws are too few to say how likely" in text) != has_words
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert all(check["passed"] for check in manifest["checks"])


def test_unclear_differences_are_called_unclear(inputs: ReportInputs) -> None:
    rows = {row[0]: row for row in people_table(Findings(inputs)).shown}
    assert rows["Requests for an EHC needs assessment, requests"][4] == "unclear"
    assert rows["Appeals to the tribunal, appeals"][4] == "better"


def test_a_mean_across_zero_from_its_interval_has_no_direction(inputs: ReportInputs) -> None:
    """As where most draws change nothing and a few change much."""
    findings = Findings(inputs)
    figure = findings.over_the_run(inputs.main_view, "appeals")
    assert figure.p90 < 0.0
    assert why_no_direction(figure) == ""
    assert why_no_direction(replace(figure, difference=0.01)) == "unclear"
    assert why_no_direction(replace(figure, difference=0.0)) == "unclear"


def test_a_time_that_is_the_same_for_all_outcomes_is_said_once(inputs: ReportInputs) -> None:
    findings = Findings(inputs)
    table = people_table(findings)
    assert ("When" in table.columns) == (findings.period() not in table.caption)
    assert {len(row) for row in table.shown} == {len(table.columns)}
    assert table.columns[table.text_columns[-1]] == "In words"


def test_bad_fits_are_in_the_table(inputs: ReportInputs) -> None:
    table = reconciliation_table(Findings(inputs))
    assert [row[7] for row in table.shown].count("outside") == 4
    assert table.shown[0][0] == "Pupils SEN support, primary"


def test_banners(inputs: ReportInputs, clean: ReportInputs) -> None:
    assert banners(Findings(clean)) == ()
    assert len(banners(Findings(inputs))) == 3
    failed = replace(clean, checks=(("Pupils conserved", False, "3 lost"),), manifest={**clean.manifest, "quick": True})
    first, second = banners(Findings(failed))
    assert "Pupils conserved" in first
    assert "not for quoting" in second
    assert f"! {first}" in answer_text(failed)
    assert fair_quotes(Findings(failed)) == ()


def test_a_caution_stands_on_everything_and_nothing_is_offered_for_quoting(clean: ReportInputs, tmp_path: Path) -> None:
    reason = "No study has seen so many hours."
    cautioned = replace(clean, manifest={**clean.manifest, CAUTIONS: [reason]})
    sentence = f"“{clean.scenario.title}” is not to be quoted. {reason}"
    assert banners(Findings(cautioned)) == (sentence,)
    text = " ".join(answer_text(cautioned).split())
    assert text.startswith(f"! {sentence}")
    assert answer_sentences(Findings(cautioned))[0].startswith("Not to be quoted: ")
    assert fair_quotes(Findings(cautioned)) == ()
    folder = write_outputs(cautioned, tmp_path)
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert f"This run is not to be quoted. {reason}" in page
    assert "may be quoted as they stand" not in page
    assert f"It is not to be quoted. {reason}" in obstacles(folder)
    plain = write_outputs(clean, tmp_path)
    assert "may be quoted as they stand" in (plain / "report.html").read_text(encoding="utf-8")
    assert obstacles(plain) == []


def test_costs_and_savings_may_be_left_out(inputs: ReportInputs) -> None:
    summary = inputs.summary[~inputs.summary["outcome"].isin(["payer_cost", "payer_saving"])]
    table = payer_table(Findings(replace(inputs, summary=summary)))
    assert table.shown[0][1:3] == (DASH, DASH)
    total = table.strong_rows[0]
    assert sum(number(row[3]) for row in table.shown[:total]) == number(table.shown[total][3])


def test_faulty_tables_are_refused_with_every_fault(inputs: ReportInputs) -> None:
    with pytest.raises(OutputError, match=r"`summary` lacks p10.*`parameters` lacks quality"):
        answer_text(
            replace(
                inputs,
                summary=inputs.summary.drop(columns="p10"),
                parameters=inputs.parameters.drop(columns="quality"),
            )
        )
    with pytest.raises(OutputError, match="twice"):
        answer_text(replace(inputs, summary=inputs.summary.iloc[[0, 0, *range(1, len(inputs.summary))]]))
    with pytest.raises(OutputError, match="no `net_public_cost`"):
        answer_text(replace(inputs, views=("campaign", "central", "sceptic", "fourth")))


def test_terminal_lines_fit(inputs: ReportInputs) -> None:
    assert max(len(line) for line in answer_text(inputs, width=100).splitlines()) <= 100
    assert table_text(Table("k", "Empty", ("A", "B"), ()), 40).splitlines()[0] == "Empty"


@pytest.mark.parametrize("title", ["Nobody pays: it costs £5", "It saves £5 to the public purse"])
def test_a_title_that_speaks_of_money_stays_as_it_is(inputs: ReportInputs, title: str) -> None:
    named = replace(inputs, scenario=replace(inputs.scenario, title=title))
    first, plain = (answer_sentences(Findings(one))[0] for one in (named, inputs))
    assert first == plain.replace(f"“{inputs.scenario.title}”", f"“{title}”")
    assert "” costs the public purse £" in first


def test_the_question_has_a_default(inputs: ReportInputs) -> None:
    assert inputs.scenario.title in question(Findings(inputs))
    assert question(Findings(replace(inputs, question="Why?"))) == "Why?"


@pytest.mark.parametrize("state", ["passed", "failed", "stale", "missing"])
def test_the_headline_says_first_when_the_back_test_was_not_passed(inputs, state):
    sentence = "Back-test: it did as well as it did."
    told = replace(inputs, backtest_state=state, backtest=sentence)
    first = answer_sentences(Findings(told))[0]
    plain = answer_sentences(Findings(inputs))[0]
    assert (first == plain) is (state == "passed")
    assert (first.lower().endswith(plain.lower())) is True
    assert how_sure(Findings(told))[0] == sentence
    assert sentence not in how_sure(Findings(inputs))
