"""A fast stand-in for the engine: a quadratic regression of each quantity on the fitted parameters.

Runs of the engine share their chance (common random numbers), so that quantities change smoothly with parameters and
a ridge regression on squares and products does well. How well is measured on runs that were left out, and that
standard deviation is added to every target's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.linear_model import RidgeCV

from sencosim.arms.inputs import FloatArray
from sencosim.calibration.design import unit_of
from sencosim.calibration.targets import scaled

PENALTIES = tuple(10.0 ** (power / 2.0) for power in range(-6, 7))
TRUST_IN_SQUARES, TRUST_IN_PRODUCTS = 0.4, 0.2
"""Prior standard deviation of a square or a product relative to a linear term. [ratio]"""


@dataclass(frozen=True)
class Emulator:
    """Quantities of the engine as functions of the fitted parameters.

    Attributes
    ----------
    keys
        Quantity and year of each output.
    coefficients, intercepts
        On the squares and products of the unit parameters. [shape (terms, outputs) and (outputs,)]
    sd
        Of the error on runs left out, by output. [scale of the output]
    """

    keys: tuple[str, ...]
    coefficients: FloatArray
    intercepts: FloatArray
    sd: FloatArray

    def predict(self, units: FloatArray) -> FloatArray:
        """Outputs in their scale at points of the unit cube. [shape (points, outputs)]."""
        terms = _terms(np.atleast_2d(units))
        result: FloatArray = terms @ self.coefficients + self.intercepts
        return result

    def only(self, keys: Sequence[str]) -> Emulator:
        """The same for some of the outputs, in this order."""
        columns = [self.column(key) for key in keys]
        return Emulator(tuple(keys), self.coefficients[:, columns], self.intercepts[columns], self.sd[columns])

    def column(self, key: str) -> int:
        """Column of a quantity and year."""
        return self.keys.index(key)


def _terms(units: FloatArray) -> FloatArray:
    """Linear terms, squares and products about the middle of the cube. [shape (points, terms)].

    Squares and products are made small, so that the ridge trusts them less than the linear terms.
    """
    centred = 2.0 * units - 1.0
    upper = np.triu_indices(units.shape[1])
    products = centred[:, upper[0]] * centred[:, upper[1]]
    squares = upper[0] == upper[1]
    products = products * np.where(squares, TRUST_IN_SQUARES, TRUST_IN_PRODUCTS)
    result: FloatArray = np.hstack([centred, products])
    return result


def fit_emulator(runs: Sequence[dict[str, float]], keys: Sequence[str]) -> Emulator:
    """Fit every output.

    Parameters
    ----------
    runs
        Parameters and quantities of each run.
    keys
        Outputs wanted, ``<quantity>@<year>``.
    """
    units = np.array([unit_of(run) for run in runs])
    terms = _terms(units)
    outputs = np.array([[scaled(key.split("@")[0], run[key]) for key in keys] for run in runs])
    model = RidgeCV(PENALTIES, alpha_per_target=True, store_cv_results=True)
    model.fit(terms, outputs)
    chosen = [PENALTIES.index(alpha) for alpha in np.atleast_1d(model.alpha_)]
    errors = np.array([model.cv_results_[:, column, alpha] for column, alpha in enumerate(chosen)])
    sd = np.sqrt(errors.mean(axis=1))
    return Emulator(tuple(keys), model.coef_.T, np.atleast_1d(model.intercept_), sd)
