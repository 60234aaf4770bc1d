"""The policies that a scenario can switch on.

To add a lever: write one class that inherits from :class:`Lever`, give it one field in :class:`Levers`, and write its
words in ``words.py``. Reading, checking, showing, the JSON Schema and
the suggestions for misspelt names follow from the class.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from sencosim.scenario.fields import CONTRACT_WEEK_HOURS, Setting, WeeklyHoursPerSenPupil, none_or_some
from sencosim.scenario.hours_levers import (
    Amount,
    Floor,
    HoursByNeed,
    HoursFormula,
    HoursSchedule,
    PhaseFloor,
    ProtectedTime,
    Schedule,
    SenRow,
    SizeRow,
)
from sencosim.scenario.staff_levers import Allowance, KeyWorker, SharedSenco, Supervision, Team, Training
from sencosim.scenario.system_levers import (
    ConsistentEhcProcess,
    ExpertsAtHand,
    IspDuty,
    LaCapacity,
    MainstreamFund,
    PlanReform,
    SpecialistPlaces,
    TribunalCapacity,
)
from sencosim.scenario.terms import Covers, Lever, Phase, Region

__all__ = [
    "BEHAVIOUR",
    "AdminSupport",
    "Allowance",
    "Amount",
    "ConsistentEhcProcess",
    "Covers",
    "Delay",
    "ExpertsAtHand",
    "Floor",
    "HoursByNeed",
    "HoursFormula",
    "HoursSchedule",
    "IspDuty",
    "KeyWorker",
    "LaCapacity",
    "Lever",
    "Levers",
    "MainstreamFund",
    "Phase",
    "PhaseFloor",
    "PlanReform",
    "ProtectedTime",
    "Region",
    "Schedule",
    "SenRow",
    "SharedSenco",
    "SizeRow",
    "SltSeat",
    "SpecialistPlaces",
    "Supervision",
    "Team",
    "Training",
    "TribunalCapacity",
]

BEHAVIOUR = {
    "compliance": "legal_floor_compliance",
    "used_share": "used_share_added",
    "drift_to_floor": "drift_to_floor_share",
}
"""Settings of a lever that say how schools behave, not what the policy is; and the parameter behind each."""


class SltSeat(Lever):
    """Every covered school's SENCO is a member of the senior leadership team (SLT)."""

    pay_uplift: bool = True
    """true: SENCOs who join the team move to leadership pay. false: a seat without a pay rise."""


class AdminSupport(Lever):
    """Every covered school gives its SENCO an administrator for so many hours, beside any it has."""

    hours_per_week: (
        Annotated[
            float,
            Field(ge=0, le=2 * CONTRACT_WEEK_HOURS, allow_inf_nan=False, json_schema_extra={"unit": "hours per week"}),
            AfterValidator(none_or_some),
        ]
        | None
    ) = None
    """Administrator hours per school week."""
    hours_per_sen_pupil_per_week: WeeklyHoursPerSenPupil | None = None
    """Administrator hours per school week for each pupil with SEN."""

    @model_validator(mode="after")
    def _exactly_one_form(self) -> AdminSupport:
        if (self.hours_per_week is None) == (self.hours_per_sen_pupil_per_week is None):
            found = "none of them" if self.hours_per_week is None else "both"
            raise ValueError(
                f"Say how many hours in exactly one way: hours_per_week or hours_per_sen_pupil_per_week. Found {found}."
            )
        return self


class Delay(Setting):
    """The same policy later: every lever starts, spreads and ends so many years after what it says itself."""

    years: Annotated[int, Field(ge=0, le=20, json_schema_extra={"unit": "years"})]
    """Years by which all levers are put off."""


class Levers(Setting):
    """The policies that are switched on. A lever that is not named is off."""

    protected_time: ProtectedTime | None = None
    """A floor of protected time for every SENCO."""
    hours_schedule: HoursSchedule | None = None
    """SENCO hours that follow each school's numbers of pupils with SEN."""
    slt_seat: SltSeat | None = None
    """A seat on the senior leadership team for every SENCO."""
    admin_support: AdminSupport | None = None
    """Administrator hours for every SENCO."""
    team: Team | None = None
    """Assistant SENCOs beside the SENCO."""
    shared_senco: SharedSenco | None = None
    """Small primary schools share one SENCO."""
    supervision: Supervision | None = None
    """Professional supervision for every SENCO."""
    training: Training | None = None
    """Induction and training of new SENCOs, and training that SENCOs pass on to colleagues."""
    consistent_ehc_process: ConsistentEhcProcess | None = None
    """One set of forms and steps for EHC plans in all councils."""
    la_capacity: LaCapacity | None = None
    """More psychologists and case officers in councils."""
    tribunal_capacity: TribunalCapacity | None = None
    """More hearings of the tribunal."""
    specialist_places: SpecialistPlaces | None = None
    """More places in state special schools."""
    isp_duty: IspDuty | None = None
    """An Individual Support Plan (ISP) for every pupil on SEN Support."""
    allowance: Allowance | None = None
    """An allowance for every SENCO."""
    key_worker: KeyWorker | None = None
    """SENCOs as key workers for the families of pupils with a plan."""
    plan_reform: PlanReform | None = None
    """The announced reform of EHC plans: fewer plans, reviews at key stages, a tribunal without placement orders."""
    mainstream_fund: MainstreamFund | None = None
    """The announced Inclusive Mainstream Fund, as hours of assistants."""
    experts_at_hand: ExpertsAtHand | None = None
    """The announced days of specialists in schools, Experts at Hand."""
    delay: Delay | None = None
    """Puts off all the levers named here."""

    def active(self) -> Iterator[tuple[str, Lever]]:
        """Name and settings of each lever that is on, put off by ``delay``, in the order of the model document."""
        years = 0 if self.delay is None else self.delay.years
        for name in type(self).model_fields:
            lever = getattr(self, name)
            if isinstance(lever, Lever):
                yield name, lever.delayed(years) if years else lever
