"""The decision log: who owns which assumption, what was decided, who signed which run. People write it, packs read it.

It lies next to the runs, so it survives them. A pack never changes what people wrote: it makes the file where there is
none, and says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from sencosim.errors import InputError, Problem
from sencosim.names import did_you_mean, listed
from sencosim.report.table import words_in
from sencosim.scenario.files import display_name
from sencosim.scenario.reading import read_text
from sencosim.scenario.tree import Branch, Leaf, Listing, Node

LOG = "decision_log.yaml"
"""Name of the file, in the folder of runs and in a pack."""
WORDS = "pack/decision_log_words.yaml"
ROLES = ("commissioner", "analyst", "assurer", "approver")
"""Roles of the Aqua Book, in the order shown."""
NO_OWNER = "to be named"
_DIGEST = re.compile(r"^[0-9a-f]{64}$")
_FAULTS: Mapping[str, str] = words_in(WORDS)["faults"]


@dataclass(frozen=True)
class Person:
    """Who has a role; blank as long as nobody does."""

    name: str = ""
    organisation: str = ""


@dataclass(frozen=True)
class Decision:
    """One thing that people decided."""

    date: str  # such as 2026-11-29
    decision: str
    why: str
    by: str
    assumptions: tuple[str, ...] = ()  # parameters that it is about
    reviewer: str = ""  # who read it again; blank if nobody did


@dataclass(frozen=True)
class SignOff:
    """One signature under one run."""

    role: str  # one of :data:`ROLES`
    name: str
    date: str
    run: str  # id of the run
    digest: str  # SHA-256 of its manifest.json [64 hexadecimal digits]
    words: str = ""  # what it is signed for


@dataclass(frozen=True)
class DecisionLog:
    """What people wrote; empty where there is no file."""

    roles: Mapping[str, Person] = field(default_factory=lambda: dict.fromkeys(ROLES, Person()))
    owners: Mapping[str, str] = field(default_factory=dict)  # person by parameter, those named alone
    decisions: tuple[Decision, ...] = ()
    sign_offs: tuple[SignOff, ...] = ()
    text: str = ""  # of the file, as it was read

    def owner_of(self, parameter: str) -> str:
        """Who answers for an assumption."""
        return self.owners.get(parameter, NO_OWNER)


def read_log(path: Path) -> DecisionLog:
    """Read a decision log.

    Raises
    ------
    InputError
        If anything in it cannot mean what it says: every fault with its line.
    """
    name = display_name(path)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise InputError(_FAULTS["unreadable"].format(file=name, reason=fault)) from fault
    reading = read_text(text, name)
    reader = _Reader(list(reading.problems))
    log = reader.log(reading.root, text) if reading.readable else DecisionLog()
    if reader.problems:
        told = sorted(reader.problems, key=lambda one: (one.line or 0, one.column or 0))
        number = "one problem" if len(told) == 1 else f"{len(told)} problems"
        raise InputError(_FAULTS["all"].format(file=name, number=number), tuple(_with_place(one) for one in told))
    return log


def write_template(path: Path, run: str, digest: str, weightiest: Sequence[str]) -> bool:
    """Write a log for people to fill in, where there is none. Whether it was written.

    Parameters
    ----------
    path
        Where; what is there is never changed.
    run, digest
        Id of a run and SHA-256 of its manifest, for the example of a sign-off.
    weightiest
        Parameters that the answer rests on most: they are listed, without an owner.
    """
    owners = "\n".join(f'  {name}: ""' for name in weightiest) or "  {}"
    text = str(words_in(WORDS)["template"]).format(run=run, digest=digest, owners=owners)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        return False
    return True


def _with_place(one: Problem) -> Problem:
    key = f", {one.key}" if one.key else ""
    return Problem(f"line {one.line}{key}: {one.message}", line=one.line, column=one.column, key=one.key)


# Reading: each function takes a node and gives what it holds; what is wrong is noted, and something blank given.

_Take = Callable[["_Reader", Node, str], str]


@dataclass
class _Reader:
    """Takes the tree apart and gathers what is wrong."""

    problems: list[Problem]

    def log(self, root: Branch, text: str) -> DecisionLog:
        self.only(root, ("roles", "owners", "decisions", "sign_offs"), "")
        parts = root.entries
        return DecisionLog(
            roles={role: self.person(self.branch(parts.get("roles"), "roles", ROLES), role) for role in ROLES},
            owners=dict(self.owners(parts.get("owners"))),
            decisions=tuple(self.decision(*one) for one in self.groups(parts.get("decisions"), "decisions", _DECISION)),
            sign_offs=tuple(self.sign_off(*one) for one in self.groups(parts.get("sign_offs"), "sign_offs", _SIGN_OFF)),
            text=text,
        )

    def person(self, roles: Branch | None, role: str) -> Person:
        key = f"roles.{role}"
        found = self.branch(roles.entries.get(role) if roles else None, key, ("name", "organisation"))
        if found is None:
            return Person()
        return Person(*(self.field(found, name, key, _text, needed=False) for name in ("name", "organisation")))

    def owners(self, node: Node | None) -> Iterator[tuple[str, str]]:
        found = self.branch(node, "owners")
        for name, child in (found.entries if found else {}).items():
            if owner := _text(self, child, f"owners.{name}"):
                yield name, owner

    def decision(self, found: Branch, key: str) -> Decision:
        told = {name: self.field(found, name, key, take) for name, take in _DECISION_FIELDS.items()}
        listing = found.entries.get("assumptions")
        items = listing.items if isinstance(listing, Listing) else ()
        if listing is not None and not isinstance(listing, Listing):
            self.fault(listing, f"{key}.assumptions", "list")
        about = tuple(_text(self, item, f"{key}.assumptions") for item in items)
        reviewer = self.field(found, "reviewer", key, _text, needed=False)
        return Decision(told["date"], told["decision"], told["why"], told["by"], about, reviewer)

    def sign_off(self, found: Branch, key: str) -> SignOff:
        told = {name: self.field(found, name, key, take) for name, take in _SIGN_OFF_FIELDS.items()}
        words = self.field(found, "words", key, _text, needed=False)
        return SignOff(told["role"], told["name"], told["date"], told["run"], told["digest"], words)

    def groups(self, node: Node | None, key: str, allowed: Sequence[str]) -> Iterator[tuple[Branch, str]]:
        """Groups of a list, each with its name for messages."""
        if node is None or (isinstance(node, Leaf) and node.value is None):
            return
        if not isinstance(node, Listing):
            self.fault(node, key, "list")
            return
        for number, item in enumerate(node.items, start=1):
            found = self.branch(item, f"{key}.{number}", allowed)
            if found is not None:
                yield found, f"{key}.{number}"

    def branch(self, node: Node | None, key: str, allowed: Sequence[str] = ()) -> Branch | None:
        """A group of settings, if there is one there."""
        if node is None or (isinstance(node, Leaf) and node.value is None):
            return None
        if not isinstance(node, Branch):
            self.fault(node, key, "group")
            return None
        if allowed:
            self.only(node, allowed, key)
        return node

    def only(self, found: Branch, allowed: Sequence[str], key: str) -> None:
        for name, child in found.entries.items():
            if name not in allowed and f"{key}.{name}" not in (one.key for one in self.problems):
                hint = did_you_mean(name, allowed) or f"Allowed are: {listed(allowed)}."
                self.fault(child, f"{key}.{name}".lstrip("."), "unknown", name=name, hint=hint)

    def field(self, found: Branch, name: str, key: str, take: _Take, *, needed: bool = True) -> str:
        child = found.entries.get(name)
        if child is None:
            if needed:
                self.problems.append(
                    Problem(
                        _FAULTS["missing"].format(name=name), line=found.place.line, column=found.place.column, key=key
                    )
                )
            return ""
        told = take(self, child, f"{key}.{name}")
        if needed and not told and isinstance(child, Leaf) and child.value in (None, ""):
            self.fault(child, f"{key}.{name}", "blank", name=name)
        return told

    def fault(self, node: Node, key: str, what: str, **told: str) -> None:
        place = node.place
        self.problems.append(Problem(_FAULTS[what].format(**told), line=place.line, column=place.column, key=key))


def _text(reader: _Reader, node: Node, key: str) -> str:
    if not isinstance(node, Leaf):
        reader.fault(node, key, "text")
        return ""
    if node.value is None:
        return ""
    if not isinstance(node.value, str):
        reader.fault(node, key, "quoted", found=node.text)
        return ""
    return " ".join(node.value.split())


def _date(reader: _Reader, node: Node, key: str) -> str:
    written = _text(reader, node, key)
    try:
        return date.fromisoformat(written).isoformat() if written else ""
    except ValueError:
        reader.fault(node, key, "date", found=written)
        return ""


def _role(reader: _Reader, node: Node, key: str) -> str:
    written = _text(reader, node, key)
    if written and written not in ROLES:
        reader.fault(node, key, "role", found=written, hint=did_you_mean(written, ROLES) or f"Roles: {listed(ROLES)}.")
    return written


def _digest(reader: _Reader, node: Node, key: str) -> str:
    written = _text(reader, node, key)
    if written and not _DIGEST.match(written):
        reader.fault(node, key, "digest")
    return written


_DECISION_FIELDS: Mapping[str, _Take] = {"date": _date, "decision": _text, "why": _text, "by": _text}
_DECISION = (*_DECISION_FIELDS, "assumptions", "reviewer")
_SIGN_OFF_FIELDS: Mapping[str, _Take] = {
    "role": _role,
    "name": _text,
    "date": _date,
    "run": _text,
    "digest": _digest,
}
_SIGN_OFF = (*_SIGN_OFF_FIELDS, "words")
