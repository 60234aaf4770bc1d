"""What holds for every scenario, not for a few."""

from __future__ import annotations

import string
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scenario.strategies import VIEWS, scenarios

from sencosim.evidence.register import load_register
from sencosim.names import edits, nearest
from sencosim.scenario.assumptions import References, check_overrides
from sencosim.scenario.check import check_names, check_values
from sencosim.scenario.diff import diff_in_words
from sencosim.scenario.files import find_scenario, shipped_scenarios
from sencosim.scenario.guide import scenario_guide
from sencosim.scenario.load import Resolved, load_scenario
from sencosim.scenario.reading import read_text, yaml_lines
from sencosim.scenario.schema import Scenario
from sencosim.scenario.show import show, template_from
from sencosim.scenario.tree import Path as TreePath

pytestmark = pytest.mark.property

PLACES = sorted(scenario_guide().places(), key=str)
LETTERS = st.sampled_from(string.ascii_lowercase + "_")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("scenarios")


def resolved(scenario: Scenario) -> Resolved:
    return Resolved(scenario, {"run.seed": ("some/where.yaml", 7)}, (), scenario.fingerprint(), ("made.yaml",))


def save(folder: Path, name: str, text: str) -> Path:
    path = folder / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@settings(max_examples=60)
@given(scenario=scenarios())
def test_a_shown_scenario_loads_as_itself_and_shows_the_same(
    scenario: Scenario, folder: Path, references: References
) -> None:
    text = show(resolved(scenario))
    loaded = load_scenario(save(folder, "shown", text), references)
    assert loaded.scenario == scenario
    assert loaded.fingerprint == scenario.fingerprint()
    assert show(loaded) == text


@pytest.mark.parametrize("name", shipped_scenarios())
def test_a_shown_file_remembers_its_origins(name: str, folder: Path) -> None:
    original = load_scenario(name)
    text = show(original)
    again = load_scenario(save(folder, "copy", text))
    assert show(again) == text
    assert dict(again.origins).items() <= dict(original.origins).items()


def test_an_edited_file_forgets_the_origins_it_was_shown_with(folder: Path) -> None:
    text = show(load_scenario("full_time")).replace("seed: 2026", "seed: 2027")
    edited = load_scenario(save(folder, "edited", text))
    assert {file for file, _line in edited.origins.values()} == {"edited.yaml"}


@settings(max_examples=60)
@given(scenario=scenarios())
def test_nothing_differs_from_itself(scenario: Scenario) -> None:
    assert diff_in_words(scenario, scenario) == []


@settings(max_examples=60)
@given(a=scenarios(), b=scenarios(), group=st.sampled_from(["levers", "overrides", "horizon", "run"]))
def test_a_difference_is_found_exactly_if_the_question_differs(a: Scenario, b: Scenario, group: str) -> None:
    mixed = a.model_copy(update={group: getattr(b, group)})
    assert (diff_in_words(a, mixed) == []) == (a.fingerprint() == mixed.fingerprint())


@settings(max_examples=60)
@given(scenario=scenarios())
def test_a_child_that_sets_nothing_is_its_parent(scenario: Scenario, folder: Path, references: References) -> None:
    save(folder, "parent", show(resolved(scenario)))
    child = load_scenario(save(folder, "child", "extends: parent\n"), references)
    assert child.scenario == scenario
    assert child.fingerprint == scenario.fingerprint()


@pytest.mark.parametrize("name", shipped_scenarios())
def test_a_child_that_sets_nothing_is_its_shipped_parent(name: str, folder: Path) -> None:
    assert load_scenario(save(folder, "silent", f"extends: {name}\n")).scenario == load_scenario(name).scenario


@settings(max_examples=60)
@given(scenario=scenarios())
def test_a_template_asks_the_question_of_its_parent(scenario: Scenario, folder: Path, references: References) -> None:
    parent = load_scenario(save(folder, "parent", show(resolved(scenario))), references)
    child = load_scenario(save(folder, "mine", template_from(parent, "mine")), references)
    assert child.scenario.settings() == scenario.settings()
    assert child.scenario.name == "mine"


