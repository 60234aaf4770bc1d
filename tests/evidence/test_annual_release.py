"""A new annual release is data: the base year rolls forward on MADE-UP figures, and no line of code changes.

Every figure of the release below is invented: this year's, times a factor. None was published; none is to be quoted.
"""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sencosim.errors import EvidenceError
from sencosim.evidence.base_year import BASE_YEAR, BASE_YEAR_FILE, TARGETS_FILE, TIMES, read_times
from sencosim.evidence.register import FOLDER_VARIABLE, cautions_of_evidence, evidence_folder
from sencosim.units import format_year, parse_year

MADE_UP, FACTOR, COUNCIL = "MADE UP for a test of the roll-forward: not a statistic", 1.02, "Rutland"
NEXT = {
    **{str(year): str(year + 1) for year in (BASE_YEAR, BASE_YEAR + 1)},
    **{format_year(year): format_year(year + 1) for year in (BASE_YEAR - 1, BASE_YEAR)},
    f"Jan {BASE_YEAR + 1}": f"Jan {BASE_YEAR + 2}",
}
"""Periods of this release, as published series write them, and those of the next."""
Row = dict[str, str]

RUN = f"""
import json
import numpy as np
from sencosim.outcomes.reconcile import base_year_table
from sencosim.arms.prepare import make_inputs
from sencosim.engine.choose import engine_named
from sencosim.engine.pair import read_evidence
from sencosim.evidence.base_year import BASE_YEAR
from sencosim.ledger.table import tidy_years, yearly
from sencosim.population.sampling import only_councils
from sencosim.population.synthetic import synthetic_england
from sencosim.scenario.schema import Scenario

schools, scenario = only_councils(synthetic_england(), ["{COUNCIL}"]), Scenario()
inputs = make_inputs(schools, scenario, read_evidence(scenario, "central", 0, 1), seed=1, replication=0, n_years=4)
tally = engine_named("reference")(inputs).tally
academic = tidy_years(yearly(tally), inputs.cells, inputs.start_year)
calendar = tidy_years(yearly(tally, "calendar"), inputs.cells, inputs.start_year + 1)
hours = {{
    name: (inputs.schools.base_hours[schools.phase == phase], schools.weight[schools.phase == phase])
    for phase, name in enumerate(("primary", "secondary"))
}}
table = base_year_table(academic, calendar, hours)
names = ["series", "breakdown", "period", "published", "model"]
facts = {{"base_year": BASE_YEAR, "january": schools.year, "start": scenario.start_year}}
print(json.dumps(facts | {{"plans": schools.total("ehc_plans"), "rows": table[names].values.tolist()}}))
"""


def rewrite(path: Path, change: Callable[[list[Row]], list[Row]]) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(change(rows))


def grown(text: str, most: float = 1e12) -> str:
    number = min(most, float(text) * FACTOR)
    return f"{number:.4f}" if "." in text else str(round(number))


def next_series(rows: list[Row]) -> list[Row]:
    """With a made-up row of the next period alongside each row of the base year, in place of any that is there."""
    made_up = {}
    for row in rows:
        if row["period"] in NEXT:
            value = grown(row["value"], 100.0 if row["unit"] == "percent" else 1e12)
            new = row | {"period": NEXT[row["period"]], "value": value, "source_title": MADE_UP, "source_url": ""}
            made_up[new["series"], new["breakdown"], new["period"]] = new
    return list({(row["series"], row["breakdown"], row["period"]): row for row in (*rows, *made_up.values())}.values())


def next_councils(rows: list[Row]) -> list[Row]:
    flows = ("requests", "requests_refused", "requests_agreed", "new_plans")
    names = [name for name in rows[0] if name.endswith("_latest") or name in flows]
    return [row | {name: grown(row[name]) for name in names} for row in rows]


def next_targets(rows: list[Row]) -> list[Row]:
    return [row | {"period": NEXT.get(row["period"], row["period"])} for row in rows]


