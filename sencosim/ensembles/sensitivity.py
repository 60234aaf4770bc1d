"""Which inputs move the answer: tornado, Morris, Sobol' and scenario discovery, from stored runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sencosim.decisions.designs import Design, ordered_values
from sencosim.decisions.ensemble import Ensemble
from sencosim.decisions.prim import discover, in_words
from sencosim.decisions.resampling import keyed_uniforms
from sencosim.decisions.sensitivity import from_ensemble, morris, sobol, sobol_convergence, tornado
from sencosim.ensembles.answer import Answer, source_line
from sencosim.ensembles.outcomes import MONEY, outcome_titles, outcome_units
from sencosim.ensembles.question import BASELINE
from sencosim.ensembles.space import centre, group_of, quality_of, titles_and_units, together, uncertain
from sencosim.ensembles.store import EnsembleStore
from sencosim.errors import InputError
from sencosim.evidence.distributions import Distribution
from sencosim.report.charts.tornado import Bars, tornado_chart
from sencosim.report.words import money
from sencosim.scenario.assumed import register_of
from sencosim.scenario.schema import Scenario

Floats = npt.NDArray[np.float64]
Space = Mapping[str, Distribution]
SHARES = (0.1, 0.9)
"""Ends of a tornado's bars: points of each input's own distribution."""
HELD_OUT = 0.3
"""Share of draws that judge a rule of scenario discovery."""
MOST_SCREENED = 8
"""Inputs that scenario discovery looks at."""


def tornado_design(scenario: Scenario, space: Space) -> Design:
    """The point values, then each input alone at both ends."""
    values, space = centre(scenario, scenario.view), together(space, also_alone=True)
    middle = {name: values[name] for name in space}
    rows = [middle]
    for name, distribution in space.items():
        rows += [middle | {name: float(x)} for x in ordered_values(distribution, np.asarray(SHARES))]
    points = pd.DataFrame(rows)
    return Design("tornado", np.zeros(points.shape), points, scenario.run.seed)


def outcome_of(ensemble: Ensemble, view: str, arm: str, outcome: str) -> Floats:
    """One outcome by point: the difference that the policy makes, mean over replications. [unit of the outcome]"""
    return ensemble.against_first(outcome, view, arm).to_numpy(dtype=np.float64)


def tornado_answer(ensemble: Ensemble, store: EnsembleStore, scenario: Scenario, arm: str, outcome: str) -> Answer:
    """Tornado: same schools and chance at both ends of every bar."""
    table = _tornado(ensemble, scenario, arm, outcome)
    titles, units = titles_and_units(list(table["input"]))
    table.insert(1, "title", table["input"].map(titles))
    table.insert(2, "unit", table["input"].map(units))
    table["quality"] = table["input"].map(lambda name: quality_of(str(name)))
    table["group"] = table["input"].map(lambda name: group_of(str(name)))
    words = _outcome_words(outcome)
    crossing = table.loc[table["crosses"], "title"].tolist()
    first = table.iloc[0]
    lines = [
        f"The input that moves the {words} most is: {first['title']}. Between its 10 % and 90 % points "
        f"({first['input_low']:,.4g} and {first['input_high']:,.4g} {first['unit']}) the {words} goes from "
        f"{_amount(first['outcome_low'], outcome)} to {_amount(first['outcome_high'], outcome)}.",
        "Inputs that change the answer alone: " + ", ".join(crossing) + "."
        if crossing
        else _none_crosses(table, words),
        "One input at a time, the others at their point values: what inputs do together is in `sensitivity sobol`.",
    ]
    if (table["group"] == "calibration").any():
        lines.append("Fitted parameters belong together: moved alone, one leaves what the calibration found likely.")
    lines += varied_apart(scenario, list(table["input"]))
    weak = table[table["quality"].isin(["D", "E"])].head(5)
    if len(weak):
        lines.append("Of those on weak evidence (quality D or E) these move it most: " + "; ".join(weak["title"]) + ".")
    bars = Bars(table, float(table["central"].iloc[0]), words, "GBP" if outcome in MONEY else outcome_units()[outcome])
    chart = tornado_chart(bars, source_line(ensemble, store.folder))
    return Answer("tornado", "\n".join(lines), {"tornado": table}, (chart,), {"arm": arm, "outcome": outcome})


def varied_apart(scenario: Scenario, names: Sequence[str]) -> list[str]:
    """Say which inputs of a design are drawn together elsewhere; nothing if none are.

    A design varies its inputs independently, as its method assumes.
    """
    groups = [one for one in register_of(scenario).correlations if one.correlation > 0.0]
    tied = [one.title for one in groups if len(set(one.parameters) & set(names)) > 1]
    if not tied:
        return []
    return ["Varied on their own here, though draws of the evidence take them together: " + "; ".join(tied) + "."]


def _none_crosses(table: pd.DataFrame, words: str) -> str:
    return (
        f"None of the {len(table)} inputs changes the sign of the {words} alone, within the 80 % of its distribution."
    )


def _tornado(ensemble: Ensemble, scenario: Scenario, arm: str, outcome: str) -> pd.DataFrame:
    view = scenario.view
    runs = ensemble.outcomes[ensemble.outcomes["view"] == view]
    wide = runs.pivot_table(index=["draw", "replication"], columns="arm", values=outcome)
    paired = (wide[arm] - wide[BASELINE]).rename("difference").reset_index()
    difference = paired.pivot_table(index="draw", columns="replication", values="difference")
    drawn = ensemble.drawn(view)
    known = {tuple(row): draw for draw, *row in drawn.itertuples(name=None)}

    def run(values: Mapping[str, float]) -> Floats:
        draw = known[tuple(values[name] for name in drawn.columns)]
        found: Floats = difference.loc[draw].to_numpy(dtype=np.float64)
        return found

    middle = {str(name): float(x) for name, x in drawn.iloc[0].items()}
    inputs = together(uncertain(scenario, view), also_alone=True)
    space = {name: dist for name, dist in inputs.items() if name in middle}
    return tornado(run, space, middle, 0.0 if outcome in MONEY else None, SHARES)


def morris_answer(ensemble: Ensemble, store: EnsembleStore, scenario: Scenario, arm: str, outcome: str) -> Answer:
    """Morris: means and spreads of elementary effects."""
    design = store.design()
    y = outcome_of(ensemble, scenario.view, arm, outcome)
    table = morris(design, y, scenario.run.seed)
    titles, _ = titles_and_units(list(design.names))
    table.insert(1, "title", table["input"].map(titles))
    words, first = _outcome_words(outcome), table.iloc[0]
    trajectories = len(design.points) // (len(design.names) + 1)
    text = (
        f"Screening by {trajectories} trajectories ({len(design.points)} points): {first['title']} moves the "
        f"{words} most "
        f"(mean absolute effect over its range {_amount(first['mu_star'], outcome)}, 95 % interval ± "
        f"{_amount(first['mu_star_half_width'], outcome)}). Inputs in order: {'; '.join(table['title'].head(8))}."
    )
    text = " ".join([text, *varied_apart(scenario, design.names)])
    return Answer("morris", text, {"morris": table}, (), {"arm": arm, "outcome": outcome})


def sobol_answer(ensemble: Ensemble, store: EnsembleStore, scenario: Scenario, arm: str, outcome: str) -> Answer:
    """Sobol' indices with their convergence."""
    design = store.design()
    y = outcome_of(ensemble, scenario.view, arm, outcome)
    table = sobol(design, y, scenario.run.seed)
    titles, _ = titles_and_units(list(design.names))
    table.insert(1, "title", table["input"].map(titles))
    growing = sobol_convergence(design, y, scenario.run.seed, smallest=8)
    words, first = _outcome_words(outcome), table.iloc[0]
    sizes = sorted(growing["n_base"].unique())
    steps = growing[growing["input"] == first["input"]].set_index("n_base")["total"]
    path = ", ".join(f"{steps[n]:.2f} with {n}" for n in sizes)
    doubtful = int((table["doubt"] != "").sum())
    doubt = (
        f" {doubtful} of {len(table)} indices have a fault that only more runs cure (column doubt)." if doubtful else ""
    )
    text = (
        f"Of the variance of the {words} (standard deviation {_amount(float(y.std(ddof=1)), outcome)}), "
        f"{first['title']} "
        f"has a part in {first['total']:.0%} (total index, 95 % ± {first['total_half_width']:.2f}; alone "
        f"{first['first_order']:.0%}). As base points were added its total index was {path}.{doubt} "
        f"First-order indices sum to {table['first_order'].sum():.2f}; what lacks to 1 is inputs acting together, the "
        "error of the indices, and chance in the simulation."
    )
    text = " ".join([text, *varied_apart(scenario, design.names)])
    tables = {"sobol": table, "sobol_convergence": growing}
    return Answer("sobol", text, tables, (), {"arm": arm, "outcome": outcome, "runs": len(y)})


