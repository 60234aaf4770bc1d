"""The dedicated schools grant (DSG) of each council: schools block, high-needs block, and what was overspent by then.

``council_schools_block.csv`` is *Dedicated schools grant: 2023 to 2024 financial year allocations* (DfE), sheet of the
schools block: primary and secondary unit of funding, pupils that they were paid for, premises, growth, total before
recoupment. City of London and Isles of Scilly are not in the file.

``council_deficits.csv`` is two files. *DSG cumulative balance as a percentage of total income* by council, 2019-20 to
2021-22, stands behind DfE's SEND and alternative provision dashboard; a deficit is below zero. The grant and its
high-needs block are those of the allocations of 2023-24, before recoupment and deductions. The publisher gives
percentages and no pounds: pounds are worked out here, at the grant of 2023-24 (weighted with it the percentages give
England's published -2.26 %). Cumberland and Westmorland and Furness stand with the balance of Cumbria, of which they
were parts until April 2023; ``balance_of`` says so. A balance is a stock. It is shown alongside flows and never added.

``lump_sum_shares.csv`` is written answer 46810 (DfE): schools by the share of their formula funding that is the lump
sum, 2024-25, bands joined so that each has some hundred schools.

Contains public sector information licensed under the Open Government Licence v3.0. Source: Department for Education.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from sencosim.evidence.tables import read_table

BALANCE_YEAR = "2021-22"
"""Financial year at whose end the latest balance stands."""
GRANT_YEAR = "2023-24"
"""Financial year of the grant."""
DEFICITS_SOURCE = (
    "DfE, SEND and alternative provision dashboard: DSG cumulative balance by council, 2019-20 to 2021-22",
    "https://github.com/dfe-analytical-services/SEND-AP-Inclusion-Dashboard",
)
GRANT_SOURCE = (
    "DfE, Dedicated schools grant: 2023 to 2024 financial year allocations",
    "https://www.gov.uk/government/publications/dedicated-schools-grant-dsg-2023-to-2024",
)
LUMP_SUM_SOURCE = (
    "Written answer 46810 (DfE): schools by lump sum as a share of formula funding, 2024-25",
    "https://www.parallelparliament.co.uk/question/46810/schools-finance",
)


@dataclass(frozen=True)
class CouncilGrant:
    """One council's grant and balance. ``None`` where nothing is published."""

    la_code: int  # DfE, three digits
    ons_code: str
    balance_of: str  # former council whose balance it is; blank for its own
    # Cumulative balance at the end of the year; a deficit is below zero. [% of the income of all blocks]
    balance_2019_20_pct: float | None
    balance_2020_21_pct: float | None
    balance_2021_22_pct: float | None
    grant_2023_24_gbp: int | None  # all blocks
    high_needs_2023_24_gbp: int | None  # high-needs block

    @property
    def balance_gbp(self) -> float | None:
        """Latest balance at the grant of 2023-24: worked out, not published. [GBP; a deficit is below zero]

        Examples
        --------
        >>> round(grant_of("E09000007").balance_gbp)
        14317826
        """
        if self.balance_2021_22_pct is None or self.grant_2023_24_gbp is None:
            return None
        return self.balance_2021_22_pct / 100.0 * self.grant_2023_24_gbp


@dataclass(frozen=True)
class SchoolsBlock:
    """One council's schools block of 2023-24, before recoupment. ``None`` where nothing is published."""

    la_code: int
    ons_code: str
    primary_unit_gbp: float | None  # GBP per primary pupil
    secondary_unit_gbp: float | None  # GBP per secondary pupil
    primary_pupils: float | None  # Reception to Year 6
    secondary_pupils: float | None  # Years 7 to 11
    premises_gbp: int | None
    growth_gbp: int | None
    schools_block_gbp: int | None


@dataclass(frozen=True)
class LumpSumBand:
    """Schools of England whose lump sum is such a share of their formula funding."""

    from_pct: float
    to_pct: float
    schools: int


@lru_cache(maxsize=1)
def council_grants() -> dict[str, CouncilGrant]:
    """Grant and balance of every council, by ONS code.

    Examples
    --------
    >>> council_grants()["E06000063"].balance_of
    'Cumbria'
    """
    return {one.ons_code: one for one in read_table("council_deficits.csv", CouncilGrant)}


def grant_of(ons_code: str) -> CouncilGrant:
    """Grant and balance of one council."""
    return council_grants()[ons_code]


@lru_cache(maxsize=1)
def schools_blocks() -> dict[str, SchoolsBlock]:
    """Schools block of every council, by ONS code."""
    return {one.ons_code: one for one in read_table("council_schools_block.csv", SchoolsBlock)}


@lru_cache(maxsize=1)
def lump_sum_bands() -> tuple[LumpSumBand, ...]:
    """Published schools by lump-sum share, smallest share first.

    Examples
    --------
    >>> sum(one.schools for one in lump_sum_bands())
    20150
    """
    return read_table("lump_sum_shares.csv", LumpSumBand)
