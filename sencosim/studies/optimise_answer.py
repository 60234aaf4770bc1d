"""What a search for the best policy hands over: tables, charts, and sentences."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from sencosim.decisions.choice_tree import Choice, Leaf, choice_of
from sencosim.decisions.frontier import beside_frontier, regret
from sencosim.errors import InputError
from sencosim.model import RunOptions, england
from sencosim.outcomes.frontier import COST, Frontier, made_by
from sencosim.outcomes.on_frontier import own_settings
from sencosim.outcomes.policy_figures import WORTHS, figures, worth_name
from sencosim.report.assemble import area_of
from sencosim.report.words import in_a_sentence, joined, plain
from sencosim.scenario.schema import Scenario
from sencosim.studies.answer import WIDTH, Answer
from sencosim.studies.draws import FOLDER
from sencosim.studies.frontier_answer import frontier_text, whole_of
from sencosim.studies.optimise_cases import KEYS, SLACK
from sencosim.studies.optimise_search import (
    Found,
    Study,
    estimate_in_words,
    find,
    is_bounded,
    problem_of,
    search_id,
    sizes_of,
)
from sencosim.studies.options import changed_by, compiled, hand_over, run_options, say, where_of
from sencosim.studies.policy_runs import PolicyRuns
from sencosim.studies.policy_space import DIALS, dials_at, examples, in_words
from sencosim.studies.space import titles_and_units
from sencosim.terminal.console import Console
from sencosim.terminal.progress import progress_for
from sencosim.terminal.settings import load_all

SOCIAL = ("npsv", *(worth_name(worth) for worth in WORTHS))
"""Readings of social value by which options are ranked."""
AS_DRAWN = "as the view has it"


def optimise_answer(found: Found, options: RunOptions) -> Answer:
    """Everything that a search on some schools came to, as :class:`sencosim.outcomes.frontier.Frontier` reads it."""
    choices, told = choice_table(found)
    tables = {
        "points": point_table(found),
        "figures": found.confirmed.rename_axis("name").reset_index(),
        "errors": found.errors.rename_axis("name").reset_index(),
        "cases": case_table(found),
        "regret": regret_table(found),
        "choices": choices,
        "groups": found.groups,
        "examples": examples(found.rule),
        "search": search_table(found),
    }
    facts = facts_of(found, options) | {"choice_in_words": told}
    return Answer("optimise", _text(found, facts, tables), tables, (), facts)


def facts_of(found: Found, options: RunOptions) -> dict[str, Any]:
    """What a reader must know to make it again, and what the words are."""
    known, signs = figures(), {aim.name: aim.sign for aim in found.problem.aims}
    made, schools = made_by(), england(options).fingerprint
    return made | {
        "population_fingerprint": schools,
        "own_schools": schools != made["population_fingerprint"],
        "settings": own_settings(found.base),
        "policies": dict(found.asked),
        "area": area_of(options)[1],
        "aim": found.main,
        "aims": {
            name: {"title": known[name].title, "unit": known[name].unit, "sign": sign} for name, sign in signs.items()
        },
        "rule": list(in_words(found.rule)),
        "is_bounded": is_bounded(found.problem),
        "first_year": found.base.horizon.first_year,
        "years": found.base.horizon.years,
        "view": found.base.view,
        "seed": found.base.run.seed,
        "sizes": dict(vars(found.sizes)),
        "limits": {one.name: one.most for one in found.problem.limits},
        "policies_run": len(found.searched.points),
        "explained": {name: one.r_squared for name, one in found.emulators.items()},
        "minutes": found.seconds / 60.0,
    }


def point_table(found: Found) -> pd.DataFrame:
    """Points that were confirmed: ``name``, ``aim`` on whose frontier each lies, ``title`` (words), and its dials."""
    rows = found.dials.rename_axis("name").reset_index()
    words = [" ".join(in_words({name: float(row[name]) for name in DIALS})) for row in rows.to_dict("records")]
    rows.insert(1, "aim", rows["name"].map(dict(found.aims)))
    rows.insert(2, "title", words)
    return rows


def search_table(found: Found) -> pd.DataFrame:
    """Every policy that was run in the search: ``round``, its dials, and its figures on the sample of the search."""
    dials = dials_at(found.searched.points)
    return pd.concat([pd.Series(found.searched.rounds, name="round"), dials, found.searched.outcomes], axis=1)


# -- cases ------------------------------------------------------------------------------------------------------------


def case_table(found: Found) -> pd.DataFrame:
    """Options in every case: what they cost and move, and how far they are from the best that options do there.

    Returns
    -------
        ``law``, ``form``, ``view``, ``policy``, the cost, every aim, social value at each worth; ``cost_for_as_much``
        (the least at which options, mixed by lot, gain as much of the main aim; GBP) and ``holds`` (whether that is
        within :data:`~sencosim.studies.optimise_cases.SLACK` of its own cost).
    """
    names = list(dict.fromkeys((COST, *(aim.name for aim in found.problem.aims), *SOCIAL)))
    table = found.cases.table[[*KEYS, "policy", *names]].copy()
    sign = next(aim.sign for aim in found.problem.aims if aim.name == found.main)
    least = pd.Series(np.nan, index=table.index)
    for _, case in table.groupby(list(KEYS), sort=False):
        cost, gain = (column.to_numpy(np.float64) for column in (case[COST], sign * case[found.main]))
        for row, own_cost, own_gain in zip(case.index, cost, gain, strict=True):
            least[row] = beside_frontier(cost, gain, float(own_cost), float(own_gain)).cost_for_as_much
    table["cost_for_as_much"] = least
    table["holds"] = least >= table[COST] - SLACK * table[COST].abs()
    return table


def regret_table(found: Found) -> pd.DataFrame:
    """How far each option falls short of the best one in social value, over all cases, at each worth of provision.

    Returns
    -------
        ``policy``, ``worth`` (a number, or as the view has it), ``best_in`` (share of the cases), ``mean_gbp``,
        ``most_gbp``. [GBP present value]
    """
    rows = []
    for name, worth in zip(SOCIAL, (AS_DRAWN, *(f"{one:g}" for one in WORTHS)), strict=True):
        short = regret(found.cases.of(name))
        for policy in short.columns:
            own = short[policy]
            rows.append((policy, worth, float((own == 0.0).mean()), float(own.mean()), float(own.max())))
    return pd.DataFrame(rows, columns=["policy", "worth", "best_in", "mean_gbp", "most_gbp"])


# -- draws -------------------------------------------------------------------------------------------------------------


def choice_table(found: Found) -> tuple[pd.DataFrame, str]:
    """Which assumption picks the option with the highest social value, and a sentence; empty without draws."""
    columns = ["leaf", "input", "title", "above", "at_most", "option", "share", "draws"]
    if found.drawn.empty:
        return pd.DataFrame(columns=columns), ""
    values = found.drawn.pivot_table(index="draw", columns="policy", values="npsv")
    values = values.assign(nothing=0.0)
    known = {*figures(), *(f"{name}_input" for name in figures()), "draw", "policy"}
    inputs = found.drawn.drop_duplicates("draw").set_index("draw").loc[values.index]
    inputs = inputs[[name for name in inputs if name not in known]]
    inputs = inputs.loc[:, inputs.max() > inputs.min()]
    choice = choice_of(inputs, values, seed=found.base.run.seed)
    titles = titles_and_units([str(name) for name in inputs])[0] | {"": ""}
    rows = [
        (number, name, titles[name], above, most, leaf.option, leaf.share, leaf.n)
        for number, leaf in enumerate(choice.leaves, start=1)
        for name, above, most in leaf.limits or (("", -math.inf, math.inf),)
    ]
    return pd.DataFrame(rows, columns=columns), _choice_in_words(choice, titles)


def _choice_in_words(choice: Choice, titles: Mapping[str, str]) -> str:
    n = sum(leaf.n for leaf in choice.leaves)
    first, share = str(choice.best.index[0]), float(choice.best.iloc[0])
    if not math.isfinite(choice.accuracy):
        return f"In all {n} draws of the evidence {first} has the highest net social value."
    ranked = joined([f"{name} in {plain(100.0 * part, 1.0)} %" for name, part in choice.best.head(3).items()])
    start = f"Of {n} draws of the evidence, the option with the highest net social value is {ranked}."
    if not choice.tells:
        return f"{start} No assumption tells which: a tree names it no more often than “{first}” alone does."
    told = "; ".join(_leaf_in_words(leaf, titles) for leaf in choice.leaves)
    return (
        f"{start} Signposts (a tree that names the best option in {plain(100.0 * choice.accuracy, 1.0)} % of held-out "
        f"draws, “{first}” alone in {plain(100.0 * share, 1.0)} %): {told}."
    )


def _leaf_in_words(leaf: Leaf, titles: Mapping[str, str]) -> str:
    told = []
    for name, above, most in leaf.limits:
        ends = [f"above {above:.3g}"] if math.isfinite(above) else []
        ends += [f"at most {most:.3g}"] if math.isfinite(most) else []
        told.append(f"{in_a_sentence(titles[name])} {joined(ends)}")
    return f"where {joined(told)}, {leaf.option} ({plain(100.0 * leaf.share, 1.0)} % of {leaf.n})"


def _text(found: Found, facts: Mapping[str, Any], tables: Mapping[str, pd.DataFrame]) -> str:
    """What `sencosim frontier` says of it, and what picks another option."""
    blocks = [frontier_text(whole_of(Frontier.of(facts, tables))).rstrip()]
    if float(found.searched.outcomes["npsv"].max()) <= 0.0:
        blocks.append("No policy that was run has a net social value above zero at the point values.")
    blocks.append(str(facts["choice_in_words"]))
    return "\n\n".join(textwrap.fill(one, WIDTH) if "\n" not in one else one for one in blocks if one)


# -- the command -------------------------------------------------------------------------------------------------------


def base_of(options: Mapping[str, Any]) -> Scenario:
    """The scenario whose levers are searched.

    Raises
    ------
    InputError
        If it has a lever: the search would put its own in place of it.
    """
    base = load_all(["baseline"], changed_by(options) | options["settings"])[0].scenario
    if base.levers != type(base.levers)():
        given = joined([name for name in options["settings"] if name.partition(".")[0] == "levers"])
        raise InputError(
            f"The search sets every lever itself, so one that is given would change nothing: leave out --set {given}. "
            "A policy that is to hold in both arms stands under background: --set background.NAME.KEY=VALUE"
        )
    return base


def searched_and_answered(console: Console, options: Mapping[str, Any]) -> None:
    """Search as the options of the command say, and hand over what is found; a dry run says how long it would take."""
    problem, chosen = problem_of(options), run_options(options)
    base = base_of(options)
    sizes = sizes_of(options, base, chosen)
    with where_of(options).lasting() as where:
        compiled(console, options)
        words = estimate_in_words(base, chosen, sizes, where)
        if options["dry_run"]:
            say(console, {"event": "plan", "in_words": words}, words, options)
            return
        console.note(words)
        with progress_for(console, as_json=options["as_json"]) as progress:
            study = Study(base, PolicyRuns(chosen, where, options["out"], progress), sizes, problem)
            found = find(study, options["aim"])
    answer = optimise_answer(found, chosen)
    folder = options["out"] / FOLDER / f"optimise-{search_id(found, chosen)}"
    hand_over(console, answer, found.scenarios, folder, options)
