"""A run stands alongside a frontier by its own point values: the figures are those that its summary counts."""

from __future__ import annotations

import pytest

from sencosim.model import RunResult
from sencosim.outcomes.frontier import COST
from sencosim.outcomes.on_frontier import own_figures
from sencosim.outcomes.summary import PRESENT_VALUE, TOTAL, summarise

pytestmark = pytest.mark.engine


def test_a_run_stands_there_by_its_point_values(full_time: RunResult) -> None:
    own, summary = own_figures(full_time), summarise(full_time, "E06000017", "Rutland")
    runs = summary.runs[(summary.runs["view"] == full_time.scenario.view) & (summary.runs["draw"] == 0)]
    cost = runs[(runs["outcome"] == COST) & (runs["year"] == PRESENT_VALUE)]["difference"]
    hours = runs[(runs["outcome"] == "senco_work_hours") & (runs["year"] == TOTAL)]["difference"]
    assert own.figures[COST] == pytest.approx(cost.mean())
    assert own.figures["senco_work_hours"] == pytest.approx(hours.mean() / full_time.scenario.horizon.years)
    assert own.errors[COST] == pytest.approx(cost.sem())
    assert own.title == full_time.scenario.title
