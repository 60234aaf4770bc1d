"""The section on the best policy for the money: page, terminal, folder, charts; and when there is none."""

from __future__ import annotations

import html
import json
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from outcomes.made_up_frontier import write_frontier
from report.conftest import made_up_inputs
from report.test_report_page import outline, rendered

from sencosim.outcomes.frontier import Frontier
from sencosim.outcomes.on_frontier import NO_FRONTIER, Own, frontier_facts, standings
from sencosim.report.charts.frontier import cases_chart
from sencosim.report.charts.labels import Label, place_labels
from sencosim.report.findings import Findings
from sencosim.report.frontier import (
    frontier_told,
)
from sencosim.report.frontier_page import Whole, cases_grid
from sencosim.report.frontier_section import (
    best_sentences,
    beyond_sentence,
    headline_lines,
)
from sencosim.report.inputs import ReportInputs
from sencosim.report.outputs import write_outputs
from sencosim.report.quoted import numbers_in, unsupported_figures
from sencosim.report.stored import WORDS
from sencosim.report.stored import _csv_or_nothing as csv_or_nothing
from sencosim.report.terminal import answer_text

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def frontier(tmp_path_factory: pytest.TempPathFactory) -> Frontier:
    return Frontier.read(write_frontier(tmp_path_factory.mktemp("frontier") / "made_up"))


@lru_cache(maxsize=1)
def few() -> ReportInputs:
    """A made-up run of a few draws."""
    return made_up_inputs(n_draws=3)


def as_own(frontier: Frontier, name: str) -> Own:
    """A policy of the frontier as that of a run."""
    row, error = (table.loc[[name]].to_dict("records")[0] for table in (frontier.figures, frontier.errors))
    return Own(
        "Made-up policy",
        {str(key): float(value) for key, value in row.items()},
        {str(key): float(value) for key, value in error.items()},
    )


def beside(frontier: Frontier, name: str, **facts: object) -> ReportInputs:
    """A made-up run whose policy changes what a policy of the frontier does."""
    table = standings(frontier, as_own(frontier, name))
    return replace(few(), frontier=table, frontier_facts=frontier_facts(frontier) | facts)


@pytest.fixture(scope="module")
def full_time(frontier: Frontier) -> ReportInputs:
    return beside(frontier, "full_time")


def test_the_page_holds_the_section_its_charts_and_its_tables(full_time: ReportInputs) -> None:
    html = rendered(full_time)
    page = outline(html)
    assert page.ids.count("best") == 1
    assert {"table-frontier_policies", "table-frontier_aims", "table-rule_examples"} <= set(page.ids)
    assert len(page.pictures) == len(outline(rendered(few())).pictures) + 2
    assert all(one == {"role": "img", "title": 1, "desc": 1} for one in page.pictures)
    assert len(page.ids) == len(set(page.ids))
    assert all(target[1:] in page.ids for target in page.targets)
    assert page.open == []
    assert all(after - before <= 1 for before, after in zip(page.headings, page.headings[1:], strict=False))


def test_the_sentences_name_the_rule_the_cheapest_and_the_most(frontier: Frontier, full_time: ReportInputs) -> None:
    told = frontier_told(Findings(full_time))
    assert told is not None
    rule, cheapest, most = best_sentences(told)
    assert all(sentence in rule for sentence in frontier.facts["rule"])
    point = str(frontier.points.loc["point_6", "title"])
    assert point in cheapest  # full time gains as much as the dearest point, and costs more
    assert "£7.5 billion" in cheapest
    assert most.startswith("No policy found does more")
    known = [*numbers_in(full_time.frontier), *(float(row["gain"]) for row in full_time.frontier.to_dict("records"))]
    text = " ".join((rule, cheapest, most))
    for words in (point, *frontier.facts["rule"]):
        text = text.replace(str(words), "")
    own = full_time.frontier[full_time.frontier["kind"] == "this"]
    shares = [float(one["gain"]) / float(own["gain"].iloc[0]) for one in full_time.frontier.to_dict("records")]
    assert unsupported_figures(text, [*known, *shares]) == []


def test_every_policy_of_the_frontier_can_be_told(frontier: Frontier) -> None:
    for name in frontier.figures.index:
        told = frontier_told(Findings(beside(frontier, str(name))))
        assert told is not None
        sentences = best_sentences(told)
        assert all(sentences)
        assert not any("nan" in sentence or "not known" in sentence or "{" in sentence for sentence in sentences)


def test_the_rule_is_its_own_best(frontier: Frontier) -> None:
    told = frontier_told(Findings(beside(frontier, "rule")))
    assert told is not None
    assert "about as good for the money" in best_sentences(told)[0]


