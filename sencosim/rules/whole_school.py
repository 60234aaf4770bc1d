"""M4 Whole-school work: standard hours due in a term, by what they depend on."""

from sencosim.rules import rule
from sencosim.units import TERM_WEEKS, TERMS_PER_YEAR

PER_TERM = 1.0 / TERMS_PER_YEAR


@rule("float64(float64, float64)")
def hours_a_term(events_per_year: float, hours_each: float) -> float:
    """Hours due in a term of work that comes so many times a year. [standard hours in the term, >= 0]

    Parameters
    ----------
    events_per_year : [events per year, >= 0]
    hours_each : [standard hours per event, >= 0]

    >>> hours_a_term(6.0, 2.5)
    5.0
    """
    return events_per_year * hours_each * PER_TERM


@rule("float64(float64, float64)")
def share_secondary(primary_pupils: float, secondary_pupils: float) -> float:
    """Share of a school's pupils who are in secondary years. [share, 0 to 1]

    Parameters
    ----------
    primary_pupils, secondary_pupils : on roll. [pupils, >= 0]

    >>> share_secondary(100.0, 300.0), share_secondary(0.0, 0.0)
    (0.75, 0.0)
    """
    if primary_pupils + secondary_pupils > 0.0:
        return secondary_pupils / (primary_pupils + secondary_pupils)
    return 0.0


@rule("float64(float64, float64, float64, float64)")
def teaching_assistants(
    primary_pupils: float, secondary_pupils: float, per_primary_pupil: float, per_secondary_pupil: float
) -> float:
    """Teaching assistants of a school. [full-time equivalents, >= 0]

    Parameters
    ----------
    primary_pupils, secondary_pupils : on roll. [pupils, >= 0]
    per_primary_pupil, per_secondary_pupil : [full-time equivalents per pupil, >= 0]  ``tas_per_pupil_primary``,
        ``tas_per_pupil_secondary``

    >>> teaching_assistants(200.0, 0.0, 0.05, 0.02)
    10.0
    """
    return primary_pupils * per_primary_pupil + secondary_pupils * per_secondary_pupil


@rule("float64(float64, float64, float64, float64)")
def teachers(
    primary_pupils: float, secondary_pupils: float, pupils_per_primary_teacher: float, pupils_per_secondary: float
) -> float:
    """Teachers of a school. [full-time equivalents, >= 0]

    Parameters
    ----------
    primary_pupils, secondary_pupils : on roll. [pupils, >= 0]
    pupils_per_primary_teacher, pupils_per_secondary : [pupils per teacher, > 0]  ``pupils_per_teacher_primary``,
        ``pupils_per_teacher_secondary``

    >>> teachers(200.0, 320.0, 20.0, 16.0)
    30.0
    """
    return primary_pupils / pupils_per_primary_teacher + secondary_pupils / pupils_per_secondary


@rule("float64(float64, float64, float64)")
def assistant_management_hours(assistants: float, supervised_share: float, hours_per_week: float) -> float:
    """Hours due in a term for the management of teaching assistants. [standard hours in the term, >= 0]

    Parameters
    ----------
    assistants : [full-time equivalents, >= 0]
    supervised_share : share whom the SENCO manages. [share, 0 to 1]  ``ta_supervised_share``
    hours_per_week : [hours per assistant per week, >= 0]  ``task_hours_ta_management``

    >>> assistant_management_hours(4.0, 0.5, 0.25)
    6.5
    """
    return assistants * supervised_share * TERM_WEEKS * hours_per_week
