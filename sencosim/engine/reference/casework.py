"""M5: cases, and the queue of one SENCO post."""

from __future__ import annotations

import heapq
from collections import deque
from typing import TYPE_CHECKING

from sencosim.engine.reference.pupil import Pupil
from sencosim.ledger.quantities import CASE_ACTIVITIES, WHOLE_SCHOOL_ACTIVITIES

if TYPE_CHECKING:
    from sencosim.engine.reference.school import School

(
    CRISIS,
    EXCLUSION_WORK,
    SUSPENSION,
    MEDIATION,
    APPEAL_PREPARATION,
    ANNUAL_REVIEW,
    ASSESSMENT_ADVICE,
    CONSULTATION,
    REQUEST_INFORMATION,
    REQUEST_PREPARATION,
    SUPPORT_REVIEW,
    IDENTIFICATION,
    SUPPORT_PLAN,
) = range(len(CASE_ACTIVITIES))

(
    CLASS_CRISIS,
    CLASS_DISPUTE,
    CLASS_STATUTORY,
    CLASS_REQUEST,
    CLASS_LONG_IDENTIFICATION,
    CLASS_SUPPORT_REVIEW,
    CLASS_IDENTIFICATION,
    CLASS_RATIONED_REQUEST,
) = range(8)
"""Classes of the queue, first served first. Whole-school work comes after all of them."""

CLASS_OF = (
    CLASS_CRISIS,
    CLASS_CRISIS,
    CLASS_CRISIS,
    CLASS_DISPUTE,
    CLASS_DISPUTE,
    CLASS_STATUTORY,
    CLASS_STATUTORY,
    CLASS_STATUTORY,
    CLASS_STATUTORY,
    CLASS_REQUEST,
    CLASS_SUPPORT_REVIEW,
    CLASS_IDENTIFICATION,
    CLASS_STATUTORY,
)
"""Class of each activity; a rationing school puts request preparation in ``CLASS_RATIONED_REQUEST``."""

PAPERWORK = frozenset({ANNUAL_REVIEW, ASSESSMENT_ADVICE, CONSULTATION, REQUEST_INFORMATION, REQUEST_PREPARATION})
"""Casework whose hours depend on the council's forms and steps (M19)."""

DELEGABLE_WHOLE_SCHOOL = tuple(
    index for index, name in enumerate(WHOLE_SCHOOL_ACTIVITIES) if name not in ("staff_training", "coaching")
)
"""Whole-school work that the team may do."""


class Case:
    """One piece of work about one pupil.

    Attributes
    ----------
    activity
        Index into ``CASE_ACTIVITIES``.
    pupil
        Whom it is about; ``None`` for a consultation about a pupil of another school.
    hours
        Standard hours of the whole piece. [hours]
    entered
        When it entered the queue. [minutes]
    number
        Occurrence that keys decisions which this case brings about.
    open
        Whether it still waits for a decision or a start.
    """

    __slots__ = ("activity", "entered", "hours", "number", "open", "pupil", "request")

    def __init__(self, activity: int, pupil: Pupil | None, hours: float, entered: int, number: int = 0) -> None:
        self.activity = activity
        self.pupil = pupil
        self.hours = hours
        self.entered = entered
        self.number = number
        self.open = True
        self.request: object = None


class Session:
    """A stretch of whole-school work, at most ``whole_school_session_hours`` long."""

    __slots__ = ("activity", "hours")

    def __init__(self, activity: int, hours: float) -> None:
        self.activity = activity
        self.hours = hours


class Sitting:
    """Support reviews done one after another: at most ``whole_school_session_hours``, unless one alone is longer."""

    __slots__ = ("hours", "reviews")

    def __init__(self, reviews: list[Review], hours: float) -> None:
        self.reviews = reviews
        self.hours = hours

    def let_go_of_those_not_in(self, school: School) -> None:
        """A review in hand over the end of a term completes no cycle of a pupil who has left the school."""
        self.reviews = [
            (tie, pupil if pupil is not None and pupil.school is school else None, hours)
            for tie, pupil, hours in self.reviews
        ]


Review = tuple[int, Pupil | None, float]
"""A support review: tie, pupil (none if no longer here), standard hours."""
Entry = tuple[int, float, int, Case]


