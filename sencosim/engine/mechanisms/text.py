"""The modules of the mechanisms, for whoever binds them to a scheduler."""

from __future__ import annotations

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

TEXT = (basics, queue, pupils, places, requests, disputes, council, pathways, due, post, terms, year, order)
"""All modules of the text."""
