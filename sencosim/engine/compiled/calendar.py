"""The calendar of each council, in the total order of events: minute, key, and for the same key the order of making.

Events that lie beyond the present window wait in the bucket of their week, in chunks. When a window opens they are
sorted once, into the agenda. What comes up within the window goes to a small heap beside it.
"""

from __future__ import annotations

from typing import Any

from sencosim.engine.compiled.basics import MINUTES_PER_WEEK, ROOM
from sencosim.engine.compiled.layout import (
    CHUNK_SIZE,
    chunk_at,
    event_at,
    history_at,
    index_at,
    pupil_at,
    spot_at,
)
from sencosim.engine.compiled.memory import fast
from sencosim.engine.compiled.numbers import OF_PATH, OF_PUPIL, TOUCHES
from sencosim.engine.compiled.pools import free_chunk, free_event, new_chunk, new_event
from sencosim.ledger.events import ENTITY_BITS

DIGIT_BITS = 7
DIGITS = 1 << DIGIT_BITS


@fast
def _sooner(w: Any, one: int, other: int) -> bool:
    a, b = event_at(w.events, one), event_at(w.events, other)
    if a.minute != b.minute:
        return a.minute < b.minute
    if a.key != b.key:
        return a.key < b.key
    return a.order < b.order


@fast
def meld_events(w: Any, one: int, other: int) -> int:
    """Two calendars (pairing heaps) become one; returns its first event."""
    if one < 0:
        return other
    if other < 0:
        return one
    if _sooner(w, other, one):
        one, other = other, one
    first, later = event_at(w.events, one), event_at(w.events, other)
    later.sibling = first.child
    first.child = other
    return one


@fast
def without_first_event(w: Any, root: int) -> int:
    """Take the first event off a calendar and return the next; the event itself is left to the caller."""
    child, done = event_at(w.events, root).child, -1
    while child >= 0:
        one = event_at(w.events, child)
        second = one.sibling
        one.sibling = -1
        merged = child
        child = -1
        if second >= 0:
            two = event_at(w.events, second)
            child = two.sibling
            two.sibling = -1
            merged = meld_events(w, merged, second)
        event_at(w.events, merged).sibling = done
        done = merged
    root = -1
    while done >= 0:
        top = event_at(w.events, done)
        after = top.sibling
        top.sibling = -1
        root = meld_events(w, root, done)
        done = after
    return root


@fast
def schedule(w: Any, council: Any, minute: int, code: int, entity: int, what: tuple[int, int, int, float]) -> None:
    """Let something happen at a clock time, in the total order of events.

    ``what`` is the kind, two numbers that go with it, and a clock reading. What happens after the present window is
    put into the bucket of its week.
    """
    week = minute // MINUTES_PER_WEEK
    if week >= w.n_weeks:
        return
    index = new_event(w)
    event = event_at(w.events, index)
    event.minute = minute
    event.key = (code << ENTITY_BITS) | entity
    event.order = w.order
    w.order += 1
    event.child = -1
    event.sibling = -1
    event.kind = what[0]
    event.first = what[1]
    event.second = what[2]
    event.target = what[3]
    if minute < w.window_end:
        council.calendar = meld_events(w, council.calendar, index)
        if minute < w.limit_minute or (minute == w.limit_minute and event.key < w.limit_key):
            w.limit_minute = minute
            w.limit_key = event.key
        return
    _put_off(w, council.index * w.n_weeks + week, index)


@fast
def _put_off(w: Any, which: int, event: int) -> None:
    """Keep an event in the bucket of its week."""
    bucket = index_at(w.buckets, which)
    if bucket.i < 0 or chunk_at(w.chunks, bucket.i).n == CHUNK_SIZE:
        fresh = new_chunk(w)
        chunk_at(w.chunks, fresh).n = 0
        chunk_at(w.chunks, fresh).next = bucket.i
        bucket.i = fresh
    chunk = chunk_at(w.chunks, bucket.i)
    chunk.events[chunk.n] = event
    chunk.n += 1


