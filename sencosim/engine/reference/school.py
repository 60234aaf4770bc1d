"""A school: its pupils, the clocks of their pathways, its SENCO post, and what happens at each start of term."""

from __future__ import annotations

import heapq
import math
from typing import TYPE_CHECKING

from sencosim.engine.inputs import HOME, N_OUTCOMES, REQUEST, SPECIAL, SUSPENSION
from sencosim.engine.reference import pathways
from sencosim.engine.reference.casework import IDENTIFICATION, PAPERWORK, Case, Queue
from sencosim.engine.reference.post import Post
from sencosim.engine.reference.pupil import (
    CRISIS_PLAN,
    CRISIS_SUPPORT,
    EHC_PLAN,
    HOME_PLAN,
    HOME_SUPPORT,
    NEVER,
    NOTICED,
    PATHS,
    PLAN_CEASED,
    REQUEST_POINT,
    SEN_SUPPORT,
    SUPPORT_EXIT,
    SUSPENSION_PLAN,
    SUSPENSION_SUPPORT,
    TRANSFER,
    Pupil,
)
from sencosim.engine.reference.world import STREAM, Q, World
from sencosim.ledger.events import Event
from sencosim.ledger.quantities import CASE_ACTIVITIES, WHOLE_SCHOOL_ACTIVITIES
from sencosim.rules.chance import exponential_threshold
from sencosim.rules.coverage import coverage, smoothed_coverage
from sencosim.rules.pupil_clocks import clock_reading, crossing_minute
from sencosim.units import MINUTES_PER_WEEK, N_YEAR_GROUPS, SEGMENT_WEEKS, TERM_WEEKS, TERMS_PER_YEAR

if TYPE_CHECKING:
    from sencosim.engine.reference.council import Council

TERM_MINUTES = TERM_WEEKS * MINUTES_PER_WEEK
TERM_SHARE_OF_YEAR = 1.0 / TERMS_PER_YEAR
SCHOOL_DAYS_PER_TERM = 65.0

_QUEUE_TIE = STREAM["queue_tie"]
_NOTICED = STREAM["noticed"]
_DUE = tuple(Q[f"due.{name}"] for name in CASE_ACTIVITIES)
_HOURS_LAPSED = tuple(Q[f"hours_lapsed.{name}"] for name in WHOLE_SCHOOL_ACTIVITIES)


