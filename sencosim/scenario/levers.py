"""The policies that a scenario can switch on.

To add a lever: write one class that inherits from :class:`Lever`, give it one field in :class:`Levers`, and write its
words in ``words.py``. Reading, checking, showing, the JSON Schema and
the suggestions for misspelt names follow from the class.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field, field_validator, model_validator

from sencosim.scenario.fields import (
    CONTRACT_WEEK_HOURS,
    Pupils,
    Setting,
    Share,
    WeeklyDays,
    WeeklyHours,
    WeeklyHoursPerSenPupil,
    none_or_some,
)
from sencosim.scenario.staff_levers import Allowance, KeyWorker, SharedSenco, Supervision, Team, Training
from sencosim.scenario.system_levers import (
    ConsistentEhcProcess,
    IspDuty,
    LaCapacity,
    SpecialistPlaces,
    TribunalCapacity,
)
from sencosim.scenario.terms import CouncilFunder, Covers, Funder, Lever, Phase, Region
from sencosim.units import PHASES

__all__ = [
    "BEHAVIOUR",
    "AdminSupport",
    "Allowance",
    "Amount",
    "ConsistentEhcProcess",
    "CouncilFunder",
    "Covers",
    "Delay",
    "Floor",
    "Funder",
    "IspDuty",
    "KeyWorker",
    "LaCapacity",
    "Lever",
    "Levers",
    "Phase",
    "ProtectedTime",
    "Region",
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


class Amount(Setting):
    """An amount of protected time, in exactly one of its forms."""

    forms: ClassVar[tuple[str, ...]] = ("hours_per_week", "days_per_week", "hours_per_sen_pupil_per_week", "full_time")

    hours_per_week: WeeklyHours | None = None
    """Hours per school week."""
    days_per_week: WeeklyDays | None = None
    """Days per school week, at hours_per_day (6.5) hours each."""
    hours_per_sen_pupil_per_week: WeeklyHoursPerSenPupil | None = None
    """Hours per school week for each pupil with SEN, up to a full-time post."""
    full_time: bool | None = None
    """true: the whole week of a full-time teacher, full_time_hours_per_week (32.4) hours."""

    @field_validator("full_time")
    @classmethod
    def _never_false(cls, full_time: bool | None) -> bool | None:
        if full_time is False:
            raise ValueError("This can only be true. For less than full time give hours_per_week or days_per_week.")
        return full_time

    @model_validator(mode="after")
    def _exactly_one_form(self) -> Amount:
        given = [form for form in self.forms if getattr(self, form) is not None]
        if len(given) != 1:
            found = f"Found {' and '.join(given)}." if given else "Found none of them."
            raise ValueError(f"Say how much time in exactly one way: {', '.join(self.forms)}. {found}")
        return self


class SizeRow(Amount):
    """One row of a table by school size."""

    up_to_pupils: Pupils | None = None
    """The row holds for schools with at most so many pupils. The last row has none: it holds for all larger schools."""


class Floor(Amount):
    """The least time that a covered school must give, in exactly one form."""

    forms: ClassVar[tuple[str, ...]] = (*Amount.forms, "by_phase", "by_size")

    by_phase: dict[Phase, Amount] | None = None
    """An amount for primary, for secondary, or for both. A phase that is left out has no floor."""
    by_size: Annotated[tuple[SizeRow, ...], Field(strict=False)] | None = None
    """A table by pupils on roll, smallest schools first."""

    @field_validator("by_phase")
    @classmethod
    def _some_phase(cls, by_phase: dict[str, Amount] | None) -> dict[str, Amount] | None:
        if by_phase is not None and not by_phase:
            raise ValueError(f"There are no phases under by_phase. Give {' or '.join(PHASES)}, or both.")
        return by_phase

    @field_validator("by_size")
    @classmethod
    def _sizes_ascend(cls, by_size: tuple[SizeRow, ...] | None) -> tuple[SizeRow, ...] | None:
        if by_size is None:
            return None
        if not by_size or by_size[-1].up_to_pupils is not None:
            raise ValueError("The last row must have no up_to_pupils, so that every school finds its row.")
        sizes = [row.up_to_pupils for row in by_size[:-1]]
        known = [size for size in sizes if size is not None]
        if len(known) < len(sizes):
            raise ValueError("Only the last row may leave out up_to_pupils.")
        if any(larger <= smaller for smaller, larger in pairwise(known)):
            raise ValueError("The rows must have rising up_to_pupils: smallest schools first.")
        return by_size


class ProtectedTime(Lever):
    """Every covered school must give its SENCO at least so much time for the role."""

    floor: Floor
    """The least time. Schools that give more keep it, unless they drift to the floor."""
    used_share: Share | None = None
    """Share of the added hours that reach SENCO work. Leave out: the evidence decides (used_share_added)."""
    drift_to_floor: Share | None = None
    """Share of schools above the floor that come down to it. Leave out: the evidence decides (drift_to_floor_share)."""


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
    delay: Delay | None = None
    """Puts off all the levers named here."""

    def active(self) -> Iterator[tuple[str, Lever]]:
        """Name and settings of each lever that is on, put off by ``delay``, in the order of the model document."""
        years = 0 if self.delay is None else self.delay.years
        for name in type(self).model_fields:
            lever = getattr(self, name)
            if isinstance(lever, Lever):
                yield name, lever.delayed(years) if years else lever
