"""Reads official files as published: encodings, byte-order marks, compression, header aliases, suppressed values.

Headers are matched without regard to case, spaces, hyphens and underscores. A file that cannot be what it is said to
be is refused with the columns that were looked for, under which names, and what was found.
"""

from __future__ import annotations

import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from ruamel.yaml import YAML

from sencosim.errors import PopulationError, Problem
from sencosim.population.schools import doubled
from sencosim.population.spread import Float64

Columns = Mapping[str, Sequence[str]]
"""Our names, and the headers under which each is published."""
_TABLES = YAML(typ="safe", pure=True).load(Path(__file__).with_name("official_columns.yaml"))
CENSUS: Columns = _TABLES["census"]
CENSUS_OPTIONAL: Columns = _TABLES["census_optional"]
CHARACTERISTICS: Columns = _TABLES["characteristics"]
CHARACTERISTICS_OPTIONAL: Columns = _TABLES["characteristics_optional"]
GIAS_KINDS: Mapping[str, Columns] = _TABLES["gias"]
"""Supporting files that are distinguished by their headers."""

YEAR_GROUP = re.compile(
    r"^(?:part|full)time(?:girls|boys)(reception|early[12]|nursery[12]|yeargroup(\d+|notfollowed))$"
)
FIRST_LINE = 2
"""Of the schools in a file, below its header."""
_KNOWN_PHASES = ("state-funded primary", "state-funded secondary")


def _key(header: str) -> str:
    return re.sub(r"[\s_\-]+", "", header.strip().strip('"').casefold())


