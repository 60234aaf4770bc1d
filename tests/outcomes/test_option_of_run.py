"""A run's headline, recomputed by the appraisal module and by hand from its worksheet: two ways, one number."""

from __future__ import annotations

import pandas as pd
import pytest

from sencosim.costing.accounts import RESOURCES
from sencosim.costing.after_horizon import POST16, WITH_A_PLAN, RunOff, after_horizon
from sencosim.costing.cost import cost_of_difference, journal, trial_balance
from sencosim.costing.option import AppraisalFrame, appraise_option, measures
from sencosim.costing.sensitivity import Repriced, lines_at, one_price_at_a_time, sensitivity_table
from sencosim.costing.tariffs import terms_of
from sencosim.costing.value_for_money import effects_of_ledger
from sencosim.costing.worksheet import totals, worksheet
from sencosim.model import RunResult, ledger_of, price_book
from sencosim.outcomes.appraisal import OVER_DRAWS, appraisal_tables
from sencosim.outcomes.summary import PRESENT_VALUE, arms_of, summarise

pytestmark = pytest.mark.engine
FRAME = AppraisalFrame(first_year=2027, n_years=2)


@pytest.fixture(scope="module")
def tables(full_time: RunResult) -> dict[str, pd.DataFrame]:
    return appraisal_tables(full_time, summarise(full_time, "E06000017", "Rutland"))


@pytest.mark.parametrize("view", ["central", "sceptic"])
def test_the_headline_is_recomputed_to_the_pound(
    full_time: RunResult, tables: dict[str, pd.DataFrame], view: str
) -> None:
    figures = summarise(full_time, "E06000017", "Rutland").figures
    told = figures[(figures["view"] == view) & (figures["year"] == PRESENT_VALUE)].set_index(["outcome", "payer"])
    lines = tables["lines"]
    lines = lines[(lines["view"] == view) & (lines["basis"] == OVER_DRAWS)]
    by_hand = totals(worksheet(lines, FRAME))
    found = appraise_option(lines, FRAME)
    headline = told.loc[("npsv", ""), "difference"]
    assert headline != 0.0
    assert by_hand["npsv"] == pytest.approx(headline, abs=0.5)
    assert found.measures.npsv == pytest.approx(headline, abs=0.5)
    assert by_hand["pv_public_net"] == pytest.approx(told.loc[("net_public_cost", ""), "difference"], abs=0.5)
    assert found.pv_public_net == pytest.approx(by_hand["pv_public_net"], abs=0.5)
    budget = found.payers.set_index("payer")["budget_gbp"]
    assert budget["schools"] == pytest.approx(told.loc[("payer_net", "schools"), "difference"], abs=0.5)


def test_one_replication_of_a_run_goes_through_every_function(full_time: RunResult) -> None:
    point = next(full_time.points("central"))
    ledger = ledger_of(point, full_time.scenario.start_year)
    ledger = ledger.groupby(["year", "quantity"], observed=True, as_index=False)["value"].sum()
    ledger = ledger[ledger["year"].between(2027, 2028)]
    values = point.values  # noqa: PD011
    book = price_book(full_time.scenario, "central", values)
    lines = cost_of_difference(ledger, book)
    base = measures(lines, FRAME).npsv
    table = sensitivity_table(lines_at(lines, book), FRAME).set_index("case")
    assert table.loc["central", "npsv"] == pytest.approx(base)
    changes = arms_of(point, FRAME.n_years)
    priced = Repriced(changes[1] - changes[0], values, FRAME, terms_of(full_time.scenario))
    assert priced.npsv() == pytest.approx(base)
    swings = one_price_at_a_time(priced).set_index("parameter")
    pay = swings.loc["teacher_employment_cost"]
    assert min(pay["npsv_low"], pay["npsv_high"]) <= base <= max(pay["npsv_low"], pay["npsv_high"])
    balance = trial_balance(journal(lines, book)).set_index("account")["net_cost_gbp"]
    used = lines.loc[lines["nature"] == "resource", "value_gbp"].sum()
    assert -balance[RESOURCES] == pytest.approx(used, abs=0.01)
    later = after_horizon(ledger, book, FRAME, RunOff.from_values(values))
    left = ledger[(ledger["year"] == 2028) & ledger["quantity"].isin([*WITH_A_PLAN, POST16])]["value"]
    assert bool(left.abs().sum() > 0.0) == bool(later["present_value_gbp"].abs().sum() > 0.0)
    assert (later["policy_gbp"] == 0.0).all()
    assert measures(lines, FRAME).npsv == base
    assert effects_of_ledger(ledger, 2027, 2)
