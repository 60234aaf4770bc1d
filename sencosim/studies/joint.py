"""The joint distribution behind the draws, as methods on the emulator read it: priors, correlations, fitted rows."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sencosim.decisions.designs import ordered_values
from sencosim.decisions.shares import Joint, Tied
from sencosim.evidence.posterior import load_posterior
from sencosim.scenario.assumed import register_of
from sencosim.scenario.schema import Scenario
from sencosim.studies.space import CALIBRATION_ROW, fitted, uncertain

SHARES = 512
"""Evenly spaced shares at which a distribution is read; the emulator looks at no finer detail."""


def joint_of(scenario: Scenario, view: str, drawn: pd.DataFrame) -> Joint:
    """Distribution of the inputs that draws of a view list: fitted parameters by rows of the posterior, others alone.

    Parameters
    ----------
    scenario, view
        Whose priors and correlations hold.
    drawn
        One row a draw, one column an input. One of which no distribution is known keeps its drawn values.
    """
    varying = [str(name) for name in drawn.columns if drawn[name].max() > drawn[name].min()]
    rows = [name for name in fitted(scenario) if name in set(varying)]
    known = uncertain(scenario, view)
    shares = (np.arange(SHARES) + 0.5) / SHARES
    tables = {
        name: pd.DataFrame({name: ordered_values(known[name], shares) if name in known else np.sort(drawn[name])})
        for name in varying
        if name not in rows
    }
    if rows:
        sample = load_posterior()
        tables[CALIBRATION_ROW] = pd.DataFrame([sample.numbers(row) for row in sample.in_order])[rows]
    groups = register_of(scenario).correlations
    return Joint(tables, tuple(Tied(g.parameters, g.correlation, frozenset(g.opposite)) for g in groups))
