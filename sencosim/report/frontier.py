"""The best policy for the money: the rule, the cheapest policy that does as much, the most that the same money does."""

from __future__ import annotations

import math
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
from sencosim.report.forms import LAW_WORDS
from sencosim.report.table import Cell, Number, Table, Worded, table_of, words_in
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

SENTENCES = "templates/frontier.yaml"
MONEY_UNIT = "GBP"
ALIKE = 0.02
"""Part of cost and of gain in which two policies may differ and still be called about the same. [share]"""
NOTHING = "nothing"
"""Name of the option of no policy."""
OTHER_WAY = {"more": "fewer", "fewer": "more"}
NAMED_FROM = 0.1
"""Part of all that is paid from which a payer is named. [share]"""


@dataclass(frozen=True)
class Told:
    """A frontier as reports show it: with the policy of a run beside it, or with none."""

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
        """The policy of the run beside the frontier of each aim; empty without one."""
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
    """The frontier beside the policy of a run; nothing if none stands beside it."""
    inputs = findings.inputs
    if inputs.frontier.empty:
        return None
    return Told(inputs.frontier, inputs.frontier_facts, findings)


def why_not_sentence(findings: Findings) -> str:
    """Why no frontier stands beside the policy; blank if one does, or if the run has no policy."""
    return why_not_words(findings.inputs.frontier_facts.get("why_not") or {})


def why_not_words(why_not: Mapping[str, str]) -> str:
    """A reason of :func:`sencosim.outcomes.on_frontier.why_not_beside` as a sentence; blank if there is none."""
    return str(words_in(SENTENCES)["why_not"][why_not["reason"]].format(**why_not)) if why_not else ""


# -- sentences ---------------------------------------------------------------------------------------------------------


def best_sentences(told: Told) -> tuple[str, ...]:
    """The rule beside this policy, the cheapest policy that does as much, and the most that the same money does."""
    found = told.answers.get(told.main)
    if found is None:
        return ()
    return (" ".join(_rule_sentences(told, found)), _cheapest_sentence(told, found), _most_sentence(told, found))


def _rule_sentences(told: Told, found: Answer) -> Iterator[str]:
    say = words_in(SENTENCES)
    if not found.rule:
        return
    yield say["rule"].format(rule=" ".join(told.facts["rule"]))
    cost, gain = float(found.rule["cost"]), float(found.rule["gain"])
    if _is_alike(cost, found.cost) and _is_alike(gain, found.gain):
        yield say["rule_is_this"]
        return
    name = "rule_does" if found.gain > 0.0 else "rule_alone"
    yield say[name].format(does=_does(gain, found.gain), **_amounts(told, found, cost, gain))


def _is_alike(one: float, other: float) -> bool:
    return abs(one - other) <= ALIKE * abs(other)


def _amounts(told: Told, found: Answer, cost: float, gain: float) -> dict[str, str]:
    aim = told.aim(told.main)
    return {
        "aim": in_a_sentence(aim.title),
        "cost": money(cost, found.cost),
        "gain": aim.amount(gain),
        "own_cost": money(found.cost, cost),
        "own_gain": aim.amount(found.gain),
    }


def _does(gain: float, own: float) -> str:
    """How much of another gain one is, in words.

    Examples
    --------
    >>> _does(8.0, 10.0), _does(30.0, 10.0), _does(1.0, 0.0)
    ('80 %', '3.0 times', '')
    """
    if own <= 0.0:
        return ""
    share = gain / own
    return f"{plain(100.0 * share, 1.0)} %" if share < 2.0 else f"{plain(share, 0.1)} times"


def _cheapest_sentence(told: Told, found: Answer) -> str:
    say, aim = words_in(SENTENCES), told.aim(told.main)
    if found.gain <= 0.0:
        return str(say["no_gain"].format(aim=in_a_sentence(aim.title)))
    if not math.isfinite(found.cost_for_as_much):
        most = _most_of(told)
        return str(say["none_as_much"].format(gain=aim.amount(float(most["gain"])), cost=money(float(most["cost"]))))
    if found.as_much and float(found.as_much["cost"]) < found.cost:
        cost = money(float(found.as_much["cost"]), found.cost)
        return str(say["cheaper"].format(cost=cost, words=_policy_words(found, found.as_much)))
    if found.cost_for_as_much < (1.0 - ALIKE) * found.cost:
        return str(say["cheaper_mix"].format(cost=money(found.cost_for_as_much, found.cost)))
    return str(say["none_cheaper"])


def _most_of(told: Told) -> Mapping[Any, Any]:
    rows = told.of(told.main)
    return rows[rows["on_frontier"].astype(bool)].sort_values("gain").to_dict("records")[-1]


def _most_sentence(told: Told, found: Answer) -> str:
    say, aim = words_in(SENTENCES), told.aim(told.main)
    if not found.same_money:
        return str(say["none_payable"])
    gain = float(found.same_money["gain"])
    if gain > found.gain:
        name, words = "most" if found.gain > 0.0 else "most_alone", _policy_words(found, found.same_money)
        return str(say[name].format(gain=aim.amount(gain), does=_does(gain, found.gain), words=words))
    if found.gain_for_as_much > (1.0 + ALIKE) * found.gain:
        mix = found.gain_for_as_much
        return str(say["most_mix"].format(gain=aim.amount(mix), does=_does(mix, found.gain)))
    return str(say["none_more"])


