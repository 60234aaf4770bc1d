"""What the state of a run holds: records by their fields, and the world that leads to them all.

One definition makes both forms: numpy records for compiled code, and plain objects for Python. Links between records
are positions in their arrays; -1 is nobody.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any

import numpy as np

from sencosim.arms.inputs import ASKED_FLAGS, ASKED_NUMBERS, N_OUTCOMES
from sencosim.units import N_YEAR_GROUPS, TERMS_PER_YEAR
from sencosim.vocabulary import N_COUNTERS, N_PATHS, N_SLOTS, PLACE_COUNTER, Activity, WholeSchool

N_ACTIVITIES = len(Activity)
N_WHOLE_SCHOOL = len(WholeSchool)
N_USES = 5
"""Uses of a paid hour that are work, in the order of ``facts.PAID``."""
CHUNK_SIZE = 14


class Pool(IntEnum):
    """Arrays whose records are taken and given back. The value is the place of a council's chain of free ones."""

    PUPILS = 0
    CASES = 1
    NODES = 2
    EVENTS = 3
    CHUNKS = 4
    REQUESTS = 5
    DISPUTES = 6


@dataclass(frozen=True)
class Field:
    """One field of a record: its name, numpy's kind, its unit, and its length if it is a row."""

    name: str
    kind: str
    unit: str
    length: int = 0


def fields(kind: str, names: str, unit: str = "", length: int = 0) -> list[Field]:
    """Fields of one kind and unit."""
    return [Field(name, kind, unit, length) for name in names.split()]


@dataclass(frozen=True)
class Record:
    """A kind of record: numpy's layout and Python's class of the same fields."""

    name: str
    fields: tuple[Field, ...]
    layout: np.dtype[Any]
    plain: type[Any]


def record(name: str, *groups: list[Field]) -> Record:
    """A kind of record with these fields, in this order."""
    found = tuple(one for group in groups for one in group)
    layout = np.dtype([(f.name, f.kind, (f.length,)) if f.length else (f.name, f.kind) for f in found], align=True)
    return Record(name, found, layout, _plain(name, found))


def _plain(name: str, found: tuple[Field, ...]) -> type[Any]:
    zeros = [(f.name, 0.0 if f.kind.startswith("f") else 0, f.length) for f in found]

    def begin(self: Any) -> None:
        for field_name, zero, length in zeros:
            setattr(self, field_name, [zero] * length if length else zero)

    def get(self: Any, field_name: str) -> Any:
        return getattr(self, field_name)

    def put(self: Any, field_name: str, value: Any) -> None:
        setattr(self, field_name, value)

    body = {"__slots__": [f.name for f in found], "__init__": begin, "__getitem__": get, "__setitem__": put}
    return type(name.capitalize(), (), body)


PUPIL = record(
    "pupil",
    fields("i8", "key", "number"),
    fields("f8", "targets", "cumulative hazard", N_SLOTS),
    fields("i4", "school place", "position"),
    fields("i1", "stage year_group review_term", "code"),
    fields("i1", "request_open waiting_special excluded placed", "flag"),
)
"""What is read of every pupil in every term: 64 bytes, one line of the processor's cache. ``place`` is the position in
the school's roster. Completed review cycles are in an array of their own."""

HISTORY = record(
    "history",
    fields("f8", "frailty", "ratio"),
    fields("i2", "counts", "events", N_COUNTERS),
    fields("i4", "first_case waiting_node", "position"),
    fields("i4", "noticed_at", "minutes"),
    fields("i4", "mover_after unfiled", "position"),
    fields("i2", "request_number decided", "requests"),
    fields("i1", "ever_excluded marked support_plan", "flag"),
    fields("f8", "left", "cumulative hazard", PLACE_COUNTER),
    fields("i4", "link", "position"),
    fields("i1", "spare", "", 8),
)
"""The rest of a pupil, at the same position: read when something happens; what is read most, in the first line of the
processor's cache."""

