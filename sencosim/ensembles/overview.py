"""An ensemble at a glance: spread and its parts, who saves how likely, cost against effect, weak inputs that matter."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sencosim.analysis.outcomes import OUTCOME
from sencosim.decisions.acceptability import acceptability, chance_of_saving, plane
from sencosim.decisions.ensemble import Ensemble
from sencosim.decisions.sensitivity import from_ensemble
from sencosim.decisions.variance import split_variance
from sencosim.ensembles.answer import Answer, pounds, source_line
from sencosim.ensembles.outcomes import MONEY, outcome_titles, outcome_units
from sencosim.ensembles.question import BASELINE
from sencosim.ensembles.space import quality_of, titles_and_units
from sencosim.ensembles.store import EnsembleStore
from sencosim.report.charts.acceptability import acceptability_chart, plane_chart
from sencosim.report.charts.style import Chart, Wording
from sencosim.report.charts.worth import Ranked, ranked_chart
from sencosim.scenario.schema import Scenario
from sencosim.vocabulary import PAYER, PAYERS

FEWEST_FOR_IMPORTANCE = 20
CURVE_POINTS = 41
PLANE_EFFECT = "years_waiting_identification"
"""Effect of the plane and the curve: the outcome nearest to unmet need. It has no official price."""


def overview_answer(ensemble: Ensemble, store: EnsembleStore, scenario: Scenario, arm: str) -> Answer:
    """Say what the draws say about one policy."""
    view = scenario.view
    spread = spread_table(ensemble, arm)
    chances = pd.concat([_chances(ensemble, name, arm) for name in ensemble.views], ignore_index=True)
    tables = {"spread": spread, "chance_of_saving": chances}
    charts = [_chance_chart(chances, view, source_line(ensemble, store.folder))]
    main = spread[(spread["view"] == view) & (spread["outcome"] == "net_public_cost")].iloc[0]
    saving = chances[(chances["view"] == view) & (chances["payer"] == "public purse")].iloc[0]
    lines = [
        f"Net cost to the public purse, {view} view: {pounds(main['mean'])} (mean of {main['n_draws']} draws; 80 "
        "% of them "
        f"{pounds(main['p10'])} to {pounds(main['p90'])}).",
        f"Chance that the public purse saves money: {saving['chance']:.0%} (95 % interval {saving['low']:.0%} to "
        f"{saving['high']:.0%} for the number of draws).",
        *_parts_in_words(ensemble, arm, tables),
    ]
    names = list(ensemble.drawn(view).columns)
    varying = [name for name in names if np.ptp(ensemble.drawn(view)[name]) > 0.0]
    if len(ensemble.drawn(view)) >= max(FEWEST_FOR_IMPORTANCE, len(varying) + 2):
        weak = _importance(ensemble, scenario, arm)
        tables["importance"] = weak
        top = weak[weak["quality"].isin(["D", "E"])].head(3)["title"]
        lines.append("Inputs on weak evidence (quality D or E) that move the answer most: " + "; ".join(top) + ".")
    else:
        lines.append(f"Which inputs matter takes {len(varying) + 2} draws or more: give --draws {len(varying) + 2}.")
    more = _plane(ensemble, scenario, arm, source_line(ensemble, store.folder))
    tables |= more[0]
    return Answer("overview", "\n".join(lines), tables, (*charts, *more[1]), {"arm": arm, "view": view})


def spread_table(ensemble: Ensemble, arm: str) -> pd.DataFrame:
    """Mean and quantiles of the difference over draws, for every outcome and view."""
    rows = []
    units = outcome_units()
    for view in ensemble.views:
        for outcome in ensemble.outcome_names:
            if outcome.startswith(("today.", "fewer_")):
                continue
            x = ensemble.against_first(outcome, view, arm).to_numpy(dtype=np.float64)
            ends = {f"p{p}": float(np.quantile(x, p / 100.0)) for p in (10, 25, 50, 75, 90)}
            error = float(x.std(ddof=1) / np.sqrt(x.size)) if x.size > 1 else float("nan")
            rows.append({"view": view, "outcome": outcome, "unit": units[outcome], "mean": float(x.mean())})
            rows[-1] |= {"draw_error": error, **ends, "n_draws": int(x.size)}
    return pd.DataFrame(rows)


def _chances(ensemble: Ensemble, view: str, arm: str) -> pd.DataFrame:
    costs: dict[str, pd.Series] = {"public purse": ensemble.against_first("net_public_cost", view, arm)}
    costs |= {payer: ensemble.against_first(f"payer_net.{payer}", view, arm) for payer in PAYERS}
    table = chance_of_saving(pd.DataFrame(costs))
    table.insert(0, "view", view)
    return table


def _chance_chart(chances: pd.DataFrame, view: str, source: str) -> Chart:
    own = chances[chances["view"] == view].rename(columns={"chance": "value"})
    own["title"] = own["payer"].map(
        lambda payer: PAYER[payer].title if payer in PAYER else "All public payers together"
    )
    first = own.sort_values("value", ascending=False).iloc[0]
    words = Wording(
        "chance_of_saving",
        f"{first['title']} {'save' if first['title'].endswith('s') else 'saves'} in most draws: {first['value']:.0%}",
        f"Chance that each payer pays less with the policy than without, {view} view, share of draws, with the 95 % "
        "interval for their number (Wilson).",
        source,
    )
    return ranked_chart(Ranked(words, own[["title", "value", "low", "high"]], "chance of saving", (0.0, 1.0)))


def _parts_in_words(ensemble: Ensemble, arm: str, tables: dict[str, pd.DataFrame]) -> list[str]:
    """Chance of the simulation, parameters and views, in separate columns; needs replications or says so."""
    runs = ensemble.outcomes
    wide = runs.pivot_table(index=["view", "draw", "replication"], columns="arm", values=list(MONEY))
    rows = []
    for outcome in MONEY:
        table = (wide[outcome][arm] - wide[outcome][BASELINE]).rename("value").reset_index()
        if table.groupby("view")["draw"].nunique().max() < 2:
            return ["One draw in each view: the spread has no parts."]
        split = split_variance(table, "value")
        rows.append({"outcome": outcome, **{f"{part}_share": x for part, x in split.shares().items()}})
        rows[-1] |= {"total_sd_gbp": float(np.sqrt(split.total)), "n_runs": split.n_runs}
    parts = pd.DataFrame(rows)
    tables["parts_of_variance"] = parts
    first = parts.iloc[0]
    if np.isnan(first["monte_carlo_share"]):
        return [
            f"Of the variance of the net cost {first['parameter_share']:.0%} is the parameters (with the chance of the "
            f"simulation, which one replication cannot tell apart) and {first['structural_share']:.0%} the view."
        ]
    return [
        f"Of the variance of the net cost {first['monte_carlo_share']:.0%} is the chance and the sample of the "
        "simulation, "
        f"{first['parameter_share']:.0%} the parameters and {first['structural_share']:.0%} the view."
    ]


def _importance(ensemble: Ensemble, scenario: Scenario, arm: str) -> pd.DataFrame:
    inputs = ensemble.drawn(scenario.view)
    cost = ensemble.against_first("net_public_cost", scenario.view, arm).to_numpy(dtype=np.float64)
    table = from_ensemble(inputs, cost, scenario.run.seed)
    titles, _ = titles_and_units(list(inputs.columns))
    table.insert(1, "title", table["input"].map(titles))
    table["quality"] = table["input"].map(quality_of)
    return table


def _plane(
    ensemble: Ensemble, scenario: Scenario, arm: str, source: str
) -> tuple[dict[str, pd.DataFrame], list[Chart]]:
    view = scenario.view
    cost = ensemble.against_first("net_public_cost", view, arm).to_numpy(dtype=np.float64)
    sign = -1.0 if OUTCOME[PLANE_EFFECT].favourable == "down" else 1.0
    effect = sign * scenario.horizon.years * ensemble.against_first(PLANE_EFFECT, view, arm).to_numpy(dtype=np.float64)
    if len(cost) < 2:
        return {}, []
    found = plane(cost, effect)
    largest = 2.0 * float(np.abs(cost).mean()) / max(1.0, float(np.abs(effect).mean()))
    zero = np.zeros_like(cost)
    curve = acceptability(
        pd.DataFrame({BASELINE: zero, arm: cost}),
        pd.DataFrame({BASELINE: zero, arm: effect}),
        [float(x) for x in np.linspace(0.0, largest, CURVE_POINTS)],
    )
    title = outcome_titles()[PLANE_EFFECT].lower()
    words = Wording(
        "plane",
        f"Cost against {title} avoided, by draw",
        f"Each dot is a draw of the uncertain inputs, {view} view. Contours hold 50, 80 and 95 % of the draws.",
        source,
    )
    curve_words = Wording(
        "acceptability",
        "How likely the policy is worth its public cost, by the price put on its effect",
        f"Effect: {title} avoided over the horizon, undiscounted. There is no official price: the axis is open. "
        f"{view} view.",
        source,
    )
    charts = [
        plane_chart(words, found, f"{title} avoided"),
        acceptability_chart(curve_words, curve, arm, "one pupil-year"),
    ]
    shares = pd.DataFrame({"quadrant": list(found.quadrants), "share": list(found.quadrants.values())})
    return {"plane_quadrants": shares, "acceptability": curve}, charts
