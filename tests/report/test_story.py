"""One school's year in sentences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sencosim.report import story
from sencosim.units import MINUTES_PER_WEEK, MINUTES_PER_YEAR, term_start
from sencosim.vocabulary import Activity, DisputeKind, Event, Placement, Route

SCHOOL = 17
START = 2024
WHAT = story.WORDS["by_detail"]
TOLD = [event for event in Event if event.name.lower() in story.WORDS["told"].keys() - WHAT.keys()]


def at(week: float, event: Event, pupil: int = 0, detail: int = 0, *, school: int = SCHOOL) -> story.Row:
    return (int(week * MINUTES_PER_WEEK), int(event), school, pupil, detail)


def told(*events: story.Row, year: int = START) -> str:
    last = (MINUTES_PER_YEAR * 2, int(Event.CENSUS_TAKEN), 0, 0, 0)
    return "\n".join(story.tell_year([*events, last], SCHOOL, year, START))


@pytest.mark.unit
def test_a_pupil_is_followed_from_notice_to_plan() -> None:
    text = told(
        at(2, Event.NEED_NOTICED, 5),
        at(9, Event.SEN_SUPPORT_BEGAN, 5),
        at(18, Event.REQUEST_FILED, 5, Route.SCHOOL_LED),
        at(22, Event.ASSESSMENT_AGREED, 5),
        at(45, Event.PLAN_ISSUED, 5, 27 * MINUTES_PER_WEEK),
    )
    assert "week  3   A need of pupil 1 is noticed." in text
    assert "week 10   Pupil 1 begins SEN Support, 7 weeks after the need was noticed." in text
    assert "week  2   The school asks the council to assess pupil 1." in text
    assert "A plan is issued for pupil 1, 27 weeks after the request; the limit is twenty." in text
    assert next(line for line in text.splitlines() if "term" in line) == "Autumn term 2024/25"


@pytest.mark.unit
def test_what_comes_by_the_dozen_is_counted_and_what_closes_a_term_belongs_to_it() -> None:
    boundary = term_start(1) / MINUTES_PER_WEEK
    text = told(
        at(0, Event.HOURS_SET, 0, 8 * 60 + 15),
        *(at(week, Event.REVIEW_DONE, week) for week in range(1, 5)),
        at(6, Event.SENCO_WORK_DONE, 3, int(Activity.ANNUAL_REVIEW)),
        at(boundary, Event.REVIEWS_LAPSED, 0, 2),
        at(boundary, Event.SUPPORT_MEASURED, 0, 6_400),
    )
    autumn = text.split("Spring")[0]
    assert "8.2 hours a week" in autumn
    assert "Work done: support review 4, annual review 1." in autumn
    assert "2 support reviews never done." in autumn
    assert "Support reached 6.4 hours a pupil with SEN, at the rate of a year." in autumn


@pytest.mark.unit
def test_other_schools_and_other_years_are_left_out() -> None:
    text = told(at(2, Event.SUSPENDED, 1, school=SCHOOL + 1), at(54, Event.SUSPENDED, 2), at(3, Event.SUSPENDED, 3))
    assert text.count("suspended") == 1


@pytest.mark.unit
def test_a_year_outside_the_run_is_refused() -> None:
    with pytest.raises(ValueError, match="2030/31"):
        told(at(1, Event.SUSPENDED, 1), year=2030)


@pytest.mark.unit
def test_words_are_in_the_order_of_the_codes() -> None:
    assert WHAT["request_filed"][Route.SCHOOL_LED] == "the school"
    assert WHAT["request_filed"][Route.PARENTAL] == "the family"
    assert "assess" in WHAT["appeal_registered"][DisputeKind.REFUSAL_TO_ASSESS]
    assert "issue" in WHAT["appeal_registered"][DisputeKind.REFUSAL_TO_ISSUE]
    assert "plan says" in WHAT["appeal_registered"][DisputeKind.CONTENTS]
    assert "review" in WHAT["appeal_registered"][DisputeKind.REVIEW]
    assert "vacant" in WHAT["place_found"][Placement.VACANT]
    assert "above" in WHAT["place_found"][Placement.OVER_CAPACITY]
    assert "independent" in WHAT["place_found"][Placement.INDEPENDENT]


@pytest.mark.property
@given(
    st.lists(
        st.tuples(st.integers(0, 51), st.sampled_from(TOLD), st.integers(1, 9)).filter(
            lambda made: made[1] not in story.AT_TERM_CLOSE
        ),
        max_size=40,
    )
)
def test_each_event_of_a_pupil_is_told_exactly_once(made: list[tuple[int, Event, int]]) -> None:
    events = [at(week, event, pupil) for week, event, pupil in sorted(made)]
    lines = [line for line in told(*events).splitlines() if line.startswith(("  week", "  holiday"))]
    assert len(lines) == len(events)
