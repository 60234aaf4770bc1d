"""The line on which two inputs together change the answer, on a model whose line is known."""

from __future__ import annotations

import numpy as np
import pytest
from studies.conftest import RUTLAND
from studies.made_up import made_up_rows, position

from sencosim.errors import InputError
from sencosim.experiment.pool import Where
from sencosim.scenario.schema import Scenario
from sencosim.studies import breakeven_search as searching
from sencosim.studies.breakeven_search import POINTS, Model, pair_answer, search_pair
from sencosim.studies.question import Point

pytestmark = pytest.mark.unit
FIRST, SECOND = "used_share_added", "senco_leaving_rate"


@pytest.fixture
def models(policy: Scenario, monkeypatch: pytest.MonkeyPatch) -> tuple[Model, Model]:
    monkeypatch.setattr(searching, "run_now", lambda question, *_: list(made_up_rows(question, None)))
    one, other = (
        Model(policy, RUTLAND, 0.02, SECOND, "public", part, Where(1), lambda _: None)
        for part in (range(2), range(2, 4))
    )
    return one, other


def test_the_line_is_where_the_net_cost_is_nought(models: tuple[Model, Model]) -> None:
    found = search_pair(*models, FIRST)
    line = found.table[found.table["status"] == "found"]
    assert len(found.table) == POINTS
    assert len(line) >= 2
    for row in line.to_dict(orient="records"):
        point = Point("central", 1, {FIRST: row["first"], SECOND: row["second"]}, {})
        assert 80.0 * position(point, SECOND) + 40.0 * position(point, FIRST) == pytest.approx(-100.25, abs=0.6)
        assert row["low"] <= row["second"] <= row["high"]
    assert line["second"].is_monotonic_decreasing
    assert set(found.grid.columns) == {"first", "second", "net_benefit_gbp"}
    assert len(found.grid) == POINTS**2
    assert set(found.runs["purpose"]) == {"search", "rerun"}


def test_points_are_run_again_with_other_chance(models: tuple[Model, Model]) -> None:
    found = search_pair(*models, FIRST)
    again = found.runs[found.runs["purpose"] == "rerun"]
    assert set(again["replication"]) == {2, 3}
    checked = found.table[found.table["confirmed"].notna()]
    assert len(again) == 2 * len(checked)
    # Replications 2 and 3 of the made-up model cost a million more than 0 and 1, with a quarter of a million of error:
    # of two replications not enough to refute anything (Student's t with one degree of freedom).
    assert checked["confirmed"].all()
    assert np.allclose(checked["rerun_net_gbp"], -1e6, atol=5e5)


def test_it_is_told_and_drawn(models: tuple[Model, Model]) -> None:
    answer = pair_answer(search_pair(*models, FIRST), "public", "central", "Source: a test.")
    assert "The answer changes where" in answer.text
    assert "run again with other schools and chance agree" in answer.text
    assert {"line", "grid", "runs"} == set(answer.tables)
    chart = answer.charts[0]
    assert "<title" in chart.svg
    assert "at which the answer changes" in chart.text
    assert answer.name == f"breakeven-{FIRST}-{SECOND}"


def test_no_line_is_said_plainly(models: tuple[Model, Model]) -> None:
    found = search_pair(*models, FIRST, (None, (0.2, 0.3)))
    answer = pair_answer(found, "public", "central", "Source: a test.")
    assert "No pair changes the answer" in answer.text
    assert "Not within the evidence." in answer.text
    assert set(found.table["status"]) == {"no root in range"}


def test_a_pair_of_one_is_refused(models: tuple[Model, Model]) -> None:
    with pytest.raises(InputError, match="named twice"):
        search_pair(*models, SECOND)
    with pytest.raises(InputError, match="say which range"):
        search_pair(*models, "levers.protected_time.floor.hours_per_week")
