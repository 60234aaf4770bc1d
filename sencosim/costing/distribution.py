"""Who gains: appraisal by group, with or without weights for income.

A weight says how much more a pound is worth to a group with less income: (median income / income of the group) to
the power 1.3. No source at hand gives household income by phase, school size, region or free school meals, so the
weights are off unless the user brings incomes, and the groups are shown side by side unweighted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import pandas as pd

from sencosim.costing.option import AppraisalFrame, measures
from sencosim.errors import CostingError
from sencosim.evidence.appraisal import load_appraisal_tables
from sencosim.evidence.councils import load_councils

CouncilGroup = Literal["region", "free_school_meals"]
DISTRIBUTION_COLUMNS = ("group", "pv_cost", "pv_benefit", "npsv", "weight", "weighted_npsv")


def distribution_weight(median_income: float, group_income: float, exponent: float | None = None) -> float:
    """Weight of a pound to a group, against a household at the median. [ratio]

    Parameters
    ----------
    median_income, group_income
        Equivalised household income. [GBP a year, above 0]
    exponent
        Elasticity of the marginal utility of income; 1.3 of the tables if not given. [0 or more]

    Raises
    ------
    CostingError
        If an income is not above 0.

    Examples
    --------
    >>> round(distribution_weight(30_000.0, 15_000.0), 4)
    2.4623
    """
    if median_income <= 0.0 or group_income <= 0.0:
        raise CostingError(f"Incomes must be above 0, found {median_income:g} and {group_income:g}.")
    power = load_appraisal_tables().valuations["distribution_exponent"].value if exponent is None else exponent
    return float((median_income / group_income) ** power)


def by_group(
    lines: pd.DataFrame, frame: AppraisalFrame, by: str, weights: Mapping[str, float] | None = None
) -> pd.DataFrame:
    """Appraise each group apart.

    Parameters
    ----------
    lines
        Priced lines of one draw with the column ``by``.
    frame
        Horizon and discounting.
    by
        ``phase``, ``size_band``, ``council`` or a column made by :func:`with_council_group`.
    weights
        Weight by group; 1 for all if not given. [ratio]

    Returns
    -------
    pandas.DataFrame
        :data:`DISTRIBUTION_COLUMNS` in order of group; unweighted values sum to those of the option. [GBP]

    Raises
    ------
    CostingError
        If the lines lack the column, or a group lacks a weight.
    """
    if by not in lines.columns:
        raise CostingError(f"The lines have no column {by}. They have {', '.join(map(str, lines.columns))}.")
    groups = sorted(str(group) for group in lines[by].dropna().unique())
    missing = [] if weights is None else [group for group in groups if group not in weights]
    if missing:
        raise CostingError(f"There is no weight for {', '.join(missing)}. Give one for each of {', '.join(groups)}.")
    rows = []
    for group in groups:
        found = measures(lines[lines[by].astype(str) == group], frame)
        weight = 1.0 if weights is None else float(weights[group])
        rows.append((group, found.pv_cost, found.pv_benefit, found.npsv, weight, weight * found.npsv))
    return pd.DataFrame(rows, columns=list(DISTRIBUTION_COLUMNS))


def with_council_group(table: pd.DataFrame, group: CouncilGroup) -> pd.DataFrame:
    """Add the group of each council to a ledger or to priced lines that have the column ``council``.

    Parameters
    ----------
    table
        With ONS codes of councils.
    group
        ``region``, or ``free_school_meals``: fifths of councils by the share of pupils eligible, ``1 lowest`` to
        ``5 highest``.

    Raises
    ------
    CostingError
        If the table has no such column, or a council is not in the evidence.
    """
    if "council" not in table.columns:
        raise CostingError("The table has no column council, so councils cannot be grouped.")
    names = {council.ons_code: council.region for council in load_councils()} if group == "region" else _fifths()
    unknown = sorted(set(table["council"].astype(str)) - set(names))
    if unknown:
        raise CostingError(f"No council has the code {', '.join(unknown)}.")
    return table.assign(**{group: table["council"].astype(str).map(names)})


def _fifths() -> dict[str, str]:
    titles = ("1 lowest", "2", "3", "4", "5 highest")
    councils = sorted(load_councils(), key=lambda council: (council.fsm_share, council.ons_code))
    return {council.ons_code: titles[place * 5 // len(councils)] for place, council in enumerate(councils)}
