"""``calibrate`` and ``backtest``, with a fit that is stopped after its first run."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from sencosim.cli.design_folder import MADE_WITH_FILE, check_folder, facts_of_design, open_folder
from sencosim.errors import InputError, OutputError, StoppedError

pytestmark = pytest.mark.unit

Call = Callable[..., Result]
Told = Callable[[str, int, int], None]
COMMANDS = (("calibrate",), ("backtest", "--again"))


@pytest.fixture(autouse=True)
def one_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fit that keeps one run and is stopped."""

    def fit(folder: Path, told: Told) -> None:
        (folder / "wave_1.csv").write_text("a row of the design\n", encoding="utf-8")
        told("wave_1", 1, 1)
        raise StoppedError("stopped")

    monkeypatch.setattr("sencosim.calibration.calibrate.calibrate", fit)


@pytest.mark.parametrize("words", COMMANDS)
def test_runs_of_one_model_are_gone_on_from_and_those_of_another_refused(call: Call, words: tuple[str, ...]) -> None:
    for _ in range(2):
        result = call(*words, "--folder", "kept")
        assert isinstance(result.exception, SystemExit)
        assert "stopped" in result.stderr
    mark = Path("kept") / MADE_WITH_FILE
    facts = json.loads(mark.read_text(encoding="utf-8"))
    assert set(facts) == {"evidence", "code", "schools", "settings"}
    for name in facts:
        mark.write_text(json.dumps({**facts, name: "of another model"}), encoding="utf-8")
        result = call(*words, "--folder", "kept")
        assert result.exit_code == 2
        assert f"were made with other {name} than this command runs with" in " ".join(result.stderr.split())


@pytest.mark.parametrize("left", [None, "", "[1]", "{"])
def test_runs_of_nobody_knows_what_are_refused(call: Call, left: str | None) -> None:
    folder = Path("kept")
    folder.mkdir()
    (folder / "recent_2_points.csv").write_text("a point\n", encoding="utf-8")
    if left is not None:
        (folder / MADE_WITH_FILE).write_text(left, encoding="utf-8")
    result = call("calibrate", "--folder", "kept")
    assert result.exit_code == 2
    said = " ".join(result.stderr.split())
    assert "nobody knows" in said
    assert "--folder" in said


def test_a_folder_that_was_filled_while_files_changed_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def changed(_: object) -> None:
        raise OutputError("Files of sencosim were changed.")

    facts = facts_of_design()
    open_folder(tmp_path, facts)
    (tmp_path / "wave_1.csv").write_text("a row of the design\n", encoding="utf-8")
    check_folder(tmp_path)
    open_folder(tmp_path, facts)
    monkeypatch.setattr("sencosim.fingerprint.check_still", changed)
    with pytest.raises(OutputError, match="They are used no more"):
        check_folder(tmp_path)
    with pytest.raises(InputError, match="nobody knows"):
        open_folder(tmp_path, facts)
