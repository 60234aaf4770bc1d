"""Dated tables of appraisal: discount schedules and deflators by vintage, and totals to reconcile with.

Guidance changes, so its numbers are data with a date. A *vintage* is one published state of them. The tables live
in ``appraisal.yaml``, which is not a register of parameters.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, model_validator
from ruamel.yaml import YAML

from sencosim.errors import EvidenceError

_FROZEN = ConfigDict(frozen=True, extra="forbid")
_Item = TypeVar("_Item")


class TableSource(BaseModel):
    """Where a table was read."""

    model_config = _FROZEN

    title: str
    link: str
    date: str


class Schedule(BaseModel):
    """Discount rates by years from the base.

    Attributes
    ----------
    title, note
        In words.
    steps
        Pairs of first year and yearly rate; each step lasts until the next. [years, share a year]
    """

    model_config = _FROZEN

    title: str
    note: str
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


class DiscountVintage(BaseModel):
    """One state of the discount schedules: ``evidence`` if it was read, ``assumption`` if it stands in."""

    model_config = _FROZEN

    title: str
    published: str
    in_force: bool
    kind: Literal["evidence", "assumption"]
    source: TableSource
    note: str
    schedules: dict[str, Schedule]


class DeflatorVintage(BaseModel):
    """One release of the GDP deflator.

    Attributes
    ----------
    index
        Level by financial year, written ``2025-26``. [any base]
    first_forecast
        Financial years from here on are forecasts.
    pandemic
        Financial years distorted by the way output was measured in the pandemic.
    """

    model_config = _FROZEN

    title: str
    published: str
    in_force: bool
    source: TableSource
    note: str
    first_forecast: str
    pandemic: tuple[str, ...]
    index: dict[str, float]

    @model_validator(mode="after")
    def _years_are_unbroken(self) -> DeflatorVintage:
        years = [int(period[:4]) for period in self.index]
        if years != list(range(years[0], years[0] + len(years))):
            raise ValueError("the financial years of a deflator must follow each other")
        return self


class ReconciliationTotal(BaseModel):
    """A published total. A ``stock`` is never added to a ``flow``."""

    model_config = _FROZEN

    title: str
    value: float
    unit: str
    period: str
    nature: Literal["flow", "stock"]


class Assumed(BaseModel):
    """An assumption with its span. [unit as its name says]"""

    model_config = _FROZEN

    value: float
    low: float
    high: float


class StaffingBias(BaseModel):
    """Optimism bias of a staffing duty: an assumption, for which no published figure exists.

    Attributes
    ----------
    cost_uplift
        Costs are raised by this share.
    benefit_reduction
        Benefits are lowered by this share.
    benefit_delay_years
        Benefits come so much later. [years]
    """

    model_config = _FROZEN

    title: str
    kind: Literal["assumption"]
    cost_uplift: Assumed
    benefit_reduction: Assumed
    benefit_delay_years: Assumed
    note: str


class UpperBounds(BaseModel):
    """Published upper bounds of optimism bias, as shares of capital cost and duration, by kind of project."""

    model_config = _FROZEN

    title: str
    kind: Literal["evidence"]
    shares: dict[str, dict[Literal["capital", "duration"], float]]


class OptimismTables(BaseModel):
    """What is assumed of a staffing duty, and what is published for other projects."""

    model_config = _FROZEN

    staffing_duty: StaffingBias
    upper_bounds: UpperBounds


class Band(BaseModel):
    """A band of the benefit-cost ratio, from ``above`` (included, except 0) to the next. [ratio]"""

    model_config = _FROZEN

    name: str
    above: float | None
    status: Literal["seen", "memory-unverified"]


class ValueForMoney(BaseModel):
    """Bands of the benefit-cost ratio: a convention, shown as an indication."""

    model_config = _FROZEN

    title: str
    note: str
    bands: tuple[Band, ...]


class Valuation(BaseModel):
    """An optional valuation that no account uses. [``unit``; ``price_year`` None if it was not seen]"""

    model_config = _FROZEN

    title: str
    value: float
    unit: str
    price_year: str | None
    note: str


class AppraisalTables(BaseModel):
    """Everything in ``appraisal.yaml``."""

    model_config = _FROZEN

    format: Literal["appraisal_tables"]
    price_base: str
    present_value_base: str
    academic_year_months: tuple[int, int]
    calendar_year_months: tuple[int, int]
    discounting: dict[str, DiscountVintage]
    deflators: dict[str, DeflatorVintage]
    optimism_bias: OptimismTables
    value_for_money: ValueForMoney
    valuations: dict[str, Valuation]
    reconciliation: dict[str, ReconciliationTotal]

    def discount_vintage(self, vintage: str) -> DiscountVintage:
        """Discount schedules of a vintage; ``in_force`` is the one that governs now.

        Raises
        ------
        EvidenceError
            If there is no such vintage.
        """
        return _named(self.discounting, vintage, "vintage of the discount schedules")

    def schedule(self, name: str = "standard", vintage: str = "in_force") -> Schedule:
        """One discount schedule.

        Raises
        ------
        EvidenceError
            If there is no such vintage or schedule.
        """
        return _named(self.discount_vintage(vintage).schedules, name, f"discount schedule of the vintage {vintage}")

    def deflator(self, vintage: str = "in_force") -> DeflatorVintage:
        """One release of the deflator, by name, or the one in force.

        Raises
        ------
        EvidenceError
            If there is no such release.
        """
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
    text = files("sencosim.evidence").joinpath("appraisal.yaml").read_text(encoding="utf-8")
    return AppraisalTables.model_validate(YAML(typ="safe").load(text))
