"""The structure table: what the answer is under each form that the model can take.

Each row departs from the reference form in one thing, and is run with the same draws, schools and chance as it. How far
a row lies from the reference on the draws that both have is added to the reference's own mean. The weights of the
scenario only average what was run, so editing them runs nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from sencosim.decisions.components import TOGETHER, Form, parts_of_spread
from sencosim.decisions.spread import ENDS, Plain, Spread
from sencosim.experiment.jobs import REFERENCE, law_of, row_named
from sencosim.experiment.precision import standard_error
from sencosim.model import RunResult, price_book
from sencosim.outcomes.baselines import MONEY
from sencosim.outcomes.summary import (
    PRESENT_VALUE,
    Summary,
    moved_draws,
    points_of,
    read_arms,
    series_of,
)
from sencosim.scenario.laws import Law
from sencosim.scenario.structure import rows_of

Floats = npt.NDArray[np.float64]
Weights = Mapping[str, Mapping[str, float]]
"""Weights by form and row, as :func:`sencosim.scenario.structure.weights_of` gives them."""
NET_COST, BASELINE_LAW = "net_public_cost", "baseline_law"
PART_TITLES = {
    "draw": "Draw of the uncertain parameters",
    "price": "Prices",
    TOGETHER: "Draw and prices together",
    "unidentified_request_ratio": "Form: requests of pupils who wait for identification",
    "requests_release": "Form: whether SENCO time changes how many requests are made",
    "effect_channel": "Form: what of SENCO time acts on pupils",
    "beyond_list": "Form: support beyond the listed work",
    "identification_response": "Form: pupils identified for each doubling of hours",
    BASELINE_LAW: "Baseline law, both alike",
    "replication": "Chance of the simulation in one replication of all schools",
}
"""Words for the parts of the variance."""
AVERAGE = "with_our_weights"
"""Key of the row that averages the others."""
DRAW_COLUMNS = ("key", "draw", "outcome", "value", "weight")
COLUMNS = (
    *("key", "form", "name", "title", "law", "weight", "outcome"),
    *("mean", "p10", "p90", "change", "change_error", "n_draws", "switch_weight"),
)


def structure_draws(result: RunResult, summary: Summary) -> pd.DataFrame:
    """Every draw of every row, the reference's first: all that a change of the forms' weights needs.

    ``value`` is a present value [GBP], ``weight`` that of the draw in a mean of its row. Empty if no row was run.
    """
    plan = result.plan
    if not plan.rows:
        return pd.DataFrame(columns=list(DRAW_COLUMNS))
    parts = [_reference_draws(summary, plan.main_view)]
    parts += [pd.DataFrame(_draws_of(result, key), columns=list(DRAW_COLUMNS)) for key in plan.rows]
    return pd.concat(parts, ignore_index=True)[list(DRAW_COLUMNS)]


def _reference_draws(summary: Summary, view: str) -> pd.DataFrame:
    runs = summary.runs
    chosen = (runs["view"] == view) & (runs["year"] == PRESENT_VALUE) & runs["outcome"].isin(MONEY)
    drawn = runs[chosen & (runs["payer"] == "") & (runs["draw"] > 0)]
    return drawn.rename(columns={"difference": "value"}).assign(key=REFERENCE)[list(DRAW_COLUMNS)]


def _draws_of(result: RunResult, key: str) -> Iterator[tuple[str, int, str, float, float]]:
    plan = result.plan
    jobs = plan.row_jobs(key)
    law = law_of(key, plan.laws[0])
    points = [plan.point_job(plan.main_view, number) for number in range(result.replications)]
    other = [job for both in plan.moves_of(plan.main_view, result.replications, law) for job in both]
    references = [plan.reference_of(job) for job in jobs]
    arms, values = read_arms(result, dict.fromkeys([*points, *other, *references, *jobs]))
    counted = moved_draws(result, points_of(result, plan.main_view, arms, values, law), jobs, arms)
    for job, moved in counted.items():
        scenario = result.asked(job)
        for one in series_of(scenario, job, price_book(scenario, job.view, values[job]), moved):
            if one.outcome in MONEY:
                yield key, job.draw, one.outcome, float(one.difference[-1]), 1.0 / len(jobs)


# -- of stored draws: nothing is run --------------------------------------------------------------------------------


def structure_table(
    draws: pd.DataFrame, weights: Weights, spread: Spread | None = None, law: Law = "current_law"
) -> pd.DataFrame:
    """Mean and interval of each row, then of their average.

    ``change`` is from the reference on the same draws, and ``change_error`` its standard error over draws. ``weight``
    is missing where a row is never averaged. ``spread`` says how the reference's draws stand for the evidence; without
    it they stand for themselves. ``law`` is that of the headline, on which a row without a law of its own stands.
    ``switch_weight``: see :func:`switching_weights`.
    """
    rows = []
    for outcome in dict.fromkeys(draws["outcome"]):
        by_row = {
            str(key): part.set_index("draw")["value"]
            for key, part in draws[draws["outcome"] == outcome].groupby("key", sort=False)
        }
        own = draws[(draws["key"] == REFERENCE) & (draws["outcome"] == outcome)]
        mean = float((own["value"] * own["weight"]).sum())
        for key, values in {**by_row, AVERAGE: _averaged(by_row, weights)}.items():
            rows.append(
                {**_named(key, weights, law), "outcome": outcome, **_figures(mean, by_row[REFERENCE], values, spread)}
            )
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    for outcome in dict.fromkeys(table["outcome"]):
        for form, name, weight in switching_weights(table, weights, outcome):
            chosen = (table["outcome"] == outcome) & (table["form"] == form) & (table["name"] == name)
            table.loc[chosen, "switch_weight"] = weight
    return table.astype({"switch_weight": float})


def _figures(reference_mean: float, reference: pd.Series, values: pd.Series, spread: Spread | None) -> dict[str, float]:
    """A row from its draws: its mean is the reference's plus the mean change on the draws that both have."""
    change = values - reference.reindex(values.index)
    moved = float(change.mean())
    # The reference has more draws, so its range is the better known one: the row's is that, moved draw by draw.
    both = values.reindex(reference.index).fillna(reference + moved).to_numpy(dtype=np.float64)
    stands, mean = spread or Plain(both.size), reference_mean + moved
    low, high = stands.quantiles((both + (mean - float(stands.weights @ both)))[:, None], ENDS)[:, 0]
    of_change = {"change": moved, "change_error": standard_error(change.tolist()), "n_draws": len(change)}
    return {"mean": mean, "p10": float(low), "p90": float(high), **of_change}


