"""What an ensemble keeps of each run: money against the baseline, people and time of each arm, and what events cost."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sencosim.costing.discount import present_value
from sencosim.costing.money import money_by_year
from sencosim.costing.prices import PriceBook
from sencosim.evidence.base_year import BASE_YEAR, BASE_YEAR_WORDS
from sencosim.outcomes.catalogue import MONEY_OUTCOME, OUTCOMES, quantities
from sencosim.scenario.schema import Scenario
from sencosim.vocabulary import COLUMN, PAYER, PAYERS, Quantity

Floats = npt.NDArray[np.float64]
MONEY = ("net_public_cost", "npsv", "policy_cost", "policy_benefit", "cashable_saving")
"""Present values over the horizon against the baseline, which has zero."""
OF_PAYERS = tuple(f"payer_net.{payer}" for payer in PAYERS)

# -- events whose number would have to fall for a policy to pay -------------------------------------------------------

Counts = Mapping[str, float]
"""Baseline sums over the horizon by quantity. [units]"""
Fewer = dict[str, float | Floats]
"""Change of each quantity in every year: one number, or one for each year; unknown (NaN) where the baseline has nothing
to go by. [units a year, shape (n_years,)]"""
APPEALS = tuple(f"appeals.{ground}" for ground in ("refusal_to_assess", "refusal_to_issue", "contents", "exogenous"))
EXCLUSIONS = tuple(f"permanent_exclusions.{stage}" for stage in ("noticed", "sen_support", "ehc_plan"))


@dataclass(frozen=True)
class AvoidedEvent:
    """A kind of event."""

    name: str  # in columns
    title: str  # in sentences, in the plural
    counted: tuple[str, ...]  # quantities whose sum is the number of events in a year
    one_fewer: Callable[[Counts, int], Fewer]  # from the years that count: what goes with one event fewer in each
    meaning: str  # what one fewer is taken to be
    among: str  # group of pupils in which it happens: :mod:`sencosim.outcomes.needed`


def _one_fewer(counts: Counts, names: tuple[str, ...], along: tuple[str, ...]) -> Fewer:
    """One event fewer, of the baseline's mix, with what goes along with one in the baseline."""
    total = sum(counts[name] for name in names)
    return {name: -_each(counts[name], total) for name in (*names, *along)}


def _each(amount: float, among: float) -> float:
    """What one has of an amount; unknown where there is none to have it."""
    return amount / among if among > 0.0 else math.nan


NEW_PLANS = ("plans_issued.mainstream",)
WITH_PLAN = ("pupil_years.ehc_plan", "pupil_years.waiting_special")
"""Pupil-years with a plan in a mainstream class."""
ASSESSING = ("assessments", "ep_hours", "officer_hours")


def _one_plan_fewer(counts: Counts, n_years: int) -> Fewer:
    """One new plan fewer in each year, so that the stock of plans falls by more from year to year.

    A plan lasts as many years as the baseline has plan-holders to each plan that begins. The pupil is on SEN Support
    instead, so what a school provides for the need goes on. Assessment work is that of one plan of any kind.
    """
    held, begun = (
        sum(counts[name] for name in names) for names in (WITH_PLAN, (*NEW_PLANS, "plans_entering_reception"))
    )
    issued = counts["plans_issued.mainstream"] + counts["plans_issued.exogenous"]
    stock = stock_by_year(_each(held, begun), n_years)
    reviews = _each(counts["done.annual_review"], held)
    work: Fewer = {name: -_each(counts[name], issued) for name in ASSESSING}
    moved: Fewer = {
        "pupil_years.ehc_plan": -stock,
        "pupil_years.sen_support": stock,
        "done.annual_review": -reviews * stock,
    }
    return {"plans_issued.mainstream": -1.0} | moved | work


def stock_by_year(lasts: float, n_years: int) -> Floats:
    """Pupil-years in each year if one pupil a year enters evenly over the year and a constant share of them leaves.

    Parameters
    ----------
    lasts
        Mean stay. [years, >= 0]
    n_years
        [years]

    Examples
    --------
    >>> [round(float(x), 3) for x in stock_by_year(5.0, 3)], round(float(stock_by_year(5.0, 60)[-1]), 3)
    ([0.468, 1.29, 1.962], 5.0)
    """
    if lasts <= 0.0:
        return np.zeros(n_years)
    ends = np.exp(-np.arange(n_years + 1) / lasts)
    return np.asarray(lasts - lasts**2 * (ends[:-1] - ends[1:]), dtype=np.float64)


