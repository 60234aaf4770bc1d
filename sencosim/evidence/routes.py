"""The groups of routes by which a policy reaches pupils, and the values at which each group does nothing.

They hold in policy arms only: the no-policy arm is the same with every route on or off.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Literal, cast, get_args

from sencosim.evidence.tables import read_rows

RouteName = Literal["need", "release_and_filing", "review_cycles", "identification", "conduct", "later_stages"]


@dataclass(frozen=True)
class RouteGroup:
    """One group of routes: what it is, in words, and each of its parameters at the value that switches it off."""

    title: str
    neutral: Mapping[str, float]


def read_neutral(text: str) -> dict[str, float]:
    """Parameters and their values from a cell of a table.

    Examples
    --------
    >>> read_neutral("effect_requests_release=1 filing_route=0")
    {'effect_requests_release': 1.0, 'filing_route': 0.0}
    """
    return {name: float(value) for name, value in (one.split("=") for one in text.split())}


ROUTES: Mapping[RouteName, RouteGroup] = MappingProxyType(
    {
        cast("RouteName", row["name"]): RouteGroup(row["title"], read_neutral(row["neutral"]))
        for row in read_rows(Path(__file__).with_suffix(".csv"))
    }
)
"""By name, in the order of the model document."""

ONLY_POLICY_READS = frozenset(name for group in ROUTES.values() for name in group.neutral) | {
    *("few_cycles_causal_share", "effect_slt_seat", "effect_slt_seat_direct", "effect_parent_job_kept"),
    *("released_hours_value", "queue_release_primary", "queue_release_secondary", "support_channel_hours"),
    *("support_doublings_primary", "support_doublings_secondary", "support_doublings_most", "support_hours_offset"),
}
"""Parameters that only policy arms read: the no-policy arm of a world is the same whatever they are."""
ROUTE_NAMES: tuple[RouteName, ...] = get_args(RouteName)


def routes_are_off(values: Mapping[str, float]) -> bool:
    """Whether a reading of the evidence has every group of routes switched off, as the sceptic view has.

    Examples
    --------
    >>> routes_are_off(neutral_routes(ROUTES)), routes_are_off(neutral_routes(ROUTES) | {"filing_route": 1.0})
    (True, False)
    """
    return all(values[name] == off for group in ROUTES.values() for name, off in group.neutral.items())


def neutral_routes(off: Iterable[RouteName]) -> dict[str, float]:
    """Parameters of a policy arm that change when groups of routes are off, and the value of each.

    Examples
    --------
    >>> neutral_routes(["need", "review_cycles"])
    {'effect_requests_need': 1.0, 'review_cycles_route': 0.0}
    """
    return {name: value for group in off for name, value in ROUTES[group].neutral.items()}
