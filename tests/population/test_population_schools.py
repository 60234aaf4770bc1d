"""Keeping, reading and cutting a population."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sencosim.errors import PopulationError
from sencosim.population.schools import SIZE_BANDS, Population, size_band

pytestmark = pytest.mark.unit


def test_saved_and_loaded_is_the_same(england: Population, tmp_path: Path) -> None:
    part = england.take(np.arange(0, england.n_schools, 37))
    part.save(tmp_path / "schools.parquet")
    again = Population.load(tmp_path / "schools.parquet")
    assert again.fingerprint == part.fingerprint
    assert (again.year, again.kind, again.report) == (part.year, part.kind, part.report)
    assert again.name.tolist() == part.name.tolist()
    assert (again.roll == part.roll).all()
    assert [path.name for path in tmp_path.iterdir()] == ["schools.parquet"]


def test_the_fingerprint_sees_one_pupil_and_not_the_report(england: Population) -> None:
    part = england.take(np.arange(5))
    plans = part.ehc_plans.copy()
    plans[0] += 1
    assert part.take(np.arange(5), ehc_plans=plans).fingerprint != part.fingerprint
    assert dataclasses.replace(part, report="other").fingerprint == part.fingerprint


def test_a_mask_takes_rows_in_order(england: Population) -> None:
    part = england.take(england.la_code == 886)
    assert part.n_schools == 560
    assert (np.diff(part.school_id) > 0).all()


@pytest.mark.parametrize(
    ("phase", "pupils", "label"),
    [(0, 99, "under 100"), (0, 100, "100-209"), (0, 420, "420 and over"), (1, 749, "under 750"), (1, 1249, "750-1249")],
)
def test_size_bands(england: Population, phase: int, pupils: int, label: str) -> None:
    assert SIZE_BANDS[phase][size_band(phase, pupils)] == label
    one = england.take(england.phase == phase).take(np.array([0]), pupils=np.array([pupils], np.int32))
    assert SIZE_BANDS[phase][one.size_band[0]] == label


def test_pupils_are_nursery_rolls_and_sixth_form(england: Population) -> None:
    assert (england.nursery + england.roll.sum(axis=1) + england.sixth_form == england.pupils).all()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "There is no such file"),
        (b"URN,LA\n1,2\n", "not a population file"),
        ("parquet", "not a population of this version"),
    ],
)
def test_files_that_are_no_population(tmp_path: Path, content: bytes | str | None, message: str) -> None:
    path = tmp_path / "schools.parquet"
    if content == "parquet":
        pq.write_table(pa.table({"urn": [1]}), path)
    elif isinstance(content, bytes):
        path.write_bytes(content)
    with pytest.raises(PopulationError, match=message) as caught:
        Population.load(path)
    assert caught.value.problems[0].file == str(path)


def test_a_folder_that_is_not_there(england: Population, tmp_path: Path) -> None:
    with pytest.raises(PopulationError, match="could not be written"):
        england.take(np.arange(3)).save(tmp_path / "missing" / "schools.parquet")


def test_schools_that_are_listed_twice_are_all_named_with_their_rows(england: Population, tmp_path: Path) -> None:
    few = england.take(np.arange(5))
    urn = few.urn.copy()
    urn[[2, 4]] = urn[[0, 1]]
    few.take(np.arange(5), urn=urn).save(tmp_path / "schools.parquet")
    with pytest.raises(PopulationError) as caught:
        Population.load(tmp_path / "schools.parquet")
    assert [one.found for one in caught.value.problems] == [str(urn[0]), str(urn[1])]
    assert f"URN {urn[0]} stands in rows 1 and 3; a school is listed once. Build" in str(caught.value)


@pytest.mark.parametrize("column", ["weight", "council_weight"])
@pytest.mark.parametrize("number", [37.5, 0.5, float("nan")])
def test_a_file_of_schools_that_stand_for_others_is_refused(
    column: str, number: float, england: Population, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run would name the few councils that are listed, and cost what they stand for."""
    path, weight = tmp_path / "schools.parquet", np.ones(4)
    weight[2] = number
    some = england.take(np.arange(4), **{column: weight})
    refused = r"1 of 4 schools stand for others too .* each with weights of 1.* give --sample"
    with pytest.raises(PopulationError, match=refused):
        some.save(path)
    assert not list(tmp_path.iterdir())
    with monkeypatch.context() as edit:  # as a file of another hand
        edit.setattr("sencosim.population.schools._check_unweighted", lambda *_: None)
        some.save(path)
    with pytest.raises(PopulationError, match=refused):
        Population.load(path)


def test_columns_must_fit(england: Population) -> None:
    with pytest.raises(PopulationError, match="one entry for each"):
        england.take(np.arange(3), pupils=np.array([1], np.int32))
    with pytest.raises(PopulationError, match="twelve year groups"):
        england.take(np.arange(3), roll=np.zeros((3, 5), np.int32))
