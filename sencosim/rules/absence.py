"""M13 Leaving mainstream otherwise: school days missed by pupils with SEN."""

from sencosim.rules import rule
from sencosim.units import SCHOOL_DAYS_PER_TERM


@rule("float64(float64, float64)")
def absence_shift(points_per_doubling: float, doublings: float) -> float:
    """How far support shifts the absence rate of a school's pupils with SEN. [share of days]

    Parameters
    ----------
    points_per_doubling : of support; negative if absence falls. [percentage points]  ``effect_absence_points``
    doublings : of support against the no-policy arm. [doublings]

    >>> absence_shift(-1.0, 2.0), absence_shift(-1.0, 0.0)
    (-0.02, -0.0)
    """
    return points_per_doubling / 100.0 * doublings


@rule("float64(int64, float64, float64)")
def pupils_absent(pupils: int, rate: float, shift: float) -> float:
    """Pupils absent on an average day. [pupils, >= 0]

    Parameters
    ----------
    pupils : of one stage. [pupils, >= 0]
    rate : of absence in the base year. [share of days, 0 to 1]
    shift : by support. [share of days]

    >>> pupils_absent(100, 0.125, 0.0), pupils_absent(100, 0.125, -0.5)
    (12.5, 0.0)
    """
    return pupils * max(0.0, rate + shift)


@rule("int64(float64, float64)")
def absence_days(absent: float, level: float) -> int:
    """School days missed in a term. [days in the term, >= 0]

    Parameters
    ----------
    absent : pupils absent on an average day of the base year. [pupils, >= 0]
    level : absence of the year relative to the base year. [ratio, >= 0]

    >>> absence_days(2.0, 1.0)
    130
    """
    return int(absent * level * SCHOOL_DAYS_PER_TERM)
