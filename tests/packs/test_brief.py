"""The brief: always what clearly changes, what it costs and what is unclear; nothing that the summary does not hold."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sencosim.errors import InputError, OutputError
from sencosim.evidence.councils import load_councils, neighbours_of
from sencosim.outcomes.areas import MODELLED, SHARED, pupil_shares, with_local_chance
from sencosim.report.brief.picture import HEADS
from sencosim.report.brief.place import find_place, per_school
from sencosim.report.brief.sentences import AS_ENGLAND, UNCLEAR
from sencosim.report.brief.write import make_brief, spoken, write_brief
from sencosim.report.findings import Findings
from sencosim.report.inputs import ENGLAND, NET_PUBLIC_COST, PRESENT_VALUE, TOTAL
from sencosim.report.manifest import manifest_problems
from sencosim.report.pack.results import areas_sheet
from sencosim.report.quoted import numbers_in, unsupported_figures
from sencosim.report.showing import FEWEST, FEWEST_DRAWS, LOW, is_low, obstacles
from sencosim.report.stored import StoredRun

OUTCOMES = {
    "weeks_to_sen_support": ("Weeks noticed and waiting", "weeks", "time", "down", TOTAL),
    "overtime_hours": ("Unpaid SENCO hours", "hours", "people", "down", TOTAL),
    "senco_work_hours": ("SENCO hours worked on SEN", "hours", "people", "", TOTAL),
    "support_reviews_done": ("SEN Support reviews done", "% of reviews due", "people", "up", TOTAL),
    "senco_leavers": ("SENCOs who leave the post", "persons", "people", "down", TOTAL),
    "plans_within_20_weeks": ("New plans issued within 20 weeks", "% of new plans", "people", "up", TOTAL),
    "permanent_exclusions": ("Permanent exclusions", "pupils", "people", "down", TOTAL),
    NET_PUBLIC_COST: ("Net cost to the public purse", "GBP", "money", "down", PRESENT_VALUE),
    "net_public_cost_per_pupil": ("Net cost per pupil", "GBP per pupil", "local", "down", PRESENT_VALUE),
}
FIGURES = {
    "weeks_to_sen_support": (-4.9, -3.3, -1.7),
    "overtime_hours": (-24e6, -18e6, -11e6),
    "senco_work_hours": (18e6, 30e6, 43e6),
    "support_reviews_done": (8.5, 13.3, 18.2),
    "senco_leavers": (-2300.0, -1300.0, -400.0),
    "plans_within_20_weeks": (-4.3, -1.6, 1.0),
    "permanent_exclusions": (-2200.0, -700.0, 600.0),
    NET_PUBLIC_COST: (4.05e9, 6.97e9, 9.14e9),
    "net_public_cost_per_pupil": (489.0, 842.0, 1104.0),
}
"""Made up: p10, mean and p90 for England."""
RATES = ("weeks_to_sen_support", "support_reviews_done", "plans_within_20_weeks", "net_public_cost_per_pupil")
SOUND = {
    "draws": 128,
    "fewest_draws": 64,
    "replications": 3,
    "precision": {"mean_gbp": 7e9, "half_width_95_gbp": 3e7, "reached": True},
    "sample_share": 1.0,
    "git": {"commit": "0" * 40, "dirty": False},
}
"""Facts of a run that the gate lets pass."""


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
        "monte_carlo_error": math.nan if basis == SHARED else abs(middle) / 50.0,
        "draw_error": 0.01,
        "n_draws": 64,
        "n_replications": 3,
        "price_base": "2025-26" if unit.startswith("GBP") else "",
        "discounted": year == PRESENT_VALUE,
        "kind": kind,
        "favourable": favourable,
        "chance_below_zero": 0.25,
        "basis": basis,
    }


def quotable(run: StoredRun) -> StoredRun:
    """The run as if it had enough draws and replications."""
    return replace(run, inputs=replace(run.inputs, manifest={**run.inputs.manifest, **SOUND}))


def england_run(full_time: StoredRun, size: float = 1.0) -> StoredRun:
    """A stored run with made-up figures for England and every council, so that a brief of any place can be made."""
    whole = [(ENGLAND, "England", 1.0, None)]
    names = {council.ons_code: council.name for council in load_councils()}
    local = [(code, names.get(code, code), share, SHARED) for code, share in pupil_shares().items()]
    rows = [
        row(
            view, code, name, outcome, *(size * value * (1.0 if outcome in RATES else share) for value in values), basis
        )
        for view in full_time.inputs.views
        for code, name, share, basis in (*whole, *local)
        for outcome, values in FIGURES.items()
    ]
    inputs = replace(full_time.inputs, summary=pd.DataFrame(rows), area_code=ENGLAND)
    return quotable(StoredRun(full_time.folder, inputs))


def changed(run: StoredRun, outcome: str, **values: float) -> StoredRun:
    """The run with other values for one outcome, everywhere."""
    summary = run.inputs.summary.copy()
    for name, value in values.items():
        summary.loc[summary["outcome"] == outcome, name] = value
    return replace(run, inputs=replace(run.inputs, summary=summary))


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
    assert [head for head, those in made.parts if those] == list(HEADS)
    numbers = numbers_in(made.summary)
    assert unsupported_figures(spoken(made), numbers) == []
    # Another cost would not be supported: the check can fail.
    assert unsupported_figures("It costs £123.4 million more.", numbers) == ["123.4 million"]
    assert "not modelled" in made.basis
    assert "do not contain chance" in made.basis


@pytest.mark.engine
def test_all_three_are_told_what_changes_what_it_costs_and_what_is_unclear(england: StoredRun) -> None:
    made = make_brief(england, "Norfolk")
    clear, unclear = (" ".join(one.sentence for one in those) for those in (made.clear, made.unclear))
    assert "weeks shorter" in clear
    assert "fewer hours of unpaid SENCO work" in clear
    assert made.cost.figure.startswith("£")
    assert "For each school and year" in made.cost.words
    assert "permanent exclusions" in unclear.lower()
    assert "fewer to" in unclear
    assert "plans within 20 weeks" in unclear
    assert "20 weeks" not in clear, "its forecasts lost to the last value in the back-test"


@pytest.mark.engine
def test_a_failed_back_test_travels_with_what_may_be_said_and_with_the_picture(england: StoredRun) -> None:
    failed = replace(england, inputs=replace(england.inputs, backtest_state="failed"))
    made = make_brief(failed, "Norfolk")
    assert "failed its own back-test" in made.can_say[0]
    assert "failed its own back-test" in made.foot[1]
    passed = make_brief(replace(england, inputs=replace(england.inputs, backtest_state="passed")), "Norfolk")
    assert "back-test" not in " ".join((*passed.can_say, *passed.foot))


@pytest.mark.engine
def test_another_law_than_todays_travels_with_what_may_be_said_and_with_the_picture(england: StoredRun) -> None:
    manifest = {**england.inputs.manifest, "laws": ["announced"]}
    announced = replace(england, inputs=replace(england.inputs, manifest=manifest))
    for place in ("Norfolk", "England"):
        made = make_brief(announced, place)
        assert ", against the announced law: in the" in made.can_say[0]
        assert "view, against the announced law. A simulation" in made.foot[1]
        assert "change from today's policy under the announced law" in made.beside.caption
    told = make_brief(england, "Norfolk")
    assert "announced" not in " ".join((*told.can_say, *told.foot, told.beside.caption))


@pytest.mark.engine
def test_nothing_that_gets_worse_is_left_out(england: StoredRun) -> None:
    worse = changed(england, "senco_leavers", difference=1300.0, p10=400.0, p90=2300.0)
    made = make_brief(worse, "England")
    assert made.clear[0].figure == "1,300 more"
    assert len(make_brief(england, "England").clear) == len(made.clear) == 3


@pytest.mark.engine
def test_where_nothing_is_clear_or_unclear_the_brief_says_so(england: StoredRun) -> None:
    for outcome in FIGURES:
        england = changed(england, outcome, p10=-1e9, p90=1e9)
    made = make_brief(england, "England")
    assert [one.figure for one in made.clear] == ["Nothing"]
    assert made.cost.figure == UNCLEAR
    for outcome in FIGURES:
        england = changed(england, outcome, difference=2e9, p10=1e9, p90=3e9)
    assert [one.figure for one in make_brief(england, "England").unclear] == ["Nothing"]


@pytest.mark.engine
def test_figures_for_each_school_are_the_totals_divided(england: StoredRun) -> None:
    made = make_brief(england, "Norfolk")
    rows = made.summary[(made.summary["area_name"] == "Norfolk") & (made.summary["view"] == "central")].set_index(
        "outcome"
    )
    years = max(1, len(made.findings.years))
    for outcome in (NET_PUBLIC_COST, "overtime_hours", "senco_work_hours"):
        each, total = rows.loc[per_school(outcome)], rows.loc[outcome]
        for name in ("difference", "p10", "p90"):
            assert each[name] * find_place("Norfolk").schools * years == pytest.approx(total[name])


@pytest.mark.engine
@pytest.mark.parametrize("name", ["evidence", "code"])
def test_no_facts_of_a_place_are_told_that_the_run_was_not_made_with(england: StoredRun, name: str) -> None:
    manifest = {**england.inputs.manifest, f"{name}_fingerprint": "0" * 64}
    with pytest.raises(InputError, match=f"made with other {name} than is read now"):
        make_brief(replace(england, inputs=replace(england.inputs, manifest=manifest)), "Norfolk")


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
    written = {"brief.html", "brief.csv", "share.png", "share.alt.txt", "summary.parquet", "manifest.json", "charts"}
    assert names == written
    assert (folder / "share.png").read_bytes().startswith(b"\x89PNG")
    alt = (folder / "share.alt.txt").read_text(encoding="utf-8")
    for one in made.told:
        assert one.figure in alt
    assert [head for head in HEADS if head not in alt] == []
    html = (folder / "brief.html").read_text(encoding="utf-8")
    assert "<svg" in html
    assert "What you cannot say" in html
    assert [name for name in ("Suffolk", "Cornwall", "England", *HEADS) if name not in html] == []
    assert json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["area"] == "Norfolk"
    assert obstacles(folder) == []


@pytest.mark.engine
def test_the_gate_stops_a_brief_and_its_manifest_keeps_what_the_gate_judges(england: StoredRun, tmp_path: Path) -> None:
    fewer = {**england.inputs.manifest, "draws": 16}
    with pytest.raises(InputError, match="16 draws"):
        make_brief(replace(england, inputs=replace(england.inputs, manifest=fewer)), "Norfolk")
    few = {**england.inputs.manifest, "draws": FEWEST_DRAWS, "fewest_draws": 15}
    with pytest.raises(InputError, match="15 in other views"):
        make_brief(replace(england, inputs=replace(england.inputs, manifest=few)), "Norfolk")
    enough = few | {"fewest_draws": FEWEST_DRAWS}
    rough = replace(england, inputs=replace(england.inputs, manifest=enough))
    made = make_brief(rough, "Norfolk")
    assert "30 draws" in " ".join(made.cautions)
    assert "30 draws" in made.foot[0]
    assert json.loads((write_brief(made, tmp_path) / "manifest.json").read_text(encoding="utf-8"))["draws"] == 30


@pytest.mark.engine
def test_places_that_were_not_modelled_do_not_look_as_if_they_were(england: StoredRun) -> None:
    """Shares of England's figure side by side would look like findings about each place."""
    rows = {row[0]: row for row in make_brief(england, "Norfolk").beside.shown}
    assert rows["Suffolk"][1:3] == (AS_ENGLAND, AS_ENGLAND)
    assert AS_ENGLAND not in rows["Norfolk"] + rows["England"]
    summary = england.inputs.summary
    modelled = summary.assign(basis=summary["basis"].where(summary["area_name"] != "Suffolk", MODELLED))
    other = replace(england, inputs=replace(england.inputs, summary=modelled))
    assert AS_ENGLAND not in {row[0]: row for row in make_brief(other, "Norfolk").beside.shown}["Suffolk"]


