"""The back-test as it is shown: what it is worth for the evidence that is read, and its forecasts on record.

The fingerprint that a back-test keeps is of the series, the fitted parameters and what the model does. Code and
evidence are compared with those of which that was last shown. With evidence of one's own (``SENCOSIM_EVIDENCE``) none
of this says anything, so a back-test made from such a folder is marked with what the folder held.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from sencosim.calibration.forecast_file import write_forecast
from sencosim.calibration.result import BacktestResult, fingerprint, load_result
from sencosim.calibration.verdict import State, state_of
from sencosim.engine.behaviour import code_that_computes, shown_with
from sencosim.evidence.posterior import FOLDER
from sencosim.evidence.register import DATA, all_cautions, cautions_of_evidence, evidence_folder
from sencosim.fingerprint import hash_of
from sencosim.outcomes.explorer_data import read_by_engine
from sencosim.outcomes.frontier import digest_of
from sencosim.report.outputs import write_new, write_text
from sencosim.since import files_below

MADE_OF_FILE = "backtest_evidence.sha256"
"""Of the posterior, in a folder of evidence of one's own: digest of the folder when its back-test was made."""
CAUTION = "# caution: "
"""How a line of a forecast file begins that says why its figures are not those of the evidence that ships."""


def kept_backtest() -> tuple[BacktestResult, State]:
    """The back-test that is kept, and what it is worth: one of other evidence than is read is out of date."""
    result = load_result()
    state = state_of(result, fingerprint())
    if state in ("passed", "failed") and not (_is_of_this_code() and _is_of_this_evidence()):
        return result, "stale"
    return result, state


def mark_evidence() -> None:
    """Note that the back-test that is kept was made of the evidence as it is now; last of what a calibration writes.

    The evidence of the package needs no mark: the back-test keeps its fingerprint.
    """
    if evidence_folder() != Path(str(files("sencosim.evidence"))):
        (evidence_folder() / FOLDER / MADE_OF_FILE).write_text(f"{_digest()}\n", encoding="utf-8")


def _is_of_this_code() -> bool:
    return code_that_computes() == shown_with()["code"]


def evidence_read() -> str:
    """SHA-256 of the evidence of the package that a back-test reads and its own fingerprint leaves out."""
    return digest_of(read_by_engine())


def _is_of_this_evidence() -> bool:
    if not cautions_of_evidence():
        return evidence_read() == shown_with()["evidence"]
    mark = evidence_folder() / FOLDER / MADE_OF_FILE
    return mark.is_file() and mark.read_bytes().strip() == _digest().encode()


def _digest() -> str:
    """SHA-256 of every table and register of the evidence, the back-test among them."""
    folder = evidence_folder()
    return hash_of(files_below(folder, *DATA), folder)


def put_on_record(result: BacktestResult, path: Path) -> str:
    """Write the forecast of a back-test with the cautions of its evidence; return the SHA-256 of the table.

    Raises
    ------
    OutputError
        If a file of that name is there: what is on record stays as it was.
    """
    with tempfile.TemporaryDirectory() as place:
        plain = Path(place) / "forecast.csv"
        digest = write_forecast(result, plain)
        title, rest = plain.read_text(encoding="utf-8").split("\n", 1)
    told = "".join(f"{CAUTION}{' '.join(one.split())}\n" for one in all_cautions())
    path.parent.mkdir(parents=True, exist_ok=True)
    write_new(path, lambda place: write_text(place, f"{title}\n{told}{rest}"))
    return digest


def cautions_on_record(path: Path) -> Iterator[str]:
    """What a forecast file says against its own figures."""
    for line in path.read_text(encoding="utf-8-sig").splitlines():
        if line.startswith(CAUTION):
            yield line.removeprefix(CAUTION)
