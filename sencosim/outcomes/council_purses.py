"""What the policy does to each council's high needs, alongside the deficit that the council was last known to have.

Two things stand next to each other and are never added: a change of spending each year, from this run, and a cumulative
balance on a date years ago, published (:mod:`sencosim.evidence.grants`).
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pandas as pd

from sencosim.costing.money import money_by_year
from sencosim.costing.prices import PriceBook
from sencosim.evidence.councils import load_councils
from sencosim.evidence.grants import grant_of
from sencosim.experiment.moments import Moments
from sencosim.model import RunResult, price_book, speaks_for_england
from sencosim.outcomes.areas import FEWEST_REPLICATIONS, MODELLED, SHARED, Areas, own_places, pupil_shares
from sencosim.vocabulary import COLUMN, Payer

Floats = npt.NDArray[np.float64]
PAYERS = (Payer.COUNCIL_HIGH_NEEDS, Payer.CENTRAL_HIGH_NEEDS)
"""Who pays high-needs charges: councils, and central government in their place after the switch."""
PLACES = tuple(
    f"pupil_years.{place}"
    for place in (
        *("ehc_plan", "waiting_special", "resourced", "state_special", "over_capacity", "independent_special"),
        *("ap", "post16_plan"),
    )
)
"""Pupil-years that high-needs charges are paid for."""


def council_purses(result: RunResult) -> pd.DataFrame:
    """High-needs spending by council, mean of the years of the horizon, at the point values of the main view.

    A run of England has every council: those that were simulated twice or more stand with their own figures, others
    with their share of England's, by pupils. Any other run has the councils that were simulated. A council of which
    schools are lacking or sampled has no figure of its own: its grant is for all of them.

    Returns
    -------
    pandas.DataFrame
        ``area_code``, ``area_name``, ``region``, ``fsm_share`` (of mainstream pupils, January 2023),
        ``high_needs_change_gbp`` (a year, whoever pays), ``paid_by_council_gbp`` (the part that stays with the
        council), ``monte_carlo_error`` (of the first; NaN where shared), ``pupil_years_changed`` (sum over placements
        of the change either way, over the horizon), ``basis``; as published ``balance_pct`` (of income, end of
        2021-22; a deficit is below zero), ``balance_of``, ``high_needs_2023_24_gbp``, and worked out ``balance_gbp``
        (at the grant of 2023-24) and ``change_of_block`` (of the high-needs block of 2023-24). [GBP in prices of the
        price base; ratio]
    """
    areas, horizon = Areas.all(), result.scenario.horizon
    amounts = Moments(len(areas.names), (3,))
    book: PriceBook | None = None
    for totals in result.points(result.scenario.view):
        book = price_book(result.scenario, result.scenario.view, totals.values) if book is None else book
        rows, base, policy = areas.arms_of(totals)
        change = (policy - base)[:, -horizon.years :]
        flows = money_by_year(change, book, horizon.first)
        own, central = (flows[f"payer_net.{payer.key}"].mean(axis=1) for payer in PAYERS)
        moved = np.abs(change[:, :, [COLUMN[name] for name in PLACES]].sum(axis=1)).sum(axis=1)
        amounts.add(rows, np.column_stack([own + central, own, moved]))
    told = np.isin([code for _, code, _ in areas.names], list(own_places(result)))
    count = np.where(told, amounts.count, 0)
    whole = speaks_for_england(result.options)
    return pd.DataFrame(_rows(amounts.mean, amounts.standard_error()[:, 0], count, whole=whole))


def _rows(mean: Floats, error: Floats, count: npt.NDArray[np.int64], *, whole: bool) -> list[dict[str, object]]:
    """A row for each council that has a figure; England is the last row of the arrays."""
    shares, found = pupil_shares(), []
    for row, council in enumerate(load_councils()):
        is_own = count[row] >= FEWEST_REPLICATIONS or (not whole and count[row] > 0)
        if not is_own and not whole:
            continue
        change, own, moved = (mean[row] if is_own else shares[council.ons_code] * mean[-1]).tolist()
        grant = grant_of(council.ons_code)
        block = grant.high_needs_2023_24_gbp
        found.append(
            {
                "area_code": council.ons_code,
                "area_name": council.name,
                "region": council.region,
                "fsm_share": council.fsm_share,
                "high_needs_change_gbp": change,
                "paid_by_council_gbp": own,
                "monte_carlo_error": float(error[row]) if is_own else math.nan,
                "pupil_years_changed": moved,
                "basis": MODELLED if is_own else SHARED,
                "balance_pct": _number(grant.balance_2021_22_pct),
                "balance_of": grant.balance_of,
                "balance_gbp": _number(grant.balance_gbp),
                "high_needs_2023_24_gbp": _number(block),
                "change_of_block": change / block if block else math.nan,
            }
        )
    return found


def _number(value: float | None) -> float:
    return math.nan if value is None else float(value)
