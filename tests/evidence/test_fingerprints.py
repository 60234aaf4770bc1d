"""No value of the evidence moves without a fingerprint that moves too."""

from __future__ import annotations

import os
import py_compile
import shutil
import subprocess
import sys
import time
from pathlib import Path
from py_compile import PycInvalidationMode

import pytest

import sencosim
from sencosim.errors import InputError, OutputError
from sencosim.evidence.appraisal import APPRAISAL_FILE
from sencosim.evidence.register import _differing
from sencosim.fingerprint import _code_on_disk, check_as_read, check_still, code_fingerprint, made_with, program_files
from sencosim.since import COMPARED, MOMENT, _modules, changed_since, files_below, of_another_text

pytestmark = pytest.mark.unit
EVIDENCE = Path(sencosim.__file__).parent / "evidence"


@pytest.mark.parametrize("name", [APPRAISAL_FILE, "base_year.yaml", "views/central.yaml", "views/sceptic.yaml"])
def test_views_and_rates_are_part_of_what_computes(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / "evidence"
    shutil.copytree(EVIDENCE, copy, ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    monkeypatch.setattr("sencosim.fingerprint.evidence_folder", lambda: copy)
    before = _code_on_disk()
    (copy / name).write_text((copy / name).read_text(encoding="utf-8") + "# other\n", encoding="utf-8")
    assert _code_on_disk() != before


@pytest.mark.parametrize("name", ["posterior/councils.csv", "views/central.yaml", "areas/postcodes.csv"])
def test_figures_in_a_linked_folder_are_part_of_what_computes(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where several folders of evidence share one."""
    copy, shared = tmp_path / "evidence", tmp_path / "shared"
    shutil.copytree(EVIDENCE, copy, ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    monkeypatch.setattr("sencosim.fingerprint.evidence_folder", lambda: copy)
    before = _code_on_disk()
    (copy / name).parent.rename(shared)
    (copy / name).parent.symlink_to("../shared")
    assert _code_on_disk() == before
    assert _differing.__wrapped__(copy) == ()
    file = shared / Path(name).name
    file.write_text(file.read_text(encoding="utf-8") + "# other\n", encoding="utf-8")
    assert _code_on_disk() != before
    assert _differing.__wrapped__(copy) == (name,)


def test_code_in_a_linked_folder_is_part_of_what_computes(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sencosim.fingerprint.PACKAGE", package)
    (package / "inner").rename(package.parent / "rules")
    (package / "rules").symlink_to("../rules")
    (package.parent / "rules/again").symlink_to("..")  # a circle ends
    (package / "nowhere.py").symlink_to("gone.py")
    (package / "itself.py").symlink_to("itself.py")
    linked = package / "rules/innermost/rates.py"
    assert linked in program_files()
    assert linked in _modules.__wrapped__()
    assert files_below(package, ".py") == [package / "rates.py", linked]


def test_a_link_to_package_or_evidence_that_is_turned_is_not_followed(tmp_path: Path) -> None:
    """As where a new version is put in place by turning a link, and back."""
    package = Path(sencosim.__file__).parent
    for number in "12":
        (tmp_path / number).mkdir()
        shutil.copytree(EVIDENCE, tmp_path / number / "evidence", ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    shutil.copytree(package, tmp_path / "1" / "sencosim", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "current").symlink_to("1")
    here = os.environ | {
        "PYTHONPATH": str(tmp_path / "current"),
        "SENCOSIM_EVIDENCE": str(tmp_path / "current/evidence"),
    }
    done = subprocess.run(
        [sys.executable, "-c", TURNED, str(tmp_path)],
        env=here,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == str((tmp_path / "1/sencosim/units.py").resolve())
    assert "This process has read the evidence in" in done.stdout


TURNED = """
import sys
from pathlib import Path
from sencosim.evidence.register import evidence_folder
evidence_folder()
link = Path(sys.argv[1]) / "current"
link.unlink()
link.symlink_to("2")
import sencosim.units
print(sencosim.units.__file__)
try:
    evidence_folder()
except Exception as error:
    print(error)
"""


def test_nothing_is_written_by_files_that_changed_while_they_were_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of the modules of a run are read when it begins, and half when it is written."""
    facts = made_with()
    check_still(facts)
    monkeypatch.setattr("sencosim.fingerprint.LIBRARIES", ())
    with pytest.raises(OutputError, match=r"changed while this ran \(other code\)"):
        check_still(facts)
    check_still({**facts, "code_fingerprint": "of the run that is made again"})


def test_files_that_changed_since_a_process_began_make_it_no_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rates are read when the package is, and their fingerprint is taken when a run begins."""
    copy = tmp_path / "evidence"
    shutil.copytree(EVIDENCE, copy, ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    monkeypatch.setattr("sencosim.fingerprint.evidence_folder", lambda: copy)
    time.sleep(0.05)  # the system counts in steps of some hundredths of a second
    monkeypatch.setattr(sencosim, "BEGAN", time.time())
    assert code_fingerprint.__wrapped__() == _code_on_disk()
    time.sleep(0.05)
    for name in (APPRAISAL_FILE, "workload.yaml"):
        (copy / name).write_text((copy / name).read_text(encoding="utf-8") + "# other\n", encoding="utf-8")
        with pytest.raises(InputError, match=rf"changed since this process began: .*{name}.* start a new process"):
            code_fingerprint.__wrapped__()


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A module, and no memory of what was compared."""
    monkeypatch.setattr("sencosim.since.user_cache", lambda: tmp_path / "cache")
    path = tmp_path / "rate.py"
    path.write_text("RATE = 1.0\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("later", ["text", "compiled", "both"])
def test_a_module_that_python_runs_as_it_was_before_is_noticed(later: str, source: Path) -> None:
    """Python takes a compiled file by the time and the size of its source; rights and copies move its other date."""
    assert of_another_text([source]) == []
    compiled = Path(py_compile.compile(str(source), doraise=True))
    date, before = source.stat().st_mtime_ns, compiled.read_bytes()
    assert of_another_text([source]) == []
    texts = (("RATE = 1.0\n", []), ("RATE = 1.5\n", [source]), ("RATE = 1.25\n", []), ("RATE = 1.5\n", [source]))
    for text, others in (*texts, ("RATE = 1.0\n", []), ("RATE = 1,)\n", [source])):
        source.write_text(text, encoding="utf-8")
        os.utime(source, ns=(date, date))
        for path in {"text": [source], "compiled": [compiled], "both": [source, compiled]}[later]:
            path.chmod(0o644)
        assert of_another_text([source]) == others, text
    assert compiled.read_bytes() == before


@pytest.mark.parametrize("kind", PycInvalidationMode)
@pytest.mark.parametrize("policy", ["default", "never", "always"])
def test_a_compiled_file_that_python_never_compares_is_compared(
    kind: PycInvalidationMode, policy: str, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    py_compile.compile(str(source), invalidation_mode=kind, doraise=True)
    code = f"import sys; sys.path[:0] = [{str(source.parent)!r}]; import rate; print(rate.RATE)"
    source.write_text("RATE = 1.25\n", encoding="utf-8")
    told = ["--check-hash-based-pycs", policy, "-c", code]
    ran = subprocess.run([sys.executable, *told], capture_output=True, text=True, check=True).stdout.strip()
    monkeypatch.setattr("_imp.check_hash_based_pycs", policy)
    assert of_another_text([source]) == ([source] if ran == "1.0" else [])


def test_what_was_compared_once_is_not_compiled_again(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Path] = []
    monkeypatch.setattr("sencosim.since._is_compiled_from", lambda text, path, compiled: not asked.append(path))  # noqa: ARG005
    py_compile.compile(str(source), doraise=True)
    for _ in range(2):
        assert of_another_text([source]) == []
        assert asked == [source]
    kept = tmp_path / "cache" / COMPARED
    kept.write_bytes(kept.read_bytes()[:-1] + b"\0")  # it is not as it was written, so it counts for nothing
    assert of_another_text([source]) == []
    assert asked == [source, source]


@pytest.mark.parametrize("way", ["moved here", "put back", "dated ahead", "deleted"])
def test_a_file_that_was_another_for_a_while_is_noticed_whatever_its_date(
    way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    older, file, other = time.time() - 1000.0, tmp_path / "levels.csv", tmp_path / "other.csv"
    for path in (file, other):
        path.write_text(path.name, encoding="utf-8")
        os.utime(path, (older, older))
    monkeypatch.setattr("sencosim.fingerprint._watched", lambda _: (file,))
    time.sleep(0.05)
    monkeypatch.setattr(sencosim, "BEGAN", time.time())
    facts = made_with()
    check_as_read()
    check_still(facts)
    time.sleep(0.05)
    if way == "moved here":
        shutil.move(other, file)
    elif way == "deleted":
        file.unlink()
    else:
        file.write_text("other", encoding="utf-8")
        file.write_text("levels.csv", encoding="utf-8")
        date = older if way == "put back" else time.time() + 1000.0
        os.utime(file, (date, date))
    with pytest.raises(InputError, match=r"since this process began: levels\.csv"):
        check_as_read()
    with pytest.raises(OutputError, match=r"changed while this ran \(levels\.csv\)"):
        check_still(facts)


def wait() -> None:
    """Until the next step is of another moment."""
    time.sleep(2.0 * MOMENT)


def away_and_back(folder: Path) -> None:
    """Rename a folder, put another in its place, and put it back."""
    aside, other = folder.with_name("aside"), folder.with_name("other")
    shutil.copytree(folder, other)
    folder.rename(aside)
    other.rename(folder)
    folder.rename(other)
    aside.rename(folder)
    shutil.rmtree(other)


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package of three folders, read by a process that has begun."""
    root = tmp_path / "package"
    (root / "inner/innermost").mkdir(parents=True)
    for folder in (root, root / "inner/innermost"):
        (folder / "rates.py").write_text("RATE = 1.0\n", encoding="utf-8")
    monkeypatch.setattr("sencosim.since.PACKAGE", root)
    wait()
    monkeypatch.setattr(sencosim, "BEGAN", time.time())
    wait()
    return root


@pytest.mark.parametrize("name", [".", "inner", "inner/innermost"])
def test_a_folder_that_was_another_for_a_while_is_noticed(name: str, package: Path) -> None:
    files = sorted(package.rglob("*.py"))
    dates = [(path.stat().st_mtime, path.stat().st_ctime) for path in files]
    assert changed_since(files) == []
    away_and_back(package / name)
    assert [(path.stat().st_mtime, path.stat().st_ctime) for path in files] == dates
    assert changed_since(files) == [path for path in files if path.is_relative_to(package / name)]


@pytest.mark.parametrize("link", ["rates.py", "inner", "inner/innermost", "far", "farther"])
def test_a_link_in_the_package_that_was_turned_for_a_while_is_noticed(
    link: str, package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its files keep their dates. A link may lead through others, which stand elsewhere."""
    away = package.parent / "versions"
    shutil.copytree(package, away / "1")
    shutil.copytree(package, away / "2")
    turned = package / link
    if link.startswith("far"):
        turned = package.parent / "current"
        turned.symlink_to("versions/1")
        (package.parent / "step").symlink_to("current")
        shutil.rmtree(package / "inner")
        (package / "inner").symlink_to("../current/inner" if link == "far" else package.parent / "step/inner")
    else:
        shutil.rmtree(turned) if turned.is_dir() else turned.unlink()
        turned.symlink_to(away / "1" / link)
    before, files = turned.readlink(), [package / "rates.py", package / "inner/innermost/rates.py"]
    wait()
    monkeypatch.setattr(sencosim, "BEGAN", time.time())
    wait()
    assert changed_since(files) == []
    for target in (before.parent / "2" if link.startswith("far") else away / "2" / link, before):
        turned.unlink()
        turned.symlink_to(target)
    assert changed_since(files) == [path for path in files if (path == package / "rates.py") == (link == "rates.py")]


def test_a_linked_folder_that_was_another_for_a_while_is_noticed(
    package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = package.parent / "shared/inner"
    shared.parent.mkdir()
    (package / "inner").rename(shared)
    (package / "inner").symlink_to(shared)
    files = [package / "rates.py", package / "inner/innermost/rates.py"]
    wait()
    monkeypatch.setattr(sencosim, "BEGAN", time.time())
    wait()
    assert changed_since(files) == []
    away_and_back(shared)
    assert changed_since(files) == files[1:]


def test_what_people_and_python_do_to_a_folder_while_it_is_read_raises_no_alarm(package: Path) -> None:
    """Compiled files and folders of them, from several processes; rights; work next to the package."""
    files = sorted(package.rglob("*.py"))
    for folder in sorted({path.parent for path in files}):
        compiled = folder / "__pycache__"
        compiled.mkdir()
        for _ in range(2):  # Python writes under a name of its own, and renames that
            (compiled / "rates.pyc.1").write_bytes(b"compiled")
            (compiled / "rates.pyc.1").replace(compiled / "rates.pyc")
        assert changed_since(files) == []
    for folder in (package, package / "inner"):
        wait()
        folder.chmod(0o755)
        assert changed_since(files) == []
    wait()
    (package.parent / "outputs").mkdir()
    (package / "inner/inner.tmp").touch()
    (package / "inner/inner.tmp").unlink()
    assert changed_since(files) == []
