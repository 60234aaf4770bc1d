"""The dictionary of files names every file and every column that is written, and no other."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from sencosim.cli import main
from sencosim.errors import InputError
from sencosim.evidence.register import load_register
from sencosim.report.brief import write
from sencosim.report.dictionary import describe, entries, entry_of, named, shared_columns, table_of_columns
from sencosim.report.stored import StoredRun
from sencosim.studies.cube import COLUMNS
from sencosim.vocabulary import Quantity

pytestmark = pytest.mark.engine

NOT_OF_ONE_COUNCIL = {"frontier.csv", "appraisal/distribution.parquet"}
"""Files of a run of England, or of councils of several kinds."""
NOT_OF_EVERY_RUN = {
    f"probability/{name}.csv" for name in ("switching_values", "evppi", "importance", "plane_quadrants")
}
"""Files that need a stored ensemble of the same question, or more draws."""
NAMES = {
    "parameters": {*load_register().names()},
    "quantities": {one.key for one in Quantity},
}


def columns_of(path: Path) -> list[str]:
    """Names of the columns of a table."""
    if path.suffix == ".parquet":
        return list(pq.read_schema(path).names)
    return [str(name) for name in pd.read_csv(path, nrows=0).columns]


def faults(folder: Path, kind: str) -> list[str]:
    """Files and columns of a folder that the dictionary does not have, and columns that it has and the file has not."""
    found = []
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        name = path.relative_to(folder).as_posix()
        entry = entry_of(name, kind) or (entry_of(name) if kind == "pack" else None)
        if entry is None:
            found.append(f"{name} is not in the dictionary")
        elif path.suffix in (".csv", ".parquet"):
            found += [f"{name}: {fault}" for fault in wrong_columns(columns_of(path), entry)]
    return found


def wrong_columns(columns, entry):
    further = [name for name in columns if name not in entry.columns and name != "replaced_mechanisms"]
    missing = [name for name, words in entry.columns.items() if name not in columns and not words.startswith("Only ")]
    if entry.of in NAMES:
        further = [name for name in further if name.partition("[")[0] not in NAMES[entry.of]]
    elif entry.of == "chart":
        further = [name for name in further if name not in shared_columns() and name not in OF_TABLES]
    elif entry.of:
        further = []
    return [f"no words for the column {name}" for name in further] + [f"has no column {name}" for name in missing]


OF_TABLES = {column for entry in entries() for column in entry.columns}


@pytest.fixture(scope="module")
def whole_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with everything that one council can have."""
    folder = tmp_path_factory.mktemp("whole")
    small = "--council Rutland --years 2 --draws 2 --replications 2 --workers 1 --set run.warm_up_years=1 -q"
    done = CliRunner().invoke(main, ["run", "full_time", *small.split(), "-o", str(folder)])
    assert done.exit_code == 0, done.output
    (run,) = (folder / "full_time").iterdir()
    return run


def test_every_file_and_column_of_a_run_is_in_it_and_no_other(whole_run: Path) -> None:
    assert faults(whole_run, "run") == []
    written = [path.relative_to(whole_run).as_posix() for path in whole_run.rglob("*") if path.is_file()]
    named_here = [one for one in entries() if one.folder == "run" and "*" not in one.name]
    unwritten = {one.name for one in named_here if not any(one.matches(name) for name in written)}
    assert unwritten <= NOT_OF_ONE_COUNCIL | NOT_OF_EVERY_RUN, "the dictionary has files that no run writes"


def test_every_file_and_column_of_a_pack_is_in_it(pack: Path, full_time: StoredRun) -> None:
    assert faults(pack, "pack") == []
    assert faults(full_time.folder, "run") == []


@pytest.mark.parametrize(
    ("words", "place", "kind"),
    [
        (("compare", "full_time"), "comparisons", "comparison"),
        (("brief", "full_time", "--area", "Rutland"), "briefs", "brief"),
        (("ensemble", "full_time", "--run", "full_time"), "ensembles", "ensemble"),
    ],
)
def test_every_file_and_column_made_of_a_run_is_in_it(
    whole_run: Path, words: tuple[str, ...], place: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write, "refuse_quoting", lambda *_: None)  # two draws are too few to quote, enough for files
    root = whole_run.parents[1]
    done = CliRunner().invoke(main, [*words, "-o", str(root), "-q"])
    assert done.exit_code == 0, done.output
    (made,) = (root / place).iterdir()
    assert faults(made, kind) == []


def test_a_file_without_words_is_found(tmp_path: Path) -> None:
    (tmp_path / "new.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    (tmp_path / "payers.csv").write_text("view,payer,colour\nx,y,z\n", encoding="utf-8")
    found = faults(tmp_path, "run")
    assert "new.csv is not in the dictionary" in found
    assert "payers.csv: no words for the column colour" in found
    assert "payers.csv: has no column net_gbp" in found


def test_no_word_is_said_for_nothing() -> None:
    used = {column for entry in entries() for column in entry.columns}
    in_charts = shared_columns().keys() - used - {"replaced_mechanisms"}
    assert in_charts <= {
        "p25",
        "p75",
        "effect",
        "step",
        "start_gbp",
        "share_of_draws",
        "ratio",
        "inside",
        "option",
        "pence",
    }


def test_a_file_is_explained_column_by_column() -> None:
    (entry,) = [one for one in named("summary.csv") if one.folder == "run"]
    text = describe(entry)
    assert all(column in text for column in entry.columns)
    shown = CliRunner().invoke(main, ["explain", "summary.parquet"])
    assert shown.exit_code == 0
    assert "monte_carlo_error" in shown.output
    assert {row["column"] for row in table_of_columns("payers.csv")} >= {"payer", "net_gbp"}
    assert [row["column"] for row in table_of_columns("cube")] == list(COLUMNS)
    with pytest.raises(InputError, match=r"Did you mean  payers\.csv"):
        table_of_columns("payer.csv")
