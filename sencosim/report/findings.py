"""Look figures up in the summary: the one door through which tables, charts and sentences get their numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any

import pandas as pd

from sencosim.report.inputs import NET_PUBLIC_COST, PAYER_NET, PRESENT_VALUE, TOTAL, ReportInputs, complete_summary
from sencosim.report.laws import TODAY, baseline_words
from sencosim.report.words import sentence_case

ASSUMED_ZEROS = "The sceptic view switches effects off: its zeros are assumed, not found."
"""Note of tables that have the sceptic view in a column or a row."""


@dataclass(frozen=True)
class Figure:
    """One row of the summary: a paired difference with its interval, and the levels behind it; numbers in ``unit``."""

    view: str
    outcome: str
    title: str
    unit: str
    year: str
    payer: str
    kind: str
    favourable: str
    price_base: str
    note: str
    baseline: float  # means over draws and replications, as are the next two
    policy: float
    difference: float
    p10: float  # of the paired difference, as are the next four
    p50: float
    p90: float
    p25: float
    p75: float
    p10_low: float  # 90 % interval of p10 for the number of draws, as far as it is known [NaN if not]
    p10_high: float
    p90_low: float
    p90_high: float
    chance_below_zero: float  # share of draws with a difference below zero [fraction, or NaN]
    monte_carlo_error: float  # standard error of the mean over replications at the point values [>= 0]
    draw_error: float  # standard error of the mean over draws, for their small number [>= 0]
    n_draws: int
    n_replications: int

    @property
    def has_range(self) -> bool:
        """Whether there is more than one draw or replication behind the interval."""
        return math.isfinite(self.p10) and math.isfinite(self.p90) and self.n_draws * self.n_replications > 1

    @property
    def ends(self) -> tuple[float, ...]:
        """Ends of the interval, if there is one. [``unit``]"""
        return (self.p10, self.p90) if self.has_range else ()

    @property
    def is_zero(self) -> bool:
        """Whether the policy changes nothing in any draw."""
        return self.difference == self.p10 == self.p90 == 0.0

    @property
    def is_clear(self) -> bool:
        """Whether the whole 80 % interval and the mean lie on one side of zero.

        Where most draws change nothing, the mean may lie outside the interval, even across zero.
        """
        return self.has_range and (min(self.p10, self.difference) > 0.0 or max(self.p90, self.difference) < 0.0)


class Findings:
    """The summary of one run in one area, asked by name."""

    def __init__(self, inputs: ReportInputs) -> None:
        self.inputs = inputs
        self.summary = complete_summary(inputs)
        here = self.summary[self.summary["area_code"] == inputs.area_code]
        self._rows = {
            (figure.view, figure.outcome, figure.payer, figure.year): figure
            for figure in (_figure(row) for row in here.to_dict("records"))
        }
        self.area_name = str(here["area_name"].iloc[0])
        self.years = sorted({figure.year for figure in self._rows.values()} - {TOTAL, PRESENT_VALUE})

    @property
    def laws(self) -> tuple[str, ...]:
        """Laws that the policy is set against, that of the headline first, as the manifest of the run says."""
        return tuple(self.inputs.manifest.get("laws") or (TODAY,))

    @property
    def law(self) -> str:
        """Law that the headline is set against."""
        return self.laws[0]

    def get(self, view: str, outcome: str, year: str, payer: str = "") -> Figure | None:
        """One figure, or ``None`` if the summary does not hold it."""
        return self._rows.get((view, outcome, payer, year))

    def by_year(self, view: str, outcome: str, payer: str = "") -> list[Figure]:
        """The figures of one outcome in the order of years, totals left out."""
        found = (self.get(view, outcome, year, payer) for year in self.years)
        return [figure for figure in found if figure is not None]

    def headline(self, view: str) -> Figure:
        """Net cost to the public purse: present value if there is one, else the total, else the last year."""
        return self.over_the_run(view, NET_PUBLIC_COST)

    def over_the_run(self, view: str, outcome: str, payer: str = "") -> Figure:
        """The figure that stands for the whole run: present value, else total, else the last year."""
        for year in (PRESENT_VALUE, TOTAL, *reversed(self.years)):
            figure = self.get(view, outcome, year, payer)
            if figure is not None:
                return figure
        raise KeyError((view, outcome, payer))

    def has(self, view: str, outcome: str, payer: str = "") -> bool:
        """Whether the summary holds the outcome at all for this view and payer."""
        return any(key[:3] == (view, outcome, payer) for key in self._rows)

    def outcomes(self, *kinds: str) -> list[str]:
        """Outcomes of these kinds without a payer, in the order of the summary; the headline left out."""
        found = dict.fromkeys(
            figure.outcome for figure in self._rows.values() if figure.kind in kinds and not figure.payer
        )
        return [outcome for outcome in found if outcome != NET_PUBLIC_COST]

    def payers(self) -> list[str]:
        """Payers with a net cost: the public ones in the order given, then the others."""
        known = dict.fromkeys(figure.payer for figure in self._rows.values() if figure.outcome == PAYER_NET)
        public = [payer for payer in self.inputs.public_payers if payer in known]
        return public + [payer for payer in known if payer not in public]

    def public_payers(self) -> list[str]:
        """Payers whose net costs make up the headline."""
        return [payer for payer in self.payers() if payer in self.inputs.public_payers]

    def figures(self) -> list[Figure]:
        """Every figure of this area."""
        return list(self._rows.values())

    def period(self) -> str:
        """First and last year of the run, in words."""
        if not self.years:
            return "the whole run"
        start = self.inputs.scenario.policy_start
        first = start if start in self.years else self.years[0]
        return f"{first} to {self.years[-1]}"

    def money_basis(self) -> str:
        """What kind of money the headline is: present value or not, and its price base."""
        figure = self.headline(self.inputs.main_view)
        kind = {PRESENT_VALUE: "present value", TOTAL: "undiscounted total"}.get(figure.year, f"in {figure.year}")
        return f"{kind}, {figure.price_base} prices"

    def words(self) -> dict[str, Any]:
        """What titles, headers and notes of tables and charts fill in."""
        views, main, today = self.inputs.views, self.inputs.main_view, baseline_words(self.law)
        return {
            "today": today,
            "Today": sentence_case(today),
            "area": self.area_name,
            "period": self.period(),
            "where": f"{self.area_name}, {self.period()}.",
            "view": main,
            "basis": self.money_basis(),
            "prices": self.yearly_price_base(),
            "others": [view for view in views if view != main],
            "assumed": ASSUMED_ZEROS if "sceptic" in views else "",
            "titles": [f"{sentence_case(view)} view" for view in views],
        }

    def yearly_price_base(self) -> str:
        """Price base of the headline outcome by year."""
        yearly = self.by_year(self.inputs.main_view, NET_PUBLIC_COST)
        return yearly[0].price_base if yearly else self.headline(self.inputs.main_view).price_base


def _figure(row: dict[Any, Any]) -> Figure:
    """Read one row of the summary; what is optional and missing becomes NaN or blank."""
    read: dict[Any, Callable[[Any], Any]] = {"str": cell_text, "float": cell_number, "int": int}
    return Figure(**{one.name: read[one.type](row.get(one.name)) for one in fields(Figure)})


def figures_frame(figures: Iterable[Figure], columns: Sequence[str]) -> pd.DataFrame:
    """Figures as a table, a row each."""
    return pd.DataFrame([[getattr(figure, name) for name in columns] for figure in figures], columns=list(columns))


def cell_text(value: Any) -> str:
    """Text of a cell of a table that was read back; blank if nothing stands there."""
    return "" if value is None or (not isinstance(value, (list, tuple)) and pd.isna(value)) else str(value)


def cell_number(value: Any) -> float:
    """Number of a cell of a table that was read back; NaN if nothing stands there."""
    return math.nan if value is None or pd.isna(value) else float(value)
