"""Every shipped scenario on the same schools: one table of what each would cost and change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import get_args

import pandas as pd

from sencosim.decisions.ensemble import WEIGHT
from sencosim.experiment.precision import standard_error
from sencosim.model import RunOptions, baseline_of
from sencosim.outcomes.columns import outcome_titles, outcome_units
from sencosim.scenario.files import shipped_scenarios
from sencosim.scenario.laws import Law, under_law
from sencosim.scenario.load import shipped_scenario
from sencosim.scenario.schema import Scenario
from sencosim.studies.question import BASELINE, Question

COLUMNS = (
    "net_public_cost",
    "npsv",
    "added_senco_hours",
    "requests",
    "new_plans",
    "permanent_exclusions",
    "suspensions",
    "appeals",
    "support_reviews_done",
    "senco_leavers",
)
"""Outcomes of the table; the first two are money against the baseline."""
MONEY = COLUMNS[:2]
TABLE = (
    *("law", "view", "scenario", "title", "outcome", "outcome_title", "unit"),
    *("baseline", "policy", "difference", "monte_carlo_error", "n_replications"),
)
LAWS: tuple[Law, ...] = get_args(Law)


def shipped_policies() -> dict[str, Scenario]:
    """Every shipped scenario that asks a question, by name."""
    found = {name: shipped_scenario(name) for name in shipped_scenarios()}
    return {name: one for name, one in found.items() if any(True for _ in one.levers.active())}


def families(scenarios: Mapping[str, Scenario]) -> Iterator[tuple[Scenario, dict[str, Scenario]]]:
    """Scenarios that share a baseline, so that it is run once for all of them.

    Yields
    ------
        The baseline, and the scenarios against it.
    """
    groups: dict[str, dict[str, Scenario]] = {}
    for name, scenario in scenarios.items():
        base = baseline_of(scenario).unnamed()
        groups.setdefault(base.model_dump_json(), {})[name] = scenario
    for members in groups.values():
        yield baseline_of(next(iter(members.values()))), members


def catalogue_questions(
    scenarios: Mapping[str, Scenario], options: RunOptions, replications: int, share: float, beside: float
) -> Iterator[Question]:
    """Questions for each law and family, at the point values of every view.

    Parameters
    ----------
    scenarios
        By name. Each is asked under every law among its ``baselines``.
    options
        Schools and engine.
    replications
        How often.
    share, alongside
        Share of England for the main view under the law of today, and for every other view and law.
    """
    for law in LAWS:
        asked = {name: under_law(one, law) for name, one in scenarios.items() if law in one.baselines}
        for _, members in families(asked):
            first = next(iter(members.values()))
            for view in first.views:
                of_headline = law == LAWS[0] and view == first.view
                point = pd.DataFrame({"view": [view], "draw": [1], WEIGHT: [1.0]})
                on = share if of_headline else min(share, beside)
                yield Question(members, options, point, "points", replications, on, title="catalogue")


def catalogue_table(outcomes: pd.DataFrame, titles: Mapping[str, str], law: str, share: float) -> pd.DataFrame:
    """What each scenario changes against its own baseline.

    Parameters
    ----------
    outcomes
        Of one family: ``view``, ``arm``, ``replication`` and a column for each outcome, the baseline among the arms.
    titles
        Of the scenarios, by name.
    law
        On which they stand.
    share
        Of England.

    Returns
    -------
        ``law``, ``view``, ``scenario``, ``title``, ``outcome``, ``outcome_title``, ``unit``, ``baseline``, ``policy``,
        ``difference`` (means over replications), ``monte_carlo_error`` (NaN for one) and ``n_replications``.
    """
    tables = [_of_view(one, titles, law, str(view)) for view, one in outcomes.groupby("view", sort=False)]
    return pd.concat(tables, ignore_index=True).assign(sample_share=share)


def _of_view(outcomes: pd.DataFrame, titles: Mapping[str, str], law: str, view: str) -> pd.DataFrame:
    names, units = outcome_titles(), outcome_units()
    base = outcomes[outcomes["arm"] == BASELINE].sort_values("replication").set_index("replication")
    rows = []
    for arm in titles:
        own = outcomes[outcomes["arm"] == arm].sort_values("replication").set_index("replication")
        for outcome in COLUMNS:
            gap = own[outcome] - (0.0 if outcome in MONEY else base[outcome])
            means = (float(base[outcome].mean()), float(own[outcome].mean()), float(gap.mean()))
            known = (law, view, arm, titles[arm], outcome, names[outcome], units[outcome])
            rows.append((*known, *means, standard_error(gap.tolist()), len(gap)))
    return pd.DataFrame(rows, columns=list(TABLE))
