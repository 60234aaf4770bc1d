"""Run the points of a question, or find them run, and read from the dataset what the methods of decision analysis read.

The name of the folder is made from the question, so the same command finds its own work: a stopped ensemble goes on, a
finished one is read.
"""

from __future__ import annotations

import hashlib
import json
import math
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import ValidationError

from sencosim.costing.prices import PriceBook
from sencosim.decisions.designs import Design
from sencosim.decisions.ensemble import (
    DRAW_KEYS,
    INPUTS,
    OUTCOMES,
    WEIGHT,
    WHOLE,
    Ensemble,
    as_texts,
    facts_in,
    is_whole,
    make_ensemble,
    not_finished,
    read_ensemble,
    write_ensemble,
)
from sencosim.errors import EngineError, InputError, OutputError, stored_in
from sencosim.experiment.finished import MANIFEST, manifest_of
from sencosim.experiment.lock import LOCK, OWNER, only_here
from sencosim.experiment.pool import Progress, Step, Where, conduct
from sencosim.experiment.probe import minutes, probe
from sencosim.experiment.store import DATASET, Store, new_store, write_whole
from sencosim.fingerprint import check_still, hash_of
from sencosim.model import RunOptions, check_priced_alike, england, price_book, speaks_for_england
from sencosim.outcomes.columns import money_outcomes, no_money, outcome_units, physical_outcomes
from sencosim.population.schools import Population
from sencosim.report.manifest import SIGNATURES, manifest_problems
from sencosim.scenario.schema import Scenario
from sencosim.since import files_below
from sencosim.studies.basis import basis_of
from sencosim.studies.question import BASELINE, Question, Worker, reading_at
from sencosim.studies.space import titles_and_units

FOLDER = "ensembles"
CUBE = "cube.parquet"
OF_AN_ENSEMBLE = (MANIFEST, *SIGNATURES, WHOLE, INPUTS, OUTCOMES, CUBE, LOCK, OWNER)
"""Files in the folder of an ensemble, but for its pairs and its analyses."""
DRAWS = "draws"
"""Kind of an ensemble whose points are draws of the evidence."""
DATASET_SHA256 = "dataset_sha256"
"""Digest of the pairs of a finished ensemble: a fact of it."""
Floats = npt.NDArray[np.float64]
Row = dict[str, Any]


def folder_of(question: Question, out: Path) -> Path:
    """Folder of a question below the folder of results."""
    return out / FOLDER / question.ensemble_id


def ensemble_of(question: Question, folder: Path, where: Where, tell: Progress) -> Ensemble:
    """Run what is not there yet, and read the whole.

    Raises
    ------
    StoppedError
        If somebody pressed Ctrl-C. What is finished is kept.
    EngineError
        If a process died.
    OutputError
        If the folder holds the answer to another question, or the ensemble cannot be written.
    """
    if is_whole(folder):
        whole = open_ensemble(folder)
        _check_asks(question.facts(), whole.about, folder)
        return whole
    started = time.monotonic()
    store = run_kept(question, folder, where, tell)
    told = _told(question) | {DATASET_SHA256: _digest_of_pairs(folder)}
    units = titles_and_units(question.inputs)[1] | outcome_units()
    rows = pd.DataFrame(rows_of(question, store))
    whole = make_ensemble(question.points, rows, units, question.arms, as_texts(told))
    seconds = round(time.monotonic() - started, 1)
    check_still(told)
    told |= {"fingerprint": whole.fingerprint, "seconds": seconds, "runs": len(whole.outcomes)}
    try:
        write_ensemble(whole, folder)
        write_whole(folder / MANIFEST, json.dumps(told, indent=2, sort_keys=True) + "\n")
    except OSError as error:
        raise _cannot_be_kept(folder, error) from error
    return whole


def _told(question: Question) -> dict[str, Any]:
    """What the folder of an ensemble says of its question."""
    scenarios = {name: json.loads(one.model_dump_json(by_alias=True)) for name, one in question.scenarios.items()}
    design = question.design
    own: dict[str, Any] = {} if design is None else {"cube_sha256": _digest_of(design.cube)}
    seed = 0 if design is None else design.seed
    if question.kind == DRAWS:
        by_view = question.points["view"].value_counts()
        own |= {"draws": int(by_view.get(question.first.view, 0)), "fewest_draws": int(by_view.min())}
    own |= {"design_seed": seed, "resolved_scenarios": scenarios, "view": question.first.view}
    return question.facts() | own | basis_of(question.options, question.share, question.scenarios)


def _check_asks(facts: Mapping[str, Any], about: Mapping[str, str], folder: Path) -> None:
    """Refuse a folder that has the name of a question and says that it holds another."""
    if not as_texts(facts).items() <= about.items():
        raise OutputError(
            f"{folder.as_posix()} has the name of this question, and holds the answer to another. Move it away, "
            "then give the command again."
        )


def _digest_of(cube: Floats) -> str:
    return hashlib.sha256(np.ascontiguousarray(cube, dtype="<f8").tobytes()).hexdigest()


def _digest_of_pairs(folder: Path) -> str:
    return hash_of(files_below(folder / DATASET, ".parquet"), folder)


