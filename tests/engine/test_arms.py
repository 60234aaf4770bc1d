"""Two arms of one replication: what must be equal, what may differ, and which way."""

from __future__ import annotations

import numpy as np
import pytest
from engine.small_worlds import (
    BRACKNELL,
    FULL_TIME,
    HARTLEPOOL,
    OFF,
    UNLIMITED,
    baseline_run,
    events,
    policy_run,
    scenario,
    schools_of,
    small_arms,
    small_inputs,
    times_by_pupil,
)

from sencosim.engine.simpy.run import simulate
from sencosim.ledger.table import tidy_years, yearly
from sencosim.rules.keys import FROM_THE_STOCK
from sencosim.units import MINUTES_PER_WEEK, segment_of, term_end, term_start
from sencosim.vocabulary import COLUMN, Activity, Event, WholeSchool

pytestmark = pytest.mark.engine

INITIAL = FROM_THE_STOCK << 8
"""Bit of those who were there when the run began."""
PATHWAYS = (
    Event.SEN_SUPPORT_ENDED,
    Event.REQUEST_POINT_REACHED,
    Event.SUSPENDED,
    Event.CRISIS_BEGAN,
    Event.HOME_EDUCATION_BEGAN,
    Event.SPECIAL_TRANSFER_SOUGHT,
    Event.PLAN_CEASED,
)


def test_two_equal_runs_are_equal_in_every_cell_and_event():
    inputs, first = baseline_run()
    second = simulate(inputs)
    assert (first.tally == second.tally).all()
    assert first.trace == second.trace
    assert (first.reference.schools == second.reference.schools).all()
    assert (first.reference.filings == second.reference.filings).all()


def test_another_replication_is_another_chance():
    inputs, first = baseline_run()
    other = simulate(small_inputs(years=inputs.n_years, replication=1))
    assert (first.tally != other.tally).any()


LEVERS = {
    "protected_time": {"protected_time": FULL_TIME},
    "drift": {
        "protected_time": {**FULL_TIME, "floor": {"hours_per_week": 3.0}, "drift_to_floor": 1.0},
    },
    "slt_seat": {"slt_seat": {"start": "2023/24", "compliance": 1.0}},
    "admin_support": {"admin_support": {"start": "2023/24", "hours_per_week": 10.0, "compliance": 1.0}},
    "team": {"team": {"start": "2023/24", "hours_per_week": 10.0, "compliance": 1.0}},
    "shared_senco": {"shared_senco": {"start": "2023/24", "cluster_size": 2, "roll_max": 500, "compliance": 1.0}},
    "supervision": {"supervision": {"start": "2023/24", "compliance": 1.0}},
    "allowance": {"allowance": {"start": "2023/24", "gbp_per_year": 5000.0, "compliance": 1.0}},
    "key_worker": {"key_worker": {"start": "2023/24", "hours_per_plan_per_term": 3.0, "compliance": 1.0}},
    "training": {"training": {"start": "2023/24", "cascade_hours_per_term": 4.0, "compliance": 1.0}},
    "consistent_ehc_process": {"consistent_ehc_process": {"start": "2023/24", "compliance": 1.0}},
    "la_capacity": {"la_capacity": {"start": "2023/24", "psychologists": 1.5}},
    "tribunal_capacity": {"tribunal_capacity": {"start": "2023/24", "capacity": 1.5}},
    "specialist_places": {"specialist_places": {"start": "2023/24", "places_per_year": 3000}},
    "isp_duty": {"isp_duty": {"start": "2023/24", "compliance": 1.0}},
    "delay": {"delay": {"years": 1}, "team": {"start": "2022/23", "hours_per_week": 10.0, "compliance": 1.0}},
}


@pytest.mark.parametrize("levers", LEVERS.values(), ids=LEVERS)
def test_years_before_a_policy_starts_are_identical_and_later_ones_are_not(levers):
    _, base = baseline_run()
    inputs, policy = policy_run(levers)
    assert inputs.policy.first_year == 1
    assert policy.reference is None
    start = term_start(3)
    assert (base.tally[:, :3] == policy.tally[:, :3]).all()
    assert [e for e in base.trace if e[0] < start] == [e for e in policy.trace if e[0] < start]
    assert (base.tally[:, 3:] != policy.tally[:, 3:]).any()


