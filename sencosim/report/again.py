"""What a folder can be made of again without running schools, and whether it says the same.

Tables of a run come of its stored pairs, documents of a results pack of its own tables. Both are written again by the
code that wrote them, so this finds what was changed afterwards, and no mistake of that code:
:mod:`sencosim.report.recompute` is for those.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

from sencosim.errors import InputError
from sencosim.experiment.finished import manifest_of
from sencosim.model import england, finished_run
from sencosim.report.assemble import report_inputs
from sencosim.report.findings import Findings
from sencosim.report.manifest import file_facts, software
from sencosim.report.outputs import write_tables
from sencosim.report.stored import APPRAISAL, PROBABILITY

TOLERANCE = 1e-9
"""Largest relative gap between systems. [share]"""
NOT_OF_PAIRS = (
    "Not checked: report.html and charts, which  sencosim reproduce  makes again, and tables of analyses, which come "
    "of ensembles."
)
UNCHECKED = "Not checked: groups, budgets and whatever else is no sum of money."
OTHER_LIBRARIES = "Nor were pictures and page, for other libraries than here wrote them."
CHANCES = ("chance_of_saving.csv", "plane_quadrants.csv")
"""Tables on chances that come of the draws of the run itself."""
PICTURES = (".svg", ".html")
"""Files that another version of a library draws in other words."""
DOCUMENTS = (".xlsx", ".ods", ".docx")
"""Zipped files of XML."""
_NUMBER = re.compile(r"(?<![\w.#-])-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:[eE][-+]?\d+)?")
_CONTENT = re.compile(r"^(xl/(sharedStrings|worksheets/[^/]+)|word/document|content)\.xml$")
_SAID = re.compile(r' (?:r|office:value|table:formula|table:name)="[^"]*"|>[^<]+<')
"""What a part of a document says: text, and the places, values and formulas of cells."""


@dataclass(frozen=True)
class MadeAgain:
    """What came of making the files of a folder again."""

    files: int = 0  # how many were made and compared
    others: tuple[str, ...] = ()  # names of those that say something else, or that one side lacks
    not_done: str = ""  # what was not and why, in a sentence


def tables_again(folder: Path) -> MadeAgain:
    """Make the tables of a finished run again from its stored pairs, groups and budgets among them.

    Raises
    ------
    OutputError
        If a stored pair is lost or cannot be read.
    """
    try:
        result = finished_run(folder)
    except InputError as reason:
        return MadeAgain(not_done=f"{UNCHECKED} {reason}")
    facts = manifest_of(folder)
    if facts.get("population_fingerprint") != england(result.options).fingerprint:
        return MadeAgain(
            not_done=f"{UNCHECKED} The run is of a list of schools that is not kept with it; give it to  "
            "sencosim reproduce  with --population."
        )
    inputs = replace(report_inputs(result), manifest=facts)
    with TemporaryDirectory(prefix="sencosim-") as place:
        write_tables(Path(place), inputs, Findings(inputs))
        return compared(Path(place), folder, _tables, NOT_OF_PAIRS)


def _tables(folder: Path) -> Iterator[Path]:
    """Tables of a run, without those of analyses, which come of ensembles."""
    for place in (folder, folder / APPRAISAL):
        yield from (path for kind in ("*.csv", "*.parquet") for path in place.glob(kind))
    yield from (path for name in CHANCES if (path := folder / PROBABILITY / name).is_file())


def compared(made: Path, stored: Path, files_of: Callable[[Path], Iterable[Path]], not_done: str) -> MadeAgain:
    """Compare files that were made again with those that are stored.

    To the byte where this system and these libraries made them, else by words, and numbers to a tolerance; pictures are
    left out then.
    """
    is_same_system = manifest_of(stored).get("software") == software()
    names = {path.relative_to(place).as_posix() for place in (made, stored) for path in files_of(place)}
    names = {name for name in names if is_same_system or not name.endswith(PICTURES)}
    facts, told = file_facts(made), file_facts(stored)
    others = [name for name in sorted(names) if facts.get(name) != told.get(name)]
    if not is_same_system:
        others = [name for name in others if not says_the_same(made / name, stored / name)]
        not_done = f"{not_done} {OTHER_LIBRARIES}"
    return MadeAgain(len(names), tuple(others), not_done)


def says_the_same(first: Path, second: Path) -> bool:
    """Whether two files are there and have the same words, and the same numbers to TOLERANCE."""
    try:
        if first.suffix == ".parquet":
            pd.testing.assert_frame_equal(pd.read_parquet(first), pd.read_parquet(second), rtol=TOLERANCE, atol=0.0)
            return True
        one, other = map(_text_of, (first, second))
    except (AssertionError, OSError, ValueError, zipfile.BadZipFile, zlib.error):  # another table, or no file of ours
        return False
    if _NUMBER.sub("0", one) != _NUMBER.sub("0", other):
        return False
    numbers, others = (
        np.array([word.replace(",", "") for word in _NUMBER.findall(text)], dtype=np.float64) for text in (one, other)
    )
    return bool(np.allclose(numbers, others, rtol=TOLERANCE, atol=0.0))


def _text_of(path: Path) -> str:
    if path.suffix not in DOCUMENTS:
        return path.read_text(encoding="utf-8")
    with zipfile.ZipFile(path) as parts:
        names = sorted(name for name in parts.namelist() if _CONTENT.match(name))
        return "\n".join(said for name in names for said in [name, *_SAID.findall(parts.read(name).decode("utf-8"))])
