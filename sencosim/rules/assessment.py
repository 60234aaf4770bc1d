"""M9 Assessment: how much a council's team can do."""

from sencosim.rules import rule


@rule("float64(float64, float64, float64)")
def surge_factor(waiting_weeks: float, surge: float, cap: float) -> float:
    """Capacity above the council's own staff, bought in when work waits.

    Parameters
    ----------
    waiting_weeks
        Work waiting for a start, in weeks of the team's own capacity. [weeks, >= 0]
    surge
        rho: extra capacity per year of work waiting. [ratio per year]  ``capacity_surge``
    cap
        Largest factor. [ratio, >= 1]  ``capacity_surge_cap``

    Returns
    -------
        Factor on own capacity. [ratio, 1 to cap]

    Examples
    --------
    >>> surge_factor(0.0, 0.5, 1.5), surge_factor(26.0, 0.5, 1.5), surge_factor(520.0, 0.5, 1.5)
    (1.0, 1.25, 1.5)
    """
    return min(cap, 1.0 + surge * waiting_weeks / 52.0)


@rule("float64(float64, float64, int64, int64)")
def idle_added_hours(own_hours: float, ratio: float, slots: int, in_hand: int) -> float:
    """Hours a week of added staff that find no work: the team's free share, but never more than was added.

    Parameters
    ----------
    own_hours
        Of the team, added staff included. [hours a week, >= 0]
    ratio
        Of the team's hours to what they would be without the policy. [ratio, > 0]
    slots, in_hand
        Cases that the team can hold and holds. [cases]

    Returns
    -------
        Idle hours. [hours a week, >= 0]

    Examples
    --------
    >>> idle_added_hours(120.0, 1.2, 10, 10), idle_added_hours(120.0, 1.0, 10, 0)
    (0.0, 0.0)
    >>> round(idle_added_hours(120.0, 1.2, 10, 9), 6)
    12.0
    """
    if ratio <= 1.0 or in_hand >= slots:
        return 0.0
    free = (slots - in_hand) / slots
    return min(own_hours * (1.0 - 1.0 / ratio), own_hours * free)


@rule("int64(float64, float64, float64, float64)")
def case_slots(hours_per_week: float, hours_per_case: float, weeks_per_case: float, units: float) -> int:
    """Cases that a team can hold in hand at once, at least one.

    A team of so many hours a week that spends so many hours on a case spread over so many weeks holds
    hours x weeks / hours per case of them (Little's law at full use).

    Parameters
    ----------
    hours_per_week
        Of the team. [hours a week, >= 0]
    hours_per_case
        Work in one case. [hours, > 0]
    weeks_per_case
        Over which that work is spread. [weeks, > 0]
    units
        Scale of a case: 1 for whole cases. [ratio, > 0]

    Returns
    -------
        Slots. [cases, >= 1]

    Examples
    --------
    >>> case_slots(174.0, 17.4, 6.0, 1.0)
    60
    """
    return max(1, int(hours_per_week * weeks_per_case / hours_per_case * units + 0.5))


@rule("float64(float64, float64, float64)")
def demand_followed(followed: float, decisions: float, requests_per_week: float) -> float:
    """Demand that a council's budget has caught up with: moves a third of the way to the last term's in each term.

    Parameters
    ----------
    followed
        Before. [ratio to the base year, >= 0]
    decisions
        Requests decided in the last term and the holiday after it. [requests, >= 0]
    requests_per_week
        Of the base year. [requests a week, > 0]

    Returns
    -------
        After. [ratio to the base year, >= 0]

    Examples
    --------
    >>> round(demand_followed(1.0, 52.0, 2.0), 3)
    1.167
    """
    return followed + (decisions * 3.0 / (52.0 * requests_per_week) - followed) / 3.0


@rule("float64(float64, float64, float64)")
def capacity_growth(trend: float, followed: float, follow_share: float) -> float:
    """Growth of a council's own capacity since the base year: partly a trend of its own, partly after demand.

    Parameters
    ----------
    trend
        Growth whatever demand does. [ratio, > 0]
    followed
        See :func:`demand_followed`. [ratio, >= 0]
    follow_share
        Share of capacity that follows demand. [share, 0 to 1]  ``capacity_follows_demand_share``

    Returns
    -------
        [ratio, > 0]

    Examples
    --------
    >>> capacity_growth(1.0, 1.2, 0.5)
    1.1
    """
    return (1.0 - follow_share) * trend + follow_share * followed
