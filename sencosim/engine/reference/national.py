"""1 September: pupils move up and on, places and posts are settled for the whole country at once."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate

from sencosim.engine.inputs import SPECIAL
from sencosim.engine.reference import pathways
from sencosim.engine.reference.casework import IDENTIFICATION, REQUEST_PREPARATION, Case
from sencosim.engine.reference.council import Council
from sencosim.engine.reference.pupil import EHC_PLAN, NEVER, NOTICED, SEN_SUPPORT, Pupil, pupil_key
from sencosim.engine.reference.school import School
from sencosim.engine.reference.world import NO_SCHOOL, STREAM, Q, World, added
from sencosim.ledger.events import Event
from sencosim.rules.chance import chance_with_odds, frailty
from sencosim.rules.sharing import low_reviews
from sencosim.rules.workforce import share_taken
from sencosim.units import FIRST_SECONDARY_YEAR_GROUP, N_YEAR_GROUPS, SCHOOL_WEEKS_PER_YEAR

_MOVE = STREAM["school_move"]
_RECEPTION = STREAM["reception_plans"]
_FRAILTY = STREAM["frailty"]
_COPIES = STREAM["move_copies"]
_TRANSFER_AT_11 = STREAM["transfer_at_11"]

MOST_COPIES = 16
"""Pupils that one sampled pupil can stand for at the next school."""

MOVING_ACTIVITIES = (IDENTIFICATION, REQUEST_PREPARATION)
"""Cases that go with a pupil to the next school; others fall away."""


FIRST_ENTRANT = 1 << 16
"""Number of the first pupil of a cohort who enters Reception with a plan; the stock at the start lies below."""


def begin_year(world: World) -> None:
    """Settle the year: moves within each council, then places, then the supply of teachers."""
    for council in world.councils:
        _move_up(world, council)
        _enter_reception(world, council)
        council.places.begin_year()  # those who leave special schools make room before anybody new is placed
        for pupil in council.alternative_provision.begin_year():
            _return_to_mainstream(world, world.schools_of[council.index], pupil)
        _decide_transfers(world, council)
        council.places.list_waiting()
    fill_posts(world)


def _move_up(world: World, council: Council) -> None:
    schools = world.schools_of[council.index]
    movers: list[tuple[School, Pupil, list[Case]]] = []
    for school in schools:
        for pupil in list(school.pupils.values()):
            old_phase = pupil.phase
            pupil.year_group += 1
            if pupil.year_group >= N_YEAR_GROUPS:
                pupil.year_group -= 1
                _leave_at_16(council, school, pupil)
                pupil.year_group = N_YEAR_GROUPS
            elif school.roll[pupil.year_group] > 0:
                if pupil.phase != old_phase:
                    _carry_clocks(pupil, school, old_phase, school)
            else:
                movers.append((school, pupil, _take_cases(school, pupil)))
    for old_school, pupil, cases in movers:
        _move_on(world, old_school, pupil, cases)


def _enter_reception(world: World, council: Council) -> None:
    """Children whose plans were made before school enter Reception, in proportion to the school's own plans."""
    year = world.inputs.start_year + world.year
    rate = world.values["reception_plan_share"] * world.rates.reception_plan_level
    for school in world.schools_of[council.index]:
        expected = school.roll[0] * rate * float(world.inputs.schools.plan_multiplier[school.index])
        entering = int(expected + world.draw(_RECEPTION, school.id, world.year))
        for i in range(entering):
            key = pupil_key(school.id, year, FIRST_ENTRANT + i, initial=True)
            severe = world.values["frailty_of_plan_holders"] * frailty(
                world.draw(_FRAILTY, key, 0), world.values["frailty_log_sd"]
            )
            pupil = Pupil(key, school, 0, EHC_PLAN, severe)
            school.add(pupil)
            pathways.begin(school, pupil)
            world.record(Event.PUPIL_MOVED_SCHOOL, school.id, key, NO_SCHOOL)
        world.row(school.cell)[Q["plans_entering_reception"]] += entering


