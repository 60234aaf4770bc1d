"""Mechanisms that a researcher may replace by a function of their own, for one run at a time.

Each is one scalar rule of :mod:`sencosim.rules`: numbers in, one number out, no chance and no memory. A function in
its place takes the same arguments, and what it returns is checked. There is no registry and no hook:
:mod:`sencosim.engine.simpy` binds the mechanisms to the function where they would call the rule, and the compiled
scheduler refuses. A run with a replaced rule says so in everything that it writes, and its fingerprint differs from
that of any other run.
"""

from __future__ import annotations

import inspect
import pickle
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import inf, nan

from sencosim.arms.own_functions import function_fingerprint, name_of, unknown_to
from sencosim.errors import EngineError, InputError
from sencosim.rules.chance import chance_with_odds
from sencosim.rules.exclusion import exclusion_chance
from sencosim.rules.placement import placement_chance
from sencosim.rules.requests import refusal_chance
from sencosim.rules.senco_hours import overtime_hours, used_hours
from sencosim.rules.support import relative_rate
from sencosim.rules.workforce import leaving_hazard

Rule = Callable[..., float]


@dataclass(frozen=True)
class Replaceable:
    """A mechanism that may be replaced."""

    section: str  # of the model document
    shipped: Rule  # which explains the arguments
    called_in: str  # module of sencosim.engine.mechanisms that calls it
    unit: str  # of its value
    most: float = inf  # largest value [unit]
    may_be_zero: bool = True

    @property
    def call(self) -> tuple[str, str]:
        """Where the mechanisms call the rule: module and name."""
        return self.called_in, self.shipped.__name__


REPLACEABLE = {
    "exclusion": Replaceable("M12", exclusion_chance, "pathways", "probability", most=1.0),
    "refusal": Replaceable("M8", refusal_chance, "council", "probability", most=1.0),
    "appeal": Replaceable("M11", chance_with_odds, "disputes", "probability", most=1.0),
    "placement": Replaceable("M10", placement_chance, "places", "probability", most=1.0),
    "effect_of_support": Replaceable("M6", relative_rate, "terms", "ratio", may_be_zero=False),
    "senco_hours": Replaceable("M5", used_hours, "terms", "hours a week"),
    "overtime": Replaceable("M5", overtime_hours, "due", "hours a week"),
    "leaving": Replaceable("M14", leaving_hazard, "terms", "per year"),
}
"""By name. An appeal is that of a family that did not settle; its arguments are the chance in the no-policy arm and the
relative odds by the school's support. Placement is the chance that special is named before support acts on its odds.
The effect of support serves requests, suspensions, exclusions, appeals, moves to special schools and home education,
each with a prior of its own; it must give one where nothing has doubled."""


@dataclass(frozen=True)
class Checked:
    """A researcher's function in place of a mechanism: refuses a value that cannot be."""

    mechanism: str
    function: Rule

    def __call__(self, *numbers: float) -> float:
        """Value of the function."""
        found, allowed = self.function(*numbers), REPLACEABLE[self.mechanism]
        try:
            value = float(found)
        except (TypeError, ValueError):
            value = nan
        if 0.0 <= value <= allowed.most and value < inf and (value > 0.0 or allowed.may_be_zero):
            return value
        least = "0 or more" if allowed.may_be_zero else "above 0"
        most = "finite" if allowed.most == inf else f"at most {allowed.most:g}"
        raise EngineError(
            f"The function {name_of(self.function)} in place of the mechanism {self.mechanism} returned {found!r} for "
            f"the arguments {', '.join(f'{number:g}' for number in numbers)}. "
            f"Allowed in {allowed.section}: a number [{allowed.unit}], {least}, {most}."
        )


