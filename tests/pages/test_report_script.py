"""The script of the report is typed and linted like that of the explorer."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from importlib.resources import files
from pathlib import Path

import pytest
from explore.tools import HERE, node, node_modules

pytestmark = pytest.mark.unit
SCRIPT = Path(str(files("sencosim.report"))) / "templates" / "report.js"


def said(*words: str, folder: Path) -> str:
    environment = {**os.environ, "PAGE_TOOLS": str(node_modules())}
    done = subprocess.run([node(), *words], cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def test_types_hold(tmp_path: Path) -> None:
    told = json.loads((HERE / "tsconfig.json").read_text(encoding="utf-8"))
    (tmp_path / "tsconfig.json").write_text(json.dumps(told | {"files": [str(SCRIPT)]}), encoding="utf-8")
    assert said(str(node_modules() / "node_modules/typescript/bin/tsc"), "-p", str(tmp_path), folder=tmp_path) == ""


def test_the_linter_finds_nothing(tmp_path: Path) -> None:
    shutil.copy(SCRIPT, tmp_path)
    shutil.copy(HERE / "eslint.config.js", tmp_path)
    assert said(str(node_modules() / "node_modules/eslint/bin/eslint.js"), SCRIPT.name, folder=tmp_path) == ""
