"""The compiled scheduler: one arm of one replication, window by window."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from sencosim.arms.inputs import Inputs
from sencosim.arms.replaceable import refuse_replaced
from sencosim.compilation.functions import COMPILES
from sencosim.engine import handle
from sencosim.engine.binding import bind
from sencosim.engine.compiled import calendar, room, step
from sencosim.engine.compiled.build import PlainState, State
from sencosim.engine.compiled.memory import entry, fast, row, world_finder
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
    handle.new_filing: room.new_filing,
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

    If it is not compiled, the same windows run over lists of objects: slowly, for tests, and wherever compilation is
    switched off.
    """
    refuse_replaced(inputs.mechanisms)
    state = State(inputs) if is_compiled and COMPILES else PlainState(inputs)
    _run_terms(state, 0, inputs.n_years * TERMS_PER_YEAR)
    return _end(state)


def simulate_and_fork(inputs: Inputs, year: int) -> tuple[Outcome, State | None]:
    """Run a no-policy arm, and keep the state from which policy arms go on; ``None`` where lists have no branch.

    ``year`` is the first of policy, counted from the start of the run; the number of years if there is none.
    """
    state = state_at(inputs, year)
    if state is None:
        return simulate(inputs), None
    fork = state.branch(inputs)
    _run_terms(state, year * TERMS_PER_YEAR, inputs.n_years * TERMS_PER_YEAR)
    return _end(state), fork


def state_at(inputs: Inputs, year: int) -> State | None:
    """State of a no-policy arm at the first year of policy; none without a policy, or where lists have no branch."""
    if not COMPILES or year >= inputs.n_years:
        return None
    refuse_replaced(inputs.mechanisms)
    state = State(inputs)
    _run_terms(state, 0, year * TERMS_PER_YEAR)
    return state


def go_on(fork: State, year: int, inputs: Inputs) -> Outcome:
    """Run a policy arm from the state of :func:`simulate_and_fork`, which stays as it is, at the first policy year."""
    refuse_replaced(inputs.mechanisms)
    state = fork.branch(inputs)
    _grow_until_done(state, lambda place: text(True).adopt_requests(state.address, place))
    _run_terms(state, year * TERMS_PER_YEAR, inputs.n_years * TERMS_PER_YEAR)
    return _end(state)


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
    """Take a step until all have taken it."""
    end = number_of(one, state.world)
    _grow_until_done(state, lambda place: text(state.is_compiled).run_step(state.address, int(one), place, end))


def _advance(state: State, start: int, end: int) -> None:
    """Windows no longer than anything takes that one part of the country tells another."""
    while start < end:
        window = int(state.world["window"])
        stop = min(end, (start // window + 1) * window)
        _run_window(state, start, stop)
        start = stop


def _run_window(state: State, start: int, stop: int) -> None:
    _grow_until_done(state, lambda place: text(state.is_compiled).run_window(state.address, place, start, stop))


def _grow_until_done(state: State, call: Callable[[int], int]) -> None:
    """Call what returns who is short of room, or -1 when it is done, and give room until it is."""
    place = call(0)
    while place >= 0:
        state.grow()
        place = call(place)


def _end(state: State) -> Outcome:
    """Close the last term; what the run yields."""
    _turn_clock(state, state.inputs.n_years * TERMS_PER_YEAR)
    for last in (Step.CLOSE_TERM, Step.POST_COUNTS):
        _take(state, last)
    found = state.kept["traced"][: int(state.world["n_traced"])]
    fields = [one.name for one in TRACED.fields]
    trace: Any = (tuple(int(event[name]) for name in fields) for event in found)
    kept = state.kept | {"filings": state.kept["filings"][: int(state.world["n_filings"])]}
    return Outcome.of(state.inputs, kept, tuple(sorted(trace)))
