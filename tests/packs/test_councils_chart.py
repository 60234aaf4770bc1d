"""Requests by council: only what was simulated, in the units that it names, whatever the number of councils."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from xml.etree import ElementTree as Tree

import pandas as pd
import pytest

from sencosim.evidence.councils import Council, load_councils
from sencosim.report.charts.areas import REGIONS
from sencosim.report.charts.councils import council_paths, councils_chart
from sencosim.report.charts.style import PALETTE, Chart
from sencosim.report.findings import Findings
from sencosim.report.quoted import numbers_in, unsupported_figures
from sencosim.report.stored import StoredRun

pytestmark = pytest.mark.engine
SVG = "{http://www.w3.org/2000/svg}"
YEARS = (2027, 2028)


def area_table(councils: Iterable[Council], view: str) -> pd.DataFrame:
    """Requests of two routes by council and year: one each for 50 pupils, a tenth more with the policy."""
    rows = [
        (view, kind, one.ons_code, one.name, year, quantity, size * one.pupils, 1.1 * size * one.pupils, 2)
        for one in councils
        for year in YEARS
        for kind in ("council", "region")
        for quantity, size in (("requests.school_led", 0.01), ("requests.parental", 0.01), ("requests.exogenous", 9.0))
    ]
    columns = ["view", "area_kind", "area_code", "area_name", "year", "quantity", "baseline", "policy"]
    return pd.DataFrame(rows, columns=[*columns, "n_replications"])


def findings_of(run: StoredRun, councils: tuple[Council, ...]) -> Findings:
    tables = [area_table(councils, view) for view in ("sceptic", run.inputs.main_view)]
    tables[0][["baseline", "policy"]] *= 7.0  # another view, which must not be mixed in
    return Findings(replace(run.inputs, areas=lambda: iter(tables)))


def words_of(chart: Chart) -> list[str]:
    root = Tree.fromstring(chart.svg)
    return ["".join(element.itertext()) for element in root.iter(f"{SVG}text")]


def drawn(run: StoredRun, n: int) -> Chart:
    chart = councils_chart(findings_of(run, load_councils()[:n]), "Source: sencosim, run x.")
    assert chart is not None
    return chart


def test_paths_are_requests_of_mainstream_pupils_for_each_thousand(full_time: StoredRun) -> None:
    paths = council_paths(findings_of(full_time, load_councils()[:3]))
    assert len(paths) == 3 * len(YEARS)
    assert paths["baseline"].to_numpy() == pytest.approx(20.0)
    assert paths["difference"].to_numpy() == pytest.approx(2.0)
    assert set(paths["n_replications"]) == {2}


@pytest.mark.parametrize("n", [2, 12])
def test_every_council_of_a_few_has_a_bar_with_its_whole_name(full_time: StoredRun, n: int) -> None:
    said = words_of(drawn(full_time, n))
    assert [one.name for one in load_councils()[:n] if one.name not in said] == []
    assert said.count("+2.0 (20.0)") == n


def test_many_councils_are_told_by_region(full_time: StoredRun) -> None:
    """A panel for each of 153 councils, each with two flat lines, told nobody anything."""
    chart = drawn(full_time, 153)
    said = words_of(chart)
    assert [region for region in REGIONS if region not in said] == []
    assert said.count("+2.0 (20.0)") == len(REGIONS)
    assert chart.shown is not None
    assert len(chart.shown) == 153
    used = {colour.upper() for colour in re.findall(r"#[0-9a-fA-F]{6}\b", chart.svg)}
    assert used <= set(PALETTE)


def test_the_text_quotes_the_table_and_the_page_shows_every_council(full_time: StoredRun) -> None:
    chart = drawn(full_time, 153)
    assert unsupported_figures(chart.text, [*numbers_in(chart.data), 153.0, 0.0, 1000.0]) == []
    assert "all 153 councils" in chart.title
    assert chart.shown is not None
    assert len(chart.shown) == 153
    assert len(chart.data) == 153 * len(YEARS)


def test_a_run_of_one_council_or_without_areas_has_no_such_chart(full_time: StoredRun) -> None:
    assert councils_chart(Findings(full_time.inputs), "") is None  # Rutland alone, as it was run
    assert councils_chart(Findings(replace(full_time.inputs, areas=None)), "") is None
    assert council_paths(Findings(replace(full_time.inputs, areas=None))).empty


def test_the_council_of_a_run_has_its_own_path(full_time: StoredRun) -> None:
    paths = council_paths(Findings(full_time.inputs))
    assert set(paths["area_name"]) == {"Rutland"}
    assert (paths["baseline"] > 0.0).all()
