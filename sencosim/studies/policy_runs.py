"""Many policies on the same schools with the same chance, and what each changes: what a search for the best reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from sencosim.decisions.ensemble import WEIGHT
from sencosim.experiment.jobs import REFERENCE, asked
from sencosim.experiment.pool import Progress, Where
from sencosim.experiment.store import Store
from sencosim.experiment.totals import Level
from sencosim.model import RunOptions
from sencosim.outcomes.policy_figures import figures, figures_of
from sencosim.scenario.laws import Law
from sencosim.scenario.schema import Scenario
from sencosim.studies.draws import folder_of, run_kept
from sencosim.studies.question import Question


@dataclass(frozen=True)
class Case:
    """One way to read the evidence in which policies are run."""

    law: Law = "current_law"  # that both arms stand on
    form: str = REFERENCE  # row of the structure table

    def of(self, scenario: Scenario) -> Scenario:
        """A policy on its law, in its form."""
        return asked(scenario, self.law, self.form, drawn=False)


@dataclass(frozen=True)
class PolicyRuns:
    """Where policies are run; what has been run is kept, so that the same search finds it."""

    options: RunOptions
    where: Where
    out: Path  # folder of results
    tell: Progress

    def figures(
        self,
        policies: Mapping[str, Scenario],
        replications: int,
        share: float,
        *,
        views: Sequence[str] = (),
        case: Case | None = None,
        first: int = 0,
    ) -> pd.DataFrame:
        """What each policy changes: ``policy``, ``view``, ``replication`` and a column for each of :func:`figures`.

        Parameters
        ----------
        policies
            By name. One that asks for nothing changes nothing, and is not run.
        replications, share, first
            Repeats, each on its own sample of England; the number of the first.
        views
            Readings of the evidence, at their point values; the main view of the scenarios if none is named.
        case
            Law and form; as the scenarios have them if not given.
        """
        asking = {name: one for name, one in policies.items() if any(True for _ in one.levers.active())}
        question = self.question(asking, replications, share, views=views, case=case, first=first)
        store, rows = self.kept(question), list[dict[str, object]]()
        for job in question.all_jobs(replications):
            keys = {"policy": job.arm, "view": job.view, "replication": job.replication}
            rows.append(keys | figures_of(store.read(job), question.arm_at(job.point, job.arm), job.view))
        for name in policies.keys() - asking.keys():
            times = pd.DataFrame(rows)[["view", "replication"]].drop_duplicates().to_dict("records")
            nothing = dict.fromkeys(figures(), 0.0)
            rows += [{"policy": name, "view": at["view"], "replication": at["replication"], **nothing} for at in times]
        return pd.DataFrame(rows)

    def question(
        self,
        policies: Mapping[str, Scenario],
        replications: int,
        share: float,
        *,
        views: Sequence[str] = (),
        case: Case | None = None,
        first: int = 0,
        level: Level = "england",
    ) -> Question:
        """The experiment behind :meth:`figures`."""
        arms = policies if case is None else {name: case.of(one) for name, one in policies.items()}
        main = next(iter(arms.values())).view
        points = pd.DataFrame({"view": list(views) or [main]})
        points = points.assign(draw=np.arange(1, len(points) + 1), **{WEIGHT: 1.0})
        how = (replications, share, None, first, "policies", level)
        return Question(arms, self.options, points, "points", *how)

    def kept(self, question: Question) -> Store:
        """Run what is not there yet."""
        return run_kept(question, folder_of(question, self.out), self.where, self.tell)


def means_of(figures_by_run: pd.DataFrame) -> pd.DataFrame:
    """Mean over replications, indexed by policy and view. [units of the figures]"""
    return figures_by_run.drop(columns="replication").groupby(["policy", "view"], sort=False).mean()


def errors_of(figures_by_run: pd.DataFrame) -> pd.DataFrame:
    """Standard error of that; NaN for one replication. [units of the figures]"""
    return figures_by_run.drop(columns="replication").groupby(["policy", "view"], sort=False).sem()
