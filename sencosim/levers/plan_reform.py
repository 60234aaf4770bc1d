"""The announced reform of EHC plans: fewer plans, reviews at key stages, a tribunal without placement orders."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import numpy as np

from sencosim.evidence.base_year import BASE_YEAR
from sencosim.levers.fields import AcademicYear, Share, between
from sencosim.levers.lever import Asked, NationalLever, Years
from sencosim.levers.schools import BoolArray, FloatArray, RunSchools

ReformVariant = Literal["mixed", "fewer_requests", "more_refusals"]
_VARIANTS = {
    "mixed": "by requests and by refusals",
    "fewer_requests": "by fewer requests",
    "more_refusals": "by more refusals",
}


class PlanReform(NationalLever):
    """The announced reform: EHC plans for fewer pupils, reviews at key stages, a tribunal without placement orders.

    The government has published its aim and no method. How the fall comes about is therefore a setting, and its size
    four parameters that are fitted to the aim.
    """

    number: ClassVar[int] = 15
    one: ClassVar[str] = "The reform is one law"

    start: AcademicYear = "2029/30"
    """Academic year at whose September the reform begins."""
    phase_in_years: Years = 2
    """Years until the reform has its full size, in equal steps: 2 from 2029/30 is 2030/31, without which plans cannot
    fall as far by 2034/35 as is projected, even if nobody asked for one. Key-stage reviews and the
    tribunal's new powers hold from the start."""
    variant: ReformVariant = "mixed"
    """Where the fall in new plans comes about: in requests and refusals as the two settings below say (mixed), or the
    same fall in requests alone, or in refusals alone."""
    entries_ratio: Annotated[float, between(0.01, 2, "ratio")] | None = None
    """Requests of pupils at full size relative to no reform. Leave out: the evidence decides (reform_entries_ratio)."""
    refusal_shift: Annotated[float, between(-3, 5, "log odds")] | None = None
    """Log odds added to the refusal of a request at full size. Leave out: the evidence decides
    (reform_refusal_shift)."""
    transition_share: Share | None = None
    """Share of the plans at the end of a phase that become a support plan, at full size. Leave out: the evidence
    decides (reform_transition_share)."""
    outside_ratio: Annotated[float, between(0, 2, "ratio")] | None = None
    """Requests from outside mainstream schools at full size relative to no reform. Leave out: the evidence decides
    (reform_outside_ratio)."""

    def words(self) -> str:
        words = f"fewer EHC plans, {_VARIANTS[self.variant]}; key-stage reviews; no placement orders"
        if self.entries_ratio is not None:
            words += f"; {self.entries_ratio:g} times the requests"
        return words

    def ask(self, at: RunSchools, active: BoolArray, asked: Asked) -> None:
        """M18: the announced reform.

        New plans fall by as much in every variant: in ``mixed`` by both dials, else by requests or by refusals alone.
        The dials are fitted to a fall that ends. After the years of the trends requests are as many as hold the plans
        that are left, and no more plans end by the reform.
        """
        share, holds, refused = self.shares(at), active[0], at.values["refusal_share_all"]
        later = np.arange(at.years) + at.start - BASE_YEAR > at.values["trend_whole_years"]
        held = at.values["reform_requests_held"]

        def dial(said: float | None, parameter: str) -> FloatArray:
            fitted = at.given(said, parameter)
            return 1.0 - share * (1.0 - np.where(later, max(fitted, held), fitted))

        requests = dial(self.entries_ratio, "reform_entries_ratio")
        shift = share * at.given(self.refusal_shift, "reform_refusal_shift")
        entries = requests * agreed_ratio(shift, refused)
        if self.variant == "fewer_requests":
            requests, shift = entries, np.zeros(at.years)
        elif self.variant == "more_refusals":
            requests, shift = np.ones(at.years), shift_for(entries, refused)
        asked["request_ratio"] *= requests[None, :]
        asked["refusal_shift"], asked["entry_ratio"] = shift, entries
        asked["outside_ratio"] = dial(self.outside_ratio, "reform_outside_ratio")
        moved = share * at.given(self.transition_share, "reform_transition_share")
        asked["plan_transition_share"] = np.where(later, 0.0, moved)
        asked["key_stage_reviews"] = np.where(holds, 1.0, 0.0)
        asked["placement_orders"] = np.where(holds, 0.0, 1.0)


def agreed_ratio(shift: FloatArray, refused: float) -> FloatArray:
    """Requests agreed when log odds are added to refusal, relative to those agreed without. [ratio].

    Parameters
    ----------
    shift : added to the log odds of refusal. [log odds]
    refused : share refused without. [share, 0 to 1]

    >>> agreed_ratio(np.array([0.0, np.log(4.0)]), 0.25).round(6).tolist()
    [1.0, 0.571429]
    """
    return 1.0 / (1.0 - refused + refused * np.exp(shift))


def shift_for(agreed: FloatArray, refused: float) -> FloatArray:
    """Log odds to add to refusal so that so many are agreed, relative to without. Inverse of :func:`agreed_ratio`.

    More than all cannot be agreed: then next to none is refused.

    >>> agreed_ratio(shift_for(np.array([1.0, 0.5]), 0.25), 0.25).round(6).tolist()
    [1.0, 0.5]
    """
    return np.log(np.maximum(1.0 / agreed - (1.0 - refused), 1e-9) / refused)
