"""M14 The SENCO workforce: hours of the post, leaving, finding the next one, and the first years in post."""

import math

from sencosim.rules import rule
from sencosim.units import TERM_WEEKS


@rule("float64(float64, float64, float64, float64, float64)")
def allocated_hours(z: float, intercept: float, elasticity: float, sen_pupils: float, log_sd: float) -> float:
    """Hours a week that a school allocates, before drift, the mass at zero and the cap of full time.

    [hours a week, > 0]

    Parameters
    ----------
    z : standard normal deviate. [standard deviations]
    intercept : by phase and year. [log hours]  ``hours_intercept_primary``, ``hours_intercept_secondary``
    elasticity : on SEN numbers: the slope of the North Lincolnshire table. [ratio]  ``hours_elasticity``
    sen_pupils : SEN Support and plans. [pupils, >= 0]
    log_sd : residual. [log hours, >= 0]

    >>> allocated_hours(0.0, 0.0, 0.55, 1.0, 0.8)
    1.0
    """
    return math.exp(intercept + elasticity * math.log(max(1.0, sen_pupils)) + log_sd * z)


@rule("float64(float64, float64, float64)")
def study_hours(hours_per_term: float, terms_of_study: float, terms_allowed: float) -> float:
    """Hours a week of study for the mandatory qualification. [hours a week, >= 0]

    Parameters
    ----------
    hours_per_term : of study, if it takes the usual terms. [hours a term, >= 0]  ``npq_hours_per_term``
    terms_of_study : the usual terms. [terms, > 0]  ``npq_terms``
    terms_allowed : in which a new SENCO must have it; the same study is spread over these. [terms, > 0]

    >>> study_hours(39.0, 6.0, 9.0)
    2.0
    """
    return hours_per_term * terms_of_study / terms_allowed / TERM_WEEKS


@rule("float64(float64, float64)")
def first_year_loss(loss: float, trained_ratio: float) -> float:
    """Share of effectiveness lost in the first year in post. [share, 0 to 1]

    Parameters
    ----------
    loss : without training. [share, 0 to 1]  ``new_senco_loss``
    trained_ratio : loss with the training that policy gives, relative to without. [ratio, 0 to 1]

    >>> first_year_loss(0.25, 0.5)
    0.125
    """
    return loss * trained_ratio


@rule("float64(float64, float64, float64, float64)")
def strain(demand_met: float, overtime: float, ceiling: float, overtime_weight: float) -> float:
    """How far a SENCO's work exceeds what can be done, for the leaving hazard. [ratio, 0 to 1]

    Returns: 0 if demand is met without overtime, 1 if none is met or overtime is at its ceiling throughout.

    Parameters
    ----------
    demand_met : share of last term's work that was done. [ratio, 0 to 1]
    overtime, ceiling : overtime worked, and the most this SENCO would work. [hours a week, >= 0]
    overtime_weight : weight of overtime against unmet demand. [share, 0 to 1]

    >>> strain(1.0, 0.0, 8.0, 0.5), strain(0.0, 8.0, 8.0, 0.5)
    (0.0, 1.0)
    """
    evenings = overtime / ceiling if ceiling > 0.0 else 0.0
    return (1.0 - overtime_weight) * (1.0 - demand_met) + overtime_weight * min(1.0, evenings)


@rule("float64(float64, float64, float64, float64)")
def leaving_hazard(base_per_year: float, ratio_demand_met: float, strained: float, seat_ratio: float) -> float:
    """Hazard of leaving the post. [per year, >= 0]

    Interpolated between the hazard of a SENCO whose demand is met (base x ratio) and of one whose is not (base).

    Parameters
    ----------
    base_per_year : where demand is unmet. [per year, >= 0]  ``senco_leaving_rate``
    ratio_demand_met : hazard ratio between demand met and unmet. [ratio]  ``leaving_ratio_demand_met``
    strained : strain. [ratio, 0 to 1]
    seat_ratio : hazard ratio of a leadership seat, 1 without. [ratio]  ``leaving_ratio_slt_seat``

    >>> leaving_hazard(0.1, 0.5, 1.0, 1.0), leaving_hazard(0.1, 0.5, 0.0, 1.0)
    (0.1, 0.05)
    """
    return base_per_year * (ratio_demand_met + (1.0 - ratio_demand_met) * strained) * seat_ratio


