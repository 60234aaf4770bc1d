"""The model's nouns, once: each an enumeration of whole numbers with a row of facts for each member.

Members keep their numbers for ever, since numbers are part of keys of chance, of traces and of stored tallies: append,
never renumber, never reuse. Compiled code knows the members; everybody else may ask a member for its facts.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Literal, Self


class Facts(IntEnum):
    """Members numbered by their place; each has the facts that its class annotates, in that order."""

    def __new__(cls, *facts: object) -> Self:
        """Number a member and keep its facts."""
        member = int.__new__(cls, len(cls.__members__))
        member._value_ = len(cls.__members__)
        for name, fact in zip(cls.__annotations__, facts, strict=True):
            setattr(member, name, fact)
        return member


# -- chance -----------------------------------------------------------------------------------------------------------


class Stream(IntEnum):
    """Decisions for which numbers are drawn, in the order in which they were added. The number is part of every key."""

    PARAMETER = 0
    POPULATION_SIZE = 1
    POPULATION_FSM = 2
    POPULATION_SEN_SUPPORT = 3
    POPULATION_EHC_PLAN = 4
    POPULATION_OTHER = 5
    SAMPLING = 6
    FRAILTY = 7
    CULTURE = 8
    INITIAL_YEAR_GROUP = 9
    NOTICED = 10
    SEN_SUPPORT_EXIT = 11
    REQUEST = 12
    SUSPENSION = 13
    CRISIS = 14
    HOME_EDUCATION = 15
    SPECIAL_TRANSFER = 16
    PLAN_CEASED = 17
    RENOTICE = 18  # no longer drawn; the number is not free
    ROUTE = 19
    PATIENCE = 20
    REFUSAL = 21
    DECISION_WEEKS = 22
    DECISION_LATE = 23
    ADVICE_WEEKS = 24
    DRAFTING_WEEKS = 25
    LATE_ADVICE = 26
    NO_PLAN = 27
    PLACEMENT = 28
    SPECIAL_PLACE = 29
    CASE_UNIT = 30
    MEDIATION = 31
    MEDIATION_OUTCOME = 32
    APPEAL = 33
    APPEAL_WEEKS = 34
    TRIBUNAL_CONCESSION = 35
    TRIBUNAL_OUTCOME = 36
    APPEAL_REMEDY = 37
    REAPPLY = 38
    REAPPLY_ROUTE = 39
    EXCLUSION = 40
    AP_STAY = 41
    REINTEGRATION = 42
    SCHOOL_MOVE = 43
    MOVE_COPIES = 44
    TRANSFER_AT_11 = 45
    EXOGENOUS_REQUEST = 46
    EXOGENOUS_APPEAL = 47
    EXOGENOUS_PLACE = 48
    ALLOCATED_HOURS = 49
    OVERTIME_CEILING = 50
    TEAM_HOURS = 51
    SLT_SEAT = 52
    REQUEST_RATIONING = 53
    SENCO_LEAVING = 54
    VACANCY = 55
    COMPLIANCE = 56
    PHASE_IN = 57
    DRIFT_TO_FLOOR = 58
    SUPPLY_ORDER = 59
    QUEUE_TIE = 60
    ANNUAL_REVIEW_TERM = 61
    WHOLE_SCHOOL_VOLUME = 62  # no longer drawn; the number is not free
    WORK_CRISIS = 63
    WORK_EXCLUSION = 64
    WORK_SUSPENSION = 65
    WORK_MEDIATION = 66
    WORK_APPEAL_PREPARATION = 67
    WORK_ANNUAL_REVIEW = 68
    WORK_ASSESSMENT_ADVICE = 69
    WORK_CONSULTATION = 70
    WORK_REQUEST_INFORMATION = 71
    WORK_REQUEST_PREPARATION = 72
    WORK_SUPPORT_REVIEW = 73
    WORK_IDENTIFICATION = 74
    WORK_PHASE_TRANSFER_REVIEW = 75
    CONSULTATION = 76
    BOOTSTRAP = 77
    RECEPTION_PLANS = 78
    PILOT = 79
    CLUSTER = 80
    HEAD_SENCO = 81
    COUNCIL_PROCESS = 82
    SENCO_ABSENCE = 83
    WORK_SUPPORT_PLAN = 84
    WORK_SUPPORT_PLAN_REVIEW = 85
    REQUEST_WITHDRAWN = 86
    ANNUAL_REVIEW_CONSIDERED = 87
    ORDER_OF_SERVICE = 88
    REQUEST_GIVEN_UP = 89
    FILING = 90
    PLAN_TRANSITION = 91


STREAMS: tuple[str, ...] = tuple(stream.name.lower() for stream in Stream)
"""Their names in files."""
STREAM: dict[str, int] = {name: number for number, name in enumerate(STREAMS)}
"""Position of each by its name in files."""

# -- work -------------------------------------------------------------------------------------------------------------


class ServiceGroup(IntEnum):
    """Groups of work that a SENCO takes up, first served first (M5)."""

    URGENT = 0
    DATED = 1
    REVIEWS_AND_DUTIES = 2
    LISTED_DEVELOPMENT = 3
    OPEN_DEVELOPMENT = 4


class Activity(Facts):
    """Work about one pupil.

    Attributes
    ----------
    group
        Group of service.
    stream
        From which its hours are drawn.
    is_paperwork
        Its hours depend on the council's forms and steps (M19).
    """

    CRISIS = ServiceGroup.URGENT, Stream.WORK_CRISIS, False
    EXCLUSION = ServiceGroup.URGENT, Stream.WORK_EXCLUSION, False
    SUSPENSION = ServiceGroup.URGENT, Stream.WORK_SUSPENSION, False
    MEDIATION = ServiceGroup.DATED, Stream.WORK_MEDIATION, False
    APPEAL_PREPARATION = ServiceGroup.DATED, Stream.WORK_APPEAL_PREPARATION, False
    ANNUAL_REVIEW = ServiceGroup.DATED, Stream.WORK_ANNUAL_REVIEW, True
    ASSESSMENT_ADVICE = ServiceGroup.DATED, Stream.WORK_ASSESSMENT_ADVICE, True
    CONSULTATION = ServiceGroup.DATED, Stream.WORK_CONSULTATION, True
    REQUEST_INFORMATION = ServiceGroup.DATED, Stream.WORK_REQUEST_INFORMATION, True
    REQUEST_PREPARATION = ServiceGroup.DATED, Stream.WORK_REQUEST_PREPARATION, True
    SUPPORT_REVIEW = ServiceGroup.REVIEWS_AND_DUTIES, Stream.WORK_SUPPORT_REVIEW, False
    IDENTIFICATION = ServiceGroup.DATED, Stream.WORK_IDENTIFICATION, False
    SUPPORT_PLAN = ServiceGroup.DATED, Stream.WORK_SUPPORT_PLAN, False

    group: ServiceGroup
    stream: Stream
    is_paperwork: bool

    @property
    def key(self) -> str:
        """In files and tables."""
        return self.name.lower()


class WholeSchool(Facts):
    """Work about the school, measured in hours: duties, and the development of teaching and provision (M4).

    Attributes
    ----------
    group
        Group of service; within listed development they are served in this order.
    team_may_do
        Assistants and administrators may do it.
    """

    FIXED_DUTIES = ServiceGroup.REVIEWS_AND_DUTIES, True
    REGISTER_UPKEEP = ServiceGroup.REVIEWS_AND_DUTIES, True
    ACCESS_ARRANGEMENT = ServiceGroup.REVIEWS_AND_DUTIES, True
    TA_MANAGEMENT = ServiceGroup.REVIEWS_AND_DUTIES, True
    PARENT_MEETING = ServiceGroup.LISTED_DEVELOPMENT, True
    AGENCY = ServiceGroup.LISTED_DEVELOPMENT, True
    STAFF_TRAINING = ServiceGroup.LISTED_DEVELOPMENT, False
    COACHING = ServiceGroup.LISTED_DEVELOPMENT, False
    IMPOSED_DUTIES = ServiceGroup.REVIEWS_AND_DUTIES, False
    OPEN_DEVELOPMENT = ServiceGroup.OPEN_DEVELOPMENT, False

    group: ServiceGroup
    team_may_do: bool

    @property
    def key(self) -> str:
        """In files and tables."""
        return self.name.lower()


class Work(IntEnum):
    """What SENCO or team have in hand."""

    NONE = 0
    CASE = 1
    SESSION = 2
    SITTING = 3


class Worker(IntEnum):
    """Whose time a school's work takes."""

    SENCO = 0
    TEAM = 1


