"""What stands against quoting a stored run, beside changed files."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sencosim.errors import InputError
from sencosim.experiment.finished import MANIFEST
from sencosim.report.likelihood import draws_words
from sencosim.report.marks import mark_sentence

FEW_DRAWS = 100
"""Draws below which the ends of an 80 % range are rough: each end then lies among ten draws or fewer."""


CAUTIONS = "cautions"
"""Entry of a manifest: why the scenario of a run must not be quoted, in its own words."""


def not_to_be_quoted(facts: Mapping[str, Any], what: str = "It") -> str:
    """What every reader must see of a run whose scenario carries a caution; blank for any other.

    Parameters
    ----------
    facts
        Of a manifest.
    what
        How the sentence names the run.

    Examples
    --------
    >>> not_to_be_quoted({CAUTIONS: ["No study has seen so much time."]}, "“Teams”")
    '“Teams” is not to be quoted. No study has seen so much time.'
    """
    told = " ".join(facts.get(CAUTIONS) or ())
    return f"{what} is not to be quoted. {told}" if told else ""


def refuse_quoting(facts: Mapping[str, Any], title: str) -> None:
    """The gate before anything that is made to be quoted: a brief, its picture, its sentences.

    Parameters
    ----------
    facts
        Of the manifest of the run.
    title
        Of its scenario.

    Raises
    ------
    InputError
        If the scenario carries a caution, or a check of the run on itself failed.
    """
    failed = [str(check["check"]) for check in facts.get("checks", ()) if not check["passed"]]
    if failed:
        raise InputError(
            f"The run of “{title}” failed a check of itself: {', '.join(failed)}. So no brief, no picture and no "
            "sentence for quoting is made of it. If the scenario is in order, please report the fault."
        )
    caution = not_to_be_quoted(facts, f"“{title}”")
    if caution:
        raise InputError(
            f"{caution} So no brief, no picture and no sentence for quoting is made of it. Its report and its results "
            "pack can be read and passed on: they carry this caution. For a brief, run a scenario without a caution, "
            "such as  sencosim run full_time"
        )


def cautions_by_title(options: Iterable[tuple[str, Sequence[str]]]) -> list[str]:
    """Cautions of several options, each with the title of its option."""
    return [f"“{title}”: {caution}" for title, cautions in options for caution in cautions]


def obstacles(folder: Path) -> list[str]:
    """Facts of a manifest that forbid quoting: a caution, a quick run, changed code, failed checks, unlike options.

    Parameters
    ----------
    folder
        Anything with a manifest.
    """
    return list(_obstacles(_facts(folder)))


def cautions(folder: Path) -> list[str]:
    """Facts of a manifest that belong beside anything quoted: a sample, few draws, an unknown simulation error.

    Parameters
    ----------
    folder
        Anything with a manifest.
    """
    return list(_cautions(_facts(folder)))


def _facts(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def _cautions(facts: dict[str, Any]) -> Iterator[str]:
    share, schools = facts.get("sample_share", 1.0), facts.get("schools_per_run", 0)
    if share < 1.0:
        yield f"It rests on {schools:,} schools, about {share:.1%} of those asked about, weighted up."
    draws = facts.get("draws", FEW_DRAWS)
    if draws < FEW_DRAWS:
        yield f"Its ranges rest on {draws_words(draws)} of the uncertain inputs in the main view: their ends are rough."
    precision = facts.get("precision") or {}
    if facts.get("replications") == 1:
        yield "It has one replication: how much of it is chance is not known."
    elif precision and not precision["reached"]:
        yield (
            f"The simulation error of the headline is £{precision['half_width_95_gbp'] / 1e6:,.0f} million (95 %), "
            "more than was asked for."
        )


def _obstacles(facts: dict[str, Any]) -> Iterator[str]:
    yield from (told for told in (not_to_be_quoted(facts), mark_sentence(facts)) if told)
    if facts.get("quick"):
        yield "It is a quick run: for trying out, not for quoting."
    if (facts.get("git") or {}).get("dirty"):
        yield "It was run with code that differs from the commit named in the manifest."
    for check in facts.get("checks", ()):
        if not check["passed"]:
            yield f"A check after the run failed: {check['check']}."
    for stamp in facts.get("stamps", ()):
        if stamp.startswith("Not like for like"):
            yield stamp
