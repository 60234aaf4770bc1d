"""``sencosim optimise``: which hours, where, and what beside them, is the best policy for the money?

Policies are settings of the dials of :mod:`sencosim.studies.policy_space`. A design of them is run on a sample, the
frontier of each aim is searched on the emulator and run as well, the frontier's points are confirmed on more schools,
and the options that come out are run under every view, form and law (:mod:`sencosim.studies.optimise_cases`).
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from sencosim.decisions.emulator import Emulator
from sencosim.decisions.frontier import Aim, Limit, Problem, Searched, emulators_of, knee, search, undominated
from sencosim.decisions.resampling import Floats
from sencosim.errors import InputError
from sencosim.experiment.pool import Step
from sencosim.names import did_you_mean
from sencosim.outcomes.equity import results_by_group
from sencosim.outcomes.policy_figures import DUTY_A_YEAR, LOWEST, TEACHERS, figures
from sencosim.scenario.load import load_scenario
from sencosim.scenario.schema import Scenario
from sencosim.studies.optimise_cases import Cases, cases_of, draws_of_options
from sencosim.studies.policy_runs import PolicyRuns, errors_of, means_of
from sencosim.studies.policy_space import DIALS, Schools, design, dials_at, policy_at, settled

COST = "net_public_cost"
AIMS = (
    *("senco_work_hours", "sen_work_hours", "support_intensity", LOWEST, "years_waiting_identification"),
    *("weeks_to_file", "plans_within_20_weeks", "permanent_exclusions", "npsv"),
)
"""Outcomes of which a frontier is looked for, the main one first unless another is named."""
POINTS = 7
"""Points of the main frontier that are confirmed."""
SHIPPED = (
    "protected_time",
    "hours_by_need",
    "full_time",
    "full_time_where_needed",
    "admin_support",
    "team",
    "slt_seat",
)
"""Shipped policies that stand beside the frontier: the options that are compared like for like, but for everything."""
NOTHING, RULE = "nothing", "rule"
IN_CASES = ("protected_time", "hours_by_need", "full_time")
"""Shipped policies that are run in every case beside the frontier."""


@dataclass(frozen=True)
class Sizes:
    """How much is run."""

    points: int = 128  # policies of the design; a power of two
    replications: int = 2  # of each policy in the search
    share: float = 0.02  # of England in the search, the cases and the draws
    rounds: int = 2  # in which points are added to the design
    confirmed_share: float = 0.25  # of England on which the frontier is confirmed
    draws: int = 32  # of the evidence in which the options are run
    first: int = 0  # replication of the confirmation: another one for a rerun


@dataclass(frozen=True)
class Found:
    """What a search came to."""

    base: Scenario
    main: str  # aim that the chosen policy serves
    problem: Problem
    sizes: Sizes
    searched: Searched
    emulators: Mapping[str, Emulator]
    dials: pd.DataFrame  # of each point that was confirmed, by name: the main frontier in order of cost, then others
    aims: Mapping[str, str]  # on the frontier of which aim each lies
    confirmed: pd.DataFrame  # figures of these and of shipped policies, by name
    errors: pd.DataFrame  # their standard errors, NaN for one replication
    cases: Cases
    drawn: pd.DataFrame  # figures of the options in every draw of the evidence, and its inputs
    groups: pd.DataFrame  # who gains from the rule
    seconds: float = 0.0

    @property
    def rule(self) -> dict[str, float]:
        """Dials of the chosen policy."""
        return {name: float(value) for name, value in self.dials.to_dict("index")[RULE].items()}

    def cost_and_gain(self, name: str) -> tuple[float, float]:
        """What a policy costs, and how far it moves the main aim. [GBP present value; unit of the aim]"""
        row = self.confirmed.to_dict("index")[name]
        return float(row[COST]), float(row[self.main])


@dataclass
class Study:
    """A search, stage by stage; what is run is kept, so that the same search goes on where it was stopped."""

    base: Scenario
    runs: PolicyRuns
    sizes: Sizes
    problem: Problem
    told: list[str] = field(default_factory=list)

    def outcomes(self, points: Floats) -> pd.DataFrame:
        """Run points of the unit cube. [one row each, a column for each figure]"""
        dials = dials_at(points).to_dict("records")
        names = [f"policy_{number}" for number in range(1, len(dials) + 1)]
        policies = {name: self.policy(row, name) for name, row in zip(names, dials, strict=True)}
        found = means_of(self.runs.figures(policies, self.sizes.replications, self.sizes.share))
        return found.droplevel("view").loc[names].reset_index(drop=True)

    def policy(self, dials: Mapping[Any, Any], name: str) -> Scenario:
        """A setting of the dials as a scenario of this search."""
        return policy_at({str(dial): float(value) for dial, value in dials.items()}, self.base, name)

    def searched(self, schools: Schools) -> Searched:
        """The design, and what is found on it."""
        seed = self.base.run.seed
        return search(
            self.problem,
            design(self.sizes.points, seed),
            self.outcomes,
            schools.inputs,
            settled,
            seed=seed,
            rounds=self.sizes.rounds,
            told=self._say_round,
        )

    def _say_round(self, number: int, emulators: Mapping[str, Emulator]) -> None:
        known = min(one.r_squared for one in emulators.values())
        self.runs.tell(Step(0, 1, f"round {number}: looking for the frontier (emulators explain {known:.0%} or more)"))


def find(study: Study, main: str) -> Found:
    """Search, confirm, and run what is found in every case and draw."""
    started = time.monotonic()
    base, sizes, runs = study.base, study.sizes, study.runs
    schools = Schools.of(base, runs.options, sizes.share)
    searched = study.searched(schools)
    emulators = emulators_of(searched, study.problem.outcomes, schools.inputs, base.run.seed)
    dials, aims = chosen_points(study.problem, searched, main)
    own = {str(name): study.policy(row, str(name)) for name, row in dials.to_dict("index").items()}
    shipped = {name: like(load_scenario(name).scenario, base) for name in SHIPPED}
    confirmed = runs.figures({**own, **shipped}, 1, sizes.confirmed_share, first=sizes.first)
    options = {name: one for name, one in own.items() if aims[name] in (main, RULE)}
    options |= {name: shipped[name] for name in IN_CASES} | {NOTHING: policy_at(_off(), base, NOTHING)}
    return Found(
        base,
        main,
        study.problem,
        sizes,
        searched,
        emulators,
        dials,
        aims,
        means_of(confirmed).droplevel("view"),
        errors_of(confirmed).droplevel("view"),
        cases_of(runs, options, sizes.share),
        draws_of_options(runs, options, sizes.draws, sizes.share),
        who_gains(study, own[RULE]),
        time.monotonic() - started,
    )


def like(scenario: Scenario, base: Scenario) -> Scenario:
    """A shipped policy with everything but its levers as in another scenario."""
    said = {"name": scenario.name, "title": scenario.title, "cautions": scenario.cautions, "levers": scenario.levers}
    return base.model_copy(update=said)


def _off() -> dict[str, float]:
    """Dials of no policy at all."""
    return {name: dial.low for name, dial in DIALS.items()}


def chosen_points(problem: Problem, searched: Searched, main: str) -> tuple[pd.DataFrame, dict[str, str]]:
    """Points that are confirmed: the main frontier from cheap to dear, the knee of each other one, and the rule.

    Returns
    -------
        Dials by name of the point, and the aim on whose frontier each lies; the rule's is ``rule``. Two names never
        stand for one policy.
    """
    dials, aims = dict[str, pd.Series](), dict[str, str]()
    table = dials_at(searched.points)
    rows = frontier_rows(problem, searched, main)
    for number, row in enumerate(_spread_out(searched, main, rows), start=1):
        dials[f"point_{number}"], aims[f"point_{number}"] = table.iloc[row], main
    best = rows[_knee(problem, searched, main, rows)]
    plainly = dials_at(searched.points[[best]], plainly=True)
    for aim in problem.aims:
        others = frontier_rows(problem, searched, aim.name)
        own = table.iloc[others[_knee(problem, searched, aim.name, others)]] if others else None
        if aim.name != main and own is not None and not any(own.equals(one) for one in dials.values()):
            dials[f"for_{aim.name}"], aims[f"for_{aim.name}"] = own, aim.name
    dials[RULE], aims[RULE] = plainly.iloc[0], RULE
    return pd.DataFrame(dials).T, aims


def frontier_rows(problem: Problem, searched: Searched, aim: str) -> list[int]:
    """Rows of the frontier of an aim among all that was run, from cheap to dear; those that cost and gain something."""
    (own,) = (one for one in problem.aims if one.name == aim)
    cost = searched.outcomes[problem.cost].to_numpy(dtype=np.float64)
    gain = own.gain(searched.outcomes)
    rows = np.flatnonzero(problem.allowed(searched.outcomes) & (gain > 0.0))
    kept = rows[undominated(cost[rows], gain[rows])]
    found: list[int] = kept[np.argsort(cost[kept], kind="stable")].tolist()
    return found


def _knee(problem: Problem, searched: Searched, aim: str, rows: Sequence[int]) -> int:
    """Place of the knee among the rows of a frontier, no policy at all being its lower end."""
    (own,) = (one for one in problem.aims if one.name == aim)
    cost = searched.outcomes[problem.cost].to_numpy(dtype=np.float64)[list(rows)]
    gain = own.gain(searched.outcomes)[list(rows)]
    return max(0, knee(np.append(0.0, np.maximum(cost, 0.0)), np.append(0.0, gain)) - 1)


def _spread_out(searched: Searched, aim: str, rows: Sequence[int]) -> list[int]:
    """At most :data:`POINTS` rows of a frontier, spread evenly over what they gain, the ends among them."""
    if len(rows) <= POINTS:
        return list(rows)
    gain = np.abs(searched.outcomes[aim].to_numpy(dtype=np.float64)[list(rows)])
    at = np.linspace(gain[0], gain[-1], POINTS)
    return list(dict.fromkeys(rows[int(np.argmin(np.abs(gain - one)))] for one in at))


def who_gains(study: Study, rule: Scenario) -> pd.DataFrame:
    """Results of the chosen policy by group of schools."""
    question = study.runs.question(
        {RULE: rule}, 1, study.sizes.confirmed_share, first=study.sizes.first, level="school"
    )
    store = study.runs.kept(question)
    pairs = (store.read(job) for job in question.all_jobs(1))
    return results_by_group(pairs, rule, rule.view)


# -- the command -------------------------------------------------------------------------------------------------------


def problem_of(options: Mapping[str, Any]) -> Problem:
    """What is looked for: least cost, every aim, limits that the user sets.

    Raises
    ------
    InputError
        If there is no such aim.
    """
    if options["aim"] not in AIMS:
        hint = did_you_mean(options["aim"], AIMS)
        raise InputError(f"There is no aim named {options['aim']}. {hint} Aims are {', '.join(AIMS)}.")
    known = figures()
    limits = [Limit(name, options[option]) for option, name in LIMITS.items() if options[option] is not None]
    aims = (options["aim"], *(name for name in AIMS if name != options["aim"]))
    signs = {"up": 1.0, "down": -1.0}
    return Problem(COST, tuple(Aim(name, signs[known[name].favourable]) for name in aims), tuple(limits))


LIMITS = {"most_cost": COST, "most_duty": DUTY_A_YEAR, "most_teachers": TEACHERS}
"""Outcomes that an option of the command limits."""