@pytest.mark.parametrize("supply", [1e7, 0.2])
def test_a_policy_in_one_council_leaves_the_other_alone_if_the_tribunal_is_unlimited(supply):
    population = schools_of(HARTLEPOOL, BRACKNELL, primary=3, secondary=1)
    changes = {**UNLIMITED, "teacher_supply_fte_per_year": supply, "appeal_share_contents": 0.5}
    here = {**FULL_TIME, "covers": {"councils": [str(HARTLEPOOL)]}}
    base, policy = small_arms(population, scenario(protected_time=here), changes=changes).run()
    cells = small_inputs(population).cells
    there = np.array([cell.la_code == BRACKNELL for cell in cells])
    assert (base.tally[there] == policy.tally[there]).all()
    assert (base.tally[~there] != policy.tally[~there]).any()
    schools = set(population.school_id[population.la_code == BRACKNELL].tolist())
    assert [e for e in base.trace if e[2] in schools] == [e for e in policy.trace if e[2] in schools]


def test_councils_meet_only_at_the_tribunal():
    """A council's tally is the same with and without the other in the run, if the tribunal is unlimited."""
    both = schools_of(HARTLEPOOL, BRACKNELL, primary=3, secondary=1)
    alone = both.take(np.flatnonzero(both.la_code == HARTLEPOOL))
    normal = {**UNLIMITED, "appeal_share_contents": 0.5}
    ledgers = []
    for population in (both, alone):
        inputs = small_inputs(population, changes=normal)
        table = tidy_years(yearly(simulate(inputs).tally), inputs.cells, inputs.start_year)
        ledgers.append(table[table["council"] == HARTLEPOOL].reset_index(drop=True))
    assert ledgers[0].equals(ledgers[1])


def test_the_order_of_schools_changes_nothing():
    population = schools_of(HARTLEPOOL, BRACKNELL, primary=3, secondary=1)
    order = np.array([5, 2, 7, 0, 3, 6, 1, 4])
    keys = ["year", "council", "phase", "size_band", "quantity"]
    found = []
    for rows in (np.arange(8), order):
        inputs = small_inputs(population.take(rows))
        outcome = simulate(inputs)
        table = (
            tidy_years(yearly(outcome.tally), inputs.cells, inputs.start_year).sort_values(keys).reset_index(drop=True)
        )
        found.append((table, outcome.trace))
    assert found[0][0].equals(found[1][0])
    assert sorted(found[0][1]) == sorted(found[1][1])


ONLY_SUSPENSIONS = {
    f"{name}_{phase}": 0.0
    for name in ("request_rate", "sen_support_exit_rate", "crisis_rate_sen_support", "crisis_rate_ehc_plan")
    for phase in ("primary", "secondary")
} | {
    "home_education_rate_sen_support": 0.0,
    "home_education_rate_ehc_plan": 0.0,
    "special_transfer_rate": 0.0,
    "special_transfer_at_11_share": 0.0,
    "plan_ceased_rate_mainstream": 0.0,
}


def test_a_higher_hazard_gives_an_earlier_kth_event():
    names = [
        f"suspension_rate_{stage}_{phase}"
        for stage in ("sen_support", "ehc_plan")
        for phase in ("primary", "secondary")
    ]
    usual = small_inputs(changes=ONLY_SUSPENSIONS).values
    more = {name: 1.4 * usual[name] for name in names}
    low, high = (simulate(small_inputs(changes={**ONLY_SUSPENSIONS, **extra})) for extra in ({}, more))
    before, after = times_by_pupil(low, Event.SUSPENDED), times_by_pupil(high, Event.SUSPENDED)
    initial = [pupil for pupil in before if pupil & INITIAL]
    assert len(initial) > 20
    for pupil in initial:
        assert len(after[pupil]) >= len(before[pupil])
        assert all(later <= sooner for sooner, later in zip(before[pupil], after[pupil], strict=False))


def _standard_hours(outcome):
    columns = [COLUMN[f"hours.{one.key}"] for one in (*Activity, *WholeSchool)]
    return outcome.tally[:, :, columns].sum(axis=2)


