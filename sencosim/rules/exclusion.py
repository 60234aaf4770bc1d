"""M12 Suspension and permanent exclusion: what a crisis leads to."""

from sencosim.rules import rule
from sencosim.rules.chance import whole_minutes
from sencosim.units import SCHOOL_DAYS_PER_WEEK


@rule("float64(float64, float64, float64)")
def exclusion_chance(chance: float, support: float, council: float) -> float:
    """Chance that a crisis ends in permanent exclusion. [probability, 0 to 1]

    Parameters
    ----------
    chance : in the no-policy arm, in England. [probability]  ``exclusion_given_crisis``
    support : relative chance by the school's support (M6). [ratio, > 0]
    council : exclusions in the council's schools of this phase relative to England, as published. [ratio, mean 1]

    >>> exclusion_chance(0.25, 0.5, 1.0), exclusion_chance(0.8, 1.0, 2.0)
    (0.125, 1.0)
    """
    return min(1.0, chance * (support * council))


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
