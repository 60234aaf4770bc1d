"""A scenario with some settings changed in Python: checked, and refused, in the words of a scenario file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

from pydantic import ValidationError

from sencosim.errors import InputError, Problem
from sencosim.evidence.faults import faults_in_words
from sencosim.evidence.register import load_register
from sencosim.levers.protected_time import Floor
from sencosim.scenario.assumptions import check_overrides
from sencosim.scenario.check import check_names, check_values
from sencosim.scenario.inherit import rivals_of
from sencosim.scenario.schema import Scenario
from sencosim.scenario.tree import Branch, Leaf, Listing, Node, Place, Plain

NOWHERE = Place("", 0, 0)
"""Place of a value that stands in no file."""


def with_values(scenario: Scenario, settings: Mapping[str, object]) -> Scenario:
    """A scenario with some settings changed, checked like a file.

    Parameters
    ----------
    scenario
        To start from; it stays as it is.
    settings
        New values by dotted name, such as ``levers.protected_time.floor.hours_per_week``.

    Raises
    ------
    InputError
        If a setting does not exist or cannot have the value; all faults at once.
    """
    if not settings:
        return scenario
    _check_rivals([name for name, value in settings.items() if value is not None])
    content = scenario.model_dump(mode="json", by_alias=True)
    for name, value in settings.items():
        if value is not None:
            _make_room(content, name)
        place: Any = content
        *path, last = name.split(".")
        for part in path:
            if not isinstance(place.get(part), dict):
                place[part] = {}
            place = place[part]
        place[last] = value
    written = json.dumps(content, default=_plain)
    try:
        return Scenario.model_validate_json(written)
    except ValidationError as error:
        problems = _problems(json.loads(written), error)
    words = " ".join(problem.message for problem in problems)
    raise InputError(f"The scenario {scenario.name} cannot have these settings. {words}", problems)


def _problems(content: dict[str, Plain], error: ValidationError) -> tuple[Problem, ...]:
    """Every fault, with the name of its setting in front."""
    tree, parameters = _tree(content), load_register()
    found: list[Problem] = []
    if isinstance(tree, Branch):
        known, found = check_names(tree, tuple(parameters))
        unknown = [one.key or "" for one in found]
        further = [*check_overrides(known, parameters), *check_values(known, complete=True)[1]]
        # A group with an unknown name in it may lack what was meant: only the name is said.
        found += [one for one in further if not any(name.startswith(f"{one.key}.") for name in unknown)]
    told = [(one.key, " ".join(one.message.split())) for one in found if one.severity == "error"]
    told = told or [(".".join(place), f"{words[:1].upper()}{words[1:]}.") for place, words in faults_in_words(error)]
    return tuple(Problem(f"{key}: {words}" if key else words, key=key) for key, words in told)


def _tree(value: Plain) -> Node:
    """Plain values as a file has them, which stand nowhere."""
    if isinstance(value, dict):
        return Branch(NOWHERE, {name: _tree(inside) for name, inside in value.items() if inside is not None})
    if isinstance(value, list):
        return Listing(NOWHERE, tuple(map(_tree, value)))
    return Leaf(NOWHERE, value, "" if value is None else str(value))


def _plain(value: object) -> object:
    """Number of an array library as one of Python; anything else cannot be a setting."""
    if hasattr(value, "tolist"):
        return value.tolist()
    raise InputError(
        f"A setting cannot be {value!r}, which is of the type {type(value).__name__}. It can be a number, a text, true "
        "or false, a list of these, or a dictionary of settings."
    )


def _rivals(name: str) -> tuple[str, ...]:
    """Settings of which a setting takes the place, by dotted name: other forms of a floor, other phasing of a lever."""
    path = tuple(name.split("."))
    if len(path) > 1 and path[-2].endswith("floor") and path[-1] in Floor.forms:
        own, above, names = path[-1], path[:-1], Floor.forms
    else:
        own, above = "".join(path[2:3]), path[:2]
        names = next((one for one in rivals_of(above) if own in one), ())
    return tuple(".".join((*above, other)) for other in names if other != own)


def _make_room(content: dict[str, Any], name: str) -> None:
    """Take out what would stand beside a setting and be read in its place, as in a file that extends another."""
    for rival in _rivals(name):
        *path, last = rival.split(".")
        place: Any = content
        for part in path:
            place = place.get(part) if isinstance(place, dict) else None
        if isinstance(place, dict):
            place.pop(last, None)


def _check_rivals(names: Sequence[str]) -> None:
    """Refuse two settings of which only one would be read."""
    told = [
        f"{one} and {other} take each other's place, so only one of them would count. Leave one of them out."
        for one, other in combinations(names, 2)
        if any(f"{other}.".startswith(f"{rival}.") for rival in _rivals(one))
    ]
    if told:
        raise InputError(" ".join(told), tuple(Problem(words) for words in told))
