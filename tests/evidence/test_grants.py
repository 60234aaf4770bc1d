"""Councils' grants and balances: every council is there, and they give England's published figures."""

from __future__ import annotations

import pytest

from sencosim.evidence.councils import load_councils
from sencosim.evidence.grants import council_grants, grant_of, lump_sum_bands, schools_blocks
from sencosim.evidence.register import load_register

pytestmark = pytest.mark.unit

PUBLISHED_BALANCE = {"balance_2019_20_pct": -1.08, "balance_2020_21_pct": -1.69, "balance_2021_22_pct": -2.26}
PUBLISHED_GRANT = {"grant_2023_24_gbp": 57_135_884_056, "high_needs_2023_24_gbp": 9_952_172_126}
NOT_IN_THE_FILE = {"City of London", "Isles of Scilly"}


def test_every_council_has_a_row_and_only_two_have_no_grant() -> None:
    codes = {one.ons_code: one.name for one in load_councils()}
    assert set(council_grants()) == set(schools_blocks()) == set(codes)
    assert {codes[code] for code, one in council_grants().items() if one.grant_2023_24_gbp is None} == NOT_IN_THE_FILE
    assert {codes[code] for code, one in schools_blocks().items() if one.schools_block_gbp is None} == NOT_IN_THE_FILE


def test_balances_weighted_by_grant_give_englands() -> None:
    """The last year, from which pounds are worked out, agrees best; councils' income moved since the others."""
    for name, published in PUBLISHED_BALANCE.items():
        rows = [(getattr(one, name), one.grant_2023_24_gbp) for one in council_grants().values()]
        known = [(balance, grant) for balance, grant in rows if balance is not None and grant is not None]
        mean = sum(balance * grant for balance, grant in known) / sum(grant for _, grant in known)
        assert mean == pytest.approx(published, abs=0.01 if name.startswith("balance_2021") else 0.15), name


@pytest.mark.parametrize("field", list(PUBLISHED_GRANT))
def test_grants_add_up_to_englands(field: str) -> None:
    total = sum(getattr(one, field) or 0 for one in council_grants().values())
    assert total == pytest.approx(PUBLISHED_GRANT[field], abs=200)  # each is rounded to a pound


def test_a_schools_block_is_units_times_pupils_premises_and_growth() -> None:
    for one in schools_blocks().values():
        if one.schools_block_gbp is None:
            continue
        assert one.primary_unit_gbp
        assert one.secondary_unit_gbp
        assert one.primary_pupils
        assert one.secondary_pupils
        by_pupils = one.primary_unit_gbp * one.primary_pupils + one.secondary_unit_gbp * one.secondary_pupils
        parts = by_pupils + (one.premises_gbp or 0) + (one.growth_gbp or 0)
        assert parts == pytest.approx(one.schools_block_gbp, abs=3), one.ons_code


def test_successors_of_cumbria_say_whose_balance_they_show() -> None:
    told = {one.balance_of for one in council_grants().values()}
    assert told == {"", "Cumbria"}
    assert grant_of("E06000063").balance_2021_22_pct == grant_of("E06000064").balance_2021_22_pct


def test_bands_of_the_lump_sum_follow_each_other() -> None:
    bands = lump_sum_bands()
    assert [one.to_pct for one in bands[:-1]] == [one.from_pct for one in bands[1:]]
    assert bands[0].from_pct == 0.0
    assert bands[-1].to_pct == 100.0


def test_the_total_of_the_formula_agrees_with_both_answers() -> None:
    number = load_register().number
    low, high = load_register().get("nff_total").interval or (0.0, 0.0)
    assert low <= number("nff_additional_total") / 0.178 <= high
    assert low <= number("nff_deprivation_total") / 0.106 <= high
