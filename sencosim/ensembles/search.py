"""Switching value by search: the model is run wherever the root finder looks, each time with the same chance."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from sencosim.decisions.breakeven import evidence_range, switching_value
from sencosim.ensembles.breakeven import Measure, Switch
from sencosim.ensembles.conduct import Progress, Where, executor_of, results
from sencosim.ensembles.question import Job, Point, check_points, with_values
from sencosim.ensembles.simulate import Worker
from sencosim.ensembles.space import centre, titles_and_units, uncertain
from sencosim.errors import InputError
from sencosim.evidence.register import load_register
from sencosim.model import RunOptions
from sencosim.runs.pool import Step
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
    runs: list[dict[str, float]] = field(default_factory=list)

    def __call__(self, value: float) -> Floats:
        """Net benefit of each replication. [GBP present value, shape (n_replications,)]"""
        settings = {self.name: value} if "." in self.name else {}
        point = Point(self.scenario.view, 1, {} if settings else {self.name: value}, settings)
        arms = {"policy": with_values(self.scenario, settings)}
        jobs = [Job(number, (point,), arms) for number in self.replications]
        self.tell(Step(len(self.runs), len(self.runs) + len(jobs), f"{self.name} at {value:,.5g}"))
        found = {}
        for rows in results(jobs, Worker(self.options, self.share), self.where):
            row = next(row for row in rows if row["arm"] == "policy")
            found[row["replication"]] = row["npsv"] if self.measure == "social" else -row["net_public_cost"]
        self.runs += [{"value": value, "replication": n, "net_benefit_gbp": found[n]} for n in sorted(found)]
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
    if limits is None and "." in name:
        raise InputError(f"{name} is a setting of the policy: say which range to search, with --search low:high.")
    titles, units = titles_and_units([name])
    if "." not in name:
        check_points(scenario, pd.DataFrame({name: list(limits or load_register().get(name).range)}))
        today = centre(scenario, scenario.view)[name]
        limits = limits or load_register()[name].range
    else:
        today = float("nan")
    known = uncertain(scenario, scenario.view)
    evidence = evidence_range(known[name]) if name in known else None
    found = switching_value(
        model,
        limits or (0.0, 1.0),
        seed=seed,
        start=None if np.isnan(today) else today,
        points=SCAN,
        evidence=evidence,
        rerun=confirm,
    )
    runs = pd.DataFrame(model.runs).assign(purpose="search")
    again = pd.DataFrame(confirm.runs).assign(purpose="rerun")
    return Switch(name, titles[name], units[name], today, found), pd.concat([runs, again], ignore_index=True)


@contextmanager
def lasting(where: Where) -> Iterator[Where]:
    """Keep the processes from one call to the next, so that each starts once and remembers what it ran."""
    if where.pool is None and where.workers == 1:
        yield where
        return
    with executor_of(where) as executor:

        @contextmanager
        def same() -> Iterator[Executor]:
            yield executor

        yield Where(where.workers, same)
