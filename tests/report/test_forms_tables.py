"""Two baselines, forms and routes on the page and in the answer."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sencosim.decisions.factorial import subsets
from sencosim.evidence.routes import ROUTE_NAMES
from sencosim.outcomes.routes import decomposed
from sencosim.outcomes.structure import AVERAGE, spread_parts, structure_table
from sencosim.report.answer import answer_sentences
from sencosim.report.findings import Findings
from sencosim.report.forms import (
    ROUTE_OF_ZEROS,
    WEIGHTS_WORDS,
    baselines_table,
    parts_table,
    range_sentence,
    routes_table,
)
from sencosim.report.forms import (
    structure_table as structure_page,
)
from sencosim.report.inputs import ReportInputs
from sencosim.report.outputs import write_outputs
from sencosim.report.quoted import numbers_in, unsupported_figures
from sencosim.report.stored import read_run
from sencosim.report.terminal import answer_text
from sencosim.scenario.structure import weights_of
from sencosim.terminal.settings import with_settings

pytestmark = pytest.mark.unit
LINES = {"lines": pd.DataFrame({"value_gbp": [1.0]})}
"""Stands for the tables of the appraisal, without which no folder is a run."""


def law_row(law: str, view: str, outcome: str, difference: float, *ends: float) -> dict[str, object]:
    low, high = ends or (float("nan"), float("nan"))
    unit = "GBP" if outcome in ("net_public_cost", "npsv") else "requests"
    return {
        "law": law,
        "view": view,
        "outcome": outcome,
        "title": outcome,
        "unit": unit,
        "baseline": 1.0,
        "policy": 2.0,
        "difference": difference,
        "p10": low,
        "p90": high,
        "monte_carlo_error": 1e6,
        "draw_error": 1e6,
        "n_draws": 4,
        "n_replications": 3,
    }


@pytest.fixture
def told(inputs: ReportInputs) -> ReportInputs:
    laws = [
        law_row("current_law", "central", "net_public_cost", 1.2e9, 9e8, 1.6e9),
        law_row("current_law", "central", "requests", 120.0, -40.0, 300.0),
        law_row("announced", "central", "net_public_cost", 1.5e9, 1.1e9, 1.9e9),
        law_row("announced", "sceptic", "net_public_cost", 2.5e9),
    ]
    rows = [
        (key, draw, outcome, sign * (1.2e9 + change + 1e7 * draw), 0.5)
        for key, change in (("reference", 0.0), ("effect_channel.hours", -3e9), ("beyond_list.zero", 2e8))
        for outcome, sign in (("net_public_cost", 1.0), ("npsv", -1.0))
        for draw in (1, 2)
    ]
    draws = pd.DataFrame(rows, columns=["key", "draw", "outcome", "value", "weight"])
    effects = {
        ("net_public_cost", ""): {on: 2e9 - 1e8 * len(on) for on in subsets(ROUTE_NAMES)},
        ("payer_net", "schools"): dict.fromkeys(subsets(ROUTE_NAMES), 1500000000.0),
        ("requests", ""): {on: 5.0 * len(on) for on in subsets(ROUTE_NAMES)},
    }
    weights = weights_of(with_settings("full_time", {}).scenario)
    return replace(
        inputs,
        appraisal=LINES,
        baselines=pd.DataFrame(laws),
        structure=structure_table(draws, weights),
        structure_draws=draws,
        spread_parts=spread_parts(draws, weights, inputs.runs, np.array([[1.2e9, 1.3e9], [1.4e9, 1.6e9]])),
        routes=decomposed([effects, effects], [[ROUTE_NAMES]] * 2),
    )


def test_the_answer_gives_both_baselines_and_the_range_over_forms(told: ReportInputs) -> None:
    findings = Findings(told)
    sentences = answer_sentences(findings)
    assert sentences[1].startswith("Against the announced law it costs £1.50 billion (80 % interval")
    assert "Over 3 forms" in range_sentence(findings)
    assert "saves £1.8 billion at one end and costs £1.4 billion at the other" in range_sentence(findings)
    text = answer_text(told)
    assert "Against the announced law" in text
    assert "With our weights" in text
    quoted = f"{sentences[1]} {range_sentence(findings)}".replace("Over 3 forms", "")
    assert unsupported_figures(quoted, [*numbers_in(told.baselines), *numbers_in(told.structure)]) == []


def test_tables_hold_every_law_form_and_route(told: ReportInputs) -> None:
    findings = Findings(told)
    laws = baselines_table(findings)
    assert [row[0] for row in laws.rows] == [
        "Today's law, central view",
        "The announced law, central view",
        "The announced law, sceptic view",
    ]
    assert laws.rows[2][2] == "Point values only"
    forms = structure_page(findings)
    assert len(forms.rows) == 4
    assert WEIGHTS_WORDS in forms.notes[0]
    assert forms.rows[1][5:] == ("0.25", "0.44")
    parts = parts_table(findings)
    assert parts.rows[0][0] == "Form: what of SENCO time acts on pupils"
    routes = routes_table(findings)
    assert len(routes.rows) == len(ROUTE_NAMES) + 2
    assert routes.columns[1:3] == ("Net cost to the public purse", "Schools")
    assert routes.rows[0][1] == "+2,000 ± 0"
    assert ROUTE_OF_ZEROS not in routes.notes


def test_a_route_that_does_nothing_at_the_point_values_is_said_to(told: ReportInputs) -> None:
    still = told.routes.assign(value=told.routes["value"].where(told.routes["route"] != "identification", 0.0))
    assert ROUTE_OF_ZEROS in routes_table(Findings(replace(told, routes=still))).notes


def test_they_are_written_and_read_back(told: ReportInputs, tmp_path: Path) -> None:
    folder = write_outputs(told, tmp_path)
    page = (folder / "report.html").read_text(encoding="utf-8")
    for heading in ("Two baselines", "Which form of the model", "By which route"):
        assert re.search(f">{heading}</h[23]>", page)
    back = read_run(folder).inputs
    for name in ("baselines", "structure", "structure_draws", "spread_parts", "routes"):
        pd.testing.assert_frame_equal(
            getattr(back, name), getattr(told, name), check_dtype=False, check_index_type=False
        )
    assert back.structure["key"].iloc[-1] == AVERAGE


def test_a_run_of_the_headline_alone_has_none_of_it(inputs: ReportInputs, tmp_path: Path) -> None:
    findings = Findings(inputs)
    assert (range_sentence(findings), baselines_table(findings).rows) == ("", ())
    folder = write_outputs(replace(inputs, appraisal=LINES), tmp_path)
    assert "By which route" not in (folder / "report.html").read_text(encoding="utf-8")
    assert read_run(folder).inputs.routes.empty
