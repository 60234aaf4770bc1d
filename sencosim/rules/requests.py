"""M7 Requests and M8 The council's decision: routes, preparation, refusal."""

import math

from sencosim.rules import rule
from sencosim.rules.chance import exponential_threshold


@rule("float64(float64, float64, float64, int64)")
def preparation_hours(base_hours: float, extra_share: float, minimum_cycles: float, completed_cycles: int) -> float:
    """SENCO hours to prepare a school-led request.

    Parameters
    ----------
    base_hours
        With a record of the graduated approach. [hours, > 0]
    extra_share
        Share more without it. [share, >= 0]  ``few_cycles_extra_hours_share``
    minimum_cycles
        Completed review cycles that make a record. [cycles]
    completed_cycles
        Of this pupil. [cycles, >= 0]

    Returns
    -------
        Hours. [hours, > 0]

    Examples
    --------
    >>> preparation_hours(12.0, 0.25, 2.0, 1), preparation_hours(12.0, 0.25, 2.0, 2)
    (15.0, 12.0)
    """
    return base_hours * (1.0 + extra_share) if completed_cycles < minimum_cycles else base_hours


@rule("float64(float64, float64, float64, float64, float64)")
def refusal_log_odds(
    school_led: float, parental: float, filed_by_family: float, family_type: float, causal_share: float
) -> float:
    """Log odds of refusal by route, split into what the route causes and what only goes with it.

    Parameters
    ----------
    school_led, parental
        Published refusal shares of the two routes. [probability, 0 to 1]
    filed_by_family
        1 if the family filed the request, 0 if the school did.
    family_type
        1 if this request would have come from the family in any case, 0 if from the school.
    causal_share
        Share of the gap in log odds that the route itself causes. [share, 0 to 1]  ``refusal_route_causal_share``

    Returns
    -------
        Log odds of refusal. [log odds]

    Examples
    --------
    With no causal share, a request that a family makes only because it waited is refused like a school's:

    >>> refusal_log_odds(0.2, 0.5, 1.0, 0.0, 0.0) == refusal_log_odds(0.2, 0.5, 0.0, 0.0, 0.0)
    True
    """
    low = math.log(school_led / (1.0 - school_led))
    gap = math.log(parental / (1.0 - parental)) - low
    return low + gap * (causal_share * filed_by_family + (1.0 - causal_share) * family_type)


@rule("float64(float64, float64, float64, float64, float64)")
def refusal_chance(
    route_log_odds: float, council_log_odds: float, severity_slope: float, frailty: float, few_cycles_log_odds: float
) -> float:
    """Chance that a council refuses to assess.

    Parameters
    ----------
    route_log_odds
        By route. [log odds]
    council_log_odds
        Of this council above England. [log odds]
    severity_slope
        Per unit of log frailty; negative if severe need is refused less. [log odds]  ``refusal_severity_slope``
    frailty
        Of the pupil. [ratio, > 0]
    few_cycles_log_odds
        Added if fewer than two review cycles are complete, 0 otherwise. [log odds]

    Returns
    -------
        Chance. [probability, 0 to 1]

    Examples
    --------
    >>> refusal_chance(0.0, 0.0, -0.5, 1.0, 0.0)
    0.5
    """
    log_odds = route_log_odds + council_log_odds + severity_slope * math.log(frailty) + few_cycles_log_odds
    return 1.0 / (1.0 + math.exp(-log_odds))


@rule("float64(float64, float64, float64)")
def reapply_weeks(u: float, rate_per_year: float, wait_weeks: float) -> float:
    """Weeks from a refusal until the family asks again.

    Parameters
    ----------
    u
        Uniform number. [ratio, 0 < u < 1]
    rate_per_year
        [per year, > 0]  ``reapply_rate_per_year``
    wait_weeks
        Before which it may not. [weeks, >= 0]  ``reapply_wait_weeks`` by the same route, else 0

    Returns
    -------
        [weeks, > wait_weeks]

    Examples
    --------
    >>> round(reapply_weeks(math.exp(-1.0), 2.0, 26.0), 12)
    52.0
    """
    return exponential_threshold(u) / rate_per_year * 52.0 + wait_weeks


@rule("float64(float64, float64, float64)")
def share_of_requests(requests_per_week: float, share: float, level: float) -> float:
    """A share of a council's requests: those from outside mainstream, or those agreed.

    Parameters
    ----------
    requests_per_week
        Of the council, in the base year. [requests a week, >= 0]
    share
        Of all requests. [share, 0 to 1]  ``exogenous_request_share`` or the council's own
    level
        Of this year. [ratio to the base year, >= 0]

    Returns
    -------
        [requests a week, >= 0]

    Examples
    --------
    >>> share_of_requests(10.0, 0.5, 1.2)
    6.0
    """
    return requests_per_week * share * level
