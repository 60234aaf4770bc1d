"""A scenario file as a tree in which every value knows where it was written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

Scalar = str | int | float | bool | None
Plain = Scalar | dict[str, "Plain"] | list["Plain"]
Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Place:
    """Where something stands: file, line and column, both counted from 1."""

    file: str
    line: int
    column: int


@dataclass(frozen=True)
class Leaf:
    """A single value, with the text it was written as."""

    place: Place
    value: Scalar
    text: str


@dataclass(frozen=True)
class Listing:
    """A list."""

    place: Place
    items: tuple[Node, ...]


@dataclass(frozen=True)
class Branch:
    """A group of settings by name. ``place`` of an entry is that of its name."""

    place: Place
    entries: dict[str, Node] = field(default_factory=dict)


Node = Leaf | Listing | Branch


def plain(node: Node) -> Plain:
    """Values of a tree without their places."""
    if isinstance(node, Leaf):
        return node.value
    if isinstance(node, Listing):
        return [plain(item) for item in node.items]
    return {name: plain(child) for name, child in node.entries.items()}


def find(node: Node, path: Path) -> Node:
    """Node at a path, or the deepest node on the way to it."""
    for step in path:
        if isinstance(node, Branch) and isinstance(step, str) and step in node.entries:
            node = node.entries[step]
        elif isinstance(node, Listing) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
        else:
            break
    return node


def without(node: Node, path: Path) -> Node:
    """Tree without what stands at a path; the tree itself if nothing stands there."""
    if not path:
        return node
    step, rest = path[0], path[1:]
    if isinstance(node, Branch) and isinstance(step, str) and step in node.entries:
        entries = dict(node.entries)
        child = entries.pop(step)
        if rest:
            entries = {name: without(old, rest) if name == step else old for name, old in node.entries.items()}
        return Branch(node.place, entries) if rest or child else node
    if isinstance(node, Listing) and isinstance(step, int) and step < len(node.items):
        items = [without(item, rest) if rest and i == step else item for i, item in enumerate(node.items)]
        if not rest:
            del items[step]
        return Listing(node.place, tuple(items))
    return node


def placed(node: Node, path: Path, value: Node) -> Node:
    """Tree with a value put at a path whose group exists; the tree itself if it does not."""
    if not path:
        return value
    step, rest = path[0], path[1:]
    if isinstance(node, Branch) and isinstance(step, str) and (step in node.entries or not rest):
        child = placed(node.entries[step], rest, value) if rest else value
        return Branch(node.place, {**node.entries, step: child})
    if isinstance(node, Listing) and isinstance(step, int) and step < len(node.items):
        items = [placed(item, rest, value) if i == step else item for i, item in enumerate(node.items)]
        return Listing(node.place, tuple(items))
    return node


def leaves(node: Node, path: Path = ()) -> Iterator[tuple[Path, Node]]:
    """Path and node of every value, in the order of the file. Empty groups and lists count as values."""
    children: list[tuple[str | int, Node]] = []
    if isinstance(node, Branch):
        children = list(node.entries.items())
    elif isinstance(node, Listing):
        children = list(enumerate(node.items))
    if not children:
        yield path, node
    for step, child in children:
        yield from leaves(child, (*path, step))


def dotted(path: Path) -> str:
    """Path as text.

    Examples
    --------
    >>> dotted(("levers", "protected_time", "floor", "by_size", 0, "up_to_pupils"))
    'levers.protected_time.floor.by_size[0].up_to_pupils'
    """
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text
