"""Which council a postcode or a constituency lies in, by where its schools stand.

Facts are counts of schools in ``areas/postcodes.csv`` and ``areas/constituencies.csv``, derived from *Schools, pupils
and their characteristics 2022/23*, school-level underlying data (24,442 schools of every kind, independent ones too),
https://explore-education-statistics.service.gov.uk/find-statistics/school-pupils-and-their-characteristics/2022-23:

1. Schools were counted by the outward part of ``school_postcode`` ("NR1") and council. Where the schools of an outward
   part belong to more than one council they were counted again by sector ("PE14 7"). Eight schools have no postcode.
2. Schools were counted by ``parl_con_name`` and council. Eleven schools have no known constituency. These are the 533
   constituencies of England **as drawn from 2010 to 2024**: the list of 2022/23 does not know those that were drawn
   for the election of July 2024, of which many kept their names with other borders.
3. Cumbria is split by district into its two successors, as in ``councils.csv``.

A postcode without a school is not known here, and a home may lie across a border from the schools of its postcode. A
council that holds nine in ten of the schools is taken; anything less is left to the reader to choose.

Contains public sector information licensed under the Open Government Licence v3.0. Source: Department for Education.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from sencosim.errors import EvidenceError, Problem
from sencosim.evidence.councils import Council, find_council, load_councils
from sencosim.evidence.tables import as_numbers, read_rows
from sencosim.names import nearest

ENOUGH = 0.9
"""Share of the schools of a locality that must be one council's, for the locality to be taken for it. [share]"""
NEAREST = 3
_OUTWARD = r"([A-Z]{1,2}[0-9][A-Z0-9]?)"
_SPACED = re.compile(rf"{_OUTWARD} ([0-9])(?:[A-Z]{{2}})?")
_RUN_TOGETHER = re.compile(rf"{_OUTWARD}([0-9])[A-Z]{{2}}")
Counts = Mapping[str, tuple[tuple[int, int], ...]]


@dataclass(frozen=True)
class Locality:
    """A council, and how a reader's words led to it."""

    council: Council
    sentence: str  # why this one; blank if it was named itself


@lru_cache(maxsize=1)
def postcode_counts() -> Counts:
    """Councils by outward part or sector of a postcode: DfE code and schools, most schools first.

    Examples
    --------
    >>> postcode_counts()["NR1"]
    ((926, 11),)
    """
    return _counted("postcodes.csv", "code")


@lru_cache(maxsize=1)
def constituency_counts() -> Counts:
    """Councils by name of a constituency of 2010 to 2024: DfE code and schools, most schools first.

    Examples
    --------
    >>> constituency_counts()["Norwich South"]
    ((926, 46),)
    """
    return _counted("constituencies.csv", "name")


def _counted(file: str, key: str) -> Counts:
    found: dict[str, tuple[tuple[int, int], ...]] = {}
    rows = read_rows(f"areas/{file}")
    with as_numbers(file):
        for row in rows:
            found[row[key]] = (*found.get(row[key], ()), (int(row["la_code"]), int(row["schools"])))
    return found


def postcode_parts(text: str) -> tuple[str, str] | None:
    """Outward part and sector of a postcode, or of its beginning; blank sector if there is none; None for other text.

    Examples
    --------
    >>> postcode_parts("nr1 1aa"), postcode_parts("PE147AB"), postcode_parts("NR11"), postcode_parts("Norfolk")
    (('NR1', 'NR1 1'), ('PE14', 'PE14 7'), ('NR11', ''), None)
    """
    word = " ".join(text.upper().split())
    whole = _SPACED.fullmatch(word) or _RUN_TOGETHER.fullmatch(word)
    if whole:
        return whole[1], f"{whole[1]} {whole[2]}"
    return (word, "") if re.fullmatch(_OUTWARD, word) else None


def find_locality(name: str | int) -> Locality:
    """Find the council that a name, a code, a postcode (or its outward part) or a constituency means, in this order.

    An error has the nearest names, or the choices if the place lies in several councils.

    Examples
    --------
    >>> find_locality("kent").sentence
    ''
    >>> find_locality("NR1 1AA").sentence
    'Postcode NR1 lies in Norfolk: all of its 11 schools do.'
    >>> find_locality("great yarmouth").council.name
    'Norfolk'
    """
    text = str(name).strip()
    parts = postcode_parts(text)
    if parts is not None:
        return _of_postcode(text, *parts)
    constituencies = {one.casefold(): one for one in constituency_counts()}
    try:
        return Locality(find_council(name), "")
    except EvidenceError:
        found = constituencies.get(text.casefold())
        if found is None:
            _refuse_region(text)
            raise _unknown(text, f"No council, region or constituency is called {text!r}.", _names()) from None
    return _of_counts(f"The constituency {found} (as drawn from 2010 to 2024)", text, constituency_counts()[found])


def _refuse_region(text: str) -> None:
    """Say of a region that it is many councils, rather than that there is none of its name."""
    inside = [one.name for one in load_councils() if one.region.casefold() == text.casefold()]
    if inside:
        message = f"{text} is a region of {len(inside)} councils. Name one of them: {', '.join(sorted(inside))}."
        raise EvidenceError(message, (Problem(message, found=text),))


def _of_postcode(text: str, outward: str, sector: str) -> Locality:
    counts = postcode_counts()
    code = sector if sector in counts else outward
    if code not in counts:
        message = f"No school of England has a postcode that begins with {outward}."
        raise _unknown(text, message, {one: one for one in counts if " " not in one})
    return _of_counts(f"Postcode {code}", text, counts[code])


def _of_counts(what: str, text: str, counts: tuple[tuple[int, int], ...]) -> Locality:
    """The council that has enough of the schools, or an error that lists the choices."""
    total = sum(schools for _, schools in counts)
    code, most = counts[0]
    council = find_council(code)
    if most < ENOUGH * total:
        choices = "; ".join(f"{find_council(one).name} ({schools})" for one, schools in counts)
        message = (
            f"{what} lies in more than one council, with so many of its {total} schools: {choices}. "
            "Name one of these councils."
        )
        raise EvidenceError(message, (Problem(message, found=text),))
    if total == 1:
        return Locality(council, f"{what} lies in {council.name}: its one school does.")
    if most == total:
        return Locality(council, f"{what} lies in {council.name}: all of its {total} schools do.")
    return Locality(council, f"{what} lies mostly in {council.name}: {most} of its {total} schools do.")


def _names() -> dict[str, str]:
    """Everything that can be named alongside postcodes, by what it is compared with."""
    names = [*(one.name for one in load_councils()), *constituency_counts()]
    return {name.casefold(): name for name in ("England", *sorted({one.region for one in load_councils()}), *names)}


def _unknown(text: str, message: str, names: Mapping[str, str]) -> EvidenceError:
    keys = {key.casefold(): name for key, name in names.items()}
    near = nearest(text.casefold(), keys, most=NEAREST, likeness=0.5)
    hint = f" Nearest: {', '.join(keys[name] for name in near)}." if near else ""
    told = (
        f"{message}{hint} `sencosim list councils` has all 153 councils; a postcode such as NR1, or a constituency as "
        "drawn from 2010 to 2024, is understood too."
    )
    return EvidenceError(told, (Problem(told, found=text),))
