"""Worlds that the making of the explorer keeps: taken again by the code that made them, under their own name."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from sencosim.costing.prices import ONLY_PRICES
from sencosim.errors import InputError
from sencosim.evidence.register import Register, load_register
from sencosim.experiment.lock import only_here
from sencosim.experiment.pool import Where
from sencosim.fingerprint import MADE_WITH, made_with
from sencosim.model import RunOptions
from sencosim.outcomes import explorer_data
from sencosim.outcomes.explorer_data import COUNCIL_QUANTITIES
from sencosim.scenario.load import load_scenario
from sencosim.studies import explore_councils, explore_kept, explore_make
from sencosim.studies.explore_kept import DIGEST, kept
from sencosim.studies.explore_runs import Ran, run_all

pytestmark = pytest.mark.unit

THREADS = Where(1, partial(ThreadPoolExecutor, 1))


def ran(number: float) -> Ran:
    """A made-up world of which every number is the same."""
    names = ("change", "base", "schools", "beliefs", "prices")
    return Ran(**{name: np.full((2, 3), number) for name in names}, seconds=1.0)


def said(folder: Path, numbers: Iterable[float] = (1.0, 2.0)) -> tuple[list[float], list[str]]:
    """Run made-up worlds, and give what came out of each and what was said."""
    told: list[str] = []
    folder.mkdir(exist_ok=True)
    work = [(folder / f"world_{place}.npz", partial(ran, number)) for place, number in enumerate(numbers)]
    return [float(one.change[0, 0]) for _, one in run_all(work, THREADS, told.append)], told


def swap(folder: Path) -> None:
    """Put two worlds under each other's name."""
    first, second = folder / "world_0.npz", folder / "world_1.npz"
    first.rename(folder / "between")
    second.rename(first)
    (folder / "between").rename(second)


def forge(folder: Path) -> None:
    """Change a number of a world, and leave the digest."""
    path = folder / "world_0.npz"
    with np.load(path) as stored:
        told = {name: stored[name] for name in stored.files}
    np.savez_compressed(path, **{**told, "base": told["base"] + 1.0})


def unsigned(folder: Path) -> None:
    """Take the digest out."""
    path = folder / "world_0.npz"
    with np.load(path) as stored:
        told = {name: stored[name] for name in stored.files if name != DIGEST}
    np.savez_compressed(path, **told)


def cut(folder: Path) -> None:
    """Leave half a file."""
    path = folder / "world_0.npz"
    path.write_bytes(path.read_bytes()[:200])


def test_what_is_kept_is_not_run_again(tmp_path: Path) -> None:
    assert said(tmp_path)[0] == [1.0, 2.0]
    assert said(tmp_path, (8.0, 9.0)) == ([1.0, 2.0], [])


@pytest.mark.parametrize(("fault", "again"), [(swap, 2), (forge, 1), (unsigned, 1), (cut, 1)])
def test_a_kept_world_that_is_not_what_it_is_named_is_run_again(tmp_path: Path, fault, again: int) -> None:
    said(tmp_path)
    fault(tmp_path)
    found, told = said(tmp_path)
    assert found == [1.0, 2.0]
    assert told[0].endswith(f"or not under their own name: {again}. They are run again.")
    assert said(tmp_path)[1] == []


def test_a_kept_world_of_another_folder_is_run_again(tmp_path: Path) -> None:
    said(tmp_path / "one")
    shutil.copytree(tmp_path / "one", tmp_path / "other")
    assert said(tmp_path / "other", (8.0, 9.0))[0] == [8.0, 9.0]


def test_worlds_of_other_code_are_run_again_and_lie_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    base = load_scenario("baseline").scenario
    said(tmp_path)
    place = explore_make.place_of(tmp_path, base)
    for module in (explore_kept, explore_make):
        monkeypatch.setattr(module, "code_fingerprint", lambda: "another")
    assert explore_make.place_of(tmp_path, base) != place
    assert said(tmp_path, (8.0, 9.0))[0] == [8.0, 9.0]


@pytest.mark.parametrize("one", MADE_WITH)
def test_a_process_of_another_model_makes_no_world(one: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sencosim.studies.explore_runs.made_with", lambda: made_with() | {one: "another"})
    with pytest.raises(InputError, match=rf"has other {one.removesuffix('_fingerprint')} than the one that gave it"):
        said(tmp_path / "kept")
    assert list((tmp_path / "kept").iterdir()) == []


def test_worlds_of_another_baseline_lie_elsewhere(tmp_path: Path) -> None:
    base = load_scenario("baseline").scenario
    other = base.model_copy(update={"run": base.run.model_copy(update={"seed": base.run.seed + 1})})
    assert explore_make.place_of(tmp_path, base) != explore_make.place_of(tmp_path, other)


def test_worlds_at_other_prices_lie_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A world keeps the prices of its draw, by which the emulator is judged."""
    base, known = load_scenario("baseline").scenario, load_register()
    place = explore_make.place_of(tmp_path, base)
    assert explore_make.place_of(tmp_path, base) == place
    for name in sorted(ONLY_PRICES)[::9]:
        one = known[name]
        dearer = one.model_copy(update={"value": 1.1 * known.number(name) + 1.0, "uncertainty": None})
        changed = Register({**known, name: dearer}, correlations=known.correlations)
        with monkeypatch.context() as here:
            here.setattr(explorer_data, "load_register", lambda changed=changed: changed)
            assert explore_make.place_of(tmp_path, base) != place, name


def test_councils_that_are_not_what_was_kept_are_run_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[int] = []

    def run(*_: object) -> tuple[np.ndarray, np.ndarray]:
        runs.append(1)
        return np.full((1, 2, len(COUNCIL_QUANTITIES)), 3.0), np.array([201, 202])

    monkeypatch.setattr(explore_councils, "_run", run)
    path = tmp_path / "councils.npz"
    ask = partial(explore_councils.of_councils, {}, ("full_time",), RunOptions(), path)
    first = ask()
    assert ask() == first
    assert len(runs) == 1
    np.savez_compressed(path, table=np.full((1, 2, len(COUNCIL_QUANTITIES)), 9.0), codes=np.array([201, 202]))
    assert ask() == first
    assert len(runs) == 2
    assert kept(path) is not None


def test_two_makings_of_the_same_do_not_go_on_at_once(tmp_path: Path) -> None:
    place = explore_make.place_of(tmp_path / "kept", load_scenario("baseline").scenario)
    place.mkdir(parents=True)
    with (
        only_here(place, "behind the explorer"),
        pytest.raises(InputError, match="behind the explorer goes on already"),
    ):
        explore_make.make(tmp_path / "data", tmp_path / "kept", explore_make.Sizes(), THREADS, print)
    assert not (tmp_path / "data").exists()