class Table(IntEnum):
    """Quantile tables of hours and weeks; the first in the order of :class:`Activity`."""

    CRISIS = 0
    EXCLUSION = 1
    SUSPENSION = 2
    MEDIATION = 3
    APPEAL_PREPARATION = 4
    ANNUAL_REVIEW = 5
    ASSESSMENT_ADVICE = 6
    CONSULTATION = 7
    REQUEST_INFORMATION = 8
    REQUEST_PREPARATION = 9
    SUPPORT_REVIEW_PRIMARY = 10
    IDENTIFICATION = 11
    SUPPORT_PLAN = 12
    SUPPORT_REVIEW_SECONDARY = 13
    PHASE_TRANSFER_REVIEW = 14
    DECISION = 15
    DECISION_DELAY = 16
    ADVICE = 17
    LATE_ADVICE = 18
    DRAFTING = 19
    APPEAL_REGISTRATION = 20
    TRIBUNAL = 21
    SUPPORT_PLAN_REVIEW = 22


# -- pupils -----------------------------------------------------------------------------------------------------------


class Stage(IntEnum):
    """How far a pupil's need has been recognised."""

    NOTICED = 0
    SEN_SUPPORT = 1
    EHC_PLAN = 2


class Route(IntEnum):
    """Who makes a request."""

    SCHOOL_LED = 0
    PARENTAL = 1


class DisputeKind(IntEnum):
    """What a family disputes."""

    REFUSAL_TO_ASSESS = 0
    REFUSAL_TO_ISSUE = 1
    CONTENTS = 2
    REVIEW = 3


class Placement(IntEnum):
    """What comes of a decision for special."""

    VACANT = 0
    OVER_CAPACITY = 1
    INDEPENDENT = 2
    WAIT = 3


