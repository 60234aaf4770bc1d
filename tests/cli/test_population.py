"""``population describe`` and ``population build``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from sencosim.population.schools import Population
from sencosim.population.synthetic import synthetic_england

Call = Callable[..., Result]


@pytest.mark.unit
def test_describe_compares_the_synthetic_england_with_the_published_one(call: Call) -> None:
    result = call("population", "describe", "--check")
    assert result.exit_code == 0, result.stderr
    assert "20,227" in result.stdout
    assert "published" in result.stdout


@pytest.mark.unit
def test_describe_as_json_has_every_comparison(call: Call) -> None:
    rows = json.loads(call("population", "describe", "--json").stdout)
    assert len(rows) > 10
    assert all(row["passes"] for row in rows)


@pytest.mark.unit
def test_check_fails_if_a_figure_is_outside_its_tolerance(call: Call) -> None:
    england = synthetic_england()
    england.take(england.pupils < 300).save("small.parquet")
    assert call("population", "describe", "small.parquet").exit_code == 0
    result = call("population", "describe", "small.parquet", "--check")
    assert result.exit_code == 4
    assert "outside their tolerance" in result.stderr


@pytest.mark.unit
def test_describe_reads_the_year_of_a_file_from_the_file(call: Call) -> None:
    synthetic_england().take(slice(0, 5)).save("five.parquet")
    result = call("population", "describe", "five.parquet", "--year", "2023")
    assert result.exit_code == 2
    assert "own year" in result.stderr


@pytest.mark.unit
def test_a_file_that_is_no_population_is_refused_in_words(call: Call) -> None:
    Path("mine.parquet").write_text("no schools here", encoding="utf-8")
    result = call("population", "describe", "mine.parquet")
    assert result.exit_code == 2
    assert "population" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.unit
def test_build_does_not_write_over_a_file_unless_told(call: Call) -> None:
    for name in ("census.csv", "spc.csv", "schools.parquet"):
        Path(name).write_text("x", encoding="utf-8")
    words = ("population", "build", "--census", "census.csv", "--characteristics", "spc.csv", "-o", "schools.parquet")
    refused = call(*words)
    assert refused.exit_code == 4
    assert "--force" in refused.stderr
    assert Path("schools.parquet").read_text(encoding="utf-8") == "x"
    assert call(*words, "--force").exit_code == 2
    assert Path("schools.parquet").read_text(encoding="utf-8") == "x"


@pytest.mark.unit
def test_build_names_the_option_that_is_missing(call: Call) -> None:
    result = call("population", "build")
    assert result.exit_code == 2
    assert "--census" in result.stderr


@pytest.mark.engine
def test_build_makes_schools_from_the_official_files(call: Call, shared_data: Path) -> None:
    raw = shared_data / "raw"
    result = call(
        "population",
        "build",
        "--census",
        str(raw / "england_census_2022-23.csv.gz"),
        "--characteristics",
        str(raw / "spc_school_level_2022-23.csv.gz"),
        "-o",
        "schools.parquet",
    )
    assert result.exit_code == 0, result.stderr
    assert "Dropped" in result.stderr
    schools = Population.load("schools.parquet")
    assert f"{schools.n_schools:,} schools" in result.stdout
    assert schools.kind == "real"
