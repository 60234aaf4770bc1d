"""The schools of a run: one row per mainstream school, and how they are kept on disk."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from sencosim.errors import DAMAGE, PopulationError, Problem
from sencosim.evidence.councils import load_councils
from sencosim.plain_text import harm_in_any
from sencosim.population.spread import Bool, Float64, Int64
from sencosim.units import N_YEAR_GROUPS, PHASES, YEAR_GROUPS

Int32 = npt.NDArray[np.int32]
Int8 = npt.NDArray[np.int8]
Text = npt.NDArray[np.str_]

PRIMARY, SECONDARY = 0, 1

SCHOOL_TYPES = (
    *("infant", "junior", "through_primary", "secondary_without_sixth_form", "secondary_with_sixth_form"),
    *("selective", "all_through", "middle", "technical", "sixteen_to_nineteen"),
)
"""Types of mainstream school; the first three are primary. Technical: university technical colleges, studio schools."""

_SIZE_LIMITS = ((100, 210, 420), (750, 1250))
SIZE_BANDS = (("under 100", "100-209", "210-419", "420 and over"), ("under 750", "750-1249", "1250 and over"))
"""Labels of the size bands of primary and of secondary schools. [pupils on roll]"""
FIFTHS = 5
"""Of schools, by free school meals."""
GOVERNANCE = ("maintained", "single academy", "multi-academy trust")
"""Who runs a school. A single academy is alone in its trust, or its trust is not known."""

_FORMAT = 2
_COLUMNS: dict[str, type] = {
    "school_id": np.int64,
    "urn": np.int64,
    "name": np.str_,
    "la_code": np.int32,
    "council": np.int32,
    "region": np.str_,
    "phase": np.int8,
    "school_type": np.int8,
    "pupils": np.int32,
    "sen_support": np.int32,
    "ehc_plans": np.int32,
    "fsm_share": np.float64,
    "fsm_fifth": np.int8,
    "rural": np.bool_,
    "academy": np.bool_,
    "trust": np.int32,
    "trust_schools": np.int32,
    "selective": np.bool_,
    "has_unit": np.bool_,
    "sixth_form": np.int32,
    "weight": np.float64,
    "council_weight": np.float64,
}
_ROLL_COLUMNS = tuple(f"roll_{group.lower()}" for group in YEAR_GROUPS)


def fsm_fifths(phase: npt.NDArray[np.int8], fsm_share: npt.NDArray[np.float64]) -> npt.NDArray[np.int8]:
    """Fifth of each school among all schools of its phase, by the share of pupils eligible for free school meals.

    Schools are counted, not pupils. Schools with the same share are in the same fifth, so fifths are as equal as that
    allows.

    1 has the fewest eligible pupils, 5 the most. Both are of all schools of England, before any sample is drawn.

    Examples
    --------
    >>> fsm_fifths(np.zeros(5, np.int8), np.array([0.5, 0.1, 0.2, 0.4, 0.3])).tolist()
    [5, 1, 2, 4, 3]
    """
    fifth = np.ones(phase.size, np.int8)
    for number in range(len(PHASES)):
        rows = np.flatnonzero(phase == number)
        ordered = np.sort(fsm_share[rows])
        starts = [ordered[rows.size * part // FIFTHS] for part in range(1, FIFTHS)] if rows.size else []
        fifth[rows] += np.searchsorted(np.array(starts), fsm_share[rows], side="right").astype(np.int8)
    return fifth


def trust_sizes(trust: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """Mainstream schools of all England in the trust of each school; 0 without a trust, which is -1. [schools]

    Examples
    --------
    >>> trust_sizes(np.array([3, -1, 3, 0], np.int32)).tolist()
    [2, 0, 2, 1]
    """
    counts = np.bincount(trust[trust >= 0], minlength=1)
    return np.where(trust >= 0, counts[np.maximum(trust, 0)], 0).astype(np.int32)


def size_band(phase: int, pupils: int) -> int:
    """Position of a school's size band among those of its phase, by headcount.

    Examples
    --------
    >>> SIZE_BANDS[0][size_band(0, 209)], SIZE_BANDS[1][size_band(1, 1250)]
    ('100-209', '1250 and over')
    """
    return int(np.searchsorted(_SIZE_LIMITS[phase], pupils, side="right"))


@dataclass(frozen=True)
class Population:
    """Mainstream schools, one entry of each array per school, in order of ``school_id``."""

    school_id: Int64  # stable number of the school in its whole population: rank by council code, phase and URN
    urn: Int64  # unique reference number; for invented schools a number from 9,000,000
    name: Text
    # DfE code of the council, its index in :func:`~sencosim.evidence.councils.load_councils`, and its region
    la_code: Int32
    council: Int32
    region: Text
    phase: Int8  # 0 primary, 1 secondary, as DfE reports it: an all-through school is secondary
    school_type: Int8  # index into :data:`SCHOOL_TYPES`
    pupils: Int32  # on roll, nursery classes and sixth forms included [pupils, >= 0]
    roll: Int32  # on roll by year group, Reception to Year 11 [pupils, shape (n_schools, 12)]
    # Pupils on SEN Support and with an EHC plan, of all on roll [pupils; together at most ``pupils``]
    sen_support: Int32
    ehc_plans: Int32
    fsm_share: Float64  # pupils known to be eligible for free school meals [ratio, 0 to 1]
    fsm_fifth: Int8  # among England's schools of its phase by that share, 1 the fewest to 5 the most
    # In a rural place; an academy; a grammar school; has a SEN unit or resourced provision (real schools: only if a
    # file said so)
    rural: Bool
    academy: Bool
    trust: Int32  # number of the academy trust, -1 if none or not known
    trust_schools: Int32  # mainstream schools of that trust in England, 0 if none [schools]
    selective: Bool
    has_unit: Bool
    sixth_form: Int32  # pupils in Years 12 to 14 [pupils]
    weight: Float64  # schools of its council that it stands for [ratio, >= 1; 1 if all are there]
    council_weight: Float64  # what its council stands for in England [ratio, >= 1; 1 if all are there]
    year: int  # January census that the pupil numbers describe [calendar year]
    kind: str  # ``synthetic`` or ``real``
    report: str = field(default="", compare=False)  # what was dropped or changed on the way, in words

    def __post_init__(self) -> None:
        for name in _COLUMNS:
            if getattr(self, name).shape != (self.n_schools,):
                raise PopulationError(f"Column {name} does not have one entry for each of {self.n_schools} schools.")
        if self.roll.shape != (self.n_schools, N_YEAR_GROUPS):
            raise PopulationError("The roll must have twelve year groups for each school.")

    @property
    def n_schools(self) -> int:
        """Number of rows. [schools]"""
        return int(self.school_id.size)

    @property
    def nursery(self) -> Int32:
        """Pupils below Reception. [pupils]"""
        below: Int32 = (self.pupils - self.roll.sum(axis=1) - self.sixth_form).astype(np.int32)
        return below

    @property
    def expansion(self) -> Float64:
        """Schools of England that each row stands for: ``weight`` times ``council_weight``. [ratio]"""
        product: Float64 = self.weight * self.council_weight
        return product

    @property
    def size_band(self) -> Int8:
        """Size band within the phase, see :data:`SIZE_BANDS`. [index]"""
        primary = np.searchsorted(_SIZE_LIMITS[PRIMARY], self.pupils, side="right")
        secondary = np.searchsorted(_SIZE_LIMITS[SECONDARY], self.pupils, side="right")
        band: Int8 = np.where(self.phase == PRIMARY, primary, secondary).astype(np.int8)
        return band

    @property
    def governance(self) -> Int8:
        """Who runs each school, see :data:`GOVERNANCE`. [index]"""
        kind: Int8 = np.where(self.academy, np.where(self.trust_schools > 1, 2, 1), 0).astype(np.int8)
        return kind

    @classmethod
    def of(
        cls, council: Int64, phase: npt.NDArray[Any], *, year: int, kind: str, report: str, **columns: npt.ArrayLike
    ) -> Population:
        """All schools of England in order of ``school_id``; what follows from other columns is worked out here."""
        known, n = load_councils(), council.size
        trust, of_phase = np.asarray(columns["trust"], np.int32), np.asarray(phase, np.int8)
        columns |= {
            "school_id": np.arange(n),
            "la_code": np.array([one.la_code for one in known])[council],
            "council": council,
            "region": np.array([one.region for one in known])[council],
            "phase": of_phase,
            "fsm_fifth": fsm_fifths(of_phase, np.asarray(columns["fsm_share"])),
            "trust_schools": trust_sizes(trust),
            "selective": np.asarray(columns["school_type"]) == SCHOOL_TYPES.index("selective"),
            "weight": np.ones(n),
            "council_weight": np.ones(n),
        }
        arrays: dict[str, Any] = {name: np.asarray(columns[name], dtype) for name, dtype in _COLUMNS.items()}
        return cls(**arrays, roll=np.asarray(columns["roll"], np.int32), year=year, kind=kind, report=report)

    def take(self, index: npt.NDArray[Any], **changes: Any) -> Population:
        """Rows of an integer index or a mask, with some columns or facts replaced."""
        columns = {name: getattr(self, name)[index] for name in (*_COLUMNS, "roll")}
        return dataclasses.replace(self, **{**columns, **changes})

    def total(self, column: str, phase: int | None = None) -> float:
        """Weighted England total of a column. [its unit]"""
        chosen = np.ones(self.n_schools, bool) if phase is None else self.phase == phase
        return float((getattr(self, column) * self.expansion)[chosen].sum())

    @cached_property
    def fingerprint(self) -> str:
        """Hash of everything that can change a result. [16 hexadecimal digits]"""
        digest = hashlib.sha256(f"{_FORMAT} {self.year} {self.kind}".encode())
        for name in (*_COLUMNS, "roll"):
            column = getattr(self, name)
            as_bytes = "\n".join(column.tolist()).encode() if column.dtype.kind == "U" else column.tobytes()
            digest.update(name.encode() + as_bytes)
        return digest.hexdigest()[:16]

    def save(self, path: str | Path) -> None:
        """Write a Parquet file, all or nothing; a sample that stands for other schools too is refused."""
        _check_unweighted(Path(path), self)
        kinds = {
            n: pa.string() if one is np.str_ else pa.from_numpy_dtype(np.dtype(one)) for n, one in _COLUMNS.items()
        }
        columns = {name: pa.array(getattr(self, name).tolist(), kind) for name, kind in kinds.items()}
        columns |= {name: pa.array(self.roll[:, i], pa.int32()) for i, name in enumerate(_ROLL_COLUMNS)}
        facts = {"format": _FORMAT, "year": self.year, "kind": self.kind, "report": self.report}
        table = pa.table(columns).replace_schema_metadata({"sencosim": json.dumps(facts)})
        target = Path(path)
        temporary = ""
        try:
            handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
            os.close(handle)
            pq.write_table(table, temporary, compression="zstd")
            os.replace(temporary, target)
        except OSError as error:
            if temporary:
                Path(temporary).unlink(missing_ok=True)
            raise _unreadable(target, f"The schools could not be written: {error.strerror or error}.") from error

    @classmethod
    def load(cls, path: str | Path) -> Population:
        """Read a file that :meth:`save` wrote."""
        file = Path(path)
        if not file.is_file():
            raise _unreadable(file, "There is no such file. `sencosim population build` makes one.")
        try:
            table = pq.read_table(file)
            facts = dict(json.loads((table.schema.metadata or {}).get(b"sencosim", b"{}")))
        except (pa.ArrowException, *DAMAGE) as error:
            raise _unreadable(file, "This is not a population file of sencosim, or it is damaged.") from error
        missing = [name for name in (*_COLUMNS, *_ROLL_COLUMNS) if name not in table.column_names]
        if facts.get("format") != _FORMAT or missing:
            lacks = f" It lacks the columns {', '.join(missing)}." if missing else ""
            again = "Build it again with `sencosim population build`."
            raise _unreadable(file, f"This Parquet file is not a population of this version.{lacks} {again}")
        try:
            columns: dict[str, Any] = {name: _column(table, name, kind) for name, kind in _COLUMNS.items()}
            roll = np.column_stack([_column(table, name, np.int32) for name in _ROLL_COLUMNS])
            year, kind, report = int(facts["year"]), str(facts["kind"]), str(facts["report"])
            schools = cls(**columns, roll=roll, year=year, kind=kind, report=report)
        except (pa.ArrowException, OverflowError, *DAMAGE) as error:
            message = f"A column or a fact of this file is not what a population holds ({error}). Build it again."
            raise _unreadable(file, message) from error
        if faults := tuple(_named_twice(file, schools.urn.tolist())):
            raise PopulationError(f"{file}: {' '.join(fault.message for fault in faults)}", faults)
        if wrong := [words for words, holds in _must_hold(schools).items() if not holds]:
            raise _unreadable(file, f"This cannot be so: {'; '.join(wrong)}. Build the file again.")
        _check_unweighted(file, schools)
        return schools


def doubled(urns: Sequence[Any]) -> dict[Any, list[int]]:
    """Schools of a list that stand in it more than once, and the places of their rows, from 0.

    Examples
    --------
    >>> doubled([100001, 100002, 100001])
    {100001: [0, 2]}
    """
    places: dict[Any, list[int]] = {}
    for place, urn in enumerate(urns):
        places.setdefault(urn, []).append(place)
    return {urn: rows for urn, rows in places.items() if len(rows) > 1}


def _named_twice(file: Path, urns: Sequence[int]) -> Iterator[Problem]:
    """A fault for each school that stands in a file twice: each row would be run and counted as a school."""
    for urn, places in doubled(urns).items():
        rows = " and ".join(f"{place + 1:,}" for place in places)
        words = f"The school with URN {urn} stands in rows {rows}; a school is listed once. Build the file again."
        yield Problem(words, file=str(file), key="urn", found=str(urn))


def _check_unweighted(file: Path, schools: Population) -> None:
    """Refuse a file of schools that stand for others: results are named after the councils that are in it."""
    weighted = int(np.count_nonzero((schools.weight != 1) | (schools.council_weight != 1)))
    if weighted:
        message = (
            f"{weighted:,} of {schools.n_schools:,} schools stand for others too (weight or council_weight is not 1). "
            "A file lists schools that stand for themselves alone: list them all, each with weights of 1. "
            "To run a weighted sample of England, leave out the file and give --sample."
        )
        raise _unreadable(file, message)


def _column(table: pa.Table, name: str, kind: type) -> npt.NDArray[Any]:
    """A column in our kind of numbers, none of which may change on the way."""
    values = np.asarray(table[name].to_pylist())
    with np.errstate(invalid="ignore"):  # what is no number here is found below
        changed: npt.NDArray[Any] = values.astype(kind)
    if values.dtype != changed.dtype and kind is not np.str_ and not np.array_equal(values, changed):
        raise ValueError(f"{name} holds {values[values != changed][0]}")
    return changed


def _must_hold(schools: Population) -> dict[str, bool]:
    """What is so of all schools, by what is wrong if it is not."""
    known, n_rows = load_councils(), schools.n_schools
    inside = (schools.council >= 0) & (schools.council < len(known))
    codes = np.array([one.la_code for one in known])[np.where(inside, schools.council, 0)]
    counts = (schools.pupils, schools.sen_support, schools.ehc_plans, schools.sixth_form, schools.roll)
    return {
        "it has no schools": n_rows > 0,
        "a council is not known": bool(np.all(inside & (codes == schools.la_code))),
        "two schools have one number, or they are not in its order": bool(np.all(np.diff(schools.school_id) > 0)),
        "a phase or a type of school is not known": bool(
            np.isin(schools.phase, range(len(PHASES))).all()
            and np.isin(schools.school_type, range(len(SCHOOL_TYPES))).all()
        ),
        "a number of pupils is below 0": all(bool(np.all(one >= 0)) for one in counts),
        "more pupils with SEN than pupils": bool(np.all(schools.sen_support + schools.ehc_plans <= schools.pupils)),
        "more pupils in year groups than pupils": bool(np.all(schools.nursery >= 0)),
        "a share of pupils is not between 0 and 1": bool(np.all((schools.fsm_share >= 0) & (schools.fsm_share <= 1))),
        "a fifth of schools is not known": bool(np.isin(schools.fsm_fifth, range(1, FIFTHS + 1)).all()),
        "a name or a remark is not plain text": harm_in_any(
            [*schools.name.tolist(), *schools.region.tolist(), schools.kind, schools.report]
        )
        is None,
        "the year is none": 1900 < schools.year < 2100,
    }


def _unreadable(path: Path, message: str) -> PopulationError:
    return PopulationError(f"{path}: {message}", (Problem(message, file=str(path)),))


def phase_name(phase: int) -> str:
    """Name of a phase.

    Examples
    --------
    >>> phase_name(1)
    'secondary'
    """
    return PHASES[phase]
