"""A researcher's own function in place of a mechanism: the same function changes nothing, another one is heard."""

from __future__ import annotations

import math
import pickle
from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

import numpy as np
import pytest

from sencosim.arms.replaceable import REPLACEABLE, SHIPPED, replaced_by
from sencosim.engine.compiled.run import simulate as compiled
from sencosim.engine.pair import Pair, run_pair
from sencosim.engine.simpy.run import simulate
from sencosim.errors import EngineError, InputError
from sencosim.vocabulary import COLUMN
from tests.engine.small_worlds import HARTLEPOOL, policy_run, scenario, schools_of, small_inputs, without_question

pytestmark = pytest.mark.engine


def own_exclusion(chance: float, support: float, council: float) -> float:
    return min(1.0, chance * (support * council))


def own_refusal(route: float, council: float, slope: float, frailty: float, few: float) -> float:
    return 1.0 / (1.0 + math.exp(-(route + council + slope * math.log(frailty) + few)))


def own_appeal(chance: float, odds_ratio: float) -> float:
    favourable = chance * odds_ratio
    return favourable / (favourable + 1.0 - chance)


def own_placement(share: float, slope: float, frailty: float) -> float:
    odds = share / (1.0 - share) * math.exp(slope * math.log(frailty))
    return odds / (1.0 + odds)


def own_effect(prior: float, doublings: float) -> float:
    return float(prior**doublings)


def own_hours(kept: float, added: float, share_kept: float, share_added: float) -> float:
    return share_kept * kept + share_added * added


def own_overtime(ceiling: float, displacement: float, added: float, need: float, used: float) -> float:
    return min(max(0.0, ceiling - displacement * added), max(0.0, need / 13.0 - used))


def own_leaving(base: float, ratio_met: float, strained: float, seat: float) -> float:
    return base * (ratio_met + (1.0 - ratio_met) * strained) * seat


CONSTANT = 0.0


def own_constant(_chance: float, _support: float, _council: float) -> float:
    return CONSTANT


SAME: dict[str, Callable[..., float]] = {
    "exclusion": own_exclusion,
    "refusal": own_refusal,
    "appeal": own_appeal,
    "placement": own_placement,
    "effect_of_support": own_effect,
    "senco_hours": own_hours,
    "overtime": own_overtime,
    "leaving": own_leaving,
}
"""Every mechanism as the model document has it, written again."""


def _never(*_: float) -> float:
    return 0.0


def _always(*_: float) -> float:
    return 1.0


def test_every_mechanism_is_written_again_here() -> None:
    assert tuple(SAME) == tuple(REPLACEABLE)


@pytest.mark.parametrize("name", REPLACEABLE)
def test_the_same_function_gives_the_shipped_result_bit_for_bit(name: str) -> None:
    inputs, shipped = policy_run()
    own = simulate(replace(inputs, mechanisms=replaced_by({name: SAME[name]})))
    np.testing.assert_array_equal(own.tally, shipped.tally)
    assert own.trace == shipped.trace


def test_a_pair_with_all_of_them_the_same_is_the_pair_that_ships() -> None:
    policy = scenario(protected_time={"start": "2026/27", "floor": {"full_time": True}, "compliance": 1.0})
    policy = policy.model_copy(update={"horizon": policy.horizon.model_copy(update={"years": 1})})
    ask = (Pair("central", 0, 0), policy, without_question(policy), schools_of(HARTLEPOOL, primary=2, secondary=1))
    shipped = run_pair(*ask, "reference")
    own = run_pair(*ask, "reference", replaced_by(SAME))
    np.testing.assert_array_equal(own.policy, shipped.policy)
    np.testing.assert_array_equal(own.baseline, shipped.baseline)


