"""The search for the best policy for the money: design, rounds, confirmation, cases.

Policies are settings of the dials of :mod:`sencosim.studies.policy_space`. A design of them is run on a sample, the
frontier of each aim is searched on the emulator and run as well, the frontier's points are confirmed on more schools,
and the options that come out are run under every view, form and law (:mod:`sencosim.studies.optimise_cases`).
"""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sencosim.decisions.emulator import LEAST_R_SQUARED, Emulator
from sencosim.decisions.frontier import Aim, Limit, Problem, Searched, emulators_of, knee, search, undominated
from sencosim.decisions.resampling import Floats
from sencosim.errors import InputError
from sencosim.experiment.jobs import laws_for
from sencosim.experiment.pool import Step, Where
from sencosim.experiment.probe import minutes, probe
from sencosim.fingerprint import made_with
from sencosim.model import RunOptions, england, sample, share_of, speaks_for_england
from sencosim.names import did_you_mean
from sencosim.outcomes.equity import results_by_group
from sencosim.outcomes.frontier import COST
from sencosim.outcomes.policy_figures import DUTY_A_YEAR, LOST, LOWEST, TEACHERS, figures
from sencosim.report.compare.terms import like_for_like
from sencosim.report.words import in_a_sentence, per_cent
from sencosim.scenario.load import shipped_fingerprints, shipped_scenario
from sencosim.scenario.schema import Scenario
from sencosim.studies.answer import unknown_outcome
from sencosim.studies.draws import run_few, whole_in_words
from sencosim.studies.optimise_cases import FORMS, Cases, cases_of, draws_of_options
from sencosim.studies.policy_runs import PolicyRuns, errors_of, means_of
from sencosim.studies.policy_space import DIALS, Schools, design, dials_at, plain_policies, policy_at

AIMS = (
    *("support_intensity", "senco_work_hours", "sen_work_hours", LOWEST, "years_waiting_identification"),
    *("weeks_to_file", "plans_within_20_weeks", "permanent_exclusions", "npsv"),
)
"""Outcomes of which a frontier is looked for, the main one first unless another is named. It is what reaches pupils:
hours of SENCO work fall where an administrator takes paperwork over, though more is done for pupils."""
LEAST_GAIN = 2.0
"""How many times the error of its emulator the most that is reached of an aim must be, for it to have a frontier."""
LEAST_SHARE = 0.03
"""Share of the most that is reached of an aim from which a policy is a point of its frontier."""
POINTS = 7
"""Points of the main frontier that are confirmed."""
SHIPPED: tuple[str, ...] = tuple(name for name in like_for_like() if name != "everything")
"""Shipped policies that stand alongside the frontier: those that are compared like for like, but for all at once."""
NOTHING, RULE = "nothing", "rule"
IN_CASES = ("protected_time", "hours_by_need", "full_time")
"""Shipped policies that are run in every case alongside the frontier."""


