"""Measure, and write the page.

python -m benchmarks                        everything, then docs/performance.md; some 25 minutes
python -m benchmarks --only schools sweep   these sections only; the rest of the page stays as it was
python -m benchmarks --quick                try everything out, into outputs/benchmarks; some five minutes
python -m benchmarks --page                 measure nothing, write the page
"""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.alone import ROOT
from benchmarks.page import page
from benchmarks.results import FOLDER, Results, circumstances
from benchmarks.sections import FULL, QUICK, SECTIONS, Extent, say
from benchmarks.tracer.compare import compare, write_csv

TRACER = "tracer"
NAMES = (TRACER, *SECTIONS)


def measure(names: list[str], extent: Extent, results: Results, quick: bool) -> None:
    """Run sections; keep what each measured, and write the page, before the next begins."""
    for name in names:
        seen = circumstances()
        say(f"== {name}")
        if name == TRACER:
            write_csv(*compare(extent.tracer_quick, extent.repeats), results.folder)
        else:
            results.write(name, SECTIONS[name](extent))
        results.sign(name, quick, seen)
        write_page(results)


def target_of(folder: Path) -> Path:
    """Where the page of a folder of measurements belongs: in the documentation only if they are the project's own."""
    return ROOT / "docs" / "performance.md" if folder.resolve() == FOLDER else folder / "performance.md"


def write_page(results: Results) -> Path:
    """Write the page of a folder of measurements. Gives where."""
    target = target_of(results.folder)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(page(results), encoding="utf-8")
    return target


def main(words: list[str] | None = None) -> None:
    """Parse, measure, write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure how fast sencosim is.")
    parser.add_argument("--quick", action="store_true", help="try everything out in five minutes; not for quoting")
    parser.add_argument("--only", nargs="+", choices=NAMES, metavar="NAME", help=f"of {', '.join(NAMES)}")
    parser.add_argument("--repeats", type=int, help="runs of each job, of which the median counts")
    parser.add_argument("--out", type=Path, help="folder for the CSV files; its page is written alongside them")
    parser.add_argument("--page", action="store_true", help="measure nothing, write the page from what is there")
    options = parser.parse_args(words)
    out = options.out or (Path("outputs/benchmarks") if options.quick else FOLDER)
    if options.quick and out.resolve() == FOLDER:
        parser.error(
            f"--quick does not write into {FOLDER.relative_to(ROOT)}, whose figures are quoted: choose another"
        )
    results = Results(out)
    if not options.page:
        extent = QUICK if options.quick else FULL
        if options.repeats:
            extent = extent.repeated(options.repeats)
        if not options.only:
            results.clear()
        measure(options.only or list(NAMES), extent, results, options.quick)
    print(write_page(results))


if __name__ == "__main__":
    main()
