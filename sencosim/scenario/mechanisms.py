"""Mechanisms that can be switched off by name, and the value at which each does nothing.

Switching one off asks what it contributes. It holds in both arms and in every view, and takes the place of whatever
the evidence or the view says. Numbers are those of the model document.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator, WithJsonSchema

from sencosim.scenario.names import did_you_mean, listed


@dataclass(frozen=True)
class Mechanism:
    """One mechanism that can be switched off.

    Attributes
    ----------
    number
        Of its section in the model document.
    title
        What it is, in words.
    neutral
        Parameters, and the value of each at which the mechanism does nothing.
    """

    number: str
    title: str
    neutral: Mapping[str, float]


MECHANISMS: Mapping[str, Mechanism] = {
    "overtime_displacement": Mechanism(
        "M5", "Added time first gives SENCOs their evenings back", {"overtime_displacement": 0.0}
    ),
    "request_rationing": Mechanism(
        "M5", "In some schools requests are due later than in others", {"request_rationing_share": 0.0}
    ),
    "culture": Mechanism("M6", "Schools differ for reasons other than time", {"culture_log_sd": 0.0}),
    "effect_on_requests": Mechanism(
        "M6", "Support changes who reaches the point of a request", {"effect_requests_need": 1.0}
    ),
    "effect_on_suspensions": Mechanism("M6", "Support changes suspensions", {"effect_suspensions": 1.0}),
    "effect_on_exclusions": Mechanism(
        "M6", "Support changes permanent exclusions", {"effect_permanent_exclusion": 1.0}
    ),
    "effect_on_appeals": Mechanism("M6", "Support changes who appeals", {"effect_appeals": 1.0}),
    "effect_on_special_placement": Mechanism(
        "M6", "Support changes who goes to special", {"effect_move_to_special": 1.0}
    ),
    "effect_on_home_education": Mechanism(
        "M13", "Support changes who leaves for home education", {"effect_home_education": 1.0}
    ),
    "effect_on_absence": Mechanism("M13", "Support changes absence", {"effect_absence_points": 0.0}),
    "seat_strengthens_effects": Mechanism("M6", "A leadership seat strengthens effects", {"effect_slt_seat": 1.0}),
    "patience": Mechanism("M7", "Families who wait file themselves", {"patience_mean_weeks": 1e9}),
    "route_causes_refusal": Mechanism(
        "M7", "A parental request is refused more often for its route", {"refusal_route_causal_share": 0.0}
    ),
    "few_review_cycles": Mechanism(
        "M7",
        "Requests with few review cycles take longer and are refused more",
        {"few_cycles_extra_hours_share": 0.0, "refusal_few_cycles_log_odds": 0.0},
    ),
    "asking_again": Mechanism(
        "M7",
        "Families ask again after refusal",
        {"reapply_rate_per_year": 1e-9},  # waits are divided by it: never 0
    ),
    "bought_in_capacity": Mechanism("M9", "Councils buy in staff when work waits", {"capacity_surge": 0.0}),
    "senco_leaving": Mechanism("M14", "SENCOs leave", {"senco_leaving_rate": 0.0}),
    "time_keeps_sencos": Mechanism("M14", "SENCOs stay longer when demand is met", {"leaving_ratio_demand_met": 1.0}),
    "seat_keeps_sencos": Mechanism("M14", "SENCOs with a seat stay longer", {"leaving_ratio_slt_seat": 1.0}),
    "first_year_loss": Mechanism("M14", "New SENCOs are less effective", {"new_senco_loss": 0.0}),
    "teacher_supply": Mechanism(
        "M14", "Teachers are too few to fill all posts at once", {"teacher_supply_fte_per_year": 1e9}
    ),
    "vacancies_lengthen": Mechanism(
        "M14",
        "Posts stay vacant longer while new posts take the supply of teachers",
        {"vacancy_terms_supply_taken": 0.0},
    ),
    "hours_drift": Mechanism(
        "M14", "Hours rise slowly by themselves", {"hours_drift_primary": 0.0, "hours_drift_secondary": 0.0}
    ),
    "administrators": Mechanism("M15", "Administrators free SENCO time", {"admin_hours_freed": 0.0}),
    "sharing_costs": Mechanism(
        "M16",
        "Sharing saves duties, takes travel and changes effectiveness",
        {"shared_fixed_duties_saved": 0.0, "shared_travel_hours": 0.0, "shared_effectiveness": 1.0},
    ),
    "supervision_keeps_sencos": Mechanism(
        "M14", "SENCOs with supervision stay longer", {"leaving_ratio_supervision": 1.0}
    ),
    "pay_keeps_sencos": Mechanism("M14", "SENCOs with an allowance stay longer", {"leaving_elasticity_of_pay": 0.0}),
    "training_speeds_up": Mechanism(
        "M14", "Training lessens the loss of the first year", {"first_year_loss_ratio_training": 1.0}
    ),
    "parents_work": Mechanism("M17", "Parents lose work while need is unmet", {"effect_parent_job_kept": 0.0}),
    "council_processes": Mechanism("M19", "Paperwork differs between councils", {"council_process_log_sd": 0.0}),
}
"""By name, in the order of the model document."""


def known_mechanism(name: str) -> str:
    """Accept the name of a mechanism and return it unchanged.

    Raises
    ------
    ValueError
        If there is none of that name; the message gives the nearest names.

    Examples
    --------
    >>> known_mechanism("patience")
    'patience'
    """
    if name in MECHANISMS:
        return name
    hint = did_you_mean(name, MECHANISMS) or f"There are {listed(MECHANISMS)}."
    raise ValueError(f"There is no mechanism of this name that can be switched off. {hint}")


MechanismName = Annotated[
    str, AfterValidator(known_mechanism), WithJsonSchema({"type": "string", "enum": list(MECHANISMS)})
]


def neutral_values(off: Iterable[str]) -> dict[str, float]:
    """Parameters that change, and the value of each, when mechanisms are switched off.

    Examples
    --------
    >>> neutral_values(["patience", "senco_leaving"])
    {'patience_mean_weeks': 1000000000.0, 'senco_leaving_rate': 0.0}
    """
    return {name: value for mechanism in off for name, value in MECHANISMS[mechanism].neutral.items()}
