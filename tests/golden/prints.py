"""Short digests of what a run yields, part by part, so that a difference names the part."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from golden.engines import Arms, Outcome

from sencosim.arms.inputs import Reference
from sencosim.vocabulary import Quantity

Prints = dict[str, str]
HEX_DIGITS = 16
PARAMETERS = Path(__file__).parent / "frozen" / "parameters.txt"


def digest(*pieces: bytes) -> str:
    """Short SHA-256. [16 hexadecimal digits]"""
    found = hashlib.sha256()
    for piece in pieces:
        found.update(len(piece).to_bytes(8, "little") + piece)
    return found.hexdigest()[:HEX_DIGITS]


def of_array(values: Any) -> str:
    """Of shape and every bit of an array, whatever its byte order and layout."""
    array = np.asarray(values)
    kind = {"i": "<i8", "u": "<i8", "b": "<i8", "f": "<f8"}[array.dtype.kind]
    return digest(repr(array.shape).encode(), np.ascontiguousarray(array, dtype=kind).tobytes())


def of_evidence(values: Mapping[str, float]) -> str:
    """Of names and every bit of the parameters that the engine had when the results were frozen.

    A number that has since moved from the code into the register leaves the digest as it was. Prices are in none: they
    do not reach the engine, so a new one leaves every frozen world as it was.
    """
    names = PARAMETERS.read_text(encoding="utf-8").split()
    return digest(*(name.encode() + np.float64(values[name]).tobytes() for name in names))


def of_counts(counts: Any) -> str:
    """Of counts whose last axis is the quantity, by its name.

    Quantities that count nothing are left out: a quantity that is added or moved, and that nothing moves yet, leaves
    the digest as it was.
    """
    array = np.asarray(counts)
    columns = {one.key: array[..., i] for i, one in enumerate(Quantity)}
    pieces = (name.encode() + of_array(columns[name]).encode() for name in sorted(columns) if columns[name].any())
    return digest(repr(array.shape[:-1]).encode(), *pieces)


def sorted_trace(trace: Iterable[tuple[int, int, int, int, int]]) -> np.ndarray:
    """Events by minute, code, school, pupil and detail. [whole numbers, shape (n_events, 5)]"""
    events = np.array(list(trace), dtype=np.int64).reshape(-1, 5)
    return events[np.lexsort(events.T[::-1])]


def of_records(records: np.ndarray) -> str:
    """Of every field of records, by its name."""
    names = records.dtype.names or ()
    return digest(*(name.encode() + of_array(records[name]).encode() for name in names))


def of_reference(reference: Reference | None) -> Prints:
    """What the no-policy arm leaves; nothing for an arm that reads another."""
    if reference is None:
        return {}
    return {"schools": of_records(reference.schools), "filings": of_records(reference.filings)}


def of_outcome(outcome: Outcome) -> Prints:
    """The parts of an outcome."""
    return {
        "trace": of_array(sorted_trace(outcome.trace)),
        "tally": of_counts(outcome.tally),
        "groups": of_counts(outcome.groups),
        **of_reference(outcome.reference),
    }


def of_arms(arms: Arms) -> Prints:
    """The parts of both arms."""
    return {f"{arm} {part}": one for arm, outcome in arms.named() for part, one in of_outcome(outcome).items()}


def of_fields(record: Any, names: Iterable[str]) -> Prints:
    """Of some fields that are arrays."""
    return {name: of_array(getattr(record, name)) for name in names}


def arithmetic() -> str:
    """Of the last bits of this machine's elementary functions.

    C libraries and processors differ in them, and a run passes them on. Where they differ from those of the machine
    that froze the results, results that differ prove nothing about the engines.
    """
    grid = np.linspace(0.001, 40.0, 4001)
    plain = [f(x) for x in grid.tolist() for f in (math.exp, math.log, math.log2, math.expm1, math.log1p)]
    powers = [math.pow(x, y) for x in grid.tolist() for y in (-0.8, 0.3, 1.7)]
    arrays = (np.exp(-grid), np.log(grid), np.log2(grid), grid**-0.37, np.exp2(grid), np.sqrt(grid))
    return digest(*(np.asarray(part).tobytes() for part in (plain, powers, *arrays)))
