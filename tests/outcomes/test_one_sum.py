"""Money is added up in one place: from stored counts alone it gives the headline, and nobody else adds up payers."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sencosim
from sencosim.costing.cost import cost_of_difference
from sencosim.costing.discount import present_value
from sencosim.costing.money import amounts, money_by_year
from sencosim.costing.prices import PriceBook
from sencosim.costing.tariffs import PolicyTerms
from sencosim.model import RunResult, price_book
from sencosim.outcomes.catalogue import REPORTED
from sencosim.vocabulary import PAYERS, PUBLIC_PAYERS, Quantity

PACKAGE = Path(sencosim.__file__).parent
FIRST, YEARS = 2027, 4
BOOK = PriceBook.for_view(
    "central", PolicyTerms(protected_time="national_grant", high_needs_pressure_funded_by="shared")
)
NAMES = [one.key for one in Quantity]


@pytest.mark.engine
def test_the_headline_follows_from_stored_counts(full_time: RunResult) -> None:
    horizon = full_time.scenario.horizon
    for totals in full_time.pairs():
        change = (totals.policy - totals.baseline).sum(axis=0)[-horizon.years :]
        book = price_book(full_time.scenario, totals.job.view, totals.values)
        purse = money_by_year(change, book, horizon.first)["net_public_cost"]
        assert float(present_value(purse)) == pytest.approx(totals.headline, rel=1e-11)


@pytest.mark.property
@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_money_of_counts_is_that_of_the_priced_lines(seed: int) -> None:
    signs = np.array([((seed + 7 * i) % 13 - 6) * 10.0 for i in range(2 * YEARS * len(NAMES))])
    changes = signs.reshape(2, YEARS, len(NAMES))
    found = money_by_year(changes, BOOK, FIRST)
    for place, change in enumerate(changes):
        year, quantity = np.nonzero(change)
        ledger = {"year": year + FIRST, "quantity": np.array(NAMES)[quantity], "value": change[year, quantity]}
        lines = cost_of_difference(pd.DataFrame(ledger), BOOK)
        for name, amount in amounts(lines).items():
            expected = np.bincount(lines["year"] - FIRST, amount, YEARS)
            assert np.allclose(found[name][place], expected, rtol=1e-9, atol=1e-3), name


@pytest.mark.property
@settings(max_examples=20, deadline=None)
@given(scale=st.floats(-1e6, 1e6), step=st.integers(1, 12))
def test_payers_sum_to_the_purse_and_their_parts_to_their_net(scale: float, step: int) -> None:
    changes = scale * ((np.arange(YEARS * len(NAMES)) * step) % 11 - 5.0).reshape(YEARS, len(NAMES))
    found = money_by_year(changes, BOOK, FIRST)
    size = sum(np.abs(found[f"payer_net.{payer}"]) for payer in PAYERS) + 1.0
    purse = sum(found[f"payer_net.{payer}"] for payer in PUBLIC_PAYERS)
    assert np.all(np.abs(purse - found["net_public_cost"]) <= 1e-9 * size)
    for payer in PAYERS:
        costs, savings = found[f"payer_cost.{payer}"], found[f"payer_saving.{payer}"]
        assert np.all(costs >= 0.0)
        assert np.all(savings <= 0.0)
        assert np.allclose(costs + savings, found[f"payer_net.{payer}"], rtol=1e-9, atol=1e-3)
    assert set(REPORTED) <= set(found)


@pytest.mark.unit
def test_what_levers_put_on_schools_is_all_that_schools_pay_for_them_and_nothing_of_what_follows() -> None:
    ledger = pd.DataFrame({"year": FIRST, "quantity": NAMES, "value": 10.0})
    lines = cost_of_difference(ledger, BOOK)
    found = {side: amounts(rows) for side, rows in lines.groupby("side")}
    own = {side: (told["policy_cost_of_schools"], told["payer_net.schools"]) for side, told in found.items()}
    assert own["policy"][0].tolist() == own["policy"][1].tolist()
    assert not own["consequence"][0].any()
    assert own["policy"][0].any()
    assert own["consequence"][1].any()


@pytest.mark.unit
def test_nothing_but_costing_says_which_lines_count() -> None:
    """What is public, in a budget or social is decided where lines are made and added up.

    Only ``recompute`` says it a second time, on purpose: a check that borrowed the rule could not find it wrong. The
    explorer hands what is decided there to its page.
    """
    told = re.compile(r"\bin_budget\b|\bin_social\b|\bis_public\b")
    knowing = ("vocabulary.py", "recompute.py")
    others = [path for path in PACKAGE.rglob("*.py") if path.parent.name != "costing" and path.name not in knowing]
    others = [path for path in others if not re.search("explore", path.relative_to(PACKAGE).as_posix())]
    assert [str(path.relative_to(PACKAGE)) for path in others if told.search(path.read_text(encoding="utf-8"))] == []


@pytest.mark.unit
def test_only_costing_and_the_list_of_the_report_know_who_is_public() -> None:
    users = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if re.search(r"\bPUBLIC_PAYERS\b", path.read_text(encoding="utf-8")) and path.parent.name != "costing"
    }
    assert users == {"outcomes/routes.py", "report/assemble.py", "report/frontier.py", "vocabulary.py"}, (
        "these list public payers; add them up in costing.money"
    )
