"""What the answer rests on: the cases a reviewer asks for, each on the same priced lines.

Cases are not combined: optimism bias with every unit cost at its high end would count the same caution twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import brentq

from sencosim.costing.adjustments import OptimismBias
from sencosim.costing.appraise import Appraisal
from sencosim.costing.cost import reprice
from sencosim.costing.deflate import rebase
from sencosim.costing.distribution import by_group
from sencosim.costing.money import flows, money_by_year
from sencosim.costing.option import LONG_HORIZON, AppraisalFrame, measures
from sencosim.costing.prices import ONLY_PRICES, PriceBook
from sencosim.costing.tariffs import PolicyTerms
from sencosim.evidence.appraisal import load_appraisal_tables
from sencosim.evidence.register import load_register

Floats = npt.NDArray[np.float64]
PAY_GROWTH_STEP = 0.01
"""Real pay growth is tested this much above and below. [share a year]"""

CASE_COLUMNS = (
    *("case", "title", "basis", "price_base", "npsv", "change_gbp", "pv_cost", "pv_benefit", "bcr_a", "bcr_b"),
    *("pv_public_net",),
)
PRICE_SWING_COLUMNS = (
    *("parameter", "title", "unit", "kind", "quality", "low", "central", "high", "npsv_low", "npsv_high"),
    *("swing_gbp", "public_net_low", "public_net_high", "switching_value", "reading"),
)
PRICE_BASES = "2024-25", "2026-27"
"""Other price bases that are shown."""
LinesAt = Callable[[float], pd.DataFrame]
"""Gives the priced lines of an option at a real pay growth. [share a year]"""


def lines_at(lines: pd.DataFrame, book: PriceBook) -> LinesAt:
    """Lines of the simulator at any real pay growth."""
    return lambda growth: reprice(lines, replace(book, real_pay_growth=growth))


def in_prices_of(lines: pd.DataFrame, period: str, base: str = "2025-26", deflator: str = "in_force") -> pd.DataFrame:
    """Priced lines in the prices of another year.

    Parameters
    ----------
    lines
        Priced lines in the prices of ``base``.
    period
        Financial, academic or calendar year whose prices are wanted.
    base
        Price base of the lines.
    deflator
        Release of the deflator.
    """
    factor = rebase(1.0, base, period, deflator).factor
    money = ["price_gbp", "value_gbp", "cashable_gbp"]
    return lines.assign(**{name: lines[name] * factor for name in money})


@dataclass(frozen=True)
class _Case:
    """One row: what changes, and whether that is in force or an assumption."""

    name: str
    title: str
    basis: str
    frame: AppraisalFrame
    lines: pd.DataFrame
    bias: OptimismBias | None = None


def sensitivity_table(
    lines_for: LinesAt,
    frame: AppraisalFrame | None = None,
    real_pay_growth: float = 0.0,
    bias: OptimismBias | None = None,
    mean: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Appraise an option under one change of convention at a time.

    Parameters
    ----------
    lines_for
        The option's lines at a real pay growth: :func:`lines_at`, or a call of
        :func:`sencosim.costing.plain_flows.lines_of`.
    frame
        Horizon, price base and discounting of the central case.
    real_pay_growth
        Growth of the central case. [share a year]
    bias
        Optimism bias; that assumed of a staffing duty if not given.
    mean
        Lines of the central case, such as the mean over draws; those of ``lines_for`` if not given.
        Whatever needs other prices is then moved from it by what it moves ``lines_for``.

    Returns
    -------
    pandas.DataFrame
        :data:`CASE_COLUMNS`, the central case first. ``change_gbp`` is the change of net present social value; for
        another price base, it is a change of unit only. [GBP]
    """
    frame = AppraisalFrame() if frame is None else frame
    bias = OptimismBias.of_staffing_duty() if bias is None else bias
    at_points = lines_for(real_pay_growth)
    rows = []
    central = 0.0
    for case in _cases(lines_for, frame, real_pay_growth, bias, at_points if mean is None else mean, at_points):
        found = measures(case.lines, case.frame, case.bias)
        central = found.npsv if case.name == "central" else central
        rows.append(_row(case, found, central))
    return pd.DataFrame(rows, columns=list(CASE_COLUMNS))


