"""Mechanisms that a researcher may replace by a function of their own, for one run at a time.

Each is one scalar rule of :mod:`sencosim.rules` behind a typed protocol: numbers in, one number out, no chance and no
memory. There is no registry and no hook: the reference engine calls the field of :class:`Mechanisms` where the rule
would stand, and the compiled engine refuses to run with any of them replaced. A run that has one replaced says so in
everything that it writes, and its fingerprint differs from that of any other run.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Protocol

from sencosim.engine.own_code import Checked, function_fingerprint, name_of
from sencosim.errors import EngineError, InputError
from sencosim.rules.chance import chance_with_odds
from sencosim.rules.coverage import coverage_effect
from sencosim.rules.exclusion import exclusion_chance
from sencosim.rules.placement import placement_chance
from sencosim.rules.requests import refusal_chance
from sencosim.rules.senco_hours import overtime_hours, used_hours
from sencosim.rules.workforce import leaving_hazard


class ExclusionChance(Protocol):
    """M12: chance that a crisis ends in permanent exclusion. [probability, 0 to 1]

    Shipped: :func:`sencosim.rules.exclusion.exclusion_chance`, which explains the arguments.
    """

    def __call__(self, timely_chance: float, coverage_multiplier: float, late: float, late_ratio: float, /) -> float:
        """Chance of one crisis."""
        ...


class RefusalChance(Protocol):
    """M8: chance that a council refuses to assess. [probability, 0 to 1]

    Shipped: :func:`sencosim.rules.requests.refusal_chance`.
    """

    def __call__(
        self,
        route_log_odds: float,
        council_log_odds: float,
        severity_slope: float,
        frailty: float,
        few_cycles_log_odds: float,
        /,
    ) -> float:
        """Chance of one request."""
        ...


class AppealChance(Protocol):
    """M11: chance that a family that did not settle appeals. [probability, 0 to 1]

    Takes the chance at the average coverage of the base year, and the relative odds at the school's coverage (g / G).
    Shipped: :func:`sencosim.rules.chance.chance_with_odds`.
    """

    def __call__(self, chance: float, coverage_multiplier: float, /) -> float:
        """Chance of one decision."""
        ...


class PlacementChance(Protocol):
    """M10: chance that special is named, before coverage acts on its odds. [probability, 0 to 1]

    Shipped: :func:`sencosim.rules.placement.placement_chance`.
    """

    def __call__(self, share: float, severity_slope: float, frailty: float, /) -> float:
        """Chance of one new plan."""
        ...


class EffectOfCoverage(Protocol):
    """M6: relative hazard of an outcome at a level of coverage: g. [ratio, > 0]

    One function serves five outcomes: requests, suspensions, exclusions, appeals and moves to special schools; each
    comes with its own elasticity. The base year is normalised with the same function, so that today's rates stay what
    the evidence says. Shipped: :func:`sencosim.rules.coverage.coverage_effect`.
    """

    def __call__(self, covered: float, elasticity: float, seat_multiplier: float, floor: float, /) -> float:
        """Relative hazard of one outcome at one school."""
        ...


class SencoHours(Protocol):
    """M5: hours a week really used for SEN work. [hours a week, >= 0]

    Shipped: :func:`sencosim.rules.senco_hours.used_hours`.
    """

    def __call__(
        self, kept_hours: float, added_hours: float, used_share_baseline: float, used_share_added: float, /
    ) -> float:
        """Used hours of one SENCO in one term."""
        ...


class Overtime(Protocol):
    """M5: unpaid hours a week. [hours a week, >= 0]

    Shipped: :func:`sencosim.rules.senco_hours.overtime_hours`.
    """

    def __call__(
        self, ceiling: float, displacement: float, used_added: float, work_waiting_and_due: float, used: float, /
    ) -> float:
        """Unpaid hours of one SENCO in one term."""
        ...


class LeavingHazard(Protocol):
    """M14: hazard of leaving the post. [per year, >= 0]

    Shipped: :func:`sencosim.rules.workforce.leaving_hazard`.
    """

    def __call__(self, base_per_year: float, ratio_demand_met: float, strained: float, seat_ratio: float, /) -> float:
        """Hazard of one SENCO in one term."""
        ...


_CHANCES = ("exclusion", "refusal", "appeal", "placement")


@dataclass(frozen=True)
class Mechanisms:
    """The replaceable mechanisms of a run: those of the package, but for those that a researcher gave.

    Attributes
    ----------
    exclusion, refusal, appeal, placement
        Chances. [probability, 0 to 1]
    effect_of_coverage
        [ratio, > 0]
    senco_hours, overtime
        [hours a week, >= 0]
    leaving
        [per year, >= 0]
    """

    exclusion: ExclusionChance = exclusion_chance
    refusal: RefusalChance = refusal_chance
    appeal: AppealChance = chance_with_odds
    placement: PlacementChance = placement_chance
    effect_of_coverage: EffectOfCoverage = coverage_effect
    senco_hours: SencoHours = used_hours
    overtime: Overtime = overtime_hours
    leaving: LeavingHazard = leaving_hazard

    @property
    def replaced(self) -> dict[str, Callable[..., float]]:
        """Functions that stand where a shipped mechanism would, by the name of the mechanism."""
        given = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: one.function for name, one in given.items() if isinstance(one, Checked)}

    def facts(self) -> dict[str, dict[str, str]]:
        """What was replaced, for manifests and fingerprints: the function's name and the hash of its code."""
        return {
            name: {"function": name_of(one), "code_sha256": function_fingerprint(one)}
            for name, one in self.replaced.items()
        }

    def __reduce__(self) -> tuple[Any, ...]:
        """Other processes are sent what was replaced; they have the rest."""
        return replaced_by, (self.replaced,)


