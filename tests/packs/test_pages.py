"""Pages: one script at most, no outside requests, printed on the pages promised, and no fault that axe can find."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from outcomes.made_up_frontier import write_frontier
from packs.test_brief import england_run
from pages.judge import A4, LOOKS, judged
from report.test_frontier_section import beside
from report.test_report_page import rendered

from sencosim.outcomes.frontier import Frontier
from sencosim.report.brief.write import make_brief, write_brief
from sencosim.report.compare.write import compare, write_comparison
from sencosim.report.frontier_page import Whole, frontier_html
from sencosim.report.stored import StoredRun

pytestmark = pytest.mark.engine
NAMES = ("pack", "run", "comparison", "brief", "frontier", "beside")
WITH_SCRIPT = ("run", "beside")
"""Reports: their script searches and sorts."""


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


@pytest.fixture(scope="session")
def found(pages: Mapping[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Any:
    return judged(pages, tmp_path_factory.mktemp("profile"))


@pytest.mark.parametrize("name", NAMES)
def test_a_page_asks_for_nothing(pages: Mapping[str, Path], name: str) -> None:
    text = pages[name].read_text(encoding="utf-8")
    assert re.findall("<script[^>]*>", text) == ["<script>"] * (name in WITH_SCRIPT)
    body = re.sub(r"<script>.*?</script>", "", text, flags=re.DOTALL)
    assert re.findall(r'(?:src|srcset|action)="', body) == []
    assert re.findall(r'href="(?!#)[^"]*"', body) == []
    assert re.findall(r"@import|url\((?!#)", text) == []
    assert '<html lang="en-GB">' in text
    assert len(re.findall(r"<h1", text)) == 1
    identities = re.findall(r'\bid="([^"]+)"', body)
    assert len(identities) == len(set(identities))


@pytest.mark.parametrize("name", NAMES)
def test_a_style_sheet_is_whole(pages: Mapping[str, Path], name: str) -> None:
    """Each rule for a medium begins once, and what is opened is closed."""
    (style,) = re.findall(r"<style>(.*?)</style>", pages[name].read_text(encoding="utf-8"), flags=re.DOTALL)
    assert style.count("{") == style.count("}")
    assert not re.search(r"@\w+\s*@", style)


@pytest.mark.parametrize("name", NAMES)
def test_axe_finds_no_fault_wide_on_a_phone_and_dark(found: Any, name: str) -> None:
    assert found["pages"][name]["faults"] == {look: [] for look in LOOKS}


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_wider_than_the_screen(found: Any, name: str) -> None:
    assert [name for name, (wide, screen) in found["pages"][name]["widths"].items() if wide > screen] == []
    assert {len(asked) for asked in found["pages"][name]["requests"].values()} == {1}, "the page itself"


def test_the_brief_prints_on_one_a4_page(found: Any) -> None:
    assert found["pages"]["brief"]["printed"] == {"n": 1, "size": A4}


@pytest.mark.parametrize("name", WITH_SCRIPT)
def test_a_report_prints_on_two_a4_pages_while_nothing_is_unfolded(found: Any, name: str) -> None:
    assert found["pages"][name]["printed"] == {"n": 2, "size": A4}


def test_search_shows_what_has_the_words_and_an_empty_box_shows_all(found: Any) -> None:
    used = found["used"]
    names = [name for name, _ in used["first"]]
    assert not any(is_open for _, is_open in used["first"])
    assert ["glossary", True] in used["searched"]
    assert len(used["searched"]) < len(names)
    assert f"{len(used['searched'])} of {len(names)} sections" in used["said"]
    assert used["again"] == used["first"]


def test_a_header_sorts_up_and_down_and_back(found: Any) -> None:
    before, up, down, after = found["used"]["orders"]
    assert up == sorted(before, key=str.lower)
    assert down == list(reversed(up))
    assert after == before
    assert up != before
