import math
import os
import shutil
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from llvmlite.binding import Linkage

import sencosim
from sencosim.cli.doctor import check_engine
from sencosim.compilation import folders
from sencosim.compilation.functions import Compiled, compiled, part, processor
from sencosim.engine.compiled.ahead import HALVES, is_compiled
from sencosim.engine.compiled.run import text
from sencosim.user_cache import keep, read, user_cache

PACKAGE = Path(sencosim.__file__).resolve().parent
SAY_FINGERPRINT = "from sencosim.compilation.folders import fingerprint; print(fingerprint())"
SAY_BITS = """
from sencosim.randomness import uniform
from sencosim.rules.chance import exponential_threshold, normal_quantile
for i in range(400):
    u = uniform(1, 0, 0, i, 0)
    print(u.hex(), normal_quantile(u).hex(), exponential_threshold(u).hex())
"""


def double(number):
    return 2.0 * number


def make(monkeypatch, folder):
    monkeypatch.setenv(folders.FOLDER, str(folder))
    return compiled("float64(float64)")(double)


def python(code, **environment):
    command = [sys.executable, "-c", code]
    found = subprocess.run(command, cwd=os.path.sep, env=os.environ | environment, capture_output=True, check=True)
    return found.stdout.decode()


def was_compiled(function):
    return sum(function.stats.cache_misses.values()) > 0


@pytest.mark.engine
def test_code_of_a_source_that_changed_meanwhile_is_not_kept(monkeypatch, tmp_path):
    """It may be of the text before, or of one that was put back."""
    monkeypatch.setattr("sencosim.since.sencosim.BEGAN", 0.0)
    assert make(monkeypatch, tmp_path)(1.5) == 3.0
    assert not list(tmp_path.rglob("*.code"))


@pytest.mark.unit
def test_both_halves_are_the_whole_engine():
    entries = {name for name, one in vars(text(True)).items() if isinstance(one, Compiled)}
    assert entries == {name for half in HALVES for name in half}


@pytest.mark.unit
def test_a_function_is_compiled_at_its_first_call_and_read_from_disk_after_that(monkeypatch, tmp_path):
    first, second = make(monkeypatch, tmp_path), make(monkeypatch, tmp_path)
    assert not first.overloads
    assert first(1.5) == 3.0
    assert was_compiled(first)
    assert second(1) == 2.0  # as a real number: there is no second version for whole ones
    assert not was_compiled(second)
    assert len(second.overloads) == 1


@pytest.mark.unit
def test_threads_that_call_a_function_first_at_once_wait_for_one_of_them(monkeypatch, tmp_path):
    """As on a worker of a cluster with several threads, where each begins with a pair."""
    ready = threading.Barrier(4)
    function = make(monkeypatch, tmp_path)

    def call(number):
        ready.wait()
        return function(number)

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(call, [1.0, 1.5, 2.0, 2.5])) == [2.0, 3.0, 4.0, 5.0]
    assert sum(function.stats.cache_misses.values()) == 1


@pytest.mark.unit
@pytest.mark.parametrize("code", [b"", b"not machine code", b"\x80\x05]\x94."])
def test_code_that_cannot_be_read_is_made_again(monkeypatch, tmp_path, code):
    function = make(monkeypatch, tmp_path)
    folders.keep_code("test_kept_code.double", processor(), code)
    assert function(2.0) == 4.0
    assert was_compiled(function)


@pytest.mark.unit
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other rights")
def test_code_where_others_can_write_is_not_run(monkeypatch, tmp_path):
    make(monkeypatch, tmp_path)(1.0)
    folders.compiled_folder().chmod(0o777)
    function = make(monkeypatch, tmp_path)
    assert function(2.0) == 4.0
    assert was_compiled(function)
    found = check_engine()
    assert not found.good
    assert "other users can write there" in found.text


@pytest.mark.unit
def test_code_under_the_name_of_another_function_is_not_run(monkeypatch, tmp_path):
    make(monkeypatch, tmp_path)(1.0)
    (kept,) = tmp_path.rglob(f"*{folders.ENDING}")
    assert list(folders.find_code("test_kept_code.double", processor()))
    kept.rename(kept.with_name(kept.name.replace("double", "halve")))
    assert not list(folders.find_code("test_kept_code.halve", processor()))


@pytest.mark.unit
def test_code_that_came_with_the_wheel_serves_whoever_has_none(monkeypatch, tmp_path):
    make(monkeypatch, tmp_path)(1.0)
    (kept,) = tmp_path.rglob(f"*{folders.ENDING}")
    shipped = tmp_path / "wheel" / kept.parent.name / f"test_kept_code.double.generic{folders.ENDING}"
    assert keep(shipped, read(kept))
    monkeypatch.setattr(folders, "SHIPPED", shipped.parent.parent)
    function = make(monkeypatch, tmp_path / "empty")
    assert function(2.0) == 4.0
    assert not was_compiled(function)