@dataclass(frozen=True)
class Sizes:
    """How much is run."""

    points: int = 128  # policies of the design; a power of two
    replications: int = 2  # of each policy in the search
    share: float = 0.02  # of England in the search, the cases and the draws
    rounds: int = 2  # in which points are added to the design
    confirmed_share: float = 0.25  # of England on which the frontier is confirmed
    confirmed: int = 1  # replications of that, with chance of their own
    in_cases: int = 1  # replications of each option in each case
    draws: int = 32  # of the evidence in which the options are run
    timing: bool = False  # whether start and phase-in are searched too

    def on(self, n_schools: int) -> Sizes:
        """The same precision on the schools of some councils, within reason: fewer schools are run more often."""

        def often(schools: int, most: int) -> int:
            return int(np.clip(math.ceil(schools / n_schools), 1, most))

        return replace(
            self,
            replications=max(self.replications, often(SEARCHED_SCHOOLS, MOST_OFTEN)),
            confirmed=max(self.confirmed, often(CONFIRMED_SCHOOLS, 2 * MOST_OFTEN)),
            in_cases=max(self.in_cases, often(SEARCHED_SCHOOLS // 2, MOST_OFTEN)),
        )


SEARCHED_SCHOOLS, CONFIRMED_SCHOOLS, MOST_OFTEN = 900, 5000, 16
"""Schools on which each policy is run in the search and in the confirmation, all replications together, and how often
at most the schools of chosen councils are run for that."""


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
    asked: Mapping[str, str]  # fingerprints of the shipped scenarios that were run, by name
    seconds: float = 0.0

    @property
    def rule(self) -> dict[str, float]:
        """Dials of the chosen policy."""
        return {str(name): float(value) for name, value in self.dials.to_dict("index")[RULE].items()}

    @property
    def scenarios(self) -> tuple[Scenario, ...]:
        """What was run: the scenario whose levers were searched, and shipped policies."""
        return (self.base, *(like_shipped(name, self.base) for name in SHIPPED))


@dataclass(frozen=True)
class Study:
    """A search, stage by stage; what is run is kept, so that the same search goes on where it was stopped."""

    base: Scenario
    runs: PolicyRuns
    sizes: Sizes
    problem: Problem

    def outcomes(self, points: Floats) -> pd.DataFrame:
        """Run points of the unit cube. [one row each, a column for each figure]

        Raises
        ------
        InputError
            If what is searched for, paid or limited is unknown in a run.
        """
        dials = dials_at(points).to_dict("records")
        names = [f"policy_{number}" for number in range(1, len(dials) + 1)]
        policies = {name: self.policy(row, name) for name, row in zip(names, dials, strict=True)}
        by_run = self.runs.figures(policies, self.sizes.replications, self.sizes.share)
        for name in self.problem.outcomes:
            if unknown := int(by_run[name].isna().sum()):
                raise unknown_outcome(figures()[name].title, f"in {unknown:,} of {len(by_run):,} runs")
        found = means_of(by_run)
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
            partial(schools.settled, timing=self.sizes.timing),
            seed=seed,
            rounds=self.sizes.rounds,
            told=self._say_round,
        )

    def _say_round(self, number: int, emulators: Mapping[str, Emulator]) -> None:
        known = min(one.r_squared for one in emulators.values())
        told = f"round {number}: looking for the frontier (emulators explain {per_cent(known)} or more)"
        self.runs.tell(Step(0, 1, told))


def find(study: Study, main: str) -> Found:
    """Search, confirm, and run what is found in every case and draw."""
    started, asked = time.monotonic(), shipped_fingerprints(("baseline", *SHIPPED))
    base, sizes, runs = study.base, study.sizes, study.runs
    schools = Schools.of(base, runs.options, sizes.share)
    searched = study.searched(schools)
    emulators = emulators_of(searched, study.problem.outcomes, schools.inputs, base.run.seed)
    problem = explained(study.problem, searched, emulators, main)
    dials, aims = chosen_points(problem, searched, main, partial(schools.told, timing=sizes.timing))
    own = {str(name): study.policy(row, str(name)) for name, row in dials.to_dict("index").items()}
    shipped = {name: like_shipped(name, base) for name in SHIPPED}
    confirmed = runs.figures({**own, **shipped}, sizes.confirmed, sizes.confirmed_share, first=sizes.replications)
    options = {name: one for name, one in own.items() if aims[name] in (main, RULE)}
    options |= {name: shipped[name] for name in IN_CASES} | {NOTHING: policy_at(_off(), base, NOTHING)}
    return Found(
        base,
        main,
        problem,
        sizes,
        searched,
        emulators,
        dials,
        aims,
        means_of(confirmed).droplevel("view"),
        errors_of(confirmed).droplevel("view"),
        cases_of(runs, options, sizes.share, sizes.in_cases),
        draws_of_options(runs, options, sizes.draws, sizes.share),
        who_gains(study, own[RULE]),
        asked,
        time.monotonic() - started,
    )


def explained(problem: Problem, searched: Searched, emulators: Mapping[str, Emulator], main: str) -> Problem:
    """The same without aims that the dials do not explain, or hardly move: their best point would be one of chance.

    Raises
    ------
    InputError
        If the main one is among them.
    """

    def is_known(aim: Aim) -> bool:
        emulator, most = emulators[aim.name], float(aim.gain(searched.outcomes).max())
        return emulator.r_squared >= LEAST_R_SQUARED and (most <= 0.0 or most > LEAST_GAIN * emulator.band)

    known = tuple(aim for aim in problem.aims if is_known(aim))
    if main not in {aim.name for aim in known}:
        raise InputError(
            f"The dials move {in_a_sentence(figures()[main].title)} too little, or too much by chance, for a best "
            "policy to be told. Give more --replications, more --points, or more schools."
        )
    return replace(problem, aims=known)


def like_shipped(name: str, base: Scenario) -> Scenario:
    """A shipped policy with everything but its levers as in another scenario."""
    scenario = shipped_scenario(name)
    said = {"name": scenario.name, "title": scenario.title, "cautions": scenario.cautions, "levers": scenario.levers}
    return base.model_copy(update=said)


def _off() -> dict[str, float]:
    """Dials of no policy at all."""
    return {name: dial.low for name, dial in DIALS.items()}


def chosen_points(
    problem: Problem, searched: Searched, main: str, told: Callable[[pd.DataFrame], pd.DataFrame]
) -> tuple[pd.DataFrame, dict[str, str]]:
    """Points that are confirmed: the main frontier from cheap to dear, the knee of each other one, and the rule.

    The rule is the knee of the main frontier, or its far end where a limit is set, at the steps that people follow.

    Returns
    -------
        Dials by name of the point, and the aim on whose frontier each lies; the rule's is ``rule``. Two names never
        stand for one policy.

    Raises
    ------
    InputError
        If the main frontier has no point.
    """
    dials, aims = dict[str, pd.Series](), dict[str, str]()
    table = dials_at(searched.points)
    rows = frontier_rows(problem, searched, main)
    if not rows:
        raise InputError(
            f"No policy within the limits moves {in_a_sentence(figures()[main].title)}. Loosen a limit, or choose "
            "another --aim."
        )
    for number, row in enumerate(_spread_out(searched, main, rows), start=1):
        dials[f"point_{number}"], aims[f"point_{number}"] = table.iloc[row], main
    best = rows[-1] if is_bounded(problem) else rows[_knee(problem, searched, main, rows)]
    plainly = told(dials_at(searched.points[[best]], plainly=True))
    for aim in problem.aims:
        others = frontier_rows(problem, searched, aim.name)
        own = table.iloc[others[_knee(problem, searched, aim.name, others)]] if others else None
        if aim.name != main and own is not None and not any(own.equals(one) for one in dials.values()):
            dials[f"for_{aim.name}"], aims[f"for_{aim.name}"] = own, aim.name
    dials[RULE], aims[RULE] = plainly.iloc[0], RULE
    return pd.DataFrame(dials).T, aims


def is_bounded(problem: Problem) -> bool:
    """Whether the user set a limit: then the policy that moves the aim furthest within it is asked for."""
    return any(one.name != LOST for one in problem.limits)


def frontier_rows(problem: Problem, searched: Searched, aim: str) -> list[int]:
    """Rows of the frontier of an aim among all that was run, from cheap to dear; hardly any gain is none."""
    (own,) = (one for one in problem.aims if one.name == aim)
    cost = searched.outcomes[problem.cost].to_numpy(dtype=np.float64)
    gain = own.gain(searched.outcomes)
    least = LEAST_SHARE * max(0.0, float(gain.max()))
    rows = np.flatnonzero(problem.allowed(searched.outcomes) & (gain > least))
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
    sizes = study.sizes
    how = (sizes.confirmed, sizes.confirmed_share)
    question = study.runs.question({RULE: rule}, *how, first=sizes.replications, level="school")
    store = study.runs.kept(question)
    pairs = (store.read(job) for job in question.all_jobs(sizes.confirmed))
    return results_by_group(pairs, rule, rule.view)


# -- what is asked, and how long it takes ------------------------------------------------------------------------------


def problem_of(options: Mapping[str, Any]) -> Problem:
    """What is looked for: least cost, every aim, limits that the user sets, and one on hours that are taken away.

    Without the last the cheapest policies are low floors to which schools that give more come down.

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
    limits.append(Limit(LOST, 0.0))
    aims = (options["aim"], *(name for name in AIMS if name != options["aim"]))
    signs = {"up": 1.0, "down": -1.0}
    return Problem(COST, tuple(Aim(name, signs[known[name].favourable]) for name in aims), tuple(limits))


LIMITS = {"most_cost": COST, "most_duty": DUTY_A_YEAR, "most_teachers": TEACHERS}
"""Outcomes that an option of the command limits."""


def sizes_of(options: Mapping[str, Any], base: Scenario, chosen: RunOptions) -> Sizes:
    """How much is run, as the options of the command say.

    Raises
    ------
    InputError
        If the design has no power of two of points.
    """
    named = ("points", "replications", "rounds", "draws", "timing")
    share, confirmed = (share_of(chosen, options[name]) for name in ("sample", "confirmed_share"))
    sizes = Sizes(share=share, confirmed_share=confirmed, **{name: options[name] for name in named})
    if sizes.points & (sizes.points - 1):
        raise InputError(f"--points is a power of two, such as 64 or 128; found {sizes.points}.")
    if speaks_for_england(chosen):
        return sizes
    return sizes.on(sample(england(chosen), base, chosen, 0, 1.0).n_schools)


SECONDS_A_ROUND = 60.0
"""What looking for the frontiers on the emulators takes at most in a round, on one core. [seconds]"""
NEW_A_ROUND = 40
"""Policies that a round adds, about: many targets are reached by the same policy."""


def school_years(base: Scenario, options: RunOptions, sizes: Sizes) -> int:
    """Work of a whole search, by what is known before it begins. [schools x years]"""
    small, large = (
        sample(england(options), base, options, 0, share).n_schools for share in (sizes.share, sizes.confirmed_share)
    )
    n_options = POINTS + len(IN_CASES) + 1
    n_design = sizes.points + len(plain_policies())
    searched = (n_design + sizes.rounds * NEW_A_ROUND) * sizes.replications
    in_cases = len(laws_for(base)) * len(FORMS) * len(base.views) * (n_options + 1) * sizes.in_cases
    confirmed = (POINTS + len(AIMS) + len(SHIPPED) + 2) * sizes.confirmed
    pairs = small * (searched + in_cases + sizes.draws * (n_options + 1)) + large * confirmed
    return pairs * base.simulated_years


def estimate_in_words(base: Scenario, options: RunOptions, sizes: Sizes, where: Where) -> str:
    """What will be run, and how long it takes by a measurement on this machine: some ten seconds."""
    work = school_years(base, options, sizes)
    few = PolicyRuns(options, where, Path(), _silent).question({"full_time": like_shipped("full_time", base)}, 1, 1.0)
    (job,) = few.all_jobs(1)
    found = probe(partial(run_few, few.work_for((job,)), job), england(options))
    seconds = work * found.seconds_per_school_year / where.workers + sizes.rounds * SECONDS_A_ROUND
    whole = whole_in_words(options)
    part = f"the {whole}" if whole else f"{per_cent(sizes.share)} of England"
    processes = "process" if where.workers == 1 else "processes"
    return (
        f"Searches over {sizes.points} policies and {sizes.rounds} rounds of what is found on {part}, confirms the "
        f"frontier, and runs it under every view, form and law. Measured on this machine: about {minutes(seconds)} at "
        f"most on {where.workers} {processes}; what is kept from an earlier search is not run again."
    )


def _silent(_: Step) -> None:
    """Say nothing."""


def search_id(found: Found, options: RunOptions) -> str:
    """What tells one search from another: the same question has the same name."""
    told = [found.base.fingerprint(), found.main, str(found.problem.limits), str(found.sizes), str(options.councils)]
    told.append(england(options).fingerprint)
    return hashlib.sha256("|".join([*told, *made_with().values()]).encode("utf-8")).hexdigest()[:10]
