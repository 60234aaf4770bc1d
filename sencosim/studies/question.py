"""An experiment at chosen points: the policies, the points at which they are run, the schools, and how often."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from sencosim.arms.prepare import Draw
from sencosim.decisions.designs import Design
from sencosim.decisions.ensemble import DRAW_KEYS, WEIGHT
from sencosim.engine.pair import read_evidence, run_pair
from sencosim.errors import InputError
from sencosim.evidence.posterior import load_posterior, row_of_draw
from sencosim.experiment.jobs import Job
from sencosim.experiment.precision import Rule
from sencosim.experiment.store import Store
from sencosim.experiment.totals import Level, PairTotals, totals_of
from sencosim.fingerprint import made_with
from sencosim.model import RunOptions, baseline_of, england, sample, share_of
from sencosim.names import listed
from sencosim.report.assemble import area_of
from sencosim.report.research import FORMS_DRAWN
from sencosim.report.showing import CAUTIONS, cautions_of
from sencosim.scenario.changed import with_values
from sencosim.scenario.laws import Law, under_law
from sencosim.scenario.schema import Scenario
from sencosim.scenario.structure import reference_row
from sencosim.studies.design_checks import as_written, check_points, check_settings, check_values
from sencosim.studies.space import CALIBRATION_ROW, NO_ROW, fitted, is_price, row_values, uncertain

BASELINE = "baseline"
DEFAULT_SHARE = 0.02
"""Share of England on which an ensemble runs, in whole councils: four of them."""


@dataclass(frozen=True)
class Point:
    """One point of an ensemble: a reading of the evidence, and settings of the policy."""

    view: str
    draw: int  # its key, with the view
    values: Mapping[str, float]  # parameters that differ from the point values of the view [unit of each]
    settings: Mapping[str, float]  # settings of the scenario that differ, by dotted name
    base: int = 0  # draw of the evidence that holds what ``values`` do not say: fitted parameters keep together in it


@dataclass(frozen=True)
class Question:
    """An experiment at chosen points, before it is run."""

    scenarios: Mapping[str, Scenario]  # policies by name; the no-policy arm is always run alongside them
    options: RunOptions  # schools and engine
    points: pd.DataFrame  # one row a point: ``view``, ``draw``, ``weight`` and one column for each input
    kind: str  # ``draws`` or the kind of a design
    replications: int = 1  # of every point, each on its own sample with its own chance, the same for all points
    share: float = DEFAULT_SHARE  # of England simulated, if no council is named; of a list of some schools always 1
    design: Design | None = field(default=None, compare=False)  # unit cube behind the points, if they are a design
    first_replication: int = 0  # number of the first, for a rerun with other schools and chance
    title: str = ""  # of its folder, where the policies are too many to be its name
    level: Level = "whole"  # what is kept of each pair

    def __post_init__(self) -> None:
        """Refuse a name that mixes arms up; sample nothing from a list of some schools, which is run whole.

        Where councils are named no share is read, but it is in the names of pairs: it is always the same there.
        """
        check_names_of_arms(self.scenarios)
        object.__setattr__(
            self, "share", DEFAULT_SHARE if self.options.councils else share_of(self.options, self.share)
        )

    @property
    def first(self) -> Scenario:
        """The first policy, whose horizon, seed and main view hold."""
        return next(iter(self.scenarios.values()))

    @property
    def law(self) -> Law:
        """Law that all arms stand on: the first that the first policy is set against, as in the headline of a run."""
        return self.first.baselines[0]

    @property
    def arms(self) -> tuple[str, ...]:
        """The baseline and the policies."""
        return (BASELINE, *self.scenarios)

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of the inputs."""
        return tuple(str(name) for name in self.points if name not in (*DRAW_KEYS, WEIGHT))

    def facts(self) -> dict[str, Any]:
        """What numbers depend on, and cautions: an ensemble that was stored without one is not found in its place."""
        cautions = cautions_of(self.scenarios.values())
        return ({CAUTIONS: cautions} if cautions else {}) | {
            "scenarios": {name: one.fingerprint() for name, one in self.scenarios.items()},
            "law": self.law,
            "kind": self.kind,
            "points": hashlib.sha256(
                self.points.to_json(orient="split", double_precision=15).encode("utf-8")
            ).hexdigest(),
            "n_points": len(self.points),
            FORMS_DRAWN: sorted({*reference_row().settings} & {*self.inputs}),
            "replications": self.replications,
            "sample_share": None if self.options.councils else self.share,
            "councils": list(self.options.councils),
            "area": area_of(self.options)[1],
            "engine": self.options.engine,
            "level": self.level,
            "replaced_mechanisms": self.options.mechanisms.facts(),
            "posterior_fingerprint": load_posterior().fingerprint(),
            "population_fingerprint": england(self.options).fingerprint,
            **made_with(),
        }

    @property
    def ensemble_id(self) -> str:
        """Name of its folder: the same question has the same one, so nothing is run twice."""
        told = json.dumps(self.facts(), sort_keys=True).encode("utf-8")
        if self.title:
            return f"{self.title}-{hashlib.sha256(told).hexdigest()[:10]}"
        kind = f"{self.kind}-own_mechanisms" if self.options.mechanisms.replaced else self.kind
        return f"{'-'.join(self.scenarios)}-{kind}-{hashlib.sha256(told).hexdigest()[:10]}"

    def n_schools(self) -> int:
        """Schools of the first replication. [schools]"""
        return sample(england(self.options), self.first, self.options, 0, self.share).n_schools

    @property
    def rule(self) -> Rule:
        """So many replications, whatever they say."""
        return Rule(self.replications, self.replications)

    def enough(self, headlines: Mapping[Job, float]) -> float:  # noqa: ARG002
        """No range decides how many replications there are. [0 GBP]"""
        return 0.0

    def main_jobs(self) -> list[Job]:
        """No pair decides how many replications there are."""
        return []

    def all_jobs(self, replications: int) -> list[Job]:
        """Pairs in a fixed order. Points that differ in prices alone share theirs."""
        return [
            self.job(number, arm, replication)
            for number in range(1, len(self.groups) + 1)
            for replication in self.numbers(replications)
            for arm in self.scenarios
        ]

    def numbers(self, replications: int) -> range:
        """Numbers of the replications."""
        return range(self.first_replication, self.first_replication + replications)

    def job(self, number: int, arm: str, replication: int) -> Job:
        """The pair of a group of points, numbered from 1."""
        first = self.groups[number - 1][0]
        return Job(first.view, first.base, replication, self.share, self.law, arm=arm, point=number)

    @cached_property
    def groups(self) -> list[tuple[Point, ...]]:
        """Points by what the engine reads of them."""
        settings = [name for name in self.inputs if "." in name]
        parameters = [name for name in self.inputs if "." not in name and "[" not in name]  # lists come with the base
        groups: dict[tuple[object, ...], list[Point]] = {}
        for row in self.points.to_dict(orient="records"):
            chosen = {name: as_written(float(row[name])) for name in settings}
            values = {name: float(row[name]) for name in parameters}
            physical = tuple(value for name, value in values.items() if not is_price(name))
            base = int(row["draw"]) if self.kind == "draws" else 0
            key = (row["view"], base, physical, tuple(chosen.values()))
            groups.setdefault(key, []).append(Point(str(row["view"]), int(row["draw"]), values, chosen, base))
        return [tuple(group) for group in groups.values()]

    def arms_at(self, number: int) -> dict[str, Scenario]:
        """Policies as they are run at a group of points."""
        return {name: self.arm_at(number, name) for name in self.scenarios}

    def arm_at(self, number: int, arm: str) -> Scenario:
        """A policy as it is run: with the settings of a group of points, under the law of the ensemble."""
        return under_law(with_values(self.scenarios[arm], self.groups[number - 1][0].settings), self.law)

    @cached_property
    def _school_years(self) -> int:
        return self.n_schools() * self.first.simulated_years

    def work_of(self, jobs: Sequence[Job]) -> int:
        """Work of some pairs: an arm each, and one no-policy arm a world. [schools x years]"""
        return self._school_years * (len({job.world for job in jobs}) + len(jobs))

    def so_far(self, headlines: Mapping[Job, float]) -> None:
        """Nothing: a design of many points has no headline."""

    def work_for(self, world: Sequence[Job]) -> Worker:
        """What runs some pairs of a world."""
        number = world[0].point
        asked = {job.arm: self.arm_at(number, job.arm) for job in world}
        return Worker(self.options, self.share, asked, self.groups[number - 1][0], self.level)

    def how_to_go_on(self, store: Store) -> str:
        """Command that goes on after a stop."""
        return f"the same command again ({store.run_id})"

    def smaller(self) -> str:
        """What needs less memory."""
        return "Fewer --workers or a smaller --sample needs less memory."


