"""Who gains: groups sum to the whole, and weights are the user's."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sencosim.costing.cost import cost
from sencosim.costing.distribution import by_group, distribution_weight, with_council_group
from sencosim.costing.option import AppraisalFrame, measures
from sencosim.costing.prices import PriceBook
from sencosim.errors import CostingError
from sencosim.evidence.councils import load_councils

BOOK = PriceBook.for_view("central")
FRAME = AppraisalFrame()
INCOMES = st.floats(1_000.0, 1e6)


def lines() -> pd.DataFrame:
    rows = [
        {"year": 2027, "council": council.ons_code, "quantity": name, "value": float(place + 1)}
        for place, council in enumerate(load_councils())
        for name in ("added_hours", "mediations")
    ]
    return cost(pd.DataFrame(rows), BOOK)


@pytest.mark.unit
@pytest.mark.parametrize(("group", "n"), [("region", 9), ("free_school_meals", 5)])
def test_groups_of_councils_sum_to_england(group: str, n: int) -> None:
    found = with_council_group(lines(), group)  # type: ignore[arg-type]
    table = by_group(found, FRAME, group)
    assert len(table) == n
    assert table["npsv"].sum() == pytest.approx(measures(lines(), FRAME).npsv)
    assert (table["weighted_npsv"] == table["npsv"]).all()


@pytest.mark.unit
def test_fifths_hold_about_as_many_councils_each_and_rise() -> None:
    codes = pd.DataFrame({"council": [council.ons_code for council in load_councils()]})
    counts = with_council_group(codes, "free_school_meals")["free_school_meals"].value_counts()
    assert counts.max() - counts.min() <= 1
    assert set(counts.index) == {"1 lowest", "2", "3", "4", "5 highest"}


@pytest.mark.unit
def test_what_cannot_be_grouped_is_refused() -> None:
    with pytest.raises(CostingError, match="no column moon"):
        by_group(lines(), FRAME, "moon")
    with pytest.raises(CostingError, match="no weight for"):
        by_group(with_council_group(lines(), "region"), FRAME, "region", {"London": 1.0})
    with pytest.raises(CostingError, match="no column council"):
        with_council_group(pd.DataFrame({"year": [2027]}), "region")
    with pytest.raises(CostingError, match="E99"):
        with_council_group(pd.DataFrame({"council": ["E99"]}), "region")
    with pytest.raises(CostingError, match="above 0"):
        distribution_weight(0.0, 1.0)


@pytest.mark.property
@given(INCOMES, INCOMES)
def test_weights_favour_the_poorer(median: float, income: float) -> None:
    weight = distribution_weight(median, income)
    assert (weight > 1.0) == (income < median) or weight == pytest.approx(1.0)
    assert weight * distribution_weight(income, median) == pytest.approx(1.0)
    assert weight == pytest.approx((median / income) ** 1.3)
    assert distribution_weight(median, income, 0.0) == 1.0
