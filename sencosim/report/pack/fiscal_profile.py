"""The fiscal-event profile: public sector net cost in cash by department and financial year, as a scorecard has it.

It is a second reading of the budget statement, not a second sum: same rows, kinds and deflators. A scorecard rounds to
the nearest five million; the exact figure stands alongside.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from sencosim.costing.budget import KINDS, STATEMENT, set_by
from sencosim.report.budget import CASH, FINANCIAL, budget_of, years_of
from sencosim.report.findings import Findings
from sencosim.report.looks import Exact, million
from sencosim.report.pack.workbook import NOT_APPLICABLE
from sencosim.report.table import Cell, Table, table_of, words_in
from sencosim.report.words import MILLION

SHEET = "Fiscal_profile"
STEP = 5.0
"""A scorecard rounds to this. [GBP million]"""
COLUMNS = ("view", "department", "payer", "kind", FINANCIAL, CASH, "scorecard_gbp_million", "set_by", "deflator")
_WORDS: Mapping[str, Any] = words_in("pack/fiscal_words.yaml")


def scorecard(amount_gbp: float) -> float:
    """An amount as a scorecard prints it. [GBP million]

    Examples
    --------
    >>> scorecard(12_400_000.0), scorecard(-13e6), scorecard(2.4e6)
    (10.0, -15.0, 0.0)
    """
    return STEP * round(amount_gbp / (STEP * MILLION)) + 0.0


def profile_frame(findings: Findings) -> pd.DataFrame:
    """The profile as data: a row for each view, public payer, kind of spending and financial year, and the totals.

    Returns
    -------
    pandas.DataFrame
        :data:`COLUMNS`; rows of all payers have a blank ``payer`` and the kind ``all kinds``. ``set_by`` names the
        spending reviews that set such budgets. Cost is above zero. Empty if the run has no budget statement. [GBP cash;
        GBP million]
    """
    rows = [row for view in findings.inputs.views for row in _rows(findings, view)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _rows(findings: Findings, view: str) -> Iterator[tuple[object, ...]]:
    table = budget_of(findings, view)
    if table.empty:
        return
    public = table[table["block"] == STATEMENT]
    known = {str(year): str(one) for year, one in public.groupby(FINANCIAL)["deflator"].first().items()}
    for (payer, kind), rows in public.groupby(["payer", "kind"], sort=False):
        if (rows[CASH] != 0.0).any():
            department = _WORDS["departments"][str(payer)]
            yield from _by_year(rows, known, (view, department, str(payer), KINDS[str(kind)]), str(kind))
    yield from _by_year(public, known, (view, _WORDS["total"], "", _WORDS["every_kind"]), "")


def _by_year(
    rows: pd.DataFrame, known: Mapping[str, str], told: tuple[str, ...], kind: str
) -> Iterator[tuple[object, ...]]:
    sums = rows.groupby(FINANCIAL)[CASH].sum()
    for year, deflator in sorted(known.items()):
        amount = float(sums.get(year, 0.0))
        reviews = (
            set_by(year, "capital") if kind == "capital" else set_by(year, "resource") if kind == "resource" else ""
        )
        yield (*told, year, amount, scorecard(amount), reviews or NOT_APPLICABLE, deflator)


def profile_sheet(findings: Findings) -> Table | None:
    """The profile of the main view, years across, each line twice: as a scorecard has it, then exact."""
    frame, main = profile_frame(findings), findings.inputs.main_view
    if frame.empty:
        return None
    own = frame[frame["view"] == main]
    years = years_of(budget_of(findings, main), FINANCIAL)
    return table_of(findings, SHEET, [*_wide(own, years)], years=[*years, _WORDS["all_years"]])


def _wide(own: pd.DataFrame, years: list[str]) -> Iterator[list[Cell]]:
    for (department, kind), rows in own.groupby(["department", "kind"], sort=False):
        sums = rows.set_index(FINANCIAL)[CASH]
        exact = [float(sums[year]) for year in years]
        exact.append(sum(exact))
        told: tuple[tuple[str, list[Cell]], ...] = (
            ("scorecard", [Exact(scorecard(one)) for one in exact]),
            ("exact", [million(one) for one in exact]),
        )
        for words, amounts in told:
            yield [str(department), str(kind), _WORDS[words], *amounts]
