"""Where to run: points in the space of the uncertain inputs.

Every design is made on the unit cube and carried to values by the quantile function of each input, so that one cube
serves ranges and evidence distributions alike. A spike ("no effect at all") keeps its place in the order of values, so
that a rising coordinate never lowers the value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy

from sencosim.decisions.resampling import Floats, keyed_uniforms, library_seed, permutation
from sencosim.errors import InputError
from sencosim.evidence.distributions import Distribution, ordered_quantile
from sencosim.extras import need

Space = Mapping[str, Distribution]

_EDGE = 1e-9
MORRIS_LEVELS = 4
"""Levels of the grid on which trajectories step, as is usual (Morris 1991)."""


@dataclass(frozen=True)
class Design:
    """Points to run."""

    kind: str  # ``grid``, ``latin_hypercube``, ``sobol_points``, ``saltelli``, ``morris`` or ``tornado``
    cube: Floats  # the points on the unit cube [share, 0 to 1, shape (n_points, n_inputs)]
    points: pd.DataFrame  # the same in the inputs' own units, one column an input
    seed: int

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the inputs, in order."""
        return tuple(str(name) for name in self.points.columns)

    @property
    def problem(self) -> dict[str, object]:
        """The space as SALib asks for it."""
        return unit_problem(self.names)


def unit_problem(names: Sequence[str]) -> dict[str, object]:
    """A space for SALib: names, and bounds of the unit cube."""
    return {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}


def uniform_range(low: float, high: float) -> Distribution:
    """A named range as a distribution: anything between two values, evenly."""
    return Distribution(family="uniform", min=low, max=high)


def ordered_values(distribution: Distribution, shares: Floats) -> Floats:
    """Values below which the given shares lie, the spike in its place; they never fall as the share rises.

    The ends of the shares are moved in by 1e-9. [``shares``: 0 to 1, shape (n,); gives the unit of the input]
    """
    return np.array([ordered_quantile(distribution, float(x)) for x in np.clip(shares, _EDGE, 1.0 - _EDGE)])


def on_cube(kind: str, space: Space, cube: Floats, seed: int) -> Design:
    """Carry points of the unit cube to values. [``cube``: share, 0 to 1, shape (n_points, n_inputs)]"""
    columns = {name: ordered_values(dist, cube[:, i]) for i, (name, dist) in enumerate(space.items())}
    return Design(kind, cube, pd.DataFrame(columns), seed)


def grid(axes: Mapping[str, Sequence[float]]) -> Design:
    """Every combination of the given values; the last input changes fastest.

    Examples
    --------
    >>> grid({"a": (0.0, 1.0), "b": (5.0, 6.0, 7.0)}).points.shape
    (6, 2)
    """
    if not axes or any(len(values) == 0 for values in axes.values()):
        raise InputError("A grid needs one input or more, and each of them one value or more.")
    mesh = np.meshgrid(*(np.asarray(v, np.float64) for v in axes.values()), indexing="ij")
    frame = pd.DataFrame({name: part.ravel() for name, part in zip(axes, mesh, strict=True)})
    low, width = frame.min(), (frame.max() - frame.min()).replace(0.0, 1.0)
    return Design("grid", ((frame - low) / width).to_numpy(dtype=np.float64), frame, 0)


def latin_hypercube(space: Space, n: int, seed: int) -> Design:
    """One point in each of ``n`` equal slices of every input (McKay, Beckman and Conover 1979)."""
    _need_points(space, n)
    columns = []
    for name in space:
        jitter = keyed_uniforms(n, seed, f"latin hypercube {name}")
        columns.append((permutation(n, seed, f"latin hypercube order {name}") + jitter) / n)
    return on_cube("latin_hypercube", space, np.column_stack(columns), seed)


def sobol_points(space: Space, n: int, seed: int) -> Design:
    """Scrambled Sobol' points (Owen 1998; SciPy). [``n``: a power of two]"""
    _need_power_of_two(n)
    _need_points(space, n)
    sampler = scipy.stats.qmc.Sobol(len(space), scramble=True, rng=library_seed(seed, "sobol points"))
    return on_cube("sobol_points", space, sampler.random(n), seed)


def saltelli(space: Space, n: int, seed: int) -> Design:
    """The design for Sobol' indices: ``n`` base points and ``n * (n_inputs + 2)`` runs (Saltelli 2002; SALib).

    Runs come in blocks of ``n_inputs + 2`` for each base point, so the first blocks are a smaller design. ``n`` must be
    a power of two, for else the points lose their balance.
    """
    _need_power_of_two(n)
    _need_points(space, n)
    sample = need("SALib.sample.sobol").sample
    cube = sample(unit_problem(list(space)), n, calc_second_order=False, seed=library_seed(seed, "saltelli"))
    return on_cube("saltelli", space, np.asarray(cube, np.float64), seed)


def morris_trajectories(space: Space, n: int, seed: int) -> Design:
    """``n`` random walks of ``n_inputs`` steps, one input a step (Morris 1991; SALib).

    The grid of four levels is moved in from 0 and 1 to the middles of four equal slices, since many distributions have
    no end.
    """
    _need_points(space, n)
    sample = need("SALib.sample.morris").sample
    walk = sample(unit_problem(list(space)), n, MORRIS_LEVELS, seed=library_seed(seed, "morris"))
    walk = np.asarray(walk, np.float64)
    design = on_cube("morris", space, (walk * (MORRIS_LEVELS - 1) + 0.5) / MORRIS_LEVELS, seed)
    return Design("morris", walk, design.points, seed)


def _need_points(space: Space, n: int) -> None:
    if not space:
        raise InputError("A design needs one input or more.")
    if n < 1:
        raise InputError(f"A design needs one point or more, found {n}.")


def _need_power_of_two(n: int) -> None:
    if n < 2 or n & (n - 1):
        above = 1 << max(1, int(n).bit_length())
        raise InputError(f"Sobol' points come in powers of two, found {n}. Use {max(2, above // 2)} or {above}.")
