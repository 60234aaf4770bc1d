"""One look for all charts: the Analysis Function palette, a headline, a subtitle, a source line, real text."""

from __future__ import annotations

import io
import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from typing import Any

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from sencosim.report.words import MINUS

DARK_BLUE = "#12436D"
TURQUOISE = "#28A197"
DARK_PINK = "#801650"
ORANGE = "#F46A25"
DARK_GREY = "#3D3D3D"
LIGHT_PURPLE = "#A285D1"
MID_BLUE = "#2073BC"
LIGHT_BLUE = "#6BACE6"
LIGHT_GREY = "#BFBFBF"
WHITE = "#FFFFFF"
PALETTE = (
    *(DARK_BLUE, TURQUOISE, DARK_PINK, ORANGE, DARK_GREY, LIGHT_PURPLE),
    *(MID_BLUE, LIGHT_BLUE, LIGHT_GREY, WHITE),
)

WIDTH_INCHES = 9.0
TITLE_POINTS, SUBTITLE_POINTS, TEXT_POINTS, SOURCE_POINTS = 14, 10.5, 10.5, 9
_TITLE_CHARACTERS, _SUBTITLE_CHARACTERS, _SOURCE_CHARACTERS = 74, 102, 122
_LINE_HEIGHT = 1.3

_FONTS = "Arial, Helvetica, 'DejaVu Sans', sans-serif"
_SETTINGS: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "sencosim",
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": TEXT_POINTS,
    "text.color": DARK_GREY,
    "axes.labelcolor": DARK_GREY,
    "axes.edgecolor": DARK_GREY,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "grid.color": LIGHT_GREY,
    "grid.linewidth": 0.8,
    "xtick.color": DARK_GREY,
    "ytick.color": DARK_GREY,
    "ytick.left": False,
    "lines.linewidth": 2.0,
    "path.simplify": False,
}


@dataclass(frozen=True)
class Chart:
    """A chart in its three forms.

    Attributes
    ----------
    name
        File name without ending.
    title
        The finding, as a sentence.
    svg
        The picture: text as text, with a title and a description inside.
    data
        The numbers behind the picture.
    text
        A text that serves the same purpose as the picture.
    shown
        What a page shows of ``data`` where it is too long to be read there. Default: all of it.
    """

    name: str
    title: str
    svg: str
    data: pd.DataFrame
    text: str
    shown: pd.DataFrame | None = None


@dataclass(frozen=True)
class Wording:
    """The words around a chart.

    Attributes
    ----------
    name
        File name of the chart without ending.
    title
        The finding.
    subtitle
        Measure, unit, area, years, price base.
    source
        Source and run.
    """

    name: str
    title: str
    subtitle: str
    source: str


@contextmanager
def drawing() -> Iterator[None]:
    """Use the common look for everything drawn within."""
    with mpl.rc_context(_SETTINGS):
        yield


def canvas(words: Wording, plot_inches: float) -> tuple[Figure, tuple[float, float]]:
    """Start a figure with its title, subtitle and source line.

    Parameters
    ----------
    words
        What to write round the plot.
    plot_inches
        Height left for the plot with its axis labels. [inches, > 0]

    Returns
    -------
        The figure, and the bottom and top of the room for the plot. [fractions of the height]
    """
    title = textwrap.wrap(words.title, _TITLE_CHARACTERS)
    subtitle = textwrap.wrap(words.subtitle, _SUBTITLE_CHARACTERS)
    source = textwrap.wrap(words.source, _SOURCE_CHARACTERS)
    head = (len(title) * TITLE_POINTS + len(subtitle) * SUBTITLE_POINTS) * _LINE_HEIGHT / 72 + 0.25
    foot = len(source) * SOURCE_POINTS * _LINE_HEIGHT / 72 + 0.2
    height = head + plot_inches + foot
    figure = Figure(figsize=(WIDTH_INCHES, height), facecolor=WHITE)
    FigureCanvasSVG(figure)
    y = 1 - 0.08 / height
    for lines, points, weight in ((title, TITLE_POINTS, "bold"), (subtitle, SUBTITLE_POINTS, "normal")):
        for line in lines:
            figure.text(0.012, y, line, fontsize=points, fontweight=weight, va="top")
            y -= points * _LINE_HEIGHT / 72 / height
    for i, line in enumerate(reversed(source)):
        y = (0.07 + i * SOURCE_POINTS * _LINE_HEIGHT / 72) / height
        figure.text(0.012, y, line, fontsize=SOURCE_POINTS, va="bottom")
    return figure, (foot / height, 1 - head / height)


