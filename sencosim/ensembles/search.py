"""Switching value by search: the model is run wherever the root finder looks, each time with the same chance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from sencosim.decisions.breakeven import EvidenceRange, evidence_range, switching_value
from sencosim.decisions.ensemble import WEIGHT
from sencosim.ensembles.breakeven import Measure, Switch
from sencosim.ensembles.draws import run_now
from sencosim.ensembles.question import Question, check_points
from sencosim.ensembles.space import CALIBRATION_ROW, centre, titles_and_units, uncertain
from sencosim.errors import InputError
from sencosim.evidence.register import load_register
from sencosim.experiment.pool import Progress, Step, Where
from sencosim.model import RunOptions
from sencosim.scenario.schema import Scenario

Floats = npt.NDArray[np.float64]
SCAN = 5
"""Values at which the range is looked at before the search closes in."""


@dataclass
class Model:
    """The policy as a function of one input: net benefit by replication, the same schools and chance at every call.

    Attributes
    ----------
    scenario
        The policy.
    options, share
        Schools and engine.
    name
        The input: a parameter, or a setting with its dots.
    measure
        ``public`` or ``social``.
    replications
        Numbers of the replications. Others than before for a rerun.
    fixed
        Other inputs held at values of their own, by name.
    runs
        Everything that was run, one row a value and replication.
    """

    scenario: Scenario
    options: RunOptions
    share: float
    name: str
    measure: Measure
    replications: range
    where: Where
    tell: Progress
    fixed: Mapping[str, float] = field(default_factory=dict)
    runs: list[dict[str, float]] = field(default_factory=list)

    def __call__(self, value: float) -> Floats:
        """Net benefit of each replication. [GBP present value, shape (n_replications,)]"""
        asked = {**self.fixed, self.name: value}
        keys = {"view": [self.scenario.view], "draw": [1], WEIGHT: [1.0]}
        point = pd.DataFrame(keys | {name: [x] for name, x in asked.items()})
        first, n = self.replications[0], len(self.replications)
        question = Question({"policy": self.scenario}, self.options, point, "search", n, self.share, None, first)
        self.tell(Step(len(self.runs), len(self.runs) + n, f"{self.name} at {value:,.5g}"))
        rows = [row for row in run_now(question, self.where, lambda _: None) if row["arm"] == "policy"]
        sign = {"social": ("npsv", 1.0), "public": ("net_public_cost", -1.0)}[self.measure]
        found = {row["replication"]: sign[1] * row[sign[0]] for row in rows}
        self.runs += [asked | {"replication": n, "net_benefit_gbp": found[n]} for n in sorted(found)]
        return np.array([found[number] for number in self.replications])


def search(
    model: Model, confirm: Model, seed: int, limits: tuple[float, float] | None = None
) -> tuple[Switch, pd.DataFrame]:
    """Find the switching value of one input, and run it again with other schools and chance.

    Parameters
    ----------
    model, confirm
        The same question in different replications.
    seed
        For the bootstrap.
    limits
        Range to search; for a parameter, where the model allows it if ``None``.

    Raises
    ------
    InputError
        If the input does not exist, or a setting has no range.
    """
    name, scenario = model.name, model.scenario
    if name == CALIBRATION_ROW:
        raise InputError("The place in the posterior sample has no order in which an answer could switch.")
    titles, units = titles_and_units([name])
    limits, today = allowed(scenario, name, limits), today_of(scenario, name)
    found = switching_value(
        model,
        limits,
        seed=seed,
        start=None if np.isnan(today) else today,
        points=SCAN,
        evidence=evidence_of(scenario, name),
        rerun=confirm,
    )
    return Switch(name, titles[name], units[name], today, found), all_runs(model, confirm)


def allowed(scenario: Scenario, name: str, limits: tuple[float, float] | None) -> tuple[float, float]:
    """Range to search: the one that is asked for, or where the model allows a parameter.

    Raises
    ------
    InputError
        If the input does not exist, or a setting has no range.
    """
    if "." in name:
        if limits is None:
            raise InputError(f"{name} is a setting of the policy: say which range to search, with --search low:high.")
        return limits
    searched = limits or load_register().get(name).range
    check_points(scenario, pd.DataFrame({name: list(searched)}))
    return searched


def today_of(scenario: Scenario, name: str) -> float:
    """Point value of an input; NaN for a setting. [unit of the input]"""
    return float("nan") if "." in name else centre(scenario, scenario.view)[name]


def evidence_of(scenario: Scenario, name: str) -> EvidenceRange | None:
    """What is known of an input; ``None`` if it is not uncertain."""
    known = uncertain(scenario, scenario.view)
    return evidence_range(known[name]) if name in known else None


def all_runs(model: Model, confirm: Model) -> pd.DataFrame:
    """Everything that was run, with its purpose."""
    runs = pd.DataFrame(model.runs).assign(purpose="search")
    return pd.concat([runs, pd.DataFrame(confirm.runs).assign(purpose="rerun")], ignore_index=True)
