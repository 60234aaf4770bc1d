"""The two schedulers give the same tally and the same events, bit for bit.

Both run one text of the mechanisms: SimPy's calendar calls it over plain objects, and windows over records that numba
compiles. Agreement therefore proves what the schedulers do in two ways: the total order of events, windows and what
may cross them, pools and the recycling of records, the layout of memory, whole numbers that are wide enough, and that
compiled code means what Python reads. It does not prove a formula: a wrong one agrees with itself. Formulas are proved
by the properties of rules (``tests/rules``), the closed forms of queues (``test_station.py``, ``test_limits.py``),
conservation (``test_conservation.py``) and golden traces (``tests/golden``).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from engine.small_worlds import (
    BRACKNELL,
    COMBINED,
    EVERYTHING,
    FULL_TIME,
    HARTLEPOOL,
    NORFOLK,
    Arms,
    england,
    scenario,
    schools_of,
    small_arms,
    without_question,
    without_sencos,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sencosim.arms.inputs import ASKED, Inputs
from sencosim.engine.choose import run_baseline
from sencosim.engine.compiled import run as windows_module
from sencosim.engine.compiled.run import simulate as compiled
from sencosim.engine.outcome import Outcome
from sencosim.engine.pair import Pair, run_pair
from sencosim.engine.simpy.run import simulate as on_simpy
from sencosim.population.sampling import only_councils, sample_schools
from sencosim.scenario.load import load_scenario
from sencosim.scenario.schema import Scenario
from sencosim.units import MINUTES_PER_WEEK, TERMS_PER_YEAR, term_start
from sencosim.vocabulary import Event, Quantity

pytestmark = pytest.mark.engine


def _words(event) -> str:
    minute, code, school, pupil, detail = event
    weeks, rest = divmod(minute, MINUTES_PER_WEEK)
    return f"week {weeks}, minute {rest}: {Event(code).words}, school {school}, pupil {pupil}, detail {detail}"


def _story(expected, found) -> str:
    """The first event that differs, and what had happened to that pupil before, by both schedulers."""
    both = zip(expected, found, strict=False)
    place = next((i for i, (a, b) in enumerate(both) if a != b), min(len(expected), len(found)))
    lines = [f"{len(expected)} events by SimPy, {len(found)} in windows; first difference:"]
    for name, trace in (("SimPy", expected), ("windows", found)):
        if place >= len(trace):
            lines.append(f"  {name}: nothing more")
            continue
        event = trace[place]
        lines.append(f"  {name}: {_words(event)}")
        before = [e for e in trace[:place] if e[2] == event[2] and e[3] == event[3]]
        lines += [f"    before: {_words(e)}" for e in before[-6:]]
    return "\n".join(lines)


def uncompiled(inputs):
    return compiled(inputs, is_compiled=False)


def check_outcomes(one: Outcome, other: Outcome) -> None:
    """Two schedulers' results are the same: events, counts, and what the no-policy arm leaves."""
    expected, found = sorted(one.trace), sorted(other.trace)
    assert expected == found, _story(expected, found)
    places = np.argwhere(one.tally != other.tally)
    differing = [
        f"cell {c}, segment {s}, {Quantity(q).key}: {one.tally[c, s, q]} and {other.tally[c, s, q]}"
        for c, s, q in places[:5].tolist()
    ]
    assert not differing, differing
    assert (one.groups == other.groups).all()
    assert (one.reference is None) == (other.reference is None)
    if one.reference is not None and other.reference is not None:
        assert (one.reference.schools == other.reference.schools).all()
        assert (one.reference.filings == other.reference.filings).all()


def check_same(arms: Arms, windows) -> None:
    """Both arms by SimPy and in windows; each policy arm reads the no-policy arm of its own scheduler."""
    for one, other in zip(arms.run(on_simpy), arms.run(windows), strict=True):
        check_outcomes(one, other)