@st.composite
def typos(draw: st.DrawFn, name: str) -> str:
    """Name with one or two letters inserted, deleted, replaced or swapped with a neighbour."""
    for _ in range(draw(st.integers(1, 2))):
        at = draw(st.integers(0, len(name)))
        kind = draw(st.sampled_from(["insert", "delete", "replace", "swap"]))
        if kind == "insert":
            name = name[:at] + draw(LETTERS) + name[at:]
        elif kind == "delete":
            name = name[:at] + name[at + 1 :]
        elif kind == "replace":
            name = name[:at] + draw(LETTERS) + name[at + 1 :]
        else:
            name = name[:at] + name[at + 1 : at + 2] + name[at : at + 1] + name[at + 2 :]
    return name


def misspelt(path: TreePath, typo: str) -> str:
    """YAML that has a misspelt name at a place of the schema."""
    inner: Any = {typo: 1}
    for step in reversed(path[:-1]):
        inner = [inner] if isinstance(step, int) else {step: inner}
    return "\n".join(yaml_lines(inner))


@settings(max_examples=400)
@given(data=st.data())
def test_every_typo_in_a_setting_is_answered_with_the_right_name(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(PLACES))
    name = str(path[-1])
    typo = data.draw(typos(name))
    guide = scenario_guide().at(path[:-1])
    assert guide is not None
    assume(typo not in guide.names and typo)
    tree = read_text(misspelt(path, typo), "typo.yaml").root
    _, problems = check_names(tree, ())
    assert len(problems) == 1
    assert name in problems[0].message


@settings(max_examples=300)
@given(data=st.data())
def test_every_typo_in_a_parameter_is_answered_with_the_right_name(data: st.DataObject) -> None:
    register = load_register()
    name = data.draw(st.sampled_from(register.names()))
    typo = data.draw(typos(name))
    assume(typo not in register)
    tree = read_text(f"overrides:\n  {typo}: {{value: 1, why: typo}}\n", "typo.yaml").root
    problems = list(check_overrides(tree, register))
    assert len(problems) == 1
    assert name in problems[0].message


@given(data=st.data(), name=st.sampled_from(VIEWS))
def test_every_typo_in_a_choice_is_answered_with_the_right_word(data: st.DataObject, name: str) -> None:
    typo = data.draw(typos(name))
    assume(typo not in VIEWS)
    _, problems = check_values(read_text(f'view: "{typo}"\n', "typo.yaml").root, complete=True)
    assert f"Did you mean  {name} ?" in problems[0].message


@given(data=st.data(), name=st.sampled_from(shipped_scenarios()))
def test_every_typo_in_a_parent_is_answered_with_the_right_name(data: st.DataObject, name: str) -> None:
    search = find_scenario(data.draw(typos(name)), Path())
    assume(search.path is None)
    assert name in search.failure("scenario")


@given(a=st.text(string.ascii_lowercase, max_size=8), b=st.text(string.ascii_lowercase, max_size=8))
def test_edits_are_a_distance(a: str, b: str) -> None:
    assert edits(a, b) == edits(b, a)
    assert (edits(a, b) == 0) == (a == b)
    assert abs(len(a) - len(b)) <= edits(a, b) <= max(len(a), len(b))


@given(names=st.lists(st.text(string.ascii_lowercase, min_size=3, max_size=9), min_size=1, unique=True), data=st.data())
def test_the_nearest_name_comes_first(names: list[str], data: st.DataObject) -> None:
    typo = data.draw(typos(data.draw(st.sampled_from(names))))
    assume(typo)
    found = nearest(typo, names)
    assert found
    assert edits(typo, found[0]) <= 2
    assert edits(typo, found[0]) == min(edits(typo, name) for name in names)


@settings(max_examples=300)
@given(text=st.text(max_size=120))
def test_any_text_is_answered_with_problems_not_with_a_crash(text: str, references: References) -> None:
    reading = read_text(text, "any.yaml")
    tree, _ = check_names(reading.root, tuple(references.parameters))
    check_values(tree, complete=reading.readable)
    list(check_overrides(tree, references.parameters))
