"""Where two outcomes of the same inputs first differ, in words.

To see what an edit did to a world or a council, save its outcomes with the code as it was, in another work tree, and
compare it with the code as it is. From the folder of the repository, with ``tests`` on ``PYTHONPATH``::

    git worktree add ../before <commit that froze the results>
    (cd ../before && PYTHONPATH=tests python -m golden.difference save 17 ../17.npz)
    PYTHONPATH=tests python -m golden.difference compare 17 ../17.npz

``python -m golden.difference engines 17`` compares the two engines with each other, the no-policy arm and then the
policy arm, and ``python -m golden.difference recipe 17`` prints what the world is made of. A council is named instead
of a number as in ``"Norfolk combined"``, and ``--engine reference`` runs the other engine.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from pprint import pformat
from typing import Any

import numpy as np
from golden.prints import sorted_trace

from sencosim.units import MINUTES_PER_WEEK
from sencosim.vocabulary import Event, Quantity

EARLIER, CELLS = 6, 8
"""Earlier events and differing cells that are shown."""


@dataclass(frozen=True)
class Kept:
    """An outcome whose columns know their names.

    Attributes
    ----------
    trace
        Sorted events. [shape (n_events, 5)]
    tally, groups
        As in an outcome.
    schools, filings
        As in the tables of a no-policy arm; empty for an arm that reads another.
    quantities
        Name of each column of tally and groups.
    """

    trace: np.ndarray
    tally: np.ndarray
    groups: np.ndarray
    schools: np.ndarray
    filings: np.ndarray
    quantities: tuple[str, ...]

    @classmethod
    def of(cls, outcome: Any) -> Kept:
        names, tables = tuple(one.key for one in Quantity), outcome.reference
        schools, filings = (np.zeros(0),) * 2 if tables is None else (tables.schools, tables.filings)
        return cls(sorted_trace(outcome.trace), outcome.tally, outcome.groups, schools, filings, names)


KeptArms = dict[str, Kept]
"""By name of the arm, in the order in which they run."""


def kept_arms(arms: Any) -> KeptArms:
    """Both arms of a world."""
    return {arm: Kept.of(outcome) for arm, outcome in arms.named()}


def write(kept: KeptArms, path: Path) -> None:
    """Keep outcomes in one file."""
    arrays: dict[str, Any] = {
        f"{arm}.{part}": np.array(value) for arm, one in kept.items() for part, value in vars(one).items()
    }
    with path.open("wb") as stream:
        np.savez_compressed(stream, **arrays)


def read(path: Path) -> KeptArms:
    """Outcomes as they were kept."""
    found: dict[str, dict[str, Any]] = {}
    with np.load(path, allow_pickle=False) as kept:
        for name in kept.files:
            arm, part = name.split(".")
            found.setdefault(arm, {})[part] = kept[name]
    return {arm: Kept(**{**parts, "quantities": tuple(parts["quantities"].tolist())}) for arm, parts in found.items()}


def event_in_words(event: Any) -> str:
    minute, code, school, pupil, detail = (int(part) for part in event)
    weeks, rest = divmod(minute, MINUTES_PER_WEEK)
    return f"week {weeks}, minute {rest}: {Event(code).words}, school {school}, pupil {pupil}, detail {detail}"


def differences_of_arms(one: KeptArms, other: KeptArms, names: tuple[str, str]) -> list[str]:
    """Differences of the first arm that differs: those of a later one follow from them."""
    for arm in one:
        lines = differences(one[arm], other[arm], names)
        if lines:
            return [f"{arm}:", *lines]
    return []


def differences(one: Kept, other: Kept, names: tuple[str, str]) -> list[str]:
    """The first event that differs and what led to it, and the first cells; no lines if the outcomes are the same."""
    return [
        *_of_traces(one, other, names),
        *_of_counts(one, other, "tally", ("cell", "term")),
        *_of_counts(one, other, "groups", ("group", "year")),
        *_of_records(one.schools, other.schools, "schools"),
        *_of_records(one.filings, other.filings, "filings"),
    ]


def _of_traces(one: Kept, other: Kept, names: tuple[str, str]) -> list[str]:
    if np.array_equal(one.trace, other.trace):
        return []
    shared = min(len(one.trace), len(other.trace))
    apart = (one.trace[:shared] != other.trace[:shared]).any(axis=1)
    place = int(apart.argmax()) if apart.any() else shared
    lines = [f"trace: {len(one.trace)} events in {names[0]}, {len(other.trace)} in {names[1]}; the first that differs:"]
    for name, trace in zip(names, (one.trace, other.trace), strict=True):
        lines += _told(name, trace, place)
    return lines


def _told(name: str, trace: np.ndarray, place: int) -> list[str]:
    """The event of one trace, and those before it of the same pupil, or of the school if it is about no pupil."""
    if place >= len(trace):
        return [f"  {name}: nothing more"]
    event, before = trace[place], trace[:place]
    pupil = before[(before[:, 2] == event[2]) & (before[:, 3] == event[3])]
    school = before[before[:, 2] == event[2]]
    lines = [f"  {name}: {event_in_words(event)}"]
    lines += [f"    earlier, pupil: {event_in_words(one)}" for one in pupil[-EARLIER:]]
    lines += [f"    earlier, school: {event_in_words(one)}" for one in school[-EARLIER:]]
    return lines


def _of_counts(one: Kept, other: Kept, part: str, axes: tuple[str, str]) -> list[str]:
    counts = [{name: getattr(kept, part)[..., i] for i, name in enumerate(kept.quantities)} for kept in (one, other)]
    shape = getattr(one, part).shape[:2]
    if shape != getattr(other, part).shape[:2]:
        return [f"{part}: shape {shape} and {getattr(other, part).shape[:2]}"]
    found: list[tuple[int, int, str, int, int]] = []
    nothing = np.zeros(shape, dtype=np.int64)
    for name in dict.fromkeys((*one.quantities, *other.quantities)):
        first, second = (table.get(name, nothing) for table in counts)
        places = np.argwhere(first != second).tolist()
        found += [(when, row, name, int(first[row, when]), int(second[row, when])) for row, when in places]
    if not found:
        return []
    quantities = sorted({name for _, _, name, _, _ in found})
    lines = [f"{part}: {len(found)} cells differ, in {', '.join(quantities)}; the earliest:"]
    lines += [
        f"  {axes[1]} {when}, {axes[0]} {row}, {name}: {a} and {b}" for when, row, name, a, b in sorted(found)[:CELLS]
    ]
    return lines


def _of_records(one: np.ndarray, other: np.ndarray, part: str) -> list[str]:
    """Tables of the no-policy arm: rows and the first fields that differ."""
    if one.tobytes() == other.tobytes() and one.dtype == other.dtype:
        return []
    if one.shape != other.shape or one.dtype != other.dtype:
        return [f"{part}: {one.shape[0]} rows of {one.dtype.names} and {other.shape[0]} of {other.dtype.names}"]
    names = one.dtype.names or ()
    places = {name: np.flatnonzero(one[name] != other[name]) for name in names}
    rows = np.unique(np.concatenate([*places.values()]))
    shown = [
        f"  row {row}, {name}: {one[name][row]!r} and {other[name][row]!r}"
        for row in rows[:CELLS].tolist()
        for name in names
        if row in places[name]
    ]
    return [f"{part}: {rows.size} rows differ", *shown]


# -- on the command line --------------------------------------------------------------------------------------------


def kept_of(case: str, engine: str) -> KeptArms:
    """Run a world by its number or a council by its case."""
    from golden import engines, worlds  # noqa: PLC0415  # the engines are not needed to compare outcomes

    world = worlds.world(int(case)) if case.isdigit() else worlds.council(case)
    return kept_arms(engines.run_world(world, engine))  # type: ignore[arg-type]  # argparse has checked the name


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="golden.difference", description="Where outcomes first differ.")
    parser.add_argument("what", choices=["save", "compare", "engines", "recipe"])
    parser.add_argument("case", help="number of a world, or a council such as 'Norfolk combined'")
    parser.add_argument("file", nargs="?", type=Path, help="for save and compare")
    parser.add_argument("--engine", choices=["compiled", "reference"], default="compiled")
    told = parser.parse_args(arguments)
    if told.what in {"save", "compare"} and told.file is None:
        parser.error(f"{told.what} needs a file")
    if told.what == "recipe":
        from golden.worlds import recipe  # noqa: PLC0415

        sys.stdout.write(pformat(asdict(recipe(int(told.case))), width=120, sort_dicts=False) + "\n")
        return 0
    if told.what == "save":
        write(kept_of(told.case, told.engine), told.file)
        return 0
    if told.what == "engines":
        names, one, other = ("reference", "compiled"), kept_of(told.case, "reference"), kept_of(told.case, "compiled")
    else:
        names, one, other = ("before", "now"), read(told.file), kept_of(told.case, told.engine)
    lines = differences_of_arms(one, other, names)
    sys.stdout.write("\n".join(lines or [f"{told.case}: the same in {names[0]} and {names[1]}"]) + "\n")
    return int(bool(lines))


if __name__ == "__main__":
    sys.exit(main())
