"""What a reader of the explorer may believe otherwise: values, evidence, grades and sources, and how far it may go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from sencosim.costing.prices import ONLY_PRICES
from sencosim.evidence import distributions
from sencosim.evidence.explain import QUALITY, STATUS
from sencosim.evidence.register import Parameter, Register, load_register
from sencosim.evidence.views import VIEWS, load_view
from sencosim.outcomes.explorer_charges import PRICES

LEVELS = (0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99)
"""Shares of draws below which the quantiles of a belief lie."""


def rounded(values: Any, digits: int = 5) -> Any:
    """Numbers at so many significant digits, as nested lists: what both the page and Python read."""
    if isinstance(values, np.ndarray):
        values = values.tolist()
    if isinstance(values, list | tuple):
        return [rounded(one, digits) for one in values]
    if isinstance(values, float):
        told = float(f"{values:.{digits}g}")
        return int(told) if told.is_integer() and abs(told) < 1e15 else told
    return values


def beliefs_of(runs: Mapping[str, Any], register: Register) -> list[dict[str, Any]]:
    """What a reader may believe otherwise: what the engine reads first, then prices, those that move most first."""
    engine = [
        _belief(register[one["name"]])
        | {"kind": "engine", "column": number, **{key: one[key] for key in ("log", "middle", "half", "low", "high")}}
        | {"moves": one["moves"]}
        for number, one in enumerate(runs["beliefs"])
    ]
    prices = []
    for number, name in enumerate(PRICES):
        told = _belief(register[name])
        low, high = _ends(register[name], told)
        prices.append(
            told
            | {"kind": "price", "column": number, "log": False, "middle": 0, "half": 1, "low": low, "high": high}
            | {"moves": runs["price_moves"].get(name, 0.0)}
        )
    return sorted([*engine, *prices], key=lambda one: -float(one["moves"]))


def _belief(one: Parameter) -> dict[str, Any]:
    source = one.source
    bands, tables, fixed = [], [], []
    for view in VIEWS:
        drawn_from = load_view(view).uncertainty_of(load_register(), one)
        fixed.append(drawn_from is None)
        found = None if drawn_from is None else [distributions.ordered_quantile(drawn_from, share) for share in LEVELS]
        tables.append(None if found is None else rounded([float(x) for x in found], 6))
        bands.append(None if found is None else rounded([float(found[2]), float(found[6])], 6))
    said = "our own judgement" if source is None else source.title
    return {
        "name": one.name,
        "title": one.title,
        "unit": one.unit,
        "values": [rounded(float(load_view(view).point(one)), 12) for view in VIEWS],  # type: ignore[arg-type]
        "bands": bands,
        "quantiles": tables,
        "views_fix": fixed,
        "no_effect": one.no_effect,
        "grade": one.quality,
        "grade_words": QUALITY[one.quality],
        "source": said,
        "source_url": "" if source is None or source.link is None else source.link,
        "said": said if source is None else f"{source.title}, {source.date}, {STATUS[source.status]}",
        "note": one.note,
        "range": list(one.range),
        "group": _group(one),
        "step": _step(one),
    }


def _group(one: Parameter) -> str:
    return "effects" if one.no_effect is not None else "prices" if one.name in ONLY_PRICES else "behaviour"


def _step(one: Parameter) -> float:
    """A step of a control: two significant digits of the evidence's width."""
    low, high = one.interval or one.range
    return float(f"{(high - low) / 100.0:.1g}") or 1e-6


def _ends(one: Parameter, told: Mapping[str, Any]) -> tuple[float, float]:
    """What a price may be set to: its hard limits, or five times either side of its evidence if these are far."""
    known = [x for pair in told["bands"] if pair for x in pair] + list(told["values"])
    low, high = min(known), max(known)
    width = max(high - low, abs(high), 1e-9)
    return max(one.range[0], low - width), min(one.range[1], high + width)


def not_here(runs: Mapping[str, Any], register: Register) -> list[dict[str, str]]:
    """Other uncertain parameters: they are drawn in the design, and their command is that of a run."""
    here = {one["name"] for one in runs["beliefs"]} | set(PRICES)
    return [
        {"name": name, "title": one.title}
        for name, one in register.items()
        if one.uncertainty is not None and name not in here
    ]