def check_pairs(folder: Path) -> None:
    """Refuse pairs of a finished ensemble that are not those of which its numbers were made.

    Raises
    ------
    OutputError
        If a file of them was changed, taken away or added.
    """
    with stored_in(folder):
        as_written = facts_in(folder)[DATASET_SHA256] == _digest_of_pairs(folder)
    if not as_written:
        raise OutputError(
            f"The pairs in {(folder / DATASET).as_posix()} are not those of which the ensemble was made. Run it again "
            "in another folder."
        )


def _cannot_be_kept(folder: Path, error: OSError) -> OutputError:
    return OutputError(
        f"The ensemble cannot be kept in {folder}: {error.strerror or error}. Free some space and give the command "
        "again, which goes on with what is finished; or choose another folder with --out."
    )


def run_kept(question: Question, folder: Path, where: Where, tell: Progress) -> Store:
    """Run what is not there yet and keep it in the folder of the question, so that the same one finds it.

    Raises
    ------
    InputError
        If another process runs the same question.
    """
    _begin(question, folder)
    with only_here(folder, folder.name):
        store = Store(folder, folder.name)
        if damaged := store.drop_damaged():
            left = question.work_of([one for one in question.all_jobs(question.replications) if not store.has(one)])
            tell(Step(0, left, "starting", notice=damaged))
        conduct(question, question.work_for, store, where, tell)
    return store


def _begin(question: Question, folder: Path) -> None:
    """Make the folder and write what is asked, unless it is there."""
    if (folder / MANIFEST).is_file():
        _check_asks(_told(question), as_texts(manifest_of(folder)), folder)
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if question.design is not None:
            cube = pd.DataFrame(question.design.cube, columns=list(question.design.names))
            cube.to_parquet(folder / CUBE, index=False)
        question.points.to_parquet(folder / INPUTS, index=False)
        write_whole(folder / MANIFEST, json.dumps(_told(question), indent=2, sort_keys=True) + "\n")
    except OSError as error:
        raise _cannot_be_kept(folder, error) from error


def rows_of(question: Question, store: Store) -> Iterator[Row]:
    """What the methods read of each point, arm and replication: people, time, and money at the prices of the point."""
    for number, group in enumerate(question.groups, start=1):
        arms = question.arms_at(number)
        for replication in question.numbers(question.replications):
            pairs = {name: store.read(question.job(number, name, replication)) for name in arms}
            baseline = next(iter(pairs.values())).baseline[0]
            for point in group:
                keys = {"view": point.view, "draw": point.draw, "replication": replication}
                policies = {
                    name: (one, pairs[name].policy[0], price_book(one, point.view, reading_at(one, point).values))
                    for name, one in arms.items()
                }
                yield from rows_at(keys, baseline, policies)


def rows_at(keys: Row, baseline: Floats, policies: Mapping[str, tuple[Scenario, Floats, PriceBook]]) -> Iterator[Row]:
    """Rows of one point and replication: each policy with its totals and prices, then the no-policy arm.

    Raises
    ------
    EngineError
        If an amount of money is no number. Other outcomes may be unknown.
    """
    for name, (scenario, policy, book) in policies.items():
        money = money_outcomes(policy, baseline, scenario, book)
        if unknown := [one for one in no_money() if not math.isfinite(money[one])]:
            raise EngineError(f"{name} at {keys}: {', '.join(unknown)} is no number. Do not use these results.")
        events = {key: value for key, value in money.items() if key.startswith("fewer_")}
        yield keys | {"arm": name} | money | physical_outcomes(policy, baseline, scenario)
    yield keys | {"arm": BASELINE} | no_money() | events | physical_outcomes(baseline, baseline, scenario)


def run_now(question: Question, where: Where, tell: Progress) -> list[Row]:
    """Run a question of a few points that nobody asks again, and keep nothing."""
    store = new_store(None, question.kind, {})
    conduct(question, question.work_for, store, where, tell)
    return list(rows_of(question, store))


def open_ensemble(folder: Path) -> Ensemble:
    """A finished ensemble by its folder.

    Raises
    ------
    InputError
        If there is none, or it is not finished.
    """
    if (folder / WHOLE).is_file():
        facts_in(folder)
        return read_ensemble(folder)
    if (folder / MANIFEST).is_file():
        raise not_finished(folder)
    raise InputError(f"There is no ensemble in {folder}: it has no file {WHOLE}.")


def is_ensemble(folder: Path) -> bool:
    """Whether a folder is that of an ensemble, finished or not: it lists no files, but has fingerprints of its own."""
    return "n_points" in manifest_of(folder)


