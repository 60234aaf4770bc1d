"""The folder that a run leaves behind: all of it or nothing, and never over another run's.

A run writes into a hidden folder ``.<run id>.partial`` next to its place, makes sure that the disk holds it, and
renames it. An exception removes it; only a killed process can leave one, and ``partial_folders`` finds those.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sencosim.errors import OutputError
from sencosim.experiment.dataset import sync
from sencosim.experiment.finished import RESOLVED
from sencosim.experiment.store import DATASET, claim, share_files
from sencosim.fingerprint import check_still
from sencosim.report.beside import beside_frame
from sencosim.report.budget import BUDGET
from sencosim.report.charts.equity import equity_chart
from sencosim.report.charts.fan import fan_chart
from sencosim.report.charts.frontier import best_for_the_money_chart, every_aim_chart
from sencosim.report.charts.levels import levels_chart
from sencosim.report.charts.needed import purse_pair_chart, society_pair_chart
from sencosim.report.charts.probability import (
    chance_of_saving_chart,
    cost_effect_chart,
    switching_values_chart,
    worth_of_research_chart,
)
from sencosim.report.charts.published import published_chart
from sencosim.report.charts.standings import standings_chart
from sencosim.report.charts.style import Chart
from sencosim.report.charts.waterfall import waterfall_chart
from sencosim.report.council_purses import with_low_left_out
from sencosim.report.findings import Findings
from sencosim.report.inputs import ReportInputs, check_inputs
from sencosim.report.manifest import completed, content_hash, manifest_text, write_manifest
from sencosim.report.needed import needed_frames
from sencosim.report.page import page_html
from sencosim.report.probability import stored_tables
from sencosim.report.research import with_research
from sencosim.report.showing import marked
from sencosim.report.stored import APPRAISAL, BESIDE_THE_HEADLINE, FALLS, FRONTIER, PROBABILITY, WORDS, words_of
from sencosim.report.tables import payers_frame

PARTIAL = ".partial"
CHARTS = (
    *(fan_chart, waterfall_chart, standings_chart, levels_chart, published_chart, equity_chart),
    *(best_for_the_money_chart, every_aim_chart, society_pair_chart, purse_pair_chart),
    *(chance_of_saving_chart, cost_effect_chart, switching_values_chart, worth_of_research_chart),
)


def write_outputs(
    inputs: ReportInputs,
    root: Path,
    now: datetime | None = None,
    run_id: str | None = None,
    dataset: Path | None = None,
) -> Path:
    """Write everything that a run leaves as ``root/<scenario>/<UTC timestamp>-<short hash>``, and say where it is.

    ``now`` is the time in its name, ``run_id`` that name if the run has one already, ``dataset`` the folder of the
    pairs, which the results keep. An OutputError if the folder cannot be written: nothing is left then.
    """
    check_inputs(inputs)
    inputs = replace(with_research(inputs, root), manifest=completed(inputs.manifest))
    moment = (now or datetime.now(UTC)).astimezone(UTC)
    name = run_name(inputs.manifest, moment) if run_id is None else run_id
    try:
        with new_folder(root / inputs.scenario.name, name) as (folder, taken):
            if dataset is not None:
                share_files(dataset, folder / DATASET)
            _fill(folder, inputs, taken, f"{moment:%Y-%m-%dT%H:%M:%SZ}")
            check_still(inputs.manifest)
    except OSError as error:
        raise OutputError(
            f"The results could not be written to {root}: {error.strerror or error}. Nothing was left there. "
            "Free some space, or choose another folder."
        ) from error
    return root / inputs.scenario.name / taken


def run_name(facts: Mapping[str, Any], moment: datetime) -> str:
    """Name of a run: when, and a hash of what."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H-%M-%SZ}-{content_hash(facts)}"


@contextmanager
def new_folder(parent: Path, name: str) -> Iterator[tuple[Path, str]]:
    """Give a hidden folder to write in and the name that it will have, and put it in place when the block ends well.

    ``-2``, ``-3`` and so on are added to a name that is taken, by whichever process.
    """
    parent.mkdir(parents=True, exist_ok=True)
    hidden, taken = claim(parent, name, PARTIAL)
    try:
        yield hidden, taken
        _settle(hidden)
        hidden.rename(parent / taken)
    except BaseException:
        shutil.rmtree(hidden, ignore_errors=True)
        raise
    sync(parent)


def partial_folders(root: Path) -> list[Path]:
    """Folders that a killed run left half-written, safe to delete; a run that is still going has one too."""
    return sorted(path for depth in ("*", "*/*") for path in root.glob(f"{depth}/.*{PARTIAL}") if path.is_dir())


def charts_of(findings: Findings, run_id: str) -> list[Chart]:
    """Every chart that the run has the figures for."""
    manifest = findings.inputs.manifest
    kind = {"real": "real schools", "synthetic": "synthetic schools with the published council totals"}
    schools = kind.get(str(manifest.get("population_kind")), "schools as described in the report")
    source = f"Source: sencosim {manifest['software']['sencosim']}, run {run_id}; {schools}."
    made = (maker(findings, source) for maker in CHARTS)
    return [chart for chart in made if chart is not None]


def _fill(folder: Path, inputs: ReportInputs, run_id: str, moment: str) -> None:
    """Write every file; the manifest last."""
    findings = Findings(inputs)
    charts = charts_of(findings, run_id)
    write_tables(folder, inputs, findings)
    write_charts(folder / "charts", charts, inputs.manifest)
    write_text(folder / RESOLVED, inputs.scenario.resolved_yaml)
    write_text(folder / WORDS, manifest_text(words_of(inputs)))
    write_text(folder / "report.html", page_html(findings, charts, run_id, moment))
    write_manifest(
        folder,
        {
            **inputs.manifest,
            "run_id": run_id,
            "scenario": inputs.scenario.name,
            "written_at": moment,
            "warnings": list(inputs.scenario.warnings),
            "checks": [{"check": name, "passed": passed, "detail": detail} for name, passed, detail in inputs.checks],
        },
    )


