"""M13 Leaving mainstream otherwise: school days missed by pupils with SEN."""

import math

from sencosim.rules import rule
from sencosim.units import SCHOOL_DAYS_PER_TERM


@rule("float64(float64, float64, float64, float64, float64)")
def absence_shift(
    points_per_doubling: float, covered: float, floor: float, mean_log2_coverage: float, amplification: float
) -> float:
    """How far coverage shifts the absence rate of a school's pupils with SEN. [share of days]

    Parameters
    ----------
    points_per_doubling : when used SENCO hours double; negative if absence falls. [percentage points]
        ``effect_absence_points``
    covered : smoothed coverage. [ratio, 0 to 1]
    floor : from which coverage counts. [ratio, > 0]  ``coverage_floor``
    mean_log2_coverage : mean over pupils in the baseline of the base year. [doublings]
    amplification : change of log coverage per unit of log used hours. [ratio, > 0]

    >>> absence_shift(-1.0, 0.5, 0.05, -2.0, 1.0), absence_shift(-1.0, 0.25, 0.05, -2.0, 1.0)
    (-0.01, -0.0)
    """
    doublings = math.log2(max(covered, floor)) - mean_log2_coverage
    return points_per_doubling / 100.0 * doublings / amplification


@rule("float64(int64, float64, float64)")
def pupils_absent(pupils: int, rate: float, shift: float) -> float:
    """Pupils absent on an average day. [pupils, >= 0]

    Parameters
    ----------
    pupils : of one stage. [pupils, >= 0]
    rate : of absence in the base year. [share of days, 0 to 1]
    shift : by coverage. [share of days]

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
