"""The documents agree with the code: commands exist, links lead somewhere, generated pages are current."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest
from pages.programs import program

from sencosim import __version__
from sencosim.cli import main

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[2]
OF_THE_SITE = ROOT / "docs" / "site"
"""Pages whose links are names on the site: its build checks them."""
DOCUMENTS = sorted(
    path
    for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / "outputs" / "README.md")
    if OF_THE_SITE not in path.parents
)
SHELL_BLOCK = re.compile(r"```(?:sh|powershell)\n(.*?)```", re.DOTALL)
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")


def shell_lines(document: Path) -> list[list[str]]:
    """Commands of the shell examples of a document, split into words, without comments."""
    blocks = SHELL_BLOCK.findall(document.read_text(encoding="utf-8"))
    return [shlex.split(line, comments=True) for block in blocks for line in block.splitlines() if line.strip()]


def sencosim_lines() -> list[list[str]]:
    """Every ``sencosim`` command shown in a document."""
    return [words[1:] for document in DOCUMENTS for words in shell_lines(document) if words[:1] == ["sencosim"]]


def test_documents_show_commands() -> None:
    assert len(sencosim_lines()) >= 5


@pytest.mark.parametrize("words", sencosim_lines(), ids=" ".join)
def test_command_of_a_document_exists_and_knows_its_options(words: list[str]) -> None:
    check_command(main, words)


def check_command(group: click.Group, words: list[str]) -> None:
    """Fail if a command, a subcommand or an option does not exist."""
    command = group.get_command(click.Context(group), words[0])
    assert command is not None, words[0]
    if isinstance(command, click.Group):
        check_command(command, words[1:])
        return
    known = {name for parameter in command.params for name in parameter.opts}
    used = {word.split("=")[0] for word in words if word.startswith("-")}
    assert used <= known


@pytest.mark.parametrize("entry", main.entries.values(), ids=lambda entry: entry.name)
def test_example_of_the_help_page_exists(entry: object) -> None:
    check_command(main, shlex.split(entry.example))  # type: ignore[attr-defined]


def test_make_targets_of_the_documents_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    text = "\n".join(document.read_text(encoding="utf-8") for document in DOCUMENTS)
    assert set(re.findall(r"(?:`|^)make ([a-z-]+)", text, re.MULTILINE)) <= targets


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_to_files(document: Path) -> None:
    targets = LINK.findall(document.read_text(encoding="utf-8"))
    assert [target for target in targets if not (document.parent / target).exists()] == []


def test_decisions_are_numbered_without_gap_and_listed() -> None:
    folder = ROOT / "docs" / "decisions"
    records = sorted(folder.glob("0*.md"))
    assert [int(record.name[:4]) for record in records] == list(range(1, len(records) + 1))
    index = (folder / "README.md").read_text(encoding="utf-8")
    for record in records:
        text = record.read_text(encoding="utf-8")
        assert text.startswith(f"# {record.name[:4]} ")
        assert f"({record.name})" in index
        assert all(
            heading in text
            for heading in ("**Context.**", "**Choice.**", "**Rejected.**", "**What would change our mind.**")
        )


def test_changelog_has_its_three_headings() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    for release in text.split("\n## ")[1:]:
        assert re.findall(r"^### (\w+)", release, re.MULTILINE) == ["Interface", "Results", "Evidence"]


def test_versions_agree() -> None:
    for name in ("CITATION.cff", "pyproject.toml"):
        assert re.search(
            rf'^version\W+{re.escape(__version__)}"?$', (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE
        )


@pytest.mark.parametrize(
    "name",
    [
        "commands.md",
        "coverage.md",
        "data_dictionary.md",
        "frontier.md",
        "parameters.md",
        "performance.md",
        "order.md",
        "unit_costs.md",
        "validation.md",
    ],
)
def test_generated_page_is_current(name: str) -> None:
    expected = program("generate").PAGES[name]()
    assert (ROOT / "docs" / name).read_text(encoding="utf-8") == expected, "run `make docs`"
