"""M12 Suspension and permanent exclusion: what a crisis leads to."""

from sencosim.rules import rule


@rule("float64(float64, float64, float64, float64)")
def exclusion_chance(timely_chance: float, coverage_multiplier: float, late: float, late_ratio: float) -> float:
    """Chance that a crisis ends in permanent exclusion.

    Parameters
    ----------
    timely_chance
        If the SENCO's work starts within five school days, at the average coverage of the base year. [probability]
    coverage_multiplier
        g / G of the school: the part of the prior that acts through coverage. [ratio, > 0]
    late
        1 if work did not start in time, 0 if it did.
    late_ratio
        Relative chance if late: the part of the prior that acts through timeliness. [ratio, > 0]

    Returns
    -------
        Chance, at most one. [probability, 0 to 1]

    Examples
    --------
    >>> exclusion_chance(0.2, 1.0, 0.0, 1.5), round(exclusion_chance(0.2, 1.0, 1.0, 1.5), 12)
    (0.2, 0.3)
    """
    chance = timely_chance * coverage_multiplier
    if late > 0.5:
        chance *= late_ratio
    return min(1.0, chance)
