"""Running: stopped work goes on, finished work is read, a cluster gives the same, a folder tells the whole story."""

from __future__ import annotations

import errno
import json
import shutil
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from studies.conftest import Run, draws, points
from studies.made_up import MadeUpWork

import sencosim
from sencosim.api import open_runs
from sencosim.cli import main
from sencosim.decisions.designs import grid, saltelli
from sencosim.decisions.ensemble import Ensemble, read_ensemble, write_ensemble
from sencosim.errors import InputError, OutputError, StoppedError
from sencosim.experiment.cluster import on_cluster
from sencosim.experiment.jobs import Job
from sencosim.experiment.lock import only_here
from sencosim.experiment.pool import Step, Where
from sencosim.experiment.store import Store
from sencosim.experiment.totals import PairTotals
from sencosim.scenario.schema import Scenario
from sencosim.studies import draws as drawing
from sencosim.studies.answer import write_answer
from sencosim.studies.draws import (
    check_pairs,
    design_in,
    ensemble_of,
    ensemble_problems,
    manifest_of,
    open_ensemble,
    scenarios_in,
)
from sencosim.studies.question import Question
from sencosim.studies.space import choose, uncertain
from sencosim.studies.sweep import sweep_answer, sweep_design

pytestmark = pytest.mark.unit


def ensemble_with(
    question: Question, work: MadeUpWork, folder: Path, monkeypatch: pytest.MonkeyPatch, where: Where | None = None
) -> Ensemble:
    monkeypatch.setattr(Question, "work_for", lambda *_: work)
    return ensemble_of(question, folder, where or Where(1), lambda _: None)


