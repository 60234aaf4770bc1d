"""One arm of one replication as processes on SimPy's calendar: each SENCO, each team, and the terms of the year."""

from __future__ import annotations

import gc
from collections.abc import Generator
from types import SimpleNamespace
from typing import Any

import simpy

from sencosim.arms.inputs import Inputs
from sencosim.arms.replaceable import REPLACEABLE
from sencosim.engine.binding import bind
from sencosim.engine.mechanisms import order, post, year
from sencosim.engine.mechanisms.facts import CHOICE, CHOOSES, FINISHES, NOTHING_DUE
from sencosim.engine.mechanisms.order import Step, is_taken, number_of
from sencosim.engine.mechanisms.text import TEXT
from sencosim.engine.outcome import Outcome
from sencosim.engine.plain import plain_start
from sencosim.engine.rates import begin_term
from sencosim.engine.records import FILING, ITEMS, POOLED, RECORDS, REVIEW, Pool
from sencosim.units import CENSUS_WEEK, MINUTES_PER_WEEK, TERMS_PER_YEAR, term_start
from sencosim.vocabulary import ENTITY_BITS, Event, Worker, order_key

_MAKE = tuple(one.plain for one in POOLED.values())


def simulate(inputs: Inputs) -> Outcome:
    """Run one arm of one replication from the first 1 September to the end of the last year."""
    gc.disable()  # schools, pupils and processes point at each other for the whole run: collecting finds nothing
    try:
        return Scheduler(inputs).run()
    finally:
        gc.enable()
        gc.collect()


def _text(inputs: Inputs) -> Any:
    """The mechanisms as Python reads them, or with a researcher's rules in place of some of ours."""
    replaced = {REPLACEABLE[name].call: inputs.mechanisms[name] for name in inputs.mechanisms.as_named()}
    if not replaced:
        return SimpleNamespace(order=order, post=post, year=year)
    return SimpleNamespace(**bind(TEXT, rules=replaced))


class Calendar(simpy.Environment):
    """SimPy's calendar with our total order: within a minute, by a key. SimPy calls that a priority."""

    _key: Any = None

    def at(self, minute: int, key: int) -> simpy.Event:
        """An event at a clock time."""
        self._key = key
        return self.timeout(minute - self.now)

    def schedule(self, event: simpy.Event, priority: Any = simpy.events.NORMAL, delay: float = 0) -> None:
        """Put an event on the calendar, by its key if it has one."""
        key, self._key = self._key, None
        super().schedule(event, priority if key is None else key, delay)


class Scheduler:
    """SimPy's calendar with our total order, and everything else that mechanisms ask for."""

    def __init__(self, inputs: Inputs) -> None:
        self.inputs = inputs
        self.env = Calendar()
        self.text = _text(inputs)
        self.w, arrays = plain_start(inputs)
        self.w.scheduler = self
        for name in ITEMS:
            setattr(self.w, name, arrays.get(name, []))
        self._unused = [-1 for _ in Pool]
        self._bells = [[self.env.event() for _ in Worker] for _ in self.w.schools]

    def run(self) -> Outcome:
        """The whole run."""
        w = self.w
        for at_school in range(w.n_schools):
            for who in Worker:
                self.env.process(self._work(at_school, who))
        self.env.process(self._censuses())
        self.env.run(until=self.env.process(self._terms()))
        arrays = {name: getattr(w, name) for name in ("tally", "groups", "filings", "reference")}
        return Outcome.of(self.inputs, arrays, tuple(w.traced))

    # -- what happens --------------------------------------------------------------------------------------------------

    def _terms(self) -> Generator[simpy.Event, None, None]:
        """Each start of term, step by step, and the end of the last."""
        w, end = self.w, self.inputs.n_years * TERMS_PER_YEAR
        for term in range(end + 1):
            yield self.env.at(term_start(term), order_key(Event.TERM_BEGAN, 0))
            w.now = self.env.now
            for step in Step if term < end else (Step.CLOSE_TERM, Step.POST_COUNTS):
                self._take(step, term)

    def _take(self, step: Step, term: int) -> None:
        w = self.w
        if step == Step.TURN_CLOCK:
            begin_term(w, self.inputs, term)
            w.reviews, w.other_reviews = w.other_reviews, w.reviews
            w.n_reviews = 0
        elif is_taken(step, term):
            for at in range(number_of(step, w)):
                self.text.order.take_step(w, int(step), at)

    def _work(self, at_school: int, who: Worker) -> Generator[simpy.Event, None, None]:
        """A SENCO or a team waits until something arrives, then takes one piece of work after another."""
        w, school = self.w, self.w.schools[at_school]
        while True:
            yield self._bells[at_school][who]
            moment = int(self.env.now) << 1 | CHOICE
            while moment != NOTHING_DUE:
                chooses = moment & CHOICE != 0
                yield self.env.at(moment >> 1, order_key(CHOOSES[who] if chooses else FINISHES[who], school.id))
                w.now = self.env.now
                moment = self.text.post.work_on(w, school, int(who), chooses)

    def _censuses(self) -> Generator[simpy.Event, None, None]:
        for number in range(self.inputs.n_years):
            minute = term_start(number * TERMS_PER_YEAR) + CENSUS_WEEK * MINUTES_PER_WEEK
            yield self.env.at(minute, order_key(Event.CENSUS_TAKEN, 0))
            self.w.now = self.env.now
            self.text.year.take_census(self.w)

    # -- what mechanisms ask for ---------------------------------------------------------------------------------------

    def schedule(self, council: Any, minute: int, key: int, what: tuple[int, int, int, float]) -> None:
        """Let an event happen at a clock time."""
        w, entity = self.w, key & ((1 << ENTITY_BITS) - 1)

        def happens(_: simpy.Event) -> None:
            w.now = self.env.now
            self.text.order.happen(w, council, *what, entity)

        self.env.at(minute, key).callbacks.append(happens)

    def ring(self, at_school: int, who: int) -> None:
        """Wake a SENCO or a team."""
        bell = self._bells[at_school][who]
        self._bells[at_school][who] = self.env.event()
        bell.succeed()

    def take(self, items: list[Any], pool: int) -> int:
        """A record that nobody uses."""
        index = self._unused[pool]
        if index >= 0:
            self._unused[pool] = int(items[index].link)
            return index
        if pool == Pool.PUPILS:
            self.w.pupils.append(RECORDS["pupils"].plain())
            self.w.histories.append(RECORDS["histories"].plain())
            self.w.cycles.append(0)
        else:
            items.append(_MAKE[pool]())
        return len(items) - 1

    def give(self, items: list[Any], pool: int, index: int) -> None:
        """A record that nobody uses any more."""
        items[index].link = self._unused[pool]
        self._unused[pool] = index

    def new_filing(self) -> int:
        """A new filing of the no-policy arm."""
        self.w.filings.append(FILING.plain())
        self.w.n_filings += 1
        return len(self.w.filings) - 1

    def new_roster(self, room: int) -> int:
        """Room for a school's pupils."""
        start = len(self.w.rosters)
        self.w.rosters.extend([-1] * room)
        return start

    def need_reviews(self, number: int, pupils: int) -> None:
        """Room for reviews, and for putting them in order."""
        w = self.w
        while len(w.reviews) < number:
            w.reviews.append(REVIEW.plain())
        for items in (w.sorting, w.sorted, w.review_hours):
            if len(items) < pupils + 2:
                items.extend([0] * (pupils + 2 - len(items)))
