"""Principle 1: where no route leads from SENCO time to pupils, a policy changes nothing that happens to a pupil.

Both arms are compared to the bit, in every cell and year. What differs is work: hours, who did it, waits for the SENCO,
the workforce, and whether a pupil with noticed need stands on the register yet. So pupils noticed and pupils on SEN
Support are compared together.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
from engine.small_worlds import (
    BRACKNELL,
    EFFECTIVE,
    EVERYTHING,
    FULL_TIME,
    HARTLEPOOL,
    OFF,
    RUTLAND,
    Arms,
    england,
    scenario,
    schools_of,
    small_arms,
    small_inputs,
    without_question,
    without_sencos,
)

from sencosim.engine.compiled.run import simulate as compiled
from sencosim.engine.pair import Pair, World, read_evidence, run_pair
from sencosim.evidence.routes import ROUTE_NAMES, neutral_routes
from sencosim.population.sampling import only_councils
from sencosim.population.schools import Population
from sencosim.scenario.files import shipped_scenarios
from sencosim.scenario.load import load_scenario
from sencosim.scenario.schema import Scenario
from sencosim.vocabulary import COLUMN, Event, Quantity

pytestmark = pytest.mark.engine

PUPILS = (
    *("noticed", "requests.school_led", "requests.parental", "requests.exogenous", "requests_withdrawn"),
    *("requests_given_up", "patience_lost", "request_wait_weeks", "refused.school_led", "refused.parental"),
    *("refused.exogenous", "decisions", "decisions_on_time", "assessments", "no_plan", "assessments_in_progress"),
    *("plans_issued.mainstream", "plans_issued.exogenous", "plans_on_time.mainstream", "plans_on_time.exogenous"),
    *("plan_weeks.mainstream", "plan_weeks.exogenous", "plans_entering_reception", "plans_ceased"),
    *("plans_turned_support", "mediations", "appeals.refusal_to_assess", "appeals.refusal_to_issue"),
    *("appeals.contents", "appeals.exogenous", "appeals_conceded", "appeals_heard", "appeals_upheld", "appeals_open"),
    *("appeal_weeks", "crises", "suspensions.ehc_plan", "permanent_exclusions.ehc_plan", "pupils_first_excluded"),
    *("starts.resourced", "starts.state_special", "starts.over_capacity", "starts.independent_special"),
    *("starts.waiting_special", "starts.home_education", "special_queue", "absence_days", "moved_school.ehc_plan"),
    *("pupil_years.ehc_plan", "pupil_years.resourced", "pupil_years.state_special", "pupil_years.over_capacity"),
    *("pupil_years.independent_special", "pupil_years.waiting_special", "pupil_years.ap"),
    *("pupil_years.home_education", "pupil_years.post16_plan", "pupils_ehc_plan", "need_pupil_terms"),
    *("ep_hours", "officer_hours", "surge_hours", "ep_idle_hours", "officer_idle_hours"),
    *("due.crisis", "due.exclusion", "due.suspension", "due.mediation", "due.appeal_preparation"),
    *("due.annual_review", "due.assessment_advice", "due.consultation", "due.request_information"),
    *("due.identification", "hours_due.coaching", "hours_due.ta_management"),
)
"""What happens to pupils, and the work that it makes."""
TOGETHER = (
    ("suspensions.noticed", "suspensions.sen_support"),
    ("permanent_exclusions.noticed", "permanent_exclusions.sen_support"),
    ("pupil_years.identification_wait", "pupil_years.sen_support"),
    ("pupils_waiting_identification", "pupils_sen_support"),
)
"""The same pupils under two labels: only whether they are on the register yet may differ."""
OUTSIDE_SENCO_TIME = ("la_capacity", "tribunal_capacity", "specialist_places")
"""Levers whose purpose is to change what councils and the tribunal do. Here they hold in both arms."""
HALTON = 876


def happened(tally: np.ndarray) -> np.ndarray:
    """What happened to pupils, by cell and time."""
    single = tally[..., [COLUMN[name] for name in PUPILS]]
    together = [sum(tally[..., COLUMN[name]] for name in names) for names in TOGETHER]
    return np.concatenate([single, np.stack(together, axis=-1)], axis=-1)


def differing(one: np.ndarray, other: np.ndarray) -> list[str]:
    """Names of what differs in any cell and year."""
    names = [*PUPILS, *(" + ".join(names) for names in TOGETHER)]
    return [names[at] for at in np.flatnonzero((happened(one) != happened(other)).any(axis=(0, 1)))]


@lru_cache(maxsize=2)
def council(code: int) -> Population:
    return only_councils(england(), (code,))


def rutland() -> Population:
    return council(RUTLAND)


def _of_senco_time(asked: Scenario) -> Scenario:
    """The question with the levers that act outside SENCO time in both arms, and a lot that falls here."""
    levers = {name: getattr(asked.levers, name) for name in OUTSIDE_SENCO_TIME}
    background = asked.background.model_copy(update={name: one for name, one in levers.items() if one is not None})
    left = asked.levers.model_copy(update=dict.fromkeys(OUTSIDE_SENCO_TIME))
    if left.isp_duty is not None:
        left = left.model_copy(update={"isp_duty": left.isp_duty.model_copy(update={"request_ratio": 1.0})})
    run = asked.run.model_copy(update={"seed": 4})
    return asked.model_copy(update={"levers": left, "background": background, "run": run})


ASKED = [name for name in shipped_scenarios() if any(_of_senco_time(load_scenario(name).scenario).levers.active())]


@pytest.mark.parametrize("name", ASKED)
def test_in_the_sceptic_view_nothing_happens_to_a_pupil_that_does_not_happen_without_the_policy(name: str) -> None:
    asked = _of_senco_time(load_scenario(name).scenario)
    schools = council(HALTON if name == "pilot" else RUTLAND)  # where the lot falls
    pair = run_pair(Pair("sceptic", 0, 0), asked, without_question(asked), schools, "compiled")
    assert (pair.policy != pair.baseline).any(), "the policy changes work"
    assert differing(pair.baseline, pair.policy) == []


@pytest.mark.parametrize("name", ["full_time", "everything", "isp_duty", "race_to_bottom", "shared_senco"])
@pytest.mark.parametrize("draw", [3, 4])
def test_so_it_is_for_drawn_evidence_with_all_routes_off(name: str, draw: int) -> None:
    asked = _of_senco_time(load_scenario(name).scenario).model_copy(update={"routes_off": ROUTE_NAMES})
    pair = run_pair(Pair("central", draw, 1), asked, without_question(asked), rutland(), "compiled")
    assert (pair.policy != pair.baseline).any()
    assert differing(pair.baseline, pair.policy) == []


def test_every_view_has_the_same_no_policy_arm_bit_for_bit() -> None:
    asked = load_scenario("full_time").scenario
    base = without_question(asked)
    for draw in (0, 5):
        arms = []
        for view in ("sceptic", "central", "campaign"):
            read = read_evidence(asked, view, draw, asked.run.seed)
            world = World(rutland(), base, read, 0)
            arms.append(compiled(world.inputs(base)).tally)
        assert all((arms[0] == other).all() for other in arms[1:])


# -- group by group ----------------------------------------------------------------------------------------------------


def _arms(on: tuple[str, ...], years: int = 8) -> Arms:
    """Full time in a world of strong effects, of which the policy arm has only some groups of routes."""
    policy = scenario(protected_time=FULL_TIME, slt_seat={"start": "2023/24"}, team={**TEAM})
    arms = small_arms(rutland(), policy, years=years)
    off = neutral_routes(group for group in ROUTE_NAMES if group not in on)
    arms = replace(arms, policy=replace(arms.policy, values={**arms.policy.values, **off}))
    return replace(arms, base=replace(arms.base, trace_all=False), policy=replace(arms.policy, trace_all=False))


TEAM = {"start": "2023/24", "hours_per_week": 5.0, "compliance": 1.0}
OF_GROUP = {
    "need": {"requests.parental", "requests.school_led"},
    "release_and_filing": {"request_wait_weeks"},
    "review_cycles": {"refused.parental", "refused.school_led"},
    "identification": {"requests.parental", "requests.school_led"},
    "conduct": {"suspensions.noticed + suspensions.sen_support"},
    "later_stages": {"appeals.contents", "pupil_years.state_special", "starts.home_education"},
}
"""Of which each group of routes moves some by itself."""


def test_with_no_group_of_routes_nothing_happens_otherwise() -> None:
    base, policy = _arms(()).run(compiled)
    assert differing(base.tally, policy.tally) == []


@pytest.mark.parametrize("group", ROUTE_NAMES)
def test_each_group_of_routes_moves_something_when_it_alone_is_on(group: str) -> None:
    base, policy = _arms((group,)).run(compiled)
    assert OF_GROUP[group] & set(differing(base.tally, policy.tally))


def test_a_group_that_is_on_where_both_arms_give_the_same_does_nothing() -> None:
    """All routes on and no lever: the policy arm that reads the no-policy arm is that arm."""
    inputs = small_inputs(rutland(), years=8)
    base = compiled(inputs)
    again = compiled(replace(inputs, reference=base.reference))
    assert (again.tally == base.tally).all()
    assert again.trace == base.trace


# -- abolished ---------------------------------------------------------------------------------------------------------


def test_without_sencos_and_without_effects_the_same_happens_to_pupils() -> None:
    base = small_inputs(rutland(), years=8, changes=OFF)
    arms = Arms(base, without_sencos(base, 2))
    one, other = arms.run(compiled)
    assert differing(one.tally, other.tally) == []
    later = other.tally[:, 6:]
    assert later[..., Quantity.ALLOCATED_HOURS].sum() == later[..., Quantity.OVERTIME_HOURS].sum() == 0
    assert later[..., Quantity.USED_HOURS].sum() == 0
    assert later[..., Quantity.REMOVED_HOURS].sum() > 0


def test_without_sencos_and_with_effects_something_else_happens() -> None:
    base = small_inputs(rutland(), years=8, changes=EFFECTIVE)
    one, other = Arms(base, without_sencos(base, 2)).run(compiled)
    assert "noticed" not in differing(one.tally, other.tally)
    assert "requests.parental" in differing(one.tally, other.tally)


# -- pupil by pupil ----------------------------------------------------------------------------------------------------

OF_PUPILS = frozenset(
    {
        *(Event.EXCLUSION_TOOK_EFFECT, Event.PLAN_DELIVERED, Event.NEED_NOTICED, Event.REQUEST_POINT_REACHED),
        *(Event.SUSPENDED, Event.CRISIS_BEGAN, Event.HOME_EDUCATION_BEGAN, Event.SPECIAL_TRANSFER_SOUGHT),
        *(Event.SEN_SUPPORT_ENDED, Event.PLAN_CEASED, Event.FAMILY_ASKED_AGAIN, Event.PUPIL_EXCLUDED),
        *(Event.REQUEST_FILED, Event.REQUEST_RECEIVED, Event.REQUEST_GIVEN_UP, Event.REQUEST_WITHDRAWN),
        *(Event.ASSESSMENT_REFUSED, Event.ASSESSMENT_AGREED, Event.PLAN_ISSUED, Event.PLAN_NOT_ISSUED),
        *(Event.PLACE_FOUND, Event.MEDIATION_BEGAN, Event.APPEAL_REGISTERED, Event.APPEAL_CONCEDED),
        *(Event.APPEAL_HEARD, Event.PUPIL_MOVED_SCHOOL, Event.PUPIL_LEFT_SCHOOL, Event.PLAN_TURNED_SUPPORT),
    }
)
"""Events of the trace that happen to a pupil, whoever does the school's work."""


def of_pupils(outcome) -> list[tuple[int, int, int, int]]:
    return sorted(
        (minute, code, school, pupil) for minute, code, school, pupil, _ in outcome.trace if code in OF_PUPILS
    )


@pytest.mark.parametrize(
    "levers", [{"protected_time": FULL_TIME}, EVERYTHING, None], ids=["full", "everything", "abolished"]
)
def test_the_same_happens_to_the_same_pupil_at_the_same_minute(levers) -> None:
    kept = {name: lever for name, lever in (levers or {}).items() if name not in OUTSIDE_SENCO_TIME}
    arms = small_arms(schools_of(HARTLEPOOL, BRACKNELL), scenario(**kept), years=5, changes=OFF)
    if levers is None:
        arms = replace(arms, policy=without_sencos(arms.base, 1))
    base, policy = arms.run()
    assert sorted(base.trace) != sorted(policy.trace)
    one, other = of_pupils(base), of_pupils(policy)
    assert len(one) > 500
    assert one == other
