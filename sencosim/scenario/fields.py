"""Kinds of value that a scenario is made of, each with its unit and its hard limits.

A limit here is a limit of meaning (a share lies between 0 and 1), not of plausibility: plausible ranges belong to
the evidence register.
"""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema

from sencosim.units import format_year, parse_year

CONTRACT_WEEK_HOURS = 40.0
NAME_PATTERN = r"^[a-z][a-z0-9_]*$"
MONTH_PATTERN = r"20\d{2}-(0[1-9]|1[0-2])"

_LOOSE_YEAR = re.compile(r"(?:20)?(\d{2})(?:\s*[/-]\s*(?:20)?(\d{2}))?\s*$")


def academic_year(text: str) -> str:
    """Accept an academic year such as ``2027/28`` and return it unchanged.

    Raises
    ------
    ValueError
        If the text is not of that form, or the two parts are not consecutive years.

    Examples
    --------
    >>> academic_year("2027/28")
    '2027/28'
    """
    parse_year(text)
    return text


def likely_year(text: str) -> str:
    """Academic year that was probably meant, for a message. ``2027/28`` if nothing can be guessed.

    Examples
    --------
    >>> likely_year("2027"), likely_year("2030-31"), likely_year("September 2029")
    ('2027/28', '2030/31', '2029/30')
    """
    match = _LOOSE_YEAR.search(text.strip())
    return format_year(2000 + int(match.group(1))) if match else "2027/28"


def month(text: str) -> str:
    """Accept a month such as ``2028-04`` and return it unchanged.

    Raises
    ------
    ValueError
        If the text is not of that form.

    Examples
    --------
    >>> month("2028-04")
    '2028-04'
    """
    if not re.fullmatch(MONTH_PATTERN, text):
        raise ValueError("Expected a month such as 2028-04, for April 2028.")
    return text


LEAST_HOURS = 0.01
"""Least hours a week that a lever may add, if it adds any: 36 seconds. Less is a slip of the pen, and work of thousands
of years."""


def none_or_some(hours: float) -> float:
    """Accept hours a week that are nought or enough to mean something, and return them unchanged.

    Raises
    ------
    ValueError
        If they are above nought and below :data:`LEAST_HOURS`.

    Examples
    --------
    >>> none_or_some(0.0), none_or_some(5.0)
    (0.0, 5.0)
    """
    if 0.0 < hours < LEAST_HOURS:
        raise ValueError(f"So few hours a week mean nothing: write 0 for none, or {LEAST_HOURS:g} or more.")
    return hours


class Setting(BaseModel):
    """Base of all scenario settings: frozen, and refuses names that it does not know."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, populate_by_name=True, use_attribute_docstrings=True
    )


def _unit(text: str) -> dict[str, Any]:
    return {"unit": text}


AcademicYear = Annotated[
    str,
    AfterValidator(academic_year),
    WithJsonSchema({"type": "string", "pattern": r"^\d{4}/\d{2}$", "unit": "academic year", "examples": ["2027/28"]}),
]
Month = Annotated[
    str,
    AfterValidator(month),
    WithJsonSchema({"type": "string", "pattern": f"^{MONTH_PATTERN}$", "unit": "month", "examples": ["2028-04"]}),
]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False, json_schema_extra=_unit("share"))]
WeeklyHours = Annotated[
    float, Field(ge=0, le=CONTRACT_WEEK_HOURS, allow_inf_nan=False, json_schema_extra=_unit("hours per week"))
]
WeeklyDays = Annotated[float, Field(ge=0, le=5, allow_inf_nan=False, json_schema_extra=_unit("days per week"))]
WeeklyHoursPerSenPupil = Annotated[
    float, Field(ge=0, le=5, allow_inf_nan=False, json_schema_extra=_unit("hours per week per SEN pupil"))
]
Pupils = Annotated[int, Field(ge=0, le=10_000, json_schema_extra=_unit("pupils"))]
