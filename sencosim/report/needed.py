"""How large an effect would pay for the policy, on which pupils: tables and sentences that can be quoted."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pandas as pd

from sencosim.evidence.register import load_register
from sencosim.outcomes.columns import EVENTS
from sencosim.outcomes.needed import GROUP, GROUPS_NEEDED, MAIN_GROUP, MONTHS, NEEDED, PAIRS
from sencosim.report.findings import Findings
from sencosim.report.showing import may_be_quoted
from sencosim.report.table import Cell, Estimate, Interval, Number, Table, table_of
from sencosim.report.words import MILLION, joined, money, rounding_step

MEASURE_WORDS = {"public": "Public purse", "social": "Society"}
WHOSE = {"public": "the public purse", "social": "society"}
"""Whose answer, in a cell and in a sentence."""
NO_NUMBER = "no number would do"
POSSIBLE_CUT = 0.5
"""Above this share of all events nobody would call it likely; said in words."""
SUBJECTS = 9
"""Exams of a pupil, in the department's own example of a grade in each. [subjects]"""
TRIAL = "fact_effect_whole_school_send_review_gcse_english"
OTHER_TRIAL = "fact_effect_mita_attainment_all_pupils_primary"
"""What randomised trials found of a SENCO-led review, in one subject, and of how assistants are deployed. [months]"""


def rounded_count(number: float) -> str:
    """Two significant digits above a hundred, else one decimal at most; no number does where it is infinite.

    Examples
    --------
    >>> rounded_count(12345.0), rounded_count(0.534), rounded_count(math.inf)
    ('12,000', '0.53', 'no number that would do')
    """
    if math.isinf(number):
        return "no number that would do"
    if abs(number) >= 100.0:
        step = 10 ** (int(math.log10(abs(number))) - 1)
        return f"{round(number / step) * step:,.0f}"
    return f"{float(f'{number:.2g}'):g}"


def needed_in_words(row: dict[Any, Any]) -> str:
    """How many events would have to be avoided, in a sentence.

    Parameters
    ----------
    row
        Of :func:`sencosim.outcomes.needed.needed_table`: ``title``, ``net_cost_gbp``, ``needed``, ``today``.

    Examples
    --------
    >>> row = {"title": "appeals", "net_cost_gbp": 5e6, "needed": 500.0, "today": 20_000.0}
    >>> needed_in_words(row).partition(", ")[2]
    'the policy would have to avoid 500 a year: 2.5 % of the 20,000 of the base year.'
    >>> needed_in_words(row | {"needed": 20_000.0, "today": 10_000.0}).partition(". ")[2]
    'There are only 10,000 in the base year, so they cannot do it alone.'
    >>> needed_in_words(row | {"needed": 20_010.0}).partition(", ")[2]
    'the policy would have to avoid 20,000 a year: about all of the base year.'
    >>> needed_in_words(row | {"needed": math.inf}).partition(": ")[0]
    'No number of appeals avoided makes the policy pay for itself'
    >>> needed_in_words(row | {"net_cost_gbp": -1.0, "needed": 0.0})
    'The policy pays for itself already: no appeals need be avoided beyond those of the run.'
    >>> needed_in_words(row | {"needed": math.nan})
    'How many appeals would pay is unknown here: there are none in the runs.'
    """
    events, needed, today = str(row["title"]), float(row["needed"]), float(row["today"])
    if math.isnan(needed):
        return f"How many {events} would pay is unknown here: there are none in the runs."
    if needed == 0.0:
        return f"The policy pays for itself already: no {events} need be avoided beyond those of the run."
    if math.isinf(needed):
        why = "one fewer is worth no more than it costs at the worth of provision that is drawn"
        return f"No number of {events} avoided makes the policy pay for itself: {why}."
    if needed < 0.0:
        return (
            f"The policy would pay for itself if it added no more than {rounded_count(-needed)} {events} a year, "
            "fewer than in the run."
        )
    start = f"To pay for itself through {events} alone, the policy would have to avoid {rounded_count(needed)} a year"
    return f"{start}{_of_today(needed, today)}"


def _of_today(needed: float, today: float) -> str:
    """The rest of that sentence: how many that is of the base year."""
    count = rounded_count(today)
    if rounded_count(needed) == count:
        return ": about all of the base year."
    if needed > today:
        return f". There are {f'only {count}' if today > 0.0 else 'none'} in the base year, so they cannot do it alone."
    per_cent = f"{100.0 * needed / today:.2g} %" if needed < 0.995 * today else "about 100 %"
    return f": {per_cent} of the {count} of the base year."


