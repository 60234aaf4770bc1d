"""The accounts: who pays, in which view, and double entry.

A **charge** is the price that one unit of one ledger quantity puts on one payer. Cost is positive, saving negative.
Charges are of two natures:

- ``resource``: something real is used up. Resource charges are the social cost.
- ``transfer``: money changes hands inside the country. A transfer between payers is a pair that nets to zero, so it
  moves budgets and never net present social value.

- A transfer may also go into **taxes and contributions**, an account of nobody's budget. What schools pay into it for
  staff is no income of the Exchequer's unless a scenario says ``flow_backs: all``; either way it uses nothing up.

Two flags say in which view a charge stands: ``in_budget`` (cash of this year, the fiscal view) and ``in_social``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from ruamel.yaml import YAML

from sencosim.vocabulary import PAYERS

Nature = Literal["resource", "transfer"]
Side = Literal["policy", "consequence"]

RESOURCES = "resources"
"""The account on the other side of a resource charge: what the country used up, or was spared."""

TAXES = "taxes_and_contributions"
"""The account on the other side of National Insurance, income tax and pension contributions: no payer's."""

CATEGORY_TITLES: dict[str, str] = {
    "senco_time": "SENCO time",
    "released_hours": "SENCO hours released to other school work, not cash",
    "unpaid_hours": "Unpaid hours of SENCOs, at what leisure is worth",
    "extra_teachers": "Teachers for those taken from classes: found, trained or paid more, and classes covered",
    "leadership_seat": "Seat on the leadership team",
    "administrators": "Administrators",
    "team": "Assistant SENCOs",
    "support_of_sencos": "Supervision, training and allowances of SENCOs",
    "system_capacity": "Capacity of councils, the tribunal and special schools",
    "recruitment": "Recruiting and qualifying SENCOs",
    "assessment": "Assessments and plan reviews",
    "disputes": "Disputes",
    "school_provision": "Schools' own SEN provision, notional",
    "placements": "Places and support",
    "leaving_mainstream": "Funding of pupils who leave mainstream, or stay in it",
    "transport": "Transport",
    "provision_worth": "Worth of provision to pupils and of hearings to families (kappa)",
    "waiting": "Waiting for the SENCO, at what wellbeing is worth",
    "exclusion": "Exclusion",
    "families": "Work of parents",
    "employer_insurance": "Flows back: National Insurance of employers",
    "tax_on_pay": "Flows back: income tax and National Insurance of employees",
    "pension_contributions": "Flows back: pension contributions of teachers and their employers",
}
"""Lines of the tables, in order."""


@dataclass(frozen=True)
class Charge:
    """What one unit of a quantity costs one payer.

    Attributes
    ----------
    quantity, unit
        Column of the ledger, and its unit.
    item
        Name of the price; charges of one item describe one thing.
    category
        Line of the tables (see :data:`CATEGORY_TITLES`).
    side
        ``policy`` is what the policy itself costs; ``consequence`` is what changes because of it.
    payer
        Who pays (cost) or is spared (saving).
    price_gbp
        Real price; negative if the payer is spared or paid. [GBP per unit]
    nature
        ``resource`` or ``transfer``.
    cashable_share
        How much of it moves cash. [share, 0 to 1]
    labour_share
        Part of the price that is pay, and so follows real pay growth. [share, 0 to 1]
    in_budget, in_social
        In which view it stands.
    life_course
        Whether it prices the rest of a life. One channel only may do so (trap 2).
    parameters
        Entries of the register behind the price.
    counterpart
        The other account of the entry: :data:`RESOURCES`, or for a transfer the payer on its other side or
        :data:`TAXES`.
    standing
        What it stands on (see :mod:`sencosim.costing.standing`); blank until the price book says so.
    """

    quantity: str
    unit: str
    item: str
    category: str
    side: Side
    payer: str
    price_gbp: float
    parameters: tuple[str, ...]
    nature: Nature = "resource"
    cashable_share: float = 1.0
    labour_share: float = 0.0
    in_budget: bool = True
    in_social: bool = True
    life_course: bool = False
    counterpart: str = RESOURCES
    standing: str = ""