@rule("float64(float64, float64, float64)")
def pay_leaving_ratio(allowance: float, pay: float, elasticity: float) -> float:
    """Hazard of leaving with an allowance, relative to without. [ratio, 0 to 1]

    Parameters
    ----------
    allowance, pay : of a year, both before on-costs. [GBP; pay > 0]  ``senco_gross_pay``
    elasticity : relative fall of the hazard for a relative rise of pay. [ratio, >= 0]  ``leaving_elasticity_of_pay``

    >>> round(pay_leaving_ratio(4_000.0, 50_000.0, 3.0), 4), pay_leaving_ratio(0.0, 50_000.0, 3.0)
    (0.7938, 1.0)
    """
    ratio: float = (1.0 + allowance / pay) ** -elasticity
    return ratio


@rule("float64(float64, float64)")
def share_taken(supply: float, left: float) -> float:
    """Share of the year's supply of teachers that new posts have taken. [share, 0 to 1]

    Returns: 0 if policy asks for no new posts, or if there is no supply to be taken.

    Parameters
    ----------
    supply, left : posts that can be filled in the year, and of these not filled. [full-time equivalents, 0 <= left <=
        supply]

    >>> share_taken(6_000.0, 1_500.0), share_taken(0.0, 0.0)
    (0.75, 0.0)
    """
    return 1.0 - left / supply if supply > 0.0 else 0.0


@rule("float64(float64, float64, float64)")
def mean_vacancy(mean_terms: float, more_terms: float, taken: float) -> float:
    """Mean length of a vacancy, the longer the more of the year's supply of teachers new posts have taken.

    [terms, >= mean_terms]

    Parameters
    ----------
    mean_terms : without new posts. [terms, >= 0]  ``vacancy_mean_terms``
    more_terms : if all supply is taken. [terms, >= 0]  ``vacancy_terms_supply_taken``
    taken : share of the supply that new posts have taken. [share, 0 to 1]

    >>> mean_vacancy(1.25, 0.5, 0.5)
    1.5
    """
    return mean_terms + taken * more_terms


@rule("float64(float64, float64, float64, float64)")
def posts_fte(wanted_hours: float, full_time_hours: float, school_weight: float, council_weight: float) -> float:
    """Teachers whom the hours wanted by a school take from the national supply. [full-time equivalents, >= 0]

    Parameters
    ----------
    wanted_hours : [hours a week, >= 0]
    full_time_hours : [hours a week, > 0]  ``full_time_hours_per_week``
    school_weight, council_weight : schools and councils that this one stands for in a sample. [ratio, > 0]

    >>> posts_fte(8.1, 32.4, 2.0, 3.0)
    1.5
    """
    return wanted_hours / full_time_hours * school_weight * council_weight


@rule("int64(float64, float64)")
def vacancy_terms(u: float, mean_terms: float) -> int:
    """Terms for which a post stays vacant: geometric, at least one. [terms, >= 1]

    Parameters
    ----------
    u : uniform number. [ratio, 0 < u < 1]
    mean_terms : mean length of a vacancy; below one term it counts as one. [terms]  ``vacancy_mean_terms``

    >>> vacancy_terms(0.5, 1.3), vacancy_terms(0.1, 1.3), vacancy_terms(0.1, 1.8)
    (1, 2, 3)
    """
    stay_vacant = math.log(1.0 - 1.0 / max(1.000001, mean_terms))
    return max(1, math.ceil(math.log(u) / stay_vacant))


@rule("float64(float64, float64)")
def share_done(done_hours: float, due_hours: float) -> float:
    """Share of the work due in a term that was done: the demand met. [ratio, 0 to 1]

    Parameters
    ----------
    done_hours, due_hours : in one term. [standard hours, >= 0]

    >>> share_done(0.0, 0.0), share_done(30.0, 60.0)
    (1.0, 0.5)
    """
    if due_hours <= 0.0:
        return 1.0
    return min(1.0, done_hours / due_hours)
