"""What the explorer's emulator reads of a policy and of beliefs: features of a policy, functions of time, and terms.

Shapes as in :mod:`sencosim.outcomes.explorer`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
STEPS = (0.05, 0.15, 0.4)
"""Added hours for each pupil with SEN up to which they are counted apart. [hours per week per SEN pupil]"""
POLICY_FEATURES = (
    *("added_primary", "added_secondary"),
    *(f"added_first_{step:g}_{phase}" for step in STEPS for phase in ("primary", "secondary")),
    *(f"together_first_{step:g}" for step in STEPS),
    *("above", "sharing", "administrators", "administrators_root", "assistants", "assistants_root", "seats"),
)
"""What a policy asks of schools, mean of a school. All are zero when nothing is asked."""
FEWEST_SHARING = 30.0
YEARS_OF_DRIFT, MOST_HOURS = 5.0, 32.4
"""Years of drift from today to the middle of the horizon, less what follows need; hours of a full-time post."""
FREED = 0.7
"""Hours of a SENCO that an hour of an administrator stands for, where hours of all are counted together."""
EARLY_YEARS = 3
"""First years that tell a fast policy from a slow one. [years]"""
HOURS_OF_TODAY = ("hours_intercept_primary", "hours_intercept_secondary")
DRIFT = "hours_drift_primary"
COMPLIANCE = "legal_floor_compliance"
"""Beliefs about the logarithm of today's hours, how they drift, and how many schools comply: they move what a floor
adds school by school, so they are in the features themselves."""


def policy_features(controls: Mapping[str, float], schools: Mapping[str, Any], scale: Floats, drift: Floats) -> Floats:
    """What the controls ask of schools, in the order of :data:`POLICY_FEATURES`. [shape (n, A)]

    Parameters
    ----------
    controls
        Every control by name.
    schools
        Groups of schools alike: ``phase`` (0 primary, 1 secondary), ``low`` and ``high`` (pupils on roll, spread evenly
        between them), ``sen`` (pupils), ``today`` (SENCO hours a week at point values) and ``weight`` (adds up to 1).
    scale
        What today's hours are multiplied by, primary and secondary. [ratio, shape (n, 2)]
    drift
        Hours that a school gives more each year by itself, primary and secondary. [hours a week, shape (n, 2)]
    """
    at = controls
    phase, low, high, sen, today, weight = (
        np.asarray(schools[name], dtype=np.float64) for name in ("phase", "low", "high", "sen", "today", "weight")
    )
    each, most = at["hours_per_sen_pupil"], at["most_hours"]
    least = min(at["least_hours"], most)
    is_asked = each > 0.0 or least > 0.0
    covered = np.where(phase == 0.0, at["primary"], at["secondary"]) * is_asked
    covered = covered * (1.0 - share_below(low, high, at["smallest_school"])) * weight
    asked = np.minimum(np.maximum(each * sen, least), most)
    of = phase.astype(np.int64)
    now = np.maximum(0.0, np.minimum(today * scale[:, of] + YEARS_OF_DRIFT * drift[:, of] * (today > 0.0), MOST_HOURS))
    added = np.maximum(0.0, asked - now)
    parts = [added, *(np.minimum(added, step * sen) for step in STEPS)]
    of_phase = [covered * (phase == number) for number in (0.0, 1.0)]
    by_phase = [part @ own for part in parts for own in of_phase]
    others = FREED * at["administrator_hours"] + at["assistant_hours_per_sen_pupil"] * sen
    either = covered * added + others * weight
    together = [np.minimum(either, step * sen * weight).sum(axis=1) for step in STEPS]
    above = np.maximum(0.0, now - asked) @ covered
    limit = at["shared_below"]
    small = share_below(low, high, limit + 1.0) if limit >= FEWEST_SHARING else np.zeros(phase.size)
    sharing = float((small * weight)[phase == 0.0].sum())
    hours, each_assistant = at["administrator_hours"], at["assistant_hours_per_sen_pupil"]
    beside = [sharing, hours, math.sqrt(hours), each_assistant, math.sqrt(each_assistant), at["leadership_seat"]]
    return np.column_stack([*by_phase, *together, above, *(np.full(len(scale), one) for one in beside)])


def share_below(low: Floats, high: Floats, limit: float) -> Floats:
    """Share of the schools of a group with fewer pupils than a limit. [share]

    Examples
    --------
    >>> share_below(np.array([0.0, 90.0, 100.0]), np.array([80.0, 110.0, 100.0]), 100.0).round(3).tolist()
    [1.0, 0.5, 0.0]
    """
    return np.asarray(np.clip((limit - low) / np.maximum(high - low, 1e-9), 0.0, 1.0))


def shares_joined(controls: Mapping[str, float], first_year: int, n_years: int) -> Floats:
    """Share of the schools that have joined by year. [share, shape (n_years,)]

    Examples
    --------
    >>> shares_joined({"start": 2028, "phase_in_years": 3}, 2027, 5).tolist()
    [0.0, 0.33, 0.67, 1.0, 1.0]
    """
    done = np.arange(first_year, first_year + n_years) - controls["start"] + 1.0
    return np.asarray(np.floor(np.clip(done / controls["phase_in_years"], 0.0, 1.0) * 100.0 + 0.5) / 100.0)


def time_functions(shares: Floats, knots: Sequence[float]) -> Floats:
    """How each part of the response to a year's joiners adds up, year by year. [shape (n_knots + 1, n_years)]

    Schools that join answer by how long ago they joined, along straight lines between ``knots`` [years]; the last
    function is a trend by calendar year.
    """
    n = shares.size
    joined = np.diff(shares, prepend=0.0)
    ages = np.arange(n, dtype=np.float64)
    hats = np.array([np.interp(ages, knots, np.eye(len(knots))[j]) for j in range(len(knots))])
    functions = np.zeros((len(knots) + 1, n))
    for year in range(n):
        for since in range(year + 1):
            functions[:-1, year] += joined[year - since] * hats[:, since]
    functions[-1] = shares * ages / (n - 1.0)
    return functions


def design_of(terms: npt.NDArray[np.int64], features: Floats, z: Floats, view: int, law: int) -> Floats:
    """Terms of the polynomial. [shape (n, F); ``features``: (n, A), ``z``: (n, B)]

    A term is five places: a feature of the policy, two beliefs, a view (0 to 2) or the announced law (3), and another
    feature of the policy; -1 stands for none.
    """
    padded_z, padded_a = (np.concatenate([one, np.ones((len(z), 1))], axis=1) for one in (z, features))
    is_on = np.array([view == 0, view == 1, view == 2, law == 1, True], dtype=np.float64)
    asked = padded_a[:, terms[:, 0]] * padded_a[:, terms[:, 4]] * is_on[terms[:, 3]]
    return np.asarray(asked * padded_z[:, terms[:, 1]] * padded_z[:, terms[:, 2]])


def sum_of_products(terms: Sequence[Sequence[Any]], rows: Floats) -> Floats:
    """Terms that are each a number times columns at some places, added up. [shape (n_rows,)]"""
    total = np.zeros(len(rows))
    for number, places in terms:
        product = np.full(len(rows), float(number))
        for one in places:
            product = product * rows[:, one]
        total += product
    return total
