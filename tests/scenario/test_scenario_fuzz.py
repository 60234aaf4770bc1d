"""Whatever a file says, it is used, or refused in sentences: no failure that nobody foresaw, none that hangs."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from sencosim.errors import ScenarioError
from sencosim.scenario.assumptions import References
from sencosim.scenario.files import shipped_folder
from sencosim.scenario.load import load_scenario, validate_scenario
from sencosim.scenario.reading import read_text

SHIPPED = [path.read_text(encoding="utf-8") for path in sorted(shipped_folder().rglob("*.yaml"))]
WORDS = sorted({word for text in SHIPPED for word in re.findall(r"[A-Za-z_]{2,30}|[0-9./]+", text)})
CORPUS = (
    "9" * 5_000,
    "-" + "9" * 400,
    "9" * 400 + ".5",
    "1e999",
    "0x" + "f" * 600,
    "1_000_000" + "_000" * 200,
    "[[]]",
    "[{}]",
    "[[{}], []]",
    "{}",
    "[]",
    "''",
    "{a: {b: {c: 1}}}",
    "a" * 5_000,
    "../" * 300,
    "/dev/zero",
    '"\\0"',
    '"\\e[2J\\e]0;x\\a"',
    '"\\u202Egpj.exe"',
    '"=HYPERLINK(\\"http://x\\")"',
    "'@SUM(1)'",
    "!!python/object/apply:os.system [ls]",
    "!!binary aGk=",
    "!include x",
    "&a [*a]",
    "<<: *x",
    "? [x]",
    ".inf",
    ".nan",
    "2027/28",
    "true",
    "-1",
    "0",
    "1.5",
    "<script>alert(1)</script>",
    "null",
    "|\n  x",
    "--- x",
    "%YAML 9",
    "[" * 50_000,
    "{a: " * 3_000,
    "[" * 60 + "]" * 60,
    "- " * 3_000,
)
"""Values that broke the first edition, and their kin."""
SLICES = 20
DOCUMENTS_OF_SLICE = 5_000


@st.composite
def documents(draw: st.DrawFn) -> str:
    """A shipped scenario, changed in a few places; or lines of anything."""
    lines = draw(st.sampled_from(SHIPPED)).splitlines()
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(lines)))
        value = draw(st.sampled_from(CORPUS) | st.sampled_from(WORDS) | st.text(max_size=20))
        kind = draw(st.sampled_from(("value", "line", "setting", "delete", "repeat", "indent", "list")))
        line = lines[at - 1] if at else ""
        if kind == "value":
            lines[at - 1 : at] = [re.sub(r":.*", lambda _, value=value: f": {value}", line)]
        elif kind == "line":
            lines.insert(at, value)
        elif kind == "setting":
            lines.insert(at, f"{draw(st.sampled_from(WORDS))}: {value}")
        elif kind == "delete":
            lines[at - 1 : at] = []
        elif kind == "repeat":
            lines.insert(at, line)
        elif kind == "indent":
            lines[at - 1 : at] = [" " * draw(st.integers(1, 4)) + line]
        else:
            lines.insert(at, f"{' ' * draw(st.integers(0, 6))}- {value}")
    return "\n".join(lines)


def check(text: str, folder: Path, references: References) -> None:
    """Both ways in: one says what is wrong, the other uses the file if nothing is."""
    path = folder / "mine.yaml"
    path.write_text(text, encoding="utf-8", errors="surrogatepass")
    problems = validate_scenario(path, references)
    errors = [problem for problem in problems if problem.severity == "error"]
    assert all(problem.message for problem in problems)
    try:
        load_scenario(path, references)
    except ScenarioError:
        assert errors
    else:
        assert not errors


@pytest.mark.property
@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=documents())
def test_a_changed_file_is_used_or_refused_in_sentences(
    text: str, tmp_path_factory: pytest.TempPathFactory, references: References
) -> None:
    check(text, tmp_path_factory.getbasetemp(), references)


@pytest.mark.study
@pytest.mark.parametrize("number", range(SLICES))
def test_a_hundred_thousand_changed_files(number: int, tmp_path: Path, references: References) -> None:
    """In slices with a seed each: Hypothesis remembers all that it has tried, and grows slow."""

    @seed(number)
    @settings(
        max_examples=DOCUMENTS_OF_SLICE, derandomize=False, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(text=documents())
    def slice_of_them(text: str) -> None:
        check(text, tmp_path, references)

    slice_of_them()


@pytest.mark.unit
@pytest.mark.parametrize("value", CORPUS, ids=lambda text: text[:20].encode("unicode_escape").decode())
@pytest.mark.parametrize("name", ["title", "extends", "include", "run.seed", "views", "levers.protected_time.hours"])
def test_no_value_breaks_a_setting(value: str, name: str, tmp_path: Path, references: References) -> None:
    *groups, last = name.split(".")
    head = [f"{'  ' * depth}{group}:" for depth, group in enumerate(groups)]
    check("\n".join(["schema: 1", *head, f"{'  ' * len(groups)}{last}: {value}"]), tmp_path, references)


@pytest.mark.unit
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('title: "\\e[2J gone"', "a sign that is not seen (U+001B)"),
        ('title: "a\\u202Eb"', "a sign that is not seen (U+202E)"),
        ("title: '=1+1'", "begins with = as a formula"),
        ("title: '@cmd'", "begins with @ as a formula"),
        (f"run: {{seed: {'9' * 5000}}}", "has 5,000 signs"),
    ],
)
def test_what_would_do_harm_elsewhere_is_refused_at_the_door(text: str, said: str) -> None:
    (problem,) = read_text(text, "mine.yaml").problems
    assert said in problem.message
    assert problem.line == 1


@pytest.mark.unit
@pytest.mark.skipif(sys.platform == "win32", reason="needs pipes")
def test_a_pipe_is_no_scenario_and_does_not_hang(tmp_path: Path, references: References) -> None:
    os.mkfifo(tmp_path / "mine.yaml")
    with pytest.raises(ScenarioError, match="There is no scenario"):
        load_scenario(tmp_path / "mine.yaml", references)
