"""The register as a scenario sees it: the evidence, with the scenario's own values and correlations in their places."""

from __future__ import annotations

from collections.abc import Sequence

from sencosim.evidence.correlations import CorrelatedGroup
from sencosim.evidence.distributions import Distribution
from sencosim.evidence.register import Register, load_register
from sencosim.scenario.schema import Correlation, Scenario


def register_of(scenario: Scenario) -> Register:
    """The register with the scenario's own assumptions."""
    register = load_register()
    changed: dict[str, float | Sequence[float] | Distribution] = {}
    for name, item in scenario.overrides.items():
        if item.value is not None:
            changed[name] = item.value
        elif item.distribution is not None:
            changed[name] = item.distribution
    if changed:
        register = register.override(changed)
    if scenario.correlations:
        register = register.correlated(groups_of(scenario))
    return register


def groups_of(scenario: Scenario) -> tuple[CorrelatedGroup, ...]:
    """Correlated groups that a scenario states, or changes."""
    known = {group.name: group for group in load_register().correlations}
    return tuple(_group(name, stated, known.get(name)) for name, stated in scenario.correlations.items())


def _group(name: str, stated: Correlation, known: CorrelatedGroup | None) -> CorrelatedGroup:
    parameters = stated.parameters
    opposite = stated.opposite
    if parameters is None and known is not None:
        parameters, opposite = known.parameters, known.opposite
    return CorrelatedGroup(
        name=name,
        title=known.title if known is not None else name.replace("_", " "),
        parameters=parameters or (),
        opposite=opposite,
        correlation=stated.correlation,
        kind="assumption",
        quality="E",
        review_by="",
        note=stated.why,
    )
