"""Everything that has a name, for ``list`` and ``explain``: gathered from the layer that owns it."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cache

from sencosim.evidence.councils import load_councils
from sencosim.evidence.explain import explain_parameter
from sencosim.evidence.register import load_register
from sencosim.evidence.views import USE_IN_WORDS, VIEWS, Setting, load_view
from sencosim.outcomes.catalogue import MONEY_OUTCOME, OUTCOME, Outcome
from sencosim.scenario.files import shipped_scenarios
from sencosim.scenario.guide import explain_setting, homes, scenario_guide
from sencosim.scenario.load import load_scenario
from sencosim.vocabulary import COLUMN, Quantity

WIDTH = 92


@dataclass(frozen=True)
class Item:
    """One thing that has a name.

    Attributes
    ----------
    name, kind
        The word to use, and what sort of thing it is, in the singular.
    title
        A few words.
    facts
        Short columns for a list: value and unit, grade, and the like.
    """

    name: str
    kind: str
    title: str
    facts: tuple[str, ...] = ()


def _scenarios() -> tuple[Item, ...]:
    found = ((name, load_scenario(name).scenario) for name in shipped_scenarios())
    return tuple(
        Item(name, "scenario", f"{one.title} (not to be quoted)" if one.cautions else one.title) for name, one in found
    )


def _parameters() -> tuple[Item, ...]:
    register = load_register()
    return tuple(
        Item(name, "parameter", found.title, (shortly(found.value), found.unit, found.quality, found.kind))
        for name, found in ((name, register.get(name)) for name in register.names())
    )


def _levers() -> tuple[Item, ...]:
    group = scenario_guide().at(("levers",))
    names = group.names if group else ()
    found = ((name, scenario_guide().at(("levers", name))) for name in names)
    return tuple(Item(name, "lever", first_sentence(guide.description)) for name, guide in found if guide)


def _outcomes() -> tuple[Item, ...]:
    every = (*MONEY_OUTCOME.values(), *OUTCOME.values())
    reported = [Item(found.name, "outcome", found.title, (found.unit, "reported")) for found in every]
    names = {item.name for item in reported}
    counted = [
        Item(found.key, "outcome", found.title, (found.unit, "counted")) for found in Quantity if found.key not in names
    ]
    return (*reported, *counted)


def _views() -> tuple[Item, ...]:
    return tuple(Item(name, "view", load_view(name).title) for name in VIEWS)


def _councils() -> tuple[Item, ...]:
    return tuple(
        Item(str(found.la_code), "council", found.name, (found.ons_code, found.region)) for found in load_councils()
    )


_SOURCES: dict[str, Callable[[], tuple[Item, ...]]] = {
    "scenarios": _scenarios,
    "parameters": _parameters,
    "levers": _levers,
    "outcomes": _outcomes,
    "views": _views,
    "councils": _councils,
}
KINDS = tuple(_SOURCES)
"""What can be listed."""


@cache
def items(kind: str) -> tuple[Item, ...]:
    """Give everything of one kind, in the order in which it should be shown."""
    return _SOURCES[kind]()


def find(name: str) -> list[Item]:
    """Give everything that has this name; a council may also be given by its name or ONS code."""
    wanted = name.casefold()
    found = [item for kind in KINDS for item in items(kind) if item.name.casefold() == wanted]
    if found:
        return found
    councils = [item for item in items("councils") if wanted in (item.title.casefold(), item.facts[0].casefold())]
    return councils or _settings(name)


def _settings(name: str) -> list[Item]:
    places = homes(name) if "." not in name else (tuple(name.split(".")),)
    known = [place for place in places if scenario_guide().at(place) is not None]
    return [Item(".".join(map(str, place)), "setting", name) for place in known]


def describe(item: Item) -> str:
    """Say all that is known about one thing."""
    return _DESCRIBERS[item.kind](item)


def _describe_parameter(item: Item) -> str:
    return explain_parameter(item.name).rstrip()


def _describe_lever(item: Item) -> str:
    return wrapped(explain_setting(("levers", item.name)))


def _describe_setting(item: Item) -> str:
    return wrapped(explain_setting(tuple(item.name.split("."))))


def _describe_outcome(item: Item) -> str:
    if item.name in OUTCOME:
        return _describe_reported(OUTCOME[item.name])
    if item.name in MONEY_OUTCOME:
        return _describe_money(MONEY_OUTCOME[item.name])
    found = Quantity(COLUMN[item.name])
    kinds = {
        "flow": "events in an academic year",
        "stock": "as at the census in January",
        "hours": "hours of work in an academic year",
        "time": "time summed over an academic year",
    }
    return (
        f"{found.name}\n{found.title}.\nunit: {found.unit}   ({kinds[found.kind]})\n"
        "It is one value of the column `quantity` in ledger.parquet, by academic year, council, phase and size band,\n"
        "weighted up to England. The ledger holds no money; prices are put on it afterwards."
    )


def _describe_money(outcome: Outcome) -> str:
    return wrapped(
        f"{outcome.name}\n{outcome.title}.\n{outcome.definition}\nunit: GBP   (real, 2025-26 prices)\n"
        "It is one value of the column `outcome` in summary.parquet: by academic year undiscounted, `total`, and "
        "`present_value` at the discount rate in force from the first year of the horizon."
    )


def _describe_reported(outcome: Outcome) -> str:
    formula = " + ".join(outcome.of)
    if outcome.per:
        formula = f"({formula}) / ({' + '.join(outcome.per)})"
    if outcome.scale != 1.0:
        formula = f"{outcome.scale:g} x {formula}"
    better = {"up": "more is better", "down": "less is better", "": "neither more nor less is plainly better"}
    return wrapped(
        f"{outcome.name}\n{outcome.title}.\n{outcome.definition}\nunit: {outcome.unit}   "
        f"({better[outcome.favourable]})\nmade of quantities of the ledger: {formula}\n"
        "It is one value of the column `outcome` in summary.parquet, with both arms, difference and 80 % interval."
    )


def _describe_scenario(item: Item) -> str:
    scenario = load_scenario(item.name).scenario
    said = "\n\n".join(
        textwrap.fill(" ".join(text.split()), WIDTH)
        for text in (scenario.description, *(f"Not to be quoted. {caution}" for caution in scenario.cautions))
    )
    return f"{scenario.name}\n{scenario.title}\n{said}\n\nsencosim diff baseline {item.name}   shows what it changes."


def _describe_view(item: Item) -> str:
    view = load_view(item.name)
    said = textwrap.fill(" ".join(view.description.split()), WIDTH)
    rows = "\n".join(f"  {name}: {setting_in_words(setting)}" for name, setting in view.settings.items())
    return f"{view.name}\n{view.title}\n{said}\n\nWhat it takes for each contested number:\n{rows}"


def setting_in_words(setting: Setting) -> str:
    """Say how a view reads one number."""
    words = USE_IN_WORDS[setting.use]
    return words if setting.value is None else f"{setting.value:g}, {words}"


def _describe_council(item: Item) -> str:
    council = next(found for found in load_councils() if str(found.la_code) == item.name)
    said = [(field.name, getattr(council, field.name)) for field in fields(council)]
    return "\n".join(f"{name}: {'not published' if value is None else value}" for name, value in said)


_DESCRIBERS: dict[str, Callable[[Item], str]] = {
    "scenario": _describe_scenario,
    "parameter": _describe_parameter,
    "lever": _describe_lever,
    "setting": _describe_setting,
    "outcome": _describe_outcome,
    "view": _describe_view,
    "council": _describe_council,
}


def shortly(value: float | list[float]) -> str:
    """Write a parameter's value in one short word.

    Examples
    --------
    >>> shortly(0.13), shortly([1.0, 2.0])
    ('0.13', '2 numbers')
    """
    return f"{len(value)} numbers" if isinstance(value, list) else f"{value:.6g}"


def first_sentence(text: str) -> str:
    """Keep the text up to its first full stop.

    Examples
    --------
    >>> first_sentence("A floor. In hours.")
    'A floor.'
    """
    head, stop, _ = text.partition(". ")
    return head + (stop.strip() if stop else "")


def wrapped(text: str) -> str:
    """Wrap lines so that none is longer than a page is wide; continued lines are indented."""
    lines = (
        textwrap.wrap(line, WIDTH, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False) or [""]
        for line in text.splitlines()
    )
    return "\n".join(line for block in lines for line in block)
