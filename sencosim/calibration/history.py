"""One run of the baseline through published years, read off as England's quantities by year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from sencosim.arms.inputs import FloatArray, Inputs
from sencosim.arms.prepare import Draw, make_inputs
from sencosim.arms.stocks import councils_at_start
from sencosim.calibration.parameters import reading_of
from sencosim.engine.choose import engine_named
from sencosim.engine.pair import read_evidence
from sencosim.evidence.base_year import BASE_YEAR
from sencosim.evidence.councils import england_total
from sencosim.population.sampling import sample_councils
from sencosim.population.schools import Population
from sencosim.population.synthetic import synthetic_england
from sencosim.scenario.schema import Scenario
from sencosim.units import TERMS_PER_YEAR
from sencosim.vocabulary import COLUMN

REQUESTS = ("requests.school_led", "requests.parental", "requests.exogenous")
REFUSED = ("refused.school_led", "refused.parental", "refused.exogenous")
APPEALS = ("appeals.refusal_to_assess", "appeals.refusal_to_issue", "appeals.contents", "appeals.exogenous")
PLANS = ("plans_issued.mainstream", "plans_issued.exogenous")
ON_TIME = ("plans_on_time.mainstream", "plans_on_time.exogenous")
"""Quantities of the ledger that a published flow adds up."""

LAST_SCHOOL_YEAR = BASE_YEAR + 1
"""Runs end with the year after the base year: its calendar year and January are forecast."""

CALENDAR = ("requests", "refused_of_decided", "new_plans", "on_time_share", "mean_weeks", "appeals", "decisions")
JANUARY = ("support_primary", "support_secondary", "plans_primary", "plans_secondary", "special", "after_16")
SCHOOL_YEAR = (
    "suspensions_support_primary",
    "suspensions_support_secondary",
    "suspensions_plan_primary",
    "suspensions_plan_secondary",
    "exclusions_support_primary",
    "exclusions_support_secondary",
    "exclusions_plan_primary",
    "exclusions_plan_secondary",
)


@dataclass(frozen=True)
class Setting:
    """What all runs of a design share.

    Attributes
    ----------
    start
        First school year, named by its September.
    share, seed
        Sample of whole councils, and chance. Every run of a design has the same: common random numbers.
    """

    start: int
    share: float = 0.05
    seed: int = 1

    @property
    def years(self) -> int:
        """School years of a run. [years]."""
        return LAST_SCHOOL_YEAR - self.start + 1

    @property
    def scenario(self) -> Scenario:
        """The baseline, from this start."""
        run = {"warm_up_years": BASE_YEAR - self.start, "seed": self.seed}
        return Scenario.model_validate({"name": "history", "run": run})


@lru_cache(maxsize=8)
def schools_of(setting: Setting) -> Population:
    """The sample of whole councils."""
    return sample_councils(synthetic_england(), setting.share, setting.seed)


def evidence_of(setting: Setting) -> Draw:
    """Point values of all parameters that are not fitted."""
    return read_evidence(setting.scenario, "central", 0, setting.seed)


def simulate_history(point: Mapping[str, float], setting: Setting) -> dict[str, float]:
    """Run one point of the design.

    Parameters
    ----------
    point
        Value of each fitted parameter.
    setting
        Start, sample and seed.

    Returns
    -------
    dict
        Quantities by year, named ``<quantity>@<year>``: calendar years, Januaries, or school years by their September.
    """
    reading = reading_of(point, evidence_of(setting), setting.start, setting.years)
    return run_history(reading, setting)


def run_history(reading: Draw, setting: Setting, years: int | None = None) -> dict[str, float]:
    """Run one reading of the evidence: a no-policy arm.

    Parameters
    ----------
    reading, setting
        What is run, from which start.
    years
        School years to run; to 2025/26 if ``None``. [years]

    Returns
    -------
    dict
        As of :func:`simulate_history`.
    """
    inputs = inputs_of(reading, setting, setting.years if years is None else years)
    return read_history(inputs, engine_named("compiled")(inputs).tally)


def inputs_of(reading: Draw, setting: Setting, years: int) -> Inputs:
    """Inputs of a no-policy arm at one reading of the evidence, over so many school years."""
    schools, scenario = schools_of(setting), setting.scenario
    return make_inputs(schools, scenario, reading, seed=setting.seed, replication=0, n_years=years)


def read_history(inputs: Inputs, tally: np.ndarray) -> dict[str, float]:
    """England's quantities by year from the tally of a run. [counts, shares, weeks]."""
    reader = _Reader(inputs, tally)
    found: dict[str, float] = {}
    first = inputs.start_year
    for quantity, series in (reader.calendar() | reader.school_year()).items():
        offset = 1 if quantity in CALENDAR or quantity in JANUARY else 0
        found |= {f"{quantity}@{first + offset + i}": float(value) for i, value in enumerate(series)}
    return found


