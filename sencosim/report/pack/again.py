"""A results pack made again from its own tables, and compared with what it holds."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from sencosim.errors import InputError
from sencosim.report.again import MadeAgain, compared
from sencosim.report.manifest import file_facts
from sencosim.report.pack.decision_log import LOG, read_log
from sencosim.report.pack.write import OF_RUN, write_pack
from sencosim.report.stored import read_run

OF_TABLES = "Not checked: whether groups and budgets come of the pairs, which the run keeps, and its pack does not."


def pack_again(folder: Path) -> MadeAgain:
    """Make spreadsheets, documents, page and charts of a pack again from the tables that lie next to them.

    Raises
    ------
    OutputError
        If a file was changed since, or the worksheets do not give the headline.
    """
    try:
        run = read_run(folder)
        if OF_RUN not in run.inputs.manifest:
            raise InputError("The pack was written by an older version of sencosim, which did not say of which run.")
        log = read_log(folder / LOG) if (folder / LOG).is_file() else None
        with TemporaryDirectory(prefix="sencosim-") as place:
            made = write_pack(run, Path(place), log, digest=str(run.inputs.manifest[OF_RUN]))
            return compared(made, folder, lambda one: (one / name for name in file_facts(one)), OF_TABLES)
    except InputError as reason:
        return MadeAgain(not_done=f"Not checked: spreadsheets, documents, page and charts of the pack. {reason}")
