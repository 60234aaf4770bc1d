"""A school closes a term and begins the next: coverage (M6), the post (M5, M14), hazards (M6, M7, M12), needs (M1)."""

from __future__ import annotations

from typing import Any

from sencosim.arms.inputs import HOME, N_OUTCOMES, REQUEST, SPECIAL, SUSPENSION
from sencosim.engine.handle import schedule
from sencosim.engine.mechanisms.basics import count, count_hours, count_weekly_hours, draw, keep_record, of_year
from sencosim.engine.mechanisms.facts import HOURS_LAPSED, LAPSED, PATH_OF_SLOT
from sencosim.engine.mechanisms.pathways import notice_again_later
from sencosim.engine.mechanisms.pupils import TERM_MINUTES, close_ranks, phase_of, schedule_crossing
from sencosim.engine.mechanisms.queue import close_case, let_go_of_case, move_ahead
from sencosim.rules.absence import absence_days, absence_shift, pupils_absent
from sencosim.rules.chance import exponential_threshold, whole_minutes
from sencosim.rules.coverage import coverage_effect, coverage_exposure, share_done, smoothed_coverage
from sencosim.rules.hazards import noticing_hazard, request_hazard, suspension_hazard
from sencosim.rules.keys import cohort_key, pupil_key
from sencosim.rules.pupil_clocks import crossing_minute
from sencosim.rules.senco_hours import (
    added_hours,
    hours_done,
    idle_hours,
    lapse_minutes,
    leaked_hours,
    removed_hours,
    used_hours,
    work_left,
)
from sencosim.rules.workforce import leaving_hazard, mean_vacancy, strain, study_hours, vacancy_terms
from sencosim.units import MINUTES_PER_WEEK, N_YEAR_GROUPS, SEGMENT_WEEKS, TERMS_PER_YEAR
from sencosim.vocabulary import N_PATHS, N_SLOTS, Activity, Event, Happening, Path, Quantity, Stream, WorkClass, Worker

_IDENTIFICATION, _LONG_IDENTIFICATION = int(WorkClass.IDENTIFICATION), int(WorkClass.LONG_IDENTIFICATION)
_MILLION = 1e6
"""Coverage stands in the trace in millionths."""
ROUNDING = 1e-9
"""Hours a week by which a full-time post may fall short by rounding alone."""

# -- the term that ends ---------------------------------------------------------------------------------------------


def close_term(w: Any, school: Any) -> None:
    """Lapse and measure: what is not done is counted, coverage is smoothed, hours are booked."""
    _book_hours(w, school)
    met = share_done(school.work_done, school.work_due)
    school.strained = strain(met, school.overtime, school.ceiling, w.overtime_strain_weight)
    school.work_done = 0.0
    _lapse_work(w, school)
    measured = share_done(school.preventive_done, school.preventive_due)
    n_sen = school.n_support + school.n_plan
    count(w, school.cell, Quantity.COVERAGE_EXPOSURE, coverage_exposure(n_sen, measured))
    count(w, school.cell, Quantity.COVERAGE_PUPIL_TERMS, n_sen)
    school.coverage = smoothed_coverage(school.coverage, measured, w.coverage_smoothing_years)
    school.preventive_done = 0.0
    school.preventive_due = 0.0
    keep_record(w, Event.COVERAGE_MEASURED, school.id, 0, int(measured * _MILLION))
    for which in range(2 * N_PATHS):
        school.clock[which] += school.increment[which]
        school.increment[which] = 0.0


def _book_hours(w: Any, school: Any) -> None:
    """Book the hours of the term: used, unpaid, idle, leaked, vacant."""
    senco, team = w.workers[2 * school.index + Worker.SENCO], w.workers[2 * school.index + Worker.TEAM]
    _break_off(w, senco)
    _break_off(w, team)
    busy_weeks = senco.busy / MINUTES_PER_WEEK
    worked = school.used * busy_weeks
    allocated = school.kept + school.added
    elsewhere = school.study + school.training + school.supervision + school.travel
    away = Quantity.ABSENT_HOURS if school.absent != 0 and school.vacant_terms == 0 else Quantity.VACANT_HOURS
    cell = school.cell
    count_hours(w, cell, Quantity.USED_HOURS, worked)
    count_hours(w, cell, Quantity.OVERTIME_HOURS, school.overtime * busy_weeks)
    count_hours(w, cell, Quantity.IDLE_HOURS, idle_hours(school.used, worked))
    count_weekly_hours(w, cell, away, school.used_full - school.used)
    count_weekly_hours(w, cell, Quantity.ALLOCATED_HOURS, allocated)
    count_weekly_hours(w, cell, Quantity.ADDED_HOURS, school.added)
    count_weekly_hours(w, cell, Quantity.REMOVED_HOURS, school.removed)
    count_hours(w, cell, Quantity.LEAKED_HOURS, leaked_hours(allocated, school.used_full, elsewhere))
    count_weekly_hours(w, cell, Quantity.TRAINING_HOURS, school.training)
    count_weekly_hours(w, cell, Quantity.SUPERVISION_HOURS, school.supervision)
    count_weekly_hours(w, cell, Quantity.TRAVEL_HOURS, school.travel)
    count_weekly_hours(w, cell, Quantity.NPQ_HOURS, school.study)
    count_hours(w, cell, Quantity.TEAM_HOURS, hours_done(team.pace, team.busy))
    senco.busy = 0
    team.busy = 0


