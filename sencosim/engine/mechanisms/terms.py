"""A school closes a term and begins the next: support (M6), the post (M5, M14), hazards (M6, M7, M12), needs (M1)."""

from __future__ import annotations

from typing import Any

from sencosim.arms.inputs import APPEAL, EXCLUSION, HOME, REQUEST, SPECIAL, SUSPENSION
from sencosim.engine.handle import schedule
from sencosim.engine.mechanisms.basics import count, count_hours, count_weekly_hours, draw, keep_record, of_year
from sencosim.engine.mechanisms.facts import CASEWORK, DUTY, HOURS_LAPSED, PAID, PATH_OF_SLOT, REVIEWS, WITHOUT
from sencosim.engine.mechanisms.post import break_off
from sencosim.engine.mechanisms.pupils import TERM_MINUTES, close_ranks, phase_of, schedule_crossing
from sencosim.rules.absence import absence_days, absence_shift, pupils_absent
from sencosim.rules.chance import exponential_threshold
from sencosim.rules.hazards import noticing_hazard, released_hazard, request_hazard, suspension_hazard
from sencosim.rules.keys import cohort_key, pupil_key
from sencosim.rules.pupil_clocks import crossing_minute
from sencosim.rules.senco_hours import (
    added_hours,
    hours_done,
    hours_without_policy,
    idle_hours,
    leaked_hours,
    lost_to_first_year,
    removed_hours,
    used_hours,
)
from sencosim.rules.support import (
    FEWEST_PUPILS,
    full_intensity,
    relative_rate,
    seat_doublings,
    smoothed,
    support_doublings,
    support_intensity,
    waiting_ratio,
    waiting_share,
)
from sencosim.rules.workforce import leaving_hazard, mean_vacancy, share_done, strain, study_hours, vacancy_terms
from sencosim.units import MINUTES_PER_WEEK, N_YEAR_GROUPS, SEGMENT_WEEKS, TERMS_PER_YEAR
from sencosim.vocabulary import N_PATHS, N_SLOTS, Activity, Event, Happening, Path, Quantity, Stream, Worker

_THOUSAND = 1000.0
"""Support intensity stands in the trace in thousandths."""
NO_LIMIT = 1e300
"""Full intensity where all SEN hours count (``support_channel_hours``)."""
ROUNDING = 1e-9
"""Hours a week by which a full-time post may fall short by rounding alone."""

# -- the term that ends ---------------------------------------------------------------------------------------------


def close_term(w: Any, school: Any) -> None:
    """Book hours, measure support, and let lapse what was due this term and is not done."""
    break_off(w, school, Worker.SENCO)
    break_off(w, school, Worker.TEAM)
    worked = _book_hours(w, school)
    met = share_done(school.work_done, school.work_due)
    school.strained = strain(met, school.overtime, school.ceiling, w.overtime_strain_weight)
    school.work_done = 0.0
    school.arrivals[w.term % TERMS_PER_YEAR] = school.arriving
    _lapse_work(w, school)
    _measure_support(w, school, worked)
    if w.term % TERMS_PER_YEAR == TERMS_PER_YEAR - 1:
        count(w, school.cell, Quantity.SCHOOLS_MOSTLY_LATE, 1 if 2 * school.dated_late > school.dated else 0)
        count(w, school.cell, Quantity.SCHOOLS_SHORT_OF_TIME, 1 if school.year_need > school.year_used else 0)
        school.year_need = school.year_used = 0.0
        school.dated = school.dated_late = 0
    for which in range(2 * N_PATHS):
        school.clock[which] += school.increment[which]
        school.increment[which] = 0.0


def _measure_support(w: Any, school: Any, worked: float) -> None:
    """M6: support done, work listed, hours worked, pupils of noticed or recognised need, each smoothed for itself."""
    pupils = school.n_noticed + school.n_support + school.n_plan
    count_hours(w, school.cell, Quantity.SUPPORT_HOURS, school.support_done)
    count_hours(w, school.cell, Quantity.LIST_HOURS, school.list_due)
    count(w, school.cell, Quantity.NEED_PUPIL_TERMS, pupils)
    years = w.smoothing_years if w.term > 0 else 1.0 / TERMS_PER_YEAR  # the first term is all that is known
    school.support_hours = smoothed(school.support_hours, school.support_done, years)
    school.list_hours = smoothed(school.list_hours, school.list_due, years)
    school.sen_hours = smoothed(school.sen_hours, worked, years)
    school.need_pupils = smoothed(school.need_pupils, float(pupils), years)
    school.sen_hours_now = worked
    found = support_intensity(school.support_done, float(pupils))
    keep_record(w, Event.SUPPORT_MEASURED, school.id, 0, int(found * _THOUSAND))
    school.support_done = 0.0


