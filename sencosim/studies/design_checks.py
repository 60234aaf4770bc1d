"""What a design may not vary: settings that nothing reads, inputs that do not exist, points that cannot be run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from sencosim.errors import InputError, Problem
from sencosim.evidence.register import load_register
from sencosim.names import did_you_mean, listed
from sencosim.scenario.changed import with_values
from sencosim.scenario.mechanisms import switched_off_by
from sencosim.scenario.schema import Scenario
from sencosim.studies.space import CALIBRATION_ROW, centre


def as_written(value: float) -> float:
    """A whole number as one: years and seeds are no others."""
    return int(value) if value.is_integer() else value


OF_A_RUN = {
    "run.sample": " Give --sample, which holds for all points.",
    "run.draw_sample": " Give --sample, which holds for all points.",
    "run.replications": " Give --replications, which holds for all points.",
    "run.draws": "",
    "run.precision": "",
    "structure": " It weighs the forms of the model that a run has; sweep the parameter of a form itself.",
}
"""Settings, and a group of them, that a run alone reads, and what there is for points in their place."""


def check_settings(scenarios: Mapping[str, Scenario], names: Sequence[str]) -> None:
    """Refuse settings that would change nothing at the points of a design, or give a policy a lever of another.

    Raises
    ------
    InputError
        With every fault.
    """
    problems = []
    for name in names:
        group, _, rest = name.partition(".")
        lever = rest.partition(".")[0]
        idle = _why_idle(name, next(iter(scenarios.values())).mechanisms.off)
        if idle:
            problems.append(Problem(idle, key=name, found=name))
        having = [one for one, scenario in scenarios.items() if lever in dict(scenario.levers.active())]
        lacking = [one for one in scenarios if one not in having]
        if group == "levers" and having and lacking:
            words = (
                f"{listed(having)} {'has' if len(having) == 1 else 'have'} the lever {lever} and {listed(lacking)} "
                f"{'has' if len(lacking) == 1 else 'have'} not, so {name} would give it to all. Leave out "
                f"{listed(lacking)}, or give the command once for each policy."
            )
            problems.append(Problem(words, key=name, found=name))
    if problems:
        raise InputError(" ".join(problem.message for problem in problems), tuple(problems))


def check_values(scenarios: Mapping[str, Scenario], points: pd.DataFrame, advice: str = "") -> None:
    """Refuse the first point at which a policy cannot be run, before any is: half of a design answers nothing.

    ``points`` has a column for each setting; ``advice`` ends the sentence.
    """
    for row in points.drop_duplicates().to_dict(orient="records"):
        values = {str(name): as_written(float(value)) for name, value in row.items()}
        try:
            for scenario in scenarios.values():
                with_values(scenario, values)
        except InputError as error:
            at = ", ".join(f"{name} {value:.4g}" for name, value in values.items())
            raise InputError(f"The point {at} cannot be run. {error.message}{advice}", error.problems) from None


def _why_idle(name: str, off: Sequence[str]) -> str:
    """Why a setting would change nothing at the points of a design; empty if they read it."""
    group, _, rest = name.partition(".")
    known = name if name in OF_A_RUN else group
    if known in OF_A_RUN:
        return f"{name} is read by `sencosim run` alone, so it would change nothing here.{OF_A_RUN[known]}"
    if group == "correlations":
        return (
            f"{name} is read where inputs are drawn together. Points of a design are set, not drawn, so it would "
            "change nothing here. Set it with --set on a run or an ensemble of draws."
        )
    parameter = rest.partition(".")[0]
    mechanism = switched_off_by(off, parameter) if group == "overrides" else None
    return "" if mechanism is None else _words_of_off(parameter, mechanism)


def _words_of_off(name: str, mechanism: str) -> str:
    return (
        f"{name} does nothing here, because the scenario switches the mechanism {mechanism} off. Leave {name} out, or "
        f"take {mechanism} out of mechanisms.off."
    )


def check_points(scenario: Scenario, points: pd.DataFrame) -> None:
    """Refuse inputs that do not exist or that the scenario switches off, and values outside their hard limits, at once.

    Raises
    ------
    InputError
        With every fault.
    """
    register, known = load_register(), centre(scenario, scenario.view)
    problems: list[Problem] = []
    for name in map(str, points.columns):
        if "." in name or name == CALIBRATION_ROW:
            continue
        if name not in known:
            hint = did_you_mean(name, register) or "Settings of the policy are written with their dots."
            problems.append(Problem(f"There is no parameter named {name}. {hint}", key=name, found=name))
            continue
        off = switched_off_by(scenario.mechanisms.off, name)
        if off is not None:
            problems.append(Problem(_words_of_off(name, off), key=name, found=name))
            continue
        low, high = register[name].range
        worst = [x for x in (float(points[name].min()), float(points[name].max())) if not low <= x <= high]
        if worst:
            words = f"{name} would be {worst[0]:g}; it can be from {low:g} to {high:g}."
            problems.append(Problem(words, key=name, found=f"{worst[0]:g}"))
    if problems:
        raise InputError(" ".join(problem.message for problem in problems), tuple(problems))
