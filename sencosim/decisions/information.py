"""What knowing more would be worth: value of perfect, partial and sample information.

All of it from one ensemble of draws, with the net benefit of each arm. Conditional expectations are regressions of net
benefit on the inputs (Strong, Oakley and Brennan 2014, "Estimating multiparameter partial expected value of perfect
information from a probabilistic sensitivity analysis sample: a nonparametric regression approach"), and for a study,
regressions on the result that it would have (Strong, Oakley, Brennan and Breeze 2015).

Regressions are cross-fitted: each draw is predicted by a fit, its smoothness and its choice of inputs included, that
has not seen it. Inputs that say nothing then predict nothing, however many they are. Next to each group of inputs is
the same group with its rows in another order, which is worth nothing: the null.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from sencosim.decisions.emulator import fit_emulator
from sencosim.decisions.resampling import Floats, keyed_normals, permutation
from sencosim.decisions.splines import fit_surface, smoothers
from sencosim.decisions.threads import one_thread
from sencosim.errors import InputError

FEWEST_DRAWS = 30
MOST_SPLINE_INPUTS = 3
"""Larger groups go to the emulator, which chooses among its inputs; products of all pairs would outnumber the draws."""
FOLDS = 5
NULLS = 9
"""Orders of the null: an input without effect is above all of them in one case of ten."""
SHOCKS = 25
"""Draws of the noise that a regression leaves, for its standard error."""
RESULTS = 1280
"""Results of a study that are simulated in all, for as many sets of them as the draws make; their mean is its worth."""
_AVERAGED = ("value", "standard_error", "own_value", "held_out_value")


@dataclass(frozen=True)
class Worth:
    """Expected value of information about a group of inputs. [unit of net benefit; 0 or more]

    ``value`` is the gain of the choice by predictions of draws that had no part in them, with a straight line through
    these predictions and the draws that they are of. Such a choice is a little worse than one by the true expectation,
    so the value is rather too low. ``held_out_value`` counts the draws themselves in place of the line: no higher on
    average, but noisier; it may be below 0.
    """

    inputs: tuple[str, ...]  # the group; empty for everything at once
    value: float  # never above EVPI, nor below that of a smaller group that survives its null
    standard_error: float  # sampling of draws, and of the noise in the regression
    own_value: float  # before it was compared with other groups and with EVPI
    value_null: float  # mean of the same group in other orders; NaN where the own value is 0 or nothing was fitted
    survives: bool  # whether the own value is above that of all these orders
    held_out_value: float  # NaN where no regression was made
    method: str  # ``every input known``, ``spline`` or ``emulator``
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
    chosen = int(net_benefit.mean(axis=0).argmax())
    loss = net_benefit.max(axis=1) - net_benefit[:, chosen]
    value, error = float(loss.mean()), float(loss.std(ddof=1)) / math.sqrt(n)
    return Worth((), value, error, value, math.nan, value > 0.0, math.nan, "every input known", n)


def most_where_nothing_reverses(net_benefit: Floats) -> float:
    """Most that knowing everything can be worth, at 95 %, where no draw reverses the choice. [unit of net benefit]

    At most three draws in ``n`` would reverse it (rule of three: ``0.95 ** (1 / n) > 1 - 3 / n``). What the other arm
    would then be better by is taken to be at most the mean distance below the median of those draws in which today's
    choice is less far ahead than usual: so it is if the tail of the lead is no longer than an exponential one. NaN if
    some draw reverses the choice.

    Examples
    --------
    >>> most_where_nothing_reverses(np.array([[0.0, 1.0], [0.0, 2.0], [0.0, 3.0]]))
    1.0
    """
    _check(net_benefit)
    chosen = int(net_benefit.mean(axis=0).argmax())
    lead = net_benefit[:, chosen] - np.delete(net_benefit, chosen, axis=1).max(axis=1)
    if lead.min() < 0.0:
        return math.nan
    short = np.median(lead) - lead
    below = short[short > 0.0]
    return 3.0 / lead.size * float(below.mean()) if below.size else 0.0


def evppi(net_benefit: Floats, inputs: pd.DataFrame, *, seed: int, nulls: int = NULLS) -> Worth:
    """Expected value of perfect information about a group of inputs, one column each.

    ``E[max over arms of g] - max over arms of E[g]`` with ``g`` the expected net benefit given the group: by regression
    splines up to three inputs, where they are quick, else by the emulator. The standard error adds the
    sampling variance of the mean to the variance that the noise left by the regression gives the value. ``nulls`` is
    the number of orders of the null; 0 leaves it out. [``net_benefit``: shape (n_draws, n_arms)]
    """
    _check(net_benefit)
    varying = inputs.loc[:, inputs.max() > inputs.min()]
    n = net_benefit.shape[0]
    if varying.shape[1] == 0:
        raise InputError(f"Nothing varies in the group {', '.join(map(str, inputs.columns))}: it is known already.")
    if n < FEWEST_DRAWS:
        raise InputError(f"A regression on inputs needs {FEWEST_DRAWS} draws or more; there are {n}.")
    chosen = int(net_benefit.mean(axis=0).argmax())
    gains = np.delete(net_benefit, chosen, axis=1) - net_benefit[:, [chosen]]
    with one_thread():
        regression = (_Splines if varying.shape[1] <= MOST_SPLINE_INPUTS else _Emulators)(varying, gains, seed)
        held_out = regression.held_out
        noise = (gains - _calibrated(held_out, gains)).std(axis=0)
        shocks = keyed_normals(n * SHOCKS * noise.size, seed, "evppi noise").reshape(n, SHOCKS, noise.size) * noise
        moved = gains[:, None, :] + shocks
        moved_values = _values(regression.again(moved), moved)
        fitted = _calibrated(held_out, gains)
        gained = np.maximum(fitted.max(axis=1), 0.0)
        value = max(0.0, float(gained.mean()) - max(0.0, float(gains.mean(axis=0).max())))
        of_null = np.full(1, math.nan)
        if nulls and value > 0.0:  # what is worth nothing needs no null
            orders = np.stack([permutation(n, seed, "evppi null", number) for number in range(nulls)], axis=1)
            of_null = _values(regression.afresh(gains[orders]), gains[orders])
    error = math.hypot(float(moved_values.std(ddof=1)), float(gained.std(ddof=1)) / math.sqrt(n))
    taken = np.where(held_out.max(axis=1) > 0.0, gains[np.arange(n), held_out.argmax(axis=1)], 0.0)
    return Worth(
        inputs=tuple(str(name) for name in inputs.columns),
        value=min(value, evpi(net_benefit).value),
        standard_error=error,
        own_value=value,
        value_null=float(of_null.mean()),
        survives=value > float(of_null.max()),
        held_out_value=float(taken.mean()),
        method=regression.name,
        n_draws=n,
    )


def _check(net_benefit: Floats) -> None:
    if net_benefit.ndim != 2 or net_benefit.shape[1] < 2:
        raise InputError("The value of information needs net benefits of two arms or more, one column each.")
    if net_benefit.shape[0] < 2 or not np.isfinite(net_benefit).all():
        raise InputError("The value of information needs two draws or more, and finite net benefits.")


def _calibrated(held_out: Floats, gains: Floats) -> Floats:
    """The straight line of each arm's gains on their held-out predictions, with a slope from 0 to 1.

    Predictions that say nothing get the slope 0, and the mean gain is left. [shape (n_draws, ..., n_arms)]
    """
    around, off = held_out - held_out.mean(axis=0), gains - gains.mean(axis=0)
    spread = (around**2).sum(axis=0)
    slope = np.clip((around * off).sum(axis=0) / np.where(spread > 0.0, spread, 1.0), 0.0, 1.0)
    result: Floats = gains.mean(axis=0) + slope * around
    return result


def _values(held_out: Floats, gains: Floats) -> Floats:
    """Value of many predictions of many sets of gains. [arrays of shape (n_draws, n_sets, n_arms); shape (n_sets,)]"""
    fitted = _calibrated(held_out, gains)
    today = np.maximum(gains.mean(axis=0).max(axis=1), 0.0)
    result: Floats = np.maximum(np.maximum(fitted.max(axis=2), 0.0).mean(axis=0) - today, 0.0)
    return result


class _Splines:
    """Held-out predictions by splines: each draw by a fit to the other folds, which chooses its own knots."""

    name = "spline"

    def __init__(self, inputs: pd.DataFrame, gains: Floats, seed: int) -> None:
        self._x = inputs.to_numpy(dtype=np.float64)
        self._fold = permutation(self._x.shape[0], seed, "evppi folds") % FOLDS
        self._tried = [smoothers(self._x[self._fold != k]) for k in range(FOLDS)]
        self.held_out = self.afresh(gains)

    def afresh(self, gains: Floats) -> Floats:
        """Predictions of other gains at the same inputs. [shape (n_draws, ..., n_arms)]"""
        flat = gains.reshape(gains.shape[0], -1)
        found = np.zeros(flat.shape)
        for k, tried in enumerate(self._tried):
            tested = self._fold == k
            found[tested] = fit_surface(tried, flat[~tested]).at(self._x[tested])
        return found.reshape(gains.shape)

    again = afresh


class _Emulators:
    """Held-out predictions by emulators, one an arm."""

    name = "emulator"

    def __init__(self, inputs: pd.DataFrame, gains: Floats, seed: int) -> None:
        self._inputs, self._seed = inputs, seed
        own = [fit_emulator(inputs, one, seed=seed, folds=FOLDS) for one in gains.T]
        self.held_out = np.stack([one.held_out for one in own], axis=1)
        self._weights = np.stack([one.held_out_weights for one in own])

    def afresh(self, gains: Floats) -> Floats:
        """Predictions of other gains, inputs and smoothness chosen for them. [shape (n_draws, n_sets, n_arms)]"""
        flat = gains.reshape(gains.shape[0], -1)
        fits = [fit_emulator(self._inputs, one, seed=self._seed, folds=FOLDS) for one in flat.T]
        return np.stack([one.held_out for one in fits], axis=1).reshape(gains.shape)

    def again(self, gains: Floats) -> Floats:
        """Predictions of gains that differ by noise alone: inputs and smoothness stay."""
        result: Floats = np.einsum("aij,jsa->isa", self._weights, gains)
        return result


def evppi_table(
    net_benefit: Floats, inputs: pd.DataFrame, groups: Mapping[str, Sequence[str]], *, seed: int
) -> pd.DataFrame:
    """EVPPI of several groups by name, with the null of each; none exceeds EVPI.

    In truth a group is worth no less than a smaller one inside it, and estimates may say otherwise, since each has a
    regression of its own. A group takes the largest own value among itself and those groups inside it that survive
    their null, and at most EVPI; ``own_value`` and ``adjusted`` show where that was done. One row a group, most
    valuable first; the last row is ``everything`` (EVPI). No regression is made where no draw reverses the choice: then
    only that row is there, and ``most`` is what knowing everything can be worth at 95 %.
    """
    unknown = sorted({name for group in groups.values() for name in group} - set(inputs.columns))
    if unknown:
        raise InputError(f"The groups name {', '.join(unknown)}, which the ensemble does not draw.")
    whole = replace(evpi(net_benefit), inputs=tuple(map(str, inputs.columns)))
    asked = groups if whole.value > 0.0 else {}
    own = {name: evppi(net_benefit, inputs[list(group)], seed=seed) for name, group in asked.items()}
    rows = [_row("everything", whole)]
    for name, worth in own.items():
        inner = [one.own_value for one in own.values() if one.survives and set(one.inputs) <= set(worth.inputs)]
        rows.append(_row(name, replace(worth, value=min(max([worth.own_value, *inner]), whole.value))))
    frame = pd.DataFrame(rows)
    frame["adjusted"] = frame["value"] != frame["own_value"]
    frame["most"] = [most_where_nothing_reverses(net_benefit), *[math.nan] * len(own)]
    parts = frame.iloc[1:].sort_values("value", ascending=False, kind="stable")
    return pd.concat([parts, frame.head(1)], ignore_index=True)


def _row(name: str, worth: Worth) -> dict[str, object]:
    return {"group": name} | vars(worth) | {"inputs": ", ".join(worth.inputs)}


def evsi_normal_study(net_benefit: Floats, parameter: Floats, error_sd: float, *, seed: int) -> Worth:
    """Expected value of a study whose result is the parameter with a normal error of the given standard deviation.

    A result is simulated for each draw, ``x = parameter + error_sd * z``, and net benefit is regressed on it: the
    fitted value is the posterior mean of net benefit after that result, whatever the prior (Strong and others 2015).
    With few draws it is done again with other errors, and the mean of all is given: the chance of one set goes.
    For a study of ``n`` units with standard deviation ``s``, ``error_sd = s / sqrt(n)``; for a trial it is the
    standard error of its estimate of the effect. [``parameter``: in the scale of that error, shape (n_draws,)]
    """
    if not error_sd > 0.0:
        raise InputError("The standard error of a study must be above 0. For perfect information use evppi.")
    whole = evpi(net_benefit)
    if whole.value == 0.0:  # no draw reverses the choice, so no result can
        return replace(whole, inputs=("result of the study",))
    found = []
    for number in range(max(1, RESULTS // parameter.size)):
        result = parameter + error_sd * keyed_normals(parameter.size, seed, "evsi study", number)
        found.append(evppi(net_benefit, pd.DataFrame({"result of the study": result}), seed=seed, nulls=0))
    mean: dict[str, Any] = {name: float(np.mean([getattr(one, name) for one in found])) for name in _AVERAGED}
    return replace(found[0], **mean)
