"""M5: the queue of one post."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import pytest
from engine.small_worlds import HARTLEPOOL, plain_world, schools_of, small_inputs, waiting_cases
from hypothesis import given
from hypothesis import strategies as st

from sencosim.arms.inputs import Inputs
from sencosim.engine.binding import bind
from sencosim.engine.mechanisms import basics
from sencosim.engine.mechanisms.facts import CLASS_OF, TEAM_MAY_DO
from sencosim.engine.mechanisms.text import TEXT
from sencosim.units import MINUTES_PER_WEEK
from sencosim.vocabulary import COLUMN, STREAM, Activity, Stage, Work, WorkClass, Worker

_TIE = STREAM["queue_tie"]
pytestmark = pytest.mark.property

KEYS = st.permutations(list(range(1, 26)))
CASES = st.lists(
    st.tuples(
        st.sampled_from([a for a in range(len(CLASS_OF)) if a != Activity.SUPPORT_REVIEW]),
        st.integers(0, 5),  # many arrive in the same minute
        st.sampled_from([0.2, 0.5, 0.8]),  # and draw the same number
        st.floats(0.1, 9.0),
    ),
    max_size=25,
)


@lru_cache(maxsize=1)
def inputs() -> Inputs:
    return small_inputs(schools_of(HARTLEPOOL, primary=2, secondary=0), years=1)


class Post:
    """The queues of two schools, with one pupil a case, and draws that the test chooses."""

    def __init__(self, cases: list[tuple[int, int, float, float]], keys: list[int], *, rationing: bool = False) -> None:
        self.w = plain_world(inputs())
        self.w.whole_school_session_hours = 1.0
        self.text = bind(TEXT, given={basics.draw: lambda _, stream, entity, __: self.ties[stream, entity]})
        self.queue = self.text["queue"]
        self.school, self.other = self.w.schools[:2]
        self.school.rations = int(rationing)
        self.ties: dict[tuple[int, int], float] = {}
        self.put = [self._put(number, keys[number], *case) for number, case in enumerate(cases)]

    def _put(self, number: int, key: int, activity: int, entered: int, tie: float, hours: float) -> int:
        pupils = self.text["pupils"]
        index = pupils.make_pupil(self.w, key, 3, Stage.NOTICED, 1.0)
        pupils.add(self.w, self.school, index)
        self.ties[_TIE, key] = tie
        self.w.now = entered
        return self.queue.put(self.w, self.school, index, activity, hours, number)

    def order(self, index: int) -> tuple[int, int, float, int]:
        """Class, arrival, draw and pupil's number of a case: what decides when it is served."""
        case = self.w.cases[index]
        key = self.w.pupils[case.pupil].key
        rationed = self.school.rations and case.activity == Activity.REQUEST_PREPARATION
        return (
            WorkClass.RATIONED_REQUEST if rationed else CLASS_OF[case.activity],
            case.entered,
            self.ties[_TIE, key],
            key,
        )

    def take(self, school: Any, who: int = Worker.SENCO) -> tuple[int, int, int, float] | None:
        """Kind, what, number of reviews and hours of the next piece of work, if there is any."""
        worker = self.w.workers[2 * school.index + who]
        if not self.queue.next_work(self.w, school, worker, who):
            return None
        return worker.work, worker.thing, worker.number, worker.hours

    def take_all(self, school: Any, who: int = Worker.SENCO) -> list[tuple[int, int, int, float]]:
        found = []
        while (work := self.take(school, who)) is not None:
            found.append(work)
        return found


@given(CASES, KEYS, st.integers(0, 3), st.booleans())
def test_work_is_taken_by_class_then_arrival_then_keyed_draw_and_whole_school_work_last(cases, keys, n, rationing):
    post = Post(cases, keys, rationing=rationing)
    post.w.scheduler.need_reviews(n, n)
    for i in range(n):
        post.w.reviews[i].hours = 0.6
    post.school.reviews_from, post.school.reviews_to = 0, n
    post.school.pool[0] = 1.5
    taken = post.take_all(post.school)
    assert [which for kind, which, _, _ in taken if kind == Work.CASE] == sorted(post.put, key=post.order)
    place = [
        {Work.SITTING: WorkClass.SUPPORT_REVIEW, Work.SESSION: 99}.get(
            kind, -1 if kind != Work.CASE else post.order(at)[0]
        )
        for kind, at, _, _ in taken
    ]
    assert place == sorted(place)
    assert [number for kind, _, number, _ in taken if kind == Work.SITTING] == [1] * n  # two do not fit into an hour
    assert [hours for kind, *_, hours in taken if kind == Work.SESSION] == [1.0, 0.5]
    assert post.school.minutes == 0
    assert all(history.first_case < 0 for history in post.w.histories)


