"""The CSV files of measurements, and on which machine, when and with what each was made."""

from __future__ import annotations

import csv
import os
import platform
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.alone import ROOT
from sencosim.report.manifest import git_state, software

FOLDER = Path(__file__).resolve().parent / "results"
"""Measurements that the page of the documentation is made from."""
PROVENANCE = "provenance"
LIBRARIES = ("numba", "numpy", "simpy")
MEASURED = ("benchmarks/results", "docs/performance.md")
"""What measuring changes."""
FIGURES = 6
"""Significant figures that are kept."""


@dataclass(frozen=True)
class Results:
    """A folder of measurements."""

    folder: Path = FOLDER

    def table(self, name: str) -> pd.DataFrame:
        """What a section measured, one row a repeat; without rows if it was never run."""
        path = self.folder / f"{name}.csv"
        return pd.read_csv(path) if path.is_file() else pd.DataFrame()

    def write(self, name: str, rows: Sequence[dict[str, Any]]) -> None:
        """Replace what a section measured."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows({key: _short(value) for key, value in row.items()} for row in rows)

    def signed(self, section: str) -> dict[str, str]:
        """When, where and with what a section was measured; nothing if it was not."""
        table = self.table(PROVENANCE)
        rows = [] if table.empty else table[table["section"] == section].astype(str).to_dict("records")
        return {str(key): value for key, value in rows[0].items()} if rows else {}

    def clear(self) -> None:
        """Throw all measurements away, so that none of another edition stands alongside new ones."""
        for path in self.folder.glob("*.csv"):
            path.unlink()

    def sign(self, section: str, quick: bool, seen: dict[str, Any]) -> None:
        """Write down when, where and with what a section was measured; what others say of theirs stays.

        Parameters
        ----------
        section
            Which.
        quick
            Whether it was a try-out, not for quoting.
        seen
            :func:`circumstances` when it began.
        """
        known = self.table(PROVENANCE)
        kept = [] if known.empty else known[known["section"] != section].to_dict("records")
        rows = [{str(key): value for key, value in row.items()} for row in kept]
        rows.append({"section": section, "quick": "yes" if quick else "no", **seen})
        self.write(PROVENANCE, sorted(rows, key=lambda row: row["section"]))


def circumstances() -> dict[str, Any]:
    """Day, state of the code, machine, versions, and how busy the machine was in the minute before."""
    git, found = git_state(), software()
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "commit": git["commit"][:12] if git else "unknown",
        "code_changed": "yes" if code_changed() else "no",
        "processor": processor(),
        "cores": os.cpu_count(),
        "system": found["system"],
        "python": found["python"],
        **{name: found["libraries"].get(name, "") for name in LIBRARIES},
        "sencosim": found["sencosim"],
        "load_before": load_before(),
    }


def code_changed() -> bool:
    """Whether anything but the measurements themselves differs from the commit, or nobody can tell."""
    command = ["git", "status", "--porcelain", "--", ".", *(f":!{path}" for path in MEASURED)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    return done.returncode != 0 or bool(done.stdout.strip())


def processor() -> str:
    """Name of the processor, as far as the system tells."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    named = (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor() or platform.machine())


def load_before() -> float:
    """Processes that wanted to run in the last minute; 0 where the system does not tell. [count]"""
    try:
        return round(os.getloadavg()[0], 1)
    except (AttributeError, OSError):
        return 0.0


def _short(value: Any) -> Any:
    return f"{value:.{FIGURES}g}" if isinstance(value, float) else value
