"""Fit each council's requests, refusals, appeals and team, so that a council in the model is like itself.

The national calibration says how much there is in England; this says where. The baseline is run for all schools, read
off council by council, and set beside what was published for calendar 2024. What a council lies off England's own gap
is pulled in by how little its counts say (:mod:`sencosim.evidence.pooling`) and kept as its level. The runs are made
again with the levels, three times in all.

Then its team. Half of what a council lies below the statutory limit is put down to advice that comes late (an
assumption, and never more than :data:`MOST_LATE` of assessments), and the rest to waiting: its own staff is set by
bisection, all councils side by side, so that the share within 20 weeks of calendar 2023 is the published one, pooled.
The figures of 2024 are not used: the structure tests hold the model against them.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass, fields, replace
from pathlib import Path

import numpy as np

from sencosim.arms.inputs import FloatArray
from sencosim.arms.prepare import Draw, make_inputs
from sencosim.calibration.history import APPEALS, ON_TIME, PLANS, REFUSED, REQUESTS, Setting, evidence_of
from sencosim.calibration.parameters import significant
from sencosim.engine.choose import engine_named
from sencosim.evidence.base_year import BASE_YEAR
from sencosim.evidence.councils import (
    LEVELS_FILE,
    TIMELINESS_YEAR,
    CouncilLevel,
    column,
    councils_of,
    load_council_levels,
    load_councils,
)
from sencosim.evidence.pooling import pooled
from sencosim.evidence.register import evidence_folder
from sencosim.population.synthetic import synthetic_england
from sencosim.units import TERMS_PER_YEAR
from sencosim.vocabulary import COLUMN

START, YEARS, FITTED_YEAR = BASE_YEAR - 2, 3, BASE_YEAR
ROUNDS, BISECTIONS, REPLICATIONS = 3, 7, 2
CAPACITY_LIMITS = (0.7, 1.45)
"""Of a council's own staff, relative to what its published flow asks for."""
MOST_LATE, LATE_PART = 0.3, 0.5
PROMPT = 0.97
"""Share within 20 weeks of a council where nothing waits and no advice is late."""
LEVEL_LIMITS = (0.25, 4.0)
"""Of requests and appeals relative to England: beyond, a count is a matter of definition and not of degree."""
SHIFT_LIMITS = (-1.5, 1.5)


@dataclass(frozen=True)
class Counted:
    """What each council did in calendar 2024 in the model. [counts, shape (n_councils,)]."""

    requests: FloatArray
    other_requests: FloatArray
    decisions: FloatArray
    refused: FloatArray
    appeals: FloatArray
    plans: FloatArray
    on_time: FloatArray


def fit_councils(told: Callable[[str], None]) -> list[CouncilLevel]:
    """Levels of all councils at the registers as they are now, written where runs find them."""
    evidence = evidence_of(Setting(START))
    levels = [load_council_levels().get(council.la_code, CouncilLevel()) for council in load_councils()]
    for number in range(1, ROUNDS + 1):
        told(f"councils: round {number} of {ROUNDS}")
        levels = moved(levels, count_councils(evidence, FITTED_YEAR))
        keep_levels(levels)
    levels = solve_teams(levels, evidence, told)
    keep_levels(levels)
    return levels


def keep_levels(levels: Sequence[CouncilLevel]) -> None:
    """Write the levels where runs find them."""
    write_levels(levels)
    load_council_levels.cache_clear()


def late_advice_levels(on_time: FloatArray, plans: FloatArray) -> FloatArray:
    """Assessments held up by late advice relative to England's share, by the share of plans within 20 weeks.

    [ratio, mean 1 over new plans, shape (n,)]

    Examples
    --------
    >>> late_advice_levels(np.array([0.97, 0.57, 0.01]), np.array([1.0, 1.0, 1.0])).round(2).tolist()
    [0.0, 1.2, 1.8]
    """
    late = np.clip(LATE_PART * (PROMPT - on_time), 0.0, MOST_LATE)
    result: FloatArray = late / np.average(late, weights=plans)
    return result


def solve_teams(levels: Sequence[CouncilLevel], evidence: Draw, told: Callable[[str], None]) -> list[CouncilLevel]:
    """Own staff of each council at which it issues in time what it did in 2023. All are bisected side by side."""
    wanted = np.array([council.issued_in_20_weeks_share or 0.0 for council in councils_of(TIMELINESS_YEAR)])
    plans = np.nan_to_num(column("new_plans", TIMELINESS_YEAR))
    late = late_advice_levels(wanted, plans)
    low, high = (np.full(wanted.size, limit) for limit in CAPACITY_LIMITS)
    for number in range(1, BISECTIONS + 1):
        told(f"councils' teams: round {number} of {BISECTIONS}")
        middle = np.sqrt(low * high)
        keep_levels(with_teams(levels, late, middle))
        counted = count_councils(evidence, TIMELINESS_YEAR)
        enough = counted.on_time >= wanted * counted.plans
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return with_teams(levels, late, np.sqrt(low * high))


