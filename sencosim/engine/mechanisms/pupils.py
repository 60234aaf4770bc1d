"""Pupils and the clocks of their pathways: joining, leaving, and when the next thing happens."""

from __future__ import annotations

from typing import Any

from sencosim.engine.handle import give, new_roster, schedule, take
from sencosim.engine.mechanisms.basics import draw, keep_record
from sencosim.engine.mechanisms.facts import (
    COUNTER_OF_PATH,
    EVENT_OF_PATH,
    IS_FRAIL,
    NEVER,
    PATH_BITS,
    PATH_OF_SLOT,
    SLOT_OF_PATH,
    STREAM_OF_PATH,
)
from sencosim.engine.mechanisms.queue import close_case, fall_away, let_go_of_case
from sencosim.engine.records import Pool
from sencosim.rules.chance import exponential_threshold, frailty
from sencosim.rules.pupil_clocks import clock_reading, clock_target, crossing_minute, hazard_left
from sencosim.units import FIRST_SECONDARY_YEAR_GROUP, MINUTES_PER_WEEK, TERM_WEEKS
from sencosim.vocabulary import N_COUNTERS, N_SLOTS, PLACE_COUNTER, Event, Happening, Path, Stage, Stream

TERM_MINUTES = TERM_WEEKS * MINUTES_PER_WEEK
_LEAST_ROOM = 8
"""Pupils for whom the roster of a school has room at least."""


def phase_of(pupil: Any) -> int:
    """0 in primary years, 1 in secondary years."""
    return 1 if pupil.year_group >= FIRST_SECONDARY_YEAR_GROUP else 0


def path_in(stage: int, slot: int) -> int:
    """Pathway behind one of the targets of a pupil of a stage; -1 if none."""
    return PATH_OF_SLOT[stage * N_SLOTS + slot]


# -- joining and leaving a school -------------------------------------------------------------------------------------


def frailty_of(w: Any, key: int, severity: float) -> float:
    """Frailty of a pupil, drawn about a severity. [ratio]."""
    return severity * frailty(draw(w, Stream.FRAILTY, key, 0), w.frailty_log_sd)


def make_pupil(w: Any, key: int, year_group: int, stage: int, frailty: float) -> int:
    """A pupil who belongs to no school yet."""
    index = take(w, w.histories, Pool.PUPILS)
    pupil, history = w.pupils[index], w.histories[index]
    pupil.key = key
    for slot in range(N_SLOTS):
        pupil.targets[slot] = NEVER
    pupil.stage = stage
    pupil.year_group = year_group
    pupil.school = pupil.place = pupil.review_term = -1
    pupil.request_open = pupil.waiting_special = pupil.excluded = pupil.placed = 0
    history.frailty = frailty
    history.unfiled = history.first_case = history.waiting_node = -1
    history.support_plan = history.decided = history.noticed_at = 0
    history.request_number = history.ever_excluded = history.marked = 0
    w.cycles[index] = 0
    for counter in range(PLACE_COUNTER):
        history.left[counter] = -1.0
    for counter in range(N_COUNTERS):
        history.counts[counter] = 0
    return index


def _count_stage(school: Any, stage: int, change: int) -> None:
    if stage == Stage.SEN_SUPPORT:
        school.n_support += change
    elif stage == Stage.EHC_PLAN:
        school.n_plan += change
    else:
        school.n_noticed += change


def _widen_roster(w: Any, school: Any) -> None:
    """Twice the room for the pupils of a school, at the end of all rosters."""
    room = 2 * school.roster_room + _LEAST_ROOM
    start = new_roster(w, room)
    for place in range(school.roster_size):
        w.rosters[start + place] = w.rosters[school.roster_from + place]
    school.roster_from = start
    school.roster_room = room


def add(w: Any, school: Any, index: int) -> None:
    """A pupil joins the school."""
    pupil = w.pupils[index]
    if school.roster_size == school.roster_room:
        _widen_roster(w, school)
    pupil.school = school.index
    pupil.place = school.roster_size
    w.rosters[school.roster_from + school.roster_size] = index
    school.roster_size += 1
    _count_stage(school, pupil.stage, 1)


def remove(w: Any, school: Any, pupil: Any) -> None:
    """A pupil leaves the school; nothing more happens to that pupil here."""
    w.rosters[school.roster_from + pupil.place] = -1
    school.n_gone += 1
    pupil.school = -1
    pupil.place = school.council  # to which the records will be given back
    _count_stage(school, pupil.stage, -1)


def close_ranks(w: Any, school: Any) -> None:
    """Take those who have left off the roster; the others keep their order."""
    if school.n_gone == 0:
        return
    kept = 0
    for place in range(school.roster_size):
        index = w.rosters[school.roster_from + place]
        if index >= 0:
            w.rosters[school.roster_from + kept] = index
            w.pupils[index].place = kept
            kept += 1
    school.roster_size = kept
    school.n_gone = 0


# -- clocks of pathways -----------------------------------------------------------------------------------------------


def reading(w: Any, school: Any, path: int, phase: int) -> float:
    """Present reading of a pathway's clock. [cumulative hazard]."""
    which = path * 2 + phase
    return clock_reading(school.clock[which], school.increment[which], w.term_start, TERM_MINUTES, w.now)


