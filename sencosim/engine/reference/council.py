"""M8 and M9: a council decides on requests, assesses, and issues plans."""

from __future__ import annotations

from collections.abc import Generator
from functools import partial
from typing import Any

import simpy

from sencosim.engine.reference import pathways
from sencosim.engine.reference.alternative_provision import AlternativeProvision
from sencosim.engine.reference.casework import ASSESSMENT_ADVICE, REQUEST_INFORMATION
from sencosim.engine.reference.disputes import REFUSAL_TO_ASSESS, REFUSAL_TO_ISSUE, Disputes
from sencosim.engine.reference.places import Places
from sencosim.engine.reference.pupil import EHC_PLAN, SEN_SUPPORT, Pupil
from sencosim.engine.reference.request import PARENTAL, Request
from sencosim.engine.reference.station import Station
from sencosim.engine.reference.world import STREAM, Q, World
from sencosim.ledger.events import Event
from sencosim.rules.assessment import capacity_growth, case_slots, demand_followed, idle_added_hours, surge_factor
from sencosim.rules.chance import exponential_threshold, minutes, table_quantile
from sencosim.rules.requests import refusal_log_odds
from sencosim.units import MINUTES_PER_WEEK, N_YEAR_GROUPS, TERM_WEEKS

TWENTY_WEEKS = 20 * MINUTES_PER_WEEK

_EXOGENOUS = STREAM["exogenous_request"]
_DECISION = STREAM["decision_weeks"]
_DECISION_LATE = STREAM["decision_late"]
_WITHDRAWN = STREAM["request_withdrawn"]
_REFUSAL = STREAM["refusal"]
_ADVICE = STREAM["advice_weeks"]
_LATE_ADVICE = STREAM["late_advice"]
_DRAFTING = STREAM["drafting_weeks"]
_NO_PLAN = STREAM["no_plan"]
_UNIT = STREAM["case_unit"]
_WORK_INFORMATION = STREAM["work_request_information"]
_WORK_ADVICE = STREAM["work_assessment_advice"]

EXOGENOUS_BIT = 1 << 48
"""Entities of requests and appeals without a pupil lie above those of pupils."""


