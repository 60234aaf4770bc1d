"""Probability distributions of uncertain parameters, read by their quantile functions.

Every draw in sencosim starts from a keyed uniform number, so a distribution is needed only as a map from (0, 1)
to a value. A distribution may carry a **spike**: a probability mass at one value, usually "no effect". The
spike comes first: ``u`` below its mass gives the spike, and the rest of (0, 1) is stretched over the family.
A quantile with a spike is therefore not monotone over the whole of (0, 1), only above the mass.

A **mixture** is a weighted list of components, each a distribution of its own; a fixed value is a component of family
``fixed``. Its components take their turns along (0, 1): the first weight of it belongs to the first component, and so
on, and each part is stretched over its component. So it is not monotone either. :func:`ordered_quantile` is, for both.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from importlib import import_module
from itertools import accumulate, pairwise
from typing import Any, Literal, TypeVar

import numpy as np
import numpy.typing as npt
from pydantic import model_validator

from sencosim.evidence.yaml_files import Entry

Floats = npt.NDArray[np.float64]
Share = TypeVar("Share", float, Floats)
Family = Literal["fixed", "normal", "lognormal", "beta", "pert", "uniform", "triangular", "sample", "mixture"]

PARAMETERS: dict[str, tuple[str, ...]] = {
    "fixed": ("value",),
    "normal": ("mean", "sd"),
    "lognormal": ("median", "s"),
    "beta": ("a", "b"),
    "pert": ("min", "mode", "max"),
    "uniform": ("min", "max"),
    "triangular": ("min", "mode", "max"),
    "sample": ("values",),
    "mixture": ("weights", "components"),
}
"""The parameters that each family needs, and no others."""


EDGE = 1e-15
"""How near 0 and 1 a share may come. [share]"""
_HALVINGS = 80


class Spike(Entry):
    """A probability mass at one value.

    Attributes
    ----------
    at
        The value. [unit of the parameter]
    mass
        Its probability. [share, 0 to 1]
    """

    at: float
    mass: float

    @model_validator(mode="after")
    def _mass_is_a_share(self) -> Spike:
        if not 0.0 <= self.mass < 1.0:
            raise ValueError(f"the mass of a spike is a share from 0 to below 1, found {self.mass:g}")
        return self


class Distribution(Entry):
    """One of nine families, with an optional spike.

    A ``sample`` is known by values of it alone, in rising order, and lies between the first and the last.
    ``s`` of a lognormal is the standard deviation of the natural logarithm. A PERT is a beta distribution
    between ``min`` and ``max`` with mean ``(min + 4 mode + max) / 6``. A ``mixture`` has ``components``, and as many
    ``weights``, which sum to 1.

    Examples
    --------
    >>> Distribution(family="pert", min=1, mode=3, max=6).family
    'pert'
    """

    family: Family
    value: float | None = None
    mean: float | None = None
    sd: float | None = None
    median: float | None = None
    s: float | None = None
    a: float | None = None
    b: float | None = None
    min: float | None = None
    mode: float | None = None
    max: float | None = None
    values: tuple[float, ...] | None = None
    weights: tuple[float, ...] | None = None
    components: tuple[Distribution, ...] | None = None
    spike: Spike | None = None

    @model_validator(mode="after")
    def _has_what_its_family_needs(self) -> Distribution:
        needed = PARAMETERS[self.family]
        given = {name for group in PARAMETERS.values() for name in group if getattr(self, name) is not None}
        if given != set(needed):
            found = ", ".join(sorted(given)) or "nothing"
            raise ValueError(f"a {self.family} distribution needs exactly {', '.join(needed)}; found {found}")
        problem = _wrong_order(self)
        if problem:
            raise ValueError(problem)
        return self

    def number(self, name: str) -> float:
        """Value of one parameter of the family. [unit of the parameter]"""
        found = getattr(self, name)
        if found is None:
            raise KeyError(name)
        return float(found)


def _wrong_order(dist: Distribution) -> str | None:
    """Say what is impossible about the parameters, if anything."""
    if dist.family in {"pert", "triangular"}:
        low, mode, high = dist.number("min"), dist.number("mode"), dist.number("max")
        if not (low <= mode <= high and low < high):
            return f"a {dist.family} distribution needs min <= mode <= max and min < max, found {low}, {mode}, {high}"
    if dist.family == "uniform" and not dist.number("min") < dist.number("max"):
        return "a uniform distribution needs min below max"
    if dist.family == "sample" and not _rises(dist.values or ()):
        return "a sample needs two values or more, in rising order"
    if dist.family == "mixture" and not _are_weights(dist.weights or (), len(dist.components or ())):
        return "a mixture needs one weight above 0 for each component, and weights that sum to 1"
    positive = {"normal": ("sd",), "lognormal": ("median", "s"), "beta": ("a", "b")}.get(dist.family, ())
    for name in positive:
        if dist.number(name) <= 0.0:
            return f"{name} of a {dist.family} distribution must be above 0"
    return None


def _rises(values: tuple[float, ...]) -> bool:
    return len(values) > 1 and values[0] < values[-1] and all(a <= b for a, b in pairwise(values))


def _are_weights(weights: Sequence[float], components: int) -> bool:
    """Whether there is one weight above 0 for each component, and they sum to 1."""
    return len(weights) == components > 0 and min(weights) > 0.0 and math.isclose(math.fsum(weights), 1.0)


def _special(name: str, *numbers: Any) -> Any:
    """A function of SciPy, which takes long to load."""
    return getattr(import_module("scipy.special"), name)(*numbers)


def _quantile_pert(dist: Distribution, u: Share) -> Share:
    low, mode, high = dist.number("min"), dist.number("mode"), dist.number("max")
    a, b = 1.0 + 4.0 * (mode - low) / (high - low), 1.0 + 4.0 * (high - mode) / (high - low)
    found: Share = low + (high - low) * _special("betaincinv", a, b, u)
    return found


def _quantile_triangular(dist: Distribution, u: float) -> float:
    low, mode, high = dist.number("min"), dist.number("mode"), dist.number("max")
    width = high - low
    at_mode = (mode - low) / width
    if u <= at_mode:
        return low + math.sqrt(u * width * (mode - low))
    return high - math.sqrt((1.0 - u) * width * (high - mode))


def _quantile_sample(dist: Distribution, u: float) -> float:
    values = dist.values or ()
    place = u * (len(values) - 1)
    below = min(int(place), len(values) - 2)
    return values[below] + (place - below) * (values[below + 1] - values[below])


def turn_at(weights: Sequence[float], u: float) -> tuple[int, float]:
    """Component in whose part of (0, 1) a number lies, and where in that part. [index, share above 0 and below 1]

    Examples
    --------
    >>> turn_at((0.5, 0.25, 0.25), 0.625)
    (1, 0.5)
    """
    ends = list(accumulate(weights))
    part = min(bisect_right(ends, u), len(ends) - 1)  # rounding may put ``u`` just behind the last end
    return part, min(max((u - ends[part] + weights[part]) / weights[part], EDGE), 1.0 - EDGE)


def _quantile_mixture(dist: Distribution, u: float) -> float:
    part, within = turn_at(dist.weights or (), u)
    return quantile(_parts(dist)[part][1], within)


def _parts(dist: Distribution) -> tuple[tuple[float, Distribution], ...]:
    return tuple(zip(dist.weights or (), dist.components or (), strict=True))


def _exp(x: Share) -> Share:
    """Of one number by the library of C, whose last digit does not depend on the processor."""
    return math.exp(x) if isinstance(x, float) else np.exp(x)


_QUANTILES: dict[str, Callable[[Distribution, Any], Any]] = {
    "fixed": lambda dist, _: dist.number("value"),
    "normal": lambda dist, u: dist.number("mean") + dist.number("sd") * _special("ndtri", u),
    "lognormal": lambda dist, u: dist.number("median") * _exp(dist.number("s") * _special("ndtri", u)),
    "beta": lambda dist, u: _special("betaincinv", dist.number("a"), dist.number("b"), u),
    "pert": _quantile_pert,
    "uniform": lambda dist, u: dist.number("min") + (dist.number("max") - dist.number("min")) * u,
    "triangular": _quantile_triangular,
    "sample": _quantile_sample,
    "mixture": _quantile_mixture,
}
_TAKE_ARRAYS = frozenset({"normal", "lognormal", "beta", "pert", "uniform"})
"""Families whose quantile can be asked of many shares at once."""


def quantile(dist: Distribution, u: float) -> float:
    """Value below which a share ``u`` of the family lies, spike first: a draw, if ``u`` is a draw from (0, 1).

    Examples
    --------
    >>> quantile(Distribution(family="uniform", min=10, max=20), 0.25)
    12.5
    >>> spiked = Distribution(family="uniform", min=10, max=20, spike=Spike(at=0, mass=0.5))
    >>> quantile(spiked, 0.4), quantile(spiked, 0.75)
    (0.0, 15.0)
    """
    if not 0.0 < u < 1.0:
        raise ValueError(f"a quantile needs a number strictly between 0 and 1, found {u!r}")
    if dist.spike is None:
        return float(_QUANTILES[dist.family](dist, u))
    if u < dist.spike.mass:
        return float(dist.spike.at)
    rest = (u - dist.spike.mass) / (1.0 - dist.spike.mass)
    return float(_QUANTILES[dist.family](dist, max(rest, EDGE)))


def quantiles(dist: Distribution, shares: Floats) -> Floats:
    """:func:`quantile` of many shares at once. [unit of the parameter, shape of ``shares``]

    Examples
    --------
    >>> quantiles(Distribution(family="uniform", min=10, max=20, spike=Spike(at=0, mass=0.5)), np.array([0.4, 0.75]))
    array([ 0., 15.])
    """
    if dist.family not in _TAKE_ARRAYS:
        return np.array([quantile(dist, u) for u in shares.tolist()])
    mass = 0.0 if dist.spike is None else dist.spike.mass
    rest = np.maximum((shares - mass) / (1.0 - mass), EDGE)
    at = math.nan if dist.spike is None else dist.spike.at
    result: Floats = np.where(shares < mass, at, _QUANTILES[dist.family](dist, rest))
    return result


def ordered_quantiles(dist: Distribution, shares: Floats) -> Floats:
    """:func:`ordered_quantile` of many shares at once. [unit of the parameter, shape of ``shares``]"""
    if dist.family not in _TAKE_ARRAYS:
        return np.array([ordered_quantile(dist, u) for u in shares.tolist()])
    if dist.spike is None:
        return quantiles(dist, shares)
    mass = dist.spike.mass
    below = (1.0 - mass) * _family_share(dist, dist.spike.at)
    rest = np.where(shares < below, shares, shares - mass) / (1.0 - mass)
    family = _QUANTILES[dist.family](dist, np.clip(rest, EDGE, 1.0 - EDGE))
    result: Floats = np.where((shares >= below) & (shares <= below + mass), dist.spike.at, family)
    return result


def _mean_sample(dist: Distribution) -> float:
    values = dist.values or ()
    return math.fsum((values[0], values[-1], *(2.0 * value for value in values[1:-1]))) / (2.0 * (len(values) - 1))


_MEANS: dict[str, Callable[[Distribution], float]] = {
    "fixed": lambda dist: dist.number("value"),
    "normal": lambda dist: dist.number("mean"),
    "lognormal": lambda dist: dist.number("median") * math.exp(dist.number("s") ** 2 / 2.0),
    "beta": lambda dist: dist.number("a") / (dist.number("a") + dist.number("b")),
    "pert": lambda dist: (dist.number("min") + 4.0 * dist.number("mode") + dist.number("max")) / 6.0,
    "uniform": lambda dist: (dist.number("min") + dist.number("max")) / 2.0,
    "triangular": lambda dist: (dist.number("min") + dist.number("mode") + dist.number("max")) / 3.0,
    "sample": _mean_sample,
    "mixture": lambda dist: math.fsum(weight * mean(component) for weight, component in _parts(dist)),
}


def mean(dist: Distribution) -> float:
    """Mean of a distribution, its spike included. [unit of the parameter]

    Examples
    --------
    >>> mean(Distribution(family="pert", min=5, mode=12, max=25))
    13.0
    """
    family = _MEANS[dist.family](dist)
    if dist.spike is None:
        return family
    return dist.spike.mass * dist.spike.at + (1.0 - dist.spike.mass) * family


def share_at_or_below(dist: Distribution, value: float) -> float:
    """Probability that the parameter is at or below a value, spike included. [share]

    Examples
    --------
    >>> share_at_or_below(Distribution(family="beta", a=1, b=1, spike=Spike(at=0, mass=0.5)), 0.5)
    0.75
    """
    family = _family_share(dist, value)
    if dist.spike is None:
        return family
    return dist.spike.mass * (1.0 if value >= dist.spike.at else 0.0) + (1.0 - dist.spike.mass) * family


def _family_share(dist: Distribution, value: float) -> float:
    """Distribution function of the family alone, by its closed form or by bisection of its quantile."""
    if dist.family == "fixed":
        return 1.0 if value >= dist.number("value") else 0.0
    if dist.family == "beta":
        return float(_special("betainc", dist.number("a"), dist.number("b"), min(max(value, 0.0), 1.0)))
    if dist.family == "mixture":
        return math.fsum(weight * share_at_or_below(component, value) for weight, component in _parts(dist))
    low, high = 1e-12, 1.0 - 1e-12
    read = _QUANTILES[dist.family]
    if value <= read(dist, low):
        return 0.0
    if value >= read(dist, high):
        return 1.0
    for _ in range(60):
        middle = (low + high) / 2.0
        low, high = (middle, high) if read(dist, middle) <= value else (low, middle)
    return (low + high) / 2.0


def limits(dist: Distribution, low: float = 0.025, high: float = 0.975) -> tuple[float, float]:
    """Two quantiles of the distribution with its spike in its proper place. [unit of the parameter]

    Examples
    --------
    >>> spiked = Distribution(family="uniform", min=0, max=2, spike=Spike(at=1, mass=0.5))
    >>> limits(spiked, 0.125, 0.5)
    (0.5, 1.0)
    """
    return ordered_quantile(dist, low), ordered_quantile(dist, high)


def ordered_quantile(dist: Distribution, u: float) -> float:
    """Value at or below which a share ``u`` of the whole distribution lies, in order of value and not spike first.

    Examples
    --------
    >>> spiked = Distribution(family="uniform", min=0, max=2, spike=Spike(at=1, mass=0.5))
    >>> [round(ordered_quantile(spiked, u), 6) for u in (0.2, 0.6, 0.8)]
    [0.8, 1.0, 1.2]
    """
    if dist.spike is None:
        return _family_in_order(dist, u)
    below = (1.0 - dist.spike.mass) * _family_share(dist, dist.spike.at)
    if u < below:
        return _family_in_order(dist, u / (1.0 - dist.spike.mass))
    if u <= below + dist.spike.mass:
        return float(dist.spike.at)
    return _family_in_order(dist, (u - dist.spike.mass) / (1.0 - dist.spike.mass))


def _family_in_order(dist: Distribution, u: float) -> float:
    """Quantile of the family alone in order of value: its own, but for a mixture by bisection."""
    if dist.family != "mixture":
        return float(_QUANTILES[dist.family](dist, u))
    ends = [ordered_quantile(component, u) for _, component in _parts(dist)]
    return in_order(u, ends, lambda value: _family_share(dist, value), _atoms(dist))


def in_order(u: float, ends: Sequence[float], share: Callable[[float], float], atoms: Sequence[float]) -> float:
    """Value at or below which a share of a mixture lies. [unit of the parameter]

    ``ends`` are the same quantile of each component, between which it lies; ``share`` is the share of the mixture at or
    below a value; ``atoms`` are values that have a mass of their own: one of them is met exactly.
    """
    low, high = min(ends), max(ends)
    if share(low) >= u:
        return low
    for _ in range(_HALVINGS):
        middle = (low + high) / 2.0
        low, high = (low, middle) if share(middle) >= u else (middle, high)
    return next((atom for atom in atoms if math.isclose(atom, high, rel_tol=1e-12, abs_tol=1e-12)), high)


def _atoms(dist: Distribution) -> tuple[float, ...]:
    """Values that have a mass of their own."""
    own = () if dist.spike is None else (dist.spike.at,)
    fixed = (dist.number("value"),) if dist.family == "fixed" else ()
    return (*own, *fixed, *(atom for _, component in _parts(dist) for atom in _atoms(component)))


def pert_table(low: float, mode: float, high: float, n: int = 257) -> list[float]:
    """Quantiles of a PERT distribution at the middles of ``n`` equal shares, in rising order. [hours]

    The engine draws durations from this table, so that both engines read the same numbers.

    Examples
    --------
    >>> table = pert_table(1, 3, 6, n=3)
    >>> [round(hours, 2) for hours in table]
    [2.19, 3.13, 4.14]
    """
    if low == high:
        return [float(low)] * n
    dist = Distribution(family="pert", min=low, mode=mode, max=high)
    return [quantile(dist, (i + 0.5) / n) for i in range(n)]


def _numbers_in_words(dist: Distribution) -> dict[str, str]:
    if dist.values is not None:
        return {"min": f"{dist.values[0]:g}", "max": f"{dist.values[-1]:g}"}
    if dist.components is not None:
        return {"parts": ", or ".join(f"with weight {weight:g} {describe(part)}" for weight, part in _parts(dist))}
    return {name: f"{dist.number(name):g}" for name in PARAMETERS[dist.family]}


def describe(dist: Distribution) -> str:
    """Say a distribution in words.

    Examples
    --------
    >>> describe(Distribution(family="beta", a=9, b=3, spike=Spike(at=1, mass=0.25)))
    'exactly 1 with probability 0.25, otherwise beta with a 9 and b 3'
    """
    text = {
        "fixed": "always {value}",
        "normal": "normal with mean {mean} and standard deviation {sd}",
        "lognormal": "lognormal with median {median} and log standard deviation {s}",
        "beta": "beta with a {a} and b {b}",
        "pert": "PERT from {min} to {max}, most likely {mode}",
        "uniform": "uniform from {min} to {max}",
        "triangular": "triangular from {min} to {max}, most likely {mode}",
        "sample": "between {min} and {max}, as a sample has it",
        "mixture": "{parts}",
    }[dist.family].format(**_numbers_in_words(dist))
    if dist.spike is None:
        return text
    return f"exactly {dist.spike.at:g} with probability {dist.spike.mass:g}, otherwise {text}"
