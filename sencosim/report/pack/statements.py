"""What an assurer or a journal asks for: STRESS-DES, quality log, CHEERS. The words stand in ``statements.yaml``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sencosim.evidence.base_year import BASE_YEAR_WORDS
from sencosim.plain_text import unmarked
from sencosim.report.answer import answer_sentences, how_sure
from sencosim.report.findings import Findings
from sencosim.report.pack.decision_log import ROLES
from sencosim.report.pack.signing import Signing
from sencosim.report.stored import StoredRun
from sencosim.report.table import TOLD, words_in


class Item(NamedTuple):
    """One item of a checklist: number and title as in the checklist, and what this run says to it."""

    number: str
    title: str
    text: str


def statements(signing: Signing, findings: Findings) -> Mapping[str, tuple[Item, ...]]:
    """Items of every checklist: ``stress``, ``quality``, ``cheers``."""
    roles = {role: signing.role_words(role) for role in ROLES}
    told = _facts(signing.run) | _results(findings) | roles | {"how_to_sign": signing.how_to_sign()}
    return {
        name: tuple(Item(number, title, words.format(**told)) for number, title, words in items)
        for name, items in words_in("pack/statements.yaml").items()
    }


def _facts(run: StoredRun) -> dict[str, object]:
    """What the manifest, the scenario and the parameters of the run fill in."""
    inputs, facts = run.inputs, run.inputs.manifest
    software = facts.get("software", {})
    libraries = (f"{name} {version}" for name, version in sorted(software.get("libraries", {}).items()))
    return {
        "question": inputs.question,
        "scenario": inputs.scenario.title,
        "views": " ".join(f"{view}: {words}" for view, words in inputs.view_descriptions.items()),
        "differences": "; ".join(" ".join(line.split()) for line in inputs.scenario.differences) or "none",
        "schools": " ".join(inputs.population_text.split()),
        "n_parameters": len(inputs.parameters),
        "n_assumed": int((inputs.parameters["kind"] == "assumption").sum()),
        **{name: facts.get(name) for name in ("replications", "draws", "seed", "seconds")},
        **{name: software.get(name) for name in ("sencosim", "python", "system")},
        "libraries": ", ".join(libraries),
        "commit": (facts.get("git") or {}).get("commit", "not known"),
    }


def _results(findings: Findings) -> dict[str, object]:
    """What the figures of the run fill in."""
    inputs = findings.inputs
    outcomes = sorted({figure.title for figure in findings.figures() if figure.kind in ("people", "time")})
    failed = [name for name, passed, _ in inputs.checks if not passed]
    listed = f": {', '.join(failed)}" if failed else ""
    verdicts = inputs.reconciliation["verdict"].astype(str).value_counts().to_dict()
    return {
        "area": findings.area_name,
        "today": findings.words()["today"],
        "base_year": BASE_YEAR_WORDS,
        "period": findings.period(),
        "price_base": findings.headline(inputs.main_view).price_base,
        "n_outcomes": len(outcomes),
        "outcomes": "; ".join(outcomes),
        "answer": " ".join(answer_sentences(findings)),
        "how_sure": " ".join(how_sure(findings)),
        "checks": f"{len(inputs.checks)} checks after the run, {len(failed)} failed{listed}.",
        "fits": ", ".join(f"{number} {verdict}" for verdict, number in sorted(verdicts.items())),
        "limits": " ".join(words_in(TOLD)["limits"]),
        "not_to_say": " ".join(words_in(TOLD)["not_to_say"]),
    }


def as_markdown(title: str, items: Iterable[Item]) -> str:
    """Write a checklist as a text that a person can edit and sign."""
    lines = [f"# {title}", ""]
    for item in items:
        lines += [f"## {item.number} {item.title}", "", item.text, ""]
    return unmarked("\n".join(lines))


def reproduce_text(run: StoredRun) -> str:
    """Say how to run it again and compare, in one command."""
    facts = run.inputs.manifest
    commit = (facts.get("git") or {}).get("commit", "the version named in manifest.json")
    told = str(words_in(TOLD)["reproduce"])
    return told.format(run_id=run.run_id, commit=commit, command=facts.get("command"))
