"""A file that somebody else wrote is read, or refused in a sentence: no reader fails in a way that nobody foresaw."""

from __future__ import annotations

import gzip
import io
import json
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import pyarrow.parquet as pq
import pytest
from decisions.synthetic import small_ensemble
from doors.hostile import parquets, tables
from hypothesis import HealthCheck, given, seed, settings
from population.test_population_official import CENSUS, made_up_facts

from sencosim.calibration.forecast_file import read_forecast
from sencosim.cli.score import score
from sencosim.decisions.ensemble import read_ensemble, write_ensemble
from sencosim.errors import SencosimError
from sencosim.evidence import posterior, register
from sencosim.evidence.correlations import read_correlations
from sencosim.evidence.councils import Council
from sencosim.evidence.register import evidence_folder, read_register
from sencosim.evidence.series import SeriesPoint
from sencosim.evidence.tables import read_table
from sencosim.population import official_read
from sencosim.population.describe import describe
from sencosim.population.official import build_population
from sencosim.population.schools import Population
from sencosim.terminal.console import Console

FORECAST = Path(__file__).parents[2] / "docs" / "forecasts" / "second_edition.csv"
DOCUMENTS, SLICES, DOCUMENTS_OF_SLICE = 16, 4, 500
CODES = (2, 4)
"""Of input that cannot be used, and of stored files that are damaged."""


@dataclass(frozen=True)
class Outside:
    """A kind of file from outside: one that is good, and what reads it."""

    good: bytes
    read: Callable[[Path], object]


@pytest.fixture(scope="session")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Outside]]:
    """Every kind of file that is taken from outside, by name."""
    folder = tmp_path_factory.mktemp("outside")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        found = {**official(folder), **forecasts(folder), **evidence(folder, patch), **ensembles(folder)}
        assert set(found) == set(KINDS)
        yield found


def official(folder: Path) -> dict[str, Outside]:
    census, facts, schools = (folder / name for name in ("census_2022-23.csv", "spc.csv", "schools.parquet"))
    census.write_text(CENSUS, encoding="utf-8")
    made_up_facts().to_csv(facts, index=False)
    build_population(census, facts, year=None).save(schools)
    found = {
        "census": Outside(census.read_bytes(), lambda path: build_population(path, facts)),
        "characteristics": Outside(facts.read_bytes(), lambda path: build_population(census, path, year=None)),
        "schools": Outside(schools.read_bytes(), lambda path: describe(Population.load(path))),
    }
    for kind, columns in official_read.GIAS_KINDS.items():
        cells = ("100001" if name == "urn" else "Academy" for name in columns)
        text = f"{','.join(one[0] for one in columns.values())}\n{','.join(cells)}\n"
        found[kind] = Outside(text.encode(), lambda path: build_population(census, facts, [path], year=None))
    return found


def forecasts(folder: Path) -> dict[str, Outside]:
    rows = [",".join([*one.key, str(one.forecast.p50)]) for one in read_forecast(FORECAST).figures]
    text = "\n".join(["series,breakdown,period,value", *rows])
    published = folder / "published.csv"
    published.write_text(text, encoding="utf-8")

    def scored(forecast: Path, published: Path) -> None:
        context = click.Context(score, obj=Console(quiet=True))
        context.invoke(score, forecast=forecast, published=published, as_json=True)

    return {
        "published": Outside(published.read_bytes(), lambda path: scored(FORECAST, path)),
        "forecast": Outside(FORECAST.read_bytes(), lambda path: scored(path, published)),
    }


def evidence(folder: Path, patch: pytest.MonkeyPatch) -> dict[str, Outside]:
    ours, known = evidence_folder(), register.load_register()

    def head(name: str, rows: int) -> bytes:
        return "".join((ours / name).read_text(encoding="utf-8").splitlines(keepends=True)[:rows]).encode()

    def sample(path: Path) -> None:
        shutil.copy(path, folder / "posterior" / "sample.csv")
        with pytest.MonkeyPatch.context() as here:
            here.setattr(posterior, "evidence_folder", lambda: folder)
            found = posterior.load_posterior.__wrapped__()
        for row in range(len(found.rows)):
            found.values(row, known)
        assert found.in_order
        found.marginals()

    def named(name: str, read: Callable[[Path], object]) -> Callable[[Path], object]:
        return lambda path: read(Path(shutil.copy(path, folder / name)))

    def entries(name: str, number: int) -> bytes:
        text = (ours / name).read_text(encoding="utf-8")
        starts = [found.start() for found in re.finditer(r"^[a-z_]+:", text, re.MULTILINE)]
        return text[: starts[number]].encode()

    (folder / "posterior").mkdir()
    shutil.copy(ours / "posterior" / "made_by.json", folder / "posterior")
    sources = ours / "sources.yaml"
    return {
        "register": Outside(
            entries("workload.yaml", 3), named("workload.yaml", lambda path: read_register([sources, path]))
        ),
        "correlations": Outside(entries("correlations.yaml", 3), named("correlations.yaml", read_correlations)),
        "councils": Outside(head("councils.csv", 6), lambda path: read_table(path, Council)),
        "series": Outside(head("national_series.csv", 6), lambda path: read_table(path, SeriesPoint)),
        "posterior": Outside(head("posterior/sample.csv", 6), sample),
    }


