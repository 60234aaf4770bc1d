"""What stands against quoting a stored run, beside changed files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sencosim.report.manifest import MANIFEST
from sencosim.report.marks import mark_sentence


def obstacles(folder: Path) -> list[str]:
    """Facts of a manifest that forbid quoting: a quick run, changed code, failed checks, an unlike comparison.

    Parameters
    ----------
    folder
        Anything with a manifest.
    """
    path = folder / MANIFEST
    if not path.is_file():
        return []
    return list(_obstacles(json.loads(path.read_text(encoding="utf-8"))))


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