# -- events -----------------------------------------------------------------------------------------------------------
#
# The order of the codes is the order within one minute: first the term boundary, then messages, then what pupils and
# families do, then work that ends, and last the choice of the next case, so that a SENCO who is free chooses among
# everything that arrived in that minute. Ties within a code are settled by the entity's number; where low numbers would
# gain by that, as in who is served first, a keyed draw comes before it.


class Event(IntEnum):
    """Codes of events. Append only within the gaps; never renumber. 57 is retired."""

    TERM_BEGAN = 0
    # What a council or the tribunal sent has arrived.
    EXCLUSION_TOOK_EFFECT = 10
    INFORMATION_ASKED = 11
    ADVICE_ASKED = 12
    REFUSAL_TOLD = 13
    PLAN_DELIVERED = 14
    PLACE_TAKEN_UP = 15
    APPEAL_OUTCOME_TOLD = 16
    NEED_NOTICED = 20
    SEN_SUPPORT_ENDED = 21
    REQUEST_POINT_REACHED = 22
    PATIENCE_ENDED = 23
    SUSPENDED = 24
    CRISIS_BEGAN = 25
    CRISIS_DEADLINE_PASSED = 26
    HOME_EDUCATION_BEGAN = 27
    SPECIAL_TRANSFER_SOUGHT = 28
    PLAN_CEASED = 29
    FAMILY_ASKED_AGAIN = 30
    PUPIL_EXCLUDED = 31
    ANNUAL_REVIEW_CONSIDERED = 32
    SENCO_WORK_DONE = 40
    TEAM_WORK_DONE = 41
    SENCO_CHOSE = 42
    TEAM_CHOSE = 43
    REQUEST_MADE = 49
    REQUEST_RECEIVED = 50
    EXOGENOUS_REQUEST_RECEIVED = 51
    REQUEST_DECIDED = 52
    ADVICE_DONE = 53
    DRAFTING_DONE = 54
    SLOT_TAKEN = 55
    MEDIATION_ENDED = 56
    APPEAL_REGISTERED = 60
    APPEAL_CONCEDED = 61
    APPEAL_HEARD = 62
    HEARING_SLOT_TAKEN = 63
    EXOGENOUS_APPEAL_REGISTERED = 64
    # Recorded in the trace, but caused by one of the above at the same instant.
    SEN_SUPPORT_BEGAN = 80
    REVIEW_DONE = 81
    REVIEWS_LAPSED = 82
    REQUEST_FILED = 83
    ASSESSMENT_REFUSED = 84
    ASSESSMENT_AGREED = 85
    PLAN_ISSUED = 86
    PLAN_NOT_ISSUED = 87
    PLACE_FOUND = 88
    MEDIATION_BEGAN = 89
    SENCO_LEFT = 90
    SENCO_STARTED = 91
    HOURS_SET = 92
    PUPIL_MOVED_SCHOOL = 93
    PUPIL_LEFT_SCHOOL = 94
    CASE_STARTED = 95
    CASE_LAPSED = 96
    CENSUS_TAKEN = 97
    SUPPORT_MEASURED = 98
    REQUEST_WITHDRAWN = 99
    IDENTIFIED_WITHOUT_SENCO = 100
    REQUEST_GIVEN_UP = 101
    PLAN_TURNED_SUPPORT = 102

    @property
    def words(self) -> str:
        """In plain words."""
        return self.name.replace("_", " ").lower()


ENTITY_BITS = 50
"""Bits of an entity's number below the event code in an ordering key."""


def order_key(event: int, entity: int) -> int:
    """Priority within one minute: the event code, then the entity. [whole number, lower first]

    Examples
    --------
    >>> order_key(Event.NEED_NOTICED, 5) < order_key(Event.SENCO_CHOSE, 1)
    True
    """
    return (int(event) << ENTITY_BITS) | entity


class Reaches(IntEnum):
    """Through what an event reaches a school, whose own work must have got there first."""

    NOBODY = 0
    BY_PATH = 1
    SCHOOL = 2
    PUPIL = 3
    CASE = 4
    REQUEST = 5
    DISPUTE = 6


class Happening(Facts):
    """Kinds of entries of the calendars: what is to be done when their time comes.

    Attributes
    ----------
    reaches
        Through what it reaches a school.
    """

    PATH = Reaches.BY_PATH
    NOTICED = Reaches.SCHOOL
    REQUEST_MADE = Reaches.PUPIL
    ANNUAL_REVIEW_CONSIDERED = Reaches.PUPIL
    PATIENCE = Reaches.CASE
    ASKED_AGAIN = Reaches.PUPIL
    CRISIS_DEADLINE = Reaches.CASE
    EXCLUDED_LEAVES = Reaches.PUPIL
    INFORMATION_ASKED = Reaches.PUPIL
    ADVICE_ASKED = Reaches.PUPIL
    DECISION = Reaches.NOBODY
    REFUSAL_TOLD = Reaches.REQUEST
    SLOT = Reaches.NOBODY
    ADVICE_DONE = Reaches.NOBODY
    LATE_ADVICE_DONE = Reaches.NOBODY
    DRAFTING_DONE = Reaches.NOBODY
    PLAN_DELIVERED = Reaches.REQUEST
    PLACE_STARTS = Reaches.PUPIL
    OTHER_REQUEST = Reaches.NOBODY
    MEDIATED = Reaches.DISPUTE
    REGISTERED = Reaches.DISPUTE
    OTHER_APPEAL = Reaches.NOBODY
    APPEAL_TOLD = Reaches.DISPUTE
    LODGED = Reaches.NOBODY
    HEARING_SLOT = Reaches.NOBODY
    HEARD = Reaches.NOBODY

    reaches: Reaches


