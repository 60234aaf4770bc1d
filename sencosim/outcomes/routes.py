"""Where a difference comes from: its parts by route or by mechanism, which add up to it exactly.

Switching things off one after the other gives parts that depend on the order. The Shapley value of a group is its part
averaged over all orders; for n groups it needs the answer for each of the 2^n sets of them that are on. By default the
groups are the six groups of routes by which a policy reaches pupils; a mechanism is a group when it is named. The
arithmetic uses fractions, so the parts add up without a remainder. A run tells the routes apart at the point values,
with the same schools and chance for every set, and in each replication averages over one order and the same backwards:
that is the Shapley value wherever no three groups act together, and the replications take other orders.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
import pandas as pd

from sencosim.decisions.factorial import subsets
from sencosim.errors import InputError
from sencosim.evidence.routes import ROUTE_NAMES, ROUTES, RouteName
from sencosim.experiment.jobs import Job
from sencosim.experiment.plan import ROUTE_REPLICATIONS
from sencosim.experiment.precision import Rule, standard_error
from sencosim.model import RunOptions, RunResult, plan_run, price_book, run_scenario
from sencosim.outcomes.baselines import PEOPLE, label_of
from sencosim.outcomes.catalogue import describe
from sencosim.outcomes.summary import PRESENT_VALUE, TOTAL, arms_of, series_of
from sencosim.scenario.load import Resolved
from sencosim.scenario.mechanisms import MECHANISMS, known_mechanism
from sencosim.scenario.schema import Mechanisms
from sencosim.vocabulary import PUBLIC_PAYERS

MOST_GROUPS = len(ROUTES)
"""More would need more than 64 pairs of arms for each option and replication."""
Coalition = frozenset[str]


@dataclass(frozen=True)
class Group:
    """What is switched off together: one group of routes, or some mechanisms."""

    name: str  # in a word, and for readers
    title: str
    # names of mechanisms in :data:`sencosim.scenario.mechanisms.MECHANISMS`; empty for routes
    members: tuple[str, ...] = ()
    # name of the group in :data:`sencosim.evidence.routes.ROUTES`; `None` for mechanisms
    route: RouteName | None = None


OTHERS = "others"


def groups(apart: Sequence[str] = ()) -> tuple[Group, ...]:
    """Groups to distinguish.

    Each mechanism named is a group, and all others are one; blank for the groups of routes. InputError if a name is no
    mechanism, or there are too many.

    Examples
    --------
    >>> [one.name for one in groups()]
    ['need', 'release_and_filing', 'review_cycles', 'identification', 'conduct', 'later_stages']
    >>> [(one.name, len(one.members)) for one in groups(["patience"])][0]
    ('patience', 1)
    """
    if not apart:
        return tuple(Group(name, ROUTES[name].title, route=name) for name in ROUTE_NAMES)
    names = _known(apart)
    alone = [Group(name, MECHANISMS[name].title, (name,)) for name in names]
    rest = tuple(name for name in MECHANISMS if name not in names)
    return (*alone, Group(OTHERS, f"All other {len(rest)} mechanisms that can be switched off", rest))


def _known(apart: Sequence[str]) -> tuple[str, ...]:
    """The names, each once, if all are mechanisms and they are few enough."""
    names = tuple(dict.fromkeys(apart))
    try:
        for name in names:
            known_mechanism(name)
    except ValueError as error:
        raise InputError(str(error)) from error
    if len(names) >= MOST_GROUPS:
        raise InputError(
            f"At most {MOST_GROUPS - 1} mechanisms can be distinguished from all others; found {len(names)}."
        )
    return names


def coalitions(names: Sequence[str]) -> tuple[Coalition, ...]:
    """Every set of groups, the empty one first.

    InputError if there are too many names, or one comes twice.

    Examples
    --------
    >>> [sorted(one) for one in coalitions(["a", "b"])]
    [[], ['a'], ['b'], ['a', 'b']]
    """
    if len(names) > MOST_GROUPS or len(set(names)) < len(names):
        raise InputError(
            f"At most {MOST_GROUPS} groups, each once, can be distinguished exactly: every set of them is "
            f"run. Found {len(names)}."
        )
    return subsets(names)


def shapley(values: Mapping[Coalition, float], names: Sequence[str]) -> dict[str, Fraction]:
    """Part of each group, exact.

    From the answer for every set of groups that are on. The parts add up to the answer with all on less the answer with
    all off, without any rounding.

    Examples
    --------
    >>> told = {frozenset(): 1.0, frozenset("a"): 3.0, frozenset("b"): 2.0, frozenset("ab"): 8.0}
    >>> {name: float(part) for name, part in shapley(told, ["a", "b"]).items()}
    {'a': 4.0, 'b': 3.0}
    """
    exact = {coalition: Fraction(value) for coalition, value in values.items()}
    n = len(names)
    parts = dict.fromkeys(names, Fraction(0))
    for coalition, value in exact.items():
        size = len(coalition)
        for name in names:
            if name in coalition:
                weight = Fraction(math.factorial(size - 1) * math.factorial(n - size), math.factorial(n))
                parts[name] += weight * (value - exact[coalition - {name}])
    return parts


def switched_off(resolved: Resolved, off: Iterable[Group]) -> Resolved:
    """The scenario with groups switched off by name, alongside what it has switched off itself."""
    groups_off = tuple(off)
    old = resolved.scenario
    names = {name for group in groups_off for name in group.members} | set(old.mechanisms.off)
    routes = {group.route for group in groups_off} | set(old.routes_off)
    scenario = old.model_copy(
        update={
            "mechanisms": Mechanisms(off=tuple(name for name in MECHANISMS if name in names)),
            "routes_off": tuple(name for name in ROUTE_NAMES if name in routes),
        }
    )
    return replace(resolved, scenario=scenario, fingerprint=scenario.fingerprint())


@dataclass(frozen=True)
class Decomposition:
    """Net cost of one option in parts, on a sample at the point values of its main view."""

    parts: Mapping[str, Fraction]  # by group; with `rest` they add up to `total` exactly. [GBP, present value]
    rest: Fraction  # with all of them off: what hours cost, and what follows without them. [GBP]
    total: Fraction  # with all of them on. [GBP]
    sample_share: float  # what it was run on. [share; replications]
    n_replications: int


def decompose(
    resolved: Resolved,
    options: RunOptions,
    told_apart: Sequence[Group],
    *,
    sample_share: float,
    n_replications: int,
    hear: Callable[[str], None] = lambda _: None,
) -> Decomposition:
    """Run every set of groups with the same schools and chance, and share out the net cost."""
    names = [one.name for one in told_apart]
    main = resolved.scenario.view
    alone = replace(options, headline_only=True)
    values: dict[Coalition, float] = {}
    every = coalitions(names)
    for number, coalition in enumerate(every, start=1):
        off = [one for one in told_apart if one.name not in coalition]
        changed = switched_off(resolved, off)
        run = changed.scenario.run.model_copy(update={"sample": sample_share, "draw_sample": None})
        scenario = changed.scenario.model_copy(update={"run": run, "views": (main,)})
        asked = replace(changed, scenario=scenario)
        plan = replace(plan_run(asked, alone), draws=0, rule=Rule(n_replications, n_replications))
        values[coalition] = float(np.mean(run_scenario(asked, options, plan=plan).precision.values))
        hear(f"{number} of {len(every)} sets of groups")
    return Decomposition(
        parts=shapley(values, names),
        rest=Fraction(values[frozenset()]),
        total=Fraction(values[frozenset(names)]),
        sample_share=sample_share,
        n_replications=n_replications,
    )


# -- the table of routes of a run --------------------------------------------------------------------------------------

NEUTRAL = "no_route"
NEUTRAL_TITLE = "No route: hours, posts and work"
WHOLE = "whole_effect"
WHOLE_TITLE = "Whole effect"
COLUMNS = ("route", "route_title", "outcome", "payer", "title", "unit", "value", "standard_error", "n_replications")
Key = tuple[str, str]
"""Outcome and payer."""


def route_table(result: RunResult) -> pd.DataFrame:
    """Part of each group of routes in money and people, over the horizon.

    A row for each group, for what happens with none, and for the whole; empty if not run.
    """
    plan = result.plan
    if not plan.routes:
        return pd.DataFrame(columns=list(COLUMNS))
    effects = {job: _effects(result, job) for job in plan.route_jobs()}
    numbers = range(ROUTE_REPLICATIONS)
    by_replication = [
        {
            key: {on: effects[plan.route_job(on, number)][key] for on in sets_along(plan.route_orders(number))}
            for key in next(iter(effects.values()))
        }
        for number in numbers
    ]
    return decomposed(by_replication, [plan.route_orders(number) for number in numbers])


def sets_along(orders: Iterable[Sequence[str]]) -> tuple[Coalition, ...]:
    """Every set of groups that is on at some point of the orders, each once."""
    return tuple(dict.fromkeys(frozenset(order[:n]) for order in orders for n in range(len(order) + 1)))


def along(values: Mapping[Coalition, float], orders: Sequence[Sequence[str]]) -> dict[str, Fraction]:
    """What each group adds when the groups come on in turn, averaged over the orders, exact.

    The parts add up to the answer with all on less the answer with all off. Over an order and the same backwards they
    are Shapley values wherever what groups add together is the sum over pairs of them.

    Examples
    --------
    >>> told = {frozenset(): 1.0, frozenset("a"): 3.0, frozenset("b"): 2.0, frozenset("ab"): 8.0}
    >>> {name: float(part) for name, part in along(told, ["ab", "ba"]).items()}
    {'a': 4.0, 'b': 3.0}
    """
    exact = {coalition: Fraction(value) for coalition, value in values.items()}
    parts = dict.fromkeys(orders[0], Fraction(0))
    for order in orders:
        for place, name in enumerate(order):
            added = exact[frozenset(order[: place + 1])] - exact[frozenset(order[:place])]
            parts[name] += added / len(orders)
    return parts


Orders = Sequence[Sequence[str]]


def decomposed(
    replications: Sequence[Mapping[Key, Mapping[Coalition, float]]], orders: Sequence[Orders]
) -> pd.DataFrame:
    """Parts of each replication by its own orders, their means and the standard errors of these."""
    rows = []
    names = orders[0][0]
    for outcome, payer in replications[0]:
        told: dict[str, list[Fraction]] = {name: [] for name in (NEUTRAL, *names, WHOLE)}
        for one, taken in zip(replications, orders, strict=True):
            effects = one[outcome, payer]
            for name, part in along(effects, taken).items():
                told[name].append(part)
            told[NEUTRAL].append(Fraction(effects[frozenset()]))
            told[WHOLE].append(Fraction(effects[frozenset(names)]))
        title, unit, _, _ = describe(outcome, payer)
        titles = {name: one.title for name, one in ROUTES.items()} | {NEUTRAL: NEUTRAL_TITLE, WHOLE: WHOLE_TITLE}
        for name, parts in told.items():
            error = standard_error([float(part) for part in parts])
            mean = float(sum(parts, Fraction(0)) / len(parts))
            rows.append((name, titles[name], outcome, payer, title, unit, mean, error, len(parts)))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _effects(result: RunResult, job: Job) -> dict[Key, float]:
    """Effect of the policy in one pair: present values of money, totals of people."""
    totals = result.store.whole(job)
    arms = arms_of(totals, result.scenario.horizon.years)
    wanted = {("net_public_cost", ""): PRESENT_VALUE, **{("payer_net", one): PRESENT_VALUE for one in PUBLIC_PAYERS}}
    wanted |= {("npsv", ""): PRESENT_VALUE, **{(one, ""): label_of(one) for one in PEOPLE}}
    found = {}
    scenario = result.asked(job)
    for one in series_of(scenario, job, price_book(scenario, job.view, totals.values), arms):
        label = wanted.get((one.outcome, one.payer))
        if label is not None:
            found[one.outcome, one.payer] = float(one.difference[-2 if label == TOTAL else -1])
    return found
