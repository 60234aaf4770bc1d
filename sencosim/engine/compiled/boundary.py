"""Term boundaries and the January census: what compiled code does between two windows. Entry points."""

from __future__ import annotations

from typing import Any

from sencosim.engine.compiled.basics import ROOM, count, draw, has_room, keep_record
from sencosim.engine.compiled.council import begin_with_work_in_hand, next_other_request, resize_tribunal
from sencosim.engine.compiled.disputes import next_other_appeal
from sencosim.engine.compiled.due import make_work_due, set_pace
from sencosim.engine.compiled.layout import (
    council_at,
    index_at,
    node_at,
    number_at,
    pupil_at,
    school_at,
    small_at,
    station_at,
    world_at,
)
from sencosim.engine.compiled.memory import entry, fast
from sencosim.engine.compiled.numbers import EHC_PLAN, SEGMENT_WEEKS, SEN_SUPPORT, Q
from sencosim.engine.compiled.pupils import add, begin, make_pupil
from sencosim.engine.compiled.recycling import recycle
from sencosim.engine.compiled.requests import choose_soon
from sencosim.engine.compiled.terms import (
    apply_policy,
    close_term,
    count_pupils,
    lapse_identifications,
    review_workforce,
    set_hazards,
)
from sencosim.engine.compiled.year import INITIAL_BIT, begin_year, count_council_stock, fill_posts
from sencosim.ledger.events import Event
from sencosim.randomness import STREAM
from sencosim.rules.assessment import capacity_growth, case_slots, demand_followed, idle_added_hours, surge_factor
from sencosim.rules.chance import frailty
from sencosim.rules.placement import parts_as_weight
from sencosim.units import N_YEAR_GROUPS, SCHOOL_WEEKS_PER_YEAR, TERM_WEEKS

INITIAL_CYCLES = 3
_FRAILTY = STREAM["frailty"]
_CENSUS = int(Event.CENSUS_TAKEN)
Q_SURGE, Q_HEARINGS = Q["surge_hours"], Q["appeal_capacity_added"]
Q_EP_IDLE, Q_OFFICER_IDLE = Q["ep_idle_hours"], Q["officer_idle_hours"]
Q_SUPPORT, Q_PLAN, Q_WAITING = Q["pupils_sen_support"], Q["pupils_ehc_plan"], Q["pupils_waiting_identification"]
Q_STATE, Q_OVER = Q["pupil_years_state_special"], Q["pupil_years_over_capacity"]
Q_INDEPENDENT, Q_RESOURCED = Q["pupil_years_independent_special"], Q["pupil_years_resourced"]
Q_HOME, Q_POST16, Q_AP = Q["pupil_years_home_education"], Q["pupil_years_post16_plan"], Q["pupil_years_ap"]


@entry
def admit_stock(world: int, first: int) -> int:
    """Pupils on SEN Support and with plans when the run begins, from school ``first`` on. As :func:`open_terms`."""
    w = world_at(world, 0)
    for at_school in range(first, w.n_schools):
        w.here = school_at(w.schools, at_school).council
        if not has_room(w, _stock_of(w, at_school) + ROOM):
            return at_school
        _admit_stock_of(w, at_school)
    return -1


@fast
def _stock_place(w: Any, at_school: int, stage: int, year_group: int) -> int:
    return ((stage - SEN_SUPPORT) * w.n_schools + at_school) * N_YEAR_GROUPS + year_group


@fast
def _stock_of(w: Any, at_school: int) -> int:
    pupils = 0
    for stage in (SEN_SUPPORT, EHC_PLAN):
        for year_group in range(N_YEAR_GROUPS):
            pupils += index_at(w.stock, _stock_place(w, at_school, stage, year_group)).i
    return pupils


@fast
def _admit_stock_of(w: Any, at_school: int) -> None:
    school = school_at(w.schools, at_school)
    number = 0
    for stage in (SEN_SUPPORT, EHC_PLAN):
        severity = w.frailty_of_plan_holders if stage == EHC_PLAN else 1.0
        for year_group in range(N_YEAR_GROUPS):
            entry_year = w.start_year - year_group - 1990
            for _ in range(index_at(w.stock, _stock_place(w, at_school, stage, year_group)).i):
                key = ((school.id << 7 | entry_year) << 18 | number | INITIAL_BIT) << 8
                number += 1
                severe = severity * frailty(draw(w, _FRAILTY, key, 0), w.frailty_log_sd)
                index = make_pupil(w, key, year_group, stage, severe)
                small_at(w.cycles, index).i = INITIAL_CYCLES
                add(w, at_school, school, index)
                begin(w, school, index)


