"""Run the designed ensemble and the shipped policies for the explorer, world by world; what is run is kept.

A world takes some two seconds for its no-policy arm and half a second for each policy on 2 % of England.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from sencosim.arms.prepare import Draw
from sencosim.decisions.resampling import Floats
from sencosim.engine import pair
from sencosim.engine.pair import Pair, read_evidence, run_pair
from sencosim.evidence.register import load_register
from sencosim.evidence.views import VIEWS
from sencosim.experiment.jobs import REFERENCE, asked
from sencosim.experiment.pool import Where, deaf_to_ctrl_c, for_another
from sencosim.experiment.totals import england_totals
from sencosim.fingerprint import check_as_read, made_with
from sencosim.model import RunOptions, baseline_of, england, sample
from sencosim.outcomes.catalogue import OUTCOMES, quantities
from sencosim.outcomes.explorer_charges import PRICES, priced_charges
from sencosim.outcomes.explorer_controls import levers_of
from sencosim.outcomes.explorer_data import short_hash
from sencosim.outcomes.explorer_features import COMPLIANCE, DRIFT, HOURS_OF_TODAY, policy_features
from sencosim.population.schools import Population
from sencosim.scenario.laws import Law
from sencosim.scenario.schema import Scenario
from sencosim.studies.explore_design import World, beliefs
from sencosim.studies.explore_kept import keep, kept
from sencosim.vocabulary import COLUMN, USES_OF_PAID_HOURS

SHARE = 0.02
"""Share of England in every run, in whole councils."""
Tell = Callable[[str], None]


def kept_quantities() -> tuple[str, ...]:
    """Quantities that are priced, shown, or a use of paid hours, in the order of the ledger."""
    wanted = {one.charge.quantity for one in priced_charges()} & set(COLUMN)
    wanted |= {name for one in OUTCOMES for name in (*_named(one.of), *_named(one.per))}
    wanted |= {one.key for uses in USES_OF_PAID_HOURS.values() for one in uses}
    return tuple(name for name in COLUMN if name in wanted)


def _named(words: tuple[str, ...]) -> list[str]:
    known = list(COLUMN)
    return [known[number] for number in quantities(words)]


@dataclass(frozen=True)
class Ran:
    """What came out of the arms of a world, or of stored policies in one."""

    change: Floats  # policy less no policy over the horizon [units, shape (n_arms, Y, K)]
    base: Floats  # of the no-policy arm [units, shape (Y, K)]
    schools: Floats  # of the sample, a row for each of :data:`OF_SCHOOLS` [shape (5, n_schools)]
    beliefs: Floats  # that the engine read [shape (n_arms, B)]
    prices: Floats  # of the same reading [shape (n_arms, P)]
    seconds: float

    @classmethod
    def read(cls, path: Path) -> Ran | None:
        """What was kept under this name, if it is that."""
        told = kept(path)
        return None if told is None else cls(**{**told, "seconds": float(told["seconds"])})  # type: ignore[arg-type]


def run_world(base: Scenario, options: RunOptions, world: World) -> Ran:
    """Run the policies of a world on its no-policy arm."""
    here = asked(base, world.law, REFERENCE, drawn=True)
    schools = sample(england(options), here, options, world.number, SHARE)
    plain: dict[str, Draw] = {view: read_evidence(here, view, world.number, here.run.seed) for view in VIEWS}
    arms = []
    for arm in world.arms:
        reading = plain[arm.view].with_values(arm.beliefs)
        policy = here.model_copy(update={"levers": levers_of(arm.controls)})
        arms.append((Pair(arm.view, world.number, world.number), policy, reading))
    return _run(here, schools, arms, options)


def run_stored(
    base: Scenario, options: RunOptions, law: Law, policies: Mapping[str, Scenario], replication: int
) -> Ran:
    """Run shipped policies at the point values of every view; views first, then policies. They share one baseline."""
    told = {name: asked(one, law, REFERENCE, drawn=False) for name, one in policies.items()}
    first = next(iter(told.values()))
    schools = sample(england(options), first, options, replication, SHARE)
    arms = []
    order = sorted(told, key=lambda name: pair.first_year_of(told[name]))
    places = [view * len(told) + list(told).index(name) for name in order for view in range(len(VIEWS))]
    for name in order:
        for view in VIEWS:
            reading = read_evidence(told[name], view, 0, base.run.seed)
            arms.append((Pair(view, 0, replication), told[name], reading))
    ran = _run(baseline_of(first), schools, arms, options)
    back = np.argsort(places)
    return Ran(ran.change[back], ran.base, ran.schools, ran.beliefs[back], ran.prices[back], ran.seconds)


def _run(base: Scenario, schools: Population, arms: Sequence[tuple[Pair, Scenario, Draw]], options: RunOptions) -> Ran:
    columns = [COLUMN[name] for name in kept_quantities()]
    years = base.horizon.years
    names = [one.name for one in beliefs()]
    changes, before, seconds = [], np.zeros(0), 0.0
    for which, policy, reading in arms:
        how = (options.engine, options.mechanisms, reading)
        result = run_pair(which, policy, baseline_of(policy), schools, *how, keep=False)
        no_policy, with_policy = england_totals(result)
        before = no_policy[-years:, columns]
        changes.append(with_policy[-years:, columns] - before)
        seconds += result.seconds
    return Ran(
        np.array(changes),
        before,
        schools_of(base, schools),
        np.array([[reading.values[name] for name in names] for _, _, reading in arms], dtype=np.float64),
        np.array([[reading.values[name] for name in PRICES] for _, _, reading in arms], dtype=np.float64),
        seconds,
    )


OF_SCHOOLS = ("phase", "pupils", "sen", "today", "weight")
"""What is known of a school: 0 primary, 1 secondary; pupils on roll and with SEN; SENCO hours a week at point values;
its share of the schools of England."""


def schools_of(base: Scenario, schools: Population) -> Floats:
    """Schools of a sample. [a row for each of :data:`OF_SCHOOLS`]"""
    plain = asked(base, base.baselines[0], REFERENCE, drawn=False)
    world = pair.World(schools, baseline_of(plain), read_evidence(plain, "central", 0, plain.run.seed), 0)
    weight = schools.weight * schools.council_weight
    return np.array(
        [
            schools.phase.astype(np.float64),
            schools.pupils.astype(np.float64),
            (schools.sen_support + schools.ehc_plans).astype(np.float64),
            np.asarray(world.inputs(world.baseline).schools.base_hours, dtype=np.float64),
            weight / weight.sum(),
        ]
    )


def asked_of(schools: Floats, controls: Mapping[str, float], beliefs_read: Mapping[str, float]) -> Floats:
    """What a policy asks of the schools of a sample that comply, under some beliefs. [shape (A,)]"""
    plain = load_register()
    told = dict(zip(OF_SCHOOLS, schools, strict=True))
    told |= {"low": told["pupils"], "high": told["pupils"]}
    gaps = [beliefs_read[name] - plain.number(name) for name in HOURS_OF_TODAY]
    drift = [beliefs_read[DRIFT], plain.number("hours_drift_secondary")]
    complies = beliefs_read[COMPLIANCE] / plain.number(COMPLIANCE)
    return np.asarray(policy_features(controls, told, np.exp(np.array([gaps])), np.array([drift]))[0] * complies)


def run_all(work: Sequence[tuple[Path, Callable[[], Ran]]], where: Where, tell: Tell) -> Iterator[tuple[Path, Ran]]:
    """Run what is not kept yet, and give all in order.

    Raises
    ------
    InputError
        If a process has another model than this one, or files of the model were changed. What is run is kept.
    """
    known = {path: ran for path, _ in work if (ran := Ran.read(path)) is not None}
    left = [(path, one) for path, one in work if path not in known]
    if unfit := sum(path.is_file() for path, _ in left):
        tell(f"Kept worlds damaged, made by other code, or not under their own name: {unfit}. They are run again.")
    if left:
        asked_with = made_with()
        with where.executor() as executor:
            with deaf_to_ctrl_c():
                waiting = {executor.submit(for_another, one, asked_with): path for path, one in left}
            for number, done in enumerate(as_completed(waiting), start=1):
                path, ran = waiting[done], done.result()
                check_as_read()
                keep(path, vars(ran))
                known[path] = ran
                tell(f"{number} of {len(left)} worlds run")
    for path, _ in work:
        yield path, known[path]


def work_of_worlds(
    base: Scenario, options: RunOptions, chosen: Sequence[World], folder: Path
) -> list[tuple[Path, Callable[[], Ran]]]:
    """Where each world is kept, and what runs it."""
    return [
        (folder / f"world_{one.number:04d}_{short_hash(repr(one))}.npz", partial(run_world, base, options, one))
        for one in chosen
    ]
