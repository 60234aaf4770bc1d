"""What a run says of itself: base years of its views, and what common chance buys.

All views share the no-policy arm of their world, because routes act in policy arms only (decision 0048). This table is
the check that they do: every gap must be 0.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from sencosim.costing.discount import present_value
from sencosim.costing.money import unit_money
from sencosim.evidence.base_year import BASE_YEAR
from sencosim.experiment.precision import common_chance_gain
from sencosim.model import RunResult, price_book
from sencosim.outcomes.catalogue import OUTCOME, outcome_by_year
from sencosim.vocabulary import COLUMN

COMPARED = ("requests", "suspensions", "permanent_exclusions", "appeals")
COLUMNS = ("view", "outcome", "baseline", "main", "relative")


def base_years(result: RunResult) -> pd.DataFrame:
    """Baseline counts of the base year by view, at the point values and in the replications that the view was run in.

    One row a view alongside the main one and outcome: ``baseline`` and ``main``, the count in the view and in the main
    view with the same schools and chance [a year]; ``relative``, the first over the second less one [share; 1 if the
    second is zero and the first is not].
    """
    main = {totals.job.replication: _counts(result, totals.baseline) for totals in result.points(result.scenario.view)}
    rows = []
    for view in result.scenario.views:
        if view == result.scenario.view:
            continue
        found = {totals.job.replication: _counts(result, totals.baseline) for totals in result.points(view)}
        shared = sorted(set(found) & set(main))
        if not shared:
            continue
        own, other = (np.mean([one[number] for number in shared], axis=0) for one in (found, main))
        more = own - other
        relative = np.divide(more, other, out=np.sign(more), where=other > 0.0)
        rows += [(view, *row) for row in zip(COMPARED, own, other, relative, strict=True)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _counts(result: RunResult, baseline: np.ndarray) -> np.ndarray:
    year = baseline[:, BASE_YEAR - result.scenario.start_year].sum(axis=0)
    return np.array([year[[COLUMN[name] for name in OUTCOME[one].of]].sum() for one in COMPARED])


# -- both arms on the same schools with the same chance ----------------------------------------------------------------

HEADLINE = "net_public_cost"
WATCHED = ("requests", "plans_within_20_weeks", "permanent_exclusions")
"""Outcomes for which the gain is shown alongside the headline's, over the horizon."""


def common_chance(result: RunResult) -> dict[str, float]:
    """Variance of the difference with independent arms over that of the paired one, by outcome, main view.

    Estimated from the replications of the run itself: arms of different replications share neither schools drawn nor
    chance.
    [ratio; empty for one replication, without outcomes that do not vary]
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
