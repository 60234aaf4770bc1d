"""The compiled scheduler: one arm of one replication, window by window."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sencosim.arms.inputs import Inputs
from sencosim.arms.replaceable import refuse_replaced
from sencosim.engine import handle
from sencosim.engine.binding import bind
from sencosim.engine.compiled import calendar, room, step
from sencosim.engine.compiled.build import PlainState, State
from sencosim.engine.compiled.memory import COMPILES, entry, fast, row, world_finder
from sencosim.engine.mechanisms.order import Step, is_taken, number_of
from sencosim.engine.mechanisms.text import TEXT
from sencosim.engine.outcome import Outcome
from sencosim.engine.rates import begin_term
from sencosim.engine.records import ITEMS, TRACED, WORLD
from sencosim.units import CENSUS_WEEK, MINUTES_PER_WEEK, TERMS_PER_YEAR, term_start

GIVEN: dict[Any, Any] = {
    handle.schedule: calendar.schedule,
    handle.ring: room.ring,
    handle.take: room.take,
    handle.give: room.give,
    handle.new_roster: room.new_roster,
    handle.need_reviews: room.need_reviews,
    handle.sort: room.sort,
    handle.note: room.note,
}
"""What this scheduler gives to the mechanisms."""


@lru_cache(maxsize=2)
def text(is_compiled: bool) -> Any:
    """The mechanisms and this scheduler, compiled or not. Compiled entry points are kept on disk."""
    modules, given = [*TEXT, room, calendar, step], dict(GIVEN)
    if not is_compiled:
        return bind(modules, given=given)["step"]
    given |= {handle.world_at: world_finder(WORLD.layout, ITEMS), handle.row: row}
    return bind(modules, given=given, wrap=lambda one: entry(one) if hasattr(one, "is_entry") else fast(one))["step"]


def simulate(inputs: Inputs, *, is_compiled: bool = True) -> Outcome:
    """Run one arm of one replication from the first 1 September to the end of the last year.

    Parameters
    ----------
    inputs : arrays and numbers; see :mod:`sencosim.arms.prepare`.
    is_compiled : without it the same windows run over lists of objects: slowly, for tests, and wherever numba is told
        not to compile.
    """
    refuse_replaced(inputs.mechanisms)
    state = State(inputs) if is_compiled and COMPILES else PlainState(inputs)
    _run_terms(state, 0, inputs.n_years * TERMS_PER_YEAR)
    return _end(state)


def simulate_arms(base: Inputs, policy: Inputs) -> tuple[Outcome, Outcome]:
    """Run the baseline and a policy that begins in some year; the years before it, which they share, only once.

    Parameters
    ----------
    base, policy : of the same schools, draw and replication, over the same years.
    """
    if base.policy.first_year < base.n_years or not COMPILES:  # something acts in both arms, or lists have no branch
        return simulate(base), simulate(policy)
    refuse_replaced(base.mechanisms)
    refuse_replaced(policy.mechanisms)
    shared = min(policy.policy.first_year, policy.n_years) * TERMS_PER_YEAR
    state = State(base)
    _run_terms(state, 0, shared)
    other = state.branch(policy)
    _run_terms(state, shared, base.n_years * TERMS_PER_YEAR)
    first = _end(state)
    del state
    _run_terms(other, shared, policy.n_years * TERMS_PER_YEAR)
    return first, _end(other)


def _run_terms(state: State, first: int, end: int) -> None:
    world = state.world
    for term in range(first, end):
        _begin_term(state, term)
        census = term_start(term - term % TERMS_PER_YEAR) + CENSUS_WEEK * MINUTES_PER_WEEK
        start, stop = term_start(term), term_start(term + 1)
        if start <= census < stop:
            _advance(state, start, census + 1)
            world["now"] = census
            text(state.is_compiled).count_stocks(state.address)
            start = census + 1
        _advance(state, start, stop)


def _begin_term(state: State, term: int) -> None:
    _turn_clock(state, term)
    for one in Step:
        if one == Step.TURN_CLOCK:
            begin_term(state.world, state.inputs, term)
            state.turn_reviews()
        elif is_taken(one, term):
            _take(state, one)


def _turn_clock(state: State, term: int) -> None:
    world = state.world
    world["now"] = world["window_end"] = term_start(term)
    while world["tracing"] and int(world["room_traced"]) - int(world["n_traced"]) < 8 * state.inputs.n_schools + 64:
        state.grow_trace()


def _take(state: State, one: Step) -> None:
    """Take a step until all have taken it, giving it room when it asks."""
    end = number_of(one, state.world)
    place = text(state.is_compiled).run_step(state.address, int(one), 0, end)
    while place >= 0:
        state.grow()
        place = text(state.is_compiled).run_step(state.address, int(one), place, end)


def _advance(state: State, start: int, end: int) -> None:
    """Windows no longer than anything takes that one part of the country tells another."""
    while start < end:
        window = int(state.world["window"])
        stop = min(end, (start // window + 1) * window)
        place = text(state.is_compiled).run_window(state.address, 0, start, stop)
        while place >= 0:
            state.grow()
            place = text(state.is_compiled).run_window(state.address, place, start, stop)
        start = stop


def _end(state: State) -> Outcome:
    """Close the last term; what the run yields."""
    _turn_clock(state, state.inputs.n_years * TERMS_PER_YEAR)
    for last in (Step.CLOSE_TERM, Step.POST_COUNTS):
        _take(state, last)
    found = state.kept["traced"][: int(state.world["n_traced"])]
    fields = [one.name for one in TRACED.fields]
    trace: Any = (tuple(int(event[name]) for name in fields) for event in found)
    return Outcome.of(state.inputs, state.kept, tuple(sorted(trace)))
