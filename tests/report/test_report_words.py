"""Numbers in words: rounding by precision, bands that cannot drift, columns that add up."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sencosim.report.quoted import quoted_figures, unsupported_figures
from sencosim.report.showing import FEWEST_DRAWS, chance_words, draws_words, more_draws_sentence
from sencosim.report.words import (
    MINUS,
    costs_or_saves,
    money,
    money_range,
    payer_does,
    per_cent,
    plain,
    rounded,
    rounded_to_sum,
    rounding_step,
)
from sencosim.vocabulary import PAYER

sums = st.floats(min_value=-1e11, max_value=1e11, allow_nan=False).filter(lambda value: value == 0 or abs(value) >= 1.0)


@pytest.mark.property
@given(sums, sums, sums)
def test_money_is_within_its_own_rounding(value: float, first: float, second: float) -> None:
    """What is printed leads back to the value, so it can be looked up."""
    low, high = sorted((first, second))
    text = money(value, low, high)
    assert unsupported_figures(text, [value]) == []
    assert (text.startswith(MINUS)) == (value < 0)


@pytest.mark.property
@given(st.sampled_from([1e6, 1e9]), st.floats(0.9, 1.1), st.floats(-0.1, 0.1), st.booleans())
@example(1e9, 0.9996, 0.0, False)
@example(1e9, 0.9996, 0.0004, True)
def test_a_thousand_of_a_unit_is_one_of_the_next(unit: float, part: float, width: float, has_ends: bool) -> None:
    ends = (unit * (part - width), unit * (part + width)) if has_ends else ()
    text = money(unit * part, *ends)
    below = {1e6: "", 1e9: " million"}[unit]
    assert not re.fullmatch(rf"£1,000(,000)?(\.0+)?{below}", text)
    assert unsupported_figures(text, [unit * part]) == []


@pytest.mark.property
@given(sums, sums, sums)
def test_a_range_of_money_can_be_looked_up(value: float, first: float, second: float) -> None:
    low, high = sorted((first, second))
    assert unsupported_figures(money_range(value, low, high), [low, high]) == []


@pytest.mark.property
@given(
    st.lists(st.floats(min_value=-1e6, max_value=1e6, allow_nan=False), min_size=1, max_size=12),
    st.sampled_from([0.1, 1.0, 10.0]),
)
def test_rounded_columns_add_up_and_no_row_moves_by_a_whole_unit(values: list[float], step: float) -> None:
    whole, moved = rounded_to_sum(values, step)
    assert math.isclose(math.fsum(whole), round(math.fsum(value / step for value in values)) * step, abs_tol=1e-6)
    assert all(abs(number - value) < step * (1 + 1e-9) for number, value in zip(whole, values, strict=True))
    assert 0 <= moved <= len(values)


@pytest.mark.property
@given(sums, st.integers(min_value=-3, max_value=9))
def test_rounding_twice_is_rounding_once_and_nothing_vanishes(value: float, power: int) -> None:
    step = 10.0**power
    once = rounded(value, step)
    assert rounded(once, step) == once
    assert (once == 0.0) == (value == 0.0)


@pytest.mark.unit
@pytest.mark.parametrize(
    ("probability", "word"),
    [
        (0.0, "very unlikely"),
        (0.099, "very unlikely"),
        (0.10, "unlikely"),
        (0.329, "unlikely"),
        (0.34, "about as likely as not"),
        (0.67, "likely"),
        (0.90, "likely"),
        (0.901, "very likely"),
        (math.nan, "of unknown chance"),
    ],
)
def test_bands_of_probability(probability: float, word: str) -> None:
    assert chance_words(probability, FEWEST_DRAWS) == word


@pytest.mark.property
@given(st.floats(0.0, 1.0), st.integers(0, FEWEST_DRAWS - 1))
def test_too_few_draws_give_their_number_and_no_likelihood_word(probability: float, n_draws: int) -> None:
    words = chance_words(probability, n_draws)
    assert "likely to" not in words
    assert "unlikely" not in words
    assert words.startswith(draws_words(n_draws))
    assert str(FEWEST_DRAWS) in more_draws_sentence(n_draws, other_views=False)
    assert more_draws_sentence(FEWEST_DRAWS, other_views=True) == ""


@pytest.mark.unit
def test_two_figures_unless_the_interval_supports_more() -> None:
    assert rounding_step(3_124.0, 2_400.0, 3_800.0) == 100.0
    assert rounding_step(3_124.0, 3_120.0, 3_128.0) == 1.0
    assert rounding_step(3_124.0) == 100.0
    assert rounding_step(2.1, 2.1, 2.1) == 0.1


@pytest.mark.unit
def test_words_for_money_and_shares() -> None:
    assert costs_or_saves(-2e6, -4e7, 1e7) == "saves £2 million"
    assert money_range(0.0, 0.0, 0.0) == "no difference"
    assert money_range(1.0, math.nan, math.nan) == "not known"
    assert per_cent(0.004) == "less than 1 %"
    assert plain(math.nan, 1.0) == "not known"


@pytest.mark.unit
def test_figures_are_found_in_text_and_names_are_not() -> None:
    text = "In 2027/28, 2025-26 prices, p10 to p90: £1.88 billion, 12 %, 4,300 and 0.5 (80 % interval; "
    text += "run 2026-11-22T10-15-00Z-3f9a)."
    assert [figure.text for figure in quoted_figures(text)] == ["1.88 billion", "12 %", "4,300", "0.5"]


@pytest.mark.unit
def test_a_figure_without_support_is_found() -> None:
    assert unsupported_figures("£310 million and 4,300", [312e6, 4_290.0]) == []
    assert unsupported_figures("£310 million and 4,300", [331e6, 4_290.0]) == ["310 million"]
    assert unsupported_figures("12 %", [0.1249]) == []
    assert unsupported_figures("12 %", [0.13]) == ["12 %"]


@pytest.mark.unit
@pytest.mark.parametrize("payer", PAYER)
def test_a_verb_has_the_number_of_its_payer(payer: str) -> None:
    """What begins with "the", and central government, is one body; all others are many."""
    name = PAYER[payer].words
    assert payer_does(payer, "save") == f"{name} {'saves' if name.startswith(('the ', 'central ')) else 'save'}"
