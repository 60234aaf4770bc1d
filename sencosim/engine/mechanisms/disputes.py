"""M11: mediation, appeal, and what a council that concedes or loses must do."""

from __future__ import annotations

from typing import Any

from sencosim.engine.handle import give, schedule, take
from sencosim.engine.inputs import APPEAL, N_OUTCOMES
from sencosim.engine.mechanisms.basics import (
    count,
    draw,
    keep_record,
    quantile,
)
from sencosim.engine.mechanisms.facts import APPEALS
from sencosim.engine.mechanisms.places import seek
from sencosim.engine.mechanisms.pupils import phase_of
from sencosim.engine.mechanisms.queue import make_due
from sencosim.engine.mechanisms.requests import assess, close_request, join, request_level_at
from sencosim.engine.records import Pool
from sencosim.rules.chance import chance_with_odds, exponential_threshold, minutes
from sencosim.units import MINUTES_PER_WEEK
from sencosim.vocabulary import Activity, DisputeKind, Event, Happening, Quantity, Stage, Stream, Table


def _share(w: Any, kind: int) -> float:
    if kind == DisputeKind.REFUSAL_TO_ASSESS:
        return w.appeal_share_refusal_to_assess
    if kind == DisputeKind.REFUSAL_TO_ISSUE:
        return w.appeal_share_refusal_to_issue
    if kind == DisputeKind.CONTENTS:
        return w.appeal_share_contents
    return w.appeal_share_review


def _appeals(w: Any, index: int, number: int, share: float, mediated: float) -> bool:
    """Whether a family that did not settle appeals; the published share is of all decisions."""
    pupil = w.pupils[index]
    settled = mediated * w.mediation_settled_share
    school = w.schools[pupil.school]
    odds = school.multiplier[phase_of(pupil) * N_OUTCOMES + APPEAL]
    own = share * w.councils[school.council].appeal_level / (1.0 - settled)
    return draw(w, Stream.APPEAL, pupil.key, number) < chance_with_odds(min(0.95, own), odds)


def _make(w: Any, index: int, kind: int, number: int, request: int) -> int:
    found = take(w, w.disputes, Pool.DISPUTES)
    dispute = w.disputes[found]
    school = w.schools[w.pupils[index].school]
    dispute.pupil = index
    dispute.key = w.pupils[index].key
    dispute.kind = kind
    dispute.number = number
    dispute.cell = school.cell
    dispute.weight = school.weight
    dispute.request = request
    dispute.registered = 0
    dispute.school_id = school.id
    dispute.council = school.council
    return found


def _register_later(w: Any, which: int) -> None:
    dispute = w.disputes[which]
    weeks = quantile(w, Table.APPEAL_REGISTRATION, draw(w, Stream.APPEAL_WEEKS, dispute.key, dispute.number))
    council = w.councils[dispute.council]
    schedule(
        w, council, w.now + minutes(weeks), Event.APPEAL_REGISTERED, dispute.key, (Happening.REGISTERED, which, 0, 0.0)
    )


def _mediate(w: Any, index: int, which: int) -> None:
    dispute = w.disputes[which]
    at_school = w.pupils[index].school
    school = w.schools[at_school]
    count(w, school.cell, Quantity.MEDIATIONS, 1)
    keep_record(w, Event.MEDIATION_BEGAN, school.id, dispute.key, dispute.kind)
    make_due(w, school, index, Activity.MEDIATION, dispute.number)
    weeks = int(w.mediation_weeks * MINUTES_PER_WEEK)
    council = w.councils[school.council]
    schedule(w, council, w.now + weeks, Event.MEDIATION_ENDED, dispute.key, (Happening.MEDIATED, which, 0, 0.0))


def consider(w: Any, index: int, kind: int, number: int, request: int) -> bool:
    """A family hears of a decision. Returns whether it disputes it."""
    pupil = w.pupils[index]
    if pupil.school < 0:
        return False
    occurrence = number << 2 | kind
    mediated = w.mediation_share_refusal if kind <= DisputeKind.REFUSAL_TO_ISSUE else w.mediation_share_other
    mediated *= 0.0 if kind == DisputeKind.REVIEW else 1.0
    if draw(w, Stream.MEDIATION, pupil.key, occurrence) < mediated:
        _mediate(w, index, _make(w, index, kind, occurrence, request))
        return True
    if _appeals(w, index, occurrence, _share(w, kind), mediated):
        _register_later(w, _make(w, index, kind, occurrence, request))
        return True
    return False


