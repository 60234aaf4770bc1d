"""A factorial comparison of policies: every combination on the same schools with the same chance."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from sencosim.analysis.outcomes import MONEY_OUTCOME, OUTCOME
from sencosim.decisions.ensemble import WEIGHT, Ensemble
from sencosim.decisions.factorial import Arm, arms_of, effects_table
from sencosim.ensembles.answer import Answer, pounds
from sencosim.ensembles.outcomes import outcome_titles, outcome_units
from sencosim.ensembles.question import BASELINE, Question, check_alike
from sencosim.errors import InputError
from sencosim.levers.catalogue import Levers
from sencosim.model import RunOptions
from sencosim.scenario.schema import Scenario

JOIN = "+"
SHOWN = (
    "net_public_cost",
    "support_intensity",
    "support_reviews_done",
    "plans_within_20_weeks",
    "requests",
    "permanent_exclusions",
    "appeals",
    "senco_leavers",
    "overtime_hours",
)
"""Outcomes that are compared."""


@dataclass(frozen=True)
class Arms(Question):
    """An ensemble whose policies are too many to be its name."""

    title: str = "arms"

    @property
    def ensemble_id(self) -> str:
        """Name of its folder, by what is asked."""
        told = json.dumps(self.facts(), sort_keys=True).encode("utf-8")
        return f"{self.title}-{hashlib.sha256(told).hexdigest()[:10]}"


def favourable() -> dict[str, str]:
    """What is better, by outcome shown."""
    return {
        name: MONEY_OUTCOME[name].favourable if name in MONEY_OUTCOME else OUTCOME[name].favourable for name in SHOWN
    }


def combined(scenarios: Mapping[str, Scenario]) -> dict[str, Scenario]:
    """Every combination of policies by name: names joined by ``+``, those of single policies as they are.

    Parameters
    ----------
    scenarios
        Policies against the same baseline, none of which has a lever of another.

    Raises
    ------
    InputError
        If two have the same lever, or differ in anything but their levers.
    """
    names = list(scenarios)
    _check(scenarios)
    found = {}
    for arm in arms_of(names):
        if not arm:
            continue
        chosen = [name for name in names if name in arm]
        levers: dict[str, Any] = {lever: one for name in chosen for lever, one in scenarios[name].levers.active()}
        first = scenarios[names[0]]
        label = JOIN.join(chosen)
        found[label] = first.model_copy(
            update={"name": label.replace(JOIN, "_and_"), "title": label, "levers": Levers(**levers)}
        )
    return found


def _check(scenarios: Mapping[str, Scenario]) -> None:
    seen: dict[str, str] = {}
    check_alike(scenarios)
    for name, scenario in scenarios.items():
        if JOIN in name:
            raise InputError(f"The name {name} holds a plus sign, which joins names of policies here.")
        for lever, _ in scenario.levers.active():
            if lever in seen:
                raise InputError(f"{seen[lever]} and {name} both hold the lever {lever}: only one can be in force.")
            seen[lever] = name


def factorial_question(scenarios: Mapping[str, Scenario], options: RunOptions, replications: int, share: float) -> Arms:
    """Every combination at the point values of the main view.

    Parameters
    ----------
    scenarios
        See :func:`combined`.
    options
        Schools and engine.
    replications
        Each on its own sample with its own chance, the same for all combinations. [1 or more]
    share
        Of England. [share]
    """
    arms = combined(scenarios)
    point = pd.DataFrame({"view": [next(iter(arms.values())).view], "draw": [1], WEIGHT: [1.0]})
    return Arms(arms, options, point, "points", replications, share, title="factorial")


def arms_table(ensemble: Ensemble) -> pd.DataFrame:
    """Outcomes of every combination and replication, as :func:`effects_table` reads them."""
    rows = ensemble.outcomes[["arm", "replication", *SHOWN]].copy()
    rows["arm"] = rows["arm"].where(rows["arm"] != BASELINE, "")
    return rows.reset_index(drop=True)


def factorial_answer(names: Sequence[str], ensemble: Ensemble) -> Answer:
    """Effects and interactions, in sentences and as tables.

    Parameters
    ----------
    names
        Of the policies.
    ensemble
        A finished run of :func:`factorial_question`.
    """
    arms = arms_table(ensemble)
    table = effects_table(arms, names, favourable())
    units = outcome_units()
    table.insert(1, "title", table["outcome"].map(outcome_titles()))
    table.insert(2, "unit", table["outcome"].map(units))
    return Answer("factorial", factorial_text(table), {"effects": table, "arms": arms})


def factorial_text(table: pd.DataFrame) -> str:
    """What complements what, and what substitutes what, in sentences.

    Parameters
    ----------
    table
        Effects with their titles and units.
    """
    n = int(table["n_replications"].max())
    lines = [
        f"Interaction of two policies: the effect of both less the sum of each alone, {n} replications, same chance.",
        "",
    ]
    pairs = table[(table["company"] == "alone") & (table["policies"].str.count(r"\+") == 1)]
    for title, part in pairs.groupby("title", sort=False):
        told = [
            _sentence(row)
            for row in part.to_dict("records")
            if row["verdict"] not in ("not told apart", "no interaction")
        ]
        lines += [f"{title}:", *(told or ["  no interaction is told apart from chance."])]
    lines += ["", *_together(table)]
    return "\n".join(lines)


def _sentence(row: Mapping[Any, Any]) -> str:
    one, other = str(row["policies"]).split(JOIN)
    return f"  {one} and {other}: {row['verdict']} ({_amount(row, 'mean')} ± {_amount(row, 'error')})."


def _together(table: pd.DataFrame) -> list[str]:
    found = []
    for name, part in table[table["company"].isin(["together", "beyond the sum"])].groupby("title", sort=False):
        both = part.set_index("company")
        rows = [dict(both.loc[which]) for which in ("together", "beyond the sum")]
        found.append(
            f"All together, {name}: {_amount(rows[0], 'mean')}; beyond the sum of each {_amount(rows[1], 'mean')} "
            f"({rows[1]['verdict']})."
        )
    return found


def _amount(row: Mapping[Any, Any], column: str) -> str:
    value = float(str(row[column]))
    if str(row["unit"]).startswith("GBP"):
        return pounds(value) if math.isfinite(value) else "unknown"
    return f"{value:.3g} {row['unit']}"


def named_arm(label: str) -> Arm:
    """Policies of a combination by its name.

    Examples
    --------
    >>> sorted(named_arm("full_time+team")), sorted(named_arm(""))
    (['full_time', 'team'], [])
    """
    return frozenset(part for part in label.split(JOIN) if part)
