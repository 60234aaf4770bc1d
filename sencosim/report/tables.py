"""The tables of results, made once for the terminal, the page and (later) the spreadsheet."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import pandas as pd

from sencosim.report.findings import Figure, Findings
from sencosim.report.inputs import PAYER_COST, PAYER_NET, PAYER_SAVING, PRESENT_VALUE, TOTAL
from sencosim.report.likelihood import TOO_FEW, chance_words, draws_words, is_enough
from sencosim.report.words import (
    DASH,
    INTERVAL,
    MINUS,
    costs_or_saves,
    money,
    money_range,
    payer_verb,
    payer_words,
    per_cent,
    plain,
    rounded_to_sum,
    rounding_step,
    sentence_case,
    signed_range,
)

POUND_UNITS = ("GBP", "£")
SHARE_UNITS = ("fraction", "share")
SIGNS = (
    f"{INTERVAL}: p10 to p90 of the paired difference. "
    "A plus sign is a cost or an increase, a minus sign a saving or a decrease."
)


@dataclass(frozen=True)
class Table:
    """A table for people: one header row, one header column.

    Attributes
    ----------
    key
        Short name for links.
    caption
        What is measured, where, when, in which unit.
    columns
        Headers; the first belongs to the row headers.
    rows
        Cells as text.
    notes
        Sentences to print below.
    strong_rows
        Positions of rows that are totals.
    text_columns
        Positions of columns that hold words rather than numbers.
    """

    key: str
    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()
    strong_rows: tuple[int, ...] = ()
    text_columns: tuple[int, ...] = ()


def views_table(findings: Findings) -> Table:
    """The answer in each view, side by side."""
    figures = [findings.headline(view) for view in findings.inputs.views]
    rows = [
        ("Net cost to the public purse", *(sentence_case(net_cost_words(figure)) for figure in figures)),
        (INTERVAL, *(sentence_case(interval_words(figure)) for figure in figures)),
        ("Chance that it saves money", *(chance_cell(figure) for figure in figures)),
        ("In words", *(sentence_case(verdict(figure)) for figure in figures)),
        ("Simulation error", *(error_cell(figure) for figure in figures)),
    ]
    if findings.inputs.view_descriptions:
        described = findings.inputs.view_descriptions
        rows.append(("What the view assumes", *(described.get(view, "") for view in findings.inputs.views)))
    return Table(
        key="views",
        caption=f"The answer in three views. {findings.area_name}, {findings.period()}, {findings.money_basis()}",
        columns=("Difference from the baseline", *(view_title(view) for view in findings.inputs.views)),
        rows=tuple(rows),
        notes=(
            "Means over draws of the uncertain parameters. The 80 % interval runs from p10 to p90 of the paired "
            "differences. Simulation error is the standard error of the mean over replications, a separate thing.",
        ),
        text_columns=tuple(range(1, len(figures) + 1)),
    )


def payer_table(findings: Findings) -> Table:
    """Who pays and who saves, in the main view, with the net of the other views beside it."""
    main = findings.inputs.main_view
    others = [view for view in findings.inputs.views if view != main]
    public, private = findings.public_payers(), [p for p in findings.payers() if p not in findings.public_payers()]
    scale, unit = money_column(findings)
    step = shared_step(findings, scale)
    cells, moved = _payer_cells(findings, public, scale, step)
    rows = [_payer_row(findings, payer, cells[i], scale, others) for i, payer in enumerate(public)]
    headline = findings.headline(main)
    totals = [_column_total(list(column), step) for column in zip(*cells, strict=True)]
    rows.append(
        (
            "Public purse, net",
            *totals,
            _range_cell(headline, scale),
            pays_or_saves(headline),
            *(_money_cell(findings.headline(view), scale) for view in others),
        )
    )
    for payer in private:
        alone, _ = _payer_cells(findings, [payer], scale, step)
        rows.append(_payer_row(findings, payer, alone[0], scale, others, suffix=" (not public money)"))
    note = (
        f"Rows are rounded so that they add up; {moved} of them differ by one unit from plain rounding. "
        if moved
        else ""
    )
    return Table(
        key="payers",
        caption=f"Who pays and who saves, {unit}. {findings.area_name}, {findings.period()}, {findings.money_basis()}",
        columns=(
            "Payer",
            f"Pays more, {main}",
            f"Pays less, {main}",
            f"Net, {main}",
            INTERVAL,
            "In words",
            *(f"Net, {view}" for view in others),
        ),
        rows=tuple(rows),
        notes=(f"{note}{SIGNS} A dash means that the figure was not kept.",),
        strong_rows=(len(public),),
        text_columns=(5,),
    )


def people_table(findings: Findings) -> Table:
    """What changes for pupils, families, schools and councils: the difference first, the level second."""
    main = findings.inputs.main_view
    others = [view for view in findings.inputs.views if view != main]
    rows = []
    for outcome in findings.outcomes("people", "time"):
        if not findings.has(main, outcome):
            continue
        figure = findings.over_the_run(main, outcome)
        rows.append(
            (
                f"{figure.title}, {unit_words(figure)}",
                when_words(findings, figure),
                difference_cell(figure),
                _unitless_range(figure),
                better_or_worse(figure),
                *(_other_view_cell(findings, view, figure) for view in others),
                level_cell(figure, figure.baseline),
                level_cell(figure, figure.policy),
            )
        )
    head, behind = ("Outcome", "When"), tuple(f"Difference, {view}" for view in others)
    columns = (*head, f"Difference, {main}", INTERVAL, "In words", *behind, "Level, baseline", "Level, policy")
    times = {row[1] for row in rows}
    when = ""
    text_columns: tuple[int, ...] = (1, 4)
    if len(times) == 1:  # said once, above the table, so that its rows stay short
        rows = [(row[0], *row[2:]) for row in rows]
        columns, text_columns = (columns[0], *columns[2:]), (3,)
        when = f", {times.pop().replace(', total', ' together')}"
    return Table(
        key="people",
        caption=f"What changes for people. {findings.area_name}, {main} view{when}, difference then levels",
        columns=columns,
        rows=tuple(rows),
        notes=(f"{SIGNS} “Unclear” means that the 80 % interval reaches both sides of zero.",),
        text_columns=text_columns,
    )


def value_table(findings: Findings) -> Table:
    """Other measures of value for money, in each view."""
    return _measures(findings, "money", "value", "Other measures of value for money")


def memorandum_table(findings: Findings) -> Table:
    """Headline unit savings applied to counted events; never part of the answer."""
    return _measures(findings, "memo", "memorandum", "Memorandum: as campaigners multiply")


def _measures(findings: Findings, kind: str, key: str, caption: str) -> Table:
    """All outcomes of a kind that have no payer, a row each, a column for each view."""
    rows = []
    for outcome in findings.outcomes(kind):
        views = findings.inputs.views
        found = [findings.over_the_run(view, outcome) if findings.has(view, outcome) else None for view in views]
        first = next(figure for figure in found if figure is not None)
        rows.append(
            (f"{first.title}, {unit_words(first)}", when_words(findings, first), *(measure_cell(f) for f in found))
        )
    return Table(
        key=key,
        caption=f"{caption}. {findings.area_name}, mean and 80 % interval in each view",
        columns=("Measure", "When", *(view_title(view) for view in findings.inputs.views)),
        rows=tuple(rows),
        text_columns=(1,),
    )


def payers_frame(findings: Findings) -> pd.DataFrame:
    """The table by payer as data: a row for each view and payer, GBP, unrounded."""
    rows = []
    for view in findings.inputs.views:
        for payer in findings.payers():
            if not findings.has(view, PAYER_NET, payer):
                continue
            net = findings.over_the_run(view, PAYER_NET, payer)
            cost, saving = _value(findings, view, PAYER_COST, payer), _value(findings, view, PAYER_SAVING, payer)
            public = payer in findings.inputs.public_payers
            rows.append((view, payer, public, cost, saving, net.difference, net.p10, net.p90, net.year, net.price_base))
        net = findings.headline(view)
        rows.append(
            (view, "public purse", True, None, None, net.difference, net.p10, net.p90, net.year, net.price_base)
        )
    columns = ["view", "payer", "public", "cost_gbp", "saving_gbp", "net_gbp", "p10", "p90", "year", "price_base"]
    return pd.DataFrame(rows, columns=columns).astype({"cost_gbp": float, "saving_gbp": float})


# The words and cells that several tables share.


def view_title(view: str) -> str:
    """Name of a view as a header."""
    return f"{sentence_case(view)} view"


def net_cost_words(figure: Figure) -> str:
    """Say a net cost with a verb, rounded with its interval."""
    return costs_or_saves(figure.difference, *figure.ends)


def interval_words(figure: Figure) -> str:
    """Say an interval of money, or why there is none."""
    if figure.is_zero:
        return "no difference in any draw"
    return money_range(figure.difference, figure.p10, figure.p90) if figure.has_range else "not known: one draw only"


def chance_cell(figure: Figure) -> str:
    """Chance of a saving, with the number of draws it rests on."""
    if not figure.has_range or figure.n_draws < 2:
        return "not known: one draw only"
    return f"{per_cent(figure.chance_below_zero)} ({figure.n_draws:,} draws)"


def error_cell(figure: Figure) -> str:
    """Monte Carlo standard error as money."""
    return f"± {money(figure.monte_carlo_error)}" if figure.monte_carlo_error >= 0 else "not known: one replication"


def verdict(figure: Figure) -> str:
    """Put a net cost in one line."""
    if figure.is_zero:
        return "no difference"
    if not figure.has_range or figure.n_draws < 2:
        return f"unclear: {chance_words(figure.chance_below_zero, figure.n_draws)}"
    if not is_enough(figure.n_draws):
        share = per_cent(figure.chance_below_zero)
        return f"saves money in {share} of {draws_words(figure.n_draws)}, {TOO_FEW}"
    return f"{chance_words(figure.chance_below_zero, figure.n_draws)} to save money"


def pays_or_saves(figure: Figure) -> str:
    """Say whether a payer pays more or less, or that it cannot be said."""
    if figure.is_zero:
        return "no difference"
    if not figure.is_clear:
        return _doubt(figure)
    verb = payer_verb(figure.payer, "pay" if figure.difference > 0 else "save")
    return f"{verb} more" if figure.difference > 0 else verb


def better_or_worse(figure: Figure) -> str:
    """Say whether a difference is good, if the summary says which direction is."""
    if figure.is_zero:
        return "no difference"
    if not figure.is_clear:
        return _doubt(figure)
    up = figure.difference > 0
    if figure.favourable not in ("up", "down"):
        return "more" if up else "fewer"
    return "better" if up == (figure.favourable == "up") else "worse"


def _doubt(figure: Figure) -> str:
    """Tell a range that reaches both sides of zero from no range at all."""
    return "unclear" if figure.has_range else "not known"


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


def difference_cell(figure: Figure) -> str:
    """A signed difference, rounded with its interval, without its unit."""
    scale = unit_scale(figure)
    return plain(figure.difference / scale, _figure_step(figure), signed=True)


def level_cell(figure: Figure, level: float) -> str:
    """A level without its unit: three significant figures, or as many as it takes to see the difference, up to six."""
    scaled = level / unit_scale(figure)
    three = rounding_step(scaled) / 10
    return plain(scaled, three if figure.difference == 0.0 else min(three, max(_figure_step(figure), three / 1000)))


def money_column(findings: Findings) -> tuple[float, str]:
    """Scale of money by payer in the main view: millions, or pounds if nothing reaches a million."""
    sums = [abs(_value(findings, findings.inputs.main_view, PAYER_NET, payer) or 0.0) for payer in findings.payers()]
    return (1e6, "£ million") if max(sums, default=0.0) >= 1e6 else (1.0, "£")


def shared_step(findings: Findings, scale: float) -> float:
    """Step at which money by payer is rounded: it shows the smallest payer, within four figures of the largest."""
    main = findings.inputs.main_view
    nets = [abs(_value(findings, main, PAYER_NET, payer) or 0.0) / scale for payer in findings.public_payers()]
    nets = [net for net in nets if net > 0.0]
    if not nets:
        return 1.0
    finest = Decimal(1).scaleb(Decimal(repr(max(nets))).adjusted() - 3)
    smallest = Decimal(1).scaleb(Decimal(repr(min(nets))).adjusted())
    return float(max(finest, min(smallest, Decimal(repr(rounding_step(max(nets)))))))


def _figure_step(figure: Figure) -> float:
    scale = unit_scale(figure)
    return rounding_step(figure.difference / scale, *(end / scale for end in figure.ends))


def _unitless_range(figure: Figure) -> str:
    if not figure.has_range:
        return "not known"
    scale = unit_scale(figure)
    return signed_range(figure.p10 / scale, figure.p90 / scale, _figure_step(figure))


def _other_view_cell(findings: Findings, view: str, figure: Figure) -> str:
    other = findings.get(view, figure.outcome, figure.year)
    return DASH if other is None else f"{difference_cell(other)} ({_unitless_range(other)})"


def measure_cell(figure: Figure | None) -> str:
    """Mean and interval of a measure, or why it is not shown."""
    if figure is None or figure.difference != figure.difference:
        return figure.note or "not shown" if figure is not None else DASH
    return f"{difference_cell(figure)} ({_unitless_range(figure)})"


def _value(findings: Findings, view: str, outcome: str, payer: str) -> float | None:
    return findings.over_the_run(view, outcome, payer).difference if findings.has(view, outcome, payer) else None


def _payer_cells(
    findings: Findings, payers: list[str], scale: float, step: float
) -> tuple[list[tuple[str, str, str]], int]:
    """Cost, saving and net of each payer in the main view, rounded so that rows and columns both add up.

    Returns
    -------
        The cells, with dashes where the summary does not hold costs and savings apart; and how many figures are not
        what plain rounding gives.
    """
    main, n = findings.inputs.main_view, len(payers)
    parts = [_value(findings, main, outcome, payer) for outcome in (PAYER_COST, PAYER_SAVING) for payer in payers]
    if all(part is None for part in parts):
        nets = [(_value(findings, main, PAYER_NET, payer) or 0.0) / scale for payer in payers]
        whole, moved = rounded_to_sum(nets, step)
        return [(DASH, DASH, plain(net, step, signed=True)) for net in whole], moved
    whole, moved = rounded_to_sum([(part or 0.0) / scale for part in parts], step)
    triples = [(whole[i], whole[n + i], whole[i] + whole[n + i]) for i in range(n)]
    return [tuple(plain(value, step, signed=True) for value in triple) for triple in triples], moved  # type: ignore[misc]


def _column_total(cells: list[str], step: float) -> str:
    """Sum of a printed column, so that the total is what a reader gets by adding it up."""
    if not cells or DASH in cells:
        return DASH
    total = sum(Decimal(cell.replace(MINUS, "-").replace(",", "")) for cell in cells)
    return plain(float(total), step, signed=True)


def _payer_row(
    findings: Findings, payer: str, cells: tuple[str, ...], scale: float, others: list[str], suffix: str = ""
) -> tuple[str, ...]:
    figure = findings.over_the_run(findings.inputs.main_view, PAYER_NET, payer)
    beside = [
        _money_cell(findings.over_the_run(view, PAYER_NET, payer), scale)
        if findings.has(view, PAYER_NET, payer)
        else DASH
        for view in others
    ]
    return (
        sentence_case(payer_words(payer)) + suffix,
        *cells,
        _range_cell(figure, scale),
        pays_or_saves(figure),
        *beside,
    )


def _money_cell(figure: Figure, scale: float) -> str:
    step = rounding_step(figure.difference / scale, *(end / scale for end in figure.ends))
    return f"{plain(figure.difference / scale, step, signed=True)} ({_range_cell(figure, scale)})"


def _range_cell(figure: Figure, scale: float) -> str:
    if not figure.has_range:
        return "not known"
    step = rounding_step(figure.difference / scale, figure.p10 / scale, figure.p90 / scale)
    return signed_range(figure.p10 / scale, figure.p90 / scale, step)
