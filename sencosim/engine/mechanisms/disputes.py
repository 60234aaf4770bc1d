"""M11: mediation, appeal, the one national tribunal, and what a council that concedes or loses must do."""

from __future__ import annotations

from typing import Any

from sencosim.arms.inputs import APPEAL
from sencosim.engine.handle import give, take
from sencosim.engine.mechanisms.basics import count, draw, join_list, keep_record, let_happen, quantile, send
from sencosim.engine.mechanisms.facts import APPEALS
from sencosim.engine.mechanisms.places import seek
from sencosim.engine.mechanisms.queue import make_due
from sencosim.engine.mechanisms.requests import (
    DRAFTING,
    assess,
    choose_soon,
    close_request,
    leave_slots,
    request_level_now,
    take_slots,
    tribunal_of,
    wait_for_team,
)
from sencosim.engine.records import Pool
from sencosim.rules.assessment import stretched_weeks
from sencosim.rules.chance import chance_with_odds, exponential_gap, minutes, whole_by_chance, whole_minutes
from sencosim.rules.disputes import (
    appeal_share,
    conceded_share,
    hearing_slots,
    outside_appeals_per_week,
    weeks_to_outcome,
)
from sencosim.rules.keys import OUTSIDE_APPEAL, outside_key
from sencosim.rules.pupil_clocks import minute_of_term
from sencosim.units import MINUTES_PER_WEEK
from sencosim.vocabulary import Activity, DisputeKind, Event, Happening, Quantity, Stage, Stream, Table

OF_UNITS, OF_HEARING = 7, 1
"""Marks of an appeal's draws from streams from which its request, or its registration, draws too."""

# -- what a family does -----------------------------------------------------------------------------------------------


def consider(w: Any, index: int, kind: int, number: int, request: int) -> bool:
    """A family learns of a decision. Returns whether it disputes it."""
    pupil = w.pupils[index]
    if pupil.school < 0:
        return False
    occurrence = number << 2 | kind  # there are four kinds
    mediated_share = w.mediation_share_other if kind == DisputeKind.CONTENTS else w.mediation_share_refusal
    mediates = draw(w, Stream.MEDIATION, pupil.key, occurrence) < mediated_share
    if not mediates and not _appeals(w, index, occurrence, kind, mediated_share):
        return False
    which = _new_dispute_of_pupil(w, index, kind, occurrence, request)
    if mediates:
        _mediate(w, index, which)
    else:
        _register_later(w, which)
    return True


def consider_annual_review(w: Any, school: Any, index: int, number: int) -> None:
    """In the term of a plan's annual review, held or not, the family may appeal, at a keyed minute of the term."""
    occurrence = number << 2 | DisputeKind.REVIEW
    if not _appeals(w, index, occurrence, DisputeKind.REVIEW, 0.0):
        return
    key = w.pupils[index].key
    minute = w.term_start + minute_of_term(draw(w, Stream.ANNUAL_REVIEW_CONSIDERED, key, number))
    council, kind = w.councils[school.council], Happening.ANNUAL_REVIEW_CONSIDERED
    let_happen(w, council, minute, Event.ANNUAL_REVIEW_CONSIDERED, key, kind, index, occurrence)


def annual_review_considered(w: Any, index: int, occurrence: int) -> None:
    """A family has considered what its child's plan says, and appeals."""
    pupil = w.pupils[index]
    if pupil.school >= 0 and pupil.stage == Stage.EHC_PLAN:
        _register_later(w, _new_dispute_of_pupil(w, index, DisputeKind.REVIEW, occurrence, -1))


def _appealed_share(w: Any, kind: int) -> float:
    if kind == DisputeKind.REFUSAL_TO_ASSESS:
        return w.appeal_share_refusal_to_assess
    if kind == DisputeKind.REFUSAL_TO_ISSUE:
        return w.appeal_share_refusal_to_issue
    if kind == DisputeKind.CONTENTS:
        return w.appeal_share_contents
    return w.appeal_share_review


def _appeals(w: Any, index: int, number: int, kind: int, mediated_share: float) -> bool:
    """Whether a family that did not settle appeals."""
    pupil = w.pupils[index]
    school = w.schools[pupil.school]
    level, settled = w.councils[school.council].appeal_level, w.mediation_settled_share
    share = appeal_share(_appealed_share(w, kind), level, mediated_share, settled, w.appeal_chance_most)
    return draw(w, Stream.APPEAL, pupil.key, number) < chance_with_odds(share, school.multiplier[APPEAL])