def whole_labels(names: Iterable[str], width: int) -> tuple[list[str], int]:
    r"""Break names of rows into lines, with nothing cut off.

    Parameters
    ----------
    names
        Of the rows.
    width
        Of a line. [characters]

    Returns
    -------
        The names with line breaks, and the most lines of any.

    Examples
    --------
    >>> whole_labels(["Council officer hours", "Appeals"], 15)
    (['Council officer\nhours', 'Appeals'], 2)
    """
    broken = [textwrap.wrap(name, width, break_long_words=False) for name in names]
    return ["\n".join(lines) for lines in broken], max((len(lines) for lines in broken), default=1)


def label_rows(axes: Axes, positions: Sequence[float], names: Sequence[str], points: float) -> None:
    """Name rows at the left of a plot; lines of one name end at the same place in whatever font it is shown.

    Parameters
    ----------
    axes
        The plot.
    positions
        Of the rows, on the vertical axis.
    names
        With line breaks.
    points
        Size of the text. [points]
    """
    axes.set_yticks(positions, [""] * len(names))
    for position, name in zip(positions, names, strict=True):
        lines = name.split("\n")
        for number, line in enumerate(lines):
            rise = ((len(lines) - 1) / 2 - number) * points * 1.2
            axes.annotate(
                line,
                (0.0, position),
                (-6.0, rise),
                xycoords=axes.get_yaxis_transform(),
                textcoords="offset points",
                ha="right",
                va="center",
                fontsize=points,
                annotation_clip=False,
            )


def horizontal_grid(axes: Axes) -> None:
    """Draw the quiet horizontal grid of the house style."""
    axes.grid(axis="y")
    axes.tick_params(axis="y", length=0)


def plain_numbers(axis: Axis, digits: int = 6) -> None:
    """Number an axis as the text does: thousands apart, a real minus sign, so many digits at most."""
    axis.set_major_formatter(lambda value, _: f"{value:,.{digits}g}".replace("-", MINUS))


def spread(positions: list[float], gap: float) -> list[float]:
    """Move labels apart so that none overlaps, keeping their order and their middle.

    Examples
    --------
    >>> spread([1.0, 1.0], 2.0)
    [0.0, 2.0]
    """
    order = sorted(range(len(positions)), key=lambda i: (positions[i], i))
    groups: list[list[int]] = []
    centres: list[float] = []
    for i in order:
        groups.append([i])
        centres.append(positions[i])
        while len(groups) > 1 and centres[-1] - centres[-2] < gap * (len(groups[-1]) + len(groups[-2])) / 2:
            group = groups.pop(-2) + groups.pop(-1)
            groups.append(group)
            centres[-2:] = [sum(positions[j] for j in group) / len(group)]
    moved = [0.0] * len(positions)
    for group, centre in zip(groups, centres, strict=True):
        for place, i in enumerate(group):
            moved[i] = centre + gap * (place - (len(group) - 1) / 2)
    return moved


def finish(figure: Figure, words: Wording, data: pd.DataFrame, text: str) -> Chart:
    """Turn a figure into a chart: the same bytes for the same numbers, on any day."""
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return Chart(words.name, words.title, _accessible(buffer.getvalue(), words.name, words.title, text), data, text)


def _accessible(svg: str, name: str, title: str, text: str) -> str:
    """Make an SVG that can stand in a page: a role, a title, a description, its own names, no outside address."""
    body = svg[svg.index("<svg") :]
    body = re.sub(r"<metadata>.*?</metadata>\s*", "", body, flags=re.DOTALL)
    body = body.replace(' xmlns:xlink="http://www.w3.org/1999/xlink"', "").replace("xlink:href=", "href=")
    body = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', body)
    body = re.sub(r'href="#([^"]+)"', rf'href="#{name}-\1"', body)
    body = re.sub(r"url\(#([^)]+)\)", rf"url(#{name}-\1)", body)
    body = body.replace("'DejaVu Sans', sans-serif", _FONTS).replace("'DejaVu Sans'", _FONTS)
    described = f'<title id="{name}-title">{escape(title)}</title>\n <desc id="{name}-desc">{escape(text)}</desc>\n'
    opening, rest = body.split(">", 1)
    opening = re.sub(r' (width|height)="[^"]*"', "", opening)
    return f'{opening} role="img" aria-labelledby="{name}-title {name}-desc">\n {described}{rest}'
