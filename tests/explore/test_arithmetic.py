"""The page's script does the sums of :mod:`sencosim.outcomes.explorer`: the same answers to a thousand states."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from explore.made_up import chance, made_up_data
from explore.tools import node_answers

from sencosim.outcomes.explorer import DEFAULT, Explorer, Refused

pytestmark = pytest.mark.property
STATES = 1000
CLOSE = 1e-9
"""Of a number against the largest of its kind. [ratio]"""
SMALL = 1e3
"""Pounds, or hours, of which a share of that size is nothing."""


def states(data: Mapping[str, Any], n: int) -> Iterator[dict[str, Any]]:
    """Random states with a view and a law each: stored policies and own ones, beliefs, prices, ways of counting."""
    names = [one["name"] for one in data["scenarios"]]
    lots = chance(n, 12, seed=31)
    dials = chance(n, len(data["controls"]), seed=32)
    beliefs = chance(n, len(data["beliefs"]), seed=33)
    chosen = chance(n, len(data["beliefs"]), seed=34)
    for i in range(n):
        lot = lots[i]
        controls = {one["name"]: _on_step(one, share) for one, share in zip(data["controls"], dials[i], strict=True)}
        most = 0.0 if lot[0] < 0.2 else 0.4 * lot[1]
        told = {
            one["name"]: one["low"] + (one["high"] - one["low"]) * share
            for one, share, is_in in zip(data["beliefs"], beliefs[i], chosen[i], strict=True)
            if is_in < most
        }
        yield {
            "state": {
                "scenario": names[int(lot[2] * len(names))] if lot[3] < 0.4 else "",
                "controls": controls if lot[4] > 0.05 else {},
                "funder": ("", "schools", "national_grant")[int(3 * lot[5])],
                "beliefs": told,
                "high_needs": list(data["share_central"])[int(lot[6] * len(data["share_central"]))],
                "horizon": 1 + int(lot[7] * len(data["years"])),
                "discount": round(0.08 * lot[8], 4),
            },
            "view": int(3 * lot[9]),
            "law": int(2 * lot[10]),
        }


def _on_step(control: Mapping[str, Any], share: float) -> float:
    """A setting at one of its steps, off more often than by chance alone."""
    if share < 0.15:
        return float(control["off"])
    steps = round((control["high"] - control["low"]) / control["step"])
    return float(round(control["low"] + control["step"] * round(share * steps), 9))


def python_answer(explorer: Explorer, case: Mapping[str, Any]) -> dict[str, Any]:
    state = {**DEFAULT, **case["state"]}
    try:
        asked = explorer.asked_by(state)
        return {**explorer._cell(state, case["view"], case["law"], asked), "asked": asked}
    except Refused as refusal:
        return {"refused": str(refusal)}


def assert_close(got: Sequence[float] | None, want: Any, where: str, scale: float = 0.0) -> None:
    """Close in proportion to the largest of these numbers, or to what they are the small rest of."""
    flat = np.asarray(want, dtype=np.float64).ravel()
    found = np.asarray(got, dtype=np.float64).ravel()
    assert found.shape == flat.shape, where
    largest = max(float(np.max(np.abs(flat), initial=0.0)), scale, 1e-300)
    assert np.max(np.abs(found - flat), initial=0.0) <= CLOSE * largest, where


def assert_same_answers(data: Mapping[str, Any], n: int) -> None:
    data = json.loads(json.dumps(data))
    cases = list(states(data, n))
    assert_told_alike(data, cases, node_answers(data, cases))


def assert_told_alike(data: Mapping[str, Any], cases: Sequence[Mapping[str, Any]], answered: Mapping[str, Any]) -> None:
    explorer, kinds = Explorer(data), set()
    for case, got in zip(cases, answered["told"], strict=True):
        want, where = python_answer(explorer, case), json.dumps(case)
        if "refused" in want:
            assert got["refused"] == want["refused"]
            kinds.add("refused")
            continue
        assert got["basis"] == want["basis"], where
        assert math.isclose(got["asked"], want["asked"], rel_tol=CLOSE, abs_tol=1e-300), where
        kinds.add(got["basis"])
        assert_cell(data, answered["names"], got, want, where)
    assert kinds == {"refused", "stored", "emulated"}


def assert_cell(
    data: Mapping[str, Any], names: Sequence[str], got: Mapping[str, Any], want: Mapping[str, Any], where: str
) -> None:
    """One of six answers: sums at point values, their means, and both ends."""
    front = want["mean"] or want["point"]
    gross = SMALL + float(np.abs(front["waterfall"]).sum())
    bands = want["error"]
    scales = {name: bands.get(name, 0.0) if name.startswith("outcome.") else gross for name in names}
    for kind in ("point", "mean"):
        assert (got[kind] is None) == (want[kind] is None), where
        if got[kind]:
            assert_sums(names, got[kind], want[kind], scales, f"{kind} {where}")
    for number, end in enumerate(("low", "high")):
        assert (got[end] is None) == (want[end] is None), where
        if got[end] is None:
            continue
        for place, name in enumerate(names):
            if name in want[end]:
                assert_close([got[end][place]], [want[end][name]], f"{end} {name} {where}", scales[name])
        assert_close(got["course"][number], want[end]["by_year"][0], f"{end} by year {where}", gross)


def assert_sums(
    names: Sequence[str], got: Mapping[str, Any], want: Mapping[str, Any], scales: Mapping[str, float], where: str
) -> None:
    assert_close(got["waterfall"], want["waterfall"], f"waterfall {where}", SMALL)
    assert_close(got["by_year"], want["by_year"][:2], f"by year {where}", SMALL)
    assert_close(got["uses"], want["uses"], f"uses {where}", SMALL)
    for number, name in enumerate(names):
        assert_close([got["figures"][number]], [want[name]], f"{name} {where}", scales[name])


def test_the_script_answers_a_thousand_states_as_python_does() -> None:
    assert_same_answers(made_up_data(), STATES)
