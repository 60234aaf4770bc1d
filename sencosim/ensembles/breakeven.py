"""What would have to be true for a policy to pay: events to avoid by view, and the switching value of every input."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from sencosim.costing.discount import annuity_factor
from sencosim.decisions.breakeven import (
    EvidenceRange,
    SwitchingValue,
    evidence_range,
    switching_value_of_ensemble,
)
from sencosim.decisions.breakeven_words import avoided_to_break_even, rounded_count, switch_in_words
from sencosim.decisions.ensemble import Ensemble
from sencosim.ensembles.answer import Answer, source_line
from sencosim.ensembles.events import EVENTS
from sencosim.ensembles.question import BASELINE
from sencosim.ensembles.space import titles_and_units, uncertain
from sencosim.ensembles.store import EnsembleStore
from sencosim.report.charts.style import Chart, Wording
from sencosim.report.charts.worth import switching_chart
from sencosim.report.words import money
from sencosim.scenario.schema import Scenario

Floats = npt.NDArray[np.float64]
Measure = Literal["public", "social"]
MEASURES: dict[Measure, str] = {
    "public": "net cost to the public purse",
    "social": "net present social value",
}
FEWEST_DRAWS = 30
"""Below so many draws no curve is fitted through them."""
POSSIBLE_CUT = 0.5
"""Above this share of all events nobody would call it likely; said in words."""


def net_benefit(ensemble: Ensemble, view: str, arm: str, measure: Measure) -> pd.Series:
    """Net benefit of a policy by draw: above nought it pays. [GBP present value]"""
    if measure == "social":
        return ensemble.against_first("npsv", view, arm)
    return -ensemble.against_first("net_public_cost", view, arm)


def events_to_avoid(ensemble: Ensemble, scenario: Scenario, arm: str, measure: Measure) -> pd.DataFrame:
    """How many events of each kind a policy would have to avoid, by view, all else as in the runs.

    Returns
    -------
        One row a view and event: ``view``, ``event``, ``net_cost_gbp`` (mean present value), ``spared_by_one_gbp``
        (mean
        present value of one fewer every year), ``avoided_in_runs``, ``needed`` (at those means), ``needed_low``,
        ``needed_high`` (10 % and 90 % of the draws), ``today``, ``share_of_today``, ``sentence``. [events a year]
    """
    years = scenario.horizon.years
    annuity = annuity_factor(years)
    rows = []
    for view in ensemble.views:
        cost = -net_benefit(ensemble, view, arm, measure)
        for event in EVENTS:
            spared = ensemble.by_arm(f"fewer_{measure}.{event.name}", view)[arm]
            avoided = -ensemble.against_first(f"count.{event.name}", view, arm)
            today = float(ensemble.by_arm(f"today.{event.name}", view)[BASELINE].mean())
            each = np.maximum(0.0, cost) / spared + avoided.where(cost > 0.0, 0.0)
            told = avoided_to_break_even(
                event.title,
                float(cost.mean()) / annuity,
                float(spared.mean()) / annuity,
                today,
                float(avoided.mean()),
            )
            rows.append(
                {
                    "view": view,
                    "event": event.name,
                    "measure": measure,
                    "net_cost_gbp": float(cost.mean()),
                    "spared_by_one_gbp": float(spared.mean()),
                    "avoided_in_runs": float(avoided.mean()),
                    "needed": told.needed_per_year,
                    "needed_low": float(each.quantile(0.1)),
                    "needed_high": float(each.quantile(0.9)),
                    "today": today,
                    "share_of_today": told.share_of_today,
                    "n_draws": len(cost),
                    "sentence": told.sentence,
                }
            )
    return pd.DataFrame(rows)


@dataclass(frozen=True)
class Switch:
    """Switching value of one input.

    Attributes
    ----------
    name, title, unit
        The input.
    today
        Its mean over the draws. [unit]
    found
        Value, interval and place in the evidence.
    """

    name: str
    title: str
    unit: str
    today: float
    found: SwitchingValue


def switches(ensemble: Ensemble, scenario: Scenario, arm: str, measure: Measure, seed: int) -> list[Switch]:
    """Switching value of every input that varies in the main view, from the stored draws."""
    view = scenario.view
    drawn, net = ensemble.drawn(view), net_benefit(ensemble, view, arm, measure).to_numpy(dtype=np.float64)
    if len(net) < FEWEST_DRAWS:
        return []
    known = uncertain(scenario, view)
    titles, units = titles_and_units(ensemble.input_names)
    found = []
    for name in ensemble.input_names:
        values = drawn[name].to_numpy(dtype=np.float64)
        if float(np.ptp(values)) == 0.0 or np.unique(values).size < FEWEST_DRAWS // 2:
            continue
        evidence: EvidenceRange | None = evidence_range(known[name]) if name in known else None
        one = switching_value_of_ensemble(values, net, seed=seed, evidence=evidence)
        found.append(Switch(name, titles[name], units[name], float(values.mean()), one))
    return found


def switch_table(found: list[Switch]) -> pd.DataFrame:
    """Switching values as a table, those that exist first, nearest to today's value first."""
    rows = [
        {
            "input": one.name,
            "title": one.title,
            "unit": one.unit,
            "today": one.today,
            "status": one.found.status,
            "switching_value": one.found.value,
            "low": one.found.low,
            "high": one.found.high,
            "searched_low": one.found.searched[0],
            "searched_high": one.found.searched[1],
            "net_at_low": one.found.net_at_ends[0],
            "net_at_high": one.found.net_at_ends[1],
            "place": one.found.place or "no evidence to compare it with",
            "confirmed": one.found.confirmed,
            "n": one.found.n,
        }
        for one in found
    ]
    table = pd.DataFrame(rows)
    if table.empty:
        return table
    width = (table["searched_high"] - table["searched_low"]).replace(0.0, 1.0)
    order = ((table["switching_value"] - table["today"]).abs() / width).fillna(np.inf)
    return table.loc[order.sort_values(kind="stable").index].reset_index(drop=True)


