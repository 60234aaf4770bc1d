"""The section on the best policy for the money: the rule, what does as much for less, what the same money does."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sencosim.outcomes.on_frontier import SHIPPED, THIS, Answer, answers
from sencosim.report.findings import Findings
from sencosim.report.frontier import (
    Told,
    aims_table,
    does_words,
    examples_table,
    frontier_told,
    policies_table,
    policy_name,
    words_table,
)
from sencosim.report.laws import LAW_WORDS
from sencosim.report.showing import CAUTIONS, not_to_be_quoted
from sencosim.report.table import words_in
from sencosim.report.words import in_a_sentence, joined, money
from sencosim.scenario.load import shipped_scenario
from sencosim.scenario.schema import Scenario

SENTENCES = "templates/frontier.yaml"
ALIKE = 0.02
"""Part of cost and of gain in which two policies may differ and still be called about the same. [share]"""


def why_not_sentence(findings: Findings) -> str:
    """Why no frontier stands alongside the policy; blank if one does, or if the run has no policy."""
    return why_not_words(findings.inputs.frontier_facts.get("why_not") or {})


def why_not_words(why_not: Mapping[str, str]) -> str:
    """A reason of :func:`sencosim.outcomes.on_frontier.why_not_beside` as a sentence; blank if there is none."""
    return str(words_in(SENTENCES)["why_not"][why_not["reason"]].format(**why_not)) if why_not else ""


def best_sentences(told: Told) -> tuple[str, ...]:
    """The rule alongside this policy, the cheapest policy that does as much, and the most that the same money does."""
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
    yield say[name].format(does=does_words(gain, found.gain), **_amounts(told, found, cost, gain))


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
    if found.as_much and found.same_money["name"] == found.as_much["name"] and gain > found.gain:
        return str(say["most_same"].format(gain=aim.amount(gain), does=does_words(gain, found.gain)))
    if gain > found.gain:
        name, words = "most" if found.gain > 0.0 else "most_alone", _policy_words(found, found.same_money)
        return str(say[name].format(gain=aim.amount(gain), does=does_words(gain, found.gain), words=words))
    if found.gain_for_as_much > (1.0 + ALIKE) * found.gain:
        mix = found.gain_for_as_much
        return str(say["most_mix"].format(gain=aim.amount(mix), does=does_words(mix, found.gain)))
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
    """That the model has changed since the frontier was found, and which policies have; blank if it has not."""
    if facts.get("is_current", True):
        return ""
    say, changed = words_in(SENTENCES), facts.get("changed_policies")
    return " ".join([say["stale"], *([say["left_out"].format(names=joined(changed))] if changed else [])])


def found_on_sentence(facts: Mapping[str, Any]) -> str:
    """On which settings and schools of the user's own a frontier was found, by its facts; blank if on none."""
    say = words_in(SENTENCES)
    within = [f"{group}.{name}" for group in ("overrides", "run") for name in facts["settings"].get(group, {})]
    named = [*(name for name in facts["settings"] if name not in ("overrides", "run")), *within]
    told = [say["own_settings"].format(settings=joined(named))] if named else []
    return " ".join([*told, *([say["own_schools"]] if facts["own_schools"] else [])])


def cautioned(names: Iterable[str]) -> list[Scenario]:
    """Policies among shipped ones that carry a caution."""
    return [one for one in map(shipped_scenario, names) if one.cautions]


def caution_sentences(names: Iterable[str]) -> tuple[str, ...]:
    """Which of some shipped policies are not to be quoted, and why."""
    return tuple(not_to_be_quoted({CAUTIONS: one.cautions}, f"“{one.title}”") for one in cautioned(names))


def headline_lines(findings: Findings) -> tuple[str, ...]:
    """The best policy for the money in two lines, for a terminal and the top of a page; empty for no policy."""
    told = frontier_told(findings)
    if told is None:
        return (why,) if (why := why_not_sentence(findings)) else ()
    rule, cheapest, _ = best_sentences(told)
    return tuple(line for line in (rule, cheapest, stale_sentence(told.facts)) if line)


def _shipped_in(told: Told) -> list[str]:
    own = told.of(told.main)
    return [str(name) for name in own.loc[own["kind"] == SHIPPED, "name"]]


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
        "basis": (*basis_sentences(told), *caution_sentences(_shipped_in(told))),
        "policies": policies_table(told),
        "words": words_table(told),
        "aims": aims_table(told),
        "examples": examples_table(told),
    }
