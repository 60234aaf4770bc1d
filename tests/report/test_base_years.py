"""The base years of the views: equal for the main view itself, told where they are far apart."""

from __future__ import annotations

import pandas as pd
import pytest

from sencosim.report.assemble import UNLIKE, unlike_base_years

pytestmark = pytest.mark.unit


def table(**relative: float) -> pd.DataFrame:
    rows = [(view, "suspensions", 100.0 * (1.0 + gap), 100.0, gap) for view, gap in relative.items()]
    return pd.DataFrame(rows, columns=["view", "outcome", "baseline", "main", "relative"])


def test_only_views_that_are_far_off_are_named() -> None:
    (said,) = unlike_base_years(table(campaign=0.68, sceptic=UNLIKE / 2), "central")
    assert "The campaign view does not begin where the central view does" in said
    assert "+68 %" in said
    assert "2024/25" in said
    assert list(unlike_base_years(table(sceptic=-UNLIKE / 2), "central")) == []
    assert list(unlike_base_years(table().astype({"relative": float}), "central")) == []
