"""What happens to everybody, policy or not: shocks. Both arms of a run have them."""

from __future__ import annotations

from typing import Annotated

from pydantic import ValidationInfo, field_validator

from sencosim.levers.fields import AcademicYear, Setting, Share, between
from sencosim.levers.lever import check_end
from sencosim.units import format_year, parse_year

Times = Annotated[float, between(0.01, 10, "ratio")]


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
        return check_end(end, info, "shock")

    def holds(self, year: int) -> bool:
        """Whether an academic year, given by its first calendar year, is one of the shock."""
        first = parse_year(self.start)
        last = first + 1 if self.end is None else parse_year(self.end)
        return first <= year < last

    def words(self) -> str:
        """Say what the shock changes, and when.

        Examples
        --------
        >>> Shock(start="2029/30", requests=0.9).words()
        'requests 0.9, from 2029/30 until 2030/31 begins'
        """
        changed = [
            f"{name.replace('_', ' ')} {getattr(self, name):g}"
            for name, field in type(self).model_fields.items()
            if name not in ("start", "end") and getattr(self, name) != field.default
        ]
        last = self.end or format_year(parse_year(self.start) + 1)
        return f"{', '.join(changed) or 'nothing'}, from {self.start} until {last} begins"