def with_teams(levels: Sequence[CouncilLevel], late: FloatArray, capacity: FloatArray) -> list[CouncilLevel]:
    """The same levels with other teams."""
    teams = zip(levels, late.tolist(), capacity.tolist(), strict=True)
    return [
        replace(level, late_advice=significant(of_advice), capacity=significant(of_staff))
        for level, of_advice, of_staff in teams
    ]


def count_councils(evidence: Draw, year: int) -> Counted:
    """Run the baseline for all schools through 2024, and add up a calendar year by council."""
    england, scenario = synthetic_england(), Setting(START).scenario
    total = np.zeros((len(load_councils()), len(COLUMN)))
    for replication in range(REPLICATIONS):
        inputs = make_inputs(england, scenario, evidence, seed=1, replication=replication, n_years=YEARS)
        tally = engine_named("compiled")(inputs).tally
        first = 1 + TERMS_PER_YEAR * (year - START - 1)
        of_year = tally[:, first : first + TERMS_PER_YEAR].sum(axis=1)
        codes = np.array([cell.la_code for cell in inputs.cells])
        for i, council in enumerate(load_councils()):
            total[i] += of_year[codes == council.la_code].sum(axis=0)
    total /= REPLICATIONS

    def of(*names: str) -> FloatArray:
        found: FloatArray = total[:, [COLUMN[name] for name in names]].sum(axis=1)
        return found

    return Counted(
        of(*REQUESTS), of("requests.exogenous"), of("decisions"), of(*REFUSED), of(*APPEALS), of(*PLANS), of(*ON_TIME)
    )


def moved(levels: Sequence[CouncilLevel], counted: Counted) -> list[CouncilLevel]:
    """Levels at which the next run comes nearer: ``counted`` came of a run with ``levels``."""
    requests = published("requests")
    mainstream = counted.requests - counted.other_requests
    wanted = requests / requests.sum() * counted.requests.sum() - counted.other_requests
    asked = _levels(np.array([one.requests for one in levels]), wanted, mainstream, requests)
    decided = published("requests_refused") + published("requests_agreed")
    refusals = _shifts(levels, published("requests_refused"), decided, counted)
    appeals = published("appeals_registered")
    appealed = _levels(np.array([one.appeals for one in levels]), appeals, counted.appeals, appeals)
    found = zip(levels, asked.tolist(), refusals.tolist(), appealed.tolist(), strict=True)
    return [
        replace(level, requests=significant(a), refusals=significant(b), appeals=significant(c))
        for level, a, b, c in found
    ]


def published(field: str) -> FloatArray:
    """A count of 2024 by council, NaN where none is published. [count, shape (n_councils,)]."""
    values = [getattr(council, field) for council in load_councils()]
    return np.array([np.nan if value is None else float(value) for value in values])


def _levels(now: FloatArray, wanted: FloatArray, found: FloatArray, cases: FloatArray) -> FloatArray:
    """Ratio of each council to England, pooled, in the logarithm."""
    known = (wanted > 0.0) & (found > 0.0) & ~np.isnan(wanted) & (cases > 0.0)
    ratio = np.log(np.where(known, wanted, 1.0) / np.where(known, found, 1.0))
    size = np.where(known, cases, 1.0)
    own = np.where(known, np.log(now) + ratio, 0.0)
    variance = np.where(known, 1.0 / size + 1.0 / np.maximum(1.0, REPLICATIONS * found), np.inf)
    result: FloatArray = np.clip(np.exp(pooled(own, variance)[1]), *LEVEL_LIMITS)
    at_one = np.where(known, found / now, 0.0)
    kept: FloatArray = result * (at_one.sum() / (result * at_one).sum())
    return kept


def _shifts(levels: Sequence[CouncilLevel], refused: FloatArray, decided: FloatArray, counted: Counted) -> FloatArray:
    """Shift of refusals of each council beside England's, pooled, in log odds."""
    known = ~np.isnan(refused) & (decided > 0.0) & (counted.decisions > 0.0)

    def log_odds(hits: FloatArray, cases: FloatArray) -> tuple[FloatArray, FloatArray]:
        hits, cases = np.where(known, hits, 1.0), np.where(known, cases, 2.0)
        return np.log((hits + 0.5) / (cases - hits + 0.5)), 1.0 / (hits + 0.5) + 1.0 / (cases - hits + 0.5)

    (wanted, doubt), (found, noise) = log_odds(refused, decided), log_odds(counted.refused, counted.decisions)
    now = np.array([one.refusals for one in levels])
    variance = np.where(known, doubt + noise / REPLICATIONS, np.inf)
    result: FloatArray = np.clip(pooled(now + wanted - found, variance)[1], *SHIFT_LIMITS)
    centred: FloatArray = result - np.average(result, weights=np.nan_to_num(decided))
    return centred


def write_levels(levels: Sequence[CouncilLevel], path: Path | None = None) -> None:
    """Keep the levels, one council a line."""
    target = evidence_folder() / LEVELS_FILE if path is None else path
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["la_code", *(field.name for field in fields(CouncilLevel))])
        for council, level in zip(load_councils(), levels, strict=True):
            writer.writerow([council.la_code, *astuple(level)])
