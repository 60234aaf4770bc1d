"""What the model does, as a digest, and whether this is the code and the evidence that were shown to do it.

Results that ship with the package (back-test, frontier, runs of the explorer) are of the model that made them. A tidier
text that computes the same makes none of them old, so they keep a digest of frozen results instead of the text's.
Whether frozen results still come out, only the tests can say: next to that digest stand those of the code and of the
evidence with which they last did.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sencosim.fingerprint import hash_of, program_files
from sencosim.since import PACKAGE

BEHAVIOUR = Path(__file__).with_name("behaviour.txt")
SHOWN_WITH = Path(__file__).with_name("behaviour_of.txt")
"""SHA-256 of code and of evidence, a line each, with which the frozen results last came out."""
COMPUTES = (
    *("arms", "costing", "decisions", "engine", "evidence", "experiment", "ledger", "levers", "model.py", "outcomes"),
    *("population", "randomness.py", "rules", "scenario", "units.py"),
)
"""Of the package: code on which a number can depend, with the tables beside it. Evidence and shipped scenarios have
digests of their own."""
SHIPPED_RESULTS = "_of_england"
"""End of the names of folders with results that ship: on these no number depends."""


def behaviour() -> str:
    """Digest of what the model does; of the code, if it is not the one that was shown to do that.

    Two texts that nobody has compared share no digest, whatever they compute.
    """
    code = code_that_computes()
    return BEHAVIOUR.read_text(encoding="utf-8").strip() if code == shown_with()["code"] else f"of the code {code}"


def shown_with() -> dict[str, str]:
    """Digests of ``code`` and ``evidence`` with which the frozen results last came out. [SHA-256]"""
    return dict(line.split(": ") for line in SHOWN_WITH.read_text(encoding="utf-8").splitlines())


def code_that_computes() -> str:
    """SHA-256 of the code on which a number can depend."""
    return hash_of(_code(), PACKAGE)


def _code() -> Iterator[Path]:
    for path in program_files():
        inside = path.relative_to(PACKAGE).parts
        if inside[0] in COMPUTES and not any(part.endswith(SHIPPED_RESULTS) for part in inside):
            yield path
