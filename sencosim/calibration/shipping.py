"""Ship a calibration: the posterior sample with its provenance, and its mean in the registers.

A design speaks of 2022/23 and of paths by year. The registers speak of the base year and of one past growth. A run
that starts two years before the base year has the same level in the first and in the base year either way.

Capacity is not among what is fitted: near the posterior the share of plans within 20 weeks moves too sharply for the
emulator, so that the sample says little of it. It is solved by runs of the engine, at the posterior mean, and alike in
all draws. Appeals, suspensions and exclusions are proportional to their rates, which the registers hold by ratio to the
base year.
"""

from __future__ import annotations

import csv
import json
import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from sencosim.arms.prepare import Draw
from sencosim.calibration import calibrate as steps
from sencosim.calibration import levels, policy_studies
from sencosim.calibration.by_council import fit_councils
from sencosim.calibration.design import intervals_of, values_at
from sencosim.calibration.fit import Posterior
from sencosim.calibration.history import Setting, evidence_of, run_history
from sencosim.calibration.parameters import DIRECT, PIVOT, noticing, shares_without_place, significant
from sencosim.calibration.result import fingerprint
from sencosim.calibration.targets import Target, scaled, targets_of
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


def ship(fitted: steps.Calibration, date: str, told: levels.Told, base_year: levels.BaseYear) -> list[str]:
    """Write posterior sample, provenance (``date``: ``YYYY-MM-DD``) and mean; return the parameters that were set.

    ``base_year`` comes from ``outcomes.reconcile``, a layer above.
    """
    sample, everyone = Setting(steps.RECENT_START), Setting(steps.RECENT_START, ALL_SCHOOLS)
    evidence = evidence_of(sample)
    rows = [in_register_terms(values_at(unit), evidence) for unit in fitted.shipped.units]
    folder = evidence_folder() / FOLDER
    changed = _settle(means_of(rows))
    changed += _settle(levels.solve_volumes(sample, told))
    told("requests of all schools")
    factor = solve_requests(everyone)
    rows = [row | {name: significant(row[name] * factor) for name in REQUEST_RATES} for row in rows]
    write_sample(rows, folder / SAMPLE_FILE)
    write_frozen(fitted, folder)
    _settle(means_of(rows))
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


def _settle_policy_studies(told: levels.Told) -> list[str]:
    """Measure what needs a policy or another law, after all that holds without, and put it into the registers."""
    wide, sample = Setting(steps.RECENT_START, POLICY_SHARE), Setting(steps.RECENT_START)
    told("what the queue of requests releases")
    asked = load_scenario(MORE_HOURS).scenario.model_copy(update={"run": wide.scenario.run})
    changed = _settle(policy_studies.queue_release(wide, asked))
    register = load_register()
    fall = 1.0 - register.number("reform_plans_fewer") / register.number("reform_plans_peak")
    moved = register.number("reform_moved_share")
    return changed + _settle(policy_studies.solve_reform(sample, told, fall, moved))


def _settle(values: Mapping[str, float]) -> list[str]:
    """Put what was solved into the registers, which are then read again."""
    changed = put_in_registers(values, evidence_folder())
    forget_registers()
    return changed


def forget_registers() -> None:
    """Let the registers and the posterior be read anew, after they were written."""
    load_register.cache_clear()
    load_posterior.cache_clear()
    fingerprint.cache_clear()


# -- levels of all schools --------------------------------------------------------------------------------------------


def solve_requests(setting: Setting) -> float:
    """Factor on the request rates of mainstream pupils that suits requests and new plans of the base year best.

    The design ran on a sample of whole councils: of what happens in England it is some per cent wrong in level. Both
    figures cannot be met at once; each counts by its discrepancy. Capacity follows, and is solved after.
    """
    aims = [_target(setting, "requests"), _target(setting, "new_plans")]
    weights = np.array([1.0 / aim.sd**2 for aim in aims])
    evidence = evidence_of(setting)
    factor, margin = 1.0, 1.0
    for _ in range(SOLVING_ROUNDS):
        changed = {name: evidence.values[name] * factor for name in REQUEST_RATES}
        changed["capacity_margin"] = evidence.values["capacity_margin"] * margin
        found = _run_to_base_year(evidence.with_values(changed), setting)
        gaps = np.array([aim.value - _in_scale(found, aim) for aim in aims])
        step = float((weights * gaps).sum() / weights.sum())
        factor *= math.exp(step / MAINSTREAM_SHARE)
        margin *= math.exp(step)
    return significant(factor)


def _run_to_base_year(reading: Draw, setting: Setting) -> dict[str, float]:
    return run_history(reading, setting, BASE_YEAR - setting.start + 1)


