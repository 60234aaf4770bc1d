"""Scores of the back-tests by family of series: weighted interval score, bias, and coverage with its sampling error."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scipy.stats import binomtest

from sencosim.calibration.result import BacktestResult, Row

FAMILIES = {
    "Requests and plans issued": ("ehcp_initial_requests", "ehcp_refused_share", "ehcp_new_plans"),
    "Timeliness": ("ehcp_issued_within_20_weeks_share",),
    "Stocks of plans": ("pupils_with_ehcp", "pupils_with_ehcp_share", "ehcp_caseload"),
    "SEN Support": ("pupils_sen_support", "pupils_sen_support_share"),
    "Placements": ("ehcp_placement", "ehcp_placement_share"),
    "Appeals": ("tribunal_appeals_registered",),
    "Suspensions and exclusions": (
        *("suspension_rate", "permanent_exclusion_rate", "suspensions", "permanent_exclusions"),
    ),
}
"""Series of each family."""
LEVEL = 0.8


@dataclass(frozen=True)
class FamilyScore:
    """How one family of one test did on the periods ahead that were published."""

    family: str
    figures: int
    score: float  # weighted interval score, mean over figures [% of published]
    to_last: float  # over the error of the last value [ratio]
    to_growth: float  # over the error of the last growth [ratio]
    covered: float  # in the 80 % interval [share]
    covered_error: float  # standard error of that, figures taken as independent [share]
    above: int  # published figures above the median
    sign: float  # two-sided probability of so uneven a split if the median were unbiased


def weighted_interval_score(row: Row) -> float:
    """Weighted interval score of the median and the 80 % interval, in per cent of the published figure.

    Bracher and others (2021): half the absolute error of the median and a tenth of the interval score, over 1.5.
    """
    published, alpha = row.published, 1.0 - LEVEL
    outside = max(0.0, row.p10 - published) + max(0.0, published - row.p90)
    interval = row.p90 - row.p10 + 2.0 / alpha * outside
    score = (0.5 * abs(published - row.p50) + 0.5 * alpha * interval) / 1.5
    return 100.0 * score / abs(published)


def family_scores(result: BacktestResult, test: str, ahead: str) -> list[FamilyScore]:
    """Scores of each family and of all series together, on one test's rows with the mark of forecasts."""
    rows = [row for row in result.rows if row.test == test and row.when == ahead and not math.isnan(row.published)]
    named = {name: [row for row in rows if row.series in series] for name, series in FAMILIES.items()}
    return [_score(name, found) for name, found in (*named.items(), ("All", rows)) if found]


def _score(family: str, rows: Sequence[Row]) -> FamilyScore:
    scores = [weighted_interval_score(row) for row in rows]
    covered = sum(row.p10 <= row.published <= row.p90 for row in rows) / len(rows)
    above = sum(row.published > row.p50 for row in rows)
    return FamilyScore(
        family=family,
        figures=len(rows),
        score=_mean(scores),
        to_last=_ratio(rows, scores, "naive_last"),
        to_growth=_ratio(rows, scores, "naive_growth"),
        covered=covered,
        covered_error=math.sqrt(LEVEL * (1.0 - LEVEL) / len(rows)),
        above=above,
        sign=float(binomtest(above, len(rows)).pvalue),
    )


def _ratio(rows: Sequence[Row], scores: Sequence[float], naive: str) -> float:
    """Mean score over the mean error of a naive forecast, where there is one: its score is its absolute error."""
    pairs = [
        (score, 100.0 * abs(getattr(row, naive) / row.published - 1.0))
        for row, score in zip(rows, scores, strict=True)
        if not math.isnan(getattr(row, naive))
    ]
    errors = _mean([error for _, error in pairs])
    return _mean([score for score, _ in pairs]) / errors if errors > 0.0 else math.nan


def _mean(values: Iterable[float]) -> float:
    found = list(values)
    return sum(found) / len(found) if found else math.nan
