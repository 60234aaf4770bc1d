"""Chance and the few rules of the tracer, as compiled scalar functions that every Python engine calls.

A random number is a jump into a SplitMix64 sequence (Steele, Lea and Flood 2014): the key of the run, the stream and
the entity choose the sequence, the occurrence the place in it. Distributions are drawn by inversion of one number each.
:file:`floor.c` says the same in C, and must agree to the last bit: hence no ``fastmath``, and the scalar functions of
:mod:`math` only.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from typing import TypeVar, cast

import numba
import numpy as np

from benchmarks.tracer import model as m

F = TypeVar("F", bound=Callable[..., object])

KEEP = bool(os.environ.get("NUMBA_CACHE_DIR"))
"""Compiled code is kept only in a folder that the caller made for this purpose: elsewhere it could be stale, because
numba does not notice a change in a function that is called from another file."""


def compiled(signature: str | None = None) -> Callable[[F], F]:
    """Compile for one signature at once, or when first called. No reference counts, and the lock of Python let go."""

    def decorate(function: F) -> F:
        options = {"_nrt": False, "nogil": True, "cache": KEEP, "error_model": "numpy"}
        given = (signature,) if signature else ()
        return cast(F, numba.njit(*given, **options)(function))

    return decorate


_GOLDEN, _MIX_1, _MIX_2 = np.uint64(m.GOLDEN), np.uint64(m.MIX_1), np.uint64(m.MIX_2)
_S12, _S27, _S30, _S31 = np.uint64(12), np.uint64(27), np.uint64(30), np.uint64(31)


@compiled("uint64(uint64)")
def _mixed(word: int) -> int:
    word = (word ^ (word >> _S30)) * _MIX_1
    word = (word ^ (word >> _S27)) * _MIX_2
    return word ^ (word >> _S31)


@compiled("float64(int64, int64, int64, int64)")
def uniform(key: int, stream: int, entity: int, occurrence: int) -> float:
    """One number from the open interval (0, 1), with 52 random bits."""
    start = _mixed(np.uint64(key) + np.uint64(entity * m.N_STREAMS + stream) * _GOLDEN)
    word = _mixed(start + np.uint64(occurrence) * _GOLDEN)
    return (float(word >> _S12) + 0.5) * (1.0 / 4503599627370496.0)


@compiled()
def _polynomial(x: float, coefficients: tuple[float, ...]) -> float:
    c7, c6, c5, c4, c3, c2, c1, c0 = coefficients
    return ((((((c7 * x + c6) * x + c5) * x + c4) * x + c3) * x + c2) * x + c1) * x + c0


@compiled("float64(float64)")
def normal_quantile(u: float) -> float:
    """Quantile of the standard normal distribution."""
    q = u - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        return q * _polynomial(r, m.CENTRE_UP) / _polynomial(r, m.CENTRE_DOWN)
    r = math.sqrt(-math.log(u if q < 0.0 else 1.0 - u))
    if r <= 5.0:
        value = _polynomial(r - 1.6, m.TAIL_UP) / _polynomial(r - 1.6, m.TAIL_DOWN)
    else:
        value = _polynomial(r - 5.0, m.FAR_UP) / _polynomial(r - 5.0, m.FAR_DOWN)
    return -value if q < 0.0 else value


@compiled("float64(float64, float64, float64)")
def lognormal(u: float, mean: float, log_sd: float) -> float:
    """Lognormal number with this mean."""
    return mean * math.exp(log_sd * normal_quantile(u) - 0.5 * log_sd * log_sd)


@compiled("float64(int64, int64)")
def hours_per_week(key: int, school: int) -> float:
    """Time that a school's SENCO has."""
    return m.LEAST_HOURS_PER_WEEK + m.SPREAD_OF_HOURS_PER_WEEK * uniform(key, m.HOURS_PER_WEEK, school, 0)


@compiled("float64(int64, int64, int64)")
def weeks_to_candidate(key: int, school: int, number: int) -> float:
    """Time from one candidate to the next."""
    return -math.log(uniform(key, m.WEEKS_TO_CANDIDATE, school, number)) / m.CANDIDATES_PER_WEEK


@compiled("int64(int64, int64, int64, int64)")
def kind_of_candidate(key: int, school: int, number: int, waiting: int) -> int:
    """What a candidate becomes when so many pieces wait in the school: a kind of work, or nothing."""
    rate = uniform(key, m.KIND_OF_CANDIDATE, school, number) * m.CANDIDATES_PER_WEEK
    if rate < m.ANNUAL_REVIEWS_PER_WEEK:
        return m.ANNUAL_REVIEW
    pressure = 1.0 + min(1.0, waiting / m.WAITING_FOR_FULL_FEEDBACK)
    rate -= m.ANNUAL_REVIEWS_PER_WEEK
    if rate < m.REQUESTS_PER_WEEK * pressure:
        return m.REQUEST
    if rate < (m.REQUESTS_PER_WEEK + m.EXCLUSIONS_PER_WEEK) * pressure:
        return m.EXCLUSION
    return m.NOTHING


@compiled("float64(int64, int64, int64, int64, float64)")
def weeks_of_work(key: int, kind: int, school: int, number: int, hours_in_week: float) -> float:
    """How long the SENCO is busy with a school's piece of work of a kind, by its number."""
    u = uniform(key, m.HOURS_OF_WORK + kind, school, number)
    return lognormal(u, m.MEAN_HOURS[kind], m.HOURS_LOG_SD) / hours_in_week


@compiled("float64(int64, int64)")
def assessment_weeks(key: int, case: int) -> float:
    """How long the council assesses a case."""
    return lognormal(uniform(key, m.ASSESSMENT, case, 0), m.ASSESSMENT_WEEKS, m.ASSESSMENT_LOG_SD)


@compiled("float64(int64, int64)")
def weeks_to_appeal(key: int, case: int) -> float:
    """Time from the council's decision to the appeal; -1 if there is none."""
    if uniform(key, m.APPEAL, case, 0) >= m.CHANCE_OF_APPEAL:
        return -1.0
    return m.NOTICE_WEEKS - m.MEAN_WEEKS_TO_APPEAL * math.log(uniform(key, m.WEEKS_TO_APPEAL, case, 0))


@compiled("float64(int64, int64)")
def hearing_weeks(key: int, case: int) -> float:
    """How long the tribunal is busy with a case."""
    return lognormal(uniform(key, m.HEARING, case, 0), m.HEARING_WEEKS, m.HEARING_LOG_SD)


@compiled("boolean(int64, int64)")
def is_remitted(key: int, case: int) -> bool:
    """Whether a case goes back to the council."""
    return uniform(key, m.REMITTAL, case, 0) < m.CHANCE_OF_REMITTAL
