"""Check the correlations that a scenario states against the evidence."""

from __future__ import annotations

from collections.abc import Iterator

from sencosim.errors import EvidenceError, Problem
from sencosim.evidence.register import load_register
from sencosim.scenario.assumed import groups_of
from sencosim.scenario.check import problem_at
from sencosim.scenario.schema import Scenario
from sencosim.scenario.tree import Branch, Path


def check_correlations(tree: Branch, scenario: Scenario) -> Iterator[Problem]:
    """Problems of the stated correlations: a new group without parameters, unknown names, groups that overlap.

    Parameters
    ----------
    tree
        The scenario as written, for places.
    scenario
        The same, checked but for this.
    """
    stated = tree.entries.get("correlations")
    if not isinstance(stated, Branch) or not scenario.correlations:
        return
    known = {group.name for group in load_register().correlations}
    bare = [name for name, one in scenario.correlations.items() if one.parameters is None and name not in known]
    for name in bare:
        message = (
            f"The evidence has no group of correlated parameters named {name}, so it must say which they are: "
            f"parameters: [name, name]. Groups of the evidence are {', '.join(sorted(known))}."
        )
        yield problem_at(stated.entries[name], ("correlations", name), message)
    if bare:
        return
    try:
        load_register().correlated(groups_of(scenario))
    except EvidenceError as error:
        for problem in error.problems:
            name = str(problem.key).rpartition(".")[2]
            path: Path = ("correlations", name) if name in stated.entries else ("correlations",)
            yield problem_at(stated.entries.get(name, stated), path, problem.message)
