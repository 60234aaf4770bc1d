"""Levers about the system around the school: forms, councils, the tribunal, special places, support plans."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from sencosim.scenario.fields import AcademicYear, Share, WeeklyDays
from sencosim.scenario.terms import Covers, Lever
from sencosim.vocabulary import CouncilFunder, Funder

Ratio = Annotated[float, Field(ge=0.1, le=10, allow_inf_nan=False, json_schema_extra={"unit": "ratio"})]
DaysPerYear = Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False, json_schema_extra={"unit": "days per year"})]


class ConsistentEhcProcess(Lever):
    """All councils use one set of forms and steps for EHC plans."""

    paperwork_ratio: (
        Annotated[float, Field(ge=0, le=2, allow_inf_nan=False, json_schema_extra={"unit": "ratio"})] | None
    ) = None
    """SENCO hours for a request, for advice, for an annual review and for a consultation, relative to an average
    council today. Leave out: the evidence decides (consistent_process_ratio)."""
    difference_removed: Share = 1.0
    """Share of the differences between councils in these hours that goes: 1 makes all councils alike."""


class CouncilLever(Lever):
    """A lever that acts through councils: all schools of a covered council, whatever else is said of schools."""

    funded_by: CouncilFunder = "councils"  # type: ignore[assignment]  # councils pay, not schools
    """Who pays: councils, or a national grant to councils."""
    compliance: Share | None = None
    """Share of covered councils that do it. Leave out: the evidence decides (legal_floor_compliance)."""


class LaCapacity(CouncilLever):
    """Councils have more staff of their own for assessments, relative to what they would have had."""

    psychologists: Ratio = 1.0
    """Hours of educational psychologists relative to the baseline: 1.2 is a fifth more."""
    officers: Ratio = 1.0
    """Hours of case officers relative to the baseline."""


class TribunalCapacity(Lever):
    """The national tribunal can hear more appeals. The courts pay."""

    capacity: Ratio
    """Appeals that the tribunal can decide in a year relative to the baseline: 1.5 is half as many again. Added in
    equal steps over phase_in_years."""

    @model_validator(mode="after")
    def _is_national(self) -> TribunalCapacity:
        if self.covers != Covers():
            raise ValueError("There is one tribunal for all England: take the lines under covers out.")
        return self


class SpecialistPlaces(CouncilLever):
    """Councils open places in state special schools beside those of the baseline."""

    funded_by: CouncilFunder = "national_grant"
    """Who pays for building them: councils, or a national grant."""
    places_per_year: Annotated[
        float, Field(ge=0, le=50_000, allow_inf_nan=False, json_schema_extra={"unit": "places per year"})
    ]
    """Places opened each September in all England, or in the covered councils if some are named, in proportion to their
    places today."""


class IspDuty(Lever):
    """Every pupil on SEN Support has an Individual Support Plan: a first plan, and a review each year.

    The plan itself changes nothing for the pupil in this model. It is SENCO work, and that is what the lever tests.
    """

    request_ratio: Annotated[float, Field(ge=0, le=3, allow_inf_nan=False, json_schema_extra={"unit": "ratio"})] = 1.0
    """Requests for EHC plans relative to the baseline where the duty holds. 1: no effect, because none is known."""


ReformVariant = Literal["mixed", "fewer_requests", "more_refusals"]


class PlanReform(Lever):
    """The announced reform: EHC plans for fewer pupils, reviews at key stages, a tribunal without placement orders.

    The government has published its aim and no method. How the fall comes about is therefore a setting, and its size
    four parameters that are fitted to the aim.
    """

    start: AcademicYear = "2029/30"
    """Academic year at whose September the reform begins."""
    phase_in_years: Annotated[int, Field(ge=1, le=20, json_schema_extra={"unit": "years"})] = 2
    """Years until the reform has its full size, in equal steps: 2 from 2029/30 is 2030/31, without which plans cannot
    fall as far by 2034/35 as is projected, even if nobody asked for one. Key-stage reviews and the
    tribunal's new powers hold from the start."""
    variant: ReformVariant = "mixed"
    """Where the fall in new plans comes about: in requests and refusals as the two settings below say (mixed), or the
    same fall in requests alone, or in refusals alone."""
    entries_ratio: (
        Annotated[float, Field(ge=0.01, le=2, allow_inf_nan=False, json_schema_extra={"unit": "ratio"})] | None
    ) = None
    """Requests of pupils at full size relative to no reform. Leave out: the evidence decides (reform_entries_ratio)."""
    refusal_shift: (
        Annotated[float, Field(ge=-3, le=5, allow_inf_nan=False, json_schema_extra={"unit": "log odds"})] | None
    ) = None
    """Log odds added to the refusal of a request at full size. Leave out: the evidence decides
    (reform_refusal_shift)."""
    transition_share: Share | None = None
    """Share of the plans at the end of a phase that become a support plan, at full size. Leave out: the evidence
    decides (reform_transition_share)."""
    outside_ratio: (
        Annotated[float, Field(ge=0, le=2, allow_inf_nan=False, json_schema_extra={"unit": "ratio"})] | None
    ) = None
    """Requests from outside mainstream schools at full size relative to no reform. Leave out: the evidence decides
    (reform_outside_ratio)."""

    @model_validator(mode="after")
    def _is_national(self) -> PlanReform:
        if self.covers != Covers():
            raise ValueError("The reform is one law for all England: take the lines under covers out.")
        return self


class MainstreamFund(Lever):
    """The announced Inclusive Mainstream Fund: what schools are assumed to buy of it, as hours of assistants.

    The fund pays for many things. The share that buys help for the SENCO is an assumption without a source.
    """

    start: AcademicYear = "2026/27"
    """Academic year at whose September the money arrives."""
    phase_in_years: Annotated[int, Field(ge=1, le=20, json_schema_extra={"unit": "years"})] = 1
    """Years over which schools receive it. The fund goes to all schools at once."""
    compliance: Share | None = 1.0
    """Share of schools that receive it. Leave out: all."""
    funded_by: Funder = "national_grant"
    """Who pays: a national grant to schools."""
    days_per_week: WeeklyDays = 1.36
    """Teacher days a week that the money could buy in an average school; more where there are more pupils: 400 million
    pounds a year are about 19,800 a school."""
    senco_share: Share | None = None
    """Share of those days that buys assistants of the SENCO. Leave out: our assumption (announced_fund_senco_share)."""


class ExpertsAtHand(Lever):
    """The announced days of specialists in schools. They are counted and change nothing, unless team_share says so."""

    start: AcademicYear = "2026/27"
    """Academic year at whose September the days begin."""
    compliance: Share | None = 1.0
    """Share of schools that receive them. Leave out: all."""
    funded_by: Funder = "national_grant"
    """Who pays: a national grant."""
    days_per_year_primary: DaysPerYear | None = None
    """Days of specialists a year in an average primary school. Leave out: as announced
    (experts_at_hand_days_primary)."""
    days_per_year_secondary: DaysPerYear | None = None
    """Days of specialists a year in an average secondary school. Leave out: as announced
    (experts_at_hand_days_secondary)."""
    team_share: Share = 0.0
    """Share of these hours that does the work of assistants. 0: no effect, because none is known."""
