"""Plain yearly amounts as priced lines, so that an appraisal needs no simulator."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from sencosim.costing.accounts import RESOURCES
from sencosim.costing.adjustments import Additionality
from sencosim.costing.discount import with_real_growth
from sencosim.costing.option import AppraisalFrame
from sencosim.errors import CostingError, Problem
from sencosim.vocabulary import PAYERS, PUBLIC_PAYERS

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Flow:
    """Yearly amounts of one thing: a cost to its payer, or a benefit to whoever is spared or gains.

    Attributes
    ----------
    item
        Name; each flow of an option has its own.
    amounts
        Real amounts in the price base, year 0 first, above zero for a cost on the cost side and for a benefit on the
        benefit side. A pandas column, an array or a list. [GBP a year]
    side
        ``cost`` of the policy itself, or ``benefit``: what changes because of it.
    payer
        Who pays, or who gains.
    received_by
        Other payer of a transfer: money that changes hands, moves budgets and nets to zero.
    cashable_share
        How much of it moves cash. [share, 0 to 1]
    labour_share
        Part of it that is pay, and so follows real pay growth. [share, 0 to 1]
    in_budget
        Whether it stands in the budget of the payer; opportunity costs and lifetime outcomes do not.
    health
        Whether it counts years of healthy life, which are discounted at the health rate. Never fiscal.
    life_course
        Whether it prices the rest of a life. One flow of an option may, since a saving is booked once per pupil.
    additionality
        What turns a gross benefit into a net one; benefits only.
    """

    item: str
    amounts: ArrayLike
    side: Literal["cost", "benefit"]
    payer: str
    received_by: str | None = None
    cashable_share: float = 1.0
    labour_share: float = 0.0
    in_budget: bool = True
    health: bool = False
    life_course: bool = False
    additionality: Additionality = field(default_factory=Additionality)


def lines_of(flows: Iterable[Flow], frame: AppraisalFrame | None = None, real_pay_growth: float = 0.0) -> pd.DataFrame:
    """Priced lines of plain flows.

    Parameters
    ----------
    flows
        The flows of one option, as differences from business as usual.
    frame
        Gives the first year and the length; ten years from 2027/28 if not given.
    real_pay_growth
        Growth of pay above the deflator, from year 0. [share a year]

    Returns
    -------
    pandas.DataFrame
        Lines in the layout of :func:`sencosim.costing.cost.cost`, with ``counterpart`` and ``health``.

    Raises
    ------
    CostingError
        If flows do not fit together; all faults at once.
    """
    frame = AppraisalFrame() if frame is None else frame
    found = tuple(flows)
    problems = tuple(Problem(message=message) for message in _faults(found, frame))
    if problems:
        raise CostingError(" ".join(problem.message for problem in problems), problems)
    tables = [_lines(flow, frame, real_pay_growth) for flow in found]
    return pd.concat(tables, ignore_index=True)


def _faults(flows: tuple[Flow, ...], frame: AppraisalFrame) -> Iterator[str]:
    if not flows:
        yield "An option needs at least one flow."
    names = [flow.item for flow in flows]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"{name} is there more than once: one flow for each thing, or it would be counted twice."
    for flow in flows:
        yield from _faults_of_one(flow, frame)
    lives = [flow.item for flow in flows if flow.life_course]
    if len(lives) > 1:
        yield f"More than one price for the rest of a life: {', '.join(lives)}. Choose one channel."


def _faults_of_one(flow: Flow, frame: AppraisalFrame) -> Iterator[str]:
    shape = np.shape(flow.amounts)
    if shape != (frame.n_years,):
        yield f"{flow.item} needs one amount for each of {frame.n_years} years, found the shape {shape}."
    for payer in (flow.payer, flow.received_by):
        if payer is not None and payer not in PAYERS:
            yield f"{flow.item} names {payer}, which is not one of {', '.join(PAYERS)}."
    if flow.received_by == flow.payer:
        yield f"{flow.item} is paid by {flow.payer} to itself."
    yield from _faults_of_shares(flow)
    if flow.side == "cost" and flow.additionality.share != 1.0:
        yield f"{flow.item} is a cost: additionality belongs to benefits."
    if flow.health and (flow.side == "cost" or flow.received_by is not None or flow.payer in PUBLIC_PAYERS):
        yield (
            f"{flow.item} is marked as health: the health rate is for benefits in years of healthy life to families or "
            "pupils, never for costs, transfers or savings of public bodies."
        )


def _faults_of_shares(flow: Flow) -> Iterator[str]:
    for name in ("cashable_share", "labour_share"):
        if not 0.0 <= getattr(flow, name) <= 1.0:
            words = name.replace("_", " ")
            yield f"{flow.item}: a {words} of {getattr(flow, name):g} is not between 0 and 1."


def _lines(flow: Flow, frame: AppraisalFrame, real_pay_growth: float) -> pd.DataFrame:
    amounts = with_real_growth(flow.additionality.net(flow.amounts), real_pay_growth, flow.labour_share)
    nature = "resource" if flow.received_by is None else "transfer"
    table = pd.DataFrame(
        {
            "year": range(frame.first_year, frame.first_year + frame.n_years),
            "quantity": flow.item,
            "unit": "GBP",
            "units": amounts,
            "book": "plain flows",
            "category": flow.item,
            "item": flow.item,
            "side": "policy" if flow.side == "cost" else "consequence",
            "payer": flow.payer,
            "nature": nature,
            "price_gbp": 1.0 if flow.side == "cost" else -1.0,
            "in_budget": flow.in_budget,
            "in_social": True,
            "standing": "",
            "counterpart": RESOURCES if flow.received_by is None else flow.received_by,
            "health": flow.health,
            "cashable_share": flow.cashable_share,
        }
    )
    if flow.received_by is not None:
        other = table.assign(payer=flow.received_by, counterpart=flow.payer, price_gbp=-table["price_gbp"])
        table = pd.concat([table, other], ignore_index=True)
    table["value_gbp"] = table["units"] * table["price_gbp"]
    table["cashable_gbp"] = table["value_gbp"] * table.pop("cashable_share") * table["in_budget"]
    return table
