"""The first two pages of the report: the answer, who pays, what changes, an hour, how sure, what would change it.

Each figure stands once, save the headline, which opens the page and stands in its table. Each can be traced in three
steps: :func:`trace_table` names its file, column and row; the row; the command that makes it again.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sencosim.outcomes.uses import FOR_SEN, UNPAID
from sencosim.report.answer import answer_sentences, what_would_change
from sencosim.report.findings import Figure, Findings
from sencosim.report.forms import cost_words, forms_of, interval_of, net_costs_in
from sencosim.report.inputs import NET_PUBLIC_COST, PAYER_NET
from sencosim.report.laws import LAW_WORDS
from sencosim.report.showing import draws_words, facts_of_inputs, gate
from sencosim.report.table import Cell, Number, Table, table_of, text_of, words_in
from sencosim.report.tables import (
    better_or_worse,
    chance_cell,
    difference_cell,
    interval_cell,
    interval_words,
    is_counted,
    level_cell,
    net_cost_words,
    payer_table,
    unit_words,
)
from sencosim.report.uses import PART_WORDS, pence_of_parts
from sencosim.report.words import (
    INTERVAL,
    MILLION,
    costs_or_saves,
    money,
    payer_words,
    rounding_step,
    sentence_case,
)

WORDS = "templates/front.yaml"
SUMMARY, BASELINES, USES, STRUCTURE = "summary.csv", "baselines.csv", "uses.csv", "structure.csv"
"""Files of the folder that the numbers stand in."""
NAMED_FROM = 0.01
"""Part of the headline from which a payer stands on page one. [share]"""
MOST_OUTCOMES = 8
"""Outcomes shown where a run has too few of those that the words name."""


@dataclass(frozen=True)
class Source:
    """Where a number of the first two pages stands."""

    printed: str  # the number as it is printed
    what: str  # what it is, in a few words
    file: str  # of the folder of the run
    columns: str  # that it is rounded from
    row: str  # values of other columns by which the row is found


@dataclass(frozen=True)
class Part:
    """A part of each added pound of SENCO time."""

    words: str
    pence: int  # together 100


@dataclass(frozen=True)
class Front:
    """What stands on the first two pages."""

    lead: str  # the answer in one sentence
    answer: Table  # three views by two baselines
    payers: Table
    people: Table
    parts: tuple[Part, ...]  # empty if no hours are added
    sure: tuple[str, ...]  # sentences on how sure the answer is
    change: tuple[str, ...]  # sentences on what would change it
    sources: tuple[Source, ...]  # of every number in the tables and sentences above


def front_of(findings: Findings) -> Front:
    """The first two pages of a run."""
    answer, of_answer = _answer(findings)
    payers, of_payers = _payers(findings)
    people, of_people = _people(findings)
    parts, of_parts = _parts(findings)
    sure, of_sure = _sure(findings)
    return Front(
        lead=answer_sentences(findings)[0],
        answer=answer,
        payers=payers,
        people=people,
        parts=parts,
        sure=sure,
        change=what_would_change(findings),
        sources=(*of_answer, *of_payers, *of_people, *of_parts, *of_sure, *_of_change(findings)),
    )


def trace_table(front: Front, findings: Findings) -> Table:
    """Where every number of the first two pages stands: file, column and row."""
    rows = [(one.printed, one.what, one.file, one.columns, one.row) for one in front.sources]
    return table_of(findings, "trace", rows)


def _answer(findings: Findings) -> tuple[Table, list[Source]]:
    """Net cost to the public purse in each view, against each law."""
    frame, area = findings.inputs.baselines, findings.inputs.area_code
    rows = net_costs_in(frame)
    laws = list(dict.fromkeys(str(row["law"]) for row in rows))
    other = {str(row["view"]): row for row in rows if laws[1:] and row["law"] == laws[1]}
    cells: list[tuple[Cell, ...]] = []
    sources = []
    for view in findings.inputs.views:
        figure = findings.headline(view)
        own = _short(net_cost_words(figure)), _short(interval_words(figure))
        beside = _against(other.get(view)) if laws[1:] else ()
        cells.append((sentence_case(view), *own, *beside, chance_cell(figure)))
        what = f"Net cost to the public purse, {view} view"
        row = _row(area_code=area, view=view, outcome=NET_PUBLIC_COST, year=figure.year)
        sources.append(Source(", ".join(own), what, SUMMARY, "difference, p10, p90", row))
        if view in other:
            law = LAW_WORDS[laws[1]]
            row = _row(law=laws[1], view=view, outcome=NET_PUBLIC_COST)
            told = Source(", ".join(beside), f"{what}, against {law}", BASELINES, "difference, p10, p90", row)
            sources.append(told)
    main = findings.inputs.views.index(findings.inputs.main_view)
    named = [f"Against {LAW_WORDS[law]}" for law in laws[:2] or [findings.law]]
    columns = [title for law in named for title in (law, INTERVAL)]
    return table_of(findings, "front_answer", cells, strong_rows=(main,), laws=columns), sources


def _against(row: Mapping[Any, Any] | None) -> tuple[str, ...]:
    """Net cost and interval against another law."""
    if row is None:
        return ("not run", "not known")
    return _short(cost_words(row)), _short(interval_of(row, "not known"))


def _short(words: str) -> str:
    """A net cost without the verb that the header has; a saving keeps its word.

    Examples
    --------
    >>> _short("costs £3 million"), _short("a saving of £1 million to a cost of £2 million")
    ('£3 million', 'A saving of £1 million to a cost of £2 million')
    """
    return sentence_case(words.removeprefix("costs ").removeprefix("a cost of "))


def _payers(findings: Findings) -> tuple[Table, list[Source]]:
    """Public payers whose net cost changes by a hundredth of the headline or more, in the main view."""
    whole, main, area = payer_table(findings), findings.inputs.main_view, findings.inputs.area_code
    names = {sentence_case(payer_words(payer)): payer for payer in findings.public_payers()}
    least = NAMED_FROM * abs(findings.headline(main).difference)
    told = [row for row in whole.rows if row[0] in names and is_counted(findings, main, names[str(row[0])])]
    kept = [row for row in told if abs(findings.over_the_run(main, PAYER_NET, names[str(row[0])]).difference) >= least]
    rows = [(row[0], *row[3:6]) for row in kept]
    sources = []
    for name, *cells, _ in rows:
        year = findings.over_the_run(main, PAYER_NET, names[str(name)]).year
        row = _row(area_code=area, view=main, outcome=PAYER_NET, payer=names[str(name)], year=year)
        printed = ", ".join(map(text_of, cells))
        sources.append(Source(printed, f"Net cost, {name}", SUMMARY, "difference, p10, p90", row))
    unit = whole.caption.partition("saves, ")[2].partition(".")[0]
    others = words_in(WORDS)["other_payers"] if len(kept) < len(told) else ""
    return table_of(findings, "front_payers", rows, unit=unit, others_words=others), sources


def _people(findings: Findings) -> tuple[Table, list[Source]]:
    """What changes for pupils, families and SENCOs: today's level, the difference, its range, in words."""
    main, groups = findings.inputs.main_view, words_in(WORDS)["people"]
    told = [(who, name) for who, names in groups.items() for name in names if findings.has(main, name)]
    told = told or [("", name) for name in findings.outcomes("people", "time")[:MOST_OUTCOMES]]
    rows, sources = [], []
    for who, name in told:
        figure = findings.over_the_run(main, name)
        unit, cells = _cells(figure)
        rows.append((f"{figure.title}, {unit}", who, *cells, better_or_worse(figure)))
        row = _row(area_code=findings.inputs.area_code, view=main, outcome=name, year=figure.year)
        printed = ", ".join(map(text_of, cells))
        sources.append(Source(printed, figure.title, SUMMARY, "baseline, difference, p10, p90", row))
    return table_of(findings, "front_people", rows), sources


