"""A table of a run that was changed with everything that vouches for it is found."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner

from sencosim.cli import main
from sencosim.errors import OutputError
from sencosim.experiment.dataset import part_names, remove_part
from sencosim.experiment.finished import manifest_of
from sencosim.experiment.store import Store
from sencosim.report.again import tables_again
from sencosim.report.manifest import manifest_problems, write_manifest
from sencosim.report.recompute import recompute
from sencosim.report.stored import StoredRun

pytestmark = pytest.mark.engine


def copied(folder: Path, root: Path, **facts: Any) -> Path:
    """A copy of a folder, perhaps with other facts in its manifest."""
    shutil.copytree(folder, root / "copy")
    write_manifest(root / "copy", {**manifest_of(folder), **facts})
    return root / "copy"


def doubled(folder: Path, table: str, twin: str, column: str) -> None:
    """Double a column in a table, in the one for people too, and write the manifest again."""
    frame = pd.read_parquet(folder / table)
    frame[column] *= 2.0
    frame.to_parquet(folder / table, index=False, compression="zstd")
    frame.to_csv(folder / twin, index=False, lineterminator="\n")
    write_manifest(folder, manifest_of(folder))


def test_tables_of_a_run_come_out_of_its_pairs(full_time: StoredRun) -> None:
    found = tables_again(full_time.folder)
    assert (found.files > 30, found.others) == (True, ())
    assert "reproduce" in found.not_done


@pytest.mark.parametrize(
    ("table", "twin", "column"),
    [("by_group.parquet", "by_group.csv", "difference"), ("appraisal/budget.parquet", "budget.csv", "cash_gbp")],
)
def test_groups_and_budgets_that_no_pair_gives_are_found(
    full_time: StoredRun, tmp_path: Path, table: str, twin: str, column: str
) -> None:
    copy = copied(full_time.folder, tmp_path)
    doubled(copy, table, twin, column)
    assert manifest_problems(copy) == []
    assert recompute(copy).agrees
    assert tables_again(copy).others == tuple(sorted((table, twin)))
    shown = CliRunner().invoke(main, ["recompute", str(copy)])
    assert shown.exit_code == 4
    assert f"{', '.join(sorted((table, twin)))}. They were changed" in " ".join(shown.stderr.split())


def test_a_table_more_and_a_pair_that_is_lost_are_found(full_time: StoredRun, tmp_path: Path) -> None:
    copy = copied(full_time.folder, tmp_path)
    (copy / "appraisal/savings.parquet").write_bytes(b"")
    assert tables_again(copy).others == ("appraisal/savings.parquet",)
    dataset = Store(copy, full_time.run_id).dataset
    remove_part(dataset, part_names(dataset)[0])
    with pytest.raises(OutputError, match="lacks the pair"):
        tables_again(copy)


def test_what_cannot_be_made_again_is_said(
    full_time: StoredRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = copied(full_time.folder, tmp_path, code_fingerprint="0" * 64)
    shown = CliRunner().invoke(main, ["recompute", str(other)])
    assert shown.exit_code == 0, shown.output
    assert "Not checked: groups, budgets" in shown.stdout
    assert "keeps no pairs of this run" in shown.stdout  # those that lie there are of its code
    told = json.loads(CliRunner().invoke(main, ["recompute", str(other), "--json"]).stdout)
    assert (told["agrees"], told["files_made_again"], told["not_checked"][:11]) == (True, 0, "Not checked")
    monkeypatch.setattr("sencosim.report.again.england", lambda _: SimpleNamespace(fingerprint="of others"))
    found = tables_again(full_time.folder)
    assert (found.files, "--population" in found.not_done) == (0, True)
