"""The comparison table: one code for terminal, page and spreadsheet."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from sencosim.outcomes.pairs import Separation, separation
from sencosim.report.findings import Figure, Findings
from sencosim.report.inputs import NET_PUBLIC_COST, PAYER_NET, PRESENT_VALUE
from sencosim.report.likelihood import more_draws_sentence
from sencosim.report.tables import (
    SIGNS,
    Table,
    chance_cell,
    difference_cell,
    level_cell,
    shared_step,
    unit_scale,
    unit_words,
    verdict,
)
from sencosim.report.uses import part_title, pence_of_parts
from sencosim.report.words import (
    DASH,
    money,
    money_range,
    payer_words,
    plain,
    rounded_to_sum,
    rounding_step,
    sentence_case,
    signed_range,
)

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
MILLION = 1e6


def comparison_table(options: Sequence[Findings]) -> Table:
    """The options beside each other, each as a paired difference from the baseline in its main view.

    Parameters
    ----------
    options
        Findings of runs that may be compared, in the order of columns.

    Returns
    -------
        People, uses of added hours, money by payer, net, value; fixed order, whatever the results are.
    """
    first = options[0]
    view = first.inputs.main_view
    payers, moved = _payer_rows(options, view)
    rows = [*_people_rows(options, view), *_uses_rows(options), *payers]
    strong = len(rows)
    rows += [_net_row(options, view), *_value_rows(options, view)]
    adjusted = f" {moved} amounts differ by one unit from plain rounding, so that payers add up." if moved else ""
    return Table(
        key="comparison",
        caption=(
            f"{first.area_name}, {first.period()}, {first.money_basis()}, {view} view. Baseline is today's policy; "
            "options are differences from it, with their 80 % interval in brackets"
        ),
        columns=(
            "Measure",
            "Part",
            "Baseline",
            *(option.inputs.scenario.title for option in options),
            "Who pays or gains",
        ),
        rows=tuple(rows),
        notes=(f"{SIGNS}{adjusted}", _error_note(options, view), *_draws_note(options, view), _weak_note(first)),
        strong_rows=(strong,),
        text_columns=(1, len(options) + 3),
    )


def _people_rows(options: Sequence[Findings], view: str) -> list[tuple[str, ...]]:
    rows = []
    for outcome, who in PEOPLE:
        known = [option.over_the_run(view, outcome) for option in options if option.has(view, outcome)]
        if len(known) == len(options):
            title = f"{known[0].title}, {unit_words(known[0])}"
            rows.append((title, "people", level_cell(known[0], known[0].baseline), *(_cell(one) for one in known), who))
    return rows


def _uses_rows(options: Sequence[Findings]) -> list[tuple[str, ...]]:
    """Pence of each added pound of SENCO time by use, at the point values; none if no option adds hours."""
    found = [pence_of_parts(option) for option in options]
    parts = next((list(one) for one in found if one), [])
    return [
        (
            f"{part_title(part)}, of each £1 of SENCO time added",
            "hours",
            DASH,
            *(f"{plain(one[part], 1.0)}p" if one else "none added" for one in found),
            "schools",
        )
        for part in parts
    ]


def _cell(figure: Figure) -> str:
    if figure.is_zero:
        return "no difference"
    scale = unit_scale(figure)
    if not figure.has_range:
        return difference_cell(figure)
    low, high = figure.p10 / scale, figure.p90 / scale
    return f"{difference_cell(figure)} ({signed_range(low, high, rounding_step(figure.difference / scale, low, high))})"


def _payer_rows(options: Sequence[Findings], view: str) -> tuple[list[tuple[str, ...]], int]:
    """Net cost of each public payer in millions, rounded so that each column adds up to its printed net."""
    payers = options[0].public_payers()
    columns, moved = [], 0
    for option in options:
        nets = [option.over_the_run(view, PAYER_NET, payer) for payer in payers]
        whole, n = rounded_to_sum([net.difference / MILLION for net in nets], shared_step(option, MILLION))
        moved += n
        columns.append([_amount(value, net, option) for value, net in zip(whole, nets, strict=True)])
    rows = [
        (
            f"{sentence_case(payer_words(payer))}, £ million",
            "money",
            DASH,
            *(column[i] for column in columns),
            payer_words(payer),
        )
        for i, payer in enumerate(payers)
    ]
    return rows, moved


def _amount(value: float, figure: Figure, option: Findings) -> str:
    step = shared_step(option, MILLION)
    told = plain(value, step, signed=True)
    return f"{told} ({signed_range(figure.p10 / MILLION, figure.p90 / MILLION, step)})" if figure.has_range else told


def _net_row(options: Sequence[Findings], view: str) -> tuple[str, ...]:
    cells = []
    for option in options:
        net = option.headline(view)
        parts = [option.over_the_run(view, PAYER_NET, payer).difference / MILLION for payer in option.public_payers()]
        whole, _ = rounded_to_sum(parts, shared_step(option, MILLION))
        cells.append(_amount(sum(whole), net, option))
    return ("NET COST TO THE PUBLIC PURSE, £ million", "money", DASH, *cells, "taxpayers")


def _value_rows(options: Sequence[Findings], view: str) -> list[tuple[str, ...]]:
    nets = [option.headline(view) for option in options]
    rows = [("Chance that it saves money", "money", DASH, *(chance_cell(net) for net in nets), DASH)]
    for outcome in ("npsv", "bcr"):
        found = [option.get(view, outcome, PRESENT_VALUE) for option in options]
        if any(figure is not None for figure in found):
            title = next(figure.title for figure in found if figure is not None)
            unit = ", £ million" if outcome == "npsv" else ""
            rows.append((f"{title}{unit}", "value", DASH, *(_value_cell(figure) for figure in found), "society"))
    rows.append(("In one line", "value", DASH, *(one_line(net) for net in nets), DASH))
    return rows


def _value_cell(figure: Figure | None) -> str:
    if figure is None:
        return DASH
    if figure.difference != figure.difference:
        return figure.note or "not shown"
    return _cell(figure).replace("+", "") if figure.unit == "ratio" else _cell(figure)


def one_line(net: Figure) -> str:
    """The verdict on an option, from fixed bands; unclear where the interval reaches both sides of zero."""
    if net.has_range and not net.is_clear and not net.is_zero:
        return f"unclear: {verdict(net)}"
    return verdict(net)


def _error_note(options: Sequence[Findings], view: str) -> str:
    errors = [option.headline(view).monte_carlo_error for option in options]
    if not all(error >= 0 for error in errors):
        return "The simulation error is not known: there was one replication."
    return f"Simulation error of the net cost is at most ± {money(max(errors))} (standard error)."


def _draws_note(options: Sequence[Findings], view: str) -> tuple[str, ...]:
    """How to get likelihood words, if the draws are too few for them."""
    sentence = more_draws_sentence(min(option.headline(view).n_draws for option in options), other_views=False)
    return (sentence,) if sentence else ()


def _weak_note(findings: Findings) -> str:
    listed = "; ".join(f"{effect} ({way}, grade {grade})" for effect, way, grade in findings.inputs.unmonetised)
    return f"Without a price, in no total: {listed}." if listed else "Every effect counted here has a price."


def separations(options: Sequence[Findings]) -> list[tuple[str, str, Separation]]:
    """Net cost of each option less that of each later one, draw by draw."""
    view = options[0].inputs.main_view
    year = options[0].headline(view).year
    return [
        (
            first.inputs.scenario.title,
            second.inputs.scenario.title,
            separation(first.inputs.runs, second.inputs.runs, view, NET_PUBLIC_COST, year),
        )
        for first, second in combinations(options, 2)
    ]


def same_answer(found: Sequence[tuple[str, str, Separation]]) -> tuple[str, ...]:
    """For each pair of options: which costs less, or that nobody can say. Options are never ranked without it."""
    return tuple(_sentence(*one) for one in found)


def _sentence(first: str, second: str, found: Separation) -> str:
    if found.reading == "same":
        return f"“{first}” and “{second}” cost the public purse the same in every draw."
    told = (
        money_range(found.mean, found.p10, found.p90)
        .replace("a cost of", "dearer by")
        .replace("a saving of", "cheaper by")
    )
    beside = f"“{first}” less “{second}”: {told} (80 % interval of the paired difference)"
    if found.reading == "not separated":
        return (
            f"{beside}. Unclear: the mean difference, {money(abs(found.mean))}, is less than twice the simulation "
            f"error, {money(found.monte_carlo_error)}. More replications are needed before they are ranked."
        )
    if found.reading == "unclear":
        return f"{beside}. Unclear: the interval reaches both sides of zero, so they are not ranked."
    word = "less" if found.reading == "lower" else "more"
    _, _, amount = money_range(found.mean, found.p10, found.p90).partition(" of ")
    return f"“{first}” costs the public purse {amount} {word} than “{second}” (80 % interval of the paired difference)."