CASE = record(
    "case",
    fields("f8", "hours", "standard hours"),
    fields("f8", "tie", "ratio"),
    fields("i4", "pupil", "position"),
    fields("i4", "hours_minutes entered due", "minutes"),
    fields("i4", "number", "count"),
    fields("i4", "after before behind ahead link", "position"),
    fields("i1", "activity open unstarted holders", "code"),
)
"""A case: 64 bytes. ``after`` and ``before`` link the cases of a pupil, ``behind`` and ``ahead`` those of an activity,
in the order of due date, tie and key. ``unstarted``: a crisis on which the SENCO has not begun. ``holders``: queue or
desk, and an event."""

NODE = record(
    "node",
    fields("i8", "order", "number"),
    fields("f8", "rank weight", "ratio"),
    fields("i4", "when", "minutes"),
    fields("i4", "child link thing", "position"),
)
"""An entry of a waiting list: a pairing heap by ``when``, ``rank``, ``order``; or a chain by ``link`` and ``child``."""

EVENT = record(
    "event",
    fields("i8", "rank order", "number"),
    fields("f8", "target", "cumulative hazard"),
    fields("i4", "when", "minutes"),
    fields("i4", "child link", "position"),
    fields("i4", "kind first second", "code"),
)
"""An entry of a calendar: a pairing heap by minute, key, and order of making."""

CHUNK = record("chunk", fields("i4", "events", "position", CHUNK_SIZE), fields("i4", "n link", "position"))
"""Some of the events of a week, in no order."""

DUE = record("due", fields("i4", "senco team", "moment"))
"""When SENCO and team of a school next have something to do: twice the minute, plus one if it is a choice."""

REQUEST = record(
    "request",
    fields("i8", "pupil link", "position"),
    fields("i8", "key", "number"),
    fields("i8", "number route family", "code"),
    fields("f8", "few_cycles", "share"),
    fields("i8", "began received", "minutes"),
    fields("i8", "cell school_id", "number"),
    fields("i8", "units held", "cases"),
    fields("i8", "filing", "position"),
)
"""A request, of a mainstream pupil (``pupil`` >= 0) or not."""

FILING = record(
    "filing",
    fields("i8", "key", "number"),
    fields("i4", "wait", "minutes"),
    fields("i1", "family by_family given_up few_cycles", "flag"),
)
"""What became of a request of a mainstream pupil in the no-policy arm: minutes from its point to when it was filed or
given up, -1 if it was neither; 16 bytes."""

REFERENCE = record(
    "reference",
    fields("f8", "support_hours list_hours sen_hours sen_hours_now", "hours a term"),
    fields("f8", "need_pupils sen", "pupils"),
    fields("f8", "waits", "share"),
)
"""What a school was in the no-policy arm at the start of a term: every policy arm of the world reads it."""

DISPUTE = record(
    "dispute",
    fields("i8", "pupil link request council", "position"),
    fields("i8", "kind number cell school_id key", "number"),
    fields("i8", "registered", "minutes"),
    fields("i8", "units held conceded", "cases"),
    fields("f8", "weight", "ratio"),
    fields("f8", "weeks", "weeks"),
)

REVIEW = record("review", fields("f8", "hours", "standard hours"), fields("i4", "pupil", "position"))

COHORT = record("cohort", fields("i8", "number known", "count"), fields("f8", "clock target", "cumulative hazard"))

