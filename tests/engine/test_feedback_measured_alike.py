"""The feedback is a fact of the base year: it depends neither on the engine nor on how far the run goes."""

from __future__ import annotations

import numpy as np
import pytest

from sencosim.arms.inputs import Feedback
from sencosim.engine.choose import EngineName
from sencosim.engine.pair import feedback_of, read_evidence
from sencosim.population.sampling import only_councils
from sencosim.population.synthetic import synthetic_england
from sencosim.scenario.load import load_scenario
from sencosim.scenario.schema import Horizon

pytestmark = pytest.mark.engine


def measured(engine: EngineName, years: int) -> Feedback:
    scenario = load_scenario("baseline").scenario.model_copy(update={"horizon": Horizon(years=years)})
    schools = only_councils(synthetic_england(), ["Rutland"])
    draw = read_evidence(scenario, "central", 0, scenario.run.seed)
    return feedback_of(schools, scenario, draw, scenario.run.seed, 0, engine)


@pytest.mark.parametrize(("engine", "years"), [("compiled", 2), ("compiled", 10), ("reference", 10)])
def test_feedback_depends_neither_on_engine_nor_on_horizon(engine: EngineName, years: int) -> None:
    found, expected = measured(engine, years), measured("reference", 2)
    for name in ("elasticity", "normaliser", "amplification", "late_ratio", "late_share", "mean_log2_coverage"):
        assert np.array_equal(getattr(found, name), getattr(expected, name)), name
