"""The base years of the views, read off a small run."""

from __future__ import annotations

import numpy as np
import pytest

from sencosim.analysis.base_years import COMPARED, base_years
from sencosim.analysis.outcomes import OUTCOME
from sencosim.evidence.base_year import BASE_YEAR
from sencosim.model import RunResult
from sencosim.vocabulary import COLUMN


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
    assert np.allclose(ratio.fillna(0.0), table["relative"].fillna(0.0))
