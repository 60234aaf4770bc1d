"""Extreme conditions and limits: what must come out when something is nothing or without end."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from engine.small_worlds import HARTLEPOOL, plain_world, schools_of, small_inputs

from sencosim.arms.inputs import Inputs
from sencosim.engine.mechanisms.queue import let_go_of_case, next_work, put
from sencosim.engine.simpy.run import simulate
from sencosim.randomness import uniform
from sencosim.rules.chance import exponential_threshold
from sencosim.vocabulary import COLUMN, STREAM, Activity, Worker

NO_DEMAND = {
    "request_rate_primary": 0.0,
    "request_rate_secondary": 0.0,
    "exogenous_request_share": 0.0,
    "exogenous_appeals_per_request": 0.0,
    "reapply_rate_per_year": 1e-9,
}


def _total(inputs: Inputs, *names: str, first_year: int = 0) -> float:
    tally = simulate(inputs).tally[:, 3 * first_year :]
    return float(sum(tally[:, :, COLUMN[name]].sum() for name in names))


def _share_on_time(inputs: Inputs) -> float:
    tally = simulate(inputs).tally.sum(axis=(0, 1))
    names = ("mainstream", "exogenous")
    on_time, issued = (sum(tally[COLUMN[f"{what}.{n}"]] for n in names) for what in ("plans_on_time", "plans_issued"))
    return float(on_time / issued)


@pytest.mark.engine
def test_without_capacity_a_council_assesses_one_case_at_a_time():
    none = _total(small_inputs(changes={"capacity_margin": 0.0}), "assessments")
    slots = 3 * 52 / 7.0  # one slot, some seven weeks a case
    assert 0 < none <= 1.5 * slots


@pytest.mark.engine
def test_with_capacity_without_end_nobody_waits_for_a_slot():
    inputs = small_inputs(changes={"capacity_margin": 1e3})
    plenty = _share_on_time(inputs)
    assert plenty > _share_on_time(small_inputs(changes={"capacity_margin": 0.05}))
    assert plenty == pytest.approx(_share_on_time(small_inputs(changes={"capacity_margin": 1e4})), abs=0.0)


@pytest.mark.engine
def test_without_demand_there_are_no_requests_and_no_plans_once_work_in_hand_is_done():
    inputs = small_inputs(changes=NO_DEMAND)
    assert _total(inputs, "requests.school_led", "requests.parental", "requests.exogenous") == 0
    late = ("plans_issued.mainstream", "plans_issued.exogenous", "refused.school_led", "appeals.exogenous")
    assert _total(inputs, *late, first_year=2) == 0


@pytest.mark.engine
def test_requests_are_all_decided_or_all_withdrawn():
    requests = ("requests.school_led", "requests.parental", "requests.exogenous")
    kept, withdrawn = (small_inputs(changes={"request_withdrawn_share": share}) for share in (0.0, 1.0))
    assert _total(kept, "requests_withdrawn") == 0 < _total(kept, "decisions") <= _total(kept, *requests)
    assert _total(withdrawn, "decisions") == 0 < _total(withdrawn, "requests_withdrawn")
    assert _total(withdrawn, "requests_withdrawn") <= _total(withdrawn, *requests)


@pytest.mark.engine
def test_a_council_whose_advice_is_never_late_is_in_time_more_often():
    inputs = small_inputs(changes={"capacity_margin": 1e3})
    levels = (replace(inputs.councils, late_advice_level=np.array([level])) for level in (0.0, 1.0, 3.0))
    shares = [_share_on_time(replace(inputs, councils=councils)) for councils in levels]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] > shares[-1]


@pytest.mark.engine
@pytest.mark.parametrize(
    ("column", "quantity"),
    [("suspension_level", "suspensions.sen_support"), ("exclusion_level", "permanent_exclusions.sen_support")],
)
def test_schools_where_exclusion_is_commoner_exclude_more(column: str, quantity: str):
    inputs = small_inputs(changes={"exclusion_given_crisis": 0.3})
    found = []
    for level in (0.0, 1.0, 2.0):
        schools = replace(inputs.schools, **{column: np.full(inputs.n_schools, level)})
        found.append(_total(replace(inputs, schools=schools), quantity))
    assert found[0] == 0.0 < found[1] < found[2]


@pytest.mark.engine
def test_one_school_alone_can_be_run():
    one = schools_of(HARTLEPOOL).take(np.array([0]))
    assert _total(small_inputs(one), "pupil_years.sen_support") > 0


def _exponential(stream: int, i: int, mean: float) -> float:
    return exponential_threshold(uniform(11, 0, STREAM["bootstrap"], stream, i)) * mean


@pytest.mark.study
def test_a_senco_with_two_classes_waits_as_m_g_1_with_priorities():
    """Cobham, 1954: nobody is interrupted, crises go first."""
    rates, means = (0.3, 0.4), (1.0, 1.0)
    loads = [rate * mean for rate, mean in zip(rates, means, strict=True)]
    waits = _priority_waits(rates, means, 60_000)
    residual = sum(rate * 2.0 * mean**2 for rate, mean in zip(rates, means, strict=True)) / 2.0
    first = residual / (1.0 - loads[0])
    second = residual / ((1.0 - loads[0]) * (1.0 - loads[0] - loads[1]))
    assert np.mean(waits[Activity.CRISIS]) == pytest.approx(first, rel=0.08)
    assert np.mean(waits[Activity.IDENTIFICATION]) == pytest.approx(second, rel=0.1)


def _priority_waits(rates, means, n):
    """Serve two Poisson streams from the SENCO's queue; weeks waited by activity."""
    arrivals = []
    for stream, (activity, rate) in enumerate(zip((Activity.CRISIS, Activity.IDENTIFICATION), rates, strict=True)):
        at = 0.0
        for i in range(int(n * rate)):
            at += _exponential(10 + stream, i, 1.0 / rate)
            arrivals.append((at, activity, _exponential(20 + stream, i, means[stream])))
    arrivals.sort()
    w = plain_world(small_inputs(schools_of(HARTLEPOOL, primary=1, secondary=0), years=1))
    school, waits, now, following = w.schools[0], {Activity.CRISIS: [], Activity.IDENTIFICATION: []}, 0.0, 0
    while following < len(arrivals) or school.minutes > 0:
        while following < len(arrivals) and arrivals[following][0] <= now:
            w.now, activity, hours = arrivals[following]
            put(w, school, -1, activity, max(hours, 1 / 30), following)
            following += 1
        worker = w.workers[2 * school.index + Worker.SENCO]
        if not next_work(w, school, worker, Worker.SENCO):
            now = arrivals[following][0]
            continue
        which, hours = worker.thing, worker.hours
        case = w.cases[which]
        waits[case.activity].append(now - case.entered)
        let_go_of_case(w, which)
        now += hours
    return waits
