"""Principle 3: what happens is what the hazards say, and no hazard moves by more than its prior."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from engine.small_worlds import BRACKNELL, FULL_TIME, HARTLEPOOL, OFF, events, scenario, schools_of, small_arms

from sencosim.arms.inputs import OUTCOMES, SUSPENSION
from sencosim.arms.replaceable import SHIPPED, replaced_by
from sencosim.engine.mechanisms import order
from sencosim.engine.mechanisms.order import Step
from sencosim.engine.simpy.run import Scheduler, simulate
from sencosim.units import segment_of
from sencosim.vocabulary import COLUMN, Event

pytestmark = pytest.mark.engine

OFTEN = {
    f"suspension_rate_{stage}_{phase}": rate
    for stage in ("sen_support", "ehc_plan")
    for phase, rate in (("primary", 1.5), ("secondary", 1.5))
}
"""So many suspensions that chance is small."""
PRIORS = {"effect_suspensions": 0.7}
QUESTIONS = {
    "full time": {"protected_time": FULL_TIME},
    "team": {"team": {"start": "2023/24", "hours_per_week": 6.0, "compliance": 1.0}},
    "key workers": {"key_worker": {"start": "2023/24", "hours_per_plan_per_term": 8.0, "compliance": 1.0}},
}


def _watched(inputs: Any) -> tuple[Any, dict[tuple[int, int], tuple[float, tuple[float, ...]]]]:
    """A run by SimPy, and each school's doublings of support and multipliers in each term."""
    scheduler, seen = Scheduler(inputs), {}

    def take_step(w: Any, step: int, at: int) -> None:
        order.take_step(w, step, at)
        if step == Step.OPEN_TERM:
            school = w.schools[at]
            seen[school.id, w.term] = school.doublings, tuple(school.multiplier)

    own = scheduler.text
    scheduler.text = SimpleNamespace(
        order=SimpleNamespace(take_step=take_step, happen=order.happen), post=own.post, year=own.year
    )
    return scheduler.run(), seen


def _by_school_and_term(outcome: Any, code: int) -> Counter[tuple[int, int]]:
    return Counter((school, segment_of(minute)) for minute, _, school, _, _ in events(outcome, code))


@pytest.mark.parametrize("levers", QUESTIONS.values(), ids=QUESTIONS)
def test_suspensions_are_those_of_the_no_policy_arm_times_what_support_makes_of_them(levers) -> None:
    """No other route is on, so both arms have the same pupils."""
    changes = {**OFF, **OFTEN, **PRIORS}
    arms = small_arms(
        schools_of(HARTLEPOOL, BRACKNELL, primary=8, secondary=3), scenario(**levers), years=6, changes=changes
    )
    base = simulate(arms.base)
    policy, seen = _watched(arms.reading(base))
    before, after = (_by_school_and_term(outcome, Event.SUSPENDED) for outcome in (base, policy))
    expected = sum(number * seen[where][1][SUSPENSION] for where, number in before.items())
    realised = sum(after.values())
    error = np.sqrt(sum(before.values()))
    assert any(doublings != 0.0 for doublings, _ in seen.values())
    assert abs(realised - expected) < 3.0 * error
    assert abs(realised / expected - 1.0) < 0.05


@pytest.mark.parametrize("levers", QUESTIONS.values(), ids=QUESTIONS)
def test_each_multiplier_is_its_prior_to_the_power_of_one_number(levers) -> None:
    arms = small_arms(arm=scenario(**levers), years=5)
    _, seen = _watched(arms.reading(simulate(arms.base)))
    values = arms.policy.values
    for doublings, multipliers in seen.values():
        assert abs(doublings) <= values["support_doublings_most"] * 1.5  # a seat may strengthen it
        for outcome, found in zip(OUTCOMES, multipliers, strict=True):
            assert found == values[f"effect_{outcome}"] ** doublings


def test_hours_buy_no_more_than_their_prior_says() -> None:
    """Full time: doublings of support are at most those of the hours used, with a tenth more."""
    arms = small_arms(
        schools_of(HARTLEPOOL, BRACKNELL, primary=8, secondary=3), scenario(protected_time=FULL_TIME), years=6
    )
    base = simulate(arms.base)
    policy, seen = _watched(arms.reading(base))
    used = [outcome.tally[:, 9:, COLUMN["used_hours"]].sum() for outcome in (base, policy)]
    lasting = [doublings for (_, term), (doublings, _) in seen.items() if term >= 9]
    assert 0.0 < np.mean(lasting) <= 1.1 * np.log2(used[1] / used[0])


CHANCES = {
    "exclusion": ("permanent_exclusions.noticed", "permanent_exclusions.sen_support", "permanent_exclusions.ehc_plan"),
    "refusal": ("refused.school_led", "refused.parental", "refused.exogenous"),
}


@pytest.mark.parametrize("name", CHANCES)
@pytest.mark.parametrize("levers", [{"protected_time": FULL_TIME}], ids=["full"])
def test_of_events_by_chance_as_many_happen_as_their_chances_add_up_to(name: str, levers) -> None:
    often = {f"crisis_rate_{s}_{p}": 0.5 for s in ("sen_support", "ehc_plan") for p in ("primary", "secondary")}
    changes = {**often, "exclusion_given_crisis": 0.2, "request_rate_primary": 0.3, "request_rate_secondary": 0.3}
    arms = small_arms(schools_of(HARTLEPOOL, BRACKNELL), scenario(**levers), years=5, changes=changes)
    shipped = SHIPPED[name]
    base = simulate(arms.base)
    chances: list[float] = []

    def noted(*numbers: float) -> float:
        chances.append(shipped(*numbers))
        return chances[-1]

    policy = simulate(
        replace(
            arms.reading(base),
            mechanisms=replaced_by({name: _of_three(noted) if name == "exclusion" else _of_five(noted)}),
        )
    )
    realised = sum(int(policy.tally[..., COLUMN[column]].sum()) for column in CHANCES[name])
    variance = sum(chance * (1.0 - chance) for chance in chances)
    assert len(chances) > 100
    assert abs(realised - sum(chances)) < 3.0 * np.sqrt(variance)


def _of_three(noted: Any) -> Any:
    def chance(chance: float, support: float, council: float) -> float:
        return noted(chance, support, council)

    return chance


def _of_five(noted: Any) -> Any:
    def chance(route: float, council: float, slope: float, frailty: float, few: float) -> float:
        return noted(route, council, slope, frailty, few)

    return chance