def _named(key: str, weights: Weights, law: Law) -> dict[str, object]:
    if key == AVERAGE:
        return {"key": key, "form": "", "name": "", "title": "With our weights", "law": "", "weight": math.nan}
    row = row_named(key)
    of_row = {"law": law_of(key, law), "weight": weights.get(row.form, {}).get(row.name, math.nan)}
    return {"key": key, "form": row.form, "name": row.name, "title": row.title, **of_row}


def _averaged(by_row: Mapping[str, pd.Series], weights: Weights) -> pd.Series:
    """Average of the rows, draw by draw: the changes that the forms make are added up, each with its weight."""
    reference = by_row[REFERENCE]
    total = reference
    for form, of_form in weights.items():
        for name, weight in of_form.items():
            key = _key_of(form, name)
            if weight > 0.0 and key in by_row and key != REFERENCE:
                total = total + weight * (by_row[key] - reference.reindex(by_row[key].index))
    return total.dropna()


def _key_of(form: str, name: str) -> str:
    return rows_of(form)[name].key


def spread_parts(draws: pd.DataFrame, weights: Weights, runs: pd.DataFrame, crossed: Floats | None) -> pd.DataFrame:
    """Parts of the variance of the net cost: draw, price, both together, each form of the model, the law, replication.

    In the reference every draw is priced at the prices of others too, so draws and prices are crossed. Each draw stands
    on one sample with one chance: that chance is in the draw, as far as taking the difference from the point values on
    the same sample leaves it in. The two laws,
    which are never averaged, count alike here, and so do the ways in which the announced one comes about.

    Parameters
    ----------
    draws
        Of :func:`structure_draws`.
    weights
        By form and row.
    runs, crossed
        Of the summary: replications of the point values tell the chance of the simulation on all schools; the crossed
        table has draws by the draw whose prices they have.
    """
    own = draws[draws["outcome"] == NET_COST]
    if (own["key"] == REFERENCE).sum() < 2 or crossed is None:
        return pd.DataFrame(columns=["part", "title", "variance", "share", "set_to_zero"])
    wide = own.pivot_table(index="draw", columns="key", values="value")
    forms = {form: _form_of(wide, {_key_of(form, name): w for name, w in of.items()}) for form, of in weights.items()}
    laws = [str(key) for key in wide.columns if row_named(key).form == BASELINE_LAW]
    forms[BASELINE_LAW] = _form_of(wide, {REFERENCE: float(len(laws)), **dict.fromkeys(laws, 1.0)})
    varied = {form: one for form, one in forms.items() if one is not None}
    at_points = runs[(runs["outcome"] == NET_COST) & (runs["year"] == PRESENT_VALUE) & (runs["draw"] == 0)]
    between = at_points.groupby("view")["difference"].var(ddof=1).dropna()
    known = {"replication": float(between.iloc[0])} if len(between) else {}
    table = parts_of_spread(crossed, ("draw", "price"), varied, known)
    table.insert(1, "title", table["part"].map(PART_TITLES))
    return table


