"""Dated tables of appraisal: discount schedules and deflators by vintage, and totals to reconcile with.

Guidance changes, so its numbers are data with a date. A *vintage* is one published state of them. The tables live
in ``appraisal.yaml``, which is not a register of parameters.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal, TypeVar

from pydantic import model_validator

from sencosim.errors import EvidenceError
from sencosim.evidence.register import evidence_folder
from sencosim.evidence.yaml_files import Entry, read_model

_Item = TypeVar("_Item")
APPRAISAL_FILE = "appraisal.yaml"


class TableSource(Entry):
    """Where a table was read."""

    title: str
    link: str
    date: str


class Schedule(Entry):
    """Discount rates by years from the base."""

    title: str
    note: str
    # Pairs of first year and yearly rate; each step lasts until the next [years, share a year]
    steps: tuple[tuple[int, float], ...]

    @model_validator(mode="after")
    def _starts_at_zero_and_rises(self) -> Schedule:
        starts = [start for start, _ in self.steps]
        if not starts or starts[0] != 0 or starts != sorted(set(starts)):
            raise ValueError("the steps of a schedule must start at year 0 and rise")
        return self

    def rate(self, year: int) -> float:
        """Rate that leads from the year before to this one. [share a year; ``year`` 1 or more]

        Examples
        --------
        >>> Schedule(title="", note="", steps=((0, 0.035), (31, 0.03))).rate(31)
        0.03
        """
        return next(rate for start, rate in reversed(self.steps) if year >= start)


class DiscountVintage(Entry):
    """One state of the discount schedules: ``evidence`` if it was read, ``assumption`` if it stands in."""

    title: str
    published: str
    in_force: bool
    kind: Literal["evidence", "assumption"]
    source: TableSource
    note: str
    schedules: dict[str, Schedule]


class DeflatorVintage(Entry):
    """One release of the GDP deflator."""

    title: str
    published: str
    in_force: bool
    source: TableSource
    note: str
    first_forecast: str  # financial years from here on are forecasts
    pandemic: tuple[str, ...]  # financial years distorted by the way output was measured in the pandemic
    index: dict[str, float]  # level by financial year, written ``2025-26`` [any base]

    @model_validator(mode="after")
    def _years_are_unbroken(self) -> DeflatorVintage:
        years = [int(period[:4]) for period in self.index]
        if years != list(range(years[0], years[0] + len(years))):
            raise ValueError("the financial years of a deflator must follow each other")
        return self


class ReconciliationTotal(Entry):
    """A published total. A ``stock`` is never added to a ``flow``."""

    title: str
    value: float
    unit: str
    period: str
    nature: Literal["flow", "stock"]


class Assumed(Entry):
    """An assumption with its span. [unit as its name says]"""

    value: float
    low: float
    high: float


class StaffingBias(Entry):
    """Optimism bias of a staffing duty: an assumption, for which no published figure exists."""

    title: str
    kind: Literal["assumption"]
    cost_uplift: Assumed  # costs are raised by this share
    benefit_reduction: Assumed  # benefits are lowered by this share
    benefit_delay_years: Assumed  # benefits come so much later [years]
    note: str


class UpperBounds(Entry):
    """Published upper bounds of optimism bias, as shares of capital cost and duration, by kind of project."""

    title: str
    kind: Literal["evidence"]
    shares: dict[str, dict[Literal["capital", "duration"], float]]


class OptimismTables(Entry):
    """What is assumed of a staffing duty, and what is published for other projects."""

    staffing_duty: StaffingBias
    upper_bounds: UpperBounds


class Band(Entry):
    """A band of the benefit-cost ratio, from ``above`` (included, except 0) to the next. [ratio]"""

    name: str
    above: float | None
    status: Literal["seen", "memory-unverified"]


class ValueForMoney(Entry):
    """Bands of the benefit-cost ratio: a convention, shown as an indication."""

    title: str
    note: str
    bands: tuple[Band, ...]


class Valuation(Entry):
    """An optional valuation that no account uses. [``unit``; ``price_year`` None if it was not seen]"""

    title: str
    value: float
    unit: str
    price_year: str | None
    note: str


class HighNeedsSwitch(Entry):
    """When central government takes over the pressure on high needs."""

    title: str
    month: str  # first month that it pays for, such as ``2028-04``
    status: Literal["seen", "memory-unverified"]
    source: TableSource
    note: str


Span = tuple[str, str | None]
"""First and last financial year, ``None`` for no end."""


class SpendingReview(Entry):
    """Which financial years a spending review sets the budgets of."""

    title: str
    short: str  # its year, for a narrow column
    resource: Span
    capital: Span
    status: Literal["seen", "memory-unverified"]
    sources: tuple[TableSource, ...]
    note: str

    def sets(self, year: str, kind: Literal["resource", "capital"]) -> bool:
        """Whether it sets the budgets of one kind for a financial year.

        Examples
        --------
        >>> review = load_appraisal_tables().spending_reviews[0]
        >>> review.sets("2028-29", "resource"), review.sets("2029-30", "resource"), review.sets("2029-30", "capital")
        (True, False, True)
        """
        first, last = self.resource if kind == "resource" else self.capital
        return first <= year and (last is None or year <= last)


class AppraisalTables(Entry):
    """Everything in ``appraisal.yaml``."""

    format: Literal["appraisal_tables"]
    price_base: str
    present_value_base: str
    academic_year_months: tuple[int, int]
    calendar_year_months: tuple[int, int]
    discounting: dict[str, DiscountVintage]
    deflators: dict[str, DeflatorVintage]
    high_needs_switch: HighNeedsSwitch
    spending_reviews: tuple[SpendingReview, ...]
    optimism_bias: OptimismTables
    value_for_money: ValueForMoney
    valuations: dict[str, Valuation]
    reconciliation: dict[str, ReconciliationTotal]

    def discount_vintage(self, vintage: str) -> DiscountVintage:
        """Discount schedules of a vintage; ``in_force`` is the one that governs now."""
        return _named(self.discounting, vintage, "vintage of the discount schedules")

    def schedule(self, name: str = "standard", vintage: str = "in_force") -> Schedule:
        """One discount schedule."""
        return _named(self.discount_vintage(vintage).schedules, name, f"discount schedule of the vintage {vintage}")

    def deflator(self, vintage: str = "in_force") -> DeflatorVintage:
        """One release of the deflator, by name, or the one in force."""
        if vintage == "in_force":
            return next(release for release in self.deflators.values() if release.in_force)
        return _named(self.deflators, vintage, "vintage of the deflator")


def _named(table: dict[str, _Item], name: str, what: str) -> _Item:
    if name not in table:
        raise EvidenceError(f"There is no {what} named {name}. There is {', '.join(table)}.")
    return table[name]


@lru_cache(maxsize=1)
def load_appraisal_tables() -> AppraisalTables:
    """Read the tables that come with the package.

    Examples
    --------
    >>> load_appraisal_tables().schedule("standard").rate(1)
    0.035
    """
    return read_model(AppraisalTables, evidence_folder() / APPRAISAL_FILE)
