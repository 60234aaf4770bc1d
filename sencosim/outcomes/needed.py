"""The question from the other side: how large an effect, on which pupils, would pay for the policy.

Prices are linear in what is counted, so every answer is a quotient: net cost over what one unit of the effect is worth.
Effects are events avoided (:data:`sencosim.outcomes.columns.EVENTS`) and, for society alone, months of progress
(:mod:`sencosim.outcomes.needed_of_run`). Draws may be those of a run or of an ensemble.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from sencosim.decisions.spread import METHOD
from sencosim.outcomes.catalogue import ROUNDING
from sencosim.outcomes.columns import EVENTS, WITH_PLAN

Floats = npt.NDArray[np.float64]
Measure = Literal["public", "social"]
"""Net cost to the public purse, or minus net present social value."""
MEASURES: tuple[Measure, ...] = ("public", "social")
NEEDED, GROUPS_NEEDED, PAIRS = "needed", "needed_groups", "needed_pairs"
"""Tables of a run: events to avoid, by group of pupils, two effects at once."""
MONTHS = "months_of_progress"
"""Name of that effect alongside those of events."""
MAIN_GROUP = "sen_support"
"""Group whose months stand in pairs and in sentences."""
TWO_AT_ONCE: tuple[tuple[Measure, str, str], ...] = (
    ("social", "new_plans", MONTHS),
    ("public", "new_plans", "independent_placements"),
)
"""Pairs of effects: whose answer, what lies along the bottom, what is read off."""
STEPS = 11
"""Points of a line. A straight one needs two; its range over draws bends. [points]"""
ENDS = (0.1, 0.9)


@dataclass(frozen=True)
class Group:
    """Pupils in mainstream classes whom an effect could reach."""

    name: str
    title: str  # in sentences and tables
    counted: tuple[str, ...]  # pupil-years


GROUPS: tuple[Group, ...] = (
    Group("noticed", "pupils noticed and waiting for the SENCO", ("pupil_years.identification_wait",)),
    Group("sen_support", "pupils on SEN Support", ("pupil_years.sen_support",)),
    Group("ehc_plan", "pupils with an EHC plan in a mainstream class", WITH_PLAN),
    Group(
        "all_need",
        "all pupils with noticed or recognised need in a mainstream class",
        ("pupil_years.identification_wait", "pupil_years.sen_support", *WITH_PLAN),
    ),
)
GROUP: dict[str, Group] = {one.name: one for one in GROUPS}


# -- events -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Draws:
    """What is known of each draw of a view. [shape (n_draws,) each]"""

    cost: Mapping[Measure, Floats]  # net cost, above zero where the policy does not pay [GBP, present value]
    # Worth of one event fewer in every year; NaN where no such event happens [GBP, present value]
    spared: Mapping[tuple[Measure, str], Floats]
    avoided: Mapping[str, Floats]  # events that the run avoids already [a year]
    today: Mapping[str, Floats]  # events of the base year without the policy [a year]
    weights: Floats  # in a mean; they add up to 1

    def mean(self, values: Floats) -> float:
        """Mean over the draws in which it is known, as the headline weighs them; NaN if it is in none."""
        known = ~np.isnan(values)
        if known.all():
            return float(self.weights @ values)
        return float(self.weights[known] @ values[known] / self.weights[known].sum()) if known.any() else math.nan


def needed_number(cost: Floats | float, worth: Floats | float, already: Floats | float = 0.0) -> Floats:
    """How many units of an effect pay for a policy, all else as it is.

    Parameters
    ----------
    cost
        Net cost; zero or less where the policy pays already. [GBP]
    worth
        What one unit is worth; NaN where that is unknown. [GBP per unit]
    already
        Units that are in the net cost already. [units]

    Returns
    -------
    numpy.ndarray
        Zero where it pays already, infinite where no number would do, NaN where it is unknown. [units, ends of the
        range of ``already`` allowed]

    Examples
    --------
    >>> needed_number(np.array([6.0, -1.0, 6.0]), np.array([2.0, 2.0, -1.0]), 1.0).tolist()
    [4.0, 0.0, inf]
    """
    cost, worth = np.asarray(cost, dtype=np.float64), np.asarray(worth, dtype=np.float64)
    none = np.broadcast_to(np.where(np.isnan(worth), math.nan, math.inf), np.broadcast(cost, worth).shape).copy()
    more = np.divide(cost, worth, out=none, where=worth > 0.0)
    return np.asarray(np.where(cost > ROUNDING, already + more, 0.0), dtype=np.float64)


def end_of(needed: Floats, share: float) -> float:
    """A quantile over draws in which it is known; between infinite numbers, the nearest draw. [units; NaN if none]"""
    known = needed[~np.isnan(needed)]
    if known.size == 0:
        return math.nan
    return float(np.quantile(known, share, method=METHOD if np.isfinite(known).all() else "nearest"))


def needed_table(draws: Draws) -> pd.DataFrame:
    """How many events of each kind would pay, one row a measure and event.

    Returns
    -------
    pandas.DataFrame
        ``measure``, ``event``, ``title``, ``net_cost_gbp`` (mean present value), ``spared_by_one_gbp`` (mean present
        value of one fewer in every year, over the draws in which there is such an event; NaN if there is none),
        ``avoided_in_run``, ``needed`` (at those means; NaN where it is unknown), ``needed_low``, ``needed_high`` (10 %
        and 90 % of the draws in which it is known), ``today``, ``share_of_today`` (NaN where there are none today),
        ``pays`` (share of draws that pay already), ``n_draws`` (behind the range), ``draws_in_all``. [events a year;
        GBP]
    """
    rows = []
    for measure in MEASURES:
        cost = draws.cost[measure]
        for event in EVENTS:
            spared, avoided = draws.spared[measure, event.name], draws.avoided[event.name]
            # Whether a draw counts must not depend on its answer: those that pay are left out too where one is unknown.
            each = np.where(np.isnan(spared), math.nan, needed_number(cost, spared, avoided))
            means = [draws.mean(values) for values in (cost, spared, avoided)]
            needed = float(needed_number(*means))
            today = draws.mean(draws.today[event.name])
            rows.append(
                {
                    "measure": measure,
                    "event": event.name,
                    "title": event.title,
                    **dict(zip(("net_cost_gbp", "spared_by_one_gbp", "avoided_in_run"), means, strict=True)),
                    "needed": needed,
                    **dict(zip(("needed_low", "needed_high"), (end_of(each, end) for end in ENDS), strict=True)),
                    "today": today,
                    "share_of_today": needed / today if today > 0.0 else math.nan,
                    "pays": share_that_pays(cost),
                    "n_draws": int((~np.isnan(each)).sum()),
                    "draws_in_all": cost.size,
                }
            )
    return pd.DataFrame(rows)


def share_that_pays(cost: Floats) -> float:
    """Share of draws in which the policy pays already. [share]"""
    return float((cost <= ROUNDING).mean())


# -- two at once ------------------------------------------------------------------------------------------------------


def pair_line(cost: Floats, worth: tuple[Floats, Floats], already: tuple[Floats, Floats], at: Floats) -> Floats:
    """The amount of a second effect that pays together with some of a first: a straight line in every draw.

    Parameters
    ----------
    cost
        Net cost, which holds what the run has already. [GBP, shape (n_draws,)]
    worth
        Of one unit of each effect; of the second, above 0. [GBP per unit, shape (n_draws,)]
    already
        Units of each that the run has. [units, shape (n_draws,)]
    at
        Amounts of the first. [units, shape (n_points,)]

    Returns
    -------
    numpy.ndarray
        Amounts of the second; below what the run has where it pays with room to spare.
        [units, shape (n_draws, n_points)]
    """
    (first, second), (had, has) = worth, already
    left = cost[:, None] - first[:, None] * (at - had[:, None])
    return np.asarray(has[:, None] + left / second[:, None], dtype=np.float64)


def pairs_table(draws: Draws, months: Floats) -> pd.DataFrame:
    """Two effects at once: for each amount of the first, the amount of the second with which they pay together.

    Parameters
    ----------
    draws
        Of a view.
    months
        Worth of a month of progress for each pupil of :data:`MAIN_GROUP`. [GBP, present value, shape (n_draws,)]

    Returns
    -------
    pandas.DataFrame
        ``measure``, ``first``, ``second`` (names of effects), ``at`` (amount of the first, from zero to all of the base
        year), ``needed`` (of the second, at the means), ``needed_low``, ``needed_high`` (10 % and 90 % of the draws),
        ``first_in_run``, ``second_in_run``. No rows for a pair whose second effect is worth nothing in some draw, or
        the first nobody knows what.
        [events a year; months]
    """
    rows = [row for pair in TWO_AT_ONCE for row in _pair_rows(draws, months, *pair)]
    return pd.DataFrame(rows, columns=list(PAIR_COLUMNS))


PAIR_COLUMNS = (
    *("measure", "first", "second", "at", "needed", "needed_low", "needed_high", "first_in_run", "second_in_run"),
)


def _pair_rows(draws: Draws, months: Floats, measure: Measure, first: str, second: str) -> Iterator[dict[str, object]]:
    def parts(effect: str) -> tuple[Floats, Floats]:
        if effect == MONTHS:
            return months, np.zeros_like(months)
        return draws.spared[measure, effect], draws.avoided[effect]

    (worth, had), (other, has) = parts(first), parts(second)
    today = draws.mean(draws.today[first])
    if not (other > 0.0).all() or np.isnan(worth).any() or not today > 0.0:
        return
    at, cost = np.linspace(0.0, today, STEPS), draws.cost[measure]
    means = [np.array([draws.mean(values)]) for values in (cost, worth, other, had, has)]
    middle = pair_line(means[0], (means[1], means[2]), (means[3], means[4]), at)[0]
    each = pair_line(cost, (worth, other), (had, has), at)
    for place, amount in enumerate(at.tolist()):
        low, high = (end_of(each[:, place], end) for end in ENDS)
        told = (measure, first, second, amount, float(middle[place]), low, high, float(means[3][0]), float(means[4][0]))
        yield dict(zip(PAIR_COLUMNS, told, strict=True))