def _book_hours(w: Any, school: Any) -> float:
    """Book the hours of the term by use. Returns hours worked on SEN, unpaid ones too. [hours in the term]."""
    team = w.workers[2 * school.index + Worker.TEAM]
    cell, busy, evening = school.cell, 0, 0
    for use in range(len(PAID)):
        minutes = school.busy[use]
        count_hours(w, cell, PAID[use], school.used * minutes / MINUTES_PER_WEEK)
        busy += minutes
        evening += minutes if use in (CASEWORK, REVIEWS, DUTY) else 0
        school.busy[use] = 0
    worked, unpaid = school.used * busy / MINUTES_PER_WEEK, school.overtime * evening / MINUTES_PER_WEEK
    allocated = school.kept + school.added
    elsewhere = school.study + school.training + school.supervision + school.travel
    away = Quantity.ABSENT_HOURS if school.absent != 0 and school.vacant_terms == 0 else Quantity.VACANT_HOURS
    count_hours(w, cell, Quantity.USED_HOURS, worked)
    count_hours(w, cell, Quantity.OVERTIME_HOURS, unpaid)
    count_hours(w, cell, Quantity.FIRST_YEAR_LOSS_HOURS, lost_to_first_year(worked + unpaid, school.first_year_loss))
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
    team.busy = 0
    return worked + unpaid


def _lapse_work(w: Any, school: Any) -> None:
    """M2 and M4: reviews and whole-school work that were not started lapse."""
    lapsed = school.reviews_to - school.reviews_from
    if lapsed > 0:
        count(w, school.cell, WITHOUT[int(Activity.SUPPORT_REVIEW)], lapsed)
        keep_record(w, Event.REVIEWS_LAPSED, school.id, 0, lapsed)
        school.reviews_from = school.reviews_to
    for activity in range(len(HOURS_LAPSED)):
        if school.pool[activity] > 0.0:
            count_hours(w, school.cell, HOURS_LAPSED[activity], school.pool[activity])
            school.pool[activity] = 0.0


# -- the post -------------------------------------------------------------------------------------------------------


def review_workforce(w: Any, school: Any) -> None:
    """M14: a vacancy may be filled; a SENCO may leave."""
    if school.vacant_terms > 0:
        school.vacant_terms -= 1
        if school.vacant_terms == 0:  # the next SENCO starts
            school.occupant += 1
            school.tenure_terms = 0
            school.leaving_clock = 0.0
            school.leaving_threshold = exponential_threshold(draw(w, Stream.SENCO_LEAVING, school.id, school.occupant))
            count(w, school.cell, Quantity.SENCO_STARTERS, 1)
            keep_record(w, Event.SENCO_STARTED, school.id, 0, school.occupant)
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


def is_new(school: Any, terms: float) -> bool:
    """Whether the post has had its SENCO for fewer terms; the first SENCO of a run has long been there."""
    return school.vacant_terms == 0 and school.occupant > 0 and school.tenure_terms < terms


def _asked_hours(w: Any, school: Any) -> float:
    """Hours a week that policy asks of a school, by law or as its part of a shared post (M16). [hours a week]."""
    where = of_year(w, school)
    shared = w.shared_hours[where] if school.sharing != 0 else 0.0
    return max(w.protected_time[where], shared)


def set_baseline_hours(w: Any, school: Any) -> None:
    """M14: each September the hours that a school gives of its own accord follow its numbers, in the no-policy arm."""
    row = w.reference[school.index * w.n_segments + w.term]
    if w.is_reference != 0:
        row.sen = float(school.n_support + school.n_plan)
    if w.year <= w.base_year_index:
        school.base_sen = row.sen
    ratio = row.sen / school.base_sen if school.base_sen > 0.0 else 1.0
    hours = hours_without_policy(
        school.base_hours,
        ratio,
        w.hours_follow_need,
        school.hours_drift,
        school.need_drift,
        w.trend_years,
        w.full_time_hours_per_week,
    )
    school.baseline_hours = hours * w.hours_kept[w.year]


