"""Make what the explorer stores: run the design and the shipped policies, fit, hold out, store."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from sencosim.costing.money import unit_money
from sencosim.costing.prices import PriceBook
from sencosim.decisions.resampling import Floats
from sencosim.engine.pair import read_inputs
from sencosim.evidence.views import VIEWS
from sencosim.experiment.jobs import REFERENCE, asked
from sencosim.experiment.lock import only_here
from sencosim.experiment.pool import Where
from sencosim.fingerprint import check_as_read, code_fingerprint
from sencosim.model import RunOptions, baseline_of, england
from sencosim.outcomes.explorer import DEFAULT, MONEY, Explorer
from sencosim.outcomes.explorer_beliefs import rounded
from sencosim.outcomes.explorer_charges import PRICES
from sencosim.outcomes.explorer_controls import controls_of
from sencosim.outcomes.explorer_data import data_of, emulated_of, made_by, priced_by, short_hash, write_stored
from sencosim.outcomes.explorer_features import POLICY_FEATURES
from sencosim.scenario.load import shipped_fingerprints, shipped_scenario
from sencosim.scenario.schema import Scenario
from sencosim.studies.catalogue import LAWS, shipped_policies
from sencosim.studies.explore_councils import ASKED_OF_COUNCILS, of_councils
from sencosim.studies.explore_design import World, beliefs, worlds
from sencosim.studies.explore_fit import (
    FOLDS,
    KNOTS,
    SIZED,
    Fit,
    Runs,
    error_of,
    figures_of_runs,
    fit,
    folds_of,
    sized_by_errors,
)
from sencosim.studies.explore_runs import (
    SHARE,
    Ran,
    Tell,
    kept_quantities,
    run_all,
    run_stored,
    schools_of,
    work_of_worlds,
)
from sencosim.vocabulary import COLUMN, PAYERS

NOT_STORED = ("full_time_announced", "national_grant")
"""Shipped policies that are another one's runs: under one law alone, or paid otherwise."""
STORED_AS = "full_time"
KEPT = Path("outputs/ensembles")
"""Where finished worlds are kept, so that a stopped making goes on."""
BANDS = 16, 4, 4
"""Groups of the schools of a phase: by pupils on roll, within these by pupils with SEN, within these by hours today."""


@dataclass(frozen=True)
class Sizes:
    """How much is run."""

    worlds: int = 172  # of the design, six policies each
    stored: int = 6  # replications of each shipped policy that the controls cover, with chance of their own
    others: int = 2  # of each other shipped policy
    draws: int = 64  # over which the page takes means and ranges
    councils: bool = True  # whether all schools are run once for what a policy costs in each council


def make(folder: Path, kept: Path, sizes: Sizes, where: Where, tell: Tell) -> dict[str, Any]:
    """Run, fit and store; what is in ``kept`` is not run again. Gives the facts.

    Parameters
    ----------
    folder
        Where the data are stored.
    kept
        Where finished worlds are kept, in a folder of what the engine does and reads.

    Raises
    ------
    InputError
        If another process makes the same.
    """
    base = shipped_scenario("baseline")
    place = place_of(kept, base)
    place.mkdir(parents=True, exist_ok=True)
    with only_here(place, "behind the explorer"):
        return _made(folder, place, base, sizes, where, tell)


def place_of(kept: Path, base: Scenario) -> Path:
    """Where worlds are kept that this code runs on this evidence and these settings, and no others.

    Prices count: a world keeps those of its draw.
    """
    return kept / f"explore-{short_hash([made_by(), priced_by(), code_fingerprint(), base.fingerprint()])}"