@entry
def close_terms(world: int) -> None:
    """The end of a term in every school."""
    w = world_at(world, 0)
    for at_school in range(w.n_schools):
        close_term(w, school_at(w.schools, at_school))


@entry
def begin_school_terms(world: int, first: int) -> int:
    """Identifications lapse, from school ``first`` on. Returns a school that found no room, or -1."""
    w = world_at(world, 0)
    for at_school in range(first, w.n_schools):
        school = school_at(w.schools, at_school)
        w.here = school.council
        if not has_room(w, school.n_noticed + ROOM):
            return at_school
        lapse_identifications(w, school)
    return -1


@entry
def begin_years(world: int, first: int) -> int:
    """1 September, from council ``first`` on. Returns a council that found no room, or -1."""
    w = world_at(world, 0)
    for which in range(first, w.n_councils):
        council = council_at(w.councils, which)
        pupils = 0
        for position in range(council.schools_from, council.schools_to):
            school = school_at(w.schools, index_at(w.council_schools, position).i)
            pupils += 2 * (school.n_support + school.n_plan + school.n_noticed) + school.roll[0]
        if not has_room(w, pupils * w.copies + ROOM):
            return which
        begin_year(w, which)
    fill_posts(w)
    recycle(w)
    return -1


@entry
def review_posts(world: int) -> None:
    """SENCOs leave, and vacancies are filled."""
    w = world_at(world, 0)
    for at_school in range(w.n_schools):
        review_workforce(w, at_school, school_at(w.schools, at_school))


@entry
def set_policy(world: int) -> None:
    """Hours, seats and administrators of every school; capacity of every council and the tribunal."""
    w = world_at(world, 0)
    w.n_reviews = 0
    for at_school in range(w.n_schools):
        school = school_at(w.schools, at_school)
        apply_policy(w, at_school, school)
    for which in range(w.n_councils):
        w.here = which
        _set_capacity(w, council_at(w.councils, which))
    w.here = w.n_councils
    resize_tribunal(w, w.tribunal_level)


@entry
def open_terms(world: int, first: int) -> int:
    """Clocks of the term and the work due in it, from school ``first`` on.

    Returns a school that found no room, or -1 when all have been opened.
    """
    w = world_at(world, 0)
    if first == 0:
        _note_waiting(w)
    for at_school in range(first, w.n_schools):
        school = school_at(w.schools, at_school)
        w.here = school.council
        if not _has_room_for_term(w, school):
            return at_school
        set_hazards(w, at_school, school)
        make_work_due(w, at_school, school)
        set_pace(w, at_school, school)
        count_pupils(w, school)
    for which in range(w.n_councils):
        _count_places(w, council_at(w.councils, which))
    return -1


@fast
def _has_room_for_term(w: Any, school: Any) -> bool:
    expected = 0.0
    for group in range(N_YEAR_GROUPS):
        expected += school.roll[group] * w.notice_rates[group] * school.notice_multiplier
    plans = int(w.volume_consultation_per_plan_pupil * school.n_plan) + school.n_plan
    need = 5 * (school.n_support + school.n_plan + school.n_noticed) + int(4.0 * expected) + plans + 4 * ROOM
    sittings = school.work_count + school.team_count
    if w.n_reviews + school.n_support + sittings + ROOM > w.room_reviews or school.roster_size > w.room_sorting:
        w.need = need
        return False
    return has_room(w, need)


@entry
def begin_councils(world: int, first: int) -> int:
    """Work in hand and streams from outside mainstream at the start of the run. As :func:`open_work`."""
    w = world_at(world, 0)
    for which in range(first, w.n_councils):
        council = council_at(w.councils, which)
        weeks = council.waiting_weeks + w.advice_weeks + w.drafting_weeks
        if not has_room(w, int(council.requests_per_week * council.agreed_share * w.request_level * weeks) + ROOM):
            return which
        w.here = which
        next_other_request(w, council, 0)
        begin_with_work_in_hand(w, council)
        next_other_appeal(w, council, 0)
    return -1


@entry
def take_census(world: int) -> None:
    """Week 19: count the stocks."""
    w = world_at(world, 0)
    for at_school in range(w.n_schools):
        school = school_at(w.schools, at_school)
        count(w, school.cell, Q_SUPPORT, school.n_support)
        count(w, school.cell, Q_PLAN, school.n_plan)
        count(w, school.cell, Q_WAITING, school.n_noticed)
    for which in range(w.n_councils):
        count_council_stock(w, which)
    keep_record(w, _CENSUS, -1, 0, SCHOOL_WEEKS_PER_YEAR)


