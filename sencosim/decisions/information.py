"""What knowing more would be worth: value of perfect, partial and sample information.

All of it from one ensemble of draws, with the net benefit of each arm. Conditional expectations are regressions of net
benefit on the inputs (Strong, Oakley and Brennan 2014, "Estimating multiparameter partial expected value of perfect
information from a probabilistic sensitivity analysis sample: a nonparametric regression approach"), and for a study,
regressions on the result that it would have (Strong, Oakley, Brennan and Breeze 2015).
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd
import scipy

from sencosim.decisions.extras import need, one_thread
from sencosim.decisions.resampling import Floats, keyed_normals, permutation
from sencosim.decisions.splines import fit_surface
from sencosim.errors import InputError

Method = Literal["spline", "gaussian_process"]

FEWEST_DRAWS = 30
MOST_SPLINE_INPUTS = 3
"""Larger groups go to a Gaussian process: products of pairs would outnumber the draws."""
MOST_PROCESS_DRAWS = 1000
"""A Gaussian process is conditioned on this many draws, whose number enters the time to the third power."""
LENGTH_DRAWS = 200
"""Its lengths are searched for on this many, since each step of the search costs as much as a fit."""
COEFFICIENT_DRAWS = 300
FOLDS = 5


@dataclass(frozen=True)
class Worth:
    """Expected value of information about a group of inputs. [unit of net benefit; 0 or more]

    ``held_out_value`` is what the choice learnt on four fifths of the draws gains on the last fifth: in expectation too
    low where ``own_value`` is too high, so the truth lies between them. NaN where no regression was made.
    """

    inputs: tuple[str, ...]  # the group; empty for everything at once
    value: float  # never below that of a smaller group asked for at the same time, never above EVPI
    standard_error: float  # sampling of draws and error of the regression
    own_value: float  # before it was compared with other groups
    held_out_value: float
    method: str  # ``every input known``, ``spline`` or ``gaussian_process``
    n_draws: int


def evpi(net_benefit: Floats) -> Worth:
    """Expected value of perfect information: ``E[max over arms] - max over arms of E``. [shape (n_draws, n_arms)]

    Its standard error is that of the mean loss against the arm chosen today. If net benefits carry Monte Carlo noise,
    this holds the worth of knowing the noise, which nobody can learn: then :func:`evppi` of all inputs is the better
    figure.

    Examples
    --------
    >>> evpi(np.array([[0.0, 2.0], [0.0, -1.0]])).value
    0.5
    """
    _check(net_benefit)
    n = net_benefit.shape[0]
    share = np.full(n, 1.0 / n)
    chosen = int((share @ net_benefit).argmax())
    loss = net_benefit.max(axis=1) - net_benefit[:, chosen]
    value = float(share @ loss)
    error = math.sqrt(float(share**2 @ (loss - value) ** 2) * n / (n - 1))
    return Worth((), value, error, value, math.nan, "every input known", n)


def evppi(net_benefit: Floats, inputs: pd.DataFrame, *, seed: int, method: Method | None = None) -> Worth:
    """Expected value of perfect information about a group of inputs, one column each.

    ``E[max over arms of g] - max over arms of E[g]`` with ``g`` the fitted net benefit given the group. Up to three
    inputs are fitted by regression splines with products of pairs, larger groups by a Gaussian process, unless
    ``method`` says otherwise. The standard error adds the variance over draws of the fitted coefficients (splines only)
    to the sampling variance of the mean. [``net_benefit``: shape (n_draws, n_arms)]
    """
    _check(net_benefit)
    varying = inputs.loc[:, inputs.max() > inputs.min()]
    if varying.shape[1] == 0:
        raise InputError(f"Nothing varies in the group {', '.join(map(str, inputs.columns))}: it is known already.")
    if varying.shape[0] < FEWEST_DRAWS:
        raise InputError(f"A regression on inputs needs {FEWEST_DRAWS} draws or more; there are {varying.shape[0]}.")
    chosen = method or ("spline" if varying.shape[1] <= MOST_SPLINE_INPUTS else "gaussian_process")
    x = varying.to_numpy(dtype=np.float64)
    gains = net_benefit - net_benefit[:, [int(net_benefit.mean(axis=0).argmax())]]
    with one_thread():
        process = None if chosen == "spline" else _learn_process(x, gains, seed)
        if process is None:
            fitted, spread = _spline(x, gains, seed)
        else:
            fitted, spread = process.fitted(x, gains, x, seed), 0.0
        held_out = _held_out(x, gains, seed, process)
    value, sampling = _value_of(fitted)
    names = tuple(str(name) for name in inputs.columns)
    return Worth(names, value, math.hypot(spread, sampling), value, held_out, chosen, net_benefit.shape[0])


def _check(net_benefit: Floats) -> None:
    if net_benefit.ndim != 2 or net_benefit.shape[1] < 2:
        raise InputError("The value of information needs net benefits of two arms or more, one column each.")
    if net_benefit.shape[0] < 2 or not np.isfinite(net_benefit).all():
        raise InputError("The value of information needs two draws or more, and finite net benefits.")


def _value_of(fitted: Floats) -> tuple[float, float]:
    """Value and its sampling error, from fitted gains over the arm chosen today."""
    best = fitted.max(axis=1)
    today = fitted[:, int(fitted.mean(axis=0).argmax())]
    gain = best - today
    return float(gain.mean()), float(gain.std(ddof=1) / math.sqrt(gain.size))


def _spline(x: Floats, gains: Floats, seed: int) -> tuple[Floats, float]:
    """Fitted gains, and the spread of the value over coefficients that the draws allow."""
    fit = fit_surface(x, gains)
    columns = fit.basis.at(x)
    values, vectors = np.linalg.eigh(fit.covariance)
    root = vectors * np.sqrt(np.clip(values, 0.0, None))
    found = []
    for b in range(COEFFICIENT_DRAWS):
        shocks = keyed_normals(root.shape[1] * gains.shape[1], seed, "evppi coefficients", b)
        moved = root @ shocks.reshape(root.shape[1], gains.shape[1]) * np.sqrt(fit.residual_variance)
        found.append(_value_of(columns @ (fit.coefficients + moved))[0])
    return columns @ fit.coefficients, float(np.std(found, ddof=1))


@dataclass(frozen=True)
class _Process:
    """Gaussian processes, one an arm, with their lengths settled. [``centre``, ``scale``: shape (n_inputs,)]"""

    centre: Floats
    scale: Floats
    kernels: tuple[Any, ...]

    def fitted(self, x: Floats, gains: Floats, at: Floats, seed: int) -> Floats:
        """Mean given the draws at hand. [shape (n_at, n_arms)]"""
        make = need("sklearn.gaussian_process").GaussianProcessRegressor
        rows = permutation(x.shape[0], seed, "gaussian process")[:MOST_PROCESS_DRAWS]
        z, z_at = (x[rows] - self.centre) / self.scale, (at - self.centre) / self.scale
        result = np.zeros((at.shape[0], gains.shape[1]))
        for arm, kernel in enumerate(self.kernels):
            y = gains[rows, arm]
            if kernel is None or float(y.std()) == 0.0:
                result[:, arm] = y[0]
                continue
            result[:, arm] = make(kernel, normalize_y=True, optimizer=None).fit(z, y).predict(z_at)
        return result


def _learn_process(x: Floats, gains: Floats, seed: int) -> _Process:
    """A length for each input and a nugget by maximum likelihood (Rasmussen and Williams 2006; scikit-learn)."""
    kernels = need("sklearn.gaussian_process.kernels")
    make = need("sklearn.gaussian_process").GaussianProcessRegressor
    centre, scale = x.mean(axis=0), x.std(axis=0)
    rows = permutation(x.shape[0], seed, "gaussian process lengths")[:LENGTH_DRAWS]
    found: list[Any] = []
    for arm in range(gains.shape[1]):
        y = gains[rows, arm]
        if float(y.std()) == 0.0:
            found.append(None)
            continue
        smooth = kernels.RBF(np.full(x.shape[1], 2.0 * math.sqrt(x.shape[1])), (0.3, 1e3))
        kernel = kernels.ConstantKernel(1.0, (1e-3, 1e3)) * smooth + kernels.WhiteKernel(0.5, (1e-6, 1e1))
        with warnings.catch_warnings():
            # A length at its upper limit is an input that does not matter, not a failure.
            warnings.filterwarnings("ignore", message="The optimal value found for dimension")
            model = make(kernel, normalize_y=True, optimizer=_climb).fit((x[rows] - centre) / scale, y)
        found.append(model.kernel_)
    return _Process(centre, scale, tuple(found))


def _climb(objective: object, start: Floats, bounds: Floats) -> tuple[Floats, float]:
    """The usual search, cut short: the last digits of a length do not move the fit."""
    found = scipy.optimize.minimize(
        objective, start, method="L-BFGS-B", jac=True, bounds=bounds, options={"maxiter": 25}
    )
    return np.asarray(found.x, np.float64), float(found.fun)


def _held_out(x: Floats, gains: Floats, seed: int, process: _Process | None) -> float:
    """Gain over the arm chosen today when each fifth is decided by a fit to the others."""
    fold = permutation(x.shape[0], seed, "evppi folds") % FOLDS
    total = 0.0
    for k in range(FOLDS):
        learnt, tested = fold != k, fold == k
        if process is None:
            fitted = fit_surface(x[learnt], gains[learnt]).at(x[tested])
        else:
            fitted = process.fitted(x[learnt], gains[learnt], x[tested], seed)
        choice = fitted.argmax(axis=1)
        today = int(gains[learnt].mean(axis=0).argmax())
        rows = gains[tested]
        total += float((rows[np.arange(rows.shape[0]), choice] - rows[:, today]).sum())
    return float(total / x.shape[0])


def evppi_table(
    net_benefit: Floats, inputs: pd.DataFrame, groups: Mapping[str, Sequence[str]], *, seed: int
) -> pd.DataFrame:
    """EVPPI of several groups by name, which never falls as a group grows and never exceeds EVPI.

    The truth has this order and estimates may not, since each has a regression of its own. A group takes the largest
    own value among itself and the groups inside it, and at most EVPI; ``own_value`` and ``adjusted`` show where that
    was done. One row a group, most valuable first; the last row is ``everything`` (EVPI).
    """
    unknown = sorted({name for group in groups.values() for name in group} - set(inputs.columns))
    if unknown:
        raise InputError(f"The groups name {', '.join(unknown)}, which the ensemble does not draw.")
    whole = evpi(net_benefit)
    own = {name: evppi(net_benefit, inputs[list(group)], seed=seed) for name, group in groups.items()}
    rows = []
    for name, worth in own.items():
        inner = (other.own_value for other in own.values() if set(other.inputs) <= set(worth.inputs))
        value = min(max(inner), whole.value)
        rows.append((name, ", ".join(worth.inputs), value, *_rest(worth), value != worth.own_value))
    columns = ["group", "inputs", "value", "standard_error", "own_value", "held_out_value", "method", "n_draws"]
    frame = pd.DataFrame(rows, columns=[*columns, "adjusted"])
    frame = frame.sort_values("value", ascending=False, kind="stable")
    last = ("everything", ", ".join(map(str, inputs.columns)), whole.value, *_rest(whole), False)
    return pd.concat([frame, pd.DataFrame([last], columns=frame.columns)], ignore_index=True)


def _rest(worth: Worth) -> tuple[float, float, float, str, int]:
    return worth.standard_error, worth.own_value, worth.held_out_value, worth.method, worth.n_draws


def evsi_normal_study(net_benefit: Floats, parameter: Floats, error_sd: float, *, seed: int) -> Worth:
    """Expected value of a study whose result is the parameter with a normal error of the given standard deviation.

    A result is simulated for each draw, ``x = parameter + error_sd * z``, and net benefit is regressed on it: the
    fitted value is the posterior mean of net benefit after that result, whatever the prior (Strong and others 2015).
    For a study of ``n`` units with standard deviation ``s``, ``error_sd = s / sqrt(n)``; for a trial it is the
    standard error of its estimate of the effect. [``parameter``: in the scale of that error, shape (n_draws,)]
    """
    if not error_sd > 0.0:
        raise InputError("The standard error of a study must be above 0. For perfect information use evppi.")
    result = parameter + error_sd * keyed_normals(parameter.size, seed, "evsi study")
    worth = evppi(net_benefit, pd.DataFrame({"result of the study": result}), seed=seed, method="spline")
    return replace(worth, value=min(worth.own_value, evpi(net_benefit).value))
