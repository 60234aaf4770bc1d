"""The recipe of the synthetic England, from its register, and the published levels of need.

Councils' counts of SEN Support, plans and free school meals are published for January 2023 and 2025. Between them a
council moves along its own line, at the pace of England; before 2023 it moves with England on the log-odds scale. Pupil
numbers stay those of January 2023.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy.special import betaincinv, expit, logit, ndtr

from sencosim.errors import PopulationError, Problem
from sencosim.evidence.base_year import TIMES
from sencosim.evidence.councils import Council, load_councils
from sencosim.evidence.register import Parameter, Register, evidence_folder, read_register
from sencosim.population.spread import Float64, Int64
from sencosim.units import PHASES

NEEDS = ("sen_support", "ehc_plans", "fsm")
COUNTED_YEAR, LATEST_YEAR = TIMES.counted_january, TIMES.latest_january
"""Januaries for which councils' counts are published."""


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


# -- levels of need ---------------------------------------------------------------------------------------------------


def years() -> tuple[int, ...]:
    """Years for which levels are known. [calendar years]"""
    return tuple(int(label) for label in labels("level_primary_sen_support"))


def check_year(year: int) -> None:
    """Refuse a year whose levels are not known."""
    if year not in years():
        known = years()
        message = f"Levels of January {year} are not known; they are for {known[0]} to {known[-1]}."
        raise PopulationError(message, (Problem(message, found=str(year)),))


def england_log_odds(phase: int, need: str, year: int) -> float:
    """Give the published share of England's pupils of a phase, as log odds."""
    check_year(year)
    return float(logit(numbers(f"level_{PHASES[phase]}_{need}")[years().index(year)]))


def council_pupils(phase: int) -> Int64:
    """Pupils of each council, January 2023. [pupils, shape (153,)]"""
    return np.array([getattr(council, f"{PHASES[phase]}_pupils") for council in load_councils()], np.int64)


def _between(council: Council, phase: int, need: str, pace: float) -> float:
    """Log odds at a point between January 2023 and 2025."""
    pupils = getattr(council, f"{PHASES[phase]}_pupils")
    ends = [logit(max(council.count(PHASES[phase], need, year), 0.5) / pupils) for year in (COUNTED_YEAR, LATEST_YEAR)]
    return float(ends[0] + pace * (ends[1] - ends[0]))


@lru_cache(maxsize=64)
def _totals(phase: int, need: str, year: int) -> tuple[int, ...]:
    councils = load_councils()
    if year in (COUNTED_YEAR, LATEST_YEAR):
        return tuple(council.count(PHASES[phase], need, year) for council in councils)
    now, base = england_log_odds(phase, need, year), england_log_odds(phase, need, COUNTED_YEAR)
    latest = england_log_odds(phase, need, LATEST_YEAR)
    totals = []
    for council, pupils in zip(councils, council_pupils(phase).tolist(), strict=True):
        if pupils == 0:
            totals.append(0)
        elif year > COUNTED_YEAR:
            totals.append(round(pupils * expit(_between(council, phase, need, (now - base) / (latest - base)))))
        else:
            totals.append(round(pupils * expit(_between(council, phase, need, 0.0) + now - base)))
    return tuple(totals)


def council_totals(phase: int, need: str, year: int) -> Int64:
    """Pupils of each council with ``sen_support``, ``ehc_plans`` or ``fsm`` in January of a year. [shape (153,)]

    Examples
    --------
    >>> int(council_totals(0, "sen_support", 2023).sum())
    629184
    """
    return np.array(_totals(phase, need, year), np.int64)