@fast
def _set_capacity(w: Any, council: Any) -> None:
    """Team hours of the term: own staff, their growth, and what is bought in because work waits."""
    advice, drafters = station_at(w.stations, council.index * 2), station_at(w.stations, council.index * 2 + 1)
    if w.term > 0 and council.requests_per_week > 0.0:
        council.followed = demand_followed(council.followed, council.decisions_this_term, council.requests_per_week)
    growth = capacity_growth(w.capacity_growth, council.followed, w.capacity_follows_demand_share)
    more_ep = number_at(w.psychologist_ratio, council.index * w.n_years + w.year).x
    more_officers = number_at(w.officer_ratio, council.index * w.n_years + w.year).x
    own_ep = council.own_ep_hours * growth * more_ep
    _count_idle(w, council, Q_EP_IDLE, advice, own_ep, more_ep)
    per_case = w.ep_hours_per_assessment
    weekly = own_ep / per_case
    waiting = advice.units_waiting / weekly if weekly > 0.0 else 0.0
    factor = surge_factor(waiting, w.capacity_surge, w.capacity_surge_cap)
    advice.slots = case_slots(own_ep * factor, per_case, w.advice_weeks, 1.0)
    choose_soon(w, council, council.index * 2)
    own_officers = council.own_officer_hours * growth * more_officers
    _count_idle(w, council, Q_OFFICER_IDLE, drafters, own_officers, more_officers)
    deciding = council.decisions_this_term * w.decision_hours / (52.0 / 3.0)
    drafting = max(0.2 * own_officers, own_officers - deciding)
    per_plan = w.officer_hours_per_plan
    waiting = drafters.units_waiting * per_plan / drafting if drafting > 0.0 else 0.0
    officer_factor = surge_factor(waiting, w.capacity_surge, w.capacity_surge_cap)
    drafters.slots = case_slots(drafting * officer_factor, per_plan, w.drafting_weeks, 1.0)
    choose_soon(w, council, council.index * 2 + 1)
    bought = own_ep * (factor - 1.0) + drafting * (officer_factor - 1.0)
    count(w, council.cell, Q_SURGE, int(bought * TERM_WEEKS * 4.0 / 3.0 * 60.0))
    council.decisions_this_term = 0.0
    added = number_at(w.appeals_added, council.index * w.n_years + w.year).x
    count(w, council.cell, Q_HEARINGS, int(added / 3.0 * 1000.0))


@fast
def _count_idle(w: Any, council: Any, quantity: int, station: Any, own_hours: float, ratio: float) -> None:
    """Hours that policy added and for which no case waits, as the start of the term finds them."""
    weekly = idle_added_hours(own_hours, ratio, station.slots, station.in_hand)
    count(w, council.cell, quantity, int(weekly * TERM_WEEKS * 4.0 / 3.0 * 60.0))


@fast
def _note_waiting(w: Any) -> None:
    """How many pupils of each school wait for a special place."""
    for at_school in range(w.n_schools):
        school_at(w.schools, at_school).n_waiting = 0
    for which in range(w.n_councils):
        node = council_at(w.councils, which).wait_head
        while node >= 0:
            index = node_at(w.nodes, node).thing
            if index >= 0 and pupil_at(w.pupils, index).school >= 0:
                school_at(w.schools, pupil_at(w.pupils, index).school).n_waiting += 1
            node = node_at(w.nodes, node).sibling


@fast
def _total(stock: Any) -> float:
    total = 0.0
    for group in range(N_YEAR_GROUPS):
        total += stock[group]
    return total


@fast
def _parts(stock: Any) -> int:
    total = 0
    for group in range(N_YEAR_GROUPS):
        total += stock[group]
    return total


@fast
def _count_places(w: Any, council: Any) -> None:
    """Book pupil-years by placement for the segment. Whole pupil-weeks."""
    weeks = SEGMENT_WEEKS[w.term % 3]
    count(w, council.cell, Q_STATE, int(_total(council.state) * weeks))
    count(w, council.cell, Q_OVER, int(_total(council.over) * weeks))
    count(w, council.cell, Q_INDEPENDENT, int(_total(council.independent) * weeks))
    count(w, council.cell, Q_RESOURCED, int(_total(council.resourced) * weeks))
    count(w, council.cell, Q_HOME, int(parts_as_weight(_parts(council.home_educated)) * weeks))
    count(w, council.cell, Q_POST16, int(council.post16 * weeks))
    total = 0.0
    node = council.ap_head
    while node >= 0:
        total += node_at(w.nodes, node).weight
        node = node_at(w.nodes, node).sibling
    count(w, council.cell, Q_AP, int(total * weeks))