def spread_in_words(row: dict[Any, Any]) -> str:
    """The range of the draws behind such a sentence; blank where there is none."""
    if not 0.0 < row["needed"] < math.inf or row["n_draws"] < 2:
        return ""
    most = " That is most of them." if POSSIBLE_CUT < row["share_of_today"] <= 1.0 else ""
    n, whole = row["n_draws"], row["draws_in_all"]
    where = "the draws" if n == whole else f"the {n} draws, of {whole}, in which there is such an event"
    return f"{most} In 80 % of {where}: {_from_to(row['needed_low'], row['needed_high'])}."


def _from_to(low: float, high: float) -> str:
    """A range of numbers, its upper end perhaps none.

    Examples
    --------
    >>> _from_to(0.314, 0.81), _from_to(34_127.0, math.inf)
    ('0.31 to 0.81', '34,000 to no number that would do')
    """
    return f"{rounded_count(low)} to {rounded_count(high)}"


# -- months -----------------------------------------------------------------------------------------------------------


def months_in_words(groups: dict[str, dict[Any, Any]], view: str, policy: str) -> tuple[str, ...]:
    """Months of progress that would pay to society, what trials found, and what the price of a month is.

    Parameters
    ----------
    groups
        By view: the row of a group, both phases, of :func:`sencosim.outcomes.needed_of_run.groups_table`.
    view
        The main one.
    policy
        Its title.
    """
    row = groups[view]
    others = [f"{one} view {_months_or_none(found)}" for one, found in groups.items() if one != view]
    beside = f"; {joined(others)}" if others else ""
    return (
        _first(row, view, f"“{policy.rstrip('.')}”", beside),
        trials_sentence(),
        price_sentence(float(row["month_price_gbp"])),
    )


def _first(row: dict[Any, Any], view: str, policy: str, beside: str) -> str:
    who = _all(str(row["title"]))
    months = float(row["months"])
    if months == 0.0:
        return f"To society {policy} pays already in the {view} view: no gain in progress is needed{beside}."
    if math.isinf(months):
        return (
            f"In the {view} view no pupil among {who} sits an exam in time, so no months of progress would pay{beside}."
        )
    ranged = (
        f"80 % of the draws: {_from_to(row['months_low'], row['months_high'])}" if row["n_draws"] > 1 else "one draw"
    )
    return (
        f"To be worth its cost to society through pupils' progress alone, {policy} would have to raise the progress of "
        f"{who} by about {rounded_count(months)} months in all subjects by their exams in Year 11 "
        f"({view} view; {ranged}{beside})."
    )


def _months_or_none(row: dict[Any, Any]) -> str:
    return "none, it pays already" if float(row["months"]) == 0.0 else rounded_count(float(row["months"]))


def trials_sentence() -> str:
    """What randomised trials found, in months."""
    register = load_register()
    found, other = (register.number(name) for name in (TRIAL, OTHER_TRIAL))
    return (
        "No trial has tested SENCO time. The one trial of a programme led by SENCOs, of very low security, found "
        f"{rounded_count(found)} month in one subject, English: about {rounded_count(found / SUBJECTS)} over "
        f"{SUBJECTS} subjects if no other moved. A large trial of how primary schools deploy "
        f"assistants found {rounded_count(other)} months."
    )


def price_sentence(month_gbp: float) -> str:
    """What the price of a month is and is not."""
    return (
        f"A month is priced at {money(month_gbp)} a pupil: lifetime earnings that go with better results, an "
        "association. It holds tax and is the same life course that exclusions are priced by, so it is in no total of "
        "this report. It is no public saving: no budget holds it."
    )


# -- of a report ------------------------------------------------------------------------------------------------------


def _rows(findings: Findings, name: str, view: str) -> list[dict[Any, Any]]:
    table = findings.inputs.appraisal.get(name)
    return [] if table is None else table[table["view"] == view].to_dict("records")


