"""What the tests of the page need from outside: Node, and pinned tools of it. Without them tests are skipped, aloud."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
SECONDS = 240
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


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
    """Answers of the page's arithmetic, in Node."""
    return run_node("answers.js", ("answer.js",), {"data": data, "cases": cases})


def node_modules() -> Path:
    """Folder with the pinned tools of ``package.json``, installed once for this version of it; or skip."""
    lock = (HERE / "package-lock.json").read_bytes()
    folder = Path(tempfile.gettempdir()) / f"sencosim-page-tools-{hashlib.sha256(lock).hexdigest()[:16]}"
    if (folder / "whole").is_file():
        return folder
    node()
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("NOT CHECKED: the page in a browser, because npm is not installed here")
    unfinished = Path(tempfile.mkdtemp(dir=folder.parent, prefix=folder.name))
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, unfinished)
    command = [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
    done = subprocess.run(command, cwd=unfinished, capture_output=True, text=True, timeout=SECONDS, check=False)
    if done.returncode != 0:
        shutil.rmtree(unfinished)
        pytest.skip(f"NOT CHECKED: the page in a browser, because its tools cannot be installed: {done.stderr[-300:]}")
    (unfinished / "whole").touch()
    try:
        unfinished.rename(folder)
    except OSError:  # another process was first
        shutil.rmtree(unfinished)
    return folder


def chromium() -> str:
    """Path of a Chromium browser, or skip."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip(f"NOT CHECKED: the page in a browser, because none of {', '.join(BROWSERS)} is installed here")
    return found


def in_browser(plan: str, page: Path, profile: Path, more: Mapping[str, Any] | None = None, given: str = "") -> Any:
    """What the browser says to a question of ``browser.js``."""
    asked = json.dumps(more or {})
    command = [node(), str(HERE / "browser.js"), str(node_modules()), chromium(), str(profile), plan, str(page), asked]
    done = subprocess.run(command, input=given, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
