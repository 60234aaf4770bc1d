"""What came of the mutants: counts by package, the share that a test notices, and each that none does."""

from __future__ import annotations

import json
from math import sqrt
from pathlib import Path
from typing import Any

import pandas as pd

from mutants.places import ROOT

RESULTS = ROOT / "mutants" / "results"
NO_PROGRAM, EQUIVALENT = "no program", "Equivalent"
SHOWN = ("killed", "time out", "incompetent")
"""What shows in a run of the tests."""


def wilson(hits: int, n: int, z: float = 1.959964) -> tuple[float, float]:
    """Interval of a share. [share, of 95 %]"""
    share, spread = hits / n, z * z / n
    middle, half = share + spread / 2, z * sqrt(share * (1 - share) / n + spread / (4 * n))
    return (middle - half) / (1 + spread), (middle + half) / (1 + spread)


def table(found: pd.DataFrame, facts: dict[str, Any], before: Path) -> dict[str, Any]:
    """Counts by package, the share that a test notices, and each mutant that none does, with the reason that is kept.

    Reasons are written by hand into the file of results. One that begins with :data:`EQUIVALENT` says that the mutant
    does the same as the program, so no test can notice it.
    """
    kept = json.loads(before.read_text(encoding="utf-8")) if before.exists() else {"survivors": []}
    reasons = {one["mutant"]: one["reason"] for one in kept["survivors"]}
    found = found[found["verdict"] != NO_PROGRAM]
    shown = found["verdict"].isin(SHOWN)
    same = found["mutant"].map(reasons).fillna("").str.startswith(EQUIVALENT) & ~shown
    survivors = found[~shown].sort_values("mutant").to_dict("records")
    return facts | {
        "mutants": len(found),
        "equivalent": int(same.sum()),
        "noticed": _share(shown),
        "noticed_of_those_that_do_otherwise": _share(shown[~same]),
        "verdicts": {
            str(package): {str(name): int(n) for name, n in part["verdict"].value_counts().items()}
            for package, part in found.groupby("package")
        },
        "survivors": [
            {name: row[name] for name in ("mutant", "verdict", "before", "after")}
            | {"reason": reasons.get(row["mutant"], "")}
            for row in survivors
        ],
    }


def _share(shown: pd.Series) -> dict[str, float]:
    low, high = wilson(int(shown.sum()), len(shown))
    return {"share": round(float(shown.mean()), 4), "low": round(low, 4), "high": round(high, 4)}