def close_dispute(w: Any, which: int) -> None:
    """The dispute is over, and so is its request."""
    request = w.disputes[which].request
    give(w, w.disputes, Pool.DISPUTES, which)
    if request >= 0:
        close_request(w, request)


def mediated(w: Any, which: int) -> None:
    """Mediation has ended: settled, conceded, or an appeal."""
    dispute = w.disputes[which]
    if w.pupils[dispute.pupil].school < 0:
        close_dispute(w, which)
        return
    u = draw(w, Stream.MEDIATION_OUTCOME, dispute.key, dispute.number)
    if u < w.mediation_settled_share:
        if u < w.mediation_settled_share * w.mediation_concession_share:
            remedy(w, which)
        else:
            close_dispute(w, which)
    elif _appeals(w, dispute.pupil, dispute.number, _share(w, dispute.kind), 0.0):
        _register_later(w, which)
    else:
        close_dispute(w, which)


def registered(w: Any, which: int) -> None:
    """An appeal is registered."""
    dispute = w.disputes[which]
    at_school = w.pupils[dispute.pupil].school
    if at_school < 0:
        close_dispute(w, which)
        return
    school = w.schools[at_school]
    dispute.registered = w.now
    count(w, dispute.cell, APPEALS[dispute.kind], 1)
    keep_record(w, Event.APPEAL_REGISTERED, school.id, dispute.key, dispute.kind)
    make_due(w, school, dispute.pupil, Activity.APPEAL_PREPARATION, dispute.number)
    lodge(w, which, Event.APPEAL_REGISTERED)


def lodge(w: Any, which: int, code: int) -> None:
    """The tribunal hears of it when its turn in this window comes."""
    tribunal = w.councils[w.n_councils]
    schedule(w, tribunal, w.now, code, w.disputes[which].key, (Happening.LODGED, which, 0, 0.0))


def remedy(w: Any, which: int) -> None:
    """The council conceded or lost: it must do what was asked."""
    dispute = w.disputes[which]
    index, kind, request, key, number = dispute.pupil, dispute.kind, dispute.request, dispute.key, dispute.number
    council = w.councils[dispute.council]
    give(w, w.disputes, Pool.DISPUTES, which)
    if index < 0:
        return
    pupil = w.pupils[index]
    if request >= 0 and kind == DisputeKind.REFUSAL_TO_ASSESS:
        assess(w, council, request)
    elif request >= 0 and kind == DisputeKind.REFUSAL_TO_ISSUE:
        join(w, council, request, 1)
    elif pupil.stage == Stage.EHC_PLAN and pupil.school >= 0:
        u = draw(w, Stream.APPEAL_REMEDY, key, number)
        if u < w.appeal_contents_special_share:
            seek(w, council, index)


def next_other_appeal(w: Any, council: Any, number: int) -> None:
    """Appeals of families outside mainstream arrive at a steady rate that grows with plans."""
    rate = council.requests_per_week * request_level_at(w, w.now)
    rate *= w.exogenous_appeals_per_request * council.appeal_level
    if rate <= 0.0:
        return
    gap = minutes(exponential_threshold(draw(w, Stream.EXOGENOUS_APPEAL, council.id, number)) / rate)
    number += 1
    key = 1 << 48 | 1 << 45 | council.id << 24 | number
    schedule(w, council, w.now + gap, Event.EXOGENOUS_APPEAL_REGISTERED, key, (Happening.OTHER_APPEAL, 0, number, 0.0))


def other_appeal(w: Any, council: Any, key: int, number: int) -> None:
    """An appeal of a family outside mainstream is registered."""
    found = take(w, w.disputes, Pool.DISPUTES)
    dispute = w.disputes[found]
    dispute.pupil = -1
    dispute.key = key
    dispute.kind = DisputeKind.CONTENTS
    dispute.number = number
    dispute.cell = council.cell
    dispute.weight = 1.0
    dispute.request = -1
    dispute.registered = w.now
    dispute.school_id = 0
    dispute.council = council.index
    count(w, council.cell, Quantity.APPEALS_EXOGENOUS, 1)
    lodge(w, found, Event.EXOGENOUS_APPEAL_REGISTERED)
    next_other_appeal(w, council, number)