@fast
def _gather(w: Any, which: int, size: int) -> int:
    """List the events of a bucket that lie in the window; the others go back. Returns the length of the list."""
    bucket = index_at(w.buckets, which)
    at = bucket.i
    bucket.i = -1
    while at >= 0:
        chunk = chunk_at(w.chunks, at)
        for i in range(chunk.n):
            index = chunk.events[i]
            if event_at(w.events, index).minute < w.window_end:
                spot_at(w.gathered, size).i = index
                size += 1
            else:
                _put_off(w, which, index)
        after = chunk.next
        free_chunk(w, at)
        at = after
    return size


@fast
def _look_ahead(w: Any, size: int) -> None:
    """Touch the pupils whom the events of the window are about, all at once: memory answers many calls together."""
    touched = 0
    for i in range(size):
        event = event_at(w.events, spot_at(w.gathered, i).i)
        if TOUCHES[event.kind] in (OF_PATH, OF_PUPIL):
            touched += pupil_at(w.pupils, event.first).school + history_at(w.histories, event.first).request_number
    w.touched = touched


@fast
def _sort_agenda(w: Any, size: int, start: int) -> None:
    """Put the gathered events in order: by minute, as whole numbers, then those of one minute among themselves."""
    for i in range(size):
        index = spot_at(w.gathered, i).i
        index_at(w.sorting, i).i = (event_at(w.events, index).minute - start) << 32 | index
    _sort_by_minute(w, size, w.window_end - start)
    for i in range(1, size):
        one, at = index_at(w.sorting, i).i, i
        while at > 0:
            other = index_at(w.sorting, at - 1).i
            if other >> 32 != one >> 32 or not _sooner(w, one & 0xFFFFFFFF, other & 0xFFFFFFFF):
                break
            index_at(w.sorting, at).i = other
            at -= 1
        index_at(w.sorting, at).i = one


@fast
def open_window(w: Any, council: Any, start: int) -> bool:
    """Put the events of a window in order, as the council's agenda. False if there is no room for the list."""
    size = 0
    for week in range(start // MINUTES_PER_WEEK, (w.window_end - 1) // MINUTES_PER_WEEK + 1):
        at = index_at(w.buckets, council.index * w.n_weeks + week).i
        while at >= 0:
            size += chunk_at(w.chunks, at).n
            at = chunk_at(w.chunks, at).next
    w.need = ROOM
    if size + ROOM > w.room_sorting:
        w.wanted_sorting = size + ROOM
        return False
    size = 0
    for week in range(start // MINUTES_PER_WEEK, (w.window_end - 1) // MINUTES_PER_WEEK + 1):
        size = _gather(w, council.index * w.n_weeks + week, size)
    _look_ahead(w, size)
    _sort_agenda(w, size, start)
    after = -1
    for i in range(size - 1, -1, -1):
        index = index_at(w.sorting, i).i & 0xFFFFFFFF
        event_at(w.events, index).sibling = after
        after = index
    council.agenda = after
    return True


@fast
def first_event(w: Any, council: Any) -> int:
    """What comes first: of the agenda, or of what has come up since the window began; -1 if there is nothing."""
    planned, new = council.agenda, council.calendar
    if new < 0:
        return planned
    if planned < 0 or _sooner(w, new, planned):
        return new
    return planned


@fast
def take_first_event(w: Any, council: Any, index: int) -> None:
    """Take the first event off; its record is given back, and holds until the next one is made."""
    if index == council.agenda:
        council.agenda = event_at(w.events, index).sibling
    else:
        council.calendar = without_first_event(w, index)
    free_event(w, index)


@fast
def _sort_by_minute(w: Any, size: int, longest: int) -> None:
    """Radix sort of the sorting list by its upper half, up to a longest time from the start of the window. [minutes]"""
    shift = 32
    while longest > 0:
        for digit in range(DIGITS + 1):
            spot_at(w.counting, digit).i = 0
        for i in range(size):
            spot_at(w.counting, (index_at(w.sorting, i).i >> shift & DIGITS - 1) + 1).i += 1
        for digit in range(DIGITS - 1):
            spot_at(w.counting, digit + 1).i += spot_at(w.counting, digit).i
        for i in range(size):
            number = index_at(w.sorting, i).i
            place = spot_at(w.counting, number >> shift & DIGITS - 1)
            index_at(w.sorted, place.i).i = number
            place.i += 1
        w.sorting, w.sorted = w.sorted, w.sorting
        shift += DIGIT_BITS
        longest >>= DIGIT_BITS
