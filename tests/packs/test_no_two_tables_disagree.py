"""No two tables of a pack disagree: every figure is collected from every place that states it, and compared."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from packs.stated import NPSV, PURSE, Key, Pack, Stated, by_key, disagreements, stated

from sencosim.experiment.finished import manifest_of
from sencosim.outcomes.catalogue import definitions
from sencosim.report.findings import Findings
from sencosim.report.inputs import PRESENT_VALUE
from sencosim.report.manifest import write_manifest
from sencosim.report.pack.basis import MEAN_OVER_DRAWS, SUM_OF_GROUPS, distribution_with_mean
from sencosim.report.page import TABLES
from sencosim.report.stored import StoredRun

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def read(pack: Path) -> Pack:
    return Pack.of(pack)


@pytest.fixture(scope="module")
def figures(read: Pack) -> list[Stated]:
    return stated(read)


def test_no_two_tables_disagree(figures: list[Stated]) -> None:
    assert disagreements(figures) == []


def places(figures: Sequence[Stated], *key: str) -> set[str]:
    """Files, sheets and tables that state a figure."""
    return {
        one.where.partition(",")[0] if one.where.endswith("sum") else one.where for one in by_key([*figures])[Key(*key)]
    }


@pytest.mark.parametrize(
    ("measure", "of", "year", "basis", "fewest"),
    [
        (PURSE, "", PRESENT_VALUE, "mean", 14),
        (NPSV, "", PRESENT_VALUE, "mean", 16),
        (PURSE, "", PRESENT_VALUE, "p10", 6),
        (NPSV, "", PRESENT_VALUE, "p90", 8),
        ("policy_cost", "", PRESENT_VALUE, "mean", 9),
        ("policy_benefit", "", PRESENT_VALUE, "mean", 8),
        ("bcr", "", PRESENT_VALUE, "mean", 5),
        ("bcr_b", "", PRESENT_VALUE, "mean", 4),
        ("cashable_saving", "", PRESENT_VALUE, "mean", 5),
        ("payer_net", "schools", PRESENT_VALUE, "mean", 8),
        ("payer_cost", "schools", PRESENT_VALUE, "mean", 4),
        ("payer_net", "schools", "2027/28", "mean", 4),
        (PURSE, "", "2027/28", "mean", 5),
        (NPSV, "", PRESENT_VALUE, "biased", 5),
        (PURSE, "", PRESENT_VALUE, "biased", 5),
        ("new_burdens", "", "first three", "mean", 6),
        (NPSV, "", PRESENT_VALUE, "after", 5),
        ("social.line", "senco_time", PRESENT_VALUE, "mean", 5),
        ("social.standing", "convention", PRESENT_VALUE, "mean", 6),
        ("social.kappa", "0", PRESENT_VALUE, "mean", 6),
        ("social.bearer", "schools", PRESENT_VALUE, "mean", 3),
        ("budget_cash", "", "2027-28", "mean", 5),
        ("added_senco_hours", "", "total", "mean", 4),
    ],
)
def test_each_figure_is_found_in_every_place_that_states_it(  # or the comparison above would hold of nothing
    figures: list[Stated], measure: str, of: str, year: str, basis: str, fewest: int
) -> None:
    found = places(figures, "central", measure, of, year, basis)
    assert len(found) >= fewest, sorted(found)


def test_a_pound_that_is_changed_in_one_table_is_found(pack: Path, tmp_path: Path) -> None:
    """Each of these is one cell of one file."""
    for name, column in (("payers", "net_gbp"), ("appraisal_summary", "value"), ("fiscal_profile", "cash_gbp")):
        copy = tmp_path / name
        shutil.copytree(pack, copy)
        table = pd.read_csv(copy / f"{name}.csv", dtype=str, keep_default_na=False)
        row = next(i for i, cell in enumerate(table[column]) if re.fullmatch(r"-?\d{4,}\.\d+", cell))
        table.loc[row, column] = str(float(table.loc[row, column]) + 2.0)
        table.to_csv(copy / f"{name}.csv", index=False)
        write_manifest(copy, manifest_of(copy))
        (first, *_) = disagreements(stated(Pack.of(copy)))
        assert f"{name}.csv" in first


def test_every_figure_has_a_definition_and_every_table_its_title_and_unit(read: Pack) -> None:
    known = {(one.title, one.unit) for one in definitions()}
    titles = {title for title, _ in known}
    assert len(known) == len(definitions())
    assert all(one.words for one in definitions())
    sheet = read.sheet("Definitions")
    assert set(zip(sheet["Figure"], sheet["Unit"], strict=True)) == known
    for name, head in (("People", "Outcome"), ("Answer", "Measure")):
        table = read.sheet(name)
        units = table["Unit"].str.replace("£ million", "GBP")
        told = set(zip(table[head], units, strict=True))
        assert told <= known, name
    page = TABLES["definitions_table"](read.findings)
    assert {row[0] for row in page.rows} == titles
    summary = read.run.inputs.summary
    own = summary[(summary["payer"] == "") & ~summary["kind"].isin(["memo"])]
    costs = own["outcome"].str.startswith("cost_per.")
    assert set(own.loc[~costs, "title"]) <= titles


def test_one_title_has_one_unit(read: Pack) -> None:
    summary = read.run.inputs.summary
    assert not summary[["title", "unit"]].drop_duplicates()["title"].duplicated().any()


def test_groups_of_councils_stand_beside_the_mean(read: Pack) -> None:
    """The table by group is at the point values: its last rows say what it adds up to, and what others state."""
    groups = pd.DataFrame(
        {"grouping": "region", "group": ["North", "South"], "view": "central", "pv_cost": [1.0, 2.0]}
        | {"pv_benefit": [3.0, 4.0], "npsv": [2.0, 2.0]}
    )
    table = distribution_with_mean(read.findings, groups)
    last = table.set_index("group")
    assert last.loc[SUM_OF_GROUPS, "npsv"] == 4.0
    figure = read.findings.get("central", NPSV, PRESENT_VALUE)
    assert figure is not None
    assert last.loc[MEAN_OVER_DRAWS, "npsv"] == figure.difference


def test_tables_at_the_point_values_say_so(read: Pack) -> None:
    inputs = read.run.inputs
    for name in ("uses_table", "years_table", "hours_cost_table", "incidence_table", "routes_table", "implied_table"):
        table = TABLES[name](read.findings)
        assert "point values" in f"{table.caption} {' '.join(table.notes)}", name
    assert "point values" in TABLES["uses_table"](read.findings).caption
    beside = [note for note in TABLES["uses_table"](read.findings).notes if "mean over draws" in note]
    assert len(beside) == 1
    still = replace(inputs, summary=inputs.summary[inputs.summary["outcome"] != "added_senco_hours"])
    assert not any("mean over draws" in note for note in TABLES["uses_table"](Findings(still)).notes)


def test_a_view_that_gives_a_measure_no_worth_does_not_print_zero(full_time: StoredRun) -> None:
    inputs = full_time.inputs
    summary = inputs.summary.copy()
    numbers = ["difference", "p10", "p50", "p90"]
    own = (summary["outcome"] == "released_hours_worth") & (summary["view"] == "sceptic")
    summary.loc[own, numbers] = 0.0
    table = TABLES["value_table"](Findings(replace(inputs, summary=summary)))
    row = next(row for row in table.shown if "worth of hours released" in row[0])
    assert row[table.columns.index("Sceptic view")] == "not counted"
    assert row[table.columns.index("Central view")] != "not counted"
