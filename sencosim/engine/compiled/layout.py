"""What the records hold. Links between records are positions in their arrays; -1 is nobody."""

from __future__ import annotations

from typing import Any

import numpy as np

from sencosim.engine.compiled.memory import accessor
from sencosim.engine.inputs import N_OUTCOMES
from sencosim.ledger.quantities import CASE_ACTIVITIES, WHOLE_SCHOOL_ACTIVITIES
from sencosim.units import N_YEAR_GROUPS

N_PATHS = 10
N_COUNTERS = 8
N_ACTIVITIES = len(CASE_ACTIVITIES)
N_WHOLE_SCHOOL = len(WHOLE_SCHOOL_ACTIVITIES)


def _layout(whole: str, real: str = "", *arrays: tuple[Any, ...]) -> np.dtype[Any]:
    fields: list[Any] = [(name, "i8") for name in whole.split()]
    fields += [(name, "f8") for name in real.split()]
    fields += arrays
    return np.dtype(fields, align=True)


def _short(names: str, kind: str = "i4") -> list[tuple[str, str]]:
    return [(name, kind) for name in names.split()]


PUPIL = _layout(
    "key",
    "",
    ("targets", "f8", (5,)),
    *_short("school place"),
    *_short("stage year_group review_term request_open waiting_special excluded placed", "i1"),
)
"""What is read of every pupil in every term: 64 bytes, one line of the processor's cache. ``targets`` as in the model;
``place`` is the position in the school's roster. Completed review cycles are in an array of their own."""

HISTORY = _layout(
    "",
    "frailty",
    ("counts", "i2", (N_COUNTERS,)),
    *_short("first_case waiting_node noticed_at mover_after"),
    ("request_number", "i2"),
    *_short("ever_excluded marked support_plan", "i1"),
    ("left", "f8", (7,)),
    ("spare", "i1", (23,)),
)
"""The rest of a pupil, at the same position: read when something happens; what is read most, in the first line of the
processor's cache. ``left`` as in the model."""

CASE = _layout(
    "",
    "hours tie",
    *_short("pupil hours_minutes entered number request after before behind ahead"),
    *_short("activity open undecided holders queue", "i1"),
)
"""A case: 64 bytes. ``after`` and ``before`` link the cases of a pupil, ``behind`` and ``ahead`` those of a ``queue``,
which is in order of entry, tie and key. ``undecided``: a crisis whose exclusion is still to be decided. ``holders``:
queue or desk, and an event."""

NODE = _layout("key", "tie weight", *_short("date child sibling thing"))
"""An entry of a waiting list: a pairing heap by date, tie, key; or a chain."""

EVENT = _layout("key order", "target", *_short("minute child sibling kind first second"))
"""An entry of a calendar."""

CHUNK_SIZE = 14
CHUNK = _layout("", "", ("events", "i4", (CHUNK_SIZE,)), *_short("n next"))
"""Some of the events of a week, in no order."""

DUE = _layout("", "", ("senco", "i4"), ("team", "i4"))
"""When SENCO and team of a school next have something to do: twice the minute, plus one if it is a choice."""

REQUEST = _layout("pupil key number route family began received few_cycles cell school_id units held council")
"""A request, of a mainstream pupil (``pupil`` >= 0) or not."""

DISPUTE = _layout("pupil kind number cell request registered school_id council key units held conceded", "weight weeks")

REVIEW = _layout("", "hours", ("pupil", "i4"))

COHORT = _layout("number known", "clock target")

SCHOOL = _layout(
    "id minutes",
    "pace left work_hours team_left team_work_hours preventive_done work_done relief team_hours",
    *_short("cell since team_since busy team_busy work work_thing work_count team_work team_thing team_count"),
    *_short("reviews_from reviews_to bell team_bell rations"),
    ("heads", "i4", (8,)),
    ("tails", "i4", (8,)),
    ("pool", "f8", (N_WHOLE_SCHOOL,)),
    *_short("council roster_from roster_size roster_room n_gone n_support n_plan n_noticed abroad"),
    *_short(
        "has_primary has_secondary baseline_seat has_seat filled occupant tenure_terms vacant_terms n_waiting"
        " sharing absent"
    ),
    *_short("weight culture notice_multiplier plan_multiplier coverage preventive_due review_hours ceiling", "f8"),
    *_short("baseline_team training supervision travel paperwork", "f8"),
    *_short("study kept added removed used used_full overtime leaving_clock leaving_threshold work_due strained", "f8"),
    ("roll", "i8", (N_YEAR_GROUPS,)),
    ("clock", "f8", (2 * N_PATHS,)),
    ("increment", "f8", (2 * N_PATHS,)),
    ("multiplier", "f8", (2 * N_OUTCOMES,)),
    *_short("suspension_level exclusion_level", "f8"),
)
"""A school; first what the SENCO's and the team's work reads and writes, so that it shares few lines of the cache.
``abroad``: the work in hand is about a pupil who has since moved to another school."""

