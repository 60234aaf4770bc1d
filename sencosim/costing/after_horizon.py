"""Costs and benefits after the horizon, from what the horizon leaves: a line alongside the headline, never in it.

The ledger ends with the horizon. What it leaves is a difference in where pupils are: on SEN Support, in a mainstream
class with a plan, waiting, in special schools, in alternative provision, in home education, after Year 11. Those pupils
go on to cost what they cost, and to be worth what that is worth, until they leave: the same prices, payers and views as
in the horizon. The run-off follows the engine's own rules of leaving, on the difference of the last year, with three
simplifications, each an assumption: the difference is spread evenly over the twelve year groups; nobody moves between
placements, but those who wait for the SENCO are on SEN Support a year later; what the policy does after the horizon,
to anybody, is left out on both sides (its cost too). Pupil-years of the last year stand for the stock at its end.

Special places that the policy built go on to serve. What is left of their cost at the end of the horizon, in equal
parts over an assumed life, is their *residual value*: a benefit to society, and money in nobody's budget.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sencosim.costing.cost import KEYS, cost
from sencosim.costing.discount import discount_factors
from sencosim.costing.money import amounts, by_payer
from sencosim.costing.option import AppraisalFrame
from sencosim.costing.prices import PriceBook
from sencosim.errors import CostingError
from sencosim.units import N_YEAR_GROUPS, PHASES

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
SEN_SUPPORT, WAITING = "pupil_years.sen_support", "pupil_years.identification_wait"
WITHOUT_A_PLAN = ("pupil_years.home_education", SEN_SUPPORT)
PLACES_BUILT = "special_places_added"
RUNS_OFF, RESIDUAL = "pupils already affected", "residual value of special places built"
"""Parts of the table."""
_NAMES = {
    "ap_stay_years": "ap_stay_years",
    "post16_leaving_rate": "post16_leaving_rate",
    "plan_ceased_rate": "plan_ceased_rate_mainstream",
    "state_special_leaving_rate": "state_special_leaving_rate",
    "independent_leaving_rate": "independent_leaving_rate",
    "place_life_years": "special_place_life_years",
}
"""Parameter of the register behind each field of :class:`RunOff` that has one alone."""
NO_PAYER = "nobody: no payment"
"""Stands for the payer of the residual value."""


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
    support_ended_rate
        SEN Support that ends before Year 11, the mean of both phases. [share a year]
    place_life_years
        For which a special place built by policy serves. [years, > 0]
    """

    ap_stay_years: float
    post16_leaving_rate: float
    plan_ceased_rate: float
    state_special_leaving_rate: float
    independent_leaving_rate: float
    support_ended_rate: float
    place_life_years: float

    @classmethod
    def from_values(cls, values: Mapping[str, object]) -> RunOff:
        """Read the engine's own parameters from one reading of the register.

        Raises
        ------
        CostingError
            If one is missing.
        """
        by_phase = tuple(f"sen_support_exit_rate_{phase}" for phase in PHASES)
        missing = [name for name in (*_NAMES.values(), *by_phase) if name not in values]
        if missing:
            raise CostingError(f"The run-off after the horizon lacks values for {', '.join(missing)}.")
        read = {field: float(str(values[name])) for field, name in _NAMES.items()}
        ended = sum(float(str(values[name])) for name in by_phase) / len(by_phase)
        return cls(**read, support_ended_rate=ended)

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
            SEN_SUPPORT: self.support_ended_rate,
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
        A ledger of the years after the horizon, of where pupils are and of nothing else.
    """
    last = frame.first_year + frame.n_years - 1
    keys = [name for name in KEYS if name in difference.columns and name != "year"]
    placed = (*WITH_A_PLAN, *WITHOUT_A_PLAN, ALTERNATIVE_PROVISION, POST16)
    quantity = difference["quantity"].astype(str).replace(WAITING, SEN_SUPPORT)
    stock = difference.assign(quantity=quantity)[(difference["year"] == last) & quantity.isin(placed)]
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


def residual_value(difference: pd.DataFrame, book: PriceBook, frame: AppraisalFrame, life: float) -> pd.DataFrame:
    """What is left at the end of the horizon of the cost of special places built in it.

    Parameters
    ----------
    difference, book, frame
        As in :func:`after_horizon`.
    life
        For which a place serves; its value falls in equal parts. [years, > 0]

    Returns
    -------
    pandas.DataFrame
        Priced lines of the first year after the horizon: benefits in the social view, in no budget. Places closed by
        policy leave a cost.
    """
    end = frame.first_year + frame.n_years
    built = difference[(difference["quantity"] == PLACES_BUILT) & difference["year"].between(frame.first_year, end - 1)]
    lines = cost(built.astype({"year": int, "value": float}), book)
    lines = lines[(lines["nature"] == "resource") & lines["in_social"]]
    left = np.clip(1.0 - (end - lines["year"].to_numpy(dtype=np.float64)) / life, 0.0, 1.0)
    return lines.assign(
        year=end, value_gbp=-lines["value_gbp"] * left, cashable_gbp=0.0, side="consequence", in_budget=False
    )


def after_horizon(difference: pd.DataFrame, book: PriceBook, frame: AppraisalFrame, rule: RunOff) -> pd.DataFrame:
    """Net cost and net social value after the horizon, discounted to the base of the headline and never part of it.

    Parameters
    ----------
    difference, frame, rule
        As in :func:`run_off`.
    book
        Prices.

    Returns
    -------
    pandas.DataFrame
        ``part``, the columns of :func:`sencosim.costing.money.by_payer`, and ``npsv_gbp``, what falls on the payer of
        net present social value: a row for each payer of what pupils go on to cost, then one of the residual value of
        places. The net cost to the public purse is the sum of ``budget_gbp`` over public payers.
    """
    lines = cost(run_off(difference, frame, rule).astype({"year": int, "value": float}), book)
    of_places = _discounted(residual_value(difference, book, frame, rule.place_life_years), frame)
    money = [name for name in of_places.columns if name.endswith("_gbp")]
    left = pd.DataFrame([{"payer": NO_PAYER, "public": False, **of_places[money].sum().to_dict()}])
    return pd.concat([_discounted(lines, frame).assign(part=RUNS_OFF), left.assign(part=RESIDUAL)], ignore_index=True)


def _discounted(lines: pd.DataFrame, frame: AppraisalFrame) -> pd.DataFrame:
    """Present values by payer from the start of the horizon to the last year of the run-off. [GBP]"""
    n_years = frame.n_years + LAST_AGE_YEARS
    table = by_payer(lines, frame.first_year, n_years, (), frame.schedule, frame.vintage)
    factor = discount_factors(n_years, frame.schedule, frame.vintage)
    found = amounts(lines)
    social = (found["policy_benefit"] - found["policy_cost"]) * factor[lines["year"].to_numpy() - frame.first_year]
    by = pd.Series(social, index=lines["payer"], dtype=np.float64).groupby(level=0).sum()
    return table.assign(npsv_gbp=table["payer"].map(by).fillna(0.0))
