"""M10: what one avoided state placement is worth."""

from __future__ import annotations

from functools import lru_cache

import pytest
from engine.small_worlds import HARTLEPOOL, chain, plain_world, schools_of, small_inputs
from hypothesis import given, settings
from hypothesis import strategies as st

from sencosim.arms.inputs import Inputs
from sencosim.engine.mechanisms.places import begin_year_of_places, decide, vacant
from sencosim.vocabulary import COLUMN

pytestmark = pytest.mark.property

NO_OVER_CAPACITY = {
    "special_over_capacity_share": 0.0,
    "state_place_growth": 0.0,
    "independent_phase_transfer_return": 0.0,
    "state_special_leaving_rate": 0.0,
    "independent_leaving_rate": 0.0,
}
KINDS = ("state_special", "over_capacity", "independent_special", "waiting_special")


@lru_cache(maxsize=1)
def inputs() -> Inputs:
    return small_inputs(schools_of(HARTLEPOOL, primary=1, secondary=1), changes=NO_OVER_CAPACITY, years=2)


def _decide(free: int, deciding: list[int], *, leavers: int = 0):
    """Starts and waits that a list of decisions leads to; then, at the turn of the year, some leave."""
    w = plain_world(inputs())
    council = w.councils[0]
    council.state = [0.0] * 11 + [float(leavers)]
    council.over, council.independent = [0.0] * 12, [0.0] * 12
    council.capacity = float(free + leavers)

    def starts(kind: str) -> int:
        return w.pages[council.cell * w.n_quantities + COLUMN[f"starts.{kind}"]]

    for key in deciding:
        decide(w, council, -1, key, 3, 1.0, 0)
    started = {kind: starts(kind) for kind in KINDS}
    assert len(chain(w, council.wait_head)) == started["waiting_special"]
    assert sum(council.independent) == started["independent_special"]
    begin_year_of_places(w, council)
    return started, len(chain(w, council.wait_head)), starts("state_special"), council


@settings(max_examples=60)
@given(st.integers(0, 6), st.integers(1, 20), st.data())
def test_avoiding_one_placement_where_there_is_a_queue_removes_one_independent_start_or_one_wait(free, n, data):
    keys = [1000 + i for i in range(n)]
    avoided = data.draw(st.sampled_from(keys))
    before = _decide(free, keys)[0]
    after = _decide(free, [key for key in keys if key != avoided])[0]
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
    started, still_waiting, state_starts, council = _decide(0, [2000 + i for i in range(n)], leavers=leavers)
    assert still_waiting == max(0, started["waiting_special"] - leavers)
    assert state_starts == started["waiting_special"] - still_waiting
    assert vacant(council) >= -1e-6
    assert still_waiting == 0 or vacant(council) < 1.0


@settings(max_examples=40)
@given(st.integers(0, 30), st.integers(1, 30))
def test_everyone_is_placed_or_waits(free, n):
    started, waiting, _, council = _decide(free, [3000 + i for i in range(n)])
    assert sum(council.state) + sum(council.over) + sum(council.independent) + waiting == n
    assert started["state_special"] == min(free, n)


@settings(max_examples=40)
@given(st.integers(1, 9), st.integers(1, 20))
def test_nobody_takes_a_state_place_while_somebody_waits_who_needs_more_than_is_free(free, n):
    """In a sample one pupil may stand for several."""
    w = plain_world(inputs())
    w.special_independent_share = 0.0
    council = w.councils[0]
    council.state, council.capacity = [0.0] * 12, float(free)
    decide(w, council, -1, 4000, 3, free + 1.0, 0)
    for key in range(4001, 4001 + n):
        decide(w, council, -1, key, 3, 1.0, 0)
    assert [node.order for node in chain(w, council.wait_head)] == list(range(4000, 4001 + n))
    assert vacant(council) == free
