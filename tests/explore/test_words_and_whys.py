"""The page writes numbers as :mod:`sencosim.report.words` does, and says why as Python does."""

from __future__ import annotations

import json
import math
from itertools import combinations

import numpy as np
import pytest
from explore.made_up import chance, made_up_data
from explore.tools import run_node

from sencosim.outcomes.explorer import DEFAULT, Explorer
from sencosim.outcomes.explorer_data import page_data
from sencosim.outcomes.explorer_why import in_a_hundred, shapley
from sencosim.report.explore.page import SCRIPTS, page_words
from sencosim.report.explore.report import Report
from sencosim.report.words import costs_or_saves, money, money_range, per_cent, plain, rounded, rounding_step

pytestmark = pytest.mark.property


def test_numbers_are_written_as_python_writes_them() -> None:
    lots = chance(2000, 4, seed=41)
    cases = []
    for place, ends, sign, share in lots.tolist():
        value = float(f"{(-1 if sign < 0.4 else 1) * 10 ** (12 * place - 2):.{1 + int(5 * ends)}g}")
        width = abs(value) * 10 ** (3 * ends - 2)
        cases.append([value, value - width, value + 1.3 * width, share])
    cases += [
        [0.0, 0.0, 0.0, 0.0],
        [2.5, 1.5, 3.5, 0.995],
        [0.5, -0.5, 0.5, 0.004],
        [1e9, 1e9, 1e9, 1.0],
        [-25.0, -35.0, 0.0, 0.5],
        [9.996e8, 9.996e8, 9.996e8, 0.5],  # a thousand of a unit is one of the next
        [-9.996e8, -9.9996e8, -9.992e8, 0.5],
        [999_600.0, 999_600.0, 999_600.0, 0.5],
        [999_999_999.9, 9.9e8, 9.99e8, 0.5],
    ]
    found = run_node("words_of.js", ("words.js",), {"cases": cases})
    for (value, low, high, share), told in zip(cases, found, strict=True):
        step = rounding_step(value, low, high)
        assert told == [
            step,
            plain(value, step, signed=True),
            money(value, low, high),
            money(value),
            costs_or_saves(value, low, high),
            money_range(value, low, high),
            per_cent(share),
            rounded(value, 10.0),
        ]


@pytest.mark.parametrize("ships", [False, True])
def test_who_pays_is_said_as_python_says_it_and_adds_up_to_the_net(ships: bool) -> None:
    data = json.loads(json.dumps(page_data() if ships else made_up_data()))
    words, explorer = page_words(), Explorer(data)
    reports = [Report(explorer, one["name"], words) for one in data["scenarios"] if one["covered"] or one["stored"]]
    cases = [{"state": one.state, "view": one.view, "law": one.law} for one in reports]
    found = run_node("payers_said.js", SCRIPTS[:-1], {"data": data, "words": words, "cases": cases})
    assert found == [one.payers_sentence() for one in reports]
    for one in reports:
        said, (net, _) = [row["value"] for row in one.payers_named()], one._of(one.cell, "net_public_cost")
        size = max(math.fsum(max(0.0, sign * value) for value in said) for sign in (1.0, -1.0))
        assert math.fsum(said) == pytest.approx(net, abs=0.06 * size + 1.0), one.scenario["name"]


def test_shares_of_a_change_are_those_of_all_orders() -> None:
    games, expected = [], []
    for n in (1, 3, 6, 8):
        worths = chance(2**n, seed=50 + n).tolist()
        games.append({"n": n, "worths": worths})
        names = [str(i) for i in range(n)]
        told = shapley(lambda made, w=worths: w[sum(2 ** int(one) for one in made)], names)
        expected.append([told[name] for name in names])
    found = run_node("whys.js", ("answer.js", "why.js"), {"data": None, "games": games, "evens": [], "places": []})[
        "games"
    ]
    for own, want, game in zip(found, expected, games, strict=True):
        assert own == pytest.approx(want, rel=1e-9, abs=1e-12)
        assert math.fsum(own) == pytest.approx(game["worths"][-1] - game["worths"][0])


def mean_net(explorer: Explorer, state: dict, view: int, law: int) -> float:
    drawn = explorer.drawn({**DEFAULT, **state}, view, law)
    assert drawn is not None
    return float(drawn["net_public_cost"].mean())


def test_at_a_turning_point_the_mean_net_cost_is_zero() -> None:
    data = made_up_data()
    explorer = Explorer(data)
    beliefs = [one["name"] for one in data["beliefs"]]
    evens = [
        {"state": {**DEFAULT, "scenario": scenario, "beliefs": {}}, "name": name, "view": view, "law": 0}
        for scenario in ("full_time", "hours_by_need")
        for view in range(3)
        for name in beliefs
    ]
    found = run_node("whys.js", ("answer.js", "why.js"), {"data": data, "games": [], "evens": evens, "places": []})[
        "evens"
    ]
    turning = 0
    for even, case in zip(found, evens, strict=True):
        own = next(one for one in data["beliefs"] if one["name"] == case["name"])
        nets = [
            mean_net(explorer, {**case["state"], "beliefs": {case["name"]: value}}, case["view"], case["law"])
            for value in np.linspace(own["low"], own["high"], 7)
        ]
        if even is None:
            assert min(nets) > 0 or max(nets) < 0
            continue
        turning += 1
        at = mean_net(explorer, {**case["state"], "beliefs": {case["name"]: even}}, case["view"], case["law"])
        assert abs(at) <= 1e-6 * (max(nets) - min(nets)) + 1.0
    assert turning >= 3


def test_joint_plausibility_is_that_of_python() -> None:
    data = made_up_data()
    explorer = Explorer(data)
    names = [one["name"] for one in data["beliefs"]]
    shares = chance(len(names), seed=61).tolist()
    told: list[tuple[list[float], float]] = []
    for n in (1, 2, 5):
        for chosen in list(combinations(range(len(names)), n))[:40]:
            beliefs = {
                names[i]: data["beliefs"][i]["low"]
                + shares[i] * (data["beliefs"][i]["high"] - data["beliefs"][i]["low"])
                for i in chosen
            }
            want = in_a_hundred({**DEFAULT, "beliefs": beliefs}, explorer, 1)
            assert want is not None
            ranks = [
                float(np.interp(beliefs[names[i]], data["beliefs"][i]["quantiles"][1], data["quantile_levels"]))
                for i in chosen
            ]
            told.append((ranks, want))
    found = run_node(
        "whys.js",
        ("answer.js", "why.js"),
        {"data": None, "games": [], "evens": [], "places": [ranks for ranks, _ in told]},
    )["places"]
    assert [100.0 * one for one in found] == pytest.approx([want for _, want in told], abs=1e-4)
