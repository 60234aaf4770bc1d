"""Pricing a ledger: complete, balanced, linear."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sencosim.costing.accounts import TAXES, Charge, faults
from sencosim.costing.cost import KEYS, LINE_COLUMNS, cost, from_book, reason_not_priced, reasons
from sencosim.costing.extra_teachers import EXTRA_TEACHERS
from sencosim.costing.money import by_payer, flows
from sencosim.costing.option import AppraisalFrame, appraise_option, measures
from sencosim.costing.prices import HEADLINES, PRICE_PARAMETERS, PriceBook
from sencosim.costing.standing import CONVENTION
from sencosim.costing.tariffs import PolicyTerms
from sencosim.errors import CostingError
from sencosim.evidence.register import load_register
from sencosim.vocabulary import PAYERS, PUBLIC_PAYERS, Quantity

BOOK = PriceBook.for_view("central")
GRANT = PriceBook.for_view("central", PolicyTerms("national_grant", "national_grant", "national_grant"))
PRICED = sorted(BOOK.priced_quantities())
AMOUNTS = st.dictionaries(st.sampled_from(PRICED), st.floats(-1e5, 1e5), min_size=1, max_size=12)
LEDGERS = st.lists(st.tuples(st.integers(2025, 2038), AMOUNTS), min_size=1, max_size=6).map(
    lambda years: pd.DataFrame(
        [{"year": year, "quantity": name, "value": value} for year, found in years for name, value in found.items()]
    )
)
Ledger = Callable[..., pd.DataFrame]


def _key(charge: Charge) -> tuple[str, str, str]:
    """Name of a price: no book has it twice."""
    return charge.quantity, charge.item, charge.payer


# ---------------------------------------------------------------- the map is complete


@pytest.mark.unit
@pytest.mark.parametrize("name", [quantity.key for quantity in Quantity])
def test_every_quantity_has_a_price_or_a_reason(name: str) -> None:
    assert name in BOOK.priced_quantities() or reason_not_priced(name) is not None


@pytest.mark.unit
def test_nothing_is_priced_that_the_ledger_does_not_hold_and_units_agree() -> None:
    units = {quantity.key: quantity.unit for quantity in Quantity} | {EXTRA_TEACHERS: "FTE"}
    assert {charge.quantity: charge.unit for charge in BOOK.charges} == {
        name: units[name] for name in BOOK.priced_quantities()
    }


@pytest.mark.unit
def test_no_reason_is_left_for_a_priced_or_unknown_quantity() -> None:
    names = {quantity.key for quantity in Quantity}
    told, families = reasons()
    assert set(told) <= names - BOOK.priced_quantities()
    assert all(any(name.startswith(prefix) for name in names) for prefix in families)


@pytest.mark.unit
def test_an_unknown_quantity_stops_the_costing(ledger: Ledger, book: PriceBook) -> None:
    with pytest.raises(CostingError, match="Did you mean  added_hours") as caught:
        cost(ledger({"added_hour": 1.0, "mystery": 2.0, "used_hours": 3.0}), book)
    assert [problem.key for problem in caught.value.problems] == ["added_hour", "mystery"]
    with pytest.raises(CostingError, match="lacks quantity"):
        cost(pd.DataFrame({"year": [2027], "value": [1.0]}), book)


@pytest.mark.unit
def test_a_reason_is_told_of_a_quantity_or_of_its_family() -> None:
    assert all("capacity" in str(reason_not_priced(name)) for name in ("used_hours", "hours.coaching"))
    assert reason_not_priced("added_hours") is None


@pytest.mark.unit
def test_every_parameter_of_the_book_is_read_and_said(values: dict[str, object]) -> None:
    """Move each register entry: exactly the charges that name it change."""
    terms = PolicyTerms(allowance_gbp=2_000.0)
    book = PriceBook.for_view("central", terms)
    told: dict[str, set[tuple[str, str, str]]] = {name: set() for name in PRICE_PARAMETERS}
    for charge in book.charges:
        for name in charge.parameters:
            told[name].add(_key(charge))
    for name in PRICE_PARAMETERS:
        changed_values = values | {name: float(values[name]) * 1.01 + 1e-4}  # type: ignore[arg-type]
        moved = PriceBook.from_values(changed_values, "central", terms)
        pairs = zip(book.charges, moved.charges, strict=True)
        changed = {_key(new) for old, new in pairs if old.price_gbp != new.price_gbp}
        assert changed == told[name], name
        if not changed:
            assert moved != book, f"{name} is read by nothing"


@pytest.mark.unit
def test_price_parameters_are_in_the_register() -> None:
    register = load_register()
    assert set(PRICE_PARAMETERS) | set(HEADLINES) <= set(register.names())
    read = {name for name in register.names() if "costing" in register[name].used_by}
    assert read <= set(PRICE_PARAMETERS) | set(HEADLINES)


@pytest.mark.unit
def test_a_book_lacking_a_value_says_which(values: dict[str, object]) -> None:
    with pytest.raises(CostingError, match="mediation_fee"):
        PriceBook.from_values({name: value for name, value in values.items() if name != "mediation_fee"}, "central")
    with pytest.raises(CostingError, match="must be one number"):
        PriceBook.from_values(values | {"mediation_fee": [1.0, 2.0]}, "central")


@pytest.mark.unit
def test_views_differ_only_in_effects_the_causal_share_conventions_and_the_supply_of_teachers() -> None:
    central = {_key(charge): charge.price_gbp for charge in BOOK.charges}
    for view in ("campaign", "sceptic"):
        other = {_key(charge): charge.price_gbp for charge in PriceBook.for_view(view).charges}
        differ = [charge for charge in BOOK.charges if central[key := _key(charge)] != other[key]]
        teachers = {"teacher_trained_or_kept", "class_covered"}
        conventions = {charge.item for charge in BOOK.charges if charge.standing == CONVENTION}
        assert {charge.item for charge in differ} <= {"parent_work", "exclusion_lifetime"} | teachers | conventions
        assert {charge.item for charge in differ if charge.in_budget} <= {"parent_work", "teacher_trained_or_kept"}
    sceptic = PriceBook.for_view("sceptic")
    for quantity in ("idle_hours", "leaked_hours", "overtime_hours", "pupils_first_excluded"):
        assert sceptic.price(quantity) == 0.0
    assert all(c.price_gbp == 0.0 for c in sceptic.charges if c.item in ("waiting", "parent_work"))
    assert PriceBook.for_view("campaign").price("pupils_first_excluded") == BOOK.price("pupils_first_excluded")


# ---------------------------------------------------------------- single prices


@pytest.mark.unit
def test_an_added_full_time_post_costs_the_school_its_employment_cost(book: PriceBook) -> None:
    year = 32.4 * 39
    level = 103.2388 / (7 / 12 * 103.2388 + 5 / 12 * 105.3095)
    assert book.price("added_hours", "schools") * year == pytest.approx(72_851 * level)
    assert book.price("removed_hours", "schools") == -book.price("added_hours", "schools")


@pytest.mark.unit
def test_a_seat_without_uplift_costs_nothing() -> None:
    free = PriceBook.for_view("central", PolicyTerms(slt_pay_uplift=False))
    assert free.price("slt_seats_added", "schools") == 0.0
    assert BOOK.price("slt_seats_added", "schools") > 0.0


@pytest.mark.unit
def test_a_national_grant_moves_the_cost_and_nothing_else(ledger: Ledger) -> None:
    table = ledger({"added_hours": 1000.0, "slt_seats_added": 3.0, "admin_hours": 50.0})
    own, granted = (by_payer(cost(table, book), 2027, 1).set_index("payer") for book in (BOOK, GRANT))
    amount = "undiscounted_gbp"
    assert granted.loc["schools", amount] == pytest.approx(0.0, abs=1e-6)
    assert granted.loc["dfe", amount] == pytest.approx(own.loc["schools", amount])
    assert granted[amount].sum() == pytest.approx(own[amount].sum())
    first, second = (measures(cost(table, book), AppraisalFrame(2027, 1)).npsv for book in (BOOK, GRANT))
    assert first == pytest.approx(second)


@pytest.mark.unit
def test_pay_growth_compounds_from_the_price_base(ledger: Ledger, values: dict[str, object]) -> None:
    grown = PriceBook.from_values(values | {"real_pay_growth": 0.01}, "central")
    table = ledger({"added_hours": 1.0, "pupil_years.independent_special": 1.0}, years=(2025, 2027))
    plain, dearer = cost(table, BOOK), cost(table, grown)
    ratio = (dearer["price_gbp"] / plain["price_gbp"]).groupby([plain["item"], plain["year"]]).mean()
    assert ratio["senco_hours_added", 2025] == ratio["independent_fee", 2025] == 1.0
    assert ratio["senco_hours_added", 2027] == pytest.approx(1.01**2)
    for item in ("independent_fee", "independent_fee_worth"):
        assert ratio[item, 2027] == pytest.approx(1.0 + 0.7 * (1.01**2 - 1.0))


@pytest.mark.unit
def test_lines_carry_keys_and_columns(ledger: Ledger, book: PriceBook) -> None:
    lines = cost(ledger({"added_hours": 2.0}).assign(size_band="all", other=1), book)
    keys = [name for name in KEYS if name in lines.columns]
    assert keys == ["scenario", "year", "council", "size_band"]
    assert list(lines.columns) == [*keys, *LINE_COLUMNS]
    assert (lines["book"] == "central").all()
    assert len(cost(ledger({"added_hours": 2.0}).iloc[:0], book)) == 0


# ---------------------------------------------------------------- the accounts guard themselves


@pytest.mark.unit
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"payer": "nobody"}, "not one of schools"),
        ({"category": "sundry"}, "not one of senco_time"),
        ({"cashable_share": 2.0}, "between 0 and 1"),
        ({"nature": "transfer"}, "does not net to zero"),
        ({"quantity": "allocated_hours"}, "SENCO hours"),
        ({"quantity": "senco_leavers"}, "SENCO turnover"),
        ({"quantity": "appeals_heard"}, "Appeals"),
        ({"quantity": "starts.state_special"}, "Places"),
        ({"quantity": "refused.parental"}, "Assessment"),
        ({"life_course": True, "item": "neet_lifetime"}, "More than one price for the rest of a life"),
    ],
)
def test_a_book_refuses_prices_that_break_the_accounts(change: dict[str, object], words: str) -> None:
    spare = Charge("absence_days", "days", "spare", "families", "consequence", "pupils", 1.0, ())
    broken = replace(spare, **change)  # type: ignore[arg-type]
    assert not list(faults(BOOK.charges))
    with pytest.raises(CostingError) as caught:
        replace(BOOK, charges=(*BOOK.charges, broken))
    assert any(words in problem.message for problem in caught.value.problems)


# ---------------------------------------------------------------- properties


@pytest.mark.property
@settings(max_examples=30)
@given(LEDGERS)
def test_payers_sum_to_the_total(table: pd.DataFrame) -> None:
    lines = cost(table, BOOK)
    payers = by_payer(lines, 2025, 14)
    assert set(payers["payer"]) == set(PAYERS)
    assert payers["undiscounted_gbp"].sum() == pytest.approx(lines["value_gbp"].sum(), abs=1e-3)
    public = payers[payers["public"]]["budget_gbp"].sum()
    assert appraise_option(lines, AppraisalFrame(2025, 14)).pv_public_net == pytest.approx(public, abs=1e-3)


@pytest.mark.property
@settings(max_examples=30)
@given(LEDGERS)
def test_transfers_between_payers_cancel(table: pd.DataFrame) -> None:
    for book in (BOOK, GRANT):
        lines = cost(table, book)
        between = from_book(lines, book, ["counterpart"])["counterpart"] != TAXES
        lines = lines[between.to_numpy()]
        moved = lines[lines["nature"] == "transfer"].groupby(["quantity", "item", "year"])["value_gbp"].sum()
        assert moved.abs().max() == pytest.approx(0.0, abs=1e-4) if len(moved) else True
        assert by_payer(lines, 2025, 14)["transfer_gbp"].sum() == pytest.approx(0.0, abs=1e-3)


@pytest.mark.property
@settings(max_examples=30)
@given(LEDGERS, st.floats(0.01, 100.0))
def test_scaling_prices_scales_costs(table: pd.DataFrame, factor: float) -> None:
    plain, scaled = cost(table, BOOK), cost(table, BOOK.scaled(factor))
    assert scaled["value_gbp"].to_numpy() == pytest.approx(plain["value_gbp"].to_numpy() * factor, abs=1e-3)


@pytest.mark.property
@settings(max_examples=30)
@given(LEDGERS, st.randoms(use_true_random=False))
def test_the_order_of_years_does_not_matter_undiscounted(table: pd.DataFrame, shuffler: object) -> None:
    years = sorted(table["year"].unique())
    mixed = list(years)
    shuffler.shuffle(mixed)  # type: ignore[attr-defined]
    other = table.assign(year=table["year"].map(dict(zip(years, mixed, strict=True))))
    same = replace(BOOK, high_needs_funded_by="councils")  # who pays depends on the year
    before, after = (by_payer(cost(ledger, same), 2025, 14).set_index("payer") for ledger in (table, other))
    assert after["undiscounted_gbp"].to_numpy() == pytest.approx(before["undiscounted_gbp"].to_numpy(), abs=1e-3)


@pytest.mark.property
@settings(max_examples=30)
@given(LEDGERS, LEDGERS)
def test_the_cost_of_a_difference_is_the_difference_of_costs(policy: pd.DataFrame, base: pd.DataFrame) -> None:
    both = pd.concat([policy, base.assign(value=-base["value"])], ignore_index=True)
    difference = both.groupby(["year", "quantity"], as_index=False)["value"].sum()
    apart = flows(cost(policy, BOOK), 2025, 14).set_index("year") - flows(cost(base, BOOK), 2025, 14).set_index("year")
    together = flows(cost(difference, BOOK), 2025, 14).set_index("year")
    assert together.to_numpy() == pytest.approx(apart.to_numpy(), abs=1e-2)


@pytest.mark.property
@settings(max_examples=30)
@given(LEDGERS)
def test_nothing_changed_costs_nothing(table: pd.DataFrame) -> None:
    lines = cost(table.assign(value=0.0), GRANT)
    assert (lines["value_gbp"] == 0.0).all()
    assert measures(lines, AppraisalFrame(2025, 14)).npsv == 0.0


@pytest.mark.property
@settings(max_examples=30)
@given(LEDGERS)
def test_cash_is_never_more_than_the_money(table: pd.DataFrame) -> None:
    lines = cost(table, BOOK)
    assert (lines["cashable_gbp"].abs() <= lines["value_gbp"].abs() + 1e-9).all()
    assert (lines.loc[~lines["in_budget"], "cashable_gbp"] == 0.0).all()
    outside = {"families", "pupils", "sencos", "schools", "exchequer"}
    assert set(lines.loc[~lines["in_budget"], "payer"]) <= outside


# ---------------------------------------------------------------- groups and horizon


@pytest.mark.unit
def test_groups_stay_apart_and_every_year_is_there(ledger: Ledger, book: PriceBook) -> None:
    first = ledger({"added_hours": 10.0}, years=(2027, 2028)).assign(draw=0)
    second = ledger({"added_hours": 20.0}, years=(2026, 2028, 2040)).assign(draw=1)
    lines = cost(pd.concat([first, second]), book)
    table = flows(lines, 2027, 3, by=["draw"])
    assert list(table["year"]) == [2027, 2028, 2029] * 2
    hour = book.price("added_hours") * (1 - 0.0948)  # without National Insurance, which uses nothing up
    assert list(table["social_cost_gbp"]) == pytest.approx([10 * hour, 10 * hour, 0, 0, 20 * hour, 0])
    result = measures(lines[lines["draw"] == 0], AppraisalFrame(2027, 3))
    assert result.pv_cost == pytest.approx(10 * hour * (1 + 1 / 1.035))
    payers = by_payer(lines, 2027, 3, by=["draw", "category"])
    assert len(payers) == 2 * len(PAYERS)
    with pytest.raises(CostingError, match="at least one year"):
        flows(lines, 2027, 0)


@pytest.mark.unit
def test_public_saving_payback_and_cashable_share(ledger: Ledger, book: PriceBook) -> None:
    years = pd.concat(
        [
            ledger({"added_hours": 1000.0}, years=(2027,)),
            ledger({"pupil_years.independent_special": -1.0}, years=(2028, 2029)),
        ]
    )
    found = appraise_option(cost(years, book), AppraisalFrame(2027, 3))
    place = 64_000 * 103.2388 / 100.0 - 12_000 + 0.85 * 8_116 * 103.2388 / 96.1117
    assert found.measures.pv_public_saving == pytest.approx(place * (1 / 1.035 + 1 / 1.035**2))
    assert found.measures.payback_year == 1
    assert found.measures.bcr_b is None
    assert found.cashable_share is not None
    assert 0.9 < found.cashable_share < 1.0
    assert set(PUBLIC_PAYERS) == set(PAYERS) - {"families", "pupils", "sencos"}
