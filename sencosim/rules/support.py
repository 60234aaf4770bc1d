"""M6 Support intensity: the one channel through which SENCO time changes what happens to pupils."""

import math

from sencosim.rules import rule
from sencosim.units import TERMS_PER_YEAR

FEWEST_PUPILS = 0.5
"""Below so many pupils of noticed or recognised need a school's support is not compared. [pupils]"""


@rule("float64(float64, float64, float64)")
def smoothed(before: float, measured: float, smoothing_years: float) -> float:
    """Exponential mean over terms: what counts is the practice of one to three years. [unit of the measured]

    Parameters
    ----------
    before : mean at the start of the term. [>= 0]
    measured : of the term. [>= 0]
    smoothing_years : time constant. [years, > 0]  ``smoothing_years``

    >>> smoothed(0.4, 1.0, 2.0)
    0.5
    """
    return before + (measured - before) / (TERMS_PER_YEAR * smoothing_years)


@rule("float64(float64, float64)")
def support_intensity(hours_a_term: float, pupils: float) -> float:
    """Hours of support for each pupil of noticed or recognised need in a year. [hours per pupil a year, >= 0]

    Parameters
    ----------
    hours_a_term : of support reviews and development done. [standard hours a term, >= 0]
    pupils : of noticed or recognised need. [pupils, >= 0]

    >>> support_intensity(50.0, 30.0), support_intensity(50.0, 0.0)
    (5.0, 0.0)
    """
    if pupils <= 0.0:
        return 0.0
    return TERMS_PER_YEAR * hours_a_term / pupils


@rule("float64(float64, float64, float64, float64, float64, float64)")
def support_doublings(
    intensity: float, reference: float, full: float, offset: float, scale: float, most: float
) -> float:
    """How many times support has doubled against the no-policy arm of the same school and term. [doublings, +- most]

    Exactly 0 where both arms give the same, whatever the other numbers are.

    Parameters
    ----------
    intensity, reference : of this arm and of the no-policy arm. [hours per pupil a year, >= 0]
    full : from which more makes no difference. [hours per pupil a year, >= 0]
    offset : i0, so that nothing is not infinitely less than something. [hours per pupil a year, > 0]
        ``support_hours_offset``
    scale : c: doublings of support when all allocated hours double. [doublings, >= 1]  ``support_doublings_primary``
    most : [doublings, > 0]  ``support_doublings_most``

    >>> support_doublings(7.5, 3.5, 10.0, 0.5, 1.0, 3.0), support_doublings(40.0, 3.5, 7.5, 0.5, 1.0, 3.0)
    (1.0, 1.0)
    >>> support_doublings(0.0, 100.0, 1000.0, 0.5, 1.0, 3.0)
    -3.0
    """
    ratio = (min(intensity, full) + offset) / (min(reference, full) + offset)
    return max(-most, min(most, math.log2(ratio) / scale))


@rule("float64(float64, float64)")
def relative_rate(prior: float, doublings: float) -> float:
    """Rate or odds relative to the no-policy arm. [ratio, > 0]

    Parameters
    ----------
    prior : relative rate for one doubling. [ratio, > 0]
    doublings : of support. [doublings]

    >>> relative_rate(0.5, 2.0), relative_rate(0.5, 0.0), relative_rate(1.0, 1.7)
    (0.25, 1.0, 1.0)
    """
    found: float = prior**doublings
    return found


@rule("float64(float64, float64, float64)")
def full_intensity(list_hours: float, pupils: float, beyond_list: float) -> float:
    """Support from which more makes no difference: what is listed, and what is beyond the list.

    [hours per pupil a year, >= 0]

    Parameters
    ----------
    list_hours : support reviews and listed development due in the no-policy arm. [standard hours a term, >= 0]
    pupils : of noticed or recognised need. [pupils, >= 0]
    beyond_list : share more that still helps. [share, >= 0]  ``beyond_list``

    >>> full_intensity(50.0, 30.0, 0.25)
    6.25
    """
    return support_intensity(list_hours, pupils) * (1.0 + beyond_list)


@rule("float64(float64, float64, float64, float64, float64)")
def open_session_hours(list_hours: float, beyond_list: float, done: float, worth: float, session: float) -> float:
    """Hours of the next session of open development: none once this term's support is full. [hours, 0 to session]

    Parameters
    ----------
    list_hours : due in the no-policy arm. [standard hours a term, >= 0]
    beyond_list : see :func:`full_intensity`. [share, >= 0]
    done : support of this term so far. [standard hours, >= 0]
    worth : of an hour of open development for pupils. [ratio, >= 0]  ``open_work_worth``
    session : longest. [hours, > 0]  ``whole_school_session_hours``

    >>> open_session_hours(40.0, 0.25, 48.0, 0.5, 3.0), open_session_hours(40.0, 0.25, 49.0, 0.5, 3.0)
    (3.0, 2.0)
    >>> open_session_hours(40.0, 0.0, 40.0, 0.5, 3.0)
    0.0
    """
    left = list_hours * (1.0 + beyond_list) - done
    if left <= 1e-6:
        return 0.0
    return min(session, left / worth) if worth * session > left else session


@rule("float64(float64, float64)")
def waiting_share(waiting: float, supported: float) -> float:
    """Share of a school's pupils of noticed need who wait to be identified. [share, 0 to below 1]

    Parameters
    ----------
    waiting : noticed and not yet identified. [pupils, >= 0]
    supported : on SEN Support. [pupils, >= 0]

    >>> waiting_share(1.0, 2.5), waiting_share(0.0, 0.0)
    (0.25, 0.0)
    """
    return waiting / (waiting + supported + FEWEST_PUPILS)


@rule("float64(float64, float64, float64)")
def waiting_ratio(share: float, reference: float, ratio: float) -> float:
    """Request hazard relative to the no-policy arm, by how many pupils wait to be identified. [ratio, >= 0]

    Parameters
    ----------
    share, reference : who wait, in this arm and in the no-policy arm. [share, 0 to below 1]
    ratio : request hazard of a pupil who waits over that of one on SEN Support. [ratio, >= 0]
        ``unidentified_request_ratio``

    >>> waiting_ratio(0.5, 0.0, 0.5), waiting_ratio(0.3, 0.3, 0.2), waiting_ratio(0.3, 0.1, 1.0)
    (0.75, 1.0, 1.0)
    """
    return (1.0 + (ratio - 1.0) * share) / (1.0 + (ratio - 1.0) * reference)


@rule("float64(float64, float64, float64)")
def seat_doublings(direct: float, has_seat: float, had_seat: float) -> float:
    """Doublings of support that a leadership seat is worth by itself. [doublings]

    Parameters
    ----------
    direct : of a seat that policy adds. [doublings]  ``effect_slt_seat_direct``
    has_seat, had_seat : 1 if the SENCO has a seat in this arm, in the no-policy arm; else 0.

    >>> seat_doublings(0.5, 1.0, 0.0), seat_doublings(0.5, 1.0, 1.0)
    (0.5, 0.0)
    """
    return direct * (has_seat - had_seat)
