"""The results pack: what is in it, and that a reader can recompute the headline from either spreadsheet."""

from __future__ import annotations

import json
import math
import re
import shutil
from dataclasses import replace
from html import unescape
from pathlib import Path

import pandas as pd
import pytest
from packs.checklist import Document, failures, read_ods, read_xlsx, unexplained

from sencosim.errors import InputError, OutputError
from sencosim.outcomes.reconcile import verdict_of
from sencosim.report.answer import answer_sentences
from sencosim.report.findings import Findings
from sencosim.report.inputs import PRESENT_VALUE
from sencosim.report.manifest import manifest_problems, write_manifest
from sencosim.report.pack.write import status_line, write_pack
from sencosim.report.quoted import figures_of, numbers_in, unsupported_figures
from sencosim.report.stored import StoredRun, read_run

pytestmark = pytest.mark.engine


@pytest.fixture(params=["xlsx", "ods"], scope="module")
def document(request: pytest.FixtureRequest, pack: Path) -> Document:
    return {"xlsx": read_xlsx, "ods": read_ods}[request.param](pack / f"results.{request.param}")


def table(document: Document, name: str) -> pd.DataFrame:
    (page,) = (page for page in document.pages if page.name == name)
    ((_, top, bottom, width),) = page.tables
    return pd.DataFrame([row[:width] for row in page.cells[top:bottom]], columns=page.cells[top - 1][:width])


def test_a_stored_run_reads_back_as_it_was_written(full_time: StoredRun) -> None:
    again = read_run(full_time.folder)
    findings = Findings(again.inputs)
    assert findings.headline("central").difference == Findings(full_time.inputs).headline("central").difference
    assert again.inputs.scenario == full_time.inputs.scenario
    assert again.inputs.unmonetised == full_time.inputs.unmonetised
    assert sum(len(part) for part in again.inputs.ledger()) > 0


def test_npsv_is_recomputed_from_the_spreadsheet_to_the_pound(document: Document, full_time: StoredRun) -> None:
    findings = Findings(full_time.inputs)
    factors = table(document, "Discounting").set_index("Step").loc["Discount factor"].astype(float)
    for view in full_time.inputs.views:
        sheet = table(document, f"Worksheet_{view}")
        units, prices = (table(document, f"{name}_{view}")[list(factors.index)] for name in ("Units", "Prices"))
        product = (units * prices * factors).sum(axis="columns") * sheet["Counts in NPSV"]
        told = findings.get(view, "npsv", PRESENT_VALUE)
        assert told is not None
        assert told.difference != 0.0
        assert -float(product.sum()) == pytest.approx(told.difference, abs=0.5)
        assert sheet["Present value"].to_numpy() == pytest.approx((units * prices * factors).sum(axis=1).to_numpy())


def test_the_back_test_is_kept_with_the_run_and_changes_the_headline_of_the_pack(full_time: StoredRun) -> None:
    again = read_run(full_time.folder)
    assert again.inputs.backtest_state == json.loads((full_time.folder / "report.json").read_text())["backtest_state"]
    assert again.inputs.backtest == full_time.inputs.backtest != ""
    failed = Findings(replace(again.inputs, backtest_state="failed"))
    assert "failed its own back-test" in answer_sentences(failed)[0]
    assert "back-test failed" in status_line(failed)


def test_the_status_line_counts_what_the_reconciliation_says(full_time: StoredRun) -> None:
    inputs = full_time.inputs
    assert inputs.reconciliation.empty  # one council is not compared with England
    assert "not compared with published figures" in status_line(Findings(inputs))
    verdicts = [verdict_of(gap, 5.0) for gap in (1.0, -4.0, 6.0, math.nan)]
    england = replace(inputs, reconciliation=pd.DataFrame({"verdict": verdicts}))
    assert "within tolerance of 2 of 3 published figures" in status_line(Findings(england))


