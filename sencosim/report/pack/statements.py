"""Statements that an assurer or a journal asks for, written from the run: STRESS-DES, quality log, CHEERS."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from sencosim.report.answer import answer_sentences, how_sure
from sencosim.report.findings import Findings
from sencosim.report.showing import LIMITS, NOT_TO_SAY
from sencosim.report.stored import StoredRun

TO_SIGN = "name and date, to be signed"


class Item(NamedTuple):
    """One item of a checklist: number and title as in the checklist, and what this run says to it."""

    number: str
    title: str
    text: str


def stress_des(run: StoredRun, findings: Findings) -> tuple[Item, ...]:
    """STRESS-DES, version 1.0: every heading, from the scenario, the parameters and the manifest of this run."""
    facts = run.inputs.manifest
    scenario = run.inputs.scenario
    return (
        *_objectives(findings),
        *_logic(scenario.differences),
        *_data(run),
        *_experimentation(facts, findings),
        *_implementation(facts),
    )


def _objectives(findings: Findings) -> Iterable[Item]:
    inputs = findings.inputs
    outcomes = sorted({figure.title for figure in findings.figures() if figure.kind in ("people", "time")})
    yield Item("1.1", "Purpose of the model", inputs.question)
    yield Item(
        "1.2",
        "Model outputs",
        f"Net cost to the public purse, net cost by payer, net present social value, and {len(outcomes)} outcomes: "
        f"{'; '.join(outcomes)}. Each is a paired difference of policy less baseline by academic year, with an 80 % "
        "interval over draws of the parameters and the standard error of the mean over replications.",
    )
    yield Item("1.3", "Aims of experimentation", f"{inputs.scenario.title}, against today's policy. {_views(findings)}")


def _views(findings: Findings) -> str:
    return " ".join(f"{view}: {words}" for view, words in findings.inputs.view_descriptions.items())


def _logic(differences: tuple[str, ...]) -> Iterable[Item]:
    yield Item("2.1", "Base model overview", "docs/model.md: schools, SENCOs, pupils, councils' teams, the tribunal.")
    yield Item(
        "2.2",
        "Base model logic",
        "docs/model.md, one section a mechanism. Teachers and parents notice needs; SENCOs identify and review them; "
        "requests, assessments, plans, disputes, placements, exclusions and home education follow. Policy reaches "
        "pupils by six groups of routes, through support intensity and the SENCO's queue, and by no other way.",
    )
    told = "; ".join(" ".join(line.split()) for line in differences) or "none"
    yield Item("2.3", "Scenario logic", f"Differences from the base: {told}.")
    yield Item("2.4", "Algorithms", "sencosim/rules holds every rule; two engines run them and are tested to agree.")
    yield Item(
        "2.5.1",
        "Entities",
        "Pupils with a noticed need or SEN, with phase, year group, needs, frailty and plan; all others are counts. "
        "Cases: identifications, reviews, requests, assessments, disputes, crises.",
    )
    yield Item(
        "2.5.2", "Activities", "Case work of SENCOs, assessment by councils' teams, mediation, hearings, placement."
    )
    yield Item(
        "2.5.3", "Resources", "SENCO hours a week by school, councils' assessment capacity, state special places."
    )
    yield Item(
        "2.5.4",
        "Queues",
        "Urgent cases first, then dated work by due date, then support reviews and duties, then development; one piece "
        "in five is a review or a duty. Others close late work after stated times; reviews not done by the end of term "
        "lapse; families lose patience and ask the council themselves.",
    )
    yield Item(
        "2.5.5", "Entry and exit", "Needs are noticed at a rate by year group; pupils leave by age, move or end."
    )


def _data(run: StoredRun) -> Iterable[Item]:
    parameters = run.inputs.parameters
    guessed = int((parameters["kind"] == "assumption").sum())
    yield Item("3.1", "Data sources", "The sheet Data_log: every publication with its address and whether it was seen.")
    yield Item("3.2", "Pre-processing", " ".join(run.inputs.population_text.split()))
    yield Item(
        "3.3",
        "Input parameters",
        f"The sheet Assumptions: {len(parameters)} parameters with value in each view, interval, grade and source. "
        "Draws are by parameter, independent unless the register says otherwise.",
    )
    yield Item("3.4", "Assumptions", f"{guessed} of them have no source and are marked as assumptions.")


def _experimentation(facts: Any, findings: Findings) -> Iterable[Item]:
    yield Item(
        "4.1",
        "Initialisation",
        "Terminating. Two years are run before the base year 2024/25 so that no queue starts empty; years before the "
        "policy starts are identical in both arms.",
    )
    yield Item("4.2", "Run length", f"{findings.period()}, whole minutes of academic years of 52 weeks.")
    precision = " ".join(how_sure(findings))
    yield Item(
        "4.3", "Estimation", f"{facts.get('replications')} replications, {facts.get('draws')} draws. {precision}"
    )


def _implementation(facts: Any) -> Iterable[Item]:
    software = facts.get("software", {})
    libraries = ", ".join(f"{name} {version}" for name, version in sorted(software.get("libraries", {}).items()))
    yield Item(
        "5.1",
        "Software",
        f"sencosim {software.get('sencosim')}, Python {software.get('python')}, {software.get('system')}; {libraries}.",
    )
    yield Item(
        "5.2",
        "Random sampling",
        f"Counter-based, keyed by seed {facts.get('seed')}, replication, decision, entity and occurrence: both arms "
        "and all options share chance, so a scenario changes only what it touches.",
    )
    yield Item(
        "5.3",
        "Execution",
        "Events in order of time, then of a fixed order of kinds (decision 0002). Pairs of arms run on several "
        "processes; sums do not depend on their number.",
    )
    yield Item(
        "5.4", "Hardware and run time", f"{facts.get('seconds')} seconds of simulation on {software.get('system')}."
    )
    git = facts.get("git") or {}
    yield Item(
        "6.1",
        "Code access",
        f"Open source, MIT licence; commit {git.get('commit', 'not known')}. REPRODUCE.md has the command.",
    )


def quality_log(run: StoredRun, findings: Findings) -> tuple[Item, ...]:
    """Skeleton of a quality log in the terms of the Aqua Book: people sign it, the run fills in what it knows."""
    checks = findings.inputs.checks
    failed = [name for name, passed, _ in checks if not passed]
    state = f"{len(checks)} checks after the run, {len(failed)} failed{': ' + ', '.join(failed) if failed else ''}."
    verdicts = run.inputs.reconciliation["verdict"].astype(str).value_counts().to_dict()
    fits = ", ".join(f"{number} {verdict}" for verdict, number in sorted(verdicts.items()))
    return (
        *(Item("Role", role, TO_SIGN) for role in ("Senior responsible owner", "Commissioner", "Analyst", "Assurer")),
        Item(
            "Stage", "Scoping", "Question, options and views are on page one. Agreed by the commissioner: to be signed."
        ),
        Item("Stage", "Design", "docs/model.md and docs/decisions. Reviewed by the assurer: to be signed."),
        Item(
            "Verification", "Code", "Two engines held to agree; rules, conservation and arithmetic under test; types."
        ),
        Item("Verification", "This run", f"{state} The worksheets give the headline to the pound (sheet Recompute)."),
        Item("Validation", "Published figures", f"Base year against published series: {fits} (sheet Published)."),
        Item("Validation", "Experts", "Not done for this run: name, date and what was said."),
        Item("Validation", "Forecasts", "Figures kept aside have not been opened for this run."),
        Item("Limits", "Known limits", " ".join(LIMITS)),
        Item(
            "Proportionality", "What the result may be used for", "To be written by the analyst and the commissioner."
        ),
        Item("Sign-off", "Approved for use", TO_SIGN),
    )


def cheers(findings: Findings) -> tuple[Item, ...]:
    """Items of CHEERS 2022 that an economic reader looks for, and where they are."""
    return (
        Item("4", "Population", f"Mainstream schools of {findings.area_name}: pupils with a noticed need or SEN."),
        Item("7", "Comparators", f"{findings.inputs.scenario.title}; today's policy."),
        Item("8", "Perspective", "Society; the public purse; each payer. All three are shown."),
        Item("9", "Time horizon", findings.period()),
        Item("10", "Discount rate", "Standard rate of the Green Book in force; others on the sheet Sensitivity."),
        Item("11", "Outcomes", "Sheets People and Unpriced_counts. No quality-adjusted years are claimed."),
        Item("14", "Costs", "Unit costs with source and grade on the sheet Assumptions."),
        Item("15", "Price date", findings.headline(findings.inputs.main_view).price_base),
        Item(
            "19",
            "Heterogeneity and distribution",
            "Sheets Areas and Distribution; unweighted, since no incomes are held.",
        ),
        Item(
            "20",
            "Uncertainty",
            "Draws of all uncertain parameters; three views; one price at a time; simulation error.",
        ),
        Item("21", "Engagement", "None for this run, unless the quality log says so."),
        Item("23", "Summary of main results", " ".join(answer_sentences(findings))),
        Item("26", "Limits", " ".join(NOT_TO_SAY)),
    )


def as_markdown(title: str, items: Iterable[Item]) -> str:
    """Write a checklist as a text that a person can edit and sign."""
    lines = [f"# {title}", ""]
    for item in items:
        lines += [f"## {item.number} {item.title}", "", item.text, ""]
    return "\n".join(lines)


def reproduce_text(run: StoredRun) -> str:
    """Say how to run it again and compare, in one command."""
    git = (run.inputs.manifest.get("git") or {}).get("commit", "the version named in manifest.json")
    return "\n".join(
        (
            f"# Reproduce the run {run.run_id}",
            "",
            f"With sencosim at commit {git}, installed with its constraints.txt:",
            "",
            "```sh",
            "sencosim verify .          # every file is as it was written",
            "sencosim reproduce .       # run again with the same settings and compare every figure",
            "```",
            "",
            f"The run was started as: `{run.inputs.manifest.get('command')}`. Same seed, same figures: sums are exact "
            "on one system, and agree to nine digits between systems.",
            "",
        )
    )
