"""Levels of councils: what they do to the next run, and what they leave alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sencosim.calibration.by_council import (
    CAPACITY_LIMITS,
    Counted,
    late_advice_levels,
    moved,
    published,
    with_teams,
    write_levels,
)
from sencosim.evidence.councils import AS_ENGLAND, CouncilLevel, load_council_levels, load_councils

pytestmark = pytest.mark.unit

N = len(load_councils())
MANY = 1e4
"""Times as many cases as there are: then nothing is pulled in by pooling."""


def like_published(**changed: np.ndarray) -> Counted:
    """Councils of a model that does what was published, England over."""
    requests, refused = published("requests"), published("requests_refused")
    decided = refused + published("requests_agreed")
    appeals = np.nan_to_num(published("appeals_registered"), nan=1.0)
    made = Counted(requests, 0.3 * requests, decided, refused, appeals, 0.7 * requests, 0.3 * requests)
    return replace(made, **changed)


def test_a_model_that_does_what_was_published_keeps_its_levels() -> None:
    again = moved([AS_ENGLAND] * N, like_published())

    known = [i for i, council in enumerate(load_councils()) if council.appeals_registered]
    assert np.allclose([level.requests for level in again], 1.0, atol=1e-3)
    assert np.allclose([level.refusals for level in again], 0.0, atol=0.01)
    assert np.allclose([again[i].appeals for i in known], 1.0, atol=0.02)


@pytest.mark.parametrize("factor", [0.6, 1.5])
def test_a_council_with_too_few_requests_is_given_more_and_one_with_too_many_fewer(factor: float) -> None:
    kent = [council.name for council in load_councils()].index("Kent")
    requests = published("requests")
    mainstream = 0.7 * requests
    mainstream[kent] *= factor

    level = moved([AS_ENGLAND] * N, like_published(requests=mainstream + 0.3 * requests))[kent]

    assert level.requests == pytest.approx(1.0 / factor, rel=0.08)


def test_levels_leave_the_total_of_england_alone() -> None:
    chance = np.where(np.arange(N) % 3, 1.4, 0.7)
    requests = published("requests")
    counted = like_published(requests=0.7 * requests * chance + 0.3 * requests)

    levels = np.array([level.requests for level in moved([AS_ENGLAND] * N, counted)])

    mainstream = counted.requests - counted.other_requests
    assert (levels * mainstream).sum() == pytest.approx(mainstream.sum(), rel=1e-3)


def test_small_councils_are_pulled_to_england() -> None:
    scilly, kent = ([council.name for council in load_councils()].index(name) for name in ("Isles of Scilly", "Kent"))
    requests = published("requests")
    counted = like_published(requests=(0.7 * np.where(np.arange(N) % 2, 1.3, 0.8) + 0.3) * requests)

    levels = [abs(np.log(level.requests)) for level in moved([AS_ENGLAND] * N, counted)]

    assert levels[scilly] < levels[kent]


def test_late_advice_is_england_on_average_and_least_where_plans_are_in_time() -> None:
    on_time, plans = np.linspace(0.0, 1.0, 50), np.linspace(10.0, 500.0, 50)

    levels = late_advice_levels(on_time, plans)

    assert np.average(levels, weights=plans) == pytest.approx(1.0)
    assert (np.diff(levels) <= 0.0).all()
    assert levels[-1] == 0.0


def test_what_ships_has_every_council_and_keeps_to_its_limits(tmp_path: Path) -> None:
    levels = load_council_levels()

    assert sorted(levels) == sorted(council.la_code for council in load_councils())
    assert all(CAPACITY_LIMITS[0] <= level.capacity <= CAPACITY_LIMITS[1] for level in levels.values())

    write_levels(list(levels.values()), tmp_path / "councils.csv")
    assert (tmp_path / "councils.csv").read_text().count("\n") == N + 1


def test_teams_change_nothing_else() -> None:
    level = CouncilLevel(requests=1.2, refusals=0.3, appeals=0.8)

    (team,) = with_teams([level], np.array([1.5]), np.array([0.9]))

    assert team == replace(level, late_advice=1.5, capacity=0.9)
