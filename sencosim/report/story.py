"""One school's year in plain sentences, from the trace of a run.

What happens to single pupils is told; what happens by the dozen (reviews, meetings, moves at the end of the summer) is
counted. Pupils are called by numbers in the order in which they first appear.
"""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

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
ROUTE_WORDS = ("the school", "the family")  # who files a request, by route
DISPUTE_WORDS = (  # what a dispute is about, by kind
    "the refusal to assess",
    "the refusal to issue a plan",
    "what the plan says",
    "what the review decided",
)
PLACE_WORDS = (  # where a place was found, by kind
    "a vacant state special place",
    "a state special place above capacity",
    "an independent special place",
)
AT_TERM_CLOSE = frozenset({Event.SUPPORT_MEASURED, Event.REVIEWS_LAPSED, Event.CASE_LAPSED})
"""Events at the minute a term begins that belong to the term that ends."""
TWENTY_WEEKS = 20
WIDTH = 100

SENTENCES: Mapping[Event, str] = {
    Event.SEN_SUPPORT_ENDED: "{pupil} no longer needs SEN Support.",
    Event.REQUEST_POINT_REACHED: "For {pupil} an assessment of needs should now be asked for.",
    Event.PATIENCE_ENDED: "The family of {pupil} waits no longer and asks the council itself.",
    Event.REQUEST_GIVEN_UP: "The family of {pupil} gives up waiting for a request.",
    Event.IDENTIFIED_WITHOUT_SENCO: "The class teacher puts {pupil} on the SEN register without the SENCO.",
    Event.PLAN_TURNED_SUPPORT: "At the move to the next school the plan of {pupil} becomes SEN Support.",
    Event.FAMILY_ASKED_AGAIN: "After a refusal, an assessment of {pupil} is asked for again.",
    Event.ASSESSMENT_REFUSED: "The council refuses to assess {pupil}.",
    Event.ASSESSMENT_AGREED: "The council agrees to assess {pupil}.",
    Event.PLAN_NOT_ISSUED: "After assessing {pupil} the council issues no plan.",
    Event.PLAN_CEASED: "The plan of {pupil} ends: the needs are met.",
    Event.SUSPENDED: "{pupil} is suspended.",
    Event.CRISIS_BEGAN: "A crisis begins for {pupil}.",
    Event.CRISIS_DEADLINE_PASSED: "Five school days have passed and nobody has started on the crisis of {pupil}.",
    Event.PUPIL_EXCLUDED: "{pupil} is permanently excluded.",
    Event.HOME_EDUCATION_BEGAN: "{pupil} leaves for home education.",
    Event.SPECIAL_TRANSFER_SOUGHT: "A special school is sought for {pupil}.",
    Event.SENCO_LEFT: "The SENCO leaves.",
    Event.SENCO_STARTED: "A new SENCO starts.",
}
"""Events that are told in one sentence, whatever their detail."""

COUNTED: Mapping[Event, tuple[str, str]] = {
    Event.PUPIL_MOVED_SCHOOL: ("pupil with SEN arrives", "pupils with SEN arrive"),
    Event.PUPIL_LEFT_SCHOOL: ("pupil with SEN leaves", "pupils with SEN leave"),
    Event.CASE_LAPSED: ("case closed without the SENCO", "cases closed without the SENCO"),
}
"""Events that are counted by term: one, and several."""


@dataclass
class TermStory:
    """What is known of one term and the holiday after it."""

    title: str
    hours: float | None = None
    support: float | None = None
    reviews_lapsed: float = 0
    work: Counter[str] = field(default_factory=Counter)
    counts: Counter[Event] = field(default_factory=Counter)  # of the events of COUNTED
    told: list[tuple[int, str]] = field(default_factory=list)

    def lines(self) -> list[str]:
        """Write the term: a heading, the counts, then what happened week by week."""
        text = [self.title]
        if self.hours is not None:
            text.append(f"  The SENCO has {self.hours:.1f} hours a week for the role.")
        if self.work:
            done = ", ".join(f"{name} {n}" for name, n in self.work.most_common())
            text += textwrap.wrap(f"Work done: {done}.", WIDTH, initial_indent="  ", subsequent_indent="    ")
        counted = [f"{n} {COUNTED[event][n > 1]}" for event, n in self.counts.items()]
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
        if event in COUNTED:
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
        if event in SENTENCES:
            return sentence_case(SENTENCES[event].format(pupil=self._name(pupil)))
        if event in _DETAILED:
            return sentence_case(_DETAILED[event](self._name(pupil), detail))
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


_DETAILED: Mapping[Event, Callable[[str, int], str]] = {
    Event.REQUEST_FILED: lambda pupil, route: f"{ROUTE_WORDS[route]} asks the council to assess {pupil}.",
    Event.PLAN_ISSUED: _plan,
    Event.PLACE_FOUND: lambda pupil, kind: f"{PLACE_WORDS[kind]} is found for {pupil}.",
    Event.MEDIATION_BEGAN: lambda pupil, kind: f"the family of {pupil} asks for mediation about {DISPUTE_WORDS[kind]}.",
    Event.APPEAL_REGISTERED: lambda pupil, kind: (
        f"the family of {pupil} appeals to the tribunal against {DISPUTE_WORDS[kind]}."
    ),
    Event.APPEAL_CONCEDED: lambda pupil, _: f"the appeal about {pupil} ends before a hearing.",
    Event.APPEAL_HEARD: lambda pupil, _: f"the tribunal decides the appeal about {pupil}.",
}


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
