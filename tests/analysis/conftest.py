"""One small run that the tests of model and analysis share: the schools of Rutland, a short horizon."""

from __future__ import annotations

import pytest

from sencosim.cli.settings import with_settings
from sencosim.model import RunOptions, RunResult, run_scenario

SETTINGS = {"horizon.years": "2", "run.draws": "1", "run.replications": "2", "views": "[central, sceptic]"}


def small_run(scenario: str, workers: int = 1, **more: str) -> RunResult:
    """Run a scenario on the schools of Rutland."""
    return run_scenario(
        with_settings(scenario, SETTINGS | more), RunOptions(councils=("Rutland",), workers=workers, engine="reference")
    )


@pytest.fixture(scope="session")
def full_time() -> RunResult:
    return small_run("full_time")