EVENTS = (
    AvoidedEvent(
        "permanent_exclusions",
        "permanent exclusions of pupils with noticed need or SEN",
        EXCLUSIONS,
        lambda counts, _: _one_fewer(counts, EXCLUSIONS, ("pupils_first_excluded", "pupil_years.ap")),
        "one exclusion fewer, with the time in alternative provision that goes with one in the baseline",
        "all_need",
    ),
    AvoidedEvent(
        "appeals",
        "appeals to the SEND tribunal",
        APPEALS,
        lambda counts, _: _one_fewer(counts, APPEALS, ("appeal_weeks",)),
        "one appeal fewer, of the mix of grounds and the length in the baseline; places do not change",
        "all_need",
    ),
    AvoidedEvent(
        "independent_placements",
        "placements in independent special schools (pupil-years)",
        ("pupil_years.independent_special",),
        lambda _, __: {"pupil_years.independent_special": -1.0, "pupil_years.ehc_plan": 1.0},
        "one pupil fewer in an independent special school for a year, in a mainstream class with a plan instead",
        "ehc_plan",
    ),
    AvoidedEvent(
        "new_plans",
        "new EHC plans for mainstream pupils",
        NEW_PLANS,
        _one_plan_fewer,
        "one new plan fewer every year: its pupil on SEN Support instead, its reviews and one plan's assessment work "
        "spared; places in special schools do not change",
        "sen_support",
    ),
)
"""The events of the headline for a policy whose effect nobody has measured."""


def one_event_fewer(baseline: Floats) -> Floats:
    """What changes if there is one event fewer of each kind in every year; unknown (NaN) where the baseline has none.

    Parameters
    ----------
    baseline
        Over the years that count. [units, shape (n_years, n_quantities)]

    Returns
    -------
    numpy.ndarray
        In the order of :data:`EVENTS`. [units, shape (n_events, n_years, n_quantities)]
    """
    sums, n_years = baseline.sum(axis=0), len(baseline)
    counts = {quantity.key: float(sums[quantity]) for quantity in Quantity}
    changes = np.zeros((len(EVENTS), n_years, len(Quantity)))
    for number, event in enumerate(EVENTS):
        for name, change in event.one_fewer(counts, n_years).items():
            changes[number, :, COLUMN[name]] = change
    return changes


# -- the columns ------------------------------------------------------------------------------------------------------


def outcome_units() -> dict[str, str]:
    """Unit of every column that an ensemble keeps."""
    units = dict.fromkeys((*MONEY, *OF_PAYERS), "GBP present value, against the baseline")
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
    """People, time and events of one arm: counts are yearly means over the horizon, ratios those of its sums.

    Both arms are weighted totals of the scenario's years. [units, shape (n_years, n_quantities)] A ratio is unknown
    (NaN) where nothing stands below it.
    """
    years = scenario.horizon.years
    sums = arm[-years:].sum(axis=0)
    today = baseline[BASE_YEAR - scenario.start_year]
    found = {}
    for one in OUTCOMES:
        value = float(one.value(lambda names: np.asarray(sums[quantities(names)].sum())))
        found[one.name] = value if one.per else value / years
    for event in EVENTS:
        found[f"count.{event.name}"] = float(sums[quantities(event.counted)].sum() / years)
        found[f"today.{event.name}"] = float(today[quantities(event.counted)].sum())
    return found


def money_outcomes(arm: Floats, baseline: Floats, scenario: Scenario, book: PriceBook) -> dict[str, float]:
    """Money of one arm against the baseline, and what one event fewer every year is worth at the same prices.

    That worth is unknown (NaN) where the baseline has no such event.
    """
    years = scenario.horizon.years
    changes = np.concatenate([(arm - baseline)[None, -years:], one_event_fewer(baseline[-years:])])
    present = {name: present_value(one) for name, one in money_by_year(changes, book, scenario.horizon.first).items()}
    found = {name: float(present[name][0]) for name in sorted(MONEY, key="npsv".__eq__)}  # after its parts
    for number, event in enumerate(EVENTS, start=1):
        found[f"fewer_public.{event.name}"] = -float(present["net_public_cost"][number])
        found[f"fewer_social.{event.name}"] = float(present["policy_benefit"][number])
    return found | {name: float(present[name][0]) for name in OF_PAYERS}


def no_money() -> dict[str, float]:
    """The baseline against itself."""
    return dict.fromkeys((*MONEY, *OF_PAYERS), 0.0)
