"""Events whose number would have to fall for a policy to pay, and what one of them fewer saves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

Counts = Mapping[str, float]
"""Baseline sums over the horizon by quantity. [units]"""

APPEALS = tuple(f"appeals.{ground}" for ground in ("refusal_to_assess", "refusal_to_issue", "contents", "exogenous"))
EXCLUSIONS = tuple(f"permanent_exclusions.{stage}" for stage in ("noticed", "sen_support", "ehc_plan"))


@dataclass(frozen=True)
class Event:
    """A kind of event.

    Attributes
    ----------
    name
        In columns.
    title
        In sentences, in the plural.
    counted
        Quantities whose sum is the number of events in a year.
    one_fewer
        From the baseline's sums to the change of each quantity that goes with one event fewer.
    meaning
        What one fewer is taken to be.
    """

    name: str
    title: str
    counted: tuple[str, ...]
    one_fewer: Callable[[Counts], dict[str, float]]
    meaning: str


def _shares(counts: Counts, names: tuple[str, ...]) -> dict[str, float]:
    total = sum(counts[name] for name in names)
    return {name: -counts[name] / total if total > 0.0 else -1.0 / len(names) for name in names}


def _per(counts: Counts, name: str, names: tuple[str, ...]) -> float:
    total = sum(counts[one] for one in names)
    return counts[name] / total if total > 0.0 else 0.0


def _exclusion(counts: Counts) -> dict[str, float]:
    along = ("pupils_first_excluded", "pupil_years.ap")
    return _shares(counts, EXCLUSIONS) | {name: -_per(counts, name, EXCLUSIONS) for name in along}


def _appeal(counts: Counts) -> dict[str, float]:
    return _shares(counts, APPEALS) | {"appeal_weeks": -_per(counts, "appeal_weeks", APPEALS)}


def _placement(_: Counts) -> dict[str, float]:
    return {"pupil_years.independent_special": -1.0, "pupil_years.ehc_plan": 1.0}


EVENTS = (
    Event(
        "permanent_exclusions",
        "permanent exclusions of pupils with noticed need or SEN",
        EXCLUSIONS,
        _exclusion,
        "one exclusion fewer, with the time in alternative provision that goes with one in the baseline",
    ),
    Event(
        "appeals",
        "appeals to the SEND tribunal",
        APPEALS,
        _appeal,
        "one appeal fewer, of the mix of grounds and the length in the baseline; places do not change",
    ),
    Event(
        "independent_placements",
        "placements in independent special schools (pupil-years)",
        ("pupil_years.independent_special",),
        _placement,
        "one pupil fewer in an independent special school for a year, in a mainstream class with a plan instead",
    ),
)
"""The events of the headline for a policy whose effect nobody has measured."""
