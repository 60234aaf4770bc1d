"""A brief as a folder: the page, a picture for sharing with its text, the table, the figures."""

from __future__ import annotations

import io
import re
import textwrap
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from sencosim.errors import OutputError
from sencosim.evidence.councils import NEIGHBOURS_SOURCE
from sencosim.report.brief.place import Place, find_place, findings_in
from sencosim.report.brief.sentences import (
    CONTEXT_NUMBERS,
    Told,
    beside_table,
    can_say,
    cannot_say,
    how_come_by,
    three_figures,
)
from sencosim.report.charts.style import DARK_BLUE, DARK_GREY, WHITE, drawing
from sencosim.report.council_purses import place_sentence
from sencosim.report.findings import Findings
from sencosim.report.manifest import write_manifest
from sencosim.report.outputs import new_folder, write_csv, write_text
from sencosim.report.quoted import numbers_in, unsupported_figures
from sencosim.report.showing import QUICK, banners, refuse_quoting
from sencosim.report.stored import StoredRun
from sencosim.report.table import Table
from sencosim.report.template import render
from sencosim.report.words import in_a_sentence

FOLDER = "briefs"
WIDTH, HEIGHT, DOTS = 12.0, 6.75, 100
"""Size of the picture in inches and dots an inch: 1200 by 675 pixels."""


@dataclass(frozen=True)
class Brief:
    """One page on one place."""

    run: StoredRun
    place: Place
    findings: Findings
    told: tuple[Told, ...]  # at most three figures in words
    can_say: tuple[str, ...]  # with the next, the fair-use box
    cannot_say: tuple[str, ...]
    basis: str  # whether figures are modelled here
    beside: Table  # the same figures for other places
    purse: str  # high needs of a council beside its last published deficit; blank if neither is known
    summary: pd.DataFrame  # rows of the summary that its figures come from

    @property
    def title(self) -> str:
        """The question, for this place."""
        policy = self.findings.inputs.scenario.title
        return f"{policy}: what it could mean for {self.place.words}"

    @property
    def banners(self) -> tuple[str, ...]:
        """What every reader must see first."""
        return banners(self.findings)

    @property
    def foot(self) -> tuple[str, str]:
        """What stands under the picture: a quick run, whether it is modelled here, schools, view, source."""
        real = self.run.inputs.manifest.get("population_kind") == "real"
        schools = "Real schools" if real else "Made-up schools with published totals"
        view = self.findings.inputs.main_view
        tried = f"{QUICK.capitalize()} " if self.run.inputs.manifest.get("quick") else ""
        first = f"{tried}{self.basis.partition('. ')[0].rstrip('.')}."
        return first, f"{schools}; {view} view; ranges hold 8 in 10 draws. Not proof. {self.source}"

    @property
    def source(self) -> str:
        """How to cite it."""
        version = self.run.inputs.manifest["software"]["sencosim"]
        return f"sencosim {version}, run {self.run.run_id}"


def make_brief(run: StoredRun, area: str) -> Brief:
    """Make the brief of a place.

    An InputError if the scenario carries a caution or the run says nothing about the place, an OutputError if a figure
    of the brief is not in the summary.
    """
    refuse_quoting(run.inputs.manifest, run.inputs.scenario.title)
    place = find_place(area)
    findings = findings_in(run, place)
    everywhere = run.inputs.summary
    made = Brief(
        run=run,
        place=place,
        findings=findings,
        told=three_figures(findings),
        can_say=can_say(findings, run.run_id),
        cannot_say=cannot_say(findings),
        basis=how_come_by(findings, place),
        beside=beside_table(everywhere, place, run.inputs.main_view),
        purse=place_sentence(findings, place.code),
        summary=everywhere[everywhere["area_name"].isin([place.name, "England", *place.beside])],
    )
    _check(made)
    return made


def spoken(brief: Brief) -> str:
    """Everything on the page that quotes figures of the run."""
    cells = [cell for row in brief.beside.shown for cell in row[1:]]
    text = " ".join((*(one.sentence for one in brief.told), *brief.can_say, *brief.cannot_say, brief.purse, *cells))
    title = brief.findings.inputs.scenario.title
    for harmless in (*CONTEXT_NUMBERS, title, in_a_sentence(title), brief.run.run_id):
        text = text.replace(harmless, " ")
    return text


def _check(brief: Brief) -> None:
    """Refuse a brief with a figure that nobody can look up."""
    lost = unsupported_figures(spoken(brief), [*numbers_in(brief.summary), *numbers_in(purse_row(brief))])
    if lost:
        raise OutputError(f"The brief of {brief.place.name} quotes {', '.join(lost)}, which the run does not hold.")


def purse_row(brief: Brief) -> pd.DataFrame:
    """Row of the council of a brief that has a line on its purse; none without."""
    frame = brief.run.inputs.council_purses
    return frame[frame["area_code"] == brief.place.code] if brief.purse else pd.DataFrame()


def write_brief(brief: Brief, root: Path) -> Path:
    """Write a brief, all of it or nothing, as ``root/briefs/<place>-<run id>``, and say where it is."""
    slug = re.sub(r"[^a-z]+", "-", brief.place.name.casefold()).strip("-")
    with new_folder(root / FOLDER, f"{slug}-{brief.run.run_id}") as (folder, taken):
        page = render("brief.html", brief=brief, neighbours=NEIGHBOURS_SOURCE[0])
        write_text(folder / "brief.html", page)
        (folder / "share.png").write_bytes(share_picture(brief))
        text = " ".join((f"{brief.title}.", *(one.sentence for one in brief.told), *brief.foot))
        write_text(folder / "share.alt.txt", f"{text}\n")
        write_csv(folder / "brief.csv", pd.DataFrame(brief.beside.shown, columns=list(brief.beside.columns)))
        brief.summary.to_parquet(folder / "summary.parquet", index=False)
        if brief.purse:
            write_csv(folder / "council_purse.csv", purse_row(brief))
        facts = brief.run.inputs.manifest
        told = {name: facts.get(name) for name in ("software", "git", "quick", "checks", "run_id", "scenario")}
        write_manifest(folder, {**told, "kind": "brief", "area": brief.place.name})
    return root / FOLDER / taken


def share_picture(brief: Brief) -> bytes:
    """The figures with their ranges as a PNG, with the title above, and below where they come from."""
    with drawing():
        figure = Figure(figsize=(WIDTH, HEIGHT), facecolor=WHITE)
        FigureCanvasAgg(figure)
        y = 0.95
        for line in textwrap.wrap(brief.title, 58):
            figure.text(0.04, y, line, fontsize=23, fontweight="bold", color=DARK_BLUE, va="top")
            y -= 0.068
        y -= 0.03
        room = (y - 0.08) / max(1, len(brief.told))
        for number, one in enumerate(brief.told):
            top = y - number * room
            lines = "\n".join(textwrap.wrap(one.figure, 16))
            figure.text(0.04, top, lines, fontsize=24, fontweight="bold", color=DARK_BLUE, va="top")
            words = "\n".join(textwrap.wrap(one.words, 66))
            figure.text(0.36, top, words, fontsize=15, color=DARK_GREY, va="top", linespacing=1.3)
        foot = "\n".join(brief.foot)
        figure.text(0.04, 0.03, foot, fontsize=10.5, color=DARK_GREY, va="bottom", linespacing=1.4)
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", dpi=DOTS, metadata={"Software": None})
    return buffer.getvalue()