class School:
    """One school and everybody in it whom the model knows.

    Attributes
    ----------
    clock, increment
        Cumulative hazard at the start of the term and what it runs in the term, by pathway and phase, for frailty one.
    multiplier
        What coverage and culture do to each outcome this term, by phase: g / G, times culture for hazards.
    """

    def __init__(self, world: World, index: int, council: Council) -> None:
        schools = world.inputs.schools
        self.world = world
        self.index = index
        self.id = int(schools.school_id[index])
        self.council = council
        self.cell = int(world.pages.school[index])
        self.weight = float(schools.weight[index])
        self.culture = float(schools.culture[index])
        self.suspension_level = float(schools.suspension_level[index])
        self.exclusion_level = float(schools.exclusion_level[index])
        self.notice_multiplier = float(schools.notice_multiplier[index])
        self.roll = [int(n) for n in schools.roll[index]]
        self.phases = [phase for phase in (0, 1) if any(self.roll[:7] if phase == 0 else self.roll[7:])]
        if not self.phases:  # a sixteen-to-nineteen school has a SENCO but nobody from Reception to Year 11
            self.phases = [1]
        self.pupils: dict[int, Pupil] = {}
        self.n_support = 0
        self.n_plan = 0
        self.n_noticed = 0
        self.clock = [[0.0, 0.0] for _ in PATHS]
        self.increment = [[0.0, 0.0] for _ in PATHS]
        self.targets: list[list[list[tuple[float, int, Pupil]]]] = [[[], []] for _ in PATHS]
        self.multiplier = [[1.0] * N_OUTCOMES, [1.0] * N_OUTCOMES]
        self.notice_clock: dict[int, tuple[float, float, int]] = {}
        self.queue = Queue(rations_requests=bool(schools.rations_requests[index]))
        self.coverage = float(schools.initial_coverage[index])
        self.preventive_done = 0.0
        self.preventive_due = 0.0
        self.post = Post(world, self)

    # -- pupils -------------------------------------------------------------------------------------------------

    def reading(self, path: int, phase: int) -> float:
        """Present reading of a pathway's clock. [cumulative hazard]."""
        world = self.world
        return clock_reading(
            self.clock[path][phase], self.increment[path][phase], world.term_start, TERM_MINUTES, world.now
        )

    def aim(self, pupil: Pupil, path: int, target: float) -> None:
        """Set a pupil's next event on a pathway; let it happen this term if the clock will reach it."""
        pupil.targets[path] = target
        if target == NEVER:
            return
        phase = pupil.phase
        if target <= self.clock[path][phase] + self.increment[path][phase]:
            self._schedule(pupil, path, phase, target)
        else:
            heapq.heappush(self.targets[path][phase], (target, pupil.key, pupil))

    def _schedule(self, pupil: Pupil, path: int, phase: int, target: float) -> None:
        minute = crossing_minute(
            target, self.clock[path][phase], self.increment[path][phase], self.world.term_start, TERM_MINUTES
        )
        pathways.schedule(self, pupil, path, target, max(minute, self.world.now))

    def add(self, pupil: Pupil) -> None:
        """A pupil joins the school."""
        pupil.school = self
        self.pupils[pupil.key] = pupil
        self._count(pupil.stage, 1)

    def remove(self, pupil: Pupil) -> None:
        """A pupil leaves the school; nothing more happens to that pupil here."""
        del self.pupils[pupil.key]
        self._count(pupil.stage, -1)
        pupil.school = None

    def change_stage(self, pupil: Pupil, stage: int) -> None:
        """Move a pupil to another stage; its pathways begin, those of the old stage end."""
        self._count(pupil.stage, -1)
        self._count(stage, 1)
        pathways.pause(self, pupil)
        pupil.stage = stage
        pathways.begin(self, pupil)

    def _count(self, stage: int, change: int) -> None:
        if stage == SEN_SUPPORT:
            self.n_support += change
        elif stage == EHC_PLAN:
            self.n_plan += change
        else:
            self.n_noticed += change

    # -- the start of a term, in the order of the model document --------------------------------------------------

    def close_term(self) -> None:
        """Lapse and measure: what is not done is counted, coverage is smoothed, hours are booked."""
        world, queue = self.world, self.queue
        self.post.book_hours()
        row = world.row(self.cell)
        if queue.reviews:
            row[Q["lapsed.support_review"]] += len(queue.reviews)
            world.record(Event.REVIEWS_LAPSED, self.id, 0, len(queue.reviews))
            queue.reviews.clear()
        for activity, hours in enumerate(queue.pool):
            if hours > 0.0:
                row[_HOURS_LAPSED[activity]] += int(hours * 60.0)
                queue.pool[activity] = 0.0
        self._measure_coverage(row)
        for path in range(len(PATHS)):
            for phase in self.phases:
                self.clock[path][phase] += self.increment[path][phase]
                self.increment[path][phase] = 0.0

    def _measure_coverage(self, row: list[int]) -> None:
        measured = coverage(self.preventive_done, self.preventive_due)
        n_sen = self.n_support + self.n_plan
        row[Q["coverage_exposure"]] += int(n_sen * measured * 1000.0)
        row[Q["coverage_pupil_terms"]] += n_sen
        self.coverage = smoothed_coverage(self.coverage, measured, self.world.values["coverage_smoothing_years"])
        self.preventive_done = 0.0
        self.preventive_due = 0.0
        self.world.record(Event.COVERAGE_MEASURED, self.id, 0, int(measured * 1e6))

    def lapse_identifications(self) -> None:
        """Identifications that waited a term move ahead of reviews; after three terms they lapse."""
        world = self.world
        lapse_after = int(world.values["identification_lapse_terms"] * 52.0 / 3.0 * MINUTES_PER_WEEK)
        for case in self.queue.age_identifications(world.now, 17 * MINUTES_PER_WEEK, lapse_after):
            world.row(self.cell)[Q["lapsed.identification"]] += 1
            pupil = case.pupil
            if pupil is not None:
                world.record(Event.CASE_LAPSED, self.id, pupil.key, IDENTIFICATION)
                pathways.notice_again_later(self, pupil, case.number + 1)

    def set_hazards(self) -> None:
        """Set what each pathway's clock runs this term, and let the events that fall in it happen."""
        world, values = self.world, self.world.values
        has_seat = self.post.has_seat
        feedback = world.inputs.feedback
        for phase in self.phases:
            for outcome in range(N_OUTCOMES):
                effect = world.mechanisms.effect_of_coverage(
                    self.coverage,
                    feedback.elasticity[phase, outcome],
                    values["effect_slt_seat"] if has_seat else 1.0,
                )
                self.multiplier[phase][outcome] = effect / feedback.normaliser[phase, outcome]
            rates = world.rates.term_rates[phase]
            of = self.multiplier[phase]
            increment = self.increment
            increment[SUPPORT_EXIT][phase] = rates[SUPPORT_EXIT]
            asked = float(world.inputs.policy.request_ratio[self.index, world.year])
            requests = rates[REQUEST_POINT] * self.council.request_multiplier * asked
            increment[REQUEST_POINT][phase] = requests * of[REQUEST] * self.culture
            suspension = of[SUSPENSION] * self.culture * self.suspension_level
            increment[SUSPENSION_SUPPORT][phase] = rates[SUSPENSION_SUPPORT] * suspension
            increment[SUSPENSION_PLAN][phase] = rates[SUSPENSION_PLAN] * suspension
            increment[CRISIS_SUPPORT][phase] = rates[CRISIS_SUPPORT] * self.culture
            increment[CRISIS_PLAN][phase] = rates[CRISIS_PLAN] * self.culture
            increment[HOME_SUPPORT][phase] = rates[HOME_SUPPORT] * of[HOME]
            increment[HOME_PLAN][phase] = rates[HOME_PLAN] * of[HOME]
            increment[TRANSFER][phase] = rates[TRANSFER] * of[SPECIAL]
            increment[PLAN_CEASED][phase] = rates[PLAN_CEASED]
            self._release_targets(phase)
        self._notice_needs()

    def _release_targets(self, phase: int) -> None:
        for path in range(len(PATHS)):
            waiting = self.targets[path][phase]
            end = self.clock[path][phase] + self.increment[path][phase]
            while waiting and waiting[0][0] <= end:
                target, _, pupil = heapq.heappop(waiting)
                if pupil.school is self and pupil.targets[path] == target and pupil.phase == phase:
                    self._schedule(pupil, path, phase, target)

    def _notice_needs(self) -> None:
        """M1: needs are noticed by year group, k-th by k-th, on the clock of their cohort."""
        world = self.world
        year = world.inputs.start_year + world.year
        rates = world.rates.notice_rates
        for year_group in range(N_YEAR_GROUPS):
            roll = self.roll[year_group]
            if roll == 0:
                continue
            cohort = year - year_group
            entity = self.id << 7 | (cohort - 1990)
            state = self.notice_clock.get(cohort)
            if state is None:
                state = (0.0, exponential_threshold(world.draw(_NOTICED, entity, 0)), 0)
            clock, target, number = state
            increment = roll * rates[year_group] * self.notice_multiplier
            end = clock + increment
            while target <= end and increment > 0.0:
                minute = crossing_minute(target, clock, increment, world.term_start, TERM_MINUTES)
                pathways.notice_at(self, minute, cohort, year_group, number)
                number += 1
                target += exponential_threshold(world.draw(_NOTICED, entity, number))
            self.notice_clock[cohort] = (end, target, number)

    def count_pupils(self) -> None:
        """Book pupil-years, absence and, in the spring term, the census."""
        world, values = self.world, self.world.values
        row = world.row(self.cell)
        weeks = SEGMENT_WEEKS[world.term % TERMS_PER_YEAR]
        waits = self.council.waiting_in.get(self.index, ())
        waiting = sum(1 for pupil in waits if pupil.school is self and pupil.waiting_special)
        row[Q["pupil_years.sen_support"]] += self.n_support * weeks
        row[Q["pupil_years.ehc_plan"]] += (self.n_plan - waiting) * weeks
        row[Q["pupil_years.waiting_special"]] += waiting * weeks
        row[Q["pupil_years.identification_wait"]] += self.n_noticed * weeks
        phase = self.phases[-1]
        feedback = world.inputs.feedback
        shift = (
            values["effect_absence_points"]
            / 100.0
            * (math.log2(max(self.coverage, 0.05)) - feedback.mean_log2_coverage[phase])
            / feedback.amplification[phase]
        )
        missed = self.n_support * max(0.0, values["absence_rate_sen_support"] + shift)
        missed += self.n_plan * max(0.0, values["absence_rate_ehc_plan"] + shift)
        row[Q["absence_days"]] += int(missed * world.rates.absence_level * SCHOOL_DAYS_PER_TERM)

    def take_census(self) -> None:
        """Count the stocks as at the January census."""
        row = self.world.row(self.cell)
        row[Q["pupils_sen_support"]] += self.n_support
        row[Q["pupils_ehc_plan"]] += self.n_plan
        row[Q["pupils_waiting_identification"]] += self.n_noticed

    def put(self, activity: int, pupil: Pupil | None, hours: float, number: int = 0, entity: int = 0) -> Case:
        """Let a case wait for the SENCO from now on."""
        world = self.world
        if activity in PAPERWORK:
            hours *= self.post.paperwork
        case = Case(activity, pupil, hours, world.now, number)
        world.row(self.cell)[_DUE[activity]] += 1
        self.let_wait(case, entity)
        return case

    def let_wait(self, case: Case, entity: int = 0) -> None:
        """Let a case wait here since it entered, which was at another school if its pupil has moved."""
        key = case.pupil.key if case.pupil is not None else entity
        self.queue.put(case, self.world.draw(_QUEUE_TIE, key, case.activity << 20 | case.number))
        self.post.wake_senco()

    def is_noticed(self, pupil: Pupil) -> bool:
        """Whether a pupil is here and waits for identification."""
        return pupil.school is self and pupil.stage == NOTICED
