"""M6 Coverage: the one channel through which SENCO time changes what happens to pupils."""

import math

from sencosim.rules import rule
from sencosim.units import TERMS_PER_YEAR


@rule("float64(float64, float64)")
def share_done(done_hours: float, due_hours: float) -> float:
    """Share of the work due in a term that was done. [ratio, 0 to 1]

    Of preventive work this is the coverage: support reviews, coaching and whole-school work, by SENCO and team, in
    standard hours. Of all work it is the demand met (M14).

    Parameters
    ----------
    done_hours, due_hours : in one term. [standard hours, >= 0]

    >>> share_done(0.0, 0.0), share_done(30.0, 60.0)
    (1.0, 0.5)
    """
    if due_hours <= 0.0:
        return 1.0
    return min(1.0, done_hours / due_hours)


@rule("float64(float64, float64, float64)")
def smoothed_coverage(before: float, measured: float, smoothing_years: float) -> float:
    """Coverage smoothed exponentially over terms: what counts is the practice of one to three years. [ratio, 0 to 1]

    Parameters
    ----------
    before : smoothed coverage at the start of the term. [ratio, 0 to 1]
    measured : coverage of the term. [ratio, 0 to 1]
    smoothing_years : time constant. [years, > 0]  ``coverage_smoothing_years``

    >>> smoothed_coverage(0.4, 1.0, 2.0)
    0.5
    """
    return before + (measured - before) / (TERMS_PER_YEAR * smoothing_years)


@rule("float64(float64, float64, float64, float64)")
def coverage_effect(covered: float, elasticity: float, seat_multiplier: float, floor: float) -> float:
    """Relative hazard at a level of coverage: g of the model document. [ratio, > 0]

    Parameters
    ----------
    covered : smoothed coverage. [ratio, 0 to 1]
    elasticity : change of the log hazard per unit of log coverage; negative if coverage protects. [ratio]
    seat_multiplier : strengthens the elasticity where the SENCO sits on the senior leadership team; 1 without. [ratio,
        > 0]
    floor : coverage below this counts as this. [ratio, > 0]  ``coverage_floor``

    >>> coverage_effect(0.01, -0.5, 1.0, 0.05)
    1.0
    >>> round(coverage_effect(0.2, -0.5, 1.0, 0.05), 12)
    0.5
    """
    return math.exp(elasticity * seat_multiplier * math.log(max(covered, floor) / floor))


@rule("float64(float64, float64)")
def elasticity_of_coverage(relative_rate_per_doubling: float, amplification: float) -> float:
    """Elasticity on coverage that yields a relative rate per doubling of used SENCO hours. [ratio]

    Parameters
    ----------
    relative_rate_per_doubling : the prior: rate at twice the used hours over the rate at one. [ratio, > 0]
    amplification : change of log coverage per unit of log used hours, measured in the baseline. [ratio, > 0]

    >>> elasticity_of_coverage(0.5, 1.0)
    -1.0
    """
    return math.log(relative_rate_per_doubling) / (math.log(2.0) * amplification)


@rule("int64(int64, float64)")
def coverage_exposure(sen_pupils: int, covered: float) -> int:
    """Coverage weighted by pupils with SEN, as the tally counts it: in thousandths. [pupil-terms / 1000, >= 0]

    Parameters
    ----------
    sen_pupils : on SEN Support or with a plan. [pupils, >= 0]
    covered : coverage of the term. [ratio, 0 to 1]

    >>> coverage_exposure(40, 0.25)
    10000
    """
    return int(sen_pupils * covered * 1000.0)
