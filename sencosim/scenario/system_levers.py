"""Levers about the system around the school: forms, councils, the tribunal, special places, support plans."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from sencosim.scenario.fields import Share
from sencosim.scenario.terms import CouncilFunder, Covers, Lever

Ratio = Annotated[float, Field(ge=0.1, le=10, allow_inf_nan=False, json_schema_extra={"unit": "ratio"})]


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
    """Share of covered councils that do it. Leave out: all of them."""


class LaCapacity(CouncilLever):
    """Councils have more staff of their own for assessments, relative to what they would have had."""

    psychologists: Ratio = 1.0
    """Hours of educational psychologists relative to the baseline: 1.2 is a fifth more."""
    officers: Ratio = 1.0
    """Hours of case officers relative to the baseline."""


class TribunalCapacity(Lever):
    """The national tribunal can hear more appeals. The courts pay."""

    capacity: Ratio
    """Appeals that the tribunal can decide in a year relative to the baseline: 1.5 is half as many again."""

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
