"""M5 The SENCO as a server: hours used, overtime, pace, and how long a piece of work takes."""

import math

from sencosim.rules import rule
from sencosim.rules.chance import whole_minutes
from sencosim.units import MINUTES_PER_WEEK, TERM_WEEKS


@rule("float64(float64, float64)")
def added_hours(asked_hours: float, baseline_hours: float) -> float:
    """Hours a week that a school adds to what it allocates anyway, to meet what policy asks. [hours a week, >= 0]

    Parameters
    ----------
    asked_hours : what policy asks, by law or as part of a shared post; 0 if nothing. [hours a week, >= 0]
    baseline_hours : allocated without policy. [hours a week, >= 0]

    >>> added_hours(32.4, 10.4), added_hours(8.0, 10.0)
    (22.0, 0.0)
    """
    return max(0.0, asked_hours - baseline_hours)


@rule("float64(float64, float64)")
def removed_hours(asked_hours: float, baseline_hours: float) -> float:
    """Hours a week that a school cuts which comes down to what policy asks. [hours a week, 0 to baseline_hours]

    Parameters
    ----------
    asked_hours : what policy asks; 0 if nothing, and then nothing is cut. [hours a week, >= 0]
    baseline_hours : allocated without policy. [hours a week, >= 0]

    >>> removed_hours(8.0, 10.0), removed_hours(12.0, 10.0), removed_hours(0.0, 10.0)
    (2.0, 0.0, 0.0)
    """
    if 0.0 < asked_hours < baseline_hours:
        return baseline_hours - asked_hours
    return 0.0


@rule("float64(float64, float64, float64, float64)")
def used_hours(kept_hours: float, added_hours: float, used_share_baseline: float, used_share_added: float) -> float:
    """Hours a week really used for SEN work. [hours a week, >= 0]

    Parameters
    ----------
    kept_hours : allocated hours of the baseline that the school keeps. [hours a week, >= 0]
    added_hours : hours added by policy. [hours a week, >= 0]
    used_share_baseline : u0. [share, 0 to 1]  ``used_share_baseline``
    used_share_added : u1. [share, 0 to 1]  ``used_share_added``

    >>> used_hours(10.0, 4.0, 0.8, 0.5)
    10.0
    """
    return used_share_baseline * kept_hours + used_share_added * added_hours


@rule("float64(float64, float64, float64)")
def relieved_hours(work_hours: float, delegable_share: float, relief: float) -> float:
    """Hours of work left to the SENCO after administrators have taken over some of the delegable part (M15).

    [hours, 0 to work_hours]

    Parameters
    ----------
    work_hours : standard hours of the work. [hours, >= 0]
    delegable_share : share of the work that can be delegated. [share, 0 to 1]
    relief : share of the delegable part that is taken over. [share, 0 to 1]

    >>> relieved_hours(4.0, 0.5, 0.5), relieved_hours(4.0, 0.5, 0.0)
    (3.0, 4.0)
    """
    return work_hours * (1.0 - delegable_share * relief)


@rule("float64(float64, float64, float64, float64)")
def shortfall(need: float, team_duties: float, used: float, overtime: float) -> float:
    """Hours of a term's need that a SENCO will not reach: what a team may take of reviews and listed development.

    [hours in the term, >= 0]

    Parameters
    ----------
    need : waiting, due and expected, after relief. [hours in the term, >= 0]
    team_duties : of these, duties that the team does. [hours in the term, >= 0]
    used, overtime : [hours a week, >= 0]

    >>> shortfall(200.0, 20.0, 8.0, 2.0), shortfall(100.0, 20.0, 8.0, 2.0)
    (50.0, 0.0)
    """
    return max(0.0, need - team_duties - (used + overtime) * TERM_WEEKS)


@rule("float64(float64, float64, float64, float64, float64)")
def overtime_hours(ceiling: float, displacement: float, used_added: float, need: float, used: float) -> float:
    """Unpaid hours a week in a term, set at its start and constant in it. [hours a week, 0 to ceiling]

    Parameters
    ----------
    ceiling : what this SENCO is at most willing to work unpaid. [hours a week, >= 0]
    displacement : d: share of added used time that first gives people their evenings back. [share, 0 to 1]
    used_added : used hours added by policy. [hours a week, >= 0]
    need : casework, support reviews and duties waiting, due and expected in the term, without what a team will do.
        [hours in the term, >= 0]
    used : used hours. [hours a week, >= 0]

    >>> overtime_hours(8.0, 0.5, 4.0, 13.0 * 30.0, 10.0)
    6.0
    >>> overtime_hours(8.0, 0.5, 0.0, 13.0 * 12.0, 10.0)
    2.0
    """
    willing = max(0.0, ceiling - displacement * used_added)
    return min(willing, max(0.0, need / TERM_WEEKS - used))


@rule("float64(float64, float64, float64, float64)")
def pace(used: float, overtime: float, loss: float, effectiveness: float) -> float:
    """Standard hours of work that a SENCO does in a week of term. [standard hours a week, >= 0]

    Parameters
    ----------
    used, overtime : hours worked on SEN. [hours a week, >= 0]
    loss : share lost in the first year in post (M14); 0 later. [share, 0 to 1]
    effectiveness : of a SENCO shared between schools (M16); 1 if not shared. [ratio, >= 0]

    >>> pace(8.0, 2.0, 0.0, 1.0), pace(8.0, 2.0, 0.25, 0.5)
    (10.0, 3.75)
    """
    return (used + overtime) * (1.0 - loss) * effectiveness


