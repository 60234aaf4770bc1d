"""M1, M7, M12: what the clocks of needs noticed, requests and suspensions run in a term."""

from sencosim.rules import rule


@rule("float64(int64, float64, float64)")
def noticing_hazard(roll: int, rate: float, school_multiplier: float) -> float:
    """M1: needs that a year group of a school is expected to show in a term. [pupils in the term, >= 0]

    Parameters
    ----------
    roll : of the year group. [pupils, >= 0]
    rate : of England, for the year group and year. [per pupil per term, >= 0]
    school_multiplier : noticing in this school relative to England. [ratio, >= 0]

    >>> noticing_hazard(30, 0.0125, 2.0)
    0.75
    """
    return roll * rate * school_multiplier


@rule("float64(float64, float64, float64, float64)")
def request_hazard(rate: float, council: float, local_process: float, culture: float) -> float:
    """M7: hazard of reaching the point of request in a term in the no-policy arm, of a pupil of frailty one.

    [cumulative hazard of the term, >= 0]

    Parameters
    ----------
    rate : of England, by phase and year. [per term, >= 0]
    council : requests of its mainstream pupils relative to what England's rates give. [ratio, >= 0]
    local_process : asked for by a local process (M19) or a reform (M18). [ratio, >= 0]
    culture : of the school. [ratio, mean 1]

    >>> request_hazard(0.05, 2.0, 1.0, 0.5)
    0.05
    """
    return rate * council * local_process * culture


@rule("float64(float64, float64)")
def released_hazard(family_share: float, release: float) -> float:
    """M7: relative hazard of all points of request when those led by schools are released. [ratio, >= 0]

    Parameters
    ----------
    family_share : of points of request whose family would ask in any case. [share, 0 to 1]
        ``parental_from_start_share``
    release : relative rate of the others. [ratio, >= 0]

    >>> released_hazard(0.25, 1.2), released_hazard(0.3, 1.0)
    (1.15, 1.0)
    """
    if release == 1.0:
        return 1.0
    return family_share + (1.0 - family_share) * release


@rule("float64(float64, float64)")
def released_family_share(family_share: float, release: float) -> float:
    """M7: share of points of request whose family would ask in any case, when the others are released.

    [share, 0 to 1]

    Parameters
    ----------
    family_share, release : see :func:`released_hazard`.

    >>> released_family_share(0.25, 1.0), released_family_share(0.25, 3.0)
    (0.25, 0.1)
    """
    if release == 1.0:
        return family_share
    return family_share / (family_share + (1.0 - family_share) * release)


@rule("float64(float64, float64, float64, float64)")
def suspension_hazard(rate: float, support: float, culture: float, council: float) -> float:
    """M12: hazard of a suspension in a term, of a pupil of frailty one. [cumulative hazard of the term, >= 0]

    Parameters
    ----------
    rate : of England, by stage, phase and year. [per term, >= 0]
    support : relative hazard by the school's support (M6). [ratio, > 0]
    culture : of the school. [ratio, mean 1]
    council : suspensions in the council's schools of this phase relative to England, as published. [ratio, mean 1]

    >>> suspension_hazard(0.25, 0.5, 1.0, 2.0)
    0.25
    """
    return rate * (support * culture * council)