def repeated(column: str, year: int) -> Callable[[list[Row]], list[Row]]:
    """The rows of a year once more as those of the next, in place of any that are there."""
    then, now = str(year), str(year + 1)

    def change(rows: list[Row]) -> list[Row]:
        kept = [row for row in rows if row[column] != now]
        return [*kept, *(row | {column: now} for row in rows if row[column] == then)]

    return change


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the evidence with a made-up release of the next year, by the steps of docs/annual_release.md."""
    folder = tmp_path_factory.mktemp("release") / "evidence"
    shutil.copytree(evidence_folder(), folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    rewrite(folder / "national_series.csv", next_series)
    rewrite(folder / "councils.csv", next_councils)
    rewrite(folder / "councils_by_year.csv", repeated("year", BASE_YEAR))
    rewrite(folder / "council_exclusions.csv", repeated("school_year", parse_year(TIMES.last_exclusion_year)))
    rewrite(folder / TARGETS_FILE, next_targets)
    levels = rf'(  value: \[.*?([\d.]+))\]\n(  labels: \[.*"{TIMES.latest_january}")\]'
    text = (folder / "population.yaml").read_text(encoding="utf-8")
    text, changed = re.subn(levels, rf'\1, \2]\n\3, "{TIMES.latest_january + 1}"]', text)
    assert changed == len(("support", "plans", "meals")) * 2 + len(("units",))
    (folder / "population.yaml").write_text(text, encoding="utf-8")
    times = (folder / BASE_YEAR_FILE).read_text(encoding="utf-8")
    for row, new in (
        (f'base_year: "{TIMES.base_year}"', f'base_year: "{NEXT[TIMES.base_year]}"'),
        (f"latest_january: {TIMES.latest_january}", f"latest_january: {TIMES.latest_january + 1}"),
        (f"fitted_timeliness_year: {BASE_YEAR - 1}", f"fitted_timeliness_year: {BASE_YEAR}"),
        (
            f'last_exclusion_year: "{TIMES.last_exclusion_year}"',
            f'last_exclusion_year: "{NEXT[TIMES.last_exclusion_year]}"',
        ),
        (f'  start: "{TIMES.recent.start}"', f'  start: "{format_year(TIMES.recent.start_year + 1)}"'),
        (f"  first: {TIMES.recent.first}", f"  first: {TIMES.recent.first + 1}"),
        (f"  last: {TIMES.recent.last}", f"  last: {TIMES.recent.last + 1}"),
    ):
        assert times.count(f"{row}\n") == 1, row
        times = times.replace(f"{row}\n", f"{new}\n")
    (folder / BASE_YEAR_FILE).write_text(times, encoding="utf-8")
    return folder


def run_with(folder: Path | None) -> dict[str, Any]:
    named = {} if folder is None else {FOLDER_VARIABLE: str(folder)}
    done = subprocess.run(
        [sys.executable, "-c", RUN], env=os.environ | named, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.engine
def test_a_made_up_release_moves_the_base_year_without_code(release: Path) -> None:
    before, after = run_with(None), run_with(release)
    for fact in ("base_year", "january", "start"):
        assert after[fact] == before[fact] + 1, fact
    assert after["plans"] > before["plans"]
    assert len(after["rows"]) == len(before["rows"])
    for (series, breakdown, period, published, _), new in zip(before["rows"], after["rows"], strict=True):
        assert new[:3] == [series, breakdown, NEXT.get(period, period)]
        if period in NEXT and series != "senco_hours_per_week_mean":  # surveyed once, moved on by a trend
            assert new[3] == pytest.approx(published * FACTOR, rel=0.02), series
        assert new[4] == new[4], f"{series} {breakdown} is not in the run"


@pytest.mark.unit
def test_every_period_of_the_made_up_release_says_so(release: Path) -> None:
    with (release / "national_series.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["period"] in set(NEXT.values()) - set(NEXT)]
    assert rows
    assert {row["source_title"] for row in rows} == {MADE_UP}


@pytest.mark.unit
@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('base_year: "2024/25"', "base_year: 2024", "base_year"),
        ("latest_january: 2025", "latest: 2025", "latest_january"),
        ('start: "2018/19"', 'start: "2018/20"', "frozen.start"),
    ],
)
def test_a_faulty_file_of_times_says_which_row(
    tmp_path: Path, name_evidence: Callable[[Path], None], old: str, new: str, words: str
) -> None:
    folder = tmp_path / "evidence"
    shutil.copytree(evidence_folder(), folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    text = (folder / BASE_YEAR_FILE).read_text(encoding="utf-8")
    (folder / BASE_YEAR_FILE).write_text(text.replace(old, new), encoding="utf-8")
    name_evidence(folder)
    with pytest.raises(EvidenceError, match=words):
        read_times()


@pytest.mark.unit
def test_a_folder_that_holds_no_evidence_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    with pytest.raises(EvidenceError, match="not a folder of evidence"):
        evidence_folder()


@pytest.mark.unit
def test_another_folder_in_a_process_that_has_read_one_is_refused(
    other_evidence: Path, monkeypatch: pytest.MonkeyPatch, name_evidence: Callable[[Path], None]
) -> None:
    """What it read is kept, so that figures of one folder would be taken for those of another."""
    shipped = evidence_folder()
    monkeypatch.setenv(FOLDER_VARIABLE, str(other_evidence))
    for read in (evidence_folder, cautions_of_evidence):
        with pytest.raises(EvidenceError, match=r"now names .*other_evidence\. Start a new Python process"):
            read()
    monkeypatch.setenv(FOLDER_VARIABLE, str(shipped))
    assert evidence_folder() == shipped
    name_evidence(other_evidence)
    assert evidence_folder() == other_evidence
    monkeypatch.chdir(other_evidence.parent)
    monkeypatch.setenv(FOLDER_VARIABLE, other_evidence.name)
    assert evidence_folder() == other_evidence
    monkeypatch.delenv(FOLDER_VARIABLE)
    with pytest.raises(EvidenceError, match=r"is no longer set\. Start a new Python process"):
        evidence_folder()


@pytest.mark.unit
def test_a_run_that_begins_with_one_folder_does_not_go_on_with_another(other_evidence: Path) -> None:
    asked = [sys.executable, "-c", OTHER_FOLDER, str(other_evidence)]
    done = subprocess.run(asked, cwd=other_evidence.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("sencosim.errors.EvidenceError: This process has read the evidence")


OTHER_FOLDER = """
import os, sys
import sencosim as ss
from sencosim.evidence.register import load_register
load_register()
os.environ["SENCOSIM_EVIDENCE"] = sys.argv[1]
ss.run("full_time", draws=1, views="central", how=ss.How(councils=("Rutland",), workers=1))
"""
