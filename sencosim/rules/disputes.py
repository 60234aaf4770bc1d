"""M11 Disputes: how likely a family appeals, and how much the tribunal can hear."""

from sencosim.rules import rule


@rule("float64(float64, float64, float64, float64, float64)")
def appeal_share(share: float, level: float, mediated_share: float, settled_share: float, most: float) -> float:
    """Share of the families who did not settle in mediation that appeal; the published share is of all decisions.

    [probability, 0 to most]

    Parameters
    ----------
    share : of all decisions of this kind. [share, 0 to 1]  ``appeal_share_contents``
    level : of this council. [ratio, >= 0]
    mediated_share : of the decisions that went to mediation, as far as those who appeal are concerned. [share, 0 to 1]
    settled_share : of mediations. [share, 0 to 1; mediated_share x settled_share < 1]  ``mediation_settled_share``
    most : [probability, 0 to 1]  ``appeal_chance_most``

    >>> appeal_share(0.1, 1.0, 0.0, 0.7, 0.95), appeal_share(0.125, 1.5, 0.5, 0.5, 0.95)
    (0.1, 0.25)
    >>> appeal_share(0.9, 2.0, 0.0, 0.7, 0.95)
    0.95
    """
    settled = mediated_share * settled_share
    return min(most, share * level / (1.0 - settled))


@rule("float64(float64, float64)")
def conceded_share(settled_share: float, concession_share: float) -> float:
    """Share of mediations that end with the council doing what was asked. [share, 0 to settled_share]

    Parameters
    ----------
    settled_share : of mediations. [share, 0 to 1]  ``mediation_settled_share``
    concession_share : of settlements. [share, 0 to 1]  ``mediation_concession_share``

    >>> conceded_share(0.5, 0.25)
    0.125
    """
    return settled_share * concession_share


@rule("float64(float64, float64, float64, float64)")
def outside_appeals_per_week(
    requests_per_week: float, request_level: float, per_request: float, appeal_level: float
) -> float:
    """Appeals of families outside mainstream: a steady rate that grows with plans. [appeals a week, >= 0]

    Parameters
    ----------
    requests_per_week : of the council, in the base year. [requests a week, >= 0]
    request_level : of this year. [ratio to the base year, >= 0]
    per_request : [appeals per request, >= 0]  ``exogenous_appeals_per_request``
    appeal_level : of this council. [ratio, >= 0]

    >>> outside_appeals_per_week(100.0, 1.5, 0.02, 1.0)
    3.0
    """
    return requests_per_week * request_level * (per_request * appeal_level)


@rule("int64(float64, float64, float64)")
def hearing_slots(appeals_per_year: float, weeks: float, level: float) -> int:
    """Appeals that the tribunal can have in hand at once, at least one (Little's law at full use). [appeals, >= 1]

    Parameters
    ----------
    appeals_per_year : capacity in the base year. [appeals a year, >= 0]  ``tribunal_capacity_per_year``
    weeks : from lodging to outcome. [weeks, > 0]
    level : of this year. [ratio to the base year, >= 0]

    >>> hearing_slots(5_200.0, 10.0, 1.5), hearing_slots(0.0, 10.0, 1.5)
    (1500, 1)
    """
    return max(1, int(appeals_per_year / 52.0 * weeks * level + 0.5))


@rule("float64(float64, float64, float64)")
def weeks_to_outcome(weeks: float, u: float, concession_share: float) -> float:
    """Weeks from lodging an appeal to its outcome: a concession comes at any time before the hearing.

    [weeks, 0 to weeks]

    Parameters
    ----------
    weeks : to the hearing. [weeks, > 0]
    u : uniform number; below the share the council concedes. [ratio, 0 < u < 1]
    concession_share : [share, 0 to 1]  ``tribunal_concession_share``

    >>> weeks_to_outcome(20.0, 0.3, 0.6), weeks_to_outcome(20.0, 0.7, 0.6)
    (10.0, 20.0)
    """
    return weeks * u / concession_share if u < concession_share else weeks