def schedule_crossing(w: Any, school: Any, index: int, pupil: Any, path: int) -> None:
    """Let the event of a pathway happen this term, when the clock reaches the pupil's target."""
    target = pupil.targets[SLOT_OF_PATH[path]]
    which = path * 2 + phase_of(pupil)
    minute = crossing_minute(target, school.clock[which], school.increment[which], w.term_start, TERM_MINUTES)
    council = w.councils[school.council]
    what = (Happening.PATH, index, pupil.school << PATH_BITS | path, target)
    schedule(w, council, max(minute, w.now), EVENT_OF_PATH[path], pupil.key, what)


def aim(w: Any, school: Any, index: int, path: int, target: float) -> None:
    """Set a pupil's next event on a pathway; let it happen this term if the clock will reach it."""
    pupil = w.pupils[index]
    pupil.targets[SLOT_OF_PATH[path]] = target
    which = path * 2 + phase_of(pupil)
    if target != NEVER and target <= school.clock[which] + school.increment[which]:
        schedule_crossing(w, school, index, pupil, path)


def aim_next(w: Any, school: Any, index: int, path: int, from_reading: float) -> None:
    """The next event of a pathway, from a new draw."""
    history = w.histories[index]
    number = history.counts[COUNTER_OF_PATH[path]]
    threshold = exponential_threshold(draw(w, STREAM_OF_PATH[path], w.pupils[index].key, number))
    frail = history.frailty if IS_FRAIL[path] else 1.0
    aim(w, school, index, path, clock_target(from_reading, threshold, frail))


def begin(w: Any, school: Any, index: int) -> None:
    """The pathways of a pupil's stage begin, or go on where they were paused."""
    pupil, history = w.pupils[index], w.histories[index]
    phase = phase_of(pupil)
    for slot in range(N_SLOTS):
        path = path_in(pupil.stage, slot)
        if path < 0 or (path == Path.REQUEST_POINT and pupil.request_open != 0):
            continue
        now = reading(w, school, path, phase)
        left = history.left[COUNTER_OF_PATH[path]]
        if left >= 0.0:
            history.left[COUNTER_OF_PATH[path]] = -1.0
            aim(w, school, index, path, now + left)
        else:
            aim_next(w, school, index, path, now)


def _pause(w: Any, school: Any, index: int) -> None:
    """The pupil is no longer at risk here: what is left of each threshold is kept for when the risk goes on."""
    pupil, history = w.pupils[index], w.histories[index]
    phase = phase_of(pupil)
    for slot in range(N_SLOTS):
        target = pupil.targets[slot]
        if target != NEVER:
            path = path_in(pupil.stage, slot)
            history.left[COUNTER_OF_PATH[path]] = hazard_left(target, reading(w, school, path, phase))
            pupil.targets[slot] = NEVER


def carry_clocks(w: Any, index: int, old: Any, new: Any, old_phase: int) -> None:
    """What is left until each next event is carried over to the clocks of another school or phase."""
    pupil = w.pupils[index]
    phase = phase_of(pupil)
    for slot in range(N_SLOTS):
        target = pupil.targets[slot]
        if target != NEVER:
            path = path_in(pupil.stage, slot)
            left = hazard_left(target, old.clock[path * 2 + old_phase])
            aim(w, new, index, path, new.clock[path * 2 + phase] + left)


def change_stage(w: Any, school: Any, index: int, stage: int) -> None:
    """Move a pupil to another stage; its pathways begin, those of the old stage end."""
    pupil = w.pupils[index]
    _count_stage(school, pupil.stage, -1)
    _count_stage(school, stage, 1)
    _pause(w, school, index)
    pupil.stage = stage
    begin(w, school, index)


def unlink_waiting(w: Any, council: Any, index: int) -> None:
    """Take a node out of the chain of those who wait for special places."""
    node = w.nodes[index]
    if node.child >= 0:
        w.nodes[node.child].link = node.link
    else:
        council.wait_head = node.link
    if node.link >= 0:
        w.nodes[node.link].child = node.child
    else:
        council.wait_tail = node.child
    give(w, w.nodes, Pool.NODES, index)


def recognise(w: Any, school: Any, index: int) -> None:
    """A pupil who was noticed is put on SEN Support: what happens to the pupil goes on as before."""
    pupil = w.pupils[index]
    _count_stage(school, pupil.stage, -1)
    _count_stage(school, Stage.SEN_SUPPORT, 1)
    pupil.stage = Stage.SEN_SUPPORT


def leave_school(w: Any, school: Any, index: int) -> None:
    """The pupil is no longer one whom this school's SENCO works for; waiting cases fall away."""
    pupil, history = w.pupils[index], w.histories[index]
    while history.first_case >= 0:
        drop_case(w, school, history.first_case)
    if history.unfiled >= 0:  # a request that is still to be made falls away
        give(w, w.requests, Pool.REQUESTS, history.unfiled)
        history.unfiled = -1
        pupil.request_open = 0
    pupil.waiting_special = 0
    if history.waiting_node >= 0:
        unlink_waiting(w, w.councils[school.council], history.waiting_node)
        history.waiting_node = -1
    _pause(w, school, index)
    remove(w, school, pupil)
    keep_record(w, Event.PUPIL_LEFT_SCHOOL, school.id, pupil.key, pupil.stage)


def drop_case(w: Any, school: Any, which: int) -> None:
    """A case that waits here falls away."""
    case = w.cases[which]
    close_case(w, school, case)
    fall_away(w, school, case)
    let_go_of_case(w, which)
