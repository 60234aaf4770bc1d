"""One small run that the tests of model and analysis share: the schools of Rutland, a short horizon."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
import pytest

from sencosim.evidence.councils import load_councils
from sencosim.model import RunOptions, RunResult, run_scenario
from sencosim.outcomes.appraisal import appraisal_tables
from sencosim.outcomes.summary import Summary, summarise
from sencosim.terminal.settings import with_settings

SETTINGS = {"horizon.years": "2", "run.draws": "1", "run.replications": "2", "views": "[central, sceptic]"}


def small_run(scenario: str, workers: int = 1, **more: str) -> RunResult:
    """Run the headline of a scenario on the schools of Rutland."""
    options = RunOptions(councils=("Rutland",), workers=workers, headline_only=True)
    return run_scenario(with_settings(scenario, SETTINGS | more), options)


@pytest.fixture(scope="session")
def full_time() -> RunResult:
    return small_run("full_time")


@pytest.fixture(scope="module")
def every_region() -> Iterator[None]:
    """Take Rutland for all of its region, so that regions can be added up."""
    regions = frozenset(one.region for one in load_councils())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sencosim.outcomes.equity.whole_regions", lambda _: regions)
        yield


@pytest.fixture(scope="session")
def whole_run() -> RunResult:
    """A run with both laws, the structure table and the routes."""
    settings = SETTINGS | {"run.draws": "2", "horizon.years": "3", "views": "[central, sceptic]"}
    return run_scenario(with_settings("full_time", settings), RunOptions(councils=("Rutland",), workers=1))


@pytest.fixture(scope="session")
def summary(whole_run: RunResult) -> Summary:
    return summarise(whole_run, "E06000017", "Rutland")


@pytest.fixture(scope="session")
def tables(whole_run: RunResult, summary: Summary) -> dict[str, pd.DataFrame]:
    return appraisal_tables(whole_run, summary)
