"""What the tests of the page need from outside: Node, and pinned tools of it. Without them tests are skipped, aloud."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
SECONDS = 240


def node() -> str:
    """Path of Node, or skip."""
    found = shutil.which("node")
    if found is None:
        pytest.skip("NOT CHECKED: the page's script against Python, because Node is not installed here")
    return found


def scripts() -> Path:
    """Folder of the page's script."""
    return Path(str(files("sencosim.report.explore")))


def run_node(file: str, names: Sequence[str], what: Mapping[str, Any]) -> Any:
    """What a file of these tests says to some input, with some files of the page's script loaded."""
    command = [node(), str(HERE / file), str(scripts()), *names]
    done = subprocess.run(command, input=json.dumps(what), capture_output=True, text=True, timeout=SECONDS, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def node_answers(data: Mapping[str, Any], cases: Sequence[Mapping[str, Any]]) -> Any:
    """Answers of the page's arithmetic."""
    return run_node("answers.js", ("answer.js",), {"data": data, "cases": cases})