def check_fork(arms: Arms) -> None:
    """A policy arm that goes on from the no-policy arm's state is the one that runs from the start."""
    year = arms.policy.policy.first_year
    forked = run_baseline("compiled", arms.base, year)
    check_outcomes(compiled(arms.base), forked.outcome)
    reading = arms.reading(forked.outcome)
    from_start = compiled(reading)
    for _ in range(2):  # the state stays as it is
        check_outcomes(*(_without_old_patience(one, year) for one in (from_start, forked.policy(reading))))


def _without_old_patience(outcome: Outcome, year: int) -> Outcome:
    """Drop the notes of patience that ended before the fork: those years are the no-policy arm's, which notes it.

    An arm that files by the dates of the no-policy arm makes the same request at the same minute without the note.
    """
    fork = term_start(year * TERMS_PER_YEAR)
    kept = (e for e in outcome.trace if e[1] != Event.PATIENCE_ENDED or e[0] >= fork)
    return replace(outcome, trace=tuple(kept))


def _sample():
    return sample_schools(only_councils(england(), (HARTLEPOOL, BRACKNELL)), 0.2, 3)


@pytest.mark.parametrize(
    "levers",
    [{}, {"protected_time": FULL_TIME}, COMBINED, EVERYTHING],
    ids=["baseline", "full", "combined", "everything"],
)
@pytest.mark.parametrize("councils", [(HARTLEPOOL,), (HARTLEPOOL, BRACKNELL)], ids=["one", "two"])
def test_small_populations(levers, councils):
    for windows in (compiled, uncompiled):
        check_same(small_arms(schools_of(*councils), scenario(**levers), years=4), windows)


@pytest.mark.parametrize("levers", [{}, COMBINED], ids=["baseline", "combined"])
def test_sampled_schools_that_stand_for_several(levers):
    population = _sample()
    assert len(set(population.weight.tolist())) > 2
    for windows in (compiled, uncompiled):
        check_same(small_arms(population, scenario(**levers), years=4), windows)


@pytest.mark.parametrize(("council", "years"), [(HARTLEPOOL, 3), (NORFOLK, 1)], ids=["Hartlepool", "Norfolk"])
def test_a_whole_council_for_some_years(council, years):
    check_same(small_arms(only_councils(england(), (council,)), scenario(**COMBINED), years=years), compiled)


def test_a_whole_council_without_compilation():
    check_same(small_arms(only_councils(england(), (HARTLEPOOL,)), scenario(**COMBINED), years=5), uncompiled)


def test_a_chosen_school_has_the_same_trace():
    arms = small_arms(schools_of(HARTLEPOOL), years=2)
    chosen = frozenset(arms.base.schools.school_id[:2].tolist())
    some = {"trace_all": False, "trace_schools": chosen}
    for windows in (compiled, uncompiled):
        check_same(Arms(replace(arms.base, **some), replace(arms.policy, **some)), windows)


@pytest.mark.parametrize("name", ["hours_by_need", "full_time_announced", "pandemic"])
def test_a_pair_of_a_shipped_scenario_is_the_same_on_both_engines(name):
    """Hours that follow the numbers of the no-policy arm, announced laws, and shocks, as a run prepares them."""
    asked = load_scenario(name).scenario
    ask = (Pair("central", 2, 1), asked, without_question(asked), schools_of(HARTLEPOOL, primary=3, secondary=1))
    one, other = (run_pair(*ask, engine) for engine in ("reference", "compiled"))
    assert (one.policy != one.baseline).any()
    for part in ("baseline", "policy", "baseline_groups", "policy_groups", "baseline_calendar"):
        assert (getattr(one, part) == getattr(other, part)).all(), part


