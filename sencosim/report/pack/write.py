"""Write the results pack of one run: everything, or nothing."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from sencosim.errors import OutputError
from sencosim.experiment.finished import RESOLVED
from sencosim.outcomes.reconcile import OUTSIDE, WITHIN
from sencosim.report import showing, tables
from sencosim.report.budget import budget_section
from sencosim.report.charts.style import Chart
from sencosim.report.compare.table import comparison_table
from sencosim.report.compare.views import views_comparison
from sencosim.report.findings import Findings
from sencosim.report.inputs import PRESENT_VALUE
from sencosim.report.manifest import check_unchanged, file_facts, write_manifest
from sencosim.report.outputs import charts_of, new_folder, write_charts, write_csv, write_text
from sencosim.report.pack.basis import basis_sheets, notes
from sencosim.report.pack.charts import pack_charts
from sencosim.report.pack.decision_log import LOG, DecisionLog
from sencosim.report.pack.docx import write_docx
from sencosim.report.pack.fiscal_profile import profile_frame, profile_sheet
from sencosim.report.pack.five_cases import five_cases
from sencosim.report.pack.note import write_note
from sencosim.report.pack.ods import write_ods
from sencosim.report.pack.results import result_sheets
from sencosim.report.pack.signing import Signing
from sencosim.report.pack.statements import as_markdown, reproduce_text, statements
from sencosim.report.pack.summary_table import summary_frame, summary_sheet
from sencosim.report.pack.told import facts_of
from sencosim.report.pack.workbook import Workbook
from sencosim.report.pack.xlsx import write_xlsx
from sencosim.report.page import TABLES, told_on_both
from sencosim.report.stored import (
    APPRAISAL,
    BESIDE_THE_HEADLINE,
    FALLS,
    FRONTIER,
    PROBABILITY,
    RESULTS_PACK,
    StoredRun,
    check_same_model,
)
from sencosim.report.table import TOLD, Table, table_of, words_in
from sencosim.report.template import render

PACK = "pack"
"""Beginning of the name of a pack's folder."""
OF_RUN = "run_manifest_sha256"
"""Fact of a pack: the digest of the run that it was made of, which a sign-off names."""
COPIED = (
    *(RESOLVED, "report.json", "summary.parquet", "summary.csv", "runs.parquet", "draws.parquet"),
    *("areas.parquet", "parameters.csv", "reconciliation.csv", "payers.csv", "years_until.csv", "uses.csv"),
    *("by_group.parquet", "by_group.csv", "beside.csv", "budget.csv", "changes.parquet", "prices.parquet"),
    *(f"{name}.csv" for name in (*FALLS, *BESIDE_THE_HEADLINE, FRONTIER)),
)
"""Files of the run that go into the pack; the ledger and the lines of single draws stay with the run."""
KEY_TABLES = ("net_costs", "comparison", "views_table", "measures", "payer_table", "people_table", "unmonetised_table")
"""Tables of the page that stand in ``tables.docx``, for a submission in Word; budgets by year follow."""
STATEMENTS = {
    "stress": ("STRESS-DES", "STRESS-DES statement", "STRESS-DES statement, version 1.0"),
    "quality": ("QUALITY-LOG", "Quality log (Aqua Book roles)", "Quality log: roles to be signed"),
    "cheers": ("CHEERS", "CHEERS 2022, economic items", "CHEERS 2022, economic items"),
}
"""Checklists of ``statements.yaml``: file, title in it, title on the page."""
CAVEATS = 3


def write_pack(run: StoredRun, root: Path, log: DecisionLog | None = None, *, digest: str = "") -> Path:
    """Write the results pack of a finished run as ``root/pack-<run id>``, and say where it is.

    ``log`` is what people wrote on owners, decisions and sign-offs; nobody is named without it. ``digest`` is that of
    the manifest of the run, where a pack stands in for the run. An InputError if the
    run was made with other evidence or code, an OutputError if the worksheets do not give the headline, or the run
    was changed since it was read.
    """
    check_same_model(run)
    findings, signing = Findings(run.inputs), Signing(log or DecisionLog(), run, digest)
    workbook = _workbook(signing, findings)
    charts = [*charts_of(findings, run.run_id), *pack_charts(run, findings)]
    with new_folder(root, f"{PACK}-{run.run_id}") as (folder, taken):
        _copy(run, folder)
        _fill(folder, signing, findings, workbook, charts)
        check_unchanged(run.folder, run.inputs.manifest)
    return root / taken


def _workbook(signing: Signing, findings: Findings) -> Workbook:
    """Everything that the spreadsheets hold."""
    run = signing.run
    inputs = run.inputs
    cover = (
        inputs.question,
        *showing.banners(findings),
        f"Run {run.run_id}, sencosim {inputs.manifest['software']['sencosim']}, "
        f"written {inputs.manifest['written_at']}.",
        f"Figures are differences from {findings.words()['today']}, with 80 % intervals; views stand side by side.",
        "To recompute the headline: sheet Recompute, then the worksheet of a view. To ask what if: sheet Inputs.",
        "Contains public sector information licensed under the Open Government Licence v3.0. Not a government product.",
    )
    answer, *others = result_sheets(run, findings)
    profile = profile_sheet(findings)
    cases = (summary_sheet(run, findings), *(() if profile is None else (profile,)))
    sheets = (answer, *cases, *others, *basis_sheets(signing, findings))
    return Workbook(f"{inputs.scenario.title}: results pack of sencosim", cover, sheets, notes())