def _leave_at_16(council: Council, school: School, pupil: Pupil) -> None:
    council.post16 += school.weight if pupil.stage == EHC_PLAN and not pupil.placed else 0.0
    pathways.leave_school(school, pupil)


def _take_cases(school: School, pupil: Pupil) -> list[Case]:
    """Take a leaving pupil's waiting cases out of the queue; keep those that move along."""
    kept: list[Case] = []
    for case in school.queue.cases_of(pupil):
        if case.activity in MOVING_ACTIVITIES:
            school.queue.hand_over(case)
            kept.append(case)
        else:
            school.queue.withdraw(case)
            pathways.fall_away(school, case)
    return kept


def prepare_moves(world: World) -> None:
    """Weights of the schools of each council that take new pupils in each year group: fixed for the run."""
    intake = world.inputs.schools.intake
    world.entries = []
    for schools in world.schools_of:
        by_group: list[tuple[list[School], list[float]]] = []
        for year_group in range(N_YEAR_GROUPS):
            taking = [school for school in schools if intake[school.index, year_group] > 0]
            weights = (float(intake[school.index, year_group]) * school.weight for school in taking)
            by_group.append((taking, list(accumulate(weights))))
        world.entries.append(by_group)


def _choose_school(world: World, council: int, year_group: int, key: int) -> School | None:
    """Next school: by chance, in proportion to new places in that year group."""
    taking, cumulative = world.entries[council][year_group]
    if not taking:
        return None
    point = world.draw(_MOVE, key, year_group) * cumulative[-1]
    return taking[min(bisect_right(cumulative, point), len(taking) - 1)]


def _move_on(world: World, old: School, pupil: Pupil, cases: list[Case]) -> None:
    """A pupil goes to another school of the council, as often as its weight there demands."""
    new = _choose_school(world, old.council.index, pupil.year_group, pupil.key)
    copies = 0
    if new is not None:
        ratio = old.weight / new.weight
        copies = int(ratio + world.draw(_COPIES, pupil.key, pupil.year_group)) if ratio != 1.0 else 1
    if new is None or copies == 0:
        for case in cases:
            case.open = False
            pathways.fall_away(old, case)
        pathways.leave_school(old, pupil)
        return
    old_phase = 1 if pupil.year_group - 1 >= FIRST_SECONDARY_YEAR_GROUP else 0
    if pupil.stage != NOTICED:
        world.row(old.cell)[
            Q["moved_school.sen_support" if pupil.stage == SEN_SUPPORT else "moved_school.ehc_plan"]
        ] += 1
    old.remove(pupil)
    new.add(pupil)
    _carry_clocks(pupil, old, old_phase, new)
    for case in cases:
        new.let_wait(case)
    world.record(Event.PUPIL_MOVED_SCHOOL, new.id, pupil.key, old.id)
    for copy in range(1, min(copies, MOST_COPIES)):
        _add_copy(new, pupil, copy)


def _add_copy(new: School, pupil: Pupil, copy: int) -> None:
    """In a sample of schools one pupil may have to stand for several at the next school."""
    step = 1 if pupil.year_group >= FIRST_SECONDARY_YEAR_GROUP else MOST_COPIES  # two moves, and no key twice
    twin = Pupil(pupil.key + copy * step, new, pupil.year_group, pupil.stage, pupil.frailty)
    twin.cycles = pupil.cycles
    twin.support_plan = pupil.support_plan
    twin.ever_excluded = pupil.ever_excluded
    new.add(twin)
    pathways.begin(new, twin)
    if twin.stage == NOTICED:
        pathways.ask_for_identification(new, twin, 0)