def _break_off(w: Any, worker: Any) -> None:
    """The end of the term interrupts the work in hand."""
    if worker.since < 0:
        return
    worked = w.term_end - worker.since
    worker.busy += worked
    worker.left = work_left(worker.left, worker.pace, worked)
    worker.since = -1


def _lapse_work(w: Any, school: Any) -> None:
    """M2 and M4: reviews and whole-school work that were not started lapse."""
    lapsed = school.reviews_to - school.reviews_from
    if lapsed > 0:
        count(w, school.cell, LAPSED[int(Activity.SUPPORT_REVIEW)], lapsed)
        keep_record(w, Event.REVIEWS_LAPSED, school.id, 0, lapsed)
        school.reviews_from = school.reviews_to
    for activity in range(len(HOURS_LAPSED)):
        if school.pool[activity] > 0.0:
            count_hours(w, school.cell, HOURS_LAPSED[activity], school.pool[activity])
            school.pool[activity] = 0.0


def lapse_identifications(w: Any, school: Any) -> None:
    """Identifications that have waited long move ahead of reviews; after some terms they lapse."""
    lapse_after = lapse_minutes(w.identification_lapse_terms)
    ahead_after = whole_minutes(w.identification_ahead_weeks)
    which = school.heads[_LONG_IDENTIFICATION]
    while which >= 0 and w.now - w.cases[which].entered >= lapse_after:
        _lapse(w, school, which)
        which = school.heads[_LONG_IDENTIFICATION]
    which = school.heads[_IDENTIFICATION]
    while which >= 0 and w.now - w.cases[which].entered >= ahead_after:
        if w.now - w.cases[which].entered >= lapse_after:
            _lapse(w, school, which)
        else:
            move_ahead(w, school, which)
        which = school.heads[_IDENTIFICATION]


def _lapse(w: Any, school: Any, which: int) -> None:
    """An identification lapses."""
    case = w.cases[which]
    close_case(w, school, case)
    count(w, school.cell, LAPSED[int(Activity.IDENTIFICATION)], 1)
    keep_record(w, Event.CASE_LAPSED, school.id, w.pupils[case.pupil].key, Activity.IDENTIFICATION)
    notice_again_later(w, school, case.pupil, case.number + 1)
    let_go_of_case(w, which)


# -- the post -------------------------------------------------------------------------------------------------------


def review_workforce(w: Any, school: Any) -> None:
    """M14: a vacancy may be filled; a SENCO may leave."""
    if school.vacant_terms > 0:
        school.vacant_terms -= 1
        if school.vacant_terms == 0:
            _take_up_post(w, school)
        return
    school.tenure_terms += 1
    ratio = w.leaving_ratio_slt_seat if school.has_seat != 0 else 1.0
    ratio *= w.leaving_ratio[of_year(w, school)]
    hazard = leaving_hazard(w.senco_leaving_rate, w.leaving_ratio_demand_met, school.strained, ratio)
    school.leaving_clock += hazard / TERMS_PER_YEAR
    if school.leaving_clock < school.leaving_threshold:
        return
    mean_terms = mean_vacancy(w.vacancy_mean_terms, w.vacancy_terms_supply_taken, w.supply_taken)
    school.vacant_terms = vacancy_terms(draw(w, Stream.VACANCY, school.id, school.occupant), mean_terms)
    count(w, school.cell, Quantity.SENCO_LEAVERS, 1)
    keep_record(w, Event.SENCO_LEFT, school.id, 0, school.vacant_terms)


def _take_up_post(w: Any, school: Any) -> None:
    """The next SENCO starts."""
    school.occupant += 1
    school.tenure_terms = 0
    school.leaving_clock = 0.0
    school.leaving_threshold = exponential_threshold(draw(w, Stream.SENCO_LEAVING, school.id, school.occupant))
    count(w, school.cell, Quantity.SENCO_STARTERS, 1)
    keep_record(w, Event.SENCO_STARTED, school.id, 0, school.occupant)


