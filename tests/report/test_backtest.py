"""A back-test is one of the evidence that is read, or it is out of date."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sencosim.calibration.result import fingerprint, load_result
from sencosim.calibration.verdict import state_of
from sencosim.engine import behaviour
from sencosim.engine.behaviour import SHIPPED_RESULTS
from sencosim.errors import InputError
from sencosim.evidence.posterior import FOLDER
from sencosim.evidence.register import evidence_folder
from sencosim.fingerprint import hash_of
from sencosim.outcomes.explorer_data import read_by_engine, read_stored
from sencosim.outcomes.frontier import shipped_frontier
from sencosim.report.backtest import MADE_OF_FILE, kept_backtest, mark_evidence
from sencosim.report.explore.page import backtest_words
from sencosim.since import PACKAGE

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


def test_code_or_evidence_that_was_not_shown_to_do_the_same_makes_what_ships_out_of_date(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An edit of a rule that no test has judged yet: the digest of what the model does stays what it was."""
    state, frontier = kept_backtest()[1], shipped_frontier()
    assert state != "stale"
    assert frontier is not None
    assert frontier.is_current
    with monkeypatch.context() as edit:
        edit.setattr("sencosim.engine.behaviour.hash_of", lambda files, root: hash_of(files, root, "an edit"))
        assert kept_backtest() == (load_result(), "stale")
        assert not frontier.is_current
        with pytest.raises(InputError, match="the code that computes changed since"):
            read_stored()
    with monkeypatch.context() as edit:
        edit.setattr("sencosim.report.backtest.read_by_engine", lambda: {**read_by_engine(), "point_values": "others"})
        assert kept_backtest() == (load_result(), "stale")
    assert kept_backtest() == (load_result(), state)
    assert read_stored()


def test_the_code_that_computes_is_all_below_the_studies_and_no_result_that_ships() -> None:
    told = {path.relative_to(PACKAGE).as_posix() for path in behaviour._code()}
    assert {"rules/disputes.py", "engine/compiled/step.py", "model.py", "scenario/structure.csv"} <= told
    assert not [path for path in told if path.startswith(("report/", "cli/", "studies/", "calibration/"))]
    assert not [path for path in told if SHIPPED_RESULTS in path]