def _new_dispute(w: Any, council: Any, index: int, kind: int, key: int, number: int) -> int:
    found = take(w, w.disputes, Pool.DISPUTES)
    dispute = w.disputes[found]
    dispute.pupil = index
    dispute.key = key
    dispute.kind = kind
    dispute.number = number
    dispute.cell = council.cell
    dispute.council = council.index
    dispute.weight = 1.0
    dispute.request = -1
    dispute.registered = w.now
    dispute.school_id = 0
    return found


def _new_dispute_of_pupil(w: Any, index: int, kind: int, number: int, request: int) -> int:
    school = w.schools[w.pupils[index].school]
    found = _new_dispute(w, w.councils[school.council], index, kind, w.pupils[index].key, number)
    dispute = w.disputes[found]
    dispute.cell = school.cell
    dispute.weight = school.weight
    dispute.request = request
    dispute.school_id = school.id
    return found


def _mediate(w: Any, index: int, which: int) -> None:
    dispute = w.disputes[which]
    school = w.schools[w.pupils[index].school]
    count(w, school.cell, Quantity.MEDIATIONS, 1)
    keep_record(w, Event.MEDIATION_BEGAN, school.id, dispute.key, dispute.kind)
    make_due(w, school, index, Activity.MEDIATION, dispute.number)
    end = w.now + whole_minutes(w.mediation_weeks)
    council = w.councils[school.council]
    let_happen(w, council, end, Event.MEDIATION_ENDED, dispute.key, Happening.MEDIATED, which, 0)


def mediated(w: Any, which: int) -> None:
    """Mediation has ended: settled, conceded, or an appeal."""
    dispute = w.disputes[which]
    if w.pupils[dispute.pupil].school < 0:
        _close_dispute(w, which)
        return
    u = draw(w, Stream.MEDIATION_OUTCOME, dispute.key, dispute.number)
    if u < conceded_share(w.mediation_settled_share, w.mediation_concession_share):
        remedy(w, which)
    elif u >= w.mediation_settled_share and _appeals(w, dispute.pupil, dispute.number, dispute.kind, 0.0):
        _register_later(w, which)
    else:
        _close_dispute(w, which)


def _close_dispute(w: Any, which: int) -> None:
    """The dispute is over, and so is its request."""
    request = w.disputes[which].request
    give(w, w.disputes, Pool.DISPUTES, which)
    if request >= 0:
        close_request(w, request)


def remedy(w: Any, which: int) -> None:
    """The council conceded or lost: it must do what was asked."""
    dispute = w.disputes[which]
    index, kind, request, key, number = dispute.pupil, dispute.kind, dispute.request, dispute.key, dispute.number
    council = w.councils[dispute.council]
    give(w, w.disputes, Pool.DISPUTES, which)
    if index < 0:
        return
    if request >= 0 and kind == DisputeKind.REFUSAL_TO_ASSESS:
        assess(w, council, request)
    elif request >= 0 and kind == DisputeKind.REFUSAL_TO_ISSUE:
        wait_for_team(w, council, request, DRAFTING)
    elif draw(w, Stream.APPEAL_REMEDY, key, number) < w.appeal_contents_special_share * w.placement_orders:
        seek(w, council, index)


def _register_later(w: Any, which: int) -> None:
    dispute = w.disputes[which]
    weeks = quantile(w, Table.APPEAL_REGISTRATION, draw(w, Stream.APPEAL_WEEKS, dispute.key, dispute.number))
    council, when = w.councils[dispute.council], w.now + minutes(weeks)
    let_happen(w, council, when, Event.APPEAL_REGISTERED, dispute.key, Happening.REGISTERED, which, 0)


def registered(w: Any, which: int) -> None:
    """An appeal is registered."""
    dispute = w.disputes[which]
    at_school = w.pupils[dispute.pupil].school
    if at_school < 0:
        _close_dispute(w, which)
        return
    school = w.schools[at_school]
    dispute.registered = w.now
    count(w, dispute.cell, APPEALS[dispute.kind], 1)
    keep_record(w, Event.APPEAL_REGISTERED, school.id, dispute.key, dispute.kind)
    make_due(w, school, dispute.pupil, Activity.APPEAL_PREPARATION, dispute.number)
    _lodge(w, which, Event.APPEAL_REGISTERED)


# -- families outside mainstream --------------------------------------------------------------------------------------


def next_other_appeal(w: Any, council: Any, number: int) -> None:
    """When the next appeal of a family outside mainstream comes."""
    rate = outside_appeals_per_week(
        council.requests_per_week, request_level_now(w), w.exogenous_appeals_per_request, council.appeal_level
    )
    if rate <= 0.0:
        return
    when = w.now + minutes(exponential_gap(draw(w, Stream.EXOGENOUS_APPEAL, council.id, number), rate))
    key = OUTSIDE_APPEAL | outside_key(council.id, number + 1)
    let_happen(w, council, when, Event.EXOGENOUS_APPEAL_REGISTERED, key, Happening.OTHER_APPEAL, 0, number + 1)


