"""The page: one HTML file that answers first, on two pages, and folds everything else behind them.

It needs nothing from outside. Its script only searches and sorts what is folded; without it nothing is missing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

import pandas as pd
from markupsafe import Markup

from sencosim.report import (
    answer,
    beside,
    council_purses,
    evidence_tables,
    forms,
    incidence,
    needed,
    probability,
    showing,
    social,
    tables,
    uses,
    years,
)
from sencosim.report.budget import budget_section
from sencosim.report.charts.style import Chart
from sencosim.report.definitions import definitions_table, glossary_table
from sencosim.report.equity import equity_section
from sencosim.report.findings import Findings
from sencosim.report.front import front_of, trace_table
from sencosim.report.frontier_section import frontier_section
from sencosim.report.table import TOLD, Table, words_in
from sencosim.report.template import render
from sencosim.report.words import four_figures

DATA_ROWS = 24
"""Rows of the data of a chart that the page shows, unless the chart chose them: the file alongside it has all."""
TABLES = {
    "views_table": tables.views_table,
    "payer_table": tables.payer_table,
    "people_table": tables.people_table,
    "value_table": tables.value_table,
    "social_table": social.social_table,
    "bearers_table": social.bearers_table,
    "standings_table": social.standings_table,
    "switching_table": social.switching_table,
    "pair_table": social.pair_table,
    "needed_pupils_table": needed.pupils_table,
    "needed_months_table": needed.months_table,
    "needed_events_table": needed.events_table,
    "memorandum_table": tables.memorandum_table,
    "reconciliation_table": evidence_tables.reconciliation_table,
    "grades_table": evidence_tables.grades_table,
    "implied_table": evidence_tables.implied_table,
    "beside_table": beside.beside_table,
    "baselines_table": forms.baselines_table,
    "structure_table": forms.structure_table,
    "parts_table": forms.parts_table,
    "routes_table": forms.routes_table,
    "uses_table": uses.uses_table,
    "hours_cost_table": incidence.hours_cost_table,
    "incidence_table": incidence.incidence_table,
    "paying_table": incidence.rules_table,
    "councils_table": council_purses.councils_table,
    "years_table": years.years_table,
    "checks_table": evidence_tables.checks_table,
    "unmonetised_table": evidence_tables.unmonetised_table,
    "definitions_table": definitions_table,
    "glossary_table": glossary_table,
}
"""Tables of the page, by their names in the template."""


def page_html(findings: Findings, charts: Sequence[Chart], run_id: str, moment: str) -> str:
    """Write the report of one run as a single page: no outside requests; ``moment`` is UTC."""
    inputs = findings.inputs
    front = front_of(findings)
    return render(
        "report.html",
        moment=moment,
        front=front,
        trace_table=trace_table(front, findings),
        script=Markup(files("sencosim.report").joinpath("templates/report.js").read_text(encoding="utf-8")),
        folded=True,
        population=inputs.population_text.strip(),
        probability=probability.section(findings),
        equity=equity_section(findings),
        budget=budget_section(findings),
        social_sentences=social.social_sentences(findings),
        months_sentences=needed.months_sentences(findings),
        needed_lines=needed.needed_lines(findings),
        needed_quotable=needed.may_quote(findings),
        range_sentence=forms.range_sentence(findings),
        weights_words=forms.WEIGHTS_WORDS,
        beside_lines=beside.beside_lines(findings),
        beside_words=forms.NOT_RUN,
        incidence_sentence=incidence.incidence_sentence(findings),
        fair_quotes=answer.fair_quotes(findings),
        caution=" ".join(showing.forbidden(inputs)),
        limits=words_in(TOLD)["limits"],
        memorandum_warning=words_in(TOLD)["memorandum_warning"],
        **told_on_both(findings, charts, run_id),
        **{key: make(findings) for key, make in TABLES.items()},
    )


def told_on_both(findings: Findings, charts: Sequence[Chart], run_id: str) -> dict[str, Any]:
    """What the page of a run and that of its results pack both show."""
    inputs = findings.inputs
    return {
        "run_id": run_id,
        "findings": findings,
        "scenario": inputs.scenario,
        "manifest": inputs.manifest,
        "banners": showing.banners(findings),
        "question": answer.question(findings),
        "answer": answer.answer_sentences(findings),
        "what_would_change": answer.what_would_change(findings),
        "how_sure": answer.how_sure(findings),
        "not_to_say": words_in(TOLD)["not_to_say"],
        "years_sentences": years.years_sentences(findings),
        "facts": facts_of(inputs.manifest),
        "frontier": frontier_section(findings),
        "charts": [picture_of(chart) for chart in charts],
    }


def picture_of(chart: Chart) -> dict[str, Any]:
    """A chart as the macro ``picture`` takes it: its words as text, so that they are set again on a narrow screen."""
    words = {name: getattr(chart, name) for name in ("name", "title", "subtitle", "source", "text")}
    return {**words, "svg": Markup(chart.on_page), "table": data_table(chart)}


def data_table(chart: Chart) -> Table:
    """The first rows of the data behind a chart, to four figures; whole in the CSV file alongside it."""
    whole = (chart.data if chart.shown is None else chart.shown).dropna(axis="columns", how="all")
    frame = whole.head(DATA_ROWS) if chart.shown is None else whole
    numeric = {column for column in frame.columns if pd.api.types.is_float_dtype(frame[column])}
    rows = [
        tuple(four_figures(value) if column in numeric else str(value) for column, value in record.items())
        for record in frame.to_dict("records")
    ]
    words = tuple(i for i, column in enumerate(frame.columns) if i and column not in numeric)
    columns = tuple(str(column).replace("_", " ").replace(" gbp", ", GBP") for column in frame.columns)
    part = f" The first {len(frame)} of {len(whole):,} rows." if len(whole) > len(frame) else ""
    note = f"Numbers to four figures; whole in charts/{chart.name}.csv.{part}"
    return Table(
        f"data-{chart.name}", f"Data behind the chart: {chart.title}", columns, tuple(rows), (note,), (), words
    )


def facts_of(manifest: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Facts of the run that a reader checks, in words."""
    software = manifest.get("software") or {}
    git = manifest.get("git") or {}
    dirty = " (changed since)" if git.get("dirty") else ""
    told = [
        ("sencosim", software.get("sencosim")),
        ("Python", software.get("python")),
        ("Code", f"commit {git['commit']}{dirty}" if git.get("commit") else "not run from a repository"),
    ]
    told += [(title, manifest.get(name)) for name, title in words_in(TOLD)["facts"].items()]
    return [
        (title, f"{value:,.4g}" if isinstance(value, float) else str(value))
        for title, value in told
        if value is not None
    ]
