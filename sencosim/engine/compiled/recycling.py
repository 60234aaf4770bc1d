"""1 September: the records of pupils who have left, and to whom nothing refers any more, are free for others.

Memory then follows the pupils of the day and not all who ever were. Events that still carry a freed position are
harmless: they carry the pupil's key too, and keys are never used twice.
"""

from __future__ import annotations

from typing import Any

from sencosim.engine.compiled.layout import (
    case_at,
    council_at,
    dispute_at,
    history_at,
    node_at,
    pupil_at,
    request_at,
)
from sencosim.engine.compiled.memory import fast
from sencosim.engine.compiled.pools import free_pupil


@fast
def _mark(w: Any, index: int) -> None:
    if index >= 0:
        history_at(w.histories, index).marked = 1


@fast
def _mark_chain(w: Any, node: int) -> None:
    while node >= 0:
        entry = node_at(w.nodes, node)
        _mark(w, entry.thing)
        node = entry.sibling


@fast
def _mark_all(w: Any) -> None:
    for which in range(w.cases_used):
        _mark(w, case_at(w.cases, which).pupil)
    for which in range(w.requests_used):
        _mark(w, request_at(w.requests, which).pupil)
    for which in range(w.disputes_used):
        _mark(w, dispute_at(w.disputes, which).pupil)
    for which in range(w.n_councils):
        council = council_at(w.councils, which)
        _mark_chain(w, council.ap_head)
        _mark_chain(w, council.wait_head)


@fast
def recycle(w: Any) -> None:
    """Free the records of pupils who have left for good: mark whom anything refers to, then sweep."""
    _mark_all(w)
    for index in range(w.pupils_used):
        pupil = pupil_at(w.pupils, index)
        if pupil.school >= 0 or pupil.key < 0:
            continue
        if history_at(w.histories, index).marked == 0:
            w.here = pupil.place
            free_pupil(w, index)
    for index in range(w.pupils_used):
        history_at(w.histories, index).marked = 0