class Council:
    """One local authority: its assessment team, its places, its disputes.

    Cases of sampled schools stand for several: a case of weight w takes w slots of the full
    capacity side by side.
    """

    def __init__(self, world: World, index: int) -> None:
        councils = world.inputs.councils
        self.world = world
        self.index = index
        self.id = int(councils.council_id[index])
        self.cell = int(world.pages.council[index])
        self.weight = float(councils.weight[index])
        self.refusal_log_odds = float(councils.refusal_log_odds[index])
        self.late_decision_share = float(councils.late_decision_share[index])
        self.requests_per_week = float(councils.requests_per_week[index])
        self.agreed_share = float(councils.agreed_share[index])
        self.request_multiplier = float(councils.request_multiplier[index])
        self.appeal_level = float(councils.appeal_level[index])
        self.late_advice_level = float(councils.late_advice_level[index])
        self.capacity_level = float(councils.capacity_level[index])
        self.waiting_weeks = float(councils.waiting_weeks[index])
        self.home_educated = [0] * N_YEAR_GROUPS
        self.post16 = float(councils.post16_plans[index])
        self.waiting_in: dict[int, list[Pupil]] = {}
        self.decisions_this_term = 0.0
        self.followed = world.rates.request_level
        self.appeals_open = 0.0
        self.advice = Station(world, self.id << 1, Event.SLOT_TAKEN, 1)
        self.drafting = Station(world, self.id << 1 | 1, Event.SLOT_TAKEN, 1)
        self.places = Places(world, self)
        self.disputes = Disputes(world, self)
        self.alternative_provision = AlternativeProvision(world, self)
        self._own_ep_hours, self._own_officer_hours = self._fitted_capacity()
        world.env.process(self._other_requests())

    # -- capacity ------------------------------------------------------------------------------------------------------

    def _fitted_capacity(self) -> tuple[float, float]:
        """Hours a week that keep this council's published wait in balance at its published flow."""
        values = self.world.values
        agreed = self.requests_per_week * self.agreed_share
        balance = surge_factor(self.waiting_weeks, values["capacity_surge"], values["capacity_surge_cap"])
        ep = agreed * values["ep_hours_per_assessment"] / balance
        plans = agreed * (1.0 - values["assessment_no_plan_share"])
        officers = plans * self.world.rates.officer_hours_per_plan + self.requests_per_week * values["decision_hours"]
        level = values["capacity_margin"] * self.capacity_level
        return ep * level, officers * level

    def set_capacity(self) -> None:
        """Team hours of the term: own staff, their growth, and what is bought in because work waits."""
        world, values = self.world, self.world.values
        if world.term > 0 and self.requests_per_week > 0.0:
            self.followed = demand_followed(self.followed, self.decisions_this_term, self.requests_per_week)
        growth = capacity_growth(world.rates.capacity_growth, self.followed, values["capacity_follows_demand_share"])
        policy = world.inputs.policy
        more_ep = float(policy.psychologist_ratio[self.index, world.year])
        more_officers = float(policy.officer_ratio[self.index, world.year])
        own_ep = self._own_ep_hours * growth * more_ep
        self._count_idle("ep_idle_hours", self.advice, own_ep, more_ep)
        per_case = values["ep_hours_per_assessment"]
        weekly = own_ep / per_case
        waiting = self.advice.units_waiting / weekly if weekly > 0.0 else 0.0
        factor = surge_factor(waiting, values["capacity_surge"], values["capacity_surge_cap"])
        self.advice.resize(case_slots(own_ep * factor, per_case, world.rates.advice_weeks, 1.0))
        own_officers = self._own_officer_hours * growth * more_officers
        self._count_idle("officer_idle_hours", self.drafting, own_officers, more_officers)
        deciding = self.decisions_this_term * values["decision_hours"] / (52.0 / 3.0)
        drafting = max(0.2 * own_officers, own_officers - deciding)
        per_plan = world.rates.officer_hours_per_plan
        waiting = self.drafting.units_waiting * per_plan / drafting if drafting > 0.0 else 0.0
        officer_factor = surge_factor(waiting, values["capacity_surge"], values["capacity_surge_cap"])
        self.drafting.resize(case_slots(drafting * officer_factor, per_plan, world.rates.drafting_weeks, 1.0))
        bought = own_ep * (factor - 1.0) + drafting * (officer_factor - 1.0)
        world.row(self.cell)[Q["surge_hours"]] += int(bought * TERM_WEEKS * 4.0 / 3.0 * 60.0)
        self.decisions_this_term = 0.0
        added = float(policy.appeals_added[self.index, world.year])
        world.row(self.cell)[Q["appeal_capacity_added"]] += int(added / 3.0 * 1000.0)

    def _count_idle(self, quantity: str, station: Station, own_hours: float, ratio: float) -> None:
        """Hours that policy added and for which no case waits, as the start of the term finds them."""
        weekly = idle_added_hours(own_hours, ratio, station.slots, station.in_hand)
        self.world.row(self.cell)[Q[quantity]] += int(weekly * TERM_WEEKS * 4.0 / 3.0 * 60.0)

    # -- requests ------------------------------------------------------------------------------------------------------

    def receive(self, request: Request) -> None:
        """A request about a mainstream pupil arrives."""
        world, pupil = self.world, request.pupil
        world.record(Event.REQUEST_RECEIVED, request.school_id, pupil.key, request.route)
        if request.route == PARENTAL:
            world.at(
                world.now + self._notice,
                Event.INFORMATION_ASKED,
                pupil.key,
                partial(self._ask_school, request, REQUEST_INFORMATION, "request_information", _WORK_INFORMATION),
            )
        weight = pupil.school.weight if pupil.school is not None else 1.0
        if weight > 1.0:
            request.units = max(1, int(weight + world.draw(_UNIT, pupil.key, request.number)))
        world.env.process(self._case(request))

    def _ask_school(self, request: Request, activity: int, task: str, stream: int, _: Any) -> None:
        pupil = request.pupil
        school = pupil.school
        if school is not None and pupil.stage == SEN_SUPPORT:
            hours = self.world.work_hours(task, stream, pupil.key, request.number)
            school.put(activity, pupil, hours, request.number)

    @property
    def _notice(self) -> int:
        return int(self.world.values["notice_weeks"] * MINUTES_PER_WEEK)

    def _case(self, request: Request) -> Generator[simpy.Event, int, None]:
        """One request from receipt to the decision whether to assess, and on to the plan."""
        world = self.world
        key, number, received = request.pupil.key, request.number, world.now
        weeks, late = self._decision_weeks(key, number)
        yield world.waiting(received + minutes(weeks), Event.REQUEST_DECIDED, key)
        if self._withdrawn(key, number, request.cell):
            world.record(Event.REQUEST_WITHDRAWN, request.school_id, key, number)
            self.close(request)
            return
        self.decisions_this_term += request.units
        refused = world.draw(_REFUSAL, key, number) < self._refusal_chance(request)
        self._count_decision(request, late, refused)
        if refused:
            self._refuse(request)
        else:
            yield from self._assess(request, received)

    def _withdrawn(self, key: int, number: int, cell: int) -> bool:
        """Whether those who asked took the request back before the council decided."""
        world = self.world
        found = world.draw(_WITHDRAWN, key, number) < world.values["request_withdrawn_share"]
        world.row(cell)[Q["requests_withdrawn"]] += 1 if found else 0
        return found

    def _decision_weeks(self, key: int, number: int) -> tuple[float, bool]:
        world = self.world
        weeks = table_quantile(world.inputs.hour_tables["decision"], world.draw(_DECISION, key, number))
        u = world.draw(_DECISION_LATE, key, number)
        if u < self.late_decision_share:
            # The same number, stretched to (0, 1), says how late: from just over six weeks.
            weeks = 6.0 + table_quantile(world.inputs.hour_tables["decision_delay"], u / self.late_decision_share)
            return weeks, True
        return weeks, False

    def _refusal_chance(self, request: Request) -> float:
        values = self.world.values
        route = refusal_log_odds(
            values["refusal_share_school_led"],
            values["refusal_share_parental"],
            1.0 if request.route == PARENTAL else 0.0,
            1.0 if request.family_type else 0.0,
            values["refusal_route_causal_share"],
        )
        few = values["refusal_few_cycles_log_odds"] if request.few_cycles else 0.0
        return self.world.mechanisms.refusal(
            route,
            self.refusal_log_odds + values["refusal_level_log_odds"],
            values["refusal_severity_slope"],
            request.pupil.frailty,
            few,
        )

    def _count_decision(self, request: Request, late: bool, refused: bool) -> None:
        world = self.world
        row = world.row(request.cell)
        row[Q["decisions"]] += 1
        row[Q["decisions_on_time"]] += 0 if late else 1
        row[Q["officer_hours"]] += int(world.values["decision_hours"] * 60.0)
        if refused:
            row[Q["refused.parental" if request.route == PARENTAL else "refused.school_led"]] += 1
        event = Event.ASSESSMENT_REFUSED if refused else Event.ASSESSMENT_AGREED
        world.record(event, request.school_id, request.pupil.key, request.number)

    def _refuse(self, request: Request) -> None:
        world, pupil = self.world, request.pupil
        world.at(
            world.now + self._notice,
            Event.REFUSAL_TOLD,
            pupil.key,
            partial(self._tell_refusal, request, REFUSAL_TO_ASSESS),
        )

    def _tell_refusal(self, request: Request, kind: int, _: Any) -> None:
        pupil = request.pupil
        away = pupil.stage != SEN_SUPPORT or pupil.school is None
        if away or not self.disputes.after_refusal(request, kind):
            self.close(request)

    def close(self, request: Request) -> None:
        """The request has ended without a plan: the pupil is at risk of a new one, and the family may ask again."""
        pupil = request.pupil
        school = pupil.school
        pupil.request_open = False
        if school is None or pupil.stage != SEN_SUPPORT:
            return
        pathways.ask_again_later(school, pupil, request.route)

    def assess_after_dispute(self, request: Request) -> None:
        """A council that conceded or lost assesses after all, ahead of later requests."""
        self.world.env.process(self._assess(request, request.received))

    def _assess(self, request: Request, date: int) -> Generator[simpy.Event, int, None]:
        """Advice from the school and from psychologists, then a plan or none."""
        world, values = self.world, self.world.values
        key, number = request.pupil.key, request.number
        ask = partial(self._ask_school, request, ASSESSMENT_ADVICE, "assessment_advice", _WORK_ADVICE)
        world.at(world.now + self._notice, Event.ADVICE_ASKED, key, ask)
        yield from self._advise(key, number, date, request.units)
        row = world.row(request.cell)
        row[Q["assessments"]] += 1
        row[Q["ep_hours"]] += int(values["ep_hours_per_assessment"] * 60.0)
        if world.draw(_NO_PLAN, key, number) < values["assessment_no_plan_share"]:
            row[Q["no_plan"]] += 1
            world.record(Event.PLAN_NOT_ISSUED, request.school_id, key, number)
            tell = partial(self._tell_refusal, request, REFUSAL_TO_ISSUE)
            world.at(world.now + self._notice, Event.REFUSAL_TOLD, key, tell)
            return
        yield from self._draft(request, date)

    def draft_after_dispute(self, request: Request) -> None:
        """A council that conceded or lost issues a plan after all."""
        self.world.env.process(self._draft(request, request.received))

    def _draft(self, request: Request, date: int) -> Generator[simpy.Event, int, None]:
        yield from self._write_plan(request.pupil.key, request.number, date, request.units)
        self._issue(request, date)

    def _advise(self, key: int, number: int, date: int, units: int) -> Generator[simpy.Event, int, None]:
        """Psychological and other advice; some of it comes late, when the team has long done its part."""
        world = self.world
        weeks = table_quantile(world.inputs.hour_tables["advice"], world.draw(_ADVICE, key, number))
        yield from self.advice.serve(date, key, units, weeks, Event.ADVICE_DONE)
        u = world.draw(_LATE_ADVICE, key, number)
        late = min(1.0, world.rates.late_advice_share * self.late_advice_level)
        if u < late:
            delay = table_quantile(world.inputs.hour_tables["late_advice"], u / late)
            yield world.waiting(world.now + minutes(delay), Event.ADVICE_DONE, key)

    def _write_plan(self, key: int, number: int, date: int, units: int) -> Generator[simpy.Event, int, None]:
        """Drafting, consultation and the final plan."""
        world = self.world
        weeks = table_quantile(world.inputs.hour_tables["drafting"], world.draw(_DRAFTING, key, number))
        yield from self.drafting.serve(date, key, units, weeks, Event.DRAFTING_DONE)

    def _issue(self, request: Request, date: int) -> None:
        world, pupil = self.world, request.pupil
        row = world.row(request.cell)
        taken = world.now - date
        row[Q["plans_issued.mainstream"]] += 1
        row[Q["plans_on_time.mainstream"]] += 1 if taken <= TWENTY_WEEKS else 0
        row[Q["plan_weeks.mainstream"]] += taken // MINUTES_PER_WEEK
        row[Q["officer_hours"]] += int(world.rates.officer_hours_per_plan * 60.0)
        world.record(Event.PLAN_ISSUED, request.school_id, pupil.key, taken)
        world.at(world.now + self._notice, Event.PLAN_DELIVERED, pupil.key, partial(self._deliver_plan, request))

    def _deliver_plan(self, request: Request, _: Any) -> None:
        pupil = request.pupil
        school = pupil.school
        pupil.request_open = False
        if school is None:
            if pupil.stage == SEN_SUPPORT and pupil.year_group >= N_YEAR_GROUPS:
                self.post16 += request.units
            pupil.stage = EHC_PLAN  # in alternative provision: the plan comes back with the pupil
            return
        if pupil.stage != SEN_SUPPORT:
            return
        school.change_stage(pupil, EHC_PLAN)
        self.places.place_new_plan(pupil, request)
        self.disputes.after_plan(pupil, request)

    # -- requests that no mainstream school or family in it makes ---------------------------------------------------

    def begin_with_work_in_hand(self) -> None:
        """No queue starts empty: assessments that were waiting or in hand when the run begins."""
        world = self.world
        agreed = self.requests_per_week * self.agreed_share * world.rates.request_level
        for stage, weeks in ((0, self.waiting_weeks + world.rates.advice_weeks), (1, world.rates.drafting_weeks)):
            n = int(agreed * weeks + 0.5)
            for i in range(n):
                key = EXOGENOUS_BIT | (self.id << 24 | 1 << 23 | stage << 22 | i)
                date = -int((5.0 + (stage * world.rates.advice_weeks) + weeks * (n - i) / n) * MINUTES_PER_WEEK)
                world.env.process(self._other_assessment(key, 0, date, drafting=stage == 1))

    def _other_requests(self) -> Generator[simpy.Event, int, None]:
        world, values = self.world, self.world.values
        number = 0
        while True:
            u = world.draw(_EXOGENOUS, self.id, number)
            rate = self.requests_per_week * values["exogenous_request_share"] * world.rates.request_level_of(world.now)
            if rate <= 0.0:
                return
            number += 1
            key = EXOGENOUS_BIT | (self.id << 24 | number)
            gap = minutes(exponential_threshold(u) / rate)
            yield world.waiting(world.now + gap, Event.EXOGENOUS_REQUEST_RECEIVED, key)
            world.row(self.cell)[Q["requests.exogenous"]] += 1
            world.env.process(self._other_case(key))

    def _other_case(self, key: int) -> Generator[simpy.Event, int, None]:
        world, values = self.world, self.world.values
        received = world.now
        weeks, late = self._decision_weeks(key, 0)
        yield world.waiting(received + minutes(weeks), Event.REQUEST_DECIDED, key)
        if self._withdrawn(key, 0, self.cell):
            return
        self.decisions_this_term += 1.0
        chance = world.mechanisms.refusal(values["refusal_exogenous_log_odds"], self.refusal_log_odds, 0.0, 1.0, 0.0)
        refused = world.draw(_REFUSAL, key, 0) < chance
        row = world.row(self.cell)
        row[Q["decisions"]] += 1
        row[Q["decisions_on_time"]] += 0 if late else 1
        row[Q["officer_hours"]] += int(values["decision_hours"] * 60.0)
        row[Q["refused.exogenous"]] += 1 if refused else 0
        if not refused:
            yield from self._other_assessment(key, 0, received, drafting=False)

    def _other_assessment(
        self, key: int, number: int, date: int, *, drafting: bool
    ) -> Generator[simpy.Event, int, None]:
        world, values = self.world, self.world.values
        if not drafting:
            yield from self._advise(key, number, date, 1)
            row = world.row(self.cell)
            row[Q["assessments"]] += 1
            row[Q["ep_hours"]] += int(values["ep_hours_per_assessment"] * 60.0)
            if world.draw(_NO_PLAN, key, number) < values["assessment_no_plan_share"]:
                row[Q["no_plan"]] += 1
                return
        yield from self._write_plan(key, number, date, 1)
        row = world.row(self.cell)
        taken = world.now - date
        row[Q["plans_issued.exogenous"]] += 1
        row[Q["plans_on_time.exogenous"]] += 1 if taken <= TWENTY_WEEKS else 0
        row[Q["plan_weeks.exogenous"]] += taken // MINUTES_PER_WEEK
        row[Q["officer_hours"]] += int(world.rates.officer_hours_per_plan * 60.0)
        self.places.place_other_plan(key)
