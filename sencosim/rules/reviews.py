"""M2 The graduated approach and M3 Plan upkeep: when reviews fall due, and how many consultations."""

from sencosim.rules import rule
from sencosim.units import TERMS_PER_YEAR


@rule("int64(float64)")
def review_term(u: float) -> int:
    """Term of the academic year in which a pupil's yearly review falls due. [whole number, 0 autumn to 2 summer]

    Parameters
    ----------
    u : uniform number. [ratio, 0 < u < 1]

    >>> review_term(0.2), review_term(0.5), review_term(0.9)
    (0, 1, 2)
    """
    return int(TERMS_PER_YEAR * u)


@rule("int64(float64, int64, float64)")
def consultations_due(per_plan_holder: float, plan_holders: int, u: float) -> int:
    """Consultations on placements that a school is sent in a term: the mean, rounded up or down by chance.

    [consultations in the term, >= 0]

    Parameters
    ----------
    per_plan_holder : [consultations per plan-holder in school per year, >= 0]  ``volume_consultation_per_plan_pupil``
    plan_holders : in the school. [pupils, >= 0]
    u : uniform number. [ratio, 0 < u < 1]

    >>> consultations_due(0.5, 9, 0.4), consultations_due(0.5, 9, 0.6)
    (1, 2)
    """
    return int(per_plan_holder * plan_holders / TERMS_PER_YEAR + u)
