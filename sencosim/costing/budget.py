"""From priced lines to yearly flows, appraisals and payers.

Three readings of the same lines, never mixed:

- **social**: resource lines marked ``in_social``. The policy side is the cost, the rest, with the sign turned, the
  benefit. Transfers are left out.
- **public purse**: lines marked ``in_budget`` of public payers, transfers included; what each budget sees, by year.
- **cash**: the cashable part of the public purse.

The present-value base is the first year of the horizon. Prices are in the price base of the book.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import numpy as np
import pandas as pd

from sencosim.costing.appraise import appraise
from sencosim.costing.discount import discount_factors
from sencosim.errors import CostingError
from sencosim.vocabulary import PAYERS, PUBLIC_PAYERS

FLOW_COLUMNS = (
    "social_cost_gbp",
    "social_benefit_gbp",
    "public_saving_gbp",
    "public_net_gbp",
    "policy_public_gbp",
    "cashable_saving_gbp",
)


def flows(lines: pd.DataFrame, first_year: int, n_years: int, by: Sequence[str] = ()) -> pd.DataFrame:
    """Yearly flows over the horizon, every year present.

    Parameters
    ----------
    lines
        Priced lines of a paired difference.
    first_year
        First academic year of the horizon. [first calendar year]
    n_years
        Length of the horizon. [years, 1 or more]
    by
        Further columns to keep apart, such as ``draw`` and ``replication``.

    Returns
    -------
    pandas.DataFrame
        ``by``, ``year`` and :data:`FLOW_COLUMNS`: social cost (policy side) and benefit; the part of the benefit
        that is public spending avoided; net public cost with transfers; its policy side; and the cashable part of
        public savings on the consequence side, transfers left out. [GBP a year]
    """
    inside = _horizon(lines, first_year, n_years)
    social = (inside["nature"] == "resource") & inside["in_social"]
    public = inside["payer"].isin(PUBLIC_PAYERS) & inside["in_budget"]
    policy = inside["side"] == "policy"
    resource = inside["nature"] == "resource"
    value = inside["value_gbp"]
    table = inside[[*by, "year"]].copy()
    table["social_cost_gbp"] = value.where(social & policy, 0.0)
    table["social_benefit_gbp"] = -value.where(social & ~policy, 0.0)
    table["public_saving_gbp"] = -value.where(social & public & ~policy, 0.0)
    table["public_net_gbp"] = value.where(public, 0.0)
    table["policy_public_gbp"] = value.where(public & policy, 0.0)
    table["cashable_saving_gbp"] = -inside["cashable_gbp"].where(public & resource & ~policy, 0.0)
    sums = table.groupby([*by, "year"], sort=True, observed=True)[list(FLOW_COLUMNS)].sum()
    return _complete(sums.reset_index(), by, "year", range(first_year, first_year + n_years))


def appraise_lines(
    lines: pd.DataFrame,
    first_year: int,
    n_years: int,
    by: Sequence[str] = (),
    schedule: str = "standard",
    vintage: str = "in_force",
) -> pd.DataFrame:
    """Appraise priced lines, one row for each group.

    Parameters
    ----------
    lines, first_year, n_years, by
        As in :func:`flows`.
    schedule, vintage
        Discounting.

    Returns
    -------
    pandas.DataFrame
        ``by``, the fields of :class:`sencosim.costing.appraise.Appraisal`, and ``pv_public_net`` (present value of
        net cost to the public purse, transfers included), ``pv_cashable_saving``, ``cashable_share`` (of public
        savings; see :func:`share_in_cash`) and ``payback_academic_year``.
    """
    table = flows(lines, first_year, n_years, by)
    factors = discount_factors(n_years, schedule, vintage)
    rows = []
    for key, group in _groups(table, by):
        flow = {name: group[name].to_numpy(dtype=np.float64) for name in FLOW_COLUMNS}
        result = appraise(
            flow["social_cost_gbp"], flow["social_benefit_gbp"], flow["public_saving_gbp"], schedule, vintage
        )
        cashable = float(flow["cashable_saving_gbp"] @ factors)
        saving = result.pv_public_saving
        rows.append(
            dict(zip(by, key, strict=True))
            | asdict(result)
            | {
                "pv_public_net": float(flow["public_net_gbp"] @ factors),
                "pv_cashable_saving": cashable,
                "cashable_share": share_in_cash(cashable, saving),
                "payback_academic_year": None if result.payback_year is None else first_year + result.payback_year,
            }
        )
    return pd.DataFrame(rows)


def share_in_cash(cashable: float, saving: float) -> float | None:
    """Cashable part of public savings; None where it is not a part of them. [share, 0 to 1]

    Savings and new costs net within both amounts, so near zero their ratio can be any number and says nothing.

    Parameters
    ----------
    cashable, saving
        Present values. [GBP]

    Examples
    --------
    >>> share_in_cash(20.0, 100.0), share_in_cash(-5.0, 100.0), share_in_cash(1.0, -1.0)
    (0.2, None, None)
    """
    tolerance = 1e-9 * abs(saving)
    if saving <= 0.0 or not -tolerance <= cashable <= saving + tolerance:
        return None
    return min(max(cashable / saving, 0.0), 1.0)


def by_payer(
    lines: pd.DataFrame,
    first_year: int,
    n_years: int,
    by: Sequence[str] = (),
    schedule: str = "standard",
    vintage: str = "in_force",
) -> pd.DataFrame:
    """Net cost of each payer over the horizon, transfers included; payers sum to the total.

    Parameters
    ----------
    lines, first_year, n_years
        As in :func:`flows`.
    by
        Further columns to keep apart, such as ``category`` or ``draw``.
    schedule, vintage
        Discounting.

    Returns
    -------
    pandas.DataFrame
        ``by``, ``payer``, ``public``, ``undiscounted_gbp``, ``present_value_gbp`` (all lines), ``budget_gbp``
        (present value of lines that stand in a budget), ``policy_gbp`` and ``consequence_gbp`` (present values by
        side), ``transfer_gbp`` and ``cashable_gbp``. Every payer is there for every group.
    """
    inside = _horizon(lines, first_year, n_years)
    factor = discount_factors(n_years, schedule, vintage)[(inside["year"] - first_year).to_numpy(dtype=np.int64)]
    present = inside["value_gbp"] * factor
    table = inside[[*by, "payer"]].copy()
    table["undiscounted_gbp"] = inside["value_gbp"]
    table["present_value_gbp"] = present
    table["budget_gbp"] = present.where(inside["in_budget"], 0.0)
    table["policy_gbp"] = present.where(inside["side"] == "policy", 0.0)
    table["consequence_gbp"] = present.where(inside["side"] == "consequence", 0.0)
    table["transfer_gbp"] = present.where(inside["nature"] == "transfer", 0.0)
    table["cashable_gbp"] = inside["cashable_gbp"] * factor
    amounts = [name for name in table.columns if name.endswith("_gbp")]
    sums = table.groupby([*by, "payer"], sort=False, observed=True)[amounts].sum().reset_index()
    result = _complete(sums, by, "payer", PAYERS)
    result.insert(len(by) + 1, "public", result["payer"].isin(PUBLIC_PAYERS))
    return result


def _horizon(lines: pd.DataFrame, first_year: int, n_years: int) -> pd.DataFrame:
    if n_years < 1:
        raise CostingError(f"A horizon needs at least one year, found {n_years}.")
    return lines[(lines["year"] >= first_year) & (lines["year"] < first_year + n_years)]


def _complete(table: pd.DataFrame, by: Sequence[str], column: str, entries: Sequence[object]) -> pd.DataFrame:
    """Give every group one row for each entry of a column, in order, with zeros where it had none."""
    wanted = pd.DataFrame({column: list(entries)})
    keys = table[list(by)].drop_duplicates().merge(wanted, how="cross") if by else wanted
    full = keys.merge(table, on=[*by, column], how="left")
    amounts = [name for name in full.columns if name.endswith("_gbp")]
    full[amounts] = full[amounts].fillna(0.0)
    return full


def _groups(table: pd.DataFrame, by: Sequence[str]) -> list[tuple[tuple[object, ...], pd.DataFrame]]:
    if not by:
        return [((), table)]
    grouped = table.groupby(list(by), sort=False, observed=True)
    return [(key if isinstance(key, tuple) else (key,), group) for key, group in grouped]
