"""The uncertain inputs of a question: what a view draws, from which distribution, in which group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np

from sencosim.costing.prices import ONLY_PRICES, PRICE_PARAMETERS, PROGRESS
from sencosim.errors import InputError, Problem
from sencosim.evidence.distributions import Distribution
from sencosim.evidence.posterior import load_posterior
from sencosim.evidence.register import load_register
from sencosim.evidence.views import load_view
from sencosim.levers.lever import BEHAVIOUR
from sencosim.names import did_you_mean
from sencosim.scenario.assumed import register_of
from sencosim.scenario.mechanisms import neutral_values
from sencosim.scenario.schema import Scenario

GROUP_TITLES = {
    "effects": "What SENCO time does",
    "behaviour": "What schools do with the rule",
    "prices": "What things cost",
    "process": "How schools, councils and tribunals work",
    "calibration": "What was fitted to the past",
}
"""Groups of inputs, and their words."""
CALIBRATION_ROW = "calibration_row"
"""Input of designs that moves all fitted parameters together: a place in the posterior sample, in order."""
NO_ROW = -1.0
"""Its value at the point values, which are the means of the sample."""
IN_STEP = 0.9999
"""Correlation above which two numbers of a fitted list say the same."""
_DRAWN = frozenset({"prior", "audited"})


def uncertain(scenario: Scenario, view_name: str) -> dict[str, Distribution]:
    """Inputs that a view draws and that an outcome depends on, with their distributions, in order of name.

    Of the scenario's overrides a value takes an input out, and a distribution puts its own in. What a mechanism that
    is off would read is left out: a value of its own would switch the mechanism on again.
    """
    register, view = register_of(scenario), load_view(view_name)
    found = {}
    for name in register.names():
        if name in PROGRESS:
            continue
        parameter = register[name]
        setting = None if name in register.overridden else view.settings.get(name)
        if parameter.uncertainty is not None and (setting is None or setting.use in _DRAWN):
            found[name] = parameter.uncertainty
    kept = set(fitted(scenario))
    alone = {name: one for name, one in load_posterior().marginals().items() if name in kept and "[" not in name}
    off = neutral_values(scenario.mechanisms.off)
    return {name: one for name, one in sorted((found | alone).items()) if name not in off}


def fitted(scenario: Scenario) -> tuple[str, ...]:
    """Fitted inputs that draws take from the posterior sample: all but those that the scenario sets itself.

    Numbers of a list that only move in step with another one of the same list are left out: they say nothing more.
    """
    set_by_scenario = {*scenario.overrides, *neutral_values(scenario.mechanisms.off)}
    return tuple(name for name in _telling() if name.partition("[")[0] not in set_by_scenario)


@lru_cache(maxsize=1)
def _telling() -> tuple[str, ...]:
    sample, kept = load_posterior(), list[str]()
    columns = {
        name: np.array([sample.numbers(row)[name] for row in range(len(sample.rows))]) for name in sample.marginals()
    }
    for name, values in columns.items():
        same_list = [other for other in kept if "[" in name and other.partition("[")[0] == name.partition("[")[0]]
        if all(abs(np.corrcoef(values, columns[other])[0, 1]) < IN_STEP for other in same_list):
            kept.append(name)
    return tuple(kept)


def together(space: Mapping[str, Distribution], *, also_alone: bool = False) -> dict[str, Distribution]:
    """Inputs of a design that varies each on its own: fitted parameters move together, along the posterior sample.

    With ``also_alone`` they are kept one by one as well, each in its own spread with the others at their means.
    """
    alone = {name: one for name, one in space.items() if also_alone or group_of(name) != "calibration"}
    if all(group_of(name) != "calibration" for name in space):
        return alone
    rows = float(len(load_posterior().rows))
    return alone | {CALIBRATION_ROW: Distribution(family="uniform", min=0.0, max=rows)}


def row_values(place: float, scenario: Scenario) -> dict[str, float | list[float]]:
    """Fitted parameters at a place in the posterior sample; none at :data:`NO_ROW`, where point values hold."""
    if place < 0.0:
        return {}
    sample, register = load_posterior(), register_of(scenario)
    found = sample.values(sample.row_at(place / len(sample.rows)), register)
    off = neutral_values(scenario.mechanisms.off)
    return {name: value for name, value in found.items() if name not in register.overridden and name not in off}


def group_of(name: str) -> str:
    """Group of an input.

    Examples
    --------
    >>> group_of("effect_appeals"), group_of("tribunal_cost_public"), group_of("used_share_added")
    ('effects', 'prices', 'behaviour')
    """
    if name == CALIBRATION_ROW or name.partition("[")[0] in load_posterior().names:
        return "calibration"
    if name.startswith("effect_"):
        return "effects"
    if name in BEHAVIOUR.values() or name == "overtime_displacement":
        return "behaviour"
    return "prices" if name in PRICE_PARAMETERS else "process"


def source_of(name: str) -> str:
    """Source of an input, as the register tells it; ``our judgement`` where it has none."""
    if group_of(name) == "calibration":
        return "our calibration"
    source = load_register().get(name).source
    return "our judgement" if source is None else source.title


def quality_of(name: str) -> str:
    """Grade of an input's evidence, A to E; none for what is no single parameter."""
    base = name.partition("[")[0]
    return load_register()[base].quality if base in load_register() else ""


