"""M15 Administrators: the share of delegable work that they take over from the SENCO."""

from sencosim.rules import rule


@rule("float64(float64, float64, float64, float64)")
def administrator_relief(admin_hours: float, hours_freed: float, delegable_hours: float, delegable_cap: float) -> float:
    """Share of the delegable part of SENCO work that administrators take over in a term. [share, 0 to delegable_cap]

    Returns: share of each activity's delegable part that is taken over.

    Parameters
    ----------
    admin_hours : administrator hours in the term. [hours, >= 0]
    hours_freed : SENCO hours freed by one administrator hour. [ratio]  ``admin_hours_freed``
    delegable_hours : delegable hours of the work due in the term. [hours, >= 0]
    delegable_cap : largest share of delegable work that can really be handed over. [share, 0 to 1]

    >>> administrator_relief(0.0, 0.7, 50.0, 0.9), administrator_relief(50.0, 0.7, 70.0, 0.9)
    (0.0, 0.5)
    """
    if delegable_hours <= 0.0:
        return 0.0
    return min(delegable_cap, admin_hours * hours_freed / delegable_hours)


@rule("float64(float64, float64)")
def delegable_limit(paperwork_cap: float, mean_delegable_share: float) -> float:
    """Largest share of delegable work that can be handed over, such that the cap on all paperwork holds.

    [share, 0 to 1]

    Parameters
    ----------
    paperwork_cap : share of paperwork that an administrator can do. [share, 0 to 1]  ``admin_delegable_cap``
    mean_delegable_share : mean over activities of the share that can be delegated. [share, 0 < share <= 1]

    >>> delegable_limit(0.25, 0.5), delegable_limit(0.6, 0.5)
    (0.5, 1.0)
    """
    return min(1.0, paperwork_cap / mean_delegable_share)