SHARES = st.floats(0.0, 0.9)
HOURS = st.just(0.0) | st.floats(0.05, 30.0)
LEVERS = st.fixed_dictionaries(
    {},
    optional={
        "protected_time": st.one_of(
            st.just(FULL_TIME),
            st.builds(
                lambda hours, drift, share: {
                    "start": "2023/24",
                    "floor": {"hours_per_week": hours},
                    "compliance": share,
                    "drift_to_floor": drift,
                },
                st.floats(1.0, 30.0),
                SHARES,
                SHARES,
            ),
        ),
        "slt_seat": st.just({"start": "2023/24", "pay_uplift": False}),
        "admin_support": st.builds(lambda hours: {"start": "2022/23", "hours_per_week": hours}, st.floats(0.5, 20.0)),
        "team": st.builds(
            lambda hours, end: {"start": "2022/23", "end": end, "hours_per_week": hours},
            HOURS,
            st.sampled_from([None, "2023/24"]),
        ),
        "shared_senco": st.builds(
            lambda size, hours, low, often, heads: {
                "start": "2023/24",
                "cluster_size": size,
                "roll_max": 500,
                "hours_per_100_pupils": hours,
                "review_support_ratio": low,
                "reviews_before_end": often,
                "no_head_teacher": heads,
            },
            st.integers(2, 4),
            HOURS,
            st.floats(0.0, 1.0),
            st.integers(1, 2),
            st.booleans(),
        ),
        "allowance": st.builds(lambda pay: {"start": "2023/24", "gbp_per_year": pay}, st.floats(0.0, 30_000.0)),
        "key_worker": st.builds(lambda n: {"start": "2022/23", "hours_per_plan_per_term": n}, st.floats(0.0, 20.0)),
        "supervision": st.builds(lambda n: {"start": "2023/24", "hours_per_term": n}, HOURS),
        "training": st.builds(
            lambda n, award, more: {
                "start": "2022/23",
                "first_year_hours_per_term": n,
                "award_within_terms": award,
                "cascade_hours_per_term": more,
            },
            st.floats(0.0, 60.0),
            st.sampled_from([None, 1, 9]),
            st.floats(0.0, 20.0),
        ),
        "consistent_ehc_process": st.builds(
            lambda ratio, gone: {"start": "2023/24", "paperwork_ratio": ratio, "difference_removed": gone},
            st.floats(0.0, 2.0),
            st.floats(0.0, 1.0),
        ),
        "la_capacity": st.builds(
            lambda one, other: {"start": "2023/24", "psychologists": one, "officers": other},
            st.floats(0.3, 3.0),
            st.floats(0.3, 3.0),
        ),
        "tribunal_capacity": st.builds(lambda n: {"start": "2023/24", "capacity": n}, st.floats(0.3, 3.0)),
        "specialist_places": st.builds(lambda n: {"start": "2023/24", "places_per_year": n}, st.floats(0.0, 2e4)),
        "isp_duty": st.builds(lambda n: {"start": "2022/23", "request_ratio": n}, st.floats(0.2, 2.0)),
        "delay": st.builds(lambda n: {"years": n}, st.integers(0, 1)),
    },
)
SHOCKS = st.dictionaries(
    st.just("storm"),
    st.fixed_dictionaries(
        {"start": st.sampled_from(["2022/23", "2023/24"])},
        optional={
            "needs_noticed": st.floats(0.1, 3.0),
            "requests": st.floats(0.1, 3.0),
            "suspensions": st.floats(0.1, 3.0),
            "crises": st.floats(0.1, 3.0),
            "home_education": st.floats(0.1, 3.0),
            "absence": st.floats(0.1, 3.0),
            "assessment_capacity": st.floats(0.1, 3.0),
            "late_advice_share": st.floats(0.0, 1.0),
            "senco_hours_cut": st.floats(0.0, 1.0),
            "sencos_absent": st.floats(0.0, 1.0),
        },
    ),
    max_size=1,
)
CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "capacity_follows_demand_share": SHARES,
        "notice_weeks": st.floats(1.0, 4.0),
        "mediation_weeks": st.floats(0.0, 8.0),
        "exclusion_decision_days": st.floats(0.0, 10.0),
        "reapply_wait_weeks": st.floats(0.0, 30.0),
        "patience_mean_weeks": st.floats(2.0, 60.0),
        "exclusion_given_crisis": SHARES,
        "ap_stay_years": st.floats(0.1, 2.0),
        "reintegration_share": SHARES,
        "mediation_share_refusal": SHARES,
        "mediation_share_other": SHARES,
        "appeal_share_contents": SHARES,
        "appeal_share_review": SHARES,
        "special_transfer_rate": SHARES,
        "special_transfer_at_11_share": SHARES,
        "state_place_growth": st.floats(-0.2, 0.3),
        "senco_leaving_rate": SHARES,
        "tribunal_capacity_per_year": st.floats(1.0, 1e5),
        "teacher_supply_fte_per_year": st.floats(0.1, 1e5),
        "request_rationing_share": SHARES,
        "whole_school_session_hours": st.floats(0.25, 20.0),
        "due_weeks_identification": st.floats(0.0, 12.0),
        "exit_weeks_identification": st.floats(0.0, 40.0),
        "exit_weeks_suspension": st.floats(0.0, 6.0),
        "group_three_share": SHARES,
        "request_given_up_share": SHARES,
        "parental_from_start_share": SHARES,
        "few_cycles_causal_share": SHARES,
        "beyond_list": st.floats(0.0, 1.0),
        "open_work_worth": st.floats(0.05, 1.0),
        "team_hour_worth": SHARES,
        "smoothing_years": st.floats(0.4, 4.0),
        "hours_follow_need": SHARES,
        "effect_requests_need": st.floats(0.3, 1.8),
        "effect_requests_release": st.floats(0.3, 1.8),
        "effect_suspensions": st.floats(0.3, 1.8),
        "effect_permanent_exclusion": st.floats(0.3, 1.8),
        "effect_appeals": st.floats(0.3, 1.8),
        "effect_move_to_special": st.floats(0.3, 1.8),
        "effect_home_education": st.floats(0.3, 1.8),
        "effect_absence_points": st.floats(-3.0, 3.0),
        "effect_slt_seat": st.floats(0.5, 1.5),
        "effect_slt_seat_direct": st.floats(-0.5, 0.5),
        "unidentified_request_ratio": st.floats(0.0, 2.0),
        "identification_response": st.floats(0.8, 1.2),
        "support_channel_hours": st.sampled_from([0.0, 1.0]),
        "filing_route": st.sampled_from([0.0, 1.0]),
        "review_cycles_route": st.sampled_from([0.0, 1.0]),
        "shared_effectiveness": st.floats(0.5, 1.2),
        "shared_fixed_duties_saved": SHARES,
        "shared_travel_hours": st.floats(0.0, 10.0),
        "head_senco_share": SHARES,
        "council_process_log_sd": st.floats(0.0, 0.8),
        "leaving_ratio_supervision": st.floats(0.2, 1.2),
        "first_year_loss_ratio_training": st.floats(0.0, 1.2),
        "new_senco_loss": SHARES,
        "npq_terms": st.floats(0.0, 9.0),
        "vacancy_mean_terms": st.floats(1.0, 6.0),
        "vacancy_terms_supply_taken": st.floats(0.0, 6.0),
    },
)


