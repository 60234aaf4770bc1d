"""Ensembles of made-up runs, so that answers are known and tests are fast."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from ensembles.made_up import MadeUp

from sencosim.decisions.designs import Design
from sencosim.decisions.ensemble import Ensemble
from sencosim.ensembles import conduct
from sencosim.ensembles.conduct import Where, ensemble_of
from sencosim.ensembles.question import Question, designed, drawn
from sencosim.ensembles.store import EnsembleStore, store_for
from sencosim.model import RunOptions
from sencosim.scenario.load import load_scenario
from sencosim.scenario.schema import Scenario

RUTLAND = RunOptions(councils=("Rutland",))
Run = Callable[[Question], tuple[Ensemble, EnsembleStore]]


@pytest.fixture(scope="session")
def policy() -> Scenario:
    return load_scenario("full_time").scenario


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a question with made-up runs in this process."""
    monkeypatch.setattr(conduct, "Worker", MadeUp)

    def go(question: Question) -> tuple[Ensemble, EnsembleStore]:
        store = store_for(question, tmp_path)
        return ensemble_of(question, store, Where(1), lambda _: None), store

    return go


def draws(policy: Scenario, n: int, replications: int = 1, views: tuple[str, ...] = ("central",)) -> Question:
    return drawn({"full_time": policy}, RUTLAND, dict.fromkeys(views, n), replications, 0.02)


def points(policy: Scenario, design: Design, replications: int = 1) -> Question:
    return designed({"full_time": policy}, RUTLAND, design, replications, 0.02)
