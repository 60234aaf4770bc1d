"""Find the figures that a text quotes, and say which of them the results do not support.

A figure is supported if some value, rounded as the text rounds it, gives that figure. Signs are left out of the
comparison, because words ("saves", "fewer") carry them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from sencosim.report.answer import answer_sentences, fair_quotes, payer_sentence, what_would_change
from sencosim.report.beside import beside_lines
from sencosim.report.findings import Findings
from sencosim.report.forms import range_sentence
from sencosim.report.inputs import ReportInputs, complete_summary

QUOTE_CHECK = "Every figure in the answer is in the summary"
_NOT_FIGURES = re.compile(
    r"\d{4}[/-]\d{2}(?:-\d{2})?(?:T[\d-]+Z(?:-[0-9a-f]+)*)?"  # academic and financial years, dates, run names
    r"|\b\d+ forms\b"  # of the model: how many were run
    r"|\b\d+ to \d+ in 100\b"  # a chance, from the share of draws and their number
    r"|\b80 % interval|\bp(?:10|25|50|75|90)\b|less than 1 %|more than 99 %|\bYear \d+|\b[A-Z]\d+"
)
_FIGURE = re.compile(r"(?<![\w.,])£?(\d[\d,]*(?:\.\d+)?)( billion| million| %)?(?![\w])")
_SCALES = {" billion": (1e9,), " million": (1e6,), " %": (0.01, 1.0), "": (1.0, 1e6, 0.01)}
_FIGURE_COLUMNS = (
    *("baseline", "policy", "difference", "p10", "p25", "p50", "p75", "p90"),
    *("p10_low", "p10_high", "p90_low", "p90_high"),
    *("monte_carlo_error", "draw_error", "chance_below_zero", "n_draws", "n_replications"),
)


class QuotedFigure(NamedTuple):
    """A figure as it stands in a text."""

    text: str  # as printed, with its unit word
    number: float  # without sign and unit word
    step: float  # size of one unit in its last place that is not a trailing zero
    scales: tuple[float, ...]  # of the unit word; a bare number may stand in a column of millions or per cent


def quoted_figures(text: str) -> list[QuotedFigure]:
    """Figures in a text, leaving out years, dates, run names and the names of percentiles.

    Examples
    --------
    >>> [figure.text for figure in quoted_figures("In 2027/28 it costs £1.2 million (80 % interval £300 to £4,000).")]
    ['1.2 million', '300', '4,000']
    >>> quoted_figures("Over 11 forms that the model can take, the policy costs nothing.")
    []
    """
    found = []
    for match in _FIGURE.finditer(_NOT_FIGURES.sub(" ", text)):
        digits = match.group(1).rstrip(",").replace(",", "")
        whole, _, decimals = digits.partition(".")
        places = -len(decimals) if decimals else len(whole) - len(whole.rstrip("0")) if whole.strip("0") else 0
        word = match.group(2) or ""
        found.append(QuotedFigure(match.group(1).rstrip(",") + word, float(digits), 10.0**places, _SCALES[word]))
    return found


def unsupported_figures(text: str, values: Iterable[float], slack_steps: float = 0.5) -> list[str]:
    """Figures in a text that no value rounds to; signs do not matter.

    Between a figure and its value may lie so many last places: 0.5 is plain rounding, 1 is for rows that were moved by
    one unit so that a column adds up.

    Examples
    --------
    >>> unsupported_figures("It saves £310 million, or 12 %.", [-312.4e6, 0.2])
    ['12 %']
    """
    known = np.sort(np.abs(np.fromiter((value for value in values if np.isfinite(value)), dtype=float)))
    return [figure.text for figure in quoted_figures(text) if not _supported(figure, known, slack_steps)]


def figures_of(inputs: ReportInputs) -> list[float]:
    """Every figure that the summary of a run holds for its area. A figure of one council says nothing of all."""
    summary = complete_summary(inputs)
    here = summary.loc[summary["area_code"] == inputs.area_code, summary.columns.isin(_FIGURE_COLUMNS)]
    return numbers_in(here.astype(float))


def numbers_in(frame: pd.DataFrame) -> list[float]:
    """Every number in the numeric columns of a table."""
    return [float(value) for value in frame.select_dtypes("number").to_numpy(dtype=float).ravel() if np.isfinite(value)]


def with_quote_check(inputs: ReportInputs, further: Iterable[float] = ()) -> ReportInputs:
    """Add a check that the sentences of the answer quote only figures of the summary.

    Further values are those that our own cautions quote and that are not results, so that no summary holds them.
    """
    findings = Findings(inputs)
    told = (
        *answer_sentences(findings),
        payer_sentence(findings),
        range_sentence(findings),
        *what_would_change(findings),
        *beside_lines(findings),
        *fair_quotes(findings),
    )
    text = " ".join(told).replace(inputs.scenario.title, "")
    tables = (inputs.baselines, inputs.structure, inputs.beside)
    known = [number for table in tables for number in numbers_in(table)]
    missing = unsupported_figures(text, [*figures_of(inputs), *known, *further])
    detail = f"Not found: {', '.join(missing)}" if missing else "Looked up one by one."
    return replace(inputs, checks=(*inputs.checks, (QUOTE_CHECK, not missing, detail)))


def _supported(figure: QuotedFigure, known: np.ndarray, slack_steps: float) -> bool:
    """Whether a value lies within the rounding of a figure, at any scale its unit word allows."""
    for scale in figure.scales:
        centre = figure.number * scale
        slack = slack_steps * figure.step * scale + 1e-9 * max(abs(centre), 1e-12)
        position = int(np.searchsorted(known, centre - slack))
        if position < len(known) and known[position] <= centre + slack:
            return True
    return False