def write_tables(folder: Path, inputs: ReportInputs, findings: Findings) -> None:
    """Write every table of a run into its folder."""
    told = inputs.manifest
    kept = {name: getattr(inputs, name) for name in ("runs", "draws", "changes", "prices", "by_group")}
    for name, frame in {"summary": findings.summary, **kept}.items():
        if len(frame.columns):
            marked(frame, told).to_parquet(folder / f"{name}.parquet", index=False, compression="zstd")
    for together in (("ledger", "priced"), ("areas",)):
        many = {name: tables for name in together if (tables := getattr(inputs, name)) is not None}
        _write_parquets(folder, {name: (marked(part, told) for part in tables()) for name, tables in many.items()})
    read = {"summary": findings.summary, "payers": payers_frame(findings)}
    read |= {name: getattr(inputs, name) for name in ("years_until", "uses")}
    read |= {BUDGET: inputs.appraisal[BUDGET]} if BUDGET in inputs.appraisal else {}
    kept_if_any = (*BESIDE_THE_HEADLINE, "by_group", FRONTIER)
    read |= {name: frame for name in kept_if_any if len(frame := getattr(inputs, name))}
    read |= dict(needed_frames(findings))
    read |= {"beside": frame} if len(frame := beside_frame(findings)) else {}
    read |= {name: frame for name in FALLS if len(frame := with_low_left_out(getattr(inputs, name)))}
    _write_csvs(folder, {name: marked(frame, told) for name, frame in read.items()})
    _write_csvs(folder, {"reconciliation": inputs.reconciliation, "parameters": inputs.parameters})
    _write_csvs(folder / PROBABILITY, {name: marked(frame, told) for name, frame in stored_tables(findings).items()})
    for name, frame in inputs.appraisal.items():
        (folder / APPRAISAL).mkdir(exist_ok=True)
        table = marked(plain_words(frame), told)
        table.to_parquet(folder / APPRAISAL / f"{name}.parquet", index=False, compression="zstd")


def _write_csvs(folder: Path, frames: Mapping[str, pd.DataFrame]) -> None:
    """Write tables into a folder, which is made for the first of them if it is not there."""
    for name, frame in frames.items():
        folder.mkdir(exist_ok=True)
        write_csv(folder / f"{name}.csv", frame)


def _write_parquets(folder: Path, tables: Mapping[str, Iterable[pd.DataFrame]]) -> None:
    """Write each file from its tables of the same columns, holding one of each at a time: they are made together."""
    # The thread compresses a table while the next ones are made.
    with contextlib.ExitStack() as files, ThreadPoolExecutor(1) as behind:
        writers: dict[str, pq.ParquetWriter] = {}
        under_way: deque[Future[None]] = deque()
        for frames in zip(*tables.values(), strict=True):
            for name, frame in zip(tables, frames, strict=True):
                if name not in writers:
                    schema = pa.Table.from_pandas(plain_words(frame), preserve_index=False).schema
                    writer = pq.ParquetWriter(folder / f"{name}.parquet", schema, compression="zstd")
                    writers[name] = files.enter_context(writer)
                table = pa.Table.from_pandas(frame, preserve_index=False, nthreads=1)
                under_way.append(behind.submit(writers[name].write_table, table.cast(writers[name].schema)))
            while len(under_way) > len(tables):
                under_way.popleft().result()
        for one in under_way:
            one.result()


def plain_words(frame: pd.DataFrame) -> pd.DataFrame:
    """Turn categories into text: readers of a file should not meet ours, and those of two tables may differ."""
    return frame.astype({name: str for name, kind in frame.dtypes.items() if isinstance(kind, pd.CategoricalDtype)})


def write_charts(folder: Path, charts: Iterable[Chart], facts: Mapping[str, Any]) -> None:
    """Write charts into a new folder in three forms, picture, words and data; tables are marked as the facts ask."""
    folder.mkdir()
    for chart in charts:
        write_text(folder / f"{chart.name}.svg", chart.svg)
        write_text(folder / f"{chart.name}.txt", f"{chart.text}\n")
        write_csv(folder / f"{chart.name}.csv", marked(chart.data, facts))


def check_new(path: Path) -> None:
    """Refuse a file that is there already, before any work is done for it.

    Raises
    ------
    OutputError
        If a file of that name is there.
    """
    if path.exists():
        raise _taken(path)


def _taken(path: Path) -> OutputError:
    return OutputError(f"{path} is there already, and nothing is written over. Choose another name.")


def write_new(path: Path, write: Callable[[Path], None]) -> None:
    """Write one file whole or not at all, and never over another; ``write`` gets the place to write it in.

    Raises
    ------
    OutputError
        If a file of that name is there, or the folder cannot be written in.
    """
    check_new(path)
    hidden = path.with_name(f".{os.getpid()}-{path.name}")
    try:
        write(hidden)
        sync(hidden)
        os.link(hidden, path)
    except FileExistsError as error:
        raise _taken(path) from error
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror or error}.") from error
    finally:
        with contextlib.suppress(OSError):
            hidden.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write a text with line feeds alone, on any system."""
    path.write_text(text, encoding="utf-8", newline="\n")


def write_csv(path: Path, frame: pd.DataFrame) -> None:
    """Write a table as CSV with line feeds alone, on any system."""
    frame.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")


def _settle(folder: Path) -> None:
    """Make sure that the disk holds every file and every name."""
    for path in sorted(folder.rglob("*"), reverse=True):
        sync(path)
    sync(folder)
