"""Title and description of a scenario that was changed where it was used: they say what is in force, not what was.

A scenario file has words of its own. If a setting is changed from outside, those words may ask what no lever asks any
more, so the title says what was changed, and the description is composed from the levers.
"""

from __future__ import annotations

from collections.abc import Mapping

from sencosim.scenario.levers import Levers
from sencosim.scenario.schema import Scenario
from sencosim.scenario.words import lever_words, terms_words

NOT_IN_THE_WORDS = ("horizon", "run", "view", "views")
"""Groups of settings that the words of a scenario are silent about: its years, and how it is run and costed."""
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
    >>> from sencosim.scenario.levers import Floor, ProtectedTime
    >>> before = Scenario(name="pilot", title="A pilot")
    >>> levers = Levers(protected_time=ProtectedTime(floor=Floor(hours_per_week=9)))
    >>> after = before.model_copy(update={"levers": levers})
    >>> made = with_words_in_force(before, after, {"levers.protected_time.floor.hours_per_week": 9})
    >>> print(made.title)
    A pilot, with protected_time.floor.hours_per_week = 9
    >>> made.description.partition(". ")[0]
    'The policy: protected_time, at least 9 hours a week, all schools, from 2027/28, paid by schools'
    """
    if _asked(changed) == _asked(original):
        return changed
    told = [
        f"{name.removeprefix('levers.')} = {value}"
        for name, value in settings.items()
        if name.partition(".")[0] not in (*NOT_IN_THE_WORDS, *WORDS)
    ]
    said = ", ".join(told)
    words = {
        "title": f"{original.title.rstrip('.')}, with {said}",
        "description": f"{_policy(changed)} It is the scenario {original.name} with {said}.",
    }
    return changed.model_copy(update={name: text for name, text in words.items() if name not in settings})


def _asked(scenario: Scenario) -> dict[str, object]:
    return {name: value for name, value in scenario.settings().items() if name not in NOT_IN_THE_WORDS}


def _policy(scenario: Scenario) -> str:
    """The levers in force, and those that hold in both arms, in a sentence each."""
    sentences = [f"The policy: {_levers(scenario.levers) or 'no lever is in force'}."]
    if shared := _levers(scenario.background):
        sentences.append(f"In both arms: {shared}.")
    return " ".join(sentences)


def _levers(levers: Levers) -> str:
    return "; ".join(f"{name}, {lever_words(lever)}, {terms_words(lever)}" for name, lever in levers.active())
