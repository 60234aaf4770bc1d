"""What analyses of a stored ensemble say about the policy of a run: read for its report, never computed here."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import ValidationError
from ruamel.yaml import YAML

from sencosim.decisions.ensemble import facts_in
from sencosim.errors import DAMAGE, InputError, OutputError, stored_in
from sencosim.experiment.finished import MANIFEST, manifest_of
from sencosim.fingerprint import MADE_WITH, differing
from sencosim.report.inputs import ReportInputs
from sencosim.report.manifest import manifest_problems
from sencosim.report.showing import FACT
from sencosim.scenario.schema import HOW_OFTEN, SAID_OF_ITSELF, Scenario

FOLDER = "ensembles"
"""Folder of the ensembles, alongside those of the runs."""
TABLES: Mapping[str, tuple[str, str]] = {
    "importance": ("overview", "importance.csv"),
    "switching_values": ("breakeven", "switching_values_public.csv"),
    "evppi": ("voi", "evppi.csv"),
}
"""Tables that the report shows: analysis and file of each."""
_SAME = (*MADE_WITH, "population_fingerprint")
_NOT_THE_QUESTION = (*SAID_OF_ITSELF, "extends", "include", "view", "views")
ABOUT = "about"
FORMS_DRAWN = "forms_drawn"
"""Fact of an ensemble: inputs that it varies and that stand for a form of the model. A run holds them at the reference
form, so draws of the two are not the same."""


def with_research(inputs: ReportInputs, root: Path) -> ReportInputs:
    """The run with the tables of stored ensembles that ask the same question of the same code, evidence and schools."""
    found: dict[str, pd.DataFrame] = {}
    about = []
    for name, (analysis, file) in TABLES.items():
        places = [(facts, place) for facts, place in _answers(inputs, root, analysis) if (place / file).is_file()]
        if not places:
            continue
        facts, place = max(places, key=lambda one: int(one[0]["n_points"]))
        with stored_in(place):
            found[name] = pd.read_csv(place / file)
        told = {"table": name, "ensemble": place.parent.name, "points": int(facts["n_points"])}
        forms = " ".join(facts.get(FORMS_DRAWN) or ())
        about.append(told | {"sample_share": facts.get("sample_share"), FORMS_DRAWN: forms})
    return replace(inputs, research={**found, ABOUT: pd.DataFrame(about)}) if found else inputs


def _answers(inputs: ReportInputs, root: Path, analysis: str) -> Iterator[tuple[dict[str, Any], Path]]:
    """Manifest of each fitting ensemble that has the analysis, and the folder of the analysis."""
    for path in sorted((root / FOLDER).glob("*/manifest.json")):
        try:
            facts = facts_in(path.parent)
        # No run fails because an ensemble alongside it is damaged, or not finished, as the pairs of a trial never are.
        except (InputError, OutputError):
            continue
        arm = _arm_of(facts, inputs)
        if arm is None:
            continue
        name = analysis if len(facts["scenarios"]) == 1 else f"{arm}/{analysis}"
        asked = {"analysis": name, "view": inputs.main_view, "ensemble_fingerprint": facts["fingerprint"]}
        place = next((one for one in answers_in(path.parent, name) if _may_be_taken_over(one, facts, asked)), None)
        if place is not None:
            yield facts, place


def _may_be_taken_over(place: Path, facts: Mapping[str, Any], asked: Mapping[str, str]) -> bool:
    """Whether an analysis is as it was written, says by its own word what is asked, and is without prices of a reader.

    The code and the evidence that it was made with must be those of its ensemble, whose facts are given.
    """
    try:
        told = manifest_of(place)
        if told.get("worths") or differing(told, facts) or any(told[name] != one for name, one in asked.items()):
            return False
        return not manifest_problems(place)
    except (OutputError, *DAMAGE):  # no run fails because of an analysis alongside it
        return False


def answers_in(folder: Path, name: str) -> list[Path]:
    """Analyses of a name in the folder of their ensemble, the last first: of other numbers of draws, or options."""
    first = folder / name
    numbered = (
        (re.fullmatch(rf"{re.escape(first.name)}(?:-(\d+))?", path.parent.name), path.parent)
        for path in first.parent.glob(f"*/{MANIFEST}")
    )
    found = {int(match[1] or 1): place for match, place in numbered if match}
    return [found[number] for number in sorted(found, reverse=True)]


def _arm_of(facts: Mapping[str, Any], inputs: ReportInputs) -> str | None:
    """Arm of an ensemble of draws that asks what the run asks; ``None`` if there is none."""
    if facts.get("kind") != "draws" or _setting(facts) != _setting(inputs.manifest):
        return None
    asked = _question(YAML(typ="safe", pure=True).load(inputs.scenario.resolved_yaml) or {})
    told: Mapping[str, Any] = facts.get("resolved_scenarios") or {}
    return next((name for name, one in told.items() if asked is not None and _question(one) == asked), None)


def _setting(facts: Mapping[str, Any]) -> tuple[object, ...]:
    """What a run and an ensemble must have alike: code, evidence, schools, replaced mechanisms, councils."""
    return (*(facts.get(name) for name in _SAME), facts.get(FACT) or {}, sorted(facts.get("councils") or ()))


def _question(scenario: Mapping[str, Any]) -> dict[str, Any] | None:
    """Settings that both must have, written out or left to their defaults; ``None`` if of another version."""
    kept = {name: value for name, value in scenario.items() if name not in _NOT_THE_QUESTION}
    kept["run"] = {name: value for name, value in (kept.get("run") or {}).items() if name not in HOW_OFTEN}
    try:
        return Scenario.model_validate_json(json.dumps(kept, default=str)).settings()
    except ValidationError:
        return None
