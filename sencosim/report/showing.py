"""May this number, interval or word be shown, and what must stand alongside it? The one place that decides.

From the smallest to the largest: a word for a chance, a direction, a count of a place, a sentence about a run, a run.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from sencosim.decisions.acceptability import wilson
from sencosim.decisions.emulator import LEAST_R_SQUARED
from sencosim.errors import InputError
from sencosim.evidence.register import all_cautions
from sencosim.experiment.finished import MANIFEST, manifest_of
from sencosim.report.findings import Figure, Findings
from sencosim.report.inputs import ReportInputs
from sencosim.report.words import money, per_cent

if TYPE_CHECKING:
    from sencosim.scenario.schema import Scenario

Facts = Mapping[str, Any]
"""Of the manifest of a run or of an ensemble."""

# Words for a chance: from fixed bands, and never from too few draws.

FEWEST_DRAWS = 30
"""Draws from which words such as "likely" are used: with fewer, the 95 % interval of a share is wider than a third."""
FEW_DRAWS = 100
"""Draws below which the ends of an 80 % range are rough: each end then lies among ten draws or fewer."""
TOO_FEW = "too few to say how likely"
_BANDS = ((0.10, "very unlikely"), (0.33, "unlikely"), (0.66, "about as likely as not"))


def is_enough(n_draws: int) -> bool:
    """Whether so many draws carry a likelihood word."""
    return n_draws >= FEWEST_DRAWS


def draws_words(n_draws: int) -> str:
    """Number of draws in words.

    Examples
    --------
    >>> draws_words(1), draws_words(1200)
    ('one draw', '1,200 draws')
    """
    return "one draw" if n_draws == 1 else f"{n_draws:,} draws"


def chance_words(probability: float, n_draws: int) -> str:
    """Word for a share of draws, from fixed bands, so that wording cannot drift; no word from too few draws.

    Below 10 % very unlikely; below 33 % unlikely; below 66 % about as likely as not; up to 90 % likely; above that
    very likely.

    Examples
    --------
    >>> [chance_words(p, 40) for p in (0.02, 0.2, 0.5, 0.7, 0.95)]
    ['very unlikely', 'unlikely', 'about as likely as not', 'likely', 'very likely']
    >>> chance_words(0.95, 16)
    '16 draws are too few to say how likely'
    """
    if not is_enough(n_draws):
        return f"{draws_words(n_draws)} {'is' if n_draws == 1 else 'are'} {TOO_FEW}"
    if not math.isfinite(probability):
        return "of unknown chance"
    above = "likely" if probability <= 0.90 else "very likely"
    return next((word for top, word in _BANDS if probability < top), above)


def chance_in_100(probability: float, n_draws: int) -> str:
    """A chance as the interval that so many draws leave open (95 %, Wilson), in whole numbers of 100: never 0 or all.

    Examples
    --------
    >>> chance_in_100(0.0, 128), chance_in_100(0.5, 128), chance_in_100(1.0, 16)
    ('0 to 3 in 100', '41 to 59 in 100', '80 to 100 in 100')
    """
    if not math.isfinite(probability):
        return NOT_KNOWN
    low, high = wilson(probability, float(n_draws))
    return f"{math.floor(100.0 * low)} to {math.ceil(100.0 * high)} in 100"


def more_draws_sentence(n_draws: int, *, other_views: bool) -> str:
    """How to get likelihood words, where the view with the fewest draws has too few for them; else blank.

    Views alongside the main one get half as many draws.

    Examples
    --------
    >>> more_draws_sentence(16, other_views=False)
    'Words such as “likely” take 30 draws or more in a view; to get them, run again with --draws 30.'
    """
    if is_enough(n_draws):
        return ""
    asked = 2 * FEWEST_DRAWS if other_views else FEWEST_DRAWS
    return (
        f"Words such as “likely” take {FEWEST_DRAWS} draws or more in a view; to get them, run again with "
        f"--draws {asked}."
    )


# Words for a figure: none where the interval reaches both sides of zero, no interval where there is one draw.

NO_DIFFERENCE = "no difference"
NOT_KNOWN = "not known"
NOT_KNOWN_FROM_ONE = f"{NOT_KNOWN}: one draw only"
ERROR_NOT_KNOWN = "The simulation error is not known: there was one replication."


def has_chance(figure: Figure) -> bool:
    """Whether a chance may be shown at all, as a number or as a word."""
    return figure.has_range and figure.n_draws > 1


def why_no_direction(figure: Figure) -> str:
    """What is said in place of a direction, such as better or worse; blank if a direction may be said."""
    if figure.is_zero:
        return NO_DIFFERENCE
    if figure.is_clear:
        return ""
    return "unclear" if figure.has_range else NOT_KNOWN


def verdict(figure: Figure) -> str:
    """Put the chance of a saving in one line, as far as the draws carry it."""
    if figure.is_zero:
        return NO_DIFFERENCE
    words = chance_words(figure.chance_below_zero, figure.n_draws)
    if not has_chance(figure):
        return f"unclear: {words}"
    if not is_enough(figure.n_draws):
        chance = chance_in_100(figure.chance_below_zero, figure.n_draws)
        return f"saves money with a chance of {chance}: {draws_words(figure.n_draws)} are {TOO_FEW}"
    return f"{words} to save money"


# Counts of a place that are too small to be shown: a handful of pupils, which chance alone would move.

LOW = "[low]"
"""What stands in the place of the number."""
FEWEST = 5
"""Counts below this are not shown for a place. [pupils, requests]"""


def is_low(*counts: float) -> bool:
    """Whether a count is too small to be shown: the figure and both ends of its range, as far as they are known.

    Examples
    --------
    >>> is_low(-2.0, -4.9, 1.0), is_low(-2.0, -7.0, 1.0), is_low(float("nan"))
    (True, False, False)
    """
    known = [abs(count) for count in counts if math.isfinite(count)]
    return bool(known) and max(known) < FEWEST


# The mark of a run in which a researcher's own code stood in place of a mechanism: on every table and every page.

FACT = "replaced_mechanisms"
"""Entry of a manifest, and column of a marked table."""


def replaced_in_words(facts: Facts) -> str:
    """Which mechanisms were replaced and by what; empty if all are as they ship.

    Examples
    --------
    >>> replaced_in_words({FACT: {"refusal": {"function": "mine.never", "code_sha256": "ab12"}}})
    'refusal (mine.never)'
    """
    return ", ".join(f"{name} ({told['function']})" for name, told in (facts.get(FACT) or {}).items())


def mark_sentence(facts: Facts) -> str:
    """What every reader must see of a marked run; empty for any other."""
    found = replaced_in_words(facts)
    if not found:
        return ""
    return (
        f"Made with replaced mechanisms: {found}. The numbers are those of the code that replaced them, which is no "
        "part of sencosim and has not been tested with it: they cannot be certified."
    )


def marked(frame: pd.DataFrame, facts: Facts) -> pd.DataFrame:
    """The table with a column that says what was replaced; as it is if nothing was."""
    found = replaced_in_words(facts)
    return frame.assign(**{FACT: found}) if found else frame


# The gate: what may be quoted of a run. Every picture, sentence, comparison, brief and ``verify`` asks it.

CAUTIONS = "cautions"
"""Entry of a manifest: why the scenario of a run must not be quoted, in its own words."""
QUICK = "quick run: for trying out, not for quoting."
NOT_LIKE_FOR_LIKE = "Not like for like"
BEYOND = "Outside the range in the evidence"
"""How the warning of a scenario begins that replaces an assumption by a value beyond its evidence."""
LEAST_SAMPLE = 0.05
"""Share of schools below which a run of a sample may not be quoted. [share]"""
MOST_CHANCE = 0.5
"""Simulation error of the headline (95 %) from which it may not be quoted, unless it is small against the range that
the evidence leaves. [share of the headline]"""


ON_TOP = ("evidence", "code", "run", "checks", "comparison", "sample")
"""What a banner is about; draws, chance and emulator are said where their numbers are."""


class Reason(NamedTuple):
    """Why a run may not be quoted, or what must be said alongside a quotation."""

    about: str  # evidence, code, run, checks, comparison, draws, chance, sample or emulator
    words: str
    forbids: bool  # whether nothing of the run may be quoted; if not, it belongs alongside what is quoted
    remedy: str = ""  # what to do about it


def gate(facts: Facts, what: str = "It") -> tuple[Reason, ...]:
    """Every reason against quoting a run, and every caution that a quotation needs, worst first; empty if none.

    Parameters
    ----------
    facts
        Manifest of a run, a pack, a brief or a comparison. What it does not say is not judged.
    what
        Name of the run at the start of a sentence.

    Examples
    --------
    >>> [(one.about, one.forbids) for one in gate({"draws": 64, "replications": 1, "sample_share": 0.5})]
    [('chance', True), ('draws', False), ('sample', False)]
    """
    found = (*_of_code(facts), *_of_scenario(facts, what), *_of_numbers(facts))
    return tuple(sorted((one for one in found if one.words), key=lambda one: not one.forbids))


def _of_scenario(facts: Facts, what: str) -> Iterator[Reason]:
    """Evidence that the scenario goes beyond, and the kind of run."""
    another = (
        "Its report and its results pack can be read and passed on: they carry this caution. For a brief, run a "
        "scenario without a caution, such as  sencosim run full_time"
    )
    yield Reason("evidence", not_to_be_quoted(facts, what), True, another)
    beyond = [str(one) for one in facts.get("warnings") or () if BEYOND in str(one)]
    if beyond:
        words = f"{what} replaces {len(beyond)} assumption{'s' * (len(beyond) > 1)} by values beyond the evidence."
        yield Reason("evidence", words, True, "Choose values within the evidence:  sencosim explain NAME  shows them.")
    if facts.get("quick"):
        yield Reason("run", f"{what} is a {QUICK}", True, "Run it again without --quick.")
    for stamp in facts.get("stamps", ()):
        if stamp.startswith(NOT_LIKE_FOR_LIKE):
            yield Reason("comparison", stamp, True, "Run the options again with the same settings.")


def _of_code(facts: Facts) -> Iterator[Reason]:
    """Checks of the run on itself, and code that differs from what was released."""
    for check in facts.get("checks", ()):
        if not check["passed"]:
            words = f"The run failed a check of itself: {check['check']}. Do not use these results."
            yield Reason("checks", words, True, "If the scenario is in order, please report the fault.")
    yield Reason("code", mark_sentence(facts), True, "Run it with the mechanisms that ship.")
    if _is_dirty(facts):
        words = "It was run with code that differs from the commit named in the manifest."
        yield Reason("code", words, True, "Commit the change, or take it back, and run it again.")


def _of_numbers(facts: Facts) -> Iterator[Reason]:
    """Draws, simulation error, sample and emulator."""
    more = f"Add draws:  sencosim run --extend RUN --draws {2 * FEWEST_DRAWS}"
    yield _of_draws(facts, more)
    precision = facts.get("precision") or {}
    if facts.get("replications") == 1:
        again = "Add replications:  sencosim run --extend RUN --replications 3"
        yield Reason("chance", "It has one replication: its simulation error is not known.", True, again)
    elif (error := precision.get("half_width_95_gbp")) is not None:
        asked, mean = bool(precision.get("reached", True)), precision.get("mean_gbp")
        enough = precision.get("enough_gbp") or 0.0
        large = mean is not None and error > max(enough, MOST_CHANCE * abs(mean))
        words = f"The simulation error of the headline is {money(error)} (95 %), "
        words += "more than half of the headline." if large else "" if asked else "more than was asked for."
        again = "Add replications:  sencosim run --extend RUN --replications 10"
        yield Reason("chance", words if large or not asked else "", large, again)
    share = facts.get("sample_share")
    if share is not None and share < 1.0:
        schools = f"{facts['schools_per_run']:,} schools" if "schools_per_run" in facts else "a sample of schools"
        words = f"It rests on {schools}, about {share:.1%} of those asked about, weighted up."
        yield Reason("sample", words, share < LEAST_SAMPLE, "Run all schools: leave out --sample.")
    for view, told in (facts.get("emulators") or {}).items():
        if told.get("r_squared", 1.0) < LEAST_R_SQUARED:
            words = f"The emulator behind the ranges of the {view} view explains {per_cent(told['r_squared'])} only."
            yield Reason("emulator", words, True, more)


def _of_draws(facts: Facts, more: str) -> Reason:
    """Whether ranges rest on draws enough, those of the view or law with fewest too; blank if they do."""
    draws = facts.get("draws")
    if draws is None or draws >= FEW_DRAWS:
        return Reason("draws", "", False)
    fewest, words = facts.get("fewest_draws", draws), f"Its ranges rest on {draws_words(draws)} of the uncertain inputs"
    if is_enough(draws) and not is_enough(fewest):  # a sentence for quoting has the range of every view
        words += f" in the main view and {fewest} in other views, or under another law: too few to quote."
        return Reason("draws", words, True, more)
    few = not is_enough(draws)
    words += f" in the main view: {'too few to quote' if few else 'their ends are rough'}."
    return Reason("draws", words, few, more)


def not_to_be_quoted(facts: Facts, what: str = "It") -> str:
    """What every reader must see of a run, named so, whose scenario carries a caution; blank for any other.

    Examples
    --------
    >>> not_to_be_quoted({CAUTIONS: ["No study has seen so much time."]}, "“Teams”")
    '“Teams” is not to be quoted. No study has seen so much time.'
    """
    told = " ".join(facts.get(CAUTIONS) or ())
    return f"{what} is not to be quoted. {told}" if told else ""


def cautions_by_title(options: Iterable[tuple[str, Sequence[str]]]) -> list[str]:
    """Cautions of several options, each with the title of its option."""
    return [f"“{title}”: {caution}" for title, cautions in options for caution in cautions]


def cautions_of(scenarios: Iterable[Scenario]) -> list[str]:
    """Cautions of scenarios that were run for one answer, and that of the evidence."""
    return all_cautions(cautions_by_title((one.title, one.cautions) for one in scenarios))


def on_every_output(facts: Facts) -> list[str]:
    """Sentences that travel with every table, chart and text: cautions of the scenario, replaced mechanisms."""
    return [told for told in (not_to_be_quoted(facts), mark_sentence(facts)) if told]


def facts_of_inputs(inputs: ReportInputs) -> Facts:
    """Facts that the gate judges, of a run whose manifest is not written yet."""
    checks = [{"check": name, "passed": passed} for name, passed, _ in inputs.checks]
    return {**inputs.manifest, "checks": checks, "warnings": list(inputs.scenario.warnings)}


def forbidden(inputs: ReportInputs, what: str = "This run") -> list[str]:
    """Why nothing of a run may be quoted; empty if it may."""
    return [one.words for one in gate(facts_of_inputs(inputs), what) if one.forbids]


def may_be_quoted(inputs: ReportInputs) -> bool:
    """Whether sentences may be offered for quoting: nothing in the gate forbids it."""
    return not forbidden(inputs)


def refuse_quoting(facts: Facts, title: str) -> None:
    """The gate before anything made to be quoted: an InputError with every reason, and what to do."""
    found = [one for one in gate(facts, f"“{title}”") if one.forbids]
    if not found:
        return
    reasons, remedies = (dict.fromkeys(told) for told in zip(*((one.words, one.remedy) for one in found), strict=True))
    raise InputError(
        f"{' '.join(reasons)} So no brief, no picture and no sentence for quoting is made of “{title}”. "
        f"{' '.join(remedies)}"
    )


def banners(findings: Findings) -> tuple[str, ...]:
    """Sentences at the top of every output of this run, worst first: of the gate, all but those about its numbers."""
    inputs = findings.inputs
    judged = gate(facts_of_inputs(inputs), f"“{inputs.scenario.title}”")
    found = [one.words for one in judged if one.about in ON_TOP]
    if inputs.manifest.get("population_kind") == "synthetic":
        found.append("The schools are synthetic; their totals for each council match the published ones.")
    return tuple(found)


def obstacles(folder: Path) -> list[str]:
    """What in the manifest of a folder forbids quoting."""
    return [one.words for one in gate(_facts(folder)) if one.forbids]


def cautions(folder: Path) -> list[str]:
    """What in the manifest of a folder belongs alongside what is quoted."""
    return [one.words for one in gate(_facts(folder)) if not one.forbids]


def is_judged(folder: Path) -> bool:
    """Whether the manifest of a folder says what the gate asks: draws, replications and simulation error, as of a run.

    That of an ensemble, an analysis or a frontier does not: its figures are not those of the headline, with which an
    error by chance is compared.
    """
    facts = _facts(folder)
    return all(name in facts for name in ("draws", "replications", "precision"))


def _facts(folder: Path) -> Facts:
    return manifest_of(folder) if (folder / MANIFEST).is_file() else {}


def _is_dirty(facts: Facts) -> bool:
    return bool((facts.get("git") or {}).get("dirty"))
