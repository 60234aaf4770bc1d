"""Two small runs of one council, stored as anyone's would be, and what is made from them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sencosim.model import RunOptions, plan_run, run_scenario
from sencosim.report.assemble import report_inputs
from sencosim.report.outputs import write_outputs
from sencosim.report.pack.write import write_pack
from sencosim.report.stored import StoredRun, read_run
from sencosim.terminal.settings import with_settings

SETTINGS = {"horizon.years": "2", "run.draws": "1", "run.replications": "2", "views": "[central, sceptic]"}
WHOLE = {"run.warm_up_years": "1"}


RUTLAND = RunOptions(councils=("Rutland",), workers=1, headline_only=True)


def store(scenario: str, root: Path, *, added: int = 0, options: RunOptions = RUTLAND) -> StoredRun:
    """Run a scenario on the schools of Rutland, perhaps with draws added while it went on, and write its folder.

    Each pair is a part of its dataset, however fast the machine.
    """
    resolved = with_settings(scenario, SETTINGS | WHOLE)
    plan = plan_run(resolved, options)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sencosim.experiment.store.SECONDS_BETWEEN_PARTS", (0.0, 0.0))
        result = run_scenario(resolved, options, plan=replace(plan, draws=plan.draws + added))
    return read_run(write_outputs(report_inputs(result), root, dataset=result.store.dataset))


@pytest.fixture(scope="session")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("outputs")


@pytest.fixture(scope="session")
def full_time(outputs: Path) -> StoredRun:
    return store("full_time", outputs)


@pytest.fixture(scope="session")
def protected_time(outputs: Path) -> StoredRun:
    return store("protected_time", outputs)


@pytest.fixture(scope="session")
def pack(full_time: StoredRun, outputs: Path) -> Path:
    return write_pack(full_time, outputs / "packs")
