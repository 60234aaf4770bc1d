"""What a study hands over: sentences, tables, charts, and the ensemble that every number comes from."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sencosim.decisions.ensemble import Ensemble
from sencosim.decisions.resampling import Floats
from sencosim.errors import InputError, OutputError
from sencosim.experiment.finished import MANIFEST, manifest_of
from sencosim.fingerprint import check_still, differing, made_with
from sencosim.outcomes.catalogue import MONEY_OUTCOME, OUTCOME
from sencosim.outcomes.columns import MONEY, outcome_titles, outcome_units
from sencosim.report.charts.style import Chart
from sencosim.report.manifest import command_line, manifest_problems, write_manifest
from sencosim.report.research import answers_in
from sencosim.report.showing import CAUTIONS, FACT, cautions_of, marked, on_every_output, replaced_in_words
from sencosim.report.words import in_a_sentence, money, sentence_case
from sencosim.scenario.schema import Scenario
from sencosim.studies.basis import SCHOOLS, basis_in_words
from sencosim.studies.space import titles_and_units

WIDTH = 100
"""Of a line of text. [characters]"""
BASIS = "basis"
"""Fact of an answer that its text begins with."""


@dataclass(frozen=True)
class Answer:
    """An analysis."""

    name: str  # of its folder, inside that of the ensemble
    text: str  # the answer in sentences, for the terminal and for ``answer.txt``
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)  # by name; each becomes a CSV file
    charts: tuple[Chart, ...] = ()  # each is written as SVG, CSV and text
    facts: Mapping[str, Any] = field(default_factory=dict)  # what else a reader must know to make it again
    long_tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)  # by name; each becomes a parquet file


def marks_of(source: Ensemble | Iterable[Scenario]) -> dict[str, Any]:
    """What every reader must see, as facts of a manifest: mechanisms that were replaced, and cautions.

    Of an ensemble; or of the scenarios that an analysis without one ran, with mechanisms as they ship.
    """
    if not isinstance(source, Ensemble):
        return {FACT: {}, CAUTIONS: cautions_of(source)}
    about = source.about
    return {FACT: json.loads(about.get(FACT, "{}")), CAUTIONS: json.loads(about.get(CAUTIONS, "[]"))}


def marked_answer(answer: Answer, facts: Mapping[str, Any]) -> Answer:
    """An analysis that says on every table, chart and text what was replaced, and its cautions; else as it is.

    The facts are those of its ensemble: :func:`marks_of`, or a manifest.
    """
    sentences = on_every_output(facts)
    if not sentences or FACT in answer.facts:
        return answer
    head = "\n".join(line for told in sentences for line in textwrap.wrap(f"! {told}", WIDTH))
    said = " ".join(sentences)
    charts = (replace(one, data=marked(one.data, facts), text=f"{said} {one.text}") for one in answer.charts)
    return replace(
        answer,
        text=f"{head}\n\n{answer.text}",
        tables={name: marked(table, facts) for name, table in answer.tables.items()},
        long_tables={name: marked(table, facts) for name, table in answer.long_tables.items()},
        charts=tuple(charts),
        facts={**answer.facts, FACT: facts[FACT], CAUTIONS: facts.get(CAUTIONS) or []},
    )


def told_answer(answer: Answer, source: Ensemble | Iterable[Scenario]) -> Answer:
    """An analysis as it is handed over: it begins with what it stands on, and carries every mark of its source."""
    if isinstance(source, Ensemble) and BASIS not in answer.facts:
        basis = basis_in_words(source, answer.facts.get("arm"))
        text = f"{basis}\n\n{answer.text}" if basis else answer.text
        answer = replace(answer, text=text, facts={**answer.facts, BASIS: basis})
    return marked_answer(answer, marks_of(source))


def write_answer(answer: Answer, source: Ensemble | Iterable[Scenario], folder: Path) -> Path:
    """Write an analysis into a folder of its own inside that of its ensemble, and say in it what it was made from.

    One of that name that says something else stays as it is: the new one is called ``-2``, ``-3`` and so on. An
    analysis that has runs of its own has no ensemble but the scenarios that it ran; its runs are among its tables.
    """
    from sencosim.report.outputs import new_folder

    answer = told_answer(answer, source)
    told = {
        "kind": "analysis",
        "analysis": answer.name,
        "ensemble": folder.as_posix(),
        "ensemble_fingerprint": source.fingerprint if isinstance(source, Ensemble) else None,
        "command": command_line(),
        "tables": sorted(answer.tables),
        "charts": [chart.name for chart in answer.charts],
        **made_with(),
        **answer.facts,
    }
    parent, files = (folder / answer.name).parent, _files_of(answer)
    try:
        before = answers_in(folder, answer.name)
        if before and _says(before[0], files, told):
            return before[0]
        with new_folder(parent, Path(answer.name).name) as (hidden, taken):
            for name, content in files.items():
                (hidden / name).write_bytes(content)
            write_manifest(hidden, told)
            check_still(told)
    except OSError as error:
        raise OutputError(f"The answer cannot be written to {parent}: {error.strerror or error}.") from error
    return parent / taken


def _files_of(answer: Answer) -> dict[str, bytes]:
    """Files of an analysis by name: texts as UTF-8 with line feeds alone, and long tables."""
    files = {"answer.txt": f"{answer.text.rstrip()}\n"}
    files |= {f"{name}.csv": table.to_csv(index=False, lineterminator="\n") for name, table in answer.tables.items()}
    for chart in answer.charts:
        files[f"{chart.name}.svg"] = chart.svg
        files[f"{chart.name}_chart.csv"] = chart.data.to_csv(index=False, lineterminator="\n")
        files[f"{chart.name}_chart.txt"] = f"{chart.text.rstrip()}\n"
    long = {f"{name}.parquet": table.to_parquet(index=False) for name, table in answer.long_tables.items()}
    return {name: text.encode("utf-8") for name, text in files.items()} | long


def _says(place: Path, files: Mapping[str, bytes], told: Mapping[str, Any]) -> bool:
    """Whether an analysis that is there says the same, word for word, and the same model made it."""
    found = {path.name: path.read_bytes() for path in place.iterdir() if path.name != MANIFEST}
    return found == files and not manifest_problems(place) and not differing(manifest_of(place), told)


def source_line(ensemble: Ensemble, place: Path) -> str:
    """Source line of a chart: whose schools, the draws and where they are kept."""
    draws, replaced = len(ensemble.inputs), replaced_in_words(marks_of(ensemble))
    mark = f" With replaced mechanisms: {replaced}." if replaced else ""
    schools = f"{json.loads(ensemble.about[SCHOOLS])}, " if SCHOOLS in ensemble.about else ""
    kept = f"ensemble {place.name}, fingerprint {ensemble.fingerprint[:12]}"
    return f"Source: sencosim, {schools}{draws:,} points, {kept}.{mark}"


def with_titles(table: pd.DataFrame, *, units: bool = False) -> pd.DataFrame:
    """A table with a column ``input``, the title of each input alongside it, and its unit if asked for."""
    titles, unit_of = titles_and_units([str(name) for name in table["input"]])
    table.insert(1, "title", table["input"].map(titles))
    if units:
        table.insert(2, "unit", table["input"].map(unit_of))
    return table


def outcome_of(ensemble: Ensemble, view: str, arm: str, outcome: str) -> Floats:
    """One outcome by point: the difference that the policy makes, mean over replications. [unit of the outcome]

    Raises
    ------
    InputError
        If it is unknown at some point: which of them move it cannot be told from the others alone.
    """
    found = ensemble.against_first(outcome, view, arm).to_numpy(dtype=np.float64)
    if unknown := int(np.isnan(found).sum()):
        raise unknown_outcome(outcome_titles()[outcome], f"at {unknown:,} of {found.size:,} points")
    return found


def unknown_outcome(title: str, where: str) -> InputError:
    """What there is to say of a ratio that is unknown somewhere."""
    return InputError(
        f"{sentence_case(title)}: unknown {where}, where what it is a ratio of does not happen in "
        "one of the arms. Take more schools, more replications, a longer horizon, or another outcome."
    )


def outcome_in_words(outcome: str) -> str:
    """What is explained, in a sentence."""
    title = in_a_sentence(outcome_titles()[outcome])
    return title if outcome in MONEY else f"difference in {title}"


def amount(value: float, outcome: str) -> str:
    """An amount of the outcome: pounds if it is money."""
    return money(value) if outcome in MONEY or outcome.startswith("payer_net") else f"{value:,.3g}"


def favourable_of(outcome: str) -> str:
    """Whether an outcome of an ensemble is better ``up`` or ``down``; blank if neither is plainly better.

    Examples
    --------
    >>> [favourable_of(name) for name in ("npsv", "payer_net.schools", "count.appeals", "senco_work_hours")]
    ['up', 'down', 'down', '']
    """
    kind, _, named = outcome.partition(".")
    known = {**OUTCOME, **MONEY_OUTCOME}
    name = named if kind == "count" else kind
    return known[name].favourable if name in known else ""


def check_outcome(name: str) -> str:
    """Refuse an outcome that an ensemble does not keep, with the names that there are."""
    known = [one for one in outcome_units() if not one.startswith(("fewer_", "today."))]
    if name in known:
        return name
    raise InputError(f"There is no outcome named {name}. There is {', '.join(known)}.")
