"""Factorial comparison: which policies need each other, and which replace each other.

Every combination of some policies is run with the same schools and the same chance. Two policies *complement* each
other if both together do more good than the sum of each alone, and *substitute* each other if they do less. Arithmetic
on stored outcomes only.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np
import pandas as pd
import scipy

from sencosim.decisions.resampling import Floats
from sencosim.errors import InputError

Arm = frozenset[str]
MOST_POLICIES = 6
"""More would need more than 64 arms a replication."""
CONFIDENCE = 0.995
"""Upper end of a 99 % confidence interval: of many pairs and outcomes some pass by luck. [probability]"""
FEWEST_REPLICATIONS = 3
"""With fewer nothing is distinguished: two counts can be alike by chance."""
ROUNDING = 1e-9
"""Relative to the level of the outcome: below this a difference is zero."""
Verdict = Literal[
    "complement", "substitute", "more than the sum", "less than the sum", "no interaction", "not distinguished"
]


@dataclass(frozen=True)
class Effect:
    """One effect or interaction, of one policy, of two, or of all of them."""

    policies: tuple[str, ...]
    company: str  # ``alone``: nothing else is switched on; ``in company``: mean over all combinations of the others
    mean: float  # over replications [unit of the outcome]
    error: float  # its standard error; NaN for one replication
    n: int  # replications

    @property
    def is_told_apart(self) -> bool:
        """Whether chance alone would hardly give it: beyond a 99 % interval of Student's t."""
        return (
            self.n >= FEWEST_REPLICATIONS
            and abs(self.mean) > float(scipy.stats.t.ppf(CONFIDENCE, self.n - 1)) * self.error
        )


def arms_of(names: Sequence[str]) -> tuple[Arm, ...]:
    """Every combination of two to six policies, none of them first.

    Examples
    --------
    >>> [sorted(arm) for arm in arms_of(["a", "b"])]
    [[], ['a'], ['b'], ['a', 'b']]
    """
    if not 2 <= len(names) <= MOST_POLICIES or len(set(names)) < len(names):
        raise InputError(
            f"A factorial comparison takes 2 to {MOST_POLICIES} policies, each once: every combination of them is run."
        )
    return subsets(names)


def effects(outcome: Mapping[Arm, Floats], names: Sequence[str]) -> tuple[Effect, ...]:
    """Effects of each policy and interactions of each pair, alone and in company, and of all against their sum.

    The outcome is that of every combination, by replication, in one order. [unit, shape (n_replications,)]

    Examples
    --------
    >>> told = {arm: np.array([0.0, 1.0, 2.0][len(arm)] + (5.0 if len(arm) == 2 else 0.0), ndmin=1)
    ...         for arm in arms_of(["a", "b"])}
    >>> [(e.policies, e.company, e.mean) for e in effects(told, ["a", "b"])][:2]
    [(('a',), 'alone', 1.0), (('a',), 'in company', 3.5)]
    """
    found = []
    for chosen in [*((name,) for name in names), *combinations(names, 2)]:
        others = [name for name in names if name not in chosen]
        alone = _contrast(outcome, chosen, frozenset())
        company = [_contrast(outcome, chosen, arm) for arm in subsets(others)]
        mean = _without_rounding(np.mean(company, axis=0), outcome)
        found += [_effect(chosen, "alone", alone), _effect(chosen, "in company", mean)]
    each = sum((_contrast(outcome, (name,), frozenset()) for name in names), np.zeros(1))
    together = outcome[frozenset(names)] - outcome[frozenset()]
    beyond = _without_rounding(together - each, outcome)
    found += [_effect(tuple(names), "together", together), _effect(tuple(names), "beyond the sum", beyond)]
    return tuple(found)


def subsets(names: Sequence[str]) -> tuple[Arm, ...]:
    """Every set of the names, the empty one first, then by size."""
    return tuple(frozenset(chosen) for size in range(len(names) + 1) for chosen in combinations(names, size))


def _contrast(outcome: Mapping[Arm, Floats], chosen: Sequence[str], beside: Arm) -> Floats:
    """What is left of a combination when all smaller ones are taken off, with others switched on alongside it."""
    total = np.zeros_like(outcome[frozenset()])
    for arm in subsets(chosen):
        total = total + (-1.0) ** (len(chosen) - len(arm)) * outcome[arm | beside]
    return _without_rounding(total, outcome)


def _without_rounding(values: Floats, outcome: Mapping[Arm, Floats]) -> Floats:
    """Make zero of what is left of sums that cancel."""
    level = max(float(np.abs(one).max()) for one in outcome.values())
    cleaned: Floats = np.where(np.abs(values) <= ROUNDING * level, 0.0, values)
    return cleaned


def _effect(policies: tuple[str, ...], company: str, values: Floats) -> Effect:
    n = int(values.size)
    error = float(values.std(ddof=1) / math.sqrt(n)) if n > 1 else math.nan
    return Effect(policies, company, float(values.mean()), error, n)


def verdict(interaction: Effect, favourable: str) -> Verdict:
    """An interaction of two policies in a word; ``favourable`` is ``up``, ``down``, or blank if neither is better.

    Examples
    --------
    >>> less, more = (Effect(("a", "b"), "alone", mean, 0.5, 4) for mean in (-3.0, 3.0))
    >>> verdict(less, "down"), verdict(more, "")
    ('complement', 'more than the sum')
    """
    if interaction.mean == 0.0 and interaction.error == 0.0:
        return "no interaction"
    if not interaction.is_told_apart:
        return "not distinguished"
    if not favourable:
        return "more than the sum" if interaction.mean > 0.0 else "less than the sum"
    return "complement" if (interaction.mean > 0.0) == (favourable == "up") else "substitute"


def effects_table(outcomes: pd.DataFrame, names: Sequence[str], favourable: Mapping[str, str]) -> pd.DataFrame:
    """Effects of every outcome as one tidy table.

    Parameters
    ----------
    outcomes
        One row a combination and replication: ``arm`` (names joined by ``+``, blank for none), ``replication``, and a
        column for each outcome.
    names
        Of the policies.
    favourable
        By outcome: the outcomes to show, and what is better.
    """
    ordered = outcomes.sort_values("replication", kind="stable")
    arm_of = {arm: frozenset(part for part in str(arm).split("+") if part) for arm in ordered["arm"].unique()}
    rows = []
    for name, better in favourable.items():
        values = {
            arm_of[arm]: part[name].to_numpy(dtype=np.float64) for arm, part in ordered.groupby("arm", sort=False)
        }
        for one in effects(values, names):
            pair = len(one.policies) == 2 and one.company in ("alone", "in company")
            word = verdict(one, better) if pair or one.company == "beyond the sum" else ""
            rows.append((name, "+".join(one.policies), one.company, one.mean, one.error, one.n, word))
    return pd.DataFrame(rows, columns=["outcome", "policies", "company", "mean", "error", "n_replications", "verdict"])
