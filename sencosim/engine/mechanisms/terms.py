"""The start of a term in each school, in the order of the model document."""

from __future__ import annotations

import math
from typing import Any

from sencosim.engine.handle import schedule
from sencosim.engine.inputs import HOME, N_OUTCOMES, REQUEST, SPECIAL, SUSPENSION
from sencosim.engine.mechanisms.basics import count, draw, keep_record, of_year
from sencosim.engine.mechanisms.facts import HOURS_LAPSED, LAPSED, PATH_OF_SLOT, SEGMENT_WEEKS
from sencosim.engine.mechanisms.pathways import notice_again_later
from sencosim.engine.mechanisms.pupils import TERM_MINUTES, close_ranks, phase_of, schedule_crossing
from sencosim.engine.mechanisms.queue import close_case, let_go_of_case, move_ahead
from sencosim.rules.chance import exponential_threshold
from sencosim.rules.coverage import coverage, coverage_effect, smoothed_coverage
from sencosim.rules.pupil_clocks import crossing_minute
from sencosim.rules.senco_hours import used_hours, work_left
from sencosim.rules.workforce import leaving_hazard, strain, vacancy_terms
from sencosim.units import MINUTES_PER_WEEK, N_YEAR_GROUPS, TERM_WEEKS
from sencosim.vocabulary import Activity, Event, Happening, Path, Quantity, Stream, WorkClass

OVERTIME_WEIGHT = 0.5
SCHOOL_DAYS_PER_TERM = 65.0


def book_hours(w: Any, school: Any) -> None:
    """Book the hours of the term that ends: used, unpaid, idle, leaked, vacant."""
    if school.since >= 0:
        worked = w.term_end - school.since
        school.busy += worked
        school.left = work_left(school.left, school.pace, worked)
        school.since = -1
    if school.team_since >= 0:
        worked = w.term_end - school.team_since
        school.team_busy += worked
        school.team_left = work_left(school.team_left, school.team_hours, worked)
        school.team_since = -1
    cell = school.cell
    busy_weeks = school.busy / 10080.0
    worked_hours = school.used * busy_weeks
    count(w, cell, Quantity.USED_HOURS, int(worked_hours * 60.0))
    count(w, cell, Quantity.OVERTIME_HOURS, int(school.overtime * busy_weeks * 60.0))
    count(w, cell, Quantity.IDLE_HOURS, int((school.used * TERM_WEEKS - worked_hours) * 60.0))
    lost = Quantity.ABSENT_HOURS if school.absent != 0 and school.vacant_terms == 0 else Quantity.VACANT_HOURS
    count(w, cell, lost, int((school.used_full - school.used) * TERM_WEEKS * 60.0))
    allocated = school.kept + school.added
    count(w, cell, Quantity.ALLOCATED_HOURS, int(allocated * TERM_WEEKS * 60.0))
    count(w, cell, Quantity.ADDED_HOURS, int(school.added * TERM_WEEKS * 60.0))
    count(w, cell, Quantity.REMOVED_HOURS, int(school.removed * TERM_WEEKS * 60.0))
    elsewhere = school.study + school.training + school.supervision + school.travel
    count(w, cell, Quantity.LEAKED_HOURS, int((allocated - school.used_full - elsewhere) * TERM_WEEKS * 60.0))
    count(w, cell, Quantity.TRAINING_HOURS, int(school.training * TERM_WEEKS * 60.0))
    count(w, cell, Quantity.SUPERVISION_HOURS, int(school.supervision * TERM_WEEKS * 60.0))
    count(w, cell, Quantity.TRAVEL_HOURS, int(school.travel * TERM_WEEKS * 60.0))
    count(w, cell, Quantity.NPQ_HOURS, int(school.study * TERM_WEEKS * 60.0))
    count(w, cell, Quantity.TEAM_HOURS, int(school.team_hours * school.team_busy / 10080.0 * 60.0))
    met = min(1.0, school.work_done / school.work_due) if school.work_due > 0.0 else 1.0
    school.strained = strain(met, school.overtime, school.ceiling, OVERTIME_WEIGHT)
    school.busy = 0
    school.team_busy = 0
    school.work_done = 0.0


