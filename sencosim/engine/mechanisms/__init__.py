"""What happens to a pupil, a post, a case, a council: each mechanism once, as functions over a world ``w``.

Two schedulers run this text: SimPy over plain objects, and compiled windows over records. Both give it what
:mod:`sencosim.engine.handle` names; everything else it takes from the rules and from the world.
"""

from sencosim.engine.mechanisms import (
    basics,
    council,
    disputes,
    due,
    order,
    pathways,
    places,
    post,
    pupils,
    queue,
    requests,
    terms,
    year,
)

__all__ = [
    "TEXT",
    "basics",
    "council",
    "disputes",
    "due",
    "order",
    "pathways",
    "places",
    "post",
    "pupils",
    "queue",
    "requests",
    "terms",
    "year",
]

TEXT = (basics, queue, pupils, places, requests, disputes, council, pathways, due, post, terms, year, order)
"""All modules of the text."""
