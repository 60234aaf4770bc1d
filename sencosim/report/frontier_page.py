"""A frontier on its own, as a page and as a workbook: what was found and how, where the rule holds, who gains."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from sencosim.evidence.appraisal import load_appraisal_tables
from sencosim.outcomes.areas import ENGLAND
from sencosim.outcomes.equity import ALL, CONTRAST, GROUPINGS, REGION
from sencosim.outcomes.frontier import COST, Frontier
from sencosim.outcomes.on_frontier import POINT, RULE, SHIPPED, THIS, Own, answers, frontier_facts, standings
from sencosim.outcomes.policy_figures import Figure, figures
from sencosim.report.charts.equity import PANELS
from sencosim.report.charts.frontier import aims_chart, cases_chart, frontier_chart
from sencosim.report.charts.style import Chart
from sencosim.report.frontier import (
    Told,
    aim_row,
    examples_table,
    policies_table,
    policy_name,
    words_table,
)
from sencosim.report.frontier_section import (
    SENTENCES,
    best_sentences,
    beyond_sentence,
    caution_sentences,
    cautioned,
    found_on_sentence,
    rule_stands,
    stale_sentence,
)
from sencosim.report.laws import LAW_WORDS
from sencosim.report.looks import Exact
from sencosim.report.pack.workbook import NOT_APPLICABLE, Note, Workbook
from sencosim.report.page import data_table, picture_of
from sencosim.report.showing import Reason, not_to_be_quoted
from sencosim.report.table import Cell, Number, Table, table_of, text_of, words_in
from sencosim.report.template import render
from sencosim.report.words import MILLION, joined, per_cent, plain, rounding_step, sentence_case
from sencosim.scenario.structure import departures, reference_row
from sencosim.units import format_year, parse_year

COVER_WIDTH = 95
"""Of a line on the cover of the workbook, whose rows do not grow with their text. [characters]"""


@dataclass(frozen=True)
class Setting:
    """What titles fill in for a frontier that stands alone."""

    facts: Mapping[str, Any]

    def words(self) -> dict[str, Any]:
        """Words by the names that stand in braces, as the findings of a run give them."""
        first, years = parse_year(str(self.facts["first_year"])), int(self.facts["years"])
        period = f"{format_year(first)} to {format_year(first + years - 1)}"
        area, prices = str(self.facts["area"]), load_appraisal_tables().price_base
        return {
            "area": area,
            "period": period,
            "where": f"{area}, {period}.",
            "view": str(self.facts["view"]),
            "basis": f"present value, {prices} prices",
            "prices": prices,
            "others": [],
            "assumed": "",
            "titles": [],
        }


@dataclass(frozen=True)
class Whole:
    """A frontier as it is shown: which aim, and what stands alongside it."""

    frontier: Frontier
    dials: Mapping[str, str]  # title of each dial by name
    own: Own | None = None  # a policy that stands alongside it
    aim: str = ""  # that is shown; that of the rule if blank
    reasons: tuple[Reason, ...] = ()  # what the gate says of the run of that policy

    @property
    def told(self) -> Told:
        """The frontier as reports show it."""
        facts = frontier_facts(self.frontier)
        return Told(standings(self.frontier, self.own), facts, Setting(self.frontier.facts), self.aim)

    @property
    def stamps(self) -> list[str]:
        """What every reader must see first: that the model has changed since, on what it was found, and cautions."""
        facts, stale = self.frontier.facts, stale_sentence(frontier_facts(self.frontier))
        said = (
            stale,
            found_on_sentence(facts),
            not_to_be_quoted(facts),
            *caution_sentences(self._shipped),
            self._of_own,
        )
        return [one for one in said if one]

    @property
    def _shipped(self) -> list[str]:
        """Names of the shipped policies that stand alongside its points."""
        return [str(name) for name in self.frontier.figures.index if name not in self.frontier.points.index]

    @property
    def _of_own(self) -> str:
        """What the gate says of the run that stands alongside; blank if nothing."""
        if self.own is None or not self.reasons:
            return ""
        which = "of which nothing may be quoted" if self._is_barred else "of which this must be said"
        return " ".join((f"“{self.own.title}” is from a run {which}.", *(one.words for one in self.reasons)))

    @property
    def _is_barred(self) -> bool:
        return any(one.forbids for one in self.reasons)

    @property
    def source(self) -> str:
        """Source line of its charts. They leave the page, so it names what may not be quoted."""
        head = f"Source: sencosim optimise, {self.frontier.facts['area']}; {how_found(self.frontier)[0]}"
        titles = [one.title for one in cautioned(self._shipped)]
        titles += [self.own.title] if self.own is not None and self._is_barred else []
        barred = joined([f"“{title}”" for title in dict.fromkeys(titles)])
        return f"{head} Not to be quoted: {barred}." if barred else head


# -- tables ------------------------------------------------------------------------------------------------------------


def beside_table(told: Told) -> Table:
    """Shipped policies, and one that stands alongside, by what the frontier does at their cost and for their gain."""
    name = told.main
    rows = told.of(name)
    others = [str(one) for one in rows.loc[rows["kind"] == SHIPPED, "name"]]
    cells = []
    for other in (*others, *(one for one in rows["name"] if one not in others and _is_own(rows, str(one)))):
        (found,) = (one for one in answers(told.table, other) if one.aim == name)
        label = str(rows.loc[rows["name"] == other, "words"].iloc[0])
        label = label if _is_own(rows, other) else f"{label} ({other})"
        cells.append(
            (label, Number(found.cost / MILLION, rounding_step(found.cost / MILLION)), *aim_row(told, found)[1:])
        )
    _, unit = told.aim(name).scale(*rows["gain"].tolist())
    return table_of(told.worded, "frontier_beside", cells, unit=unit)


def _is_own(rows: pd.DataFrame, name: str) -> bool:
    return bool((rows.loc[rows["name"] == name, "kind"] == THIS).any())


def cases_grid(frontier: Frontier) -> pd.DataFrame:
    """Every case of the rule: ``form`` (title), ``law``, ``view``, ``holds``, ``cheaper`` [share of its cost]."""
    titles = {row.key: row.title for row in (reference_row(), *departures())}
    rows = frontier.cases[frontier.cases["policy"] == RULE]
    return pd.DataFrame(
        {
            "form": [titles.get(str(key), str(key)) for key in rows["form"]],
            "law": rows["law"].to_numpy(),
            "view": rows["view"].to_numpy(),
            "holds": rows["holds"].astype(bool).to_numpy(),
            "cheaper": ((rows[COST] - rows["cost_for_as_much"]) / rows[COST].abs()).to_numpy(),
        }
    )


def cases_table(told: Told, grid: pd.DataFrame) -> Table:
    """The same as a grid of words."""
    heads = list(dict.fromkeys(zip(grid["law"], grid["view"], strict=True)))
    words = {(row["form"], row["law"], row["view"]): _case_words(row) for row in grid.to_dict("records")}
    cells = [(form, *(words.get((form, *head), "") for head in heads)) for form in dict.fromkeys(grid["form"])]
    columns = [f"{sentence_case(LAW_WORDS.get(law, law))}, {view}" for law, view in heads]
    return table_of(told.worded, "frontier_cases", cells, columns=columns)


def _case_words(row: Mapping[Any, Any]) -> str:
    return "holds" if row["holds"] else f"fails: {plain(100.0 * float(row['cheaper']), 1.0)} % less"


def regret_table(told: Told, regret: pd.DataFrame) -> Table:
    """How far each option falls short of the best, the one that regrets least first, by worth of provision."""
    rows = regret.sort_values(["worth", "most_gbp"], kind="stable").to_dict("records") if len(regret) else []
    return table_of(told.worded, "frontier_regret", [_regret_row(row) for row in rows])


def _regret_row(row: Mapping[Any, Any]) -> tuple[Cell, ...]:
    name = str(row["policy"])
    kind = RULE if name == RULE else POINT if name.startswith("point_") else SHIPPED
    short = [float(row[key]) / MILLION for key in ("mean_gbp", "most_gbp")]
    numbers = (Number(one, rounding_step(one)) for one in short)
    return (policy_name(kind, name), str(row["worth"]), Number(100.0 * float(row["best_in"]), 1.0), *numbers)


def gains_table(told: Told, groups: pd.DataFrame) -> Table:
    """Who gains from the rule: differences by kind of school."""
    shown = groups[groups["measure"].isin(PANELS) & ~groups["group"].astype(str).str.contains(CONTRAST)]
    names = [name for name in PANELS if name in set(shown["measure"])]
    heads = [_measure_head(shown[shown["measure"] == name].to_dict("records")[0]) for name in names]
    cells: list[tuple[Cell, ...]] = []
    for grouping in (one for one in GROUPINGS if one != REGION):
        part = shown[shown["grouping"] == grouping]
        for group in dict.fromkeys(part["group"]):
            rows = part[part["group"] == group].to_dict("records")
            own = {str(row["measure"]): float(row["difference"]) for row in rows}
            label = GROUPINGS[grouping] if grouping == ALL else f"{GROUPINGS[grouping]}: {group}"
            cells.append((label, *(_difference(own.get(name, math.nan)) for name in names)))
    return table_of(told.worded, "frontier_gains", cells, measures=heads)


def _measure_head(row: Mapping[Any, Any]) -> str:
    return f"{row['title']}, {row['unit']}".replace("GBP", "£")


def _difference(value: float) -> Cell:
    return None if math.isnan(value) else Number(value, rounding_step(value), signed=True)


# -- how it was found --------------------------------------------------------------------------------------------------


def how_found(frontier: Frontier) -> tuple[str, ...]:
    """The search in sentences: how many policies, how well the emulator knew them, where they were confirmed."""
    say, facts = words_in(SENTENCES)["found"], frontier.facts
    sizes, explained = facts["sizes"], [float(one) for one in facts["explained"].values()]
    told = [
        say["searched"].format(n=facts["policies_run"], where=_where(facts, "share"), times=sizes["replications"]),
        say["explained"].format(least=per_cent(min(explained)), most=per_cent(max(explained))),
        say["confirmed"].format(where=_where(facts, "confirmed_share")),
        say["cases"].format(where=_where(facts, "share"), draws=sizes["draws"]),
    ]
    if facts["limits"]:
        titles = figures()
        named = [
            f"{titles[name].title}: {plain(float(most), rounding_step(float(most)))}"
            for name, most in facts["limits"].items()
        ]
        told.append(say["limits"].format(limits=joined(named)))
    told.append(say["time"].format(minutes=plain(float(facts["minutes"]), 1.0)))
    return tuple(told)


def _where(facts: Mapping[str, Any], share: str) -> str:
    """On which schools it was found: a sample of England, or all of what else its area names."""
    part, is_england = facts["sizes"][share], facts["area"] == ENGLAND[2]
    name = "sampled" if is_england and part < 1.0 else "whole" if is_england else "asked"
    told: str = words_in(SENTENCES)["where"][name].format(share=per_cent(part), area=facts["area"])
    return told


def limits() -> tuple[str, ...]:
    """What the frontier does not say."""
    return tuple(words_in(SENTENCES)["limits"])


# -- page --------------------------------------------------------------------------------------------------------------


def charts_of_frontier(whole: Whole) -> list[Chart]:
    """One aim with names, every aim in small, and where the rule holds."""
    told, source = whole.told, whole.source
    charts = [frontier_chart(told, source), aims_chart(told, source)]
    grid = cases_grid(whole.frontier)
    return [*charts, *([cases_chart(grid, told, source)] if len(grid) else [])]


def frontier_html(whole: Whole) -> str:
    """The frontier as one page: no scripts, no outside requests."""
    told = whole.told
    grid = cases_grid(whole.frontier)
    shown = [picture_of(one) | {"table": replace(data_table(one), notes=())} for one in charts_of_frontier(whole)]
    return render(
        "frontier.html",
        words=told.worded.words(),
        rule=told.facts["rule"],
        stands=rule_stands(told),
        stamps=whole.stamps,
        signposts=str(whole.frontier.facts.get("choice_in_words", "")),
        sentences=best_sentences(told),
        beyond=beyond_sentence(told),
        found=how_found(whole.frontier),
        limits=limits(),
        charts=shown,
        policies=policies_table(told),
        policy_words=words_table(told),
        beside=beside_table(told),
        examples=examples_table(told),
        cases=cases_table(told, grid) if len(grid) else None,
        regret=regret_table(told, whole.frontier.regret) if len(whole.frontier.regret) else None,
        gains=gains_table(told, whole.frontier.groups) if len(whole.frontier.groups) else None,
    )


# -- workbook ----------------------------------------------------------------------------------------------------------


def frontier_workbook(whole: Whole) -> Workbook:
    """The frontier as sheets: policies, points with their dials, every figure, cases, regret, who gains, terms."""
    told, words = whole.told, whole.told.worded.words()
    cover = (
        *told.facts["rule"],
        *rule_stands(told),
        *(one for one in (beyond_sentence(told), *whole.stamps) if one),
        *how_found(whole.frontier),
    )
    sheets = tuple(sheet for sheet in _sheets(whole, told) if sheet.rows)
    lines = [line for paragraph in cover for line in textwrap.wrap(paragraph, COVER_WIDTH)]
    title = f"The frontier of policies: {words['area']}, {words['period']}"
    return Workbook(title, tuple(lines), sheets, [Note(sentence) for sentence in limits()])


def _sheets(whole: Whole, told: Told) -> Iterator[Table]:
    frontier, grid = whole.frontier, cases_grid(whole.frontier)
    yield _as_sheet(policies_table(told), "Frontier")
    yield _as_sheet(beside_table(told), "Beside")
    points = frontier.points.reset_index().rename(columns={"title": "in_words"})
    dials = [name for name in whole.dials if name in points]
    rows = points[["name", "aim", *dials, "in_words"]].to_numpy(dtype=object).tolist()
    yield table_of(told.worded, "Points", rows, dials=[whole.dials[name] for name in dials])
    yield _figure_sheet(told, frontier, frontier.figures, "Figures")
    yield _figure_sheet(told, frontier, frontier.errors, "Errors")
    yield _as_sheet(cases_table(told, grid), "Cases")
    yield _as_sheet(regret_table(told, whole.frontier.regret), "Regret")
    yield _as_sheet(gains_table(told, frontier.groups), "Who_gains")
    yield _as_sheet(examples_table(told), "Examples")
    yield table_of(
        told.worded, "Frontier_terms", [(name, one.title, one.unit, one.favourable) for name, one in _known(frontier)]
    )


def _known(frontier: Frontier) -> Iterator[tuple[str, Figure]]:
    known = figures()
    yield from ((str(name), known[str(name)]) for name in frontier.figures.columns if str(name) in known)


def _figure_sheet(told: Told, frontier: Frontier, values: pd.DataFrame, name: str) -> Table:
    """Every figure of every policy, a row a figure; empty where none is known."""
    policies = [str(policy) for policy in frontier.figures.index]
    kept = values.reindex(index=frontier.figures.index, columns=frontier.figures.columns)
    rows: list[list[Cell]] = []
    for figure, words in _known(frontier) if bool(kept.notna().to_numpy().any()) else ():
        rows.append([words.title, words.unit.partition(" present")[0], *(float(one) for one in kept[figure])])
    return table_of(told.worded, name, rows, policies=policies)


def _as_sheet(table: Table, name: str) -> Table:
    """A printed table as a sheet: its title short, what it is about below."""
    words = words_in("pack/sheets.yaml")["sheets"][name]
    rows = [[text_of(cell) if isinstance(cell, Exact) else cell for cell in row] for row in table.rows]
    return replace(table, key=name, caption=words["title"], about=table.caption, rows=rows, missing=NOT_APPLICABLE)