def _copy(run: StoredRun, folder: Path) -> None:
    """Copy files of the run; refuse one that is not what the run was when it was read: the rest is made of that."""
    for name in COPIED:
        if (run.folder / name).is_file():
            shutil.copyfile(run.folder / name, folder / name)
    for name in (APPRAISAL, PROBABILITY):
        if (run.folder / name).is_dir():
            shutil.copytree(run.folder / name, folder / name)
    as_read = run.inputs.manifest["files"]
    if changed := [name for name, facts in file_facts(folder).items() if facts != as_read.get(name)]:
        raise OutputError(
            f"{run.folder.as_posix()} was changed while its pack was made ({', '.join(changed)}), so no pack was "
            "written. Put back the run as it was written, or run the scenario again."
        )


def _fill(folder: Path, signing: Signing, findings: Findings, workbook: Workbook, charts: Sequence[Chart]) -> None:
    run = signing.run
    write_xlsx(workbook, folder / "results.xlsx")
    write_ods(workbook, folder / "results.ods")
    shown = _tables(findings)
    budget = budget_section(findings)
    by_year = [] if budget is None else [budget.cash, budget.real]
    key_tables = [*(shown[name] for name in KEY_TABLES if shown[name].rows), *by_year]
    write_docx(workbook.title, showing.banners(findings), key_tables, folder / "tables.docx")
    write_charts(folder / "charts", charts, {})
    _business_case(folder, signing, findings)
    items = statements(signing, findings)
    texts = {f"{name}.md": as_markdown(title, items[key]) for key, (name, title, _) in STATEMENTS.items()}
    texts["REPRODUCE.md"] = reproduce_text(run)
    columns = ("Item", "Heading", "This run")
    for key, (_, _, caption) in STATEMENTS.items():
        shown[key] = Table(key, caption, columns, items[key], text_columns=(1, 2))
    texts["report.html"] = render(
        "pack.html",
        caveats=words_in(TOLD)["limits"][:CAVEATS],
        status=status_line(findings, signing),
        budget=budget,
        **told_on_both(findings, charts, run.run_id),
        **shown,
    )
    for name, text in texts.items():
        write_text(folder / name, text)
    write_manifest(folder, {**run.inputs.manifest, "kind": RESULTS_PACK, OF_RUN: signing.digest})


def _business_case(folder: Path, signing: Signing, findings: Findings) -> None:
    """What a business case is written from: summary table, fiscal profile, five cases, note; and the decision log."""
    facts = facts_of(signing, findings)
    write_csv(folder / "appraisal_summary.csv", summary_frame(signing.run, findings))
    if len(profile := profile_frame(findings)):
        write_csv(folder / "fiscal_profile.csv", profile)
    write_text(folder / "five_cases.md", five_cases(facts, status_line(findings, signing)))
    write_note(signing, findings, facts, folder / "note.docx")
    if signing.log.text:
        write_text(folder / LOG, signing.log.text)


def _tables(findings: Findings) -> dict[str, Table]:
    """Tables of the page by their names in its template."""
    names = ("views_table", "beside_table", "payer_table", "people_table", "years_table", "unmonetised_table")
    shown = {name: TABLES[name](findings) for name in (*names, "reconciliation_table", "checks_table")}
    own = {"net_costs": views_comparison([findings]), "comparison": comparison_table([findings])}
    return own | {"measures": _measures_table(findings), **shown}


def status_line(findings: Findings, signing: Signing | None = None) -> str:
    """Model version, data vintage, fit to published figures, state of assurance, date."""
    manifest = findings.inputs.manifest
    verdicts = findings.inputs.reconciliation["verdict"].astype(str)
    inside, judged = int((verdicts == WITHIN).sum()), int(verdicts.isin([WITHIN, OUTSIDE]).sum())
    fit = f"within tolerance of {inside} of {judged}" if judged else "not compared with"
    failed = sum(1 for _, passed, _ in findings.inputs.checks if not passed)
    assured = "checks after the run passed" if not failed else f"{failed} checks after the run failed"
    assurer = "" if signing is None else signing.assurer()
    person = f"assured by {assurer}" if assurer else "not yet assured by a person"
    return (
        f"sencosim {manifest['software']['sencosim']}; evidence {str(manifest.get('evidence_fingerprint'))[:8]}; "
        f"base year {fit} published figures; back-test {findings.inputs.backtest_state}; {assured}; {person}; "
        f"written {manifest['written_at']}."
    )


def _measures_table(findings: Findings) -> Table:
    """Value for money in every view: cost, benefit, net present social value, ratio."""
    views = findings.inputs.views
    rows = []
    for outcome in ("policy_cost", "policy_benefit", "npsv", "bcr", "cashable_saving"):
        known = [figure for view in views if (figure := findings.get(view, outcome, PRESENT_VALUE)) is not None]
        if len(known) == len(views):
            unit = "" if known[0].unit == "ratio" else f", {tables.unit_words(known[0])}"
            rows.append((f"{known[0].title}{unit}", *(tables.measure_cell(figure) for figure in known)))
    return table_of(findings, "measures", rows)