def test_the_policy_differs_from_the_baseline_that_it_was_run_against(full_time: StoredRun) -> None:
    """Years, draws and sample of the command line hold in both arms, so they are no difference; the warm-up is said."""
    lines = full_time.inputs.scenario.differences
    assert "Same data, same engine: safe to compare." in lines[-1]
    told = [line for line in lines if "horizon" in line or "run." in line or "  " in line]
    assert told == ["in both arms: run, run.warm_up_years, 2 → 1"]


def test_spreadsheets_pass_the_checklist(document: Document) -> None:
    assert failures(document) == []
    assert unexplained(document) == set()


def test_both_spreadsheets_hold_the_same(pack: Path) -> None:
    first, second = read_xlsx(pack / "results.xlsx"), read_ods(pack / "results.ods")
    names = [page.name for page in first.pages]
    assert names == [page.name for page in second.pages]
    for name in names[3:]:
        pd.testing.assert_frame_equal(table(first, name), table(second, name), check_dtype=False, rtol=1e-12)


def test_every_sheet_of_results_has_its_interval(document: Document) -> None:
    for name in ("Answer", "People", "Payers", "Payers_by_year", "Flows_by_year", "Recompute"):
        headers = " ".join(map(str, table(document, name).columns))
        assert "p10" in headers, name
        assert "p90" in headers, name


def test_payers_add_up_to_the_net(document: Document) -> None:
    payers, answer = table(document, "Payers"), table(document, "Answer")
    for view, part in payers[payers["Public money"] == "yes"].groupby("View"):
        net = answer[(answer["View"] == view) & (answer["Measure"] == "Net cost to the public purse")]
        assert part["Net, £ million"].sum() == pytest.approx(float(net["Difference"].iloc[0]), abs=1e-6)


ANY_BASELINE = ("What today's policy is taken to be", "Today's policy goes on, under the announced law")
"""Words on the baseline that name its law apart."""


def test_a_pack_under_the_announced_law_alone_calls_no_figure_one_of_todays(
    full_time: StoredRun, tmp_path: Path
) -> None:
    asked = full_time.inputs.question.replace("today's policy", "today's policy under the announced law")
    facts = {**full_time.inputs.manifest, "laws": ["announced"]}
    announced = replace(full_time.inputs, question=asked, manifest=facts)
    made = write_pack(StoredRun(full_time.folder, announced), tmp_path)
    pages = [unescape(path.read_text(encoding="utf-8")) for path in (*made.glob("*.html"), *made.glob("*.md"))]
    pages += [str(cell) for page in read_xlsx(made / "results.xlsx").pages for row in page.cells for cell in row]
    text = " ".join(" ".join(pages).split())
    for known in (*ANY_BASELINE, "under today's law or under the announced law", "what holds under today's law"):
        text = text.replace(known, "")
    found = [text[at.start() - 60 : at.end() + 30] for at in re.finditer("today's policy", text, re.IGNORECASE)]
    assert found
    assert [one for one in found if "oday's policy under the announced law" not in one] == []
    assert "the law of today" not in text
    assert "as a second baseline" not in text


def test_years_until_full_time_are_on_a_sheet_and_on_the_page(document: Document, pack: Path) -> None:
    sheet = table(document, "Years_until")
    assert set(sheet["Arm"]) == {"today's policy", "this policy"}
    assert len(sheet) == 8
    html = (pack / "report.html").read_text(encoding="utf-8")
    assert "Until SENCO time is full time, or enough" in html
    assert "Published on the trend of 2018 to 2020: almost 150 years" in html


def test_the_pack_is_whole_and_every_chart_has_its_three_forms(pack: Path) -> None:
    assert manifest_problems(pack) == []
    names = {path.name for path in pack.iterdir()}
    assert {"report.html", "results.xlsx", "results.ods", "STRESS-DES.md", "QUALITY-LOG.md", "REPRODUCE.md"} <= names
    stems = {path.stem for path in (pack / "charts").iterdir()}
    assert {"unit_costs", "net_cost_by_year", "costs_and_savings_by_payer", "key_outcomes"} <= stems
    for stem in stems:
        assert all((pack / "charts" / f"{stem}.{kind}").stat().st_size > 0 for kind in ("svg", "csv", "txt"))
    assert read_run(pack).run_id in pack.name


