"""The researcher's commands on a real council of 21 schools, in small."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli.conftest import Call

pytestmark = pytest.mark.engine
SMALL = ("--council", "Rutland", "--years", "2", "--workers", "1")


def last_json(text: str) -> dict[str, str]:
    found: dict[str, str] = json.loads(text.strip().splitlines()[-1])
    return found


def test_a_sweep_writes_a_tidy_table_and_the_second_time_runs_nothing(call: Call) -> None:
    words = ("sweep", "full_time", "--over", "transport_cost=5000,6000", *SMALL)
    first, again = call(*words), call(*words, "--json")
    assert first.exit_code == 0, first.output
    assert "Net cost to the public purse" in first.stdout
    told = last_json(again.stdout)
    assert told["event"] == "result"
    assert (Path(told["folder"]) / "tidy.parquet").is_file()
    assert '"progress"' not in again.stdout


def test_break_even_is_a_sentence_and_the_ensemble_serves_again(call: Call) -> None:
    first = call("breakeven", "full_time", "--draws", "2", "--main-only", "--json", *SMALL)
    assert first.exit_code == 0, first.output
    told = last_json(first.stdout)
    assert "would have to avoid" in told["text"]
    folder = str(Path(told["folder"]).parent)
    again = call("ensemble", "full_time", "--ensemble", folder)
    assert again.exit_code == 0, again.output
    assert "Chance that the public purse saves" in again.stdout
    other = call("breakeven", "two_days", "--ensemble", folder)
    assert other.exit_code == 2
    assert "holds full_time" in other.stderr


def test_a_search_runs_the_model_and_confirms(call: Call) -> None:
    found = call("breakeven", "full_time", "--parameter", "transport_cost", "--search", "1000:5000", *SMALL)
    assert found.exit_code == 0, found.output
    assert "changes the answer" in found.stdout or "The answer changes when" in found.stdout


def test_a_tornado_writes_its_chart(call: Call) -> None:
    found = call("sensitivity", "tornado", "full_time", "--inputs", "transport_cost", "--json", *SMALL)
    assert found.exit_code == 0, found.output
    folder = Path(last_json(found.stdout)["folder"])
    assert {path.name for path in folder.iterdir()} >= {"tornado.csv", "tornado.svg", "manifest.json", "answer.txt"}


def test_a_dry_run_says_what_and_how_long(call: Call) -> None:
    found = call("voi", "full_time", "--draws", "30", "--main-only", "--dry-run", *SMALL)
    assert found.exit_code == 0, found.output
    assert "30 runs of 2 arms" in found.stdout
    assert "runs an hour" in found.stdout
    assert not Path("outputs").exists()


def test_all_analyses_of_draws_ask_for_the_same_ensemble(call: Call) -> None:
    ours = ("full_time", "--draws", "30", "--dry-run", *SMALL)
    commands = (("ensemble",), ("breakeven",), ("voi",), ("sensitivity", "prim"), ("trial",))
    assert {call(*words, *ours).stdout.partition(",")[0] for words in commands} == {"60 runs of 2 arms"}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("sweep", "full_time", "--over", "senco_leaving_rat=0.1,0.2"), "Did you mean  senco_leaving_rate"),
        (("sweep", "full_time", "--over", "senco_leaving_rate=0.3:0.1:3"), "must be the smaller one"),
        (
            ("sweep", "full_time", "--over", "horizon.years=2:10:2", "--design", "sobol_points", "--points", "4"),
            "of a setting that takes whole numbers, give the values themselves, on a grid",
        ),
        (("sweep", "full_time", "--over", "horizon.years=2,4.5"), "The point horizon.years 4.5 cannot be run."),
        (("sweep", "baseline", "--over", "senco_leaving_rate=0.1,0.2"), "has no policy in it"),
        (("voi", "full_time", "--draws", "5"), "needs 30 draws"),
        (("trial", "full_time", "--design", "stepped_wedge", "--trial-years", "1"), "Give --trial-years 3 or more"),
        (("trial", "full_time", "--design", "stepped_wedge", "--trial-years", "2"), "Give --trial-years 3 or more"),
        (("trial", "full_time", "--trial-years", "1"), "1 year with 1 before the policy has none with it"),
        (("voi", "full_time", "--worth", "profit=5"), "No price can be put on 'profit'"),
        (("sensitivity", "tornado", "full_time", "--inputs", "efects"), "no input or group named efects"),
        (("sensitivity", "sobol", "full_time", "--points", "5"), "powers of two"),
        (("trial", "full_time", "--count", "joy"), "cannot count 'joy'"),
        (("breakeven", "full_time", "--parameter", "transport_cost", "--search", "5"), "not of the form low:high"),
    ],
)
def test_faults_are_sentences_with_exit_code_2(call: Call, words: tuple[str, ...], told: str) -> None:
    found = call(*words, *SMALL)
    assert found.exit_code == 2, found.output
    assert told in found.stderr
    assert not Path("outputs").exists()


@pytest.mark.parametrize(
    "command", [("ensemble",), ("voi",), ("sweep", "--over", "transport_cost=5000,6000"), ("factorial",)]
)
def test_two_scenario_files_of_one_name_are_refused(call: Call, tmp_path: Path, command: tuple[str, ...]) -> None:
    """One of them would be left out without a word."""
    files = [tmp_path / version / "mine.yaml" for version in ("v1", "v2")]
    for file, days in zip(files, (2, 4), strict=True):
        file.parent.mkdir()
        floor = f"levers:\n  protected_time:\n    floor:\n      days_per_week: {days}\n"
        file.write_text(f"extends: full_time\nname: mine\n{floor}", encoding="utf-8")
    found = call(*command, *(str(file) for file in files), "--dry-run", *SMALL)
    assert found.exit_code == 2, found.output
    assert "Two policies have one name: mine." in " ".join(found.stderr.split())


def test_a_factorial_comparison_runs_every_combination_and_says_what_it_found(call: Call) -> None:
    found = call("factorial", "full_time", "slt_seat", "--replications", "2", "--json", *SMALL)
    assert found.exit_code == 0, found.output
    told = last_json(found.stdout)
    assert "beyond the sum of each" in told["text"]
    arms = (Path(told["folder"]) / "arms.csv").read_text(encoding="utf-8").splitlines()
    assert len(arms) == 1 + 4 * 2
    assert (Path(told["folder"]) / "effects.csv").is_file()


def test_a_factorial_comparison_of_two_floors_is_refused(call: Call) -> None:
    found = call("factorial", "full_time", "protected_time", *SMALL)
    assert found.exit_code != 0
    assert "both hold the lever protected_time" in found.output
