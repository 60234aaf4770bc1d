"""An EHC needs assessment request on its way from school or family to plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sencosim.engine.reference.pupil import Pupil
    from sencosim.engine.reference.school import School

SCHOOL_LED, PARENTAL = range(2)
"""Routes by which a request reaches the council."""


class Request:
    """One request about a mainstream pupil.

    Attributes
    ----------
    family_type
        Whether this request would have come from the family in any case.
    began, received
        When the point of request was reached, and when the council got it. [minutes]
    units
        Requests that this one stands for in its council. [requests]
    cell
        Where its counts belong: the school that it came from.
    """

    __slots__ = (
        "began",
        "cell",
        "family_type",
        "few_cycles",
        "number",
        "pupil",
        "received",
        "route",
        "school_id",
        "units",
    )

    def __init__(self, pupil: Pupil, school: School, number: int, route: int, began: int) -> None:
        self.pupil = pupil
        self.number = number
        self.route = route
        self.family_type = route == PARENTAL
        self.began = began
        self.received = -1
        self.few_cycles = False
        self.cell = school.cell
        self.school_id = school.id
        self.units = 1

    def filed(self, school: School, now: int, *, few_cycles: bool) -> None:
        """Note when and from where the request was filed."""
        self.received = now
        self.few_cycles = few_cycles
        self.cell = school.cell
        self.school_id = school.id
