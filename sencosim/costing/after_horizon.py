"""Costs and savings after the horizon, for pupils whom the policy has already affected: a line beside the headline.

The ledger ends with the horizon. What it leaves is a difference in where pupils are: in a mainstream class with a
plan, waiting, in special schools, in alternative provision, in home education, after Year 11. Those pupils go on to
cost what they cost until they leave. The run-off follows the engine's own rules of leaving, on the difference of the
last year, with three simplifications, each an assumption: the difference is spread evenly over the twelve year
groups; nobody moves between placements; what the policy does after the horizon, to anybody, is left out on both
sides (its cost too). Pupil-years of the last year stand for the stock at its end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sencosim.costing.cost import KEYS, cost
from sencosim.costing.money import by_payer
from sencosim.costing.option import AppraisalFrame
from sencosim.costing.prices import PriceBook
from sencosim.errors import CostingError
from sencosim.units import N_YEAR_GROUPS

Floats = NDArray[np.float64]

LAST_AGE_YEARS = 20
"""A pupil in Reception at the end of the horizon is 25 so much later, when plans end at the latest. [years]"""
POST16 = "pupil_years.post16_plan"
ALTERNATIVE_PROVISION = "pupil_years.ap"
WITH_A_PLAN = (
    *("pupil_years.ehc_plan", "pupil_years.waiting_special", "pupil_years.resourced"),
    *("pupil_years.state_special", "pupil_years.over_capacity", "pupil_years.independent_special"),
)
"""Placements whose leavers after Year 11 keep a plan."""
WITHOUT_A_PLAN = ("pupil_years.home_education",)
LABEL = "After the horizon, pupils already affected; outside the headline"


@dataclass(frozen=True)
class RunOff:
    """How pupils leave.

    Attributes
    ----------
    ap_stay_years
        Mean stay in alternative provision. [years]
    post16_leaving_rate
        Leave the stock of plans after Year 11. [share a year]
    plan_ceased_rate
        Mainstream plans that end because needs are met. [share a year]
    state_special_leaving_rate, independent_leaving_rate
        Leave special schools before Year 11. [share a year]
    """

    ap_stay_years: float
    post16_leaving_rate: float
    plan_ceased_rate: float
    state_special_leaving_rate: float
    independent_leaving_rate: float

    @classmethod
    def from_values(cls, values: Mapping[str, object]) -> RunOff:
        """Read the engine's own parameters from one reading of the register.

        Raises
        ------
        CostingError
            If one is missing.
        """
        names = (
            *("ap_stay_years", "post16_leaving_rate", "plan_ceased_rate_mainstream"),
            *("state_special_leaving_rate", "independent_leaving_rate"),
        )
        missing = [name for name in names if name not in values]
        if missing:
            raise CostingError(f"The run-off after the horizon lacks values for {', '.join(missing)}.")
        return cls(*(float(str(values[name])) for name in names))

    def share_left(self, quantity: str) -> Floats:
        """Part of a stock still there, 1 to 20 years later. [share, shape (20,)]"""
        years = np.arange(1, LAST_AGE_YEARS + 1, dtype=np.float64)
        if quantity == ALTERNATIVE_PROVISION:
            return np.exp(-years / self.ap_stay_years)
        if quantity == POST16:
            return (1.0 - self.post16_leaving_rate) ** years
        grown_up = np.clip(1.0 - years / N_YEAR_GROUPS, 0.0, 1.0)
        return grown_up * (1.0 - self._rate(quantity)) ** years

    def _rate(self, quantity: str) -> float:
        rates = {
            "pupil_years.ehc_plan": self.plan_ceased_rate,
            "pupil_years.state_special": self.state_special_leaving_rate,
            "pupil_years.over_capacity": self.state_special_leaving_rate,
            "pupil_years.independent_special": self.independent_leaving_rate,
        }
        return rates.get(quantity, 0.0)

    def post16_fed(self, quantity: str) -> Floats:
        """Post-16 pupil-years that a stock leaves behind, for each pupil in it. [pupil-years, shape (20,)]"""
        years = np.arange(1, LAST_AGE_YEARS + 1)
        leaves = np.where(years <= N_YEAR_GROUPS, (1.0 - self._rate(quantity)) ** (years - 1.0) / N_YEAR_GROUPS, 0.0)
        stock = np.zeros(LAST_AGE_YEARS)
        held = 0.0
        for year in range(LAST_AGE_YEARS):
            held = (held + leaves[year]) * (1.0 - self.post16_leaving_rate)
            stock[year] = held
        return stock


def run_off(difference: pd.DataFrame, frame: AppraisalFrame, rule: RunOff) -> pd.DataFrame:
    """Pupil-years after the horizon that the difference of its last year leads to.

    Parameters
    ----------
    difference
        Ledger of policy less baseline: ``year``, ``quantity``, ``value`` and any keys of a ledger.
    frame
        Its horizon.
    rule
        How pupils leave.

    Returns
    -------
    pandas.DataFrame
        A ledger of the years after the horizon, placements only.
    """
    last = frame.first_year + frame.n_years - 1
    keys = [name for name in KEYS if name in difference.columns and name != "year"]
    placed = (*WITH_A_PLAN, *WITHOUT_A_PLAN, ALTERNATIVE_PROVISION, POST16)
    stock = difference[(difference["year"] == last) & difference["quantity"].isin(placed)]
    stock = stock.groupby([*keys, "quantity"], observed=True, sort=False)["value"].sum().reset_index()
    tables = [pd.DataFrame(columns=[*keys, "year", "quantity", "value"])]
    for row in stock.to_dict("records"):
        name = str(row["quantity"])
        left = {name: rule.share_left(name)}
        if name in WITH_A_PLAN:
            left[POST16] = rule.post16_fed(name)
        tables += [
            pd.DataFrame(
                {key: row[key] for key in keys}
                | {"year": range(last + 1, last + 1 + LAST_AGE_YEARS), "quantity": other, "value": row["value"] * part}
            )
            for other, part in left.items()
        ]
    if len(tables) == 1:
        return tables[0]
    together = pd.concat(tables[1:], ignore_index=True)
    return together.groupby([*keys, "year", "quantity"])["value"].sum().reset_index()


def after_horizon(difference: pd.DataFrame, book: PriceBook, frame: AppraisalFrame, rule: RunOff) -> pd.DataFrame:
    """Net cost by payer after the horizon, discounted to the same base as the headline and never part of it.

    Parameters
    ----------
    difference, frame, rule
        As in :func:`run_off`.
    book
        Prices.

    Returns
    -------
    pandas.DataFrame
        As :func:`sencosim.costing.money.by_payer`, with ``label``.
    """
    lines = cost(run_off(difference, frame, rule).astype({"year": int, "value": float}), book)
    table = by_payer(lines, frame.first_year, frame.n_years + LAST_AGE_YEARS, (), frame.schedule, frame.vintage)
    return table.assign(label=LABEL)
