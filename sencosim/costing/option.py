"""Everything that an appraisal says about one option, from its priced lines.

The lines may come from the simulator (:func:`sencosim.costing.cost.cost`) or from plain flows
(:func:`sencosim.costing.plain_flows.lines_of`); from here on nothing distinguishes them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from sencosim.costing.adjustments import OptimismBias
from sencosim.costing.appraise import Appraisal, appraise, cost_per_outcome
from sencosim.costing.discount import discount_factors
from sencosim.costing.money import by_payer, flows, share_in_cash
from sencosim.costing.value_for_money import UnmonetisedEffect, switching_values, value_for_money_band
from sencosim.errors import CostingError
from sencosim.evidence.appraisal import load_appraisal_tables
from sencosim.units import format_year
from sencosim.vocabulary import PUBLIC_PAYERS

Floats = NDArray[np.float64]
LONG_HORIZON = 50
"""The low-rate schedule is a sensitivity for horizons longer than this. [years]"""
NEW_BURDENS_YEARS = 3
"""A new-burdens assessment normally covers at least so many years. [years]"""
_COUNCILS = ("council_high_needs", "council_general_fund")


@dataclass(frozen=True)
class AppraisalFrame:
    """How an option is appraised. The price base and the present-value base are two things, and both are printed.

    Attributes
    ----------
    first_year
        First academic year, which is year 0 of discounting. [first calendar year]
    n_years
        Length of the horizon. [years, 1 or more]
    price_base
        Financial year of all amounts.
    schedule, vintage
        Discounting, as in :func:`sencosim.costing.discount.discount_factors`. Health effects are marked on their
        lines, never by the schedule of an option.
    """

    first_year: int = 2027
    n_years: int = 10
    price_base: str = "2025-26"
    schedule: str = "standard"
    vintage: str = "in_force"

    def __post_init__(self) -> None:
        load_appraisal_tables().schedule(self.schedule, self.vintage)
        if self.n_years < 1:
            raise CostingError(f"A horizon needs at least one year, found {self.n_years}.")
        if self.schedule == "health":
            raise CostingError(
                "The health schedule is for effects counted in years of healthy life, never for a whole option or for "
                "savings of the NHS. Mark the flow as health instead."
            )
        if self.schedule == "low_rate" and self.n_years <= LONG_HORIZON:
            raise CostingError(
                f"The low-rate schedule is a sensitivity for horizons above {LONG_HORIZON} years; this one has "
                f"{self.n_years}."
            )

    @property
    def present_value_base(self) -> str:
        """Academic year to which amounts are discounted."""
        return format_year(self.first_year)

    def factors(self) -> Floats:
        """Discount factors of the horizon. [share, shape (n_years,)]"""
        return discount_factors(self.n_years, self.schedule, self.vintage)


@dataclass(frozen=True, eq=False)
class OptionAppraisal:
    """One option against business as usual.

    Attributes
    ----------
    frame
        How it was appraised.
    measures
        Social cost and benefit, net present social value, ratios, payback. [GBP]
    biased, bias
        The same with optimism bias, and what was assumed.
    biased_public_net
        Present value of net cost to the public purse with it: transfers as they are, so that they cancel. [GBP]
    band
        Indicative band of the ratio; None if it is suppressed.
    yearly
        Flows by year, with the discount factor.
    payers
        Present values by payer, transfers included; payers sum to the total.
    payers_by_year
        Undiscounted net cost by payer (rows) and academic year (columns), with a total; of public payers what stands
        in their budgets. [GBP]
    pv_public_net
        Present value of net cost to the public purse, transfers included. [GBP]
    pv_cashable_saving
        Present value of public savings that move cash, less new costs that do. [GBP]
    cashable_share
        Part of public savings that moves cash; None where it is not a part of them. [share, 0 to 1]
    new_burdens
        Net cost to councils in the first years, which the lead department must fund. [GBP, undiscounted]
    outcomes
        Cost per outcome.
    unmonetised
        Effects without a price, each with its switching value.
    """

    frame: AppraisalFrame
    measures: Appraisal
    biased: Appraisal
    bias: OptimismBias
    biased_public_net: float
    band: str | None
    yearly: pd.DataFrame
    payers: pd.DataFrame
    payers_by_year: pd.DataFrame
    pv_public_net: float
    pv_cashable_saving: float
    cashable_share: float | None
    new_burdens: float
    outcomes: pd.DataFrame
    unmonetised: pd.DataFrame


def appraise_option(
    lines: pd.DataFrame,
    frame: AppraisalFrame | None = None,
    outcomes: Mapping[str, ArrayLike] | None = None,
    unmonetised: Iterable[UnmonetisedEffect] = (),
    bias: OptimismBias | None = None,
) -> OptionAppraisal:
    """Appraise one option against business as usual.

    Parameters
    ----------
    lines
        Priced lines of the difference, in the price base of the frame: one scenario, one draw.
    frame
        Horizon and discounting; ten years from 2027/28 if not given.
    outcomes
        Units gained or avoided over the horizon, undiscounted, by name; a number or one a year.
    unmonetised
        Effects without a price.
    bias
        Optimism bias of ``biased``; that of a staffing duty if not given.

    Returns
    -------
    OptionAppraisal
        All measures.
    """
    frame = AppraisalFrame() if frame is None else frame
    bias = OptimismBias.of_staffing_duty() if bias is None else bias
    yearly = flows(lines, frame.first_year, frame.n_years)
    factors = frame.factors()
    yearly.insert(1, "discount_factor", factors)
    found = measures(lines, frame)
    in_a_budget = lines[lines["in_budget"] | ~lines["payer"].isin(PUBLIC_PAYERS)]
    years = by_payer(in_a_budget, frame.first_year, frame.n_years, ["year"], frame.schedule, frame.vintage)
    public_net = _public_net(yearly, frame)
    biased = bias.applied(lines, frame.first_year)
    cashable = float(yearly["cashable_saving_gbp"].to_numpy(dtype=np.float64) @ factors)
    soon = (years["year"] < frame.first_year + NEW_BURDENS_YEARS) & years["payer"].isin(_COUNCILS)
    return OptionAppraisal(
        frame=frame,
        measures=found,
        biased=measures(lines, frame, bias),
        bias=bias,
        biased_public_net=_public_net(flows(biased, frame.first_year, frame.n_years), frame),
        band=value_for_money_band(found.bcr_a),
        yearly=yearly,
        payers=by_payer(lines, frame.first_year, frame.n_years, (), frame.schedule, frame.vintage),
        payers_by_year=_wide(years, frame),
        pv_public_net=public_net,
        pv_cashable_saving=cashable,
        cashable_share=share_in_cash(cashable, found.pv_public_saving),
        new_burdens=float(years.loc[soon, "undiscounted_gbp"].sum()),
        outcomes=_per_outcome(outcomes or {}, found.pv_cost, public_net),
        unmonetised=switching_values(unmonetised, found.npsv, frame.schedule, frame.vintage),
    )


def _public_net(yearly: pd.DataFrame, frame: AppraisalFrame) -> float:
    """Present value of net cost to the public purse. [GBP]"""
    return float(yearly["public_net_gbp"].to_numpy(dtype=np.float64) @ frame.factors())


def social_values(lines: pd.DataFrame, frame: AppraisalFrame) -> pd.DataFrame:
    """Lines that count in net present social value, with ``worth_gbp``: present value, benefits above zero."""
    last = frame.first_year + frame.n_years
    inside = (lines["year"] >= frame.first_year) & (lines["year"] < last)
    counted = lines[inside & (lines["nature"] == "resource") & lines["in_social"]]
    factor = frame.factors()[(counted["year"] - frame.first_year).to_numpy(dtype=np.int64)]
    return counted.assign(worth_gbp=-counted["value_gbp"] * factor)


def measures(lines: pd.DataFrame, frame: AppraisalFrame, bias: OptimismBias | None = None) -> Appraisal:
    """Social measures of priced lines, with optimism bias if one is given.

    Lines marked ``health`` are discounted at the health rate of the vintage in force: their flow is turned into the
    one that has the same present value at the rate of the frame.
    """
    lines = lines if bias is None else bias.applied(lines, frame.first_year)
    table = flows(lines, frame.first_year, frame.n_years)
    cost, benefit, saving = (
        table[f"{name}_gbp"].to_numpy(dtype=np.float64) for name in ("social_cost", "social_benefit", "public_saving")
    )
    health = _health(lines, frame)
    heavier = discount_factors(frame.n_years, "health") / frame.factors() - 1.0
    return appraise(cost, benefit + health * heavier, saving, frame.schedule, frame.vintage)


def _health(lines: pd.DataFrame, frame: AppraisalFrame) -> Floats:
    """Social benefits by year that count years of healthy life. [GBP a year]"""
    if "health" not in lines.columns or not lines["health"].any():
        return np.zeros(frame.n_years)
    table = flows(lines[lines["health"].astype(bool)], frame.first_year, frame.n_years)
    return table["social_benefit_gbp"].to_numpy(dtype=np.float64)


def _wide(years: pd.DataFrame, frame: AppraisalFrame) -> pd.DataFrame:
    """Budget view: payers down, years across, and a total that is the sum over the years."""
    wide = years.pivot_table(index="payer", columns="year", values="undiscounted_gbp", aggfunc="sum", sort=False)
    wide = wide.reindex(columns=range(frame.first_year, frame.first_year + frame.n_years), fill_value=0.0)
    wide.columns = pd.Index([format_year(int(year)) for year in wide.columns], name="year")
    wide["total"] = wide.sum(axis=1)
    wide.insert(0, "public", [payer in PUBLIC_PAYERS for payer in wide.index])
    return wide


def _per_outcome(outcomes: Mapping[str, ArrayLike], pv_cost: float, public_net: float) -> pd.DataFrame:
    rows = []
    for name, amounts in outcomes.items():
        units = float(np.sum(np.asarray(amounts, dtype=np.float64)))
        rows.append((name, units, cost_per_outcome(pv_cost, units), cost_per_outcome(public_net, units)))
    return pd.DataFrame(rows, columns=["outcome", "units", "pv_cost_per_unit_gbp", "public_net_per_unit_gbp"])
