"""What it buys to run both arms on the same schools with the same chance."""

from __future__ import annotations

import math

from sencosim.costing.discount import present_value
from sencosim.costing.money import unit_money
from sencosim.model import RunResult, price_book
from sencosim.outcomes.catalogue import OUTCOME, outcome_by_year
from sencosim.runs.precision import common_chance_gain

HEADLINE = "net_public_cost"
WATCHED = ("requests", "plans_within_20_weeks", "permanent_exclusions")
"""Outcomes for which the gain is shown beside the headline's, over the horizon."""


def common_chance(result: RunResult) -> dict[str, float]:
    """Variance of the difference with independent arms over that of the paired one, by outcome, main view.

    Estimated from the replications of the run itself: arms of different replications share neither schools drawn nor
    chance.

    Parameters
    ----------
    result
        A run.

    Returns
    -------
        [ratio by outcome; empty if there is one replication, without outcomes that do not vary]
    """
    horizon = result.scenario.horizon
    arms: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in (HEADLINE, *WATCHED)}
    for totals in result.points(result.scenario.view):
        # Without the last: teachers taken from classes are no sum over years and councils.
        book = price_book(result.scenario, totals.job.view, totals.values)
        prices = unit_money(book, horizon.first, horizon.years)[HEADLINE][:, :-1]
        for number, arm in enumerate((totals.baseline, totals.policy)):
            counts = arm.sum(axis=0)[-horizon.years :]
            arms[HEADLINE][number].append(float(present_value((counts * prices).sum(axis=1))))
            for name in WATCHED:
                arms[name][number].append(float(outcome_by_year(OUTCOME[name], counts)[-1]))
    gains = {name: common_chance_gain(*both) for name, both in arms.items()}
    return {name: gain for name, gain in gains.items() if not math.isnan(gain)}
