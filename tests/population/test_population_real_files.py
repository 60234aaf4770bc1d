"""The official files of three years, as published, against published totals. Skipped where they are not at hand."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
from population.totals import council_gaps

from sencosim.population.describe import compare
from sencosim.population.official import Counts, build_population, move_levels
from sencosim.population.schools import Population

pytestmark = pytest.mark.unit

CHARACTERISTICS = "spc_school_level_2022-23.csv.gz"


@lru_cache(maxsize=8)
def _build(raw: Path, period: str) -> Population:
    names = (f"england_census_{period}.csv.gz", CHARACTERISTICS)
    if not all((raw / name).is_file() for name in names):
        pytest.skip(f"the folder of official files has no {' or '.join(names)}")
    return build_population(*(raw / name for name in names), year=None)


@pytest.fixture
def build(shared_data: Path) -> Callable[[str], Population]:
    return lambda period: _build(shared_data / "raw", period)


def test_january_2023_has_the_published_totals(build: Callable[[str], Population]) -> None:
    schools = build("2022-23")
    assert "Dropped 6 (0 pupils): nobody on roll" in schools.report
    assert [int((schools.phase == phase).sum()) for phase in (0, 1)] == [16_783 - 5, 3_444 - 1]
    assert [schools.total("pupils", phase) for phase in (0, 1)] == [4_647_851, 3_630_171]
    assert [schools.total("sen_support", phase) for phase in (0, 1)] == [629_184, 448_967]
    assert [schools.total("ehc_plans", phase) for phase in (0, 1)] == [117_757, 87_219]
    assert max(council_gaps(schools).values()) == 0
    assert np.unique(schools.council).size == 153


def test_real_schools_pass_the_comparison_that_the_synthetic_ones_are_put_to(
    build: Callable[[str], Population],
) -> None:
    rows = compare(build("2022-23"))
    assert [row.what for row in rows if not row.passes] == []


def test_moved_to_2025_councils_are_exact_and_schools_keep_their_place(
    build: Callable[[str], Population],
) -> None:
    before = build("2022-23")
    counts = Counts(before.sen_support, before.ehc_plans, before.fsm_share * before.pupils)
    moved = move_levels(before, counts, 2025)
    everyone = np.arange(before.n_schools)
    after = before.take(everyone, sen_support=moved.sen_support, ehc_plans=moved.ehc_plans, year=2025)
    assert max(council_gaps(after).values()) == 0
    for need in ("sen_support", "ehc_plans"):
        first, second = getattr(before, need) / before.pupils, getattr(after, need) / after.pupils
        assert np.corrcoef(first, second)[0, 1] > 0.95
    assert (after.ehc_plans == 0).mean() < (before.ehc_plans == 0).mean()
    assert (after.sen_support + after.ehc_plans <= after.pupils).all()


@pytest.mark.parametrize(
    ("period", "year", "pupils", "support"),
    [("2020-21", 2021, 4_660_264 + 3_493_507, 586_926 + 401_563), ("2018-19", 2019, 4_727_089 + 3_327_970, 954_263)],
)
def test_older_censuses_lose_few_schools(
    build: Callable[[str], Population], period: str, year: int, pupils: int, support: int
) -> None:
    schools = build(period)
    assert schools.year == year
    assert "Schools add up to them" in schools.report
    assert "in the census but not in the characteristics" in schools.report
    kept = schools.pupils.sum() / pupils
    assert 0.965 < kept <= 1
    assert schools.sen_support.sum() / support == pytest.approx(kept, abs=0.005)
    assert (schools.nursery >= 0).all()


@pytest.mark.parametrize("kind", ["own code", "real code"])
def test_fixtures_under_published_headers(shared_data: Path, tmp_path: Path, kind: str) -> None:
    raw = shared_data / "raw"
    sources = [raw / "fixture_sen_school_level_60rows.csv", raw / "fixture_spc_school_level_60rows.csv"]
    if not all(path.is_file() for path in sources):
        pytest.skip("the folder of official files has no fixtures")
    copies = [tmp_path / path.name for path in sources]
    for source, copy in zip(sources, copies, strict=True):
        code = "330" if kind == "real code" else "100"
        copy.write_text(source.read_text(encoding="utf-8-sig").replace(",100,E06000100,", f",{code},E06000100,"))
    if kind == "own code":
        with pytest.raises(Exception, match=r"none of the 153 \(100\)"):
            build_population(*copies)
        return
    schools = build_population(*copies, year=None)
    assert schools.n_schools + schools.report.count("Dropped 0") <= 60
    assert schools.n_schools >= 50
    assert schools.academy.all()
    assert schools.has_unit.sum() > 0
