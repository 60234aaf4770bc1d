"""What an ensemble asks: the policies, the points at which they are run, the schools, and how often."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from pydantic import ValidationError

from sencosim.decisions.designs import Design
from sencosim.decisions.ensemble import DRAW_KEYS, WEIGHT
from sencosim.engine.pair import read_evidence
from sencosim.ensembles.space import CALIBRATION_ROW, centre, fitted, is_price, uncertain
from sencosim.errors import InputError, Problem
from sencosim.evidence.posterior import load_posterior
from sencosim.evidence.register import load_register
from sencosim.model import RunOptions, england, sample
from sencosim.report.showing import CAUTIONS, cautions_by_title
from sencosim.runs.store import code_fingerprint
from sencosim.scenario.schema import Scenario

BASELINE = "baseline"
DEFAULT_SHARE = 0.02
"""Share of England on which an ensemble runs, in whole councils: four of them."""


@dataclass(frozen=True)
class Point:
    """One point of an ensemble: a reading of the evidence, and settings of the policy.

    Attributes
    ----------
    view, draw
        Its key.
    values
        Parameters that differ from the point values of the view. [unit of each]
    settings
        Settings of the scenario that differ, by dotted name.
    base
        Draw of the evidence that holds whatever ``values`` do not say: fitted parameters keep together in it. 0 for the
        point values.
    """

    view: str
    draw: int
    values: Mapping[str, float]
    settings: Mapping[str, float]
    base: int = 0


@dataclass(frozen=True)
class Job:
    """Points that share everything but prices, in one replication: one piece of work.

    Attributes
    ----------
    points
        One or more; the engine runs once for all of them.
    arms
        Scenarios by name, the baseline not among them.
    """

    replication: int
    points: tuple[Point, ...]
    arms: Mapping[str, Scenario]


@dataclass(frozen=True)
class Question:
    """An ensemble before it is run.

    Attributes
    ----------
    scenarios
        Policies by name; the baseline is always run beside them.
    options
        Schools and engine.
    points
        One row a point: ``view``, ``draw``, ``weight`` and one column for each input.
    kind
        ``draws`` or the kind of a design.
    replications
        Repeats of every point, each on its own sample with its own chance, the same for all points. [1 or more]
    share
        Share of England simulated, if no council is named. [share, above 0, at most 1]
    design
        Unit cube behind the points, if they are a design.
    """

    scenarios: Mapping[str, Scenario]
    options: RunOptions
    points: pd.DataFrame
    kind: str
    replications: int = 1
    share: float = DEFAULT_SHARE
    design: Design | None = field(default=None, compare=False)

    @property
    def first(self) -> Scenario:
        """The first policy, whose horizon, seed and main view hold."""
        return next(iter(self.scenarios.values()))

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
        cautions = cautions_by_title((one.title, one.cautions) for one in self.scenarios.values())
        return ({CAUTIONS: cautions} if cautions else {}) | {
            "scenarios": {name: one.fingerprint() for name, one in self.scenarios.items()},
            "kind": self.kind,
            "points": hashlib.sha256(
                self.points.to_json(orient="split", double_precision=15).encode("utf-8")
            ).hexdigest(),
            "n_points": len(self.points),
            "replications": self.replications,
            "sample_share": None if self.options.councils else self.share,
            "councils": list(self.options.councils),
            "engine": self.options.engine,
            "replaced_mechanisms": self.options.mechanisms.facts(),
            "evidence_fingerprint": load_register().fingerprint(),
            "posterior_fingerprint": load_posterior().fingerprint(),
            "population_fingerprint": england(self.options).fingerprint(),
            "code_fingerprint": code_fingerprint(),
        }

    @property
    def ensemble_id(self) -> str:
        """Name of its folder: the same question has the same one, so nothing is run twice."""
        told = json.dumps(self.facts(), sort_keys=True).encode("utf-8")
        kind = f"{self.kind}-own_mechanisms" if self.options.mechanisms.replaced else self.kind
        return f"{'-'.join(self.scenarios)}-{kind}-{hashlib.sha256(told).hexdigest()[:10]}"

    def n_schools(self) -> int:
        """Schools of the first replication. [schools]"""
        return sample(england(self.options), self.first, self.options, 0, self.share).n_schools

    def jobs(self) -> Iterator[Job]:
        """Pieces of work in a fixed order: replications of a group of points one after the other."""
        for group in self._groups():
            arms = self._arms_at(group[0].settings)
            for replication in range(self.replications):
                yield Job(replication, group, arms)

    def n_engine_jobs(self) -> int:
        """Pieces of work, each of which runs every arm. [jobs]"""
        return len(self._groups()) * self.replications

    def _groups(self) -> list[tuple[Point, ...]]:
        settings = [name for name in self.inputs if "." in name]
        parameters = [name for name in self.inputs if "." not in name and "[" not in name]  # lists come with the base
        groups: dict[tuple[object, ...], list[Point]] = {}
        for row in self.points.to_dict(orient="records"):
            chosen = {name: float(row[name]) for name in settings}
            values = {name: float(row[name]) for name in parameters}
            physical = tuple(value for name, value in values.items() if not is_price(name))
            base = int(row["draw"]) if self.kind == "draws" else 0
            key = (row["view"], base, physical, tuple(chosen.values()))
            groups.setdefault(key, []).append(Point(str(row["view"]), int(row["draw"]), values, chosen, base))
        return [tuple(group) for group in groups.values()]

    def _arms_at(self, settings: Mapping[str, float]) -> dict[str, Scenario]:
        return {name: with_values(one, settings) for name, one in self.scenarios.items()}


def with_values(scenario: Scenario, settings: Mapping[str, object]) -> Scenario:
    """A scenario with some settings changed, checked like a file.

    Parameters
    ----------
    scenario
        To start from; it stays as it is.
    settings
        New values by dotted name, such as ``levers.protected_time.floor.hours_per_week``.

    Raises
    ------
    InputError
        If a setting does not exist or cannot have the value; all faults at once.
    """
    if not settings:
        return scenario
    content = scenario.model_dump(mode="json", by_alias=True)
    for name, value in settings.items():
        place: Any = content
        *path, last = name.split(".")
        for part in path:
            if not isinstance(place.get(part), dict):
                place[part] = {}
            place = place[part]
        _make_room(place, name, last)
        place[last] = value
    try:
        return Scenario.model_validate_json(json.dumps(content))
    except ValidationError as error:
        problems = tuple(
            Problem(f"{'.'.join(str(p) for p in fault['loc'])}: {fault['msg']}.", key=str(fault["loc"][-1]))
            for fault in error.errors()
        )
        words = " ".join(problem.message for problem in problems)
        raise InputError(f"The scenario {scenario.name} cannot have these settings. {words}", problems) from error


def _make_room(place: dict[str, Any], name: str, last: str) -> None:
    """A floor has exactly one form: the one that is set takes the place of the one that was there."""
    forms = ("hours_per_week", "days_per_week", "hours_per_sen_pupil_per_week", "full_time", "by_phase", "by_size")
    if name.rpartition(".")[0].endswith("floor") and last in forms:
        for form in forms:
            place.pop(form, None)


def _apart_from_levers(scenario: Scenario) -> str:
    """Everything that policies of one ensemble must share: all settings but levers and names."""
    return scenario.unnamed().model_copy(update={"levers": type(scenario.levers)()}).model_dump_json()


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
                f"{first_name} and {name} differ in more than their levers (such as overrides, background, shocks or "
                "horizon), so they cannot share draws and a baseline. Run each by itself, or give both the same."
            )


def drawn(
    scenarios: Mapping[str, Scenario], options: RunOptions, views: Mapping[str, int], replications: int, share: float
) -> Question:
    """An ensemble of the draws that a run makes too, numbered alike.

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
    for view, n in views.items():
        for draw in range(1, n + 1):
            values = read_evidence(first, view, draw, first.run.seed).values  # noqa: PD011
            numbers = load_posterior().numbers(draw)
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
    return Question(scenarios, options, points, design.kind, replications, share, design)


def check_points(scenario: Scenario, points: pd.DataFrame) -> None:
    """Refuse inputs that do not exist and values outside their hard limits, all at once.

    Raises
    ------
    InputError
        With every fault.
    """
    register, known = load_register(), centre(scenario, scenario.view)
    problems: list[Problem] = []
    for name in map(str, points.columns):
        if "." in name or name == CALIBRATION_ROW:
            continue
        if name not in known:
            near = register.nearest(name)
            hint = f" Did you mean {near[0]}?" if near else " Settings of the policy are written with their dots."
            problems.append(Problem(f"There is no parameter named {name}.{hint}", key=name, found=name))
            continue
        low, high = register[name].range
        worst = [x for x in (float(points[name].min()), float(points[name].max())) if not low <= x <= high]
        if worst:
            words = f"{name} would be {worst[0]:g}; it can be from {low:g} to {high:g}."
            problems.append(Problem(words, key=name, found=f"{worst[0]:g}"))
    if problems:
        raise InputError(" ".join(problem.message for problem in problems), tuple(problems))
