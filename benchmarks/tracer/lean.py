"""Schools, councils and the tribunal in plain Python, without a clock: queues are lists, and nothing waits by itself.

Shared by the engines that are called lean. What differs between them is who keeps the time and calls whom.
"""

from __future__ import annotations

from collections import deque

from benchmarks.tracer import model as m
from benchmarks.tracer.draws import hours_per_week, kind_of_candidate, weeks_of_work, weeks_to_candidate

NO_CASE = -1
_CASE_KINDS = range(m.SUPPORT_REVIEW)


class School:
    """One school with one SENCO and a queue for each kind of work. An entry is (when, number, case)."""

    __slots__ = (
        *("arrived", "candidates", "case", "completed", "hours", "id", "in_hand", "key", "lapsed"),
        *("n_waiting", "queues", "reviews_per_term", "terms", "weeks_waited"),
    )

    def __init__(self, number: int, key: int) -> None:
        self.id = number
        self.key = key
        self.hours = hours_per_week(key, number)
        self.reviews_per_term = m.reviews_per_term(number)
        self.queues: list[deque[tuple[float, int, int]]] = [deque() for _ in m.KINDS]
        self.arrived = [0] * m.N_KINDS
        self.completed = [0] * m.N_KINDS
        self.weeks_waited = [0.0] * m.N_KINDS
        self.lapsed = self.n_waiting = self.candidates = self.terms = 0
        self.in_hand = m.NOTHING
        self.case = NO_CASE

    @property
    def is_free(self) -> bool:
        """Whether the SENCO does nothing."""
        return self.in_hand == m.NOTHING

    def let_wait(self, kind: int, now: float, case: int = NO_CASE) -> None:
        """A piece of work arrives."""
        self.queues[kind].append((now, self.arrived[kind], case))
        self.arrived[kind] += 1
        self.n_waiting += 1

    def start_term(self, now: float) -> float:
        """The support reviews of a term fall due. Gives when the next term starts."""
        first = self.arrived[m.SUPPORT_REVIEW]
        after = first + self.reviews_per_term
        self.queues[m.SUPPORT_REVIEW].extend([(now, number, NO_CASE) for number in range(first, after)])
        self.arrived[m.SUPPORT_REVIEW] = after
        self.n_waiting += self.reviews_per_term
        self.terms += 1
        return m.term_week(self.terms)

    def weeks_to_candidate(self) -> float:
        """Time to the next candidate."""
        return weeks_to_candidate(self.key, self.id, self.candidates)

    def meet_candidate(self, now: float) -> None:
        """A candidate comes and perhaps becomes work."""
        kind = kind_of_candidate(self.key, self.id, self.candidates, self.n_waiting)
        self.candidates += 1
        if kind != m.NOTHING:
            self.let_wait(kind, now)

    def take_work(self, now: float) -> float:
        """The SENCO, who is free, takes the first piece of work. Gives how long it takes; -1 if there is none."""
        reviews = self.queues[m.SUPPORT_REVIEW]
        if self.n_waiting > len(reviews):
            return self._begin(next(kind for kind in _CASE_KINDS if self.queues[kind]), now)
        while reviews and now - reviews[0][0] > m.REVIEW_LAPSES_AFTER:
            reviews.popleft()
            self.lapsed += 1
            self.n_waiting -= 1
        return self._begin(m.SUPPORT_REVIEW, now) if reviews else -1.0

    def _begin(self, kind: int, now: float) -> float:
        entered, number, case = self.queues[kind].popleft()
        self.n_waiting -= 1
        self.weeks_waited[kind] += now - entered
        self.in_hand = kind
        self.case = m.case_of(self.id, number) if kind == m.REQUEST else case
        return weeks_of_work(self.key, kind, self.id, number, self.hours)

    def finish_work(self) -> int:
        """The SENCO completes the piece in hand and is free. Gives its kind; its case is still there."""
        kind = self.in_hand
        self.completed[kind] += 1
        self.in_hand = m.NOTHING
        return kind

    def unfinished(self) -> list[int]:
        """Pieces that wait or are in hand."""
        return [len(queue) + (self.in_hand == kind) for kind, queue in enumerate(self.queues)]


class Station:
    """A council or the tribunal: a queue, and so many places."""

    __slots__ = ("decided", "free", "joined", "places", "queue", "remitted", "weeks_waited")

    def __init__(self, places: int) -> None:
        self.places = self.free = places
        self.queue: deque[tuple[float, int]] = deque()
        self.joined = self.decided = self.remitted = 0
        self.weeks_waited = 0.0

    def join(self, case: int, now: float) -> None:
        """A case joins the queue."""
        self.queue.append((now, case))
        self.joined += 1

    def take_up(self, now: float) -> int:
        """Give the first case a place, if there is one."""
        if not self.free or not self.queue:
            return NO_CASE
        entered, case = self.queue.popleft()
        self.free -= 1
        self.weeks_waited += now - entered
        return case

    def leave(self) -> None:
        """A case is decided."""
        self.free += 1
        self.decided += 1

    def waiting(self) -> int:
        """Cases in the queue."""
        return len(self.queue)

    def in_process(self) -> int:
        """Cases that have a place."""
        return self.places - self.free
