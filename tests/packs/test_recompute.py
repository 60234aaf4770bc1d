"""A run's figures come out of its own files, by arithmetic apart from the costing; a file that was changed is found."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from sencosim.cli import main
from sencosim.costing.discount import discount_factors
from sencosim.costing.money import money_by_year
from sencosim.costing.prices import PriceBook
from sencosim.costing.stored_prices import STORED_COLUMNS, stored_prices, stored_quantities
from sencosim.costing.tariffs import PolicyTerms
from sencosim.errors import CostingError, InputError, OutputError
from sencosim.evidence.register import load_register
from sencosim.evidence.views import load_view
from sencosim.experiment.finished import manifest_of
from sencosim.report.manifest import write_manifest
from sencosim.report.recompute import FILES, PAYER_PARTS, factors, outcomes_of, priced_lines, recompute
from sencosim.report.stored import StoredRun
from sencosim.vocabulary import COLUMN, PUBLIC_PAYERS

Tables = dict[str, pd.DataFrame]
Forgery = Callable[[Tables], Tables]
FIRST, YEARS = 2027, 4
VALUES = load_view("central").values(load_register()) | {"real_pay_growth": 0.01}
TERMS = (
    PolicyTerms(protected_time="national_grant", high_needs_pressure_funded_by="shared"),
    PolicyTerms(high_needs_pressure_funded_by="councils"),
    PolicyTerms(high_needs_pressure_from="2029-01"),
)
BOOKS = tuple(PriceBook.from_values(VALUES, "central", terms) for terms in TERMS)


def stored(changes: np.ndarray, book: PriceBook) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One pair as a run keeps it: what it counts, and at which prices."""
    names = stored_quantities(book)
    counts = {
        "draw": 1,
        "replication": 0,
        "year": np.repeat(range(FIRST, FIRST + len(changes)), len(names)),
        "quantity": np.tile(names, len(changes)),
        "value": changes[:, [COLUMN[name] for name in names]].ravel(),
    }
    table = pd.DataFrame(counts)
    return table[table["value"] != 0.0], stored_prices(book).assign(draw=1)


@pytest.mark.property
@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), share=st.floats(0.0, 0.8), number=st.integers(0, len(BOOKS) - 1))
def test_two_ways_of_pricing_give_one_number(seed: int, share: float, number: int) -> None:
    """Hours fall, come back and stand still in some years, so that teachers are taken from classes and given back."""
    book, shape = BOOKS[number], (YEARS, len(COLUMN))
    counts = np.array([((seed + 7 * i) % 13 - 6) * 1e4 for i in range(YEARS * len(COLUMN))]).reshape(shape)
    counts[np.array([(seed + 3 * i) % 10 for i in range(counts.size)]).reshape(shape) < 10 * share] = 0.0
    expected = money_by_year(counts, book, FIRST)
    lines = priced_lines(*stored(counts, book), range(FIRST, FIRST + YEARS))
    found = pd.concat(outcomes_of(lines, frozenset(PUBLIC_PAYERS)), ignore_index=True)
    sums = found.groupby(["outcome", "payer", "year"])["amount"].sum()
    size = sum(np.abs(expected[f"payer_net.{payer}"]).sum() for payer in PUBLIC_PAYERS) + 1.0
    names = found[["outcome", "payer"]].drop_duplicates().itertuples(index=False)
    for outcome, payer in names:
        years = sums.loc[outcome, payer].reindex(range(FIRST, FIRST + YEARS), fill_value=0.0)
        told = expected[f"{outcome}.{payer}" if payer else outcome]
        assert years.to_numpy() == pytest.approx(told, abs=1e-9 * size), (outcome, payer)
    assert set(found.loc[found["payer"] != "", "outcome"]) == set(PAYER_PARTS)


@pytest.mark.unit
def test_the_discount_table_is_chained_as_elsewhere() -> None:
    assert factors(80) == pytest.approx(discount_factors(80), rel=1e-14)


