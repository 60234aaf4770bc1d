"""``trace``: which school and which year."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from click.testing import Result

from sencosim.errors import InputError, PopulationError
from sencosim.population.synthetic import synthetic_england
from sencosim.studies.trace import chosen_year, heading, row_of

pytestmark = pytest.mark.unit

Call = Callable[..., Result]


def test_a_school_has_a_number_and_a_urn() -> None:
    england = synthetic_england()
    for row in (0, 17, england.n_schools - 1):
        assert row_of(england, int(england.school_id[row])) == row
        assert row_of(england, int(england.urn[row])) == row


def test_a_school_that_is_not_there_is_refused_with_what_there_is() -> None:
    with pytest.raises(PopulationError, match="There is no school 123456789"):
        row_of(synthetic_england(), 123456789)


@pytest.mark.parametrize(("text", "year"), [(None, 2027), ("2024/25", 2024), ("2030/31", 2030)])
def test_year_is_the_first_of_the_horizon_unless_said(text: str | None, year: int) -> None:
    assert chosen_year(text, 2022, 2027, 2036) == year


@pytest.mark.parametrize("text", ["2027", "2027/29", "next year", "2021/22", "2037/38"])
def test_a_year_that_is_none_or_not_simulated_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"2027/28|2022/23"):
        chosen_year(text, 2022, 2027, 2036)


def test_heading_says_which_school_it_is() -> None:
    england = synthetic_england()
    words = " ".join(heading(england, 0))
    assert str(england.name[0]) in words
    assert "primary school" in words


def test_trace_needs_a_school(call: Call) -> None:
    result = call("trace")
    assert result.exit_code == 2
    assert "--school" in result.stderr
