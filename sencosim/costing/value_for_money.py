"""How a ratio is read, and what has no price: indicative bands, switching values of unmonetised effects.

The Green Book calls no ratio a pass or fail test. The bands are a convention of one department and are labelled
indicative wherever they stand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from sencosim.costing.discount import discount_factors
from sencosim.costing.dust import without_dust
from sencosim.errors import CostingError
from sencosim.evidence.appraisal import load_appraisal_tables
from sencosim.evidence.tables import read_table

Floats = NDArray[np.float64]
INDICATIVE = "indicative"
Size = Literal["small", "moderate", "large", "unknown"]


def value_for_money_band(ratio: float | None) -> str | None:
    """Indicative band of a benefit-cost ratio; None if the ratio is suppressed. [ratio of convention A]

    Examples
    --------
    >>> value_for_money_band(0.79), value_for_money_band(1.0), value_for_money_band(0.0)
    ('poor (indicative)', 'low (indicative)', 'very poor (indicative)')
    """
    if ratio is None:
        return None
    bands = load_appraisal_tables().value_for_money.bands
    name = bands[0].name
    for band in bands[1:]:
        edge = band.above or 0.0
        if ratio > edge or (edge > 0.0 and ratio == edge):
            name = band.name
    return f"{name} ({INDICATIVE})"


@dataclass(frozen=True)
class UnmonetisedEffect:
    """Something that matters and has no price.

    Attributes
    ----------
    title
        In words.
    direction
        ``better``, ``worse`` or ``unclear``, compared with business as usual.
    size
        Size class.
    grade
        Grade of the evidence, A to E, as in the registers.
    unit
        What is counted.
    units
        Units gained (or of harm avoided), by year from year 0; None if nobody counts them. [``unit``]
    """

    title: str
    direction: Literal["better", "worse", "unclear"]
    size: Size
    grade: Literal["A", "B", "C", "D", "E"]
    unit: str = ""
    units: ArrayLike | None = None


UNMONETISED_COLUMNS = (
    *("effect", "direction", "size", "grade", "unit", "units", "pv_units", "switching_value_gbp_per_unit"),
    *("reading",),
)


def switching_values(
    effects: Iterable[UnmonetisedEffect], npsv: float, schedule: str = "standard", vintage: str = "in_force"
) -> pd.DataFrame:
    """What one unit of each unmonetised effect would have to be worth for the option to break even, alone.

    Parameters
    ----------
    effects
        Effects without a price.
    npsv
        Net present social value of what has a price. [GBP]
    schedule, vintage
        Discounting of the units.

    Returns
    -------
    pandas.DataFrame
        :data:`UNMONETISED_COLUMNS`. The switching value is empty where the option breaks even without the effect,
        where nothing is counted, or where no worth above zero would do; ``reading`` says which.

    Examples
    --------
    >>> effect = UnmonetisedEffect("Evenings given back", "better", "moderate", "D", "hours", [10.0, 0.0])
    >>> switching_values([effect], -500.0)["switching_value_gbp_per_unit"].tolist()
    [50.0]
    """
    rows = []
    for effect in effects:
        amounts = None if effect.units is None else np.atleast_1d(np.asarray(effect.units, dtype=np.float64))
        present = None if amounts is None else float(amounts @ discount_factors(len(amounts), schedule, vintage))
        needed, reading = _needed(effect.direction, npsv, present)
        told = (effect.title, effect.direction, effect.size, effect.grade, effect.unit)
        rows.append((*told, None if amounts is None else float(amounts.sum()), present, needed, reading))
    return pd.DataFrame(rows, columns=list(UNMONETISED_COLUMNS))


def _needed(direction: str, npsv: float, pv_units: float | None) -> tuple[float | None, str]:
    if pv_units is None:
        return None, "not counted"
    if direction == "unclear":
        return None, "not known whether more of it is better"
    if npsv >= 0.0:
        return None, "breaks even without it"
    if pv_units <= 0.0:
        return None, "not reachable: none is gained"
    return -npsv / pv_units, "one unit would have to be worth this, if nothing else changed"


@dataclass(frozen=True)
class CountedEffect:
    """Quantities of the ledger that count an effect without a price.

    Attributes
    ----------
    quantities
        Columns of the ledger that are added.
    per
        Columns that the sum is a rate of; none for a plain sum. The effect is then what the rate alone changes, at the
        baseline's numbers: pupils who come or go add nothing.
    better
        Whether more of it is better: ``up``, ``down``, or blank where it depends.
    """

    title: str
    quantities: tuple[str, ...]
    per: tuple[str, ...]
    unit: str
    better: Literal["up", "down", ""]
    grade: Literal["A", "B", "C", "D", "E"]


COUNTED_EFFECTS = read_table(Path(__file__).with_name("counted_effects.csv"), CountedEffect)
"""Effects that the ledger counts and no price reaches. Weeks to plan fall with the number of plans: better is open."""


def effects_of_ledger(
    difference: pd.DataFrame, first_year: int, n_years: int, sizes: Mapping[str, Size] | None = None
) -> tuple[UnmonetisedEffect, ...]:
    """Unmonetised effects of a paired difference.

    Parameters
    ----------
    difference
        Ledger of policy less baseline, one draw or a mean: ``year``, ``quantity``, ``value``; with ``baseline``, or the
        effects that are rates are left out.
    first_year, n_years
        Horizon. [first calendar year; years]
    sizes
        Size class by title, where somebody has judged it; ``unknown`` otherwise.

    Returns
    -------
    tuple of UnmonetisedEffect
        One for each of :data:`COUNTED_EFFECTS` that moves in the ledger.

    Raises
    ------
    CostingError
        If the ledger lacks a column.
    """
    missing = [name for name in ("year", "quantity", "value") if name not in difference.columns]
    if missing:
        raise CostingError(f"A ledger needs the columns year, quantity and value; lacks {', '.join(missing)}.")
    years = range(first_year, first_year + n_years)
    found = []
    for effect in COUNTED_EFFECTS:
        change = _change(difference, effect, years)
        if not change.any():
            continue
        gained = change if effect.better == "up" else -change
        size: Size = (sizes or {}).get(effect.title, "unknown")
        direction = _direction(float(gained.sum()), effect.better)
        found.append(UnmonetisedEffect(effect.title, direction, size, effect.grade, effect.unit, gained))
    return tuple(found)


def _change(difference: pd.DataFrame, effect: CountedEffect, years: range) -> Floats:
    """By how much an effect's count changes in each year. [unit of the effect, shape (n_years,)]"""

    def by_year(quantities: tuple[str, ...], column: str) -> Floats:
        part = difference[difference["quantity"].isin(quantities)]
        return part.groupby("year")[column].sum().reindex(years, fill_value=0.0).to_numpy(dtype=np.float64)

    change = by_year(effect.quantities, "value")
    if "baseline" not in difference.columns:
        return np.zeros(len(years)) if effect.per else change
    count = by_year(effect.quantities, "baseline")
    if not effect.per:
        return without_dust(change, count)
    pupils = by_year(effect.per, "baseline")
    policy = pupils + by_year(effect.per, "value")
    as_many = np.divide((count + change) * pupils, policy, out=np.zeros(len(years)), where=policy > 0.0)
    return without_dust(as_many - count, count)


def _direction(gained: float, better: str) -> Literal["better", "worse", "unclear"]:
    if not better or gained == 0.0:
        return "unclear"
    return "better" if gained > 0.0 else "worse"
