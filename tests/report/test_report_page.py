"""The page: structure, accessibility basics, nothing from outside, every figure in the summary."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from sencosim.evidence.glossary import glossary
from sencosim.report.findings import Findings
from sencosim.report.inputs import ReportInputs
from sencosim.report.manifest import completed
from sencosim.report.outputs import charts_of
from sencosim.report.page import page_html
from sencosim.report.probability import stored_tables
from sencosim.report.quoted import figures_of, numbers_in, unsupported_figures
from sencosim.report.tables import payers_frame

pytestmark = pytest.mark.unit

VOID = {"meta", "br", "img", "link", "input", "hr"}


class Outline(HTMLParser):
    """What a page is made of."""

    def __init__(self) -> None:
        super().__init__()
        self.headings: list[int] = []
        self.tables: list[dict[str, int]] = []
        self.pictures: list[dict[str, object]] = []
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.resources: list[str] = []
        self.attributes: dict[str, dict[str, str | None]] = {}
        self.open: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.attributes.setdefault(tag, found)
        self.ids += [str(found["id"])] if "id" in found else []
        if tag not in VOID:
            self.open.append(tag)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        self.note_table(tag, found)
        self.note_picture(tag, found)
        if tag == "a":
            self.targets.append(str(found.get("href")))
        else:
            self.resources += [
                str(value) for name, value in attrs if name in ("src", "href", "data", "srcset", "poster")
            ]

    def note_table(self, tag: str, found: dict[str, str | None]) -> None:
        if tag == "table":
            self.tables.append({"caption": 0, "unscoped": 0, "th": 0})
        if tag == "caption":
            self.tables[-1]["caption"] += 1
        if tag == "th":
            self.tables[-1]["th"] += 1
            self.tables[-1]["unscoped"] += found.get("scope") not in ("col", "row")

    def note_picture(self, tag: str, found: dict[str, str | None]) -> None:
        if tag == "svg":
            self.pictures.append({"role": found.get("role"), "title": 0, "desc": 0})
        if tag in ("title", "desc") and "svg" in self.open[:-1]:
            self.pictures[-1][tag] = int(self.pictures[-1][tag]) + 1  # type: ignore[call-overload]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"{tag} closes something else"

    def handle_data(self, data: str) -> None:
        if not {"style", "svg", "pre", "script"} & set(self.open):
            self.text.append(data)


def rendered(inputs: ReportInputs) -> str:
    findings = Findings(replace(inputs, manifest=completed(inputs.manifest)))
    run_id = "2026-11-22T10-15-00Z-3f9a"
    return page_html(findings, charts_of(findings, run_id), run_id, "2026-11-22T10:15:00Z")


def outline(html: str) -> Outline:
    parser = Outline()
    parser.feed(html)
    parser.close()
    return parser


@pytest.fixture(scope="module")
def page(inputs: ReportInputs) -> Outline:
    return outline(rendered(inputs))


def test_headings_are_in_order(page: Outline) -> None:
    assert page.headings.count(1) == 1
    assert page.headings[0] == 1
    assert all(after - before <= 1 for before, after in zip(page.headings, page.headings[1:], strict=False))


def test_tables_have_captions_and_scopes(page: Outline) -> None:
    assert len(page.tables) >= 10
    assert all(table["caption"] == 1 and table["th"] > 0 and table["unscoped"] == 0 for table in page.tables)


def test_pictures_have_a_role_a_title_and_a_description(page: Outline) -> None:
    assert page.pictures == [{"role": "img", "title": 1, "desc": 1}] * 6


def test_ids_are_unique_and_links_lead_somewhere(page: Outline) -> None:
    assert len(page.ids) == len(set(page.ids))
    assert all(target.startswith("#") and target[1:] in page.ids for target in page.targets)
    assert page.targets[0] == "#answer"


def test_language_and_nothing_left_open(page: Outline) -> None:
    assert page.attributes["html"]["lang"] == "en-GB"
    assert page.open == []


def test_nothing_from_outside(inputs: ReportInputs, page: Outline) -> None:
    html = rendered(inputs)
    assert all(resource.startswith("#") for resource in page.resources)
    assert re.findall("<script[^>]*>", html) == ["<script>"]
    assert "@import" not in html
    assert not re.search(r"url\((?!#)", html)
    assert set(re.findall(r"https?://[^\"'\s<>]+", html)) <= {"http://www.w3.org/2000/svg"}


def _by_draw_of_the_plane(inputs: ReportInputs) -> list[float]:
    """What the dots of the plane stand for: means over replications of the stored runs, draw by draw."""
    runs = inputs.runs[inputs.runs["view"] == inputs.main_view]
    return runs.groupby(["draw", "outcome", "payer", "year"])["difference"].mean().tolist()


def test_every_figure_of_the_page_is_in_the_tables(inputs: ReportInputs, page: Outline) -> None:
    by_payer = payers_frame(Findings(inputs)).query("public and view == 'central'")
    known = [
        *figures_of(inputs),
        by_payer["cost_gbp"].sum(),
        by_payer["saving_gbp"].sum(),
        *numbers_in(inputs.reconciliation),
        *(inputs.reconciliation["model"] / inputs.reconciliation["published"].where(lambda value: value > 0)).dropna(),
        *numbers_in(inputs.parameters),
        *(float(inputs.manifest[name]) for name in ("seed", "sample_share", "seconds")),
        *(number for table in stored_tables(Findings(inputs)).values() for number in numbers_in(table)),
        *_by_draw_of_the_plane(inputs),
        *(20.0, 0.0, 3.0, 4.0, 5.0, 6.0, 7.0, 1.0),  # twenty weeks, counts of grades and of rows, the licence
    ]
    # Cumulative starts of the waterfall's steps stand in its data table.
    data = next(
        c for c in charts_of(Findings(replace(inputs, manifest=completed(inputs.manifest))), "x") if "payer" in c.name
    ).data
    text = re.sub(
        r"commit 0+|January \d{4}|SHA-256|sencosim \d\.\d\.\d|v3\.0|Python|\d+\.\d+\.\d+|charts/\S+",
        " ",
        " ".join(page.text),
    )
    for word in glossary():
        text = text.replace(word.means, " ")
    assert unsupported_figures(text, [*known, *numbers_in(data)], slack_steps=1.0) == []


def test_words_from_outside_are_escaped(inputs: ReportInputs) -> None:
    hostile = replace(inputs.scenario, title="<script>alert(1)</script>", description="made up <b>")
    html = rendered(replace(inputs, scenario=hostile))
    assert "made up &lt;b&gt;" in html
    assert "<script>alert" not in html


def test_the_answer_comes_first_and_the_limits_are_there(inputs: ReportInputs) -> None:
    html = rendered(inputs)
    places = [
        html.index(word)
        for word in (
            "<h1>",
            'class="lead"',
            'id="table-front_answer"',
            'id="table-front_payers"',
            'id="table-front_people"',
            'id="sure"',
            'id="more"',
            'id="table-trace"',
            'id="limits"',
        )
    ]
    assert places == sorted(places)
    assert "No study measures what SENCO time causes" in html
    assert "as campaigners multiply" in html
    assert "Not part of the answer" in html


def test_an_empty_run_and_a_single_draw_render(nothing: ReportInputs, one_draw: ReportInputs) -> None:
    assert outline(rendered(nothing)).headings.count(1) == 1
    bare = replace(
        one_draw,
        parameters=one_draw.parameters.iloc[:0],
        reconciliation=one_draw.reconciliation.iloc[:0],
        checks=(),
        unmonetised=(),
        manifest={},
    )
    assert outline(rendered(bare)).headings.count(1) == 1
