"""What flows back to the Exchequer is all there or not at all, and changes budgets only."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sencosim.costing.accounts import TAXES
from sencosim.costing.cost import cost_of_difference
from sencosim.costing.flow_backs import FLOW_BACK_CATEGORIES, FLOW_BACK_SHARES, PRICES_OF_TEACHERS
from sencosim.costing.option import AppraisalFrame, appraise_option
from sencosim.costing.prices import PRICE_PARAMETERS, PriceBook
from sencosim.costing.tariffs import PolicyTerms
from sencosim.evidence.register import load_register

FRAME = AppraisalFrame(2027, 4)
NONE, ALL = (PriceBook.for_view("central", PolicyTerms(flow_backs=name)) for name in ("none", "all"))  # type: ignore[arg-type]
AMOUNTS = st.dictionaries(
    st.sampled_from(sorted(NONE.priced_quantities() - {"extra_teachers"})), st.floats(-1e5, 1e5), min_size=1, max_size=9
)
LEDGERS = st.lists(st.tuples(st.integers(2027, 2030), AMOUNTS), min_size=1, max_size=4).map(
    lambda years: pd.DataFrame(
        [{"year": year, "quantity": name, "value": value} for year, found in years for name, value in found.items()]
    )
)


@pytest.mark.property
@settings(max_examples=30)
@given(LEDGERS)
def test_net_present_social_value_is_the_same(table: pd.DataFrame) -> None:
    none, every = (appraise_option(cost_of_difference(table, book), FRAME) for book in (NONE, ALL))
    for name in ("npsv", "pv_cost", "pv_benefit", "pv_public_saving"):
        assert getattr(every.measures, name) == pytest.approx(getattr(none.measures, name), abs=1e-3)
    before, after = (one.payers.set_index("payer")["present_value_gbp"] for one in (none, every))
    others = [payer for payer in before.index if payer != "exchequer"]
    assert after[others].to_dict() == pytest.approx(before[others].to_dict(), abs=1e-3)
    assert every.pv_public_net - none.pv_public_net == pytest.approx(after["exchequer"] - before["exchequer"], abs=1e-3)


@pytest.mark.unit
def test_the_exchequer_receives_what_the_rates_say_of_an_hour_of_a_teacher() -> None:
    hour = NONE.price("added_hours", "schools")
    share = {name: load_register().number(name) for name in FLOW_BACK_SHARES}
    received = {c.category: -c.price_gbp for c in ALL.flow_backs if c.quantity == "added_hours"}
    assert received["employer_insurance"] == pytest.approx(
        hour * load_register().number("employer_ni_share_of_teacher_cost")
    )
    assert received["tax_on_pay"] == pytest.approx(hour * share["tax_share_of_teacher_cost"])
    assert received["pension_contributions"] == pytest.approx(hour * share["pension_share_of_teacher_cost"])
    assert tuple(received) == FLOW_BACK_CATEGORIES


@pytest.mark.unit
def test_shares_are_the_statutory_rates_on_the_pay_behind_the_price() -> None:
    """Rates of 2025-26: basic rate, allowance, both thresholds; the pension scheme's own rates."""
    register, pay, cost = load_register(), 51_048, 72_851
    tax = 0.20 * (pay * (1 - 0.099) - 12_570)
    insurance = 0.08 * (50_270 - 12_570) + 0.02 * (pay - 50_270)
    assert register.number("tax_share_of_teacher_cost") == pytest.approx((tax + insurance) / cost, abs=1e-4)
    assert register.number("pension_share_of_teacher_cost") == pytest.approx((0.2868 + 0.099) * pay / cost, abs=1e-4)
    low, other = 30_000, 39_750
    tax, insurance = 0.20 * (low * (1 - 0.065) - 12_570), 0.08 * (low - 12_570)
    assert register.number("tax_share_of_other_staff_cost") == pytest.approx((tax + insurance) / other, abs=5e-3)
    assert register.number("employer_ni_share_of_other_staff_cost") == pytest.approx(0.15 * 25_000 / other, abs=5e-3)


@pytest.mark.unit
def test_every_pay_of_a_public_payer_flows_back_and_nothing_else() -> None:
    paid = {
        charge.quantity
        for charge in NONE.charges
        if charge.labour_share and charge.in_budget and (charge.nature == "resource" or charge.counterpart == TAXES)
    }
    # Tax on parents' work is the Exchequer's own line: it is not taxed again.
    taxed = {charge.quantity for charge in NONE.charges if charge.payer == "exchequer"}
    assert {charge.quantity for charge in ALL.flow_backs} == paid - taxed
    assert not [charge.item for charge in ALL.flow_backs if "parent_work" in charge.item]
    assert all(charge.payer == "exchequer" and charge.counterpart == TAXES for charge in ALL.flow_backs)
    assert not {charge.category for charge in NONE.charges} & set(FLOW_BACK_CATEGORIES)
    pension = {charge.quantity for charge in ALL.flow_backs if charge.category == "pension_contributions"}
    assert pension == {"added_hours", "removed_hours", "vacant_hours", "slt_seats_added", "posts_with_allowance"}


@pytest.mark.unit
def test_assistants_who_are_teachers_pay_into_the_pension_of_teachers() -> None:
    books = [PriceBook.for_view("central", PolicyTerms(qualified_team=qualified)) for qualified in (False, True)]
    received = [
        {charge.category for charge in book.flow_backs if charge.quantity == "team_hours_added"} for book in books
    ]
    assert received == [{"employer_insurance", "tax_on_pay"}, set(FLOW_BACK_CATEGORIES)]


@pytest.mark.unit
def test_a_grant_to_schools_changes_nothing_of_what_flows_back() -> None:
    granted = PriceBook.for_view("central", PolicyTerms("national_grant", "national_grant", "national_grant"))
    assert granted.flow_backs == NONE.flow_backs


@pytest.mark.unit
def test_prices_of_teachers_are_prices() -> None:
    assert set(PRICES_OF_TEACHERS) <= set(PRICE_PARAMETERS)
