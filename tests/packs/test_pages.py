"""Pages: no scripts, no outside requests, one A4 page where promised, and no fault that axe can find."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from importlib import resources
from pathlib import Path

import pytest
from outcomes.made_up_frontier import write_frontier
from packs.test_brief import england_run
from report.test_frontier_section import beside
from report.test_report_page import rendered

from sencosim.outcomes.frontier import Frontier
from sencosim.report.brief.write import make_brief, write_brief
from sencosim.report.compare.write import compare, write_comparison
from sencosim.report.frontier_page import Whole, frontier_html
from sencosim.report.stored import StoredRun

pytestmark = pytest.mark.engine
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
SECONDS = 120


@pytest.fixture(scope="session")
def browser() -> str:
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip(f"NOT CHECKED for accessibility and print: none of {', '.join(BROWSERS)} is installed here")
    return found


@pytest.fixture(scope="session")
def pages(
    pack: Path, full_time: StoredRun, protected_time: StoredRun, tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, Path]:
    root = tmp_path_factory.mktemp("pages")
    frontier = Frontier.read(write_frontier(root / "frontier"))
    (root / "frontier.html").write_text(frontier_html(Whole(frontier, {})), encoding="utf-8")
    (root / "beside.html").write_text(rendered(beside(frontier, "full_time")), encoding="utf-8")
    return {
        "frontier": root / "frontier.html",
        "beside": root / "beside.html",
        "pack": pack / "report.html",
        "run": full_time.folder / "report.html",
        "comparison": write_comparison(compare([protected_time, full_time], ()), root) / "comparison.html",
        "brief": write_brief(make_brief(england_run(full_time), "Norfolk"), root) / "brief.html",
    }


def run_browser(browser: str, *arguments: str) -> str:
    command = [browser, "--headless", "--no-sandbox", "--disable-gpu", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=True).stdout


@pytest.mark.parametrize("name", ["pack", "run", "comparison", "brief", "frontier", "beside"])
def test_a_page_needs_no_script_and_asks_for_nothing(pages: Mapping[str, Path], name: str) -> None:
    text = pages[name].read_text(encoding="utf-8")
    assert "<script" not in text
    assert re.findall(r'(?:src|srcset|action)="', text) == []
    assert re.findall(r'href="(?!#)[^"]*"', text) == []
    assert re.findall(r"@import|url\((?!#)", text) == []
    assert '<html lang="en-GB">' in text
    assert len(re.findall(r"<h1", text)) == 1
    identities = re.findall(r'\bid="([^"]+)"', text)
    assert len(identities) == len(set(identities))


@pytest.mark.parametrize("name", ["pack", "run", "comparison", "brief", "frontier", "beside"])
def test_axe_finds_no_fault(pages: Mapping[str, Path], name: str, browser: str, tmp_path: Path) -> None:
    axe = resources.files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8")
    options = json.dumps({"runOnly": RULES, "resultTypes": ["violations"]})
    judge = (
        f"<script>{axe}</script><script>axe.run(document,{options}).then(function(found){{"
        "var told=document.createElement('pre');told.id='axe-result';"
        "told.textContent=JSON.stringify(found.violations.map(function(one){"
        "return {id:one.id,help:one.help,where:one.nodes.slice(0,3).map(function(n){return n.html.slice(0,160)})}}));"
        "document.body.innerHTML='';document.body.appendChild(told)});</script>"
    )
    copy = tmp_path / "page.html"
    copy.write_text(pages[name].read_text(encoding="utf-8").replace("</body>", f"{judge}</body>"), encoding="utf-8")
    shown = run_browser(browser, "--virtual-time-budget=60000", "--dump-dom", copy.as_uri())
    told = re.search(r'<pre id="axe-result">(.*?)</pre>', shown, flags=re.DOTALL)
    assert told is not None, "axe did not answer"
    assert json.loads(html.unescape(told.group(1))) == []


def test_the_brief_prints_on_one_a4_page(pages: Mapping[str, Path], browser: str, tmp_path: Path) -> None:
    printed = tmp_path / "brief.pdf"
    run_browser(browser, "--no-pdf-header-footer", f"--print-to-pdf={printed}", pages["brief"].as_uri())
    content = printed.read_bytes()
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", content)) == 1
    box = re.search(rb"/MediaBox\s*\[\s*0\s+0\s+([\d.]+)\s+([\d.]+)", content)
    assert box is not None
    assert [round(float(side)) for side in box.groups()] == [595, 842]
