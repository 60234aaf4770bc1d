"""The tables of results, made once for the page, the terminal, the spreadsheets and the document."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

import pandas as pd

from sencosim.report.budget import LEAVING_WORDS, leaving_by_payer
from sencosim.report.budget import WORDS as BUDGET_WORDS
from sencosim.report.findings import Figure, Findings
from sencosim.report.inputs import PAYER_COST, PAYER_NET, PAYER_SAVING, PRESENT_VALUE, TOTAL
from sencosim.report.showing import (
    NO_DIFFERENCE,
    NOT_KNOWN,
    NOT_KNOWN_FROM_ONE,
    chance_in_100,
    has_chance,
    verdict,
    why_no_direction,
)
from sencosim.report.table import Cell, Estimate, Interval, Number, Table, table_of, with_columns, words_in
from sencosim.report.words import (
    INTERVAL,
    costs_or_saves,
    money,
    money_range,
    payer_verb,
    payer_words,
    rounded,
    rounded_to_sum,
    rounding_step,
    sentence_case,
)

POUND_UNITS = ("GBP", "£")
SHARE_UNITS = ("fraction", "share")
NOT_COUNTED = "not counted"
SIGNS = (
    f"{INTERVAL}: p10 to p90 of the paired difference. "
    "A plus sign is a cost or an increase, a minus sign a saving or a decrease."
)


def views_table(findings: Findings) -> Table:
    """The answer in each view, side by side."""
    views, described = findings.inputs.views, findings.inputs.view_descriptions
    figures = [findings.headline(view) for view in views]
    rows = [
        ("Net cost to the public purse", *(sentence_case(net_cost_words(figure)) for figure in figures)),
        (INTERVAL, *(sentence_case(interval_words(figure)) for figure in figures)),
        ("Chance that it saves money", *(chance_cell(figure) for figure in figures)),
        ("In words", *(sentence_case(verdict(figure)) for figure in figures)),
        ("Simulation error", *(_error_cell(figure) for figure in figures)),
    ]
    if described:
        rows.append(("What the view assumes", *(described.get(view, "") for view in views)))
    return table_of(findings, "views", rows)


def payer_table(findings: Findings) -> Table:
    """Who pays and who saves, in the main view, with the net of the other views alongside it."""
    public = findings.public_payers()
    scale, unit = money_column(findings)
    step = shared_step(findings, scale)
    cells, moved = _payer_cells(findings, public, scale, step)
    leaving = leaving_by_payer(findings, findings.inputs.main_view)
    rows: list[tuple[Cell, ...]] = []
    for payer, own in zip(public, cells, strict=True):
        rows.append(_payer_row(findings, payer, own, scale))
        if payer in leaving:
            rows.append(_leaving_row(findings, leaving[payer] / scale, step))
    totals = [_column_total(column, step) for column in zip(*cells, strict=True)]
    rows.append(_payer_row(findings, "", totals, scale, "Public purse, net"))
    purse = len(rows) - 1
    for payer in findings.payers()[len(public) :]:
        (alone,), _ = _payer_cells(findings, [payer], scale, step)
        title = f"{sentence_case(payer_words(payer))} (not public money)"
        rows.append(_payer_row(findings, payer, alone, scale, title))
    note = (
        f"Rows are rounded so that they add up; {moved} of them differ by one unit from plain rounding. "
        if moved
        else ""
    )
    note += words_in(BUDGET_WORDS)["leaving_note"] if leaving else ""
    return table_of(findings, "payers", rows, strong_rows=(purse,), unit=unit, note=note, signs=SIGNS)


def people_table(findings: Findings) -> Table:
    """What changes for pupils, families, schools and councils: the difference first, the level second."""
    main, others = findings.inputs.main_view, findings.words()["others"]
    rows: list[tuple[Cell, ...]] = []
    for outcome in findings.outcomes("people", "time"):
        if not findings.has(main, outcome):
            continue
        figure = findings.over_the_run(main, outcome)
        beside = (findings.get(view, figure.outcome, figure.year) for view in others)
        title, when = f"{figure.title}, {unit_words(figure)}", when_words(findings, figure)
        own = (difference_cell(figure), interval_cell(figure), better_or_worse(figure))
        behind = (None if other is None else estimate_cell(other) for other in beside)
        levels = (level_cell(figure, figure.baseline), level_cell(figure, figure.policy))
        rows.append((title, when, *own, *behind, *levels))
    times = {str(row[1]) for row in rows}
    if len(times) != 1:
        return table_of(findings, "people", rows, when="", signs=SIGNS)
    # Said once, above the table, so that its rows stay short.
    when = f", {times.pop().replace(', total', ' together')}"
    whole = table_of(findings, "people", rows, when=when, signs=SIGNS)
    return with_columns(whole, [i for i in range(len(whole.columns)) if i != 1])


def value_table(findings: Findings) -> Table:
    """Other measures of value for money, in each view."""
    return _measures(findings, "money", "value", "Other measures of value for money")


def memorandum_table(findings: Findings) -> Table:
    """Headline unit savings applied to counted events; never part of the answer."""
    return _measures(findings, "memo", "memorandum", "Memorandum: as campaigners multiply")


def _measures(findings: Findings, kind: str, key: str, caption: str) -> Table:
    """All outcomes of a kind that have no payer, a row each, a column for each view."""
    views = findings.inputs.views
    rows = []
    for outcome in findings.outcomes(kind):
        found = [findings.over_the_run(view, outcome) if findings.has(view, outcome) else None for view in views]
        first = next(figure for figure in found if figure is not None)
        title = f"{first.title}, {unit_words(first)}"
        moves = any(not figure.is_zero for figure in found if figure is not None)
        cells = (NOT_COUNTED if _is_left_out(figure) and moves else measure_cell(figure) for figure in found)
        rows.append((title, when_words(findings, first), *cells))
    return table_of(findings, key, rows, what=caption)


def _is_left_out(figure: Figure | None) -> bool:
    """Whether a view gives a measure in money no worth, since another view does: no finding of zero."""
    return figure is not None and figure.unit in POUND_UNITS and figure.is_zero


def payers_frame(findings: Findings) -> pd.DataFrame:
    """The table by payer as data: a row for each view and payer, GBP, unrounded."""
    rows: list[tuple[object, ...]] = []
    for view in findings.inputs.views:
        for payer in findings.payers():
            if findings.has(view, PAYER_NET, payer):
                net = findings.over_the_run(view, PAYER_NET, payer)
                cost, saving = (_value(findings, view, outcome, payer) for outcome in (PAYER_COST, PAYER_SAVING))
                rows.append((view, payer, payer in findings.inputs.public_payers, cost, saving, *_ends_of(net)))
        rows.append((view, "public purse", True, None, None, *_ends_of(findings.headline(view))))
    columns = ["view", "payer", "public", "cost_gbp", "saving_gbp", "net_gbp", "p10", "p90", "year", "price_base"]
    return pd.DataFrame(rows, columns=columns).astype({"cost_gbp": float, "saving_gbp": float})


def _ends_of(net: Figure) -> tuple[object, ...]:
    return net.difference, net.p10, net.p90, net.year, net.price_base


# The words and cells that several tables share.


def net_cost_words(figure: Figure) -> str:
    """Say a net cost with a verb, rounded with its interval."""
    return costs_or_saves(figure.difference, *figure.ends)


def interval_words(figure: Figure) -> str:
    """Say an interval of money, or why there is none."""
    if figure.is_zero:
        return f"{NO_DIFFERENCE} in any draw"
    return money_range(figure.difference, figure.p10, figure.p90) if figure.has_range else NOT_KNOWN_FROM_ONE


def chance_cell(figure: Figure) -> str:
    """Chance of a saving, with the number of draws it rests on."""
    if not has_chance(figure):
        return NOT_KNOWN_FROM_ONE
    return f"{chance_in_100(figure.chance_below_zero, figure.n_draws)} ({figure.n_draws:,} draws)"


def _error_cell(figure: Figure) -> str:
    """Monte Carlo standard error as money."""
    return f"± {money(figure.monte_carlo_error)}" if figure.monte_carlo_error >= 0 else f"{NOT_KNOWN}: one replication"


def pays_or_saves(figure: Figure) -> str:
    """Say whether a payer pays more or less, or that it cannot be said."""
    if words := why_no_direction(figure):
        return words
    verb = payer_verb(figure.payer, "pay" if figure.difference > 0 else "save")
    return f"{verb} more" if figure.difference > 0 else verb


def better_or_worse(figure: Figure) -> str:
    """Say whether a difference is good, if the summary says which direction is."""
    if words := why_no_direction(figure):
        return words
    up = figure.difference > 0
    if figure.favourable not in ("up", "down"):
        return "more" if up else "fewer"
    return "better" if up == (figure.favourable == "up") else "worse"


def unit_scale(figure: Figure) -> float:
    """Number that a value of this figure is divided by before it is printed without a unit."""
    if figure.unit in SHARE_UNITS:
        return 0.01
    return 1e6 if figure.unit in POUND_UNITS else 1.0


def unit_words(figure: Figure) -> str:
    """Unit of a printed value."""
    if figure.unit in SHARE_UNITS:
        return "% (difference in percentage points)"
    return "£ million" if figure.unit in POUND_UNITS else figure.unit


def short_unit(figure: Figure) -> str:
    """Unit of a printed level."""
    return "%" if figure.unit in SHARE_UNITS else unit_words(figure)


def when_words(findings: Findings, figure: Figure) -> str:
    """Say whether a figure is a total, a present value or one year."""
    kind = {TOTAL: "total", PRESENT_VALUE: "present value"}.get(figure.year)
    return f"{findings.period()}, {kind}" if kind else figure.year


def difference_cell(figure: Figure, scale: float | None = None) -> Number:
    """A signed difference, rounded with its interval; without a scale, in the figure's own."""
    own = unit_scale(figure) if scale is None else scale
    return Number(figure.difference / own, _figure_step(figure, own), signed=True)


