"""How well forecasts with intervals did: rules that know only the forecasts and what was published.

Series that say the same thing twice count once: each belongs to a *family* (:data:`FAMILIES`), and what is averaged or
counted over all series gives every family the same weight.

- *Weighted interval score* (Bracher and others, *PLOS Computational Biology* 17, 2021): the error of the median and
  the penalised width of each interval. Lower is better. In per cent of the published figure.
- *Ratio* of a family: its mean score over that of a naive forecast on the same figures. The ratio over all is their
  geometric mean. Its interval is a bootstrap of families, and of series within them: years of a series stay together.
- *Probability integral transform* (PIT): the probability that the forecast gave to less than what came; uniform if
  forecasts are right. It is read off p10, p50 and p90 as two halves of normal distributions that meet in the median, in
  the series' scale: logarithm of counts and rates, log odds of shares.
- *Bias*: whether published figures of so many families lie on one side, by the sign test. Figures are not counted.
- *Coverage*: figures inside their intervals, with the interval (Wilson) of as many independent figures as those of
  correlated families are worth (Kish's design effect, from the correlation within families).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

import numpy as np

from sencosim.arms.inputs import FloatArray
from sencosim.decisions.acceptability import wilson
from sencosim.decisions.resampling import keyed_uniforms

FAMILIES = {
    "Requests": ("ehcp_initial_requests",),
    "Refusals": ("ehcp_refused_share",),
    "New plans": ("ehcp_new_plans",),
    "Timeliness": ("ehcp_issued_within_20_weeks_share", "ehcp_mean_weeks_to_issue"),
    "Appeals": ("tribunal_appeals_registered",),
    "Plans in schools": ("pupils_with_ehcp", "pupils_with_ehcp_share"),
    "SEN Support": ("pupils_sen_support", "pupils_sen_support_share"),
    "Plans of all ages": ("ehcp_caseload",),
    "Placements": ("ehcp_placement", "ehcp_placement_share"),
    "Suspensions": ("suspension_rate", "suspensions"),
    "Exclusions": ("permanent_exclusion_rate", "permanent_exclusions"),
}
"""Series of each family, whatever their breakdown."""
LEVEL = 0.8
"""Share of figures that the interval from p10 to p90 claims to hold."""
DOUBT = 0.1
"""Chance of calling a forecast biased, or its coverage wrong, when it is not: intervals are of 90 %. Convention."""
RESAMPLES, SEED = 2000, 2026
Z80 = NormalDist().inv_cdf(0.9)
"""Half-width of an 80 % interval. [standard deviations]"""
Z_DOUBT = NormalDist().inv_cdf(1.0 - DOUBT / 2.0)
"""Half-width of an interval at the level of :data:`DOUBT`. [standard deviations]"""
Rival = Literal["last", "growth"]
RIVALS: dict[Rival, str] = {"last": "last value", "growth": "last growth"}
"""The naive forecasts: the last value goes on, and the last growth goes on."""


# -- a figure ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Interval:
    """A forecast of one figure: median and 80 % interval; ``nan`` where there is none. [unit of the series]."""

    p10: float
    p50: float
    p90: float


@dataclass(frozen=True)
class Judged:
    """A forecast of one figure beside what came and what naive forecasts said. [unit of the series]."""

    series: str
    breakdown: str
    period: str
    forecast: Interval
    published: float
    naive: Mapping[Rival, Interval]

    @property
    def place(self) -> int:
        """-1 below the interval, 0 inside, 1 above."""
        return int(self.published > self.forecast.p90) - int(self.published < self.forecast.p10)


def family_of(series: str) -> str:
    """Family of a series.

    Examples
    --------
    >>> family_of("ehcp_placement_share")
    'Placements'
    """
    return next(family for family, names in FAMILIES.items() if series in names)


def is_share(series: str) -> bool:
    """Whether a series is a share in per cent, which moves in log odds."""
    return series.endswith("_share")


def to_scale(series: str, value: float) -> float:
    """Logarithm, or log odds of a share in per cent. Shares are held off 0 and 100."""
    if not is_share(series):
        return math.log(value)
    held = min(99.99, max(0.01, value))
    return math.log(held / (100.0 - held))


def from_scale(series: str, value: float) -> float:
    """Back to the unit of the series."""
    return 100.0 / (1.0 + math.exp(-value)) if is_share(series) else math.exp(value)


def normal_interval(series: str, centre: float, sd: float) -> Interval:
    """Interval about a forecast whose error is normal in the series' scale; no interval without an ``sd``."""
    if math.isnan(centre) or math.isnan(sd):
        return Interval(math.nan, centre, math.nan)
    middle = to_scale(series, centre)
    return Interval(from_scale(series, middle - Z80 * sd), centre, from_scale(series, middle + Z80 * sd))


