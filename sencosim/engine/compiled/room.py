"""Records taken from their pools and given back, and whether there is room for more.

Each council has its own chains of free records, made of blocks: what one council uses lies close together in memory,
and a week of its work stays in the processor's cache.
"""

from __future__ import annotations

from typing import Any

from sencosim.engine.mechanisms.facts import CHOICE
from sencosim.engine.mechanisms.order import Step
from sencosim.engine.mechanisms.year import stock_of
from sencosim.engine.records import Pool
from sencosim.rules.hazards import noticing_hazard
from sencosim.rules.requests import share_of_requests
from sencosim.units import N_YEAR_GROUPS
from sencosim.vocabulary import Stage, Worker

BLOCK = 64
"""Records that a council takes at a time."""
ROOM = 64
"""Free records of every kind that one event can never use up."""
IN_USE = -2
"""Link of a record that is taken and stands in no list."""
N_POOLS = len(Pool)


def take(w: Any, items: Any, pool: int) -> int:
    """Position of an unused record."""
    chain = w.here * N_POOLS + pool
    if w.free[chain] < 0:
        for index in range(w.used[pool] + BLOCK - 1, w.used[pool] - 1, -1):
            items[index].link = w.free[chain]
            w.free[chain] = index
        w.used[pool] += BLOCK
    found = w.free[chain]
    w.free[chain] = items[found].link
    items[found].link = IN_USE
    return found


def give(w: Any, items: Any, pool: int, index: int) -> None:
    """Give a record back."""
    chain = w.here * N_POOLS + pool
    items[index].link = w.free[chain]
    w.free[chain] = index


def ring(w: Any, at_school: int, who: int) -> None:
    """A SENCO or team who has nothing to do chooses in this minute."""
    if who == Worker.TEAM:
        w.due[at_school].team = w.now << 1 | CHOICE
    else:
        w.due[at_school].senco = w.now << 1 | CHOICE


def new_roster(w: Any, room: int) -> int:
    """Where a list of so many pupils begins: at the end of all rosters."""
    start = w.rosters_used
    w.rosters_used += room
    w.widest_roster = max(w.widest_roster, room)
    return start


def new_filing(w: Any) -> int:
    """Position of a new filing of the no-policy arm: there is room, it was made before."""
    w.n_filings += 1
    return w.n_filings - 1


def need_reviews(w: Any, number: int, pupils: int) -> None:
    """There is room: it was made before the step."""


def sort(w: Any, size: int) -> None:
    """Put the sorting list in order. Ties are spread evenly, so each finds nearly its place at once."""
    for i in range(size + 1):
        w.counting[i] = 0
    for i in range(size):
        w.counting[_bucket(w.sorting[i], size) + 1] += 1
    for i in range(size):
        w.counting[i + 1] += w.counting[i]
    for i in range(size):
        number = w.sorting[i]
        bucket = _bucket(number, size)
        w.sorted[w.counting[bucket]] = number
        w.counting[bucket] += 1
    for start in range(1, size):
        number, at = w.sorted[start], start
        while at > 0 and w.sorted[at - 1] > number:
            w.sorted[at] = w.sorted[at - 1]
            at -= 1
        w.sorted[at] = number


def _bucket(number: int, size: int) -> int:
    return ((number >> 32) * size) >> 31


def note(w: Any, code: int, school: int, pupil: int, detail: int) -> None:
    """Keep an event in the trace."""
    event = w.traced[w.n_traced]
    w.n_traced += 1
    event.minute = w.now
    event.code = code
    event.school = school
    event.pupil = pupil
    event.detail = detail


def has_room(w: Any, need: int) -> bool:
    """Whether every pool has room for so many records more."""
    w.need = need
    if w.tracing != 0 and w.n_traced + 4 * need > w.room_traced:
        return False
    if w.rosters_used + 2 * w.widest_roster + 8 * need + 64 > w.rosters_room:
        return False
    if w.is_reference != 0 and w.n_filings + need > w.room_filings:
        return False
    for pool in range(N_POOLS):
        if w.used[pool] + need + BLOCK > w.room[pool]:
            return False
    return True


