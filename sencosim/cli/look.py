"""Look around: ``list`` and ``explain``, over everything that has a name, gathered from the layer that owns it."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cache

import click

from sencosim.errors import InputError
from sencosim.evidence.councils import load_councils
from sencosim.evidence.explain import explain_parameter
from sencosim.evidence.glossary import glossary, word_named
from sencosim.evidence.register import all_cautions, load_register
from sencosim.evidence.views import USE_IN_WORDS, VIEWS, load_view
from sencosim.names import did_you_mean
from sencosim.outcomes.catalogue import MONEY_OUTCOME, OUTCOME, Outcome
from sencosim.remembered import remembered
from sencosim.report import dictionary
from sencosim.scenario.files import shipped_folder, shipped_scenarios
from sencosim.scenario.guide import explain_setting, homes, scenario_guide, sources_of_settings
from sencosim.scenario.load import shipped_scenario
from sencosim.terminal.console import Console, pass_console, table
from sencosim.terminal.options import Command
from sencosim.vocabulary import COLUMN, Quantity

WIDTH = 92


@dataclass(frozen=True)
class Item:
    """One thing that has a name."""

    name: str  # the word to use
    kind: str  # what sort of thing it is, in the singular
    title: str  # a few words
    facts: tuple[str, ...] = ()  # short columns for a list: value and unit, grade, and the like


def _scenarios() -> tuple[Item, ...]:
    texts = [path.read_bytes() for path in sorted(shipped_folder().rglob("*.yaml"))]
    titles = remembered("titles", b"".join([sources_of_settings(), *texts]), _titles)
    return tuple(Item(name, "scenario", title) for name, title in titles)


def _titles() -> list[tuple[str, str]]:
    found = ((name, shipped_scenario(name)) for name in shipped_scenarios())
    return [(name, f"{one.title} (not to be quoted)" if one.cautions else one.title) for name, one in found]


def _parameters() -> tuple[Item, ...]:
    register = load_register()
    found = ((name, register.get(name)) for name in register.names())
    return tuple(
        Item(name, "parameter", one.title, (shortly(one.value), one.unit, one.quality, one.kind)) for name, one in found
    )


def _levers() -> tuple[Item, ...]:
    group = scenario_guide().at(("levers",))
    found = ((name, scenario_guide().at(("levers", name))) for name in (group.names if group else ()))
    return tuple(Item(name, "lever", first_sentence(guide.description)) for name, guide in found if guide)


def _outcomes() -> tuple[Item, ...]:
    every = (*MONEY_OUTCOME.values(), *OUTCOME.values())
    reported = [Item(one.name, "outcome", one.title, (one.unit, "reported")) for one in every]
    names = {item.name for item in reported}
    counted = (one for one in Quantity if one.key not in names)
    return (*reported, *(Item(one.key, "outcome", one.title, (one.unit, "counted")) for one in counted))


_SOURCES: dict[str, Callable[[], tuple[Item, ...]]] = {
    "scenarios": _scenarios,
    "parameters": _parameters,
    "levers": _levers,
    "outcomes": _outcomes,
    "files": lambda: tuple(Item(one.path, "file", one.words) for one in dictionary.entries()),
    "views": lambda: tuple(Item(name, "view", load_view(name).title) for name in VIEWS),
    "councils": lambda: tuple(
        Item(str(one.la_code), "council", one.name, (one.ons_code, one.region)) for one in load_councils()
    ),
    "words": lambda: tuple(Item(word.name, "word", first_sentence(word.means)) for word in glossary()),
}
KINDS = tuple(_SOURCES)
"""What can be listed."""


@cache
def items(kind: str) -> tuple[Item, ...]:
    """Give everything of one kind, in the order in which it should be shown."""
    return _SOURCES[kind]()


def find(name: str) -> list[Item]:
    """Give everything that has this name; words have several, and a council also its name and ONS code."""
    wanted = name.casefold()
    word = word_named(name)
    wanted_of = {"words": wanted if word is None else word.name.casefold()}
    found = [item for kind in KINDS for item in items(kind) if item.name.casefold() == wanted_of.get(kind, wanted)]
    if found:
        return found
    councils = [item for item in items("councils") if wanted in (item.title.casefold(), item.facts[0].casefold())]
    if councils:
        return councils
    if files := dictionary.named(name):
        return [Item(one.path, "file", one.words) for one in files]
    places = homes(name) if "." not in name else (tuple(name.split(".")),)
    known = [place for place in places if scenario_guide().at(place) is not None]
    return [Item(".".join(map(str, place)), "setting", name) for place in known]


def describe(item: Item) -> str:
    """Say all that is known about one thing."""
    return _DESCRIBERS[item.kind](item)


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
    scenario = shipped_scenario(item.name)
    said = "\n\n".join(
        textwrap.fill(" ".join(text.split()), WIDTH)
        for text in (scenario.description, *(f"Not to be quoted. {caution}" for caution in scenario.cautions))
    )
    return f"{scenario.name}\n{scenario.title}\n{said}\n\nsencosim diff baseline {item.name}   shows what it changes."


def _describe_view(item: Item) -> str:
    view = load_view(item.name)
    said = textwrap.fill(" ".join(view.description.split()), WIDTH)
    rows = "\n".join(
        f"  {name}: {'' if one.value is None else f'{one.value:g}, '}{USE_IN_WORDS[one.use]}"
        for name, one in view.settings.items()
    )
    return f"{view.name}\n{view.title}\n{said}\n\nWhat it takes for each contested number:\n{rows}"


def _describe_word(item: Item) -> str:
    word = next(one for one in glossary() if one.name == item.name)
    also = f"\nAlso written: {', '.join(word.also)}." if word.also else ""
    payer = f"\nA payer; in files  {word.payer} ." if word.payer else ""
    return wrapped(f"{word.name}\n{word.means}{also}{payer}")


def _describe_council(item: Item) -> str:
    council = next(found for found in load_councils() if str(found.la_code) == item.name)
    said = [(field.name, getattr(council, field.name)) for field in fields(council)]
    return "\n".join(f"{name}: {'not published' if value is None else value}" for name, value in said)


def _describe_file(item: Item) -> str:
    return dictionary.describe(next(one for one in dictionary.entries() if one.path == item.name))


_DESCRIBERS: dict[str, Callable[[Item], str]] = {
    "scenario": _describe_scenario,
    "parameter": lambda item: explain_parameter(item.name).rstrip(),
    "lever": lambda item: wrapped(explain_setting(("levers", item.name))),
    "setting": lambda item: wrapped(explain_setting(tuple(item.name.split(".")))),
    "outcome": _describe_outcome,
    "file": _describe_file,
    "view": _describe_view,
    "council": _describe_council,
    "word": _describe_word,
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


# -- the commands -----------------------------------------------------------------------------------------------------


@click.command("list", cls=Command)
@click.argument("kind", required=False, type=click.Choice(KINDS, case_sensitive=False))
@click.option("--json", "as_json", is_flag=True, help="Print names and summaries as JSON.")
@pass_console
def list_names(console: Console, kind: str | None, as_json: bool) -> None:
    """Name what ships with the tool: scenarios, parameters, levers, outcomes, views, councils, files, words.

    Example:  sencosim list scenarios
    """
    if kind is None:
        counts = [(word, len(items(word))) for word in KINDS]
        if as_json:
            console.json(dict(counts))
        else:
            console.data(table([(word, str(count)) for word, count in counts]))
            console.note("\nNext:  sencosim list scenarios")
        return
    found = items(kind)
    if as_json:
        console.json([vars(item) for item in found])
    else:
        console.data(table([(item.name, *item.facts, item.title) for item in found]))
        console.note(f"\n{len(found)} {kind}.   sencosim explain {found[0].name}   says more about one of them.")


@click.command(cls=Command)
@click.argument("name", nargs=-1, required=True, metavar="NAME")
@click.option("--json", "as_json", is_flag=True, help="Print kind and text as JSON.")
@pass_console
def explain(console: Console, name: tuple[str, ...], as_json: bool) -> None:
    """Say what a name means: a parameter, lever, setting, outcome, scenario, view, council, payer, file or word.

    Example:  sencosim explain EHC plan
    """
    asked = " ".join(name)
    found = find(asked)
    if not found:
        known = [item.name for kind in KINDS for item in items(kind)] + [
            one for word in glossary() for one in word.also
        ]
        known += [str(place[-1]) for place in scenario_guide().places()]
        hint = did_you_mean(asked, known) or "sencosim list  shows what there is."
        raise InputError(f"Nothing here is called {asked}. {hint}")
    texts, cautions = [(item.kind, describe(item)) for item in found], all_cautions()
    if as_json:
        console.json([{"name": asked, "kind": kind, "text": text, "cautions": cautions} for kind, text in texts])
        return
    headed = [f"As a {kind}:\n{textwrap.indent(text, '  ')}" for kind, text in texts]
    said = headed if len(texts) > 1 else [texts[0][1]]
    console.data("\n\n".join([*(wrapped(f"! {caution}") for caution in cautions), *said]))
