"""The tidy table of a run: unknown stays unknown, replications are put together before draws, policies stay apart."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest

from sencosim.studies.cube import COLUMNS, WORDS, differences, plot_of, summary_of

pytestmark = pytest.mark.unit
Values = Mapping[tuple[int, int], tuple[float, float]]
"""By draw and replication: the level without the policy and with it."""


def cube(values: Values, outcome: str = "requests", arm: str = "full_time", year: str = "total") -> pd.DataFrame:
    """One outcome of one policy, all schools. Rows without a value are not there."""
    same = {"view": "central", "baseline": "current_law", "area": "England", "group": "all", "payer": ""}
    rows = [
        same | {"draw": draw, "replication": number, "arm": name, "year": year, "outcome": outcome, "value": value}
        for (draw, number), levels in values.items()
        for name, value in zip(("baseline", arm), levels, strict=True)
        if not np.isnan(value)
    ]
    return pd.DataFrame(rows).assign(weight=1.0)[list(COLUMNS)].astype(dict.fromkeys(WORDS, "category"))


def together(*cubes: pd.DataFrame) -> pd.DataFrame:
    whole = pd.concat([one.astype(dict.fromkeys(WORDS, "object")) for one in cubes])
    return whole.drop_duplicates().astype(dict.fromkeys(WORDS, "category"))


def test_what_one_arm_lacks_is_no_difference() -> None:
    """The share of no plans is not nought per cent: it is unknown, and so is how far it moves."""
    some = cube({(1, 0): (np.nan, 40.0), (2, 0): (50.0, 60.0), (3, 0): (50.0, np.nan)}, "plans_within_20_weeks")
    assert differences(some)[["draw", "difference"]].to_numpy().tolist() == [[2, 10.0]]
    assert summary_of(some, ["outcome"])["n"].tolist() == [1]


def test_money_has_no_level_without_the_policy() -> None:
    costs = cube({(1, 0): (np.nan, 5.0)}, "net_public_cost", year="present_value")
    assert differences(costs)["difference"].tolist() == [5.0]


REPEATED: Values = {
    **{(1, number): (0.0, x) for number, x in enumerate((0.0, 20.0))},
    **{(2, number): (0.0, x) for number, x in enumerate((10.0, 30.0))},
    **{(3, number): (0.0, x) for number, x in enumerate((20.0, 40.0))},
}
"""Draws 10 apart; chance moves each replication by as much again."""


def test_chance_is_no_part_of_the_range_over_draws() -> None:
    row = summary_of(cube(REPEATED), ["outcome"]).iloc[0]
    assert (row["mean"], row["p50"], row["n"]) == (20.0, 20.0, 3)
    assert 10.0 <= row["p10"] < 20.0 < row["p90"] <= 30.0
    each = summary_of(cube(REPEATED), ["replication"]).set_index("replication")
    assert each["mean"].to_dict() == {0: 10.0, 1: 30.0}
    assert each["n"].tolist() == [3, 3]


def test_a_point_of_a_design_has_a_mean_over_replications_and_no_range() -> None:
    one = {key: value for key, value in REPEATED.items() if key[0] == 1}
    row = summary_of(cube(one), ["outcome"], of_draws=False).iloc[0]
    assert (row["mean"], row["n"]) == (10.0, 2)
    assert row[["p10", "p50", "p90"]].isna().all()
    assert summary_of(cube(one), ["outcome"]).iloc[0][["p10", "p50", "p90"]].isna().all()
    by_point = summary_of(cube(REPEATED), ["draw"], of_draws=False)
    assert by_point["mean"].tolist() == [10.0, 20.0, 30.0]
    assert by_point[["p10", "p90"]].isna().all().all()


def test_a_picture_keeps_policies_apart_and_draws_no_range_of_a_design() -> None:
    years = [cube(REPEATED, year=year) for year in ("2027/28", "2028/29")]
    other = [cube({key: (0.0, 2.0 * x) for key, (_, x) in REPEATED.items()}, arm="slt", year="2027/28")]
    axes = plot_of(together(*years, *other), "requests").axes[0]
    told = {line.get_label(): np.asarray(line.get_ydata()).tolist() for line in axes.lines}
    assert told["full_time, central, current law"] == [20.0, 20.0]
    assert told["slt, central, current law"] == [40.0]
    assert len(axes.collections) == 2
    axes = plot_of(together(*years), "requests", of_draws=False).axes[0]
    assert len(axes.collections) == 0