@given(st.lists(st.floats(0.1, 1.4), min_size=1, max_size=12))
def test_a_sitting_holds_as_many_reviews_as_fit_and_at_least_one(hours):
    post = Post([], [])
    post.w.scheduler.need_reviews(len(hours), len(hours))
    for review, length in zip(post.w.reviews, hours, strict=False):
        review.hours = length
    post.school.reviews_to = len(hours)
    at = 0
    for kind, first, number, total in post.take_all(post.school):
        assert (kind, first) == (Work.SITTING, at)
        assert total == pytest.approx(sum(hours[at : at + number]))
        assert number == 1 or total <= 1.0
        at += number
        assert at == len(hours) or total + hours[at] > 1.0
    assert at == len(hours)


@given(CASES, KEYS, st.lists(st.floats(0.0, 2.0), min_size=len(TEAM_MAY_DO), max_size=len(TEAM_MAY_DO)))
def test_a_team_takes_no_case_and_no_work_that_is_the_sencos_own(cases, keys, pool):
    post = Post(cases, keys)
    post.school.pool = list(pool)
    for kind, which, _, _ in post.take_all(post.school, Worker.TEAM):
        assert kind == Work.SESSION
        assert TEAM_MAY_DO[which]
    kept = [0.0 if may else hours for may, hours in zip(TEAM_MAY_DO, pool, strict=True)]
    assert post.school.pool == kept
    assert len(waiting_cases(post.w, post.school)) == len(cases)


@given(CASES, KEYS, st.data())
def test_minutes_are_those_of_the_cases_that_wait(cases, keys, data):
    post = Post(cases, keys)
    w, school = post.w, post.school
    waiting = set(post.put)
    for index in post.put:
        if data.draw(st.booleans()):
            post.queue.close_case(w, school, w.cases[index])
            waiting.discard(index)
    for _ in range(data.draw(st.integers(0, 3))):
        work = post.take(school)
        if work is not None and work[0] == Work.CASE:
            waiting.remove(work[1])
    assert school.minutes == sum(int(w.cases[index].hours * 60.0) for index in waiting)
    assert len(waiting_cases(w, school)) == len(waiting)


@given(CASES.filter(bool), KEYS, st.data())
def test_a_case_that_goes_on_to_another_post_is_served_there_only(cases, keys, data):
    post = Post(cases, keys)
    w = post.w
    moving = data.draw(st.sampled_from(post.put))
    if w.cases[moving].activity == Activity.IDENTIFICATION and data.draw(st.booleans()):
        post.queue.move_ahead(w, post.school, moving)
    post.queue.hand_over(w, post.school, w.cases[moving])
    post.queue.let_wait(w, post.other, moving)
    assert sorted(which for _, which, _, _ in post.take_all(post.school)) == sorted(set(post.put) - {moving})
    assert post.school.minutes == 0
    assert [which for _, which, _, _ in post.take_all(post.other)] == [moving]
    assert post.other.minutes == 0


@given(st.lists(st.tuples(st.integers(0, 100), st.sampled_from([0.2, 0.5, 0.8])), max_size=20), KEYS)
def test_identifications_move_ahead_after_a_term_and_lapse_after_three(entries, keys):
    week = MINUTES_PER_WEEK
    post = Post([(Activity.IDENTIFICATION, entered * week, tie, 1.0) for entered, tie in entries], keys)
    w, school = post.w, post.school
    w.renotice_share = 0.0
    w.identification_lapse_terms = 3.0
    w.now = 100 * week
    text = bind(TEXT, given={basics.draw: lambda *_: 0.9})
    text["terms"].lapse_identifications(w, school)
    waits = {index: 100 - entered for index, (entered, _) in zip(post.put, entries, strict=True)}
    lapsed = {index for index, weeks in waits.items() if weeks >= 52}
    assert {index for index in post.put if not w.cases[index].open} == lapsed
    assert w.pages[school.cell * w.n_quantities + COLUMN["lapsed.identification"]] == len(lapsed)
    ahead = [case for case in waiting_cases(w, school) if case.queue == WorkClass.LONG_IDENTIFICATION]
    assert {case.number for case in ahead} == {
        number for number, weeks in enumerate(waits.values()) if 17 <= weeks < 52
    }
    order = [(case.entered, case.tie) for case in ahead]
    assert order == sorted(order)
    assert school.minutes == 60 * (len(entries) - len(lapsed))
