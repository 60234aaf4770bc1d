"""The appraisal summary table: one option on one sheet, budget and social statement apart, each line with its standing.

No figure is worked out here that another table states: each is read from where that table takes it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple, cast

import pandas as pd

from sencosim.costing.option import OptionAppraisal, appraise_option
from sencosim.outcomes.beside import HEADLINE, NEW_BURDENS, OPTIMISM_BIAS
from sencosim.outcomes.catalogue import MONEY_OUTCOME
from sencosim.outcomes.social import KAPPA, LINE, STANDING, ZERO
from sencosim.report.beside import ON_SAMPLE, beside_frame
from sencosim.report.findings import Figure, Findings
from sencosim.report.inputs import NET_PUBLIC_COST, PAYER_NET, PRESENT_VALUE
from sencosim.report.pack.results import frame_of, lines_of
from sencosim.report.pack.workbook import NOT_APPLICABLE
from sencosim.report.showing import verdict
from sencosim.report.social import STANDING_WORDS, statement
from sencosim.report.stored import StoredRun
from sencosim.report.table import Cell, Table, table_of, words_in
from sencosim.report.tables import NOT_COUNTED
from sencosim.report.words import joined, money, payer_words, sentence_case, up_to_figures

WORDS = "pack/summary_words.yaml"
SHEET = "Summary_table"
COLUMNS = ("part", "line", "unit", "view", "value", "p10", "p90", "words", "beside")
IN_STATEMENTS = (HEADLINE, OPTIMISM_BIAS, NEW_BURDENS, *ON_SAMPLE)
"""Cases alongside the headline that have a line in a statement, or stand on a sample alone."""
IN_EVERY_VIEW = ("lines", "standing")
"""Parts in which a view without a line does not count it."""
MOST_TURNING = 5
"""Inputs named by how far they move the answer."""
_WORDS: Mapping[str, Any] = words_in(WORDS)
ByView = Mapping[str, object]
Ends = Mapping[str, tuple[float, float]]


class Line(NamedTuple):
    """One line of the table."""

    part: str  # key of the part
    title: str
    unit: str
    told: ByView  # by view: a number in ``unit``, words, or ``None`` where it is not counted
    beside: str = (
        NOT_APPLICABLE  # what it stands on, or how to read it; of a line that is the same in every view, itself
    )
    ends: Ends = MappingProxyType({})  # p10 and p90 by view [``unit``]


def summary_frame(run: StoredRun, findings: Findings) -> pd.DataFrame:
    """The table as data.

    Returns
    -------
    pandas.DataFrame
        :data:`COLUMNS`, a row for each line and view that counts it. ``value`` is a mean over draws, or else there are
        ``words``; ``beside`` is what the line stands on, or how to read it. Costs of budgets are above zero, and so are
        benefits of society. [``unit``]
    """
    rows = [row for line in _lines(run, findings) for row in _by_view(line)]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"value": float, "p10": float, "p90": float})


def _part(line: Line) -> str:
    return str(_WORDS["parts"][line.part])


def _by_view(line: Line) -> Iterator[tuple[object, ...]]:
    """Rows of :func:`summary_frame`; a line that is the same in every view is one row, of no view."""
    if not line.told:
        yield _part(line), line.title, line.unit, "", None, None, None, line.beside, NOT_APPLICABLE
    for view, told in line.told.items():
        if told is not None:
            number, words = (None, told) if isinstance(told, str) else (told, "")
            ends = line.ends.get(view, (None, None))
            yield _part(line), line.title, line.unit, view, number, *ends, words, line.beside


def summary_sheet(run: StoredRun, findings: Findings) -> Table:
    """The same for the workbook, views side by side; what a view does not count is said in words."""
    views, main = findings.inputs.views, findings.inputs.main_view
    rows = []
    for line in _lines(run, findings):
        nothing = NOT_APPLICABLE if not line.told else NOT_COUNTED if line.part in IN_EVERY_VIEW else None
        told = (line.told.get(view) for view in views)
        cells = (nothing if value is None else value for value in told)
        ends = line.ends.get(main, (None, None) if line.told else (NOT_APPLICABLE, NOT_APPLICABLE))
        rows.append([_part(line), line.title, line.unit, *cells, *ends, line.beside])
    return table_of(findings, SHEET, cast("list[list[Cell]]", rows))


def options_of(run: StoredRun, findings: Findings) -> dict[str, OptionAppraisal]:
    """The option as appraised from the mean lines of each view."""
    frame = frame_of(findings)
    return {view: appraise_option(lines_of(run, view), frame) for view in findings.inputs.views}


def _lines(run: StoredRun, findings: Findings) -> Iterator[Line]:
    options = options_of(run, findings)
    yield from _frame_rows(findings)
    yield from _budget_rows(findings, options)
    yield from _social_rows(findings, options)
    yield from _beside_rows(findings)
    yield from _turning_rows(findings)
    yield from _unpriced_rows(findings)


def _words(part: str, title: str, words: str) -> Line:
    """A line of words, the same in every view."""
    return Line(part, title, "words", {}, words)


def _frame_rows(findings: Findings) -> Iterator[Line]:
    titles, frame = _WORDS["frame"], frame_of(findings)
    told = {
        "option": findings.inputs.scenario.title,
        "baseline": _WORDS["baseline"].format(**findings.words()),
        "horizon": f"{findings.period()}, {frame.n_years} years",
        "prices": frame.price_base,
        "present": frame.present_value_base,
        "discounting": _WORDS["discounting"],
    }
    yield from (_words("frame", titles[name], words) for name, words in told.items())


def _figure_row(
    findings: Findings, part: str, outcome: str, beside: str, payer: str = "", title: str = ""
) -> Line | None:
    found = {view: findings.get(view, outcome, PRESENT_VALUE, payer) for view in findings.inputs.views}
    main = found[findings.inputs.main_view]
    if main is None:
        return None
    values: ByView = {view: _value(one) for view, one in found.items()}
    ends: Ends = {view: (one.p10, one.p90) for view, one in found.items() if one is not None and one.has_range}
    return Line(part, title or main.title, main.unit, values, main.note or beside, ends)


def _value(figure: Figure | None) -> object:
    return None if figure is None or math.isnan(figure.difference) else figure.difference


def _budget_rows(findings: Findings, options: Mapping[str, OptionAppraisal]) -> Iterator[Line]:
    told, titles = _WORDS["beside"], _WORDS["titles"]
    said = f"{told['budget']}; {verdict(findings.headline(findings.inputs.main_view))}"
    rows = [_figure_row(findings, "budget", NET_PUBLIC_COST, said)]
    rows += [
        _figure_row(findings, "budget", PAYER_NET, told["transfer"], payer, sentence_case(payer_words(payer)))
        for payer in findings.public_payers()
    ]
    rows.append(_figure_row(findings, "budget", "cashable_saving", told["cash"]))
    yield from (row for row in rows if row is not None)
    burdens: ByView = {view: one.new_burdens for view, one in options.items()}
    yield Line("budget", titles["burdens"], "GBP", burdens, told["burdens"])
    biased: ByView = {view: one.biased_public_net for view, one in options.items()}
    yield Line("budget", titles["biased_purse"], "GBP", biased, told["bias"])


def _social_rows(findings: Findings, options: Mapping[str, OptionAppraisal]) -> Iterator[Line]:
    told, titles = _WORDS["beside"], _WORDS["titles"]
    beside = {"npsv": told["social"], "bcr": NOT_APPLICABLE}
    for outcome in ("policy_cost", "policy_benefit", "npsv", "bcr"):
        row = _figure_row(findings, "social", outcome, beside.get(outcome, NOT_APPLICABLE))
        if row is not None:
            yield row
    band: ByView = {view: one.band or NOT_APPLICABLE for view, one in options.items()}
    yield Line("social", titles["band"], "words", band, told["band"])
    ratio: ByView = {view: one.measures.bcr_b for view, one in options.items()}
    yield Line(
        "social", titles["bcr_b"], "ratio", ratio, told["suppressed"] if None in ratio.values() else NOT_APPLICABLE
    )
    biased: ByView = {view: one.biased.npsv for view, one in options.items()}
    yield Line("social", titles["biased_npsv"], "GBP", biased, told["bias"])
    for part, key in ((LINE, "lines"), (STANDING, "standing"), (KAPPA, "standing")):
        yield from _statement_rows(findings, part, key)


def _statement_rows(findings: Findings, part: str, key: str) -> Iterator[Line]:
    views = findings.inputs.views
    parts = {view: statement(findings, view, part) for view in views}
    for name in dict.fromkeys(name for rows in parts.values() for name in rows):
        found = {view: rows.get(name) for view, rows in parts.items()}
        one = next(row for row in found.values() if row is not None)
        ends: Ends = {
            view: (float(row["p10"]), float(row["p90"]))
            for view, row in found.items()
            if row is not None and name != ZERO
        }
        stands = str(one["standing"]).split(", ") if isinstance(one["standing"], str) else []
        values: ByView = {view: None if row is None else float(row["difference"]) for view, row in found.items()}
        beside = joined([STANDING_WORDS[each] for each in stands]) or NOT_APPLICABLE
        yield Line(key, str(one["title"]), str(one["unit"]), values, beside, ends)


def _beside_rows(findings: Findings) -> Iterator[Line]:
    """Cases alongside the headline, in the main view, but for those that stand in a statement already."""
    frame, main = beside_frame(findings), findings.inputs.main_view
    for row in frame.to_dict("records"):
        if row["case"] in IN_STATEMENTS:
            continue
        for outcome in (NET_PUBLIC_COST, "npsv"):
            title = f"{row['title']}: {MONEY_OUTCOME[outcome].title[:1].lower()}{MONEY_OUTCOME[outcome].title[1:]}"
            yield Line("beside", title, "GBP", {main: float(row[outcome])}, str(row["standing"]))


def _turning_rows(findings: Findings) -> Iterator[Line]:
    names = ("unit_cost_swings", "effect_swings")
    kept = [table for name in names if (table := findings.inputs.appraisal.get(name)) is not None and not table.empty]
    if not kept:
        return
    swings = pd.concat(kept, ignore_index=True).sort_values("swing_gbp", ascending=False, kind="stable")
    for row in swings[swings["swing_gbp"] > 0.0].head(MOST_TURNING).to_dict("records"):
        turns = row["switching_value"]
        is_there = turns is not None and not math.isnan(float(turns))
        ends = {"low": money(row["npsv_low"], signed=True), "high": money(row["npsv_high"], signed=True)}
        span = {"from": up_to_figures(float(row["low"])), "to": up_to_figures(float(row["high"]))}
        said = _WORDS["beside"]["ends"].format(**ends, **span, unit=row["unit"], reading=row["reading"])
        values: ByView = {findings.inputs.main_view: float(turns) if is_there else NOT_APPLICABLE}
        yield Line("turning", str(row["title"]), str(row["unit"]), values, said)


def _unpriced_rows(findings: Findings) -> Iterator[Line]:
    told = _WORDS["beside"]
    for effect, direction, grade in findings.inputs.unmonetised:
        yield _words("unpriced", effect, told["grade"].format(grade=grade, direction=direction))
    table = findings.inputs.appraisal.get("effects", pd.DataFrame(columns=["effect"]))
    for what, rows in table.groupby("effect", sort=False):
        by_view = {str(row["view"]): row for row in rows.to_dict("records")}
        main = by_view.get(findings.inputs.main_view) or next(iter(by_view.values()))
        values: ByView = {view: float(row["units"]) for view, row in by_view.items()}
        worth = main["switching_value_gbp_per_unit"]
        is_known = worth is not None and not math.isnan(float(worth))
        said = told["worth"].format(worth=money(float(worth))) if is_known else str(main["reading"])
        yield Line("unpriced", str(what), str(main["unit"]), values, said)
