"""What is measured on runs with a policy: the dials of the announced reform, and what the queue releases."""

from __future__ import annotations

import math

from sencosim.arms.inputs import FloatArray
from sencosim.arms.prepare import Draw
from sencosim.calibration.history import Setting, evidence_of, schools_of
from sencosim.calibration.levels import Told, bisected, england, rounds_told, totals
from sencosim.calibration.parameters import significant
from sencosim.engine.pair import World
from sencosim.evidence.routes import ROUTES, neutral_routes
from sencosim.scenario.laws import Law, under_law
from sencosim.scenario.schema import Scenario
from sencosim.units import PHASES, WEEKS_PER_YEAR
from sencosim.vocabulary import COLUMN

PEAK, END = 2029, 2034
"""School years of the government's projection: the peak of plans, and where they have fallen to."""
DIAL_LIMITS, DIAL_STEPS = (0.02, 1.0), 8
PLANS = (
    *("ehc_plan", "waiting_special", "resourced", "state_special", "over_capacity", "independent_special"),
    *("ap", "post16_plan"),
)
"""Where the pupil-years of plan-holders are."""
TRANSFERS = 2.0
"""Plans end at two transfers, after Year 6 and after Year 11, and those after Year 11 are not counted one by one."""
MEASURED_YEARS = slice(-5, None)


def plans_by_year(reading: Draw, setting: Setting, law: Law, years: int) -> tuple[FloatArray, FloatArray]:
    """Plan-holders in Reception to Year 11 and after, and plans that ended at a transfer, by school year, no policy.

    [pupils, plans a year]
    """
    arm = under_law(Scenario(name="study", run=setting.scenario.run).lasting(years), law)
    counted = england(World(schools_of(setting), arm, reading, 0).inputs(arm))
    holders = [COLUMN[f"pupil_years.{name}"] for name in PLANS]
    plans: FloatArray = counted[:, holders].sum(axis=1) / WEEKS_PER_YEAR
    return plans, counted[:, COLUMN["plans_turned_support"]]


def solve_reform(setting: Setting, told: Told, fall: float, moved: float) -> dict[str, float]:
    """Dials of the announced reform at which plans fall as projected from their peak, and as many holders are moved.

    Entries of pupils and of children and young people outside mainstream share a dial; how many plans end at a phase
    transfer is the other. How much of the fall is by refusal stays at its prior.

    Parameters
    ----------
    setting, told
        Start and sample of the runs; what is called with what is being done.
    fall
        Plans at the end over those at the peak, as projected. [ratio]
    moved
        Holders at the peak whose plans have ended at a phase transfer by then, as projected. [share]
    """
    evidence, years, peak = evidence_of(setting), END - setting.start + 1, PEAK - setting.start

    def run(dials: dict[str, float]) -> tuple[FloatArray, FloatArray]:
        return plans_by_year(evidence.with_values(dials), setting, "announced", years)

    dials = {"reform_entries_ratio": 0.3, "reform_outside_ratio": 0.3, "reform_transition_share": 0.2}
    plans, turned = run(dials)
    share = TRANSFERS * float(turned[peak:].sum() / plans[peak])
    dials["reform_transition_share"] = min(0.9, 0.2 * moved / share)

    def with_entries(ratio: float) -> dict[str, float]:
        return dials | dict.fromkeys(("reform_entries_ratio", "reform_outside_ratio"), ratio)

    def too_many(ratio: float) -> bool:
        plans, _ = run(with_entries(ratio))
        return bool(plans[-1] / plans[peak] > fall)

    rounds = rounds_told(told, "announced reform", DIAL_STEPS)
    solved = with_entries(bisected(too_many, DIAL_LIMITS, rounds))
    return {name: significant(value, 3) for name, value in solved.items()}


def queue_release(setting: Setting, scenario: Scenario) -> dict[str, float]:
    """Requests that schools lead, filed when SEN hours double, over those filed without, by phase: what the queue does.

    [ratio per doubling] The policy of ``scenario`` adds hours; every route but filing is off.
    """
    off = neutral_routes(ROUTES) | {"filing_route": 1.0}
    reading = evidence_of(setting)
    world = World(schools_of(setting), scenario.model_copy(update={"levers": type(scenario.levers)()}), reading, 0)
    base = world.run(scenario)
    inputs = world.policy_inputs(scenario, reading.with_values(off), base)
    policy = base.policy(inputs)
    found = {}
    for phase in PHASES:
        without, with_policy = (
            totals(inputs, arm.tally, phase)[MEASURED_YEARS].sum(axis=0) for arm in (base.outcome, policy)
        )
        hours = _ratio(with_policy, without, ("used_hours", "overtime_hours"))
        requests = _ratio(with_policy, without, ("requests.school_led", "patience_lost"))
        found[f"queue_release_{phase}"] = significant(requests ** (1.0 / math.log2(hours)))
    return found


def _ratio(one: FloatArray, other: FloatArray, names: tuple[str, ...]) -> float:
    return float(sum(one[COLUMN[name]] for name in names) / sum(other[COLUMN[name]] for name in names))
