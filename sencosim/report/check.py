"""What stands against quoting a stored run, beside changed files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sencosim.report.marks import mark_sentence
from sencosim.runs.finished import MANIFEST

FEW_DRAWS = 100
"""Draws below which the ends of an 80 % range are rough: each end then lies among ten draws or fewer."""


def obstacles(folder: Path) -> list[str]:
    """Facts of a manifest that forbid quoting: a quick run, changed code, failed checks, an unlike comparison.

    Parameters
    ----------
    folder
        Anything with a manifest.
    """
    return list(_obstacles(_facts(folder)))


def cautions(folder: Path) -> list[str]:
    """Facts of a manifest that belong beside anything quoted: a sample, few draws, an unknown simulation error.

    Parameters
    ----------
    folder
        Anything with a manifest.
    """
    return list(_cautions(_facts(folder)))


def _facts(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def _cautions(facts: dict[str, Any]) -> Iterator[str]:
    share, schools = facts.get("sample_share", 1.0), facts.get("schools_per_run", 0)
    if share < 1.0:
        yield f"It rests on {schools:,} schools, about {share:.1%} of those asked about, weighted up."
    draws = facts.get("draws", FEW_DRAWS)
    if draws < FEW_DRAWS:
        times = "one draw" if draws == 1 else f"{draws} draws"
        yield f"Its ranges rest on {times} of the uncertain inputs in the main view: their ends are rough."
    precision = facts.get("precision") or {}
    if facts.get("replications") == 1:
        yield "It has one replication: how much of it is chance is not known."
    elif precision and not precision["reached"]:
        yield (
            f"The simulation error of the headline is £{precision['half_width_95_gbp'] / 1e6:,.0f} million (95 %), "
            "more than was asked for."
        )


def _obstacles(facts: dict[str, Any]) -> Iterator[str]:
    if mark_sentence(facts):
        yield mark_sentence(facts)
    if facts.get("quick"):
        yield "It is a quick run: for trying out, not for quoting."
    if (facts.get("git") or {}).get("dirty"):
        yield "It was run with code that differs from the commit named in the manifest."
    for check in facts.get("checks", ()):
        if not check["passed"]:
            yield f"A check after the run failed: {check['check']}."
    for stamp in facts.get("stamps", ()):
        if stamp.startswith("Not like for like"):
            yield stamp
