"""Judge any pages in a browser: axe of 4.12 or newer with WCAG 2.2 AA, wide, on a phone and dark; their print."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from explore.tools import chromium, node, node_modules

SECONDS = 600
LEAST_AXE = (4, 12)
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
TAGS = (*WCAG, "best-practice")
LOOKS = ("wide", "phone", "small_dark")
"""Keys of ``LOOKS`` in judge.js."""
A4 = [595, 842]
"""Of a printed page. [points]"""


def judged(
    files: Mapping[str, Path], profile: Path, tags: Sequence[str] = TAGS, looks: Sequence[str] = LOOKS
) -> dict[str, Any]:
    """What the browser finds of each page by name: ``faults`` and ``widths`` by look, ``requests``, ``printed``.

    Skips aloud where Node, its tools or Chromium are not to be had. A page named ``run`` is a report: its search and
    sorting are tried too.
    """
    asked = json.dumps({"files": {name: str(path) for name, path in files.items()}, "tags": tags, "looks": looks})
    script = str(Path(__file__).with_name("judge.js"))
    command = [node(), script, str(node_modules()), chromium(), str(profile), asked]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    version = tuple(int(part) for part in found["version"].split(".")[:2])
    assert version >= LEAST_AXE, f"axe {found['version']} does not know WCAG 2.2"
    return found
