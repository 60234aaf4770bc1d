"""A back-test is one of the evidence that is read, or it is out of date."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sencosim.calibration.result import fingerprint, load_result
from sencosim.calibration.verdict import state_of
from sencosim.evidence.posterior import FOLDER
from sencosim.evidence.register import evidence_folder
from sencosim.report.backtest import MADE_OF_FILE, kept_backtest, mark_evidence
from sencosim.report.explore.page import backtest_words

pytestmark = pytest.mark.unit


def test_evidence_of_ones_own_makes_a_back_test_out_of_date_until_it_is_made_again(
    other_evidence: Path, name_evidence: Callable[[Path], None]
) -> None:
    """The fingerprint that it keeps is of files of the package, and would be right whatever evidence is read."""
    ours = state_of(load_result(), fingerprint())
    assert kept_backtest() == (load_result(), ours)
    assert ours in ("passed", "failed")
    name_evidence(other_evidence)
    assert kept_backtest() == (load_result(), "stale")
    assert "must be made again" in backtest_words()["backtest"]
    mark_evidence()
    assert kept_backtest() == (load_result(), ours)
    with (other_evidence / "posterior" / "sample.csv").open("a", encoding="utf-8") as file:
        file.write("\n")
    assert kept_backtest() == (load_result(), "stale")


def test_the_evidence_of_the_package_gets_no_mark() -> None:
    mark_evidence()
    assert not (evidence_folder() / FOLDER / MADE_OF_FILE).exists()
