"""Mean and variance of arrays that are seen one at a time, so that memory does not grow with replications."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


class Moments:
    """Running mean and variance of each row, by Welford's recurrence.

    Parameters
    ----------
    n_rows
        Rows that can be filled.
    shape
        Of one row.

    Examples
    --------
    >>> seen = Moments(2, ())
    >>> for value in (1.0, 2.0, 3.0):
    ...     seen.add(np.array([1]), np.array([value]))
    >>> seen.count.tolist(), float(seen.mean[1]), round(float(seen.standard_error()[1]), 4)
    ([0, 3], 2.0, 0.5774)
    """

    def __init__(self, n_rows: int, shape: tuple[int, ...]) -> None:
        self.count = np.zeros(n_rows, dtype=np.int64)
        self.mean: Floats = np.zeros((n_rows, *shape))
        self._squares: Floats = np.zeros((n_rows, *shape))

    def add(self, rows: npt.NDArray[np.int64], values: Floats) -> None:
        """See one array.

        Parameters
        ----------
        rows
            Which rows it fills, each at most once.
        values
            [shape (rows.size, ...)]
        """
        self.count[rows] += 1
        count = self.count[rows].reshape(-1, *([1] * (values.ndim - 1)))
        gap = values - self.mean[rows]
        self.mean[rows] += gap / count
        self._squares[rows] += gap * (values - self.mean[rows])

    def standard_error(self) -> Floats:
        """Standard error of each mean. [NaN for rows seen fewer than twice]"""
        count = self.count.reshape(-1, *([1] * (self.mean.ndim - 1))).astype(np.float64)
        variance = np.divide(self._squares, count - 1.0, out=np.full(self.mean.shape, math.nan), where=count > 1.0)
        error: Floats = np.sqrt(variance / np.maximum(count, 1.0))
        return error
