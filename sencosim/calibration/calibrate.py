"""The whole calibration: two designs, two posterior samples, each step kept on disk so that it can be resumed."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sencosim.arms.inputs import FloatArray
from sencosim.calibration.design import planned, run_design, sobol_points, values_at
from sencosim.calibration.emulator import Emulator, fit_emulator
from sencosim.calibration.fit import Posterior, sample_posterior
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
WIDENED = 2.0
"""The frozen posterior, so much wider, is the prior of the refit."""

UNSEEN = ("request_growth_next", "request_growth_later", "need_growth_next", "capacity_growth_next")
"""Growth after the years of the frozen posterior: its limits are all that is known before the refit."""

Told = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Calibration:
    """What a calibration yields.

    Attributes
    ----------
    frozen, shipped
        Posterior fitted through 2022/23, for the back-test; and refitted through 2024/25, for runs.
    from_2018, from_2022
        Emulators of runs at draws of the frozen posterior carried on, from September 2018 and 2022.
    now
        Emulator of runs from September 2022 at draws of the shipped posterior.
    frozen_targets, shipped_targets
        What each was fitted to.
    """

    frozen: Posterior
    shipped: Posterior
    from_2018: Emulator
    from_2022: Emulator
    now: Emulator
    frozen_targets: tuple[Target, ...]
    shipped_targets: tuple[Target, ...]


def keys_of(start: int) -> tuple[str, ...]:
    """Every output of a run of this start, ``<quantity>@<year>``."""
    years = range(start, LAST_SCHOOL_YEAR + 1)
    found = [f"{quantity}@{year + 1}" for quantity in CALENDAR for year in years[:-1]]
    found += [f"{quantity}@{year + 1}" for quantity in JANUARY for year in years]
    return (*found, *(f"{quantity}@{year}" for quantity in SCHOOL_YEAR for year in years))


def calibrate(folder: Path, told: Told, seed: int = 2026) -> Calibration:
    """Run what the folder does not hold yet, fit, and sample.

    Parameters
    ----------
    folder
        Where the designs are kept: one CSV file each.
    told
        Is called with what is being done, and how many of how many runs are there.
    seed
        Of the sampler.
    """
    early, recent = Setting(FROZEN_START), Setting(RECENT_START)
    frozen_targets = targets_of(early, *FROZEN_YEARS)
    names = [target.key for target in frozen_targets]
    first = _run(folder / "wave_1.csv", sobol_points(FIRST_WAVE), early, told)

    def plausible() -> FloatArray:
        return sample_posterior(
            fit_emulator(first, names), frozen_targets, SECOND_WAVE, seed - 1, with_ever_sen()
        ).units

    wave = planned(folder / "wave_2_points.csv", plausible)
    second = _run(folder / "wave_2.csv", wave, early, told)
    frozen = sample_posterior(fit_emulator(second, names), frozen_targets, DRAWS, seed, with_ever_sen(prior_of(wave)))
    ahead = planned(folder / "ahead_points.csv", lambda: carried_on(frozen.units)[:: DRAWS // AHEAD_RUNS][:AHEAD_RUNS])
    from_2018 = fit_emulator(_run(folder / "ahead_2018.csv", ahead, early, told), keys_of(FROZEN_START))
    from_2022 = fit_emulator(_run(folder / "ahead_2022.csv", ahead, recent, told), keys_of(RECENT_START))
    targets = targets_of(recent, *RECENT_YEARS)
    names = [target.key for target in targets]
    about = planned(folder / "recent_1_points.csv", lambda: recent_points(frozen.units))
    late = _run(folder / "recent_1.csv", about, recent, told)
    prior = with_ever_sen(prior_of(frozen.units))

    def plausible_now() -> FloatArray:
        return sample_posterior(fit_emulator(late, names), targets, SECOND_WAVE, seed + 1, prior).units

    again = planned(folder / "recent_2_points.csv", plausible_now)
    now = fit_emulator(_run(folder / "recent_2.csv", again, recent, told), keys_of(RECENT_START))
    shipped = sample_posterior(now, targets, DRAWS, seed + 2, with_ever_sen(prior_of(again)))
    return Calibration(frozen, shipped, from_2018, from_2022, now, frozen_targets, targets)


def _run(path: Path, units: FloatArray, setting: Setting, told: Told) -> list[dict[str, float]]:
    points = [values_at(unit) for unit in units]
    workers = os.cpu_count() or 1
    return run_design(points, setting, path, lambda done, total: told(path.stem, done, total), workers)


def recent_points(frozen: FloatArray) -> FloatArray:
    """Points about the frozen posterior, twice as wide, for the runs that start in 2022. [shape (n, parameters)]."""
    mean, sd = frozen.mean(axis=0), _width(frozen)
    unit = sobol_points(RECENT_WAVE)
    result: FloatArray = np.clip(mean + 1.7 * WIDENED * sd * (2.0 * unit - 1.0), 0.0, 1.0)
    for name in UNSEEN:
        result[:, NAMES.index(name)] = unit[:, NAMES.index(name)]
    return result


def prior_of(frozen: FloatArray) -> Callable[[FloatArray], FloatArray]:
    """Normal log density about an earlier sample, twice as wide: also what keeps the sampler where there were runs."""
    mean, sd = frozen.mean(axis=0), WIDENED * _width(frozen)
    sd[[NAMES.index(name) for name in UNSEEN]] = np.inf  # what was fitted says nothing of it

    def log_density(units: FloatArray) -> FloatArray:
        result: FloatArray = -0.5 * (((units - mean) / sd) ** 2).sum(axis=1)
        return result

    return log_density


def with_ever_sen(prior: Callable[[FloatArray], FloatArray] | None = None) -> Callable[[FloatArray], FloatArray]:
    """Add what is published of children ever recorded with SEN.

    Noticing and leaving SEN Support are known from stocks only by their balance; this says how much noticing there is.
    """
    register = load_register()
    known = {name: (register.number(name), sd) for name, sd in EVER_SEN.items()}
    shape = register.get("notice_rate_by_year_group").numbers

    def log_density(units: FloatArray) -> FloatArray:
        total = np.zeros(len(units)) if prior is None else prior(units)
        found = [ever_sen(values_at(unit), shape) for unit in units]
        for name, (share, sd) in known.items():
            total = total - 0.5 * ((np.array([one[name] for one in found]) - share) / sd) ** 2
        return total

    return log_density


def _width(units: FloatArray) -> FloatArray:
    """Standard deviation of each parameter in the unit cube; never less than a thirtieth of its limits."""
    width: FloatArray = np.maximum(units.std(axis=0), 1.0 / 30.0)
    return width


def table_of(units: FloatArray) -> list[dict[str, float]]:
    """Posterior sample in the parameters' own units, one row a draw."""
    return [values_at(unit) for unit in units]


def mean_of(rows: Sequence[dict[str, float]]) -> dict[str, float]:
    """Mean of each parameter over the draws."""
    return {name: float(np.mean([row[name] for row in rows])) for name in NAMES}