def wanted_hours(w: Any, school: Any) -> float:
    """Hours a week that policy asks this school to add. [hours a week]."""
    return added_hours(_asked_hours(w, school), school.baseline_hours)


def apply_policy(w: Any, school: Any) -> None:
    """Set hours, seat, team and administrators for the term."""
    where = of_year(w, school)
    baseline = school.baseline_hours
    school.added = wanted_hours(w, school) if school.filled != 0 else 0.0
    school.removed = removed_hours(_asked_hours(w, school), baseline) if w.comes_down[where] != 0 else 0.0
    if w.abolished[where] != 0:
        school.added, school.removed = 0.0, baseline
    school.kept = baseline - school.removed
    school.used_full = used_hours(school.kept, school.added, w.used_share_baseline, w.policy_used_share)
    _take_other_hours(w, where, school)
    school.absent = w.absent[where]
    away = school.vacant_terms > 0 or school.absent != 0
    school.used = school.used_full * (w.vacancy_cover_share if away else 1.0)
    school.has_seat = 1 if school.baseline_seat != 0 or w.seat[where] != 0 else 0
    w.workers[2 * school.index + Worker.TEAM].pace = school.baseline_team + w.team_hours[where]
    school.paperwork = w.paperwork_ratio[where]
    _count_posts(w, where, school)


def _take_other_hours(w: Any, where: int, school: Any) -> None:
    """Take study, training, supervision and travel out of used hours, in this order, while there are any."""
    school.study = school.training = school.supervision = school.travel = 0.0
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
    count_post(w, school, Quantity.POSTS, True)
    count_post(w, school, Quantity.POSTS_VACANT, not in_post)
    count_post(w, school, Quantity.POSTS_FULL_TIME, hours >= w.full_time_hours_per_week - ROUNDING)
    count_post(w, school, Quantity.SLT_SEATS, has_seat)
    count_post(w, school, Quantity.SLT_SEATS_ADDED, has_seat and school.baseline_seat == 0)
    count_post(w, school, Quantity.POSTS_SHARED, school.sharing != 0)
    count_post(w, school, Quantity.POSTS_WITHOUT_AWARD, is_new(school, w.award_terms[where]))
    count_post(w, school, Quantity.POSTS_WITH_ALLOWANCE, in_post and w.allowance[where] != 0)
    count_weekly_hours(w, school.cell, Quantity.TEAM_HOURS_ADDED, w.team_hours[where])
    unfilled = wanted_hours(w, school) if school.filled == 0 else 0.0
    count_post(w, school, Quantity.POSTS_UNFILLED, unfilled > 0.0)
    count_weekly_hours(w, school.cell, Quantity.POLICY_HOURS_UNFILLED, unfilled)
    keep_record(w, Event.HOURS_SET, school.id, 0, int(hours * 60.0))


def count_post(w: Any, school: Any, quantity: int, counts: bool) -> None:
    """Count the weeks of a post that has some property, holidays included."""
    if counts:
        count(w, school.cell, quantity, SEGMENT_WEEKS[w.term % TERMS_PER_YEAR])


# -- pupils ---------------------------------------------------------------------------------------------------------


def set_hazards(w: Any, school: Any) -> None:
    """Set what each pathway's clock runs this term, and let the events that fall in it happen."""
    _compare_support(w, school)
    for phase in range(2):
        if (school.has_secondary if phase == 1 else school.has_primary) != 0:
            for path in range(N_PATHS):
                school.increment[path * 2 + phase] = _hazard(w, school, path, phase)
    close_ranks(w, school)
    _release_targets(w, school)
    _notice_needs(w, school)


