"""What happens to everybody, policy or not: shocks. Both arms of a run have them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from sencosim.scenario.fields import AcademicYear, Setting, Share
from sencosim.units import parse_year

Times = Annotated[float, Field(ge=0.01, le=10, allow_inf_nan=False, json_schema_extra={"unit": "ratio"})]


class Shock(Setting):
    """A year or more in which the world is different. What is not named stays as it was."""

    start: AcademicYear
    """First academic year of the shock."""
    end: AcademicYear | None = None
    """First academic year without it. Leave out: one year."""
    needs_noticed: Times = 1.0
    """Needs noticed, relative to a year without the shock."""
    requests: Times = 1.0
    """Pupils who reach the point of a request, relative to a year without the shock."""
    suspensions: Times = 1.0
    """Suspensions, relative to a year without the shock."""
    crises: Times = 1.0
    """Crises that can end in permanent exclusion, relative to a year without the shock."""
    home_education: Times = 1.0
    """Pupils who leave for elective home education, relative to a year without the shock."""
    absence: Times = 1.0
    """School days missed, relative to a year without the shock."""
    assessment_capacity: Times = 1.0
    """Hours of councils' own psychologists and officers, relative to a year without the shock."""
    late_advice_share: Share | None = None
    """Share of assessments for which advice, above all from health, comes late. Leave out: as always
    (late_advice_share)."""
    senco_hours_cut: Share = 0.0
    """Share of the hours that schools give of their own accord which a tight budget takes away. A legal floor still
    holds."""
    sencos_absent: Share = 0.0
    """Share of the posts whose SENCO is ill or away for the whole year, paid, and covered like a vacancy
    (vacancy_cover_share)."""

    @field_validator("end")
    @classmethod
    def _ends_after_start(cls, end: str | None, info: ValidationInfo) -> str | None:
        start = info.data.get("start")
        if end is not None and start is not None and parse_year(end) <= parse_year(start):
            raise ValueError(f"The shock would end before it began: start is {start}. Write a later year here.")
        return end

    def holds(self, year: int) -> bool:
        """Whether an academic year, given by its first calendar year, is one of the shock."""
        first = parse_year(self.start)
        last = first + 1 if self.end is None else parse_year(self.end)
        return first <= year < last
