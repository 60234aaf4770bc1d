"""One school's year in plain sentences, from the trace of a run.

What happens to single pupils is told; what happens by the dozen (reviews, meetings, moves at the end of the summer) is
counted. Pupils are called by numbers in the order in which they first appear.
"""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sencosim.report.table import words_in
from sencosim.report.words import sentence_case
from sencosim.units import (
    MINUTES_PER_WEEK,
    MINUTES_PER_YEAR,
    TERM_WEEKS,
    TERMS_PER_YEAR,
    format_year,
    segment_of,
    term_start,
)
from sencosim.vocabulary import Activity, Event

Row = tuple[int, int, int, int, int]  # an event of a trace: minute, code, school, pupil, detail
TERM_NAMES = ("Autumn", "Spring", "Summer")
AT_TERM_CLOSE = frozenset({Event.SUPPORT_MEASURED, Event.REVIEWS_LAPSED, Event.CASE_LAPSED})
"""Events at the minute a term begins that belong to the term that ends."""
TWENTY_WEEKS = 20
WIDTH = 100

WORDS = words_in("templates/story.yaml")


@dataclass
class TermStory:
    """What is known of one term and the holiday after it."""

    title: str
    hours: float | None = None
    support: float | None = None
    reviews_lapsed: float = 0
    work: Counter[str] = field(default_factory=Counter)
    counts: Counter[Event] = field(default_factory=Counter)  # of the events that are counted by term
    told: list[tuple[int, str]] = field(default_factory=list)

    def lines(self) -> list[str]:
        """Write the term: a heading, the counts, then what happened week by week."""
        text = [self.title]
        if self.hours is not None:
            text.append(f"  The SENCO has {self.hours:.1f} hours a week for the role.")
        if self.work:
            done = ", ".join(f"{name} {n}" for name, n in self.work.most_common())
            text += textwrap.wrap(f"Work done: {done}.", WIDTH, initial_indent="  ", subsequent_indent="    ")
        counted = [f"{n} {WORDS['counted'][event.name.lower()][n > 1]}" for event, n in self.counts.items()]
        if counted:
            text.append(f"  {'; '.join(counted)}.")
        if self.reviews_lapsed:
            text.append(
                f"  {self.reviews_lapsed:.0f} support review{'s' if self.reviews_lapsed > 1 else ''} never done."
            )
        if self.support is not None:
            text.append(f"  Support reached {self.support:.1f} hours a pupil with SEN, at the rate of a year.")
        text += [f"  {_when(week)}  {sentence}" for week, sentence in self.told]
        return text


class Storyteller:
    """Turns the events of one school, in order of time, into sentences."""

    def __init__(self, events: Iterable[Row], school: int) -> None:
        self.events = [row for row in events if row[2] == school]
        self._numbers: dict[int, int] = {}
        self._noticed: dict[int, int] = {}

    def year(self, year_index: int, start_year: int) -> list[str]:
        """Tell one academic year in three terms: years are counted from 0, which begins in September ``start_year``."""
        first = year_index * TERMS_PER_YEAR
        title = format_year(start_year + year_index)
        terms = {first + i: TermStory(f"{TERM_NAMES[i]} term {title}") for i in range(TERMS_PER_YEAR)}
        for minute, code, _, pupil, detail in self.events:
            event = Event(code)
            segment = segment_of(minute - 1 if event in AT_TERM_CLOSE and minute > 0 else minute)
            term = terms.get(segment)
            if term is None:
                if event == Event.NEED_NOTICED:
                    self._noticed[pupil] = minute
                continue
            self._tell(term, (minute - term_start(segment)) // MINUTES_PER_WEEK + 1, event, minute, pupil, detail)
        return [line for term in terms.values() for line in (*term.lines(), "")][:-1]

    def _tell(self, term: TermStory, week: int, event: Event, minute: int, pupil: int, detail: int) -> None:
        if event.name.lower() in WORDS["counted"]:
            term.counts[event] += 1
        elif event == Event.SENCO_WORK_DONE:
            term.work[Activity(detail).key.replace("_", " ")] += 1
        elif event == Event.REVIEW_DONE:
            term.work["support review"] += 1
        elif event in _FACTS:
            name, divisor = _FACTS[event]
            setattr(term, name, detail / divisor)
        else:
            sentence = self._sentence(event, minute, pupil, detail)
            if sentence:
                term.told.append((week, sentence))

    def _sentence(self, event: Event, minute: int, pupil: int, detail: int) -> str:
        name = event.name.lower()
        if name in WORDS["told"]:
            what = WORDS["by_detail"][name][detail] if name in WORDS["by_detail"] else ""
            return sentence_case(WORDS["told"][name].format(pupil=self._name(pupil), what=what))
        if event == Event.PLAN_ISSUED:
            return sentence_case(_plan(self._name(pupil), detail))
        if event == Event.NEED_NOTICED:
            again = " again" if pupil in self._noticed else ""
            self._noticed[pupil] = minute
            return sentence_case(f"a need of {self._name(pupil)} is noticed{again}.")
        if event == Event.SEN_SUPPORT_BEGAN:
            return self._support(minute, pupil)
        return ""

    def _support(self, minute: int, pupil: int) -> str:
        noticed = self._noticed.get(pupil)
        waited = (
            "" if noticed is None else f", {_weeks((minute - noticed) // MINUTES_PER_WEEK)} after the need was noticed"
        )
        return sentence_case(f"{self._name(pupil)} begins SEN Support{waited}.")

    def _name(self, pupil: int) -> str:
        return f"pupil {self._numbers.setdefault(pupil, len(self._numbers) + 1)}"


def _plan(pupil: str, minutes: int) -> str:
    weeks = minutes // MINUTES_PER_WEEK
    late = "" if minutes <= TWENTY_WEEKS * MINUTES_PER_WEEK else "; the limit is twenty"
    return f"a plan is issued for {pupil}, {_weeks(weeks)} after the request{late}."


_FACTS: Mapping[Event, tuple[str, float]] = {
    Event.HOURS_SET: ("hours", 60.0),
    Event.SUPPORT_MEASURED: ("support", 1e3),
    Event.REVIEWS_LAPSED: ("reviews_lapsed", 1.0),
}
"""Events whose detail is kept, divided by a number, as a fact of the term."""


def _when(week: int) -> str:
    """Say when in the term something happens.

    Examples
    --------
    >>> _when(3), _when(15)
    ('week  3 ', 'holiday ')
    """
    return f"week {week:>2} " if week <= TERM_WEEKS else "holiday "


def _weeks(number: int) -> str:
    """Write a number of weeks.

    Examples
    --------
    >>> _weeks(0), _weeks(1), _weeks(7)
    ('less than a week', 'one week', '7 weeks')
    """
    return {0: "less than a week", 1: "one week"}.get(number, f"{number} weeks")


def tell_year(events: Sequence[Row], school: int, year: int, start_year: int) -> list[str]:
    """Tell one academic year of one school, from the trace of a run; years are those of their Septembers."""
    index = year - start_year
    last = max((row[0] for row in events), default=0) // MINUTES_PER_YEAR
    if not 0 <= index <= last:
        raise ValueError(f"{format_year(year)} is not among the years of the run")
    return Storyteller(events, school).year(index, start_year)