def _cells(figure: Figure) -> tuple[str, tuple[Cell, ...]]:
    """Unit, and today's level, difference and interval in it; large numbers in millions."""
    unit = unit_words(figure)
    if abs(figure.baseline) < MILLION or not unit.isalpha():
        return unit, (level_cell(figure, figure.baseline), difference_cell(figure), interval_cell(figure))
    level = Number(figure.baseline / MILLION, rounding_step(figure.baseline / MILLION) / 10)
    return f"million {unit}", (level, difference_cell(figure, MILLION), interval_cell(figure, MILLION))


def _parts(findings: Findings) -> tuple[tuple[Part, ...], list[Source]]:
    """Where each added pound of SENCO time goes."""
    pence = {name: amount for name, amount in pence_of_parts(findings).items() if amount}
    sources = []
    for name, amount in pence.items():
        row = f"name={name}"
        if name == "more_work":
            row = f"sum of {', '.join(FOR_SEN)}, less {UNPAID}"
        what = f"Of each added £1, {PART_WORDS[name]}"
        sources.append(Source(f"{amount}p", what, USES, "added_share", row))
    return tuple(Part(PART_WORDS[name], amount) for name, amount in pence.items()), sources


def _sure(findings: Findings) -> tuple[tuple[str, ...], list[Source]]:
    """How sure the answer is, in a few short sentences."""
    say, inputs = words_in(WORDS), findings.inputs
    main = findings.headline(inputs.main_view)
    judged = gate(facts_of_inputs(inputs), "This run")
    told = [say["backtest"][inputs.backtest_state]]
    if not any(one.about == "draws" for one in judged):
        told.append(say["draws"].format(draws=draws_words(main.n_draws)))
    sources = []
    row = _row(area_code=inputs.area_code, view=main.view, outcome=NET_PUBLIC_COST, year=main.year)
    if main.monte_carlo_error > 0:
        error = money(main.monte_carlo_error)
        told.append(say["error"].format(error=error))
        sources.append(Source(error, "Simulation error of the headline", SUMMARY, "monte_carlo_error", row))
    if len(forms := forms_of(findings)) > 1:
        ends = (forms[0], forms[-1])
        low, high = (money(one, *(end for end, _ in ends)) for one, _ in ends)
        does_low, does_high = (costs_or_saves(one, *(end for end, _ in ends)) for one, _ in ends)
        told.append(say["forms"].format(low=does_low, high=does_high))
        keys = ", ".join(f"key={key}" for _, key in ends)
        sources.append(Source(f"{low}, {high}", "Ends over forms of the model", STRUCTURE, "mean", keys))
    told += [say["left_out"], *([say["not_quoted"]] if any(one.forbids for one in judged) else [])]
    return (*told, *(one.words for one in judged)), sources


def _of_change(findings: Findings) -> Iterator[Source]:
    """The break-even of the benefits, which a sentence on what would change the answer states."""
    main, name = findings.inputs.main_view, "benefit_multiplier"
    if not findings.has(main, name):
        return
    figure: Figure = findings.over_the_run(main, name)
    if math.isnan(figure.difference):
        return
    row = _row(area_code=findings.inputs.area_code, view=main, outcome=name, year=figure.year)
    yield Source(f"{figure.difference:.1f} times", figure.title, SUMMARY, "difference", row)


def _row(**values: str) -> str:
    """How a row is found."""
    return ", ".join(f"{name}={value}" for name, value in values.items())
