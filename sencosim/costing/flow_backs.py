"""What flows back to the Exchequer of what public payers spend on staff: all of it or none, never a part.

Of a pound of pay some comes back as National Insurance of employers, as income tax and National Insurance of
employees, and, for teachers, as contributions to a pension scheme that holds no fund. Whoever counts one of them must
count them all, on costs and on savings alike; and the person might have paid tax elsewhere. So by default the accounts
hold none of it, and what would flow back stands in a block of its own. With ``flow_backs: all`` in a scenario the same
charges are in the accounts. They are transfers out of the account of taxes and contributions, so they never move net
present social value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from sencosim.costing.accounts import TAXES, Charge
from sencosim.costing.tariffs import INSURANCE
from sencosim.levers.tariff import Prices
from sencosim.vocabulary import PUBLIC_PAYERS, Payer

FLOW_BACK_SHARES = (
    *("employer_ni_share_of_other_staff_cost", "pension_share_of_teacher_cost"),
    *("tax_share_of_other_staff_cost", "tax_share_of_teacher_cost"),
)
"""Register entries that only flow-backs read."""
PRICES_OF_TEACHERS = ("teacher_employment_cost", "slt_pay_uplift", "pay_on_cost_ratio")
"""Register entries of which the price of a teacher's time or pay is made; all other pay is that of other staff."""
FLOW_BACK_CATEGORIES = ("employer_insurance", "tax_on_pay", "pension_contributions")
"""Categories of what flows back, in the order of the tables."""


class _Part(NamedTuple):
    """What flows back in one way of one unit of a quantity."""

    category: str
    amount_gbp: float
    parameters: tuple[str, ...]


def flow_back_charges(charges: Iterable[Charge], prices: Prices) -> tuple[Charge, ...]:
    """What the Exchequer receives for each unit of what public payers spend on staff.

    Parameters
    ----------
    charges
        Charges of a price book; those of public payers that are pay count, grants and other payments between payers
        do not.
    prices
        Where the shares are.

    Returns
    -------
    tuple of Charge
        Transfers from taxes and contributions to the Exchequer, below zero where staff cost more. They follow real pay
        growth in full.
    """
    groups: dict[tuple[str, str], list[Charge]] = {}
    for charge in charges:
        # What the Exchequer loses or gains on parents' work is tax already.
        if charge.payer != Payer.EXCHEQUER.key and _pay_share(charge):
            # The insurance of a price is a charge of its own: both parts are one pay.
            pay_of = charge.item.removesuffix(INSURANCE) if charge.counterpart == TAXES else charge.item
            groups.setdefault((charge.quantity, pay_of), []).append(charge)
    return tuple(
        _received(f"{part.category}_of_{item}", group[0], part)
        for (_, item), group in groups.items()
        for part in _parts(group, prices)
    )


def _pay_share(charge: Charge) -> float:
    """How much of a charge is pay that a public payer spends. [share, 0 to 1]"""
    spent = charge.nature == "resource" or charge.counterpart == TAXES
    return charge.labour_share if spent and charge.in_budget and charge.payer in PUBLIC_PAYERS else 0.0


def _parts(group: list[Charge], prices: Prices) -> Iterator[_Part]:
    """All ways in which one pay flows back."""
    pay = sum(charge.price_gbp * _pay_share(charge) for charge in group)
    read = tuple(dict.fromkeys(name for charge in group for name in charge.parameters))
    teachers = any(name in PRICES_OF_TEACHERS for name in read)
    insured = [charge.price_gbp for charge in group if charge.counterpart == TAXES]
    if insured:
        yield _Part("employer_insurance", sum(insured), read)
    else:
        share = f"employer_ni_share_of_{'teacher' if teachers else 'other_staff'}_cost"
        yield _Part("employer_insurance", pay * prices.share(share), (*read, share))
    share = f"tax_share_of_{'teacher' if teachers else 'other_staff'}_cost"
    yield _Part("tax_on_pay", pay * prices.share(share), (*read, share))
    if teachers:
        share = "pension_share_of_teacher_cost"
        yield _Part("pension_contributions", pay * prices.share(share), (*read, share))


def _received(item: str, pay: Charge, part: _Part) -> Charge:
    return Charge(
        pay.quantity,
        pay.unit,
        item,
        part.category,
        pay.side,
        Payer.EXCHEQUER.key,
        -part.amount_gbp,
        part.parameters,
        nature="transfer",
        labour_share=1.0,
        counterpart=TAXES,
    )
