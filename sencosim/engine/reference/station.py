"""A team that holds only so many cases in hand at once."""

from __future__ import annotations

import heapq
from collections.abc import Generator

import simpy

from sencosim.engine.reference.world import World
from sencosim.ledger.events import Event
from sencosim.rules.chance import minutes


class Station:
    """Parallel case slots, given in order of the request date.

    Parameters
    ----------
    world
        Of the run.
    entity
        Number that orders this station among others in the same minute.
    event
        Code of the moment at which free slots are given out, after all arrivals of that minute.
    slots
        Cases in hand at once. [cases]
    """

    def __init__(self, world: World, entity: int, event: Event, slots: int) -> None:
        self.world = world
        self.slots = slots
        self.in_hand = 0
        self.units_waiting = 0
        self._waiting: list[tuple[int, int, int, simpy.Event]] = []
        self._entity = entity
        self._event = event
        self._choosing = -1

    def serve(self, date: int, key: int, units: int, weeks: float, done: Event) -> Generator[simpy.Event, int, None]:
        """Wait for slots, be worked on, give the slots back.

        Parameters
        ----------
        date, key
            Served by date, then key.
        units
            Cases that this one stands for; it takes that many slots side by side. If the team has fewer, it takes
            them all and stays longer in proportion.
        weeks
            Time in hand. [weeks]
        done
            Code of the end of the work.
        """
        world = self.world
        given = simpy.Event(world.env)
        heapq.heappush(self._waiting, (date, key, units, given))
        self.units_waiting += units
        self._choose_soon()
        held = yield given
        yield world.waiting(world.now + minutes(weeks * units / held), done, key)
        self.in_hand -= held
        self._choose_soon()

    def resize(self, slots: int) -> None:
        """Change the number of slots; cases in hand stay in hand."""
        self.slots = slots
        self._choose_soon()

    def _choose_soon(self) -> None:
        """Give out free slots at the end of this minute, when all its arrivals are in."""
        now = self.world.now
        if self._choosing == now or self.in_hand >= self.slots or not self._waiting:
            return
        self._choosing = now
        self.world.waiting(now, self._event, self._entity).callbacks.append(self._choose)

    def _choose(self, _: simpy.Event) -> None:
        self._choosing = -1
        while self._waiting:
            held = min(self._waiting[0][2], self.slots)
            if self.in_hand + held > self.slots:
                return
            units, given = heapq.heappop(self._waiting)[2:]
            self.in_hand += held
            self.units_waiting -= units
            given.succeed(held)
