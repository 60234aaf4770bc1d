"""Combinations of scenarios, and the table of every shipped one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pages.programs import program
from studies.conftest import RUTLAND

from sencosim.errors import InputError
from sencosim.experiment.pool import Where
from sencosim.model import RunOptions, baseline_of
from sencosim.scenario.files import shipped_scenarios
from sencosim.scenario.load import load_scenario
from sencosim.studies.catalogue import COLUMNS, catalogue_questions, catalogue_table, families, shipped_policies
from sencosim.studies.draws import ensemble_of, folder_of
from sencosim.studies.factorial import SHOWN, arms_table, combined, factorial_answer, factorial_question
from sencosim.studies.question import BASELINE

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("full_time", "slt_seat", "admin_support")


def scenarios(*names: str) -> dict[str, Any]:
    return {name: load_scenario(name).scenario for name in names}


@pytest.mark.unit
def test_a_combination_holds_the_levers_of_its_parts_and_nothing_else() -> None:
    parts = scenarios(*NAMES)
    found = combined(parts)
    assert len(found) == 7
    for label, scenario in found.items():
        levers = dict(scenario.levers.active())
        expected = {lever: one for name in label.split("+") for lever, one in parts[name].levers.active()}
        assert levers == expected
        assert baseline_of(scenario).levers == baseline_of(parts["full_time"]).levers


@pytest.mark.unit
@pytest.mark.parametrize("names", [("full_time", "team"), ("team", "full_time")])
def test_a_combination_carries_the_cautions_of_its_parts_whichever_comes_first(names: tuple[str, ...]) -> None:
    parts = scenarios(*names)
    assert parts["team"].cautions
    assert not parts["full_time"].cautions
    for label, scenario in combined(parts).items():
        assert scenario.cautions == (parts["team"].cautions if "team" in label else ())
    asked = factorial_question(parts, RUTLAND, 1, 0.02)
    assert [told.partition(":")[0] for told in asked.facts()["cautions"]] == ["“team”", f"“{'+'.join(names)}”"]


@pytest.mark.unit
@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("full_time", "protected_time"), "both hold the lever protected_time"),
        (("full_time", "senco_absence"), "differ in more than their levers"),
        (("full_time",), "takes 2 to 6 policies"),
    ],
)
def test_what_cannot_be_combined_is_refused(names: tuple[str, ...], words: str) -> None:
    with pytest.raises(InputError, match=words):
        combined(scenarios(*names))


@pytest.mark.engine
def test_arms_are_those_of_runs_of_their_own(tmp_path: Path) -> None:
    options = RunOptions(councils=RUTLAND.councils)
    short = {
        name: one.model_copy(update={"horizon": one.horizon.model_copy(update={"years": 2})})
        for name, one in scenarios("full_time", "admin_support").items()
    }
    question = factorial_question(short, options, 2, 0.02)
    ensemble = ensemble_of(question, folder_of(question, tmp_path), Where(1), lambda _: None)
    arms = arms_table(ensemble)
    assert set(arms["arm"]) == {"", "full_time", "admin_support", "full_time+admin_support"}
    alone = factorial_question(
        {
            **short,
            "slt_seat": scenarios("slt_seat")["slt_seat"].model_copy(update={"horizon": short["full_time"].horizon}),
        },
        options,
        2,
        0.02,
    )
    other = arms_table(ensemble_of(alone, folder_of(alone, tmp_path), Where(1), lambda _: None))
    for arm in ("", "full_time+admin_support"):
        one, two = (t[t["arm"] == arm][list(SHOWN)].to_numpy() for t in (arms, other))
        assert (one == two).all()
    answer = factorial_answer(list(short), ensemble)
    assert "beyond the sum of each" in answer.text
    assert len(answer.tables["effects"]) == len(SHOWN) * (2 * 2 + 2 + 2)
    assert "Not compared" not in answer.text
    nobody = ensemble.outcomes["plans_within_20_weeks"].mask(ensemble.outcomes["arm"] == "full_time+admin_support")
    some = replace(ensemble, outcomes=ensemble.outcomes.assign(plans_within_20_weeks=nobody))
    answer = factorial_answer(list(short), some)
    assert "Not compared, since it is unknown in one of the runs: " in answer.text
    assert "plans_within_20_weeks" not in set(answer.tables["effects"]["outcome"])
    assert len(answer.tables["effects"]) == (len(SHOWN) - 1) * (2 * 2 + 2 + 2)


@pytest.mark.unit
def test_every_shipped_policy_is_in_one_family_with_its_own_baseline() -> None:
    policies = shipped_policies()
    assert set(policies) == set(shipped_scenarios()) - {"baseline", "baseline_announced"}
    found = list(families(policies))
    assert sorted(name for _, members in found for name in members) == sorted(policies)
    for base, members in found:
        for scenario in members.values():
            own = baseline_of(scenario)
            assert (own.background, own.shocks, own.overrides) == (base.background, base.shocks, base.overrides)
    together = next(members for _, members in found if "full_time" in members)
    assert {"team", "slt_seat", "everything"} <= set(together)
    assert "pandemic" not in together


HEADLINE = {"views": ("central",), "baselines": ("current_law",)}


@pytest.mark.engine
def test_the_table_of_scenarios_is_policy_less_baseline(tmp_path: Path) -> None:
    chosen = {
        name: one.model_copy(update={"horizon": one.horizon.model_copy(update={"years": 1}), **HEADLINE})
        for name, one in scenarios("full_time", "senco_absence").items()
    }
    tables = []
    for question in catalogue_questions(chosen, RUTLAND, 2, 0.02, 0.02):
        ensemble = ensemble_of(question, folder_of(question, tmp_path), Where(1), lambda _: None)
        tables.append(
            catalogue_table(ensemble.outcomes, {name: name for name in question.scenarios}, "current_law", 0.02)
        )
        base = ensemble.outcomes[ensemble.outcomes["arm"] == BASELINE]
        requests = tables[-1][tables[-1]["outcome"] == "requests"]
        assert requests["baseline"].to_numpy() == pytest.approx(base["requests"].mean())
    assert len(tables) == 2
    for table in tables:
        assert list(table["outcome"]) == list(COLUMNS)
        rest = table[~table["outcome"].isin(COLUMNS[:2])]
        assert (rest["policy"] - rest["baseline"]).to_numpy() == pytest.approx(rest["difference"].to_numpy())
        assert (table[table["outcome"] == "added_senco_hours"]["difference"] > 0).all()


@pytest.mark.unit
def test_the_pages_are_written_from_the_stored_numbers_and_name_what_made_them() -> None:
    pages = program("study_pages")
    for name in ("factorial", "scenarios"):
        text = getattr(pages, name)()
        assert text == (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")
        _, facts = pages._read(name)
        assert facts["code_fingerprint"][:12] in text
        assert f"docs/studies.py {name}" in text
    table, _ = pages._read("scenarios")
    assert set(table["scenario"]) == set(shipped_policies())
