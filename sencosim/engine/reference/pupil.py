"""A pupil with SEN or noticed need, and the pathways along which things happen to that pupil."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sencosim.ledger.events import Event
from sencosim.randomness import STREAM

if TYPE_CHECKING:
    from sencosim.engine.reference.school import School

NOTICED, SEN_SUPPORT, EHC_PLAN = range(3)
"""Stages of a pupil."""

PATHS = (
    "sen_support_exit",
    "request",
    "suspension.sen_support",
    "suspension.ehc_plan",
    "crisis.sen_support",
    "crisis.ehc_plan",
    "home_education.sen_support",
    "home_education.ehc_plan",
    "special_transfer",
    "plan_ceased",
)
"""Pathways; each has one clock in each school and phase."""
(
    SUPPORT_EXIT,
    REQUEST_POINT,
    SUSPENSION_SUPPORT,
    SUSPENSION_PLAN,
    CRISIS_SUPPORT,
    CRISIS_PLAN,
    HOME_SUPPORT,
    HOME_PLAN,
    TRANSFER,
    PLAN_CEASED,
) = range(len(PATHS))

PATHS_OF_STAGE = (
    (SUPPORT_EXIT, SUSPENSION_SUPPORT, CRISIS_SUPPORT, HOME_SUPPORT),
    (SUPPORT_EXIT, REQUEST_POINT, SUSPENSION_SUPPORT, CRISIS_SUPPORT, HOME_SUPPORT),
    (SUSPENSION_PLAN, CRISIS_PLAN, HOME_PLAN, TRANSFER, PLAN_CEASED),
)
"""What can happen to a pupil at each stage."""

PATH_STREAM = tuple(
    STREAM[name]
    for name in (
        "sen_support_exit",
        "request",
        "suspension",
        "suspension",
        "crisis",
        "crisis",
        "home_education",
        "home_education",
        "special_transfer",
        "plan_ceased",
    )
)
"""Streams of the thresholds. A pupil keeps counting suspensions and crises when the stage changes."""

PATH_EVENT = (
    Event.SEN_SUPPORT_ENDED,
    Event.REQUEST_POINT_REACHED,
    Event.SUSPENDED,
    Event.SUSPENDED,
    Event.CRISIS_BEGAN,
    Event.CRISIS_BEGAN,
    Event.HOME_EDUCATION_BEGAN,
    Event.HOME_EDUCATION_BEGAN,
    Event.SPECIAL_TRANSFER_SOUGHT,
    Event.PLAN_CEASED,
)

PATH_COUNTER = (0, 1, 2, 2, 3, 3, 4, 4, 5, 6)
"""Which of a pupil's counters numbers the occurrences of a pathway."""
PLACE_COUNTER = 7
"""Counter of the decisions about a special place."""

FRAIL_PATHS = frozenset({REQUEST_POINT, SUSPENSION_SUPPORT, SUSPENSION_PLAN, CRISIS_SUPPORT, CRISIS_PLAN, TRANSFER})
"""Pathways whose hazard is multiplied by the pupil's frailty."""

NEVER = math.inf

_INITIAL_BIT = 1 << 17


def pupil_key(school_id: int, entry_year: int, number: int, *, initial: bool = False, copy: int = 0) -> int:
    """Number of a pupil, the same in every arm.

    Parameters
    ----------
    school_id
        Where the need was noticed. [whole number, < 2**15]
    entry_year
        Academic year in which the pupil's cohort entered Reception. [year]
    number
        k: which noticed pupil of that school and cohort. [whole number, < 2**17]
    initial
        In the stock at the start of the run, not noticed in it.
    copy
        Which copy, when a sampled pupil stands for several in a sampled school. [whole number, < 256]

    Returns
    -------
        Key. [whole number, < 2**48]

    Examples
    --------
    >>> pupil_key(1, 2020, 0) == pupil_key(1, 2020, 0, copy=1)
    False
    """
    serial = number | _INITIAL_BIT if initial else number
    return (((school_id << 7 | (entry_year - 1990)) << 18) | serial) << 8 | copy


class Pupil:
    """One pupil. What a pupil is, not what a pupil does: schools and councils act on pupils.

    Attributes
    ----------
    key
        Number, the entity of every draw about this pupil.
    school
        Present school; ``None`` once the pupil has left mainstream.
    year_group
        0 for Reception to 11. [year group]
    stage
        Noticed, on SEN Support, or with a plan.
    frailty
        Multiplier of hazards. [ratio, mean 1]
    targets
        Clock readings at which the next event of each pathway happens.
    counts
        Events so far, by counter.
    left
        What is left of the threshold of a paused pathway, by counter. [cumulative hazard for frailty one]
    cycles
        Completed review cycles.
    excluded, ever_excluded
        Permanently excluded and leaving or in alternative provision; and whether that ever happened.
    support_plan
        An Individual Support Plan has fallen due, so the next is a review.
    placed
        A special place is named and the pupil is about to leave for it.
    """

    __slots__ = (
        "counts",
        "cycles",
        "ever_excluded",
        "excluded",
        "frailty",
        "key",
        "left",
        "noticed_at",
        "placed",
        "request_number",
        "request_open",
        "review_term",
        "school",
        "stage",
        "support_plan",
        "targets",
        "waiting_special",
        "year_group",
    )

    def __init__(self, key: int, school: School, year_group: int, stage: int, frailty: float) -> None:
        self.key = key
        self.school: School | None = school
        self.year_group = year_group
        self.stage = stage
        self.frailty = frailty
        self.targets = [NEVER] * len(PATHS)
        self.counts = [0] * 8
        self.left: dict[int, float] = {}
        self.cycles = 0
        self.request_number = 0
        self.request_open = False
        self.waiting_special = False
        self.excluded = False
        self.ever_excluded = False
        self.placed = False
        self.review_term = -1
        self.support_plan = False
        self.noticed_at = 0

    @property
    def phase(self) -> int:
        """0 in primary years, 1 in secondary years."""
        return 1 if self.year_group >= 7 else 0
