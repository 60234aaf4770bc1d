"""What every process of the reference engine can see: the clock, chance, the tally and the trace."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import simpy

from sencosim.engine.inputs import Inputs
from sencosim.engine.pages import pages_of
from sencosim.engine.reference.rates import Rates, added
from sencosim.ledger.events import ENTITY_BITS, Event
from sencosim.ledger.quantities import COLUMN
from sencosim.ledger.tally import Tally
from sencosim.randomness import STREAM, uniform
from sencosim.rules.chance import table_quantile
from sencosim.units import TERMS_PER_YEAR, term_end, term_start

if TYPE_CHECKING:
    from sencosim.engine.reference.council import Council
    from sencosim.engine.reference.school import School
    from sencosim.engine.reference.tribunal import Tribunal

Q = COLUMN

NO_SCHOOL = -1
"""School in the trace of what belongs to no mainstream school."""

__all__ = ["NO_SCHOOL", "STREAM", "Q", "World", "added"]


class World:
    """The run: SimPy's calendar with our total order, keyed chance, tally and trace.

    Parameters
    ----------
    inputs
        Of this arm and replication.
    """

    def __init__(self, inputs: Inputs) -> None:
        self.env = simpy.Environment()
        self.inputs = inputs
        self.values = dict(inputs.values)
        self.mechanisms = inputs.mechanisms
        self.pages = pages_of(inputs)
        pages = self.pages
        self.tally = Tally(pages.cell, pages.group, len(inputs.cells), len(inputs.groups), inputs.n_years)
        self.trace: list[tuple[int, int, int, int, int]] = []
        self.schools: list[School] = []
        self.councils: list[Council] = []
        self.tribunal: Tribunal
        self.rates = Rates(inputs)
        self.schools_of: list[list[School]] = []
        self.supply_order: list[int] = []
        self.supply_taken = 0.0
        self.entries: list[list[tuple[list[School], list[float]]]] = []
        self.clusters: list[list[School]] = []
        self.low_reviews: list[int] = []
        self.term = -1
        self.term_start = 0
        self.term_end = 0
        self.next_term_start = 0
        self.end = inputs.n_years * TERMS_PER_YEAR
        self._seed = inputs.seed
        self._replication = inputs.replication
        self._trace_all = inputs.trace_all
        self._trace_schools = inputs.trace_schools
        self._tracing = inputs.trace_all or bool(inputs.trace_schools)

    @property
    def now(self) -> int:
        """Clock time. [minutes]."""
        return self.env._now  # type: ignore[return-value]  # half a million reads a second: no second property

    @property
    def year(self) -> int:
        """Academic year of the run, counted from 0."""
        return self.term // TERMS_PER_YEAR

    def draw(self, stream: int, entity: int, occurrence: int = 0) -> float:
        """Uniform number for a decision about an entity. [ratio, 0 < u < 1]."""
        return uniform(self._seed, self._replication, stream, entity, occurrence)

    def work_hours(self, task: str, stream: int, entity: int, occurrence: int = 0) -> float:
        """Standard hours of one piece of work. [hours]."""
        return table_quantile(self.inputs.hour_tables[task], self.draw(stream, entity, occurrence))

    def at(self, minute: int, event: Event, entity: int, action: Callable[[Any], None]) -> None:
        """Let something happen at a clock time, in the total order of events."""
        self.waiting(minute, event, entity).callbacks.append(action)

    def waiting(self, minute: int, event: Event, entity: int) -> simpy.Event:
        """An event that a process can wait for: it happens at a clock time, in the total order."""
        env = self.env
        due = simpy.Event(env)
        due._ok = True
        due._value = None
        env.schedule(due, event << ENTITY_BITS | entity, minute - env._now)  # type: ignore[arg-type]
        return due

    def record(self, event: Event, school: int, pupil: int, detail: int = 0) -> None:
        """Keep an event in the trace, if it is asked for."""
        if self._tracing and (self._trace_all or school in self._trace_schools):
            self.trace.append((self.now, int(event), school, pupil, detail))

    def row(self, cell: int) -> list[int]:
        """Counts of a page in the present segment: the term and the holiday after it."""
        return self.tally.pages[cell]

    def end_term(self) -> None:
        """Add what the term has counted to the tally."""
        self.tally.post(self.term)

    def begin_term(self, term: int) -> None:
        """Move the calendar to a term."""
        self.term = term
        self.term_start = term_start(term)
        self.term_end = term_end(term)
        self.next_term_start = term_start(term + 1)
