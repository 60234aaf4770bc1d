"""A worker of a cluster may have several threads, which share what its process keeps."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest

from sencosim import model
from sencosim.model import RunOptions, sample
from sencosim.scenario.load import load_scenario

pytestmark = pytest.mark.unit
THREADS, ROUNDS = 8, 40_000


@pytest.fixture
def restless() -> Iterator[None]:
    """Threads that give way to each other as often as Python can let them."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("restless")
def test_threads_that_ask_for_samples_at_once_get_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """More replications are asked for than are kept, so that samples are thrown out all the time."""
    kept: dict[tuple[object, ...], Any] = {}
    monkeypatch.setattr(model, "_SAMPLES", kept)
    monkeypatch.setattr(model, "MOST_SAMPLES_KEPT", 2)
    monkeypatch.setattr(model, "sample_councils", lambda _, share, seed: (share, seed))
    schools: Any = SimpleNamespace(fingerprint="made up")
    scenario, options = load_scenario("baseline").scenario, RunOptions()

    def ask(number: int) -> object:
        return sample(schools, scenario, options, number % 5, 0.5)

    with ThreadPoolExecutor(THREADS) as threads:
        found = list(threads.map(ask, range(ROUNDS), chunksize=1))
    assert found == [(0.5, scenario.run.seed + 7919 * (number % 5)) for number in range(ROUNDS)]
    assert len(kept) == 2
