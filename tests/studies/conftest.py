"""Ensembles of made-up runs, so that answers are known and tests are fast."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from studies.made_up import made_up_rows

from sencosim.decisions.designs import Design
from sencosim.decisions.ensemble import Ensemble
from sencosim.experiment.pool import Where
from sencosim.model import RunOptions
from sencosim.scenario.load import load_scenario
from sencosim.scenario.schema import Scenario
from sencosim.studies import draws as drawing
from sencosim.studies.draws import ensemble_of, folder_of
from sencosim.studies.question import Question, designed, drawn

RUTLAND = RunOptions(councils=("Rutland",))
Run = Callable[[Question], tuple[Ensemble, Path]]


@pytest.fixture(scope="session")
def policy() -> Scenario:
    return load_scenario("full_time").scenario


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a question with made-up outcomes in this process."""
    monkeypatch.setattr(drawing, "conduct", lambda *_: None)
    monkeypatch.setattr(drawing, "rows_of", made_up_rows)

    def go(question: Question) -> tuple[Ensemble, Path]:
        folder = folder_of(question, tmp_path)
        return ensemble_of(question, folder, Where(1), lambda _: None), folder

    return go


def draws(policy: Scenario, n: int, replications: int = 1, views: tuple[str, ...] = ("central",)) -> Question:
    return drawn({"full_time": policy}, RUTLAND, dict.fromkeys(views, n), replications, 0.02)


def points(policy: Scenario, design: Design, replications: int = 1) -> Question:
    return designed({"full_time": policy}, RUTLAND, design, replications, 0.02)