LAWS = {
    "refusal_shift": st.floats(-1.0, 1.0),
    "outside_ratio": st.floats(0.0, 2.0),  # so near zero, too, that the next request lies beyond any run
    "plan_transition_share": SHARES,
    "entry_ratio": st.floats(0.0, 2.0),
    "key_stage_reviews": st.sampled_from([0.0, 1.0]),
    "placement_orders": st.sampled_from([0.0, 1.0]),
    "tribunal_ratio": st.floats(0.3, 3.0),
}
"""Fields by year of what policy asks: here the law of the world, the same in both arms."""


def _under(law: dict[str, list[float]], inputs: Inputs) -> Inputs:
    return replace(inputs, policy=replace(inputs.policy, **{name: np.array(by_year) for name, by_year in law.items()}))


@st.composite
def worlds(draw, most_years=3):
    population = draw(st.sampled_from([schools_of(HARTLEPOOL), schools_of(HARTLEPOOL, BRACKNELL), _sample()]))
    years = draw(st.integers(1, most_years))
    levers = {name: said if name == "delay" else {"phase_in_years": 1, **said} for name, said in draw(LEVERS).items()}
    arms = small_arms(
        population,
        Scenario.model_validate({"name": "small", "levers": levers, "shocks": draw(SHOCKS)}),
        years=years,
        changes=draw(CHANGES),
        hours_factor=draw(st.sampled_from([0.2, 1.0, 3.0])),
        replication=draw(st.integers(0, 500)),
        seed=draw(st.integers(0, 2**31)),
    )
    names = draw(st.lists(st.sampled_from([*LAWS]), unique=True, max_size=3))
    law = {name: draw(st.lists(LAWS[name], min_size=years, max_size=years)) for name in names}
    arms = Arms(_under(law, arms.base), _under(law, arms.policy))
    if draw(st.integers(0, 9)) == 0:
        arms = replace(arms, policy=without_sencos(arms.policy, draw(st.integers(0, years - 1))))
    return arms