# -- pathways ---------------------------------------------------------------------------------------------------------


class Path(Facts):
    """Pathways: clocks on which something happens to a pupil.

    Attributes
    ----------
    stages
        Of pupils whose clock it is.
    slot
        Place among the targets of a pupil of these stages.
    counter
        Which of a pupil's counts numbers its occurrences.
    stream, event
        Of chance, and of the trace.
    is_frail
        A pupil's frailty multiplies its hazard.
    """

    SUPPORT_EXIT = (Stage.NOTICED, Stage.SEN_SUPPORT), 0, 0, Stream.SEN_SUPPORT_EXIT, Event.SEN_SUPPORT_ENDED, False
    REQUEST_POINT = (Stage.NOTICED, Stage.SEN_SUPPORT), 1, 1, Stream.REQUEST, Event.REQUEST_POINT_REACHED, True
    SUSPENSION_SUPPORT = (Stage.NOTICED, Stage.SEN_SUPPORT), 2, 2, Stream.SUSPENSION, Event.SUSPENDED, True
    SUSPENSION_PLAN = (Stage.EHC_PLAN,), 0, 2, Stream.SUSPENSION, Event.SUSPENDED, True
    CRISIS_SUPPORT = (Stage.NOTICED, Stage.SEN_SUPPORT), 3, 3, Stream.CRISIS, Event.CRISIS_BEGAN, True
    CRISIS_PLAN = (Stage.EHC_PLAN,), 1, 3, Stream.CRISIS, Event.CRISIS_BEGAN, True
    HOME_SUPPORT = (Stage.NOTICED, Stage.SEN_SUPPORT), 4, 4, Stream.HOME_EDUCATION, Event.HOME_EDUCATION_BEGAN, False
    HOME_PLAN = (Stage.EHC_PLAN,), 2, 4, Stream.HOME_EDUCATION, Event.HOME_EDUCATION_BEGAN, False
    TRANSFER = (Stage.EHC_PLAN,), 3, 5, Stream.SPECIAL_TRANSFER, Event.SPECIAL_TRANSFER_SOUGHT, True
    PLAN_CEASED = (Stage.EHC_PLAN,), 4, 6, Stream.PLAN_CEASED, Event.PLAN_CEASED, False

    stages: tuple[Stage, ...]
    slot: int
    counter: int
    stream: Stream
    event: Event
    is_frail: bool


N_PATHS = len(Path)
N_SLOTS = 1 + max(path.slot for path in Path)
PLACE_COUNTER = 1 + max(path.counter for path in Path)
"""Which of a pupil's counts numbers decisions for special."""
N_COUNTERS = 1 + PLACE_COUNTER

# -- quantities -------------------------------------------------------------------------------------------------------

Kind = Literal["flow", "stock", "hours", "time"]


