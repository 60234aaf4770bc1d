"""Where a difference comes from: its parts by mechanism, which add up to it exactly.

Switching mechanisms off one after the other gives parts that depend on the order. The Shapley value of a mechanism is
its part averaged over all orders; for n mechanisms it needs the answer for each of the 2^n sets of them that are on.
The arithmetic is done in fractions, so nothing is left over and no remainder is needed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations

import numpy as np

from sencosim.errors import InputError
from sencosim.model import RunOptions, plan_run, run_scenario
from sencosim.runs.precision import Rule
from sencosim.scenario.load import Resolved
from sencosim.scenario.schema import Override

MOST_MECHANISMS = 5
"""More would need more than 32 pairs of arms for each option and replication."""
Coalition = frozenset[str]


@dataclass(frozen=True)
class Mechanism:
    """Something that can be switched off by giving parameters a value at which it does nothing.

    Attributes
    ----------
    name, title
        In a word, and for readers.
    neutral
        Value by parameter. [unit of the parameter]
    """

    name: str
    title: str
    neutral: Mapping[str, float]


MECHANISMS: tuple[Mechanism, ...] = (
    Mechanism("requests", "Support changes who reaches a request", {"effect_requests_need": 1.0}),
    Mechanism(
        "outcomes",
        "Support changes suspensions, exclusions, appeals, moves to special schools, absence",
        {
            "effect_suspensions": 1.0,
            "effect_permanent_exclusion": 1.0,
            "effect_appeals": 1.0,
            "effect_move_to_special": 1.0,
            "effect_absence_points": 0.0,
        },
    ),
    Mechanism("unpaid_time", "Added time first gives SENCOs their evenings back", {"overtime_displacement": 0.0}),
    Mechanism("retention", "SENCOs stay longer when demand is met", {"leaving_ratio_demand_met": 1.0}),
)
"""The groups that are told apart if nothing else is asked."""


def coalitions(names: Sequence[str]) -> tuple[Coalition, ...]:
    """Every set of mechanisms, the empty one first.

    Raises
    ------
    InputError
        If there are too many names, or one comes twice.

    Examples
    --------
    >>> [sorted(one) for one in coalitions(["a", "b"])]
    [[], ['a'], ['b'], ['a', 'b']]
    """
    if len(names) > MOST_MECHANISMS or len(set(names)) < len(names):
        raise InputError(
            f"At most {MOST_MECHANISMS} mechanisms, each once, can be told apart exactly: every set of them is run. "
            f"Found {len(names)}. Group some of them."
        )
    return tuple(frozenset(chosen) for size in range(len(names) + 1) for chosen in combinations(names, size))


def shapley(values: Mapping[Coalition, float], names: Sequence[str]) -> dict[str, Fraction]:
    """Part of each mechanism, exact.

    Parameters
    ----------
    values
        Answer for every set of mechanisms that are on. [any unit]
    names
        Of the mechanisms.

    Returns
    -------
        By name; they add up to the answer with all on less the answer with all off, without any rounding.

    Examples
    --------
    >>> told = {frozenset(): 1.0, frozenset("a"): 3.0, frozenset("b"): 2.0, frozenset("ab"): 8.0}
    >>> {name: float(part) for name, part in shapley(told, ["a", "b"]).items()}
    {'a': 4.0, 'b': 3.0}
    """
    exact = {coalition: Fraction(values[coalition]) for coalition in coalitions(names)}
    n = len(names)
    parts = dict.fromkeys(names, Fraction(0))
    for coalition, value in exact.items():
        size = len(coalition)
        for name in names:
            if name in coalition:
                weight = Fraction(math.factorial(size - 1) * math.factorial(n - size), math.factorial(n))
                parts[name] += weight * (value - exact[coalition - {name}])
    return parts


def switched_off(resolved: Resolved, mechanisms: Iterable[Mechanism]) -> Resolved:
    """The scenario with mechanisms that do nothing. An override of the scenario itself gives way."""
    overrides = dict(resolved.scenario.overrides)
    for mechanism in mechanisms:
        why = f"Switched off: {mechanism.title}."
        overrides |= {name: Override(value=value, why=why) for name, value in mechanism.neutral.items()}
    scenario = resolved.scenario.model_copy(update={"overrides": overrides})
    return replace(resolved, scenario=scenario, fingerprint=scenario.fingerprint())


@dataclass(frozen=True)
class Decomposition:
    """Net cost of one option in parts, on a sample at the point values of its main view.

    Attributes
    ----------
    parts
        By mechanism; with ``rest`` they add up to ``total`` exactly. [GBP, present value]
    rest
        With all of them off: what hours cost, and what follows without them. [GBP]
    total
        With all of them on. [GBP]
    sample_share, n_replications
        What it was run on. [share; replications]
    """

    parts: Mapping[str, Fraction]
    rest: Fraction
    total: Fraction
    sample_share: float
    n_replications: int


def decompose(
    resolved: Resolved,
    options: RunOptions,
    mechanisms: Sequence[Mechanism],
    *,
    sample_share: float,
    n_replications: int,
    hear: Callable[[str], None] = lambda _: None,
) -> Decomposition:
    """Run every set of mechanisms with the same schools and chance, and share out the net cost.

    Parameters
    ----------
    resolved, options
        The option, and how it is run.
    mechanisms
        At most :data:`MOST_MECHANISMS`.
    sample_share
        Share of England. [share, 0 to 1]
    n_replications
        For each set. [replications, 1 or more]
    hear
        Told of every set that is done.
    """
    names = [one.name for one in mechanisms]
    main = resolved.scenario.view
    values: dict[Coalition, float] = {}
    every = coalitions(names)
    for number, coalition in enumerate(every, start=1):
        off = [one for one in mechanisms if one.name not in coalition]
        changed = switched_off(resolved, off)
        run = changed.scenario.run.model_copy(update={"sample": sample_share, "draw_sample": None})
        scenario = changed.scenario.model_copy(update={"run": run, "views": (main,)})
        asked = replace(changed, scenario=scenario)
        plan = replace(plan_run(asked, options), draws=0, rule=Rule(n_replications, n_replications))
        values[coalition] = float(np.mean(run_scenario(asked, options, plan=plan).precision.values))
        hear(f"{number} of {len(every)} sets of mechanisms")
    return Decomposition(
        parts=shapley(values, names),
        rest=Fraction(values[frozenset()]),
        total=Fraction(values[frozenset(names)]),
        sample_share=sample_share,
        n_replications=n_replications,
    )
