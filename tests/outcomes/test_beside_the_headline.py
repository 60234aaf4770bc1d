"""The other law, the forms of the model and the routes: pure functions, and one real run of Rutland."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sencosim.decisions.factorial import subsets
from sencosim.evidence.routes import ROUTE_NAMES
from sencosim.experiment.jobs import REFERENCE
from sencosim.model import RunResult
from sencosim.outcomes.baselines import SHOWN, law_figures
from sencosim.outcomes.routes import NEUTRAL, WHOLE, along, decomposed, route_table, sets_along, shapley
from sencosim.outcomes.structure import (
    AVERAGE,
    _shares,
    means_of,
    spread_parts,
    structure_draws,
    structure_table,
    switching_weights,
    weighted_mean,
)
from sencosim.outcomes.summary import PRESENT_VALUE, summarise
from sencosim.scenario.structure import weights_of
from sencosim.terminal.settings import with_settings

OURS = weights_of(with_settings("full_time", {}).scenario)


def made_up(**changes: float) -> pd.DataFrame:
    """Draws of a reference at 10 and 20, and of rows that are so far from it."""
    rows = [(REFERENCE, draw, "net_public_cost", 10.0 * draw + 0.5, 0.5) for draw in (1, 2)]
    for key, change in changes.items():
        rows += [
            (key.replace("__", "."), draw, "net_public_cost", 10.0 * draw + 0.5 + change + (0.5 - draw % 2), 0.5)
            for draw in (1, 2)
        ]
    return pd.DataFrame(rows, columns=["key", "draw", "outcome", "value", "weight"])


@pytest.mark.unit
def test_a_row_is_the_reference_plus_its_change_on_the_draws_that_both_have() -> None:
    table = structure_table(made_up(effect_channel__hours=-4.0), OURS).set_index("key")
    assert table.loc[REFERENCE, "mean"] == 15.5
    assert table.loc["effect_channel.hours", "change"] == pytest.approx(-4.0)
    assert table.loc["effect_channel.hours", "mean"] == pytest.approx(11.5)
    assert table.loc["effect_channel.hours", "change_error"] == pytest.approx(0.5)
    assert table.loc[AVERAGE, "mean"] == pytest.approx(15.5 - 0.25 * 4.0)


@pytest.mark.unit
def test_a_row_stands_on_the_law_of_the_headline_unless_it_is_of_another() -> None:
    draws = made_up(effect_channel__hours=-4.0)
    for law in ("current_law", "announced"):
        table = structure_table(draws, OURS, law=law).set_index("key")
        assert table.loc[[REFERENCE, "effect_channel.hours"], "law"].tolist() == [law, law]


@pytest.mark.unit
def test_the_spread_is_parted_by_draw_price_form_law_and_replication() -> None:
    runs = pd.DataFrame({"view": "central", "draw": 0, "year": PRESENT_VALUE, "difference": [3.0, 5.0, 7.0]})
    draws = made_up(effect_channel__hours=-4.0, baseline_law__announced_fewer_requests=10.0)
    crossed = np.array([[10.0, 11.0], [20.0, 21.0]])
    parts = spread_parts(draws, OURS, runs.assign(outcome="net_public_cost"), crossed).set_index("part")
    assert parts.loc["draw", "variance"] == pytest.approx(50.0)
    assert parts.loc["price", "variance"] == pytest.approx(0.5)
    assert parts.loc["interaction", "variance"] == pytest.approx(0.0, abs=1e-9)
    assert parts.loc["replication", "variance"] == pytest.approx(4.0)
    # Changes of -3.5 and -4.5 with weights 0.75 and 0.25: 3 between the forms, less what their errors add.
    assert parts.loc["effect_channel", "variance"] == pytest.approx(0.1875 * (16.0 - 0.25))
    assert parts["share"].sum() == pytest.approx(1.0)
    assert parts["title"].notna().all()
    assert spread_parts(made_up().iloc[:0], OURS, runs.assign(outcome="net_public_cost"), crossed).empty


@pytest.mark.property
@given(
    st.lists(st.floats(-50.0, 50.0), min_size=4, max_size=4),
    st.lists(st.floats(0.0, 5.0), min_size=2, max_size=2),
)
def test_weights_average_stored_draws_and_run_nothing(changes: list[float], given_weights: list[float]) -> None:
    keys = ("effect_channel__hours", "beyond_list__zero", "beyond_list__uniform", "beyond_list__one")
    draws = made_up(**dict(zip(keys, changes, strict=True)))
    hours = given_weights[0] / (1.0 + sum(given_weights))
    weights = {**OURS, "effect_channel": {"support": 1.0 - hours, "hours": hours}}
    table = structure_table(draws, weights)
    average = table.set_index("key").loc[AVERAGE, "mean"]
    assert average == pytest.approx(weighted_mean(means_of(table, "net_public_cost"), weights), abs=1e-9)


@pytest.mark.unit
def test_the_sign_changes_at_the_weight_that_is_told() -> None:
    draws = made_up(effect_channel__hours=-40.0, beyond_list__zero=2.0, beyond_list__uniform=-2.0)
    table = structure_table(draws, OURS)
    told = {(form, name): weight for form, name, weight in switching_weights(table, OURS)}
    weight = told["effect_channel", "hours"]
    moved = {**OURS, "effect_channel": {"support": 1.0 - weight, "hours": weight}}
    assert 0.0 < weight < 1.0
    assert weighted_mean(means_of(table, "net_public_cost"), moved) == pytest.approx(0.0, abs=1e-9)
    assert math.isnan(told["beyond_list", "zero"])
    assert table.set_index("key").loc["effect_channel.hours", "switch_weight"] == weight


@pytest.mark.property
@given(st.data())
def test_routes_and_the_effect_without_any_add_up_to_the_whole(data: st.DataObject) -> None:
    amounts = st.integers(-(10**12), 10**12).map(float)
    sets = subsets(ROUTE_NAMES)
    made = [{("requests", ""): {on: data.draw(amounts, label=str(sorted(on))) for on in sets}} for _ in range(2)]
    orders = [[data.draw(st.permutations(ROUTE_NAMES)) for _ in range(3)] for _ in made]
    table = decomposed(made, orders).set_index("route")["value"]
    parts = table.drop(WHOLE)
    assert math.fsum(parts) == pytest.approx(table[WHOLE], rel=1e-12, abs=1e-3)
    assert table[WHOLE] == np.mean([one["requests", ""][frozenset(ROUTE_NAMES)] for one in made])
    assert table[NEUTRAL] == np.mean([one["requests", ""][frozenset()] for one in made])


@pytest.mark.unit
def test_a_route_that_alone_does_everything_has_all_of_it() -> None:
    effects = {on: 7.0 + (5.0 if "need" in on else 0.0) for on in subsets(ROUTE_NAMES)}
    table = decomposed([{("requests", ""): effects}] * 2, [[ROUTE_NAMES]] * 2).set_index("route")
    assert table.loc["need", "value"] == 5.0
    assert (table.loc[[name for name in ROUTE_NAMES if name != "need"], "value"] == 0.0).all()
    assert (table["standard_error"] == 0.0).all()


@pytest.mark.property
@given(st.permutations(ROUTE_NAMES), st.data())
def test_an_order_and_its_reverse_give_shapley_values_where_only_pairs_act_together(
    order: list[str], data: st.DataObject
) -> None:
    amounts = st.integers(-1000, 1000)
    alone = {name: data.draw(amounts) for name in ROUTE_NAMES}
    pairs = {frozenset(two): data.draw(amounts) for two in combinations(ROUTE_NAMES, 2)}
    told = {
        on: float(sum(alone[name] for name in on) + sum(added for two, added in pairs.items() if two <= on))
        for on in subsets(ROUTE_NAMES)
    }
    along_it = {on: told[on] for on in sets_along([order, order[::-1]])}
    assert len(along_it) == 2 * len(ROUTE_NAMES)
    assert along(along_it, [order, order[::-1]]) == shapley(told, ROUTE_NAMES)


@pytest.mark.engine
def test_a_run_answers_for_both_laws_all_forms_and_each_route(whole_run: RunResult) -> None:
    summary = summarise(whole_run, "E06000017", "Rutland")
    laws = law_figures(whole_run, summary)
    assert set(zip(laws["law"], laws["view"], strict=True)) == {
        (law, view) for law in ("current_law", "announced") for view in ("central", "sceptic")
    }
    assert set(laws["outcome"]) == set(SHOWN)
    point_only = laws[(laws["law"] == "announced") & (laws["view"] == "sceptic")]
    assert point_only["p10"].isna().all()
    sceptic = point_only.set_index("outcome")["difference"]
    assert (sceptic[["requests", "new_plans", "suspensions", "permanent_exclusions"]] == 0.0).all()

    draws = structure_draws(whole_run, summary)
    table = structure_table(draws, OURS)
    headline = summary.figures[
        (summary.figures["outcome"] == "net_public_cost")
        & (summary.figures["year"] == PRESENT_VALUE)
        & (summary.figures["view"] == "central")
    ].iloc[0]
    chosen = table[table["outcome"] == "net_public_cost"].set_index("key")
    assert chosen.loc[REFERENCE, "mean"] == pytest.approx(headline["difference"])
    assert set(chosen.index) == {REFERENCE, AVERAGE, *whole_run.plan.rows}
    edited = structure_table(draws, {**OURS, "effect_channel": {"support": 0.0, "hours": 1.0}})
    assert means_of(edited, "net_public_cost") == means_of(table, "net_public_cost")

    parts = spread_parts(draws, OURS, summary.runs, summary.crossed)
    assert {"draw", "price", "effect_channel", "baseline_law"} <= set(parts["part"])
    assert parts["share"].sum() == pytest.approx(1.0)
    assert parts["title"].notna().all()

    routes = route_table(whole_run)
    for _, part in routes.groupby(["outcome", "payer"]):
        by_route = part.set_index("route")["value"]
        assert math.fsum(by_route.drop(WHOLE)) == pytest.approx(by_route[WHOLE], rel=1e-9, abs=1e-6)
    people = routes[(routes["route"] == NEUTRAL) & (routes["payer"] == "") & (routes["unit"] != "GBP")]
    assert (people["value"] == 0.0).all(), "with every route off nothing happens to pupils"


@pytest.mark.engine
def test_a_run_without_them_has_empty_tables(full_time: RunResult) -> None:
    summary = summarise(full_time, "E06000017", "Rutland")
    assert law_figures(full_time, summary).empty
    assert structure_table(structure_draws(full_time, summary), OURS).empty
    assert route_table(replace(full_time)).empty


@pytest.mark.property
@given(st.dictionaries(st.sampled_from("abcd"), st.floats(0.0, 1.0)))
def test_weights_add_up_to_one_and_are_equal_where_all_are_zero(weights: dict[str, float]) -> None:
    shares = _shares(weights)
    assert sum(shares.values()) == pytest.approx(1.0 if weights else 0.0)
    assert shares.keys() == weights.keys()
    if not any(weights.values()):
        assert len(set(shares.values())) <= 1