def close_term(w: Any, school: Any) -> None:
    """Lapse and measure: what is not done is counted, coverage is smoothed, hours are booked."""
    book_hours(w, school)
    lapsed = school.reviews_to - school.reviews_from
    if lapsed > 0:
        count(w, school.cell, LAPSED[int(Activity.SUPPORT_REVIEW)], lapsed)
        keep_record(w, Event.REVIEWS_LAPSED, school.id, 0, lapsed)
        school.reviews_from = school.reviews_to
    for activity in range(len(HOURS_LAPSED)):
        hours = school.pool[activity]
        if hours > 0.0:
            count(w, school.cell, HOURS_LAPSED[activity], int(hours * 60.0))
            school.pool[activity] = 0.0
    measured = coverage(school.preventive_done, school.preventive_due)
    n_sen = school.n_support + school.n_plan
    count(w, school.cell, Quantity.COVERAGE_EXPOSURE, int(n_sen * measured * 1000.0))
    count(w, school.cell, Quantity.COVERAGE_PUPIL_TERMS, n_sen)
    school.coverage = smoothed_coverage(school.coverage, measured, w.coverage_smoothing_years)
    school.preventive_done = 0.0
    school.preventive_due = 0.0
    keep_record(w, Event.COVERAGE_MEASURED, school.id, 0, int(measured * 1e6))
    for which in range(20):
        school.clock[which] += school.increment[which]
        school.increment[which] = 0.0


def _lapse(w: Any, school: Any, which: int) -> None:
    """An identification lapses."""
    case = w.cases[which]
    close_case(w, school, case)
    count(w, school.cell, LAPSED[int(Activity.IDENTIFICATION)], 1)
    index, number = case.pupil, case.number + 1
    keep_record(w, Event.CASE_LAPSED, school.id, w.pupils[index].key, Activity.IDENTIFICATION)
    notice_again_later(w, school, index, number)
    let_go_of_case(w, which)


def lapse_identifications(w: Any, school: Any) -> None:
    """Identifications that waited a term move ahead of reviews; after three terms they lapse."""
    lapse_after = int(w.identification_lapse_terms * 52.0 / 3.0 * MINUTES_PER_WEEK)
    ahead_after = 17 * MINUTES_PER_WEEK
    which = school.heads[int(WorkClass.LONG_IDENTIFICATION)]
    while which >= 0 and w.now - w.cases[which].entered >= lapse_after:
        _lapse(w, school, which)
        which = school.heads[int(WorkClass.LONG_IDENTIFICATION)]
    which = school.heads[int(WorkClass.IDENTIFICATION)]
    while which >= 0 and w.now - w.cases[which].entered >= ahead_after:
        if w.now - w.cases[which].entered >= lapse_after:
            _lapse(w, school, which)
        else:
            move_ahead(w, school, which)
        which = school.heads[int(WorkClass.IDENTIFICATION)]


def review_workforce(w: Any, school: Any) -> None:
    """M14: the SENCO may leave; a vacancy may be filled."""
    if school.vacant_terms > 0:
        school.vacant_terms -= 1
        if school.vacant_terms == 0:
            school.occupant += 1
            school.tenure_terms = 0
            school.leaving_clock = 0.0
            school.leaving_threshold = exponential_threshold(draw(w, Stream.SENCO_LEAVING, school.id, school.occupant))
            count(w, school.cell, Quantity.SENCO_STARTERS, 1)
            keep_record(w, Event.SENCO_STARTED, school.id, 0, school.occupant)
        return
    school.tenure_terms += 1
    seat_ratio = w.leaving_ratio_slt_seat if school.has_seat != 0 else 1.0
    seat_ratio *= w.leaving_ratio[of_year(w, school)]
    hazard = leaving_hazard(w.senco_leaving_rate, w.leaving_ratio_demand_met, school.strained, seat_ratio)
    school.leaving_clock += hazard / 3
    if school.leaving_clock >= school.leaving_threshold:
        u = draw(w, Stream.VACANCY, school.id, school.occupant)
        taken = w.supply_taken * w.vacancy_terms_supply_taken
        school.vacant_terms = vacancy_terms(u, w.vacancy_mean_terms + taken)
        count(w, school.cell, Quantity.SENCO_LEAVERS, 1)
        keep_record(w, Event.SENCO_LEFT, school.id, 0, school.vacant_terms)


def _floor_of(w: Any, school: Any) -> float:
    """Hours a week that policy asks of a school, by law or as its part of a shared post. [hours a week]."""
    where = of_year(w, school)
    shared = w.shared_hours[where] if school.sharing != 0 else 0.0
    return max(w.floor[where], shared)


def wanted_hours(w: Any, school: Any) -> float:
    """Hours a week that policy asks this school to add. [hours a week]."""
    floor = _floor_of(w, school)
    return max(0.0, floor - w.hours[of_year(w, school)])


