"""The answer in sentences: what it costs, how sure, what would change it, and how to quote it fairly."""

from __future__ import annotations

import math

from sencosim.evidence.register import load_register
from sencosim.outcomes.ends import NARROW, wider_end
from sencosim.report.findings import Figure, Findings
from sencosim.report.forms import against_law, law_sentence
from sencosim.report.showing import (
    ERROR_NOT_KNOWN,
    FEWEST_DRAWS,
    chance_in_100,
    draws_words,
    is_enough,
    may_be_quoted,
    more_draws_sentence,
    not_to_be_quoted,
    verdict,
)
from sencosim.report.tables import (
    SHARE_UNITS,
    difference_cell,
    interval_cell,
    interval_words,
    net_cost_words,
    unit_words,
    when_words,
)
from sencosim.report.words import (
    INTERVAL,
    in_a_sentence,
    joined,
    money,
    money_range,
    payer_does,
    per_cent,
    plain,
    rounding_step,
    sentence_case,
)

QUOTED_OUTCOMES, MOST_NAMED = 3, 5  # outcomes offered for quoting; parameters of the weakest evidence named
UNPROVEN = {
    "failed": "From a model that has failed its own back-test",
    "stale": "From a model whose back-test is out of date",
    "missing": "From a model without a back-test",
}
"""How the headline begins when the back-test was not passed, by its state."""


def question(findings: Findings) -> str:
    """The question that the run answers."""
    asked = findings.inputs.question
    return asked or f"What would “{findings.inputs.scenario.title}” cost, who would pay, and what would change?"


def answer_sentences(findings: Findings) -> tuple[str, ...]:
    """The answer: the main view with its range and chance, the same under the other law, then the other views."""
    main = findings.headline(findings.inputs.main_view)
    if all(findings.headline(view).is_zero for view in findings.inputs.views):
        return (
            "This run changes nothing: every difference from the baseline is zero, in every view.",
            "It shows only how far the model's baseline is from the published figures.",
        )
    first = (
        f"In the {main.view} view, “{findings.inputs.scenario.title}” {_to_the_purse(main)} over "
        f"{findings.period()}{against_law(findings)} "
        f"({INTERVAL}: {interval_words(main)}; {findings.money_basis()}), and {_how_likely(main)}."
    )
    first = led_by(UNPROVEN.get(findings.inputs.backtest_state, ""), first)
    first = led_by("Not to be quoted" if not_to_be_quoted(findings.inputs.manifest) else "", first)
    others = [findings.headline(view) for view in findings.inputs.views if view != main.view]
    second = joined([f"in the {view.view} view it {net_cost_words(view)} ({interval_words(view)})" for view in others])
    law = (found,) if (found := law_sentence(findings)) else ()
    return (first, *law, sentence_case(second) + ".") if others else (first, *law)


def led_by(lead: str, sentence: str) -> str:
    """Let the headline say first what must travel with it: a failed back-test, a caution of its scenario."""
    return f"{lead}: {sentence[:1].lower()}{sentence[1:]}" if lead else sentence


NAMED_FROM = 0.05
"""Part of all that is paid from which a payer is named, and one that saves."""
UNQUOTED = frozenset({"plans_within_20_weeks"})
"""Outcomes that are shown and not offered for quoting: in the back-test their forecast lost to the last value."""


def payer_sentence(findings: Findings) -> str:
    """Everybody who pays a good part of it, and who saves most, in the main view: the wrong-pocket test."""
    main = findings.inputs.main_view
    nets = [findings.over_the_run(main, "payer_net", payer) for payer in findings.public_payers()]
    nets = [net for net in nets if net.difference != 0.0]
    if not nets:
        return ""
    least = min(nets, key=lambda net: net.difference)
    paid = sum(max(0.0, net.difference) for net in nets)
    paying = [net for net in nets if net.difference > 0.0 and net.difference >= NAMED_FROM * paid]
    paying.sort(key=lambda net: -net.difference)
    parts = [f"{payer_does(net.payer, 'pay')} {money(net.difference, *net.ends)} more" for net in paying]
    saved = max(0.0, -least.difference)
    is_told = saved > 0.0 and saved >= NAMED_FROM * paid
    if is_told:
        parts.append(f"{payer_does(least.payer, 'save')} {money(saved, *least.ends)}")
    separate = " The savings do not go to those who pay." if paying and is_told else ""
    return f"In the {main} view, {joined(parts)}.{separate}"


