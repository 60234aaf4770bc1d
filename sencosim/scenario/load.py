"""From a file to a scenario: read, inherit, check everything, say all faults at once."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from sencosim.errors import Problem, ScenarioError
from sencosim.scenario.assumptions import (
    References,
    check_correlations,
    check_councils,
    check_overrides,
    check_plausibility,
    check_review_dates,
    shipped_references,
)
from sencosim.scenario.check import check_names, check_values
from sencosim.scenario.files import SUFFIXES, display_name, find_scenario, is_file, shipped_folder, shipped_scenarios
from sencosim.scenario.inherit import Layered, gather
from sencosim.scenario.printing import in_order
from sencosim.scenario.schema import Scenario
from sencosim.scenario.tree import Branch, Leaf, Node, dotted
from sencosim.scenario.tree import Path as TreePath

Origins = Mapping[str, tuple[str, int]]
SEAL_LENGTH = 16
SEAL_LINE = re.compile(r"^# Origins hold while nothing below is edited \(seal (?P<seal>[0-9a-f]{16})\)\.$")
NOT_ASKED = ("horizon", "run", "view", "views", "structure")
_ORIGIN_COMMENT = re.compile(r"\s# (?:(?P<default>default)|(?P<file>\S.*) line (?P<line>\d+))$")


@dataclass(frozen=True)
class Resolved:
    """A scenario with its history."""

    scenario: Scenario  # complete and checked
    origins: Origins  # file and line of each dotted setting; one without an entry is a default
    warnings: tuple[Problem, ...]  # what can run but must be told to the reader of the report
    fingerprint: str  # SHA-256 of everything that can change a result
    chain: tuple[str, ...]  # files that were read: oldest parent first, the scenario itself last

    def for_copy_of(self, original: Path, copy: Path) -> Resolved:
        """What was read from a copy, as if it had been read from the original."""
        named = {display_name(copy): display_name(original)}
        return replace(
            self,
            origins={key: (named.get(file, file), line) for key, (file, line) in self.origins.items()},
            warnings=tuple(replace(one, file=named.get(one.file or "", one.file)) for one in self.warnings),
            chain=tuple(named.get(file, file) for file in self.chain),
        )


def load_scenario(path_or_name: str | Path, references: References | None = None) -> Resolved:
    """Load a scenario by name or path, with everything it builds on; the shipped evidence as of today checks it.

    Names are looked for in the current folder, in ``scenarios``, and among the scenarios that ship with sencosim. If
    anything is wrong, the error has all faults and warnings, worst first.
    """
    scenario, layered, problems = _examine(path_or_name, references or shipped_references())
    errors = sum(problem.severity == "error" for problem in problems)
    if scenario is None or errors:
        file = layered.chain[-1] if layered.chain else str(path_or_name)
        raise ScenarioError(f"{file} cannot be used: {errors} problem{'s' if errors != 1 else ''}.", tuple(problems))
    origins = _remembered(_origins(layered.tree), scenario, path_or_name)
    return Resolved(scenario, origins, tuple(problems), scenario.fingerprint(), layered.chain)


def shipped_scenario(name: str) -> Scenario:
    """A scenario that ships, whatever files of its name there are where the user is.

    Raises
    ------
    ScenarioError
        If none of that name ships, or it cannot be used.
    """
    return load_scenario(shipped_folder() / f"{name}.yaml").scenario


def asked_otherwise(asked: Mapping[str, str]) -> list[str]:
    """Shipped scenarios that ask something else now than when these fingerprints were taken, or that are gone."""
    now = shipped_fingerprints(asked)
    return [name for name, told in asked.items() if now.get(name) != told]


def shipped_fingerprints(names: Iterable[str]) -> dict[str, str]:
    """Fingerprint of what shipped scenarios ask now, by name; one that is gone has none."""
    found: dict[str, str] = {}
    for name in names:
        with suppress(ScenarioError):
            found[name] = shipped_scenario(name).fingerprint()
    return found


def validate_scenario(path_or_name: str | Path, references: References | None = None) -> tuple[Problem, ...]:
    """All errors and warnings of a scenario, worst first; empty if there are none."""
    return tuple(_examine(path_or_name, references or shipped_references())[2])


def find_file(path_or_name: str | Path) -> Path:
    """File of a scenario; if there is none, the error says where was looked and which names are near."""
    wanted = str(path_or_name)
    if wanted.endswith(SUFFIXES) and is_file(Path(wanted)):
        return Path(wanted)
    search = find_scenario(wanted, Path())
    if search.path is None:
        message = search.failure("scenario")
        raise ScenarioError(message, (Problem(message, found=wanted),))
    return search.path


def _examine(path_or_name: str | Path, references: References) -> tuple[Scenario | None, Layered, list[Problem]]:
    path = find_file(path_or_name)
    layered = gather(path)
    parameters = references.parameters
    known, problems = check_names(_without_withdrawn(layered.tree), tuple(parameters))
    problems += layered.problems
    problems += check_overrides(known, parameters)
    problems += check_councils(known, references.councils)
    scenario, faults = check_values(known, complete=layered.complete)
    refused = {(p.file, p.line, p.column) for p in layered.problems if p.severity == "error"}
    problems += [fault for fault in faults if (fault.file, fault.line, fault.column) not in refused]
    problems += check_plausibility(known, scenario, parameters)
    if scenario is not None and not any(problem.severity == "error" for problem in problems):
        problems += check_correlations(known, scenario)
        problems += _check_shipped_name(scenario)
    if scenario is not None:
        problems += check_review_dates(scenario, references, display_name(path))
    return scenario, layered, in_order(problems)


def _check_shipped_name(scenario: Scenario) -> Iterator[Problem]:
    """A warning if the name is that of a shipped scenario that asks something else.

    It has no place in a file, so that a run and its scenario.resolved.yaml have their warnings in one order.
    """
    name = scenario.name
    if name in shipped_scenarios() and _asked(scenario) != _asked(_shipped(name)):
        message = (
            f"{name} is the name of a scenario that ships with sencosim and asks something else, so results of this "
            f"one would be taken for results of that one. Give this one another name, such as  name: my_{name} ."
        )
        yield Problem(message, key="name", found=name, severity="warning")


@cache
def _shipped(name: str) -> Scenario | None:
    layered = gather(shipped_folder() / f"{name}.yaml")
    return check_values(_without_withdrawn(layered.tree), complete=layered.complete)[0]


def _asked(scenario: Scenario | None) -> dict[str, object]:
    """Settings but those of how it is run and shown: numbers of pairs, years, views and the weights of the mean."""
    settings = {} if scenario is None else scenario.settings()
    return {name: value for name, value in settings.items() if name not in NOT_ASKED}


def _without_withdrawn(tree: Branch) -> Branch:
    """Tree without overrides that a child has taken back by writing ``null``."""
    overrides = tree.entries.get("overrides")
    if not isinstance(overrides, Branch):
        return tree
    kept = {n: node for n, node in overrides.entries.items() if not (isinstance(node, Leaf) and node.value is None)}
    return Branch(tree.place, {**tree.entries, "overrides": Branch(overrides.place, kept)})


def _origins(node: Node, path: TreePath = ()) -> dict[str, tuple[str, int]]:
    """File and line of every value and every list; a list of plain values is shown, and has its origin, as one."""
    if isinstance(node, Branch):
        inside = [_origins(child, (*path, name)) for name, child in node.entries.items()]
    elif isinstance(node, Leaf):
        inside = []
    else:
        inside = [_origins(child, (*path, i)) for i, child in enumerate(node.items) if not isinstance(child, Leaf)]
    own = {} if isinstance(node, Branch) else {dotted(path): (node.place.file, node.place.line)}
    return {**own, **{key: origin for part in inside for key, origin in part.items()}}


def _remembered(origins: dict[str, tuple[str, int]], scenario: Scenario, path_or_name: str | Path) -> Origins:
    """Origins as a shown file tells them, if the file was written by ``show`` and has not been edited since."""
    path = find_file(path_or_name)
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    sealed = next((match for match in map(SEAL_LINE.match, lines[:5]) if match), None)
    if sealed is None or sealed.group("seal") != seal(scenario):
        return origins
    told: dict[str, tuple[str, int]] = {}
    for key, (_file, number) in origins.items():
        comment = _ORIGIN_COMMENT.search(lines[number - 1])
        if comment and not comment.group("default"):
            told[key] = (comment.group("file"), int(comment.group("line")))
    return told


def seal(scenario: Scenario) -> str:
    """Short hash of all settings, title and description included. [16 hexadecimal digits]"""
    text = json.dumps(scenario.model_dump(mode="json", by_alias=True), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:SEAL_LENGTH]


def seal_line(scenario: Scenario) -> str:
    """Comment that carries the seal."""
    return f"# Origins hold while nothing below is edited (seal {seal(scenario)})."
