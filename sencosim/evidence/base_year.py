"""The times that the evidence describes, and the published figures that the base year is compared with.

``base_year.yaml`` says which year is the base year, of when the councils' facts are, and what calibration is fitted
to; ``base_year_targets.csv`` has one row for each comparison. ``docs/annual_release.md`` says how to change them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import AfterValidator

from sencosim.evidence.register import evidence_folder
from sencosim.evidence.tables import read_table
from sencosim.evidence.yaml_files import Entry, read_model
from sencosim.units import format_year, parse_year

BASE_YEAR_FILE, TARGETS_FILE = "base_year.yaml", "base_year_targets.csv"


def _is_year(text: str) -> str:
    parse_year(text)
    return text


SchoolYear = Annotated[str, AfterValidator(_is_year)]


class Window(Entry):
    """What a calibration is fitted to: first school year of its runs, and first and last calendar year of flows."""

    start: SchoolYear
    first: int
    last: int

    @property
    def start_year(self) -> int:
        """September in which its runs start."""
        return parse_year(self.start)


class PublishedAt(Entry):
    """Title and address of a publication."""

    title: str
    link: str


class Times(Entry):
    """Everything in ``base_year.yaml``, which says what each row is."""

    format: Literal["base_year"]
    base_year: SchoolYear
    counted_january: int
    latest_january: int
    first_council_year: int
    fitted_timeliness_year: int
    last_exclusion_year: SchoolYear
    frozen: Window
    recent: Window
    decided_share: float  # [share]
    pandemic_weight: float  # [ratio]
    discrepancy: Mapping[str, float]  # by quantity [logarithm of counts, log odds of shares]
    council_sources: Mapping[str, PublishedAt]  # by group of fields
    neighbours_source: PublishedAt


def read_times() -> Times:
    """Read the times of the evidence in use."""
    return read_model(Times, evidence_folder() / BASE_YEAR_FILE)


TIMES = read_times()
BASE_YEAR = parse_year(TIMES.base_year)
"""The base year by its September. Its flows are of that calendar year, its stocks of the January after."""
BASE_YEAR_WORDS = format_year(BASE_YEAR)
"""The same as it is written."""


@dataclass(frozen=True)
class BaseYearTarget:
    """One published figure that the base year of the model is compared with."""

    series: str
    breakdown: str
    period: str  # as the source writes it: "2024", "Jan 2025", "2024/25"
    published: str  # series:breakdown of the evidence, councils:fact, or a figure that is worked out from others
    counted: str  # in the calendar year, the school year, the school year of the period; or what is said of hours
    phase: str  # blank for all
    of: tuple[str, ...]  # quantities of the ledger that are added
    per: tuple[str, ...]  # what they are a percentage of; none for a plain sum
    tolerance_pct: float  # the largest gap called "within" [% of published]
    source: str  # which file of the evidence has the figure
    note: str  # what differs in definition


def base_year_targets() -> dict[tuple[str, str], BaseYearTarget]:
    """Targets by series and breakdown, in the order of the table.

    Examples
    --------
    >>> base_year_targets()["ehcp_new_plans", "all"].tolerance_pct
    7.5
    """
    return {(target.series, target.breakdown): target for target in read_table(TARGETS_FILE, BaseYearTarget)}
