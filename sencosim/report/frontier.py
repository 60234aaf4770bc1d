"""A frontier as tables: what policies cost and do, and the policy of a run alongside the frontier of every aim."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from sencosim.outcomes.on_frontier import (
    POINT,
    RULE,
    SHIPPED,
    THIS,
    Answer,
    answers,
    cost_per_unit,
    payers_of,
)
from sencosim.report.findings import Findings
from sencosim.report.table import Cell, Number, Table, Worded, table_of
from sencosim.report.words import (
    MILLION,
    in_a_sentence,
    joined,
    money,
    payer_words,
    plain,
    rounding_step,
    sentence_case,
)
from sencosim.vocabulary import PUBLIC_PAYERS

MONEY_UNIT = "GBP"
NOTHING = "nothing"
"""Name of the option of no policy."""
OTHER_WAY = {"more": "fewer", "fewer": "more"}
ABBREVIATED = re.compile(r"\b(?:senco|sen)\b")
"""Abbreviations in names of points, which have small letters."""
NAMED_FROM = 0.1
"""Part of all that is paid from which a payer is named. [share]"""


@dataclass(frozen=True)
class Told:
    """A frontier as reports show it: with the policy of a run alongside it, or with none."""

    table: pd.DataFrame  # see :func:`sencosim.outcomes.on_frontier.standings`
    facts: Mapping[str, Any]  # see :func:`sencosim.outcomes.on_frontier.frontier_facts`
    worded: Worded  # what titles fill in
    chosen: str = ""  # aim that is shown; that of the rule if blank

    @property
    def main(self) -> str:
        """The aim that is shown."""
        return self.chosen or str(self.facts["aim"])

    @property
    def years(self) -> int:
        """Years over which policies are compared."""
        return int(self.facts["years"])

    @property
    def answers(self) -> dict[str, Answer]:
        """The policy of the run alongside the frontier of each aim; empty without one."""
        return {one.aim: one for one in answers(self.table)}

    def aim(self, name: str) -> AimWords:
        """An aim in words."""
        return AimWords(**self.facts["aims"][name])

    def of(self, aim: str) -> pd.DataFrame:
        """Policies of one aim."""
        return self.table[self.table["aim"] == aim]


@dataclass(frozen=True)
class AimWords:
    """An aim in words, and how its amounts are printed."""

    title: str
    unit: str
    sign: float  # 1 if more is better

    @property
    def is_money(self) -> bool:
        """Whether it is an amount of money."""
        return self.unit.startswith(MONEY_UNIT)

    @property
    def direction(self) -> str:
        """Which way is better."""
        return "more" if self.sign > 0.0 else "fewer"

    def scale(self, *gains: float) -> tuple[float, str]:
        """Number that amounts are divided by in a table or on an axis, and their unit then."""
        large = max((abs(gain) for gain in gains if math.isfinite(gain)), default=0.0) >= MILLION
        if self.is_money:
            return MILLION, "£ million"
        return (MILLION, f"million {self.unit}") if large else (1.0, self.unit)

    def amount(self, gain: float) -> str:
        """How far it is moved, in a sentence.

        Examples
        --------
        >>> AimWords("SENCO work", "hours a year", 1.0).amount(8_200_000.0)
        '8.2 million more hours a year'
        >>> AimWords("Weeks waited", "weeks", -1.0).amount(1.5), AimWords("Weeks waited", "weeks", -1.0).amount(-0.2)
        ('1.5 fewer weeks', '0.20 more weeks')
        >>> AimWords("Plans on time", "% of new plans", 1.0).amount(1.5)
        '1.5 percentage points more'
        """
        if self.is_money:
            return money(gain, signed=True)
        size, way = abs(gain), self.direction if gain >= 0.0 else OTHER_WAY[self.direction]
        if size >= MILLION:
            return f"{plain(size / MILLION, rounding_step(size / MILLION))} million {way} {self.unit}"
        told = plain(size, rounding_step(size))
        if self.unit.startswith("%"):
            return f"{told} percentage points {'more' if way == 'more' else 'less'}"
        return f"{told} {way} {self.unit}"


def frontier_told(findings: Findings) -> Told | None:
    """The frontier alongside the policy of a run; nothing if none stands alongside it."""
    inputs = findings.inputs
    if inputs.frontier.empty:
        return None
    return Told(inputs.frontier, inputs.frontier_facts, findings)


# -- tables ------------------------------------------------------------------------------------------------------------


def policies_table(told: Told) -> Table:
    """Policies of the frontier of the aim and those alongside it: what each costs, moves and costs for each unit."""
    name = told.main
    rows, words = told.of(name), told.aim(name)
    shown = rows[rows["on_frontier"].astype(bool) | rows["kind"].isin([RULE, SHIPPED, THIS])]
    scale, unit = words.scale(*shown["gain"].tolist())
    found = told.answers.get(name)
    ranked = shown.sort_values("cost", kind="stable").to_dict("records")
    step = rounding_step(*(float(row["gain"]) / scale for row in ranked)) if ranked else 1.0
    cells = [
        _policy_row(told, name, row, found, scale, min(step, rounding_step(float(row["gain"]) / scale)))
        for row in ranked
    ]
    own = tuple(i for i, row in enumerate(ranked) if row["kind"] == THIS)
    head = f"{words.title}: {words.direction}, {unit}"
    return table_of(told.worded, "frontier_policies", cells, strong_rows=own, gain=head, aim=in_a_sentence(words.title))


def _policy_row(
    told: Told, aim: str, row: Mapping[Any, Any], found: Answer | None, scale: float, step: float
) -> tuple[Cell, ...]:
    cost, gain = float(row["cost"]), float(row["gain"])
    each = cost_per_unit(aim, cost, gain, told.years)
    unit = None if math.isnan(each) else Number(each, rounding_step(each))
    return (
        _label(row, found),
        Number(cost / MILLION, rounding_step(cost / MILLION)),
        Number(gain / scale, step, signed=True),
        unit,
        who_pays(payers_of(row["paid_by"])),
    )


def _label(row: Mapping[Any, Any], found: Answer | None) -> str:
    """Name of a policy as the header of its row."""
    roles = [
        words
        for words, one in (
            ("does as much", None if found is None else found.as_much),
            ("same money", None if found is None else found.same_money),
        )
        if one and one["name"] == row["name"]
    ]
    kind, name = str(row["kind"]), str(row["name"])
    name = f"{row['words']} ({name})" if kind == SHIPPED else policy_name(kind, name)
    return f"{name}: {joined(roles)}" if roles else name


def words_table(told: Told) -> Table:
    """What each policy of the frontiers is, in words; shipped ones have their title for it."""
    rows = told.table[~told.table["kind"].isin([SHIPPED, THIS])].drop_duplicates("name")
    cells = [(policy_name(str(row["kind"]), str(row["name"])), str(row["words"])) for row in rows.to_dict("records")]
    return table_of(told.worded, "frontier_words", cells)


def policy_name(kind: str, name: str) -> str:
    """A policy by a short name.

    Examples
    --------
    >>> policy_name("point", "for_sen_work_hours"), policy_name("shipped", "slt_seat"), policy_name("this", "this")
    ('For SEN work hours', 'slt_seat', 'This policy')
    """
    if kind == THIS:
        return "This policy"
    if kind == RULE:
        return "The rule"
    if name == NOTHING:
        return "No policy at all"
    return (
        sentence_case(ABBREVIATED.sub(lambda word: word[0].upper(), name.replace("_", " "))) if kind == POINT else name
    )


def times_words(amount: float, other: float) -> str:
    """An amount as a share or a multiple of another one, which is above zero.

    Examples
    --------
    >>> times_words(8.0, 10.0), times_words(30.0, 10.0)
    ('80 % of', '3.0 times')
    """
    share = amount / other
    return f"{plain(100.0 * share, 1.0)} % of" if share < 2.0 else f"{plain(share, 0.1)} times"


def does_words(gain: float, own: float) -> str:
    """How much a gain is of another one, in words; blank if the other is none.

    Examples
    --------
    >>> does_words(8.0, 10.0), does_words(1.0, 0.0)
    ('80 % of what', '')
    """
    return f"{times_words(gain, own)} what" if own > 0.0 else ""


def who_pays(paid: Mapping[str, float]) -> str:
    """Public payers of a good part of a cost, and who saves, in a cell. [GBP present value by payer]

    Examples
    --------
    >>> who_pays({"schools": 2.4e9, "council_high_needs": -4e8, "nhs": 5.0, "families": 1e9})
    "schools £2.4 billion; saved by councils' high-needs blocks £400 million"
    """
    public = {payer: paid[payer] for payer in PUBLIC_PAYERS if paid.get(payer)}
    least = NAMED_FROM * sum(abs(value) for value in public.values())
    named = sorted(((payer, value) for payer, value in public.items() if abs(value) >= least), key=lambda p: -p[1])
    told = [
        [f"{payer_words(p)} {money(abs(value))}" for p, value in named if (value > 0.0) == pays]
        for pays in (True, False)
    ]
    parts = [", ".join(told[0]), f"saved by {', '.join(told[1])}" if told[1] else ""]
    return "; ".join(part for part in parts if part)


def aims_table(told: Told) -> Table:
    """The policy of the run alongside the frontier of every aim: least cost for as much, most for the same money."""
    cells = [aim_row(told, found) for found in told.answers.values()]
    return table_of(told.worded, "frontier_aims", cells)


def aim_row(told: Told, found: Answer) -> tuple[Cell, ...]:
    """A policy and the frontier of one aim: the aim, the gain, the least cost and who does it, the most and who."""
    aim = told.aim(found.aim)
    scale, unit = aim.scale(*told.of(found.aim)["gain"].tolist())

    def gain(value: float) -> Cell:
        return Number(value / scale, rounding_step(value / scale) / 10.0, signed=True) if math.isfinite(value) else None

    is_beyond = found.gain > found.gain_for_as_much  # then the frontier has nothing to say of its money
    least = found.cost_for_as_much / MILLION
    cheapest = Number(least, rounding_step(least)) if found.gain > 0.0 and math.isfinite(least) else None
    return (
        f"{aim.title}: {aim.direction}, {unit}",
        gain(found.gain),
        cheapest,
        _point_cell(found.as_much),
        None if is_beyond else gain(found.gain_for_as_much),
        None if is_beyond else _point_cell(found.same_money),
    )


def _point_cell(row: Mapping[str, Any]) -> Cell:
    return policy_name(str(row["kind"]), str(row["name"])) if row else None


def examples_table(told: Told) -> Table:
    """Hours that the rule asks of some schools."""
    cells = [
        (
            sentence_case(str(row["phase"])),
            Number(float(row["sen_pupils"]), 1.0),
            Number(float(row["hours_per_week"]), 0.1),
        )
        for row in told.facts["examples"]
    ]
    return table_of(told.worded, "rule_examples", cells)


def best_sheets(findings: Findings) -> Iterator[Table]:
    """Sheets of a workbook: every policy by aim, and this policy alongside the frontier of each; none without one."""
    told = frontier_told(findings)
    if told is None:
        return
    rows: list[list[Cell]] = []
    for row in told.table.to_dict("records"):
        aim = told.aim(str(row["aim"]))
        numbers = [float(row[name]) for name in ("cost", "cost_error", "gain", "gain_error")]
        name = policy_name(str(row["kind"]), str(row["name"]))
        told_of = (bool(row["on_frontier"]), str(row["words"]))
        rows.append([aim.title, aim.unit, name, str(row["kind"]), *numbers, *told_of])
    yield table_of(findings, "Best_policy", rows)
    yield table_of(findings, "Best_by_aim", [_sheet_row(told, found) for found in told.answers.values()])


def _sheet_row(told: Told, found: Answer) -> list[Cell]:
    aim, never = told.aim(found.aim), math.nan
    least = found.cost_for_as_much if found.gain > 0.0 and math.isfinite(found.cost_for_as_much) else never
    most = found.gain_for_as_much if math.isfinite(found.gain_for_as_much) else never
    rule = [float(found.rule[name]) if found.rule else never for name in ("cost", "gain")]
    own: list[Cell] = [aim.title, aim.unit, found.cost, found.gain]
    return [*own, least, _point_cell(found.as_much), most, _point_cell(found.same_money), *rule]
