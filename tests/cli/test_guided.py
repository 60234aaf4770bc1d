"""``new --guided``: whatever is answered, the file is valid and means what was said."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from scenario.strategies import UNSEEN

from sencosim.cli import main
from sencosim.cli.guided import Answers, amount, scenario_text
from sencosim.levers.protected_time import Floor
from sencosim.levers.schools import Counts
from sencosim.scenario.load import load_scenario, validate_scenario

Call = Callable[..., Result]
AMOUNTS = st.sampled_from(["full time", "2 days", "10 hours", "0.2 per pupil", "none", "5 days a week", "0.5h"])


def answer(tmp_path: Path, *answers: str) -> Result:
    path = tmp_path / "two_days.yaml"
    return CliRunner().invoke(main, ["new", str(path), "--guided"], input="\n".join(answers) + "\n")


@pytest.mark.unit
def test_two_days_in_primaries_and_full_time_in_large_secondaries(tmp_path: Path) -> None:
    told = answer(tmp_path, "Two days", "2 days", "0", "none", "1000", "full time", "0", "2028", "2", "grant")
    assert told.exit_code == 0, told.output
    path = tmp_path / "two_days.yaml"
    assert told.stdout == f"{path}\n"
    assert [one for one in validate_scenario(path) if one.severity == "error"] == []
    scenario = load_scenario(path).scenario
    lever = scenario.levers.protected_time
    assert lever is not None
    assert (scenario.title, lever.start, lever.phase_in_years, lever.funded_by) == (
        "Two days",
        "2028/29",
        2,
        "national_grant",
    )
    asked = {
        (phase, pupils): float(lever.floor.hours(Counts(phase, pupils, 30.0, 6.5, 32.4)))
        for phase in (0, 1)
        for pupils in (200, 1000, 1001)
    }
    assert [asked[0, pupils] for pupils in (200, 1000, 1001)] == [13.0, 13.0, 13.0]
    assert asked[1, 200] != asked[1, 200], "no duty is no floor, not a floor of zero"
    assert asked[1, 1000] != asked[1, 1000]
    assert asked[1, 1001] == 32.4
    assert "up to 1000 pupils no duty, larger full time" in " ".join(told.stderr.split())


@pytest.mark.unit
def test_what_is_not_understood_is_asked_again(tmp_path: Path) -> None:
    told = answer(tmp_path, "", "a lot", "9 days", "2 days", "0", "none", "0", "x", "0", "1999", "2027", "3", "schools")
    assert told.exit_code == 0, told.output
    assert "'a lot' is not an amount of time" in told.stderr
    assert "9 is not above 0 and at most 5" in told.stderr
    assert "from 2,026 to" in told.stderr or "from 2026 to" in told.stderr
    assert load_scenario(tmp_path / "two_days.yaml").scenario.title == "Two days"


@pytest.mark.unit
def test_no_duty_at_all_is_todays_rules(tmp_path: Path) -> None:
    told = answer(tmp_path, "", "none", "0", "none", "0", "0", "2027", "3", "schools")
    assert told.exit_code == 0
    assert not any(load_scenario(tmp_path / "two_days.yaml").scenario.levers.active())


@pytest.mark.unit
def test_guided_starts_from_nothing_else(call: Call) -> None:
    result = call("new", "mine.yaml", "--guided", "--from", "team")
    assert result.exit_code == 2
    assert "--from" in result.stderr
    assert not Path("mine.yaml").exists()


@pytest.mark.property
@given(
    title=st.text(st.characters(codec="utf-8", exclude_categories=UNSEEN), min_size=1, max_size=40).filter(
        lambda text: not text.strip().startswith(("=", "+", "-", "@"))
    ),
    amounts=st.lists(AMOUNTS, min_size=4, max_size=4),
    limits=st.lists(st.sampled_from([0, 100, 1000]), min_size=2, max_size=2),
    hours=st.sampled_from([0.0, 5.0]),
    start=st.integers(2026, 2045),
    years=st.integers(1, 20),
)
def test_any_answers_make_a_valid_scenario(
    title: str,
    amounts: list[str],
    limits: list[int],
    hours: float,
    start: int,
    years: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    read = [amount(text) for text in amounts]
    floors = {}
    for phase, small, large, limit in zip(("primary", "secondary"), read[:2], read[2:], limits, strict=True):
        rows = [{"up_to_pupils": limit, **(small or {"no_duty": True})}, large or {"no_duty": True}]
        floors |= {phase: {"by_size": rows} if limit else small} if limit or small else {}
    path = tmp_path_factory.mktemp("guided") / "mine.yaml"
    answers = Answers(title.strip() or "Mine", floors, hours, start, years, "schools")
    path.write_text(scenario_text(answers, "mine"), encoding="utf-8")
    problems = [one.message for one in validate_scenario(path) if one.severity == "error"]
    assert problems == []
    lever = load_scenario(path).scenario.levers.protected_time
    assert (lever is None) == (not floors)


@pytest.mark.unit
@pytest.mark.parametrize("text", ["", "6 days", "41 hours", "-1 days", "6 per pupil", "2 weeks", "nan days"])
def test_an_amount_that_no_week_holds_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter):
        amount(text)


@pytest.mark.unit
def test_no_duty_can_only_be_true() -> None:
    with pytest.raises(ValueError, match="only be true"):
        Floor.model_validate({"by_size": [{"up_to_pupils": 100, "no_duty": False}, {"full_time": True}]})