def test_every_law_of_a_year_is_generated():
    assert set(LAWS) == {one.name for one in ASKED if one.metadata["of"] == "England"}


def perhaps_coarse(arms: Arms, coarse: bool) -> Arms:
    """Perhaps with work hours rounded up to whole ones, so that ties are everywhere."""
    if not coarse:
        return arms
    tables = {k: np.ceil(np.maximum(v, 1e-9)) for k, v in arms.base.hour_tables.items()}
    return Arms(replace(arms.base, hour_tables=tables), replace(arms.policy, hour_tables=tables))


# Many more are in test_many_worlds and test_random_worlds, by `make study`.
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(worlds(), st.booleans())
def test_generated_worlds(arms, coarse):
    check_same(perhaps_coarse(arms, coarse), compiled)


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(worlds(), st.booleans())
def test_a_policy_arm_that_goes_on_is_the_one_from_the_start(arms, coarse):
    check_fork(perhaps_coarse(arms, coarse))


@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@given(worlds(most_years=2), st.booleans())
def test_generated_worlds_without_compilation(arms, coarse):
    check_same(perhaps_coarse(arms, coarse), uncompiled)


@pytest.mark.parametrize(
    "levers", [{"protected_time": FULL_TIME}, COMBINED, EVERYTHING], ids=["full", "combined", "all"]
)
def test_arms_that_share_their_first_years_are_those_run_apart(levers):
    check_fork(small_arms(schools_of(HARTLEPOOL, BRACKNELL), scenario(**levers), years=4))


def test_a_policy_that_begins_before_the_fork_runs_from_the_start():
    arms = small_arms(schools_of(HARTLEPOOL), scenario(protected_time=FULL_TIME), years=3)
    late = run_baseline("compiled", arms.base, 2)
    reading = arms.reading(late.outcome)
    check_outcomes(compiled(reading), late.policy(reading))


def test_where_numba_does_not_compile_the_default_engine_runs_plain_windows(monkeypatch):
    population = schools_of(HARTLEPOOL, primary=2, secondary=1)
    arms = small_arms(population, scenario(**COMBINED), years=3)
    monkeypatch.setattr(windows_module, "COMPILES", False)
    monkeypatch.setattr(windows_module, "State", None)
    base = run_baseline("compiled", arms.base, 1)
    expected = arms.run(on_simpy)
    check_outcomes(expected[0], base.outcome)
    check_outcomes(expected[1], base.policy(arms.reading(base.outcome)))