class _Reader:
    """Sums of the tally by phase, corrected for what is known of the sample."""

    def __init__(self, inputs: Inputs, tally: np.ndarray) -> None:
        weight = np.array([cell.weight for cell in inputs.cells])
        phases = np.array([cell.phase for cell in inputs.cells])
        self.by_phase = {
            name: (tally[phases == name] * weight[phases == name, None, None]).sum(axis=0)
            for name in ("primary", "secondary", "none")
        }
        self.all = self.by_phase["primary"] + self.by_phase["secondary"] + self.by_phase["none"]
        self.request_scale = request_scale(inputs)

    def sums(self, names: tuple[str, ...], phase: str = "", calendar: bool = False) -> FloatArray:
        counts = self.by_phase[phase] if phase else self.all
        if calendar:
            counts = counts[1 : counts.shape[0] - 2]
        by_year = counts.reshape(-1, TERMS_PER_YEAR, counts.shape[1]).sum(axis=1)
        total: FloatArray = sum((by_year[:, COLUMN[name]] for name in names), np.zeros(by_year.shape[0]))
        return total

    def calendar(self) -> dict[str, FloatArray]:
        def flow(*names: str) -> FloatArray:
            return self.sums(names, calendar=True)

        plans = flow(*PLANS)
        decisions = flow("decisions")
        return {
            "requests": self.request_scale * flow(*REQUESTS),
            "refused_of_decided": flow(*REFUSED) / decisions,
            "decisions": self.request_scale * decisions,
            "new_plans": self.request_scale * plans,
            "on_time_share": flow(*ON_TIME) / plans,
            "mean_weeks": flow("plan_weeks.mainstream", "plan_weeks.exogenous") / plans,
            "appeals": self.request_scale * flow(*APPEALS),
        }

    def school_year(self) -> dict[str, FloatArray]:
        found: dict[str, FloatArray] = {}
        resourced = self.sums(("pupil_years.resourced",)) / 52.0
        starts = {phase: np.cumsum(self.sums(("starts.resourced",), phase)) for phase in ("primary", "secondary")}
        both = np.maximum(1e-9, starts["primary"] + starts["secondary"])
        for phase in ("primary", "secondary"):
            found[f"support_{phase}"] = self.sums(("pupils_sen_support",), phase)
            plans = self.sums(("pupils_ehc_plan",), phase)
            found[f"plans_{phase}"] = plans + resourced * starts[phase] / both
            for kind, name in (("suspensions", "suspensions"), ("exclusions", "permanent_exclusions")):
                support = self.sums((f"{name}.sen_support", f"{name}.noticed"), phase)
                found[f"{kind}_support_{phase}"] = support
                found[f"{kind}_plan_{phase}"] = self.sums((f"{name}.ehc_plan",), phase)
        placed = ("state_special", "over_capacity", "independent_special")
        found["special"] = self.sums(tuple(f"pupil_years.{name}" for name in placed)) / 52.0
        found["after_16"] = self.sums(("pupil_years.post16_plan",)) / 52.0
        return found


def request_scale(inputs: Inputs) -> float:
    """England's requests over those that the sampled councils stand for, as published. [ratio].

    A sample of whole councils is balanced, not exact; this is known of it beforehand and taken out.
    """
    by_code = {council.la_code: council for council in councils_at_start(inputs.start_year)}
    chosen = [by_code[int(code)] for code in inputs.councils.council_id]
    stood_for = sum(float(c.requests) * w for c, w in zip(chosen, inputs.councils.weight.tolist(), strict=True))
    return float(england_total("requests") / stood_for)