def test_the_same_run_gives_the_same_pack(pack: Path, full_time: StoredRun, tmp_path: Path) -> None:
    again = write_pack(full_time, tmp_path)
    assert (again / "manifest.json").read_text(encoding="utf-8") == (pack / "manifest.json").read_text(encoding="utf-8")


def test_page_one_quotes_only_the_summary(pack: Path, full_time: StoredRun) -> None:
    html = (pack / "report.html").read_text(encoding="utf-8")
    page = html[html.index("<body>") : html.index("Three caveats")]
    text = unescape(re.sub(r"<[^>]+>", " ", page.replace(full_time.inputs.scenario.title, "")))
    text = text.replace("within 20 weeks", "")
    known = [*figures_of(full_time.inputs), *numbers_in(full_time.inputs.incidence)]
    assert unsupported_figures(text, known, slack_steps=1.0) == []


def test_stress_des_has_every_heading(pack: Path) -> None:
    text = (pack / "STRESS-DES.md").read_text(encoding="utf-8")
    numbers = re.findall(r"^## ([\d.]+) ", text, flags=re.MULTILINE)
    wanted = "1.1 1.2 1.3 2.1 2.2 2.3 2.4 2.5.1 2.5.2 2.5.3 2.5.4 2.5.5 3.1 3.2 3.3 3.4 4.1 4.2 4.3 5.1 5.2 5.3 5.4 6.1"
    assert numbers == wanted.split()


def test_a_worksheet_that_does_not_add_up_stops_the_pack(full_time: StoredRun, tmp_path: Path) -> None:
    lines = full_time.inputs.appraisal["lines"].copy()
    lines.loc[0, "price_gbp"] += 1.0
    inputs = replace(full_time.inputs, appraisal={**full_time.inputs.appraisal, "lines": lines})
    view = str(lines.loc[0, "view"])
    with pytest.raises(OutputError, match=f"The worksheet of the {view} view"):
        write_pack(StoredRun(full_time.folder, inputs), tmp_path)
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["summary.csv", "ledger.parquet"])
def test_a_run_that_is_changed_while_its_pack_is_made_gives_none(
    full_time: StoredRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Figures of the pack come from what was read, and its files from the folder: one copied, one not."""
    copy = tmp_path / "copy"
    shutil.copytree(full_time.folder, copy)
    run = read_run(copy)

    def changed(*_: object) -> None:
        with (copy / name).open("ab") as file:
            file.write(b"\n")
        write_manifest(copy, json.loads((copy / "manifest.json").read_text(encoding="utf-8")))

    monkeypatch.setattr("sencosim.report.pack.write.check_same_model", changed)
    with pytest.raises(OutputError, match=re.escape(name)):
        write_pack(run, tmp_path / "packs")
    assert not any((tmp_path / "packs").iterdir())


@pytest.mark.parametrize("name", ["evidence", "code"])
def test_a_run_of_another_model_is_not_documented(full_time: StoredRun, tmp_path: Path, name: str) -> None:
    """Published series and their sources, which a pack cites, count as code."""
    manifest = {**full_time.inputs.manifest, f"{name}_fingerprint": "0" * 64}
    with pytest.raises(InputError, match=f"made with other {name} than is read now"):
        write_pack(StoredRun(full_time.folder, replace(full_time.inputs, manifest=manifest)), tmp_path)
    assert not any(tmp_path.iterdir())


def test_a_folder_that_is_not_whole_is_named(full_time: StoredRun, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(full_time.folder, copy)
    (copy / "report.json").unlink()
    with pytest.raises(InputError, match=r"lacks report\.json"):
        read_run(copy)
