import os
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions

import pytest

from sencosim.errors import InputError
from sencosim.extras import EXTRAS, need

pytestmark = pytest.mark.unit
WITHOUT = """
import sys
from importlib import import_module
from pathlib import Path

import sencosim
from sencosim.extras import EXTRAS

sys.modules.update(dict.fromkeys(sum(EXTRAS.values(), ())))
folder = Path(sencosim.__file__).parent
for path in sorted(folder.rglob("*.py")):
    name = ".".join(("sencosim", *path.relative_to(folder).with_suffix("").parts)).removesuffix(".__init__")
    if "__main__" not in name:
        try:
            import_module(name)
        except ModuleNotFoundError:
            print(name)
"""
NEED_AN_EXTRA = ("sencosim.report.pack.", "sencosim.report.compare.", "sencosim.calibration.")
"""Beginnings of the names of modules that cannot be imported without one."""


def normal(name: str) -> str:
    return name.lower().replace("_", "-")


def test_every_library_of_an_extra_is_known_by_its_modules(root):
    asked = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    stated = {
        extra: {normal(library.partition(">")[0]) for library in libraries}
        for extra, libraries in asked.items()
        if extra != "dev"
    }
    of = packages_distributions()
    known = {extra: {normal(of[module][0]) for module in modules} for extra, modules in EXTRAS.items()}
    assert known == stated


def test_a_run_needs_no_extra():
    command = [sys.executable, "-W", "ignore", "-c", WITHOUT]
    found = subprocess.run(command, env=os.environ, capture_output=True, text=True, check=True).stdout.split()
    assert found
    assert [name for name in found if not name.startswith(NEED_AN_EXTRA)] == []


def test_what_is_missing_is_said_with_its_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "SALib", None)
    with pytest.raises(InputError, match=r"library SALib.*\[research\]"):
        need("SALib")
