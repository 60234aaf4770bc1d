"""A sweep: the points that a person asks for, and one tidy table of all that came out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sencosim.decisions.designs import Design, latin_hypercube, sobol_points, uniform_range
from sencosim.decisions.ensemble import DRAW_KEYS, RUN_KEYS, WEIGHT, Ensemble
from sencosim.decisions.sweeps import parse_overs, sweep_grid
from sencosim.ensembles.answer import Answer
from sencosim.ensembles.question import BASELINE
from sencosim.ensembles.store import EnsembleStore
from sencosim.errors import InputError
from sencosim.report.words import money

TIDY = "tidy.parquet"
MOST_LINES = 12


def sweep_design(texts: Sequence[str], kind: str, n: int, seed: int) -> Design:
    """Points of a sweep.

    Parameters
    ----------
    texts
        Axes, such as ``senco_leaving_rate=0.1:0.3:5``. Other designs than a grid take their ends.
    kind
        ``grid``, ``latin_hypercube`` or ``sobol_points``.
    n
        Points of the latter two.
    seed
        Of the latter two.

    Raises
    ------
    InputError
        If an axis cannot be read, or has one value where a range is needed.
    """
    axes = parse_overs(texts)
    if kind == "grid":
        return sweep_grid(axes)
    single = [axis.key for axis in axes if len(axis.points) < 2]
    if single:
        raise InputError(f"A {kind} design needs a range for {', '.join(single)}: write key=low:high:2.")
    space = {axis.key: uniform_range(min(axis.points), max(axis.points)) for axis in axes}
    return latin_hypercube(space, n, seed) if kind == "latin_hypercube" else sobol_points(space, n, seed)


def tidy(ensemble: Ensemble) -> pd.DataFrame:
    """Long table: one row a point, arm, replication and outcome, the inputs beside it.

    Returns
    -------
        ``view``, ``draw``, the inputs, ``arm``, ``replication``, ``outcome``, ``unit``, ``value`` (of the arm) and
        ``difference`` (from the baseline of the same point and replication).
    """
    long = ensemble.outcomes.melt(list(RUN_KEYS), var_name="outcome", value_name="value")
    keys = [*DRAW_KEYS, "replication", "outcome"]
    base = long[long["arm"] == BASELINE].drop(columns="arm").rename(columns={"value": "baseline"})
    long = long.merge(base, on=keys, how="left", validate="many_to_one")
    long["difference"] = long["value"] - long["baseline"]
    long["unit"] = long["outcome"].map(dict(ensemble.units))
    inputs = ensemble.inputs.drop(columns=WEIGHT)
    wide = inputs.merge(long.drop(columns="baseline"), on=list(DRAW_KEYS), validate="one_to_many")
    return wide[[*inputs.columns, "arm", "replication", "outcome", "unit", "value", "difference"]]


def sweep_answer(ensemble: Ensemble, store: EnsembleStore) -> Answer:
    """Say where the net cost is lowest and highest; write the tidy table."""
    table = tidy(ensemble)
    table.to_parquet(store.folder / TIDY, index=False)
    names = list(ensemble.input_names)
    cost = table[(table["outcome"] == "net_public_cost") & (table["arm"] != BASELINE)]
    runs = cost.groupby(["arm", *names, "draw"], sort=False)["difference"]
    means = runs.agg(["mean", "std", "count"]).reset_index()
    means["standard_error"] = means.pop("std") / np.sqrt(means["count"])
    means = means.rename(columns={"mean": "net_public_cost_gbp", "count": "replications"})
    lines = [
        f"{len(ensemble.inputs):,} points, {len(ensemble.outcomes):,} runs. Net cost to the public purse, present "
        "value:"
    ]
    for row in means.head(MOST_LINES).to_dict(orient="records"):
        at = ", ".join(f"{name} {row[name]:.4g}" for name in names)
        lines.append(f"  {row['arm']}, {at}: {money(row['net_public_cost_gbp'])}")
    if len(means) > MOST_LINES:
        lines.append(f"  and {len(means) - MOST_LINES:,} more in net_public_cost.csv")
    lines.append(f"Every outcome, tidy: {(store.folder / TIDY).as_posix()}")
    return Answer("sweep", "\n".join(lines), {"net_public_cost": means})
