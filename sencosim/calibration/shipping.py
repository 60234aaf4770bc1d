"""Ship a calibration: the posterior sample with its provenance, and its mean in the registers."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np

from sencosim.arms.prepare import Draw
from sencosim.calibration import calibrate as steps
from sencosim.calibration import levels, policy_studies
from sencosim.calibration.by_council import fit_councils
from sencosim.calibration.calibrate import Calibration, table_of
from sencosim.calibration.history import Setting, evidence_of, run_history
from sencosim.calibration.parameters import FITTED
from sencosim.calibration.result import fingerprint
from sencosim.calibration.shipped import in_register_terms, means_of, put_in_registers, write_sample
from sencosim.calibration.targets import scaled, targets_of
from sencosim.evidence.base_year import BASE_YEAR
from sencosim.evidence.posterior import FOLDER, MADE_BY_FILE, SAMPLE_FILE, load_posterior
from sencosim.evidence.register import evidence_folder, load_register
from sencosim.scenario.load import load_scenario

CAPACITY_LIMITS, BISECTIONS, ALL_SCHOOLS = (0.7, 1.6), 8, 1.0
POLICY_SHARE, MORE_HOURS = 0.3, "full_time"
"""Sample of the study of the queue, and the shipped scenario that adds hours in it."""
FROZEN_FILE = "frozen.csv"
REQUEST_RATES = ("request_rate_primary", "request_rate_secondary")
SOLVING_ROUNDS, MAINSTREAM_SHARE = 4, 0.68
"""Of requests, about: what the rates move."""


def ship(fitted: Calibration, date: str, told: Callable[[str], None], base_year: levels.BaseYear) -> list[str]:
    """Write the posterior sample, its provenance and its mean.

    Parameters
    ----------
    fitted
        A finished calibration.
    date
        Day, ``YYYY-MM-DD``.
    told
        Is called with what is being done.
    base_year
        Sets the base year of the registers as they are beside what is published (``analysis.money``, a layer above).

    Returns
    -------
    list of str
        Parameters of the registers whose value was set.
    """
    setting = Setting(steps.RECENT_START)
    evidence = evidence_of(setting)
    points = table_of(fitted.shipped.units)
    rows = [in_register_terms(point, evidence) for point in points]
    folder = evidence_folder() / FOLDER
    changed = put_in_registers(means_of(rows), evidence_folder())
    forget_registers()
    sample, everyone = Setting(steps.RECENT_START), Setting(steps.RECENT_START, ALL_SCHOOLS)
    changed += _settle(levels.solve_volumes(sample, told))
    told("requests of all schools")
    factor = solve_requests(everyone)
    rows = [row | {name: float(f"{row[name] * factor:.4g}") for name in REQUEST_RATES} for row in rows]
    write_sample(rows, folder / SAMPLE_FILE)
    write_frozen(fitted, folder)
    put_in_registers(means_of(rows), evidence_folder())
    forget_registers()
    fit_councils(told)
    forget_registers()
    for number in range(1, levels.ROUNDS + 1):
        told(f"suspensions, exclusions, appeals and who asks: round {number} of {levels.ROUNDS}")
        changed += _settle(levels.by_ratio(evidence_of(everyone).values, base_year()))
    changed += _settle({"capacity_margin": solve_capacity(everyone)})
    changed += _settle({"capacity_growth_future": levels.solve_capacity_growth(sample, told)})
    changed += _settle_policy_studies(told)
    made_by = provenance(fitted, date) | {"request_rates_times": factor}
    (folder / MADE_BY_FILE).write_text(json.dumps(made_by, indent=1) + "\n", encoding="utf-8")
    return changed


def _settle_policy_studies(told: Callable[[str], None]) -> list[str]:
    """Measure what needs a policy or another law, after all that holds without, and put it into the registers."""
    wide, sample = Setting(steps.RECENT_START, POLICY_SHARE), Setting(steps.RECENT_START)
    told("what the queue of requests releases")
    asked = load_scenario(MORE_HOURS).scenario.model_copy(update={"run": wide.scenario.run})
    changed = _settle(policy_studies.queue_release(wide, asked))
    register = load_register()
    fall = 1.0 - register.number("reform_plans_fewer") / register.number("reform_plans_peak")
    moved = register.number("reform_moved_share")
    return changed + _settle(policy_studies.solve_reform(sample, told, fall, moved))


def _settle(values: dict[str, float]) -> list[str]:
    """Put what was solved into the registers, which are then read again."""
    changed = put_in_registers(values, evidence_folder())
    forget_registers()
    return changed


def write_frozen(fitted: Calibration, folder: Path) -> None:
    """Publish the posterior of the back-test, in the terms of the design: what it knew, and no more."""
    rows = [{name: float(f"{value:.4g}") for name, value in row.items()} for row in table_of(fitted.frozen.units)]
    write_sample(rows, folder / FROZEN_FILE)


def solve_requests(setting: Setting) -> float:
    """Factor on the request rates of mainstream pupils that suits requests and new plans of the base year best.

    The design ran on a sample of whole councils: of what happens in England it is some per cent wrong in level. Both
    figures cannot be met at once; each counts by its discrepancy. Capacity follows, and is solved after.
    """
    targets = {t.key: t for t in targets_of(setting, BASE_YEAR, BASE_YEAR)}
    aims = [targets[f"requests@{BASE_YEAR}"], targets[f"new_plans@{BASE_YEAR}"]]
    weights = np.array([1.0 / aim.sd**2 for aim in aims])
    evidence = evidence_of(setting)
    factor, margin = 1.0, 1.0
    for _ in range(SOLVING_ROUNDS):
        changed = {name: evidence.values[name] * factor for name in REQUEST_RATES}
        changed["capacity_margin"] = evidence.values["capacity_margin"] * margin
        found = _run_to_base_year(evidence.with_values(changed), setting)
        gaps = np.array([aim.value - scaled(aim.key.split("@")[0], found[aim.key]) for aim in aims])
        step = float((weights * gaps).sum() / weights.sum())
        factor *= math.exp(step / MAINSTREAM_SHARE)
        margin *= math.exp(step)
    return float(f"{factor:.4g}")


def _run_to_base_year(reading: Draw, setting: Setting) -> dict[str, float]:
    return run_history(reading, setting, years=BASE_YEAR - setting.start + 1)


def solve_capacity(setting: Setting) -> float:
    """Multiplier on councils' capacity at which the base year has the published share within 20 weeks. [multiplier].

    By bisection on runs of the engine at the point values of the registers as they are now.
    """
    key = f"on_time_share@{BASE_YEAR}"
    target = next(t for t in targets_of(setting, BASE_YEAR, BASE_YEAR) if t.key == key)
    evidence = evidence_of(setting)

    def too_much(margin: float) -> bool:
        found = _run_to_base_year(evidence.with_values({"capacity_margin": margin}), setting)
        return bool(scaled("on_time_share", found[key]) > target.value)

    return float(f"{levels.bisected(too_much, CAPACITY_LIMITS, range(BISECTIONS)):.4g}")


def provenance(fitted: Calibration, date: str) -> dict[str, object]:
    """What made a posterior sample."""
    return {
        "date": date,
        "code": fingerprint(),
        "seed": 2026,
        "draws": steps.DRAWS,
        "runs": {
            "wave_1": steps.FIRST_WAVE,
            "wave_2": steps.SECOND_WAVE,
            "ahead": 2 * steps.AHEAD_RUNS,
            "recent_1": steps.RECENT_WAVE,
            "recent_2": steps.SECOND_WAVE,
        },
        "frozen": {
            "years": list(steps.FROZEN_YEARS),
            "parameters": _summary(fitted.frozen.units),
            "targets": [target.key for target in fitted.frozen_targets],
            "r_hat": round(fitted.frozen.r_hat, 3),
            "effective_draws": round(fitted.frozen.effective),
        },
        "shipped": {
            "years": list(steps.RECENT_YEARS),
            "parameters": _summary(fitted.shipped.units),
            "targets": [target.key for target in fitted.shipped_targets],
            "r_hat": round(fitted.shipped.r_hat, 3),
            "effective_draws": round(fitted.shipped.effective),
        },
    }


def _summary(units: np.ndarray) -> dict[str, list[float]]:
    """p10, p50 and p90 of each fitted parameter."""
    quantiles = np.quantile(units, (0.1, 0.5, 0.9), axis=0).T
    return {one.name: [float(f"{one.at(u):.4g}") for u in found] for one, found in zip(FITTED, quantiles, strict=True)}


def forget_registers() -> None:
    """Let the registers and the posterior be read anew, after they were written."""
    load_register.cache_clear()
    load_posterior.cache_clear()
    fingerprint.cache_clear()
