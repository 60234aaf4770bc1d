"""``sencosim explore`` and ``sencosim open``."""

from __future__ import annotations

import json
import os
import webbrowser
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from sencosim.cli import explore as module
from sencosim.cli.group import main
from sencosim.errors import InputError
from sencosim.scenario.files import shipped_folder

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
    assert module.page_of("explorer", tmp_path) is None
    assert module.page_of(None, tmp_path) is None
    explorer.write_text("<p>", encoding="utf-8")
    assert module.page_of("explorer", tmp_path) == explorer
    assert module.page_of(None, tmp_path) == explorer
    assert module.page_of(str(explorer), tmp_path) == explorer


@pytest.mark.unit
@pytest.mark.parametrize("what", [("explorer",), ()])
def test_an_explorer_of_other_data_is_opened_with_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: tuple[str, ...]
) -> None:
    foot = "<p>Written by sencosim, open software under the MIT licence, from data {}. Contains</p>"
    (tmp_path / "explorer.html").write_text(foot.format("0123456789ab"), encoding="utf-8")
    monkeypatch.setattr(webbrowser, "open", lambda _: True)

    def warned(now: Any) -> str:
        monkeypatch.setattr("sencosim.outcomes.explorer_data.page_data", now)
        told = CliRunner().invoke(main, ["open", *what, "--out", str(tmp_path)])
        assert (told.exit_code, "explorer.html" in told.stdout) == (0, True)
        return " ".join(told.stderr.split())

    def refuses() -> dict[str, Any]:
        raise InputError("The stored runs are of another model.")

    assert warned(lambda: {"hash": "0123456789ab"}) == ""
    assert "written from other runs, evidence or prices" in warned(lambda: {"hash": "ba9876543210"})
    assert "The stored runs are of another model." in warned(refuses)


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
    [("    covers: {rural: true}\n", "its levers"), ("horizon: {years: 5}\n", "what it sets against its levers")],
)
def test_a_policy_that_the_controls_do_not_cover_is_refused_with_its_command(
    tmp_path: Path, data: dict[str, Any], more: str, why: str
) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(OWN.format(hours=10) + more, encoding="utf-8")
    with pytest.raises(InputError, match=f"do not cover {why}. Run it: sencosim run "):
        module.with_own(data, (str(path),))


@pytest.mark.unit
def test_a_baseline_of_ones_own_in_the_folder_lets_no_override_pass(
    tmp_path: Path, data: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shipped = (shipped_folder() / "baseline.yaml").as_posix()
    own = f"extends: {shipped}\nname: baseline\noverrides: {{legal_floor_compliance: 0.3}}\n"
    Path("baseline.yaml").write_text(own, encoding="utf-8")
    Path("ours.yaml").write_text(OWN.format(hours=10), encoding="utf-8")
    with pytest.raises(InputError, match="do not cover what it sets against its levers"):
        module.with_own(data, ("ours.yaml",))


@pytest.mark.unit
@pytest.mark.parametrize("words", [("demo", "full_time"), ("explore", "full_time", "-o", "page.html")], ids=" ".join)
def test_a_stored_answer_says_that_a_file_of_its_name_is_another_policy(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = "this is full_time as it ships, from stored runs. sencosim run full_time takes full_time.yaml"
    assert said not in " ".join(CliRunner().invoke(main, list(words)).stderr.split())
    Path("page.html").unlink(missing_ok=True)
    Path("full_time.yaml").write_text("extends: slt_seat\ntitle: A mere seat\n", encoding="utf-8")
    told = CliRunner().invoke(main, list(words))
    assert told.exit_code == 0, told.output
    assert said in " ".join(told.stderr.split())


@pytest.fixture(scope="module")
def demo() -> Any:
    return CliRunner().invoke(main, ["demo", "protected_time"])


@pytest.mark.unit
def test_the_demo_answers_from_stored_runs_and_says_so(demo: Any) -> None:
    assert demo.exit_code == 0, demo.output
    facts = json.loads((Path(str(files("sencosim.outcomes"))) / "explorer_of_england" / "facts.json").read_text())
    said = " ".join(demo.stdout.split())
    assert f"nothing was run. The runs behind it were made on {facts['date']}" in said
    assert facts["code_fingerprint"][:12] in said
    assert "Protected time of 1.5 days a week" in said
    assert said.count("80 % interval") >= 1
    assert "the announced law" in said.lower()
    assert "sencosim run protected_time" in demo.stderr
    assert "sencosim open" in demo.stderr


@pytest.mark.unit
def test_the_demo_says_of_a_cautioned_policy_that_it_is_not_to_be_quoted() -> None:
    told = CliRunner().invoke(main, ["demo", "team"])
    assert "is not to be quoted" in " ".join(told.stdout.split())


@pytest.mark.unit
def test_a_policy_of_which_nothing_is_stored_gets_the_command_that_runs_it() -> None:
    told = CliRunner().invoke(main, ["demo", "protected_tim"])
    assert told.exit_code == 2
    assert "protected_time" in told.stderr
    assert "sencosim run protected_tim" in told.stderr


@pytest.mark.unit
def test_open_with_nothing_run_writes_the_explorer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webbrowser, "open", lambda _: True)
    told = CliRunner().invoke(main, ["open", "--out", str(tmp_path / "none")])
    assert told.exit_code == 0, told.output
    page = tmp_path / "none" / "explorer.html"
    assert page.as_posix() in told.stdout
    assert "from stored runs" in told.stderr
    assert page.stat().st_size > 500_000
    assert module.WRITTEN_FROM.search(page.read_text(encoding="utf-8")), "its age can be told"
    assert module.why_old(page) == ""