def breakeven_answer(ensemble: Ensemble, store: EnsembleStore, scenario: Scenario, arm: str, seed: int) -> Answer:
    """Break-even of a policy, from one stored ensemble.

    Parameters
    ----------
    ensemble, store
        Draws in one view or more, and where they are kept.
    scenario, arm
        The policy and its name in the ensemble.
    seed
        For the bootstrap.
    """
    avoid = pd.concat([events_to_avoid(ensemble, scenario, arm, m) for m in MEASURES], ignore_index=True)
    found = {measure: switch_table(switches(ensemble, scenario, arm, measure, seed)) for measure in MEASURES}
    text = "\n".join(_sentences(ensemble, scenario, avoid, found))
    tables = {"events_to_avoid": avoid} | {f"switching_values_{m}": t for m, t in found.items() if not t.empty}
    charts = tuple(_chart(found, scenario.view, source_line(ensemble, store.folder)))
    return Answer("breakeven", text, tables, charts, {"arm": arm, "view": scenario.view, "views": list(ensemble.views)})


def _sentences(
    ensemble: Ensemble, scenario: Scenario, avoid: pd.DataFrame, found: Mapping[Any, pd.DataFrame]
) -> Iterator[str]:
    main = scenario.view
    public = avoid[avoid["measure"] == "public"]
    cost = float(public.loc[public["view"] == main, "net_cost_gbp"].iloc[0])
    yield f"{scenario.title.rstrip('.')}: what would have to be true for it to pay"
    yield ""
    word = "costs" if cost > 0.0 else "saves"
    yield (
        f"In the {main} view the policy {word} the public purse {money(abs(cost))} over {scenario.horizon.years} "
        "years "
        "(present value, mean of the draws). Each line takes one kind of event alone, all else as in the runs:"
    )
    for view in ensemble.views:
        yield f"\n{view.capitalize()} view"
        for row in public[public["view"] == view].to_dict(orient="records"):
            yield f"  {row['sentence']}{_spread(row)}"
    yield ""
    yield from _switch_sentences(found["public"], main, ensemble)


def _spread(row: Mapping[Any, Any]) -> str:
    if row["needed"] <= 0.0 or row["n_draws"] < 2:
        return ""
    doubt = ""
    if POSSIBLE_CUT < row["share_of_today"] <= 1.0:
        doubt = " That is most of them."
    return f"{doubt} In 80 % of the draws: {rounded_count(row['needed_low'])} to {rounded_count(row['needed_high'])}."


def _switch_sentences(table: pd.DataFrame, view: str, ensemble: Ensemble) -> Iterator[str]:
    if table.empty:
        n = len(ensemble.drawn(view))
        yield (
            f"Switching values of single inputs need {FEWEST_DRAWS} draws in the {view} view; there are {n}. "
            "Give --draws."
        )
        return
    roots = table[table["status"] != "no root in range"]
    if roots.empty:
        yield (
            f"No single input changes the answer: for each of the {len(table)} uncertain inputs, no value between the "
            "2.5 % and 97.5 % points of its draws brings the expected net cost to the public purse to nought "
            f"({view} view). Not within the evidence."
        )
        return
    yield f"Inputs that would change the answer alone, the others as uncertain as they are ({view} view):"
    for row in roots.to_dict(orient="records"):
        yield (
            f"  {row['title']}: {row['switching_value']:,.4g} {row['unit']} (80 % interval {_end(row['low'])} to "
            f"{_end(row['high'])}; mean of the draws {row['today']:,.4g}); {row['place']}."
        )


def _end(value: float) -> str:
    if np.isinf(value):
        return "below the draws" if value < 0.0 else "above the draws"
    return f"{value:,.4g}"


def _chart(found: Mapping[Measure, pd.DataFrame], view: str, source: str) -> Iterator[Chart]:
    for measure, table in found.items():
        roots = table[table["status"] != "no root in range"] if not table.empty else table
        if roots.empty:
            continue
        words = Wording(
            f"switching_values_{measure}",
            f"{roots.iloc[0]['title']} would have to change least to change the answer",
            f"Where the expected {MEASURES[measure]} is nought (orange diamond, with its 80 % interval) inside "
            "the evidence "
            f"of each input (grey); the grey stroke is the mean of the draws. {view.capitalize()} view, the other "
            "inputs "
            "as uncertain as they are.",
            source,
        )
        yield switching_chart(words, roots)


def searched_answer(found: Switch, runs: pd.DataFrame, measure: Measure) -> Answer:
    """Switching value of one input by search, with its runs: the model was run at every value in the table."""
    sentence = switch_in_words(found.found, _lower(found.title), found.unit, found.today)
    if found.found.status == "no root in range":
        sentence += " Not within the range searched."
    elif found.found.confirmed:
        sentence += " A rerun with other schools and other chance confirms it."
    text = f"Measured by the {MEASURES[measure]}, all other inputs at their point values. {sentence}"
    return Answer(f"breakeven-{found.name}", text, {"switching_value": switch_table([found]), "runs": runs})


def _lower(title: str) -> str:
    return title if title[:2].isupper() else title[:1].lower() + title[1:]
