"""Chance, counts, the trace, calendars, and records taken from their pools and given back."""

from __future__ import annotations

from typing import Any

from sencosim.engine.compiled.layout import (
    index_at,
    node_at,
    record_at,
    school_at,
    tally_at,
)
from sencosim.engine.compiled.memory import fast, table
from sencosim.engine.compiled.pools import BLOCK, new_node
from sencosim.randomness import uniform
from sencosim.rules.chance import table_quantile

MINUTES_PER_WEEK = 10080
ROOM = 64
"""Free records of every kind that one event can never use up."""


@fast
def draw(w: Any, stream: int, entity: int, occurrence: int) -> float:
    """Uniform number for a decision about an entity. [ratio, 0 < u < 1]."""
    return uniform(int(w.seed), int(w.replication), int(stream), int(entity), int(occurrence))


@fast
def quantile(w: Any, which: int, u: float) -> float:
    """Quantile from one of the run's tables."""
    return table_quantile(table(w.tables, which, w.table_points), u)


@fast
def work_hours(w: Any, which: int, stream: int, entity: int, occurrence: int) -> float:
    """Standard hours of one piece of work. [hours]."""
    return quantile(w, which, draw(w, stream, entity, occurrence))


@fast
def count(w: Any, cell: int, quantity: int, amount: int) -> None:
    """Add to a page of the term's counts."""
    entry = tally_at(w.pages, cell * w.n_quantities + quantity)
    entry.n += amount


@fast
def keep_record(w: Any, code: int, school: int, pupil: int, detail: int) -> None:
    """Keep an event in the trace, if it is asked for."""
    if w.tracing == 0:
        return
    if w.trace_all == 0 and (school >= w.few_trace or index_at(w.traced_ids, school + 1).i == 0):
        return
    record = record_at(w.records, w.n_trace)
    w.n_trace += 1
    record.minute = w.now
    record.code = code
    record.school = school
    record.pupil = pupil
    record.detail = detail


@fast
def has_room(w: Any, need: int) -> bool:
    """Whether every pool has room for so many records more."""
    w.need = need
    if w.tracing != 0 and w.n_trace + 4 * need > w.room_trace:
        return False
    rosters = w.rosters_used + 2 * w.widest_roster + 8 * need + 64 <= w.rosters_room
    need += BLOCK
    pupils = rosters and w.pupils_used + need <= w.pupils_room
    cases = w.cases_used + need <= w.cases_room
    nodes = w.nodes_used + need <= w.nodes_room
    events = w.events_used + need <= w.events_room
    requests = w.requests_used + need <= w.requests_room and w.chunks_used + need <= w.chunks_room
    return pupils and cases and nodes and events and requests and w.disputes_used + need <= w.disputes_room


# -- waiting lists ----------------------------------------------------------------------------------------------------


@fast
def _ahead(w: Any, one: int, other: int) -> bool:
    a, b = node_at(w.nodes, one), node_at(w.nodes, other)
    if a.date != b.date:
        return a.date < b.date
    if a.tie != b.tie:
        return a.tie < b.tie
    return a.key < b.key


@fast
def meld_nodes(w: Any, one: int, other: int) -> int:
    """Two waiting lists become one; returns who is first."""
    if one < 0:
        return other
    if other < 0:
        return one
    if _ahead(w, other, one):
        one, other = other, one
    first, later = node_at(w.nodes, one), node_at(w.nodes, other)
    later.sibling = first.child
    first.child = other
    return one


@fast
def without_first_node(w: Any, root: int) -> int:
    """Take the first node off a waiting list and return the next; the node itself is left to the caller."""
    child, done = node_at(w.nodes, root).child, -1
    while child >= 0:
        one = node_at(w.nodes, child)
        second = one.sibling
        one.sibling = -1
        merged = child
        child = -1
        if second >= 0:
            two = node_at(w.nodes, second)
            child = two.sibling
            two.sibling = -1
            merged = meld_nodes(w, merged, second)
        node_at(w.nodes, merged).sibling = done
        done = merged
    root = -1
    while done >= 0:
        top = node_at(w.nodes, done)
        after = top.sibling
        top.sibling = -1
        root = meld_nodes(w, root, done)
        done = after
    return root


@fast
def make_node(w: Any, thing: int, date: int, tie: float, key: int) -> int:
    """A new entry of a waiting list."""
    index = new_node(w)
    node = node_at(w.nodes, index)
    node.thing = thing
    node.date = date
    node.tie = tie
    node.key = key
    node.child = -1
    node.sibling = -1
    return index


@fast
def school_of(w: Any, pupil: Any) -> Any:
    """The school of a pupil who has one."""
    return school_at(w.schools, pupil.school)
