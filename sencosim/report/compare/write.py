"""A comparison as a folder: text, page, spreadsheets, data."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from sencosim.experiment.finished import MANIFEST
from sencosim.report.cautions import banners
from sencosim.report.check import CAUTIONS, cautions_by_title
from sencosim.report.compare.table import comparison_table, same_answer, separations
from sencosim.report.findings import Findings
from sencosim.report.inputs import NET_PUBLIC_COST
from sencosim.report.manifest import file_facts, manifest_text, software
from sencosim.report.outputs import new_folder
from sencosim.report.pack.ods import write_ods
from sencosim.report.pack.sheet import NOT_APPLICABLE, Note, Sheet, Workbook, from_rows
from sencosim.report.pack.xlsx import write_xlsx
from sencosim.report.stored import StoredRun
from sencosim.report.tables import Table
from sencosim.report.template import render
from sencosim.report.terminal import WIDTH, table_text
from sencosim.report.words import DASH, in_a_sentence, joined

FOLDER = "comparisons"
"""Folder of comparisons, beside those of runs."""
KEPT_COLUMNS = (
    *("option", "view", "outcome", "payer", "unit", "year"),
    *("baseline", "policy", "difference", "p10", "p90", "monte_carlo_error"),
)
"""Of the summary, in the spreadsheet."""


@dataclass(frozen=True)
class Comparison:
    """Options side by side.

    Attributes
    ----------
    options
        Findings, in order.
    runs
        Where they come from.
    table
        See :func:`comparison_table`.
    same
        A sentence for each pair.
    stamps
        Sentences that stand on every output.
    summary
        Rows of all runs for their area, and of the differences between options, with a column ``option``.
    decomposition
        Difference by mechanism, if it was asked for.
    """

    options: tuple[Findings, ...]
    runs: tuple[StoredRun, ...]
    table: Table
    same: tuple[str, ...]
    stamps: tuple[str, ...]
    summary: pd.DataFrame
    decomposition: Table | None = None

    @property
    def title(self) -> str:
        """What is compared."""
        first, *others = (option.inputs.scenario.title for option in self.options)
        return f"{joined([first, *(in_a_sentence(title) for title in others)])} against today's policy"


def compare(runs: Sequence[StoredRun], stamps: tuple[str, ...]) -> Comparison:
    """Put finished runs side by side.

    Parameters
    ----------
    runs
        Runs of one option each.
    stamps
        What :func:`~sencosim.report.compare.likeforlike.check_alike` gave; with any, options are not paired.
    """
    options = tuple(Findings(run.inputs) for run in runs)
    pairs = [] if stamps else separations(options)
    said = (*stamps, *dict.fromkeys(sentence for option in options for sentence in banners(option)))
    parts = [
        option.summary[option.summary["area_code"] == option.inputs.area_code].assign(
            option=option.inputs.scenario.name
        )
        for option in options
    ]
    headline = options[0].headline(options[0].inputs.main_view)
    told = [
        {
            "option": f"{first} less {second}",
            "view": headline.view,
            "outcome": NET_PUBLIC_COST,
            "unit": "GBP",
            "year": headline.year,
            "difference": one.mean,
            "p10": one.p10,
            "p90": one.p90,
            "monte_carlo_error": one.monte_carlo_error,
            "chance_below_zero": one.chance_below_zero,
            "n_draws": one.n_draws,
        }
        for first, second, one in pairs
    ]
    summary = pd.concat([*parts, pd.DataFrame(told)] if told else parts, ignore_index=True)
    return Comparison(options, tuple(runs), comparison_table(options), same_answer(pairs), said, summary)


def comparison_text(found: Comparison, width: int = WIDTH) -> str:
    """The comparison for a terminal."""
    stamps, same = ([textwrap.fill(sentence, width) for sentence in said] for said in (found.stamps, found.same))
    blocks = [*(f"! {stamp}" for stamp in stamps), table_text(found.table, width), *same]
    if found.decomposition is not None:
        blocks.append(table_text(found.decomposition, width))
    return "\n\n".join(blocks) + "\n"


def comparison_workbook(found: Comparison) -> Workbook:
    """The comparison as sheets: the table as printed, then its figures as numbers."""
    sheets = [Sheet("Comparison", "The options side by side [note 1]", found.table.caption, _as_frame(found.table))]
    kept = found.summary[found.summary["year"].isin(["total", "present_value"])]
    columns = [*KEPT_COLUMNS]
    numbers = from_rows(kept[columns].to_numpy(dtype=object).tolist(), [name.replace("_", " ") for name in columns])
    sheets.append(Sheet("Figures", "The figures behind it [note 1]", "Unrounded; money in GBP.", numbers))
    if found.decomposition is not None:
        told = found.decomposition
        sheets.append(Sheet("Mechanisms", "The difference by mechanism [note 1]", told.caption, _as_frame(told)))
    notes = (Note(" ".join(found.table.notes)),)
    return Workbook(found.title, (*found.stamps, *found.same, found.table.caption), tuple(sheets), notes)


def _as_frame(table: Table) -> pd.DataFrame:
    rows = [[NOT_APPLICABLE if cell in ("", DASH) else cell for cell in row] for row in table.rows]
    return from_rows(rows, list(table.columns))


def write_comparison(found: Comparison, root: Path) -> Path:
    """Write a comparison, all of it or nothing.

    Returns
    -------
        ``root/comparisons/<names>``
    """
    name = "-and-".join(run.name for run in found.runs)
    with new_folder(root / FOLDER, name) as (folder, taken):
        (folder / "comparison.txt").write_text(comparison_text(found), encoding="utf-8")
        (folder / "comparison.html").write_text(render("comparison.html", found=found), encoding="utf-8")
        workbook = comparison_workbook(found)
        write_xlsx(workbook, folder / "comparison.xlsx")
        write_ods(workbook, folder / "comparison.ods")
        found.summary.to_parquet(folder / "summary.parquet", index=False)
        facts: dict[str, Any] = {
            "kind": "comparison",
            "software": software(),
            "runs": {run.name: run.run_id for run in found.runs},
            "stamps": list(found.stamps),
            CAUTIONS: cautions_by_title(
                (run.inputs.scenario.title, run.inputs.manifest.get(CAUTIONS) or ()) for run in found.runs
            ),
            "files": file_facts(folder),
        }
        (folder / MANIFEST).write_text(manifest_text(facts), encoding="utf-8")
    return root / FOLDER / taken
