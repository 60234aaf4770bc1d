"""How far a distribution reaches, read off its parameters: the libraries of quantile functions take long to load."""

from __future__ import annotations

import math

from sencosim.evidence.distributions import Distribution

_BEYOND, _REACH = 1e-4, 3.72
"""One in ten thousand, and standard deviations from the mean of a normal, beyond which no more lies at either end."""


def lies_within(dist: Distribution, low: float, high: float) -> bool:
    """Whether the distribution surely lies within a range, but for one in ten thousand at either end.

    Most do by their parameters alone, and the libraries of quantile functions take long to load. Where these do not
    tell, the answer is no.

    Examples
    --------
    >>> lies_within(Distribution(family="beta", a=2, b=5), 0.0, 1.0)
    True
    """
    return all(low <= end <= high for end in _ends(dist))


def _ends(dist: Distribution) -> tuple[float, ...]:
    """Values between which the distribution lies, but for at most one in ten thousand at either end."""
    spike = () if dist.spike is None else (dist.spike.at,)
    return *spike, *_family_ends(dist)


def _family_ends(dist: Distribution) -> tuple[float, ...]:
    if dist.family == "mixture":
        return tuple(end for part in dist.components or () for end in _ends(part))
    if dist.family == "normal":
        reach = _REACH * dist.number("sd")
        return dist.number("mean") - reach, dist.number("mean") + reach
    if dist.family == "lognormal":
        factor = math.exp(_REACH * dist.number("s"))
        return dist.number("median") / factor, dist.number("median") * factor
    if dist.family == "fixed":
        return (dist.number("value"),)
    if dist.family == "beta":
        a, b = dist.number("a"), dist.number("b")
        return _least_of_beta(a, b), 1.0 - _least_of_beta(b, a)
    return (dist.number("min"), dist.number("max")) if dist.values is None else (dist.values[0], dist.values[-1])


def _least_of_beta(a: float, b: float) -> float:
    """Value below which at most one in ten thousand lies, as the share below x is at most x**a / (a B(a, b))."""
    if b < 1.0:
        return 0.0
    log_whole = math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)
    return math.exp((math.log(_BEYOND * a) + log_whole) / a)
