"""M9 Assessment: how much a council's team can do, and how long a case takes it."""

from sencosim.rules import rule
from sencosim.rules.chance import whole_minutes
from sencosim.units import TERM_WEEKS


@rule("float64(float64, float64, float64)")
def surge_factor(waiting_weeks: float, surge: float, cap: float) -> float:
    """Capacity above the council's own staff, bought in when work waits. [ratio, 1 to cap]

    Parameters
    ----------
    waiting_weeks : work waiting for a start, in weeks of the team's own capacity. [weeks, >= 0]
    surge : rho: extra capacity per year of work waiting. [ratio per year]  ``capacity_surge``
    cap : largest factor. [ratio, >= 1]  ``capacity_surge_cap``

    >>> surge_factor(0.0, 0.5, 1.5), surge_factor(26.0, 0.5, 1.5), surge_factor(520.0, 0.5, 1.5)
    (1.0, 1.25, 1.5)
    """
    return min(cap, 1.0 + surge * waiting_weeks / 52.0)


@rule("float64(float64, float64, int64, int64)")
def idle_added_hours(own_hours: float, ratio: float, slots: int, in_hand: int) -> float:
    """Hours a week of added staff that find no work: the team's free share, but never more than was added.

    [hours a week, >= 0]

    Parameters
    ----------
    own_hours : of the team, added staff included. [hours a week, >= 0]
    ratio : of the team's hours to what they would be without the policy. [ratio, > 0]
    slots, in_hand : cases that the team can hold and holds. [cases]

    >>> idle_added_hours(120.0, 1.2, 10, 10), idle_added_hours(120.0, 1.0, 10, 0)
    (0.0, 0.0)
    >>> round(idle_added_hours(120.0, 1.2, 10, 9), 6)
    12.0
    """
    if ratio <= 1.0 or in_hand >= slots:
        return 0.0
    free = (slots - in_hand) / slots
    return min(own_hours * (1.0 - 1.0 / ratio), own_hours * free)


@rule("int64(float64, float64, float64)")
def case_slots(hours_per_week: float, hours_per_case: float, weeks_per_case: float) -> int:
    """Cases that a team can hold in hand at once, at least one. [cases, >= 1]

    A team of so many hours a week that spends so many hours on a case spread over so many weeks holds
    hours x weeks / hours per case of them (Little's law at full use).

    Parameters
    ----------
    hours_per_week : of the team. [hours a week, >= 0]
    hours_per_case : work in one case. [hours, > 0]
    weeks_per_case : over which that work is spread. [weeks, > 0]

    >>> case_slots(174.0, 17.4, 6.0)
    60
    """
    return max(1, int(hours_per_week * weeks_per_case / hours_per_case + 0.5))


@rule("float64(float64, float64, float64, float64)")
def demand_followed(followed: float, decisions: float, requests_per_week: float, years: float) -> float:
    """Demand that a council's budget has caught up with: an exponential mean over terms. [ratio to the base year, >= 0]

    Parameters
    ----------
    followed : before. [ratio to the base year, >= 0]
    decisions : requests decided in the last term and the holiday after it. [requests, >= 0]
    requests_per_week : of the base year. [requests a week, > 0]
    years : time constant. [years, >= 1/3]  ``capacity_follow_years``

    >>> round(demand_followed(1.0, 52.0, 2.0, 1.0), 3)
    1.167
    """
    return followed + (decisions * 3.0 / (52.0 * requests_per_week) - followed) / (3.0 * years)


@rule("float64(float64, float64, float64)")
def capacity_growth(trend: float, followed: float, follow_share: float) -> float:
    """Growth of a council's own capacity since the base year: partly a trend of its own, partly after demand.

    [ratio, > 0]

    Parameters
    ----------
    trend : growth whatever demand does. [ratio, > 0]
    followed : see :func:`demand_followed`. [ratio, >= 0]
    follow_share : share of capacity that follows demand. [share, 0 to 1]  ``capacity_follows_demand_share``

    >>> capacity_growth(1.0, 1.2, 0.5)
    1.1
    """
    return (1.0 - follow_share) * trend + follow_share * followed


@rule("float64(float64, float64, float64)")
def own_team_hours(base_hours: float, growth: float, ratio: float) -> float:
    """Hours of a council's own team in a term. [hours a week, >= 0]

    Parameters
    ----------
    base_hours : in the base year. [hours a week, >= 0]
    growth : see :func:`capacity_growth`. [ratio, > 0]
    ratio : what policy adds; 1 without. [ratio, > 0]

    >>> own_team_hours(100.0, 1.5, 2.0)
    300.0
    """
    return base_hours * growth * ratio