def what_would_change(findings: Findings) -> tuple[str, ...]:
    """What the answer turns on: what the run was told (break-even), the spread of views, the weakest evidence."""
    sentences = list(findings.inputs.what_would_change)
    headlines = [findings.headline(view) for view in findings.inputs.views]
    if len({figure.difference > 0 for figure in headlines if figure.difference != 0.0}) > 1:
        sentences.append(
            "The views disagree on whether the policy costs or saves money: that depends on the size of the effects."
        )
    elif any(not figure.is_zero for figure in headlines):
        sentences.append("The views agree on the sign: the size of the effects changes the amount, not the sign.")
    parameters = findings.inputs.parameters
    if len(parameters):
        grades = parameters["quality"].astype(str)
        names = parameters.loc[grades == grades.max(), "name"].head(MOST_NAMED)
        weakest = "; ".join(_title_of(str(name)) for name in names)
        sentences.append(f"The weakest evidence behind the answer (grade {grades.max()}): {weakest}.")
    return tuple(sentences)


def _title_of(parameter: str) -> str:
    """Title of a parameter in a sentence; its name if the register does not have it."""
    register = load_register()
    return in_a_sentence(register[parameter].title) if parameter in register.names() else parameter


def fair_quotes(findings: Findings) -> tuple[str, ...]:
    """Sentences that may be quoted as they stand: each with its view and range; none with a caution or failed check."""
    if not may_be_quoted(findings.inputs):
        return ()
    real = findings.inputs.manifest.get("population_kind") == "real"
    schools = "real schools" if real else "synthetic schools with the published totals"
    quotes = [f"{' '.join(answer_sentences(findings))} Source: sencosim, {schools}."]
    main = findings.inputs.main_view
    told = [name for name in findings.outcomes("people", "time") if findings.has(main, name) and name not in UNQUOTED]
    figures = [findings.over_the_run(main, outcome) for outcome in told[:QUOTED_OUTCOMES]]
    return (*quotes, *(_outcome_sentence(findings, figure) for figure in figures))


def _outcome_sentence(findings: Findings, figure: Figure) -> str:
    """One outcome as a sentence with its range."""
    where = f"{findings.area_name}, {when_words(findings, figure)}, {figure.view} view"
    if figure.is_zero:
        return f"{figure.title}: no difference ({where})."
    unit = "percentage points" if figure.unit in SHARE_UNITS or figure.unit.startswith("%") else unit_words(figure)
    unclear = "" if figure.is_clear else "; unclear: interval and mean do not lie on one side of zero"
    numbers = f"{difference_cell(figure)} {unit} ({INTERVAL}: {interval_cell(figure)}; {where})"
    return f"{figure.title}: {numbers}{unclear}."


def how_sure(findings: Findings) -> tuple[str, ...]:
    """What the range contains, what it leaves out, and how much is simulation noise."""
    main = findings.headline(findings.inputs.main_view)
    told = [findings.headline(view) for view in findings.inputs.views]
    fewest = min((figure.n_draws for figure in told if not figure.is_zero), default=FEWEST_DRAWS)
    design = str(findings.inputs.manifest.get("design_in_words", ""))
    sentences = (
        findings.inputs.backtest,
        f"The ranges come from {draws_words(main.n_draws)} of the uncertain parameters, with the same schools and the "
        f"same chance in the policy and in the baseline.{f' {design}' if design else ''}",
        more_draws_sentence(fewest, other_views=len(told) > 1),
        _point_value_sentence(findings),
        _draw_error(findings),
        _ends_sentence(main),
        _simulation_error(main),
        _precision_sentence(findings),
        _common_chance_sentence(findings),
        "The ranges leave out what we could not quantify, such as whether the model's structure is right, and policy "
        "not yet announced.",
    )
    return tuple(sentence for sentence in sentences if sentence)


def _simulation_error(main: Figure) -> str:
    """What chance leaves open in the headline, apart from what the evidence leaves open."""
    if not main.monte_carlo_error >= 0:
        return ERROR_NOT_KNOWN
    return (
        f"The simulation error of the headline is ± {money(main.monte_carlo_error)}: the standard error of the mean "
        f"over {main.n_replications:,} replications of chance. It is not in the ranges."
    )


