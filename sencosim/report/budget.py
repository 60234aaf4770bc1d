"""Who pays, year by year: the budget statement as tables and sentences, from the table ``budget`` alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd
from ruamel.yaml import YAML

from sencosim.costing.accounts import CATEGORY_TITLES
from sencosim.costing.budget import FLOW_BACKS, KINDS, LEAVING, STATEMENT, new_burdens, set_by
from sencosim.costing.discount import discount_factors
from sencosim.costing.flow_backs import FLOW_BACK_CATEGORIES
from sencosim.costing.option import NEW_BURDENS_YEARS
from sencosim.report.findings import Findings
from sencosim.report.table import Cell, Number, Table, table_of, words_in
from sencosim.report.words import joined, money, payer_words, sentence_case
from sencosim.vocabulary import PAYER

BUDGET = "budget"
"""Name of the table among those of the appraisal, and of its file."""
WORDS = "templates/budget.yaml"
LEAVING_WORDS = str(words_in(WORDS)["leaving"])
FINANCIAL, ACADEMIC = "financial_year", "academic_year"
CASH, REAL = "cash_gbp", "real_gbp"
_UNITS = ((1e8, 1e6, "£ million"), (1e5, 1e3, "£ thousand"))
"""From which largest amount on money is printed in which unit. [GBP, GBP]"""


class Line(NamedTuple):
    """One line of the statement: a title and the rows of the table that it adds up."""

    title: str
    rows: pd.DataFrame
    strong: bool = False

    def amounts(self, calendar: str, amount: str, years: Sequence[str]) -> list[float]:
        """Sum of each year, then of all years. [GBP]"""
        sums = self.rows.groupby(calendar)[amount].sum()
        return [*(float(sums.get(year, 0.0)) for year in years), float(sums.sum())]


@dataclass(frozen=True)
class BudgetSection:
    """What the section holds."""

    lead: str
    burdens: str
    cash: Table
    real: Table
    academic: Table
    flow_backs: Table
    notes: tuple[str, ...]


def budget_section(findings: Findings) -> BudgetSection | None:
    """The section in the main view, or ``None`` if the run has no budget statement."""
    table = budget_of(findings, findings.inputs.main_view)
    if table.empty:
        return None
    told = words_in(WORDS)
    return BudgetSection(
        lead=lead_sentence(table),
        burdens=burdens_sentence(findings, table),
        cash=_page_table(findings, table, "budget_cash", FINANCIAL, CASH),
        real=_page_table(findings, table, "budget_real", FINANCIAL, REAL),
        academic=_page_table(findings, table, "budget_academic", ACADEMIC, REAL),
        flow_backs=_flow_backs_table(findings, table),
        notes=tuple(note for words in told["notes"] if (note := words.format(**_facts(table), **_by_funder(findings)))),
    )


def budget_of(findings: Findings, view: str) -> pd.DataFrame:
    """The budget table of a view, empty if the run has none."""
    table = findings.inputs.appraisal.get(BUDGET, pd.DataFrame(columns=["view"]))
    return table[table["view"] == view]


def years_of(table: pd.DataFrame, calendar: str) -> list[str]:
    """Years of a budget table in order."""
    return sorted(table[calendar].unique())


def statement_lines(table: pd.DataFrame) -> Iterator[Line]:
    """Lines of the statement: payers, the purse, its kinds of spending; lines of zeros left out."""
    words, rows = words_in(WORDS), table[table["block"] == STATEMENT]
    yield from _payer_lines(rows)
    yield Line(words["purse"], rows, strong=True)
    for kind, title in KINDS.items():
        yield from _some(Line(words["of_which"].format(title=title[:1].lower() + title[1:]), _of(rows, kind=kind)))


def _payer_lines(rows: pd.DataFrame) -> Iterator[Line]:
    for payer in dict.fromkeys(rows["payer"]):
        title, own = PAYER[str(payer)].title, _of(rows, payer=str(payer))
        yield from _some(Line(title, own))
        yield from _some(Line(LEAVING_WORDS, _of(own, category=LEAVING)))


def block_lines(table: pd.DataFrame) -> Iterator[Line]:
    """What would flow back by kind and together, and the purse without it and with it."""
    words, rows = words_in(WORDS), table[table["block"] == FLOW_BACKS]
    for category in FLOW_BACK_CATEGORIES:
        yield Line(sentence_case(CATEGORY_TITLES[category].partition(": ")[2]), _of(rows, category=category))
    yield Line(words["flow_backs_together"], rows, strong=True)
    purse = _of(table, block=STATEMENT)
    without = purse[~purse["category"].isin(FLOW_BACK_CATEGORIES)]
    yield Line(words["not_counted"], without)
    yield Line(words["counted"], pd.concat([without, rows], ignore_index=True), strong=True)


def are_counted(table: pd.DataFrame) -> bool:
    """Whether the statement holds what flows back."""
    return bool(table.loc[table["block"] == FLOW_BACKS, "counted"].any())


def leaving_by_payer(findings: Findings, view: str) -> dict[str, float]:
    """Net cost by payer that is only money of pupils who leave mainstream, or stay in it. [GBP, present value]"""
    table = budget_of(findings, view)
    if table.empty:
        return {}
    years = years_of(table, ACADEMIC)
    factors = dict(zip(years, discount_factors(len(years)).tolist(), strict=True))
    rows = _of(table[table["block"] == STATEMENT], category=LEAVING)
    present = rows[REAL] * rows[ACADEMIC].map(factors).astype(float)
    return {str(payer): float(amount) for payer, amount in present.groupby(rows["payer"]).sum().items() if amount}


def lead_sentence(table: pd.DataFrame) -> str:
    """What the purse pays in cash in the first financial year, in the last whole one and in all."""
    words, years = words_in(WORDS)["lead"], years_of(table, FINANCIAL)
    purse = Line("", _of(table, block=STATEMENT)).amounts(FINANCIAL, CASH, years)
    told = [("first", years[0], purse[0]), *([("whole", years[-2], purse[-3])] if len(years) > 2 else [])]
    parts = []
    for name, year, amount in (*told, ("all", "", purse[-1])):
        costs = "costs" if amount >= 0.0 else "saves"
        parts.append(words[name].format(costs=costs, amount=money(abs(amount)), year=year))
    return "".join(parts)


def burdens_sentence(findings: Findings, table: pd.DataFrame) -> str:
    """What councils pay more or less in the years of a new-burdens assessment, and what the doctrine asks."""
    words, found = words_in(WORDS)["burdens"], new_burdens(table, NEW_BURDENS_YEARS)
    years, net = years_of(table, ACADEMIC)[:NEW_BURDENS_YEARS], float(found[REAL].sum())
    parts = joined(
        [
            words["part_more" if row[REAL] > 0.0 else "part_less"].format(
                payer=payer_words(row["payer"]), amount=money(abs(row[REAL]))
            )
            for row in found.to_dict("records")
            if row[REAL]
        ]
    )
    told = {
        **_by_funder(findings),
        "first": years[0],
        "last": years[-1],
        "real": money(abs(net)),
        "cash": money(abs(float(found[CASH].sum()))),
        "parts": f" ({parts})" if parts else "",
    }
    kind = "nothing" if net == 0.0 else "more" if net > 0.0 else "less"
    return f"{words[kind]} {words['doctrine']}".format(**told)


def set_by_rows(years: Sequence[str], blank: str) -> list[tuple[Cell, ...]]:
    """Which spending review sets the budgets of each financial year, for resource and for capital."""
    words = words_in(WORDS)["set_by"]
    return [
        (words["resource"], *(set_by(year, "resource") or blank for year in years), blank),
        (words["capital"], *(set_by(year, "capital") or blank for year in years), blank),
    ]


def _page_table(findings: Findings, table: pd.DataFrame, name: str, calendar: str, amount: str) -> Table:
    lines, years = list(statement_lines(table)), years_of(table, calendar)
    above = set_by_rows(years, "") if calendar == FINANCIAL and amount == CASH else []
    return _table(findings, name, lines, years, calendar, amount, above)


def _flow_backs_table(findings: Findings, table: pd.DataFrame) -> Table:
    counted = words_in(WORDS)["are_counted" if are_counted(table) else "are_not_counted"]
    lines, years = list(block_lines(table)), years_of(table, FINANCIAL)
    return _table(findings, "budget_flow_backs", lines, years, FINANCIAL, CASH, [], counted=counted)


def _table(
    findings: Findings,
    name: str,
    lines: Sequence[Line],
    years: Sequence[str],
    calendar: str,
    amount: str,
    above: Sequence[tuple[Cell, ...]],
    **more: str,
) -> Table:
    sums = [line.amounts(calendar, amount, years) for line in lines]
    largest = max((abs(value) for row in sums for value in row[:-1]), default=0.0)
    scale, unit = next(((scale, unit) for least, scale, unit in _UNITS if largest >= least), (1.0, "£"))
    rows: list[tuple[Cell, ...]] = [*above]
    for line, values in zip(lines, sums, strict=True):
        rows.append((line.title, *(Number(value / scale, 1.0, signed=True) for value in values)))
    strong = tuple(len(above) + number for number, line in enumerate(lines) if line.strong)
    return table_of(findings, name, rows, strong_rows=strong, unit=unit, years=years, **more)


def _by_funder(findings: Findings) -> dict[str, str]:
    """Words that hold for who pays the pressure on high needs in this scenario."""
    scenario = YAML(typ="safe", pure=True).load(findings.inputs.scenario.resolved_yaml)
    told: dict[str, str] = words_in(WORDS)["by_funder"][scenario["high_needs_pressure_funded_by"]]
    return told


def _facts(table: pd.DataFrame) -> dict[str, str]:
    """What the notes fill in."""
    years, words = years_of(table, FINANCIAL), words_in(WORDS)
    unknown = [year for year in years if (table.loc[table[FINANCIAL] == year, "deflator"] == "extrapolated").any()]
    return {
        "first": years[0],
        "last": years[-1],
        "extrapolated": words["extrapolated"].format(first=unknown[0]) if unknown else "",
    }


def _of(rows: pd.DataFrame, **wanted: str) -> pd.DataFrame:
    for name, value in wanted.items():
        rows = rows[rows[name] == value]
    return rows


def _some(line: Line) -> Iterator[Line]:
    """The line unless all of its amounts are zero."""
    if (line.rows[REAL] != 0.0).any():
        yield line
