"""The order of things: the steps of a term, and what each kind of event brings about. Both schedulers run these."""

from __future__ import annotations

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
    annual_review_considered,
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
from sencosim.engine.mechanisms.pathways import crisis_deadline, excluded_leaves, noticed, path_reached
from sencosim.engine.mechanisms.places import count_places, note_waiting, place_starts
from sencosim.engine.mechanisms.post import close_overdue
from sencosim.engine.mechanisms.requests import asked_again, patience_ended, request_made
from sencosim.engine.mechanisms.terms import (
    apply_policy,
    close_term,
    count_pupils,
    review_workforce,
    set_baseline_hours,
    set_hazards,
)
from sencosim.engine.mechanisms.year import admit_stock, begin_year, fill_posts, post_counts, review_sharing
from sencosim.units import TERMS_PER_YEAR
from sencosim.vocabulary import Activity, Facts, Happening


class Over(Facts):
    """Who takes a step of the term, in words."""

    ENGLAND = ("England",)
    COUNCILS = ("each council",)
    SCHOOLS = ("each school",)

    words: str


class When(Facts):
    """When a step of the term is taken, in words."""

    FIRST = ("at the start of the run",)
    LATER = ("from the second term",)
    EVERY_TERM = ("every term",)
    SEPTEMBER = ("every September",)
    NEW_YEAR = ("every September from the second year",)

    words: str


class Step(Facts):
    """The steps of the start of a term, in their order: who takes each, when, and what it does."""

    CLOSE_TERM = Over.SCHOOLS, When.LATER, "reviews lapse, support is measured, hours are booked"
    POST_COUNTS = Over.ENGLAND, When.LATER, "the counts of the term are added to the tally"
    TURN_CLOCK = Over.ENGLAND, When.EVERY_TERM, "the term begins; in September the rates of the year are set"
    ADMIT_STOCK = Over.SCHOOLS, When.FIRST, "pupils on SEN Support and with plans are admitted"
    REVIEW_SHARING = Over.ENGLAND, When.SEPTEMBER, "schools that share a SENCO are reviewed"
    CLOSE_OVERDUE = Over.SCHOOLS, When.LATER, "casework long overdue is closed without the SENCO"
    BEGIN_YEAR = Over.COUNCILS, When.NEW_YEAR, "pupils move up and on, places and transfers are settled"
    SET_BASELINE_HOURS = (
        Over.SCHOOLS,
        When.SEPTEMBER,
        "hours that schools give of their own accord follow their numbers",
    )
    FILL_POSTS = Over.ENGLAND, When.NEW_YEAR, "the supply of teachers fills posts"
    REVIEW_WORKFORCE = Over.SCHOOLS, When.LATER, "SENCOs leave, vacancies are filled"
    APPLY_POLICY = Over.SCHOOLS, When.EVERY_TERM, "hours, seats, teams and administrators are set"
    SET_CAPACITY = Over.COUNCILS, When.EVERY_TERM, "the hours of councils' teams are set"
    SET_HEARINGS = Over.ENGLAND, When.EVERY_TERM, "the tribunal's capacity is set"
    NOTE_WAITING = Over.ENGLAND, When.EVERY_TERM, "pupils who wait for special places are noted by school"
    OPEN_TERM = Over.SCHOOLS, When.EVERY_TERM, "hazards, needs noticed, work due, pace, pupils counted"
    COUNT_PLACES = Over.COUNCILS, When.EVERY_TERM, "pupil-years by placement are booked"
    BEGIN_COUNCILS = Over.COUNCILS, When.FIRST, "work in hand, and streams from outside mainstream, begin"

    over: Over
    when: When
    words: str


OVER = tuple(int(step.over) for step in Step)
"""Who takes each step, as compiled code reads it."""


def is_taken(step: Step, term: int) -> bool:
    """Whether a step is taken at the start of a term, counted from 0."""
    later, september = term > 0, term % TERMS_PER_YEAR == 0
    return (not later, later, True, september, later and september)[step.when]