def standing(judged: Judged) -> float:
    """Where the published figure stands in its forecast, in standard deviations of its side of the median.

    Examples
    --------
    >>> one = Judged("suspensions", "all", "2024", Interval(50.0, 100.0, 400.0), 400.0, {})
    >>> round(standing(one), 4)
    1.2816
    """
    low, middle, high, came = (
        to_scale(judged.series, value)
        for value in (judged.forecast.p10, judged.forecast.p50, judged.forecast.p90, judged.published)
    )
    side = high - middle if came > middle else middle - low
    if side <= 0.0:
        return 0.0 if came == middle else math.copysign(math.inf, came - middle)
    return Z80 * (came - middle) / side


def pit(judged: Judged) -> float:
    """Probability integral transform: what the forecast gave to less than the published figure. [0 to 1]."""
    return NormalDist().cdf(standing(judged))


def interval_score(published: float, low: float, high: float, level: float) -> float:
    """Width of a central interval of this level, and a penalty for what it misses (Gneiting and Raftery, 2007).

    Examples
    --------
    >>> round(interval_score(12.0, 0.0, 10.0, 0.8), 9)
    30.0
    """
    outside = max(0.0, low - published) + max(0.0, published - high)
    return high - low + 2.0 / (1.0 - level) * outside


def weighted_interval_score(published: float, median: float, intervals: Mapping[float, tuple[float, float]]) -> float:
    """Weighted interval score of a median and central intervals by their level. [unit of the figures].

    With the levels of many quantiles it approaches the continuous ranked probability score; without an interval it is
    the absolute error of the median.

    Examples
    --------
    >>> round(weighted_interval_score(12.0, 5.0, {0.8: (0.0, 10.0)}), 4)
    4.3333
    """
    total = 0.5 * abs(published - median)
    for level, (low, high) in intervals.items():
        total += 0.5 * (1.0 - level) * interval_score(published, low, high, level)
    return total / (len(intervals) + 0.5)


def score_of(published: float, found: Interval) -> float:
    """Weighted interval score of one forecast, in per cent of the published figure; ``nan`` without a forecast."""
    if math.isnan(found.p50):
        return math.nan
    intervals = {} if math.isnan(found.p10) else {LEVEL: (found.p10, found.p90)}
    return 100.0 * weighted_interval_score(published, found.p50, intervals) / abs(published)


