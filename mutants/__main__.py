"""Change the program on purpose, one place at a time, and see whether a test notices: the mutation study.

``python -m mutants trace`` runs the tests once and keeps which test runs which line, and for how long.
``python -m mutants run --seed 23 --number 500`` draws places, mutates a copy of the tree and runs the tests that run
the changed line, shortest first. ``python -m mutants again`` runs on mutants that survived what was left out: compiled
code, and all files of tests that name the module. ``python -m mutants table`` keeps what came out in ``results/``,
where the reader gives each survivor a reason. A study that was stopped goes on.
"""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime
from functools import partial
from itertools import takewhile

import pandas as pd

try:
    from mutants.judging import again, at_once, known, run
    from mutants.places import drawn
    from mutants.results import RESULTS, SHOWN, table
    from mutants.tracing import SUITES, suite_of, trace
except ModuleNotFoundError as missing:
    raise SystemExit(
        f"The mutation study needs {missing.name}: python -m pip install -c constraints.txt -r mutants/requirements.txt"
    ) from missing


def main() -> None:
    """Do what is asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("trace", "run", "again", "table"))
    parser.add_argument("--seed", type=int, default=23)
    parser.add_argument("--number", type=int, default=500)
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    log, later = RESULTS / f"{asked.seed}.jsonl", RESULTS / f"{asked.seed}-again.jsonl"
    if asked.what == "trace":
        for suite in SUITES:
            at_once([partial(trace, suite)])
        return
    mutants, places = drawn(asked.seed, asked.number)
    if asked.what == "run":
        for suite in SUITES:
            run([one for one in mutants if suite_of(one) == suite], asked.workers, log, suite == "plain")
        return
    first = {one["mutant"]: one for one in known(log)}
    settled = {one["mutant"]: one for one in known(later)}
    if asked.what == "again":
        left = [one for one in mutants if first[one.key]["verdict"] not in SHOWN and one.key not in settled]
        again(left, later)
        return
    found = list(
        takewhile(bool, ({**first[one.key], **settled.get(one.key, {})} for one in mutants if one.key in first))
    )
    facts = {"seed": asked.seed, "date": f"{datetime.now(UTC):%Y-%m-%d}", "places": places}
    results = RESULTS / f"{asked.seed}.json"
    results.write_text(json.dumps(table(pd.DataFrame(found), facts, results), indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
