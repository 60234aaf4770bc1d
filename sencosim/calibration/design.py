"""The design: points spread evenly over the prior, each run once, kept on disk so that a calibration can be resumed."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from scipy.stats import qmc

from sencosim.arms.inputs import FloatArray
from sencosim.calibration.history import Setting, simulate_history
from sencosim.calibration.parameters import FITTED, Fitted
from sencosim.experiment.pool import deaf_to_ctrl_c, processes


def sobol_points(n: int, skip: int = 0) -> FloatArray:
    """Points of a Sobol' sequence in the unit cube. [shape (n, parameters)].

    Not scrambled, so that the same n gives the same points everywhere (Sobol', 1967; Joe and Kuo, 2008).
    """
    sequence = qmc.Sobol(len(FITTED), scramble=False)
    sequence.fast_forward(skip + 1)  # the first point is the corner
    points: FloatArray = sequence.random(n)
    return points


def values_at(unit: FloatArray) -> dict[str, float]:
    """Parameter values at a point of the unit cube. [unit of each parameter]."""
    return {one.name: one.at(float(u)) for one, u in zip(FITTED, unit, strict=True)}


def intervals_of(units: FloatArray) -> list[tuple[Fitted, list[float]]]:
    """Each parameter, with p10, p50 and p90 of points of the unit cube. [unit of the parameter]."""
    quantiles = np.quantile(units, (0.1, 0.5, 0.9), axis=0).T.tolist()
    return [(one, [one.at(u) for u in found]) for one, found in zip(FITTED, quantiles, strict=True)]


def unit_of(values: dict[str, float]) -> FloatArray:
    """Point of the unit cube of parameter values; the inverse of :func:`values_at`. [shape (parameters,)]."""
    return np.array([(values[one.name] - one.low) / (one.high - one.low) for one in FITTED])


def read_design(path: Path) -> list[dict[str, float]]:
    """Runs kept in a file; none if there is no file yet."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as rows:
        return [{name: float(value) for name, value in row.items()} for row in csv.DictReader(rows)]


def run_design(
    points: Sequence[dict[str, float]], setting: Setting, path: Path, told: Callable[[int, int], None], workers: int = 1
) -> list[dict[str, float]]:
    """Parameters and quantities of every run: points that the file does not hold yet are run, and appended one by one.

    ``told`` is called after each with how many of how many are done. Any number of workers yields the same.
    """
    done = read_design(path)
    known = {_key(row) for row in done}
    wanted = [point for point in points if _key(point) not in known]
    for number, row in enumerate(_run_all(wanted, setting, workers), len(points) - len(wanted) + 1):
        _append(path, row)
        done.append(row)
        told(number, len(points))
    return done


def _run_all(points: Sequence[dict[str, float]], setting: Setting, workers: int) -> Iterator[dict[str, float]]:
    """Runs of points, in order."""
    run = partial(_run_one, setting)
    if workers <= 1 or len(points) <= 1:
        yield from map(run, points)
        return
    with processes(workers) as pool:
        with deaf_to_ctrl_c():
            runs = [pool.submit(run, point) for point in points]
        try:
            for one in runs:
                yield one.result()
        finally:
            pool.shutdown(cancel_futures=True)


def _run_one(setting: Setting, point: dict[str, float]) -> dict[str, float]:
    return {**point, **simulate_history(point, setting)}


def _key(point: dict[str, float]) -> tuple[int, ...]:
    return tuple(int(unit * 1e6 + 0.25) for unit in unit_of(point).tolist())


def _append(path: Path, row: dict[str, float]) -> None:
    new = not path.exists()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(row))
        if new:
            writer.writeheader()
        writer.writerow({name: f"{value:.9g}" for name, value in row.items()})


def planned(path: Path, make: Callable[[], FloatArray]) -> FloatArray:
    """Points of a wave, made once and kept, so that a calibration goes on with the same. [shape (n, parameters)]."""
    if not path.exists():
        for unit in make():
            _append(path, values_at(unit))
    return np.array([unit_of(row) for row in read_design(path)])