@rule("int64(float64, float64)")
def work_minutes(work_hours: float, hours_per_week: float) -> int:
    """Clock minutes of term time that a piece of work takes at so many hours a week, at least one. [minutes, >= 1]

    Parameters
    ----------
    work_hours : hours of work left. [hours, > 0]
    hours_per_week : service rate: used hours and overtime. [hours a week, > 0]

    >>> work_minutes(5.0, 10.0) == 10080 // 2
    True
    """
    return max(1, math.ceil(work_hours / hours_per_week * MINUTES_PER_WEEK))


@rule("float64(float64, int64)")
def hours_done(hours_per_week: float, worked_minutes: int) -> float:
    """Hours of work done in some minutes of term time. [hours, >= 0]

    Parameters
    ----------
    hours_per_week : service rate. [hours a week, >= 0]
    worked_minutes : minutes of term time at work. [minutes, >= 0]

    >>> hours_done(10.0, 2520)
    2.5
    """
    return hours_per_week * worked_minutes / MINUTES_PER_WEEK


@rule("float64(float64, float64, int64)")
def work_left(work_hours: float, hours_per_week: float, worked_minutes: int) -> float:
    """Hours left of a piece of work after some minutes of term time. [hours, 0 to work_hours]

    Parameters
    ----------
    work_hours : before. [hours, >= 0]
    hours_per_week : service rate. [hours a week, >= 0]
    worked_minutes : minutes of term time at work. [minutes, >= 0]

    >>> work_left(5.0, 10.0, 2520)
    2.5
    """
    return max(0.0, work_hours - hours_done(hours_per_week, worked_minutes))


@rule("float64(float64, float64)")
def idle_hours(used: float, worked_hours: float) -> float:
    """Hours of a term for SEN in which no work waited. [hours in the term, >= 0]

    Parameters
    ----------
    used : used hours. [hours a week, >= 0]
    worked_hours : of these worked. [hours in the term, 0 to those of the term]

    >>> idle_hours(10.0, 100.0)
    30.0
    """
    return used * TERM_WEEKS - worked_hours


@rule("float64(float64, float64, float64)")
def leaked_hours(allocated: float, used: float, elsewhere: float) -> float:
    """Timetabled hours of a term that went to other duties of the school. [hours in the term, >= 0]

    Parameters
    ----------
    allocated : hours that the school pays for. [hours a week, >= 0]
    used : of these for SEN, before vacancy or absence. [hours a week, >= 0]
    elsewhere : of these study, training, supervision and travel. [hours a week, >= 0]

    >>> leaked_hours(10.0, 7.0, 1.0)
    26.0
    """
    return (allocated - used - elsewhere) * TERM_WEEKS


@rule("int64(int64, float64, int64, int64)")
def due_minute(now: int, weeks: float, term_end: int, next_term_start: int) -> int:
    """Clock time by which a piece of work is due; weeks that would run into holidays go on after them.

    [minutes, >= now]

    Parameters
    ----------
    now : when it arrived. [minutes]
    weeks : [school weeks, >= 0]  ``due_weeks_identification`` and so on
    term_end, next_term_start : of the holiday that comes next. [minutes]

    >>> due_minute(0, 1.0, 50_000, 90_000), due_minute(45_000, 1.0, 50_000, 90_000)
    (10080, 95080)
    """
    due = now + whole_minutes(weeks)
    if now <= term_end < due:
        due += next_term_start - term_end
    return due


@rule("float64(float64, float64)")
def lost_to_first_year(weekly_hours: float, loss: float) -> float:
    """Hours of work a week that a first year in post loses. [hours a week, >= 0]

    Parameters
    ----------
    weekly_hours : worked. [hours a week, >= 0]
    loss : share lost. [share, 0 to 1]

    >>> lost_to_first_year(10.0, 0.25)
    2.5
    """
    return weekly_hours * loss


@rule("float64(float64, float64, float64, float64, float64, float64, float64)")
def hours_without_policy(
    base: float, sen_ratio: float, follow_need: float, drift: float, need_drift: float, years: float, full_time: float
) -> float:
    """M14: hours a week that a school allocates without policy. [hours a week, 0 to full_time]

    Parameters
    ----------
    base : in the base year; 0 for a school that gives none. [hours a week, >= 0]
    sen_ratio : SEN pupils of the year over those of the base year; 1 before it. [ratio, >= 0]
    follow_need : f: elasticity of hours on SEN numbers. [ratio, 0 to 1]  ``hours_follow_need``
    drift : published. [hours a week per year]  ``hours_drift_primary``
    need_drift : of the published drift, what follows need: f x growth x hours of those years. [hours a week per year]
    years : of drift since the base year; negative before. [years]  see :func:`sencosim.rules.trends.trend_years`
    full_time : [hours a week, > 0]  ``full_time_hours_per_week``

    >>> hours_without_policy(10.0, 1.0, 0.5, 0.25, 0.125, 0.0, 32.4)
    10.0
    >>> hours_without_policy(10.0, 1.21, 0.5, 0.25, 0.125, 4.0, 32.4)
    11.5
    >>> hours_without_policy(0.0, 2.0, 0.5, 0.25, 0.125, 4.0, 32.4)
    0.0
    >>> hours_without_policy(10.0, 1.0, 0.5, 0.25, 0.125, -2.0, 32.4)
    9.5
    """
    if base <= 0.0:
        return 0.0
    slope = drift if years < 0.0 else drift - need_drift
    hours: float = base * sen_ratio**follow_need + slope * years
    return max(0.0, min(full_time, hours))