def _point_value_sentence(findings: Findings) -> str:
    """The headline is a mean over the evidence; what the point values alone give stands alongside it, by its name."""
    at_points = findings.inputs.manifest.get("precision", {}).get("mean_gbp")
    main = findings.headline(findings.inputs.main_view)
    if at_points is None or not main.n_draws:
        return ""
    return (
        f"The headline, {money(main.difference)}, is the mean over the evidence. With every input at its point value, "
        f"and nothing drawn, it would be {money(at_points)}; tables by council, year or group use point values "
        "where they say so."
    )


def _draw_error(findings: Findings) -> str:
    """What the number of draws leaves open in the mean, and how an emulator helps."""
    main = findings.headline(findings.inputs.main_view)
    width = main.p90 - main.p10
    if not main.draw_error > 0 or not width > 0:
        return ""
    found = (findings.inputs.manifest.get("emulators") or {}).get(main.view)
    how = (
        f" An emulator, which explains {per_cent(found['r_squared'])} of the variance of the headline in unseen draws, "
        f"carries it from the draws to {found['points']:,} points of the evidence."
        if found
        else ""
    )
    return (
        f"With only {main.n_draws:,} draws the headline is known to ± {money(main.draw_error)} (one standard "
        f"error): {per_cent(main.draw_error / width)} of the width of its range.{how}"
    )


def _ends_sentence(main: Figure) -> str:
    """How well the two ends of the range are known, and what to do if that is not enough."""
    limits = (main.p10_low, main.p10_high, main.p90_low, main.p90_high)
    widest = wider_end(vars(main))
    if math.isnan(widest):
        return ""
    told = (
        "Both intervals are narrower than a tenth of the range: more draws would hardly move it."
        if widest < NARROW
        else f"The wider of them is {per_cent(widest)} of the range; more draws, added to this run with "
        f"`--extend RUN --draws {2 * main.n_draws}`, would narrow it."
    )
    low, high = (money_range(end, *of_end) for end, of_end in ((main.p10, limits[:2]), (main.p90, limits[2:])))
    return f"90 % intervals for the ends of the range: lower end, {low}; upper end, {high}. {told}"


def _precision_sentence(findings: Findings) -> str:
    """The precision that was asked for, how many replications it took, and whether it was reached."""
    facts = findings.inputs.manifest.get("precision")
    if not facts or facts["reached"] is None:
        return ""
    reached = "was reached" if facts["reached"] else "was not reached"
    why = "as many as were asked for" if facts["fewest"] == facts["most"] else f"of at most {facts['most']:,}"
    asked = f"± {100 * facts['asked_share']:g} % of the headline at the point values (95 % confidence)"
    if facts["enough_gbp"]:
        asked += ", or what is small against its range,"
    found = f"{facts['replications']:,} replications, {why}: ± {money(facts['half_width_95_gbp'])}"
    return f"Precision: {asked} {reached} with {found}."


def _common_chance_sentence(findings: Findings) -> str:
    """What it buys to run both arms on the same schools and chance."""
    gains = findings.inputs.manifest.get("common_random_numbers_gain") or {}
    if not gains:
        return ""
    n = findings.headline(findings.inputs.main_view).n_replications
    told = [f"{_outcome_words(findings, name)}: {plain(gain, rounding_step(gain))}" for name, gain in gains.items()]
    return (
        "Same schools and chance in both arms: with independent arms the variance of the difference would be so many "
        f"times as large (a rough estimate from {n:,} replications): {'; '.join(told)}."
    )


def _outcome_words(findings: Findings, outcome: str) -> str:
    main = findings.inputs.main_view
    if outcome == "net_public_cost":
        return "net cost to the public purse"
    title = findings.over_the_run(main, outcome).title if findings.has(main, outcome) else outcome
    return title[:1].lower() + title[1:]


def _how_likely(figure: Figure) -> str:
    """Chance of a saving as the end of a sentence: a word with its number, or numbers alone if the draws are few."""
    told = verdict(figure)
    if figure.is_zero:
        return f"it makes {told}"
    if told.startswith("unclear"):
        return f"the chance that it saves money is {told}"
    if not is_enough(figure.n_draws):
        return f"it {told}"
    chance = chance_in_100(figure.chance_below_zero, figure.n_draws)
    return f"it is {told} ({chance}, from {figure.n_draws:,} draws)"


def _to_the_purse(figure: Figure) -> str:
    """A net cost with a verb and whose it is, as English has it: the policy saves or costs the public purse money."""
    verb, found, amount = net_cost_words(figure).partition(" £")
    return f"{verb} the public purse £{amount}" if found else f"{verb} to the public purse"
