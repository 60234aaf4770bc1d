"""What an analysis hands over: sentences, tables, charts, and the ensemble that every number comes from."""

from __future__ import annotations

import json
import sys
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from sencosim.decisions.ensemble import Ensemble
from sencosim.errors import OutputError
from sencosim.report.charts.style import Chart
from sencosim.report.showing import CAUTIONS, FACT, marked, on_every_output, replaced_in_words

WIDTH = 100
"""Of a line of text. [characters]"""


@dataclass(frozen=True)
class Answer:
    """An analysis.

    Attributes
    ----------
    name
        Of its folder, inside that of the ensemble.
    text
        The answer in sentences, for the terminal and for ``answer.txt``.
    tables
        Tables by name; each becomes a CSV file.
    charts
        Charts, each written as SVG, CSV and text.
    facts
        What else a reader must know to make it again.
    """

    name: str
    text: str
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    charts: tuple[Chart, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)


def marks_of(ensemble: Ensemble) -> dict[str, Any]:
    """What every reader must see, as facts of a manifest: mechanisms that were replaced, cautions of the scenarios."""
    about = ensemble.about
    return {FACT: json.loads(about.get(FACT, "{}")), CAUTIONS: json.loads(about.get(CAUTIONS, "[]"))}


def marked_answer(answer: Answer, facts: Mapping[str, Any]) -> Answer:
    """An analysis that says on every table, chart and text what was replaced, and its cautions; else as it is.

    Parameters
    ----------
    answer
        The analysis.
    facts
        Of its ensemble: :func:`marks_of`, or a manifest.
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
        charts=tuple(charts),
        facts={**answer.facts, FACT: facts[FACT], CAUTIONS: facts.get(CAUTIONS) or []},
    )


def write_answer(answer: Answer, ensemble: Ensemble | None, folder: Path) -> Path:
    """Write an analysis into a folder of its own and say in it which ensemble it was made from.

    Parameters
    ----------
    answer
        What to write.
    ensemble
        Where its numbers come from; ``None`` if the analysis has runs of its own, which then are among its tables.
    folder
        That of the ensemble.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    answer = answer if ensemble is None else marked_answer(answer, marks_of(ensemble))
    place = folder / answer.name
    told = {
        "analysis": answer.name,
        "ensemble": folder.as_posix(),
        "ensemble_fingerprint": None if ensemble is None else ensemble.fingerprint,
        "command": " ".join(["sencosim", *sys.argv[1:]]),
        "tables": sorted(answer.tables),
        "charts": [chart.name for chart in answer.charts],
        **answer.facts,
    }
    try:
        place.mkdir(parents=True, exist_ok=True)
        (place / "answer.txt").write_text(answer.text.rstrip() + "\n", encoding="utf-8")
        for name, table in answer.tables.items():
            table.to_csv(place / f"{name}.csv", index=False)
        for chart in answer.charts:
            (place / f"{chart.name}.svg").write_text(chart.svg, encoding="utf-8")
            chart.data.to_csv(place / f"{chart.name}_chart.csv", index=False)
            (place / f"{chart.name}_chart.txt").write_text(chart.text.rstrip() + "\n", encoding="utf-8")
        (place / "answer.json").write_text(json.dumps(told, indent=2, default=str) + "\n", encoding="utf-8")
    except OSError as error:
        raise OutputError(f"The answer cannot be written to {place}: {error.strerror or error}.") from error
    return place


def source_line(ensemble: Ensemble, folder: Path) -> str:
    """Source line of a chart."""
    draws, replaced = len(ensemble.inputs), replaced_in_words(marks_of(ensemble))
    mark = f" With replaced mechanisms: {replaced}." if replaced else ""
    return f"Source: sencosim, {draws:,} points, ensemble {folder.name}, fingerprint {ensemble.fingerprint[:12]}.{mark}"


def pounds(amount: float) -> str:
    """Write money as roughly as a reader wants it.

    Examples
    --------
    >>> pounds(6.609e9), pounds(-12_340_000.0), pounds(812.0)
    ('£6.6 billion', '-£12 million', '£810')
    """
    sign, size = ("-" if amount < 0.0 else ""), abs(amount)
    for limit, word in ((1e9, " billion"), (1e6, " million"), (1e3, ",000")):
        if size >= limit:
            return f"{sign}£{float(f'{size / limit:.2g}'):,.10g}{word}" if size < 1e12 else f"{sign}£{size:,.3g}"
    return f"{sign}£{float(f'{size:.2g}'):g}"
