"""Arrays of records that compiled code works on: their addresses, their growth, and copies that go their own way."""

from __future__ import annotations

from typing import Any

import numpy as np

from sencosim.arms.inputs import Inputs
from sencosim.engine.compiled.room import BLOCK
from sencosim.engine.plain import plain_start, plain_zeros
from sencosim.engine.records import ITEMS, POOLED, WORLD
from sencosim.engine.start import Start

CACHE_LINE = 64
BESIDE_PUPILS = ("histories", "cycles")
"""Arrays with an item for every pupil."""
REVIEWS = ("reviews", "other_reviews")
SORTING = ("sorting", "sorted", "counting", "gathered", "review_hours")
WRITTEN = {
    *POOLED,
    *BESIDE_PUPILS,
    *SORTING,
    *("rosters", "reviews", "other_reviews", "tally", "groups", "pages", "traced", "free", "used", "room"),
}
"""Arrays that hold nothing before a run."""


def _aligned(n: int, kind: Any) -> Any:
    """Items of zeros that begin at a line of the processor's cache."""
    kind = np.dtype(kind)
    memory = np.zeros(n * kind.itemsize + CACHE_LINE, np.uint8)
    start = -int(memory.ctypes.data) % CACHE_LINE
    return memory[start : start + n * kind.itemsize].view(kind)


def _same(one: Any, other: Any) -> bool:
    return one.shape == other.shape and bool((one.view(np.uint8) == other.view(np.uint8)).all())


class State:
    """Every array of a run, and the world that leads to them."""

    is_compiled = True

    def __init__(self, inputs: Inputs) -> None:
        self.inputs = inputs
        self.kept: dict[str, Any] = {}
        for name, array in self._start(inputs).items():
            self.keep(name, array)
        pupils = int(np.sum(self.kept["stock"])) + 256
        # Room that is not used costs nothing: the system gives memory when it is first written to.
        sizes = {"pupils": 2 * pupils, "events": 2 * pupils, "cases": pupils, "nodes": pupils, "chunks": pupils}
        for pool in POOLED:
            self._widen_pool(pool, sizes.get(pool, pupils // 4) + 4096)
        self._widen_to("rosters_room", 4 * pupils, "rosters")
        self._widen_to("room_reviews", pupils, *REVIEWS)
        self._grow_sorting(4096)
        self._widen_to("room_traced", 1 << 16 if self.world["tracing"] else 1, "traced")
        if self.world["is_reference"]:
            self._widen_to("room_filings", pupils // 2 + 4096, "filings")

    def _start(self, inputs: Inputs) -> dict[str, Any]:
        """Make the world, and the arrays that hold something before a run."""
        self.worlds = np.zeros(1, WORLD.layout)
        self.world: Any = self.worlds[0]
        self.world["window_start"] = -1
        self.address: Any = int(self.worlds.ctypes.data)
        return Start(inputs, self.world).arrays

    def branch(self, inputs: Inputs) -> State:
        """A copy that goes on from here under the policy of other inputs.

        What a policy changes is what differs between two states that have just been made: that is taken from the new
        inputs, all else from here.
        """
        plain, other = State(self.inputs), State(inputs)
        for name, array in self.kept.items():
            if name in WRITTEN or _same(plain.kept[name], other.kept[name]):
                new = _aligned(len(array), array.dtype)
                used = self._used(name, array)
                new[:used] = array[:used]
                other.keep(name, new)
        for name in WORLD.layout.names or ():
            if name not in self.kept and _same(plain.worlds[name], other.worlds[name]):
                other.worlds[name] = self.worlds[name]
        return other

    def _used(self, name: str, array: Any) -> int:
        """How much of an array holds anything: room that was never used is not copied."""
        if name in POOLED or name in BESIDE_PUPILS:
            return int(self.kept["used"][list(POOLED).index("pupils" if name in BESIDE_PUPILS else name)])
        return int(self.world["rosters_used"]) if name == "rosters" else len(array)

    def keep(self, name: str, array: Any) -> None:
        """Keep an array, and let compiled code find it."""
        self.kept[name] = array
        self.world[name] = int(array.ctypes.data)

    def _widen(self, name: str, room: int) -> None:
        """Give an array more room and keep what is in it."""
        new = _aligned(room, ITEMS[name])
        if name in self.kept:
            new[: len(self.kept[name])] = self.kept[name]
        self.keep(name, new)

    def _widen_pool(self, pool: str, room: int) -> None:
        self._widen(pool, room)
        self.kept["room"][list(POOLED).index(pool)] = room
        if pool == "pupils":
            for name in BESIDE_PUPILS:
                self._widen(name, room)

    def grow(self) -> None:
        """Give every pool that is short of what the last step asked for twice its size, or more if it needs more."""
        world = self.world
        need = int(world["need"]) + BLOCK
        for place, pool in enumerate(POOLED):
            used, old = int(self.kept["used"][place]), len(self.kept[pool])
            if used + need >= old:
                self._widen_pool(pool, max(2 * old, used + need + 1))
        wanted = int(world["rosters_used"]) + 2 * int(world["widest_roster"]) + 8 * need + 64
        if wanted >= len(self.kept["rosters"]):
            self._widen_to("rosters_room", max(2 * len(self.kept["rosters"]), wanted + 1), "rosters")
        while world["tracing"] and int(world["n_traced"]) + 4 * need >= len(self.kept["traced"]):
            self.grow_trace()
        if world["is_reference"] and int(world["n_filings"]) + need >= int(world["room_filings"]):
            self._widen_to("room_filings", 2 * int(world["room_filings"]) + need, "filings")
        if 2 * int(world["n_reviews"]) >= len(self.kept["reviews"]):
            self._widen_to("room_reviews", 2 * len(self.kept["reviews"]), *REVIEWS)
        self._grow_sorting(2 * max(int(world["wanted_sorting"]), int(world["widest_roster"])))

    def grow_trace(self) -> None:
        """Twice the room for the trace."""
        self._widen_to("room_traced", 2 * len(self.kept["traced"]), "traced")

    def _widen_to(self, room: str, size: int, *names: str) -> None:
        """Give arrays room for so many items, and tell the world."""
        for name in names:
            self._widen(name, size)
        self.world[room] = size

    def _grow_sorting(self, room: int) -> None:
        """Room for putting in order the reviews of one school, or the events of one council's window."""
        if room <= self.world["room_sorting"]:
            return
        for name in SORTING:
            self._widen(name, room + 2)
        self.world["room_sorting"] = room

    def turn_reviews(self) -> None:
        """The reviews of the last term make way for those of the next."""
        first, second = self.kept["reviews"], self.kept["other_reviews"]
        self.keep("reviews", second)
        self.keep("other_reviews", first)
        self.world["n_reviews"] = 0


class PlainState(State):
    """The same as lists of objects, for windows that are not compiled."""

    is_compiled = False

    def _start(self, inputs: Inputs) -> dict[str, Any]:
        self.world, arrays = plain_start(inputs)
        self.world["window_start"] = -1
        self.address = self.world
        return arrays

    def keep(self, name: str, array: Any) -> None:
        """Keep a list, and let the text find it."""
        self.kept[name] = array
        self.world[name] = array

    def _widen(self, name: str, room: int) -> None:
        old = self.kept.get(name, [])
        self.keep(name, old + plain_zeros(name, room - len(old)))
