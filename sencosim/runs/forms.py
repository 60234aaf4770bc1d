"""The scenario that a pair of arms is run on: its law, its form of the model, and the routes that are on.

A *variant* is the key of a row of the structure table, ``reference`` for the form from which the others depart, or
``routes_off.`` and the names of groups of routes joined by ``+``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sencosim.scenario.laws import Law, under_law
from sencosim.scenario.routes import ONLY_POLICY_READS, ROUTE_NAMES, RouteName
from sencosim.scenario.schema import Override, Scenario
from sencosim.scenario.structure import Fixed, Row, departures, reference_row

REFERENCE = reference_row().key
ROUTES_OFF = "routes_off."
_ROWS: Mapping[str, Row] = {row.key: row for row in (reference_row(), *departures())}


def routes_variant(off: Iterable[RouteName]) -> str:
    """Name of the variant in which these groups of routes are off.

    Examples
    --------
    >>> routes_variant(["need", "conduct"]), routes_variant([])
    ('routes_off.need+conduct', 'reference')
    """
    names = "+".join(off)
    return f"{ROUTES_OFF}{names}" if names else REFERENCE


def routes_of(variant: str) -> tuple[RouteName, ...]:
    """Groups of routes that a variant switches off.

    Examples
    --------
    >>> routes_of("routes_off.need+conduct"), routes_of("beyond_list.one")
    (('need', 'conduct'), ())
    """
    names = variant.removeprefix(ROUTES_OFF).split("+") if variant.startswith(ROUTES_OFF) else []
    return tuple(name for name in ROUTE_NAMES if name in names)


def row_named(variant: str) -> Row:
    """Row of the structure table that a variant stands for; the reference for one that switches routes off."""
    return _ROWS[REFERENCE if variant.startswith(ROUTES_OFF) else variant]


def law_of(variant: str, law: Law) -> Law:
    """Law of a row: its own if it is one of a law, else the headline's."""
    row = row_named(variant)
    return row.law if row.variant is not None else law


def world_variant(variant: str) -> str:
    """Variant whose no-policy arm is that of this one: the reference if only policy arms read what it sets.

    Examples
    --------
    >>> world_variant("effect_channel.hours"), world_variant("beyond_list.one"), world_variant("routes_off.need")
    ('reference', 'beyond_list.one', 'reference')
    """
    row = row_named(variant)
    return row.key if row.variant is not None or set(row.overrides) - ONLY_POLICY_READS else REFERENCE


def rows_for(scenario: Scenario) -> tuple[str, ...]:
    """Rows of the structure table that can be asked of a scenario, by key, without the reference.

    A row is left out where the scenario itself settles what the row would set, or is not set against the row's law.
    """
    laws = laws_for(scenario)
    return tuple(
        row.key
        for row in departures()
        if not set(row.overrides) & set(scenario.overrides) and (row.variant is None or row.law in laws)
    )


def laws_for(scenario: Scenario) -> tuple[Law, ...]:
    """Laws that a scenario is set against, the headline's first; one that changes nothing in it is left out."""
    first, *others = scenario.baselines
    here = under_law(scenario, first)
    return (first, *(law for law in others if under_law(scenario, law).background != here.background))


def asked(scenario: Scenario, law: Law, variant: str, *, drawn: bool) -> Scenario:
    """The scenario of a pair of arms.

    Parameters
    ----------
    scenario
        As the user wrote it. What it overrides itself stays.
    law, variant
        See the module.
    drawn
        Whether the evidence is drawn: then a row that is a range takes its distribution, not its point value.
    """
    row = row_named(variant)
    changed = under_law(scenario, law, row.variant)
    settings = {name: _override(fixed, drawn=drawn) for name, fixed in row.settings.items()}
    off = tuple(dict.fromkeys((*scenario.routes_off, *routes_of(variant))))
    return changed.model_copy(update={"overrides": settings | scenario.overrides, "routes_off": off})


def _override(fixed: Fixed, *, drawn: bool) -> Override:
    if drawn and fixed.distribution is not None:
        return Override(distribution=fixed.distribution)
    return Override(value=fixed.value)
