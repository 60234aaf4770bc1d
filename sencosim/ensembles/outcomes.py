"""What an ensemble keeps of each run: money against the baseline, people and time of each arm, and what events cost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sencosim.analysis.outcomes import MONEY_OUTCOME, OUTCOMES, Outcome
from sencosim.costing.budget import by_payer, flows
from sencosim.costing.cost import cost_of_difference
from sencosim.costing.discount import discount_factors
from sencosim.costing.prices import PriceBook
from sencosim.ensembles.events import EVENTS
from sencosim.evidence.base_year import BASE_YEAR, BASE_YEAR_WORDS
from sencosim.scenario.schema import Scenario
from sencosim.vocabulary import COLUMN, PAYER, PAYERS, Quantity

Floats = npt.NDArray[np.float64]
MONEY = ("net_public_cost", "npsv", "policy_cost", "policy_benefit", "cashable_saving")
"""Present values over the horizon against the baseline, which has nought."""
POLICY = "policy"


def outcome_units() -> dict[str, str]:
    """Unit of every column that an ensemble keeps."""
    money = "GBP present value, against the baseline"
    units = dict.fromkeys((*MONEY, *(f"payer_net.{payer}" for payer in PAYERS)), money)
    units |= {one.name: one.unit if one.per else f"{one.unit} a year" for one in OUTCOMES}
    for event in EVENTS:
        units[f"count.{event.name}"] = "a year"
        units[f"today.{event.name}"] = f"a year, {BASE_YEAR_WORDS}, baseline"
        units[f"fewer_public.{event.name}"] = "GBP present value that one fewer every year spares the public purse"
        units[f"fewer_social.{event.name}"] = "GBP present value that one fewer every year is worth to society"
    return units


def outcome_titles() -> dict[str, str]:
    """Words for every column that an ensemble keeps."""
    titles = {name: MONEY_OUTCOME[name].title for name in MONEY}
    titles |= {f"payer_net.{payer}": f"Net cost to {PAYER[payer].title}" for payer in PAYERS}
    titles |= {one.name: one.title for one in OUTCOMES}
    for event in EVENTS:
        titles[f"count.{event.name}"] = event.title.capitalize()
        titles[f"today.{event.name}"] = f"{event.title.capitalize()}, base year"
        titles[f"fewer_public.{event.name}"] = f"Public purse: {event.meaning}"
        titles[f"fewer_social.{event.name}"] = f"Society: {event.meaning}"
    return titles


def physical_outcomes(arm: Floats, baseline: Floats, scenario: Scenario) -> dict[str, float]:
    """People, time and events of one arm.

    Parameters
    ----------
    arm, baseline
        Weighted totals. [units, shape (n_years, n_quantities)]
    scenario
        Whose horizon and warm-up hold.

    Returns
    -------
        Counts are yearly means over the horizon, ratios those of its sums.
    """
    start = scenario.horizon.first - scenario.start_year
    years = scenario.horizon.years
    sums = arm[start : start + years].sum(axis=0)
    today = baseline[BASE_YEAR - scenario.start_year]
    found = {one.name: _outcome(one, sums, years) for one in OUTCOMES}
    for event in EVENTS:
        columns = [COLUMN[name] for name in event.counted]
        found[f"count.{event.name}"] = float(sums[columns].sum() / years)
        found[f"today.{event.name}"] = float(today[columns].sum())
    return found


def _outcome(one: Outcome, sums: Floats, years: int) -> float:
    total = float(sum(sums[COLUMN[name]] for name in one.of))
    if not one.per:
        return one.scale * total / years
    below = float(sum(sums[COLUMN[name]] for name in one.per))
    return one.scale * total / below if below > 0.0 else 0.0


def money_outcomes(arm: Floats, baseline: Floats, scenario: Scenario, book: PriceBook) -> dict[str, float]:
    """Money of one arm against the baseline, and what one event fewer every year is worth at the same prices.

    Parameters
    ----------
    arm, baseline
        As in :func:`physical_outcomes`.
    scenario
        The policy of the arm.
    book
        Prices, with the policy's own terms.
    """
    horizon = scenario.horizon
    first, years = horizon.first, horizon.years
    start = first - scenario.start_year
    changes = {POLICY: (arm - baseline)[start : start + years]}
    sums = baseline[start : start + years].sum(axis=0)
    counts = {quantity.key: float(sums[quantity]) for quantity in Quantity}
    for event in EVENTS:
        changes[event.name] = np.tile(_row(event.one_fewer(counts)), (years, 1))
    lines = cost_of_difference(_ledger(changes, first), book)
    yearly = flows(lines, first, years, by=["scenario"]).set_index("scenario")
    factors = discount_factors(years)

    def present(name: str, column: str) -> float:
        return float(yearly.loc[[name], column].to_numpy(dtype=np.float64) @ factors) if name in yearly.index else 0.0

    found = {
        "net_public_cost": present(POLICY, "public_net_gbp"),
        "policy_cost": present(POLICY, "social_cost_gbp"),
        "policy_benefit": present(POLICY, "social_benefit_gbp"),
        "cashable_saving": present(POLICY, "cashable_saving_gbp"),
    }
    found["npsv"] = found["policy_benefit"] - found["policy_cost"]
    for event in EVENTS:
        found[f"fewer_public.{event.name}"] = -present(event.name, "public_net_gbp")
        found[f"fewer_social.{event.name}"] = present(event.name, "social_benefit_gbp")
    return found | _payers(lines, first, years)


def no_money() -> dict[str, float]:
    """The baseline against itself."""
    return dict.fromkeys((*MONEY, *(f"payer_net.{payer}" for payer in PAYERS)), 0.0)


def _payers(lines: pd.DataFrame, first: int, years: int) -> dict[str, float]:
    """What each budget pays; families and pupils have none, so theirs is everything that falls on them."""
    table = by_payer(lines[lines["scenario"] == POLICY], first, years)
    amount = table["budget_gbp"].where(table["public"], table["present_value_gbp"])
    paid = dict(zip(table["payer"], amount, strict=True))
    return {f"payer_net.{payer}": float(paid[payer]) for payer in PAYERS}


def _row(changes: Mapping[str, float]) -> Floats:
    row = np.zeros(len(Quantity))
    for name, change in changes.items():
        row[COLUMN[name]] = change
    return row


def _ledger(changes: Mapping[str, Floats], first: int) -> pd.DataFrame:
    """One tidy ledger of several changes, told apart by the column ``scenario``."""
    names = np.array([quantity.key for quantity in Quantity], dtype=object)
    parts: list[pd.DataFrame] = []
    for name, change in changes.items():
        year, quantity = np.nonzero(change)
        columns: dict[str, Any] = {
            "scenario": name,
            "year": year + first,
            "quantity": names[quantity],
            "value": change[year, quantity],
        }
        parts.append(pd.DataFrame(columns))
    return pd.concat(parts, ignore_index=True)