@pytest.mark.unit
def test_prices_are_stored_with_every_term_that_moves_them() -> None:
    table = stored_prices(BOOKS[0])
    assert list(table.columns) == list(STORED_COLUMNS)
    assert len(table) == len(BOOKS[0].charges)
    assert not table.isna().any().any()
    moved = table[table["later_payer"] != ""]
    assert set(moved["payer"]) == {"council_high_needs"}
    assert set(moved["later_share"]) == {0.5}
    assert set(table.loc[table["teachers_per_hour"] != 0.0, "quantity"]) == set(BOOKS[0].teachers_per_hour)
    bare = PriceBook.from_values(VALUES, "central")
    with pytest.raises(CostingError, match="no price to be stored with"):
        stored_prices(replace(bare, teachers_per_hour={"overtime_hours_of_nobody": 1.0}))


@pytest.mark.engine
def test_every_figure_comes_out_of_a_run_and_of_its_pack(full_time: StoredRun, pack: Path) -> None:
    for folder in (full_time.folder, pack):
        found = recompute(folder)
        assert found.largest_gap < 0.01
        assert found.agrees
        headlines = found.headlines.set_index(["view", "outcome", "payer"])["summary"]
        assert headlines["central", "npsv", ""] != 0.0
        assert {view for view, _, _ in headlines.index} == set(full_time.inputs.views)
        assert (found.pairs["draw"] > 0).any()