def apply_policy(w: Any, school: Any) -> None:
    """Set hours, seat, team and administrators for the term."""
    where = of_year(w, school)
    baseline = w.hours[where]
    floor = _floor_of(w, school)
    school.added = wanted_hours(w, school) if school.filled != 0 else 0.0
    comes_down = w.comes_down[where] != 0
    school.removed = baseline - floor if comes_down and 0.0 < floor < baseline else 0.0
    school.kept = baseline - school.removed
    school.used_full = used_hours(school.kept, school.added, w.used_share_baseline, w.policy_used_share)
    _take_other_hours(w, where, school)
    school.absent = w.absent[where]
    away = school.vacant_terms > 0 or school.absent != 0
    school.used = school.used_full * (w.vacancy_cover_share if away else 1.0)
    school.has_seat = 1 if school.baseline_seat != 0 or w.seat[where] != 0 else 0
    school.team_hours = school.baseline_team + w.team_added[where]
    school.paperwork = w.paperwork_ratio[where]
    _count_posts(w, school)


def _take_other_hours(w: Any, where: int, school: Any) -> None:
    """Take study, training, supervision and travel out of used hours, in this order, while there are any."""
    school.study = 0.0
    school.training = 0.0
    school.supervision = 0.0
    school.travel = 0.0
    if school.vacant_terms > 0:
        return
    award = w.award_terms[where]
    if school.occupant > 0 and school.tenure_terms < award:
        weekly = w.npq_hours_per_term * w.npq_terms / award / TERM_WEEKS
        school.study = min(school.used_full, weekly)
        school.used_full -= school.study
    if school.occupant > 0 and school.tenure_terms < 3:
        school.training = min(school.used_full, w.first_year_hours[where])
        school.used_full -= school.training
    school.supervision = min(school.used_full, w.supervision_hours[where])
    school.used_full -= school.supervision
    if school.sharing != 0:
        school.travel = min(school.used_full, w.shared_travel_hours)
        school.used_full -= school.travel


def _count_posts(w: Any, school: Any) -> None:
    weeks = SEGMENT_WEEKS[w.term % 3]
    cell = school.cell
    count(w, cell, Quantity.POSTS, weeks)
    count(w, cell, Quantity.POSTS_VACANT, weeks if school.vacant_terms > 0 else 0)
    if school.kept + school.added >= w.full_time_hours_per_week - 1e-9:
        count(w, cell, Quantity.POSTS_FULL_TIME, weeks)
    count(w, cell, Quantity.SLT_SEATS, weeks if school.has_seat != 0 else 0)
    count(w, cell, Quantity.SLT_SEATS_ADDED, weeks if school.has_seat != 0 and school.baseline_seat == 0 else 0)
    count(w, cell, Quantity.POSTS_SHARED, weeks if school.sharing != 0 else 0)
    where = of_year(w, school)
    if school.vacant_terms == 0:
        studies = school.occupant > 0 and school.tenure_terms < w.award_terms[where]
        count(w, cell, Quantity.POSTS_WITHOUT_AWARD, weeks if studies else 0)
        count(w, cell, Quantity.POSTS_WITH_ALLOWANCE, weeks if w.allowance[where] != 0 else 0)
    team = w.team_added[where]
    count(w, cell, Quantity.TEAM_HOURS_ADDED, int(team * TERM_WEEKS * 60.0))
    if school.filled == 0:
        wanted = wanted_hours(w, school)
        count(w, cell, Quantity.POSTS_UNFILLED, weeks if wanted > 0.0 else 0)
        count(w, cell, Quantity.POLICY_HOURS_UNFILLED, int(wanted * TERM_WEEKS * 60.0))
    keep_record(w, Event.HOURS_SET, school.id, 0, int((school.kept + school.added) * 60.0))


def _has_phase(school: Any, phase: int) -> bool:
    return school.has_primary != 0 if phase == 0 else school.has_secondary != 0