def interval_cell(figure: Figure, scale: float | None = None) -> Interval | str:
    """The interval of a difference, rounded with it, or that it is not known."""
    own = unit_scale(figure) if scale is None else scale
    if not figure.has_range:
        return NOT_KNOWN
    return Interval(figure.p10 / own, figure.p90 / own, _figure_step(figure, own))


def estimate_cell(figure: Figure, scale: float | None = None) -> Estimate:
    """A difference with its interval."""
    return Estimate(difference_cell(figure, scale), interval_cell(figure, scale))


def level_cell(figure: Figure, level: float) -> Number:
    """A level without its unit: three significant figures, or as many as it takes to see the difference, up to six."""
    scale = unit_scale(figure)
    three = rounding_step(level / scale) / 10
    step = three if figure.difference == 0.0 else min(three, max(_figure_step(figure, scale), three / 1000))
    return Number(level / scale, step)


def measure_cell(figure: Figure | None) -> Cell:
    """Mean and interval of a measure, or why it is not shown."""
    if figure is None:
        return None
    return estimate_cell(figure) if figure.difference == figure.difference else figure.note or "not shown"


def money_column(findings: Findings) -> tuple[float, str]:
    """Scale of money by payer in the main view: millions, or pounds if nothing reaches a million."""
    largest = max(_net_sizes(findings, findings.payers()), default=0.0)
    return (1e6, "£ million") if largest >= 1e6 else (1.0, "£")


