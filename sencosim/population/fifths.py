"""Facts of a school that depend on all others: its fifth by free school meals, the size of its trust.

They are fixed before any sample is drawn.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sencosim.units import PHASES

FIFTHS = 5


def fsm_fifths(phase: npt.NDArray[np.int8], fsm_share: npt.NDArray[np.float64]) -> npt.NDArray[np.int8]:
    """Fifth of each school among all schools of its phase, by the share of pupils eligible for free school meals.

    Schools are counted, not pupils. Schools with the same share are in the same fifth, so fifths are as equal as that
    allows.

    Parameters
    ----------
    phase
        0 primary, 1 secondary, of all schools of England.
    fsm_share
        [ratio, 0 to 1]

    Returns
    -------
        1 the fewest eligible pupils to 5 the most. [shape (n_schools,)]

    Examples
    --------
    >>> fsm_fifths(np.zeros(5, np.int8), np.array([0.5, 0.1, 0.2, 0.4, 0.3])).tolist()
    [5, 1, 2, 4, 3]
    """
    fifth = np.ones(phase.size, np.int8)
    for number in range(len(PHASES)):
        rows = np.flatnonzero(phase == number)
        ordered = np.sort(fsm_share[rows])
        starts = [ordered[rows.size * part // FIFTHS] for part in range(1, FIFTHS)] if rows.size else []
        fifth[rows] += np.searchsorted(np.array(starts), fsm_share[rows], side="right").astype(np.int8)
    return fifth


def trust_sizes(trust: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """Mainstream schools in the trust of each school.

    Parameters
    ----------
    trust
        Number of the trust, -1 if none, of all schools of England.

    Returns
    -------
        [schools; 0 without a trust, shape (n_schools,)]

    Examples
    --------
    >>> trust_sizes(np.array([3, -1, 3, 0], np.int32)).tolist()
    [2, 0, 2, 1]
    """
    counts = np.bincount(trust[trust >= 0], minlength=1)
    return np.where(trust >= 0, counts[np.maximum(trust, 0)], 0).astype(np.int32)
