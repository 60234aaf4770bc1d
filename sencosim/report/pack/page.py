"""The report of a results pack: page one, then everything that it rests on."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from sencosim.outcomes.reconcile import OUTSIDE, WITHIN
from sencosim.report import answer, cautions, evidence_tables, tables, years
from sencosim.report.charts.style import Chart
from sencosim.report.findings import Findings
from sencosim.report.inputs import PRESENT_VALUE
from sencosim.report.pack.statements import Item, cheers, quality_log, stress_des
from sencosim.report.page import data_table, facts_of
from sencosim.report.stored import StoredRun
from sencosim.report.tables import Table
from sencosim.report.template import render

CAVEATS = 3


def pack_html(run: StoredRun, findings: Findings, charts: Sequence[Chart], comparison: Table) -> str:
    """Write the report of a pack as a single page.

    Parameters
    ----------
    run, findings
        A finished run.
    charts
        What to show.
    comparison
        The table of page one.
    """
    inputs = findings.inputs
    return render(
        "pack.html",
        run_id=run.run_id,
        findings=findings,
        scenario=inputs.scenario,
        manifest=inputs.manifest,
        banners=cautions.banners(findings),
        question=answer.question(findings),
        answer=answer.answer_sentences(findings),
        comparison=comparison,
        views_table=tables.views_table(findings),
        caveats=cautions.LIMITS[:CAVEATS],
        what_would_change=answer.what_would_change(findings),
        how_sure=answer.how_sure(findings),
        status=status_line(findings),
        not_to_say=cautions.NOT_TO_SAY,
        measures=measures_table(findings),
        payer_table=tables.payer_table(findings),
        people_table=tables.people_table(findings),
        years_table=years.years_table(findings),
        years_sentences=years.years_sentences(findings),
        unmonetised_table=evidence_tables.unmonetised_table(findings),
        reconciliation_table=evidence_tables.reconciliation_table(findings),
        checks_table=evidence_tables.checks_table(findings),
        stress=items_table("stress", "STRESS-DES statement, version 1.0", stress_des(run, findings)),
        quality=items_table("quality", "Quality log: roles to be signed", quality_log(run, findings)),
        cheers=items_table("cheers", "CHEERS 2022, economic items", cheers(findings)),
        facts=facts_of(inputs.manifest),
        charts=[
            {"name": chart.name, "svg": Markup(chart.svg), "text": chart.text, "table": data_table(chart)}
            for chart in charts
        ],
    )


def status_line(findings: Findings) -> str:
    """Model version, data vintage, fit to published figures, state of assurance, date."""
    manifest = findings.inputs.manifest
    verdicts = findings.inputs.reconciliation["verdict"].astype(str)
    inside, judged = int((verdicts == WITHIN).sum()), int(verdicts.isin([WITHIN, OUTSIDE]).sum())
    fit = (
        f"within tolerance of {inside} of {judged} published figures"
        if judged
        else "not compared with published figures"
    )
    failed = sum(1 for _, passed, _ in findings.inputs.checks if not passed)
    assured = "checks after the run passed" if not failed else f"{failed} checks after the run failed"
    return (
        f"sencosim {manifest['software']['sencosim']}; evidence {str(manifest.get('evidence_fingerprint'))[:8]}; "
        f"base year {fit}; back-test {findings.inputs.backtest_state}; {assured}; not yet assured by a person; "
        f"written {manifest['written_at']}."
    )


def measures_table(findings: Findings) -> Table:
    """Value for money in every view: cost, benefit, net present social value, ratio."""
    views = findings.inputs.views
    rows = []
    for outcome in ("policy_cost", "policy_benefit", "npsv", "bcr", "cashable_saving"):
        found = [findings.get(view, outcome, PRESENT_VALUE) for view in views]
        known = [figure for figure in found if figure is not None]
        if len(known) == len(views):
            unit = "" if known[0].unit == "ratio" else f", {tables.unit_words(known[0])}"
            rows.append((f"{known[0].title}{unit}", *(tables.measure_cell(figure) for figure in known)))
    return Table(
        key="measures",
        caption=(
            f"Value for money. {findings.area_name}, {findings.period()}, {findings.money_basis()}; mean and "
            "80 % interval"
        ),
        columns=("Measure", *(tables.view_title(view) for view in views)),
        rows=tuple(rows),
        notes=("The worksheets of results.xlsx and results.ods give these to the pound.",),
    )


def items_table(key: str, caption: str, items: Sequence[Item]) -> Table:
    """A checklist as a table."""
    rows = tuple((item.number, item.title, item.text) for item in items)
    return Table(key=key, caption=caption, columns=("Item", "Heading", "This run"), rows=rows, text_columns=(1, 2))
