"""The charts: right sums, one palette, a text and a table for each, nothing from outside."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from importlib.resources import files
from itertools import pairwise
from xml.etree import ElementTree as Tree

import pandas as pd
import pytest

from sencosim.errors import OutputError
from sencosim.report.charts.decisions import SHARE_LIMITS, ranked_chart
from sencosim.report.charts.levels import levels_chart
from sencosim.report.charts.lines import spread
from sencosim.report.charts.published import published_chart
from sencosim.report.charts.rows import mark_zero
from sencosim.report.charts.style import PALETTE, WIDTH_INCHES, Chart, Wording, sheet
from sencosim.report.charts.waterfall import SMALLEST as SMALLEST_BAR
from sencosim.report.charts.waterfall import waterfall_bars, waterfall_chart
from sencosim.report.findings import Findings
from sencosim.report.inputs import ReportInputs
from sencosim.report.manifest import completed
from sencosim.report.outputs import charts_of
from sencosim.report.quoted import figures_of, numbers_in, unsupported_figures
from sencosim.report.tables import payer_parts
from sencosim.report.words import MINUS

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


# -- read on paper and on a telephone ---------------------------------------------------------------------------------

SMALLEST = 9.0
"""Of letters in a picture 648 wide: shown 864 px wide, as on a telephone, they are 12 px. [points]"""


@pytest.mark.parametrize("name", NAMES)
def test_no_letter_is_small(charts: dict[str, Chart], name: str) -> None:
    sizes = [float(size) for size in re.findall(r"font: (?:\w+ )?(?:\d+ )?([\d.]+)px", charts[name].svg)]
    sizes += [float(size) for size in re.findall(r"font-size: ?([\d.]+)px", charts[name].svg)]
    assert sizes
    assert min(sizes) >= SMALLEST


@pytest.mark.parametrize("name", NAMES)
def test_a_page_writes_the_words_around_a_picture_itself(charts: dict[str, Chart], name: str) -> None:
    chart = charts[name]
    shown, whole = (Tree.fromstring(svg) for svg in (chart.on_page, chart.svg))
    words = {"".join(element.itertext()) for element in shown.iter(f"{SVG}text")}
    lines = {"".join(element.itertext()) for element in whole.iter(f"{SVG}text")} - words
    around = " ".join((chart.title, chart.subtitle, chart.source))
    assert lines
    assert [line for line in lines if line not in around] == []
    _, top, _, height = map(float, str(shown.get("viewBox")).split())
    _, _, _, full = map(float, str(whole.get("viewBox")).split())
    assert 0.0 < top < top + height < full


@pytest.mark.parametrize("name", NAMES)
def test_no_number_has_an_exponent(charts: dict[str, Chart], name: str) -> None:
    root = Tree.fromstring(charts[name].svg)
    said = " ".join("".join(element.itertext()) for element in root.iter(f"{SVG}text"))
    assert re.findall(rf"\d[eE][+{MINUS}-]?\d", f"{said} {charts[name].text}") == []


def words_of(chart: Chart) -> list[str]:
    root = Tree.fromstring(chart.svg)
    return ["".join(element.itertext()) for element in root.iter(f"{SVG}text")]


def ranked(values: list[float], limits: tuple[float, float] | None = None) -> Chart:
    table = pd.DataFrame({"title": [f"Row {i}" for i in range(len(values))], "value": values})
    table["low"], table["high"] = table["value"] * 0.9, table["value"] * 1.1
    return ranked_chart(Wording("made_up", "A finding", "What", "Source"), table, "GBP million", limits)


def test_every_bar_has_its_value_even_one_of_no_length() -> None:
    said = words_of(ranked([0.0, 0.5, 0.0], SHARE_LIMITS))
    assert said.count("0 to 0 in 100") == 2
    assert "45 to 56 in 100" in said
    assert "1,230,000" in words_of(ranked([1_234_567.0, 900_000.0]))


def test_bars_that_do_not_matter_are_left_to_the_data() -> None:
    chart = ranked([100.0, 60.0, 30.0, 1.0, 0.5, 0.1])
    said = words_of(chart)
    assert [row for row in said if row.startswith("Row")] == ["Row 0", "Row 1", "Row 2"]
    assert "GBP million. Not drawn: 3 smaller ones" in said
    assert len(chart.data) == 6


@pytest.mark.parametrize(
    ("ends", "words", "has_line"),
    [
        ((-5.0, 7.0), "", True),
        ((1.0, 5.0), "", True),
        ((90.0, 100.0), "← zero", False),
        ((-9.0, -8.0), "zero →", False),
    ],
)
def test_zero_is_on_the_axis_or_said_to_be_off_it(ends: tuple[float, float], words: str, has_line: bool) -> None:
    with sheet(Wording("made_up", "A finding", "What", "Source"), 2.0) as page:
        axes = page.axes(0.2, 0.6)
        axes.set_xlim(*ends)
        mark_zero(axes)
        left, right = axes.get_xlim()
        assert bool(left < 0.0 < right) is has_line
        assert [text.get_text() for text in axes.texts] == ([words] if words else [])
        assert len(axes.lines) == has_line


def test_what_changes_is_drawn_from_zero(inputs: ReportInputs) -> None:
    """A truncated axis makes a small change large: so the change itself is drawn, and zero is on every axis."""
    chart = levels_chart(Findings(inputs), "")
    assert chart is not None
    figures = chart.data.groupby("outcome", sort=False).size()
    said = words_of(chart)
    assert sum(word.startswith("from ") for word in said) == len(figures)
    assert said.count("0") >= len(figures)


def test_where_nothing_changes_the_axis_shows_no_rounding(inputs: ReportInputs) -> None:
    """A panel of zeros would have ticks such as 0.04, or 0.000000000000000005."""
    ends = ["difference", "p10", "p50", "p90"]
    of_people = inputs.summary["kind"] != "money"
    still = inputs.summary.assign(**{name: inputs.summary[name].mask(of_people, 0.0) for name in ends})
    chart = levels_chart(Findings(replace(inputs, summary=still)), "")
    assert chart is not None
    said = words_of(chart)
    assert said.count("no difference") == said.count("1") == said.count(f"{MINUS}1") > 2


def test_bars_and_rows_of_payers_say_the_same(inputs: ReportInputs, charts: dict[str, Chart]) -> None:
    said = words_of(charts["costs_and_savings_by_payer"])
    parts, net = payer_parts(Findings(inputs))
    assert str(net) in said
    printed = {str(cell) for cells in parts.values() for cell in cells}
    values = charts["costs_and_savings_by_payer"].data.query("step != 'net'")["value_gbp"].abs()
    labels = [word for word in said if re.fullmatch(rf"[+{MINUS}]?[\d,.]+", word) and word in printed]
    assert len(labels) >= (values >= SMALLEST_BAR * values.max()).sum() >= 2


def test_the_net_of_one_draw_has_no_interval_in_the_data(one_draw: ReportInputs) -> None:
    (chart,) = (chart for chart in drawn(one_draw) if chart.name == "costs_and_savings_by_payer")
    assert chart.data[["p10", "p90"]].isna().all(axis=None)


def test_a_page_shows_charts_so_wide_that_their_letters_are_12_px() -> None:
    """Narrower screens scroll a chart sideways: shrunk to 390 px, its letters would have 5."""
    (rems,) = re.findall(r"^figure svg \{ .*min-width: ([\d.]+)rem; \}$", template("report.css"), re.MULTILINE)
    assert SMALLEST * float(rems) * 16.0 / (72.0 * WIDTH_INCHES) >= 12.0


def template(name: str) -> str:
    return files("sencosim.report").joinpath(f"templates/{name}").read_text(encoding="utf-8")
