"""Put a scenario together from its parents, its mixins and its own lines.

Order of priority, lowest first: defaults, parents (oldest first), mixins, own lines. A line that is not written is not
the same as a line that repeats the default: only written lines are inherited. Groups are merged line by
line; a floor, a schedule of hours, a phase-in, an override and a list are replaced as a whole, because half of one and
half of another mean nothing. Cautions add up, because the reason for one still holds in a file that builds on it.
Writing ``null`` takes an inherited setting back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sencosim.errors import Problem
from sencosim.levers.catalogue import LEVERS
from sencosim.scenario.files import MIXINS, display_name, find_mixin, find_scenario
from sencosim.scenario.reading import read_text
from sencosim.scenario.schema import SCHEMA_VERSION
from sencosim.scenario.tree import Branch, Leaf, Listing, Node, Place, dotted, find, plain
from sencosim.scenario.tree import Path as TreePath

OWN_KEYS = ("schema", "name", "extends", "include")
"""Keys that belong to one file and are not inherited."""
DESCRIPTIVE_KEYS = ("title", "description")
WHOLE = ("floor", "hours", "phase_in")
ADDED = ("cautions",)
"""Lists at the top of a file that add to what is inherited, instead of taking its place."""
NOTHING_IN_IT = (
    "The file has no settings, so it asks nothing. Write one, such as  extends: full_time , or let  sencosim new  "
    "write a scenario to start from."
)
"""What is wrong with an empty file, or one of comments alone."""
_PHASING = ("phase_in_years", "phase_in")


def rivals_of(path: TreePath) -> tuple[tuple[str, ...], ...]:
    """Sets of settings of a lever of which one takes the place of the others. Empty where a path is no lever's."""
    if len(path) != 2 or path[0] not in ("levers", "background"):
        return ()
    lever = LEVERS.get(str(path[1]))
    return (_PHASING, lever.forms) if lever is not None and lever.forms else (_PHASING,)


@dataclass
class Layered:
    """A scenario before it is checked."""

    tree: Branch  # all lines that hold, each with the place it was written at
    chain: tuple[str, ...] = ()  # files that were read, oldest parent first, as shown to people
    problems: list[Problem] = field(default_factory=list)  # what is wrong with the files themselves
    complete: bool = True  # all files could be read; if not, what is missing may be no fault of the author's


def gather(path: Path, trail: tuple[Path, ...] = ()) -> Layered:
    """Read a scenario file and everything it builds on; ``trail`` are the files that led here, to notice a circle."""
    file = display_name(path)
    own = _read(path, file)
    _check_version(own)
    layered = _parent(own, path, (*trail, path.resolve()))
    layered.problems = [*own.problems, *layered.problems]
    layered.complete = layered.complete and own.complete
    base = _with_mixins(layered, own, path)
    _note_idle_lines(layered, base, own.tree)
    layered.tree = merged(_without_identity(base, own.tree), _inheritable(own.tree))
    _identify(layered.tree, own.tree, path.stem)
    layered.chain = (*layered.chain, file)
    return layered


def _without_identity(base: Branch, own: Branch) -> Branch:
    """Parent's settings; without its name, title and description unless the file sets nothing at all.

    A file that sets nothing *is* its parent. One that sets something must not pass under its parent's title.
    """
    silent = not any(key not in ("schema", "extends") for key in own.entries)
    left_out = () if silent else ("name", *DESCRIPTIVE_KEYS)
    return Branch(base.place, {key: node for key, node in base.entries.items() if key not in left_out})


def _identify(tree: Branch, own: Branch, stem: str) -> None:
    """Enter the name, and a title made of it, where the file gives none."""
    slug = re.sub(r"[^a-z0-9]+", "_", stem.lower()).strip("_") or "unnamed"
    slug = slug if slug[0].isalpha() else f"s_{slug}"
    for key, text in (("name", slug), ("title", slug.replace("_", " ").capitalize())):
        if key in own.entries:
            tree.entries[key] = own.entries[key]
        elif key not in tree.entries:
            tree.entries[key] = Leaf(Place(own.place.file, 1, 1), text, text)


