"""The tracer model: its numbers, its calendar, its random streams and what an engine reports.

A council has 132 schools with one SENCO each. Time is in weeks.

**Work arrives.** Candidates for referral come to a school at rate 0.9 a week. A candidate becomes an annual review
(rate 0.4), a request (0.15 (1 + b)), exclusion casework (0.1 (1 + b)) or nothing, where b = min(1, waiting / 80), the
feedback from the pieces of work that wait to demand. In weeks 0, 17 and 34 of a year 60 + (s mod 17) support reviews
fall due in school s.

**The SENCO** does one piece at a time, without interruption: exclusions first, then preparation for the tribunal,
requests, annual reviews and support reviews; within a kind first come, first served. Weeks of work = hours of the piece
(lognormal) / hours of this SENCO per week. A support review that is reached after more than 26 weeks lapses.

**The council.** A finished request joins its council's queue, first come, first served, for one of 130 places (per 132
schools). Once decided, 15 % are appealed: 4 + exponential(4) weeks later preparation for the tribunal enters the
school's queue. When that is done, the appeal is lodged.

**The tribunal** is national, first come, first served, with 0.05 places per school. Half of its cases go back to the
council 2 weeks after the hearing and are assessed again, as a new case with its own chance of an appeal.

Every random number is a pure function of (seed, replication, stream, entity, occurrence), so that engines that share
the draws of :mod:`benchmarks.tracer.draws` must agree to the last bit. Nothing here needs more than plain Python: the C
engine takes its constants from this file too.
"""

from __future__ import annotations

from dataclasses import dataclass

SCHOOLS_PER_COUNCIL = 132
WEEKS_PER_YEAR = 52
TERM_WEEKS = (0, 17, 34)

# Kinds of work, in order of priority.
EXCLUSION, PREPARATION, REQUEST, ANNUAL_REVIEW, SUPPORT_REVIEW = range(5)
KINDS = ("exclusion", "preparation", "request", "annual_review", "support_review")
N_KINDS = len(KINDS)
NOTHING = -1
MEAN_HOURS = (4.0, 12.0, 6.0, 3.0, 1.0)
HOURS_LOG_SD = 0.5
LEAST_HOURS_PER_WEEK = 6.5
SPREAD_OF_HOURS_PER_WEEK = 6.5

CANDIDATES_PER_WEEK = 0.9
ANNUAL_REVIEWS_PER_WEEK = 0.4
REQUESTS_PER_WEEK = 0.15
EXCLUSIONS_PER_WEEK = 0.1
WAITING_FOR_FULL_FEEDBACK = 80.0
LEAST_REVIEWS_PER_TERM = 60
SPREAD_OF_REVIEWS_PER_TERM = 17
REVIEW_LAPSES_AFTER = 26.0

COUNCIL_PLACES_PER_SCHOOL = 130 / 132
ASSESSMENT_WEEKS = 5.0
ASSESSMENT_LOG_SD = 0.4
CHANCE_OF_APPEAL = 0.15
NOTICE_WEEKS = 4.0
MEAN_WEEKS_TO_APPEAL = 4.0
TRIBUNAL_PLACES_PER_SCHOOL = 0.05
HEARING_WEEKS = 2.0
HEARING_LOG_SD = 0.3
CHANCE_OF_REMITTAL = 0.5
REMITTAL_WEEKS = 2.0

WINDOW_WEEKS = 2.0
"""How far the staged engines look ahead: no message between schools, councils and tribunal takes effect sooner, but for
those that go downstream (school to council, school to tribunal), which a stage hands to the next in the same window."""

# Streams of random numbers. Those of the hours of work are five: HOURS_OF_WORK + kind.
(
    HOURS_PER_WEEK,
    WEEKS_TO_CANDIDATE,
    KIND_OF_CANDIDATE,
    ASSESSMENT,
    APPEAL,
    WEEKS_TO_APPEAL,
    HEARING,
    REMITTAL,
    HOURS_OF_WORK,
) = range(9)
N_STREAMS = 16

# A case is known by its school, its number there, and how often the council has assessed it before.
ROUND_BITS = 6
NUMBER_BITS = 24

_MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15
MIX_1 = 0xBF58476D1CE4E5B9
MIX_2 = 0x94D049BB133111EB

