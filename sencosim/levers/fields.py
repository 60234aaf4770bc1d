"""Kinds of value that a scenario is made of, each with its unit and its hard limits.

A limit here is a limit of meaning (a share lies between 0 and 1), not of plausibility: plausible ranges belong to
the evidence register.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema, field_validator

from sencosim.errors import InputError
from sencosim.plain_text import refuse_harm
from sencosim.units import PHASES, format_year, parse_year

CONTRACT_WEEK_HOURS = 40.0
NAME_PATTERN = r"^[a-z][a-z0-9_]*$"
MONTH_PATTERN = r"20\d{2}-(0[1-9]|1[0-2])"
LEAST_HOURS = 0.01
"""Least hours a week that a lever may add, if it adds any: 36 seconds. Less is a slip of the pen, and work of thousands
of years."""

_LOOSE_YEAR = re.compile(r"(?:20)?(\d{2})(?:\s*[/-]\s*(?:20)?(\d{2}))?\s*$")


class Setting(BaseModel):
    """Base of all scenario settings: frozen, and refuses names that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, populate_by_name=True, defer_build=True)

    _harms_nobody = field_validator("*")(refuse_harm)

    def __setattr__(self, name: str, value: object) -> None:
        """Refuse: a scenario stays as it was checked."""
        raise InputError(f"{name} cannot be changed in place. In Python, policy.with_() makes another policy with it.")


def between(low: float, high: float, unit: str) -> Any:
    """Limits, both allowed, and unit of a setting that is a number."""
    return Field(ge=low, le=high, allow_inf_nan=False, json_schema_extra={"unit": unit})


def whole(low: int, high: int, unit: str) -> Any:
    """Limits, both allowed, and unit of a setting that is a whole number."""
    return Field(ge=low, le=high, json_schema_extra={"unit": unit})


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


def none_or_some(hours: float) -> float:
    """Accept hours a week that are zero or enough to mean something, and return them unchanged.

    Raises
    ------
    ValueError
        If they are above zero and below :data:`LEAST_HOURS`.

    Examples
    --------
    >>> none_or_some(0.0), none_or_some(5.0)
    (0.0, 5.0)
    """
    if 0.0 < hours < LEAST_HOURS:
        raise ValueError(f"So few hours a week mean nothing: write 0 for none, or {LEAST_HOURS:g} or more.")
    return hours


def check_one_form(setting: BaseModel, forms: Sequence[str], what: str) -> None:
    """Refuse a setting that is given in none of its forms, or in several."""
    given = [form for form in forms if getattr(setting, form) is not None]
    if len(given) != 1:
        found = f"Found {' and '.join(given)}." if given else "Found none of them."
        raise ValueError(f"Say {what} in exactly one way: {', '.join(forms)}. {found}")


def rising(name: str) -> Callable[[tuple[Any, ...]], tuple[Any, ...]]:
    """Make a check that refuses a table in which a school could find no row, or two; ``name`` is a row's limit."""

    def check(rows: tuple[Any, ...]) -> tuple[Any, ...]:
        limits = [getattr(row, name) for row in rows]
        if not limits or limits[-1] is not None:
            raise ValueError(f"The last row must have no {name}, so that every school finds its row.")
        known = [limit for limit in limits[:-1] if limit is not None]
        if len(known) < len(limits) - 1:
            raise ValueError(f"Only the last row may leave out {name}.")
        if any(larger <= smaller for smaller, larger in pairwise(known)):
            raise ValueError(f"The rows must have rising {name}: smallest schools first.")
        return rows

    return check


def some_phase(by_phase: dict[str, Any]) -> dict[str, Any]:
    """Refuse a table by phase that names none."""
    if not by_phase:
        raise ValueError(f"There are no phases under by_phase. Give {' or '.join(PHASES)}, or both.")
    return by_phase


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
Share = Annotated[float, between(0, 1, "share")]
WeeklyHours = Annotated[float, between(0, CONTRACT_WEEK_HOURS, "hours per week")]
WeeklyDays = Annotated[float, between(0, 5, "days per week")]
WeeklyHoursPerSenPupil = Annotated[float, between(0, 5, "hours per week per SEN pupil")]
TermHours = Annotated[float, between(0, 200, "hours")]
Pupils = Annotated[int, whole(0, 10_000, "pupils")]