COUNCIL = _layout(
    "index id cell calendar agenda wait_head wait_tail ap_head ap_tail schools_from schools_to n_abroad",
    "weight refusal_log_odds late_decision_share requests_per_week waiting_weeks post16 decisions_this_term"
    " appeals_open followed capacity own_ep_hours own_officer_hours agreed_share request_multiplier"
    " appeal_level late_advice_level capacity_level",
    *((name, "f8", (N_YEAR_GROUPS,)) for name in ("state", "over", "independent", "resourced")),
    ("home_educated", "i8", (N_YEAR_GROUPS,)),
    *_short("pupils_free cases_free nodes_free events_free chunks_free requests_free disputes_free", "i8"),
)

STATION = _layout("slots in_hand units_waiting head choosing entity")

TALLY = _layout("n", "")
NUMBER = _layout("", "x")
INDEX = _layout("i", "")
SMALL = _layout("", "", ("i", "i1"))
SPOT = _layout("", "", ("i", "i4"))
RECORD = _layout("minute code school pupil detail", "")
"""An event of the trace."""

POOLS = {
    "pupils": PUPIL,
    "cases": CASE,
    "nodes": NODE,
    "events": EVENT,
    "chunks": CHUNK,
    "requests": REQUEST,
    "disputes": DISPUTE,
}
"""Arrays that grow; see :mod:`sencosim.engine.compiled.pools`."""

WORLD_WHOLE = (
    "seed replication term year now order window_end n_schools n_councils n_segments n_quantities n_years"
    " n_weeks term_start term_end next_term_start start_year notice need few_trace trace_all traced_ids"
    " n_trace room_trace tracing table_points n_cohorts n_reviews room_reviews copies limit_minute"
    " limit_key strict widest_roster review_hours window rosters rosters_used rosters_room sorting sorted"
    " counting room_sorting gathered wanted_sorting touched opened window_start due histories cycles stock"
    " stop_minute stop_key here pupils cases nodes events chunks requests disputes reviews other_reviews"
    " cohorts schools councils stations tally records tables buckets council_schools taking_from taking"
    " taking_weight levels hours floor comes_down seat admin supply_order team_added supervision_hours"
    " first_year_hours leaving_ratio first_year_loss_ratio award_terms cascade_hours paperwork_ratio request_ratio"
    " support_plans shared_hours absent psychologist_ratio officer_ratio places_added appeals_added"
    " n_pages pages page_cell page_group groups allowance key_worker_hours"
)
for _pool in POOLS:
    WORLD_WHOLE += f" {_pool}_used {_pool}_room"


