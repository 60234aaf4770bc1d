"""The three views: one register, read as a campaigner, as an auditor with wide uncertainty, and as a sceptic.

A view says, for every parameter on which the views may differ, how it is read. Those are the effects (entries
with ``no_effect``), the prices (entries with a payer) and the published headline prices. All other parameters are
read alike in every view: their central value, or a draw from their own uncertainty.

All views share the no-policy arm of their world. So they may differ only in the routes from SENCO time to outcomes
(:data:`sencosim.evidence.routes.ROUTES`), in what strengthens these, in conventions (the worth of hours, provision and
waiting, and how teachers are found), in one causal price, in parents' jobs and in headline prices; an effect that
touches the no-policy arm is ``audited`` in all of them.

============= =================================== ====================================
Use           Point value                         Draw
============= =================================== ====================================
``prior``     mean of the distribution            from the distribution
``audited``   central value                       from the distribution
``value``     central value                       central value
``favourable`` the favourable limit               the favourable limit
``no_effect`` the value at which nothing happens  the value at which nothing happens
``number``    the number in the view              the number in the view
``memorandum`` central value, memorandum only     central value, memorandum only
``unused``    central value, nobody reads it      central value, nobody reads it
============= =================================== ====================================
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
from pydantic import ValidationError, model_validator

from sencosim.errors import EvidenceError, Problem
from sencosim.evidence import distributions
from sencosim.evidence.correlations import joint_uniforms
from sencosim.evidence.distributions import Distribution
from sencosim.evidence.faults import faults_in_words
from sencosim.evidence.register import Parameter, Register, Value, evidence_folder
from sencosim.evidence.yaml_files import Entry, read_yaml

Floats = npt.NDArray[np.float64]
ViewName = Literal["campaign", "central", "sceptic"]
VIEWS: tuple[ViewName, ...] = get_args(ViewName)
HEADLINE_PREFIX = "headline_"

Use = Literal["prior", "audited", "value", "favourable", "no_effect", "number", "memorandum", "unused"]

USE_IN_WORDS: dict[str, str] = {
    "prior": "the whole distribution",
    "audited": "the audited value and its uncertainty",
    "value": "the central value, without uncertainty",
    "favourable": "the favourable limit",
    "no_effect": "no effect",
    "number": "set by the view",
    "memorandum": "as published, in a memorandum only, never in net present social value",
    "unused": "not used",
}


class Setting(Entry):
    """How a view reads one parameter. ``value`` is for ``use: number`` only. [unit of the parameter]"""

    use: Use
    value: float | None = None

    @model_validator(mode="after")
    def _value_with_number(self) -> Setting:
        if (self.value is not None) != (self.use == "number"):
            raise ValueError("value belongs to use: number, and only to it")
        return self


class View(Entry):
    """One way to read the register."""

    name: ViewName
    title: str
    label: str  # what every report must print alongside a number of this view
    description: str
    settings: dict[str, Setting]  # how each parameter is read on which views may differ

    @property
    def memorandum(self) -> tuple[str, ...]:
        """Names of the headline prices that this view shows in a memorandum table."""
        return tuple(sorted(name for name, setting in self.settings.items() if setting.use == "memorandum"))

    def point(self, parameter: Parameter, *, overridden: bool = False) -> Value:
        """Point value of one parameter under this view. [unit of the parameter]"""
        setting = self.settings.get(parameter.name)
        if setting is None or overridden:
            return _copy(parameter.value)
        fixed = _fixed(parameter, setting)
        if fixed is not None:
            return fixed
        if setting.use == "prior" and parameter.uncertainty is not None:
            return distributions.mean(parameter.uncertainty)
        return _copy(parameter.value)

    def values(self, register: Register) -> dict[str, Value]:
        """Point values of all parameters by name. A scenario's override wins over the view."""
        return {
            name: self.point(parameter, overridden=name in register.overridden) for name, parameter in register.items()
        }

    def draw(self, register: Register, uniforms: Callable[[str], float]) -> dict[str, Value]:
        """One joint draw of all parameters by name, those of a correlated group together.

        ``uniforms`` gives the uniform number of a parameter by its name. [above 0 and below 1]
        """
        joint = joint_uniforms(register.correlations, uniforms)
        drawn: dict[str, Value] = {}
        for name, parameter in register.items():
            uncertainty = self.uncertainty_of(register, parameter)
            if uncertainty is None:
                drawn[name] = self.point(parameter, overridden=name in register.overridden)
            elif name in joint:
                drawn[name] = distributions.ordered_quantile(uncertainty, float(joint[name]))
            else:
                drawn[name] = distributions.quantile(uncertainty, uniforms(name))
        return drawn

    def draws(
        self, register: Register, uniforms: Callable[[str], Floats], names: Sequence[str], n: int
    ) -> dict[str, Floats]:
        """Many draws of some numbers at once, each as :meth:`draw` has it. [shape (n,) each]"""
        joint = joint_uniforms(register.correlations, uniforms, names)
        drawn: dict[str, Floats] = {}
        for name in names:
            uncertainty = self.uncertainty_of(register, register[name])
            if uncertainty is None:
                drawn[name] = np.full(n, self.point(register[name], overridden=name in register.overridden))
            elif name in joint:
                drawn[name] = distributions.ordered_quantiles(uncertainty, joint[name])
            else:
                drawn[name] = distributions.quantiles(uncertainty, uniforms(name))
        return drawn

    def uncertainty_of(self, register: Register, parameter: Parameter) -> Distribution | None:
        """Distribution that a parameter is drawn from; ``None`` if a draw has its point value."""
        setting = None if parameter.name in register.overridden else self.settings.get(parameter.name)
        return parameter.uncertainty if setting is None or setting.use in {"prior", "audited"} else None


