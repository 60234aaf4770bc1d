"""A team with parallel slots, against queueing theory."""

from __future__ import annotations

import numpy as np
import pytest
import simpy
from sencosim.engine.reference.station import Station
from sencosim.engine.reference.world import World

from sencosim.randomness import uniform
from sencosim.rules.chance import exponential_threshold
from sencosim.vocabulary import STREAM, Event


class Clock:
    """As much of the world as a station sees."""

    waiting = World.waiting
    at = World.at

    def __init__(self) -> None:
        self.env = simpy.Environment()

    @property
    def now(self) -> int:
        return self.env._now


def _served(arrivals, weeks, slots, units=1):
    """Arrival, start and end of each case. [minutes]"""
    clock = Clock()
    station = Station(clock, 1, Event.SLOT_TAKEN, slots)
    found = {}

    def case(number, arrival):
        yield clock.waiting(arrival, Event.REQUEST_DECIDED, number)
        yield from station.serve(arrival, number, units, weeks, Event.ADVICE_DONE)
        length = int(np.ceil(weeks * units / min(units, slots) * 10080))
        found[number] = (arrival, clock.now - length, clock.now)

    for number, arrival in enumerate(arrivals):
        clock.env.process(case(number, arrival))
    clock.env.run()
    assert station.in_hand == station.units_waiting == 0
    return np.array([found[number] for number in range(len(arrivals))])


def _poisson(n, per_week):
    gaps = [exponential_threshold(uniform(3, 0, STREAM["bootstrap"], 1, i)) / per_week * 10080 for i in range(n)]
    return np.maximum.accumulate(np.cumsum(gaps).astype(int)).tolist()


@pytest.mark.study
@pytest.mark.parametrize("load", [0.5, 0.7])
def test_one_slot_waits_as_the_closed_form_of_m_d_1_says(load):
    served = _served(_poisson(30_000, load), 1.0, 1)
    wait = (served[:, 1] - served[:, 0]).mean() / 10080
    assert wait == pytest.approx(load / (2.0 * (1.0 - load)), rel=0.06)


@pytest.mark.property
@pytest.mark.parametrize("slots", [1, 3])
def test_littles_law_holds_exactly_from_empty_to_empty(slots):
    served = _served(_poisson(400, 0.8 * slots), 1.0, slots)
    steps = sorted([(t, 1) for t in served[:, 0]] + [(t, -1) for t in served[:, 2]])
    area = sum(
        (later[0] - now[0]) * number
        for now, later, number in zip(steps, steps[1:], np.cumsum([s[1] for s in steps]), strict=False)
    )
    assert area == (served[:, 2] - served[:, 0]).sum()
    in_service = [(served[:, 1] <= t) & (t < served[:, 2]) for t in served[:, 1]]
    assert max(mask.sum() for mask in in_service) <= slots


@pytest.mark.property
def test_served_in_order_of_date():
    served = _served(_poisson(300, 2.5), 1.0, 2)
    assert (np.diff(served[:, 1]) >= 0).all()


@pytest.mark.property
def test_a_case_that_stands_for_several_takes_their_slots_or_all_of_them_for_longer():
    alone = _served([0, 0, 0], 2.0, 4, units=2)
    assert sorted(alone[:, 1] // 10080) == [0, 0, 2]
    crowded = _served([0, 0], 2.0, 2, units=4)
    assert sorted(crowded[:, 2] // 10080) == [4, 8]
