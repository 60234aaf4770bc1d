"""What a reader asks about, once: outcomes for people and in money, payers, and the rates that groups are compared by.

The rows are in ``outcomes.csv``, those that matter most to readers first, in ``measures.csv``, where a bare name is an
outcome taken as it is, and in ``derived.csv``: ratios and shares of others. Each has a title, a unit and a definition
that says who and what is counted, and per what; tables take these words from here. Money is added up in
:mod:`sencosim.costing.money`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Literal, NamedTuple, cast

import numpy as np
import numpy.typing as npt

from sencosim.evidence.tables import read_rows
from sencosim.vocabulary import COLUMN, PAYER, PAYER_AMOUNTS, PAYERS

Floats = npt.NDArray[np.float64]
Kind = Literal["people", "time", "money", "rate", "share"]
Favourable = Literal["up", "down", ""]
Summed = Callable[[tuple[str, ...]], Floats]
"""Adds up quantities by name."""
HERE = Path(__file__).parent
ROUNDING = 1e-3
"""Below this a sum is what rounding of counts leaves. [GBP]"""


def divided(top: Floats, bottom: Floats) -> Floats:
    """Ratio of two arrays of one shape, NaN where nothing stands below."""
    ratio: Floats = np.divide(top, bottom, out=np.full(np.shape(top), np.nan), where=bottom > 0.0)
    return ratio


@dataclass(frozen=True)
class Outcome:
    """One outcome or rate: an amount of money, a sum of quantities, or a ratio of two sums."""

    name: str
    title: str
    unit: str
    kind: Kind
    favourable: Favourable  # blank if neither is plainly better
    of: tuple[str, ...]  # quantities that are added; none for money and shares
    per: tuple[str, ...]  # quantities that the sum is divided by; none for a plain sum
    scale: float  # multiplies the result: 100 for per cent
    per_baseline: bool  # divided by the baseline's quantities in both arms, so that a rate moves with its events alone
    definition: str  # what it is, and what to be careful of

    def value(self, summed: Summed, summed_below: Summed | None = None) -> Floats:
        """From sums of quantities; below a ratio perhaps others. [``unit``; NaN where nothing stands below]"""
        top = self.scale * summed(self.of)
        if not self.per:
            return top
        return divided(top, (summed_below or summed)(self.per))


@dataclass(frozen=True)
class Derived:
    """A figure made of others: a ratio, or a share of what is counted."""

    name: str
    title: str  # in braces the title of an outcome, where there is one such figure for each
    unit: str
    kind: str
    favourable: str  # up, down or blank
    definition: str

    def of(self, title: str, unit: str) -> Derived:
        """The figure of one outcome."""
        return replace(self, title=self.title.format(title=title), unit=self.unit.format(unit=unit))


class Definition(NamedTuple):
    """Definition of a figure, as printed."""

    name: str
    title: str
    unit: str
    words: str  # who and what is counted, and per what
    counts: str = ""  # quantities that are added; blank for money and for what is made of other figures
    per: str = ""  # quantities that the sum is divided by


def _read(row: dict[str, str]) -> Outcome:
    return Outcome(
        *(row["name"], row["title"], row["unit"], cast("Kind", row["kind"]), cast("Favourable", row["favourable"])),
        of=tuple(row["of"].split()),
        per=tuple(row["per"].split()),
        scale=float(Fraction(row["scale"])),
        per_baseline=row.get("base") == "baseline",
        definition=row.get("definition", ""),
    )


_OUTCOMES = tuple(map(_read, read_rows(HERE / "outcomes.csv")))
MONEY_OUTCOME: dict[str, Outcome] = {one.name: one for one in _OUTCOMES if one.kind == "money"}
"""In money, by name: for each the present value at the discount rate in force stands alongside the years."""
OUTCOME: dict[str, Outcome] = {one.name: one for one in _OUTCOMES if one.kind != "money"}
"""For people and time, by name."""
OUTCOMES: tuple[Outcome, ...] = tuple(OUTCOME.values())
_MEASURES = tuple(_read(row) if row["title"] else OUTCOME[row["name"]] for row in read_rows(HERE / "measures.csv"))
MEASURES: tuple[Outcome, ...] = tuple(one for one in _MEASURES if one.of)
"""What is compared between groups of schools: rates that places of different size can be compared by."""
MONEY_MEASURES: tuple[Outcome, ...] = tuple(one for one in _MEASURES if one.kind == "money")
"""Cost to schools over the whole horizon, in prices of the price base."""
SHARE_MEASURES: tuple[Outcome, ...] = tuple(one for one in _MEASURES if one.kind == "share")
"""What a group has of all need (in the baseline) and of all hours that policy adds. Their level is in ``policy``."""
NEED_SHARE, HOURS_SHARE = (one.name for one in SHARE_MEASURES)
DERIVED: dict[str, Derived] = {row["name"]: Derived(**row) for row in read_rows(HERE / "derived.csv")}
"""Figures made of others, by name."""
REPORTED: tuple[str, ...] = (
    *(name for name in MONEY_OUTCOME if name not in PAYER_AMOUNTS),
    *(f"{told}.{payer}" for payer in PAYERS for told in PAYER_AMOUNTS),
)
"""Every outcome in money that a run reports, as :func:`sencosim.costing.money.money_by_year` names it."""
POSTS = ("posts",)
"""One post a school: post-years are school-years."""
SEN_PUPILS = ("pupil_years.sen_support", "pupil_years.ehc_plan", "pupil_years.waiting_special")
"""Pupil-years with SEN in a mainstream class."""


def quantities(names: tuple[str, ...]) -> list[int]:
    """Columns of quantities."""
    return [COLUMN[name] for name in names]


def outcome_by_year(outcome: Outcome, counts: Floats) -> Floats:
    """Outcome by year, then over all years.

    ``counts`` are totals of one arm [units, shape (..., n_years, n_quantities)], the result has the shape
    (..., n_years + 1). [unit of the outcome; NaN where nothing stands below a ratio]
    """

    def with_total(names: tuple[str, ...]) -> Floats:
        by_year = counts[..., quantities(names)].sum(axis=-1)
        return np.concatenate([by_year, by_year.sum(axis=-1, keepdims=True)], axis=-1)

    return outcome.value(with_total)


def definitions() -> list[Definition]:
    """Every figure of the catalogue in its order; a measure that is an outcome comes once."""
    own = [one for one in _MEASURES if one not in _OUTCOMES]
    counted = [
        Definition(one.name, one.title, one.unit, one.definition, _words(one.of), _words(one.per))
        for one in (*_OUTCOMES, *own)
    ]
    derived = [one.of("an outcome", "unit of the outcome") for one in DERIVED.values()]
    return [*counted, *(Definition(one.name, one.title, one.unit, one.definition) for one in derived)]


def _words(names: tuple[str, ...]) -> str:
    return ", ".join(names)


def describe(outcome: str, payer: str = "") -> tuple[str, str, str, str]:
    """Title, unit, kind and favourable direction of an outcome, perhaps of one payer."""
    if payer:
        words = dict(zip(PAYER_AMOUNTS, ("net cost", "pays more", "pays less"), strict=True))[outcome]
        return f"{PAYER[payer].title}: {words}", "GBP", "money", "down"
    found = MONEY_OUTCOME[outcome] if outcome in MONEY_OUTCOME else OUTCOME[outcome]
    return found.title, found.unit, found.kind, found.favourable
