"""Appraisal arithmetic on yearly flows: usable alone, on plain arrays.

Flows are real, year 0 first. Two conventions of the benefit-cost ratio are given, because the second moves sharply
when savings come near costs:

- **A**: avoided public spending counts as a benefit: PV(benefits) / PV(costs).
- **B**: avoided public spending is taken off the cost: (PV(benefits) - PV(saving)) / (PV(costs) - PV(saving)).

A ratio is suppressed, with the reason, when its denominator is not above zero. Neither is a pass or fail test.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from sencosim.costing.discount import annuity_factor, present_value
from sencosim.costing.dust import without_dust
from sencosim.errors import CostingError
from sencosim.evidence.appraisal import load_appraisal_tables

COST_SAVING = "cost saving: there is no cost left to divide by"


@dataclass(frozen=True)
class Appraisal:
    """Result of an appraisal. Amounts are present values in real GBP, or in the unit of the flows.

    Attributes
    ----------
    n_years, schedule, vintage, discount_title
        Horizon and discounting.
    pv_cost, pv_benefit, npsv
        Social cost and benefit, and net present social value, their difference.
    bcr_a, bcr_a_note, bcr_b, bcr_b_note
        Benefit-cost ratios, or None with the reason in the note.
    pv_public_saving, net_public_cost
        Public spending avoided, and cost less that.
    switching_multiplier
        What the benefits must be multiplied by to make npsv zero; None if no positive number does.
    cost_reduction_needed
        Share by which costs must fall to make npsv zero; below 0 if they could rise; None without cost.
    equivalent_annual_cost, equivalent_annual_net
        Cost, and cost less benefit, as level amounts a year.
    payback_year
        First year from which undiscounted public savings have repaid costs and stay so; None if never.
    """

    n_years: int
    schedule: str
    vintage: str
    discount_title: str
    pv_cost: float
    pv_benefit: float
    npsv: float
    bcr_a: float | None
    bcr_a_note: str
    bcr_b: float | None
    bcr_b_note: str
    pv_public_saving: float
    net_public_cost: float
    switching_multiplier: float | None
    cost_reduction_needed: float | None
    equivalent_annual_cost: float
    equivalent_annual_net: float
    payback_year: int | None


def npsv(costs: ArrayLike, benefits: ArrayLike, schedule: str = "standard", vintage: str = "in_force") -> float:
    """Net present social value of real yearly flows. [unit of the flows]

    Examples
    --------
    >>> round(npsv([100.0, 0.0], [0.0, 103.5]), 6)
    0.0
    """
    net = np.asarray(benefits, dtype=np.float64) - np.asarray(costs, dtype=np.float64)
    return float(present_value(net, schedule, vintage))


def appraise(
    costs: ArrayLike,
    benefits: ArrayLike,
    public_saving: ArrayLike | None = None,
    schedule: str = "standard",
    vintage: str = "in_force",
) -> Appraisal:
    """Appraise one option against business as usual.

    Parameters
    ----------
    costs, benefits
        Real social flows by year, from year 0. [GBP, shape (n_years,)]
    public_saving
        The part of the benefits that is public spending avoided; none if not given. [GBP, shape (n_years,)]
    schedule, vintage
        Discounting, as in :func:`sencosim.costing.discount.discount_factors`.

    Returns
    -------
    Appraisal
        All measures.

    Raises
    ------
    CostingError
        If the flows are not single rows of one length.

    Examples
    --------
    >>> result = appraise([200.0] * 10, [0, 40, 80, 120, 160, 200, 240, 280, 280, 280])
    >>> round(result.npsv, 6), round(result.bcr_a, 6)
    (-358.753057, 0.791609)
    """
    cost_flow = np.asarray(costs, dtype=np.float64)
    benefit_flow = np.asarray(benefits, dtype=np.float64)
    saving_flow = np.zeros_like(cost_flow) if public_saving is None else np.asarray(public_saving, dtype=np.float64)
    if cost_flow.ndim != 1 or not cost_flow.shape == benefit_flow.shape == saving_flow.shape:
        raise CostingError("Costs, benefits and savings must be single rows with one number for each year.")
    n_years = len(cost_flow)
    pv_cost = float(present_value(cost_flow, schedule, vintage))
    pv_benefit = float(present_value(benefit_flow, schedule, vintage))
    pv_saving = float(present_value(saving_flow, schedule, vintage))
    bcr_a, note_a = _ratio(pv_benefit, pv_cost)
    # Benefits that are all savings leave none, not what rounding leaves of them.
    others, left = (float(without_dust(one - pv_saving, pv_saving)) for one in (pv_benefit, pv_cost))
    bcr_b, note_b = _ratio(others, left)
    years = annuity_factor(n_years, schedule, vintage)
    return Appraisal(
        n_years=n_years,
        schedule=schedule,
        vintage=vintage,
        discount_title=load_appraisal_tables().discount_vintage(vintage).title,
        pv_cost=pv_cost,
        pv_benefit=pv_benefit,
        npsv=pv_benefit - pv_cost,
        bcr_a=bcr_a,
        bcr_a_note=note_a,
        bcr_b=bcr_b,
        bcr_b_note=note_b,
        pv_public_saving=pv_saving,
        net_public_cost=pv_cost - pv_saving,
        switching_multiplier=switching_multiplier(pv_cost, pv_benefit),
        cost_reduction_needed=1.0 - pv_benefit / pv_cost if pv_cost > 0.0 else None,
        equivalent_annual_cost=pv_cost / years if n_years else 0.0,
        equivalent_annual_net=(pv_cost - pv_benefit) / years if n_years else 0.0,
        payback_year=payback_year(cost_flow, saving_flow),
    )


def _ratio(above: float, below: float) -> tuple[float | None, str]:
    if below > 0.0:
        return above / below, ""
    return None, COST_SAVING


def switching_multiplier(pv_cost: float, pv_benefit: float) -> float | None:
    """Multiplier on the benefits at which they equal the costs; None if no positive number does. [ratio]

    Examples
    --------
    >>> switching_multiplier(150.0, 100.0)
    1.5
    """
    if pv_benefit == 0.0 or pv_cost / pv_benefit <= 0.0:
        return None
    return pv_cost / pv_benefit


def payback_year(costs: ArrayLike, savings: ArrayLike) -> int | None:
    """First year from which undiscounted savings have repaid undiscounted costs, and stay so to the end.

    Parameters
    ----------
    costs, savings
        Yearly flows from year 0. [GBP]

    Returns
    -------
    int or None
        Years from the start, 0 for the first; None if it does not happen within the flows.

    Examples
    --------
    >>> payback_year([10, 0, 0], [0, 6, 6])
    2
    """
    balance = np.cumsum(np.asarray(savings, dtype=np.float64) - np.asarray(costs, dtype=np.float64))
    behind = np.flatnonzero(balance < 0.0)
    first = int(behind[-1]) + 1 if behind.size else 0
    return first if first < len(balance) else None


def cost_per_outcome(pv_net_cost: float, outcomes: float) -> float | None:
    """Present value of cost for each unit of an outcome gained or avoided; None unless some are. [GBP per unit]

    Parameters
    ----------
    pv_net_cost
        Present value of net cost. [GBP]
    outcomes
        Units gained or avoided over the horizon, undiscounted. [units]

    Examples
    --------
    >>> cost_per_outcome(1000.0, 4.0)
    250.0
    """
    return pv_net_cost / outcomes if outcomes > 0.0 else None
