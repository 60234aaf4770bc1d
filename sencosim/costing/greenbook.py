"""Green Book appraisal for anybody: one import, plain numbers in, a full appraisal out. No simulator is loaded.

::

    from sencosim.costing import greenbook

    option = greenbook.lines_of([
        greenbook.Flow("SENCO time", [200.0] * 10, "cost", "schools", labour_share=1.0),
        greenbook.Flow("Fees avoided", [0, 40, 80, 120, 160, 200, 240, 280, 280, 280], "benefit", "council_high_needs"),
    ])
    result = greenbook.appraise_option(option)
    result.measures.npsv

The page ``docs/appraisal.md`` goes through all of it with the worked example of the appraisal rules.
"""

from __future__ import annotations

from sencosim.costing.accounts import RESOURCES
from sencosim.costing.adjustments import Additionality, OptimismBias
from sencosim.costing.appraise import Appraisal, appraise, cost_per_outcome, npsv, payback_year, switching_multiplier
from sencosim.costing.budget import budget_statement
from sencosim.costing.cost import journal, trial_balance
from sencosim.costing.deflate import Rebased, real, rebase
from sencosim.costing.discount import annuity_factor, discount_factors, present_value, with_real_growth
from sencosim.costing.distribution import by_group, distribution_weight
from sencosim.costing.money import by_payer, flows
from sencosim.costing.option import AppraisalFrame, OptionAppraisal, appraise_option, measures
from sencosim.costing.plain_flows import Flow, lines_of
from sencosim.costing.sensitivity import in_prices_of, sensitivity_table, weights_on_and_off
from sencosim.costing.value_for_money import UnmonetisedEffect, switching_values, value_for_money_band
from sencosim.costing.worksheet import average_lines, totals, worksheet
from sencosim.vocabulary import PAYERS, PUBLIC_PAYERS

__all__ = [
    "PAYERS",
    "PUBLIC_PAYERS",
    "RESOURCES",
    "Additionality",
    "Appraisal",
    "AppraisalFrame",
    "Flow",
    "OptimismBias",
    "OptionAppraisal",
    "Rebased",
    "UnmonetisedEffect",
    "annuity_factor",
    "appraise",
    "appraise_option",
    "average_lines",
    "budget_statement",
    "by_group",
    "by_payer",
    "cost_per_outcome",
    "discount_factors",
    "distribution_weight",
    "flows",
    "in_prices_of",
    "journal",
    "lines_of",
    "measures",
    "npsv",
    "payback_year",
    "present_value",
    "real",
    "rebase",
    "sensitivity_table",
    "switching_multiplier",
    "switching_values",
    "totals",
    "trial_balance",
    "value_for_money_band",
    "weights_on_and_off",
    "with_real_growth",
    "worksheet",
]