@dataclass(frozen=True)
class Worker:
    """Runs the pairs of one point."""

    options: RunOptions
    share: float
    arms: Mapping[str, Scenario]
    point: Point
    level: Level

    def __call__(self, job: Job) -> PairTotals:
        """Run a pair and keep its totals."""
        scenario, options = self.arms[job.arm], self.options
        schools = sample(england(options), scenario, options, job.replication, self.share)
        reading, base = reading_at(scenario, self.point), baseline_of(scenario)
        again = self.point.base > 0 or not self.point.values  # noqa: PD011  draws are asked for again, points of a design are not
        how = (options.engine, options.mechanisms, reading)
        result = run_pair(job.pair, scenario, base, schools, *how, keep=again)
        return totals_of(job, result, math.nan, self.level)


def reading_at(scenario: Scenario, point: Point) -> Draw:
    """The evidence at a point: the draw on which it is based, with the point's own values in their place."""
    plain = read_evidence(scenario, point.view, point.base, scenario.run.seed)
    own = dict(point.values)
    row = Draw.of(row_values(own.pop(CALIBRATION_ROW, NO_ROW), scenario))
    return replace(
        plain, values=dict(plain.values) | dict(row.values) | own, vectors=dict(plain.vectors) | dict(row.vectors)
    )


