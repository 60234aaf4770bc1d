"""The social statement: what each line, bearer and kind of evidence adds to net present social value, with its range.

Net present social value is linear in the worth of provision (kappa), so its value at any kappa, and the kappa at which
it is zero, are exact.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from sencosim.costing.accounts import CATEGORY_TITLES
from sencosim.costing.option import AppraisalFrame, social_values
from sencosim.costing.standing import STANDINGS
from sencosim.decisions.spread import Spread
from sencosim.outcomes.catalogue import MONEY_OUTCOME, ROUNDING
from sencosim.outcomes.summary import spread_figures
from sencosim.vocabulary import PAYER

Floats = npt.NDArray[np.float64]

LINE, BEARER, STANDING, KAPPA, WHOLE = "line", "bearer", "standing", "kappa", "whole"
"""Parts of the statement. Lines, bearers and standings each add up to the whole."""
AT = ("0", "1")
"""Worths of a pound of provision at which the answer is printed. [GBP per GBP]"""
ZERO = "zero"
"""Row of the worth at which net present social value is zero."""
WORTH = "provision_worth"


def social_statement(lines: pd.DataFrame, spread: Spread, frame: AppraisalFrame, kappas: Floats) -> pd.DataFrame:
    """What makes up net present social value.

    Parameters
    ----------
    lines
        Priced lines of every draw, with ``draw`` from 0.
    spread
        How the draws stand for the evidence.
    frame
        Horizon and discounting.
    kappas
        Worth of provision in each draw. [GBP per GBP, shape (n_draws,)]

    Returns
    -------
    pandas.DataFrame
        ``part``, ``name``, ``title``, ``unit``, ``standing`` (all that its lines stand on) and the columns of
        :func:`sencosim.outcomes.summary.spread_figures`: present values, benefits above zero. A line that no draw moves
        is left out: it is not counted. The row ``zero`` of the part ``kappa`` holds the worth itself, NaN where
        provision does not change. [GBP; GBP per GBP]
    """
    told = pd.DataFrame(_rows(social_values(lines, frame), spread, kappas))
    return told if "standing" in told else told.assign(standing=math.nan)  # nothing changed, so no line has any


def by_draw(counted: pd.DataFrame, by: str, n: int) -> pd.DataFrame:
    """Sums of ``worth_gbp`` by draw (rows) and another column. [GBP]"""
    sums = counted.pivot_table("worth_gbp", "draw", by, "sum", observed=True).reindex(range(n)).fillna(0.0)
    return sums.where(sums.abs() > ROUNDING, 0.0)


def _rows(counted: pd.DataFrame, spread: Spread, kappas: Floats) -> Iterator[dict[str, object]]:
    n = kappas.size
    payers = {key: one.title for key, one in PAYER.items()}
    parts = ((LINE, "category", CATEGORY_TITLES), (BEARER, "payer", payers), (STANDING, "standing", STANDINGS))
    found: dict[str, pd.DataFrame] = {}
    for part, column, titles in parts:
        sums = found[part] = by_draw(counted, column, n)
        for name, title in titles.items():
            if name in sums and (sums[name] != 0.0).any():
                stands = counted.loc[counted[column] == name, "standing"].unique()
                yield {"standing": ", ".join(one for one in STANDINGS if one in stands)} | _row(
                    part, name, title, spread, sums[name].to_numpy()
                )
    lines = found[LINE]
    whole = lines.sum(axis=1).to_numpy()
    yield _row(WHOLE, "npsv", MONEY_OUTCOME["npsv"].title, spread, whole)
    worth = lines[WORTH].to_numpy() if WORTH in lines else np.zeros(n)
    rest, per_pound = whole - worth, np.divide(worth, kappas, out=np.zeros(n), where=kappas > 0.0)
    for at in AT:
        yield _row(KAPPA, at, f"If a pound of provision were worth £{at}", spread, rest + float(at) * per_pound)
    slope = float(spread.weights @ per_pound)
    zero = -float(spread.weights @ rest) / slope if abs(slope) > ROUNDING else math.nan
    yield {
        "part": KAPPA,
        "name": ZERO,
        "title": "Worth of a pound of provision at which it is zero",
        "unit": "GBP per GBP",
        "difference": zero,
    }


def _row(part: str, name: str, title: str, spread: Spread, values: Floats) -> dict[str, object]:
    return {"part": part, "name": name, "title": title, "unit": "GBP", **spread_figures(spread, values)}
