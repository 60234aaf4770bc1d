"""The order of things: the steps of a term, and what each kind of event brings about. Both schedulers run these."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from sencosim.engine.mechanisms.council import (
    advice_done,
    assessed,
    begin_with_work_in_hand,
    decided,
    drafting_done,
    next_other_request,
    other_request,
    plan_delivered,
    refusal_told,
    school_asked,
    set_capacity,
    slots_given,
)
from sencosim.engine.mechanisms.disputes import (
    appeal_told,
    heard,
    hearings_given,
    lodged,
    mediated,
    next_other_appeal,
    other_appeal,
    registered,
    set_hearings,
)
from sencosim.engine.mechanisms.due import make_work_due, set_pace
from sencosim.engine.mechanisms.pathways import crisis_deadline, excluded_leaves, noticed, noticed_again, path_reached
from sencosim.engine.mechanisms.places import count_places, note_waiting, place_starts
from sencosim.engine.mechanisms.requests import asked_again, patience_ended
from sencosim.engine.mechanisms.terms import (
    apply_policy,
    close_term,
    count_pupils,
    lapse_identifications,
    review_workforce,
    set_hazards,
)
from sencosim.engine.mechanisms.year import admit_stock, begin_year, fill_posts, post_counts, review_sharing
from sencosim.vocabulary import Activity, Happening


class Step(IntEnum):
    """The steps of the start of a term, in their order."""

    CLOSE_TERM = 0
    POST_COUNTS = 1
    TURN_CLOCK = 2
    ADMIT_STOCK = 3
    REVIEW_SHARING = 4
    LAPSE_IDENTIFICATIONS = 5
    BEGIN_YEAR = 6
    FILL_POSTS = 7
    REVIEW_WORKFORCE = 8
    APPLY_POLICY = 9
    SET_CAPACITY = 10
    SET_HEARINGS = 11
    NOTE_WAITING = 12
    OPEN_TERM = 13
    COUNT_PLACES = 14
    BEGIN_COUNCILS = 15


@dataclass(frozen=True)
class Facts:
    """Over what a step goes, when it is taken, and what it does."""

    over: str
    when: str
    words: str


SCHOOLS, COUNCILS, ENGLAND = "each school", "each council", "England"
FIRST, LATER, EVERY, SEPTEMBER, NEW_YEAR = (
    "at the start of the run",
    "from the second term",
    "every term",
    "every September",
    "every September from the second year",
)
FACTS: dict[Step, Facts] = {
    Step.CLOSE_TERM: Facts(SCHOOLS, LATER, "reviews lapse, coverage is measured, hours are booked"),
    Step.POST_COUNTS: Facts(ENGLAND, LATER, "the counts of the term are added to the tally"),
    Step.TURN_CLOCK: Facts(ENGLAND, EVERY, "the term begins; in September the rates of the year are set"),
    Step.ADMIT_STOCK: Facts(SCHOOLS, FIRST, "pupils on SEN Support and with plans are admitted"),
    Step.REVIEW_SHARING: Facts(ENGLAND, SEPTEMBER, "schools that share a SENCO are reviewed"),
    Step.LAPSE_IDENTIFICATIONS: Facts(SCHOOLS, LATER, "identifications move ahead or lapse"),
    Step.BEGIN_YEAR: Facts(COUNCILS, NEW_YEAR, "pupils move up and on, places and transfers are settled"),
    Step.FILL_POSTS: Facts(ENGLAND, NEW_YEAR, "the supply of teachers fills posts"),
    Step.REVIEW_WORKFORCE: Facts(SCHOOLS, LATER, "SENCOs leave, vacancies are filled"),
    Step.APPLY_POLICY: Facts(SCHOOLS, EVERY, "hours, seats, teams and administrators are set"),
    Step.SET_CAPACITY: Facts(COUNCILS, EVERY, "the hours of councils' teams are set"),
    Step.SET_HEARINGS: Facts(ENGLAND, EVERY, "the tribunal's capacity is set"),
    Step.NOTE_WAITING: Facts(ENGLAND, EVERY, "pupils who wait for special places are noted by school"),
    Step.OPEN_TERM: Facts(SCHOOLS, EVERY, "hazards, needs noticed, work due, pace, pupils counted"),
    Step.COUNT_PLACES: Facts(COUNCILS, EVERY, "pupil-years by placement are booked"),
    Step.BEGIN_COUNCILS: Facts(COUNCILS, FIRST, "work in hand, and streams from outside mainstream, begin"),
}
"""What the docs print and the schedulers run."""


def is_taken(step: Step, term: int) -> bool:
    """Whether a step is taken at the start of a term, counted from 0."""
    when = FACTS[step].when
    later, september = term > 0, term % 3 == 0
    return {FIRST: not later, LATER: later, EVERY: True, SEPTEMBER: september, NEW_YEAR: later and september}[when]


def number_of(step: Step, world: Any) -> int:
    """How many schools or councils take a step; 1 for England."""
    return {SCHOOLS: int(world["n_schools"]), COUNCILS: int(world["n_councils"]), ENGLAND: 1}[FACTS[step].over]


def take_step(w: Any, step: int, at: int) -> None:
    """Take a step for one school, one council, or England."""
    if step in (Step.ADMIT_STOCK, Step.CLOSE_TERM, Step.LAPSE_IDENTIFICATIONS):
        _close(w, step, at)
    elif step in (Step.REVIEW_WORKFORCE, Step.APPLY_POLICY, Step.OPEN_TERM):
        _open(w, step, at)
    elif step in (Step.BEGIN_YEAR, Step.SET_CAPACITY, Step.COUNT_PLACES, Step.BEGIN_COUNCILS):
        _of_one_council(w, step, w.councils[at])
    elif step == Step.POST_COUNTS:
        post_counts(w)
    elif step == Step.REVIEW_SHARING:
        review_sharing(w)
    elif step == Step.FILL_POSTS:
        fill_posts(w)
    elif step == Step.SET_HEARINGS:
        set_hearings(w)
    else:
        note_waiting(w)


def _close(w: Any, step: int, at_school: int) -> None:
    if step == Step.ADMIT_STOCK:
        admit_stock(w, at_school)
    elif step == Step.CLOSE_TERM:
        close_term(w, w.schools[at_school])
    else:
        lapse_identifications(w, w.schools[at_school])


def _open(w: Any, step: int, at_school: int) -> None:
    school = w.schools[at_school]
    if step == Step.REVIEW_WORKFORCE:
        review_workforce(w, school)
    elif step == Step.APPLY_POLICY:
        apply_policy(w, school)
    else:
        set_hazards(w, school)
        make_work_due(w, school)
        set_pace(w, school)
        count_pupils(w, school)


def _of_one_council(w: Any, step: int, council: Any) -> None:
    if step == Step.BEGIN_YEAR:
        begin_year(w, council)
    elif step == Step.SET_CAPACITY:
        set_capacity(w, council)
    elif step == Step.COUNT_PLACES:
        count_places(w, council)
    else:
        next_other_request(w, council, 0)
        begin_with_work_in_hand(w, council)
        next_other_appeal(w, council, 0)


def happen(w: Any, council: Any, event: tuple[int, int, int, float], entity: int) -> None:  # noqa: C901 a switch
    """Let an event happen: its kind, two numbers that go with it, and a clock reading."""
    kind, first, second, target = event
    if kind == Happening.PATH:
        path_reached(w, council, first, second, target)
    elif kind == Happening.NOTICED:
        noticed(w, w.schools[first], entity, second)
    elif kind == Happening.PATIENCE:
        patience_ended(w, first)
    elif kind == Happening.CRISIS_DEADLINE:
        crisis_deadline(w, first)
    elif kind == Happening.NOTICED_AGAIN:
        noticed_again(w, first, second)
    elif kind == Happening.ASKED_AGAIN:
        asked_again(w, first, second)
    elif kind == Happening.EXCLUDED_LEAVES:
        excluded_leaves(w, council, first, second)
    elif kind == Happening.INFORMATION_ASKED:
        school_asked(w, first, second, Activity.REQUEST_INFORMATION)
    elif kind == Happening.ADVICE_ASKED:
        school_asked(w, first, second, Activity.ASSESSMENT_ADVICE)
    else:
        _reach_council(w, council, (kind, first, second), entity)


def _reach_council(w: Any, council: Any, event: tuple[int, int, int], entity: int) -> None:  # noqa: C901 a switch
    kind, first, second = event
    if kind == Happening.DECISION:
        decided(w, council, first, second)
    elif kind == Happening.REFUSAL_TOLD:
        refusal_told(w, first, second)
    elif kind == Happening.SLOT:
        slots_given(w, council, first)
    elif kind == Happening.ADVICE_DONE:
        advice_done(w, council, first)
    elif kind == Happening.LATE_ADVICE_DONE:
        assessed(w, council, first)
    elif kind == Happening.DRAFTING_DONE:
        drafting_done(w, council, first)
    elif kind == Happening.PLAN_DELIVERED:
        plan_delivered(w, council, first)
    elif kind == Happening.OTHER_REQUEST:
        other_request(w, council, entity, second)
    else:
        _reach_dispute(w, council, event, entity)


def _reach_dispute(w: Any, council: Any, event: tuple[int, int, int], entity: int) -> None:
    kind, first, second = event
    if kind == Happening.MEDIATED:
        mediated(w, first)
    elif kind == Happening.REGISTERED:
        registered(w, first)
    elif kind == Happening.OTHER_APPEAL:
        other_appeal(w, council, entity, second)
    elif kind == Happening.APPEAL_TOLD:
        appeal_told(w, first, second)
    elif kind == Happening.LODGED:
        lodged(w, council, first)
    elif kind == Happening.HEARING_SLOT:
        hearings_given(w, council)
    elif kind == Happening.HEARD:
        heard(w, council, first)
    else:
        place_starts(w, first)
