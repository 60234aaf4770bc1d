"""M11: mediation, appeal, and what a council that concedes or loses must do."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from sencosim.engine.inputs import APPEAL
from sencosim.engine.reference.casework import APPEAL_PREPARATION, MEDIATION
from sencosim.engine.reference.pupil import EHC_PLAN, Pupil
from sencosim.engine.reference.request import Request
from sencosim.engine.reference.world import STREAM, Q, World
from sencosim.ledger.events import Event
from sencosim.rules.chance import exponential_threshold, minutes, table_quantile
from sencosim.units import MINUTES_PER_WEEK

if TYPE_CHECKING:
    from sencosim.engine.reference.council import Council
    from sencosim.engine.reference.school import School

REFUSAL_TO_ASSESS, REFUSAL_TO_ISSUE, CONTENTS, REVIEW = range(4)
"""Decisions that can be disputed. Appeals after a review are counted as appeals about contents."""
_APPEALS = ("appeals.refusal_to_assess", "appeals.refusal_to_issue", "appeals.contents", "appeals.contents")
_APPEAL_SHARES = (
    "appeal_share_refusal_to_assess",
    "appeal_share_refusal_to_issue",
    "appeal_share_contents",
    "appeal_share_review",
)

_MEDIATION = STREAM["mediation"]
_MEDIATION_OUTCOME = STREAM["mediation_outcome"]
_APPEAL = STREAM["appeal"]
_APPEAL_WEEKS = STREAM["appeal_weeks"]
_REMEDY = STREAM["appeal_remedy"]
_EXOGENOUS = STREAM["exogenous_appeal"]
_WORK_MEDIATION = STREAM["work_mediation"]
_WORK_APPEAL = STREAM["work_appeal_preparation"]


class Dispute:
    """One disputed decision about a pupil."""

    __slots__ = ("cell", "kind", "number", "pupil", "registered", "request", "school_id", "weight")

    def __init__(self, pupil: Pupil | None, kind: int, number: int, cell: int, weight: float) -> None:
        self.pupil = pupil
        self.kind = kind
        self.number = number
        self.cell = cell
        self.weight = weight
        self.request: Request | None = None
        self.registered = 0
        self.school_id = pupil.school.id if pupil is not None and pupil.school is not None else 0


class Disputes:
    """Disputes with one council."""

    def __init__(self, world: World, council: Council) -> None:
        self.world = world
        self.council = council

    def after_refusal(self, request: Request, kind: int) -> bool:
        """A family hears of a refusal. Returns whether it disputes it."""
        return self._consider(request.pupil, kind, request.number, request)

    def after_plan(self, pupil: Pupil, request: Request) -> None:
        """A family reads the plan."""
        if pupil.school is not None:
            self._consider(pupil, CONTENTS, request.number, None)

    def after_review(self, pupil: Pupil, number: int) -> None:
        """A family hears the outcome of an annual review."""
        self._consider(pupil, REVIEW, number, None)

    def _consider(self, pupil: Pupil, kind: int, number: int, request: Request | None) -> bool:
        world, values = self.world, self.world.values
        school = pupil.school
        if school is None:
            return False
        occurrence = number << 2 | kind
        mediated = values["mediation_share_refusal"] if kind <= REFUSAL_TO_ISSUE else values["mediation_share_other"]
        mediated *= 0.0 if kind == REVIEW else 1.0
        dispute = Dispute(pupil, kind, occurrence, school.cell, school.weight)
        dispute.request = request
        if world.draw(_MEDIATION, pupil.key, occurrence) < mediated:
            self._mediate(school, dispute)
            return True
        if self._appeals(school, dispute, values[_APPEAL_SHARES[kind]], mediated):
            self._register_later(dispute)
            return True
        return False

    def _appeals(self, school: School, dispute: Dispute, share: float, mediated: float) -> bool:
        """Whether a family that did not settle appeals; the published share is of all decisions."""
        settled = mediated * self.world.values["mediation_settled_share"]
        pupil = dispute.pupil
        if pupil is None:
            return False
        own = share * school.council.appeal_level / (1.0 - settled)
        chance = self.world.mechanisms.appeal(min(0.95, own), school.multiplier[pupil.phase][APPEAL])
        return self.world.draw(_APPEAL, pupil.key, dispute.number) < chance

    def _mediate(self, school: School, dispute: Dispute) -> None:
        world, pupil = self.world, dispute.pupil
        if pupil is None:
            return
        world.row(school.cell)[Q["mediations"]] += 1
        world.record(Event.MEDIATION_BEGAN, school.id, pupil.key, dispute.kind)
        hours = world.work_hours("mediation", _WORK_MEDIATION, pupil.key, dispute.number)
        school.put(MEDIATION, pupil, hours, dispute.number)
        weeks = int(world.values["mediation_weeks"] * MINUTES_PER_WEEK)
        world.at(world.now + weeks, Event.MEDIATION_ENDED, pupil.key, partial(self._mediated, dispute))

    def _mediated(self, dispute: Dispute, _: Any) -> None:
        world, values, pupil = self.world, self.world.values, dispute.pupil
        if pupil is None or pupil.school is None:
            self._close(dispute)
            return
        u = world.draw(_MEDIATION_OUTCOME, pupil.key, dispute.number)
        if u < values["mediation_settled_share"]:
            if u < values["mediation_settled_share"] * values["mediation_concession_share"]:
                self.remedy(dispute)
            else:
                self._close(dispute)
        elif self._appeals(pupil.school, dispute, values[_APPEAL_SHARES[dispute.kind]], 0.0):
            self._register_later(dispute)
        else:
            self._close(dispute)

    def _close(self, dispute: Dispute) -> None:
        if dispute.request is not None:
            self.council.close(dispute.request)

    def _register_later(self, dispute: Dispute) -> None:
        world, pupil = self.world, dispute.pupil
        if pupil is None:
            return
        weeks = table_quantile(
            world.inputs.hour_tables["appeal_registration"], world.draw(_APPEAL_WEEKS, pupil.key, dispute.number)
        )
        world.at(world.now + minutes(weeks), Event.APPEAL_REGISTERED, pupil.key, partial(self._register, dispute))

    def _register(self, dispute: Dispute, _: Any) -> None:
        world, pupil = self.world, dispute.pupil
        if pupil is None or pupil.school is None:
            self._close(dispute)
            return
        school = pupil.school
        dispute.registered = world.now
        world.row(dispute.cell)[Q[_APPEALS[dispute.kind]]] += 1
        world.record(Event.APPEAL_REGISTERED, school.id, pupil.key, dispute.kind)
        hours = world.work_hours("appeal_preparation", _WORK_APPEAL, pupil.key, dispute.number)
        school.put(APPEAL_PREPARATION, pupil, hours, dispute.number)
        world.tribunal.lodge(dispute, self.council)

    def remedy(self, dispute: Dispute) -> None:
        """The council conceded or lost: it must do what was asked."""
        world, pupil, request = self.world, dispute.pupil, dispute.request
        if pupil is None:
            return
        if request is not None and dispute.kind == REFUSAL_TO_ASSESS:
            self.council.assess_after_dispute(request)
        elif request is not None and dispute.kind == REFUSAL_TO_ISSUE:
            self.council.draft_after_dispute(request)
        elif pupil.stage == EHC_PLAN and pupil.school is not None:
            u = world.draw(_REMEDY, pupil.key, dispute.number)
            if u < world.values["appeal_contents_special_share"]:
                self.council.places.seek(pupil)

    def lost(self, dispute: Dispute) -> None:
        """The tribunal upheld the council's decision."""
        self._close(dispute)

    def begin_other_appeals(self) -> None:
        """Appeals of families outside mainstream arrive at a steady rate that grows with plans."""
        self.world.env.process(self._other_appeals())

    def _other_appeals(self) -> Any:
        world, values = self.world, self.world.values
        number = 0
        while True:
            rate = self.council.requests_per_week * world.rates.request_level_of(world.now)
            rate *= values["exogenous_appeals_per_request"] * self.council.appeal_level
            if rate <= 0.0:
                return
            gap = minutes(exponential_threshold(world.draw(_EXOGENOUS, self.council.id, number)) / rate)
            number += 1
            key = 1 << 48 | 1 << 45 | self.council.id << 24 | number
            yield world.waiting(world.now + gap, Event.EXOGENOUS_APPEAL_REGISTERED, key)
            dispute = Dispute(None, CONTENTS, number, self.council.cell, 1.0)
            dispute.registered = world.now
            world.row(self.council.cell)[Q["appeals.exogenous"]] += 1
            world.tribunal.lodge(dispute, self.council, key=key)
