"""What knowing more would be worth for the choice between policies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from sencosim.analysis.outcomes import OUTCOME
from sencosim.costing.discount import annuity_factor
from sencosim.decisions.ensemble import Ensemble
from sencosim.decisions.information import evppi_table
from sencosim.ensembles.answer import Answer, source_line
from sencosim.ensembles.question import BASELINE
from sencosim.ensembles.space import GROUP_TITLES, group_of, source_of, titles_and_units
from sencosim.ensembles.store import EnsembleStore
from sencosim.errors import InputError
from sencosim.report.charts.style import Chart, Wording
from sencosim.report.charts.worth import Ranked, ranked_chart
from sencosim.report.words import MILLION, money
from sencosim.scenario.schema import Scenario

Floats = npt.NDArray[np.float64]


def parse_worths(texts: Sequence[str]) -> dict[str, float]:
    """Read prices put on outcomes, written as ``permanent_exclusions=50000``.

    Raises
    ------
    InputError
        If an outcome does not exist, has no good direction, or a price is no number above 0.
    """
    found = {}
    for text in texts:
        name, _, amount = (part.strip() for part in text.partition("="))
        outcome = OUTCOME.get(name)
        if outcome is None or not outcome.favourable:
            known = ", ".join(one.name for one in OUTCOME.values() if one.favourable)
            raise InputError(f"No price can be put on {name!r}. Outcomes with a good direction are {known}.")
        try:
            price = float(amount)
        except ValueError:
            price = float("nan")
        if not 0.0 < price < float("inf"):
            raise InputError(f"The price {text!r} must be a number of pounds above 0: {name}=50000.")
        found[name] = price
    return found


def net_benefits(ensemble: Ensemble, scenario: Scenario, worths: Mapping[str, float]) -> pd.DataFrame:
    """Net benefit of each arm by draw, the baseline at nought.

    ``npsv + sum over outcomes of price * improvement * annuity factor``: without prices on outcomes it is net present
    social value. [GBP present value]
    """
    view = scenario.view
    annuity = annuity_factor(scenario.horizon.years)
    columns = {}
    for arm in ensemble.arms:
        value = ensemble.against_first("npsv", view, arm)
        for name, price in worths.items():
            sign = -1.0 if OUTCOME[name].favourable == "down" else 1.0
            value = value + price * annuity * sign * ensemble.against_first(name, view, arm)
        columns[arm] = value
    return pd.DataFrame(columns)


def groups_of(ensemble: Ensemble, view: str) -> dict[str, tuple[str, ...]]:
    """Every input alone, the groups of inputs, and inputs by source, as far as they vary."""
    drawn = ensemble.drawn(view)
    names = [str(name) for name in drawn if float(np.ptp(drawn[name].to_numpy())) > 0.0]
    found: dict[str, tuple[str, ...]] = {name: (name,) for name in names}
    for group, title in GROUP_TITLES.items():
        inside = tuple(name for name in names if group_of(name) == group)
        if len(inside) > 1:
            found[f"group: {title}"] = inside
    for source in sorted({source_of(name) for name in names if "." not in name}):
        inside = tuple(name for name in names if "." not in name and source_of(name) == source)
        if len(inside) > 1 and inside not in found.values():
            found[f"source: {source}"] = inside
    return found


def voi_answer(ensemble: Ensemble, store: EnsembleStore, scenario: Scenario, worths: Mapping[str, float]) -> Answer:
    """EVPI, and EVPPI of every input and group."""
    view, benefits = scenario.view, net_benefits(ensemble, scenario, worths)
    matrix: Floats = benefits.to_numpy(dtype=np.float64)
    table = evppi_table(matrix, ensemble.drawn(view), groups_of(ensemble, view), seed=scenario.run.seed)
    titles, _ = titles_and_units(ensemble.input_names)
    table.insert(1, "title", [titles.get(str(group), str(group)) for group in table["group"]])
    whole = table.iloc[-1]
    best = str(benefits.mean().idxmax())
    chance = float((matrix.argmax(axis=1) == list(benefits).index(best)).mean())
    measure = "net present social value" if not worths else "net benefit with the prices put on " + ", ".join(worths)
    lines = [
        f"By {measure} ({view} view, {len(benefits)} draws) today's choice is {_named(best, scenario)}: it is the "
        "best in "
        f"{chance:.0%} of the draws.",
        f"Knowing everything would be worth {money(whole['value'])} (standard error {money(whole['standard_error'])}).",
        *_most(table),
    ]
    if float(whole["value"]) == 0.0:
        lines.append(
            "No draw reverses the choice, so no research on these inputs can change it by this measure. What has "
            "no price "
            "is not in it: --worth OUTCOME=POUNDS puts a price on an outcome."
        )
    own = table[~table["group"].str.startswith(("group:", "source:")) & (table["group"] != "everything")]
    charts = () if own.empty else (_chart(own, measure, view, source_line(ensemble, store.folder)),)
    facts = {"view": view, "worths": dict(worths), "arms": list(ensemble.arms), "measure": measure}
    return Answer("voi", "\n".join(lines), {"evppi": table, "net_benefit": benefits.reset_index()}, charts, facts)


def _named(arm: str, scenario: Scenario) -> str:
    return "to stay as today" if arm == BASELINE else scenario.title.rstrip(".")


def _most(table: pd.DataFrame) -> list[str]:
    own = table[(table["group"] != "everything") & (table["value"] > 0.0)]
    singles = own[~own["group"].str.startswith(("group:", "source:"))].head(3)
    groups = own[own["group"].str.startswith("group:")].head(2)
    lines = []
    for what, part in (("Single inputs most worth knowing", singles), ("Groups most worth knowing", groups)):
        if len(part):
            told = [
                f"{str(row['title']).removeprefix('group: ')} ({money(float(row['value']))}, held-out "
                f"{money(float(row['held_out_value']))})"
                for row in part.to_dict(orient="records")
            ]
            lines.append(f"{what}: {'; '.join(told)}.")
    return lines


def _chart(own: pd.DataFrame, measure: str, view: str, source: str) -> Chart:
    worth_something = own[own["value"] > 0.0]
    shown = (own if worth_something.empty else worth_something).head(12)
    low = ((shown["value"] - 1.96 * shown["standard_error"]).clip(lower=0.0)) / MILLION
    high = (shown["value"] + 1.96 * shown["standard_error"]) / MILLION
    data = pd.DataFrame({"title": shown["title"], "value": shown["value"] / MILLION, "low": low, "high": high})
    first = data.iloc[0]
    title = (
        f"{first['title']} is the single input most worth knowing"
        if first["value"] > 0.0
        else "Knowing any single input would not change the choice"
    )
    words = Wording(
        "evppi",
        title,
        f"Expected value of knowing one input exactly, GBP million, {measure}, {view} view; bars of 95 % for the "
        "sampling "
        "of draws and the regression.",
        source,
    )
    return ranked_chart(Ranked(words, data, "GBP million"))
