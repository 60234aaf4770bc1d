"""An allowance for every SENCO."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

import numpy as np

from sencosim.levers.fields import between
from sencosim.levers.lever import Asked, Lever
from sencosim.levers.schools import BoolArray, RunSchools
from sencosim.levers.tariff import Tariff


class Allowance(Lever):
    """Every SENCO is paid an allowance, alongside any paid today."""

    number: ClassVar[int] = 12
    tariffs: ClassVar[tuple[Tariff, ...]] = (
        Tariff(
            "posts_with_allowance",
            "allowance",
            "support_of_sencos",
            ("pay_on_cost_ratio",),
            lambda prices, terms: terms.allowance_gbp * prices.share("pay_on_cost_ratio"),
            insurance="employer_ni_share_of_uplift",
        ),
    )

    gbp_per_year: Annotated[float, between(0, 30_000, "GBP a year")]
    """Pay of a year before pension and National Insurance, which schools pay on top, in prices of the price base."""
    leaving_ratio: Annotated[float, between(0, 5, "ratio")] | None = None
    """Leaving the post relative to SENCOs without the allowance. Leave out: the evidence on teachers' pay decides
    (leaving_elasticity_of_pay)."""

    def words(self) -> str:
        return f"an allowance of £{self.gbp_per_year:,.0f} a year"

    def ask(self, at: RunSchools, active: BoolArray, asked: Asked) -> None:
        from sencosim.rules.workforce import pay_leaving_ratio

        ratio = self.leaving_ratio
        if ratio is None:
            pay, elasticity = at.values["senco_gross_pay"], at.values["leaving_elasticity_of_pay"]
            ratio = pay_leaving_ratio(self.gbp_per_year, pay, elasticity)
        asked["allowance"] = active
        asked["leaving_ratio"] *= np.where(active, ratio, 1.0)

    def money(self) -> dict[str, Any]:
        return {"allowance_gbp": float(self.gbp_per_year)}