@rule("float64(float64, float64)")
def weeks_to_clear(work: float, work_per_week: float) -> float:
    """Weeks that a team needs for the work that waits for it. [weeks, >= 0]

    Returns: 0 for a team without hours, which buys nothing in.

    Parameters
    ----------
    work : that waits. [cases or hours, >= 0]
    work_per_week : that the team does. [cases or hours a week, >= 0]

    >>> weeks_to_clear(30.0, 6.0), weeks_to_clear(30.0, 0.0)
    (5.0, 0.0)
    """
    return work / work_per_week if work_per_week > 0.0 else 0.0


@rule("float64(float64, float64, float64, float64)")
def drafting_hours(officer_hours: float, decisions: float, hours_per_decision: float, least_share: float) -> float:
    """Hours of case officers left for drafting plans, after the decisions of the last term.

    [hours a week, least_share x officer_hours to officer_hours]

    Parameters
    ----------
    officer_hours : of all work. [hours a week, >= 0]
    decisions : in the last term and the holiday after it. [decisions, >= 0]
    hours_per_decision : [hours, >= 0]  ``decision_hours``
    least_share : share that drafting keeps whatever decisions take. [share, 0 to 1]  ``drafting_least_share``

    >>> drafting_hours(100.0, 52.0, 10.0, 0.2), drafting_hours(100.0, 520.0, 10.0, 0.2)
    (70.0, 20.0)
    """
    deciding = decisions * hours_per_decision / (52.0 / 3.0)
    return max(least_share * officer_hours, officer_hours - deciding)


@rule("float64(float64, float64)")
def bought_hours(own_hours: float, factor: float) -> float:
    """Hours bought in on top of a team's own. [hours a week, >= 0]

    Parameters
    ----------
    own_hours : [hours a week, >= 0]
    factor : see :func:`surge_factor`. [ratio, >= 1]

    >>> bought_hours(100.0, 1.25), bought_hours(100.0, 1.0)
    (25.0, 0.0)
    """
    return own_hours * (factor - 1.0)


@rule("int64(float64)")
def team_minutes_in_term(hours_per_week: float) -> int:
    """Minutes of a council's team in a third of the year: unlike schools, it works in holidays. [whole minutes, >= 0]

    Parameters
    ----------
    hours_per_week : [hours a week, >= 0]

    >>> team_minutes_in_term(3.0) == 3 * 52 * 60 // 3
    True
    """
    return int(hours_per_week * TERM_WEEKS * 4.0 / 3.0 * 60.0)


@rule("float64(float64, int64, int64)")
def stretched_weeks(weeks: float, units: int, held: int) -> float:
    """Weeks of a case that stands for more cases than there are slots: the same work through fewer hands.

    [weeks, >= weeks]

    Parameters
    ----------
    weeks : with a slot for each. [weeks, > 0]
    units : cases that it stands for. [cases, >= 1]
    held : slots that it holds. [slots, 1 to units]

    >>> stretched_weeks(6.0, 1, 1), stretched_weeks(6.0, 4, 2)
    (6.0, 12.0)
    """
    return weeks * units / held


@rule("float64(float64, float64)")
def late_advice_chance(share: float, level: float) -> float:
    """Chance that some of the advice is late. [probability, 0 to 1]

    Parameters
    ----------
    share : in England. [share, 0 to 1]  ``late_advice_share``
    level : of this council. [ratio, >= 0]

    >>> late_advice_chance(0.2, 0.5), late_advice_chance(0.8, 2.0)
    (0.1, 1.0)
    """
    return min(1.0, share * level)


@rule("int64(float64, float64)")
def cases_in_hand(cases_per_week: float, weeks: float) -> int:
    """Cases with a team when a run begins, from the flow and the time that each stays (Little's law). [cases, >= 0]

    Parameters
    ----------
    cases_per_week : [cases a week, >= 0]
    weeks : [weeks, >= 0]

    >>> cases_in_hand(4.0, 6.0)
    24
    """
    return int(cases_per_week * weeks + 0.5)


@rule("int64(int64, int64, float64, float64)")
def request_date_in_hand(place: int, n: int, weeks: float, weeks_before: float) -> int:
    """Clock time of the request behind a case that is with a team when a run begins: the first is the oldest.

    [minutes, <= 0]

    Parameters
    ----------
    place, n : of the case among all of them. [0 to n - 1; n >= 1]
    weeks : that a case stays with the team. [weeks, >= 0]
    weeks_before : from the request until it came to the team. [weeks, >= 0]

    >>> request_date_in_hand(0, 2, 4.0, 5.0) // 10080, request_date_in_hand(1, 2, 4.0, 5.0) // 10080
    (-9, -7)
    """
    return -whole_minutes(weeks_before + weeks * (n - place) / n)
