"""Where to run: points in the space of the uncertain inputs.

Every design is made on the unit cube and carried to values by the quantile function of each input, so that one cube
serves ranges and evidence distributions alike. A spike ("no effect at all") keeps its place in the order of values, so
that a rising coordinate never lowers the value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtr, ndtri
from scipy.stats import qmc

from sencosim.decisions.extras import need
from sencosim.decisions.resampling import keyed_uniforms, library_seed, permutation
from sencosim.errors import InputError
from sencosim.evidence.distributions import Distribution, ordered_quantile

Floats = npt.NDArray[np.float64]
Space = Mapping[str, Distribution]

_EDGE = 1e-9
MORRIS_LEVELS = 4
"""Levels of the grid on which trajectories step, as is usual (Morris 1991)."""


@dataclass(frozen=True)
class Design:
    """Points to run.

    Attributes
    ----------
    kind
        ``grid``, ``latin_hypercube``, ``sobol_points``, ``saltelli`` or ``morris``.
    cube
        The points on the unit cube. [share, 0 to 1, shape (n_points, n_inputs)]
    points
        The same in the inputs' own units, one column an input.
    seed
        That made it.
    correlated
        Whether correlations were imposed; analyses that need independence then refuse.
    """

    kind: str
    cube: Floats
    points: pd.DataFrame
    seed: int
    correlated: bool = field(default=False)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the inputs, in order."""
        return tuple(str(name) for name in self.points.columns)

    @property
    def problem(self) -> dict[str, object]:
        """The space as SALib asks for it: names and bounds of the unit cube."""
        return {"num_vars": len(self.names), "names": list(self.names), "bounds": [[0.0, 1.0]] * len(self.names)}


def uniform_range(low: float, high: float) -> Distribution:
    """A named range as a distribution: anything between two values, evenly."""
    return Distribution(family="uniform", min=low, max=high)


def ordered_values(distribution: Distribution, shares: Floats) -> Floats:
    """Values below which the given shares lie, the spike in its place in the order of values.

    Parameters
    ----------
    distribution
        Of the input.
    shares
        [share, 0 to 1; the ends are moved in by 1e-9, shape (n,)]

    Returns
    -------
        Values, never falling as the share rises. [unit of the input, shape (n,)]
    """
    return np.array([ordered_quantile(distribution, float(x)) for x in np.clip(shares, _EDGE, 1.0 - _EDGE)])


def on_cube(kind: str, space: Space, cube: Floats, seed: int, correlated: bool = False) -> Design:
    """Carry points of the unit cube to values. [``cube``: share, 0 to 1, shape (n_points, n_inputs)]"""
    columns = {name: ordered_values(dist, cube[:, i]) for i, (name, dist) in enumerate(space.items())}
    return Design(kind, cube, pd.DataFrame(columns), seed, correlated)


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


def latin_hypercube(space: Space, n: int, seed: int, correlations: pd.DataFrame | None = None) -> Design:
    """One point in each of ``n`` equal slices of every input (McKay, Beckman and Conover 1979).

    Parameters
    ----------
    space
        Inputs and their distributions.
    n
        Points. [1 or more]
    seed
        [whole number]
    correlations
        Rank correlations to impose, by name (see :func:`correlate`); inputs that it leaves out stay independent.
    """
    _need_points(space, n)
    columns = []
    for name in space:
        jitter = keyed_uniforms(n, seed, f"latin hypercube {name}")
        columns.append((permutation(n, seed, f"latin hypercube order {name}") + jitter) / n)
    cube = np.column_stack(columns)
    if correlations is None:
        return on_cube("latin_hypercube", space, cube, seed)
    return on_cube("latin_hypercube", space, correlate(cube, tuple(space), correlations, seed), seed, correlated=True)


def sobol_points(space: Space, n: int, seed: int) -> Design:
    """Scrambled Sobol' points (Owen 1998; SciPy). [``n``: a power of two]"""
    _need_power_of_two(n)
    _need_points(space, n)
    sampler = qmc.Sobol(len(space), scramble=True, rng=library_seed(seed, "sobol points"))
    return on_cube("sobol_points", space, sampler.random(n), seed)


def saltelli(space: Space, n: int, seed: int) -> Design:
    """The design for Sobol' indices: ``n`` base points and ``n * (n_inputs + 2)`` runs (Saltelli 2002; SALib).

    Runs come in blocks of ``n_inputs + 2`` for each base point, so the first blocks are a smaller design.

    Raises
    ------
    InputError
        If ``n`` is no power of two, for then the points lose their balance.
    """
    _need_power_of_two(n)
    _need_points(space, n)
    problem = Design("", np.empty((0, 0)), pd.DataFrame(columns=list(space)), seed).problem
    sampler = need("SALib.sample.sobol")
    cube = sampler.sample(problem, n, calc_second_order=False, seed=library_seed(seed, "saltelli"))
    return on_cube("saltelli", space, np.asarray(cube, np.float64), seed)


