"""Who a lever reaches, when, and with how many hours: pure functions for the engine's inputs."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from sencosim.scenario.levers import (
    AdminSupport,
    Amount,
    Covers,
    Floor,
    HoursByNeed,
    Lever,
    PhaseFloor,
    Schedule,
    Team,
)
from sencosim.units import PHASES, parse_year

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


def floor_hours(
    floor: Floor,
    phase: IntArray | int,
    pupils: IntArray | int,
    sen_pupils: FloatArray | float,
    hours_per_day: float,
    full_time_hours: float,
) -> FloatArray:
    """Protected time that a covered school must give at least.

    Parameters
    ----------
    floor
        Of the lever.
    phase
        0 primary, 1 secondary. Arrays here and below must broadcast against each other.
    pupils
        Pupils on roll. [pupils, >= 0]
    sen_pupils
        Pupils on SEN Support or with an EHC plan, by school or by school and year. [pupils, >= 0]
    hours_per_day
        Hours in a SENCO day. [hours, > 0]  ``staffing.hours_per_day``
    full_time_hours
        Hours in a full-time week. [hours per week, > 0]  ``staffing.full_time_hours_per_week``

    Returns
    -------
        The floor; not a number where the phase has none. A floor per SEN pupil stops at a full-time post.
        [hours per week, >= 0]

    Examples
    --------
    >>> float(floor_hours(Floor(days_per_week=1.5), 0, 280, 49, 6.5, 32.4))
    9.75
    """
    if floor.by_phase is not None:
        of_phase = {
            PHASES.index(name): floor_hours(_one_phase(one), phase, pupils, sen_pupils, hours_per_day, full_time_hours)
            for name, one in floor.by_phase.items()
        }
        return _by_phase(of_phase, phase, sen_pupils)
    if floor.by_size is not None:
        limits = [row.up_to_pupils for row in floor.by_size]
        rows = [amount_hours(row, sen_pupils, hours_per_day, full_time_hours) for row in floor.by_size]
        return _by_row(limits, rows, pupils)
    return amount_hours(floor, sen_pupils, hours_per_day, full_time_hours)


def _one_phase(floor: PhaseFloor) -> Floor:
    return Floor(**{name: getattr(floor, name) for name in PhaseFloor.model_fields})


def schedule_hours(
    schedule: HoursByNeed,
    phase: IntArray | int,
    pupils: IntArray | int,
    sen_pupils: FloatArray | float,
    hours_per_day: float,
    full_time_hours: float,
) -> FloatArray:
    """SENCO hours that a covered school must give for its pupils with SEN.

    Parameters and result are those of :func:`floor_hours`.

    Examples
    --------
    >>> from sencosim.scenario.levers import HoursFormula
    >>> need = Schedule(formula=HoursFormula(hours_per_sen_pupil_per_week=0.2, least_hours_per_week=6.5))
    >>> schedule_hours(need, 0, 280, np.array([10.0, 50.0, 500.0]), 6.5, 32.4).tolist()
    [6.5, 10.0, 32.4]
    """
    if isinstance(schedule, Schedule) and schedule.by_phase is not None:
        of_phase = {
            PHASES.index(name): schedule_hours(one, phase, pupils, sen_pupils, hours_per_day, full_time_hours)
            for name, one in schedule.by_phase.items()
        }
        return _by_phase(of_phase, phase, sen_pupils)
    if schedule.table is not None:
        limits = [row.up_to_sen_pupils for row in schedule.table]
        rows = [amount_hours(row, sen_pupils, hours_per_day, full_time_hours) for row in schedule.table]
        return _by_row(limits, rows, sen_pupils)
    formula = schedule.formula
    if formula is None:
        raise ValueError("a schedule has a formula, a table or phases")
    most = full_time_hours if formula.most_hours_per_week is None else formula.most_hours_per_week
    by_size = formula.hours_per_100_pupils_per_week * np.asarray(pupils, dtype=float) / 100.0
    by_need = formula.hours_per_sen_pupil_per_week * np.asarray(sen_pupils, dtype=float)
    return np.clip(formula.fixed_hours_per_week + by_size + by_need, formula.least_hours_per_week, most)


def _by_phase(of_phase: Mapping[int, FloatArray], phase: IntArray | int, sen_pupils: FloatArray | float) -> FloatArray:
    """Hours of each school's phase; not a number where the phase has none."""
    hours = np.full(np.broadcast_shapes(np.shape(phase), np.shape(sen_pupils)), np.nan)
    for number, found in of_phase.items():
        hours = np.where(np.asarray(phase) == number, found, hours)
    return hours