def read_text(path: str | Path) -> str:
    """Text of a plain, gzip or zip file, UTF-8 with or without a byte-order mark, or Windows-1252."""
    file = Path(path)
    try:
        data = file.read_bytes()
    except OSError as error:
        raise _fault(file, f"The file cannot be read: {error.strerror or error}.") from error
    try:
        if data[:2] == b"\x1f\x8b":
            data = gzip.decompress(data)
        elif data[:4] == b"PK\x03\x04":
            data = _largest_csv(file, data)
    except (OSError, EOFError, ValueError, RuntimeError, zlib.error, zipfile.BadZipFile) as error:
        raise _fault(file, "The compressed file is damaged or cut short. Download it again.") from error
    if b"\0" in data[:4096]:
        raise _fault(file, "This is not a CSV file. Save or download it as CSV (plain, .gz or .zip).")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _largest_csv(file: Path, data: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = [member for member in archive.infolist() if member.filename.casefold().endswith(".csv")]
        if not members:
            raise _fault(file, "There is no CSV file in this archive. If it is a spreadsheet, save it as CSV.")
        return archive.read(max(members, key=lambda member: member.file_size))


def header_of(text: str) -> list[str]:
    """Column names of a CSV text."""
    try:
        return [str(name) for name in pd.read_csv(io.StringIO(text.split("\n", 1)[0]), nrows=0).columns]
    except (pd.errors.ParserError, ValueError):  # none: whoever asked says what was looked for
        return []


def find_columns(headers: Sequence[str], wanted: Columns) -> dict[str, str]:
    """Match our names to the file's headers by alias. Names without a match are left out.

    Examples
    --------
    >>> find_columns(["Phase-type grouping", "urn"], {"phase": ("phase_type_grouping",), "trust": ("trust",)})
    {'phase': 'Phase-type grouping'}
    """
    by_key: dict[str, str] = {}
    for header in headers:
        by_key.setdefault(_key(header), header)
    found = {}
    for name, aliases in wanted.items():
        match = next((by_key[_key(alias)] for alias in aliases if _key(alias) in by_key), None)
        if match is not None:
            found[name] = match
    return found


def read_table(
    path: str | Path,
    required: Columns,
    optional: Columns,
    what: str,
    keep_year_groups: bool = False,
) -> pd.DataFrame:
    """Read the columns that are known, as text, under our names.

    ``required`` and ``optional`` have our name of each column and its aliases; ``what`` names the file in messages;
    ``keep_year_groups`` keeps the pupils by sex, time and year group too, under their own names.
    """
    text = read_text(path)
    headers = header_of(text) if text.strip() else []
    found = find_columns(headers, required)
    missing = [name for name in required if name not in found]
    if missing:
        raise PopulationError(*_missing_columns(Path(path), headers, required, missing, what))
    found |= find_columns(headers, optional)
    groups = [header for header in headers if keep_year_groups and YEAR_GROUP.match(_key(header))]
    used = {*found.values(), *groups}
    try:
        table = pd.read_csv(
            io.StringIO(text), dtype=str, keep_default_na=False, usecols=lambda name: name in used, low_memory=False
        )
    except (pd.errors.ParserError, ValueError) as error:
        raise _fault(Path(path), f"Rows of this CSV file do not fit its header: {error}.") from error
    if table.empty:
        raise _fault(Path(path), f"This {what} file has a header but no rows.")
    columns = {name: table[header].str.strip() for name, header in found.items()}
    columns |= {_key(header): table[header].str.strip() for header in groups}
    return pd.DataFrame(columns)


def _missing_columns(
    path: Path, headers: Sequence[str], required: Columns, missing: Sequence[str], what: str
) -> tuple[str, tuple[Problem, ...]]:
    hint = _looks_like(headers, what)
    problems = [
        Problem(
            f"No column for {name.replace('_', ' ')}. Looked for {' or '.join(required[name])} (any case).",
            file=str(path),
            key=name,
        )
        for name in missing
    ]
    shown = ", ".join(headers[:12]) + (f" and {len(headers) - 12} more" if len(headers) > 12 else "")
    message = (
        f"{path}: this cannot be the {what} file: {len(missing)} of {len(required)} columns are missing."
        f" {' '.join(problem.message for problem in problems)} Found: {shown or 'nothing'}.{hint}"
    )
    return message, tuple(problems)


def _looks_like(headers: Sequence[str], what: str) -> str:
    kinds = {"census": CENSUS, "characteristics": CHARACTERISTICS, **{f"GIAS {k}": v for k, v in GIAS_KINDS.items()}}
    for kind, wanted in kinds.items():
        if kind != what and len(find_columns(headers, wanted)) == len(wanted):
            return f" It looks like the {kind} file: are two files swapped?"
    return ""


def gias_kind(path: str | Path) -> tuple[str, pd.DataFrame]:
    """Tell which supporting file this is, and read it."""
    headers = header_of(read_text(path))
    for kind, wanted in GIAS_KINDS.items():
        if len(find_columns(headers, wanted)) == len(wanted):
            return kind, read_table(path, wanted, {}, f"GIAS {kind}")
    known = "; ".join(f"{kind} ({', '.join(names[0] for names in w.values())})" for kind, w in GIAS_KINDS.items())
    message = f"{path}: this is none of the supporting files that are known: {known}. Found: {', '.join(headers[:12])}."
    raise PopulationError(message, (Problem(message, file=str(path)),))


def numbers(column: pd.Series[str]) -> Float64:
    """Numbers of a column as published; ``nan`` for suppressed, not collected and not applicable.

    Reads ``1,234``, ``2.6%`` and ``3.00%`` (as 2.6 and 3). Anything else, such as ``x``, ``z``, ``c``, ``NA``,
    ``SUPP`` or a blank, is no number.

    Examples
    --------
    >>> numbers(pd.Series(["1,234", "2.6%", "x", "NA", ""])).tolist()
    [1234.0, 2.6, nan, nan, nan]
    """
    codes, texts = pd.factorize(column.to_numpy(dtype=object))
    return np.array([_number_of(str(text)) for text in texts] or [np.nan])[codes]


def _number_of(text: str) -> float:
    try:
        value = float(text.replace(",", "").rstrip("%"))
    except ValueError:
        return float("nan")
    return value if np.isfinite(value) else float("nan")


def mainstream(phase: pd.Series[str]) -> npt.NDArray[np.bool_]:
    """Mark State-funded primary and secondary schools."""
    return phase.str.casefold().isin(_KNOWN_PHASES).to_numpy(dtype=bool)


def year_groups(table: pd.DataFrame) -> dict[str, Float64]:
    """Pupils by year group: ``nursery``, ``0`` (Reception) to ``14``; suppressed counts as none. [pupils]"""
    groups: dict[str, Float64] = {}
    for column in table.columns:
        match = YEAR_GROUP.match(str(column))
        if match is None or match.group(2) == "notfollowed":
            continue
        name = "0" if match.group(1) == "reception" else match.group(2) or "nursery"
        counted = np.nan_to_num(numbers(table[column]))
        groups[name] = groups.get(name, np.zeros(len(table))) + counted
    return groups


def check_listed_once(path: Path, urns: pd.Series[str]) -> None:
    """Refuse a file in which a school stands twice: nobody but its author knows which row is right.

    Parameters
    ----------
    path, urns
        The file, and the URN of each row that is used, with the place of the row as its index.

    Raises
    ------
    PopulationError
        With every such school, and the lines of its rows.
    """
    problems = []
    for urn, rows in doubled(urns.tolist()).items():
        lines = [int(urns.index[row]) + FIRST_LINE for row in rows]
        told = " and ".join(f"{line:,}" for line in lines)
        words = f"The school with URN {urn} stands in lines {told}; a school is listed once. Take all but one out."
        problems.append(Problem(words, file=str(path), line=lines[1], key="urn", found=urn))
    if problems:
        raise PopulationError(f"{path}: {' '.join(one.message for one in problems)}", tuple(problems))


def _fault(path: Path, message: str) -> PopulationError:
    return PopulationError(f"{path}: {message}", (Problem(message, file=str(path)),))
