"""From the records of the compiled engines to a result."""

from __future__ import annotations

import math
from typing import Any

from benchmarks.tracer import model as m


def result_of(schools: Any, councils: Any, tribunal: Any) -> m.Result:
    """What an engine reports, from records of schools, councils and the tribunal."""
    arrived, begun = schools["arrived"].sum(axis=0), schools["begun"].sum(axis=0)
    in_hand = [int((schools["in_hand"] == kind).sum()) for kind in range(m.N_KINDS)]
    return m.Result(
        arrived=tuple(arrived.tolist()),
        completed=tuple(schools["completed"].sum(axis=0).tolist()),
        lapsed=int(schools["lapsed"].sum()),
        unfinished=tuple(int(arrived[k] - begun[k]) + in_hand[k] for k in range(m.N_KINDS)),
        weeks_waited=tuple(math.fsum(schools["weeks_waited"][:, kind]) for kind in range(m.N_KINDS)),
        councils=_station(councils),
        tribunal=_station(tribunal),
        remitted=int(councils["remitted"].sum()),
    )


def _station(stations: Any) -> m.Station:
    counts = [int(stations[name].sum()) for name in ("joined", "decided", "in_process", "waiting")]
    return m.Station(*counts, math.fsum(stations["weeks_waited"]))
