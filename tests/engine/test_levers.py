"""What each lever, shock and switched-off mechanism does to a few schools."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
import pytest
from engine.small_worlds import (
    BRACKNELL,
    HARTLEPOOL,
    NO_SCHOOL,
    england,
    evidence,
    plain_world,
    scenario,
    schools_of,
    small_arms,
    small_inputs,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from sencosim.arms.policy import policy_inputs
from sencosim.engine.mechanisms.pupils import add, make_pupil
from sencosim.engine.mechanisms.year import _review_plan_at_transfer
from sencosim.engine.pair import Pair, read_evidence, run_pair
from sencosim.engine.simpy.run import simulate
from sencosim.levers.schools import RunSchools
from sencosim.population.sampling import only_councils
from sencosim.scenario.mechanisms import MECHANISMS
from sencosim.scenario.schema import Scenario
from sencosim.units import FIRST_SECONDARY_YEAR_GROUP
from sencosim.vocabulary import COLUMN, PARTS_OF_ALLOCATED_HOURS, Event, Stage

FROM_START = {"start": "2022/23", "compliance": 1.0}
FULL = {**FROM_START, "floor": {"full_time": True}}


def arm(**parts: Any) -> Scenario:
    return Scenario.model_validate({"name": "small", **parts})


@lru_cache(maxsize=1)
def _baseline() -> np.ndarray:
    return simulate(small_inputs(years=3)).tally


def totals(tally: np.ndarray) -> dict[str, int]:
    summed = tally.sum(axis=(0, 1))
    return {name: int(summed[column]) for name, column in COLUMN.items()}


def run(chosen: Scenario, years: int = 3, **more: Any) -> dict[str, int]:
    """Totals of the policy arm; the no-policy arm itself if the scenario asks for nothing."""
    arms = small_arms(arm=chosen, years=years, **more)
    base = simulate(arms.base)
    acts = arms.policy.policy.first_year < years
    return totals((simulate(arms.reading(base)) if acts else base).tally)


@pytest.mark.engine
def test_a_team_is_paid_whether_busy_or_not_and_more_preventive_work_is_done() -> None:
    before, after = totals(_baseline()), run(scenario(team={**FROM_START, "hours_per_week": 6.0}))
    assert after["team_hours_added"] == 6 * 6 * 13 * 3 * 3 * 60
    assert before["team_hours_added"] == 0
    done = ("done.support_review", "hours.parent_meeting")
    assert sum(after[name] for name in done) > sum(before[name] for name in done)
    assert after["team_hours"] <= before["team_hours"] + after["team_hours_added"]


@pytest.mark.engine
def test_supervision_and_training_come_out_of_used_hours() -> None:
    levers = {
        "supervision": {**FROM_START, "hours_per_term": 6.0},
        "training": {**FROM_START, "first_year_hours_per_term": 13.0, "cascade_hours_per_term": 5.0},
    }
    changes = {"senco_leaving_rate": 0.9}
    before, after = run(scenario(), changes=changes), run(scenario(**levers), changes=changes)
    assert after["supervision_hours"] > 0
    assert after["training_hours"] > 0
    for counts in (before, after):
        assert sum(counts[part.key] for part in PARTS_OF_ALLOCATED_HOURS) == pytest.approx(
            counts["allocated_hours"], abs=500
        )
    assert after["hours_due.imposed_duties"] == before["hours_due.imposed_duties"] + 6 * 9 * 5 * 60
    assert after["hours_due.staff_training"] == before["hours_due.staff_training"]


@pytest.mark.engine
def test_an_allowance_is_paid_to_those_in_post_and_keeps_them() -> None:
    changes = {"senco_leaving_rate": 0.9, "vacancy_mean_terms": 2.0}
    before = run(scenario(), changes=changes)
    after = run(scenario(allowance={**FROM_START, "gbp_per_year": 8000.0}), changes=changes)
    gone = {"gbp_per_year": 8000.0, "leaving_ratio": 0.0}
    nobody = run(scenario(allowance={**FROM_START, **gone}), changes=changes)
    assert before["posts_with_allowance"] == 0
    for counts in (after, nobody):
        assert counts["posts_with_allowance"] == counts["posts"] - counts["posts_vacant"]
    assert before["senco_leavers"] > after["senco_leavers"] > nobody["senco_leavers"] == 0


@pytest.mark.unit
def test_an_allowance_and_supervision_multiply() -> None:
    levers = {
        "allowance": {**FROM_START, "gbp_per_year": 1000.0, "leaving_ratio": 0.8},
        "supervision": {**FROM_START, "leaving_ratio": 0.5},
    }
    assert np.allclose(asked(levers).leaving_ratio, 0.4)


@pytest.mark.engine
def test_key_workers_have_hours_due_for_each_pupil_with_a_plan_and_get_no_time_for_it() -> None:
    before = run(scenario(), years=1)
    after, more = (
        run(scenario(key_worker={**FROM_START, "hours_per_plan_per_term": hours}), years=1) for hours in (2.0, 4.0)
    )
    added = [counts["hours_due.imposed_duties"] - before["hours_due.imposed_duties"] for counts in (after, more)]
    plans = before["pupil_years.ehc_plan"] / 52
    assert added[0] == pytest.approx(2.0 * 3 * 60 * plans, rel=0.1)
    assert added[1] > 1.9 * added[0]
    assert after["allocated_hours"] == before["allocated_hours"]
    assert before["hours_due.imposed_duties"] == 0
    assert after["hours_lapsed.coaching"] >= before["hours_lapsed.coaching"]
    assert after["support_hours"] <= before["support_hours"]


@pytest.mark.engine
def test_new_sencos_study_until_the_award_and_posts_wait_for_teachers() -> None:
    changes = {"senco_leaving_rate": 0.9, "vacancy_mean_terms": 1.0}
    short, long = (run(scenario(), changes={**changes, "npq_terms": terms}) for terms in (1.0, 9.0))
    assert 0 < short["posts_without_award"] < long["posts_without_award"] < long["posts"]
    assert short["senco_starters"] > 0
    starved = run(scenario(protected_time=FULL), changes={"teacher_supply_fte_per_year": 0.0})
    filled = run(scenario(protected_time=FULL), changes={"teacher_supply_fte_per_year": 1e9})
    assert starved["posts_unfilled"] > 0 == run(scenario())["posts_unfilled"]
    assert starved["policy_hours_unfilled"] > 0
    assert filled["posts_unfilled"] < starved["posts_unfilled"]


@pytest.mark.engine
def test_posts_stay_vacant_longer_only_while_new_posts_take_the_teachers() -> None:
    def vacant(chosen: Scenario, terms: float, supply: float) -> int:
        changes = {
            "senco_leaving_rate": 0.9,
            "teacher_supply_fte_per_year": supply,
            "vacancy_terms_supply_taken": terms,
        }
        return run(chosen, years=5, changes=changes)["posts_vacant"]

    policy = scenario(protected_time=FULL)
    assert vacant(policy, 6.0, 5.0) > vacant(policy, 0.0, 5.0)
    for unhurried in ((scenario(), 5.0), (policy, 0.0), (policy, 1e12)):
        assert vacant(unhurried[0], 6.0, unhurried[1]) == vacant(unhurried[0], 0.0, unhurried[1]) > 0


@pytest.mark.engine
def test_support_keeps_pupils_from_home_education() -> None:
    often = {"home_education_rate_sen_support": 0.2, "home_education_rate_ehc_plan": 0.2}

    def starts(chosen: Scenario, effect: float) -> int:
        changes = {**often, "effect_home_education": effect}
        return run(chosen, years=5, changes=changes)["starts.home_education"]

    policy = scenario(protected_time=FULL)
    assert 0 < starts(policy, 0.6) < starts(scenario(), 0.6)
    assert starts(policy, 1.5) > starts(scenario(), 1.5) == starts(scenario(), 0.6)


@pytest.mark.engine
def test_pupils_who_move_on_are_counted_where_they_leave() -> None:
    inputs = small_inputs(years=2)
    outcome = simulate(inputs)
    moved = totals(outcome.tally)
    stages = ("moved_school.sen_support", "moved_school.ehc_plan")
    columns = [COLUMN[name] for name in stages]
    secondary = [row for row, cell in enumerate(inputs.cells) if cell.phase == "secondary"]
    assert moved[stages[0]] > 0
    assert outcome.tally[secondary][:, :, columns].sum() == 0
    events_of = sum(event[1] == Event.PUPIL_MOVED_SCHOOL and event[4] != NO_SCHOOL for event in outcome.trace)
    assert sum(moved[name] for name in stages) <= events_of


@pytest.mark.engine
def test_every_pupil_on_sen_support_has_a_support_plan_within_the_first_year() -> None:
    inputs = small_inputs(arm=scenario(isp_duty=FROM_START), years=1)
    tally = simulate(inputs).tally
    due = int(tally[:, :3, COLUMN["due.support_plan"]].sum())
    on_support = int(tally[:, 2, COLUMN["pupil_years.sen_support"]].sum()) / 18
    assert due >= 0.9 * on_support
    assert totals(_baseline())["due.support_plan"] == 0


@pytest.mark.engine
def test_sharing_adds_travel_and_ends_for_good_when_reviews_say_so() -> None:
    share = {**FROM_START, "cluster_size": 2, "roll_max": 500, "no_head_teacher": False}
    kept = run(scenario(shared_senco={**share, "review_support_ratio": 0.0}))
    ended = run(scenario(shared_senco={**share, "review_support_ratio": 1.0, "reviews_before_end": 1}))
    late = run(scenario(shared_senco={**share, "review_support_ratio": 1.0, "reviews_before_end": 2}))
    assert kept["sharing_ended"] == 0
    assert kept["posts_shared"] == 4 * 3 * 52
    assert ended["sharing_ended"] == 4
    assert ended["posts_shared"] == 4 * 52
    assert late["posts_shared"] == 4 * 2 * 52
    assert kept["travel_hours"] > late["travel_hours"] > ended["travel_hours"] > 0
    assert kept["added_hours"] > late["added_hours"] > ended["added_hours"]  # hours of a post that has ended are gone


@pytest.mark.engine
def test_years_before_a_post_is_shared_count_in_no_review_of_it() -> None:
    """Supervision takes time from pupils from the start; a shared post begins later, and is kept for two years."""
    share = {**FROM_START, "start": "2024/25", "cluster_size": 2, "roll_max": 500, "no_head_teacher": False}
    share |= {"review_support_ratio": 1.0, "reviews_before_end": 2}
    counts = run(scenario(shared_senco=share, supervision={**FROM_START, "hours_per_term": 30.0}), years=5)
    assert counts["sharing_ended"] == 4
    assert counts["posts_shared"] == 4 * 2 * 52


@pytest.mark.engine
@pytest.mark.parametrize("away", ["", "placed", "excluded", "waiting_special"])
def test_a_plan_ends_at_the_phase_transfer_only_for_pupils_who_stay_in_mainstream(away: str) -> None:
    w = plain_world(small_inputs(schools_of(HARTLEPOOL, primary=1, secondary=1), years=1))
    w.plan_transition_share = 1.0
    school = w.schools[0]
    index = make_pupil(w, 1000, FIRST_SECONDARY_YEAR_GROUP - 1, Stage.EHC_PLAN, 1.0)
    add(w, school, index)
    if away:
        setattr(w.pupils[index], away, 1)
    _review_plan_at_transfer(w, school, index)
    assert w.pupils[index].stage == (Stage.EHC_PLAN if away else Stage.SEN_SUPPORT)


@pytest.mark.engine
def test_one_process_lessens_paperwork_and_nothing_else_that_is_due() -> None:
    less = run(scenario(consistent_ehc_process={**FROM_START, "paperwork_ratio": 0.5}), years=1)
    more = run(scenario(consistent_ehc_process={**FROM_START, "paperwork_ratio": 1.0}), years=1)
    assert less["due.annual_review"] == more["due.annual_review"]
    assert less["hours_due.coaching"] == more["hours_due.coaching"]
    each = [counts["hours.annual_review"] / counts["done.annual_review"] for counts in (less, more)]
    assert each[0] == pytest.approx(0.5 * each[1], rel=0.1)


@pytest.mark.engine
def test_places_hearings_and_idle_staff_are_counted() -> None:
    after = run(
        scenario(
            specialist_places={"start": "2023/24", "places_per_year": 6000},
            tribunal_capacity={"start": "2022/23", "capacity": 2.0},
            la_capacity={"start": "2022/23", "psychologists": 3.0, "officers": 3.0},
        )
    )
    assert after["special_places_added"] > 0
    assert after["appeal_capacity_added"] > 0
    assert after["ep_idle_hours"] > 0
    assert after["officer_idle_hours"] > 0


@pytest.mark.engine
def test_shocks_hit_both_arms_and_absence_is_paid() -> None:
    shock = {"storm": {"start": "2023/24", "sencos_absent": 1.0, "requests": 0.2, "absence": 2.0}}
    before, after = totals(_baseline()), run(arm(shocks=shock))
    assert after["absent_hours"] > 0 == before["absent_hours"]
    assert after["absence_days"] > before["absence_days"]
    assert after["allocated_hours"] == before["allocated_hours"]
    pair = run_pair(
        Pair("central", 0, 0),
        arm(shocks=shock, horizon={"years": 1, "first_year": "2024/25"}),
        arm(shocks=shock, horizon={"years": 1, "first_year": "2024/25"}),
        schools_of(HARTLEPOOL),
        "reference",
    )
    assert (pair.baseline == pair.policy).all()


@pytest.mark.engine
def test_a_tight_budget_takes_hours_that_no_floor_protects() -> None:
    cut = {"squeeze": {"start": "2022/23", "end": "2030/31", "senco_hours_cut": 0.5}}
    floor = {"protected_time": {**FROM_START, "floor": {"hours_per_week": 9.75}}}
    free, tight = (small_inputs(arm=arm(shocks=shocks)).schools.hours_kept for shocks in ({}, cut))
    assert (free == 1.0).all()
    assert (tight == 0.5).all()
    assert run(arm(shocks=cut, levers=floor))["added_hours"] > run(arm(levers=floor))["added_hours"]


@pytest.mark.engine
def test_what_stands_in_the_background_holds_in_the_baseline_too() -> None:
    background = {"isp_duty": FROM_START}
    chosen = arm(background=background, horizon={"years": 1, "first_year": "2024/25"})
    pair = run_pair(Pair("central", 0, 0), chosen, chosen, schools_of(HARTLEPOOL), "reference")
    assert int(pair.baseline[:, :, COLUMN["due.support_plan"]].sum()) > 0
    assert (pair.baseline == pair.policy).all()


@pytest.mark.engine
def test_sencos_do_not_leave_if_leaving_is_off() -> None:
    values = read_evidence(arm(mechanisms={"off": ["senco_leaving"]}), "central", 3, 1).values
    assert values["senco_leaving_rate"] == 0.0
    assert run(arm(), changes={"senco_leaving_rate": values["senco_leaving_rate"]})["senco_leavers"] == 0


@pytest.mark.unit
@pytest.mark.parametrize("name", MECHANISMS)
@pytest.mark.parametrize("draw", [0, 2])
def test_a_mechanism_that_is_off_has_its_neutral_values_in_every_view(name: str, draw: int) -> None:
    for view in ("campaign", "central", "sceptic"):
        values = read_evidence(arm(mechanisms={"off": [name]}), view, draw, 1).values
        other = read_evidence(arm(), view, draw, 1).values
        neutral = MECHANISMS[name].neutral
        assert {key: values[key] for key in neutral} == dict(neutral)
        assert {key: value for key, value in values.items() if key not in neutral} == {
            key: value for key, value in other.items() if key not in neutral
        }


POPULATION = only_councils(england(), (HARTLEPOOL, BRACKNELL))


def asked(levers: dict[str, Any], seed: int = 7) -> Any:
    return policy_inputs(RunSchools(POPULATION, evidence().values, 2022, 3, seed, 0), scenario(**levers))


@pytest.mark.property
@settings(max_examples=25, deadline=None)
@given(st.floats(0, 1), st.floats(0, 1), st.integers(0, 10_000))
def test_a_larger_pilot_holds_the_smaller_and_levers_meet_in_the_same_schools(
    one: float, other: float, seed: int
) -> None:
    small, large = sorted([one, other])

    def reached(share: float, lot: str = "schools") -> np.ndarray:
        cover = {"covers": {"share": share, "lot": lot}}
        found = asked(
            {"team": {**FROM_START, **cover, "hours_per_week": 1.0}, "slt_seat": {**FROM_START, **cover}}, seed
        )
        assert ((found.team_hours > 0.0) == found.seat).all()
        return np.asarray(found.seat[:, 0])

    assert (reached(small) <= reached(large)).all()
    by_council = reached(large, "councils")
    for code in (HARTLEPOOL, BRACKNELL):
        assert len(set(by_council[POPULATION.la_code == code].tolist())) == 1


@pytest.mark.property
@settings(max_examples=25, deadline=None)
@given(st.integers(2, 5), st.integers(50, 400), st.floats(0, 40), st.booleans(), st.integers(0, 10_000))
def test_groups_that_share_are_whole_small_primary_and_of_one_council(
    size: int, roll: int, hours: float, heads: bool, seed: int
) -> None:
    lever = {
        **FROM_START,
        "cluster_size": size,
        "roll_max": roll,
        "hours_per_100_pupils": hours,
        "no_head_teacher": heads,
    }
    found = asked({"shared_senco": lever}, seed)
    for number in range(int(found.cluster.max(initial=-1)) + 1):
        members = np.flatnonzero(found.cluster == number)
        assert members.size == size
        assert (POPULATION.pupils[members] <= roll).all()
        assert (POPULATION.phase[members] == 0).all()
        assert len(set(POPULATION.la_code[members].tolist())) == 1
        post = min(32.4, POPULATION.pupils[members].sum() / 100.0 * hours)
        assert found.shared_hours[members, 0].sum() == pytest.approx(post)
    assert (found.shared_hours[found.cluster < 0] == 0.0).all()


@pytest.mark.unit
def test_trusts_and_rural_places_can_be_covered() -> None:
    for name, column in (("trust", POPULATION.academy), ("rural", POPULATION.rural)):
        for wanted in (True, False):
            found = asked({"slt_seat": {**FROM_START, "covers": {name: wanted}}})
            assert (found.seat[:, 0] == (np.asarray(column, dtype=bool) == wanted)).all()


@pytest.mark.unit
def test_council_processes_differ_around_one_and_are_alike_under_one_process() -> None:
    own = asked({}).paperwork_ratio[:, 0]
    assert len(set(own.tolist())) == 2
    values = {**evidence().values, "council_process_log_sd": 0.0}
    alike = policy_inputs(RunSchools(POPULATION, values, 2022, 3, 7, 0), scenario()).paperwork_ratio
    assert (alike == 1.0).all()
    common = asked({"consistent_ehc_process": {**FROM_START, "paperwork_ratio": 0.8}}).paperwork_ratio
    assert set(common.ravel().tolist()) == {0.8}
    half = asked({"consistent_ehc_process": {**FROM_START, "paperwork_ratio": 1.0, "difference_removed": 0.5}})
    assert half.paperwork_ratio[:, 0] == pytest.approx(np.sqrt(own))


@pytest.mark.unit
def test_the_places_of_england_are_spread_over_all_its_councils() -> None:
    whole = replace(england())
    places = scenario(specialist_places={**FROM_START, "places_per_year": 3000})
    found = policy_inputs(RunSchools(whole, evidence().values, 2022, 1, 7, 0), places)
    assert found.places_added[:, 0].sum() == pytest.approx(3000.0)
