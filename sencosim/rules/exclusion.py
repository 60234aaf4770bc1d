"""M12 Suspension and permanent exclusion: what a crisis leads to."""

from sencosim.rules import rule
from sencosim.rules.chance import whole_minutes
from sencosim.units import SCHOOL_DAYS_PER_WEEK


@rule("float64(float64, float64, float64, float64)")
def exclusion_chance(timely_chance: float, coverage_multiplier: float, late: float, late_ratio: float) -> float:
    """Chance that a crisis ends in permanent exclusion. [probability, 0 to 1]

    Parameters
    ----------
    timely_chance : if the SENCO's work starts within five school days, at the average coverage of the base year.
        [probability]
    coverage_multiplier : g / G of the school: the part of the prior that acts through coverage. [ratio, > 0]
    late : 1 if work did not start in time, 0 if it did.
    late_ratio : relative chance if late: the part of the prior that acts through timeliness. [ratio, > 0]

    >>> exclusion_chance(0.2, 1.0, 0.0, 1.5), round(exclusion_chance(0.2, 1.0, 1.0, 1.5), 12)
    (0.2, 0.3)
    """
    chance = timely_chance * coverage_multiplier
    if late > 0.5:
        chance *= late_ratio
    return min(1.0, chance)


@rule("float64(float64, float64, float64)")
def timely_exclusion_chance(chance: float, late_share: float, late_ratio: float) -> float:
    """Chance of exclusion after a crisis whose work starts in time, from the chance after any crisis.

    [probability, 0 to chance]

    Parameters
    ----------
    chance : after any crisis. [probability, 0 to 1]  ``exclusion_given_crisis``
    late_share : of crises whose work starts late, in the base year. [share, 0 to 1]
    late_ratio : relative chance if late. [ratio, >= 1]

    >>> timely_exclusion_chance(0.15, 0.5, 3.0), timely_exclusion_chance(0.15, 0.5, 1.0)
    (0.075, 0.15)
    """
    return chance / (1.0 + late_share * (late_ratio - 1.0))


@rule("int64(int64, float64, int64, int64)")
def exclusion_deadline(now: int, school_days: float, term_end: int, next_term_start: int) -> int:
    """Clock time by which work on a crisis must have started; school days do not run in holidays. [minutes, >= now]

    Parameters
    ----------
    now : when the crisis began, in term. [minutes]
    school_days : [school days, >= 0]  ``exclusion_decision_days``
    term_end, next_term_start : of the holiday that comes next. [minutes]

    >>> exclusion_deadline(0, 5.0, 50_000, 90_000), exclusion_deadline(45_000, 5.0, 50_000, 90_000)
    (10080, 95080)
    """
    deadline = now + whole_minutes(school_days / SCHOOL_DAYS_PER_WEEK)
    if deadline > term_end:
        deadline += next_term_start - term_end
    return deadline