SCHOOL = record(
    "school",
    fields("i8", "id", "number"),
    fields("i8", "minutes", "minutes of casework waiting"),
    fields("f8", "support_done work_done", "standard hours"),
    fields("f8", "relief", "share"),
    fields("i4", "index cell", "position"),
    fields("i4", "reviews_from reviews_to", "position"),
    fields("i4", "rations", "flag"),
    fields("i4", "heads tails", "position", N_ACTIVITIES),
    fields("i4", "busy", "minutes", N_USES),
    fields("i4", "picks dated dated_late", "count"),
    fields("f8", "day_pace", "standard hours a week"),
    fields("f8", "reviews_left team_allowance", "standard hours"),
    fields("f8", "pool", "standard hours", N_WHOLE_SCHOOL),
    fields("i4", "council roster_from roster_size roster_room n_gone", "position"),
    fields("i4", "n_support n_plan n_noticed", "pupils"),
    fields("i4", "abroad has_primary has_secondary baseline_seat has_seat filled", "flag"),
    fields("i4", "occupant tenure_terms vacant_terms n_waiting sharing absent", "count"),
    fields("f8", "weight culture notice_multiplier plan_multiplier", "ratio"),
    fields("f8", "list_due review_hours", "standard hours"),
    fields("f8", "support_hours list_hours sen_hours sen_hours_now", "hours a term"),
    fields("f8", "need_pupils base_sen", "pupils"),
    fields("f8", "doublings", "doublings"),
    fields("f8", "release waiting_ratio relative_support", "ratio"),
    fields("f8", "base_hours baseline_hours", "hours a week"),
    fields("f8", "hours_drift need_drift", "hours a week per year"),
    fields("f8", "first_year_loss", "share"),
    fields("f8", "year_need year_used", "hours"),
    fields("i8", "arriving", "minutes"),
    fields("i8", "arrivals", "minutes", TERMS_PER_YEAR),
    fields("f8", "ceiling baseline_team training supervision travel", "hours a week"),
    fields("f8", "paperwork", "ratio"),
    fields("f8", "study kept added removed used used_full overtime", "hours a week"),
    fields("f8", "leaving_clock leaving_threshold", "cumulative hazard"),
    fields("f8", "work_due", "standard hours"),
    fields("f8", "strained", "ratio"),
    fields("i8", "roll", "pupils", N_YEAR_GROUPS),
    fields("f8", "clock", "cumulative hazard", 2 * N_PATHS),
    fields("f8", "increment", "cumulative hazard", 2 * N_PATHS),
    fields("f8", "multiplier", "ratio", N_OUTCOMES),
    fields("f8", "suspension_level exclusion_level", "ratio"),
)
"""A school; first what the SENCO's and the team's work reads and writes, so that it shares few lines of the cache.
``abroad``: the work in hand is about a pupil who has since moved to another school."""

WORKER = record(
    "worker",
    fields("f8", "pace speed", "standard hours a week"),
    fields("f8", "hours left whole", "standard hours"),
    fields("i4", "since busy", "minutes"),
    fields("i4", "work thing number", "code"),
    fields("i4", "bell", "flag"),
)
"""A SENCO or a team, two a school: the work in hand, its standard hours, what is left of them of the ``whole``, and how
fast it goes; since when it is being done, and a team's time at work in the term. ``thing`` is a case, an activity, or
the first of ``number`` reviews. ``bell``: waits for work to arrive. 64 bytes, one line of the processor's cache."""

COUNCIL = record(
    "council",
    fields("i8", "index id cell calendar agenda wait_head wait_tail ap_head ap_tail", "position"),
    fields("i8", "schools_from schools_to", "position"),
    fields("i8", "n_abroad", "schools"),
    fields("f8", "weight", "ratio"),
    fields("f8", "refusal_log_odds", "log odds"),
    fields("f8", "late_decision_share", "share"),
    fields("f8", "requests_per_week", "requests a week"),
    fields("f8", "waiting_weeks", "weeks"),
    fields("f8", "post16 decisions_this_term appeals_open", "cases"),
    fields("f8", "followed", "ratio"),
    fields("f8", "capacity", "places"),
    fields("f8", "own_ep_hours own_officer_hours", "hours a week"),
    fields("f8", "agreed_share", "share"),
    fields("f8", "request_multiplier appeal_level late_advice_level", "ratio"),
    fields("f8", "state over independent resourced", "pupils", N_YEAR_GROUPS),
    fields("i8", "home_educated", "parts of a pupil", N_YEAR_GROUPS),
)
"""A council; the last one is the tribunal's calendar."""

STATION = record("station", fields("i8", "slots in_hand units_waiting head choosing entity", "cases"))

TRACED = record("traced", fields("i8", "minute code school pupil detail", "number"))
"""An event of the trace."""

POOLED = {
    "pupils": PUPIL,
    "cases": CASE,
    "nodes": NODE,
    "events": EVENT,
    "chunks": CHUNK,
    "requests": REQUEST,
    "disputes": DISPUTE,
}
"""Arrays that grow, in the order of :class:`Pool`."""

