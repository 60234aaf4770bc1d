"""A seat on the senior leadership team for every SENCO."""

from __future__ import annotations

from typing import Any, ClassVar

from sencosim.levers.lever import Asked, Lever
from sencosim.levers.schools import BoolArray, RunSchools
from sencosim.levers.tariff import Tariff


class SltSeat(Lever):
    """Every covered school's SENCO is a member of the senior leadership team (SLT)."""

    number: ClassVar[int] = 1
    tariffs: ClassVar[tuple[Tariff, ...]] = (
        Tariff(
            "slt_seats_added",
            "leadership_seat",
            "leadership_seat",
            ("slt_pay_uplift",),
            lambda prices, terms: prices.money("slt_pay_uplift") if terms.slt_pay_uplift else 0.0,
            insurance="employer_ni_share_of_uplift",
        ),
    )

    pay_uplift: bool = True
    """true: SENCOs who join the team move to leadership pay. false: a seat without a pay rise."""

    def words(self) -> str:
        return "a seat, with leadership pay" if self.pay_uplift else "a seat, without a pay rise"

    def ask(self, at: RunSchools, active: BoolArray, asked: Asked) -> None:
        asked["seat"] = active

    def money(self) -> dict[str, Any]:
        return {"slt_pay_uplift": self.pay_uplift}
