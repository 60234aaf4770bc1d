"""The picture for sharing: the figures with their ranges on it, and a text that says the same."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Sequence

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from sencosim.report.brief.sentences import Told
from sencosim.report.charts.style import DARK_BLUE, DARK_GREY, WHITE, drawing

WIDTH, HEIGHT, DOTS = 12.0, 6.75, 100
"""Size in inches and dots an inch: 1200 by 675 pixels."""


def share_picture(told: Sequence[Told], title: str, foot: Sequence[str]) -> tuple[bytes, str]:
    """Draw the picture.

    Parameters
    ----------
    told
        Figures with their sentences.
    title
        Of the brief.
    foot
        Lines at the bottom: how it was come by, schools, view, citation.

    Returns
    -------
        The PNG, and its text alternative.
    """
    with drawing():
        figure = Figure(figsize=(WIDTH, HEIGHT), facecolor=WHITE)
        FigureCanvasAgg(figure)
        y = 0.95
        for line in textwrap.wrap(title, 58):
            figure.text(0.04, y, line, fontsize=23, fontweight="bold", color=DARK_BLUE, va="top")
            y -= 0.068
        y -= 0.03
        room = (y - 0.08) / max(1, len(told))
        for number, one in enumerate(told):
            top = y - number * room
            lines = textwrap.wrap(one.figure, 16)
            figure.text(0.04, top, "\n".join(lines), fontsize=24, fontweight="bold", color=DARK_BLUE, va="top")
            words = "\n".join(textwrap.wrap(one.words, 66))
            figure.text(0.36, top, words, fontsize=15, color=DARK_GREY, va="top", linespacing=1.3)
        figure.text(0.04, 0.03, "\n".join(foot), fontsize=10.5, color=DARK_GREY, va="bottom", linespacing=1.4)
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", dpi=DOTS, metadata={"Software": None})
    said = " ".join(one.sentence for one in told)
    return buffer.getvalue(), f"{title}. {said} {' '.join(foot)}"