@pytest.mark.engine
@pytest.mark.parametrize(
    ("name", "column", "change"),
    [
        ("prices", "price_gbp", lambda value: value * 1.01),
        ("prices", "labour_share", lambda value: 0.5 - value),
        ("prices", "later_share", lambda value: 0.5 * value),
        ("prices", "teachers_per_hour", lambda value: 1.5 * value),
        ("changes", "value", lambda value: value * 1.01),
        ("runs", "weight", lambda value: value * 1.01),
        ("runs", "difference", lambda value: value * 1.01),
        ("summary", "difference", lambda value: value * 1.01),
    ],
)
def test_a_table_that_was_changed_is_found(
    full_time: StoredRun, tmp_path: Path, name: str, column: str, change: object
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(full_time.folder, copy)
    table = pd.read_parquet(copy / f"{name}.parquet")
    if column == "labour_share":
        table["real_pay_growth"] = 0.01
    table[column] = change(table[column])  # type: ignore[operator]
    table.to_parquet(copy / f"{name}.parquet", index=False)
    assert recompute(copy).largest_gap > 1.0
    shown = CliRunner().invoke(main, ["recompute", str(copy)])
    assert shown.exit_code == 4, shown.output
    assert "do not give the figures of its summary" in shown.output


@pytest.mark.engine
def test_one_row_that_is_gone_is_found(full_time: StoredRun, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(full_time.folder, copy)
    table = pd.read_parquet(copy / "changes.parquet")
    largest = table[(table["quantity"] == "added_hours") & (table["draw"] == 1)]["value"].idxmax()
    table.drop(index=largest).to_parquet(copy / "changes.parquet", index=False)
    assert not recompute(copy).agrees


def without(name: str, condition: str) -> Forgery:
    return lambda tables: tables | {name: tables[name].query(f"not ({condition})")}


def another_area(tables: Tables) -> Tables:
    rows = tables["runs"]["draw"] == 1
    return tables | {"runs": tables["runs"].assign(area_code=tables["runs"]["area_code"].mask(rows, "E06000001"))}


def weights_add_up_to_a_half(tables: Tables) -> Tables:
    """Weights and figures are halved together, so that each mean comes out."""
    halved = tables["summary"].assign(difference=tables["summary"]["difference"] * 0.5)
    return tables | {"summary": halved, "runs": tables["runs"].assign(weight=tables["runs"]["weight"] * 0.5)}


def twice_as_much(tables: Tables) -> Tables:
    """Each pair stands twice with its true figure, so that means are doubled, and weights still add up to 1."""
    runs, summary = tables["runs"], tables["summary"]
    points = runs[runs["draw"] > 0]["view"].unique()
    counted = (runs["outcome"] == "npsv") & ((runs["draw"] > 0) | ~runs["view"].isin(points))
    doubled = summary["difference"].mask(summary["outcome"] == "npsv", 2.0 * summary["difference"])
    both = pd.concat([runs, runs[counted]], ignore_index=True)
    return tables | {"runs": both, "summary": summary.assign(difference=doubled)}


def without_a_payer(tables: Tables) -> Tables:
    return tables | {name: tables[name].query("payer != 'schools'") for name in ("runs", "summary")}


def a_payer_without_a_name(tables: Tables) -> Tables:
    """No mean is made of rows whose payer is not there, so any figure would do."""
    rows = {name: tables[name].query("payer == 'schools'").assign(payer=None) for name in ("runs", "summary")}
    rows = {"runs": rows["runs"].assign(difference=0.0), "summary": rows["summary"].assign(difference=1e9)}
    return tables | {name: pd.concat([tables[name], one], ignore_index=True) for name, one in rows.items()}


def a_year_twice(tables: Tables) -> Tables:
    """Another label of the last year, so that it counts twice in totals."""
    forged = dict(tables)
    for name in ("runs", "summary"):
        again = tables[name].query("year == '2028/29'").assign(year="2028/99")
        forged[name] = pd.concat([tables[name], again], ignore_index=True)
    return forged


def a_weight_that_is_no_number(tables: Tables) -> Tables:
    """A draw more, of no weight, says something else; the other has all the weight."""
    own = {name: tables[name].query("view == 'central' and draw == 1").assign(draw=2) for name in ("changes", "prices")}
    runs = tables["runs"].query("view == 'central' and draw == 1").assign(draw=2, weight=np.nan)
    more = own | {"runs": runs}
    return tables | {name: pd.concat([tables[name], rows], ignore_index=True) for name, rows in more.items()}


@pytest.mark.engine
@pytest.mark.parametrize(
    ("forge", "said"),
    [
        (without("runs", "outcome == 'npsv'"), r"runs\.parquet lacks 4 figures"),
        (without("runs", "outcome == 'npsv' and year == 'present_value'"), "central, the first: npsv, present_value"),
        (without("runs", "outcome == 'payer_net' and payer == 'dfe'"), r"runs\.parquet lacks 4 figures"),
        (
            without("runs", "outcome == 'npsv' and draw == 1 and year == 'total'"),
            "lacks figures of draw 1, replication 0",
        ),
        (
            without("runs", "outcome == 'npsv' and draw == 0 and replication == 1"),
            "lacks figures of draw 0, replication 1",
        ),
        (without("runs", "draw == 1"), "different draws of the view central"),
        (without("runs", "view == 'sceptic'"), r"runs\.parquet lacks \d+ figures of the view sceptic"),
        (without("runs", "year == '2028/29'"), "lacks 38 figures"),
        (without("summary", "outcome == 'npsv'"), r"summary\.parquet lacks 4 figures"),
        (without("summary", "view == 'sceptic'"), r"summary\.parquet lacks \d+ figures of the view sceptic"),
        (without("prices", "draw == 1"), "different draws"),
        (another_area, "figures of E06000001"),
        (weights_add_up_to_a_half, "do not add up to 1"),
        (a_weight_that_is_no_number, "do not add up to 1"),
        (twice_as_much, r"runs\.parquet has figures of the view central twice"),
        (without_a_payer, r"runs\.parquet lacks \d+ figures of the view central, the first: payer_cost, schools"),
        (a_payer_without_a_name, r"summary\.parquet has figures of the view central twice, or without a name"),
        (a_year_twice, "do not follow one another: .*2028/99"),
    ],
)
def test_a_figure_that_nothing_stands_behind_is_found(
    full_time: StoredRun, tmp_path: Path, forge: Forgery, said: str
) -> None:
    """A forger changes a figure of the summary, and takes out the rows that would contradict it."""
    for name in FILES:
        shutil.copy(full_time.folder / name, tmp_path)
    names = [Path(name).stem for name in FILES if name.endswith(".parquet")]
    for name, table in forge({name: pd.read_parquet(tmp_path / f"{name}.parquet") for name in names}).items():
        table.to_parquet(tmp_path / f"{name}.parquet", index=False)
    found = recompute(tmp_path)
    assert not found.agrees
    assert re.search(said, " ".join(found.lacking)), found.lacking


@pytest.mark.engine
@pytest.mark.parametrize("name", ["summary.csv", "payers.csv", "by_group.csv", "budget.csv"])
def test_a_table_for_people_that_says_something_else_is_found(full_time: StoredRun, tmp_path: Path, name: str) -> None:
    """People open the CSV, and nothing that is recomputed comes from it."""
    copy = tmp_path / "copy"
    shutil.copytree(full_time.folder, copy)
    lines = (copy / name).read_text(encoding="utf-8").splitlines(keepends=True)
    changed = next(number for number, line in enumerate(lines) if re.search(r"\d\.\d*[1-9]", line))
    lines[changed] = re.sub(r"(\d)\.(\d*[1-9])", r"\1\2.0", lines[changed], count=1)
    (copy / name).write_text("".join(lines), encoding="utf-8", newline="\n")
    write_manifest(copy, manifest_of(copy))
    found = recompute(copy)
    assert not found.agrees
    assert [one.partition(" does not say")[0] for one in found.lacking] == [name]
    shown = CliRunner().invoke(main, ["recompute", str(copy)])
    assert shown.exit_code == 4
    assert f"{name} does not say what" in " ".join(shown.stderr.split())


@pytest.mark.engine
def test_tables_with_the_mark_of_replaced_mechanisms_agree(full_time: StoredRun, tmp_path: Path) -> None:
    for name in FILES:
        shutil.copy(full_time.folder / name, tmp_path)
    mark = {"replaced_mechanisms": "refusal (mine.never)"}
    summary = pd.read_parquet(tmp_path / "summary.parquet").assign(**mark)
    summary.to_parquet(tmp_path / "summary.parquet", index=False)
    summary.to_csv(tmp_path / "summary.csv", index=False, lineterminator="\n")
    payers = pd.read_csv(full_time.folder / "payers.csv").assign(**mark)
    payers.to_csv(tmp_path / "payers.csv", index=False, lineterminator="\n")
    assert recompute(tmp_path).agrees


@pytest.mark.engine
def test_councils_of_a_run_of_england_have_figures_and_no_pairs(full_time: StoredRun, tmp_path: Path) -> None:
    for name in FILES:
        shutil.copy(full_time.folder / name, tmp_path)
    summary = pd.read_parquet(tmp_path / "summary.parquet")
    councils = [summary, summary.assign(area_code="E06000001", difference=1.0)]
    pd.concat(councils, ignore_index=True).to_parquet(tmp_path / "summary.parquet", index=False)
    assert recompute(tmp_path).agrees


@pytest.mark.engine
def test_the_command_tells_people_and_programs(full_time: StoredRun) -> None:
    shown = CliRunner().invoke(main, ["recompute", str(full_time.folder)])
    assert shown.exit_code == 0, shown.output
    assert "Net present social value" in shown.output or "npsv" in shown.output
    scenario = f"Scenario: {full_time.inputs.scenario.title} (full_time)."
    assert shown.stdout.startswith(scenario)
    told = json.loads(CliRunner().invoke(main, ["recompute", str(full_time.folder), "--json"]).stdout)
    assert told["agrees"] is True
    assert told["scenario"] == scenario
    assert {figure["year"] for figure in told["figures"]} >= {"present_value", "total"}


@pytest.mark.engine
def test_a_run_without_prices_is_refused_in_words(full_time: StoredRun, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(full_time.folder, copy)
    (copy / "prices.parquet").unlink()
    with pytest.raises(InputError, match=r"lacks prices\.parquet"):
        recompute(copy)
    assert CliRunner().invoke(main, ["recompute", str(copy)]).exit_code == 2


@pytest.mark.engine
def test_no_view_is_left_out_by_a_word_that_was_changed(full_time: StoredRun, tmp_path: Path) -> None:
    for name in FILES:
        shutil.copy(full_time.folder / name, tmp_path)
    words = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    (tmp_path / "report.json").write_text(json.dumps({**words, "views": []}), encoding="utf-8")
    assert len(recompute(tmp_path).figures) == len(recompute(full_time.folder).figures)
    summary = pd.read_parquet(tmp_path / "summary.parquet")
    summary.head(0).to_parquet(tmp_path / "summary.parquet")
    with pytest.raises(OutputError, match="has no view"):
        recompute(tmp_path)
