"""Suspensions and exclusions by council: levels about England."""

from __future__ import annotations

import numpy as np
import pytest

from sencosim.evidence.councils import LAST_SCHOOL_YEAR, Measure, exclusion_levels, load_councils, load_exclusions

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("measure", ["suspensions", "permanent_exclusions"])
@pytest.mark.parametrize("phase", [0, 1])
def test_levels_are_england_on_average(measure: Measure, phase: int) -> None:
    name = ("primary", "secondary")[phase]
    with_sen = [c.count(name, "sen_support", 2025) + c.count(name, "ehc_plans", 2025) for c in load_councils()]

    levels = exclusion_levels(measure, phase)

    assert levels.shape == (len(load_councils()),)
    assert (levels > 0.0).all()
    assert np.average(levels, weights=with_sen) == pytest.approx(1.0)


def test_exclusions_are_rarer_and_so_pulled_in_more_than_suspensions() -> None:
    def kept(measure: Measure) -> float:
        raw = [
            load_exclusions().get((c.la_code, LAST_SCHOOL_YEAR), {}).get(f"{measure}_primary") for c in load_councils()
        ]
        known = np.array([rate is not None and rate > 0.0 for rate in raw])
        spread = np.log([rate for rate in raw if rate]).std()
        return float(np.log(exclusion_levels(measure, 0))[known].std() / spread)

    assert kept("permanent_exclusions") < kept("suspensions")


def test_an_earlier_run_knows_nothing_later() -> None:
    early, late = exclusion_levels("suspensions", 1, 2018), exclusion_levels("suspensions", 1)

    assert not np.allclose(early, late)
    assert np.corrcoef(early, late)[0, 1] > 0.3
