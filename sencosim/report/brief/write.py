"""A brief as a folder: the page, a picture for sharing with its text, the table, the figures."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from markupsafe import Markup

from sencosim.errors import OutputError
from sencosim.evidence.councils import NEIGHBOURS_SOURCE
from sencosim.report.brief.picture import HEADS, cost_chart, share_picture
from sencosim.report.brief.place import Place, find_place, findings_in
from sencosim.report.brief.sentences import (
    CONTEXT_NUMBERS,
    Told,
    beside_table,
    can_say,
    cannot_say,
    clear_changes,
    cost,
    how_come_by,
    unclear_changes,
    unproven,
)
from sencosim.report.charts.style import Chart
from sencosim.report.council_purses import place_sentence
from sencosim.report.findings import Findings
from sencosim.report.forms import against_law
from sencosim.report.manifest import write_manifest
from sencosim.report.outputs import new_folder, write_charts, write_csv, write_text
from sencosim.report.quoted import numbers_in, unsupported_figures
from sencosim.report.showing import banners, gate, refuse_quoting
from sencosim.report.stored import StoredRun, check_same_model
from sencosim.report.table import Table
from sencosim.report.template import render
from sencosim.report.words import in_a_sentence

FOLDER = "briefs"


@dataclass(frozen=True)
class Brief:
    """One page on one place."""

    run: StoredRun
    place: Place
    findings: Findings
    clear: tuple[Told, ...]  # what clearly changes; never empty, as are the next two
    cost: Told
    unclear: tuple[Told, ...]
    can_say: tuple[str, ...]  # with the next, the fair-use box
    cannot_say: tuple[str, ...]
    basis: str  # whether figures are modelled here, and what their ranges contain
    beside: Table  # the same figures for other places
    purse: str  # high needs of a council alongside its last published deficit; blank if neither is known
    chart: Chart

    @property
    def title(self) -> str:
        """The question, for this place."""
        policy = self.findings.inputs.scenario.title
        return f"{policy}: what it could mean for {self.place.words}"

    @property
    def parts(self) -> tuple[tuple[str, Sequence[Told]], ...]:
        """The three answers under their heads: always all three."""
        return tuple(zip(HEADS, (self.clear, (self.cost,), self.unclear), strict=True))

    @property
    def told(self) -> tuple[Told, ...]:
        """The three answers in a row."""
        return (*self.clear, self.cost, *self.unclear)

    @property
    def summary(self) -> pd.DataFrame:
        """Rows of the summary that its figures come from."""
        return self.findings.summary

    @property
    def banners(self) -> tuple[str, ...]:
        """What every reader must see first."""
        return banners(self.findings)

    @property
    def cautions(self) -> tuple[str, ...]:
        """What the gate says must stand alongside a quotation."""
        return tuple(one.words for one in gate(self.run.inputs.manifest) if not one.forbids)

    @property
    def foot(self) -> tuple[str, str]:
        """What stands under the picture: whether it is modelled here, cautions; schools, view, source."""
        real = self.run.inputs.manifest.get("population_kind") == "real"
        schools = "Real schools" if real else "Made-up schools with published totals"
        view = f"{self.findings.inputs.main_view} view{against_law(self.findings)}"
        first = f"{self.basis.partition('. ')[0].rstrip('.')}."
        told = f"{schools}; {view}. A simulation{unproven(self.findings)}, not proof. {self.source}"
        return " ".join((first, *self.cautions)), told

    @property
    def source(self) -> str:
        """How to cite it."""
        version = self.run.inputs.manifest["software"]["sencosim"]
        return f"sencosim {version}, run {self.run.run_id}"


def make_brief(run: StoredRun, area: str) -> Brief:
    """Make the brief of a place.

    An InputError if the gate forbids quoting, the run was made with other evidence or code or says nothing about the
    place, an OutputError if a figure of the brief is not in the summary.
    """
    refuse_quoting(run.inputs.manifest, run.inputs.scenario.title)
    check_same_model(run)
    place = find_place(area)
    findings = findings_in(run, place)
    version = run.inputs.manifest["software"]["sencosim"]
    made = Brief(
        run=run,
        place=place,
        findings=findings,
        clear=clear_changes(findings),
        cost=cost(findings),
        unclear=unclear_changes(findings),
        can_say=can_say(findings, run.run_id),
        cannot_say=cannot_say(findings),
        basis=how_come_by(findings, place),
        beside=beside_table(findings, place),
        purse=place_sentence(findings, place.code),
        chart=cost_chart(findings, f"Source: sencosim {version}, run {run.run_id}."),
    )
    _check(made)
    return made


def spoken(brief: Brief) -> str:
    """Everything on the page that quotes figures of the run."""
    cells = [cell for row in brief.beside.shown for cell in row[1:]]
    told = (one.sentence for one in brief.told)
    text = " ".join((*told, *brief.can_say, *brief.cannot_say, brief.purse, brief.chart.text, *cells))
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
        svg = Markup(brief.chart.svg)
        write_text(folder / "brief.html", render("brief.html", brief=brief, svg=svg, neighbours=NEIGHBOURS_SOURCE[0]))
        answers = [those for _, those in brief.parts]
        (folder / "share.png").write_bytes(share_picture(brief.title, answers, brief.findings, brief.foot))
        parts = (f"{head}: {' '.join(one.sentence for one in those)}" for head, those in brief.parts)
        write_text(
            folder / "share.alt.txt", " ".join((f"{brief.title}.", *parts, brief.chart.text, *brief.foot)) + "\n"
        )
        write_csv(folder / "brief.csv", pd.DataFrame(brief.beside.shown, columns=list(brief.beside.columns)))
        write_charts(folder / "charts", [brief.chart], brief.run.inputs.manifest)
        brief.summary.to_parquet(folder / "summary.parquet", index=False)
        if brief.purse:
            write_csv(folder / "council_purse.csv", purse_row(brief))
        facts = brief.run.inputs.manifest
        kept = {name: facts[name] for name in GATED if name in facts}
        write_manifest(folder, {**kept, "kind": "brief", "area": brief.place.name})
    return root / FOLDER / taken


GATED = (
    *("software", "git", "quick", "checks", "run_id", "scenario", "warnings", "cautions", "replaced_mechanisms"),
    *("draws", "fewest_draws", "replications", "precision", "sample_share", "schools_per_run", "emulators"),
)
"""Facts of a run that the manifest of its brief keeps: what the gate judges."""