def prim_answer(
    ensemble: Ensemble, scenario: Scenario, arm: str, outcome: str, threshold: float | None = None
) -> Answer:
    """Scenario discovery: in which worlds the outcome is above a threshold, in words."""
    view = scenario.view
    y, inputs = outcome_of(ensemble, view, arm, outcome), ensemble.drawn(view)
    sign = -1.0 if outcome in ("npsv", "policy_benefit", "cashable_saving") else 1.0
    limit = 0.0 if threshold is None else threshold
    fails = sign * y > sign * limit
    what = "loses money" if limit == 0.0 and outcome == "net_public_cost" else _failure(outcome, limit, sign)
    if threshold is None and (fails.all() or not fails.any()):
        every = "every" if fails.all() else "none"
        limit = float(np.quantile(y, 0.5 + 0.25 * sign))
        fails = sign * y > sign * limit
        what = _failure(outcome, limit, sign)
        head = (
            f"In {every} of the {len(y)} draws the {_outcome_words(outcome)} is on the losing side of nought, so "
            "no input "
            f"tells the worlds apart there. The quarter of the draws with the worst result is described instead.\n"
        )
    else:
        head = f"It {what} in {fails.mean():.0%} of the {len(y)} draws.\n"
    kept = screened(inputs, y, scenario.run.seed)
    found = discover(inputs[kept], fails, seed=scenario.run.seed, held_out=HELD_OUT)
    titles, units = titles_and_units(list(inputs.columns))
    text = head + in_words(found, what, {name: _small(title) for name, title in titles.items()}, units)
    varying = int((inputs.max() > inputs.min()).sum())
    weighed = inputs if len(y) >= varying + 2 else inputs[kept]  # a regression on all needs more draws than inputs
    importance = from_ensemble(weighed, y, scenario.run.seed)
    box = pd.DataFrame(
        [(name, low, high, found.box.quasi_p[name]) for name, (low, high) in found.box.limits.items()],
        columns=["input", "from", "to", "quasi_p"],
    )
    tables = {"box": box, "trajectory": found.trajectory, "importance": importance}
    return Answer("prim", text, tables, (), {"arm": arm, "outcome": outcome, "threshold": limit, "view": view})


