"""Forecasts put on record before what they speak of is published, and published figures that they are scored with.

A forecast file is a table (CSV) after a head of comments: when it was made, by which code, and the table's SHA-256.
That of a release is in ``docs/forecasts/``, where the history of the project shows when it was put there. The naive
forecasts of the same figures go with it, each with the standard deviation of its own past errors, so that a file can be
scored by whoever holds nothing else.
"""

from __future__ import annotations

import csv
import hashlib
import io
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sencosim.calibration.parameters import significant
from sencosim.calibration.result import BacktestResult
from sencosim.calibration.scoring import RIVALS, Interval, Judged, Rival, is_share, normal_interval
from sencosim.calibration.verdict import KNOWN, naive_of, naive_spreads
from sencosim.errors import InputError, Problem
from sencosim.evidence.series import load_series
from sencosim.names import did_you_mean

TEST = "forecast"
WHICH = ("series", "breakdown", "period")
QUANTILES = ("p10", "p50", "p90")
NAIVE = tuple(f"naive_{rival}{what}" for rival in RIVALS for what in ("", "_sd"))
COLUMNS = (*WHICH, "unit", *QUANTILES, *NAIVE)
"""Columns of a forecast; ``_sd`` is in the series' scale: logarithm of counts and rates, log odds of shares."""
HEAD = ("made", "code", "sha256")
PUBLISHED_COLUMNS = (*WHICH, "value")
UNPUBLISHED_UNIT = "weeks"
"""Unit of the one series that is nowhere published."""
Key = tuple[str, str, str]


@dataclass(frozen=True)
class ForecastFigure:
    """A forecast of one figure. [unit of the series]."""

    key: Key  # series, breakdown and period
    unit: str
    forecast: Interval
    naive: Mapping[Rival, tuple[float, float]]  # value and standard deviation; ``nan`` where there is none


@dataclass(frozen=True)
class ForecastFile:
    """A forecast on record."""

    made: str  # day
    code: str  # fingerprint of the model
    sha256: str  # of the table
    figures: tuple[ForecastFigure, ...]


# -- write ------------------------------------------------------------------------------------------------------------


def write_forecast(result: BacktestResult, path: Path) -> str:
    """Write what a back-test's forecast says of figures that are not published yet; return the SHA-256 of the table."""
    units = {(point.series, point.breakdown): point.unit for point in load_series()}
    rows = [row for row in result.rows if row.test == TEST and math.isnan(row.published)]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row, spread in zip(rows, naive_spreads(rows, KNOWN[TEST]), strict=True):
        unit = units.get((row.series, row.breakdown), UNPUBLISHED_UNIT)
        told = [row.p10, row.p50, row.p90]
        for rival in RIVALS:
            value = naive_of(row, rival)
            told.extend((value, math.nan if math.isnan(value) else spread[rival]))
        numbers = ["" if math.isnan(number) else repr(significant(number, 6)) for number in told]
        writer.writerow((row.series, row.breakdown, row.period, unit, *numbers))
    table = out.getvalue()
    head = dict(zip(HEAD, (result.date, result.code, _digest(table)), strict=True))
    title = "# Forecast of figures that were not published when it was made; scored by: sencosim score\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = "".join(f"# {name}: {value}\n" for name, value in head.items())
    path.write_text(title + lines + table, encoding="utf-8", newline="\n")
    return head["sha256"]


def _digest(table: str) -> str:
    return hashlib.sha256(table.encode("utf-8")).hexdigest()


# -- read -------------------------------------------------------------------------------------------------------------


def read_forecast(path: Path) -> ForecastFile:
    """Read a forecast; one that was changed after it was made is refused."""
    lines = _text(path).splitlines(keepends=True)
    comments = [line for line in lines if line.startswith("#")]
    head = dict(line[2:].strip().split(": ", 1) for line in comments if ": " in line)
    table = "".join(lines[len(comments) :])
    missing = [name for name in HEAD if name not in head]
    if missing:
        _refuse(path, f"The head of a forecast names {', '.join(HEAD)}; it has no {' and no '.join(missing)}.")
    if _digest(table) != head["sha256"]:
        _refuse(
            path,
            f"The table has the SHA-256 {_digest(table)}, its head says {head['sha256']}: it was changed after it was "
            "made. Take the file from the release that made it.",
        )
    rows = list(csv.DictReader(io.StringIO(table)))
    return ForecastFile(head["made"], head["code"], head["sha256"], tuple(_figure(row) for row in rows))


