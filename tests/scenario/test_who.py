"""Who a lever reaches, when, and with how many hours."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scenario.strategies import covers as any_covers
from scenario.strategies import floors, terms

from sencosim.levers.admin_support import AdminSupport
from sencosim.levers.hours_schedule import HoursByNeed, HoursFormula, Schedule, SenRow
from sencosim.levers.lever import Covers, Lever
from sencosim.levers.protected_time import Floor, PhaseFloor, SizeRow
from sencosim.levers.schools import Counts
from sencosim.units import parse_year

NORFOLK = ("Norfolk", "926", "E10000020")
DAY, WEEK = 6.5, 32.4


def hours(floor: Floor, phase: int = 0, pupils: int = 280, sen_pupils: float = 49) -> float:
    return float(np.nan_to_num(floor.hours(Counts(phase, pupils, sen_pupils, DAY, WEEK))))


@pytest.mark.unit
@pytest.mark.parametrize(
    ("floor", "expected"),
    [
        (Floor(hours_per_week=7), 7.0),
        (Floor(days_per_week=1.5), 9.75),
        (Floor(full_time=True), 32.4),
        (Floor(hours_per_sen_pupil_per_week=0.2), 9.8),
        (Floor(hours_per_sen_pupil_per_week=2), 32.4),
        (Floor(by_phase={"primary": PhaseFloor(days_per_week=2)}), 13.0),
        (Floor(by_phase={"secondary": PhaseFloor(days_per_week=2)}), 0.0),
    ],
)
def test_each_form_of_the_floor(floor: Floor, expected: float) -> None:
    assert hours(floor) == pytest.approx(expected)


@pytest.mark.unit
def test_a_table_by_size_includes_its_upper_limit() -> None:
    table = Floor(
        by_size=(
            SizeRow(up_to_pupils=150, days_per_week=1),
            SizeRow(up_to_pupils=400, days_per_week=2),
            SizeRow(full_time=True),
        )
    )
    assert [hours(table, pupils=pupils) for pupils in (1, 150, 151, 400, 401)] == [6.5, 6.5, 13.0, 13.0, 32.4]


@pytest.mark.unit
def test_floors_by_phase_and_size_together_by_school_and_year() -> None:
    small = PhaseFloor(by_size=(SizeRow(up_to_pupils=150, days_per_week=1), SizeRow(hours_per_sen_pupil_per_week=0.2)))
    floor = Floor(by_phase={"primary": small})
    sen = np.array([[10.0, 20.0], [40.0, 50.0], [200.0, 210.0]])
    found = floor.hours(Counts(np.array([[0], [0], [1]]), np.array([[100], [300], [1000]]), sen, DAY, WEEK))
    assert found[:2].tolist() == [[6.5, 6.5], [8.0, 10.0]]
    assert np.isnan(found[2]).all(), "a phase that is left out has no floor"


@pytest.mark.unit
def test_hours_follow_need_between_a_least_and_a_most() -> None:
    formula = HoursFormula(
        hours_per_sen_pupil_per_week=0.1,
        fixed_hours_per_week=2,
        hours_per_100_pupils_per_week=1,
        least_hours_per_week=6.5,
        most_hours_per_week=20,
    )
    sen = np.array([[5.0, 45.0, 500.0]])
    found = Schedule(formula=formula).hours(Counts(np.array([[0]]), np.array([[200]]), sen, DAY, WEEK))
    assert found.tolist() == [[6.5, 8.5, 20.0]]


@pytest.mark.unit
def test_a_table_by_need_includes_its_upper_limit_and_follows_the_year() -> None:
    table = (SenRow(up_to_sen_pupils=19, hours_per_week=0), SenRow(full_time=True))
    schedule = Schedule(by_phase={"secondary": HoursByNeed(table=table)})
    sen = np.array([[19.0, 20.0], [19.0, 20.0]])
    found = schedule.hours(Counts(np.array([[1], [0]]), np.array([[900], [200]]), sen, DAY, WEEK))
    assert found[0].tolist() == [0.0, 32.4]
    assert np.isnan(found[1]).all()


@pytest.mark.property
@given(
    floor=floors, phase=st.integers(0, 1), pupils=st.integers(0, 5000), sen=st.floats(0, 900), more=st.floats(0, 100)
)
def test_a_floor_is_never_negative_and_grows_with_need(
    floor: Floor, phase: int, pupils: int, sen: float, more: float
) -> None:
    assert 0 <= hours(floor, phase, pupils, sen) <= hours(floor, phase, pupils, sen + more) <= 40


@pytest.mark.unit
def test_administrator_hours() -> None:
    assert AdminSupport(hours_per_week=6.5).hours(300) == 6.5
    assert AdminSupport(hours_per_sen_pupil_per_week=0.1).hours(49) == pytest.approx(4.9)


def is_covered(covers: Covers, **school: object) -> bool:
    facts = {
        "phase": 0,
        "council": NORFOLK,
        "region": "East of England",
        "pupils": 280,
        "sen_pupils": 49,
        "fsm_share": 0.25,
    }
    return covers.school(**{**facts, **school})  # type: ignore[arg-type]


@pytest.mark.unit
@pytest.mark.parametrize(
    ("covers", "expected"),
    [
        (Covers(), True),
        (Covers(phases=("primary",)), True),
        (Covers(phases=("secondary",)), False),
        (Covers(councils=("Norfolk",)), True),
        (Covers(councils=("926",)), True),
        (Covers(councils=("E10000020", "Kent")), True),
        (Covers(councils=("Kent",)), False),
        (Covers(regions=("London", "East of England")), True),
        (Covers(regions=("London",)), False),
        (Covers(pupils_min=280, pupils_max=280), True),
        (Covers(pupils_min=281), False),
        (Covers(sen_pupils_max=48), False),
        (Covers(fsm_min=0.25), True),
        (Covers(fsm_max=0.24), False),
        (Covers(phases=("primary",), councils=("Kent",)), False),
    ],
)
def test_each_condition(covers: Covers, expected: bool) -> None:
    assert is_covered(covers) is expected


@pytest.mark.property
@given(
    covers=any_covers(),
    pupils=st.integers(0, 5000),
    sen=st.integers(0, 900),
    fsm=st.floats(0, 1),
    phase=st.integers(0, 1),
)
def test_covered_means_that_every_condition_alone_is_met(
    covers: Covers, pupils: int, sen: int, fsm: float, phase: int
) -> None:
    school = {"pupils": pupils, "sen_pupils": sen, "fsm_share": fsm, "phase": phase}
    given_conditions = {name: value for name, value in covers if value is not None}
    alone = [is_covered(Covers(**{name: value}), **school) for name, value in given_conditions.items()]
    assert is_covered(covers, **school) == all(alone)


@pytest.mark.unit
def test_phase_in_by_year() -> None:
    lever = Lever(start="2027/28", end="2032/33", phase_in={"2028/29": 0.5, "2030/31": 1.0})
    assert [lever.share_in(year) for year in range(2026, 2034)] == [0, 0, 0.5, 0.5, 1, 1, 0, 0]


@pytest.mark.property
@given(given_terms=terms())
def test_the_share_is_zero_outside_and_never_falls_inside(given_terms: dict[str, object]) -> None:
    lever = Lever(**given_terms)  # type: ignore[arg-type]
    start, end = parse_year(lever.start), parse_year(lever.end) if lever.end else 2100
    inside = [lever.share_in(year) for year in range(start, end)]
    assert inside == sorted(inside)
    assert all(0 <= share <= 1 for share in inside)
    assert lever.share_in(start - 1) == 0
    assert lever.end is None or lever.share_in(end) == 0
    if lever.phase_in is None and lever.phase_in_years <= len(inside):
        assert inside[-1] == 1.0