class Quantity(Facts):
    """Everything that a run counts: physical quantities, no money. The number is the column of the tally.

    The tally holds whole numbers (counts, minutes, pupil-weeks), so that its sums do not depend on the order in which
    they were made; :mod:`sencosim.ledger.table` turns them into hours and years.

    Attributes
    ----------
    key
        The word used in files, tables and prices.
    unit
        Unit in tables. The tally itself holds ``unit`` divided by ``per``.
    title
        What it is, in words.
    kind
        ``flow`` events in a year; ``stock`` as at the January census; ``hours`` of work; ``time`` pupil-years, weeks.
    per
        How many tally counts make one unit: 60 for minutes kept as hours, 52 for pupil-weeks kept as pupil-years.
    """

    # fmt: off
    ALLOCATED_HOURS = "allocated_hours", "hours", "Timetabled SENCO hours that schools pay for", "hours", 60
    ADDED_HOURS = "added_hours", "hours", "Of these, hours added by policy", "hours", 60
    REMOVED_HOURS = "removed_hours", "hours", "Hours cut by schools that came down to the floor", "hours", 60
    USED_HOURS = "used_hours", "hours", "Timetabled hours worked on SEN", "hours", 60
    PAID_CASEWORK_HOURS = "paid_hours.casework", "hours", "Of these, on crises, statutory work and other casework", "hours", 60
    PAID_REVIEW_HOURS = "paid_hours.support_reviews", "hours", "Of these, on support reviews", "hours", 60
    PAID_DUTY_HOURS = "paid_hours.duties", "hours", "Of these, on duties of the post", "hours", 60
    PAID_LISTED_HOURS = "paid_hours.listed_development", "hours", "Of these, on listed development of teaching and provision", "hours", 60
    PAID_OPEN_HOURS = "paid_hours.open_development", "hours", "Of these, on development beyond the list", "hours", 60
    OVERTIME_HOURS = "overtime_hours", "hours", "Unpaid hours worked on SEN", "hours", 60
    IDLE_HOURS = "idle_hours", "hours", "Timetabled hours beyond the need for SEN work, released to other school work", "hours", 60
    LEAKED_HOURS = "leaked_hours", "hours", "Timetabled hours that other school work took", "hours", 60
    FIRST_YEAR_LOSS_HOURS = "first_year_loss_hours", "hours", "Hours of work lost to the slower pace of a first year in post", "hours", 60
    VACANT_HOURS = "vacant_hours", "hours", "Timetabled hours lost while the post was vacant", "hours", 60
    TEAM_HOURS = "team_hours", "hours", "Hours of assistant SENCOs and SEN administrators at work", "hours", 60
    ADMIN_HOURS = "admin_hours", "hours", "Administrator hours added by policy", "hours", 60
    NPQ_HOURS = "npq_hours", "hours", "Hours of study for the mandatory qualification", "hours", 60
    TEAM_HOURS_ADDED = "team_hours_added", "hours", "Assistant SENCO hours added by policy, paid whether busy or not", "hours", 60
    SUPERVISION_HOURS = "supervision_hours", "hours", "SENCO hours in professional supervision", "hours", 60
    TRAINING_HOURS = "training_hours", "hours", "SENCO hours of induction and training in the first year, alongside the qualification", "hours", 60
    TRAVEL_HOURS = "travel_hours", "hours", "SENCO hours of travel between schools that share", "hours", 60
    ABSENT_HOURS = "absent_hours", "hours", "Timetabled hours lost while the SENCO was long absent, paid", "hours", 60
    EP_IDLE_HOURS = "ep_idle_hours", "hours", "Added psychologist hours with no work waiting", "hours", 60
    OFFICER_IDLE_HOURS = "officer_idle_hours", "hours", "Added case officer hours with no work waiting", "hours", 60
    SENCO_LEAVERS = "senco_leavers", "persons", "SENCOs who left the post", "flow", 1
    SENCO_STARTERS = "senco_starters", "persons", "SENCOs who took up a post", "flow", 1
    NOTICED = "noticed", "pupils", "Pupils whose need was noticed", "flow", 1
    SEN_SUPPORT_STARTS = "sen_support_starts", "pupils", "Pupils put on SEN Support", "flow", 1
    SEN_SUPPORT_ENDS = "sen_support_ends", "pupils", "Pupils who left SEN Support without a plan", "flow", 1
    REQUESTS_SCHOOL_LED = "requests.school_led", "requests", "EHC needs assessment requests prepared by the SENCO", "flow", 1
    REQUESTS_PARENTAL = "requests.parental", "requests", "Requests made by families of mainstream pupils", "flow", 1
    REQUESTS_EXOGENOUS = "requests.exogenous", "requests", "Requests for under-5s, 16 to 25s and pupils outside mainstream", "flow", 1
    REQUESTS_WITHDRAWN = "requests_withdrawn", "requests", "Requests withdrawn before the council decided", "flow", 1
    REFUSED_SCHOOL_LED = "refused.school_led", "decisions", "School-led requests refused", "flow", 1
    REFUSED_PARENTAL = "refused.parental", "decisions", "Parental requests refused", "flow", 1
    REFUSED_EXOGENOUS = "refused.exogenous", "decisions", "Other requests refused", "flow", 1
    PATIENCE_LOST = "patience_lost", "requests", "School-led requests that families made themselves after waiting", "flow", 1
    REQUESTS_GIVEN_UP = "requests_given_up", "requests", "School-led requests that families gave up after waiting", "flow", 1
    DECISIONS = "decisions", "decisions", "Decisions whether to assess", "flow", 1
    DECISIONS_ON_TIME = "decisions_on_time", "decisions", "Of these, within six weeks", "flow", 1
    ASSESSMENTS = "assessments", "assessments", "Assessments completed", "flow", 1
    NO_PLAN = "no_plan", "decisions", "Assessments that led to no plan", "flow", 1
    PLANS_ISSUED_MAINSTREAM = "plans_issued.mainstream", "plans", "New plans for mainstream pupils", "flow", 1
    PLANS_ISSUED_EXOGENOUS = "plans_issued.exogenous", "plans", "New plans for others", "flow", 1
    PLANS_ON_TIME_MAINSTREAM = "plans_on_time.mainstream", "plans", "New plans for mainstream pupils within 20 weeks", "flow", 1
    PLANS_ON_TIME_EXOGENOUS = "plans_on_time.exogenous", "plans", "New plans for others within 20 weeks", "flow", 1
    PLANS_ENTERING_RECEPTION = "plans_entering_reception", "pupils", "Pupils who enter Reception with a plan", "flow", 1
    PLANS_CEASED = "plans_ceased", "plans", "Mainstream plans ceased because needs are met", "flow", 1
    MEDIATIONS = "mediations", "cases", "Mediations", "flow", 1
    APPEALS_REFUSAL_TO_ASSESS = "appeals.refusal_to_assess", "appeals", "Appeals against refusal to assess", "flow", 1
    APPEALS_REFUSAL_TO_ISSUE = "appeals.refusal_to_issue", "appeals", "Appeals against refusal to issue a plan", "flow", 1
    APPEALS_CONTENTS = "appeals.contents", "appeals", "Appeals against contents or placement", "flow", 1
    APPEALS_EXOGENOUS = "appeals.exogenous", "appeals", "Appeals of families outside mainstream", "flow", 1
    APPEALS_CONCEDED = "appeals_conceded", "appeals", "Appeals conceded, settled or withdrawn before a hearing", "flow", 1
    APPEALS_HEARD = "appeals_heard", "appeals", "Appeals decided by the tribunal", "flow", 1
    APPEALS_UPHELD = "appeals_upheld", "appeals", "Of these, council decision upheld", "flow", 1
    CRISES = "crises", "episodes", "Crisis episodes", "flow", 1
    CRISES_LATE = "crises_late", "episodes", "Of these, work not started within five school days", "flow", 1
    SUSPENSIONS_NOTICED = "suspensions.noticed", "suspensions", "Suspensions of pupils whose need is noticed, not yet identified", "flow", 1
    SUSPENSIONS_SEN_SUPPORT = "suspensions.sen_support", "suspensions", "Suspensions of pupils on SEN Support", "flow", 1
    SUSPENSIONS_EHC_PLAN = "suspensions.ehc_plan", "suspensions", "Suspensions of pupils with a plan", "flow", 1
    PERMANENT_EXCLUSIONS_NOTICED = "permanent_exclusions.noticed", "exclusions", "Permanent exclusions of pupils not yet identified", "flow", 1
    PERMANENT_EXCLUSIONS_SEN_SUPPORT = "permanent_exclusions.sen_support", "exclusions", "Permanent exclusions of pupils on SEN Support", "flow", 1
    PERMANENT_EXCLUSIONS_EHC_PLAN = "permanent_exclusions.ehc_plan", "exclusions", "Permanent exclusions of pupils with a plan", "flow", 1
    PUPILS_FIRST_EXCLUDED = "pupils_first_excluded", "pupils", "Pupils permanently excluded for the first time", "flow", 1
    STARTS_RESOURCED = "starts.resourced", "pupils", "Starts in resourced provision or a SEN unit", "flow", 1
    STARTS_STATE_SPECIAL = "starts.state_special", "pupils", "Starts in a vacant state special place", "flow", 1
    STARTS_OVER_CAPACITY = "starts.over_capacity", "pupils", "Starts in a state special school above its places", "flow", 1
    STARTS_INDEPENDENT_SPECIAL = "starts.independent_special", "pupils", "Starts in an independent special school", "flow", 1
    STARTS_WAITING_SPECIAL = "starts.waiting_special", "pupils", "Pupils who began to wait in mainstream for a special place", "flow", 1
    STARTS_HOME_EDUCATION = "starts.home_education", "pupils", "Pupils who left for elective home education", "flow", 1
    ABSENCE_DAYS = "absence_days", "days", "School days missed by pupils with SEN", "flow", 1
    SHARING_ENDED = "sharing_ended", "schools", "Schools whose sharing of a SENCO was ended at a review", "flow", 1
    MOVED_SCHOOL_SEN_SUPPORT = "moved_school.sen_support", "pupils", "Pupils on SEN Support who moved on to their next school", "flow", 1
    MOVED_SCHOOL_EHC_PLAN = "moved_school.ehc_plan", "pupils", "Mainstream pupils with a plan who moved on to their next school", "flow", 1
    POSTS = "posts", "post-years", "SENCO posts", "time", 52
    POSTS_VACANT = "posts_vacant", "post-years", "SENCO posts vacant", "time", 52
    POSTS_FULL_TIME = "posts_full_time", "post-years", "SENCO posts that are full time", "time", 52
    SLT_SEATS = "slt_seats", "post-years", "SENCOs on the senior leadership team", "time", 52
    SLT_SEATS_ADDED = "slt_seats_added", "post-years", "Of these, seats added by policy", "time", 52
    POSTS_SHARED = "posts_shared", "post-years", "SENCO posts of schools that share one SENCO", "time", 52
    POSTS_WITHOUT_AWARD = "posts_without_award", "post-years", "SENCOs in post who still study for the mandatory qualification", "time", 52
    POSTS_WITH_ALLOWANCE = "posts_with_allowance", "post-years", "SENCOs in post who are paid an allowance by policy", "time", 52
    POSTS_UNFILLED = "posts_unfilled", "post-years", "Posts whose added hours the supply of teachers has not filled", "time", 52
    SPECIAL_PLACES_ADDED = "special_places_added", "places", "State special places opened by policy", "time", 1000
    APPEAL_CAPACITY_ADDED = "appeal_capacity_added", "appeals", "Appeals that the tribunal can hear alongside the baseline", "time", 1000
    POLICY_HOURS_UNFILLED = "policy_hours_unfilled", "hours", "Hours that policy asked for and the supply of teachers did not fill", "time", 60
    PUPIL_YEARS_SEN_SUPPORT = "pupil_years.sen_support", "pupil-years", "On SEN Support in mainstream", "time", 52
    PUPIL_YEARS_EHC_PLAN = "pupil_years.ehc_plan", "pupil-years", "With a plan in a mainstream class", "time", 52
    PUPIL_YEARS_RESOURCED = "pupil_years.resourced", "pupil-years", "In resourced provision or a SEN unit", "time", 52
    PUPIL_YEARS_STATE_SPECIAL = "pupil_years.state_special", "pupil-years", "In a state special school", "time", 52
    PUPIL_YEARS_OVER_CAPACITY = "pupil_years.over_capacity", "pupil-years", "In a state special school above its places", "time", 52
    PUPIL_YEARS_INDEPENDENT_SPECIAL = "pupil_years.independent_special", "pupil-years", "In an independent special school", "time", 52
    PUPIL_YEARS_WAITING_SPECIAL = "pupil_years.waiting_special", "pupil-years", "In mainstream, waiting for a special place", "time", 52
    PUPIL_YEARS_AP = "pupil_years.ap", "pupil-years", "In alternative provision after permanent exclusion", "time", 52
    PUPIL_YEARS_HOME_EDUCATION = "pupil_years.home_education", "pupil-years", "In elective home education", "time", 52
    PUPIL_YEARS_POST16_PLAN = "pupil_years.post16_plan", "pupil-years", "With a plan after Year 11, from mainstream in this run", "time", 52
    PUPIL_YEARS_IDENTIFICATION_WAIT = "pupil_years.identification_wait", "pupil-years", "Noticed, waiting for the SENCO", "time", 52
    IDENTIFICATION_WAIT_WEEKS = "identification_wait_weeks", "weeks", "Weeks from noticing to SEN Support, summed over those who got it", "time", 1
    REQUEST_WAIT_WEEKS = "request_wait_weeks", "weeks", "Weeks from point of request to filing, summed", "time", 1
    PLAN_WEEKS_MAINSTREAM = "plan_weeks.mainstream", "weeks", "Weeks from request to plan, mainstream pupils, summed", "time", 1
    PLAN_WEEKS_EXOGENOUS = "plan_weeks.exogenous", "weeks", "Weeks from request to plan, others, summed", "time", 1
    APPEAL_WEEKS = "appeal_weeks", "weeks", "Weeks from appeal to outcome, summed", "time", 1
    SUPPORT_HOURS = "support_hours", "hours", "Hours of support reviews and development, at what they are worth for pupils", "hours", 60
    LIST_HOURS = "list_hours", "hours", "Hours of support reviews and listed development due", "hours", 60
    NEED_PUPIL_TERMS = "need_pupil_terms", "pupil-terms", "Pupil-terms of noticed or recognised need", "time", 1
    DATED_STARTED = "dated_started", "cases", "Dated casework started by the SENCO or closed without", "flow", 1
    DATED_LATE = "dated_late", "cases", "Of these, started after the due date or closed without the SENCO", "flow", 1
    SCHOOLS_MOSTLY_LATE = "schools_mostly_late", "schools", "Schools with over half of the year's dated casework late", "flow", 1
    SCHOOLS_SHORT_OF_TIME = "schools_short_of_time", "schools", "Schools whose year's casework, reviews, duties and listed development exceed the paid hours that SENCO and team use for SEN", "flow", 1
    POSTS_LONG_EVENINGS = "posts_long_evenings", "post-years", "SENCOs who work more than nine unpaid hours a week", "time", 52
    PLANS_TURNED_SUPPORT = "plans_turned_support", "plans", "Plans that ended at a phase transfer and became SEN Support", "flow", 1
    EP_HOURS = "ep_hours", "hours", "Educational psychologist hours on assessments", "time", 60
    OFFICER_HOURS = "officer_hours", "hours", "Council officer hours on decisions and plans", "time", 60
    SURGE_HOURS = "surge_hours", "hours", "Of both, hours of bought-in psychologists and agency officers", "time", 60
    PUPILS_SEN_SUPPORT = "pupils_sen_support", "pupils", "Pupils on SEN Support at the January census", "stock", 1
    PUPILS_EHC_PLAN = "pupils_ehc_plan", "pupils", "Mainstream pupils with a plan at the January census", "stock", 1
    PUPILS_WAITING_IDENTIFICATION = "pupils_waiting_identification", "pupils", "Pupils noticed and waiting at the January census", "stock", 1
    ASSESSMENTS_IN_PROGRESS = "assessments_in_progress", "cases", "Assessments in progress or waiting at the January census", "stock", 1
    APPEALS_OPEN = "appeals_open", "cases", "Appeals open at the January census", "stock", 1
    SPECIAL_QUEUE = "special_queue", "cases", "Pupils waiting for a special place at the January census", "stock", 1
    # fmt: on

    _ignore_ = ["activity", "session", "words"]  # noqa: RUF012
    for activity in Activity:
        words = activity.key.replace("_", " ")
        locals()[f"DUE_{activity.name}"] = f"due.{activity.key}", "cases", f"Cases due: {words}", "flow", 1
        locals()[f"DONE_{activity.name}"] = f"done.{activity.key}", "cases", f"Cases done: {words}", "flow", 1
        locals()[f"WITHOUT_{activity.name}"] = (
            f"done_without_senco.{activity.key}",
            "cases",
            f"Cases closed without the SENCO: {words}",
            "flow",
            1,
        )
        locals()[f"HOURS_{activity.name}"] = (
            f"hours.{activity.key}",
            "hours",
            f"Standard hours done: {words}",
            "hours",
            60,
        )
    for session in WholeSchool:
        words = session.key.replace("_", " ")  # type: ignore[misc]
        locals()[f"HOURS_DUE_{session.name}"] = (
            f"hours_due.{session.key}",
            "hours",
            f"Standard hours due: {words}",
            "hours",
            60,
        )
        locals()[f"HOURS_LAPSED_{session.name}"] = (
            f"hours_lapsed.{session.key}",
            "hours",
            f"Standard hours lapsed: {words}",
            "hours",
            60,
        )
        locals()[f"HOURS_{session.name}"] = (
            f"hours.{session.key}",
            "hours",
            f"Standard hours done: {words}",
            "hours",
            60,
        )

    key: str
    unit: str
    title: str
    kind: Kind
    per: int


