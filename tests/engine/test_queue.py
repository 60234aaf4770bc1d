"""M5: the queue of one post."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sencosim.engine.reference.casework import (
    CLASS_LONG_IDENTIFICATION,
    CLASS_OF,
    CLASS_RATIONED_REQUEST,
    CLASS_SUPPORT_REVIEW,
    IDENTIFICATION,
    REQUEST_PREPARATION,
    SUPPORT_REVIEW,
    Case,
    Queue,
    Session,
    Sitting,
)

pytestmark = pytest.mark.property

CASES = st.lists(
    st.tuples(
        st.sampled_from([a for a in range(len(CLASS_OF)) if a != SUPPORT_REVIEW]),
        st.integers(0, 5),  # many arrive in the same minute
        st.floats(0.01, 0.99),
        st.floats(0.1, 9.0),
    ),
    max_size=25,
)


def _filled(cases, *, rationing=False):
    queue = Queue(rations_requests=rationing)
    put = []
    for number, (activity, entered, tie, hours) in enumerate(cases):
        case = Case(activity, SimpleNamespace(key=number), hours, entered, number)
        queue.put(case, tie)
        put.append((case, tie))
    return queue, put


def _class(case, rationing):
    if rationing and case.activity == REQUEST_PREPARATION:
        return CLASS_RATIONED_REQUEST
    return CLASS_OF[case.activity]


@given(CASES, st.integers(0, 3), st.booleans())
def test_work_is_taken_by_class_then_arrival_then_keyed_draw_and_whole_school_work_last(cases, reviews, rationing):
    queue, put = _filled(cases, rationing=rationing)
    for i in range(reviews):
        queue.reviews.append((i / 10, SimpleNamespace(key=i), 1.0))
    queue.pool[0] = 1.5
    taken = []
    while (work := queue.take(1.0)) is not None:
        taken.append(work)
    expected = sorted(put, key=lambda item: (_class(item[0], rationing), item[0].entered, item[1], item[0].pupil.key))
    assert [work for work in taken if isinstance(work, Case)] == [case for case, _ in expected]
    place = [
        CLASS_SUPPORT_REVIEW
        if isinstance(work, Sitting)
        else 99
        if isinstance(work, Session)
        else _class(work, rationing)
        for work in taken
    ]
    assert place == sorted(place)
    assert sum(len(work.reviews) for work in taken if isinstance(work, Sitting)) == reviews
    assert sum(work.hours for work in taken if isinstance(work, Session)) == 1.5
    assert queue.minutes == 0


@given(CASES, st.data())
def test_minutes_are_those_of_the_cases_that_wait(cases, data):
    queue, put = _filled(cases)
    for case, _ in put:
        if data.draw(st.booleans()):
            queue.withdraw(case)
    for _ in range(data.draw(st.integers(0, 3))):
        work = queue.take(1.0)
        if work is not None:
            work.open = False
    assert queue.minutes == sum(int(case.hours * 60.0) for case, _ in put if case.open)


@given(CASES, st.data())
def test_a_case_that_goes_on_to_another_post_is_served_there_only(cases, data):
    queue, put = _filled(cases)
    if not put:
        return
    case, tie = data.draw(st.sampled_from(put))
    queue.age_identifications(3, 2, 99)
    other = Queue(rations_requests=False)
    queue.hand_over(case)
    other.put(case, tie)
    left = []
    while (work := queue.take(1.0)) is not None:
        left.append(work)
    assert len(left) == len(put) - 1
    assert all(work is not case for work in left)
    assert queue.minutes == 0
    assert other.take(1.0) is case


@given(st.lists(st.tuples(st.integers(0, 100), st.floats(0.01, 0.99)), max_size=20))
def test_identifications_move_ahead_after_a_term_and_lapse_after_three(entries):
    queue, put = _filled([(IDENTIFICATION, entered, tie, 1.0) for entered, tie in entries])
    lapsed = queue.age_identifications(100, 30, 90)
    assert {case.number for case in lapsed} == {case.number for case, _ in put if 100 - case.entered >= 90}
    ahead = {entry[3].number for entry in queue.classes[CLASS_LONG_IDENTIFICATION]}
    assert ahead == {case.number for case, _ in put if 30 <= 100 - case.entered < 90}
    assert queue.minutes == 60 * (len(put) - len(lapsed))