def _read(path: Path, file: str) -> Layered:
    empty = Branch(Place(file, 1, 1))
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        problem = Problem("The file is not plain text (UTF-8). Save it as UTF-8 text.", file=file)
        return Layered(empty, problems=[problem], complete=False)
    except OSError as fault:
        problem = Problem(f"The file cannot be opened: {fault.strerror or 'no permission'}.", file=file)
        return Layered(empty, problems=[problem], complete=False)
    reading = read_text(text, file)
    if reading.readable and not reading.root.entries and not reading.problems:
        reading.problems.append(Problem(NOTHING_IN_IT, file=file, line=1, column=1))
    return Layered(_spelt_out(reading.root), problems=reading.problems, complete=reading.readable)


def _spelt_out(root: Branch) -> Branch:
    """Write overrides in short form (name: number) in full."""
    overrides = root.entries.get("overrides")
    if not isinstance(overrides, Branch):
        return root
    full: dict[str, Node] = {}
    for name, node in overrides.entries.items():
        short = isinstance(node, Listing) or (isinstance(node, Leaf) and node.value is not None)
        full[name] = Branch(node.place, {"value": node}) if short else node
    return Branch(root.place, {**root.entries, "overrides": Branch(overrides.place, full)})


def _check_version(own: Layered) -> None:
    node = own.tree.entries.pop("schema", None)
    if node is None:
        return
    if isinstance(node, Leaf) and node.value == SCHEMA_VERSION and not isinstance(node.value, bool):
        return
    found = node.text if isinstance(node, Leaf) else None
    newer = isinstance(node, Leaf) and isinstance(node.value, int) and node.value > SCHEMA_VERSION
    message = (
        f"This file is written for a newer scenario format than version {SCHEMA_VERSION}, which this sencosim reads. "
        "What changed between them is in the changelog of the newer sencosim, under Interface. Update sencosim; or, "
        "where the newer one is installed,  sencosim migrate FILE  rewrites the file."
        if newer
        else f"There is no scenario format of this version; the first and only one is {SCHEMA_VERSION}, so nothing has "
        f"changed and  sencosim migrate FILE  has nothing to do. Write  schema: {SCHEMA_VERSION} ."
    )
    own.problems.append(Problem(message, node.place.file, node.place.line, node.place.column, "schema", found))


def _parent(own: Layered, path: Path, trail: tuple[Path, ...]) -> Layered:
    node = own.tree.entries.get("extends")
    empty = Branch(Place(display_name(path), 1, 1))
    if node is None or (isinstance(node, Leaf) and node.value is None):
        return Layered(empty)
    if not isinstance(node, Leaf) or not isinstance(node.value, str):
        problem = _at(node, "extends", "Name one scenario, such as  extends: baseline . For several files use include.")
        return Layered(empty, problems=[problem], complete=False)
    search = find_scenario(node.value, path.parent)
    if search.path is None:
        return Layered(empty, problems=[_at(node, "extends", search.failure("scenario"))], complete=False)
    found = search.path.resolve()
    if found in trail:
        loop = [*trail[trail.index(found) :], found]
        names = " → ".join(file.stem for file in loop)
        message = f"These scenarios extend each other in a circle: {names}. Take one extends out."
        return Layered(empty, problems=[_at(node, "extends", message)], complete=False)
    return gather(search.path, trail)


def _at(node: Node, key: str, message: str, *, warning: bool = False) -> Problem:
    place = node.place
    found = node.text if isinstance(node, Leaf) else None
    return Problem(message, place.file, place.line, place.column, key, found, "warning" if warning else "error")


def _with_mixins(layered: Layered, own: Layered, path: Path) -> Branch:
    """Parent's settings with the mixins on top; problems are added to ``layered``."""
    base = layered.tree
    set_by: dict[TreePath, Place] = {}
    for node in _mixin_names(layered, own):
        search = find_mixin(str(node.value), path.parent)
        if search.path is None:
            layered.problems.append(_at(node, "include", search.failure("mixin")))
            layered.complete = False
            continue
        mixin = _read(search.path, display_name(search.path))
        _check_version(mixin)
        layered.problems += mixin.problems
        layered.complete = layered.complete and mixin.complete
        layered.problems += list(_mixin_faults(mixin.tree, set_by))
        base = merged(base, _inheritable(mixin.tree, mixin=True))
        layered.chain = (*layered.chain, display_name(search.path))
    return base


