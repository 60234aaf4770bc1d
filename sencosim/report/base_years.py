"""Views whose baseline does not begin where that of the main view does, in words."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from sencosim.evidence.base_year import BASE_YEAR_WORDS
from sencosim.outcomes.catalogue import OUTCOME
from sencosim.report.words import in_a_sentence, joined, plain

UNLIKE = 0.1  # gap between the base years of two views from which it is said [share]


def unlike_base_years(table: pd.DataFrame, main: str) -> Iterator[str]:
    """A sentence for each view whose base year, a row an outcome, differs from that of the main view."""
    far = table[table["relative"].abs() >= UNLIKE]
    for view, rows in far.groupby("view", sort=False):
        gaps = joined(
            [
                f"{in_a_sentence(OUTCOME[str(name)].title)} {plain(100.0 * gap, 1.0, signed=True)} %"
                for name, gap in zip(rows["outcome"], rows["relative"], strict=True)
            ]
        )
        yield (
            f"The {view} view does not begin where the {main} view does: its baseline of {BASE_YEAR_WORDS} is "
            f"another ({gaps}). All views must share one baseline, so this run has a fault: do not quote its {view} "
            "view."
        )
