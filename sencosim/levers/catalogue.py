"""The levers that there are: a class in a file of its own, and its line here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from sencosim.levers.admin_support import AdminSupport
from sencosim.levers.allowance import Allowance
from sencosim.levers.consistent_ehc_process import ConsistentEhcProcess
from sencosim.levers.experts_at_hand import ExpertsAtHand
from sencosim.levers.fields import Setting, whole
from sencosim.levers.hours_schedule import HoursSchedule
from sencosim.levers.isp_duty import IspDuty
from sencosim.levers.key_worker import KeyWorker
from sencosim.levers.la_capacity import LaCapacity
from sencosim.levers.lever import Lever
from sencosim.levers.mainstream_fund import MainstreamFund
from sencosim.levers.plan_reform import PlanReform
from sencosim.levers.protected_time import ProtectedTime
from sencosim.levers.shared_senco import SharedSenco
from sencosim.levers.slt_seat import SltSeat
from sencosim.levers.specialist_places import SpecialistPlaces
from sencosim.levers.supervision import Supervision
from sencosim.levers.team import Team
from sencosim.levers.training import Training
from sencosim.levers.tribunal_capacity import TribunalCapacity


class Delay(Setting):
    """The same policy later: every lever starts, spreads and ends so many years after what it says itself."""

    years: Annotated[int, whole(0, 20, "years")]
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
    """Assistant SENCOs alongside the SENCO."""
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


LEVERS: dict[str, type[Lever]] = {
    name: kind
    for name, field in Levers.model_fields.items()
    for kind in getattr(field.annotation, "__args__", ())
    if issubclass(kind, Lever)
}
"""Every lever by name, in the order of the model document."""