def _mixin_names(layered: Layered, own: Layered) -> Iterator[Leaf]:
    node = own.tree.entries.get("include")
    if node is None or (isinstance(node, Leaf) and node.value is None):
        return
    items: tuple[Node, ...] = node.items if isinstance(node, Listing) else (node,)
    for item in items:
        if isinstance(item, Leaf) and isinstance(item.value, str) and isinstance(node, Listing):
            yield item
        else:
            message = f"List the mixins in brackets, such as  include: [slt_seat] . They live in {MIXINS}/."
            layered.problems.append(_at(item, "include", message))


def _mixin_faults(tree: Branch, set_by: dict[TreePath, Place]) -> Iterator[Problem]:
    """Problems of one mixin among others; what it sets is entered into ``set_by``."""
    for key in ("extends", "include"):
        if key in tree.entries:
            message = f"A mixin stands alone and cannot use {key}. Put {key} into the scenario that includes it."
            yield _at(tree.entries[key], key, message)
    for path, node in units(_inheritable(tree, mixin=True)):
        if path[0] in ADDED:
            continue
        other = next((place for known, place in set_by.items() if _overlap(known, path)), None)
        if other is not None:
            message = (
                f"Two mixins set this: {other.file} in line {other.line} and {node.place.file} in line "
                f"{node.place.line}. Which one should win is not clear. Take it out of one of them, or write it in the "
                "scenario and include only one."
            )
            yield _at(node, dotted(path), message)
        set_by[path] = node.place


def _overlap(a: TreePath, b: TreePath) -> bool:
    shorter = min(len(a), len(b))
    rivals = rivals_of(a[:2]) if len(a) == len(b) == 3 and a[:2] == b[:2] else ()
    return a[:shorter] == b[:shorter] or any(a[-1] in names and b[-1] in names for names in rivals)


def _inheritable(tree: Branch, *, mixin: bool = False) -> Branch:
    left_out = (*OWN_KEYS, *DESCRIPTIVE_KEYS) if mixin else OWN_KEYS
    return Branch(tree.place, {key: node for key, node in tree.entries.items() if key not in left_out})


def is_whole(path: TreePath) -> bool:
    """Whether what stands at a path is replaced as a whole."""
    return path[-1] in WHOLE or (len(path) == 2 and path[0] == "overrides")


def units(node: Node, path: TreePath = ()) -> Iterator[tuple[TreePath, Node]]:
    """Path and node of everything that is inherited or replaced as a whole, in the order of the file."""
    if isinstance(node, Branch) and (not path or (node.entries and not is_whole(path))):
        for name, child in node.entries.items():
            yield from units(child, (*path, name))
    else:
        yield path, node


def merged(parent: Branch, child: Branch, path: TreePath = ()) -> Branch:
    """Parent's settings with the child's on top."""
    rivals = (names for names in rivals_of(path) if any(name in child.entries for name in names))
    displaced = {name for names in rivals for name in names}
    entries: dict[str, Node] = {name: node for name, node in parent.entries.items() if name not in displaced}
    for name, node in child.entries.items():
        old, here = entries.get(name), (*path, name)
        if isinstance(old, Branch) and isinstance(node, Branch) and not is_whole(here):
            entries[name] = merged(old, node, here)
        elif here[0] in ADDED and isinstance(old, Listing) and isinstance(node, Listing):
            known = [plain(item) for item in old.items]
            entries[name] = Listing(
                node.place, (*old.items, *(item for item in node.items if plain(item) not in known))
            )
        else:
            entries[name] = node
    return Branch(child.place if child.entries else parent.place, entries)


def _note_idle_lines(layered: Layered, base: Branch, own: Branch) -> None:
    """Warn of lines that repeat what is inherited."""
    for path, node in units(_inheritable(own)):
        old = find(base, path)
        if _stands_at(base, path) and plain(old) == plain(node):
            message = (
                f"This line changes nothing: the same stands in {old.place.file}, line {old.place.line}. "
                "Take it out, or keep it if it should hold even when that file changes."
            )
            layered.problems.append(_at(node, dotted(path), message, warning=True))


def _stands_at(tree: Branch, path: TreePath) -> bool:
    here: Node = tree
    for step in path:
        if not isinstance(here, Branch) or step not in here.entries:
            return False
        here = here.entries[str(step)]
    return True
