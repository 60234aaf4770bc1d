"""M5: the queue of one post: who is served first, what a team takes, and what is closed without the SENCO."""

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
from sencosim.engine.mechanisms.facts import DUTIES, GROUP_OF, LISTED, TEAM_MAY_DO
from sencosim.engine.mechanisms.text import TEXT
from sencosim.units import MINUTES_PER_WEEK
from sencosim.vocabulary import COLUMN, STREAM, Activity, ServiceGroup, Stage, WholeSchool, Work, Worker

_TIE, _ORDER = STREAM["queue_tie"], STREAM["order_of_service"]
pytestmark = pytest.mark.property

SHARE = 0.2
"""Share of pieces that come from reviews and duties."""
OTHER, THIRD = 0.9, 0.1
"""Draws of the order of service that are above and below it."""
IN_TERM = st.sampled_from([0, 1, 2, 3, 8 * MINUTES_PER_WEEK])
"""Minutes of arrival: many in the same one, some so late that work is due after the holiday."""
KEYS = st.permutations(list(range(1, 26)))
CASES = st.lists(
    st.tuples(
        st.sampled_from([a for a in range(len(GROUP_OF)) if a != Activity.SUPPORT_REVIEW]),
        IN_TERM,
        st.sampled_from([0.2, 0.5, 0.8]),  # many draw the same number
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
        self.w.group_three_share = SHARE
        self.orders: list[float] = []
        self.ties: dict[tuple[int, int], float] = {}
        self.text = bind(TEXT, given={basics.draw: self._draw})
        self.queue = self.text["queue"]
        self.school, self.other = self.w.schools[:2]
        self.school.rations = int(rationing)
        self.school.day_pace = self.other.day_pace = 1.0
        self.put = [self._put(number, keys[number], *case) for number, case in enumerate(cases)]

    def _draw(self, _: Any, stream: int, entity: int, occurrence: int) -> float:
        if stream != _ORDER:
            return self.ties[stream, entity]
        return self.orders[occurrence % len(self.orders)] if self.orders else OTHER

    def _put(self, number: int, key: int, activity: int, entered: int, tie: float, hours: float) -> int:
        pupils = self.text["pupils"]
        index = pupils.make_pupil(self.w, key, 3, Stage.NOTICED, 1.0)
        pupils.add(self.w, self.school, index)
        self.ties[_TIE, key] = tie
        self.w.now = entered
        return self.queue.put(self.w, self.school, index, activity, hours, number)

    def order(self, index: int) -> tuple[int, int, float, int]:
        """Group, due date, draw and pupil's number of a case: what decides when it is served."""
        case = self.w.cases[index]
        key = self.w.pupils[case.pupil].key
        return GROUP_OF[case.activity], case.due, self.ties[_TIE, key], key

    def reviews(self, hours: list[float]) -> None:
        """Support reviews of the term at the first school."""
        self.w.scheduler.need_reviews(len(hours), len(hours))
        for review, length in zip(self.w.reviews, hours, strict=False):
            review.hours = length
        self.school.reviews_from, self.school.reviews_to = 0, len(hours)
        self.school.reviews_left = sum(hours)

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

    def group(self, work: tuple[int, int, int, float]) -> int:
        """Group of service of a piece of work."""
        kind, which, _, _ = work
        if kind == Work.CASE:
            return GROUP_OF[self.w.cases[which].activity]
        return ServiceGroup.REVIEWS_AND_DUTIES if kind == Work.SITTING else WholeSchool(which).group


POOL = st.lists(st.floats(0.0, 2.0), min_size=len(WholeSchool), max_size=len(WholeSchool))


@given(CASES, KEYS, st.integers(0, 4), POOL, st.lists(st.sampled_from([OTHER, THIRD]), min_size=1, max_size=9))
def test_urgent_work_comes_first_then_dated_work_by_its_date_and_one_piece_in_five_is_a_review_or_duty(
    cases, keys, n, pool, draws
):
    post = Post(cases, keys)
    post.orders = draws
    post.reviews([0.6] * n)
    post.school.pool = [*pool[:-1], 0.0]
    listed = post.w.reference[0].list_hours
    assert listed == 0.0, "nothing is left for open development"
    taken = post.take_all(post.school)
    assert [which for kind, which, _, _ in taken if kind == Work.CASE] == sorted(post.put, key=post.order)
    groups = [post.group(work) for work in taken]
    cases_left, third_left = len(cases), groups.count(ServiceGroup.REVIEWS_AND_DUTIES)
    for place, group in enumerate(groups):
        third_is_due = draws[place % len(draws)] < SHARE or cases_left == 0
        if third_left and third_is_due:
            assert group == ServiceGroup.REVIEWS_AND_DUTIES
        elif cases_left:
            assert group <= ServiceGroup.DATED
        else:
            assert group == ServiceGroup.LISTED_DEVELOPMENT
        cases_left -= group <= ServiceGroup.DATED
        third_left -= group == ServiceGroup.REVIEWS_AND_DUTIES
    assert sum(number for kind, _, number, _ in taken if kind == Work.SITTING) == n
    sessions = [0.0] * len(WholeSchool)
    for _, which, _, hours in (work for work in taken if work[0] == Work.SESSION):
        sessions[which] += hours
        assert hours <= 1.0
    assert sessions == pytest.approx(post_pool(pool))
    assert post.school.minutes == 0
    assert post.school.reviews_left == pytest.approx(0.0, abs=1e-9)
    assert all(history.first_case < 0 for history in post.w.histories)


def post_pool(pool: list[float]) -> list[float]:
    return [*pool[:-1], 0.0]


def test_reviews_and_duties_share_their_pieces_by_the_hours_that_are_left():
    """Three quarters of the hours are duties: so are three quarters of the first pieces."""
    post, duties = Post([], []), 0
    for place in range(200):
        post.orders = [(place + 0.5) / 200 * SHARE]
        post.reviews([0.5, 0.5])
        post.school.pool[int(WholeSchool.FIXED_DUTIES)] = 2.0
        post.school.pool[int(WholeSchool.IMPOSED_DUTIES)] = 1.0
        kind, *_ = post.take(post.school)
        duties += kind == Work.SESSION
    assert duties == 150


@given(IN_TERM, st.booleans())
def test_where_requests_are_rationed_they_are_due_later(entered, rationing):
    post = Post([(Activity.REQUEST_PREPARATION, entered, 0.5, 1.0)], [1], rationing=rationing)
    case = post.w.cases[post.put[0]]
    weeks = post.w.due_weeks_request_rationed if rationing else post.w.due_weeks[Activity.REQUEST_PREPARATION]
    plain = entered + int(weeks * MINUTES_PER_WEEK)
    holiday = post.w.next_term_start - post.w.term_end
    assert case.due == plain + (holiday if plain > post.w.term_end else 0)


@given(st.lists(st.floats(0.1, 1.4), min_size=1, max_size=12))
def test_a_sitting_holds_as_many_reviews_as_fit_and_at_least_one(hours):
    post = Post([], [])
    post.reviews(hours)
    at = 0
    for kind, first, number, total in post.take_all(post.school):
        assert (kind, first) == (Work.SITTING, at)
        assert total == pytest.approx(sum(hours[at : at + number]))
        assert number == 1 or total <= 1.0
        at += number
        assert at == len(hours) or total + hours[at] > 1.0
    assert at == len(hours)


@given(CASES, KEYS, POOL, st.integers(0, 6), st.floats(0.0, 6.0))
def test_a_team_takes_duties_and_of_reviews_and_listed_work_what_the_senco_will_not_reach(
    cases, keys, pool, n, allowance
):
    post = Post(cases, keys)
    post.school.pool = post_pool(pool)
    post.reviews([0.6] * n)
    post.school.team_allowance = allowance
    taken = post.take_all(post.school, Worker.TEAM)
    assert all(kind != Work.CASE for kind, *_ in taken)
    assert all(TEAM_MAY_DO[which] for kind, which, _, _ in taken if kind == Work.SESSION)
    assert all(post.school.pool[activity] == 0.0 for activity in DUTIES if TEAM_MAY_DO[activity])
    beyond = sum(hours for kind, which, _, hours in taken if kind == Work.SITTING or which in LISTED)
    assert beyond <= allowance + 1.0, "the last piece may pass the allowance"
    assert allowance > 0.0 or beyond == 0.0
    own = [activity for activity in range(len(WholeSchool)) if not TEAM_MAY_DO[activity]]
    assert [post.school.pool[activity] for activity in own] == [post_pool(pool)[activity] for activity in own]
    assert len(waiting_cases(post.w, post.school)) == len(cases)


@given(st.floats(0.0, 10.0), st.floats(0.0, 2.0), st.floats(0.0, 12.0), st.floats(0.1, 1.0))
def test_open_development_is_worked_on_in_paid_hours_until_support_is_full(listed, beyond, done, worth):
    post = Post([], [])
    w, school = post.w, post.school
    w.reference[0].list_hours, w.beyond_list, w.open_work_worth = listed, beyond, worth
    school.support_done = done
    school.day_pace = 0.0
    assert post.take(school) is None, "nobody works evenings for development"
    school.day_pace = 1.0
    while (work := post.take(school)) is not None:
        kind, which, _, hours = work
        assert (kind, which) == (Work.SESSION, WholeSchool.OPEN_DEVELOPMENT)
        assert 0.0 < hours <= 1.0
        school.support_done += hours * worth
    assert school.support_done == pytest.approx(max(done, listed * (1.0 + beyond)), abs=1e-5)


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
    due = w.cases[moving].due
    post.queue.hand_over(w, post.school, w.cases[moving])
    post.queue.let_wait(w, post.other, moving)
    assert w.cases[moving].due == due
    assert sorted(which for _, which, _, _ in post.take_all(post.school)) == sorted(set(post.put) - {moving})
    assert post.school.minutes == 0
    assert [which for _, which, _, _ in post.take_all(post.other)] == [moving]
    assert post.other.minutes == 0


def _counted(post: Post, name: str) -> int:
    return int(post.w.pages[post.school.cell * post.w.n_quantities + COLUMN[name]])


@given(CASES, KEYS, st.integers(0, 60), st.lists(st.booleans(), min_size=25, max_size=25))
def test_work_long_past_its_date_is_closed_without_the_senco_and_counted(cases, keys, weeks, decided):
    post = Post(cases, keys)
    w, school = post.w, post.school
    w.now = weeks * MINUTES_PER_WEEK
    gone: set[int] = set()
    for index in post.put:
        case = w.cases[index]
        asked = case.activity == Activity.REQUEST_INFORMATION
        if asked and decided[case.number]:
            w.histories[case.pupil].decided = case.number
            gone.add(index) if case.number > 0 else None
        if w.now - case.due >= w.exit_weeks[case.activity] * MINUTES_PER_WEEK:
            gone.add(index)
    dated = sum(GROUP_OF[w.cases[index].activity] == ServiceGroup.DATED for index in post.put)
    served: list[int] = []
    post.text["post"].close_overdue(w, school)
    while (work := post.take(school)) is not None:
        served.append(work[1])
        post.text["post"].close_overdue(w, school)
    void = {i for i in post.put if w.cases[i].activity == Activity.REQUEST_INFORMATION and w.cases[i].number == 0}
    assert set(post.put) - set(served) - void == gone - void
    closed = set(post.put) - set(served)
    assert sum(_counted(post, f"done_without_senco.{one.key}") for one in Activity) == len(closed)
    assert _counted(post, "dated_late") <= _counted(post, "dated_started") <= dated
    for index in closed:
        pupil = w.pupils[w.cases[index].pupil]
        recognised = w.cases[index].activity == Activity.IDENTIFICATION
        assert pupil.stage == (Stage.SEN_SUPPORT if recognised else Stage.NOTICED)
    assert school.minutes == 0
