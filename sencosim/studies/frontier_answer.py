"""What ``sencosim frontier`` tells and writes: a frontier in words, a point as a scenario, a run alongside it."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sencosim.errors import InputError
from sencosim.evidence.register import all_cautions
from sencosim.experiment.finished import find_run, manifest_of
from sencosim.names import did_you_mean
from sencosim.outcomes.frontier import SHIPPED, Frontier, shipped_frontier
from sencosim.outcomes.on_frontier import THIS, Own, answers, own_figures, standings, why_not_beside
from sencosim.report.charts.frontier import frontier_chart
from sencosim.report.findings import Findings
from sencosim.report.frontier import (
    Told,
    examples_table,
    policies_table,
)
from sencosim.report.frontier_page import Whole, beside_table, frontier_html, frontier_workbook
from sencosim.report.frontier_section import (
    best_sentences,
    beyond_sentence,
    rule_stands,
    why_not_words,
)
from sencosim.report.manifest import check_unchanged
from sencosim.report.outputs import write_new, write_text
from sencosim.report.pack.xlsx import write_xlsx
from sencosim.report.showing import CAUTIONS, gate
from sencosim.report.stored import read_run
from sencosim.report.terminal import WIDTH, table_text
from sencosim.scenario.files import stand_in
from sencosim.scenario.load import shipped_scenario
from sencosim.scenario.reading import yaml_lines
from sencosim.studies.from_run import unchanged_run
from sencosim.studies.policy_space import DIALS, levers_of

FULL_TIME = "full_time"
"""Shipped policy that is described in sentences if no run is compared with the frontier."""


KINDS_OF_RULE = {
    False: "The rule at the knee of the frontier, beyond which each pound buys less:",
    True: "The rule that moves the aim furthest within the limits:",
}


def read_frontier(folder: Path | None) -> Whole:
    """A frontier with its search, by its folder; the one that ships if none is given.

    Raises
    ------
    InputError
        If there is none.
    OutputError
        If a file of it was changed.
    """
    if folder is None and shipped_frontier() is None:
        raise InputError(
            "This version ships without a frontier of England. To find one:  sencosim optimise . To read one that was "
            "found, give its folder:  sencosim frontier FOLDER"
        )
    if folder is None:
        return whole_of(_cautioned(Frontier.read(SHIPPED)))
    found = Frontier.read(folder)
    check_unchanged(folder)
    return whole_of(_cautioned(found))


def _cautioned(frontier: Frontier) -> Frontier:
    """The same with the caution of the evidence that is read now."""
    return replace(frontier, facts={**frontier.facts, CAUTIONS: all_cautions(frontier.facts.get(CAUTIONS) or ())})


def whole_of(frontier: Frontier) -> Whole:
    """A frontier with the titles of its dials."""
    return Whole(frontier, {name: dial.title for name, dial in DIALS.items()})


def with_run(whole: Whole, out: Path, wanted: str) -> Whole:
    """A frontier with what a finished run changes alongside it, and what must be said of that run.

    Raises
    ------
    InputError
        If there is no such run, or it is of another area, horizon, view or world, or of other schools.
    OutputError
        If it is not as it was written.
    """
    folder = find_run(out, wanted)
    result = unchanged_run(folder)
    area = Findings(read_run(folder).inputs).area_name  # a run that was read back does not hold its schools
    facts = manifest_of(folder)
    if why := why_not_words(why_not_beside(whole.frontier.facts, result, area, facts)):
        raise InputError(why)
    return replace(whole, own=own_figures(result), reasons=gate(facts))


# -- a point as a scenario ---------------------------------------------------------------------------------------------


def dials_of(frontier: Frontier, point: str) -> dict[str, float]:
    """Dials of a point of a frontier.

    Raises
    ------
    InputError
        If it has no such point.
    """
    known = [str(name) for name in frontier.points.index]
    if point not in known:
        raise InputError(unknown("point", point, known))
    row = frontier.points.loc[[point], list(DIALS)].to_dict("records")[0]
    return {str(name): float(value) for name, value in row.items()}


def unknown(what: str, name: str, known: Sequence[str]) -> str:
    """That there is no such point or aim, with the nearest name and all there are."""
    hint = did_you_mean(name, known)
    said = (f"There is no {what} named {name}.", hint, f"There are: {', '.join(known)}.")
    return " ".join(part for part in said if part)


def scenario_of(frontier: Frontier, point: str, name: str) -> str:
    """A point of a frontier as a scenario file.

    Parameters
    ----------
    frontier
        The frontier.
    point
        Name of the point, or ``rule``.
    name
        Name of the scenario: small letters, digits and ``_``.
    """
    dials, facts = dials_of(frontier, point), frontier.facts
    levers = levers_of(dials).model_dump(mode="json", by_alias=True, exclude_unset=True)
    settings: dict[str, Any] = {"schema": 1, "name": name, "extends": "baseline"}
    settings |= {"title": f"Policy “{point}” of the frontier of {facts['area']}"}
    settings |= {"description": str(frontier.points.loc[point, "title"])}
    settings |= _unlike_baseline(facts) | facts["settings"] | {"levers": levers}
    command = f"sencosim frontier --write {name}.yaml --point {point}"
    head = [
        f"# {point} of the frontier of {facts['area']}, found by sencosim optimise with seed {facts['seed']}.",
        f"# Made by:  {command}      Check it:  sencosim validate {name}.yaml",
    ]
    return "\n".join([*head, "", *yaml_lines(settings)]) + "\n"


def _unlike_baseline(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Years and view of a frontier, where today's rules have others."""
    today = shipped_scenario("baseline")
    horizon = {"first_year": str(facts["first_year"]), "years": int(facts["years"])}
    plain = {"first_year": today.horizon.first_year, "years": today.horizon.years}
    found: dict[str, Any] = {} if horizon == plain else {"horizon": horizon}
    return found | ({} if facts["view"] == today.view else {"view": facts["view"]})


