"""Effects and interactions against closed forms: additive worlds have none, and every world is the sum of its parts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from sencosim.decisions.factorial import MOST_POLICIES, Effect, arms_of, effects, effects_table, verdict
from sencosim.errors import InputError

pytestmark = pytest.mark.unit

NAMES = ("a", "b", "c")
NUMBERS = st.floats(-100.0, 100.0)
WORLDS = arrays.arrays(np.float64, (8, 4), elements=NUMBERS)


def world(values) -> dict[frozenset[str], np.ndarray]:
    return dict(zip(arms_of(NAMES), values, strict=True))


def by_key(found: tuple[Effect, ...]) -> dict[tuple[tuple[str, ...], str], Effect]:
    return {(one.policies, one.company): one for one in found}


@given(st.lists(NUMBERS, min_size=3, max_size=3), NUMBERS)
def test_an_additive_world_has_no_interaction(sizes: list[float], level: float) -> None:
    of = dict(zip(NAMES, sizes, strict=True))
    told = by_key(effects({arm: np.full(4, level + sum(of[n] for n in arm)) for arm in arms_of(NAMES)}, NAMES))
    for name in NAMES:
        for company in ("alone", "in company"):
            assert told[(name,), company].mean == pytest.approx(of[name], abs=1e-6)
    for pair in (("a", "b"), ("a", "c"), ("b", "c")):
        for company in ("alone", "in company"):
            assert abs(told[pair, company].mean) < 1e-6
            assert not told[pair, company].is_told_apart or abs(told[pair, company].mean) < 1e-6
    assert told[NAMES, "beyond the sum"].mean == pytest.approx(0.0, abs=1e-6)


def test_what_rounding_leaves_of_all_together_is_no_interaction() -> None:
    """Of two policies the interaction and what lies beyond the sum are one number."""
    levels = (27_666.0, 74_113.2, 56_475.1, 102_922.3)
    told = by_key(effects({arm: np.full(3, level) for arm, level in zip(arms_of("ab"), levels, strict=True)}, "ab"))
    assert (levels[3] - levels[0]) - ((levels[1] - levels[0]) + (levels[2] - levels[0])) != 0.0
    for company in ("alone", "beyond the sum"):
        assert told[("a", "b"), company].mean == told[("a", "b"), company].error == 0.0


@given(WORLDS)
def test_the_whole_is_singles_pairs_and_the_triple(values) -> None:
    found, outcome = by_key(effects(world(values), NAMES)), world(values)
    singles = sum(found[(name,), "alone"].mean for name in NAMES)
    pairs = sum(found[pair, "alone"].mean for pair in (("a", "b"), ("a", "c"), ("b", "c")))
    signs = {arm: (-1.0) ** (3 - len(arm)) for arm in outcome}
    triple = float(np.mean(sum(sign * outcome[arm] for arm, sign in signs.items())))
    assert found[NAMES, "together"].mean == pytest.approx(singles + pairs + triple, abs=1e-6)
    assert found[NAMES, "beyond the sum"].mean == pytest.approx(pairs + triple, abs=1e-6)


@given(WORLDS, NUMBERS)
def test_what_a_replication_adds_to_every_arm_changes_nothing(values, shift: float) -> None:
    one, other = effects(world(values), NAMES), effects(world(values + shift * np.arange(4)), NAMES)
    for before, after in zip(one, other, strict=True):
        assert after.mean == pytest.approx(before.mean, abs=1e-6)
        assert after.error == pytest.approx(before.error, abs=1e-6)


@given(WORLDS)
def test_in_company_is_the_mean_of_alone_and_beside_the_other(values) -> None:
    outcome = world(values)
    found = by_key(effects(outcome, NAMES))

    def both(beside: frozenset[str]) -> float:
        a, b = frozenset("a"), frozenset("b")
        return float((outcome[a | b | beside] - outcome[a | beside] - outcome[b | beside] + outcome[beside]).mean())

    expected = (both(frozenset()) + both(frozenset("c"))) / 2.0
    assert found[("a", "b"), "in company"].mean == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    ("mean", "error", "n", "better", "word"),
    [
        (3.0, 0.1, 4, "up", "complement"),
        (3.0, 0.1, 4, "down", "substitute"),
        (-3.0, 0.1, 4, "down", "complement"),
        (-3.0, 0.1, 4, "up", "substitute"),
        (-3.0, 0.1, 4, "", "less than the sum"),
        (3.0, 2.0, 4, "up", "not distinguished"),
        (3.0, 0.0, 2, "up", "not distinguished"),
        (3.0, float("nan"), 1, "up", "not distinguished"),
        (0.0, 0.0, 4, "up", "no interaction"),
    ],
)
def test_verdicts(mean: float, error: float, n: int, better: str, word: str) -> None:
    assert verdict(Effect(("a", "b"), "alone", mean, error, n), better) == word


def test_the_table_says_the_same_whatever_the_order_of_rows() -> None:
    rows = [
        {"arm": "+".join(sorted(arm)), "replication": r, "x": len(arm) ** 2 + 0.1 * r * (len(arm) == 2), "y": 1.0}
        for arm in arms_of(NAMES)
        for r in range(3)
    ]
    first = effects_table(pd.DataFrame(rows), NAMES, {"x": "up", "y": ""})
    second = effects_table(pd.DataFrame(rows[::-1]), NAMES, {"x": "up", "y": ""})
    pd.testing.assert_frame_equal(first, second)
    pairs = first[(first["outcome"] == "x") & (first["policies"] == "a+b") & (first["company"] == "alone")]
    assert pairs["mean"].item() == pytest.approx(2.1)
    assert pairs["verdict"].item() == "complement"
    assert set(first[first["outcome"] == "y"]["verdict"]) == {"", "no interaction"}


@pytest.mark.parametrize("names", [("a",), ("a", "a"), tuple("abcdefg")[: MOST_POLICIES + 1]])
def test_too_few_too_many_and_twice_the_same_are_refused(names: tuple[str, ...]) -> None:
    with pytest.raises(InputError):
        arms_of(names)
