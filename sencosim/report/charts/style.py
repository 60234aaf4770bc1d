"""One look for all charts: the Analysis Function palette, a headline, a subtitle, a source line, real text."""

from __future__ import annotations

import io
import re
import textwrap
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from itertools import count
from typing import TYPE_CHECKING, Any

import pandas as pd

from sencosim.report.table import Worded, words_in
from sencosim.report.words import up_to_figures

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis

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
BLACK = "#0B0C0C"
PALETTE = (
    *(DARK_BLUE, TURQUOISE, DARK_PINK, ORANGE, DARK_GREY, LIGHT_PURPLE),
    *(MID_BLUE, LIGHT_BLUE, LIGHT_GREY, WHITE, BLACK),
)

WIDTH_INCHES = 9.0
TITLE_POINTS, SUBTITLE_POINTS, TEXT_POINTS, SOURCE_POINTS = 14, 10.5, 10.5, 9
_TITLE_CHARACTERS, _SUBTITLE_CHARACTERS, _SOURCE_CHARACTERS = 74, 102, 122
_LINE_HEIGHT = 1.3
WORDS = "words_"
"""Beginning of the names of title, subtitle and source in a picture."""

BEHIND: dict[str, Any] = {"facecolor": WHITE, "edgecolor": "none", "pad": 1.0}
"""Ground of words that stand on a line, so that none is struck through."""

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
    "text.parse_math": False,  # a title may hold dollars
}


@dataclass(frozen=True)
class Chart:
    """A chart in its three forms: picture, numbers, words."""

    name: str  # of its files, without ending
    title: str  # the finding, as a sentence
    svg: str  # text as text, with a title and a description inside
    data: pd.DataFrame  # the numbers behind the picture
    text: str  # serves the same purpose as the picture
    shown: pd.DataFrame | None = None  # what a page shows of ``data`` where all of it is too long to read there
    subtitle: str = ""  # measure, unit, area, years, price base
    source: str = ""  # source and run
    plots: tuple[float, float] = (0.0, 0.0)  # top and bottom of the plots, from above [points]

    @property
    def on_page(self) -> str:
        """The picture without the words around it: a page writes them as text, set again on a narrow screen."""
        top, bottom = self.plots
        svg = re.sub(rf'<g id="{self.name}-{WORDS}\d+">.*?</g>\s*', "", self.svg, flags=re.DOTALL)
        box = f'viewBox="0 {top:.6g} {72 * WIDTH_INCHES:.6g} {bottom - top:.6g}"'
        return re.sub(r'viewBox="[^"]*"', box, svg, count=1)


@dataclass(frozen=True)
class Wording:
    """The words around a chart."""

    name: str  # of its files, without ending
    title: str  # the finding
    subtitle: str  # measure, unit, area, years, price base
    source: str  # source and run
    names_file: bool = False  # whether the text alternative ends with the file of the data: so in the folder of a run


def wording_of(worded: Worded, name: str, source: str, title: str, **more: str) -> Wording:
    """The words around a chart in the folder of a run; the line below the title stands in ``charts.yaml``."""
    subtitle = str(words_in("templates/charts.yaml")[name]).format(**worded.words(), **more)
    return Wording(name, title, subtitle, source, names_file=True)


@contextmanager
def drawing() -> Iterator[None]:
    """Use the common look for everything drawn within."""
    import matplotlib as mpl

    with mpl.rc_context(_SETTINGS):
        yield


@contextmanager
def sheet(words: Wording, plot_inches: float) -> Iterator[Sheet]:
    """Draw a chart in the common look; ``plot_inches`` is the height left for its plots with their labels."""
    with drawing():
        yield Sheet(words, plot_inches)


class Sheet:
    """A figure with its title, subtitle and source line, and room for plots between them."""

    def __init__(self, words: Wording, plot_inches: float) -> None:
        from matplotlib.backends.backend_svg import FigureCanvasSVG
        from matplotlib.figure import Figure

        title = textwrap.wrap(words.title, _TITLE_CHARACTERS)
        subtitle = textwrap.wrap(words.subtitle, _SUBTITLE_CHARACTERS)
        source = textwrap.wrap(words.source, _SOURCE_CHARACTERS)
        head = (len(title) * TITLE_POINTS + len(subtitle) * SUBTITLE_POINTS) * _LINE_HEIGHT / 72 + 0.25
        foot = len(source) * SOURCE_POINTS * _LINE_HEIGHT / 72 + 0.2
        self.words = words
        self.height = head + plot_inches + foot  # [inches]
        self.bottom, self.top = (
            foot / self.height,
            1 - head / self.height,
        )  # of the room for plots [share of the height]
        self.figure = Figure(figsize=(WIDTH_INCHES, self.height), facecolor=WHITE)
        FigureCanvasSVG(self.figure)
        named = (f"{WORDS}{number}" for number in count(1))
        y = 1 - 0.08 / self.height
        for lines, points, weight in ((title, TITLE_POINTS, "bold"), (subtitle, SUBTITLE_POINTS, "normal")):
            for line in lines:
                self.figure.text(0.012, y, line, fontsize=points, fontweight=weight, va="top", gid=next(named))
                y -= points * _LINE_HEIGHT / 72 / self.height
        for i, line in enumerate(reversed(source)):
            y = (0.07 + i * SOURCE_POINTS * _LINE_HEIGHT / 72) / self.height
            self.figure.text(0.012, y, line, fontsize=SOURCE_POINTS, va="bottom", gid=next(named))

    def axes(
        self, left: float, width: float, foot: float = 0.0, head: float = 0.0, row: int = 0, rows: int = 1
    ) -> Axes:
        """A plot in one of so many equal rows; its sides are shares of the width, its foot and head are inches."""
        height = (self.top - self.bottom) / rows
        low = self.top - (row + 1) * height + foot / self.height
        return self.figure.add_axes((left, low, width, height - (foot + head) / self.height))

    def chart(self, data: pd.DataFrame, text: str, shown: pd.DataFrame | None = None) -> Chart:
        """The finished chart: the same bytes for the same numbers, on any day."""
        words = self.words
        told = f"{text} Data in {words.name}.csv." if words.names_file else text
        buffer = io.StringIO()
        self.figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
        svg = _accessible(buffer.getvalue(), words.name, words.title, told)
        plots = 72 * self.height * (1 - self.top), 72 * self.height * (1 - self.bottom)
        return Chart(words.name, words.title, svg, data, told, shown, words.subtitle, words.source, plots)


def whole_labels(names: Iterable[str], width: int) -> tuple[list[str], int]:
    r"""Names broken into lines of at most ``width`` characters, with nothing cut off, and the most lines of any.

    Examples
    --------
    >>> whole_labels(["Council officer hours", "Appeals"], 15)
    (['Council officer\nhours', 'Appeals'], 2)
    """
    broken = [textwrap.wrap(name, width, break_long_words=False) for name in names]
    return ["\n".join(lines) for lines in broken], max((len(lines) for lines in broken), default=1)


def plain_numbers(axis: Axis, digits: int = 6) -> None:
    """Number an axis as the text does: thousands apart, a real minus sign, so many digits at most."""
    axis.set_major_formatter(lambda value, _: up_to_figures(value, digits))


def beside(axes: Axes, words: str, at: tuple[float, float], offset: tuple[float, float], **style: Any) -> None:
    """Write words at a point of the plot, moved by so many points."""
    axes.annotate(words, at, offset, textcoords="offset points", **style)


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
