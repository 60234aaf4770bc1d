"""The map of councils: each at one place, by its name, with its figure."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from itertools import combinations
from math import dist
from xml.etree import ElementTree as Tree

import numpy as np
import pandas as pd
import pytest

from sencosim.evidence.councils import load_councils
from sencosim.report.charts.areas import MODELLED, PER_PUPIL
from sencosim.report.charts.style import PALETTE, Chart
from sencosim.report.charts.tiles import map_chart, read_tiles
from sencosim.report.findings import Findings
from sencosim.report.stored import StoredRun

pytestmark = pytest.mark.engine
SVG = "{http://www.w3.org/2000/svg}"


def test_every_council_has_a_place_of_its_own() -> None:
    tiles = read_tiles()
    assert set(tiles) == {one.la_code for one in load_councils()}
    assert min(dist(first.at, second.at) for first, second in combinations(tiles.values(), 2)) > 1.0 - 1e-9
    named = {one.la_code: one.name for one in load_councils()}
    assert tiles[202].short == named[202] == "Camden"
    assert len({tile.short for tile in tiles.values()}) == len(tiles)


def drawn(run: StoredRun) -> Chart:
    """The map of a run as if every council had been modelled, at figures of its own."""
    whole = run.inputs.summary
    one = whole[(whole["view"] == run.inputs.main_view) & (whole["outcome"] == "net_public_cost")].iloc[0]
    rows = [
        one.to_dict()
        | {"area_code": council.ons_code, "area_name": council.name, "outcome": PER_PUPIL, "year": "present_value"}
        | {"difference": 100.0 + number, "p10": 50.0, "p90": 300.0, "basis": MODELLED, "unit": "GBP"}
        for number, council in enumerate(load_councils())
    ]
    summary = pd.concat([whole.assign(basis=np.nan), pd.DataFrame(rows)], ignore_index=True)
    chart = map_chart(Findings(replace(run.inputs, summary=summary)), "Source: sencosim, run x.")
    assert chart is not None
    return chart


def test_every_hexagon_has_its_name_its_figure_and_its_whole_name_to_point_at(full_time: StoredRun) -> None:
    chart = drawn(full_time)
    said = ["".join(element.itertext()) for element in Tree.fromstring(chart.svg).iter(f"{SVG}text")]
    others = [one for one in load_councils() if one.name != Findings(full_time.inputs).area_name]
    assert [one.name for one in others if read_tiles()[one.la_code].short not in said] == []
    told = [unescape(one) for one in re.findall(r'<g id="council_map-tile_\d+"><title>([^<]+)</title>', chart.svg)]
    assert sorted(one.partition(": £")[0] for one in told) == sorted(one.name for one in others)
    assert {colour.upper() for colour in re.findall(r"#[0-9a-fA-F]{6}\b", chart.svg)} <= set(PALETTE)


def test_a_run_of_one_council_has_no_map(full_time: StoredRun) -> None:
    assert map_chart(Findings(full_time.inputs), "") is None
