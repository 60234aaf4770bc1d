"""The payer ledger balances: every pound leaves one account and enters another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sencosim.costing.accounts import RESOURCES, TAXES, Charge, faults, transfer
from sencosim.costing.cost import cost, journal, trial_balance
from sencosim.costing.money import by_payer
from sencosim.costing.plain_flows import Flow, lines_of
from sencosim.costing.prices import PriceBook
from sencosim.costing.tariffs import PolicyTerms
from sencosim.errors import CostingError
from sencosim.vocabulary import PAYERS

GRANT = PriceBook.for_view("central", PolicyTerms("national_grant", "national_grant", "national_grant"))
FLOWING = PriceBook.for_view("central", PolicyTerms(flow_backs="all"))
AMOUNTS = st.dictionaries(
    st.sampled_from(sorted(GRANT.priced_quantities())), st.floats(-1e5, 1e5), min_size=1, max_size=12
)
LEDGERS = st.lists(st.tuples(st.integers(2027, 2036), AMOUNTS), min_size=1, max_size=5).map(
    lambda years: pd.DataFrame(
        [{"year": year, "quantity": name, "value": value} for year, found in years for name, value in found.items()]
    )
)


@pytest.mark.unit
def test_every_charge_of_every_book_has_two_accounts() -> None:
    for view in ("campaign", "central", "sceptic"):
        grant = PolicyTerms("national_grant", "national_grant", "national_grant", False)
        for terms in (PolicyTerms(), grant, PolicyTerms(flow_backs="all")):
            for charge in PriceBook.for_view(view, terms).charges:
                accounts = {charge.payer, charge.counterpart}
                assert len(accounts) == 2
                assert accounts <= {*PAYERS, TAXES, RESOURCES}
                assert charge.payer in PAYERS
                assert (charge.nature == "resource") == (charge.counterpart == RESOURCES)


@pytest.mark.unit
def test_a_price_names_one_thing_for_one_payer() -> None:
    table = GRANT.frame()
    assert not table.duplicated(["quantity", "item", "payer"]).any()


@pytest.mark.unit
def test_charges_without_a_second_account_are_refused() -> None:
    spare = Charge("absence_days", "days", "spare", "families", "consequence", "pupils", 1.0, ())
    assert not list(faults([spare, *transfer(replace(spare, item="gift"), "families")]))
    assert "other account is resources" in " ".join(faults([replace(spare, counterpart="dfe")]))
    lame = replace(spare, nature="transfer")
    assert "second payer" in " ".join(faults([lame]))
    assert "second payer" in " ".join(faults([replace(lame, counterpart="pupils")]))
    assert "other account is resources" in " ".join(faults([replace(spare, counterpart=TAXES)]))
    assert not list(faults([replace(lame, counterpart=TAXES)]))


@pytest.mark.unit
def test_a_saving_runs_the_other_way(ledger: Callable[..., pd.DataFrame], book: PriceBook) -> None:
    lines = cost(ledger({"pupil_years.independent_special": -1.0, "pupil_years.home_education": 1.0}), book)
    entries = journal(lines, book).set_index("item")
    fee = entries.loc["independent_fee"].set_index("to_account")
    assert set(fee.index) == {"council_high_needs", "central_high_needs"}
    assert set(fee["from_account"]) == {RESOURCES}
    assert tuple(entries.loc["core_moved", ["from_account", "to_account"]]) == ("families", "dfe")
    assert (entries["amount_gbp"] > 0.0).all()
    with pytest.raises(CostingError, match="need the price book"):
        journal(lines)
    with pytest.raises(CostingError, match="no other account for unheard_of"):
        journal(lines.assign(item="unheard_of"), book)


@pytest.mark.unit
def test_plain_flows_know_their_other_account() -> None:
    grant = Flow("grant", [5.0] * 10, "cost", "dfe", received_by="schools")
    given_back = Flow("tax", [2.0] * 10, "benefit", "exchequer", received_by="families")
    entries = journal(lines_of([grant, given_back]))
    assert entries.groupby(["from_account", "to_account"])["amount_gbp"].sum().to_dict() == {
        ("dfe", "schools"): 50.0,
        ("families", "exchequer"): 20.0,
    }


@pytest.mark.property
@settings(max_examples=30)
@given(LEDGERS, st.sampled_from([GRANT, FLOWING]))
def test_the_trial_balance_balances(table: pd.DataFrame, book: PriceBook) -> None:
    lines = cost(table, book)
    entries = journal(lines, book)
    balance = trial_balance(entries).set_index("account")
    assert balance["net_cost_gbp"].sum() == pytest.approx(0.0, abs=1e-3)
    assert balance["paid_gbp"].sum() == pytest.approx(balance["received_gbp"].sum(), abs=1e-3)
    payers = by_payer(lines, 2027, 10).set_index("payer")["undiscounted_gbp"]
    for payer in PAYERS:
        assert balance.loc[payer, "net_cost_gbp"] == pytest.approx(payers[payer], abs=1e-3)
    used = lines.loc[lines["nature"] == "resource", "value_gbp"].sum()
    assert -balance.loc[RESOURCES, "net_cost_gbp"] == pytest.approx(used, abs=1e-3)
    moved = trial_balance(entries[entries["nature"] == "transfer"]).set_index("account")["net_cost_gbp"]
    assert moved[RESOURCES] == 0.0
    assert moved.sum() == pytest.approx(0.0, abs=1e-3)
    assert moved[TAXES] == pytest.approx(balance.loc[TAXES, "net_cost_gbp"], abs=1e-3)
