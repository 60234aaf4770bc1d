"""One run of the baseline through published years, read off as England's quantities by year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from sencosim.arms.councils import councils_at_start
from sencosim.arms.inputs import FloatArray, Inputs
from sencosim.arms.prepare import Draw, make_inputs
from sencosim.calibration.parameters import reading_of
from sencosim.engine.choose import engine_named
from sencosim.engine.pair import read_evidence
from sencosim.evidence.base_year import BASE_YEAR
from sencosim.evidence.councils import england_total
from sencosim.population.sampling import sample_councils
from sencosim.population.schools import Population
from sencosim.population.synthetic import synthetic_england
from sencosim.scenario.schema import Scenario
from sencosim.units import PHASES, TERMS_PER_YEAR, WEEKS_PER_YEAR
from sencosim.vocabulary import COLUMN

REQUESTS = ("requests.school_led", "requests.parental", "requests.exogenous")
REFUSED = ("refused.school_led", "refused.parental", "refused.exogenous")
APPEALS = ("appeals.refusal_to_assess", "appeals.refusal_to_issue", "appeals.contents", "appeals.exogenous")
PLANS = ("plans_issued.mainstream", "plans_issued.exogenous")
ON_TIME = ("plans_on_time.mainstream", "plans_on_time.exogenous")
"""Quantities of the ledger that a published flow adds up."""
SPECIAL = ("pupil_years.state_special", "pupil_years.over_capacity", "pupil_years.independent_special")

LAST_SCHOOL_YEAR = BASE_YEAR + 1
"""Runs end with the year after the base year: its calendar year and January are forecast."""

CALENDAR = ("requests", "refused_of_decided", "new_plans", "on_time_share", "mean_weeks", "appeals", "decisions")
JANUARY = ("support_primary", "support_secondary", "plans_primary", "plans_secondary", "special", "after_16")
SCHOOL_YEAR = tuple(
    f"{kind}_{need}_{phase}"
    for kind in ("suspensions", "exclusions")
    for need in ("support", "plan")
    for phase in PHASES
)


@dataclass(frozen=True)
class Setting:
    """What all runs of a design share."""

    start: int  # first school year, named by its September
    share: float = 0.05  # of England's councils in the sample, which are whole
    seed: int = 1  # of sample and chance: every run of a design has common random numbers

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
    """Run one point of the design, a value of each fitted parameter, and read it as :func:`read_history` does."""
    return run_history(reading_of(point, evidence_of(setting), setting.start, setting.years), setting)


def run_history(reading: Draw, setting: Setting, years: int | None = None) -> dict[str, float]:
    """Run one reading of the evidence, a no-policy arm, over so many school years; to 2025/26 if ``None``."""
    inputs = inputs_of(reading, setting, setting.years if years is None else years)
    return read_history(inputs, engine_named("compiled")(inputs).tally)


def inputs_of(reading: Draw, setting: Setting, years: int) -> Inputs:
    """Inputs of a no-policy arm at one reading of the evidence, over so many school years."""
    schools, scenario = schools_of(setting), setting.scenario
    return make_inputs(schools, scenario, reading, seed=setting.seed, replication=0, n_years=years)


def read_history(inputs: Inputs, tally: np.ndarray) -> dict[str, float]:
    """England's quantities by year from the tally of a run, by ``<quantity>@<year>``. [counts, shares, weeks].

    Years are calendar years, those of Januaries, or school years by their September.
    """
    weight = np.array([cell.weight for cell in inputs.cells])
    phases = np.array([cell.phase for cell in inputs.cells])
    by_phase = {
        name: (tally[phases == name] * weight[phases == name, None, None]).sum(axis=0) for name in (*PHASES, "none")
    }
    england = by_phase["primary"] + by_phase["secondary"] + by_phase["none"]
    found: dict[str, float] = {}
    for quantity, series in (_flows(england, request_scale(inputs)) | _stocks(england, by_phase)).items():
        first = inputs.start_year + (1 if quantity in CALENDAR or quantity in JANUARY else 0)
        found |= {f"{quantity}@{first + i}": float(value) for i, value in enumerate(series)}
    return found


def _sums(counts: FloatArray, *names: str) -> FloatArray:
    """Quantities added up by year of three terms. [shape (n_years,)]."""
    by_year = counts.reshape(-1, TERMS_PER_YEAR, counts.shape[1]).sum(axis=1)
    total: FloatArray = sum((by_year[:, COLUMN[name]] for name in names), np.zeros(by_year.shape[0]))
    return total


def _flows(england: FloatArray, scale: float) -> dict[str, FloatArray]:
    """Flows by calendar year, from January on; ``scale`` corrects the sample."""
    calendar = england[1 : england.shape[0] - 2]
    plans, decisions = _sums(calendar, *PLANS), _sums(calendar, "decisions")
    return {
        "requests": scale * _sums(calendar, *REQUESTS),
        "refused_of_decided": _sums(calendar, *REFUSED) / decisions,
        "decisions": scale * decisions,
        "new_plans": scale * plans,
        "on_time_share": _sums(calendar, *ON_TIME) / plans,
        "mean_weeks": _sums(calendar, "plan_weeks.mainstream", "plan_weeks.exogenous") / plans,
        "appeals": scale * _sums(calendar, *APPEALS),
    }


def _stocks(england: FloatArray, by_phase: dict[str, FloatArray]) -> dict[str, FloatArray]:
    """Stocks in January, and events by school year."""
    found: dict[str, FloatArray] = {}
    resourced = _sums(england, "pupil_years.resourced") / WEEKS_PER_YEAR
    starts = {phase: np.cumsum(_sums(by_phase[phase], "starts.resourced")) for phase in PHASES}
    both = np.maximum(1e-9, starts["primary"] + starts["secondary"])
    for phase in PHASES:
        counts = by_phase[phase]
        found[f"support_{phase}"] = _sums(counts, "pupils_sen_support")
        found[f"plans_{phase}"] = _sums(counts, "pupils_ehc_plan") + resourced * starts[phase] / both
        for kind, name in (("suspensions", "suspensions"), ("exclusions", "permanent_exclusions")):
            found[f"{kind}_support_{phase}"] = _sums(counts, f"{name}.sen_support", f"{name}.noticed")
            found[f"{kind}_plan_{phase}"] = _sums(counts, f"{name}.ehc_plan")
    found["special"] = _sums(england, *SPECIAL) / WEEKS_PER_YEAR
    found["after_16"] = _sums(england, "pupil_years.post16_plan") / WEEKS_PER_YEAR
    return found


def request_scale(inputs: Inputs) -> float:
    """England's requests over those that the sampled councils stand for, as published. [ratio].

    A sample of whole councils is balanced, not exact; this is known of it beforehand and taken out.
    """
    by_code = {council.la_code: council for council in councils_at_start(inputs.start_year)}
    chosen = [by_code[int(code)] for code in inputs.councils.council_id]
    stood_for = sum(float(c.requests) * w for c, w in zip(chosen, inputs.councils.weight.tolist(), strict=True))
    return float(england_total("requests") / stood_for)
