"""The laws that a baseline can stand on: the law of today, and what the government has announced."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from sencosim.levers.catalogue import Levers
from sencosim.levers.experts_at_hand import ExpertsAtHand
from sencosim.levers.isp_duty import IspDuty
from sencosim.levers.mainstream_fund import MainstreamFund
from sencosim.levers.plan_reform import PlanReform, ReformVariant

if TYPE_CHECKING:
    from sencosim.scenario.schema import Scenario

Law = Literal["current_law", "announced"]

ANNOUNCED = Levers(
    plan_reform=PlanReform(),
    isp_duty=IspDuty(start="2029/30", phase_in_years=1),
    mainstream_fund=MainstreamFund(),
    experts_at_hand=ExpertsAtHand(),
)
"""What the White Paper of February 2026 announces, for both arms. ``mixins/announced.yaml`` says the same."""


def under_law(scenario: Scenario, law: Law, variant: ReformVariant | None = None) -> Scenario:
    """Put a scenario on one law.

    Parameters
    ----------
    scenario
        A scenario, whatever laws its ``baselines`` name.
    law
        ``announced`` adds to the background what is announced. A policy that the scenario names itself, as question or
        as background, stays as the scenario has it. ``current_law`` adds nothing.
    variant
        How the announced fall in plans comes about; as the scenario says if ``None``.

    Returns
    -------
        The scenario, with ``law`` as its only baseline.
    """
    background = scenario.background
    if law == "announced":
        asked = {name for name, _ in scenario.levers.active()}
        added = {
            name: lever for name, lever in ANNOUNCED.active() if name not in asked and getattr(background, name) is None
        }
        background = background.model_copy(update=added)
        if variant is not None and background.plan_reform is not None:
            reform = background.plan_reform.model_copy(update={"variant": variant})
            background = background.model_copy(update={"plan_reform": reform})
    return scenario.model_copy(update={"background": background, "baselines": (law,)})