SHIPPED = Mechanisms()
"""Every mechanism as it ships."""


def refuse_replaced(mechanisms: Mechanisms) -> None:
    """Let the compiled engine refuse what it would otherwise pass over: it has the shipped rules compiled in.

    Raises
    ------
    EngineError
        If any mechanism is replaced.
    """
    replaced = mechanisms.replaced
    if replaced:
        raise EngineError(
            f"The compiled engine cannot run a replaced mechanism ({', '.join(replaced)}). Use the reference engine."
        )


def mechanism_names() -> tuple[str, ...]:
    """Names of the replaceable mechanisms."""
    return tuple(one.name for one in fields(Mechanisms))


def replaced_by(functions: Mapping[str, Callable[..., float]] | None) -> Mechanisms:
    """The mechanisms of a run with some of them replaced.

    Parameters
    ----------
    functions
        By the name of the mechanism, each a function of plain numbers as its protocol says: without chance, without
        memory and without effects beside its result.

    Raises
    ------
    InputError
        If there is no such mechanism, or a function cannot be called with its arguments.

    Examples
    --------
    >>> replaced_by({"exclusion": lambda timely_chance, coverage_multiplier, late, late_ratio: 0.0}).replaced.keys()
    dict_keys(['exclusion'])
    """
    given = dict(functions or {})
    unknown = [name for name in given if name not in mechanism_names()]
    if unknown:
        raise InputError(
            f"There is no replaceable mechanism named {', '.join(unknown)}. "
            f"Those that can be replaced are {', '.join(mechanism_names())}."
        )
    return replace(SHIPPED, **{name: _checked(name, function) for name, function in given.items()})


def _checked(name: str, function: Callable[..., float]) -> Checked:
    shipped = getattr(SHIPPED, name)
    wanted = list(inspect.signature(getattr(shipped, "py_func", shipped)).parameters)
    try:
        inspect.signature(function).bind(*wanted)
    except (TypeError, ValueError) as error:
        raise InputError(
            f"The function for the mechanism {name} must take {len(wanted)} numbers, in this order: "
            f"{', '.join(wanted)}. {str(error).capitalize()}."
        ) from error
    return Checked(name, function, 1.0 if name in _CHANCES else float("inf"), may_be_zero=name != "effect_of_coverage")
