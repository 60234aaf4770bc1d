"""The steps of a term are one list, and each kind of event has one consequence: both schedulers run these."""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType, SimpleNamespace
from typing import Any

import pytest
from engine.small_worlds import BRACKNELL, HARTLEPOOL, plain_world, schools_of, small_inputs
from hypothesis import given
from hypothesis import strategies as st

from sencosim.arms.inputs import Inputs
from sencosim.engine.binding import bind
from sencosim.engine.compiled import run as windows
from sencosim.engine.mechanisms import order
from sencosim.engine.mechanisms.facts import REACHES
from sencosim.engine.mechanisms.order import Step, When, is_taken, number_of
from sencosim.engine.mechanisms.text import TEXT
from sencosim.engine.simpy.run import Scheduler
from sencosim.units import TERMS_PER_YEAR

Taken = list[tuple[int, int]]
"""Steps in the order in which they were taken: step, and which school or council."""
LAST = (Step.CLOSE_TERM, Step.POST_COUNTS)
"""What the end of the run still takes."""


@pytest.mark.unit
def test_every_step_has_facts_in_the_order_in_which_steps_are_taken():
    assert list(Step) == sorted(Step)
    words = [step.words for step in Step]
    assert all(words)
    assert len(set(words)) == len(words)


@pytest.mark.property
@given(st.sampled_from(Step), st.integers(0, 60))
def test_a_step_is_taken_when_its_facts_say(step, term):
    september, later = term % TERMS_PER_YEAR == 0, term > 0
    expected = {
        When.FIRST: term == 0,
        When.LATER: later,
        When.EVERY_TERM: True,
        When.SEPTEMBER: september,
        When.NEW_YEAR: september and later,
    }
    assert is_taken(step, term) == expected[step.when]


@pytest.mark.unit
def test_the_clock_turns_between_the_old_term_and_the_new_one():
    assert [step for step in Step if step < Step.TURN_CLOCK] == list(LAST)
    assert Step.TURN_CLOCK.when == When.EVERY_TERM


def _mechanisms() -> list[FunctionType]:
    """Functions of other modules that the order of things calls."""
    others = {module.__name__ for module in TEXT if module is not order}
    return [one for one in vars(order).values() if isinstance(one, FunctionType) and one.__module__ in others]


def _noting(called: list[str], name: str) -> Callable[..., None]:
    return lambda *_: called.append(name)


@pytest.mark.unit
def test_every_step_and_every_kind_of_event_brings_about_something_of_its_own():
    called: list[str] = []
    mechanisms = _mechanisms()
    listening = bind(TEXT, given={one: _noting(called, one.__name__) for one in mechanisms})["order"]
    w = plain_world(small_inputs(schools_of(HARTLEPOOL, primary=1, secondary=0), years=1))
    of_steps, of_events = [], []
    for step in Step:
        if step != Step.TURN_CLOCK:
            listening.take_step(w, int(step), 0)
            of_steps.append(tuple(called))
            called.clear()
    for kind in range(len(REACHES)):
        listening.happen(w, w.councils[0], kind, 0, 0, 0.0, 0)
        of_events.append(tuple(called))
        called.clear()
    assert len(set(of_steps)) == len(of_steps)
    assert all(len(names) == 1 for names in of_events)
    assert sorted(of_events).count(("school_asked",)) == 2  # for information, and for advice
    assert len(set(of_events)) == len(of_events) - 1
    assert {name for names in (*of_steps, *of_events) for name in names} == {one.__name__ for one in mechanisms}


@pytest.mark.unit
def test_a_step_or_an_event_without_a_branch_fails_loudly():
    w = plain_world(small_inputs(schools_of(HARTLEPOOL, primary=1, secondary=0), years=1))
    with pytest.raises(ValueError, match="no branch in take_step"):
        order.take_step(w, int(Step.TURN_CLOCK), 0)
    with pytest.raises(ValueError, match="no branch in happen"):
        order.happen(w, w.councils[0], len(REACHES), 0, 0, 0.0, 0)


def _expected(inputs: Inputs, world: Any) -> Taken:
    terms = [[step for step in Step if is_taken(step, term)] for term in range(inputs.n_years * TERMS_PER_YEAR)]
    taken = [step for steps in (*terms, LAST) for step in steps if step != Step.TURN_CLOCK]
    return [(int(step), at) for step in taken for at in range(number_of(step, world))]


@pytest.mark.engine
def test_both_schedulers_take_the_steps_of_the_list_in_its_order(monkeypatch):
    inputs = small_inputs(schools_of(HARTLEPOOL, BRACKNELL, primary=2, secondary=1), years=2)
    by_simpy, in_windows = [], []
    scheduler = Scheduler(inputs)

    def take_step(w: Any, step: int, at: int) -> None:
        by_simpy.append((step, at))
        order.take_step(w, step, at)

    own = scheduler.text
    steps = SimpleNamespace(take_step=take_step, happen=order.happen)
    scheduler.text = SimpleNamespace(order=steps, post=own.post, year=own.year)
    scheduler.run()
    text = windows.text(is_compiled=False)

    def run_step(world: Any, step: int, first: int, end: int) -> int:
        place = text.run_step(world, step, first, end)
        in_windows.extend((step, at) for at in range(first, end if place < 0 else place))
        return int(place)

    listening = SimpleNamespace(run_step=run_step, run_window=text.run_window, count_stocks=text.count_stocks)
    monkeypatch.setattr(windows, "text", lambda _: listening)
    windows.simulate(inputs, is_compiled=False)
    assert by_simpy == in_windows == _expected(inputs, scheduler.w)
