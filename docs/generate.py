"""Write the generated pages of this folder: ``make docs``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import click

sys.path.insert(0, str(Path(__file__).resolve().parent))
import dependencies
import study_pages
import validation

from sencosim.cli import main
from sencosim.costing.accounts import CATEGORY_TITLES, ONE_MEASURE, RESOURCES, TAXES
from sencosim.costing.prices import HEADLINES, PRICE_PARAMETERS, PriceBook
from sencosim.costing.standing import STANDINGS
from sencosim.engine.mechanisms.order import Step
from sencosim.evidence.coverage import CONTEXT, ROLES, CostRow, load_cost_rows, load_coverage
from sencosim.evidence.explain import KIND, QUALITY
from sencosim.evidence.posterior import load_posterior
from sencosim.evidence.register import Parameter, load_register
from sencosim.evidence.views import USE_IN_WORDS, VIEWS, load_view
from sencosim.outcomes.columns import outcome_titles, outcome_units
from sencosim.report import dictionary
from sencosim.scenario.guide import json_schema
from sencosim.studies.space import group_of
from sencosim.vocabulary import PAYER, Event

FOLDER = Path(__file__).resolve().parent
sys.path.append(str(FOLDER.parent))  # the benchmarks are no part of the package
WIDTH = 100


def commands() -> str:
    """Write the help page of every command, in the order of use."""
    text = ["# Commands", "", "Made by `make docs` from the commands themselves.", ""]
    for words, command in every_command(main, ("sencosim",)):
        context = click.Context(command, info_name=" ".join(words), terminal_width=WIDTH, **main.context_settings)
        text += [f"## `{' '.join(words)}`", "", "```text", command.get_help(context).rstrip(), "```", ""]
    return "\n".join(text)


def every_command(command: click.Command, words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield a command and everything below it."""
    yield words, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is not None:
                yield from every_command(below, (*words, name))


def correlations() -> list[str]:
    """List the parameters that are drawn together."""
    groups = load_register().correlations
    return [
        "## Drawn together",
        "",
        "Parameters of a group are drawn with one common part, so that they tend to be high or low together; values "
        "above stay as they are. Correlation is that of any two, on the normal scale of their ranks. Scenarios change "
        "or end a group, or state their own, under `correlations`.",
        "",
        "| Group | Correlation | Grade | Kind | What hangs together | Parameters | Why |",
        "|---|---|---|---|---|---|---|",
        *(
            f"| `{one.name}` | {one.correlation:g} | {one.quality} | {one.kind} | {one.title} "
            f"| {', '.join(f'`{name}`' for name in one.parameters)} | {one.note.strip()} |"
            for one in groups
        ),
        "",
    ]


def parameters() -> str:
    """Write every number of the registers, grouped by the mechanism that reads it first."""
    register = load_register()
    text = [
        "# Parameters",
        "",
        f"Made by `make docs` from the registers in `sencosim/evidence/`: {len(register)} numbers. "
        "`sencosim explain NAME` says more about one, with its limits, its distribution and what each view takes.",
        "",
        "| Grade | Meaning |",
        "|---|---|",
        *(f"| {grade} | {meaning} |" for grade, meaning in QUALITY.items()),
        "",
        "| Kind | Meaning |",
        "|---|---|",
        *(f"| {kind} | {meaning} |" for kind, meaning in KIND.items()),
        "",
    ]
    groups: dict[str, list[Parameter]] = {}
    for name in register.names():
        found = register.get(name)
        groups.setdefault(found.used_by[0], []).append(found)
    for group in sorted(groups, key=in_reading_order):
        text += [
            f"## {group}",
            "",
            "| Name | Value | Unit | Grade | Kind | What it is | Source |",
            "|---|---|---|---|---|---|---|",
        ]
        text += [row(found) for found in groups[group]]
        text += [""]
    text += correlations()
    return "\n".join(text)


def in_reading_order(group: str) -> tuple[int, int, str]:
    """Sort mechanisms by number, everything else after them."""
    number = group.removeprefix("M")
    return (0, int(number), group) if number.isdigit() else (1, 0, group)


