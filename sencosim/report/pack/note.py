"""A note of two pages that can be sent upwards: question, answer in both statements, payers, evidence, sign-off.

Its words stand in ``note.yaml``. It is kept short so that it never grows to a third page.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from sencosim.outcomes.social import AT, KAPPA, STANDING, WHOLE
from sencosim.report import showing
from sencosim.report.findings import Findings
from sencosim.report.pack.decision_log import ROLES
from sencosim.report.pack.decision_log import WORDS as LOG_WORDS
from sencosim.report.pack.docx import Page, add_grid, new_document, save, unbroken
from sencosim.report.pack.signing import Signing
from sencosim.report.pack.told import Facts, filled
from sencosim.report.pack.workbook import NOT_APPLICABLE
from sencosim.report.social import estimate_of, statement
from sencosim.report.table import Cell, Table, words_in
from sencosim.report.tables import payer_table
from sencosim.report.words import DASH, sentence_case

WORDS = "pack/note.yaml"
PAGE = Page(landscape=False, points=9.0, margin_cm=1.8)
MOST_BANNERS = 2
FIRST_CM = {"payers": 6.4, "standing": 10.0, "sign": 3.5}
"""Width of the first column of each table. [cm]"""
_PAYER_COLUMNS = (0, 1, 2, 3, 4)
"""Of the table by payer: who, pays more, pays less, net, interval."""


def write_note(signing: Signing, findings: Findings, facts: Facts, path: Path) -> None:
    """Write the note into a file, replaced if it is there."""
    words = words_in(WORDS)
    document = new_document(words["title"].format(**facts), PAGE)
    document.add_heading(words["title"].format(**facts), level=1)
    _paragraph(document, words["kicker"].format(**facts), italic=True)
    for banner in showing.banners(findings)[:MOST_BANNERS]:
        _paragraph(document, banner, bold=True)
    _section(document, "question", filled(words["question"], facts))
    _heading(document, "answer")
    for name, label in words["labels"].items():
        if told := filled(words[name], facts):
            _paragraph(document, " ".join(told), label)
    _paragraph(document, " ".join(words["apart"]))
    _table(document, "payers", _payers(findings, facts))
    _table(document, "standing", _standings(findings, facts))
    for name in ("change", "sure", "caveats"):
        _section(document, name, filled(words[name], facts))
    _table(document, "sign", _sign_off(signing))
    _paragraph(document, words["foot"].format(**facts), italic=True)
    save(document, path)


def _heading(document: Any, name: str) -> None:
    document.add_heading(words_in(WORDS)["headings"][name], level=2)


def _section(document: Any, name: str, lines: Sequence[str]) -> None:
    """A heading and its lines: one as a paragraph, several as a list."""
    if not lines:
        return
    _heading(document, name)
    for line in lines:
        document.add_paragraph(unbroken(line), style="List Bullet" if len(lines) > 1 else None)


def _paragraph(document: Any, text: str, label: str = "", *, bold: bool = False, italic: bool = False) -> None:
    paragraph = document.add_paragraph()
    if label:
        paragraph.add_run(label).bold = True
    run = paragraph.add_run(unbroken(text))
    run.bold, run.italic = bold, italic


def _table(document: Any, name: str, table: Table) -> None:
    if not table.rows:
        return
    _heading(document, name)
    if table.caption:
        _paragraph(document, table.caption)
    add_grid(document, table, FIRST_CM[name])


def _payers(findings: Findings, facts: Facts) -> Table:
    whole = payer_table(findings)
    columns = tuple(whole.columns[i].removesuffix(f", {findings.inputs.main_view}") for i in _PAYER_COLUMNS)
    rows = [[row[i] for i in _PAYER_COLUMNS] for row in whole.rows]
    caption = sentence_case(words_in(WORDS)["payers_title"].format(**facts))
    return Table("payers", caption, columns, rows, strong_rows=whole.strong_rows)


def _standings(findings: Findings, facts: Facts) -> Table:
    words = words_in(WORDS)
    rows = [*_standing_rows(findings)]
    strong = tuple(i for i, (title, *_) in enumerate(rows) if title == _whole_title(findings))
    caption = words["standing_title"].format(**facts)
    return Table("standing", caption, tuple(words["standing_columns"]), rows, strong_rows=strong)


def _whole_title(findings: Findings) -> str:
    return next((str(row["title"]) for row in statement(findings, findings.inputs.main_view, WHOLE).values()), "")


def _standing_rows(findings: Findings) -> Iterator[tuple[Cell, ...]]:
    view = findings.inputs.main_view
    for part, names in ((STANDING, ()), (WHOLE, ()), (KAPPA, AT)):
        found = statement(findings, view, part)
        for name in names or found:
            if name in found:
                told = estimate_of(found[name])
                yield str(found[name]["title"]), told.middle, told.interval


def _sign_off(signing: Signing) -> Table:
    titles = words_in(LOG_WORDS)["roles"]
    rows = [
        (titles[role], *(DASH if one == NOT_APPLICABLE else one for one in signing.of_role(role))) for role in ROLES
    ]
    return Table("sign", "", tuple(words_in(WORDS)["sign_columns"]), rows, text_columns=(1, 2, 3))