def is_new(school: Any, terms: float) -> bool:
    """Whether the post has had its SENCO for fewer terms; the first SENCO of a run has long been there."""
    return school.vacant_terms == 0 and school.occupant > 0 and school.tenure_terms < terms


def _asked_hours(w: Any, school: Any) -> float:
    """Hours a week that policy asks of a school, by law or as its part of a shared post (M16). [hours a week]."""
    where = of_year(w, school)
    shared = w.shared_hours[where] if school.sharing != 0 else 0.0
    return max(w.floor[where], shared)


def wanted_hours(w: Any, school: Any) -> float:
    """Hours a week that policy asks this school to add. [hours a week]."""
    return added_hours(_asked_hours(w, school), w.hours[of_year(w, school)])


def apply_policy(w: Any, school: Any) -> None:
    """Set hours, seat, team and administrators for the term."""
    where = of_year(w, school)
    baseline = w.hours[where]
    school.added = wanted_hours(w, school) if school.filled != 0 else 0.0
    school.removed = removed_hours(_asked_hours(w, school), baseline) if w.comes_down[where] != 0 else 0.0
    school.kept = baseline - school.removed
    school.used_full = used_hours(school.kept, school.added, w.used_share_baseline, w.policy_used_share)
    _take_other_hours(w, where, school)
    school.absent = w.absent[where]
    away = school.vacant_terms > 0 or school.absent != 0
    school.used = school.used_full * (w.vacancy_cover_share if away else 1.0)
    school.has_seat = 1 if school.baseline_seat != 0 or w.seat[where] != 0 else 0
    w.workers[2 * school.index + Worker.TEAM].pace = school.baseline_team + w.team_added[where]
    school.paperwork = w.paperwork_ratio[where]
    _count_posts(w, where, school)


def _take_other_hours(w: Any, where: int, school: Any) -> None:
    """Take study, training, supervision and travel out of used hours, in this order, while there are any."""
    school.study = 0.0
    school.training = 0.0
    school.supervision = 0.0
    school.travel = 0.0
    if school.vacant_terms > 0:
        return
    if is_new(school, w.award_terms[where]):
        weekly = study_hours(w.npq_hours_per_term, w.npq_terms, w.award_terms[where])
        school.study = min(school.used_full, weekly)
        school.used_full -= school.study
    if is_new(school, TERMS_PER_YEAR):
        school.training = min(school.used_full, w.first_year_hours[where])
        school.used_full -= school.training
    school.supervision = min(school.used_full, w.supervision_hours[where])
    school.used_full -= school.supervision
    if school.sharing != 0:
        school.travel = min(school.used_full, w.shared_travel_hours)
        school.used_full -= school.travel


def _count_posts(w: Any, where: int, school: Any) -> None:
    hours = school.kept + school.added
    in_post = school.vacant_terms == 0
    has_seat = school.has_seat != 0
    _count_post(w, school, Quantity.POSTS, True)
    _count_post(w, school, Quantity.POSTS_VACANT, not in_post)
    _count_post(w, school, Quantity.POSTS_FULL_TIME, hours >= w.full_time_hours_per_week - ROUNDING)
    _count_post(w, school, Quantity.SLT_SEATS, has_seat)
    _count_post(w, school, Quantity.SLT_SEATS_ADDED, has_seat and school.baseline_seat == 0)
    _count_post(w, school, Quantity.POSTS_SHARED, school.sharing != 0)
    _count_post(w, school, Quantity.POSTS_WITHOUT_AWARD, is_new(school, w.award_terms[where]))
    _count_post(w, school, Quantity.POSTS_WITH_ALLOWANCE, in_post and w.allowance[where] != 0)
    count_weekly_hours(w, school.cell, Quantity.TEAM_HOURS_ADDED, w.team_added[where])
    unfilled = wanted_hours(w, school) if school.filled == 0 else 0.0
    _count_post(w, school, Quantity.POSTS_UNFILLED, unfilled > 0.0)
    count_weekly_hours(w, school.cell, Quantity.POLICY_HOURS_UNFILLED, unfilled)
    keep_record(w, Event.HOURS_SET, school.id, 0, int(hours * 60.0))


def _count_post(w: Any, school: Any, quantity: int, counts: bool) -> None:
    """Count the weeks of a post that has some property, holidays included."""
    if counts:
        count(w, school.cell, quantity, SEGMENT_WEEKS[w.term % TERMS_PER_YEAR])


