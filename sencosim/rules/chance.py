"""Chance: from one uniform number to a threshold, a normal deviate, a frailty, a yes or no; and weeks as minutes."""

import math
from typing import Any

from sencosim.rules import rule
from sencosim.units import MINUTES_PER_WEEK


@rule("float64(float64)")
def exponential_threshold(u: float) -> float:
    """Unit-exponential threshold that an integrated hazard must cross. [hazard x time, > 0]

    Parameters
    ----------
    u : uniform number. [ratio, 0 < u < 1]

    >>> round(exponential_threshold(math.exp(-2.0)), 12)
    2.0
    """
    return -math.log(u)


# Wichura (1988), algorithm AS 241, PPND16: numerators and denominators, highest power first.
_MIDDLE = (
    (
        2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457,
        13731.693765509461125, 1971.5909503065514427, 133.14166789178437745, 3.387132872796366608,
    ),
    (
        5226.495278852545925, 28729.085735721942674, 39307.89580009271061, 21213.794301586595867,
        5394.1960214247511077, 687.1870074920579083, 42.313330701600911252, 1.0,
    ),
)  # fmt: skip
_TAIL = (
    (
        7.7454501427834140764e-4, 0.0227238449892691845833, 0.24178072517745061177, 1.27045825245236838258,
        3.64784832476320460504, 5.7694972214606914055, 4.6303378461565452959, 1.42343711074968357734,
    ),
    (
        1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966, 0.14810397642748007459,
        0.68976733498510000455, 1.6763848301838038494, 2.05319162663775882187, 1.0,
    ),
)  # fmt: skip
_FAR_TAIL = (
    (
        2.01033439929228813265e-7, 2.71155556874348757815e-5, 0.0012426609473880784386, 0.026532189526576123093,
        0.29656057182850489123, 1.7848265399172913358, 5.4637849111641143699, 6.6579046435011037772,
    ),
    (
        2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5, 7.868691311456132591e-4,
        0.0148753612908506148525, 0.13692988092273580531, 0.59983220655588793769, 1.0,
    ),
)  # fmt: skip


@rule("float64(float64, UniTuple(UniTuple(float64, 8), 2), float64)")
def _rational(factor: float, coefficients: tuple[tuple[float, ...], tuple[float, ...]], x: float) -> float:
    """A factor times the quotient of two polynomials of the seventh degree, by Horner's scheme."""
    numerator, denominator = 0.0, 0.0
    for power in range(8):
        numerator = numerator * x + coefficients[0][power]
        denominator = denominator * x + coefficients[1][power]
    return factor * numerator / denominator


@rule("float64(float64, float64)")
def exponential_time(u: float, mean: float) -> float:
    """Exponential time of a given mean. [unit of the mean, >= 0]

    Parameters
    ----------
    u : uniform number. [ratio, 0 < u < 1]
    mean : [time, >= 0]

    >>> round(exponential_time(math.exp(-2.0), 3.0), 12)
    6.0
    """
    return mean * exponential_threshold(u)


@rule("float64(float64, float64)")
def exponential_gap(u: float, rate: float) -> float:
    """Time until the next event of a steady stream. [units of time, > 0]

    Parameters
    ----------
    u : uniform number. [ratio, 0 < u < 1]
    rate : events in a unit of time. [> 0]

    >>> round(exponential_gap(math.exp(-2.0), 4.0), 12)
    0.5
    """
    return exponential_threshold(u) / rate


@rule("float64(float64, float64)")
def rescaled(u: float, share: float) -> float:
    """Uniform number on (0, 1) from one that fell below a share: one draw says whether, and then how long.

    [ratio, 0 to 1]

    Parameters
    ----------
    u : uniform number below the share. [ratio, 0 < u < share]
    share : [probability, 0 < share <= 1]

    >>> rescaled(0.1, 0.4)
    0.25
    """
    return u / share


@rule("int64(float64, float64)")
def whole_by_chance(expected: float, u: float) -> int:
    """Whole number whose mean is an expected number: the fraction decides the chance of one more.

    [whole number, within one of ``expected``]

    Parameters
    ----------
    expected : [>= 0]
    u : uniform number. [ratio, 0 < u < 1]

    >>> whole_by_chance(2.25, 0.5), whole_by_chance(2.25, 0.8)
    (2, 3)
    """
    return int(expected + u)


@rule("int64(float64)")
def nearest_whole(value: float) -> int:
    """Nearest whole number; halves go up.

    Parameters
    ----------
    value : [>= 0]

    >>> nearest_whole(2.4), nearest_whole(2.5)
    (2, 3)
    """
    return int(value + 0.5)