def shared_step(findings: Findings, scale: float) -> float:
    """Step at which money by payer is rounded: it shows the smallest payer, within four figures of the largest."""
    nets = [size / scale for size in _net_sizes(findings, findings.public_payers()) if size > 0.0]
    if not nets:
        return 1.0
    finest = Decimal(1).scaleb(Decimal(repr(max(nets))).adjusted() - 3)
    smallest = Decimal(1).scaleb(Decimal(repr(min(nets))).adjusted())
    return float(max(finest, min(smallest, Decimal(repr(rounding_step(max(nets)))))))


def _net_sizes(findings: Findings, payers: Iterable[str]) -> list[float]:
    """Net cost of each payer in the main view without its sign. [GBP]"""
    main = findings.inputs.main_view
    return [abs(_value(findings, main, PAYER_NET, payer) or 0.0) for payer in payers]


def _figure_step(figure: Figure, scale: float) -> float:
    return rounding_step(figure.difference / scale, *(end / scale for end in figure.ends))


def _value(findings: Findings, view: str, outcome: str, payer: str) -> float | None:
    return findings.over_the_run(view, outcome, payer).difference if findings.has(view, outcome, payer) else None


def _payer_cells(
    findings: Findings, payers: list[str], scale: float, step: float
) -> tuple[list[list[Number | None]], int]:
    """Cost, saving and net of each payer in the main view, rounded so that rows and columns both add up.

    Costs and savings are missing where the summary does not hold them apart. The second is how many figures are not
    what plain rounding gives.
    """
    main, n = findings.inputs.main_view, len(payers)
    parts = [_value(findings, main, outcome, payer) for outcome in (PAYER_COST, PAYER_SAVING) for payer in payers]
    kept = any(part is not None for part in parts)
    if not kept:
        parts = [_value(findings, main, PAYER_NET, payer) for payer in payers]
    whole, moved = rounded_to_sum([(part or 0.0) / scale for part in parts], step)
    triples = [(whole[i], whole[n + i], whole[i] + whole[n + i]) if kept else (None, None, whole[i]) for i in range(n)]
    return [[None if one is None else Number(one, step, signed=True) for one in triple] for triple in triples], moved


