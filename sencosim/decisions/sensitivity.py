"""Which inputs matter, by runs of their own: tornado, Morris, Sobol'."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from sencosim.decisions.designs import Design, Space, ordered_values
from sencosim.decisions.resampling import Floats, library_seed
from sencosim.errors import InputError
from sencosim.extras import need

Runner = Callable[[Mapping[str, float]], Floats]
"""From values of the inputs to the outcome of each replication, the same seeds in every call. [shape (n_rep,)]"""


def tornado(
    run: Runner, space: Space, centre: Mapping[str, float], threshold: float | None, shares: tuple[float, float]
) -> pd.DataFrame:
    """Move each input alone to two quantiles of its own distribution, with the same seeds at both ends.

    One row an input, largest swing first: ``input``, ``input_low``, ``input_high``, ``outcome_low``, ``outcome_high``,
    ``central``, ``swing`` (outcome at the high end less that at the low end), ``swing_se`` (from the paired
    replications; NaN with one) and ``crosses`` (whether the threshold lies between the two ends).
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
    return _largest_first(pd.DataFrame(rows, columns=[*columns, "crosses"]), "swing")


def _largest_first(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    order = frame[column].abs().sort_values(ascending=False, kind="stable").index
    return frame.loc[order].reset_index(drop=True)


def morris(design: Design, outcome: Floats, seed: int) -> pd.DataFrame:
    """Elementary effects over the unit cube (Morris 1991; Campolongo, Cariboni and Saltelli 2007; SALib).

    One row an input, largest first: ``mu`` (mean effect of the full width), ``mu_star`` (mean of absolute effects),
    ``mu_star_half_width`` (95 %, bootstrap), ``sigma`` (interaction or curvature). [unit of the outcome]
    """
    _need_design(design, outcome, "morris")
    analyse = need("SALib.analyze.morris").analyze
    found = analyse(design.problem, design.cube, outcome, conf_level=0.95, seed=library_seed(seed, "morris"))
    names = {"mu": "mu", "mu_star": "mu_star", "mu_star_half_width": "mu_star_conf", "sigma": "sigma"}
    columns = {name: np.asarray(found[theirs], np.float64) for name, theirs in names.items()}
    frame = pd.DataFrame({"input": design.names, **columns})
    return frame.sort_values("mu_star", ascending=False, kind="stable").reset_index(drop=True)


def sobol(design: Design, outcome: Floats, seed: int) -> pd.DataFrame:
    """First-order and total Sobol' indices (Saltelli, Annoni et al. 2010; SALib), with what the estimate cannot say.

    ``first_order`` is the share of variance that would go, on average, if the input were known; ``total`` the share
    that would stay if all others were known. Estimates can be negative or above one by chance; they are shown as they
    are, and named in ``caution``. Half-widths are of 95 %, by bootstrap. One row an input, largest total first.
    """
    _need_design(design, outcome, "saltelli")
    if float(np.std(outcome)) == 0.0:
        raise InputError("The outcome is the same in every run: there is no variance to explain.")
    found = need("SALib.analyze.sobol").analyze(
        design.problem,
        (outcome - outcome.mean()) / outcome.std(),
        calc_second_order=False,
        conf_level=0.95,
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
    frame["caution"] = [_caution(f, t) for f, t in zip(frame["first_order"], frame["total"], strict=True)]
    return frame.sort_values("total", ascending=False, kind="stable").reset_index(drop=True)


def _caution(first: float, total: float) -> str:
    if first < 0.0 or total < 0.0:
        return "negative by chance: read as zero, or run more"
    return "first order above total by chance: run more" if first > total else ""


def sobol_convergence(design: Design, outcome: Floats, seed: int, smallest: int) -> pd.DataFrame:
    """Rows of :func:`sobol` for growing parts of the design, doubling from ``smallest`` base points (``n_base``)."""
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
    if outcome.shape != (design.cube.shape[0],):
        raise InputError(f"The design has {design.cube.shape[0]} points and there are {outcome.size} outcomes.")
    if not np.isfinite(outcome).all():
        raise InputError("Some outcomes are not finite; the design must be run in full.")