class Queue:
    """What waits for one SENCO post, in the order of the model document.

    Within a class first come first served; ties by a keyed draw, then by the pupil's number.

    Attributes
    ----------
    reviews
        Support reviews of this term: tie, pupil, standard hours.
    pool
        Whole-school work of this term by activity. [standard hours]
    minutes
        Casework waiting, in whole minutes so that the sum does not depend on its order.
    """

    def __init__(self, *, rations_requests: bool) -> None:
        self.classes: list[list[Entry]] = [[] for _ in range(8)]
        self.reviews: deque[Review] = deque()
        self.pool = [0.0] * len(WHOLE_SCHOOL_ACTIVITIES)
        self.minutes = 0
        self._before_reviews = self.classes[:CLASS_SUPPORT_REVIEW]
        self._after_reviews = self.classes[CLASS_SUPPORT_REVIEW + 1 :]
        self._all_activities = tuple(range(len(WHOLE_SCHOOL_ACTIVITIES)))
        self._class_of = list(CLASS_OF)
        if rations_requests:
            self._class_of[REQUEST_PREPARATION] = CLASS_RATIONED_REQUEST

    def put(self, case: Case, tie: float) -> None:
        """Let a case wait in its class."""
        key = case.pupil.key if case.pupil is not None else 0
        heapq.heappush(self.classes[self._class_of[case.activity]], (case.entered, tie, key, case))
        self.minutes += int(case.hours * 60.0)

    def take(self, session_hours: float) -> Case | Session | Sitting | None:
        """Take the next piece of work for the SENCO; ``None`` if nothing waits."""
        case = self._take_case(self._before_reviews)
        if case is not None:
            return case
        if self.reviews:
            return self._take_sitting(session_hours)
        case = self._take_case(self._after_reviews)
        if case is not None:
            return case
        return self.take_session(self._all_activities, session_hours)

    def _take_sitting(self, session_hours: float) -> Sitting:
        """Take as many of the next reviews as fit into a sitting, at least one."""
        taken = [self.reviews.popleft()]
        hours = taken[0][2]
        while self.reviews and hours + self.reviews[0][2] <= session_hours:
            review = self.reviews.popleft()
            taken.append(review)
            hours += review[2]
        return Sitting(taken, hours)

    def _take_case(self, classes: list[list[Entry]]) -> Case | None:
        for waiting in classes:
            while waiting:
                case = heapq.heappop(waiting)[3]
                if case.open:
                    self.minutes -= int(case.hours * 60.0)
                    return case
        return None

    def take_for_team(self, session_hours: float) -> Session | Sitting | None:
        """Take the next delegable piece of work for the team; ``None`` if nothing waits."""
        if self.reviews:
            return self._take_sitting(session_hours)
        return self.take_session(DELEGABLE_WHOLE_SCHOOL, session_hours)

    def take_session(self, activities: tuple[int, ...], session_hours: float) -> Session | None:
        """Take a session of the first whole-school activity with hours left."""
        for activity in activities:
            left = self.pool[activity]
            if left > 0.0:
                hours = min(left, session_hours)
                self.pool[activity] = left - hours
                return Session(activity, hours)
        return None

    def withdraw(self, case: Case) -> None:
        """A case that waits no longer needs the SENCO."""
        case.open = False
        self.minutes -= int(case.hours * 60.0)

    def hand_over(self, case: Case) -> None:
        """A case goes on to the queue of another post: it stays open, and leaves no trace here."""
        waiting = self.classes[self._class_of[case.activity]]
        if case.activity == IDENTIFICATION and all(entry[3] is not case for entry in waiting):
            waiting = self.classes[CLASS_LONG_IDENTIFICATION]
        waiting[:] = [entry for entry in waiting if entry[3] is not case]
        heapq.heapify(waiting)
        self.minutes -= int(case.hours * 60.0)

    def cases_of(self, pupil: Pupil) -> list[Case]:
        """Cases waiting about one pupil."""
        return [entry[3] for waiting in self.classes for entry in waiting if entry[3].open and entry[3].pupil is pupil]

    def age_identifications(self, now: int, ahead_after: int, lapse_after: int) -> list[Case]:
        """Move identifications that have waited long ahead of reviews; return those that lapse.

        Parameters
        ----------
        now
            Clock time. [minutes]
        ahead_after, lapse_after
            Waits after which a case moves ahead, and lapses. [minutes]
        """
        lapsed: list[Case] = []
        ahead = self.classes[CLASS_LONG_IDENTIFICATION]
        while ahead and now - ahead[0][0] >= lapse_after:
            lapsed.append(heapq.heappop(ahead)[3])
        ordinary = self.classes[CLASS_IDENTIFICATION]
        while ordinary and now - ordinary[0][0] >= ahead_after:
            entry = heapq.heappop(ordinary)
            if now - entry[0] >= lapse_after:
                lapsed.append(entry[3])
            else:
                heapq.heappush(ahead, entry)
        lapsed = [case for case in lapsed if case.open]
        for case in lapsed:
            self.withdraw(case)
        return lapsed
