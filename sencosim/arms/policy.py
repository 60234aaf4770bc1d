"""A scenario's levers into what they ask of each school, each council and the tribunal in each academic year."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sencosim.arms.inputs import ASKED, FloatArray, PolicyInputs
from sencosim.levers.lever import Asked
from sencosim.levers.schools import RunSchools
from sencosim.rules.chance import normal_quantile
from sencosim.scenario.schema import Scenario


def policy_inputs(at: RunSchools, scenario: Scenario, sen_numbers: FloatArray | None = None) -> PolicyInputs:
    """What each lever asks, after cover, pilot lot, phase-in and compliance, those of the background included.

    A lever that is silent on compliance, used share or drift takes them from the values of the run. Hours that follow
    need are counted by ``sen_numbers``, pupils with SEN at the start of each academic year in the no-policy arm; by
    those of the population in every year if ``None``. [pupils, shape (n_schools, n_years)]
    """
    at = replace(at, sen_numbers=sen_numbers)
    asked = _nothing_asked(at)
    question = {name for name, _ in scenario.levers.active()}
    acts = np.zeros(at.years, dtype=bool)
    for name, lever in scenario.policies():
        active = lever.reached(at)
        lever.ask(at, active, asked)
        if name in question:
            acts |= active.any(axis=0)
    return PolicyInputs(**asked, first_year=int(np.argmax(acts)) if acts.any() else at.years)


def _nothing_asked(at: RunSchools) -> Asked:
    shape = {"schools": (at.phase.size, at.years), "councils": (at.councils.size, at.years), "England": (at.years,)}
    asked: Asked = {one.name: np.full(shape[one.metadata["of"]], one.metadata["neutral"]) for one in ASKED}
    asked["award_terms"][:] = at.values["npq_terms"]
    asked["paperwork_ratio"][:] = _council_paperwork(at)[:, None]
    return asked | {
        "cluster": np.full(at.phase.size, -1, dtype=np.int64),
        "review_support_ratio": 0.0,
        "reviews_before_end": 1,
        "used_share_added": float(at.values["used_share_added"]),
    }


def _council_paperwork(at: RunSchools) -> FloatArray:
    """M19: hours of paperwork that a school's council asks for, relative to the mean. [ratio, shape (n_schools,)]."""
    sd = at.values["council_process_log_sd"]
    u = at.drawn("council_process", at.population.la_code)
    return np.exp(np.array([sd * normal_quantile(x) for x in u]) - 0.5 * sd**2)


def abolished(policy: PolicyInputs, first_year: int | None = None) -> PolicyInputs:
    """Take every school's SENCO away: post, overtime and hours. For tests only; no scenario can ask for it.

    ``first_year`` is the index of the first year without SENCOs; that of the policy if ``None``, or 0 if it has none.
    """
    years = policy.abolished.shape[1]
    first = (policy.first_year if policy.first_year < years else 0) if first_year is None else first_year
    flags = policy.abolished.copy()
    flags[:, first:] = True
    return replace(policy, abolished=flags, first_year=min(first, policy.first_year))
