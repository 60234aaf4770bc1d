"""M7 Requests and M8 The council's decision: routes, preparation, refusal."""

import math

from sencosim.rules import rule
from sencosim.rules.chance import exponential_threshold


@rule("float64(float64, float64, float64)")
def few_cycles_weight(own: float, reference: float, causal_share: float) -> float:
    """How far a request counts as one with few completed review cycles. [share, 0 to 1]

    Of what goes with few cycles only a share is caused by them; the rest goes with the pupil, and stays as it is in the
    no-policy arm.

    Parameters
    ----------
    own, reference : 1 if cycles are few in this arm, in the no-policy arm; else 0.
    causal_share : [share, 0 to 1]  ``few_cycles_causal_share``

    >>> few_cycles_weight(0.0, 1.0, 0.25), few_cycles_weight(1.0, 1.0, 0.3)
    (0.75, 1.0)
    """
    return reference + causal_share * (own - reference)


@rule("float64(float64, float64, float64)")
def preparation_hours(base_hours: float, extra_share: float, few_cycles: float) -> float:
    """SENCO hours to prepare a school-led request. [hours, > 0]

    Parameters
    ----------
    base_hours : with a record of the graduated approach. [hours, > 0]
    extra_share : share more without it. [share, >= 0]  ``few_cycles_extra_hours_share``
    few_cycles : how far it counts as one without. [share, 0 to 1]

    >>> preparation_hours(12.0, 0.25, 1.0), preparation_hours(12.0, 0.25, 0.0)
    (15.0, 12.0)
    """
    return base_hours * (1.0 + extra_share * few_cycles)


@rule("float64(float64, float64, float64, float64, float64)")
def refusal_log_odds(
    school_led: float, parental: float, filed_by_family: float, family_type: float, causal_share: float
) -> float:
    """Log odds of refusal by route, split into what the route causes and what only goes with it. [log odds]

    Parameters
    ----------
    school_led, parental : published refusal shares of the two routes. [probability, 0 to 1]
    filed_by_family : 1 if the family filed the request, 0 if the school did.
    family_type : 1 if this request would have come from the family in any case, 0 if from the school.
    causal_share : share of the gap in log odds that the route itself causes. [share, 0 to 1]
        ``refusal_route_causal_share``

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
    """Chance that a council refuses to assess. [probability, 0 to 1]

    Parameters
    ----------
    route_log_odds : by route. [log odds]
    council_log_odds : of this council above England. [log odds]
    severity_slope : per unit of log frailty; negative if severe need is refused less. [log odds]
        ``refusal_severity_slope``
    frailty : of the pupil. [ratio, > 0]
    few_cycles_log_odds : added if fewer than two review cycles are complete, 0 otherwise. [log odds]

    >>> refusal_chance(0.0, 0.0, -0.5, 1.0, 0.0)
    0.5
    """
    log_odds = route_log_odds + council_log_odds + severity_slope * math.log(frailty) + few_cycles_log_odds
    return 1.0 / (1.0 + math.exp(-log_odds))


@rule("float64(float64, float64, float64)")
def reapply_weeks(u: float, rate_per_year: float, wait_weeks: float) -> float:
    """Weeks from a refusal until the family asks again. [weeks, > wait_weeks]

    Parameters
    ----------
    u : uniform number. [ratio, 0 < u < 1]
    rate_per_year : [per year, > 0]  ``reapply_rate_per_year``
    wait_weeks : before which it may not. [weeks, >= 0]  ``reapply_wait_weeks`` by the same route, else 0

    >>> round(reapply_weeks(math.exp(-1.0), 2.0, 26.0), 12)
    52.0
    """
    return exponential_threshold(u) / rate_per_year * 52.0 + wait_weeks


@rule("float64(float64, float64, float64)")
def share_of_requests(requests_per_week: float, share: float, level: float) -> float:
    """A share of a council's requests: those from outside mainstream, or those agreed. [requests a week, >= 0]

    Parameters
    ----------
    requests_per_week : of the council, in the base year. [requests a week, >= 0]
    share : of all requests. [share, 0 to 1]  ``exogenous_request_share`` or the council's own
    level : of this year. [ratio to the base year, >= 0]

    >>> share_of_requests(10.0, 0.5, 1.2)
    6.0
    """
    return requests_per_week * share * level