def months_sentences(findings: Findings) -> tuple[str, ...]:
    """Months of progress that would pay, with what trials found and what a month stands on; empty where not kept.

    They are quoted together or not at all.
    """
    rows = {
        view: next((row for row in _rows(findings, GROUPS_NEEDED, view) if _is_main(row)), None)
        for view in findings.inputs.views
    }
    known = {view: row for view, row in rows.items() if row is not None}
    view = findings.inputs.main_view
    return months_in_words(known, view, findings.inputs.scenario.title) if view in known else ()


def _is_main(row: dict[Any, Any]) -> bool:
    return (row["group"], row["phase"]) == (MAIN_GROUP, "")


def needed_lines(findings: Findings) -> tuple[str, ...]:
    """New plans that would pay, for the public purse and for society, then two effects at once; empty if not kept."""
    view = findings.inputs.main_view
    told = [row for row in _rows(findings, NEEDED, view) if row["event"] == "new_plans"]
    plans = [f"{MEASURE_WORDS[row['measure']]}: {needed_in_words(row)}{spread_in_words(row)}" for row in told]
    return (*plans, *(pair_in_words(pair) for pair in pairs_of(findings, view).values()))


def pairs_of(findings: Findings, view: str) -> dict[str, list[dict[Any, Any]]]:
    """Lines of a view on which two effects pay together, by whose answer it is, each as its points in order."""
    found: dict[str, list[dict[Any, Any]]] = {}
    for row in _rows(findings, PAIRS, view):
        found.setdefault(str(row["measure"]), []).append(row)
    return found


def pair_in_words(line: list[dict[Any, Any]]) -> str:
    """One point of a line: with a tenth of the first effect, how much of the second.

    Examples
    --------
    >>> at = {"measure": "public", "first": "new_plans", "second": "independent_placements", "at": 800.0}
    >>> at |= {"needed": 1000.0, "needed_low": 500.0, "needed_high": 2000.0}
    >>> pair_in_words([{}, at]).partition("a year), ")[2]
    'and 1,000 fewer placements in independent special schools (pupil-years) (80 % of the draws: 500 to 2,000).'
    """
    point = line[TENTH]
    start = f"Both at once, for {WHOSE[point['measure']]}"
    first = f"a tenth of the base year's {EVENT_TITLES[point['first']]} avoided ({rounded_count(point['at'])} a year)"
    needed = float(point["needed"])
    if needed <= 0.0:
        return f"{start}: {first} would pay alone."
    ranged = f"80 % of the draws: {_from_to(point['needed_low'], point['needed_high'])}"
    if point["second"] == MONTHS:
        return f"{start}: {first}, and {rounded_count(needed)} months for {_all(GROUP[MAIN_GROUP].title)} ({ranged})."
    return f"{start}: {first}, and {rounded_count(needed)} fewer {EVENT_TITLES[point['second']]} ({ranged})."


TENTH = 1
"""Point of a line at a tenth of the first effect."""
EVENT_TITLES = {event.name: event.title for event in EVENTS}


def _all(title: str) -> str:
    """Everybody of a group.

    Examples
    --------
    >>> _all("pupils on SEN Support"), _all("all pupils with need")
    ('all pupils on SEN Support', 'all pupils with need')
    """
    return title if title.startswith("all ") else f"all {title}"


def may_quote(findings: Findings) -> bool:
    """Whether the sentences may be quoted as they stand."""
    return may_be_quoted(findings.inputs)


def pupils_table(findings: Findings) -> Table:
    """Net cost for each pupil a year, by group and phase."""
    main, views = findings.inputs.main_view, findings.inputs.views
    by_view = {view: _rows(findings, GROUPS_NEEDED, view) for view in views}
    cells: list[tuple[Cell, ...]] = []
    for place, row in enumerate(by_view[main]):
        others = [by_view[view][place] for view in views if view != main]
        money_cells: list[Cell] = []
        for measure in ("public", "social"):
            money_cells += [_estimate(row, measure), *(_pounds(other[measure]) for other in others)]
        cells.append((_label(row), Number(row["pupils"], rounding_step(row["pupils"]) / 10.0), *money_cells))
    strong = tuple(place for place, row in enumerate(by_view[main]) if not row["phase"])
    return table_of(findings, "needed_pupils", cells, strong_rows=strong)


def _label(row: dict[Any, Any]) -> str:
    title = str(row["title"])
    return f"of these, in {row['phase']} schools" if row["phase"] else f"{title[:1].upper()}{title[1:]}"


