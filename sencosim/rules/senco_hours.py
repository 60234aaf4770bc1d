"""M5 The SENCO as a server: hours used, overtime, and how long a piece of work takes."""

import math

from sencosim.rules import rule


@rule("float64(float64, float64, float64, float64)")
def used_hours(kept_hours: float, added_hours: float, used_share_baseline: float, used_share_added: float) -> float:
    """Hours a week really used for SEN work.

    Parameters
    ----------
    kept_hours
        Allocated hours of the baseline that the school keeps. [hours a week, >= 0]
    added_hours
        Hours added by policy. [hours a week, >= 0]
    used_share_baseline
        u0. [share, 0 to 1]  ``used_share_baseline``
    used_share_added
        u1. [share, 0 to 1]  ``used_share_added``

    Returns
    -------
        Used hours. [hours a week, >= 0]

    Examples
    --------
    >>> used_hours(10.0, 4.0, 0.8, 0.5)
    10.0
    """
    return used_share_baseline * kept_hours + used_share_added * added_hours


@rule("float64(float64, float64, float64, float64, float64)")
def overtime_hours(
    ceiling: float, displacement: float, used_added: float, work_waiting_and_due: float, used: float
) -> float:
    """Unpaid hours a week in a term, set at its start and constant in it.

    Parameters
    ----------
    ceiling
        What this SENCO is at most willing to work unpaid. [hours a week, >= 0]
    displacement
        d: share of added used time that first gives people their evenings back. [share, 0 to 1]
    used_added
        Used hours added by policy. [hours a week, >= 0]
    work_waiting_and_due
        Backlog and work due this term. [hours]
    used
        Used hours. [hours a week, >= 0]

    Returns
    -------
        Overtime. [hours a week, 0 to ceiling]

    Examples
    --------
    >>> overtime_hours(8.0, 0.5, 4.0, 13.0 * 30.0, 10.0)
    6.0
    >>> overtime_hours(8.0, 0.5, 0.0, 13.0 * 12.0, 10.0)
    2.0
    """
    willing = max(0.0, ceiling - displacement * used_added)
    return min(willing, max(0.0, work_waiting_and_due / 13.0 - used))


@rule("int64(float64, float64)")
def work_minutes(work_hours: float, hours_per_week: float) -> int:
    """Clock minutes of term time that a piece of work takes at so many hours a week, at least one.

    Parameters
    ----------
    work_hours
        Hours of work left. [hours, > 0]
    hours_per_week
        Service rate: used hours and overtime. [hours a week, > 0]

    Returns
    -------
        Minutes of term time. [minutes, >= 1]

    Examples
    --------
    >>> work_minutes(5.0, 10.0) == 10080 // 2
    True
    """
    return max(1, math.ceil(work_hours / hours_per_week * 10080.0))


@rule("float64(float64, float64, int64)")
def work_left(work_hours: float, hours_per_week: float, worked_minutes: int) -> float:
    """Hours left of a piece of work after some minutes of term time.

    Examples
    --------
    >>> work_left(5.0, 10.0, 2520)
    2.5
    """
    return max(0.0, work_hours - hours_per_week * worked_minutes / 10080.0)


@rule("float64(float64, float64, float64, float64)")
def administrator_relief(admin_hours: float, hours_freed: float, delegable_hours: float, delegable_cap: float) -> float:
    """M15: share of the delegable part of SENCO work that administrators take over in a term.

    Parameters
    ----------
    admin_hours
        Administrator hours in the term. [hours, >= 0]
    hours_freed
        SENCO hours freed by one administrator hour. [ratio]  ``admin_hours_freed``
    delegable_hours
        Delegable hours of the work due in the term. [hours, >= 0]
    delegable_cap
        Largest share of delegable work that can really be handed over. [share, 0 to 1]

    Returns
    -------
        Share of each activity's delegable part that is taken over. [share, 0 to delegable_cap]

    Examples
    --------
    >>> administrator_relief(0.0, 0.7, 50.0, 0.9), administrator_relief(50.0, 0.7, 70.0, 0.9)
    (0.0, 0.5)
    """
    if delegable_hours <= 0.0:
        return 0.0
    return min(delegable_cap, admin_hours * hours_freed / delegable_hours)


@rule("float64(float64, float64, float64, float64, float64)")
def allocated_hours(z: float, intercept: float, elasticity: float, sen_pupils: float, log_sd: float) -> float:
    """M14: hours a week that a school allocates, before drift, the mass at zero and the cap of full time.

    Parameters
    ----------
    z
        Standard normal deviate. [standard deviations]
    intercept
        By phase and year. [log hours]  ``hours_intercept_primary``, ``hours_intercept_secondary``
    elasticity
        On SEN numbers: the slope of the North Lincolnshire table. [ratio]  ``hours_elasticity``
    sen_pupils
        SEN Support and plans. [pupils, >= 0]
    log_sd
        Residual. [log hours, >= 0]

    Returns
    -------
        Hours. [hours a week, > 0]

    Examples
    --------
    >>> allocated_hours(0.0, 0.0, 0.55, 1.0, 0.8)
    1.0
    """
    return math.exp(intercept + elasticity * math.log(max(1.0, sen_pupils)) + log_sd * z)
