"""Hours of runs, kills, resumes and packs in one process: nothing grows, nothing is left behind, nothing differs."""

from __future__ import annotations

import gc
import json
import os
import shutil
import signal
import sys
import time
from pathlib import Path
from statistics import median

import psutil
import pytest
from click.testing import CliRunner
from experiment.commands import NO_COMMIT, start
from experiment.same_bytes import differences, emptied, the_run

from sencosim.cli import main
from sencosim.randomness import uniform

pytestmark = [
    pytest.mark.study,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has other signals"),
]

MINUTES = float(os.environ.get("SENCOSIM_SOAK_MINUTES", "60"))
GROWS = 0.1
"""Most by which the last quarter may be above the third. In the first half caches of bounded size fill, the largest
of them, 512 price books, in some 40 rounds. [share]"""
ENDS_WITHIN = 300.0
"""Seconds in which a run ends that was asked to, however busy the machine."""
LONGEST = 12.0
"""Seconds until a kill, at most: as long as the smaller runs take."""


def words_of(cycle: int) -> tuple[str, ...]:
    small = (
        "--council",
        "Rutland",
        "--years",
        str(1 + cycle % 4),
        "--replications",
        "2",
        "--draws",
        str(2 + cycle % 7),
    )
    return ("run", "full_time", *small, "--headline-only", "--seed", str(cycle), "--workers", "2", "-q")


def call(folder: Path, monkeypatch: pytest.MonkeyPatch, *words: str) -> None:
    """Run a command in this process, as the command line would."""
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "argv", ["sencosim", *words])
    result = CliRunner().invoke(main, list(words))
    assert result.exit_code == 0, result.stderr


def killed(folder: Path, words: tuple[str, ...], cycle: int) -> str:
    """Start a run elsewhere and kill it and its workers at a random moment. [id of what is left, or blank]"""
    process = start(*words, folder=folder)
    end = time.monotonic() + LONGEST * uniform(11, cycle, 0, 0, 0)
    while time.monotonic() < end and process.poll() is None:
        time.sleep(0.05)
    one = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)[cycle % 3]
    process.send_signal(one)
    process.communicate(timeout=ENDS_WITHIN)
    left = [path.name[1 : -len(".running")] for path in folder.glob("outputs/full_time/.*.running")]
    return left[0] if left else ""


def measured(own: psutil.Process, began: float, folder: Path) -> dict[str, float]:
    gc.collect()
    children = own.children(recursive=True)
    return {
        "minutes": round((time.monotonic() - began) / 60.0, 2),
        "rss_mb": round(own.memory_info().rss / 2**20, 1),
        "files": own.num_fds(),
        "threads": own.num_threads(),
        "children": len([one for one in children if "resource_tracker" not in " ".join(one.cmdline())]),
        "temporary": len(list((folder / "tmp").iterdir())),
    }


def test_nothing_grows_or_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    monkeypatch.setattr("tempfile.tempdir", None)
    for name, value in NO_COMMIT.items():
        monkeypatch.setenv(name, value)
    own, began = psutil.Process(), time.monotonic()
    seen: list[dict[str, float]] = []
    resumed = half_written = cycle = 0
    while time.monotonic() - began < 60.0 * MINUTES:
        words, (once, stopped) = words_of(cycle), (emptied(tmp_path / name) for name in ("once", "stopped"))
        call(once, monkeypatch, *words)
        left = killed(stopped, words, cycle)
        if left:
            resumed += 1
            call(stopped, monkeypatch, "run", "--resume", left, "-q", "--workers", "1")
        for half_done in stopped.glob("outputs/full_time/.*.partial"):  # of a kill while the report was written
            shutil.rmtree(half_done)
            half_written += 1
        if list(stopped.glob("outputs/full_time/*/manifest.json")):
            assert not differences(the_run(once / "outputs"), the_run(stopped / "outputs")), (cycle, words)
        call(once, monkeypatch, "pack", "full_time")
        seen.append(
            {"cycle": cycle, "resumed": resumed, "half_written": half_written, **measured(own, began, tmp_path)}
        )
        sys.stdout.write(f"{json.dumps(seen[-1])}\n")
        sys.stdout.flush()
        cycle += 1
    quarter = max(1, len(seen) // 4)
    memory = [one["rss_mb"] for one in seen]
    quarters = [median(memory[part * quarter : (part + 1) * quarter] or memory) for part in range(4)]
    sys.stdout.write(f"{cycle} cycles, {resumed} resumes; memory by quarter {quarters} MB\n")
    assert quarters[3] <= (1.0 + GROWS) * quarters[2]
    assert max(one["children"] for one in seen) == 0
    assert max(one["temporary"] for one in seen) == 0
    assert seen[-1]["files"] <= seen[len(seen) // 4]["files"] + 2
    assert seen[-1]["threads"] <= seen[len(seen) // 4]["threads"] + 2
