"""More hearings of the tribunal."""

from __future__ import annotations

from typing import Annotated, ClassVar

import numpy as np

from sencosim.evidence.base_year import BASE_YEAR
from sencosim.evidence.councils import load_councils
from sencosim.levers.fields import between
from sencosim.levers.lever import Asked, NationalLever
from sencosim.levers.schools import BoolArray, RunSchools, grown
from sencosim.levers.tariff import Tariff


class TribunalCapacity(NationalLever):
    """The national tribunal can hear more appeals. The courts pay."""

    number: ClassVar[int] = 9
    one: ClassVar[str] = "There is one tribunal"
    # A hearing added is priced in full: an appeal's own price does not change with the number that can be heard.
    tariffs: ClassVar[tuple[Tariff, ...]] = (
        Tariff(
            "appeal_capacity_added",
            "hearings_added",
            "system_capacity",
            ("tribunal_cost_public", "tribunal_council_share"),
            lambda prices, _: prices.money("tribunal_cost_public") * (1.0 - prices.share("tribunal_council_share")),
            payer="moj_hmcts",
            labour_share="labour_share_tribunal",
        ),
    )

    capacity: Annotated[float, between(0.1, 10, "ratio")]
    """Appeals that the tribunal can decide in a year relative to the baseline: 1.5 is half as many again. Added in
    equal steps over phase_in_years."""

    def words(self) -> str:
        return f"{self.capacity:g} times the hearings"

    def ask(self, at: RunSchools, active: BoolArray, asked: Asked) -> None:
        asked["tribunal_ratio"] = 1.0 + (self.capacity - 1.0) * self.shares(at) * active[0]
        requests = np.array([float(council.requests or 0.0) for council in load_councils()])
        share = requests[at.councils] / float(requests.sum())
        past, future = "tribunal_capacity_growth_past", "tribunal_capacity_growth"
        growth = np.array([grown(at.values, past, future, at.start + year - BASE_YEAR) for year in range(at.years)])
        usual = share[:, None] * at.values["tribunal_capacity_per_year"] * growth[None, :]
        asked["appeals_added"] = usual * (asked["tribunal_ratio"] - 1.0)[None, :]
