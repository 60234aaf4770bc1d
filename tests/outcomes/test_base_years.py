"""What a small run says of itself: base years of its views, what common chance buys, and its baseline."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from outcomes.conftest import small_run

from sencosim.engine.choose import engine_named
from sencosim.evidence.base_year import BASE_YEAR
from sencosim.experiment.totals import PairTotals, tidy_totals
from sencosim.model import RunResult, price_book
from sencosim.outcomes import reconcile
from sencosim.outcomes.catalogue import OUTCOME
from sencosim.outcomes.checks import COMPARED, WATCHED, base_years, common_chance
from sencosim.outcomes.reconcile import base_year_table, baseline_tables, money_table
from sencosim.population.sampling import only_councils
from sencosim.population.synthetic import synthetic_england
from sencosim.units import PHASES
from sencosim.vocabulary import COLUMN

RUTLAND = 857


@pytest.mark.engine
def test_base_years_are_those_of_the_ledger_on_the_same_schools_and_chance(full_time: RunResult) -> None:
    table = base_years(full_time).set_index("outcome")
    assert set(table["view"]) == {"sceptic"}
    assert list(table.index) == list(COMPARED)
    columns = [COLUMN[name] for name in OUTCOME["suspensions"].of]
    index = BASE_YEAR - full_time.scenario.start_year
    counts = [point.baseline[:, index][:, columns].sum() for point in full_time.points("sceptic")]
    assert table.loc["suspensions", "baseline"] == pytest.approx(np.mean(counts))
    ratio = table["baseline"] / table["main"] - 1.0
    assert np.allclose(ratio.fillna(0.0), table["relative"])


@pytest.mark.engine
@pytest.mark.parametrize(("with_events", "relative"), [(("sceptic",), 1.0), ((), 0.0), (("sceptic", "central"), 0.0)])
def test_an_area_in_which_nothing_happens_has_base_years_too(
    full_time: RunResult, with_events: tuple[str, ...], relative: float
) -> None:
    def points(view: str) -> Iterator[PairTotals]:
        for one in full_time.points("central"):
            happened = np.ones_like(one.baseline) if view in with_events else np.zeros_like(one.baseline)
            yield replace(one, baseline=happened)

    other: Any = SimpleNamespace(scenario=full_time.scenario, points=points)
    assert list(base_years(other)["relative"]) == [relative] * len(COMPARED)


@pytest.mark.engine
def test_what_common_chance_buys_is_of_the_horizon_whole_whichever_year_a_count_is_in(whole_run: RunResult) -> None:
    years = whole_run.scenario.horizon.years

    def turned(arm: np.ndarray) -> np.ndarray:
        return np.concatenate([arm[:, :-years], np.roll(arm[:, -years:], 1, axis=1)], axis=1)

    def points(view: str) -> Iterator[PairTotals]:
        for one in whole_run.points(view):
            yield replace(one, baseline=turned(one.baseline), policy=turned(one.policy))

    other: Any = SimpleNamespace(scenario=whole_run.scenario, points=points)
    gains, expected = common_chance(other), common_chance(whole_run)
    told = [name for name in WATCHED if name in expected]
    assert told
    assert [gains[name] for name in told] == pytest.approx([expected[name] for name in told])


@pytest.mark.engine
def test_the_table_that_ships_with_a_calibration_is_what_a_run_of_the_same_schools_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """On the schools of Rutland: the baseline of the first replication of the central view."""
    monkeypatch.setattr(reconcile, "synthetic_england", lambda: only_councils(synthetic_england(), (RUTLAND,)))
    monkeypatch.setattr(reconcile, "engine_named", lambda _: engine_named("reference"))
    run = small_run("baseline", **{"run.seed": "1", "run.replications": "1", "views": "[central]"})
    totals, start = next(run.points("central")), run.scenario.start_year
    academic = tidy_totals(totals.strata, {"value": totals.baseline}, start)
    calendar = tidy_totals(totals.strata, {"value": totals.calendar}, start + 1)
    chosen = {phase: totals.is_secondary == (phase == "secondary") for phase in PHASES}
    hours = {phase: (totals.hours[rows], totals.school_weight[rows]) for phase, rows in chosen.items()}
    money = money_table(academic, price_book(run.scenario, "central", totals.values))
    expected = pd.concat([base_year_table(academic, calendar, hours), money], ignore_index=True)
    pd.testing.assert_frame_equal(baseline_tables(), expected)
    assert (expected["model"] > 0.0).sum() > 30
