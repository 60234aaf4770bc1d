"""What the ledger counts of a lever, and what one unit of it costs whom."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from sencosim.units import SCHOOL_WEEKS_PER_YEAR
from sencosim.vocabulary import CouncilFunder, Funder

Money = Callable[[str], float]


@dataclass(frozen=True)
class Prices:
    """Real prices by register name (money, in the base's prices), and any parameter that is not money (share)."""

    money: Money
    share: Money


@dataclass(frozen=True)
class LeverTerms:
    """What the levers of a scenario say about money. A field with the name of a lever says who funds it.

    ``national_grant`` adds a payment from the department to schools (or to councils), which nets to zero; for special
    places the department pays itself.
    """

    protected_time: Funder = "schools"  # and hours added by sharing
    slt_seat: Funder = "schools"
    admin_support: Funder = "schools"
    slt_pay_uplift: bool = True  # a seat on the leadership team comes with a pay uplift
    team: Funder = "schools"
    supervision: Funder = "schools"
    training: Funder = "schools"
    allowance: Funder = "schools"
    la_capacity: CouncilFunder = "councils"
    specialist_places: CouncilFunder = "national_grant"
    qualified_team: bool = False  # assistant SENCOs are teachers, and so paid
    allowance_gbp: float = 0.0  # what SENCOs are paid more by policy, before on-costs [GBP a year]


@dataclass(frozen=True)
class Tariff:
    """The price of one unit of a quantity of the ledger that a lever adds."""

    quantity: str  # of the ledger
    item: str  # name of the price
    category: str  # line of the tables
    parameters: tuple[str, ...]  # that the price is made of
    price: Callable[[Prices, LeverTerms], float] | None = None  # [GBP per unit]; None: that of the one parameter
    payer: str = "schools"
    labour_share: str = ""  # parameter: part of the price that is pay; blank: all of it
    insurance: str = ""  # parameter: share of it that is National Insurance of employers, which goes back
    applies: Callable[[LeverTerms], bool] | None = None  # None: always
    # What a national grant does: pay the payer back, take the payer's place, or leave this price alone
    grant: Literal["pays_back", "pays", "none"] = "pays_back"


HOUR_OF_A_TEACHER = ("teacher_employment_cost", "full_time_hours_per_week")
"""What the price of an hour of a teacher is made of."""


def hour_of_a_teacher(prices: Prices, _: LeverTerms) -> float:
    """Price of an hour of a teacher's school week. [GBP per hour]"""
    cost, week = HOUR_OF_A_TEACHER
    return prices.money(cost) / (prices.share(week) * SCHOOL_WEEKS_PER_YEAR)
