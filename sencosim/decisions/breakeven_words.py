"""Break-even in words: switching values, and how much would have to be avoided, in events a person can picture."""

from __future__ import annotations

import math
from dataclasses import dataclass

from sencosim.decisions.breakeven import SwitchingValue


@dataclass(frozen=True)
class Avoided:
    """Events that would have to be avoided each year, set against those of the baseline.

    Attributes
    ----------
    needed_per_year
        Net cost a year over the saving from one. [events a year]
    share_of_today
        Over the events of the base year in the baseline; above 1 these events alone cannot do it. [ratio]
    sentence
        The same in words.
    """

    needed_per_year: float
    share_of_today: float
    sentence: str


def avoided_to_break_even(
    events: str,
    net_cost_per_year_gbp: float,
    saving_per_event_gbp: float,
    today_per_year: float,
    avoided_already: float = 0.0,
) -> Avoided:
    """Events of one kind that would have to be avoided, all else as in the run.

    ``needed = net cost a year / saving from one event``, both as present values of the same kind or both as yearly
    averages at the same prices; with ``avoided_already`` those that the run avoids are added, since their saving is in
    the net cost.

    Parameters
    ----------
    events
        In the plural: ``permanent exclusions``.
    net_cost_per_year_gbp
        Net cost of the policy; zero or less if it pays already. [GBP a year]
    saving_per_event_gbp
        What one avoided event saves over the years that count. [GBP, above 0]
    today_per_year
        Events of the base year, without the policy. [events a year, above 0]
    avoided_already
        Events that the run avoids. [events a year]

    Raises
    ------
    ValueError
        If the saving or the events of today are not above 0.

    Examples
    --------
    >>> avoided_to_break_even("appeals", 5_000_000.0, 10_000.0, 20_000.0).sentence.partition(", ")[2]
    'the policy would have to avoid 500 a year: 2.5 % of the 20,000 of the base year.'
    >>> avoided_to_break_even("appeals", 4e8, 20_000.0, 10_000.0).sentence.partition(". ")[2]
    'There are only 10,000 in the base year, so they cannot do it alone.'
    """
    if saving_per_event_gbp <= 0.0 or today_per_year <= 0.0:
        raise ValueError("the saving from one event and the events of today must be above 0")
    if net_cost_per_year_gbp <= 0.0:
        return Avoided(
            0.0, 0.0, f"The policy pays for itself already: no {events} need be avoided beyond those of the run."
        )
    needed = avoided_already + net_cost_per_year_gbp / saving_per_event_gbp
    share = needed / today_per_year
    start = f"To pay for itself through {events} alone, the policy would have to avoid {rounded_count(needed)} a year"
    if share > 1.0:
        end = f". There are only {rounded_count(today_per_year)} in the base year, so they cannot do it alone."
    else:
        end = f": {_percent(share)} of the {rounded_count(today_per_year)} of the base year."
    return Avoided(needed, share, start + end)


def rounded_count(number: float) -> str:
    """Two significant digits above a hundred, else one decimal at most."""
    if number >= 100.0:
        step = 10 ** (int(math.log10(number)) - 1)
        return f"{round(number / step) * step:,.0f}"
    return f"{number:.2g}"


def _percent(share: float) -> str:
    return f"{100.0 * share:.2g} %" if share < 0.995 else "about 100 %"


def switch_in_words(found: SwitchingValue, title: str, unit: str = "", today: float | None = None) -> str:
    """What would have to be true of one input, in one or a few sentences, with every doubt said.

    Parameters
    ----------
    found
        The switching value.
    title
        What the input is, to follow "when": ``the cost of an independent placement``.
    unit
        Of the input.
    today
        Its central value.
    """
    unit = f" {unit}" if unit else ""
    low, high = (f"{x:,.4g}" for x in found.searched)
    if found.status == "no root in range":
        verb = "costs" if found.net_at_ends[0] < 0.0 else "saves"
        answer = f"the policy {verb} money throughout"
        return f"Nothing between {low} and {high}{unit} for {title} changes the answer: {answer}."
    parts = [f"The answer changes when {title} reaches {found.value:,.4g}{unit}{_interval(found)}"]
    if today is not None:
        parts[0] += f"; the central value is {today:,.4g}{unit}"
    if found.place:
        parts.append(f"That is {found.place}")
    if found.status == "several roots":
        others = ", ".join(f"{root:,.4g}" for root in found.roots)
        parts.append(f"The sign changes more than once, at {others}{unit}; the value nearest to today is given")
    if found.confirmed is False:
        parts.append(
            f"A rerun with other seeds does not confirm it: the net result there is {found.rerun_net:,.4g}, "
            f"standard error {found.rerun_se:,.2g}"
        )
    return ". ".join(parts) + "."


def _interval(found: SwitchingValue) -> str:
    if math.isnan(found.low):
        return " (no interval: one replication)"
    low = "below the range searched" if math.isinf(found.low) else f"{found.low:,.4g}"
    high = "above the range searched" if math.isinf(found.high) else f"{found.high:,.4g}"
    return f" (80 % interval {low} to {high})"
