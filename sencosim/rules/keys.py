"""Keys: numbers of pupils, requests and appeals, from which every draw about them follows.

A key says where and when its bearer came into the model, so that the same child has the same key in every arm.
"""

from sencosim.rules import rule

FIRST_COHORT = 1990
"""Cohorts are counted from this year, so that they fit into 7 bits. [calendar year]"""
MOST_COPIES = 16
"""Pupils of the next school that one of a sample may stand for: 4 bits, twice, since a child moves school twice."""
FIRST_ENTRANT = 1 << 16
"""From here pupils of a cohort are numbered who enter Reception with a plan."""
FROM_THE_STOCK = 1 << 17
"""Bit of a pupil who had SEN Support or a plan before being noticed in the run."""
OUTSIDE = 1 << 48
"""Bit of requests and appeals without a pupil of a mainstream school."""
OUTSIDE_APPEAL = 1 << 45
"""Bit of such an appeal."""
IN_HAND = 1 << 23
"""Bit of such a request that was with a team when the run began."""


@rule("int64(int64, int64)")
def cohort_key(school_id: int, reception_year: int) -> int:
    """Number of a school's cohort.

    Parameters
    ----------
    school_id : [whole number, below 2**17]
    reception_year : first calendar year of the cohort's year in Reception. [calendar year, 1990 to 2117]

    >>> cohort_key(3, 2024) == 3 * 128 + 34
    True
    """
    return school_id << 7 | (reception_year - FIRST_COHORT)


@rule("int64(int64, int64, int64)")
def pupil_key(school_id: int, reception_year: int, number: int) -> int:
    """Number of a pupil; the last 8 bits are left for copies.

    Parameters
    ----------
    school_id, reception_year : see :func:`cohort_key`.
    number : of the pupil in the cohort. [whole number, below 2**18]

    >>> pupil_key(3, 2024, 1) - pupil_key(3, 2024, 0)
    256
    """
    return (cohort_key(school_id, reception_year) << 18 | number) << 8


@rule("int64(int64, int64)")
def outside_key(council_id: int, number: int) -> int:
    """Number of a request without a pupil of a mainstream school.

    Parameters
    ----------
    council_id : [whole number, below 2**21]
    number : of the request. [whole number, below 2**24]

    >>> outside_key(3, 5) == OUTSIDE + 3 * 2**24 + 5
    True
    """
    return OUTSIDE | council_id << 24 | number


@rule("int64(int64, int64, int64)")
def in_hand_key(council_id: int, team: int, number: int) -> int:
    """Number of a request without a pupil of a mainstream school that was with a team when the run began.

    Parameters
    ----------
    council_id : see :func:`outside_key`.
    team : 0 advice, 1 drafting.
    number : of the request. [whole number, below 2**22]

    >>> in_hand_key(3, 1, 5) == outside_key(3, 2**23 + 2**22 + 5)
    True
    """
    return outside_key(council_id, IN_HAND | team << 22 | number)


@rule("int64(int64, int64)")
def filing_key(pupil: int, number: int) -> int:
    """Number of a request of a mainstream pupil, by which arms find it in each other.

    Parameters
    ----------
    pupil : see :func:`pupil_key`. [whole number, below 2**50]
    number : of the request. [whole number, below 2**13]

    >>> filing_key(3, 2) == 3 * 2**13 + 2
    True
    """
    return pupil << 13 | number
