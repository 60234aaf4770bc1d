"""Whether options ask for their policies on the same terms: start, phase-in, compliance. Others are not ranked."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sencosim.experiment.finished import RESOLVED
from sencosim.levers.lever import Lever
from sencosim.report.stored import StoredRun
from sencosim.report.table import words_in
from sencosim.report.words import joined, plain
from sencosim.scenario.load import load_scenario
from sencosim.scenario.schema import Scenario
from sencosim.units import format_year, parse_year

MOST_YEARS = 20
"""Years after its start within which a lever has come as far as it ever does."""
OPTIONS = "compare/options.yaml"
"""Names of the options that are compared like for like."""


def like_for_like() -> tuple[str, ...]:
    """Names of the scenarios that are compared like for like.

    Examples
    --------
    >>> like_for_like()[:2]
    ('protected_time', 'hours_by_need')
    """
    return tuple(words_in(OPTIONS)["options"])


def _steps(lever: Lever) -> str:
    """How the phase-in goes, year by year from the start. [% of the schools covered]"""
    first = parse_year(lever.start)
    last = first + MOST_YEARS if lever.end is None else parse_year(lever.end) - 1
    shares = [lever.share_in(year) for year in range(first, last + 1)]
    reached = shares.index(max(shares)) + 1
    return f"{', '.join(plain(100.0 * share, 1.0) for share in shares[:reached])} %"


def _behaviour(name: str) -> Callable[[Lever], str]:
    def said(lever: Lever) -> str:
        value = getattr(lever, name, None)
        return "" if value is None else f"{plain(100.0 * value, 1.0)} %"

    return said


TERMS: Mapping[str, Callable[[Lever], str]] = {
    "when they start": lambda lever: lever.start,
    "when they end": lambda lever: "" if lever.end is None else f"in {format_year(parse_year(lever.end))}",
    "how they are phased in": _steps,
    "which share of schools draws the policy by lot": lambda lever: (
        "" if lever.covers.share is None else f"{plain(100.0 * lever.covers.share, 1.0)} %"
    ),
    "how many schools comply": _behaviour("compliance"),
    "how much of the added time is used": _behaviour("used_share"),
    "how many schools come down to the floor": _behaviour("drift_to_floor"),
}
"""Terms of a lever by their words; blank where the scenario leaves it to the evidence or to the default."""


def terms_of(scenario: Scenario) -> dict[str, tuple[str, ...]]:
    """Each term of an option, as its levers have it; nothing for an option without a lever."""
    levers = [lever for _, lever in scenario.levers.active()]
    return {words: tuple(sorted({said(lever) for lever in levers})) for words, said in TERMS.items()} if levers else {}


def unlike_terms(first: StoredRun, second: StoredRun) -> list[str]:
    """In what terms two options differ, in words; empty if in none."""
    one, two = (terms_of(load_scenario(run.folder / RESOLVED).scenario) for run in (first, second))
    if not one or not two:
        return []
    return [f"{words} ({_listed(one[words])} and {_listed(two[words])})" for words in one if one[words] != two[words]]


def _listed(values: tuple[str, ...]) -> str:
    return " or ".join(value or "as by default" for value in values)


def not_ranked(first: StoredRun, second: StoredRun, differ: list[str]) -> str:
    """Why two options are not ranked."""
    titles = [f"“{run.inputs.scenario.title}”" for run in (first, second)]
    return f"{joined(titles)} are not ranked, because they differ in {joined(differ)}."
