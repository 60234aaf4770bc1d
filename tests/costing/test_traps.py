"""The sixteen double-counting traps of the appraisal rules, section 9: each is closed, and each has its test."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from sencosim.costing.appraise import appraise
from sencosim.costing.cost import cost, reason_not_priced
from sencosim.costing.deflate import real
from sencosim.costing.memorandum import CLAIMS, memorandum
from sencosim.costing.money import by_payer, flows
from sencosim.costing.option import AppraisalFrame, measures
from sencosim.costing.prices import HEADLINES, PriceBook
from sencosim.evidence.appraisal import load_appraisal_tables
from sencosim.evidence.series import series_value

pytestmark = pytest.mark.unit
Ledger = Callable[..., pd.DataFrame]
APPEALS = ("appeals.refusal_to_assess", "appeals.refusal_to_issue", "appeals.contents", "appeals.exogenous")


def net_benefit(table: pd.DataFrame, book: PriceBook) -> float:
    return measures(cost(table, book), AppraisalFrame(2027, 1)).npsv


def public_net(table: pd.DataFrame, book: PriceBook) -> float:
    return float(flows(cost(table, book), 2027, 1)["public_net_gbp"].iloc[0])


def budgets(table: pd.DataFrame, book: PriceBook) -> pd.Series:
    """Change of each payer's budget in one year."""
    return by_payer(cost(table, book), 2027, 1).set_index("payer")["budget_gbp"]


def at_worth(values: dict[str, object], kappa: float) -> PriceBook:
    """The central book at another worth of a pound of provision."""
    return PriceBook.from_values(values | {"provision_worth": kappa}, "central")


def parameters(book: PriceBook) -> set[str]:
    return {name for charge in book.charges for name in charge.parameters}


def test_trap_01_lifetime_cost_of_exclusion_is_without_education_and_never_in_the_budget(
    ledger: Ledger, book: PriceBook, values: dict[str, object]
) -> None:
    avoided = ledger({"pupils_first_excluded": -1.0, "pupil_years.ap": -1.75})
    provision = sum(c.price_gbp for c in book.charges if c.quantity == "pupil_years.ap" and c.in_budget)
    assert provision > 0.0
    assert public_net(avoided, book) == pytest.approx(-1.75 * provision)
    whole = PriceBook.from_values(values | {"exclusion_lifetime_education_share": 0.0}, "central")
    share = float(str(values["exclusion_lifetime_education_share"]))
    name = "pupils_first_excluded"
    assert share > 0.0
    assert book.price(name) == pytest.approx(whole.price(name) * (1.0 - share))


def test_trap_02_one_channel_prices_the_rest_of_a_life(book: PriceBook) -> None:
    assert {charge.item for charge in book.charges if charge.life_course} == {"exclusion_lifetime"}
    assert reason_not_priced("absence_days") is not None
    assert not [name for name in parameters(book) if any(word in name for word in ("neet", "gcse", "absence"))]


def test_trap_03_gross_earnings_of_pupils_are_not_used_so_tax_is_not_added_to_them(book: PriceBook) -> None:
    of_pupils = [charge for charge in book.charges if charge.payer == "pupils"]
    assert {charge.category for charge in of_pupils} == {"extra_teachers", "provision_worth", "waiting"}
    assert not [charge for charge in of_pupils if charge.life_course or charge.in_budget]
    assert not [name for name in parameters(book) if any(word in name for word in ("earning", "wage"))]


def test_trap_04_an_appeal_is_process_only_and_the_placement_stays(ledger: Ledger, book: PriceBook) -> None:
    for name in APPEALS:
        assert book.price(name, "council_general_fund") + book.price(name, "moj_hmcts") + book.price(
            name, "dfe"
        ) == pytest.approx(8500.0)
        assert book.price(name, "council_high_needs") == 0.0
        assert book.price(name, "pupils") == 0.0
    conceded = ledger({"appeals.contents": -1.0, "pupil_years.independent_special": 0.0})
    assert public_net(conceded, book) == pytest.approx(-8500.0)