def row(found: Parameter) -> str:
    """Write one parameter as a row of the table."""
    values = ", ".join(f"{number:g}" for number in found.numbers)
    source = "" if found.source is None else found.source.title
    cells = (f"`{found.name}`", values, found.unit, found.quality, found.kind, found.title, source)
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def performance() -> str:
    """Write what was measured of speed and memory: the page only, measuring is `make benchmark`."""
    from benchmarks.page import page  # noqa: PLC0415 (found by the line on top)
    from benchmarks.results import Results  # noqa: PLC0415

    return page(Results())


def unit_costs() -> str:
    """Write unit costs by view, prices by payer, guards, and what became of each row of the evidence."""
    return "\n".join(
        [
            "# Unit costs",
            "",
            "Made by `make docs` from the registers, the tariffs and the evidence table. Nothing is discounted.",
            "",
            *unit_costs_by_view(),
            *prices_by_payer(),
            *guards(),
            *evidence_rows(),
        ]
    )


def table(headings: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    """Write a table, with an empty line after it."""
    lines = [headings, ("---",) * len(headings), *rows]
    return [f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |" for cells in lines] + [""]


def unit_costs_by_view() -> list[str]:
    """Each register entry behind a price, and what each view takes."""
    register = load_register()
    points = {view: load_view(view).values(register) for view in VIEWS}
    rows = []
    for name in (*PRICE_PARAMETERS, *HEADLINES):
        found = register[name]
        ends = "" if found.interval is None else f"{found.interval[0]:,g} to {found.interval[1]:,g}"
        taken = [amount(name, points[view][name], view) for view in VIEWS]
        grade = f"{found.quality}, {found.kind}"
        rows.append((f"`{name}`", found.title, found.unit, found.price_year or "", *taken, ends, grade))
    words = (
        "In the prices of their own year. The views share their audited prices; they part where a price rests on a "
        "causal claim or on a convention, and headlines stand in a memorandum of the campaign view only. Reasons: "
        "[decision 0010](decisions/0010-views-and-priors.md) and "
        "[decision 0055](decisions/0055-a-pound-of-provision-has-a-worth.md)."
    )
    headings = (
        "Unit cost",
        "What it is",
        "Unit",
        "Price year",
        *(v.capitalize() for v in VIEWS),
        "Low to high",
        "Grade",
    )
    return ["## Unit costs by view", "", words, "", *table(headings, rows)]


def amount(name: str, value: object, view: str) -> str:
    """Write the value of a view, or how the view reads a headline."""
    setting = load_view(view).settings.get(name)
    if setting is not None and setting.use == "unused":
        return USE_IN_WORDS["unused"]
    memo = " (memorandum)" if setting is not None and setting.use == "memorandum" else ""
    return f"{value:,.10g}{memo}"


def prices_by_payer() -> list[str]:
    """What one unit of each quantity costs each payer, in the price base, by view."""
    books = {view: PriceBook.for_view(view) for view in VIEWS}
    central = books["central"]
    rows = []
    for place, charge in enumerate(central.charges):
        prices = [f"{books[view].charges[place].price_gbp:,.2f}" for view in VIEWS]
        elsewhere = {RESOURCES: "resources used", TAXES: "taxes and contributions"}
        other = PAYER[charge.counterpart].title if charge.counterpart in PAYER else elsewhere[charge.counterpart]
        counts_in = "social and budget" if charge.in_budget else "social only"
        rows.append(
            (
                CATEGORY_TITLES[charge.category],
                f"`{charge.quantity}`",
                charge.item.replace("_", " "),
                f"{PAYER[charge.payer].title} to {other}",
                *prices,
                "budget only" if charge.nature == "transfer" else counts_in,
                f"{charge.cashable_share:.0%}",
                f"{charge.labour_share:.0%}",
                "" if charge.nature == "transfer" else charge.standing.replace("_", " "),
            )
        )
    words = (
        f"Prices of {central.price_base}, GBP for one unit of the quantity, where schools fund the levers. Below zero: "
        "spared, received, or of worth. A transfer stands on two rows that cancel. The part of a price that is pay "
        "follows real pay growth."
    )
    headings = (
        "Line",
        "Quantity",
        "Item",
        "From and to",
        *(view.capitalize() for view in VIEWS),
        "Counts in",
        "Cashable",
        "Of it pay",
        "Stands on",
    )
    standings = [(name.replace("_", " "), meaning) for name, meaning in STANDINGS.items()]
    return [
        "## Prices by payer",
        "",
        words,
        "",
        *table(("Stands on", "Meaning"), standings),
        *table(headings, rows),
    ]


def guards() -> list[str]:
    """Write the sets of quantities of which only one may carry prices."""
    rows = [
        (what, " or ".join(", ".join(f"`{name}`" for name in sorted(group)) for group in groups))
        for what, groups in ONE_MEASURE.items()
    ]
    words = (
        "The same money can be measured in several ways. A price book that prices two of them is refused, and so is "
        "one with two prices for the rest of a life: a saving is booked once per pupil and life course. Each trap of "
        "the appraisal rules has its test in `tests/costing/test_traps.py`."
    )
    return ["## Guards against double counting", "", words, "", *table(("What", "Only one of"), rows)]


def evidence_rows() -> list[str]:
    """Write every row of the cost evidence with its role."""
    roles = [(role, meaning) for role, meaning in ROLES.items()]
    rows = [evidence_row(found) for found in load_cost_rows()]
    told = {name for found in load_cost_rows() for name in found.unit_costs}
    alone = ", ".join(f"`{name}`" for name in (*PRICE_PARAMETERS, *HEADLINES) if name not in told)
    headings = ("Row", "Value", "Low", "High", "Unit", "Prices of", "Status", "Role", "Unit costs", "Why")
    return [
        "## Every row of the cost evidence",
        "",
        f"{len(rows)} rows, none left out. Sources are in `sencosim/evidence/cost_rows.csv`.",
        "",
        *table(("Role", "Meaning"), roles),
        *table(headings, rows),
        f"No row bears on {alone}: these are assumptions or have their source in the register.",
        "",
    ]


def evidence_row(found: CostRow) -> tuple[str, ...]:
    """Write one row of the cost evidence."""
    numbers = ("" if number is None else f"{number:,.10g}" for number in (found.value, found.low, found.high))
    return (
        f"{found.parameter.replace('_', ' ')}: {found.breakdown}",
        *numbers,
        found.unit,
        found.price_year,
        f"{found.status}, {found.quality}",
        found.role,
        ", ".join(f"`{name}`" for name in found.unit_costs),
        found.why,
    )


def coverage() -> str:
    """Write the page of what the sources ask for and what carries it."""
    items = load_coverage()
    left_out = sum((CONTEXT, "") in item.carried_by for item in items)
    text = [
        "# What the sources ask for",
        "",
        "Generated from `sencosim/evidence/coverage.csv` by `make docs`; do not edit.",
        "",
        f"The {len(items)} things that the five source documents contain, and what of the simulator carries each:",
        "a mechanism (see [model.md](model.md)), a lever or a setting of a scenario, a parameter, a quantity of",
        f"the ledger, a scenario or an output. {left_out} are context: said here with the reason, and not modelled.",
        "A test holds that no item is missing and that whatever is named exists. *Known, not used* marks a fact that",
        "is in the evidence and moves nothing.",
        "",
        "| Id | Kind | Item | Figure | Carried by | What is left out, or why |",
        "|---|---|---|---|---|---|",
    ]
    for item in items:
        carriers = ", ".join(f"{kind} `{name}`" if name else kind for kind, name in item.carried_by)
        text.append("| " + " | ".join((item.id, item.kind, item.item, item.number, carriers, item.reason)) + " |")
    return "\n".join(text) + "\n"


def data_dictionary() -> str:
    """Write what every file of a result is, column by column, and the names that columns are made of."""
    register, titles, units = load_register(), outcome_titles(), outcome_units()
    text = [
        "# Data dictionary",
        "",
        "Made by `make docs` from `sencosim/report/dictionary.yaml`, which travels with the package: "
        "`sencosim explain summary.parquet` prints one file, `sencosim.dictionary()` gives all columns as a table in "
        "Python. A test compares it with the files that a run and a pack write.",
        "",
        "An academic year is written 2027/28, a financial year 2027-28; in tables of counts `year` is the first "
        "calendar year of the academic year, as a number to calculate with. Payers have the names of "
        "[unit_costs.md](unit_costs.md) in every file. A cost is positive, a saving negative.",
        "",
    ]
    for name in dict.fromkeys(one.folder for one in dictionary.entries()):
        of_folder = [one for one in dictionary.entries() if one.folder == name]
        what, _, where = of_folder[0].where.partition(": ")
        text += [f"## {what}", "", f"`{where}`", ""]
        text += table(("File", "What it is"), [(f"`{one.name}`", one.words) for one in of_folder if not one.columns])
        for one in of_folder:
            if one.columns:
                also = f" (also `{one.also}`)" if one.also else ""
                text += [f"### `{one.name}`{also}", "", f"{one.words} {one.others}".rstrip(), ""]
                text += table(("Column", "Meaning"), [(f"`{column}`", words) for column, words in one.columns.items()])
    fitted = load_posterior().names
    drawn = [name for name in register.names() if register[name].uncertainty is not None or name in fitted]
    inputs = [(f"`{name}`", register[name].title, register[name].unit, group_of(name)) for name in drawn]
    outcomes = [(f"`{name}`", title, units[name]) for name, title in titles.items()]
    return "\n".join(
        [
            *text,
            "## Outcomes of an ensemble",
            "",
            *table(("Column", "Meaning", "Unit"), outcomes),
            "## Inputs of an ensemble",
            "",
            "A view fixes some of them. Settings of a policy that are swept are inputs with their dotted name.",
            "",
            *table(("Column", "Meaning", "Unit", "Group"), inputs),
        ]
    )


def order() -> str:
    """List the steps of a term and the events of a minute, as the schedulers run them."""
    steps = [(str(int(step) + 1), step.words, step.over.words, step.when.words) for step in Step]
    events = [(str(int(event)), event.words) for event in Event]
    return "\n".join(
        [
            "# The order of things",
            "",
            "Made by `make docs` from lists that both schedulers run (`engine/mechanisms/order.py`, `vocabulary.py`).",
            "",
            "## The start of a term",
            "",
            "Each step is taken by all schools or councils before the next begins.",
            "",
            *table(("Step", "What is done", "By", "When"), steps),
            "",
            "## Within a minute",
            "",
            "Events of one minute happen by code, then by the number of whom they are about. Codes from 80 are only",
            "recorded: another event causes them at the same instant.",
            "",
            *table(("Code", "Event"), events),
            "",
        ]
    )


PAGES: dict[str, Callable[[], str]] = {
    "commands.md": commands,
    "order.md": order,
    "coverage.md": coverage,
    "data_dictionary.md": data_dictionary,
    "dependencies.md": dependencies.page,
    "factorial.md": study_pages.factorial,
    "frontier.md": study_pages.frontier,
    "scenarios.md": study_pages.scenarios,
    "parameters.md": parameters,
    "performance.md": performance,
    "unit_costs.md": unit_costs,
    "scenario.schema.json": json_schema,
    "validation.md": validation.page,
    **{f"charts/{name}": partial(validation.chart, name) for name in validation.CHART_NAMES},
    **{f"charts/{name}.svg": partial(study_pages.frontier_chart, name) for name in study_pages.FRONTIER_CHARTS},
}
"""Each generated file, and what writes it."""

if __name__ == "__main__":
    for name, page in PAGES.items():
        (FOLDER / name).write_text(page(), encoding="utf-8")
        print(f"docs/{name}")  # noqa: T201
