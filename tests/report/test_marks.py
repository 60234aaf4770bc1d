"""A run with a replaced mechanism says so in everything that it leaves, and one without never does."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from sencosim.errors import InputError
from sencosim.report.inputs import ReportInputs
from sencosim.report.outputs import write_outputs
from sencosim.report.reproduce import reproduce_run
from sencosim.report.showing import FACT, mark_sentence, marked, obstacles
from sencosim.report.stored import StoredRun
from sencosim.report.terminal import answer_text

pytestmark = pytest.mark.unit
OWN = {"refusal": {"function": "mine.never", "code_sha256": "0" * 64}}


@pytest.fixture(scope="module")
def own(inputs: ReportInputs) -> ReportInputs:
    return replace(inputs, manifest={**inputs.manifest, FACT: OWN})


@pytest.fixture(scope="module")
def folder(own: ReportInputs, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_outputs(own, tmp_path_factory.mktemp("outputs"))


def test_every_table_has_the_mark(folder: Path) -> None:
    tables = [*folder.rglob("*.parquet"), *(path for path in folder.rglob("*.csv") if path.parent.name == "charts")]
    tables += [folder / name for name in ("summary.csv", "payers.csv")]
    assert len(tables) >= 8
    for path in tables:
        frame = pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path)
        assert set(frame[FACT]) == {"refusal (mine.never)"}, path


def test_page_terminal_and_manifest_say_it(own: ReportInputs, folder: Path) -> None:
    sentence = mark_sentence(own.manifest)
    assert sentence in (folder / "report.html").read_text(encoding="utf-8")
    assert f"! {sentence}" in " ".join(answer_text(own).split())
    assert json.loads((folder / "manifest.json").read_text(encoding="utf-8"))[FACT] == OWN
    assert sentence in obstacles(folder)


def test_it_cannot_be_reproduced_by_a_command(own: ReportInputs, folder: Path) -> None:
    with pytest.raises(InputError, match=r"refusal \(mine.never\)"):
        reproduce_run(StoredRun(folder, replace(own, manifest={**own.manifest, "run_id": "mine"})))


def test_a_run_with_everything_as_it_ships_has_no_mark(inputs: ReportInputs) -> None:
    for manifest in (inputs.manifest, {**inputs.manifest, FACT: {}}):
        assert mark_sentence(manifest) == ""
        assert marked(inputs.summary, manifest) is inputs.summary
