"""What calibration aims at: published figures in the model's own units, and how far apart the two may be.

Every target has a standard deviation that holds what is published with rounding and revision, and what the model
leaves out (its discrepancy). They are stated here, not fitted. Pandemic years count for little.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from sencosim.calibration.history import Setting, schools_of
from sencosim.calibration.published_points import Kind, published, stock
from sencosim.evidence.base_year import TIMES
from sencosim.evidence.councils import LAST_YEAR, column, councils_of, load_councils
from sencosim.evidence.register import load_register
from sencosim.population.synthetic import synthetic_england

DECIDED_SHARE, PANDEMIC_WEIGHT, DISCREPANCY = TIMES.decided_share, TIMES.pandemic_weight, TIMES.discrepancy
"""Requests decided by the end of the year; how many times wider 2020 and 2021 are; standard deviation by quantity."""
SCHOOL_AGE = load_register().number("special_school_age_share")
"""Assumed share of special placements in Reception to Year 11."""
SHARES = ("refused_of_decided", "on_time_share")


@dataclass(frozen=True)
class Target:
    """One figure to aim at.

    Attributes
    ----------
    key
        Quantity and year of the model.
    value
        In the model's scale: logarithm of a count, log odds of a share.
    sd
        Standard deviation, discrepancy and all.
    """

    key: str
    value: float
    sd: float


def scaled(quantity: str, value: float) -> float:
    """Logarithm of a count, log odds of a share (held off nought and one)."""
    if quantity in SHARES:
        held = min(0.98, max(0.02, value))
        return math.log(held / (1.0 - held))
    return math.log(max(1e-9, value))


def unscaled(quantity: str, value: np.ndarray) -> np.ndarray:
    """The inverse of :func:`scaled`, held off nought and one alike: an emulator knows no such bounds."""
    furthest = math.log(0.98 / 0.02)
    held = np.clip(value, -furthest, furthest)
    result: np.ndarray = 1.0 / (1.0 + np.exp(-held)) if quantity in SHARES else np.exp(value)
    return result


def targets_of(setting: Setting, first: int, last: int) -> tuple[Target, ...]:
    """Targets of a run of this start.

    Parameters
    ----------
    setting
        Start and sample.
    first, last
        Calendar years of flows; Januaries run from ``first`` to one after ``last``.
    """
    return tuple(_targets(setting, first, last))


def _targets(setting: Setting, first: int, last: int) -> Iterator[Target]:
    offsets = sample_offsets(setting)
    for year in range(first, last + 1):
        wide = PANDEMIC_WEIGHT if year in (2020, 2021) else 1.0
        for quantity, value in _flows(year):
            yield Target(
                f"{quantity}@{year}", scaled(quantity, value) - offsets[quantity], wide * DISCREPANCY[quantity]
            )
    for year in range(first, last + 2):
        for quantity, found in _stocks(year):
            if found is not None:
                yield Target(f"{quantity}@{year}", math.log(found) - offsets[quantity], DISCREPANCY[quantity])


def _flows(year: int) -> Iterator[tuple[str, float]]:
    def of(series: str, breakdown: str = "all") -> float:
        kind: Kind = "calendar"
        found = published(series, breakdown, kind, year)
        if found is None:
            message = f"{series} of {year} is not published."
            raise KeyError(message)
        return found

    yield "requests", of("ehcp_initial_requests")
    yield "refused_of_decided", of("ehcp_refused_share") / 100.0 / DECIDED_SHARE
    yield "new_plans", of("ehcp_new_plans")
    yield "on_time_share", of("ehcp_issued_within_20_weeks_share", "excluding_exceptions") / 100.0


def _stocks(january: int) -> Iterator[tuple[str, float | None]]:
    for phase, name in enumerate(("primary", "secondary")):
        yield f"support_{name}", stock("sen_support", phase, january)
        yield f"plans_{name}", stock("ehcp", phase, january)
    special = published("ehcp_placement", "special_all", "january", january)
    yield "special", None if special is None else special * SCHOOL_AGE


@lru_cache(maxsize=8)
def sample_offsets(setting: Setting) -> dict[str, float]:
    """What is known beforehand of a sample: England less the councils that stand for it, in each target's scale.

    Councils are drawn so that their totals are near England's, not equal; the gap in published requests, pupils,
    refusals and timeliness is known and taken out. Requests and plans are corrected where runs are read.
    """
    sample, england = schools_of(setting), synthetic_england()
    offsets = dict.fromkeys(DISCREPANCY, 0.0)
    weight = sample.weight * sample.council_weight
    for phase, name in enumerate(("primary", "secondary")):
        here, there = sample.phase == phase, england.phase == phase
        for quantity, need in (("support", "sen_support"), ("plans", "ehc_plans")):
            ours = float((getattr(sample, need)[here] * weight[here]).sum())
            offsets[f"{quantity}_{name}"] = math.log(float(getattr(england, need)[there].sum()) / ours)
    of_council = dict(zip(sample.council.tolist(), sample.council_weight.tolist(), strict=True))
    year = LAST_YEAR if setting.start >= LAST_YEAR - 2 else setting.start + 1
    offsets |= _share_offsets(of_council, year)
    ours = sum(float(load_councils()[i].plans_state_special or 0.0) * w for i, w in of_council.items())
    every = sum(float(council.plans_state_special or 0.0) for council in load_councils())
    offsets["special"] = math.log(every / ours)
    return offsets


def _share_offsets(weights: dict[int, float], year: int) -> dict[str, float]:
    councils = councils_of(year)
    plans = np.nan_to_num(column("plans_without_exceptions", year))
    requests = np.array([float(council.requests) for council in councils])
    found = {}
    for quantity, field, size in (
        ("refused_of_decided", "refused_share", requests),
        ("on_time_share", "issued_in_20_weeks_share", plans),
    ):
        shares = np.array([getattr(council, field) or 0.0 for council in councils])
        england = float((shares * size).sum() / size.sum())
        ours = sum(shares[i] * size[i] * w for i, w in weights.items()) / sum(size[i] * w for i, w in weights.items())
        found[quantity] = scaled(quantity, england) - scaled(quantity, float(ours))
    return found
