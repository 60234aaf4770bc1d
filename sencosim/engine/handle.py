"""What a scheduler gives to the mechanisms: a calendar, records, room, a bell, a trace.

As Python reads them, these functions ask the scheduler of the world. The compiled scheduler puts its own in their
place when it binds the mechanisms.
"""

from __future__ import annotations

from typing import Any

from sencosim.vocabulary import ENTITY_BITS


def world_at(world: Any) -> Any:
    """The world, by what leads to it from outside."""
    return world


def schedule(w: Any, council: Any, minute: int, code: int, entity: int, what: tuple[int, int, int, float]) -> None:
    """Let something happen at a clock time, in the total order of events: minute, code, entity, order of making.

    It stands on a council's calendar. ``what`` is the kind, two numbers that go with it, and a clock reading.
    """
    w.scheduler.schedule(council, minute, code << ENTITY_BITS | entity, what)


def ring(w: Any, at_school: int, who: int) -> None:
    """Something arrived for a SENCO or a team who has nothing to do: they choose when this minute's arrivals are in."""
    w.scheduler.ring(at_school, who)


def take(w: Any, items: Any, pool: int) -> int:
    """Position of a record that nobody uses."""
    return int(w.scheduler.take(items, pool))


def give(w: Any, items: Any, pool: int, index: int) -> None:
    """Give a record back: nobody refers to it any more."""
    w.scheduler.give(items, pool, index)


def new_roster(w: Any, room: int) -> int:
    """Where a school's list of pupils with so much room begins."""
    return int(w.scheduler.new_roster(room))


def need_reviews(w: Any, number: int, pupils: int) -> None:
    """Make sure of room for so many reviews more, and for putting those of so many pupils in order."""
    w.scheduler.need_reviews(number, pupils)


def sort(w: Any, size: int) -> None:
    """Put so many entries of the sorting list in order."""
    w.sorted[:size] = sorted(w.sorting[:size])


def new_filing(w: Any) -> int:
    """Position of a new filing of the no-policy arm."""
    return int(w.scheduler.new_filing())


def row(w: Any, which: int) -> Any:
    """One of the run's tables of quantiles. [hours or weeks]."""
    return w.tables[which]


def note(w: Any, code: int, school: int, pupil: int, detail: int) -> None:
    """Keep an event in the trace."""
    w.traced.append((w.now, int(code), int(school), int(pupil), int(detail)))
