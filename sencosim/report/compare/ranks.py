"""Which of two options costs less: said only where their draws part them, and never of a run that may not be quoted."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

from sencosim.outcomes.separation import Separation, separation
from sencosim.report.compare.views import titles_of
from sencosim.report.findings import Findings
from sencosim.report.inputs import NET_PUBLIC_COST
from sencosim.report.showing import FEWEST_DRAWS, draws_words, is_enough, may_be_quoted
from sencosim.report.table import Table, table_of
from sencosim.report.words import joined, money, money_range

NONE = "none"
LEAST = 0.5
"""Difference in a draw below which two options cost the same: it would be printed as no pounds. [GBP]"""


class Pair(NamedTuple):
    """Two options, by their titles."""

    first: str
    second: str
    found: Separation | None  # nothing where the two were not paired
    barred: str = ""  # why they are not ranked whatever the draws say, as a sentence

    @property
    def reading(self) -> str:
        """``lower`` or ``higher`` if they are ranked, ``same``, or blank."""
        if self.found is None or self.found.reading not in ("lower", "higher", "same"):
            return ""
        return "" if self.barred and self.found.reading != "same" else self.found.reading


def separations(options: Sequence[Findings]) -> list[Pair]:
    """Net cost of each option less that of each later one, draw by draw."""
    view = options[0].inputs.main_view
    year = options[0].headline(view).year
    found = []
    for (first, one), (second, two) in combinations(zip(titles_of(options), options, strict=True), 2):
        apart = separation(one.inputs.runs, two.inputs.runs, view, NET_PUBLIC_COST, year, least=LEAST)
        found.append(Pair(first, second, apart, why_barred([one, two], apart.n_draws)))
    return found


def why_barred(options: Sequence[Findings], n_draws: int) -> str:
    """Why options are not ranked whatever their draws say: too few, or not to be quoted; blank if neither."""
    if not is_enough(n_draws):
        there = f"there {'is' if n_draws == 1 else 'are'} {draws_words(n_draws)}" if n_draws else "there is none"
        return f"It takes {FEWEST_DRAWS} draws or more of the uncertain parameters to rank them, and {there}."
    barred = [option.inputs.scenario.title for option in options if not may_be_quoted(option.inputs)]
    return f"{joined([f'“{title}”' for title in barred])} may not be quoted." if barred else ""


def same_answer(pair: Pair) -> str:
    """Which of two options costs less, or that nobody can say. Options are never ranked without it."""
    first, second, found = pair.first, pair.second, pair.found
    if found is None:
        return pair.barred
    if found.reading == "same":
        return f"“{first}” and “{second}” cost the public purse the same in every draw."
    spread = money_range(found.mean, found.p10, found.p90)
    told = spread.replace("a cost of", "dearer by").replace("a saving of", "cheaper by")
    apart = f"“{first}” less “{second}”: {told} (80 % interval of the paired difference)"
    if found.reading == "not separated":
        return (
            f"{apart}. Unclear: the mean difference, {money(abs(found.mean))}, is less than twice the simulation "
            f"error, {money(found.monte_carlo_error)}. More replications are needed before they are ranked."
        )
    if found.reading == "unclear":
        return f"{apart}. Unclear: the interval spans zero, so they are not ranked."
    if pair.barred:
        return f"{apart}. Not ranked: {pair.barred}"
    word = "less" if found.reading == "lower" else "more"
    amount = spread.partition(" of ")[2]
    return f"“{first}” costs the public purse {amount} {word} than “{second}” (80 % interval of the paired difference)."


def ranks_table(options: Sequence[Findings], pairs: Sequence[Pair]) -> Table:
    """What each option costs less than, more than, and which others it cannot be distinguished from."""
    rows = []
    for title in titles_of(options):
        less: list[str] = []
        more: list[str] = []
        unclear: list[str] = []
        for pair in (pair for pair in pairs if title in (pair.first, pair.second)):
            other = pair.second if pair.first == title else pair.first
            is_less = pair.reading == ("lower" if pair.first == title else "higher")
            kind = unclear if pair.reading in ("", "same") else less if is_less else more
            kind.append(f"“{other}”")
        rows.append((title, *(joined(names) or NONE for names in (less, more, unclear))))
    return table_of(options[0], "compared_ranks", rows)