def ensembles(folder: Path) -> dict[str, Outside]:
    place = folder / "ensemble"
    write_ensemble(small_ensemble(), place)
    files = {name: (place / name).read_bytes() for name in ("ensemble.json", "inputs.parquet", "outcomes.parquet")}

    def with_other(name: str) -> Callable[[Path], object]:
        def read(path: Path) -> None:
            for one, content in files.items():
                (place / one).write_bytes(content)
            shutil.copy(path, place / name)
            read_ensemble(place)

        return read

    return {name: Outside(content, with_other(name)) for name, content in files.items()}


KINDS = (
    *("census", "characteristics", "schools", *official_read.GIAS_KINDS, "published", "forecast"),
    *("register", "correlations", "councils", "series", "posterior"),
    *("ensemble.json", "inputs.parquet", "outcomes.parquet"),
)


def check(one: Outside, content: bytes, folder: Path) -> bool:
    """Whether a changed file is read; if it is not, it is refused in a sentence and with its own exit code."""
    path = folder / "changed_2022-23.csv"
    path.write_bytes(content)
    refused: SencosimError | None = None
    try:
        one.read(path)
    except SencosimError as error:
        refused = error
    assert refused is None or (refused.exit_code in CODES and len(str(refused)) > 20)
    return refused is None


def changed(kind: str, good: bytes) -> object:
    """Changed files of a kind."""
    if kind.endswith("parquet") or kind == "schools":
        return parquets(pq.read_table(io.BytesIO(good)))
    return tables(good.decode())


@pytest.mark.unit
@pytest.mark.parametrize("kind", KINDS)
def test_a_good_file_is_read(kind: str, outside: dict[str, Outside], tmp_path: Path) -> None:
    assert check(outside[kind], outside[kind].good, tmp_path)


@pytest.mark.property
@pytest.mark.parametrize("kind", KINDS)
def test_a_changed_file_is_read_or_refused_in_a_sentence(
    kind: str, outside: dict[str, Outside], tmp_path: Path
) -> None:
    one = outside[kind]

    @settings(max_examples=DOCUMENTS, suppress_health_check=list(HealthCheck), deadline=None)
    @given(content=changed(kind, one.good))
    def each(content: bytes) -> None:
        check(one, content, tmp_path)

    each()


@pytest.mark.study
@pytest.mark.parametrize("number", range(SLICES))
@pytest.mark.parametrize("kind", KINDS)
def test_thousands_of_changed_files(kind: str, number: int, outside: dict[str, Outside], tmp_path: Path) -> None:
    one, read = outside[kind], []

    @seed(number)
    @settings(
        max_examples=DOCUMENTS_OF_SLICE,
        deadline=None,
        derandomize=False,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(content=changed(kind, one.good))
    def each(content: bytes) -> None:
        read.append(check(one, content, tmp_path))

    each()
    sys.stdout.write(f"{kind}, seed {number}: {len(read)} files, {sum(read)} of them read\n")


BROKE_IT: dict[str, tuple[bytes, ...]] = {
    "census": (re.sub(r"(?m)^\d{6}(?=,)", "9" * 300, CENSUS).encode(),),
    "characteristics": (b"\n", b"\x1f\x8b\x08\x00" + b"\xff" * 40, b"PK\x03\x04\x14\x00\x00\x00" + b"\x00" * 60),
    "establishments": (b"",),
    "forecast": (gzip.compress(b"x"), b"# made: x\n# code: x\n"),
    "register": (b"\x1f\x8b", b"a: \x84", b"a: " + b"[" * 5_000, b"[" * 5_000),
    "correlations": (b"\xff\xfe", b"\0", b"a: {b: " * 3_000),
    "councils": (b"\x1f\x8b", b"la_code,name\n1,x", b"la_code\n1,2,3"),
    "series": (b"series,breakdown,period,value,unit,source_title,source_url,status\na,b,c,nan,d,e,f,g",),
    "posterior": (
        b"request_rate_primary\n",
        b"nobody\n1\n",
        b"request_rate_primary\ninf\n",
        b"request_rate_primary.9\n1\n",
    ),
    "ensemble.json": (b"", b"{", b"[]", b"null", json.dumps({"format": "x"}).encode()),
    "inputs.parquet": (b"", b"PAR1"),
}
"""Files that ended a command in a way that nobody foresaw, and their kin."""


@pytest.mark.unit
@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("establishments", "URN,TypeOfResourcedProvision (name),Trusts (code)\n,Academy,Academy"),
        ("group links", "URN,Linked UID,Group Type\n,Academy,Academy"),
    ],
)
def test_a_file_that_speaks_of_no_school_is_read(
    kind: str, text: str, outside: dict[str, Outside], tmp_path: Path
) -> None:
    assert check(outside[kind], text.encode(), tmp_path)


@pytest.mark.unit
def test_a_sample_of_one_row_spreads_nowhere_and_is_read(outside: dict[str, Outside], tmp_path: Path) -> None:
    head, row = outside["posterior"].good.splitlines(keepends=True)[:2]
    assert check(outside["posterior"], head + row, tmp_path)
    assert check(outside["posterior"], head + 3 * row, tmp_path)


@pytest.mark.unit
def test_a_word_of_a_table_that_is_no_text_is_a_sentence(outside: dict[str, Outside], tmp_path: Path) -> None:
    one = outside["inputs.parquet"]
    broken = one.good.replace(b"central", b"\xe3entral")
    assert broken != one.good
    assert not check(one, broken, tmp_path)


@pytest.mark.unit
@pytest.mark.parametrize("kind", BROKE_IT)
def test_what_broke_a_reader_once_is_refused(kind: str, outside: dict[str, Outside], tmp_path: Path) -> None:
    for content in BROKE_IT[kind]:
        assert not check(outside[kind], content, tmp_path), content[:60]
