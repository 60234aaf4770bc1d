"""The page that answers, written once from stored runs: one file, no server, and a report where scripts are off.

The script is a handful of classic files alongside this one, put into the page in the order of :data:`SCRIPTS`. What it
shows first is worked out here too, by :mod:`sencosim.outcomes.explorer`, so that the page is a report without it.
"""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Mapping
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

from markupsafe import Markup

from sencosim.calibration.verdict import sentence_of
from sencosim.experiment.store import write_whole
from sencosim.outcomes.explorer import Explorer
from sencosim.report.answer import UNPROVEN
from sencosim.report.backtest import kept_backtest
from sencosim.report.charts import style
from sencosim.report.charts.tiles import read_tiles
from sencosim.report.explore.report import Report
from sencosim.report.table import words_in
from sencosim.report.template import render
from sencosim.vocabulary import PAYER

SCRIPTS = (
    *("words.js", "charts.js", "answer.js", "why.js", "link.js", "told.js"),
    *("controls.js", "choices.js", "results.js", "reasons.js", "take.js", "page.js"),
)
"""In the order in which they stand in the page: each uses those before it."""
WORDS = "templates/explore.yaml"
OPENING = "full_time"
LOOKS: Mapping[str, Mapping[str, str]] = {
    "light": {
        "ink": style.DARK_GREY,
        "quiet": "#595959",
        "ground": style.WHITE,
        "line": style.LIGHT_GREY,
        "cost": style.ORANGE,
        "save": style.DARK_BLUE,
        "net": style.DARK_GREY,
        "band": "#C3DAF1",
        "mid": style.MID_BLUE,
        "accent": style.ORANGE,
    },
    "dark": {
        "ink": "#F2F2F2",
        "quiet": "#B8BEC5",
        "ground": "#10161D",
        "line": "#4A545F",
        "cost": "#F79A68",
        "save": style.LIGHT_BLUE,
        "net": "#D9D9D9",
        "band": "#1D4468",
        "mid": style.LIGHT_BLUE,
        "accent": "#F79A68",
    },
}
"""Colours of charts by their part, in light and dark."""
SHADES = (
    *(("#E6EFF8", style.BLACK), ("#C3DAF1", style.BLACK), (style.LIGHT_BLUE, style.BLACK)),
    *((style.MID_BLUE, style.WHITE), (style.DARK_BLUE, style.WHITE)),
)
"""Fill and ink of councils, from cheap to dear."""
USES = (
    *((style.DARK_BLUE, style.WHITE), (style.TURQUOISE, style.BLACK), (style.LIGHT_BLUE, style.BLACK)),
    *((style.MID_BLUE, style.WHITE), (style.LIGHT_PURPLE, style.BLACK), (style.ORANGE, style.BLACK)),
    *((style.LIGHT_GREY, style.BLACK), (style.DARK_PINK, style.WHITE)),
)
"""Fill and ink of the eight uses of an hour."""


def write_page(path: Path, data: Mapping[str, Any], first: str = "") -> None:
    """Write the page.

    Parameters
    ----------
    path
        Of the file; what stood there is replaced whole.
    data
        As :func:`sencosim.outcomes.explorer_data.page_data` gives it.
    first
        Name of the stored policy on which the page opens; the full-time post if blank.
    """
    write_whole(path, page_html(data, first))


def page_html(data: Mapping[str, Any], first: str = "") -> str:
    """The page as text; see :func:`write_page`."""
    words = page_words()
    report = Report(Explorer(data), first or OPENING, words)
    return render(
        "explore.html",
        version=version("sencosim"),
        own_style=Markup(_colours() + _part("explore.css")),
        script=Markup(script()),
        packed=Markup(packed(data, words, report.scenario["name"])),
        hash=data["hash"],
        facts=[
            (name.replace("_", " ").capitalize(), value) for name, value in data["made"].items() if _is_plain(value)
        ],
        banners=[f"“{report.scenario['title']}”: {caution}" for caution in report.cautions],
        how=words["how"],
        not_to_say=words["not_to_say"],
        limits=[one for one in (words["backtest"], *words["limits"]) if one],
        **report.parts(),
    )


def page_words() -> dict[str, Any]:
    """Words of the page, with those on the back-test and the payers that take a verb in the singular."""
    singular = [name for name, one in PAYER.items() if one.is_singular]
    return {**words_in(WORDS), **backtest_words(), "singular": singular}


def backtest_words() -> dict[str, str]:
    """How every headline begins when the back-test was not passed, and what it found."""
    result, state = kept_backtest()
    return {"lead": UNPROVEN.get(state, ""), "backtest": sentence_of(result, state)}


def script() -> str:
    """The whole script as it stands in the page: one function, so that it leaves no name behind."""
    body = "\n".join(_part(name) for name in SCRIPTS)
    return f'(function () {{\n"use strict";\n{body}\nbegin();\n}})();\n'


def packed(data: Mapping[str, Any], words: Mapping[str, Any], opening: str) -> str:
    """What the script reads: data, words and setting, as compressed JSON in letters."""
    names = [*LOOKS["light"]]
    fills: dict[str, Any] = {"shades": SHADES, "uses": USES}
    setting = {
        "opening": opening,
        "look": {name: f"var(--chart-{name})" for name in names} | fills,
        "light": {**LOOKS["light"], **fills},
        "tiles": {str(code): tuple(tile) for code, tile in read_tiles().items()},
    }
    told = {"data": data, "words": dict(words), "setting": setting}
    text = json.dumps(told, separators=(",", ":"), ensure_ascii=False)
    return base64.b64encode(gzip.compress(text.encode("utf-8"), 9, mtime=0)).decode("ascii")


def _part(name: str) -> str:
    return files("sencosim.report.explore").joinpath(name).read_text(encoding="utf-8")


def _colours() -> str:
    light, dark = ("".join(f"--chart-{name}: {colour}; " for name, colour in LOOKS[key].items()) for key in LOOKS)
    return f":root {{ {light}}}\n@media screen and (prefers-color-scheme: dark) {{ :root {{ {dark}}} }}\n"


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | int | float)