@dataclass(frozen=True)
class Mechanisms:
    """The replaceable mechanisms of a run, by name: the shipped rules, except those in ``replaced``."""

    replaced: Mapping[str, Rule] = field(default_factory=dict, hash=False)
    named: Mapping[str, Mapping[str, str]] = field(default_factory=dict, hash=False)  # facts when they were replaced
    token: str = ""  # if a function reads what cannot be compared: no other run has these facts

    def __getitem__(self, name: str) -> Rule:
        """The rule that runs: the researcher's function, checked, or the shipped one."""
        return Checked(name, self.replaced[name]) if name in self.replaced else REPLACEABLE[name].shipped

    def facts(self) -> dict[str, dict[str, str]]:
        """Replaced mechanisms, for manifests and fingerprints: the function's name and the hash of its code."""
        return {
            name: {"function": name_of(one), "code_sha256": function_fingerprint(one, self.token)}
            for name, one in self.replaced.items()
        }

    def as_named(self) -> Mapping[str, Rule]:
        """The functions by mechanism; an EngineError if one is not that which the run names."""
        if changed := [name for name, one in self.facts().items() if self.named.get(name) != one]:
            raise EngineError(
                f"The functions in place of {', '.join(changed)} are not those with which the run was begun: their "
                "code or a value that they read was changed, or a process has another version of their file."
            )
        return self.replaced


SHIPPED = Mechanisms()
"""Every mechanism as it ships."""


def refuse_replaced(mechanisms: Mechanisms) -> None:
    """Stop a compiled run that would pass over a replaced mechanism."""
    if mechanisms.replaced:
        names = ", ".join(mechanisms.replaced)
        raise EngineError(f"The compiled engine cannot run a replaced mechanism ({names}). Use the reference engine.")


def replaced_by(functions: Mapping[str, Rule] | None) -> Mechanisms:
    """The mechanisms of a run with some of them replaced, by name, each by a function of the rule's numbers.

    A function has no chance, no memory and no effects other than its result; its arguments are checked here. If one
    reads what cannot be compared (:mod:`sencosim.arms.own_functions`), nothing that it makes is found again by a later
    call, and it runs in this process alone.

    >>> replaced_by({"exclusion": lambda chance, support, council: 0.0}).replaced.keys()
    dict_keys(['exclusion'])
    """
    given = dict(functions or {})
    unknown = [name for name in given if name not in REPLACEABLE]
    if unknown:
        raise InputError(
            f"There is no replaceable mechanism named {', '.join(unknown)}. "
            f"Those that can be replaced are {', '.join(REPLACEABLE)}."
        )
    for name, function in given.items():
        _check_arguments(name, function)
    replaced = {name: given[name] for name in REPLACEABLE if name in given}
    token = secrets.token_hex(8) if any(unknown_to(one) for one in replaced.values()) else ""
    return Mechanisms(replaced, Mechanisms(replaced, token=token).facts(), token)


def _check_arguments(name: str, function: Rule) -> None:
    wanted = list(inspect.signature(REPLACEABLE[name].shipped).parameters)
    try:
        inspect.signature(function).bind(*wanted)
    except (TypeError, ValueError) as error:
        raise InputError(
            f"The function for the mechanism {name} must take {len(wanted)} numbers, in this order: "
            f"{', '.join(wanted)}. {str(error).capitalize()}."
        ) from error


def can_travel(mechanisms: Mechanisms) -> bool:
    """Whether another process can be given the functions.

    Not those of a notebook, of a prompt, or inside others; nor those that read what cannot be compared, such as a model
    of the researcher's own: another process could have another.
    """
    if mechanisms.token or any(name_of(one).startswith("__main__.") for one in mechanisms.replaced.values()):
        return False
    try:
        pickle.dumps(mechanisms)
    except (pickle.PicklingError, AttributeError, TypeError):
        return False
    return True


def refuse_unknown(mechanisms: Mechanisms) -> None:
    """Stop a run on other machines with a function that reads what cannot be compared there."""
    for name, one in mechanisms.replaced.items():
        if unknown := unknown_to(one):
            raise InputError(
                f"The function {name_of(one)} in place of the mechanism {name} reads objects whose content cannot be "
                f"compared on another machine ({', '.join(unknown)}). Give it their numbers as defaults, or run it "
                "without a cluster."
            )
