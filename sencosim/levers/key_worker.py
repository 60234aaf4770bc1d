"""SENCOs as key workers for the families of pupils with a plan."""

from __future__ import annotations

from typing import ClassVar

from sencosim.levers.fields import TermHours
from sencosim.levers.lever import Asked, Lever
from sencosim.levers.schools import BoolArray, RunSchools


class KeyWorker(Lever):
    """SENCOs are key workers for the families of pupils with a plan: one person who stays in touch."""

    number: ClassVar[int] = 13

    hours_per_plan_per_term: TermHours
    """Hours of this work due in a term for each pupil with a plan, on top of today's meetings. No survey says how many:
    it has no default."""

    def words(self) -> str:
        return f"{self.hours_per_plan_per_term:g} hours a term for each pupil with a plan"

    def ask(self, at: RunSchools, active: BoolArray, asked: Asked) -> None:
        asked["key_worker_hours"] = active * float(self.hours_per_plan_per_term)