def _return_to_mainstream(world: World, schools: list[School], pupil: Pupil) -> None:
    staying = [school for school in schools if school.roll[pupil.year_group] > 0]
    if not staying:
        return
    index = int(world.draw(_MOVE, pupil.key, 64 + pupil.year_group) * len(staying))
    school = staying[index]
    pupil.excluded = False
    school.add(pupil)
    pathways.begin(school, pupil)
    world.record(Event.PUPIL_MOVED_SCHOOL, school.id, pupil.key, NO_SCHOOL)


def _carry_clocks(pupil: Pupil, old: School, old_phase: int, new: School) -> None:
    """What is left until each next event is carried over to the clocks of another school or phase."""
    phase = pupil.phase
    for path, target in enumerate(pupil.targets):
        if target != NEVER:
            left = max(0.0, target - old.clock[path][old_phase])
            new.aim(pupil, path, new.clock[path][phase] + left)


def _decide_transfers(world: World, council: Council) -> None:
    """At 11 many plan-holders' parents and councils choose special. Places go in the order of the keyed draw."""
    share = world.values["special_transfer_at_11_share"]
    chosen: list[tuple[float, int, Pupil]] = []
    for school in world.schools_of[council.index]:
        for pupil in school.pupils.values():
            if pupil.year_group == FIRST_SECONDARY_YEAR_GROUP and pupil.stage == EHC_PLAN:
                u = world.draw(_TRANSFER_AT_11, pupil.key, 0)
                if u < chance_with_odds(share, school.multiplier[pupil.phase][SPECIAL]):
                    chosen.append((u, pupil.key, pupil))
    for _, _, pupil in sorted(chosen, key=lambda entry: entry[:2]):
        council.places.seek(pupil)


def review_sharing(world: World) -> None:
    """M16: each September groups of schools that share a SENCO are reviewed, and begin or end to share."""
    policy = world.inputs.policy
    for number, members in enumerate(world.clusters):
        if any(school.post.sharing for school in members):
            mean = added(school.coverage for school in members) / len(members)
            world.low_reviews[number] = low_reviews(mean, policy.review_coverage, world.low_reviews[number])
        ended = world.low_reviews[number] >= policy.reviews_before_end
        for school in members:
            asked = float(policy.shared_hours[school.index, world.year]) > 0.0
            if ended and asked and school.post.sharing:
                world.row(school.cell)[Q["sharing_ended"]] += 1
            school.post.sharing = asked and not ended


def list_clusters(world: World) -> None:
    """Schools that share, by group, in the order of their numbers."""
    cluster = world.inputs.policy.cluster
    world.clusters = [[] for _ in range(int(cluster.max(initial=-1)) + 1)]
    for school in sorted(world.schools, key=lambda school: school.id):
        if cluster[school.index] >= 0:
            world.clusters[int(cluster[school.index])].append(school)
    world.low_reviews = [0] * len(world.clusters)


def fill_posts(world: World) -> None:
    """The national supply of teachers fills the posts that policy asks for, in a fixed order of schools."""
    values = world.values
    full_time = values["full_time_hours_per_week"]
    supply = fill = values["teacher_supply_fte_per_year"]
    year = world.year
    for index in world.supply_order:
        school = world.schools[index]
        wanted = school.post.wanted_hours(year)
        if wanted <= 0.0 or school.post.filled:
            continue
        fte = wanted / full_time * school.weight * school.council.weight
        if fte > fill:
            break
        fill -= fte
        school.post.filled = True
    world.supply_taken = share_taken(supply, fill)


def take_census(world: World) -> None:
    """Week 19: count the stocks."""
    for school in world.schools:
        school.take_census()
    for council in world.councils:
        council.places.take_census()
        row = world.row(council.cell)
        in_hand = council.advice.units_waiting + council.advice.in_hand
        row[Q["assessments_in_progress"]] += in_hand + council.drafting.units_waiting + council.drafting.in_hand
        row[Q["appeals_open"]] += int(council.appeals_open + 0.5)
    world.record(Event.CENSUS_TAKEN, NO_SCHOOL, 0, SCHOOL_WEEKS_PER_YEAR)
