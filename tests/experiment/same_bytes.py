"""Two folders of finished runs compared to the byte, but for what says which of the two it is and when it was made."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

from sencosim.experiment.finished import MANIFEST
from sencosim.experiment.store import DATASET, Store
from sencosim.experiment.totals import same_pair

OWN = ("run_id", "written_at", "seconds", "files")
"""Facts of the manifest that two equal runs do not share: name, times, and the digests of files that say them."""
SAID_IN_TEXTS = ("run_id", "written_at")
"""Those of them that reports and charts say; their own words are put for them."""
TIME_TAKEN = re.compile(rb"(Processor time of the simulations, seconds</dt><dd>)[0-9.,]+")
"""In a report."""


def essence(folder: Path, further: tuple[str, ...] = ()) -> dict[str, bytes]:
    """Content of every file of a finished run but the dataset, without its name and times, and further facts."""
    facts = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    kept = {name: path.read_bytes() for name, path in found.items() if not name.startswith(f"{DATASET}/")}
    for own in (*SAID_IN_TEXTS, *further):
        kept = {name: content.replace(facts[own].encode(), own.encode()) for name, content in kept.items()}
    kept["report.html"] = TIME_TAKEN.sub(rb"\1", kept["report.html"])
    told = {key: value for key, value in facts.items() if key not in (*OWN, *further)}
    return kept | {MANIFEST: json.dumps(told, sort_keys=True).encode()}


def differences(one: Path, other: Path, further: tuple[str, ...] = ()) -> list[str]:
    """Files that differ, or are in one folder alone, and pairs of runs that differ in any bit; in order.

    ``further`` facts of the manifest may differ where the command itself does.
    """
    first, second = essence(one, further), essence(other, further)
    files = [name for name in sorted({*first, *second}) if first.get(name) != second.get(name)]
    return files + pairs_that_differ(Store(one, "one"), Store(other, "other"))


def pairs_that_differ(one: Store, other: Store) -> list[str]:
    """Jobs that one of the stores does not have, or that gave anything else. How pairs are cut into files is chance."""
    first, second = set(one.jobs()), set(other.jobs())
    missing = [f"{job.name} is in one alone" for job in sorted(first ^ second)]
    return missing + [job.name for job in sorted(first & second) if not same_pair(one.read(job), other.read(job))]


def the_run(out: Path) -> Path:
    """The one finished run below a folder of results; nothing of it may have been left half-done."""
    (manifest,) = out.glob(f"*/*/{MANIFEST}")
    left = [path.name for path in out.glob("*/.*")]
    assert not left, left
    return manifest.parent


def emptied(folder: Path) -> Path:
    """The same folder with nothing in it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