@pytest.mark.parametrize(
    ("name", "function", "quantity", "expected"),
    [
        ("exclusion", _never, "permanent_exclusions.sen_support", 0),
        ("refusal", _never, "refused.school_led", 0),
        ("appeal", _never, "appeals.contents", 0),
        ("overtime", _never, "overtime_hours", 0),
        ("senco_hours", _never, "used_hours", None),
        ("leaving", _never, "senco_leavers", 0),
    ],
)
def test_another_function_is_heard(
    name: str, function: Callable[..., float], quantity: str, expected: int | None
) -> None:
    inputs = small_inputs()
    shipped = simulate(inputs).tally[:, :, COLUMN[quantity]].sum()
    own = simulate(replace(inputs, mechanisms=replaced_by({name: function}))).tally[:, :, COLUMN[quantity]].sum()
    assert own != shipped
    if expected is not None:
        assert own == expected


def test_an_effect_of_support_that_is_always_one_is_no_effect() -> None:
    inputs, shipped = policy_run()
    own = simulate(replace(inputs, mechanisms=replaced_by({"effect_of_support": _always})))
    assert (own.tally != shipped.tally).any()
    effects = {name: 1.0 for name in inputs.values if name.startswith("effect_")}
    zero = {"effect_absence_points": inputs.values["effect_absence_points"], "effect_slt_seat_direct": 0.0}
    zero |= {"queue_release_primary": 1.0, "queue_release_secondary": 1.0, "identification_response": 1.0}
    without = simulate(replace(inputs, values={**inputs.values, **effects, **zero}))
    np.testing.assert_array_equal(own.tally, without.tally)


def test_a_function_that_is_no_longer_the_one_named_does_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """A value that it reads was changed meanwhile, or another process has another version of its file."""
    own = replaced_by({"exclusion": own_constant})
    assert own.as_named()
    monkeypatch.setitem(own_constant.__globals__, "CONSTANT", 0.5)
    with pytest.raises(EngineError, match="in place of exclusion are not those with which the run was begun"):
        simulate(replace(small_inputs(), mechanisms=own))


def test_the_compiled_engine_refuses() -> None:
    with pytest.raises(EngineError, match="refusal"):
        compiled(replace(small_inputs(), mechanisms=replaced_by({"refusal": _never})))


@pytest.mark.parametrize("wrong", [-0.1, 1.1, math.nan, math.inf, "often"])
def test_what_cannot_be_a_chance_is_refused_with_its_arguments(wrong: object) -> None:
    own = replaced_by({"refusal": lambda *_: cast(Any, wrong)})["refusal"]
    with pytest.raises(EngineError, match=r"refusal returned .* for the arguments 0.1, 0.2, 0.3, 0.4, 0.5"):
        own(0.1, 0.2, 0.3, 0.4, 0.5)


def test_a_hazard_may_exceed_one_and_an_effect_may_not_be_zero() -> None:
    assert replaced_by({"leaving": lambda *_: 7.5})["leaving"](0.1, 1.0, 1.0, 1.0) == 7.5
    with pytest.raises(EngineError, match="above 0"):
        replaced_by({"effect_of_support": _never})["effect_of_support"](0.1, 1.0)


def test_a_name_that_is_none_and_a_function_that_does_not_fit_are_refused() -> None:
    with pytest.raises(InputError, match=r"exclusions.*exclusion, refusal"):
        replaced_by({"exclusions": _never})
    with pytest.raises(InputError, match="chance, support, council"):
        replaced_by({"exclusion": lambda chance: chance})


def test_nothing_replaced_is_what_ships_and_travels() -> None:
    assert replaced_by(None) == replaced_by({}) == SHIPPED
    assert SHIPPED.facts() == {}
    assert pickle.loads(pickle.dumps(SHIPPED)) == SHIPPED
    own = replaced_by({"exclusion": own_exclusion})
    assert pickle.loads(pickle.dumps(own)) == own
    assert len({own, SHIPPED, replaced_by({"exclusion": own_exclusion})}) == 2, "options of runs are kept by their hash"
    assert list(own.facts()) == ["exclusion"]
    assert own.facts()["exclusion"]["function"].endswith("own_exclusion")
