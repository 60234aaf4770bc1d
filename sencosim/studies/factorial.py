"""``sencosim factorial``: every combination of some policies, to see which need and which replace each other."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click
import pandas as pd

from sencosim.decisions.ensemble import WEIGHT, Ensemble
from sencosim.decisions.factorial import arms_of, effects_table
from sencosim.errors import InputError
from sencosim.levers.catalogue import Levers
from sencosim.outcomes.columns import outcome_titles, outcome_units
from sencosim.report.words import money
from sencosim.scenario.schema import Scenario
from sencosim.studies.answer import Answer, favourable_of
from sencosim.studies.options import ensemble_of, ensemble_options, hand_over, run_options, scenarios_of
from sencosim.terminal.console import Console
from sencosim.terminal.options import Command

if TYPE_CHECKING:
    from sencosim.model import RunOptions
    from sencosim.studies.question import Question

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


def favourable() -> dict[str, str]:
    """What is better, by outcome shown."""
    return {name: favourable_of(name) for name in SHOWN}


def combined(scenarios: Mapping[str, Scenario]) -> dict[str, Scenario]:
    """Every combination of policies by name: names joined by ``+``, those of single policies as they are.

    A combination carries the cautions of all policies in it.

    Parameters
    ----------
    scenarios
        Two to six policies against the same baseline, none of which has a lever of another.

    Raises
    ------
    InputError
        If two have the same lever, or differ in anything but their levers.
    """
    names = list(scenarios)
    _check(scenarios)
    found = {}
    for arm in arms_of(names)[1:]:
        chosen = [name for name in names if name in arm]
        levers: dict[str, Any] = {lever: one for name in chosen for lever, one in scenarios[name].levers.active()}
        first = scenarios[names[0]]
        label = JOIN.join(chosen)
        cautions = tuple(dict.fromkeys(told for name in chosen for told in scenarios[name].cautions))
        own = {"name": label.replace(JOIN, "_and_"), "title": label, "levers": Levers(**levers), "cautions": cautions}
        found[label] = first.model_copy(update=own)
    return found


def _check(scenarios: Mapping[str, Scenario]) -> None:
    from sencosim.studies.question import check_alike

    seen: dict[str, str] = {}
    check_alike(scenarios)
    for name, scenario in scenarios.items():
        if JOIN in name:
            raise InputError(f"The name {name} holds a plus sign, which joins names of policies here.")
        for lever, _ in scenario.levers.active():
            if lever in seen:
                raise InputError(f"{seen[lever]} and {name} both hold the lever {lever}: only one can be in force.")
            seen[lever] = name


def factorial_question(
    scenarios: Mapping[str, Scenario], options: RunOptions, replications: int, share: float
) -> Question:
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
    from sencosim.studies.question import Question

    arms = combined(scenarios)
    point = pd.DataFrame({"view": [next(iter(arms.values())).view], "draw": [1], WEIGHT: [1.0]})
    return Question(arms, options, point, "points", replications, share, title="factorial")


def arms_table(ensemble: Ensemble) -> pd.DataFrame:
    """Outcomes of every combination and replication, as :func:`effects_table` reads them; NaN where unknown."""
    rows = ensemble.outcomes[["arm", "replication", *SHOWN]].copy()
    rows["arm"] = rows["arm"].where(rows["arm"] != ensemble.arms[0], "")
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
    arms, titles = arms_table(ensemble), outcome_titles()
    unknown = [name for name in SHOWN if arms[name].isna().any()]
    table = effects_table(arms, names, {name: better for name, better in favourable().items() if name not in unknown})
    table.insert(1, "title", table["outcome"].map(titles))
    table.insert(2, "unit", table["outcome"].map(outcome_units()))
    said = [f"Not compared, since it is unknown in one of the runs: {titles[name]}." for name in unknown]
    return Answer("factorial", "\n".join([*_sentences(table), *said]), {"effects": table, "arms": arms})


def _sentences(table: pd.DataFrame) -> Iterator[str]:
    """What complements what, and what substitutes what."""
    n = int(table["n_replications"].max())
    yield f"Interaction of two policies: the effect of both less the sum of each alone, {n} replications, same chance."
    yield ""
    pairs = table[(table["company"] == "alone") & (table["policies"].str.count(r"\+") == 1)]
    for title, part in pairs.groupby("title", sort=False):
        yield f"{title}:"
        apart = part[~part["verdict"].isin(["not distinguished", "no interaction"])]
        if apart.empty:
            yield "  no interaction is distinguished from chance."
        for row in apart.to_dict("records"):
            one, other = str(row["policies"]).split(JOIN)
            yield f"  {one} and {other}: {row['verdict']} ({_amount(row, 'mean')} ± {_amount(row, 'error')})."
    yield ""
    for title, part in table[table["company"].isin(["together", "beyond the sum"])].groupby("title", sort=False):
        together, beyond = (dict(part.set_index("company").loc[which]) for which in ("together", "beyond the sum"))
        yield (
            f"All together, {title}: {_amount(together, 'mean')}; beyond the sum of each {_amount(beyond, 'mean')} "
            f"({beyond['verdict']})."
        )


def _amount(row: Mapping[Any, Any], column: str) -> str:
    value = float(str(row[column]))
    if str(row["unit"]).startswith("GBP"):
        return money(value) if math.isfinite(value) else "unknown"
    return f"{value:.3g} {row['unit']}"


@click.command(cls=Command)
@click.argument("scenarios", nargs=-1, required=True, metavar="SCENARIO...")
@ensemble_options(sample=0.05, replications=4)
@click.pass_context
def factorial(ctx: click.Context, /, scenarios: tuple[str, ...], **options: Any) -> None:
    """Run every combination of two to six policies, and say which complement and which substitute each other.

    Each SCENARIO brings levers of its own. The interaction of two is the effect of both less the sum of each alone,
    with its simulation error: all combinations have the same schools and the same chance.

    Example:  sencosim factorial full_time slt_seat admin_support
    """
    console = ctx.ensure_object(Console)
    loaded = scenarios_of(scenarios, options)
    question = factorial_question(loaded, run_options(options), options["replications"], options["sample"])
    ensemble, place = ensemble_of(console, question, options)
    hand_over(console, factorial_answer(list(loaded), ensemble), ensemble, place, options)