def transfer(charge: Charge, receiver: str) -> tuple[Charge, Charge]:
    """Two entries of one payment: the payer's, and the receiver's with the sign turned.

    Parameters
    ----------
    charge
        The payment, from ``charge.payer``.
    receiver
        Who gets it.

    Returns
    -------
    tuple of Charge
        Both entries, as transfers.
    """
    paid = replace(charge, nature="transfer", counterpart=receiver)
    return paid, replace(paid, payer=receiver, price_gbp=-charge.price_gbp, counterpart=charge.payer)


ONE_MEASURE: dict[str, list[frozenset[str]]] = {
    what: [*map(frozenset, groups)]
    for what, groups in YAML(typ="safe", pure=True).load(Path(__file__).with_name("one_measure.yaml")).items()
}
"""The same money measured in several ways: only one group of each may carry prices."""


def faults(charges: Iterable[Charge]) -> Iterator[str]:
    """Say what is wrong with a set of charges: payers, double entry, and things counted twice.

    Yields
    ------
    str
        One sentence for each fault.
    """
    found = tuple(charges)
    for charge in found:
        if charge.payer not in PAYERS:
            yield f"{charge.item} has the payer {charge.payer}, which is not one of {', '.join(PAYERS)}."
        if charge.category not in CATEGORY_TITLES:
            yield f"{charge.item} has the category {charge.category}, which is not one of {', '.join(CATEGORY_TITLES)}."
        for name in ("cashable_share", "labour_share"):
            if not 0.0 <= getattr(charge, name) <= 1.0:
                words = name.replace("_", " ")
                yield f"{charge.item}: a {words} of {getattr(charge, name):g} is not between 0 and 1."
    yield from _without_other_side(found)
    yield from _unbalanced(found)
    yield from _counted_twice(found)


def _without_other_side(charges: tuple[Charge, ...]) -> Iterator[str]:
    """Yield entries without a proper second account."""
    for charge in charges:
        if charge.nature == "resource" and charge.counterpart != RESOURCES:
            yield f"{charge.item} uses up a resource, so its other account is {RESOURCES}, not {charge.counterpart}."
        others = {*PAYERS, TAXES} - {charge.payer}
        if charge.nature == "transfer" and charge.counterpart not in others:
            yield (
                f"The transfer {charge.item} needs a second payer or {TAXES} as its other account, found "
                f"{charge.counterpart}."
            )


def _unbalanced(charges: tuple[Charge, ...]) -> Iterator[str]:
    """Yield transfers between payers that do not net to zero, by quantity and item, in either view and in cash."""
    sums: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    size: dict[tuple[str, str], float] = defaultdict(float)
    for charge in charges:
        if charge.nature == "transfer" and charge.counterpart != TAXES:
            key = (charge.quantity, charge.item)
            size[key] += abs(charge.price_gbp)
            sums[key][0] += charge.price_gbp * charge.in_budget
            sums[key][1] += charge.price_gbp * charge.in_social
            sums[key][2] += charge.price_gbp * charge.labour_share
    for (quantity, item), parts in sums.items():
        if any(abs(part) > 1e-9 * max(1.0, size[quantity, item]) for part in parts):
            yield f"The transfer {item} on {quantity} does not net to zero."


def _counted_twice(charges: tuple[Charge, ...]) -> Iterator[str]:
    priced = {charge.quantity for charge in charges}
    for what, groups in ONE_MEASURE.items():
        used = [sorted(group & priced) for group in groups if group & priced]
        if len(used) > 1:
            yield f"{what}: prices on both {', '.join(used[0])} and {', '.join(used[1])}."
    lives = {charge.item for charge in charges if charge.life_course}
    if len(lives) > 1:
        yield f"More than one price for the rest of a life: {', '.join(sorted(lives))} (trap 2)."