@pytest.mark.engine
def test_england_is_compared_with_nothing(england: StoredRun) -> None:
    caption = make_brief(england, "England").beside.caption
    assert caption.startswith("England: change from today's policy")
    assert "nothing" not in caption


@pytest.mark.engine
def test_a_region_has_its_article(england: StoredRun) -> None:
    made = make_brief(england, "south east")
    assert made.title.endswith("for the South East")
    assert "in the South East" in spoken(made)
    assert "in South East" not in spoken(made)


@pytest.mark.engine
def test_small_numbers_are_not_shown(full_time: StoredRun) -> None:
    made = make_brief(england_run(full_time, size=0.05), "Rutland")
    leaving = [one.words for one in made.told if one.figure == "SENCOs leaving" or "leaving the post" in one.words]
    assert all("below five" in words for words in leaving)
    assert any("below five" in one.words for one in made.unclear)
    assert FEWEST == 5


@pytest.mark.property
@given(st.floats(-100.0, 100.0), st.floats(0.0, 50.0), st.floats(0.0, 50.0), st.floats(0.0, 30.0), st.integers(2, 12))
def test_local_chance_only_widens_and_evidence_alone_remains_without_it(
    middle: float, below: float, above: float, error: float, n: int
) -> None:
    told = {"difference": middle, "p10": middle - below, "p90": middle + above}
    rows = pd.DataFrame([told | {"monte_carlo_error": error, "n_replications": n, "basis": SHARED}])
    found = with_local_chance(rows).iloc[0]
    assert found["p10"] <= middle - below + 1e-9
    assert found["p90"] >= middle + above - 1e-9
    if error == 0.0:
        assert (found["p10"], found["p90"]) == pytest.approx((middle - below, middle + above))
    elif below == above == 0.0:
        assert found["p90"] - middle > error * math.sqrt(n)
    unknown = with_local_chance(rows.assign(monte_carlo_error=np.nan)).iloc[0]
    assert (unknown["p10"], unknown["p90"]) == (middle - below, middle + above)


