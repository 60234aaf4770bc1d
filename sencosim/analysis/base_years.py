"""How far the base year of each view's baseline is from that of the main view.

All views share the no-policy arm of their world, because routes act in policy arms only (decision 0048). This table is
the check that they do: every gap must be 0.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from sencosim.analysis.outcomes import OUTCOME
from sencosim.evidence.base_year import BASE_YEAR
from sencosim.model import RunResult
from sencosim.vocabulary import COLUMN

COMPARED = ("requests", "suspensions", "permanent_exclusions", "appeals")
COLUMNS = ("view", "outcome", "baseline", "main", "relative")


def base_years(result: RunResult) -> pd.DataFrame:
    """Baseline counts of the base year by view, at the point values and in the replications that the view was run in.

    Returns
    -------
        One row a view beside the main one and outcome: ``baseline`` and ``main``, the count in the view and in the main
        view with the same schools and chance [a year]; ``relative``, the first over the second less one. [share]
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
        rows += [(view, *row) for row in zip(COMPARED, own, other, own / other - 1.0, strict=True)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _counts(result: RunResult, baseline: np.ndarray) -> np.ndarray:
    year = baseline[:, BASE_YEAR - result.scenario.start_year].sum(axis=0)
    return np.array([year[[COLUMN[name] for name in OUTCOME[one].of]].sum() for one in COMPARED])