def screened(inputs: pd.DataFrame, outcome: Floats, seed: int) -> list[str]:
    """Inputs among which a box is looked for: those that go most with the outcome in rank.

    With as many inputs as draws any box can be found by chance. Draws that later judge the box are not looked at.
    """
    seen = keyed_uniforms(len(inputs), seed, "hold out") >= HELD_OUT
    own = inputs[seen].loc[:, inputs[seen].max() > inputs[seen].min()]
    together = own.corrwith(pd.Series(outcome[seen], index=own.index), method="spearman").abs()
    return [str(name) for name in together.sort_values(ascending=False, kind="stable").index[:MOST_SCREENED]]


def _failure(outcome: str, limit: float, sign: float) -> str:
    side = "above" if sign > 0.0 else "below"
    return f"has a {_outcome_words(outcome)} {side} {_amount(limit, outcome)}"


def _outcome_words(outcome: str) -> str:
    return (
        _small(outcome_titles()[outcome]) if outcome in MONEY else f"difference in {_small(outcome_titles()[outcome])}"
    )


def _small(title: str) -> str:
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]


def _amount(value: float, outcome: str) -> str:
    return money(value) if outcome in MONEY or outcome.startswith("payer_net") else f"{value:,.3g}"


def check_outcome(name: str) -> str:
    """Refuse an outcome that an ensemble does not keep.

    Raises
    ------
    InputError
        With the names that there are.
    """
    known: dict[str, Any] = outcome_units()
    if name in known and not name.startswith(("fewer_", "today.")):
        return name
    told = ", ".join(one for one in known if not one.startswith(("fewer_", "today.")))
    raise InputError(f"There is no outcome named {name}. There is {told}.")
