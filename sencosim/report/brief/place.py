"""Which place a brief is about, and which places stand beside it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sencosim.errors import InputError
from sencosim.evidence.councils import load_councils, neighbours_of
from sencosim.evidence.localities import find_locality
from sencosim.report.findings import Findings
from sencosim.report.inputs import ENGLAND
from sencosim.report.stored import StoredRun

MOST_NEIGHBOURS = 5
WITHOUT_ARTICLE = ("London", "Yorkshire and The Humber")
"""Regions that take no article."""


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
    """What a run says of a place; an InputError if it says nothing, because the run was of other councils."""
    summary = run.inputs.summary
    if not (summary["area_code"] == place.code).any():
        here = str(summary.loc[summary["area_code"] == run.inputs.area_code, "area_name"].iloc[0])
        raise InputError(
            f"The run {run.run_id} says nothing about {place.name}: it simulated {here} only. Make a brief from a run "
            "of England, or run this council:  sencosim run … --council"
        )
    found = Findings(replace(run.inputs, area_code=place.code))
    found.years = Findings(run.inputs).years  # a place has totals only; its years are those of the run
    found.area_name = place.words
    return found