def morris_trajectories(space: Space, n: int, seed: int) -> Design:
    """``n`` random walks of ``n_inputs`` steps, one input a step (Morris 1991; SALib).

    The grid of four levels is moved in from 0 and 1 to the middles of four equal slices, since many distributions have
    no end.
    """
    _need_points(space, n)
    problem = Design("", np.empty((0, 0)), pd.DataFrame(columns=list(space)), seed).problem
    sampler = need("SALib.sample.morris")
    walk = np.asarray(sampler.sample(problem, n, MORRIS_LEVELS, seed=library_seed(seed, "morris")), np.float64)
    design = on_cube("morris", space, (walk * (MORRIS_LEVELS - 1) + 0.5) / MORRIS_LEVELS, seed)
    return Design("morris", walk, design.points, seed)


def correlate(cube: Floats, names: tuple[str, ...], correlations: pd.DataFrame, seed: int) -> Floats:
    """Reorder each column so that rank correlations come near those asked for; its values stay (Iman and Conover 1982).

    Scores are normal, so the dependence is that of a Gaussian copula. A rank correlation ``r`` is turned into the
    correlation of the scores by ``2 sin(pi r / 6)`` (Pearson 1907).

    Parameters
    ----------
    cube
        Independent points. [share, shape (n, n_inputs)]
    names
        Of the columns.
    correlations
        Rank correlations, square, by name. [-1 to 1]
    seed
        [whole number]

    Raises
    ------
    InputError
        If a name is unknown or the matrix is no matrix of correlations.
    """
    target = _target(names, correlations)
    n = cube.shape[0]
    scores = ndtri((np.arange(n) + 0.5) / n)
    mixed = np.column_stack([scores[permutation(n, seed, f"correlate {name}")] for name in names])
    own = np.linalg.cholesky(np.corrcoef(mixed, rowvar=False).reshape(len(names), len(names)))
    wanted = mixed @ np.linalg.inv(own).T @ np.linalg.cholesky(target).T
    ranks = wanted.argsort(axis=0, kind="stable").argsort(axis=0, kind="stable")
    result: Floats = np.take_along_axis(np.sort(cube, axis=0), ranks, axis=0)
    return result


def gaussian_copula(space: Space, n: int, seed: int, correlations: pd.DataFrame) -> Design:
    """Scrambled Sobol' points with the dependence of a Gaussian copula. [``n``: a power of two]"""
    names = tuple(space)
    normal = ndtri(np.clip(sobol_points(space, n, seed).cube, _EDGE, 1.0 - _EDGE))
    cube = ndtr(normal @ np.linalg.cholesky(_target(names, correlations)).T)
    return on_cube("sobol_points", space, cube, seed, correlated=True)


def _target(names: tuple[str, ...], correlations: pd.DataFrame) -> Floats:
    unknown = sorted({str(n) for n in (*correlations.index, *correlations.columns)} - set(names))
    if unknown:
        raise InputError(f"Correlations are stated for {', '.join(unknown)}, which the design does not vary.")
    full = correlations.reindex(index=list(names), columns=list(names))
    ranks = full.fillna(pd.DataFrame(np.eye(len(names)), index=names, columns=names)).to_numpy(dtype=np.float64)
    target: Floats = 2.0 * np.sin(np.pi * ranks / 6.0)
    np.fill_diagonal(target, 1.0)
    symmetric = np.allclose(ranks, ranks.T) and np.allclose(np.diag(ranks), 1.0)
    if not symmetric or np.linalg.eigvalsh(target).min() <= 1e-8:
        raise InputError(
            "The correlations contradict each other: the matrix must be symmetric, with ones on its diagonal, "
            "and positive definite. Bring the largest ones nearer to 0."
        )
    return target


def _need_points(space: Space, n: int) -> None:
    if not space:
        raise InputError("A design needs one input or more.")
    if n < 1:
        raise InputError(f"A design needs one point or more, found {n}.")


def _need_power_of_two(n: int) -> None:
    if n < 2 or n & (n - 1):
        above = 1 << max(1, int(n).bit_length())
        raise InputError(f"Sobol' points come in powers of two, found {n}. Use {max(2, above // 2)} or {above}.")