COLUMN: dict[str, int] = {quantity.key: int(quantity) for quantity in Quantity}
"""Column of each quantity in the tally, by its key."""
SIGNED = frozenset({Quantity.APPEAL_CAPACITY_ADDED})
"""Quantities that may be below zero: a policy can take them away. All others are counts."""
USES_OF_PAID_HOURS: dict[str, tuple[Quantity, ...]] = {
    "casework": (Quantity.PAID_CASEWORK_HOURS,),
    "support_reviews": (Quantity.PAID_REVIEW_HOURS,),
    "duties": (Quantity.PAID_DUTY_HOURS,),
    "listed_development": (Quantity.PAID_LISTED_HOURS,),
    "open_development": (Quantity.PAID_OPEN_HOURS,),
    "released": (Quantity.LEAKED_HOURS, Quantity.IDLE_HOURS),
    "vacant_or_away": (Quantity.VACANT_HOURS, Quantity.ABSENT_HOURS),
    "study_and_travel": (
        *(Quantity.NPQ_HOURS, Quantity.TRAINING_HOURS, Quantity.SUPERVISION_HOURS, Quantity.TRAVEL_HOURS),
    ),
}
"""The eight uses of a paid hour: whatever the levers and shocks, together they are the allocated hours."""
WORDS_OF_USES = {
    "casework": "statutory work and other casework",
    "support_reviews": "support reviews",
    "duties": "duties of the post",
    "listed_development": "listed development of teaching and provision",
    "open_development": "development beyond the list",
    "released": "released to other school work",
    "vacant_or_away": "vacant or away",
    "study_and_travel": "study, training, supervision and travel",
}
"""The same in words."""
PARTS_OF_ALLOCATED_HOURS = tuple(quantity for parts in USES_OF_PAID_HOURS.values() for quantity in parts)
"""What becomes of every timetabled hour: together they are the allocated hours, whatever the levers and shocks."""

