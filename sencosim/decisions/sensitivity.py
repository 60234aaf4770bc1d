"""Which inputs matter: tornado, Morris, Sobol', and estimates from an ordinary ensemble."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import rankdata

from sencosim.decisions.designs import Design, Space, ordered_values
from sencosim.decisions.extras import need, one_thread
from sencosim.decisions.resampling import library_seed, resample
from sencosim.errors import InputError

Floats = npt.NDArray[np.float64]
Runner = Callable[[Mapping[str, float]], Floats]
"""From values of the inputs to the outcome of each replication, the same seeds in every call. [shape (n_rep,)]"""

GivenData = Literal["rank_regression", "rbd_fast", "delta", "pawn"]


# -- one at a time ----------------------------------------------------------------------------------------------------


def tornado(
    run: Runner,
    space: Space,
    centre: Mapping[str, float],
    threshold: float | None = 0.0,
    shares: tuple[float, float] = (0.1, 0.9),
) -> pd.DataFrame:
    """Move each input alone to two quantiles of its own distribution, with the same seeds at both ends.

    Parameters
    ----------
    run
        The model, called with values of the inputs; it returns one outcome a replication, keyed alike at every call.
    space
        Inputs and their distributions.
    centre
        Values at which the others are held.
    threshold
        Value of the outcome at which the decision changes; ``None`` if there is none. [unit of the outcome]
    shares
        The two quantiles. [share, 0 to 1]

    Returns
    -------
        One row an input, largest swing first: ``input``, ``input_low``, ``input_high``, ``outcome_low``,
        ``outcome_high``, ``central``, ``swing`` (outcome at the high end less that at the low end), ``swing_se`` (its
        Monte Carlo standard error from the paired replications; NaN with one replication) and ``crosses`` (whether
        the threshold lies between the two ends).
    """
    central = float(np.mean(run(centre)))
    rows = []
    for name, distribution in space.items():
        low, high = (float(x) for x in ordered_values(distribution, np.asarray(shares)))
        at_low, at_high = (np.asarray(run({**centre, name: x}), np.float64) for x in (low, high))
        swing = at_high - at_low
        error = float(swing.std(ddof=1) / np.sqrt(swing.size)) if swing.size > 1 else np.nan
        ends = (float(at_low.mean()), float(at_high.mean()))
        crosses = threshold is not None and min(ends) < threshold < max(ends)
        rows.append((name, low, high, *ends, central, float(swing.mean()), error, crosses))
    columns = ["input", "input_low", "input_high", "outcome_low", "outcome_high", "central", "swing", "swing_se"]
    frame = pd.DataFrame(rows, columns=[*columns, "crosses"])
    order = frame["swing"].abs().sort_values(ascending=False, kind="stable").index
    return frame.loc[order].reset_index(drop=True)


# -- designed samples ----------------------------------------------------------------------------------------------


def morris(design: Design, outcome: Floats, seed: int, confidence: float = 0.95) -> pd.DataFrame:
    """Elementary effects over the unit cube (Morris 1991; Campolongo, Cariboni and Saltelli 2007; SALib).

    Returns
    -------
        One row an input, largest first: ``mu`` (mean effect of the full width), ``mu_star`` (mean of absolute effects),
        ``mu_star_half_width`` (bootstrap, at the stated confidence), ``sigma`` (interaction or curvature).
        [unit of the outcome]

    Raises
    ------
    InputError
        If the design is of another kind or the outcomes are not as many as its points.
    """
    _need_design(design, outcome, "morris")
    found = need("SALib.analyze.morris").analyze(
        design.problem, design.cube, outcome, conf_level=confidence, seed=library_seed(seed, "morris")
    )
    frame = pd.DataFrame(
        {
            "input": design.names,
            "mu": np.asarray(found["mu"], np.float64),
            "mu_star": np.asarray(found["mu_star"], np.float64),
            "mu_star_half_width": np.asarray(found["mu_star_conf"], np.float64),
            "sigma": np.asarray(found["sigma"], np.float64),
        }
    )
    return frame.sort_values("mu_star", ascending=False, kind="stable").reset_index(drop=True)


def sobol(design: Design, outcome: Floats, seed: int, confidence: float = 0.95) -> pd.DataFrame:
    """First-order and total Sobol' indices (Saltelli, Annoni et al. 2010; SALib), with what the estimate cannot say.

    ``first_order`` is the share of variance that would go, on average, if the input were known; ``total`` the share
    that would stay if all others were known. Estimates can be negative or above one by chance; they are shown as they
    are.

    Returns
    -------
        One row an input, largest total first: ``first_order``, ``total``, ``first_order_half_width``,
        ``total_half_width`` (bootstrap), ``n_base``, ``n_runs``, and ``doubt``, which names a negative estimate or a
        first order above the total.

    Raises
    ------
    InputError
        If the design is of another kind, is correlated, or the outcome does not vary.
    """
    _need_design(design, outcome, "saltelli")
    if float(np.std(outcome)) == 0.0:
        raise InputError("The outcome is the same in every run: there is no variance to explain.")
    found = need("SALib.analyze.sobol").analyze(
        design.problem,
        (outcome - outcome.mean()) / outcome.std(),
        calc_second_order=False,
        conf_level=confidence,
        seed=library_seed(seed, "sobol"),
    )
    frame = pd.DataFrame(
        {
            "input": design.names,
            "first_order": found["S1"],
            "total": found["ST"],
            "first_order_half_width": found["S1_conf"],
            "total_half_width": found["ST_conf"],
            "n_base": outcome.size // (len(design.names) + 2),
            "n_runs": outcome.size,
        }
    )
    frame["doubt"] = [_doubt(f, t) for f, t in zip(frame["first_order"], frame["total"], strict=True)]
    return frame.sort_values("total", ascending=False, kind="stable").reset_index(drop=True)


def _doubt(first: float, total: float) -> str:
    if first < 0.0 or total < 0.0:
        return "negative by chance: read as zero, or run more"
    if first > total:
        return "first order above total by chance: run more"
    return ""


def sobol_convergence(design: Design, outcome: Floats, seed: int, smallest: int = 16) -> pd.DataFrame:
    """Sobol' indices of growing parts of the design, doubling from ``smallest`` base points to all of them.

    Returns
    -------
        The rows of :func:`sobol` for each size; ``n_base`` tells them apart.
    """
    _need_design(design, outcome, "saltelli")
    block = len(design.names) + 2
    whole = outcome.size // block
    sizes = [n for n in (smallest << i for i in range(32)) if n < whole] + [whole]
    tables = []
    for n in sizes:
        part = Design(design.kind, design.cube[: n * block], design.points.iloc[: n * block], design.seed)
        tables.append(sobol(part, outcome[: n * block], seed))
    return pd.concat(tables, ignore_index=True)


def _need_design(design: Design, outcome: Floats, kind: str) -> None:
    if design.kind != kind:
        raise InputError(f"This method needs a {kind} design; the runs are a {design.kind} design.")
    if design.correlated:
        raise InputError(
            "Sobol' indices and elementary effects assume independent inputs; this design correlates them."
        )
    if outcome.shape != (design.cube.shape[0],):
        raise InputError(f"The design has {design.cube.shape[0]} points and there are {outcome.size} outcomes.")
    if not np.isfinite(outcome).all():
        raise InputError("Some outcomes are not finite; the design must be run in full.")


# -- any sample -------------------------------------------------------------------------------------------------------


def from_ensemble(
    inputs: pd.DataFrame, outcome: Floats, seed: int, method: GivenData = "rank_regression"
) -> pd.DataFrame:
    """Importance of the inputs from an ordinary Monte Carlo sample, without runs of its own.

    ``rank_regression``: standardised coefficients of a linear regression on ranks (Saltelli and Marivoet 1990), whose
    ``fit`` says what share of the variance of ranks it explains; needs more draws than inputs, copes with dependence.
    ``rbd_fast``: first-order Sobol' indices by random balance (Tarantola, Gatelli and Mara 2006; Plischke 2010),
    independent inputs only. ``delta``: moment-independent (Borgonovo 2007; Plischke, Borgonovo and Smith 2013).
    ``pawn``: median Kolmogorov-Smirnov distance between conditional and unconditional distribution (Pianosi and Wagener
    2018), without an interval. The last three are SALib's.

    Parameters
    ----------
    inputs
        One row a draw, one column an input; constant columns are left out.
    outcome
        [unit of the outcome, shape (n_draws,)]
    seed
        For the bootstrap.
    method
        The estimator.

    Returns
    -------
        One row an input, largest absolute estimate first: ``input``, ``method``, ``estimate``, ``half_width`` (95 %
        bootstrap; NaN for ``pawn``), ``n_draws``, and ``fit`` (NaN except for ``rank_regression``).

    Raises
    ------
    InputError
        If there are too few draws or an unknown method.
    """
    varying = inputs.loc[:, inputs.max() > inputs.min()]
    if float(np.ptp(outcome)) == 0.0:
        raise InputError("The outcome is the same in every draw: there is nothing to explain.")
    n, d = varying.shape
    if d == 0 or n < max(20, d + 2) or outcome.shape != (n,):
        needed = max(20, d + 2)
        raise InputError(f"Importance of {d} inputs needs {needed} draws or more with one outcome each; there are {n}.")
    x = varying.to_numpy(dtype=np.float64)
    if method == "rank_regression":
        with one_thread():
            estimate, half, fit = _rank_regression(x, outcome, seed)
    elif method in ("rbd_fast", "delta", "pawn"):
        estimate, half = _salib_given_data(varying, x, outcome, seed, method)
        fit = np.nan
    else:
        raise InputError(f"There is no method {method}. There is rank_regression, rbd_fast, delta and pawn.")
    columns = {"input": list(varying.columns), "method": method, "estimate": estimate, "half_width": half}
    frame = pd.DataFrame({**columns, "n_draws": n, "fit": fit})
    order = frame["estimate"].abs().sort_values(ascending=False, kind="stable").index
    return frame.loc[order].reset_index(drop=True)


def _salib_given_data(
    varying: pd.DataFrame, x: Floats, outcome: Floats, seed: int, method: str
) -> tuple[Floats, Floats]:
    bounds = [[float(low), float(high)] for low, high in zip(x.min(axis=0), x.max(axis=0), strict=True)]
    problem = {"num_vars": x.shape[1], "names": [str(c) for c in varying.columns], "bounds": bounds}
    analyse = need(f"SALib.analyze.{method}").analyze
    with one_thread():
        found = analyse(problem, x, outcome, seed=library_seed(seed, method))
    if method == "pawn":
        return np.asarray(found["median"], np.float64), np.full(x.shape[1], np.nan)
    key = "S1" if method == "rbd_fast" else "delta_balanced" if "delta_balanced" in found else "delta"
    return np.asarray(found[key], np.float64), np.asarray(found[f"{key}_conf"], np.float64)


@dataclass(frozen=True)
class _Fit:
    coefficients: Floats
    explained: float


def _fit_ranks(x: Floats, y: Floats) -> _Fit:
    """Standardised coefficients from the correlations of ranks; a tiny ridge settles inputs that repeat each other."""
    ranks = rankdata(np.column_stack([x, y]), axis=0)
    spread = ranks.std(axis=0)
    scaled = (ranks - ranks.mean(axis=0)) / np.where(spread > 0.0, spread, 1.0)
    table = scaled.T @ scaled / y.size
    between, with_outcome = table[:-1, :-1], table[:-1, -1]
    coefficients = np.linalg.solve(between + 1e-9 * np.eye(x.shape[1]), with_outcome)
    return _Fit(coefficients, float(coefficients @ with_outcome))


def _rank_regression(x: Floats, y: Floats, seed: int, n_bootstrap: int = 200) -> tuple[Floats, Floats, float]:
    whole = _fit_ranks(x, y)
    rows = (resample(y.size, seed, "rank regression", b) for b in range(n_bootstrap))
    spread = np.array([_fit_ranks(x[r], y[r]).coefficients for r in rows]).std(axis=0, ddof=1)
    return whole.coefficients, 1.959964 * spread, whole.explained
