"""Reads the recipe of the synthetic England from its register."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy.special import betaincinv, ndtr

from sencosim.evidence.register import Parameter, Register, evidence_folder, read_register
from sencosim.population.spread import Float64


@lru_cache(maxsize=1)
def _register() -> Register:
    return read_register([evidence_folder() / "population.yaml"])


def _parameter(name: str) -> Parameter:
    return _register().get(f"population_{name}")


def numbers(name: str) -> Float64:
    """Values of a parameter ``population_<name>``. [its unit]

    Examples
    --------
    >>> numbers("secondary_size_weibull").tolist()
    [2.727, 1183.0]
    """
    return np.array(_parameter(name).numbers)


def number(name: str) -> float:
    """Value of a parameter ``population_<name>`` that is one number. [its unit]"""
    return _register().number(f"population_{name}")


def labels(name: str) -> tuple[str, ...]:
    """Labels of the values of a parameter ``population_<name>``."""
    return _parameter(name).labels or ()


def size_quantiles(phase: int, n: int) -> Float64:
    """Sizes of ``n`` schools that stand for the national distribution of a phase, in ascending order. [pupils]"""
    ranks = (np.arange(n) + 0.5) / n
    if phase == 1:
        shape, scale = numbers("secondary_size_weibull")
        sizes = scale * (-np.log1p(-ranks)) ** (1.0 / shape)
    else:
        grid = np.arange(0.0, 2000.0, 0.5)
        parts = zip(*(numbers(f"primary_size_{name}") for name in ("weights", "means", "sds")), strict=True)
        below = sum(weight * ndtr((grid - mean) / sd) for weight, mean, sd in parts)
        sizes = np.interp(ranks, below, grid)
    floored: Float64 = np.maximum(sizes, number("smallest_school"))
    return floored


def fsm_quantiles(phase: int, n: int) -> Float64:
    """Shares of free school meals of ``n`` schools that stand for the nation, in ascending order. [ratio]"""
    a, b = numbers(("primary_fsm_beta", "secondary_fsm_beta")[phase])
    shares: Float64 = betaincinv(a, b, (np.arange(n) + 0.5) / n)
    return shares
