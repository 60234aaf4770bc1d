"""Things that happen at an instant, and the one total order in which things at the same minute happen.

An event is an integer code, past tense. The order of the codes is the order within one minute: first the term
boundary, then messages, then what pupils and families do, then work that ends, and last the choice of the next case,
so that a SENCO who is free chooses among everything that arrived in that minute. Ties within a code are settled by the
entity's number; where low numbers would gain by that, as in who is served first, a keyed draw comes before it.
"""

from __future__ import annotations

from enum import IntEnum


class Event(IntEnum):
    """Codes of events. Append only within the gaps; never renumber."""

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
    SENCO_WORK_DONE = 40
    TEAM_WORK_DONE = 41
    SENCO_CHOSE = 42
    TEAM_CHOSE = 43
    REQUEST_RECEIVED = 50
    EXOGENOUS_REQUEST_RECEIVED = 51
    REQUEST_DECIDED = 52
    ADVICE_DONE = 53
    DRAFTING_DONE = 54
    SLOT_TAKEN = 55
    MEDIATION_ENDED = 56
    PLACE_SOUGHT = 57
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
    COVERAGE_MEASURED = 98
    REQUEST_WITHDRAWN = 99


EVENT_WORDS: dict[Event, str] = {event: event.name.replace("_", " ").lower() for event in Event}
"""Each event in plain words."""

ENTITY_BITS = 50
"""Bits of an entity's number below the event code in an ordering key."""


def order_key(event: Event, entity: int) -> int:
    """Priority within one minute: the event code, then the entity. [whole number, lower first]

    Examples
    --------
    >>> order_key(Event.NEED_NOTICED, 5) < order_key(Event.SENCO_CHOSE, 1)
    True
    """
    return (int(event) << ENTITY_BITS) | entity
