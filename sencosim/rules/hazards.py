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


@rule("float64(float64, float64, float64, float64, float64)")
def request_hazard(rate: float, council: float, local_process: float, coverage: float, culture: float) -> float:
    """M7: hazard of reaching the point of request in a term, of a pupil of frailty one.

    [cumulative hazard of the term, >= 0]

    Parameters
    ----------
    rate : of England, by phase and year. [per term, >= 0]
    council : requests of its mainstream pupils relative to what England's rates give. [ratio, >= 0]
    local_process : asked for by a local process (M19). [ratio, >= 0]
    coverage : relative hazard at the school's coverage (M6). [ratio, > 0]
    culture : of the school. [ratio, mean 1]

    >>> request_hazard(0.05, 2.0, 1.0, 0.5, 1.0)
    0.05
    """
    return rate * council * local_process * coverage * culture


@rule("float64(float64, float64, float64, float64)")
def suspension_hazard(rate: float, coverage: float, culture: float, council: float) -> float:
    """M12: hazard of a suspension in a term, of a pupil of frailty one. [cumulative hazard of the term, >= 0]

    Parameters
    ----------
    rate : of England, by stage, phase and year. [per term, >= 0]
    coverage : relative hazard at the school's coverage (M6). [ratio, > 0]
    culture : of the school. [ratio, mean 1]
    council : suspensions in the council's schools of this phase relative to England, as published. [ratio, mean 1]

    >>> suspension_hazard(0.25, 0.5, 1.0, 2.0)
    0.25
    """
    return rate * (coverage * culture * council)
