"""The appraisal module alone: plain flows in, all measures out, and what it refuses."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sencosim.costing import greenbook
from sencosim.costing.greenbook import Additionality, AppraisalFrame, Flow, OptimismBias
from sencosim.errors import CostingError, EvidenceError
from sencosim.evidence.appraisal import load_appraisal_tables

BENEFIT = np.array([0, 40, 80, 120, 160, 200, 240, 280, 280, 280], dtype=float)
TIME = Flow("SENCO time", [200.0] * 10, "cost", "schools", labour_share=1.0)
FEES = Flow("Fees avoided", 0.3 * BENEFIT, "benefit", "council_high_needs")
GAIN = Flow("Gain of families", 0.7 * BENEFIT, "benefit", "families", in_budget=False)
GRANT = Flow("Grant", [50.0] * 10, "cost", "dfe", received_by="schools")
AMOUNTS = st.lists(st.floats(-1e6, 1e6), min_size=10, max_size=10)
SHARES = st.floats(0.0, 1.0)


def six(value: float | None) -> float:
    assert value is not None
    return round(value, 6)


@pytest.mark.unit
@pytest.mark.parametrize("flows", [[TIME, FEES, GAIN], [TIME, FEES, GAIN, GRANT]])
def test_worked_example_from_plain_flows(flows: list[Flow]) -> None:
    found = greenbook.appraise_option(greenbook.lines_of(flows))
    got = found.measures
    assert six(got.npsv) == -358.753057
    assert (six(got.bcr_a), six(got.bcr_b)) == (0.791609, 0.726706)
    assert (six(got.pv_public_saving), six(got.net_public_cost)) == (408.835274, 1312.702028)
    assert six(found.pv_public_net) == 1312.702028
    assert six(found.cashable_share) == 1.0
    assert found.band == "poor (indicative)"
    assert (found.frame.price_base, found.frame.present_value_base) == ("2025-26", "2027/28")


@pytest.mark.unit
def test_variants_of_the_worked_example() -> None:
    grown = greenbook.measures(greenbook.lines_of([TIME, FEES, GAIN], real_pay_growth=0.01), AppraisalFrame())
    assert (six(grown.pv_cost), six(grown.npsv), six(grown.bcr_a)) == (1796.036272, -433.252027, 0.758773)
    lines = greenbook.lines_of([TIME, FEES, GAIN])
    dearer = greenbook.measures(lines, AppraisalFrame(), OptimismBias(0.1, 0.0))
    assert (six(dearer.pv_cost), six(dearer.npsv), six(dearer.bcr_a)) == (1893.691032, -530.906787, 0.719644)
    fewer = greenbook.measures(lines, AppraisalFrame(), OptimismBias(0.0, 0.3))
    assert (six(fewer.npsv), six(fewer.bcr_a)) == (-767.588330, 0.554126)
    late = greenbook.measures(lines, AppraisalFrame(), OptimismBias(0.0, 0.0, 1))
    assert six(late.pv_benefit) == six(float(greenbook.present_value([0.0, *BENEFIT[:-1]])))


@pytest.mark.unit
def test_payers_years_and_new_burdens() -> None:
    officers = Flow("Officer time", [7.0] * 10, "cost", "council_general_fund")
    found = greenbook.appraise_option(greenbook.lines_of([TIME, FEES, GAIN, GRANT, officers]))
    budget = found.payers_by_year
    assert list(budget.columns) == ["public", *(f"{year}/{year - 1999:02d}" for year in range(2027, 2037)), "total"]
    assert budget.loc["schools", "2027/28"] == 150.0
    assert budget.loc["dfe", "total"] == 500.0
    assert budget.loc["council_high_needs", "2029/30"] == -24.0
    assert found.new_burdens == pytest.approx(21.0 - 0.3 * 120.0)
    assert found.payers["transfer_gbp"].sum() == pytest.approx(0.0)


@pytest.mark.unit
def test_a_cashable_share_is_a_share_or_is_not_shown() -> None:
    fees = Flow("Fees", [100.0] * 10, "benefit", "council_high_needs", cashable_share=0.25)
    found = greenbook.appraise_option(greenbook.lines_of([TIME, fees]))
    assert found.cashable_share == pytest.approx(0.25)
    # New fees all in cash, spared staff time none of it: savings above zero whose cash is below.
    new = Flow("New fees", [-60.0] * 10, "benefit", "council_high_needs")
    time = Flow("Officer time", [100.0] * 10, "benefit", "council_general_fund", cashable_share=0.0)
    mixed = greenbook.appraise_option(greenbook.lines_of([TIME, new, time]))
    assert mixed.measures.pv_public_saving > 0.0 > mixed.pv_cashable_saving
    assert mixed.cashable_share is None


@pytest.mark.unit
def test_outcomes_and_unmonetised_effects_are_tabled() -> None:
    evenings = greenbook.UnmonetisedEffect("Evenings", "better", "moderate", "D", "hours", [1.0] * 10)
    found = greenbook.appraise_option(
        greenbook.lines_of([TIME, FEES, GAIN]),
        outcomes={"plans avoided": [2.0] * 10, "none": 0.0},
        unmonetised=[evenings],
    )
    table = found.outcomes.set_index("outcome")
    assert six(table.loc["plans avoided", "pv_cost_per_unit_gbp"]) == six(1721.537302 / 20)
    assert six(table.loc["plans avoided", "public_net_per_unit_gbp"]) == six(1312.702028 / 20)
    assert pd.isna(table.loc["none", "pv_cost_per_unit_gbp"])
    needed = found.unmonetised["switching_value_gbp_per_unit"].iloc[0]
    worth = Flow("Evenings", [needed] * 10, "benefit", "families", in_budget=False)
    again = greenbook.appraise_option(greenbook.lines_of([TIME, FEES, GAIN, worth]))
    assert again.measures.npsv == pytest.approx(0.0, abs=1e-9)


@pytest.mark.unit
def test_health_effects_and_nothing_else_have_the_health_rate() -> None:
    health = Flow("Years of healthy life", [0.0, 70_000.0, 0.0], "benefit", "families", health=True, in_budget=False)
    cost = Flow("Cost", [0.0, 70_000.0, 0.0], "cost", "schools")
    frame = AppraisalFrame(n_years=3)
    found = greenbook.measures(greenbook.lines_of([cost, health], frame), frame)
    assert found.pv_benefit == pytest.approx(70_000 / 1.015)
    assert found.pv_cost == pytest.approx(70_000 / 1.035)
    biased = greenbook.measures(greenbook.lines_of([cost, health], frame), frame, OptimismBias(0.0, 0.3, 1))
    assert biased.pv_benefit == pytest.approx(0.7 * 70_000 / 1.015**2)


@pytest.mark.unit
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"amounts": [1.0]}, "one amount for each of 10 years"),
        ({"payer": "treasury"}, "not one of schools"),
        ({"received_by": "families"}, "to itself"),
        ({"cashable_share": 1.5}, "between 0 and 1"),
        ({"side": "cost", "additionality": Additionality(0.5)}, "additionality belongs to benefits"),
        ({"payer": "nhs", "health": True}, "never for costs, transfers or savings of public bodies"),
        ({"side": "cost", "health": True}, "never for costs"),
        ({"item": "SENCO time"}, "more than once"),
        ({"life_course": True}, "More than one price for the rest of a life"),
    ],
)
def test_faulty_flows_are_refused(change: dict[str, Any], words: str) -> None:
    good: dict[str, Any] = {"item": "Gain", "amounts": BENEFIT, "side": "benefit", "payer": "families"}
    life = Flow("Lifetime cost of exclusion", BENEFIT, "benefit", "exchequer", life_course=True, in_budget=False)
    greenbook.lines_of([TIME, life, Flow(**good)])
    with pytest.raises(CostingError, match=words):
        greenbook.lines_of([TIME, life, Flow(**good | change)])


@pytest.mark.unit
def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(CostingError) as caught:
        greenbook.lines_of([Flow("a", [1.0], "cost", "schools"), Flow("b", [1.0], "cost", "schools")])
    assert len(caught.value.problems) == 2
    with pytest.raises(CostingError, match="at least one flow"):
        greenbook.lines_of([])


@pytest.mark.unit
@pytest.mark.parametrize(
    ("frame", "error", "words"),
    [
        ({"n_years": 0}, CostingError, "at least one year"),
        ({"schedule": "health"}, CostingError, "Mark the flow as health"),
        ({"schedule": "low_rate"}, CostingError, "above 50 years"),
        ({"vintage": "2003"}, EvidenceError, "in_force, review_2026"),
    ],
)
def test_a_frame_keeps_the_rules_of_discounting(frame: dict[str, Any], error: type[Exception], words: str) -> None:
    AppraisalFrame(n_years=60, schedule="low_rate")
    with pytest.raises(error, match=words):
        AppraisalFrame(**frame)


@pytest.mark.unit
@pytest.mark.parametrize(
    "make", [lambda: Additionality(leakage=1.2), lambda: OptimismBias(-0.1, 0.0), lambda: OptimismBias(0.0, 2.0)]
)
def test_adjustments_have_bounds(make: Any) -> None:
    with pytest.raises(CostingError):
        make()


@pytest.mark.unit
def test_assumptions_are_labelled_as_such() -> None:
    tables = load_appraisal_tables()
    review = tables.discount_vintage("review_2026")
    assert (review.kind, review.in_force) == ("assumption", False)
    assert "assumption" in review.title
    assert tables.discount_vintage("in_force").kind == "evidence"
    assert tables.optimism_bias.staffing_duty.kind == OptimismBias.of_staffing_duty().label == "assumption"
    bounds = tables.optimism_bias.upper_bounds.shares
    assert (bounds["standard_buildings"], bounds["outsourcing"]) == (
        {"capital": 0.24, "duration": 0.04},
        {"capital": 0.41, "duration": 0.15},
    )
    assert len(bounds) == 6
    assert (tables.valuations["wellby"].value, tables.valuations["qaly"].value) == (13_000.0, 70_000.0)


@pytest.mark.unit
def test_no_engine_is_loaded() -> None:
    program = (
        "import sys; import sencosim.costing.greenbook; "
        "print([name for name in sys.modules if name.split('.')[0] in ('numba', 'simpy') or 'sencosim.engine' in name])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.unit
def test_the_public_names_are_there_and_sorted() -> None:
    assert [name for name in greenbook.__all__ if not hasattr(greenbook, name)] == []
    assert len(set(greenbook.__all__)) == len(greenbook.__all__)


@pytest.mark.property
@settings(max_examples=20)
@given(AMOUNTS, AMOUNTS, AMOUNTS)
def test_any_transfer_leaves_the_social_measures_alone(cost: list[float], gain: list[float], paid: list[float]) -> None:
    flows = [Flow("cost", cost, "cost", "schools"), Flow("gain", gain, "benefit", "families")]
    moved = Flow("moved", paid, "cost", "dfe", received_by="schools")
    plain = greenbook.appraise_option(greenbook.lines_of(flows))
    other = greenbook.appraise_option(greenbook.lines_of([*flows, moved]))
    assert other.measures == plain.measures
    assert other.pv_public_net == pytest.approx(plain.pv_public_net, abs=1e-3)
    assert other.payers["present_value_gbp"].sum() == pytest.approx(plain.payers["present_value_gbp"].sum(), abs=1e-3)


@pytest.mark.property
@settings(max_examples=20)
@given(AMOUNTS, AMOUNTS)
def test_payers_sum_to_minus_npsv_when_all_is_social(cost: list[float], gain: list[float]) -> None:
    flows = [Flow("cost", cost, "cost", "schools"), Flow("gain", gain, "benefit", "families")]
    found = greenbook.appraise_option(greenbook.lines_of(flows))
    assert found.payers["present_value_gbp"].sum() == pytest.approx(-found.measures.npsv, abs=1e-3)
    assert found.payers_by_year["total"].sum() == pytest.approx(sum(cost) - sum(gain), abs=1e-3)


BIASES = st.builds(OptimismBias, st.floats(0.0, 1.0), SHARES, st.integers(0, 12))


@pytest.mark.property
@settings(max_examples=40)
@given(AMOUNTS, AMOUNTS, st.booleans(), BIASES)
def test_no_line_and_no_option_is_better_with_optimism_bias(
    cost: list[float], gain: list[float], healthy: bool, bias: OptimismBias
) -> None:
    flows = [
        Flow("cost, or a saving within it", cost, "cost", "schools"),
        Flow("gain, or a harm", gain, "benefit", "families", health=healthy),
        Flow("public gain, or public harm", cost, "benefit", "council_high_needs"),
    ]
    for lines in (*(greenbook.lines_of([one]) for one in flows), greenbook.lines_of(flows)):
        plain, biased = greenbook.measures(lines, AppraisalFrame()), greenbook.measures(lines, AppraisalFrame(), bias)
        assert biased.npsv <= plain.npsv + 1e-3
        assert biased.pv_cost >= plain.pv_cost - 1e-3
        assert biased.pv_benefit <= plain.pv_benefit + 1e-3
        assert biased.pv_public_saving <= plain.pv_public_saving + 1e-3
        assert biased.net_public_cost >= plain.net_public_cost - 1e-3


@pytest.mark.property
@settings(max_examples=30)
@given(
    st.lists(
        st.tuples(
            st.integers(2027, 2036),
            st.floats(-1e6, 1e6),
            st.sampled_from(["schools", "council_high_needs", "exchequer", "families"]),
            st.sampled_from(["resource", "transfer"]),
            st.sampled_from(["policy", "consequence"]),
        ),
        min_size=1,
        max_size=12,
    ),
    BIASES,
)
def test_no_line_is_better_with_optimism_bias_for_society_or_the_public_purse(
    rows: list[tuple[int, float, str, str, str]], bias: OptimismBias
) -> None:
    lines = pd.DataFrame([row for one in rows for row in _entries(*one)])
    for number in [*lines["entry"].unique(), None]:
        part = lines if number is None else lines[lines["entry"] == number]
        found = greenbook.appraise_option(part, AppraisalFrame(), bias=bias)
        assert found.biased.npsv <= found.measures.npsv + 1e-3
        assert found.biased_public_net >= found.pv_public_net - 1e-3
    moved = bias.applied(lines, 2027)
    transfers = moved[moved["nature"] == "transfer"]
    assert transfers.groupby("year")["value_gbp"].sum().abs().max() < 1e-6 or transfers.empty
    assert moved.loc[moved["nature"] == "transfer", "value_gbp"].tolist() == (
        lines.loc[lines["nature"] == "transfer", "value_gbp"].tolist()
    )


def _entries(year: int, value: float, payer: str, nature: str, side: str) -> list[dict[str, object]]:
    """A priced line; both entries of a transfer, to the department."""
    line: dict[str, object] = {"year": year, "value_gbp": value, "cashable_gbp": 0.0, "payer": payer, "nature": nature}
    line |= {
        "side": side,
        "in_budget": True,
        "in_social": True,
        "category": "disputes",
        "entry": f"{year} {value} {payer} {side}",
    }
    return [line] if nature == "resource" else [line, line | {"payer": "dfe", "value_gbp": -value}]


@pytest.mark.unit
def test_optimism_bias_raises_harms_and_neither_delays_nor_drops_them() -> None:
    harm = greenbook.lines_of([Flow("harm", [0.0] * 9 + [-100.0], "benefit", "families")])
    biased = greenbook.measures(harm, AppraisalFrame(), OptimismBias(0.1, 0.3, 1))
    assert biased.npsv == pytest.approx(1.1 * greenbook.measures(harm, AppraisalFrame()).npsv)
    gain = greenbook.lines_of([Flow("gain", [0.0] * 9 + [100.0], "benefit", "families")])
    assert greenbook.measures(gain, AppraisalFrame(), OptimismBias(0.1, 0.3, 1)).npsv == 0.0


@pytest.mark.unit
def test_optimism_bias_does_not_net_a_harm_against_a_benefit() -> None:
    gain = Flow("gain", [100.0] + [0.0] * 9, "benefit", "families")
    harm = Flow("harm", [-100.0] + [0.0] * 9, "benefit", "pupils")
    lines = greenbook.lines_of([gain, harm])
    assert greenbook.measures(lines, AppraisalFrame()).npsv == 0.0
    assert greenbook.measures(lines, AppraisalFrame(), OptimismBias(0.1, 0.3)).npsv == pytest.approx(70.0 - 110.0)


@pytest.mark.unit
def test_benefits_from_before_the_horizon_are_not_delayed_into_it() -> None:
    lines = greenbook.lines_of([Flow("gain", [100.0] + [0.0] * 9, "benefit", "families")])
    later = AppraisalFrame(first_year=2028)
    assert greenbook.measures(lines, later, OptimismBias(0.0, 0.0, 1)).npsv == 0.0


@pytest.mark.property
@given(SHARES, SHARES, SHARES, SHARES, AMOUNTS)
def test_additionality_is_a_share_of_the_gross_in_any_order(
    a: float, b: float, c: float, d: float, gross: list[float]
) -> None:
    one = Additionality(a, b, c, d)
    assert 0.0 <= one.share <= 1.0
    assert one.share == pytest.approx(Additionality(d, c, b, a).share)
    assert np.abs(one.net(gross)).sum() <= np.abs(gross).sum() + 1e-6
    assert np.array_equal(Additionality().net(gross), np.asarray(gross))
    lines = greenbook.lines_of([Flow("gain", gross, "benefit", "families", additionality=one)])
    assert -lines["value_gbp"].sum() == pytest.approx(one.share * sum(gross), abs=1e-3)


@pytest.mark.property
@given(BIASES, st.floats(1.0, 1e6))
def test_optimism_bias_leaves_transfers_where_and_as_they_are(bias: OptimismBias, value: float) -> None:
    lines = pd.DataFrame(
        {
            "year": [2027, 2028, 2028],
            "value_gbp": [value, -value, -value],
            "nature": ["transfer", "transfer", "resource"],
        }
    )
    moved = bias.applied(lines, 2027)
    pd.testing.assert_frame_equal(moved[:2], lines[:2], check_dtype=False)
    assert moved["year"].tolist()[2] == 2028 + bias.benefit_delay_years
    assert moved["value_gbp"].tolist()[2] == pytest.approx(-value * (1.0 - bias.benefit_reduction))