def _cases(
    lines_for: LinesAt,
    frame: AppraisalFrame,
    growth: float,
    bias: OptimismBias,
    lines: pd.DataFrame,
    at_points: pd.DataFrame,
) -> Iterator[_Case]:
    yield _Case("central", "Central case", "in force", frame, lines)
    for word, step in (("lower", -PAY_GROWTH_STEP), ("higher", PAY_GROWTH_STEP)):
        title = f"Real pay growth {growth + step:+.1%} a year"
        moved = _moved(lines, lines_for(growth + step), at_points)
        yield _Case(f"pay_growth_{word}", title, "assumption", frame, moved)
    words = (
        f"Optimism bias, line by line: costs and harms +{bias.cost_uplift:.0%}, "
        f"benefits -{bias.benefit_reduction:.0%}, {bias.benefit_delay_years} year(s) later"
    )
    yield _Case("optimism_bias", words, bias.label, frame, lines, bias)
    for name, vintage in load_appraisal_tables().discounting.items():
        if name != frame.vintage:
            yield _Case(
                f"discounting_{name}",
                vintage.title,
                "in force" if vintage.in_force else vintage.kind,
                replace(frame, vintage=name, schedule="standard"),
                lines,
            )
    if frame.n_years > LONG_HORIZON and frame.schedule == "standard" and frame.vintage == "in_force":
        title = "Extra low-rate schedule, for horizons above 50 years"
        yield _Case("discounting_low_rate", title, "in force", replace(frame, schedule="low_rate"), lines)
    for base in PRICE_BASES:
        moved = in_prices_of(lines, base, frame.price_base)
        title = f"Prices of {base} instead of {frame.price_base}"
        yield _Case(f"prices_{base}", title, "unit only", replace(frame, price_base=base), moved)


def _moved(lines: pd.DataFrame, other: pd.DataFrame, at_points: pd.DataFrame) -> pd.DataFrame:
    """Lines, with what other prices change at the point values alongside them."""
    if lines is at_points:
        return other
    money = ["value_gbp", "cashable_gbp"]
    return pd.concat([lines, other, at_points.assign(**{name: -at_points[name] for name in money})], ignore_index=True)


def _row(case: _Case, found: Appraisal, central: float) -> dict[str, object]:
    told = {name: getattr(found, name) for name in ("npsv", "pv_cost", "pv_benefit", "bcr_a", "bcr_b")}
    return told | {
        "case": case.name,
        "title": case.title,
        "basis": case.basis,
        "price_base": case.frame.price_base,
        "change_gbp": found.npsv - central,
        # Not shown with optimism bias: a transfer would go up for its payer and down for its receiver.
        "pv_public_net": None if case.bias is not None else public_net(case.lines, case.frame),
    }


def public_net(lines: pd.DataFrame, frame: AppraisalFrame) -> float:
    """Present value of net cost to the public purse, transfers included. [GBP]"""
    table = flows(lines, frame.first_year, frame.n_years)
    return float(table["public_net_gbp"].to_numpy(dtype=float) @ frame.factors())


def weights_on_and_off(
    lines: pd.DataFrame, frame: AppraisalFrame, by: str, weights: Mapping[str, float]
) -> pd.DataFrame:
    """Net present social value with and without distributional weights.

    Returns
    -------
    pandas.DataFrame
        ``weights`` (off, on), ``npsv`` and ``basis``. [GBP]
    """
    table = by_group(lines, frame, by, weights)
    return pd.DataFrame(
        {
            "weights": ["off", "on"],
            "npsv": [float(table["npsv"].sum()), float(table["weighted_npsv"].sum())],
            "basis": ["in force", "incomes brought by the user"],
        }
    )


def one_price_at_a_time(priced: Repriced) -> pd.DataFrame:
    """Put each price and convention at its low and its high end, all else as it is, and find where the answer turns.

    Parameters
    ----------
    priced
        Counts of one view to be priced.

    Returns
    -------
    pandas.DataFrame
        :data:`PRICE_SWING_COLUMNS`, the largest swing first. ``switching_value`` is the value within low and high at
        which net present social value is zero; ``reading`` says ``not reachable`` where there is none. Entries
        without an interval are listed last, without a swing. [GBP; parameters in their own unit]
    """
    table = pd.DataFrame([_swing(name, priced) for name in sorted(ONLY_PRICES)], columns=list(PRICE_SWING_COLUMNS))
    return table.sort_values("swing_gbp", ascending=False, na_position="last", kind="stable").reset_index(drop=True)


