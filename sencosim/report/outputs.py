"""The folder that a run leaves behind: all of it or nothing, and never over another run's.

A run writes into a hidden folder ``.<run id>.partial`` next to its place, makes sure that the disk holds it, and
renames it. An exception removes it; only a killed process can leave one, and ``partial_folders`` finds those.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sencosim.errors import OutputError
from sencosim.experiment.finished import MANIFEST
from sencosim.experiment.store import DATASET, share_files
from sencosim.report.charts.equity import equity_chart
from sencosim.report.charts.fan import fan_chart
from sencosim.report.charts.levels import levels_chart
from sencosim.report.charts.probability import (
    chance_of_saving_chart,
    cost_effect_chart,
    switching_values_chart,
    worth_of_research_chart,
)
from sencosim.report.charts.published import published_chart
from sencosim.report.charts.style import Chart
from sencosim.report.charts.waterfall import waterfall_chart
from sencosim.report.findings import Findings
from sencosim.report.inputs import ReportInputs, check_inputs
from sencosim.report.manifest import completed, content_hash, file_facts, manifest_text
from sencosim.report.page import page_html
from sencosim.report.probability import stored_tables
from sencosim.report.research import with_research
from sencosim.report.showing import marked
from sencosim.report.stored import APPRAISAL, BESIDE_THE_HEADLINE, PROBABILITY, WORDS, words_of
from sencosim.report.tables import payers_frame

PARTIAL = ".partial"
CHARTS = (
    *(fan_chart, waterfall_chart, levels_chart, published_chart, equity_chart),
    *(chance_of_saving_chart, cost_effect_chart, switching_values_chart, worth_of_research_chart),
)
MOST_CLASHES = 1000


def write_outputs(
    inputs: ReportInputs,
    root: Path,
    now: datetime | None = None,
    run_id: str | None = None,
    dataset: Path | None = None,
) -> Path:
    """Write everything that a run leaves, atomically.

    Parameters
    ----------
    inputs
        The run.
    root
        The folder ``outputs``; made if it is not there.
    now
        Time in the name of the folder. Default: the present.
    run_id
        Name of the folder, if the run has one already.
    dataset
        Folder of the pairs, which the results keep.

    Returns
    -------
        ``root/<scenario>/<UTC timestamp>-<short hash>``

    Raises
    ------
    OutputError
        If the tables cannot be shown, or the folder cannot be written. Nothing is left then.
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
    except OSError as error:
        raise OutputError(
            f"The results could not be written to {root}: {error.strerror or error}. Nothing was left there. "
            "Free some space or choose another folder, then run again."
        ) from error
    return root / inputs.scenario.name / taken


