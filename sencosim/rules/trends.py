"""M18 Trends: how much of a yearly growth is left once the years that it was set for are over."""

from sencosim.rules import rule


@rule("float64(float64, float64, float64)")
def trend_left(since: float, whole_years: float, damping: float) -> float:
    """Share of a yearly growth that is left in a year: all of it at first, then less by the damping every year.

    [share, 0 to 1]

    Parameters
    ----------
    since : years from the base year to this one; negative before it. [years]
    whole_years : years after the base year in which growth is whole. [years, >= 0]  ``trend_whole_years``
    damping : share of a growth that is left a year later. [share, 0 to 1]  ``trend_damping``

    >>> trend_left(12.0, 12.0, 0.5), trend_left(14.0, 12.0, 0.5), trend_left(-3.0, 12.0, 0.5)
    (1.0, 0.25, 1.0)
    """
    left: float = damping ** max(0.0, since - whole_years)
    return left


@rule("float64(float64, float64, float64)")
def trend_years(since: float, whole_years: float, damping: float) -> float:
    """Years of whole growth that the damped growth since the base year comes to: the sum of :func:`trend_left`.

    It has a limit, ``whole_years + damping / (1 - damping)``, so no level grows or falls for ever.

    [years, <= since]

    Parameters
    ----------
    since : years from the base year to this one; negative before it. [years]
    whole_years : years after the base year in which growth is whole. [years, >= 0]  ``trend_whole_years``
    damping : share of a growth that is left a year later; 1 damps nothing. [share, 0 to 1]  ``trend_damping``

    >>> trend_years(-3.0, 12.0, 0.5), trend_years(12.0, 12.0, 0.5), trend_years(14.0, 12.0, 0.5)
    (-3.0, 12.0, 12.75)
    """
    if since <= whole_years or damping >= 1.0:
        return since
    years: float = whole_years + damping * (1.0 - damping ** (since - whole_years)) / (1.0 - damping)
    return years
