"""Bands, and effects without a price."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sencosim.costing.cost import reason_not_priced
from sencosim.costing.discount import present_value
from sencosim.costing.value_for_money import (
    COUNTED_EFFECTS,
    UNMONETISED_COLUMNS,
    UnmonetisedEffect,
    effects_of_ledger,
    switching_values,
    value_for_money_band,
)
from sencosim.errors import CostingError
from sencosim.vocabulary import Quantity


@pytest.mark.unit
@pytest.mark.parametrize(
    ("ratio", "band"),
    [
        (-1.0, "very poor"),
        (0.0, "very poor"),
        (0.01, "poor"),
        (0.999, "poor"),
        (1.0, "low"),
        (1.5, "medium"),
        (1.999, "medium"),
        (2.0, "high"),
        (4.0, "very high"),
        (40.0, "very high"),
    ],
)
def test_bands_are_those_of_the_rules_and_labelled(ratio: float, band: str) -> None:
    assert value_for_money_band(ratio) == f"{band} (indicative)"
    assert value_for_money_band(None) is None


@pytest.mark.unit
def test_readings_of_switching_values() -> None:
    effects = [
        UnmonetisedEffect("not counted", "better", "large", "E"),
        UnmonetisedEffect("none gained", "worse", "small", "C", "days", [-1.0, -2.0]),
        UnmonetisedEffect("gained", "better", "small", "C", "days", [0.0, 10.35]),
        UnmonetisedEffect("open", "unclear", "unknown", "E", "weeks", [5.0]),
    ]
    table = switching_values(effects, -100.0).set_index("effect")
    assert list(table.reset_index().columns) == list(UNMONETISED_COLUMNS)
    assert table.loc["not counted", "reading"] == "not counted"
    assert "not reachable" in table.loc["none gained", "reading"]
    assert table.loc["gained", "switching_value_gbp_per_unit"] == pytest.approx(10.0)
    assert pd.isna(table.loc["open", "switching_value_gbp_per_unit"])
    assert "not known whether" in table.loc["open", "reading"]
    good = switching_values(effects, 100.0).set_index("effect")
    assert good.loc["gained", "reading"] == "breaks even without it"
    assert list(switching_values([], 1.0).columns) == list(UNMONETISED_COLUMNS)


@pytest.mark.unit
def test_counted_effects_are_quantities_without_a_price() -> None:
    names = {quantity.key for quantity in Quantity}
    for effect in COUNTED_EFFECTS:
        for name in effect.quantities:
            assert name in names
            assert reason_not_priced(name) is not None


@pytest.mark.unit
def test_effects_are_read_from_the_ledger_with_their_direction() -> None:
    table = pd.DataFrame(
        {
            "year": [2027, 2028, 2028, 2027, 2040],
            "quantity": ["crises_late", "crises_late", "done.support_review", "absence_days", "plan_weeks.mainstream"],
            "value": [-5.0, -7.0, -1.0, 3.0, 99.0],
        }
    )
    sizes = {"Crises answered late, avoided": "large"}
    found = {effect.title: effect for effect in effects_of_ledger(table, 2027, 2, sizes)}  # type: ignore[arg-type]
    spared = found["Crises answered late, avoided"]
    assert (list(spared.units), spared.direction, spared.size) == ([5.0, 7.0], "better", "large")  # type: ignore[arg-type]
    assert found["SEN Support reviews done"].direction == "worse"
    assert len(found) == 2  # weeks to plan move after the horizon alone, days missed have no baseline to be a rate of
    with pytest.raises(CostingError, match="lacks value"):
        effects_of_ledger(table.drop(columns="value"), 2027, 2)


@pytest.mark.property
@given(st.floats(1.0, 1e6), st.floats(0.0, 30.0), st.floats(-0.9, 2.0), st.floats(-5.0, 5.0))
def test_days_missed_move_with_the_rate_alone(pupils: float, days: float, more: float, saved: float) -> None:
    """More pupils who miss as many days each are no harm, and fewer days each are a gain whoever comes or goes."""
    base, others = days * pupils, (1.0 + more) * pupils
    rate = max(0.0, days - saved)
    table = pd.DataFrame(
        {
            "year": 2027,
            "quantity": ["absence_days", "pupil_years.identification_wait", "pupil_years.sen_support"],
            "value": [rate * others - base, 0.25 * (others - pupils), 0.75 * (others - pupils)],
            "baseline": [base, 0.25 * pupils, 0.75 * pupils],
        }
    )
    gained = [float(np.sum(one.units)) for one in effects_of_ledger(table, 2027, 1)]  # type: ignore[arg-type]
    assert sum(gained) == pytest.approx((days - rate) * pupils, abs=1e-6 * (1.0 + base))


@pytest.mark.unit
@pytest.mark.parametrize("moved", [0.0, 3.0])
def test_what_rounding_leaves_of_weighted_sums_is_no_effect(moved: float) -> None:
    """A mean over pairs leaves 1e-11 where no pair differs: it has no direction, and no unit of it a worth."""
    table = pd.DataFrame(
        {
            "year": 2027,
            "quantity": ["absence_days", "pupil_years.sen_support", "crises_late"],
            "value": [-1.09e-11 - moved, 5.7e-14, -4e-13],
            "baseline": [90_000.0, 1_200.0, 700.0],
        }
    )
    found = effects_of_ledger(table, 2027, 1)
    assert [(one.direction, np.sum(one.units)) for one in found] == (  # type: ignore[arg-type]
        [("better", pytest.approx(3.0))] if moved else []
    )


@pytest.mark.property
@given(st.floats(-1e9, -1.0), st.lists(st.floats(0.1, 1e6), min_size=1, max_size=20))
def test_the_switching_value_makes_the_option_break_even(npsv: float, units: list[float]) -> None:
    effect = UnmonetisedEffect("x", "better", "small", "E", "units", units)
    needed = switching_values([effect], npsv)["switching_value_gbp_per_unit"].iloc[0]
    assert npsv + needed * float(present_value(units)) == pytest.approx(0.0, abs=1e-6 * abs(npsv))
