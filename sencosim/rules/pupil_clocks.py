"""Thresholds and clocks: when an integrated hazard crosses a pupil's threshold (random time change)."""

from sencosim.rules import rule
from sencosim.units import MINUTES_PER_WEEK, TERM_WEEKS


@rule("float64(float64, float64, float64)")
def clock_target(clock: float, threshold: float, frailty: float) -> float:
    """Reading of the school's clock at which a pupil's event happens. [cumulative hazard, > clock]

    The school's clock holds the cumulative hazard of a pathway for a pupil of frailty one. The pupil's own integrated
    hazard is frailty times what the clock has run since the pupil came under risk.

    Parameters
    ----------
    clock : reading when the pupil came under risk. [cumulative hazard, >= 0]
    threshold : unit-exponential threshold. [cumulative hazard, > 0]
    frailty : multiplier of this pupil's hazard. [ratio, > 0]

    >>> clock_target(1.0, 2.0, 4.0)
    1.5
    """
    return clock + threshold / frailty


@rule("int64(float64, float64, float64, int64, int64)")
def crossing_minute(target: float, clock_at_start: float, increment: float, start: int, length: int) -> int:
    """Clock time within a term at which a school's clock reaches a target. [minutes, start to start + length]

    Parameters
    ----------
    target : reading at the event, within the term. [cumulative hazard]
    clock_at_start : reading at the start of the term. [cumulative hazard]
    increment : what the clock runs in the term. [cumulative hazard, > 0]
    start, length : of the working weeks of the term. [minutes]

    >>> crossing_minute(1.5, 1.0, 1.0, 100, 1000)
    600
    """
    share = min(1.0, max(0.0, (target - clock_at_start) / increment))
    return start + int(share * length)


@rule("float64(float64, float64, int64, int64, int64)")
def clock_reading(clock_at_start: float, increment: float, start: int, length: int, now: int) -> float:
    """Reading of a school's clock at a moment; it stands still in holidays.

    >>> clock_reading(1.0, 0.5, 100, 1000, 600), clock_reading(1.0, 0.5, 100, 1000, 5000)
    (1.25, 1.5)
    """
    share = min(1.0, max(0.0, (now - start) / length))
    return clock_at_start + increment * share


@rule("float64(float64, float64)")
def hazard_left(target: float, reading: float) -> float:
    """Cumulative hazard left until a pupil's event, kept while a clock is paused or changed. [cumulative hazard, >= 0]

    Parameters
    ----------
    target : reading at the event. [cumulative hazard]
    reading : present reading. [cumulative hazard]

    >>> hazard_left(1.5, 1.25), hazard_left(1.5, 2.0)
    (0.25, 0.0)
    """
    return max(0.0, target - reading)


@rule("int64(float64)")
def minute_of_term(u: float) -> int:
    """A minute of the working weeks of a term, each as likely. [minutes from its start, >= 0]

    Parameters
    ----------
    u : uniform number. [ratio, 0 < u < 1]

    >>> minute_of_term(0.5) == 13 * 10080 // 2
    True
    """
    return int(u * TERM_WEEKS * MINUTES_PER_WEEK)