def _by_row(
    limits: Sequence[int | None], rows: Sequence[FloatArray], numbers: FloatArray | IntArray | float
) -> FloatArray:
    """Hours of the first row whose limit a school does not pass."""
    hours = rows[-1]
    for limit, found in zip(reversed(limits[:-1]), reversed(rows[:-1]), strict=True):
        hours = np.where(np.asarray(numbers) <= (np.inf if limit is None else limit), found, hours)
    return hours


def amount_hours(
    amount: Amount, sen_pupils: FloatArray | float, hours_per_day: float, full_time_hours: float
) -> FloatArray:
    """An amount of time, in the shape of the numbers of pupils with SEN. [hours per week, >= 0]

    Parameters are those of :func:`floor_hours`.

    Examples
    --------
    >>> float(amount_hours(Amount(hours_per_sen_pupil_per_week=0.2), 50.0, 6.5, 32.4))
    10.0
    """
    sen = np.asarray(sen_pupils, dtype=float)
    if amount.hours_per_sen_pupil_per_week is not None:
        return np.minimum(full_time_hours, amount.hours_per_sen_pupil_per_week * sen)
    if amount.full_time:
        hours = full_time_hours
    elif amount.days_per_week is not None:
        hours = amount.days_per_week * hours_per_day
    else:
        hours = amount.hours_per_week or 0.0
    return np.full(sen.shape, hours)


def admin_hours(admin_support: AdminSupport, sen_pupils: FloatArray | float) -> FloatArray:
    """Administrator time that a covered school gives its SENCO, in the shape of the numbers. [hours per week, >= 0]

    Parameters
    ----------
    admin_support
        The lever.
    sen_pupils
        Pupils on SEN Support or with an EHC plan. [pupils, >= 0]

    Examples
    --------
    >>> float(admin_hours(AdminSupport(hours_per_sen_pupil_per_week=0.1), 50))
    5.0
    """
    sen = np.asarray(sen_pupils, dtype=float)
    if admin_support.hours_per_sen_pupil_per_week is not None:
        return admin_support.hours_per_sen_pupil_per_week * sen
    return np.full(sen.shape, admin_support.hours_per_week or 0.0)


def team_hours(team: Team, sen_pupils: FloatArray | float, full_time_hours: float) -> FloatArray:
    """Assistant SENCO time of a covered school beside today's, in the shape of the numbers. [hours per week, >= 0]

    Parameters
    ----------
    team
        The lever.
    sen_pupils
        Pupils on SEN Support or with an EHC plan. [pupils, >= 0]
    full_time_hours
        Hours in a full-time week. [hours per week, > 0]  ``staffing.full_time_hours_per_week``

    Examples
    --------
    >>> float(team_hours(Team(sen_pupils_per_post=100), 50, 32.4)), float(team_hours(Team(hours_per_week=5), 50, 32.4))
    (16.2, 5.0)
    """
    sen = np.asarray(sen_pupils, dtype=float)
    if team.sen_pupils_per_post is not None:
        return sen / team.sen_pupils_per_post * full_time_hours
    if team.hours_per_sen_pupil_per_week is not None:
        return team.hours_per_sen_pupil_per_week * sen
    return np.full(sen.shape, team.hours_per_week or 0.0)


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
    return max((share for first, share in lever.steps().items() if first <= year), default=0.0)
