"""Places of the program at which it is changed, and which of them are drawn."""

from __future__ import annotations

import ast
import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.provider import OperatorProvider

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("rules", "costing", "outcomes", "experiment", "engine/mechanisms")
COMPILED = ("rules", "engine/mechanisms")
"""Packages whose code is compiled."""
NOT_MEANT = ("RemoveDecorator", "VariableReplacer", "VariableInserter", "_Eq_Is", "_NotEq_IsNot")
"""Ends of changes that are left out: they change how code is compiled, need to be told what to change, or ask of equal
numbers whether they are one object."""
BITWISE = ("RShift", "LShift", "BitOr", "BitAnd", "BitXor")
"""Operators that no other takes the place of, nor they of another: on most numbers that ends in an error at once."""


@dataclass(frozen=True)
class Mutant:
    """A change of the program.

    Attributes
    ----------
    file
        Path from the top of the tree.
    line, column
        Where, from 1 and from 0.
    operator, occurrence
        In cosmic-ray's words.
    """

    file: str
    line: int
    column: int
    operator: str
    occurrence: int

    @property
    def key(self) -> str:
        """What names it."""
        return f"{self.file}:{self.line}:{self.column}:{self.operator}"

    @property
    def package(self) -> str:
        """The package that it stands in."""
        return str(Path(self.file).parent.relative_to("sencosim").as_posix())

    def code(self, source: str) -> str:
        """The program with the change."""
        changed = mutate_code(source, OperatorProvider()[self.operator](), self.occurrence)
        if changed is None:
            raise ValueError(f"No such place: {self.key}")
        return str(changed)


class Text:
    """What the text of a module says of its places."""

    def __init__(self, source: str) -> None:
        self.tree = ast.parse(source)
        self._left_out = [_span(node) for node in _left_out(self.tree)]
        self._statements = [node for node in ast.walk(self.tree) if isinstance(node, ast.stmt)]
        bodies = [node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef | ast.Lambda)]
        self._bodies = [
            (_span(node.body if isinstance(node, ast.Lambda) else node.body[0])[0], _span(node)[1]) for node in bodies
        ]

    def means_something(self, place: tuple[int, int]) -> bool:
        """Whether a change there changes what the program does, and not a type, a document or an error's words."""
        return not any(start <= place < end for start, end in self._left_out)

    def in_a_function(self, place: tuple[int, int]) -> bool:
        """Whether the place runs when a function is called, not when the module is imported."""
        return any(start <= place < end for start, end in self._bodies)

    def lines(self, place: tuple[int, int]) -> range:
        """Lines of the statement around a place; of one that holds others, those before the first of these."""
        spans = []
        for node in self._statements:
            start, end = _span(node)
            body = getattr(node, "body", None)
            if body and place < _span(body[0])[0]:
                end = _span(body[0])[0]
            if start <= place < end:
                spans.append((start, end))
        start, end = max(spans)
        return range(start[0], end[0] + (end[1] > 0))


Span = tuple[tuple[int, int], tuple[int, int]]


def _span(node: Any) -> Span:
    return (node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset)


def _left_out(tree: ast.Module) -> Iterator[ast.AST]:
    """Types, decorators, documents, error texts, and lists of names for importers."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            yield node
        yield from getattr(node, "decorator_list", ())
        for name in ("annotation", "returns"):
            if getattr(node, name, None) is not None:
                yield getattr(node, name)
        if isinstance(node, ast.Assign) and any(getattr(one, "id", "") == "__all__" for one in node.targets):
            yield node
        if isinstance(node, ast.Assign) and "Literal[" in ast.unparse(node.value):
            yield node
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            yield node


def mutants_of(path: Path) -> dict[tuple[int, int], list[Mutant]]:
    """Every change of a module, by its place."""
    source = path.read_text(encoding="utf-8")
    text, nodes = Text(source), list(ast_nodes(get_ast(source)))
    file = path.relative_to(ROOT).as_posix()
    found: dict[tuple[int, int], list[Mutant]] = {}
    for name in OperatorProvider():
        if not _is_meant(name):
            continue
        operator = OperatorProvider()[name]()
        places = [start for node in nodes for start, _ in operator.mutation_positions(node)]
        for occurrence, place in enumerate(places):
            if text.means_something(place):
                found.setdefault(place, []).append(Mutant(file, *place, name, occurrence))
    return found


def _is_meant(operator: str) -> bool:
    """Whether a change of cosmic-ray belongs to the study."""
    if operator.endswith(NOT_MEANT):
        return False
    kind, _, ends = operator.partition("_")
    return kind != "ReplaceBinaryOperator" or len({end in BITWISE for end in ends.split("_")}) == 1


def modules() -> list[Path]:
    """What is mutated."""
    return sorted(path for name in PACKAGES for path in (ROOT / "sencosim" / name).glob("*.py"))


def _hash(*words: object) -> int:
    return int.from_bytes(hashlib.sha256(":".join(map(str, words)).encode()).digest()[:8])


def drawn(seed: int, number: int) -> tuple[list[Mutant], dict[str, int]]:
    """So many mutants, each place as likely as any other, then each change of the place; and places by package.

    The first mutants of a larger number are those of a smaller one.
    """
    places = [(place, path, found) for path in modules() for place, found in mutants_of(path).items()]
    counts = Counter(found[0].package for _, _, found in places)
    places.sort(key=lambda one: _hash(seed, one[2][0].file, *one[0]))
    return [found[_hash(seed, "change", found[0].key) % len(found)] for _, _, found in places[:number]], dict(counts)
