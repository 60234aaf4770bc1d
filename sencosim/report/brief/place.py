"""Which place a brief is about, which places stand alongside it, and what a run says of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from sencosim.errors import InputError
from sencosim.evidence.councils import Council, load_councils, neighbours_of
from sencosim.evidence.localities import find_locality
from sencosim.outcomes.areas import MODELLED, with_local_chance
from sencosim.report.findings import Findings
from sencosim.report.inputs import ENGLAND, NET_PUBLIC_COST, PRESENT_VALUE, TOTAL, UNLIKE_REGISTER
from sencosim.report.stored import StoredRun

MOST_NEIGHBOURS = 5
WITHOUT_ARTICLE = ("London", "Yorkshire and The Humber")
"""Regions that take no article."""
PER_SCHOOL = {NET_PUBLIC_COST: PRESENT_VALUE, "overtime_hours": TOTAL, "senco_work_hours": TOTAL}
"""Outcomes that a brief gives for each school and year, by the row that they are made from."""
SCALED = ("difference", "p10", "p50", "p90", "monte_carlo_error", "draw_error")


@dataclass(frozen=True)
class Place:
    """A council, a region, or England."""

    code: str  # this and the name as in the summary
    name: str
    kind: str  # council, region or england
    beside: tuple[str, ...]  # places to compare with: neighbours of a council, the other regions of a region
    found_by: str = ""  # why this council, if it was asked for by a postcode or a constituency

    @property
    def words(self) -> str:
        """Name as it stands in a sentence.

        Examples
        --------
        >>> find_place("South East").words, find_place("London").words
        ('the South East', 'London')
        """
        takes_article = self.kind == "region" and self.name not in WITHOUT_ARTICLE
        return f"the {self.name}" if takes_article else self.name

    @property
    def councils(self) -> tuple[Council, ...]:
        """Councils of the place."""
        return tuple(
            one for one in load_councils() if self.kind == "england" or self.code in (one.ons_code, one.region)
        )

    @property
    def schools(self) -> int:
        """Mainstream schools of the place in the register. [schools]

        Examples
        --------
        >>> find_place("Rutland").schools
        21
        """
        return sum(one.schools for one in self.councils)

    def schools_in(self, manifest: Mapping[str, Any]) -> float:
        """Mainstream schools of the place in the list of a run, which may be of another year. [schools]"""
        more = manifest.get(UNLIKE_REGISTER) or {}
        return float(self.schools + sum(more.get(one.ons_code, 0.0) for one in self.councils))


def find_place(name: str) -> Place:
    """Find a place by name or code, or a council by a postcode or constituency in it.

    An EvidenceError if there is none (the message has the nearest names), or several councils share the postcode.

    Examples
    --------
    >>> find_place("norfolk").beside[:2], find_place("England").kind, find_place("london").kind
    (('Suffolk', 'Cornwall'), 'england', 'region')
    >>> find_place("NR1").found_by
    'Postcode NR1 lies in Norfolk: all of its 11 schools do.'
    """
    wanted = name.strip().casefold()
    if wanted in ("england", ENGLAND.casefold()):
        return Place(ENGLAND, "England", "england", ())
    regions = sorted({council.region for council in load_councils()})
    for region in regions:
        if wanted == region.casefold():
            return Place(region, region, "region", tuple(other for other in regions if other != region))
    found = find_locality(name)
    council = found.council
    neighbours = tuple(one.name for one in neighbours_of(council))[:MOST_NEIGHBOURS]
    return Place(council.ons_code, council.name, "council", neighbours, found.sentence)


def findings_in(run: StoredRun, place: Place) -> Findings:
    """What a run says of a place, with chance in the place inside its intervals, and figures for each school.

    An InputError if it says nothing, because the run was of other councils, or of a part of its schools.
    """
    summary = run.inputs.summary
    if not (summary["area_code"] == place.code).any():
        here = str(summary.loc[summary["area_code"] == run.inputs.area_code, "area_name"].iloc[0])
        raise InputError(
            f"The run {run.run_id} says nothing about {place.name}: it simulated {here} only. Make a brief from a run "
            "of England, or run this council with all its schools:  sencosim run … --council"
        )
    years = Findings(run.inputs).years
    local = _local(summary, place)
    own = local[local["area_code"] == place.code]
    schools = place.schools_in(run.inputs.manifest) if is_modelled(own) else place.schools
    rows = pd.concat([local, *_per_school(own, schools * max(1, len(years)))])
    found = Findings(replace(run.inputs, summary=rows.reset_index(drop=True), area_code=place.code))
    found.years = years  # a place has totals only; its years are those of the run
    found.area_name = place.words
    return found


def is_modelled(own: pd.DataFrame) -> bool:
    """Whether rows of a place are of its own schools, not a share of England's."""
    return "basis" not in own.columns or not (set(own["basis"].dropna()) - {MODELLED})


def _local(summary: pd.DataFrame, place: Place) -> pd.DataFrame:
    """Rows of the place and of those alongside it; where one place was modelled, with its own chance."""
    rows = summary[summary["area_name"].isin([place.name, "England", *place.beside])]
    if place.kind == "england":
        return rows
    basis = rows["basis"] if "basis" in rows.columns else pd.Series(None, index=rows.index, dtype=object)
    alone = rows["area_code"].eq(place.code) & basis.isna()
    is_local = basis.eq(MODELLED) & rows["area_code"].ne(ENGLAND) | alone
    return pd.concat([with_local_chance(rows[is_local]), rows[~is_local]]).loc[rows.index]


def _per_school(rows: pd.DataFrame, school_years: float) -> Iterator[pd.DataFrame]:
    """Rows of the figures for each school and year."""
    for outcome, year in PER_SCHOOL.items():
        own = rows[(rows["outcome"] == outcome) & (rows["year"] == year) & (rows["payer"] == "")]
        scaled = own[[name for name in SCALED if name in own.columns]] / school_years
        words = {"outcome": per_school(outcome), "kind": "local", "unit": "for each school and year"}
        yield own.assign(**scaled, **words)


def per_school(outcome: str) -> str:
    """Name of a figure for each school and year."""
    return f"{outcome}_per_school_year"