def test_stopped_work_goes_on_and_comes_to_the_same(
    policy: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = draws(policy, 5)
    whole = ensemble_with(question, MadeUpWork(), tmp_path / "whole", monkeypatch)
    stopping, going_on = MadeUpWork(stop_after=2), MadeUpWork()
    with pytest.raises(StoppedError, match=r"2 finished pairs of runs are kept .* same command again"):
        ensemble_with(question, stopping, tmp_path / "again", monkeypatch)
    again = ensemble_with(question, going_on, tmp_path / "again", monkeypatch)
    assert len(going_on.seen) == 3
    assert again.fingerprint == whole.fingerprint


def test_finished_work_is_read_not_run(policy: Scenario, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    question = draws(policy, 2)
    whole, folder = run(question)
    monkeypatch.setattr(drawing, "conduct", None)
    assert ensemble_of(question, folder, Where(1), lambda _: None).fingerprint == whole.fingerprint


def test_a_failed_run_keeps_those_before_it(policy: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ZeroDivisionError):
        ensemble_with(draws(policy, 3), MadeUpWork(fail_after=1), tmp_path, monkeypatch)
    assert [job.draw for job in Store(tmp_path, "x").jobs()] == [1]


def test_one_process_at_a_time_runs_an_ensemble(
    policy: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with only_here(tmp_path, "x"), pytest.raises(InputError, match=r"goes on already: process \d+"):
        ensemble_with(draws(policy, 1), MadeUpWork(), tmp_path, monkeypatch)
    ensemble_with(draws(policy, 1), MadeUpWork(), tmp_path, monkeypatch)


def test_an_unfinished_ensemble_of_another_question_or_with_damaged_facts_loses_nothing(
    policy: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(StoppedError):
        ensemble_with(draws(policy, 5), MadeUpWork(stop_after=2), tmp_path, monkeypatch)
    before = sorted(tmp_path.rglob("*.parquet"))
    with pytest.raises(OutputError, match="holds the answer to another"):
        ensemble_with(draws(policy, 6), MadeUpWork(), tmp_path, monkeypatch)
    (tmp_path / "manifest.json").write_text('{"kind": "dr', encoding="utf-8")
    with pytest.raises(OutputError, match="is damaged"):
        ensemble_with(draws(policy, 5), MadeUpWork(), tmp_path, monkeypatch)
    assert sorted(tmp_path.rglob("*.parquet")) == before


@pytest.mark.parametrize("name", ["evidence_fingerprint", "code_fingerprint"])
def test_an_ensemble_is_priced_by_what_made_it_alone(policy: Scenario, run: Run, name: str, tmp_path: Path) -> None:
    _, folder = run(draws(policy, 2))
    copy = shutil.copytree(folder, tmp_path / "copy")
    for file, change in (("manifest.json", "other"), ("ensemble.json", '"other"')):
        told = json.loads((copy / file).read_text(encoding="utf-8"))
        (told if file == "manifest.json" else told["about"])[name] = change
        (copy / file).write_text(json.dumps(told), encoding="utf-8")
    with pytest.raises(InputError, match=f"other {name.partition('_')[0]} than is read now"):
        scenarios_in(copy)
    del told["about"][name]
    (copy / "ensemble.json").write_text(json.dumps(told), encoding="utf-8")
    with pytest.raises(OutputError, match=f"says of {name} is not what was written"):
        scenarios_in(copy)


def test_damaged_pairs_of_an_ensemble_are_run_again(
    policy: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    question, steps = draws(policy, 5), list[Step]()
    whole = ensemble_with(question, MadeUpWork(), tmp_path / "whole", monkeypatch)
    with pytest.raises(StoppedError):
        ensemble_with(question, MadeUpWork(stop_after=2), tmp_path / "again", monkeypatch)
    for part in (tmp_path / "again" / "dataset" / "england").glob("*.parquet"):
        part.write_bytes(part.read_bytes()[:-100])
    going_on = MadeUpWork()
    monkeypatch.setattr(Question, "work_for", lambda *_: going_on)
    again = ensemble_of(question, tmp_path / "again", Where(1), steps.append)
    assert len(going_on.seen) == 5
    assert again.fingerprint == whole.fingerprint
    assert "are damaged" in steps[0].notice


def test_progress_reaches_the_end(policy: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    question, steps = draws(policy, 3, replications=2), list[Step]()
    monkeypatch.setattr(Question, "work_for", lambda *_: MadeUpWork())
    ensemble_of(question, tmp_path, Where(1), steps.append)
    assert [step.done for step in steps] == sorted(step.done for step in steps)
    assert steps[-1].done == steps[-1].total == question.work_of(question.all_jobs(2))


def test_the_folder_says_what_was_asked(policy: Scenario, run: Run) -> None:
    whole, folder = run(draws(policy, 2))
    told = manifest_of(folder)
    assert told["fingerprint"] == whole.fingerprint
    assert told["scenarios"] == {"full_time": policy.fingerprint()}
    assert json.loads(whole.about["evidence_fingerprint"]) == told["evidence_fingerprint"]


def test_a_design_comes_back_as_it_was(policy: Scenario, run: Run) -> None:
    space = choose(uncertain(policy, "central"), ["behaviour"])
    design = saltelli(space, 4, policy.run.seed)
    _, folder = run(points(policy, design))
    again = design_in(folder)
    assert again.kind == "saltelli"
    assert np.array_equal(again.cube, design.cube)
    assert np.array_equal(again.points.to_numpy(), design.points.to_numpy())


def test_the_answer_to_another_question_is_not_taken(policy: Scenario, run: Run, tmp_path: Path) -> None:
    """The folder of one ensemble under the name of another."""
    _, folder = run(draws(policy, 2))
    asked = draws(policy, 3)
    place = shutil.copytree(folder, tmp_path / asked.ensemble_id)
    with pytest.raises(OutputError, match="holds the answer to another"):
        ensemble_of(asked, place, Where(1), lambda _: None)


def test_facts_of_an_ensemble_that_were_changed_are_found(policy: Scenario, run: Run, tmp_path: Path) -> None:
    """They say which policy and how many years the numbers are of."""
    place = shutil.copytree(run(draws(policy, 2))[1], tmp_path / "copy")
    assert scenarios_in(place) == {"full_time": policy}
    told = manifest_of(place)
    told["resolved_scenarios"]["full_time"]["horizon"]["years"] = 1
    (place / "manifest.json").write_text(json.dumps(told), encoding="utf-8")
    with pytest.raises(OutputError, match="says of resolved_scenarios is not what was written"):
        scenarios_in(place)
    with pytest.raises(OutputError, match="resolved_scenarios"):
        open_runs(place)


def test_inputs_that_were_changed_price_nothing(policy: Scenario, run: Run, tmp_path: Path) -> None:
    place = shutil.copytree(run(draws(policy, 2))[1], tmp_path / "copy")
    found = open_runs(place)
    inputs = pd.read_parquet(place / "inputs.parquet")
    inputs.assign(teacher_employment_cost=10.0 * inputs["teacher_employment_cost"]).to_parquet(place / "inputs.parquet")
    with pytest.raises(OutputError, match="fingerprint differs"):
        found.summary(outcome="net_public_cost")


def test_points_come_as_an_ensemble_keeps_them_whatever_the_order_of_the_views(policy: Scenario, run: Run) -> None:
    """By their numbers the pairs of an ensemble are found again."""
    question = draws(policy, 2, views=("sceptic", "central"))
    assert question.points.equals(draws(policy, 2, views=("central", "sceptic")).points)
    pd.testing.assert_frame_equal(question.points, run(question)[0].inputs)


def test_pairs_that_are_not_those_of_an_ensemble_are_refused(
    policy: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ensemble_with(draws(policy, 2), MadeUpWork(), tmp_path, monkeypatch)
    check_pairs(tmp_path)
    part = next((tmp_path / "dataset" / "england").glob("*.parquet"))
    table = pq.read_table(part)
    place = table.column_names.index("requests") if "requests" in table.column_names else -1
    pq.write_table(table.set_column(place % table.num_columns, table.column_names[place], table.column(place)), part)
    with pytest.raises(OutputError, match="are not those of which the ensemble was made"):
        open_runs(tmp_path).summary(outcome="net_public_cost")


def test_numbers_of_an_ensemble_that_were_changed_with_its_digest_are_refused(
    policy: Scenario, run: Run, tmp_path: Path
) -> None:
    question = draws(policy, 2)
    whole, folder = run(question)
    place = shutil.copytree(folder, tmp_path / "copy")
    write_ensemble(replace(whole, outcomes=whole.outcomes.assign(net_public_cost=1.0)), place)
    with pytest.raises(OutputError, match="says of fingerprint is not what was written"):
        ensemble_of(question, place, Where(1), lambda _: None)


def test_verify_checks_an_ensemble_of_a_council_by_its_own_fingerprints(
    policy: Scenario, run: Run, tmp_path: Path
) -> None:
    def told(place: Path) -> str:
        return " ".join(CliRunner().invoke(main, ["verify", str(place)]).output.split())

    place = shutil.copytree(run(draws(policy, 30, replications=2))[1], tmp_path / "whole")
    assert "is in order: every file is as it was written. Whether it may be quoted was not judged" in told(place)
    assert "Its ranges rest on 30 draws" in told(place)
    assert "one replication" in told(run(draws(policy, 30))[1])
    assert "too few to quote" in told(run(draws(policy, 2, replications=2))[1])
    fewer = draws(policy, 30, replications=2, views=("campaign", "central"))
    rows = fewer.points["view"].eq("central") | fewer.points["draw"].le(15)
    _, uneven = run(replace(fewer, points=fewer.points[rows]))
    assert "30 draws of the uncertain inputs in the main view and 15 in other views" in told(uneven)
    outcomes = pd.read_parquet(place / "outcomes.parquet")
    outcomes.assign(requests=outcomes["requests"] + 1.0).to_parquet(place / "outcomes.parquet")
    assert "not those that were written" in told(place)
    (place / "ensemble.json").unlink()
    assert "is not finished" in told(place)


def test_verify_finds_what_was_changed_in_the_answer_of_an_ensemble(policy: Scenario, run: Run, tmp_path: Path) -> None:
    design = sweep_design(["senco_leaving_rate=0.1:0.3:2"], "grid", 0, policy.run.seed)
    whole, folder = run(points(policy, design, replications=2))
    place = shutil.copytree(folder, tmp_path / "copy")
    answer = write_answer(sweep_answer(whole), whole, place)
    (place / "manifest.json.sig").write_text("a reader's own", encoding="utf-8")
    assert ensemble_problems(place) == []
    table = pd.read_parquet(answer / "tidy.parquet")
    table.assign(value=10.0 * table["value"]).to_parquet(answer / "tidy.parquet", index=False)
    (answer / "answer.txt").write_text("Nothing.", encoding="utf-8")
    (answer / "net_public_cost.csv").unlink()
    (place / "extra.txt").write_text("", encoding="utf-8")
    cube = pd.read_parquet(place / "cube.parquet")
    cube.iloc[::-1].to_parquet(place / "cube.parquet", index=False)
    said = " ".join(ensemble_problems(place))
    for fault in (
        "sweep: tidy.parquet was changed.",
        "sweep: answer.txt was changed.",
        "sweep: net_public_cost.csv is missing.",
        "extra.txt is not of the ensemble",
        "cube.parquet is not the one that was written",
    ):
        assert fault in said


def test_a_damaged_pair_is_said_in_a_sentence(
    policy: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = draws(policy, 2)
    ensemble_with(question, MadeUpWork(), tmp_path, monkeypatch)
    store = Store(tmp_path, tmp_path.name)
    for part in (tmp_path / "dataset" / "england").glob("*.parquet"):
        whole = part.read_bytes()
        part.write_bytes(whole[:60] + bytes([whole[60] ^ 255]) + whole[61:])
    for read in (store.read, store.whole):
        with pytest.raises(OutputError, match="is damaged"):
            read(question.all_jobs(1)[0])


def test_a_design_that_was_changed_is_found(policy: Scenario, run: Run, tmp_path: Path) -> None:
    design = saltelli(choose(uncertain(policy, "central"), ["behaviour"]), 4, policy.run.seed)
    place = shutil.copytree(run(points(policy, design))[1], tmp_path / "copy")
    cube = pd.read_parquet(place / "cube.parquet")
    cube.iloc[::-1].to_parquet(place / "cube.parquet", index=False)
    with pytest.raises(OutputError, match=r"cube\.parquet is not the one that was written"):
        design_in(place)


def test_a_full_disk_at_the_end_of_an_ensemble_is_no_end(
    policy: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    question, going_on = draws(policy, 2), MadeUpWork()
    write = Path.write_text

    def full(path: Path, text: str, **how: str) -> int:
        if path.name.startswith("ensemble.json"):
            write(path, text[:100], **how)
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(path, text, **how)

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OutputError, match="goes on with what is finished"):
        ensemble_with(question, MadeUpWork(), tmp_path, monkeypatch)
    monkeypatch.setattr(Path, "write_text", write)
    assert ensemble_with(question, going_on, tmp_path, monkeypatch).fingerprint == read_ensemble(tmp_path).fingerprint
    assert going_on.seen == []


def test_an_ensemble_that_was_killed_between_its_numbers_and_its_manifest_goes_on(
    policy: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    question, going_on, write = draws(policy, 2), MadeUpWork(), drawing.write_whole

    def full(path: Path, content: str) -> None:
        if "fingerprint" in json.loads(content):
            raise OSError(errno.ENOSPC, "No space left on device")
        write(path, content)

    monkeypatch.setattr(drawing, "write_whole", full)
    with pytest.raises(OutputError, match="goes on with what is finished"):
        ensemble_with(question, MadeUpWork(), tmp_path, monkeypatch)
    assert (tmp_path / "ensemble.json").is_file()
    with pytest.raises(InputError, match=r"not finished\. Give the command that began it again"):
        open_ensemble(tmp_path)
    with pytest.raises(InputError, match=r"not finished\. Give the command that began it again"):
        open_runs(tmp_path)
    monkeypatch.setattr(drawing, "write_whole", write)
    whole = ensemble_with(question, going_on, tmp_path, monkeypatch)
    assert going_on.seen == []
    assert open_ensemble(tmp_path).fingerprint == whole.fingerprint
    assert list(open_runs(tmp_path).policies) == ["full_time"]


def test_old_pairs_are_not_put_at_prices_that_changed_since_the_process_began(
    policy: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ensemble_with(draws(policy, 30), MadeUpWork(), tmp_path / "runs", monkeypatch)
    watched = tmp_path / "central.yaml"
    watched.write_text("1", encoding="utf-8")
    monkeypatch.setattr("sencosim.fingerprint._watched", lambda _: (watched,))
    time.sleep(0.05)  # the system counts in steps of some hundredths of a second
    monkeypatch.setattr(sencosim, "BEGAN", time.time())
    before, after = open_runs(tmp_path / "runs"), open_runs(tmp_path / "runs")
    assert len(before.ensemble.inputs) == 30
    time.sleep(0.05)
    watched.write_text("2", encoding="utf-8")
    asked = (
        *(before.breakeven, lambda: before.summary(outcome="net_public_cost"), lambda: before.cube),
        *(after.overview, after.draws, lambda: after.cube),
    )
    for ask in asked:
        with pytest.raises(InputError, match=r"changed since this process began: central\.yaml.*new process"):
            ask()


def test_pairs_of_councils_are_found_again_whatever_share_of_england_was_asked(
    policy: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = replace(draws(policy, 2), share=0.1)
    ensemble_with(question, MadeUpWork(), tmp_path, monkeypatch)
    assert question.ensemble_id == draws(policy, 2).ensemble_id
    assert set(open_runs(tmp_path).cube["draw"]) == {1, 2}


def test_plain_draws_are_no_design(policy: Scenario, run: Run) -> None:
    _, folder = run(draws(policy, 1))
    with pytest.raises(InputError, match="plain draws"):
        design_in(folder)


def test_an_unfinished_or_missing_ensemble_is_refused(
    policy: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InputError, match="no ensemble"):
        open_ensemble(tmp_path)
    with pytest.raises(StoppedError, match="nothing was kept"):
        ensemble_with(draws(policy, 1), MadeUpWork(stop_after=0), tmp_path, monkeypatch)
    with pytest.raises(InputError, match="not finished"):
        open_ensemble(tmp_path)


def test_nobody_at_an_address_is_said_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="Nobody answers at nowhere"):
        on_cluster("nowhere")


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_a_local_cluster_gives_the_same(policy: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    question = points(policy, grid({"senco_leaving_rate": (0.1, 0.2), "used_share_added": (0.5, 0.7)}), replications=2)
    whole = ensemble_with(question, MadeUpWork(), tmp_path / "here", monkeypatch)
    elsewhere = ensemble_with(question, MadeUpWork(), tmp_path / "dask", monkeypatch, on_cluster("local"))
    assert elsewhere.fingerprint == whole.fingerprint


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_a_cluster_gives_failed_work_to_a_worker_again(
    policy: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flag = tmp_path / "failed_once"

    class Flaky(MadeUpWork):
        def __call__(self, job: Job) -> PairTotals:
            if not flag.exists():
                flag.touch()
                raise OSError
            return super().__call__(job)

    whole = ensemble_with(draws(policy, 2), Flaky(), tmp_path / "dask", monkeypatch, on_cluster("local"))
    assert flag.exists()
    assert len(whole.outcomes) == 4
