"""The brief: any place, three figures, nothing that the summary does not hold, and honest about where it comes from."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sencosim.errors import InputError, OutputError
from sencosim.evidence.councils import load_councils, neighbours_of
from sencosim.outcomes.areas import MODELLED, SHARED, pupil_shares
from sencosim.report.brief.place import find_place
from sencosim.report.brief.sentences import AS_ENGLAND, UNCLEAR, three_figures
from sencosim.report.brief.write import make_brief, spoken, write_brief
from sencosim.report.findings import Findings
from sencosim.report.inputs import ENGLAND, NET_PUBLIC_COST, PRESENT_VALUE, TOTAL
from sencosim.report.manifest import manifest_problems
from sencosim.report.pack.results import areas_sheet
from sencosim.report.quoted import numbers_in, unsupported_figures
from sencosim.report.showing import FEWEST_DRAWS, LOW, TOO_FEW, is_low
from sencosim.report.stored import StoredRun

OUTCOMES = {
    "plans_within_20_weeks": ("New plans issued within 20 weeks", "% of new plans", "people", "up", TOTAL),
    "permanent_exclusions": ("Permanent exclusions", "pupils", "people", "down", TOTAL),
    NET_PUBLIC_COST: ("Net cost to the public purse", "GBP", "money", "down", PRESENT_VALUE),
    "net_public_cost_per_pupil": ("Net cost per pupil", "GBP per pupil", "local", "down", PRESENT_VALUE),
}


def row(
    view: str, code: str, name: str, outcome: str, low: float, middle: float, high: float, basis: object
) -> dict[str, object]:
    title, unit, kind, favourable, year = OUTCOMES[outcome]
    return {
        "view": view,
        "area_code": code,
        "area_name": name,
        "year": year,
        "outcome": outcome,
        "title": title,
        "unit": unit,
        "payer": "",
        "baseline": math.nan,
        "policy": math.nan,
        "difference": middle,
        "p10": low,
        "p50": middle,
        "p90": high,
        "monte_carlo_error": 0.01,
        "draw_error": 0.01,
        "n_draws": 8,
        "n_replications": 3,
        "price_base": "2025-26" if unit.startswith("GBP") else "",
        "discounted": year == PRESENT_VALUE,
        "kind": kind,
        "favourable": favourable,
        "chance_below_zero": 0.25,
        "basis": basis,
    }


def england_run(full_time: StoredRun, size: float = 1.0) -> StoredRun:
    """A stored run with made-up figures for England and every council, so that a brief of any place can be made."""
    figures = {
        "plans_within_20_weeks": (1.0, 3.2, 6.1),
        "permanent_exclusions": (-3700.0, -1200.0, -600.0),
        NET_PUBLIC_COST: (4.05e9, 6.97e9, 9.14e9),
        "net_public_cost_per_pupil": (489.0, 842.0, 1104.0),
    }
    whole = [(ENGLAND, "England", 1.0, None)]
    names = {council.ons_code: council.name for council in load_councils()}
    shares = pupil_shares()
    local = [(code, names.get(code, code), share, SHARED) for code, share in shares.items()]
    rows = [
        row(
            view,
            code,
            name,
            outcome,
            *(
                size * value * (share if outcome in (NET_PUBLIC_COST, "permanent_exclusions") else 1.0)
                for value in values
            ),
            basis,
        )
        for view in full_time.inputs.views
        for code, name, share, basis in (*whole, *local)
        for outcome, values in figures.items()
    ]
    return StoredRun(full_time.folder, replace(full_time.inputs, summary=pd.DataFrame(rows), area_code=ENGLAND))


@pytest.fixture(scope="module")
def england(full_time: StoredRun) -> StoredRun:
    return england_run(full_time)


@pytest.mark.unit
def test_every_council_has_ten_neighbours_and_is_not_its_own() -> None:
    for council in load_councils():
        others = [one.la_code for one in neighbours_of(council)]
        assert len(set(others)) == 10
        assert council.la_code not in others


@pytest.mark.unit
def test_shares_of_councils_and_of_regions_each_add_up_to_england() -> None:
    shares = pupil_shares()
    codes = {council.ons_code for council in load_councils()}
    assert sum(share for code, share in shares.items() if code in codes) == pytest.approx(1.0)
    assert sum(share for code, share in shares.items() if code not in codes) == pytest.approx(1.0)


@pytest.mark.engine
@pytest.mark.parametrize("council", load_councils()[::19], ids=lambda one: one.name)
def test_any_council_has_a_brief_that_quotes_only_the_summary(england: StoredRun, council: object) -> None:
    made = make_brief(england, council.name)  # type: ignore[attr-defined]
    assert len(made.told) == 3
    numbers = numbers_in(made.summary)
    assert unsupported_figures(spoken(made), numbers) == []
    # Twice the exclusions and another cost would not be supported: the check can fail.
    assert unsupported_figures("It costs £123.4 million more.", numbers) == ["123.4 million"]
    assert "not modelled" in made.basis


@pytest.mark.engine
def test_a_figure_that_nobody_can_look_up_stops_the_brief(england: StoredRun, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sencosim.report.brief.write.can_say", lambda *_: ("“It saves £123.4 million.”",))
    with pytest.raises(OutputError, match=r"quotes 123\.4 million"):
        make_brief(england, "Norfolk")


@pytest.mark.engine
def test_the_folder_of_a_brief_is_whole(england: StoredRun, tmp_path: Path) -> None:
    made = make_brief(england, "norfolk")
    folder = write_brief(made, tmp_path)
    assert manifest_problems(folder) == []
    names = {path.name for path in folder.iterdir()}
    assert names == {"brief.html", "brief.csv", "share.png", "share.alt.txt", "summary.parquet", "manifest.json"}
    assert (folder / "share.png").read_bytes().startswith(b"\x89PNG")
    alt = (folder / "share.alt.txt").read_text(encoding="utf-8")
    for one in made.told:
        assert one.figure in alt
    html = (folder / "brief.html").read_text(encoding="utf-8")
    assert "share of the national figure" in html.lower()
    assert "What you cannot say" in html
    assert "the whole run" not in html or not Findings(england.inputs).years
    assert [name for name in ("Suffolk", "Cornwall", "England") if name not in html] == []
    assert json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["area"] == "Norfolk"


@pytest.mark.engine
def test_places_that_were_not_modelled_do_not_look_as_if_they_were(england: StoredRun) -> None:
    """Shares of England's figure side by side would look like findings about each place."""
    rows = {row[0]: row for row in make_brief(england, "Norfolk").beside.shown}
    assert rows["Suffolk"][1:3] == (AS_ENGLAND, AS_ENGLAND)
    assert AS_ENGLAND not in rows["Norfolk"] + rows["England"]
    summary = england.inputs.summary
    modelled = summary.assign(basis=summary["basis"].where(summary["area_name"] != "Suffolk", MODELLED))
    other = StoredRun(england.folder, replace(england.inputs, summary=modelled))
    assert AS_ENGLAND not in {row[0]: row for row in make_brief(other, "Norfolk").beside.shown}["Suffolk"]


