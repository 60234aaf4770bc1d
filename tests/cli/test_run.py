"""``run``: what its options mean, and that all faults are said before anything is run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import takewhile
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import Result

from sencosim.cli.run import NUMBERS, QUICK, chosen_settings
from sencosim.errors import InputError, Problem, ScenarioError, SelfCheckError
from sencosim.experiment import lock
from sencosim.experiment.plan import FIRST_DRAWS
from sencosim.model import RunOptions, plan_run
from sencosim.terminal.options import Workers
from sencosim.terminal.settings import load_all, with_settings

pytestmark = pytest.mark.unit

Call = Callable[..., Result]
NOTHING = {**dict.fromkeys(NUMBERS), "views": (), "settings": {}, "quick": False, "fast": False}


def test_no_option_changes_nothing() -> None:
    assert chosen_settings(NOTHING) == {}


@pytest.mark.parametrize(
    ("option", "value", "setting"),
    [
        ("seed", 7, ("run", "seed")),
        ("sample", 0.5, ("run", "sample")),
        ("sampling", "schools", ("run", "sampling")),
        ("replications", 3, ("run", "replications")),
        ("draws", 4, ("run", "draws")),
        ("years", 5, ("horizon", "years")),
    ],
)
def test_an_option_is_a_setting_of_the_scenario(option: str, value: Any, setting: tuple[str, str]) -> None:
    scenario = with_settings("full_time", chosen_settings({**NOTHING, option: value})).scenario
    assert getattr(getattr(scenario, setting[0]), setting[1]) == value


@pytest.mark.parametrize(
    ("views", "headline"),
    [(("sceptic",), "sceptic"), (("campaign", "central"), "central"), (("sceptic",) * 2, "sceptic")],
)
def test_views_are_costed_as_asked_with_central_as_the_headline(views: tuple[str, ...], headline: str) -> None:
    scenario = with_settings("full_time", chosen_settings({**NOTHING, "views": views})).scenario
    assert set(scenario.views) == set(views)
    assert scenario.view == headline


def test_what_is_said_exactly_wins_over_what_quick_means() -> None:
    chosen = chosen_settings({**NOTHING, "quick": True, "draws": 9, "settings": {"run.sample": "0.3"}})
    assert chosen == {**QUICK, "run.draws": "9", "run.sample": "0.3"}


def test_quick_settings_are_settings() -> None:
    assert with_settings("full_time", QUICK).scenario.run.draws == 1


def test_faults_of_all_scenarios_are_said_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("one", "two"):
        Path(f"{name}.yaml").write_text(f"schema: 1\nname: {name}\ntitle: T\nview: nothing\n", encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load_all(["one.yaml", "baseline", "two.yaml"], {})
    assert {problem.file for problem in caught.value.problems} == {"one.yaml", "two.yaml"}


@pytest.mark.parametrize(
    "words",
    [
        ("run",),
        ("run", "full_tme"),
        ("run", "full_time", "--sample", "0"),
        ("run", "full_time", "--sample", "1.5"),
        ("run", "full_time", "--draws", "0"),
        ("run", "full_time", "--view", "hopeful"),
        ("run", "full_time", "--set", "run.sede=7"),
        ("run", "full_time", "--set", "seed"),
        ("run", "full_time", "--workers", "none"),
        ("run", "full_time", "--workers", "0.5"),
        ("run", "full_time", "--population", "nowhere.parquet"),
        ("run", "full_time", "--quik"),
    ],
    ids=" ".join,
)
def test_what_cannot_be_used_is_refused_before_anything_is_run(call: Call, words: tuple[str, ...]) -> None:
    result = call(*words)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    assert not Path("outputs").exists()


def differences_of(call: Call, *words: str) -> list[str]:
    """What a dry run prints of its two arms."""
    said = call("run", *words, "--council", "Rutland", "--dry-run")
    assert said.exit_code == 0, said.stderr
    lines = takewhile(lambda line: line.startswith("  "), said.stderr.splitlines()[1:])
    return [" ".join(line.split()) for line in lines]


def test_a_setting_of_a_lever_is_a_difference_and_leaves_the_baseline(call: Call) -> None:
    lever, verdict = differences_of(call, "full_time", "--set", "levers.protected_time.floor.hours_per_week=13")
    assert lever.startswith("lever protected_time off → at least 13 hours a week all schools, from 2027/28, phased")
    assert verdict == "1 lever, 0 assumptions differ. Same data, same engine: safe to compare."


def test_what_holds_in_both_arms_is_no_difference(call: Call) -> None:
    usual = differences_of(call, "full_time")
    changed = differences_of(call, "full_time", "--set", "overrides.senco_leaving_rate=0.2", "--years", "3")
    assert set(usual) < set(changed)
    (shared,) = set(changed) - set(usual)
    assert shared.startswith("in both arms: assumption senco_leaving_rate evidence → 0.2")


def test_a_failed_check_of_one_run_does_not_keep_the_next_from_running(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = []

    def run_one(_console: Any, resolved: Any, _options: Any, **_how: Any) -> None:
        ran.append(resolved.scenario.name)
        if len(ran) < 3:
            raise SelfCheckError("It failed.", (Problem(f"{ran[-1]}: more plans on time than plans."),))

    monkeypatch.setattr("sencosim.cli.run.run_one", run_one)
    result = call("run", "full_time", "slt_seat", "team")
    assert ran == ["full_time", "slt_seat", "team"]
    assert result.exit_code == 5
    for name in ran[:2]:
        assert f"  {name}: more plans on time than plans." in result.stderr


@pytest.mark.parametrize(("text", "number"), [("auto", 0), ("1", 1), ("16", 16)])
def test_workers_are_a_number_or_auto(text: str, number: int) -> None:
    assert Workers().convert(text, None, None) == number


@pytest.mark.parametrize("text", ["-1", "all", ""])
def test_workers_are_nothing_else(text: str) -> None:
    with pytest.raises(click.BadParameter):
        Workers().convert(text, None, None)


def test_a_fast_run_is_the_beginning_of_every_run() -> None:
    fast = plan_run(with_settings("full_time", chosen_settings({**NOTHING, "fast": True})), RunOptions())
    whole = plan_run(with_settings("full_time", {}), RunOptions())
    assert set(fast.draw_jobs()) <= set(whole.all_jobs(2))
    assert {job.draw for job in fast.draw_jobs()} - {0} == set(range(1, FIRST_DRAWS + 1))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--sample", "5"), "For 5 per cent write 0.05."),
        (("--sample", "0"), "above 0 and at most 1; 0 is not"),
        (("--sample", "half"), "'half' is not a share of England"),
        (("--draws", "0"), "0 is below the least that is allowed, 1."),
        (("--seed", "-1"), "-1 is below the least that is allowed, 0."),
        (("--years", "ten"), "'ten' is not a whole number"),
    ],
)
def test_numbers_out_of_range_are_refused_in_our_words(
    call: Callable[..., Result], given: tuple[str, str], said: str
) -> None:
    result = call("run", "full_time", *given)
    assert result.exit_code == 2
    assert said in " ".join(result.stderr.split())
    assert "range" not in result.stderr


def test_a_run_that_another_process_has_is_refused_and_left_alone(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def taken(folder: Path, run_id: str) -> Iterator[None]:
        raise InputError(f"The run {run_id} goes on already.")
        yield

    monkeypatch.setattr(lock, "only_here", taken)
    refused = call("run", "full_time", "--council", "Rutland", "--draws", "2", "--replications", "2")
    assert refused.exit_code == 2
    assert "goes on already" in refused.stderr
    assert [path.name for path in tmp_path.glob("outputs/full_time/.*.running/*")] == ["run.json"]