def _made(folder: Path, place: Path, base: Scenario, sizes: Sizes, where: Where, tell: Tell) -> dict[str, Any]:
    started, options, asked = time.process_time(), RunOptions(), shipped_fingerprints(("baseline", *shipped_policies()))
    chosen = worlds(sizes.worlds, base.run.seed)
    told = [ran for _, ran in run_all(work_of_worlds(base, options, chosen, place), where, tell)]
    stored = stored_policies(base, options, sizes, place, where, tell)
    runs, facts = assembled(base, options, chosen, told, stored, sizes, tell)
    if sizes.councils:
        policies = shipped_policies()
        asks = short_hash([policies[name].fingerprint() for name in ASKED_OF_COUNCILS])
        runs["councils"] = of_councils(policies, ASKED_OF_COUNCILS, options, place / f"councils_{asks}.npz")
    seconds = sum(one.seconds for one in told) + stored.seconds
    facts |= {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "seconds_of_runs": round(seconds),
        "seconds_of_fit": round(time.process_time() - started),
        "sample_share": SHARE,
        "worlds": len(chosen),
        "runs": sum(len(one.arms) for one in chosen),
        "stored_replications": [sizes.stored, sizes.others],
        "draws": sizes.draws,
        "scenarios": asked,
        "code_fingerprint": code_fingerprint(),
    }
    check_as_read()
    write_stored(folder, facts, runs)
    return facts


# -- shipped policies --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Stored:
    """Shipped policies at point values, by name."""

    change: Mapping[str, Floats]  # in each replication [units, shape (n, laws, views, Y, K)]
    base: Mapping[str, Floats]  # no-policy arm, mean over replications [units, shape (laws, Y, K)]
    seconds: float

    def mean(self, name: str) -> Floats:
        """Mean over replications. [units, shape (laws, views, Y, K)]"""
        return np.asarray(self.change[name].mean(axis=0))


def stored_policies(base: Scenario, options: RunOptions, sizes: Sizes, place: Path, where: Where, tell: Tell) -> Stored:
    """Run every shipped policy under both laws; those that share a no-policy arm together."""
    policies = {name: one for name, one in shipped_policies().items() if name not in NOT_STORED}
    work: list[tuple[Path, Callable[[], Ran]]] = []
    keys: list[tuple[int, int, int]] = []
    groups = families(policies)
    for number, (members, is_covered) in enumerate(groups):
        told = short_hash([one.fingerprint() for one in members.values()])
        label = "-".join(sorted(members)[:3])[:40]
        for law, of_law in enumerate(LAWS):
            for replication in range(sizes.stored if is_covered else sizes.others):
                path = place / f"stored_{label}_{told}_{of_law}_{replication}.npz"
                work.append((path, partial(run_stored, base, options, of_law, members, replication)))
                keys.append((number, law, replication))
    ran = dict(zip(keys, (one for _, one in run_all(work, where, tell)), strict=True))
    change, before = dict[str, Floats](), dict[str, Floats]()
    for number, (members, is_covered) in enumerate(groups):
        replications = range(sizes.stored if is_covered else sizes.others)
        own = [[ran[number, law, one] for law in range(len(LAWS))] for one in replications]
        bases = np.array([[one.base for one in of_laws] for of_laws in own]).mean(axis=0)
        for nth, name in enumerate(members):
            rows = [nth + view * len(members) for view in range(len(VIEWS))]
            change[name] = np.array([[one.change[rows] for one in of_laws] for of_laws in own])
            before[name] = bases
    return Stored(change, before, sum(one.seconds for one in ran.values()))


def families(policies: Mapping[str, Scenario]) -> list[tuple[dict[str, Scenario], bool]]:
    """Policies that share their no-policy arm under both laws, those that the controls cover apart from others."""
    found: dict[tuple[str, bool], dict[str, Scenario]] = {}
    plain = _world(shipped_scenario("baseline"))
    for name, one in policies.items():
        is_covered = _world(one) == plain and controls_of(one.levers) is not None
        found.setdefault((_world(one), is_covered), {})[name] = one
    return [(members, is_covered) for (_, is_covered), members in found.items()]


def _world(one: Scenario) -> str:
    return "|".join(baseline_of(asked(one, law, REFERENCE, drawn=False)).unnamed().model_dump_json() for law in LAWS)


# -- together ----------------------------------------------------------------------------------------------------------


