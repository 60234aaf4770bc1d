"""Chance, counts, the trace, the calendar, and waiting lists."""

from __future__ import annotations

from typing import Any

from sencosim.engine.handle import give, note, row, schedule, take
from sencosim.engine.mechanisms.facts import WORK_STREAM
from sencosim.engine.records import Pool
from sencosim.randomness import uniform
from sencosim.rules.chance import table_quantile
from sencosim.units import MINUTES_PER_WEEK, TERM_WEEKS

_THOUSAND = 1000.0


def draw(w: Any, stream: int, entity: int, occurrence: int) -> float:
    """Uniform number for a decision about an entity. [ratio, 0 < u < 1]."""
    # As whole numbers: members of enumerations are slow to pass on to compiled code.
    return uniform(w.seed, w.replication, int(stream), entity, int(occurrence))


def quantile(w: Any, which: int, u: float) -> float:
    """Quantile from one of the run's tables."""
    return table_quantile(row(w, which), u)


def work_hours(w: Any, activity: int, entity: int, occurrence: int) -> float:
    """Standard hours of one piece of work. [hours]."""
    return quantile(w, activity, draw(w, WORK_STREAM[activity], entity, occurrence))


def hours_from(w: Any, table: int, stream: int, entity: int, occurrence: int) -> float:
    """Standard hours of work that has a table and a stream of its own within an activity. [hours]."""
    return quantile(w, table, draw(w, stream, entity, occurrence))


def count(w: Any, cell: int, quantity: int, amount: int) -> None:
    """Add to a page of the term's counts."""
    w.pages[cell * w.n_quantities + quantity] += amount


def count_hours(w: Any, cell: int, quantity: int, hours: float) -> None:
    """Add hours to a page of the term's counts, which holds whole minutes."""
    count(w, cell, quantity, int(hours * 60.0))


def count_weekly_hours(w: Any, cell: int, quantity: int, weekly: float) -> None:
    """Add a term of so many hours a week to a page of the term's counts."""
    count_hours(w, cell, quantity, weekly * TERM_WEEKS)


def count_thousandths(w: Any, cell: int, quantity: int, amount: float) -> None:
    """Add to a page of the term's counts, which holds whole thousandths."""
    count(w, cell, quantity, int(amount * _THOUSAND))


def of_year(w: Any, who: Any) -> int:
    """Where an array by year has the present year of a school or a council."""
    return who.index * w.n_years + w.year


def keep_record(w: Any, code: int, school: int, pupil: int, detail: int) -> None:
    """Keep an event in the trace, if it is asked for."""
    if w.tracing == 0:
        return
    if w.trace_all == 0 and (school >= w.few_trace or w.traced_ids[school + 1] == 0):
        return
    note(w, code, school, pupil, detail)


def let_happen(w: Any, council: Any, minute: int, code: int, entity: int, kind: int, first: int, second: int) -> None:
    """Let something happen at a clock time: what kind of thing, and two numbers that go with it."""
    schedule(w, council, minute, code, entity, (kind, first, second, 0.0))


def send(w: Any, council: Any, code: int, entity: int, kind: int, first: int, second: int) -> None:
    """Let a message of a council or the tribunal arrive, after its notice."""
    let_happen(w, council, w.now + w.notice, code, entity, kind, first, second)


def is_within_run(w: Any, minute: int) -> bool:
    """Whether a clock time comes before the end of the run."""
    return minute < w.n_weeks * MINUTES_PER_WEEK


# -- waiting lists: pairing heaps by when, rank, order ----------------------------------------------------------------


def comes_before(a: Any, b: Any) -> bool:
    """Whether one entry comes before another."""
    if a.when != b.when:
        return a.when < b.when
    if a.rank != b.rank:
        return a.rank < b.rank
    return a.order < b.order


def meld(items: Any, one: int, other: int) -> int:
    """Two waiting lists become one; returns who is first."""
    if one < 0:
        return other
    if other < 0:
        return one
    if comes_before(items[other], items[one]):
        one, other = other, one
    items[other].link = items[one].child
    items[one].child = other
    return one


def without_first(items: Any, root: int) -> int:
    """Take the first entry off a waiting list and return the next; the entry itself is left to the caller."""
    child, done = items[root].child, -1
    while child >= 0:
        second = items[child].link
        items[child].link = -1
        merged = child
        child = -1
        if second >= 0:
            child = items[second].link
            items[second].link = -1
            merged = meld(items, merged, second)
        items[merged].link = done
        done = merged
    root = -1
    while done >= 0:
        after = items[done].link
        items[done].link = -1
        root = meld(items, root, done)
        done = after
    return root


def join_list(w: Any, head: int, thing: int, when: int, rank: float, order: int) -> int:
    """Let a thing join a waiting list; returns who is first."""
    index = take(w, w.nodes, Pool.NODES)
    node = w.nodes[index]
    node.thing = thing
    node.when = when
    node.rank = rank
    node.order = order
    node.child = -1
    node.link = -1
    return meld(w.nodes, head, index)


def leave_list(w: Any, head: int) -> int:
    """Let the first leave a waiting list; returns who is first then."""
    after = without_first(w.nodes, head)
    give(w, w.nodes, Pool.NODES, head)
    return after
