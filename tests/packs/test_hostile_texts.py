"""A title may hold markup, links, dollars and braces: in every file that is written it is a text and nothing else."""

from __future__ import annotations

import re
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

from sencosim.cli import main
from sencosim.errors import InputError, PopulationError, ScenarioError
from sencosim.evidence.yaml_files import Entry
from sencosim.model import RunOptions, run_scenario
from sencosim.population.schools import Population
from sencosim.population.synthetic import synthetic_england
from sencosim.report.assemble import report_inputs
from sencosim.report.compare.write import compare, write_comparison
from sencosim.report.outputs import write_outputs
from sencosim.report.pack.write import write_pack
from sencosim.report.stored import StoredRun, read_run
from sencosim.scenario.load import load_scenario
from sencosim.studies.policy import load
from sencosim.terminal.console import printable

MARKUP = "<script>alert(1)</script>"
TITLE = f"Full [SENCO](http://x.org) [two](http://y) $$a$$ $\\frac{{ {MARKUP} & {{x}} {{{{7*7}}}} `z` %s _a_ | b"
HARM = ("=1+1", "+cmd", "-1+1", "@SUM(1)", "\t=1", "\r=1", "a\x1b[2Jb", "a\u202eb", "a\x00b")
"""What no door lets in: formulas, terminal escapes, marks that turn the direction of writing."""
pytestmark = pytest.mark.engine


def run_with_title(name: str, root: Path) -> StoredRun:
    file = root / f"{name}.yaml"
    settings = "horizon: {years: 1}\nviews: [central]\nrun: {draws: 1, replications: 1, warm_up_years: 1}\n"
    quoted = TITLE.replace("'", "''")
    file.write_text(
        f"schema: 1\nextends: full_time\ntitle: '{quoted}'\ndescription: '{quoted}'\n{settings}", encoding="utf-8"
    )
    options = RunOptions(councils=("Rutland",), workers=1, headline_only=True)
    return read_run(write_outputs(report_inputs(run_scenario(load_scenario(file), options)), root))


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A run, its pack, and its comparison with another of the same title, and with two more."""
    root = tmp_path_factory.mktemp("hostile")
    first, second = run_with_title("one", root), run_with_title("two", root)
    compared = [write_comparison(compare(runs, ()), root) for runs in ([first, second], [first, second, first])]
    return [first.folder, write_pack(first, root / "packs"), *compared]


class Tags(HTMLParser):
    """Every script of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [value or "" for name, value in attrs if tag == "a" and name == "href"]
        if tag == "script":
            self.scripts.append("")

    def handle_data(self, data: str) -> None:
        if self.scripts:
            self.scripts[-1] += data


def test_pages_and_pictures_show_it_as_text(folders: list[Path]) -> None:
    pages = [path for folder in folders for path in folder.rglob("*.html")]
    pictures = [path for folder in folders for path in folder.rglob("*.svg")]
    assert len(pages) >= 3
    assert len(pictures) > 3
    for page in pages:
        text = page.read_text(encoding="utf-8")
        tags = Tags()
        tags.feed(text)
        assert "&lt;script&gt;alert(1)" in text
        assert not [one for one in tags.scripts if one.startswith("alert(1)")]
        assert not [one for one in tags.links if "x.org" in one]
    for picture in pictures:
        assert not [one for one in ElementTree.parse(picture).iter() if one.tag.endswith("script")]


def test_workbooks_and_documents_hold_it_as_text(folders: list[Path]) -> None:
    books = [path for folder in folders for path in folder.rglob("*.xlsx")]
    assert len(books) == 3
    for book in books:
        cells = [cell for sheet in load_workbook(book) for row in sheet.iter_rows() for cell in row]
        with_title = [cell for cell in cells if isinstance(cell.value, str) and MARKUP in cell.value]
        assert with_title
        assert {cell.data_type for cell in with_title} == {"s"}
        assert not [cell for cell in with_title if cell.hyperlink]
    others = [path for folder in folders for kind in ("*.ods", "*.docx") for path in folder.rglob(kind)]
    assert len(others) == 5
    for path in others:
        with zipfile.ZipFile(path) as parts:
            part = "content.xml" if path.suffix == ".ods" else "word/document.xml"
            content = parts.read(part).decode()
        assert "&lt;script&gt;" in content
        ElementTree.fromstring(content)
        assert not re.search(r'formula="[^"]*script', content)


def test_texts_to_paste_hold_no_tag_and_no_link(folders: list[Path]) -> None:
    texts = [path for folder in folders for path in folder.rglob("*.md")]
    assert len(texts) >= 4
    for path in texts:
        text = path.read_text(encoding="utf-8")
        assert "<script" not in text
        assert "](http://x" not in text


def test_tables_hold_no_formula(folders: list[Path]) -> None:
    for path in (path for folder in folders for path in folder.rglob("*.csv")):
        for cell in re.findall(r'(?:^|,|")([=+@\t\r][^,"]*)', path.read_text(encoding="utf-8"), re.MULTILINE):
            assert re.match(r"^[+-]?[\d.]", cell), (path.name, cell)


@pytest.mark.parametrize("text", HARM, ids=ascii)
def test_every_door_refuses_what_does_harm(text: str, tmp_path: Path) -> None:
    quoted = '"' + "".join(f"\\x{ord(one):02x}" if ord(one) < 256 else f"\\u{ord(one):04x}" for one in text) + '"'
    (tmp_path / "mine.yaml").write_text(f"schema: 1\nextends: full_time\ntitle: {quoted}\n", encoding="utf-8")
    with pytest.raises(ScenarioError):
        load_scenario(tmp_path / "mine.yaml")
    with pytest.raises(InputError):
        load("full_time").with_({"title": text})

    class Named(Entry):
        title: str

    with pytest.raises(ValueError, match=r"not seen|as a formula"):
        Named(title=text)


@pytest.mark.parametrize("text", [one for one in HARM if "\x00" not in one], ids=ascii)
def test_schools_of_such_names_are_not_loaded(text: str, tmp_path: Path) -> None:
    few = synthetic_england().take(np.arange(3))
    few.take(np.arange(3), name=np.array([text, *few.name[1:]])).save(tmp_path / "schools.parquet")
    with pytest.raises(PopulationError, match="not plain text"):
        Population.load(tmp_path / "schools.parquet")


def test_a_terminal_gets_no_escape() -> None:
    assert printable("a\x1b[2Jb\u202ec\n", None) == "a<U+001B>[2Jb<U+202E>c\n"
    told = CliRunner().invoke(main, ["validate", "\x1b]0;x\x07.yaml"])
    assert told.exit_code == 2
    assert "\x1b" not in told.output