# -- pupils ---------------------------------------------------------------------------------------------------------


def set_hazards(w: Any, school: Any) -> None:
    """Set what each pathway's clock runs this term, and let the events that fall in it happen."""
    if school.has_primary != 0:
        _set_hazards_of_phase(w, school, 0)
    if school.has_secondary != 0:
        _set_hazards_of_phase(w, school, 1)
    close_ranks(w, school)
    _release_targets(w, school)
    _notice_needs(w, school)


def _set_hazards_of_phase(w: Any, school: Any, phase: int) -> None:
    seat = w.effect_slt_seat if school.has_seat != 0 else 1.0
    for which in range(phase * N_OUTCOMES, (phase + 1) * N_OUTCOMES):
        effect = coverage_effect(school.coverage, w.elasticity[which], seat, w.coverage_floor)
        school.multiplier[which] = effect / w.normaliser[which]
    for path in range(N_PATHS):
        school.increment[path * 2 + phase] = _hazard(w, school, path, phase)


def _hazard(w: Any, school: Any, path: int, phase: int) -> float:
    """What a pathway's clock runs in this term. [cumulative hazard]."""
    rate, by_coverage = w.term_rates[phase * N_PATHS + path], phase * N_OUTCOMES
    if path == Path.REQUEST_POINT:
        council, process = w.councils[school.council].request_multiplier, w.request_ratio[of_year(w, school)]
        return request_hazard(rate, council, process, school.multiplier[by_coverage + REQUEST], school.culture)
    if path in (Path.SUSPENSION_SUPPORT, Path.SUSPENSION_PLAN):
        relative = school.multiplier[by_coverage + SUSPENSION]
        return suspension_hazard(rate, relative, school.culture, school.suspension_level)
    if path in (Path.CRISIS_SUPPORT, Path.CRISIS_PLAN):
        return rate * school.culture
    if path == Path.TRANSFER:
        return rate * school.multiplier[by_coverage + SPECIAL]
    if path in (Path.HOME_SUPPORT, Path.HOME_PLAN):
        return rate * school.multiplier[by_coverage + HOME]
    return rate


def _release_targets(w: Any, school: Any) -> None:
    """Let happen what the clocks of this term will reach."""
    for place in range(school.roster_size):
        index = w.rosters[school.roster_from + place]
        pupil = w.pupils[index]
        phase, first = phase_of(pupil), pupil.stage * N_SLOTS
        for slot in range(N_SLOTS):
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
        entity = cohort_key(school.id, cohort)
        state = w.cohorts[school.index * w.n_cohorts + w.year - year_group + N_YEAR_GROUPS - 1]
        if state.known == 0:
            state.known = 1
            state.target = exponential_threshold(draw(w, Stream.NOTICED, entity, 0))
        clock, target, number = state.clock, state.target, state.number
        increment = noticing_hazard(roll, w.notice_rates[year_group], school.notice_multiplier)
        end = clock + increment
        while target <= end and increment > 0.0:
            minute = crossing_minute(target, clock, increment, w.term_start, TERM_MINUTES)
            key = pupil_key(school.id, cohort, number)
            schedule(w, council, minute, Event.NEED_NOTICED, key, (Happening.NOTICED, school.index, year_group, 0.0))
            number += 1
            target += exponential_threshold(draw(w, Stream.NOTICED, entity, number))
        state.clock = end
        state.target = target
        state.number = number


def count_pupils(w: Any, school: Any) -> None:
    """Book pupil-years and absence (M13)."""
    weeks = SEGMENT_WEEKS[w.term % TERMS_PER_YEAR]
    cell, waiting = school.cell, school.n_waiting
    count(w, cell, Quantity.PUPIL_YEARS_SEN_SUPPORT, school.n_support * weeks)
    count(w, cell, Quantity.PUPIL_YEARS_EHC_PLAN, (school.n_plan - waiting) * weeks)
    count(w, cell, Quantity.PUPIL_YEARS_WAITING_SPECIAL, waiting * weeks)
    count(w, cell, Quantity.PUPIL_YEARS_IDENTIFICATION_WAIT, school.n_noticed * weeks)
    phase = 1 if school.has_secondary != 0 else 0
    points, mean, amplification = w.effect_absence_points, w.mean_log2[phase], w.amplification[phase]
    shift = absence_shift(points, school.coverage, w.coverage_floor, mean, amplification)
    absent = pupils_absent(school.n_support, w.absence_rate_sen_support, shift)
    absent += pupils_absent(school.n_plan, w.absence_rate_ehc_plan, shift)
    count(w, cell, Quantity.ABSENCE_DAYS, absence_days(absent, w.absence_level))