def _form_of(wide: pd.DataFrame, weights: Mapping[str, float]) -> Form | None:
    """Changes from the reference by draw of the rows that were run, with their weights; none if only one was."""
    run = [key for key, weight in weights.items() if weight > 0.0 and key in wide.columns]
    if len(run) < 2:
        return None
    by_draw = {key: wide[key] - wide[REFERENCE] for key in run}
    shared = pd.DataFrame(by_draw).dropna()
    shares = np.array([weights[key] for key in run])
    return Form(shared.to_numpy(dtype=np.float64).T, shares / shares.sum()) if len(shared) else None


def means_of(table: pd.DataFrame, outcome: str) -> dict[str, float]:
    """Mean of each row by key, the average left out."""
    rows = table[(table["outcome"] == outcome) & (table["key"] != AVERAGE)]
    return dict(zip(rows["key"].astype(str), rows["mean"].astype(float), strict=True))


def weighted_mean(means: Mapping[str, float], weights: Weights, without: str = "") -> float:
    """Average of the rows: the reference plus the weighted changes of every form, but for one that is left out.

    Examples
    --------
    >>> means = {"reference": 1.0, "effect_channel.hours": 3.0}
    >>> weighted_mean(means, {"effect_channel": {"support": 0.75, "hours": 0.25}})
    1.5
    """
    forms = [form for form in weights if form != without]
    return means[REFERENCE] + sum(_change(means, form, weights[form]) for form in forms)


def _change(means: Mapping[str, float], form: str, weights: Mapping[str, float]) -> float:
    """Weighted change from the reference within a form; rows that were not run change nothing."""
    keys = {name: _key_of(form, name) for name in weights}
    return sum(weights[name] * (means[key] - means[REFERENCE]) for name, key in keys.items() if key in means)


def switching_weights(
    table: pd.DataFrame, weights: Weights, outcome: str = "net_public_cost"
) -> Iterator[tuple[str, str, float]]:
    """Weight of each row at which the sign of the average changes, the other forms as they are weighted.

    The rest of the form's weight stays with its other rows, in their proportions.
    NaN if no weight from 0 to 1 changes the sign.
    """
    means = means_of(table, outcome)
    for form, own in weights.items():
        others = weighted_mean(means, weights, without=form)
        for name in own:
            key = _key_of(form, name)
            if key in means and key != REFERENCE:
                at_one = others + means[key] - means[REFERENCE]
                rest = {one: weight for one, weight in own.items() if one != name and _key_of(form, one) in means}
                yield form, name, crossing(others + _change(means, form, _shares(rest)), at_one)


def _shares(weights: Mapping[str, float]) -> dict[str, float]:
    """Weights that add up to 1, equal ones if all are 0."""
    total = sum(weights.values())
    if total > 0.0:
        return {name: weight / total for name, weight in weights.items()}
    return dict.fromkeys(weights, 1.0 / len(weights)) if weights else {}


def crossing(at_zero: float, at_one: float) -> float:
    """Weight at which a line from ``at_zero`` to ``at_one`` is zero; NaN if it is not on the way.

    Examples
    --------
    >>> crossing(1.0, -3.0), crossing(1.0, 2.0)
    (0.25, nan)
    """
    if at_zero * at_one >= 0.0:
        return math.nan
    return at_zero / (at_zero - at_one)
