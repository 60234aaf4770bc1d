"""The gate: each reason against quoting is found, alone, and stops everything that is made to be quoted."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sencosim.errors import InputError
from sencosim.experiment.plan import DEFAULT_DRAWS
from sencosim.report.answer import fair_quotes
from sencosim.report.compare.write import worst_facts
from sencosim.report.findings import Findings
from sencosim.report.inputs import ReportInputs
from sencosim.report.showing import (
    BEYOND,
    CAUTIONS,
    FACT,
    FEW_DRAWS,
    FEWEST_DRAWS,
    LEAST_SAMPLE,
    cautions,
    gate,
    may_be_quoted,
    obstacles,
    refuse_quoting,
)
from sencosim.scenario.load import validate_scenario

SOUND: dict[str, Any] = {
    "draws": 128,
    "replications": 3,
    "precision": {"mean_gbp": 7e9, "half_width_95_gbp": 3e7, "reached": True},
    "sample_share": 1.0,
    "emulators": {"central": {"r_squared": 0.7}},
    "checks": [{"check": "Sums", "passed": True}],
    "git": {"commit": "0" * 40, "dirty": False},
}
FORBIDDEN: dict[str, dict[str, Any]] = {
    "draws": {"draws": FEWEST_DRAWS - 1},
    "chance": {"replications": 1},
    "sample": {"sample_share": LEAST_SAMPLE / 2},
    "emulator": {"emulators": {"central": {"r_squared": 0.5}}},
    "evidence": {CAUTIONS: ["No study has seen so many hours."]},
    "checks": {"checks": [{"check": "Sums", "passed": False}]},
    "run": {"quick": True},
    "code": {"git": {"dirty": True}},
    "comparison": {"stamps": ["Not like for like, compared all the same: the runs differ in the seed."]},
}


@pytest.mark.unit
def test_nothing_is_said_of_a_sound_run() -> None:
    assert gate(SOUND) == ()
    assert gate({}) == ()
    assert gate(SOUND | {"sample_share": None}) == (), "an ensemble of councils samples nothing"


@pytest.mark.unit
@pytest.mark.parametrize("about", FORBIDDEN)
def test_each_reason_is_found_alone_and_says_what_to_do(about: str, tmp_path: Path) -> None:
    facts = SOUND | FORBIDDEN[about]
    (reason,) = gate(facts)
    assert (reason.about, reason.forbids) == (about, True)
    assert reason.words.endswith(".")
    (tmp_path / "manifest.json").write_text(json.dumps(facts), encoding="utf-8")
    assert obstacles(tmp_path) == [reason.words]
    with pytest.raises(InputError) as caught:
        refuse_quoting(facts, "Mine")
    assert reason.remedy
    assert reason.remedy in caught.value.message


@pytest.mark.unit
def test_the_view_with_fewest_draws_counts_for_every_view_is_shown_with_a_range() -> None:
    few = SOUND | {"draws": FEWEST_DRAWS, "fewest_draws": FEWEST_DRAWS // 2}
    (reason,) = gate(few)
    assert (reason.about, reason.forbids) == ("draws", True)
    assert "30 draws of the uncertain inputs in the main view and 15 in other views" in reason.words
    assert [one.forbids for one in gate(few | {"fewest_draws": FEWEST_DRAWS})] == [False]
    assert gate(worst_facts([SOUND | {"fewest_draws": 64}, few])) == (reason,)
    default = SOUND | {"draws": DEFAULT_DRAWS, "fewest_draws": DEFAULT_DRAWS // 2}
    assert gate(default) == (), "what runs by default may be quoted"


@pytest.mark.unit
def test_values_beyond_the_evidence_are_a_reason(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("extends: full_time\ntitle: Mine\noverrides:\n  senco_leaving_rate: 0.9\n", encoding="utf-8")
    warnings = [problem.message for problem in validate_scenario(path)]
    assert any(BEYOND in warning for warning in warnings), "the words that the gate looks for"
    (reason,) = gate(SOUND | {"warnings": warnings})
    assert (reason.about, reason.forbids) == ("evidence", True)


@pytest.mark.unit
def test_replaced_code_is_a_reason() -> None:
    told = {FACT: {"refusal": {"function": "mine.never", "code_sha256": "0"}}}
    assert [(one.about, one.forbids) for one in gate(SOUND | told)] == [("code", True)]


@pytest.mark.property
@given(st.floats(-1e10, 1e10), st.floats(0.0, 1e10))
def test_simulation_error_is_held_against_the_effect(mean: float, error: float) -> None:
    precision = {"mean_gbp": mean, "half_width_95_gbp": error, "reached": True}
    assert [one.about for one in gate(SOUND | {"precision": precision})] == ["chance"] * (error > abs(mean) / 2)
    assert gate(SOUND | {"precision": precision | {"enough_gbp": error}}) == (), "small against the range"


@pytest.mark.unit
def test_what_does_not_forbid_belongs_beside_the_quotation(tmp_path: Path) -> None:
    facts = SOUND | {"draws": FEW_DRAWS - 1, "sample_share": 0.5, "schools_per_run": 10_000}
    (tmp_path / "manifest.json").write_text(json.dumps(facts), encoding="utf-8")
    assert obstacles(tmp_path) == []
    assert [one.about for one in gate(facts)] == ["draws", "sample"]
    assert len(cautions(tmp_path)) == 2
    refuse_quoting(facts, "Mine")


@pytest.mark.unit
@pytest.mark.parametrize("about", ["draws", "chance", "sample", "emulator", "evidence", "run", "code"])
def test_no_sentence_is_offered_of_what_the_gate_forbids(clean: ReportInputs, about: str) -> None:
    assert may_be_quoted(clean)
    assert fair_quotes(Findings(clean))
    stopped = replace(clean, manifest={**clean.manifest, **FORBIDDEN[about]})
    assert not may_be_quoted(stopped)
    assert fair_quotes(Findings(stopped)) == ()


@pytest.mark.unit
def test_a_failed_check_of_a_run_that_is_not_written_yet_counts(clean: ReportInputs) -> None:
    assert not may_be_quoted(replace(clean, checks=(("Sums", False, ""),)))


@pytest.mark.unit
@pytest.mark.parametrize("about", [about for about in FORBIDDEN if about not in ("comparison", "evidence")])
def test_a_comparison_is_judged_by_each_fault_of_any_of_its_runs(about: str) -> None:
    """Cautions of scenarios and stamps are written apart, with the titles of the options."""
    for told in ([SOUND, SOUND | FORBIDDEN[about]], [SOUND | FORBIDDEN[about], SOUND]):
        assert [(one.about, one.forbids) for one in gate(worst_facts(told))] == [(about, True)]


@pytest.mark.unit
def test_an_error_that_is_small_against_its_range_hides_none_that_is_not() -> None:
    small = SOUND | {"precision": {"mean_gbp": 1e6, "half_width_95_gbp": 9e6, "enough_gbp": 1e7, "reached": True}}
    large = SOUND | {"precision": {"mean_gbp": 1e9, "half_width_95_gbp": 9e8, "enough_gbp": 1e7, "reached": False}}
    for told in ([small, large], [large, small]):
        assert [(one.about, one.forbids) for one in gate(worst_facts(told))] == [("chance", True)]