@pytest.mark.engine
def test_a_region_has_its_article(england: StoredRun) -> None:
    made = make_brief(england, "south east")
    assert made.title.endswith("for the South East")
    assert "in the South East" in spoken(made)
    assert "in South East" not in spoken(made)


@pytest.mark.engine
def test_small_numbers_are_not_shown(full_time: StoredRun) -> None:
    made = make_brief(england_run(full_time, size=0.05), "Rutland")
    assert made.told[1].figure == LOW


@pytest.mark.engine
def test_what_is_unclear_is_called_unclear(england: StoredRun) -> None:
    summary = england.inputs.summary.copy()
    summary.loc[summary["outcome"] == "plans_within_20_weeks", "p10"] = -1.0
    unclear = StoredRun(england.folder, replace(england.inputs, summary=summary))
    assert make_brief(unclear, "London").told[0].figure == UNCLEAR


@pytest.mark.engine
def test_a_brief_calls_nothing_likely_from_too_few_draws(england: StoredRun) -> None:
    def said(n_draws: int) -> str:
        summary = england.inputs.summary.assign(n_draws=n_draws)
        return spoken(make_brief(StoredRun(england.folder, replace(england.inputs, summary=summary)), "Norfolk"))

    few, enough = said(FEWEST_DRAWS - 1), said(FEWEST_DRAWS)
    assert "likely to lie between" in enough
    assert "likely" not in few.replace(TOO_FEW, "")
    assert f"The range of {FEWEST_DRAWS - 1} draws, {TOO_FEW}, goes from" in few


