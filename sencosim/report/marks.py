"""The mark of a run in which a researcher's own code stood in place of a mechanism: on every table and every page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pandas as pd

FACT = "replaced_mechanisms"
"""Entry of a manifest, and column of a marked table."""


def replaced_in_words(manifest: Mapping[str, Any]) -> str:
    """Which mechanisms were replaced and by what; empty if all are as they ship.

    Parameters
    ----------
    manifest
        Facts of a run or of an ensemble.

    Examples
    --------
    >>> replaced_in_words({FACT: {"refusal": {"function": "mine.never", "code_sha256": "ab12"}}})
    'refusal (mine.never)'
    """
    return ", ".join(f"{name} ({told['function']})" for name, told in (manifest.get(FACT) or {}).items())


def mark_sentence(manifest: Mapping[str, Any]) -> str:
    """What every reader must see of a marked run; empty for any other."""
    found = replaced_in_words(manifest)
    if not found:
        return ""
    return (
        f"Made with replaced mechanisms: {found}. The numbers are those of the code that replaced them, which is no "
        "part of sencosim and has not been tested with it: they cannot be certified."
    )


def marked(frame: pd.DataFrame, manifest: Mapping[str, Any]) -> pd.DataFrame:
    """The table with a column that says what was replaced; as it is if nothing was."""
    found = replaced_in_words(manifest)
    return frame.assign(**{FACT: found}) if found else frame


def all_marked(frames: Iterable[pd.DataFrame], manifest: Mapping[str, Any]) -> Iterator[pd.DataFrame]:
    """Each table as :func:`marked`, one at a time."""
    return (marked(frame, manifest) for frame in frames)
