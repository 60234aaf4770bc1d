"""Facts of the vocabulary as compiled code reads them: tuples by member. And numbers that several mechanisms share."""

from __future__ import annotations

from sencosim.vocabulary import (
    COLUMN,
    N_SLOTS,
    Activity,
    Event,
    Happening,
    Path,
    Quantity,
    ServiceGroup,
    Stage,
    WholeSchool,
)

GROUP_OF = tuple(int(one.group) for one in Activity)
URGENT = tuple(int(one) for one in Activity if one.group == ServiceGroup.URGENT)
DATED = tuple(int(one) for one in Activity if one.group == ServiceGroup.DATED)
IN_SCHOOL_WEEKS = tuple(one in (Activity.IDENTIFICATION, Activity.REQUEST_PREPARATION) for one in Activity)
"""Work that is due after so many weeks of school; other work is due after so many weeks."""
DUE_AT_END_OF_TERM = tuple(one in (Activity.ANNUAL_REVIEW, Activity.SUPPORT_PLAN) for one in Activity)
IS_PAPERWORK = tuple(one.is_paperwork for one in Activity)
WORK_STREAM = tuple(int(one.stream) for one in Activity)
TEAM_MAY_DO = tuple(one.team_may_do for one in WholeSchool)
GROUP_OF_SESSION = tuple(int(one.group) for one in WholeSchool)
DUTIES = tuple(int(one) for one in WholeSchool if one.group == ServiceGroup.REVIEWS_AND_DUTIES)
LISTED = tuple(int(one) for one in WholeSchool if one.group == ServiceGroup.LISTED_DEVELOPMENT)
PAID = tuple(
    int(one)
    for one in (
        *(Quantity.PAID_CASEWORK_HOURS, Quantity.PAID_REVIEW_HOURS, Quantity.PAID_DUTY_HOURS),
        *(Quantity.PAID_LISTED_HOURS, Quantity.PAID_OPEN_HOURS),
    )
)
"""Quantities of the five uses of a paid hour that are work."""
CASEWORK, REVIEWS, DUTY, LISTED_WORK, OPEN_WORK = range(len(PAID))
"""The same uses, by their place."""
DUE = tuple(COLUMN[f"due.{one.key}"] for one in Activity)
DONE = tuple(COLUMN[f"done.{one.key}"] for one in Activity)
WITHOUT = tuple(COLUMN[f"done_without_senco.{one.key}"] for one in Activity)
HOURS = tuple(COLUMN[f"hours.{one.key}"] for one in Activity)
HOURS_DUE = tuple(COLUMN[f"hours_due.{one.key}"] for one in WholeSchool)
HOURS_LAPSED = tuple(COLUMN[f"hours_lapsed.{one.key}"] for one in WholeSchool)
SESSION_HOURS = tuple(COLUMN[f"hours.{one.key}"] for one in WholeSchool)
SUSPENSIONS = tuple(COLUMN[f"suspensions.{stage.name.lower()}"] for stage in Stage)
EXCLUSIONS = tuple(COLUMN[f"permanent_exclusions.{stage.name.lower()}"] for stage in Stage)
MOVED = (-1, *(COLUMN[f"moved_school.{stage.name.lower()}"] for stage in (Stage.SEN_SUPPORT, Stage.EHC_PLAN)))
APPEALS = tuple(COLUMN[f"appeals.{kind}"] for kind in ("refusal_to_assess", "refusal_to_issue", "contents", "contents"))
"""By kind of dispute: a review is disputed for its contents."""
STARTS = tuple(
    COLUMN[f"starts.{name}"] for name in ("state_special", "over_capacity", "independent_special", "waiting_special")
)
"""By placement."""
SLOT_OF_PATH = tuple(path.slot for path in Path)
COUNTER_OF_PATH = tuple(path.counter for path in Path)
STREAM_OF_PATH = tuple(int(path.stream) for path in Path)
EVENT_OF_PATH = tuple(int(path.event) for path in Path)
IS_FRAIL = tuple(path.is_frail for path in Path)
_PATH = {(stage, path.slot): int(path) for path in Path for stage in path.stages}
PATH_OF_SLOT = tuple(_PATH.get((stage, slot), -1) for stage in Stage for slot in range(N_SLOTS))
"""Path of a pupil's targets, by stage: stage * N_SLOTS + slot."""
PATH_BITS = 4
"""Bits of the pathway below the school in the number that goes with an event."""
REACHES = tuple(int(one.reaches) for one in Happening)

CHOOSES = (int(Event.SENCO_CHOSE), int(Event.TEAM_CHOSE))
FINISHES = (int(Event.SENCO_WORK_DONE), int(Event.TEAM_WORK_DONE))
"""Events of a worker who chooses the next piece of work, or who has done one."""
CHOICE = 1
"""Mark of a moment of a SENCO or a team at which the next piece of work is chosen: a moment is twice the minute, plus
this."""
NOTHING_DUE = 2**31 - 1
NEVER = float("inf")
