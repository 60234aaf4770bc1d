"""Waiting: what is said, how often, and to whom."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sencosim.terminal import progress
from sencosim.terminal.console import Console, printable, table


@dataclass(frozen=True)
class Said:
    done: int
    total: int
    label: str = "full_time"
    notice: str = ""


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.mark.unit
def test_a_line_says_how_far_how_long_and_how_precise() -> None:
    line = progress.line_of(Said(1140, 2000), 150.0, "precise to 3 so far")
    assert line == "full_time: 1,140 of 2,000 school-years (57%), about 1 min 53 s left, precise to 3 so far"


@pytest.mark.unit
def test_lines_come_every_half_minute_and_at_the_end() -> None:
    clock, said = Clock(), list[str]()
    lines = progress.Lines(said.append, clock)
    for done in range(1, 101):
        clock.seconds += 1.0
        lines(Said(done, 100))
    assert [line.split(": ")[1].split(" of")[0] for line in said] == ["30", "60", "90", "100"]


@pytest.mark.unit
def test_a_notice_does_not_wait(capsys: pytest.CaptureFixture[str]) -> None:
    clock, said = Clock(), list[str]()
    lines = progress.Lines(said.append, clock)
    lines(Said(0, 100, notice="Stored pairs are damaged."))
    lines(Said(1, 100))
    assert said == ["Stored pairs are damaged."]
    progress.Events()(Said(0, 100, notice="Stored pairs are damaged."))
    assert json.loads(capsys.readouterr().out)["notice"] == "Stored pairs are damaged."
    with progress.Bar(colour=False) as bar:
        bar(Said(0, 100, notice="Stored pairs are damaged."))
    assert "Stored pairs are damaged." in capsys.readouterr().err


@pytest.mark.unit
@pytest.mark.parametrize("watched", [True, False])
def test_what_is_done_now_is_said(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, watched: bool
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: watched, raising=False)
    with progress.waiting(Console(plain=True), "Adding up."):
        assert capsys.readouterr().err.startswith("Adding up.")
    assert ("0:00:00" in capsys.readouterr().err) == watched
    with progress.waiting(Console(quiet=True), "Adding up."):
        pass
    assert capsys.readouterr().err == ""


@pytest.mark.unit
def test_programs_get_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    with progress.progress_for(Console(), as_json=True) as tell:
        tell(Said(1, 2))
        tell(Said(2, 2))
    assert [json.loads(line)["done"] for line in capsys.readouterr().out.splitlines()] == [1, 2]


@pytest.mark.unit
def test_quiet_is_silent(capsys: pytest.CaptureFixture[str]) -> None:
    with progress.progress_for(Console(quiet=True), as_json=False) as tell:
        tell(Said(1, 2))
    captured = capsys.readouterr()
    assert captured.out == captured.err == ""


@pytest.mark.unit
def test_a_person_gets_a_bar_on_standard_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    assert isinstance(progress.progress_for(Console(), as_json=False), progress.Bar)
    monkeypatch.setattr("sys.stderr.isatty", lambda: False, raising=False)
    assert isinstance(progress.progress_for(Console(), as_json=False), progress.Lines)


@pytest.mark.unit
def test_the_bar_hears_steps_and_goes_away() -> None:
    with progress.Bar(colour=False) as bar:
        bar(Said(1, 2), "so far")


@pytest.mark.unit
@pytest.mark.parametrize("variable", ["1", "yes"])
def test_no_color_is_heard(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert Console().colour
    assert not Console(plain=True).colour
    monkeypatch.setenv("NO_COLOR", variable)
    assert not Console().colour


@pytest.mark.property
@given(st.floats(0, 1e6))
def test_durations_are_short_and_grow(seconds: float) -> None:
    assert 0 < len(progress.duration(seconds)) <= 12


@pytest.mark.property
@given(st.text(), st.sampled_from(["ascii", "latin-1", "utf-8", None]))
def test_printable_text_can_be_written(text: str, encoding: str | None) -> None:
    class Stream:
        pass

    stream = Stream()
    stream.encoding = encoding  # type: ignore[attr-defined]
    written = printable(text, stream)
    written.encode(encoding or "utf-8", "strict" if encoding else "surrogatepass")


@pytest.mark.property
@given(
    st.lists(st.tuples(st.text("ab c", max_size=5), st.text("xy", max_size=5), st.text("z", min_size=1)), min_size=1)
)
def test_columns_of_a_table_begin_in_the_same_place(rows: list[tuple[str, str, str]]) -> None:
    lines = table(rows).splitlines()
    starts = {len(line) - len(row[2]) for line, row in zip(lines, rows, strict=True)}
    assert len(starts) == 1