def is_price(name: str) -> bool:
    """Whether only the price book reads an input, so that no run of the engine depends on it."""
    return name in ONLY_PRICES


def choose(space: Mapping[str, Distribution], wanted: Sequence[str]) -> dict[str, Distribution]:
    """Pick inputs by name or by group, all of them if nothing is named; refuse all names that are neither, at once."""
    if not wanted:
        return dict(space)
    problems = []
    chosen: list[str] = []
    for word in wanted:
        names = [word] if word in space else [name for name in space if group_of(name) == word]
        chosen += names
        if not names:
            problems.append(Problem(_unknown(word), key=word, found=word))
    if problems:
        raise InputError(" ".join(problem.message for problem in problems), tuple(problems))
    return {name: space[name] for name in space if name in set(chosen)}


def _unknown(word: str) -> str:
    if word in load_register():
        return (
            f"{word} is not uncertain in this view: it has no distribution, the view or the scenario fixes it, or the "
            "scenario switches off the mechanism that reads it."
        )
    if word in GROUP_TITLES:
        return f"No input of the group {word} is uncertain here: the scenario fixes them or switches them off."
    hint = did_you_mean(word, GROUP_TITLES) or did_you_mean(word, load_register())
    return f"There is no input or group named {word}. {hint}{' ' if hint else ''}Groups are {', '.join(GROUP_TITLES)}."


def centre(scenario: Scenario, view: str) -> dict[str, float]:
    """Point values of all single-number parameters under a view, and that no row of the posterior is taken."""
    from sencosim.engine.pair import read_evidence

    return dict(read_evidence(scenario, view, 0, scenario.run.seed).values) | {CALIBRATION_ROW: NO_ROW}


def titles_and_units(names: Sequence[str]) -> tuple[dict[str, str], dict[str, str]]:
    """Words and units of inputs that are parameters; a setting keeps its own name."""
    told = {name: _title_and_unit(name) for name in names}
    return {name: title for name, (title, _) in told.items()}, {name: unit for name, (_, unit) in told.items()}


def _title_and_unit(name: str) -> tuple[str, str]:
    register = load_register()
    if name in register:
        return register[name].title, register[name].unit
    if name == CALIBRATION_ROW:
        return "Fitted parameters, all together", "place in the posterior sample, in order"
    base, _, position = name.rstrip("]").partition("[")
    if base not in register:
        return name, "as in the scenario"
    labels = register[base].labels
    which = labels[int(position)] if labels else f"number {int(position) + 1}"
    return f"{register[base].title}: {which}", register[base].unit
