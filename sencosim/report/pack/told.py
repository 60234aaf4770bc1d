"""Facts of a run in words, once for the five cases and the note: each is read from where another table takes it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from sencosim.evidence.register import load_register
from sencosim.outcomes.beside import AFTER_HORIZON, LONG, OPTIMISM_BIAS
from sencosim.outcomes.social import LINE
from sencosim.report.answer import answer_sentences, payer_sentence
from sencosim.report.beside import line_of
from sencosim.report.budget import budget_of, burdens_sentence, lead_sentence
from sencosim.report.compare.table import PEOPLE
from sencosim.report.findings import Figure, Findings
from sencosim.report.forms import law_sentence
from sencosim.report.inputs import PRESENT_VALUE
from sencosim.report.laws import LAW_WORDS
from sencosim.report.pack.decision_log import ROLES
from sencosim.report.pack.signing import Signing, weightiest
from sencosim.report.showing import ERROR_NOT_KNOWN, draws_words
from sencosim.report.social import social_sentences, statement
from sencosim.report.tables import estimate_cell, unit_words
from sencosim.report.words import in_a_sentence, joined, money, plain, rounding_step

Facts = Mapping[str, str]
MOST_TURNING = 3
"""Inputs named by how far they move the answer."""
SUPPLY = "extra_teachers"
"""Line of the social statement: finding, training and paying those who take the places of teachers."""
_LEVER = re.compile(r"^lever, (?=\w+, )")
"""Beginning of a line that says how a lever is set."""
_FIELD = re.compile(r"\{(\w+)\}")


def filled(lines: Iterable[str], facts: Facts) -> list[str]:
    """Lines with facts filled in; a line one of whose facts is blank is left out.

    Examples
    --------
    >>> filled(["It costs {cost}.", "It saves {saving}."], {"cost": "£1", "saving": ""})
    ['It costs £1.']
    """
    return [line.format(**facts) for line in lines if all(facts[name] for name in _FIELD.findall(line))]


def facts_of(signing: Signing, findings: Findings) -> Facts:
    """Facts of a run by name; blank where it has none."""
    return _of_run(signing, findings) | _of_money(findings) | _of_people(findings) | _of_assurance(signing, findings)


def _of_run(signing: Signing, findings: Findings) -> dict[str, str]:
    inputs = findings.inputs
    scenario, words = inputs.scenario, findings.words()
    lines = [" ".join(line.split()) for line in scenario.differences]
    return {
        "title": scenario.title.rstrip("."),
        "question": inputs.question,
        "description": scenario.description.strip(),
        "phasing": "; ".join(_LEVER.sub("", line) for line in lines if _LEVER.match(line)),
        "baseline": _baseline(findings),
        **{name: str(words[name]) for name in ("area", "period", "view", "basis")},
        "run": signing.run.run_id,
        "digest": signing.digest,
        "version": str(inputs.manifest["software"]["sencosim"]),
    }


def _baseline(findings: Findings) -> str:
    """What both arms have in common, and under which laws."""
    first, *others = (LAW_WORDS[law] for law in findings.laws)
    beside = f", with {joined(others)} as a second baseline" if others else ""
    return f"the rules, demand and budgets of today carried on under {first}{beside}."


def _of_money(findings: Findings) -> dict[str, str]:
    view = findings.inputs.main_view
    budget, social = budget_of(findings, view), social_sentences(findings)
    lines = statement(findings, view, LINE)
    return {
        "budget_answer": answer_sentences(findings)[0],
        "payers": payer_sentence(findings),
        "law": law_sentence(findings),
        "views": _views(findings),
        "lead": "" if budget.empty else lead_sentence(budget),
        "burdens": "" if budget.empty else burdens_sentence(findings, budget),
        "social_first": social[0] if social else "",
        "social_second": social[1] if social else "",
        **{name: _sum(findings.get(view, name, PRESENT_VALUE)) for name in ("policy_cost", "policy_benefit")},
        "cashable": _cash(findings.get(view, "cashable_saving", PRESENT_VALUE)),
        "bcr": _ratio(findings.get(view, "bcr", PRESENT_VALUE)),
        **{key: line_of(findings, case) for key, case in _BESIDE.items()},
        "supply": money(-float(lines[SUPPLY]["difference"])) if SUPPLY in lines else "",
        "unpriced": "; ".join(f"{in_a_sentence(what)} ({way})" for what, way, _ in findings.inputs.unmonetised),
    }


_BESIDE = {"bias": OPTIMISM_BIAS, "after": AFTER_HORIZON, "long": LONG}


def _views(findings: Findings) -> str:
    """The headline in the other views; blank where there is one view, or nothing changes."""
    told = answer_sentences(findings)
    changes = any(not findings.headline(view).is_zero for view in findings.inputs.views)
    return told[-1] if changes and len(findings.inputs.views) > 1 else ""


def _cash(figure: Figure | None) -> str:
    """Public spending avoided that releases cash, or spending of that kind that is added."""
    if figure is None:
        return ""
    if figure.difference < 0.0:
        return f"In cash, public spending that follows goes up by {money(-figure.difference)}; nothing is released."
    return f"{_sum(figure)} of public spending avoided would release cash in a budget. The rest is time and capacity."


def _sum(figure: Figure | None) -> str:
    return "" if figure is None else money(figure.difference, *figure.ends)


def _ratio(figure: Figure | None) -> str:
    if figure is None:
        return ""
    return figure.note or plain(figure.difference, rounding_step(figure.difference))


def _of_people(findings: Findings) -> dict[str, str]:
    view = findings.inputs.main_view
    known = [findings.over_the_run(view, name) for name, _ in PEOPLE if findings.has(view, name)]
    told = [f"{in_a_sentence(one.title)}, {unit_words(one)}: {estimate_cell(one)}" for one in known]
    vacant = next((one for one in known if one.outcome == "posts_vacant"), None)
    by_group = findings.inputs.by_group
    teachers = ""
    if not by_group.empty:
        rows = by_group[(by_group["measure"] == "teachers_needed") & (by_group["view"] == view)]
        if len(rows):
            number = float(rows["difference"].iloc[0])
            teachers = f"{plain(number, rounding_step(number), signed=True)} {rows['unit'].iloc[0]}"
    return {
        "people": "; ".join(told),
        "vacant": "" if vacant is None else f"{estimate_cell(vacant)} {unit_words(vacant)} over the whole period",
        "teachers": teachers,
    }


def _of_assurance(signing: Signing, findings: Findings) -> dict[str, str]:
    inputs, register = findings.inputs, load_register()
    names = inputs.parameters["name"].astype(str).tolist()
    failed = [name for name, passed, _ in inputs.checks if not passed]
    reviews = [str(register[name].review_by) for name in names if name in register and register[name].review_by]
    turning = weightiest(signing.run)[:MOST_TURNING]
    titles = [in_a_sentence(register[name].title) for name in turning if name in register]
    main = findings.headline(inputs.main_view)
    return {
        "n_parameters": f"{len(names):,}",
        "n_assumed": f"{int((inputs.parameters['kind'] == 'assumption').sum()):,}",
        "owned": str(sum(name in signing.log.owners for name in names)),
        "turning": "; ".join(titles),
        "turning_sentence": f"One at a time, these move the social answer most: {joined(titles)}." if titles else "",
        "backtest": inputs.backtest,
        "checks": f"{len(inputs.checks)} checks after the run: "
        + (f"failed: {joined(failed)}." if failed else "all passed."),
        "review": min(reviews, default=""),
        "research": "What knowing more would be worth stands in the section How likely of the report."
        if inputs.research
        else "",
        "draws": f"The ranges come from {draws_words(main.n_draws)} of the uncertain parameters, {main.view} view.",
        "error": (
            f"Chance alone leaves ± {money(main.monte_carlo_error)} in the headline (one standard error)."
            if main.monte_carlo_error >= 0
            else ERROR_NOT_KNOWN
        ),
        **{role: signing.role_words(role) for role in ROLES},
    }
