"""Verify finds a changed byte; reproduce finds a changed figure, and says when it is another run."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from packs.conftest import store

from sencosim.errors import InputError, OutputError
from sencosim.experiment.dataset import part_names, remove_part, write_part
from sencosim.experiment.finished import manifest_of
from sencosim.experiment.store import Store, pairs_of
from sencosim.report.again import says_the_same
from sencosim.report.manifest import manifest_problems, write_manifest
from sencosim.report.reproduce import COLUMNS, KEYS, compared, reproduce_run
from sencosim.report.showing import obstacles
from sencosim.report.stored import StoredRun, read_run


def figures(values: list[float]) -> pd.DataFrame:
    keys = {key: [f"{key}{number}" for number in range(len(values))] for key in KEYS}
    return pd.DataFrame(keys | dict.fromkeys(COLUMNS, values))


@pytest.mark.property
@given(st.lists(st.floats(-1e10, 1e10, allow_nan=False), min_size=1, max_size=20), st.data())
def test_one_figure_that_moves_is_found(values: list[float], data: st.DataObject) -> None:
    assert compared(figures(values), figures(values)).is_same
    place = data.draw(st.integers(0, len(values) - 1))
    moved = [value + (abs(value) + 1.0) * 1e-6 * (number == place) for number, value in enumerate(values)]
    found = compared(figures(values), figures(moved))
    assert not found.is_same
    assert set(found.gaps[KEYS[0]]) == {f"{KEYS[0]}{place}"}
    assert not compared(figures(values), figures(values[:-1])).is_same


@pytest.mark.engine
def test_a_run_comes_out_again_without_any_arm_that_was_kept(
    full_time: StoredRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SENCOSIM_BASELINES", str(tmp_path))
    found = reproduce_run(full_time, workers=1)
    assert not list(tmp_path.iterdir())
    assert found.is_same, found.gaps.head()
    assert found.figures > 1000
    assert found.changed == ()
    assert found.pairs == len(Store(full_time.folder, full_time.run_id).jobs())


@pytest.mark.engine
def test_a_run_that_added_draws_comes_out_again(tmp_path: Path) -> None:
    """Its scenario says how many it began with."""
    found = reproduce_run(store("full_time", tmp_path, added=1), workers=1)
    assert found.is_same, (found.other_files, found.other_pairs)


def remade(folder: Path, **facts: object) -> StoredRun:
    """The folder with facts of its manifest changed, and the manifest made again as a forger would."""
    told = {**manifest_of(folder), **facts}
    write_manifest(folder, {name: one for name, one in told.items() if name != "files"})
    return read_run(folder)


@pytest.mark.engine
def test_a_forged_page_is_found_whatever_the_manifest_says_made_it(full_time: StoredRun, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(full_time.folder, copy)
    for name in ("payers.csv", "report.html"):
        text = (copy / name).read_text(encoding="utf-8")
        (copy / name).write_text(text.replace("1", "7"), encoding="utf-8", newline="\n")
    frame = pd.read_parquet(copy / "prices.parquet")
    frame.assign(price_gbp=frame["price_gbp"] * 1.01).to_parquet(copy / "prices.parquet", index=False)
    software = {**full_time.inputs.manifest["software"], "python": "another"}
    forged = remade(copy, software=software, code_fingerprint="0" * 64)
    assert manifest_problems(copy) == []
    found = reproduce_run(forged, workers=1)
    assert found.gaps.empty
    assert len(found.changed) == 2
    assert not found.is_same
    assert set(found.other_figures) >= {"payers.csv", "prices.parquet", "report.html"}


@pytest.mark.engine
def test_a_forged_pair_is_found(full_time: StoredRun, tmp_path: Path) -> None:
    """Its files name their part, their run and their digest, and the manifest is made again: all that a forger can."""
    copy = tmp_path / "copy"
    shutil.copytree(full_time.folder, copy)
    store = Store(copy, full_time.run_id)
    job = store.jobs()[-1]
    pairs = [store.read(one) for one in store.jobs()]
    forged = [replace(pair, policy=1.01 * pair.policy) if pair.job == job else pair for pair in pairs]
    of = pairs_of(manifest_of(copy))
    for name in part_names(store.dataset):
        remove_part(store.dataset, name)
    write_part(store.dataset, forged, of)
    found = reproduce_run(remade(copy), workers=1)
    assert found.pairs == len(pairs)
    assert (found.other_pairs, found.other_figures, found.is_same) == ((job.name,), (), False)


@pytest.mark.engine
def test_pairs_of_another_run_under_a_manifest_made_again_are_lost_pairs(full_time: StoredRun, tmp_path: Path) -> None:
    """None of them can be read, which is not the same as a run that keeps none."""
    copy = tmp_path / "copy"
    shutil.copytree(full_time.folder, copy)
    store = Store(copy, full_time.run_id)
    pairs = [store.read(one) for one in store.jobs()]
    for name in part_names(store.dataset):
        remove_part(store.dataset, name)
    write_part(store.dataset, pairs, "another run")
    found = reproduce_run(remade(copy), workers=1)
    assert (found.pairs, len(found.other_pairs), found.is_same) == (len(pairs), len(pairs), False)


@pytest.mark.unit
@pytest.mark.parametrize("name", ["a.csv", "a.html", "a.svg"])
def test_other_bytes_may_say_the_same_and_other_numbers_and_words_do_not(tmp_path: Path, name: str) -> None:
    first, second = tmp_path / name, tmp_path / f"other.{name}"
    first.write_text("costs £1,200, 0.1 and 3e-05", encoding="utf-8")
    for text, same in (
        ("costs £1,200, 0.10000000000000001 and 3.0e-5", True),
        ("costs £1,300, 0.1 and 3e-05", False),
        ("costs £1,2, 0.1 and 3e-05", False),
        ("saves £1,200, 0.1 and 3e-05", False),
        ("costs £1,200, 0.1", False),
    ):
        second.write_text(text, encoding="utf-8")
        assert says_the_same(first, second) == same
    assert not says_the_same(first, tmp_path / "missing")


@pytest.mark.unit
@pytest.mark.parametrize("name", ["a.csv", "a.parquet", "a.xlsx"])
def test_a_file_that_cannot_be_read_says_something_else(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"\xff\xfe no table, no document, no text")
    assert not says_the_same(path, path)


@pytest.mark.engine
@pytest.mark.parametrize("name", ["/../../../elsewhere", "..", "a/b", "C:evil"])
def test_a_name_that_is_a_place_elsewhere_is_refused(full_time: StoredRun, tmp_path: Path, name: str) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(full_time.folder, copy)
    with pytest.raises(OutputError, match="cannot be the name of a folder"):
        remade(copy, run_id=name)


@pytest.mark.engine
def test_a_pack_names_the_same_run(pack: Path, full_time: StoredRun) -> None:
    again = read_run(pack)
    pd.testing.assert_frame_equal(again.inputs.summary, full_time.inputs.summary)


@pytest.mark.engine
def test_other_evidence_is_another_run(full_time: StoredRun) -> None:
    manifest = {**full_time.inputs.manifest, "evidence_fingerprint": "0" * 64}
    other = StoredRun(full_time.folder, replace(full_time.inputs, manifest=manifest))
    with pytest.raises(InputError, match="the evidence differ"):
        reproduce_run(other)


@pytest.mark.engine
@pytest.mark.parametrize("name", ["results.ods", "charts/unit_costs.svg", "summary.parquet"])
def test_one_byte_is_found(pack: Path, tmp_path: Path, name: str) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(pack, copy)
    target = copy / name
    content = bytearray(target.read_bytes())
    content[len(content) // 2] ^= 1
    target.write_bytes(content)
    assert manifest_problems(copy) == [f"{name} was changed."]


@pytest.mark.unit
def test_what_forbids_quoting_is_said(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(
        '{"quick": true, "git": {"dirty": true}, "checks": [{"check": "Sums", "passed": false}], "files": {}}',
        encoding="utf-8",
    )
    said = " ".join(obstacles(tmp_path))
    assert "quick run" in said
    assert "differs from the commit" in said
    assert "Sums" in said