def room_for_step(w: Any, step: int, at: int) -> bool:
    """Whether there is room for what a step of the term may bring about in one school or council."""
    if step == Step.OPEN_TERM:
        return _room_for_term(w, w.schools[at])
    if step == Step.ADMIT_STOCK:
        admitted = 0
        for stage in (Stage.SEN_SUPPORT, Stage.EHC_PLAN):
            for year_group in range(N_YEAR_GROUPS):
                admitted += stock_of(w, at, stage, year_group)
        return has_room(w, ROOM + admitted)
    if step in (Step.CLOSE_TERM, Step.CLOSE_OVERDUE):
        return has_room(w, ROOM + w.schools[at].n_noticed)
    if step == Step.BEGIN_YEAR:
        return has_room(w, ROOM + _movers(w, w.councils[at]))
    if step == Step.BEGIN_COUNCILS:
        council = w.councils[at]
        weeks = council.waiting_weeks + w.advice_weeks + w.drafting_weeks
        agreed = share_of_requests(council.requests_per_week, council.agreed_share, w.request_level)
        return has_room(w, ROOM + int(agreed * weeks))
    return has_room(w, ROOM)


def _movers(w: Any, council: Any) -> int:
    """Records that pupils of a council may need who move up and on, or enter Reception."""
    total = 0
    for position in range(council.schools_from, council.schools_to):
        school = w.schools[w.council_schools[position]]
        total += (2 * _pupils(school) + school.roll[0]) * w.copies
    return total


def _pupils(school: Any) -> int:
    """Pupils of noticed or recognised need."""
    return school.n_support + school.n_plan + school.n_noticed


def _room_for_term(w: Any, school: Any) -> bool:
    expected = 0.0
    for group in range(N_YEAR_GROUPS):
        expected += noticing_hazard(school.roll[group], w.notice_rates[group], school.notice_multiplier)
    plans = int(w.volume_consultation_per_plan_pupil * school.n_plan) + school.n_plan
    need = 6 * _pupils(school) + int(4.0 * expected) + plans + 4 * ROOM
    senco, team = w.workers[2 * school.index + Worker.SENCO], w.workers[2 * school.index + Worker.TEAM]
    sittings = senco.number + team.number
    if w.n_reviews + school.n_support + sittings + ROOM > w.room_reviews or school.roster_size > w.room_sorting:
        w.need = need
        return False
    return has_room(w, need)


# -- 1 September: records of pupils who have left, and to whom nothing refers any more, are free for others ------------
#
# Memory then follows the pupils of the day and not all who ever were. Events that still carry a freed position are
# harmless: they carry the pupil's key too, and keys are never used twice.


def _mark(w: Any, index: int) -> None:
    if index >= 0:
        w.histories[index].marked = 1


def _mark_chain(w: Any, node: int) -> None:
    while node >= 0:
        _mark(w, w.nodes[node].thing)
        node = w.nodes[node].link


def _mark_all(w: Any) -> None:
    _mark_those_of(w, w.cases, Pool.CASES)
    _mark_those_of(w, w.requests, Pool.REQUESTS)
    _mark_those_of(w, w.disputes, Pool.DISPUTES)
    for which in range(w.n_councils):
        _mark_chain(w, w.councils[which].ap_head)
        _mark_chain(w, w.councils[which].wait_head)


def _mark_those_of(w: Any, items: Any, pool: int) -> None:
    for which in range(w.used[pool]):
        if items[which].link == IN_USE:
            _mark(w, items[which].pupil)


def recycle(w: Any) -> None:
    """Free the records of pupils who have left for good: mark whom anything refers to, then sweep."""
    _mark_all(w)
    for index in range(w.used[Pool.PUPILS]):
        pupil, history = w.pupils[index], w.histories[index]
        if pupil.key > 0 and pupil.school < 0 and history.marked == 0:  # key 0: nobody was ever here, or no longer is
            w.here = pupil.place
            pupil.key = 0
            give(w, w.histories, Pool.PUPILS, index)
    for index in range(w.used[Pool.PUPILS]):
        w.histories[index].marked = 0
