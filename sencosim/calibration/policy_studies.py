"""Two numbers that are measured on runs with a policy: the dials of the announced reform, and what the queue releases."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from sencosim.arms.inputs import FloatArray, Inputs
from sencosim.arms.prepare import Draw
from sencosim.calibration.history import Setting, evidence_of, schools_of
from sencosim.calibration.levels import with_values
from sencosim.engine.choose import engine_named
from sencosim.engine.pair import World
from sencosim.ledger.table import yearly
from sencosim.scenario.laws import under_law
from sencosim.scenario.routes import ROUTES, neutral_routes
from sencosim.scenario.schema import Scenario
from sencosim.units import PHASES
from sencosim.vocabulary import COLUMN

PEAK, END = 2029, 2034
"""School years of the government's projection: the peak of plans, and where they have fallen to."""
DIAL_LIMITS, DIAL_STEPS = (0.02, 1.0), 8
PLANS = (
    *("ehc_plan", "waiting_special", "resourced", "state_special", "over_capacity", "independent_special"),
    *("ap", "post16_plan"),
)
"""Where the pupil-years of plan-holders are."""
MEASURED_YEARS = slice(-5, None)

Told = Callable[[str], None]


def totals(inputs: Inputs, tally: np.ndarray, phase: str = "") -> FloatArray:
    """England's tally by school year, of one phase or all. [tally counts, shape (n_years, n_quantities)]."""
    weight = np.array([cell.weight if phase in ("", cell.phase) else 0.0 for cell in inputs.cells])
    found: FloatArray = (yearly(tally) * weight[:, None, None]).sum(axis=0)
    return found


def plans_by_year(reading: Draw, setting: Setting, law: str, years: int, variant: str | None = None) -> FloatArray:
    """Plan-holders in Reception to Year 11 and after, by school year, without a policy. [pupils]."""
    scenario = lasting(setting, years)
    arm = under_law(scenario, law, variant)  # type: ignore[arg-type]
    inputs = World(schools_of(setting), arm, reading, 0).inputs(arm)
    counted = totals(inputs, engine_named("compiled")(inputs).tally)
    return np.asarray(sum(counted[:, COLUMN[f"pupil_years.{name}"]] for name in PLANS)) / 52.0


def lasting(setting: Setting, years: int) -> Scenario:
    """The baseline from a start, over so many school years."""
    run = setting.scenario.run
    return Scenario(name="study", run=run).lasting(years)


def solve_reform(setting: Setting, told: Told, fall: float) -> float:
    """Ratio of requests under the announced reform at which plans fall as projected from their peak. [ratio].

    Entries of pupils and of children and young people outside mainstream share the dial; how many plans end at a phase
    transfer, and how much of the fall is by refusal, stay at their priors.

    Parameters
    ----------
    setting
        Start and sample of the runs.
    told
        Is called with what is being done.
    fall
        Plans at the end over those at the peak, as projected. [ratio]
    """
    evidence = evidence_of(setting)
    low, high = DIAL_LIMITS
    for step in range(DIAL_STEPS):
        middle = 0.5 * (low + high)
        told(f"announced reform: round {step + 1} of {DIAL_STEPS}")
        reading = with_values(evidence, {"reform_entries_ratio": middle, "reform_outside_ratio": middle})
        plans = plans_by_year(reading, setting, "announced", END - setting.start + 1)
        too_many = plans[END - setting.start] / plans[PEAK - setting.start] > fall
        low, high = (low, middle) if too_many else (middle, high)
    return float(f"{0.5 * (low + high):.3g}")


def queue_release(setting: Setting, scenario: Scenario) -> dict[str, float]:
    """Requests that schools lead, filed when SEN hours double, over those filed without, by phase: what the queue does.

    [ratio per doubling]

    Parameters
    ----------
    setting
        Sample and seed.
    scenario
        A policy that adds hours; every route but filing is off.
    """
    off = neutral_routes(ROUTES) | {"filing_route": 1.0}
    reading = evidence_of(setting)
    world = World(schools_of(setting), scenario.model_copy(update={"levers": type(scenario.levers)()}), reading, 0)
    base = world.run(scenario)
    inputs = world.policy_inputs(scenario, replace(reading, values=dict(reading.values) | off), base)
    policy = base.policy(inputs)
    found = {}
    for phase in PHASES:
        without, with_policy = (totals(inputs, arm.tally, phase)[MEASURED_YEARS].sum(axis=0) for arm in (base.outcome, policy))
        hours = _ratio(with_policy, without, ("used_hours", "overtime_hours"))
        requests = _ratio(with_policy, without, ("requests.school_led", "patience_lost"))
        found[f"queue_release_{phase}"] = float(f"{requests ** (1.0 / math.log2(hours)):.4g}")
    return found


def _ratio(one: FloatArray, other: FloatArray, names: tuple[str, ...]) -> float:
    return float(sum(one[COLUMN[name]] for name in names) / sum(other[COLUMN[name]] for name in names))
