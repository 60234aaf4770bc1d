"""What a policy changes against no policy, one number for each figure: what a search for the best policy reads.

The same sums place any run alongside a stored frontier, so they are made here alone.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sencosim.costing.discount import present_value
from sencosim.costing.extra_teachers import teachers_per_hour
from sencosim.costing.money import money_by_year
from sencosim.costing.prices import PriceBook
from sencosim.decisions.resampling import Floats
from sencosim.experiment.totals import PairTotals
from sencosim.model import price_book
from sencosim.outcomes.catalogue import MONEY_OUTCOME, OUTCOME, divided, quantities
from sencosim.outcomes.columns import MONEY, OF_PAYERS, outcome_titles, outcome_units, physical_outcomes
from sencosim.outcomes.incidence import DUTY, paid_by_schools, steady_years
from sencosim.outcomes.social import WORTH
from sencosim.scenario.schema import Scenario
from sencosim.vocabulary import COLUMN

LOWEST_SHARE = 0.2
"""Share of all need that the sizes of school with the lowest support intensity hold together. [share]"""
LOWEST = "support_intensity_lowest"
TEACHERS = "teachers_taken"
DUTY_A_YEAR = "duty_a_year"
LOST = "hours_taken_away"
LOST_SHARE = 0.1
"""Share of the SENCO hours that a policy adds which it may take away elsewhere. [share]"""
WORTHS = (0.0, 0.5, 1.0, 1.5)
"""Worths of a pound of provision (kappa) at which social value is reported, besides that of the view."""


class Figure(NamedTuple):
    """An outcome of a policy against no policy."""

    title: str
    unit: str
    favourable: str  # up or down


def worth_name(worth: float) -> str:
    """Column of social value at a worth of provision.

    Examples
    --------
    >>> worth_name(0.5)
    'npsv_at_worth_0.5'
    """
    return f"npsv_at_worth_{worth:g}"


def figures() -> dict[str, Figure]:
    """Everything that is known of a policy that was run, by name."""
    titles, units = outcome_titles(), outcome_units()
    known = {name: Figure(titles[name], units[name], _favourable(name)) for name in (*MONEY, *OF_PAYERS, *OUTCOME)}
    known[LOWEST] = Figure(
        "Support intensity in the sizes of school where it is lowest today", OUTCOME["support_intensity"].unit, "up"
    )
    known[TEACHERS] = Figure("Teachers taken from classes, most of any year", "FTE", "down")
    known[LOST] = Figure(
        f"Timetabled SENCO hours taken away, less {100 * LOST_SHARE:g} % of those added", "hours a year", "down"
    )
    known[DUTY_A_YEAR] = Figure("Cost of the levers once in force, if schools pay", "GBP a year", "down")
    known |= {worth_name(w): Figure(f"{titles['npsv']} at a worth of {w:g}", units["npsv"], "up") for w in WORTHS}
    return known


def _favourable(name: str) -> str:
    if name in OUTCOME:
        return OUTCOME[name].favourable or "up"
    return MONEY_OUTCOME[name.partition(".")[0]].favourable


def figures_of(pair: PairTotals, scenario: Scenario, view: str) -> dict[str, float]:
    """What a policy changes against no policy, from the totals of England by phase and size. [units of the figures]"""
    base, policy = pair.baseline.sum(axis=0), pair.policy.sum(axis=0)
    years, first = scenario.horizon.years, scenario.horizon.first
    change = (policy - base)[-years:]
    money = money_by_year(change[None], price_book(scenario, view, pair.values), first)
    present = {name: float(present_value(money[name][0])) for name in (*MONEY, *OF_PAYERS)}
    levels = [physical_outcomes(arm, base, scenario) for arm in (policy, base)]
    found = present | {name: levels[0][name] - levels[1][name] for name in OUTCOME}
    found[LOWEST] = _lowest(pair.policy, pair, years) - _lowest(pair.baseline, pair, years)
    taken = sum(change[:, COLUMN[name]] * each for name, each in teachers_per_hour(pair.values).items())
    found[TEACHERS] = float(np.max(taken, initial=0.0))
    removed, added = (change[:, COLUMN[name]].mean() for name in ("removed_hours", "added_hours"))
    found[LOST] = float(removed - LOST_SHARE * added)
    own = PriceBook.from_values(pair.values, view, paid_by_schools(scenario))
    duty = money_by_year(change[None], own, first)[DUTY][0]
    found[DUTY_A_YEAR] = float(duty[[year - first for year in steady_years(scenario)]].mean())
    return found | _at_worths(pair, scenario, view, change, present["npsv"])


def _at_worths(pair: PairTotals, scenario: Scenario, view: str, change: Floats, npsv: float) -> dict[str, float]:
    """Social value at worths of provision alongside its own: it is linear in the worth. [GBP present value]"""
    values = dict(pair.values)
    bare = price_book(scenario, view, values | {WORTH: 0.0})
    at_zero = float(present_value(money_by_year(change[None], bare, scenario.horizon.first)["npsv"][0]))
    own = float(values[WORTH])
    slope = (npsv - at_zero) / own if own > 0.0 else 0.0
    return {worth_name(worth): at_zero + worth * slope for worth in WORTHS}


def _lowest(arm: Floats, pair: PairTotals, years: int) -> float:
    """Support intensity of an arm in the sizes of school where the baseline's is lowest. [hours a pupil a year]"""
    intensity = OUTCOME["support_intensity"]
    (top,), (bottom,) = quantities(intensity.of), quantities(intensity.per)
    hours, need = (pair.baseline[:, -years:, column].sum(axis=1) for column in (top, bottom))
    order = np.argsort(np.where(need > 0.0, divided(hours, need), np.inf), kind="stable")
    before = np.cumsum(need[order]) - need[order]
    kept = order[before < LOWEST_SHARE * need.sum()]
    own = arm[kept][:, -years:].sum(axis=(0, 1))
    return float(intensity.value(lambda names: np.asarray(own[quantities(names)].sum())))