class Repriced:
    """Net present social value, and net cost to the public purse, of one set of counts at other prices.

    Parameters
    ----------
    changes
        Policy less baseline over the horizon, as of :func:`sencosim.costing.money.money_by_year`.
        [units, shape (n_years, n_quantities)]
    values
        The reading of the register at which they are priced.
    frame
        Horizon and discounting.
    terms
        Policy terms.
    central
        Net present social value and net cost to the public purse of the central case, such as the mean over draws: both
        are moved by how far they are from those at ``values``. Not moved if not given. [GBP]
    """

    def __init__(
        self,
        changes: Floats,
        values: Mapping[str, object],
        frame: AppraisalFrame,
        terms: PolicyTerms | None = None,
        central: tuple[float, float] | None = None,
    ) -> None:
        self.changes, self.read, self.frame, self.terms = changes, dict(values), frame, terms
        self.apart = (0.0, 0.0)
        if central is not None:
            own = self.at()
            self.apart = central[0] - own[0], central[1] - own[1]

    def at(self, **changed: float) -> tuple[float, float]:
        """Both, with some entries of the register at other values. [GBP, present value]"""
        book = PriceBook.from_values(self.read | changed, "sensitivity", self.terms)
        flows = money_by_year(self.changes, book, self.frame.first_year)
        npsv, purse = (float(flows[name] @ self.frame.factors()) for name in ("npsv", "net_public_cost"))
        return npsv + self.apart[0], purse + self.apart[1]

    def npsv(self, **changed: float) -> float:
        """Net present social value alone. [GBP]"""
        return self.at(**changed)[0]


def _swing(name: str, priced: Repriced) -> dict[str, object]:
    entry = load_register()[name]
    row: dict[str, object] = {"parameter": name, "central": priced.read[name]}
    row |= {column: getattr(entry, column) for column in ("title", "unit", "kind", "quality")}
    if entry.interval is None:
        return row | {"reading": "no interval in the register"}
    low, high = (float(end) for end in entry.interval)
    (npsv_low, purse_low), (npsv_high, purse_high) = (priced.at(**{name: end}) for end in (low, high))
    return row | {
        "low": low,
        "high": high,
        "npsv_low": npsv_low,
        "npsv_high": npsv_high,
        "swing_gbp": abs(npsv_high - npsv_low),
        "public_net_low": purse_low,
        "public_net_high": purse_high,
        **switch(lambda value: priced.npsv(**{name: value}), low, high),
    }


def switch(npsv_at: Callable[[float], float], low: float, high: float) -> dict[str, object]:
    """Where an answer turns between two ends: ``switching_value`` (None where it does not) and ``reading``."""
    if npsv_at(low) * npsv_at(high) >= 0.0:
        return {"switching_value": None, "reading": "not reachable between low and high"}
    return {"switching_value": float(brentq(npsv_at, low, high)), "reading": "turns here"}


PAIR_STEPS = 5
"""Values of each of two inputs at which they are tried together."""


def two_at_a_time(swings: pd.DataFrame, priced: Repriced) -> pd.DataFrame:
    """The two prices or conventions that move the answer most, together.

    Parameters
    ----------
    swings
        As of :func:`one_price_at_a_time`.
    priced
        Counts to be priced.

    Returns
    -------
    pandas.DataFrame
        ``parameter``, ``title``, ``value``, ``other``, ``other_title``, ``other_value``, ``npsv`` [GBP] and
        ``other_at_zero``: the value of the other at which net present social value is zero, NaN where there is none
        between its ends. Empty where fewer than two have an interval.
    """
    two = swings[swings["swing_gbp"] > 0.0].head(2).to_dict("records")
    if len(two) < 2:
        return pd.DataFrame()
    one, other = two
    rows = []
    for value in np.linspace(one["low"], one["high"], PAIR_STEPS).tolist():

        def npsv_at(other_value: float, value: float = value) -> float:
            return priced.npsv(**{one["parameter"]: value, other["parameter"]: other_value})

        zero = switch(npsv_at, other["low"], other["high"])["switching_value"]
        for other_value in np.linspace(other["low"], other["high"], PAIR_STEPS).tolist():
            told = {"parameter": one["parameter"], "title": one["title"], "value": value}
            told |= {"other": other["parameter"], "other_title": other["title"], "other_value": other_value}
            rows.append(told | {"npsv": npsv_at(other_value), "other_at_zero": zero})
    return pd.DataFrame(rows).astype({"other_at_zero": float})
