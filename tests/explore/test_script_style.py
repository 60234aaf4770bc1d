"""The page's script is typed and linted: by tools that are pinned, and skipped aloud where they cannot be had."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from explore.tools import HERE, node, node_modules, scripts

from sencosim.report.explore.page import SCRIPTS

pytestmark = pytest.mark.unit
MOST_CHARACTERS = 140


def test_types_hold(tmp_path: Path) -> None:
    tools = node_modules()
    told = json.loads((HERE / "tsconfig.json").read_text(encoding="utf-8"))
    (tmp_path / "tsconfig.json").write_text(json.dumps(told | {"files": [str(scripts() / name) for name in SCRIPTS]}))
    done = subprocess.run(
        [node(), str(tools / "node_modules/typescript/bin/tsc"), "-p", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout + done.stderr == ""


def test_the_linter_finds_nothing(tmp_path: Path) -> None:
    tools = node_modules()
    for name in SCRIPTS:
        shutil.copy(scripts() / name, tmp_path)
    shutil.copy(HERE / "eslint.config.js", tmp_path)
    done = subprocess.run(
        [node(), str(tools / "node_modules/eslint/bin/eslint.js"), *SCRIPTS],
        cwd=tmp_path,
        env={**os.environ, "PAGE_TOOLS": str(tools)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout + done.stderr == ""


def test_every_file_of_the_script_stands_in_the_page() -> None:
    assert {path.name for path in scripts().glob("*.js")} == set(SCRIPTS)
    for name in SCRIPTS:
        lines = (scripts() / name).read_text(encoding="utf-8").splitlines()
        assert [line for line in lines if len(line) > MOST_CHARACTERS] == [], name
