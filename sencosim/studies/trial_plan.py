"""A trial before it is simulated, and what is counted in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from sencosim.decisions.resampling import Floats
from sencosim.decisions.trial_design import Analysis, Courses, Flags, parallel, stepped_wedge
from sencosim.errors import InputError
from sencosim.evidence.base_year import BASE_YEAR
from sencosim.outcomes.catalogue import OUTCOMES
from sencosim.scenario.schema import Horizon, Scenario
from sencosim.units import format_year, parse_year

Cluster = Literal["school", "council"]

EXPOSURE = ("pupil_years.sen_support", "pupil_years.ehc_plan")
"""Rates are per pupil-year on SEN Support or with a plan in a mainstream class."""
COUNTS = {one.name: one for one in OUTCOMES if not one.per}
"""Outcomes that are plain counts, so that a trial can count them by cluster."""
WITHOUT_SHORTAGE = ("teacher_supply", "vacancies_lengthen")
"""Off in a trial: some hundred schools find their teachers, where all schools of England at once would not."""
SHORTEST_WEDGE = 3
"""A year before the policy, then two steps. [years]"""


@dataclass(frozen=True)
class TrialPlan:
    """A trial, before it is simulated: what is randomised and counted, who has the policy when, how it is analysed.

    Attributes
    ----------
    scenario
        The policy; in the trial it begins at once, without phasing-in and without a shortage of teachers.
    cluster
        What is randomised.
    outcome
        What is counted; see :data:`sencosim.outcomes.catalogue.OUTCOMES`.
    baseline_years, years
        Years before the first cluster has the policy, and years of the trial in all. [years]
    kind
        ``parallel``, or ``stepped_wedge`` with one step a year after the first.
    method
        Analysis.
    """

    scenario: Scenario
    cluster: Cluster
    outcome: str
    baseline_years: int
    years: int
    kind: Literal["parallel", "stepped_wedge"] = "parallel"
    method: Analysis = "cluster_means"

    def schedule(self, n_clusters: int) -> Flags:
        """Who has the policy when. [shape (n_clusters, years)]"""
        if self.kind == "stepped_wedge":
            return stepped_wedge(n_clusters, self.years - 1)
        return parallel(n_clusters, self.years, self.baseline_years)

    @property
    def multiple(self) -> int:
        """A number of clusters must be one of this. [clusters]"""
        return multiple_of(self.kind, self.years)


def check_outcome(name: str) -> str:
    """Refuse an outcome that is no count, with the names that can be counted."""
    if name not in COUNTS:
        raise InputError(f"A trial cannot count {name!r}. It can count {', '.join(COUNTS)}.")
    return name


def check_years(kind: str, years: int, baseline_years: int) -> None:
    """Refuse a trial too short for its design, before anything is run."""
    if kind == "stepped_wedge" and years < SHORTEST_WEDGE:
        raise InputError(
            f"A stepped wedge of {years} {'year' if years == 1 else 'years'} is too short: it needs a year before the "
            "policy and two steps of a year each. Give --trial-years 3 or more."
        )
    if kind == "parallel" and years <= baseline_years:
        raise InputError(
            f"A trial of {years} {'year' if years == 1 else 'years'} with {baseline_years} before the policy has none "
            "with it. Give a larger --trial-years or a smaller --baseline-years."
        )


def multiple_of(kind: str, years: int) -> int:
    """A number of clusters must be one of this: one for each step or arm. [clusters]"""
    return years - 1 if kind == "stepped_wedge" else 2


def check_clusters(kind: str, years: int, cluster: Cluster, there: int) -> None:
    """Refuse a trial among so few clusters that its arms or steps have no two each, before anything is run."""
    multiple = multiple_of(kind, years)
    if there < 2 * multiple:
        raise InputError(
            f"There {'is' if there == 1 else 'are'} {there} {cluster}{'' if there == 1 else 's'} here, and this trial "
            f"needs {2 * multiple} or more: two for each of its {multiple} "
            f"{'steps' if kind == 'stepped_wedge' else 'arms'}. Take more councils, or all of England."
        )


def in_trial(plan: TrialPlan) -> Scenario:
    """The policy as a trial has it: for all its clusters at once, for its years.

    Raises
    ------
    InputError
        If the years before the policy go back beyond the base year.
    """
    scenario = plan.scenario
    start = min(parse_year(lever.start) for _, lever in scenario.levers.active())
    first = start - plan.baseline_years
    if first < BASE_YEAR:
        most = start - BASE_YEAR
        raise InputError(f"The policy begins in {format_year(start)}: at most {most} years can be counted before it.")
    every = {"phase_in": None, "phase_in_years": 1}
    at_once = {name: lever.model_copy(update=every) for name, lever in scenario.levers.active()}
    off = (*scenario.mechanisms.off, *(name for name in WITHOUT_SHORTAGE if name not in scenario.mechanisms.off))
    return scenario.model_copy(
        update={
            "levers": scenario.levers.model_copy(update=at_once),
            "horizon": Horizon(first_year=format_year(first), years=plan.years),
            "mechanisms": scenario.mechanisms.model_copy(update={"off": off}),
        }
    )


@dataclass(frozen=True)
class Counted:
    """What happened in the worlds of a trial."""

    courses: Mapping[str, Courses]  # by outcome, at the point values: clusters of all samples together
    # By outcome, at each draw: log of the rate with the policy over that without it, in the years in which arms differ,
    # as it would be on all samples [shape (n_draws,)]
    effects: Mapping[str, Floats]
    policy_gbp: Floats  # cost of the policy in one cluster and year, undiscounted, at a draw's prices [(n_draws,)]