RECORDS = {
    **POOLED,
    "histories": HISTORY,
    "reviews": REVIEW,
    "other_reviews": REVIEW,
    "cohorts": COHORT,
    "schools": SCHOOL,
    "workers": WORKER,
    "councils": COUNCIL,
    "stations": STATION,
    "due": DUE,
    "traced": TRACED,
    "filings": FILING,
    "reference": REFERENCE,
}
NUMBERS = {
    "f8": " ".join(("tables review_hours taking_weight levels hours_kept", *ASKED_NUMBERS)),
    "i8": "sorting sorted stock buckets council_schools taking_from taking supply_order traced_ids page_cell page_group"
    " tally groups pages absent free used room cluster_from cluster_schools cluster_low " + " ".join(ASKED_FLAGS),
    "i4": "rosters counting gathered",
    "i1": "cycles",
}
"""Arrays of plain numbers, by numpy's kind."""
ITEMS: dict[str, Any] = {name: one.layout for name, one in RECORDS.items()} | {
    name: np.dtype(kind) for kind, names in NUMBERS.items() for name in names.split()
}
"""Every array that the world leads to, with numpy's type of its items."""

_OF_THE_RUN = (
    fields("i8", " ".join(ITEMS), "address"),
    fields("i8", "seed replication term year", "number"),
    fields("i8", "now window window_start window_end term_start term_end next_term_start notice", "minutes"),
    fields("i8", "limit_minute stop_minute", "minutes"),
    fields("i8", "limit_key stop_key order opened here strict need", "number"),
    fields("i8", "n_schools n_councils n_segments n_quantities n_years n_weeks n_cohorts n_reviews n_pages", "count"),
    fields("i8", "start_year copies table_points touched", "number"),
    fields("i8", "room_reviews room_sorting wanted_sorting rosters_used rosters_room widest_roster", "records"),
    fields("i8", "n_clusters reviews_before_end", "count"),
    fields("f8", "review_support_ratio", "ratio"),
    fields("i8", "is_reference", "flag"),
    fields("i8", "n_filings room_filings", "records"),
    fields("i8", "base_year_index", "years"),
    fields("f8", "trend_years", "years"),
    fields("f8", "place_growth", "share a year"),
    fields("i8", "tracing trace_all", "flag"),
    fields("i8", "few_trace n_traced room_traced", "records"),
    fields("f8", "request_level capacity_growth tribunal_level reception_plan_level absence_level", "ratio"),
    fields("f8", "mean_case_share delegable_limit late_advice_share supply_taken policy_used_share", "share"),
    fields("f8", "officer_hours_per_plan", "hours"),
    fields("f8", "advice_weeks drafting_weeks tribunal_weeks", "weeks"),
    fields("f8", "term_rates", "cumulative hazard", 2 * N_PATHS),
    fields("f8", "notice_rates", "pupils", N_YEAR_GROUPS),
    fields("f8", "roll_level queue_release support_doublings", "ratio", 2),
    fields("f8", "slt_share", "share", 2),
    fields("f8", "delegable_share", "share", N_ACTIVITIES),
    fields("f8", "due_weeks exit_weeks", "weeks", N_ACTIVITIES),
    fields("f8", "refusal_shift", "log odds"),
    fields("f8", "outside_ratio", "ratio"),
    fields("f8", "plan_transition_share placement_orders key_stage_reviews", "share"),
    fields("f8", "whole_school_share", "share", N_WHOLE_SCHOOL),
    fields("i8", "scheduler", "of Python only"),
)


def _parameters() -> tuple[str, ...]:
    """Whatever the text of the mechanisms reads as ``w.name`` and the run does not hold otherwise."""
    held = {field.name for group in _OF_THE_RUN for field in group}
    found: set[str] = set()
    for path in sorted(Path(__file__).parent.glob("mechanisms/*.py")):
        nodes = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Attribute)]
        found |= {node.attr for node in nodes if isinstance(node.value, ast.Name) and node.value.id == "w"}
    return tuple(sorted(found - held))


PARAMETERS = _parameters()
"""Scalar parameters of the register that mechanisms read, each under its own name."""

WORLD = record("world", *_OF_THE_RUN, fields("f8", " ".join(PARAMETERS), "of the parameter"))
"""The world: addresses, the clock, rates of the term, parameters."""
