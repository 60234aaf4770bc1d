"""Skip what needs the researcher's libraries where they are not installed."""

from __future__ import annotations

import pytest

pytest.importorskip("SALib")
pytest.importorskip("sklearn")
pytest.importorskip("statsmodels")
