"""The compiled engine: one arm of one replication, window by window."""

from __future__ import annotations

from collections.abc import Callable

from sencosim.engine.compiled import boundary
from sencosim.engine.compiled.build import State
from sencosim.engine.compiled.memory import forget_addresses
from sencosim.engine.compiled.posting import post
from sencosim.engine.compiled.rates import set_year_rates
from sencosim.engine.compiled.sharing import Clusters
from sencosim.engine.compiled.step import run_window
from sencosim.engine.inputs import Inputs
from sencosim.engine.mechanisms import refuse_replaced
from sencosim.engine.outcome import Outcome
from sencosim.units import (
    CENSUS_WEEK,
    MINUTES_PER_WEEK,
    TERMS_PER_YEAR,
    term_end,
    term_start,
)


def simulate(inputs: Inputs) -> Outcome:
    """Run one arm of one replication from the first 1 September to the end of the last year.

    Parameters
    ----------
    inputs
        Arrays and numbers; see :mod:`sencosim.engine.prepare`.
    """
    refuse_replaced(inputs.mechanisms)
    state = State(inputs)
    try:
        _run(state, Clusters(inputs))
        return _outcome(state)
    finally:
        forget_addresses()


def simulate_arms(base: Inputs, policy: Inputs) -> tuple[Outcome, Outcome]:
    """Run the baseline and a policy that begins in some year; the years before it, which they share, only once.

    Parameters
    ----------
    base, policy
        Of the same schools, draw and replication, over the same years.
    """
    if base.policy.first_year < base.n_years:  # something acts in both arms: they may share nothing
        return simulate(base), simulate(policy)
    refuse_replaced(base.mechanisms)
    refuse_replaced(policy.mechanisms)
    shared = min(policy.policy.first_year, policy.n_years) * TERMS_PER_YEAR
    state = State(base)
    try:
        _begin(state)
        _run_terms(state, Clusters(base), 0, shared)
        other = state.branch(policy)
        _run_terms(state, Clusters(base), shared, base.n_years * TERMS_PER_YEAR)
        _end(state)
        first = _outcome(state)
        del state
        _run_terms(other, Clusters(policy), shared, policy.n_years * TERMS_PER_YEAR)
        _end(other)
        return first, _outcome(other)
    finally:
        forget_addresses()


def _run(state: State, clusters: Clusters) -> None:
    _begin(state)
    _run_terms(state, clusters, 0, state.inputs.n_years * TERMS_PER_YEAR)
    _end(state)


def _begin(state: State) -> None:
    set_year_rates(state.world, state.inputs, 0)
    _over(state, boundary.admit_stock)


def _run_terms(state: State, clusters: Clusters, first: int, end: int) -> None:
    world = state.world
    for term in range(first, end):
        _begin_term(state, clusters, term)
        if term == 0:
            _over(state, boundary.begin_councils)
        census = term_start(term - term % TERMS_PER_YEAR) + CENSUS_WEEK * MINUTES_PER_WEEK
        start, stop = term_start(term), term_start(term + 1)
        if start <= census < stop:
            _advance(state, start, census + 1)
            world["now"] = census
            boundary.take_census(state.address)
            start = census + 1
        _advance(state, start, stop)


def _end(state: State) -> None:
    state.world["now"] = state.world["window_end"] = term_start(state.inputs.n_years * TERMS_PER_YEAR)
    _make_room_for_trace(state)
    boundary.close_terms(state.address)
    post(state.address)


def _over(state: State, entry: Callable[[int, int], int]) -> None:
    """Call an entry point until it has been through, giving it room when it asks."""
    place = entry(state.address, 0)
    while place >= 0:
        state.grow()
        place = entry(state.address, place)


def _advance(state: State, start: int, end: int) -> None:
    """Windows no longer than anything takes that one part of the country tells another."""
    while start < end:
        window = int(state.world["window"])
        stop = min(end, (start // window + 1) * window)
        place = run_window(state.address, 0, start, stop)
        while place >= 0:
            state.grow()
            place = run_window(state.address, place, start, stop)
        start = stop


def _make_room_for_trace(state: State) -> None:
    world = state.world
    while world["tracing"] and int(world["room_trace"]) - int(world["n_trace"]) < 8 * state.inputs.n_schools + 64:
        state.grow_trace()


def _begin_term(state: State, clusters: Clusters, term: int) -> None:
    world, address = state.world, state.address
    world["now"] = world["window_end"] = term_start(term)
    _make_room_for_trace(state)
    if term > 0:
        boundary.close_terms(address)
        post(address)
    world["term"], world["year"] = term, term // TERMS_PER_YEAR
    world["term_start"], world["term_end"] = term_start(term), term_end(term)
    world["next_term_start"] = term_start(term + 1)
    new_year = term % TERMS_PER_YEAR == 0
    if new_year:
        set_year_rates(world, state.inputs, term // TERMS_PER_YEAR)
        clusters.review(state.kept["schools"], state.pages, term // TERMS_PER_YEAR)
    if term > 0:
        _over(state, boundary.begin_school_terms)
        if new_year:
            _over(state, boundary.begin_years)
        boundary.review_posts(address)
    boundary.set_policy(address)
    state.turn_reviews()
    _over(state, boundary.open_terms)


def _outcome(state: State) -> Outcome:
    n = int(state.world["n_trace"])
    records = state.kept["records"][:n]
    trace: tuple[tuple[int, int, int, int, int], ...] = tuple(sorted(records.tolist()))
    return Outcome(state.tally, state.groups, trace, state.kept["schools"]["coverage"].copy())
