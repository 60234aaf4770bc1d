"""The options of a search under every view, form and law, and in draws of the evidence: which stay good?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from sencosim.experiment.jobs import REFERENCE, laws_for
from sencosim.outcomes.policy_figures import figures_of
from sencosim.scenario.schema import Scenario
from sencosim.studies.policy_runs import Case, PolicyRuns, means_of
from sencosim.studies.question import drawn

FORMS = (
    REFERENCE,
    "unidentified_request_ratio.below",
    "unidentified_request_ratio.above",
    "requests_release.off",
    "effect_channel.hours",
    "beyond_list.zero",
    "beyond_list.one",
)
"""Forms of the model in which options are run: how requests arise, and what of SENCO time acts on pupils."""
KEYS = ("law", "form", "view")
SLACK = 0.1
"""Share of its cost by which another option must be cheaper, and gain as much, for a rule not to hold. [share]"""


@dataclass(frozen=True)
class Cases:
    """Figures of every option in every case."""

    table: pd.DataFrame  # ``law``, ``form``, ``view``, ``policy`` and a column for each figure

    def of(self, figure: str) -> pd.DataFrame:
        """One figure. [rows cases, columns options]"""
        return self.table.pivot_table(index=list(KEYS), columns="policy", values=figure, sort=False)


def cases_of(runs: PolicyRuns, options: Mapping[str, Scenario], share: float, replications: int) -> Cases:
    """Run options in every case, at the point values of every view. [``share``: of England]"""
    return Cases(pd.concat(list(_cases(runs, options, share, replications)), ignore_index=True))


def _cases(
    runs: PolicyRuns, options: Mapping[str, Scenario], share: float, replications: int
) -> Iterator[pd.DataFrame]:
    first = next(iter(options.values()))
    for law in laws_for(first):
        for form in FORMS:
            found = runs.figures(options, replications, share, views=first.views, case=Case(law, form))
            yield means_of(found).reset_index().assign(law=law, form=form)


def draws_of_options(runs: PolicyRuns, options: Mapping[str, Scenario], n: int, share: float) -> pd.DataFrame:
    """Run options in draws of the evidence of the main view.

    Returns
    -------
        ``draw``, ``policy``, a column for each figure, and one for each input that is drawn. Empty without draws.
    """
    asking = {name: one for name, one in options.items() if any(True for _ in one.levers.active())}
    if not n:
        return pd.DataFrame()
    first = next(iter(asking.values()))
    plain = drawn(asking, runs.options, {str(first.view): n}, 1, share)
    question = replace(plain, title="policies", level="england")
    store, rows = runs.kept(question), list[dict[str, object]]()
    for job in question.all_jobs(1):
        group = question.groups[job.point - 1]
        found = figures_of(store.read(job), question.arm_at(job.point, job.arm), job.view)
        rows += [{"draw": point.draw, "policy": job.arm, **found} for point in group]
    inputs = question.points.drop(columns=["view", "weight"])
    return pd.DataFrame(rows).merge(inputs, on="draw", suffixes=("", "_input"))
