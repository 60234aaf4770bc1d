"""A table of a run, or a document of a pack, that was changed with everything that vouches for it is found."""

from __future__ import annotations

import json
import re
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
from sencosim.report.pack.again import pack_again
from sencosim.report.pack.workbook import settle
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


def first_number(name: str, content: bytes) -> bytes:
    """Another number in the first cell that has one."""
    if name == "xl/worksheets/sheet4.xml":
        return re.sub(rb"<v>(\d+)\.(\d+)</v>", rb"<v>1\1.\2</v>", content, count=1)
    if name == "content.xml":
        return re.sub(rb'office:value="(\d+)\.(\d+)"', rb'office:value="1\1.\2"', content, count=1)
    return re.sub(rb"(<w:t[^>]*>[^<]*)\d", rb"\g<1>77", content, count=1) if name == "word/document.xml" else content


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


def test_a_pack_comes_out_of_its_own_tables(pack: Path) -> None:
    shown = CliRunner().invoke(main, ["recompute", str(pack), "--json"])
    assert shown.exit_code == 0, shown.output
    told = json.loads(shown.stdout)
    assert (told["agrees"], told["files_made_again"] > 60, told["other_files"]) == (True, True, [])


@pytest.mark.parametrize("where", ["here", "elsewhere"])
def test_a_number_changed_in_a_document_is_found(
    pack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """The manifest was written again. Elsewhere other libraries write other bytes."""
    copy = copied(pack, tmp_path)
    if where == "elsewhere":
        monkeypatch.setattr("sencosim.report.again.software", dict)
    forged = ("note.docx", "results.ods", "results.xlsx", "tables.docx")
    for name in forged:
        settle(copy / name, first_number)
    write_manifest(copy, manifest_of(copy))
    assert manifest_problems(copy) == []
    assert pack_again(copy).others == forged


def test_other_bytes_of_other_libraries_say_the_same(
    pack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = copied(pack, tmp_path)
    monkeypatch.setattr("sencosim.report.again.software", dict)
    for name in ("results.xlsx", "results.ods"):
        settle(copy / name, lambda _, content: content.replace(b"/>", b" />"))
    (copy / "charts/net_cost_by_year.svg").write_text("drawn in other words", encoding="utf-8")
    write_manifest(copy, manifest_of(copy))
    found = pack_again(copy)
    assert found.others == ()
    assert "other libraries" in found.not_done
