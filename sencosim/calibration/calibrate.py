"""The whole calibration: two designs, two posterior samples, each step kept on disk so that it can be resumed."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from sencosim.arms.inputs import FloatArray
from sencosim.calibration.design import planned, run_design, sobol_points, values_at
from sencosim.calibration.fit import Emulator, Posterior, fit_emulator, sample_posterior
from sencosim.calibration.forecast import carried_on
from sencosim.calibration.history import CALENDAR, JANUARY, LAST_SCHOOL_YEAR, SCHOOL_YEAR, Setting
from sencosim.calibration.parameters import EVER_SEN, NAMES, ever_sen
from sencosim.calibration.targets import Target, targets_of
from sencosim.evidence.base_year import TIMES
from sencosim.evidence.register import load_register

FROZEN_START, RECENT_START = TIMES.frozen.start_year, TIMES.recent.start_year
FROZEN_YEARS, RECENT_YEARS = ((window.first, window.last) for window in (TIMES.frozen, TIMES.recent))
"""Calendar years of flows that the frozen posterior and the shipped one are fitted to, Januaries about them."""
FIRST_WAVE, SECOND_WAVE, RECENT_WAVE, AHEAD_RUNS = 72, 72, 72, 60
"""Runs of each design."""
DRAWS = 200
"""Joint draws of each posterior sample."""
SEED = 2026
"""Of the sampler."""
WIDENED = 2.0
"""The frozen posterior, so much wider, is the prior of the refit."""
UNSEEN = ("request_growth_next", "request_growth_later", "need_growth_next", "capacity_growth_next")
"""Growth after the years of the frozen posterior: its limits are all that is known before the refit."""

LogDensity = Callable[[FloatArray], FloatArray]


@dataclass(frozen=True)
class Calibration:
    """What a calibration yields."""

    frozen: Posterior  # fitted through 2022/23, for the back-test
    shipped: Posterior  # refitted through 2024/25, for runs
    from_2018: Emulator  # of runs at draws of the frozen posterior carried on, from September 2018
    from_2022: Emulator  # the same from September 2022
    frozen_targets: tuple[Target, ...]
    shipped_targets: tuple[Target, ...]


def keys_of(start: int) -> tuple[str, ...]:
    """Every output of a run of this start, ``<quantity>@<year>``."""
    years = range(start, LAST_SCHOOL_YEAR + 1)
    found = [f"{quantity}@{year + 1}" for quantity in CALENDAR for year in years[:-1]]
    found += [f"{quantity}@{year + 1}" for quantity in JANUARY for year in years]
    return (*found, *(f"{quantity}@{year}" for quantity in SCHOOL_YEAR for year in years))


def calibrate(folder: Path, told: Callable[[str, int, int], None]) -> Calibration:
    """Run what the folder of designs does not hold yet, fit, and sample.

    ``told`` is called with what is being done, and how many of how many runs are there.
    """

    def run(name: str, units: FloatArray, setting: Setting) -> list[dict[str, float]]:
        points = [values_at(unit) for unit in units]
        return run_design(points, setting, folder / f"{name}.csv", partial(told, name), os.cpu_count() or 1)

    early, recent = Setting(FROZEN_START), Setting(RECENT_START)
    frozen_targets = targets_of(early, *FROZEN_YEARS)
    names = [target.key for target in frozen_targets]
    first = run("wave_1", sobol_points(FIRST_WAVE), early)

    def plausible() -> FloatArray:
        emulator = fit_emulator(first, names)
        return sample_posterior(emulator, frozen_targets, SECOND_WAVE, SEED - 1, log_density_of()).units

    wave = planned(folder / "wave_2_points.csv", plausible)
    second = fit_emulator(run("wave_2", wave, early), names)
    frozen = sample_posterior(second, frozen_targets, DRAWS, SEED, log_density_of(wave))
    ahead = planned(folder / "ahead_points.csv", lambda: carried_on(frozen.units)[:: DRAWS // AHEAD_RUNS][:AHEAD_RUNS])
    from_2018 = fit_emulator(run("ahead_2018", ahead, early), keys_of(FROZEN_START))
    from_2022 = fit_emulator(run("ahead_2022", ahead, recent), keys_of(RECENT_START))
    targets = targets_of(recent, *RECENT_YEARS)
    about = planned(folder / "recent_1_points.csv", lambda: recent_points(frozen.units))
    late = run("recent_1", about, recent)

    def plausible_now() -> FloatArray:
        emulator = fit_emulator(late, [target.key for target in targets])
        return sample_posterior(emulator, targets, SECOND_WAVE, SEED + 1, log_density_of(frozen.units)).units

    again = planned(folder / "recent_2_points.csv", plausible_now)
    now = fit_emulator(run("recent_2", again, recent), keys_of(RECENT_START))
    shipped = sample_posterior(now, targets, DRAWS, SEED + 2, log_density_of(again))
    return Calibration(frozen, shipped, from_2018, from_2022, frozen_targets, targets)


def recent_points(frozen: FloatArray) -> FloatArray:
    """Points about the frozen posterior, twice as wide, for the runs that start in 2022. [shape (n, parameters)]."""
    unit = sobol_points(RECENT_WAVE)
    spread = 1.7 * WIDENED * _width(frozen) * (2.0 * unit - 1.0)
    result: FloatArray = np.clip(frozen.mean(axis=0) + spread, 0.0, 1.0)
    for name in UNSEEN:
        result[:, NAMES.index(name)] = unit[:, NAMES.index(name)]
    return result


def log_density_of(earlier: FloatArray | None = None) -> LogDensity:
    """Prior of points: normal about an earlier sample, twice as wide, and what is published of children ever with SEN.

    The earlier sample also keeps the sampler where there were runs. Noticing and leaving SEN Support are known from
    stocks only by their balance; children ever recorded with SEN say how much noticing there is.
    """
    register = load_register()
    known = {name: (register.number(name), sd) for name, sd in EVER_SEN.items()}
    shape = register.get("notice_rate_by_year_group").numbers
    if earlier is not None:
        mean, width = earlier.mean(axis=0), WIDENED * _width(earlier)
        width[[NAMES.index(name) for name in UNSEEN]] = np.inf  # what was fitted says nothing of it

    def log_density(units: FloatArray) -> FloatArray:
        total = np.zeros(len(units)) if earlier is None else -0.5 * (((units - mean) / width) ** 2).sum(axis=1)
        found = [ever_sen(values_at(unit), shape) for unit in units]
        for name, (share, sd) in known.items():
            total = total - 0.5 * ((np.array([one[name] for one in found]) - share) / sd) ** 2
        return total

    return log_density


def _width(units: FloatArray) -> FloatArray:
    """Standard deviation of each parameter in the unit cube; never less than a thirtieth of its limits."""
    width: FloatArray = np.maximum(units.std(axis=0), 1.0 / 30.0)
    return width