def _copy(value: Value) -> Value:
    return list(value) if isinstance(value, list) else value


def _fixed(parameter: Parameter, setting: Setting) -> float | None:
    """Value that the setting fixes, or None if it leaves it to the register."""
    if setting.use == "favourable":
        return parameter.favourable
    if setting.use == "no_effect":
        return parameter.no_effect
    return setting.value


def view_dependent(register: Mapping[str, Parameter]) -> tuple[str, ...]:
    """Names of the parameters that every view must list: effects, prices and headline prices."""
    return tuple(
        sorted(
            name
            for name, parameter in register.items()
            if parameter.no_effect is not None or parameter.payer is not None or name.startswith(HEADLINE_PREFIX)
        )
    )


def gaps(view: View, register: Mapping[str, Parameter]) -> tuple[Problem, ...]:
    """Say what a view lists wrongly or leaves out: nothing if it is complete."""
    wanted = set(view_dependent(register))
    file = f"views/{view.name}.yaml"
    found = [
        Problem(message=f"The view {view.name} does not say how to read {name}.", file=file, key=name)
        for name in sorted(wanted - set(view.settings))
    ]
    found += [
        Problem(message=f"The view {view.name} lists {name}, which no view may change.", file=file, key=name)
        for name in sorted(set(view.settings) - wanted)
    ]
    for name in sorted(wanted & set(view.settings)):
        use = view.settings[name].use
        if use in {"favourable", "no_effect"} and register[name].no_effect is None:
            words = f"The view {view.name} reads {name} as {use}, but it is not an effect."
            found.append(Problem(message=words, file=file, key=name))
    return tuple(found)


@lru_cache(maxsize=len(VIEWS))
def load_view(name: str) -> View:
    """View of this name."""
    if name not in VIEWS:
        words = f"There is no view named {name}. The views are {', '.join(VIEWS)}."
        raise EvidenceError(words, (Problem(message=words, key="view", found=name),))
    file = read_yaml(evidence_folder() / "views" / f"{name}.yaml")
    try:
        return View.model_validate(file.content)
    except ValidationError as error:
        problems = tuple(
            Problem(
                message=f"{'.'.join(place)}: {words}.",
                file=f"views/{name}.yaml",
                line=file.lines.get(place[0] if place else "", 1),
            )
            for place, words in faults_in_words(error)
        )
        raise EvidenceError(f"The view {name} has {len(problems)} fault(s).", problems) from error
