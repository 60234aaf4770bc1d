"""``new``, ``validate``, ``show``, ``diff``, and settings given on the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import Result

from sencosim.errors import ScenarioError
from sencosim.evidence.register import load_register
from sencosim.model import baseline_of
from sencosim.scenario.diff import arms_in_words
from sencosim.scenario.files import shipped_scenarios
from sencosim.scenario.load import load_scenario
from sencosim.terminal.settings import parse_settings, with_settings

pytestmark = pytest.mark.unit

Call = Callable[..., Result]
FAULTY = "schema: 1\nname: mine\ntitle: Mine\nrun:\n  sede: 7\n  draws: -3\nview: centrl\n"
SOURCE = "extends: full_time\nname: mine\nschema: 1\ntitle: Mine\n"


def test_new_writes_a_scenario_that_is_valid_and_changes_nothing(call: Call) -> None:
    result = call("new", "mine.yaml", "--from", "full_time")
    assert result.exit_code == 0
    assert result.stdout == "mine.yaml\n"
    assert call("validate", "mine.yaml").exit_code == 0
    assert load_scenario("mine.yaml").fingerprint == load_scenario("full_time").fingerprint


def test_new_does_not_write_over_a_file_unless_told(call: Call) -> None:
    Path("mine.yaml").write_text("mine", encoding="utf-8")
    refused = call("new", "mine.yaml")
    assert refused.exit_code == 4
    assert "--force" in refused.stderr
    assert Path("mine.yaml").read_text(encoding="utf-8") == "mine"
    assert call("new", "mine.yaml", "--force").exit_code == 0


def test_new_from_an_unknown_scenario_names_the_nearest(call: Call) -> None:
    result = call("new", "mine.yaml", "--from", "full_tme")
    assert result.exit_code == 2
    assert "full_time" in result.stderr
    assert not Path("mine.yaml").exists()


def test_validate_says_all_faults_at_once_on_standard_error(call: Call) -> None:
    Path("mine.yaml").write_text(FAULTY, encoding="utf-8")
    result = call("validate", "mine.yaml")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "3 problems" in result.stderr
    for line in ("line 5", "line 6", "line 7"):
        assert line in result.stderr
    for word in ("Traceback", "pydantic", "NoneType", "http"):
        assert word not in result.stderr


def test_validate_as_json_has_place_and_message_of_each_fault(call: Call) -> None:
    Path("mine.yaml").write_text(FAULTY, encoding="utf-8")
    result = call("validate", "mine.yaml", "baseline", "--json")
    assert result.exit_code == 2
    mine, baseline = json.loads(result.stdout)
    assert [problem["line"] for problem in mine["problems"]] == [5, 6, 7]
    assert (mine["valid"], baseline["valid"]) == (False, True)


def test_validate_goes_on_after_a_scenario_that_is_not_there(call: Call) -> None:
    result = call("validate", "nope", "baseline")
    assert result.exit_code == 2
    assert "nope" in result.stderr
    assert "baseline can run" in result.stdout


@pytest.mark.parametrize("name", shipped_scenarios())
def test_what_show_prints_is_the_same_scenario(call: Call, name: str) -> None:
    Path("shown.yaml").write_text(call("show", name).stdout, encoding="utf-8")
    assert load_scenario("shown.yaml").fingerprint == load_scenario(name).fingerprint


def test_show_as_json_is_the_scenario(call: Call) -> None:
    shown = json.loads(call("show", "full_time", "--json").stdout)
    assert shown["name"] == "full_time"
    assert shown["levers"]["protected_time"]["floor"]["full_time"] is True


def test_diff_is_in_words(call: Call) -> None:
    shown = call("diff", "baseline", "full_time").stdout
    assert "protected_time" in shown
    assert json.loads(call("diff", "baseline", "full_time", "--json").stdout) == shown.rstrip("\n").split("\n")


def test_diff_with_itself_finds_nothing(call: Call) -> None:
    result = call("diff", "full_time", "full_time")
    assert result.exit_code == 0
    assert "nothing differs" in result.stdout.lower() or "0 levers, 0 assumptions differ" in result.stdout


def test_settings_of_the_command_line_are_settings_of_the_scenario(call: Call) -> None:
    Path("mine.yaml").write_text(SOURCE, encoding="utf-8")
    changed = with_settings("mine.yaml", {"run.seed": "7", "horizon.years": "3", "overrides.senco_leaving_rate": "0.1"})
    assert changed.scenario.name == "mine"
    assert (changed.scenario.run.seed, changed.scenario.horizon.years) == (7, 3)
    assert changed.scenario.overrides["senco_leaving_rate"].value == 0.1
    assert changed.origins["run.seed"][0] == "command_line.yaml"
    assert changed.scenario.levers == load_scenario("full_time").scenario.levers
    title = load_register().get("senco_leaving_rate").title
    assert changed.scenario.title == f"Mine, with {title} = 0.1"


@pytest.mark.parametrize(
    "settings", [{"run.seed": "7", "horizon.years": "3", "view": "sceptic"}, {"views": "[central]"}]
)
def test_years_views_and_how_it_is_run_leave_the_words_of_a_scenario(settings: dict[str, str]) -> None:
    original, changed = (with_settings("full_time", one).scenario for one in ({}, settings))
    assert (changed.title, changed.description) == (original.title, original.description)


def test_a_lever_that_repeats_what_holds_anyway_leaves_the_words_of_a_scenario() -> None:
    changed = with_settings("full_time", {"levers.protected_time.funded_by": "schools"}).scenario
    assert changed.title == load_scenario("full_time").scenario.title


def test_words_follow_the_levers_that_are_in_force() -> None:
    changed = with_settings("full_time", {"run.seed": "7", "levers.protected_time.floor.hours_per_week": "13"}).scenario
    assert changed.title == (
        "Protected time: at least 13 hours a week (full_time with protected_time.floor.hours_per_week = 13)"
    )
    assert changed.description.startswith(
        "The policy: protected_time, at least 13 hours a week, all schools, from 2027/28"
    )
    assert "must have a full-time SENCO" not in changed.description
    assert "It is the scenario full_time with protected_time.floor.hours_per_week = 13." in changed.description
    given = with_settings("full_time", {"levers.protected_time.floor.hours_per_week": "13", "title": "Mine"}).scenario
    assert (given.title, given.description) == ("Mine", changed.description)


def test_a_title_stays_while_its_levers_ask_the_same() -> None:
    changed = with_settings("full_time", {"levers.protected_time.funded_by": "national_grant"}).scenario
    assert changed.title == "A full-time SENCO in every school, with protected_time.funded_by = national_grant"


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("flow_backs", "all"),
        ("baselines", "[announced]"),
        ("high_needs_pressure_funded_by", "councils"),
        ("high_needs_pressure_from", "2029-04"),
        ("run.warm_up_years", "3"),
    ],
)
def test_another_account_or_law_is_in_the_words_of_a_scenario(setting: str, value: str) -> None:
    """The page of a council is made from the latest run of a name: its title says what was set."""
    changed = with_settings("full_time", {setting: value}).scenario
    assert changed.title == f"A full-time SENCO in every school, with {setting} = {value}"
    assert changed.description.endswith(f"It is the scenario full_time with {setting} = {value}.")


def test_how_long_the_warm_up_is_stands_among_what_holds_in_both_arms_and_how_often_a_run_is_does_not() -> None:
    own = with_settings("full_time", {"run.warm_up_years": "3", "run.draws": "9", "run.seed": "5"}).scenario
    told = [" ".join(line.split()) for line in arms_in_words(baseline_of(own), own)]
    assert [line for line in told if "run." in line] == ["in both arms: run run.warm_up_years 2 → 3"]
    plain = with_settings("full_time", {"run.draws": "9", "run.seed": "5", "run.sample": "0.5"}).scenario
    assert plain.title == load_scenario("full_time").scenario.title


def test_a_title_names_the_levers_that_ask_something_else_and_counts_the_others() -> None:
    settings = {"levers.admin_support.hours_per_week": "13", "levers.slt_seat": "null"}
    title = with_settings("combined", settings).scenario.title
    assert title.startswith("Admin support: ")
    assert "13 administrator hours" in title
    assert "; slt seat: off; and 1 other lever (combined with " in title
    assert "a seat" not in title.partition("(")[0]


def test_words_tell_a_delay_and_what_holds_in_both_arms() -> None:
    settings = {"levers.delay.years": "2", "background.supervision.hours_per_term": "3"}
    said = with_settings("full_time", settings).scenario.description
    assert "protected_time, full time, all schools, from 2029/30" in said
    assert "In both arms: supervision, 3 hours a term" in said


def test_an_option_that_repeats_what_holds_anyway_is_no_warning() -> None:
    assert with_settings("full_time", {"run.seed": "2026"}).warnings == load_scenario("full_time").warnings


def test_no_settings_change_nothing() -> None:
    assert with_settings("full_time", {}) == load_scenario("full_time")


def test_faulty_settings_get_the_messages_of_a_file() -> None:
    with pytest.raises(ScenarioError) as caught:
        with_settings("full_time", {"run.sede": "7", "horizon.years": "300"})
    messages = " ".join(problem.message for problem in caught.value.problems)
    assert "Did you mean  seed ?" in messages
    assert "changes nothing" not in messages
    assert {problem.file for problem in caught.value.problems} == {"command_line.yaml"}


@pytest.mark.parametrize("given", [["seed"], ["=7"], ["seed="], ["a=1", "a=2"]])
def test_settings_must_be_key_and_value_and_each_only_once(given: list[str]) -> None:
    option = click.Option(["--set"])
    with pytest.raises(click.BadParameter):
        parse_settings(click.Context(click.Command("run")), option, given)


def test_value_of_a_setting_may_hold_an_equals_sign() -> None:
    found = parse_settings(click.Context(click.Command("run")), click.Option(["--set"]), ["title=a = b"])
    assert found == {"title": "a = b"}
