"""Mechanisms that can be switched off by name, and the value at which each does nothing.

Switching one off asks what it contributes. It holds in both arms and in every view, and takes the place of whatever
the evidence or the view says. ``mechanisms.csv`` lists them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, NamedTuple

from pydantic import AfterValidator, WithJsonSchema

from sencosim.evidence.routes import read_neutral
from sencosim.evidence.tables import read_rows
from sencosim.names import did_you_mean, listed


class Mechanism(NamedTuple):
    """One mechanism that can be switched off."""

    number: str  # of its section in the model document
    title: str
    neutral: Mapping[str, float]  # parameters, and the value of each at which the mechanism does nothing


def _read() -> dict[str, Mechanism]:
    rows = read_rows(Path(__file__).with_suffix(".csv"))
    return {row["name"]: Mechanism(row["number"], row["title"], read_neutral(row["neutral"])) for row in rows}


MECHANISMS: Mapping[str, Mechanism] = _read()
"""By name, in the order of the model document."""


def known_mechanism(name: str) -> str:
    """Accept the name of a mechanism and return it unchanged.

    Raises
    ------
    ValueError
        If there is none of that name; the message gives the nearest names.

    Examples
    --------
    >>> known_mechanism("patience")
    'patience'
    """
    if name in MECHANISMS:
        return name
    hint = did_you_mean(name, MECHANISMS) or f"There are {listed(MECHANISMS)}."
    raise ValueError(f"There is no mechanism of this name that can be switched off. {hint}")


MechanismName = Annotated[
    str, AfterValidator(known_mechanism), WithJsonSchema({"type": "string", "enum": list(MECHANISMS)})
]


def neutral_values(off: Iterable[str]) -> dict[str, float]:
    """Parameters that change, and the value of each, when mechanisms are switched off.

    Examples
    --------
    >>> neutral_values(["patience", "senco_leaving"])
    {'patience_mean_weeks': 1000000000.0, 'senco_leaving_rate': 0.0}
    """
    return {name: value for mechanism in off for name, value in MECHANISMS[mechanism].neutral.items()}


def switched_off_by(off: Iterable[str], parameter: str) -> str | None:
    """Which of the mechanisms that are off holds a parameter at its neutral value; none if it is free.

    Examples
    --------
    >>> switched_off_by(["patience", "senco_leaving"], "senco_leaving_rate")
    'senco_leaving'
    """
    return next((mechanism for mechanism in off if parameter in MECHANISMS[mechanism].neutral), None)
