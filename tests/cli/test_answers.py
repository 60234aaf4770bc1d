"""An answer is said early, and again when it is much better known."""

from __future__ import annotations

import json

import pytest

from sencosim.cli.answers import Answers
from sencosim.experiment.pool import Step
from sencosim.experiment.so_far import SoFar
from sencosim.terminal.console import Console
from sencosim.terminal.progress import Silence

pytestmark = pytest.mark.unit


def step(draws: int, *, whole: bool = False) -> Step:
    return Step(draws, 128, "central", SoFar(7.2e9, 4e8, 5e9, 9e9, draws, 128, whole) if draws else None)


def test_it_speaks_first_then_when_draws_double_and_when_all_schools_are_there(
    capsys: pytest.CaptureFixture[str],
) -> None:
    hear = Answers(Console(), Silence())
    for draws in range(40):
        hear(step(draws if draws >= 4 else 0))
    hear(step(40, whole=True))
    hear(step(41, whole=True))
    said = capsys.readouterr().err.splitlines()
    assert [line.split("(")[1].split()[0] for line in said] == ["4", "8", "16", "32", "40"]
    assert said[0].startswith("  First answer, after")
    assert all("not final" in line and "£7.2" in line for line in said)
    assert ["samples" in line for line in said] == [True] * 4 + [False]


def test_programs_get_it_as_an_event(capsys: pytest.CaptureFixture[str]) -> None:
    Answers(Console(), Silence(), as_json=True)(step(4))
    (line,) = capsys.readouterr().out.splitlines()
    told = json.loads(line)
    assert (told["event"], told["final"], told["draws"], told["of_draws"]) == ("answer", False, 4, 128)
    assert told["net_public_cost_gbp"] == 7.2e9
