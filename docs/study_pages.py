"""Write ``factorial.md``, ``scenarios.md`` and ``frontier.md`` from numbers that were found and kept before."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from sencosim.decisions.factorial import effects_table
from sencosim.outcomes.columns import outcome_titles, outcome_units
from sencosim.outcomes.frontier import Frontier, rerun_gaps, shipped_frontier
from sencosim.report.frontier import (
    examples_table,
    policies_table,
    words_table,
)
from sencosim.report.frontier_page import (
    beside_table,
    cases_grid,
    cases_table,
    charts_of_frontier,
    gains_table,
    how_found,
    limits,
    regret_table,
)
from sencosim.report.frontier_section import (
    beyond_sentence,
    rule_stands,
    stale_sentence,
)
from sencosim.report.table import Table
from sencosim.report.words import plain, rounding_step
from sencosim.studies.factorial import favourable
from sencosim.studies.frontier_answer import read_frontier

RESULTS = Path(__file__).resolve().parent / "results"
MILLION = 1e6
NO_FRONTIER = (
    "This version ships without a frontier of England: none has been found with this model and evidence yet. "
    "`sencosim optimise` finds one, and `sencosim frontier FOLDER` reads it."
)
MARKS = {
    "complement": "complement",
    "substitute": "substitute",
    "more than the sum": "more",
    "less than the sum": "less",
    "no interaction": "none",
    "not distinguished": "",
}
COLUMNS: Mapping[str, str] = {
    "net_public_cost": "Net cost to the public purse, £ million, present value",
    "npsv": "Net present social value, £ million",
    "added_senco_hours": "SENCO hours added a year",
    "requests": "Requests a year",
    "new_plans": "New plans a year",
    "permanent_exclusions": "Permanent exclusions a year",
    "suspensions": "Suspensions a year",
    "appeals": "Appeals a year",
    "support_reviews_done": "Support reviews done, percentage points",
    "senco_leavers": "SENCOs who leave a year",
}


def _read(name: str) -> tuple[pd.DataFrame, dict[str, Any]]:
    facts = json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))
    return pd.read_csv(RESULTS / f"{name}.csv", keep_default_na=False, na_values=["", "nan"]), facts


def _made_by(facts: Mapping[str, Any], command: str) -> str:
    share = (
        "all schools" if facts["sample_share"] == 1.0 else f"{facts['sample_share']:.0%} of England in whole councils"
    )
    times = "one replication" if facts["replications"] == 1 else f"{facts['replications']} replications"
    prints = "; ".join(
        f"{what} `{facts[f'{name}_fingerprint'][:12]}`"
        for what, name in (("code", "code"), ("evidence", "evidence"), ("schools", "population"))
    )
    minutes = f"{facts['seconds'] / 60:.0f} minutes of work on {facts['workers']} processes"
    return (
        f"Made by `{command}` on {facts['date']}: {share}, {times}, seed {facts['seed']}, point values of the "
        f"{facts['view']} view; {minutes}. Fingerprints: "
        f"{prints}. The numbers are in `docs/results/`; `make docs` writes this page from them."
    )


def factorial() -> str:
    """Which levers complement and which substitute each other."""
    arms, facts = _read("factorial")
    arms["arm"] = arms["arm"].fillna("")
    names = list(facts["policies"])
    table = effects_table(arms, names, favourable())
    text = [
        "# Which levers need each other, and which replace each other",
        "",
        _made_by(facts, "python docs/studies.py factorial"),
        "",
        (RESULTS / "factorial_text.md").read_text(encoding="utf-8").strip(),
        "",
        *(f"- `{name}`: {title}" for name, title in facts["policies"].items()),
        "",
        "## What was found",
        "",
        *_found(table),
        "",
        "## Each lever alone",
        "",
        *_effects(table, list(names), "alone"),
        "",
        "## Two levers together: the effect of both less the sum of each, nothing else switched on",
        "",
        *_effects(table, _pairs(table), "alone"),
        "",
        "## The same, averaged over all combinations of the other levers",
        "",
        *_effects(table, _pairs(table), "in company"),
        "",
        "## All together",
        "",
        *_effects(table, ["+".join(names)], "together", "All, against today's policy"),
        "",
        *_effects(table, ["+".join(names)], "beyond the sum", "All, beyond the sum of each alone"),
    ]
    return "\n".join(text) + "\n"


def _pairs(table: pd.DataFrame) -> list[str]:
    alone = table[(table["company"] == "alone") & (table["policies"].str.count(r"\+") == 1)]
    return list(dict.fromkeys(alone["policies"]))


def _found(table: pd.DataFrame) -> Iterator[str]:
    """Sentences on pairs whose interaction is distinguished from chance, most outcomes first."""
    pairs = table[table["policies"].isin(_pairs(table)) & (table["company"] == "alone")]
    titles = outcome_titles()
    for word, opening in (("complement", "Complement each other"), ("substitute", "Substitute each other")):
        told = pairs[pairs["verdict"] == word]
        yield (
            f"*{opening}*: "
            + (
                "; ".join(
                    f"{name.replace('+', ' and ')} ({', '.join(_inside(titles[o]) for o in part['outcome'])})"
                    for name, part in told.groupby("policies", sort=False)
                )
                or "no pair, in no outcome"
            )
            + "."
        )
        yield ""
    n_told, n_all = int(pairs["verdict"].isin(["complement", "substitute"]).sum()), len(pairs)
    by_luck = 0.01 * n_all
    yield f"Of {n_all} interactions {n_told} are distinguished; about {by_luck:.0f} would be by luck alone."


def _inside(title: str) -> str:
    """A title inside a sentence: abbreviations keep their capitals."""
    return title if title[1].isupper() else title[0].lower() + title[1:]


def _effects(table: pd.DataFrame, rows: Sequence[str], company: str, heading: str = "") -> Iterator[str]:
    outcomes = list(dict.fromkeys(table["outcome"]))
    titles, units = outcome_titles(), outcome_units()
    heads = [f"{titles[o]}, {'£ million' if units[o].startswith('GBP') else units[o]}" for o in outcomes]
    yield f"| {heading or 'Lever'} | " + " | ".join(heads) + " |"
    yield "|---|" + "---:|" * len(outcomes)
    chosen = table[table["company"] == company].set_index(["policies", "outcome"])
    for policies in rows:
        cells = [_cell(chosen.loc[(policies, outcome)], units[outcome]) for outcome in outcomes]
        label = heading or " and ".join(f"`{name}`" for name in policies.split("+"))
        yield f"| {label} | " + " | ".join(cells) + " |"


def _cell(row: Any, unit: str) -> str:
    scale = MILLION if unit.startswith("GBP") else 1.0
    mean, error = float(row["mean"]) / scale, float(row["error"]) / scale
    step = rounding_step(error) if math.isfinite(error) and error > 0.0 else rounding_step(mean)
    told = plain(mean, step, signed=True)
    if math.isfinite(error):
        told += f" ± {plain(error, step)}"
    mark = MARKS.get(str(row["verdict"]), "")
    return f"**{told} {mark}**" if mark and mark != "none" else told


def scenarios() -> str:
    """Every shipped scenario on all schools."""
    table, facts = _read("scenarios")
    outcomes = [name for name in COLUMNS if name in set(table["outcome"])]
    text = [
        "# Every shipped scenario",
        "",
        _made_by(facts, "python docs/studies.py scenarios"),
        "",
        (RESULTS / "scenarios_text.md").read_text(encoding="utf-8").strip(),
        "",
        "| Scenario | " + " | ".join(COLUMNS[name] for name in outcomes) + " |",
        "|---|" + "---:|" * len(outcomes),
    ]
    headline = table[(table["law"] == "current_law") & (table["view"] == "central")]
    for scenario, part in headline.groupby("scenario", sort=False):
        rows = part.set_index("outcome")
        cells = [_change(rows.loc[name], name) for name in outcomes]
        text.append(f"| `{scenario}`: {part['title'].iloc[0]} | " + " | ".join(cells) + " |")
    return "\n".join([*text, *_by_law_and_view(table, facts)]) + "\n"


def _by_law_and_view(table: pd.DataFrame, facts: Mapping[str, Any]) -> Iterator[str]:
    """Net cost of each scenario in each view on each law."""
    cost = table[table["outcome"] == "net_public_cost"].set_index(["scenario", "law", "view"])["difference"] / MILLION
    columns = [(law, view) for law in ("current_law", "announced") for view in ("campaign", "central", "sceptic")]
    yield from ("", "## In every view, on both laws", "")
    yield (
        "Net cost to the public purse, £ million, present value. The central view under current law is of all schools, "
        f"the others of {facts['beside_share']:.0%} of England in whole councils: compare them by their order "
        "and rough size. A dash: the scenario names a law itself."
    )
    yield ""
    yield "| Scenario | " + " | ".join(f"{law.replace('_', ' ')}, {view}" for law, view in columns) + " |"
    yield "|---|" + "---:|" * len(columns)
    for scenario in sorted(table["scenario"].unique()):
        found = [cost.get((scenario, *column), math.nan) for column in columns]
        cells = ["—" if math.isnan(x) else plain(x, rounding_step(x), signed=True) for x in found]
        yield f"| `{scenario}` | " + " | ".join(cells) + " |"


def frontier() -> str:
    """The best policy for the money in England, from the frontier that ships."""
    head = ["# The best policy for the money", ""]
    if shipped_frontier() is None:
        return "\n".join([*head, NO_FRONTIER]) + "\n"
    whole = read_frontier(None)
    told = whole.told
    facts, grid, charts = whole.frontier.facts, cases_grid(whole.frontier), charts_of_frontier(whole)
    text = [
        *head,
        "Made by `make docs` from the frontier in `sencosim/outcomes/frontier_of_england/`, which "
        "`python docs/studies.py frontier` found as `sencosim optimise` does. "
        "`sencosim frontier` prints it, compares a finished run, and writes any of its policies as a scenario.",
        "",
        *([f"**{stale}**", ""] if (stale := stale_sentence(told.facts)) else []),
        "## The rule",
        "",
        *_listed(facts["rule"]),
        *_markdown(examples_table(told)),
        *_paragraphs(*rule_stands(told)),
        "## The frontier of England",
        "",
        f"![{charts[0].title}](charts/{charts[0].name}.svg)",
        "",
        *_markdown(policies_table(told)),
        *_markdown(words_table(told)),
        "## Shipped policies alongside it",
        "",
        *_paragraphs(beyond_sentence(told)),
        *_markdown(beside_table(told)),
        "## Every aim",
        "",
        f"![{charts[1].title}](charts/{charts[1].name}.svg)",
        "",
        "## Where the rule holds, and what picks another option",
        "",
        *(f"![{one.title}](charts/{one.name}.svg)\n" for one in charts[2:]),
        *_markdown(cases_table(told, grid)),
        *_markdown(regret_table(told, whole.frontier.regret)),
        *_paragraphs(str(facts.get("choice_in_words", ""))),
        "## Who gains and who pays",
        "",
        "Who pays stands alongside each policy above. Who gains from the rule:",
        "",
        *_markdown(gains_table(told, whole.frontier.groups)),
        "## How it was found",
        "",
        *_listed(how_found(whole.frontier)),
        *_rerun(whole.frontier),
        "## Limits",
        "",
        *_listed(limits()),
    ]
    return "\n".join(text).rstrip() + "\n"


def _rerun(frontier: Frontier) -> Iterator[str]:
    """Each point as stated and run again with other chance."""
    again = pd.read_csv(RESULTS / "frontier_rerun.csv").set_index("name")
    gaps = rerun_gaps(frontier, again)
    aim = frontier.facts["aims"][frontier.facts["aim"]]
    within = int(gaps["within"].sum())
    yield (
        f"Run again on all schools with other chance (`docs/results/frontier_rerun.csv`), {within} of {len(gaps)} "
        "numbers lie within twice the error of the gap:"
    )
    yield ""
    yield f"| Policy | Net public cost, £ million | Again | {aim['title']}, {aim['unit']} | Again |"
    yield "|---|---:|---:|---:|---:|"
    for name, rows in gaps.groupby("name", sort=False):
        cost, gain = rows.to_dict("records")
        cells = [plain(cost[one] / MILLION, 1.0) for one in ("stated", "again")]
        cells += [plain(gain[one], 0.001, signed=True) for one in ("stated", "again")]
        yield f"| `{name}` | {' | '.join(cells)} |"
    yield ""


def frontier_chart(name: str) -> str:
    """A chart of that page."""
    (chart,) = (one for one in charts_of_frontier(read_frontier(None)) if one.name == name)
    return chart.svg


FRONTIER_CHARTS = ("best_for_the_money", "frontier_of_every_aim", "where_the_rule_holds") if shipped_frontier() else ()
"""Charts of the page of the frontier; none where none ships."""


def _listed(lines: Sequence[str]) -> Iterator[str]:
    yield from (f"- {line}" for line in lines)
    yield ""


def _paragraphs(*sentences: str) -> Iterator[str]:
    for sentence in sentences:
        yield from (sentence, "") if sentence else ()


def _markdown(table: Table) -> Iterator[str]:
    """A table with its caption above and its notes below."""
    if not table.rows:
        return
    yield from (f"*{table.caption}*", "", f"| {' | '.join(table.columns)} |")
    words = (0, *table.text_columns)
    yield "|" + "|".join("---" if place in words else "---:" for place in range(len(table.columns))) + "|"
    yield from (f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in table.shown)
    yield ""
    yield from _paragraphs(*table.notes)


def _change(row: Any, name: str) -> str:
    value = float(row["difference"]) / (MILLION if name in ("net_public_cost", "npsv") else 1.0)
    if abs(value) <= 1e-9 * abs(float(row["baseline"])):  # what is left of sums that cancel
        value = 0.0
    told = plain(value, rounding_step(value), signed=True)
    error = float(row["monte_carlo_error"])
    return told if not math.isfinite(error) else f"{told} ± {plain(error, rounding_step(error))}"