def solve_capacity(setting: Setting) -> float:
    """Multiplier on councils' capacity at which the base year has the published share within 20 weeks. [multiplier].

    By bisection on runs of the engine at the point values of the registers as they are now.
    """
    target, evidence = _target(setting, "on_time_share"), evidence_of(setting)

    def too_much(margin: float) -> bool:
        found = _run_to_base_year(evidence.with_values({"capacity_margin": margin}), setting)
        return _in_scale(found, target) > target.value

    return significant(levels.bisected(too_much, CAPACITY_LIMITS, range(BISECTIONS)))


def _target(setting: Setting, quantity: str) -> Target:
    targets = targets_of(setting, BASE_YEAR, BASE_YEAR)
    return next(target for target in targets if target.key == f"{quantity}@{BASE_YEAR}")


def _in_scale(found: Mapping[str, float], aim: Target) -> float:
    return scaled(aim.key.split("@")[0], found[aim.key])


# -- what is written --------------------------------------------------------------------------------------------------


def in_register_terms(point: Mapping[str, float], evidence: Draw) -> dict[str, float]:
    """One posterior draw, a value of each fitted parameter, as columns of the posterior sample."""
    years = BASE_YEAR - PIVOT
    requests = (1.0 + point["request_growth_next"]) * (1.0 + point["request_growth_later"]) ** (years - 1)
    need = (1.0 + point["need_growth_next"]) ** years
    entry = 1.0 + point["reception_plan_growth_past"]
    found = {name: point[name] for name in DIRECT}
    found["request_rate_primary"] *= requests
    found["request_rate_secondary"] *= requests
    found["request_growth_past"] = requests ** (1 / years) - 1.0
    found["exogenous_request_share"] *= requests * need
    found["exogenous_growth_past"] = (requests * need) ** (1 / years) - 1.0
    found["need_growth_past"] = point["need_growth_next"]
    found["reception_plan_share"] *= entry**years
    found["reception_plan_growth_past"] = entry - 1.0
    found |= shares_without_place(point["special_wait_share"], evidence.values)
    noticed = (point["notice_level_primary"], point["notice_level_secondary"])
    rates = noticing(noticed, evidence.vectors["notice_rate_by_year_group"])
    found |= {f"notice_rate_by_year_group.{group}": rate * need for group, rate in enumerate(rates)}
    return {name: significant(value) for name, value in found.items()}


def means_of(rows: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Mean of each column, to as many digits as the sample has."""
    return {name: significant(sum(row[name] for row in rows) / len(rows)) for name in rows[0]}


def write_frozen(fitted: steps.Calibration, folder: Path) -> None:
    """Publish the posterior of the back-test, in the terms of the design: what it knew, and no more."""
    points = (values_at(unit) for unit in fitted.frozen.units)
    rows = [{name: significant(value) for name, value in point.items()} for point in points]
    write_sample(rows, folder / FROZEN_FILE)


def write_sample(rows: Sequence[Mapping[str, float]], path: Path) -> None:
    """Write a posterior sample, one draw a line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(dict(row) for row in rows)


def put_in_registers(means: Mapping[str, float], folder: Path) -> list[str]:
    """Put values by column of the sample into the registers of a folder; return the names that were changed."""
    values: dict[str, str] = {name: f"{value:g}" for name, value in means.items() if "." not in name}
    for name in sorted({name.split(".")[0] for name in means if "." in name}):
        own = [means[column] for column in means if column.startswith(f"{name}.")]
        values[name] = "[" + ", ".join(f"{value:g}" for value in own) + "]"
    changed = []
    for path in sorted(folder.glob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        for name, value in values.items():
            entry = re.compile(rf"(^{name}:\n(?:  .*\n)*?  value: ).*$", re.MULTILINE)
            text, n = entry.subn(rf"\g<1>{value}", text, count=1)
            changed += [name] * n
        path.write_text(text, encoding="utf-8")
    return changed


def provenance(fitted: steps.Calibration, date: str) -> dict[str, object]:
    """What made a posterior sample."""
    return {
        "date": date,
        "code": fingerprint(),
        "seed": steps.SEED,
        "draws": steps.DRAWS,
        "runs": {
            "wave_1": steps.FIRST_WAVE,
            "wave_2": steps.SECOND_WAVE,
            "ahead": 2 * steps.AHEAD_RUNS,
            "recent_1": steps.RECENT_WAVE,
            "recent_2": steps.SECOND_WAVE,
        },
        "frozen": _summary(fitted.frozen, steps.FROZEN_YEARS, fitted.frozen_targets),
        "shipped": _summary(fitted.shipped, steps.RECENT_YEARS, fitted.shipped_targets),
    }


def _summary(fit: Posterior, years: tuple[int, int], targets: Sequence[Target]) -> dict[str, object]:
    """What a posterior was fitted to, p10, p50 and p90 of each parameter, and how well the chains had mixed."""
    return {
        "years": list(years),
        "parameters": {one.name: [significant(value) for value in found] for one, found in intervals_of(fit.units)},
        "targets": [target.key for target in targets],
        "r_hat": round(fit.r_hat, 3),
        "effective_draws": round(fit.effective),
    }