def number_of(step: Step, world: Any) -> int:
    """How many schools or councils take a step; 1 for England."""
    return (1, int(world["n_councils"]), int(world["n_schools"]))[step.over]


def take_step(w: Any, step: int, at: int) -> None:  # noqa: C901, PLR0912
    """Take a step for one school, one council, or England."""
    if step == Step.POST_COUNTS:
        post_counts(w)
    elif step == Step.REVIEW_SHARING:
        review_sharing(w)
    elif step == Step.FILL_POSTS:
        fill_posts(w)
    elif step == Step.SET_HEARINGS:
        set_hearings(w)
    elif step == Step.NOTE_WAITING:
        note_waiting(w)
    elif step == Step.ADMIT_STOCK:
        admit_stock(w, w.schools[at])
    elif step == Step.CLOSE_TERM:
        close_term(w, w.schools[at])
    elif step == Step.CLOSE_OVERDUE:
        close_overdue(w, w.schools[at])
    elif step == Step.SET_BASELINE_HOURS:
        set_baseline_hours(w, w.schools[at])
    elif step == Step.REVIEW_WORKFORCE:
        review_workforce(w, w.schools[at])
    elif step == Step.APPLY_POLICY:
        apply_policy(w, w.schools[at])
    elif step == Step.OPEN_TERM:
        set_hazards(w, w.schools[at])
        make_work_due(w, w.schools[at])
        set_pace(w, w.schools[at])
        count_pupils(w, w.schools[at])
    elif step == Step.BEGIN_YEAR:
        begin_year(w, w.councils[at])
    elif step == Step.SET_CAPACITY:
        set_capacity(w, w.councils[at])
    elif step == Step.COUNT_PLACES:
        count_places(w, w.councils[at])
    elif step == Step.BEGIN_COUNCILS:
        next_other_request(w, w.councils[at], 0)
        begin_with_work_in_hand(w, w.councils[at])
        next_other_appeal(w, w.councils[at], 0)
    else:
        raise ValueError("A step of the term has no branch in take_step.")


def happen(  # noqa: C901, PLR0912, PLR0915
    w: Any, council: Any, kind: int, first: int, second: int, target: float, entity: int
) -> None:
    """Let an event happen: its kind, two numbers that go with it, a clock reading, and whom it is about."""
    if kind == Happening.PATH:
        path_reached(w, council, first, second, target)
    elif kind == Happening.NOTICED:
        noticed(w, w.schools[first], entity, second)
    elif kind == Happening.PATIENCE:
        patience_ended(w, first)
    elif kind == Happening.CRISIS_DEADLINE:
        crisis_deadline(w, first)
    elif kind == Happening.REQUEST_MADE:
        request_made(w, first, second)
    elif kind == Happening.ASKED_AGAIN:
        asked_again(w, first, second)
    elif kind == Happening.EXCLUDED_LEAVES:
        excluded_leaves(w, council, first, second)
    elif kind == Happening.INFORMATION_ASKED:
        school_asked(w, first, second, Activity.REQUEST_INFORMATION)
    elif kind == Happening.ADVICE_ASKED:
        school_asked(w, first, second, Activity.ASSESSMENT_ADVICE)
    elif kind == Happening.DECISION:
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
    elif kind == Happening.MEDIATED:
        mediated(w, first)
    elif kind == Happening.OTHER_APPEAL:
        other_appeal(w, council, entity, second)
    elif kind == Happening.ANNUAL_REVIEW_CONSIDERED:
        annual_review_considered(w, first, second)
    elif kind == Happening.PLACE_STARTS:
        place_starts(w, first)
    elif kind == Happening.REGISTERED:
        registered(w, first)
    elif kind == Happening.APPEAL_TOLD:
        appeal_told(w, first, second)
    elif kind == Happening.LODGED:
        lodged(w, council, first)
    elif kind == Happening.HEARING_SLOT:
        hearings_given(w, council)
    elif kind == Happening.HEARD:
        heard(w, council, first)
    else:
        raise ValueError("A kind of event has no branch in happen.")