def test_trap_05_assessment_reviews_mediation_and_appeals_stay_below_what_councils_spend(book: PriceBook) -> None:
    requests = series_value("ehcp_initial_requests", "all", "2024")
    assessments = series_value("ehcp_assessments_completed", "all", "2024")
    plans = series_value("ehcp_new_plans", "all", "2024")
    reviews = series_value("ehcp_annual_reviews", "meeting_recorded", "2024")
    appeals = series_value("tribunal_appeals_registered", "academic_year", "2024/25")
    mediations = sum(
        series_value("mediation_cases", ground, "2024")
        for ground in ("refusal_to_assess", "refusal_to_issue", "contents_or_other")
    )
    spent = (
        assessments * 17.4 * book.price("ep_hours")
        + (requests * 6.0 + plans * (11.3 + 33.3)) * book.price("officer_hours")
        + reviews * book.price("done.annual_review")
        + mediations * book.price("mediations")
        + appeals * book.price("appeals.contents", "council_general_fund")
    )
    totals = load_appraisal_tables().reconciliation
    ceiling = sum(
        real(totals[name].value, totals[name].period)
        for name in ("sen_administration_spend", "educational_psychology_spend")
    )
    assert 0.75 * ceiling < spent <= ceiling


def test_trap_06_the_departments_payment_to_the_tribunal_nets_to_zero(book: PriceBook) -> None:
    for name in APPEALS:
        paid = [charge for charge in book.charges if charge.quantity == name and charge.nature == "transfer"]
        assert {charge.payer for charge in paid} == {"dfe", "moj_hmcts"}
        assert sum(charge.price_gbp for charge in paid) == 0.0


def test_trap_07_casework_hours_are_capacity_not_cash(book: PriceBook) -> None:
    assert not [
        name for name in book.priced_quantities() if name.startswith(("hours.", "hours_", "due.", "done_without"))
    ]
    assert {name for name in book.priced_quantities() if name.startswith("done.")} == {"done.annual_review"}
    assert {c.payer for c in book.charges if c.quantity == "done.annual_review"} == {"council_general_fund"}
    for name in ("used_hours", "paid_hours.casework"):
        assert reason_not_priced(name) is not None
    # Evenings cost SENCOs their leisure, and no budget anything.
    assert [(c.payer, c.in_budget) for c in book.charges if c.quantity == "overtime_hours"] == [("sencos", False)]
    assert not [charge for charge in book.charges if charge.quantity in APPEALS and charge.payer == "schools"]


TOP_UP = 8_662.0 * 103.2388 / 91.2996
TRANSPORT = 8_116.0 * 103.2388 / 96.1117
SPECIAL = {"state_special": 26_000.0 * 103.2388 / 96.1117, "independent_special": 64_000.0 * 103.2388 / 100.0}
"""Register values in prices of 2025-26, by the deflator of the appraisal rules."""


def test_trap_08_an_avoided_plan_saves_the_top_up_only(
    ledger: Ledger, book: PriceBook, values: dict[str, object]
) -> None:
    table = ledger({"pupil_years.ehc_plan": -1.0, "pupil_years.sen_support": 1.0})
    saved = budgets(table, book)
    assert saved["council_high_needs"] + saved["central_high_needs"] == pytest.approx(-TOP_UP)
    travel = -TRANSPORT * float(str(values["transport_share_mainstream_plan"]))
    assert saved["council_general_fund"] == pytest.approx(travel)
    assert public_net(table, book) == pytest.approx(-TOP_UP + travel)
    assert (saved.drop(["council_high_needs", "central_high_needs", "council_general_fund"]) == 0.0).all()
    # To society the top-up is worth something to the pupil: all of it at 1. The first 6,000 stays where it was.
    for kappa in (0.0, 0.5, 1.0, 1.5):
        gain = (1.0 - kappa) * (TOP_UP - travel)
        assert net_benefit(table, at_worth(values, kappa)) == pytest.approx(gain, abs=1e-6)


