"""What the explorer says alongside its figures: what changed the answer, where a belief would break even, how likely.

All of it is worked out on the headline: the mean over draws, or the value at point values where nothing is drawn.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np

from sencosim.outcomes.explorer import DEFAULT, Explorer, State

MOST_PARTS = 8
"""Changes that are distinguished; more are put together by kind."""
STEPS, HALVINGS = 24, 30
"""Steps along a belief's range at which a change of sign is looked for, and halvings of the one that has it."""


def shapley(value: Callable[[frozenset[str]], float], names: Sequence[str]) -> dict[str, float]:
    """What each of some changes adds, averaged over all orders in which they can be made; they add up exactly.

    Parameters
    ----------
    value
        The figure with a set of the changes made.
    names
        The changes, :data:`MOST_PARTS` at most.

    Examples
    --------
    >>> shapley(lambda made: float(len(made) ** 2), ["a", "b"])
    {'a': 2.0, 'b': 2.0}
    """
    n = len(names)
    known = {frozenset(part): value(frozenset(part)) for k in range(n + 1) for part in combinations(names, k)}
    found = {}
    for name in names:
        others = [one for one in names if one != name]
        total = 0.0
        for k in range(n):
            share = math.factorial(k) * math.factorial(n - k - 1) / math.factorial(n)
            for part in combinations(others, k):
                made = frozenset(part)
                total += share * (known[made | {name}] - known[made])
        found[name] = total
    return found


def changes(before: State, after: State, explorer: Explorer) -> dict[str, dict[str, Any]]:
    """Changes from one state to another by name, each with what it sets; put together by kind where there are many.

    Kinds are the seven groups of controls, beliefs, prices, and settings of the account.
    """
    single = _single_changes({**DEFAULT, **before}, {**DEFAULT, **after}, explorer)
    if len(single) <= MOST_PARTS:
        return {name: told for name, (_, told) in single.items()}
    together: dict[str, dict[str, Any]] = {}
    for kind, told in single.values():
        own = together.setdefault(kind, {})
        for key, value in told.items():
            own[key] = {**own.get(key, {}), **value} if isinstance(value, dict) else value
    return together


def _single_changes(old: State, new: State, explorer: Explorer) -> dict[str, tuple[str, dict[str, Any]]]:
    """Kind of each change, and what it sets."""
    found = _changes_of_policy(old, new, explorer)
    for name in {**old["beliefs"], **new["beliefs"]}:
        if old["beliefs"].get(name) != new["beliefs"].get(name):
            kind = "beliefs" if name in explorer.names_of_engine else "prices"
            found[name] = (kind, {"beliefs": {name: new["beliefs"].get(name)}})
    accounts = (name for name in ("funder", "high_needs", "horizon", "discount") if old[name] != new[name])
    return found | {name: ("account", {name: new[name]}) for name in accounts}


def _changes_of_policy(old: State, new: State, explorer: Explorer) -> dict[str, tuple[str, dict[str, Any]]]:
    """Controls that differ; the whole policy at once where the controls do not cover one of the two."""
    was, now = explorer.controls_of(old), explorer.controls_of(new)
    if was is None or now is None:
        is_other = old["scenario"] != new["scenario"]
        return {"scenario": ("policy", {"scenario": new["scenario"]})} if is_other else {}
    group = {one["name"]: one["group"] for one in explorer.data["controls"]}
    return {name: (kind, {"controls": {name: now[name]}}) for name, kind in group.items() if was[name] != now[name]}


def with_changes(before: State, made: Sequence[Mapping[str, Any]], explorer: Explorer) -> dict[str, Any]:
    """A state after some changes."""
    state: dict[str, Any] = {**DEFAULT, **before}
    for told in made:
        if "controls" in told:
            state["controls"] = {**(explorer.controls_of(state) or {}), **told["controls"]}
            state["scenario"] = ""
        if "beliefs" in told:
            kept = {**state["beliefs"], **told["beliefs"]}
            state["beliefs"] = {name: value for name, value in kept.items() if value is not None}
        state |= {name: value for name, value in told.items() if name not in ("controls", "beliefs")}
    return state


def what_changed(
    before: State, after: State, explorer: Explorer, view: int, law: int, figure: str = "net_public_cost"
) -> dict[str, float]:
    """What each change from one state to another adds to a figure; together they add up to the whole. [unit of it]"""
    told = changes(before, after, explorer)

    def value(made: frozenset[str]) -> float:
        state = with_changes(before, [told[name] for name in told if name in made], explorer)
        return explorer.headline(state, view, law, figure)

    return shapley(value, list(told))


def breakeven(
    state: State, name: str, explorer: Explorer, view: int, law: int, figure: str = "net_public_cost"
) -> float | None:
    """Value of a belief at which a figure is zero, all else as it is: the one nearest to where it stands.

    Returns
    -------
    float or None
        [unit of the belief]; None if there is none in what the design covers.
    """
    own = next(one for one in explorer.data["beliefs"] if one["name"] == name)

    def value(at: float) -> float:
        told = {**DEFAULT, **state, "beliefs": {**state.get("beliefs", {}), name: at}}
        return explorer.headline(told, view, law, figure)

    stands = state.get("beliefs", {}).get(name, own["values"][view])
    places = np.linspace(own["low"], own["high"], STEPS + 1)
    signs = [value(float(at)) for at in places]
    found = []
    for number in range(STEPS):
        if signs[number] == 0.0:
            found.append(float(places[number]))
        elif signs[number] * signs[number + 1] < 0.0:
            found.append(_halved(value, float(places[number]), float(places[number + 1]), signs[number]))
    return min(found, key=lambda at: abs(at - stands)) if found else None


def _halved(value: Callable[[float], float], low: float, high: float, at_low: float) -> float:
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        if value(middle) * at_low > 0.0:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)


def rank(value: float, table: Sequence[float], levels: Sequence[float]) -> float:
    """Share of draws below a value, along straight lines between stored quantiles, at least 1 % from either end.

    Examples
    --------
    >>> rank(1.5, [1.0, 2.0], [0.25, 0.75])
    0.5
    """
    return float(np.interp(value, table, levels))


def in_a_hundred(state: State, explorer: Explorer, view: int) -> float | None:
    """In how many of a hundred draws of the evidence beliefs are together as far out as those set, or further.

    Each belief's rank is put on the normal scale; the squares add up to a chi-squared number, beliefs taken as
    independent (Wilson and Hilferty's approximation of its tail).

    Returns
    -------
    float or None
        [0 to 100]; None if nothing was set that the view does not fix.
    """
    from scipy.stats import norm  # noqa: PLC0415  asked for only when something was set

    known = {one["name"]: one["quantiles"][view] for one in explorer.data["beliefs"]}
    levels = explorer.data["quantile_levels"]
    ranks = [rank(value, known[name], levels) for name, value in state["beliefs"].items() if known.get(name)]
    if not ranks:
        return None
    n = len(ranks)
    square = float((norm.ppf(ranks) ** 2).sum())
    spread = 2.0 / (9.0 * n)
    z = ((square / n) ** (1.0 / 3.0) - (1.0 - spread)) / math.sqrt(spread)
    return float(100.0 * norm.sf(z))
