"""Parameters of grade C, D or E that are not drawn, each with the reason; a test holds that there are no others.

Everything uncertain has a distribution. The exceptions are grouped here by reason. Two reasons hold for whole classes
of entries: a fitted parameter (kind ``calibrated``) is drawn from the posterior sample, or solved given a draw; and a
``fact_`` is an observation with which results are compared, which nothing reads.
"""

from __future__ import annotations

from collections.abc import Mapping

from sencosim.evidence.register import Parameter

FITTED = "Fitted: draws take it from the posterior sample, or it is solved so that published figures are met."
OBSERVED = "An observation that results are compared with; nothing in the model reads it."

NOT_DRAWN: Mapping[str, tuple[str, ...]] = {
    "A switch or a row of the structure table: it says which form of the model is run.": (
        "effect_slt_seat_direct",
        "filing_route",
        "identification_response",
        "review_cycles_route",
        "support_channel_hours",
    ),
    "A convention of the support curve, which fixes what a doubling is.": (
        "support_doublings_most",
        "support_doublings_primary",
        "support_doublings_secondary",
        "support_hours_offset",
    ),
    "Measured by a study of the model itself, and divided out of a prior that is drawn.": (
        "queue_release_primary",
        "queue_release_secondary",
    ),
    "A rule of the model's week: an order of work, statutory or customary, in place of what each school does.": (
        "due_weeks_annual_review",
        "due_weeks_appeal_preparation",
        "due_weeks_consultation",
        "due_weeks_crisis",
        "due_weeks_exclusion",
        "due_weeks_identification",
        "due_weeks_mediation",
        "due_weeks_request_information",
        "due_weeks_request_preparation",
        "due_weeks_request_rationed",
        "due_weeks_support_plan",
        "due_weeks_suspension",
        "exclusion_decision_days",
        "exit_weeks_annual_review",
        "exit_weeks_appeal_preparation",
        "exit_weeks_assessment_advice",
        "exit_weeks_consultation",
        "exit_weeks_crisis",
        "exit_weeks_exclusion",
        "exit_weeks_identification",
        "exit_weeks_mediation",
        "exit_weeks_request_information",
        "exit_weeks_request_preparation",
        "exit_weeks_support_plan",
        "exit_weeks_suspension",
        "group_three_share",
        "notice_weeks",
        "whole_school_session_hours",
    ),
    "A definition: full time, a day, one set of duties, a school year, or a task that nobody else can do.": (
        "delegable_share_coaching",
        "delegable_share_open_development",
        "full_time_hours_per_week",
        "hours_per_day",
        "npq_terms",
        "volume_fixed_duties_per_school",
        "volume_ta_weeks_per_year",
    ),
    "A whole number that the engine counts to; its neighbours are other forms of the model.": (
        "exogenous_place_year_groups",
        "exogenous_wait_year_group",
        "review_cycles_at_start",
        "review_cycles_for_record",
    ),
    "An end of a spread between single cases; the middle of the spread is drawn.": (
        "advice_weeks_max",
        "advice_weeks_min",
        "appeal_registration_weeks_max",
        "appeal_registration_weeks_min",
        "decision_delay_weeks_max",
        "decision_delay_weeks_min",
        "decision_weeks_max",
        "decision_weeks_min",
        "drafting_weeks_max",
        "drafting_weeks_min",
        "late_advice_weeks_max",
        "late_advice_weeks_min",
        "tribunal_weeks_max",
        "tribunal_weeks_min",
    ),
    "A guard that keeps single schools, councils or cases within reason and binds for few of them.": (
        "appeal_chance_most",
        "council_refusal_gap_least",
        "council_refusal_gap_most",
        "council_refusal_share_least",
        "council_refusal_share_most",
        "council_request_ratio_least",
        "council_request_ratio_most",
        "council_wait_weeks_most",
        "drafting_least_share",
        "school_share_ratio_least",
        "school_share_ratio_most_ehc_plans",
        "school_share_ratio_most_sen_support",
    ),
    "Fitted rates were fitted given it: drawn alone, it would move the base year off published figures.": (
        "crisis_rate_ehc_plan_primary",
        "crisis_rate_ehc_plan_secondary",
        "crisis_rate_sen_support_primary",
        "crisis_rate_sen_support_secondary",
        "ehc_plan_by_year_group",
        "frailty_of_plan_holders",
        "post16_stock_share",
        "sen_support_by_year_group",
        "september_stock_ratio_primary",
        "september_stock_ratio_secondary",
        "special_by_year_group",
        "special_school_age_share",
    ),
    "Half of a pair whose other half is drawn: the level of hours at a given size of school.": (
        "hours_elasticity",
        "team_sen_pupils_primary",
        "team_sen_pupils_secondary",
    ),
    "The population is made once, from point values, and checked against these tolerances.": (
        "population_need_rho_share_without_units",
        "population_smallest_school",
        "population_tolerance_correlation",
        "population_tolerance_count",
        "population_tolerance_need_quantile",
        "population_tolerance_quantile",
        "population_tolerance_sd",
        "population_tolerance_share",
        "population_unit_largest_share",
        "population_unit_mean_places",
        "population_unit_places_sd",
        "population_unit_secondary_odds",
    ),
    "A price set by published rates, or one shown as published in a memorandum and never in the sums.": (
        "headline_exclusion_lifetime",
        "headline_specialist_high",
        "headline_specialist_low",
        "headline_tribunal_high",
        "headline_tribunal_low",
        "pay_on_cost_ratio",
        "unpaid_hour_value",
    ),
}
"""Names by reason."""


def why_not_drawn(parameter: Parameter) -> str | None:
    """Reason why a parameter is not drawn; None if no reason is on record.

    Examples
    --------
    >>> from sencosim.evidence.register import load_register
    >>> why_not_drawn(load_register().get("hours_per_day"))[:12]
    'A definition'
    """
    if parameter.kind == "calibrated":
        return FITTED
    if parameter.name.startswith("fact_"):
        return OBSERVED
    return next((reason for reason, names in NOT_DRAWN.items() if parameter.name in names), None)
