"""Routes from SENCO time to pupils, in six groups, and the values at which each does nothing (model document, section 4).

No other route exists. A group that is switched off is off in the policy arm, against the same no-policy arm.
"""

from __future__ import annotations

from collections.abc import Iterable

ROUTES: dict[str, dict[str, float]] = {
    "need": {"effect_requests_need": 1.0},
    "release_and_filing": {"effect_requests_release": 1.0, "filing_route": 0.0},
    "review_cycles": {"review_cycles_route": 0.0},
    "identification": {"unidentified_request_ratio": 1.0, "identification_response": 1.0},
    "conduct": {"effect_suspensions": 1.0, "effect_permanent_exclusion": 1.0, "effect_absence_points": 0.0},
    "later_stages": {"effect_appeals": 1.0, "effect_move_to_special": 1.0, "effect_home_education": 1.0},
}
"""Parameters of each group, and the value of each at which it does nothing."""
ROUTE_PARAMETERS = frozenset(name for neutral in ROUTES.values() for name in neutral) | {
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


def routes_off(groups: Iterable[str]) -> dict[str, float]:
    """Values of the parameters of some groups of routes at which these do nothing.

    >>> routes_off(["need"])
    {'effect_requests_need': 1.0}
    """
    return {name: value for group in groups for name, value in ROUTES[group].items()}
