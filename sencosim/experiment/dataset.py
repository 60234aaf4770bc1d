"""The stored dataset of an experiment: labelled parquet that any tool reads, written in parts that appear whole.

A folder for each level (``england``, ``council``, ``group``, ``school``) holds one file a part, and a part one or more
pairs of arms. A row is a job, an arm, a place and a year; a column is a quantity of the ledger. The facts of each pair,
its reading of the evidence among them, travel in the metadata of the England file, which is written last: a part whose
England file is there is whole. Why parquet and not zarr: docs/decisions/0053.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from sencosim.errors import DAMAGE, OutputError
from sencosim.experiment.jobs import Job
from sencosim.experiment.totals import PairTotals
from sencosim.extras import install
from sencosim.vocabulary import Quantity

Floats = npt.NDArray[np.float64]
LEVELS = ("reading", "council", "group", "school", "england")
"""In the order in which they are written."""
ROWS_IN_A_GROUP = 2000
"""Rows after which a file begins a new group of them, so that reading one pair does not read all."""
FACTS, DIGEST = b"sencosim", b"sencosim sha256"
QUANTITIES = tuple(quantity.key for quantity in Quantity)
_QUANTITY_NAMES = frozenset(QUANTITIES)
UNFINISHED = ".tmp"
_ARRAYS = {
    "england": {"baseline": "baseline", "policy": "policy", "calendar": "baseline by calendar year"},
    "council": {"council_baseline": "baseline", "council_policy": "policy"},
    "group": {"group_baseline": "baseline", "group_policy": "policy"},
}
_GROUP_KEYS = ("phase", "fsm_fifth", "rural", "governance")
_NOTHING: dict[str, tuple[()]] = dict.fromkeys(
    ("councils", "council_weight", "groups", "group_schools", "group_pupils"), ()
)
_NO_SCHOOLS = {"hours": np.zeros(0), "is_secondary": np.zeros(0, bool), "school_weight": np.zeros(0)}
_IN_FACTS = ("council_weight", "group_schools", "group_pupils", "moved", "smallest", "headline", "n_schools", "seconds")


def write_part(folder: Path, pairs: Sequence[PairTotals], of: str = "") -> str:
    """Write some pairs as one part: all of them, or nothing. [its name]

    ``of`` names what they are pairs of, so that a part that is copied into the dataset of another run is not read.
    """
    name = f"{len(list((folder / LEVELS[-1]).glob('*.parquet'))):06d}-{uuid.uuid4().hex[:8]}"
    written: list[Path] = []
    try:
        for level in LEVELS:
            tables = {pair.job.name: table for pair in pairs if (table := _table(level, pair)) is not None}
            if tables:
                facts: dict[str, Any] = {}
                if level == LEVELS[-1]:
                    facts = {
                        "pairs": [_facts_of(pair) for pair in pairs],
                        "levels": [one.parent.name for one in written],
                    }
                written.append(_write(folder / level / f"{name}.parquet", tables, {**facts, "of": of}))
    except BaseException:
        for path in written:
            path.unlink(missing_ok=True)
        raise
    return name


def _write(path: Path, tables: Mapping[str, pa.Table], facts: Mapping[str, Any]) -> Path:
    """Write the tables of some jobs as one file. Small ones share a group of rows: 200 columns cost 60 kB a group."""
    groups: list[list[str]] = []
    rows = ROWS_IN_A_GROUP
    for job, table in tables.items():
        if rows >= ROWS_IN_A_GROUP:
            groups.append([])
            rows = 0
        groups[-1].append(job)
        rows += table.num_rows
    path.parent.mkdir(parents=True, exist_ok=True)
    told = json.dumps({**facts, "part": path.stem, "groups": groups})
    # Pages carry checksums; the facts of the file, labels and weights among them, have none but this.
    said = {FACTS: told.encode(), DIGEST: hashlib.sha256(told.encode()).hexdigest().encode()}
    schema = next(iter(tables.values())).schema.with_metadata(said)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}{UNFINISHED}")
    try:
        with pq.ParquetWriter(unfinished, schema, **_how(schema)) as writer:
            for group in groups:
                together = pa.concat_tables([tables[job].cast(schema) for job in group])
                writer.write_table(together, row_group_size=max(1, together.num_rows))
        with unfinished.open("rb+") as stream:
            os.fsync(stream.fileno())
        unfinished.replace(path)
        sync(path.parent)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    return path


def _how(schema: pa.Schema) -> dict[str, Any]:
    """How a file is written: small, and with a checksum of each page."""
    floats = {name: "BYTE_STREAM_SPLIT" for name in schema.names if schema.field(name).type == pa.float64()}
    words = [name for name in schema.names if name not in floats]
    packed = {"compression": "zstd", "write_page_checksum": True, "write_statistics": False}
    return {"use_dictionary": words, "column_encoding": floats, **packed}


def _table(level: str, pair: PairTotals) -> pa.Table | None:
    """Rows of a pair at a level; none if it keeps nothing there."""
    if level == "reading":
        values = {name: float(value) for name, value in pair.values.items()}
        names = pa.array(list(values), pa.string())
        table = {
            "job": [pair.job.name] * len(values),
            "parameter": names,
            "value": pa.array(values.values(), pa.float64()),
        }
        return pa.table(table)
    if level == "school":
        if not pair.hours.size:
            return None
        columns: dict[str, Any] = {"job": [pair.job.name] * pair.hours.size, "hours": pair.hours}
        return pa.table(columns | {"is_secondary": pair.is_secondary, "school_weight": pair.school_weight})
    labels = _labels(level, pair)
    parts = [(arm, getattr(pair, name)) for name, arm in _ARRAYS[level].items()]
    if parts[0][1].shape[0] == 0:
        return None
    n_rows = [array.shape[0] * array.shape[1] for _, array in parts]
    columns = {"job": [pair.job.name] * sum(n_rows)}
    columns["arm"] = np.repeat([arm for arm, _ in parts], n_rows)
    for name, label in labels.items():
        columns[name] = np.concatenate([np.repeat(label, array.shape[1]) for _, array in parts])
    columns["year"] = np.concatenate([np.tile(np.arange(array.shape[1]), array.shape[0]) for _, array in parts])
    flat = np.concatenate([array.reshape(-1, len(QUANTITIES)) for _, array in parts])
    return pa.table(columns | {name: flat[:, number] for number, name in enumerate(QUANTITIES)})


def _labels(level: str, pair: PairTotals) -> dict[str, npt.NDArray[Any]]:
    """What each row of the arrays of a level stands for."""
    if level == "council":
        return {"la_code": pair.councils}
    keys = pair.strata if level == "england" else pair.groups
    names = ("phase", "size_band") if level == "england" else _GROUP_KEYS
    return {name: np.array([key[number] for key in keys]) for number, name in enumerate(names)}


def _facts_of(pair: PairTotals) -> dict[str, Any]:
    found = {name: getattr(pair, name) for name in _IN_FACTS}
    found |= {name: value.tolist() for name, value in found.items() if isinstance(value, np.ndarray)}
    job = {field.name: getattr(pair.job, field.name) for field in fields(Job)}
    labels = {"strata": [list(key) for key in pair.strata], "groups": [list(key) for key in pair.groups]}
    return found | labels | {"job": job, "councils": pair.councils.tolist()}


class Part:
    """A part that is on disk.

    Parameters
    ----------
    folder, name
        Of the dataset, and of the part.
    of
        What its pairs must be pairs of.

    Raises
    ------
    ValueError
        If it lacks a file, or belongs to something else.
    """

    def __init__(self, folder: Path, name: str, of: str = "") -> None:
        self._folder, self.name, self._of = folder, name, of
        told = self._told("england", pq.read_schema(self._path("england")))
        lacking = [level for level in told["levels"] if not self._path(level).is_file()]
        if lacking:
            raise ValueError(f"{self._path('england')} lacks its {lacking[0]} file")
        self.facts: dict[str, dict[str, Any]] = {Job(**one["job"]).name: one for one in told["pairs"]}
        self._last: dict[
            str, tuple[list[str], dict[str, npt.NDArray[Any]]]
        ] = {}  # the group of rows that was read last, by level

    def jobs(self) -> Iterator[tuple[str, Job]]:
        """Every pair with its name, in the order in which they were written."""
        return ((name, Job(**facts["job"])) for name, facts in self.facts.items())

    def read(self, job: Job) -> PairTotals:
        """Read a pair; every number comes back exactly."""
        return self._read(job, self.facts[job.name], self._by_school(job.name))

    def read_england(self, job: Job) -> PairTotals:
        """Read a pair without its councils, groups of schools and schools."""
        return self._read(job, self.facts[job.name] | _NOTHING, _NO_SCHOOLS)

    def _read(self, job: Job, told: Mapping[str, Any], schools: Mapping[str, Any]) -> PairTotals:
        facts = dict(told)
        n_rows = {"england": len(facts["strata"]), "council": len(facts["councils"]), "group": len(facts["groups"])}
        arrays: dict[str, Any] = {}
        for level, named in _ARRAYS.items():
            arrays |= self._arrays(level, job.name, named, n_rows[level], arrays)
        for name in ("council_weight", "group_schools", "group_pupils"):
            facts[name] = np.array(facts[name], dtype=np.float64)
        for name in ("councils", "moved"):
            facts[name] = np.array(facts[name], dtype=np.int64)
        facts["job"] = job
        facts["strata"] = tuple((phase, band) for phase, band in facts["strata"])
        facts["groups"] = tuple(tuple(key) for key in facts["groups"])
        return PairTotals(**facts, **arrays, **schools, values=self._values(job.name))

    def _arrays(
        self, level: str, job: str, named: Mapping[str, str], n_rows: int, before: Mapping[str, Floats]
    ) -> dict[str, Floats]:
        rows = self._rows(level, job) if n_rows else {}
        if n_rows and not rows:
            raise ValueError(f"{self._path(level)} lacks the pair {job}")
        if not rows:
            n_years = before["baseline"].shape[1]
            return {name: np.zeros((0, n_years, len(QUANTITIES))) for name in named}
        flat, arm = rows["quantities"], rows["arm"]
        return {name: flat[arm == words].reshape(n_rows, -1, len(QUANTITIES)) for name, words in named.items()}

    def _by_school(self, job: str) -> dict[str, Any]:
        rows = self._rows("school", job)
        return {name: rows[name] for name in _NO_SCHOOLS} if rows else dict(_NO_SCHOOLS)

    def _values(self, job: str) -> dict[str, float]:
        rows = self._rows("reading", job)
        return dict(zip(rows["parameter"].tolist(), rows["value"].tolist(), strict=True)) if rows else {}

    def _rows(self, level: str, job: str) -> dict[str, npt.NDArray[Any]]:
        """Rows of a pair at a level by column, quantities together as a table; nothing if it keeps nothing there."""
        group, columns = self._last.get(level, ([], {}))
        path = self._path(level)
        if job not in group and path.is_file():
            with pq.ParquetFile(path, page_checksum_verification=True) as file:
                groups = self._told(level, file.schema_arrow)["groups"]
                number = next((i for i, jobs in enumerate(groups) if job in jobs), None)
                if number is not None:
                    group, columns = groups[number], _columns(file.read_row_group(number))
                    self._last[level] = (group, columns)
        if job not in group:
            return {}
        here = columns["job"] == job
        return {name: values[here] for name, values in columns.items()}

    def is_sound(self) -> bool:
        """Whether every number of every pair can be read. Pages of the files carry checksums."""
        try:
            for _, job in self.jobs():
                self.read(job)
        except DAMAGE as error:
            _raise_unless_damaged(error, self._folder)
            return False
        return True

    def _told(self, level: str, schema: pa.Schema) -> dict[str, Any]:
        """What a file says of itself; a ValueError if it is that of another part, or of another run."""
        said = schema.metadata[FACTS]
        if hashlib.sha256(said).hexdigest().encode() != schema.metadata[DIGEST]:
            raise ValueError(f"the facts of {self._path(level)} are not those that were written")
        told: dict[str, Any] = json.loads(said)
        if (told["part"], told["of"]) != (self.name, self._of):
            raise ValueError(f"{self._path(level)} is the file of part {told['part']} of {told['of']}")
        return told

    def _path(self, level: str) -> Path:
        return self._folder / level / f"{self.name}.parquet"


def _columns(table: pa.Table) -> dict[str, npt.NDArray[Any]]:
    """Columns of a table, those of the quantities as one."""
    found = {name: table[name].to_numpy() for name in table.column_names if name not in _QUANTITY_NAMES}
    if QUANTITIES[0] in table.column_names:
        found["quantities"] = np.column_stack([table[name].to_numpy() for name in QUANTITIES])
    return found


def parts_in(folder: Path, known: Mapping[str, Part], of: str = "") -> Iterator[Part]:
    """Whole parts of a dataset in the order in which they were written, but those that are known or cannot be read."""
    for name in part_names(folder):
        if name in known:
            continue
        try:
            found = Part(folder, name, of)
        except DAMAGE as error:
            _raise_unless_damaged(error, folder)
        else:
            yield found


def _raise_unless_damaged(error: BaseException, folder: Path) -> None:
    """Tell a disk that does not answer, or a library that cannot read, from a file that is damaged and is deleted."""
    if isinstance(error, OSError) and error.errno not in (None, errno.ENOENT):
        raise OutputError(
            f"Stored pairs in {folder.as_posix()} cannot be read now: {error.strerror or error}. None was deleted. "
            "Repeat the command when the disk answers."
        ) from error
    if (wrong := _wrong_with_library()) is not None:
        raise OutputError(
            f"Stored pairs in {folder.as_posix()} cannot be read: pyarrow {pa.__version__} here reads no file of their "
            f"kind ({wrong}). None was deleted. Install the versions that sencosim needs, then repeat the command:  "
            f"{install()}"
        ) from error


def _wrong_with_library() -> str | None:
    """Why this pyarrow cannot read what it writes as parts are written, such as a missing codec; ``None`` if it can."""
    table, content = pa.table({"job": ["one"], "value": [1.0]}), pa.BufferOutputStream()
    try:
        with pq.ParquetWriter(content, table.schema, **_how(table.schema)) as writer:
            writer.write_table(table)
        stored = content.getvalue()
        pq.read_schema(pa.BufferReader(stored))
        with pq.ParquetFile(pa.BufferReader(stored), page_checksum_verification=True) as file:
            file.read_row_group(0)
    except DAMAGE as error:
        return (str(error).strip().splitlines() or [type(error).__name__])[0]
    return None


def part_names(folder: Path) -> list[str]:
    """Names of parts of a dataset, damaged ones too, in the order in which they were written."""
    return sorted(path.stem for path in (folder / LEVELS[-1]).glob("*.parquet"))


def remove_part(folder: Path, name: str) -> None:
    """Delete a part; the file that makes it whole goes first."""
    for level in reversed(LEVELS):
        (folder / level / f"{name}.parquet").unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Make sure that the disk has a file, or the names in a folder, where the system can flush it."""
    with contextlib.suppress(PermissionError):
        handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