def ensemble_problems(folder: Path) -> list[str]:
    """What of an ensemble is not as it was written.

    Of itself: its facts, its numbers, the points of its design, the pairs that its numbers were made of. Of each
    analysis in it: every file. A file that is of neither is named too.

    Raises
    ------
    InputError
        If it is not finished.
    """
    found = []
    try:
        open_ensemble(folder)
        check_pairs(folder)
        if "cube_sha256" in facts_in(folder):
            design_in(folder)
    except OutputError as error:
        found.append(error.message)
    analyses = sorted(path.parent for path in folder.rglob(MANIFEST) if path.parent != folder)
    for place in analyses:
        name = place.relative_to(folder).as_posix()
        found += [f"{name}: {problem}" for problem in manifest_problems(place)]
    known = {folder / name for name in OF_AN_ENSEMBLE}
    return found + [
        f"{path.relative_to(folder).as_posix()} is not of the ensemble, nor of an analysis of it."
        for path in sorted(folder.rglob("*"))
        if not path.is_dir() and path not in known and not any(place in path.parents for place in analyses)
        if not (path.suffix == ".parquet" and folder / DATASET in path.parents)
    ]


def refuse_points(folder: Path, facts: Mapping[str, Any]) -> None:
    """Refuse points that somebody chose, as those of a sweep, where draws of the evidence are asked for.

    ``facts`` are those of the folder. A mean, a range or a chance over such points says nothing.

    Raises
    ------
    InputError
        If the folder holds a design.
    """
    kind = facts.get("kind", DRAWS)  # a run does not say it, and has draws alone
    if kind != DRAWS:
        raise InputError(
            f"The points in {folder.as_posix()} are a design ({kind}), not draws of the evidence, so nothing is said "
            "over all of them, such as a mean, a range or a chance. Name an ensemble of draws, which  sencosim "
            "ensemble POLICY  makes, or a run. The points one by one are in the answer of their own command; in "
            "Python, difference() and draws() have them."
        )


def scenarios_in(folder: Path) -> dict[str, Scenario]:
    """Policies of an ensemble by name of their arm, in the order in which they were named."""
    facts = facts_in(folder)
    check_priced_alike(folder, facts)
    with stored_in(folder):
        arms = json.loads((folder / WHOLE).read_text(encoding="utf-8"))["arms"]
        told = {name: facts["resolved_scenarios"][name] for name in arms if name != BASELINE}
    try:
        return {name: Scenario.model_validate_json(json.dumps(one)) for name, one in told.items()}
    except ValidationError:
        raise InputError(
            f"The policies of {folder.as_posix()} were stored by another version of sencosim, with other settings. "
            "Run them again."
        ) from None


def design_in(folder: Path) -> Design:
    """The design behind the points of an ensemble.

    Raises
    ------
    InputError
        If the points are plain draws.
    OutputError
        If they are not those that were written.
    """
    if not (folder / CUBE).is_file():
        raise InputError(f"The ensemble in {folder} is no design: its points are plain draws.")
    told, points = facts_in(folder), read_ensemble(folder).inputs.drop(columns=[*DRAW_KEYS, WEIGHT])
    with stored_in(folder):
        cube = pd.read_parquet(folder / CUBE).to_numpy(dtype=np.float64)
        if _digest_of(cube) != told["cube_sha256"]:
            raise ValueError(f"{CUBE} is not the one that was written")
        return Design(str(told["kind"]), cube, points, int(told["design_seed"]))


# -- how long it takes ----------------------------------------------------------------------------------------------


def estimate_in_words(question: Question, folder: Path, where: Where) -> str:
    """What will be run, and how long it takes by a measurement on this machine: some ten seconds."""
    jobs = question.all_jobs(question.replications)
    n_worlds, runs = len({job.world for job in jobs}), len(question.points) * question.replications
    share = "" if n_worlds == runs else f" ({runs - n_worlds:,} of them differ in prices alone and need no run)"
    whole = whole_in_words(question.options)
    part = whole or f"schools: whole councils, about {question.share:.0%} of England, weighted up"
    schools = f"{question.n_schools():,} {part}"
    text = f"{runs:,} runs of {len(question.arms)} arms{share}, on {schools}."
    if is_whole(folder):
        return f"{text} They are there already: {folder.as_posix()}."
    store = Store(folder, folder.name)
    left = [job for job in jobs if not store.has(job)]
    found = probe(partial(run_few, question.work_for(jobs[:1]), jobs[0]), england(question.options))
    seconds = question.work_of(left) * found.seconds_per_school_year
    hourly = 3600.0 * n_worlds / (question.work_of(jobs) * found.seconds_per_school_year)
    done = n_worlds - len({job.world for job in left})
    again = f" {done:,} are done." if done else ""
    processes = "process" if where.workers == 1 else "processes"
    return (
        f"{text}{again} Measured on this machine: about {minutes(seconds / where.workers)} on {where.workers} "
        f"{processes} ({hourly:,.0f} runs an hour for each)."
    )


def whole_in_words(options: RunOptions) -> str:
    """The schools that are run, where none is sampled; blank where they are a part of England."""
    if options.councils:
        return "schools of the chosen councils"
    return "" if speaks_for_england(options) else "schools of a list of one's own"


def run_few(worker: Worker, job: Any, schools: Population) -> int:
    """One pair on a few schools. [schools x years]"""
    options = replace(worker.options, population=schools, councils=())
    replace(worker, options=options, share=1.0)(replace(job, share=1.0))
    return schools.n_schools * 2 * next(iter(worker.arms.values())).simulated_years
