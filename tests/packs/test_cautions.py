"""The caution of a scenario travels with its run, and nothing that is made to be quoted is made of it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from packs.checklist import read_xlsx
from packs.conftest import store
from packs.test_brief import quotable
from studies.made_up import made_up_rows

from sencosim import explorer
from sencosim.cli import main
from sencosim.errors import InputError
from sencosim.evidence.register import _differing, cautions_of_evidence, evidence_folder
from sencosim.model import RunOptions
from sencosim.report.brief.write import make_brief
from sencosim.report.compare.write import compare, comparison_text, write_comparison
from sencosim.report.pack.write import write_pack
from sencosim.report.showing import CAUTIONS, obstacles
from sencosim.report.stored import StoredRun, read_run
from sencosim.scenario.load import load_scenario
from sencosim.studies import breakeven_search
from sencosim.studies.question import drawn

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cautioned")


@pytest.fixture(scope="module")
def team(root: Path) -> StoredRun:
    return store("team", root)


@pytest.fixture(scope="module")
def caution() -> str:
    (told,) = load_scenario("team").scenario.cautions
    return told


def call(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def test_the_manifest_of_the_run_and_the_report_carry_it(team: StoredRun, caution: str) -> None:
    assert json.loads((team.folder / "manifest.json").read_text(encoding="utf-8"))[CAUTIONS] == [caution]
    assert caution in (team.folder / "report.html").read_text(encoding="utf-8")


def test_no_brief_is_made_and_the_message_says_why_and_what_to_do(team: StoredRun, root: Path, caution: str) -> None:
    result = call("brief", "team", "--area", "Rutland", "--out", str(root))
    assert result.exit_code == 2
    said = " ".join(result.stderr.split())
    assert caution in said
    assert "no brief, no picture and no sentence" in said
    assert "sencosim run full_time" in said
    assert not (root / "briefs").exists()
    with pytest.raises(InputError, match="is not to be quoted"):
        make_brief(team, "Rutland")


def test_a_run_without_a_caution_passes_the_gate(full_time: StoredRun) -> None:
    assert make_brief(quotable(full_time), "Rutland").told


def test_no_brief_is_made_of_a_run_that_failed_a_check_of_itself(full_time: StoredRun) -> None:
    checks = [{"check": "Twice two is five", "passed": False, "detail": ""}]
    sound = quotable(full_time)
    failed = replace(sound, inputs=replace(sound.inputs, manifest={**sound.inputs.manifest, "checks": checks}))
    with pytest.raises(InputError, match="failed a check of itself: Twice two is five"):
        make_brief(failed, "Rutland")


def test_no_picture_is_made_of_a_quick_run(full_time: StoredRun) -> None:
    sound = quotable(full_time)
    quick = replace(sound, inputs=replace(sound.inputs, manifest={**sound.inputs.manifest, "quick": True}))
    with pytest.raises(InputError, match="is a quick run"):
        make_brief(quick, "Rutland")


def test_lists_new_files_and_the_start_of_a_run_say_it(tmp_path: Path, caution: str) -> None:
    lines = call("list", "scenarios").stdout.splitlines()
    assert [line.split()[0] for line in lines if "(not to be quoted)" in line] == ["everything", "team"]
    assert call("new", str(tmp_path / "mine.yaml"), "--from", "team").exit_code == 0
    assert caution in (tmp_path / "mine.yaml").read_text(encoding="utf-8")
    assert caution in " ".join(call("run", "team", "--council", "Rutland", "--dry-run").stderr.split())
    assert "not to be quoted" not in call("run", "full_time", "--council", "Rutland", "--dry-run").stderr


def test_the_pack_carries_it_on_its_page_in_its_spreadsheets_and_in_its_manifest(
    team: StoredRun, root: Path, caution: str
) -> None:
    pack = write_pack(team, root / "packs")
    assert caution in (pack / "report.html").read_text(encoding="utf-8")
    cover = read_xlsx(pack / "results.xlsx").pages[0]
    assert any(caution in str(cell) for row in cover.cells for cell in row)
    assert f"It is not to be quoted. {caution}" in obstacles(pack)


def test_verify_says_it(team: StoredRun, root: Path, caution: str) -> None:
    result = call("verify", str(team.folder), "--out", str(root))
    assert result.exit_code == 4
    assert caution in " ".join(result.stderr.split())
    assert "is as it was written, but nothing in it may be quoted" in " ".join(result.stderr.split())


def test_a_comparison_says_which_option_it_is_about(
    team: StoredRun, full_time: StoredRun, tmp_path: Path, caution: str
) -> None:
    found = compare([full_time, team], ())
    text = " ".join(comparison_text(found).split())
    assert f"“{team.inputs.scenario.title}” is not to be quoted. {caution}" in text
    assert f"“{full_time.inputs.scenario.title}” is not to be quoted" not in text
    folder = write_comparison(found, tmp_path)
    assert obstacles(folder)[0].startswith(f"It is not to be quoted. “{team.inputs.scenario.title}”: {caution}")


@pytest.fixture
def own_evidence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name_evidence: Callable[[Path], None]
) -> Iterator[str]:
    """Evidence of one's own: a variable that is easily left set; what every output is to say."""
    folder = tmp_path / "evidence"
    shutil.copytree(evidence_folder(), folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    name_evidence(folder)
    for writer in ("report.outputs", "report.compare.write", "studies.answer"):  # this process has read ours before
        monkeypatch.setattr(f"sencosim.{writer}.check_still", lambda _: None)
    assert cautions_of_evidence() == ()
    prices = folder / "unit_costs.yaml"
    prices.write_text(prices.read_text(encoding="utf-8").replace("value: 72851", "value: 36000"), encoding="utf-8")
    _differing.cache_clear()
    (caution,) = cautions_of_evidence()
    assert "unit_costs.yaml" in caution
    yield caution
    monkeypatch.undo()
    _differing.cache_clear()


def test_figures_of_evidence_of_ones_own_are_not_to_be_quoted(
    root: Path, full_time: StoredRun, own_evidence: str
) -> None:
    caution = own_evidence
    ours = read_run(full_time.folder)
    with pytest.raises(InputError, match="not that which ships"):
        make_brief(quotable(ours), "Rutland")
    for place in (write_pack(ours, root / "packs"), write_comparison(compare([ours, ours], ()), root)):
        assert any(caution in words for words in obstacles(place))
    run = store("full_time", root / "own_evidence")
    assert json.loads((run.folder / "manifest.json").read_text(encoding="utf-8"))[CAUTIONS] == [caution]
    assert any(caution in words for words in obstacles(run.folder))
    assert caution in (run.folder / "report.html").read_text(encoding="utf-8")
    policy = load_scenario("full_time").scenario
    question = drawn({"full_time": policy}, RunOptions(councils=("Rutland",)), {"central": 1}, 1, 1.0)
    assert question.facts()[CAUTIONS] == [caution]
    told = explorer()
    assert told.answer({"controls": {"least_hours": 32.4}})["cautions"] == [caution]
    assert told.answer({"scenario": "team"})["cautions"] == [*load_scenario("team").scenario.cautions, caution]
    assert " ".join(caution.split()) in " ".join(call("demo").stdout.split())


def test_what_is_looked_up_says_it(own_evidence: str) -> None:
    for words in (("validate", "full_time"), ("list", "views"), ("score", "--help"), ("diff", "baseline", "team")):
        assert own_evidence in call(*words).stderr
    assert own_evidence in " ".join(call("explain", "transport_cost").stdout.split())
    assert [one["cautions"] for one in json.loads(call("explain", "transport_cost", "--json").stdout)] == [
        [own_evidence]
    ]
    assert own_evidence in " ".join(call("list", "parameters").stderr.split())


@pytest.mark.parametrize("names", [("transport_cost",), ("used_share_added", "senco_leaving_rate")])
def test_a_search_says_it_and_the_caution_of_its_scenario(
    names: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caution: str, own_evidence: str
) -> None:
    monkeypatch.setattr(breakeven_search, "run_now", lambda question, *_: list(made_up_rows(question, None)))
    inputs = [word for name in names for word in ("--parameter", name)]
    result = call("breakeven", "team", *inputs, "--council", "Rutland", "--out", str(tmp_path / "out"), "--json")
    assert result.exit_code == 0, result.output
    check_both(json.loads(result.stdout.splitlines()[-1]), caution, own_evidence)


def check_both(told: dict[str, str], *cautions: str) -> None:
    """What a command printed for a program, and every text that it wrote, carries some cautions."""
    texts = [told["text"], *(path.read_text(encoding="utf-8") for path in Path(told["folder"]).glob("*.txt"))]
    manifest = json.loads((Path(told["folder"]) / "manifest.json").read_text(encoding="utf-8"))
    for words in cautions:
        assert all(words in " ".join(text.replace("\n", " ").split()) for text in texts)
        assert any(words in one for one in manifest[CAUTIONS])