def other_appeal(w: Any, council: Any, key: int, number: int) -> None:
    """An appeal of a family outside mainstream is registered."""
    found = _new_dispute(w, council, -1, DisputeKind.CONTENTS, key, number)
    count(w, council.cell, Quantity.APPEALS_EXOGENOUS, 1)
    _lodge(w, found, Event.EXOGENOUS_APPEAL_REGISTERED)
    next_other_appeal(w, council, number)


# -- the tribunal -----------------------------------------------------------------------------------------------------


def _lodge(w: Any, which: int, code: int) -> None:
    """Put an appeal on the tribunal's calendar, whose turn in this window comes after the councils'."""
    tribunal = w.councils[w.n_councils]
    let_happen(w, tribunal, w.now, code, w.disputes[which].key, Happening.LODGED, which, 0)


def set_hearings(w: Any) -> None:
    """Appeals that the tribunal can have in hand this term."""
    which = tribunal_of(w)
    w.stations[which].slots = hearing_slots(w.tribunal_capacity_per_year, w.tribunal_weeks, w.tribunal_level)
    choose_soon(w, w.councils[w.n_councils], which)


def lodged(w: Any, tribunal: Any, which: int) -> None:
    """An appeal joins the national queue."""
    dispute = w.disputes[which]
    key, number = dispute.key, dispute.number
    council = w.councils[dispute.council]
    council.appeals_open += dispute.weight
    weight = dispute.weight * council.weight
    dispute.units = (
        whole_by_chance(weight, draw(w, Stream.CASE_UNIT, key, number << 3 | OF_UNITS)) if weight > 1.0 else 1
    )
    weeks = quantile(w, Table.TRIBUNAL, draw(w, Stream.APPEAL_WEEKS, key, number << 3 | OF_HEARING))
    u = draw(w, Stream.TRIBUNAL_CONCESSION, key, number)
    dispute.conceded = 1 if u < w.tribunal_concession_share else 0
    dispute.weeks = weeks_to_outcome(weeks, u, w.tribunal_concession_share)
    station = w.stations[tribunal_of(w)]
    station.head = join_list(w, station.head, which, w.now, 0.0, key)
    station.units_waiting += dispute.units
    choose_soon(w, tribunal, tribunal_of(w))


def hearings_given(w: Any, tribunal: Any) -> None:
    """Free slots go in order of registration."""
    station = w.stations[tribunal_of(w)]
    station.choosing = -1
    while station.head >= 0:
        which = w.nodes[station.head].thing
        dispute = w.disputes[which]
        held = take_slots(w, station, dispute.units)
        if held == 0:
            return
        dispute.held = held
        end = w.now + minutes(stretched_weeks(dispute.weeks, dispute.units, held))
        code = Event.APPEAL_CONCEDED if dispute.conceded != 0 else Event.APPEAL_HEARD
        let_happen(w, tribunal, end, code, dispute.key, Happening.HEARD, which, 0)


def heard(w: Any, tribunal: Any, which: int) -> None:
    """An appeal ends: conceded, or decided by the tribunal."""
    dispute = w.disputes[which]
    council = w.councils[dispute.council]
    leave_slots(w, tribunal, tribunal_of(w), dispute.held)
    council.appeals_open -= dispute.weight
    count(w, dispute.cell, Quantity.APPEAL_WEEKS, (w.now - dispute.registered) // MINUTES_PER_WEEK)
    upheld = 0
    if dispute.conceded != 0:
        count(w, dispute.cell, Quantity.APPEALS_CONCEDED, 1)
    else:
        upheld = 1 if draw(w, Stream.TRIBUNAL_OUTCOME, dispute.key, dispute.number) < w.tribunal_upheld_share else 0
        count(w, dispute.cell, Quantity.APPEALS_HEARD, 1)
        count(w, dispute.cell, Quantity.APPEALS_UPHELD, upheld)
    code = Event.APPEAL_CONCEDED if dispute.conceded != 0 else Event.APPEAL_HEARD
    keep_record(w, code, dispute.school_id, dispute.key, dispute.kind)
    send(w, council, Event.APPEAL_OUTCOME_TOLD, dispute.key, Happening.APPEAL_TOLD, which, upheld)


def appeal_told(w: Any, which: int, upheld: int) -> None:
    """Family and council learn the outcome."""
    if upheld != 0:
        _close_dispute(w, which)
    else:
        remedy(w, which)