@pytest.mark.parametrize("placement", list(SPECIAL))
def test_trap_09_special_is_measured_against_core_first_6000_and_top_up(
    ledger: Ledger, book: PriceBook, placement: str
) -> None:
    lines = cost(ledger({"pupil_years.ehc_plan": 1.0, f"pupil_years.{placement}": -1.0}), book)
    in_budget = lines[lines["in_budget"]].groupby("category")["value_gbp"].sum()
    assert in_budget["placements"] == pytest.approx(TOP_UP - SPECIAL[placement])
    assert in_budget["leaving_mainstream"] == pytest.approx(6_000.0 + 6_000.0)
    assert set(in_budget.index) == {"placements", "leaving_mainstream", "transport"}
    notional = lines.loc[lines["category"] == "school_provision", "value_gbp"]
    assert notional.abs().min() > 0.0
    assert notional.sum() == pytest.approx(0.0)


def test_trap_10_a_refilled_place_saves_nothing_and_a_displaced_fee_counts_once(
    ledger: Ledger, book: PriceBook, values: dict[str, object]
) -> None:
    refilled = ledger(
        {"pupil_years.ehc_plan": 1.0, "pupil_years.state_special": 0.0, "pupil_years.waiting_special": -1.0}
    )
    assert public_net(refilled, book) == pytest.approx(TOP_UP - 14_800.0)
    displaced = ledger({"pupil_years.ehc_plan": 1.0, "pupil_years.independent_special": -1.0})
    shares = [float(str(values[f"transport_share_{name}"])) for name in ("mainstream_plan", "independent_special")]
    direct = TOP_UP - (SPECIAL["independent_special"] - 12_000.0) + TRANSPORT * (shares[0] - shares[1])
    assert public_net(displaced, book) == pytest.approx(direct)
    for kappa in (0.0, 0.5, 1.0):
        assert net_benefit(displaced, at_worth(values, kappa)) == pytest.approx(-(1.0 - kappa) * direct, abs=1e-6)
    place = [c for c in book.charges if c.quantity == "pupil_years.state_special" and c.item == "special_place"]
    assert [charge.cashable_share for charge in place] == [0.0]
    assert not [name for name in book.priced_quantities() if name.startswith("starts.")]


def test_trap_11_transport_moves_only_with_the_placement(book: PriceBook) -> None:
    carriers = {charge.quantity for charge in book.charges if charge.item == "transport"}
    assert all(name.startswith("pupil_years.") for name in carriers)
    for charge in book.charges:
        assert ("transport_cost" in charge.parameters) == (charge.item in ("transport", "transport_worth"))
    unit = {c.quantity: c.price_gbp for c in book.charges if c.item == "transport"}
    worth = {c.quantity: c.price_gbp for c in book.charges if c.item == "transport_worth"}
    assert worth == pytest.approx({name: -price for name, price in unit.items() if name != "pupil_years.ap"})
    jan_2024 = {
        placement: series_value("ehcp_placement", placement, "Jan 2024")
        for placement in ("special_academy_or_free", "special_la_maintained", "special_independent")
    }
    state = jan_2024["special_academy_or_free"] + jan_2024["special_la_maintained"]
    spent = state * unit["pupil_years.state_special"]
    spent += jan_2024["special_independent"] * unit["pupil_years.independent_special"]
    total = load_appraisal_tables().reconciliation["send_transport_spend"]
    assert 0.5 * real(total.value, total.period) < spent <= real(total.value, total.period)


def test_trap_12_the_deficit_is_a_stock_and_prices_nothing(book: PriceBook) -> None:
    totals = load_appraisal_tables().reconciliation
    assert totals["dsg_deficit"].nature == "stock"
    assert all(total.nature == "flow" for name, total in totals.items() if name != "dsg_deficit")
    assert not [name for name in parameters(book) if "deficit" in name or "high_needs_block" in name]


def test_trap_13_a_parents_income_is_split_between_family_and_exchequer(
    ledger: Ledger, book: PriceBook, values: dict[str, object]
) -> None:
    lines = cost(ledger({"pupil_years.identification_wait": -1.0}), book)
    payers = by_payer(lines[lines["category"] == "families"], 2027, 1).set_index("payer")
    gain = float(str(values["effect_parent_job_kept"])) * float(str(values["parent_income_loss"]))
    amounts = payers["undiscounted_gbp"]
    assert amounts.sum() == pytest.approx(-gain)
    assert amounts["exchequer"] == pytest.approx(-gain * 0.275)
    assert amounts["families"] == pytest.approx(-gain * 0.725)
    # What the pupil loses by waiting is the pupil's own, and no part of what the parent loses.
    both = {c.payer: c.parameters for c in book.charges if c.item in ("waiting", "parent_work")}
    assert set(both) == {"pupils", "families", "exchequer"}
    assert not set(both["pupils"]) & set(both["families"])
    assert set(lines.loc[lines["payer"].isin(["families", "exchequer"]), "category"]) == {"families"}