# -- families and all -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ratio:
    """Score of the forecasts over that of a naive forecast, with a 90 % bootstrap interval; ``nan`` if unknown."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Coverage:
    """Figures inside their 80 % intervals."""

    inside: int
    figures: int
    within: float  # correlation of being inside among figures of one family, 0 or more
    effective: float  # independent figures that they are worth
    low: float  # of the 90 % interval of the share
    high: float

    @property
    def share(self) -> float:
        """Share of the figures that is inside."""
        return self.inside / self.figures

    @property
    def holds(self) -> bool:
        """Whether the share may be what the intervals claim."""
        return self.low <= LEVEL <= self.high


@dataclass(frozen=True)
class FamilyScore:
    """How one family did."""

    family: str
    series: int
    figures: int
    score: float  # weighted interval score, mean over figures [% of published]
    ratios: Mapping[Rival, Ratio]
    inside: int
    above: int  # published figures above p90
    below: int  # and below p10
    standing: float  # mean of where published figures stand [standard deviations of the forecast]


@dataclass(frozen=True)
class Sign:
    """Of so many, how many have figures above the forecast on average; how probable so uneven a split is by chance."""

    above: int
    of: int
    chance: float


@dataclass(frozen=True)
class Account:
    """How forecasts did: by family and in all."""

    judged: tuple[Judged, ...]
    families: tuple[FamilyScore, ...]
    coverage: Coverage
    ratios: Mapping[Rival, Ratio]
    by_family: Sign
    by_series: Sign
    pits: tuple[float, ...]  # of each figure, in the order of ``judged``

    @property
    def biased(self) -> bool:
        """Whether published figures of the families lie on one side more often than chance allows."""
        return self.by_family.chance < DOUBT

    @property
    def missed(self) -> tuple[int, int]:
        """Published figures above p90, and below p10."""
        return sum(one.above for one in self.families), sum(one.below for one in self.families)


def account_of(judged: Sequence[Judged]) -> Account:
    """Score forecasts of published figures; at least one."""
    families = _grouped(judged)
    replicates = {rival: _resampled_ratios(families, rival) for rival in RIVALS}
    scores = tuple(
        _family_score(family, found, {rival: _ratio_of(found, rival, replicates[rival][family]) for rival in RIVALS})
        for family, found in families.items()
    )
    means = [_mean(standing(one) for one in found) for found in _by_series(judged).values()]
    return Account(
        judged=tuple(judged),
        families=scores,
        coverage=coverage_of([[one.place == 0 for one in found] for found in families.values()]),
        ratios={rival: _over_all(scores, rival, replicates[rival]) for rival in RIVALS},
        by_family=sign_test([one.standing for one in scores]),
        by_series=sign_test(means),
        pits=tuple(pit(one) for one in judged),
    )


def sign_test(standings: Sequence[float]) -> Sign:
    """Two-sided sign test of means; one of exactly zero is left out.

    Examples
    --------
    >>> sign_test([1.0] * 9 + [-1.0])
    Sign(above=9, of=10, chance=0.021484375)
    """
    signs = [value > 0.0 for value in standings if value != 0.0]
    above, of = sum(signs), len(signs)
    as_uneven = sum(math.comb(of, few) for few in range(min(above, of - above) + 1))
    return Sign(above, of, min(1.0, 2.0 * as_uneven / 2.0**of))


def coverage_of(inside: Sequence[Sequence[bool]]) -> Coverage:
    """Coverage of figures by family, and what is known of it. One sequence a family, none of them empty.

    Correlation within families is that of the analysis of variance (Donner, 1986), zero where negative; the effective
    number is the figures over the design effect (Kish, 1965). One family alone says nothing of the correlation: it is
    then taken as zero.

    Examples
    --------
    >>> found = coverage_of([[True] * 4, [False] * 4])
    >>> found.within, found.effective
    (1.0, 2.0)
    """
    sizes = np.array([len(family) for family in inside], dtype=float)
    figures, hits = float(sizes.sum()), float(sum(map(sum, inside)))
    within = float(_intraclass([np.array(family, dtype=float) for family in inside]))
    effective = figures**2 / float((sizes * (1.0 + (sizes - 1.0) * within)).sum())
    low, high = wilson(hits / figures, effective, Z_DOUBT)
    return Coverage(int(hits), int(figures), within, effective, low, high)


def pit_histogram(pits: Sequence[float], bins: int = 5) -> tuple[int, ...]:
    """Figures by fifth of their forecast, from the lowest.

    Examples
    --------
    >>> pit_histogram([0.0, 0.1, 0.5, 1.0])
    (2, 0, 1, 0, 1)
    """
    return tuple(int(n) for n in np.bincount([min(bins - 1, int(value * bins)) for value in pits], minlength=bins))


def _intraclass(families: Sequence[FloatArray]) -> float:
    sizes = np.array([len(family) for family in families], dtype=float)
    n, groups = sizes.sum(), len(families)
    if groups < 2 or n <= groups:
        return 0.0
    means = np.array([family.mean() for family in families])
    grand = float((sizes * means).sum() / n)
    between = float((sizes * (means - grand) ** 2).sum()) / (groups - 1)
    within = float(sum(((family - mean) ** 2).sum() for family, mean in zip(families, means, strict=True)))
    within /= n - groups
    usual = float(n - (sizes**2).sum() / n) / (groups - 1)
    spread = between + (usual - 1.0) * within
    return min(1.0, max(0.0, (between - within) / spread)) if spread > 0.0 else 0.0


def _grouped(judged: Iterable[Judged]) -> dict[str, list[Judged]]:
    found: dict[str, list[Judged]] = {family: [] for family in FAMILIES}
    for one in judged:
        found[family_of(one.series)].append(one)
    return {family: figures for family, figures in found.items() if figures}


def _by_series(judged: Iterable[Judged]) -> dict[tuple[str, str], list[Judged]]:
    found: dict[tuple[str, str], list[Judged]] = defaultdict(list)
    for one in judged:
        found[one.series, one.breakdown].append(one)
    return found


def _family_score(family: str, judged: Sequence[Judged], ratios: Mapping[Rival, Ratio]) -> FamilyScore:
    return FamilyScore(
        family=family,
        series=len(_by_series(judged)),
        figures=len(judged),
        score=_mean(score_of(one.published, one.forecast) for one in judged),
        ratios=ratios,
        inside=sum(one.place == 0 for one in judged),
        above=sum(one.place > 0 for one in judged),
        below=sum(one.place < 0 for one in judged),
        standing=_mean(standing(one) for one in judged),
    )


def _series_scores(judged: Sequence[Judged], rival: Rival) -> FloatArray:
    """Sums of scores of the forecast and of the rival over a series' figures that have both. [shape (series, 2)]."""
    sums = []
    for found in _by_series(judged).values():
        pairs = [(score_of(one.published, one.forecast), score_of(one.published, one.naive[rival])) for one in found]
        both = [pair for pair in pairs if not math.isnan(pair[1])]
        sums.append(np.sum(both, axis=0) if both else np.zeros(2))
    return np.array(sums)


