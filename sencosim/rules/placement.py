"""M10 Plan and placement: how likely special is named, and how stocks of places and pupils change in a year."""

import math

from sencosim.rules import rule


@rule("float64(float64, float64, float64)")
def placement_chance(share: float, severity_slope: float, frailty: float) -> float:
    """Chance that a special placement is decided, by severity. [probability, 0 to 1]

    Parameters
    ----------
    share : for a pupil of frailty one. [probability, 0 to 1]  ``placement_special_share_primary``
    severity_slope : log odds per unit of log frailty. [log odds]  ``placement_severity_slope``
    frailty : of the pupil. [ratio, > 0]

    >>> round(placement_chance(0.1, 0.8, 1.0), 12)
    0.1
    """
    odds = share / (1.0 - share) * math.exp(severity_slope * math.log(frailty))
    return odds / (1.0 + odds)


@rule("int64(float64)")
def weight_in_parts(weight: float) -> int:
    """Weight of a sampled school in whole 65,536ths, so that a sum of weights does not depend on its order.

    [65,536ths, >= 0]

    Parameters
    ----------
    weight : schools that this one stands for. [ratio, >= 0]

    >>> weight_in_parts(1.5)
    98304
    """
    return int(weight * 65536.0 + 0.5)


@rule("float64(int64)")
def parts_as_weight(parts: int) -> float:
    """Undo :func:`weight_in_parts`. [ratio]

    >>> parts_as_weight(98304)
    1.5
    """
    return parts / 65536.0


@rule("float64(float64, float64)")
def special_or_resourced(special: float, resourced_share: float) -> float:
    """Chance that a new plan names special or resourced provision. [probability, special to 1]

    Parameters
    ----------
    special : chance of special. [probability, 0 to 1]
    resourced_share : share of the others in resourced provision or a SEN unit. [share, 0 to 1]
        ``placement_resourced_share``

    >>> special_or_resourced(0.25, 0.5), special_or_resourced(0.25, 0.0)
    (0.625, 0.25)
    """
    return special + (1.0 - special) * resourced_share


@rule("float64(float64, float64)")
def remaining(stock: float, leaving_rate: float) -> float:
    """Stock after a year in which some leave. [pupils, 0 to stock]

    Parameters
    ----------
    stock : [pupils, >= 0]
    leaving_rate : [share a year, 0 to 1]

    >>> remaining(200.0, 0.25), remaining(200.0, 0.0)
    (150.0, 200.0)
    """
    return stock * (1.0 - leaving_rate)


@rule("float64(float64, float64)")
def grown(stock: float, growth: float) -> float:
    """Stock after a year of growth. [places, >= 0]

    Parameters
    ----------
    stock : [places, >= 0]
    growth : of this year. [share a year, > -1]  ``state_place_growth``, damped

    >>> grown(200.0, 0.25)
    250.0
    """
    return stock * (1.0 + growth)


@rule("float64(float64, float64, float64)")
def moved_into_vacancies(stock: float, share: float, vacant: float) -> float:
    """Pupils who move into vacant state places. [pupils, 0 to the smaller of the two]

    Parameters
    ----------
    stock : who might. [pupils, >= 0]
    share : of them who would. [share, 0 to 1]
    vacant : places; negative if there are more pupils than places. [places]

    >>> moved_into_vacancies(20.0, 0.5, 15.0), moved_into_vacancies(20.0, 0.5, 5.0)
    (10.0, 5.0)
    >>> moved_into_vacancies(20.0, 0.5, -5.0)
    0.0
    """
    return min(stock * share, max(0.0, vacant))


@rule("float64(int64, float64, float64, float64)")
def plans_entering_reception(roll: int, share: float, level: float, tendency: float) -> float:
    """Children expected to enter a school's Reception with a plan. [pupils, >= 0]

    Parameters
    ----------
    roll : of Reception. [pupils, >= 0]
    share : with a plan, in the base year. [share, 0 to 1]  ``reception_plan_share``
    level : of this year. [ratio to the base year, >= 0]
    tendency : of the school to have pupils with plans. [ratio, >= 0]

    >>> plans_entering_reception(64, 0.125, 1.0, 1.5)
    12.0
    """
    return roll * (share * level) * tendency
