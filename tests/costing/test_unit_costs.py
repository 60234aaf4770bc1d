"""Prices of the register against the evidence tables that they were taken from."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from sencosim.evidence.register import Register, load_register, read_register
from sencosim.evidence.views import load_view

pytestmark = pytest.mark.unit

FROM_TABLE = [
    ("teacher_employment_cost", "teacher_employment_cost", "U3 with TPS, NI, levy 2025/26", 1.0),
    ("tribunal_cost_public", "tribunal_cost_recommended", "average appeal avoided, public purse", 1.0),
    ("exclusion_lifetime_causal", "exclusion_lifetime_causal", "recommended: 25% causal share of 170000", 1.0),
    ("ap_net_cost", "exclusion_budget_saving", None, 1.0),
    ("family_legal_cost", "tribunal_cost_family", "legal only; SEN Legal case list", 1.0),
    ("school_first_6000", "school_first_6000", None, 1.0),
    ("senco_recruitment_cost", "senco_recruitment", "advert and selection per vacancy", 1.0),
    ("mediation_fee", "mediation_fee", "external mediator per case", 1.0),
    ("headline_exclusion_lifetime", "exclusion_lifetime", "IPPR 2017 headline", 1.0),
    ("ep_hour_cost", "ep_cost_day", None, 1 / 7.4),
    ("mainstream_topup", "mainstream_ehcp_topup", "Lincolnshire 2022/23 mean", 1.0),
    ("state_special_place", "placement_cost_state_special", "2023/24", 1.0),
    ("independent_special_place", "placement_cost_inmss", "2024/25", 1.0),
    ("transport_cost", "send_transport_unit", "SEND pupil 2023-24 (NAO)", 1.0),
]


UPRATED = ("mainstream_topup", "state_special_place", "independent_special_place")
"""Prices of another year than that of the sums, which costing uprates."""


@pytest.fixture(scope="module")
def prices() -> Register:
    folder = Path(__file__).resolve().parents[2] / "sencosim" / "evidence"
    return read_register([folder / "unit_costs.yaml"])


@pytest.mark.parametrize(("name", "parameter", "breakdown", "factor"), FROM_TABLE)
def test_values_are_those_of_the_evidence_table(
    shared_evidence: Path, prices: Register, name: str, parameter: str, breakdown: str | None, factor: float
) -> None:
    with (shared_evidence / "costs.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["parameter"] == parameter]
    found = [row for row in rows if breakdown is None or row["breakdown"] == breakdown]
    assert len(found) == 1
    assert prices.number(name) == pytest.approx(float(found[0]["value"]) * factor, rel=2e-3)


@pytest.mark.parametrize(
    ("name", "parameter", "breakdown"),
    [row[:3] for row in FROM_TABLE if row[0] in UPRATED],
)
def test_a_price_stands_in_the_price_year_of_its_source(
    shared_evidence: Path, prices: Register, name: str, parameter: str, breakdown: str
) -> None:
    with (shared_evidence / "costs.csv").open(encoding="utf-8") as file:
        said = {(row["parameter"], row["breakdown"]): row["price_year"] for row in csv.DictReader(file)}
    year = said[parameter, breakdown].removeprefix("cash ").replace("/", "-")
    assert prices[name].price_year == year


def test_the_campaigns_unpaid_hour_is_a_directed_hour_at_gross_pay() -> None:
    assert load_view("campaign").values(load_register())["unpaid_hour_value"] == pytest.approx(51_048 / 1_265, abs=0.01)


def test_the_interval_of_a_teacher_is_that_of_a_mean_by_role() -> None:
    entry = load_register()["teacher_employment_cost"]
    ends = [pay * (1 + 0.2868 + 0.005) + 0.15 * (pay - 5_000) for pay in (47_472, 51_048 + 2_787)]
    assert entry.interval is not None
    assert list(entry.interval) == pytest.approx(ends, abs=100.0)


def test_what_was_recalled_says_so_and_is_graded_low(prices: Register) -> None:
    for name, entry in prices.items():
        recalled = entry.source is not None and entry.source.status == "memory-unverified"
        if recalled:
            assert "memory-unverified" in entry.note, name
            assert entry.quality in {"D", "E"}, name
    for name in ("mediation_fee", "senco_recruitment_cost", "slt_pay_uplift", "admin_hour_cost"):
        assert "memory-unverified" in prices[name].note


def test_every_price_has_a_year_a_payer_and_a_cashability(prices: Register) -> None:
    for name, entry in prices.items():
        if entry.unit.startswith("GBP") and entry.unit != "GBP per GBP of cost":
            assert entry.payer, name
            assert entry.cashable, name
            assert entry.price_year or "Undated" in entry.note, name


def test_on_costs_are_worked_out_as_said() -> None:
    register = load_register()
    cost = 51_048 * (1 + 0.2868 + 0.005) + 0.15 * (51_048 - 5_000)
    assert register.number("teacher_employment_cost") == pytest.approx(cost, abs=1.0)
    assert register.number("employer_ni_share_of_teacher_cost") == pytest.approx(0.15 * 46_048 / cost, abs=1e-4)
    assert register.number("employer_ni_share_of_uplift") == pytest.approx(0.15 / 1.4418, abs=1e-3)
    assert register.number("slt_pay_uplift") == pytest.approx((57_137 - 51_048 - 2_787) * 1.4418, abs=5.0)


def test_discount_of_the_lifetime_cost_is_the_middle_of_what_is_possible() -> None:
    assert load_register().number("exclusion_lifetime_present_value_share") == pytest.approx((0.469 + 1) / 2, abs=1e-3)
