"""A team with parallel slots, against queueing theory: a council's drafters, and requests that join them."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from engine.small_worlds import HARTLEPOOL, schools_of, small_inputs

from sencosim.arms.inputs import Inputs
from sencosim.engine.binding import bind
from sencosim.engine.mechanisms import basics, council
from sencosim.engine.mechanisms.text import TEXT
from sencosim.engine.simpy.run import Scheduler
from sencosim.randomness import uniform
from sencosim.rules.chance import exponential_threshold
from sencosim.units import MINUTES_PER_WEEK
from sencosim.vocabulary import STREAM, Event, order_key

DRAFTING = 1


@lru_cache(maxsize=1)
def inputs() -> Inputs:
    return small_inputs(schools_of(HARTLEPOOL, primary=1, secondary=0), years=1)


def drafted(arrivals: list[int], weeks: Callable[[float], float], slots: int, units: int = 1) -> np.ndarray:
    """Arrival, start and end of each request at the drafters. [minutes]

    ``weeks`` turns a request's uniform number into its time in hand with one slot for each case it stands for.
    """
    ends, in_hand = {}, {}
    scheduler = Scheduler(inputs())
    w = scheduler.w
    at, station = w.councils[0], w.stations[DRAFTING]
    station.slots = slots

    def quantile(_: Any, which: int, u: float) -> float:
        return weeks(u)

    def draw(_: Any, stream: int, entity: int, occurrence: int) -> float:
        return uniform(3, 0, STREAM["bootstrap"], 2, entity)

    def done(world: Any, of: Any, index: int) -> None:
        request = world.requests[index]
        ends[request.key] = world.now
        in_hand[request.key] = int(np.ceil(weeks(draw(w, 0, request.key, 0)) * units / request.held * MINUTES_PER_WEEK))
        council.drafting_done(world, of, index)

    given = {basics.quantile: quantile, basics.draw: draw, council.drafting_done: done}
    scheduler.text = SimpleNamespace(**bind(TEXT, given=given))

    def arrive(_: Any) -> None:
        w.now = scheduler.env.now
        index = scheduler.text.council.other_request_made(w, at, next(keys), w.now)
        w.requests[index].units = units
        scheduler.text.requests.wait_for_team(w, at, index, DRAFTING)

    keys = iter(range(len(arrivals)))
    for key, minute in enumerate(arrivals):
        scheduler.env.at(minute, order_key(Event.ADVICE_DONE, key)).callbacks.append(arrive)
    scheduler.env.run()
    assert station.in_hand == station.units_waiting == 0
    return np.array([(minute, ends[key] - in_hand[key], ends[key]) for key, minute in enumerate(arrivals)])


def _poisson(n: int, per_week: float) -> list[int]:
    gaps = [exponential_threshold(uniform(3, 0, STREAM["bootstrap"], 1, i)) / per_week for i in range(n)]
    return (np.cumsum(gaps) * MINUTES_PER_WEEK).astype(int).tolist()


def _weeks_waited(served: np.ndarray) -> float:
    return float((served[:, 1] - served[:, 0]).mean() / MINUTES_PER_WEEK)


@pytest.mark.study
@pytest.mark.parametrize("load", [0.5, 0.7])
def test_one_slot_waits_as_the_closed_form_of_m_d_1_says(load):
    served = drafted(_poisson(30_000, load), lambda _: 1.0, 1)
    assert _weeks_waited(served) == pytest.approx(load / (2.0 * (1.0 - load)), rel=0.06)


@pytest.mark.study
@pytest.mark.parametrize("load", [0.5, 0.8])
def test_one_slot_with_exponential_work_waits_as_m_m_1(load):
    served = drafted(_poisson(40_000, load), exponential_threshold, 1)
    assert _weeks_waited(served) == pytest.approx(load / (1.0 - load), rel=0.1)


@pytest.mark.property
@pytest.mark.parametrize("slots", [1, 3])
def test_littles_law_holds_exactly_from_empty_to_empty(slots):
    served = drafted(_poisson(400, 0.8 * slots), lambda _: 1.0, slots)
    steps = sorted([(t, 1) for t in served[:, 0]] + [(t, -1) for t in served[:, 2]])
    area = sum(
        (later[0] - now[0]) * number
        for now, later, number in zip(steps, steps[1:], np.cumsum([s[1] for s in steps]), strict=False)
    )
    assert area == (served[:, 2] - served[:, 0]).sum()
    in_service = [(served[:, 1] <= t) & (t < served[:, 2]) for t in served[:, 1]]
    assert max(mask.sum() for mask in in_service) == slots


@pytest.mark.property
def test_served_in_order_of_date():
    served = drafted(_poisson(300, 2.5), lambda _: 1.0, 2)
    assert (np.diff(served[:, 1]) >= 0).all()
    assert (served[:, 1] > served[:, 0]).any()


@pytest.mark.property
def test_a_case_that_stands_for_several_takes_their_slots_or_all_of_them_for_longer():
    alone = drafted([0, 0, 0], lambda _: 2.0, 4, units=2)
    assert sorted(alone[:, 1] // MINUTES_PER_WEEK) == [0, 0, 2]
    crowded = drafted([0, 0], lambda _: 2.0, 2, units=4)
    assert sorted(crowded[:, 2] // MINUTES_PER_WEEK) == [4, 8]
