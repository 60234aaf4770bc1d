"""The first two pages: short enough to be read aloud, every number traced to a row of a file, each figure once."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest
from report.test_report_page import rendered

from sencosim.outcomes.uses import FOR_SEN, UNPAID
from sencosim.report.findings import Findings
from sencosim.report.front import Source, front_of
from sencosim.report.inputs import ReportInputs
from sencosim.report.outputs import write_outputs
from sencosim.report.quoted import quoted_figures, unsupported_figures
from sencosim.report.showing import CAUTIONS

pytestmark = pytest.mark.unit
MOST_WORDS = 300
"""Two minutes, at 150 words a minute."""


class Prose(HTMLParser):
    """Words of each page outside tables, pictures and what is folded."""

    def __init__(self) -> None:
        super().__init__()
        self.words: dict[str, list[str]] = {"page-one": [], "page-two": []}
        self._page = "page-one"
        self._left_out: list[str] = []
        self._is_inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "header" or found.get("id") in self.words:
            self._is_inside, self._page = True, str(found.get("id") or "page-one")
        if found.get("id") == "more":
            self._is_inside = False
        if self._left_out or tag in ("table", "nav", "figure", "details"):
            self._left_out.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._left_out and tag in self._left_out:
            while self._left_out.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if self._is_inside and not self._left_out:
            self.words[self._page] += data.split()


def prose(inputs: ReportInputs) -> dict[str, list[str]]:
    reader = Prose()
    reader.feed(rendered(inputs))
    return reader.words


def test_each_page_reads_aloud_in_two_minutes(inputs: ReportInputs) -> None:
    words = prose(inputs)
    assert 60 < len(words["page-one"]) <= MOST_WORDS
    assert 60 < len(words["page-two"]) <= MOST_WORDS


def test_the_answer_is_three_views_by_the_baselines_that_were_run(inputs: ReportInputs) -> None:
    table = front_of(Findings(inputs)).answer
    assert [row[0] for row in table.rows] == ["Campaign", "Central", "Sceptic"]
    both = pd.DataFrame(
        [
            {"law": law, "view": view, "outcome": "net_public_cost", "difference": 1e9, "p10": 8e8, "p90": 1.2e9}
            for law in ("current_law", "announced")
            for view in ("central", "sceptic")
        ]
    )
    table = front_of(Findings(replace(inputs, baselines=both))).answer
    assert table.columns[1:5] == (
        *("Against today's law", "80 % interval"),
        *("Against the announced law", "80 % interval"),
    )
    rows = {str(row[0]): row for row in table.shown}
    assert rows["Sceptic"][3:5] == ("£1.00 billion", "£0.80 billion to £1.20 billion")
    assert rows["Campaign"][3] == "not run"


def test_a_headline_under_another_law_than_todays_says_so(inputs: ReportInputs) -> None:
    """A run of one law has no table of laws: its manifest says which."""
    for laws, words in ((["announced"], "the announced law"), (["current_law"], "today's law")):
        findings = Findings(replace(inputs, manifest={**inputs.manifest, "laws": laws}))
        front = front_of(findings)
        assert front.answer.columns[1] == f"Against {words}"
        assert (", against the announced law (80 % interval" in front.lead) == (laws == ["announced"])


def values_of(source: Source, folder: Path) -> list[float]:
    """Numbers that a source names, as a reader would look them up."""
    frame = pd.read_csv(folder / source.file)
    if source.row.startswith("sum of "):
        share = frame.set_index("name")["added_share"]
        return [float(share[list(FOR_SEN)].sum() - share[UNPAID]) * 100.0]
    pairs = [part.split("=") for part in source.row.split(", ")]
    if [name for name, _ in pairs] == ["key", "key"]:
        frame = frame[(frame["outcome"] == "net_public_cost") & frame["key"].isin([value for _, value in pairs])]
        return [float(value) for value in frame[source.columns]]
    for name, value in pairs:
        frame = frame[frame[name].astype(str) == value]
    if "payer" in frame.columns and "payer=" not in source.row:
        frame = frame[frame["payer"].isna()]
    assert len(frame) == 1, source
    row = frame.iloc[0]
    scale = 100.0 if source.file == "uses.csv" else 1.0
    return [float(row[name]) * scale for name in source.columns.split(", ")]


def test_every_number_of_the_two_pages_is_where_the_trace_says(inputs: ReportInputs, tmp_path: Path) -> None:
    uses = pd.DataFrame(
        [
            (name, "use", name.replace("_", " "), 0.0, 1.0, 1.0, share, share, share)
            for name, share in zip(FOR_SEN, (0.2, 0.1, 0.05, 0.03, 0.02), strict=True)
        ]
        + [
            (name, "use", name, 0.0, 1.0, 1.0, *[share] * 3)
            for name, share in (("released", 0.55), ("vacant_or_away", 0.03))
        ]
        + [("study_and_travel", "use", "study", 0.0, 1.0, 1.0, *[0.02] * 3)]
        + [
            ("paid", "paid", "hours paid", 0.0, 1.0, 1.0, 1.0, 1.0, 1.0),
            (UNPAID, "memorandum", "x", 0.0, 1.0, 1.0, *[0.15] * 3),
        ],
        columns=[
            "name",
            "kind",
            "words",
            "baseline",
            "policy",
            "added",
            "baseline_share",
            "policy_share",
            "added_share",
        ],
    )
    whole = replace(inputs, uses=uses)
    front = front_of(Findings(whole))
    assert sum(part.pence for part in front.parts) == 100
    folder = write_outputs(whole, tmp_path)
    assert {source.file for source in front.sources} == {"summary.csv", "uses.csv"}
    for source in front.sources:
        printed = re.sub(r"(\d+)p\b", r"\1", source.printed)
        assert unsupported_figures(printed, values_of(source, folder), slack_steps=1.0) == [], source


def test_every_number_on_the_two_pages_has_a_source(inputs: ReportInputs) -> None:
    front = front_of(Findings(inputs))
    known = {figure.text for source in front.sources for figure in quoted_figures(source.printed)}
    # The chance stands alongside its draws, which say themselves what it rests on.
    cells = [
        cell
        for table in (front.answer, front.payers, front.people)
        for row in table.shown
        for name, cell in zip(table.columns, row, strict=True)
        if name not in ("Outcome", "Chance that it saves money")
    ]
    assert {figure.text for cell in cells for figure in quoted_figures(cell)} <= known


def test_what_may_not_be_quoted_says_so_on_page_two(clean: ReportInputs) -> None:
    assert not any("quoted" in one for one in front_of(Findings(clean)).sure)
    stopped = replace(clean, manifest={**clean.manifest, CAUTIONS: ["No study has seen so many hours."]})
    assert "Nothing here may be quoted." in front_of(Findings(stopped)).sure
