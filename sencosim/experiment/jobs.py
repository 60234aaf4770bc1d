"""The smallest piece of work, one pair of arms, and the scenario that it is run on.

A *variant* is the key of a row of the structure table, ``reference`` for the form from which the others depart,
``routes_off.`` and the names of groups of routes joined by ``+``, or ``horizon.`` and the years of a longer horizon.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sencosim.engine.pair import Pair
from sencosim.evidence.routes import ONLY_POLICY_READS, ROUTE_NAMES, RouteName
from sencosim.scenario.laws import Law, under_law
from sencosim.scenario.schema import Override, Scenario
from sencosim.scenario.structure import Fixed, Row, departures, reference_row

REFERENCE = reference_row().key
ROUTES_OFF = "routes_off."
HORIZON = "horizon."
POLICY = "policy"
"""Arm of an experiment that has one policy."""
_ROWS: Mapping[str, Row] = {row.key: row for row in (reference_row(), *departures())}


@dataclass(frozen=True, order=True)
class Job:
    """One pair of arms to run, the no-policy arm and a policy: known by these eight."""

    view: str
    draw: int  # of the evidence: 0 for the point values of the view
    replication: int  # key of chance and of the sample of schools
    share: float  # of England simulated, above 0, at most 1
    law: Law = "current_law"  # that both arms stand on
    variant: str = REFERENCE  # row of the structure table, or groups of routes that are off
    arm: str = POLICY  # name of the policy
    point: int = 0  # of a design, from 1; 0 where nothing alongside the draw is set

    @property
    def pair(self) -> Pair:
        """What the engine is asked."""
        return Pair(self.view, self.draw, self.replication)

    @property
    def name(self) -> str:
        """Its key in the stored dataset.

        Examples
        --------
        >>> Job("central", 3, 0, 0.05).name
        'central-draw3-replication0-share0.05'
        >>> Job("central", 3, 0, 0.05, "announced", "beyond_list.one").name
        'central-draw3-replication0-share0.05-announced-beyond_list.one'
        >>> Job("central", 0, 1, 0.02, arm="full_time", point=7).name
        'central-draw0-replication1-share0.02-full_time-point7'
        """
        share = f"{self.share!r}".removesuffix(".0")  # all digits: two shares that nearly agree are two jobs
        parts = [f"{self.view}-draw{self.draw}-replication{self.replication}-share{share}"]
        parts += [] if self.law == "current_law" else [self.law]
        parts += [] if self.variant == REFERENCE else [self.variant]
        parts += [] if self.arm == POLICY else [self.arm]
        parts += [f"point{self.point}"] if self.point else []
        return "-".join(parts)

    @property
    def world(self) -> tuple[object, ...]:
        """What its no-policy arm depends on: pairs of one world share it, whatever their view and policy."""
        of_view = self.view if self.point else ""
        return (self.law, world_variant(self.variant), self.draw, self.replication, self.share, self.point, of_view)

    def in_words(self) -> str:
        """What it is, for a line of progress."""
        if self.point:
            return f"point {self.point}, replication {self.replication + 1}"
        what = "point values" if self.draw == 0 else f"draw {self.draw}"
        law = "" if self.law == "current_law" else f", {self.law.replace('_', ' ')} law"
        form = "" if self.variant == REFERENCE else f", {self.variant}"
        return f"{self.view}, {what}, replication {self.replication + 1}{law}{form}"


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


def horizon_variant(years: int) -> str:
    """Name of the variant that goes on for so many years from the first of the horizon. [years]

    Examples
    --------
    >>> horizon_variant(30)
    'horizon.30'
    """
    return f"{HORIZON}{years}"


def years_of(variant: str) -> int | None:
    """Length of the horizon of a variant; ``None`` if it is that of the scenario. [years]

    Examples
    --------
    >>> years_of("horizon.30"), years_of("reference")
    (30, None)
    """
    return int(variant.removeprefix(HORIZON)) if variant.startswith(HORIZON) else None


def row_named(variant: str) -> Row:
    """Row of the structure table that a variant stands for; the reference if it is of routes or of a longer horizon."""
    return _ROWS[REFERENCE if variant.startswith((ROUTES_OFF, HORIZON)) else variant]


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
    >>> world_variant("horizon.30")
    'horizon.30'
    """
    if years_of(variant) is not None:
        return variant
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
    years = years_of(variant) or scenario.horizon.years
    horizon = scenario.horizon.model_copy(update={"years": years})
    told = {"overrides": settings | scenario.overrides, "routes_off": off, "horizon": horizon}
    return changed.model_copy(update=told)


def _override(fixed: Fixed, *, drawn: bool) -> Override:
    if drawn and fixed.distribution is not None:
        return Override(distribution=fixed.distribution)
    return Override(value=fixed.value)
