"""Records taken from their pools and given back.

Each council has its own chains of free records, made of blocks: what one council uses lies close together in memory,
and a week of its work stays in the processor's cache.
"""

from __future__ import annotations

from typing import Any

from sencosim.engine.compiled.layout import (
    case_at,
    chunk_at,
    council_at,
    dispute_at,
    event_at,
    node_at,
    pupil_at,
    request_at,
)
from sencosim.engine.compiled.memory import fast

BLOCK = 64
"""Records that a council takes at a time."""


@fast
def new_pupil(w: Any) -> int:
    """Position of an unused pupil."""
    council = council_at(w.councils, w.here)
    if council.pupils_free < 0:
        for index in range(w.pupils_used + BLOCK - 1, w.pupils_used - 1, -1):
            pupil_at(w.pupils, index).key = -1
            pupil_at(w.pupils, index).school = -1
            pupil_at(w.pupils, index).place = council.pupils_free
            council.pupils_free = index
        w.pupils_used += BLOCK
    found = council.pupils_free
    council.pupils_free = pupil_at(w.pupils, found).place
    return found


@fast
def free_pupil(w: Any, index: int) -> None:
    """Give a pupil back: nobody refers to it any more."""
    council, one = council_at(w.councils, w.here), pupil_at(w.pupils, index)
    one.key = -1
    one.school = -1
    one.place = council.pupils_free
    council.pupils_free = index


@fast
def new_case(w: Any) -> int:
    """Position of an unused case."""
    council = council_at(w.councils, w.here)
    if council.cases_free < 0:
        for index in range(w.cases_used + BLOCK - 1, w.cases_used - 1, -1):
            case_at(w.cases, index).pupil = -1
            case_at(w.cases, index).behind = council.cases_free
            council.cases_free = index
        w.cases_used += BLOCK
    found = council.cases_free
    council.cases_free = case_at(w.cases, found).behind
    return found


@fast
def free_case(w: Any, index: int) -> None:
    """Give a case back."""
    council, one = council_at(w.councils, w.here), case_at(w.cases, index)
    one.pupil = -1
    one.behind = council.cases_free
    council.cases_free = index


@fast
def new_node(w: Any) -> int:
    """Position of an unused node."""
    council = council_at(w.councils, w.here)
    if council.nodes_free < 0:
        for index in range(w.nodes_used + BLOCK - 1, w.nodes_used - 1, -1):
            node_at(w.nodes, index).child = council.nodes_free
            council.nodes_free = index
        w.nodes_used += BLOCK
    found = council.nodes_free
    council.nodes_free = node_at(w.nodes, found).child
    return found


@fast
def free_node(w: Any, index: int) -> None:
    """Give a node back."""
    council, one = council_at(w.councils, w.here), node_at(w.nodes, index)
    one.child = council.nodes_free
    council.nodes_free = index


@fast
def new_event(w: Any) -> int:
    """Position of an unused event."""
    council = council_at(w.councils, w.here)
    if council.events_free < 0:
        for index in range(w.events_used + BLOCK - 1, w.events_used - 1, -1):
            event_at(w.events, index).sibling = council.events_free
            council.events_free = index
        w.events_used += BLOCK
    found = council.events_free
    council.events_free = event_at(w.events, found).sibling
    return found


@fast
def free_event(w: Any, index: int) -> None:
    """Give an event back."""
    council, one = council_at(w.councils, w.here), event_at(w.events, index)
    one.sibling = council.events_free
    council.events_free = index


@fast
def new_chunk(w: Any) -> int:
    """Position of an unused chunk."""
    council = council_at(w.councils, w.here)
    if council.chunks_free < 0:
        for index in range(w.chunks_used + BLOCK - 1, w.chunks_used - 1, -1):
            chunk_at(w.chunks, index).next = council.chunks_free
            council.chunks_free = index
        w.chunks_used += BLOCK
    found = council.chunks_free
    council.chunks_free = chunk_at(w.chunks, found).next
    return found


@fast
def free_chunk(w: Any, index: int) -> None:
    """Give a chunk back."""
    council, one = council_at(w.councils, w.here), chunk_at(w.chunks, index)
    one.next = council.chunks_free
    council.chunks_free = index


@fast
def new_request(w: Any) -> int:
    """Position of an unused request."""
    council = council_at(w.councils, w.here)
    if council.requests_free < 0:
        for index in range(w.requests_used + BLOCK - 1, w.requests_used - 1, -1):
            request_at(w.requests, index).pupil = -1
            request_at(w.requests, index).key = council.requests_free
            council.requests_free = index
        w.requests_used += BLOCK
    found = council.requests_free
    council.requests_free = request_at(w.requests, found).key
    return found


@fast
def free_request(w: Any, index: int) -> None:
    """Give a request back."""
    council, one = council_at(w.councils, w.here), request_at(w.requests, index)
    one.pupil = -1
    one.key = council.requests_free
    council.requests_free = index


@fast
def new_dispute(w: Any) -> int:
    """Position of an unused dispute."""
    council = council_at(w.councils, w.here)
    if council.disputes_free < 0:
        for index in range(w.disputes_used + BLOCK - 1, w.disputes_used - 1, -1):
            dispute_at(w.disputes, index).pupil = -1
            dispute_at(w.disputes, index).key = council.disputes_free
            council.disputes_free = index
        w.disputes_used += BLOCK
    found = council.disputes_free
    council.disputes_free = dispute_at(w.disputes, found).key
    return found


@fast
def free_dispute(w: Any, index: int) -> None:
    """Give a dispute back."""
    council, one = council_at(w.councils, w.here), dispute_at(w.disputes, index)
    one.pupil = -1
    one.key = council.disputes_free
    council.disputes_free = index


@fast
def let_go_of_case(w: Any, index: int) -> None:
    """One holder of a case less; a case that nobody holds is free."""
    case = case_at(w.cases, index)
    case.holders -= 1
    if case.holders == 0:
        free_case(w, index)