# -- in words ----------------------------------------------------------------------------------------------------------


def frontier_text(whole: Whole) -> str:
    """The frontier for a terminal."""
    told = whole.told
    blocks = [
        _wrapped(f"! {one}" for one in whole.stamps),
        table_text(policies_table(told), WIDTH),
        _wrapped([KINDS_OF_RULE[bool(whole.frontier.facts.get("is_bounded"))], *_bullets(told.facts["rule"])]),
        table_text(examples_table(told), WIDTH) if told.facts["examples"] else "",
        _wrapped(rule_stands(told)),
        table_text(beside_table(told), WIDTH),
        _wrapped(one for one in (beyond_sentence(told),) if one),
        _in_sentences(whole, told),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _bullets(lines: Iterable[str]) -> list[str]:
    return [f"- {line}" for line in lines]


def _wrapped(lines: Iterable[str]) -> str:
    return "\n".join(textwrap.fill(line, WIDTH, subsequent_indent="  ") for line in lines)


def _in_sentences(whole: Whole, told: Told) -> str:
    """The policy that stands alongside the frontier in sentences; full time if there is none."""
    shown, title = told, "" if whole.own is None else whole.own.title
    if whole.own is None:
        if FULL_TIME not in whole.frontier.figures.index:
            return ""
        own = _shipped_as_own(whole.frontier, FULL_TIME)
        shown, title = replace(told, table=standings(whole.frontier, own)), own.title
    return _wrapped([f"“{title}” alongside the frontier:", *_bullets(best_sentences(shown))])


def _shipped_as_own(frontier: Frontier, name: str) -> Own:
    row = frontier.figures.loc[[name]].to_dict("records")[0]
    figures = {str(key): float(value) for key, value in row.items()}
    errors = dict.fromkeys(figures, float("nan"))
    return Own(shipped_scenario(name).title, figures, errors)


def as_json(whole: Whole) -> dict[str, Any]:
    """The frontier for a program: facts, policies of one aim, and what stands alongside it."""
    told = whole.told
    rows = told.of(told.main).drop(columns="aim")
    found = [one for one in answers(told.table, THIS) if one.aim == told.main]
    plain_rows = rows.astype(object).where(rows.notna(), None).to_dict("records")
    return {
        "facts": dict(whole.frontier.facts),
        "is_current": told.facts["is_current"],
        "stamps": whole.stamps,
        "aim": told.main,
        "policies": plain_rows,
        "this": None if not found else found[0]._asdict(),
    }


# -- files ------------------------------------------------------------------------------------------------------------


def write_files(whole: Whole, how: Mapping[str, Any]) -> list[Path]:
    """Write every file that was asked for; where they are.

    Raises
    ------
    InputError
        If a file would build on a baseline of one's own: the policy was found on the one that ships.
    """
    told, path = whole.told, how["write"]
    if path is not None:
        if other := stand_in("baseline", path.parent):
            raise InputError(
                f"The policy builds on the baseline that ships, and in {path.as_posix()} it would build on "
                f"{other.as_posix()}. Give that file another name, or write the policy to a folder without one."
            )
        name = re.sub(r"[^a-z0-9]+", "_", path.stem.lower()).strip("_") or how["point"]
        text = scenario_of(whole.frontier, how["point"], name)
        write_new(path, lambda place: write_text(place, text))
    if how["html"] is not None:
        page = frontier_html(whole)
        write_new(how["html"], lambda place: write_text(place, page))
    if how["svg"] is not None:
        picture = frontier_chart(told, whole.source).svg
        write_new(how["svg"], lambda place: write_text(place, picture))
    if how["xlsx"] is not None:
        write_new(how["xlsx"], lambda place: write_xlsx(frontier_workbook(whole), place))
    return [how[name] for name in ("write", "html", "svg", "xlsx") if how[name] is not None]
