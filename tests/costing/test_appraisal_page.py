"""The page on appraisal is executed: every example gives what it says."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.unit


def test_every_example_of_the_page_holds(root: Path) -> None:
    text = (root / "docs" / "appraisal.md").read_text(encoding="utf-8")
    found = doctest.DocTestParser().get_doctest(text, {}, "appraisal.md", "docs/appraisal.md", 0)
    told: list[str] = []
    results = doctest.DocTestRunner(verbose=False).run(found, out=told.append)
    assert results.attempted > 35
    assert results.failed == 0, "\n".join(told)


def test_every_example_is_in_a_block_of_python(root: Path) -> None:
    text = (root / "docs" / "appraisal.md").read_text(encoding="utf-8")
    outside = re.sub(r"```python\n.*?```", "", text, flags=re.DOTALL)
    assert ">>>" not in outside
