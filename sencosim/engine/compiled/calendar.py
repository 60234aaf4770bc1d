"""The calendar of each council, in the total order of events: minute, key, and for the same key the order of making.

Events that lie beyond the present window wait in the bucket of their week, in chunks. When a window opens they are
sorted once, into the agenda. What comes up within the window goes to a small heap of its own.
"""

from __future__ import annotations

from typing import Any

from sencosim.engine.compiled.room import ROOM, give, take
from sencosim.engine.mechanisms.basics import comes_before, meld, without_first
from sencosim.engine.mechanisms.facts import REACHES
from sencosim.engine.records import CHUNK_SIZE, Pool
from sencosim.units import MINUTES_PER_WEEK
from sencosim.vocabulary import ENTITY_BITS, Reaches

DIGIT_BITS = 7
DIGITS = 1 << DIGIT_BITS


def schedule(w: Any, council: Any, minute: int, code: int, entity: int, what: tuple[int, int, int, float]) -> None:
    """Let something happen at a clock time, in the total order of events.

    ``what`` is the kind, two numbers that go with it, and a clock reading. What happens after the present window is
    put into the bucket of its week.
    """
    week = minute // MINUTES_PER_WEEK
    if week >= w.n_weeks:
        return
    index = take(w, w.events, Pool.EVENTS)
    event = w.events[index]
    event.when = minute
    event.rank = (code << ENTITY_BITS) | entity
    event.order = w.order
    w.order += 1
    event.child = -1
    event.link = -1
    event.kind = what[0]
    event.first = what[1]
    event.second = what[2]
    event.target = what[3]
    if minute < w.window_end:
        council.calendar = meld(w.events, council.calendar, index)
        if minute < w.limit_minute or (minute == w.limit_minute and event.rank < w.limit_key):
            w.limit_minute = minute
            w.limit_key = event.rank
        return
    _put_off(w, council.index * w.n_weeks + week, index)


def _put_off(w: Any, which: int, event: int) -> None:
    """Keep an event in the bucket of its week."""
    if w.buckets[which] < 0 or w.chunks[w.buckets[which]].n == CHUNK_SIZE:
        fresh = take(w, w.chunks, Pool.CHUNKS)
        w.chunks[fresh].n = 0
        w.chunks[fresh].link = w.buckets[which]
        w.buckets[which] = fresh
    chunk = w.chunks[w.buckets[which]]
    chunk.events[chunk.n] = event
    chunk.n += 1


def _gather(w: Any, which: int, size: int) -> int:
    """List the events of a bucket that lie in the window; the others go back. Returns the length of the list."""
    at = w.buckets[which]
    w.buckets[which] = -1
    while at >= 0:
        chunk = w.chunks[at]
        for i in range(chunk.n):
            index = chunk.events[i]
            if w.events[index].when < w.window_end:
                w.gathered[size] = index
                size += 1
            else:
                _put_off(w, which, index)
        after = chunk.link
        give(w, w.chunks, Pool.CHUNKS, at)
        at = after
    return size


def _look_ahead(w: Any, size: int) -> None:
    """Touch the pupils whom the events of the window are about, all at once: memory answers many calls together."""
    touched = 0
    for i in range(size):
        event = w.events[w.gathered[i]]
        if REACHES[event.kind] in (Reaches.BY_PATH, Reaches.PUPIL):
            touched += w.pupils[event.first].school + w.histories[event.first].request_number
    w.touched = touched


def _sort_agenda(w: Any, size: int, start: int) -> None:
    """Put the gathered events in order: by minute, as whole numbers, then those of one minute among themselves."""
    for i in range(size):
        index = w.gathered[i]
        w.sorting[i] = (w.events[index].when - start) << 32 | index
    _sort_by_minute(w, size, w.window_end - start)
    for i in range(1, size):
        one, at = w.sorting[i], i
        while at > 0:
            other = w.sorting[at - 1]
            if other >> 32 != one >> 32 or not comes_before(w.events[one & 0xFFFFFFFF], w.events[other & 0xFFFFFFFF]):
                break
            w.sorting[at] = other
            at -= 1
        w.sorting[at] = one


def open_window(w: Any, council: Any, start: int) -> bool:
    """Put the events of a window in order, as the council's agenda. False if there is no room for the list."""
    size = 0
    for week in range(start // MINUTES_PER_WEEK, (w.window_end - 1) // MINUTES_PER_WEEK + 1):
        at = w.buckets[council.index * w.n_weeks + week]
        while at >= 0:
            size += w.chunks[at].n
            at = w.chunks[at].link
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
        index = w.sorting[i] & 0xFFFFFFFF
        w.events[index].link = after
        after = index
    council.agenda = after
    return True


def first_event(w: Any, council: Any) -> int:
    """What comes first: of the agenda, or of what has come up since the window began; -1 if there is nothing."""
    planned, new = council.agenda, council.calendar
    if new < 0:
        return planned
    if planned < 0 or comes_before(w.events[new], w.events[planned]):
        return new
    return planned


def take_first_event(w: Any, council: Any, index: int) -> None:
    """Take the first event off and give its record back, which stays as it is until the next event is made."""
    if index == council.agenda:
        council.agenda = w.events[index].link
    else:
        council.calendar = without_first(w.events, index)
    give(w, w.events, Pool.EVENTS, index)


def _sort_by_minute(w: Any, size: int, longest: int) -> None:
    """Radix sort of the sorting list by its upper half, up to a longest time from the start of the window. [minutes]"""
    shift = 32
    while longest > 0:
        for digit in range(DIGITS + 1):
            w.counting[digit] = 0
        for i in range(size):
            w.counting[(w.sorting[i] >> shift & DIGITS - 1) + 1] += 1
        for digit in range(DIGITS - 1):
            w.counting[digit + 1] += w.counting[digit]
        for i in range(size):
            number = w.sorting[i]
            digit = number >> shift & DIGITS - 1
            w.sorted[w.counting[digit]] = number
            w.counting[digit] += 1
        w.sorting, w.sorted = w.sorted, w.sorting
        shift += DIGIT_BITS
        longest >>= DIGIT_BITS