def refuse_one_name(names: Iterable[str]) -> None:
    """Refuse policies of one name in one experiment: one of them would be left out without a word.

    Raises
    ------
    InputError
        If a name stands twice.
    """
    held = list(names)
    if twice := sorted({name for name in held if held.count(name) > 1}):
        raise InputError(
            f"Two policies have one name: {listed(twice)}. Give one of them another ( name: ... in its file, or "
            "policy.with_(name=...) in Python), or leave it out."
        )


def check_names_of_arms(scenarios: Mapping[str, Scenario]) -> None:
    """Refuse a policy with the name of the arm without one: their rows could not be told apart.

    Raises
    ------
    InputError
        If one is named so.
    """
    if BASELINE in scenarios and any(True for _ in scenarios[BASELINE].levers.active()):
        raise InputError(
            f"A policy cannot be named {BASELINE}: so the arm without a policy is named, which stands alongside every "
            f"policy. Give it another name, such as  name: my_{BASELINE} , and run it under that."
        )


def _apart_from_levers(scenario: Scenario) -> str:
    """Everything that policies of one ensemble must share under their law: all settings but levers and names."""
    here = under_law(scenario, scenario.baselines[0]).unnamed()
    return here.model_copy(update={"levers": type(scenario.levers)()}).model_dump_json()


def check_alike(scenarios: Mapping[str, Scenario]) -> None:
    """Refuse policies that do not share one baseline and one evidence: they would silently get those of the first.

    Raises
    ------
    InputError
        If one differs from the first in more than levers and names.
    """
    first_name, first = next(iter(scenarios.items()))
    for name, scenario in scenarios.items():
        if _apart_from_levers(scenario) != _apart_from_levers(first):
            raise InputError(
                f"{first_name} and {name} differ in more than their levers (such as overrides, shocks, horizon, or the "
                "background with what the law adds to it), so they cannot share draws and a baseline. Run each by "
                "itself, or give both the same."
            )


def drawn(
    scenarios: Mapping[str, Scenario], options: RunOptions, views: Mapping[str, int], replications: int, share: float
) -> Question:
    """An ensemble of draws at the points of the sequence that a run reads too, numbered alike.

    It is over forms of the model as well: inputs that stand for a form (``beyond_list`` and
    ``unidentified_request_ratio``) are drawn with the others, so that what hangs on them can be told. Draws of a run
    hold them at the reference form, and its structure table has the other forms: so the two have other means.

    Parameters
    ----------
    views
        Draws by view. [draws, 1 or more]
    """
    check_alike(scenarios)
    first = next(iter(scenarios.values()))
    names = sorted(set().union(*(uncertain(first, view) for view in views)))
    in_lists = [name for name in fitted(first) if "[" in name]
    rows = []
    for view, n in sorted(views.items()):  # as an ensemble keeps them
        for draw in range(1, n + 1):
            values = read_evidence(first, view, draw, first.run.seed).values  # noqa: PD011
            numbers = load_posterior().numbers(row_of_draw(first.run.seed, draw))
            row = {name: values[name] for name in names} | {name: numbers[name] for name in in_lists}
            rows.append({"view": view, "draw": draw, WEIGHT: 1.0} | row)
    return Question(scenarios, options, pd.DataFrame(rows), "draws", replications, share)


def designed(
    scenarios: Mapping[str, Scenario],
    options: RunOptions,
    design: Design,
    replications: int,
    share: float,
) -> Question:
    """An ensemble on the points of a design, in the main view, everything else at its point value."""
    check_alike(scenarios)
    view = next(iter(scenarios.values())).view
    keys = pd.DataFrame({"view": view, "draw": np.arange(1, len(design.points) + 1), WEIGHT: 1.0})
    points = pd.concat([keys, design.points.reset_index(drop=True)], axis=1)
    check_points(next(iter(scenarios.values())), design.points)
    settings = [str(name) for name in design.points if "." in str(name)]
    check_settings(scenarios, settings)
    between = (
        f" Points of {design.kind} lie anywhere between the ends: of a setting that takes whole numbers, give the "
        "values themselves, on a grid."
    )
    check_values(scenarios, design.points[settings], "" if design.kind == "grid" else between)
    return Question(scenarios, options, points, design.kind, replications, share, design)