def _policy_words(found: Answer, row: Mapping[str, Any]) -> str:
    is_rule = bool(found.rule) and row["name"] == found.rule["name"]
    return str(words_in(SENTENCES)["the_rule"] if is_rule else row["words"])


def rule_stands(told: Told) -> tuple[str, ...]:
    """In how many cases the rule holds, and under which it does not."""
    say, facts = words_in(SENTENCES), told.facts
    if not facts["cases"]:
        return ()
    sentences = [say["holds"].format(held=facts["cases_held"], cases=facts["cases"])]
    if facts["cases_lost"]:
        lost = [f"{LAW_WORDS.get(law, law)}, {view} view ({forms_words(n)})" for law, view, n in facts["cases_lost"]]
        sentences.append(say["lost"].format(lost="; ".join(lost)))
    return tuple(sentences)


def forms_words(n: int) -> str:
    """A number of forms of the model.

    Examples
    --------
    >>> forms_words(1), forms_words(3)
    ('one form', '3 forms')
    """
    return "one form" if n == 1 else f"{n} forms"


def basis_sentences(told: Told) -> tuple[str, ...]:
    """What the comparison stands on, and how well the policy's own cost is known."""
    say, own = words_in(SENTENCES), told.of(told.main)
    error = float(own.loc[own["kind"] == THIS, "cost_error"].max()) if len(own) else math.nan
    known = (say["by_chance"].format(error=money(error)),) if error > 0.0 else ()
    return (say["basis"].format(view=told.facts["view"]), *known)


def beyond_sentence(told: Told) -> str:
    """Policies that do more than the frontier does for their money; blank if there are none."""
    rows = told.of(told.main)
    names = [str(row["name"]) for row in rows.to_dict("records") if row["kind"] in (SHIPPED, THIS)]
    found = {name: one for name in names for one in answers(rows, name)}
    beyond = [name for name, one in found.items() if one.gain > max(0.0, one.gain_for_as_much) * (1.0 + ALIKE)]
    kinds = dict(zip(rows["name"], rows["kind"], strict=True))
    told_of = joined([in_a_sentence(policy_name(str(kinds[name]), name)) for name in beyond])
    return str(words_in(SENTENCES)["beyond"].format(names=told_of)) if beyond else ""


def stale_sentence(facts: Mapping[str, Any]) -> str:
    """That the model has changed since the frontier was found; blank if it has not."""
    return "" if facts.get("is_current", True) else str(words_in(SENTENCES)["stale"])


def headline_lines(findings: Findings) -> tuple[str, ...]:
    """The best policy for the money in two lines, for a terminal and the top of a page; empty for no policy."""
    told = frontier_told(findings)
    if told is None:
        return (why,) if (why := why_not_sentence(findings)) else ()
    rule, cheapest, _ = best_sentences(told)
    return tuple(line for line in (rule, cheapest, stale_sentence(told.facts)) if line)


# -- tables ------------------------------------------------------------------------------------------------------------


def policies_table(told: Told) -> Table:
    """Policies of the frontier of the aim and those beside it: what each costs, moves and costs for each unit."""
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
    >>> policy_name("point", "point_3"), policy_name("shipped", "slt_seat"), policy_name("this", "this")
    ('Point 3', 'slt_seat', 'This policy')
    """
    if kind == THIS:
        return "This policy"
    if kind == RULE:
        return "The rule"
    if name == NOTHING:
        return "No policy at all"
    return sentence_case(name.replace("_", " ")) if kind == POINT else name


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
    """The policy of the run beside the frontier of every aim: least cost for as much, most for the same money."""
    cells = [aim_row(told, found) for found in told.answers.values()]
    return table_of(told.worded, "frontier_aims", cells)


def aim_row(told: Told, found: Answer) -> tuple[Cell, ...]:
    """A policy beside the frontier of one aim: the aim, the gain, the least cost and who does it, the most and who."""
    aim = told.aim(found.aim)
    scale, unit = aim.scale(*told.of(found.aim)["gain"].tolist())

    def gain(value: float) -> Cell:
        return Number(value / scale, rounding_step(value / scale) / 10.0, signed=True) if math.isfinite(value) else None

    least = found.cost_for_as_much / MILLION
    cheapest = Number(least, rounding_step(least)) if found.gain > 0.0 and math.isfinite(least) else None
    return (
        f"{aim.title}: {aim.direction}, {unit}",
        gain(found.gain),
        cheapest,
        _point_cell(found.as_much),
        gain(found.gain_for_as_much),
        _point_cell(found.same_money),
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
    """Sheets of a workbook: every policy by aim, and this policy beside the frontier of each; none without one."""
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


# -- the section of a report -------------------------------------------------------------------------------------------


def frontier_section(findings: Findings) -> dict[str, Any]:
    """What the section of a page shows; empty for a run without a policy."""
    told = frontier_told(findings)
    if told is None:
        why = why_not_sentence(findings)
        return {"why_not": why} if why else {}
    return {
        "why_not": "",
        "stale": stale_sentence(told.facts),
        "sentences": best_sentences(told),
        "stands": rule_stands(told),
        "basis": basis_sentences(told),
        "policies": policies_table(told),
        "words": words_table(told),
        "aims": aims_table(told),
        "examples": examples_table(told),
    }
