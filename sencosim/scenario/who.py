"""Who a lever reaches, when, and with how many hours: pure functions for the engine's inputs."""

from __future__ import annotations

from collections.abc import Collection

from sencosim.scenario.levers import AdminSupport, Amount, Covers, Floor, Lever, ProtectedTime, Team
from sencosim.units import PHASES, parse_year


def floor_hours(
    protected_time: ProtectedTime,
    phase: int,
    pupils: int,
    sen_pupils: float,
    hours_per_day: float,
    full_time_hours: float,
) -> float:
    """Protected time that a covered school must give at least.

    Parameters
    ----------
    protected_time
        The lever.
    phase
        0 primary, 1 secondary.
    pupils
        Pupils on roll. [pupils, >= 0]
    sen_pupils
        Pupils on SEN Support or with an EHC plan. [pupils, >= 0]
    hours_per_day
        Hours in a SENCO day. [hours, > 0]  ``staffing.hours_per_day``
    full_time_hours
        Hours in a full-time week. [hours per week, > 0]  ``staffing.full_time_hours_per_week``

    Returns
    -------
        The floor; 0 if the phase has none. A floor per SEN pupil stops at a full-time post. [hours per week, >= 0]

    Examples
    --------
    >>> floor_hours(ProtectedTime(floor=Floor(days_per_week=1.5)), 0, 280, 49, 6.5, 32.4)
    9.75
    """
    amount = _amount_for(protected_time.floor, phase, pupils)
    if amount is None:
        return 0.0
    if amount.full_time:
        return full_time_hours
    if amount.days_per_week is not None:
        return amount.days_per_week * hours_per_day
    if amount.hours_per_sen_pupil_per_week is not None:
        return min(full_time_hours, amount.hours_per_sen_pupil_per_week * sen_pupils)
    return amount.hours_per_week or 0.0


def _amount_for(floor: Floor, phase: int, pupils: int) -> Amount | None:
    """Row of the floor's table that holds for a school, or the floor itself if it has no table."""
    if floor.by_phase is not None:
        return next((amount for name, amount in floor.by_phase.items() if name == PHASES[phase]), None)
    if floor.by_size is not None:
        return next(row for row in floor.by_size if row.up_to_pupils is None or pupils <= row.up_to_pupils)
    return floor


def admin_hours(admin_support: AdminSupport, sen_pupils: float) -> float:
    """Administrator time that a covered school gives its SENCO.

    Parameters
    ----------
    admin_support
        The lever.
    sen_pupils
        Pupils on SEN Support or with an EHC plan. [pupils, >= 0]

    Returns
    -------
        Administrator time. [hours per week, >= 0]

    Examples
    --------
    >>> admin_hours(AdminSupport(hours_per_sen_pupil_per_week=0.1), 50)
    5.0
    """
    if admin_support.hours_per_sen_pupil_per_week is not None:
        return admin_support.hours_per_sen_pupil_per_week * sen_pupils
    return admin_support.hours_per_week or 0.0


def team_hours(team: Team, sen_pupils: float, full_time_hours: float) -> float:
    """Assistant SENCO time that a covered school has beside today's.

    Parameters
    ----------
    team
        The lever.
    sen_pupils
        Pupils on SEN Support or with an EHC plan. [pupils, >= 0]
    full_time_hours
        Hours in a full-time week. [hours per week, > 0]  ``staffing.full_time_hours_per_week``

    Returns
    -------
        Assistant time. [hours per week, >= 0]

    Examples
    --------
    >>> team_hours(Team(sen_pupils_per_post=100), 50, 32.4), team_hours(Team(hours_per_week=5), 50, 32.4)
    (16.2, 5.0)
    """
    if team.sen_pupils_per_post is not None:
        return sen_pupils / team.sen_pupils_per_post * full_time_hours
    if team.hours_per_sen_pupil_per_week is not None:
        return team.hours_per_sen_pupil_per_week * sen_pupils
    return team.hours_per_week or 0.0


def council_covered(covers: Covers, council: Collection[str], region: str) -> bool:
    """Whether a lever that acts through councils covers one: only councils and regions count.

    Parameters
    ----------
    covers
        The conditions.
    council
        All names by which the council may be called.
    region
        Region of the council.

    Examples
    --------
    >>> council_covered(Covers(regions=("London",)), ("Norfolk", "926"), "East of England")
    False
    """
    return (covers.councils is None or not set(covers.councils).isdisjoint(council)) and (
        covers.regions is None or region in covers.regions
    )


def covered(
    covers: Covers,
    phase: int,
    council: Collection[str],
    region: str,
    pupils: int,
    sen_pupils: float,
    fsm_share: float,
) -> bool:
    """Whether a lever covers a school: the school meets every condition that is given.

    Parameters
    ----------
    covers
        The conditions.
    phase
        0 primary, 1 secondary.
    council
        All names by which the school's council may be called: name, three-digit code, ONS code.
    region
        Region of the school.
    pupils
        Pupils on roll. [pupils, >= 0]
    sen_pupils
        Pupils on SEN Support or with an EHC plan. [pupils, >= 0]
    fsm_share
        Share of pupils eligible for free school meals. [share, 0 to 1]

    Examples
    --------
    >>> covered(Covers(phases=("primary",), pupils_max=150), 0, ("Norfolk", "926"), "East of England", 120, 20, 0.2)
    True
    """
    return (
        (covers.phases is None or PHASES[phase] in covers.phases)
        and (covers.councils is None or not set(covers.councils).isdisjoint(council))
        and (covers.regions is None or region in covers.regions)
        and _within(pupils, covers.pupils_min, covers.pupils_max)
        and _within(sen_pupils, covers.sen_pupils_min, covers.sen_pupils_max)
        and _within(fsm_share, covers.fsm_min, covers.fsm_max)
    )


def _within(value: float, low: float | None, high: float | None) -> bool:
    return (low is None or value >= low) and (high is None or value <= high)


def phase_in_share(lever: Lever, year: int) -> float:
    """Share of the covered schools that have the policy in an academic year.

    Parameters
    ----------
    lever
        Any lever.
    year
        First calendar year of the academic year, 2027 for 2027/28.

    Returns
    -------
        0 before the start and from the end on, and never falling in between. [share, 0 to 1]

    Examples
    --------
    >>> lever = Lever(start="2027/28", phase_in={"2027/28": 0.33, "2029/30": 1.0})
    >>> [phase_in_share(lever, year) for year in (2026, 2027, 2028, 2029, 2040)]
    [0.0, 0.33, 0.33, 1.0, 1.0]
    """
    if year < parse_year(lever.start) or (lever.end is not None and year >= parse_year(lever.end)):
        return 0.0
    if lever.phase_in is None:
        return 1.0
    return max((share for start, share in lever.phase_in.items() if parse_year(start) <= year), default=0.0)