@pytest.mark.unit
def test_chance_of_the_mean_that_a_modelled_row_has_is_not_counted_twice() -> None:
    told = {"difference": 0.0, "monte_carlo_error": 1.0, "n_replications": 2, "basis": MODELLED}
    of_mean = 3.0776835
    rows = pd.DataFrame([told | {"p10": -of_mean, "p90": math.hypot(of_mean, 4.0)}])
    found = with_local_chance(rows).iloc[0]
    once = of_mean * math.sqrt(3.0)
    assert found["p10"] == pytest.approx(-once, rel=1e-5)
    assert found["p90"] == pytest.approx(math.hypot(once, 4.0), rel=1e-5)


@pytest.mark.engine
def test_a_run_of_one_council_says_nothing_of_others(full_time: StoredRun) -> None:
    with pytest.raises(InputError, match="says nothing about Norfolk"):
        make_brief(quotable(full_time), "Norfolk")
    made = make_brief(quotable(full_time), "Rutland")
    assert "modelled" in made.basis
    assert [row[0] for row in made.beside.rows] == ["Rutland"], "no empty rows of neighbours"
    assert "neighbours" not in made.beside.caption


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
    assert find_place("England").schools == sum(
        find_place(name).schools for name in {c.region for c in load_councils()}
    )


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
def test_a_council_has_one_line_on_its_purse_that_can_be_looked_up(full_time: StoredRun, tmp_path: Path) -> None:
    brief = make_brief(quotable(full_time), "Rutland")
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
def test_england_has_no_purse_of_a_council(england: StoredRun) -> None:
    assert make_brief(england, "England").purse == ""