def _figure(row: Mapping[str, str]) -> ForecastFigure:
    """One row, of a table whose hash was right."""
    p10, p50, p90 = (float(row[name]) for name in QUANTILES)
    naive = {rival: (_number(row[f"naive_{rival}"]), _number(row[f"naive_{rival}_sd"])) for rival in RIVALS}
    return ForecastFigure((row["series"], row["breakdown"], row["period"]), row["unit"], Interval(p10, p50, p90), naive)


def _number(text: str) -> float:
    return float(text) if text else math.nan


def read_published(path: Path, forecast: ForecastFile) -> dict[Key, float]:
    """Published figures by series, breakdown and period, each of them forecast. All faults are told at once.

    Further columns are left alone. A row without a value is one that is not published yet.
    """
    rows = csv.DictReader(io.StringIO(_text(path)))
    absent = [name for name in PUBLISHED_COLUMNS if name not in (rows.fieldnames or ())]
    if absent:
        _refuse(
            path,
            f"The first line must name the columns {', '.join(PUBLISHED_COLUMNS)}; it lacks {', '.join(absent)}.",
            line=1,
        )
    found: dict[Key, float] = {}
    problems: list[Problem] = []
    for row in rows:
        line = rows.line_num
        key: Key = (row["series"] or "", row["breakdown"] or "", row["period"] or "")
        told = [*_faults_of_key(key, found, forecast), *_faults_of_value(key[0], row["value"] or "")]
        problems += [Problem(message, file=str(path), line=line, found=wrong) for message, wrong in told]
        if not told and row["value"]:
            found[key] = float(row["value"])
    if problems:
        raise InputError(f"{path} has {len(problems)} faults.", tuple(problems))
    if not found:
        _refuse(path, "It holds no figure that the forecast speaks of.")
    return found


def _faults_of_key(key: Key, found: Mapping[Key, float], forecast: ForecastFile) -> Iterator[tuple[str, str]]:
    """What is wrong with the name of a figure, and what stood there."""
    known = [figure.key for figure in forecast.figures]
    if key in found:
        yield "This figure is given twice. Keep one row.", ", ".join(key)
        return
    for place, name in enumerate(WHICH):
        allowed = dict.fromkeys(one[place] for one in known if one[:place] == key[:place])
        if key[place] not in allowed:
            some = did_you_mean(key[place], list(allowed))
            missing = f"The forecast has no {name} '{key[place]}'."
            yield " ".join(filter(None, (missing, some, f"It has: {', '.join(allowed)}."))), key[place]
            return


def _faults_of_value(series: str, text: str) -> Iterator[tuple[str, str]]:
    """What is wrong with a value, and what stood there."""
    if not text:
        return
    most = 100.0 if is_share(series) else math.inf
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0.0 < value < most:
        allowed = "a percentage between 0 and 100" if is_share(series) else "a number above 0"
        yield f"'{text}' is not a value: write {allowed}, with a point for decimals and no separators.", text


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        message = f"The file cannot be read: {error}"
        raise InputError(f"{path}: {message}", (Problem(message, file=str(path)),)) from error


def _refuse(path: Path, message: str, line: int | None = None) -> None:
    raise InputError(f"{path}: {message}", (Problem(message, file=str(path), line=line),))


# -- judge ------------------------------------------------------------------------------------------------------------


def judged_by(forecast: ForecastFile, published: Mapping[Key, float]) -> Sequence[Judged]:
    """Forecasts of the figures that came, in the order of the forecast."""
    return [
        Judged(
            *figure.key,
            forecast=figure.forecast,
            published=published[figure.key],
            naive={rival: normal_interval(figure.key[0], *figure.naive[rival]) for rival in RIVALS},
        )
        for figure in forecast.figures
        if figure.key in published
    ]