@rule("int64(float64, float64)")
def choice_among(u: float, n: float) -> int:
    """One of n things, each as likely. [0 to n - 1]

    Parameters
    ----------
    u : uniform number. [ratio, 0 < u < 1]
    n : how many. [whole number, >= 1]

    >>> choice_among(0.1, 4.0), choice_among(0.9, 4.0)
    (0, 3)
    """
    return min(int(n) - 1, int(u * n))


@rule("float64(float64)")
def normal_quantile(u: float) -> float:
    """Quantile of the standard normal distribution. [standard deviations]

    Rational approximations of Wichura (1988), algorithm AS 241, PPND16: accurate to about 1 part in 10**16.

    Parameters
    ----------
    u : uniform number. [ratio, 0 < u < 1]

    >>> round(normal_quantile(0.975), 9)
    1.959963985
    >>> normal_quantile(0.5)
    0.0
    """
    q = u - 0.5
    if abs(q) <= 0.425:
        return _rational(q, _MIDDLE, 0.180625 - q * q)
    r = math.sqrt(-math.log(u if q < 0.0 else 1.0 - u))
    value = _rational(1.0, _TAIL, r - 1.6) if r <= 5.0 else _rational(1.0, _FAR_TAIL, r - 5.0)
    return -value if q < 0.0 else value


@rule("float64(float64, float64)")
def frailty(u: float, log_sd: float) -> float:
    """Lognormal multiplier of a pupil's or a school's hazards, with mean one. [ratio, > 0, mean 1]

    Parameters
    ----------
    u : uniform number. [ratio, 0 < u < 1]
    log_sd : standard deviation of the logarithm. [>= 0]  ``frailty_log_sd``, ``culture_log_sd``

    >>> frailty(0.3, 0.0)
    1.0
    """
    return math.exp(log_sd * normal_quantile(u) - 0.5 * log_sd * log_sd)


@rule("float64(float64, float64)")
def chance_with_odds(chance: float, odds_ratio: float) -> float:
    """Chance after its odds are multiplied. [probability, 0 to 1]

    Parameters
    ----------
    chance : before. [probability, 0 to 1]
    odds_ratio : multiplier of the odds. [ratio, >= 0]

    >>> chance_with_odds(0.5, 3.0)
    0.75
    """
    favourable = chance * odds_ratio
    return favourable / (favourable + 1.0 - chance)


@rule("float64(float64[:], float64)")
def table_quantile(table: Any, u: float) -> float:
    """Quantile by straight lines between tabulated quantiles at (i + 0.5) / n. [unit of the table]

    The PERT distribution has no closed quantile; a table of 257 points is exact enough and cheap, and both schedulers
    read the same table.

    Returns: quantile; beyond the first and the last entry, that entry.

    Parameters
    ----------
    table : quantiles at (i + 0.5) / n, rising. [any unit, shape (n,)]
    u : uniform number. [ratio, 0 < u < 1]

    >>> import numpy as np
    >>> table_quantile(np.array([1.0, 2.0, 3.0, 4.0]), 0.5)
    2.5
    """
    position = u * len(table) - 0.5
    if position <= 0.0:
        return float(table[0])
    index = int(position)
    if index >= len(table) - 1:
        return float(table[len(table) - 1])
    low = table[index]
    return float(low + (table[index + 1] - low) * (position - index))


FAR_WEEKS = 1e5
"""Later than the end of any run; in minutes it still fits into 32 bits. [weeks]"""


@rule("int64(float64)")
def minutes(weeks: float) -> int:
    """Whole clock minutes in a drawn stretch of calendar weeks, at least one. [minutes, 1 to 1,008,000,000]

    The exponential gap of a rate near zero has no whole number of minutes: it is cut where no run reaches.

    Parameters
    ----------
    weeks : [weeks, >= 0]

    >>> minutes(1.0), minutes(0.0), minutes(1e300)
    (10080, 1, 1008000000)
    """
    return max(1, math.ceil(min(weeks, FAR_WEEKS) * MINUTES_PER_WEEK))


@rule("int64(float64)")
def whole_minutes(weeks: float) -> int:
    """Whole clock minutes in a fixed stretch of calendar weeks, which may be none. [minutes, >= 0]

    Parameters
    ----------
    weeks : [weeks, >= 0]

    >>> whole_minutes(1.5), whole_minutes(0.0)
    (15120, 0)
    """
    return int(weeks * MINUTES_PER_WEEK)
