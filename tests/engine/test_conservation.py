"""Nothing is lost and nothing counted twice: pupils, hours, work, and the tally against the trace."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from types import SimpleNamespace

import numpy as np
import pytest
from engine.small_worlds import (
    BRACKNELL,
    EVERYTHING,
    FULL_TIME,
    HARTLEPOOL,
    NO_SCHOOL,
    baseline_run,
    chain,
    counts_by_school,
    events,
    plain_world,
    policy_run,
    roster,
    scenario,
    schools_of,
    small_arms,
    small_inputs,
    waiting_cases,
)

from sencosim.arms.prepare import initial_stock
from sencosim.engine.binding import bind
from sencosim.engine.handle import give
from sencosim.engine.mechanisms import basics
from sencosim.engine.mechanisms.places import vacant
from sencosim.engine.mechanisms.pupils import make_pupil
from sencosim.engine.mechanisms.text import TEXT
from sencosim.engine.records import HISTORY, PUPIL, Pool
from sencosim.engine.simpy.run import Scheduler, simulate
from sencosim.units import TERM_WEEKS, TERMS_PER_YEAR, segment_of, term_end, term_start
from sencosim.vocabulary import (
    COLUMN,
    STREAM,
    STREAMS,
    USES_OF_PAID_HOURS,
    Activity,
    Event,
    Placement,
    Quantity,
    Route,
    Stage,
    WholeSchool,
)

pytestmark = pytest.mark.engine

STRAINED = {
    # Much happens: crises, exclusions, requests, special placements, people who leave, families without patience.
    "crisis_rate_sen_support_primary": 0.5,
    "crisis_rate_sen_support_secondary": 0.5,
    "crisis_rate_ehc_plan_primary": 0.5,
    "crisis_rate_ehc_plan_secondary": 0.5,
    "exclusion_given_crisis": 0.4,
    "special_transfer_rate": 0.2,
    "home_education_rate_sen_support": 0.05,
    "home_education_rate_ehc_plan": 0.05,
    "plan_ceased_rate_mainstream": 0.05,
    "request_rate_primary": 0.5,
    "request_rate_secondary": 0.5,
    "patience_mean_weeks": 6.0,
    "mediation_share_refusal": 0.5,
    "appeal_share_refusal_to_assess": 0.5,
    "appeal_share_contents": 0.5,
    "senco_leaving_rate": 1.0,
    "overtime_cap": 2.0,
    "used_share_baseline": 0.4,
    "ap_stay_years": 0.3,
}


class Audit:
    """A run whose world stays to be looked at, and whose draws were noted."""

    def __init__(self, population, arm=None, changes=None, years=4):
        arms = small_arms(population, arm, years=years, changes=changes)
        self.inputs = arms.base if arm is None else arms.reading(simulate(arms.base))
        self.drawn: Counter[tuple[int, int, int]] = Counter()
        self.initial = dict(
            zip((Stage.SEN_SUPPORT, Stage.EHC_PLAN), map(np.sum, initial_stock(self.inputs)), strict=True)
        )
        scheduler = Scheduler(self.inputs)
        scheduler.text = SimpleNamespace(**bind(TEXT, given={basics.draw: self._noting}))
        outcome = scheduler.run()
        self.w, self.tally, self.trace = scheduler.w, outcome.tally, outcome.trace
        self.terms = self.w.n_schools * self.w.n_years * TERMS_PER_YEAR

    def _noting(self, w, stream, entity, occurrence):
        self.drawn[stream, entity, occurrence] += 1
        return basics.draw(w, stream, entity, occurrence)

    def total(self, name: str) -> int:
        return int(self.tally[:, :, COLUMN[name]].sum())

    def pupils(self):
        return [self.w.pupils[index] for school in self.w.schools for index in roster(self.w, school)]

    def waiting(self):
        """Cases that wait for a SENCO."""
        return [case for school in self.w.schools for case in waiting_cases(self.w, school)]


@lru_cache(maxsize=1)
def _strained() -> Audit:
    return Audit(schools_of(HARTLEPOOL, BRACKNELL), changes=STRAINED)


@lru_cache(maxsize=1)
def _sampled() -> Audit:
    population = schools_of(HARTLEPOOL, primary=6, secondary=3)
    weights = np.where(population.phase == 0, 4.0, 2.5)
    return Audit(population.take(np.arange(population.n_schools), weight=weights), changes=STRAINED)


@lru_cache(maxsize=1)
def _full_time() -> Audit:
    return Audit(schools_of(HARTLEPOOL, BRACKNELL), scenario(protected_time=FULL_TIME), STRAINED)


@lru_cache(maxsize=1)
def _everything() -> Audit:
    return Audit(schools_of(HARTLEPOOL, BRACKNELL), scenario(**EVERYTHING), STRAINED)


AUDITS = pytest.mark.parametrize("audit", [_strained, _sampled, _full_time, _everything])


def everyone_in(run):
    """Every pupil of a run, who must be in one place, and how many of them are in mainstream schools."""
    w = run.w
    everyone = Counter(index for school in w.schools for index in roster(w, school))
    keys = [w.pupils[index].key for index in everyone]
    assert len(set(keys)) == len(keys)
    for council in w.councils:
        excluded = [node.thing for node in chain(w, council.ap_head)]
        everyone.update(excluded)
        assert all(w.pupils[index].school == NO_SCHOOL for index in excluded)
        waiting = [w.pupils[node.thing] for node in chain(w, council.wait_head) if node.thing >= 0]
        assert all(pupil.waiting_special and pupil.school != NO_SCHOOL for pupil in waiting)
        here = [pupil for pupil in run.pupils() if w.schools[pupil.school].council == council.index]
        assert len(waiting) == sum(pupil.waiting_special and not pupil.placed for pupil in here)
    assert set(everyone.values()) <= {1}
    return len(everyone), len(keys)


@AUDITS
def test_every_pupil_is_in_one_place(audit):
    everywhere, in_schools = everyone_in(audit())
    assert everywhere > in_schools > 0


def check_schools_know_their_pupils(w):
    for number, school in enumerate(w.schools):
        here = [w.pupils[index] for index in roster(w, school)]
        stages = Counter(pupil.stage for pupil in here)
        assert (school.n_noticed, school.n_support, school.n_plan) == tuple(
            stages[stage] for stage in (Stage.NOTICED, Stage.SEN_SUPPORT, Stage.EHC_PLAN)
        )
        assert all(pupil.school == number for pupil in here)
        assert all(w.pupils[w.rosters[school.roster_from + pupil.place]] is pupil for pupil in here)
        assert all(school.roll[pupil.year_group] > 0 for pupil in here)


@AUDITS
def test_schools_know_how_many_pupils_they_have(audit):
    check_schools_know_their_pupils(audit().w)


@pytest.mark.parametrize("audit", [_strained, _full_time])
def test_stock_is_start_plus_inflow_less_outflow(audit):
    run = audit()
    left, back, stage_of = Counter(), Counter(), {}
    for _, code, _, pupil, detail in run.trace:
        if code == Event.PUPIL_LEFT_SCHOOL:
            left[detail] += 1
            stage_of[pupil] = detail
        elif code == Event.PUPIL_MOVED_SCHOOL and detail == NO_SCHOOL:
            back[stage_of.get(pupil, Stage.EHC_PLAN)] += 1  # from alternative provision, or into Reception with a plan
    stock = Counter(pupil.stage for pupil in run.pupils())
    with_sen = stock[Stage.SEN_SUPPORT] + stock[Stage.EHC_PLAN]
    initial = run.initial[Stage.SEN_SUPPORT] + run.initial[Stage.EHC_PLAN]
    starts = run.total("sen_support_starts")
    straight = run.total("noticed") - starts + back[Stage.NOTICED] - left[Stage.NOTICED] - stock[Stage.NOTICED]
    assert 0 <= straight < run.total("plans_issued.mainstream"), "who has a plan before the need is identified"
    inflow = starts + straight + back[Stage.SEN_SUPPORT] + back[Stage.EHC_PLAN]
    assert with_sen == initial + inflow - left[Stage.SEN_SUPPORT] - left[Stage.EHC_PLAN]
    assert left[Stage.SEN_SUPPORT] >= run.total("sen_support_ends") > 0
    assert left[Stage.EHC_PLAN] >= run.total("plans_ceased")
    stages = ("noticed", "sen_support", "ehc_plan")
    excluded = sum(run.total(f"permanent_exclusions.{stage}") for stage in stages)
    assert 0 < run.total("pupils_first_excluded") <= excluded
    assert back.total() > 0


@AUDITS
def test_first_exclusions_are_the_pupils_ever_excluded(audit):
    run = audit()
    excluded = {pupil for _, code, _, pupil, _ in run.trace if code == Event.PUPIL_EXCLUDED}
    assert run.total("pupils_first_excluded") == len(excluded)


EIGHT = [quantity for parts in USES_OF_PAID_HOURS.values() for quantity in parts]


@AUDITS
def test_the_eight_uses_of_a_paid_hour_are_all_hours_paid(audit):
    """In every cell and term, but for the rounding of each part to whole minutes."""
    run = audit()
    assert len(USES_OF_PAID_HOURS) == 8
    gap = run.tally[..., EIGHT].sum(axis=-1) - run.tally[..., Quantity.ALLOCATED_HOURS]
    schools = np.bincount(run.inputs.schools.cell, minlength=len(run.inputs.cells))
    assert (np.abs(gap) <= len(EIGHT) * schools[:, None]).all()
    assert (run.tally[..., EIGHT] >= 0).all()
    assert all(run.total(f"{name}_hours") > 0 for name in ("vacant", "npq", "leaked"))


@AUDITS
def test_hours_used_are_the_five_uses_that_are_work(audit):
    run = audit()
    work = sum(run.tally[..., COLUMN[name]] for name in COLUMN if name.startswith("paid_hours."))
    schools = np.bincount(run.inputs.schools.cell, minlength=len(run.inputs.cells))
    assert (np.abs(work - run.tally[..., Quantity.USED_HOURS]) <= 5 * schools[:, None]).all()
    assert run.total("paid_hours.casework") > 0


@AUDITS
def test_cases_due_are_done_closed_waiting_or_in_hand(audit):
    run = audit()
    waiting = Counter(case.activity for case in run.waiting())
    in_hand = 0
    for number, activity in enumerate(one.key for one in Activity):
        ended = run.total(f"done.{activity}") + run.total(f"done_without_senco.{activity}")
        gap = run.total(f"due.{activity}") - ended - waiting[number]
        assert gap >= 0, activity
        in_hand += gap if activity != "support_review" else 0
    assert in_hand <= run.w.n_schools


@AUDITS
def test_support_is_reviews_and_development_at_what_they_are_worth(audit):
    """The SENCO's own count in full, a team's by half at most, open development by its worth."""
    run = audit()
    listed = ("support_review", "parent_meeting", "agency", "staff_training", "coaching")
    full = sum(run.total(f"hours.{name}") for name in listed)
    most = full + run.inputs.values["open_work_worth"] * run.total("hours.open_development")
    rounding = 2 * (run.total("done.support_review") + 10 * run.terms)
    assert run.inputs.values["team_hour_worth"] * full - rounding <= run.total("support_hours") <= most + rounding
    assert run.total("support_hours") > 0


@AUDITS
def test_whole_school_hours_due_are_done_lapsed_or_in_hand(audit):
    run = audit()
    session = run.w.whole_school_session_hours * 60.0
    for activity in (one.key for one in WholeSchool if one != WholeSchool.OPEN_DEVELOPMENT):
        due = run.total(f"hours_due.{activity}")
        gap = due - run.total(f"hours.{activity}") - run.total(f"hours_lapsed.{activity}")
        assert -3 * run.terms <= gap <= 2 * session * run.w.n_schools + due / session + 3 * run.terms


@AUDITS
def test_queues_add_up_and_hold_nobody_who_left(audit):
    w = audit().w
    for number, school in enumerate(w.schools):
        waiting = waiting_cases(w, school)
        assert school.minutes == sum(int(case.hours * 60.0) for case in waiting)
        assert all(case.open and (case.pupil < 0 or w.pupils[case.pupil].school == number) for case in waiting)


@AUDITS
def test_nobody_is_stuck(audit):
    """Whoever is noticed waits for the SENCO, is worked on, or came back from exclusion; no request is lost."""
    run = audit()
    waiting = {run.w.pupils[case.pupil].key for case in run.waiting() if case.pupil >= 0}
    excluded = {pupil for _, code, _, pupil, _ in run.trace if code == Event.PUPIL_EXCLUDED}
    stuck = [p for p in run.pupils() if p.stage == Stage.NOTICED and p.key not in waiting | excluded]
    assert len(stuck) <= run.w.n_schools
    closed = [p for p in run.pupils() if p.stage == Stage.EHC_PLAN and p.request_open]
    assert closed == []


@AUDITS
def test_every_request_still_to_be_made_belongs_to_a_pupil_with_an_open_request(audit):
    run = audit()
    w = run.w
    for school in w.schools:
        for index in roster(w, school):
            unfiled = w.histories[index].unfiled
            if unfiled >= 0:
                assert w.requests[unfiled].pupil == index
                assert w.pupils[index].request_open
                assert w.pupils[index].stage != Stage.EHC_PLAN


@AUDITS
def test_pages_are_empty_once_they_are_added_to_cells_and_groups(audit):
    assert not any(audit().w.pages)


@AUDITS
def test_no_decision_is_drawn_twice(audit):
    """Three numbers are read again and decide nothing new.

    A case that moves to another school with its pupil keeps its tie. The number that sends a pupil to a special school
    at 11 also says who comes first. The term in which a plan is reviewed is kept.
    """
    tie, transfer = STREAM["queue_tie"], STREAM["transfer_at_11"]
    again = [
        (STREAMS[stream], entity, occurrence, n)
        for (stream, entity, occurrence), n in audit().drawn.items()
        if n > 1
        and not (stream == tie and occurrence >> 20 in (Activity.IDENTIFICATION, Activity.REQUEST_PREPARATION))
        and not (stream == transfer and n == 2)
    ]
    assert again == []


@AUDITS
def test_places_hold_those_who_were_given_one(audit):
    for council in audit().w.councils:
        assert vacant(council) >= -1.0 - 1e-6
        assert min(*council.state, *council.over, *council.independent, *council.resourced) >= 0.0


ROUTES = {Route.SCHOOL_LED: "requests.school_led", Route.PARENTAL: "requests.parental"}
PLAIN = {
    Event.SEN_SUPPORT_BEGAN: "sen_support_starts",
    Event.IDENTIFIED_WITHOUT_SENCO: "sen_support_starts",
    Event.CRISIS_BEGAN: "crises",
    Event.PLAN_ISSUED: "plans_issued.mainstream",
    Event.MEDIATION_BEGAN: "mediations",
    Event.SENCO_LEFT: "senco_leavers",
    Event.SENCO_STARTED: "senco_starters",
    Event.REVIEW_DONE: "done.support_review",
    Event.REQUEST_GIVEN_UP: "requests_given_up",
    Event.REQUEST_WITHDRAWN: "requests_withdrawn",
    Event.PUPIL_EXCLUDED: "permanent_exclusions",
    Event.SUSPENDED: "suspensions",
}


def _quantity(code: int, school: int, detail: int) -> str:
    """Quantity that an event of the trace is counted under; empty if none."""
    if code == Event.NEED_NOTICED:
        return "noticed" if detail == 0 else ""
    if code == Event.REQUEST_FILED:
        return ROUTES[detail]
    if code == Event.SENCO_WORK_DONE:
        return f"done.{Activity(detail).key}"
    if code == Event.PLACE_FOUND:
        return "starts.state_special" if detail == Placement.VACANT and school != NO_SCHOOL else ""
    return PLAIN.get(Event(code), "")


@pytest.mark.parametrize("run", [baseline_run, policy_run, lambda: (_strained().inputs, _strained())])
def test_tally_is_the_trace_folded(run):
    inputs, outcome = run()
    folded: Counter[tuple[str, int]] = Counter()
    for minute, code, school, _, detail in outcome.trace:
        folded[_quantity(code, school, detail), segment_of(minute)] += 1
    schools = [row for row, cell in enumerate(inputs.cells) if cell.phase != "none"]
    tally = outcome.tally[schools].sum(axis=0)
    names = {*PLAIN.values(), *ROUTES.values(), "noticed", "starts.state_special"}
    names |= {f"done.{activity}" for activity in (one.key for one in Activity)}
    for segment, counts in enumerate(tally):
        for name in names:
            found = sum(int(counts[column]) for full, column in COLUMN.items() if full == name or _split(full, name))
            assert folded[name, segment] == found, (name, segment)


def _split(full: str, name: str) -> bool:
    return name in ("permanent_exclusions", "suspensions") and full.startswith(f"{name}.")


@pytest.mark.parametrize("run", [baseline_run, policy_run])
def test_the_senco_never_works_in_holidays(run):
    _, outcome = run()
    worked = events(outcome, Event.SENCO_WORK_DONE, Event.CASE_STARTED, Event.REVIEW_DONE)
    assert len(worked) > 100
    for minute, code, _, _, _ in worked:
        segment = segment_of(minute)
        assert term_start(segment) <= minute <= term_end(segment), Event(code)


@pytest.mark.parametrize("run", [baseline_run, policy_run])
def test_nobody_works_longer_than_the_term(run):
    inputs, outcome = run()
    tally = outcome.tally.sum(axis=0)
    assert tally[:, COLUMN["overtime_hours"]].max() <= inputs.schools.overtime_ceiling.sum() * TERM_WEEKS * 60
    assert (tally[:, COLUMN["used_hours"]] <= tally[:, COLUMN["allocated_hours"]]).all()


@pytest.mark.parametrize("run", [baseline_run, policy_run])
def test_support_is_measured_in_every_school_and_term(run):
    inputs, outcome = run()
    measured = [detail for *_, detail in events(outcome, Event.SUPPORT_MEASURED)]
    assert min(measured) >= 0
    assert len(measured) == inputs.n_schools * inputs.n_years * TERMS_PER_YEAR
    assert len(counts_by_school(outcome, Event.SUPPORT_MEASURED)) == inputs.n_schools


def test_the_no_policy_arm_leaves_every_school_term_and_request():
    inputs, outcome = baseline_run()
    left = outcome.reference
    assert left.schools.size == inputs.n_schools * inputs.n_years * TERMS_PER_YEAR
    assert (left.schools["need_pupils"][1:] >= 0.0).all()
    filed = [(pupil, minute) for minute, _, _, pupil, _ in events(outcome, Event.REQUEST_FILED, Event.REQUEST_GIVEN_UP)]
    assert (left.filings["wait"] >= 0).sum() == len(filed)
    assert (np.diff(left.filings["key"]) > 0).all()
    given_up = outcome.tally[..., COLUMN["requests_given_up"]].sum()
    assert left.filings["given_up"].sum() == given_up


def test_a_pupil_in_the_place_of_one_who_left_has_nothing_of_the_other():
    """Records are used again: all but what strings them together is that of a pupil made in a new place."""
    w = plain_world(small_inputs(schools_of(HARTLEPOOL, primary=1, secondary=1), years=1))
    own = {name for record in (PUPIL, HISTORY) for name in dir(record.plain()) if not name.startswith("__")}
    own -= {"link", "mover_after", "spare"}

    def made() -> dict[str, object]:
        index = make_pupil(w, 1000, 3, Stage.NOTICED, 1.5)
        told = {name: getattr(_record_with(w, index, name), name) for name in own}
        return {name: list(one) if np.ndim(one) else one for name, one in told.items()} | {"cycles": w.cycles[index]}

    fresh = made()
    for name in own:
        record = _record_with(w, 0, name)
        setattr(record, name, [7] * len(fresh[name]) if np.ndim(fresh[name]) else 7)
    w.cycles[0] = 7
    give(w, w.histories, Pool.PUPILS, 0)
    assert made() == fresh
    assert len(w.pupils) == 1


def _record_with(w, index, name):
    return w.pupils[index] if hasattr(w.pupils[index], name) else w.histories[index]
