"""Write the results pack of one run: everything, or nothing."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sencosim.errors import InputError
from sencosim.evidence.register import load_register
from sencosim.experiment.finished import MANIFEST
from sencosim.report.cautions import banners
from sencosim.report.charts.style import Chart
from sencosim.report.compare.table import comparison_table
from sencosim.report.findings import Findings
from sencosim.report.manifest import file_facts, manifest_text
from sencosim.report.outputs import charts_of, new_folder
from sencosim.report.pack.basis import NOTES, basis_sheets
from sencosim.report.pack.charts import pack_charts
from sencosim.report.pack.ods import write_ods
from sencosim.report.pack.page import pack_html
from sencosim.report.pack.results import result_sheets
from sencosim.report.pack.sheet import Workbook
from sencosim.report.pack.statements import as_markdown, cheers, quality_log, reproduce_text, stress_des
from sencosim.report.pack.xlsx import write_xlsx
from sencosim.report.stored import APPRAISAL, StoredRun

PACK = "pack"
"""Beginning of the name of a pack's folder."""
COPIED = (
    *("scenario.resolved.yaml", "report.json", "summary.parquet", "summary.csv", "runs.parquet", "draws.parquet"),
    "price_draws.parquet",
    *("areas.parquet", "parameters.csv", "reconciliation.csv", "payers.csv", "years_until.csv", "uses.csv"),
    *("by_group.parquet", "by_group.csv"),
)
"""Files of the run that go into the pack; the ledger and the lines of single draws stay with the run."""


def write_pack(run: StoredRun, root: Path) -> Path:
    """Write the results pack.

    Parameters
    ----------
    run
        A finished run.
    root
        Folder in which ``pack-<run id>`` appears.

    Returns
    -------
        The folder of the pack.

    Raises
    ------
    InputError
        If the evidence is not what the run was made with: logs would tell of other numbers.
    OutputError
        If the worksheets do not give the headline.
    """
    check_evidence(run)
    findings = Findings(run.inputs)
    workbook = workbook_of(run, findings)
    charts = [*charts_of(findings, run.run_id), *pack_charts(run, findings)]
    name = f"{PACK}-{run.run_id}"
    with new_folder(root, name) as (folder, taken):
        _fill(folder, run, findings, workbook, charts)
    return root / taken


def check_evidence(run: StoredRun) -> None:
    """Refuse to document a run with other evidence than it was made with.

    Raises
    ------
    InputError
        If the registers have changed since.
    """
    told = run.inputs.manifest.get("evidence_fingerprint")
    if told is not None and told != load_register().fingerprint():
        raise InputError(
            f"The evidence has changed since the run {run.run_id} was made, so its assumptions log would show other "
            "numbers than were used. Run the scenario again, or use the version of sencosim named in its manifest.json."
        )


def workbook_of(run: StoredRun, findings: Findings) -> Workbook:
    """Everything that the spreadsheets hold."""
    inputs = run.inputs
    cover = (
        inputs.question,
        *banners(findings),
        f"Run {run.run_id}, sencosim {inputs.manifest['software']['sencosim']}, "
        f"written {inputs.manifest['written_at']}.",
        "Figures are differences from today's policy, with 80 % intervals; three views stand side by side.",
        "To recompute the net present social value: sheet Recompute, then the worksheet of a view.",
        "Contains public sector information licensed under the Open Government Licence v3.0. Not a government product.",
    )
    sheets = (*result_sheets(run, findings), *basis_sheets(run, findings))
    return Workbook(f"{inputs.scenario.title}: results pack of sencosim", cover, sheets, NOTES)


def statements_of(run: StoredRun, findings: Findings) -> Mapping[str, str]:
    """Texts by file name."""
    return {
        "STRESS-DES.md": as_markdown("STRESS-DES statement", stress_des(run, findings)),
        "QUALITY-LOG.md": as_markdown("Quality log (Aqua Book roles)", quality_log(run, findings)),
        "CHEERS.md": as_markdown("CHEERS 2022, economic items", cheers(findings)),
        "REPRODUCE.md": reproduce_text(run),
    }


def _fill(folder: Path, run: StoredRun, findings: Findings, workbook: Workbook, charts: Sequence[Chart]) -> None:
    for name in COPIED:
        if (run.folder / name).is_file():
            shutil.copyfile(run.folder / name, folder / name)
    shutil.copytree(run.folder / APPRAISAL, folder / APPRAISAL)
    write_xlsx(workbook, folder / "results.xlsx")
    write_ods(workbook, folder / "results.ods")
    (folder / "charts").mkdir()
    for chart in charts:
        write_chart(chart, folder / "charts")
    for name, text in statements_of(run, findings).items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    page = pack_html(run, findings, charts, comparison_table([findings]))
    (folder / "report.html").write_text(page, encoding="utf-8", newline="\n")
    facts: dict[str, Any] = {**run.inputs.manifest, "kind": "results pack", "files": file_facts(folder)}
    (folder / MANIFEST).write_text(manifest_text(facts), encoding="utf-8", newline="\n")


def write_chart(chart: Chart, folder: Path) -> None:
    """Write a chart in its three forms: picture, data, words."""
    (folder / f"{chart.name}.svg").write_text(chart.svg, encoding="utf-8", newline="\n")
    (folder / f"{chart.name}.txt").write_text(f"{chart.text}\n", encoding="utf-8", newline="\n")
    chart.data.to_csv(folder / f"{chart.name}.csv", index=False, lineterminator="\n", encoding="utf-8")