def _resampled_ratios(families: Mapping[str, Sequence[Judged]], rival: Rival) -> dict[str, FloatArray]:
    """Logarithm of each family's ratio when its series are drawn again. [by family, shape (resamples,)]."""
    found = {}
    for family, judged in families.items():
        sums = _series_scores(judged, rival)
        uniforms = keyed_uniforms(RESAMPLES * len(sums), SEED, f"score {family} {rival}")
        chosen = sums[(uniforms.reshape(RESAMPLES, -1) * len(sums)).astype(int)].sum(axis=1)
        found[family] = _log_ratio(chosen)
    return found


def _log_ratio(sums: FloatArray) -> FloatArray:
    """Logarithm of forecast over rival; ``nan`` where one of them has no score. [shape (n,)]."""
    usable = (sums > 0.0).all(axis=1)
    return np.where(usable, np.log(np.where(usable, sums[:, 0], 1.0) / np.where(usable, sums[:, 1], 1.0)), np.nan)


def _ratio_of(judged: Sequence[Judged], rival: Rival, replicates: FloatArray) -> Ratio:
    """Ratio of a family. One series alone cannot be drawn again: no interval."""
    sums = _series_scores(judged, rival)
    value = math.exp(float(_log_ratio(sums.sum(axis=0, keepdims=True))[0]))
    return Ratio(value, *_ends(replicates)) if len(sums) > 1 else Ratio(value, math.nan, math.nan)


def _over_all(scores: Sequence[FamilyScore], rival: Rival, replicates: Mapping[str, FloatArray]) -> Ratio:
    """Geometric mean of the families' ratios; families are drawn again, and series in each. One alone cannot be."""
    rated = [one.family for one in scores if not math.isnan(one.ratios[rival].value)]
    if not rated:
        return Ratio(math.nan, math.nan, math.nan)
    value = math.exp(_mean(math.log(one.ratios[rival].value) for one in scores if one.family in rated))
    if len(rated) == 1:
        return Ratio(value, math.nan, math.nan)
    table = np.array([replicates[family] for family in rated])
    uniforms = keyed_uniforms(RESAMPLES * len(rated), SEED, f"families {rival}").reshape(RESAMPLES, -1)
    chosen = (uniforms * len(rated)).astype(int)
    # a family drawn twice takes its series from two different resamples
    rows = (np.arange(RESAMPLES)[:, None] + 37 * np.arange(len(rated))[None, :]) % RESAMPLES
    return Ratio(value, *_ends(np.nanmean(table[chosen, rows], axis=1)))


def _ends(logarithms: FloatArray) -> tuple[float, float]:
    known = logarithms[~np.isnan(logarithms)]
    if not known.size:
        return math.nan, math.nan
    low, high = np.exp(np.quantile(known, (DOUBT / 2.0, 1.0 - DOUBT / 2.0))).tolist()
    return low, high


def _mean(values: Iterable[float]) -> float:
    found = list(values)
    return sum(found) / len(found)
