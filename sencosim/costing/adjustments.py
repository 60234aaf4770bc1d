"""Adjustments that an appraisal makes to gross flows: additionality, and optimism bias as a labelled assumption.

Additionality says how much of a gross benefit would not have come about anyway: ``net = gross x (1 - deadweight) x
(1 - leakage) x (1 - displacement) x (1 - substitution)``. The simulator needs none of it, because both arms are
simulated: schools already above a floor are its deadweight, hours used for other duties its leakage, teachers taken
out of classrooms and refilled places its displacement. It is here for appraisals that start from gross numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from sencosim.errors import CostingError, Problem
from sencosim.evidence.appraisal import load_appraisal_tables

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Additionality:
    """What part of a gross benefit is additional.

    Attributes
    ----------
    deadweight
        Would have happened anyway. [share, 0 to 1]
    leakage
        Goes to others than those meant. [share, 0 to 1]
    displacement
        Is taken from elsewhere. [share, 0 to 1]
    substitution
        Replaces something of the same kind. [share, 0 to 1]

    Examples
    --------
    >>> round(Additionality(deadweight=0.5, leakage=0.2).share, 3)
    0.4
    """

    deadweight: float = 0.0
    leakage: float = 0.0
    displacement: float = 0.0
    substitution: float = 0.0

    def __post_init__(self) -> None:
        problems = tuple(
            Problem(message=f"The {name} must be a share from 0 to 1, found {value:g}.", key=name, found=str(value))
            for name, value in vars(self).items()
            if not 0.0 <= value <= 1.0
        )
        if problems:
            raise CostingError(" ".join(problem.message for problem in problems), problems)

    @property
    def share(self) -> float:
        """Additional part of the gross benefit. [share, 0 to 1]"""
        return (1.0 - self.deadweight) * (1.0 - self.leakage) * (1.0 - self.displacement) * (1.0 - self.substitution)

    def net(self, gross: ArrayLike) -> Floats:
        """Net flows of gross flows. [unit of the flows]"""
        return np.asarray(gross, dtype=np.float64) * self.share


@dataclass(frozen=True)
class OptimismBias:
    """Assumed optimism of an appraisal, line by line: each cost goes up, each benefit goes down and comes later.

    The sign of an amount decides, not the side of the account that it stands on: a harm that follows from the policy is
    a cost, and a saving within the cost of the policy is a benefit. So no line is better with the bias than without.
    Transfers stay as they are, so that what one side pays is still what the other receives.

    Attributes
    ----------
    cost_uplift
        Costs and harms are raised by this share, in the year in which they fall. [share, 0 or more]
    benefit_reduction
        Benefits are lowered by this share. [share, 0 to 1]
    benefit_delay_years
        Benefits come so much later; what moves past the horizon is lost. [whole years, 0 or more]
    label
        What every table must print alongside it.
    """

    cost_uplift: float
    benefit_reduction: float
    benefit_delay_years: int = 0
    label: str = "assumption"

    def __post_init__(self) -> None:
        if self.cost_uplift < 0.0 or not 0.0 <= self.benefit_reduction <= 1.0 or self.benefit_delay_years < 0:
            raise CostingError(
                "Optimism bias raises costs (0 or more), lowers benefits (0 to 1) and delays them (0 years or more); "
                f"found {self.cost_uplift:g}, {self.benefit_reduction:g} and {self.benefit_delay_years}."
            )

    @classmethod
    def of_staffing_duty(cls) -> OptimismBias:
        """Bias assumed of a staffing duty: no published figure exists for one.

        Examples
        --------
        >>> bias = OptimismBias.of_staffing_duty()
        >>> bias.cost_uplift, bias.benefit_reduction, bias.benefit_delay_years, bias.label
        (0.1, 0.3, 1, 'assumption')
        """
        assumed = load_appraisal_tables().optimism_bias.staffing_duty
        return cls(
            assumed.cost_uplift.value,
            assumed.benefit_reduction.value,
            int(assumed.benefit_delay_years.value),
            assumed.kind,
        )

    def applied(self, lines: pd.DataFrame, first_year: int) -> pd.DataFrame:
        """Priced lines with the bias.

        Parameters
        ----------
        lines
            Priced lines: ``year`` and ``value_gbp``, cost positive, and perhaps ``cashable_gbp`` and ``nature``; if it
            is not there, all are resources. Each row is a line of its own; rows that belong together are summed before.
        first_year
            First year of the horizon. Earlier lines are left out, or their benefits would move into it.
            [first calendar year]

        Examples
        --------
        >>> lines = pd.DataFrame({"year": [2027, 2028, 2027], "value_gbp": [100.0, 100.0, -40.0]})
        >>> OptimismBias(0.1, 0.5, 1).applied(lines, 2027).round(6).to_dict("list")
        {'year': [2027, 2028, 2028], 'value_gbp': [110.0, 110.0, -20.0]}
        """
        inside = lines[lines["year"] >= first_year]
        is_cost = inside["value_gbp"] > 0.0
        is_transfer = inside["nature"] == "transfer" if "nature" in inside.columns else False
        factor = np.where(is_cost, 1.0 + self.cost_uplift, 1.0 - self.benefit_reduction)
        factor = np.where(is_transfer, 1.0, factor)
        money = [name for name in ("value_gbp", "cashable_gbp") if name in inside.columns]
        return inside.assign(
            year=inside["year"] + np.where(is_cost | is_transfer, 0, self.benefit_delay_years),
            **{name: inside[name] * factor for name in money},
        )