@pytest.mark.parametrize("factor", [1.1, 1.5, 3.0])
def test_more_hours_never_do_less_work(factor):
    """Without effects and without overtime to be displaced."""
    population = schools_of(HARTLEPOOL, primary=4, secondary=0)
    changes = {**OFF, "overtime_cap": 0.0, "senco_leaving_rate": 0.0, "team_share_primary": 0.0}
    few, many = (simulate(small_inputs(population, changes=changes, hours_factor=f, years=3)) for f in (1.0, factor))
    longest_piece = 60 * 60
    work_few, work_many = (_standard_hours(outcome).cumsum(axis=1) for outcome in (few, many))
    assert (work_many >= work_few - longest_piece).all()
    assert work_many[:, -1].sum() > work_few[:, -1].sum()
    support = COLUMN["support_hours"]
    assert many.tally[..., support].sum() >= few.tally[..., support].sum()


def test_full_time_means_full_time():
    inputs, outcome = policy_run()
    terms = outcome.tally[:, 3:]
    posts = terms[:, :, COLUMN["posts"]]
    assert (terms[:, :, COLUMN["posts_full_time"]] == posts).all()
    allocated = terms[:, :, COLUMN["allocated_hours"]].sum()
    expected = inputs.values["full_time_hours_per_week"] * 13 * 60 * inputs.n_schools * terms.shape[1]
    assert allocated == pytest.approx(expected, rel=1e-6)
    added = terms[:, :, COLUMN["added_hours"]].sum()
    assert 0 < added < allocated
    assert terms[:, :, COLUMN["policy_hours_unfilled"]].sum() == 0


def test_teacher_supply_limits_posts_and_what_is_not_filled_is_counted():
    _, base = baseline_run()
    nobody = {"teacher_supply_fte_per_year": 0.0}
    _, starved = small_arms(arm=scenario(protected_time=FULL_TIME), years=4, changes=nobody).run()
    unfilled = starved.tally[:, :, COLUMN["policy_hours_unfilled"]]
    assert unfilled[:, 3:].sum() > 0
    assert starved.tally[:, 3:, COLUMN["posts_unfilled"]].sum() > 0
    for name in ("policy_hours_unfilled", "posts_unfilled"):
        starved.tally[:, :, COLUMN[name]] = 0
    assert (starved.tally == base.tally).all()


def test_a_school_without_time_does_nothing_and_every_crisis_is_late_after_five_school_days():
    population = schools_of(HARTLEPOOL, primary=2, secondary=2)
    changes = {
        "used_share_baseline": 0.0,
        "overtime_cap": 0.0,
        "team_share_primary": 0.0,
        "team_share_secondary": 0.0,
        "crisis_rate_sen_support_secondary": 1.0,
        "exclusion_given_crisis": 0.05,
    }
    outcome = simulate(small_inputs(population, changes=changes, years=2))
    total = outcome.tally.sum(axis=(0, 1))
    for activity in Activity:
        assert total[COLUMN[f"done.{activity.key}"]] == 0
    assert total[COLUMN["used_hours"]] == total[COLUMN["overtime_hours"]] == total[COLUMN["idle_hours"]] == 0
    assert total[COLUMN["sen_support_starts"]] > 0, "class teachers put pupils on the register"
    assert total[COLUMN["requests.school_led"]] == 0 < total[COLUMN["requests.parental"]]
    assert total[COLUMN["support_hours"]] == 0
    week = MINUTES_PER_WEEK
    left = times_by_pupil(outcome, Event.PUPIL_LEFT_SCHOOL, Event.PUPIL_MOVED_SCHOOL)
    late = 0
    for minute, _, _, pupil, _ in events(outcome, Event.CRISIS_BEGAN):
        term = segment_of(minute)
        deadline = minute + week
        if deadline > term_end(term):
            deadline += term_start(term + 1) - term_end(term)
        gone = any(minute <= t < deadline for t in left.get(pupil, ()))
        late += deadline < term_start(6) and not gone
    assert late > 20
    assert total[COLUMN["crises_late"]] == late
    for minute, *_ in events(outcome, Event.PUPIL_EXCLUDED):
        assert minute <= term_end(segment_of(minute))
