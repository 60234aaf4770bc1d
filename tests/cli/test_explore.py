"""``sencosim explore`` and ``sencosim open``."""

from __future__ import annotations

import os
import webbrowser
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from sencosim.cli import explore as module
from sencosim.cli.group import main
from sencosim.errors import InputError

OWN = """
schema: 1
extends: baseline
title: Ten hours
levers:
  protected_time:
    floor:
      hours_per_week: {hours}
"""


def _page(folder: Path, run: str) -> Path:
    place = folder / "full_time" / run
    place.mkdir(parents=True)
    (place / "report.html").write_text("<p>", encoding="utf-8")
    return place / "report.html"


@pytest.mark.unit
def test_open_takes_the_page_that_was_written_last_and_prints_its_path_where_no_browser_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = _page(tmp_path, "2026-01-01T00-00-00Z-a"), _page(tmp_path, "2026-01-02T00-00-00Z-b")
    os.utime(old, (1, 1))
    seen: list[str] = []

    def no_browser(address: str) -> bool:
        seen.append(address)
        return False

    monkeypatch.setattr(webbrowser, "open", no_browser)
    told = CliRunner().invoke(main, ["open", "--out", str(tmp_path)])
    assert told.exit_code == 0
    assert new.as_posix() in told.output
    assert "no browser" in told.output
    assert seen == [new.resolve().as_uri()]


@pytest.mark.unit
def test_open_takes_the_explorer_and_any_page_by_name(tmp_path: Path) -> None:
    explorer = tmp_path / "explorer.html"
    with pytest.raises(InputError, match="sencosim explore"):
        module.page_of("explorer", tmp_path)
    with pytest.raises(InputError, match="no page"):
        module.page_of(None, tmp_path)
    explorer.write_text("<p>", encoding="utf-8")
    assert module.page_of("explorer", tmp_path) == explorer
    assert module.page_of(None, tmp_path) == explorer
    assert module.page_of(str(explorer), tmp_path) == explorer


@pytest.fixture
def data() -> dict[str, Any]:
    """What the command reads of the data."""
    return {"scenarios": [{"name": "full_time"}, {"name": "team"}]}


@pytest.mark.unit
def test_a_policy_of_the_users_own_is_added_by_its_controls(tmp_path: Path, data: dict[str, Any]) -> None:
    path = tmp_path / "ten_hours.yaml"
    path.write_text(OWN.format(hours=10), encoding="utf-8")
    assert module.with_own(data, (str(path), "team")) == "ten_hours"
    own = data["scenarios"][-1]
    assert own["controls"]["least_hours"] == 10.0
    assert own["stored"] is None
    assert module.with_own(data, ("team",)) == "team"
    assert module.with_own(data, ()) == "full_time"
    with pytest.raises(InputError, match="ten_hours already"):
        module.with_own({"scenarios": [{"name": "ten_hours"}]}, (str(path),))


@pytest.mark.unit
@pytest.mark.parametrize(
    ("more", "why"),
    [("    covers: {rural: true}\n", "its levers"), ("horizon: {years: 5}\n", "what it sets beside its levers")],
)
def test_a_policy_that_the_controls_do_not_cover_is_refused_with_its_command(
    tmp_path: Path, data: dict[str, Any], more: str, why: str
) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(OWN.format(hours=10) + more, encoding="utf-8")
    with pytest.raises(InputError, match=f"do not cover {why}. Run it: sencosim run "):
        module.with_own(data, (str(path),))