# Normal quantile: Wichura (1988), algorithm AS 241, PPND16. Numerators and denominators, highest power first.
CENTRE_UP = (
    2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457,
    13731.693765509461125, 1971.5909503065514427, 133.14166789178437745, 3.387132872796366608,
)  # fmt: skip
CENTRE_DOWN = (
    5226.495278852545925, 28729.085735721942674, 39307.89580009271061, 21213.794301586595867,
    5394.1960214247511077, 687.1870074920579083, 42.313330701600911252, 1.0,
)  # fmt: skip
TAIL_UP = (
    7.7454501427834140764e-4, 0.0227238449892691845833, 0.24178072517745061177, 1.27045825245236838258,
    3.64784832476320460504, 5.7694972214606914055, 4.6303378461565452959, 1.42343711074968357734,
)  # fmt: skip
TAIL_DOWN = (
    1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966, 0.14810397642748007459,
    0.68976733498510000455, 1.6763848301838038494, 2.05319162663775882187, 1.0,
)  # fmt: skip
FAR_UP = (
    2.01033439929228813265e-7, 2.71155556874348757815e-5, 0.0012426609473880784386, 0.026532189526576123093,
    0.29656057182850489123, 1.7848265399172913358, 5.4637849111641143699, 6.6579046435011037772,
)  # fmt: skip
FAR_DOWN = (
    2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5, 7.868691311456132591e-4,
    0.0148753612908506148525, 0.13692988092273580531, 0.59983220655588793769, 1.0,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Size:
    """How much of England is simulated, and for how long."""

    councils: int
    years: int
    schools_per_council: int = SCHOOLS_PER_COUNCIL

    @property
    def schools(self) -> int:
        """Number of schools."""
        return self.councils * self.schools_per_council

    @property
    def weeks(self) -> float:
        """The horizon: what would happen then or later does not happen."""
        return float(self.years * WEEKS_PER_YEAR)

    @property
    def terms(self) -> int:
        """Number of days on which support reviews fall due."""
        return self.years * len(TERM_WEEKS)

    @property
    def council_places(self) -> int:
        """Cases that one council can assess at the same time."""
        return max(1, int(self.schools_per_council * COUNCIL_PLACES_PER_SCHOOL + 0.5))

    @property
    def tribunal_places(self) -> int:
        """Cases that the tribunal can hear at the same time."""
        return max(1, int(self.schools * TRIBUNAL_PLACES_PER_SCHOOL + 0.5))


@dataclass(frozen=True, slots=True)
class Station:
    """What happened at the councils, all together, or at the tribunal."""

    joined: int
    decided: int
    in_process: int
    waiting: int
    weeks_waited: float
    """By cases that were taken up, from joining the queue until then."""


@dataclass(frozen=True, slots=True)
class Result:
    """What an engine reports. Tuples are by kind of work."""

    arrived: tuple[int, ...]
    completed: tuple[int, ...]
    lapsed: int
    """Support reviews."""
    unfinished: tuple[int, ...]
    """Waiting or in hand at the end."""
    weeks_waited: tuple[float, ...]
    """By work that was begun, from its arrival until then."""
    councils: Station
    tribunal: Station
    remitted: int
    """Cases that came back from the tribunal."""

    @property
    def pieces(self) -> int:
        """Completed pieces of work, the unit of the comparison."""
        return sum(self.completed)


def term_week(term: int) -> float:
    """Week in which the support reviews of a term fall due, counted from the start of the run."""
    year, term_of_year = divmod(term, len(TERM_WEEKS))
    return float(year * WEEKS_PER_YEAR + TERM_WEEKS[term_of_year])


def reviews_per_term(school: int) -> int:
    """Support reviews that fall due in a school every term."""
    return LEAST_REVIEWS_PER_TERM + school % SPREAD_OF_REVIEWS_PER_TERM


def case_of(school: int, number: int) -> int:
    """Name of a school's request."""
    return (school << NUMBER_BITS | number) << ROUND_BITS


def school_of(case: int) -> int:
    """School that a case comes from."""
    return case >> (NUMBER_BITS + ROUND_BITS)


def run_key(seed: int, replication: int) -> int:
    """The key of all random numbers of a run: SplitMix64 of seed and replication. [63 bits]"""
    word = ((seed << 16 | replication) + GOLDEN) & _MASK
    word = ((word ^ (word >> 30)) * MIX_1) & _MASK
    word = ((word ^ (word >> 27)) * MIX_2) & _MASK
    return (word ^ (word >> 31)) >> 1
