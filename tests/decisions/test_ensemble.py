"""The container comes back as it was written, notices change, and says every fault."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from decisions.synthetic import small_ensemble

from sencosim.decisions.ensemble import make_ensemble, read_ensemble, write_ensemble
from sencosim.errors import InputError, OutputError


@pytest.mark.unit
def test_round_trip_keeps_everything(tmp_path: Path) -> None:
    ensemble = small_ensemble()
    write_ensemble(ensemble, tmp_path / "e")
    back = read_ensemble(tmp_path / "e")
    pd.testing.assert_frame_equal(back.inputs, ensemble.inputs)
    pd.testing.assert_frame_equal(back.outcomes, ensemble.outcomes)
    assert (back.arms, back.units, back.about) == (ensemble.arms, ensemble.units, ensemble.about)
    assert back.fingerprint == ensemble.fingerprint


@pytest.mark.unit
def test_a_changed_number_is_noticed(tmp_path: Path) -> None:
    write_ensemble(small_ensemble(), tmp_path)
    frame = pd.read_parquet(tmp_path / "outcomes.parquet")
    frame.loc[0, "net_cost"] += 1e-9
    frame.to_parquet(tmp_path / "outcomes.parquet", index=False)
    with pytest.raises(OutputError, match="fingerprint differs"):
        read_ensemble(tmp_path)


@pytest.mark.unit
def test_the_order_of_rows_does_not_matter() -> None:
    ensemble = small_ensemble()
    turned = make_ensemble(
        ensemble.inputs.iloc[::-1], ensemble.outcomes.iloc[::-1], ensemble.units, ensemble.arms, ensemble.about
    )
    assert turned.fingerprint == ensemble.fingerprint


@pytest.mark.unit
def test_an_empty_folder_is_said_to_hold_none(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no file ensemble\.json"):
        read_ensemble(tmp_path)


@pytest.mark.unit
def test_paired_difference_is_the_effect_of_each_draw() -> None:
    ensemble = small_ensemble()
    difference = ensemble.against_first("net_cost", "central", "full_time")
    np.testing.assert_allclose(difference.to_numpy(), ensemble.drawn("central")["effect"].to_numpy())
    assert ensemble.input_names == ("effect", "price")
    assert ensemble.outcome_names == ("net_cost", "pupils")


@pytest.mark.unit
def test_what_is_unknown_in_one_arm_counts_in_neither() -> None:
    """A replication in which one arm has no value says nothing of the difference, nor of the level of the other."""
    whole = small_ensemble()
    at = (whole.outcomes["view"] == "central") & (whole.outcomes["arm"] == "full_time")
    one = at & (whole.outcomes["draw"] == 0) & (whole.outcomes["replication"] == 0)
    every = at & (whole.outcomes["draw"] == 1)
    costs = whole.outcomes["net_cost"].mask(one | every)
    made = make_ensemble(whole.inputs, whole.outcomes.assign(net_cost=costs), whole.units, whole.arms, whole.about)
    levels = made.by_arm("net_cost", "central")
    effect = made.drawn("central")["effect"]
    assert levels.loc[0].tolist() == pytest.approx([11.0, 11.0 + effect[0]])
    assert levels.loc[1].isna().all()
    difference = made.against_first("net_cost", "central", "full_time")
    assert difference[0] == pytest.approx(effect[0])
    assert np.isnan(difference[1])
    assert difference[2:].tolist() == pytest.approx(effect[2:].tolist())
    assert made.against_first("net_cost", "sceptic", "full_time").notna().all()


@pytest.mark.unit
def test_an_unknown_number_has_one_fingerprint_and_no_input_is_unknown() -> None:
    good = small_ensemble()
    prints = {
        make_ensemble(good.inputs, good.outcomes.assign(pupils=value), good.units, good.arms).fingerprint
        for value in (math.nan, -math.nan)
    }
    assert len(prints) == 1
    with pytest.raises(InputError, match="Not every number is finite in effect"):
        make_ensemble(good.inputs.assign(effect=np.nan), good.outcomes, good.units, good.arms)


@pytest.mark.unit
def test_all_faults_are_said_at_once() -> None:
    good = small_ensemble()
    outcomes = good.outcomes.assign(pupils=np.inf)
    with pytest.raises(InputError) as caught:
        make_ensemble(good.inputs.iloc[1:], outcomes, {"effect": "ratio"}, ("baseline", "other"))
    text = caught.value.message
    for part in ("not both", "full_time, other", "No unit is given for price", "not every number".capitalize()):
        assert part in text
    assert len(caught.value.problems) == 4


@pytest.mark.unit
def test_missing_columns_are_named() -> None:
    good = small_ensemble()
    with pytest.raises(InputError, match="lacks the columns arm"):
        make_ensemble(good.inputs, good.outcomes.drop(columns="arm"), good.units, good.arms)