def _leaving_row(findings: Findings, amount: float, step: float) -> tuple[Cell, ...]:
    """What of the payer above is only money of pupils who leave mainstream, or stay in it: a part, not a row to add."""
    others = (None for _ in findings.words()["others"])
    return (LEAVING_WORDS, None, None, Number(amount, step, signed=True), None, None, *others)


def _column_total(cells: Sequence[Number | None], step: float) -> Number | None:
    """Sum of a printed column, so that the total is what a reader gets by adding it up."""
    if not cells or None in cells:
        return None
    printed = (Decimal(repr(rounded(cell.value, cell.step))) for cell in cells if cell is not None)
    return Number(float(sum(printed)), step, signed=True)


def _payer_row(
    findings: Findings, payer: str, cells: Sequence[Cell], scale: float, title: str = ""
) -> tuple[Cell, ...]:
    """A payer, or with a blank the public purse: what it pays, its interval, in words, then the other views."""

    def net(view: str) -> Figure:
        return findings.over_the_run(view, PAYER_NET, payer) if payer else findings.headline(view)

    main = findings.inputs.main_view
    figure = net(main)
    beside = (
        (estimate_cell(net(view), scale) if is_counted(findings, view, payer) else NOT_COUNTED)
        for view in findings.words()["others"]
    )
    words = title or sentence_case(payer_words(payer))
    if not is_counted(findings, main, payer):
        return (words, *(None for _ in cells), NOT_COUNTED, NOT_COUNTED, *beside)
    return (words, *cells, interval_cell(figure, scale), pays_or_saves(figure), *beside)


def is_counted(findings: Findings, view: str, payer: str) -> bool:
    """Whether anything that moves in a view has a price for a payer, or it is the public purse (blank).

    A payer to whom nothing can happen is not a finding of zero.
    """
    if not payer:
        return True
    return findings.has(view, PAYER_NET, payer) and not findings.over_the_run(view, PAYER_NET, payer).is_zero


def payer_parts(findings: Findings) -> tuple[dict[str, list[Number]], Number | None]:
    """What the table by payer prints of each public payer (cost, saving, net), and of the purse together.

    Charts label their bars with these, so that a bar and its row never differ by a unit.
    """
    public = findings.public_payers()
    scale, _ = money_column(findings)
    step = shared_step(findings, scale)
    cells, _ = _payer_cells(findings, public, scale, step)
    nets = _column_total([row[-1] for row in cells], step)
    return {payer: [one for one in own if one is not None] for payer, own in zip(public, cells, strict=True)}, nets
