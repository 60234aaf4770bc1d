"""The designed ensemble behind the explorer: which policies are run, under which beliefs, in which worlds.

A *world* is one draw of the evidence, one sample of whole councils with its own chance, and one law. Its no-policy arm
is run once; the policies of the world are run on it, two in each view. Half of the worlds have the beliefs as they are
drawn, the others have the beliefs that a reader may move anywhere in their range, so that its ends are known too. All
other uncertain parameters are drawn: what they move is what the emulator does not explain.

Points are of two scrambled Sobol' sequences, one over worlds and one over their policies.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from sencosim.decisions.designs import sobol_points, uniform_range
from sencosim.decisions.resampling import Floats
from sencosim.evidence.register import load_register
from sencosim.evidence.views import VIEWS, load_view
from sencosim.outcomes.explorer_controls import CONTROLS, FULL_TIME
from sencosim.outcomes.explorer_data import belief_rows
from sencosim.scenario.laws import Law
from sencosim.studies.catalogue import LAWS

ARMS = 2
"""Policies of each view in a world."""
FOR_BOTH_PHASES, FULL, NO_HOURS, BY_NEED = 0.65, 0.1, 0.15, 0.4
"""Shares of the policies: those for both phases; with a full-time post, without a duty of hours, with hours by need."""


@dataclass(frozen=True)
class Belief:
    """A belief that a reader may move and that the engine reads."""

    name: str
    only_policy: bool  # no no-policy arm depends on it
    log: bool  # a ratio, on a logarithmic scale
    none: float | None  # value at which nothing happens, for effects
    low: float  # ends of what is covered: the evidence's interval and the point values of all views
    high: float

    @property
    def scale(self) -> tuple[float, float]:
        """Middle and half-width on which it is standardised, of logarithms for a ratio: zero is no effect."""
        low, high = (math.log(end) if self.log else end for end in (self.low, self.high))
        if self.none is None:
            return 0.5 * (low + high), 0.5 * (high - low)
        middle = math.log(self.none) if self.log else self.none
        return middle, max(high - middle, middle - low)

    def at(self, share: Floats) -> Floats:
        """Values that far along the range. [``share``: 0 to 1; unit of the parameter]"""
        if self.log:
            return np.asarray(np.exp(np.log(self.low) + share * np.log(self.high / self.low)))
        return np.asarray(self.low + share * (self.high - self.low))


@lru_cache(maxsize=1)
def beliefs() -> tuple[Belief, ...]:
    """Every such belief, in order."""
    register = load_register()
    found = []
    for row in belief_rows():
        parameter = register[row["name"]]
        ends = [*(parameter.interval or ()), *(float(str(load_view(view).point(parameter))) for view in VIEWS)]
        found.append(
            Belief(row["name"], row["only_policy"] == "1", row["log"] == "1", parameter.no_effect, min(ends), max(ends))
        )
    return tuple(found)


@dataclass(frozen=True)
class Arm:
    """A policy of a world."""

    view: str
    controls: Mapping[str, float]
    beliefs: Mapping[str, float]  # that are not as drawn


@dataclass(frozen=True)
class World:
    """What shares a no-policy arm."""

    number: int  # its draw of the evidence and its sample of schools, from 1
    law: Law
    arms: tuple[Arm, ...]


def worlds(n: int, seed: int) -> tuple[World, ...]:
    """The first worlds of the design; asked for more, the first ones stay as they are within the same power of two."""
    own = beliefs()
    shared, single = ([one for one in own if one.only_policy is only] for only in (False, True))
    of_world = _cube(["law", *(one.name for one in shared)], n, seed)
    n_arms = ARMS * len(VIEWS)
    of_arm = _cube([*POLICY_DIMENSIONS, *(one.name for one in single)], n * n_arms, seed + 1)
    found = []
    for number in range(n):
        is_moved = number % 2 == 1
        law = LAWS[(number // 2) % len(LAWS)]
        common = _values(shared, of_world[number, 1:])
        arms = []
        for place in range(n_arms):
            row = of_arm[number * n_arms + place]
            told = common | _values(single, row[len(POLICY_DIMENSIONS) :])
            controls = policy_at(dict(zip(POLICY_DIMENSIONS, row.tolist(), strict=False)))
            arms.append(Arm(VIEWS[place % len(VIEWS)], controls, told if is_moved else {}))
        arms.sort(key=lambda arm: arm.controls["start"])  # the no-policy arm is left at the first start
        found.append(World(number + 1, law, tuple(arms)))
    return tuple(found)


def _values(of: list[Belief], shares: Floats) -> dict[str, float]:
    return {one.name: float(one.at(np.asarray(share))) for one, share in zip(of, shares, strict=True)}


def _cube(names: list[str], n: int, seed: int) -> Floats:
    whole = 1 << max(1, n - 1).bit_length()
    return sobol_points({name: uniform_range(0.0, 1.0) for name in names}, whole, seed).cube[:n]


POLICY_DIMENSIONS = ("rule", "phases", *(name for name in CONTROLS if name not in ("primary", "secondary")))


def policy_at(shares: Mapping[str, float]) -> dict[str, float]:
    """A policy from a point of the unit cube. Controls stand at their ends, or off, more often than between.

    Parameters
    ----------
    shares
        By name of :data:`POLICY_DIMENSIONS`. [share, 0 to 1]
    """
    at = {name: _between(name, _stretched(shares[name])) for name in POLICY_DIMENSIONS if name in CONTROLS}
    rule, phases = shares["rule"], shares["phases"]
    if rule < NO_HOURS:
        at |= {"hours_per_sen_pupil": 0.0, "least_hours": 0.0}
    elif rule < NO_HOURS + FULL:
        at |= {"hours_per_sen_pupil": 0.0, "least_hours": FULL_TIME}
    elif rule < 1.0 - BY_NEED:
        at |= {"hours_per_sen_pupil": 0.0, "least_hours": _between("least_hours", shares["least_hours"])}
    at["most_hours"] = (
        FULL_TIME if rule < 1.0 - BY_NEED else _between("most_hours", min(1.0, 2.0 * shares["most_hours"]))
    )
    for name in BESIDE:
        at[name] = _between(name, max(0.0, 2.0 * shares[name] - 1.0))
    at["smallest_school"] = _between("smallest_school", max(0.0, 2.0 * shares["smallest_school"] - 1.0))
    at["start"] = _between("start", max(0.0, 2.0 * shares["start"] - 1.0))
    at["phase_in_years"] = 3.0 if shares["phase_in_years"] < 0.4 else _of_six(shares["phase_in_years"])
    single = phases >= FOR_BOTH_PHASES
    at["primary"] = float(not single or phases < 0.5 * (1.0 + FOR_BOTH_PHASES))
    at["secondary"] = float(not single or at["primary"] == 0.0)
    if not any(at[name] > 0.0 for name in (*BESIDE, "hours_per_sen_pupil", "least_hours")):
        at["leadership_seat"] = 1.0
    return at


BESIDE = ("shared_below", "administrator_hours", "assistant_hours_per_sen_pupil", "leadership_seat")
"""Controls of other levers than hours: off in half of the policies."""


def _stretched(share: float) -> float:
    """A fifth of the points at each end."""
    return min(1.0, max(0.0, (share - 0.2) / 0.6))


def _of_six(share: float) -> float:
    return float(min(6, 1 + int((share - 0.4) / 0.1)))


def _between(name: str, share: float) -> float:
    """A control that far along its range, at a whole step; a limit of sharing is off or high enough to act."""
    one = CONTROLS[name]
    if name == "shared_below" and share > 0.0:
        return float(round(30.0 + share * (one.high - 30.0)))
    steps = round((one.high - one.low) / one.step * share)
    return round(min(one.high, one.low + one.step * steps), 9)
