"""Read a finished run back from its folder, so that nothing is simulated twice.

``report.json`` keeps the words that no table holds. With it the folder gives the same :class:`ReportInputs` that it
was written from.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

from sencosim.errors import InputError, OutputError, stored_in
from sencosim.evidence.register import all_cautions
from sencosim.experiment.finished import MANIFEST, RESOLVED, manifest_of
from sencosim.fingerprint import differing, made_with
from sencosim.plain_text import harm_in_any
from sencosim.report.inputs import ReportInputs, ScenarioText
from sencosim.report.manifest import check_unchanged
from sencosim.report.research import ABOUT, TABLES
from sencosim.report.showing import CAUTIONS

WORDS = "report.json"
APPRAISAL = "appraisal"
"""Folder of the tables of the appraisal."""
PROBABILITY = "probability"
"""Folder of the tables on chances and the worth of research."""
RESULTS_PACK = "results pack"
"""Kind of a folder, as its manifest says it."""
TOLD = (
    *("views", "main_view", "view_descriptions", "question", "key_outcomes", "what_would_change", "unmonetised"),
    *("area_code", "public_payers", "population_text", "backtest_state", "backtest", "frontier_facts"),
)
"""What of a report is words alone."""
IN_WORDS = ("uses", "implied")
"""Tables that stand among the words."""
BESIDE_THE_HEADLINE = ("baselines", "structure", "structure_draws", "spread_parts", "routes")
"""Tables of the other law, the forms of the model and the routes: not there where they were not run."""

FRONTIER = "frontier"
"""Table of the policy alongside the frontier: not there where none stands alongside it."""
FALLS = ("incidence", "hours_cost", "council_purses")
"""Tables of where the cost falls: not there in runs of older versions."""


@dataclass(frozen=True)
class StoredRun:
    """A finished run on disk."""

    folder: Path
    inputs: ReportInputs  # what its report was made from

    @property
    def run_id(self) -> str:
        """Name of the run."""
        return str(self.inputs.manifest["run_id"])

    @property
    def name(self) -> str:
        """Name of the scenario."""
        return self.inputs.scenario.name


def words_of(inputs: ReportInputs) -> dict[str, Any]:
    """What a report says that stands in no table."""
    scenario = asdict(inputs.scenario)
    scenario.pop("resolved_yaml")
    tables = (json.loads(getattr(inputs, name).to_json(orient="split", double_precision=15)) for name in IN_WORDS)
    words = {name: _as_json(getattr(inputs, name)) for name in TOLD}
    return {"scenario": scenario, **words, **dict(zip(IN_WORDS, tables, strict=True))}


def _as_json(value: Any) -> Any:
    return [_as_json(one) for one in value] if isinstance(value, tuple) else value


def _as_held(value: Any) -> Any:
    return tuple(_as_held(one) for one in value) if isinstance(value, list) else value


def read_run(folder: Path) -> StoredRun:
    """Read a finished run that is as it was written.

    Its cautions are those of its manifest and that of the evidence read now: what is made of it tells facts of both.

    Raises
    ------
    InputError
        If its folder was written by an older version or is not whole.
    OutputError
        If a file was changed since, or cannot be read.
    """
    needed = (MANIFEST, WORDS, "summary.parquet", "runs.parquet", f"{APPRAISAL}/lines.parquet")
    missing = [name for name in needed if not (folder / name).is_file()]
    if missing:
        raise InputError(
            f"{folder} lacks {', '.join(missing)}: it is not the folder of a finished run, or a version of sencosim "
            "before results packs wrote it. Run the scenario again, then repeat this."
        )
    manifest = manifest_of(folder)
    check_unchanged(folder, manifest)
    with stored_in(folder):
        words: dict[str, Any] = json.loads((folder / WORDS).read_text(encoding="utf-8"))
        manifest[CAUTIONS] = all_cautions(manifest.get(CAUTIONS) or ())
        for name in (manifest["run_id"], words["scenario"]["name"]):  # folders of what is made of it are named so
            if not _is_a_name(str(name)):
                raise ValueError(f"{name!r} cannot be the name of a folder")
        run = StoredRun(folder, _inputs(folder, words, manifest))
    told = run.inputs.scenario
    if harm := harm_in_any((told.name, told.title, told.description)):
        raise OutputError(f"The words of {folder.as_posix()} are not those of a run of sencosim. {harm}")
    return run


def check_same_model(run: StoredRun) -> None:
    """Refuse to document a run by other evidence or code than made it: what is written of it tells facts of both.

    Raises
    ------
    InputError
        If its manifest names others, or none. Series, sources and facts of councils count as code.
    """
    if changed := differing(run.inputs.manifest, made_with()):
        raise InputError(
            f"The run {run.run_id} was made with other {changed} than is read now, so numbers and sources that it was "
            "not made with would be told of it. Run the scenario again, or use the version of sencosim and the "
            "evidence named in its manifest.json."
        )


def scenario_line(folder: Path) -> str:
    """Title and name of the scenario of a run or a pack, in a line; blank where it has no words of one.

    Raises
    ------
    OutputError
        If its words cannot be read.
    """
    if not (folder / WORDS).is_file():
        return ""
    with stored_in(folder):
        told = json.loads((folder / WORDS).read_text(encoding="utf-8"))["scenario"]
        return f"Scenario: {told['title']} ({told['name']})."


def _is_a_name(text: str) -> bool:
    """Whether a text names something in a folder, on any system, and not a place outside it."""
    return PureWindowsPath(text).name == text == PurePosixPath(text).name and text not in ("", "..")


def _inputs(folder: Path, words: Mapping[str, Any], manifest: Mapping[str, Any]) -> ReportInputs:
    scenario = {key: _as_held(value) for key, value in words["scenario"].items()}
    resolved = (folder / RESOLVED).read_text(encoding="utf-8")
    held: dict[str, Any] = {"backtest_state": "missing"} | {
        name: _as_held(words[name]) for name in TOLD if name in words
    }
    held |= {name: _csv_or_nothing(folder / f"{name}.csv") for name in (*BESIDE_THE_HEADLINE, *FALLS)}
    held["beside"] = _csv_or_nothing(folder / "beside.csv")
    held[FRONTIER] = _csv_or_nothing(folder / f"{FRONTIER}.csv")
    for name in IN_WORDS:
        table = words.get(name, {"data": [], "columns": []})
        held[name] = pd.DataFrame(table["data"], columns=table["columns"])
    return ReportInputs(
        scenario=ScenarioText(**scenario, resolved_yaml=resolved),
        **held,
        summary=pd.read_parquet(folder / "summary.parquet"),
        runs=pd.read_parquet(folder / "runs.parquet"),
        draws=pd.read_parquet(folder / "draws.parquet"),
        ledger=partial(_parts, folder / "ledger.parquet"),
        priced=partial(_parts, folder / "priced.parquet"),
        areas=partial(_parts, folder / "areas.parquet") if (folder / "areas.parquet").is_file() else None,
        reconciliation=pd.read_csv(folder / "reconciliation.csv", keep_default_na=False, na_values=[""]),
        parameters=pd.read_csv(folder / "parameters.csv"),
        years_until=_read_or_nothing(folder / "years_until.csv"),
        by_group=_table_or_nothing(folder / "by_group.parquet"),
        checks=tuple((one["check"], one["passed"], one["detail"]) for one in manifest["checks"]),
        manifest=manifest,
        research={
            path.stem: pd.read_csv(path)
            for path in sorted((folder / PROBABILITY).glob("*.csv"))
            if path.stem in (*TABLES, ABOUT)
        },
        appraisal={path.stem: pd.read_parquet(path) for path in sorted((folder / APPRAISAL).glob("*.parquet"))},
    )


def _parts(path: Path) -> Iterator[pd.DataFrame]:
    """Groups of rows of a file, one at a time."""
    file = pq.ParquetFile(path)
    for number in range(file.num_row_groups):
        yield file.read_row_group(number).to_pandas()


def _table_or_nothing(path: Path) -> pd.DataFrame:
    """Read a table that runs of older versions do not have."""
    return pd.read_parquet(path) if path.is_file() else pd.DataFrame()


def _csv_or_nothing(path: Path) -> pd.DataFrame:
    """Read a table of words and numbers that a run may not have; a blank word stays one."""
    if not path.is_file():
        return pd.DataFrame()
    frame = pd.read_csv(path)
    words = {name: "" for name in ("payer", "form", "name", "law", "balance_of", "paid_by") if name in frame.columns}
    return frame.astype(dict.fromkeys(words, object)).fillna(words)


def _read_or_nothing(path: Path) -> pd.DataFrame:
    """Read a table that may have no columns."""
    return pd.read_csv(path) if path.read_text(encoding="utf-8").strip() else pd.DataFrame()
