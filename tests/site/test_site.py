"""The site: built without network, no link leads nowhere, no page asks another host, and axe finds nothing."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import pytest
from explore.tools import SECONDS
from pages.judge import WCAG, judged
from pages.programs import program
from ruamel.yaml import YAML

from sencosim import __version__

ROOT = Path(__file__).resolve().parents[2]
LOOKED_AT = [
    "index.html",
    "quick_start.html",
    "parameters.html",
    "validation.html",
    "notebooks/headline.html",
    "api.html",
]
"""One page of every kind: lists, code, a long table, charts, a notebook, docstrings."""


@pytest.fixture(scope="module")
def builder() -> ModuleType:
    return program("build_site")


@pytest.fixture(scope="module")
def site(builder: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built where no connection can be opened."""
    if find_spec("sphinx") is None:
        pytest.skip("NOT CHECKED: the site, because the extra `site` is not installed here")
    folder = tmp_path_factory.mktemp("site")
    code = (
        "import socket, sys\n"
        "def refuse(*_):\n    raise OSError('the site needs no network')\n"
        "socket.socket.connect = refuse\n"
        f"sys.path.insert(0, {str(ROOT / 'docs')!r})\n"
        "from pathlib import Path\n"
        "import build_site\n"
        f"build_site.build(Path({str(folder / 'site')!r}), Path({str(folder / 'work')!r}))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=SECONDS, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return folder / "site"


@pytest.mark.engine
def test_links_lead_somewhere_and_nothing_is_loaded_from_elsewhere(builder: ModuleType, site: Path) -> None:
    assert builder.faults_of_links(site) == []


@pytest.mark.engine
def test_a_wrong_link_and_a_foreign_script_are_found(builder: ModuleType, tmp_path: Path) -> None:
    page = '<a href="no.html">x</a><a href="#no">y</a><script src="https://cdn.example/a.js"></script><p id="yes">'
    (tmp_path / "a.html").write_text(page, encoding="utf-8")
    (tmp_path / "b.html").write_text('<a href="a.html#yes">x</a><a href="https://example.org">y</a>', encoding="utf-8")
    assert builder.faults_of_links(tmp_path) == [
        "a.html loads https://cdn.example/a.js",
        "a.html leads to no.html, which is not there",
        "a.html leads to #no, and that page has no such place",
    ]


@pytest.mark.engine
def test_every_page_says_its_version_and_is_in_the_contents(site: Path) -> None:
    pages = [
        path for path in site.rglob("*.html") if path.name not in ("explorer.html", "genindex.html", "search.html")
    ]
    assert len(pages) > 90
    assert [path.name for path in pages if f"sencosim {__version__}" not in path.read_text(encoding="utf-8")] == []
    told = (site / "llms.txt").read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)]+)\)", told)
    assert len(links) > 25
    assert [link for link in links if not (site / link).is_file()] == []


@pytest.mark.engine
def test_the_explorer_and_executed_notebooks_are_inside(site: Path) -> None:
    assert "default-src 'none'" in (site / "explorer.html").read_text(encoding="utf-8")
    assert "explorer.html" in (site / "index.html").read_text(encoding="utf-8")
    shown = (site / "notebooks" / "headline.html").read_text(encoding="utf-8")
    assert "cell-output" in shown
    assert "<img" in shown


@pytest.mark.study
def test_pages_ask_for_nothing_fit_a_telephone_and_axe_finds_nothing(site: Path, tmp_path: Path) -> None:
    # The theme's own sidebar breaks a rule of good practice (landmarks without names of their own), none of WCAG.
    found = judged({name: site / name for name in LOOKED_AT}, tmp_path / "profile", WCAG, ("wide", "small_dark"))
    for name, page in found["pages"].items():
        assert {look: faults for look, faults in page["faults"].items() if faults} == {}, name
        assert [look for look, (wide, screen) in page["widths"].items() if wide > screen] == [], name
        assert [one for asked in page["requests"].values() for one in asked if not one.startswith("file:")] == [], name


@pytest.mark.engine
def test_the_workflow_runs_what_make_runs_on_three_systems() -> None:
    told = YAML(typ="safe", pure=True).load(ROOT / ".github" / "workflows" / "test.yml")
    checks = told["jobs"]["checks"]
    assert {one.split("-")[0] for one in checks["strategy"]["matrix"]["os"]} == {"ubuntu", "macos", "windows"}
    steps = "\n".join(step.get("run", "") for job in told["jobs"].values() for step in job["steps"])
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"make (\w+)", steps):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    test = makefile.partition("\ntest:")[2].partition("\n\n")[0]
    for part in re.findall(r"\$\(BIN\)/(\S+)", test):
        assert part.split("/")[-1] in steps, f"the workflow leaves {part} out"
