"""Ship a calibration: the posterior sample with its provenance, and its mean in the registers."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np

from sencosim.calibration import calibrate as steps
from sencosim.calibration.calibrate import Calibration, table_of
from sencosim.calibration.forecast import Draws
from sencosim.calibration.history import Setting, evidence_of, frozen_feedback, read_history, schools_of
from sencosim.calibration.parameters import FITTED
from sencosim.calibration.published_points import published
from sencosim.calibration.result import fingerprint
from sencosim.calibration.shipped import in_register_terms, means_of, put_in_registers, write_sample
from sencosim.calibration.targets import sample_offsets, scaled, targets_of
from sencosim.engine.choose import engine_named
from sencosim.engine.prepare import make_inputs
from sencosim.evidence.posterior import FOLDER, MADE_BY_FILE, SAMPLE_FILE, load_posterior
from sencosim.evidence.register import evidence_folder, load_register

EXCLUSION_YEAR = 2023
"""2023/24, the latest published in full."""
CAPACITY_LIMITS, BISECTIONS = (0.8, 1.6), 8
SPECIAL_SCHOOL_PLANS = {"suspensions": 19_400, "permanent_exclusions": 124}
"""Of plan-holders, in special schools in 2023/24: 101,381 less about 82,000, and 1,044 less about 920. [events]"""


def ship(fitted: Calibration, date: str) -> list[str]:
    """Write the posterior sample, its provenance and its mean.

    Parameters
    ----------
    fitted
        A finished calibration.
    date
        Day, ``YYYY-MM-DD``.

    Returns
    -------
    list of str
        Parameters of the registers whose value was set.
    """
    setting = Setting(steps.RECENT_START)
    evidence = evidence_of(setting)
    factors = closed_form(fitted, setting)
    points = table_of(fitted.shipped.units)
    rows = [in_register_terms(point, evidence, factors) for point in points]
    folder = evidence_folder() / FOLDER
    write_sample(rows, folder / SAMPLE_FILE)
    changed = put_in_registers(means_of(rows), evidence_folder())
    forget_registers()
    changed += put_in_registers({"capacity_margin": solve_capacity(setting)}, evidence_folder())
    forget_registers()
    made_by: dict[str, object] = provenance(fitted, date) | {
        "factors": {name: round(value, 4) for name, value in factors.items()}
    }
    (folder / MADE_BY_FILE).write_text(json.dumps(made_by, indent=1) + "\n", encoding="utf-8")
    return changed


def closed_form(fitted: Calibration, setting: Setting) -> dict[str, float]:
    """Published over the model's counts that are proportional to a rate: appeals, suspensions and exclusions. [ratio].

    They need no search: twice the rate is twice the count.
    """
    draws = Draws(fitted.now, fitted.shipped.units, sample_offsets(setting), setting.start)

    def model(*names: str, year: int) -> float:
        return float(np.median(draws.sum(names, year)))

    appeals = published("tribunal_appeals_registered", "calendar_year", "calendar", 2024) or 0.0
    found = {"appeals": appeals / model("appeals", year=2024)}
    for kind, series in (("suspensions", "suspensions"), ("exclusions", "permanent_exclusions")):
        for stage, need in (("support", "sen_support"), ("plan", "ehcp")):
            came = published(series, f"all_state|{need}", "school_year", EXCLUSION_YEAR) or 0.0
            came -= SPECIAL_SCHOOL_PLANS[series] if need == "ehcp" else 0.0
            ours = model(*(f"{kind}_{stage}_{phase}" for phase in ("primary", "secondary")), year=EXCLUSION_YEAR)
            found[f"{kind}_{stage}"] = came / ours
    return found


def solve_capacity(setting: Setting) -> float:
    """Multiplier on councils' capacity at which the share within 20 weeks of 2024 is the published one. [multiplier].

    By bisection on runs of the engine at the point values of the registers as they are now.
    """
    target = next(t for t in targets_of(setting, 2024, 2024) if t.key == "on_time_share@2024")
    evidence = evidence_of(setting)
    feedback = frozen_feedback(setting)
    low, high = CAPACITY_LIMITS
    for _ in range(BISECTIONS):
        middle = 0.5 * (low + high)
        reading = replace(evidence, values=dict(evidence.values) | {"capacity_margin": middle})
        inputs = make_inputs(
            schools_of(setting), setting.scenario, reading, feedback, seed=setting.seed, replication=0, n_years=3
        )
        found = read_history(inputs, engine_named("compiled")(inputs).tally)
        enough = scaled("on_time_share", found["on_time_share@2024"]) > target.value
        low, high = (low, middle) if enough else (middle, high)
    return float(f"{0.5 * (low + high):.4g}")


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
        },
        "shipped": {
            "years": list(steps.RECENT_YEARS),
            "parameters": _summary(fitted.shipped.units),
            "targets": [target.key for target in fitted.shipped_targets],
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
    frozen_feedback.cache_clear()
    fingerprint.cache_clear()
