"""M11: the one national tribunal, with finite capacity."""

from __future__ import annotations

from collections.abc import Generator
from functools import partial
from typing import TYPE_CHECKING, Any

import simpy

from sencosim.engine.reference.station import Station
from sencosim.engine.reference.world import STREAM, Q, World
from sencosim.ledger.events import Event
from sencosim.rules.chance import table_quantile
from sencosim.units import MINUTES_PER_WEEK

if TYPE_CHECKING:
    from sencosim.engine.reference.council import Council
    from sencosim.engine.reference.disputes import Dispute

_WEEKS = STREAM["appeal_weeks"]
_CONCESSION = STREAM["tribunal_concession"]
_OUTCOME = STREAM["tribunal_outcome"]
_UNIT = STREAM["case_unit"]


class Tribunal:
    """Appeals in order of registration; each holds a slot until it is conceded or heard.

    An appeal from a sampled school or council stands for several and takes that many slots of the full capacity.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.station = Station(world, 0, Event.HEARING_SLOT_TAKEN, self._slots(1.0))

    def _slots(self, level: float) -> int:
        world = self.world
        per_week = world.values["tribunal_capacity_per_year"] / 52.0
        return max(1, int(per_week * world.rates.tribunal_weeks * level + 0.5))

    def set_capacity(self) -> None:
        """Capacity of the term."""
        self.station.resize(self._slots(self.world.rates.tribunal_level))

    def lodge(self, dispute: Dispute, council: Council, key: int | None = None) -> None:
        """An appeal is registered."""
        world = self.world
        entity = key if key is not None else dispute.pupil.key if dispute.pupil is not None else 0
        weight = dispute.weight * council.weight
        u = world.draw(_UNIT, entity, dispute.number << 3 | 7)
        units = max(1, int(weight + u)) if weight > 1.0 else 1
        council.appeals_open += dispute.weight
        world.env.process(self._appeal(dispute, council, entity, units))

    def _service(self, entity: int, number: int) -> tuple[float, bool]:
        """Weeks in hand, and whether the appeal ends before a hearing."""
        world, values = self.world, self.world.values
        weeks = table_quantile(world.inputs.hour_tables["tribunal"], world.draw(_WEEKS, entity, number << 3 | 1))
        u = world.draw(_CONCESSION, entity, number)
        conceded = u < values["tribunal_concession_share"]
        return (weeks * u / values["tribunal_concession_share"] if conceded else weeks), conceded

    def _appeal(self, dispute: Dispute, council: Council, entity: int, units: int) -> Generator[simpy.Event, int, None]:
        world, values = self.world, self.world.values
        weeks, conceded = self._service(entity, dispute.number)
        event = Event.APPEAL_CONCEDED if conceded else Event.APPEAL_HEARD
        yield from self.station.serve(world.now, entity, units, weeks, event)
        council.appeals_open -= dispute.weight
        row = world.row(dispute.cell)
        row[Q["appeal_weeks"]] += (world.now - dispute.registered) // MINUTES_PER_WEEK
        upheld = False
        if conceded:
            row[Q["appeals_conceded"]] += 1
        else:
            row[Q["appeals_heard"]] += 1
            upheld = world.draw(_OUTCOME, entity, dispute.number) < values["tribunal_upheld_share"]
            row[Q["appeals_upheld"]] += 1 if upheld else 0
        world.record(event, dispute.school_id, entity, dispute.kind)
        tell: Any = partial(_tell, dispute, council, upheld)
        notice = int(values["notice_weeks"] * MINUTES_PER_WEEK)
        world.at(world.now + notice, Event.APPEAL_OUTCOME_TOLD, entity, tell)


def _tell(dispute: Dispute, council: Council, upheld: bool, _: Any) -> None:
    if upheld:
        council.disputes.lost(dispute)
    else:
        council.disputes.remedy(dispute)
