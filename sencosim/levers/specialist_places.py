"""More places in state special schools."""

from __future__ import annotations

from typing import Annotated, ClassVar

import numpy as np

from sencosim.evidence.councils import load_councils
from sencosim.levers.fields import between
from sencosim.levers.lever import Asked, CouncilLever
from sencosim.levers.schools import BoolArray, RunSchools
from sencosim.levers.tariff import Tariff
from sencosim.vocabulary import CouncilFunder


class SpecialistPlaces(CouncilLever):
    """Councils open places in state special schools alongside those of the baseline."""

    number: ClassVar[int] = 10
    # A place added is priced once, as it is built; who sits in it is in the pupil-years. Vacant places that are funded
    # all the same are not priced.
    tariffs: ClassVar[tuple[Tariff, ...]] = (
        Tariff(
            "special_places_added",
            "special_places_built",
            "system_capacity",
            ("special_place_capital_cost",),
            payer="council_general_fund",
            labour_share="labour_share_building",
            grant="pays",
        ),
    )

    funded_by: CouncilFunder = "national_grant"
    """Who pays for building them: councils, or a national grant."""
    places_per_year: Annotated[float, between(0, 50_000, "places per year")]
    """Places opened each September in all England, or in the covered councils if some are named, in proportion to their
    places today."""

    def words(self) -> str:
        return f"{self.places_per_year:g} places more each year"

    def ask(self, at: RunSchools, active: BoolArray, asked: Asked) -> None:
        known = load_councils()
        pupils = np.array([float(council.plans_state_special or 0.0) for council in known])
        pupils *= np.array([self.covered(council) for council in known])
        total = float(pupils.sum())
        added = self.places_per_year * pupils[at.councils] / total if total > 0.0 else np.zeros(at.councils.size)
        asked["places_added"] = active * added[:, None]