@pytest.mark.unit
def test_a_folder_that_cannot_be_written_is_no_fault(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    assert make(monkeypatch, tmp_path / "file")(2.0) == 4.0


@pytest.mark.unit
def test_a_copy_elsewhere_uses_the_same_code_and_a_changed_one_does_not(tmp_path):
    copy = tmp_path / "elsewhere" / "sencosim"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__", "*.csv", "*.code"))
    assert python(SAY_FINGERPRINT, PYTHONPATH=str(copy.parent)).strip() == folders.fingerprint()
    rule = copy / "rules" / "absence.py"
    rule.write_text(rule.read_text() + "\n")
    assert python(SAY_FINGERPRINT, PYTHONPATH=str(copy.parent)).strip() != folders.fingerprint()


@pytest.mark.engine
def test_code_for_any_processor_gives_the_same_bits(tmp_path):
    path = {"PYTHONPATH": str(PACKAGE.parent), folders.FOLDER: str(tmp_path)}
    anywhere = python(SAY_BITS, NUMBA_CPU_NAME="generic", **path)
    assert {one.name.split(".")[-2] for one in tmp_path.rglob(f"*{folders.ENDING}")} == {"generic"}
    assert anywhere == python(SAY_BITS, **path | {folders.FOLDER: str(tmp_path / "native")})


@pytest.mark.unit
def test_versions_used_longest_ago_go(tmp_path):
    for age in range(folders.KEPT + 3):
        (tmp_path / f"version{age}").mkdir()
        os.utime(tmp_path / f"version{age}", (1e9 - age, 1e9 - age))
    folders.prune(tmp_path)
    folders.prune(tmp_path)
    assert {one.name for one in tmp_path.iterdir()} == {f"version{age}" for age in range(folders.KEPT)}


@pytest.mark.unit
def test_the_engine_is_ready_only_when_every_entry_is_on_disk(monkeypatch, tmp_path):
    monkeypatch.setenv(folders.FOLDER, str(tmp_path))
    monkeypatch.setattr(folders, "SHIPPED", tmp_path)
    names = [name for half in HALVES for name in half]
    for name in names:
        assert not is_compiled()
        folders.keep_code(f"step.{name}", processor(), b"code")
    assert is_compiled()


@part
def long_part(number):
    for _ in range(3):
        number = math.sin(number) + math.cos(2.0 * number) * math.tan(3.0 * number) - math.exp(-number * number)
        number = math.log(1.0 + number * number) + math.sin(5.0 * number) / (2.0 + math.cos(7.0 * number))
        number = math.atan(number) * math.sinh(number / 9.0) + math.sqrt(abs(number)) - math.cosh(number / 8.0)
    return number


def calls_a_part(number):
    return long_part(number) + long_part(number + 1.0) * long_part(number - 1.0) - long_part(2.0 * number)


@pytest.mark.unit
def test_no_part_is_seen_by_code_that_another_process_made(monkeypatch, tmp_path):
    """Parts are named by counters of a process: another's part of the same name would be taken for it, and crash."""
    monkeypatch.setenv(folders.FOLDER, str(tmp_path))
    whole = compiled("float64(float64)")(calls_a_part)
    whole.make()
    (result,) = whole.overloads.values()
    parts = [
        one for one in result.library._final_module.functions if "long_part" in one.name and not one.is_declaration
    ]
    assert parts  # too long to go into its callers
    assert {one.linkage for one in parts} == {Linkage.internal}


@pytest.mark.unit
@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="Linux alone reads this variable.")
def test_a_relative_cache_folder_is_not_the_current_one(monkeypatch, tmp_path):
    """Code is kept there, and the current folder may be somebody else's."""
    monkeypatch.chdir(tmp_path)
    for named in (".", ".cache", ""):
        monkeypatch.setenv("XDG_CACHE_HOME", named)
        assert user_cache() == Path.home() / ".cache" / "sencosim"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert user_cache() == tmp_path / "sencosim"


@pytest.mark.unit
@pytest.mark.parametrize("named", ["code", "./code", "."])
def test_code_in_the_current_folder_is_neither_run_nor_kept(monkeypatch, tmp_path, named):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(folders, "user_cache", lambda: tmp_path / "own")
    monkeypatch.setenv(folders.FOLDER, named)
    assert folders.compiled_folder() == tmp_path / "own/compiled" / folders.fingerprint()
    folders.keep_code("test_kept_code.double", processor(), b"code")
    assert [path.name for path in tmp_path.iterdir()] == ["own"]
    assert folders.is_kept("test_kept_code.double", processor())
