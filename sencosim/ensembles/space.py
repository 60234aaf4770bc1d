"""The uncertain inputs of a question: what a view draws, from which distribution, in which group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sencosim.costing.prices import PRICE_PARAMETERS
from sencosim.engine.arms import read_evidence
from sencosim.errors import InputError, Problem
from sencosim.evidence.distributions import Distribution
from sencosim.evidence.register import load_register
from sencosim.evidence.views import load_view
from sencosim.scenario.assumed import register_of
from sencosim.scenario.levers import BEHAVIOUR
from sencosim.scenario.schema import Scenario

GROUPS = ("effects", "behaviour", "prices", "process")
"""Groups of inputs: what SENCO time does, what schools do with a rule, what things cost, how the system works."""
GROUP_TITLES = {
    "effects": "What SENCO time does",
    "behaviour": "What schools do with the rule",
    "prices": "What things cost",
    "process": "How schools, councils and tribunals work",
}
_DRAWN = frozenset({"prior", "audited"})


def uncertain(scenario: Scenario, view_name: str) -> dict[str, Distribution]:
    """Inputs that a view draws, with their distributions, in order of name.

    Parameters
    ----------
    scenario
        With its overrides: a value there takes an input out, a distribution puts its own in.
    view_name
        ``campaign``, ``central`` or ``sceptic``.
    """
    register, view = register_of(scenario), load_view(view_name)
    found = {}
    for name in register.names():
        parameter = register[name]
        setting = None if name in register.overridden else view.settings.get(name)
        if parameter.uncertainty is not None and (setting is None or setting.use in _DRAWN):
            found[name] = parameter.uncertainty
    return found


def group_of(name: str) -> str:
    """Group of an input.

    Examples
    --------
    >>> group_of("effect_appeals"), group_of("tribunal_cost_public"), group_of("used_share_added")
    ('effects', 'prices', 'behaviour')
    """
    if name.startswith("effect_"):
        return "effects"
    if name in BEHAVIOUR.values() or name == "overtime_displacement":
        return "behaviour"
    return "prices" if name in PRICE_PARAMETERS else "process"


def source_of(name: str) -> str:
    """Source of an input, as the register tells it; ``our judgement`` where it has none."""
    source = load_register().get(name).source
    return "our judgement" if source is None else source.title


ENGINE_READS_TOO = frozenset({"full_time_hours_per_week"})
"""Entries of the price book on which a run of the engine depends as well."""


def is_price(name: str) -> bool:
    """Whether only the price book reads an input, so that no run of the engine depends on it."""
    return name in PRICE_PARAMETERS and name not in ENGINE_READS_TOO


def choose(space: Mapping[str, Distribution], wanted: Sequence[str]) -> dict[str, Distribution]:
    """Pick inputs by name or by group; all of them if nothing is named.

    Raises
    ------
    InputError
        If a name is neither an uncertain input of the view nor a group; all such names at once.
    """
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
        return f"{word} is not uncertain in this view: it has no distribution, or the view fixes it."
    near = load_register().nearest(word)
    hint = f" Did you mean {near[0]}?" if near else ""
    return f"There is no input or group named {word}.{hint} Groups are {', '.join(GROUPS)}."


def centre(scenario: Scenario, view: str) -> dict[str, float]:
    """Point values of all single-number parameters under a view. [unit of each]"""
    return dict(read_evidence(scenario, view, 0, scenario.run.seed).values)


def titles_and_units(names: Sequence[str]) -> tuple[dict[str, str], dict[str, str]]:
    """Words and units of inputs that are parameters; a setting keeps its own name."""
    register = load_register()
    titles = {name: register[name].title if name in register else name for name in names}
    units = {name: register[name].unit if name in register else "as in the scenario" for name in names}
    return titles, units
