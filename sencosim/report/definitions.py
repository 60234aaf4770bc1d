"""The definition of every figure, from the one catalogue, and of every word: for the pack and the page."""

from __future__ import annotations

from sencosim.evidence.glossary import glossary
from sencosim.outcomes.catalogue import definitions
from sencosim.report.findings import Findings
from sencosim.report.table import Table, table_of


def definitions_table(findings: Findings) -> Table:
    """Title, unit and definition of every figure, for the page."""
    return table_of(findings, "definitions", [(one.title, one.unit, one.words) for one in definitions()])


def definitions_sheet(findings: Findings) -> Table:
    """The same with names and with the quantities behind each, for a spreadsheet."""
    nothing = "money or made of other figures", "nothing: a sum"
    rows = [
        (one.name, one.title, one.unit, one.words, one.counts or nothing[0], one.per or nothing[1])
        for one in definitions()
    ]
    return table_of(findings, "Definitions", rows)


def glossary_table(findings: Findings) -> Table:
    """The words of reports with their meanings, for the page."""
    return table_of(findings, "glossary", [(word.name, word.means) for word in glossary()])