def _compare_support(w: Any, school: Any) -> None:
    """M6: support against the no-policy arm of the same school and term, and what follows for each outcome.

    The no-policy arm writes what every other arm reads.
    """
    row = w.reference[school.index * w.n_segments + w.term]
    waits = waiting_share(float(school.n_noticed), float(school.n_support))
    if w.is_reference != 0:
        row.support_hours = school.support_hours
        row.list_hours = school.list_hours
        row.need_pupils = school.need_pupils
        row.sen_hours = school.sen_hours
        row.sen_hours_now = school.sen_hours_now
        row.waits = waits
        return  # nothing differs from itself: all multipliers stay at one
    school.waiting_ratio = waiting_ratio(waits, row.waits, w.unidentified_request_ratio)
    phase = 1 if school.has_secondary != 0 else 0
    lasting = _lasting_doublings(w, school, row, phase)
    # The SEN hours worked in the term before release requests at once.
    now = _doublings(w, school.sen_hours_now, row.sen_hours_now, row.need_pupils, NO_LIMIT, phase)
    school.doublings = lasting
    # What the queue itself releases is no part of what the hazard must add.
    by_queue = w.queue_release[phase] if w.filing_route != 0.0 else 1.0
    school.release = relative_rate(w.effect_requests_release / by_queue, now)
    school.multiplier[REQUEST] = relative_rate(w.effect_requests_need, lasting)
    school.multiplier[SUSPENSION] = relative_rate(w.effect_suspensions, lasting)
    school.multiplier[EXCLUSION] = relative_rate(w.effect_permanent_exclusion, lasting)
    school.multiplier[APPEAL] = relative_rate(w.effect_appeals, lasting)
    school.multiplier[SPECIAL] = relative_rate(w.effect_move_to_special, lasting)
    school.multiplier[HOME] = relative_rate(w.effect_home_education, lasting)


def _lasting_doublings(w: Any, school: Any, row: Any, phase: int) -> float:
    """Doublings of smoothed support against the no-policy arm, at what a seat makes of them. [doublings]."""
    if row.need_pupils < FEWEST_PUPILS:
        school.relative_support = 1.0
        return 0.0
    full = full_intensity(row.list_hours, row.need_pupils, w.beyond_list)
    ours, theirs = school.support_hours, row.support_hours
    if w.support_channel_hours != 0.0:
        full, ours, theirs = NO_LIMIT, school.sen_hours, row.sen_hours
    before = support_intensity(theirs, row.need_pupils)
    school.relative_support = support_intensity(ours, row.need_pupils) / before if before > 0.0 else 1.0
    found = _doublings(w, ours, theirs, row.need_pupils, full, phase)
    seat = 1.0 if school.has_seat != 0 else 0.0
    had = 1.0 if school.baseline_seat != 0 else 0.0
    by_seat = seat_doublings(w.effect_slt_seat_direct, seat, had)
    return found * relative_rate(w.effect_slt_seat, seat - w.slt_share[phase]) + by_seat


def _doublings(w: Any, ours: float, theirs: float, pupils: float, full: float, phase: int) -> float:
    """Doublings of hours of support for so many pupils, up to a full intensity. [doublings]."""
    if pupils < FEWEST_PUPILS:
        return 0.0
    offset, scale, most = w.support_hours_offset, w.support_doublings[phase], w.support_doublings_most
    ours, theirs = support_intensity(ours, pupils), support_intensity(theirs, pupils)
    return support_doublings(ours, theirs, full, offset, scale, most)


def _hazard(w: Any, school: Any, path: int, phase: int) -> float:
    """What a pathway's clock runs in this term. [cumulative hazard]."""
    rate = w.term_rates[phase * N_PATHS + path]
    if path == Path.REQUEST_POINT:
        council, process = w.councils[school.council].request_multiplier, w.request_ratio[of_year(w, school)]
        released = released_hazard(w.parental_from_start_share, school.release)
        relative = school.multiplier[REQUEST] * school.waiting_ratio * released
        return request_hazard(rate, council, process, school.culture) * relative
    if path in (Path.SUSPENSION_SUPPORT, Path.SUSPENSION_PLAN):
        return suspension_hazard(rate, school.multiplier[SUSPENSION], school.culture, school.suspension_level)
    if path in (Path.CRISIS_SUPPORT, Path.CRISIS_PLAN):
        return rate * school.culture
    if path == Path.TRANSFER:
        return rate * school.multiplier[SPECIAL]
    if path in (Path.HOME_SUPPORT, Path.HOME_PLAN):
        return rate * school.multiplier[HOME]
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
        response = relative_rate(w.identification_response, school.doublings)
        increment = noticing_hazard(roll, w.notice_rates[year_group], school.notice_multiplier) * response
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
    shift = absence_shift(w.effect_absence_points, school.doublings)
    absent = pupils_absent(school.n_support + school.n_noticed, w.absence_rate_sen_support, shift)
    absent += pupils_absent(school.n_plan, w.absence_rate_ehc_plan, shift)
    count(w, cell, Quantity.ABSENCE_DAYS, absence_days(absent, w.absence_level))