def run_name(facts: Mapping[str, Any], moment: datetime) -> str:
    """Name of a run: when, and a hash of what."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H-%M-%SZ}-{content_hash(facts)}"


@contextmanager
def new_folder(parent: Path, name: str) -> Iterator[tuple[Path, str]]:
    """Give a hidden folder to write in, and put it in its place when the block ends well.

    Parameters
    ----------
    parent
        Folder in which the new one appears.
    name
        Its name; ``-2``, ``-3`` and so on are added if it is taken, by whichever process.

    Yields
    ------
        The folder to write in, and the name that it will have.
    """
    parent.mkdir(parents=True, exist_ok=True)
    hidden, taken = _claim(parent, name)
    try:
        yield hidden, taken
        _settle(hidden)
        hidden.rename(parent / taken)
    except BaseException:
        shutil.rmtree(hidden, ignore_errors=True)
        raise
    _sync(parent)


def partial_folders(root: Path) -> list[Path]:
    """Folders that a killed run left half-written. Nothing else has such a name; they are safe to delete.

    A run that is still going has one too.
    """
    return sorted(path for path in root.glob(f"*/.*{PARTIAL}") if path.is_dir())


def charts_of(findings: Findings, run_id: str) -> list[Chart]:
    """Every chart that the run has the figures for."""
    manifest = findings.inputs.manifest
    kind = {"real": "real schools", "synthetic": "made-up schools with the published council totals"}
    schools = kind.get(str(manifest.get("population_kind")), "schools as described in the report")
    source = f"Source: sencosim {manifest['software']['sencosim']}, run {run_id}; {schools}."
    made = (maker(findings, source) for maker in CHARTS)
    return [chart for chart in made if chart is not None]


def _claim(parent: Path, name: str) -> tuple[Path, str]:
    """Make a hidden folder for the first free name. Making it is what claims the name."""
    for number in range(1, MOST_CLASHES):
        taken = name if number == 1 else f"{name}-{number}"
        hidden = parent / f".{taken}{PARTIAL}"
        try:
            hidden.mkdir()
        except FileExistsError:
            continue
        if not (parent / taken).exists():
            return hidden, taken
        hidden.rmdir()
    raise OutputError(f"There are {MOST_CLASHES} folders named {name} in {parent}.")


def _fill(folder: Path, inputs: ReportInputs, run_id: str, moment: str) -> None:
    """Write every file; the manifest last."""
    findings = Findings(inputs)
    charts = charts_of(findings, run_id)
    _write_tables(folder, inputs, findings)
    (folder / "charts").mkdir()
    for chart in charts:
        _write_text(folder / "charts" / f"{chart.name}.svg", chart.svg)
        _write_text(folder / "charts" / f"{chart.name}.txt", chart.text + "\n")
        _write_csv(folder / "charts" / f"{chart.name}.csv", marked(chart.data, inputs.manifest))
    _write_text(folder / "scenario.resolved.yaml", inputs.scenario.resolved_yaml)
    _write_text(folder / WORDS, manifest_text(words_of(inputs)))
    _write_text(folder / "report.html", page_html(findings, charts, run_id, moment))
    _write_text(folder / MANIFEST, manifest_text(_manifest(inputs, run_id, moment, folder)))


def _write_tables(folder: Path, inputs: ReportInputs, findings: Findings) -> None:
    told = inputs.manifest
    for name, frame in (
        ("summary", findings.summary),
        ("runs", inputs.runs),
        ("draws", inputs.draws),
        ("price_draws", inputs.price_draws),
        ("by_group", inputs.by_group),
    ):
        if len(frame.columns):
            marked(frame, told).to_parquet(folder / f"{name}.parquet", index=False, compression="zstd")
    for name, tables in (("ledger", inputs.ledger), ("priced", inputs.priced), ("areas", inputs.areas)):
        if tables is not None:
            _write_parquet(folder / f"{name}.parquet", (marked(part, told) for part in tables()))
    _write_csv(folder / "summary.csv", marked(findings.summary, told))
    _write_csv(folder / "reconciliation.csv", inputs.reconciliation)
    _write_csv(folder / "parameters.csv", inputs.parameters)
    _write_csv(folder / "years_until.csv", marked(inputs.years_until, told))
    _write_csv(folder / "uses.csv", marked(inputs.uses, told))
    for name in (*BESIDE_THE_HEADLINE, "by_group"):
        if len(getattr(inputs, name)):
            _write_csv(folder / f"{name}.csv", marked(getattr(inputs, name), told))
    _write_csv(folder / "payers.csv", marked(payers_frame(findings), told))
    _write_probability(folder / PROBABILITY, findings)
    _write_appraisal(folder / APPRAISAL, inputs)


def _write_appraisal(folder: Path, inputs: ReportInputs) -> None:
    """Write the tables of the appraisal; none, and no folder, where there are none."""
    if inputs.appraisal:
        folder.mkdir()
    for name, frame in inputs.appraisal.items():
        table = marked(plain_words(frame), inputs.manifest)
        table.to_parquet(folder / f"{name}.parquet", index=False, compression="zstd")


def _write_probability(folder: Path, findings: Findings) -> None:
    """Write the tables behind the part on chances and research; none, and no folder, where there is nothing to say."""
    tables = stored_tables(findings)
    if tables:
        folder.mkdir()
    for name, frame in tables.items():
        _write_csv(folder / f"{name}.csv", marked(frame, findings.inputs.manifest))


def _manifest(inputs: ReportInputs, run_id: str, moment: str, folder: Path) -> Mapping[str, Any]:
    return {
        **inputs.manifest,
        "run_id": run_id,
        "scenario": inputs.scenario.name,
        "written_at": moment,
        "warnings": list(inputs.scenario.warnings),
        "checks": [{"check": name, "passed": passed, "detail": detail} for name, passed, detail in inputs.checks],
        "files": file_facts(folder),
    }


def _write_parquet(path: Path, tables: Iterable[pd.DataFrame]) -> None:
    """Write tables of the same columns as one file, holding one at a time."""
    writer: pq.ParquetWriter | None = None
    try:
        for frame in tables:
            table = pa.Table.from_pandas(plain_words(frame), preserve_index=False)
            writer = pq.ParquetWriter(path, table.schema, compression="zstd") if writer is None else writer
            writer.write_table(table.cast(writer.schema))
    finally:
        if writer is not None:
            writer.close()


def plain_words(frame: pd.DataFrame) -> pd.DataFrame:
    """Turn categories into text: readers of a file should not meet ours, and those of two tables may differ."""
    return frame.astype({name: str for name, kind in frame.dtypes.items() if isinstance(kind, pd.CategoricalDtype)})


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _write_csv(path: Path, frame: pd.DataFrame) -> None:
    frame.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")


def _settle(folder: Path) -> None:
    """Make sure that the disk holds every file and every name."""
    for path in sorted(folder.rglob("*"), reverse=True):
        _sync(path)
    _sync(folder)


def _sync(path: Path) -> None:
    """Flush one file or folder; a system that cannot flush folders is left to itself."""
    with contextlib.suppress(PermissionError):
        handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
