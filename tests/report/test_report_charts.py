"""The charts: right sums, one palette, a text and a table for each, nothing from outside."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree as Tree

import pytest

from sencosim.errors import OutputError
from sencosim.report.charts.levels import levels_chart
from sencosim.report.charts.lines import spread
from sencosim.report.charts.published import published_chart
from sencosim.report.charts.style import PALETTE, Chart
from sencosim.report.charts.waterfall import waterfall_bars, waterfall_chart
from sencosim.report.findings import Findings
from sencosim.report.inputs import ReportInputs
from sencosim.report.manifest import completed
from sencosim.report.outputs import charts_of
from sencosim.report.quoted import figures_of, numbers_in, unsupported_figures

pytestmark = pytest.mark.unit

SVG = "{http://www.w3.org/2000/svg}"
ALWAYS = ("net_cost_by_year", "costs_and_savings_by_payer", "key_outcomes", "model_against_published")
FROM_DRAWS = ("chance_of_saving", "cost_and_effect")
NAMES = (*ALWAYS, *FROM_DRAWS)


def drawn(inputs: ReportInputs) -> list[Chart]:
    return charts_of(Findings(replace(inputs, manifest=completed(inputs.manifest))), "2026-11-22T10-15-00Z-3f9a")


@pytest.fixture(scope="module")
def charts(inputs: ReportInputs) -> dict[str, Chart]:
    return {chart.name: chart for chart in drawn(inputs)}


def test_all_are_there(charts: dict[str, Chart]) -> None:
    assert tuple(charts) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_only_palette_colours(charts: dict[str, Chart], name: str) -> None:
    used = {colour.upper() for colour in re.findall(r"#[0-9a-fA-F]{6}\b|#[0-9a-fA-F]{3}\b", charts[name].svg)}
    assert used
    assert used <= set(PALETTE)
    assert not re.search(
        r"(fill|stroke): ?(?!none|#)[a-z]", charts[name].svg.replace("fill-", "").replace("stroke-", "")
    )


@pytest.mark.parametrize("name", NAMES)
def test_text_is_text_with_a_title_and_a_description(charts: dict[str, Chart], name: str) -> None:
    root = Tree.fromstring(charts[name].svg)
    assert root.get("role") == "img"
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    labels = str(root.get("aria-labelledby")).split()
    titles = [root.find(f"{SVG}title"), root.find(f"{SVG}desc")]
    assert [title.get("id") for title in titles if title is not None] == labels
    assert titles[0].text == charts[name].title
    assert titles[1].text == charts[name].text
    words = " ".join("".join(element.itertext()) for element in root.iter(f"{SVG}text"))
    assert charts[name].title[:30] in words
    assert "run 2026-11-22T10-15-00Z-3f9a" in words


@pytest.mark.parametrize("name", NAMES)
def test_nothing_from_outside(charts: dict[str, Chart], name: str) -> None:
    addresses = set(re.findall(r"https?://[^\"'\s<>]+", charts[name].svg))
    assert addresses <= {"http://www.w3.org/2000/svg"}


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_of_the_text_is_in_the_table_behind_it(charts: dict[str, Chart], name: str) -> None:
    chart = charts[name]
    known = [*numbers_in(chart.data), float(len(chart.data))]
    if name == "model_against_published":
        known.append(float(chart.data["inside"].sum()))
    if name == "key_outcomes":
        known.append(20.0)  # the name of an outcome: within 20 weeks
    assert unsupported_figures(chart.text, known) == []
    assert f"{name}.csv" in chart.text


def test_figures_of_the_results_charts_are_in_the_summary(inputs: ReportInputs, charts: dict[str, Chart]) -> None:
    known = figures_of(inputs)
    for name in NAMES[:2]:
        assert unsupported_figures(charts[name].text + charts[name].title, known) == []


def test_the_waterfall_sums_to_the_net(inputs: ReportInputs, charts: dict[str, Chart]) -> None:
    findings = Findings(inputs)
    bars = waterfall_bars(findings)
    net = findings.headline("central").difference
    assert math.fsum(bar.value for bar in bars) == pytest.approx(net, rel=1e-9)
    assert bars[-1].start + bars[-1].value == pytest.approx(net, rel=1e-9)
    signs = [bar.value > 0 for bar in bars]
    assert signs == sorted(signs, reverse=True)
    data = charts["costs_and_savings_by_payer"].data
    assert data[data["step"] != "net"]["value_gbp"].sum() == pytest.approx(net, rel=1e-9)


def test_a_waterfall_with_a_remainder_is_refused(inputs: ReportInputs) -> None:
    without = replace(inputs, public_payers=("schools", "DfE"))
    with pytest.raises(OutputError, match="add up to"):
        waterfall_bars(Findings(without))


def test_nothing_changes_draws_no_waterfall_and_flat_lines(nothing: ReportInputs) -> None:
    found = {chart.name: chart for chart in drawn(nothing)}
    assert "costs_and_savings_by_payer" not in found
    assert waterfall_chart(Findings(nothing), "") is None
    assert "none of these outcomes" in found["key_outcomes"].title
    assert "costs nothing" in found["net_cost_by_year"].title


def test_one_draw_can_be_drawn(one_draw: ReportInputs) -> None:
    assert {chart.name for chart in drawn(one_draw)} == set(ALWAYS)


def test_same_numbers_same_bytes(inputs: ReportInputs, charts: dict[str, Chart]) -> None:
    assert [chart.svg for chart in drawn(inputs)] == [chart.svg for chart in charts.values()]


def test_charts_without_figures_are_left_out(inputs: ReportInputs) -> None:
    bare = replace(
        inputs,
        summary=inputs.summary[inputs.summary["year"] == "present_value"],
        reconciliation=inputs.reconciliation.iloc[:0],
    )
    assert levels_chart(Findings(bare), "") is None
    assert published_chart(Findings(bare), "") is None
    assert [chart.name for chart in drawn(bare)] == ["costs_and_savings_by_payer", "chance_of_saving"]


def test_labels_keep_their_order_and_their_distance() -> None:
    assert spread([0.0, 10.0], 1.0) == [0.0, 10.0]
    moved = spread([5.0, 5.1, 4.9, 9.0], 1.0)
    assert sorted(range(4), key=lambda i: moved[i]) == [2, 0, 1, 3]
    gaps = sorted(moved)
    assert min(b - a for a, b in pairwise(gaps)) >= 1.0 - 1e-9


@pytest.mark.parametrize("name", NAMES)
def test_no_label_is_cut(charts: dict[str, Chart], name: str) -> None:
    assert "…" not in charts[name].svg


def test_long_names_of_series_and_outcomes_are_broken_not_cut(inputs: ReportInputs) -> None:
    long = "A series of which the name is far too long to stand in one line of any chart of this kind, or even in two"
    reconciliation = inputs.reconciliation.assign(series=long)
    summary = inputs.summary.copy()
    summary.loc[summary["outcome"] == "requests", "title"] = long
    changed = {chart.name: chart for chart in drawn(replace(inputs, reconciliation=reconciliation, summary=summary))}
    for name in ("model_against_published", "key_outcomes"):
        root = Tree.fromstring(changed[name].svg)
        said = " ".join("".join(element.itertext()) for element in root.iter(f"{SVG}text"))
        assert [word for word in long.split() if word not in said] == []