PARAMETERS = (
    "absence_rate_ehc_plan",
    "absence_rate_sen_support",
    "admin_delegable_cap",
    "admin_hours_freed",
    "ap_stay_years",
    "appeal_contents_special_share",
    "appeal_share_contents",
    "appeal_share_refusal_to_assess",
    "appeal_share_refusal_to_issue",
    "appeal_share_review",
    "assessment_no_plan_share",
    "capacity_follows_demand_share",
    "capacity_margin",
    "capacity_surge",
    "capacity_surge_cap",
    "coverage_smoothing_years",
    "decision_hours",
    "effect_absence_points",
    "effect_slt_seat",
    "ep_hours_per_assessment",
    "exclusion_decision_days",
    "exogenous_appeals_per_request",
    "exogenous_request_share",
    "few_cycles_extra_hours_share",
    "frailty_log_sd",
    "frailty_of_plan_holders",
    "full_time_hours_per_week",
    "identification_lapse_terms",
    "independent_leaving_rate",
    "independent_phase_transfer_return",
    "late_advice_share",
    "leaving_ratio_demand_met",
    "leaving_ratio_slt_seat",
    "mediation_concession_share",
    "mediation_settled_share",
    "mediation_share_other",
    "mediation_share_refusal",
    "mediation_weeks",
    "new_senco_loss",
    "notice_weeks",
    "npq_hours_per_term",
    "npq_terms",
    "overtime_displacement",
    "parental_from_start_share",
    "patience_mean_weeks",
    "placement_resourced_share",
    "placement_severity_slope",
    "placement_special_share_exogenous",
    "placement_special_share_primary",
    "placement_special_share_secondary",
    "post16_leaving_rate",
    "pupils_per_teacher_primary",
    "pupils_per_teacher_secondary",
    "reapply_parental_share",
    "reapply_rate_per_year",
    "reapply_wait_weeks",
    "refusal_exogenous_log_odds",
    "refusal_few_cycles_log_odds",
    "refusal_level_log_odds",
    "refusal_route_causal_share",
    "refusal_severity_slope",
    "refusal_share_parental",
    "refusal_share_school_led",
    "request_withdrawn_share",
    "reintegration_share",
    "renotice_mean_weeks",
    "renotice_share",
    "reception_plan_share",
    "senco_leaving_rate",
    "shared_effectiveness",
    "shared_fixed_duties_saved",
    "shared_travel_hours",
    "special_independent_share",
    "special_over_capacity_share",
    "special_transfer_at_11_share",
    "state_place_growth",
    "state_special_leaving_rate",
    "ta_supervised_share",
    "tas_per_pupil_primary",
    "tas_per_pupil_secondary",
    "task_hours_access_arrangement",
    "task_hours_agency",
    "task_hours_coaching",
    "task_hours_fixed_duties",
    "task_hours_parent_meeting",
    "task_hours_register_upkeep",
    "task_hours_staff_training",
    "task_hours_ta_management",
    "teacher_supply_fte_per_year",
    "tribunal_capacity_per_year",
    "tribunal_concession_share",
    "tribunal_upheld_share",
    "used_share_baseline",
    "vacancy_cover_share",
    "vacancy_mean_terms",
    "vacancy_terms_supply_taken",
    "volume_access_per_sen_pupil_secondary",
    "volume_agency_per_sen_pupil",
    "volume_coaching_per_teacher",
    "volume_consultation_per_plan_pupil",
    "volume_fixed_duties_per_school",
    "volume_parent_meeting_per_sen_pupil",
    "volume_register_per_sen_pupil",
    "volume_training_per_school_year",
    "whole_school_session_hours",
)
"""Scalar parameters that compiled code reads, each under its own name."""

RATES = (
    "request_level capacity_growth tribunal_level mean_case_share delegable_limit officer_hours_per_plan"
    " reception_plan_level advice_weeks drafting_weeks tribunal_weeks supply_taken policy_used_share absence_level"
)
WORLD = _layout(
    WORLD_WHOLE,
    RATES + " " + " ".join(PARAMETERS),
    ("term_rates", "f8", (2 * N_PATHS,)),
    ("notice_rates", "f8", (N_YEAR_GROUPS,)),
    ("roll_level", "f8", (2,)),
    ("timely_exclusion", "f8", (2,)),
    ("late_ratio", "f8", (2,)),
    ("amplification", "f8", (2,)),
    ("mean_log2", "f8", (2,)),
    ("elasticity", "f8", (2 * N_OUTCOMES,)),
    ("normaliser", "f8", (2 * N_OUTCOMES,)),
    ("delegable_share", "f8", (N_ACTIVITIES,)),
    ("whole_school_share", "f8", (N_WHOLE_SCHOOL,)),
)
"""The world: addresses, the clock, rates of the term, parameters."""

world_at = accessor(WORLD)
pupil_at = accessor(PUPIL)
history_at = accessor(HISTORY)
due_at = accessor(DUE)
spot_at = accessor(SPOT)
small_at = accessor(SMALL)
case_at = accessor(CASE)
node_at = accessor(NODE)
event_at = accessor(EVENT)
chunk_at = accessor(CHUNK)
request_at = accessor(REQUEST)
dispute_at = accessor(DISPUTE)
review_at = accessor(REVIEW)
cohort_at = accessor(COHORT)
school_at = accessor(SCHOOL)
council_at = accessor(COUNCIL)
station_at = accessor(STATION)
tally_at = accessor(TALLY)
number_at = accessor(NUMBER)
index_at = accessor(INDEX)
record_at = accessor(RECORD)
