"""How precise the headline is, and when that is enough.

The headline is the net cost to the public purse over the horizon, present value, at the point values of the main
view. One replication gives one paired difference. Replications go on until the 95 % confidence interval of their mean
is narrow enough, against the headline or against the range that the evidence leaves: decided on replications 0, 1, 2, …
in that order and on all draws, so that neither the number of processes nor which of them was first can change where a
run stops.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy

CONFIDENCE = 0.95
FEWEST_REPLICATIONS = 2
"""The least from which a variance is read. Student's t pays for how little two say."""
MOST_REPLICATIONS_OF_ENGLAND = 10
MOST_REPLICATIONS = 100
PRECISION_OF_ENGLAND = 0.02
"""Half-width of the confidence interval, as a share of the headline, at which replications of all schools stop."""
OF_RANGE = 0.1
"""Half-width, as a share of half the 80 % range of the draws, at which they stop too: added to such a range, it widens
it by half a per cent."""
PRECISION = 0.05
"""The same for a part of England, where chance is larger and counts for less beside the evidence."""


@dataclass(frozen=True)
class Rule:
    """When replications stop.

    Attributes
    ----------
    fewest, most
        Replications. Equal if a number was asked for. [replications, 1 <= fewest <= most]
    precision
        Half-width of the 95 % confidence interval of the mean, as a share of the mean. [share, > 0]
    of_range
        The same as a share of half the 80 % range of the draws: either is enough. 0: the range does not count. [share]
    """

    fewest: int
    most: int
    precision: float = PRECISION
    of_range: float = 0.0

    @property
    def is_fixed(self) -> bool:
        """Whether the number of replications was given."""
        return self.fewest == self.most

    def in_words(self) -> str:
        """When replications stop.

        Examples
        --------
        >>> Rule(2, 10).in_words()
        '2 to 10 replications, until the headline is known to ± 5 % (95 % confidence)'
        """
        if self.is_fixed:
            return "1 replication" if self.fewest == 1 else f"{self.fewest} replications"
        words = f"until the headline is known to ± {100 * self.precision:g} % (95 % confidence)"
        words += f", or to {self.of_range:.0%} of the range of the draws" if self.of_range else ""
        return f"{self.fewest} to {self.most} replications, {words}"


def rule_for(asked: int | None, precision: float | None, n_schools: int, all_schools: int) -> Rule:
    """Rule of a run: the number asked for, or a range that bounds the work.

    Parameters
    ----------
    asked
        Replications; ``None`` to let precision decide.
    precision
        [share, > 0]; :data:`PRECISION_OF_ENGLAND` or :data:`PRECISION` if ``None``.
    n_schools, all_schools
        Schools in a replication, and in England. Small runs may have more replications. [schools]

    Examples
    --------
    >>> rule_for(None, None, 20_227, 20_227).most, rule_for(None, None, 4_000, 20_227).most
    (10, 50)
    """
    usual = PRECISION_OF_ENGLAND if n_schools >= all_schools else PRECISION
    share = usual if precision is None else precision
    if asked is not None:
        return Rule(asked, asked, share)
    of_range = OF_RANGE if precision is None else 0.0
    most = MOST_REPLICATIONS_OF_ENGLAND * all_schools // max(1, n_schools)
    return Rule(FEWEST_REPLICATIONS, min(MOST_REPLICATIONS, max(MOST_REPLICATIONS_OF_ENGLAND, most)), share, of_range)


def standard_error(values: Sequence[float]) -> float:
    """Standard error of the mean. [unit of the values; NaN for fewer than two]"""
    if len(values) < 2:
        return math.nan
    return float(np.std(values, ddof=1) / math.sqrt(len(values)))


