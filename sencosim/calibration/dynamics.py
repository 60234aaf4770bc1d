"""How the shipped baseline moves: drift, queues, warm-up, and what it was never fitted to.

Each line of the table is one run of the baseline at the point values of the registers, on the same sample with the
same chance; the runs differ in what their name says.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from sencosim.arms.inputs import FloatArray, Inputs
from sencosim.arms.prepare import make_inputs
from sencosim.calibration.history import Setting, evidence_of, inputs_of, read_history
from sencosim.engine.choose import engine_named
from sencosim.evidence.base_year import BASE_YEAR
from sencosim.evidence.councils import load_councils
from sencosim.evidence.series import series_over_time, series_value
from sencosim.population.synthetic import synthetic_england
from sencosim.units import PHASES
from sencosim.vocabulary import COLUMN

LINES_FILE = "dynamics.csv"
START, YEARS = BASE_YEAR - 2, 14
"""To 2035/36."""
MEASURES = (
    *("requests", "new_plans", "on_time_share", "mean_weeks", "appeals"),
    *("support_primary", "support_secondary", "plans_primary", "plans_secondary", "special"),
)
CAPACITIES = (0.85, 0.9, 0.95, 1.05, 1.1, 1.15)


@dataclass(frozen=True)
class Line:
    """One figure of one run: a year's, or without a year one of the structure tests."""

    run: str
    quantity: str
    year: int
    model: float
    published: float


def dynamics(told: Callable[[str], None]) -> tuple[Line, ...]:
    """Run the baseline as it is, with other stocks at the start, and with other capacities."""
    setting = Setting(START)
    base = inputs_of(evidence_of(setting), setting, YEARS)
    changes: dict[str, Inputs] = {"baseline": base}
    for name, factor in (("sen_support_at_start_10_pct_more", 1.1), ("sen_support_at_start_10_pct_less", 0.9)):
        stock = np.floor(base.schools.sen_support * factor + 0.5).astype(np.int64)
        changes[name] = replace(base, schools=replace(base.schools, sen_support=stock))
    for factor in CAPACITIES:
        values = dict(base.values) | {"capacity_margin": base.values["capacity_margin"] * factor}
        changes[f"capacity_times_{factor:g}"] = replace(base, values=values)
    lines: list[Line] = []
    for name, inputs in changes.items():
        told(name)
        for key, value in read_history(inputs, engine_named("compiled")(inputs).tally).items():
            quantity, year = key.split("@")
            if quantity in MEASURES:
                lines.append(Line(name, quantity, int(year), value, math.nan))
    told("structure")
    return (*lines, *structure())


def structure() -> Iterator[Line]:
    """What nothing was fitted to: phase at plan start, moves to special, spread of timeliness between councils."""
    setting = Setting(START)
    evidence = evidence_of(setting)
    inputs = make_inputs(synthetic_england(), setting.scenario, evidence, seed=1, replication=0, n_years=3)
    tally = engine_named("compiled")(inputs).tally[:, 4:7]  # calendar 2024
    weight = np.array([cell.weight for cell in inputs.cells])
    phase = np.array([cell.phase for cell in inputs.cells])

    def total(quantity: str, cells: np.ndarray) -> float:
        return float((tally[cells][:, :, COLUMN[quantity]].sum(axis=1) * weight[cells]).sum())

    plans = [total("plans_issued.mainstream", phase == name) for name in PHASES]
    starts = ("starts.state_special", "starts.over_capacity", "starts.independent_special")
    moves = sum(total(name, phase != "none") for name in starts)
    ages = [series_value("ehcp_new_plans", f"start_age_{age}", str(BASE_YEAR)) for age in range(5, 16)]
    model, came = plans[0] / sum(plans), sum(ages[:6]) / sum(ages)
    yield Line("structure", "new_plans_primary_share_of_school_age", BASE_YEAR, model, came)
    published_moves = [*series_over_time("placement_moves", "mainstream_to_special_ehcp").values()][-1]
    yield Line("structure", "moves_mainstream_to_special", BASE_YEAR, moves, published_moves)
    ours, theirs = council_timeliness(inputs, tally)
    yield Line("structure", "spread_of_timeliness_between_councils", BASE_YEAR, float(ours.std()), float(theirs.std()))
    agreement = float(np.corrcoef(ours, theirs)[0, 1])
    yield Line("structure", "correlation_of_timeliness_with_published", BASE_YEAR, agreement, 1.0)


def council_timeliness(inputs: Inputs, tally: np.ndarray) -> tuple[FloatArray, FloatArray]:
    """Share of plans within 20 weeks of each council, the model's and the published. [share]."""
    published = {council.la_code: council.issued_in_20_weeks_share for council in load_councils()}
    codes = np.array([cell.la_code for cell in inputs.cells])
    ours, theirs = [], []
    for code in sorted(set(codes.tolist())):
        counts = tally[codes == code].sum(axis=(0, 1))
        issued, on_time = (
            sum(int(counts[COLUMN[f"{what}.{who}"]]) for who in ("mainstream", "exogenous"))
            for what in ("plans_issued", "plans_on_time")
        )
        share = published[code]
        if issued > 0 and share is not None:
            ours.append(on_time / issued)
            theirs.append(share)
    return np.array(ours), np.array(theirs)


def write_lines(lines: tuple[Line, ...], folder: Path) -> None:
    """Keep the table."""
    with (folder / LINES_FILE).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["run", "quantity", "year", "model", "published"])
        for line in lines:
            published = "" if math.isnan(line.published) else f"{line.published:.5g}"
            writer.writerow([line.run, line.quantity, line.year, f"{line.model:.5g}", published])
