"""How large each effect would have to be for the answer to turn, by an emulator of net present social value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from sencosim.costing.option import AppraisalFrame, social_values
from sencosim.costing.prices import ONLY_PRICES, PROGRESS
from sencosim.costing.sensitivity import switch
from sencosim.decisions.emulator import FEWEST_DRAWS, LEAST_R_SQUARED, Emulator, fit_emulator
from sencosim.evidence.register import load_register
from sencosim.outcomes.social import by_draw
from sencosim.scenario.schema import Scenario

Floats = npt.NDArray[np.float64]
COLUMNS = (
    *("parameter", "title", "unit", "kind", "quality", "low", "central", "high", "npsv_low", "npsv_high", "swing_gbp"),
    *("switching_value", "reading", "r_squared"),
)


def effect_swings(
    worlds: pd.DataFrame, values: Sequence[Mapping[str, float]], frame: AppraisalFrame, scenario: Scenario
) -> pd.DataFrame:
    """Put each effect at the ends of its evidence, all else as drawn, and find where the answer turns.

    Parameters
    ----------
    worlds
        Priced lines of every draw.
    values
        The reading of the evidence of each draw.
    frame
        Horizon and discounting.
    scenario
        Its seed and the view of the draws.

    Returns
    -------
    pandas.DataFrame
        :data:`COLUMNS`, the largest swing first: mean over draws of what the emulator gives. Effects that it does not
        use are left out: so many draws do not tell them from none. Empty where there are too few draws or where it
        explains less than :data:`LEAST_R_SQUARED`. [GBP; effects in their own unit]
    """
    n = len(values)
    if n < FEWEST_DRAWS:
        return pd.DataFrame(columns=list(COLUMNS))
    outcome = by_draw(social_values(worlds, frame), "category", n).sum(axis=1).to_numpy(dtype=np.float64)
    read = [{name: x for name, x in one.items() if name not in PROGRESS} for one in values]
    inputs = pd.DataFrame(read).select_dtypes("number")
    emulator = fit_emulator(inputs, outcome, seed=scenario.run.seed)
    if emulator.r_squared < LEAST_R_SQUARED:
        return pd.DataFrame(columns=list(COLUMNS))
    register = load_register()
    effects = [name for name in emulator.kept if register[name].no_effect is not None and name not in ONLY_PRICES]
    rows = [_swing(name, emulator, inputs) for name in effects]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    return table.sort_values("swing_gbp", ascending=False, kind="stable").reset_index(drop=True)


def _swing(name: str, emulator: Emulator, inputs: pd.DataFrame) -> dict[str, object]:
    """One effect between the extremes of its draws."""
    entry = load_register()[name]
    low, high = (float(end) for end in (inputs[name].min(), inputs[name].max()))

    def npsv_at(value: float) -> float:
        return float(emulator.predict(inputs.assign(**{name: value})).mean())

    npsv_low, npsv_high = npsv_at(low), npsv_at(high)
    told = {column: getattr(entry, column) for column in ("title", "unit", "kind", "quality")}
    return {
        "parameter": name,
        **told,
        "low": low,
        "central": float(inputs[name].mean()),
        "high": high,
        "npsv_low": npsv_low,
        "npsv_high": npsv_high,
        "swing_gbp": abs(npsv_high - npsv_low),
        **switch(npsv_at, low, high),
        "r_squared": emulator.r_squared,
    }