def test_trap_14_national_insurance_is_in_the_school_budget_and_not_in_social_cost(
    ledger: Ledger, book: PriceBook
) -> None:
    table = ledger({"added_hours": 32.4 * 39})
    payers = by_payer(cost(table, book), 2027, 1).set_index("payer")["undiscounted_gbp"]
    social = -net_benefit(table, book)
    assert payers["exchequer"] == 0.0  # what schools pay is no income of the Exchequer's, unless all that flows back is
    assert social == pytest.approx(payers["schools"] * (1 - 0.0948))
    assert public_net(table, book) == pytest.approx(payers["schools"])


@pytest.mark.parametrize("kappa", [0.0, 0.5])
def test_trap_15_one_pupils_path_is_priced_by_its_states_and_not_by_multiplied_totals(
    ledger: Ledger, values: dict[str, object], kappa: float
) -> None:
    book = at_worth(values, kappa)
    with_path = {"pupil_years.ehc_plan": 1.0, "appeals.contents": 1.0, "pupil_years.independent_special": 2.0}
    without = {"pupil_years.sen_support": 3.0}
    path = {name: -amount for name, amount in with_path.items()} | without
    spared = -sum(
        amount * sum(c.price_gbp for c in book.charges if c.quantity == name and c.nature == "resource")
        for name, amount in path.items()
    )
    assert spared > 50_000.0
    assert net_benefit(ledger(path), book) == pytest.approx(spared)
    assert not [name for name in parameters(book) if name.startswith(("saving_", "headline_"))]
    assert not [name for name in book.priced_quantities() if name.startswith(("plans_issued", "no_plan"))]


def test_trap_16_turnover_is_booked_once(book: PriceBook) -> None:
    assert {charge.quantity for charge in book.charges if charge.category == "recruitment"} == {"senco_starters"}
    assert reason_not_priced("senco_leavers") is not None
    assert [c.item for c in book.charges if c.payer == "schools" and c.category == "recruitment"] == [
        "senco_recruitment"
    ]


# ---------------------------------------------------------------- headlines stay out


def test_headline_prices_stand_in_the_memorandum_only(ledger: Ledger) -> None:
    campaign = PriceBook.for_view("campaign")
    assert not parameters(campaign) & set(HEADLINES)
    difference = ledger(
        {
            "permanent_exclusions.sen_support": -2.0,
            "permanent_exclusions.ehc_plan": -1.0,
            "appeals.contents": -10.0,
            "pupil_years.state_special": -4.0,
            "pupil_years.independent_special": 1.0,
        }
    )
    table = memorandum(difference, campaign).set_index("claim")
    assert len(table) == len(CLAIMS)
    assert list(table["avoided"]) == [3.0, 10.0, 3.0]
    assert table["saving_low_gbp"].iloc[0] == 3 * 370_000
    assert (table["saving_low_gbp"].iloc[1], table["saving_high_gbp"].iloc[1]) == (35_000, 110_000)
    assert (table["saving_low_gbp"].iloc[2], table["saving_high_gbp"].iloc[2]) == (69_000, 120_000)
    assert table["caution"].str.len().min() > 0


def test_a_ledger_without_the_events_claims_nothing(book: PriceBook) -> None:
    table = memorandum(pd.DataFrame({"quantity": ["x"], "value": [1.0]}), book)
    assert len(table) == len(CLAIMS)
    assert (table["avoided"] == 0.0).all()


def test_a_life_undiscounted_is_about_twice_its_present_value() -> None:
    flows_of_life = [4250.0 if 5 <= year <= 44 else 0.0 for year in range(45)]
    ratio = appraise([0.0] * 45, flows_of_life).pv_benefit / 170_000.0
    assert round(ratio, 3) == 0.469
