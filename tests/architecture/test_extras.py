import os
import shlex
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from sencosim import extras
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
        if extra not in ("dev", "site")
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


def test_the_line_that_installs_works_in_the_clone_elsewhere_and_from_a_wheel(root, tmp_path, monkeypatch):
    monkeypatch.chdir(root)
    assert extras.install("research") == "python -m pip install -c constraints.txt -e '.[research]'"
    monkeypatch.chdir(tmp_path)
    elsewhere = shlex.split(extras.install("research"))
    assert elsewhere[-1] == f"{root.as_posix()}[research]"
    assert Path(elsewhere[elsewhere.index("-c") + 1]).is_file()
    monkeypatch.setattr(extras, "_CONSTRAINTS", tmp_path / "constraints.txt")
    from_wheel = shlex.split(extras.install("research"))
    assert [name.partition(">")[0] for name in from_wheel[4:]] == ["SALib", "statsmodels"]
    assert {name.partition(">")[0] for name in extras.libraries()} >= {"numba", "pandas"}
