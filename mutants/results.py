"""What came of the mutants: counts by package, the share that a test notices, and each that none does."""

from __future__ import annotations

import json
from math import sqrt
from typing import Any

import pandas as pd

from mutants.places import ROOT

RESULTS = ROOT / "mutants" / "results" / "mutants.json"
SHOWN = ("killed", "time out", "incompetent")
"""What shows in a run of the tests."""


def wilson(hits: int, n: int, z: float = 1.959964) -> tuple[float, float]:
    """Interval of a share. [share, of 95 %]"""
    share, spread = hits / n, z * z / n
    middle, half = share + spread / 2, z * sqrt(share * (1 - share) / n + spread / (4 * n))
    return (middle - half) / (1 + spread), (middle + half) / (1 + spread)


def table(found: pd.DataFrame, facts: dict[str, Any]) -> dict[str, Any]:
    """Counts by package, the share that showed with its interval, and each that did not, with the reason that is kept.

    Reasons are written by hand into the file of results.
    """
    kept = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {"survivors": []}
    reasons = {one["mutant"]: one.get("reason", "") for one in kept["survivors"]}
    shown = found["verdict"].isin(SHOWN)
    low, high = wilson(int(shown.sum()), len(found))
    left = found[~shown].sort_values("mutant")
    return facts | {
        "mutants": len(found),
        "shown": int(shown.sum()),
        "share": round(float(shown.mean()), 4),
        "share_low": round(low, 4),
        "share_high": round(high, 4),
        "verdicts": {
            str(package): {str(name): int(n) for name, n in part["verdict"].value_counts().items()}
            for package, part in found.groupby("package")
        },
        "survivors": [
            {name: row[name] for name in ("mutant", "before", "after")} | {"reason": reasons.get(row["mutant"], "")}
            for row in left.to_dict("records")
        ],
    }