def assembled(
    base: Scenario,
    options: RunOptions,
    chosen: Sequence[World],
    ran: Sequence[Ran],
    stored: Stored,
    sizes: Sizes,
    tell: Tell,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Everything that is stored, and facts: the emulator fitted to all runs, and its errors in runs held out."""
    plain = skeleton(base, options, stored, sizes)
    shell = data_of({}, plain)
    plain["anchors"]["scale"] = most_asked(Explorer(shell))
    shell |= emulated_of(plain)
    first = Explorer(shell)
    runs = Runs.of(chosen, ran, first)
    real = real_figures(first, runs)
    scale, targets = importance(base, runs), np.column_stack([real[name] for name in real])
    fold = folds_of(runs, base.run.seed)
    held_out = np.zeros(runs.change.shape)
    for k in range(FOLDS):
        rest, own = np.flatnonzero(fold != k), np.flatnonzero(fold == k)
        part = fit(runs, rest, targets, scale)
        told = Explorer(shell | emulated_of(with_fit(plain, part, shell)))
        held_out[own] = part.change(runs, own) + corrections(told, runs, own)
        tell(f"fold {k + 1} of {FOLDS}: {len(part.terms)} terms")
    whole = fit(runs, np.arange(len(runs)), targets, scale)
    done = with_fit(plain, whole, shell)
    guessed = figures_of_runs(first, held_out, runs, DEFAULT)
    weights = sized_by_errors(runs, real["net_public_cost"] - guessed["net_public_cost"])
    done["error_size"] = {"weights": rounded(weights, 4)}
    runs = replace(runs, size=runs.asked @ np.array(done["error_size"]["weights"]))
    errors = {name: error_of(real[name], guessed[name], runs, fold, sizes.draws) for name in real}
    done["errors"] = {
        name: {
            "r2": rounded(one.r_squared, 4),
            "r2_by": rounded(one.r_squared_by, 3),
            "bands": rounded(one.bands, 5),
            "share_inside": rounded(one.inside, 4),
            "inside_by": rounded(one.inside_by, 3),
            "inside_by_size": rounded(one.inside_by_size, 3),
            "power": one.power,
            "n": len(runs),
            "refused": one.refused,
            "noise": rounded(one.noise, 4),
        }
        for name, one in errors.items()
    }
    finished = Explorer({**shell, **emulated_of(done)})
    done |= moves(finished, done, base)
    for one in done["scenarios"]:
        if one["stored"]:
            one["chance"] = chance_of(finished, stored, one["name"])
    facts: dict[str, Any] = {"held_out_runs": len(runs), "terms": len(whole.terms)}
    facts["errors"] = {name: [one.r_squared, one.inside, *one.inside_by_size] for name, one in errors.items()}
    return done, facts


def chance_of(told: Explorer, stored: Stored, name: str) -> dict[str, Any]:
    """Standard errors of a stored policy's figures, from its replications, by law and view. [unit of each figure]"""
    found: dict[str, Any] = {}
    state = {**DEFAULT, "scenario": name}
    n, n_laws, n_views = stored.change[name].shape[:3]
    for law in range(n_laws):
        for view in range(n_views):
            prices = np.array([[one["values"][view] for one in told.prices]] * n)
            figures = told.figures(stored.change[name][:, law, view], prices, law, state)
            for figure in (*MONEY, *(f"payer_net.{payer}" for payer in PAYERS)):
                error = float(figures[figure].std(ddof=1) / np.sqrt(n)) if n > 1 else None
                found.setdefault(figure, [[None] * n_views for _ in range(n_laws)])[law][view] = rounded(error, 3)
    return found


def skeleton(base: Scenario, options: RunOptions, stored: Stored, sizes: Sizes) -> dict[str, Any]:
    """What is stored but for the emulator: schools, policies, beliefs, draws."""
    own = beliefs()
    scenarios = []
    plain = stored.base[STORED_AS]
    shipped = shipped_policies()
    world = _world(base)
    for name, one in shipped.items():
        as_other = STORED_AS if name in NOT_STORED else ""
        is_covered = as_other or _world(one) == world
        controls = controls_of(one.levers) if is_covered else None
        before = None if as_other else stored.base[name]
        differs = before is not None and controls is None
        scenarios.append(
            {
                "name": name,
                "controls": controls,
                "stored_as": as_other,
                "stored": None if as_other else _flat(stored.mean(name)),
                "base": _flat(before) if differs and before is not None else None,
                "chance": None,
            }
        )
    scale, places = np.ones(len(POLICY_FEATURES)), np.zeros((0, 2 * len(POLICY_FEATURES)))
    return {
        "quantities": list(kept_quantities()),
        "schools": grouped_schools(base, options),
        "knots": list(KNOTS),
        "terms": [],
        "P": [],
        "V": [],
        "shapes": [],
        "beliefs": [_belief(one) for one in own],
        "beliefs_draws": [_drawn(base, view, sizes.draws) for view in VIEWS],
        "price_moves": {},
        "n_draws": sizes.draws,
        "anchors": {"scenarios": [], "places": places.tolist(), "weights": [], "scale": scale.tolist(), "length": 1.0},
        "error_size": {"weights": SIZED.tolist()},
        "errors": {},
        "scenarios": scenarios,
        "base": _flat(plain),
    }


def _flat(values: Floats) -> Any:
    """Years and quantities as one row. [shape (laws, [views], Y * K)]"""
    return rounded(values.reshape(*values.shape[:-2], -1))


def _belief(one: Any) -> dict[str, Any]:
    middle, half = one.scale
    told = {"middle": middle, "half": half, "low": one.low, "high": one.high}
    return {"name": one.name, "log": one.log, "moves": 0.0} | {name: rounded(value, 9) for name, value in told.items()}


def _drawn(base: Scenario, view: str, n: int) -> Any:
    """Beliefs in the first draws of a view, inside what the design covers. [shape (n, B)]"""
    own = beliefs()
    here = asked(base, LAWS[0], REFERENCE, drawn=True)
    found = read_inputs(here, view, [one.name for one in own], n)
    return rounded(np.column_stack([np.clip(found[one.name], one.low, one.high) for one in own]), 6)


def grouped_schools(base: Scenario, options: RunOptions) -> dict[str, Any]:
    """Schools of England in groups alike, as the page reads them."""
    phase, pupils, sen, today, weight = schools_of(base, england(options))
    names = ("phase", "low", "high", "sen", "today", "weight")
    rows: dict[str, list[float]] = {name: [] for name in names}
    for number in (0.0, 1.0):
        for by_pupils in _split(np.flatnonzero(phase == number), pupils, BANDS[0]):
            for by_need in _split(by_pupils, sen, BANDS[1]):
                for group in _split(by_need, today, BANDS[2]):
                    own = weight[group]
                    ends = float(pupils[group].min()), float(pupils[group].max()) + 1.0
                    means = (float(np.average(values[group], weights=own)) for values in (sen, today))
                    row = (number, *ends, *means, float(own.sum()))
                    for name, value in zip(rows, row, strict=True):
                        rows[name].append(value)
    return {name: rounded(values, 6) for name, values in rows.items()}


def _split(rows: Any, by: Floats, n: int) -> list[Any]:
    order = rows[np.argsort(by[rows], kind="stable")]
    return [part for part in np.array_split(order, n) if part.size]


def covered(scenarios: Sequence[Mapping[str, Any]]) -> list[str]:
    """Stored policies that the controls cover, each once."""
    return [one["name"] for one in scenarios if one["controls"] is not None and one["stored"] is not None]


def most_asked(told: Explorer) -> list[float]:
    """Most that a stored policy asks of each feature; 1 of those that none asks. [units of the features]"""
    n = len(POLICY_FEATURES)
    asked = [told.place(told.scenarios[name]["controls"])[:n] for name in covered(told.data["scenarios"])]
    most = np.abs(asked).max(axis=0)
    found: list[float] = rounded(np.where(most > 0.0, most, 1.0), 6)
    return found


def with_fit(plain: Mapping[str, Any], found: Fit, shell: Mapping[str, Any]) -> dict[str, Any]:
    """What is stored with an emulator, and its correction towards the stored policies. ``shell``: data without it."""
    names = covered(plain["scenarios"])
    told = Explorer(shell)
    terms = {name: rounded(getattr(found, name), 6) for name in ("P", "V", "shapes")} | {"terms": found.terms.tolist()}
    places = np.array([told.place(told.scenarios[name]["controls"]) for name in names])
    with_nothing = np.concatenate([np.zeros((1, places.shape[1])), places])
    gap = ((with_nothing[:, None, :] - with_nothing[None, :, :]) ** 2).sum(axis=2)
    kernel = np.exp(-0.5 * gap / LENGTH**2) + 1e-9 * np.eye(len(gap))
    weights = np.linalg.inv(kernel)[:, 1:]
    anchors = {"scenarios": names, "places": rounded(with_nothing, 9), "weights": rounded(weights, 12)}
    return {**plain, **terms, "anchors": {**plain["anchors"], **anchors, "length": LENGTH}}


LENGTH = 0.5
"""How far the correction at a stored policy reaches, in units of the largest stored policy of each kind."""


def corrections(told: Explorer, runs: Runs, rows: Any) -> Floats:
    """Correction at the policies of some runs. [units, shape (n, Y, K)]"""
    found = np.zeros((len(rows), *runs.change.shape[1:]))
    for number, row in enumerate(rows.tolist()):
        weights = told.weights(runs.controls[row])
        found[number] = np.tensordot(weights, told.corrections[:, runs.view[row], runs.law[row]], axes=1)
    return found


def importance(base: Scenario, runs: Runs) -> Floats:
    """What one unit of each quantity matters: money by payer and in all, and how much it moves. [shape (K,)]"""
    kept = kept_quantities()
    book = PriceBook.for_view("central")
    unit = unit_money(book, base.horizon.first, base.horizon.years)
    columns = [COLUMN[name] for name in kept]
    total = np.zeros(len(kept))
    for name in ("net_public_cost", "npsv", *(f"payer_net.{payer}" for payer in PAYERS)):
        price = (unit["policy_benefit"] - unit["policy_cost"]) if name == "npsv" else unit[name]
        each = np.abs(price[:, columns]).mean(axis=0)
        moved = np.abs((runs.change.sum(axis=1) * price[:, columns].mean(axis=0)).sum(axis=1)).mean()
        total += each / max(float(moved), 1.0)
    spread = runs.change.sum(axis=1).std(axis=0)
    return total + 0.5 / np.where(spread > 0.0, spread, np.inf) + 1e-12


def real_figures(told: Explorer, runs: Runs) -> dict[str, Floats]:
    """What readers ask about, of every run: its own no-policy arm below ratios."""
    found = figures_of_runs(told, runs.change, runs, DEFAULT)
    own = told.outcomes(runs.change, runs.base)
    found |= {name: value for name, value in own.items() if value.ndim == 1}
    known = (*MONEY, *(f"payer_net.{payer}" for payer in PAYERS), *(name for name in own if name != "uses"))
    return {name: found[name] for name in known if float(np.abs(found[name]).max()) > 0.0}


def moves(told: Explorer, done: dict[str, Any], base: Scenario) -> dict[str, Any]:
    """How far each belief, and each price, moves the answer for a full-time post between its 10 % and 90 % points.

    The larger of what it moves the net public cost and the social value, as a share of the widest of all.
    """
    state = {**DEFAULT, "scenario": "full_time"}
    view = VIEWS.index(base.view)
    swings = dict[str, float]()
    for one in told.data["beliefs"]:
        band = one["bands"][view]
        if band is None or band[0] == band[1]:
            swings[one["name"]] = 0.0
            continue
        ends = [told.point({**state, "beliefs": {one["name"]: end}}, view, 0) for end in band]
        gaps = [abs(float(ends[1][name][0] - ends[0][name][0])) for name in ("net_public_cost", "npsv")]
        swings[one["name"]] = max(gaps)
    most = max(swings.values()) or 1.0
    engine = [{**one, "moves": rounded(swings[one["name"]] / most, 4)} for one in done["beliefs"]]
    return {"beliefs": engine, "price_moves": {name: rounded(swings[name] / most, 4) for name in PRICES}}
