"""The workbook on paper: a format for every number, long sheets that print their first rows alone, and say so."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from openpyxl import load_workbook

from sencosim.report.pack.layout import FINE_PRINT, LINES_A_PAGE, about_print, layout_of
from sencosim.report.pack.ods import write_ods
from sencosim.report.pack.workbook import HEADER_ROW, Note, Workbook
from sencosim.report.pack.xlsx import write_xlsx
from sencosim.report.table import SHEETS, Table, words_in

ROWS, PRINTED = 2_000, 30


@pytest.mark.engine
def test_every_number_has_a_format(pack: Path) -> None:
    book = load_workbook(pack / "results.xlsx", data_only=True)
    bare = {
        f"{page.title}!{cell.coordinate}"
        for page in book.worksheets[3:]
        for row in page.iter_rows(min_row=HEADER_ROW + 1)
        for cell in row
        if isinstance(cell.value, int | float) and cell.number_format == "General"
    }
    assert bare == set()


def long_sheet(printed: int | None) -> Table:
    rows = [[f"Row {number}", float(number)] for number in range(ROWS)]
    return Table("Long", "A long sheet", ("Row", "Number"), rows, about="Some rows.", printed=printed)


@pytest.mark.unit
def test_a_sheet_for_looking_things_up_prints_its_first_rows() -> None:
    whole, part = layout_of(long_sheet(None)), layout_of(long_sheet(PRINTED))
    assert whole.pages >= ROWS // FINE_PRINT
    assert part.pages == 1
    assert part.last_row == HEADER_ROW + PRINTED
    assert part.heights == whole.heights
    assert about_print(long_sheet(PRINTED)) == " Printed: the first 30 of 2,000 rows."
    assert about_print(long_sheet(None)) == about_print(long_sheet(ROWS)) == ""
    assert PRINTED < LINES_A_PAGE


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("book")
    short = Table("Short", "A short sheet", ("Row", "Number"), [["One", 1.0]], about="One row.")
    made = Workbook("A book", ("It holds two sheets.",), (short, long_sheet(PRINTED)), [Note("A note.")])
    write_xlsx(made, folder / "book.xlsx")
    write_ods(made, folder / "book.ods")
    return folder


@pytest.mark.unit
def test_print_areas_are_in_both_formats_and_all_rows_too(book: Path) -> None:
    page = load_workbook(book / "book.xlsx")["Long"]
    last = HEADER_ROW + PRINTED
    assert page.print_area == f"'Long'!$A$1:$B${last}"
    assert page.max_row == HEADER_ROW + ROWS
    assert page.print_title_rows == f"${HEADER_ROW}:${HEADER_ROW}"
    assert "Printed: the first 30 of 2,000 rows." in str(page["A2"].value)
    content = zipfile.ZipFile(book / "book.ods").read("content.xml").decode()
    assert f'table:print-ranges="Long.A1:Long.B{last}"' in content
    assert content.count("table:print-ranges") == 1


@pytest.mark.unit
@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_a_spreadsheet_program_prints_every_sheet_and_no_more(book: Path, kind: str, tmp_path: Path) -> None:
    soffice, pdfinfo = shutil.which("soffice"), shutil.which("pdfinfo")
    if soffice is None or pdfinfo is None:
        pytest.skip("NOT CHECKED in print: soffice or pdfinfo is not installed here")
    profile = f"-env:UserInstallation=file://{tmp_path.as_posix()}/profile"
    command = [soffice, profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    subprocess.run([*command, str(book / f"book.{kind}")], capture_output=True, timeout=180, check=True)
    told = subprocess.run([pdfinfo, str(tmp_path / "book.pdf")], capture_output=True, text=True, check=True).stdout
    found = re.search(r"Pages:\s+(\d+)", told)
    assert found is not None
    assert int(found[1]) == 5  # cover, contents, notes, and a page for each sheet


@pytest.mark.unit
def test_what_is_printed_is_said_of_sheets_that_there_are() -> None:
    printed = {name: told["printed"] for name, told in words_in(SHEETS)["sheets"].items() if "printed" in told}
    assert {"Areas", "Assumptions", "Councils", "Data_log"} <= set(printed)
    assert all(0 < number <= FINE_PRINT for number in printed.values())