def half_width(values: Sequence[float]) -> float:
    """Half-width of the 95 % confidence interval of the mean, by Student's t. [unit of the values; NaN below two].

    Examples
    --------
    >>> round(half_width([9.0, 10.0, 11.0]), 3)
    2.484
    """
    if len(values) < 2:
        return math.nan
    return float(scipy.stats.t.ppf(0.5 + CONFIDENCE / 2.0, len(values) - 1)) * standard_error(values)


def is_precise(values: Sequence[float], precision: float, enough: float = 0.0) -> bool:
    """Whether the mean is known to a share of itself, or to so much. A difference that is always exactly zero is."""
    return half_width(values) <= max(enough, precision * abs(float(np.mean(values))))


def replications_needed(values: Sequence[float], rule: Rule, enough: float = 0.0) -> int:
    """How many replications the rule asks for, by what is known so far.

    Parameters
    ----------
    values
        Headline of replications 0, 1, 2, … without a gap.
    rule
        When to stop.
    enough
        Half-width that is narrow enough, whatever the headline. [unit of the values, >= 0]

    Returns
    -------
        The first number at which the rule is met; one more than are known while it is not; at most ``rule.most``.

    Examples
    --------
    >>> rule = Rule(3, 10, precision=0.1)
    >>> replications_needed([], rule), replications_needed([9.0, 10.0, 11.0], rule)
    (3, 4)
    """
    for n in range(rule.fewest, len(values) + 1):
        if n >= rule.most or is_precise(values[:n], rule.precision, enough):
            return n
    return min(rule.most, max(rule.fewest, len(values) + 1))


@dataclass(frozen=True)
class Precision:
    """How well the headline is known.

    Attributes
    ----------
    values
        Headline of each replication, in order. [GBP]
    rule
        When replications were to stop.
    enough
        Half-width that is narrow enough, whatever the headline. [GBP]
    """

    values: tuple[float, ...]
    rule: Rule
    enough: float = 0.0

    @property
    def mean(self) -> float:
        """Mean over replications. [GBP, NaN if there is none]"""
        return float(np.mean(self.values)) if self.values else math.nan

    @property
    def half_width(self) -> float:
        """Half-width of the 95 % confidence interval of the mean. [GBP, NaN for one replication]"""
        return half_width(self.values)

    @property
    def reached(self) -> bool | None:
        """Whether the stated precision was reached; ``None`` if one replication cannot say."""
        return is_precise(self.values, self.rule.precision, self.enough) if len(self.values) > 1 else None

    def facts(self) -> dict[str, float | int | bool | None]:
        """The same as plain values, for the manifest."""
        return {
            "asked_share": self.rule.precision,
            "asked_share_of_range": self.rule.of_range,
            "enough_gbp": self.enough,
            "replications": len(self.values),
            "fewest": self.rule.fewest,
            "most": self.rule.most,
            "mean_gbp": _or_none(self.mean),
            "standard_error_gbp": _or_none(standard_error(self.values)),
            "half_width_95_gbp": _or_none(self.half_width),
            "reached": self.reached,
        }


def _or_none(value: float) -> float | None:
    return None if math.isnan(value) else value


def common_chance_gain(baseline: Sequence[float], policy: Sequence[float]) -> float:
    """What running both arms on the same schools and chance buys: a ratio of variances.

    Variance of the difference between arms of different replications (independent of each other) over the variance of
    the paired difference. For a mean of n pairs it is also how many times as many replications independent arms would
    need.

    Parameters
    ----------
    baseline, policy
        One value a replication, in the same order.

    Returns
    -------
        [ratio, > 0; NaN for fewer than two replications or if the pairs do not vary]

    Examples
    --------
    >>> common_chance_gain([1.0, 2.0, 3.0], [2.0, 3.1, 3.9])
    191.0
    """
    if len(baseline) < 2:
        return math.nan
    paired = float(np.var(np.subtract(policy, baseline), ddof=1))
    apart = float(np.var(baseline, ddof=1) + np.var(policy, ddof=1))
    return round(apart / paired, 6) if paired > 0.0 else math.nan
