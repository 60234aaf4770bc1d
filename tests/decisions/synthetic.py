"""Draws and toy models with known answers, from keyed chance only."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from sencosim.decisions.ensemble import Ensemble, make_ensemble
from sencosim.decisions.resampling import keyed_normals, keyed_uniforms

Floats = npt.NDArray[np.float64]


def uniform_frame(n: int, *names: str, seed: int = 1) -> pd.DataFrame:
    """Independent inputs between 0 and 1."""
    return pd.DataFrame({name: keyed_uniforms(n, seed, f"test {name}") for name in names})


def normal_frame(n: int, *names: str, seed: int = 1) -> pd.DataFrame:
    """Independent standard normal inputs."""
    return pd.DataFrame({name: keyed_normals(n, seed, f"test {name}") for name in names})


def small_ensemble(n: int = 6, n_rep: int = 2) -> Ensemble:
    """Two arms, two views, two inputs, two outcomes."""
    inputs, outcomes = [], []
    for v, view in enumerate(("central", "sceptic")):
        frame = normal_frame(n, "effect", "price", seed=v + 1)
        frame.insert(0, "draw", np.arange(n))
        frame.insert(0, "view", view)
        inputs.append(frame)
        for d, effect in enumerate(frame["effect"]):
            for a, arm in enumerate(("baseline", "full_time")):
                outcomes += [(view, d, arm, r, 10.0 + a * effect + r, 3.0 * a) for r in range(n_rep)]
    columns = ["view", "draw", "arm", "replication", "net_cost", "pupils"]
    units = {"effect": "ratio", "price": "GBP", "net_cost": "GBP", "pupils": "pupils"}
    out = pd.DataFrame(outcomes, columns=columns)
    return make_ensemble(pd.concat(inputs), out, units, ("baseline", "full_time"), {"scenario": "made up"})
