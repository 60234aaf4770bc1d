"""The tables of a comparison: one code for terminal, page and spreadsheet."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import pandas as pd

from sencosim.evidence.routes import ROUTES
from sencosim.outcomes.catalogue import DERIVED
from sencosim.outcomes.equity import ALL
from sencosim.outcomes.ratio import PER_HOUR, cost_per_hour
from sencosim.outcomes.routes import Decomposition, Group
from sencosim.outcomes.uses import PAID
from sencosim.report.compare.views import names_of, shared_baseline, titles_of, words_of_all
from sencosim.report.findings import Figure, Findings, cell_number
from sencosim.report.inputs import PAYER_NET, PRESENT_VALUE, TOTAL
from sencosim.report.showing import ERROR_NOT_KNOWN, NO_DIFFERENCE, more_draws_sentence, verdict, why_no_direction
from sencosim.report.table import Cell, Estimate, Interval, Number, Table, table_of
from sencosim.report.tables import (
    SIGNS,
    chance_cell,
    difference_cell,
    estimate_cell,
    level_cell,
    shared_step,
    unit_words,
)
from sencosim.report.uses import part_title, pence_of_parts
from sencosim.report.words import (
    MILLION,
    money,
    payer_words,
    plain,
    rounded_to_sum,
    rounding_step,
    sentence_case,
)
from sencosim.vocabulary import USES_OF_PAID_HOURS, WORDS_OF_USES

PEOPLE = (
    ("posts_vacant", "schools"),
    ("support_reviews_done", "pupils"),
    ("weeks_to_sen_support", "pupils"),
    ("plans_within_20_weeks", "families, councils"),
    ("requests", "families, councils"),
    ("permanent_exclusions", "pupils"),
    ("overtime_hours", "SENCOs"),
)
"""Outcomes of the table in a fixed order, and who feels them."""
REST = "With all of these switched off: the hours themselves, and the work that they do"
NET = "NET COST TO THE PUBLIC PURSE"
BUDGET_SHARE = "Cost of the duty once in force if schools pay, % of their core budgets"


def comparison_table(options: Sequence[Findings]) -> Table:
    """The options in the order of columns, each as a paired difference from the baseline in its main view.

    People, uses of added hours, money by payer, net, value: in a fixed order, whatever the results are.
    """
    first = options[0]
    view = first.inputs.main_view
    payers, moved = _payer_rows(options, view)
    hours = [*_uses_rows(options), *_hour_rows(options, view)]
    money_rows = [*payers, *_budget_row(options)]
    rows = [*_people_rows(options, view), *hours, *money_rows, *_value_rows(options, view)]
    amounts = "1 amount differs" if moved == 1 else f"{moved} amounts differ"
    adjusted = f" {amounts} by one unit from plain rounding, so that payers add up." if moved else ""
    few = more_draws_sentence(min(option.headline(view).n_draws for option in options), other_views=False)
    return table_of(
        first,
        "comparison",
        rows,
        strong_rows=(next(number for number, row in enumerate(rows) if str(row[0]).startswith(NET)),),
        options=titles_of(options),
        today=shared_baseline(options),
        signs=SIGNS,
        adjusted=adjusted,
        error=_error_note(options, view),
        few=few,
        weak=_weak_note(first),
        **words_of_all(options) | {"view": view},
    )


def _people_rows(options: Sequence[Findings], view: str) -> list[tuple[Cell, ...]]:
    rows: list[tuple[Cell, ...]] = []
    for outcome, who in PEOPLE:
        known = [option.over_the_run(view, outcome) for option in options if option.has(view, outcome)]
        if len(known) == len(options):
            title = f"{known[0].title}, {unit_words(known[0])}"
            rows.append((title, "people", level_cell(known[0], known[0].baseline), *(_cell(one) for one in known), who))
    return rows


def _uses_rows(options: Sequence[Findings]) -> list[tuple[Cell, ...]]:
    """Pence of each added pound of SENCO time by use, at the point values; none if no option adds hours."""
    found = [pence_of_parts(option) for option in options]
    rows: list[tuple[Cell, ...]] = []
    for part in next((list(one) for one in found if one), []):
        pence = (Number(one[part], 1.0, unit="p") if one else "none added" for one in found)
        rows.append((f"{part_title(part)}, of each £1 of SENCO time added", "hours", None, *pence, "schools"))
    return rows


def _hour_rows(options: Sequence[Findings], view: str) -> list[tuple[Cell, ...]]:
    """What an extra hour of SENCO work costs: paid hours that only replace unpaid ones are no extra hours."""
    rows: list[tuple[Cell, ...]] = []
    for _, payer, hours in PER_HOUR:
        title = DERIVED[cost_per_hour(payer, hours)].title
        found = [option.get(view, cost_per_hour(payer, hours), TOTAL) for option in options]
        if any(figure is not None for figure in found):
            who = "schools" if payer else "taxpayers"
            unit = f"{title}, £ an hour, undiscounted"
            rows.append((unit, "hours", None, *(_hour_cell(figure) for figure in found), who))
    return rows


def _hour_cell(figure: Figure | None) -> Cell:
    if figure is None:
        return "no extra hours"
    return figure.note if math.isnan(figure.difference) else _cell(figure)


def _budget_row(options: Sequence[Findings]) -> list[tuple[Cell, ...]]:
    """What the duty takes of the core budgets of all schools once in force, if schools pay."""
    shares = [budget_share(option) for option in options]
    if any(math.isnan(share) for share in shares):
        return []
    return [(BUDGET_SHARE, "money", None, *(Number(share, 0.01, signed=True) for share in shares), "schools")]


def budget_share(option: Findings) -> float:
    """Cost of the duty once in force as a share of the core budgets of all schools. [%; NaN if it is not known]"""
    frame = option.inputs.incidence
    if frame.empty:
        return math.nan
    return 100.0 * float(frame.loc[frame["grouping"] == ALL, "duty_share"].iloc[0])


def uses_comparison(options: Sequence[Findings]) -> Table:
    """The eight uses of the paid hours that each option adds: hours a year and pence of each pound, at point values."""
    first = options[0]
    cells: list[tuple[Cell, ...]] = []
    names = [*USES_OF_PAID_HOURS, PAID]
    for name in names:
        title = sentence_case(WORDS_OF_USES.get(name, "hours paid"))
        cells.append((title, *(_use_cell(option, name) for option in options)))
    told = words_of_all(options)
    return table_of(first, "compared_uses", cells, strong_rows=(len(names) - 1,), options=titles_of(options), **told)


def _use_cell(option: Findings, name: str) -> Cell:
    frame = option.inputs.uses
    rows = frame[frame["name"] == name].to_dict("records") if len(frame.columns) else []
    if not rows:
        return None
    hours, share = cell_number(rows[0]["added"]) / 1000.0, 100.0 * cell_number(rows[0]["added_share"])
    told = plain(hours, 1.0 if abs(hours) >= 100.0 else 0.01, signed=True)
    return told if math.isnan(share) else f"{told} ({plain(share, 1.0)}p)"


def uses_frame(options: Sequence[Findings]) -> pd.DataFrame:
    """Uses of paid hours of every option, by ``option``."""
    named = zip(options, names_of(options), strict=True)
    parts = [option.inputs.uses.assign(option=name) for option, name in named]
    return pd.concat(parts, ignore_index=True)


def _cell(figure: Figure) -> Cell:
    if figure.is_zero:
        return NO_DIFFERENCE
    return estimate_cell(figure) if figure.has_range else difference_cell(figure)


def _payer_rows(options: Sequence[Findings], view: str) -> tuple[list[tuple[Cell, ...]], int]:
    """Net cost of each public payer and of the purse in millions, rounded so that each column adds up as printed.

    The second is how many amounts are not what plain rounding gives.
    """
    columns, all_moved = [], 0
    for option in options:
        step, own = shared_step(option, MILLION), option.public_payers()
        nets = [option.over_the_run(view, PAYER_NET, payer) for payer in own]
        whole, moved = rounded_to_sum([net.difference / MILLION for net in nets], step)
        all_moved += moved
        amounts = zip((*whole, sum(whole)), (*nets, option.headline(view)), strict=True)
        columns.append(dict(zip((*own, NET), (_amount(value, net, step) for value, net in amounts), strict=True)))
    titles = {payer: (sentence_case(payer_words(payer)), payer_words(payer)) for payer in options[0].public_payers()}
    titles[NET] = (NET, "taxpayers")
    rows = [
        (f"{title}, £ million", "money", None, *(column[key] for column in columns), who)
        for key, (title, who) in titles.items()
    ]
    return rows, all_moved


def _amount(value: float, net: Figure, step: float) -> Cell:
    middle = Number(value, step, signed=True)
    return Estimate(middle, Interval(net.p10 / MILLION, net.p90 / MILLION, step)) if net.has_range else middle


def _value_rows(options: Sequence[Findings], view: str) -> list[tuple[Cell, ...]]:
    nets = [option.headline(view) for option in options]
    rows: list[tuple[Cell, ...]] = [
        ("Chance that it saves money", "money", None, *(chance_cell(net) for net in nets), None)
    ]
    for outcome in ("npsv", "bcr"):
        found = [option.get(view, outcome, PRESENT_VALUE) for option in options]
        if any(figure is not None for figure in found):
            title = next(figure.title for figure in found if figure is not None)
            unit = ", £ million" if outcome == "npsv" else ""
            rows.append((f"{title}{unit}", "value", None, *(_value_cell(figure) for figure in found), "society"))
    return [*rows, ("In one line", "value", None, *(one_line(net) for net in nets), None)]


def _value_cell(figure: Figure | None) -> Cell:
    if figure is None:
        return None
    if figure.difference != figure.difference:
        return figure.note or "not shown"
    return str(_cell(figure)).replace("+", "") if figure.unit == "ratio" else _cell(figure)


def one_line(net: Figure) -> str:
    """The verdict on an option, from fixed bands; unclear where the interval reaches both sides of zero."""
    return f"unclear: {verdict(net)}" if why_no_direction(net) == "unclear" else verdict(net)


def _error_note(options: Sequence[Findings], view: str) -> str:
    errors = [option.headline(view).monte_carlo_error for option in options]
    if not all(error >= 0 for error in errors):
        return ERROR_NOT_KNOWN
    return f"Simulation error of the net cost is at most ± {money(max(errors))} (standard error)."


def _weak_note(findings: Findings) -> str:
    listed = "; ".join(f"{effect} ({way}, grade {grade})" for effect, way, grade in findings.inputs.unmonetised)
    return f"Without a price, in no total: {listed}." if listed else "Every effect counted here has a price."


def mechanisms_table(found: Mapping[str, Decomposition], told_apart: Sequence[Group], where: str) -> Table:
    """Parts of the net cost of each option by its title; for two options, of their difference too.

    What was switched off together is a group; rows add up as printed. The schools are told by ``where``, such as ``2 %
    of England``.
    """
    columns = [[float(one.rest), *(float(one.parts[group.name]) for group in told_apart)] for one in found.values()]
    titles = list(found)
    if len(columns) == 2:
        columns.append([first - second for first, second in zip(*columns, strict=True)])
        titles.append(f"{titles[0]} less {titles[1]}")
    names = [REST, *(group.title for group in told_apart), "Net cost to the public purse on this sample"]
    rows = [*zip(names, *(_adding_up(column) for column in columns), strict=True)]
    first = next(iter(found.values()))
    replications = "replication" if first.n_replications == 1 else "replications"
    listed = "; ".join(f"{_words(group.name)} ({', '.join(map(_words, _members(group)))})" for group in told_apart)
    return Table(
        key="mechanisms",
        caption=(
            f"Where the net cost comes from, £ million, present value, point values of the main view, on {where}, "
            f"{first.n_replications} {replications}"
        ),
        columns=("Part", *titles),
        rows=rows,
        notes=(
            "Shapley values: the part of a group averaged over all orders of switching on, so parts add up exactly and "
            "no order is favoured. The total is that of this sample and differs from the headline.",
            f"Groups: {listed}.",
        ),
        strong_rows=(len(rows) - 1,),
    )


def _members(group: Group) -> Sequence[str]:
    return group.members if group.route is None else tuple(ROUTES[group.route].neutral)


def _words(name: str) -> str:
    return name.replace("_", " ")


def _adding_up(parts: Sequence[float]) -> list[Number]:
    """Parts and their sum in millions, rounded so that they add up."""
    scaled = [part / MILLION for part in parts]
    step = rounding_step(max(scaled, key=abs)) / 10
    whole, _ = rounded_to_sum(scaled, step)
    return [Number(value, step, signed=True) for value in (*whole, sum(whole))]
