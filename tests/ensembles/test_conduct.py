"""Running: stopped work goes on, finished work is read, a cluster gives the same, a folder tells the whole story."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from ensembles.conftest import Run, draws, points
from ensembles.made_up import MadeUp

from sencosim.decisions.designs import grid, saltelli
from sencosim.ensembles import conduct
from sencosim.ensembles.cluster import on_cluster
from sencosim.ensembles.conduct import Where, ensemble_of
from sencosim.ensembles.space import choose, uncertain
from sencosim.ensembles.store import open_store, store_for
from sencosim.errors import InputError, StoppedError
from sencosim.model import RunOptions
from sencosim.scenario.schema import Scenario

pytestmark = pytest.mark.unit


def test_stopped_work_goes_on_and_comes_to_the_same(
    policy: Scenario, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = draws(policy, 5)
    whole, _ = run(question)
    store = store_for(question, tmp_path / "again")
    seen: list[MadeUp] = []

    def stopping(options: RunOptions, share: float) -> MadeUp:
        seen.append(MadeUp(options, share, stop_after=2 if not seen else None))
        return seen[-1]

    monkeypatch.setattr(conduct, "Worker", stopping)
    with pytest.raises(StoppedError, match=r"2 finished runs are kept .* same command again"):
        ensemble_of(question, store, Where(1), lambda _: None)
    again = ensemble_of(question, store, Where(1), lambda _: None)
    assert len(seen[1].seen) == 3
    assert again.fingerprint == whole.fingerprint


def test_finished_work_is_read_not_run(policy: Scenario, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    question = draws(policy, 2)
    whole, store = run(question)
    monkeypatch.setattr(conduct, "Worker", None)
    assert ensemble_of(question, store, Where(1), lambda _: None).fingerprint == whole.fingerprint


def test_a_failed_run_keeps_those_before_it(policy: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Failing(MadeUp):
        def __call__(self, job: object) -> list[dict[str, object]]:
            if self.seen:
                raise ZeroDivisionError
            return super().__call__(job)  # type: ignore[arg-type]

    monkeypatch.setattr(conduct, "Worker", Failing)
    question = draws(policy, 3)
    store = store_for(question, tmp_path)
    with pytest.raises(ZeroDivisionError):
        ensemble_of(question, store, Where(1), lambda _: None)
    assert store.done() == {("central", 1, 0)}


def test_progress_reaches_the_end(policy: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conduct, "Worker", MadeUp)
    question, steps = draws(policy, 3, replications=2), []
    ensemble_of(question, store_for(question, tmp_path), Where(1), steps.append)
    assert [step.done for step in steps] == sorted(step.done for step in steps)
    assert steps[-1].done == steps[-1].total == 6 * conduct.job_size(question)


def test_the_folder_says_what_was_asked(policy: Scenario, run: Run) -> None:
    whole, store = run(draws(policy, 2))
    told = store.manifest()
    assert told["fingerprint"] == whole.fingerprint
    assert told["scenarios"] == {"full_time": policy.fingerprint()}
    assert json.loads(whole.about["evidence_fingerprint"]) == told["evidence_fingerprint"]
    assert not (store.folder / "parts").exists()


def test_a_design_comes_back_as_it_was(policy: Scenario, run: Run) -> None:
    space = choose(uncertain(policy, "central"), ["behaviour"])
    design = saltelli(space, 4, policy.run.seed)
    _, store = run(points(policy, design))
    again = store.design()
    assert again.kind == "saltelli"
    assert np.array_equal(again.cube, design.cube)
    assert np.array_equal(again.points.to_numpy(), design.points.to_numpy())


def test_plain_draws_are_no_design(policy: Scenario, run: Run) -> None:
    _, store = run(draws(policy, 1))
    with pytest.raises(InputError, match="plain draws"):
        store.design()


def test_an_unfinished_or_missing_ensemble_is_refused(policy: Scenario, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no ensemble"):
        open_store(tmp_path)
    store = store_for(draws(policy, 1), tmp_path)
    store.begin(draws(policy, 1))
    with pytest.raises(InputError, match="not finished"):
        open_store(store.folder)


def test_nobody_at_an_address_is_said_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="Nobody answers at nowhere"):
        on_cluster("nowhere")


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_a_local_cluster_gives_the_same(policy: Scenario, run: Run, tmp_path: Path) -> None:
    question = points(policy, grid({"senco_leaving_rate": (0.1, 0.2), "used_share_added": (0.5, 0.7)}), replications=2)
    whole, _ = run(question)
    elsewhere = ensemble_of(question, store_for(question, tmp_path / "dask"), on_cluster("local"), lambda _: None)
    assert elsewhere.fingerprint == whole.fingerprint


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_a_cluster_gives_failed_work_to_a_worker_again(
    policy: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flag = tmp_path / "failed_once"

    class Flaky(MadeUp):
        def __call__(self, job: object) -> list[dict[str, object]]:
            if not flag.exists():
                flag.touch()
                raise OSError
            return super().__call__(job)  # type: ignore[arg-type]

    monkeypatch.setattr(conduct, "Worker", Flaky)
    question = draws(policy, 2)
    whole = ensemble_of(question, store_for(question, tmp_path), on_cluster("local"), lambda _: None)
    assert flag.exists()
    assert len(whole.outcomes) == 4