def set_hazards(w: Any, school: Any) -> None:  # noqa: C901 one branch a pathway
    """Set what each pathway's clock runs this term, and let the events that fall in it happen."""
    request_multiplier = w.councils[school.council].request_multiplier
    asked = w.request_ratio[of_year(w, school)]
    for phase in range(2):
        if not _has_phase(school, phase):
            continue
        seat = w.effect_slt_seat if school.has_seat != 0 else 1.0
        for outcome in range(N_OUTCOMES):
            effect = coverage_effect(school.coverage, w.elasticity[phase * N_OUTCOMES + outcome], seat)
            school.multiplier[phase * N_OUTCOMES + outcome] = effect / w.normaliser[phase * N_OUTCOMES + outcome]
        first = phase * 10
        suspension = school.multiplier[phase * N_OUTCOMES + SUSPENSION] * school.culture * school.suspension_level
        requests = w.term_rates[first + Path.REQUEST_POINT] * request_multiplier * asked
        for path in range(10):
            rate = w.term_rates[first + path]
            if path == Path.REQUEST_POINT:
                rate = requests * school.multiplier[phase * N_OUTCOMES + REQUEST] * school.culture
            elif path in (Path.SUSPENSION_SUPPORT, Path.SUSPENSION_PLAN):
                rate = rate * suspension
            elif path in (Path.CRISIS_SUPPORT, Path.CRISIS_PLAN):
                rate = rate * school.culture
            elif path == Path.TRANSFER:
                rate = rate * school.multiplier[phase * N_OUTCOMES + SPECIAL]
            elif path in (Path.HOME_SUPPORT, Path.HOME_PLAN):
                rate = rate * school.multiplier[phase * N_OUTCOMES + HOME]
            school.increment[path * 2 + phase] = rate
    close_ranks(w, school)
    _release_targets(w, school)
    _notice_needs(w, school)


def _release_targets(w: Any, school: Any) -> None:
    """Let happen what the clocks of this term will reach."""
    for place in range(school.roster_size):
        index = w.rosters[school.roster_from + place]
        pupil = w.pupils[index]
        phase, first = phase_of(pupil), pupil.stage * 5
        for slot in range(5):
            path = PATH_OF_SLOT[first + slot]
            which = path * 2 + phase
            if path >= 0 and pupil.targets[slot] <= school.clock[which] + school.increment[which]:
                schedule_crossing(w, school, index, pupil, path)


def _notice_needs(w: Any, school: Any) -> None:
    """M1: needs are noticed by year group, k-th by k-th, on the clock of their cohort."""
    council = w.councils[school.council]
    for year_group in range(N_YEAR_GROUPS):
        roll = school.roll[year_group]
        if roll == 0:
            continue
        cohort = w.start_year + w.year - year_group
        entity = school.id << 7 | (cohort - 1990)
        state = w.cohorts[school.index * w.n_cohorts + w.year - year_group + N_YEAR_GROUPS - 1]
        if state.known == 0:
            state.known = 1
            state.target = exponential_threshold(draw(w, Stream.NOTICED, entity, 0))
        clock, target, number = state.clock, state.target, state.number
        increment = roll * w.notice_rates[year_group] * school.notice_multiplier
        end = clock + increment
        while target <= end and increment > 0.0:
            minute = crossing_minute(target, clock, increment, w.term_start, TERM_MINUTES)
            key = ((school.id << 7 | (cohort - 1990)) << 18 | number) << 8
            schedule(w, council, minute, Event.NEED_NOTICED, key, (Happening.NOTICED, school.index, year_group, 0.0))
            number += 1
            target += exponential_threshold(draw(w, Stream.NOTICED, entity, number))
        state.clock = end
        state.target = target
        state.number = number


def count_pupils(w: Any, school: Any) -> None:
    """Book pupil-years and absence."""
    weeks = SEGMENT_WEEKS[w.term % 3]
    cell, waiting = school.cell, school.n_waiting
    count(w, cell, Quantity.PUPIL_YEARS_SEN_SUPPORT, school.n_support * weeks)
    count(w, cell, Quantity.PUPIL_YEARS_EHC_PLAN, (school.n_plan - waiting) * weeks)
    count(w, cell, Quantity.PUPIL_YEARS_WAITING_SPECIAL, waiting * weeks)
    count(w, cell, Quantity.PUPIL_YEARS_IDENTIFICATION_WAIT, school.n_noticed * weeks)
    phase = 1 if school.has_secondary != 0 else 0
    covered = math.log2(max(school.coverage, 0.05)) - w.mean_log2[phase]
    shift = w.effect_absence_points / 100.0 * covered / w.amplification[phase]
    missed = school.n_support * max(0.0, w.absence_rate_sen_support + shift)
    missed += school.n_plan * max(0.0, w.absence_rate_ehc_plan + shift)
    count(w, cell, Quantity.ABSENCE_DAYS, int(missed * w.absence_level * SCHOOL_DAYS_PER_TERM))
