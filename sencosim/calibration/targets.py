"""What calibration aims at: published figures in the model's units, and how far apart the two may be.

Every target has a standard deviation that holds what is published with rounding and revision, and what the model leaves
out (its discrepancy). They are stated here, not fitted. Pandemic years count for little.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from sencosim.calibration.history import Setting, schools_of
from sencosim.calibration.published import published
from sencosim.evidence.base_year import TIMES
from sencosim.evidence.councils import LAST_YEAR, column, councils_of, load_councils
from sencosim.evidence.register import load_register
from sencosim.population.synthetic import synthetic_england
from sencosim.units import PHASES

DECIDED_SHARE, PANDEMIC_WEIGHT, DISCREPANCY = TIMES.decided_share, TIMES.pandemic_weight, TIMES.discrepancy
"""Requests decided by the end of the year; how many times wider 2020 and 2021 are; standard deviation by quantity."""
SCHOOL_AGE = load_register().number("special_school_age_share")
"""Assumed share of special placements in Reception to Year 11."""
SHARES = ("refused_of_decided", "on_time_share")


def pupils(phase: int, january: int) -> float:
    """Pupils of a phase in a January, held at the last year published. [pupils]."""
    for year in range(min(january, TIMES.counted_january), 2017, -1):
        found = published("pupils", f"state_{PHASES[phase]}", "school_year", year - 1)
        if found is not None:
            return found
    raise KeyError(f"No pupils are published for January {january}.")


def stock(need: str, phase: int, january: int) -> float | None:
    """Pupils of a phase (0 primary, 1 secondary) with ``ehcp`` or ``sen_support`` in the January of a year. [pupils].

    A share of all pupils with that need, or a rounded share of pupils.
    """
    name = f"state_funded_{PHASES[phase]}"
    everybody = {"ehcp": "pupils_with_ehcp", "sen_support": "pupils_sen_support"}[need]
    share = published(f"{need}_pupil_share_by_school_type", name, "school_year", january - 1)
    total = published(everybody, "all_schools", "january", january)
    if share is not None and total is not None:
        return share / 100.0 * total
    rounded = published(f"{everybody}_share", f"state_{PHASES[phase]}", "january", january)
    return None if rounded is None else rounded / 100.0 * pupils(phase, january)


# -- what is aimed at -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Target:
    """One figure to aim at."""

    key: str  # quantity and year of the model
    value: float  # in the model's scale: logarithm of a count, log odds of a share
    sd: float  # standard deviation, discrepancy and all


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
    """Targets of flows of these calendar years, and of Januaries from ``first`` to one after ``last``."""
    return tuple(_targets(sample_offsets(setting), first, last))


def _targets(offsets: dict[str, float], first: int, last: int) -> Iterator[Target]:
    for year in range(first, last + 1):
        wide = PANDEMIC_WEIGHT if year in (2020, 2021) else 1.0
        for quantity, value in _flows(year):
            aim = scaled(quantity, value) - offsets[quantity]
            yield Target(f"{quantity}@{year}", aim, wide * DISCREPANCY[quantity])
    for year in range(first, last + 2):
        for quantity, found in _stocks(year):
            if found is not None:
                yield Target(f"{quantity}@{year}", math.log(found) - offsets[quantity], DISCREPANCY[quantity])


def _flows(year: int) -> Iterator[tuple[str, float]]:
    def of(series: str, breakdown: str = "all") -> float:
        found = published(series, breakdown, "calendar", year)
        if found is None:
            raise KeyError(f"{series} of {year} is not published.")
        return found

    yield "requests", of("ehcp_initial_requests")
    yield "refused_of_decided", of("ehcp_refused_share") / 100.0 / DECIDED_SHARE
    yield "new_plans", of("ehcp_new_plans")
    yield "on_time_share", of("ehcp_issued_within_20_weeks_share", "excluding_exceptions") / 100.0


def _stocks(january: int) -> Iterator[tuple[str, float | None]]:
    for phase, name in enumerate(PHASES):
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
    for phase, name in enumerate(PHASES):
        here, there = sample.phase == phase, england.phase == phase
        for quantity, need in (("support", "sen_support"), ("plans", "ehc_plans")):
            ours = float((getattr(sample, need)[here] * weight[here]).sum())
            offsets[f"{quantity}_{name}"] = math.log(float(getattr(england, need)[there].sum()) / ours)
    weights = dict(zip(sample.council.tolist(), sample.council_weight.tolist(), strict=True))
    year = LAST_YEAR if setting.start >= LAST_YEAR - 2 else setting.start + 1
    plans = np.nan_to_num(column("plans_without_exceptions", year))
    requests = np.array([float(council.requests) for council in councils_of(year)])
    offsets["refused_of_decided"] = _share_offset("refused_of_decided", "refused_share", requests, weights, year)
    offsets["on_time_share"] = _share_offset("on_time_share", "issued_in_20_weeks_share", plans, weights, year)
    special = [float(council.plans_state_special or 0.0) for council in load_councils()]
    offsets["special"] = math.log(sum(special) / sum(special[i] * w for i, w in weights.items()))
    return offsets


def _share_offset(quantity: str, field: str, size: np.ndarray, weights: dict[int, float], year: int) -> float:
    """England's share less that of the sampled councils, by their weights; councils count by ``size``."""
    shares = np.array([getattr(council, field) or 0.0 for council in councils_of(year)])
    england = float((shares * size).sum() / size.sum())
    ours = sum(shares[i] * size[i] * w for i, w in weights.items()) / sum(size[i] * w for i, w in weights.items())
    return scaled(quantity, england) - scaled(quantity, float(ours))
