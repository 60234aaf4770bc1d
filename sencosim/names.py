"""The nearest valid name to one that does not exist."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from difflib import get_close_matches

TYPO_EDITS = 2
MOST_GUESSES = 6


def edits(a: str, b: str) -> int:
    """Letters to insert, delete, replace, or swap with their neighbour, to turn one word into another.

    The unrestricted Damerau-Levenshtein distance: two swapped letters may have others put between them.

    Examples
    --------
    >>> edits("non_contct_share", "non_contact_share"), edits("sede", "seed"), edits("bcb", "bbac")
    (1, 1, 2)
    """
    far = len(a) + len(b)
    cost: list[list[int]] = [[far] * (len(b) + 2), [far, *range(len(b) + 1)]]
    last_row: dict[str, int] = {}
    for i, letter in enumerate(a, start=1):
        row = [far, i]
        last_match = 0
        for j, other in enumerate(b, start=1):
            swapped_from = last_row.get(other, 0)
            swap = cost[swapped_from][last_match] + (i - swapped_from - 1) + 1 + (j - last_match - 1)
            same = letter == other
            row.append(min(cost[i][j] + (not same), row[j] + 1, cost[i][j + 1] + 1, swap))
            last_match = j if same else last_match
        last_row[letter] = i
        cost.append(row)
    return cost[-1][-1]


def nearest(name: str, valid: Iterable[str], *, most: int = 2, likeness: float = 0.72) -> list[str]:
    """List the valid names that were probably meant, best first.

    All names within two edits; if there are none, those that differ only in capitals, spaces or dashes, or else at
    most so many that look alike. Empty if nothing is near.

    Examples
    --------
    >>> nearest("fsm_mim", ["fsm_min", "fsm_max", "pupils_min"])
    ['fsm_min', 'fsm_max']
    >>> nearest("Protected-Time", ["protected_time", "slt_seat"])
    ['protected_time']
    >>> nearest("zebra", ["protected_time", "slt_seat"])
    []
    """
    names = list(dict.fromkeys(valid))
    close = [
        (edits(name, other), i, other) for i, other in enumerate(names) if _fewest_edits(name, other) <= TYPO_EDITS
    ]
    typos = [other for distance, _, other in sorted(close) if distance <= min(TYPO_EDITS, len(other) - 1)]
    if typos:
        return typos
    folded = [other for other in names if _folded(other) == _folded(name)]
    return folded or get_close_matches(name, names, n=most, cutoff=likeness)


def _fewest_edits(a: str, b: str) -> int:
    """Lower limit of the edits between two words, from the letters that one has and the other lacks; quick."""
    if abs(len(a) - len(b)) > TYPO_EDITS:
        return TYPO_EDITS + 1
    here, there = Counter(a), Counter(b)
    return max((here - there).total(), (there - here).total())


def _folded(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def did_you_mean(name: str, valid: Iterable[str], *, most: int = 2, likeness: float = 0.72) -> str:
    """Sentence that proposes the nearest names, or an empty text.

    Examples
    --------
    >>> did_you_mean("sede", ["seed", "draws"])
    'Did you mean  seed ?'
    """
    guesses = nearest(name, valid, most=most, likeness=likeness)[:MOST_GUESSES]
    return f"Did you mean  {' or '.join(guesses)} ?" if guesses else ""


def listed(names: Iterable[str], most: int = 12) -> str:
    """Names as an enumeration; a long one is cut and says how many more there are.

    Examples
    --------
    >>> listed(["a", "b", "c"], most=2)
    'a, b and 1 more'
    """
    every = list(names)
    if len(every) <= most:
        return ", ".join(every)
    return f"{', '.join(every[:most])} and {len(every) - most} more"
