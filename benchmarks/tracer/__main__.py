"""Race the engines.

python -m benchmarks.tracer --quick
python -m benchmarks.tracer --out FOLDER
"""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.tracer.compare import compare, write


def main() -> None:
    """Parse, run, write, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.tracer", description="Race simulation engines.")
    parser.add_argument("--quick", action="store_true", help="132 schools only, without the slowest engines; a minute")
    parser.add_argument("--repeats", type=int, default=3, help="runs of each engine, of which the median counts")
    parser.add_argument("--out", type=Path, default=Path("outputs/tracer"), help="folder for tracer.csv and tracer.md")
    arguments = parser.parse_args()
    rows, skipped = compare(arguments.quick, arguments.repeats)
    print(write(rows, skipped, arguments.out))


if __name__ == "__main__":
    main()
