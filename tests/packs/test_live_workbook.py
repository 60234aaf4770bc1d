"""LibreOffice works the spreadsheets out again: the headline to the pound, and what follows a changed input."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from odf import opendocument
from odf import table as odf_table
from openpyxl import load_workbook
from packs.checklist import read_xlsx

from sencosim.costing.worksheet import worksheet
from sencosim.report.findings import Findings
from sencosim.report.inputs import PRESENT_VALUE, TOTAL
from sencosim.report.looks import MILLION, Exact, number
from sencosim.report.pack.layout import layout_of
from sencosim.report.pack.live import OUTCOMES, Inputs, Live
from sencosim.report.pack.ods import open_formula
from sencosim.report.pack.results import frame_of, lines_of
from sencosim.report.pack.workbook import FIRST_ROW
from sencosim.report.stored import StoredRun
from sencosim.report.table import Table

SECONDS = 180
FORMATS = ("xlsx", "ods")
ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
{}
</oor:items>
"""
ITEM = (
    '<item oor:path="/org.openoffice.Office.Calc/Formula/Load">'
    '<prop oor:name="{}" oor:op="fuse"><value>0</value></prop></item>'
)
CATEGORY = "senco time"
Sheets = Mapping[str, pd.DataFrame]


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., None]:
    """Convert files, worked out from their formulas whatever numbers stand alongside these."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        pytest.skip("NOT CHECKED that spreadsheets calculate the headline: LibreOffice is not installed here")
    profile = tmp_path_factory.mktemp("profile")
    (profile / "user").mkdir()
    modes = "\n".join(ITEM.format(name) for name in ("OOXMLRecalcMode", "ODFRecalcMode"))
    (profile / "user" / "registrymodifications.xcu").write_text(ALWAYS.format(modes), encoding="utf-8")

    def convert(kind: str, files: list[Path], into: Path) -> None:
        command = [program, "--headless", f"-env:UserInstallation={profile.as_uri()}", "--convert-to", kind]
        subprocess.run([*command, "--outdir", into, *files], check=True, capture_output=True, timeout=SECONDS)

    return convert


def with_inputs(source: Path, target: Path, changes: Mapping[str, float]) -> None:
    """Copy a spreadsheet with other numbers on its sheet of inputs, and without the numbers alongside its formulas."""
    if source.suffix == ".xlsx":
        book = load_workbook(source)  # keeps formulas, and forgets what they gave
        rows = book["Inputs"].iter_rows(min_row=FIRST_ROW)
        found = {str(row[0].value): row[1] for row in rows}
        for name, value in changes.items():
            found[name].value = value
        book.save(target)
        return
    document = opendocument.load(str(source))
    for sheet in document.spreadsheet.getElementsByType(odf_table.Table):
        for row in sheet.getElementsByType(odf_table.TableRow):
            cells = row.getElementsByType(odf_table.TableCell)
            name = str(cells[0])
            if str(sheet.getAttribute("name")) == "Inputs" and name in changes:
                cells[1].setAttribute("value", repr(changes[name]))
            for cell in cells:
                if cell.getAttribute("formula"):
                    cell.setAttribute("value", "0")
    document.save(str(target))


CASES: Mapping[str, Mapping[str, float]] = {
    "as_it_is": {},
    "dearer": {"Multiplier: SENCO time": 1.1},
    "undiscounted": {"Discount rate, from year 0 on": 0.0},
}


@pytest.fixture(scope="session")
def worked_out(pack: Path, office: Callable[..., None], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Sheets]:
    """Every sheet of both formats as LibreOffice calculates it, by format and case."""
    made, into = tmp_path_factory.mktemp("changed"), tmp_path_factory.mktemp("worked_out")
    found: dict[str, Sheets] = {}
    for kind in FORMATS:  # one at a time: both become files of one name
        files = [made / f"{case}.{kind}" for case in CASES]
        for file, changes in zip(files, CASES.values(), strict=True):
            with_inputs(pack / f"results.{kind}", file, changes)
        office("xlsx", files, into)
        for case in CASES:
            found[f"{kind}_{case}"] = tables_of(into / f"{case}.xlsx")
            (into / f"{case}.xlsx").unlink()
    return found


def tables_of(path: Path) -> Sheets:
    book = load_workbook(path, data_only=True)
    found = {}
    for sheet in book.worksheets[3:]:
        rows = [list(row) for row in sheet.iter_rows(min_row=FIRST_ROW - 1, values_only=True)]
        width = sum(cell is not None for cell in rows[0])
        found[sheet.title] = pd.DataFrame([row[:width] for row in rows[1:]], columns=rows[0][:width])
    return found


def told(run: StoredRun, view: str, outcome: str, year: str = PRESENT_VALUE, payer: str = "") -> float:
    figure = Findings(run.inputs).get(view, outcome, year, payer)
    assert figure is not None
    return figure.difference


def from_worksheet(sheets: Sheets, view: str, outcome: str) -> float:
    table = sheets["Recompute"]
    titles = {"npsv": "Net present social value", "net_public_cost": "Net cost to the public purse"}
    row = table[(table["View"] == view) & (table["Measure"] == titles[outcome])]
    return float(row["From the worksheet"].iloc[0])


@pytest.mark.engine
@pytest.mark.parametrize("kind", FORMATS)
def test_the_headline_is_worked_out_to_the_pound(
    worked_out: Mapping[str, Sheets], full_time: StoredRun, kind: str
) -> None:
    sheets = worked_out[f"{kind}_as_it_is"]
    answer, payers, appraisal = (sheets[name] for name in ("Answer", "Payers", "Appraisal"))
    for view in full_time.inputs.views:
        for outcome in ("npsv", "net_public_cost"):
            expected = told(full_time, view, outcome)
            assert expected != 0.0
            assert from_worksheet(sheets, view, outcome) == pytest.approx(expected, abs=0.5)
        npsv = answer[(answer["View"] == view) & (answer["Measure"] == "Net present social value")]
        assert MILLION * npsv["Difference"].iloc[0] == pytest.approx(told(full_time, view, "npsv"), abs=0.5)
        schools = payers[(payers["View"] == view) & (payers["Payer"].str.lower() == "schools")]
        expected = told(full_time, view, "payer_net", payer="schools")
        assert MILLION * schools["Net, £ million"].iloc[0] == pytest.approx(expected, abs=0.5)
        cost = appraisal[(appraisal["View"] == view) & appraisal["Measure"].str.startswith("Cost of the policy")]
        assert MILLION * cost["Mean"].iloc[0] == pytest.approx(told(full_time, view, "policy_cost"), abs=0.5)
    assert sheets["Recompute"]["Change by inputs"].abs().max() < 0.5


@pytest.mark.engine
@pytest.mark.parametrize("kind", FORMATS)
def test_every_formula_gives_the_number_that_stands_beside_it(
    worked_out: Mapping[str, Sheets], pack: Path, kind: str
) -> None:
    """What a program that does not calculate shows is what one that does works out, on every sheet."""
    beside = {page.name: page for page in read_xlsx(pack / "results.xlsx").pages}
    for name, table in worked_out[f"{kind}_as_it_is"].items():
        cells = beside[name].cells[FIRST_ROW - 1 :]
        expected = pd.DataFrame([row[: len(table.columns)] for row in cells], columns=table.columns)
        pd.testing.assert_frame_equal(table, expected, check_dtype=False, rtol=1e-9, atol=1e-6, obj=name)


@pytest.mark.engine
@pytest.mark.parametrize("kind", FORMATS)
def test_a_multiplier_moves_the_headline_by_its_category(
    worked_out: Mapping[str, Sheets], full_time: StoredRun, kind: str
) -> None:
    sheets = worked_out[f"{kind}_dearer"]
    for view in full_time.inputs.views:
        before = worked_out[f"{kind}_as_it_is"][f"Worksheet_{view}"]
        mine = before[before["Category"] == CATEGORY]
        for outcome, counts, sign in (("npsv", "Counts in NPSV", -1), ("net_public_cost", "Counts in public purse", 1)):
            moved = sign * 0.1 * float((mine["Present value"] * mine[counts]).sum())
            assert moved != 0.0
            expected = told(full_time, view, outcome) + moved
            assert from_worksheet(sheets, view, outcome) == pytest.approx(expected, abs=0.5)


@pytest.mark.engine
@pytest.mark.parametrize("kind", FORMATS)
def test_a_rate_of_zero_gives_the_undiscounted_total(
    worked_out: Mapping[str, Sheets], full_time: StoredRun, kind: str
) -> None:
    sheets = worked_out[f"{kind}_undiscounted"]
    for view in full_time.inputs.views:
        expected = told(full_time, view, "net_public_cost", TOTAL)
        assert abs(expected - told(full_time, view, "net_public_cost")) > 1.0
        assert from_worksheet(sheets, view, "net_public_cost") == pytest.approx(expected, abs=0.5)


@pytest.mark.engine
def test_a_printed_workbook_is_short(pack: Path, office: Callable[..., None], tmp_path: Path) -> None:
    if shutil.which("pdfinfo") is None:
        pytest.skip("NOT CHECKED how many pages a workbook has in print: pdfinfo is not installed here")
    for kind in FORMATS:
        office("pdf", [pack / f"results.{kind}"], tmp_path)
        told = subprocess.run(["pdfinfo", tmp_path / "results.pdf"], check=True, capture_output=True, text=True).stdout
        pages = re.search(r"^Pages: +(\d+)$", told, flags=re.MULTILINE)
        assert pages is not None
        assert int(pages[1]) <= 60, kind


@pytest.mark.engine
def test_every_format_of_the_open_spreadsheet_is_in_the_file(pack: Path) -> None:
    """odfpy leaves out styles that only another style names: numbers then lose their sign, or get two."""
    with zipfile.ZipFile(pack / "results.ods") as file:
        text = "".join(file.read(name).decode() for name in ("styles.xml", "content.xml"))
    named = set(re.findall(r'style:(?:apply-style|data-style)-name="([^"]+)"', text))
    assert len(named) > 5
    assert named <= set(re.findall(r'<number:[a-z]+-style style:name="([^"]+)"', text))


@pytest.mark.engine
def test_long_sheets_of_the_open_spreadsheet_keep_their_headers_in_view(pack: Path) -> None:
    with zipfile.ZipFile(pack / "results.ods") as file:
        text = file.read("settings.xml").decode()
    for name, kept in (("Worksheet_central", True), ("People", True), ("Inputs", False), ("Contents", False)):
        entry = re.search(rf'map-entry config:name="{name}">(.*?)</config:config-item-map-entry>', text)
        assert (entry is not None) == kept, name
        if entry is not None:
            assert f'"VerticalSplitPosition" config:type="int">{FIRST_ROW - 1}<' in entry[1]


@pytest.mark.engine
def test_each_outcome_has_its_sum_on_the_worksheet(full_time: StoredRun) -> None:
    findings = Findings(full_time.inputs)
    for view in full_time.inputs.views:
        sheet = worksheet(lines_of(full_time, view), frame_of(findings))
        live = Live(view, sheet, Inputs(frame_of(findings), sorted(set(sheet["category"]))))
        for outcome in set(OUTCOMES) - {"public_saving"}:
            payers = findings.payers() if outcome.startswith("payer_") else ("",)
            for payer in payers:
                expected = told(full_time, view, outcome, payer=payer)
                assert live.total(outcome, payer).value == pytest.approx(expected, abs=0.5), (outcome, payer)


@pytest.mark.property
@given(st.floats(-1e9, 1e9), st.integers(0, 6), st.booleans())
def test_a_number_that_is_shown_is_the_number_rounded(value: float, decimals: int, percent: bool) -> None:
    shown = str(Exact(value, decimals, percent)).replace("\N{MINUS SIGN}", "-").replace(",", "").rstrip("%")
    assert float(shown) == pytest.approx(
        100.0 * value if percent else value, abs=0.5000001 * 10.0**-decimals, rel=1e-12
    )


@pytest.mark.property
@given(st.floats(1e-3, 1e9))
def test_a_number_of_any_size_keeps_three_figures(value: float) -> None:
    assert float(str(number(value)).replace(",", "")) == pytest.approx(value, rel=5.1e-3)


@pytest.mark.unit
def test_formulas_are_translated_part_by_part() -> None:
    translated = open_formula('=SUMPRODUCT(Units_a!$B$5:$B$9*(Worksheet_a!$C$5:$C$9="one, two: A1"))/(1+B7)')
    assert translated == 'of:=SUMPRODUCT([$Units_a.$B$5:.$B$9]*([$Worksheet_a.$C$5:.$C$9]="one, two: A1"))/(1+[.B7])'


@pytest.mark.unit
def test_long_text_is_wrapped_and_numbers_are_not() -> None:
    rows: list[list[Any]] = [["word " * 40, Exact(1234567890.0)] for _ in range(30)]
    layout = layout_of(Table("Key", "Caption", ("Note", "Amount"), rows))
    assert layout.widths[0] <= 102
    assert layout.widths[1] >= len("1,234,567,890")
    assert min(layout.heights[1:]) > 1
    assert layout.frozen == (FIRST_ROW - 1, 0)
