"""Shipped scenarios, inheritance, mixins, the JSON Schema, and how it all reaches an installed package."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from sencosim.errors import ScenarioError
from sencosim.levers.catalogue import Levers
from sencosim.levers.lever import BEHAVIOUR
from sencosim.scenario.assumptions import References, shipped_references
from sencosim.scenario.diff import diff_in_words
from sencosim.scenario.files import shipped_folder, shipped_scenarios
from sencosim.scenario.guide import explain_setting, json_schema, scenario_guide
from sencosim.scenario.laws import ANNOUNCED
from sencosim.scenario.load import load_scenario, validate_scenario
from sencosim.scenario.mechanisms import MECHANISMS
from sencosim.scenario.schema import Scenario
from sencosim.scenario.show import show

pytestmark = pytest.mark.unit

EVIDENCE_DAY = date(2026, 11, 22)
EXPECTED = (
    "admin_support",
    "allowance",
    "baseline_announced",
    "budget_squeeze",
    "combined",
    "consistent_ehc",
    "delayed",
    "everything",
    "full_time",
    "full_time_announced",
    "full_time_where_large",
    "full_time_where_needed",
    "health_delay",
    "hours_by_need",
    "isp_duty",
    "isp_duty_with_time",
    "key_worker",
    "la_capacity",
    "national_grant",
    "no_supply",
    "pandemic",
    "pilot",
    "protected_time",
    "race_to_bottom",
    "senco_absence",
    "shared_senco",
    "slt_seat",
    "specialist_places",
    "standing_cover",
    "supervision",
    "team",
    "time_and_admin",
    "time_and_seat",
    "training",
    "tribunal_capacity",
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / f"{name}.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_scenarios_are_there_baseline_first() -> None:
    assert shipped_scenarios() == ("baseline", *EXPECTED)


@pytest.mark.parametrize("name", ["baseline", *EXPECTED])
def test_a_shipped_scenario_loads_and_is_fit_for_a_report(name: str) -> None:
    resolved = load_scenario(name, replace(shipped_references(), today=EVIDENCE_DAY))
    scenario = resolved.scenario
    assert scenario.name == name
    assert len(scenario.title) > 10
    assert scenario.description.endswith(".")
    assert resolved.chain[0] == "scenarios/baseline.yaml"
    assert resolved.chain[-1] == f"scenarios/{name}.yaml"
    beyond = {"race_to_bottom": "drift_to_floor_share", "no_supply": "teacher_supply_fte_per_year"}
    expected = {f"overrides.{beyond[name]}"} if name in beyond else set()
    assert {warning.key for warning in resolved.warnings} == expected


OWN_PHASING = {"delayed", "pilot", "isp_duty", "isp_duty_with_time"}
"""Scenarios of which start or phasing is the point: a later start, a pilot, a duty with a date in law."""


@pytest.mark.parametrize("name", sorted(set(EXPECTED) - OWN_PHASING))
def test_shipped_policies_start_spread_and_are_kept_alike(name: str) -> None:
    for lever_name, lever in load_scenario(name).scenario.levers.active():
        assert lever.steps() == {2027: 0.33, 2028: 0.67, 2029: 1.0}, lever_name
        assert lever.compliance is None, lever_name
        assert lever.end is None, lever_name


def test_each_shipped_scenario_asks_another_question() -> None:
    prints = {load_scenario(name).fingerprint for name in shipped_scenarios()}
    assert len(prints) == len(shipped_scenarios())


def test_the_baseline_switches_nothing_on() -> None:
    baseline = load_scenario("baseline").scenario
    assert list(baseline.levers.active()) == []
    assert not baseline.overrides
    assert (baseline.horizon.first, baseline.horizon.last, baseline.start_year, baseline.simulated_years) == (
        2027,
        2036,
        2022,
        15,
    )


def test_the_combined_scenario_is_the_sum_of_its_parts() -> None:
    levers = {
        name: load_scenario(name).scenario.levers for name in ("combined", "full_time", "slt_seat", "admin_support")
    }
    assert levers["combined"].protected_time == levers["full_time"].protected_time
    assert levers["combined"].slt_seat == levers["slt_seat"].slt_seat
    assert levers["combined"].admin_support == levers["admin_support"].admin_support


def test_the_difference_of_full_time_reads_like_a_sentence() -> None:
    lines = [" ".join(line.split()) for line in diff_in_words(load_scenario("baseline"), load_scenario("full_time"))]
    assert lines == [
        "lever protected_time off → full time all schools, from 2027/28, phased over 3 years, paid by schools",
        "1 lever, 0 assumptions differ. Same data, same engine: safe to compare.",
    ]


def test_other_years_are_not_like_for_like(folder: Path, references: References) -> None:
    other = load_scenario(write(folder, "later", "extends: baseline\nhorizon: {years: 5}\n"), references)
    assert diff_in_words(load_scenario("baseline"), other)[-1] == (
        "0 levers, 0 assumptions differ. Not like for like: horizon.years differs too."
    )


def test_own_lines_win_over_mixins_and_mixins_over_parents(folder: Path, references: References) -> None:
    write(
        folder, "parent", "levers: {admin_support: {start: 2028/29, hours_per_week: 3, pay: 1}}".replace(", pay: 1", "")
    )
    write(folder, "mixins/hours", "levers: {admin_support: {hours_per_week: 6, compliance: 0.9}}")
    child = "extends: parent\ninclude: [hours]\ntitle: Mine\nlevers: {admin_support: {compliance: 0.8}}\n"
    resolved = load_scenario(write(folder, "child", child), references)
    lever = resolved.scenario.levers.admin_support
    assert lever is not None
    assert (lever.start, lever.hours_per_week, lever.compliance) == ("2028/29", 6, 0.8)
    assert resolved.origins["levers.admin_support.start"] == ("parent.yaml", 1)
    assert resolved.origins["levers.admin_support.hours_per_week"] == ("mixins/hours.yaml", 1)
    assert resolved.origins["levers.admin_support.compliance"] == ("child.yaml", 4)
    assert "levers.admin_support.end" not in resolved.origins
    assert resolved.chain == ("parent.yaml", "mixins/hours.yaml", "child.yaml")


def test_a_floor_is_replaced_as_a_whole(folder: Path, references: References) -> None:
    text = "extends: full_time\nlevers: {protected_time: {floor: {days_per_week: 2}}}\n"
    lever = load_scenario(write(folder, "two_days", text), references).scenario.levers.protected_time
    assert lever is not None
    assert lever.words() == "at least 2 days a week"
    assert lever.steps() == {2027: 0.33, 2028: 0.67, 2029: 1.0}


def test_steps_of_ones_own_take_the_place_of_equal_steps_and_the_other_way_round(
    folder: Path, references: References
) -> None:
    write(folder, "own", "extends: full_time\nlevers: {protected_time: {phase_in: {2027/28: 0.1, 2031/32: 1.0}}}\n")
    text = "extends: own\nlevers: {protected_time: {phase_in_years: 1}}\n"
    own, equal = load_scenario("own", references), load_scenario(write(folder, "equal", text), references)
    steps = [lever.steps() for one in (own, equal) for _, lever in one.scenario.levers.active()]
    assert steps == [{2027: 0.1, 2031: 1.0}, {2027: 1.0}]


def test_another_form_of_administrator_hours_takes_the_place_of_the_first(folder: Path, references: References) -> None:
    text = "extends: admin_support\nlevers: {admin_support: {hours_per_sen_pupil_per_week: 0.1}}\n"
    lever = load_scenario(write(folder, "per_pupil", text), references).scenario.levers.admin_support
    assert lever is not None
    assert (lever.hours_per_week, lever.hours_per_sen_pupil_per_week) == (None, 0.1)


def test_cautions_of_parents_mixins_and_own_lines_add_up(folder: Path, references: References) -> None:
    first, second = "No study has seen so many hours.", "Nor has a study seen so large a team."
    write(folder, "mixins/bold", f"schema: 1\ncautions: ['{second}']\nlevers: {{slt_seat: {{}}}}\n")
    write(folder, "bolder", f"schema: 1\nextends: team\ninclude: [bold]\ntitle: Bolder\ncautions: ['{first}']\n")
    path = write(folder, "child", f"schema: 1\nextends: bolder\ntitle: Child\ncautions: ['{first}']\n")
    (shipped,) = load_scenario("team", references).scenario.cautions
    assert load_scenario(folder / "bolder.yaml", references).scenario.cautions == (shipped, second, first)
    assert load_scenario(path, references).scenario.cautions == (shipped, second, first)


def test_null_takes_cautions_back_and_no_result_depends_on_them(folder: Path, references: References) -> None:
    path = write(folder, "mine", "schema: 1\nextends: team\ntitle: Mine\ncautions: null\n")
    mine, team = load_scenario(path, references), load_scenario("team", references)
    assert mine.scenario.cautions == ()
    assert mine.fingerprint == team.fingerprint
    assert mine.scenario.unnamed() == team.scenario.unnamed()


def test_two_mixins_with_cautions_may_stand_together(folder: Path, references: References) -> None:
    write(folder, "mixins/bold", "schema: 1\ncautions: ['No study has seen so many hours.']\n")
    path = write(folder, "mine", "schema: 1\nextends: baseline\ninclude: [team, bold]\ntitle: Mine\n")
    assert len(load_scenario(path, references).scenario.cautions) == 2


@pytest.mark.parametrize(
    ("line", "words"),
    [("cautions: Do not quote.", "Expected a list"), ("cautions: [Careful]", "Write the reason in full")],
)
def test_a_caution_that_is_no_reason_is_refused(folder: Path, references: References, line: str, words: str) -> None:
    path = write(folder, "mine", f"schema: 1\nextends: baseline\ntitle: Mine\n{line}\n")
    with pytest.raises(ScenarioError) as refused:
        load_scenario(path, references)
    (problem,) = refused.value.problems
    assert words in problem.message
    assert problem.line == 4


def test_scenarios_that_the_documents_say_carry_a_caution_do(root: Path) -> None:
    """The page of results names them; any other scenario that holds the same lever has the same reason."""
    text = " ".join((root / "docs" / "results" / "scenarios_text.md").read_text(encoding="utf-8").split())
    parts = re.split(r"\*\*`(\w+)`\*\*", text)
    named = {name for name, said in zip(parts[1::2], parts[2::2], strict=True) if "carry a caution" in said}
    shipped = {name: load_scenario(name).scenario for name in shipped_scenarios()}
    assert named == {"team"}
    assert {name for name, one in shipped.items() if one.cautions} == {
        name for name, one in shipped.items() if one.levers.team is not None
    }
    assert named <= {name for name, one in shipped.items() if one.cautions}


def test_null_takes_a_lever_and_an_override_back(folder: Path, references: References) -> None:
    write(folder, "parent", "extends: combined\noverrides: {senco_leaving_rate: {value: 0.1, why: test}}\n")
    text = "extends: parent\ntitle: Less\nlevers: {slt_seat: null}\noverrides: {senco_leaving_rate: null}\n"
    scenario = load_scenario(write(folder, "less", text), references).scenario
    assert [name for name, _lever in scenario.levers.active()] == ["protected_time", "admin_support"]
    assert not scenario.overrides


def test_a_child_that_changes_something_does_not_pass_under_its_parents_title(
    folder: Path, references: References
) -> None:
    scenario = load_scenario(write(folder, "my plan", "extends: full_time\nrun: {seed: 7}\n"), references).scenario
    assert (scenario.name, scenario.title, scenario.description) == ("my_plan", "My plan", "")


def test_a_scenario_beside_the_file_comes_before_a_shipped_one(folder: Path, references: References) -> None:
    write(folder, "full_time", "title: Mine\nrun: {seed: 5}\n")
    child = load_scenario(write(folder, "child", "extends: full_time\ntitle: Child\nview: sceptic\n"), references)
    assert child.scenario.run.seed == 5
    write(folder, "scenarios/other", "title: Other\nrun: {seed: 6}\n")
    assert load_scenario("other", references).scenario.run.seed == 6


def test_faults_of_parents_are_said_with_their_file(folder: Path, references: References) -> None:
    write(folder, "parent", "run: {seed: 5, seed: 6}\nlevers: {slt_seat: {pay_uplift: 3}}\n")
    child = write(folder, "child", "extends: parent\ntitle: Child\nview: centrl\n")
    with pytest.raises(ScenarioError) as refusal:
        load_scenario(child, references)
    assert {(p.file, p.line, p.key) for p in refusal.value.problems} == {
        ("parent.yaml", 1, "run.seed"),
        ("parent.yaml", 2, "levers.slt_seat.pay_uplift"),
        ("child.yaml", 3, "view"),
    }


def test_missing_settings_are_no_fault_while_a_parent_is_missing(folder: Path, references: References) -> None:
    text = "extends: lost\nlevers: {protected_time: {compliance: 0.9}}\n"
    problems = validate_scenario(write(folder, "child", text), references)
    assert [problem.key for problem in problems] == ["extends"]


def test_messages_and_origins_hold_no_path_of_this_machine(tmp_path: Path, references: References) -> None:
    path = write(tmp_path, "elsewhere", "extends: full_time\ntitle: Elsewhere\nview: sceptic\n")
    resolved = load_scenario(path, references)
    assert resolved.chain[-1] == "elsewhere.yaml"
    assert not [file for file, _line in resolved.origins.values() if Path(file).is_absolute()]


def test_the_fingerprint_follows_the_question_not_the_title(folder: Path, references: References) -> None:
    first = load_scenario(write(folder, "first", "extends: full_time\ntitle: One\nrun: {seed: 7}\n"), references)
    second = load_scenario(write(folder, "second", "extends: full_time\ntitle: Two\nrun: {seed: 7}\n"), references)
    third = load_scenario(write(folder, "third", "extends: full_time\ntitle: Two\nrun: {seed: 8}\n"), references)
    assert first.fingerprint == second.fingerprint != third.fingerprint


def test_the_json_schema_in_docs_is_current(root: Path) -> None:
    stored = (root / "docs" / "scenario.schema.json").read_text(encoding="utf-8")
    assert stored == json_schema(), "write json_schema() to docs/scenario.schema.json"


def test_every_setting_is_described() -> None:
    silent = [
        path for path in scenario_guide().places() if not (guide := scenario_guide().at(path)) or not guide.description
    ]
    assert [path for path in silent if "distribution" not in path] == []


def test_every_lever_has_words_and_an_explanation() -> None:
    for name in Levers.model_fields:
        assert "years" if name == "delay" else "start" in explain_setting(("levers", name))
    shipped = {name for file in EXPECTED for name, _ in load_scenario(file).scenario.policies()}
    assert shipped == set(Levers.model_fields) - {"delay"}
    for file in EXPECTED:
        assert all(lever.words() and lever.terms_words() for _, lever in load_scenario(file).scenario.policies())


def test_a_delay_puts_off_every_lever() -> None:
    now, later = (dict(load_scenario(name).scenario.policies()) for name in ("full_time", "delayed"))
    assert later["protected_time"].start == "2029/30"
    assert list(later["protected_time"].steps().values()) == list(now["protected_time"].steps().values())
    assert list(later["protected_time"].steps()) == [2029, 2030, 2031]


def test_the_shipped_baseline_is_today() -> None:
    """Then what is said to hold in both arms of a run differs from the baseline that people see."""
    assert diff_in_words(Scenario(), load_scenario("baseline")) == []


def test_what_is_announced_holds_in_both_arms() -> None:
    scenario = load_scenario("full_time_announced").scenario
    assert scenario.background == ANNOUNCED
    assert scenario.baselines == ("announced",)
    assert [name for name, _ in scenario.levers.active()] == ["protected_time"]


def test_each_mechanism_is_switched_off_by_parameters_of_the_register() -> None:
    known = shipped_references().parameters
    for name, mechanism in MECHANISMS.items():
        assert mechanism.title, name
        assert mechanism.number.startswith("M"), name
        assert set(mechanism.neutral) <= set(known), name


def test_the_parameters_behind_levers_are_in_the_register() -> None:
    parameters = shipped_references().parameters
    assert set(BEHAVIOUR.values()) | {"hours_per_day", "full_time_hours_per_week"} <= set(parameters)


def test_the_schema_is_valid_json_and_refuses_unknown_names() -> None:
    schema = json.loads(json_schema())
    assert schema["additionalProperties"] is False
    assert set(schema["properties"]) == {field.alias or name for name, field in Scenario.model_fields.items()}


OTHERWISE = {
    "another policy": "extends: protected_time\ntitle: Mine",
    "another assumption": f"extends: {shipped_folder()}/full_time.yaml\noverrides:\n  senco_leaving_rate: 0.14",
}


@pytest.mark.parametrize("setting", OTHERWISE.values(), ids=OTHERWISE)
@pytest.mark.parametrize("stem", ["mine", "full_time"])
def test_a_file_of_ones_own_under_the_name_of_a_shipped_scenario_is_warned_of(
    folder: Path, setting: str, stem: str
) -> None:
    name = "name: full_time\n" if stem == "mine" else ""
    own = write(folder, stem, f"schema: 1\n{name}{setting}\n")
    (warning,) = [one for one in load_scenario(own).warnings if one.key == "name"]
    assert warning.severity == "warning"
    assert "ships with sencosim and asks something else" in warning.message
    assert "name: my_full_time ." in warning.message


@pytest.mark.parametrize("name", shipped_scenarios())
def test_a_copy_of_a_shipped_scenario_that_asks_the_same_is_not_warned_of(folder: Path, name: str) -> None:
    shipped = load_scenario(name)
    text = (shipped_folder() / f"{name}.yaml").read_text(encoding="utf-8")
    for own in (
        write(folder, "copy", f"{text}\nname: {name}\n"),
        write(folder, "shown", show(shipped)),
        write(folder, "fewer", f"name: {name}\nextends: {shipped_folder() / name}.yaml\nrun:\n  draws: 7\n"),
    ):
        assert not [one for one in (*shipped.warnings, *load_scenario(own).warnings) if one.key == "name"]


def test_the_readme_example_is_valid(root: Path, folder: Path, references: References) -> None:
    readme = (root / "scenarios" / "README.md").read_text(encoding="utf-8")
    example = readme.split("```yaml\n")[1].split("```")[0]
    resolved = load_scenario(write(folder, "example", example), references)
    assert resolved.warnings == ()
    listed = {name for name in shipped_scenarios() if f"`{name}.yaml`" in readme}
    assert listed == set(shipped_scenarios())
