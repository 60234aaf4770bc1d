"""The page of libraries: version, licence and what each is for.

``python docs/dependencies.py`` reads the licences from what is installed into ``licences.csv``; the page is made from
that file and the pins, so that it does not depend on the machine.
"""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import Distribution, distributions
from pathlib import Path

from hashes import pins, plain

FOLDER = Path(__file__).resolve().parent
LICENCES = FOLDER / "licences.csv"
COLUMNS = ("name", "licence", "needed_by")
WHAT_FOR = {"": "every run"} | {
    "pack": "results packs and comparisons",
    "calibrate": "the calibration",
    "research": "studies",
    "cluster": "`--cluster`",
    "site": "the site",
    "dev": "tests and checks",
}
_CLASSIFIER = "License :: OSI Approved :: "
_NAME = re.compile(r"^[A-Za-z0-9._-]+")


def licence_of(one: Distribution) -> str:
    """Licence as a library names it: its expression, else its classifiers, else the first line of its text."""
    told = one.metadata
    classified = [text.removeprefix(_CLASSIFIER) for text in told.get_all("Classifier", []) if _CLASSIFIER in text]
    first = (told.get("License") or "").strip().split("\n", maxsplit=1)[0][:60]
    return told.get("License-Expression") or "; ".join(classified) or first or "not said"


def installed() -> dict[str, Distribution]:
    """What is installed, by name as it is compared."""
    return {plain(one.metadata["Name"]): one for one in distributions()}


def asked() -> dict[str, str]:
    """Group of ``pyproject.toml`` that asks for a library, by its name; none is ``""``."""
    project = tomllib.loads((FOLDER.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    groups = {"": project["dependencies"], **project["optional-dependencies"]}
    found: dict[str, str] = {}
    for group, wanted in groups.items():
        for text in wanted:
            found.setdefault(plain(_NAME.match(text)[0]), group)
    return found


def rows() -> Iterator[tuple[str, str, str]]:
    """Name, licence and what needs it, of each pin that is installed; the rest as it was written before."""
    here, before = installed(), {row["name"]: row for row in read()}
    needs: dict[str, set[str]] = {}
    for name, one in here.items():
        for text in one.requires or ():
            if "extra ==" not in text:
                needs.setdefault(plain(_NAME.match(text)[0]), set()).add(name)
    known = {plain(pin.partition("==")[0]) for pin in pins()}
    for pin in pins():
        name = pin.partition("==")[0]
        one = here.get(plain(name))
        if one is not None:
            yield name, licence_of(one), " ".join(sorted(needs.get(plain(name), set()) & known))
        else:
            yield name, *((before[name]["licence"], before[name]["needed_by"]) if name in before else ("not said", ""))


def read() -> list[dict[str, str]]:
    """What is written."""
    if not LICENCES.is_file():
        return []
    with LICENCES.open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))


def page() -> str:
    """Write the page."""
    told, groups = {row["name"]: row for row in read()}, asked()
    lines = [
        "# Libraries",
        "",
        "Made by `make docs` from `constraints.txt`, `pyproject.toml` and the licences that libraries state.",
        "The licence of sencosim itself is in `LICENSE`. Digests of the files are in `hashes.txt`: see `SECURITY.md`.",
        "",
        "| Library | Version | Licence | Needed for |",
        "|---|---|---|---|",
    ]
    for pin in pins():
        name, _, version = pin.partition("==")
        group = groups.get(plain(name))
        needed = ", ".join(told[name]["needed_by"].split())
        used = WHAT_FOR[group] if group is not None else f"needed by {needed}" if needed else "tests and checks"
        lines.append(f"| {name} | {version} | {told[name]['licence'].replace('|', ',')} | {used} |")
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    content = [dict(zip(COLUMNS, row, strict=True)) for row in rows()]
    with LICENCES.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(content)