def _pounds(value: float) -> Cell:
    return None if math.isnan(value) else Number(value, min(10.0, rounding_step(value)), signed=True)


def _estimate(row: dict[Any, Any], name: str) -> Cell:
    middle, low, high = (float(row[key]) for key in (name, f"{name}_p10", f"{name}_p90"))
    if math.isnan(middle):
        return None
    step = min(10.0, rounding_step(middle, low, high))
    return Estimate(Number(middle, step, signed=True), Interval(low, high, step))


def months_table(findings: Findings) -> Table:
    """Months of progress that would pay to society, by group."""
    views = findings.inputs.views
    by_view = {view: [row for row in _rows(findings, GROUPS_NEEDED, view) if not row["phase"]] for view in views}
    cells: list[tuple[Cell, ...]] = []
    for place, row in enumerate(by_view[findings.inputs.main_view]):
        leavers = Number(row["leavers"], rounding_step(row["leavers"]) / 10.0)
        worth = Number(row["month_gbp"] / MILLION, rounding_step(row["month_gbp"] / MILLION))
        cells.append((_label(row), leavers, worth, *(_needed_cell(by_view[view][place], "months") for view in views)))
    told = next((money(row["month_price_gbp"]) for row in by_view[findings.inputs.main_view]), "")
    return table_of(findings, "needed_months", cells, price=told, by_view=[f"{view} view" for view in views])


def _needed_cell(row: dict[Any, Any], name: str) -> str:
    """A number that would pay with its range over the draws; that it pays already, that none would do; or unknown."""
    needed = float(row[name])
    if math.isnan(needed):
        return "unknown: none in the runs"
    if needed == 0.0:
        return "none: it pays already"
    if math.isinf(needed):
        return NO_NUMBER
    return f"{rounded_count(needed)} ({_from_to(row[f'{name}_low'], row[f'{name}_high'])})"


def events_table(findings: Findings) -> Table:
    """Events avoided that would pay, for the public purse and for society; no rows for a run that changes nothing."""
    main, views = findings.inputs.main_view, findings.inputs.views
    by_view = {view: _rows(findings, NEEDED, view) for view in views}
    if all(row["net_cost_gbp"] == 0.0 for rows in by_view.values() for row in rows):
        return table_of(findings, "needed_events", [])
    cells: list[tuple[Cell, ...]] = []
    for place, row in enumerate(by_view[main]):
        title = f"{MEASURE_WORDS[row['measure']]}: {row['title']}"
        others = [_needed_cell(by_view[view][place], "needed") for view in views if view != main]
        worth = float(row["spared_by_one_gbp"]) / 1000.0
        spared = None if math.isnan(worth) else Number(worth, 1.0, signed=True)
        told = (spared, Number(row["avoided_in_run"], rounding_step(row["avoided_in_run"]), signed=True))
        cells.append((title, *told, _needed_cell(row, "needed"), _share(row), _per_thousand(row), *others))
    return table_of(findings, "needed_events", cells)


def _share(row: dict[Any, Any]) -> Cell:
    share = 100.0 * float(row["share_of_today"])
    return Number(share, 1.0 if share >= 1.0 else 0.1) if math.isfinite(share) else None


def _per_thousand(row: dict[Any, Any]) -> Cell:
    number = float(row["per_thousand"])
    return Number(number, 0.1 if number < 100.0 else 1.0) if math.isfinite(number) else None


def needed_frames(findings: Findings) -> Iterator[tuple[str, pd.DataFrame]]:
    """Tables of the section as they are stored, for files that a person opens."""
    for name in (NEEDED, GROUPS_NEEDED):
        table = findings.inputs.appraisal.get(name)
        if table is not None and not table.empty:
            yield name, table


def sheet_frame(table: pd.DataFrame) -> pd.DataFrame:
    """One of the stored tables in words: whose answer, which effect and pupils, and that no number would do."""
    words = {
        "measure": MEASURE_WORDS,
        "phase": {"": "both"},
        "among": {name: group.title for name, group in GROUP.items()},
        **dict.fromkeys(
            ("first", "second"), EVENT_TITLES | {MONTHS: f"months of progress of {_all(GROUP[MAIN_GROUP].title)}"}
        ),
    }
    told = {name: table[name].replace(told) for name, told in words.items() if name in table.columns}
    return table.assign(**told).astype(object).replace(math.inf, NO_NUMBER)
