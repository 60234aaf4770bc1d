"""Check a scenario's lines against its settings: names, places, kinds, limits. All faults at once."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from sencosim.errors import Problem
from sencosim.names import did_you_mean, listed, nearest
from sencosim.scenario.emit import nested_lines
from sencosim.scenario.guide import Guide, homes, scenario_guide
from sencosim.scenario.schema import Scenario
from sencosim.scenario.tree import Branch, Leaf, Listing, Node, Path, dotted, find, placed, plain, without
from sencosim.scenario.wording import fault_sentence, missing_sentence, year_sentence

MOST_ROUNDS = 8
_WORD = re.compile(r"[A-Za-z0-9_/]+")


def problem_at(node: Node, path: Path, message: str, *, warning: bool = False) -> Problem:
    """Problem with what stands at a path."""
    shown = path[:-1] if len(path) == 3 and path[0] == "overrides" and path[-1] == "value" else path
    return Problem(
        message=message,
        file=node.place.file,
        line=node.place.line,
        column=node.place.column,
        key=dotted(shown),
        found=_shown(node),
        severity="warning" if warning else "error",
    )


def _shown(node: Node) -> str | None:
    if not isinstance(node, Leaf) or not node.text:
        return None
    text = node.text.replace("\n", " ")
    return text if len(text) <= 60 else f"{text[:57]}..."


def check_names(tree: Branch, parameters: tuple[str, ...]) -> tuple[Branch, list[Problem]]:
    """Check the names of all settings; names of parameters are known, to notice one outside ``overrides``.

    Returns the tree without unknown names, and a problem for each of them. What stands under a name with a single
    likely spelling is kept under that spelling, so that it is checked too.
    """
    problems: list[Problem] = []
    unknown = list(_unknown(tree, scenario_guide(), ()))
    while unknown:
        path, node = unknown[0]
        problems.append(problem_at(node, path, _unknown_sentence(path, node, tree, parameters)))
        tree = _respelt(tree, path, node)
        unknown = list(_unknown(tree, scenario_guide(), ()))
    return tree, problems


def _respelt(tree: Branch, path: Path, node: Node) -> Branch:
    """Tree with an unknown name in its likely spelling, or without it."""
    group, guide = find(tree, path[:-1]), scenario_guide().at(path[:-1])
    rest = _pruned(tree, path)
    names = nearest(str(path[-1]), guide.names) if guide is not None else []
    if len(names) == 1 and isinstance(group, Branch) and names[0] not in group.entries and not homes(str(path[-1])):
        changed = placed(rest, (*path[:-1], names[0]), node)
        return changed if isinstance(changed, Branch) else rest
    return rest


def _pruned(tree: Branch, path: Path) -> Branch:
    rest = without(tree, path)
    return rest if isinstance(rest, Branch) else tree


def _unknown(node: Node, guide: Guide, path: Path) -> Iterator[tuple[Path, Node]]:
    """Every setting whose name the guide does not know, with its place."""
    steps: list[tuple[str | int, Node]] = []
    if isinstance(node, Branch) and guide.kind == "object":
        steps = list(node.entries.items())
    elif not isinstance(node, Leaf | Branch) and guide.kind == "array":
        steps = list(enumerate(node.items))
    for step, child in steps:
        inside = guide.child(step)
        if inside is None:
            yield (*path, step), child
        else:
            yield from _unknown(child, inside, (*path, step))


def _unknown_sentence(path: Path, node: Node, tree: Branch, parameters: tuple[str, ...]) -> str:
    name, group = str(path[-1]), path[:-1]
    here = scenario_guide().at(group)
    valid = here.names if here is not None else ()
    close = did_you_mean(name, valid)
    if homes(name):
        return f"{moved_sentence(name, group, node, tree)}\n{close}".rstrip()
    if close and name not in parameters:
        return f"There is no setting of this name. {close}"
    if name in parameters:
        return _parameter_sentence(name, group, node)
    return _stranger_sentence(name, group, valid, parameters)


def moved_sentence(name: str, group: Path, node: Node, tree: Branch) -> str:
    """Say where a setting lives that stands in the wrong place, with lines to paste."""
    target = _likely_home(name, group, tree)
    lines = "\n".join(f"  {line}" for line in nested_lines(tuple(str(step) for step in target), plain(node)))
    here = dotted(group) or "the top of the file"
    lives = dotted(target[:-1]) or "the top of the file"
    return f"This setting lives under {_quoted(lives)}, not {_quoted(here)}. Move it to:\n{lines}"


def _quoted(place: str) -> str:
    return place if " " in place else f"`{place}`"


def _likely_home(name: str, group: Path, tree: Branch) -> Path:
    """Place that was probably meant: the nearest to where it stands, in a lever that the file uses."""
    levers = tree.entries.get("levers")
    used = set(levers.entries) if isinstance(levers, Branch) else set()

    def distance(home: Path) -> tuple[bool, bool, int]:
        shared = sum(1 for a, b in zip(home, group, strict=False) if a == b)
        unused = home[0] == "levers" and len(home) > 2 and home[1] not in used
        return unused, home[:1] != group[:1], len(home) - 2 * shared

    return min(homes(name), key=distance)


def _parameter_sentence(name: str, group: Path, node: Node) -> str:
    value = plain(node) if isinstance(node, Leaf) else 0
    lines = nested_lines(("overrides", name), {"value": value, "why": "the reason, in a sentence"})
    here = dotted(group) or "the top of the file"
    shown = "\n".join(f"  {line}" for line in lines)
    return (
        f"This is an assumption of the evidence: it lives under `overrides`, not {_quoted(here)}. Move it to:\n{shown}"
    )


def _stranger_sentence(name: str, group: Path, valid: tuple[str, ...], parameters: tuple[str, ...]) -> str:
    elsewhere = list(dict.fromkeys(str(path[-1]) for path in scenario_guide().places()))
    near = nearest(name, [*elsewhere, *parameters])
    if near:
        full = " or ".join(_full_name(other) for other in near[:4])
        return f"There is no setting of this name here. Did you mean  {full} ?"
    inside = f"Under {_quoted(dotted(group))} may stand" if group else "At the top of a scenario may stand"
    return f"There is no setting of this name. {inside}: {listed(valid, most=20)}."


def _full_name(name: str) -> str:
    places = homes(name)
    return dotted(places[0]) if places else f"overrides.{name}"


def check_values(tree: Branch, *, complete: bool) -> tuple[Scenario | None, list[Problem]]:
    """Check kinds and limits of all values.

    A value that is wrong can hide a fault of the group it stands in. So faulty values are taken out and the rest is
    checked again, until nothing new is found. If not all files could be read (``complete``), missing settings are no
    fault. Returns the scenario, if there is no fault, and the problems.
    """
    problems: list[Problem] = []
    removed: set[Path] = set()
    for _ in range(MOST_ROUNDS):
        try:
            scenario = Scenario.model_validate(plain(tree))
        except ValidationError as faults:
            found = [(_known_part(fault, tree), fault) for fault in faults.errors(include_url=False)]
        else:
            return (None if removed else scenario), problems
        for path, fault in found:
            excused = fault["type"] == "missing" and not complete
            if not excused and not _doubtful(path, fault, removed, tree):
                problems.append(_problem(fault, path, tree))
        before = tree
        for path, _fault in sorted(found, key=lambda item: str(item[0]), reverse=True):
            tree = _pruned(tree, path)
        removed |= {path for path, _fault in found}
        if tree == before:
            break
    return None, problems


def _doubtful(path: Path, fault: ErrorDetails, removed: set[Path], tree: Branch) -> bool:
    """Whether a fault may come only from what was taken out.

    The message of a rule that joins settings names them all; so such a fault is believed unless it names one that was
    taken out, inside the group or beside it.
    """
    inside = [gone for gone in removed if gone[: len(path)] == path]
    node = find(tree, path)
    if fault["type"] == "too_short":
        return bool(inside) or (isinstance(node, Listing) and bool(node.items))
    if fault["type"] != "value_error":
        return bool(inside)
    if inside and isinstance(node, Branch) and not node.entries:
        return True
    beside = [gone for gone in removed if gone[:-1] == path[:-1]]
    words = set(_WORD.findall(fault["msg"]))
    return any(str(gone[-1]) in words for gone in (*inside, *beside))


def _known_part(fault: ErrorDetails, tree: Branch) -> Path:
    """Path of a fault, cut where the checker goes on to name its own inner workings."""
    path: Path = ()
    node: Node = tree
    for step in fault["loc"]:
        inner = find(node, (step,))
        if inner is node:
            return (*path, step) if fault["type"] == "missing" else path
        node, path = inner, (*path, step)
    return path


def _problem(fault: ErrorDetails, path: Path, tree: Branch) -> Problem:
    guide, node = scenario_guide().at(path), find(tree, path)
    if guide is None:
        return problem_at(node, path, "This cannot be used here.")
    if fault["type"] == "missing":
        return problem_at(node, path, missing_sentence(str(path[-1]), guide))
    if fault["loc"] and fault["loc"][-1] == "[key]" and guide.unit == "share":
        return problem_at(node, path, year_sentence(str(path[-1])))
    return problem_at(node, path, fault_sentence(fault["type"], fault.get("ctx", {}), guide, node))
