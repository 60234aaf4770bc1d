"""M10: what one avoided state placement is worth."""

from __future__ import annotations

from functools import lru_cache

import pytest
from engine.small_worlds import HARTLEPOOL, schools_of, small_inputs
from hypothesis import given, settings
from hypothesis import strategies as st
from sencosim.engine.reference.places import Places
from sencosim.engine.reference.run import build
from sencosim.engine.reference.world import Q

pytestmark = pytest.mark.property

NO_OVER_CAPACITY = {
    "special_over_capacity_share": 0.0,
    "state_place_growth": 0.0,
    "independent_phase_transfer_return": 0.0,
    "state_special_leaving_rate": 0.0,
    "independent_leaving_rate": 0.0,
}


@lru_cache(maxsize=1)
def _world():
    population = schools_of(HARTLEPOOL, primary=1, secondary=1)
    world = build(small_inputs(population, changes=NO_OVER_CAPACITY, years=2))
    world.begin_term(0)
    return world


def _decide(vacant: int, deciding: list[int], *, leavers: int = 0):
    """Starts and waits that a list of decisions leads to; then, at the turn of the year, some leave."""
    world = _world()
    council = world.councils[0]
    places = Places(world, council)
    places.state = [0.0] * 11 + [float(leavers)]
    places.independent = [0.0] * 12
    places.capacity = float(vacant + leavers)
    row = world.row(council.cell)
    row[:] = [0] * len(row)
    for key in deciding:
        places.decide(None, key, 3, 1.0)
    started = {
        name: row[Q[f"starts.{name}"]]
        for name in ("state_special", "over_capacity", "independent_special", "waiting_special")
    }
    assert len(places.waiting) == started["waiting_special"]
    assert sum(places.independent) == started["independent_special"]
    places.begin_year()
    return started, len(places.waiting), row[Q["starts.state_special"]], places


@settings(max_examples=60)
@given(st.integers(0, 6), st.integers(1, 20), st.data())
def test_avoiding_one_placement_where_there_is_a_queue_removes_one_independent_start_or_one_wait(vacant, n, data):
    keys = [1000 + i for i in range(n)]
    avoided = data.draw(st.sampled_from(keys))
    before = _decide(vacant, keys)[0]
    after = _decide(vacant, [key for key in keys if key != avoided])[0]
    queued = before["independent_special"] + before["waiting_special"]
    queued_after = after["independent_special"] + after["waiting_special"]
    assert sum(before.values()) == n
    assert before["over_capacity"] == 0
    if queued:
        assert queued - queued_after == 1
        assert before["state_special"] == after["state_special"]
    else:
        assert before["state_special"] - after["state_special"] == 1


@settings(max_examples=40)
@given(st.integers(1, 20), st.integers(0, 8))
def test_places_that_leavers_vacate_go_to_those_who_wait(n, leavers):
    started, still_waiting, state_starts, places = _decide(0, [2000 + i for i in range(n)], leavers=leavers)
    assert still_waiting == max(0, started["waiting_special"] - leavers)
    assert state_starts == started["waiting_special"] - still_waiting
    assert places.vacant >= -1e-6
    assert still_waiting == 0 or places.vacant < 1.0


@settings(max_examples=40)
@given(st.integers(0, 30), st.integers(1, 30))
def test_everyone_is_placed_or_waits(vacant, n):
    started, waiting, _, places = _decide(vacant, [3000 + i for i in range(n)])
    assert sum(places.state) + sum(places.over) + sum(places.independent) + waiting == n
    assert started["state_special"] == min(vacant, n)
