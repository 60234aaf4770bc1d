"""Price books and small ledgers for the tests of costing."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd
import pytest

from sencosim.costing.prices import PriceBook
from sencosim.evidence.register import load_register
from sencosim.evidence.views import load_view


@pytest.fixture(scope="session")
def values() -> dict[str, object]:
    return dict(load_view("central").values(load_register()))


@pytest.fixture(scope="session")
def book() -> PriceBook:
    return PriceBook.for_view("central")


@pytest.fixture(scope="session")
def ledger() -> Callable[..., pd.DataFrame]:
    """Make a ledger of one year, or of each year named, from amounts by quantity."""

    def make(amounts: Mapping[str, float], years: tuple[int, ...] = (2027,)) -> pd.DataFrame:
        rows = [
            {"scenario": "policy", "year": year, "council": "E06000001", "quantity": name, "value": float(amount)}
            for year in years
            for name, amount in amounts.items()
        ]
        return pd.DataFrame(rows)

    return make
