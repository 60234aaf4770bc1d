"""What each pound stands on: measured, assumed, an effect without causal evidence, or a convention.

A line is a price times a count. The count follows from the duty and from how posts and hours are filled, or it changes
through effects of SENCO time for which no study shows cause. The price is read from publications, assumed, or agreed.
"""

from __future__ import annotations

from collections.abc import Mapping

from sencosim.costing.accounts import Charge
from sencosim.evidence.register import Parameter

MEASURED, ASSUMED, BY_EFFECT, CONVENTION = "measured", "assumed", "by_effect", "convention"
STANDINGS: dict[str, str] = {
    MEASURED: "Counts that follow from the duty, at published prices",
    ASSUMED: "Counts that follow from the duty, at prices that hold an assumption",
    BY_EFFECT: "What changes through effects without causal evidence",
    CONVENTION: "Conventions: what hours, provision and waiting are worth",
}
"""In the order of the tables."""
CONVENTIONS = ("released_hours", "unpaid_hours", "school_provision", "provision_worth", "waiting")
"""Categories whose price is agreed rather than found."""


def standing_of(charge: Charge, register: Mapping[str, Parameter]) -> str:
    """What a charge stands on: one of :data:`STANDINGS`."""
    if charge.category in CONVENTIONS:
        return CONVENTION
    if charge.side == "consequence":
        return BY_EFFECT
    found = all(register[name].kind == "evidence" for name in charge.parameters)
    return MEASURED if found else ASSUMED