@pytest.mark.engine
def test_a_run_of_one_council_says_nothing_of_others(full_time: StoredRun) -> None:
    with pytest.raises(InputError, match="says nothing about Norfolk"):
        make_brief(full_time, "Norfolk")
    assert "modelled" in make_brief(full_time, "Rutland").basis


@pytest.mark.property
@given(st.floats(-20.0, 20.0), st.floats(0.0, 20.0))
def test_a_count_is_low_only_if_its_whole_range_is(middle: float, width: float) -> None:
    ends = (middle, middle - width, middle + width)
    assert is_low(*ends) == (max(abs(value) for value in ends) < 5)
    assert is_low(middle, math.nan, math.nan) == (abs(middle) < 5)


@pytest.mark.engine
def test_the_spreadsheet_hides_small_counts_of_places_and_only_those(full_time: StoredRun) -> None:
    findings = Findings(england_run(full_time, size=0.05).inputs)
    (sheet,) = areas_sheet(findings)
    table = pd.DataFrame(sheet.rows, columns=sheet.columns).set_index(["Area", "Measure"])
    rutland = table.loc[("Rutland", "Permanent exclusions")]
    assert list(rutland[["Difference", "Lower end p10", "Upper end p90", "Simulation error"]]) == [LOW] * 4
    assert table.loc[("Rutland", "Net cost to the public purse"), "Difference"] != LOW
    assert table.loc[("London", "Permanent exclusions"), "Difference"] != LOW


@pytest.mark.unit
def test_a_place_that_is_not_there_gets_the_nearest_names() -> None:
    with pytest.raises(Exception, match="Norfolk"):
        find_place("Norfolc")
    assert find_place("London").kind == "region"
    assert find_place("E10000020").name == "Norfolk"


@pytest.mark.engine
def test_a_brief_asked_for_by_postcode_says_which_council_it_is_about(england: StoredRun, tmp_path: Path) -> None:
    made = make_brief(england, "NR1 1AA")
    assert made.place.name == "Norfolk"
    html = (write_brief(made, tmp_path) / "brief.html").read_text(encoding="utf-8")
    assert "Postcode NR1 lies in Norfolk" in html
    assert "1AA" not in html
    named = write_brief(make_brief(england, "Norfolk"), tmp_path) / "brief.html"
    assert "Postcode" not in named.read_text(encoding="utf-8")


@pytest.mark.engine
def test_the_three_figures_are_always_the_same_three(england: StoredRun) -> None:
    told = three_figures(Findings(england.inputs))
    assert ["plans" in told[0].words, "exclusions" in told[1].words, "cost" in told[2].words] == [True] * 3


@pytest.mark.engine
def test_a_council_has_one_line_on_its_purse_that_can_be_looked_up(full_time: StoredRun, tmp_path: Path) -> None:
    brief = make_brief(full_time, "Rutland")
    assert "deficit of 3.1 % of its schools grant" in brief.purse
    assert brief.purse in spoken(brief)
    folder = write_brief(brief, tmp_path)
    assert manifest_problems(folder) == []
    (row,) = pd.read_csv(folder / "council_purse.csv").to_dict("records")
    assert row["balance_pct"] == -3.12
    assert "purse" in (folder / "brief.html").read_text(encoding="utf-8")
    assert unsupported_figures(brief.purse, numbers_in(pd.DataFrame([row]))) == []
    assert "1.2 million" in unsupported_figures(brief.purse, numbers_in(brief.summary)), "only the table holds it"


@pytest.mark.engine
def test_england_has_no_purse_of_a_council(full_time: StoredRun) -> None:
    assert make_brief(england_run(full_time), "England").purse == ""
