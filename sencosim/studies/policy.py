"""A policy in Python: a scenario that is loaded, changed and compared, without what runs it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path

from pydantic import ValidationError

from sencosim.errors import EvidenceError, InputError
from sencosim.evidence.distributions import PARAMETERS, Distribution
from sencosim.evidence.faults import faults_in_words
from sencosim.names import did_you_mean
from sencosim.scenario.changed import with_values
from sencosim.scenario.load import load_scenario
from sencosim.scenario.schema import Scenario


@dataclass(frozen=True, repr=False)
class Policy:
    """A scenario to ask about.

    Attributes
    ----------
    scenario
        All settings, frozen and checked.
    """

    scenario: Scenario

    @property
    def name(self) -> str:
        """Its name, which is that of its arm."""
        return self.scenario.name

    @property
    def title(self) -> str:
        """What it asks for, in words."""
        return self.scenario.title

    def __repr__(self) -> str:
        """Name and title."""
        return f"Policy({self.name}: {self.title})"

    def _repr_html_(self) -> str:
        """Title and description, for a notebook."""
        return f"<p><b>{escape(self.title)}</b> ({escape(self.name)})</p><p>{escape(self.scenario.description)}</p>"

    def with_(
        self,
        settings: Mapping[str, object] | None = None,
        *,
        overrides: Mapping[str, float | Distribution] | None = None,
        name: str | None = None,
    ) -> Policy:
        """Another policy that differs in a few settings; its title and description say in which.

        Parameters
        ----------
        settings
            New values by dotted name, such as ``{"levers.protected_time.floor.hours_per_week": 16}``.
        overrides
            New values or distributions of parameters of the evidence.
        name
            Of the new policy, so that both can stand in one ensemble.

        Raises
        ------
        InputError
            If a setting or parameter does not exist or cannot have the value; all faults at once.

        Examples
        --------
        >>> load("full_time").with_({"horizon.years": 5}, name="short").scenario.horizon.years
        5
        """
        from sencosim.scenario.diff import override_words, with_words_in_force
        from sencosim.studies.space import uncertain

        changed = dict(settings or {})
        if name is not None:
            changed["name"] = name
        for parameter, new in (overrides or {}).items():
            form = (
                {"distribution": new.model_dump(exclude_none=True)} if isinstance(new, Distribution) else {"value": new}
            )
            changed[f"overrides.{parameter}"] = form
        scenario = with_values(self.scenario, changed)
        told = changed | {f"overrides.{one}": override_words(scenario.overrides[one]) for one in overrides or ()}
        made = Policy(with_words_in_force(self.scenario, scenario, told))
        try:
            uncertain(made.scenario, made.scenario.view)  # reads the register with the overrides, and refuses bad ones
        except EvidenceError as error:
            words = " ".join(problem.message for problem in error.problems) or error.message
            raise InputError(words, error.problems) from error
        return made

    def differs_from(self, other: Policy) -> list[str]:
        """How this policy differs from another, a line for each difference: what ``sencosim diff`` prints.

        Examples
        --------
        >>> load("full_time").differs_from(load("full_time"))
        []
        """
        from sencosim.scenario.diff import diff_in_words

        return diff_in_words(other.scenario, self.scenario)


def load(name_or_path: str | Path) -> Policy:
    """Load a scenario by name or path.

    Raises
    ------
    ScenarioError
        With every fault of the file, and where it stands.
    InputError
        If what is given is neither.
    """
    if not isinstance(name_or_path, str | Path):
        raise InputError(
            f"A scenario is loaded by its name or its file, such as load('full_time'); found {name_or_path!r}."
        )
    return Policy(load_scenario(name_or_path).scenario)


def distribution(family: str, **numbers: object) -> Distribution:
    """A distribution of your own, to draw a parameter from: ``distribution("beta", a=8, b=92)``.

    Parameters
    ----------
    family
        One of the families of :data:`sencosim.evidence.distributions.PARAMETERS`.
    numbers
        What the family needs, by name. ``spike={"at": 0, "mass": 0.5}`` puts a probability on one value.

    Raises
    ------
    InputError
        If there is no such family, or it needs other numbers.

    Examples
    --------
    >>> distribution("pert", min=1, mode=3, max=6).mode
    3.0
    """
    if family not in PARAMETERS:
        hint = did_you_mean(family, tuple(PARAMETERS))
        raise InputError(f"There is no family named {family}. {hint} The families are {', '.join(PARAMETERS)}.")
    try:
        return Distribution.model_validate({"family": family, **numbers})
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(place)}: {words}" if place else words for place, words in faults_in_words(error))
    needs = "" if "needs exactly" in faults else f" It needs {', '.join(PARAMETERS[family])}."
    raise InputError(f"A {family} distribution cannot be made of this: {faults}.{needs}")
