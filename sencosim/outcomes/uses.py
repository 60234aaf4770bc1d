"""What becomes of paid SENCO hours: eight uses that add up to the hours paid, in both arms and of what policy adds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from sencosim.model import RunResult, ledger_of
from sencosim.vocabulary import USES_OF_PAID_HOURS, WORDS_OF_USES, Quantity

USE, PAID, MEMORANDUM, OTHERS = "use", "paid", "memorandum", "others"
"""Kinds of rows: a use; the sum of uses; what is part of them or alongside them; hours of others than the SENCO."""
FOR_SEN = tuple(USES_OF_PAID_HOURS)[:5]
"""Uses that are SEN work."""
UNPAID = "replaces_unpaid"
FIRST_YEAR_LOSS = "first_year_loss"
COLUMNS = ("name", "kind", "words", "baseline", "policy", "added", "baseline_share", "policy_share", "added_share")
_ARMS = ("baseline", "policy", "value")
_OTHERS: dict[str, tuple[str, Quantity]] = {
    "team": ("assistant SENCOs and administrators at work on SEN", Quantity.TEAM_HOURS),
    "team_added": ("assistant SENCOs added by policy, paid whether busy or not", Quantity.TEAM_HOURS_ADDED),
    "administrators": ("administrators added by policy", Quantity.ADMIN_HOURS),
}


def uses_of_hours(ledger: pd.DataFrame, n_years: int) -> pd.DataFrame:
    """Hours a year by use.

    The tidy ledger of a pair holds the years that count (other columns are added over). A row for each of the eight
    uses; their sum, ``paid``; two memorandum rows, of added hours those in SEN work that replace unpaid evenings and
    those lost to a slow first year; and rows of assistants and administrators. [hours a year; shares of hours paid, NaN
    where an arm pays none]
    """
    sums = ledger.groupby(ledger["quantity"].astype(str))[list(_ARMS)].sum() / n_years
    hours = sums.reindex([one.key for one in Quantity], fill_value=0.0)
    rows = pd.DataFrame(_rows(hours), columns=["name", "kind", "words", "baseline", "policy", "added"])
    paid = rows[rows["kind"] == PAID].iloc[0]
    of_paid = rows["kind"] != OTHERS
    for arm in ("baseline", "policy", "added"):
        total = float(paid[arm])
        rows[f"{arm}_share"] = (rows[arm] / total if total > 0.0 else float("nan")) * of_paid.where(of_paid)
    return rows[list(COLUMNS)]


def uses_of_run(result: RunResult) -> pd.DataFrame:
    """Hours a year by use over the horizon, at the point values of the main view; see :func:`uses_of_hours`."""
    ledger, _ = points_ledger(result)
    horizon = result.scenario.horizon
    inside = ledger[ledger["year"].between(horizon.first, horizon.last)]
    return uses_of_hours(inside, horizon.years * result.replications)


def points_ledger(result: RunResult) -> tuple[pd.DataFrame, dict[str, float]]:
    """Ledger of the main view at its point values, summed over replications, and its reading of the evidence."""
    keys = ["year", "phase", "quantity"]
    ledger, values = pd.DataFrame(), {}
    for totals in result.points(result.scenario.view):
        values = dict(totals.values)
        table = ledger_of(totals, result.scenario.start_year).astype({"phase": str, "quantity": str})
        sums = pd.concat([ledger, table[[*keys, *_ARMS]]])
        ledger = sums.groupby(keys, as_index=False).sum()
    return ledger, values


def _rows(hours: pd.DataFrame) -> Iterator[tuple[object, ...]]:
    def sums(quantities: tuple[Quantity, ...]) -> list[float]:
        return [float(hours.loc[[one.key for one in quantities], arm].sum()) for arm in _ARMS]

    for name, quantities in USES_OF_PAID_HOURS.items():
        yield name, USE, WORDS_OF_USES[name], *sums(quantities)
    paid = tuple(one for quantities in USES_OF_PAID_HOURS.values() for one in quantities)
    yield PAID, PAID, "hours paid", *sums(paid)
    worked = sums(tuple(one for name in FOR_SEN for one in USES_OF_PAID_HOURS[name]))[2]
    evenings = sums((Quantity.OVERTIME_HOURS,))
    yield (
        UNPAID,
        MEMORANDUM,
        "of these, SEN work that replaces unpaid evenings",
        0.0,
        *[_replaced(worked, evenings[2])] * 2,
    )
    yield (
        FIRST_YEAR_LOSS,
        MEMORANDUM,
        "of these, lost to the slower pace of a first year",
        *sums((Quantity.FIRST_YEAR_LOSS_HOURS,)),
    )
    for name, (words, quantity) in _OTHERS.items():
        yield name, OTHERS, words, *sums((quantity,))


def _replaced(worked: float, evenings: float) -> float:
    """Of paid SEN hours added, those that only take the place of unpaid ones. [hours a year]

    Examples
    --------
    >>> _replaced(41.0, -19.0), _replaced(10.0, -19.0), _replaced(41.0, 3.0), _replaced(-5.0, -19.0)
    (19.0, 10.0, 0.0, 0.0)
    """
    return max(0.0, min(worked, -evenings))


def added_parts(uses: pd.DataFrame) -> Mapping[str, float]:
    """Where each hour that a policy adds goes; empty if it adds none. [share of hours added; adds up to 1]

    ``more_work`` and ``replaces_unpaid`` (together the five uses for SEN), then the other three uses. A part below zero
    is a use that shrinks.
    """
    share = dict(zip(uses["name"], uses["added_share"].astype(float), strict=True))
    if not share or share[PAID] != share[PAID]:
        return {}
    more = sum(share[name] for name in FOR_SEN) - share[UNPAID]
    rest = {name: share[name] for name in USES_OF_PAID_HOURS if name not in FOR_SEN}
    return {"more_work": more, UNPAID: share[UNPAID], **rest}
