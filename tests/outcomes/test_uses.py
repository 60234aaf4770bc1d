"""Every paid hour has one use, and each added pound is told to the penny."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sencosim.outcomes.uses import PAID, UNPAID, USE, added_parts, uses_of_hours
from sencosim.vocabulary import PARTS_OF_ALLOCATED_HOURS, USES_OF_PAID_HOURS, Quantity

PARTS = [one.key for one in PARTS_OF_ALLOCATED_HOURS]
HOURS = st.fixed_dictionaries({name: st.tuples(st.floats(0, 1e6), st.floats(0, 1e6)) for name in PARTS})


def ledger(hours: dict[str, tuple[float, float]], years: int = 1) -> pd.DataFrame:
    rows = [
        {"year": 2027 + year, "phase": phase, "quantity": name, "baseline": a, "policy": b, "value": b - a}
        for year in range(years)
        for phase in ("primary", "secondary")
        for name, (a, b) in hours.items()
    ]
    return pd.DataFrame(rows)


@pytest.mark.property
@given(HOURS)
def test_the_eight_uses_add_up_to_the_hours_paid(hours: dict[str, tuple[float, float]]) -> None:
    table = uses_of_hours(ledger(hours), 1).set_index("name")
    uses = table[table["kind"] == USE]
    assert list(uses.index) == list(USES_OF_PAID_HOURS)
    for number, arm in enumerate(("baseline", "policy")):
        whole = 2.0 * sum(pair[number] for pair in hours.values())
        assert table.loc[PAID, arm] == pytest.approx(whole)
        assert uses[arm].sum() == pytest.approx(whole)
        if whole > 0.0:
            assert uses[f"{arm}_share"].sum() == pytest.approx(1.0)
    assert uses["added"].sum() == pytest.approx(uses["policy"].sum() - uses["baseline"].sum(), abs=1e-3)
    parts = added_parts(uses_of_hours(ledger(hours), 1))
    if parts:
        assert sum(parts.values()) == pytest.approx(1.0, abs=1e-6)


@pytest.mark.unit
def test_a_pound_of_which_half_goes_to_sen_work_and_some_replaces_evenings() -> None:
    hours = {
        Quantity.PAID_CASEWORK_HOURS.key: (100.0, 121.0),
        Quantity.PAID_LISTED_HOURS.key: (10.0, 30.0),
        Quantity.IDLE_HOURS.key: (0.0, 32.0),
        Quantity.LEAKED_HOURS.key: (5.0, 30.0),
        Quantity.VACANT_HOURS.key: (3.0, 5.0),
        Quantity.OVERTIME_HOURS.key: (50.0, 31.0),
        Quantity.TEAM_HOURS.key: (8.0, 9.0),
    }
    table = uses_of_hours(ledger(hours, years=2), 2)
    told = table.set_index("name")
    assert told.loc[PAID, "added"] == pytest.approx(200.0)
    assert told.loc[UNPAID, "added"] == pytest.approx(38.0)
    assert told.loc["team", "added"] == pytest.approx(2.0)
    assert pd.isna(told.loc["team", "added_share"])
    assert added_parts(table) == pytest.approx(
        {"more_work": 0.22, UNPAID: 0.19, "released": 0.57, "vacant_or_away": 0.02, "study_and_travel": 0.0}
    )


@pytest.mark.unit
def test_a_policy_that_adds_no_hours_has_no_parts() -> None:
    same = {Quantity.PAID_CASEWORK_HOURS.key: (10.0, 10.0)}
    assert added_parts(uses_of_hours(ledger(same), 1)) == {}
