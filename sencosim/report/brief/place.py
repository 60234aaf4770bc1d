"""Which place a brief is about, and which places stand beside it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sencosim.errors import InputError
from sencosim.evidence.councils import find_council, load_councils
from sencosim.evidence.neighbours import neighbours_of
from sencosim.report.findings import Findings
from sencosim.report.inputs import ENGLAND
from sencosim.report.stored import StoredRun

MOST_NEIGHBOURS = 5


@dataclass(frozen=True)
class Place:
    """A council, a region, or England.

    Attributes
    ----------
    code, name
        As in the summary.
    kind
        ``council``, ``region`` or ``england``.
    beside
        Names of places to compare with: statistical neighbours of a council, the other regions of a region.
    """

    code: str
    name: str
    kind: str
    beside: tuple[str, ...]


def find_place(name: str) -> Place:
    """Find a place by name or code.

    Raises
    ------
    EvidenceError
        If there is none; the message has the nearest names.

    Examples
    --------
    >>> find_place("norfolk").beside[:2], find_place("England").kind, find_place("london").kind
    (('Suffolk', 'Cornwall'), 'england', 'region')
    """
    wanted = name.strip().casefold()
    if wanted in ("england", ENGLAND.casefold()):
        return Place(ENGLAND, "England", "england", ())
    regions = sorted({council.region for council in load_councils()})
    for region in regions:
        if wanted == region.casefold():
            return Place(region, region, "region", tuple(other for other in regions if other != region))
    council = find_council(name)
    return Place(
        council.ons_code, council.name, "council", tuple(one.name for one in neighbours_of(council))[:MOST_NEIGHBOURS]
    )


def findings_in(run: StoredRun, place: Place) -> Findings:
    """What a run says of a place.

    Raises
    ------
    InputError
        If it says nothing: the run was of other councils.
    """
    summary = run.inputs.summary
    if not (summary["area_code"] == place.code).any():
        here = str(summary.loc[summary["area_code"] == run.inputs.area_code, "area_name"].iloc[0])
        raise InputError(
            f"The run {run.run_id} says nothing about {place.name}: it simulated {here} only. Make a brief from a run "
            "of England, or run this council:  sencosim run … --council"
        )
    found = Findings(replace(run.inputs, area_code=place.code))
    found.years = Findings(run.inputs).years  # a place has totals only; its years are those of the run
    return found
