"""The social statement: provision has a worth; hours, waits and teachers have prices; each stands on what it says."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from sencosim.costing.accounts import Charge
from sencosim.costing.cost import cost
from sencosim.costing.extra_teachers import EXTRA_TEACHERS
from sencosim.costing.money import by_payer
from sencosim.costing.option import AppraisalFrame, measures
from sencosim.costing.prices import PRICE_PARAMETERS, PriceBook
from sencosim.costing.provision import WITH_NEED
from sencosim.costing.standing import ASSUMED, BY_EFFECT, CONVENTION, CONVENTIONS, MEASURED, STANDINGS
from sencosim.costing.tariffs import PolicyTerms
from sencosim.evidence.register import Register, evidence_folder, load_register
from sencosim.evidence.views import VIEWS, load_view
from sencosim.vocabulary import PUBLIC_PAYERS

Ledger = Callable[..., pd.DataFrame]
Amounts = Mapping[str, float]

FRAME = AppraisalFrame(2027, 3)
IN_ORDER = ("sceptic", "central", "campaign")
VALUES: dict[str, Any] = dict(load_view("central").values(load_register()))
BOOKS: dict[str, PriceBook] = {view: PriceBook.for_view(view) for view in VIEWS}
TERMS = (
    PolicyTerms(),
    PolicyTerms("national_grant", "national_grant", "national_grant", qualified_team=True, allowance_gbp=2_000.0),
)
PROVISION = ("school_provision", "placements", "leaving_mainstream", "transport", "provision_worth")
"""Categories of what is provided for pupils, and of its worth."""
ALTERNATIVE = "pupil_years.ap"
POST16 = "pupil_years.post16_plan"
OF_PUPILS = sorted(name for name in BOOKS["central"].priced_quantities() if name.startswith("pupil_years."))
PRICED = sorted(BOOKS["central"].priced_quantities())
CHANGE = st.floats(-1e4, 1e4)
PUPIL_YEARS = st.dictionaries(st.sampled_from(OF_PUPILS), CHANGE, min_size=1)
ANY_CHANGE = st.dictionaries(st.sampled_from(PRICED), CHANGE, min_size=1, max_size=12)
SHARE = st.floats(0.0, 1.0)
CENT = 0.01
"""What rounding may leave of sums of up to a billion. [GBP]"""


def book_at(**changed: float) -> PriceBook:
    """The central book at its point values, some of them changed."""
    return PriceBook.from_values(VALUES | changed, "central")


@cache
def at_worth(kappa: float) -> PriceBook:
    return book_at(provision_worth=kappa)


def ledger(changes: Amounts) -> pd.DataFrame:
    """The same change in each year of the horizon."""
    years = range(FRAME.first_year, FRAME.first_year + FRAME.n_years)
    return pd.DataFrame(
        [{"year": year, "quantity": name, "value": value} for year in years for name, value in changes.items()]
    )


def npsv(changes: Amounts, book: PriceBook, *categories: str) -> float:
    """Net present social value of a change, of some categories or of all."""
    lines = cost(ledger(changes), book)
    return measures(lines[lines["category"].isin(categories)] if categories else lines, FRAME).npsv


def over_the_horizon(amount: float) -> float:
    """Present value of an amount in each year."""
    return amount * float(FRAME.factors().sum())


def budget_of(changes: Amounts, book: PriceBook) -> pd.Series:
    """What moves in budgets, by category and payer, undiscounted; nothing is left out that moves."""
    lines = cost(ledger(changes), book)
    sums = lines[lines["in_budget"]].groupby(["category", "payer"])["value_gbp"].sum()
    return sums[sums.abs() > CENT]


# ---------------------------------------------------------------- provision and its worth


@pytest.mark.property
@settings(max_examples=60)
@given(PUPIL_YEARS)
def test_at_a_worth_of_one_provision_cancels_but_for_what_an_exclusion_makes_good(changes: Amounts) -> None:
    making_good = sum(
        charge.price_gbp
        for charge in BOOKS["central"].charges
        if charge.quantity == ALTERNATIVE and charge.category in ("placements", "transport")
    )
    assert making_good > 10_000.0
    left = -over_the_horizon(changes.get(ALTERNATIVE, 0.0) * making_good)
    assert npsv(changes, at_worth(1.0), *PROVISION) == pytest.approx(left, abs=CENT)


@pytest.mark.property
@settings(max_examples=60)
@given(PUPIL_YEARS)
def test_at_a_worth_of_zero_provision_counts_as_its_cost_alone(changes: Amounts) -> None:
    lines = cost(ledger(changes), at_worth(0.0))
    assert (lines.loc[lines["category"] == "provision_worth", "value_gbp"] == 0.0).all()
    costs = lines[lines["category"].isin(PROVISION) & (lines["nature"] == "resource")]
    spent = costs["value_gbp"].sum() / FRAME.n_years
    assert npsv(changes, at_worth(0.0), *PROVISION) == pytest.approx(-over_the_horizon(spent), abs=CENT)


@pytest.mark.property
@settings(max_examples=60)
@given(ANY_CHANGE, st.floats(0.0, 10.0))
def test_net_present_social_value_is_linear_in_the_worth_and_no_budget_hangs_on_it(
    changes: Amounts, kappa: float
) -> None:
    at_zero, at_one = (npsv(changes, at_worth(end)) for end in (0.0, 1.0))
    between = at_zero + kappa * (at_one - at_zero)
    size = 10.0 * sum(abs(value) for value in changes.values())
    assert npsv(changes, book_at(provision_worth=kappa)) == pytest.approx(between, rel=1e-9, abs=1e-6 * size + CENT)
    plain, moved = (budget_of(changes, book) for book in (at_worth(1.0), book_at(provision_worth=kappa)))
    pd.testing.assert_series_equal(plain, moved)


@pytest.mark.property
@settings(max_examples=40)
@given(st.floats(0.1, 1e4), st.floats(0.0, 5.0), st.floats(2_500.0, 4_700.0))
def test_a_label_alone_changes_neither_net_present_social_value_nor_a_budget(
    pupils: float, kappa: float, notional: float
) -> None:
    label = {"pupil_years.identification_wait": -pupils, "pupil_years.sen_support": pupils}
    book = book_at(provision_worth=kappa, notional_sen_provision=notional)
    lines = cost(ledger(label), book)
    # What is left is what the wait itself costs the pupil and the parents, not what the label brings.
    assert set(lines["category"]) == {"school_provision", "provision_worth", "waiting", "families"}
    assert npsv(label, book, *PROVISION) == pytest.approx(0.0, abs=CENT)
    silent = book_at(
        provision_worth=kappa,
        notional_sen_provision=notional,
        waiting_wellbeing_loss=0.0,
        effect_parent_job_kept=0.0,
    )
    assert npsv(label, silent) == pytest.approx(0.0, abs=CENT)
    assert budget_of(label, silent).empty


@pytest.mark.property
@settings(max_examples=40)
@given(st.floats(1.0, 1e4), st.sampled_from(VIEWS))
def test_a_plan_alone_costs_the_public_purse_the_top_up_and_transport_only(pupils: float, view: str) -> None:
    book = BOOKS[view]
    moved = budget_of({"pupil_years.sen_support": -pupils, "pupil_years.ehc_plan": pupils}, book)
    prices = {c.item: c.price_gbp for c in book.charges if c.quantity == "pupil_years.ehc_plan" and c.in_budget}
    assert set(prices) == {"topup", "transport"}
    sums = moved.groupby("category").sum() / (FRAME.n_years * pupils)
    assert sums.to_dict() == pytest.approx({"placements": prices["topup"], "transport": prices["transport"]})
    assert set(moved.index.get_level_values("payer")) <= {
        "council_high_needs",
        "central_high_needs",
        "council_general_fund",
    }


@pytest.mark.unit
@pytest.mark.parametrize("view", VIEWS)
def test_need_carries_the_schools_own_provision_wherever_it_is_and_nothing_else_does(view: str) -> None:
    own = [charge for charge in BOOKS[view].charges if charge.category == "school_provision"]
    assert {charge.quantity for charge in own} == set(OF_PUPILS) - {"pupil_years.home_education", POST16}
    assert len({charge.price_gbp for charge in own}) == 1
    assert not [charge for charge in own if charge.in_budget or charge.cashable_share]


# ---------------------------------------------------------------- neutrality and signs


@pytest.mark.unit
@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("terms", TERMS)
def test_no_change_is_zero_in_every_line(view: str, terms: PolicyTerms) -> None:
    book = PriceBook.for_view(view, terms)
    lines = cost(ledger(dict.fromkeys(book.priced_quantities(), 0.0)), book)
    assert set(lines["category"]) == {charge.category for charge in book.charges}
    assert (lines[["value_gbp", "cashable_gbp"]] == 0.0).all().all()
    assert measures(lines, FRAME).npsv == 0.0
    assert (by_payer(lines, FRAME.first_year, FRAME.n_years)["budget_gbp"] == 0.0).all()


WORSE: dict[str, Amounts] = {
    "SENCO hours paid for": {"added_hours": 1.0},
    "teachers taken from classes": {EXTRA_TEACHERS: 1.0},
    "administrators": {"admin_hours": 1.0},
    "psychologists' hours": {"ep_hours": 1.0},
    "officers' hours": {"officer_hours": 1.0},
    "health advice": {"assessments": 1.0},
    "mediations": {"mediations": 1.0},
    "appeals": {"appeals.contents": 1.0},
    "suspensions": {"suspensions.sen_support": 1.0},
    "alternative provision in place of a school": {ALTERNATIVE: 1.0, "pupil_years.sen_support": -1.0},
    "SENCOs found and qualified": {"senco_starters": 1.0},
}
"""A unit more of each is worse in every view."""
WORSE_UNLESS_WORTH_NOTHING: dict[str, Amounts] = {
    "unpaid hours": {"overtime_hours": 1.0},
    "waiting for the SENCO": {"pupil_years.identification_wait": 1.0, "pupil_years.sen_support": -1.0},
    "weeks in appeal": {"appeal_weeks": 1.0},
    "first exclusions": {"pupils_first_excluded": 1.0},
    "released hours lost": {"idle_hours": -1.0},
    "leaked hours lost": {"leaked_hours": -1.0},
}
"""Worse where they have a worth at all: the sceptic gives them none."""


@pytest.mark.unit
@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("line", sorted(WORSE))
def test_a_unit_more_of_what_uses_up_resources_is_worse_in_every_view(view: str, line: str) -> None:
    assert npsv(WORSE[line], BOOKS[view]) < 0.0


@pytest.mark.unit
@pytest.mark.parametrize("line", sorted(WORSE_UNLESS_WORTH_NOTHING))
def test_hours_and_waits_are_worse_where_they_have_a_worth(line: str) -> None:
    sceptic, central, campaign = (npsv(WORSE_UNLESS_WORTH_NOTHING[line], BOOKS[view]) for view in IN_ORDER)
    assert sceptic == pytest.approx(0.0, abs=1e-9)
    assert central < 0.0
    assert campaign < 0.0


@pytest.mark.unit
@pytest.mark.parametrize("placement", [name for name in WITH_NEED if name not in ("ap", "identification_wait")])
def test_more_provision_is_better_above_a_worth_of_one_and_worse_below(placement: str) -> None:
    more = {f"pupil_years.{placement}": 1.0}
    assert npsv(more, at_worth(0.5)) < 0.0 < npsv(more, at_worth(1.5))
    assert npsv(more, at_worth(1.0)) == pytest.approx(0.0, abs=CENT)


@pytest.mark.unit
def test_home_education_ends_provision_and_moves_the_rest_between_budgets() -> None:
    leaves = {"pupil_years.sen_support": -1.0, "pupil_years.home_education": 1.0}
    assert npsv(leaves, at_worth(0.0)) > 0.0 > npsv(leaves, at_worth(2.0))
    assert npsv(leaves, at_worth(1.0)) == pytest.approx(0.0, abs=CENT)
    payers = by_payer(cost(ledger(leaves), at_worth(1.0)), FRAME.first_year, FRAME.n_years).set_index("payer")
    moved = payers["transfer_gbp"]
    assert moved["families"] == pytest.approx(-moved["dfe"])
    assert moved["families"] > 0.0


@pytest.mark.unit
def test_a_hearing_is_worth_to_the_family_what_provision_is_to_a_pupil() -> None:
    for kappa in (0.0, 0.7, 1.0, 2.0):
        charges = {c.item: c for c in at_worth(kappa).charges if c.quantity == "appeals.contents"}
        hearing, worth = charges["appeal_tribunal"], charges["appeal_tribunal_worth"]
        assert worth.price_gbp == pytest.approx(-kappa * hearing.price_gbp)
        assert (worth.payer, worth.in_budget, worth.cashable_share) == ("families", False, 0.0)
        assert "appeal_council_worth" not in charges


# ---------------------------------------------------------------- real pay growth


@pytest.mark.property
@settings(max_examples=30)
@given(st.floats(-0.03, 0.04), st.integers(2025, 2045))
def test_real_pay_growth_raises_each_price_by_its_labour_share(growth: float, year: int) -> None:
    table = pd.DataFrame({"year": year, "quantity": PRICED, "value": 1.0})
    level, grown = (cost(table, book_at(real_pay_growth=rate)) for rate in (0.0, growth))
    shares = {(c.quantity, c.item): c.labour_share for c in BOOKS["central"].charges}
    assert {0.0, 1.0} < set(shares.values())
    assert all(0.0 <= share <= 1.0 for share in shares.values())
    of_line = pd.Series([shares[pair] for pair in zip(level["quantity"], level["item"], strict=True)])
    expected = level["price_gbp"] * (1.0 + of_line * ((1.0 + growth) ** (year - 2025) - 1.0))
    assert grown["price_gbp"].to_numpy() == pytest.approx(expected.to_numpy(), rel=1e-9)


@pytest.mark.property
@settings(max_examples=20)
@given(SHARE, st.floats(0.001, 0.04))
def test_a_labour_share_moves_the_growth_of_its_own_prices_and_none_at_zero(share: float, growth: float) -> None:
    items = {
        "labour_share_topup": {"topup", "interim_package", "post16_support"},
        "labour_share_independent": {"independent_fee"},
        "labour_share_transport": {"transport"},
        "labour_share_tribunal": {"appeal_council", "appeal_tribunal", "appeal_payment_to_tribunal", "hearings_added"},
        "labour_share_building": {"special_places_built"},
        "labour_share_fees": {"mediation", "appeal_family", "npq", "senco_recruitment", "teacher_found"},
    }
    for name, own in items.items():
        charges = book_at(**{name: share, "real_pay_growth": growth}).charges
        moved = [charge for charge in charges if charge.item.removesuffix("_worth") in own]
        assert {charge.item.removesuffix("_worth") for charge in moved} == own, name
        assert {charge.labour_share for charge in moved} == {share}, name
    still = [c for c in book_at(**dict.fromkeys(items, 0.0), labour_share_schools=0.0).charges if c.labour_share == 0.0]
    assert {"topup", "independent_fee", "transport", "special_place", "appeal_council"} <= {c.item for c in still}
    lines = [
        cost(ledger({charge.quantity: 1.0 for charge in still}), book)
        for book in (
            book_at(**dict.fromkeys(items, 0.0), labour_share_schools=0.0, real_pay_growth=growth),
            book_at(**dict.fromkeys(items, 0.0), labour_share_schools=0.0, real_pay_growth=0.0),
        )
    ]
    names = {charge.item for charge in still}
    amounts = [one.loc[one["item"].isin(names), "value_gbp"].tolist() for one in lines]
    assert amounts[0] == amounts[1]


# ---------------------------------------------------------------- supply of teachers


@pytest.mark.property
@settings(max_examples=40)
@given(st.floats(0.0, 1.1), SHARE, SHARE)
def test_a_teacher_costs_less_the_more_are_kept_by_cheaper_pay(ratio: float, one: float, other: float) -> None:
    few, many = sorted((one, other))
    training = book_at(teachers_kept_by_pay_share=0.0).price(EXTRA_TEACHERS, "dfe")
    at_few, at_many = (
        book_at(retention_price_ratio=ratio, teachers_kept_by_pay_share=kept).price(EXTRA_TEACHERS, "dfe")
        for kept in (few, many)
    )
    assert (at_many - at_few) * (1.0 - ratio) <= CENT
    for price in (at_few, at_many):
        assert min(ratio, 1.0) * training - CENT <= price <= max(ratio, 1.0) * training + CENT
    every = book_at(retention_price_ratio=ratio, teachers_kept_by_pay_share=1.0).price(EXTRA_TEACHERS, "dfe")
    assert every == pytest.approx(ratio * training)


@pytest.mark.unit
def test_a_covered_class_costs_pupils_and_no_budget_and_falls_to_nothing_without_cover() -> None:
    covered = [charge for charge in BOOKS["central"].charges if charge.item == "class_covered"]
    assert [(c.payer, c.in_budget, c.cashable_share, c.side) for c in covered] == [("pupils", False, 0.0, "policy")]
    a_year = book_at(class_cover_weeks=39.0, class_cover_loss_share=1.0).price(EXTRA_TEACHERS, "pupils")
    hour = sum(c.price_gbp for c in BOOKS["central"].charges if c.item == "senco_hours_added")
    assert a_year == pytest.approx(hour * 39 * 32.4)
    for none in ({"class_cover_weeks": 0.0}, {"class_cover_loss_share": 0.0}):
        assert book_at(**none).price(EXTRA_TEACHERS, "pupils") == 0.0


# ---------------------------------------------------------------- the price base


def _tables() -> dict[str, Any]:
    with (evidence_folder() / "appraisal.yaml").open(encoding="utf-8") as file:
        return dict(YAML(typ="safe").load(file))


def _to_base(period: str) -> float:
    """Factor from the prices of a period to the printed base, from the table itself and nothing of costing."""
    tables = _tables()
    index = next(one["index"] for one in tables["deflators"].values() if one["in_force"])
    year = int(period[:4])
    first, second, before = (f"{y}-{(y + 1) % 100:02d}" for y in (year, year + 1, year - 1))
    if re.fullmatch(r"\d{4}-\d{2}", period):
        level = index[first]
    elif re.fullmatch(r"\d{4}/\d{2}", period):
        level = (7 * index[first] + 5 * index[second]) / 12
    else:
        assert re.fullmatch(r"\d{4}", period)
        level = (3 * index[before] + 9 * index[first]) / 12
    return float(index[tables["price_base"]] / level)


MONEY = sorted(
    name
    for name in PRICE_PARAMETERS
    if load_register()[name].unit.startswith("GBP") and load_register()[name].price_year is not None
)
"""Entries of the price book that are money of some year."""


@pytest.mark.unit
@pytest.mark.parametrize("terms", TERMS)
def test_every_charge_is_made_of_register_values_in_the_printed_price_base(terms: PolicyTerms) -> None:
    """A book of values rebased here, from a register without price years, is the book."""
    register = load_register()
    rebased = {name: float(VALUES[name]) * _to_base(str(register[name].price_year)) for name in MONEY}
    undated = Register({name: entry.model_copy(update={"price_year": None}) for name, entry in register.items()})
    ours = PriceBook.from_values(VALUES | rebased, "central", terms, undated)
    book = PriceBook.from_values(VALUES, "central", terms)
    assert book.price_base == _tables()["price_base"] == FRAME.price_base
    for one, other in zip(book.charges, ours.charges, strict=True):
        assert (one.quantity, one.item, one.payer) == (other.quantity, other.item, other.payer)
        assert one.price_gbp == pytest.approx(other.price_gbp, rel=1e-9), one.item


@pytest.mark.unit
@pytest.mark.parametrize("name", MONEY)
def test_a_price_of_one_entry_is_its_value_in_the_printed_price_base(name: str) -> None:
    entry = load_register()[name]
    factor = _to_base(str(entry.price_year))
    books = [PriceBook.from_values(VALUES, "central", terms) for terms in TERMS]
    told = [charge for book in books for charge in book.charges if name in charge.parameters]
    assert told
    simple = [c for c in told if c.parameters == (name,)]
    assert all(abs(c.price_gbp) == pytest.approx(float(VALUES[name]) * factor) for c in simple)
    # An academic year of the base reaches into the dearer year after it.
    assert (factor > 1.0) == (entry.price_year not in ("2025-26", "2025/26"))
    assert (factor < 1.0) == (entry.price_year == "2025/26")


# ---------------------------------------------------------------- views and standings

GOOD: dict[str, Amounts] = {
    "released_hours": {"idle_hours": 1.0, "leaked_hours": 1.0},
    "unpaid_hours": {"overtime_hours": -1.0},
    "waiting": {"pupil_years.identification_wait": -1.0},
    "provision_worth": {"pupil_years.ehc_plan": 1.0},
    "extra_teachers": {EXTRA_TEACHERS: -1.0},
}
"""A change that suits the campaign, by category of what is agreed."""


@pytest.mark.unit
@pytest.mark.parametrize("category", sorted(GOOD))
def test_conventions_run_from_the_sceptic_over_the_central_view_to_the_campaign(category: str) -> None:
    found = [npsv(GOOD[category], BOOKS[view], category) for view in IN_ORDER]
    if category == "extra_teachers":  # dear, central, cheap: what is spared
        found = found[::-1]
    assert found[0] < found[1] < found[2]
    assert found[0] >= 0.0


@pytest.mark.unit
def test_one_notional_price_is_read_alike_in_all_views() -> None:
    prices = {c.price_gbp for book in BOOKS.values() for c in book.charges if c.item == "school_provision"}
    assert len(prices) == 1


AGREED = (
    *("released_hours_value", "unpaid_hour_value", "notional_sen_provision", "provision_worth"),
    "waiting_wellbeing_loss",
)
"""Entries whose size is agreed: they say what something is worth."""


def _charges() -> list[Charge]:
    return [charge for view in VIEWS for terms in TERMS for charge in PriceBook.for_view(view, terms).charges]


@pytest.mark.unit
def test_every_charge_stands_on_one_thing_and_conventions_on_assumptions() -> None:
    register = load_register()
    assert all(register[name].kind == "assumption" for name in AGREED)
    charges = _charges()
    assert {charge.standing for charge in charges} == set(STANDINGS)
    for charge in charges:
        agreed = set(charge.parameters) & set(AGREED)
        assert (charge.standing == CONVENTION) == bool(agreed) == (charge.category in CONVENTIONS), charge.item
        if charge.standing == CONVENTION:
            assert not charge.in_budget, charge.item
            assert charge.cashable_share == 0.0, charge.item
        assumed = any(register[name].kind != "evidence" for name in charge.parameters)
        assert charge.standing != MEASURED or not assumed, charge.item
        assert charge.standing != ASSUMED or assumed, charge.item
        if charge.standing in (MEASURED, ASSUMED, BY_EFFECT):
            assert (charge.side == "consequence") == (charge.standing == BY_EFFECT), charge.item
    assert {charge.category for charge in charges if charge.standing == CONVENTION} == set(CONVENTIONS)


@pytest.mark.unit
def test_lines_say_what_they_stand_on(book: PriceBook) -> None:
    lines = cost(ledger(dict.fromkeys(book.priced_quantities(), 1.0)), book)
    told = {(c.quantity, c.item): c.standing for c in book.charges}
    found = {(row.quantity, row.item): row.standing for row in lines.itertuples()}
    assert found == told


@pytest.mark.unit
def test_those_outside_the_public_purse_have_no_budget(book: PriceBook) -> None:
    private = [charge for charge in book.charges if charge.payer not in PUBLIC_PAYERS and charge.nature == "resource"]
    assert {charge.payer for charge in private} == {"families", "pupils", "sencos"}
    assert not [charge.item for charge in private if charge.in_budget]