def test_the_terminal_tells_the_rule_and_the_cheapest(full_time: ReportInputs) -> None:
    text = " ".join(answer_text(full_time).split())
    for line in headline_lines(Findings(full_time)):
        assert " ".join(line.split()) in text


@pytest.mark.parametrize(
    ("why", "words"),
    [
        (
            {"reason": "area", "its": "England", "own": "Rutland", "chosen": "--council Rutland"},
            "optimise --council Rutland",
        ),
        ({"reason": "years", "its": "2027/28 to 2036/37", "own": "2027/28 to 2028/29"}, "2027/28 to 2028/29"),
        ({"reason": NO_FRONTIER}, "ships without a frontier"),
    ],
)
def test_a_run_that_may_not_stand_there_says_why_and_shows_nothing(why: dict[str, str], words: str) -> None:
    inputs = replace(few(), frontier_facts={"why_not": why})
    html = rendered(inputs)
    assert words in html
    assert words in " ".join(answer_text(inputs).split())
    assert "best_for_the_money" not in html
    assert 'id="table-frontier_policies"' not in html


def test_a_policy_without_levers_has_no_section(nothing: ReportInputs) -> None:
    html = rendered(nothing)
    assert 'id="best"' not in html
    assert "best policy" not in html.lower()
    assert headline_lines(Findings(nothing)) == ()


def test_a_stale_frontier_says_so(frontier: Frontier, full_time: ReportInputs) -> None:
    stale = beside(frontier, "full_time", is_current=False)
    for text in (rendered(stale), " ".join(answer_text(stale).split())):
        assert "an older model or older evidence" in text
    assert "an older model" not in rendered(full_time)


def test_a_shipped_policy_that_is_not_to_be_quoted_is_named(full_time: ReportInputs) -> None:
    """A team around the SENCO carries a caution, and is among the shipped policies alongside the frontier."""
    words = " ".join(html.unescape(rendered(full_time)).split())
    assert "“A team around the SENCO” is not to be quoted" in words


def test_the_folder_keeps_it(full_time: ReportInputs, tmp_path: Path) -> None:
    folder = write_outputs(full_time, tmp_path)
    assert (folder / "frontier.csv").is_file()
    assert (folder / "charts" / "best_for_the_money.svg").is_file()
    facts = json.loads((folder / WORDS).read_text(encoding="utf-8"))["frontier_facts"]
    again = replace(full_time, frontier=csv_or_nothing(folder / "frontier.csv"), frontier_facts=facts)
    assert headline_lines(Findings(again)) == headline_lines(Findings(full_time))
    assert again.frontier["cost"].tolist() == pytest.approx(full_time.frontier["cost"].tolist())


def test_a_policy_that_does_more_than_the_frontier_is_named(frontier: Frontier) -> None:
    own = as_own(frontier, "full_time")
    better = Own(own.title, dict(own.figures) | {"net_public_cost": 1e9}, own.errors)
    inputs = replace(few(), frontier=standings(frontier, better), frontier_facts=frontier_facts(frontier))
    told = frontier_told(Findings(inputs))
    assert told is not None
    assert "this policy" in beyond_sentence(told)
    plain = frontier_told(Findings(beside(frontier, "full_time")))
    assert plain is not None
    assert beyond_sentence(plain) == ""


def test_the_grid_says_in_words_what_its_colours_say(frontier: Frontier) -> None:
    grid = cases_grid(frontier)
    chart = cases_chart(grid, Whole(frontier, {}).told, "made up")
    assert chart.svg.count(">holds<") == int(grid["holds"].sum())
    assert chart.svg.count(">fails<") == int((~grid["holds"]).sum())


POINT = st.tuples(st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.text("abcdefghij_ ", min_size=3, max_size=18))


@settings(max_examples=30, deadline=None)
@given(points=st.lists(POINT, min_size=1, max_size=16))
def test_no_two_labels_overlap(points: list[tuple[float, float, str]]) -> None:
    figure = Figure(figsize=(9, 6))
    canvas = FigureCanvasAgg(figure)
    axes = figure.add_axes((0.1, 0.1, 0.85, 0.85))
    axes.set_xlim(-0.1, 1.1)
    axes.set_ylim(-0.1, 1.1)
    labels = [Label(words.strip() or "none", x, y) for x, y, words in points]
    left_out = place_labels(axes, labels, 9)
    assert len(left_out) + len(axes.texts) == len(labels)
    canvas.draw()
    boxes = [Text.get_window_extent(one) for one in axes.texts]  # of the words, without the line to their point
    for number, one in enumerate(boxes):
        assert not any(one.overlaps(other) for other in boxes[:number])
        assert axes.bbox.x0 - 1.0 <= one.x0
        assert one.x1 <= axes.bbox.x1 + 1.0
