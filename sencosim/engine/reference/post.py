"""M5 and M14: a SENCO post. Its hours, who holds it, the work that falls due, and the SENCO and the team at work.

The SENCO and the team are two SimPy processes. Each takes the next piece of work when free; neither is interrupted.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

import simpy

from sencosim.engine.reference import due, outcomes_of_work
from sencosim.engine.reference.casework import (
    SUPPORT_REVIEW,
    Case,
    Session,
    Sitting,
)
from sencosim.engine.reference.world import STREAM, Q, World, added
from sencosim.ledger.events import Event, order_key
from sencosim.ledger.quantities import CASE_ACTIVITIES, WHOLE_SCHOOL_ACTIVITIES
from sencosim.rules.chance import exponential_threshold
from sencosim.rules.senco_hours import administrator_relief, work_left, work_minutes
from sencosim.rules.workforce import strain, vacancy_terms
from sencosim.units import SEGMENT_WEEKS, TERM_WEEKS, TERMS_PER_YEAR

if TYPE_CHECKING:
    from sencosim.engine.reference.school import School

Work = Case | Session | Sitting

OVERTIME_WEIGHT = 0.5

_LEAVING = STREAM["senco_leaving"]
_VACANCY = STREAM["vacancy"]
_WORK_REVIEW = STREAM["work_support_review"]
_WORK_ANNUAL = STREAM["work_annual_review"]
_WORK_TRANSFER = STREAM["work_phase_transfer_review"]
_WORK_CONSULTATION = STREAM["work_consultation"]
_CONSULTATION = STREAM["consultation"]
_REVIEW_TERM = STREAM["annual_review_term"]
_WORK_PLAN = STREAM["work_support_plan"]
_WORK_PLAN_REVIEW = STREAM["work_support_plan_review"]
_HOURS_DUE = tuple(Q[f"hours_due.{name}"] for name in WHOLE_SCHOOL_ACTIVITIES)


class Post:
    """The SENCO post of a school, and the team beside it.

    Attributes
    ----------
    used, overtime
        Hours a week worked this term: paid, and unpaid. [hours a week]
    pace
        Standard hours of work done in a week. [hours a week]
    relief
        Share of the delegable part of each activity that administrators do. [share]
    study, training, supervision, travel
        Hours a week that go from used hours to the qualification, to training in the first year, to supervision, and
        to the way between schools that share. [hours a week]
    sharing, duties
        The school shares its SENCO; what is left of fixed duties. [-, share]
    paperwork
        Hours of the council's paperwork relative to the task times. [ratio]
    cascade
        Staff training due beside today's. [hours a term]
    absent
        The SENCO is away all year.
    """

    def __init__(self, world: World, school: School) -> None:
        schools = world.inputs.schools
        self.world = world
        self.school = school
        self.baseline_hours = [float(h) for h in schools.hours[school.index]]
        self.ceiling = float(schools.overtime_ceiling[school.index])
        self.baseline_team = float(schools.team_hours[school.index])
        self.team_hours = self.baseline_team
        self.baseline_seat = bool(schools.has_seat[school.index])
        self.has_seat = self.baseline_seat
        self.filled = False
        self.study = self.training = self.supervision = self.travel = 0.0
        self.sharing = self.absent = False
        self.duties = self.paperwork = 1.0
        self.cascade = self.key_worker = 0.0
        self.kept = self.added = self.removed = self.used = self.used_full = self.overtime = self.pace = 0.0
        self.relief = 0.0
        self.occupant = 0
        self.tenure_terms = 99
        self.vacant_terms = 0
        self.leaving_clock = 0.0
        self.leaving_threshold = exponential_threshold(world.draw(_LEAVING, school.id, 0))
        self.work_due = 0.0
        self.work_done = 0.0
        self.strained = 0.5
        self.busy = 0
        self.team_busy = 0
        self._in_hand: Work | None = None
        self._team_in_hand: Work | None = None
        self._left = 0.0
        self._since = -1
        self._team_left = 0.0
        self._team_since = -1
        self._bell: simpy.Event | None = None
        self._team_bell: simpy.Event | None = None
        world.env.process(self._senco())
        world.env.process(self._team())

    # -- the SENCO and the team at work ---------------------------------------------------------------------------

    def _senco(self) -> Generator[simpy.Event, None, None]:
        """The SENCO: take the next piece of work, do it in term time, see what it brings about."""
        world, queue, number = self.world, self.school.queue, self.school.id
        session_hours = world.values["whole_school_session_hours"]
        while True:
            able = self.pace > 0.0 and world.now < world.term_end
            work = queue.take(session_hours) if able else None
            if work is None:
                self._bell = simpy.Event(world.env)
                yield self._bell
                continue
            self._in_hand = work
            self._left = self._hours_after_relief(work)
            while True:
                if self.pace > 0.0:
                    self._since = now = world.now
                    finish = now + work_minutes(self._left, self.pace)
                    if finish <= world.term_end:
                        yield world.waiting(finish, Event.SENCO_WORK_DONE, number)
                        break
                yield world.waiting(world.next_term_start, Event.SENCO_CHOSE, number)
            self.busy += world.now - self._since
            self._since = -1
            self._in_hand = None
            self._finish(work)

    def _hours_after_relief(self, work: Work) -> float:
        """What is left for the SENCO once administrators have taken their share; a case that starts has effects."""
        rates = self.world.rates
        if isinstance(work, Sitting):
            hours, share = work.hours, rates.delegable_share[SUPPORT_REVIEW]
        elif isinstance(work, Session):
            hours, share = work.hours, rates.whole_school_share[work.activity]
        else:
            outcomes_of_work.started(self.school, work)
            hours, share = work.hours, rates.delegable_share[work.activity]
        return hours * (1.0 - share * self.relief)

    def _team(self) -> Generator[simpy.Event, None, None]:
        """The team: take the next delegable piece of work and do it in term time."""
        world, queue, number = self.world, self.school.queue, self.school.id
        session_hours = world.values["whole_school_session_hours"]
        while True:
            able = self.team_hours > 0.0 and world.now < world.term_end
            work = queue.take_for_team(session_hours) if able else None
            if work is None:
                self._team_bell = simpy.Event(world.env)
                yield self._team_bell
                continue
            self._team_in_hand = work
            self._team_left = work.hours
            while True:
                if self.team_hours > 0.0:
                    self._team_since = now = world.now
                    finish = now + work_minutes(self._team_left, self.team_hours)
                    if finish <= world.term_end:
                        yield world.waiting(finish, Event.TEAM_WORK_DONE, number)
                        break
                yield world.waiting(world.next_term_start, Event.TEAM_CHOSE, number)
            self.team_busy += world.now - self._team_since
            self._team_since = -1
            self._team_in_hand = None
            self._finish(work)

    def _finish(self, work: Work) -> None:
        school = self.school
        if isinstance(work, Sitting):
            self.work_done += work.hours
            school.preventive_done += work.hours
            outcomes_of_work.reviews_done(school, work.reviews)
        elif isinstance(work, Session):
            self.work_done += work.hours
            school.preventive_done += work.hours
            school.world.row(school.cell)[_HOURS[work.activity]] += int(work.hours * 60.0)
        else:
            self.work_done += work.hours
            outcomes_of_work.finished(school, work)

    def wake_senco(self) -> None:
        """Something arrived: a SENCO who is free chooses when this minute's arrivals are all in."""
        world = self.world
        if self._bell is not None and self.pace > 0.0 and world.now < world.term_end:
            bell, self._bell = self._bell, None
            _ring(world, bell, order_key(Event.SENCO_CHOSE, self.school.id))

    def wake_team(self) -> None:
        """The team looks at the work of a new term."""
        world = self.world
        if self._team_bell is not None and self.team_hours > 0.0:
            bell, self._team_bell = self._team_bell, None
            _ring(world, bell, order_key(Event.TEAM_CHOSE, self.school.id))

    # -- the end of a term ------------------------------------------------------------------------------------------

    def book_hours(self) -> None:
        """Book the hours of the term that ends: used, unpaid, idle, leaked, vacant."""
        world = self.world
        if world.term < 0:
            return
        if self._since >= 0:
            worked = world.term_end - self._since
            self.busy += worked
            self._left = work_left(self._left, self.pace, worked)
            self._since = -1
        if self._team_since >= 0:
            worked = world.term_end - self._team_since
            self.team_busy += worked
            self._team_left = work_left(self._team_left, self.team_hours, worked)
            self._team_since = -1
        row = world.row(self.school.cell)
        busy_weeks = self.busy / 10080.0
        worked_hours = self.used * busy_weeks
        row[Q["used_hours"]] += int(worked_hours * 60.0)
        row[Q["overtime_hours"]] += int(self.overtime * busy_weeks * 60.0)
        row[Q["idle_hours"]] += int((self.used * TERM_WEEKS - worked_hours) * 60.0)
        lost = Q["absent_hours" if self.absent and self.vacant_terms == 0 else "vacant_hours"]
        row[lost] += int((self.used_full - self.used) * TERM_WEEKS * 60.0)
        allocated = self.kept + self.added
        row[Q["allocated_hours"]] += int(allocated * TERM_WEEKS * 60.0)
        row[Q["added_hours"]] += int(self.added * TERM_WEEKS * 60.0)
        row[Q["removed_hours"]] += int(self.removed * TERM_WEEKS * 60.0)
        elsewhere = self.study + self.training + self.supervision + self.travel
        row[Q["leaked_hours"]] += int((allocated - self.used_full - elsewhere) * TERM_WEEKS * 60.0)
        row[Q["training_hours"]] += int(self.training * TERM_WEEKS * 60.0)
        row[Q["supervision_hours"]] += int(self.supervision * TERM_WEEKS * 60.0)
        row[Q["travel_hours"]] += int(self.travel * TERM_WEEKS * 60.0)
        row[Q["npq_hours"]] += int(self.study * TERM_WEEKS * 60.0)
        row[Q["team_hours"]] += int(self.team_hours * self.team_busy / 10080.0 * 60.0)
        met = min(1.0, self.work_done / self.work_due) if self.work_due > 0.0 else 1.0
        self.strained = strain(met, self.overtime, self.ceiling, OVERTIME_WEIGHT)
        self.busy = self.team_busy = 0
        self.work_done = 0.0

    # -- the start of a term ------------------------------------------------------------------------------------------

    def review_workforce(self) -> None:
        """M14: the SENCO may leave; a vacancy may be filled."""
        world, values, school = self.world, self.world.values, self.school
        row = world.row(school.cell)
        if self.vacant_terms > 0:
            self.vacant_terms -= 1
            if self.vacant_terms == 0:
                self.occupant += 1
                self.tenure_terms = 0
                self.leaving_clock = 0.0
                self.leaving_threshold = exponential_threshold(world.draw(_LEAVING, school.id, self.occupant))
                row[Q["senco_starters"]] += 1
                world.record(Event.SENCO_STARTED, school.id, 0, self.occupant)
            return
        self.tenure_terms += 1
        seat_ratio = values["leaving_ratio_slt_seat"] if self.has_seat else 1.0
        seat_ratio *= float(world.inputs.policy.leaving_ratio[school.index, world.year])
        hazard = world.mechanisms.leaving(
            values["senco_leaving_rate"], values["leaving_ratio_demand_met"], self.strained, seat_ratio
        )
        self.leaving_clock += hazard / TERMS_PER_YEAR
        if self.leaving_clock >= self.leaving_threshold:
            u = world.draw(_VACANCY, school.id, self.occupant)
            taken = world.supply_taken * values["vacancy_terms_supply_taken"]
            self.vacant_terms = vacancy_terms(u, values["vacancy_mean_terms"] + taken)
            row[Q["senco_leavers"]] += 1
            world.record(Event.SENCO_LEFT, school.id, 0, self.vacant_terms)

    def wanted_hours(self, year: int) -> float:
        """Hours a week that policy asks this school to add. [hours a week]."""
        return max(0.0, self._floor(year) - self.baseline_hours[year])

    def _floor(self, year: int) -> float:
        """Hours a week that policy asks of this school, by law or as its part of a shared post. [hours a week]."""
        policy, index = self.world.inputs.policy, self.school.index
        shared = float(policy.shared_hours[index, year]) if self.sharing else 0.0
        return max(float(policy.floor_hours[index, year]), shared)

    def apply_policy(self) -> None:
        """Set hours, seat and administrators for the term."""
        world, values, policy = self.world, self.world.values, self.world.inputs.policy
        index, year = self.school.index, world.year
        baseline = self.baseline_hours[year]
        floor = self._floor(year)
        self.added = self.wanted_hours(year) if self.filled else 0.0
        self.removed = baseline - floor if policy.comes_down[index, year] and 0.0 < floor < baseline else 0.0
        self.kept = baseline - self.removed
        self.used_full = world.mechanisms.senco_hours(
            self.kept, self.added, values["used_share_baseline"], policy.used_share_added
        )
        self._take_other_hours(year)
        self.absent = bool(world.inputs.schools.absent[index, year])
        away = self.vacant_terms > 0 or self.absent
        self.used = self.used_full * (values["vacancy_cover_share"] if away else 1.0)
        self.has_seat = self.baseline_seat or bool(policy.seat[index, year])
        self.team_hours = self.baseline_team + float(policy.team_hours[index, year])
        self.paperwork = float(policy.paperwork_ratio[index, year])
        self.cascade = float(policy.cascade_hours[index, year])
        self.key_worker = float(policy.key_worker_hours[index, year])
        self.duties = 1.0 - values["shared_fixed_duties_saved"] if self.sharing else 1.0
        self._count_posts()

    def _take_other_hours(self, year: int) -> None:
        """Take study, training, supervision and travel out of used hours, in this order, while there are any."""
        values, policy, index = self.world.values, self.world.inputs.policy, self.school.index
        self.study = self.training = self.supervision = self.travel = 0.0
        if self.vacant_terms > 0:
            return
        award = float(policy.award_terms[index, year])
        if self.occupant > 0 and self.tenure_terms < award:
            weekly = values["npq_hours_per_term"] * values["npq_terms"] / award / TERM_WEEKS
            self.study = min(self.used_full, weekly)
            self.used_full -= self.study
        if self.occupant > 0 and self.tenure_terms < TERMS_PER_YEAR:
            self.training = min(self.used_full, float(policy.first_year_hours[index, year]))
            self.used_full -= self.training
        self.supervision = min(self.used_full, float(policy.supervision_hours[index, year]))
        self.used_full -= self.supervision
        if self.sharing:
            self.travel = min(self.used_full, values["shared_travel_hours"])
            self.used_full -= self.travel

    def _count_posts(self) -> None:
        world = self.world
        row = world.row(self.school.cell)
        weeks = SEGMENT_WEEKS[world.term % TERMS_PER_YEAR]
        row[Q["posts"]] += weeks
        row[Q["posts_vacant"]] += weeks if self.vacant_terms > 0 else 0
        if self.kept + self.added >= world.values["full_time_hours_per_week"] - 1e-9:
            row[Q["posts_full_time"]] += weeks
        row[Q["slt_seats"]] += weeks if self.has_seat else 0
        row[Q["slt_seats_added"]] += weeks if self.has_seat and not self.baseline_seat else 0
        row[Q["posts_shared"]] += weeks if self.sharing else 0
        policy, index, year = world.inputs.policy, self.school.index, world.year
        in_post = self.vacant_terms == 0
        studies = in_post and self.occupant > 0 and self.tenure_terms < float(policy.award_terms[index, year])
        row[Q["posts_without_award"]] += weeks if studies else 0
        row[Q["posts_with_allowance"]] += weeks if in_post and policy.allowance[index, year] else 0
        team = float(world.inputs.policy.team_hours[self.school.index, world.year])
        row[Q["team_hours_added"]] += int(team * TERM_WEEKS * 60.0)
        if not self.filled:
            row[Q["posts_unfilled"]] += weeks if self.wanted_hours(world.year) > 0.0 else 0
            row[Q["policy_hours_unfilled"]] += int(self.wanted_hours(world.year) * TERM_WEEKS * 60.0)
        world.record(Event.HOURS_SET, self.school.id, 0, int((self.kept + self.added) * 60.0))

    def make_work_due(self) -> None:
        """M2, M3, M4 and M18: what falls due this term."""
        for work in (self._in_hand, self._team_in_hand):
            if isinstance(work, Sitting):
                work.let_go_of_those_not_in(self.school)
        due.make_work_due(self.world, self.school)

    def set_pace(self) -> None:
        """Set administrators' relief, overtime and the pace of the term."""
        world, values, school = self.world, self.world.values, self.school
        queue = school.queue
        admin = float(world.inputs.policy.admin_hours[school.index, world.year]) * TERM_WEEKS
        world.row(school.cell)[Q["admin_hours"]] += int(admin * 60.0)
        casework = queue.minutes / 60.0
        review_hours = added(review[2] for review in queue.reviews)
        if admin > 0.0:
            delegable = casework * world.rates.mean_case_share
            delegable += review_hours * world.rates.delegable_share[SUPPORT_REVIEW]
            for activity, hours in enumerate(queue.pool):
                delegable += hours * world.rates.whole_school_share[activity]
            self.relief = administrator_relief(
                admin, values["admin_hours_freed"], delegable, world.rates.delegable_limit
            )
        else:
            self.relief = 0.0
        self.work_due = casework + review_hours + added(queue.pool)
        relieved = self.work_due * (1.0 - self.relief * world.rates.mean_case_share)
        for_senco = max(0.0, relieved - self.team_hours * TERM_WEEKS)
        used_added = world.inputs.policy.used_share_added * self.added
        vacant = self.vacant_terms > 0
        self.overtime = (
            0.0
            if vacant or self.absent
            else world.mechanisms.overtime(
                self.ceiling, values["overtime_displacement"], used_added, for_senco, self.used
            )
        )
        new = self.occupant > 0 and self.tenure_terms < TERMS_PER_YEAR and not vacant
        loss = values["new_senco_loss"] * float(world.inputs.policy.first_year_loss_ratio[school.index, world.year])
        self.pace = (self.used + self.overtime) * (1.0 - loss if new else 1.0)
        self.pace *= values["shared_effectiveness"] if self.sharing else 1.0
        self.wake_senco()
        self.wake_team()


def _ring(world: World, bell: simpy.Event, key: int) -> None:
    bell._ok = True
    bell._value = None
    world.env.schedule(bell, priority=key, delay=0)  # type: ignore[arg-type]


_HOURS = tuple(Q[f"hours.{name}"] for name in WHOLE_SCHOOL_ACTIVITIES)
_CASE_HOURS = tuple(Q[f"hours.{name}"] for name in CASE_ACTIVITIES)