# -- payers -----------------------------------------------------------------------------------------------------------


class Payer(Facts):
    """Whose budget. Numbers are for ever, so the newest payer comes last; its place in tables is its own.

    Attributes
    ----------
    key
        In files.
    title
        In tables.
    words
        In sentences.
    is_public
        Of the public purse.
    is_singular
        Takes a verb in the singular.
    place
        In tables: alongside the payer that it takes over from.
    """

    SCHOOLS = "schools", "Schools", "schools", True, False, 0
    COUNCIL_HIGH_NEEDS = (
        "council_high_needs",
        "Councils, high-needs block",
        "councils' high-needs blocks",
        True,
        False,
        1,
    )
    COUNCIL_GENERAL_FUND = "council_general_fund", "Councils, general fund", "councils' general funds", True, False, 3
    DFE = "dfe", "Department for Education", "the Department for Education", True, True, 4
    NHS = "nhs", "NHS", "the NHS", True, True, 5
    MOJ_HMCTS = "moj_hmcts", "Courts and tribunals", "the tribunals service", True, True, 6
    EXCHEQUER = "exchequer", "Exchequer: tax and benefits", "the Exchequer (tax and benefits)", True, True, 7
    FAMILIES = "families", "Families", "families", False, False, 8
    PUPILS = "pupils", "Pupils", "pupils", False, False, 10
    CENTRAL_HIGH_NEEDS = (
        "central_high_needs",
        "Central government, high needs",
        "central government for high needs",
        True,
        True,
        2,
    )
    SENCOS = "sencos", "SENCOs, in their own time", "SENCOs in their own time", False, False, 9

    key: str
    title: str
    words: str
    is_public: bool
    is_singular: bool
    place: int


PAYER: dict[str, Payer] = {payer.key: payer for payer in Payer}
"""Each payer by its key."""
PAYERS: tuple[str, ...] = tuple(payer.key for payer in sorted(Payer, key=lambda payer: payer.place))
"""Keys in the order of tables."""
PUBLIC_PAYERS: tuple[str, ...] = tuple(key for key in PAYERS if PAYER[key].is_public)
"""The public purse: all but families, SENCOs in their own time, and pupils."""
PAYER_AMOUNTS = ("payer_net", "payer_cost", "payer_saving")
"""Amounts given for each payer: net, and its parts above and below zero."""

Funder = Literal["schools", "national_grant"]
"""Who funds a policy in schools: they themselves, or the department by a grant to them."""
CouncilFunder = Literal["councils", "national_grant"]
"""Who funds a policy in councils."""
PressureFunder = Literal["councils_then_central", "councils", "shared"]
"""Who pays the pressure on high needs once central government may: it, councils, or each a half."""
FlowBacks = Literal["none", "all"]
"""What of the cost of staff flows back to the Exchequer in the accounts: nothing, or every tax and contribution."""
