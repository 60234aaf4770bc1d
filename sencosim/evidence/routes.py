"""The groups of routes by which a policy reaches pupils, and the values at which each group does nothing.

They hold in policy arms only: the no-policy arm is the same with every route on or off.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, get_args

RouteName = Literal["need", "release_and_filing", "review_cycles", "identification", "conduct", "later_stages"]


@dataclass(frozen=True)
class RouteGroup:
    """One group of routes: what it is, in words, and each of its parameters at the value that switches it off."""

    title: str
    neutral: Mapping[str, float]


ROUTES: Mapping[RouteName, RouteGroup] = MappingProxyType(
    {
        "need": RouteGroup(
            "Support changes how many pupils reach the point of a request", {"effect_requests_need": 1.0}
        ),
        "release_and_filing": RouteGroup(
            "SENCO time changes how many requests schools make, when they are filed, and by whom",
            {"effect_requests_release": 1.0, "filing_route": 0.0},
        ),
        "review_cycles": RouteGroup(
            "SENCO time changes how many review cycles stand behind a request", {"review_cycles_route": 0.0}
        ),
        "identification": RouteGroup(
            "SENCO time changes how long identification waits, and how many pupils are identified",
            {"unidentified_request_ratio": 1.0, "identification_response": 1.0},
        ),
        "conduct": RouteGroup(
            "Support changes suspensions, permanent exclusions and absence",
            {"effect_suspensions": 1.0, "effect_permanent_exclusion": 1.0, "effect_absence_points": 0.0},
        ),
        "later_stages": RouteGroup(
            "Support changes appeals, moves to special schools and home education",
            {"effect_appeals": 1.0, "effect_move_to_special": 1.0, "effect_home_education": 1.0},
        ),
    }
)
"""By name, in the order of the model document."""

ONLY_POLICY_READS = frozenset(name for group in ROUTES.values() for name in group.neutral) | {
    "few_cycles_causal_share",
    "effect_slt_seat",
    "effect_slt_seat_direct",
    "effect_parent_job_kept",
    "released_hours_value",
    "queue_release_primary",
    "queue_release_secondary",
    "support_channel_hours",
    "support_doublings_primary",
    "support_doublings_secondary",
    "support_doublings_most",
    "support_hours_offset",
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
