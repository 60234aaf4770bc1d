"""Positions and codes that compiled code knows as constants."""

from __future__ import annotations

from sencosim.ledger.quantities import CASE_ACTIVITIES, COLUMN, WHOLE_SCHOOL_ACTIVITIES

(
    CRISIS,
    EXCLUSION_WORK,
    SUSPENSION_WORK,
    MEDIATION,
    APPEAL_PREPARATION,
    ANNUAL_REVIEW,
    ASSESSMENT_ADVICE,
    CONSULTATION,
    REQUEST_INFORMATION,
    REQUEST_PREPARATION,
    SUPPORT_REVIEW,
    IDENTIFICATION,
    SUPPORT_PLAN,
) = range(len(CASE_ACTIVITIES))

(
    CLASS_CRISIS,
    CLASS_DISPUTE,
    CLASS_STATUTORY,
    CLASS_REQUEST,
    CLASS_LONG_IDENTIFICATION,
    CLASS_SUPPORT_REVIEW,
    CLASS_IDENTIFICATION,
    CLASS_RATIONED_REQUEST,
) = range(8)
CLASS_OF = (0, 0, 0, 1, 1, 2, 2, 2, 2, 3, 5, 6, 2)
"""Class of each activity; a rationing school puts request preparation last."""

IS_PAPERWORK = tuple(
    activity in (ANNUAL_REVIEW, ASSESSMENT_ADVICE, CONSULTATION, REQUEST_INFORMATION, REQUEST_PREPARATION)
    for activity in range(len(CASE_ACTIVITIES))
)
"""Casework whose hours depend on the council's forms and steps (M19)."""

TEAM_MAY_DO = tuple(name not in ("staff_training", "coaching") for name in WHOLE_SCHOOL_ACTIVITIES)

NOTICED, SEN_SUPPORT, EHC_PLAN = range(3)
SCHOOL_LED, PARENTAL = range(2)
REFUSAL_TO_ASSESS, REFUSAL_TO_ISSUE, CONTENTS, REVIEW = range(4)
VACANT, OVER_CAPACITY, INDEPENDENT, WAIT = range(4)

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
) = range(10)
PATH_OF_SLOT = (0, -1, 2, 4, 6, 0, 1, 2, 4, 6, 3, 5, 7, 8, 9)
"""Path of a pupil's five targets, by stage: stage * 5 + slot."""
SLOT_OF_PATH = (0, 1, 2, 0, 3, 1, 4, 2, 3, 4)
COUNTER_OF_PATH = (0, 1, 2, 2, 3, 3, 4, 4, 5, 6)
PLACE_COUNTER = 7
IS_FRAIL = (False, True, True, True, True, True, False, False, True, False)

TABLES = (
    "crisis",
    "exclusion",
    "suspension",
    "mediation",
    "appeal_preparation",
    "annual_review",
    "assessment_advice",
    "consultation",
    "request_information",
    "request_preparation",
    "support_review_primary",
    "identification",
    "support_plan",
    "support_review_secondary",
    "phase_transfer_review",
    "decision",
    "decision_delay",
    "advice",
    "late_advice",
    "drafting",
    "appeal_registration",
    "tribunal",
    "support_plan_review",
)
"""Quantile tables, the first thirteen in the order of activities."""
(
    T_REVIEW_SECONDARY,
    T_TRANSFER_REVIEW,
    T_DECISION,
    T_DECISION_DELAY,
    T_ADVICE,
    T_LATE_ADVICE,
    T_DRAFTING,
    T_REGISTRATION,
    T_TRIBUNAL,
    T_PLAN_REVIEW,
) = range(13, 23)

(
    ON_PATH,
    ON_NOTICED,
    ON_NOTICED_AGAIN,
    ON_PATIENCE,
    ON_ASKED_AGAIN,
    ON_CRISIS_DEADLINE,
    ON_EXCLUDED_LEAVES,
    ON_INFORMATION_ASKED,
    ON_ADVICE_ASKED,
    ON_DECISION,
    ON_REFUSAL_TOLD,
    ON_SLOT,
    ON_ADVICE_DONE,
    ON_LATE_ADVICE_DONE,
    ON_DRAFTING_DONE,
    ON_PLAN_DELIVERED,
    ON_PLACE_STARTS,
    ON_OTHER_REQUEST,
    ON_MEDIATED,
    ON_REGISTERED,
    ON_OTHER_APPEAL,
    ON_APPEAL_TOLD,
    ON_LODGED,
    ON_HEARING_SLOT,
    ON_HEARD,
) = range(25)
"""Kinds of events on the calendars."""

NOBODY, OF_PATH, OF_SCHOOL, OF_PUPIL, OF_CASE, OF_REQUEST, OF_DISPUTE = range(7)
TOUCHES = (
    OF_PATH,
    OF_SCHOOL,
    OF_PUPIL,
    OF_CASE,
    OF_PUPIL,
    OF_CASE,
    OF_PUPIL,
    OF_PUPIL,
    OF_PUPIL,
    NOBODY,
    OF_REQUEST,
    NOBODY,
    NOBODY,
    NOBODY,
    NOBODY,
    OF_REQUEST,
    OF_PUPIL,
    NOBODY,
    OF_DISPUTE,
    OF_DISPUTE,
    NOBODY,
    OF_DISPUTE,
    NOBODY,
    NOBODY,
    NOBODY,
)
"""Through what each kind of event reaches a school, whose own work must have got there first; nobody's if none."""

CHOICE = 1
"""Mark of a moment in :data:`~sencosim.engine.compiled.layout.DUE` at which the next piece of work is chosen."""
NOTHING_DUE = 2**31 - 1

NO_WORK, CASE_WORK, SESSION_WORK, SITTING_WORK = range(4)

NEVER = float("inf")
SEGMENT_WEEKS = (17, 17, 18)

Q_DUE = tuple(COLUMN[f"due.{name}"] for name in CASE_ACTIVITIES)
Q_DONE = tuple(COLUMN[f"done.{name}"] for name in CASE_ACTIVITIES)
Q_LAPSED = tuple(COLUMN[f"lapsed.{name}"] for name in CASE_ACTIVITIES)
Q_HOURS = tuple(COLUMN[f"hours.{name}"] for name in CASE_ACTIVITIES)
Q_HOURS_DUE = tuple(COLUMN[f"hours_due.{name}"] for name in WHOLE_SCHOOL_ACTIVITIES)
Q_HOURS_LAPSED = tuple(COLUMN[f"hours_lapsed.{name}"] for name in WHOLE_SCHOOL_ACTIVITIES)
Q_SESSION_HOURS = tuple(COLUMN[f"hours.{name}"] for name in WHOLE_SCHOOL_ACTIVITIES)
Q = {name.replace(".", "_"): column for name, column in COLUMN.items()}
