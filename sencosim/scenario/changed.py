"""Title and description of a scenario that was changed where it was used: they say what is in force, not what was.

A scenario file has words of its own. If a setting is changed from outside, those words may ask what no lever asks any
more. If a lever asks something else, the title is composed from the levers; otherwise it stays, and says what was
changed. The description is composed from the levers in both cases.
"""

from __future__ import annotations

from collections.abc import Mapping

from sencosim.evidence.register import load_register
from sencosim.levers.catalogue import Levers
from sencosim.scenario.diff import override_words
from sencosim.scenario.schema import Scenario

NOT_IN_THE_WORDS = (
    "horizon",
    "run",
    "view",
    "views",
    "baselines",
    "structure",
    "high_needs_pressure_funded_by",
    "high_needs_pressure_from",
)
"""Settings that the words of a scenario are silent about: its years, and how it is run, costed and averaged."""
WORDS = ("name", "title", "description")


def with_words_in_force(original: Scenario, changed: Scenario, settings: Mapping[str, object]) -> Scenario:
    """Give a changed scenario a title and a description that are true of it.

    Parameters
    ----------
    original
        The scenario before, with words of its own.
    changed
        The scenario after.
    settings
        What was set, by dotted name, as a reader should see the values. A title or a description among them stays.

    Returns
    -------
        The changed scenario; with the words of the original if it asks the same.

    Examples
    --------
    >>> from sencosim.levers.protected_time import Floor, ProtectedTime
    >>> before = Scenario(name="pilot", title="A pilot")
    >>> levers = Levers(protected_time=ProtectedTime(floor=Floor(hours_per_week=9), phase_in_years=1))
    >>> after = before.model_copy(update={"levers": levers})
    >>> made = with_words_in_force(before, after, {"levers.protected_time.floor.hours_per_week": 9})
    >>> print(made.title)
    Protected time: at least 9 hours a week (pilot with protected_time.floor.hours_per_week = 9)
    >>> made.description.partition(". ")[0]
    'The policy: protected_time, at least 9 hours a week, all schools, from 2027/28, paid by schools'
    """
    if _asked(changed) == _asked(original):
        return changed
    said = ", ".join(
        f"{_label(name)} = {value}"
        for name, value in settings.items()
        if name.partition(".")[0] not in (*NOT_IN_THE_WORDS, *WORDS) and not name.endswith(".why")
    )
    asks = _what_is_asked(original.levers, changed.levers)
    title = f"{asks} ({original.name} with {said})" if asks else f"{original.title.rstrip('.')}, with {said}"
    words = {"title": title, "description": f"{_policy(changed)} It is the scenario {original.name} with {said}."}
    return changed.model_copy(update={name: text for name, text in words.items() if name not in settings})


def _label(setting: str) -> str:
    """Name of a setting for a reader: a parameter by its title, a lever's setting by its dotted name.

    Examples
    --------
    >>> _label("levers.slt_seat.funded_by"), _label("overrides.senco_leaving_rate.value")
    ('slt_seat.funded_by', 'SENCOs who leave the post')
    """
    group, _, rest = setting.partition(".")
    if group != "overrides":
        return setting.removeprefix("levers.")
    parameter, _, inside = rest.partition(".")
    title = load_register().get(parameter).title
    return title if inside in ("", "value") else f"{title} ({inside})"


def _what_is_asked(before: Levers, after: Levers) -> str:
    """What the levers ask for, those that ask something else first; blank if all of them ask what they asked before."""
    old, new = ({name: lever.words() for name, lever in levers.active()} for levers in (before, after))
    other = [name for name in {**new, **old} if new.get(name) != old.get(name)]
    if not other:
        return ""
    told = "; ".join(f"{name.replace('_', ' ')}: {new.get(name, 'off')}" for name in other)
    same = len(new.keys() - other)
    rest = f"; and {same} other {'lever' if same == 1 else 'levers'}" if same else ""
    return f"{told[:1].upper()}{told[1:]}{rest}"


def _asked(scenario: Scenario) -> dict[str, object]:
    return {name: value for name, value in scenario.settings().items() if name not in NOT_IN_THE_WORDS}


def _policy(scenario: Scenario) -> str:
    """The levers in force, those that hold in both arms, and the assumptions, in a sentence each."""
    sentences = [f"The policy: {_levers(scenario.levers) or 'no lever is in force'}."]
    if shared := _levers(scenario.background):
        sentences.append(f"In both arms: {shared}.")
    if assumed := [
        f"{_label(f'overrides.{name}')} = {override_words(one)}" for name, one in scenario.overrides.items()
    ]:
        sentences.append(f"Assumed: {', '.join(assumed)}.")
    return " ".join(sentences)


def _levers(levers: Levers) -> str:
    return "; ".join(f"{name}, {lever.words()}, {lever.terms_words()}" for name, lever in levers.active())
